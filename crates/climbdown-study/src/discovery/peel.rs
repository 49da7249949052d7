//! Peels: what can be taken off a box.

use super::limits::{Limit, Limits};
use super::prim::{Candidate, PrimOptions};
use super::sample::{Cells, Sample, Tally};

/// The rows still inside while a box is peeled, in the order of each input's numbers.
pub(crate) struct Peeled<'a> {
    sample: &'a Sample,
    inside: Vec<usize>,
    /// By input; empty for labels.
    sorted: Vec<Vec<usize>>,
}

impl<'a> Peeled<'a> {
    pub(crate) fn new(sample: &'a Sample, rows: &[usize]) -> Self {
        let sorted = |input| match sample.cells(input) {
            Cells::Numbers { values, .. } => {
                let mut rows = rows.to_vec();
                rows.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
                rows
            }
            Cells::Labels { .. } => Vec::new(),
        };
        let sorted = (0..sample.n_inputs()).map(sorted).collect();
        Peeled { sample, inside: rows.to_vec(), sorted }
    }

    /// Leaves inside only what has `limit` on `input`.
    pub(crate) fn keep(&mut self, input: usize, limit: &Limit) {
        let sample = self.sample;
        for rows in self.sorted.iter_mut().chain([&mut self.inside]) {
            rows.retain(|&row| limit.holds(sample, input, row));
        }
    }

    /// All peels: of each number the upper end and the lower, of labels each one inside.
    pub(crate) fn peels(&self, limits: &Limits, options: &PrimOptions) -> Vec<Candidate> {
        let inside = self.sample.tally(self.inside.iter().copied());
        let mut peels = Vec::new();
        for input in by_kind(self.sample) {
            match (self.sample.cells(input), &limits.by_input[input]) {
                (Cells::Numbers { values, are_whole }, Limit::Range { low, high }) => {
                    let rows = &self.sorted[input];
                    let numbers: Vec<f64> = rows.iter().map(|&row| values[row]).collect();
                    let ends = Ends { numbers: &numbers, low: *low, high: *high };
                    let kept = if *are_whole {
                        [ends.whole_upper(options), ends.whole_lower(options)]
                    } else {
                        [ends.real_upper(options), ends.real_lower(options)]
                    };
                    for Kept { from, to, low, high } in kept {
                        let off = rows[..from].iter().chain(&rows[to..]).copied();
                        let inside = inside.less(self.sample.tally(off));
                        peels.push(Candidate { input, limit: Limit::Range { low, high }, inside });
                    }
                }
                (Cells::Labels { of_row, .. }, Limit::Labels(open)) => {
                    if open.iter().filter(|&&is_open| is_open).count() < 2 {
                        continue;
                    }
                    let mut tallies = vec![Tally::default(); open.len()];
                    for &row in &self.inside {
                        tallies[of_row[row]].add(self.sample.weight(row));
                    }
                    for label in (0..open.len()).filter(|&label| open[label]) {
                        let mut open = open.clone();
                        open[label] = false;
                        let inside = inside.less(tallies[label]);
                        peels.push(Candidate { input, limit: Limit::Labels(open), inside });
                    }
                }
                _ => unreachable!("limits are made of the sample they are asked about"),
            }
        }
        peels
    }
}

/// The inputs in the order in which equal candidates are preferred: real, whole, labels.
pub(crate) fn by_kind(sample: &Sample) -> Vec<usize> {
    let mut inputs: Vec<usize> = (0..sample.n_inputs()).collect();
    inputs.sort_by_key(|&input| match sample.cells(input) {
        Cells::Numbers { are_whole, .. } => u8::from(*are_whole),
        Cells::Labels { .. } => 2,
    });
    inputs
}

/// The value at `share` of the way through sorted `numbers`, halfway to a neighbour that differs:
/// downwards for a share above 0.5, else upwards. So a peel takes something off wherever that can be,
/// however many numbers are equal. As in EMA Workbench, after Bryant's sdtoolkit.
pub(crate) fn quantile(numbers: &[f64], share: f64) -> f64 {
    let last = numbers.len() - 1;
    let at = last as f64 * share;
    let (mut below, mut above) = (at.floor() as usize, at.ceil() as usize);
    if share > 0.5 {
        while numbers[below] == numbers[above] && below > 0 {
            below -= 1;
        }
    } else {
        while numbers[below] == numbers[above] && above < last {
            above += 1;
        }
    }
    f64::midpoint(numbers[below], numbers[above])
}

/// The numbers of an input inside, sorted, and the present limits.
struct Ends<'a> {
    numbers: &'a [f64],
    low: f64,
    high: f64,
}

/// What a peel keeps: a stretch of the sorted numbers, and the limits then.
struct Kept {
    from: usize,
    to: usize,
    low: f64,
    high: f64,
}

impl Ends<'_> {
    fn real_upper(&self, options: &PrimOptions) -> Kept {
        let high = quantile(self.numbers, 1.0 - options.peel_alpha());
        let to = self.numbers.partition_point(|&x| x <= high);
        Kept { from: 0, to, low: self.low, high }
    }

    fn real_lower(&self, options: &PrimOptions) -> Kept {
        let low = quantile(self.numbers, options.peel_alpha());
        let from = self.numbers.partition_point(|&x| x < low);
        Kept { from, to: self.numbers.len(), low, high: self.high }
    }

    /// Whole numbers: the limit is a number that occurs, and at least one number comes off.
    fn whole_upper(&self, options: &PrimOptions) -> Kept {
        let cut = quantile(self.numbers, 1.0 - options.peel_alpha()).trunc();
        let comes_off = |x: f64| if cut == self.high { x >= cut } else { x > cut };
        let to = self.numbers.partition_point(|&x| !comes_off(x));
        let last = to.checked_sub(1).unwrap_or(self.numbers.len() - 1);
        Kept { from: 0, to, low: self.low, high: self.numbers[last] }
    }

    fn whole_lower(&self, options: &PrimOptions) -> Kept {
        let cut = quantile(self.numbers, options.peel_alpha()).trunc();
        let comes_off = |x: f64| if cut == self.low { x <= cut } else { x < cut };
        let from = self.numbers.partition_point(|&x| comes_off(x));
        let first = if from == self.numbers.len() { 0 } else { from };
        Kept { from, to: self.numbers.len(), low: self.numbers[first], high: self.high }
    }
}

#[cfg(test)]
mod tests {
    use super::quantile;

    /// By the definition: at 0.95 of four steps, 3.8, lie the fourth and fifth number.
    #[test]
    fn a_quantile_lies_halfway_to_a_neighbour_that_differs() {
        assert_eq!(quantile(&[0.0, 1.0, 2.0, 3.0, 4.0], 0.95), 3.5);
        assert_eq!(quantile(&[0.0, 1.0, 2.0, 3.0, 4.0], 0.05), 0.5);
        assert_eq!(quantile(&[0.0, 1.0, 4.0, 4.0, 4.0], 0.95), 2.5);
        assert_eq!(quantile(&[0.0, 0.0, 0.0, 3.0, 4.0], 0.05), 1.5);
        assert_eq!(quantile(&[2.0, 2.0], 0.95), 2.0);
        assert_eq!(quantile(&[7.0], 0.05), 7.0);
    }
}
