//! Reading a policy game quickly, for many draws: what of its structure every pass needs is looked up
//! once, and one pass forward and one back give all figures of a draw.
//!
//! The figures are those of `outcome.rs`, `effect.rs` and `rules.rs`, which read one game in full; a test
//! holds the two against each other.

use climbdown_lang::part::Values;
use climbdown_lang::scenario::{ActorId, Scenario};
use climbdown_lang::template::{Cause, Phase, Template};
use quantal::math::exp;
use quantal::{
    BehaviorProfile, Derived, EdgeId, Graph, NodeId, NodeKind, Numbers, PlayerId, Viewer,
};

use crate::crisis::Crisis;
use crate::outcome::{Before, Split, headline};
use crate::peaks::way;
use crate::play::total;

const NONE: u32 = u32::MAX;

/// A later turn: whose, where its moves are counted, and how many endings come before it.
#[derive(Clone, Debug)]
struct Turn {
    /// Seat, by position.
    seat: usize,
    /// Its first count; one for each move of the scenario and one for a forced hold.
    first: usize,
    n_endings: usize,
}

/// A policy game as its passes read it.
#[derive(Clone, Debug)]
pub(crate) struct Gauge {
    /// `[node of the template]`: node of the part, `NONE` if it is not there.
    inside: Vec<u32>,
    /// `[edge of the part]`: count of the turn and move, `NONE` for others.
    count: Vec<u32>,
    /// `[edge of the part]`: which of the times at which a crisis can end it ends, `NONE` for others.
    ending: Vec<u32>,
    n_endings: usize,
    turns: Vec<Turn>,
    /// Turns from one of the question's to the next.
    cycle: usize,
    n_moves: usize,
    /// `[node of the part]`: peak.
    peaks: Vec<u8>,
    /// Edges on which a firebreak is first passed: (edge, its node, firebreak, way).
    rises: Vec<(EdgeId, NodeId, usize, usize)>,
    /// Edges of the template, `NONE` for those of the new root.
    origin: Vec<u32>,
}

/// What a draw measures under one policy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Gauged {
    /// Mean of the peak at the end.
    pub(crate) expected_peak: f64,
    /// P(peak ≥ rung) at the end, by position in the ladder's rungs.
    pub(crate) rungs: Vec<f64>,
    /// For each firebreak, how it is crossed.
    pub(crate) firebreaks: Vec<Split>,
    /// `[actor]`: payoff from the fork on, by the analyst's probabilities.
    pub(crate) payoffs: Vec<f64>,
    /// The mover's payoff from the fork on, by its own: for each of the starts asked for.
    pub(crate) own: Vec<f64>,
    counts: Vec<f64>,
    endings: Vec<f64>,
}

/// How a draw is played, in whose eyes, and from where.
pub(crate) struct Draw<'a> {
    pub(crate) part: &'a Derived,
    pub(crate) numbers: &'a Numbers,
    pub(crate) values: &'a Values,
    pub(crate) profile: &'a BehaviorProfile,
    /// The analyst's distribution over the forks, in nodes of the template.
    pub(crate) start: &'a [(NodeId, f64)],
    /// What had happened before.
    pub(crate) before: &'a Before,
    pub(crate) mover: ActorId,
    /// The mover's own distributions over the forks.
    pub(crate) own_starts: &'a [Vec<(NodeId, f64)>],
}

impl Gauged {
    /// The headline measure.
    pub(crate) fn headline(&self, scenario: &Scenario) -> f64 {
        headline(scenario, &self.rungs, &self.firebreaks)
    }
}

impl Gauge {
    /// Looks up what the passes need.
    pub(crate) fn new(crisis: &Crisis<'_>, part: &Derived) -> Self {
        let template = crisis.template;
        let scenario = &template.scenario;
        let graph = part.game.graph();
        let mut inside = vec![NONE; template.graph.n_nodes()];
        for node in graph.nodes() {
            if let Some(origin) = part.nodes[node.index()] {
                inside[origin.index()] = node.0;
            }
        }
        let mut edge_inside = vec![NONE; template.graph.n_edges()];
        for (at, origin) in part.edges.iter().enumerate() {
            if let Some(origin) = origin {
                edge_inside[origin.index()] = EdgeId::new(at).0;
            }
        }
        let mut rises = Vec::new();
        for rise in &crisis.peaks.rises {
            let at = edge_inside[rise.edge.index()];
            if at == NONE {
                continue;
            }
            for (f, firebreak) in scenario.ladders[0].firebreaks.iter().enumerate() {
                if rise.passes(firebreak.above) {
                    let node = NodeId(inside[rise.node.index()]);
                    rises.push((EdgeId(at), node, f, way(scenario, f, rise) as usize));
                }
            }
        }
        let peak =
            |n: NodeId| part.nodes[n.index()].map_or(scenario.start_rung, |n| template.peak(n));
        let (turns, count, ending, n_endings) = later_turns(crisis, part);
        Self {
            inside,
            count,
            ending,
            n_endings,
            cycle: scenario.slots.len().min(turns.len()),
            turns,
            n_moves: scenario.moves.len() + 1,
            peaks: graph.nodes().map(peak).collect(),
            rises,
            origin: part.edges.iter().map(|e| e.map_or(NONE, |e| e.0)).collect(),
        }
    }

