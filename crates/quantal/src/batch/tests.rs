//! Lanes: wide and narrow, one form and the other, give the same.

use super::block::{Block, Sides};
use super::layout::Layout;
use super::public::PublicBlock;
use super::{BatchOptions, Shown, SideBySide, Task};
use crate::families::{Contest, payoff_range, uniform};
use crate::game::Numbers;
use crate::lanes::{Eight, Pack};
use crate::profile::Lambda;
use crate::solve::Follow;

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

fn bits(packs: &[Eight]) -> Vec<u64> {
    packs.iter().flat_map(|x| (0..8).map(|lane| x.get(lane).to_bits())).collect()
}

/// Eight draws of a contest in lanes of the form `B`, and the task they belong to.
fn with<B: Sides<Eight>>(check: impl Fn(&mut SideBySide<Eight, B>, &Task<'_>, Eight)) {
    let contest = Contest::new(5, true, 2);
    let base = contest.base();
    let layout = Layout::new(&base);
    assert!(layout.public.is_some());
    let start = layout.odds(&layout.kernel.by_weights());
    let units = [payoff_range(&base); 2];
    let lambda = Lambda::new(15.0).expect("a precision");
    let task = Task { layout: &layout, start: &start, lambda, units: &units, options: &OPTIONS };
    let draws: Vec<Numbers> = (0..8).map(|d| contest.numbers(d, 0.2)).collect();
    let mut lanes = SideBySide::<Eight, B>::new(&layout);
    let show = |d: usize, read: &mut dyn FnMut(&Numbers)| read(&draws[d]);
    let shown = Shown { n_draws: 8, show: &show };
    let active = lanes.load(&task, &shown, 0, 8);
    check(&mut lanes, &task, active);
}

fn wide_and_narrow_agree<B: Sides<Eight>>() {
    with::<B>(|lanes, task, active| {
        let start = lanes.odds.clone();
        let narrow = lanes.settle(task, active);
        let found = (bits(&lanes.odds), bits(&[narrow.measured.residual, narrow.sweeps]));
        lanes.odds = start;
        let wide = pulp::Arch::new().dispatch(super::Settle { lanes, task, active });
        assert_eq!(found, (bits(&lanes.odds), bits(&[wide.measured.residual, wide.sweeps])));
        assert!((0..8).all(|lane| wide.active.get(lane) == 2.0));
    });
}

#[test]
fn wider_registers_do_not_change_a_bit() {
    wide_and_narrow_agree::<Block<Eight>>();
    wide_and_narrow_agree::<PublicBlock<Eight>>();
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
        with::<B>(|lanes, task, _| {
            let odds: Vec<Eight> = (0..lanes.odds.len()).map(&at).collect();
            let mut image = odds.clone();
            let m = lanes.block.measure(task.layout, &odds, &mut image);
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
