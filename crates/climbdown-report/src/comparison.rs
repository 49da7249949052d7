//! Two answers side by side, for people and for programs.

use climbdown_lang::scenario::Scenario;
use climbdown_study::compare::{Comparison, Difference};
use climbdown_study::findings::Findings;
use climbdown_study::measures::Value;
use serde_json::json;

use crate::layout::{cell, push, wrap};
use crate::number::{change, plain};
use crate::{RunInfo, words};

/// Differences that the text lists; the JSON has all.
const LISTED: usize = 30;

/// One of the two answers.
pub struct Side<'a> {
    /// As it was asked for: a file, or a file and a move.
    pub name: &'a str,
    /// Its scenario.
    pub scenario: &'a Scenario,
    /// Its findings.
    pub findings: &'a Findings,
    /// What is needed to repeat it.
    pub run: &'a RunInfo,
}

/// The comparison for people: verdicts, then differences, the largest first.
#[must_use]
pub fn text(a: &Side<'_>, b: &Side<'_>, found: &Comparison) -> String {
    let mut out = String::new();
    for (letter, side) in [("A", a), ("B", b)] {
        let v = &side.findings.verdict;
        let m = &side.findings.effect.as_policy.measure;
        let text = format!(
            "{}: \"{}\" against \"{}\". Under this model: {} in kind, {} in degree ({}). {}: {} without, \
             {} with, {}.",
            side.name,
            side.findings.question.focal,
            side.findings.question.reference,
            words::degree(v.kind),
            words::degree(v.degree),
            words::sign(v.sign),
            side.findings.question.measure,
            plain(m.reference),
            plain(m.focal),
            change(m.change()),
        );
        out.push_str(&wrap(&format!("{letter}   "), "    ", &text));
    }
    out.push('\n');
    let n = found.differences.len();
    let shown = n.min(LISTED);
    let head = match n {
        0 => format!("none: {} figures are equal", found.n_equal),
        _ if n == shown => format!("{n} figures differ, {} are equal", found.n_equal),
        _ => format!(
            "{n} figures differ, {} are equal; the {shown} largest changes (all with --json)",
            found.n_equal
        ),
    };
    out.push_str(&wrap("DIFFERENCES   ", "  ", &head));
    if n > 0 {
        push(&mut out, &format!("  {:54}{:>11}{:>11}{:>12}", "", "A", "B", "B less A"));
    }
    for d in &found.differences[..shown] {
        push(&mut out, &line(d));
    }
    for (letter, only) in [("A", &found.only_a), ("B", &found.only_b)] {
        if !only.is_empty() {
            out.push_str(&wrap("  ", "    ", &format!("Only {letter} has: {}.", only.join(", "))));
        }
    }
    out
}

fn line(d: &Difference) -> String {
    let shown = |value: &Value| match value {
        Value::Number(x) => plain(*x),
        Value::Word(word) => word.clone(),
        Value::Truth(is) => is.to_string(),
    };
    let delta = d.change().map_or(String::new(), change);
    format!("  {}{:>11}{:>11}{delta:>12}", cell(&d.path, 54), shown(&d.a), shown(&d.b))
}

/// The comparison for programs.
#[must_use]
pub fn json(a: &Side<'_>, b: &Side<'_>, found: &Comparison) -> String {
    let value = |value: &Value| match value {
        Value::Number(x) => json!(x),
        Value::Word(word) => json!(word),
        Value::Truth(is) => json!(is),
    };
    let side = |s: &Side<'_>| {
        json!({
            "name": s.name,
            "scenario": {"id": s.scenario.id, "title": s.scenario.title, "sha256": s.run.sha256},
            "focal": s.findings.question.focal,
            "reference": s.findings.question.reference,
            "verdict": {
                "kind": words::degree(s.findings.verdict.kind),
                "degree": words::degree(s.findings.verdict.degree),
                "sign": words::sign(s.findings.verdict.sign),
            },
        })
    };
    crate::wire::pretty(&json!({
        "climbdown": {"version": a.run.version, "schema": crate::wire::SCHEMA},
        "a": side(a),
        "b": side(b),
        "differences": found.differences.iter().map(|d| json!({
            "path": d.path,
            "a": value(&d.a),
            "b": value(&d.b),
            "change": d.change(),
        })).collect::<Vec<_>>(),
        "equal": found.n_equal,
        "only_a": found.only_a,
        "only_b": found.only_b,
    }))
}
