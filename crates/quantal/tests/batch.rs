//! Laws of batches: a draw's answer is its own, and it is an answer.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::sync::Arc;

use quantal::families::{Circle, CircleShape, Contest, payoff_range};
use quantal::{
    BatchOptions, BatchSolution, BehaviorProfile, Branch, BrokenLaw, Filled, Follow, Game, Lambda,
    Numbers, SolveOptions, Untaken, certify, math, solve, solve_batch,
};

fn options(start: Option<BehaviorProfile>) -> BatchOptions {
    BatchOptions {
        tolerance: 1e-9,
        max_sweeps: 40,
        newton_steps: 0,
        follow: Follow::Twice,
        max_steps: 20_000,
        start,
        audit_share: 0.0,
        seed: 1,
        first_draw: 0,
    }
}

fn traced(game: &Game, lambda: f64, units: &[f64]) -> BehaviorProfile {
    let options =
        SolveOptions { tolerance: 1e-10, max_steps: 20_000, follow: Follow::Twice, start: None };
    solve(game, Lambda::new(lambda).unwrap(), units, &options, &mut |_| true).unwrap().profile
}

/// The bits of everything a batch returns about its draws.
fn bits(solution: &BatchSolution) -> Vec<Vec<u64>> {
    let of = |x: &f64| x.to_bits();
    let draws = solution.draws.iter().map(|d| {
        let e = d.as_ref().unwrap();
        let c = &e.certificate;
        let measured = [c.residual, c.max_regret, c.mean_regret, c.steps as f64];
        e.profile.logs().iter().chain(&measured).map(of).collect()
    });
    draws.collect()
}

fn contest() -> (Contest, Game, Vec<f64>) {
    let contest = Contest::new(4, true, 3);
    let base = contest.base();
    let units = vec![payoff_range(&base); 2];
    (contest, base, units)
}

#[test]
fn a_draw_does_not_know_its_neighbours() {
    let (contest, base, units) = contest();
    let lambda = Lambda::new(10.0).unwrap();
    let options = options(Some(traced(&base, 10.0, &units)));
    let numbers: Vec<Numbers> = (0..37).map(|d| contest.numbers(d, 0.2)).collect();
    let whole = bits(&solve_batch(&base, &numbers[..], lambda, &units, &options));

    let reversed: Vec<Numbers> = numbers.iter().rev().cloned().collect();
    let mut back = bits(&solve_batch(&base, &reversed[..], lambda, &units, &options));
    back.reverse();
    assert_eq!(whole, back, "order");

    let parts = [&numbers[..5], &numbers[5..]];
    let parts = parts.map(|part| bits(&solve_batch(&base, part, lambda, &units, &options)));
    assert_eq!(whole, parts.concat(), "parts");
}

/// Bits of every third draw that pays nothing, left empty or written out, among others that pay everywhere.
fn without_payoffs(base: &Game, numbers: &[Numbers], is_short: bool) -> Vec<Vec<u64>> {
    let graph = base.graph();
    let n_paid = graph.n_edges() * graph.n_players();
    let of = |(k, own): (usize, &Numbers)| {
        let (edge_payoffs, weights) = match (k % 3 == 1, is_short) {
            (true, true) => (Vec::new(), Vec::new()),
            (true, false) => (vec![0.0; n_paid], vec![1.0; graph.n_actions()]),
            (false, _) => (vec![0.01; n_paid], vec![1.0; graph.n_actions()]),
        };
        Numbers { edge_payoffs, weights, ..own.clone() }
    };
    let draws: Vec<Numbers> = numbers.iter().enumerate().map(of).collect();
    let units = vec![1.0; graph.n_players()];
    bits(&solve_batch(base, &draws[..], Lambda::new(2.0).unwrap(), &units, &options(None)))
}

#[test]
fn what_is_left_empty_is_as_if_it_were_written_out() {
    let shape = CircleShape { n_stages: 2, n_levels: 4, n_marks: 1, breakdown: 50.0, seed: 1 };
    let circle = Circle::new(shape);
    let numbers: Vec<Numbers> = (0..16).map(|d| circle.numbers(d, 0.1)).collect();
    let (base, full) = (circle.base(), without_payoffs(&circle.base(), &numbers, false));
    assert_eq!(full, without_payoffs(&base, &numbers, true), "as the graph stands");
    let (contest, base, _) = contest();
    let numbers: Vec<Numbers> = (0..16).map(|d| contest.numbers(d, 0.1)).collect();
    let full = without_payoffs(&base, &numbers, false);
    assert_eq!(full, without_payoffs(&base, &numbers, true), "public beliefs");
}

