//! Levers taken: what moves are from a turn on, and what parameters then are (model.md §7).

use crate::scenario::{LeverChange, MoveId, Scenario, SlotId};
use crate::template::Assignment;

/// A lever that is taken, so far, from a turn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Position in [`Scenario::levers`].
    pub lever: usize,
    /// How many of its steps, from 1 to [`crate::scenario::Lever::steps`].
    pub steps: u32,
    /// The first turn at which it works: stage and position in the list `turns`.
    pub from: (u32, SlotId),
}

/// Moves from a turn on.
#[derive(Clone, Debug)]
pub(crate) struct Era {
    from: (u32, SlotId),
    /// The scenario as its moves then are.
    pub(crate) scenario: Scenario,
    /// The moves a lever changed.
    pub(crate) changed: Vec<MoveId>,
}

/// What `taken` makes of the moves, in order of time; levers that change parameters alone make no era.
///
/// Where two levers change the same thing, the later wins, and of two at the same turn the later in
/// `taken`.
pub(crate) fn eras(scenario: &Scenario, taken: &[Taken]) -> Vec<Era> {
    let mut sorted: Vec<&Taken> = taken.iter().collect();
    sorted.sort_by_key(|t| t.from);
    let mut found: Vec<Era> = Vec::new();
    for Taken { lever, from, .. } in sorted {
        let changes = &scenario.levers[*lever].changes;
        if !changes_moves(changes) {
            continue;
        }
        if found.last().is_none_or(|era| era.from != *from) {
            let (scenario, changed) = match found.last() {
                Some(era) => (era.scenario.clone(), era.changed.clone()),
                None => (scenario.clone(), Vec::new()),
            };
            found.push(Era { from: *from, scenario, changed });
        }
        let era = found.last_mut().expect("there is one now");
        for change in changes {
            match change {
                LeverChange::Parameter(..) => {}
                LeverChange::Attribute(made, attribute, code) => {
                    era.scenario.moves[made.index()].attributes[attribute.index()] = code.clone();
                    era.changed.push(*made);
                }
                LeverChange::When(made, condition) => {
                    era.scenario.moves[made.index()].when = Some(condition.clone());
                }
            }
        }
    }
    found
}

/// The scenario as its moves are at a turn, and how many eras have begun by then.
pub(crate) fn in_force<'a>(
    scenario: &'a Scenario,
    eras: &'a [Era],
    turn: (u32, SlotId),
) -> (&'a Scenario, u16) {
    let n = eras.partition_point(|era| era.from <= turn);
    let number = u16::try_from(n).expect("a scenario has fewer than 2^16 levers");
    (n.checked_sub(1).map_or(scenario, |last| &eras[last].scenario), number)
}

/// Whether a lever changes what moves are, and so may change the game's structure.
#[must_use]
pub fn changes_moves(changes: &[LeverChange]) -> bool {
    changes.iter().any(|c| !matches!(c, LeverChange::Parameter(..)))
}

/// The values of the parameters while `taken` work, which would be `assignment` without them. Step k of n
/// brings a parameter k/n of the way to the lever's value; of two levers on one parameter the later in
/// `taken` begins where the earlier leaves it.
#[must_use]
pub fn with_levers(scenario: &Scenario, assignment: &Assignment, taken: &[Taken]) -> Assignment {
    let mut values = assignment.values.clone();
    for Taken { lever, steps, .. } in taken {
        let lever = &scenario.levers[*lever];
        for change in &lever.changes {
            if let LeverChange::Parameter(at, target) = change {
                let value = &mut values[at.index()];
                *value = if *steps >= lever.steps {
                    *target
                } else {
                    *value + (target - *value) * f64::from(*steps) / f64::from(lever.steps)
                };
            }
        }
    }
    Assignment { values }
}
