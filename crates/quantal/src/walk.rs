//! A walk along the branch from Λ = 0: in steps of Λ while that works, else by the branch's length.

use crate::arc::{EASY, Point, secant, settle_between, stride, turning_point};
use crate::fixed_point::{FixedPoint, Stop};
use crate::kernel::Kernel;
use crate::math;
use crate::path::{
    AGREEMENT, FURTHEST_FROM_PREDICTION, SHORT, WAY_TOLERANCE, between, furthest_probability,
    predict,
};

/// Steps of Λ are not cut below this ratio; from there the branch is followed by its length.
const SMALLEST_RATIO: f64 = 1.04;
/// Steps by length that move ln Λ forwards by this much are given up for steps of Λ; each time those fail
/// it takes twice as much, up to the second number.
const FORWARDS: [f64; 2] = [0.08, 0.6];
/// A crossing this part of a step beyond its beginning is a point of its own for what comes after.
const DISTINCT: f64 = 0.2;
/// A step of Λ that ends at this part of the distance allowed is as long as the next one should be.
const COMFORT: f64 = 0.6;

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
    /// The Λ reached so far, each with how often the branch has crossed it.
    pub(crate) crossed: Vec<(f64, u32)>,
    /// Everything passed, with whether it is a fold, if it is to be kept.
    pub(crate) kept: Option<Vec<(Point, bool)>>,
    /// The last two points before this one, the older first.
    passed: Vec<Point>,
    /// The next step of Λ is at most this many times the one before.
    longest_ratio: f64,
    /// While the branch is followed by its length: the next step.
    step: Option<f64>,
    forwards: f64,
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
            kept: None,
            passed: Vec::new(),
            longest_ratio: f64::INFINITY,
            step: None,
            forwards: FORWARDS[0],
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
                    break;
                }
                while ahead.len() > 1 && ahead.last().is_some_and(|&l| l <= self.lambda) {
                    ahead.pop();
                }
                is_cut = false;
                continue;
            }
            let longest = here * self.longest_ratio;
            if here > 0.0 && next > SMALLEST_RATIO * longest {
                ahead.push(longest);
                continue;
            }
            let goal = if next == target { tolerance } else { tolerance.max(WAY_TOLERANCE) };
            match self.step_in_lambda(solver, next, goal) {
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
            *n += u32::from((from < *lambda) != (to < *lambda));
        }
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
        solver.settle(next, &mut logs, tolerance)?;
        if self.lambda == 0.0 || self.care == Care::AnyFixedPoint {
            return Ok((logs, 2.0));
        }
        let part = ((math::ln(next) - math::ln(self.lambda)) / SHORT).min(1.0);
        // Where the step has no length, only rounding and the tolerance may move the policy.
        let furthest = (FURTHEST_FROM_PREDICTION * part).max(AGREEMENT);
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
        self.step = Some(secant(&kernel.log_weights, before, &here).length * self.share());
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
            if crossing.is_none() {
                self.step = Some(0.5 * taken.chord.length);
                return Ok(false);
            }
        }
        self.step = Some(taken.next_step);
        if let Some((fold, is_before)) = turn {
            self.pass_fold(fold, is_before);
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
        if came > 0.0 && taken.chord.tau >= self.forwards && taken.corrections <= EASY {
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

    fn pass_fold(&mut self, fold: Point, is_before: bool) {
        let peak = math::exp(fold.ln_lambda);
        self.count(self.lambda, peak);
        self.count(peak, self.lambda);
        if let Some(kept) = &mut self.kept {
            let at = kept.len().saturating_sub(usize::from(is_before));
            kept.insert(at, (fold.clone(), true));
        }
        self.folds.push(fold);
    }
}
