//! PRIM, the patient rule induction method (Friedman and Fisher 1999): a box is peeled a little at a
//! time where that raises the share of interest most, then pasted where it was peeled too far. Every
//! box on the way is kept.
//!
//! Rules and their order are those of EMA Workbench 2.5.3, so that the boxes are the same
//! (docs/methods/discovery.md says where they are not).

use std::fmt;

use super::limits::{Limit, Limits, near};
use super::paste;
use super::peel::Peeled;
use super::quasi_p::upper_tail;
use super::sample::{Cells, Sample, Tally};

/// What a peel or paste is judged by. With m the share of interest and n the number of rows, before
/// (old) and after (new):
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// (m new − m old) / |n new − n old|: the gain for each row given up. EMA Workbench's default, made
    /// for inputs with labels, where one peel may take away many rows (Kwakkel and Jaxa-Rozen 2016).
    Lenient1,
    /// n new · (m new − m old) / |n new − n old| (Friedman and Fisher 1999, section 14.6).
    Lenient2,
    /// m new (Friedman and Fisher 1999).
    Original,
}

/// How to peel and paste.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PrimOptions {
    peel_alpha: f64,
    paste_alpha: f64,
    least_mass: f64,
    objective: Objective,
}

/// Why options are no options: which is out of range, and what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct BadOptions {
    /// Which.
    pub option: &'static str,
    /// The range it must lie in.
    pub range: &'static str,
    /// What it was.
    pub value: f64,
}

impl fmt::Display for BadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BadOptions { option, range, value } = self;
        write!(f, "{option} is {value}; write a number {range}")
    }
}

impl std::error::Error for BadOptions {}

impl PrimOptions {
    /// The defaults of EMA Workbench 2.5.3. An alpha of 0.05 or 0.1 is typical (Hastie, Tibshirani and
    /// Friedman 2009, section 9.3).
    pub const USUAL: PrimOptions = PrimOptions {
        peel_alpha: 0.05,
        paste_alpha: 0.05,
        least_mass: 0.05,
        objective: Objective::Lenient1,
    };

    /// `peel_alpha`, `paste_alpha`: the share of a box's rows that is peeled off, or of the rows beside
    /// it that is pasted on, at a time. `least_mass`: the share of all rows a box must keep.
    ///
    /// # Errors
    /// [`BadOptions`] unless 0 < alpha < 0.5 and 0 ≤ least mass ≤ 1.
    pub fn new(
        peel_alpha: f64,
        paste_alpha: f64,
        least_mass: f64,
        objective: Objective,
    ) -> Result<Self, BadOptions> {
        for (option, value) in [("peel alpha", peel_alpha), ("paste alpha", paste_alpha)] {
            if !(value > 0.0 && value < 0.5) {
                return Err(BadOptions { option, range: "above 0 and below 0.5", value });
            }
        }
        if !(0.0..=1.0).contains(&least_mass) {
            let range = "from 0 to 1";
            return Err(BadOptions { option: "least mass", range, value: least_mass });
        }
        Ok(PrimOptions { peel_alpha, paste_alpha, least_mass, objective })
    }

    /// The share of a box's rows that is peeled off at a time.
    #[must_use]
    pub fn peel_alpha(&self) -> f64 {
        self.peel_alpha
    }

    /// The share of the rows beside a box that is pasted on at a time.
    #[must_use]
    pub fn paste_alpha(&self) -> f64 {
        self.paste_alpha
    }

    /// The share of all rows that a box must keep.
    #[must_use]
    pub fn least_mass(&self) -> f64 {
        self.least_mass
    }

    /// What peels and pastes are judged by.
    #[must_use]
    pub fn objective(&self) -> Objective {
        self.objective
    }
}

/// Why there is no box to look for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NothingToDiscover {
    /// No run is a case of interest.
    NoCases {
        /// Runs looked at.
        n_rows: usize,
    },
    /// Every run is one.
    AllCases {
        /// Runs looked at.
        n_rows: usize,
    },
    /// Every run has the same weight.
    EqualWeights {
        /// Runs looked at.
        n_rows: usize,
        /// The weight.
        weight: f64,
    },
}

