//! Any figure of an answer with its reasons: how it is made, from which other figures, and from which lines.
//!
//! A figure is named by its path in the JSON of `assess`, with ids in place of positions
//! (`attribution.shares.means.value`, `claims.A3`); what has no id is counted from 1 (`off_ramps.2`).

mod reasons;

use climbdown_lang::scenario::{Fixes, MoveId, ParameterId, Scenario};
use climbdown_lang::source::{SourceMap, Span};
use climbdown_study::claims::reads;
use serde_json::Value;

use super::place;
use crate::layout::{push, wrap};
use crate::number::given;
use crate::wire;
use crate::{Answer, words};

pub use reasons::SECTIONS;

/// What has to be made for a figure to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The games at the file's values.
    Quick,
    /// And those with hybrid acts.
    Attributed,
    /// And the study.
    Studied,
}

/// Keys that entries of a list are named by, the first that tells them apart.
const IDS: [&str; 11] = [
    "id",
    "key",
    "parts",
    "axis",
    "rung",
    "stage",
    "lambda",
    "rounds",
    "actor",
    "seat",
    "parameter",
];

/// Characters of a line of the scenario that are quoted.
const QUOTED: usize = 160;

/// The path that `name` stands for: short forms are written out.
#[must_use]
pub fn written_out(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    let rest = |from: usize| parts[from..].join(".");
    match parts.as_slice() {
        ["attribution", axis, ..] if climbdown_lang::hybrid::AXIS_NAMES.contains(axis) => {
            format!("attribution.shares.{}", rest(1))
        }
        ["offramps", ..] => format!("off_{}", name.replacen("off", "", 1)),
        ["rivals", ..] => name.replacen("rivals", "hypotheses", 1),
        ["spiral", "R"] => "spiral.ratio".to_owned(),
        ["bands", _, ..] => format!("{}.interval", rest(1)),
        _ => name.to_owned(),
    }
}

/// What it takes to know a path.
#[must_use]
pub fn extent(path: &str) -> Extent {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        [
            "assumptions" | "influences" | "hypotheses" | "claims" | "off_ramps"
            | "off_ramp_search",
            ..,
        ]
        | ["run" | "verdict"]
        | ["run", "draws" | "failed_draws"]
        | ["draw_check", ..]
        | ["verdict", "share_of_draws" | "share_of_kind" | "share_of_degree" | "share_of_sign"] => {
            Extent::Studied
        }
        ["attribution", ..] => Extent::Attributed,
        _ if parts.contains(&"interval") => Extent::Studied,
        _ => Extent::Quick,
    }
}

/// Names that can stand behind the first key of a path, where the scenario alone says which.
#[must_use]
pub fn second_names(scenario: &Scenario, path: &str) -> Option<Vec<String>> {
    let ids = |all: &mut dyn Iterator<Item = &String>| Some(all.cloned().collect());
    match path.split('.').next()? {
        "claims" => ids(&mut scenario.claims.iter().map(|c| &c.id)),
        "assumptions" => ids(&mut scenario.assumptions.iter().map(|a| &a.id)),
        "hypotheses" => {
            ids(&mut scenario.hypothesis_sets.iter().flat_map(|s| &s.hypotheses).map(|h| &h.id))
        }
        "influences" => ids(&mut scenario.parameters.iter().map(|p| &p.name)),
        _ => None,
    }
}

/// The paths of all numbers in the section of the JSON that `path` begins with, or in all sections.
#[must_use]
pub fn numbers(root: &Value, path: &str) -> Vec<String> {
    let first = path.split('.').next().unwrap_or_default();
    let which = |section: &&&str| first.is_empty() || **section == first;
    let sections = SECTIONS.iter().filter(which);
    sections.flat_map(|s| root.get(s).map(|v| leaves(s, v))).flatten().map(|(p, _)| p).collect()
}

/// The figure at `path`, or all below it, with reasons; `None` if there is none.
#[must_use]
pub fn explain(answer: &Answer<'_>, map: &SourceMap, path: &str) -> Option<String> {
    said(answer, &wire::answer_value(answer), map, path)
}

