//! First of its kind? What earlier rows of a history say about the codes of the tiny scenario's act.
//!
//! `stop-ships` (M2, E1, by the challenger) crosses F2 (means of M2 or more), the stated line free-strait (M2
//! or more, E1 or more, whoever acts) and breaks the norm free-passage (the same, by the challenger).

#[allow(dead_code, reason = "shared with the tests of the replay")]
mod support;

use climbdown_lang::template::Assignment;
use climbdown_study::findings::{First, IsFirst};
use climbdown_study::{AssessOptions, assess};

/// The answers with these rows before the start.
fn firsts(rows: &str) -> Option<Vec<First>> {
    let template = support::tiny(rows, "", "hold").template;
    let options = AssessOptions { lambda: 5.0, tolerance: 1e-10, band: vec![], attribution: false };
    let point = Assignment::point(&template.scenario);
    assess(&template, &point, &options, &mut |_, _| true).expect("it is solved").firsts
}

/// The answers for F2, the line and the norm.
fn answers(rows: &str) -> [IsFirst; 3] {
    let all = firsts(rows).expect("the history reaches back");
    let keys: Vec<&str> = all.iter().map(|f| &*f.key).collect();
    assert_eq!(keys, ["F2", "free-strait", "free-passage"]);
    [0, 1, 2].map(|k: usize| all[k].answer)
}

const YES: IsFirst = IsFirst::Yes;
const NO: IsFirst = IsFirst::No;
const DISPUTED: IsFirst = IsFirst::Disputed;

#[test]
fn a_history_that_does_not_reach_back_says_nothing() {
    assert_eq!(firsts(support::HISTORY), None);
    assert_eq!(firsts(""), None);
}

#[test]
fn an_earlier_act_counts_by_its_codes() {
    // The same move before: none of it is a first.
    assert_eq!(answers("2029-06-01,northport,,stop-ships,,,,,,,,s,high\n"), [NO, NO, NO]);
    // Words alone: all of it is.
    assert_eq!(answers("2029-06-01,northport,,wait,,,,,,,,s,high\n"), [YES, YES, YES]);
    // The other side stopped ships: the norm binds the challenger only.
    assert_eq!(answers("2029-06-01,southport,,,M2,E1,I2,,,,,s,high\n"), [NO, NO, YES]);
    // What the row states goes before what the move is coded as.
    assert_eq!(answers("2029-06-01,northport,,stop-ships,M1,,,,,,,s,high\n"), [YES, YES, YES]);
}

#[test]
fn what_is_unknown_or_told_differently_is_disputed() {
    // Against whom is not known: the firebreak looks at means alone.
    assert_eq!(answers("2029-06-01,northport,,,M2,,,,,,,s,low\n"), [NO, DISPUTED, DISPUTED]);
    // Means too low settle it, whatever else is unknown.
    assert_eq!(answers("2029-06-01,northport,,,M1,,,,,,,s,low\n"), [YES, YES, YES]);
    let account = "2029-06-01,northport,,stop-ships,,,,,,press,0.5,s,low\n";
    assert_eq!(answers(account), [DISPUTED; 3]);
    // One act that is agreed on settles it.
    let agreed = "2029-07-01,northport,,stop-ships,,,,,,,,t,high\n";
    assert_eq!(answers(&format!("{account}{agreed}")), [NO; 3]);
    let all = firsts(&format!("{account}{agreed}")).expect("the history reaches back");
    let told: Vec<_> = all[0]
        .precedents
        .iter()
        .map(|p| (&*p.date, &*p.account, p.is_agreed, &*p.source))
        .collect();
    assert_eq!(told, [("2029-06-01", "press", false, "s"), ("2029-07-01", "", true, "t")]);
}
