//! First-order indices from any sample: the variance between classes of an input.

use quantal::math::pow;

use crate::design::{Input, Runs, Spread};

use super::{Counted, NotAnalysed, Question, Shuffling, asked, is_constant, mean};

/// First-order indices from a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenData {
    /// What they rest on.
    pub counted: Counted,
    /// Classes into which an input that is no choice was cut.
    pub classes: usize,
    /// One for each input.
    pub inputs: Vec<Share>,
    /// The noise floor of the largest index: above it one stands out even where all inputs were tried.
    pub noise_of_largest: f64,
}

/// The share of one input.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Its name.
    pub name: String,
    /// First-order index, corrected for chance; may come out below 0 where there is no effect.
    pub first: f64,
    /// What an input without effect stays at or below, with the probability asked for.
    pub noise: f64,
}

impl Share {
    /// Whether the index is above what an input without effect would show.
    #[must_use]
    pub fn is_above_noise(&self) -> bool {
        self.first > self.noise
    }
}

/// Fewer draws make fewer than three classes of more than two.
const FEWEST_DRAWS: usize = 16;

/// First-order indices by classes (Plischke, Borgonovo and Smith 2013, section 3), corrected for chance
/// (Kelley 1935), with noise floors by shuffling.
///
/// # Errors
/// [`NotAnalysed`], above all if the design is no sample.
pub fn given_data(
    runs: &Runs<'_>,
    question: Question<'_>,
    shuffling: Shuffling,
) -> Result<GivenData, NotAnalysed> {
    let shuffling = shuffling.checked()?;
    let (rows, outputs, counted) = asked(runs, question)?;
    if rows.len() < FEWEST_DRAWS {
        let (left, needed) = (rows.len(), FEWEST_DRAWS);
        return Err(NotAnalysed::TooFew { counted, left, needed });
    }
    if is_constant(&outputs) {
        return Err(NotAnalysed::Constant(counted));
    }
    let design = runs.design();
    let n_classes = n_classes(outputs.len());
    let values: Vec<Vec<f64>> = rows.iter().map(|&row| design.row(row)).collect();
    let partitions: Vec<Partition> = design
        .inputs()
        .iter()
        .enumerate()
        .map(|(at, input)| {
            let values: Vec<f64> = values.iter().map(|row| row[at]).collect();
            Partition::new(input, &values, n_classes)
        })
        .collect();
    let found: Vec<f64> = partitions.iter().map(|partition| partition.index(&outputs)).collect();
    let mut shuffled = vec![Vec::with_capacity(shuffling.shuffles); found.len()];
    let mut largest = Vec::with_capacity(shuffling.shuffles);
    for shuffle in 0..shuffling.shuffles {
        let order = shuffling.order(outputs.len(), shuffle);
        let outputs: Vec<f64> = order.iter().map(|&place| outputs[place as usize]).collect();
        let mut most = f64::NEG_INFINITY;
        for (partition, of_one) in partitions.iter().zip(&mut shuffled) {
            let index = partition.index(&outputs);
            most = most.max(index);
            of_one.push(index);
        }
        largest.push(most);
    }
    let inputs = design
        .inputs()
        .iter()
        .zip(found)
        .zip(shuffled)
        .map(|((input, first), shuffled)| Share {
            name: input.name().to_owned(),
            first,
            noise: shuffling.floor(shuffled),
        })
        .collect();
    Ok(GivenData {
        counted,
        classes: n_classes,
        inputs,
        noise_of_largest: shuffling.floor(largest),
    })
}

/// n^(2/5), rounded: the bias of a class of width 1/M falls as 1/M², the noise of M classes rises as
/// √M / n; their sum of squares is least where M grows as n^(2/5).
pub(super) fn n_classes(n: usize) -> usize {
    libm::round(pow(n as f64, 0.4)) as usize
}

/// Draws by the class of one input.
pub(super) struct Partition {
    /// Class of each draw.
    class: Vec<usize>,
    /// Draws in each class; none is empty.
    sizes: Vec<usize>,
}

impl Partition {
    /// Classes of as equal size as ties allow; for a choice, and where an input takes no more values than
    /// there are classes, one for each value (of a choice only where two draws come to each).
    pub(super) fn new(input: &Input, values: &[f64], n_classes: usize) -> Self {
        let n = values.len();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
        let is_new = |at: usize| values[order[at]] != values[order[at - 1]];
        let n_values = 1 + (1..n).filter(|&at| is_new(at)).count();
        let is_choice = matches!(input.spread(), Spread::Choice(_)) && 2 * n_values <= n;
        let by_value = is_choice || n_values <= n_classes;
        let (mut class, mut sizes) = (vec![0; n], vec![0]);
        let mut quota = 0;
        for (at, &draw) in order.iter().enumerate() {
            // A class ends at its quota, but never between equal values.
            let is_full = at * n_classes / n > quota;
            if at > 0 && is_new(at) && (by_value || is_full) {
                quota = at * n_classes / n;
                sizes.push(0);
            }
            class[draw] = sizes.len() - 1;
            sizes[class[draw]] += 1;
        }
        Self { class, sizes }
    }

    /// ε² = 1 − (1 − η²)(n − 1)/(n − M), with η² = Σ n_m (ȳ_m − ȳ)² / Σ (y − ȳ)² over M classes.
    pub(super) fn index(&self, outputs: &[f64]) -> f64 {
        let (n, n_classes) = (outputs.len() as f64, self.sizes.len() as f64);
        let middle = mean(outputs);
        let mut sums = vec![0.0; self.sizes.len()];
        let mut all = 0.0;
        for (&class, y) in self.class.iter().zip(outputs) {
            sums[class] += y - middle;
            all += (y - middle) * (y - middle);
        }
        let between: f64 =
            sums.iter().zip(&self.sizes).map(|(sum, &size)| sum * sum / size as f64).sum();
        1.0 - (1.0 - between / all) * (n - 1.0) / (n - n_classes)
    }

    /// Class of each draw.
    pub(super) fn class(&self) -> &[usize] {
        &self.class
    }

    /// How many classes there are.
    pub(super) fn len(&self) -> usize {
        self.sizes.len()
    }
}
