//! Branches that fold and bifurcate, against numbers found by other programs.
//!
//! The games and numbers are of the project's own collection of cases: the folding 3×3 game a12 (found by
//! random search; its points by a tracer of its own and pygambit), the burned-money signal a14,
//! mutual threats b04 (after Zagare and Kilgour 2000, chapter 4, at p = 3/10), attrition b16 (after Maynard Smith
//! 1974). Each was computed with pygambit 16.7.0 where it stays on the symmetric branch, else by dense
//! continuation.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use quantal::{
    ActionId, Branch, Equilibrium, Follow, Game, Lambda, SolveOptions, Trace, Unsolved, crossings,
    read_efg, solve_along, trace,
};
use support::{Ladder, ladder};

mod support;

fn game(path: &str) -> Game {
    let text = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    read_efg(&text.unwrap()).unwrap().game
}

const OPTIONS: SolveOptions =
    SolveOptions { tolerance: 1e-10, max_steps: 20_000, follow: Follow::Twice, start: None };

fn traced(game: &Game, max: f64) -> Trace {
    let units = vec![1.0; game.graph().n_players()];
    trace(game, Lambda::new(max).unwrap(), &units, &OPTIONS, &mut |_| true).unwrap()
}

fn along(game: &Game, lambdas: &[f64]) -> Vec<Equilibrium> {
    let lambdas: Vec<Lambda> = lambdas.iter().map(|&l| Lambda::new(l).unwrap()).collect();
    let units = vec![1.0; game.graph().n_players()];
    let found = solve_along(game, &lambdas, &units, &OPTIONS, &mut |_| true);
    found.into_iter().map(Result::unwrap).collect()
}

#[test]
fn folds_are_where_another_tracer_found_them() {
    let found = traced(&game("catalog/three_by_three_fold.efg"), 6.0);
    assert!(found.stopped.is_none() && found.bifurcations.is_empty());
    let folds: Vec<f64> = found.folds().map(|p| p.lambda).collect();
    assert_eq!(folds.len(), 2, "{folds:?}");
    // λ = 2.79254 and 2.60975, the points of that tracer next to the folds.
    assert!((folds[0] - 2.79254).abs() < 2e-5 && (folds[1] - 2.60975).abs() < 2e-5, "{folds:?}");
    assert_eq!([2.5, 2.65, 2.7, 2.75, 3.0].map(|l| found.n_crossings(l)), [1, 3, 3, 3, 1]);
    assert_eq!(found.points[0].lambda, 0.0);
    assert!((found.points.last().unwrap().lambda - 6.0).abs() < 1e-12);
}

#[test]
fn all_points_at_one_precision_are_found_in_order_along_the_branch() {
    // P(U), P(M) of the row player, then P(L), P(C) of the column player, to nine digits.
    let expected = [
        (
            2.65,
            [
                [0.006_807_95, 0.400_511_13, 0.024_648_718, 0.377_534_382],
                [0.086_818_906, 0.402_365_699, 0.015_009_238, 0.550_205_483],
                [0.167_077_52, 0.388_628_796, 0.008_418_941, 0.602_349_165],
            ],
        ),
        (
            2.7,
            [
                [0.008_407_245, 0.402_831_957, 0.023_425_956, 0.396_578_624],
                [0.064_064_704, 0.405_550_608, 0.016_565_241, 0.530_669_056],
                [0.184_254_724, 0.385_218_267, 0.006_864_195, 0.611_990_275],
            ],
        ),
        (
            2.75,
            [
                [0.011_415_447, 0.405_321_751, 0.022_057_98, 0.420_909_736],
                [0.045_168_698, 0.407_654_541, 0.017_839_503, 0.509_546_374],
                [0.196_128_963, 0.382_729_964, 0.005_796_254, 0.618_419_706],
            ],
        ),
    ];
    let game = game("catalog/three_by_three_fold.efg");
    for (lambda, profiles) in expected {
        let lambda = Lambda::new(lambda).unwrap();
        let found = crossings(&game, lambda, &[1.0; 2], &OPTIONS, &mut |_| true).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].certificate.branch, Branch::FirstCrossingOf(3));
        for (found, expected) in found.iter().zip(profiles) {
            assert!(found.certificate.residual <= 1e-10);
            for (action, p) in [0, 1, 3, 4].into_iter().zip(expected) {
                let off = (found.profile.probability(ActionId(action)) - p).abs();
                assert!(off < 1e-5, "{off:e}: the case gives these to 1e-5");
            }
        }
    }
}

#[test]
fn every_precision_near_the_folds_says_how_often_it_is_crossed() {
    let game = game("catalog/three_by_three_fold.efg");
    // 2.50 … 2.89. Each alone, so that steps fall differently each time.
    for k in 0..40 {
        let lambda = 2.5 + 0.01 * f64::from(k);
        let branch = along(&game, &[lambda])[0].certificate.branch;
        let expected = match k {
            0..=10 => Branch::Traced,
            11..=29 => Branch::FirstCrossingOf(3),
            _ => Branch::FirstCrossingOf(1),
        };
        assert_eq!(branch, expected, "λ = {lambda}");
    }
}

/// Where the only bifurcation on the way to `max` lies.
fn bifurcation(game: &Game, max: f64) -> (f64, f64) {
    let found = traced(game, max);
    assert!(found.stopped.is_none(), "{:?}", found.stopped);
    assert_eq!(found.bifurcations.len(), 1, "{:?}", found.bifurcations);
    found.bifurcations[0]
}

