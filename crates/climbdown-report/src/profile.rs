//! What everybody does: a profile by information set, with what the mover knows there.

use climbdown_lang::scenario::{ActorId, MoveId, Scenario, SeatId, SlotId, VariableId, Visibility};
use climbdown_lang::template::{Phase, Template};
use quantal::{BehaviorProfile, Certificate, Graph, InfosetId, NodeId};
use serde_json::{Map, Value, json};

use crate::layout::{cell, push, wrap};
use crate::number::{given, probability, tiny};
use crate::{number, words};

/// What the information sets of a game are called.
#[derive(Clone, Copy, Debug)]
pub enum Names<'a> {
    /// By stage, seat and what the mover sees.
    Scenario(&'a Template),
    /// By the numbers of a game file, one entry per information set.
    File(&'a Graph, &'a [FileNumber]),
}

impl<'a> Names<'a> {
    /// The structure that is named.
    #[must_use]
    pub fn graph(&self) -> &'a Graph {
        match *self {
            Names::Scenario(template) => &template.graph,
            Names::File(graph, _) => graph,
        }
    }

    /// All information sets in the order in which they are listed.
    #[must_use]
    pub fn order(&self) -> Vec<InfosetId> {
        let mut order: Vec<InfosetId> = self.graph().infosets().collect();
        if let Names::File(_, numbers) = self {
            order.sort_by_key(|at| (numbers[at.index()].player, numbers[at.index()].infoset));
        }
        order
    }

    /// One line on where it is, of any width.
    #[must_use]
    pub fn place(&self, infoset: InfosetId) -> String {
        let set = self.graph().infoset(infoset);
        let player = &self.graph().players()[set.player.index()];
        match *self {
            Names::Scenario(template) => match turn(template, infoset) {
                Some((stage, slot)) => {
                    let seat = seat_id(&template.scenario, slot);
                    format!("stage {stage}, {seat} ({player}), infoset {}", infoset.0)
                }
                None => format!("{player}, infoset {}", infoset.0),
            },
            Names::File(_, numbers) => {
                let n = numbers[infoset.index()];
                let label = match set.label.as_str() {
                    "" => String::new(),
                    label => format!(" \"{label}\""),
                };
                format!("player {} ({player}), information set {}{label}", n.player, n.infoset)
            }
        }
    }

    /// The keys of the JSON that say which information set: `player`, `infoset`.
    pub(crate) fn keys(&self, infoset: InfosetId) -> (Value, Value) {
        match *self {
            Names::Scenario(template) => {
                let player = template.graph.infoset(infoset).player;
                (json!(template.graph.players()[player.index()]), json!(infoset.0))
            }
            Names::File(_, numbers) => {
                let n = numbers[infoset.index()];
                (json!(n.player), json!(n.infoset))
            }
        }
    }
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

/// The `profile` of `solve --json`.
pub(crate) fn json(names: &Names<'_>, profile: &BehaviorProfile) -> Value {
    let graph = names.graph();
    let entry = |infoset: InfosetId| {
        let (player, number) = names.keys(infoset);
        let (turn, seen) = match *names {
            Names::Scenario(template) => {
                let scenario = &template.scenario;
                let seen = knows(template, infoset).into_iter().map(|(v, at)| {
                    let variable = &scenario.variables[v.index()];
                    (variable.name.clone(), words::value(scenario, variable, at))
                });
                let turn = turn(template, infoset);
                (turn.map(|(stage, slot)| (stage, seat_id(scenario, slot))), seen.collect())
            }
            Names::File(..) => (None, Map::new()),
        };
        json!({
            "player": player,
            "infoset": number,
            "stage": turn.map(|(stage, _)| stage),
            "seat": turn.map(|(_, seat)| seat),
            "knows": seen,
            "label": graph.infoset(infoset).label,
            "actions": actions(profile, graph, infoset),
        })
    };
    names.order().into_iter().map(entry).collect()
}

pub(crate) fn actions(profile: &BehaviorProfile, graph: &Graph, infoset: InfosetId) -> Value {
    let labels = &graph.infoset(infoset).actions;
    graph
        .actions(infoset)
        .zip(labels)
        .map(|(action, label)| json!({"label": label, "probability": profile.probability(action)}))
        .collect()
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

/// What everybody does, for people.
#[must_use]
pub fn text(names: &Names<'_>, profile: &BehaviorProfile) -> String {
    match *names {
        Names::Scenario(template) => scenario_text(template, profile),
        Names::File(graph, _) => {
            let mut out = String::new();
            for infoset in names.order() {
                out.push('\n');
                out.push_str(&wrap("", "  ", &names.place(infoset)));
                out.push_str(&action_lines(profile, graph, infoset));
            }
            out
        }
    }
}

fn scenario_text(template: &Template, profile: &BehaviorProfile) -> String {
    let (graph, scenario) = (&template.graph, &template.scenario);
    let mut out = String::new();
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
        out.push_str(&action_lines(profile, graph, infoset));
    }
    out
}

/// One line per action: probability, bar, label.
fn action_lines(profile: &BehaviorProfile, graph: &Graph, infoset: InfosetId) -> String {
    let mut out = String::new();
    for (action, label) in graph.actions(infoset).zip(&graph.infoset(infoset).actions) {
        let p = profile.probability(action);
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

/// A move by its short name.
#[must_use]
pub fn move_id(scenario: &Scenario, id: Option<MoveId>) -> &str {
    id.map_or("hold", |m| &scenario.moves[m.index()].id)
}
