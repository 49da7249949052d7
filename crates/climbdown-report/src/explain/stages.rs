//! The scenario and the game as tables, for `explain --at`.

use std::collections::BTreeMap;

use climbdown_lang::scenario::{
    Combine, Memory, NormKind, PayTerm, Scenario, VariableKind, Visibility,
};
use climbdown_lang::source::SourceMap;
use climbdown_lang::template::{Place, Template};
use quantal::NodeKind;

use super::{expression, place};
use crate::draw::place_name;
use crate::layout::{cell, push, wrap};
use crate::number::{count, given, of};
use crate::words;

/// The checked scenario: every name resolved, every default filled in.
#[must_use]
pub fn scenario(scenario: &Scenario, map: &SourceMap) -> String {
    let mut out = String::new();
    push(&mut out, &format!("scenario {}: {}", scenario.id, scenario.title));
    let memory = match scenario.memory {
        Memory::Situation => "situation",
        Memory::History => "history",
    };
    push(
        &mut out,
        &format!(
            "  start {}, {} of {}, start rung {}, memory {memory}, lambda {}",
            scenario.time.start,
            of(scenario.time.horizon as usize, "stage"),
            words::span_of_hours(u64::from(scenario.time.stage_hours)),
            scenario.start_rung,
            given(scenario.lambda)
        ),
    );
    title(&mut out, "turns of a stage");
    for (i, slot) in scenario.slots.iter().enumerate() {
        let together = scenario.slots.iter().filter(|s| s.group == slot.group).count() > 1;
        let note =
            if together { format!("   together (group {})", slot.group) } else { String::new() };
        push(
            &mut out,
            &format!(
                "  {i} {} {}{note}",
                cell(&scenario.seats[slot.seat.index()].id, 20),
                cell(&scenario.menus[slot.menu.index()], 20)
            ),
        );
    }
    title(&mut out, "actors");
    for a in &scenario.actors {
        push(
            &mut out,
            &format!(
                "  {} {} stake {}, discount {}, ladder {}",
                cell(&a.id, 20),
                cell(&scenario.ladders[0].roles[a.role as usize], 12),
                expression(scenario, &a.stake),
                expression(scenario, &a.discount),
                scenario.ladders[a.ladder.index()].id
            ),
        );
    }
    variables(&mut out, scenario);
    moves(&mut out, scenario, map);
    lines(&mut out, scenario, map);
    title(&mut out, "parameters");
    for p in &scenario.parameters {
        let range = p
            .range
            .map_or("no range".to_owned(), |(lo, hi)| format!("{} to {}", given(lo), given(hi)));
        out.push_str(&wrap(
            &format!("  {} {:>8}  ", cell(&p.name, 24), given(p.value)),
            "      ",
            &format!("{range}; {}; {}", p.unit, p.source),
        ));
    }
    out
}

fn title(out: &mut String, text: &str) {
    push(out, "");
    push(out, text);
}

fn variables(out: &mut String, scenario: &Scenario) {
    title(out, "variables: values (start first), who sees them");
    for v in &scenario.variables {
        let start = words::value_text(scenario, v, v.start);
        let others: Vec<String> = (0..v.n_values(scenario.actors.len()))
            .map(|at| words::value_text(scenario, v, u8::try_from(at).unwrap_or(u8::MAX)))
            .filter(|x| *x != start)
            .collect();
        let sight = match (&v.visibility, v.kind) {
            (Visibility::Everybody, _) => "everybody".to_owned(),
            (Visibility::Only { actors, seats }, _) => {
                let names: Vec<String> = actors
                    .iter()
                    .map(|a| scenario.actors[a.index()].id.clone())
                    .chain(seats.iter().map(|s| format!("seat.{}", scenario.seats[s.index()].id)))
                    .collect();
                if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
            }
        };
        let kind = match v.kind {
            VariableKind::Declared => "",
            VariableKind::Type(_) => " (type)",
            VariableKind::Perception(_) => " (perception)",
            VariableKind::Signal => " (signal)",
            _ => " (built in)",
        };
        let combine = match v.combine {
            None => "",
            Some(Combine::Max) => "; combines by max",
            Some(Combine::Min) => "; combines by min",
            Some(Combine::Add) => "; combines by add",
            Some(Combine::Or) => "; combines by or",
        };
        out.push_str(&wrap(
            &format!("  {} ", cell(&v.name, 28)),
            "      ",
            &format!("[{start}] {}; {sight}{kind}{combine}", others.join(" ")),
        ));
    }
}

