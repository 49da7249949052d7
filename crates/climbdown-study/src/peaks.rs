//! Where the peak rises: the edges that can cross a firebreak, and how each crossing counts.

use climbdown_lang::scenario::{ActorId, Scenario, SlotId};
use climbdown_lang::template::{Act, Cause, Phase, Template};
use quantal::{EdgeId, NodeId};

/// How a firebreak is crossed (model.md §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By a move its mover knew to cross.
    Deliberate,
    /// By a move that does not cross in its mover's eyes.
    Inadvertent,
    /// By a hazard or another draw.
    Accidental,
}

/// An edge on which the peak rises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rise {
    /// Where the edge begins.
    pub(crate) node: NodeId,
    /// The edge.
    pub(crate) edge: EdgeId,
    /// Peak before.
    pub(crate) from: u8,
    /// Peak after.
    pub(crate) to: u8,
    /// Who acts on it: (mover, rung, rung as the mover codes it), several if they act at the same
    /// time; empty for a draw.
    doers: Vec<(ActorId, u8, u8)>,
}

impl Rise {
    /// Whether the peak first passes `above` here.
    pub(crate) fn passes(&self, above: u8) -> bool {
        self.from < above && above <= self.to
    }
}

/// All rises of a template: the analyst's peak, and what each actor has seen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Peaks {
    /// Of the peak, in the order of nodes.
    pub(crate) rises: Vec<Rise>,
    /// Of each actor's `peak_seen`: (node, edge, from, to).
    pub(crate) seen: Vec<Vec<(NodeId, EdgeId, u8, u8)>>,
}

impl Peaks {
    /// Finds the rises of `template`.
    pub(crate) fn of(template: &Template) -> Self {
        let graph = &template.graph;
        let pending = pending_acts(template);
        let seen_variables = &template.scenario.peak_seen;
        let mut rises = Vec::new();
        let mut seen = vec![Vec::new(); seen_variables.len()];
        for node in graph.nodes() {
            for edge in graph.edges(node) {
                let next = graph.to(edge);
                let (from, to) = (template.peak(node), template.peak(next));
                if to > from {
                    let doers = match template.causes[edge.index()] {
                        Cause::Move(_) => pending[node.index()]
                            .iter()
                            .copied()
                            .chain(template.act(edge).map(doer))
                            .collect(),
                        _ => Vec::new(),
                    };
                    rises.push(Rise { node, edge, from, to, doers });
                }
                for (list, &variable) in seen.iter_mut().zip(seen_variables) {
                    let (from, to) = (template.value(node, variable), template.value(next, variable));
                    if to > from {
                        list.push((node, edge, from, to));
                    }
                }
            }
        }
        Self { rises, seen }
    }
}

fn doer(act: &Act) -> (ActorId, u8, u8) {
    (act.actor, act.rung, act.rung_seen[act.actor.index()])
}

/// For nodes inside a simultaneous group: the acts already chosen, whose effects are still to come.
/// Such a node is reached by one sequence of choices only, so any edge into it tells.
fn pending_acts(template: &Template) -> Vec<Vec<(ActorId, u8, u8)>> {
    let graph = &template.graph;
    let group = |slot: SlotId| template.scenario.slots[slot.index()].group;
    let mut pending = vec![Vec::new(); graph.n_nodes()];
    for node in graph.nodes() {
        let Phase::Turn(slot) = template.places[node.index()].phase else { continue };
        for edge in graph.edges(node) {
            let next = graph.to(edge);
            let Phase::Turn(other) = template.places[next.index()].phase else { continue };
            let is_same_stage =
                template.places[next.index()].stage == template.places[node.index()].stage;
            if is_same_stage && group(other) == group(slot) {
                let mut acts = pending[node.index()].clone();
                acts.extend(template.act(edge).map(doer));
                pending[next.index()] = acts;
            }
        }
    }
    pending
}

/// How passing firebreak `firebreak` on `rise` counts. With several acts at once, those that cross
/// on the analyst's ladder count, and one that its mover knew to cross makes it deliberate.
pub(crate) fn way(scenario: &Scenario, firebreak: usize, rise: &Rise) -> Way {
    if rise.doers.is_empty() {
        return Way::Accidental;
    }
    let above = scenario.ladders[0].firebreaks[firebreak].above;
    let any_crosses = rise.doers.iter().any(|&(_, rung, _)| rung >= above);
    let knew = rise.doers.iter().any(|&(mover, rung, seen)| {
        (rung >= above || !any_crosses) && seen >= above_for(scenario, mover, firebreak)
    });
    if knew { Way::Deliberate } else { Way::Inadvertent }
}

/// The rung just above a firebreak of the analyst's ladder on the ladder `actor` codes by: that of
/// the firebreak with the same id, if there is one.
pub(crate) fn above_for(scenario: &Scenario, actor: ActorId, firebreak: usize) -> u8 {
    let of_analyst = &scenario.ladders[0].firebreaks[firebreak];
    let own = &scenario.ladders[scenario.actors[actor.index()].ladder.index()];
    own.firebreaks.iter().find(|f| f.id == of_analyst.id).map_or(of_analyst.above, |f| f.above)
}
