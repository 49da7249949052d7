//! Outcomes and readings against a walk over every path, written without the passes they test.

use climbdown_lang::template::{Assignment, Cause, Template};
use quantal::{EdgeId, Game, Lambda, NodeId, Viewer, math::exp};

use super::sketch::{compiled, reprisals, reprisals_asked_late};
use crate::base::Base;
use crate::crisis::{Crisis, possible};
use crate::effect::effect;
use crate::findings::Reading;
use crate::outcome::{Before, Measured, measure};
use crate::play::Play;
use crate::policy::{Policy, SIDES, Solving, policies_along, solved_along, viewers};
use crate::question::{Asked, locate};

/// Everything a reading needs, solved.
pub(super) struct Solved {
    pub(super) game: Game,
    pub(super) asked: Asked,
    pub(super) base: Base,
    pub(super) policies: [Policy; 2],
}

/// Λ of these tests.
pub(super) const LAMBDA: f64 = 3.0;

pub(super) fn solve(template: &Template) -> Solved {
    let crisis = Crisis::of(template);
    let assignment = Assignment::point(&template.scenario);
    let game = template.instantiate(&assignment).unwrap();
    let stakes = template.stakes(&assignment);
    let lambda = [Lambda::new(LAMBDA).unwrap()];
    let solving = Solving { stakes: &stakes, tolerance: 1e-12 };
    let is_reached = possible(&game, viewers(&game));
    let asked = locate(template, &crisis.exchange.clock, &is_reached).unwrap();
    let mut found = solved_along(&game, &lambda, solving, &mut |_| true);
    let equilibrium = found.remove(0).unwrap();
    let base = Base::of(&crisis, &game, &asked, &equilibrium.profile);
    let policies = SIDES.map(|side| {
        let from = (&asked, &base.arrival);
        policies_along(&game, from, side, &lambda, solving, &mut |_| true).remove(0).unwrap()
    });
    Solved { game, asked, base, policies }
}

/// What one path did: its probability, and for each firebreak how it was crossed.
#[derive(Clone)]
struct Walk {
    p: f64,
    crossed: Vec<Option<&'static str>>,
    peak: u8,
    peak_at_stage_ends: Vec<u8>,
}

/// Walks every path from `node` on, for the analyst.
fn walk(template: &Template, game: &Game, play: &Play, node: NodeId, so_far: Walk) -> Vec<Walk> {
    let n_stages = template.scenario.time.horizon as usize;
    if game.graph().terminal_index(node).is_some() {
        let mut done = so_far;
        done.peak_at_stage_ends.resize(n_stages, done.peak);
        return vec![done];
    }
    let edges = game.graph().edges(node).map(|edge| (game.graph().to(edge), edge));
    edges
        .map(|(next, edge)| (next, step(template, game, play, (node, edge), &so_far)))
        .filter(|(_, on)| on.p > 0.0)
        .flat_map(|(next, on)| walk(template, game, play, next, on))
        .collect()
}

/// One step of a walk.
fn step(
    template: &Template,
    game: &Game,
    play: &Play,
    (node, edge): (NodeId, EdgeId),
    so_far: &Walk,
) -> Walk {
    let next = game.graph().to(edge);
    let mut on = so_far.clone();
    on.peak = template.peak(next);
    let is_move = matches!(template.causes[edge.index()], Cause::Move(_));
    on.p *=
        if is_move { exp(play.log_move(edge)) } else { game.probability(edge, Viewer::Analyst) };
    for (at, firebreak) in template.scenario.ladders[0].firebreaks.iter().enumerate() {
        if on.crossed[at].is_none() && on.peak >= firebreak.above {
            on.crossed[at] = Some(match template.act(edge) {
                Some(act) if act.rung_seen[act.actor.index()] < firebreak.above => "blind",
                Some(_) => "knowing",
                None => "accident",
            });
        }
    }
    let stages = template.places[node.index()].stage..template.places[next.index()].stage;
    on.peak_at_stage_ends.extend(stages.map(|_| template.peak(next)));
    on
}

fn begin(template: &Template) -> Walk {
    Walk {
        p: 1.0,
        crossed: vec![None; template.scenario.ladders[0].firebreaks.len()],
        peak: 0,
        peak_at_stage_ends: Vec::new(),
    }
}

fn p(walks: &[Walk], keeps: impl Fn(&Walk) -> bool) -> f64 {
    walks.iter().filter(|w| keeps(w)).map(|w| w.p).sum()
}

fn assert_close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < 1e-12, "{what}: {found}, by walking {expected}");
}

