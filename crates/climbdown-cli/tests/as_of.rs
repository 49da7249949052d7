//! `assess --as-of`: what a date changes, and which dates are refused.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Its question is asked in the middle of its history.
const CRISIS: &str = "scenarios/able-archer-1983";

fn assess(more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_climbdown"))
        .args(["assess", CRISIS, "--quiet"])
        .args(more)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .output()
        .expect("the command runs")
}

fn json(more: &[&str]) -> Value {
    let done = assess(&[more, &["--json"]].concat());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("JSON")
}

#[test]
fn an_answer_says_as_of_when_it_stands_and_what_it_took_in() {
    let plain = json(&[]);
    assert_eq!((&plain["run"]["as_of"], &plain["as_of"]), (&Value::Null, &Value::Null));
    let early = json(&["--as-of", "1983-11-02"]);
    let late = json(&["--as-of", "1983-11-09"]);
    assert_eq!(early["run"]["as_of"], "1983-11-02");
    assert_eq!(late["as_of"]["date"], "1983-11-09");
    let acts = |answer: &Value| answer["as_of"]["acts"].as_u64().expect("a number");
    assert!(acts(&early) < acts(&late), "{} and {}", early["as_of"], late["as_of"]);
    assert_eq!(late["as_of"]["left_out"], 0);
    let measure = |answer: &Value| answer["effect"]["as_policy"]["measure"]["focal"].clone();
    assert_ne!(measure(&early), measure(&late), "what was seen between them counts");
    assert_eq!(json(&["--as-of", "1983-11-09"]), late, "the same bytes again");
    let text = assess(&["--as-of", "1983-11-09"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains("As of 9 November 1983:"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 92), "{text}");
}

#[test]
fn dates_that_are_none_and_dates_outside_the_game_are_wrong_usage() {
    for (date, words) in [
        ("9 November 1983", "is not a date"),
        ("1983-11-31", "is not a date"),
        ("19831109", "is not a date"),
        ("1983-11-01", "outside the time of the game"),
        ("1983-12-24", "outside the time of the game"),
    ] {
        let done = assess(&["--as-of", date]);
        assert_eq!(done.status.code(), Some(2), "{date}");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(said.contains(words) && said.contains(date), "{said}");
        assert!(done.stdout.is_empty(), "{date}");
    }
}
