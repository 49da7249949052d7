//! Laws of the study: flips hold on both sides, failures are counted, claims are audited as they read.

use climbdown_lang::expr::Binary;
use climbdown_lang::scenario::{
    ActorId, Assumption, Claim, Fixes, Hypothesis, HypothesisSet, ParameterId, Scenario, Test,
    TestKind,
};
use climbdown_lang::source::Span;
use climbdown_lang::template::{Assignment, Template};

use super::prepared::with_parameters;
use super::sketch::{number, reprisals, reprisals_asked_late};
use crate::claims::{EQUAL, flaws, holds};
use crate::design::Kind;
use crate::drawn::{IN_FULL, TAKEN_APART};
use crate::findings::{Findings, FlipOf, Study, Tested};
use crate::measures::{Known, Value};
use crate::prepared::Case;
use crate::study::{StudyOptions, quantile};
use crate::varied::{Beside, Varied};
use crate::{AssessOptions, assess, assess_with_study};

fn options() -> AssessOptions {
    AssessOptions { lambda: 3.0, tolerance: 1e-11, band: Vec::new(), attribution: false }
}

fn studied(template: &Template, draws: usize) -> (Findings, Study) {
    let base = Assignment::point(&template.scenario);
    let with = (&StudyOptions { draws, seed: 3 }, None);
    let found = assess_with_study(template, &base, &options(), with, &mut |_| true).unwrap();
    let study = found.study.clone().unwrap();
    (found, study)
}

fn path(text: &str) -> Box<Test> {
    Box::new(Test { kind: TestKind::Path(text.into()), span: Span::default() })
}

fn constant(x: f64) -> Box<Test> {
    Box::new(Test { kind: TestKind::Number(x), span: Span::default() })
}

fn test(by: Binary, a: Box<Test>, b: Box<Test>) -> Test {
    Test { kind: TestKind::Binary(by, a, b), span: Span::default() }
}

fn claim(id: &str, holds_if: Test) -> Claim {
    Claim {
        id: id.into(),
        text: "a sentence".into(),
        source: "a text".into(),
        holds_if: Some(holds_if),
        untestable: None,
        span: Span::default(),
    }
}

/// An assumption on each of the three numbers, each over its whole range.
fn with_assumptions(mut s: Scenario) -> Template {
    let bind = |k: usize, value: f64, range: (f64, f64)| Assumption {
        id: format!("a{k}"),
        claim: format!("number {k} is as it is"),
        held_by: Some(ActorId(0)),
        source: "judgement".into(),
        binds: vec![(ParameterId::new(k), value, range)],
        span: Span::default(),
    };
    s.assumptions =
        vec![bind(0, 0.5, (-3.0, 3.0)), bind(1, 0.9, (0.6, 1.0)), bind(2, 0.3, (0.1, 0.6))];
    with_parameters(s)
}

#[test]
fn a_flip_is_where_the_answer_differs_on_both_sides() {
    let mut n_flips = 0;
    for template in [with_assumptions(reprisals()), with_assumptions(reprisals_asked_late())] {
        let (_, study) = studied(&template, 16);
        for assumption in &study.assumptions {
            let (name, _, range) = &assumption.binds[0];
            let at = template.scenario.parameters.iter().position(|p| p.name == *name).unwrap();
            let answer = |x: f64| {
                let mut values = Assignment::point(&template.scenario).values;
                values[at] = x;
                let case = Case::plain(Assignment { values });
                assess(&template, &case.assignment, &options(), &mut |_, _| true).unwrap()
            };
            let step = 1e-3 * (range.1 - range.0);
            for flip in &assumption.flips {
                let [low, high] = [answer(flip.at - step), answer(flip.at + step)];
                match flip.of {
                    FlipOf::Verdict => {
                        let state =
                            |f: &Findings| (f.verdict.kind, f.verdict.degree, f.verdict.sign);
                        assert_eq!(flip.from, state(&low), "{name} at {}", flip.at);
                        assert_eq!(flip.to, state(&high), "{name} at {}", flip.at);
                        n_flips += 1;
                    }
                    FlipOf::Preference(0) => {
                        let prefers = |f: &Findings| f.effect.as_policy.payoffs[0].2.change() > 0.0;
                        assert_ne!(prefers(&low), prefers(&high), "{name} at {}", flip.at);
                    }
                    FlipOf::Preference(_) => {}
                }
            }
            let turns = assumption.flips.iter().any(|f| f.of == FlipOf::Verdict);
            assert_eq!(assumption.load_bearing, turns);
            if !turns {
                let [low, high] = [range.0, range.1].map(|x| answer(x).verdict.degree);
                assert_eq!(low, high, "{name}");
            }
        }
    }
    assert!(n_flips >= 2, "the sketches are chosen so that something flips: {n_flips}");
}

