//! Logit agent quantal response equilibrium (McKelvey and Palfrey 1998): finding one, and the
//! branch that leads to it from Λ = 0.

use crate::certificate::{Branch, Certificate, certify};
use crate::eigen::Spectrum;
use crate::fixed_point::{FixedPoint, Stop};
use crate::game::Game;
use crate::kernel::Kernel;
use crate::path::{WAY_TOLERANCE, first_lambda, refined, schedule};
use crate::profile::{BehaviorProfile, Lambda};
use crate::singular::Singular;
use crate::walk::{Care, LOOK_AHEAD, Walk, agree};

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
    /// Whether to follow the branch from Λ = 0, or take any fixed point near `start`.
    pub follow: Follow,
    /// Where to begin when nothing is followed.
    pub start: Option<BehaviorProfile>,
}

/// How often to follow the branch from Λ = 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Not at all: any fixed point near the start will do.
    No,
    /// Once, as Gambit does: a step may have jumped to another branch, and nothing would tell. Where the walk
    /// ends on the way there is no answer.
    Once,
    /// Twice, the second time with every step cut in two: what two step sizes agree on is on the branch.
    Twice,
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

/// What is known at one Λ.
pub(crate) type Answer = Result<Equilibrium, Unsolved>;

/// Solves `game` at `lambda`, with λ_i = Λ / units\[i\].
///
/// With [`Follow::Twice`] the branch is followed from Λ = 0 twice, the second time with every step
/// cut in two. Where both arrive at the same profile it is [`Branch::Traced`], or
/// [`Branch::FirstCrossingOf`] if Λ turned back on the way or crosses `lambda` again on the way to
/// 1.25 `lambda` (as far as `options.max_steps` lets the branch be followed there). Where the branch
/// bifurcates on the way it is [`Branch::SelectionUndetermined`]: the profile is one of those that branch
/// off or go straight on. A third walk, with quarter steps, decides where the two differ. Otherwise, and with less than
/// that, [`Branch::WarmUnverified`].
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
    assert!(lambdas.is_sorted(), "Λ ascend");
    let mut ahead = lambdas.iter().map(|l| l.get());
    search_along(game, units, options, watch, &mut |_| ahead.next())
}

/// [`solve_along`] at the Λ that `next` names, given the last answer, until it names no more.
pub(crate) fn search_along(
    game: &Game,
    units: &[f64],
    options: &SolveOptions,
    watch: Watch<'_>,
    next: &mut dyn FnMut(Option<&Answer>) -> Option<f64>,
) -> Vec<Answer> {
    assert_eq!(units.len(), game.graph().n_players(), "one unit per player");
    assert!(units.iter().all(|u| u.is_finite() && *u > 0.0), "units are positive");
    let kernel = Kernel::new(game);
    if let Some(start) = &options.start {
        assert_eq!(start.len(), kernel.n_actions(), "the start is a profile of this game");
    }
    let solver = FixedPoint::new(&kernel, kernel.workspace(game), units, options, watch);
    let first = first_lambda(game, units);
    let mut search = Search {
        game,
        units,
        options,
        first,
        coarse: (options.follow != Follow::No).then(|| {
            let mut walk = Walk::new(&kernel, Care::OnBranch { share: 1.0 });
            walk.singular = Some(Singular::none());
            walk
        }),
        fine: (options.follow == Follow::Twice)
            .then(|| Walk::new(&kernel, Care::OnBranch { share: 0.5 })),
        anyhow: Walk::new(&kernel, Care::AnyFixedPoint),
        spent: [0, 0],
        has_bifurcated: false,
        share: 1.0,
        reached: 0.0,
        seen: None,
        solver,
    };
    let mut answers: Vec<Answer> = Vec::new();
    while let Some(target) = next(answers.last()) {
        let answer = match answers.last() {
            Some(Err(Unsolved::Cancelled)) => Err(Unsolved::Cancelled),
            Some(Ok(before)) if before.certificate.lambda.get() == target => Ok(before.clone()),
            _ => search.solve_at(target),
        };
        answers.push(answer);
    }
    search.count_crossings(&mut answers);
    answers
}

/// What to tell of a search that has stopped.
pub(crate) fn unsolved(stop: Stop, reached: f64, residual: f64, steps: usize) -> Unsolved {
    match stop {
        Stop::Cancelled => Unsolved::Cancelled,
        Stop::Stalled | Stop::OutOfSteps => Unsolved::NotConverged { reached, residual, steps },
    }
}

/// No third walk is made with coarser steps than this.
const FINEST: f64 = 1.0;
/// The second walk looks for singular points, too, where the first was nearer to one than this.
const NEAR_SINGULAR: f64 = 0.5;

