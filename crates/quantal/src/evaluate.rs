//! Reach, beliefs and values of a given profile, straight from their definitions.
//!
//! With p_i player i's chance probabilities, π the profile, g_i payoffs on edges, δ_i the discount
//! on edges into the next stage:
//!
//! * r_i(n) = Σ over paths to n of the product of p_i(draws) and π(all moves, i's own included);
//! * b_i(n|I) = r_i(n) / Σ r_i over I;
//! * Q_i(I, a) = Σ over n in I of b_i(n|I) \[g_i(n, a) + δ_i V_i(n·a)\], V_i by p_i and π throughout.
//!
//! Own moves count: they cancel under perfect recall and must not be dropped without it
//! (Piccione and Rubinstein 1997 call these consistent beliefs).

use crate::game::{Game, Graph, NodeKind};
use crate::ids::{EdgeId, InfosetId, NodeId, PlayerId, Viewer};
use crate::math;
use crate::profile::BehaviorProfile;
use crate::scaled::Scaled;

/// Probability of reaching each node, `[node]`, by the chance probabilities of `viewer` and the
/// profile's moves of everybody (own moves included). Underflows to 0 below 1e-308.
#[must_use]
pub fn reach(game: &Game, profile: &BehaviorProfile, viewer: Viewer) -> Vec<f64> {
    scaled_reach(game, profile, viewer).into_iter().map(Scaled::to_f64).collect()
}

/// Natural logarithm of [`reach`], `[node]`: right far below 1e-308, −∞ where impossible.
#[must_use]
pub fn log_reach(game: &Game, profile: &BehaviorProfile, viewer: Viewer) -> Vec<f64> {
    scaled_reach(game, profile, viewer).into_iter().map(Scaled::ln).collect()
}

/// [`log_reach`] of `nodes` alone, in their order, under the log-policy `logs` and with the chance probabilities
/// that `chance` gives: only what lies before the last of them is passed.
#[must_use]
pub fn log_reach_at(
    graph: &Graph,
    logs: &[f64],
    chance: &dyn Fn(EdgeId) -> f64,
    nodes: &[NodeId],
) -> Vec<f64> {
    let n = nodes.iter().map(|n| n.index() + 1).max().unwrap_or(0);
    let mut reach = vec![Scaled::ZERO; n];
    if let Some(root) = reach.first_mut() {
        *root = Scaled::ONE;
    }
    for node in graph.nodes().take(n) {
        let here = reach[node.index()];
        let mut actions = match graph.kind(node) {
            NodeKind::Decision(infoset) => Some(graph.actions(infoset)),
            _ => None,
        };
        for edge in graph.edges(node) {
            let action = actions.as_mut().and_then(Iterator::next);
            if let Some(to) = reach.get_mut(graph.to(edge).index()) {
                let factor = match action {
                    Some(action) => Scaled::exp(logs[action.index()]),
                    None => Scaled::ONE.scale(chance(edge)),
                };
                *to = to.plus(here.times(factor));
            }
        }
    }
    nodes.iter().map(|n| reach[n.index()].ln()).collect()
}

/// Expected payoff to come at each node, `[node]`, for `player`, by chance probabilities of `viewer`.
/// `values(game, profile, p, Viewer::Player(p))` is V_p of the model; payoffs by the analyst use `Viewer::Analyst`.
#[must_use]
pub fn values(
    game: &Game,
    profile: &BehaviorProfile,
    player: PlayerId,
    viewer: Viewer,
) -> Vec<f64> {
    values_under(game, &probabilities(profile), player, viewer)
}

/// `[action]`
fn probabilities(profile: &BehaviorProfile) -> Vec<f64> {
    profile.logs().iter().map(|&l| math::exp(l)).collect()
}

/// [`values`] where the probabilities of the actions are known.
fn values_under(game: &Game, policy: &[f64], player: PlayerId, viewer: Viewer) -> Vec<f64> {
    let graph = game.graph();
    let mut values = vec![0.0; graph.n_nodes()];
    for node in graph.nodes().rev() {
        values[node.index()] = match graph.kind(node) {
            NodeKind::Terminal => game.terminal_payoff(node, player),
            NodeKind::Chance => graph
                .edges(node)
                .map(|e| game.probability(e, viewer) * behind(game, player, e, &values))
                .sum(),
            NodeKind::Decision(infoset) => graph
                .edges(node)
                .zip(graph.actions(infoset))
                .map(|(e, a)| policy[a.index()] * behind(game, player, e, &values))
                .sum(),
        };
    }
    values
}

