//! Other equilibria at one precision, the rational limit, and numbers of any size.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use quantal::{
    ActionId, BehaviorProfile, Branch, Claim, Follow, Found, Game, Lambda, Numbers, SolveOptions,
    Unsolved, claim, has_common_prior, has_perfect_recall, other_equilibria, rational_limit,
    read_efg, solve,
};
use support::{Ladder, ladder, merged, random_game, solved};

mod support;

const OPTIONS: SolveOptions =
    SolveOptions { tolerance: 1e-10, max_steps: 50_000, follow: Follow::Twice, start: None };

fn game(path: &str) -> Game {
    let text = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    read_efg(&text.unwrap()).unwrap().game
}

fn others(game: &Game, lambda: f64, seed: u64) -> Vec<Found> {
    let units = vec![1.0; game.graph().n_players()];
    let lambda = Lambda::new(lambda).unwrap();
    let found = other_equilibria(game, lambda, &units, 100, seed, &OPTIONS, &mut |_| true);
    for found in &found {
        assert!(found.equilibrium.certificate.residual <= 1e-10);
        assert_eq!(found.equilibrium.certificate.branch, Branch::WarmUnverified);
        assert!(found.share_of_starts > 0.0 && found.share_of_starts <= 1.0);
    }
    found
}

fn probabilities(found: &[Found], action: u32) -> Vec<f64> {
    let of = |f: &Found| f.equilibrium.profile.probability(ActionId(action));
    let mut all: Vec<f64> = found.iter().map(of).collect();
    all.sort_by(f64::total_cmp);
    all
}

fn furthest(a: &BehaviorProfile, b: &BehaviorProfile) -> f64 {
    let actions = (0..a.len()).map(ActionId::new);
    actions.map(|x| (a.probability(x) - b.probability(x)).abs()).fold(0.0, f64::max)
}

#[test]
fn all_three_points_of_a_folded_branch_are_found_by_search() {
    let found = others(&game("catalog/three_by_three_fold.efg"), 2.7, 1);
    // P(U) at λ = 2.7 along the branch (case a12).
    for (p, expected) in
        probabilities(&found, 0).iter().zip([0.008_407_245, 0.064_064_704, 0.184_254_724])
    {
        assert!((p - expected).abs() < 1e-5, "{p}");
    }
    assert_eq!(found.len(), 3);
}

#[test]
fn silence_and_signal_are_both_found() {
    // P(gesture | T) at λ = 2: nothing is signalled, and where pygambit goes (case a14).
    let found = others(&game("tests/branches/burned_money.efg"), 2.0, 1);
    let p = probabilities(&found, 0);
    for expected in [0.017_986_21, 0.746_329_02] {
        assert!(p.iter().any(|p| (p - expected).abs() < 1e-6), "{expected} in {p:?}");
    }
}

#[test]
fn a_search_depends_on_its_seed_and_nothing_else() {
    let game = game("tests/branches/attrition.efg");
    let (a, b) = (others(&game, 5.0, 7), others(&game, 5.0, 7));
    assert!(a.len() >= 3, "the symmetric one and two others, {}", a.len());
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(&b) {
        assert_eq!(a.equilibrium.profile, b.equilibrium.profile);
        assert_eq!(a.share_of_starts, b.share_of_starts);
    }
    assert!(a.is_sorted_by(|a, b| a.share_of_starts >= b.share_of_starts));
}

#[test]
fn a_search_cut_short_keeps_what_it_has() {
    let game = game("catalog/three_by_three_fold.efg");
    let lambda = Lambda::new(2.7).unwrap();
    let few = SolveOptions { max_steps: 60, ..OPTIONS };
    let found = other_equilibria(&game, lambda, &[1.0; 2], 1000, 1, &few, &mut |_| true);
    assert!(found.len() <= 3);
    let none = other_equilibria(&game, lambda, &[1.0; 2], 10, 1, &OPTIONS, &mut |_| false);
    assert!(none.is_empty());
}

#[test]
fn the_rational_limit_of_the_folded_branch_is_the_equilibrium_in_mixed_strategies() {
    let game = game("catalog/three_by_three_fold.efg");
    let most = Lambda::new(1e5).unwrap();
    let limit = rational_limit(&game, &[1.0; 2], 1e-3, most, &OPTIONS, &mut |_| true).unwrap();
    assert!(limit.is_within_bound && limit.equilibrium.certificate.max_regret < 1e-3);
    // Row ⅓ each; column 0, ⅔, ⅓ (case a12, to 0.002).
    let third = 1.0 / 3.0;
    for (a, p) in [third, third, third, 0.0, 2.0 * third, third].into_iter().enumerate() {
        let found = limit.equilibrium.profile.probability(ActionId::new(a));
        assert!((found - p).abs() < 2e-3, "{found} for {p}");
    }
    assert_eq!(limit.claim, Claim::SequentialEquilibrium);
    let certificate = &limit.equilibrium.certificate;
    assert!(matches!(certificate.branch, Branch::FirstCrossingOf(_)), "{certificate:?}");
}

