//! Rows on turns, and several rows for one turn as one observation.

use std::collections::BTreeMap;

use quantal::{EdgeId, NodeId};

use super::agree::{agrees, agrees_anywhere, explain};
use super::{Account, ROUNDING, in_words, mover, nodes_of, problem};
use crate::diagnostic::Diagnostic;
use crate::precedent::cell;
use crate::scenario::{HistoryRow, SlotId};
use crate::template::Template;

/// Rows by turn.
pub(super) struct Placed<'a> {
    /// Rows of each turn, in the order of the file.
    pub(super) by_turn: BTreeMap<(u32, SlotId), Vec<(usize, &'a HistoryRow)>>,
    /// Rows outside the time of the game.
    pub(super) outside: Vec<usize>,
}

/// Finds the turn of every row that is known.
pub(super) fn place<'a>(
    template: &Template,
    rows: &'a [HistoryRow],
    is_known: &dyn Fn(&HistoryRow) -> bool,
    problems: &mut Vec<Diagnostic>,
) -> Placed<'a> {
    let mut placed = Placed { by_turn: BTreeMap::new(), outside: Vec::new() };
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| is_known(row)) {
        let Some(stage) = template.scenario.time.stage_of(row.date) else {
            placed.outside.push(at);
            continue;
        };
        match slot_of(template, stage, row) {
            Ok(slot) => placed.by_turn.entry((stage, slot)).or_default().push((at, row)),
            Err((message, help)) => problems.push(problem("E075", row.span, message, help)),
        }
    }
    placed
}

/// The position in `turns` a row is about, or why there is none.
fn slot_of(template: &Template, stage: u32, row: &HistoryRow) -> Result<SlotId, (String, String)> {
    let scenario = &template.scenario;
    let (seat, actor, made) = (cell(row, "seat"), cell(row, "actor"), cell(row, "move"));
    let who = if seat.is_empty() { actor } else { seat };
    let nodes = |slot: SlotId| nodes_of(template, stage, slot).into_iter().flatten().map(NodeId);
    let may_decide = |slot: &SlotId| {
        let of_seat = &scenario.seats[scenario.slots[slot.index()].seat.index()].id;
        let holds = |n| mover(template, n).is_some_and(|a| scenario.actors[a.index()].id == actor);
        if seat.is_empty() { nodes(*slot).any(holds) } else { of_seat == seat }
    };
    let own: Vec<SlotId> = (0..scenario.slots.len()).map(SlotId::new).filter(may_decide).collect();
    if own.is_empty() {
        let seats = || {
            let has_turn = |at: &usize| scenario.slots.iter().any(|s| s.seat.index() == *at);
            (0..scenario.seats.len()).filter(has_turn).map(|at| &scenario.seats[at].id)
        };
        return Err((
            format!("`{who}` has no turn in stage {stage}, where {} falls", row.date),
            format!("seats with turns: {}", listed(seats())),
        ));
    }
    let has_move = |slot: &SlotId| {
        let menu = scenario.slots[slot.index()].menu;
        let m = scenario.moves.iter().find(|m| m.id == made);
        m.is_some_and(|m| m.menus.contains(&menu))
    };
    let fit: Vec<SlotId> = if made.is_empty() {
        own.iter()
            .copied()
            .filter(|&slot| nodes(slot).any(|n| agrees_anywhere(template, n, row)))
            .collect()
    } else {
        own.iter().copied().filter(has_move).collect()
    };
    let menu = |slot: &SlotId| scenario.slots[slot.index()].menu;
    match fit.as_slice() {
        [] if made.is_empty() => Ok(own[0]),
        [] => Err((
            format!("`{made}` is on no menu of `{who}`"),
            format!(
                "menus of `{who}`: {}",
                listed(own.iter().map(|s| &scenario.menus[menu(s).index()]))
            ),
        )),
        // A move that can be made twice in a stage is taken for the first time.
        [first, rest @ ..] if rest.iter().all(|slot| menu(slot) == menu(first)) => Ok(*first),
        several => Err((
            "this row could be about more than one turn".to_owned(),
            format!(
                "name the move; turns that fit have the menus {}",
                listed(several.iter().map(|s| &scenario.menus[menu(s).index()]))
            ),
        )),
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

/// The accounts of one turn; `possible` are the nodes that the observations before leave.
pub(super) fn accounts(
    template: &Template,
    turn: (u32, SlotId),
    possible: &[NodeId],
    rows: &[(usize, &HistoryRow)],
    problems: &mut Vec<Diagnostic>,
) -> Option<Vec<Account>> {
    let groups = weighed(template, turn, rows, problems)?;
    let mut found = Vec::new();
    for (name, weight, rows) in groups {
        let mut best: Option<(u8, usize, Vec<EdgeId>)> = None;
        let mut all = Vec::new();
        for (at, row) in rows {
            let edges = agrees(template, turn, row);
            let rung = possible
                .iter()
                .flat_map(|&n| template.graph.edges(n))
                .filter(|e| edges.binary_search(e).is_ok())
                .map(|e| template.act(e).map_or(0, |act| act.rung))
                .max();
            let Some(rung) = rung else {
                problems.push(explain(template, turn, possible, row));
                continue;
            };
            all.push(at);
            // Rows are in the order of their dates, so the latest of equals replaces the others.
            if best.as_ref().is_none_or(|(highest, ..)| rung >= *highest) {
                best = Some((rung, at, edges));
            }
        }
        if let Some((_, row, edges)) = best {
            let absorbed = all.into_iter().filter(|&at| at != row).collect();
            found.push(Account { name, weight, row, absorbed, edges });
        }
    }
    (!found.is_empty()).then_some(found)
}

/// Rows by account, with the weight of each.
type Weighed<'a> = Vec<(Option<String>, f64, Vec<(usize, &'a HistoryRow)>)>;