#[test]
fn neighbours_change_how_numbers_are_stored_and_nothing_else() {
    let shape = CircleShape { n_stages: 2, n_levels: 4, n_marks: 1, breakdown: 50.0, seed: 1 };
    let circle = Circle::new(shape);
    let base = circle.base();
    let numbers: Vec<Numbers> = (0..16).map(|d| circle.numbers(d, 0.1)).collect();
    let solved = |draws: &[Numbers]| {
        bits(&solve_batch(&base, draws, Lambda::new(2.0).unwrap(), &[1.0; 4], &options(None)))
    };
    let whole = solved(&numbers);
    // They pay on an edge where nobody else does, and see chance as nobody else does. Where the first of them is
    // the thirteenth draw, others are in the midst of their search when it comes.
    for first in [1, 13] {
        let mut odd = numbers.clone();
        for k in (first..odd.len()).step_by(3) {
            odd[k].edge_payoffs[0] = 0.5;
            odd[k].edge_payoffs[200] += 0.01;
            odd[k].chance[..16].copy_from_slice(&[0.0625; 16]);
        }
        let beside = solved(&odd);
        for k in (0..odd.len()).filter(|&k| k < first || k % 3 != first % 3) {
            assert_eq!(whole[k], beside[k], "draw {k}");
        }
        assert_ne!(whole[first], beside[first]);
    }
}

#[cfg(feature = "parallel")]
#[test]
fn threads_do_not_change_a_bit() {
    let (contest, base, units) = contest();
    let lambda = Lambda::new(10.0).unwrap();
    let draws = Filled { n_draws: 300, fill: |d| contest.numbers(d as u64, 0.2) };
    let with = |n_threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| bits(&solve_batch(&base, &draws, lambda, &units, &options(None))))
    };
    assert_eq!(with(1), with(2));
}

#[test]
fn what_lanes_say_of_a_profile_is_what_the_certificate_says() {
    let shape = CircleShape { n_stages: 2, n_levels: 4, n_marks: 1, breakdown: 50.0, seed: 1 };
    let circle = Circle::new(shape);
    let (base, lambda) = (circle.base(), Lambda::new(2.0).unwrap());
    let draws: Vec<Numbers> = (0..5).map(|d| circle.numbers(d, 0.1)).collect();
    let solution = solve_batch(&base, &draws[..], lambda, &[1.0; 4], &options(None));
    assert_eq!(solution.retried, [0usize; 0]);
    for (numbers, solved) in draws.into_iter().zip(&solution.draws) {
        let solved = solved.as_ref().unwrap();
        let game = Game::new(Arc::clone(base.shared_graph()), numbers).unwrap();
        let own = &solved.certificate;
        let (steps, branch) = (own.steps, own.branch);
        let direct = certify(&game, lambda, &[1.0; 4], &solved.profile, 1e-9, steps, branch);
        assert!(direct.converged && own.converged);
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * (1.0 + b.abs());
        // In lanes the residual is bounded by that of log-odds, at most twice as much.
        assert!(direct.residual <= own.residual + 1e-12);
        assert!(near(own.max_regret, direct.max_regret), "{own:?} {direct:?}");
        assert!(near(own.mean_regret, direct.mean_regret));
        for (a, b) in own.players.iter().zip(&direct.players) {
            assert!(near(a.max_regret, b.max_regret));
        }
        let traced = traced(&game, 2.0, &[1.0; 4]);
        for (a, b) in solved.profile.logs().iter().zip(traced.logs()) {
            assert!((a - b).abs() < 1e-7);
        }
    }
}

