//! Logit agent quantal response equilibrium (McKelvey and Palfrey 1998): finding one, and the
//! branch that leads to it from Λ = 0.

use crate::certificate::{Branch, Certificate, certify};
use crate::fixed_point::{FixedPoint, Stop};
use crate::game::Game;
use crate::kernel::Kernel;
use crate::path::{Care, Walk, agree, first_lambda, refined, schedule};
use crate::profile::{BehaviorProfile, Lambda};

/// A profile that converged, with its certificate.
#[derive(Clone, Debug)]
pub struct Equilibrium {
    /// What everybody does.
    pub profile: BehaviorProfile,
    /// How good it is, measured on `profile`.
    pub certificate: Certificate,
}

/// Why there is no equilibrium to show.
#[derive(Clone, Debug, PartialEq)]
pub enum Unsolved {
    /// The sweeps did not reach the tolerance.
    NotConverged {
        /// Largest Λ reached on the way.
        reached: f64,
        /// Best residual at the Λ asked for, infinite if it was never tried.
        residual: f64,
        /// Sweeps made.
        steps: usize,
    },
    /// Somebody asked to stop.
    Cancelled,
}

/// How to solve.
#[derive(Clone, Debug)]
pub struct SolveOptions {
    /// Largest log-residual accepted; the project's headline uses 1e-10.
    pub tolerance: f64,
    /// Most sweeps in all.
    pub max_steps: usize,
    /// Whether to follow the branch from Λ = 0 (`true`) or take any fixed point near `start`.
    pub trace: bool,
    /// Where to begin when not tracing.
    pub start: Option<BehaviorProfile>,
}

/// How far the solver is; return `false` to stop it.
pub type Watch<'a> = &'a mut dyn FnMut(Progress) -> bool;

/// How far the solver is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Sweeps so far.
    pub steps: usize,
    /// Λ reached.
    pub lambda: f64,
    /// Last residual.
    pub residual: f64,
}

/// Solves `game` at `lambda`, with λ_i = Λ / units\[i\].
///
/// With `options.trace` the branch is followed from Λ = 0 twice, the second time with every step
/// cut in two. Where both arrive at the same profile it is [`Branch::Traced`], or
/// [`Branch::FirstCrossingOf`] if Λ turned back on the way (later crossings are not looked for);
/// otherwise, and without `trace`, [`Branch::WarmUnverified`]. Bifurcations are not detected: a
/// symmetric branch is followed as it is.
///
/// # Errors
/// [`Unsolved`] when no profile meets the tolerance. No equilibrium exists without convergence.
///
/// # Panics
/// When `units` is not one positive number per player, or `options.start` is of another game.
pub fn solve(
    game: &Game,
    lambda: Lambda,
    units: &[f64],
    options: &SolveOptions,
    watch: Watch<'_>,
) -> Result<Equilibrium, Unsolved> {
    let mut found = solve_along(game, &[lambda], units, options, watch);
    found.pop().expect("one answer for each Λ")
}

/// Solves `game` at each of `lambdas`, ascending, on one walk along the branch; one answer for each.
///
/// Each answer is what [`solve`] gives at that Λ, to the tolerance, at the cost of one walk to the last.
/// `options.max_steps` is for all together. An answer that fails does not spoil those before it.
/// `certificate.steps` counts the sweeps made since the beginning.
///
/// # Panics
/// When `lambdas` is not ascending, `units` is not one positive number per player, or
/// `options.start` is of another game.
pub fn solve_along(
    game: &Game,
    lambdas: &[Lambda],
    units: &[f64],
    options: &SolveOptions,
    watch: Watch<'_>,
) -> Vec<Result<Equilibrium, Unsolved>> {
    assert_eq!(units.len(), game.graph().n_players(), "one unit per player");
    assert!(units.iter().all(|u| u.is_finite() && *u > 0.0), "units are positive");
    assert!(lambdas.is_sorted(), "Λ ascend");
    let kernel = Kernel::new(game);
    if let Some(start) = &options.start {
        assert_eq!(start.len(), kernel.n_actions(), "the start is a profile of this game");
    }
    let mut solver = FixedPoint::new(&kernel, kernel.workspace(game), units, options, watch);
    let targets: Vec<f64> = lambdas.iter().map(|l| l.get()).collect();
    solver.aim(&targets);
    let first = first_lambda(game, units);
    let mut search = Search {
        game,
        units,
        options,
        first,
        coarse: options.trace.then(|| Walk::new(&kernel, Care::OnBranch { share: 1.0 })),
        fine: options.trace.then(|| Walk::new(&kernel, Care::OnBranch { share: 0.5 })),
        anyhow: Walk::new(&kernel, Care::AnyFixedPoint),
        reached: 0.0,
        solver,
    };
    let mut answers: Vec<Result<Equilibrium, Unsolved>> = Vec::with_capacity(lambdas.len());
    for &target in &targets {
        let answer = match answers.last() {
            Some(Err(Unsolved::Cancelled)) => Err(Unsolved::Cancelled),
            Some(before) if before.as_ref().is_ok_and(|e| e.certificate.lambda.get() == target) => {
                before.clone()
            }
            _ => search.solve_at(target),
        };
        answers.push(answer);
    }
    answers
}

