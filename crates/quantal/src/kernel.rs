//! The sweep: one forward pass for beliefs, one backward pass that sets the policy on the way.
//!
//! A game is laid out once in flat arrays; sweeps allocate nothing. The map is
//! π → beliefs of π → logit response by backward induction with those beliefs held fixed, so games
//! of perfect information are solved by one sweep, and the fixed points are the equilibria.

use std::collections::BTreeMap;

use crate::game::{Game, NodeKind};
use crate::ids::PlayerId;
use crate::lanes::{exp, exp_all, ln_all};
use crate::math;
use crate::order::{backward_order, chance_classes, impossible_infosets};
use crate::profile::{log_odds_of_values, sum_to_one, take_off_top};
use crate::scaled::Scaled;

/// What the backward pass does next.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// Values at a chance node, or at a decision node of a loose information set (by the old policy).
    Node(u32),
    /// Action values, response, and values at all nodes of an information set.
    Infoset(u32),
    /// Action values and response only: the nodes were valued before.
    Loose(u32),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// First action.
    Decision(u32),
    /// First chance edge.
    Chance(u32),
    Terminal,
}

/// An edge as the backward pass reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    /// Row of the values behind it.
    pub(crate) to: u32,
    /// Row of the payoffs collected on it.
    pub(crate) gain: u32,
    /// Row of the discounts on what lies behind it.
    pub(crate) stage: u32,
    /// Row of its probabilities, if it is of a chance node.
    pub(crate) share: u32,
}

/// A step of the forward pass: reach of a node gets that of another times a probability.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// An action, or a row of chance probabilities.
    pub(crate) factor: u32,
    pub(crate) is_chance: bool,
}

/// A game in the order and shape the sweep reads it.
#[derive(Debug)]
pub(crate) struct Kernel {
    /// Players, padded to a width the compiler knows.
    pub(crate) width: usize,
    /// Players with equal chance probabilities share a row of reach.
    pub(crate) n_classes: usize,
    pub(crate) class_of: Vec<u32>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) edge_start: Vec<u32>,
    /// The edges of every step of `order`, one after the other; of an information set those of its first node,
    /// then of the next. Passes read them in a row.
    pub(crate) edges: Vec<Edge>,
    /// `[node]`: row of its values; nodes have them in the order they are valued in.
    pub(crate) row_of: Vec<u32>,
    /// `[row * width + player]`: row 0 is zeros, edges that pay alike share a row.
    pub(crate) gains: Vec<f64>,
    /// `[row * width + player]`: edges of equal probabilities share a row.
    pub(crate) chance: Vec<f64>,
    /// `[row * n_classes + class]`
    pub(crate) class_chance: Vec<f64>,
    /// Row 0: ones; row 1: the players' discounts.
    pub(crate) discounts: [Vec<f64>; 2],
    pub(crate) owner: Vec<u32>,
    pub(crate) first_action: Vec<u32>,
    pub(crate) slot_start: Vec<u32>,
    pub(crate) slot_node: Vec<u32>,
    pub(crate) order: Vec<Step>,
    /// Where each wave of steps ends that do not depend on each other.
    waves: Vec<usize>,
    /// Whether some information set is valued by the policy of the sweep before.
    pub(crate) has_loose: bool,
    /// Information sets of probability 0 for their owner.
    pub(crate) excluded: Vec<bool>,
    pub(crate) log_weights: Vec<f64>,
    /// Nodes from here on have no influence on any belief.
    pub(crate) n_upstream: usize,
    /// How reach comes to those, parents first.
    pub(crate) flows: Vec<Flow>,
}

/// The numbers a sweep works on; belongs to one solve.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// Policy whose beliefs are used, as probabilities.
    pub(crate) policy: Vec<f64>,
    /// The response as probabilities.
    pub(crate) response: Vec<f64>,
    /// `[infoset]`: what the response was divided by.
    sums: Vec<f64>,
    /// Of the information sets of one wave, one after the other: exponentials.
    wave: Vec<f64>,
    /// `[slot]`
    pub(crate) beliefs: Vec<f64>,
    /// `[row * width + player]`; those of terminal nodes are set once.
    pub(crate) values: Vec<f64>,
    pub(crate) reach: Vec<f64>,
    pub(crate) scaled_policy: Vec<Scaled>,
    pub(crate) scaled_reach: Vec<Scaled>,
    /// Whether reach needs exponents of its own; once it has, it keeps them.
    pub(crate) is_scaled: bool,
}

