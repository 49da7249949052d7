//! Policy games and payoffs against the definitions of model.md §3, evaluated path by path.

use std::collections::BTreeMap;

use climbdown_lang::template::{Assignment, Cause, Template};
use quantal::{EdgeId, Game, NodeId, NodeKind, PlayerId, Viewer, math::exp};

use super::crossings::{LAMBDA, Solved, solve};
use super::sketch::{compiled, reprisals, reprisals_asked_late};
use crate::crisis::Crisis;
use crate::effect::effect;
use crate::findings::{Change, Reading};
use crate::play::Play;

fn probability(game: &Game, play: &Play, node: NodeId, edge: EdgeId, viewer: Viewer) -> f64 {
    match game.graph().kind(node) {
        NodeKind::Decision(_) => exp(play.log_move(edge)),
        _ => game.probability(edge, viewer),
    }
}

/// Reach of every node beyond the question's turn: by the base play up to it, by `play` from there.
fn reach(solved: &Solved, play: &Play, viewer: Viewer) -> BTreeMap<NodeId, f64> {
    let mut reach = BTreeMap::new();
    let mut open = vec![(NodeId(0), 1.0, false)];
    while let Some((node, p, is_after)) = open.pop() {
        let is_after = is_after || solved.asked.turn.contains(&node);
        if is_after {
            *reach.entry(node).or_insert(0.0) += p;
        }
        let play = if is_after { play } else { &solved.base.play };
        for edge in solved.game.graph().edges(node) {
            let step = probability(&solved.game, play, node, edge, viewer);
            if step > 0.0 {
                open.push((solved.game.graph().to(edge), p * step, is_after));
            }
        }
    }
    reach
}

fn behind(game: &Game, play: &Play, edge: EdgeId, player: PlayerId, viewer: Viewer) -> f64 {
    let discount = if game.graph().is_next_stage(edge) { game.discount(player) } else { 1.0 };
    game.edge_payoff(edge, player)
        + discount * value(game, play, game.graph().to(edge), player, viewer)
}

fn value(game: &Game, play: &Play, node: NodeId, player: PlayerId, viewer: Viewer) -> f64 {
    if game.graph().terminal_index(node).is_some() {
        return game.terminal_payoff(node, player);
    }
    let edges = game.graph().edges(node);
    let steps = edges.map(|e| (e, probability(game, play, node, e, viewer)));
    steps.filter(|(_, p)| *p > 0.0).map(|(e, p)| p * behind(game, play, e, player, viewer)).sum()
}

/// At every information set of a policy game, log π − λQ − log w is the same for all open moves.
fn assert_logit(template: &Template, solved: &Solved, side: usize) -> usize {
    let (game, play) = (&solved.game, &solved.policies[side].play);
    let stakes = template.stakes(&Assignment::point(&template.scenario));
    let mut n_checked = 0;
    for infoset in game.graph().infosets() {
        let player = game.graph().infoset(infoset).player;
        let reach = reach(solved, play, Viewer::Player(player));
        let nodes: Vec<(NodeId, f64)> = game
            .graph()
            .infoset_nodes(infoset)
            .iter()
            .filter_map(|node| reach.get(node).map(|r| (*node, *r)))
            .collect();
        let Some(&(first, _)) = nodes.first() else { continue };
        let total: f64 = nodes.iter().map(|(_, r)| r).sum();
        let actions = game.graph().actions(infoset);
        let logs: Vec<f64> = game
            .graph()
            .edges(first)
            .zip(actions)
            .enumerate()
            .filter(|(_, (edge, _))| play.log_move(*edge) > f64::NEG_INFINITY)
            .map(|(k, (edge, action))| {
                let q: f64 = nodes
                    .iter()
                    .map(|&(node, r)| {
                        let edge = game.graph().edges(node).nth(k).unwrap();
                        let viewer = Viewer::Player(player);
                        r / total * behind(game, play, edge, player, viewer)
                    })
                    .sum();
                let lambda = LAMBDA / stakes[player.index()];
                play.log_move(edge) - lambda * q - quantal::math::ln(game.weight(action))
            })
            .collect();
        for log in &logs {
            assert!((log - logs[0]).abs() < 1e-9, "{infoset:?}: {logs:?}");
        }
        n_checked += usize::from(logs.len() > 1);
    }
    n_checked
}

#[test]
fn everybody_answers_by_own_beliefs_in_both_policy_games() {
    for template in [compiled(reprisals()), compiled(reprisals_asked_late())] {
        let solved = solve(&template);
        let n = [0, 1].map(|side| assert_logit(&template, &solved, side));
        assert!(n[0] > 5 && n[1] > 2, "there are choices to check: {n:?}");
    }
}

