//! What a study varies, and how a row of its design becomes a case: parameters over their ranges, and on
//! request the precision of choice and rival explanations.

use climbdown_lang::part::Certainty;
use climbdown_lang::scenario::{Fixes, Hypothesis, ParameterId, Scenario};
use climbdown_lang::template::Assignment;

use crate::design::{BadDesign, Design, Input, Kind, RankCorrelation, Spread, from_parameter};
use crate::prepared::Case;
use crate::replay::prior;

/// What is varied beside the parameters that have a range.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beside {
    /// Precisions, all as likely; with fewer than two the one given elsewhere stands.
    pub lambdas: Vec<f64>,
    /// Whether rival explanations are drawn by their priors.
    pub hypotheses: bool,
}

/// What an input of a design sets.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sets {
    Parameter(ParameterId),
    /// Position in [`Beside::lambdas`].
    Lambda,
    /// Which hypothesis of this set holds.
    Hypotheses(usize),
}

/// A design over the inputs of a scenario, and what each row means.
#[derive(Clone, Debug)]
pub struct Varied {
    /// The design.
    pub design: Design,
    sets: Vec<Sets>,
    lambdas: Vec<f64>,
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
    if beside.hypotheses {
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
    Ok(found)
}

impl Varied {
    /// A design of `kind` over the inputs of `scenario`; `kind` may need the inputs, for its groups.
    ///
    /// # Errors
    /// [`BadDesign`], also if there is nothing to vary.
    pub fn new(
        scenario: &Scenario,
        base: Assignment,
        beside: &Beside,
        (kind, correlations, seed): (Kind, Vec<RankCorrelation>, u64),
    ) -> Result<Self, BadDesign> {
        let (inputs, sets) = listed(scenario, &base, beside)?.into_iter().unzip();
        let design = Design::new(kind, inputs, correlations, seed)?;
        Ok(Self { design, sets, lambdas: beside.lambdas.clone(), base })
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
                Sets::Hypotheses(set) => {
                    // Options are whole numbers from 0.
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "a position"
                    )]
                    let hypothesis = &scenario.hypothesis_sets[set].hypotheses[value as usize];
                    fix(&mut case, hypothesis);
                }
            }
        }
        (case, lambda)
    }

    /// The precisions that are varied; empty if none.
    #[must_use]
    pub fn lambdas(&self) -> &[f64] {
        if self.sets.contains(&Sets::Lambda) { &self.lambdas } else { &[] }
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
