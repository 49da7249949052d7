//! What everybody does: a profile by information set, with what the mover knows there.

use climbdown_lang::scenario::{ActorId, MoveId, Scenario, SeatId, SlotId, VariableId, Visibility};
use climbdown_lang::template::{Phase, Template};
use quantal::{Certificate, Equilibrium, InfosetId, NodeId};
use serde_json::{Map, Value, json};

use crate::layout::{cell, push, wrap};
use crate::number::{given, probability, tiny};
use crate::{number, wire, words};

/// A template, its equilibrium, and the names in between.
#[derive(Clone, Copy, Debug)]
pub struct Solved<'a> {
    /// The structure.
    pub template: &'a Template,
    /// What was found.
    pub equilibrium: &'a Equilibrium,
}

/// What the mover sees at `infoset`: variables by name, with their values.
#[must_use]
pub fn knows(template: &Template, infoset: InfosetId) -> Vec<(VariableId, u8)> {
    let graph = &template.graph;
    let mover = ActorId::new(graph.infoset(infoset).player.index());
    let Some(&first) = graph.infoset_nodes(infoset).first() else { return Vec::new() };
    let state = template.state(first);
    (0..template.scenario.variables.len())
        .map(VariableId::new)
        .filter(|&v| sees(template, first, mover, v))
        .map(|v| (v, state[v.index()]))
        .collect()
}

/// Whether `actor` sees `variable` in the state at `node`.
fn sees(template: &Template, node: NodeId, actor: ActorId, variable: VariableId) -> bool {
    let scenario = &template.scenario;
    match &scenario.variables[variable.index()].visibility {
        Visibility::Everybody => true,
        Visibility::Only { actors, seats } => {
            let holds = |seat: &SeatId| {
                template.value(node, scenario.seats[seat.index()].occupant) == actor.0 as u8
            };
            actors.contains(&actor) || seats.iter().any(holds)
        }
    }
}

/// The turn at which `infoset` stands: stage and slot.
#[must_use]
pub fn turn(template: &Template, infoset: InfosetId) -> Option<(u32, SlotId)> {
    let node = template.graph.infoset_nodes(infoset).first()?;
    let place = template.places[node.index()];
    match place.phase {
        Phase::Turn(slot) => Some((place.stage, slot)),
        _ => None,
    }
}

/// `solve --json` of a scenario.
#[must_use]
pub fn json(solved: &Solved<'_>) -> String {
    let template = solved.template;
    let (graph, scenario) = (&template.graph, &template.scenario);
    let profile: Vec<Value> = graph
        .infosets()
        .map(|infoset| {
            let set = graph.infoset(infoset);
            let turn = turn(template, infoset);
            let seen: Map<String, Value> = knows(template, infoset)
                .into_iter()
                .map(|(v, at)| {
                    let variable = &scenario.variables[v.index()];
                    (variable.name.clone(), words::value(scenario, variable, at))
                })
                .collect();
            json!({
                "player": graph.players()[set.player.index()],
                "infoset": infoset.0,
                "stage": turn.map(|(stage, _)| stage),
                "seat": turn.map(|(_, slot)| seat_id(scenario, slot)),
                "knows": seen,
                "label": set.label,
                "actions": actions(solved.equilibrium, graph, infoset),
            })
        })
        .collect();
    wire::certified_profile(&certificate(template, &solved.equilibrium.certificate), profile)
}

fn actions(equilibrium: &Equilibrium, graph: &quantal::Graph, infoset: InfosetId) -> Value {
    let labels = &graph.infoset(infoset).actions;
    graph
        .actions(infoset)
        .zip(labels)
        .map(|(action, label)| {
            json!({"label": label, "probability": equilibrium.profile.probability(action)})
        })
        .collect()
}

fn certificate(
    template: &Template,
    certificate: &Certificate,
) -> climbdown_study::findings::NamedCertificate {
    climbdown_study::findings::NamedCertificate {
        actors: template.graph.players().to_vec(),
        certificate: certificate.clone(),
    }
}

fn seat_id(scenario: &Scenario, slot: SlotId) -> &str {
    &scenario.seats[scenario.slots[slot.index()].seat.index()].id
}

/// One line on how good a solution is.
#[must_use]
pub fn certificate_line(c: &Certificate) -> String {
    wrap(
        "",
        "  ",
        &format!(
            "Solved at lambda {}: log-residual {}, largest regret {} units, {}.",
            given(c.lambda.get()),
            tiny(c.residual),
            number::plain(c.max_regret),
            words::branch_sentence(c.branch)
        ),
    )
}

