//! The kind of a move, case by case: the act looked at, and what it crosses or breaks.

use climbdown_lang::expr::Expr;
use climbdown_lang::scenario::{ActorId, Measure, Scenario};
use climbdown_lang::template::Assignment;

use super::sketch::{
    add_line, add_move, add_norm, compiled, is, means_at_least, number, only_if, private_type,
    reprisals, scenario, sets, variable,
};
use crate::findings::{Degree, Findings, LineTouched};
use crate::{AssessOptions, assess};

fn answer(scenario: Scenario) -> Findings {
    let template = compiled(scenario);
    let options =
        AssessOptions { lambda: 2.0, tolerance: 1e-10, band: Vec::new(), attribution: false };
    assess(&template, &Assignment::point(&template.scenario), &options, &mut |_, _| true).unwrap()
}

/// `strike` (means 3) against `hold`, nothing else; the prevailing rung is 3, so no firebreak lies
/// between.
fn bare() -> Scenario {
    let mut s = scenario(&["north", "south"], &[(0, 0), (1, 1)], 2);
    add_move(&mut s, "strike", 0, number(3.0));
    add_move(&mut s, "hold", 0, number(0.0));
    add_move(&mut s, "wait", 1, number(0.0));
    s.start_rung = 3;
    let peak = s.peak;
    for at in [peak, s.peak_seen[0], s.peak_seen[1]] {
        s.variables[at.index()].start = 3;
    }
    s.question.measure = Measure::Rung(4);
    s
}

#[test]
fn nothing_crossed_is_none() {
    let found = answer(bare());
    assert_eq!(found.kind, crate::findings::Kind::default());
    assert_eq!(found.verdict.kind, Degree::None);
}

#[test]
fn a_firebreak_below_the_act_and_not_passed_at_the_start_is_major() {
    let mut s = bare();
    s.moves[0].attributes[0] = number(4.0);
    let found = answer(s);
    assert_eq!(found.kind.firebreaks, ["F4"]);
    assert_eq!(found.verdict.kind, Degree::Major);

    let mut s = bare();
    s.moves[0].attributes[0] = number(4.0);
    s.moves[1].attributes[0] = number(4.0);
    assert_eq!(answer(s).kind.firebreaks, Vec::<String>::new(), "the reference crosses it too");
}

#[test]
fn a_stated_line_alone_is_minor_unless_the_ladder_says_otherwise() {
    let mut s = bare();
    add_line(&mut s, ActorId(1), Some(means_at_least(3)), None);
    let found = answer(s.clone());
    let line =
        LineTouched { id: "line".into(), owner: "south".into(), stated: true, actual: false };
    assert_eq!(found.kind.red_lines, [line]);
    assert_eq!(found.verdict.kind, Degree::Minor);
    s.question.thresholds.stated_line_is_major = true;
    let found = answer(s);
    assert_eq!(found.verdict.kind, Degree::Major);
    assert!(found.verdict.rule.contains("or stated"));
}

#[test]
fn an_actual_line_counts_if_some_type_with_positive_probability_holds_it() {
    for (p, expected) in [(0.1, Degree::Major), (0.0, Degree::None)] {
        let mut s = bare();
        let (north, south) = (ActorId(0), ActorId(1));
        let resolute = private_type(&mut s, south, p, &[(north, 0.2), (south, 0.2)]);
        let actual =
            Expr::If(Box::new(is(resolute, 1)), Box::new(means_at_least(3)), Box::new(number(0.0)));
        add_line(&mut s, south, None, Some(actual));
        let found = answer(s);
        assert_eq!(found.verdict.kind, expected, "probability {p}");
        assert_eq!(found.kind.red_lines.iter().any(|l| l.actual && !l.stated), p > 0.0);
    }
}

#[test]
fn an_intact_norm_is_major_an_eroded_one_minor_a_broken_one_nothing() {
    let cases = [(Degree::Major, "intact"), (Degree::Minor, "eroded"), (Degree::None, "broken")];
    for (before, (expected, state)) in cases.into_iter().enumerate() {
        let mut s = bare();
        add_norm(&mut s, means_at_least(3), u8::try_from(before).unwrap());
        let found = answer(s);
        assert_eq!(found.kind.norms, [("norm".to_string(), state.to_string())]);
        assert_eq!(found.verdict.kind, expected, "{state}");
    }
}

#[test]
fn what_the_reference_breaks_as_well_is_not_the_focal_move_s() {
    let mut s = bare();
    add_norm(&mut s, means_at_least(3), 0);
    add_line(&mut s, ActorId(1), Some(means_at_least(3)), None);
    s.moves[1].attributes[0] = number(3.0);
    let found = answer(s);
    assert_eq!(found.kind, crate::findings::Kind::default());
}

#[test]
fn the_act_is_coded_where_it_can_first_be_taken_after_its_move() {
    let found = answer(reprisals());
    assert_eq!(found.kind.firebreaks, ["F1", "F2"], "the strike that the grant allows");

    // Each further strike is heavier; only the first one counts.
    let mut s = reprisals();
    let strikes = variable(&mut s, "strikes", 3);
    let strike = s.question.focal_act;
    s.moves[strike.index()].attributes[0] =
        Expr::If(Box::new(is(strikes, 0)), Box::new(number(2.0)), Box::new(number(4.0)));
    sets(&mut s, strike, strikes, number(1.0));
    assert_eq!(answer(s).kind.firebreaks, ["F1", "F2"]);
}

#[test]
fn an_act_that_cannot_follow_is_said_to_cross_nothing() {
    let mut s = reprisals();
    let never = variable(&mut s, "never", 1);
    let strike = s.question.focal_act;
    only_if(&mut s, strike, is(never, 1));
    let found = answer(s);
    assert!(found.kind.firebreaks.is_empty());
    assert!(found.caveats.iter().any(|c| c.about.as_deref() == Some("kind")));
}
