//! Why there is no design, or why results do not belong to one.

use std::fmt;

use super::Fingerprint;

/// Why a design cannot be made.
#[derive(Clone, Debug, PartialEq)]
pub enum BadDesign {
    /// Nothing to vary.
    NoInputs,
    /// A name that is no input.
    NoSuchInput(String),
    /// Two inputs of one name.
    SameName(String),
    /// A spread that is none.
    Spread {
        /// The input.
        input: String,
        /// What is wrong and what to write.
        why: String,
    },
    /// A number of the design that cannot be: which, and what to write.
    Size(String),
    /// More dimensions than the Sobol sequence has here.
    TooManyDimensions {
        /// Dimensions the design takes.
        asked: usize,
        /// Dimensions there are.
        most: usize,
    },
    /// Groups that are not a division of the inputs: why.
    Groups(String),
    /// A rank correlation that cannot be: why.
    Correlation(String),
    /// Rank correlations that no inputs can have together.
    NotPositiveDefinite {
        /// One input of the pair.
        first: String,
        /// The other.
        second: String,
        /// The rank correlation asked for.
        asked: f64,
        /// The ends of what the other correlations of the inputs up to it leave room for, if they do.
        possible: Option<(f64, f64)>,
    },
    /// A kind of design whose inputs must be independent: which, and why.
    NeedsIndependence(&'static str),
}

impl fmt::Display for BadDesign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInputs => f.write_str("nothing varies: no input was given"),
            Self::NoSuchInput(name) => write!(
                f,
                "`{name}` is no input here; inputs are parameters that have a range and were not set, and what is \
                 varied beside: lambda, memory, hypotheses where the scenario has any"
            ),
            Self::SameName(name) => {
                write!(f, "two inputs are called `{name}`; give each its own name")
            }
            Self::Spread { input, why } => write!(f, "input `{input}`: {why}"),
            Self::Size(why) | Self::Groups(why) | Self::Correlation(why) => f.write_str(why),
            Self::TooManyDimensions { asked, most } => write!(
                f,
                "the design takes {asked} dimensions of the Sobol sequence, and {most} are tabulated; \
                 use a Latin hypercube, or vary fewer inputs"
            ),
            Self::NotPositiveDefinite { first, second, asked, possible } => {
                write!(
                    f,
                    "the rank correlations contradict one another: `{first}` and `{second}` cannot \
                     have {asked}"
                )?;
                match possible {
                    Some((low, high)) => {
                        write!(
                            f,
                            "; beside the others, one between {low:.2} and {high:.2} is possible"
                        )
                    }
                    None => f.write_str("; the others contradict one another without it, too"),
                }
            }
            Self::NeedsIndependence(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for BadDesign {}

/// Why results cannot be read as those of a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadRuns {
    /// The results were computed for another design.
    OtherDesign {
        /// Of the design at hand.
        expected: Fingerprint,
        /// Named by the results.
        found: Fingerprint,
    },
    /// A row that the design does not have.
    NoSuchRow {
        /// Its number, from 0.
        row: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// A row that is there twice.
    Twice(usize),
    /// Rows that are not there: the first, and how many.
    Missing {
        /// The first of them, from 0.
        first: usize,
        /// How many.
        count: usize,
    },
    /// Parts that measured different things.
    OtherMeasures {
        /// In the first part.
        expected: Vec<String>,
        /// In another.
        found: Vec<String>,
    },
    /// A row with more or fewer values than measures.
    Length {
        /// The row, from 0.
        row: usize,
        /// Values in it.
        found: usize,
        /// Measures.
        expected: usize,
    },
    /// A value that is not a finite number; what has no value is `None`.
    NotFinite {
        /// The row, from 0.
        row: usize,
        /// The measure.
        measure: String,
    },
}

impl fmt::Display for BadRuns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherDesign { expected, found } => write!(
                f,
                "these results are of another design ({found}) than this one ({expected}); read them \
                 with the inputs, seed and size they were computed for"
            ),
            Self::NoSuchRow { row, rows } => {
                write!(f, "there is a result for row {row}, and the design has {rows} rows, from 0")
            }
            Self::Twice(row) => {
                write!(f, "there are two results for row {row}; give each row once")
            }
            Self::Missing { first, count } => write!(
                f,
                "{count} rows have no result, the first of them row {first}; compute them, or say that \
                 they failed"
            ),
            Self::OtherMeasures { expected, found } => write!(
                f,
                "one part measured {}, another {}; parts of one design measure the same",
                expected.join(", "),
                found.join(", ")
            ),
            Self::Length { row, found, expected } => {
                write!(f, "row {row} has {found} values for {expected} measures")
            }
            Self::NotFinite { row, measure } => {
                write!(f, "`{measure}` in row {row} is not a finite number; leave it out instead")
            }
        }
    }
}

impl std::error::Error for BadRuns {}
