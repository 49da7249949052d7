//! Exploration: what the spread of one measure comes from, and where among the inputs its cases lie
//! (docs/methods/sweeps.md).

mod boxes;

use std::collections::BTreeMap;

use climbdown_lang::scenario::Scenario;
use climbdown_lang::template::Assignment;

use crate::Unanswered;
use crate::design::{BadDesign, Fingerprint, Kind, Part, Runs};
use crate::sensitivity::{
    Among, ElementaryEffects, GivenData, NotAnalysed, Of, Pawn, Question, Resampling, Shuffling,
    SobolIndices, given_data, morris, pawn, sobol,
};
use crate::study::Told;
use crate::sweep::{Grouping, Layout, Measured, Ready, Sweep, SweepOptions, design};
use crate::varied::{Beside, Varied};

pub use boxes::{BoxFound, Discovery, LeafFound, LimitFound, discover};

/// A way of exploring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Sobol indices, from blocks.
    Sobol,
    /// Elementary effects, from trajectories.
    Morris,
    /// First-order indices from a sample.
    GivenData,
    /// PAWN, from a sample.
    Pawn,
    /// Boxes, from a sample.
    Prim,
}

/// All of them, with the names they are asked for by.
pub const METHODS: [(&str, Method); 5] = [
    ("sobol", Method::Sobol),
    ("morris", Method::Morris),
    ("given-data", Method::GivenData),
    ("pawn", Method::Pawn),
    ("prim", Method::Prim),
];

/// What is asked of the draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Path of the measure.
    pub measure: String,
    /// Its value, or whether it is above a number.
    pub of: Of,
    /// Only draws in which the measure of this path is above the number, or at most it.
    pub among: Option<(String, bool, f64)>,
}

impl Asked {
    fn question(&self) -> Question<'_> {
        let among = match &self.among {
            None => Among::All,
            Some((path, true, x)) => Among::Above(path, *x),
            Some((path, false, x)) => Among::AtMost(path, *x),
        };
        Question { measure: &self.measure, of: self.of, among }
    }
}

/// How to explore.
#[derive(Clone, Debug)]
pub struct ExploreOptions {
    /// What is asked.
    pub asked: Asked,
    /// Ways of exploring, each at most once.
    pub methods: Vec<Method>,
    /// Draws of the sample; the other designs take their size from it.
    pub draws: usize,
    /// What is varied beside the parameters.
    pub beside: Beside,
    /// What is moved together in blocks and trajectories.
    pub grouping: Grouping,
    /// Whether indices of pairs are wanted.
    pub second_order: bool,
    /// Seed.
    pub seed: u64,
}

/// A set of draws that was made or read.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    /// In words: a Latin hypercube, trajectories, blocks.
    pub layout: &'static str,
    /// Draws.
    pub rows: usize,
    /// Those that failed.
    pub failed: usize,
    /// Why, with how many.
    pub failures: Vec<(String, usize)>,
    /// Inputs varied.
    pub inputs: Vec<String>,
    /// Which design.
    pub design: Fingerprint,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Exploration {
    /// What was asked.
    pub asked: Asked,
    /// The draws it rests on.
    pub samples: Vec<Sampled>,
    /// Elementary effects, or why there are none; `None` if not asked for.
    pub morris: Option<Result<ElementaryEffects, String>>,
    /// Sobol indices.
    pub sobol: Option<Result<SobolIndices, String>>,
    /// By what the inputs were ranked to take some of them for Sobol indices; `None` if all were taken.
    pub screened_by: Option<&'static str>,
    /// Inputs that stayed at the file's values while Sobol indices were found for the others.
    pub left_out: Vec<String>,
    /// First-order indices from the sample.
    pub given_data: Option<Result<GivenData, String>>,
    /// PAWN indices.
    pub pawn: Option<Result<Pawn, String>>,
    /// Boxes, one entry for each kind of case.
    pub discoveries: Vec<Discovery>,
}

/// Inputs that blocks are spent on; a block has two rows more than there are.
pub const MOST_IN_BLOCKS: usize = 8;
/// Draws of the sample for each trajectory: Morris (1991) and Campolongo and others (2007) take some ten.
const DRAWS_PER_TRAJECTORY: usize = 64;
/// Draws of the sample for each block.
const DRAWS_PER_BLOCK: usize = 8;
/// Bootstrap resamples.
const RESAMPLES: usize = 200;
/// Their confidence.
pub const CONFIDENCE: f64 = 0.95;
/// Slices of PAWN (Pianosi and Wagener 2018).
const SLICES: usize = 10;
/// Random orders for noise floors, and their level.
const SHUFFLING: (usize, f64) = (100, 0.95);
/// Rows solved between two looks at what is kept in memory.
const ROWS_AT_ONCE: usize = 512;

