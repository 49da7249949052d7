//! The forward pass in lanes: how likely it is that a node is reached, in the eyes of those who weigh it.
//!
//! Reach flows from a node to those behind it, parents first. A row of it is used again as soon as it has flowed
//! on; what lasts is one number for each node that is weighed: its owner's.

use crate::game::{Graph, NodeKind};
use crate::kernel::{Kernel, Kind};
use crate::lanes::Pack;

use super::layout::NONE;
use super::rows::Rows;

/// Reach of a row gets that of the node passed times a probability.
#[derive(Clone, Copy, Debug)]
struct Flow {
    to: u32,
    /// An action, or a chance edge.
    factor: u32,
    is_chance: bool,
    /// Whether nothing has flowed to the row before.
    is_first: bool,
}

/// A node with all that flows to it, ready to flow on.
#[derive(Clone, Copy, Debug)]
struct Passage {
    row: u32,
    /// Slot of its information set where it is weighed, else `NONE`.
    slot: u32,
    owner: u32,
    /// Where its flows end.
    end: u32,
}

/// A forward pass over a part of a game.
#[derive(Debug)]
pub(crate) struct Forward {
    passages: Vec<Passage>,
    flows: Vec<Flow>,
    /// Rows that are in use at one time.
    n_rows: usize,
}

/// `[slot]`, of all nodes of decision: its place among the slots of the kernel.
fn slot_of_node(kernel: &Kernel) -> Vec<u32> {
    let mut slot_of = vec![NONE; kernel.kinds.len()];
    for (slot, &node) in kernel.slot_node.iter().enumerate() {
        slot_of[node as usize] = slot as u32;
    }
    slot_of
}

impl Forward {
    /// A pass over the nodes that `is_passed`, with every node before one of them, weighing information sets
    /// of at least `least` nodes.
    pub(crate) fn new(graph: &Graph, kernel: &Kernel, is_passed: &[bool], least: usize) -> Self {
        let slot_of = slot_of_node(kernel);
        let mut row_of = vec![NONE; graph.n_nodes()];
        let (mut n_rows, mut free) = (0, Vec::new());
        let mut new_row = |free: &mut Vec<u32>| {
            free.pop().unwrap_or_else(|| {
                n_rows += 1;
                n_rows - 1
            })
        };
        let (mut passages, mut flows) = (Vec::new(), Vec::new());
        if is_passed.first() == Some(&true) {
            row_of[0] = new_row(&mut free);
        }
        for node in graph.nodes().filter(|n| is_passed[n.index()]) {
            let row = row_of[node.index()];
            let (first, is_chance) = match kernel.kinds[node.index()] {
                Kind::Decision(first) => (first, false),
                Kind::Chance(first) => (first, true),
                Kind::Terminal => continue,
            };
            for (edge, factor) in graph.edges(node).zip(first..) {
                let to = graph.to(edge).index();
                if is_passed[to] {
                    let is_first = row_of[to] == NONE;
                    if is_first {
                        row_of[to] = new_row(&mut free);
                    }
                    flows.push(Flow { to: row_of[to], factor, is_chance, is_first });
                }
            }
            let (slot, owner) = match graph.kind(node) {
                NodeKind::Decision(i) if kernel.slots(i.index()).len() >= least => {
                    (slot_of[node.index()], kernel.owner[i.index()])
                }
                _ => (NONE, 0),
            };
            passages.push(Passage { row, slot, owner, end: flows.len() as u32 });
            free.push(row);
        }
        Self { passages, flows, n_rows: n_rows as usize }
    }

    /// `[action]`: whether what is done there flows on.
    pub(crate) fn is_used(&self, n_actions: usize) -> Vec<bool> {
        let mut is_used = vec![false; n_actions];
        for flow in self.flows.iter().filter(|flow| !flow.is_chance) {
            is_used[flow.factor as usize] = true;
        }
        is_used
    }
}

