//! The spiral on exchanges whose reply probabilities are given: R is what it must be.

use climbdown_lang::scenario::Scenario;
use climbdown_lang::template::{Phase, Template};
use quantal::{EdgeId, NodeId, NodeKind, Viewer, math::ln};

use super::sketch::{add_move, choose, compiled, is, number, only_if, scenario, sets, variable};
use crate::crisis::Crisis;
use crate::play::{Play, flow};
use crate::replies::{Replies, expected_acts, replies};

/// The replies, and the expected acts, when each escalatory move is made with probability
/// `p(template, node)` and the other moves share the rest.
fn exchange(template: &Template, p: impl Fn(&Template, NodeId) -> f64) -> (Replies, f64) {
    let crisis = Crisis::of(template);
    let graph = &template.graph;
    let mut logs = vec![0.0; graph.n_edges()];
    for node in graph.nodes() {
        let is_act = |edge: &EdgeId| crisis.exchange.is_escalatory[edge.index()];
        let n = graph.edges(node).len();
        if matches!(graph.kind(node), NodeKind::Chance) || n < 2 {
            continue;
        }
        let n_acts = graph.edges(node).filter(is_act).count();
        let p = p(template, node);
        let rest = (1.0 - p * n_acts as f64) / (n - n_acts) as f64;
        for edge in graph.edges(node) {
            logs[edge.index()] = ln(if is_act(&edge) { p } else { rest });
        }
    }
    let play = Play::from_logs(logs);
    let game = template
        .instantiate(&climbdown_lang::template::Assignment::point(&template.scenario))
        .unwrap();
    let steps = play.steps(&game, Viewer::Analyst);
    let through = flow(graph, &[(NodeId(0), 1.0)], &steps);
    let found = replies(&crisis.exchange, graph, &play, (&steps, &through), 0);
    let acts = expected_acts(&crisis.exchange, graph, (&steps, &through));
    (found, acts)
}

fn position(template: &Template, node: NodeId) -> (u32, usize) {
    match template.places[node.index()] {
        climbdown_lang::template::Place { stage, phase: Phase::Turn(slot) } => {
            (stage, slot.index())
        }
        other => panic!("{other:?} is no turn"),
    }
}

/// Whoever is due may answer the act before; at the first turn of all the first may begin.
/// `replies_at[position]`: the seat in the chain that answers there, if any.
fn chain(turns: &[(u16, u16)], replies_at: &[Option<u8>], n_seats: u8, horizon: u32) -> Scenario {
    let names = ["a", "b", "c"];
    let mut s = scenario(&names[..usize::from(n_seats)], turns, horizon);
    let last = variable(&mut s, "last", i32::from(n_seats));
    let opened = variable(&mut s, "opened", 1);
    for (turn, seat) in replies_at.iter().enumerate() {
        let hold = add_move(&mut s, "hold", turn, number(0.0));
        let Some(seat) = *seat else { continue };
        let act = add_move(&mut s, "act", turn, number(2.0));
        let previous = if seat == 0 { n_seats } else { seat };
        let answers = is(last, previous);
        let condition = if seat == 0 {
            use climbdown_lang::expr::{Binary, Expr};
            Expr::Binary(Binary::Or, Box::new(answers), Box::new(is(opened, 0)))
        } else {
            answers
        };
        only_if(&mut s, act, condition);
        sets(&mut s, act, last, number(f64::from(seat) + 1.0));
        sets(&mut s, hold, last, number(0.0));
        for made in [act, hold] {
            sets(&mut s, made, opened, number(1.0));
        }
    }
    s
}

fn ratio_of_chain(
    turns: &[(u16, u16)],
    replies_at: &[Option<u8>],
    rates: &[f64],
    horizon: u32,
) -> Option<f64> {
    let n_seats = u8::try_from(rates.len()).unwrap();
    let template = compiled(chain(turns, replies_at, n_seats, horizon));
    let (found, _) = exchange(&template, |t, node| {
        let (stage, at) = position(t, node);
        let seat = replies_at[at].expect("only who may act has two moves");
        if stage == 0 && seat == 0 { 0.5 } else { rates[usize::from(seat)] }
    });
    found.ratio
}

fn assert_ratio(found: Option<f64>, expected: f64) {
    let found = found.expect("there are at least two stages");
    assert!((found - expected).abs() < 1e-12, "R is {found}, not {expected}");
}

#[test]
fn an_alternating_ladder_has_the_geometric_mean_of_its_replies_at_every_horizon() {
    for horizon in 2..=7 {
        let ratio = ratio_of_chain(&[(0, 0), (1, 1)], &[Some(0), Some(1)], &[0.45, 0.8], horizon);
        assert_ratio(ratio, 0.6);
    }
    assert_eq!(ratio_of_chain(&[(0, 0), (1, 1)], &[Some(0), Some(1)], &[0.45, 0.8], 1), None);
}

