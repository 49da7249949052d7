//! Off-ramps: what they are on games that can be worked out by hand, or written with the lever built in.

use climbdown_lang::expr::Expr;
use climbdown_lang::scenario::{
    ActorId, Distribution, Lever, LeverChange, MEANS, Measure, MoveId, Parameter, ParameterId,
    Scenario, SeatId, Until,
};
use climbdown_lang::source::Span;
use climbdown_lang::template::{Assignment, Template};
use quantal::families::uniform;
use quantal::math::exp;

use super::sketch::{
    add_hazard, add_move, compiled, is, number, only_if, pays, reprisals, reprisals_asked_late,
    scenario, variable,
};
use crate::findings::Findings;
use crate::offramps::{EQUAL, Level, OffRamp, OffRamps, Search, front};
use crate::{AssessOptions, assess, off_ramps};

const LAMBDA: f64 = 3.0;
const ALMOST: f64 = 1e-8;

fn options() -> AssessOptions {
    AssessOptions { lambda: LAMBDA, tolerance: 1e-11, band: vec![LAMBDA], attribution: false }
}

fn search(is_wide: bool) -> Search {
    Search { risk: None, below: None, is_wide, draws: 0, seed: 1 }
}

fn found(template: &Template, search: &Search) -> OffRamps {
    let point = Assignment::point(&template.scenario);
    off_ramps(template, &point, &options(), search, &mut |_| true).unwrap()
}

fn assessed(s: Scenario) -> Findings {
    let template = compiled(s);
    let point = Assignment::point(&template.scenario);
    assess(&template, &point, &options(), &mut |_, _| true).unwrap()
}

fn parameter(s: &mut Scenario, name: &str, value: f64, range: Option<(f64, f64)>) -> Expr {
    s.parameters.push(Parameter {
        name: name.into(),
        value,
        range,
        distribution: Distribution::Uniform,
        unit: "stakes".into(),
        source: "judgement".into(),
        span: Span::default(),
    });
    Expr::Parameter(ParameterId::new(s.parameters.len() - 1))
}

/// A lever that begins with `stage`; at the question's turn if there is none.
fn lever(s: &mut Scenario, id: &str, stage: Option<i8>, changes: Vec<LeverChange>) {
    s.levers.push(Lever {
        id: id.into(),
        text: String::new(),
        changes,
        from: stage.map(|stage| jiff::civil::date(2000, 1, 1 + stage)),
        offered_by: Some(SeatId(0)),
        cost: Vec::new(),
        steps: 1,
        source: None,
        span: Span::default(),
    });
}

fn sets(at: usize, value: f64) -> LeverChange {
    LeverChange::Parameter(ParameterId::new(at), value)
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < ALMOST, "{a} {b}");
}

fn alone<'a>(found: &'a OffRamps, id: &str) -> &'a OffRamp {
    let is_it = |o: &&OffRamp| o.levers.len() == 1 && o.levers[0].id == id;
    found.options.iter().rfind(is_it).unwrap()
}

/// North alone, three stages: in each it may say something of no consequence, then strike for a gain of
/// `gain`, and an accident follows whatever it does. A strike is on rung 2, an accident on rung 4.
fn alone_with_chance(gain: f64, accident: f64) -> Scenario {
    let mut s = scenario(&["north"], &[(0, 0), (0, 1)], 3);
    let gain = parameter(&mut s, "gain", gain, Some((0.0, 1.0)));
    let accident = parameter(&mut s, "accident", accident, None);
    add_move(&mut s, "speak", 0, number(0.0));
    add_move(&mut s, "wait", 0, number(0.0));
    let strike = add_move(&mut s, "strike", 1, number(2.0));
    add_move(&mut s, "refrain", 1, number(0.0));
    s.moves[strike.index()].pays.push(pays(ActorId(0), gain));
    add_hazard(&mut s, accident, 4);
    s.question.until = Until::Horizon;
    s
}

/// P(strike) of a logit choice between a gain and nothing: McKelvey and Palfrey 1998, equation 1.
fn strikes(gain: f64) -> f64 {
    1.0 / (1.0 + exp(-LAMBDA * gain))
}

