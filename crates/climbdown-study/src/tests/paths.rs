//! Sampled crises against the exact figures, counted on the paths by code of their own.

use std::collections::BTreeMap;

use climbdown_lang::template::{Assignment, Cause, Phase, Template};
use quantal::NodeId;

use super::sketch::{compiled, reprisals, reprisals_asked_late};
use crate::crisis::Crisis;
use crate::findings::Findings;
use crate::simulate::{Path, Side, SimulateOptions, Simulated, simulate};
use crate::{AssessOptions, assess};

const N: usize = 20_000;

fn sampled(template: &Template, policy: Option<Side>, seed: u64, n_paths: usize) -> Simulated {
    let options = SimulateOptions { lambda: 5.0, tolerance: 1e-12, policy, seed, n_paths };
    let point = Assignment::point(&template.scenario);
    simulate(template, &point, &options, &mut |_, _| true).unwrap()
}

fn exact(template: &Template) -> Findings {
    let options =
        AssessOptions { lambda: 5.0, tolerance: 1e-12, band: Vec::new(), attribution: false };
    let point = Assignment::point(&template.scenario);
    assess(template, &point, &options, &mut |_, _| true).unwrap()
}

/// A share of `n` that is within four standard errors of `p`, and not by being 0 of nothing.
fn assert_share(count: usize, n: usize, p: f64, what: &str) {
    let (share, n) = (count as f64 / n as f64, n as f64);
    let error = (p * (1.0 - p) / n).sqrt();
    assert!((share - p).abs() <= 4.0 * error + 1e-12, "{what}: {share} of the paths, exactly {p}");
}

fn share(paths: &[Path], is_so: impl Fn(&Path) -> bool) -> usize {
    paths.iter().filter(|path| is_so(path)).count()
}

#[test]
fn paths_reach_each_rung_as_often_as_the_exact_distribution_has_it() {
    for scenario in [reprisals(), reprisals_asked_late()] {
        let template = compiled(scenario);
        let findings = exact(&template);
        let free = sampled(&template, None, 1, N);
        for rung in &findings.outcome.rungs {
            let count = share(&free.paths, |path| template.peak(path.end) >= rung.rung);
            assert_share(count, N, rung.p_peak_at_least, "free");
        }
        for (side, policy) in [(0, Side::Focal), (1, Side::Reference)] {
            let under = sampled(&template, Some(policy), 1, N);
            for (rung, change) in &findings.effect.as_policy.rungs {
                let p = [change.focal, change.reference][side];
                let count = share(&under.paths, |path| template.peak(path.end) >= *rung);
                assert_share(count, N, p, policy.name());
            }
        }
    }
}

#[test]
fn under_a_policy_its_move_is_made_on_every_path() {
    let template = compiled(reprisals_asked_late());
    let question = &template.scenario.question;
    for (policy, made) in [(Side::Focal, question.focal), (Side::Reference, question.reference)] {
        for path in &sampled(&template, Some(policy), 3, 300).paths {
            let asked: Vec<Cause> = path
                .steps
                .iter()
                .filter(|step| {
                    let place = template.places[step.node.index()];
                    place.stage == question.stage && place.phase == Phase::Turn(question.slot)
                })
                .map(|step| template.causes[step.edge.index()])
                .collect();
            assert_eq!(asked, [Cause::Move(Some(made))]);
        }
    }
}

#[test]
fn path_k_depends_on_the_seed_and_k_alone() {
    let template = compiled(reprisals());
    let few = sampled(&template, None, 7, 10);
    let many = sampled(&template, None, 7, 600);
    assert_eq!(few.paths, many.paths[..10]);
    assert_ne!(few.paths, sampled(&template, None, 8, 10).paths);
}

#[test]
fn a_path_goes_from_edge_to_edge_to_an_end() {
    let template = compiled(reprisals());
    let graph = &template.graph;
    for path in &sampled(&template, None, 2, 200).paths {
        let mut at = NodeId(0);
        for step in &path.steps {
            assert_eq!(step.node, at);
            assert!(step.probability > 0.0 && step.probability <= 1.0);
            at = graph.to(step.edge);
        }
        assert!(at == path.end && graph.terminal_index(at).is_some());
    }
}

#[test]
fn sampling_stops_when_asked_to() {
    let template = compiled(reprisals());
    let point = Assignment::point(&template.scenario);
    let options =
        SimulateOptions { lambda: 5.0, tolerance: 1e-12, policy: None, seed: 1, n_paths: 10_000 };
    let stopped = simulate(&template, &point, &options, &mut |what, at| {
        !(what == "sampling" && at.steps > 500)
    });
    let is_cancelled =
        matches!(stopped, Err(crate::Unanswered::Unsolved(_, quantal::Unsolved::Cancelled)));
    assert!(is_cancelled);
}

/// Turns of a path: stage, position, seat, and whether the act there is escalatory.
fn turns(template: &Template, path: &Path) -> Vec<(u32, usize, usize, bool)> {
    let rung = Crisis::of(template).escalatory_rung.expect("the ladder has higher rungs");
    let turn = |step: &crate::simulate::Step| {
        let place = template.places[step.node.index()];
        let Phase::Turn(slot) = place.phase else { return None };
        let is_act = template.act(step.edge).is_some_and(|act| act.rung >= rung);
        let seat = template.scenario.slots[slot.index()].seat;
        Some((place.stage, slot.index(), seat.index(), is_act))
    };
    path.steps.iter().filter_map(turn).collect()
}

