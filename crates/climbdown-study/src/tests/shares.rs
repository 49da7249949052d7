//! Attribution: shares that can be worked out by hand, and laws on every sketch.

use climbdown_lang::hybrid::{AXES, Axis, AxisSet};
use climbdown_lang::scenario::{ActorId, Effect, Impossible, Measure, Scenario};
use climbdown_lang::source::Span;
use climbdown_lang::template::{Assignment, Template};
use quantal::math::exp;

use super::sketch::{
    add_line, add_move, add_norm, choose, compiled, is, means_at_least, number, pays, reprisals,
    reprisals_asked_late, scenario, sets, variable,
};
use crate::findings::{Attribution, Findings};
use crate::{AssessOptions, assess};

const LAMBDA: f64 = 2.0;

fn answer(template: &Template) -> Findings {
    let options =
        AssessOptions { lambda: LAMBDA, tolerance: 1e-12, band: Vec::new(), attribution: true };
    assess(template, &Assignment::point(&template.scenario), &options, &mut |_, _| true)
        .expect("the sketches are solved")
}

fn attributed(scenario: Scenario) -> Attribution {
    let found = answer(&compiled(scenario));
    found.attribution.unwrap_or_else(|| panic!("{:?}", found.caveats))
}

/// The value, what it does first and last, of each part.
fn share(found: &Attribution, axis: Axis) -> (f64, Option<f64>, Option<f64>) {
    let share = found.shares.iter().find(|s| s.axis == axis).expect("one for each part");
    (share.value, share.first_in, share.last_out)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

/// North presses (rung 2) or waits (rung 0), once. Then South strikes (rung 3) or not, for `gain`,
/// and −0.4 if there is none: `gain` is an expression over the variables `owed` and `armed`.
/// The measure is P(rung 3): by the logit response, 1 / (1 + exp(−λ × what South gets)).
fn once(gain: impl Fn(&mut Scenario) -> climbdown_lang::expr::Expr) -> Scenario {
    let mut s = scenario(&["north", "south"], &[(0, 0), (1, 1)], 1);
    let press = add_move(&mut s, "press", 0, number(2.0));
    add_move(&mut s, "wait", 0, number(0.0));
    let strike = add_move(&mut s, "strike", 1, number(3.0));
    add_move(&mut s, "ignore", 1, number(0.0));
    let gain = gain(&mut s);
    s.moves[strike.index()].pays.push(pays(ActorId(1), gain));
    s.question.focal = press;
    s.question.measure = Measure::Rung(3);
    s
}

fn strikes_for(gain: f64) -> f64 {
    1.0 / (1.0 + exp(-LAMBDA * gain))
}

/// Crossing South's stated line, means of 2 or more, leaves an answer owed.
fn with_line(s: &mut Scenario) -> climbdown_lang::scenario::VariableId {
    let owed = variable(s, "owed", 1);
    add_line(s, ActorId(1), Some(means_at_least(2)), None);
    let effect = Effect { variable: owed, value: number(1.0), span: Span::default() };
    s.red_lines[0].on_stated.set.push(effect);
    owed
}

fn both(
    a: climbdown_lang::expr::Expr,
    b: climbdown_lang::expr::Expr,
) -> climbdown_lang::expr::Expr {
    climbdown_lang::expr::Expr::Binary(climbdown_lang::expr::Binary::And, Box::new(a), Box::new(b))
}

#[test]
fn acts_that_differ_in_means_only_owe_all_to_means() {
    let found = attributed(once(|s| {
        let owed = with_line(s);
        choose(is(owed, 1), 0.7, -0.4)
    }));
    let total = strikes_for(0.7) - strikes_for(-0.4);
    assert!(close(found.total, total), "{} is not {total}", found.total);
    let (value, first, last) = share(&found, Axis::Means);
    assert!(close(value, total) && first == Some(found.total) && last == Some(found.total));
    for axis in AXES.into_iter().filter(|&axis| axis != Axis::Means) {
        assert_eq!(share(&found, axis), (0.0, Some(0.0), Some(0.0)), "{axis:?}");
    }
    assert!(found.shares.iter().all(|s| s.is_same == (s.axis != Axis::Means)));
    assert_eq!(found.games, 2, "with these means and with those");
    assert!(close(found.remainder, 0.0), "the acts are the moves, and can be made once");
}

/// South strikes for 0.7 only if the line is crossed (means) and it is armed (an effect: the rest).
fn together() -> Scenario {
    let mut s = once(|s| {
        let owed = with_line(s);
        let armed = variable(s, "armed", 1);
        choose(both(is(owed, 1), is(armed, 1)), 0.7, -0.4)
    });
    let armed = s.variables.iter().position(|v| v.name == "armed").expect("just added");
    let press = s.question.focal;
    sets(&mut s, press, climbdown_lang::scenario::VariableId::new(armed), number(1.0));
    s
}

#[test]
fn what_only_two_parts_do_together_is_shared_equally() {
    let found = attributed(together());
    let total = strikes_for(0.7) - strikes_for(-0.4);
    assert!(close(found.total, total) && found.games == 4);
    assert_eq!(found.values.len(), 4, "with and without each of the two parts");
    for &(set, value) in &found.values {
        let gain = if set == AxisSet::ALL { 0.7 } else { -0.4 };
        assert!(close(value, strikes_for(gain)), "{set:?}: {value}");
    }
    for axis in [Axis::Means, Axis::Rest] {
        let (value, first, last) = share(&found, axis);
        assert!(close(value, total / 2.0), "{axis:?}: {value}");
        assert!(close(first.expect("possible"), 0.0) && close(last.expect("possible"), total));
    }
}

#[test]
fn impossible_combinations_leave_fewer_orders() {
    // The effect cannot be without the means: means come first always, and do nothing by themselves.
    let mut s = together();
    let of = |axis| AxisSet::EMPTY.with(axis);
    s.question.impossible = vec![Impossible { with: of(Axis::Rest), without: of(Axis::Means) }];
    let found = attributed(s);
    let total = strikes_for(0.7) - strikes_for(-0.4);
    assert!(close(found.total, total));
    assert_eq!(found.games, 3, "neither, means alone, both");
    let (value, first, last) = share(&found, Axis::Means);
    assert!(close(value, 0.0) && first == Some(0.0) && last.is_none());
    let (value, first, last) = share(&found, Axis::Rest);
    assert!(close(value, total) && first.is_none());
    assert!(last.is_some_and(|last| close(last, total)));
}

#[test]
fn norms_that_are_broken_count_apart_from_the_codes_that_break_them() {
    // Means of 2 or more break a norm, and what is broken is answered: the codes do nothing themselves.
    let found = attributed(once(|s| {
        let owed = variable(s, "owed", 1);
        add_norm(s, means_at_least(2), 0);
        let effect = Effect { variable: owed, value: number(1.0), span: Span::default() };
        s.norms[0].on_break.set.push(effect);
        choose(is(owed, 1), 0.7, -0.4)
    }));
    let total = strikes_for(0.7) - strikes_for(-0.4);
    let (norms, first, last) = share(&found, Axis::Norms);
    assert!(close(norms, total));
    assert!(first.is_some_and(|x| close(x, total)) && last.is_some_and(|x| close(x, total)));
    assert!(close(share(&found, Axis::Means).0, 0.0));
    assert_eq!(found.games, 4, "means and norms differ");
}

#[test]
fn laws_hold_on_every_sketch() {
    let mut remembered = reprisals_asked_late();
    remembered.memory = climbdown_lang::scenario::Memory::History;
    for sketch in [reprisals(), reprisals_asked_late(), remembered, together()] {
        let found = answer(&compiled(sketch));
        let change = found.effect.as_policy.measure;
        let found = found.attribution.expect("these are followed from 0");
        let sum: f64 = found.shares.iter().map(|s| s.value).sum();
        assert!(close(sum, found.total), "shares add up");
        assert!(close(found.total + found.remainder, change.change()));
        assert!((1..=32).contains(&found.games));
        let axes: Vec<Axis> = found.shares.iter().map(|s| s.axis).collect();
        assert_eq!(axes, AXES);
        for share in found.shares.iter().filter(|s| s.is_same) {
            assert_eq!((share.value, share.first_in), (0.0, Some(0.0)), "a dummy");
        }
        assert!(found.total.abs() > 1e-3, "the act matters: {}", found.total);
    }
}

#[test]
fn a_hybrid_over_the_budget_is_a_caveat() {
    let mut template = compiled(together());
    template.budget_nodes = 3;
    let found = answer(&template);
    assert_eq!(found.attribution, None);
    let caveat = found.caveats.iter().find(|c| c.about.as_deref() == Some("attribution"));
    let text = &caveat.expect("it says why").text;
    assert!(text.contains("`wait` in the place of `press` cannot be built"), "{text}");
    assert!(text.contains("more than 3 nodes"), "{text}");
}

#[test]
fn a_hybrid_that_bifurcates_is_a_caveat() {
    // If nothing is owed, North and South end in a symmetric game of coordination, which bifurcates
    // where λ × stakes pass 2 (the slope of the logit response at even odds is λ/2 × 1).
    let mut s = scenario(&["north", "south"], &[(0, 0), (0, 1), (1, 1)], 1);
    let owed = with_line(&mut s);
    let press = add_move(&mut s, "press", 0, number(2.0));
    let wait = add_move(&mut s, "wait", 0, number(0.0));
    s.question.focal = press;
    s.question.reference = wait;
    let chosen = variable(&mut s, "chosen", 2);
    s.variables[chosen.index()].combine = Some(climbdown_lang::scenario::Combine::Add);
    for turn in [1, 2] {
        let left = add_move(&mut s, "left", turn, number(0.0));
        sets(&mut s, left, chosen, number(1.0));
        add_move(&mut s, "right", turn, number(0.0));
    }
    for actor in [ActorId(0), ActorId(1)] {
        let agree = both(
            is(owed, 0),
            climbdown_lang::expr::Expr::Unary(
                climbdown_lang::expr::Unary::Not,
                Box::new(is(chosen, 1)),
            ),
        );
        s.upkeep.push(pays(actor, choose(agree, 4.0, 0.0)));
    }
    let found = answer(&compiled(s));
    assert_eq!(found.policy_certificates[0].branch, quantal::Branch::Traced);
    assert_ne!(found.policy_certificates[1].branch, quantal::Branch::Traced);
    assert_eq!(found.attribution, None);
    let caveat = found.caveats.iter().find(|c| c.about.as_deref() == Some("attribution"));
    let text = &caveat.expect("it says why").text;
    assert!(text.contains("the game with `wait` in the place of `press` bifurcates"), "{text}");
}
