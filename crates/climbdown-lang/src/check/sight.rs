//! What needs the whole scenario: what movers see, and what moves at the same time do.

use super::Context;
use crate::names;
use crate::reach;
use crate::scenario::{Scenario, SlotId, VariableId, VariableKind};
use crate::visibility;

impl Context<'_> {
    /// Whether conditions of moves read only what every possible mover sees.
    pub(super) fn sight(&mut self, scenario: &Scenario) {
        let occupants = reach::occupants(scenario);
        let conditions = std::mem::take(&mut self.conditions);
        for (id, reads) in &conditions {
            let m = &scenario.moves[id.index()];
            for (variable, span) in reads {
                let variable = &self.names.variables[variable.index()];
                let blind = scenario.slots.iter().find(|slot| {
                    let holders = &occupants[slot.seat.index()];
                    m.menus.contains(&slot.menu)
                        && !visibility::seen_from(&variable.visibility, slot.seat, holders)
                });
                let Some(slot) = blind else { continue };
                let seat = &self.names.seats[slot.seat.index()];
                let holders: Vec<&String> = occupants[slot.seat.index()]
                    .iter()
                    .map(|a| &self.names.actors[a.index()])
                    .collect();
                let help = match variable.kind {
                    VariableKind::Peak => {
                        "read `peak_seen`, the highest rung the mover has seen".to_owned()
                    }
                    VariableKind::Type(_) if holders.len() > 1 => format!(
                        "the seat can be held by {}; put the type into payoffs instead",
                        names::list(&holders)
                    ),
                    VariableKind::Declared => format!(
                        "add \"seat.{seat}\" to its `seen_by`, or put it into payoffs instead"
                    ),
                    _ => "a menu may depend only on what the mover sees".to_owned(),
                };
                let message =
                    format!("whoever decides for `{seat}` does not see `{}`", variable.name);
                self.report.advise("E026", *span, message, help);
            }
        }
        self.conditions = conditions;
    }

    /// Whether effects of moves made at the same time can meet on one variable.
    pub(super) fn simultaneous(&mut self, scenario: &Scenario) {
        for (i, a) in scenario.slots.iter().enumerate() {
            for b in
                scenario.slots[i + 1..].iter().filter(|b| b.group == a.group && b.seat != a.seat)
            {
                let sets = |slot: &crate::scenario::Slot| -> Vec<VariableId> {
                    let moves = scenario.moves.iter().filter(|m| m.menus.contains(&slot.menu));
                    moves.flat_map(|m| m.set.iter().map(|e| e.variable)).collect()
                };
                let of_a = sets(a);
                let mut both: Vec<VariableId> =
                    sets(b).into_iter().filter(|v| of_a.contains(v)).collect();
                both.sort();
                both.dedup();
                for id in both {
                    let variable = &scenario.variables[id.index()];
                    if variable.combine.is_some() {
                        continue;
                    }
                    let message = format!(
                        "`{}` and `{}` move at the same time, and both can set `{}`",
                        scenario.seats[a.seat.index()].id,
                        scenario.seats[b.seat.index()].id,
                        variable.name
                    );
                    let help = if variable.kind == VariableKind::Declared {
                        "say how the two combine: `combine = \"max\"` (min, add, or) at the variable"
                    } else {
                        "let them move one after the other"
                    };
                    self.report.advise("E034", b.span, message, help.to_owned());
                }
            }
        }
    }

    /// The turn of a seat at which all of some moves are on the menu.
    pub(super) fn slot_with(
        scenario: &Scenario,
        seat: crate::scenario::SeatId,
        moves: &[crate::scenario::MoveId],
    ) -> Option<SlotId> {
        let on = |slot: &crate::scenario::Slot| {
            slot.seat == seat
                && moves.iter().all(|m| scenario.moves[m.index()].menus.contains(&slot.menu))
        };
        scenario.slots.iter().position(on).map(SlotId::new)
    }
}
