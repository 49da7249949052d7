//! Sweeps: the rows of a design solved and measured, a range of rows at a time.
//!
//! What a row comes to depends on the design and on the base's solution alone, so ranges can be computed
//! anywhere and in any order (docs/methods/sweeps.md).

use std::ops::Range;

use climbdown_lang::scenario::{Memory, Scenario};
use climbdown_lang::template::{Assignment, Template};
use quantal::{Branch, Certificate, Unsolved};

use crate::Unanswered;
use crate::design::{BadDesign, Design, Groups, Input, Kind, Part};
use crate::measures::{Known, Needs, Value, paths};
use crate::prepared::{Answer, Asking, Audits, Case, Prepared};
use crate::rivals::in_words;
use crate::together::Watch;
use crate::varied::{Beside, Varied, inputs};

/// How the draws of a sweep are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A Latin hypercube.
    Lhs,
    /// A scrambled Sobol sequence.
    Sobol,
    /// Blocks for Sobol indices.
    Saltelli,
    /// Trajectories for elementary effects.
    Morris,
    /// All combinations of evenly spaced values.
    Grid,
}

/// The layouts with the names they are asked for by.
pub const LAYOUTS: [(&str, Layout); 5] = [
    ("lhs", Layout::Lhs),
    ("sobol", Layout::Sobol),
    ("saltelli", Layout::Saltelli),
    ("morris", Layout::Morris),
    ("grid", Layout::Grid),
];

/// What is varied together in the layouts that move one thing at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Each input by itself.
    Inputs,
    /// The inputs that one assumption binds; the others by themselves.
    Assumptions,
    /// The inputs of one unit.
    Units,
}

/// The groupings with the names they are asked for by.
pub const GROUPINGS: [(&str, Grouping); 3] = [
    ("inputs", Grouping::Inputs),
    ("assumptions", Grouping::Assumptions),
    ("units", Grouping::Units),
];

/// Which draws a sweep makes.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepOptions {
    /// How many; layouts that come in blocks take the next whole number of blocks, a grid as many as fit.
    pub draws: usize,
    /// How they are spread.
    pub layout: Layout,
    /// Whether a Saltelli layout has the blocks for indices of pairs.
    pub second_order: bool,
    /// What is varied together.
    pub grouping: Grouping,
    /// What is varied beside the parameters, or which inputs alone.
    pub beside: Beside,
    /// Seed of the design.
    pub seed: u64,
}

/// Levels of Morris's grid (Morris 1991 takes 4).
const MORRIS_LEVELS: usize = 4;

/// The design that `options` ask for.
///
/// # Errors
/// [`BadDesign`].
pub fn design(
    scenario: &Scenario,
    base: &Assignment,
    options: &SweepOptions,
) -> Result<Varied, BadDesign> {
    let inputs = inputs(scenario, base, &options.beside)?;
    if inputs.is_empty() {
        return Err(BadDesign::NoInputs);
    }
    let kind = kind(scenario, &inputs, options)?;
    Varied::new(scenario, base.clone(), &options.beside, (kind, options.seed))
}

fn kind(scenario: &Scenario, inputs: &[Input], options: &SweepOptions) -> Result<Kind, BadDesign> {
    let draws = options.draws;
    let grouped = || {
        let names: Vec<String> =
            inputs.iter().map(|i| group(scenario, i, options.grouping)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Groups::named(inputs, &names)
    };
    Ok(match options.layout {
        Layout::Lhs => Kind::LatinHypercube { n: draws },
        Layout::Sobol => Kind::Sobol { n: draws },
        Layout::Saltelli => {
            let (groups, second_order) = (grouped()?, options.second_order);
            let one = Kind::Saltelli { n: 1, second_order, groups: groups.clone() };
            let n = draws.div_ceil(crate::design::block_size(&one));
            Kind::Saltelli { n, second_order, groups }
        }
        Layout::Morris => {
            let groups = grouped()?;
            let n = draws.div_ceil(groups.len() + 1);
            Kind::Morris { n, n_levels: MORRIS_LEVELS, groups }
        }
        Layout::Grid => Kind::Grid { n_levels: levels(inputs, draws)? },
    })
}

/// The most levels whose grid has at most `draws` rows.
fn levels(inputs: &[Input], draws: usize) -> Result<usize, BadDesign> {
    let rows = |n_levels: usize| {
        let count = |input: &Input| match input.spread() {
            crate::design::Spread::Choice(options) => {
                options.iter().filter(|(_, weight)| *weight > 0.0).count()
            }
            _ => n_levels,
        };
        inputs.iter().try_fold(1usize, |n, input| n.checked_mul(count(input)))
    };
    let fits = |n_levels: usize| rows(n_levels).is_some_and(|n| n <= draws);
    if !fits(2) {
        let least = rows(2).map_or("more than can be counted".to_owned(), |n| n.to_string());
        return Err(BadDesign::Size(format!(
            "the smallest grid of {} inputs has {least} rows, and {draws} were asked for; vary fewer inputs, \
             or use a Latin hypercube",
            inputs.len()
        )));
    }
    // With choices alone, the number of levels changes nothing.
    let n_levels = (2..=draws.max(2)).take_while(|&n| fits(n)).take(1 << 16).last();
    Ok(if rows(2) == rows(3) { 2 } else { n_levels.unwrap_or(2) })
}

/// The name of the group an input is in.
fn group(scenario: &Scenario, input: &Input, grouping: Grouping) -> String {
    let parameter = scenario.parameters.iter().position(|p| p.name == input.name());
    let found = parameter.and_then(|at| match grouping {
        Grouping::Inputs => None,
        Grouping::Assumptions => scenario
            .assumptions
            .iter()
            .find(|a| a.binds.iter().any(|(bound, ..)| bound.index() == at))
            .map(|a| format!("assumption {}", a.id)),
        Grouping::Units => {
            let unit = scenario.parameters[at].unit.trim();
            (!unit.is_empty()).then(|| format!("unit {unit}"))
        }
    });
    found.unwrap_or_else(|| input.name().to_owned())
}

/// What is measured on every draw, by path: numbers and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Paths of numbers.
    pub numbers: Vec<String>,
    /// Paths of words.
    pub words: Vec<String>,
}

