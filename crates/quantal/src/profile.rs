//! Behaviour: how precisely players choose, and what each does at each information set.

use crate::ids::ActionId;
use crate::math;

/// Precision of choice Λ, per unit of payoff: 0 is a coin toss, ∞ is best reply.
///
/// Player i responds with λ_i = Λ / unit_i.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Lambda(f64);

impl Lambda {
    /// A precision; `None` unless `value` is finite and not negative.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (value.is_finite() && value >= 0.0).then_some(Self(value))
    }
    /// The number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// A probability for every action at every information set. Holds logarithms, so that what is
/// barely possible stays distinct from what is impossible.
#[derive(Clone, Debug, PartialEq)]
pub struct BehaviorProfile {
    log_probabilities: Vec<f64>,
}

impl BehaviorProfile {
    /// From natural logarithms, one per action.
    #[must_use]
    pub fn from_logs(log_probabilities: Vec<f64>) -> Self {
        Self { log_probabilities }
    }
    /// The probability of `action` given that its information set is reached.
    #[must_use]
    pub fn probability(&self, action: ActionId) -> f64 {
        math::exp(self.log_probabilities[action.index()])
    }
    /// Its natural logarithm.
    #[must_use]
    pub fn log_probability(&self, action: ActionId) -> f64 {
        self.log_probabilities[action.index()]
    }
    /// The natural logarithms, one per action of the game.
    #[must_use]
    pub fn logs(&self) -> &[f64] {
        &self.log_probabilities
    }
    /// How many actions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.log_probabilities.len()
    }
    /// Whether there are no actions at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.log_probabilities.is_empty()
    }
}

/// Replaces action values by the logarithms of the logit response to them, up to a common shift: log w_a +
/// λ q_a (McKelvey and Palfrey 1998, with weights), the largest 0.
///
/// Differences of values are taken before they are multiplied by λ, so that a large common part
/// costs no digits.
#[inline(always)]
pub(crate) fn log_odds_of_values(q: &mut [f64], log_weights: &[f64], lambda: f64) {
    let top = q.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for (x, w) in q.iter_mut().zip(log_weights) {
        *x = lambda * (*x - top) + w;
    }
    take_off_top(q);
}

/// Shifts logarithms so that the largest is 0.
#[inline(always)]
pub(crate) fn take_off_top(logs: &mut [f64]) {
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for x in logs {
        *x -= top;
    }
}

/// Divides by the sum, which it returns.
#[inline(always)]
pub(crate) fn sum_to_one(p: &mut [f64]) -> f64 {
    let sum: f64 = p.iter().sum();
    let share = 1.0 / sum;
    for p in p {
        *p *= share;
    }
    sum
}
