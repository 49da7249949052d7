//! Games that start in the middle of another.

use quantal::{
    BrokenLaw, EdgeId, Game, NodeId, NodeKind, PlayerId, StartNode, Viewer, log_reach, values,
};
use support::{Ladder, ladder, merged, solved};

mod support;

fn viewers(game: &Game) -> Vec<Viewer> {
    let players = (0..game.graph().n_players()).map(|p| Viewer::Player(PlayerId::new(p)));
    players.chain([Viewer::Analyst]).collect()
}

/// The nodes of one layer as a start, at the reach every viewer gives them.
fn start_at(game: &Game, profile: &quantal::BehaviorProfile, nodes: &[NodeId]) -> Vec<StartNode> {
    let reach: Vec<Vec<f64>> =
        viewers(game).into_iter().map(|v| log_reach(game, profile, v)).collect();
    let at = |&node: &NodeId| StartNode {
        node,
        log_weights: reach.iter().map(|r| r[node.index()]).collect(),
    };
    nodes.iter().map(at).collect()
}

/// Children of children of the root: the second layer of a ladder is complete after its first turn.
fn second_layer(game: &Game) -> Vec<NodeId> {
    let graph = game.graph();
    let mut nodes: Vec<NodeId> = graph
        .edges(NodeId(0))
        .flat_map(|e| graph.edges(graph.to(e)).map(|e| graph.to(e)).collect::<Vec<_>>())
        .collect();
    nodes.sort();
    nodes.dedup();
    nodes
}

#[test]
fn from_the_middle_with_everything_kept_the_equilibrium_goes_on() {
    let shape =
        Ladder { n_players: 2, n_stages: 3, n_rungs: 5, n_marks: 1, war_cost: 100.0, seed: 4 };
    let base = ladder(shape);
    let whole = solved(&base, 5.0, &[1.0; 2]);
    let start = start_at(&base, &whole.profile, &second_layer(&base));
    let derived = base.conditioned(&start, &|_, _| true).unwrap();
    let part = solved(&derived.game, 5.0, &[1.0; 2]);
    assert!(part.profile.len() < whole.profile.len());
    for (new, &old) in derived.actions.iter().enumerate() {
        let off =
            part.profile.probability(quantal::ActionId::new(new)) - whole.profile.probability(old);
        assert!(off.abs() < 1e-9, "action {old:?}");
    }
    // The maps: payoffs, probabilities and kinds are those of the base.
    for (new, old) in derived.nodes.iter().enumerate().skip(1) {
        let (new, old) = (NodeId::new(new), old.unwrap());
        let player = PlayerId(1);
        assert_eq!(derived.game.terminal_payoff(new, player), base.terminal_payoff(old, player));
        for (e, f) in derived.game.graph().edges(new).zip(base.graph().edges(old)) {
            assert_eq!(derived.edges[e.index()], Some(f));
            assert_eq!(derived.game.edge_payoff(e, player), base.edge_payoff(f, player));
            let viewer = Viewer::Player(player);
            assert_eq!(derived.game.probability(e, viewer), base.probability(f, viewer));
        }
    }
}

#[test]
fn a_move_taken_away_and_a_move_forced_leave_consistent_games() {
    let base = merged(2, 4, 11);
    let whole = solved(&base, 1.0, &[1.0; 2]);
    let start = start_at(&base, &whole.profile, &[NodeId(1), NodeId(2)]);
    let stays_only = |node: NodeId, k: usize| node.index() > 2 || k == 0;
    let forced = base.conditioned(&start, &stays_only).unwrap();
    let graph = forced.game.graph();
    // Root, two first nodes with one action each, and what is left behind them.
    assert_eq!(graph.edges(NodeId(1)).len(), 1);
    assert!(graph.n_nodes() < base.graph().n_nodes());
    let e = solved(&forced.game, 1.0, &[1.0; 2]);
    assert!(e.certificate.converged);
    let value = values(&forced.game, &e.profile, PlayerId(0), Viewer::Analyst)[0];
    assert!(value.is_finite());
    let prior = forced.game.probability(EdgeId(0), Viewer::Analyst);
    assert!((prior - 0.35).abs() < 1e-12, "the forced move tells nothing about its mover");
}

#[test]
fn a_removal_that_tells_nodes_apart_is_refused() {
    let base = merged(2, 4, 11);
    let even = |v: f64| vec![v; 3];
    let start = [
        StartNode { node: NodeId(1), log_weights: even(0.0) },
        StartNode { node: NodeId(2), log_weights: even(0.0) },
    ];
    // Player 1 sees the rung, not the type: its first information set has a node per type.
    let graph = base.graph();
    let shared = graph.infosets().find(|&i| graph.infoset_nodes(i).len() > 1).unwrap();
    let first = graph.infoset_nodes(shared)[0];
    let uneven = |node: NodeId, k: usize| node != first || k == 0;
    assert_eq!(base.conditioned(&start, &uneven).unwrap_err(), BrokenLaw::UnevenMenu(shared));
    let nothing = |node: NodeId, _: usize| graph.kind(node) != NodeKind::Decision(shared);
    assert_eq!(base.conditioned(&start, &nothing).unwrap_err(), BrokenLaw::EmptyMenu(shared));
}

#[test]
fn weights_beyond_ordinary_numbers_keep_their_ratio_and_zeros_are_refused() {
    let base = merged(2, 4, 11);
    let none = f64::NEG_INFINITY;
    let start = |a: [f64; 3], b: [f64; 3]| {
        [(NodeId(1), a), (NodeId(2), b)]
            .map(|(node, w)| StartNode { node, log_weights: w.to_vec() })
    };
    let keep = |_: NodeId, _: usize| true;
    let tiny = base.conditioned(&start([-9000.0, 0.0, -1.0], [-9001.0, 0.0, none]), &keep).unwrap();
    let seen = |v| tiny.game.probability(EdgeId(0), v);
    let expected = 1.0 / (1.0 + quantal::math::exp(-1.0));
    assert!((seen(Viewer::Player(PlayerId(0))) - expected).abs() < 1e-12);
    assert_eq!(seen(Viewer::Player(PlayerId(1))), 0.5);
    assert_eq!(seen(Viewer::Analyst), 1.0);
    let dogmatic = start([0.0, none, 0.0], [0.0, 0.0, 0.0]);
    let law = base.conditioned(&dogmatic, &keep).unwrap_err();
    assert_eq!(law, BrokenLaw::DogmaticZero(EdgeId(0), PlayerId(1)));
    let blind = start([0.0, 0.0, none], [0.0, 0.0, none]);
    let law = base.conditioned(&blind, &keep).unwrap_err();
    assert_eq!(law, BrokenLaw::NotADistribution(NodeId(0), Viewer::Analyst));
    let short = [StartNode { node: NodeId(1), log_weights: vec![0.0] }];
    let law = base.conditioned(&short, &keep).unwrap_err();
    assert_eq!(law, BrokenLaw::Lengths { array: "log_weights", found: 1, expected: 3 });
}
