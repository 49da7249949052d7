//! The branch from Λ = 0 as points, for plotting; and all its points at one Λ.

use crate::arc::{Point, settle_between};
use crate::certificate::{Branch, certify};
use crate::fixed_point::{FixedPoint, Stop};
use crate::game::Game;
use crate::kernel::Kernel;
use crate::math;
use crate::path::{WAY_TOLERANCE, first_lambda, schedule};
use crate::profile::{BehaviorProfile, Lambda};
use crate::singular::Singular;
use crate::solve::{Equilibrium, SolveOptions, Unsolved, Watch, unsolved};
use crate::walk::{Care, LOOK_AHEAD, Walk};

/// A point of the branch.
#[derive(Clone, Debug, PartialEq)]
pub struct TracePoint {
    /// Λ there.
    pub lambda: f64,
    /// Behaviour there, to a log-residual of 1e-6: good enough to plot, not an equilibrium to report.
    pub profile: BehaviorProfile,
    /// Whether Λ turns here.
    pub is_fold: bool,
}

/// The branch from Λ = 0, in order along it: Λ need not ascend.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Its points; the first is at Λ = 0.
    pub points: Vec<TracePoint>,
    /// Between which Λ other branches leave it, one pair for each place found.
    pub bifurcations: Vec<(f64, f64)>,
    /// Why it ends before the Λ asked for, if it does.
    pub stopped: Option<Unsolved>,
}

impl Trace {
    /// The turning points, in order.
    pub fn folds(&self) -> impl Iterator<Item = &TracePoint> {
        self.points.iter().filter(|p| p.is_fold)
    }

    /// How often the branch crosses `lambda`.
    #[must_use]
    pub fn n_crossings(&self, lambda: f64) -> usize {
        self.points.windows(2).filter(|w| (w[0].lambda < lambda) != (w[1].lambda < lambda)).count()
    }
}

/// Follows the branch from Λ = 0 to where it first reaches `max`, with λ_i = Λ / units\[i\].
///
/// Turning points are located to eight digits of Λ. A branch that cannot be followed so far is returned as
/// far as it goes, with the reason in `stopped`. `options.follow` and `options.start` are not read.
///
/// # Errors
/// [`Unsolved::Cancelled`] when the watcher says so.
///
/// # Panics
/// When `units` is not one positive number per player.
pub fn trace(
    game: &Game,
    max: Lambda,
    units: &[f64],
    options: &SolveOptions,
    watch: Watch<'_>,
) -> Result<Trace, Unsolved> {
    let kernel = Kernel::new(game);
    let mut solver = FixedPoint::new(&kernel, kernel.workspace(game), units, options, watch);
    let (points, walk, stop) = followed(&mut solver, game, units, max.get());
    let stopped = stop.map(|stop| unsolved(stop, walk.lambda, f64::INFINITY, solver.steps()));
    if stopped == Some(Unsolved::Cancelled) {
        return Err(Unsolved::Cancelled);
    }
    let as_point = |(point, is_fold): (Point, bool)| TracePoint {
        lambda: math::exp(point.ln_lambda),
        profile: BehaviorProfile::from_logs(point.logs),
        is_fold,
    };
    Ok(Trace {
        points: points.into_iter().map(as_point).collect(),
        bifurcations: walk.singular.map_or_else(Vec::new, |s| s.bifurcations),
        stopped,
    })
}

