//! Lanes: wide and narrow, one form and the other, give the same.

use std::ops::Range;

use super::block::{Block, Sides};
use super::layout::Layout;
use super::public::PublicBlock;
use super::side_by_side::Room as _;
use super::{BatchOptions, Found, Shown, SideBySide, Task};
use crate::families::{Contest, payoff_range, uniform};
use crate::game::Numbers;
use crate::lanes::{Eight, Pack};
use crate::profile::Lambda;
use crate::solve::{Equilibrium, Follow};

const OPTIONS: BatchOptions = BatchOptions {
    tolerance: 1e-9,
    max_sweeps: 40,
    newton_steps: 0,
    follow: Follow::Twice,
    max_steps: 1000,
    start: None,
    audit_share: 0.0,
    seed: 0,
    first_draw: 0,
};

/// Draws of a contest in lanes of the form `B`, and the task they belong to.
fn with<B: Sides<Eight>>(check: impl Fn(SideBySide<Eight, B>, &Task<'_>, &Shown<'_>)) {
    let contest = Contest::new(5, true, 2);
    let base = contest.base();
    let layout = Layout::new(&base);
    assert!(layout.public.is_some());
    let start = layout.odds(&layout.kernel.by_weights());
    let units = [payoff_range(&base); 2];
    let lambda = Lambda::new(15.0).expect("a precision");
    let task = Task { layout: &layout, start: &start, lambda, units: &units, options: &OPTIONS };
    let draws: Vec<Numbers> = (0..20).map(|d| contest.numbers(d, 0.2)).collect();
    let show = |d: usize, read: &mut dyn FnMut(&Numbers)| read(&draws[d]);
    check(
        SideBySide::new(&layout),
        &task,
        &Shown { n_draws: draws.len(), show: &show, show_alike: &show },
    );
}

fn bits(found: &[Found]) -> Vec<Vec<u64>> {
    let one = |found: &Found| {
        let found = settled(found).expect("it settles");
        let certificate = &found.certificate;
        let mut bits: Vec<u64> = found.profile.logs().iter().map(|x| x.to_bits()).collect();
        bits.extend(certificate.players.iter().map(|p| p.max_regret.to_bits()));
        bits.extend([certificate.residual, certificate.mean_regret].map(f64::to_bits));
        bits.push(certificate.steps as u64);
        bits
    };
    found.iter().map(one).collect()
}

fn settled(found: &Found) -> Option<&Equilibrium> {
    found.as_ref().and_then(|found| found.as_ref().ok())
}

fn solved<B: Sides<Eight>>(
    lanes: &mut SideBySide<Eight, B>,
    (task, draws): (&Task<'_>, &Shown<'_>),
    range: Range<usize>,
) -> Vec<Found> {
    let mut found: Vec<Found> = range.clone().map(|_| None).collect();
    let mut keep = |draw: usize, one| found[draw - range.start] = Some(Ok(one));
    lanes.solve(task, draws, &mut range.clone(), &mut keep);
    found
}

fn wide_and_narrow_agree<B: Sides<Eight>>() {
    with::<B>(|mut lanes, task, draws| {
        let wide = solved(&mut lanes, (task, draws), 0..20);
        let mut narrow: Vec<Found> = (0..20).map(|_| None).collect();
        let mut keep = |draw: usize, one| narrow[draw] = Some(Ok(one));
        lanes.solve_by((task, draws), &mut (0..20), &mut keep, |lanes| lanes.settle(task.layout));
        assert_eq!(bits(&wide), bits(&narrow));
    });
}

fn neighbours_do_not_matter<B: Sides<Eight>>() {
    with::<B>(|mut lanes, task, draws| {
        let together = solved(&mut lanes, (task, draws), 0..20);
        let steps = |found: &Found| settled(found).map(|f| f.certificate.steps);
        let most = together.iter().map(steps).max().flatten();
        assert!(together.iter().any(|f| steps(f) < most), "lanes are filled at different times");
        let alone = (0..20).rev().flat_map(|d| solved(&mut lanes, (task, draws), d..d + 1));
        let alone: Vec<_> = alone.collect();
        let alone: Vec<_> = alone.into_iter().rev().collect();
        assert_eq!(bits(&together), bits(&alone));
    });
}

#[test]
fn a_draw_does_not_depend_on_the_draws_beside_it_or_before_it() {
    neighbours_do_not_matter::<Block<Eight>>();
    neighbours_do_not_matter::<PublicBlock<Eight>>();
}

#[test]
fn wider_registers_do_not_change_a_bit() {
    wide_and_narrow_agree::<Block<Eight>>();
    wide_and_narrow_agree::<PublicBlock<Eight>>();
}

