//! The timeline: every step of the crisis in the order in which it is taken.
//!
//! A stage is: calendar, turns (each with its signals), hazards, upkeep. Ends are tested after the
//! calendar, after every turn or simultaneous group, and after each hazard.

use crate::hybrid::Hybrid;
use crate::scenario::{CalendarId, DrawId, HazardId, MoveId, Scenario, SlotId};

/// One step of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nature draws a start value.
    Draw(DrawId),
    /// A dated event acts, for certain or by chance.
    Calendar(CalendarId),
    /// The seat of this slot decides.
    Turn(SlotId),
    /// The k-th signal of this slot is drawn.
    Signal(SlotId, u16),
    /// An accident may happen.
    Hazard(HazardId),
    /// The ends are tested.
    Test,
    /// Upkeep is paid and the stage closes.
    Close,
}

/// Every step, with the stage it belongs to. A position in it is a layer of the game.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// Steps in order.
    pub steps: Vec<(u32, Step)>,
    /// For each slot, the moves of its menu that have a signal; where a hybrid can be made there, also
    /// the act it takes its signal from.
    pub signals: Vec<Vec<MoveId>>,
}

/// Lays out the steps of `scenario`, with `hybrid` in the place of an act.
#[must_use]
pub fn timeline(scenario: &Scenario, hybrid: Option<&Hybrid>) -> Timeline {
    let signals: Vec<Vec<MoveId>> = scenario
        .slots
        .iter()
        .map(|slot| {
            let is_open = |m: MoveId| scenario.moves[m.index()].menus.contains(&slot.menu);
            let lent = hybrid.filter(|h| is_open(h.of)).and_then(Hybrid::lends_the_rest);
            let has_signal = |&m: &usize| {
                let id = MoveId::new(m);
                scenario.moves[m].signal.is_some() && (is_open(id) || lent == Some(id))
            };
            (0..scenario.moves.len()).filter(has_signal).map(MoveId::new).collect()
        })
        .collect();
    let mut steps: Vec<(u32, Step)> =
        (0..scenario.draws.len()).map(|d| (0, Step::Draw(DrawId::new(d)))).collect();
    for stage in 0..scenario.time.horizon {
        let due = |&c: &usize| scenario.calendar[c].stage == Some(stage);
        let events = (0..scenario.calendar.len()).filter(due);
        steps.extend(events.map(|c| (stage, Step::Calendar(CalendarId::new(c)))));
        steps.push((stage, Step::Test));
        let mut first = 0;
        while first < scenario.slots.len() {
            let last = last_of_group(scenario, first);
            steps.extend((first..=last).map(|s| (stage, Step::Turn(SlotId::new(s)))));
            for (slot, of_slot) in signals.iter().enumerate().take(last + 1).skip(first) {
                let at = SlotId::new(slot);
                let is_in_force = hybrid.is_some_and(|h| h.is_in_force(stage, at));
                let menu = scenario.slots[slot].menu;
                for (k, signalling) in of_slot.iter().enumerate() {
                    let is_own = scenario.moves[signalling.index()].menus.contains(&menu);
                    if is_own || is_in_force {
                        let k = u16::try_from(k).unwrap_or(u16::MAX);
                        steps.push((stage, Step::Signal(at, k)));
                    }
                }
            }
            steps.push((stage, Step::Test));
            first = last + 1;
        }
        for h in 0..scenario.hazards.len() {
            steps.push((stage, Step::Hazard(HazardId::new(h))));
            steps.push((stage, Step::Test));
        }
        steps.push((stage, Step::Close));
    }
    Timeline { steps, signals }
}

/// The last slot that moves at the same time as `slot`.
#[must_use]
pub fn last_of_group(scenario: &Scenario, slot: usize) -> usize {
    let group = scenario.slots[slot].group;
    (slot..scenario.slots.len())
        .take_while(|&s| scenario.slots[s].group == group)
        .last()
        .unwrap_or(slot)
}

/// The first slot that moves at the same time as `slot`.
#[must_use]
pub fn first_of_group(scenario: &Scenario, slot: usize) -> usize {
    let group = scenario.slots[slot].group;
    (0..=slot).rev().take_while(|&s| scenario.slots[s].group == group).last().unwrap_or(slot)
}
