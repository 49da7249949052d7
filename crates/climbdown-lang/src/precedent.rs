//! What was done before: which rows of the history, by the codes they state, cross or break the same.
//!
//! Earlier acts live in the history, before the start. A row is coded by its own cells, then by its move where
//! that has a fixed code; an attribute that the history has no column for has its first value unless the
//! move says otherwise. What a cell leaves open is unknown, and so may be whether the row counts.

use jiff::civil::Date;

use crate::constant::At;
use crate::expr::{ActField, Expr};
use crate::scenario::{HistoryRow, Move, NormId, RedLineId, Scenario};

/// What an act can be the first to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Cross a firebreak of the analyst's ladder, by position.
    Firebreak(usize),
    /// Cross a red line as it is stated.
    Stated(RedLineId),
    /// Break a norm or treaty.
    Norm(NormId),
}

/// A row before a date that takes the same step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// Position in the history.
    pub row: usize,
    /// Whether it is agreed that it was so: the row is no disputed account and leaves open nothing that matters.
    pub is_agreed: bool,
}

/// Columns of the history that are attributes of acts.
const CODED: [&str; 5] = ["means", "ends", "involvement", "target", "publicity"];

/// Whether the history says anything of the time before `date`.
#[must_use]
pub fn reaches_back(scenario: &Scenario, date: Date) -> bool {
    scenario.history.iter().flat_map(|h| &h.rows).any(|row| row.date < date)
}

/// The rows before `date` that take `step`, for certain or perhaps, in the order of the history.
#[must_use]
pub fn earlier(scenario: &Scenario, step: Step, date: Date) -> Vec<Earlier> {
    let rows = scenario.history.iter().flat_map(|h| &h.rows).enumerate();
    rows.filter(|(_, row)| row.date < date)
        .filter_map(|(at, row)| match takes(scenario, step, row) {
            Some(false) => None,
            taken => {
                let is_agreed = taken.is_some() && cell(row, "account").is_empty();
                Some(Earlier { row: at, is_agreed })
            }
        })
        .collect()
}

/// A cell of a row, empty if unknown.
#[must_use]
pub fn cell<'a>(row: &'a HistoryRow, name: &str) -> &'a str {
    row.cells.iter().find(|(column, _)| column == name).map_or("", |(_, text)| text)
}

/// Whether a row takes `step`; `None` if its cells do not say.
fn takes(scenario: &Scenario, step: Step, row: &HistoryRow) -> Option<bool> {
    let ladder = &scenario.ladders[0];
    let made = scenario.moves.iter().position(|m| m.id == cell(row, "move"));
    let of_seat = || {
        let seat = scenario.seats.iter().find(|s| s.id == cell(row, "seat"))?;
        Some(usize::from(scenario.variables[seat.occupant.index()].start))
    };
    let actor = scenario.actors.iter().position(|a| a.id == cell(row, "actor")).or_else(of_seat)?;
    let code = |at: usize| code_of(scenario, made.map(|m| &scenario.moves[m]), row, at);
    let codes: Vec<Option<f64>> = (0..ladder.attributes.len()).map(code).collect();
    #[expect(clippy::cast_precision_loss, reason = "positions are small")]
    let act = |field: ActField| match field {
        ActField::Attribute(id) => codes[id.index()],
        ActField::Role => Some(f64::from(scenario.actors[actor].role)),
        ActField::Actor => Some(actor as f64),
        ActField::Move => made.map(|m| m as f64),
    };
    let at = At { act: &act, ..At::numbers(&[], &[]) };
    let holds = |when: &Expr| at.value(when).map(|x| x != 0.0);
    let condition = match step {
        Step::Norm(id) => scenario.norms[id.index()].broken_by.as_ref(),
        Step::Stated(id) => scenario.red_lines[id.index()].stated.as_ref(),
        Step::Firebreak(at) => {
            let above = ladder.firebreaks[at].above;
            let over = ladder.rungs.iter().filter(|r| r.rung >= above).map(|r| holds(&r.when));
            let all: Vec<Option<bool>> = over.collect();
            return if all.contains(&Some(true)) {
                Some(true)
            } else {
                all.iter().all(Option::is_some).then_some(false)
            };
        }
    };
    condition.map_or(Some(false), holds)
}

/// The code of a row on an attribute, by position; `None` if nothing says it.
fn code_of(
    scenario: &Scenario,
    made: Option<&Move>,
    row: &HistoryRow,
    attribute: usize,
) -> Option<f64> {
    let about = &scenario.ladders[0].attributes[attribute];
    let stated = about.values.iter().position(|v| v == cell(row, &about.id));
    #[expect(clippy::cast_precision_loss, reason = "positions are small")]
    let stated = stated.map(|at| at as f64);
    let of_move = || At::numbers(&[], &[]).value(made?.attributes.get(attribute)?);
    let by_default = || (made.is_none() && !CODED.contains(&&*about.id)).then_some(0.0);
    stated.or_else(of_move).or_else(by_default)
}
