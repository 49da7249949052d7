//! Numbers that do not underflow: reach is a product of many small probabilities.

use crate::math;

/// m · 2^(512 k), m = 0 or 2^−256 ≤ m < 2^256: positive numbers with 53 bits and no end.
///
/// At precision λ an action that loses Δ has probability about exp(−λΔ), and λΔ runs into thousands
/// where one outcome is far worse than all others. A power of two that large needs no
/// transcendental function to multiply or add.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scaled {
    m: f64,
    k: i64,
}

const UP: f64 = f64::from_bits((1023 + 512) << 52); // 2^512
const DOWN: f64 = f64::from_bits((1023 - 512) << 52); // 2^−512
const HIGH: f64 = f64::from_bits((1023 + 256) << 52); // 2^256
const LOW: f64 = f64::from_bits((1023 - 256) << 52); // 2^−256
/// ln 2 in two parts, the first with 21 trailing zero bits (fdlibm, `e_exp.c`), times 512 each.
const LN_RADIX_HIGH: f64 = 512.0 * 6.931_471_803_691_238e-1;
const LN_RADIX_LOW: f64 = 512.0 * 1.908_214_929_270_587_7e-10;

/// Logarithms beyond this are held at it: no game needs them, but a search gone astray may try them,
/// and exponents of products of 2^31 of them still fit in 64 bits.
const FURTHEST_LOG: f64 = 1.5e12;

impl Scaled {
    pub(crate) const ZERO: Self = Self { m: 0.0, k: i64::MIN };
    pub(crate) const ONE: Self = Self { m: 1.0, k: 0 };

    /// e to the power `log`; 0 at −∞.
    pub(crate) fn exp(log: f64) -> Self {
        if log == f64::NEG_INFINITY {
            return Self::ZERO;
        }
        let log = log.clamp(-FURTHEST_LOG, FURTHEST_LOG);
        let k = (log / (LN_RADIX_HIGH + LN_RADIX_LOW)).round();
        let m = math::exp((log - k * LN_RADIX_HIGH) - k * LN_RADIX_LOW);
        Self { m, k: k as i64 }.normalised()
    }

    /// The natural logarithm; −∞ at 0.
    pub(crate) fn ln(self) -> f64 {
        if self.m == 0.0 {
            return f64::NEG_INFINITY;
        }
        let k = self.k as f64;
        k * LN_RADIX_HIGH + (math::ln(self.m) + k * LN_RADIX_LOW)
    }

    /// The nearest `f64`: 0 below about 1e−308.
    pub(crate) fn to_f64(self) -> f64 {
        match self.k {
            0 => self.m,
            1 => self.m * UP,
            -1 => self.m * DOWN,
            -2 => self.m * DOWN * DOWN,
            k if k < 0 => 0.0,
            _ => f64::INFINITY,
        }
    }

    #[inline]
    fn normalised(self) -> Self {
        if self.m >= HIGH {
            Self { m: self.m * DOWN, k: self.k + 1 }
        } else if self.m < LOW {
            if self.m == 0.0 { Self::ZERO } else { Self { m: self.m * UP, k: self.k - 1 } }
        } else {
            self
        }
    }

    #[inline]
    pub(crate) fn times(self, other: Self) -> Self {
        let m = self.m * other.m;
        if m == 0.0 {
            return Self::ZERO;
        }
        Self { m, k: self.k + other.k }.normalised()
    }

    /// Times an ordinary number that is not negative.
    #[inline]
    pub(crate) fn scale(self, factor: f64) -> Self {
        if factor < LOW {
            return self.times(Self { m: factor, k: 0 }.normalised());
        }
        Self { m: self.m * factor, k: self.k }.normalised()
    }

    #[inline]
    pub(crate) fn plus(self, other: Self) -> Self {
        let (large, small) = if self.k >= other.k { (self, other) } else { (other, self) };
        if large.k == small.k {
            return Self { m: large.m + small.m, k: large.k }.normalised();
        }
        if small.m == 0.0 || large.k - small.k > 1 {
            return large;
        }
        Self { m: large.m + small.m * DOWN, k: large.k }.normalised()
    }

    /// `self` ÷ `total` as an ordinary number; `self` must not exceed `total` by more than 2^512.
    #[inline]
    pub(crate) fn share_of(self, total: Self) -> f64 {
        if self.m == 0.0 {
            return 0.0;
        }
        Self { m: self.m / total.m, k: self.k - total.k }.to_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::Scaled;

    #[test]
    fn logarithms_survive_the_round_trip() {
        for log in [0.0, -1.0, -177.0, -178.0, -354.9, -745.2, -20_000.0, -3.0e6] {
            let back = Scaled::exp(log).ln();
            assert!((back - log).abs() <= 4e-16 * log.abs(), "{log} became {back}");
        }
    }

    #[test]
    fn products_and_sums_below_the_smallest_float_keep_their_ratio() {
        let tiny = Scaled::exp(-5000.0);
        let other = tiny.scale(3.0);
        let sum = tiny.plus(other);
        assert!((other.share_of(sum) - 0.75).abs() < 1e-15);
        let deeper = tiny.times(tiny);
        assert!((deeper.ln() + 10_000.0).abs() < 1e-11);
        assert_eq!(deeper.plus(tiny), tiny);
        assert_eq!(deeper.to_f64(), 0.0);
        assert_eq!(Scaled::ZERO.plus(tiny), tiny);
        assert_eq!(Scaled::ZERO.times(tiny), Scaled::ZERO);
    }

    #[test]
    fn the_smallest_float_is_a_factor_like_any_other() {
        let tiny = Scaled::exp(-170.0).scale(f64::MIN_POSITIVE);
        let expected = -170.0 + crate::math::ln(f64::MIN_POSITIVE);
        assert!((tiny.ln() - expected).abs() < 1e-11);
        assert_eq!(tiny.scale(0.0), Scaled::ZERO);
        assert_eq!(Scaled::ZERO.scale(f64::MIN_POSITIVE), Scaled::ZERO);
    }

    #[test]
    fn sums_across_a_change_of_exponent_are_exact_to_rounding() {
        let (a, b) = (Scaled::exp(-177.0), Scaled::exp(-178.0));
        let expected = 1.0 / (1.0 + crate::math::exp(-1.0));
        assert!((a.share_of(a.plus(b)) - expected).abs() < 1e-13);
    }
}
