//! Calibration: whether what was given a probability of p happened in a share p of the cases.
//!
//! Every event of a forecast is one yes-or-no forecast. They are sorted into bins by their
//! probability, and in each bin the mean forecast is set beside the observed share (the reliability
//! diagram; Murphy and Winkler 1977). The mean Brier score over the events (Brier 1950) splits into
//! *reliability* − *resolution* + *uncertainty* (Murphy 1973, eq. 17, for bins in which all forecasts are
//! alike) and what is lost by forecasts of one bin that differ (Stephenson, Coelho and Jolliffe 2008).

use crate::play::total;

/// Bins of equal width, from 0 to 1.
pub const BINS: usize = 10;

/// One event of one forecast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventForecast {
    /// The probability it was given.
    pub probability: f64,
    /// Whether it happened.
    pub happened: bool,
    /// What it counts: 1, or under disputed accounts the share of the account that says so.
    pub weight: f64,
}

/// The forecasts whose probability falls into one bin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// From this probability on,
    pub from: f64,
    /// below this one; the last bin holds 1 as well.
    pub to: f64,
    /// How many forecasts there are: the sum of their weights.
    pub n: f64,
    /// Their mean; `None` if there are none.
    pub forecast: Option<f64>,
    /// The share of them that happened; `None` if there are none.
    pub observed: Option<f64>,
}

/// Event forecasts by bin, and the parts of their Brier score.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// Event forecasts: the sum of their weights.
    pub n: f64,
    /// All bins, ascending.
    pub bins: Vec<Bin>,
    /// The parts of the score; `None` without forecasts.
    pub parts: Option<Parts>,
}

/// The mean Brier score over event forecasts, from 0 to 1, and its parts:
/// `brier = reliability − resolution + uncertainty + within`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parts {
    /// Mean of (p − o)², o being 1 if the event happened and 0 if not.
    pub brier: f64,
    /// Distance of observed shares from mean forecasts; 0 is best.
    pub reliability: f64,
    /// Distance of observed shares from the overall share; more is better.
    pub resolution: f64,
    /// The score of always forecasting the overall share.
    pub uncertainty: f64,
    /// What forecasts of one bin that differ add or take away.
    pub within: f64,
}

impl Calibration {
    /// Sorts forecasts into bins.
    pub(crate) fn of(forecasts: &[EventForecast]) -> Self {
        let mut sums = [[0.0; 3]; BINS];
        for f in forecasts {
            let [n, forecast, observed] = &mut sums[bin_of(f.probability)];
            *n += f.weight;
            *forecast += f.weight * f.probability;
            *observed += if f.happened { f.weight } else { 0.0 };
        }
        let n = total(sums.iter().map(|s| s[0]));
        let width = 1.0 / BINS as f64;
        let bins = sums.iter().enumerate().map(|(at, &[n, forecast, observed])| Bin {
            from: at as f64 * width,
            to: (at + 1) as f64 * width,
            n,
            forecast: (n > 0.0).then(|| forecast / n),
            observed: (n > 0.0).then(|| observed / n),
        });
        let parts = (n > 0.0).then(|| {
            let share = total(sums.iter().map(|s| s[2])) / n;
            let held = || sums.iter().filter(|s| s[0] > 0.0);
            let miss = |f: &EventForecast| f.probability - f64::from(u8::from(f.happened));
            let brier = total(forecasts.iter().map(|f| f.weight * miss(f) * miss(f))) / n;
            let reliability = total(held().map(|s| (s[1] - s[2]) * (s[1] - s[2]) / s[0])) / n;
            let off = |s: &[f64; 3]| s[2] / s[0] - share;
            let resolution = total(held().map(|s| s[0] * off(s) * off(s))) / n;
            let uncertainty = share * (1.0 - share);
            let within = brier - reliability + resolution - uncertainty;
            Parts { brier, reliability, resolution, uncertainty, within }
        });
        Self { n, bins: bins.collect(), parts }
    }
}

/// The bin of a probability.
fn bin_of(p: f64) -> usize {
    // Probabilities are in [0, 1], so the product is between 0 and the number of bins.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and BINS; the fraction is meant to go"
    )]
    let at = (p * BINS as f64) as usize;
    at.min(BINS - 1)
}

#[cfg(test)]
mod tests {
    use super::{BINS, Calibration, EventForecast};

    fn forecast(probability: f64, happened: bool) -> EventForecast {
        EventForecast { probability, happened, weight: 1.0 }
    }

    #[test]
    fn forecasts_of_one_bin_that_are_alike_split_as_murphy_has_it() {
        // Worked by hand from Murphy (1973): ten forecasts of 0.2 of which three came true, ten of
        // 0.8 of which eight did. Reliability (10 · 0.1² + 0) / 20 = 0.005; overall share 11/20 = 0.55;
        // resolution (10 · 0.25² + 10 · 0.25²) / 20 = 0.0625; uncertainty 0.55 · 0.45 = 0.2475.
        let low = (0..10).map(|i| forecast(0.2, i < 3));
        let high = (0..10).map(|i| forecast(0.8, i < 8));
        let found = Calibration::of(&low.chain(high).collect::<Vec<_>>());
        let parts = found.parts.expect("twenty forecasts");
        for (value, expected) in [
            (parts.reliability, 0.005),
            (parts.resolution, 0.0625),
            (parts.uncertainty, 0.2475),
            (parts.within, 0.0),
            (parts.brier, (3.0 * 0.64 + 7.0 * 0.04 + 8.0 * 0.04 + 2.0 * 0.64) / 20.0),
        ] {
            assert!((value - expected).abs() < 1e-12, "{value} and {expected}");
        }
        assert_eq!((found.bins[2].n, found.bins[2].observed), (10.0, Some(0.3)));
        assert_eq!((found.bins[8].n, found.bins[8].observed), (10.0, Some(0.8)));
        assert!(found.bins.iter().filter(|b| b.n == 0.0).all(|b| b.forecast.is_none()));
    }

    #[test]
    fn what_differs_within_a_bin_is_the_two_extra_components() {
        // Stephenson, Coelho and Jolliffe (2008): variance of the forecasts within bins, less twice
        // their covariance with the outcomes.
        let all =
            [(0.31, true), (0.38, false), (0.35, true), (0.9, true), (1.0, true), (0.0, false)];
        let found = Calibration::of(&all.map(|(p, o)| forecast(p, o)));
        let mut expected = 0.0;
        for bin in 0..BINS {
            let (from, to) = (bin as f64 / 10.0, (bin + 1) as f64 / 10.0);
            let is_in = |p: f64| from <= p && (p < to || (bin == BINS - 1 && p <= 1.0));
            let here: Vec<(f64, f64)> = all
                .iter()
                .filter(|(p, _)| is_in(*p))
                .map(|&(p, o)| (p, f64::from(u8::from(o))))
                .collect();
            let n = here.len() as f64;
            let mean = |of: fn(&(f64, f64)) -> f64| here.iter().map(of).sum::<f64>() / n;
            for &(p, o) in &here {
                let (p, o) = (p - mean(|x| x.0), o - mean(|x| x.1));
                expected += (p * p - 2.0 * p * o) / all.len() as f64;
            }
        }
        let within = found.parts.expect("six forecasts").within;
        assert!((within - expected).abs() < 1e-12, "{within} and {expected}");
        assert!(within.abs() > 1e-3, "the example has differing forecasts in a bin");
    }

    #[test]
    fn no_forecasts_have_no_parts() {
        let found = Calibration::of(&[]);
        assert_eq!((found.n, found.parts, found.bins.len()), (0.0, None, BINS));
    }
}