/// Why there is no exploration.
#[derive(Clone, Debug)]
pub enum NotExplored {
    /// The design cannot be made.
    Design(BadDesign),
    /// Nothing solved, or stopped.
    Unanswered(Unanswered),
}

impl From<BadDesign> for NotExplored {
    fn from(bad: BadDesign) -> Self {
        Self::Design(bad)
    }
}

impl From<Unanswered> for NotExplored {
    fn from(why: Unanswered) -> Self {
        Self::Unanswered(why)
    }
}

/// What the given runs tell, by the methods that can read them; one that cannot says why.
#[must_use]
pub fn read(
    scenario: &Scenario,
    varied: &Varied,
    runs: &Runs<'_>,
    failures: Vec<(String, usize)>,
    options: &ExploreOptions,
) -> Exploration {
    let mut found = Exploration::empty(&options.asked);
    found.take(scenario, varied, runs, failures, options, &options.methods);
    found
}

/// Makes draws and explores them: a Latin hypercube; trajectories over all inputs; and blocks over the
/// inputs that stand out in these, the others staying at the file's values.
///
/// # Errors
/// [`NotExplored`].
pub fn explore(
    base: &Assignment,
    ready: &Ready<'_>,
    options: &ExploreOptions,
    told: Told<'_>,
) -> Result<Exploration, NotExplored> {
    let scenario = ready.scenario();
    let mut found = Exploration::empty(&options.asked);
    let wants = |method: Method| options.methods.contains(&method);
    let of_sample: Vec<Method> = [Method::GivenData, Method::Pawn, Method::Prim]
        .into_iter()
        .filter(|method| wants(*method))
        .collect();
    let layout = |layout: Layout, draws: usize, beside: &Beside| SweepOptions {
        draws,
        layout,
        second_order: options.second_order,
        grouping: options.grouping,
        beside: beside.clone(),
        seed: options.seed,
    };
    if !of_sample.is_empty() {
        let varied = design(scenario, base, &layout(Layout::Lhs, options.draws, &options.beside))?;
        let (parts, failures) = solved(&varied, ready, "draws", told)?;
        let runs = Runs::assemble(&varied.design, parts).expect("made of this design");
        found.take(scenario, &varied, &runs, failures, options, &of_sample);
    }
    let n_inputs = crate::varied::inputs(scenario, base, &options.beside)?.len();
    let is_screened =
        wants(Method::Sobol) && options.grouping == Grouping::Inputs && n_inputs > MOST_IN_BLOCKS;
    let mut beside = options.beside.clone();
    if wants(Method::Morris) || is_screened {
        let n = options.draws.div_ceil(DRAWS_PER_TRAJECTORY).max(2);
        match design(scenario, base, &layout(Layout::Morris, n * (n_inputs + 1), &options.beside)) {
            Err(bad) => {
                // What refuses trajectories refuses blocks, whichever inputs they are over.
                found.morris = Some(Err(bad.to_string()));
                found.sobol = wants(Method::Sobol).then(|| Err(bad.to_string()));
            }
            Ok(varied) => {
                let (parts, failures) = solved(&varied, ready, "trajectories", told)?;
                let runs = Runs::assemble(&varied.design, parts).expect("made of this design");
                found.take(scenario, &varied, &runs, failures, options, &[Method::Morris]);
            }
        }
        if is_screened
            && found.sobol.is_none()
            && let Some((by, order)) = found.ranking()
        {
            let at = MOST_IN_BLOCKS.min(order.len());
            beside.only = order[..at].to_vec();
            found.left_out = order[at..].to_vec();
            found.screened_by = Some(by);
        }
    }
    if found.sobol.is_some() {
        return Ok(found);
    }
    if is_screened && found.screened_by.is_none() {
        let why = "neither the trajectories nor the sample rank the inputs, and blocks over all of them take \
                   too many draws; make a sweep with `--design saltelli`, or name a few inputs with --only";
        found.sobol = Some(Err(why.to_owned()));
    } else if wants(Method::Sobol) {
        let n = options.draws.div_ceil(DRAWS_PER_BLOCK).next_power_of_two();
        let one = design(scenario, base, &layout(Layout::Saltelli, 1, &beside));
        let blocks = one.and_then(|one| {
            let draws = n * crate::design::block_size(one.design.kind());
            design(scenario, base, &layout(Layout::Saltelli, draws, &beside))
        });
        match blocks {
            Err(bad) => found.sobol = Some(Err(bad.to_string())),
            Ok(varied) => {
                let (parts, failures) = solved(&varied, ready, "blocks", told)?;
                let runs = Runs::assemble(&varied.design, parts).expect("made of this design");
                found.take(scenario, &varied, &runs, failures, options, &[Method::Sobol]);
            }
        }
    }
    Ok(found)
}

