//! The branch followed by its length instead of Λ, so that it may turn back (a fold).
//!
//! Pseudo-arclength continuation (Keller 1977) in (log π, ln Λ), used from where steps in Λ fail.
//! A displacement is (y, τ): ln Λ moves by τ, every log π as if action values stayed, then by y.
//! Its length is (Σ π_a y_a² + τ²)^½: changes of behaviour count by how often it occurs.

use crate::certificate::larger;
use crate::fixed_point::{FixedPoint, Right, Stop};
use crate::math;
use crate::path::{CLOSE_TOLERANCE, FURTHEST_FROM_PREDICTION, SHORT, furthest_probability};

/// A point of the branch: ln Λ and the log-policy there.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) ln_lambda: f64,
    pub(crate) logs: Vec<f64>,
}

/// Shortest step, in the length above; by feel.
const SHORTEST: f64 = 1e-5;
/// Steps that settle within this many corrections may make the next one longer.
pub(crate) const EASY: usize = 5;
/// Steps predicted from the last points before the tangent is computed.
const CHORD_TRIES: usize = 2;
/// Smallest cosine between two steps: a sharper turn is a step onto something else.
const SHARPEST: f64 = 0.7;
/// A chord this many times its step has come upon something else.
const LONGEST: f64 = 1.5;
/// Newton steps of one correction; quadratic convergence needs about four.
const CORRECTIONS: usize = 8;
/// Each correction must leave at most this part of the residual.
const CONTRACTION: f64 = 0.5;
/// No correction moves ln Λ further; one that would has lost the branch.
const FURTHEST_IN_LN: f64 = 1.0;
/// Largest and smallest size of the linear residual of a correction, relative to the right side.
const LINEAR_SHARES: [f64; 2] = [0.1, 1e-3];
/// A turning point is settled when ln Λ there changes by less.
const TURN_TOLERANCE: f64 = 1e-8;
/// Parabolas put through a turning point.
const TURN_ROUNDS: usize = 12;

/// A direction along the branch.
pub(crate) struct Secant {
    y: Vec<f64>,
    pub(crate) tau: f64,
    pub(crate) length: f64,
}

/// A step that was taken.
pub(crate) struct Stride {
    pub(crate) to: Point,
    /// From where it began to where it ended.
    pub(crate) chord: Secant,
    /// Newton steps it took.
    pub(crate) corrections: usize,
    /// How long the next one may be.
    pub(crate) next_step: f64,
}

/// One step of about `step` along the branch that passes through `passed` (older points first) and
/// then `here`; cut until it is good. `share` scales how far from its prediction it may end.
pub(crate) fn stride(
    solver: &mut FixedPoint<'_>,
    passed: &[Point],
    here: &Point,
    mut step: f64,
    share: f64,
) -> Result<Stride, Stop> {
    let log_weights = &solver.kernel.log_weights;
    let before = passed.last().ok_or(Stop::Stalled)?;
    let along = secant(log_weights, before, here);
    let mut tangent: Option<Secant> = None;
    let mut n_refused = 0;
    while step >= SHORTEST {
        if n_refused == CHORD_TRIES {
            // The last chord is no direction for steps much shorter than it.
            tangent = Some(tangent_at(solver, here, &along)?);
        }
        let predicted = match &tangent {
            Some(tangent) => moved(solver, here, tangent, step / tangent.length),
            None => extended(solver, passed, here, &along, step),
        };
        let along = tangent.as_ref().unwrap_or(&along);
        n_refused += 1;
        let (to, corrections) = match correct(solver, &predicted, along, CLOSE_TOLERANCE) {
            Ok(corrected) => corrected,
            Err(Stop::Stalled) => {
                step *= 0.5;
                continue;
            }
            Err(stop) => return Err(stop),
        };
        let chord = secant(log_weights, here, &to);
        let turn = product(&to.logs, along, &chord) / (along.length * chord.length);
        let off = furthest_probability(&predicted.logs, &to.logs);
        let near = share * FURTHEST_FROM_PREDICTION * (step / SHORT).min(1.0);
        let is_longer = chord.length > LONGEST * step;
        if turn < SHARPEST || off > near || is_longer || turn.is_nan() {
            step *= 0.5;
            continue;
        }
        let growth = match corrections {
            0..=EASY => (0.6 * near / off).clamp(0.7, 2.0),
            _ => 0.7,
        };
        return Ok(Stride { to, chord, corrections, next_step: step * growth });
    }
    Err(Stop::Stalled)
}

