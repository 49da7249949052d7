//! The forward filter: where the crisis stands, in the eyes of one viewer, given what was observed.
//!
//! Exact: the probability of every node, layer by layer, times the likelihood of each observation as
//! it is passed. What nobody observed (draws, signals, accidents, calendar, turns without a row that
//! mean nothing) is summed over. A crisis that is over keeps its probability at its final state.

use climbdown_lang::episode::ObservedTurn;
use climbdown_lang::template::{Cause, Phase, Template};
use quantal::{EdgeId, Game, NodeId, NodeKind, Viewer, math::exp, math::ln};

use crate::play::{Play, total};

use super::worlds::Fixed;

/// Below this a sum of probabilities may have lost digits; logarithms are used instead.
const SMALL: f64 = 1e-200;

/// Where a crisis may stand.
pub(crate) struct Filter<'a> {
    template: &'a Template,
    play: &'a Play,
    /// Probability of each edge where it begins.
    steps: Vec<f64>,
    /// Probability of each node that is not behind us, given what was observed.
    mass: Vec<f64>,
    terminals: Vec<NodeId>,
    next: u32,
    /// Natural logarithm of the probability of everything observed so far.
    pub(crate) log_evidence: f64,
}

/// A forecast of a turn: a probability for each move at each of its nodes, and for the crisis being
/// over. Together they sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Forecast {
    /// First edge of the turn.
    first: usize,
    /// By edge.
    pub(crate) edges: Vec<f64>,
    /// The crisis is over.
    pub(crate) over: f64,
}

impl Forecast {
    /// Nothing yet.
    pub(crate) fn nothing(template: &Template, turn: &ObservedTurn) -> Self {
        let edges = || turn.nodes().flat_map(|n| template.graph.edges(n));
        let first = edges().next().map_or(0, EdgeId::index);
        Self { first, edges: vec![0.0; edges().count()], over: 0.0 }
    }

    /// The position of its first edge.
    pub(crate) fn first_edge(&self) -> usize {
        self.first
    }

    /// The probability of `edge`.
    pub(crate) fn of(&self, edge: EdgeId) -> f64 {
        self.edges[edge.index() - self.first]
    }

    /// Gives `edge` more.
    pub(crate) fn add(&mut self, edge: EdgeId, p: f64) {
        self.edges[edge.index() - self.first] += p;
    }
}

