//! Reading a policy game quickly, for many draws: what of its structure every pass needs is looked up
//! once, and one pass forward and one back give all figures of a draw.
//!
//! The figures are those of `outcome.rs`, `effect.rs` and `rules.rs`, which read one game in full; a test
//! holds the two against each other.

use climbdown_lang::part::{Part, Values};
use climbdown_lang::scenario::{ActorId, Scenario};
use climbdown_lang::template::{Cause, Phase, Template};
use quantal::math::exp;
use quantal::{Alike, BehaviorProfile, Derived, EdgeId, NodeId, NodeKind, PlayerId, Viewer};

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
    /// Edges that are counted, and the count of their turn and move.
    counted: Vec<(u32, u32)>,
    /// Edges that end a crisis, and which of the times it is at which one can end.
    ending: Vec<(u32, u32)>,
    n_endings: usize,
    turns: Vec<Turn>,
    /// Turns from one of the question's to the next.
    cycle: usize,
    n_moves: usize,
    /// `[node of the part]`: peak.
    peaks: Vec<u8>,
    /// Edges on which a firebreak is first passed: (edge, its node, firebreak, way).
    rises: Vec<(EdgeId, NodeId, usize, usize)>,
    /// Edges of chance and the class of each, but for edges of the new root.
    draws: Vec<(u32, u32)>,
    /// Edges that are moves, and their actions.
    moves: Vec<(u32, u32)>,
    /// `[edge of the part]`: where it begins.
    from: Vec<u32>,
    /// Nodes where the game ends.
    ends: Vec<u32>,
    /// Classes of edges that pay alike, and of ends ([`Part::alike`]).
    n_classes: [usize; 2],
}

/// Discounts of flows that are found together.
const SIDE_BY_SIDE: usize = 4;