/// Widths the backward pass is compiled for.
const WIDTHS: [usize; 9] = [1, 2, 3, 4, 5, 6, 8, 16, 64];

impl Kernel {
    /// # Panics
    /// With more than 64 players.
    pub(crate) fn new(game: &Game) -> Self {
        let graph = game.graph();
        let n_players = graph.n_players();
        let width = *WIDTHS.iter().find(|&&w| w >= n_players).expect("at most 64 players");
        let (class_of, representatives) = chance_classes(game);
        let (order, waves) = backward_order(graph);
        let mut kernel = Self {
            width,
            n_classes: representatives.len(),
            class_of,
            kinds: Vec::with_capacity(graph.n_nodes()),
            edge_start: graph.parts().edge_start.clone(),
            edges: Vec::with_capacity(graph.n_edges()),
            row_of: Vec::new(),
            gains: Vec::new(),
            chance: Vec::new(),
            class_chance: Vec::new(),
            discounts: [vec![1.0; width], vec![1.0; width]],
            owner: graph.infosets().map(|i| graph.infoset(i).player.0).collect(),
            first_action: vec![0],
            slot_start: vec![0],
            slot_node: Vec::new(),
            order,
            waves,
            has_loose: false,
            excluded: Vec::new(),
            log_weights: game.numbers().weights.iter().map(|&w| math::ln(w)).collect(),
            n_upstream: 0,
            flows: Vec::new(),
        };
        kernel.has_loose = kernel.order.iter().any(|s| matches!(s, Step::Loose(_)));
        kernel.discounts[1][..n_players].copy_from_slice(&game.numbers().discounts);
        let mut edges = kernel.edges_of(game);
        for node in graph.nodes() {
            let kind = match graph.kind(node) {
                NodeKind::Decision(i) => Kind::Decision(graph.actions(i).next().map_or(0, |a| a.0)),
                NodeKind::Chance => {
                    let edge = graph.edges(node).next().and_then(|e| graph.chance_index(e));
                    Kind::Chance(u32::try_from(edge.unwrap_or(0)).unwrap_or(u32::MAX))
                }
                NodeKind::Terminal => Kind::Terminal,
            };
            kernel.kinds.push(kind);
        }
        kernel.take_chance(game, &representatives, &mut edges);
        for infoset in graph.infosets() {
            kernel.first_action.push(
                kernel.first_action[infoset.index()]
                    + u32::try_from(graph.infoset(infoset).actions.len()).unwrap_or(u32::MAX),
            );
            let nodes = graph.infoset_nodes(infoset);
            kernel.slot_node.extend(nodes.iter().map(|n| n.0));
            kernel.slot_start.push(u32::try_from(kernel.slot_node.len()).unwrap_or(u32::MAX));
            if let [_, .., last] = nodes {
                kernel.n_upstream = kernel.n_upstream.max(last.index() + 1);
            }
        }
        kernel.excluded = impossible_infosets(game);
        kernel.flows = kernel.upstream_flows(&edges);
        kernel.lay_out(&edges);
        kernel
    }

    /// The edges in the order of the graph, each leading to a node yet.
    fn edges_of(&mut self, game: &Game) -> Vec<Edge> {
        let (parts, n_players) = (game.graph().parts(), game.graph().n_players());
        self.gains = vec![0.0; self.width];
        let mut rows: BTreeMap<Vec<u64>, u32> = BTreeMap::new();
        let mut edges = Vec::with_capacity(parts.edge_to.len());
        for (e, (to, &is_next)) in parts.edge_to.iter().zip(&parts.edge_next_stage).enumerate() {
            let paid = &game.numbers().edge_payoffs[e * n_players..(e + 1) * n_players];
            let mut gain = 0;
            if paid.iter().any(|&x| x != 0.0) {
                let next = 1 + rows.len() as u32;
                gain = *rows.entry(paid.iter().map(|x| x.to_bits()).collect()).or_insert(next);
                if gain == next {
                    self.gains.extend(paid);
                    self.gains.resize((next as usize + 1) * self.width, 0.0);
                }
            }
            edges.push(Edge { to: to.0, gain, stage: u32::from(is_next), share: 0 });
        }
        edges
    }

