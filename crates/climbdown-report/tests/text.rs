//! The text report: its layout, and what its first screen must say.

mod support;

use climbdown_report::Answer;
use climbdown_study::findings::{Change, Findings, Kind, Sign};
use proptest::prelude::*;

fn text(findings: &Findings) -> String {
    let scenario = support::scenario();
    climbdown_report::text(&Answer { findings, scenario: &scenario, run: &support::run() })
}

fn assert_fits(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 92, "{} columns: {line}", line.chars().count());
        assert_eq!(line, line.trim_end(), "no blanks at the end");
    }
}

#[test]
fn the_report_reads_like_this() {
    let text = text(&support::findings());
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn the_first_screen_says_question_answer_size_ground_confidence_and_limits() {
    let text = text(&support::findings());
    let screen = text.lines().take(25).collect::<Vec<_>>().join("\n");
    for needed in [
        "Grant it (grant), or keep the ban (keep)",
        "major in kind, major in degree (raises)",
        "from 24 in 100 (unlikely) to 46 in 100 (roughly even)",
        "What carries it: 4 of 6 numbers are judgement",
        "How sure: \"major in degree\" holds at 4 of 5 precisions of choice (lambda 1 to 20)",
        "What this is not: a forecast",
        "2 actors over 3 weeks (3 stages, 21,664 positions)",
    ] {
        let one_line = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(one_line.contains(needed), "first 25 lines lack: {needed}\n{screen}");
    }
}

#[test]
fn likelihood_and_confidence_never_share_a_sentence() {
    let text = text(&support::findings());
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sure = one_line.split(". ").filter(|s| s.contains("How sure"));
    for sentence in sure {
        assert!(!sentence.contains("likely") && !sentence.contains("roughly even"));
    }
}

#[test]
fn nothing_crossed_and_nothing_changed_is_said() {
    let mut findings = support::findings();
    findings.kind = Kind::default();
    findings.verdict.sign = Sign::None;
    findings.rules_change.total = None;
    findings.spiral.ratio = None;
    findings.band.clear();
    let text = text(&findings);
    assert_fits(&text);
    assert!(text.contains("\"grant\" crosses nothing that \"keep\" does not"));
    assert!(text.contains("about where it is"));
    assert!(text.contains("How sure: other precisions of choice were not solved."));
}

proptest! {
    #[test]
    fn every_line_fits_whatever_the_numbers(p in 0.0..=1.0f64, q in 0.0..=1.0f64, x in -1e12..1e12f64) {
        let mut findings = support::findings();
        let c = Change { focal: p, reference: q };
        findings.effect.as_policy.measure = c;
        findings.effect.as_policy.rungs.iter_mut().for_each(|(_, r)| *r = c);
        findings.effect.as_policy.payoffs[0].1 = Change { focal: x, reference: 0.0 };
        findings.spiral.expected_acts = x.abs();
        assert_fits(&text(&findings));
    }

    #[test]
    fn every_line_fits_whatever_the_names(name in "[a-z -]{1,300}") {
        let mut scenario = support::scenario();
        scenario.title.clone_from(&name);
        scenario.actors[0].name.clone_from(&name);
        scenario.seats[1].name.clone_from(&name);
        scenario.ladders[0].rungs[3].name.clone_from(&name);
        scenario.ladders[0].firebreaks[1].name.clone_from(&name);
        scenario.moves[0].text = Some(name);
        let findings = support::findings();
        let run = support::run();
        assert_fits(&climbdown_report::text(&Answer {
            findings: &findings, scenario: &scenario, run: &run,
        }));
    }
}
