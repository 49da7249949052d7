//! Trajectories of Morris: one group of inputs moves at a time, by one step of a coarse grid.

use super::groups::Groups;
use super::random::{Purpose, below, stream};

/// Trajectory `trajectory` after `step` of its groups have moved (Morris 1991, section 3; Campolongo,
/// Cariboni and Saltelli 2007 for groups): the coordinates of all inputs, on the levels 0, 1/(p − 1), …, 1.
///
/// Each input has a lower level drawn evenly from the lower half of the levels, moves up by p/2 levels or
/// comes down to it with even odds, and does so when its group's turn comes in a random order.
pub(crate) fn point(
    groups: &Groups,
    n_levels: usize,
    seed: u64,
    trajectory: usize,
    step: usize,
) -> Vec<f64> {
    let index = trajectory as u64;
    let mut order: Vec<usize> = (0..groups.len()).collect();
    for last in (1..order.len()).rev() {
        order.swap(last, below(last + 1, seed, stream(Purpose::Step, last), index));
    }
    let half = n_levels / 2;
    let coordinate = |input: usize| {
        let has_moved = order[..step].contains(&groups.of(input));
        let rises = below(2, seed, stream(Purpose::Direction, input), index) == 1;
        let lower = below(half, seed, stream(Purpose::Level, input), index);
        let level = if has_moved == rises { lower + half } else { lower };
        level as f64 / (n_levels - 1) as f64
    };
    (0..groups.n_inputs()).map(coordinate).collect()
}

/// By how much a coordinate changes when it moves: p / (2 (p − 1)) for p levels.
pub(crate) fn step_size(n_levels: usize) -> f64 {
    n_levels as f64 / (2.0 * (n_levels - 1) as f64)
}
