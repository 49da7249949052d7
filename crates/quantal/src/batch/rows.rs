//! Which numbers of a game are kept once: edges that pay alike, ends that pay alike, chance edges of equal
//! probabilities, and players who see chance alike, as long as no draw tells them apart.
//!
//! None of it changes a result: equal payoffs are equal wherever they stand, equal probabilities give equal
//! reach.

use std::collections::BTreeMap;

use crate::game::{Game, Graph, Numbers};
use crate::ids::EdgeId;
use crate::kernel::Kernel;
use crate::lanes::is_same;

use super::alike::Alike;
use super::layout::NONE;
use super::slots::Slots;

/// An edge as the backward pass reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    /// Where the values behind it are.
    pub(crate) to: u32,
    /// Row of the payoffs on it, or `NONE`.
    pub(crate) gain: u32,
    /// Row of its probabilities, if it is of a chance node.
    pub(crate) share: u32,
    pub(crate) is_next_stage: bool,
}

/// What is kept once, for the base game and all draws seen.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    /// As the passes read them ([`Kernel::edges`]), which of the graph's each is, and the slot behind it, or
    /// `n_slots` and how many ends come before the one behind it.
    pub(crate) edges: Vec<Edge>,
    laid: Vec<u32>,
    behind: Vec<u32>,
    n_slots: u32,
    /// `[edge]`: row of its payoffs, or `NONE`.
    gain_of: Vec<u32>,
    /// Edges that pay, and of each row one edge that pays as it says.
    paid: Vec<u32>,
    pub(crate) payers: Vec<u32>,
    /// `[edge * n_players + player]`: all ones where the edge has no row yet; empty where rows are known.
    unpaid: Vec<u64>,
    /// `[end]`: row of its payoffs, and of each row one end.
    end_of: Vec<u32>,
    pub(crate) ends: Vec<u32>,
    /// `[chance edge]`: row of its probabilities, and of each row one chance edge.
    pub(crate) share_of: Vec<u32>,
    pub(crate) drawn: Vec<u32>,
    /// Whether the draws say which of their numbers are alike: then these are not compared.
    is_known: bool,
    /// Chance edges that a draw shows, or classes of them.
    pub(crate) n_chance: usize,
    /// `[player]`, and one player of each class of equal chance probabilities.
    pub(crate) class_of: Vec<u32>,
    pub(crate) representatives: Vec<usize>,
}

impl Rows {
    /// Of the base game, or what is `alike` in every draw.
    pub(crate) fn new(base: &Game, kernel: &Kernel, slots: &Slots, alike: Option<&Alike>) -> Self {
        let graph = base.graph();
        let n_valued = slots.of_row.len();
        let place = |row: usize| match slots.of_row.get(row) {
            Some(&slot) => slot,
            None => (slots.n + row - n_valued) as u32,
        };
        let edge = |e: &crate::kernel::Edge| Edge {
            to: NONE,
            gain: NONE,
            share: NONE,
            is_next_stage: e.stage == 1,
        };
        let n_compared = if alike.is_none() { graph.n_edges() * graph.n_players() } else { 0 };
        let mut rows = Self {
            edges: kernel.edges.iter().map(edge).collect(),
            laid: kernel.edges_in_order(),
            behind: kernel.edges.iter().map(|e| place(e.to as usize)).collect(),
            n_slots: slots.n as u32,
            gain_of: vec![NONE; graph.n_edges()],
            paid: Vec::new(),
            payers: Vec::new(),
            unpaid: vec![u64::MAX; n_compared],
            end_of: vec![0; graph.n_terminals()],
            ends: vec![0; usize::from(graph.n_terminals() > 0)],
            share_of: vec![0; graph.n_chance_edges()],
            drawn: vec![0],
            is_known: false,
            n_chance: graph.n_chance_edges(),
            class_of: Vec::new(),
            representatives: Vec::new(),
        };
        match alike {
            Some(alike) => {
                rows.is_known = true;
                rows.n_chance = alike.n_chance();
                rows.gain_of.clone_from(&alike.edges);
                rows.payers = (0..alike.n_edges() as u32).collect();
                rows.end_of.clone_from(&alike.ends);
                rows.ends = (0..alike.n_ends() as u32).collect();
                rows.share_of.clone_from(&alike.chance);
                rows.drawn = (0..alike.n_chance() as u32).collect();
                // Players are told apart by the first draw.
                rows.class_of = vec![0; graph.n_players()];
                rows.representatives = vec![0];
            }
            None => _ = rows.tell_apart(graph, base.numbers()),
        }
        rows.lay(graph);
        rows
    }

    /// Tells apart what is different in `numbers`; whether anything has moved.
    pub(crate) fn tell_apart(&mut self, graph: &Graph, numbers: &Numbers) -> bool {
        let n_players = graph.n_players();
        if n_players == 0 {
            return false;
        }
        let n = self.n_chance;
        let mut is_moved = false;
        if !self.is_known {
            is_moved |= self.tell_payoffs_apart(n_players, numbers);
            is_moved |= self.tell_ends_apart(n_players, numbers);
            is_moved |= self.tell_probabilities_apart(n_players, n, numbers);
        }
        if is_moved {
            self.lay(graph);
        }
        let row = |p: usize| &numbers.chance[p * n..(p + 1) * n];
        let is_split = self.class_of.len() == n_players
            && (0..n_players)
                .all(|p| is_same(row(p), row(self.representatives[self.class_of[p] as usize])));
        if is_split {
            return is_moved;
        }
        // A class is where both this draw and all before it agree.
        let before = std::mem::take(&mut self.class_of);
        self.representatives.clear();
        for p in 0..n_players {
            let alike = |&r: &usize| {
                is_same(row(r), row(p))
                    && before.get(r).zip(before.get(p)).is_none_or(|(a, b)| a == b)
            };
            let class = self.representatives.iter().position(alike).unwrap_or_else(|| {
                self.representatives.push(p);
                self.representatives.len() - 1
            });
            self.class_of.push(class as u32);
        }
        true
    }

