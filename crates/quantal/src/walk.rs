//! A walk along the branch from Λ = 0: in steps of Λ while that works, else by the branch's length.

use crate::arc::{EASY, Point, midway, secant, settle_between, stride, turning_point};
use crate::fixed_point::{FixedPoint, Stop};
use crate::kernel::Kernel;
use crate::math;
use crate::path::{
    AGREEMENT, CLOSE_TOLERANCE, FURTHEST_FROM_PREDICTION, SHORT, WAY_TOLERANCE, between,
    furthest_probability, predict,
};
use crate::singular::Singular;

/// Steps of Λ are not cut below this ratio; from there the branch is followed by its length.
const SMALLEST_RATIO: f64 = 1.04;
/// Steps by length that move ln Λ forwards by this much are given up for steps of Λ; each time those fail
/// it takes twice as much, up to the second number.
const FORWARDS: [f64; 2] = [0.08, 0.6];
/// Steps by length that cross the target are cut, if need be, to about this to see what is crossed.
const SHORT_CHORD: f64 = 0.02;
/// Or after so many steps in a row that move it forwards at all.
const LONG_FORWARD: usize = 12;
/// How often a step is cut that ends on the other side of singular without a turn, before that is taken for
/// a bifurcation.
const MOST_DOUBTS: usize = 3;
/// A crossing this part of a step beyond its beginning is a point of its own for what comes after.
const DISTINCT: f64 = 0.2;
/// How far beyond a Λ asked for the branch is followed, to see whether it comes back.
pub(crate) const LOOK_AHEAD: f64 = 1.25;
/// Two turns of Λ that differ by less, in ln Λ and in every probability, are one; they are located to 1e-8 in
/// ln Λ, and to about the root of that in probabilities.
const SAME_FOLD: f64 = 3e-4;
/// Halvings of the interval in which a bifurcation lies.
const BISECTIONS: usize = 8;
/// A step of Λ that ends at this part of the distance allowed is as long as the next one should be.
const COMFORT: f64 = 0.6;

/// How to go from one point to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Care {
    /// Stay on the branch: no step ends far from its prediction; where steps in Λ fail, follow by
    /// length, with steps scaled by `share`.
    OnBranch {
        /// 1 on the first walk, ½ on the second, ¼ on the third.
        share: f64,
    },
    /// Take any fixed point that a step leads to.
    AnyFixedPoint,
}

/// A walk, ready to go on from where it stands.
#[derive(Debug)]
pub(crate) struct Walk {
    care: Care,
    /// The Λ settled at in steps of Λ or asked for, ascending, 0 left out.
    pub(crate) points: Vec<f64>,
    /// Λ where it stands.
    pub(crate) lambda: f64,
    /// Log-policy where it stands.
    pub(crate) logs: Vec<f64>,
    /// The turns of Λ passed, in order: ln Λ there and the log-policy.
    pub(crate) folds: Vec<Point>,
    /// The Λ asked for so far, each with how often the branch has crossed it; counted until the branch
    /// first comes to [`LOOK_AHEAD`] times that.
    pub(crate) crossed: Vec<(f64, u32)>,
    /// Largest Λ met.
    furthest: f64,
    /// What the walk has seen of singular points, if it looks for them.
    pub(crate) singular: Option<Singular>,
    /// Everything passed, with whether it is a fold, if it is to be kept.
    pub(crate) kept: Option<Vec<(Point, bool)>>,
    /// The last two points before this one, the older first.
    passed: Vec<Point>,
    /// The next step of Λ is at most this many times the one before.
    longest_ratio: f64,
    /// While the branch is followed by its length: the next step.
    step: Option<f64>,
    forwards: f64,
    /// Steps by length in a row in which Λ grew.
    n_forward: usize,
    /// How often in a row a step by length was cut because it seemed to end on something else.
    n_doubts: usize,
}

/// Whether two walks are at one point of one branch, as far as two step sizes can tell.
pub(crate) fn agree(a: &Walk, b: &Walk) -> bool {
    a.folds.len() == b.folds.len() && furthest_probability(&a.logs, &b.logs) <= AGREEMENT
}

impl Walk {
    pub(crate) fn new(kernel: &Kernel, care: Care) -> Self {
        Self {
            care,
            points: Vec::new(),
            lambda: 0.0,
            logs: kernel.by_weights(),
            folds: Vec::new(),
            crossed: Vec::new(),
            furthest: 0.0,
            singular: None,
            kept: None,
            passed: Vec::new(),
            longest_ratio: f64::INFINITY,
            step: None,
            forwards: FORWARDS[0],
            n_forward: 0,
            n_doubts: 0,
        }
    }

