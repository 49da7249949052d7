//! In what order the backward pass visits a game, and which players see chance alike.

use crate::game::{Game, Graph, NodeKind};
use crate::ids::{NodeId, PlayerId, Viewer};
use crate::kernel::Step;

const NONE: u32 = u32::MAX;

/// Steps that value every node after all nodes behind it, an information set as a whole.
///
/// Some games allow no such order (two players may disagree on who came first). There the
/// information set of the latest unvalued node is taken apart: its nodes are valued by the policy of
/// the sweep before. That changes the way to a fixed point, not the fixed points.
///
/// With them, where each wave ends: steps of one wave do not depend on each other, and those of single nodes
/// come last.
pub(crate) fn backward_order(graph: &Graph) -> (Vec<Step>, Vec<usize>) {
    let (parent_start, parents) = parents(graph);
    let mut open_edges = vec![0u32; graph.n_nodes()];
    let mut open_in_set = vec![0u32; graph.n_infosets()];
    let mut is_loose = vec![false; graph.n_infosets()];
    let mut is_done = vec![false; graph.n_nodes()];
    for node in graph.nodes() {
        let inner = graph.edges(node).filter(|&e| graph.kind(graph.to(e)) != NodeKind::Terminal);
        open_edges[node.index()] = u32::try_from(inner.count()).unwrap_or(NONE);
        if let NodeKind::Decision(i) = graph.kind(node) {
            open_in_set[i.index()] += 1;
        }
    }
    let (mut steps, mut waves) = (Vec::new(), Vec::new());
    // Nodes with everything behind them valued; an information set is valued with its last node.
    let mut ready: Vec<NodeId> = graph
        .nodes()
        .filter(|&n| graph.kind(n) != NodeKind::Terminal && open_edges[n.index()] == 0)
        .collect();
    let mut waiting = vec![Vec::new(); graph.n_infosets()];
    let mut latest = graph.n_nodes();
    loop {
        let mut next = Vec::new();
        let mut valued = |node: NodeId, next: &mut Vec<NodeId>| {
            is_done[node.index()] = true;
            let range =
                parent_start[node.index()] as usize..parent_start[node.index() + 1] as usize;
            for &parent in &parents[range] {
                let open = &mut open_edges[parent.index()];
                *open -= 1;
                if *open == 0 {
                    next.push(parent);
                }
            }
        };
        for &node in &ready {
            let NodeKind::Decision(i) = graph.kind(node) else {
                steps.push(Step::Node(node.0));
                valued(node, &mut next);
                continue;
            };
            open_in_set[i.index()] -= 1;
            if is_loose[i.index()] {
                steps.push(Step::Node(node.0));
                valued(node, &mut next);
                if open_in_set[i.index()] == 0 {
                    steps.push(Step::Loose(i.0));
                }
                continue;
            }
            waiting[i.index()].push(node);
            if open_in_set[i.index()] == 0 {
                steps.push(Step::Infoset(i.0));
                for node in std::mem::take(&mut waiting[i.index()]) {
                    valued(node, &mut next);
                }
            }
        }
        let begun = waves.last().map_or(0, |&end| end);
        if begun < steps.len() {
            steps[begun..].sort_by_key(|step| matches!(step, Step::Node(_)));
            waves.push(steps.len());
        }
        if next.is_empty() {
            // Everything is valued, or no order exists: free the nodes of one information set.
            let is_open =
                |n: usize| !is_done[n] && graph.kind(NodeId::new(n)) != NodeKind::Terminal;
            let Some(last) = (0..latest).rev().find(|&n| is_open(n)) else {
                return (steps, waves);
            };
            latest = last + 1;
            let NodeKind::Decision(i) = graph.kind(NodeId::new(last)) else {
                return (steps, waves);
            };
            is_loose[i.index()] = true;
            next = std::mem::take(&mut waiting[i.index()]);
            open_in_set[i.index()] += u32::try_from(next.len()).unwrap_or(NONE);
        }
        ready = next;
    }
}

/// The nodes with an edge to each node, once per edge, as offsets and a flat list.
fn parents(graph: &Graph) -> (Vec<u32>, Vec<NodeId>) {
    let mut start = vec![0u32; graph.n_nodes() + 1];
    for to in &graph.parts().edge_to {
        start[to.index() + 1] += 1;
    }
    for n in 0..graph.n_nodes() {
        start[n + 1] += start[n];
    }
    let mut fill = start.clone();
    let mut parents = vec![NodeId(0); graph.n_edges()];
    for node in graph.nodes() {
        for edge in graph.edges(node) {
            let at = &mut fill[graph.to(edge).index()];
            parents[*at as usize] = node;
            *at += 1;
        }
    }
    (start, parents)
}

/// Groups players whose chance probabilities are all equal: their class, and one player of each.
pub(crate) fn chance_classes(game: &Game) -> (Vec<u32>, Vec<usize>) {
    let n = game.graph().n_chance_edges();
    let row = |p: usize| &game.numbers().chance[p * n..(p + 1) * n];
    let mut representatives: Vec<usize> = Vec::new();
    let mut class_of = Vec::new();
    for p in 0..game.graph().n_players() {
        let known = representatives.iter().position(|&r| row(r) == row(p));
        let class = known.unwrap_or_else(|| {
            representatives.push(p);
            representatives.len() - 1
        });
        class_of.push(u32::try_from(class).unwrap_or(NONE));
    }
    (class_of, representatives)
}

/// For each information set, whether its owner's own draws give it probability 0.
pub(crate) fn impossible_infosets(game: &Game) -> Vec<bool> {
    let graph = game.graph();
    let mut is_possible = vec![false; graph.n_nodes()];
    let mut excluded = vec![true; graph.n_infosets()];
    for player in (0..graph.n_players()).map(PlayerId::new) {
        is_possible.fill(false);
        if let Some(root) = is_possible.first_mut() {
            *root = true;
        }
        for node in graph.nodes() {
            if !is_possible[node.index()] {
                continue;
            }
            for edge in graph.edges(node) {
                if game.probability(edge, Viewer::Player(player)) > 0.0 {
                    is_possible[graph.to(edge).index()] = true;
                }
            }
            if let NodeKind::Decision(i) = graph.kind(node)
                && graph.infoset(i).player == player
            {
                excluded[i.index()] = false;
            }
        }
    }
    excluded
}
