//! Laws every solution obeys, on games small enough to know the answer.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::sync::Arc;

use proptest::prelude::*;
use quantal::{
    ActionId, BehaviorProfile, Branch, BrokenLaw, Follow, Game, Graph, GraphParts, InformationSet,
    InfosetId, Lambda, NodeId, NodeKind, Numbers, PlayerId, SolveOptions, Unsolved, Viewer, reach,
    solve,
};
use support::{Ladder, Next, Turn, ladder, layered, merged, random_game, solved};

mod support;

fn infoset(player: u32, label: &str, actions: &[&str]) -> InformationSet {
    InformationSet {
        player: PlayerId(player),
        label: label.to_owned(),
        actions: actions.iter().map(|&a| a.to_owned()).collect(),
    }
}

/// A presses (gain 1 if B yields) or holds (0.8); B yields (−1) or fights (−cost for both).
fn press_or_hold(cost_to_a: f64, cost_to_b: f64) -> Game {
    let graph = Graph::new(GraphParts {
        players: vec!["A".to_owned(), "B".to_owned()],
        kinds: vec![
            NodeKind::Decision(InfosetId(0)),
            NodeKind::Decision(InfosetId(1)),
            NodeKind::Terminal,
            NodeKind::Terminal,
            NodeKind::Terminal,
        ],
        edge_start: vec![0, 2, 4, 4, 4, 4],
        edge_to: vec![NodeId(1), NodeId(2), NodeId(3), NodeId(4)],
        edge_next_stage: vec![false; 4],
        chance_labels: Vec::new(),
        infosets: vec![infoset(0, "A", &["press", "hold"]), infoset(1, "B", &["yield", "fight"])],
    })
    .unwrap();
    let numbers = Numbers {
        edge_payoffs: vec![0.0; 8],
        terminal_payoffs: vec![0.8, 0.0, 1.0, -1.0, -cost_to_a, -cost_to_b],
        chance: Vec::new(),
        weights: vec![1.0; 4],
        discounts: vec![1.0; 2],
    };
    Game::new(Arc::new(graph), numbers).unwrap()
}

fn p_war(game: &Game) -> f64 {
    let p = &solved(game, 5.0, &[1.0, 1.0]).profile;
    p.probability(ActionId(0)) * p.probability(ActionId(3))
}

#[test]
fn between_actors_a_costlier_war_may_be_likelier() {
    // The three numbers stand in model.md, section 6.
    let rounded = |c: f64| (p_war(&press_or_hold(c, c)) * 1e4).round() / 1e4;
    assert_eq!([0.8, 1.4, 2.0].map(rounded), [0.0027, 0.0470, 0.0048]);
}

#[test]
fn a_game_of_perfect_information_is_traced() {
    let e = solved(&press_or_hold(1.4, 1.4), 5.0, &[1.0, 1.0]);
    assert_eq!(e.certificate.branch, Branch::Traced);
    assert!(e.certificate.converged && e.certificate.residual <= 1e-10);
}

#[test]
fn a_ladder_with_private_resolve_is_traced() {
    let shape =
        Ladder { n_players: 3, n_stages: 3, n_rungs: 5, n_marks: 1, war_cost: 1000.0, seed: 3 };
    let e = solved(&ladder(shape), 5.0, &[1.0; 3]);
    assert_eq!(e.certificate.branch, Branch::Traced);
    assert!(e.certificate.converged && e.certificate.excluded.is_empty());
}

#[test]
fn random_games_are_followed_to_a_certified_end() {
    for seed in 0..8 {
        let e = solved(&random_game(3, 9, 4, seed), 8.0, &[1.0; 3]);
        assert!(e.certificate.residual <= 1e-10, "seed {seed}: {:?}", e.certificate);
        assert_ne!(e.certificate.branch, Branch::WarmUnverified, "seed {seed}");
    }
}

fn furthest(a: &BehaviorProfile, b: &BehaviorProfile) -> f64 {
    assert_eq!(a.len(), b.len());
    let actions = (0..a.len()).map(ActionId::new);
    actions.map(|x| (a.probability(x) - b.probability(x)).abs()).fold(0.0, f64::max)
}