/// Rounds on a path of a crisis without simultaneous turns: from the turn where it starts, look one
/// cycle ahead for the first act of another seat, and on from there.
fn rounds_on(template: &Template, path: &Path) -> usize {
    let question = &template.scenario.question;
    let cycle = template.scenario.slots.len();
    let turns = turns(template, path);
    let asked = (question.stage, question.slot.index());
    let mut at = turns.iter().position(|&(s, p, ..)| (s, p) == asked).expect("it is passed");
    let mut rounds = 0;
    loop {
        let window = &turns[at + 1..turns.len().min(at + 1 + cycle)];
        let Some(next) = window.iter().position(|&(_, _, seat, act)| act && seat != turns[at].2)
        else {
            return rounds;
        };
        (at, rounds) = (at + 1 + next, rounds + 1);
    }
}

#[test]
fn exchanges_run_on_as_often_on_the_paths() {
    for scenario in [reprisals(), reprisals_asked_late()] {
        let template = compiled(scenario);
        let findings = exact(&template);
        let exact = findings.spiral.p_rounds.expect("acts can be escalatory");
        assert!(exact.len() >= 3 && exact[1].focal > 0.01, "{exact:?}");
        for (side, policy) in [(0, Side::Focal), (1, Side::Reference)] {
            let paths = sampled(&template, Some(policy), 1, N).paths;
            let found: Vec<usize> = paths.iter().map(|path| rounds_on(&template, path)).collect();
            assert!(found.iter().all(|&rounds| rounds <= exact.len()));
            for (n, change) in exact.iter().enumerate() {
                let count = found.iter().filter(|&&rounds| rounds > n).count();
                assert_share(count, N, [change.focal, change.reference][side], policy.name());
            }
        }
    }
}

#[test]
fn total_replies_and_expected_acts_are_those_of_the_paths() {
    let template = compiled(reprisals());
    let findings = exact(&template);
    let paths = sampled(&template, None, 5, N).paths;
    let all: Vec<_> = paths.iter().map(|path| turns(&template, path)).collect();
    let acts: Vec<f64> =
        all.iter().map(|turns| turns.iter().filter(|turn| turn.3).count() as f64).collect();
    let mean = acts.iter().sum::<f64>() / N as f64;
    let spread = acts.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (N - 1) as f64;
    let exact_acts = findings.spiral.expected_acts;
    assert!((mean - exact_acts).abs() <= 4.0 * (spread / N as f64).sqrt(), "{mean} {exact_acts}");

    assert!(!findings.spiral.replies.is_empty());
    for reply in &findings.spiral.replies {
        let (from, to) = (reply.from.0, reply.to.0);
        // For each node of a turn at `from`: how often the next turn at `to` was an act, and how often
        // not, after an act [1] and after none [0].
        let mut counts: BTreeMap<NodeId, [[f64; 2]; 2]> = BTreeMap::new();
        for path in &paths {
            let steps = path
                .steps
                .iter()
                .filter(|step| matches!(template.places[step.node.index()].phase, Phase::Turn(_)));
            let turns = turns(&template, path);
            for (at, step) in steps.enumerate().filter(|(at, _)| turns[*at].1 == from) {
                let later = turns[at + 1..].iter().find(|turn| turn.1 == to);
                let next_stage = turns[at].0 + u32::from(to <= from);
                if next_stage >= template.scenario.time.horizon {
                    continue;
                }
                let answered = later.is_some_and(|turn| turn.3);
                let cell = &mut counts.entry(step.node).or_default()[usize::from(turns[at].3)];
                cell[usize::from(answered)] += 1.0;
            }
        }
        let (mut sum, mut weight, mut variance, mut squares) = (0.0, 0.0, 0.0, 0.0);
        for (node, [without, with]) in counts {
            let open = template.graph.edges(node).len();
            let n = [without[0] + without[1], with[0] + with[1]];
            let rung = findings.spiral.escalatory_rung;
            let n_acts = template
                .graph
                .edges(node)
                .filter(|&edge| template.act(edge).is_some_and(|act| act.rung >= rung));
            if !(1..open).contains(&n_acts.count()) || n[0] == 0.0 || n[1] == 0.0 {
                continue;
            }
            let p = [without[1] / n[0], with[1] / n[1]];
            let here = n[0] + n[1];
            sum += here * (p[1] - p[0]);
            squares += here * (p[1] - p[0]) * (p[1] - p[0]);
            weight += here;
            let of = |side: usize| p[side] * (1.0 - p[side]) / n[side];
            variance += here * here * (of(0) + of(1));
        }
        let found = sum / weight;
        // The frequencies at each node are estimated, and so is how often one comes to it.
        let between = (squares - weight * found * found).max(0.0);
        let error = (variance + between).sqrt() / weight;
        assert!(error > 0.0 || reply.total.abs() < 1e-12);
        let off = (found - reply.total).abs();
        assert!(
            off <= 4.0 * error,
            "{from} to {to}: {found} on the paths, exactly {}",
            reply.total
        );
    }
}
