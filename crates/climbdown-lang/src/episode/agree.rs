//! Which moves agree with a row, and what to say if none does.

use quantal::{EdgeId, NodeId};

use super::{in_words, mover, nodes_of, problem};
use crate::diagnostic::Diagnostic;
use crate::expr::Expr;
use crate::precedent::cell;
use crate::scenario::{Domain, HistoryRow, Scenario, SlotId, VariableId};
use crate::template::{Cause, Template};

/// What a row can state of an act, in the order in which it is looked at.
enum Stated {
    /// Who acts.
    Actor(String),
    /// The move.
    Move(String),
    /// An attribute, by position in the ladder, and its value, by position.
    Attribute(usize, usize),
}

/// What a row states; attributes that the ladder does not have say nothing.
fn stated(scenario: &Scenario, row: &HistoryRow) -> Vec<Stated> {
    let mut found = Vec::new();
    if !cell(row, "actor").is_empty() {
        found.push(Stated::Actor(cell(row, "actor").to_owned()));
    }
    if !cell(row, "move").is_empty() {
        found.push(Stated::Move(cell(row, "move").to_owned()));
    }
    for (a, attribute) in scenario.ladders[0].attributes.iter().enumerate() {
        let value = cell(row, &attribute.id);
        if let Some(v) = attribute.values.iter().position(|x| x == value) {
            found.push(Stated::Attribute(a, v));
        }
    }
    found
}

/// Whether a move agrees with one thing a row states. A forced hold has no name and the first value
/// of every attribute.
fn fits(template: &Template, node: NodeId, edge: EdgeId, stated: &Stated) -> bool {
    let scenario = &template.scenario;
    match stated {
        Stated::Actor(id) => {
            mover(template, node).is_some_and(|a| scenario.actors[a.index()].id == *id)
        }
        Stated::Move(id) => matches!(template.causes[edge.index()],
            Cause::Move(Some(made)) if scenario.moves[made.index()].id == *id),
        Stated::Attribute(a, v) => {
            template.act(edge).map_or(0, |act| usize::from(act.attributes[*a])) == *v
        }
    }
}

/// Whether some move at `node` agrees with everything the row states.
pub(super) fn agrees_anywhere(template: &Template, node: NodeId, row: &HistoryRow) -> bool {
    let stated = stated(&template.scenario, row);
    template.graph.edges(node).any(|e| stated.iter().all(|s| fits(template, node, e, s)))
}

/// The moves of a turn that agree with everything the row states, ascending.
pub(super) fn agrees(
    template: &Template,
    (stage, slot): (u32, SlotId),
    row: &HistoryRow,
) -> Vec<EdgeId> {
    let stated = stated(&template.scenario, row);
    let nodes = nodes_of(template, stage, slot).into_iter().flatten().map(NodeId);
    let of_node = |n: NodeId| {
        let agree = |e: &EdgeId| stated.iter().all(|s| fits(template, n, *e, s));
        template.graph.edges(n).filter(agree).collect::<Vec<_>>()
    };
    nodes.flat_map(of_node).collect()
}

