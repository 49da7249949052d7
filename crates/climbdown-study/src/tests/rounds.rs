//! The spiral on exchanges whose reply probabilities are given: R is what it must be.

use climbdown_lang::expr::{Binary, Expr};
use climbdown_lang::scenario::{Attribute, Domain, MoveId, Scenario, VariableId};
use climbdown_lang::template::{Assignment, Cause, Phase, Template};
use quantal::{EdgeId, Game, NodeId, NodeKind, Viewer, math::ln};

use super::sketch::{add_move, choose, compiled, is, number, only_if, scenario, sets, variable};
use crate::crisis::Crisis;
use crate::play::{Play, flow};
use crate::replies::{Replies, expected_acts, replies};
use crate::rounds::{camps, rounds};

/// The play in which each escalatory move is made with probability `p(template, node)` and the other
/// moves share the rest.
fn play_with(crisis: &Crisis<'_>, p: impl Fn(&Template, NodeId) -> f64) -> (Play, Game) {
    let (template, graph) = (crisis.template, &crisis.template.graph);
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
    let game = template.instantiate(&Assignment::point(&template.scenario)).unwrap();
    (Play::from_logs(logs), game)
}

/// What an escalatory act counts.
#[derive(Clone, Copy)]
enum Worth {
    One,
    Severity,
}

/// The replies by `worth`, and the expected acts, in the play with `p`.
fn counted(
    template: &Template,
    worth: Worth,
    p: impl Fn(&Template, NodeId) -> f64,
) -> (Replies, f64) {
    let crisis = Crisis::of(template);
    let (play, game) = play_with(&crisis, p);
    let graph = &template.graph;
    let steps = play.steps(&game, Viewer::Analyst);
    let through = flow(graph, &[(NodeId(0), 1.0)], &steps);
    let worth = match worth {
        Worth::One => crisis.exchange.acts(),
        Worth::Severity => crisis.exchange.severity.clone(),
    };
    let found = replies(&crisis.exchange, graph, &play, (&steps, &through), (0, &worth));
    let acts = expected_acts(&crisis.exchange, graph, (&steps, &through));
    (found, acts)
}

fn exchange(template: &Template, p: impl Fn(&Template, NodeId) -> f64) -> (Replies, f64) {
    counted(template, Worth::One, p)
}

