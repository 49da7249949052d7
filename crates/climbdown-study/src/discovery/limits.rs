//! The limits of a box: what it asks of each input.

use super::sample::{Cells, Sample, Tally};

/// What a box asks of one input.
#[derive(Clone, Debug, PartialEq)]
pub enum Limit {
    /// A number from `low` to `high`, both included.
    Range {
        /// Smallest value inside.
        low: f64,
        /// Largest value inside.
        high: f64,
    },
    /// One of the labels marked `true`.
    Labels(Vec<bool>),
}

/// A box: one limit for each input. ("Box" is a word of the language this is written in.)
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// By input, in the sample's order.
    pub by_input: Vec<Limit>,
}

impl Limits {
    /// The smallest box with every row in it: what a limit is compared with to be a restriction.
    #[must_use]
    pub fn of_all(sample: &Sample) -> Self {
        let of_input = |input| match sample.cells(input) {
            Cells::Numbers { values, .. } => Limit::Range {
                low: values.iter().copied().fold(f64::INFINITY, f64::min),
                high: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            },
            Cells::Labels { labels, of_row } => {
                let mut occurs = vec![false; labels.len()];
                of_row.iter().for_each(|&label| occurs[label] = true);
                Limit::Labels(occurs)
            }
        };
        Limits { by_input: (0..sample.n_inputs()).map(of_input).collect() }
    }

    /// Whether row `row` of `sample` is inside.
    #[must_use]
    pub fn contains(&self, sample: &Sample, row: usize) -> bool {
        self.by_input.iter().enumerate().all(|(input, limit)| limit.holds(sample, input, row))
    }

    /// The rows of `sample` inside.
    #[must_use]
    pub fn rows(&self, sample: &Sample) -> Vec<usize> {
        (0..sample.n_rows()).filter(|&row| self.contains(sample, row)).collect()
    }

    /// The inputs whose limits differ from those of `all`.
    #[must_use]
    pub fn restricted(&self, all: &Limits) -> Vec<usize> {
        (0..self.by_input.len()).filter(|&i| self.by_input[i] != all.by_input[i]).collect()
    }

    /// The box with another limit on one input.
    pub(crate) fn with(&self, input: usize, limit: Limit) -> Limits {
        let mut limits = self.clone();
        limits.by_input[input] = limit;
        limits
    }
}

impl Limit {
    /// Whether row `row` of `sample` has what is asked of `input`.
    pub(crate) fn holds(&self, sample: &Sample, input: usize, row: usize) -> bool {
        match (self, sample.cells(input)) {
            (Limit::Range { low, high }, Cells::Numbers { values, .. }) => {
                (*low..=*high).contains(&values[row])
            }
            (Limit::Labels(inside), Cells::Labels { of_row, .. }) => inside[of_row[row]],
            _ => unreachable!("limits are made of the sample they are asked about"),
        }
    }
}

/// The rows of a box, and those that only one input keeps out of it.
pub(crate) struct Near {
    /// Inside.
    pub(crate) inside: Tally,
    /// By input, the rows that would be inside but for it.
    pub(crate) but_for: Vec<Vec<usize>>,
}

/// Looks at `rows` from the box `limits`.
pub(crate) fn near(sample: &Sample, rows: &[usize], limits: &Limits) -> Near {
    let mut near = Near { inside: Tally::default(), but_for: vec![Vec::new(); sample.n_inputs()] };
    for &row in rows {
        let mut outside = (0..sample.n_inputs())
            .filter(|&input| !limits.by_input[input].holds(sample, input, row));
        match (outside.next(), outside.next()) {
            (None, _) => near.inside.add(sample.weight(row)),
            (Some(input), None) => near.but_for[input].push(row),
            _ => {}
        }
    }
    near
}