/// The walks of one call, each as far as the last Λ they reached.
struct Search<'a> {
    game: &'a Game,
    units: &'a [f64],
    options: &'a SolveOptions,
    first: Option<f64>,
    solver: FixedPoint<'a>,
    /// The walk along the branch, until it fails.
    coarse: Option<Walk>,
    /// The same with every step cut in two, until it fails.
    fine: Option<Walk>,
    /// Over fixed points of any kind, for what the walks do not reach.
    anyhow: Walk,
    reached: f64,
}

impl Search<'_> {
    fn solve_at(&mut self, target: f64) -> Result<Equilibrium, Unsolved> {
        match self.on_branch(target) {
            Ok((logs, branch)) => self.finish(target, logs, branch),
            Err(Stop::Cancelled) => Err(Unsolved::Cancelled),
            Err(Stop::Stalled | Stop::OutOfSteps) => self.anywhere(target),
        }
    }

    /// The next Λ of the walks along the branch.
    fn on_branch(&mut self, target: f64) -> Result<(Vec<f64>, Branch), Stop> {
        let Some(coarse) = &mut self.coarse else {
            return Err(Stop::Stalled);
        };
        // What is left after the walks is for a fixed point of any kind.
        let most = self.options.max_steps;
        self.solver.allow(most - most / 4);
        let (from, n_before) = (coarse.lambda(), coarse.points.len());
        let ahead = schedule(self.solver.kernel, self.first, from, target);
        let walked = coarse.go_on(&mut self.solver, &ahead, self.options.tolerance);
        self.reached = self.reached.max(coarse.lambda());
        if let Err(stop) = walked {
            self.coarse = None;
            return Err(stop);
        }
        if let Some(fine) = &mut self.fine {
            let ahead = refined(from, &coarse.points[n_before..], target);
            match fine.go_on(&mut self.solver, &ahead, self.options.tolerance) {
                Ok(()) if agree(coarse, fine) => {
                    let branch =
                        if fine.n_turns == 0 { Branch::Traced } else { Branch::FirstCrossingOf(1) };
                    return Ok((fine.logs.clone(), branch));
                }
                Ok(()) => {}
                Err(Stop::Cancelled) => return Err(Stop::Cancelled),
                Err(Stop::Stalled | Stop::OutOfSteps) => self.fine = None,
            }
        }
        Ok((coarse.logs.clone(), Branch::WarmUnverified))
    }

    /// A fixed point of any kind.
    fn anywhere(&mut self, target: f64) -> Result<Equilibrium, Unsolved> {
        self.solver.allow(self.options.max_steps);
        match self.directly(target) {
            Ok(logs) => return self.finish(target, logs, Branch::WarmUnverified),
            Err(Stop::Cancelled) => return Err(Unsolved::Cancelled),
            Err(Stop::Stalled | Stop::OutOfSteps) => {}
        }
        let ahead = schedule(self.solver.kernel, self.first, self.anyhow.lambda(), target);
        let walked = self.anyhow.go_on(&mut self.solver, &ahead, self.options.tolerance);
        self.reached = self.reached.max(self.anyhow.lambda());
        match walked {
            Ok(()) => self.finish(target, self.anyhow.logs.clone(), Branch::WarmUnverified),
            Err(Stop::Cancelled) => Err(Unsolved::Cancelled),
            Err(Stop::Stalled | Stop::OutOfSteps) => Err(Unsolved::NotConverged {
                reached: self.reached,
                residual: self.solver.best_residual_at(target),
                steps: self.solver.steps(),
            }),
        }
    }

    fn directly(&mut self, target: f64) -> Result<Vec<f64>, Stop> {
        let mut logs = match &self.options.start {
            Some(start) => start.logs().to_vec(),
            None => self.solver.kernel.by_weights(),
        };
        self.solver.forget_stiffness();
        self.solver.respond(target, &mut logs);
        self.solver.settle(target, &mut logs, self.options.tolerance).map(|()| logs)
    }

    /// The certificate of a settled log-policy, which is settled further until it passes: the sweep's
    /// residual compares a policy with its response, the certificate measures the response itself.
    fn finish(
        &mut self,
        target: f64,
        mut logs: Vec<f64>,
        branch: Branch,
    ) -> Result<Equilibrium, Unsolved> {
        let (most, mut tolerance) = (self.options.tolerance, self.options.tolerance);
        let lambda = Lambda::new(target).expect("it was one");
        self.solver.allow(self.options.max_steps);
        loop {
            let profile = BehaviorProfile::from_logs(logs.clone());
            let steps = self.solver.steps();
            let certificate = certify(self.game, lambda, self.units, &profile, most, steps, branch);
            if certificate.converged {
                return Ok(Equilibrium { profile, certificate });
            }
            tolerance /= 8.0;
            match self.solver.settle(target, &mut logs, tolerance) {
                Ok(()) => {}
                Err(Stop::Cancelled) => return Err(Unsolved::Cancelled),
                Err(Stop::Stalled | Stop::OutOfSteps) => {
                    let (residual, steps) = (certificate.residual, self.solver.steps());
                    return Err(Unsolved::NotConverged { reached: target, residual, steps });
                }
            }
        }
    }
}
