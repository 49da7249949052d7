//! One vocabulary for claims, risks and flips: paths into the JSON of `assess`, with ids in place of positions
//! (`effect.as_policy.firebreaks.F6.change`).

use climbdown_lang::hybrid::AXIS_NAMES;
use climbdown_lang::scenario::Scenario;

use crate::findings::{
    Attribution, Change, Degree, Effect, Findings, Outcome, Reading, RulesChange, Sign, Spiral,
    Verdict,
};
use crate::prepared::Answer;

/// What a path can name.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A word: a degree, a sign, a branch.
    Word(String),
    /// Yes or no.
    Truth(bool),
}

/// What it takes to know the value of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// An [`Answer`]: known in every draw.
    Answer,
    /// The base game played as well: known in the first [`crate::drawn::IN_FULL`] draws.
    Findings,
    /// Replies: known in as many.
    Spiral,
    /// The attribution, many games: known in the first [`crate::drawn::TAKEN_APART`] draws.
    Attribution,
    /// The study itself: known once, not by draw.
    Study,
}

/// What is known of one case.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The scenario, for ids.
    pub scenario: &'a Scenario,
    /// The headline and what stands beside it.
    pub answer: Option<&'a Answer>,
    /// What else was measured.
    pub findings: Option<Parts<'a>>,
}

/// Parts of findings; what was not measured is `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts<'a> {
    /// The answer by rule.
    pub verdict: Option<&'a Verdict>,
    /// What the focal move changes.
    pub effect: Option<&'a Effect>,
    /// What could follow.
    pub outcome: Option<&'a Outcome>,
    /// How others' behaviour changes.
    pub rules_change: Option<&'a RulesChange>,
    /// What each part of the act does.
    pub attribution: Option<&'a Attribution>,
    /// Reprisals.
    pub spiral: Option<&'a Spiral>,
}

impl<'a> From<&'a Findings> for Parts<'a> {
    fn from(found: &'a Findings) -> Self {
        Self {
            verdict: Some(&found.verdict),
            effect: Some(&found.effect),
            outcome: Some(&found.outcome),
            rules_change: Some(&found.rules_change),
            attribution: found.attribution.as_ref(),
            spiral: Some(&found.spiral),
        }
    }
}

const SIDES: [&str; 3] = ["focal", "reference", "change"];
const WAYS: [&str; 3] = ["deliberate", "inadvertent", "accidental"];

/// Every path the findings of `scenario` have, with what it takes to know it; sorted.
#[must_use]
pub fn paths(scenario: &Scenario) -> Vec<(String, Needs)> {
    let mut all: Vec<(String, Needs)> = Vec::new();
    let ladder = &scenario.ladders[0];
    let mut add = |path: String, needs: Needs| all.push((path, needs));
    for key in ["kind", "degree", "sign", "margin"] {
        add(format!("verdict.{key}"), Needs::Answer);
    }
    add("verdict.share_of_draws".into(), Needs::Study);
    add("effect.p_available".into(), Needs::Findings);
    for reading in ["as_policy", "if_you_do_it", "if_they_do_it"] {
        let is_policy = reading == "as_policy";
        let needs = if is_policy { Needs::Answer } else { Needs::Findings };
        for side in SIDES {
            add(format!("effect.{reading}.measure.{side}"), needs);
            add(format!("effect.{reading}.expected_peak.{side}"), needs);
            for rung in &ladder.rungs {
                add(format!("effect.{reading}.rungs.{}.{side}", rung.rung), needs);
            }
            for f in &ladder.firebreaks {
                add(format!("effect.{reading}.firebreaks.{}.{side}", f.id), needs);
                for way in WAYS {
                    add(format!("effect.{reading}.firebreaks.{}.{way}.{side}", f.id), needs);
                }
            }
            for actor in &scenario.actors {
                let path = |whose| format!("effect.{reading}.payoffs.{}.{whose}.{side}", actor.id);
                add(path("by_analyst"), needs);
                // Of the mover it is known in every draw.
                let own = if is_policy && is_mover_at_start(scenario, &actor.id) {
                    Needs::Answer
                } else {
                    Needs::Findings
                };
                add(path("by_own_beliefs"), own);
            }
        }
    }
    for key in ["start_rung", "expected_peak"] {
        add(format!("outcome.{key}"), Needs::Findings);
    }
    for rung in &ladder.rungs {
        add(format!("outcome.rungs.{}.p_peak_at_least", rung.rung), Needs::Findings);
    }
    for f in &ladder.firebreaks {
        for key in ["already_crossed", "p_cross"].into_iter().chain(WAYS) {
            add(format!("outcome.firebreaks.{}.{key}", f.id), Needs::Findings);
        }
    }
    add("rules_change.total".into(), Needs::Answer);
    for seat in &scenario.seats {
        for key in ["value", "on_codes", "by_availability"] {
            add(format!("rules_change.by_seat.{}.{key}", seat.id), Needs::Findings);
        }
    }
    for key in SPIRAL {
        add(format!("spiral.{key}"), Needs::Spiral);
    }
    for key in ["total", "remainder"] {
        add(format!("attribution.{key}"), Needs::Attribution);
    }
    for axis in AXIS_NAMES {
        for key in ["value", "first_in", "last_out"] {
            add(format!("attribution.shares.{axis}.{key}"), Needs::Attribution);
        }
    }
    for assumption in &scenario.assumptions {
        add(format!("assumptions.{}.load_bearing", assumption.id), Needs::Study);
    }
    for h in scenario.hypothesis_sets.iter().flat_map(|s| &s.hypotheses) {
        for key in ["kind", "degree", "sign", "margin"] {
            add(format!("hypotheses.{}.verdict.{key}", h.id), Needs::Study);
        }
        for key in ["prior", "posterior", "likelihood"] {
            add(format!("hypotheses.{}.{key}", h.id), Needs::Study);
        }
    }
    all.sort();
    all
}