    /// Goes on over `schedule`, ascending, to the first crossing of its last Λ, and settles there to
    /// `tolerance`. On failure it stands at the last point settled.
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
            let here = self.lambda;
            if let Some(step) = self.step {
                if self.stride(solver, step, target, tolerance)? {
                    self.look_for_bifurcation(solver, true)?;
                    break;
                }
                while ahead.len() > 1 && ahead.last().is_some_and(|&l| l <= self.lambda) {
                    ahead.pop();
                }
                is_cut = false;
                continue;
            }
            let furthest = self.furthest(solver, next)?;
            let can_turn = !self.passed.is_empty() && self.care != Care::AnyFixedPoint;
            if can_turn && furthest < next.min(SMALLEST_RATIO * here) {
                self.begin_by_length(solver.kernel)?;
                continue;
            }
            let longest = (here * self.longest_ratio).min(furthest);
            if here > 0.0 && next > SMALLEST_RATIO * longest {
                ahead.push(longest);
                continue;
            }
            let goal = if next == target { tolerance } else { tolerance.max(WAY_TOLERANCE) };
            let taken = match self.step_in_lambda(solver, next, goal) {
                // On the other side of singular: across a fold, or past a bifurcation.
                Ok((logs, _)) if !self.is_on_its_side(solver, next, &logs, true)? => {
                    Err(Stop::Stalled)
                }
                taken => taken,
            };
            match taken {
                Ok((logs, room)) => {
                    self.arrive(next, logs);
                    if here > 0.0 {
                        let grown = math::pow(next / here, room);
                        let is_shorter = is_cut || self.longest_ratio == f64::INFINITY;
                        self.longest_ratio =
                            if is_shorter { grown } else { grown.max(self.longest_ratio) };
                    }
                    is_cut = false;
                    ahead.pop();
                }
                Err(Stop::Stalled) if here == 0.0 || next > SMALLEST_RATIO * here => {
                    ahead.push(between(here, next));
                    is_cut = true;
                }
                Err(Stop::Stalled) => self.begin_by_length(solver.kernel)?,
                Err(stop) => return Err(stop),
            }
        }
        Ok(())
    }

    /// Stands at a point further on, reached by a step of Λ.
    fn arrive(&mut self, next: f64, logs: Vec<f64>) {
        let here = self.lambda;
        if next <= here {
            self.logs = logs;
            return;
        }
        self.leave(here, next);
        self.lambda = next;
        self.logs = logs;
        self.points.push(next);
        self.keep(false);
    }

    /// Remembers the point it leaves, and the Λ crossed on the way to `next`.
    fn leave(&mut self, here: f64, next: f64) {
        self.count(here, next);
        if here > 0.0 {
            if self.passed.len() == 2 {
                self.passed.remove(0);
            }
            self.passed.push(Point { ln_lambda: math::ln(here), logs: self.logs.clone() });
        }
    }

    fn count(&mut self, from: f64, to: f64) {
        for (lambda, n) in &mut self.crossed {
            if self.furthest <= LOOK_AHEAD * *lambda {
                *n += u32::from((from < *lambda) != (to < *lambda));
            }
        }
        self.furthest = self.furthest.max(to);
    }

    fn keep(&mut self, is_fold: bool) {
        let point = Point { ln_lambda: math::ln(self.lambda), logs: Vec::new() };
        if let Some(kept) = &mut self.kept {
            kept.push((Point { logs: self.logs.clone(), ..point }, is_fold));
        }
    }

    /// The log-policy at Λ = `next` if it is near where it should be, and how much longer in ln Λ the
    /// next step may be.
    fn step_in_lambda(
        &self,
        solver: &mut FixedPoint<'_>,
        next: f64,
        tolerance: f64,
    ) -> Result<(Vec<f64>, f64), Stop> {
        let mut logs = predict(solver, &self.passed, self.lambda, &self.logs, next);
        let predicted = logs.clone();
        if self.care == Care::AnyFixedPoint {
            solver.forget_stiffness();
        }
        // Where nothing depends on beliefs there is only one equilibrium.
        let is_only = self.lambda == 0.0 || solver.kernel.n_upstream == 0;
        let is_free = is_only || self.care == Care::AnyFixedPoint;
        let furthest = if is_free {
            f64::INFINITY
        } else {
            let part = ((math::ln(next) - math::ln(self.lambda)) / SHORT).min(1.0);
            // Where the step has no length, only rounding and the tolerance may move the policy.
            (self.share() * FURTHEST_FROM_PREDICTION * part).max(AGREEMENT)
        };
        let is_close = self.singular.as_ref().is_some_and(Singular::is_close);
        if is_close || self.singular.as_ref().is_some_and(Singular::is_stiff) {
            let tolerance = if is_close { tolerance.min(CLOSE_TOLERANCE) } else { tolerance };
            solver.settle_by_newton(next, &mut logs, tolerance)?;
        } else {
            solver.settle_near(next, &mut logs, tolerance, furthest)?;
        }
        if is_free {
            return Ok((logs, 2.0));
        }
        let off = furthest_probability(&predicted, &logs);
        if off <= furthest {
            Ok((logs, (COMFORT * furthest / off).clamp(1.0, 2.0)))
        } else {
            Err(Stop::Stalled)
        }
    }

    fn share(&self) -> f64 {
        match self.care {
            Care::OnBranch { share } => share,
            Care::AnyFixedPoint => 1.0,
        }
    }

    fn begin_by_length(&mut self, kernel: &Kernel) -> Result<(), Stop> {
        let before = self.passed.last().ok_or(Stop::Stalled)?;
        let here = Point { ln_lambda: math::ln(self.lambda), logs: self.logs.clone() };
        self.n_forward = 0;
        self.step = Some(secant(&kernel.log_weights, before, &here).length * 0.5 * self.share());
        self.forwards = match self.care {
            Care::OnBranch { .. } => (2.0 * self.forwards).min(FORWARDS[1]),
            Care::AnyFixedPoint => FORWARDS[0],
        };
        Ok(())
    }

    /// One step by length; whether it has crossed `target` and stands there.
    fn stride(
        &mut self,
        solver: &mut FixedPoint<'_>,
        step: f64,
        target: f64,
        tolerance: f64,
    ) -> Result<bool, Stop> {
        let share = self.share();
        let here = Point { ln_lambda: math::ln(self.lambda), logs: self.logs.clone() };
        let taken = stride(solver, &self.passed, &here, step, share)?;
        let before = self.passed.last().cloned().ok_or(Stop::Stalled)?;
        let came = here.ln_lambda - before.ln_lambda;
        let has_turned = came * taken.chord.tau < 0.0;
        if !has_turned {
            // Only now is it clear that Λ does not turn here.
            self.look_for_bifurcation(solver, came > 0.0)?;
            let (to, is_forward) = (&taken.to, taken.chord.tau > 0.0);
            let is_doubtful = self.n_doubts < MOST_DOUBTS && taken.chord.length > SHORT_CHORD;
            let lambda = math::exp(to.ln_lambda);
            if is_doubtful && !self.is_on_its_side(solver, lambda, &to.logs, is_forward)? {
                self.n_doubts += 1;
                self.step = Some(0.5 * taken.chord.length);
                return Ok(false);
            }
        }
        self.n_doubts = 0;
        let turn =
            if has_turned { Some(turning_point(solver, &before, &here, &taken.to)?) } else { None };
        if let Some((fold, is_before)) = &turn
            && self.lambda < target
            && math::exp(fold.ln_lambda) >= target
        {
            // It was crossed before the turn.
            let from = if *is_before { &before } else { &here };
            let crossing = settle_between(solver, from, fold, target, tolerance, share)?;
            if let (Some(kept), true) = (&mut self.kept, *is_before) {
                kept.pop();
            }
            self.count(self.lambda, target);
            self.stand_at(target, crossing.ok_or(Stop::Stalled)?);
            self.step = Some(0.5 * taken.chord.length);
            return Ok(true);
        }
        let next = math::exp(taken.to.ln_lambda);
        let mut crossing = None;
        if self.lambda < target && next >= target {
            let from = match &turn {
                Some((fold, false)) => fold,
                _ => &here,
            };
            crossing = settle_between(solver, from, &taken.to, target, tolerance, share)?;
            // A crossing on the other side of singular is of another part of the branch, unless the
            // branch bifurcates in between.
            if let Some(logs) = &crossing
                && taken.chord.length > SHORT_CHORD
                && !self.is_on_its_side(solver, target, logs, true)?
            {
                crossing = None;
            }
            if crossing.is_none() {
                self.step = Some(0.5 * taken.chord.length);
                return Ok(false);
            }
        }
        self.step = Some(taken.next_step);
        if let Some((fold, is_before)) = turn {
            self.pass_fold(fold, is_before)?;
        }
        if let Some(logs) = crossing {
            let part = (math::ln(target) - here.ln_lambda) / taken.chord.tau;
            if part > DISTINCT {
                self.leave(self.lambda, target);
            } else {
                self.count(self.lambda, target);
            }
            self.stand_at(target, logs);
            return Ok(true);
        }
        self.leave(self.lambda, next);
        self.lambda = next;
        self.logs = taken.to.logs;
        self.keep(false);
        self.n_forward = if came > 0.0 && taken.chord.tau > 0.0 { self.n_forward + 1 } else { 0 };
        let is_easy = taken.corrections <= EASY
            && (taken.chord.tau >= self.forwards || self.n_forward >= LONG_FORWARD);
        let (lambda, logs) = (self.lambda, self.logs.clone());
        let is_free = came > 0.0
            && is_easy
            && self.is_on_its_side(solver, lambda, &logs, true)?
            && self.furthest(solver, f64::INFINITY)? > SMALLEST_RATIO * lambda;
        if is_free {
            self.step = None;
            self.longest_ratio = math::exp(taken.chord.tau);
        }
        Ok(false)
    }

    fn stand_at(&mut self, target: f64, logs: Vec<f64>) {
        self.lambda = target;
        self.logs = logs;
        self.points.push(target);
        self.keep(false);
    }

    /// Whether the sign of det(I − A) at a point is what the way Λ goes there would have it be.
    /// `is_forward`: Λ grows. Where nobody looks, or it cannot be seen, it is.
    fn is_on_its_side(
        &mut self,
        solver: &mut FixedPoint<'_>,
        lambda: f64,
        logs: &[f64],
        is_forward: bool,
    ) -> Result<bool, Stop> {
        let Some(seen) = &mut self.singular else {
            return Ok(true);
        };
        if seen.is_far(lambda) {
            return Ok(true);
        }
        let known = seen.known_at(lambda);
        let Some(found) = (match known {
            Some(known) => Some(known),
            None => solver.spectrum(lambda, logs)?,
        }) else {
            return Ok(true);
        };
        let mut is_expected = seen.is_expected(&found, is_forward);
        if self.step.is_none() && known.is_none() {
            is_expected = is_expected && seen.is_in_line(lambda, &found);
        }
        // What is refused says nothing about the branch; where the walk stands, it does.
        if is_expected || lambda == self.lambda {
            seen.note(lambda, found);
        }
        Ok(is_expected)
    }

    /// The furthest Λ to try on the way to `next`, as far as singular points are concerned.
    fn furthest(&mut self, solver: &mut FixedPoint<'_>, next: f64) -> Result<f64, Stop> {
        let (here, share) = (self.lambda, self.share());
        let Some(seen) = self.singular.as_mut().filter(|_| here > 0.0) else {
            return Ok(f64::INFINITY);
        };
        if seen.furthest(share) < next
            && seen.known_at(here).is_none()
            && let Some(found) = solver.spectrum(here, &self.logs)?
        {
            seen.note(here, found);
        }
        Ok(seen.furthest(share))
    }

    /// Notes a bifurcation if one lies between the last point and this one.
    fn look_for_bifurcation(
        &mut self,
        solver: &mut FixedPoint<'_>,
        is_forward: bool,
    ) -> Result<(), Stop> {
        let logs = self.logs.clone();
        if self.is_on_its_side(solver, self.lambda, &logs, is_forward)? {
            return Ok(());
        }
        let Some(seen) = &mut self.singular else {
            return Ok(());
        };
        let is_odd = seen.is_reversed != is_forward;
        seen.is_reversed = !seen.is_reversed;
        let here = Point { ln_lambda: math::ln(self.lambda), logs };
        let between = match self.passed.last() {
            Some(before) => bisected(solver, before.clone(), here, is_odd)?,
            None => (0.0, self.lambda),
        };
        if let Some(seen) = &mut self.singular {
            seen.bifurcations.push(between);
        }
        Ok(())
    }

    /// A fold met twice is met on the way back: the walk has turned around somewhere and is given up.
    fn pass_fold(&mut self, fold: Point, is_before: bool) -> Result<(), Stop> {
        let is_known = |known: &Point| {
            (known.ln_lambda - fold.ln_lambda).abs() < SAME_FOLD
                && furthest_probability(&known.logs, &fold.logs) < SAME_FOLD
        };
        if self.folds.iter().any(is_known) {
            return Err(Stop::Stalled);
        }
        let peak = math::exp(fold.ln_lambda);
        self.count(self.lambda, peak);
        self.count(peak, self.lambda);
        if let Some(kept) = &mut self.kept {
            let at = kept.len().saturating_sub(usize::from(is_before));
            kept.insert(at, (fold.clone(), true));
        }
        self.folds.push(fold);
        Ok(())
    }
}

/// Narrows where, between two points of the branch, the sign changes that is `is_odd` at the later one.
fn bisected(
    solver: &mut FixedPoint<'_>,
    mut a: Point,
    mut b: Point,
    is_odd: bool,
) -> Result<(f64, f64), Stop> {
    for _ in 0..BISECTIONS {
        let Some(point) = midway(solver, &a, &b)? else {
            break;
        };
        let Some(found) = solver.spectrum(math::exp(point.ln_lambda), &point.logs)? else {
            break;
        };
        if found.n_above_one.is_multiple_of(2) == is_odd {
            a = point;
        } else {
            b = point;
        }
    }
    let (a, b) = (math::exp(a.ln_lambda), math::exp(b.ln_lambda));
    Ok((a.min(b), a.max(b)))
}
