//! The coding table for people: what every move is coded as, and the rung that follows.

use climbdown_lang::scenario::Scenario;
use climbdown_lang::table::{CodingRow, CodingTable, SeenAs};

use crate::layout::{cell, push, wrap};

/// How many attributes are axes; they have columns of their own.
const AXES: usize = 3;

/// One row per move, or several where codes vary: the axes, the rung, then every further attribute
/// that does not have its default, the states in which the row holds, and how others code it.
#[must_use]
pub fn text(table: &CodingTable, scenario: &Scenario) -> String {
    let mut out = String::new();
    push(&mut out, &format!("{} M, E, I    rung   what else, when, for whom", cell("move", 26)));
    let mut last = "";
    for row in &table.rows {
        let name = if row.name == last { "" } else { &row.name };
        last = &row.name;
        let rivals = table.rows.iter().any(|r| r.made == row.made && r.by != row.by);
        let notes = notes(table, row, scenario, rivals);
        let rung = row.rung.map_or("-".to_owned(), |rung| rung.to_string());
        let axes = match &row.codes {
            Some(codes) => codes.iter().take(AXES).map(|c| format!("{c} ")).collect(),
            None => "many".to_owned(),
        };
        let head = format!("{} {}{rung:>4}   ", cell(name, 26), cell(&axes, 11));
        out.push_str(&wrap(&head, &" ".repeat(47), &notes));
    }
    out
}

fn notes(table: &CodingTable, row: &CodingRow, scenario: &Scenario, by_matters: bool) -> String {
    let mut parts: Vec<String> = Vec::new();
    let attributes = &scenario.ladders[0].attributes;
    match &row.codes {
        Some(codes) => {
            let others = table.attributes.iter().zip(codes).enumerate().skip(AXES);
            let is_default = |i: usize, code: &str| {
                attributes.get(i).and_then(|a| a.values.first()).is_some_and(|v| v == code)
            };
            let told = others.filter(|(i, (_, code))| !is_default(*i, code));
            parts.extend(told.map(|(_, (name, code))| format!("{name} {code}")));
        }
        None => parts.push("the codes depend on too much to be listed".to_owned()),
    }
    let mut when: Vec<String> =
        row.state.iter().map(|(name, value)| format!("{name} is {value}")).collect();
    when.extend(row.stage.map(|stage| format!("the stage is {stage}")));
    if by_matters {
        let ids = row.by.iter().map(|a| scenario.actors[a.index()].id.as_str());
        when.push(format!("done by {}", ids.collect::<Vec<_>>().join(" or ")));
    }
    if !when.is_empty() {
        parts.push(format!("if {}", when.join(" and ")));
    }
    parts.extend(row.seen.iter().filter_map(|seen| difference(table, row, seen, scenario)));
    parts.join("; ")
}

/// How an observer's coding differs from the row's, if it does.
fn difference(
    table: &CodingTable,
    row: &CodingRow,
    seen: &SeenAs,
    scenario: &Scenario,
) -> Option<String> {
    let codes = row.codes.as_ref()?;
    let pairs = table.attributes.iter().zip(codes.iter().zip(&seen.codes));
    let mut parts: Vec<String> =
        pairs.filter(|(_, (a, b))| a != b).map(|(name, (_, b))| format!("{name} {b}")).collect();
    if Some(seen.rung) != row.rung {
        parts.push(format!("rung {}", seen.rung));
    }
    let who = &scenario.actors[seen.actor.index()].id;
    (!parts.is_empty()).then(|| format!("to {who}: {}", parts.join(", ")))
}
