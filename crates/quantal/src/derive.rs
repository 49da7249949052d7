//! Games made from another: one that starts in the middle, with some actions taken away.

use std::sync::Arc;

use crate::game::{BrokenLaw, Game, Graph, GraphParts, InformationSet, NodeKind, Numbers};
use crate::ids::{ActionId, EdgeId, InfosetId, NodeId, PlayerId, Viewer};
use crate::math;

/// A node of the base game where the derived game may start.
#[derive(Clone, Debug, PartialEq)]
pub struct StartNode {
    /// The node.
    pub node: NodeId,
    /// How likely each viewer holds it, players first and the analyst last: natural logarithms, −∞ for
    /// impossible, up to a constant per viewer. [`crate::log_reach`] gives such numbers.
    pub log_weights: Vec<f64>,
}

/// A derived game, and what its parts were in the base game.
#[derive(Clone, Debug)]
pub struct Derived {
    /// The game; its root draws the start node.
    pub game: Game,
    /// Base node of each node; `None` for the new root.
    pub nodes: Vec<Option<NodeId>>,
    /// Base edge of each edge; `None` for those that leave the new root.
    pub edges: Vec<Option<EdgeId>>,
    /// Base information set of each information set.
    pub infosets: Vec<InfosetId>,
    /// Base action of each action.
    pub actions: Vec<ActionId>,
}

impl Game {
    /// The game that starts at one of `start`, drawn by weight as each viewer sees it, and in which
    /// only the actions remain that `keep` (node, position of the action) lets stand. What cannot
    /// be reached any more is dropped.
    ///
    /// A weight that is positive but below 2e-308 of the viewer's total counts as 2e-308.
    ///
    /// # Errors
    /// [`BrokenLaw::UnevenMenu`] where `keep` differs between nodes of an information set,
    /// [`BrokenLaw::EmptyMenu`] where it leaves no action, [`BrokenLaw::DogmaticZero`] where a player
    /// gives weight 0 to a start that another viewer holds possible, [`BrokenLaw::NotADistribution`]
    /// where a viewer holds every start impossible, [`BrokenLaw::Lengths`] where weights are missing.
    pub fn conditioned(
        &self,
        start: &[StartNode],
        keep: &dyn Fn(NodeId, usize) -> bool,
    ) -> Result<Derived, BrokenLaw> {
        let base = self.graph();
        let (targets, root_chance) = start_draw(base, start)?;
        let kept = kept_part(base, &targets, keep)?;

        // New ids: the root, then what is reached in base order.
        let mut node_of = vec![NodeId(0); base.n_nodes()];
        let mut nodes = vec![None];
        for node in base.nodes().filter(|n| kept.is_reached[n.index()]) {
            node_of[node.index()] = NodeId::new(nodes.len());
            nodes.push(Some(node));
        }
        let infosets: Vec<InfosetId> =
            base.infosets().filter(|i| kept.menus[i.index()].is_some()).collect();
        let mut infoset_of = vec![InfosetId(0); base.n_infosets()];
        let mut actions = Vec::new();
        let mut parts = GraphParts { players: base.players().to_vec(), ..GraphParts::default() };
        for (new, &old) in infosets.iter().enumerate() {
            infoset_of[old.index()] = InfosetId::new(new);
            let set = base.infoset(old);
            let menu = kept.menu(old);
            let stays = |(k, _): &(usize, &String)| menu[*k];
            parts.infosets.push(InformationSet {
                player: set.player,
                label: set.label.clone(),
                actions: set
                    .actions
                    .iter()
                    .enumerate()
                    .filter(stays)
                    .map(|x| x.1.clone())
                    .collect(),
            });
            actions.extend(base.actions(old).zip(menu).filter(|(_, kept)| **kept).map(|(a, _)| a));
        }

        parts.kinds.push(NodeKind::Chance);
        parts.edge_start.push(0);
        parts.edge_to.extend(targets.iter().map(|n| node_of[n.index()]));
        parts.edge_next_stage.resize(targets.len(), false);
        parts.chance_labels.resize(targets.len(), String::new());
        let mut edges: Vec<Option<EdgeId>> = vec![None; targets.len()];
        for node in nodes.iter().copied().flatten() {
            parts.edge_start.push(u32::try_from(edges.len()).unwrap_or(u32::MAX));
            let kind = match base.kind(node) {
                NodeKind::Decision(i) => NodeKind::Decision(infoset_of[i.index()]),
                other => other,
            };
            parts.kinds.push(kind);
            for (k, edge) in base.edges(node).enumerate() {
                if let NodeKind::Decision(i) = base.kind(node)
                    && !kept.menu(i)[k]
                {
                    continue;
                }
                edges.push(Some(edge));
                parts.edge_to.push(node_of[base.to(edge).index()]);
                parts.edge_next_stage.push(base.is_next_stage(edge));
                if base.kind(node) == NodeKind::Chance {
                    parts.chance_labels.push(base.edge_label(node, edge).to_owned());
                }
            }
        }
        parts.edge_start.push(u32::try_from(edges.len()).unwrap_or(u32::MAX));

        let numbers = self.numbers_of(&nodes, &edges, &actions, &root_chance);
        let game = Game::new(Arc::new(Graph::new(parts)?), numbers)?;
        Ok(Derived { game, nodes, edges, infosets, actions })
    }

