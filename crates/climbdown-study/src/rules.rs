//! Change of the rules of engagement: how differently others behave under the two policies.

use std::collections::BTreeMap;

use climbdown_lang::scenario::{MoveId, SeatId};
use climbdown_lang::template::{Cause, Phase};
use quantal::{Game, Viewer};

use crate::clock::Clock;
use crate::crisis::Crisis;
use crate::findings::{RulesChange, SeatChange};
use crate::play::{Play, flow, total};

/// What is done at a turn, as told apart by its label or by its code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Done {
    /// A move, `None` for a forced hold.
    Move(Option<MoveId>),
    /// Attributes of an act.
    Code(Vec<u8>),
    /// Nothing: the crisis is over.
    Over,
}

/// Distribution of what is done at each later turn: `[(stage, position)]`.
type Doings = BTreeMap<(u32, usize), BTreeMap<Done, f64>>;

/// How different two plays from the same forks are, by seat: on labels and on codes.
pub(crate) fn by_seat(
    crisis: &Crisis<'_>,
    game: &Game,
    plays: [&Play; 2],
    start: &[(quantal::NodeId, f64)],
) -> Vec<(SeatId, f64, f64)> {
    let [focal, reference] = plays.map(|play| doings(crisis, game, play, start));
    let slots = &crisis.template.scenario.slots;
    let seats = (0..crisis.template.scenario.seats.len()).map(SeatId::new);
    seats
        .filter_map(|seat| {
            let turns: Vec<&(u32, usize)> =
                focal.0.keys().filter(|(_, position)| slots[*position].seat == seat).collect();
            let mean = |a: &Doings, b: &Doings| {
                // A scenario has far fewer than 2^52 turns.
                #[expect(clippy::cast_precision_loss, reason = "small counts")]
                let n = turns.len() as f64;
                total(turns.iter().map(|turn| distance(&a[turn], &b[turn]))) / n
            };
            (!turns.is_empty())
                .then(|| (seat, mean(&focal.0, &reference.0), mean(&focal.1, &reference.1)))
        })
        .collect()
}

/// The findings, from the distances at the Λ asked for and at Λ = 0.
pub(crate) fn rules_change(
    crisis: &Crisis<'_>,
    at_lambda: &[(SeatId, f64, f64)],
    at_zero: &[(SeatId, f64, f64)],
) -> RulesChange {
    let scenario = &crisis.template.scenario;
    let others: Vec<f64> = at_lambda
        .iter()
        .filter(|(seat, ..)| *seat != scenario.question.seat)
        .map(|&(_, value, _)| value)
        .collect();
    let by_seat =
        at_lambda.iter().zip(at_zero).map(|(&(seat, value, on_codes), zero)| SeatChange {
            seat: scenario.seats[seat.index()].id.clone(),
            value,
            on_codes,
            by_availability: zero.1,
        });
    // A scenario has far fewer than 2^52 seats.
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let n_others = others.len() as f64;
    RulesChange {
        total: (!others.is_empty()).then(|| total(others) / n_others),
        by_seat: by_seat.collect(),
    }
}

/// ½ Σ |a − b|.
fn distance(a: &BTreeMap<Done, f64>, b: &BTreeMap<Done, f64>) -> f64 {
    let of = |map: &BTreeMap<Done, f64>, key: &Done| map.get(key).copied().unwrap_or(0.0);
    let in_a = a.keys().map(|key| (of(a, key) - of(b, key)).abs());
    let in_b_only = b.iter().filter(|(key, _)| !a.contains_key(key)).map(|(_, p)| p.abs());
    total(in_a.chain(in_b_only)) / 2.0
}

/// What is done at each turn after the question's (and not at the same time), on labels and codes.
fn doings(
    crisis: &Crisis<'_>,
    game: &Game,
    play: &Play,
    start: &[(quantal::NodeId, f64)],
) -> (Doings, Doings) {
    let template = crisis.template;
    let graph = &template.graph;
    let question = &template.scenario.question;
    let clock: &Clock = &crisis.exchange.clock;
    let asked = question.slot.index();
    let later = (question.stage..clock.n_stages)
        .flat_map(|stage| (0..clock.n_positions()).map(move |position| (stage, position)))
        .filter(|&(stage, position)| {
            stage > question.stage || (position > asked && !clock.are_together(position, asked))
        });
    let mut on_labels: Doings = later.map(|turn| (turn, BTreeMap::new())).collect();
    let mut on_codes = on_labels.clone();
    let steps = play.steps(game, Viewer::Analyst);
    let through = flow(graph, start, &steps);
    let words = vec![0; template.scenario.ladders[0].attributes.len()];
    let mut endings: BTreeMap<u64, f64> = BTreeMap::new();
    for node in graph.nodes().filter(|n| through[n.index()] > 0.0) {
        let place = template.places[node.index()];
        for edge in graph.edges(node) {
            let p = through[node.index()] * steps[edge.index()];
            if graph.terminal_index(graph.to(edge)).is_some() {
                *endings.entry(clock.place(place)).or_insert(0.0) += p;
            }
            let (Phase::Turn(slot), Cause::Move(made)) =
                (place.phase, template.causes[edge.index()])
            else {
                continue;
            };
            let turn = (place.stage, slot.index());
            let code = template.act(edge).map_or(&words, |act| &act.attributes).clone();
            for (doings, done) in
                [(&mut on_labels, Done::Move(made)), (&mut on_codes, Done::Code(code))]
            {
                if let Some(at_turn) = doings.get_mut(&turn) {
                    *at_turn.entry(done).or_insert(0.0) += p;
                }
            }
        }
    }
    for doings in [&mut on_labels, &mut on_codes] {
        for (&(stage, position), at_turn) in doings.iter_mut() {
            let over = total(endings.range(..clock.turn(stage, position)).map(|(_, p)| *p));
            at_turn.insert(Done::Over, over);
        }
    }
    (on_labels, on_codes)
}
