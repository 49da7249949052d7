//! The branch from Λ = 0: in steps of Λ, each begun from a prediction and settled.

use crate::fixed_point::{FixedPoint, Stop};
use crate::game::Game;
use crate::kernel::Kernel;
use crate::math;

/// A branch followed from Λ = 0.
#[derive(Debug)]
pub(crate) struct Path {
    /// The Λ settled at, ascending, 0 left out.
    pub(crate) points: Vec<f64>,
    /// Log-policy at the last point.
    pub(crate) end: Vec<f64>,
    /// Whether some step went further from its prediction than a branch does.
    pub(crate) jumped: bool,
    /// Why the target was not reached, if it was not.
    pub(crate) stop: Option<Stop>,
}

/// Each scheduled Λ is this many times the one before; steps are cut where that is too far.
const GROWTH: f64 = 4.0;
/// A step whose settled policy differs from its prediction by more than this in some probability
/// is cut in two: it may have left the branch. By feel.
const FURTHEST_FROM_PREDICTION: f64 = 0.3;
/// Steps are not cut below this ratio of Λ.
const SMALLEST_RATIO: f64 = 1.001;
/// Points on the way are settled to this log-residual; only the target to the caller's tolerance.
const WAY_TOLERANCE: f64 = 1e-6;
/// Two paths agree if no probability differs by more. Far above what the tolerance leaves open at
/// a regular point, far below the distance of two equilibria.
const AGREEMENT: f64 = 1e-6;

/// The Λ to visit: from where the largest payoff gap counts once, to `target`.
pub(crate) fn schedule(kernel: &Kernel, game: &Game, units: &[f64], target: f64) -> Vec<f64> {
    let mut widest: f64 = 0.0;
    for p in 0..units.len() {
        let at = |xs: &[f64]| {
            let own = xs.iter().skip(p).step_by(units.len());
            own.fold((0.0f64, 0.0f64), |(lo, hi), x| (lo.min(*x), hi.max(*x)))
        };
        let (edge_low, edge_high) = at(&game.numbers().edge_payoffs);
        let (end_low, end_high) = at(&game.numbers().terminal_payoffs);
        widest = widest.max((edge_high - edge_low).max(end_high - end_low) / units[p]);
    }
    let mut points = Vec::new();
    let mut lambda = if widest > 0.0 { 1.0 / widest } else { target };
    while lambda < target && kernel.n_upstream > 0 {
        points.push(lambda);
        lambda *= GROWTH;
    }
    points.push(target);
    points
}

/// The same Λ with one more between each two.
pub(crate) fn refined(points: &[f64]) -> Vec<f64> {
    let mut before = 0.0;
    let mut refined = Vec::with_capacity(2 * points.len());
    for &point in points {
        refined.extend([between(before, point), point]);
        before = point;
    }
    refined
}

/// Whether two paths are one branch, as far as two step sizes can tell.
pub(crate) fn agree(a: &Path, b: &Path) -> bool {
    !a.jumped && !b.jumped && furthest_probability(&a.end, &b.end) <= AGREEMENT
}

/// Follows the branch from Λ = 0 over `schedule`, which ends at the target.
pub(crate) fn follow(solver: &mut FixedPoint<'_>, schedule: &[f64], tolerance: f64) -> Path {
    let mut path =
        Path { points: Vec::new(), end: solver.kernel.by_weights(), jumped: false, stop: None };
    let target = schedule.last().copied().unwrap_or(0.0);
    let mut ahead: Vec<f64> = schedule.iter().rev().copied().collect();
    let mut here = 0.0;
    // Action values at the last two points, in λ_i Q per Λ, and ln Λ there.
    let mut known: Vec<(f64, Vec<f64>)> = Vec::new();
    while let Some(&next) = ahead.last() {
        let mut logs = predict(solver, &known, &path.end, next);
        let predicted = logs.clone();
        let goal = if next == target { tolerance } else { tolerance.max(WAY_TOLERANCE) };
        let settled = solver.settle(next, &mut logs, goal);
        let is_near = furthest_probability(&predicted, &logs) <= FURTHEST_FROM_PREDICTION;
        let can_cut = next > SMALLEST_RATIO * here && here > 0.0;
        match settled {
            Ok(()) if is_near || !can_cut => {
                path.jumped |= !is_near && here > 0.0;
                let values = per_lambda(solver.kernel, &logs, next);
                if known.len() == 2 {
                    known.remove(0);
                }
                known.push((math::ln(next), values));
                here = next;
                path.points.push(next);
                path.end = logs;
                ahead.pop();
            }
            Ok(()) | Err(Stop::Stalled) if can_cut || here == 0.0 => {
                ahead.push(between(here, next));
            }
            Ok(()) => {}
            Err(stop) => {
                path.stop = Some(stop);
                return path;
            }
        }
    }
    path
}

/// Where the policy at `lambda` should be: action values extended along ln Λ.
fn predict(
    solver: &mut FixedPoint<'_>,
    known: &[(f64, Vec<f64>)],
    end: &[f64],
    lambda: f64,
) -> Vec<f64> {
    let kernel = solver.kernel;
    let mut logs = match known {
        [] => {
            let mut logs = end.to_vec();
            solver.respond(lambda, &mut logs);
            return logs;
        }
        [(_, q)] => q.clone(),
        [(t0, q0), .., (t1, q1)] => {
            // No further than the last step was long: differences of differences are not known.
            let share = ((math::ln(lambda) - t1) / (t1 - t0)).min(1.0);
            q1.iter().zip(q0).map(|(q1, q0)| q1 + share * (q1 - q0)).collect()
        }
    };
    for (x, w) in logs.iter_mut().zip(&kernel.log_weights) {
        *x = *x * lambda + w;
    }
    kernel.normalise(&mut logs);
    logs
}

/// (log π − log w) / Λ: the action values up to the player's unit and a constant per information set.
fn per_lambda(kernel: &Kernel, logs: &[f64], lambda: f64) -> Vec<f64> {
    logs.iter().zip(&kernel.log_weights).map(|(l, w)| (l - w) / lambda).collect()
}

/// Between two Λ: the geometric mean, or half of the second where the first is 0.
fn between(low: f64, high: f64) -> f64 {
    if low > 0.0 { (low * high).sqrt() } else { high / 2.0 }
}

fn furthest_probability(a: &[f64], b: &[f64]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (math::exp(*a) - math::exp(*b)).abs())
        .fold(0.0, crate::certificate::larger)
}
