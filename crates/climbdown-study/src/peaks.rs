//! Where the peak rises: the edges that can cross a firebreak, and how each crossing counts.

use climbdown_lang::scenario::{ActorId, Scenario};
use climbdown_lang::template::{Cause, Template};
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
    /// Who acts on it, and the rung of the act as that actor codes it; `None` for a draw.
    doer: Option<(ActorId, u8)>,
    /// Whether it is a move, forced holds included.
    is_move: bool,
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
        let seen_variables = &template.scenario.peak_seen;
        let mut rises = Vec::new();
        let mut seen = vec![Vec::new(); seen_variables.len()];
        for node in graph.nodes() {
            for edge in graph.edges(node) {
                let next = graph.to(edge);
                let (from, to) = (template.peak(node), template.peak(next));
                if to > from {
                    let doer = template.act(edge).map(|a| (a.actor, a.rung_seen[a.actor.index()]));
                    let is_move = matches!(template.causes[edge.index()], Cause::Move(_));
                    rises.push(Rise { node, edge, from, to, doer, is_move });
                }
                for (list, &variable) in seen.iter_mut().zip(seen_variables) {
                    let (from, to) =
                        (template.value(node, variable), template.value(next, variable));
                    if to > from {
                        list.push((node, edge, from, to));
                    }
                }
            }
        }
        Self { rises, seen }
    }
}

/// How passing `firebreak` on `rise` counts. Acts made at the same time raise the peak in the order
/// of the list `turns`: the crossing is the first one's.
pub(crate) fn way(scenario: &Scenario, firebreak: usize, rise: &Rise) -> Way {
    match rise.doer {
        _ if !rise.is_move => Way::Accidental,
        Some((mover, seen)) if seen < above_for(scenario, mover, firebreak) => Way::Inadvertent,
        _ => Way::Deliberate,
    }
}

/// The rung just above a firebreak of the analyst's ladder on the ladder `actor` codes by: that of
/// the firebreak with the same id, if there is one.
pub(crate) fn above_for(scenario: &Scenario, actor: ActorId, firebreak: usize) -> u8 {
    let of_analyst = &scenario.ladders[0].firebreaks[firebreak];
    let own = &scenario.ladders[scenario.actors[actor.index()].ladder.index()];
    own.firebreaks.iter().find(|f| f.id == of_analyst.id).map_or(of_analyst.above, |f| f.above)
}