#[test]
fn the_reference_policy_gives_up_the_focal_move_until_it_may_not() {
    let grants = |template: &Template, solved: &Solved, side: usize| -> Vec<(u32, f64)> {
        let graph = &template.graph;
        let focal = template.scenario.question.focal;
        let nodes = graph.nodes().flat_map(|n| graph.edges(n).map(move |e| (n, e)));
        nodes
            .filter(|(_, e)| template.causes[e.index()] == Cause::Move(Some(focal)))
            .map(|(n, e)| {
                (template.places[n.index()].stage, exp(solved.policies[side].play.log_move(e)))
            })
            .collect()
    };
    let mut asked = reprisals();
    let template = compiled(asked.clone());
    let solved = solve(&template);
    assert!(grants(&template, &solved, 1).iter().all(|(_, p)| *p == 0.0));
    assert!(grants(&template, &solved, 0).iter().all(|(stage, p)| (*stage == 0) == (*p == 1.0)));

    asked.question.until = climbdown_lang::scenario::Until::Date(jiff::civil::date(2000, 1, 3));
    let template = compiled(asked);
    let solved = solve(&template);
    let is_open = |&(stage, p): &(u32, f64)| (stage >= 2) == (p > 0.0);
    assert!(grants(&template, &solved, 1).iter().all(is_open), "the third stage begins on the 3rd");
}

/// Expected payoff of `player` over the forks where `chosen` is taken, each weighted by reach and,
/// if `by_choice`, by the probability of choosing so.
fn expected(
    solved: &Solved,
    play: &Play,
    side: usize,
    by_choice: bool,
    (player, viewer): (PlayerId, Viewer),
) -> f64 {
    let reach = reach(solved, &solved.base.play, viewer);
    let forks: Vec<(f64, f64)> = solved
        .asked
        .forks
        .iter()
        .map(|fork| {
            let edge = [fork.focal, fork.reference][side];
            let chosen = if by_choice { exp(solved.base.play.log_move(edge)) } else { 1.0 };
            let value = behind(&solved.game, play, edge, player, viewer);
            (reach.get(&fork.node).copied().unwrap_or(0.0) * chosen, value)
        })
        .collect();
    let total: f64 = forks.iter().map(|(w, _)| w).sum();
    forks.iter().map(|(w, v)| w * v).sum::<f64>() / total
}

#[test]
fn payoffs_count_the_forced_move_and_each_viewers_own_beliefs() {
    for template in [compiled(reprisals()), compiled(reprisals_asked_late())] {
        let solved = solve(&template);
        let crisis = Crisis::of(&template);
        let start = solved.base.start(&solved.game, &solved.asked).unwrap();
        let from = (&solved.asked, &solved.base);
        let found = effect(&crisis, &solved.game, from, &solved.policies, &start);
        let kept = [&solved.base.play, &solved.base.play];
        let policies = [&solved.policies[0].play, &solved.policies[1].play];
        let they = found.if_they_do_it.as_ref().unwrap();
        for (reading, plays, by_choice) in [
            (they, kept, true),
            (&found.if_you_do_it, kept, false),
            (&found.as_policy, policies, false),
        ] {
            assert_payoffs(&solved, reading, plays, by_choice);
        }
        let (_, by_analyst, by_own) = &they.payoffs[0];
        assert!((by_analyst.focal - by_own.focal).abs() > 1e-6, "North's beliefs are its own");
        let reach: f64 = {
            let all = reach(&solved, &solved.base.play, Viewer::Analyst);
            solved.asked.forks.iter().map(|f| all[&f.node]).sum()
        };
        assert!((found.p_available - reach).abs() < 1e-12);
    }
}

fn assert_payoffs(solved: &Solved, reading: &Reading, plays: [&Play; 2], by_choice: bool) {
    for (at, (actor, by_analyst, by_own)) in reading.payoffs.iter().enumerate() {
        let player = PlayerId::new(at);
        for (change, viewer) in [(by_analyst, Viewer::Analyst), (by_own, Viewer::Player(player))] {
            let [focal, reference] =
                [0, 1].map(|side| expected(solved, plays[side], side, by_choice, (player, viewer)));
            let expected = Change { focal, reference };
            let error = (change.focal - expected.focal).abs()
                + (change.reference - expected.reference).abs();
            assert!(error < 1e-12, "{actor} by {viewer:?}: {change:?}, by walking {expected:?}");
        }
    }
}