/// Flows by as many discounts.
type Flows = [f64; SIDE_BY_SIDE];

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
    /// What is paid in it.
    pub(crate) paid: &'a Part,
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
    pub(crate) fn new(crisis: &Crisis<'_>, part: &Derived, paid: &Part) -> Self {
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
        let (turns, counted, ending, n_endings) = later_turns(crisis, part);
        let (mut draws, mut moves, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        let alike = paid.alike();
        let n_root = small(paid.n_root_edges());
        let class = |e: EdgeId| Some(alike.chance[graph.chance_index(e)?] - n_root);
        let mut from = Vec::with_capacity(graph.n_edges());
        for node in graph.nodes() {
            from.extend(graph.edges(node).map(|_| node.0));
            match graph.kind(node) {
                NodeKind::Terminal => ends.push(node.0),
                NodeKind::Chance => {
                    let edges = graph.edges(node).filter(|e| part.edges[e.index()].is_some());
                    draws.extend(edges.filter_map(|e| Some((e.0, class(e)?))));
                }
                NodeKind::Decision(infoset) => {
                    let actions = graph.actions(infoset);
                    moves.extend(graph.edges(node).zip(actions).map(|(e, a)| (e.0, a.0)));
                }
            }
        }
        Self {
            inside,
            counted,
            ending,
            n_endings,
            cycle: scenario.slots.len().min(turns.len()),
            turns,
            n_moves: scenario.moves.len() + 1,
            peaks: graph.nodes().map(peak).collect(),
            rises,
            draws,
            moves,
            from,
            ends,
            n_classes: [alike.n_edges(), alike.n_ends()],
        }
    }

    /// The probability of each edge where it begins: moves by the profile, and draws not yet.
    fn moves(&self, draw: &Draw<'_>) -> Vec<f64> {
        let probabilities: Vec<f64> = draw.profile.logs().iter().map(|&log| exp(log)).collect();
        let mut steps = vec![0.0; self.from.len()];
        for &(edge, action) in &self.moves {
            steps[edge as usize] = probabilities[action as usize];
        }
        steps
    }

    /// Puts the draws into `steps`, in the eyes of `viewer`.
    fn draw(&self, template: &Template, draw: &Draw<'_>, viewer: Viewer, steps: &mut [f64]) {
        let probabilities = template.class_probabilities(draw.paid, draw.values, viewer);
        for &(edge, class) in &self.draws {
            steps[edge as usize] = probabilities[class as usize];
        }
    }

    /// Everybody's payoff from `draw.start` on with the analyst's `steps`, and the probability of passing each
    /// node.
    fn payoffs(&self, draw: &Draw<'_>, steps: &[f64]) -> (Vec<f64>, Vec<f64>) {
        // What is to come is worth less with every stage: to each discount its own flow, first to none.
        let mut discounts = vec![1.0];
        let mut flow_of = Vec::new();
        for &discount in draw.values.discounts() {
            let at = discounts.iter().position(|d| *d == discount).unwrap_or_else(|| {
                discounts.push(discount);
                discounts.len() - 1
            });
            flow_of.push((at / SIDE_BY_SIDE, at % SIDE_BY_SIDE));
        }
        let mut payoffs = vec![0.0; flow_of.len()];
        let mut plain = Vec::new();
        for (block, own) in discounts.chunks(SIDE_BY_SIDE).enumerate() {
            let mut together = [1.0; SIDE_BY_SIDE];
            together[..own.len()].copy_from_slice(own);
            let (flow, passed, ended) = self.flow(draw, steps, &together);
            for (class, actor, amount) in draw.paid.paid_on_edges(draw.values) {
                let (at, k) = flow_of[actor];
                payoffs[actor] += if at == block { passed[class][k] * amount } else { 0.0 };
            }
            for (class, actor, amount) in draw.paid.paid_at_ends(draw.values) {
                let (at, k) = flow_of[actor];
                payoffs[actor] += if at == block { ended[class][k] * amount } else { 0.0 };
            }
            if block == 0 {
                plain = flow.iter().map(|flow| flow[0]).collect();
            }
        }
        (payoffs, plain)
    }

    /// Probability of passing each node from `draw.start` on, times a discount for every stage on the way; and
    /// the sum of it over all edges, and over all ends, that pay alike.
    fn flow(
        &self,
        draw: &Draw<'_>,
        steps: &[f64],
        discounts: &Flows,
    ) -> (Vec<Flows>, Vec<Flows>, Vec<Flows>) {
        let (graph, alike) = (draw.part.game.graph(), draw.paid.alike());
        let zero = [0.0; SIDE_BY_SIDE];
        let mut flow = vec![zero; graph.n_nodes()];
        let [mut passed, mut ended] = self.n_classes.map(|n| vec![zero; n]);
        for &(node, weight) in draw.start {
            for own in &mut flow[self.inside[node.index()] as usize] {
                *own += weight;
            }
        }
        for node in graph.nodes() {
            let here = flow[node.index()];
            // Of them all, that which nothing discounts is the last to vanish.
            if here[0] == 0.0 {
                continue;
            }
            for edge in graph.edges(node) {
                let step = steps[edge.index()];
                let part = here.map(|here| here * step);
                let class = alike.edges[edge.index()];
                if class != Alike::NOTHING {
                    add(&mut passed[class as usize], &part);
                }
                let left = if graph.is_next_stage(edge) { *discounts } else { [1.0; SIDE_BY_SIDE] };
                let there = &mut flow[graph.to(edge).index()];
                for k in 0..SIDE_BY_SIDE {
                    there[k] += part[k] * left[k];
                }
            }
        }
        for (&end, &class) in self.ends.iter().zip(&alike.ends) {
            add(&mut ended[class as usize], &flow[end as usize]);
        }
        (flow, passed, ended)
    }

    /// The mover's payoff to come at each node, stepping by its own `steps`.
    fn to_come(&self, draw: &Draw<'_>, steps: &[f64]) -> Vec<f64> {
        let (graph, alike) = (draw.part.game.graph(), draw.paid.alike());
        let mover = draw.mover.index();
        let discount = draw.values.discounts()[mover];
        let [mut gains, mut at_ends] = self.n_classes.map(|n| vec![0.0; n]);
        for (class, _, amount) in draw.paid.paid_on_edges(draw.values).filter(|p| p.1 == mover) {
            gains[class] += amount;
        }
        for (class, _, amount) in draw.paid.paid_at_ends(draw.values).filter(|p| p.1 == mover) {
            at_ends[class] += amount;
        }
        let mut values = vec![0.0; graph.n_nodes()];
        for (&end, &class) in self.ends.iter().zip(&alike.ends) {
            values[end as usize] = at_ends[class as usize];
        }
        for node in graph.nodes().rev() {
            let mut value = values[node.index()];
            for edge in graph.edges(node) {
                let left = if graph.is_next_stage(edge) { discount } else { 1.0 };
                let gain = match alike.edges[edge.index()] {
                    Alike::NOTHING => 0.0,
                    class => gains[class as usize],
                };
                value += steps[edge.index()] * (gain + left * values[graph.to(edge).index()]);
            }
            values[node.index()] = value;
        }
        values
    }

    /// Measures a draw.
    pub(crate) fn read(&self, template: &Template, draw: &Draw<'_>) -> Gauged {
        let ladder = &template.scenario.ladders[0];
        let mut steps = self.moves(draw);
        self.draw(template, draw, Viewer::Analyst, &mut steps);
        let (payoffs, flow) = self.payoffs(draw, &steps);
        let mut ended = [0.0; 256];
        let mut counts = vec![0.0; self.turns.len() * self.n_moves];
        let mut endings = vec![0.0; self.n_endings];
        for &end in &self.ends {
            ended[self.peaks[end as usize] as usize] += flow[end as usize];
        }
        let part = |edge: usize| flow[self.from[edge] as usize] * steps[edge];
        for &(edge, at) in &self.counted {
            counts[at as usize] += part(edge as usize);
        }
        for &(edge, at) in &self.ending {
            endings[at as usize] += part(edge as usize);
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
        let own = Viewer::Player(PlayerId::new(draw.mover.index()));
        self.draw(template, draw, own, &mut steps);
        let to_come = self.to_come(draw, &steps);
        let worth = |start: &Vec<(NodeId, f64)>| {
            let at = |node: NodeId| to_come[self.inside[node.index()] as usize];
            total(start.iter().map(|&(node, weight)| weight * at(node)))
        };
        Gauged {
            expected_peak: total(ended.iter().enumerate().map(|(rung, p)| rung as f64 * p)),
            rungs: ladder.rungs.iter().map(|r| at_least(r.rung)).collect(),
            firebreaks,
            payoffs,
            own: draw.own_starts.iter().map(worth).collect(),
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

/// An edge, and what it is counted as.
type Counted = Vec<(u32, u32)>;

/// Turns after the question's, the count of each edge that has one, the ending of each edge that ends a crisis,
/// and how many times a crisis can end at.
fn later_turns(crisis: &Crisis<'_>, part: &Derived) -> (Vec<Turn>, Counted, Counted, usize) {
    let template = crisis.template;
    let scenario = &template.scenario;
    let (question, clock) = (&scenario.question, &crisis.exchange.clock);
    let graph = part.game.graph();
    let asked = question.slot.index();
    let is_later = |stage: u32, position: usize| {
        stage > question.stage || (position > asked && !clock.are_together(position, asked))
    };
    let is_end = |edge: EdgeId| graph.terminal_index(graph.to(edge)).is_some();
    // Of the whole game: two policies are held against each other, and one may end where the other never does.
    let whole = &template.graph;
    let ends = |n: &NodeId| whole.edges(*n).any(|e| whole.terminal_index(whole.to(e)).is_some());
    let time = |n: NodeId| clock.place(template.places[n.index()]);
    let mut times: Vec<u64> = whole.nodes().filter(ends).map(time).collect();
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
    let (mut counted, mut ending) = (Vec::new(), Vec::new());
    for node in graph.nodes() {
        let Some(origin) = part.nodes[node.index()] else { continue };
        let place = template.places[origin.index()];
        for edge in graph.edges(node) {
            if is_end(edge) {
                let at = clock.place(place);
                ending.push((edge.0, small(times.partition_point(|&t| t < at))));
            }
            let cause = part.edges[edge.index()].map(|e| template.causes[e.index()]);
            if let (Phase::Turn(slot), Some(Cause::Move(made))) = (place.phase, cause) {
                let first = first_of[place.stage as usize * n_positions + slot.index()];
                if first != NONE {
                    let made = small(made.map_or(n_moves - 1, |m| m.index()));
                    counted.push((edge.0, first + made));
                }
            }
        }
    }
    (turns, counted, ending, times.len())
}

fn add(sum: &mut Flows, part: &Flows) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += part;
    }
}

fn small(i: usize) -> u32 {
    u32::try_from(i).expect("games have fewer than 2^32 parts")
}
