//! Replies: what an escalatory act at one position of `turns` changes at the next turn of another.
//!
//! t_ij is what an act at position i of the list `turns` changes in the probability that the next
//! turn at position j is one. It is exact: one backward pass per j gives that probability at every
//! node, one sum over the turns at i averages the difference. Direct replies K take out what went
//! through a turn in between, and R = ρ(max(K, 0)) (docs/methods/spiral.md). Counted by severity, t_ij
//! is the severity drawn at j for each unit of severity at i.

use quantal::{EdgeId, Graph, NodeId, math::exp};

use crate::clock::Clock;
use crate::eigen::spectral_radius;
use crate::play::{Play, total};

/// Sums of products of probabilities that ought to cancel leave less than this behind. Without the
/// cut a reply of 1 and a rounding of 1e-17 would make a cycle with R = 3e-9 where there is none.
const ROUNDING: f64 = 1e-12;

/// What the spiral reads of a crisis.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// Order of turns.
    pub(crate) clock: Clock,
    /// For nodes that are a turn: stage and position in `turns`.
    pub(crate) turn: Vec<Option<(u32, usize)>>,
    /// For each edge: whether it is an escalatory act.
    pub(crate) is_escalatory: Vec<bool>,
    /// For each edge: how severe an escalatory act it is, in rungs from 1 for the lowest; 0 for others.
    pub(crate) severity: Vec<f64>,
}

impl Exchange {
    /// For each edge: 1 if it is an escalatory act, else 0.
    pub(crate) fn acts(&self) -> Vec<f64> {
        self.is_escalatory.iter().map(|&is_act| f64::from(u8::from(is_act))).collect()
    }
}

/// Replies between positions, and the ratio.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Replies {
    /// t: total change.
    pub(crate) total: Vec<Vec<f64>>,
    /// K: direct change.
    pub(crate) direct: Vec<Vec<f64>>,
    /// R; `None` where no reply can be seen because fewer than two stages remain.
    pub(crate) ratio: Option<f64>,
}

/// Replies under `play`, whose edges have probability `steps` and whose nodes are passed with
/// probability `through`, from `first_stage` on. Each edge counts by its `worth`, which is above 0 for
/// escalatory acts and 0 for everything else: [`Exchange::acts`] or [`Exchange::severity`].
pub(crate) fn replies(
    exchange: &Exchange,
    graph: &Graph,
    play: &Play,
    (steps, through): (&[f64], &[f64]),
    (first_stage, worth): (u32, &[f64]),
) -> Replies {
    let total = total_replies(exchange, graph, play, (steps, through), worth);
    let direct = direct_replies(&exchange.clock, &total);
    let has_rounds = exchange.clock.n_stages.saturating_sub(first_stage) >= 2;
    let positive: Vec<Vec<f64>> =
        direct.iter().map(|row| row.iter().map(|k| k.max(0.0)).collect()).collect();
    let ratio = has_rounds.then(|| spectral_radius(&positive).middle());
    Replies { total, direct, ratio }
}

/// Expected number of escalatory acts.
pub(crate) fn expected_acts(
    exchange: &Exchange,
    graph: &Graph,
    (steps, through): (&[f64], &[f64]),
) -> f64 {
    let at = |node: NodeId| -> f64 {
        let acts = graph.edges(node).filter(|edge| exchange.is_escalatory[edge.index()]);
        total(acts.map(|edge| through[node.index()] * steps[edge.index()]))
    };
    total(graph.nodes().map(at))
}

/// Direct replies K from total ones: K_ij = t_ij − Σ_m t_im K_mj over positions m strictly between i
/// and the next j-turn, shortest gaps first.
fn direct_replies(clock: &Clock, total: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = clock.n_positions();
    let mut direct = vec![vec![0.0; n]; n];
    let mut pairs: Vec<(usize, usize)> = (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).collect();
    pairs.sort_by_key(|&(i, j)| (clock.gap(i, j), i, j));
    for (i, j) in pairs {
        let between = (0..n).filter(|&m| clock.gap(i, m) < clock.gap(i, j));
        let through: f64 = between.map(|m| total[i][m] * direct[m][j]).sum();
        let reply: f64 = total[i][j] - through;
        direct[i][j] = if reply.abs() <= ROUNDING { 0.0 } else { reply };
    }
    direct
}