fn moves(out: &mut String, scenario: &Scenario, map: &SourceMap) {
    title(out, "moves");
    for m in &scenario.moves {
        let menus: Vec<&str> = m.menus.iter().map(|x| &*scenario.menus[x.index()]).collect();
        push(out, &format!("  {} menu {}   {}", m.id, menus.join(", "), place(map, m.span)));
        for e in &m.set {
            let name = &scenario.variables[e.variable.index()].name;
            out.push_str(&wrap(
                "      sets ",
                "        ",
                &format!("{name}: {}", quote(map, e.span)),
            ));
        }
        pays(out, scenario, map, &m.pays);
    }
}

fn lines(out: &mut String, scenario: &Scenario, map: &SourceMap) {
    title(out, "red lines, norms and treaties, hazards, ends");
    for l in &scenario.red_lines {
        push(
            out,
            &format!(
                "  red line {} of {}   {}",
                l.id,
                scenario.actors[l.owner.index()].id,
                place(map, l.span)
            ),
        );
        pays(out, scenario, map, &l.on_stated.pays);
        pays(out, scenario, map, &l.on_cross.pays);
    }
    for n in &scenario.norms {
        let kind = if n.kind == NormKind::Norm { "norm" } else { "treaty" };
        let scope =
            n.out_of_scope.as_ref().map_or(String::new(), |r| format!("   out of scope: {r}"));
        out.push_str(&wrap(
            "  ",
            "      ",
            &format!("{kind} {}   {}{scope}", n.id, place(map, n.span)),
        ));
        pays(out, scenario, map, &n.on_break.pays);
    }
    for h in &scenario.hazards {
        push(out, &format!("  hazard {}   {}", h.id, place(map, h.span)));
        pays(out, scenario, map, &h.pays);
    }
    for e in &scenario.ends {
        push(out, &format!("  end {}   {}", e.id, place(map, e.span)));
        pays(out, scenario, map, &e.pays);
    }
    push(out, "  horizon");
    pays(out, scenario, map, &scenario.horizon_pays);
    push(out, "  every stage");
    pays(out, scenario, map, &scenario.upkeep);
}

fn pays(out: &mut String, scenario: &Scenario, map: &SourceMap, terms: &[PayTerm]) {
    for term in terms {
        let who = match term.payee {
            climbdown_lang::scenario::Payee::Actor(a) => scenario.actors[a.index()].id.clone(),
            climbdown_lang::scenario::Payee::Seat(s) => {
                format!("seat.{}", scenario.seats[s.index()].id)
            }
        };
        out.push_str(&wrap(
            "      pays ",
            "        ",
            &format!("{who}: {}", quote(map, term.span)),
        ));
    }
}

/// The text of the file at `span`, on one line.
fn quote(map: &SourceMap, span: climbdown_lang::source::Span) -> String {
    let text = map.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().take(200).collect()
}

/// The compiled game: how many nodes, information sets and edges at each place.
#[must_use]
pub fn game(template: &Template) -> String {
    let (graph, scenario) = (&template.graph, &template.scenario);
    let mut rows: BTreeMap<(usize, Place), [usize; 3]> = BTreeMap::new();
    let mut first: BTreeMap<Place, usize> = BTreeMap::new();
    let mut seen_sets: BTreeMap<u32, ()> = BTreeMap::new();
    for node in graph.nodes() {
        let place = template.places[node.index()];
        let at = *first.entry(place).or_insert(node.index());
        let row = rows.entry((at, place)).or_default();
        row[0] += 1;
        row[1] += graph.edges(node).len();
        if let NodeKind::Decision(infoset) = graph.kind(node)
            && seen_sets.insert(infoset.0, ()).is_none()
        {
            row[2] += 1;
        }
    }
    let mut out = String::new();
    push(
        &mut out,
        &format!(
            "{} nodes, {} edges, {} information sets, {} terminal nodes, {}",
            count(graph.n_nodes()),
            count(graph.n_edges()),
            count(graph.n_infosets()),
            count(graph.n_terminals()),
            of(graph.n_players(), "player")
        ),
    );
    push(
        &mut out,
        &format!(
            "{} different acts, {} payoff and probability expressions, {} reasons",
            count(template.acts.len()),
            count(template.residuals.len()),
            count(template.reasons.len())
        ),
    );
    push(&mut out, "");
    push(
        &mut out,
        &format!("{:<46}{:>10}{:>12}{:>18}", "place", "nodes", "edges", "information sets"),
    );
    for ((_, place), [nodes, edges, sets]) in rows {
        push(
            &mut out,
            &format!(
                "{} {:>10}{:>12}{:>18}",
                cell(&place_name(scenario, place), 45),
                count(nodes),
                count(edges),
                count(sets)
            ),
        );
    }
    out
}
