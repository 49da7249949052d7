//! Inputs: what a study varies, and how each is spread.

use climbdown_lang::scenario::{Distribution, Parameter};

use super::quantile;
use super::trouble::BadDesign;

/// How an input is spread. Every spread is on a closed range or a list: a design never leaves it.
#[derive(Clone, Debug, PartialEq)]
pub enum Spread {
    /// Even between the ends.
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Triangular.
    Triangular {
        /// Lower end.
        low: f64,
        /// Most probable value.
        peak: f64,
        /// Upper end.
        high: f64,
    },
    /// Normal with 5 % below `low` and 5 % above `high`, then cut off at both (decision 0020).
    Normal {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// The same for the logarithm.
    Lognormal {
        /// Lower end, above 0.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Beta on the range, shapes 1 + 4 (mode − low)/(high − low) and 1 + 4 (high − mode)/(high − low)
    /// (PERT: Malcolm, Roseboom, Clark and Fazar 1959).
    Beta {
        /// Lower end.
        low: f64,
        /// Most probable value.
        mode: f64,
        /// Upper end.
        high: f64,
    },
    /// One of a list of numbers: a precision, a position in a list of memories or hypotheses.
    Choice(
        /// Each number with its weight; weights need not sum to 1.
        Vec<(f64, f64)>,
    ),
}

/// Something a study varies: a name and a spread that hold together.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    name: String,
    spread: Spread,
}

impl Input {
    /// An input.
    ///
    /// # Errors
    /// [`BadDesign::Spread`] if the range is empty or not finite, a peak lies outside it, a lognormal
    /// range is not above 0, or a choice has no option of positive weight.
    pub fn new(name: impl Into<String>, spread: Spread) -> Result<Self, BadDesign> {
        let name = name.into();
        match fault(&spread) {
            Some(why) => Err(BadDesign::Spread { input: name, why }),
            None => Ok(Self { name, spread }),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its spread.
    #[must_use]
    pub fn spread(&self) -> &Spread {
        &self.spread
    }

    /// The value below which `share` of the probability lies, for `share` in \[0, 1\].
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        match &self.spread {
            Spread::Uniform { low, high } => (low + (high - low) * share).clamp(*low, *high),
            Spread::Triangular { low, peak, high } => {
                quantile::triangular(*low, *peak, *high, share)
            }
            Spread::Normal { low, high } => quantile::cut_normal(*low, *high, share),
            Spread::Lognormal { low, high } => quantile::cut_lognormal(*low, *high, share),
            Spread::Beta { low, mode, high } => quantile::pert(*low, *mode, *high, share),
            Spread::Choice(options) => {
                let total: f64 = options.iter().map(|(_, weight)| weight).sum();
                let mut below = 0.0;
                let mut last = f64::NAN;
                for (value, weight) in options.iter().filter(|(_, weight)| *weight > 0.0) {
                    below += weight;
                    last = *value;
                    if share * total < below {
                        break;
                    }
                }
                last
            }
        }
    }
}

/// The input that varies a parameter over its range as the scenario says; `None` if there is nothing to
/// vary: no range, or one of a single point.
///
/// # Errors
/// [`BadDesign::Spread`] if the range cannot carry the distribution.
pub fn from_parameter(parameter: &Parameter) -> Result<Option<Input>, BadDesign> {
    let Some((low, high)) = parameter.range.filter(|(low, high)| low != high) else {
        return Ok(None);
    };
    let spread = match parameter.distribution {
        Distribution::Uniform => Spread::Uniform { low, high },
        Distribution::Triangular => Spread::Triangular { low, peak: parameter.value, high },
        Distribution::Normal => Spread::Normal { low, high },
        Distribution::Lognormal => Spread::Lognormal { low, high },
        Distribution::Beta => Spread::Beta { low, mode: parameter.value, high },
    };
    Input::new(&parameter.name, spread).map(Some)
}

fn fault(spread: &Spread) -> Option<String> {
    let range = |low: f64, high: f64| {
        let is_range = low.is_finite() && high.is_finite() && low < high;
        (!is_range).then(|| format!("[{low}, {high}] is no range; give two numbers, lower first"))
    };
    let peaked = |low: f64, peak: f64, high: f64| {
        let is_within = low <= peak && peak <= high;
        range(low, high).or_else(|| {
            (!is_within).then(|| format!("its peak {peak} lies outside [{low}, {high}]"))
        })
    };
    match spread {
        Spread::Uniform { low, high } | Spread::Normal { low, high } => range(*low, *high),
        Spread::Lognormal { low, high } => range(*low, *high).or_else(|| {
            (*low <= 0.0).then(|| format!("a lognormal range is above 0, and this begins at {low}"))
        }),
        Spread::Triangular { low, peak, high } => peaked(*low, *peak, *high),
        Spread::Beta { low, mode, high } => peaked(*low, *mode, *high),
        Spread::Choice(options) => {
            let is_number = |(value, weight): &(f64, f64)| {
                value.is_finite() && weight.is_finite() && *weight >= 0.0
            };
            if let Some((value, weight)) = options.iter().find(|option| !is_number(option)) {
                return Some(format!("the option {value} has the weight {weight}"));
            }
            let is_empty = !options.iter().any(|(_, weight)| *weight > 0.0);
            is_empty.then(|| "no option has a weight above 0".to_owned())
        }
    }
}