#[test]
fn beliefs_off_the_path_come_with_how_far_off_they_are() {
    let game = game("catalog/unilateral_deterrence.efg");
    let units = vec![1.0; game.graph().n_players()];
    let most = Lambda::new(1e4).unwrap();
    let limit = rational_limit(&game, &units, 0.05, most, &OPTIONS, &mut |_| true).unwrap();
    assert!(limit.is_within_bound);
    assert_eq!(limit.beliefs.len(), game.graph().n_infosets());
    for belief in &limit.beliefs {
        let shares = belief.belief.as_ref().unwrap();
        assert!((shares.iter().map(|s| s.1).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(belief.log_reach <= 1e-12 && belief.log_reach.is_finite());
    }
}

#[test]
fn a_bound_out_of_reach_is_said_to_be() {
    let game = game("catalog/three_by_three_fold.efg");
    let most = Lambda::new(2.0).unwrap();
    let limit = rational_limit(&game, &[1.0; 2], 1e-6, most, &OPTIONS, &mut |_| true).unwrap();
    assert!(!limit.is_within_bound);
    assert_eq!(limit.equilibrium.certificate.lambda, most);
    let stopped = rational_limit(&game, &[1.0; 2], 1e-6, most, &OPTIONS, &mut |_| false);
    assert!(matches!(stopped, Err(Unsolved::Cancelled)));
}

#[test]
fn only_a_common_prior_and_perfect_recall_allow_the_word_sequential() {
    for name in ["selten_horse", "signalling_bh1", "stripped_poker", "chain_store", "centipede"] {
        assert_eq!(claim(&game(&format!("catalog/{name}.efg"))), Claim::SequentialEquilibrium);
    }
    // The unrolled trees of merged histories have imperfect recall; so have the graphs.
    for name in ["merged_two", "merged_three"] {
        let game = game(&format!("catalog/{name}.efg"));
        assert!(has_common_prior(&game) && !has_perfect_recall(game.graph()));
        assert_eq!(claim(&game), Claim::AgentEquilibrium);
    }
    assert!(!has_perfect_recall(merged(2, 4, 11).graph()));
    let own = random_game(3, 9, 4, 1);
    assert!(!has_common_prior(&own));
    assert_eq!(claim(&own), Claim::AgentEquilibrium);
}

fn with(game: &Game, change: impl FnOnce(&mut Numbers)) -> Game {
    let mut numbers = game.numbers().clone();
    change(&mut numbers);
    Game::new(game.shared_graph().clone(), numbers).unwrap()
}

#[test]
fn payoffs_of_any_size_give_the_same_answer_in_their_units() {
    let shape =
        Ladder { n_players: 3, n_stages: 3, n_rungs: 5, n_marks: 1, war_cost: 100.0, seed: 3 };
    let fold = game("catalog/three_by_three_fold.efg");
    for (game, lambda) in [(fold, 5.0), (merged(2, 4, 11), 5.0), (ladder(shape), 5.0)] {
        let n = game.graph().n_players();
        let plain = solved(&game, lambda, &vec![1.0; n]);
        for factor in [1e-9, 1e-6, 1e-3, 1e3, 1e6, 1e9] {
            let scaled = with(&game, |n| {
                n.edge_payoffs.iter_mut().chain(&mut n.terminal_payoffs).for_each(|x| *x *= factor);
            });
            let found = solved(&scaled, lambda, &vec![factor; n]);
            assert!(furthest(&plain.profile, &found.profile) < 1e-8, "{factor}");
            assert_eq!(plain.certificate.branch, found.certificate.branch, "{factor}");
            let off = plain.certificate.max_regret - found.certificate.max_regret;
            assert!(off.abs() < 1e-8, "{factor}");
        }
    }
}

#[test]
fn what_is_lost_a_thousand_times_over_keeps_its_logarithm() {
    // The two-way choice of a player who loses Δ: ln p = −λΔ, far below the smallest float.
    let game = game("catalog/centipede.efg");
    for size in [1e3, 1e5] {
        let large = with(&game, |n| n.terminal_payoffs.iter_mut().for_each(|x| *x *= size));
        let lambda = Lambda::new(5.0).unwrap();
        let found = solve(&large, lambda, &[1.0; 2], &OPTIONS, &mut |_| true).unwrap();
        assert!(found.certificate.residual <= 1e-10);
        // The last mover takes; passing on loses the difference between the last two ends.
        let graph = large.graph();
        let last = graph.infosets().next_back().unwrap();
        let node = graph.infoset_nodes(last)[0];
        let owner = graph.infoset(last).player;
        let pay: Vec<f64> =
            graph.edges(node).map(|e| large.terminal_payoff(graph.to(e), owner)).collect();
        let worse = if pay[0] < pay[1] { 0 } else { 1 };
        let action = graph.actions(last).nth(worse).unwrap();
        let expected = -5.0 * (pay[1 - worse] - pay[worse]);
        assert!(expected < -700.0, "{expected}");
        let log = found.profile.log_probability(action);
        assert!((log - expected).abs() <= 1e-12 * expected.abs(), "{log} for {expected}");
    }
}
