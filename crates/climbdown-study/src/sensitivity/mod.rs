//! Sensitivity: which inputs a measure's spread comes from (docs/methods/sensitivity.md).
//!
//! Every analysis reads its design through [`Runs`], says first how many draws failed, and puts nothing in
//! for them.

mod blocks;
mod given_data;
mod morris;
mod pawn;
mod resample;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::design::{Kind, Runs};

pub use blocks::{Pair, SobolIndices, sobol};
pub use given_data::{GivenData, Share, given_data};
pub use morris::{ElementaryEffects, MorrisMeasures, morris};
pub use pawn::{Pawn, PawnIndex, pawn};

/// A number with the half-width of its interval: normal, from the spread over bootstrap resamples
/// (Archer, Saltelli and Sobol' 1997).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The number, from all the draws.
    pub value: f64,
    /// The interval is value ± this.
    pub half_width: f64,
}

/// How intervals are found: resampling with replacement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resampling {
    /// Seed.
    pub seed: u64,
    /// How many resamples, 2 or more.
    pub resamples: usize,
    /// Share of intervals that should hold the true number, between 0 and 1.
    pub confidence: f64,
}

/// How the noise floor is found: indices of outputs that were shuffled, so that nothing depends on
/// anything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shuffling {
    /// Seed.
    pub seed: u64,
    /// How many shuffles; 19 or more for a level of 0.95.
    pub shuffles: usize,
    /// Share of shuffles that stay below the floor, between 0 and 1.
    pub level: f64,
}

/// What is asked of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Question<'a> {
    /// The measure.
    pub measure: &'a str,
    /// What of it.
    pub of: Of,
    /// In which draws.
    pub among: Among<'a>,
}

/// What of a measure is explained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Of {
    /// Its value.
    Value,
    /// Whether it is above a threshold (target sensitivity: Raguet and Marrel 2018).
    Exceeds(
        /// The threshold.
        f64,
    ),
}

/// The draws that are looked at (conditional sensitivity: Raguet and Marrel 2018).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Among<'a> {
    /// All.
    All,
    /// Those in which a measure is above a number.
    Above(&'a str, f64),
    /// Those in which a measure is at most a number.
    AtMost(&'a str, f64),
}

/// What an analysis rests on. Rows that are in none of the last three were set aside with their block,
/// or by the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Rows of the design.
    pub rows: usize,
    /// Draws that failed.
    pub failed: usize,
    /// Draws that solved, where the measure or that of the condition has no value.
    pub absent: usize,
    /// Rows that were used.
    pub used: usize,
}

/// Why there are no indices.
#[derive(Clone, Debug, PartialEq)]
pub enum NotAnalysed {
    /// Nothing of that name was measured.
    NoMeasure(String),
    /// The design is not one the method reads: what it needs.
    OtherDesign(&'static str),
    /// Too few draws are left.
    TooFew {
        /// What they rest on.
        counted: Counted,
        /// Draws, blocks or trajectories that are left.
        left: usize,
        /// That are needed.
        needed: usize,
    },
    /// The measure is the same in all draws, so there is no spread to explain.
    Constant(Counted),
    /// An option that cannot be: which, and what to write.
    Options(&'static str),
}

impl fmt::Display for NotAnalysed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMeasure(name) => write!(f, "`{name}` was not measured in these runs"),
            Self::OtherDesign(why) | Self::Options(why) => f.write_str(why),
            Self::TooFew { counted, left, needed } => write!(
                f,
                "{} of {} draws failed and {} have no value of the measure: {left} are left, and {needed} \
                 are needed",
                counted.failed, counted.rows, counted.absent
            ),
            Self::Constant(counted) => write!(
                f,
                "the measure is the same in all {} draws used; there is no spread to explain",
                counted.used
            ),
        }
    }
}

impl std::error::Error for NotAnalysed {}

/// A measure of runs, row by row.
fn column(runs: &Runs<'_>, measure: &str) -> Result<Vec<Option<f64>>, NotAnalysed> {
    runs.column(measure).ok_or_else(|| NotAnalysed::NoMeasure(measure.to_owned()))
}

/// A measure in whole blocks of `size` rows: those without a hole, one after the other.
fn whole_blocks(
    runs: &Runs<'_>,
    measure: &str,
    size: usize,
) -> Result<(Vec<usize>, Vec<f64>, Counted), NotAnalysed> {
    let column = column(runs, measure)?;
    let (mut blocks, mut outputs) = (Vec::new(), Vec::new());
    for (block, rows) in column.chunks_exact(size).enumerate() {
        if let Some(rows) = rows.iter().copied().collect::<Option<Vec<f64>>>() {
            blocks.push(block);
            outputs.extend(rows);
        }
    }
    let failed = runs.n_failed();
    let absent = column.iter().filter(|value| value.is_none()).count() - failed;
    let counted = Counted { rows: column.len(), failed, absent, used: outputs.len() };
    Ok((blocks, outputs, counted))
}

/// The rows a question is about, with what it asks of them.
fn asked(
    runs: &Runs<'_>,
    question: Question<'_>,
) -> Result<(Vec<usize>, Vec<f64>, Counted), NotAnalysed> {
    if !matches!(runs.design().kind(), Kind::LatinHypercube { .. } | Kind::Sobol { .. }) {
        return Err(NotAnalysed::OtherDesign(
            "this reads a sample of the inputs: a Latin hypercube or a Sobol sequence; rows of other \
             designs repeat values and are no sample",
        ));
    }
    let column_of = |measure| column(runs, measure);
    let outputs = column_of(question.measure)?;
    let condition: Box<dyn Fn(usize) -> Option<bool>> = match question.among {
        Among::All => Box::new(|_| Some(true)),
        Among::Above(measure, threshold) => {
            let column = column_of(measure)?;
            Box::new(move |row| column[row].map(|value| value > threshold))
        }
        Among::AtMost(measure, threshold) => {
            let column = column_of(measure)?;
            Box::new(move |row| column[row].map(|value| value <= threshold))
        }
    };
    let (mut rows, mut kept) = (Vec::new(), Vec::new());
    let failed = runs.n_failed();
    let mut without = 0;
    for (row, output) in outputs.iter().enumerate() {
        match (output, condition(row)) {
            (Some(output), Some(true)) => {
                rows.push(row);
                kept.push(match question.of {
                    Of::Value => *output,
                    Of::Exceeds(threshold) => f64::from(u8::from(*output > threshold)),
                });
            }
            (Some(_), Some(false)) => {}
            _ => without += 1,
        }
    }
    let counted =
        Counted { rows: outputs.len(), failed, absent: without - failed, used: kept.len() };
    Ok((rows, kept, counted))
}

fn is_constant(outputs: &[f64]) -> bool {
    outputs.windows(2).all(|pair| pair[0] == pair[1])
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Standard deviation with divisor n − `less`.
fn deviation(values: &[f64], less: usize) -> f64 {
    let middle = mean(values);
    let squares: f64 = values.iter().map(|x| (x - middle) * (x - middle)).sum();
    libm::sqrt(squares / (values.len() - less) as f64)
}