    /// Gives edges of equal probabilities a row between them.
    fn take_chance(&mut self, game: &Game, representatives: &[usize], edges: &mut [Edge]) {
        let graph = game.graph();
        let (n_players, n_chance) = (graph.n_players(), graph.n_chance_edges());
        let chance = &game.numbers().chance;
        let mut rows: BTreeMap<Vec<u64>, u32> = BTreeMap::new();
        for (node, kind) in graph.nodes().zip(&self.kinds) {
            let Kind::Chance(first) = *kind else { continue };
            for (edge, c) in graph.edges(node).zip(first as usize..) {
                let of = |p: usize| chance[p * n_chance + c];
                let next = rows.len() as u32;
                let bits = (0..n_players).map(|p| of(p).to_bits()).collect();
                let row = *rows.entry(bits).or_insert(next);
                if row == next {
                    self.chance.extend((0..n_players).map(of));
                    self.chance.resize((next as usize + 1) * self.width, 0.0);
                    self.class_chance.extend(representatives.iter().map(|&p| of(p)));
                }
                edges[edge.index()].share = row;
            }
        }
    }

    fn upstream_flows(&self, all: &[Edge]) -> Vec<Flow> {
        let mut flows = Vec::new();
        for node in 0..self.n_upstream {
            let (first, is_chance) = match self.kinds[node] {
                Kind::Decision(first) => (first, false),
                Kind::Chance(first) => (first, true),
                Kind::Terminal => continue,
            };
            let edges = self.edge_start[node] as usize..self.edge_start[node + 1] as usize;
            for (edge, action) in all[edges].iter().zip(first..) {
                if (edge.to as usize) < self.n_upstream {
                    let factor = if is_chance { edge.share } else { action };
                    flows.push(Flow { from: node as u32, to: edge.to, factor, is_chance });
                }
            }
        }
        flows
    }

    /// Gives every node its row and puts the edges in the order of the steps.
    fn lay_out(&mut self, edges: &[Edge]) {
        let n_nodes = self.kinds.len();
        let mut row_of = vec![u32::MAX; n_nodes];
        let mut next = 0;
        let mut value = |node: u32| {
            row_of[node as usize] = next;
            next += 1;
        };
        for &step in &self.order {
            match step {
                Step::Node(n) => value(n),
                Step::Infoset(i) => {
                    self.slot_node[self.slots(i as usize)].iter().for_each(|&n| value(n));
                }
                Step::Loose(_) => {}
            }
        }
        for row in row_of.iter_mut().filter(|row| **row == u32::MAX) {
            *row = next;
            next += 1;
        }
        let laid = self.edges_in_order().into_iter().map(|e| {
            let edge = edges[e as usize];
            Edge { to: row_of[edge.to as usize], ..edge }
        });
        self.edges = laid.collect();
        self.row_of = row_of;
    }

    /// The graph's edges in the order of [`Self::edges`].
    pub(crate) fn edges_in_order(&self) -> Vec<u32> {
        let mut laid = Vec::with_capacity(self.edge_start.last().map_or(0, |&n| n as usize));
        let of = |n: u32| self.edge_start[n as usize]..self.edge_start[n as usize + 1];
        for &step in &self.order {
            match step {
                Step::Node(n) => laid.extend(of(n)),
                Step::Infoset(i) | Step::Loose(i) => {
                    let nodes = &self.slot_node[self.slots(i as usize)];
                    nodes.iter().for_each(|&n| laid.extend(of(n)));
                }
            }
        }
        laid
    }

    /// Edges of a node.
    pub(crate) fn degree(&self, node: usize) -> usize {
        (self.edge_start[node + 1] - self.edge_start[node]) as usize
    }

