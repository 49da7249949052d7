//! Rival explanations: the verdict under each, and whether the answer depends on which one is true.

use climbdown_lang::scenario::Fixes;

use crate::Unanswered;
use crate::findings::{Change, Degree, HypothesisFinding, Sign};
use crate::prepared::{Answer, Audits, Case, Prepared};
use crate::replay::{Replay, prior};
use crate::varied::fix;

/// The answer under every hypothesis of the scenario, each by itself; `history` says what was observed.
///
/// # Errors
/// If the watcher says to stop.
pub fn hypotheses(
    ready: &Prepared<'_>,
    base: &Case,
    history: Option<&Replay>,
    watch: &mut dyn FnMut(usize) -> bool,
) -> Result<(Vec<HypothesisFinding>, Audits), Unanswered> {
    let scenario = &ready.template.scenario;
    let all: Vec<(usize, usize)> = scenario
        .hypothesis_sets
        .iter()
        .enumerate()
        .flat_map(|(s, set)| (0..set.hypotheses.len()).map(move |h| (s, h)))
        .collect();
    let case = |k: usize| {
        let (s, h) = all[k];
        let mut case = base.clone();
        fix(&mut case, &scenario.hypothesis_sets[s].hypotheses[h]);
        case
    };
    let (answers, audits) = ready.answers(all.len(), 0, &case, watch)?;
    let found = all.iter().zip(answers).map(|(&(s, h), answer)| {
        let set = &scenario.hypothesis_sets[s];
        let hypothesis = &set.hypotheses[h];
        let of_set = history.and_then(|r| r.hypotheses.iter().find(|b| b.id == set.id));
        let seen = of_set.and_then(|b| b.hypotheses.iter().find(|b| b.id == hypothesis.id));
        let is_type = |f: &Fixes| matches!(f, Fixes::Type(..));
        HypothesisFinding {
            set: set.id.clone(),
            id: hypothesis.id.clone(),
            claim: hypothesis.claim.clone(),
            prior: prior(scenario, &base.assignment, hypothesis),
            posterior: seen.and_then(|b| b.posterior),
            log_likelihood: seen.and_then(|b| b.log_likelihood),
            told_apart: of_set.and_then(|b| b.told_apart),
            fixes_parameter: !hypothesis.fixes.iter().all(is_type),
            answer: answer.as_ref().ok().map(verdict_of),
            why_not: answer.err().map(|why| in_words(&why)),
        }
    });
    Ok((found.collect(), audits))
}

fn verdict_of(answer: &Answer) -> (Degree, Degree, Sign, f64, Change) {
    (answer.kind, answer.degree, answer.sign(), answer.margin, answer.measure)
}

/// Why something has no answer, in a few words.
#[must_use]
pub fn in_words(why: &Unanswered) -> String {
    match why {
        Unanswered::Numbers(bad) => bad.message.clone(),
        Unanswered::Question(text) => text.clone(),
        Unanswered::Unsolved(name, quantal::Unsolved::NotConverged { .. }) => {
            format!("{name}: not converged")
        }
        Unanswered::Unsolved(name, quantal::Unsolved::Cancelled) => format!("{name}: stopped"),
    }
}
