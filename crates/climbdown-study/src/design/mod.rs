//! Designs: which values a study solves at, and how they were drawn; and runs, which remember their design.
//!
//! A row of a design is a function of the design and its number, so any range of rows can be computed
//! anywhere and the pieces fit (docs/methods/designs.md).

mod dependence;
mod fingerprint;
mod groups;
mod input;
mod latin;
mod quantile;
pub(crate) mod random;
mod runs;
mod sequence;
#[cfg(test)]
mod tests;
mod trajectories;
mod trouble;

pub use dependence::RankCorrelation;
pub use fingerprint::Fingerprint;
pub use groups::Groups;
pub use input::{Input, Spread, from_parameter};
pub use runs::{Part, Results, Runs};
pub use trouble::{BadDesign, BadRuns};

pub(crate) use quantile::normal_quantile;
pub(crate) use trajectories::step_size;

use dependence::Dependence;
use latin::Latin;
use sequence::Sequence;

/// How the rows of a design are drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A Latin hypercube (McKay, Beckman and Conover 1979).
    LatinHypercube {
        /// Rows.
        n: usize,
    },
    /// A Sobol sequence with nested uniform scrambling (Owen 1995). Best with a power of 2.
    Sobol {
        /// Rows.
        n: usize,
    },
    /// Blocks for Sobol indices (Saltelli 2002; Saltelli and others 2010), on a scrambled Sobol sequence of
    /// twice the dimension. A block is A, then A with each group from B, then with `second_order` B with
    /// each group from A, then B.
    Saltelli {
        /// Blocks. Best a power of 2.
        n: usize,
        /// Whether indices of pairs are wanted.
        second_order: bool,
        /// What is varied together.
        groups: Groups,
    },
    /// Trajectories for elementary effects (Morris 1991).
    Morris {
        /// Trajectories, of one row more than there are groups.
        n: usize,
        /// Levels of the grid, even; 4 is usual.
        n_levels: usize,
        /// What is varied together.
        groups: Groups,
    },
    /// All combinations of values: for each input as many as `n_levels`, evenly spaced in probability from the
    /// lower end to the upper; for a choice all its options. The last input changes fastest.
    Grid {
        /// Values for each input that is not a choice.
        n_levels: usize,
    },
}

/// Which values a study solves at, and how they were drawn.
#[derive(Clone, Debug)]
pub struct Design {
    kind: Kind,
    inputs: Vec<Input>,
    correlations: Vec<RankCorrelation>,
    seed: u64,
    n_rows: usize,
    fingerprint: Fingerprint,
    plan: Plan,
}

/// Values in a Latin hypercube: a permutation for each input is kept, of four bytes for each row; this is
/// one gigabyte of them.
const MOST_IN_HYPERCUBE: usize = 1 << 28;

/// What is worked out once, so that each row is cheap.
#[derive(Clone, Debug)]
enum Plan {
    Latin(Latin),
    Sequence(Sequence, Option<Dependence>),
    Trajectories,
    /// How many values each input takes.
    Grid(Vec<usize>),
}

