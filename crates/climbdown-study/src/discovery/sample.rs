//! What boxes are looked for in: inputs in columns, and how far each row is a case of interest.

use std::cmp::Ordering;
use std::fmt;

/// One input of the runs: a name and a value for each.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// As the caller knows it; said in errors.
    pub name: String,
    /// One value for each row.
    pub values: Values,
}

/// The values of an input.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Any number, finite.
    Real(Vec<f64>),
    /// Whole numbers, at most 2^53 in size. They are peeled a number at a time where alpha is less.
    Whole(Vec<i64>),
    /// One of a few labels without an order, such as a hypothesis.
    Labels {
        /// The labels.
        labels: Vec<String>,
        /// For each row the index of its label.
        of_row: Vec<usize>,
    },
}

/// Why columns are no sample. Rows and columns count from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum BadSample {
    /// No row, or no column.
    Empty,
    /// More rows than can be summed exactly.
    TooManyRows(usize),
    /// A column of another length than the outcome.
    Length {
        /// The input.
        input: String,
        /// Its number of values.
        n_values: usize,
        /// The number of outcomes.
        n_rows: usize,
    },
    /// A value that is no number.
    NotFinite {
        /// The input.
        input: String,
        /// The row.
        row: usize,
    },
    /// A whole number beyond 2^53.
    TooLarge {
        /// The input.
        input: String,
        /// The row.
        row: usize,
    },
    /// A label that is not in the list.
    NoSuchLabel {
        /// The input.
        input: String,
        /// The row.
        row: usize,
    },
    /// An outcome that is not between 0 and 1.
    Interest {
        /// The row.
        row: usize,
        /// What stands there.
        value: f64,
    },
}

impl fmt::Display for BadSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "no runs or no inputs to look for boxes in"),
            Self::TooManyRows(n) => {
                write!(f, "{n} runs are more than {MOST_ROWS}; take a part of them")
            }
            Self::Length { input, n_values, n_rows } => {
                write!(
                    f,
                    "input {input} has {n_values} values for {n_rows} runs; give one for each"
                )
            }
            Self::NotFinite { input, row } => write!(
                f,
                "input {input} is not a finite number in run {row}; leave such runs out and say how \
                 many"
            ),
            Self::TooLarge { input, row } => write!(
                f,
                "input {input} is larger than 2^53 in run {row}; give it as a real number"
            ),
            Self::NoSuchLabel { input, row } => write!(
                f,
                "input {input} has a label in run {row} that is not in its list; add it to the list"
            ),
            Self::Interest { row, value } => write!(
                f,
                "run {row} is of interest by {value}; write 1 for a case of interest, 0 for none, or a \
                 weight between; leave failed runs out and say how many"
            ),
        }
    }
}

impl std::error::Error for BadSample {}

/// Sums of weights are exact in 64 bits up to here.
const MOST_ROWS: usize = 1 << 23;
/// Weights are kept as multiples of 2^-40, so that their sums do not depend on the order of rows.
const ONE: u64 = 1 << 40;
/// The largest whole number up to which `f64` holds every one.
const MOST_WHOLE: u64 = 1 << 53;

/// Checked columns and outcomes. The rows are kept in an order of their own (by the inputs, then the
/// outcome), so that nothing found depends on the order they came in.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    columns: Vec<Column>,
    weights: Vec<u64>,
    given_rows: Vec<usize>,
    n_left_out: usize,
}

/// A column, in the sample's order of rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) cells: Cells,
}

/// The values of a column. Zeros have no sign.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cells {
    Numbers { values: Vec<f64>, are_whole: bool },
    Labels { labels: Vec<String>, of_row: Vec<usize> },
}

impl Sample {
    /// Checks columns and outcomes. `interest` is 1 for a case of interest and 0 for another, or a
    /// weight between. `n_left_out` is how many runs the caller left out because they failed; it is
    /// only carried along, so that it is said with the result.
    ///
    /// # Errors
    /// [`BadSample`]: which value of which input is not to be used.
    pub fn new(inputs: Vec<Input>, interest: &[f64], n_left_out: usize) -> Result<Self, BadSample> {
        if inputs.is_empty() || interest.is_empty() {
            return Err(BadSample::Empty);
        }
        if interest.len() > MOST_ROWS {
            return Err(BadSample::TooManyRows(interest.len()));
        }
        if let Some(row) = interest.iter().position(|w| !(0.0..=1.0).contains(w)) {
            return Err(BadSample::Interest { row, value: interest[row] });
        }
        let mut columns = Vec::with_capacity(inputs.len());
        for input in inputs {
            columns.push(column(input, interest.len())?);
        }
        let weights: Vec<u64> = interest.iter().map(|w| (w * ONE as f64).round() as u64).collect();
        let mut given_rows: Vec<usize> = (0..weights.len()).collect();
        given_rows.sort_by(|&a, &b| {
            let by_inputs = columns.iter().map(|column| column.compare(a, b));
            let first = by_inputs.fold(Ordering::Equal, Ordering::then);
            first.then(weights[a].cmp(&weights[b]))
        });
        let unsorted = Sample { columns, weights, given_rows: Vec::new(), n_left_out };
        Ok(Sample { given_rows: given_rows.clone(), ..unsorted.part(&given_rows) })
    }