    /// Edges share a row of payoffs as long as every draw pays the same on them; whether rows have moved.
    fn tell_payoffs_apart(&mut self, n_players: usize, numbers: &Numbers) -> bool {
        // Nothing is paid, and that is alike.
        if numbers.edge_payoffs.is_empty() {
            return false;
        }
        let row = |e: usize| &numbers.edge_payoffs[e * n_players..(e + 1) * n_players];
        // Shifted by the sign, a number is 0 if its bits are.
        let new = pulp::Arch::new().dispatch(|| {
            (numbers.edge_payoffs.iter().zip(&self.unpaid))
                .fold(0, |new, (g, unpaid)| new | (g.to_bits() << 1) & unpaid)
        });
        let is_alike = |&e: &u32| {
            let payer = self.payers[self.gain_of[e as usize] as usize];
            let rows = row(e as usize).iter().zip(row(payer as usize));
            rows.fold(0, |off, (a, b)| off | (a.to_bits() ^ b.to_bits())) == 0
        };
        if new == 0 && self.paid.iter().all(is_alike) {
            return false;
        }
        let pays = |e: usize, gain: u32| gain != NONE || row(e).iter().any(|&g| g != 0.0);
        let own: Vec<u32> = (0..self.gain_of.len())
            .filter(|&e| pays(e, self.gain_of[e]))
            .map(|e| e as u32)
            .collect();
        for &e in &own {
            self.unpaid[e as usize * n_players..(e as usize + 1) * n_players].fill(0);
        }
        let bits = |e: usize| row(e).iter().map(|g| g.to_bits()).collect();
        self.payers = split(&mut self.gain_of, own.iter().map(|&e| e as usize), bits);
        self.paid = own;
        true
    }

    /// Ends share a row of payoffs as long as every draw pays the same there; whether rows have moved.
    fn tell_ends_apart(&mut self, n_players: usize, numbers: &Numbers) -> bool {
        let payoffs = numbers.terminal_payoffs.as_slice();
        let row = |end: usize| &payoffs[end * n_players..(end + 1) * n_players];
        let is_alike = |(own, &at): (&[f64], &u32)| {
            let off = own.iter().zip(row(self.ends[at as usize] as usize));
            off.fold(0, |off, (a, b)| off | (a.to_bits() ^ b.to_bits())) == 0
        };
        if payoffs.chunks_exact(n_players).zip(&self.end_of).all(is_alike) {
            return false;
        }
        let bits = |end: usize| row(end).iter().map(|x| x.to_bits()).collect();
        self.ends = split(&mut self.end_of, 0..payoffs.len() / n_players, bits);
        true
    }

    /// Chance edges share a row of probabilities as long as every draw has the same on them; whether rows have
    /// moved.
    fn tell_probabilities_apart(&mut self, n_players: usize, n: usize, numbers: &Numbers) -> bool {
        if n == 0 {
            return false;
        }
        let is_alike = (0..n_players).all(|p| {
            let row = &numbers.chance[p * n..(p + 1) * n];
            // Of each row its probability, then edge by edge.
            let of_row: Vec<u64> = self.drawn.iter().map(|&c| row[c as usize].to_bits()).collect();
            let off = row.iter().zip(&self.share_of);
            off.fold(0, |off, (x, share)| off | (x.to_bits() ^ of_row[*share as usize])) == 0
        });
        if is_alike {
            return false;
        }
        let bits = |c: usize| (0..n_players).map(|p| numbers.chance[p * n + c].to_bits()).collect();
        self.drawn = split(&mut self.share_of, 0..n, bits);
        true
    }

    fn lay(&mut self, graph: &Graph) {
        for ((edge, &e), &behind) in self.edges.iter_mut().zip(&self.laid).zip(&self.behind) {
            edge.to = match behind.checked_sub(self.n_slots) {
                Some(end) => self.n_slots + self.end_of[end as usize],
                None => behind,
            };
            edge.gain = self.gain_of[e as usize];
            let chance = graph.chance_index(EdgeId(e));
            edge.share = chance.map_or(NONE, |c| self.share_of[c]);
        }
    }
}

/// Members of one row stay together if they have the same bits; of each row one member.
fn split(
    row_of: &mut [u32],
    members: impl Iterator<Item = usize>,
    bits: impl Fn(usize) -> Vec<u64>,
) -> Vec<u32> {
    let mut rows: BTreeMap<(u32, Vec<u64>), u32> = BTreeMap::new();
    let mut one_of = Vec::new();
    for member in members {
        let next = rows.len() as u32;
        row_of[member] = *rows.entry((row_of[member], bits(member))).or_insert_with(|| {
            one_of.push(member as u32);
            next
        });
    }
    one_of
}