fn total_replies(
    exchange: &Exchange,
    graph: &Graph,
    play: &Play,
    (steps, through): (&[f64], &[f64]),
    worth: &[f64],
) -> Vec<Vec<f64>> {
    let n = exchange.clock.n_positions();
    let mut total = vec![vec![0.0; n]; n];
    for j in 0..n {
        let ahead = Ahead::of(exchange, graph, (steps, worth), j);
        let mut sums = vec![(0.0, 0.0); n];
        for node in graph.nodes() {
            let weight = through[node.index()];
            let Some((stage, i)) = exchange.turn[node.index()] else { continue };
            let Some(target) = next_turn(&exchange.clock, (stage, i), j) else { continue };
            if weight == 0.0 {
                continue;
            }
            let side = |is_act: bool| -> Vec<EdgeId> {
                let is_on_side = |edge: &EdgeId| exchange.is_escalatory[edge.index()] == is_act;
                graph.edges(node).filter(is_on_side).collect()
            };
            let mean = |side: &[EdgeId]| {
                mean_of_side(play, side, |edge| ahead.after(exchange, graph, edge, target))
            };
            let (acts, others) = (side(true), side(false));
            if let (Some(act), Some(no_act)) = (mean(&acts), mean(&others)) {
                let own = mean_of_side(play, &acts, |edge| worth[edge.index()]);
                sums[i].0 += weight * (act - no_act);
                sums[i].1 += weight * own.expect("there are acts that can be made");
            }
        }
        for (row, (sum, weight)) in total.iter_mut().zip(sums) {
            row[j] = if weight > 0.0 { sum / weight } else { 0.0 };
        }
    }
    total
}

/// The stage of the first turn at `j` after the effects of the turn at (`stage`, `i`) are applied;
/// `None` beyond the horizon.
fn next_turn(clock: &Clock, (stage, i): (u32, usize), j: usize) -> Option<u32> {
    let target = if j > i && !clock.are_together(i, j) { stage } else { stage + 1 };
    (target < clock.n_stages).then_some(target)
}

/// Mean of `value` over the moves of one side, by their equilibrium probabilities renormalised;
/// `None` if none of them can be made.
fn mean_of_side(play: &Play, side: &[EdgeId], value: impl Fn(EdgeId) -> f64) -> Option<f64> {
    let logs = side.iter().map(|&edge| play.log_move(edge));
    let largest = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return None;
    }
    let weights: Vec<f64> = logs.map(|log| exp(log - largest)).collect();
    let sum = total(weights.iter().zip(side).map(|(weight, &edge)| weight * value(edge)));
    Some(sum / total(weights))
}

/// For one position j: what the act of a coming turn there is worth on average, which for a worth of 1
/// is its probability. Every turn is a node, a forced hold too, so the next turn cannot be passed by
/// unseen; behind an end there is none.
struct Ahead {
    j: usize,
    /// Seen from each node, for the first turn at j from there on (this one included).
    first: Vec<f64>,
    /// Seen from inside j's own simultaneous group, up to j: for the turn in the next stage.
    next_stage: Vec<f64>,
}

impl Ahead {
    fn of(exchange: &Exchange, graph: &Graph, (steps, worth): (&[f64], &[f64]), j: usize) -> Self {
        let n = graph.n_nodes();
        let mut ahead = Self { j, first: vec![0.0; n], next_stage: vec![0.0; n] };
        for node in graph.nodes().rev() {
            let mean = |value: &dyn Fn(EdgeId) -> f64| -> f64 {
                let edges = graph.edges(node).filter(|edge| steps[edge.index()] > 0.0);
                total(edges.map(|edge| steps[edge.index()] * value(edge)))
            };
            let turn = exchange.turn[node.index()];
            ahead.first[node.index()] = if turn.is_some_and(|(_, position)| position == j) {
                mean(&|edge| worth[edge.index()])
            } else {
                mean(&|edge| ahead.first[graph.to(edge).index()])
            };
            if let Some((stage, position)) = turn
                && position <= j
                && exchange.clock.are_together(position, j)
            {
                ahead.next_stage[node.index()] =
                    mean(&|edge| ahead.after(exchange, graph, edge, stage + 1));
            }
        }
        ahead
    }

    /// Behind `edge`: the turn at j in stage `target`, where that is the first one after `edge` or,
    /// inside j's group, the one after it.
    fn after(&self, exchange: &Exchange, graph: &Graph, edge: EdgeId, target: u32) -> f64 {
        let next = graph.to(edge).index();
        let is_inside = exchange.turn[next].is_some_and(|(stage, position)| {
            stage + 1 == target
                && position <= self.j
                && exchange.clock.are_together(position, self.j)
        });
        if is_inside { self.next_stage[next] } else { self.first[next] }
    }
}
