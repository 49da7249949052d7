//! Where the cases of interest lie, as boxes with what is known of their worth.

use climbdown_lang::scenario::Scenario;

use super::Asked;
use crate::design::{Kind, Runs, Spread};
use crate::discovery::{
    CartOptions, Clause, Input, InputWords, Limit, Limits, PrimOptions, Resampling, Rule, Sample,
    Values, clauses, cover, grow, reproduce, sentence,
};
use crate::sensitivity::Of;
use crate::sweep::Measured;
use crate::varied::{Varied, position};

/// Boxes around one kind of case.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovery {
    /// The kind of case: "the move backfires".
    pub outcome: String,
    /// Draws looked at.
    pub rows: usize,
    /// Draws left out: failed, or without a value.
    pub left_out: usize,
    /// Draws that are cases.
    pub of_interest: usize,
    /// The least share of cases asked of a box.
    pub least_density: f64,
    /// The boxes, each found among what those before it leave; or why there is none.
    pub boxes: Result<Vec<BoxFound>, String>,
    /// A second opinion: leaves of a classification tree that are as dense.
    pub leaves: Vec<LeafFound>,
}

/// A box.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxFound {
    /// In a sentence.
    pub text: String,
    /// What it asks of each input that it restricts.
    pub limits: Vec<LimitFound>,
    /// Share of all cases that is inside.
    pub coverage: f64,
    /// Share of the draws inside that are cases.
    pub density: f64,
    /// Share of all draws that is inside.
    pub mass: f64,
}

/// What a box asks of one input.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitFound {
    /// The input.
    pub input: String,
    /// Smallest and largest value inside, of a number.
    pub range: Option<(f64, f64)>,
    /// Names inside, of a choice.
    pub names: Option<Vec<String>>,
    /// The larger quasi-p-value of its sides.
    pub quasi_p: Option<f64>,
    /// Share of halves of the draws in which a box as complete restricts this input, too.
    pub by_coverage: f64,
    /// The same for a box as dense.
    pub by_density: f64,
}

/// A leaf of a classification tree.
#[derive(Clone, Debug, PartialEq)]
pub struct LeafFound {
    /// In a sentence.
    pub text: String,
    /// Share of all cases in it.
    pub coverage: f64,
    /// Share of its draws that are cases.
    pub density: f64,
}

/// Most inputs that a box restricts, so that it can be read; by feel.
const MOST_INPUTS: usize = 4;
/// Most boxes for one kind of case.
const MOST_BOXES: usize = 2;
/// Restrictions more probable by chance than this are dropped.
const LEVEL: f64 = 0.05;
/// Halves of the draws that a box is looked for in again; as EMA Workbench.
const HALVES: usize = 10;
/// Splits above a leaf.
const DEPTH: usize = 3;
/// A leaf has one in so many of the draws.
const LEAF: usize = 20;

/// The boxes of every kind of case: the move backfires, it is a major escalation in degree, and, if the
/// question is whether a measure is above a number, that.
#[must_use]
pub fn discover(
    scenario: &Scenario,
    varied: &Varied,
    runs: &Runs<'_>,
    asked: &Asked,
    seed: u64,
) -> Vec<Discovery> {
    let measured = Measured::of(scenario);
    let is_own = |path: &&String| {
        path.starts_with("effect.as_policy.payoffs.") && path.ends_with(".by_own_beliefs.change")
    };
    let mut kinds: Vec<(String, Vec<(String, f64)>)> = Vec::new();
    if let Some(own) = measured.numbers.iter().find(is_own) {
        let worse = ("effect.as_policy.measure.change".to_owned(), 0.0);
        kinds.push(("The move backfires".to_owned(), vec![(own.clone(), 0.0), worse]));
    }
    // A degree ranks 2 if it is major.
    kinds
        .push(("The move is major in degree".to_owned(), vec![("verdict.degree".to_owned(), 1.5)]));
    if let Of::Exceeds(x) = asked.of {
        kinds.push((format!("{} is above {x}", asked.measure), vec![(asked.measure.clone(), x)]));
    }
    kinds
        .into_iter()
        .map(|(outcome, above)| one(scenario, varied, runs, asked, (outcome, &above), seed))
        .collect()
}

