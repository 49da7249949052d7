//! Resampling: bootstrap half-widths, and noise floors by shuffling.

use crate::design::normal_quantile;
use crate::design::random::{Purpose, below, permutation, stream};

use super::{Estimate, NotAnalysed, Resampling, Shuffling, deviation};

impl Resampling {
    pub(super) fn checked(self) -> Result<Self, NotAnalysed> {
        if self.resamples < 2 {
            return Err(NotAnalysed::Options("intervals take 2 resamples or more; 1000 is usual"));
        }
        if !(0.0 < self.confidence && self.confidence < 1.0) {
            return Err(NotAnalysed::Options("a confidence lies between 0 and 1; 0.95 is usual"));
        }
        Ok(self)
    }

    /// The places drawn, with replacement, from `n` in resample `resample`.
    pub(super) fn places(self, n: usize, resample: usize) -> Vec<usize> {
        let stream = stream(Purpose::Bootstrap, resample);
        (0..n).map(|index| below(n, self.seed, stream, index as u64)).collect()
    }

    /// A number with the half-width z · s, where s is the standard deviation of the number over resamples
    /// and z the normal quantile of the confidence.
    pub(super) fn estimate(self, value: f64, over_resamples: &[f64]) -> Estimate {
        let z = normal_quantile(0.5 + self.confidence / 2.0);
        Estimate { value, half_width: z * deviation(over_resamples, 1) }
    }
}

impl Shuffling {
    pub(super) fn checked(self) -> Result<Self, NotAnalysed> {
        if !(0.0 < self.level && self.level < 1.0) {
            return Err(NotAnalysed::Options(
                "the level of a noise floor lies between 0 and 1; 0.95 is usual",
            ));
        }
        if self.shuffles < self.rank() {
            return Err(NotAnalysed::Options(
                "too few shuffles for the level of the noise floor: take 1/(1 − level) or more, 199 for 0.95",
            ));
        }
        Ok(self)
    }

    /// The order of `n` outputs in shuffle `shuffle`.
    pub(super) fn order(self, n: usize, shuffle: usize) -> Vec<u32> {
        permutation(n, self.seed, stream(Purpose::Shuffle, shuffle))
    }

    /// The floor: the smallest of the shuffled numbers that a number without any effect stays at or below
    /// with the probability `level` (Davison and Hinkley 1997, section 4.2).
    pub(super) fn floor(self, mut shuffled: Vec<f64>) -> f64 {
        shuffled.sort_by(f64::total_cmp);
        shuffled[self.rank() - 1]
    }

    /// ⌈level · (shuffles + 1)⌉, up to a rounding of the product.
    fn rank(self) -> usize {
        libm::ceil(self.level * (self.shuffles + 1) as f64 - 1e-9) as usize
    }
}
