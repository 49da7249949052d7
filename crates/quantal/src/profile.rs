//! Behaviour: how precisely players choose, and what each does at each information set.

use crate::ids::ActionId;
use crate::{lanes, math};

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

/// Writes the logit response to the action values `q` over them, as natural logarithms, and as
/// probabilities into `p`: log w_a + λ q_a, normalised (McKelvey and Palfrey 1998, with weights).
///
/// Differences of values are taken before they are multiplied by λ, so that a large common part
/// costs no digits.
pub(crate) fn logit_response(q: &mut [f64], log_weights: &[f64], lambda: f64, p: &mut [f64]) {
    let top = q.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for (x, w) in q.iter_mut().zip(log_weights) {
        *x = lambda * (*x - top) + w;
    }
    normalise_logs(q, p);
}

/// Shifts natural logarithms so that their exponentials sum to one, and writes those into `p`.
pub(crate) fn normalise_logs(logs: &mut [f64], p: &mut [f64]) {
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for (x, p) in logs.iter_mut().zip(p.iter_mut()) {
        *x -= top;
        *p = lanes::exp(*x);
    }
    shift_to_one(logs, p);
}

/// The same where `p` holds the exponentials and the largest logarithm is 0.
pub(crate) fn shift_to_one(logs: &mut [f64], p: &mut [f64]) {
    let sum: f64 = p.iter().sum();
    let (shift, share) = (lanes::ln(sum), 1.0 / sum);
    for (x, p) in logs.iter_mut().zip(p) {
        *x -= shift;
        *p *= share;
    }
}