/// The direction of the branch at `here`, on the side of `along`.
fn tangent_at(solver: &mut FixedPoint<'_>, here: &Point, along: &Secant) -> Result<Secant, Stop> {
    let n = here.logs.len();
    let lambda = math::exp(here.ln_lambda);
    solver.residual_at(lambda, &here.logs)?;
    let (row, row_tau) = across(&here.logs, along);
    let right = Right { f: &vec![0.0; n], along: 1.0 };
    let mut y = solver.bordered_step(lambda, &here.logs, &right, (&row, row_tau), LINEAR_SHARES[1]);
    let tau = y.pop().unwrap_or(0.0);
    let mut tangent = Secant { y, tau, length: 0.0 };
    tangent.length = product(&here.logs, &tangent, &tangent).sqrt();
    Ok(tangent)
}

/// The row that measures a displacement along `along`.
fn across(logs: &[f64], along: &Secant) -> (Vec<f64>, f64) {
    let row = logs.iter().zip(&along.y).map(|(l, y)| math::exp(*l) * y / along.length).collect();
    (row, along.tau / along.length)
}

/// Settles at ln Λ = `target` between two points of the branch; `None` when that leads elsewhere.
pub(crate) fn settle_between(
    solver: &mut FixedPoint<'_>,
    from: &Point,
    to: &Point,
    lambda: f64,
    tolerance: f64,
    share: f64,
) -> Result<Option<Vec<f64>>, Stop> {
    let chord = secant(&solver.kernel.log_weights, from, to);
    let part = (math::ln(lambda) - from.ln_lambda) / chord.tau;
    let mut logs = moved(solver, from, &chord, part).logs;
    let guess = logs.clone();
    let near = share * FURTHEST_FROM_PREDICTION * (chord.length / SHORT).min(1.0);
    match solver.settle_by_newton(lambda, &mut logs, tolerance) {
        Ok(()) if furthest_probability(&guess, &logs) <= near => Ok(Some(logs)),
        Ok(()) | Err(Stop::Stalled) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// The point of the branch half-way between two others, at right angles to their chord; `None` when that
/// leads elsewhere.
pub(crate) fn midway(
    solver: &mut FixedPoint<'_>,
    from: &Point,
    to: &Point,
) -> Result<Option<Point>, Stop> {
    let chord = secant(&solver.kernel.log_weights, from, to);
    let guess = moved(solver, from, &chord, 0.5);
    let near = FURTHEST_FROM_PREDICTION * (chord.length / SHORT).min(1.0);
    match correct(solver, &guess, &chord, CLOSE_TOLERANCE) {
        Ok((found, _)) if furthest_probability(&guess.logs, &found.logs) <= near => Ok(Some(found)),
        Ok(_) | Err(Stop::Stalled) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// The point between `a` and `c` where Λ turns, with `b` between them and Λ there beyond that at both;
/// and whether it comes before `b`. `b` itself where nothing better is found.
pub(crate) fn turning_point(
    solver: &mut FixedPoint<'_>,
    a: &Point,
    b: &Point,
    c: &Point,
) -> Result<(Point, bool), Stop> {
    let log_weights = &solver.kernel.log_weights;
    let (mut a, mut b, mut c) = (a.clone(), b.clone(), c.clone());
    let mut is_before = false;
    let mut is_first = true;
    // Of the way to where the parabola turns; less where that does not settle.
    let mut part = 1.0;
    for _ in 0..TURN_ROUNDS {
        let (left, right) = (secant(log_weights, &a, &b), secant(log_weights, &b, &c));
        let (slope_left, slope_right) = (left.tau / left.length, right.tau / right.length);
        let bend = (slope_right - slope_left) / (left.length + right.length);
        let slope = slope_left + bend * left.length;
        let at = -slope / (2.0 * bend) * part;
        if !at.is_finite() || at == 0.0 || at <= -left.length || at >= right.length {
            break;
        }
        let along = if at < 0.0 { &left } else { &right };
        let passed = [a.clone(), b.clone()];
        let predicted = extended(solver, &passed, &c, &right, at - right.length);
        let found = match correct(solver, &predicted, along, CLOSE_TOLERANCE) {
            Ok((found, _)) => found,
            Err(Stop::Stalled) => {
                part *= 0.5;
                continue;
            }
            Err(stop) => return Err(stop),
        };
        let gained = found.ln_lambda - b.ln_lambda;
        part = 1.0;
        if gained * bend >= 0.0 {
            // Not beyond b: it only narrows the bracket.
            let is_close = gained.abs() < TURN_TOLERANCE;
            if at < 0.0 {
                a = found;
            } else {
                c = found;
            }
            if is_close {
                break;
            }
            continue;
        }
        if is_first {
            is_before = at < 0.0;
            is_first = false;
        }
        let old = std::mem::replace(&mut b, found);
        if at < 0.0 {
            c = old;
        } else {
            a = old;
        }
        if gained.abs() < TURN_TOLERANCE {
            break;
        }
    }
    Ok((b, is_before))
}

pub(crate) fn secant(log_weights: &[f64], from: &Point, to: &Point) -> Secant {
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

/// `step` beyond `here`: action values and ln Λ extended by a parabola through the last three points,
/// or by a line where there are only two.
fn extended(
    solver: &mut FixedPoint<'_>,
    passed: &[Point],
    here: &Point,
    along: &Secant,
    step: f64,
) -> Point {
    let [.., older, before] = passed else {
        return moved(solver, here, along, step / along.length);
    };
    let log_weights = &solver.kernel.log_weights;
    let (l1, l2) = (along.length, secant(log_weights, older, before).length);
    // Newton's divided differences at lengths 0, −l1, −l1 − l2.
    let extend = |x0: f64, x1: f64, x2: f64| {
        let slope = (x0 - x1) / l1;
        let bend = (slope - (x1 - x2) / l2) / (l1 + l2);
        x0 + step * slope + step * (step + l1) * bend
    };
    let ln_lambda = extend(here.ln_lambda, before.ln_lambda, older.ln_lambda);
    let (lambda, [at0, at1, at2]) =
        (math::exp(ln_lambda), [here, before, older].map(|p| math::exp(p.ln_lambda)));
    let values = here.logs.iter().zip(&before.logs).zip(&older.logs).zip(log_weights);
    let mut logs: Vec<f64> = values
        .map(|(((x0, x1), x2), w)| {
            w + lambda * extend((x0 - w) / at0, (x1 - w) / at1, (x2 - w) / at2)
        })
        .collect();
    solver.normalise(&mut logs);
    Point { ln_lambda, logs }
}

/// Newton's method from `predicted`, at right angles to `along`; returns the steps it took, too.
fn correct(
    solver: &mut FixedPoint<'_>,
    predicted: &Point,
    along: &Secant,
    tolerance: f64,
) -> Result<(Point, usize), Stop> {
    let mut point = predicted.clone();
    let n = point.logs.len();
    let (row, row_tau) = across(&point.logs, along);
    let mut last = f64::INFINITY;
    for round in 0..=CORRECTIONS {
        let lambda = math::exp(point.ln_lambda);
        let f = solver.residual_at(lambda, &point.logs)?;
        let size = f.iter().fold(0.0, |a, b| larger(a, b.abs()));
        if size <= tolerance {
            return Ok((point, round));
        }
        if size.is_nan() || (round > 0 && size > CONTRACTION * last) {
            return Err(Stop::Stalled);
        }
        last = size;
        let share = size.clamp(LINEAR_SHARES[1], LINEAR_SHARES[0]);
        let right = Right { f: &f, along: 0.0 };
        let step = solver.bordered_step(lambda, &point.logs, &right, (&row, row_tau), share);
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
