//! Fixed points of the sweep at one Λ: plain sweeps accelerated by Anderson's method, safeguarded.

use crate::anderson::Anderson;
use crate::certificate::larger;
use crate::eigen::{Spectrum, spectrum};
use crate::kernel::{Kernel, Workspace};
use crate::lanes;
use crate::newton::{gmres, norm};
use crate::solve::{Progress, SolveOptions, Watch};
use crate::tangent::{Behind, Tangent};

/// Why the search ended without a fixed point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The residual no longer falls.
    Stalled,
    /// The sweeps allowed in all are used up.
    OutOfSteps,
    /// The watcher said so.
    Cancelled,
}

/// Sweeps without a new best residual before a search counts as stalled; by feel.
const PATIENCE: usize = 25;
/// A residual this many times the best one makes the search go back to the best; by feel.
const RUNAWAY: f64 = 50.0;
/// From this residual on, sweeps no longer move the policy much; by feel.
const SETTLING: f64 = 0.1;
/// A search that is this many times too far from where it began has gone astray; by feel. Too small a number
/// costs shorter steps, and no answer.
const ASTRAY: f64 = 1.5;
/// Newton steps at one Λ; from a prediction on the branch it takes 3 to 6.
const NEWTON_STEPS: usize = 25;
/// Linearised sweeps in one Newton step.
const LINEAR_STEPS: usize = 120;
/// First size of the linear residual, relative to the right side.
const LINEAR_SHARE: f64 = 0.05;
/// And the smallest asked for.
const SMALLEST_SHARE: f64 = 1e-4;
/// Part of the predicted fall of the residual that a step must bring (Armijo 1966).
const SUFFICIENT: f64 = 1e-4;
/// Shortest step tried, as a share of the whole one.
const SHORTEST: f64 = 1.0 / 64.0;
/// The watcher is asked once in so many sweeps.
const WATCH_EVERY: usize = 4;

/// A game being solved: its kernel, the workspace, and what has been spent.
pub(crate) struct FixedPoint<'a> {
    pub(crate) kernel: &'a Kernel,
    work: Workspace,
    units: &'a [f64],
    max_steps: usize,
    steps: usize,
    /// Λ asked for, each with the smallest residual met there.
    targets: Vec<(f64, f64)>,
    watch: Watch<'a>,
    response: Vec<f64>,
    tangent: Tangent,
    /// Whether sweeps have stalled at some smaller Λ; then Newton's method goes first.
    is_stiff: bool,
}

/// What a step along the branch is to undo.
pub(crate) struct Right<'a> {
    /// The residual.
    pub(crate) f: &'a [f64],
    /// How far to go along the direction of the branch.
    pub(crate) along: f64,
}

impl<'a> FixedPoint<'a> {
    pub(crate) fn new(
        kernel: &'a Kernel,
        work: Workspace,
        units: &'a [f64],
        options: &SolveOptions,
        watch: Watch<'a>,
    ) -> Self {
        Self {
            kernel,
            work,
            units,
            max_steps: options.max_steps,
            steps: 0,
            targets: Vec::new(),
            watch,
            response: vec![0.0; kernel.n_actions()],
            tangent: Tangent::default(),
            is_stiff: false,
        }
    }

    /// From now on, so many sweeps in all may be made.
    pub(crate) fn allow(&mut self, max_steps: usize) {
        self.max_steps = max_steps;
    }

    /// Sweeps made so far.
    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    /// From now on, the residuals at `target` are remembered, too.
    pub(crate) fn aim(&mut self, target: f64) {
        self.targets.push((target, f64::INFINITY));
    }

    /// Smallest residual met at `target`, infinite if it was never tried.
    pub(crate) fn best_residual_at(&self, target: f64) -> f64 {
        self.targets.iter().find(|t| t.0 == target).map_or(f64::INFINITY, |t| t.1)
    }

