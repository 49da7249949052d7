//! What a study varies, and how a row of its design becomes a case: parameters over their ranges, and on
//! request the precision of choice, what actors remember and rival explanations.

use climbdown_lang::part::Certainty;
use climbdown_lang::scenario::{Correlation, Fixes, Hypothesis, Memory, ParameterId, Scenario};
use climbdown_lang::source::Span;
use climbdown_lang::template::Assignment;

use crate::design::{BadDesign, Design, Input, Kind, RankCorrelation, Spread, from_parameter};
use crate::prepared::Case;
use crate::replay::prior;

/// What is varied beside the parameters that have a range.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beside {
    /// Precisions, all as likely; with fewer than two the one given elsewhere stands.
    pub lambdas: Vec<f64>,
    /// What actors remember, all as likely; with fewer than two the one given elsewhere stands.
    pub memories: Vec<Memory>,
    /// Whether rival explanations are drawn by their priors.
    pub hypotheses: bool,
    /// Names of the inputs that are varied, the others staying at the file's values; all if empty.
    pub only: Vec<String>,
}

/// What an input of a design sets.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sets {
    Parameter(ParameterId),
    /// Position in [`Beside::lambdas`].
    Lambda,
    /// Position in [`Beside::memories`].
    Memory,
    /// Which hypothesis of this set holds.
    Hypotheses(usize),
}

/// A design over the inputs of a scenario, and what each row means.
#[derive(Clone, Debug)]
pub struct Varied {
    /// The design.
    pub design: Design,
    sets: Vec<Sets>,
    beside: Beside,
    /// Values of the parameters that are not varied.
    base: Assignment,
}

/// The inputs of `scenario`: its parameters with a range, in the order of the file, then what is varied beside.
///
/// Parameters whose value in `base` is not the file's are left as they are: somebody has set them.
///
/// # Errors
/// If a range cannot carry its distribution.
pub fn inputs(
    scenario: &Scenario,
    base: &Assignment,
    beside: &Beside,
) -> Result<Vec<Input>, BadDesign> {
    Ok(listed(scenario, base, beside)?.into_iter().map(|(input, _)| input).collect())
}

fn listed(
    scenario: &Scenario,
    base: &Assignment,
    beside: &Beside,
) -> Result<Vec<(Input, Sets)>, BadDesign> {
    let mut found = Vec::new();
    for (at, parameter) in scenario.parameters.iter().enumerate() {
        #[expect(clippy::float_cmp, reason = "a value that was set differs in some bit")]
        if base.values[at] != parameter.value {
            continue;
        }
        if let Some(input) = from_parameter(parameter)? {
            found.push((input, Sets::Parameter(ParameterId::new(at))));
        }
    }
    if beside.lambdas.len() > 1 {
        let choice = beside.lambdas.iter().map(|&l| (l, 1.0)).collect();
        found.push((Input::new("lambda", Spread::Choice(choice))?, Sets::Lambda));
    }
    if beside.memories.len() > 1 {
        // A list of options is numbered from 0.
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let choice = (0..beside.memories.len()).map(|m| (m as f64, 1.0)).collect();
        found.push((Input::new("memory", Spread::Choice(choice))?, Sets::Memory));
    }
    if beside.hypotheses {
        if scenario.hypothesis_sets.is_empty() {
            return Err(BadDesign::NoSuchInput("hypotheses".to_owned()));
        }
        for (s, set) in scenario.hypothesis_sets.iter().enumerate() {
            // A list of options is numbered from 0.
            #[expect(clippy::cast_precision_loss, reason = "small counts")]
            let option = |(h, hypothesis): (usize, &Hypothesis)| {
                (h as f64, prior(scenario, base, hypothesis))
            };
            let options = set.hypotheses.iter().enumerate().map(option).collect();
            let input = Input::new(format!("hypotheses.{}", set.id), Spread::Choice(options))?;
            found.push((input, Sets::Hypotheses(s)));
        }
    }
    if let Some(name) = beside.only.iter().find(|n| !found.iter().any(|(i, _)| i.name() == *n)) {
        return Err(BadDesign::NoSuchInput(name.clone()));
    }
    found.retain(|(input, _)| {
        beside.only.is_empty() || beside.only.iter().any(|n| n == input.name())
    });
    Ok(found)
}

impl Varied {
    /// A design of `kind` over the inputs of `scenario`, with the rank correlations between them; `kind` may
    /// need the inputs, for its groups.
    ///
    /// # Errors
    /// [`BadDesign`], also if there is nothing to vary.
    pub fn new(
        scenario: &Scenario,
        base: Assignment,
        beside: &Beside,
        (kind, seed): (Kind, u64),
    ) -> Result<Self, BadDesign> {
        let (inputs, sets): (Vec<Input>, Vec<Sets>) =
            listed(scenario, &base, beside)?.into_iter().unzip();
        let correlations = correlations(scenario, &inputs);
        let design = Design::new(kind, inputs, correlations, seed)?;
        Ok(Self { design, sets, beside: beside.clone(), base })
    }