#[test]
fn a_seat_with_two_turns_that_replies_at_the_second_changes_nothing() {
    for horizon in 2..=6 {
        let turns = [(0, 0), (1, 1), (1, 2)];
        assert_ratio(ratio_of_chain(&turns, &[Some(0), None, Some(1)], &[0.45, 0.8], horizon), 0.6);
    }
}

#[test]
fn a_cycle_of_three_has_the_cube_root() {
    let product: f64 = 0.9 * 0.8 * 0.3;
    for horizon in 2..=5 {
        let turns = [(0, 0), (1, 1), (2, 2)];
        let ratio = ratio_of_chain(&turns, &[Some(0), Some(1), Some(2)], &[0.9, 0.8, 0.3], horizon);
        assert_ratio(ratio, product.cbrt());
    }
}

#[test]
fn those_who_move_together_reply_in_the_next_stage() {
    for horizon in 2..=5 {
        let mut s = scenario(&["a", "b"], &[(0, 0), (1, 0)], horizon);
        let acted = [variable(&mut s, "a acted", 1), variable(&mut s, "b acted", 1)];
        let opened = variable(&mut s, "opened", 1);
        for (turn, own) in acted.into_iter().enumerate() {
            for (id, code) in [("act", 2), ("hold", 0)] {
                let made = add_move(&mut s, id, turn, number(f64::from(code)));
                sets(&mut s, made, own, number(f64::from(code / 2)));
                sets(&mut s, made, opened, number(1.0));
            }
        }
        let template = compiled(s);
        let (found, _) = exchange(&template, |t, node| {
            let (_, at) = position(t, node);
            let other = t.value(node, acted[1 - at]) == 1;
            match (t.value(node, opened), other, at) {
                (0, ..) => 0.5,
                (_, true, 0) => 0.45,
                (_, true, _) => 0.8,
                (_, false, _) => 0.0,
            }
        });
        assert_ratio(found.ratio, 0.6);
        assert!((found.total[0][1] - 0.8).abs() < 1e-12, "{:?}", found.total);
        assert_eq!(found.direct[0][0], 0.0);
    }
}

#[test]
fn nobody_reacts_nothing_spirals() {
    let mut s = scenario(&["a", "b"], &[(0, 0), (1, 1)], 4);
    let seen = variable(&mut s, "anything", 1);
    for turn in 0..2 {
        for (id, code) in [("act", 3), ("hold", 0)] {
            let made = add_move(&mut s, id, turn, number(f64::from(code)));
            sets(&mut s, made, seen, choose(is(seen, 0), 1.0, 0.0));
        }
    }
    let (found, acts) =
        exchange(&compiled(s), |t, node| if position(t, node).1 == 0 { 0.7 } else { 0.1 });
    assert_ratio(found.ratio, 0.0);
    assert_eq!(found.direct, vec![vec![0.0; 2]; 2]);
    assert!((acts - 4.0 * 0.8).abs() < 1e-12);
}

#[test]
fn what_calms_is_inhibition_and_not_part_of_the_ratio() {
    let mut s = scenario(&["a", "b"], &[(0, 0), (1, 1)], 3);
    let last = variable(&mut s, "last", 1);
    for turn in 0..2 {
        for (id, code) in [("act", 3), ("hold", 0)] {
            let made = add_move(&mut s, id, turn, number(f64::from(code)));
            sets(&mut s, made, last, number(f64::from(code / 3)));
        }
    }
    let (found, _) =
        exchange(&compiled(s), |t, node| if t.value(node, last) == 1 { 0.1 } else { 0.6 });
    assert!((found.direct[0][1] + 0.5).abs() < 1e-12);
    assert_ratio(found.ratio, 0.0);
}

#[test]
fn the_question_may_name_the_rung_from_which_acts_escalate() {
    let mut s = scenario(&["a", "b"], &[(0, 0), (1, 1)], 3);
    for turn in 0..2 {
        for (id, code) in [("large", 4), ("small", 1), ("hold", 0)] {
            add_move(&mut s, id, turn, number(f64::from(code)));
        }
    }
    let expected_acts = |s: &Scenario, p: f64| exchange(&compiled(s.clone()), |_, _| p).1;
    // With p for each escalatory move: two kinds of acts count by default, one if rung 4 is named.
    assert!((expected_acts(&s, 0.2) - 6.0 * 0.4).abs() < 1e-12);
    s.question.escalatory_rung = Some(4);
    assert!((expected_acts(&s, 0.2) - 6.0 * 0.2).abs() < 1e-12);
}