    fn remember(&mut self, lambda: f64, residual: f64) {
        if let Some(target) = self.targets.iter_mut().find(|t| t.0 == lambda) {
            target.1 = target.1.min(residual);
        }
    }

    fn lambda_raw(&self, lambda: f64) -> Vec<f64> {
        self.units.iter().map(|u| lambda / u).collect()
    }

    /// Makes the log-policy a distribution at every information set.
    pub(crate) fn normalise(&mut self, logs: &mut [f64]) {
        self.kernel.normalise(logs, &mut self.work.policy);
    }

    /// Replaces a log-policy by its response.
    pub(crate) fn respond(&mut self, lambda: f64, logs: &mut [f64]) {
        let lambda_raw = self.lambda_raw(lambda);
        self.take_policy(logs);
        self.kernel.sweep(&mut self.work, &lambda_raw, logs, &mut self.response);
        self.steps += 1;
        logs.copy_from_slice(&self.response);
    }

    /// Moves the log-policy to a fixed point at `lambda`; on failure leaves the best policy found.
    pub(crate) fn settle(
        &mut self,
        lambda: f64,
        logs: &mut [f64],
        tolerance: f64,
    ) -> Result<(), Stop> {
        self.settle_near(lambda, logs, tolerance, f64::INFINITY)
    }

    /// [`Self::settle`], given up as soon as it is clear that it ends more than `furthest` away from where it
    /// began, in some probability. It may still end somewhat further away than that.
    pub(crate) fn settle_near(
        &mut self,
        lambda: f64,
        logs: &mut [f64],
        tolerance: f64,
        furthest: f64,
    ) -> Result<(), Stop> {
        if !self.is_stiff {
            match self.settle_by_sweeps(lambda, logs, tolerance, furthest) {
                Ok(false) => return Err(Stop::Stalled),
                Err(Stop::Stalled) => self.is_stiff = true,
                result => return result.map(|_| ()),
            }
        }
        self.settle_by_newton(lambda, logs, tolerance)
    }

    /// Tries sweeps first again, whatever happened before.
    pub(crate) fn forget_stiffness(&mut self) {
        self.is_stiff = false;
    }