/// Reach in lanes.
#[derive(Debug)]
pub(crate) struct Reach<P> {
    /// `[row * n_classes + class]`
    rows: Vec<P>,
    /// `[slot]`: reach of its node in the eyes of the owner, where the last pass weighed it.
    pub(crate) weights: Vec<P>,
}

impl<P: Pack> Reach<P> {
    pub(crate) fn new(kernel: &Kernel) -> Self {
        Self { rows: Vec::new(), weights: vec![P::splat(0.0); kernel.slot_node.len()] }
    }

    /// Makes room for so many classes of players who see chance alike.
    pub(crate) fn take_room(&mut self, passes: [&Forward; 2], n_classes: usize) {
        let n_rows = passes.iter().map(|pass| pass.n_rows).max().unwrap_or(0);
        self.rows.resize(n_rows * n_classes, P::splat(0.0));
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.rows.as_slice()) + size_of_val(self.weights.as_slice())
    }

    /// Passes on by `policy` (`[action]`) and by `chance` (`[row * n_classes + class]`).
    #[inline(always)]
    pub(crate) fn pass(&mut self, forward: &Forward, rows: &Rows, policy: &[P], chance: &[P]) {
        match rows.representatives.len() {
            1 => self.pass_for::<1>(forward, rows, policy, chance),
            2 => self.pass_for::<2>(forward, rows, policy, chance),
            3 => self.pass_for::<3>(forward, rows, policy, chance),
            4 => self.pass_for::<4>(forward, rows, policy, chance),
            _ => self.pass_for_any(forward, rows, policy, chance),
        }
    }

    #[inline(always)]
    fn pass_for<const C: usize>(
        &mut self,
        forward: &Forward,
        rows: &Rows,
        policy: &[P],
        chance: &[P],
    ) {
        let (reach, _) = self.rows.as_chunks_mut::<C>();
        let (chance, _) = chance.as_chunks::<C>();
        if let Some(root) = reach.first_mut() {
            *root = [P::splat(1.0); C];
        }
        let mut next = 0;
        for passage in &forward.passages {
            let from = reach[passage.row as usize];
            if passage.slot != NONE {
                let class = rows.class_of[passage.owner as usize] as usize;
                self.weights[passage.slot as usize] = reach[passage.row as usize][class];
            }
            let end = passage.end as usize;
            for flow in &forward.flows[next..end] {
                let factor = flow.factor as usize;
                let factors = if flow.is_chance {
                    chance[rows.share_of[factor] as usize]
                } else {
                    [policy[factor]; C]
                };
                let there = &mut reach[flow.to as usize];
                for class in 0..C {
                    let part = from[class] * factors[class];
                    there[class] = if flow.is_first { part } else { there[class] + part };
                }
            }
            next = end;
        }
    }

    #[inline(always)]
    fn pass_for_any(&mut self, forward: &Forward, rows: &Rows, policy: &[P], chance: &[P]) {
        let n_classes = rows.representatives.len();
        if let Some(root) = self.rows.get_mut(..n_classes) {
            root.fill(P::splat(1.0));
        }
        let mut next = 0;
        for passage in &forward.passages {
            let from = passage.row as usize * n_classes;
            if passage.slot != NONE {
                let class = rows.class_of[passage.owner as usize] as usize;
                self.weights[passage.slot as usize] = self.rows[from + class];
            }
            let end = passage.end as usize;
            for flow in &forward.flows[next..end] {
                for class in 0..n_classes {
                    let factor = if flow.is_chance {
                        let row = rows.share_of[flow.factor as usize] as usize;
                        chance[row * n_classes + class]
                    } else {
                        policy[flow.factor as usize]
                    };
                    let part = self.rows[from + class] * factor;
                    let there = &mut self.rows[flow.to as usize * n_classes + class];
                    *there = if flow.is_first { part } else { *there + part };
                }
            }
            next = end;
        }
    }
}
