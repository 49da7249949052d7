//! Laws of the whole answer, on every sketch.

use climbdown_lang::scenario::{ActorId, Measure, Memory, Scenario, Until};
use climbdown_lang::template::{Assignment, Cause, Phase, Template};
use quantal::{NodeId, Viewer, math::exp};

use super::crossings::solve;
use super::sketch::{
    add_move, compiled, is, number, only_if, pays, reprisals, reprisals_asked_late, scenario, sets,
    variable,
};
use crate::crisis::Crisis;
use crate::findings::{Change, Findings, Reading};
use crate::play::{Play, flow};
use crate::replies::replies;
use crate::{AssessOptions, Unanswered, assess};

fn answer(template: &Template, lambda: f64) -> Result<Findings, Unanswered> {
    let options = AssessOptions {
        lambda,
        tolerance: 1e-11,
        band: vec![1.0, 2.0, lambda, 10.0],
        attribution: false,
    };
    assess(template, &Assignment::point(&template.scenario), &options, &mut |_, _| true)
}

fn sketches() -> Vec<Template> {
    [reprisals(), reprisals_asked_late(), remembered(), together()].map(compiled).into()
}

/// The same with perfect recall.
fn remembered() -> Scenario {
    Scenario { memory: Memory::History, ..reprisals_asked_late() }
}

/// Two who move at the same time.
fn together() -> Scenario {
    let mut s = scenario(&["north", "south"], &[(0, 0), (1, 0)], 3);
    let tension = variable(&mut s, "tension", 2);
    for (turn, actor) in [(0, ActorId(0)), (1, ActorId(1))] {
        let press = add_move(&mut s, "press", turn, number(2.0));
        let hold = add_move(&mut s, "hold", turn, number(0.0));
        let worth = super::sketch::choose(is(tension, 0), 0.3, 0.7);
        s.moves[press.index()].pays.push(pays(actor, worth));
        sets(&mut s, press, tension, number(2.0));
        sets(&mut s, hold, tension, number(0.0));
    }
    s.question.until = Until::Horizon;
    s.question.measure = Measure::Firebreak(1);
    s
}

fn changes(reading: &Reading) -> Vec<Change> {
    let firebreaks = reading.firebreaks.iter();
    let mut all: Vec<Change> =
        firebreaks.flat_map(|f| [f.p_cross, f.deliberate, f.inadvertent, f.accidental]).collect();
    all.extend(reading.rungs.iter().map(|(_, change)| *change));
    all.extend(reading.by_stage.iter().flat_map(|(_, rungs)| rungs.iter().map(|(_, c)| *c)));
    all.push(reading.measure);
    all
}

#[test]
fn parts_add_up_and_probabilities_are_probabilities() {
    for template in sketches() {
        let found = answer(&template, 5.0).unwrap();
        let mut readings = vec![&found.effect.if_you_do_it, &found.effect.as_policy];
        readings.extend(&found.effect.if_they_do_it);
        assert_eq!(readings.len(), 3);
        for reading in readings {
            for change in changes(reading) {
                assert!((0.0..=1.0).contains(&change.focal), "{change:?}");
                assert!((0.0..=1.0).contains(&change.reference), "{change:?}");
                assert_eq!(change.change(), change.focal - change.reference);
            }
            for f in &reading.firebreaks {
                let sum = f.deliberate.change() + f.inadvertent.change() + f.accidental.change();
                assert!((sum - f.p_cross.change()).abs() < 1e-12);
            }
        }
        for crossing in &found.outcome.firebreaks {
            let sum = crossing.deliberate + crossing.inadvertent + crossing.accidental;
            assert!((sum - crossing.p_cross).abs() < 1e-12);
            let above = template.scenario.ladders[0].firebreaks.iter();
            let above = above.clone().find(|f| f.id == crossing.id).unwrap().above;
            let rung = found.outcome.rungs.iter().find(|r| r.rung == above).unwrap();
            assert!((rung.p_peak_at_least - crossing.p_cross).abs() < 1e-12);
        }
        let peak: f64 = found.outcome.rungs.iter().skip(1).map(|r| r.p_peak_at_least).sum();
        assert!((peak - found.outcome.expected_peak).abs() < 1e-12, "Σ P(peak ≥ k) is its mean");
        let last = &found.outcome.by_stage.last().unwrap().2;
        for (end, last) in found.outcome.rungs.iter().zip(last) {
            assert!((end.p_peak_at_least - last.p_peak_at_least).abs() < 1e-12);
        }
        assert_eq!(found.band.len(), 4);
        assert_eq!(found.band[2].measure, Some(found.effect.as_policy.measure));
        assert_eq!(found.band[2].degree, Some(found.verdict.degree));
        assert!(found.band.iter().all(|point| point.measure.is_some()));
    }
}