/// [`explain`] from the JSON of the answer.
#[must_use]
pub fn said(answer: &Answer<'_>, root: &Value, map: &SourceMap, path: &str) -> Option<String> {
    let path = written_out(path);
    let section = path.split('.').next()?;
    let found = SECTIONS.contains(&section).then(|| find(root, &path)).flatten()?;
    let mut out = String::new();
    match found {
        Value::Object(_) | Value::Array(_) => {
            push(&mut out, &path);
            for (below, value) in everything(&path, found) {
                let short = below.strip_prefix(&format!("{path}.")).unwrap_or(&below);
                out.push_str(&wrap("  ", "      ", &format!("{short} = {}", text(value))));
            }
        }
        one => out.push_str(&wrap("", "    ", &format!("{path} = {}", text(one)))),
    }
    if found.is_null() {
        for caveat in wire::caveats(answer.findings) {
            let is_about = |about: &str| format!(".{path}.").contains(&format!(".{about}."));
            if caveat.about.as_deref().is_some_and(is_about) {
                out.push_str(&wrap("  none: ", "    ", &caveat.text));
            }
        }
    }
    let reason = reasons::of(&path)?;
    out.push_str(&wrap("  how: ", "    ", reason.how));
    push(&mut out, &format!("  method: {}", reason.method));
    for from in inputs(answer.scenario, &path, reason) {
        for (from, value) in found_by(root, &from).into_iter().filter(|(_, v)| !v.is_object()) {
            out.push_str(&wrap("  from ", "      ", &format!("{from} = {}", text(value))));
        }
    }
    for (label, span) in lines(answer.scenario, found, &path) {
        let quote: String = map.line(span).trim_start().chars().take(QUOTED).collect();
        let line = format!("{label} at {}: {quote}", place(map, span));
        out.push_str(&wrap("  line ", "      ", &line));
    }
    Some(out)
}

/// A value on one line.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// The values that a path leads to in which one part may be `*`, any entry of a list, with their own paths.
fn found_by<'v>(root: &'v Value, path: &str) -> Vec<(String, &'v Value)> {
    let Some((list, rest)) = path.split_once(".*.") else {
        return find(root, path).map(|value| (path.to_owned(), value)).into_iter().collect();
    };
    let Some(Value::Array(entries)) = find(root, list) else { return Vec::new() };
    let one = |(k, entry): (usize, &'v Value)| {
        let at = format!("{list}.{}.{rest}", part(entries, k));
        find(entry, rest).map(|value| (at, value))
    };
    entries.iter().enumerate().filter_map(one).collect()
}

/// How entry `k` of a list is called in a path.
fn part(list: &[Value], k: usize) -> String {
    key_of(list).map_or((k + 1).to_string(), |key| name(&list[k][key]))
}

/// The value at a path.
fn find<'v>(root: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(root, |at, part| match at {
        Value::Object(map) => map.get(part),
        Value::Array(list) => {
            let key = key_of(list);
            let named = list.iter().find(|v| key.is_some_and(|key| name(&v[key]) == part));
            let position = || part.parse::<usize>().ok()?.checked_sub(1);
            named.or_else(|| list.get(position()?))
        }
        _ => None,
    })
}

/// A value as a part of a path: a whole number is written as one.
fn name(value: &Value) -> String {
    value.as_f64().map_or_else(|| text(value), given)
}

/// The key whose values tell the entries of a list apart, and can be parts of a path.
fn key_of(list: &[Value]) -> Option<&'static str> {
    let names =
        |key: &str| -> Option<Vec<String>> { list.iter().map(|v| v.get(key).map(name)).collect() };
    IDS.into_iter().find(|key| {
        names(key).is_some_and(|mut names| {
            names.sort_unstable();
            names.windows(2).all(|pair| pair[0] != pair[1])
                && !names.iter().any(|name| name.contains('.'))
        })
    })
}

/// Everything below a value that is neither list nor object, with its path, in order.
fn everything<'v>(path: &str, value: &'v Value) -> Vec<(String, &'v Value)> {
    let mut found = Vec::new();
    let mut ahead = vec![(path.to_owned(), value)];
    while let Some((path, value)) = ahead.pop() {
        match value {
            Value::Object(map) => {
                ahead.extend(map.iter().rev().map(|(key, v)| (format!("{path}.{key}"), v)));
            }
            Value::Array(list) => {
                let named = list.iter().enumerate().rev();
                ahead.extend(named.map(|(k, v)| (format!("{path}.{}", part(list, k)), v)));
            }
            one => found.push((path, one)),
        }
    }
    found
}

/// The numbers among [`everything`].
fn leaves<'v>(path: &str, value: &'v Value) -> Vec<(String, &'v Value)> {
    let mut all = everything(path, value);
    all.retain(|(_, v)| v.is_number());
    all
}