#[test]
fn draws_that_are_no_game_are_counted_and_left_out() {
    let mut template = with_parameters(reprisals());
    let mut scenario = template.scenario.as_ref().clone();
    // Half of the range is no probability.
    scenario.parameters[2].range = Some((0.1, 1.9));
    template.scenario = std::sync::Arc::new(scenario);
    let (_, study) = studied(&template, 64);
    assert_eq!(study.n_draws, 64);
    // A Latin hypercube has one draw in each 64th of the range; 32 of them are above 1.
    assert_eq!(study.n_failed, 32);
    let (why, n) = &study.failures[0];
    assert_eq!(study.failures.iter().map(|f| f.1).sum::<usize>(), 32);
    assert!(why.contains("outside 0 to 1") && *n > 0, "{why}");
    assert_eq!(study.share_of_kind, Some(1.0), "of the draws that have an answer");
}

#[test]
fn the_band_lies_within_the_answers_and_holds_the_middle() {
    let template = with_parameters(reprisals());
    let (found, study) = studied(&template, 64);
    let [low, high] = study.bands["effect.as_policy.measure.change"];
    assert!(low < high && (-1.0..=1.0).contains(&low) && (-1.0..=1.0).contains(&high));
    let change = found.effect.as_policy.measure.change();
    assert!(low < change && change < high, "{low} {change} {high}");
    let influences = study.influences.unwrap();
    assert_eq!(influences.len(), 3);
    assert!(influences[0].first >= influences[2].first, "largest first");
}

/// Definition 7 of Hyndman and Fan (1996): position (n − 1)p, between neighbours by a line. R's
/// `quantile(c(1, 2, 4, 8, 16), c(0.05, 0.5, 0.95))` gives 1.2, 4 and 14.4.
#[test]
fn quantiles_are_those_of_definition_seven() {
    let values = [1.0, 2.0, 4.0, 8.0, 16.0];
    for (share, expected) in [(0.05, 1.2), (0.5, 4.0), (0.95, 14.4), (0.0, 1.0), (1.0, 16.0)] {
        assert!((quantile(&values, share) - expected).abs() < 1e-12);
    }
}

#[test]
fn claims_say_what_holds_in_how_many_draws_and_what_they_lean_on() {
    let mut s = reprisals();
    let change = || path("effect.as_policy.measure.change");
    s.claims = vec![
        claim("rises", test(Binary::Greater, change(), constant(0.0))),
        claim("never", test(Binary::Greater, change(), constant(1.5))),
        claim("word", test(Binary::Equal, path("verdict.kind"), path("major"))),
        claim("spiral", test(Binary::Greater, path("spiral.focal"), constant(-1.0))),
        claim("strike", test(Binary::Greater, change(), constant(0.2))),
    ];
    let template = with_assumptions(s);
    let (found, study) = studied(&template, 32);
    let by_id = |id: &str| study.claims.iter().find(|c| c.id == id).unwrap();
    assert_eq!(by_id("never").result, Tested::Fails);
    assert_eq!((by_id("never").share_of_draws, by_id("never").n_draws), (Some(0.0), 32));
    assert_eq!(by_id("word").result, Tested::Holds);
    let spiral = by_id("spiral");
    assert_eq!(
        (&spiral.result, spiral.n_draws, spiral.n_holds),
        (&Tested::Holds, IN_FULL, IN_FULL)
    );
    assert_eq!((spiral.among_first, by_id("never").among_first), (Some(IN_FULL), None));
    assert_eq!(spiral.leans_on, None, "not measured along scans");
    let rises = found.effect.as_policy.measure.change() > 0.0;
    assert_eq!(by_id("rises").result == Tested::Holds, rises);
    assert!(by_id("never").leans_on.as_ref().unwrap().is_empty());
    // What the strike is worth to North decides whether it is made at all.
    assert!(by_id("strike").leans_on.as_ref().unwrap().contains(&"a0".to_owned()));
}