#[test]
fn a_point_of_the_band_is_the_headline_at_that_lambda() {
    for template in sketches() {
        let at_five = answer(&template, 5.0).unwrap();
        let at_two = answer(&template, 2.0).unwrap();
        let (in_band, headline) =
            (at_five.band[1].measure.unwrap(), at_two.effect.as_policy.measure);
        assert!((in_band.focal - headline.focal).abs() < 1e-9);
        assert!((in_band.reference - headline.reference).abs() < 1e-9);
    }
}

#[test]
fn who_codes_an_act_lower_sees_less_crossed() {
    let found = answer(&compiled(reprisals()), 5.0).unwrap();
    let f2 = &found.outcome.firebreaks[1];
    let (north, south) = (&f2.seen_by[0], &f2.seen_by[1]);
    assert_eq!((north.0.as_str(), south.0.as_str()), ("north", "south"));
    assert!((south.1 - f2.p_cross).abs() < 1e-12, "South codes as the analyst does");
    assert!(north.1 < south.1 - 0.01, "North takes its strike for less: {} {}", north.1, south.1);
    assert!(f2.inadvertent > 0.01);
}

#[test]
fn an_actor_with_a_ladder_of_its_own_passes_a_firebreak_where_that_ladder_has_it() {
    let mut s = reprisals();
    let mut own = s.ladders[0].clone();
    own.firebreaks[1].above = 4; // South holds F2 to lie higher: below war, above a strike or raid.
    s.ladders.push(own);
    s.actors[1].ladder = climbdown_lang::scenario::LadderId(1);
    let found = answer(&compiled(s), 5.0).unwrap();
    let (f2, f4) = (&found.outcome.firebreaks[1], &found.outcome.firebreaks[2]);
    assert_eq!(f2.seen_by[1].1, f4.seen_by[1].1);
    assert!(f2.seen_by[1].1 < f2.p_cross - 0.01);
    let plain = answer(&compiled(reprisals()), 5.0).unwrap();
    let by_raids = f2.inadvertent - plain.outcome.firebreaks[1].inadvertent;
    assert!(by_raids > 0.001, "a raid first passes it, for South it does not: {by_raids}");
}

#[test]
fn a_move_that_changes_nothing_changes_no_behaviour() {
    let mut s = scenario(&["north", "south"], &[(0, 0), (1, 1)], 3);
    let grant = add_move(&mut s, "grant", 0, number(0.0));
    let keep = add_move(&mut s, "keep", 0, number(0.0));
    let asked = variable(&mut s, "asked", 1);
    let wait = add_move(&mut s, "wait", 0, number(0.0));
    for made in [grant, keep] {
        only_if(&mut s, made, is(asked, 0));
        sets(&mut s, made, asked, number(1.0));
    }
    only_if(&mut s, wait, is(asked, 1));
    let raid = add_move(&mut s, "raid", 1, number(2.0));
    add_move(&mut s, "rest", 1, number(0.0));
    s.moves[raid.index()].pays.push(pays(ActorId(1), number(0.2)));
    let found = answer(&compiled(s), 5.0).unwrap();
    assert!(found.rules_change.total.unwrap() < 1e-12);
    assert!(found.rules_change.by_seat.iter().all(|seat| seat.value < 1e-12));
    assert!(found.effect.as_policy.measure.change().abs() < 1e-12);
    assert_eq!(found.verdict.degree, crate::findings::Degree::None);
}

#[test]
fn at_lambda_zero_all_change_of_behaviour_is_availability() {
    for template in sketches() {
        let found = answer(&template, 0.0).unwrap();
        for seat in &found.rules_change.by_seat {
            assert!((seat.value - seat.by_availability).abs() < 1e-9, "{seat:?}");
        }
        let (ratio, at_zero) =
            (found.spiral.ratio.unwrap(), found.spiral.ratio_at_lambda_0.unwrap());
        assert!((ratio - at_zero).abs() < 1e-9);
    }
    let found = answer(&compiled(reprisals()), 5.0).unwrap();
    let north = &found.rules_change.by_seat[0];
    assert!(north.by_availability > 0.1, "a strike needs the permit: {north:?}");
    assert!((north.value - north.by_availability).abs() > 1e-3);
    let south = &found.rules_change.by_seat[1];
    assert_eq!(found.rules_change.total, Some(south.value), "the mover's own seat does not count");
}

