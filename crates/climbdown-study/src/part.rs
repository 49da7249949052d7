//! A part of a game as a game of its own: it begins at given nodes and leaves some moves out.
//!
//! A policy game is such a part: it starts at the question's turn from the base game's nodes, each
//! viewer with its own weights there, and some menus are shorter.

use std::sync::Arc;

use quantal::{
    BehaviorProfile, EdgeId, Game, Graph, GraphParts, InformationSet, InfosetId, NodeId, NodeKind,
    Numbers, math::exp,
};

use crate::play::Play;

/// A part of a game, and where its moves are in the whole.
pub(crate) struct Part {
    /// The game to solve.
    pub(crate) game: Game,
    /// The edge of the whole, for each edge of the part that is not one of its new root's.
    edges: Vec<Option<EdgeId>>,
}

impl Part {
    /// Begins at `start`: each node with the natural logarithm of each viewer's weight there, players
    /// first, then the analyst; only what `is_left` remains. At every information set at least one
    /// move must be left, and the same ones at each of its nodes.
    pub(crate) fn new(
        whole: &Game,
        start: &[(NodeId, Vec<f64>)],
        is_left: impl Fn(EdgeId) -> bool,
    ) -> Self {
        let graph = whole.graph();
        let mut is_inside = vec![false; graph.n_nodes()];
        for (node, _) in start {
            is_inside[node.index()] = true;
        }
        for node in graph.nodes() {
            if is_inside[node.index()] {
                for edge in graph.edges(node).filter(|&e| is_left(e)) {
                    is_inside[graph.to(edge).index()] = true;
                }
            }
        }
        let inside: Vec<NodeId> = graph.nodes().filter(|n| is_inside[n.index()]).collect();
        let mut place = vec![NodeId(0); graph.n_nodes()];
        for (at, node) in inside.iter().enumerate() {
            place[node.index()] = NodeId::new(at + 1);
        }
        let mut edges: Vec<Option<EdgeId>> = vec![None; start.len()];
        let mut infoset_at: Vec<Option<InfosetId>> = vec![None; graph.n_infosets()];
        let mut parts = GraphParts {
            players: graph.players().to_vec(),
            kinds: vec![NodeKind::Chance],
            edge_start: vec![0, count(start.len())],
            edge_to: start.iter().map(|(node, _)| place[node.index()]).collect(),
            edge_next_stage: vec![false; start.len()],
            chance_labels: vec![String::new(); start.len()],
            infosets: Vec::new(),
        };
        let mut numbers = Numbers {
            discounts: whole.numbers().discounts.clone(),
            edge_payoffs: vec![0.0; start.len() * graph.n_players()],
            ..Numbers::default()
        };
        for &node in &inside {
            parts.kinds.push(match graph.kind(node) {
                NodeKind::Decision(infoset) => {
                    let here = infoset_at[infoset.index()].unwrap_or_else(|| {
                        let left: Vec<usize> = left_at(graph, node, &is_left).collect();
                        let set = graph.infoset(infoset);
                        parts.infosets.push(InformationSet {
                            player: set.player,
                            label: set.label.clone(),
                            actions: left.iter().map(|&k| set.actions[k].clone()).collect(),
                        });
                        let actions: Vec<_> = graph.actions(infoset).collect();
                        numbers.weights.extend(left.iter().map(|&k| whole.weight(actions[k])));
                        InfosetId::new(parts.infosets.len() - 1)
                    });
                    infoset_at[infoset.index()] = Some(here);
                    NodeKind::Decision(here)
                }
                other => other,
            });
            if let Some(terminal) = graph.terminal_index(node) {
                let n = graph.n_players();
                let row = &whole.numbers().terminal_payoffs[terminal * n..(terminal + 1) * n];
                numbers.terminal_payoffs.extend(row);
            }
            for edge in graph.edges(node).filter(|&e| is_left(e)) {
                edges.push(Some(edge));
                parts.edge_to.push(place[graph.to(edge).index()]);
                parts.edge_next_stage.push(graph.is_next_stage(edge));
                let n = graph.n_players();
                let row = edge.index() * n..(edge.index() + 1) * n;
                numbers.edge_payoffs.extend(&whole.numbers().edge_payoffs[row]);
                if graph.chance_index(edge).is_some() {
                    parts.chance_labels.push(graph.edge_label(node, edge).to_string());
                }
            }
            parts.edge_start.push(count(parts.edge_to.len()));
        }
        let viewers = 0..graph.n_viewers();
        numbers.chance = viewers.flat_map(|v| chance_row(whole, start, &edges, v)).collect();
        let graph = Graph::new(parts).expect("a part of a game obeys the laws of games");
        let game = Game::new(Arc::new(graph), numbers).expect("its numbers are the whole's");
        Self { game, edges }
    }

    /// The play of `profile`, a profile of this part, on the graph of the whole. Moves outside the
    /// part cannot be made.
    pub(crate) fn play(&self, whole: &Graph, profile: &BehaviorProfile) -> Play {
        let mut log_moves = vec![f64::NEG_INFINITY; whole.n_edges()];
        for edge in whole.nodes().flat_map(|n| whole.edges(n)) {
            if whole.chance_index(edge).is_some() {
                log_moves[edge.index()] = 0.0;
            }
        }
        let graph = self.game.graph();
        for node in graph.nodes() {
            if let NodeKind::Decision(infoset) = graph.kind(node) {
                for (edge, action) in graph.edges(node).zip(graph.actions(infoset)) {
                    let origin = self.edges[edge.index()].expect("moves come from the whole");
                    log_moves[origin.index()] = profile.log_probability(action);
                }
            }
        }
        Play::from_logs(log_moves)
    }
}

fn left_at<'a>(
    graph: &'a Graph,
    node: NodeId,
    is_left: &'a impl Fn(EdgeId) -> bool,
) -> impl Iterator<Item = usize> + 'a {
    graph.edges(node).enumerate().filter(|&(_, e)| is_left(e)).map(|(k, _)| k)
}

/// The chance probabilities of one viewer: first the weights of the start, then the whole's.
fn chance_row(
    whole: &Game,
    start: &[(NodeId, Vec<f64>)],
    edges: &[Option<EdgeId>],
    viewer: usize,
) -> Vec<f64> {
    let graph = whole.graph();
    let logs: Vec<f64> = start.iter().map(|(_, by_viewer)| by_viewer[viewer]).collect();
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs
        .iter()
        .map(|&log| {
            // What is possible stays possible, however small beside the rest.
            let floor = if log > f64::NEG_INFINITY { f64::MIN_POSITIVE } else { 0.0 };
            exp(log - largest).max(floor)
        })
        .collect();
    let total: f64 = weights.iter().sum();
    let row = viewer * graph.n_chance_edges();
    let of_whole = edges.iter().flatten().filter_map(|&e| graph.chance_index(e));
    weights
        .iter()
        .map(|w| (w / total).max(if *w > 0.0 { f64::MIN_POSITIVE } else { 0.0 }))
        .chain(of_whole.map(|c| whole.numbers().chance[row + c]))
        .collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).expect("games have fewer than 2^32 parts")
}