impl fmt::Display for NothingToDiscover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing to discover: ")?;
        match self {
            Self::NoCases { n_rows } => write!(f, "none of {n_rows} runs is a case of interest"),
            Self::AllCases { n_rows } => write!(f, "all of {n_rows} runs are cases of interest"),
            Self::EqualWeights { n_rows, weight } => {
                write!(f, "all of {n_rows} runs are of interest by {weight} alike")
            }
        }
    }
}

impl std::error::Error for NothingToDiscover {}

/// All boxes on the way, the first with everything in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The boxes: the start, one for each peel, one for each paste.
    pub steps: Vec<Step>,
    /// How many of them are peels.
    pub n_peels: usize,
    /// The rows it was looked for among; all of the sample's, unless other boxes came before.
    pub rows: Vec<usize>,
    /// How it was looked for.
    pub options: PrimOptions,
}

/// A box on the path, and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The box.
    pub limits: Limits,
    /// Number of rows inside, of those the path was looked for among.
    pub n_rows: usize,
    /// How many of them are of interest (or the sum of their weights).
    pub of_interest: f64,
    /// Share of all cases of interest in the sample that is inside.
    pub coverage: f64,
    /// Share of the rows inside that is of interest.
    pub density: f64,
    /// Share of all rows of the sample that is inside; also called support.
    pub mass: f64,
    /// What it restricts, by input, the lower side first.
    pub restrictions: Vec<Restriction>,
}

impl Step {
    /// The inputs it restricts.
    #[must_use]
    pub fn restricted(&self) -> Vec<usize> {
        let mut inputs: Vec<usize> = self.restrictions.iter().map(|r| r.input).collect();
        inputs.dedup();
        inputs
    }
}

/// One limit of a box that is not that of the whole sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Restriction {
    /// The input.
    pub input: usize,
    /// Which limit.
    pub side: Side,
    /// Quasi-p-value: how likely as many cases of interest among as many rows would be if each were one
    /// with the share found without this restriction (Bryant and Lempert 2010). Not a probability that
    /// anything is true: the box was chosen by looking. `None` where outcomes are weights.
    pub quasi_p: Option<f64>,
}

/// A side of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Values above a lower limit.
    Lower,
    /// Values below an upper limit.
    Upper,
    /// Some of the labels.
    Labels,
}

/// Peels and pastes, from the box that has all runs of `sample` in it.
///
/// # Errors
/// [`NothingToDiscover`] if all runs are alike.
pub fn find_path(sample: &Sample, options: &PrimOptions) -> Result<Path, NothingToDiscover> {
    find_path_among(sample, (0..sample.n_rows()).collect(), options)
}

/// The same with only `rows`; coverage and mass remain shares of the whole sample.
pub(crate) fn find_path_among(
    sample: &Sample,
    rows: Vec<usize>,
    options: &PrimOptions,
) -> Result<Path, NothingToDiscover> {
    is_anything_there(sample, &rows)?;
    let start = Limits::of_all(sample);
    let mut steps = vec![step(sample, &rows, &start, start.clone())];
    let (mut limits, mut inside) = (start.clone(), sample.tally(rows.iter().copied()));
    let mass = |tally: Tally| tally.n as f64 / sample.n_rows() as f64;

    let mut peeled = Peeled::new(sample, &rows);
    while let Some((score, peel)) =
        best(&start, &limits, inside, peeled.peels(&limits, options), options)
        && mass(peel.inside) >= options.least_mass
        && peel.inside.n < inside.n
        && score > 0.0
    {
        peeled.keep(peel.input, &peel.limit);
        (limits, inside) = (limits.with(peel.input, peel.limit), peel.inside);
        steps.push(step(sample, &rows, &start, limits.clone()));
    }
    let n_peels = steps.len() - 1;

    while let Some((score, paste)) = best(
        &start,
        &limits,
        inside,
        paste::pastes(sample, &rows, &start, &limits, options),
        options,
    ) && mass(paste.inside) >= options.least_mass
        && paste.inside.n > inside.n
        && score > 0.0
        && paste.inside.mean() > inside.mean()
    {
        (limits, inside) = (limits.with(paste.input, paste.limit), paste.inside);
        steps.push(step(sample, &rows, &start, limits.clone()));
    }
    Ok(Path { steps, n_peels, rows, options: *options })
}