/// Why no move agrees with a row: the first thing it states that rules out what was left.
pub(super) fn explain(
    template: &Template,
    turn: (u32, SlotId),
    possible: &[NodeId],
    row: &HistoryRow,
) -> Diagnostic {
    let scenario = &template.scenario;
    let place = in_words(scenario, turn);
    let after = "once the rows before it are taken into account";
    if possible.is_empty() {
        let message = format!("the game cannot reach {place} {after}");
        let help = "by then every possible crisis is over: look at the ends and at the rows before";
        return problem("E076", row.span, message, help.to_owned());
    }
    let mut left: Vec<(NodeId, EdgeId)> =
        possible.iter().flat_map(|&n| template.graph.edges(n).map(move |e| (n, e))).collect();
    for what in stated(scenario, row) {
        let next: Vec<_> =
            left.iter().copied().filter(|&(n, e)| fits(template, n, e, &what)).collect();
        if !next.is_empty() {
            left = next;
            continue;
        }
        let (message, help) = match what {
            Stated::Actor(id) => {
                let holders = names(left.iter().filter_map(|&(n, _)| {
                    mover(template, n).map(|a| scenario.actors[a.index()].id.clone())
                }));
                (
                    format!("impossible actor: `{id}` does not decide at {place}; {holders} does"),
                    "correct the actor, or let the calendar change who holds the seat".to_owned(),
                )
            }
            Stated::Move(id) => (
                format!("impossible move: `{id}` is not open at {place} {after}"),
                closed(template, turn, possible, &id),
            ),
            Stated::Attribute(a, v) => {
                let attribute = &scenario.ladders[0].attributes[a];
                let has = |&(_, e): &(NodeId, EdgeId)| {
                    let v = template.act(e).map_or(0, |act| usize::from(act.attributes[a]));
                    attribute.values[v].clone()
                };
                let moves = names(left.iter().map(|&(_, e)| label(template, e)));
                (
                    format!(
                        "impossible {}: {moves} has {} {} at {place}, not {}",
                        attribute.id,
                        attribute.id,
                        names(left.iter().map(has)),
                        attribute.values[v],
                    ),
                    "leave the cell empty if it is not known, correct the code, or add the move \
                     that is missing"
                        .to_owned(),
                )
            }
        };
        return problem("E076", row.span, message, help);
    }
    // Something agrees, so there is nothing to explain; said rather than hidden.
    problem("E076", row.span, format!("impossible at {place}"), "check the row".to_owned())
}

/// What a closed move waits for: the variables its condition reads, and what they are.
fn closed(template: &Template, turn: (u32, SlotId), possible: &[NodeId], id: &str) -> String {
    let scenario = &template.scenario;
    let when = scenario.moves.iter().find(|m| m.id == id).and_then(|m| m.when.as_ref());
    let Some(when) = when else {
        return "the row before it leaves no state in which this turn is reached".to_owned();
    };
    let mut variables: Vec<VariableId> = Vec::new();
    when.walk(&mut |e| {
        if let Expr::Variable(v) = e
            && !variables.contains(v)
        {
            variables.push(*v);
        }
    });
    let is = |&v: &VariableId| {
        let values = names(possible.iter().map(|&n| value(scenario, v, template.value(n, v))));
        format!("{} is {values}", scenario.variables[v.index()].name)
    };
    let states: Vec<String> = variables.iter().map(is).collect();
    let nodes = nodes_of(template, turn.0, turn.1).into_iter().flatten().map(NodeId);
    let is_open = |e: EdgeId| label(template, e) == format!("`{id}`");
    let ever = nodes.flat_map(|n| template.graph.edges(n)).any(is_open);
    let hint = if ever {
        "an earlier row is missing or wrong, or the model lacks the move that would open it"
    } else {
        "no play of the game opens it there: its condition, or the move that sets the variable, \
         is missing"
    };
    match states.as_slice() {
        [] => hint.to_owned(),
        list => format!("its `when` waits: {}; {hint}", list.join(", ")),
    }
}

fn label(template: &Template, edge: EdgeId) -> String {
    match template.causes[edge.index()] {
        Cause::Move(Some(made)) => format!("`{}`", template.scenario.moves[made.index()].id),
        _ => "the forced hold".to_owned(),
    }
}

fn value(scenario: &Scenario, variable: VariableId, at: u8) -> String {
    match &scenario.variables[variable.index()].domain {
        Domain::Boolean => (at != 0).to_string(),
        Domain::Words(words) => words[usize::from(at)].clone(),
        Domain::Integers { low, .. } => (low + i32::from(at)).to_string(),
        Domain::Actors => scenario.actors[usize::from(at)].id.clone(),
    }
}

/// Different names in the order in which they first come, joined by "or".
fn names(all: impl Iterator<Item = String>) -> String {
    let mut found: Vec<String> = Vec::new();
    for name in all {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found.join(" or ")
}
