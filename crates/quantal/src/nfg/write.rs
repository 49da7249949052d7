//! A strategic game as text for Gambit.

use std::fmt::Write as _;

use crate::efg::{distinct, portable, quoted, shortest};
use crate::ids::{InfosetId, NodeId, PlayerId};
use crate::nfg::read::{NfgGame, NfgOutcomes};

impl NfgGame {
    /// Writes the file again, in the form it had: payoffs or outcomes. Read again it is the same game to
    /// the last bit. Equal names of players or of one player's strategies are numbered.
    ///
    /// pygambit reads it; OpenSpiel does where there are payoffs and the strategies are called 1, 2, ….
    #[must_use]
    pub fn write(&self) -> String {
        let graph = self.game.graph();
        let strategies = |p| &graph.infoset(InfosetId::new(p)).actions;
        let is_number = |(k, name): (usize, &String)| *name == (k + 1).to_string();
        let is_numbered =
            (0..graph.n_players()).all(|p| strategies(p).iter().enumerate().all(is_number));
        let mut text = Self::header(graph.players(), &self.title);
        if is_numbered && self.outcomes.is_none() {
            self.push_counts(&mut text);
            if !self.comment.is_empty() {
                let _ = writeln!(text, "{}", quoted(&self.comment));
            }
            text.push('\n');
            self.push_payoffs(&mut text);
            return text;
        }
        text.push_str("\n{");
        for p in 0..graph.n_players() {
            text.push_str(" {");
            for name in distinct(strategies(p).iter().map(String::as_str)) {
                let _ = write!(text, " {}", quoted(&name));
            }
            text.push_str(" }\n");
        }
        let _ = write!(text, "}}\n{}\n\n", quoted(&self.comment));
        match &self.outcomes {
            Some(outcomes) => self.push_outcomes(&mut text, outcomes),
            None => self.push_payoffs(&mut text),
        }
        text
    }

    /// Writes the game with payoffs and without comment and names of strategies, the form that OpenSpiel
    /// reads, too; names of players are changed where one of the programs would not read them.
    #[must_use]
    pub fn write_numbered(&self) -> String {
        let players: Vec<String> =
            self.game.graph().players().iter().map(|name| portable(name)).collect();
        let mut text = Self::header(&players, &self.title.replace('"', "'").replace('\\', "/"));
        self.push_counts(&mut text);
        text.push('\n');
        self.push_payoffs(&mut text);
        text
    }

    fn header(players: &[String], title: &str) -> String {
        let mut text = format!("NFG 1 R {} {{", quoted(title));
        for name in distinct(players.iter().map(String::as_str)) {
            let _ = write!(text, " {}", quoted(&name));
        }
        text.push_str(" }\n");
        text
    }

    fn push_counts(&self, text: &mut String) {
        let graph = self.game.graph();
        text.push('{');
        for p in 0..graph.n_players() {
            let _ = write!(text, " {}", graph.infoset(InfosetId::new(p)).actions.len());
        }
        text.push_str(" }\n");
    }

    /// How many strategies the first player has: one line of the table.
    fn width(&self) -> usize {
        let graph = self.game.graph();
        if graph.n_players() > 0 { graph.infoset(InfosetId(0)).actions.len() } else { 1 }
    }

    fn push_outcomes(&self, text: &mut String, outcomes: &NfgOutcomes) {
        text.push_str("{\n");
        for (name, payoffs) in &outcomes.list {
            let _ = write!(text, "{{ {}", quoted(name));
            for (p, payoff) in payoffs.iter().enumerate() {
                let _ = write!(text, "{} {}", if p == 0 { "" } else { "," }, shortest(*payoff));
            }
            text.push_str(" }\n");
        }
        text.push_str("}\n");
        for row in outcomes.table.chunks(self.width()) {
            let numbers: Vec<String> =
                row.iter().map(|k| k.map_or(0, |k| k + 1).to_string()).collect();
            let _ = writeln!(text, "{}", numbers.join(" "));
        }
    }

    /// A line for each choice of the others: the first player's strategies, payoffs of everybody.
    fn push_payoffs(&self, text: &mut String) {
        let graph = self.game.graph();
        let first_end = graph.n_nodes() - graph.n_terminals();
        let ends: Vec<NodeId> = (first_end..graph.n_nodes()).map(NodeId::new).collect();
        for row in ends.chunks(self.width()) {
            let cell = |end: &NodeId| -> Vec<String> {
                let payoff = |p| self.game.terminal_payoff(*end, PlayerId::new(p));
                (0..graph.n_players()).map(|p| shortest(payoff(p))).collect()
            };
            let cells: Vec<String> = row.iter().map(|end| cell(end).join(" ")).collect();
            let _ = writeln!(text, "{}", cells.join("  "));
        }
    }
}