/// The rows of a turn by account. Rows without weights are one account that is trusted in full.
fn weighed<'a>(
    template: &Template,
    turn: (u32, SlotId),
    rows: &[(usize, &'a HistoryRow)],
    problems: &mut Vec<Diagnostic>,
) -> Option<Weighed<'a>> {
    let name = |row: &HistoryRow| {
        let account = cell(row, "account");
        (!account.is_empty()).then(|| account.to_owned())
    };
    if rows.iter().all(|(_, row)| cell(row, "weight").is_empty()) {
        let first =
            name(rows[0].1).filter(|n| rows.iter().all(|(_, r)| name(r).as_ref() == Some(n)));
        return Some(vec![(first, 1.0, rows.to_vec())]);
    }
    let mut groups: Weighed<'a> = Vec::new();
    let mut sound = true;
    let mut wrong = |row: &HistoryRow, message: String| {
        let help =
            "each account of a turn has one weight, the same in all its rows; together at most 1";
        problems.push(problem("E077", row.span, message, help.to_owned()));
        sound = false;
    };
    for &(at, row) in rows {
        let Ok(weight) = cell(row, "weight").parse::<f64>() else {
            let place = in_words(&template.scenario, turn);
            wrong(row, format!("another account of {place} has a weight, and this row has none"));
            continue;
        };
        let account = name(row);
        match groups.iter_mut().find(|(known, ..)| *known == account) {
            Some((_, first, _)) if (*first - weight).abs() > ROUNDING => {
                let message = format!("this account has the weights {first} and {weight}");
                wrong(row, message);
            }
            Some((_, _, of_account)) => of_account.push((at, row)),
            None => groups.push((account, weight, vec![(at, row)])),
        }
    }
    let total: f64 = groups.iter().map(|g| g.1).sum();
    if total > 1.0 + ROUNDING {
        let place = in_words(&template.scenario, turn);
        wrong(
            rows[0].1,
            format!(
                "the accounts of {place} have weights that sum to {}",
                (total * 1e6).round() / 1e6
            ),
        );
    }
    groups.retain(|g| g.1 > 0.0);
    sound.then_some(groups).filter(|g| !g.is_empty())
}