fn assert_measured(template: &Template, found: &Measured, walks: &[Walk]) {
    assert_close(p(walks, |_| true), 1.0, "all paths");
    for (at, rung) in template.scenario.ladders[0].rungs.iter().enumerate() {
        assert_close(found.rungs[at], p(walks, |w| w.peak >= rung.rung), "rung at the end");
        for (stage, rungs) in &found.by_stage {
            let there = |w: &Walk| w.peak_at_stage_ends[*stage as usize] >= rung.rung;
            assert_close(rungs[at], p(walks, there), "rung at the end of a stage");
        }
    }
    for (at, split) in found.firebreaks.iter().enumerate() {
        for (way, how) in ["knowing", "blind", "accident"].into_iter().enumerate() {
            assert_close(split[way], p(walks, |w| w.crossed[at] == Some(how)), how);
        }
    }
}

#[test]
fn the_outcome_is_that_of_all_paths() {
    for template in [compiled(reprisals()), compiled(reprisals_asked_late())] {
        let solved = solve(&template);
        let crisis = Crisis::of(&template);
        let steps = solved.base.play.steps(&solved.game, Viewer::Analyst);
        let nothing = Before::nothing(&template.scenario);
        let found = measure(&template, &crisis.peaks, &steps, (&[(NodeId(0), 1.0)], &nothing));
        let walks = walk(&template, &solved.game, &solved.base.play, NodeId(0), begin(&template));
        assert_measured(&template, &found, &walks);
        let ways = found.firebreaks.iter().fold([0.0; 3], |sum: [f64; 3], split| {
            [sum[0] + split[0], sum[1] + split[1], sum[2] + split[2]]
        });
        assert!(ways.iter().all(|way| *way > 1e-3), "the sketch crosses in every way: {ways:?}");
    }
}

/// Walks of a reading: from the root by the base play up to a fork, there the forced move, then on
/// by `after`; conditional on coming to a fork.
fn policy_walks(template: &Template, solved: &Solved, side: usize) -> Vec<Walk> {
    let question = &template.scenario.question;
    let mut at_fork: Vec<(NodeId, Walk)> = Vec::new();
    let mut open = vec![(NodeId(0), begin(template))];
    while let Some((node, so_far)) = open.pop() {
        if let Some(fork) = solved.asked.forks.iter().find(|fork| fork.node == node) {
            at_fork.push((fork.node, so_far));
            continue;
        }
        let place = template.places[node.index()];
        if place.stage > question.stage || solved.game.graph().terminal_index(node).is_some() {
            continue;
        }
        for edge in solved.game.graph().edges(node) {
            let on = step(template, &solved.game, &solved.base.play, (node, edge), &so_far);
            open.push((solved.game.graph().to(edge), on));
        }
    }
    let total: f64 = at_fork.iter().map(|(_, w)| w.p).sum();
    at_fork
        .into_iter()
        .flat_map(|(node, so_far)| {
            walk(template, &solved.game, &solved.policies[side].play, node, so_far)
        })
        .map(|w| Walk { p: w.p / total, ..w })
        .collect()
}

fn assert_reading(template: &Template, reading: &Reading, walks: [&[Walk]; 2]) {
    let two = |keeps: &dyn Fn(&Walk) -> bool| walks.map(|walks| p(walks, keeps));
    for (rung, change) in &reading.rungs {
        let [focal, reference] = two(&|w| w.peak >= *rung);
        assert_close(change.focal, focal, "rung, focal");
        assert_close(change.reference, reference, "rung, reference");
    }
    for (at, found) in reading.firebreaks.iter().enumerate() {
        let parts = [&found.deliberate, &found.inadvertent, &found.accidental];
        for (part, how) in parts.into_iter().zip(["knowing", "blind", "accident"]) {
            let [focal, reference] = two(&|w| w.crossed[at] == Some(how));
            assert_close(part.focal, focal, how);
            assert_close(part.reference, reference, how);
        }
        let sum = found.deliberate.focal + found.inadvertent.focal + found.accidental.focal;
        assert_close(sum, found.p_cross.focal, "the split");
    }
    for (stage, rungs) in &reading.by_stage {
        for (rung, change) in rungs {
            let [focal, _] = two(&|w| w.peak_at_stage_ends[*stage as usize] >= *rung);
            assert_close(change.focal, focal, "rung at the end of a stage");
        }
    }
    assert!(!template.scenario.question.thresholds.source.is_empty());
}

#[test]
fn the_policies_are_measured_over_the_paths_through_a_fork() {
    for template in [compiled(reprisals()), compiled(reprisals_asked_late())] {
        let solved = solve(&template);
        let crisis = Crisis::of(&template);
        let start = solved.base.start(&solved.game, &solved.asked).unwrap();
        let found =
            effect(&crisis, &solved.game, (&solved.asked, &solved.base), &solved.policies, &start);
        let walks = [0, 1].map(|side| policy_walks(&template, &solved, side));
        assert_reading(&template, &found.as_policy, [&walks[0], &walks[1]]);
        let change = found.as_policy.measure.change();
        assert!(change.abs() > 1e-3, "the sketch has an effect to measure: {change}");
    }
}