    pub(crate) fn n_infosets(&self) -> usize {
        self.owner.len()
    }
    pub(crate) fn n_actions(&self) -> usize {
        self.log_weights.len()
    }
    pub(crate) fn actions(&self, infoset: usize) -> std::ops::Range<usize> {
        self.first_action[infoset] as usize..self.first_action[infoset + 1] as usize
    }
    pub(crate) fn slots(&self, infoset: usize) -> std::ops::Range<usize> {
        self.slot_start[infoset] as usize..self.slot_start[infoset + 1] as usize
    }
    /// Log-policy of a coin toss weighted by w.
    pub(crate) fn by_weights(&self) -> Vec<f64> {
        let mut logs = self.log_weights.clone();
        self.normalise(&mut logs, &mut vec![0.0; self.n_actions()]);
        logs
    }
    /// Makes the log-policy a distribution at every information set, and writes that into `policy`.
    pub(crate) fn normalise(&self, logs: &mut [f64], policy: &mut [f64]) {
        for i in 0..self.n_infosets() {
            take_off_top(&mut logs[self.actions(i)]);
        }
        // All at once: side by side they take a fraction of the time.
        exp_all(logs, policy);
        let n = self.n_infosets();
        let mut sums = [0.0; 64];
        for first in (0..n).step_by(sums.len()) {
            let sums = &mut sums[..64.min(n - first)];
            for (i, sum) in (first..).zip(&mut *sums) {
                *sum = sum_to_one(&mut policy[self.actions(i)]);
            }
            self.close(logs, first, sums);
        }
    }

    /// Shifts the logarithms at information sets from `first` on by that of the sum there.
    fn close(&self, logs: &mut [f64], first: usize, sums: &mut [f64]) {
        ln_all(sums);
        for (i, shift) in (first..).zip(sums) {
            for x in &mut logs[self.actions(i)] {
                *x -= *shift;
            }
        }
    }

    pub(crate) fn workspace(&self, game: &Game) -> Workspace {
        let (n, w) = (self.kinds.len(), self.width);
        let mut values = vec![0.0; n * w];
        for node in game.graph().nodes() {
            for p in 0..game.graph().n_players() {
                let row = self.row_of[node.index()] as usize;
                values[row * w + p] = game.terminal_payoff(node, PlayerId::new(p));
            }
        }
        let mut beliefs = vec![0.0; self.slot_node.len()];
        for i in 0..self.n_infosets() {
            let slots = self.slots(i);
            let even = 1.0 / slots.len() as f64;
            beliefs[slots].fill(even);
        }
        Workspace {
            policy: vec![0.0; self.n_actions()],
            response: vec![0.0; self.n_actions()],
            sums: vec![1.0; self.n_infosets()],
            wave: Vec::with_capacity(self.n_actions()),
            beliefs,
            values,
            reach: vec![0.0; n * self.n_classes],
            scaled_policy: Vec::new(),
            scaled_reach: Vec::new(),
            is_scaled: false,
        }
    }

    /// One sweep from the log-policy `logs`, whose probabilities are in `work.policy`; writes the
    /// response into `response`, and as probabilities into `work.response`.
    pub(crate) fn sweep(
        &self,
        work: &mut Workspace,
        lambda_raw: &[f64],
        logs: &[f64],
        response: &mut [f64],
    ) {
        self.form_beliefs(work, logs);
        self.pass_back::<true>(work, lambda_raw, response);
    }

    /// [`Self::sweep`] with values by the policy itself, not by the response.
    pub(crate) fn evaluate(
        &self,
        work: &mut Workspace,
        lambda_raw: &[f64],
        logs: &[f64],
        response: &mut [f64],
    ) {
        self.form_beliefs(work, logs);
        self.pass_back::<false>(work, lambda_raw, response);
    }

    fn pass_back<const SETS: bool>(
        &self,
        work: &mut Workspace,
        lambda_raw: &[f64],
        response: &mut [f64],
    ) {
        pulp::Arch::new().dispatch(PassBack::<SETS> { kernel: self, work, lambda_raw, response });
        self.close(response, 0, &mut work.sums);
    }

