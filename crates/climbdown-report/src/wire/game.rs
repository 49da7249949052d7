//! The whole game as JSON, so that anyone can check an answer in another language.
//!
//! Written piece by piece: a large game never stands in memory as text.

use std::io::{self, Write};

use climbdown_lang::scenario::{ActorId, Scenario};
use climbdown_lang::template::{Phase, Template};
use quantal::{EdgeId, Game, NodeId, NodeKind, PlayerId, Viewer};

use crate::words;

/// Writes the game of `template` with the numbers of `game`.
///
/// # Errors
/// Those of `out`.
pub fn write(
    out: &mut dyn Write,
    template: &Template,
    game: &Game,
    lambda_raw: &[f64],
) -> io::Result<()> {
    let writer = Writer { template, game, names: Names::new(template) };
    let names = &writer.names;
    let players: Vec<PlayerId> = (0..template.graph.n_players()).map(PlayerId::new).collect();
    writeln!(out, "{{\"players\": [{}],", names.players.join(", "))?;
    let mut viewers = vec!["\"analyst\"".to_owned()];
    viewers.extend(names.players.iter().cloned());
    write!(out, "\"viewers\": [{}],\n\"lambda_raw\": ", viewers.join(", "))?;
    object(out, &names.players, lambda_raw.iter().copied())?;
    out.write_all(b",\n\"discount\": ")?;
    object(out, &names.players, players.iter().map(|&p| game.discount(p)))?;
    out.write_all(b",\n\"nodes\": [")?;
    for node in template.graph.nodes() {
        out.write_all(if node.0 == 0 { b"\n" } else { b",\n" })?;
        writer.node(out, node)?;
    }
    out.write_all(b"\n],\n\"root\": 0}\n")
}

/// Names already quoted, once for the whole game.
struct Names {
    players: Vec<String>,
    viewers: Vec<Viewer>,
    viewer_names: Vec<String>,
    /// `"variable": value` by variable and position in its domain.
    values: Vec<Vec<String>>,
}

impl Names {
    fn new(template: &Template) -> Self {
        let scenario = &template.scenario;
        let players: Vec<String> = template.graph.players().iter().map(|p| quoted(p)).collect();
        let n = players.len();
        let viewers = std::iter::once(Viewer::Analyst)
            .chain((0..n).map(|p| Viewer::Player(PlayerId::new(p))))
            .collect();
        let viewer_names =
            std::iter::once(quoted("analyst")).chain(players.iter().cloned()).collect();
        Self { viewers, viewer_names, values: values(scenario), players }
    }
}

fn values(scenario: &Scenario) -> Vec<Vec<String>> {
    scenario
        .variables
        .iter()
        .map(|v| {
            (0..v.n_values(scenario.actors.len()))
                .map(|at| {
                    let at = u8::try_from(at).unwrap_or(u8::MAX);
                    format!("{}: {}", quoted(&v.name), words::value(scenario, v, at))
                })
                .collect()
        })
        .collect()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn object(
    out: &mut dyn Write,
    names: &[String],
    numbers: impl Iterator<Item = f64>,
) -> io::Result<()> {
    out.write_all(b"{")?;
    for (i, (name, x)) in names.iter().zip(numbers).enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        write!(out, "{comma}{name}: ")?;
        number(out, x)?;
    }
    out.write_all(b"}")
}

/// The shortest text that reads back as `x`.
fn number(out: &mut dyn Write, x: f64) -> io::Result<()> {
    serde_json::to_writer(out, &x).map_err(io::Error::from)
}

struct Writer<'a> {
    template: &'a Template,
    game: &'a Game,
    names: Names,
}

impl Writer<'_> {
    fn node(&self, out: &mut dyn Write, node: NodeId) -> io::Result<()> {
        let Self { template, game, names } = self;
        let (graph, scenario) = (&template.graph, &template.scenario);
        let players = (0..graph.n_players()).map(PlayerId::new);
        let place = template.places[node.index()];
        let kind = graph.kind(node);
        let (word, player, infoset) = match kind {
            NodeKind::Decision(infoset) => {
                let player = names.players[graph.infoset(infoset).player.index()].clone();
                ("decision", player, infoset.0.to_string())
            }
            NodeKind::Chance => ("chance", "null".to_owned(), "null".to_owned()),
            NodeKind::Terminal => ("terminal", "null".to_owned(), "null".to_owned()),
        };
        let seat = match place.phase {
            Phase::Turn(slot) => {
                quoted(&scenario.seats[scenario.slots[slot.index()].seat.index()].id)
            }
            _ => "null".to_owned(),
        };
        write!(
            out,
            "{{\"id\": {}, \"kind\": \"{word}\", \"player\": {player}, \"seat\": {seat}, \
         \"infoset\": {infoset}, \"stage\": {}, \"state\": {{",
            node.0, place.stage
        )?;
        for (v, &at) in template.state(node).iter().enumerate() {
            let text = names.values[v].get(at as usize).map_or("", |s| s.as_str());
            write!(out, "{}{text}", if v == 0 { "" } else { ", " })?;
        }
        out.write_all(b"}, \"edges\": [")?;
        for (k, edge) in graph.edges(node).enumerate() {
            out.write_all(if k == 0 { b"\n  " } else { b",\n  " })?;
            self.edge(out, node, edge, k)?;
        }
        out.write_all(b"]")?;
        if kind == NodeKind::Terminal {
            out.write_all(b", \"payoffs\": ")?;
            object(out, &names.players, players.map(|p| game.terminal_payoff(node, p)))?;
        }
        out.write_all(b"}")
    }

    fn edge(
        &self,
        out: &mut dyn Write,
        node: NodeId,
        edge: EdgeId,
        position: usize,
    ) -> io::Result<()> {
        let Self { template, game, names } = self;
        let players = (0..template.graph.n_players()).map(PlayerId::new);
        let graph = &template.graph;
        let label = quoted(graph.edge_label(node, edge));
        write!(out, "{{\"to\": {}, \"label\": {label}, \"weight\": ", graph.to(edge).0)?;
        match graph.kind(node) {
            NodeKind::Decision(infoset) => {
                let action = graph.actions(infoset).nth(position);
                number(out, action.map_or(1.0, |a| game.weight(a)))?;
            }
            _ => {
                out.write_all(b"1, \"probability\": ")?;
                let ps = names.viewers.iter().map(|&v| game.probability(edge, v));
                object(out, &names.viewer_names, ps)?;
            }
        }
        out.write_all(b", \"payoffs\": ")?;
        object(out, &names.players, players.map(|p| game.edge_payoff(edge, p)))?;
        write!(out, ", \"next_stage\": {}", graph.is_next_stage(edge))?;
        let (rung, seen) = match (template.act(edge), graph.kind(node)) {
            (Some(act), NodeKind::Decision(infoset)) => {
                let mover = ActorId::new(graph.infoset(infoset).player.index());
                (act.rung.to_string(), act.rung_seen[mover.index()].to_string())
            }
            _ => ("null".to_owned(), "null".to_owned()),
        };
        write!(out, ", \"rung\": {rung}, \"rung_seen_by_mover\": {seen}}}")
    }
}
