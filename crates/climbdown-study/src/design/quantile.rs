//! Quantile functions: from a share of the probability to the value below which it lies.
//!
//! Everything here is `+ − × ÷ √` and `libm`, so a design has the same bits on every machine.

use std::f64::consts::{PI, SQRT_2};

use quantal::math::{exp, ln};
use special::{Beta as _, Error as _};

/// Share of the probability that lies below the lower end of a range that is read as 90 %.
const TAIL: f64 = 0.05;
/// Bracketed Newton steps on a smooth distribution function settle in under ten; this is never reached.
const MOST_STEPS: usize = 60;

/// Φ(z), the distribution function of the standard normal.
pub(crate) fn normal_share(z: f64) -> f64 {
    libm::erfc(-z / SQRT_2) / 2.0
}

/// Φ⁻¹(u) for u in [0, 1]; ∓∞ at the ends.
///
/// The inverse of erf, then one step of Halley's method on erfc, which keeps the tails exact.
pub(crate) fn normal_quantile(share: f64) -> f64 {
    if share > 0.5 {
        return -normal_quantile(1.0 - share);
    }
    if share <= 0.0 {
        return f64::NEG_INFINITY;
    }
    // Below this the inverse of erf would be asked for its value at −1.
    let z = if share < 1e-15 { -libm::sqrt(-2.0 * ln(share)) } else { start(share) };
    (0..if share < 1e-15 { 6 } else { 2 }).fold(z, |z, _| {
        let newton = (normal_share(z) - share) * libm::sqrt(2.0 * PI) * exp(z * z / 2.0);
        z - newton / (1.0 + z * newton / 2.0)
    })
}

fn start(share: f64) -> f64 {
    SQRT_2 * (2.0 * share - 1.0).inv_error()
}

/// Normal with 5 % below `low` and 5 % above `high`, cut off at both; `share` of what is left.
pub(crate) fn cut_normal(low: f64, high: f64, share: f64) -> f64 {
    let (middle, half) = (f64::midpoint(low, high), (high - low) / 2.0);
    let z = normal_quantile(TAIL + (1.0 - 2.0 * TAIL) * share) / -normal_quantile(TAIL);
    (middle + half * z).clamp(low, high)
}

/// The same for the logarithm; 0 < low.
pub(crate) fn cut_lognormal(low: f64, high: f64, share: f64) -> f64 {
    exp(cut_normal(ln(low), ln(high), share)).clamp(low, high)
}

/// Triangular with its peak at `peak`.
pub(crate) fn triangular(low: f64, peak: f64, high: f64, share: f64) -> f64 {
    let width = high - low;
    let value = if share * width <= peak - low {
        low + libm::sqrt(share * width * (peak - low))
    } else {
        high - libm::sqrt((1.0 - share) * width * (high - peak))
    };
    value.clamp(low, high)
}

/// Beta on the range with its mode at `mode` and shapes 1 + 4 (mode − low) / (high − low) and
/// 1 + 4 (high − mode) / (high − low): the distribution of PERT (Malcolm, Roseboom, Clark and Fazar 1959).
pub(crate) fn pert(low: f64, mode: f64, high: f64, share: f64) -> f64 {
    let width = high - low;
    let (a, b) = (1.0 + 4.0 * (mode - low) / width, 1.0 + 4.0 * (high - mode) / width);
    (low + width * beta(a, b, share)).clamp(low, high)
}

/// Quantile of the beta distribution with shapes of at least 1, by Newton's method within a bracket.
///
/// The half of the probability above ½ is found from the other end, where the incomplete beta
/// function loses nothing to a subtraction from 1.
pub(crate) fn beta(a: f64, b: f64, share: f64) -> f64 {
    if share > 0.5 {
        return 1.0 - beta(b, a, 1.0 - share);
    }
    if share <= 0.0 {
        return 0.0;
    }
    let ln_beta = a.ln_beta(b);
    let (mut low, mut high) = (0.0, 1.0);
    let mut x = share.inv_inc_beta(a, b, ln_beta);
    for _ in 0..MOST_STEPS {
        let excess = x.inc_beta(a, b, ln_beta) - share;
        *(if excess > 0.0 { &mut high } else { &mut low }) = x;
        let density = exp((a - 1.0) * ln(x) + (b - 1.0) * libm::log1p(-x) - ln_beta);
        let newton = x - excess / density;
        let next = if low < newton && newton < high { newton } else { f64::midpoint(low, high) };
        if (next - x).abs() <= 1e-16 * x {
            return next;
        }
        x = next;
    }
    x
}
