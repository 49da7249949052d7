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

/// What is worked out once, so that each row is cheap.
#[derive(Clone, Debug)]
enum Plan {
    Latin(Latin),
    Sequence(Sequence, Option<Dependence>),
    Trajectories,
    /// The coordinates of each input.
    Grid(Vec<Vec<f64>>),
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
                let levels: Vec<Vec<f64>> =
                    inputs.iter().map(|input| levels(input, n_levels)).collect();
                let n = levels.iter().try_fold(1usize, |n, l| n.checked_mul(l.len()));
                (n, Plan::Grid(levels))
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
            (Plan::Grid(levels), _) => {
                let mut rest = row;
                let mut point: Vec<f64> = (0..n)
                    .rev()
                    .map(|input| {
                        let level = levels[input][rest % levels[input].len()];
                        rest /= levels[input].len();
                        level
                    })
                    .collect();
                point.reverse();
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

/// Coordinates at which a grid takes an input: even ones from 0 to 1, or the middle of each option.
fn levels(input: &Input, n_levels: usize) -> Vec<f64> {
    let Spread::Choice(options) = input.spread() else {
        return (0..n_levels).map(|level| level as f64 / (n_levels - 1) as f64).collect();
    };
    let total: f64 = options.iter().map(|(_, weight)| weight).sum();
    let mut below = 0.0;
    let mut middles = Vec::new();
    for (_, weight) in options.iter().filter(|(_, weight)| *weight > 0.0) {
        middles.push((below + weight / 2.0) / total);
        below += weight;
    }
    middles
}
