//! Several Λ on one walk along the branch.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use quantal::{
    ActionId, Branch, Equilibrium, Follow, Game, Lambda, SolveOptions, Unsolved, read_efg, solve,
    solve_along,
};
use support::{Ladder, ladder, merged, random_game, solved};

mod support;

fn along(
    game: &Game,
    lambdas: &[f64],
    max_steps: usize,
) -> (Vec<Result<Equilibrium, Unsolved>>, usize) {
    let lambdas: Vec<Lambda> = lambdas.iter().map(|&l| Lambda::new(l).unwrap()).collect();
    let units = vec![1.0; game.graph().n_players()];
    let options = SolveOptions { tolerance: 1e-10, max_steps, follow: Follow::Twice, start: None };
    let mut sweeps = 0;
    let found = solve_along(game, &lambdas, &units, &options, &mut |p| {
        sweeps = p.steps;
        true
    });
    (found, sweeps)
}

fn games() -> Vec<(String, Game)> {
    let mut games = vec![
        ("merged".to_owned(), merged(2, 4, 11)),
        (
            "ladder".to_owned(),
            ladder(Ladder {
                n_players: 3,
                n_stages: 3,
                n_rungs: 5,
                n_marks: 1,
                war_cost: 100.0,
                seed: 3,
            }),
        ),
    ];
    games.extend((0..6).map(|seed| (format!("random {seed}"), random_game(3, 9, 4, seed))));
    let catalog = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog");
    for name in ["centipede", "three_by_three_fold", "stripped_poker", "signalling_bh4"] {
        let text = std::fs::read_to_string(catalog.join(format!("{name}.efg"))).unwrap();
        games.push((name.to_owned(), read_efg(&text).unwrap().game));
    }
    games
}

#[test]
fn one_walk_gives_what_one_solve_for_each_gives() {
    let lambdas = [0.0, 1.0, 2.0, 5.0, 10.0, 10.0, 20.0];
    for (name, game) in games() {
        let units = vec![1.0; game.graph().n_players()];
        let (found, _) = along(&game, &lambdas, 20_000);
        for (found, lambda) in found.iter().zip(lambdas) {
            let found = found.as_ref().unwrap();
            let alone = solved(&game, lambda, &units);
            assert!(found.certificate.residual <= 1e-10, "{name} at {lambda}");
            assert_eq!(found.certificate.lambda.get(), lambda);
            assert_eq!(found.certificate.branch, alone.certificate.branch, "{name} at {lambda}");
            for a in (0..alone.profile.len()).map(ActionId::new) {
                let off = (found.profile.probability(a) - alone.profile.probability(a)).abs();
                assert!(off < 1e-8, "{name} at {lambda}: {off:e}");
            }
        }
    }
}

#[test]
fn a_stop_inside_a_fold_is_the_first_crossing() {
    let (_, game) = games().into_iter().find(|g| g.0 == "three_by_three_fold").unwrap();
    let (found, _) = along(&game, &[2.65, 2.7, 2.79, 2.793, 5.0], 20_000);
    // P(U), first crossing at λ = 2.65 and 2.7 (found by a tracer of its own, 9 digits).
    for (found, expected) in found.iter().zip([0.006_807_95, 0.008_407_245]) {
        let p = found.as_ref().unwrap().profile.probability(ActionId(0));
        assert!((p - expected).abs() < 1e-7, "{p}");
    }
    // The folds lie at 2.79254 and 2.60975.
    let branches: Vec<Branch> =
        found.iter().map(|f| f.as_ref().unwrap().certificate.branch).collect();
    assert_eq!(branches, [3, 3, 3, 1, 1].map(Branch::FirstCrossingOf));
}

#[test]
fn a_walk_costs_as_much_as_the_way_to_its_last_stop() {
    let shape =
        Ladder { n_players: 3, n_stages: 4, n_rungs: 6, n_marks: 1, war_cost: 100.0, seed: 1 };
    let game = ladder(shape);
    let (_, one) = along(&game, &[10.0], 20_000);
    let (_, five) = along(&game, &[1.0, 2.0, 4.0, 7.0, 10.0], 20_000);
    let alone: usize =
        [1.0, 2.0, 4.0, 7.0, 10.0].map(|l| along(&game, &[l], 20_000).1).iter().sum();
    assert!(five < 2 * one && five < alone, "{five} sweeps, {one} to the last, {alone} one by one");
}

#[test]
fn what_fails_late_does_not_spoil_what_came_before() {
    let game = random_game(3, 9, 4, 1);
    let (_, enough) = along(&game, &[1.0, 2.0], 20_000);
    let (found, _) = along(&game, &[1.0, 2.0, 500.0], 2 * enough);
    for found in &found[..2] {
        assert_eq!(found.as_ref().unwrap().certificate.branch, Branch::Traced);
    }
    let Err(Unsolved::NotConverged { reached, .. }) = &found[2] else {
        panic!("{:?}", found[2]);
    };
    assert!((2.0..500.0).contains(reached));
}

#[test]
fn the_watcher_stops_all_that_is_left() {
    let game = random_game(3, 9, 4, 1);
    let options =
        SolveOptions { tolerance: 1e-10, max_steps: 9999, follow: Follow::Twice, start: None };
    let lambdas = [1.0, 2.0, 4.0].map(|l| Lambda::new(l).unwrap());
    let units = [1.0; 3];
    let mut watch = |p: quantal::Progress| p.lambda < 1.5;
    let found = solve_along(&game, &lambdas, &units, &options, &mut watch);
    assert!(found[0].is_ok());
    assert!(found[1..].iter().all(|f| matches!(f, Err(Unsolved::Cancelled))));
    let alone = solve(&game, lambdas[1], &units, &options, &mut watch);
    assert!(matches!(alone, Err(Unsolved::Cancelled)));
}

#[test]
fn one_walk_ends_where_two_agree_and_takes_nothing_else() {
    let mut n_compared = 0;
    for (name, game) in games() {
        let units = vec![1.0; game.graph().n_players()];
        let once = |max_steps| {
            let options =
                SolveOptions { tolerance: 1e-10, max_steps, follow: Follow::Once, start: None };
            solve(&game, Lambda::new(5.0).unwrap(), &units, &options, &mut |_| true)
        };
        let twice = solved(&game, 5.0, &units);
        if twice.certificate.branch == Branch::Traced {
            let once = once(20_000).unwrap();
            assert_eq!(once.certificate.branch, Branch::WarmUnverified, "{name}");
            assert!(once.certificate.steps <= twice.certificate.steps, "{name}");
            for action in (0..game.graph().n_actions()).map(ActionId::new) {
                let off = once.profile.probability(action) - twice.profile.probability(action);
                assert!(off.abs() < 1e-6, "{name}: {off:e}");
            }
            n_compared += 1;
        }
        let hasty = once(1);
        assert!(matches!(hasty, Err(Unsolved::NotConverged { .. })), "{name}: {hasty:?}");
    }
    assert!(n_compared > 6, "{n_compared}");
}
