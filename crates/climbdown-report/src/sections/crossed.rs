//! WHAT IS CROSSED, FOR WHOM: firebreaks, red lines, norms, treaties.

use climbdown_lang::scenario::NormKind;
use climbdown_study::findings::{First, Kind, Precedent};

use crate::layout::{cell, push, wrap};
use crate::{Answer, words};

/// What the focal act crosses or breaks and the reference act does not; then what is out of scope.
pub fn section(answer: &Answer<'_>) -> String {
    let f = answer.findings;
    let (act, other) = (&f.question.focal_act, &f.question.reference_act);
    let title = format!("by {act}, and not by {other} (codes, not chances)");
    let mut out = wrap("WHAT IS CROSSED   ", "  ", &title);
    if f.kind == Kind::default() {
        push(&mut out, "  nothing");
    }
    let rows = touched(answer).into_iter().chain(out_of_scope(answer)).chain(firsts(answer));
    for (name, what) in rows {
        out.push_str(&wrap(&format!("  {} ", cell(&name, 28)), &" ".repeat(33), &what));
    }
    out
}

fn touched(answer: &Answer<'_>) -> Vec<(String, String)> {
    let Answer { findings: f, scenario, .. } = answer;
    let mut rows = Vec::new();
    for id in &f.kind.firebreaks {
        let name = scenario.ladders[0].firebreaks.iter().find(|x| x.id == *id).map(|x| &x.name);
        rows.push((format!("firebreak {id}"), described("crossed", name)));
    }
    let crossed = |is_crossed| if is_crossed { "crossed" } else { "not crossed" };
    for line in &f.kind.red_lines {
        let owner = words::actor_name(scenario, &line.owner);
        let found = scenario.red_lines.iter().find(|l| l.id == line.id);
        let state =
            format!("as stated {}, as meant {}", crossed(line.stated), crossed(line.actual));
        let what = described(&state, found.and_then(|l| l.text.as_ref()));
        rows.push((format!("{owner}: {}", line.id), what));
    }
    for (list, kind) in [(&f.kind.norms, "norm"), (&f.kind.treaties, "treaty")] {
        for (id, before) in list {
            let found = scenario.norms.iter().find(|n| n.id == *id);
            let state = format!("broken ({before} before)");
            let what = described(&state, found.and_then(|n| n.text.as_ref()));
            rows.push((format!("{kind} {id}"), what));
        }
    }
    rows
}

/// Whether each thing is done for the first time, as far as the history goes.
fn firsts(answer: &Answer<'_>) -> Option<(String, String)> {
    let all = answer.findings.firsts.as_ref().filter(|all| !all.is_empty())?;
    let one = |first: &First| {
        let when = |p: &Precedent| {
            let account =
                if p.account.is_empty() { String::new() } else { format!(", {}", p.account) };
            format!("{}{account}", words::day(&p.date))
        };
        let precedents: Vec<String> = first.precedents.iter().map(when).collect();
        let who = if precedents.is_empty() {
            String::new()
        } else {
            format!(" ({})", precedents.join("; "))
        };
        format!("{} {}{who}", first.key, words::is_first(first.answer))
    };
    let said: Vec<String> = all.iter().map(one).collect();
    Some(("a first? (by the history)".to_owned(), said.join(", ")))
}

fn out_of_scope(answer: &Answer<'_>) -> Vec<(String, String)> {
    let norms = answer.scenario.norms.iter();
    norms
        .filter_map(|norm| {
            let reason = norm.out_of_scope.as_ref()?;
            let kind = match norm.kind {
                NormKind::Norm => "norm",
                NormKind::Treaty => "treaty",
            };
            Some((format!("{kind} {}", norm.id), format!("out of scope: {reason}")))
        })
        .collect()
}

/// A state, and in the file's words what it is the state of.
fn described(state: &str, text: Option<&String>) -> String {
    text.map_or(state.to_owned(), |text| format!("{state}: {text}"))
}