/// Paths whose value is a word.
const WORDS: [&str; 3] = ["verdict.kind", "verdict.degree", "verdict.sign"];

impl Measured {
    /// Everything that an answer tells of `scenario`.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        let known = paths(scenario).into_iter().filter(|(_, needs)| *needs == Needs::Answer);
        let (words, numbers) =
            known.map(|(path, _)| path).partition(|path| WORDS.contains(&path.as_str()));
        Self { numbers, words }
    }
}

/// What one policy game's solution is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    /// Largest log-residual.
    pub residual: f64,
    /// Largest regret, in stakes.
    pub max_regret: f64,
    /// Sweeps made.
    pub steps: usize,
    /// Relation to the branch from Λ = 0.
    pub branch: Branch,
}

impl Worth {
    fn of(certificate: &Certificate) -> Self {
        let Certificate { residual, max_regret, steps, branch, .. } = *certificate;
        Self { residual, max_regret, steps, branch }
    }
}

/// What a draw came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Came {
    /// By [`Measured::numbers`]; `None` where a measure has no value.
    pub numbers: Vec<Option<f64>>,
    /// By [`Measured::words`].
    pub words: Vec<Option<String>>,
    /// The policy games, the focal one first.
    pub worth: [Worth; 2],
}

/// A range of rows, solved and measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Swept {
    /// Which rows.
    pub rows: Range<usize>,
    /// What each came to, or why it failed.
    pub came: Vec<Result<Came, String>>,
    /// How often draws were checked.
    pub audits: Audits,
}

/// What a question is prepared with.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Setting {
    lambda: f64,
    memory: Memory,
}

/// The question prepared for every Λ and memory that designs may vary.
pub struct Ready<'t> {
    scenario: &'t Scenario,
    /// Where a design varies neither.
    usual: Setting,
    prepared: Vec<(Setting, Result<Prepared<'t>, Unanswered>)>,
}

impl<'t> Ready<'t> {
    /// Solves the question at `base` once for each of `templates`, which differ in memory and of which the
    /// first is the usual one, and each of `lambdas`; without any, for the Λ of `asking`.
    ///
    /// # Errors
    /// If no base can be solved, or the watcher says to stop.
    pub fn new(
        templates: &'t [Template],
        lambdas: &[f64],
        base: &Case,
        asking: &Asking,
        watch: Watch<'_>,
    ) -> Result<Self, Unanswered> {
        let lambdas = if lambdas.is_empty() { &[asking.lambda][..] } else { lambdas };
        let mut prepared = Vec::new();
        for template in templates {
            for &lambda in lambdas {
                let asking = Asking { lambda, ..asking.clone() };
                let found = Prepared::new(template, base, asking, &mut *watch);
                if let Err(Unanswered::Unsolved(what, Unsolved::Cancelled)) = found {
                    return Err(Unanswered::Unsolved(what, Unsolved::Cancelled));
                }
                prepared.push((Setting { lambda, memory: template.memory }, found));
            }
        }
        if prepared.iter().all(|(_, found)| found.is_err())
            && let Some((_, Err(why))) = prepared.pop()
        {
            return Err(why);
        }
        let usual = Setting { lambda: asking.lambda, memory: templates[0].memory };
        Ok(Self { scenario: &templates[0].scenario, usual, prepared })
    }
}