impl<'a> Filter<'a> {
    /// At the root; `fixed` says which draws are known to have come out how.
    pub(crate) fn new(
        template: &'a Template,
        (game, play): (&Game, &'a Play),
        viewer: Viewer,
        fixed: &[Fixed],
    ) -> Self {
        let graph = &template.graph;
        let mut steps = play.steps(game, viewer);
        for node in graph.nodes() {
            let Phase::Draw(draw) = template.places[node.index()].phase else { continue };
            let drawn = template.scenario.draws[draw.index()].variable;
            let Some(&(_, value)) = fixed.iter().find(|(v, _)| *v == drawn) else { continue };
            for edge in graph.edges(node) {
                let is_it = template.causes[edge.index()] == Cause::Draw(value);
                steps[edge.index()] = f64::from(u8::from(is_it));
            }
        }
        let mut mass = vec![0.0; graph.n_nodes()];
        mass[0] = 1.0;
        let terminals = graph.nodes().filter(|&n| graph.kind(n) == NodeKind::Terminal).collect();
        Self { template, play, steps, mass, terminals, next: 0, log_evidence: 0.0 }
    }

    /// Whether what was observed is possible at all in this viewer's eyes.
    pub(crate) fn is_alive(&self) -> bool {
        self.log_evidence > f64::NEG_INFINITY
    }

    /// Goes on to the node `at`, past draws and turns at which nothing is observed.
    pub(crate) fn arrive(&mut self, at: u32) {
        let graph = &self.template.graph;
        for node in (self.next..at).map(NodeId) {
            let here = std::mem::take(&mut self.mass[node.index()]);
            if here > 0.0 {
                for edge in graph.edges(node) {
                    self.mass[graph.to(edge).index()] += here * self.steps[edge.index()];
                }
            }
        }
        self.next = at;
    }

    fn over(&self) -> f64 {
        total(self.terminals.iter().map(|n| self.mass[n.index()]))
    }

    /// The probability of standing at `node`.
    pub(crate) fn at(&self, node: NodeId) -> f64 {
        self.mass[node.index()]
    }

    /// What is expected at a turn, on arriving there, times `share`, added to `forecast`.
    pub(crate) fn forecast(&self, turn: &ObservedTurn, share: f64, forecast: &mut Forecast) {
        for node in turn.nodes() {
            let here = self.mass[node.index()] * share;
            if here > 0.0 {
                for edge in self.template.graph.edges(node) {
                    forecast.add(edge, here * self.steps[edge.index()]);
                }
            }
        }
        forecast.over += share * self.over();
    }

    /// Natural logarithm of the expected likelihood at a turn, on arriving there.
    pub(crate) fn log_expected(
        &self,
        turn: &ObservedTurn,
        likelihood: &dyn Fn(NodeId, EdgeId) -> f64,
        if_over: f64,
    ) -> f64 {
        let (logs, over) = self.weigh(turn, likelihood, if_over);
        log_sum(logs.into_iter().map(|(_, log)| log).chain([over]))
    }

    /// Takes in what was observed at a turn, and goes past it.
    pub(crate) fn observe(
        &mut self,
        turn: &ObservedTurn,
        likelihood: &dyn Fn(NodeId, EdgeId) -> f64,
        if_over: f64,
    ) {
        let (logs, over) = self.weigh(turn, likelihood, if_over);
        let sum = log_sum(logs.iter().map(|&(_, log)| log).chain([over]));
        self.log_evidence += sum;
        for node in turn.nodes() {
            self.mass[node.index()] = 0.0;
        }
        let scale = if sum > f64::NEG_INFINITY { if_over * exp(-sum) } else { 0.0 };
        for node in &self.terminals {
            self.mass[node.index()] *= scale;
        }
        if sum > f64::NEG_INFINITY {
            for (edge, log) in logs {
                self.mass[self.template.graph.to(edge).index()] += exp(log - sum);
            }
        }
        self.next = turn.nodes.end;
    }

    /// Logarithms of the probability of each move of a turn times its likelihood, and of the crisis
    /// being over likewise.
    fn weigh(
        &self,
        turn: &ObservedTurn,
        likelihood: &dyn Fn(NodeId, EdgeId) -> f64,
        if_over: f64,
    ) -> (Vec<(EdgeId, f64)>, f64) {
        let mut logs = Vec::new();
        for node in turn.nodes() {
            let here = self.mass[node.index()];
            if here > 0.0 {
                for edge in self.template.graph.edges(node) {
                    let likely = likelihood(node, edge);
                    if likely > 0.0 {
                        logs.push((edge, ln(here) + self.play.log_move(edge) + ln(likely)));
                    }
                }
            }
        }
        let over = self.over() * if_over;
        (logs, if over > 0.0 { ln(over) } else { f64::NEG_INFINITY })
    }

    /// The share of what is possible now that stands where `is` holds.
    pub(crate) fn share(&self, is: impl Fn(NodeId) -> bool) -> f64 {
        let first = self.next as usize;
        let (mut inside, mut all) = (0.0, 0.0);
        for (at, &mass) in self.mass.iter().enumerate().skip(first).filter(|(_, m)| **m > 0.0) {
            all += mass;
            if is(NodeId::new(at)) {
                inside += mass;
            }
        }
        if all > 0.0 { inside / all } else { 0.0 }
    }
}

/// Logarithm of a sum, from the logarithms of its parts.
pub(crate) fn log_sum(logs: impl Iterator<Item = f64>) -> f64 {
    let logs: Vec<f64> = logs.collect();
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return largest;
    }
    largest + ln(total(logs.into_iter().map(|log| exp(log - largest))))
}

/// The logarithm of a probability: of the number itself where that is exact enough.
pub(crate) fn log_of(p: f64, log: f64) -> f64 {
    if p > SMALL { ln(p) } else { log }
}