/// All points at `lambda` of the branch from Λ = 0, in order along it, each certified.
///
/// The branch is followed to 1.25 `lambda`; each is [`Branch::FirstCrossingOf`] n and the next ones
/// [`Branch::WarmUnverified`], except that a single one on a branch without folds is
/// [`Branch::Traced`], and [`Branch::SelectionUndetermined`] stands for all where the branch bifurcates
/// before it reaches `lambda`. Unlike [`solve()`](crate::solve()), the branch is followed once.
///
/// # Errors
/// [`Unsolved`] when the branch cannot be followed to `lambda`, or a crossing does not settle.
///
/// # Panics
/// When `units` is not one positive number per player.
pub fn crossings(
    game: &Game,
    lambda: Lambda,
    units: &[f64],
    options: &SolveOptions,
    watch: Watch<'_>,
) -> Result<Vec<Equilibrium>, Unsolved> {
    let kernel = Kernel::new(game);
    let mut solver = FixedPoint::new(&kernel, kernel.workspace(game), units, options, watch);
    let target = lambda.get();
    let (points, walk, stop) = followed(&mut solver, game, units, LOOK_AHEAD * target);
    if stop == Some(Stop::Cancelled) {
        return Err(Unsolved::Cancelled);
    }
    let ln_target = math::ln(target);
    let mut found = Vec::new();
    for pair in points.windows(2).map(|w| [&w[0].0, &w[1].0]) {
        let [from, to] = pair;
        if (from.ln_lambda < ln_target) == (to.ln_lambda < ln_target) {
            continue;
        }
        let logs = if from.ln_lambda == f64::NEG_INFINITY {
            let mut logs = to.logs.clone();
            solver.settle(target, &mut logs, options.tolerance).map(|()| Some(logs))
        } else {
            settle_between(&mut solver, from, to, target, options.tolerance, 1.0)
        };
        match logs {
            Ok(Some(logs)) => found.push(logs),
            Ok(None) => return Err(not_settled(&solver, target)),
            Err(stop) => return Err(unsolved(stop, target, f64::INFINITY, solver.steps())),
        }
    }
    if let (true, Some(stop)) = (found.is_empty(), stop) {
        return Err(unsolved(stop, walk.lambda, f64::INFINITY, solver.steps()));
    }
    let n = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let bifurcates = walk.singular.is_some_and(|s| s.bifurcations.iter().any(|b| b.0 < target));
    let mut certified = Vec::with_capacity(found.len());
    for (k, logs) in found.into_iter().enumerate() {
        let branch = match k {
            _ if bifurcates => Branch::SelectionUndetermined,
            0 if walk.folds.is_empty() => Branch::Traced,
            0 => Branch::FirstCrossingOf(n),
            _ => Branch::WarmUnverified,
        };
        let profile = BehaviorProfile::from_logs(logs);
        let steps = solver.steps();
        let certificate = certify(game, lambda, units, &profile, options.tolerance, steps, branch);
        if !certificate.converged {
            return Err(not_settled(&solver, target));
        }
        certified.push(Equilibrium { profile, certificate });
    }
    Ok(certified)
}

fn not_settled(solver: &FixedPoint<'_>, target: f64) -> Unsolved {
    unsolved(Stop::Stalled, target, f64::INFINITY, solver.steps())
}

/// The points of one walk to `max`, with whether each is a fold.
fn followed(
    solver: &mut FixedPoint<'_>,
    game: &Game,
    units: &[f64],
    max: f64,
) -> (Vec<(Point, bool)>, Walk, Option<Stop>) {
    assert_eq!(units.len(), game.graph().n_players(), "one unit per player");
    assert!(units.iter().all(|u| u.is_finite() && *u > 0.0), "units are positive");
    let mut walk = Walk::new(solver.kernel, Care::OnBranch { share: PLOTTED });
    walk.singular = Some(Singular::none());
    let origin = Point { ln_lambda: f64::NEG_INFINITY, logs: walk.logs.clone() };
    walk.kept = Some(vec![(origin, false)]);
    let mut ahead = schedule(solver.kernel, first_lambda(game, units), 0.0, max);
    if ahead.len() == 1 {
        // Nothing depends on beliefs; points for the eye all the same.
        ahead = (1..=EVENLY).map(|k| max * f64::from(k) / f64::from(EVENLY)).collect();
    }
    let stop = walk.go_on(solver, &ahead, WAY_TOLERANCE).err();
    (walk.kept.take().unwrap_or_default(), walk, stop)
}

/// Share of the usual distance from the prediction: smaller steps are smoother on paper.
const PLOTTED: f64 = 0.5;
/// Points drawn where any step succeeds.
const EVENLY: u32 = 32;
