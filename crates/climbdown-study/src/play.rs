//! One way of playing a game: how likely each move is where it can be made.
//!
//! The base equilibrium, both policy games and the coin toss of Λ = 0 all become a [`Play`] on the
//! *same* graph, that of the template. A move taken off a menu has probability 0, a forced move 1.
//! So every figure is one pass over one graph, and two plays can be compared node by node.

use quantal::{
    BehaviorProfile, Derived, EdgeId, Game, Graph, NodeId, NodeKind, PlayerId, Viewer,
    math::{exp, ln},
};

/// A probability for every move of a graph, as a natural logarithm: −∞ if it cannot be made.
/// Edges of chance carry 0 here; their probability depends on who looks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Play {
    log_moves: Vec<f64>,
    moves: Vec<f64>,
}

impl Play {
    /// The play of `profile`.
    pub(crate) fn of_profile(graph: &Graph, profile: &BehaviorProfile) -> Self {
        let mut log_moves = vec![0.0; graph.n_edges()];
        for node in graph.nodes() {
            if let NodeKind::Decision(infoset) = graph.kind(node) {
                for (edge, action) in graph.edges(node).zip(graph.actions(infoset)) {
                    log_moves[edge.index()] = profile.log_probability(action);
                }
            }
        }
        Self::from_logs(log_moves)
    }

    /// The coin toss of Λ = 0: every allowed move in proportion to its weight.
    pub(crate) fn coin_toss(game: &Game, is_allowed: impl Fn(NodeId, EdgeId) -> bool) -> Self {
        let graph = game.graph();
        let mut log_moves = vec![0.0; graph.n_edges()];
        for node in graph.nodes() {
            if let NodeKind::Decision(infoset) = graph.kind(node) {
                let weight = |(edge, action)| {
                    if is_allowed(node, edge) { game.weight(action) } else { 0.0 }
                };
                let moves = || graph.edges(node).zip(graph.actions(infoset));
                let total: f64 = moves().map(weight).sum();
                for pair in moves() {
                    log_moves[pair.0.index()] = ln(weight(pair) / total);
                }
            }
        }
        Self::from_logs(log_moves)
    }

    /// The play of `profile`, a profile of a part of the game, on the whole graph. Moves outside
    /// the part cannot be made.
    pub(crate) fn of_part(graph: &Graph, part: &Derived, profile: &BehaviorProfile) -> Self {
        let mut log_moves = vec![f64::NEG_INFINITY; graph.n_edges()];
        for edge in graph.nodes().flat_map(|n| graph.edges(n)) {
            if graph.chance_index(edge).is_some() {
                log_moves[edge.index()] = 0.0;
            }
        }
        let inside = part.game.graph();
        for node in inside.nodes() {
            if let NodeKind::Decision(infoset) = inside.kind(node) {
                for (edge, action) in inside.edges(node).zip(inside.actions(infoset)) {
                    let origin = part.edges[edge.index()].expect("moves come from the whole game");
                    log_moves[origin.index()] = profile.log_probability(action);
                }
            }
        }
        Self::from_logs(log_moves)
    }

    /// From logarithms, one per edge.
    pub(crate) fn from_logs(log_moves: Vec<f64>) -> Self {
        let moves = log_moves.iter().map(|&log| exp(log)).collect();
        Self { log_moves, moves }
    }

    /// This play on the first `n` edges, and `later` on the others.
    pub(crate) fn until(&self, n: usize, later: &Self) -> Self {
        let splice = |a: &[f64], b: &[f64]| [&a[..n], &b[n..]].concat();
        Self {
            log_moves: splice(&self.log_moves, &later.log_moves),
            moves: splice(&self.moves, &later.moves),
        }
    }

    /// The same play, except that `forced` edges are taken for certain where they begin.
    pub(crate) fn forcing(&self, graph: &Graph, forced: &[(NodeId, EdgeId)]) -> Self {
        let mut log_moves = self.log_moves.clone();
        for &(node, edge) in forced {
            for other in graph.edges(node) {
                log_moves[other.index()] = if other == edge { 0.0 } else { f64::NEG_INFINITY };
            }
        }
        Self::from_logs(log_moves)
    }