fn is_anything_there(sample: &Sample, rows: &[usize]) -> Result<(), NothingToDiscover> {
    let n_rows = rows.len();
    let tally = sample.tally(rows.iter().copied());
    if tally.weight == 0 {
        return Err(NothingToDiscover::NoCases { n_rows });
    }
    if tally.is_all() {
        return Err(NothingToDiscover::AllCases { n_rows });
    }
    if rows.iter().all(|&row| sample.weight(row) == sample.weight(rows[0])) {
        return Err(NothingToDiscover::EqualWeights { n_rows, weight: tally.mean() });
    }
    Ok(())
}

/// A box that differs from the present one in one limit.
pub(crate) struct Candidate {
    pub(crate) input: usize,
    pub(crate) limit: Limit,
    pub(crate) inside: Tally,
}

/// The best candidate and its score; of equals the one with fewest restricted inputs, then the first.
fn best(
    start: &Limits,
    limits: &Limits,
    old: Tally,
    candidates: Vec<Candidate>,
    options: &PrimOptions,
) -> Option<(f64, Candidate)> {
    let n_restricted = limits.restricted(start).len();
    let mut best: Option<(f64, usize, Candidate)> = None;
    for candidate in candidates {
        let Candidate { input, limit, inside } = &candidate;
        let was_restricted = limits.by_input[*input] != start.by_input[*input];
        let is_restricted = *limit != start.by_input[*input];
        let n = n_restricted + usize::from(is_restricted) - usize::from(was_restricted);
        let score = score(options.objective, old, *inside);
        if best.as_ref().is_none_or(|(s, m, _)| score > *s || (score == *s && n < *m)) {
            best = Some((score, n, candidate));
        }
    }
    best.map(|(score, _, candidate)| (score, candidate))
}

fn score(objective: Objective, old: Tally, new: Tally) -> f64 {
    let gain = new.mean() - old.mean();
    let change = old.n.abs_diff(new.n) as f64;
    match objective {
        Objective::Original if new.n == 0 => -1.0,
        Objective::Original => new.mean(),
        _ if gain == 0.0 => 0.0,
        Objective::Lenient1 => gain / change,
        Objective::Lenient2 => new.n as f64 * gain / change,
    }
}

/// Measures a box among `rows`.
pub(crate) fn step(sample: &Sample, rows: &[usize], start: &Limits, limits: Limits) -> Step {
    let near = near(sample, rows, &limits);
    let inside = near.inside;
    let mut restrictions = Vec::new();
    for input in limits.restricted(start) {
        let sides: &[Side] = match sample.cells(input) {
            Cells::Numbers { .. } => &[Side::Lower, Side::Upper],
            Cells::Labels { .. } => &[Side::Labels],
        };
        for &side in sides.iter().filter(|&&side| differs(&limits, start, input, side)) {
            // On the other side of this limit lies a row if and only if it holds once that is dropped.
            let dropped = without(&limits, start, input, side);
            let back = near.but_for[input].iter().copied();
            let back = back.filter(|&row| dropped.by_input[input].holds(sample, input, row));
            let without = inside.plus(sample.tally(back));
            let quasi_p = sample.is_binary().then(|| quasi_p(inside, without));
            restrictions.push(Restriction { input, side, quasi_p });
        }
    }
    Step {
        n_rows: inside.n,
        of_interest: inside.of_interest(),
        coverage: inside.of_interest() / sample.of_interest(),
        density: inside.mean(),
        mass: inside.n as f64 / sample.n_rows() as f64,
        restrictions,
        limits,
    }
}

fn quasi_p(inside: Tally, without: Tally) -> f64 {
    let count = |tally: Tally| tally.of_interest() as u64;
    upper_tail(count(inside), inside.n as u64, count(without), without.n as u64)
}

fn differs(limits: &Limits, start: &Limits, input: usize, side: Side) -> bool {
    without(limits, start, input, side).by_input[input] != limits.by_input[input]
}

/// The box with one side of one limit put back to where it was at the start.
pub(crate) fn without(limits: &Limits, start: &Limits, input: usize, side: Side) -> Limits {
    let limit = match (&limits.by_input[input], &start.by_input[input]) {
        (Limit::Range { high, .. }, Limit::Range { low, .. }) if side == Side::Lower => {
            Limit::Range { low: *low, high: *high }
        }
        (Limit::Range { low, .. }, Limit::Range { high, .. }) => {
            Limit::Range { low: *low, high: *high }
        }
        (_, all) => all.clone(),
    };
    limits.with(input, limit)
}
