//! Numbers side by side: the same arithmetic on several games at once, with the same bits everywhere.
//!
//! A pack is an array; every operation works entry by entry, in the order written, so wider registers
//! change the time and not the result. Nothing is fused: `a * b + c` rounds twice.

use std::ops::{Add, Div, Mul, Sub};

/// Several numbers, one for each lane.
pub(crate) trait Pack:
    Copy
    + Send
    + Sync
    + std::fmt::Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
{
    /// How many lanes.
    const N: usize;
    /// The same number in every lane.
    fn splat(x: f64) -> Self;
    fn get(&self, lane: usize) -> f64;
    fn set(&mut self, lane: usize, x: f64);
    fn map(self, f: impl Fn(f64) -> f64) -> Self;
    fn zip(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self;
    /// `yes` where `a` is greater than `b`, else `no`.
    fn choose(a: Self, b: Self, yes: Self, no: Self) -> Self;

    /// The larger of two; NaN if either is.
    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b || a.is_nan() { a } else { b })
    }
    /// The larger of two; `other` where `self` is NaN.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.zip(other, |a, b| if a < b { a } else { b })
    }

    /// e to the power of every entry, for entries up to 709; below −708 it stays at e^−708.
    #[inline(always)]
    fn exp(self) -> Self {
        self.map(exp)
    }
}

macro_rules! pack {
    ($name:ident, $n:literal, $align:literal) => {
        #[derive(Clone, Copy, Debug)]
        #[repr(align($align))]
        pub(crate) struct $name([f64; $n]);

        pack!(@operator $name, $n, Add, add, +);
        pack!(@operator $name, $n, Sub, sub, -);
        pack!(@operator $name, $n, Mul, mul, *);
        pack!(@operator $name, $n, Div, div, /);

        impl Pack for $name {
            const N: usize = $n;
            #[inline(always)]
            fn splat(x: f64) -> Self {
                Self([x; $n])
            }
            #[inline(always)]
            fn get(&self, lane: usize) -> f64 {
                self.0[lane]
            }
            #[inline(always)]
            fn set(&mut self, lane: usize, x: f64) {
                self.0[lane] = x;
            }
            #[inline(always)]
            fn map(mut self, f: impl Fn(f64) -> f64) -> Self {
                for x in &mut self.0 {
                    *x = f(*x);
                }
                self
            }
            #[inline(always)]
            fn zip(mut self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
                for l in 0..$n {
                    self.0[l] = f(self.0[l], other.0[l]);
                }
                self
            }
            #[inline(always)]
            fn choose(a: Self, b: Self, yes: Self, no: Self) -> Self {
                let mut out = no;
                for l in 0..$n {
                    out.0[l] = if a.0[l] > b.0[l] { yes.0[l] } else { no.0[l] };
                }
                out
            }
        }
    };
    (@operator $name:ident, $n:literal, $trait:ident, $method:ident, $sign:tt) => {
        impl $trait for $name {
            type Output = Self;
            #[inline(always)]
            #[allow(clippy::assign_op_pattern, reason = "the sign is a parameter of the macro")]
            fn $method(mut self, other: Self) -> Self {
                for l in 0..$n {
                    self.0[l] = self.0[l] $sign other.0[l];
                }
                self
            }
        }
    };
}

pack!(Eight, 8, 64);
pack!(One, 1, 8);

const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// e^x as in fdlibm (Sun Microsystems 1993), without its branches: x = k ln 2 + r, a rational function
/// of r, and k added to the exponent. Within one step of `libm` from −708 to 709; below it stays at e^−708,
/// and NaN gives that, too.
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    // 1.5 · 2^52: adding it rounds to an integer, which then stands in the lowest bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let x = if x > -708.0 { x } else { -708.0 };
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let high = x - k * LN_2_HIGH;
    let low = k * LN_2_LOW;
    let r = high - low;
    let s = r * r;
    let c = r - s
        * (1.666_666_666_666_660_2e-1
            + s * (-2.777_777_777_701_559_3e-3
                + s * (6.613_756_321_437_934e-5
                    + s * (-1.653_390_220_546_525_2e-6 + s * 4.138_136_797_057_238_5e-8))));
    let y = 1.0 + (r * c / (2.0 - c) - low + high);
    f64::from_bits(y.to_bits().wrapping_add(shifted.to_bits() << 52))
}

/// [`exp`] of every entry of `xs`, on the widest registers there are; the bits are the same on all.
pub(crate) fn exp_all(xs: &[f64], out: &mut [f64]) {
    struct All<'a>(&'a [f64], &'a mut [f64]);
    impl pulp::WithSimd for All<'_> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: pulp::Simd>(self, _: S) {
            for (out, x) in self.1.iter_mut().zip(self.0) {
                *out = exp(*x);
            }
        }
    }
    pulp::Arch::new().dispatch(All(xs, out));
}