fn has_bifurcated(walk: &Walk) -> bool {
    walk.singular.as_ref().is_some_and(|s| !s.bifurcations.is_empty())
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
    /// Sweeps of the first, and of all further walks along the branch.
    spent: [usize; 2],
    /// Whether two walks have met a bifurcation; then one is enough from there on.
    has_bifurcated: bool,
    /// Steps of the coarser of the two walks, relative to the first.
    share: f64,
    reached: f64,
    /// What the first walk has seen at the last Λ of where that is singular.
    seen: Option<Spectrum>,
}

impl Search<'_> {
    fn solve_at(&mut self, target: f64) -> Answer {
        self.solver.aim(target);
        match self.on_branch(target) {
            Ok((logs, branch)) => self.finish(target, logs, branch),
            Err(Stop::Cancelled) => Err(Unsolved::Cancelled),
            Err(stop) if self.options.follow == Follow::Once => {
                let residual = self.solver.best_residual_at(target);
                Err(unsolved(stop, self.reached, residual, self.solver.steps()))
            }
            Err(Stop::Stalled | Stop::OutOfSteps) => self.anywhere(target),
        }
    }

    /// The next Λ of the walks along the branch.
    fn on_branch(&mut self, target: f64) -> Result<(Vec<f64>, Branch), Stop> {
        let Some(mut coarse) = self.coarse.take() else {
            return Err(Stop::Stalled);
        };
        let (from, n_before) = (coarse.lambda, coarse.points.len());
        let ahead = schedule(self.solver.kernel, self.first, from, target);
        let begun = self.solver.steps();
        self.solver.allow(begun + self.allowed(0));
        let walked = coarse.go_on(&mut self.solver, &ahead, self.options.tolerance);
        self.spent[0] += self.solver.steps() - begun;
        self.reached = self.reached.max(coarse.lambda);
        walked?;
        self.seen = coarse.singular.as_ref().and_then(|s| s.known_at(target));
        coarse.crossed.push((target, 1));
        if self.has_bifurcated {
            let logs = coarse.logs.clone();
            self.coarse = Some(coarse);
            return Ok((logs, Branch::SelectionUndetermined));
        }
        let ahead = refined(from, &coarse.points[n_before..], target);
        let Some(fine) = self.fine.take() else {
            return Ok(self.unverified(coarse));
        };
        let is_delicate = has_bifurcated(&coarse)
            || coarse.singular.as_ref().is_some_and(|s| s.smallest < NEAR_SINGULAR);
        let (fine, is_there) = self.walked_finely(fine, &ahead, is_delicate)?;
        if !is_there && has_bifurcated(&coarse) && has_bifurcated(&fine) {
            return Ok(self.undetermined(coarse));
        }
        if !is_there {
            return Ok(self.unverified(coarse));
        }
        let is_alike = match (has_bifurcated(&coarse), has_bifurcated(&fine)) {
            (false, false) => agree(&coarse, &fine),
            (first, second) => first && second,
        };
        if is_alike || self.share < FINEST {
            return Ok(self.compared(coarse, fine));
        }
        // The first two differ: the second is held against a third, from here on.
        self.share *= 0.5;
        let third = Walk::new(self.solver.kernel, Care::OnBranch { share: 0.5 * self.share });
        let ahead = refined(0.0, &fine.points, target);
        let (mut third, is_there) = self.walked_finely(third, &ahead, true)?;
        third.crossed.clone_from(&fine.crossed);
        let walks = [coarse, fine, third];
        if walks.iter().filter(|w| has_bifurcated(w)).count() >= 2 {
            let [coarse, fine, third] = walks;
            let met = [third, fine, coarse].into_iter().skip(usize::from(!is_there));
            let met = met.into_iter().find(has_bifurcated).expect("two of three have");
            return Ok(self.undetermined(met));
        }
        let [coarse, fine, third] = walks;
        if is_there { Ok(self.compared(fine, third)) } else { Ok(self.unverified(coarse)) }
    }

    /// A walk past a bifurcation that another has met, too.
    fn undetermined(&mut self, walk: Walk) -> (Vec<f64>, Branch) {
        self.has_bifurcated = true;
        (self.unverified(walk).0, Branch::SelectionUndetermined)
    }

    /// Takes the finer of two walks to the end of `ahead`, and says whether it got there.
    fn walked_finely(
        &mut self,
        mut fine: Walk,
        ahead: &[f64],
        is_delicate: bool,
    ) -> Result<(Walk, bool), Stop> {
        if is_delicate {
            fine.singular.get_or_insert_with(Singular::none);
        }
        let begun = self.solver.steps();
        self.solver.allow(begun + self.allowed(1));
        let walked = fine.go_on(&mut self.solver, ahead, self.options.tolerance);
        self.spent[1] += self.solver.steps() - begun;
        match walked {
            Ok(()) => {
                fine.crossed.push((fine.lambda, 1));
                Ok((fine, true))
            }
            Err(Stop::Cancelled) => Err(Stop::Cancelled),
            Err(Stop::Stalled | Stop::OutOfSteps) => Ok((fine, false)),
        }
    }

    fn unverified(&mut self, coarse: Walk) -> (Vec<f64>, Branch) {
        let logs = coarse.logs.clone();
        self.coarse = Some(coarse);
        (logs, Branch::WarmUnverified)
    }

    /// What two walks that stand at the same Λ say of the branch there.
    fn compared(&mut self, coarse: Walk, fine: Walk) -> (Vec<f64>, Branch) {
        let branch = match (has_bifurcated(&coarse), has_bifurcated(&fine)) {
            (true, true) => Branch::SelectionUndetermined,
            (false, false) if agree(&coarse, &fine) => match fine.folds.is_empty() {
                true => Branch::Traced,
                false => Branch::FirstCrossingOf(1),
            },
            _ => Branch::WarmUnverified,
        };
        self.has_bifurcated = branch == Branch::SelectionUndetermined;
        let logs = fine.logs.clone();
        (self.coarse, self.fine) = (Some(coarse), Some(fine));
        (logs, branch)
    }

    /// Follows the branch beyond the last Λ, and says of every answer on it how often its Λ is crossed.
    fn count_crossings(&mut self, answers: &mut [Answer]) {
        let Some(mut coarse) = self.coarse.take() else {
            return;
        };
        let last = coarse.lambda;
        if self.options.follow == Follow::Twice && self.solver.kernel.n_upstream > 0 && last > 0.0 {
            let ahead = schedule(self.solver.kernel, self.first, last, LOOK_AHEAD * last);
            self.solver.allow(self.solver.steps() + self.allowed(0));
            // Where it fails, what was crossed so far is known.
            let _ = coarse.go_on(&mut self.solver, &ahead, WAY_TOLERANCE);
        }
        for certificate in answers.iter_mut().flatten().map(|e| &mut e.certificate) {
            let crossed = coarse.crossed.iter().find(|c| c.0 == certificate.lambda.get());
            let Some(&(_, n)) = crossed else { continue };
            certificate.branch = match certificate.branch {
                Branch::Traced if n > 1 => Branch::FirstCrossingOf(n),
                Branch::FirstCrossingOf(_) => Branch::FirstCrossingOf(n),
                other => other,
            };
        }
    }

    /// Sweeps that the first or second walk along the branch may still make; what both leave is for a fixed
    /// point of any kind.
    fn allowed(&self, walk: usize) -> usize {
        let most = self.options.max_steps;
        let share = match self.options.follow {
            Follow::Once => most,
            _ => [3 * most / 10, 9 * most / 20][walk],
        };
        share.saturating_sub(self.spent[walk]).min(most - self.solver.steps().min(most))
    }

    /// A fixed point of any kind.
    fn anywhere(&mut self, target: f64) -> Answer {
        self.solver.allow(self.options.max_steps);
        match self.directly(target) {
            Ok(logs) => return self.finish(target, logs, Branch::WarmUnverified),
            Err(Stop::Cancelled) => return Err(Unsolved::Cancelled),
            Err(Stop::Stalled | Stop::OutOfSteps) => {}
        }
        let ahead = schedule(self.solver.kernel, self.first, self.anyhow.lambda, target);
        let walked = self.anyhow.go_on(&mut self.solver, &ahead, self.options.tolerance);
        self.reached = self.reached.max(self.anyhow.lambda);
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
    fn finish(&mut self, target: f64, mut logs: Vec<f64>, branch: Branch) -> Answer {
        let (most, mut tolerance) = (self.options.tolerance, self.options.tolerance);
        let lambda = Lambda::new(target).expect("it was one");
        self.solver.allow(self.options.max_steps);
        loop {
            let profile = BehaviorProfile::from_logs(logs.clone());
            let steps = self.solver.steps();
            let mut certificate =
                certify(self.game, lambda, self.units, &profile, most, steps, branch);
            if branch != Branch::WarmUnverified {
                let seen = self.seen.take();
                let found = seen.or_else(|| self.solver.spectrum(target, &logs).ok().flatten());
                certificate.distance_to_singular = found.map(|s| s.nearest_to_one);
            }
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