#[test]
fn a_draw_that_lanes_cannot_settle_is_followed_or_reported() {
    let (contest, base, units) = contest();
    let lambda = Lambda::new(10.0).unwrap();
    let mut draws: Vec<Numbers> = (0..4).map(|d| contest.numbers(d, 0.2)).collect();
    draws[1].terminal_payoffs[3] = f64::NAN;
    // Impossible where the base game is not: lanes do not take it.
    let n = draws[2].chance.len() / 3;
    for row in draws[2].chance.chunks_exact_mut(n) {
        row[..4].copy_from_slice(&[0.5, 0.0, 0.5, 0.0]);
    }
    draws[3].chance[0] += 0.1;
    let solution = solve_batch(&base, &draws[..], lambda, &units, &options(None));
    assert_eq!(solution.retried, [1, 2, 3]);
    assert_eq!(solution.draws[0].as_ref().unwrap().certificate.branch, Branch::WarmUnverified);
    let broken = |d: usize| match &solution.draws[d] {
        Err(Untaken::Broken(law)) => law.clone(),
        other => panic!("{other:?}"),
    };
    assert!(matches!(broken(1), BrokenLaw::NotFinite { array: "terminal_payoffs", at: 3 }));
    assert!(matches!(broken(3), BrokenLaw::NotADistribution(..)));
    let followed = &solution.draws[2].as_ref().unwrap().certificate;
    assert_eq!((followed.branch, followed.excluded.is_empty()), (Branch::Traced, false));

    let hasty = BatchOptions { max_sweeps: 1, newton_steps: 0, max_steps: 3, ..options(None) };
    let solution = solve_batch(&base, &draws[..1], lambda, &units, &hasty);
    assert!(matches!(solution.draws[0], Err(Untaken::Unsolved(_))));
}

#[test]
fn an_audit_finds_a_draw_that_is_not_on_the_branch() {
    // Two players gain by doing the same; the branch goes to the better way of doing so.
    let text = "EFG 2 R \"\" { \"A\" \"B\" } p \"\" 1 1 \"\" { \"l\" \"r\" } 0
        p \"\" 2 1 \"\" { \"l\" \"r\" } 0 t \"\" 1 \"\" { 2, 2 } t \"\" 2 \"\" { 0, 0 }
        p \"\" 2 1 \"\" { \"l\" \"r\" } 0 t \"\" 3 \"\" { 0, 0 } t \"\" 4 \"\" { 1, 1 }";
    let base = quantal::read_efg(text).unwrap().game;
    let draws = vec![base.numbers().clone(); 20];
    let worse = BehaviorProfile::from_logs(vec![-9.0, 0.0, -9.0, 0.0]);
    for follow in [Follow::Once, Follow::Twice] {
        let audited = |start| {
            let options = BatchOptions { audit_share: 0.5, follow, ..options(start) };
            solve_batch(&base, &draws[..], Lambda::new(8.0).unwrap(), &[1.0; 2], &options).audit
        };
        let (right, wrong) = (audited(None), audited(Some(worse.clone())));
        assert!((4..17).contains(&right.n_audited), "{right:?}");
        assert_eq!(right.mismatch_rate(), Some(0.0));
        assert_eq!((wrong.n_audited, wrong.mismatch_rate()), (right.n_audited, Some(1.0)));
    }
}

#[test]
fn a_draw_followed_once_is_on_the_branch_and_one_that_failed_is_not_audited() {
    let (contest, base, units) = contest();
    let lambda = Lambda::new(10.0).unwrap();
    let draws: Vec<Numbers> = (0..3).map(|d| contest.numbers(d, 0.2)).collect();
    let hurried = |max_steps| {
        let once = BatchOptions { max_sweeps: 1, audit_share: 1.0, ..options(None) };
        let once = BatchOptions { follow: Follow::Once, max_steps, ..once };
        solve_batch(&base, &draws[..], lambda, &units, &once)
    };
    let walked = hurried(20_000);
    assert_eq!((walked.retried.len(), walked.audit.n_audited), (3, 3));
    assert_eq!(walked.audit.mismatch_rate(), Some(0.0));
    for (draw, found) in (0..).zip(&walked.draws) {
        let found = found.as_ref().unwrap();
        assert_eq!(found.certificate.branch, Branch::WarmUnverified);
        let branch = traced(&contest.game(draw, 0.2), 10.0, &units);
        let off = found.profile.logs().iter().zip(branch.logs());
        let off = off.map(|(a, b)| (math::exp(*a) - math::exp(*b)).abs()).fold(0.0, f64::max);
        assert!(off < 1e-6, "{off:e}");
    }
    let failed = hurried(3);
    assert!(failed.draws.iter().all(|d| matches!(d, Err(Untaken::Unsolved(_)))));
    assert_eq!(failed.audit.n_audited, 0);
}
