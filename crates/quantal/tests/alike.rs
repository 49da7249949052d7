//! Laws of draws that show numbers alike once: nobody can tell.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use quantal::families::{Circle, CircleShape};
use quantal::{
    Alike, Batch, BatchOptions, BatchSolution, Branch, BrokenLaw, Draws, Follow, Game, Graph,
    Lambda, Numbers, Untaken,
};

/// Draws whose numbers are alike where they are the same in all of them.
struct AlikeDraws {
    graph: std::sync::Arc<Graph>,
    alike: Alike,
    draws: Vec<Numbers>,
}

impl Draws for AlikeDraws {
    fn n_draws(&self) -> usize {
        self.draws.len()
    }
    fn show(&self, draw: usize, read: &mut dyn FnMut(&Numbers)) {
        read(&self.draws[draw]);
    }
    fn show_alike(&self, draw: usize, read: &mut dyn FnMut(&Numbers)) {
        read(&self.alike.first(&self.graph, &self.draws[draw]));
    }
}

/// The class of each of `n` places, places being alike where `of` is.
fn classes(n: usize, of: impl Fn(usize) -> Vec<u64>) -> Vec<u32> {
    let mut known = BTreeMap::new();
    let class = |k| {
        let next = known.len() as u32;
        *known.entry(of(k)).or_insert(next)
    };
    (0..n).map(class).collect()
}

fn draws() -> (Game, AlikeDraws) {
    let shape = CircleShape { n_stages: 2, n_levels: 4, n_marks: 1, breakdown: 50.0, seed: 1 };
    let circle = Circle::new(shape);
    let base = circle.base();
    let graph = base.shared_graph().clone();
    let mut draws: Vec<Numbers> = (0..19).map(|d| circle.numbers(d, 0.1)).collect();
    // The same is paid on two more edges, in each draw something else.
    for (k, draw) in draws.iter_mut().enumerate() {
        draw.edge_payoffs[..4].fill(0.1 * k as f64);
        draw.edge_payoffs[40..44].fill(0.1 * k as f64);
    }
    let (n_players, n) = (graph.n_players(), graph.n_chance_edges());
    let bits = |of: &dyn Fn(&Numbers) -> Vec<f64>| -> Vec<u64> {
        draws.iter().chain([base.numbers()]).flat_map(of).map(f64::to_bits).collect()
    };
    let paid = |k: usize, all: &dyn Fn(&Numbers) -> Vec<f64>| {
        bits(&|d| all(d)[k * n_players..][..n_players].to_vec())
    };
    let on = |e: usize| paid(e, &|d| d.edge_payoffs.clone());
    let paying: Vec<usize> =
        (0..graph.n_edges()).filter(|&e| on(e).iter().any(|&x| x != 0)).collect();
    let mut edges = vec![Alike::NOTHING; graph.n_edges()];
    for (&edge, class) in paying.iter().zip(classes(paying.len(), |k| on(paying[k]))) {
        edges[edge] = class;
    }
    let alike = Alike {
        edges,
        ends: classes(graph.n_terminals(), |end| paid(end, &|d| d.terminal_payoffs.clone())),
        chance: classes(n, |c| bits(&|d| d.chance.iter().skip(c).step_by(n).copied().collect())),
    };
    (base, AlikeDraws { graph, alike, draws })
}

fn solved(base: &Game, draws: &AlikeDraws, is_alike: bool) -> BatchSolution {
    let options = BatchOptions {
        tolerance: 1e-9,
        max_sweeps: 40,
        newton_steps: 0,
        follow: Follow::Twice,
        max_steps: 20_000,
        start: None,
        audit_share: 0.0,
        seed: 1,
        first_draw: 0,
    };
    let batch = Batch::new(base, Lambda::new(2.0).unwrap(), &[1.0; 4], &options);
    let batch = if is_alike { batch.alike(draws.alike.clone()) } else { batch };
    batch.solve(draws, 0)
}

#[test]
fn draws_that_show_numbers_once_get_the_same_bits() {
    let (base, draws) = draws();
    let alike = &draws.alike;
    let n_classes = alike.chance.iter().max().unwrap() + 1;
    assert!((n_classes as usize) < alike.chance.len() / 4, "{n_classes} classes");
    assert_eq!(alike.edges[10], alike.edges[0]);
    assert_ne!(alike.edges[0], Alike::NOTHING);
    assert!(alike.edges.contains(&Alike::NOTHING));
    let [full, short] = [false, true].map(|is_alike| solved(&base, &draws, is_alike));
    assert_eq!(full.retried, [0usize; 0]);
    for (a, b) in full.draws.iter().zip(&short.draws) {
        let (a, b) = (a.as_ref().unwrap(), b.as_ref().unwrap());
        assert_eq!(a.certificate, b.certificate);
        let bits = |e: &quantal::Equilibrium| -> Vec<u64> {
            e.profile.logs().iter().map(|x| x.to_bits()).collect()
        };
        assert_eq!(bits(a), bits(b));
    }
}

#[test]
fn a_draw_that_lanes_cannot_take_is_followed_or_reported() {
    let (base, mut draws) = draws();
    let n = draws.graph.n_chance_edges();
    // One kind of draw becomes likelier, in everybody's eyes: no distribution any more.
    let class = draws.alike.chance[0];
    for row in draws.draws[2].chance.chunks_exact_mut(n) {
        for (p, own) in row.iter_mut().zip(&draws.alike.chance) {
            *p += if *own == class { 0.2 } else { 0.0 };
        }
    }
    draws.draws[5].terminal_payoffs.fill(f64::NAN);
    let solution = solved(&base, &draws, true);
    assert_eq!(solution.retried, [2, 5]);
    let broken = |d: usize| match &solution.draws[d] {
        Err(Untaken::Broken(law)) => law.clone(),
        other => panic!("{other:?}"),
    };
    assert!(matches!(broken(2), BrokenLaw::NotADistribution(..)));
    assert!(matches!(broken(5), BrokenLaw::NotFinite { array: "terminal_payoffs", .. }));
    let other = solution.draws[3].as_ref().unwrap();
    assert_eq!(other.certificate.branch, Branch::WarmUnverified);
}

#[test]
#[should_panic(expected = "alike in the base game")]
fn what_the_base_game_tells_apart_is_not_alike() {
    let (base, mut draws) = draws();
    let mut numbers = base.numbers().clone();
    let n = draws.graph.n_chance_edges();
    let node = draws.alike.chance[0];
    let twin = (1..n).rev().find(|&c| draws.alike.chance[c] != node).unwrap();
    for row in numbers.chance.chunks_exact_mut(n) {
        row[0] += row[1];
        row[1] = 0.0;
    }
    draws.alike.chance[1] = draws.alike.chance[twin];
    let base = Game::new(draws.graph.clone(), numbers).unwrap();
    let _ = solved(&base, &draws, true);
}