    /// The probability of each edge where it begins: moves by the profile, draws in the eyes of `viewer`.
    fn steps(&self, template: &Template, draw: &Draw<'_>, viewer: Viewer) -> Vec<f64> {
        let graph = draw.part.game.graph();
        let mut steps = vec![0.0; graph.n_edges()];
        for node in graph.nodes() {
            match graph.kind(node) {
                NodeKind::Terminal => {}
                NodeKind::Chance => {
                    for edge in graph.edges(node) {
                        let origin = self.origin[edge.index()];
                        if origin != NONE {
                            steps[edge.index()] =
                                template.probability(draw.values, EdgeId(origin), viewer);
                        }
                    }
                }
                NodeKind::Decision(infoset) => {
                    for (edge, action) in graph.edges(node).zip(graph.actions(infoset)) {
                        steps[edge.index()] = exp(draw.profile.log_probability(action));
                    }
                }
            }
        }
        steps
    }

    /// Measures a draw.
    pub(crate) fn read(&self, template: &Template, draw: &Draw<'_>) -> Gauged {
        let graph = draw.part.game.graph();
        let ladder = &template.scenario.ladders[0];
        let steps = self.steps(template, draw, Viewer::Analyst);
        let mut flow = vec![0.0; graph.n_nodes()];
        for &(node, weight) in draw.start {
            flow[self.inside[node.index()] as usize] += weight;
        }
        let mut ended = [0.0; 256];
        let mut counts = vec![0.0; self.turns.len() * self.n_moves];
        let mut endings = vec![0.0; self.n_endings];
        for node in graph.nodes() {
            let here = flow[node.index()];
            if here == 0.0 {
                continue;
            }
            let edges = graph.edges(node);
            if edges.len() == 0 {
                ended[self.peaks[node.index()] as usize] += here;
            }
            for edge in edges {
                let e = edge.index();
                let p = here * steps[e];
                flow[graph.to(edge).index()] += p;
                if self.count[e] != NONE {
                    counts[self.count[e] as usize] += p;
                }
                if self.ending[e] != NONE {
                    endings[self.ending[e] as usize] += p;
                }
            }
        }
        let lowest = template.peak(NodeId(0));
        let at_least = |rung: u8| match rung {
            rung if rung <= lowest => 1.0,
            _ => total(ended[rung as usize..].iter().rev().copied()).min(1.0),
        };
        let mut firebreaks: Vec<Split> =
            (0..ladder.firebreaks.len()).map(|f| draw.before.weighted(f, draw.start)).collect();
        for &(edge, node, firebreak, way) in &self.rises {
            firebreaks[firebreak][way] += flow[node.index()] * steps[edge.index()];
        }
        for split in &mut firebreaks {
            let p_cross: f64 = split.iter().sum();
            if p_cross > 1.0 {
                *split = split.map(|part| part / p_cross);
            }
        }
        let worth = |values: &[f64], n: usize, p: usize, start: &[(NodeId, f64)]| {
            let at = |node: NodeId| self.inside[node.index()] as usize;
            total(start.iter().map(|&(node, weight)| weight * values[at(node) * n + p]))
        };
        let n = graph.n_players();
        let everybody: Vec<usize> = (0..n).collect();
        let values = to_come(graph, draw.numbers, &steps, &everybody);
        let payoffs = everybody.iter().map(|&p| worth(&values, n, p, draw.start)).collect();
        let mover = draw.mover.index();
        let own = Viewer::Player(PlayerId::new(mover));
        let own_values = to_come(graph, draw.numbers, &self.steps(template, draw, own), &[mover]);
        Gauged {
            expected_peak: total(ended.iter().enumerate().map(|(rung, p)| rung as f64 * p)),
            rungs: ladder.rungs.iter().map(|r| at_least(r.rung)).collect(),
            firebreaks,
            payoffs,
            own: draw.own_starts.iter().map(|s| worth(&own_values, 1, 0, s)).collect(),
            counts,
            endings,
        }
    }

    /// For each turn of the first cycle after the question's: probability of each move.
    pub(crate) fn next_moves(&self, gauged: &Gauged) -> Vec<Vec<f64>> {
        let moves = |turn: &Turn| gauged.counts[turn.first..turn.first + self.n_moves].to_vec();
        self.turns.iter().take(self.cycle).map(moves).collect()
    }

    /// Whose turn that is, by position.
    pub(crate) fn seat(&self, turn: usize) -> usize {
        self.turns[turn].seat
    }