/// A claim on replies, on another reading or on the attribution is tested on the first draws of the design: what
/// it says there is what an assessment of that draw by itself, followed from Λ = 0, says.
#[test]
fn claims_that_read_more_than_an_answer_are_tested_on_the_first_draws() {
    let attributed = AssessOptions { attribution: true, ..options() };
    for mut s in [reprisals(), reprisals_asked_late()] {
        let above = |of: &str, at: f64| test(Binary::Greater, path(of), constant(at));
        // Each threshold lies among the values that the draws give.
        s.claims = vec![
            claim("reading", above("effect.if_you_do_it.measure.change", 0.05)),
            claim("free", above("outcome.expected_peak", 3.0)),
            claim("seat", above("rules_change.by_seat.seat of south.value", 0.25)),
            claim("ratio", above("spiral.ratio", 0.025)),
            claim("policy", above("spiral.focal", 0.02)),
            claim("means", above("attribution.shares.means.value", 0.0165)),
            claim("rest", above("attribution.shares.rest.value", 0.18)),
            claim("total", above("attribution.total", 0.18)),
        ];
        let template = with_parameters(s);
        let base = Assignment::point(&template.scenario);
        let with = (&StudyOptions { draws: 24, seed: 3 }, None);
        let made = || {
            let found = assess_with_study(&template, &base, &attributed, with, &mut |_| true);
            found.unwrap().study.unwrap()
        };
        let study = made();
        #[cfg(feature = "parallel")]
        for n in [1, 3] {
            let threads = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
            assert_eq!(threads.install(made), study, "{n} threads");
        }
        let kind = Kind::LatinHypercube { n: 24 };
        let varied = Varied::new(&template.scenario, base, &Beside::default(), (kind, 3)).unwrap();
        let alone: Vec<Findings> = (0..IN_FULL)
            .map(|row| {
                let case = varied.case(&template.scenario, row).0;
                assess(&template, &case.assignment, &attributed, &mut |_, _| true).unwrap()
            })
            .collect();
        let mut differ = 0;
        for (claim, tested) in template.scenario.claims.iter().zip(&study.claims) {
            let is_attribution = ["means", "rest", "total"].contains(&&*claim.id);
            let n = if is_attribution { TAKEN_APART } else { IN_FULL };
            let by_itself = alone[..n].iter().map(|f| {
                let known =
                    Known { scenario: &template.scenario, answer: None, findings: Some(f.into()) };
                holds(claim, &|path| known.value(path)).unwrap()
            });
            let n_holds = by_itself.filter(|holds| *holds).count();
            assert_eq!((tested.n_draws, tested.n_failed), (n, 0), "{}", claim.id);
            assert_eq!(tested.n_holds, n_holds, "{}", claim.id);
            assert_eq!(tested.among_first, Some(n), "{}", claim.id);
            differ += usize::from(n_holds > 0 && n_holds < n);
        }
        assert!(differ >= 4, "draws differ in what holds, so that a mistake shows: {differ}");
    }
}