impl Design {
    /// A design.
    ///
    /// `correlations` are rank correlations between inputs; without any, inputs are independent.
    ///
    /// # Errors
    /// [`BadDesign`].
    pub fn new(
        kind: Kind,
        inputs: Vec<Input>,
        correlations: Vec<RankCorrelation>,
        seed: u64,
    ) -> Result<Self, BadDesign> {
        if inputs.is_empty() {
            return Err(BadDesign::NoInputs);
        }
        let mut names: Vec<&str> = inputs.iter().map(Input::name).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(BadDesign::SameName(pair[0].to_owned()));
        }
        let dependence = Dependence::new(&inputs, &correlations)?;
        let fits = |groups: &Groups| {
            let why = "the groups were made for other inputs; make them for these";
            let is_division = groups.n_inputs() == inputs.len();
            is_division.then_some(()).ok_or_else(|| BadDesign::Groups(why.to_owned()))
        };
        let independent = |why| match dependence {
            None => Ok(()),
            Some(_) => Err(BadDesign::NeedsIndependence(why)),
        };
        let (n_rows, plan) = match &kind {
            Kind::LatinHypercube { n } => {
                let n = size(*n, 1, "rows")?;
                if n.saturating_mul(inputs.len()) > MOST_IN_HYPERCUBE {
                    return Err(BadDesign::Size(format!(
                        "a Latin hypercube of {n} rows is kept in memory, and {} inputs make it too large; \
                         use a Sobol sequence",
                        inputs.len()
                    )));
                }
                (Some(n), Plan::Latin(Latin::new(n, inputs.len(), dependence.as_ref(), seed)?))
            }
            Kind::Sobol { n } => {
                let sequence = Sequence::new(inputs.len())?;
                (Some(size(*n, 1, "rows")?), Plan::Sequence(sequence, dependence))
            }
            Kind::Saltelli { n, groups, .. } => {
                independent(
                    "Sobol indices divide the variance among inputs that are independent; with rank \
                     correlations the parts overlap and no longer sum to it: use a Latin hypercube and \
                     first-order indices from the sample, or leave the correlations out",
                )?;
                fits(groups)?;
                let sequence = Sequence::new(2 * inputs.len())?;
                let n = size(*n, 1, "blocks")?;
                (n.checked_mul(block_size(&kind)), Plan::Sequence(sequence, None))
            }
            Kind::Morris { n, n_levels, groups } => {
                independent(
                    "elementary effects move one input while the others stay, which inputs with rank \
                     correlations do not: leave the correlations out",
                )?;
                fits(groups)?;
                if *n_levels < 2 || n_levels % 2 == 1 {
                    let why =
                        format!("{n_levels} levels: Morris's grid has an even number; 4 is usual");
                    return Err(BadDesign::Size(why));
                }
                let n = size(*n, 1, "trajectories")?;
                (n.checked_mul(block_size(&kind)), Plan::Trajectories)
            }
            Kind::Grid { n_levels } => {
                independent(
                    "a full grid takes every combination, whatever its probability: leave the rank \
                     correlations out, or use a Latin hypercube",
                )?;
                let n_levels = size(*n_levels, 2, "levels")?;
                let count = |input: &Input| match input.spread() {
                    Spread::Choice(options) => options.iter().filter(|(_, w)| *w > 0.0).count(),
                    _ => n_levels,
                };
                let counts: Vec<usize> = inputs.iter().map(count).collect();
                let n = counts.iter().try_fold(1usize, |n, count| n.checked_mul(*count));
                (n, Plan::Grid(counts))
            }
        };
        let n_rows = n_rows.filter(|n| *n <= u32::MAX as usize).ok_or_else(|| {
            BadDesign::Size("the design has more than 4,294,967,295 rows; take fewer".to_owned())
        })?;
        let fingerprint = Fingerprint::of(&kind, &inputs, &correlations, seed);
        Ok(Self { kind, inputs, correlations, seed, n_rows, fingerprint, plan })
    }

    /// How the rows are drawn.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// What is varied, in the order of the values of a row.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// The rank correlations asked for; empty if the inputs are independent.
    #[must_use]
    pub fn correlations(&self) -> &[RankCorrelation] {
        &self.correlations
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many rows there are.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Which design it is: a hash of kind, size, inputs with their spreads, correlations and seed.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The values of row `row`, one for each input. Needs no other row.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn row(&self, row: usize) -> Vec<f64> {
        let coordinates = self.coordinates(row);
        self.inputs.iter().zip(coordinates).map(|(input, share)| input.quantile(share)).collect()
    }

    /// The coordinates of row `row` in the unit cube: for each input the share of its probability below
    /// the value.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn coordinates(&self, row: usize) -> Vec<f64> {
        assert!(row < self.n_rows, "row {row} of a design of {} rows", self.n_rows);
        let n = self.inputs.len();
        match (&self.plan, &self.kind) {
            (Plan::Latin(latin), _) => (0..n).map(|input| latin.coordinate(row, input)).collect(),
            (Plan::Sequence(sequence, _), Kind::Saltelli { groups, .. }) => {
                let block = (row / block_size(&self.kind)) as u32;
                let place = Place::of(row % block_size(&self.kind), groups.len(), &self.kind);
                let dimension =
                    |input| if place.is_from_b(groups.of(input)) { n + input } else { input };
                (0..n).map(|input| sequence.scrambled(self.seed, block, dimension(input))).collect()
            }
            (Plan::Sequence(sequence, dependence), _) => {
                let point = |input| sequence.scrambled(self.seed, row as u32, input);
                let mut point: Vec<f64> = (0..n).map(point).collect();
                if let Some(dependence) = dependence {
                    dependence.copula(&mut point);
                }
                point
            }
            (Plan::Trajectories, Kind::Morris { n_levels, groups, .. }) => {
                let size = block_size(&self.kind);
                trajectories::point(groups, *n_levels, self.seed, row / size, row % size)
            }
            (Plan::Grid(counts), _) => {
                let mut rest = row;
                let mut point = vec![0.0; n];
                for input in (0..n).rev() {
                    point[input] = level(&self.inputs[input], rest % counts[input], counts[input]);
                    rest /= counts[input];
                }
                point
            }
            (Plan::Trajectories, _) => unreachable!("only Morris's designs have trajectories"),
        }
    }
}