const SPIRAL: [&str; 7] = [
    "ratio",
    "ratio_at_lambda_0",
    "severity_ratio",
    "expected_acts",
    "p_ceiling",
    "focal",
    "reference",
];

/// Whether `actor` holds the question's seat at the start of the scenario.
fn is_mover_at_start(scenario: &Scenario, actor: &str) -> bool {
    let occupant = scenario.seats[scenario.question.seat.index()].occupant;
    let start = scenario.variables[occupant.index()].start;
    scenario.actors[usize::from(start)].id == actor
}

/// Words a path can have as its value.
pub const WORDS: [&str; 5] = ["major", "minor", "none", "raises", "lowers"];

/// A name for a degree.
#[must_use]
pub fn degree_word(degree: Degree) -> &'static str {
    match degree {
        Degree::Major => "major",
        Degree::Minor => "minor",
        Degree::None => "none",
    }
}

/// A name for a sign.
#[must_use]
pub fn sign_word(sign: Sign) -> &'static str {
    match sign {
        Sign::Raises => "raises",
        Sign::Lowers => "lowers",
        Sign::None => "none",
    }
}

impl Known<'_> {
    /// The value of a path; `None` if it is not known here.
    #[must_use]
    pub fn value(&self, path: &str) -> Option<Value> {
        let parts: Vec<&str> = path.split('.').collect();
        self.value_at(&parts)
    }

    /// The same, the path cut at its dots.
    #[must_use]
    pub fn value_at(&self, parts: &[&str]) -> Option<Value> {
        self.in_answer(parts).or_else(|| self.in_findings(parts))
    }

    fn in_answer(&self, parts: &[&str]) -> Option<Value> {
        let answer = self.answer?;
        let ladder = &self.scenario.ladders[0];
        match parts {
            ["verdict", "kind"] => Some(word(degree_word(answer.kind))),
            ["verdict", "degree"] => Some(word(degree_word(answer.degree))),
            ["verdict", "sign"] => Some(word(sign_word(answer.sign()))),
            ["verdict", "margin"] => Some(Value::Number(answer.margin)),
            ["rules_change", "total"] => answer.rules_total.map(Value::Number),
            ["effect", "as_policy", rest @ ..] => match rest {
                ["measure", side] => of(answer.measure, side),
                ["expected_peak", side] => of(answer.expected_peak, side),
                ["rungs", rung, side] => {
                    let rung: u8 = rung.parse().ok()?;
                    let at = ladder.rungs.iter().position(|r| r.rung == rung)?;
                    of(answer.rungs[at], side)
                }
                ["firebreaks", id, rest @ ..] => {
                    let at = ladder.firebreaks.iter().position(|f| f.id == *id)?;
                    let ways = answer.firebreaks[at];
                    match rest {
                        [side] => of(summed(&ways), side),
                        [way, side] => of(ways[WAYS.iter().position(|w| w == way)?], side),
                        _ => None,
                    }
                }
                ["payoffs", actor, whose, side] => {
                    let at = self.scenario.actors.iter().position(|a| a.id == *actor)?;
                    match *whose {
                        "by_analyst" => of(answer.payoffs[at], side),
                        "by_own_beliefs" if answer.mover.index() == at => {
                            of((*answer.preference.first()?)?, side)
                        }
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn in_findings(&self, parts: &[&str]) -> Option<Value> {
        let found = self.findings?;
        match parts {
            ["verdict", key] => in_verdict(found.verdict?, key),
            ["effect", "p_available"] => number(found.effect?.p_available),
            ["effect", name, rest @ ..] => in_reading(reading(found.effect?, name)?, rest),
            ["outcome", rest @ ..] => in_outcome(found.outcome?, rest),
            ["attribution", rest @ ..] => in_attribution(found.attribution?, rest),
            ["rules_change", rest @ ..] => in_rules(found.rules_change?, rest),
            ["spiral", key] => in_spiral(found.spiral?, key),
            _ => None,
        }
    }
}

fn word(text: &str) -> Value {
    Value::Word(text.to_owned())
}

#[allow(clippy::unnecessary_wraps, reason = "for the arms of a match")]
fn number(x: f64) -> Option<Value> {
    Some(Value::Number(x))
}

fn of(change: Change, side: &str) -> Option<Value> {
    number(match side {
        "focal" => change.focal,
        "reference" => change.reference,
        "change" => change.change(),
        _ => return None,
    })
}

fn summed(ways: &[Change; 3]) -> Change {
    let sum = |side: fn(&Change) -> f64| ways.iter().map(side).sum();
    Change { focal: sum(|c| c.focal), reference: sum(|c| c.reference) }
}

fn reading<'f>(effect: &'f Effect, name: &str) -> Option<&'f Reading> {
    match name {
        "as_policy" => Some(&effect.as_policy),
        "if_you_do_it" => Some(&effect.if_you_do_it),
        "if_they_do_it" => effect.if_they_do_it.as_ref(),
        _ => None,
    }
}

fn in_verdict(verdict: &Verdict, key: &str) -> Option<Value> {
    Some(match key {
        "kind" => word(degree_word(verdict.kind)),
        "degree" => word(degree_word(verdict.degree)),
        "sign" => word(sign_word(verdict.sign)),
        "margin" => Value::Number(verdict.margin),
        _ => return None,
    })
}

fn in_rules(rules: &RulesChange, parts: &[&str]) -> Option<Value> {
    match parts {
        ["total"] => rules.total.map(Value::Number),
        ["by_seat", seat, key] => {
            let seat = rules.by_seat.iter().find(|s| s.seat == *seat)?;
            number(match *key {
                "value" => seat.value,
                "on_codes" => seat.on_codes,
                "by_availability" => seat.by_availability,
                _ => return None,
            })
        }
        _ => None,
    }
}

fn in_spiral(spiral: &Spiral, key: &str) -> Option<Value> {
    match key {
        "ratio" => spiral.ratio,
        "ratio_at_lambda_0" => spiral.ratio_at_lambda_0,
        "focal" => spiral.focal,
        "reference" => spiral.reference,
        "severity_ratio" => spiral.severity_ratio,
        "expected_acts" => Some(spiral.expected_acts),
        "p_ceiling" => Some(spiral.p_ceiling),
        _ => None,
    }
    .map(Value::Number)
}

fn in_reading(reading: &Reading, parts: &[&str]) -> Option<Value> {
    match parts {
        ["measure", side] => of(reading.measure, side),
        ["expected_peak", side] => of(reading.expected_peak, side),
        ["rungs", rung, side] => {
            let (_, change) = reading.rungs.iter().find(|(r, _)| r.to_string() == *rung)?;
            of(*change, side)
        }
        ["firebreaks", id, rest @ ..] => {
            let f = reading.firebreaks.iter().find(|f| f.id == *id)?;
            match rest {
                [side] => of(f.p_cross, side),
                ["deliberate", side] => of(f.deliberate, side),
                ["inadvertent", side] => of(f.inadvertent, side),
                ["accidental", side] => of(f.accidental, side),
                _ => None,
            }
        }
        ["payoffs", actor, whose, side] => {
            let (_, by_analyst, own) = reading.payoffs.iter().find(|(id, ..)| id == actor)?;
            match *whose {
                "by_analyst" => of(*by_analyst, side),
                "by_own_beliefs" => of(*own, side),
                _ => None,
            }
        }
        _ => None,
    }
}

fn in_attribution(found: &Attribution, parts: &[&str]) -> Option<Value> {
    match parts {
        ["total"] => number(found.total),
        ["remainder"] => number(found.remainder),
        ["shares", axis, key] => {
            let share = found.shares.iter().find(|s| s.axis.name() == *axis)?;
            match *key {
                "value" => number(share.value),
                "first_in" => share.first_in.map(Value::Number),
                "last_out" => share.last_out.map(Value::Number),
                _ => None,
            }
        }
        _ => None,
    }
}

fn in_outcome(outcome: &Outcome, parts: &[&str]) -> Option<Value> {
    match parts {
        ["start_rung"] => number(f64::from(outcome.start_rung)),
        ["expected_peak"] => number(outcome.expected_peak),
        ["rungs", rung, "p_peak_at_least"] => {
            let rung = outcome.rungs.iter().find(|r| r.rung.to_string() == *rung)?;
            number(rung.p_peak_at_least)
        }
        ["firebreaks", id, key] => {
            let f = outcome.firebreaks.iter().find(|f| f.id == *id)?;
            match *key {
                "already_crossed" => Some(Value::Truth(f.already_crossed)),
                "p_cross" => number(f.p_cross),
                "deliberate" => number(f.deliberate),
                "inadvertent" => number(f.inadvertent),
                "accidental" => number(f.accidental),
                _ => None,
            }
        }
        _ => None,
    }
}