    /// Whether it ended near where it began; false as soon as it is clear that it does not.
    fn settle_by_sweeps(
        &mut self,
        lambda: f64,
        logs: &mut [f64],
        tolerance: f64,
        furthest: f64,
    ) -> Result<bool, Stop> {
        let lambda_raw = self.lambda_raw(lambda);
        let mut anderson = Anderson::new();
        self.take_policy(logs);
        let begun = (furthest < 1.0).then(|| self.work.policy.clone());
        let mut best = logs.to_vec();
        let mut best_residual = f64::INFINITY;
        let mut since_best = 0;
        let failure = loop {
            if self.steps >= self.max_steps {
                break Stop::OutOfSteps;
            }
            self.kernel.sweep(&mut self.work, &lambda_raw, logs, &mut self.response);
            self.steps += 1;
            let residual = distance(&self.response, logs);
            if self.steps.is_multiple_of(WATCH_EVERY) {
                let progress = Progress { steps: self.steps, lambda, residual };
                if !(self.watch)(progress) {
                    break Stop::Cancelled;
                }
            }
            if residual <= tolerance {
                self.remember(lambda, residual);
                logs.copy_from_slice(&self.response);
                return Ok(true);
            }
            if let Some(begun) = &begun
                && residual < SETTLING
                && distance(begun, &self.work.response) > ASTRAY * furthest
            {
                return Ok(false);
            }
            if residual < best_residual {
                best_residual = residual;
                self.remember(lambda, residual);
                best.copy_from_slice(&self.response);
                since_best = 0;
            } else {
                since_best += 1;
            }
            if since_best > PATIENCE {
                break Stop::Stalled;
            }
            if residual < RUNAWAY * best_residual {
                anderson.advance(logs, &self.response);
                self.kernel.normalise(logs, &mut self.work.policy);
            } else {
                anderson.restart();
                logs.copy_from_slice(&best);
                self.take_policy(logs);
            }
        };
        logs.copy_from_slice(&best);
        Err(failure)
    }
    pub(crate) fn settle_by_newton(
        &mut self,
        lambda: f64,
        logs: &mut [f64],
        tolerance: f64,
    ) -> Result<(), Stop> {
        let lambda_raw = self.lambda_raw(lambda);
        let kernel = self.kernel;
        let n = logs.len();
        let (mut f, mut trial) = (vec![0.0; n], vec![0.0; n]);
        self.take_policy(logs);
        self.response_residual(&lambda_raw, logs, &mut f);
        let mut share = LINEAR_SHARE;
        for _ in 0..NEWTON_STEPS {
            let residual = f.iter().fold(0.0, |a, b| larger(a, b.abs()));
            self.remember(lambda, residual);
            let progress = Progress { steps: self.steps, lambda, residual };
            if !(self.watch)(progress) {
                return Err(Stop::Cancelled);
            }
            if residual <= tolerance {
                return Ok(());
            }
            if self.steps >= self.max_steps {
                return Err(Stop::OutOfSteps);
            }
            let size = norm(&f);
            let step = self.newton_step(lambda, &f, share);
            let mut length = 1.0;
            loop {
                for ((t, x), s) in trial.iter_mut().zip(logs.iter()).zip(&step) {
                    *t = x + length * s;
                }
                kernel.normalise(&mut trial, &mut self.work.policy);
                self.response_residual(&lambda_raw, &trial, &mut f);
                let now = norm(&f);
                if now <= (1.0 - SUFFICIENT * length) * size {
                    let ratio = now / size;
                    share = (0.9 * ratio * ratio).clamp(SMALLEST_SHARE, LINEAR_SHARE);
                    break;
                }
                length *= 0.5;
                if length < SHORTEST {
                    return Err(Stop::Stalled);
                }
            }
            logs.copy_from_slice(&trial);
        }
        Err(Stop::Stalled)
    }

    /// Newton's step for the residual `f` of the policy last evaluated, to the linear residual `share`.
    pub(crate) fn newton_step(&mut self, lambda: f64, f: &[f64], share: f64) -> Vec<f64> {
        let (kernel, lambda_raw) = (self.kernel, self.lambda_raw(lambda));
        self.tangent.at(kernel, &self.work);
        let (tangent, work) = (&mut self.tangent, &self.work);
        let mut step = vec![0.0; f.len()];
        let mut applications = 1;
        let z = gmres(f, share, LINEAR_STEPS, |v, out| {
            applications += 1;
            tangent.sweep(kernel, work, &lambda_raw, None, Some(v), &mut step);
            tangent.effect(kernel, work, &lambda_raw, &step, Behind::Kept, out);
        });
        tangent.sweep(kernel, work, &lambda_raw, None, Some(&z), &mut step);
        self.steps += applications;
        step
    }

    /// logit(λQ(π)) − log π at `lambda`, leaving the evaluation ready for [`Self::bordered_step`].
    pub(crate) fn residual_at(&mut self, lambda: f64, logs: &[f64]) -> Result<Vec<f64>, Stop> {
        if self.steps >= self.max_steps {
            return Err(Stop::OutOfSteps);
        }
        let mut f = vec![0.0; logs.len()];
        self.take_policy(logs);
        self.response_residual(&self.lambda_raw(lambda), logs, &mut f);
        let residual = f.iter().fold(0.0, |a, b| larger(a, b.abs()));
        self.remember(lambda, residual);
        let progress = Progress { steps: self.steps, lambda, residual };
        if (self.watch)(progress) { Ok(f) } else { Err(Stop::Cancelled) }
    }