/// A place in a block of Saltelli's.
#[derive(Clone, Copy)]
enum Place {
    A,
    /// A with a group from B.
    Ab(usize),
    /// B with a group from A.
    Ba(usize),
    B,
}

impl Place {
    fn of(place: usize, n_groups: usize, kind: &Kind) -> Self {
        if place == 0 {
            Self::A
        } else if place == block_size(kind) - 1 {
            Self::B
        } else if place <= n_groups {
            Self::Ab(place - 1)
        } else {
            Self::Ba(place - 1 - n_groups)
        }
    }

    fn is_from_b(self, group: usize) -> bool {
        match self {
            Self::A => false,
            Self::Ab(changed) => group == changed,
            Self::Ba(changed) => group != changed,
            Self::B => true,
        }
    }
}

/// Rows that belong together: a block of Saltelli's, a trajectory of Morris's, or one.
pub(crate) fn block_size(kind: &Kind) -> usize {
    match kind {
        Kind::Saltelli { second_order: true, groups, .. } => 2 * groups.len() + 2,
        Kind::Saltelli { second_order: false, groups, .. } => groups.len() + 2,
        Kind::Morris { groups, .. } => groups.len() + 1,
        Kind::LatinHypercube { .. } | Kind::Sobol { .. } | Kind::Grid { .. } => 1,
    }
}

fn size(n: usize, least: usize, what: &str) -> Result<usize, BadDesign> {
    if n < least {
        return Err(BadDesign::Size(format!("{n} {what}: take {least} or more")));
    }
    if n > u32::MAX as usize {
        return Err(BadDesign::Size(format!("{n} {what}: take fewer than 4,294,967,296")));
    }
    Ok(n)
}

/// Coordinate at which a grid takes an input for the `at`-th time of `count`: evenly from 0 to 1, or the
/// middle of an option.
fn level(input: &Input, at: usize, count: usize) -> f64 {
    let Spread::Choice(options) = input.spread() else {
        return at as f64 / (count - 1) as f64;
    };
    let total: f64 = options.iter().map(|(_, weight)| weight).sum();
    let weights = || options.iter().map(|(_, weight)| *weight).filter(|weight| *weight > 0.0);
    let below: f64 = weights().take(at).sum();
    let own = weights().nth(at).expect("as many as there are options of positive weight");
    (below + own / 2.0) / total
}