/// Some of the first draws have no game: these are counted, and nothing stands in for them.
#[test]
fn draws_without_a_game_are_no_test_of_a_claim() {
    let mut s = reprisals();
    s.claims = vec![claim("spiral", test(Binary::Greater, path("spiral.focal"), constant(-1.0)))];
    let mut template = with_parameters(s);
    let mut scenario = template.scenario.as_ref().clone();
    // Half of the range is no probability.
    scenario.parameters[2].range = Some((0.1, 1.9));
    template.scenario = std::sync::Arc::new(scenario);
    let base = Assignment::point(&template.scenario);
    let kind = Kind::LatinHypercube { n: 64 };
    let varied = Varied::new(&template.scenario, base, &Beside::default(), (kind, 3)).unwrap();
    let is_game = |row: &usize| varied.case(&template.scenario, *row).0.assignment.values[2] < 1.0;
    let n_games = (0..IN_FULL).filter(is_game).count();
    assert!(n_games > 0 && n_games < IN_FULL);
    let (_, study) = studied(&template, 64);
    let tested = &study.claims[0];
    assert_eq!((tested.n_draws, tested.n_failed), (n_games, IN_FULL - n_games));
    assert_eq!(tested.share_of_draws, Some(1.0));
}

#[test]
fn numbers_this_close_are_equal() {
    let known = |at: f64| move |_: &str| Some(Value::Number(at));
    let says = |by, x: f64| {
        let c = claim("c", test(by, path("verdict.margin"), constant(1.0)));
        holds(&c, &known(x)).unwrap()
    };
    let close = 1.0 + 0.5 * EQUAL;
    assert!(says(Binary::Equal, close) && !says(Binary::Greater, close));
    assert!(says(Binary::GreaterOrEqual, close) && says(Binary::LessOrEqual, close));
    let apart = 1.0 + 2.0 * EQUAL;
    assert!(!says(Binary::Equal, apart) && says(Binary::Greater, apart));
    let c = claim("c", test(Binary::Equal, path("verdict.kind"), constant(1.0)));
    let why = holds(&c, &|_| Some(Value::Word("major".into()))).unwrap_err();
    assert!(why.contains("cannot be compared"), "{why}");
}

#[test]
fn a_path_that_does_not_exist_is_a_flaw_with_the_nearest_that_does() {
    let mut s = reprisals();
    let misspelt = path("effect.as_policy.measure.chagne");
    s.claims = vec![
        claim("typo", test(Binary::Greater, misspelt, constant(0.0))),
        claim("kinds", test(Binary::Greater, path("verdict.kind"), constant(0.0))),
        claim("good", test(Binary::Greater, path("verdict.margin"), constant(0.0))),
    ];
    let found = flaws(&s);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].message.contains("chagne"));
    assert_eq!(found[0].help.as_deref(), Some("did you mean `effect.as_policy.measure.change`?"));
    assert!(found[1].message.contains("not a number"), "{}", found[1].message);
}

/// A hypothesis that fixes a type leaves play as it is; weighted by its prior it gives the whole back.
#[test]
fn rival_explanations_of_a_type_add_up_to_the_answer() {
    let mut s = reprisals();
    let variable = s.draws[0].variable;
    let hypothesis = |id: &str, value: u8, prior: f64| Hypothesis {
        id: id.into(),
        claim: id.into(),
        prior: number(prior),
        fixes: vec![Fixes::Type(variable, value)],
        known_to: Vec::new(),
        source: None,
        span: Span::default(),
    };
    s.hypothesis_sets = vec![HypothesisSet {
        id: "resolve".into(),
        hypotheses: vec![hypothesis("cautious", 0, 0.7), hypothesis("resolute", 1, 0.3)],
    }];
    let template = with_parameters(s);
    let (found, study) = studied(&template, 16);
    let focal = |k: usize| study.hypotheses[k].answer.unwrap().4.focal;
    let mean = 0.7 * focal(0) + 0.3 * focal(1);
    assert!((mean - found.effect.as_policy.measure.focal).abs() < 1e-9);
    assert!(study.hypotheses.iter().all(|h| !h.fixes_parameter && h.posterior.is_none()));
}