#[test]
fn from_its_day_on_and_not_before_a_lever_is_at_work() {
    let (gain, accident) = (0.4, 0.1);
    let mut s = alone_with_chance(gain, accident);
    lever(&mut s, "late", Some(2), vec![sets(0, -0.6)]);
    lever(&mut s, "early", Some(1), vec![sets(0, -0.2)]);
    lever(&mut s, "softer", Some(1), vec![LeverChange::Attribute(MoveId(2), MEANS, number(1.0))]);
    lever(&mut s, "closed", Some(2), vec![LeverChange::When(MoveId(2), number(0.0))]);
    s.levers[0].steps = 2;
    s.question.measure = Measure::Rung(2);
    let template = compiled(s);
    let found = found(&template, &search(true));
    // Whether an accident or a strike, rung 2 is reached; whoever strikes sees no accident in its payoff.
    let stays = |gain: f64| (1.0 - strikes(gain)) * (1.0 - accident);
    let (none, calm) = (stays(gain), 1.0 - accident);
    near(found.without, 1.0 - none * none * none);
    near(alone(&found, "late").risk, 1.0 - none * none * stays(-0.6));
    let half = found.options.iter().find(|o| o.levers[0].id == "late").unwrap();
    assert_eq!((half.levers[0].steps, half.levers[0].of), (1, 2));
    near(half.risk, 1.0 - none * none * stays(-0.1));
    near(alone(&found, "early").risk, 1.0 - none * stays(-0.2) * stays(-0.2));
    near(alone(&found, "softer").risk, 1.0 - none * calm * calm);
    near(alone(&found, "closed").risk, 1.0 - none * none * calm);
    let both = |a: &str, b: &str| {
        let is_it = |o: &&OffRamp| {
            let ids: Vec<&str> = o.levers.iter().map(|l| l.id.as_str()).collect();
            ids == [a, b] && o.levers.iter().all(|l| l.steps == l.of)
        };
        found.options.iter().find(is_it).unwrap().risk
    };
    near(both("early", "late"), 1.0 - none * stays(-0.2) * stays(-0.6));
    near(both("early", "closed"), 1.0 - none * stays(-0.2) * calm);
    // A strike that is no longer on rung 2 is none in the last stage either, closed or not.
    near(both("softer", "closed"), 1.0 - none * calm * calm);
    // Five single options; pairs of different levers: both steps of the first with three, and three others.
    assert_eq!(found.options.len(), 5 + 2 * 3 + 3);
}

#[test]
fn accidents_that_become_rarer_on_a_day_are_counted_by_hand() {
    let mut s = alone_with_chance(0.4, 0.2);
    lever(&mut s, "care", Some(1), vec![sets(1, 0.05)]);
    lever(&mut s, "more-care", Some(2), vec![sets(1, 0.01)]);
    s.question.measure = Measure::Rung(4);
    let found = found(&compiled(s), &search(true));
    near(found.without, 1.0 - 0.8 * 0.8 * 0.8);
    near(alone(&found, "care").risk, 1.0 - 0.8 * 0.95 * 0.95);
    near(alone(&found, "more-care").risk, 1.0 - 0.8 * 0.8 * 0.99);
    near(found.options[2].risk, 1.0 - 0.8 * 0.95 * 0.99);
}

#[test]
fn who_gains_and_who_would_offer_follows_from_the_payoffs() {
    let mut s = alone_with_chance(0.4, 0.0);
    lever(&mut s, "reward", Some(2), vec![sets(0, 0.9)]);
    lever(&mut s, "dear", Some(2), vec![sets(0, 0.9)]);
    lever(&mut s, "unsigned", Some(2), vec![sets(0, 0.9)]);
    let gain = strikes(0.9) * 0.9 - strikes(0.4) * 0.4;
    s.levers[0].cost = vec![(ActorId(0), number(gain - 0.01))];
    s.levers[1].cost = vec![(ActorId(0), number(gain + 0.01))];
    s.levers[2].offered_by = None;
    let found = found(&compiled(s), &search(false));
    for option in &found.options {
        near(option.payoffs[0].1.unwrap(), gain);
    }
    let would: Vec<Option<bool>> = found.options.iter().map(|o| o.would_offer).collect();
    assert_eq!(would, [Some(true), Some(false), None]);
    assert_eq!(found.options[0].levers[0].offerer.as_deref(), Some("north"));
}

#[test]
fn a_lever_that_changes_nothing_does_nothing() {
    for late in [false, true] {
        let mut s = if late { reprisals_asked_late() } else { reprisals() };
        let gain = parameter(&mut s, "gain", 0.5, Some((0.0, 1.0)));
        let strike = s.moves.iter().position(|m| m.id == "strike").unwrap();
        s.moves[strike].pays[0] = pays(ActorId(0), gain);
        let when = s.moves[strike].when.clone().unwrap();
        for stage in [None, Some(0), Some(1), Some(2)] {
            lever(&mut s, "same number", stage, vec![sets(0, 0.5)]);
            let same = LeverChange::When(MoveId::new(strike), when.clone());
            lever(&mut s, "same condition", stage, vec![same]);
        }
        let template = compiled(s);
        let found = found(&template, &search(true));
        assert_eq!(found.untried, []);
        assert_eq!(found.options.len(), 8 + 28);
        for option in &found.options {
            near(option.risk, found.without);
            assert!(option.payoffs.iter().all(|(_, x)| x.unwrap().abs() < ALMOST), "{option:?}");
            assert_eq!(option.would_offer, Some(false));
            assert!(!option.is_on_front);
        }
        assert!(found.least_changes().is_empty() && found.lowest().is_none());
    }
}

