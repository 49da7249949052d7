//! The branch from Λ = 0: in steps of Λ, each begun from a prediction and settled.

use crate::arc::{Point, follow_by_length};
use crate::fixed_point::{FixedPoint, Stop};
use crate::game::Game;
use crate::kernel::Kernel;
use crate::math;

/// A walk along the branch, begun at Λ = 0 and ready to go on.
#[derive(Debug)]
pub(crate) struct Walk {
    care: Care,
    /// The Λ settled at in steps of Λ, ascending, 0 left out.
    pub(crate) points: Vec<f64>,
    /// Log-policy where it stands.
    pub(crate) logs: Vec<f64>,
    /// How often Λ turned back on the way.
    pub(crate) n_turns: u32,
    here: f64,
    before: Option<Point>,
    /// The next Λ is at most this many times the one before.
    longest_ratio: f64,
}

/// Each scheduled Λ is this many times the one before; steps are cut where that is too far.
const GROWTH: f64 = 4.0;
/// A step whose settled policy differs from its prediction by more than this in some probability
/// is cut in two: it may have left the branch. By feel.
pub(crate) const FURTHEST_FROM_PREDICTION: f64 = 0.3;
/// Steps in ln Λ shorter than this may end only a proportional part of that away: the branch moves
/// ever less in ever shorter steps, but across a fold there is something else right beside it.
pub(crate) const SHORT: f64 = 0.5;
/// Steps of Λ are not cut below this ratio; the branch is then followed by its length until it has
/// crossed the point that could not be reached.
const SMALLEST_RATIO: f64 = 1.01;
/// Points on the way are settled to this log-residual; only the target to the caller's tolerance.
pub(crate) const WAY_TOLERANCE: f64 = 1e-6;
/// Two paths agree if no probability differs by more. Far above what the tolerance leaves open at
/// a regular point, far below the distance of two equilibria.
const AGREEMENT: f64 = 1e-6;

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

/// Whether two walks are at one point of one branch, as far as two step sizes can tell.
pub(crate) fn agree(a: &Walk, b: &Walk) -> bool {
    a.n_turns == b.n_turns && furthest_probability(&a.logs, &b.logs) <= AGREEMENT
}

/// How to go from one point to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Care {
    /// Stay on the branch: no step ends far from its prediction; where steps in Λ fail, follow by
    /// length, with steps scaled by `share`.
    OnBranch {
        /// 1 on the first pass, ½ on the second.
        share: f64,
    },
    /// Take any fixed point that a step leads to.
    AnyFixedPoint,
}

impl Walk {
    pub(crate) fn new(kernel: &Kernel, care: Care) -> Self {
        Self {
            care,
            points: Vec::new(),
            logs: kernel.by_weights(),
            n_turns: 0,
            here: 0.0,
            before: None,
            longest_ratio: f64::INFINITY,
        }
    }

    /// The Λ where it stands.
    pub(crate) fn lambda(&self) -> f64 {
        self.here
    }

    /// Goes on over `schedule`, ascending, and settles at its last Λ to `tolerance`. On failure it
    /// stands at the last point settled.
    pub(crate) fn go_on(
        &mut self,
        solver: &mut FixedPoint<'_>,
        schedule: &[f64],
        tolerance: f64,
    ) -> Result<(), Stop> {
        let target = schedule.last().copied().unwrap_or(0.0);
        let mut ahead: Vec<f64> = schedule.iter().rev().copied().collect();
        let mut is_cut = false;
        while let Some(&next) = ahead.last() {
            let here = self.here;
            // Steps in ln Λ grow at most twofold.
            let longest = here * self.longest_ratio;
            if here > 0.0 && next > SMALLEST_RATIO * longest {
                ahead.push(longest);
                continue;
            }
            let goal = if next == target { tolerance } else { tolerance.max(WAY_TOLERANCE) };
            let logs = match self.step(solver, next, goal) {
                Ok(logs) => logs,
                Err(Stop::Stalled) if here == 0.0 || next > SMALLEST_RATIO * here => {
                    ahead.push(between(here, next));
                    is_cut = true;
                    continue;
                }
                Err(Stop::Stalled) => self.cross(solver, next, goal)?,
                Err(stop) => return Err(stop),
            };
            if here > 0.0 {
                let ratio = next / here;
                let doubled = ratio * ratio;
                let is_shorter = is_cut || self.longest_ratio == f64::INFINITY;
                self.longest_ratio =
                    if is_shorter { doubled } else { doubled.max(self.longest_ratio) };
                is_cut = false;
            }
            let left = std::mem::replace(&mut self.logs, logs);
            if next > here {
                self.before = (here > 0.0).then(|| Point { ln_lambda: math::ln(here), logs: left });
                self.points.push(next);
            }
            self.here = next;
            ahead.pop();
        }
        Ok(())
    }

    /// The log-policy at Λ = `next`, if it is near where it should be.
    fn step(
        &self,
        solver: &mut FixedPoint<'_>,
        next: f64,
        tolerance: f64,
    ) -> Result<Vec<f64>, Stop> {
        let mut logs = predict(solver, self.before.as_ref(), self.here, &self.logs, next);
        let predicted = logs.clone();
        if self.care == Care::AnyFixedPoint {
            solver.forget_stiffness();
        }
        solver.settle(next, &mut logs, tolerance)?;
        if self.here == 0.0 || self.care == Care::AnyFixedPoint {
            return Ok(logs);
        }
        let part = ((math::ln(next) - math::ln(self.here)) / SHORT).min(1.0);
        // Where the step has no length, only rounding and the tolerance may move the policy.
        let furthest = (FURTHEST_FROM_PREDICTION * part).max(AGREEMENT);
        let is_near = furthest_probability(&predicted, &logs) <= furthest;
        if is_near { Ok(logs) } else { Err(Stop::Stalled) }
    }

    /// Follows the branch by its length to where it first crosses Λ = `next`.
    fn cross(
        &mut self,
        solver: &mut FixedPoint<'_>,
        next: f64,
        tolerance: f64,
    ) -> Result<Vec<f64>, Stop> {
        let (Some(before), Care::OnBranch { share }) = (&self.before, self.care) else {
            return Err(Stop::Stalled);
        };
        let here = Point { ln_lambda: math::ln(self.here), logs: self.logs.clone() };
        let crossing = follow_by_length(solver, before, here, math::ln(next), tolerance, share)?;
        self.n_turns += crossing.n_turns;
        Ok(crossing.logs)
    }
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
        .map(|(a, b)| (math::exp(*a) - math::exp(*b)).abs())
        .fold(0.0, crate::certificate::larger)
}
