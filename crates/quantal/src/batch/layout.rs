//! What all blocks of a batch share: the graph in the order its passes read it, and which numbers
//! lanes can take.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, OnceLock};

use crate::game::{Game, Graph, Numbers};
use crate::kernel::{Kernel, Kind, Step};
use crate::lanes::is_same;

use super::public::PublicLayout;
use super::rows::Rows;

pub(crate) const NONE: u32 = u32::MAX;

/// A step of the forward pass: reach of a row gets that of another times a probability.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// An action, or a chance edge.
    pub(crate) factor: u32,
    pub(crate) is_chance: bool,
    /// Whether nothing has flowed to the row before.
    pub(crate) is_first: bool,
}

/// What all blocks of a batch share.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    pub(crate) base: &'a Game,
    pub(crate) kernel: Kernel,
    pub(crate) n_players: usize,
    /// `[node]`: row of reach, `NONE` where the game is over.
    pub(crate) rows: Vec<u32>,
    pub(crate) n_rows: usize,
    /// Flows that beliefs depend on, then all others.
    pub(crate) flows: Vec<Flow>,
    pub(crate) n_upstream_flows: usize,
    /// Terminal nodes in the order of their payoffs.
    pub(crate) terminals: Vec<u32>,
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
    /// What the draws seen so far have told apart, for blocks of the graph as it stands.
    apart: OnceLock<Mutex<Rows>>,
}

impl<'a> Layout<'a> {
    pub(crate) fn new(base: &'a Game) -> Self {
        let graph = base.graph();
        let kernel = Kernel::new(base);
        let mut rows = vec![NONE; graph.n_nodes()];
        let (mut n_rows, mut terminals, mut draws) = (0u32, Vec::new(), Vec::new());
        for node in graph.nodes() {
            match kernel.kinds[node.index()] {
                Kind::Terminal => {
                    terminals.push(node.0);
                    continue;
                }
                Kind::Chance(first) => draws.push((first, first + graph.edges(node).len() as u32)),
                Kind::Decision(_) => {}
            }
            rows[node.index()] = n_rows;
            n_rows += 1;
        }
        let is_formed = formed_beliefs(graph, &kernel);
        let (mut upstream, mut rest) = (Vec::new(), Vec::new());
        let mut is_reached = vec![false; graph.n_nodes()];
        for node in graph.nodes() {
            let (first, is_chance) = match kernel.kinds[node.index()] {
                Kind::Decision(first) => (first, false),
                Kind::Chance(first) => (first, true),
                Kind::Terminal => continue,
            };
            for (k, edge) in graph.edges(node).enumerate() {
                let to = graph.to(edge).index();
                if rows[to] == NONE {
                    continue;
                }
                let flows = if is_formed[to] { &mut upstream } else { &mut rest };
                flows.push(Flow {
                    from: rows[node.index()],
                    to: rows[to],
                    factor: first + k as u32,
                    is_chance,
                    is_first: !std::mem::replace(&mut is_reached[to], true),
                });
            }
        }
        let n_upstream_flows = upstream.len();
        upstream.append(&mut rest);
        let public = PublicLayout::new(base).filter(|_| !kernel.excluded.contains(&true));
        let informs = match &public {
            Some(public) => public.informs(kernel.n_infosets()),
            None => informs(&kernel, &upstream[..n_upstream_flows]),
        };
        let (odds_at, n_informing_odds) = order_of_odds(&kernel, &informs);
        let counts = graph.infosets().map(|i| graph.infoset(i).actions.len());
        let max_actions = counts.max().unwrap_or(0);
        Self {
            base,
            n_players: graph.n_players(),
            rows,
            n_rows: n_rows as usize,
            flows: upstream,
            n_upstream_flows,
            terminals,
            draws,
            is_unweighted: base.numbers().weights.iter().all(|&w| w == 1.0),
            is_zero: base.numbers().chance.iter().map(|&p| u64::from(p == 0.0)).collect(),
            max_actions,
            informing: (0..informs.len() as u32).filter(|&i| informs[i as usize]).collect(),
            n_informing_odds,
            odds_at,
            public,
            apart: OnceLock::new(),
            kernel,
        }
    }

    /// What the draws seen so far have told apart.
    pub(crate) fn told_apart(&self) -> MutexGuard<'_, Rows> {
        let rows = self.apart.get_or_init(|| Mutex::new(Rows::new(self.base, &self.kernel)));
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
        let n_paid = numbers.edge_payoffs.len();
        if (n_paid != 0 && n_paid != base.edge_payoffs.len())
            || numbers.terminal_payoffs.len() != base.terminal_payoffs.len()
            || numbers.chance.len() != base.chance.len()
            || !self.has_weights(&numbers.weights)
            || numbers.discounts.len() != base.discounts.len()
            || !numbers.discounts.iter().all(|d| (0.0..=1.0).contains(d))
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
fn informs(kernel: &Kernel, upstream: &[Flow]) -> Vec<bool> {
    let mut is_used = vec![false; kernel.n_actions()];
    for flow in upstream.iter().filter(|flow| !flow.is_chance) {
        is_used[flow.factor as usize] = true;
    }
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