#[test]
fn codes_tell_apart_less_than_labels() {
    for template in sketches() {
        for seat in answer(&template, 5.0).unwrap().rules_change.by_seat {
            assert!(seat.on_codes <= seat.value + 1e-12 && seat.value <= 1.0 + 1e-12, "{seat:?}");
        }
    }
}

#[cfg(feature = "parallel")]
#[test]
fn the_same_bytes_at_any_number_of_threads() {
    let bytes = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| format!("{:?}", answer(&compiled(reprisals_asked_late()), 5.0).unwrap()))
    };
    assert_eq!(bytes(1), bytes(2));
}

#[test]
fn whoever_watches_can_stop_it() {
    let template = compiled(reprisals());
    let options =
        AssessOptions { lambda: 5.0, tolerance: 1e-10, band: vec![1.0, 20.0], attribution: false };
    let point = Assignment::point(&template.scenario);
    let stopped = assess(&template, &point, &options, &mut |name, _| name == "base game");
    assert!(matches!(stopped, Err(Unanswered::Unsolved(_, quantal::Unsolved::Cancelled))));
}

#[test]
fn a_question_that_cannot_be_asked_says_why() {
    let mut s = reprisals();
    let never = variable(&mut s, "never", 1);
    let reference = s.question.reference;
    only_if(&mut s, reference, is(never, 1));
    let refused = answer(&compiled(s), 5.0);
    assert!(matches!(refused, Err(Unanswered::Question(why)) if why.contains("`keep`")));
}

/// P(the turn at `target` is an escalatory act), from `node` on, over every path.
fn p_act(crisis: &Crisis<'_>, steps: &[f64], node: NodeId, target: (u32, usize)) -> f64 {
    let graph = &crisis.template.graph;
    let is_there = crisis.exchange.turn[node.index()] == Some(target);
    graph
        .edges(node)
        .map(|edge| {
            let p = steps[edge.index()];
            match is_there {
                true if crisis.exchange.is_escalatory[edge.index()] => p,
                true => 0.0,
                false => p * p_act(crisis, steps, graph.to(edge), target),
            }
        })
        .sum()
}

/// t_ij by its definition, turn by turn and path by path.
fn total_reply(
    crisis: &Crisis<'_>,
    play: &Play,
    (steps, through): (&[f64], &[f64]),
    i: usize,
    j: usize,
) -> f64 {
    let template = crisis.template;
    let group = |at: usize| template.scenario.slots[at].group;
    let (mut sum, mut weights) = (0.0, 0.0);
    for node in template.graph.nodes() {
        let place = template.places[node.index()];
        let Phase::Turn(slot) = place.phase else { continue };
        if slot.index() != i || through[node.index()] == 0.0 {
            continue;
        }
        let target = (place.stage + u32::from(group(j) <= group(i)), j);
        let side = |is_act: bool| -> Option<f64> {
            let edges: Vec<_> = template
                .graph
                .edges(node)
                .filter(|e| {
                    let rung = template.act(*e).map_or(0, |act| act.rung);
                    (rung > template.scenario.start_rung) == is_act
                })
                .collect();
            let p: f64 = edges.iter().map(|&e| exp(play.log_move(e))).sum();
            let mean = |e: &quantal::EdgeId| {
                exp(play.log_move(*e)) / p * p_act(crisis, steps, template.graph.to(*e), target)
            };
            (p > 0.0).then(|| edges.iter().map(mean).sum())
        };
        if let (Some(act), Some(no_act)) = (side(true), side(false))
            && target.0 < template.scenario.time.horizon
        {
            sum += through[node.index()] * (act - no_act);
            weights += through[node.index()];
        }
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}

#[test]
fn total_replies_are_those_of_all_paths() {
    for template in sketches() {
        let crisis = Crisis::of(&template);
        let solved = solve(&template);
        let play = &solved.base.play;
        let steps = play.steps(&solved.game, Viewer::Analyst);
        let through = flow(&template.graph, &[(NodeId(0), 1.0)], &steps);
        let acts = crisis.exchange.acts();
        let found =
            replies(&crisis.exchange, &template.graph, play, (&steps, &through), (0, &acts));
        let mut largest: f64 = 0.0;
        for (i, row) in found.total.iter().enumerate() {
            for (j, &t) in row.iter().enumerate() {
                let expected = total_reply(&crisis, play, (&steps, &through), i, j);
                assert!((t - expected).abs() < 1e-12, "t[{i}][{j}] is {t}, by walking {expected}");
                largest = largest.max(t.abs());
            }
        }
        assert!(largest > 0.01, "somebody replies");
        assert!(template.causes.iter().any(|c| matches!(c, Cause::Move(Some(_)))));
    }
}