    fn numbers_of(
        &self,
        nodes: &[Option<NodeId>],
        edges: &[Option<EdgeId>],
        actions: &[ActionId],
        root_chance: &[Vec<f64>],
    ) -> Numbers {
        let base = self.graph();
        let players = || (0..base.n_players()).map(PlayerId::new);
        let mut numbers =
            Numbers { discounts: self.numbers().discounts.clone(), ..Numbers::default() };
        for edge in edges {
            let payoff = |p| edge.map_or(0.0, |e| self.edge_payoff(e, p));
            numbers.edge_payoffs.extend(players().map(payoff));
        }
        for &node in nodes.iter().flatten().filter(|&&n| base.kind(n) == NodeKind::Terminal) {
            numbers.terminal_payoffs.extend(players().map(|p| self.terminal_payoff(node, p)));
        }
        let viewers = players().map(Viewer::Player).chain([Viewer::Analyst]);
        for (viewer, draw) in viewers.zip(root_chance) {
            numbers.chance.extend(draw);
            let chance_edges = edges.iter().flatten().filter(|&&e| base.chance_index(e).is_some());
            numbers.chance.extend(chance_edges.map(|&e| self.probability(e, viewer)));
        }
        numbers.weights.extend(actions.iter().map(|&a| self.weight(a)));
        numbers
    }
}

/// The start nodes somebody holds possible, and per viewer, players first, their probabilities: the
/// draw at the root of [`Game::conditioned`].
///
/// # Errors
/// As there.
pub fn start_draw(
    base: &Graph,
    start: &[StartNode],
) -> Result<(Vec<NodeId>, Vec<Vec<f64>>), BrokenLaw> {
    let expected = base.n_viewers();
    if let Some(s) = start.iter().find(|s| s.log_weights.len() != expected) {
        let found = s.log_weights.len();
        return Err(BrokenLaw::Lengths { array: "log_weights", found, expected });
    }
    let is_possible = |s: &&StartNode| s.log_weights.iter().any(|&w| w != f64::NEG_INFINITY);
    let possible: Vec<&StartNode> = start.iter().filter(is_possible).collect();
    let viewers = (0..base.n_players()).map(|p| Viewer::Player(PlayerId::new(p)));
    let mut draws = Vec::with_capacity(expected);
    for (v, viewer) in viewers.chain([Viewer::Analyst]).enumerate() {
        let logs: Vec<f64> = possible.iter().map(|s| s.log_weights[v]).collect();
        if let Some(at) = logs.iter().position(|w| w.is_nan() || *w == f64::INFINITY) {
            return Err(BrokenLaw::NotFinite { array: "log_weights", at });
        }
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if top == f64::NEG_INFINITY {
            return Err(BrokenLaw::NotADistribution(NodeId(0), viewer));
        }
        let total: f64 = logs.iter().map(|w| math::exp(w - top)).sum();
        let share = |w: &f64| match *w {
            f64::NEG_INFINITY => 0.0,
            w => (math::exp(w - top) / total).max(f64::MIN_POSITIVE),
        };
        draws.push(logs.iter().map(share).collect());
    }
    Ok((possible.iter().map(|s| s.node).collect(), draws))
}

/// What is left of the base game.
struct Kept {
    is_reached: Vec<bool>,
    /// Per information set that is reached: which actions stay.
    menus: Vec<Option<Vec<bool>>>,
}

impl Kept {
    fn menu(&self, infoset: InfosetId) -> &[bool] {
        self.menus[infoset.index()].as_deref().unwrap_or(&[])
    }
}

fn kept_part(
    base: &Graph,
    targets: &[NodeId],
    keep: &dyn Fn(NodeId, usize) -> bool,
) -> Result<Kept, BrokenLaw> {
    let mut kept =
        Kept { is_reached: vec![false; base.n_nodes()], menus: vec![None; base.n_infosets()] };
    for target in targets {
        kept.is_reached[target.index()] = true;
    }
    for node in base.nodes() {
        if !kept.is_reached[node.index()] {
            continue;
        }
        let NodeKind::Decision(infoset) = base.kind(node) else {
            for edge in base.edges(node) {
                kept.is_reached[base.to(edge).index()] = true;
            }
            continue;
        };
        let menu: Vec<bool> = (0..base.edges(node).len()).map(|k| keep(node, k)).collect();
        for (edge, _) in base.edges(node).zip(&menu).filter(|(_, stays)| **stays) {
            kept.is_reached[base.to(edge).index()] = true;
        }
        let known = &mut kept.menus[infoset.index()];
        if known.as_ref().is_some_and(|known| *known != menu) {
            return Err(BrokenLaw::UnevenMenu(infoset));
        }
        if !menu.contains(&true) {
            return Err(BrokenLaw::EmptyMenu(infoset));
        }
        *known = Some(menu);
    }
    Ok(kept)
}