impl Ready<'_> {
    /// What is asked about.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        self.scenario
    }
}

/// A design ready to be solved.
pub struct Sweep<'r, 't> {
    varied: &'r Varied,
    ready: &'r Ready<'t>,
    measured: Measured,
}

impl<'r, 't> Sweep<'r, 't> {
    /// The design `varied`, whose precisions and memories are among those of `ready`.
    #[must_use]
    pub fn new(varied: &'r Varied, ready: &'r Ready<'t>) -> Self {
        Self { varied, ready, measured: Measured::of(ready.scenario) }
    }

    /// What is measured.
    #[must_use]
    pub fn measured(&self) -> &Measured {
        &self.measured
    }

    /// Solves and measures `rows`. `watch` is told how many of them are done.
    ///
    /// # Errors
    /// If the watcher says to stop.
    pub fn rows(
        &self,
        rows: Range<usize>,
        watch: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Swept, Unanswered> {
        let (numbers, words) = (cut(&self.measured.numbers), cut(&self.measured.words));
        let mut came: Vec<Option<Result<Came, String>>> = vec![None; rows.len()];
        let mut audits = Audits::default();
        let mut n_done = 0;
        for (setting, ready) in &self.ready.prepared {
            let own: Vec<usize> = rows.clone().filter(|&row| self.is_at(row, *setting)).collect();
            let found = match ready {
                Ok(ready) => {
                    let case = |k: usize| self.varied.case(self.ready.scenario, own[k]).0;
                    let (found, checked) =
                        ready.answers(own.len(), rows.start, &case, &mut |n| watch(n_done + n))?;
                    audits.add(&checked);
                    found
                }
                Err(why) => vec![Err(why.clone()); own.len()],
            };
            for (&row, answer) in own.iter().zip(&found) {
                let one =
                    answer.as_ref().map(|a| self.measure(a, [&numbers, &words])).map_err(in_words);
                came[row - rows.start] = Some(one);
            }
            n_done += own.len();
        }
        let came = came.into_iter().map(|c| c.expect("every row has one of the settings"));
        Ok(Swept { came: came.collect(), rows, audits })
    }

    fn is_at(&self, row: usize, setting: Setting) -> bool {
        let (_, lambda) = self.varied.case(self.ready.scenario, row);
        let lambda = lambda.unwrap_or(self.ready.usual.lambda);
        let memory = self.varied.memory(row).unwrap_or(self.ready.usual.memory);
        setting == Setting { lambda, memory }
    }

    /// `numbers` and `words` are the paths of what is measured, cut at their dots.
    fn measure(&self, answer: &Answer, [numbers, words]: [&[Vec<&str>]; 2]) -> Came {
        let known = Known { scenario: self.ready.scenario, answer: Some(answer), findings: None };
        let number = |path: &Vec<&str>| match known.value_at(path) {
            Some(Value::Number(x)) if x.is_finite() => Some(x),
            _ => None,
        };
        let word = |path: &Vec<&str>| match known.value_at(path) {
            Some(Value::Word(word)) => Some(word),
            _ => None,
        };
        Came {
            numbers: numbers.iter().map(number).collect(),
            words: words.iter().map(word).collect(),
            worth: [0, 1].map(|side: usize| Worth::of(&answer.certificates[side])),
        }
    }
}

/// Paths, cut at their dots.
fn cut(paths: &[String]) -> Vec<Vec<&str>> {
    paths.iter().map(|path| path.split('.').collect()).collect()
}

impl Swept {
    /// The rows as results of `design`: the numbers, then the words of the verdict as their ranks.
    #[must_use]
    pub fn part(&self, measured: &Measured, design: &Design) -> Part {
        let rows = self.rows.clone().zip(&self.came).map(|(row, came)| {
            let results = came.as_ref().ok().map(|came| {
                let words = came.words.iter().map(|word| word.as_deref().and_then(rank));
                came.numbers.iter().copied().chain(words).collect()
            });
            (row, results)
        });
        let measures = measured.numbers.iter().chain(&measured.words).cloned().collect();
        Part { design: design.fingerprint(), measures, rows: rows.collect() }
    }
}

/// A word of a verdict as a number, in its order: none, minor, major; lowers, none, raises as −1, 0, 1.
#[must_use]
pub fn rank(word: &str) -> Option<f64> {
    match word {
        "none" => Some(0.0),
        "minor" | "raises" => Some(1.0),
        "major" => Some(2.0),
        "lowers" => Some(-1.0),
        _ => None,
    }
}