/// `solve` of a scenario, for people.
#[must_use]
pub fn text(solved: &Solved<'_>) -> String {
    let template = solved.template;
    let (graph, scenario) = (&template.graph, &template.scenario);
    let mut out = certificate_line(&solved.equilibrium.certificate);
    push(
        &mut out,
        &format!(
            "{}, {}. At each: stage, who decides, what it sees, what it does.",
            number::of(graph.n_nodes(), "node"),
            number::of(graph.n_infosets(), "information set")
        ),
    );
    let varies = varying(template);
    for infoset in graph.infosets() {
        let set = graph.infoset(infoset);
        let player = &graph.players()[set.player.index()];
        let seen: Vec<String> = knows(template, infoset)
            .into_iter()
            .filter(|(v, _)| varies[v.index()])
            .map(|(v, at)| {
                let variable = &scenario.variables[v.index()];
                format!("{}={}", variable.name, words::value_text(scenario, variable, at))
            })
            .collect();
        out.push('\n');
        let head = match turn(template, infoset) {
            Some((stage, slot)) => {
                let seat = seat_id(scenario, slot);
                let menu = &scenario.menus[scenario.slots[slot.index()].menu.index()];
                format!("stage {stage}, {seat} ({player}), menu {menu}")
            }
            None => format!("{player}, {}", set.label),
        };
        push(&mut out, &format!("{head:<76}infoset {}", infoset.0));
        if !seen.is_empty() {
            out.push_str(&wrap("  sees ", "       ", &seen.join(", ")));
        }
        out.push_str(&action_lines(&set.actions, solved.equilibrium, graph, infoset));
    }
    out
}

/// One line per action: probability, bar, label.
fn action_lines(
    labels: &[String],
    equilibrium: &Equilibrium,
    graph: &quantal::Graph,
    infoset: InfosetId,
) -> String {
    let mut out = String::new();
    for (action, label) in graph.actions(infoset).zip(labels) {
        let p = equilibrium.profile.probability(action);
        let bar = "#".repeat((p * 30.0).round() as usize);
        push(&mut out, &format!("  {} {:>7}  {bar}", cell(label, 44), probability(p)));
    }
    out
}

/// Which variables take more than one value anywhere in the game.
fn varying(template: &Template) -> Vec<bool> {
    let mut varies = vec![false; template.scenario.variables.len()];
    let Some(first) = template.graph.nodes().next() else { return varies };
    let start = template.state(first).to_vec();
    for node in template.graph.nodes() {
        for (v, (&now, &before)) in template.state(node).iter().zip(&start).enumerate() {
            varies[v] |= now != before;
        }
    }
    varies
}

/// Where an information set of a game file stands in the file's own numbering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileNumber {
    /// Player, from 1.
    pub player: usize,
    /// Information set of that player, as numbered in the file.
    pub infoset: usize,
}

/// `solve --json` of a game file: players and information sets by the file's own numbers.
#[must_use]
pub fn file_json(
    graph: &quantal::Graph,
    numbers: &[FileNumber],
    equilibrium: &Equilibrium,
) -> String {
    let profile: Vec<Value> = in_file_order(numbers)
        .into_iter()
        .map(|at| {
            let infoset = InfosetId::new(at);
            json!({
                "player": numbers[at].player,
                "infoset": numbers[at].infoset,
                "stage": null,
                "seat": null,
                "knows": {},
                "label": graph.infoset(infoset).label,
                "actions": actions(equilibrium, graph, infoset),
            })
        })
        .collect();
    let named = climbdown_study::findings::NamedCertificate {
        actors: graph.players().to_vec(),
        certificate: equilibrium.certificate.clone(),
    };
    wire::certified_profile(&named, profile)
}

/// `solve` of a game file, for people.
#[must_use]
pub fn file_text(
    graph: &quantal::Graph,
    numbers: &[FileNumber],
    equilibrium: &Equilibrium,
) -> String {
    let mut out = certificate_line(&equilibrium.certificate);
    for at in in_file_order(numbers) {
        let infoset = InfosetId::new(at);
        let set = graph.infoset(infoset);
        let player = &graph.players()[set.player.index()];
        let n = numbers[at];
        out.push('\n');
        let label =
            if set.label.is_empty() { String::new() } else { format!(" \"{}\"", set.label) };
        out.push_str(&wrap(
            "",
            "  ",
            &format!("player {} ({player}), information set {}{label}", n.player, n.infoset),
        ));
        out.push_str(&action_lines(&set.actions, equilibrium, graph, infoset));
    }
    out
}

/// Positions sorted by player, then information set.
fn in_file_order(numbers: &[FileNumber]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by_key(|&at| (numbers[at].player, numbers[at].infoset));
    order
}

/// A move by its short name.
#[must_use]
pub fn move_id(scenario: &Scenario, id: Option<MoveId>) -> &str {
    id.map_or("hold", |m| &scenario.moves[m.index()].id)
}
