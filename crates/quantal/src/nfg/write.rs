//! A strategic game as text for Gambit.

use std::fmt::Write as _;

use crate::efg::{distinct, quoted};
use crate::ids::{InfosetId, NodeId, PlayerId};
use crate::nfg::read::NfgGame;

impl NfgGame {
    /// Writes the file again, in the form it had: payoffs or outcomes. Read again it is the same game to
    /// the last bit. Equal names of players or of one player's strategies are numbered.
    ///
    /// pygambit reads both forms; OpenSpiel reads the form with payoffs, and no quotes in names.
    #[must_use]
    pub fn write(&self) -> String {
        let graph = self.game.graph();
        let mut text = format!("NFG 1 R {} {{", quoted(&self.title));
        for name in distinct(graph.players().iter().map(String::as_str)) {
            let _ = write!(text, " {}", quoted(&name));
        }
        text.push_str(" }\n\n{");
        let actions = |p| &graph.infoset(InfosetId::new(p)).actions;
        for p in 0..graph.n_players() {
            text.push_str(" {");
            for name in distinct(actions(p).iter().map(String::as_str)) {
                let _ = write!(text, " {}", quoted(&name));
            }
            text.push_str(" }\n");
        }
        let _ = write!(text, "}}\n{}\n\n", quoted(&self.comment));
        let width = if graph.n_players() > 0 { actions(0).len() } else { 1 };
        if let Some(outcomes) = &self.outcomes {
            text.push_str("{\n");
            for (name, payoffs) in &outcomes.list {
                let _ = write!(text, "{{ {}", quoted(name));
                for (p, payoff) in payoffs.iter().enumerate() {
                    let _ = write!(text, "{} {}", if p == 0 { "" } else { "," }, payoff + 0.0);
                }
                text.push_str(" }\n");
            }
            text.push_str("}\n");
            for row in outcomes.table.chunks(width) {
                let numbers: Vec<String> =
                    row.iter().map(|k| k.map_or(0, |k| k + 1).to_string()).collect();
                let _ = writeln!(text, "{}", numbers.join(" "));
            }
            return text;
        }
        // A line for each choice of the others: the first player's strategies, payoffs of everybody.
        let first_end = graph.n_nodes() - graph.n_terminals();
        let ends: Vec<NodeId> = (first_end..graph.n_nodes()).map(NodeId::new).collect();
        for row in ends.chunks(width) {
            let cell = |end: &NodeId| -> Vec<String> {
                let payoff = |p| self.game.terminal_payoff(*end, PlayerId::new(p)) + 0.0;
                (0..graph.n_players()).map(|p| payoff(p).to_string()).collect()
            };
            let cells: Vec<String> = row.iter().map(|end| cell(end).join(" ")).collect();
            let _ = writeln!(text, "{}", cells.join("  "));
        }
        text
    }
}