/// The figures that one is made from.
fn inputs(scenario: &Scenario, path: &str, reason: &reasons::Reason) -> Vec<String> {
    let parts: Vec<&str> = path.split('.').collect();
    let mut all: Vec<String> = reason
        .from
        .iter()
        .map(|from| {
            let mut from = (*from).to_owned();
            for (k, part) in parts.iter().enumerate() {
                from = from.replace(&format!("${k}"), part);
            }
            from
        })
        .filter(|from| from != path)
        .collect();
    let claim = scenario.claims.iter().find(|c| parts.len() > 1 && c.id == parts[1]);
    if let (Some(claim), "claims") = (claim, parts[0]) {
        let test = claim.holds_if.iter().flat_map(reads);
        all.extend(test.map(|(path, _)| path.to_owned()));
    }
    // What an assumption binds, as an input of the draws.
    let assumption = scenario.assumptions.iter().find(|a| parts.len() > 1 && a.id == parts[1]);
    if let (Some(a), true) = (
        assumption,
        matches!(parts.as_slice(), ["assumptions", _] | ["assumptions", _, "sobol_first"]),
    ) {
        let name = |&(p, ..): &(ParameterId, f64, (f64, f64))| &scenario.parameters[p.index()].name;
        all.extend(a.binds.iter().map(name).map(|name| format!("influences.{name}.first")));
    }
    all.dedup();
    all
}

/// The lines of the scenario that a figure comes from.
fn lines(scenario: &Scenario, found: &Value, path: &str) -> Vec<(String, Span)> {
    let parts: Vec<&str> = path.split('.').collect();
    let second = parts.get(1).copied().unwrap_or_default();
    let parameter = |at: ParameterId| {
        let p = &scenario.parameters[at.index()];
        (format!("parameter {}", p.name), p.span)
    };
    let mut all = Vec::new();
    match parts[0] {
        "assumptions" => {
            for a in scenario.assumptions.iter().filter(|a| second.is_empty() || a.id == second) {
                all.push((format!("assumptions.{}", a.id), a.span));
                all.extend(a.binds.iter().map(|b| parameter(b.0)));
            }
        }
        "influences" => {
            let is_it = |name: &str| second.is_empty() || name == second;
            let own = scenario.parameters.iter().enumerate().filter(|(_, p)| is_it(&p.name));
            all.extend(own.map(|(at, _)| parameter(ParameterId::new(at))));
        }
        "hypotheses" => {
            for set in &scenario.hypothesis_sets {
                let own = |id: &str| second.is_empty() || id == second;
                for h in set.hypotheses.iter().filter(|h| own(&h.id)) {
                    all.push((format!("hypotheses.{}.{}", set.id, h.id), h.span));
                    all.extend(h.fixes.iter().map(|fixes| match fixes {
                        Fixes::Parameter(at, _) => parameter(*at),
                        Fixes::Type(variable, _) => {
                            let v = &scenario.variables[variable.index()];
                            (format!("type {}", v.name), v.span)
                        }
                    }));
                }
            }
        }
        "claims" => {
            let own = scenario.claims.iter().filter(|c| second.is_empty() || c.id == second);
            for claim in own {
                all.push((format!("claims.{}", claim.id), claim.span));
                all.extend(claim.holds_if.iter().map(|test| ("its test".to_owned(), test.span)));
            }
        }
        "off_ramps" => {
            let taken = |id: &str| found.get("levers").is_none_or(|l| l.get(id).is_some());
            for lever in scenario.levers.iter().filter(|l| taken(&l.id)) {
                all.push((format!("levers.{}", lever.id), lever.span));
            }
        }
        _ => {}
    }
    let question = &scenario.question;
    all.push(("question".to_owned(), question.span));
    if matches!(parts[0], "attribution" | "spiral" | "kind" | "effect" | "rules_change") {
        let mut acts: Vec<MoveId> = Vec::new();
        for id in [question.focal, question.reference, question.focal_act, question.reference_act] {
            if !acts.contains(&id) {
                acts.push(id);
            }
        }
        for id in acts {
            let made = &scenario.moves[id.index()];
            all.push((format!("moves.{}, {}", made.id, words::move_text(scenario, id)), made.span));
        }
    }
    if let Some(actor) = scenario.actors.iter().find(|a| parts.contains(&&*a.id)) {
        all.push((format!("actors.{}, stake: {}", actor.id, actor.stake_source), actor.span));
    }
    all
}