    /// Change of the rules of engagement between two policies, on labels: the mean over the seats other
    /// than `seat` of the mean distance over their later turns; `None` if there is no other.
    pub(crate) fn rules_total(&self, pair: [&Gauged; 2], seat: usize) -> Option<f64> {
        let mut by_seat: Vec<(f64, u32)> = Vec::new();
        for turn in &self.turns {
            if by_seat.len() <= turn.seat {
                by_seat.resize(turn.seat + 1, (0.0, 0));
            }
            let of = |g: &Gauged| total(g.endings[..turn.n_endings].iter().copied());
            let mut apart = (of(pair[0]) - of(pair[1])).abs();
            let counts = turn.first..turn.first + self.n_moves;
            for (a, b) in pair[0].counts[counts.clone()].iter().zip(&pair[1].counts[counts]) {
                apart += (a - b).abs();
            }
            by_seat[turn.seat].0 += apart / 2.0;
            by_seat[turn.seat].1 += 1;
        }
        let others = by_seat.iter().enumerate().filter(|(at, (_, n))| *at != seat && *n > 0);
        let means: Vec<f64> = others.map(|(_, (sum, n))| sum / f64::from(*n)).collect();
        // A scenario has far fewer than 2^52 seats.
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let n = means.len() as f64;
        (!means.is_empty()).then(|| total(means) / n)
    }
}

/// Turns after the question's, the count of each edge, the ending of each edge, and how many times a crisis
/// can end at.
fn later_turns(crisis: &Crisis<'_>, part: &Derived) -> (Vec<Turn>, Vec<u32>, Vec<u32>, usize) {
    let template = crisis.template;
    let scenario = &template.scenario;
    let (question, clock) = (&scenario.question, &crisis.exchange.clock);
    let graph = part.game.graph();
    let asked = question.slot.index();
    let is_later = |stage: u32, position: usize| {
        stage > question.stage || (position > asked && !clock.are_together(position, asked))
    };
    let is_end = |edge: EdgeId| graph.terminal_index(graph.to(edge)).is_some();
    let time =
        |node: NodeId| part.nodes[node.index()].map(|n| clock.place(template.places[n.index()]));
    let mut times: Vec<u64> =
        graph.nodes().filter(|&n| graph.edges(n).any(is_end)).filter_map(time).collect();
    times.sort_unstable();
    times.dedup();
    let n_moves = scenario.moves.len() + 1;
    let n_positions = clock.n_positions();
    let mut turns = Vec::new();
    let mut first_of = vec![NONE; clock.n_stages as usize * n_positions];
    for stage in question.stage..clock.n_stages {
        for position in (0..n_positions).filter(|&p| is_later(stage, p)) {
            let first = turns.len() * n_moves;
            first_of[stage as usize * n_positions + position] = small(first);
            let at = clock.turn(stage, position);
            turns.push(Turn {
                seat: scenario.slots[position].seat.index(),
                first,
                n_endings: times.partition_point(|&t| t < at),
            });
        }
    }
    let mut count = vec![NONE; graph.n_edges()];
    let mut ending = vec![NONE; graph.n_edges()];
    for node in graph.nodes() {
        let Some(origin) = part.nodes[node.index()] else { continue };
        let place = template.places[origin.index()];
        for edge in graph.edges(node) {
            if is_end(edge) {
                let at = clock.place(place);
                ending[edge.index()] = small(times.partition_point(|&t| t < at));
            }
            let cause = part.edges[edge.index()].map(|e| template.causes[e.index()]);
            if let (Phase::Turn(slot), Some(Cause::Move(made))) = (place.phase, cause) {
                let first = first_of[place.stage as usize * n_positions + slot.index()];
                if first != NONE {
                    count[edge.index()] = first + small(made.map_or(n_moves - 1, |m| m.index()));
                }
            }
        }
    }
    (turns, count, ending, times.len())
}

/// Expected payoff to come, `[node * players.len() + position in players]`, stepping by `steps`.
fn to_come(graph: &Graph, numbers: &Numbers, steps: &[f64], players: &[usize]) -> Vec<f64> {
    let (n, n_players) = (players.len(), graph.n_players());
    let mut values = vec![0.0; graph.n_nodes() * n];
    for node in graph.nodes().rev() {
        let at = node.index() * n;
        if let Some(terminal) = graph.terminal_index(node) {
            for (k, &p) in players.iter().enumerate() {
                values[at + k] = numbers.terminal_payoffs[terminal * n_players + p];
            }
            continue;
        }
        for edge in graph.edges(node) {
            let step = steps[edge.index()];
            if step == 0.0 {
                continue;
            }
            let behind = graph.to(edge).index() * n;
            let is_next = graph.is_next_stage(edge);
            for (k, &p) in players.iter().enumerate() {
                let discount = if is_next { numbers.discounts[p] } else { 1.0 };
                let gain = numbers.edge_payoffs[edge.index() * n_players + p];
                values[at + k] += step * (gain + discount * values[behind + k]);
            }
        }
    }
    values
}

fn small(i: usize) -> u32 {
    u32::try_from(i).expect("games have fewer than 2^32 parts")
}