    /// One Newton step in (log π beyond what ln Λ moves, ln Λ) for what is `given`, measured along
    /// (`row`, `row_tau`), to the linear residual `share`. The last entry is the step in ln Λ.
    pub(crate) fn bordered_step(
        &mut self,
        lambda: f64,
        logs: &[f64],
        given: &Right<'_>,
        (row, row_tau): (&[f64], f64),
        share: f64,
    ) -> Vec<f64> {
        let (kernel, n) = (self.kernel, logs.len());
        let lambda_raw = self.lambda_raw(lambda);
        self.tangent.at(kernel, &self.work);
        let (tangent, work) = (&mut self.tangent, &self.work);
        let mut right = given.f.to_vec();
        right.push(given.along);
        // The column of ln Λ: what moving every log π with Λ, action values kept, leaves undone.
        let scaled: Vec<f64> = logs.iter().zip(&kernel.log_weights).map(|(x, w)| x - w).collect();
        let mut column = vec![0.0; n];
        tangent.effect(kernel, work, &lambda_raw, &scaled, Behind::Given, &mut column);
        for i in 0..kernel.n_infosets() {
            let actions = kernel.actions(i);
            let grown = |k: usize| self.response[k] - kernel.log_weights[k];
            let mean = if kernel.excluded[i] {
                0.0
            } else {
                actions.clone().map(|k| grown(k) * work.response[k]).sum()
            };
            for k in actions {
                let growth = if kernel.excluded[i] { 0.0 } else { grown(k) - mean };
                column[k] = scaled[k] - column[k] - growth;
            }
        }
        let mut step = vec![0.0; n];
        let mut applications = 2;
        let mut z = gmres(&right, share, LINEAR_STEPS, |v, out| {
            applications += 1;
            let (out, last) = out.split_at_mut(n);
            tangent.sweep(kernel, work, &lambda_raw, None, Some(&v[..n]), &mut step);
            tangent.effect(kernel, work, &lambda_raw, &step, Behind::Kept, out);
            let mut across = row_tau * v[n];
            for k in 0..n {
                out[k] -= column[k] * v[n];
                across += row[k] * step[k];
            }
            last[0] = v[n] - across;
        });
        let tau = z.pop().unwrap_or(0.0);
        tangent.sweep(kernel, work, &lambda_raw, None, Some(&z), &mut step);
        step.push(tau);
        self.steps += applications;
        step
    }

    /// The spectrum of the derivative of the sweep at a fixed point: how near the branch is to being
    /// singular, and on which side. `None` where it could not be settled.
    pub(crate) fn spectrum(&mut self, lambda: f64, logs: &[f64]) -> Result<Option<Spectrum>, Stop> {
        if self.kernel.n_upstream == 0 {
            return Ok(Some(Spectrum { n_above_one: 0, nearest_to_one: 1.0, largest: 0.0 }));
        }
        self.residual_at(lambda, logs)?;
        let (kernel, lambda_raw) = (self.kernel, self.lambda_raw(lambda));
        self.tangent.at(kernel, &self.work);
        let (tangent, work) = (&mut self.tangent, &self.work);
        let mut applications = 0;
        let found = spectrum(logs.len(), |v, out| {
            applications += 1;
            tangent.sweep(kernel, work, &lambda_raw, Some(v), None, out);
        });
        self.steps += applications;
        Ok(found)
    }

    /// Makes `logs` the policy of the next sweep.
    fn take_policy(&mut self, logs: &[f64]) {
        lanes::exp_all(logs, &mut self.work.policy);
    }

    /// logit(λQ(π)) − log π, π being the policy taken.
    fn response_residual(&mut self, lambda_raw: &[f64], logs: &[f64], f: &mut [f64]) {
        self.kernel.evaluate(&mut self.work, lambda_raw, logs, &mut self.response);
        self.steps += 1;
        for ((f, r), x) in f.iter_mut().zip(&self.response).zip(logs) {
            *f = r - x;
        }
    }
}

/// Largest difference between two policies, or their logarithms; NaN if anything is.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, larger)
}