    /// Natural logarithm of the probability of the move `edge`, where it begins.
    pub(crate) fn log_move(&self, edge: EdgeId) -> f64 {
        self.log_moves[edge.index()]
    }

    /// Whether `edge` may be taken: a move that can be made, or a draw `viewer` holds possible.
    pub(crate) fn is_possible(&self, game: &Game, edge: EdgeId, viewer: Viewer) -> bool {
        self.log_moves[edge.index()] > f64::NEG_INFINITY && game.probability(edge, viewer) > 0.0
    }

    /// The probability of each edge where it begins, in the eyes of `viewer`.
    pub(crate) fn steps(&self, game: &Game, viewer: Viewer) -> Vec<f64> {
        self.steps_by(game.graph(), |edge| game.probability(edge, viewer))
    }

    /// The probability of each edge where it begins, draws by `chance`.
    pub(crate) fn steps_by(&self, graph: &Graph, chance: impl Fn(EdgeId) -> f64) -> Vec<f64> {
        let mut steps = self.moves.clone();
        for node in graph.nodes().filter(|&n| graph.kind(n) == NodeKind::Chance) {
            for edge in graph.edges(node) {
                steps[edge.index()] = chance(edge);
            }
        }
        steps
    }
}

/// The profile of Λ = 0: every move in proportion to its weight.
pub(crate) fn toss(game: &Game) -> BehaviorProfile {
    let graph = game.graph();
    let logs = graph.infosets().flat_map(|infoset| {
        let total: f64 = graph.actions(infoset).map(|a| game.weight(a)).sum();
        graph.actions(infoset).map(move |a| ln(game.weight(a) / total))
    });
    BehaviorProfile::from_logs(logs.collect())
}

/// Where a pass begins: nodes with weights that sum to 1.
pub(crate) type Start = Vec<(NodeId, f64)>;

/// Probability of passing each node, beginning at `start` and stepping by `steps`.
pub(crate) fn flow(graph: &Graph, start: &[(NodeId, f64)], steps: &[f64]) -> Vec<f64> {
    let mut flow = vec![0.0; graph.n_nodes()];
    for &(node, weight) in start {
        flow[node.index()] += weight;
    }
    for node in graph.nodes() {
        let here = flow[node.index()];
        if here > 0.0 {
            for edge in graph.edges(node) {
                flow[graph.to(edge).index()] += here * steps[edge.index()];
            }
        }
    }
    flow
}

/// Expected payoff to come at each node for `player`, stepping by `steps`.
pub(crate) fn payoff_to_come(game: &Game, steps: &[f64], player: PlayerId) -> Vec<f64> {
    let graph = game.graph();
    let mut values = vec![0.0; graph.n_nodes()];
    for node in graph.nodes().rev() {
        values[node.index()] = match graph.kind(node) {
            NodeKind::Terminal => game.terminal_payoff(node, player),
            _ => graph
                .edges(node)
                .filter(|edge| steps[edge.index()] > 0.0)
                .map(|edge| {
                    let discount =
                        if graph.is_next_stage(edge) { game.discount(player) } else { 1.0 };
                    let behind = values[graph.to(edge).index()];
                    steps[edge.index()] * (game.edge_payoff(edge, player) + discount * behind)
                })
                .sum(),
        };
    }
    values
}

/// The sum of `numbers`, in order; 0 (not −0, as the standard library has it) if there are none.
pub(crate) fn total(numbers: impl IntoIterator<Item = f64>) -> f64 {
    numbers.into_iter().fold(0.0, |sum, x| sum + x)
}

/// Weights in proportion to e to the power of the logarithms, summing to 1; `None` if all are 0.
pub(crate) fn normalised(logs: &[(NodeId, f64)]) -> Option<Start> {
    let largest = logs.iter().map(|&(_, log)| log).fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return None;
    }
    let weights: Start = logs.iter().map(|&(node, log)| (node, exp(log - largest))).collect();
    let total: f64 = weights.iter().map(|&(_, weight)| weight).sum();
    Some(weights.into_iter().map(|(node, weight)| (node, weight / total)).collect())
}