/// Solves all rows of a design; also why draws failed.
#[allow(clippy::type_complexity, reason = "parts, and reasons with their number")]
fn solved(
    varied: &Varied,
    ready: &Ready<'_>,
    what: &str,
    told: Told<'_>,
) -> Result<(Vec<Part>, Vec<(String, usize)>), Unanswered> {
    let sweep = Sweep::new(varied, ready);
    let n = varied.design.n_rows();
    let mut parts = Vec::new();
    let mut reasons: Vec<String> = Vec::new();
    for from in (0..n).step_by(ROWS_AT_ONCE) {
        let rows = from..n.min(from + ROWS_AT_ONCE);
        let swept = sweep.rows(rows, &mut |k| told(what, from + k, n))?;
        parts.push(swept.part(sweep.measured(), &varied.design));
        reasons.extend(swept.came.into_iter().filter_map(Result::err));
    }
    Ok((parts, counted(reasons)))
}

/// Reasons with their number, the most frequent first.
#[must_use]
pub fn counted(reasons: Vec<String>) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for why in reasons {
        *counts.entry(why).or_insert(0) += 1;
    }
    let mut all: Vec<(String, usize)> = counts.into_iter().collect();
    all.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    all
}

impl Exploration {
    fn empty(asked: &Asked) -> Self {
        Self {
            asked: asked.clone(),
            samples: Vec::new(),
            morris: None,
            sobol: None,
            screened_by: None,
            left_out: Vec::new(),
            given_data: None,
            pawn: None,
            discoveries: Vec::new(),
        }
    }

    /// The inputs, those that stand out first, and by what: the elementary effects, or, where too many
    /// trajectories failed, the indices from the sample.
    fn ranking(&self) -> Option<(&'static str, Vec<String>)> {
        let (by, mut all): (_, Vec<(f64, &String)>) = match (&self.morris, &self.given_data) {
            (Some(Ok(effects)), _) => {
                ("mu*", effects.groups.iter().map(|g| (g.mu_star.value, &g.name)).collect())
            }
            (_, Some(Ok(shares))) => {
                let of_sample = shares.inputs.iter().map(|i| (i.first, &i.name)).collect();
                ("first-order index in the sample", of_sample)
            }
            _ => return None,
        };
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        Some((by, all.into_iter().map(|(_, name)| name.clone()).collect()))
    }

    /// Adds what `methods` read from `runs`.
    fn take(
        &mut self,
        scenario: &Scenario,
        varied: &Varied,
        runs: &Runs<'_>,
        failures: Vec<(String, usize)>,
        options: &ExploreOptions,
        methods: &[Method],
    ) {
        let design = runs.design();
        self.samples.push(Sampled {
            layout: match design.kind() {
                Kind::LatinHypercube { .. } => "Latin hypercube",
                Kind::Sobol { .. } => "Sobol sequence",
                Kind::Saltelli { .. } => "blocks",
                Kind::Morris { .. } => "trajectories",
                Kind::Grid { .. } => "grid",
            },
            rows: design.n_rows(),
            failed: runs.n_failed(),
            failures,
            inputs: design.inputs().iter().map(|i| i.name().to_owned()).collect(),
            design: design.fingerprint(),
        });
        let resampling =
            Resampling { seed: options.seed, resamples: RESAMPLES, confidence: CONFIDENCE };
        let (shuffles, level) = SHUFFLING;
        let shuffling = Shuffling { seed: options.seed, shuffles, level };
        let (question, measure) = (self.asked.question(), &self.asked.measure);
        let in_words = |why: NotAnalysed| why.to_string();
        let has = |method: Method| methods.contains(&method);
        let morris =
            has(Method::Morris).then(|| morris(runs, measure, resampling).map_err(in_words));
        let sobol = has(Method::Sobol).then(|| sobol(runs, measure, resampling).map_err(in_words));
        let given =
            has(Method::GivenData).then(|| given_data(runs, question, shuffling).map_err(in_words));
        let pawn =
            has(Method::Pawn).then(|| pawn(runs, question, SLICES, shuffling).map_err(in_words));
        let discoveries = if has(Method::Prim) {
            discover(scenario, varied, runs, &self.asked, options.seed)
        } else {
            Vec::new()
        };
        self.morris = morris.or(self.morris.take());
        self.sobol = sobol.or(self.sobol.take());
        self.given_data = given.or(self.given_data.take());
        self.pawn = pawn.or(self.pawn.take());
        self.discoveries.extend(discoveries);
    }
}

/// Whether something of this path is measured on every draw of `scenario`.
#[must_use]
pub fn is_measured(scenario: &Scenario, path: &str) -> bool {
    let Measured { numbers, words } = Measured::of(scenario);
    numbers.iter().chain(&words).any(|known| known == path)
}