    /// With `SETS` the response is the policy of all nodes before; else the old policy is.
    #[inline(always)]
    fn backward<const W: usize, const SETS: bool>(
        &self,
        work: &mut Workspace,
        lambda_raw: &[f64],
        response: &mut [f64],
    ) {
        let (gains, _) = self.gains.as_chunks::<W>();
        let (chance, _) = self.chance.as_chunks::<W>();
        let (values, _) = work.values.as_chunks_mut::<W>();
        let row = |r: usize| -> [f64; W] { std::array::from_fn(|p| self.discounts[r][p]) };
        let discounts = [row(0), row(1)];
        let behind = |values: &[[f64; W]], edge: Edge| -> [f64; W] {
            let (gain, v) = (&gains[edge.gain as usize], &values[edge.to as usize]);
            let d = &discounts[edge.stage as usize];
            std::array::from_fn(|p| gain[p] + d[p] * v[p])
        };
        let (mut begin, mut row) = (0, 0);
        let mut ahead = self.edges.as_slice();
        for &end in &self.waves {
            let steps = &self.order[std::mem::replace(&mut begin, end)..end];
            // Exponentials of all of a wave side by side: one by one each waits for the last.
            work.wave.clear();
            let mut edges = ahead.iter();
            for &step in steps {
                let (Step::Infoset(i) | Step::Loose(i)) = step else { break };
                let i = i as usize;
                let owner = self.owner[i] as usize;
                let actions = self.actions(i);
                let q = &mut response[actions.clone()];
                q.fill(0.0);
                for b in &work.beliefs[self.slots(i)] {
                    for (q, edge) in q.iter_mut().zip(&mut edges) {
                        let d = discounts[edge.stage as usize][owner];
                        let v = values[edge.to as usize][owner];
                        *q += b * (gains[edge.gain as usize][owner] + d * v);
                    }
                }
                let lambda = if self.excluded[i] { 0.0 } else { lambda_raw[owner] };
                log_odds_of_values(q, &self.log_weights[actions], lambda);
                work.wave.extend_from_slice(q);
            }
            for x in &mut work.wave {
                *x = exp(*x);
            }
            let mut wave = work.wave.as_slice();
            for &step in steps {
                let i = match step {
                    Step::Node(n) => {
                        let n = n as usize;
                        let (edges, after) = ahead.split_at(self.degree(n));
                        ahead = after;
                        let mut sum = [0.0; W];
                        match self.kinds[n] {
                            Kind::Chance(_) => {
                                for edge in edges {
                                    let v = behind(values, *edge);
                                    let p = &chance[edge.share as usize];
                                    for j in 0..W {
                                        sum[j] += p[j] * v[j];
                                    }
                                }
                            }
                            Kind::Decision(a) => {
                                for (edge, p) in edges.iter().zip(&work.policy[a as usize..]) {
                                    let v = behind(values, *edge);
                                    for j in 0..W {
                                        sum[j] += p * v[j];
                                    }
                                }
                            }
                            Kind::Terminal => {}
                        }
                        values[row] = sum;
                        row += 1;
                        continue;
                    }
                    Step::Infoset(i) | Step::Loose(i) => i as usize,
                };
                let actions = self.actions(i);
                let n_actions = actions.len();
                let n_slots = self.slots(i).len();
                let chosen = &mut work.response[actions.clone()];
                for (chosen, x) in chosen.iter_mut().zip(wave) {
                    *chosen = *x;
                }
                wave = &wave[n_actions..];
                work.sums[i] = sum_to_one(chosen);
                let (edges, after) = ahead.split_at(n_slots * n_actions);
                ahead = after;
                if matches!(step, Step::Loose(_)) {
                    continue;
                }
                let chosen = if SETS { &*chosen } else { &work.policy[actions] };
                for edges in edges.chunks_exact(n_actions) {
                    let mut sum = [0.0; W];
                    for (edge, p) in edges.iter().zip(chosen) {
                        let v = behind(values, *edge);
                        for j in 0..W {
                            sum[j] += p * v[j];
                        }
                    }
                    values[row] = sum;
                    row += 1;
                }
            }
        }
    }
}

/// The backward pass, on the widest registers there are; the bits are the same on all.
struct PassBack<'a, const SETS: bool> {
    kernel: &'a Kernel,
    work: &'a mut Workspace,
    lambda_raw: &'a [f64],
    response: &'a mut [f64],
}

impl<const SETS: bool> pulp::WithSimd for PassBack<'_, SETS> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { kernel, work, lambda_raw, response } = self;
        match kernel.width {
            1 => kernel.backward::<1, SETS>(work, lambda_raw, response),
            2 => kernel.backward::<2, SETS>(work, lambda_raw, response),
            3 => kernel.backward::<3, SETS>(work, lambda_raw, response),
            4 => kernel.backward::<4, SETS>(work, lambda_raw, response),
            5 => kernel.backward::<5, SETS>(work, lambda_raw, response),
            6 => kernel.backward::<6, SETS>(work, lambda_raw, response),
            8 => kernel.backward::<8, SETS>(work, lambda_raw, response),
            16 => kernel.backward::<16, SETS>(work, lambda_raw, response),
            _ => kernel.backward::<64, SETS>(work, lambda_raw, response),
        }
    }
}