    /// The rows `rows`, as a sample of their own.
    pub(crate) fn part(&self, rows: &[usize]) -> Sample {
        Sample {
            columns: self.columns.iter().map(|column| column.part(rows)).collect(),
            weights: rows.iter().map(|&row| self.weights[row]).collect(),
            given_rows: rows.iter().filter_map(|&row| self.given_rows.get(row).copied()).collect(),
            n_left_out: self.n_left_out,
        }
    }

    /// Number of runs.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.weights.len()
    }

    /// Number of inputs.
    #[must_use]
    pub fn n_inputs(&self) -> usize {
        self.columns.len()
    }

    /// Number of runs that were left out because they failed.
    #[must_use]
    pub fn n_left_out(&self) -> usize {
        self.n_left_out
    }

    /// The name of an input.
    #[must_use]
    pub fn name(&self, input: usize) -> &str {
        &self.columns[input].name
    }

    /// Where among the rows as given the sample's row `row` was.
    #[must_use]
    pub fn given_row(&self, row: usize) -> usize {
        self.given_rows[row]
    }

    /// Sum of the weights of all rows: the number of cases of interest.
    #[must_use]
    pub fn of_interest(&self) -> f64 {
        self.tally(0..self.n_rows()).of_interest()
    }

    /// Whether every row is either of interest or not, with no weight between.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        self.weights.iter().all(|&w| w == 0 || w == ONE)
    }

    /// Number and weight of `rows`.
    pub(crate) fn tally(&self, rows: impl IntoIterator<Item = usize>) -> Tally {
        let mut tally = Tally::default();
        rows.into_iter().for_each(|row| tally.add(self.weights[row]));
        tally
    }

    pub(crate) fn weight(&self, row: usize) -> u64 {
        self.weights[row]
    }

    pub(crate) fn cells(&self, input: usize) -> &Cells {
        &self.columns[input].cells
    }
}

/// How many rows, and how much of interest they are together, exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) n: usize,
    pub(crate) weight: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, weight: u64) {
        self.n += 1;
        self.weight += weight;
    }

    pub(crate) fn less(self, other: Tally) -> Tally {
        Tally { n: self.n - other.n, weight: self.weight - other.weight }
    }

    pub(crate) fn plus(self, other: Tally) -> Tally {
        Tally { n: self.n + other.n, weight: self.weight + other.weight }
    }

    /// Sum of weights: for cases that are of interest or not, their number, exactly.
    pub(crate) fn of_interest(self) -> f64 {
        self.weight as f64 / ONE as f64
    }

    /// The share of interest; 0 for no rows.
    pub(crate) fn mean(self) -> f64 {
        if self.n == 0 { 0.0 } else { self.of_interest() / self.n as f64 }
    }

    /// Whether all rows are of interest to the full.
    pub(crate) fn is_all(self) -> bool {
        self.weight == self.n as u64 * ONE
    }
}

impl Column {
    fn compare(&self, a: usize, b: usize) -> Ordering {
        match &self.cells {
            Cells::Numbers { values, .. } => values[a].total_cmp(&values[b]),
            Cells::Labels { of_row, .. } => of_row[a].cmp(&of_row[b]),
        }
    }

    fn part(&self, rows: &[usize]) -> Column {
        let cells = match &self.cells {
            Cells::Numbers { values, are_whole } => Cells::Numbers {
                values: rows.iter().map(|&row| values[row]).collect(),
                are_whole: *are_whole,
            },
            Cells::Labels { labels, of_row } => Cells::Labels {
                labels: labels.clone(),
                of_row: rows.iter().map(|&row| of_row[row]).collect(),
            },
        };
        Column { name: self.name.clone(), cells }
    }
}

fn column(Input { name, values }: Input, n_rows: usize) -> Result<Column, BadSample> {
    let n_values = match &values {
        Values::Real(values) => values.len(),
        Values::Whole(values) => values.len(),
        Values::Labels { of_row, .. } => of_row.len(),
    };
    if n_values != n_rows {
        return Err(BadSample::Length { input: name, n_values, n_rows });
    }
    let cells = match values {
        Values::Real(values) => {
            if let Some(row) = values.iter().position(|x| !x.is_finite()) {
                return Err(BadSample::NotFinite { input: name, row });
            }
            // Adding 0 takes the sign off a zero.
            let values = values.into_iter().map(|x| x + 0.0).collect();
            Cells::Numbers { values, are_whole: false }
        }
        Values::Whole(values) => {
            if let Some(row) = values.iter().position(|x| x.unsigned_abs() > MOST_WHOLE) {
                return Err(BadSample::TooLarge { input: name, row });
            }
            Cells::Numbers { values: values.iter().map(|&x| x as f64).collect(), are_whole: true }
        }
        Values::Labels { labels, of_row } => {
            if let Some(row) = of_row.iter().position(|&label| label >= labels.len()) {
                return Err(BadSample::NoSuchLabel { input: name, row });
            }
            Cells::Labels { labels, of_row }
        }
    };
    Ok(Column { name, cells })
}
