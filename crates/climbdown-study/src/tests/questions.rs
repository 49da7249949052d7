//! Where the question is asked, what the reference gives up and until when, and what is refused.

use std::collections::BTreeSet;

use climbdown_lang::scenario::{ActorId, CalendarEvent, Effect, End, Scenario, Until, VariableId};
use climbdown_lang::source::Span;
use climbdown_lang::template::{Assignment, Cause, Template};
use quantal::math::exp;

use super::crossings::solve;
use super::sketch::{
    add_move, compiled, is, number, only_if, pays, reprisals, reprisals_asked_late, scenario, sets,
    variable,
};
use crate::findings::Findings;
use crate::{AssessOptions, Unanswered, assess};

fn answer(scenario: Scenario) -> Result<Findings, Unanswered> {
    let template = compiled(scenario);
    let options =
        AssessOptions { lambda: 5.0, tolerance: 1e-11, band: Vec::new(), attribution: false };
    assess(&template, &Assignment::point(&template.scenario), &options, &mut |_, _| true)
}

/// Under the reference policy: (stage, probability) of the move called `id` wherever it is in the game.
fn under_reference(template: &Template, id: &str) -> Vec<(u32, f64)> {
    let solved = solve(template);
    let graph = &template.graph;
    let nodes = graph.nodes().flat_map(|n| graph.edges(n).map(move |e| (n, e)));
    nodes
        .filter(|(_, e)| {
            matches!(template.causes[e.index()], Cause::Move(Some(m))
                if template.scenario.moves[m.index()].id == id)
        })
        .map(|(n, e)| (template.places[n.index()].stage, exp(solved.policies[1].play.log_move(e))))
        .collect()
}

/// A dated event that gives `variable` a value at the start of `stage`, for certain or by chance.
fn dated(s: &mut Scenario, stage: u32, variable: VariableId, value: f64, p: Option<f64>) {
    s.calendar.push(CalendarEvent {
        id: "event".into(),
        date: s.time.date(stage),
        stage: Some(stage),
        when: None,
        probability: p.map(number),
        believed: Vec::new(),
        set: vec![Effect { variable, value: number(value), span: Span::default() }],
        otherwise: Vec::new(),
        span: Span::default(),
    });
}

#[test]
fn variants_of_the_focal_move_go_with_it_but_never_the_reference() {
    let mut s = reprisals();
    let permit = s.variables.iter().position(|v| v.name == "permit").unwrap();
    let wide = add_move(&mut s, "grant-wide", 0, number(0.0));
    only_if(&mut s, wide, is(VariableId::new(permit), 0));
    sets(&mut s, wide, VariableId::new(permit), number(1.0));
    s.moves[wide.index()].variant_of = Some(s.question.focal);
    let template = compiled(s.clone());
    assert!(under_reference(&template, "grant-wide").iter().all(|(_, p)| *p == 0.0));
    assert_eq!(given_up_later(&template).len(), 2);

    s.question.reference = wide;
    s.question.reference_act = wide;
    let given_up = given_up_later(&compiled(s));
    assert!(given_up.contains("grant") && !given_up.contains("grant-wide"), "{given_up:?}");
}

