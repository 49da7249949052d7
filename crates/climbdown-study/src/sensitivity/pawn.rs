//! PAWN: how far the distribution of a measure moves when an input is known.

use crate::design::{Input, Runs, Spread};

use super::given_data::Partition;
use super::{Counted, NotAnalysed, Question, Shuffling, asked, deviation, is_constant, mean};

/// PAWN indices of a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Pawn {
    /// What they rest on.
    pub counted: Counted,
    /// Slices into which an input that is no choice was cut.
    pub slices: usize,
    /// One for each input.
    pub inputs: Vec<PawnIndex>,
}

/// Statistics over the slices of one input of the distance (Kolmogorov and Smirnov) between the
/// distribution of the measure in the slice and in all draws: from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct PawnIndex {
    /// Name of the input.
    pub name: String,
    /// Smallest distance.
    pub minimum: f64,
    /// Mean.
    pub mean: f64,
    /// Median: the index in most uses.
    pub median: f64,
    /// Largest.
    pub maximum: f64,
    /// Standard deviation.
    pub deviation: f64,
    /// What the median of an input without effect stays at or below, with the probability asked for.
    pub noise_of_median: f64,
    /// The same of the largest distance.
    pub noise_of_maximum: f64,
}

/// Slices of fewer than this many draws on average tell nothing.
const FEWEST_IN_SLICE: usize = 5;

/// PAWN indices from a sample (Pianosi and Wagener 2015, equations 3 and 4; 2018 for given data).
///
/// # Errors
/// [`NotAnalysed`], above all if the design is no sample.
pub fn pawn(
    runs: &Runs<'_>,
    question: Question<'_>,
    n_slices: usize,
    shuffling: Shuffling,
) -> Result<Pawn, NotAnalysed> {
    let shuffling = shuffling.checked()?;
    if n_slices < 2 {
        return Err(NotAnalysed::Options("PAWN takes 2 slices or more; 10 is usual"));
    }
    let (rows, outputs, counted) = asked(runs, question)?;
    let needed = FEWEST_IN_SLICE * n_slices;
    if rows.len() < needed {
        return Err(NotAnalysed::TooFew { counted, left: rows.len(), needed });
    }
    if is_constant(&outputs) {
        return Err(NotAnalysed::Constant(counted));
    }
    let design = runs.design();
    let values: Vec<Vec<f64>> = rows.iter().map(|&row| design.row(row)).collect();
    let sorted = Sorted::new(&outputs);
    let orders: Vec<Vec<u32>> =
        (0..shuffling.shuffles).map(|shuffle| shuffling.order(rows.len(), shuffle)).collect();
    let of_input = |(at, input): (usize, &Input)| {
        let values: Vec<f64> = values.iter().map(|row| row[at]).collect();
        let slices = Slices::new(input, &values, n_slices);
        let found = statistics(sorted.distances(&slices, |draw| draw));
        let shuffled: Vec<Statistics> = orders
            .iter()
            .map(|order| statistics(sorted.distances(&slices, |draw| order[draw] as usize)))
            .collect();
        let floor =
            |of: &dyn Fn(&Statistics) -> f64| shuffling.floor(shuffled.iter().map(of).collect());
        PawnIndex {
            name: input.name().to_owned(),
            minimum: found.minimum,
            mean: found.mean,
            median: found.median,
            maximum: found.maximum,
            deviation: found.deviation,
            noise_of_median: floor(&|statistics| statistics.median),
            noise_of_maximum: floor(&|statistics| statistics.maximum),
        }
    };
    let inputs = design.inputs().iter().enumerate().map(of_input).collect();
    Ok(Pawn { counted, slices: n_slices, inputs })
}

/// Draws by slices of one input. Some draws may be in none.
pub(super) struct Slices {
    slice: Vec<Option<usize>>,
    sizes: Vec<usize>,
}

impl Slices {
    /// Slices between quantiles of the values, the upper end excluded as in SALib, so that the largest value
    /// is in none; for a choice, one slice for each option.
    pub(super) fn new(input: &Input, values: &[f64], n_slices: usize) -> Self {
        if matches!(input.spread(), Spread::Choice(_)) {
            let partition = Partition::new(input, values, n_slices);
            let slice = partition.class().iter().copied().map(Some).collect();
            return Self::of(slice, partition.len());
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let step = 1.0 / n_slices as f64;
        let ends: Vec<f64> =
            (0..=n_slices).map(|s| quantile(&sorted, (s as f64 * step).min(1.0))).collect();
        let slice =
            |value: &f64| (0..n_slices).find(|&s| ends[s] <= *value && *value < ends[s + 1]);
        Self::of(values.iter().map(slice).collect(), n_slices)
    }

    fn of(slice: Vec<Option<usize>>, n_slices: usize) -> Self {
        let mut sizes = vec![0; n_slices];
        slice.iter().flatten().for_each(|&s| sizes[s] += 1);
        Self { slice, sizes }
    }
}

/// Sample quantile, linear between order statistics (type 7 of Hyndman and Fan 1996).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = libm::floor(place) as usize;
    let (a, b) = (sorted[below], sorted[(below + 1).min(sorted.len() - 1)]);
    let t = place - below as f64;
    if t < 0.5 { a + (b - a) * t } else { b - (b - a) * (1.0 - t) }
}

/// Outputs in order.
pub(super) struct Sorted {
    /// Draws by rising output.
    order: Vec<usize>,
    /// Whether the next draw in the order has another output.
    is_last_of_ties: Vec<bool>,
}

impl Sorted {
    pub(super) fn new(outputs: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..outputs.len()).collect();
        order.sort_by(|&a, &b| outputs[a].total_cmp(&outputs[b]).then(a.cmp(&b)));
        let is_last =
            |at: usize| order.get(at + 1).is_none_or(|&next| outputs[next] != outputs[order[at]]);
        let is_last_of_ties = (0..outputs.len()).map(is_last).collect();
        Self { order, is_last_of_ties }
    }

    /// For each slice that has draws, max |F_slice(y) − F(y)|; `whose` says whose slice a draw is taken to
    /// be in.
    pub(super) fn distances(&self, slices: &Slices, whose: impl Fn(usize) -> usize) -> Vec<f64> {
        let n = self.order.len() as f64;
        let mut counts = vec![0usize; slices.sizes.len()];
        let mut furthest = vec![0.0f64; slices.sizes.len()];
        for (at, &draw) in self.order.iter().enumerate() {
            if let Some(slice) = slices.slice[whose(draw)] {
                counts[slice] += 1;
            }
            if self.is_last_of_ties[at] {
                let all = (at + 1) as f64 / n;
                for ((count, size), far) in counts.iter().zip(&slices.sizes).zip(&mut furthest) {
                    *far = far.max((*count as f64 / *size as f64 - all).abs());
                }
            }
        }
        let filled = furthest.into_iter().zip(&slices.sizes).filter(|(_, size)| **size > 0);
        filled.map(|(far, _)| far).collect()
    }
}

/// Statistics over slices.
pub(super) struct Statistics {
    pub(super) minimum: f64,
    pub(super) mean: f64,
    pub(super) median: f64,
    pub(super) maximum: f64,
    pub(super) deviation: f64,
}

pub(super) fn statistics(mut distances: Vec<f64>) -> Statistics {
    distances.sort_by(f64::total_cmp);
    let n = distances.len();
    Statistics {
        minimum: distances[0],
        mean: mean(&distances),
        median: f64::midpoint(distances[(n - 1) / 2], distances[n / 2]),
        maximum: distances[n - 1],
        deviation: deviation(&distances, 0),
    }
}
