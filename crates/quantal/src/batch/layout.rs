//! What all blocks of a batch share: the graph in the order its passes read it, and which numbers
//! lanes can take.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, OnceLock};

use crate::game::{Game, Graph, Numbers};
use crate::kernel::{Kernel, Kind, Step};
use crate::lanes::is_same;

use super::alike::{Alike, Checks};
use super::forward::Forward;
use super::public::PublicLayout;
use super::rows::Rows;
use super::slots::Slots;

pub(crate) const NONE: u32 = u32::MAX;

/// What all blocks of a batch share.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    pub(crate) base: &'a Game,
    pub(crate) kernel: Kernel,
    pub(crate) n_players: usize,
    /// The pass that beliefs depend on, and that over the whole game.
    pub(crate) to_beliefs: Forward,
    pub(crate) to_all: Forward,
    /// Where values are kept.
    pub(crate) slots: Slots,
    /// Chance nodes: first chance edge and the one after the last.
    draws: Vec<(u32, u32)>,
    /// Whether every action of the base game weighs 1.
    is_unweighted: bool,
    /// `[viewer * n_chance_edges + chance edge]`: 1 where the base game holds it impossible, else 0.
    is_zero: Vec<u64>,
    pub(crate) max_actions: usize,
    /// Information sets that inform: a belief depends on what is done there, or a value found before theirs.
    /// What is done elsewhere follows from them in one sweep.
    pub(crate) informing: Vec<u32>,
    /// Log-odds of those.
    pub(crate) n_informing_odds: usize,
    /// `[infoset]`: where its log-odds begin; those of the informing come first.
    odds_at: Vec<u32>,
    /// The public-belief form of the game, if it has one.
    pub(crate) public: Option<PublicLayout>,
    /// What the draws have alike, if they say so.
    pub(crate) checks: Option<Checks>,
    /// What the draws seen so far have told apart, for blocks of the graph as it stands.
    apart: OnceLock<Mutex<Rows>>,
}

impl<'a> Layout<'a> {
    pub(crate) fn new(base: &'a Game) -> Self {
        let graph = base.graph();
        let kernel = Kernel::new(base);
        let draws = graph.nodes().filter_map(|node| match kernel.kinds[node.index()] {
            Kind::Chance(first) => Some((first, first + graph.edges(node).len() as u32)),
            _ => None,
        });
        let goes_on = |kind: &Kind| !matches!(kind, Kind::Terminal);
        let all: Vec<bool> = kernel.kinds.iter().map(goes_on).collect();
        let to_all = Forward::new(graph, &kernel, &all, 1);
        let to_beliefs = Forward::new(graph, &kernel, &formed_beliefs(graph, &kernel), 2);
        let public = PublicLayout::new(base).filter(|_| !kernel.excluded.contains(&true));
        let informs = match &public {
            Some(public) => public.informs(kernel.n_infosets()),
            None => informs(&kernel, &to_beliefs),
        };
        let (odds_at, n_informing_odds) = order_of_odds(&kernel, &informs);
        let counts = graph.infosets().map(|i| graph.infoset(i).actions.len());
        let max_actions = counts.max().unwrap_or(0);
        Self {
            base,
            n_players: graph.n_players(),
            to_beliefs,
            to_all,
            slots: Slots::new(&kernel),
            draws: draws.collect(),
            is_unweighted: base.numbers().weights.iter().all(|&w| w == 1.0),
            is_zero: base.numbers().chance.iter().map(|&p| u64::from(p == 0.0)).collect(),
            max_actions,
            informing: (0..informs.len() as u32).filter(|&i| informs[i as usize]).collect(),
            n_informing_odds,
            odds_at,
            public,
            checks: None,
            apart: OnceLock::new(),
            kernel,
        }
    }

    /// Draws will show numbers that are alike once. Only draws of the graph as it stands do.
    pub(crate) fn take_alike(&mut self, alike: Alike) {
        if self.public.is_none() {
            self.checks = Some(Checks::new(self.base, &self.draws, alike));
            self.apart = OnceLock::new();
        }
    }