/// A change of a scenario, as a lever and built in.
type Change = (&'static str, fn(&Scenario) -> LeverChange, fn(&mut Scenario));

const CHANGES: [Change; 3] = [
    ("number", |_| sets(0, 0.1), |s| s.parameters[0].value = 0.1),
    (
        "code",
        |s| LeverChange::Attribute(named(s, "war"), MEANS, number(2.0)),
        |s| {
            let war = named(s, "war");
            s.moves[war.index()].attributes[0] = number(2.0);
        },
    ),
    (
        "condition",
        |s| LeverChange::When(named(s, "war"), number(0.0)),
        |s| {
            let war = named(s, "war");
            only_if(s, war, number(0.0));
        },
    ),
];

fn named(s: &Scenario, id: &str) -> MoveId {
    MoveId::new(s.moves.iter().position(|m| m.id == id).unwrap())
}

/// A scenario of two with the gain of a strike as its first parameter.
fn with_gain(mut s: Scenario) -> Scenario {
    let gain = parameter(&mut s, "gain", 0.5, Some((0.0, 1.0)));
    let strike = named(&s, "strike");
    s.moves[strike.index()].pays[0] = pays(ActorId(0), gain);
    s
}

#[test]
fn a_lever_from_the_beginning_is_the_scenario_with_the_lever_built_in() {
    for (name, change, build_in) in CHANGES {
        for (s, stages) in [
            (with_gain(reprisals()), &[None, Some(0)][..]),
            (with_gain(reprisals_asked_late()), &[Some(0)][..]),
        ] {
            let (without, mut built_in) = (assessed(s.clone()), s.clone());
            build_in(&mut built_in);
            let with = assessed(built_in);
            for &stage in stages {
                let mut s = s.clone();
                let change = change(&s);
                lever(&mut s, name, stage, vec![change]);
                let found = found(&compiled(s), &search(false));
                let reading = &with.effect.as_policy;
                near(found.without, without.effect.as_policy.measure.focal);
                near(found.options[0].risk, reading.measure.focal);
                assert!(
                    (found.without - found.options[0].risk).abs() > 1e-4,
                    "{name} does nothing"
                );
                if without.question.stage > 0 {
                    // Payoffs count from the lever's day, long before the question's turn.
                    continue;
                }
                let before = &without.effect.as_policy.payoffs;
                for ((_, own), ((_, _, a), (_, _, b))) in
                    found.options[0].payoffs.iter().zip(before.iter().zip(&reading.payoffs))
                {
                    near(own.unwrap(), b.focal - a.focal);
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_asked_any_more_is_said_and_not_tried() {
    let mut s = reprisals_asked_late();
    let grant = named(&s, "grant");
    lever(&mut s, "never", Some(0), vec![LeverChange::When(grant, number(0.0))]);
    lever(&mut s, "too-late", Some(9), vec![LeverChange::When(grant, number(0.0))]);
    let found = found(&compiled(s), &search(true));
    assert!(found.options.is_empty());
    let why: Vec<&str> = found.untried.iter().map(|(_, why)| why.as_str()).collect();
    assert!(why[0].contains("no state in which both `grant` and `keep` are open"), "{why:?}");
    assert!(why[1].contains("after the last stage"), "{why:?}");
}

#[test]
fn states_that_only_a_lever_opens_are_in_its_game() {
    // What is closed without the lever: a way out that ends the striking.
    let mut s = alone_with_chance(0.4, 0.0);
    let over = variable(&mut s, "over", 1);
    let settle = add_move(&mut s, "settle", 1, number(0.0));
    super::sketch::sets(&mut s, settle, over, number(1.0));
    only_if(&mut s, settle, number(0.0));
    only_if(&mut s, MoveId(2), is(over, 0));
    lever(&mut s, "way-out", Some(1), vec![LeverChange::When(settle, number(1.0))]);
    s.question.measure = Measure::Rung(2);
    let template = compiled(s);
    let found = found(&template, &search(false));
    // Last stage: strike (g) against refrain and settle (0). Stage before: as well, and settling gives up
    // the choice to come, worth v.
    let e = |x: f64| exp(LAMBDA * x);
    let last = e(0.4) / (e(0.4) + 2.0);
    let v = last * 0.4;
    let total = e(0.4 + v) + e(v) + 1.0;
    let stays = 1.0 - strikes(0.4);
    let never = stays * (e(v) / total * (1.0 - last) + 1.0 / total);
    near(found.options[0].risk, 1.0 - never);
}

#[test]
fn the_level_is_the_references_or_half() {
    let mut s = with_gain(reprisals());
    lever(&mut s, "less", Some(1), vec![sets(0, 0.0)]);
    let at_first = found(&compiled(s.clone()), &search(false));
    let found_by_assess = assessed(s.clone()).effect.as_policy.measure;
    assert!(found_by_assess.reference < found_by_assess.focal);
    assert_eq!(at_first.level, Level::Reference);
    near(at_first.below, found_by_assess.reference);
    std::mem::swap(&mut s.question.focal, &mut s.question.reference);
    s.question.until = Until::Date(jiff::civil::date(2000, 1, 1));
    let turned = found(&compiled(s), &search(false));
    assert_eq!(turned.level, Level::HalfOfFocal);
    near(turned.below, turned.without / 2.0);
}

#[test]
fn no_option_on_the_front_is_needless_and_every_other_is() {
    for seed in 0..40 {
        let coarse = |k: u64, j: u64| (uniform(seed, k, j) * 4.0).floor() / 4.0;
        let point = |k: u64| (coarse(k, 0), vec![coarse(k, 1), coarse(k, 2)], 1 + (k % 2) as usize);
        let points: Vec<_> = (0..12).map(point).collect();
        let on = front(&points);
        let no_worse = |b: usize, a: usize| {
            let (x, y) = (&points[b], &points[a]);
            x.0 <= y.0 && x.1.iter().zip(&y.1).all(|(x, y)| x <= y)
        };
        let better =
            |b: usize, a: usize| no_worse(b, a) && (!no_worse(a, b) || points[b].2 < points[a].2);
        assert!(on.contains(&true));
        for a in 0..points.len() {
            let by_front = (0..points.len()).any(|b| on[b] && better(b, a));
            assert_eq!(on[a], !by_front, "{points:?}");
        }
    }
    let hair = EQUAL / 10.0;
    assert_eq!(front(&[(0.5, vec![0.0], 0), (0.5 - hair, vec![0.0], 1)]), [true, false]);
}

#[test]
fn in_draws_the_lever_brings_its_own_number_and_all_else_varies() {
    // The risk is 1 − (1 − π(g))³ without and 1 − (1 − π(g))²(1 − π(−2)) with the lever: under 0.9 where g
    // is small, which both say where to look for.
    let mut s = alone_with_chance(0.4, 0.0);
    lever(&mut s, "late", Some(2), vec![sets(0, -2.0)]);
    s.question.measure = Measure::Rung(2);
    let template = compiled(s);
    let n = 64;
    let wide = Search { below: Some(0.9), draws: n, ..search(true) };
    let found = found(&template, &wide);
    let kind = crate::design::Kind::LatinHypercube { n };
    let point = Assignment::point(&template.scenario);
    let varied =
        crate::varied::Varied::new(&template.scenario, point, &Default::default(), (kind, 1));
    let varied = varied.unwrap();
    let gains = (0..n).map(|row| varied.design.row(row)[0]);
    let risk =
        |g: f64, last: f64| 1.0 - (1.0 - strikes(g)) * (1.0 - strikes(g)) * (1.0 - strikes(last));
    let share =
        |is: &dyn Fn(f64) -> bool| gains.clone().filter(|&g| is(g)).count() as f64 / n as f64;
    let (without, with) = (share(&|g| risk(g, g) < 0.9), share(&|g| risk(g, -2.0) < 0.9));
    assert!(0.0 < without && without < with && with < 1.0, "{without} {with}");
    assert_eq!((found.draws, found.failed_draws), (n, 0));
    assert_eq!(found.share_without, Some(without));
    assert_eq!(found.options[0].share_of_draws, Some(with));
}

#[cfg(feature = "parallel")]
#[test]
fn the_number_of_threads_changes_nothing() {
    let mut s = with_gain(reprisals());
    for (name, change, _) in CHANGES {
        let change = change(&s);
        lever(&mut s, name, Some(1), vec![change]);
    }
    let template = compiled(s);
    let wide = Search { below: Some(0.5), draws: 12, ..search(true) };
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| format!("{:?}", found(&template, &wide)))
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(5));
}