/// The same game with other numbers.
fn with(game: &Game, change: impl FnOnce(&mut Numbers)) -> Game {
    let mut numbers = game.numbers().clone();
    change(&mut numbers);
    Game::new(game.shared_graph().clone(), numbers).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn at_lambda_zero_play_is_uniform_up_to_weights(seed in 0u64..1000, heavy in 1.0f64..5.0) {
        let game = with(&random_game(2, 6, 3, seed), |n| n.weights[0] = heavy);
        let e = solved(&game, 0.0, &[1.0; 2]);
        prop_assert!((e.profile.probability(ActionId(0)) - heavy / (heavy + 2.0)).abs() < 1e-14);
        prop_assert!((e.profile.probability(ActionId(4)) - 1.0 / 3.0).abs() < 1e-14);
        prop_assert_eq!(e.certificate.branch, Branch::Traced);
    }

    #[test]
    fn scaling_payoffs_is_scaling_lambda(seed in 0u64..1000, factor in 0.1f64..50.0) {
        let game = random_game(3, 7, 3, seed);
        let scaled = with(&game, |n| {
            n.edge_payoffs.iter_mut().chain(&mut n.terminal_payoffs).for_each(|x| *x *= factor);
        });
        let plain = solved(&game, 3.0, &[1.0; 3]);
        let by_lambda = solved(&scaled, 3.0 / factor, &[1.0; 3]);
        let by_units = solved(&scaled, 3.0, &[factor; 3]);
        prop_assert!(furthest(&plain.profile, &by_lambda.profile) < 1e-8);
        prop_assert!(furthest(&plain.profile, &by_units.profile) < 1e-8);
        let regrets = (plain.certificate.max_regret, by_units.certificate.max_regret);
        prop_assert!((regrets.0 - regrets.1).abs() < 1e-8);
    }

    #[test]
    fn adding_a_constant_changes_nothing(seed in 0u64..1000, shift in -40.0f64..40.0) {
        let game = merged(2, 4, seed);
        let shifted = with(&game, |n| n.terminal_payoffs.iter_mut().for_each(|x| *x += shift));
        let (a, b) = (solved(&game, 3.0, &[1.0; 2]), solved(&shifted, 3.0, &[1.0; 2]));
        prop_assert!(furthest(&a.profile, &b.profile) < 1e-8);
    }

    #[test]
    fn two_variants_of_half_the_weight_are_one_action(seed in 0u64..1000, which in 0usize..6) {
        let game = merged(2, 4, seed);
        let infoset = InfosetId::new(which % game.graph().n_infosets());
        let doubled = with_twin(&game, infoset);
        let (a, b) = (solved(&game, 3.0, &[1.0; 2]), solved(&doubled, 3.0, &[1.0; 2]));
        for i in game.graph().infosets() {
            let sum = |i: InfosetId| -> Vec<f64> {
                let p = |x: ActionId| b.profile.probability(x);
                let all: Vec<f64> = doubled.graph().actions(i).map(p).collect();
                if i == infoset { vec![all[0] + all[1], all[2]] } else { all }
            };
            let plain = game.graph().actions(i).map(|x| a.profile.probability(x));
            for (plain, sum) in plain.zip(sum(i)) {
                prop_assert!((plain - sum).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn alone_and_at_fixed_units_a_costlier_war_is_not_likelier(seed in 0u64..1000) {
        let mut last = 1.0;
        for war_cost in [0.0, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0] {
            let shape =
                Ladder { n_players: 1, n_stages: 4, n_rungs: 5, n_marks: 1, war_cost, seed };
            let game = ladder(shape);
            let e = solved(&game, 5.0, &[1.0]);
            let p = reach(&game, &e.profile, Viewer::Player(PlayerId(0)));
            let p_war: f64 = hazard_ends(&game).iter().map(|n| p[n.index()]).sum();
            prop_assert!(war_cost > 0.0 || p_war > 1e-4, "the ladder can end badly");
            prop_assert!(p_war <= last + 1e-12, "{p_war} after {last} at cost {war_cost}");
            last = p_war;
        }
    }

    #[test]
    fn a_war_costlier_to_one_with_all_other_play_fixed_is_not_likelier(cost in 0.0f64..4.0) {
        // B decides last: what war costs A changes nothing for B.
        let p = [0.0, 0.5, 2.0, 10.0, 200.0].map(|more| p_war(&press_or_hold(cost + more, cost)));
        prop_assert!(p.is_sorted_by(|a, b| a >= b), "{p:?}");
    }
}

/// The ends that the first branch of a draw leads to: only hazards end the ladder so.
fn hazard_ends(game: &Game) -> Vec<NodeId> {
    let graph = game.graph();
    let draws = graph.nodes().filter(|&n| graph.kind(n) == NodeKind::Chance);
    let first = draws.filter_map(|n| graph.edges(n).next()).map(|e| graph.to(e));
    first.filter(|&n| graph.kind(n) == NodeKind::Terminal).collect()
}

/// The game with the first action of `infoset` there twice, each with half its weight.
fn with_twin(game: &Game, infoset: InfosetId) -> Game {
    let base = game.graph();
    let mut parts = GraphParts { edge_start: vec![0], edge_to: Vec::new(), ..base.parts().clone() };
    parts.edge_next_stage.clear();
    let twin = parts.infosets[infoset.index()].actions[0].clone() + " again";
    parts.infosets[infoset.index()].actions.insert(1, twin);
    let mut numbers = Numbers { edge_payoffs: Vec::new(), ..game.numbers().clone() };
    for node in base.nodes() {
        for (k, edge) in base.edges(node).enumerate() {
            let n = if k == 0 && base.kind(node) == NodeKind::Decision(infoset) { 2 } else { 1 };
            for _ in 0..n {
                parts.edge_to.push(base.to(edge));
                parts.edge_next_stage.push(base.is_next_stage(edge));
                let payoffs =
                    (0..base.n_players()).map(|p| game.edge_payoff(edge, PlayerId::new(p)));
                numbers.edge_payoffs.extend(payoffs);
            }
        }
        parts.edge_start.push(u32::try_from(parts.edge_to.len()).unwrap());
    }
    let first = base.actions(infoset).next().unwrap().index();
    numbers.weights[first] = 0.5;
    numbers.weights.insert(first, 0.5);
    Game::new(Arc::new(Graph::new(parts).unwrap()), numbers).unwrap()
}

#[test]
fn players_who_disagree_on_who_came_first_are_solved_too() {
    // Nature decides whether A or B moves first; neither sees it, so no order of information sets
    // exists and a sweep cannot set every policy on the way.
    let game = layered(2, vec![1.0; 2], 1, (0usize, 0usize), |layer, &(order, seen)| {
        let draw = |p: f64, order| (vec![p; 3], Next::State((order, 0)));
        match layer {
            0 => Turn::Chance(vec![draw(0.4, 0), draw(0.6, 1)]),
            1 => Turn::Decision(
                order,
                String::new(),
                (0..2).map(|k| (vec![0.0; 2], Next::State((order, k)))).collect(),
            ),
            _ => {
                let end = |k: usize| {
                    let (a, b) = if order == 0 { (seen, k) } else { (k, seen) };
                    let pay = [[vec![2.0, 1.0], vec![0.0, 0.0]], [vec![0.3, 0.0], vec![1.0, 2.0]]];
                    (vec![0.0; 2], Next::End(pay[a][b].clone()))
                };
                Turn::Decision(1 - order, String::new(), vec![end(0), end(1)])
            }
        }
    });
    // `layered` keeps layers apart; merge each player's two information sets into one.
    let mut parts = game.graph().parts().clone();
    for kind in &mut parts.kinds {
        if let NodeKind::Decision(i) = kind {
            *i = InfosetId(parts.infosets[i.index()].player.0);
        }
    }
    parts.infosets.sort_by_key(|s| s.player);
    parts.infosets.dedup_by_key(|s| s.player);
    let numbers = Numbers { weights: vec![1.0; 4], ..game.numbers().clone() };
    let game = Game::new(Arc::new(Graph::new(parts).unwrap()), numbers).unwrap();
    let e = solved(&game, 2.0, &[1.0; 2]);
    // Not knowing the order, they play the simultaneous game. By hand:
    // A: Q(0) − Q(1) = 2y − (0.3y + 1 − y) = 2.7y − 1; B: Q(0) − Q(1) = x − 2(1 − x) = 3x − 2.
    let (x, y) = (e.profile.probability(ActionId(0)), e.profile.probability(ActionId(2)));
    let logistic = |z: f64| 1.0 / (1.0 + quantal::math::exp(-z));
    assert!((x - logistic(2.0 * (2.7 * y - 1.0))).abs() < 1e-9);
    assert!((y - logistic(2.0 * (3.0 * x - 2.0))).abs() < 1e-9);
}

#[test]
fn an_information_set_met_twice_is_refused_and_one_met_late_is_not() {
    let parts = |last: u32| GraphParts {
        players: vec!["A".to_owned()],
        kinds: vec![
            NodeKind::Decision(InfosetId(0)),
            NodeKind::Decision(InfosetId(1)),
            NodeKind::Decision(InfosetId(last)),
            NodeKind::Terminal,
        ],
        edge_start: vec![0, 2, 4, 6, 6],
        edge_to: [1, 3, 2, 3, 3, 3].map(NodeId).into(),
        edge_next_stage: vec![false; 6],
        chance_labels: Vec::new(),
        infosets: (0..=last.max(1)).map(|i| infoset(0, &i.to_string(), &["a", "b"])).collect(),
    };
    assert_eq!(Graph::new(parts(0)).unwrap_err(), BrokenLaw::AbsentMinded(InfosetId(0)));
    assert_eq!(Graph::new(parts(1)).unwrap_err(), BrokenLaw::AbsentMinded(InfosetId(1)));
    assert!(Graph::new(parts(2)).is_ok());
    // Nodes at different depths without a path between them may share an information set.
    let apart = GraphParts {
        kinds: vec![
            NodeKind::Decision(InfosetId(0)),
            NodeKind::Decision(InfosetId(1)),
            NodeKind::Decision(InfosetId(2)),
            NodeKind::Decision(InfosetId(1)),
            NodeKind::Terminal,
        ],
        edge_start: vec![0, 2, 4, 6, 8, 8],
        edge_to: [1, 2, 4, 4, 3, 4, 4, 4].map(NodeId).into(),
        edge_next_stage: vec![false; 8],
        infosets: (0..3).map(|i| infoset(0, &i.to_string(), &["a", "b"])).collect(),
        ..parts(2)
    };
    assert!(Graph::new(apart).is_ok());
}

#[test]
fn the_same_game_gives_the_same_bits() {
    let game = random_game(3, 9, 4, 7);
    let (a, b) = (solved(&game, 6.0, &[1.0; 3]), solved(&game, 6.0, &[1.0; 3]));
    assert_eq!(a.profile, b.profile);
    assert_eq!(a.certificate, b.certificate);
}

#[test]
fn a_watcher_stops_the_search_and_too_few_steps_are_no_equilibrium() {
    let game = random_game(3, 9, 4, 1);
    let mut options =
        SolveOptions { tolerance: 1e-10, max_steps: 10_000, follow: Follow::Twice, start: None };
    let lambda = Lambda::new(6.0).unwrap();
    let mut asked = 0;
    let stopped = solve(&game, lambda, &[1.0; 3], &options, &mut |_| {
        asked += 1;
        asked < 3
    });
    assert_eq!(stopped.unwrap_err(), Unsolved::Cancelled);
    assert_eq!(asked, 3);
    options.max_steps = 5;
    let starved = solve(&game, lambda, &[1.0; 3], &options, &mut |_| true).unwrap_err();
    assert!(matches!(starved, Unsolved::NotConverged { steps: 5..=7, .. }), "{starved:?}");
}
