//! Warnings about the model that only show on the compiled game: what can never happen.

use crate::diagnostic::{Diagnostic, Severity};
use crate::scenario::{NormKind, Scenario};
use crate::source::Span;
use crate::template::{Cause, Ending, Phase, Template, Touch};

/// Everything the scenario names that no play of the game can reach: rungs, moves, red lines, norms,
/// ends, accidents.
#[must_use]
pub fn unreachable_parts(template: &Template) -> Vec<Diagnostic> {
    let scenario = &*template.scenario;
    let seen = Seen::of(template);
    let mut out = Vec::new();
    let never = |list: &[bool]| -> Vec<usize> { (0..list.len()).filter(|&i| !list[i]).collect() };
    for i in never(&seen.moves) {
        let m = &scenario.moves[i];
        let help = "check its `when` and whether a turn uses its menu, or drop it";
        out.push(warning(
            "W080",
            m.span,
            format!("no play of the game can make the move `{}`", m.id),
            help,
        ));
    }
    for i in never(&seen.red_lines) {
        let line = &scenario.red_lines[i];
        let help =
            "no act of the scenario fits its predicates; check the codes, or say so in its text";
        out.push(warning(
            "W081",
            line.span,
            format!("nobody can cross the red line `{}`", line.id),
            help,
        ));
    }
    for i in never(&seen.norms) {
        let norm = &scenario.norms[i];
        if norm.out_of_scope.is_some() {
            continue;
        }
        let what = if norm.kind == NormKind::Norm { "norm" } else { "treaty" };
        let help =
            "if it does not cover the acts of this scenario, say `out_of_scope = \"reason\"`";
        out.push(warning(
            "W082",
            norm.span,
            format!("nobody can break the {what} `{}`", norm.id),
            help,
        ));
    }
    for i in never(&seen.ends) {
        let end = &scenario.ends[i];
        let help = "check its `when`, or drop it";
        out.push(warning(
            "W083",
            end.span,
            format!("no play of the game ends with `{}`", end.id),
            help,
        ));
    }
    for i in never(&seen.hazards) {
        let hazard = &scenario.hazards[i];
        let help = "check its `when` and its probability";
        out.push(warning(
            "W084",
            hazard.span,
            format!("the hazard `{}` can never strike", hazard.id),
            help,
        ));
    }
    let missing: Vec<String> = (0..seen.rungs.len())
        .filter(|&r| r > usize::from(scenario.start_rung) && !seen.rungs[r])
        .map(|r| r.to_string())
        .collect();
    if !missing.is_empty() {
        let message = format!(
            "no move and no hazard stands on rung {} of the ladder: P(peak) there is that of the next rung up",
            missing.join(", ")
        );
        let help =
            "fine if the crisis has no such act; otherwise check the codes with `check --table`";
        out.push(warning("W085", Span::default(), message, help));
    }
    out
}

fn warning(code: &'static str, span: Span, message: String, help: &str) -> Diagnostic {
    Diagnostic { code, severity: Severity::Warning, span, message, help: Some(help.to_string()) }
}

struct Seen {
    moves: Vec<bool>,
    red_lines: Vec<bool>,
    norms: Vec<bool>,
    ends: Vec<bool>,
    hazards: Vec<bool>,
    rungs: Vec<bool>,
}

impl Seen {
    fn of(template: &Template) -> Self {
        let scenario: &Scenario = &template.scenario;
        let top = scenario.ladders[0].rungs.iter().map(|r| usize::from(r.rung)).max().unwrap_or(0);
        let mut seen = Self {
            moves: vec![false; scenario.moves.len()],
            red_lines: vec![false; scenario.red_lines.len()],
            norms: vec![false; scenario.norms.len()],
            ends: vec![false; scenario.ends.len()],
            hazards: vec![false; scenario.hazards.len()],
            rungs: vec![false; top + 1],
        };
        let graph = &template.graph;
        for node in graph.nodes() {
            let phase = template.places[node.index()].phase;
            if let Phase::Over(Ending::End(end)) = phase {
                seen.ends[end.index()] = true;
            }
            for edge in graph.edges(node) {
                if let (Phase::Hazard(h), Cause::Hazard(true)) =
                    (phase, template.causes[edge.index()])
                {
                    seen.hazards[h.index()] = true;
                    if let Some(rung) = scenario.hazards[h.index()].peak {
                        seen.rungs[usize::from(rung)] = true;
                    }
                }
                if let Some(act) = template.act(edge) {
                    seen.moves[act.made.index()] = true;
                    seen.rungs[usize::from(act.rung)] = true;
                }
                for touch in template.touches(edge) {
                    match *touch {
                        Touch::Stated(line) | Touch::Actual(line) => {
                            seen.red_lines[line.index()] = true
                        }
                        Touch::Norm(norm, _) => seen.norms[norm.index()] = true,
                    }
                }
            }
        }
        seen
    }
}