#[test]
fn a_signal_that_costs_all_types_alike_leaves_the_selection_open() {
    let game = game("tests/branches/burned_money.efg");
    // The determinant changes its sign between 1.6582 and 1.6729.
    let (low, high) = bifurcation(&game, 2.4);
    assert!(low < 1.6729 && high > 1.6582 && high - low < 0.01, "{low} {high}");
    let found = along(&game, &[0.5, 1.0, 1.5, 2.0, 3.0]);
    let open = Branch::SelectionUndetermined;
    let branches: Vec<Branch> = found.iter().map(|e| e.certificate.branch).collect();
    assert_eq!(branches, [Branch::Traced, Branch::Traced, Branch::Traced, open, open]);
    // P(gesture | T), P(C | T, gesture), P(C | B sees the gesture) where nothing is signalled.
    let expected = [
        [0.268_941_421, 0.623_151_205, 0.573_111_52],
        [0.119_202_922, 0.759_475_495, 0.614_230_309],
        [0.047_425_873, 0.854_041_499, 0.622_220_465],
        [0.017_986_21, 0.889_740_1, 0.584_012_728],
        [0.002_472_623, 0.114_110_019, 0.090_530_504],
    ];
    let sees = game.graph().infosets().find(|&i| game.graph().infoset(i).label == "B_g").unwrap();
    let cooperates = game.graph().actions(sees).next().unwrap();
    for (found, expected) in found.iter().zip(expected) {
        for (action, p) in [ActionId(0), ActionId(2), cooperates].into_iter().zip(expected) {
            let off = (found.profile.probability(action) - p).abs();
            assert!(off < 1e-6, "{off:e} at {:?}", found.certificate.lambda);
        }
    }
}

#[test]
fn the_fold_of_the_branch_without_signals_is_found_after_the_bifurcation() {
    let found = traced(&game("tests/branches/burned_money.efg"), 4.0);
    assert!(found.stopped.is_none(), "{:?}", found.stopped);
    let folds: Vec<f64> = found.folds().map(|p| p.lambda).collect();
    // Sign changes of the determinant at 2.5347 (up) and 2.5271 (down) are the two folds.
    assert_eq!(folds.len(), 2, "{folds:?}");
    assert!((folds[0] - 2.5347).abs() < 1e-4 && (folds[1] - 2.5271).abs() < 1e-4, "{folds:?}");
    // And a second bifurcation between 2.53596 and 2.53762.
    let (low, high) = found.bifurcations[1];
    assert!(found.bifurcations.len() == 2 && low < 2.53762 && high > 2.53596, "{low} {high}");
}

#[test]
fn symmetric_players_may_part() {
    // Mutual threats: between 2 and 4; attrition: beyond 2, up to where both are published as symmetric.
    let threats = game("tests/branches/mutual_threat.efg");
    let (low, high) = bifurcation(&threats, 5.0);
    assert!(low > 2.0 && high < 4.0 && high - low < 0.05, "{low} {high}");
    let attrition = game("tests/branches/attrition.efg");
    let found = traced(&attrition, 5.0);
    assert!(found.bifurcations.first().is_some_and(|b| b.0 > 2.0), "{:?}", found.bifurcations);
    for game in [&threats, &attrition] {
        let found = along(game, &[1.0, 2.0, 5.0]);
        assert_eq!(found[0].certificate.branch, Branch::Traced);
        assert_eq!(found[1].certificate.branch, Branch::Traced);
        assert_eq!(found[2].certificate.branch, Branch::SelectionUndetermined);
        assert!(found[2].certificate.residual <= 1e-10);
    }
    // P(quit) in rounds 1 to 4 at λ = 1 and 2.
    let quits = [
        [0.403_643_421, 0.405_436_444, 0.410_966_777, 0.428_940_419],
        [0.347_428_327, 0.350_347_182, 0.358_890_431, 0.385_874_629],
    ];
    for (found, quits) in along(&attrition, &[1.0, 2.0]).iter().zip(quits) {
        for (round, p) in (0..4).zip(quits) {
            let off = (found.profile.probability(ActionId(4 * round)) - p).abs();
            assert!(off < 1e-6, "{off:e} in round {round}");
        }
    }
}

#[test]
fn a_near_singular_point_is_said() {
    let game = game("catalog/three_by_three_fold.efg");
    let found = along(&game, &[1.0, 2.792]);
    let distance = |k: usize| found[k].certificate.distance_to_singular.unwrap();
    assert!(distance(0) > 0.5 && distance(1) < 0.05, "{} {}", distance(0), distance(1));
}

#[test]
fn a_branch_with_many_folds_is_followed_and_two_step_sizes_agree() {
    let shape =
        Ladder { n_players: 4, n_stages: 5, n_rungs: 8, n_marks: 1, war_cost: 100.0, seed: 0 };
    let game = ladder(shape);
    let found = along(&game, &[5.0, 20.0]);
    assert_eq!(found[0].certificate.branch, Branch::Traced);
    assert!(matches!(found[1].certificate.branch, Branch::FirstCrossingOf(_)));
    assert!(found[1].certificate.residual <= 1e-10);
}

#[test]
fn a_trace_that_cannot_go_on_is_shown_as_far_as_it_goes() {
    let game = game("catalog/three_by_three_fold.efg");
    let few = SolveOptions { max_steps: 120, ..OPTIONS };
    let found = trace(&game, Lambda::new(6.0).unwrap(), &[1.0; 2], &few, &mut |_| true).unwrap();
    assert!(matches!(found.stopped, Some(Unsolved::NotConverged { .. })));
    assert!(found.points.len() > 3);
    let stopped = trace(&game, Lambda::new(6.0).unwrap(), &[1.0; 2], &few, &mut |_| false);
    assert_eq!(stopped.unwrap_err(), Unsolved::Cancelled);
}
