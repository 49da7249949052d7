//! Which Λ a walk visits, and where the policy should be at the next.

use crate::arc::Point;
use crate::fixed_point::FixedPoint;
use crate::game::Game;
use crate::kernel::Kernel;
use crate::lanes;
use crate::math;

/// Each scheduled Λ is this many times the one before; steps are cut where that is too far.
const GROWTH: f64 = 4.0;
/// A step whose settled policy differs from its prediction by more than this in some probability
/// is cut in two: it may have left the branch. By feel.
pub(crate) const FURTHEST_FROM_PREDICTION: f64 = 0.3;
/// Steps in ln Λ shorter than this may end only a proportional part of that away: the branch moves
/// ever less in ever shorter steps, but across a fold there is something else right beside it.
pub(crate) const SHORT: f64 = 0.5;
/// Points on the way are settled to this log-residual; only the target to the caller's tolerance.
pub(crate) const WAY_TOLERANCE: f64 = 1e-6;
/// And those near singular points to this: there a small residual is a large error.
pub(crate) const CLOSE_TOLERANCE: f64 = 1e-9;
/// Two paths agree if no probability differs by more. Far above what the tolerance leaves open at
/// a regular point, far below the distance of two equilibria.
pub(crate) const AGREEMENT: f64 = 1e-6;

/// The Λ at which the largest payoff gap counts once; none where all payoffs are equal.
pub(crate) fn first_lambda(game: &Game, units: &[f64]) -> Option<f64> {
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
    (widest > 0.0).then(|| 1.0 / widest)
}

/// The Λ to visit after `from` up to `target`: powers of [`GROWTH`] above `first`.
pub(crate) fn schedule(kernel: &Kernel, first: Option<f64>, from: f64, target: f64) -> Vec<f64> {
    let mut points = Vec::new();
    let mut lambda = first.unwrap_or(target);
    while lambda < target && kernel.n_upstream > 0 {
        if lambda > from {
            points.push(lambda);
        }
        lambda *= GROWTH;
    }
    points.push(target);
    points
}

/// The same Λ after `from` with one more between each two, up to `target`.
pub(crate) fn refined(from: f64, points: &[f64], target: f64) -> Vec<f64> {
    let mut before = from;
    let mut refined = Vec::with_capacity(2 * points.len());
    for &point in points.iter().filter(|&&p| p < target).chain([&target]) {
        refined.extend([between(before, point), point]);
        before = point;
    }
    refined
}

/// Where the policy at `lambda` should be: action values extended along ln Λ by a line through the
/// last two points, or a parabola through three. `passed` holds those before `here`, older first.
pub(crate) fn predict(
    solver: &mut FixedPoint<'_>,
    passed: &[Point],
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
    let ln_here = math::ln(here);
    let step = math::ln(lambda) - ln_here;
    let span = passed.last().map_or(0.0, |b| ln_here - b.ln_lambda);
    let older = match passed {
        // Only where points are evenly spread and Λ has not turned; else a parabola goes astray.
        [older, b]
            if b.ln_lambda > older.ln_lambda
                && b.ln_lambda - older.ln_lambda < 4.0 * span
                && step < 2.0 * span =>
        {
            Some((older, b.ln_lambda - older.ln_lambda))
        }
        _ => None,
    };
    let older = older.map(|(p, span)| (p, math::exp(p.ln_lambda), span));
    let before = passed.last().filter(|_| span > 0.0).map(|p| (p, math::exp(p.ln_lambda)));
    let at = |p: &Point, lambda: f64, k: usize| (p.logs[k] - kernel.log_weights[k]) / lambda;
    for (k, x) in logs.iter_mut().enumerate() {
        let w = kernel.log_weights[k];
        let mut value = (*x - w) / here;
        if let Some((b, lambda)) = before {
            let before = at(b, lambda, k);
            let slope = (value - before) / span;
            value += match older {
                Some((older, lambda, span_before)) => {
                    let slope_before = (before - at(older, lambda, k)) / span_before;
                    let bend = (slope - slope_before) / (span + span_before);
                    step * slope + step * (step + span) * bend
                }
                // No further than the last step was long: how the slope changes is not known.
                None => slope * step.min(span),
            };
        }
        *x = value * lambda + w;
    }
    solver.normalise(&mut logs);
    logs
}

/// Between two Λ: the geometric mean, or half of the second where the first is 0.
pub(crate) fn between(low: f64, high: f64) -> f64 {
    if low > 0.0 { (low * high).sqrt() } else { high / 2.0 }
}

pub(crate) fn furthest_probability(a: &[f64], b: &[f64]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (lanes::exp(*a) - lanes::exp(*b)).abs())
        .fold(0.0, crate::certificate::larger)
}
