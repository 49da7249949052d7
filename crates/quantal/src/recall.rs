//! The law that no information set is met twice on one path (no absent-mindedness; Kuhn 1953).

use crate::game::{Graph, NodeKind};
use crate::ids::InfosetId;

/// An information set with a path from one of its nodes to another, if there is one.
///
/// Nodes whose longest path from the root has the same length have no path between them; that
/// settles layered games in one pass. The rest is checked exactly, 64 information sets to a pass.
pub(crate) fn absent_minded(graph: &Graph) -> Option<InfosetId> {
    let depth = longest_depth(graph);
    let mut open: Vec<InfosetId> = graph
        .infosets()
        .filter(|&i| {
            let nodes = graph.infoset_nodes(i);
            nodes.iter().any(|n| depth[n.index()] != depth[nodes[0].index()])
        })
        .collect();
    open.sort_by_key(|&i| graph.infoset_nodes(i)[0]);
    let mut below = vec![0u64; graph.n_nodes()];
    let mut bit_of = vec![0u64; graph.n_infosets()];
    open.chunks(64).find_map(|batch| {
        for (bit, i) in batch.iter().enumerate() {
            bit_of[i.index()] = 1 << bit;
        }
        let found = met_twice(graph, batch, &bit_of, &mut below);
        for i in batch {
            bit_of[i.index()] = 0;
        }
        found
    })
}

/// Carries, from parents to children, which information sets of `batch` have been passed.
fn met_twice(
    graph: &Graph,
    batch: &[InfosetId],
    bit_of: &[u64],
    below: &mut [u64],
) -> Option<InfosetId> {
    let ends = |i: &InfosetId| {
        let nodes = graph.infoset_nodes(*i);
        (nodes[0].index(), nodes[nodes.len() - 1].index())
    };
    let first = batch.iter().map(|i| ends(i).0).min()?;
    let last = batch.iter().map(|i| ends(i).1).max()?;
    below[first..=last].fill(0);
    for node in graph.nodes().skip(first).take(last + 1 - first) {
        let passed = below[node.index()];
        let own = match graph.kind(node) {
            NodeKind::Decision(infoset) => {
                if passed & bit_of[infoset.index()] != 0 {
                    return Some(infoset);
                }
                bit_of[infoset.index()]
            }
            _ => 0,
        };
        for to in graph.edges(node).map(|e| graph.to(e)).filter(|to| to.index() <= last) {
            below[to.index()] |= passed | own;
        }
    }
    None
}

fn longest_depth(graph: &Graph) -> Vec<u32> {
    let mut depth = vec![0u32; graph.n_nodes()];
    for node in graph.nodes() {
        for edge in graph.edges(node) {
            let to = graph.to(edge).index();
            depth[to] = depth[to].max(depth[node.index()] + 1);
        }
    }
    depth
}