/// Q(I, a) for every action of the game: the owner's expected payoff of taking it on reaching I,
/// by the owner's beliefs (full reach, own moves included).
///
/// Where the owner holds I impossible there are no beliefs; its nodes then count alike.
#[must_use]
pub fn action_values(game: &Game, profile: &BehaviorProfile) -> Vec<f64> {
    action_values_and_reach(game, profile).0
}

/// [`action_values`], and the owner's reach of each information set.
pub(crate) fn action_values_and_reach(
    game: &Game,
    profile: &BehaviorProfile,
) -> (Vec<f64>, Vec<Scaled>) {
    let graph = game.graph();
    let mut q = vec![0.0; graph.n_actions()];
    let mut infoset_reach = vec![Scaled::ZERO; graph.n_infosets()];
    let (scaled, policy) = (scaled_policy(profile), probabilities(profile));
    for player in (0..graph.n_players()).map(PlayerId::new) {
        let viewer = Viewer::Player(player);
        let reach = scaled_reach_under(game, &scaled, viewer);
        let value = values_under(game, &policy, player, viewer);
        for infoset in graph.infosets().filter(|&i| graph.infoset(i).player == player) {
            let nodes = graph.infoset_nodes(infoset);
            let total = sum(nodes.iter().map(|n| reach[n.index()]));
            infoset_reach[infoset.index()] = total;
            for &node in nodes {
                let share = match total {
                    Scaled::ZERO => 1.0 / nodes.len() as f64,
                    _ => reach[node.index()].share_of(total),
                };
                for (edge, action) in graph.edges(node).zip(graph.actions(infoset)) {
                    q[action.index()] += share * behind(game, player, edge, &value);
                }
            }
        }
    }
    (q, infoset_reach)
}

/// Belief of the owner over the nodes of `infoset`, in the order of [`crate::Graph::infoset_nodes`];
/// stays right when the information set is barely reached. `None` if its owner holds it impossible.
#[must_use]
pub fn belief(
    game: &Game,
    profile: &BehaviorProfile,
    infoset: InfosetId,
) -> Option<Vec<(NodeId, f64)>> {
    let graph = game.graph();
    let owner = graph.infoset(infoset).player;
    let reach = scaled_reach(game, profile, Viewer::Player(owner));
    let nodes = graph.infoset_nodes(infoset);
    let total = sum(nodes.iter().map(|n| reach[n.index()]));
    (total != Scaled::ZERO)
        .then(|| nodes.iter().map(|&n| (n, reach[n.index()].share_of(total))).collect())
}

/// Reach of every node with an exponent of its own.
pub(crate) fn scaled_reach(game: &Game, profile: &BehaviorProfile, viewer: Viewer) -> Vec<Scaled> {
    scaled_reach_under(game, &scaled_policy(profile), viewer)
}

/// `[action]`
fn scaled_policy(profile: &BehaviorProfile) -> Vec<Scaled> {
    profile.logs().iter().map(|&l| Scaled::exp(l)).collect()
}

/// [`scaled_reach`] where the probabilities of the actions are known.
fn scaled_reach_under(game: &Game, policy: &[Scaled], viewer: Viewer) -> Vec<Scaled> {
    let graph = game.graph();
    let mut reach = vec![Scaled::ZERO; graph.n_nodes()];
    if let Some(root) = reach.first_mut() {
        *root = Scaled::ONE;
    }
    for node in graph.nodes() {
        let here = reach[node.index()];
        match graph.kind(node) {
            NodeKind::Terminal => {}
            NodeKind::Chance => {
                for edge in graph.edges(node) {
                    let to = &mut reach[graph.to(edge).index()];
                    *to = to.plus(here.scale(game.probability(edge, viewer)));
                }
            }
            NodeKind::Decision(infoset) => {
                for (edge, action) in graph.edges(node).zip(graph.actions(infoset)) {
                    let to = &mut reach[graph.to(edge).index()];
                    *to = to.plus(here.times(policy[action.index()]));
                }
            }
        }
    }
    reach
}

pub(crate) fn sum(terms: impl Iterator<Item = Scaled>) -> Scaled {
    terms.fold(Scaled::ZERO, Scaled::plus)
}

/// What `player` gets by passing `edge`: the payoff on it and the (discounted) value behind it.
fn behind(game: &Game, player: PlayerId, edge: EdgeId, values: &[f64]) -> f64 {
    let graph = game.graph();
    let value = values[graph.to(edge).index()];
    let discount = if graph.is_next_stage(edge) { game.discount(player) } else { 1.0 };
    game.edge_payoff(edge, player) + discount * value
}