/// [`ln`] of every entry in place, on the widest registers there are; the bits are the same on all.
pub(crate) fn ln_all(xs: &mut [f64]) {
    struct All<'a>(&'a mut [f64]);
    impl pulp::WithSimd for All<'_> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: pulp::Simd>(self, _: S) {
            for x in self.0 {
                *x = ln(*x);
            }
        }
    }
    pulp::Arch::new().dispatch(All(xs));
}

/// Whether two slices have the same bits.
pub(crate) fn is_same(a: &[f64], b: &[f64]) -> bool {
    let off = || a.iter().zip(b).fold(0, |off, (a, b)| off | (a.to_bits() ^ b.to_bits()));
    a.len() == b.len() && pulp::Arch::new().dispatch(off) == 0
}

/// Whether all of them are 0.
pub(crate) fn is_nothing(xs: &[f64]) -> bool {
    pulp::Arch::new().dispatch(|| xs.iter().fold(0, |any, x| any | (x.to_bits() << 1))) == 0
}

/// ln x as in fdlibm, without its branches: x = 2^k (1 + f) with 1 + f in [√½, √2). For
/// positive normal numbers.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    const ROOT_HALF: u64 = 0x3fe6_a09e_0000_0000;
    // 2^52, whose lowest bits are an integer, and the same with the exponent's bias.
    const INTEGER: u64 = 0x4330_0000_0000_0000;
    const BIASED: f64 = 4_503_599_627_370_496.0 + 1023.0;
    const ONE: u64 = 0x3ff0_0000_0000_0000;
    let shifted = x.to_bits().wrapping_add(ONE - ROOT_HALF);
    let k = f64::from_bits(INTEGER | (shifted >> 52)) - BIASED;
    let mantissa = (shifted & 0x000f_ffff_ffff_ffff).wrapping_add(ROOT_HALF);
    let f = f64::from_bits(mantissa) - 1.0;
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let odd = w
        * (3.999_999_999_940_942e-1
            + w * (2.222_219_843_214_978_4e-1 + w * 1.531_383_769_920_937_3e-1));
    let even = z
        * (6.666_666_666_666_735e-1
            + w * (2.857_142_874_366_239e-1
                + w * (1.818_357_216_161_805e-1 + w * 1.479_819_860_511_658_6e-1)));
    s * (half_square + (even + odd)) + k * LN_2_LOW - half_square + f + k * LN_2_HIGH
}

#[cfg(test)]
mod tests {
    use super::{Eight, Pack, exp, ln};
    use crate::families::uniform;
    use crate::math;

    /// How many doubles lie between two positive ones.
    fn steps(a: f64, b: f64) -> u64 {
        a.to_bits().abs_diff(b.to_bits())
    }

    #[test]
    fn exp_is_within_one_step_of_libm() {
        let mut inputs: Vec<f64> =
            (0..200_000).map(|k| -708.0 + 1417.0 * uniform(1, 0, k)).collect();
        inputs.extend((0..200_000).map(|k| -4.0 + 6.0 * uniform(1, 1, k)));
        let small = |k| 2.0 * uniform(1, 2, k) - 1.0;
        inputs.extend((0..50_000).map(|k| small(k) * math::exp(-40.0 * uniform(1, 3, k))));
        inputs.extend([0.0, -0.0, 709.0, -708.0, 1e-300, 0.5 * std::f64::consts::LN_2]);
        let worst = inputs.iter().max_by_key(|&&x| steps(exp(x), math::exp(x))).copied();
        assert!(worst.is_some_and(|x| steps(exp(x), math::exp(x)) <= 1), "at {worst:?}");
        assert_eq!(exp(-1e6), exp(-708.0));
        assert!(exp(f64::NEG_INFINITY) > 0.0);
    }

    #[test]
    fn ln_is_within_one_step_of_libm() {
        let inputs = (0..400_000).map(|k| math::exp(1400.0 * uniform(2, 0, k) - 700.0));
        let near_one = (0..100_000).map(|k| 0.5 + 63.5 * uniform(2, 1, k));
        let worst = inputs.chain(near_one).map(|x| (ln(x) - math::ln(x)).abs() / ln(x).abs());
        assert!(worst.fold(0.0, f64::max) <= f64::EPSILON);
        assert_eq!(ln(1.0).to_bits(), 0.0f64.to_bits());
    }

    #[test]
    fn a_pack_computes_what_its_entries_compute() {
        let mut pack = Eight::splat(0.0);
        for lane in 0..8 {
            pack.set(lane, 0.37 * lane as f64 - 1.5);
        }
        let whole = (pack.exp() + Eight::splat(1.0)).map(ln);
        for lane in 0..8 {
            let alone = ln(exp(0.37 * lane as f64 - 1.5) + 1.0);
            assert_eq!(whole.get(lane).to_bits(), alone.to_bits());
        }
    }
}
