//! How long an exchange runs on that the question's move starts: rounds of escalatory acts, one camp
//! after the other.
//!
//! One forward pass splits the probability of each node by how far the exchange has come there. The
//! n-th round is an escalatory act by another camp than the one that acted last, within one cycle of
//! turns after that act's effects are applied. Without one in that time the exchange is over
//! (docs/methods/spiral.md).

use std::collections::BTreeMap;

use climbdown_lang::scenario::Scenario;
use climbdown_lang::template::Template;
use quantal::NodeId;

use crate::replies::Exchange;

/// Roles of the built-in ladders that form one camp together: who arms, and who fights with it.
const TOGETHER: [&str; 2] = ["patron", "client"];

/// The camp of each actor: actors of one role are in one, and a patron is in its client's. If that
/// leaves a single camp, each actor is one of its own.
pub(crate) fn camps(scenario: &Scenario) -> Vec<usize> {
    let roles = &scenario.ladders[0].roles;
    let is_joint = |role: usize| roles.get(role).is_some_and(|r| TOGETHER.contains(&r.as_str()));
    let joint = (0..roles.len()).find(|&role| is_joint(role));
    let of = |role: usize| if is_joint(role) { joint.unwrap_or(role) } else { role };
    let camps: Vec<usize> =
        scenario.actors.iter().map(|actor| of(usize::from(actor.role))).collect();
    if camps.iter().all(|camp| Some(camp) == camps.first()) {
        (0..camps.len()).collect()
    } else {
        camps
    }
}

/// How far an exchange has come and who would have to answer by when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    /// Rounds so far.
    rounds: usize,
    /// Stage and position of the last act that counts, or of the move that starts the exchange.
    acted: (u32, usize),
    /// The camp of that act.
    camp: usize,
}

/// P(at least n rounds) for n = 1, 2, … as far as it is above 0, when the crisis begins at the nodes
/// of `start`, turns at which the exchange is started, and edges are taken with probability `steps`.
pub(crate) fn rounds(
    (template, exchange): (&Template, &Exchange),
    start: &[(NodeId, f64)],
    steps: &[f64],
) -> Vec<f64> {
    let graph = &template.graph;
    let camps = camps(&template.scenario);
    let mut standings: Vec<BTreeMap<Standing, f64>> = vec![BTreeMap::new(); graph.n_nodes()];
    for &(node, weight) in start {
        let acted = exchange.turn[node.index()].expect("the question is asked at a turn");
        let seat = template.scenario.slots[acted.1].seat;
        let occupant = template.scenario.seats[seat.index()].occupant;
        let camp = camps[usize::from(template.value(node, occupant))];
        let begins = Standing { rounds: 0, acted, camp };
        *standings[node.index()].entry(begins).or_insert(0.0) += weight;
    }
    let mut at_least: Vec<f64> = Vec::new();
    for node in graph.nodes() {
        let here = std::mem::take(&mut standings[node.index()]);
        let turn = exchange.turn[node.index()];
        for (standing, p) in here {
            if turn.is_some_and(|turn| is_over(exchange, standing, turn)) {
                continue;
            }
            for edge in graph.edges(node).filter(|edge| steps[edge.index()] > 0.0) {
                let p = p * steps[edge.index()];
                let by = template.act(edge).map(|act| camps[act.actor.index()]);
                let mut next = standing;
                if let (Some(turn), Some(camp)) = (turn, by)
                    && exchange.severity[edge.index()] > 0.0
                    && camp != standing.camp
                    && is_after(exchange, standing, turn)
                {
                    next = Standing { rounds: standing.rounds + 1, acted: turn, camp };
                    at_least.resize(at_least.len().max(next.rounds), 0.0);
                    at_least[next.rounds - 1] += p;
                }
                *standings[graph.to(edge).index()].entry(next).or_insert(0.0) += p;
            }
        }
    }
    at_least
}

/// Whether the effects of the last act are applied when `turn` is taken.
fn is_after(exchange: &Exchange, standing: Standing, (stage, position): (u32, usize)) -> bool {
    let (acted_stage, acted_at) = standing.acted;
    stage > acted_stage || (position > acted_at && !exchange.clock.are_together(position, acted_at))
}

/// Whether `turn` is more than a cycle after the last act.
fn is_over(exchange: &Exchange, standing: Standing, (stage, position): (u32, usize)) -> bool {
    let (acted_stage, acted_at) = standing.acted;
    stage > acted_stage + 1
        || (stage == acted_stage + 1
            && position > acted_at
            && !exchange.clock.are_together(position, acted_at))
}
