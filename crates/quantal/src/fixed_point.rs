//! Fixed points of the sweep at one Λ: plain sweeps accelerated by Anderson's method, safeguarded.

use crate::anderson::Anderson;
use crate::certificate::larger;
use crate::kernel::{Kernel, Workspace};
use crate::solve::{Progress, SolveOptions, Watch};

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
/// The watcher is asked once in so many sweeps.
const WATCH_EVERY: usize = 4;

/// A game being solved: its kernel, the workspace, and what has been spent.
pub(crate) struct FixedPoint<'a> {
    pub(crate) kernel: &'a Kernel,
    work: Workspace,
    units: &'a [f64],
    max_steps: usize,
    steps: usize,
    best_residual: f64,
    watch: Watch<'a>,
    response: Vec<f64>,
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
            best_residual: f64::INFINITY,
            watch,
            response: vec![0.0; kernel.n_actions()],
        }
    }

    /// Sweeps made so far.
    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    /// Smallest residual of the last search.
    pub(crate) fn best_residual(&self) -> f64 {
        self.best_residual
    }

    fn lambda_raw(&self, lambda: f64) -> Vec<f64> {
        self.units.iter().map(|u| lambda / u).collect()
    }

    /// Replaces a log-policy by its response.
    pub(crate) fn respond(&mut self, lambda: f64, logs: &mut [f64]) {
        let lambda_raw = self.lambda_raw(lambda);
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
        let lambda_raw = self.lambda_raw(lambda);
        let mut anderson = Anderson::new();
        let mut best = logs.to_vec();
        self.best_residual = f64::INFINITY;
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
                self.best_residual = residual;
                logs.copy_from_slice(&self.response);
                return Ok(());
            }
            if residual < self.best_residual {
                self.best_residual = residual;
                best.copy_from_slice(&self.response);
                since_best = 0;
            } else {
                since_best += 1;
            }
            if since_best > PATIENCE {
                break Stop::Stalled;
            }
            if residual < RUNAWAY * self.best_residual {
                anderson.advance(logs, &self.response);
                self.kernel.normalise(logs);
            } else {
                anderson.restart();
                logs.copy_from_slice(&best);
            }
        };
        logs.copy_from_slice(&best);
        Err(failure)
    }
}

/// Largest difference between two log-policies; NaN if anything is.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, larger)
}