/// Moves that the reference policy gives up somewhere.
fn given_up_later(template: &Template) -> BTreeSet<String> {
    let asked = solve(template).asked;
    let edges = template.causes.iter().zip(&asked.is_given_up).filter(|(_, gone)| **gone);
    edges
        .filter_map(|(cause, _)| match cause {
            Cause::Move(Some(made)) => Some(template.scenario.moves[made.index()].id.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn where_the_reference_is_not_open_the_question_s_turn_stays_free() {
    let mut s = reprisals_asked_late();
    let locked = variable(&mut s, "locked", 1);
    dated(&mut s, 1, locked, 1.0, Some(0.4));
    let reference = s.question.reference;
    let permit = s.variables.iter().position(|v| v.name == "permit").unwrap();
    use climbdown_lang::expr::{Binary, Expr};
    let both = Expr::Binary(
        Binary::And,
        Box::new(is(VariableId::new(permit), 0)),
        Box::new(is(locked, 0)),
    );
    only_if(&mut s, reference, both);
    let other = add_move(&mut s, "other", 0, number(0.0));
    only_if(&mut s, other, is(locked, 1));
    let grants = under_reference(&compiled(s), "grant");
    let at_question =
        |inside: fn(f64) -> bool| grants.iter().any(|&(stage, p)| stage == 1 && inside(p));
    assert!(at_question(|p| p == 0.0), "forced where both are open");
    assert!(at_question(|p| p > 0.0 && p < 1.0), "free where only the focal move is");
    assert!(grants.iter().all(|&(stage, p)| stage < 2 || p == 0.0), "given up afterwards");
}

#[test]
fn a_tenure_ends_with_the_occupant() {
    let mut s = reprisals();
    s.question.until = Until::Tenure;
    let occupant = s.seats[0].occupant;
    dated(&mut s, 2, occupant, 1.0, None);
    let is_open = |&(stage, p): &(u32, f64)| (stage == 2) == (p > 0.0);
    let grants = under_reference(&compiled(s), "grant");
    assert!(grants.iter().all(is_open), "{grants:?}");
}

#[test]
fn an_uncertain_tenure_is_refused() {
    let mut s = reprisals_asked_late();
    s.question.until = Until::Tenure;
    let occupant = s.seats[0].occupant;
    dated(&mut s, 1, occupant, 1.0, Some(0.5));
    assert!(matches!(answer(s), Err(Unanswered::Question(why)) if why.contains("tenure")));
}

#[test]
fn a_focal_move_that_is_all_there_is_stays_and_is_named() {
    let mut s = scenario(&["north", "south"], &[(0, 0), (1, 1)], 3);
    add_move(&mut s, "grant", 0, number(0.0));
    let keep = add_move(&mut s, "keep", 0, number(0.0));
    let later = variable(&mut s, "later", 1);
    only_if(&mut s, keep, is(later, 0));
    let rest = add_move(&mut s, "rest", 1, number(0.0));
    sets(&mut s, rest, later, number(1.0));
    s.question.until = Until::Horizon;
    let found = answer(s).unwrap();
    let text = &found.caveats.iter().find(|c| c.about.as_deref() == Some("effect.as_policy"));
    assert!(text.unwrap().text.contains("In 2 situations"), "{text:?}");
}

#[test]
fn an_ended_crisis_is_something_else_than_any_move() {
    let mut s = scenario(&["north", "south"], &[(0, 0), (1, 1)], 2);
    let over = variable(&mut s, "over", 1);
    let finish = add_move(&mut s, "finish", 0, number(0.0));
    add_move(&mut s, "keep", 0, number(0.0));
    sets(&mut s, finish, over, number(1.0));
    add_move(&mut s, "rest", 1, number(0.0));
    s.moves[finish.index()].pays.push(pays(ActorId(0), number(-50.0)));
    s.ends.push(End {
        id: "over".into(),
        text: None,
        when: is(over, 1),
        pays: Vec::new(),
        span: Span::default(),
    });
    s.question.until = Until::Horizon;
    let found = answer(s).unwrap();
    let total = found.rules_change.total.unwrap();
    assert!((total - 1.0).abs() < 1e-12, "resting against nothing at all: {total}");
}

#[test]
fn too_few_stages_after_the_question_leave_no_ratio() {
    let mut s = reprisals_asked_late();
    let found = answer(s.clone()).unwrap();
    assert!(found.spiral.focal.unwrap() > 0.01, "{:?}", found.spiral);
    assert!(found.spiral.reference.is_some());
    s.question.stage = 2;
    let found = answer(s).unwrap();
    assert_eq!((found.spiral.focal, found.spiral.reference), (None, None));
    assert!(found.spiral.ratio.is_some());
    assert!(found.caveats.iter().any(|c| c.about.as_deref() == Some("spiral.focal")));
}
