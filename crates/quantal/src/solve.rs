//! Logit agent quantal response equilibrium (McKelvey and Palfrey 1998): finding one, and the
//! branch that leads to it from Λ = 0.

use crate::certificate::{Branch, Certificate, certify};
use crate::fixed_point::{FixedPoint, Stop};
use crate::game::Game;
use crate::kernel::Kernel;
use crate::path::{Care, agree, follow, refined, schedule};
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
    assert_eq!(units.len(), game.graph().n_players(), "one unit per player");
    assert!(units.iter().all(|u| u.is_finite() && *u > 0.0), "units are positive");
    let kernel = Kernel::new(game);
    let mut solver = FixedPoint::new(&kernel, kernel.workspace(game), units, options, watch);
    let target = lambda.get();
    solver.aim(target);
    let finish = |solver: &mut FixedPoint<'_>, mut logs: Vec<f64>, branch: Branch| {
        // The sweep's residual compares a policy with its response; the certificate measures the
        // response itself, so ask for more until that passes.
        let mut tolerance = options.tolerance;
        loop {
            let profile = BehaviorProfile::from_logs(logs.clone());
            let steps = solver.steps();
            let certificate =
                certify(game, lambda, units, &profile, options.tolerance, steps, branch);
            if certificate.converged {
                return Ok(Equilibrium { profile, certificate });
            }
            tolerance /= 8.0;
            match solver.settle(target, &mut logs, tolerance) {
                Ok(()) => {}
                Err(Stop::Cancelled) => return Err(Unsolved::Cancelled),
                Err(Stop::Stalled | Stop::OutOfSteps) => {
                    let (residual, steps) = (certificate.residual, solver.steps());
                    return Err(Unsolved::NotConverged { reached: target, residual, steps });
                }
            }
        }
    };

    let directly = |solver: &mut FixedPoint<'_>| {
        let mut logs = match &options.start {
            Some(start) => {
                assert_eq!(start.len(), kernel.n_actions(), "the start is a profile of this game");
                start.logs().to_vec()
            }
            None => kernel.by_weights(),
        };
        solver.forget_stiffness();
        solver.respond(target, &mut logs);
        solver.settle(target, &mut logs, options.tolerance).map(|()| logs)
    };
    let coarse_schedule = schedule(&kernel, game, units, target);
    // What is left after the paths is for a fixed point of any kind.
    let for_paths = options.max_steps - options.max_steps / 4;
    let mut reached = 0.0;
    let mut coarse = None;
    if options.trace {
        solver.allow(for_paths);
        let care = Care::OnBranch { share: 1.0 };
        let path = follow(&mut solver, &coarse_schedule, options.tolerance, care);
        reached = path.points.last().copied().unwrap_or(0.0);
        match path.stop {
            None => coarse = Some(path),
            Some(Stop::Cancelled) => return Err(Unsolved::Cancelled),
            Some(Stop::Stalled | Stop::OutOfSteps) => {}
        }
    }
    let Some(coarse) = coarse else {
        solver.allow(options.max_steps);
        match directly(&mut solver) {
            Ok(logs) => return finish(&mut solver, logs, Branch::WarmUnverified),
            Err(Stop::Cancelled) => return Err(Unsolved::Cancelled),
            Err(Stop::Stalled | Stop::OutOfSteps) => {}
        }
        let path = follow(&mut solver, &coarse_schedule, options.tolerance, Care::AnyFixedPoint);
        return match path.stop {
            None => finish(&mut solver, path.end, Branch::WarmUnverified),
            Some(Stop::Cancelled) => Err(Unsolved::Cancelled),
            Some(Stop::Stalled | Stop::OutOfSteps) => {
                let reached = path.points.last().copied().unwrap_or(0.0).max(reached);
                let (residual, steps) = (solver.residual_at_target(), solver.steps());
                Err(Unsolved::NotConverged { reached, residual, steps })
            }
        };
    };
    solver.allow(for_paths);
    let fine_schedule = refined(&coarse.points, target);
    let care = Care::OnBranch { share: 0.5 };
    let fine = follow(&mut solver, &fine_schedule, options.tolerance, care);
    solver.allow(options.max_steps);
    match fine.stop {
        Some(Stop::Cancelled) => Err(Unsolved::Cancelled),
        None if agree(&coarse, &fine) => {
            let branch =
                if fine.n_turns == 0 { Branch::Traced } else { Branch::FirstCrossingOf(1) };
            finish(&mut solver, fine.end, branch)
        }
        _ => finish(&mut solver, coarse.end, Branch::WarmUnverified),
    }
}
