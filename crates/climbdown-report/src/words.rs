//! Names and values of a scenario in the words of its file.

use climbdown_lang::scenario::{Domain, Measure, MoveId, Scenario, Variable};
use climbdown_study::findings::{Degree, IsFirst, Sign};
use quantal::{Branch, Claim, Unsolved};
use serde_json::Value;

use crate::number;

/// What people call the actor, seat or other part with this short name.
#[must_use]
pub fn seat_name<'a>(scenario: &'a Scenario, id: &'a str) -> &'a str {
    scenario.seats.iter().find(|s| s.id == id).map_or(id, |s| &s.name)
}

/// What people call this actor.
#[must_use]
pub fn actor_name<'a>(scenario: &'a Scenario, id: &'a str) -> &'a str {
    scenario.actors.iter().find(|a| a.id == id).map_or(id, |a| &a.name)
}

/// A move for people: its text, or else its short name.
#[must_use]
pub fn move_text(scenario: &Scenario, id: MoveId) -> &str {
    let m = &scenario.moves[id.index()];
    m.text.as_deref().unwrap_or(&m.id)
}

/// The value of `variable` at position `at` of its domain, as the file writes it.
#[must_use]
pub fn value(scenario: &Scenario, variable: &Variable, at: u8) -> Value {
    match &variable.domain {
        Domain::Boolean => Value::from(at != 0),
        Domain::Words(words) => words.get(at as usize).map_or(Value::Null, |w| w.as_str().into()),
        Domain::Integers { low, .. } => Value::from(low + i32::from(at)),
        Domain::Actors => {
            scenario.actors.get(at as usize).map_or(Value::Null, |a| a.id.as_str().into())
        }
    }
}

/// A value without quotation marks.
#[must_use]
pub fn value_text(scenario: &Scenario, variable: &Variable, at: u8) -> String {
    match value(scenario, variable, at) {
        Value::String(word) => word,
        other => other.to_string(),
    }
}

/// The measure in words: "rung 8 or higher", "F6 (clash of principals)".
#[must_use]
pub fn measure(scenario: &Scenario, measure: Measure) -> String {
    let ladder = &scenario.ladders[0];
    match measure {
        Measure::Rung(rung) => match ladder.rungs.iter().find(|r| r.rung == rung) {
            Some(r) => format!("rung {rung} ({}) or higher", lower_first(&r.name)),
            None => format!("rung {rung} or higher"),
        },
        Measure::Firebreak(at) => match ladder.firebreaks.get(at) {
            Some(f) => format!("crossing {} ({})", f.id, lower_first(&f.name)),
            None => format!("crossing firebreak {at}"),
        },
    }
}

/// The text with a small first letter, unless its first word is an abbreviation.
#[must_use]
pub fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

/// `major`, `minor`, `none`.
#[must_use]
pub fn degree(degree: Degree) -> &'static str {
    match degree {
        Degree::Major => "major",
        Degree::Minor => "minor",
        Degree::None => "none",
    }
}

/// `raises`, `lowers`, `none`.
#[must_use]
pub fn sign(sign: Sign) -> &'static str {
    match sign {
        Sign::Raises => "raises",
        Sign::Lowers => "lowers",
        Sign::None => "none",
    }
}

/// `traced`, `first_crossing_of_3`, `warm_unverified`, `selection_undetermined`.
#[must_use]
pub fn branch(branch: Branch) -> String {
    match branch {
        Branch::Traced => "traced".to_owned(),
        Branch::FirstCrossingOf(n) => format!("first_crossing_of_{n}"),
        Branch::WarmUnverified => "warm_unverified".to_owned(),
        Branch::SelectionUndetermined => "selection_undetermined".to_owned(),
    }
}

/// The branch in a sentence.
#[must_use]
pub fn branch_sentence(branch: Branch) -> String {
    match branch {
        Branch::Traced => "principal branch, followed from lambda 0".to_owned(),
        Branch::FirstCrossingOf(1) => "principal branch, which folds on the way".to_owned(),
        Branch::FirstCrossingOf(n) => format!("principal branch, first of {n} crossings"),
        Branch::WarmUnverified => "a solution NOT followed from lambda 0".to_owned(),
        Branch::SelectionUndetermined => "selection not determined by the model".to_owned(),
    }
}

/// `sequential_equilibrium`, `agent_equilibrium`.
#[must_use]
pub fn claim(claim: Claim) -> &'static str {
    match claim {
        Claim::SequentialEquilibrium => "sequential_equilibrium",
        Claim::AgentEquilibrium => "agent_equilibrium",
    }
}

/// Why something could not be followed or solved.
#[must_use]
pub fn unsolved(why: &Unsolved) -> String {
    match why {
        Unsolved::NotConverged { reached, steps, .. } => {
            format!(
                "no point was found beyond lambda {} in {steps} sweeps",
                number::given(*reached)
            )
        }
        Unsolved::Cancelled => "it was stopped".to_owned(),
    }
}

/// `2024-11-11` as `11 November 2024`; other text as it is.
#[must_use]
pub fn day(iso: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let parts: Vec<&str> = iso.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return iso.to_owned() };
    match (month.parse::<usize>(), day.parse::<u8>()) {
        (Ok(m @ 1..=12), Ok(d)) => format!("{d} {} {year}", MONTHS[m - 1]),
        _ => iso.to_owned(),
    }
}

/// A length of time in weeks, days or hours, whichever is whole.
#[must_use]
pub fn span_of_hours(hours: u64) -> String {
    let (n, unit) = match hours {
        h if h > 0 && h % 168 == 0 => (h / 168, "week"),
        h if h > 0 && h % 24 == 0 => (h / 24, "day"),
        h => (h, "hour"),
    };
    crate::number::of(usize::try_from(n).unwrap_or(usize::MAX), unit)
}

/// Whether something is a first.
pub fn is_first(answer: IsFirst) -> &'static str {
    match answer {
        IsFirst::Yes => "yes",
        IsFirst::No => "no",
        IsFirst::Disputed => "disputed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_out() {
        assert_eq!(day("2025-03-02"), "2 March 2025");
        assert_eq!(day("tenure"), "tenure");
    }

    #[test]
    fn spans_are_whole() {
        assert_eq!(span_of_hours(8 * 14 * 24), "16 weeks");
        assert_eq!(span_of_hours(36), "36 hours");
        assert_eq!(span_of_hours(24), "1 day");
    }
}
