//! A file as it was read, as text again.

use crate::efg::lines::{Lines, distinct};
use crate::efg::read::{EfgDraw, EfgGame};
use crate::efg::write::EfgText;
use crate::game::NodeKind;
use crate::ids::{InfosetId, PlayerId};

impl EfgGame {
    /// Writes the file again: the same tree, names, numbers of information sets, draws and outcomes,
    /// and payoffs where they were. Read again it is the same game to the last bit.
    ///
    /// Two things may differ: where Gambit would refuse equal names of one player's information sets
    /// they are numbered, and probabilities whose decimals do not sum to one are written as fractions
    /// or longer decimals with the same meaning.
    #[must_use]
    pub fn write(&self) -> EfgText {
        let graph = self.game.graph();
        let mut lines = Lines::new(&self.title, graph.players(), &self.comment);
        let mut labels = vec![String::new(); graph.n_infosets()];
        for player in (0..graph.n_players()).map(PlayerId::new) {
            let is_named = |i: &InfosetId| {
                graph.infoset(*i).player == player && !graph.infoset(*i).label.is_empty()
            };
            let named: Vec<InfosetId> = graph.infosets().filter(is_named).collect();
            let names = distinct(named.iter().map(|&i| graph.infoset(i).label.as_str()));
            for (i, name) in named.iter().zip(names) {
                lines.is_renamed |= name != graph.infoset(*i).label;
                labels[i.index()] = name;
            }
        }
        let mut draw_names: Vec<String> = self.draws.iter().map(|d| d.name.clone()).collect();
        let named: Vec<usize> =
            (0..draw_names.len()).filter(|&k| !draw_names[k].is_empty()).collect();
        let names = distinct(named.iter().map(|&k| self.draws[k].name.as_str()));
        for (k, name) in named.into_iter().zip(names) {
            lines.is_renamed |= name != draw_names[k];
            draw_names[k] = name;
        }
        for node in graph.nodes() {
            let name = &self.node_names[node.index()];
            match (graph.kind(node), self.node_draws[node.index()]) {
                (NodeKind::Decision(i), _) => {
                    let set = graph.infoset(i);
                    let number = self.infoset_numbers[i.index()];
                    lines.decision(name, set.player, number, &labels[i.index()], &set.actions);
                }
                (NodeKind::Chance, Some(draw)) => {
                    let EfgDraw { number, actions, .. } = &self.draws[draw];
                    let labels: Vec<String> = actions.iter().map(|a| a.0.clone()).collect();
                    let ps: Vec<f64> = actions.iter().map(|a| a.1).collect();
                    lines.draw(name, *number, &draw_names[draw], &labels, &ps);
                }
                _ => lines.end(name),
            }
            let is_end = graph.kind(node) == NodeKind::Terminal;
            lines.is_gambit_only |= is_end != self.node_outcomes[node.index()].is_some();
            match self.node_outcomes[node.index()].map(|k| &self.outcomes[k]) {
                Some(outcome) => lines.outcome(outcome.number, &outcome.name, &outcome.payoffs),
                None => lines.no_outcome(),
            }
        }
        for player in (0..graph.n_players()).map(PlayerId::new) {
            let own = graph.infosets().filter(|&i| graph.infoset(i).player == player);
            let numbers: Vec<u32> = own.map(|i| self.infoset_numbers[i.index()]).collect();
            lines.is_gambit_only |= numbers.iter().any(|&n| n as usize > numbers.len());
        }
        let warnings = lines.warnings();
        EfgText { text: lines.text, warnings }
    }
}