    /// The case of row `row`, and Λ if that is varied.
    #[must_use]
    pub fn case(&self, scenario: &Scenario, row: usize) -> (Case, Option<f64>) {
        let mut case = Case::plain(self.base.clone());
        let mut lambda = None;
        for (value, sets) in self.design.row(row).into_iter().zip(&self.sets) {
            match *sets {
                Sets::Parameter(at) => case.assignment.values[at.index()] = value,
                Sets::Lambda => lambda = Some(value),
                Sets::Memory => {}
                Sets::Hypotheses(set) => {
                    fix(&mut case, &scenario.hypothesis_sets[set].hypotheses[position(value)]);
                }
            }
        }
        (case, lambda)
    }

    /// What actors remember in row `row`, if that is varied.
    #[must_use]
    pub fn memory(&self, row: usize) -> Option<Memory> {
        let at = self.sets.iter().position(|s| *s == Sets::Memory)?;
        Some(self.beside.memories[position(self.design.row(row)[at])])
    }

    /// What is varied beside the parameters.
    #[must_use]
    pub fn beside(&self) -> &Beside {
        &self.beside
    }

    /// The precisions that are varied; empty if none.
    #[must_use]
    pub fn lambdas(&self) -> &[f64] {
        if self.sets.contains(&Sets::Lambda) { &self.beside.lambdas } else { &[] }
    }

    /// The memories that are varied; empty if none.
    #[must_use]
    pub fn memories(&self) -> &[Memory] {
        if self.sets.contains(&Sets::Memory) { &self.beside.memories } else { &[] }
    }

    /// What an input is a choice of, by number, if it chooses among things with names.
    #[must_use]
    pub fn labels(&self, scenario: &Scenario, input: usize) -> Option<Vec<String>> {
        match self.sets[input] {
            Sets::Memory => Some(
                self.beside
                    .memories
                    .iter()
                    .map(|m| match m {
                        Memory::Situation => "situation".to_owned(),
                        Memory::History => "history".to_owned(),
                    })
                    .collect(),
            ),
            Sets::Hypotheses(set) => {
                let all = &scenario.hypothesis_sets[set].hypotheses;
                Some(all.iter().map(|h| h.id.clone()).collect())
            }
            Sets::Parameter(_) | Sets::Lambda => None,
        }
    }

    /// The parameter that an input sets, if it sets one.
    #[must_use]
    pub fn parameter(&self, input: usize) -> Option<ParameterId> {
        match self.sets[input] {
            Sets::Parameter(at) => Some(at),
            _ => None,
        }
    }
}

/// The position that a value of a choice among named things is.
#[must_use]
pub fn position(value: f64) -> usize {
    // Options are whole numbers from 0.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position")]
    let at = value as usize;
    at
}

/// The rank correlations of `scenario` between inputs that are varied; one with a parameter that stays
/// where it is has no say.
fn correlations(scenario: &Scenario, inputs: &[Input]) -> Vec<RankCorrelation> {
    let name = |id: ParameterId| scenario.parameters[id.index()].name.clone();
    let is_varied = |name: &String| inputs.iter().any(|input| input.name() == name);
    let all = scenario.correlations.iter().map(|c| RankCorrelation {
        first: name(c.between.0),
        second: name(c.between.1),
        value: c.rank,
    });
    all.filter(|c| is_varied(&c.first) && is_varied(&c.second)).collect()
}

/// Rank correlations of `scenario` that no inputs can have together: where the pair is written that cannot
/// have what it is given, and which it is.
#[must_use]
pub fn contradiction(scenario: &Scenario) -> Option<(Span, String)> {
    if scenario.correlations.is_empty() {
        return None;
    }
    let found = inputs(scenario, &Assignment::point(scenario), &Beside::default()).ok()?;
    let correlations = correlations(scenario, &found);
    let kind = Kind::Sobol { n: 1 };
    match Design::new(kind, found, correlations, 0) {
        Err(bad @ BadDesign::NotPositiveDefinite { .. }) => {
            let BadDesign::NotPositiveDefinite { first, second, .. } = &bad else { return None };
            let name = |id: ParameterId| &scenario.parameters[id.index()].name;
            let is_pair = |c: &&Correlation| {
                let pair = (name(c.between.0), name(c.between.1));
                pair == (first, second) || pair == (second, first)
            };
            let pair = scenario.correlations.iter().find(is_pair)?;
            Some((pair.span, bad.to_string()))
        }
        _ => None,
    }
}

/// Puts into `case` what a hypothesis fixes: a parameter for everybody, a type for the analyst and whoever
/// it is known to (model.md §5).
pub fn fix(case: &mut Case, hypothesis: &Hypothesis) {
    for fixes in &hypothesis.fixes {
        match *fixes {
            Fixes::Parameter(at, x) => case.assignment.values[at.index()] = x,
            Fixes::Type(variable, value) => case.certainties.push(Certainty {
                variable,
                value,
                known_to: hypothesis.known_to.iter().map(|a| a.index()).collect(),
            }),
        }
    }
}