/// Moves one log-odds after the other, and looks at what a sweep finds.
fn those_that_matter<B: Sides<Eight>>() {
    with::<B>(|mut lanes, task, draws| {
        let layout = task.layout;
        lanes.fill(task, draws, &mut (0..8));
        let n = layout.n_odds();
        assert!(layout.n_informing_odds < n);
        let at = |k: usize| Eight::splat(3.0 * uniform(5, 0, k as u64) - 1.5);
        let odds: Vec<Eight> = (0..n).map(at).collect();
        let mut found = |odds: &[Eight]| -> Vec<f64> {
            let mut image = vec![Eight::splat(0.0); n];
            lanes.block.pass(layout, None, odds, &mut image);
            image.iter().map(|x| x.get(3)).collect()
        };
        let before = found(&odds);
        let mut effect = |k: usize| {
            let mut moved = odds.clone();
            moved[k] = moved[k] + Eight::splat(0.25);
            let after = found(&moved);
            after.iter().zip(&before).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };
        let effects: Vec<f64> = (0..n).map(&mut effect).collect();
        assert!(effects[layout.n_informing_odds..].iter().all(|&x| x == 0.0), "{effects:?}");
        // Of five turns three: what those tell who do not decide again is rounded off, as no payoff depends on
        // the type of another.
        assert_eq!(effects.iter().filter(|&&x| x > 1e-9).count(), (1 + 2 + 4) * 2 * 2);
    });
}

#[test]
fn what_is_searched_for_is_what_a_sweep_depends_on() {
    those_that_matter::<Block<Eight>>();
    those_that_matter::<PublicBlock<Eight>>();
    // One, two and four public decisions, by two types each, among three actions; the last tell nobody anything.
    let contest = Contest::new(3, false, 1);
    let base = contest.base();
    let layout = Layout::new(&base);
    assert_eq!((layout.n_informing_odds, layout.n_odds()), (12, 28));
}

#[test]
fn the_two_forms_measure_the_same_at_any_profile() {
    let at = |k: usize| Eight::splat(3.0 * uniform(5, 0, k as u64) - 1.5);
    let mut found = Vec::new();
    let found = std::cell::RefCell::new(&mut found);
    let measure = |image: &[Eight], regret: &[Eight], mean: Eight, total: Eight| {
        let packs = image.iter().chain(regret).chain([&mean, &total]);
        let numbers = packs.flat_map(|x| (0..8).map(|lane| x.get(lane)).collect::<Vec<_>>());
        found.borrow_mut().push(numbers.collect::<Vec<f64>>());
    };
    fn run<B: Sides<Eight>>(
        at: impl Fn(usize) -> Eight,
        keep: impl Fn(&[Eight], &[Eight], Eight, Eight),
    ) {
        with::<B>(|mut lanes, task, draws| {
            lanes.fill(task, draws, &mut (0..8));
            let odds: Vec<Eight> = (0..lanes.odds.len()).map(&at).collect();
            let mut image = odds.clone();
            let m = lanes.block.pass(task.layout, Some(Eight::splat(1.0)), &odds, &mut image);
            keep(&image, &m.regret, m.regret_by_reach, m.total_reach);
        });
    }
    run::<Block<Eight>>(at, measure);
    run::<PublicBlock<Eight>>(at, measure);
    let found = found.into_inner();
    assert_eq!(found[0].len(), found[1].len());
    for (a, b) in found[0].iter().zip(&found[1]) {
        assert!((a - b).abs() <= 1e-12 * (1.0 + a.abs()), "{a} {b}");
    }
}

#[test]
fn probabilities_of_few_actions_are_those_of_the_general_formula() {
    use super::block::softmax;
    for k in 0..200u64 {
        // Ties and powers that vanish among them.
        let scale = [0.0, 1e-9, 1.0, 30.0, 1000.0][k as usize % 5];
        let mut odds = [Eight::splat(0.0); 2];
        for (j, x) in odds.iter_mut().enumerate() {
            for lane in 0..8 {
                let at = k * 100 + 10 * j as u64 + lane as u64;
                let u = uniform(11, 0, at);
                x.set(lane, if u < 0.1 { 0.0 } else { scale * (2.0 * u - 1.0) });
            }
        }
        // Further actions that are never taken, of probability e^-708, are lost in the sum.
        for n in 0..3 {
            let (mut few, mut many) = ([Eight::splat(0.0); 3], [Eight::splat(0.0); 4]);
            softmax(&odds[..n], &mut few[..=n]);
            let mut padded = [Eight::splat(-1e6); 3];
            padded[..n].copy_from_slice(&odds[..n]);
            softmax(&padded, &mut many);
            for (a, b) in few[..=n].iter().zip(&many) {
                for lane in 0..8 {
                    assert_eq!(a.get(lane).to_bits(), b.get(lane).to_bits(), "{n} {k} {lane}");
                }
            }
        }
    }
}