fn one(
    scenario: &Scenario,
    varied: &Varied,
    runs: &Runs<'_>,
    asked: &Asked,
    (outcome, above): (String, &[(String, f64)]),
    seed: u64,
) -> Discovery {
    let columns: Vec<(Vec<Option<f64>>, f64)> =
        above.iter().filter_map(|(path, x)| Some((runs.column(path)?, *x))).collect();
    let condition = asked
        .among
        .as_ref()
        .and_then(|(path, is_above, x)| Some((runs.column(path)?, *is_above, *x)));
    let (mut rows, mut interest, mut left_out) = (Vec::new(), Vec::new(), 0);
    for row in 0..runs.rows().len() {
        let values: Option<Vec<bool>> =
            columns.iter().map(|(column, x)| column[row].map(|value| value > *x)).collect();
        let is_among = match &condition {
            None => Some(true),
            Some((column, is_above, x)) => column[row].map(|value| (value > *x) == *is_above),
        };
        match (values, is_among) {
            (Some(all), Some(true)) => {
                rows.push(row);
                interest.push(f64::from(u8::from(all.iter().all(|is| *is))));
            }
            (Some(_), Some(false)) => {}
            _ => left_out += 1,
        }
    }
    let of_interest = interest.iter().filter(|is| **is > 0.0).count();
    // Draws are far fewer than 2^52.
    #[expect(clippy::cast_precision_loss, reason = "counts of draws")]
    let share = of_interest as f64 / rows.len().max(1) as f64;
    let least_density = f64::midpoint(share, 1.0);
    let mut found = Discovery {
        outcome,
        rows: rows.len(),
        left_out,
        of_interest,
        least_density,
        boxes: Ok(Vec::new()),
        leaves: Vec::new(),
    };
    if matches!(runs.design().kind(), Kind::Saltelli { .. } | Kind::Morris { .. }) {
        found.boxes =
            Err("boxes are looked for in a sample; the rows of this design repeat values"
                .to_owned());
        return found;
    }
    let sample = match Sample::new(inputs(scenario, varied, runs, &rows), &interest, left_out) {
        Ok(sample) => sample,
        Err(bad) => {
            found.boxes = Err(bad.to_string());
            return found;
        }
    };
    let words = words(runs);
    let say = |said: &[Clause]| sentence(&found.outcome, said, &words);
    let options = PrimOptions::USUAL;
    let rule = Rule { least_density, most_inputs: MOST_INPUTS, level: Some(LEVEL) };
    let boxes = cover(&sample, &options, &rule, MOST_BOXES).map_err(|why| why.to_string());
    let boxes = boxes.map(|cover| {
        let of = |found: &crate::discovery::Found| {
            let resampling = Resampling { seed, stream: 0, n_draws: HALVES, share: 0.5 };
            let again = reproduce(&sample, &found.path, found.chosen, &resampling);
            let step = &found.step;
            let limit = |input: usize| {
                let own = step.restrictions.iter().filter(|r| r.input == input);
                let quasi_p = own.filter_map(|r| r.quasi_p).reduce(f64::max);
                let (range, names) = asks(&sample, varied, scenario, &step.limits, input);
                LimitFound {
                    input: sample.name(input).to_owned(),
                    range,
                    names,
                    quasi_p,
                    by_coverage: again[input].by_coverage,
                    by_density: again[input].by_density,
                }
            };
            BoxFound {
                text: say(&clauses(&sample, &step.limits)),
                limits: step.restricted().into_iter().map(limit).collect(),
                coverage: step.coverage,
                density: step.density,
                mass: step.mass,
            }
        };
        cover.boxes.iter().map(of).collect()
    });
    let tree =
        grow(&sample, &CartOptions { most_depth: Some(DEPTH), least_leaf: sample.n_rows() / LEAF });
    let leaves =
        tree.leaves().filter(|leaf| leaf.density >= least_density && leaf.of_interest > 0.0);
    let leaves = leaves
        .map(|leaf| LeafFound {
            text: say(&clauses(&sample, &leaf.limits)),
            coverage: leaf.coverage,
            density: leaf.density,
        })
        .collect();
    found.leaves = if boxes.is_ok() { leaves } else { Vec::new() };
    found.boxes = boxes;
    found
}

/// What limits ask of an input: a range of numbers, or names.
#[allow(clippy::type_complexity, reason = "one or the other")]
fn asks(
    sample: &Sample,
    varied: &Varied,
    scenario: &Scenario,
    limits: &Limits,
    input: usize,
) -> (Option<(f64, f64)>, Option<Vec<String>>) {
    debug_assert!(input < sample.n_inputs());
    match &limits.by_input[input] {
        Limit::Range { low, high } => (Some((*low, *high)), None),
        Limit::Labels(inside) => {
            let labels = varied.labels(scenario, input).unwrap_or_default();
            let inside = labels.into_iter().zip(inside).filter(|(_, is)| **is);
            (None, Some(inside.map(|(label, _)| label).collect()))
        }
    }
}

/// The inputs of `rows` in columns.
fn inputs(scenario: &Scenario, varied: &Varied, runs: &Runs<'_>, rows: &[usize]) -> Vec<Input> {
    let values: Vec<Vec<f64>> = rows.iter().map(|&row| runs.design().row(row)).collect();
    let column = |at: usize| match varied.labels(scenario, at) {
        Some(labels) => {
            Values::Labels { labels, of_row: values.iter().map(|row| position(row[at])).collect() }
        }
        None => Values::Real(values.iter().map(|row| row[at]).collect()),
    };
    let named = runs.design().inputs().iter().enumerate();
    named.map(|(at, input)| Input { name: input.name().to_owned(), values: column(at) }).collect()
}

/// How inputs are spoken of: by their names, with the range they moved over.
fn words(runs: &Runs<'_>) -> Vec<InputWords> {
    let range = |spread: &Spread| match spread {
        Spread::Uniform { low, high }
        | Spread::Triangular { low, high, .. }
        | Spread::Normal { low, high }
        | Spread::Lognormal { low, high }
        | Spread::Beta { low, high, .. } => format!("{low} to {high}"),
        Spread::Choice(_) => String::new(),
    };
    let of = |input: &crate::design::Input| InputWords {
        subject: input.name().to_owned(),
        unit: String::new(),
        range: range(input.spread()),
        phrases: None,
    };
    runs.design().inputs().iter().map(of).collect()
}
