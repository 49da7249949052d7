//! The branch from Λ = 0: in steps of Λ, each begun from a prediction and settled.

use crate::arc::{Point, follow_by_length};
use crate::fixed_point::{FixedPoint, Stop};
use crate::game::Game;
use crate::kernel::Kernel;
use crate::math;

/// A branch followed from Λ = 0.
#[derive(Debug)]
pub(crate) struct Path {
    /// The Λ settled at in steps of Λ, ascending, 0 left out.
    pub(crate) points: Vec<f64>,
    /// Log-policy at the last point.
    pub(crate) end: Vec<f64>,
    /// How often Λ turned back on the way.
    pub(crate) n_turns: u32,
    /// Why the target was not reached, if it was not.
    pub(crate) stop: Option<Stop>,
}

/// Each scheduled Λ is this many times the one before; steps are cut where that is too far.
const GROWTH: f64 = 4.0;
/// A step whose settled policy differs from its prediction by more than this in some probability
/// is cut in two: it may have left the branch. By feel.
pub(crate) const FURTHEST_FROM_PREDICTION: f64 = 0.3;
/// Steps of Λ are not cut below this ratio; the branch is then followed by its length until it has
/// crossed the point that could not be reached.
const SMALLEST_RATIO: f64 = 1.01;
/// Points on the way are settled to this log-residual; only the target to the caller's tolerance.
pub(crate) const WAY_TOLERANCE: f64 = 1e-6;
/// Two paths agree if no probability differs by more. Far above what the tolerance leaves open at
/// a regular point, far below the distance of two equilibria.
const AGREEMENT: f64 = 1e-6;

/// The Λ to visit: from where the largest payoff gap counts once, to `target`.
pub(crate) fn schedule(kernel: &Kernel, game: &Game, units: &[f64], target: f64) -> Vec<f64> {
    let mut widest: f64 = 0.0;
    for (p, unit) in units.iter().enumerate() {
        let spread = |xs: &[f64]| {
            let own = || xs.iter().skip(p).step_by(units.len()).copied();
            own().fold(0.0, f64::max) - own().fold(0.0, f64::min)
        };
        let numbers = game.numbers();
        let widest_own = spread(&numbers.edge_payoffs).max(spread(&numbers.terminal_payoffs));
        widest = widest.max(widest_own / unit);
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

/// The same Λ with one more between each two, up to `target`.
pub(crate) fn refined(points: &[f64], target: f64) -> Vec<f64> {
    let mut before = 0.0;
    let mut refined = Vec::with_capacity(2 * points.len());
    for &point in points.iter().filter(|&&p| p < target).chain([&target]) {
        refined.extend([between(before, point), point]);
        before = point;
    }
    refined
}

/// Whether two paths are one branch, as far as two step sizes can tell.
pub(crate) fn agree(a: &Path, b: &Path) -> bool {
    a.n_turns == b.n_turns && furthest_probability(&a.end, &b.end) <= AGREEMENT
}

/// Follows the branch from Λ = 0 over `schedule`, which ends at the target; where steps in Λ fail,
/// by its length. `share` scales the steps of the latter.
pub(crate) fn follow(
    solver: &mut FixedPoint<'_>,
    schedule: &[f64],
    tolerance: f64,
    share: f64,
) -> Path {
    let mut path =
        Path { points: Vec::new(), end: solver.kernel.by_weights(), n_turns: 0, stop: None };
    let target = schedule.last().copied().unwrap_or(0.0);
    let mut ahead: Vec<f64> = schedule.iter().rev().copied().collect();
    let mut here = 0.0;
    let mut before: Option<Point> = None;
    while let Some(&next) = ahead.last() {
        // No step in ln Λ is more than twice the one before.
        let longest = before.as_ref().map_or(f64::INFINITY, |b| {
            let last = here / math::exp(b.ln_lambda);
            here * last * last
        });
        if next > SMALLEST_RATIO * longest {
            ahead.push(longest);
            continue;
        }
        let mut logs = predict(solver, before.as_ref(), here, &path.end, next);
        let predicted = logs.clone();
        let goal = if next == target { tolerance } else { tolerance.max(WAY_TOLERANCE) };
        let mut settled = solver.settle(next, &mut logs, goal);
        if settled.is_ok() && here > 0.0 {
            let off = furthest_probability(&predicted, &logs);
            settled = if off <= FURTHEST_FROM_PREDICTION { Ok(()) } else { Err(Stop::Stalled) };
        }
        if settled == Err(Stop::Stalled) {
            if here == 0.0 || next > SMALLEST_RATIO * here {
                ahead.push(between(here, next));
                continue;
            }
            let last = Point { ln_lambda: math::ln(here), logs: path.end.clone() };
            let start = before.as_ref().map(|b| (b, last));
            settled = start.map_or(Err(Stop::Stalled), |(before, last)| {
                let crossing = follow_by_length(solver, before, last, math::ln(next), goal, share)?;
                path.n_turns += crossing.n_turns;
                logs = crossing.logs;
                Ok(())
            });
        }
        if let Err(stop) = settled {
            path.stop = Some(stop);
            return path;
        }
        before = (here > 0.0).then(|| Point { ln_lambda: math::ln(here), logs: path.end });
        here = next;
        path.points.push(next);
        path.end = logs;
        ahead.pop();
    }
    path
}

/// Where the policy at `lambda` should be: action values extended along ln Λ.
fn predict(
    solver: &mut FixedPoint<'_>,
    before: Option<&Point>,
    here: f64,
    logs: &[f64],
    lambda: f64,
) -> Vec<f64> {
    let mut logs = logs.to_vec();
    if here == 0.0 {
        solver.respond(lambda, &mut logs);
        return logs;
    }
    let kernel = solver.kernel;
    for (k, (x, w)) in logs.iter_mut().zip(&kernel.log_weights).enumerate() {
        let value = (*x - w) / here;
        let slope = before.map_or(0.0, |b| {
            let value_before = (b.logs[k] - w) / math::exp(b.ln_lambda);
            // No further than the last step was long: how the slope changes is not known.
            let span = math::ln(here) - b.ln_lambda;
            (value - value_before) * ((math::ln(lambda) - math::ln(here)) / span).min(1.0)
        });
        *x = (value + slope) * lambda + w;
    }
    solver.normalise(&mut logs);
    logs
}

/// Between two Λ: the geometric mean, or half of the second where the first is 0.
fn between(low: f64, high: f64) -> f64 {
    if low > 0.0 { (low * high).sqrt() } else { high / 2.0 }
}

pub(crate) fn furthest_probability(a: &[f64], b: &[f64]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (crate::lanes::exp(*a) - crate::lanes::exp(*b)).abs())
        .fold(0.0, crate::certificate::larger)
}
