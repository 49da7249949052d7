//! The order of things within and across stages: which turn comes before which.

use climbdown_lang::scenario::{Scenario, SlotId};
use climbdown_lang::template::{Phase, Place};

/// The turns of a stage and how many stages there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    /// For each position in `turns`, the first and last position that move at the same time.
    groups: Vec<(usize, usize)>,
    /// How many stages.
    pub(crate) n_stages: u32,
}

impl Clock {
    /// The clock of `scenario`.
    pub(crate) fn of(scenario: &Scenario) -> Self {
        Self::new(
            &scenario.slots.iter().map(|slot| slot.group).collect::<Vec<_>>(),
            scenario.time.horizon,
        )
    }

    /// A clock from the group of each position (the same number: at the same time).
    pub(crate) fn new(group_of: &[u16], n_stages: u32) -> Self {
        let groups = (0..group_of.len())
            .map(|at| {
                let same = |&other: &usize| group_of[other] == group_of[at];
                let first = (0..=at).rev().take_while(same).last().unwrap_or(at);
                let last = (at..group_of.len()).take_while(same).last().unwrap_or(at);
                (first, last)
            })
            .collect();
        Self { groups, n_stages }
    }

    /// How many positions the list `turns` has.
    pub(crate) fn n_positions(&self) -> usize {
        self.groups.len()
    }

    /// Whether two positions move at the same time.
    pub(crate) fn are_together(&self, a: usize, b: usize) -> bool {
        self.groups[a] == self.groups[b]
    }

    /// How far it is from position `from` to the next turn at `to` that comes after it and not at
    /// the same time, in positions; between 1 and a whole cycle. Turns at the same time share a gap.
    pub(crate) fn gap(&self, from: usize, to: usize) -> usize {
        let (from, to) = (self.groups[from].0, self.groups[to].0);
        if to > from { to - from } else { to + self.n_positions() - from }
    }

    fn stage_length(&self) -> u64 {
        2 * self.n_positions() as u64 + 2
    }

    /// The time of a turn; later is larger.
    pub(crate) fn turn(&self, stage: u32, position: usize) -> u64 {
        u64::from(stage) * self.stage_length() + 2 * position as u64 + 1
    }

    /// The time of a place; a crisis that is over is at the end of its last stage.
    pub(crate) fn place(&self, place: Place) -> u64 {
        let begin = u64::from(place.stage) * self.stage_length();
        let last = |slot: SlotId| self.groups[slot.index()].1 as u64;
        match place.phase {
            Phase::Draw(_) | Phase::Calendar(_) => begin,
            Phase::Turn(slot) => self.turn(place.stage, slot.index()),
            Phase::Signal(slot, _) => begin + 2 * last(slot) + 2,
            Phase::Hazard(_) | Phase::Over(_) => begin + self.stage_length() - 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn gaps_go_round_and_skip_those_who_move_together() {
        let clock = Clock::new(&[0, 1, 1, 2], 3);
        assert_eq!(clock.gap(0, 0), 4);
        assert_eq!(clock.gap(0, 1), clock.gap(0, 2));
        assert_eq!(clock.gap(1, 2), 4);
        assert_eq!(clock.gap(2, 3), 2);
        assert_eq!(clock.gap(3, 1), 2);
        assert!(clock.are_together(1, 2) && !clock.are_together(0, 1));
    }
}
