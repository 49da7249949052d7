//! Laws every solution obeys, on games small enough to know the answer.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::sync::Arc;

use quantal::{
    Branch, Game, Graph, GraphParts, InformationSet, InfosetId, NodeId, NodeKind, Numbers, PlayerId,
};
use support::{Ladder, ladder, random_game, solved};

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
    p.probability(quantal::ActionId(0)) * p.probability(quantal::ActionId(3))
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
