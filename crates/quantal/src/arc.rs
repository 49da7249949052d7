//! The branch followed by its length instead of Λ, so that it may turn back (a fold).
//!
//! Pseudo-arclength continuation (Keller 1977) in (log π, ln Λ), used from where steps in Λ fail.
//! A displacement is (y, τ): ln Λ moves by τ, every log π as if action values stayed, then by y.
//! Its length is (Σ π_a y_a² + τ²)^½: changes of behaviour count by how often it occurs.

use crate::certificate::larger;
use crate::fixed_point::{FixedPoint, Stop};
use crate::math;
use crate::path::{FURTHEST_FROM_PREDICTION, SHORT, WAY_TOLERANCE, furthest_probability};

/// A point of the branch: ln Λ and the log-policy there.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) ln_lambda: f64,
    pub(crate) logs: Vec<f64>,
}

/// The first crossing of the target.
#[derive(Debug)]
pub(crate) struct Crossing {
    pub(crate) logs: Vec<f64>,
    /// How often the direction of Λ changed on the way.
    pub(crate) n_turns: u32,
}

/// Shortest step, in the length above; by feel.
const SHORTEST: f64 = 1e-5;
/// Steps that settle within this many corrections make the next one longer.
const EASY: usize = 4;
/// Smallest cosine between two steps: a sharper turn is a step onto something else.
const SHARPEST: f64 = 0.5;
/// Newton steps of one correction; quadratic convergence needs about four.
const CORRECTIONS: usize = 8;
/// Each correction must leave at most this part of the residual.
const CONTRACTION: f64 = 0.5;

/// No correction moves ln Λ further; one that would has lost the branch.
const FURTHEST_IN_LN: f64 = 1.0;
/// Sweeps spent before the branch is given up: it winds too much to be followed in reasonable time.
const MOST_SWEEPS: usize = 3000;

/// A direction along the branch.
struct Secant {
    y: Vec<f64>,
    tau: f64,
    length: f64,
}

/// Follows the branch that passes through `before` and then `here` until it first crosses
/// ln Λ = `target`. `share` scales how far from its prediction a step may end.
pub(crate) fn follow_by_length(
    solver: &mut FixedPoint<'_>,
    before: &Point,
    here: Point,
    target: f64,
    tolerance: f64,
    share: f64,
) -> Result<Crossing, Stop> {
    let log_weights = &solver.kernel.log_weights;
    let mut along = secant(log_weights, before, &here);
    let mut here = here;
    let mut step = along.length * share;
    let furthest = FURTHEST_FROM_PREDICTION * share;
    let mut n_turns = 0;
    let most = solver.steps() + (MOST_SWEEPS as f64 / share) as usize;
    loop {
        if step < SHORTEST || solver.steps() > most {
            return Err(Stop::Stalled);
        }
        let predicted = moved(solver, &here, &along, step / along.length);
        let corrected = match correct(solver, &predicted, &along) {
            Ok(corrected) => corrected,
            Err(Stop::Stalled) => {
                step *= 0.5;
                continue;
            }
            Err(stop) => return Err(stop),
        };
        let next = secant(log_weights, &here, &corrected.0);
        let turn = product(&corrected.0.logs, &along, &next) / (along.length * next.length);
        let off = furthest_probability(&predicted.logs, &corrected.0.logs);
        let near = furthest * (step / SHORT).min(1.0);
        if turn < SHARPEST || off > near || turn.is_nan() {
            step *= 0.5;
            continue;
        }
        let turned = u32::from(next.tau * along.tau < 0.0);
        if (here.ln_lambda < target) != (corrected.0.ln_lambda < target) {
            let part = (target - here.ln_lambda) / next.tau;
            let mut logs = moved(solver, &here, &next, part).logs;
            let guess = logs.clone();
            let settled = solver.settle_by_newton(math::exp(target), &mut logs, tolerance);
            match settled {
                Ok(()) if furthest_probability(&guess, &logs) <= near => {
                    return Ok(Crossing { logs, n_turns: n_turns + turned });
                }
                Ok(()) | Err(Stop::Stalled) => {
                    step *= 0.5;
                    continue;
                }
                Err(stop) => return Err(stop),
            }
        }
        n_turns += turned;
        if corrected.1 <= EASY && off < 0.5 * near {
            step *= 1.6;
        }
        along = next;
        here = corrected.0;
    }
}

fn secant(log_weights: &[f64], from: &Point, to: &Point) -> Secant {
    let tau = to.ln_lambda - from.ln_lambda;
    let growth = math::exp(tau);
    let y: Vec<f64> = (to.logs.iter().zip(&from.logs).zip(log_weights))
        .map(|((to, from), w)| to - (w + (from - w) * growth))
        .collect();
    let mut secant = Secant { y, tau, length: 0.0 };
    secant.length = product(&to.logs, &secant, &secant).sqrt();
    secant
}

fn product(logs: &[f64], a: &Secant, b: &Secant) -> f64 {
    let terms = logs.iter().zip(&a.y).zip(&b.y);
    terms.map(|((l, a), b)| math::exp(*l) * a * b).sum::<f64>() + a.tau * b.tau
}

/// `share` of the way along `secant` from `from`, normalised.
fn moved(solver: &mut FixedPoint<'_>, from: &Point, secant: &Secant, share: f64) -> Point {
    let tau = share * secant.tau;
    let growth = math::exp(tau);
    let mut logs: Vec<f64> = (from.logs.iter().zip(&solver.kernel.log_weights).zip(&secant.y))
        .map(|((x, w), y)| w + (x - w) * growth + share * y)
        .collect();
    solver.normalise(&mut logs);
    Point { ln_lambda: from.ln_lambda + tau, logs }
}

/// Newton's method from `predicted`, at right angles to `along`; returns the steps it took, too.
fn correct(
    solver: &mut FixedPoint<'_>,
    predicted: &Point,
    along: &Secant,
) -> Result<(Point, usize), Stop> {
    let mut point = predicted.clone();
    let n = point.logs.len();
    let row: Vec<f64> =
        (point.logs.iter().zip(&along.y)).map(|(l, y)| math::exp(*l) * y / along.length).collect();
    let row_tau = along.tau / along.length;
    let mut last = f64::INFINITY;
    for round in 0..=CORRECTIONS {
        let lambda = math::exp(point.ln_lambda);
        let f = solver.residual_at(lambda, &point.logs)?;
        let size = f.iter().fold(0.0, |a, b| larger(a, b.abs()));
        if size <= WAY_TOLERANCE {
            return Ok((point, round));
        }
        if size.is_nan() || (round > 0 && size > CONTRACTION * last) {
            return Err(Stop::Stalled);
        }
        last = size;
        let step = solver.bordered_step(lambda, &point.logs, &f, &row, row_tau);
        let (tau, s) = (step[n], &step[..n]);
        if tau.is_nan() || tau.abs() > FURTHEST_IN_LN {
            return Err(Stop::Stalled);
        }
        for ((x, w), s) in point.logs.iter_mut().zip(&solver.kernel.log_weights).zip(s) {
            *x += s + (*x - w) * tau;
        }
        solver.normalise(&mut point.logs);
        point.ln_lambda += tau;
    }
    Err(Stop::Stalled)
}