    /// What the draws seen so far have told apart.
    pub(crate) fn told_apart(&self) -> MutexGuard<'_, Rows> {
        let rows = self.apart.get_or_init(|| {
            let alike = self.checks.as_ref().map(|checks| &checks.alike);
            Mutex::new(Rows::new(self.base, &self.kernel, &self.slots, alike))
        });
        rows.lock().expect("whoever holds it does not panic")
    }

    /// Unknowns: actions less one at each information set.
    pub(crate) fn n_odds(&self) -> usize {
        self.kernel.n_actions() - self.kernel.n_infosets()
    }

    /// Where the log-odds of information set `i` are, those of every action but the first against the first.
    #[inline(always)]
    pub(crate) fn odds_of(&self, i: usize) -> Range<usize> {
        let first = self.odds_at[i] as usize;
        first..first + self.kernel.actions(i).len() - 1
    }

    #[inline(always)]
    pub(crate) fn informs(&self, i: usize) -> bool {
        (self.odds_at[i] as usize) < self.n_informing_odds
    }

    /// Log-odds of a log-policy.
    pub(crate) fn odds(&self, logs: &[f64]) -> Vec<f64> {
        let mut odds = vec![0.0; self.n_odds()];
        for i in 0..self.kernel.n_infosets() {
            let own = &logs[self.kernel.actions(i)];
            for (odds, x) in odds[self.odds_of(i)].iter_mut().zip(&own[1..]) {
                *odds = x - own[0];
            }
        }
        odds
    }

    fn has_weights(&self, weights: &[f64]) -> bool {
        let own = &self.base.numbers().weights;
        (weights.is_empty() && self.is_unweighted) || is_same(weights, own) || weights == own
    }

    /// Whether the lanes can take `numbers`: probabilities are distributions and impossible exactly
    /// where they are so in the base game, and weights are those of the base game.
    pub(crate) fn takes(&self, numbers: &Numbers) -> bool {
        let base = self.base.numbers();
        if !self.has_weights(&numbers.weights)
            || numbers.discounts.len() != base.discounts.len()
            || !numbers.discounts.iter().all(|d| (0.0..=1.0).contains(d))
        {
            return false;
        }
        if let Some(checks) = &self.checks {
            return checks.take(self.base.graph(), numbers);
        }
        let n_paid = numbers.edge_payoffs.len();
        if (n_paid != 0 && n_paid != base.edge_payoffs.len())
            || numbers.terminal_payoffs.len() != base.terminal_payoffs.len()
            || numbers.chance.len() != base.chance.len()
        {
            return false;
        }
        let n = self.base.graph().n_chance_edges();
        if n == 0 {
            return true;
        }
        let is_public = |public: &PublicLayout| public.takes(numbers, self.n_players, n);
        if !self.public.as_ref().is_none_or(is_public) {
            return false;
        }
        let mut rows = numbers.chance.chunks_exact(n).zip(self.is_zero.chunks_exact(n));
        let mut checked: Option<(&[f64], &[u64])> = None;
        rows.all(|(row, is_zero)| {
            if checked.is_some_and(|(r, z)| z == is_zero && is_same(r, row)) {
                return true;
            }
            checked = Some((row, is_zero));
            let off = pulp::Arch::new().dispatch(|| {
                (row.iter().zip(is_zero)).fold(0, |off, (&p, &z)| {
                    off | (u64::from(p == 0.0) ^ z) | u64::from(p.is_nan() | (p < 0.0))
                })
            });
            off == 0
                && self.draws.iter().all(|&(first, end)| {
                    let sum: f64 = row[first as usize..end as usize].iter().sum();
                    (sum - 1.0).abs() <= crate::game::SUM_TOLERANCE
                })
        })
    }
}

/// `[node]`: whether somebody forms a belief there, or further on.
fn formed_beliefs(graph: &Graph, kernel: &Kernel) -> Vec<bool> {
    let mut is_formed = vec![false; graph.n_nodes()];
    for slots in (0..kernel.n_infosets()).map(|i| kernel.slots(i)).filter(|s| s.len() > 1) {
        for &node in &kernel.slot_node[slots] {
            is_formed[node as usize] = true;
        }
    }
    // Parents come before their children.
    for node in graph.nodes().rev() {
        let is_behind = graph.edges(node).any(|e| is_formed[graph.to(e).index()]);
        is_formed[node.index()] |= is_behind;
    }
    is_formed
}

/// `[infoset]`: whether what is done there flows to a belief, or gives a value before theirs is known.
fn informs(kernel: &Kernel, to_beliefs: &Forward) -> Vec<bool> {
    let is_used = to_beliefs.is_used(kernel.n_actions());
    let mut informs: Vec<bool> =
        (0..kernel.n_infosets()).map(|i| is_used[kernel.actions(i)].contains(&true)).collect();
    for step in &kernel.order {
        if let Step::Loose(i) = *step {
            informs[i as usize] = true;
        }
    }
    informs
}

/// Where the log-odds of each information set begin, and how many those have that inform.
fn order_of_odds(kernel: &Kernel, informs: &[bool]) -> (Vec<u32>, usize) {
    let mut odds_at = vec![0; informs.len()];
    let (mut next, mut n_informing) = (0, 0);
    for whether in [true, false] {
        for i in (0..informs.len()).filter(|&i| informs[i] == whether) {
            odds_at[i] = next as u32;
            next += kernel.actions(i).len() - 1;
        }
        n_informing = if whether { next } else { n_informing };
    }
    (odds_at, n_informing)
}