/// P(at least n rounds) when the first turn's `made` is forced and play goes on with `p`.
fn run_on(template: &Template, made: &str, p: impl Fn(&Template, NodeId) -> f64) -> Vec<f64> {
    let crisis = Crisis::of(template);
    let (play, game) = play_with(&crisis, p);
    let graph = &template.graph;
    let is_made = |edge: &EdgeId| {
        matches!(template.causes[edge.index()],
            Cause::Move(Some(found)) if template.scenario.moves[found.index()].id == made)
    };
    let first = graph.edges(NodeId(0)).find(is_made).expect("the move is open at the first turn");
    let steps = play.forcing(graph, &[(NodeId(0), first)]).steps(&game, Viewer::Analyst);
    rounds((template, &crisis.exchange), &[(NodeId(0), 1.0)], &steps)
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

/// 0.8, 0.8 · 0.45, 0.8 · 0.45 · 0.8, … for `n` rounds.
fn products(rates: &[f64], n: usize) -> Vec<f64> {
    (0..n)
        .scan(1.0, |product, k| {
            *product *= rates[k % rates.len()];
            Some(*product)
        })
        .collect()
}

fn assert_rounds(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{found:?} {expected:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }
}

#[test]
fn an_exchange_runs_on_with_the_product_of_its_replies() {
    for horizon in 1..=5 {
        let turns = horizon as usize;
        for (replies_at, groups) in [
            (vec![Some(0), Some(1)], vec![(0, 0), (1, 1)]),
            (vec![Some(0), None, Some(1)], vec![(0, 0), (1, 1), (1, 2)]),
        ] {
            let template = compiled(chain(&groups, &replies_at, 2, horizon));
            let rates = |t: &Template, node| match replies_at[position(t, node).1] {
                Some(0) => 0.45,
                _ => 0.8,
            };
            // All turns but the first may answer.
            let expected = products(&[0.8, 0.45], 2 * turns - 1);
            assert_rounds(&run_on(&template, "act", rates), &expected);
            assert_rounds(&run_on(&template, "hold", rates), &[]);
        }
        let template =
            compiled(chain(&[(0, 0), (1, 1), (2, 2)], &[Some(0), Some(1), Some(2)], 3, horizon));
        let rates = |t: &Template, node| [0.9, 0.8, 0.3][position(t, node).1];
        let expected = products(&[0.8, 0.3, 0.9], 3 * turns - 1);
        assert_rounds(&run_on(&template, "act", rates), &expected);
    }
}

/// Two seats that may always act, in one group or after one another.
fn always_open(groups: &[(u16, u16)], horizon: u32) -> Template {
    let mut s = scenario(&["a", "b"], groups, horizon);
    let opened = variable(&mut s, "opened", 1);
    for turn in 0..2 {
        for (id, code) in [("act", 2), ("hold", 0)] {
            let made = add_move(&mut s, id, turn, number(f64::from(code)));
            sets(&mut s, made, opened, number(1.0));
        }
    }
    compiled(s)
}

#[test]
fn those_who_move_together_answer_in_the_next_stage() {
    // Independent acts with 0.3 and 0.6: b answers in the next stage with 0.6, a after that with 0.3.
    let rates = |t: &Template, node| [0.3, 0.6][position(t, node).1];
    let template = always_open(&[(0, 0), (1, 0)], 4);
    assert_rounds(&run_on(&template, "act", rates), &products(&[0.6, 0.3], 3));
    // The move that starts it need not be an act: what follows within a cycle counts as its answer.
    assert_rounds(&run_on(&template, "hold", rates), &products(&[0.6, 0.3], 3));
    // One after the other there is an answer in the same stage, too.
    let template = always_open(&[(0, 0), (1, 1)], 2);
    assert_rounds(&run_on(&template, "act", rates), &products(&[0.6, 0.3], 3));
}

#[test]
fn an_exchange_without_an_answer_for_a_cycle_is_over() {
    // b may act from the second stage on only, and has had one turn by then.
    let mut s = scenario(&["a", "b"], &[(0, 0), (1, 1)], 3);
    let stage = variable(&mut s, "stage", 3);
    for (turn, id) in [(0, "act"), (0, "hold"), (1, "act"), (1, "hold")] {
        let made = add_move(&mut s, id, turn, number(if id == "act" { 2.0 } else { 0.0 }));
        if turn == 1 {
            let next = |from: u8, then: Box<Expr>| {
                Expr::If(Box::new(is(stage, from)), Box::new(number(f64::from(from) + 1.0)), then)
            };
            let later = Box::new(next(1, Box::new(number(3.0))));
            sets(&mut s, made, stage, next(0, later));
            if id == "act" {
                let is_later =
                    Expr::Binary(Binary::Or, Box::new(is(stage, 1)), Box::new(is(stage, 2)));
                only_if(&mut s, made, is_later);
            }
        }
    }
    let template = compiled(s);
    assert_rounds(&run_on(&template, "act", |_, _| 0.5), &[]);
}

#[test]
fn a_patron_is_in_its_clients_camp_and_a_crisis_has_two() {
    let roles = |names: &[&str], of: &[u16]| {
        let actors: Vec<String> = (0..of.len()).map(|i| format!("actor {i}")).collect();
        let ids: Vec<&str> = actors.iter().map(String::as_str).collect();
        let mut s = scenario(&ids, &[(0, 0)], 1);
        s.ladders[0].roles = names.iter().map(|name| (*name).to_owned()).collect();
        for (actor, &role) in s.actors.iter_mut().zip(of) {
            actor.role = role;
        }
        camps(&s)
    };
    let proxy = ["adversary", "client", "third", "patron"];
    assert_eq!(roles(&proxy, &[3, 3, 1, 0, 2]), [1, 1, 1, 0, 2]);
    assert_eq!(roles(&["challenger", "defender"], &[1, 0, 0]), [1, 0, 0]);
    assert_eq!(roles(&["side"], &[0, 0, 0]), [0, 1, 2]);
}

/// Gives the ladder of the sketch rungs up to `top`, and the peaks room for them.
fn raise(s: &mut Scenario, top: u8) {
    let ladder = &mut s.ladders[0];
    for rung in u8::try_from(ladder.rungs.len()).unwrap()..=top {
        let mut next = ladder.rungs[0].clone();
        (next.rung, next.when) = (rung, super::sketch::means_at_least(rung));
        ladder.rungs.push(next);
        let means: &mut Attribute = &mut ladder.attributes[0];
        means.values.push(format!("M{rung}"));
        means.meanings.push(String::new());
    }
    for variable in std::iter::once(s.peak).chain(s.peak_seen.clone()) {
        s.variables[variable.index()].domain = Domain::Integers { low: 0, high: i32::from(top) };
    }
}

/// Each answer is on a rung of twice the number of what it answers: 1, 2, 4, 8.
fn doubling() -> Template {
    let mut s = scenario(&["a", "b"], &[(0, 0), (1, 1)], 2);
    raise(&mut s, 8);
    let level = variable(&mut s, "level", 4);
    let opened = variable(&mut s, "opened", 1);
    let answer = |s: &mut Scenario,
                  turn: usize,
                  before: u8,
                  means: [f64; 2],
                  opens: Option<Expr>| {
        let act = add_move(s, "act", turn, choose(is(level, before), means[1], means[0]));
        let answers = match opens {
            Some(opens) => Expr::Binary(Binary::Or, Box::new(is(level, before)), Box::new(opens)),
            None => Expr::Binary(Binary::Or, Box::new(is(level, before)), Box::new(is(level, 1))),
        };
        only_if(s, act, answers);
        let lower = f64::from(before) - 1.0;
        sets(s, act, level, choose(is(level, before), lower + 2.0, lower));
        act
    };
    let acts: [MoveId; 2] = [
        answer(&mut s, 0, 2, [1.0, 4.0], Some(is(opened, 0))),
        answer(&mut s, 1, 3, [2.0, 8.0], None),
    ];
    let calms = |s: &mut Scenario, turn: usize, level: VariableId| {
        let hold = add_move(s, "hold", turn, number(0.0));
        sets(s, hold, level, number(0.0));
        hold
    };
    let holds = [calms(&mut s, 0, level), calms(&mut s, 1, level)];
    for made in acts.into_iter().chain(holds) {
        sets(&mut s, made, opened, number(1.0));
    }
    compiled(s)
}

#[test]
fn the_severity_ratio_grows_with_the_steps_between_act_and_answer() {
    let rates = |t: &Template, node| match position(t, node) {
        (0, 0) => 0.5,
        (_, 0) => 0.45,
        _ => 0.8,
    };
    // Every answer weighs twice what it answers: 2 · 0.8 and 2 · 0.45, and √(1.6 · 0.9) = 1.2.
    let template = doubling();
    let (severe, _) = counted(&template, Worth::Severity, rates);
    assert!((severe.total[0][1] - 1.6).abs() < 1e-12, "{:?}", severe.total);
    assert!((severe.total[1][0] - 0.9).abs() < 1e-12, "{:?}", severe.total);
    assert_ratio(severe.ratio, 1.2);
    assert_ratio(exchange(&template, rates).0.ratio, 0.6);
}

#[test]
fn acts_of_one_severity_have_the_same_ratio_by_severity() {
    // All acts of the chain are on rung 2, two rungs up from the start; their answers weigh the same.
    let template = compiled(chain(&[(0, 0), (1, 1)], &[Some(0), Some(1)], 2, 4));
    let rates = |t: &Template, node| match position(t, node) {
        (0, 0) => 0.5,
        (_, 0) => 0.45,
        _ => 0.8,
    };
    assert_ratio(counted(&template, Worth::Severity, rates).0.ratio, 0.6);
}
