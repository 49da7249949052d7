//! The question as a place in the game: its turn, the states where both moves are open, and which
//! moves the reference policy gives up later.

use climbdown_lang::scenario::{Measure, MoveId, Scenario, SlotId, Until};
use climbdown_lang::template::{Cause, Phase, Place, Template};
use quantal::{EdgeId, NodeId, NodeKind};

use crate::Unanswered;
use crate::clock::Clock;
use crate::findings::QuestionAsked;
use crate::known::Known;

/// A state in which the focal move and its reference are both open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fork {
    /// Where.
    pub(crate) node: NodeId,
    /// The focal move there.
    pub(crate) focal: EdgeId,
    /// The reference there.
    pub(crate) reference: EdgeId,
}

/// Where the question is asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    /// All nodes of the question's turn, ascending.
    pub(crate) turn: Vec<NodeId>,
    /// Those where both moves are open, ascending.
    pub(crate) forks: Vec<Fork>,
    /// For each edge: whether the reference policy gives up this move.
    pub(crate) is_given_up: Vec<bool>,
    /// Information sets where a move that should be given up is all there is, and so stays.
    pub(crate) n_kept: usize,
    /// Whether anybody decides anything before the question's turn.
    pub(crate) is_preceded: bool,
    /// What was observed before it.
    pub(crate) known: Known,
}

/// Finds the question in `template`; `is_reached` says which nodes anybody holds possible.
///
/// # Errors
/// When the turn is not reached, both moves are never open together, or a tenure is asked for and
/// it is not certain whose.
pub(crate) fn locate(
    template: &Template,
    clock: &Clock,
    is_reached: &[bool],
) -> Result<Asked, Unanswered> {
    let (scenario, graph) = (&template.scenario, &template.graph);
    let question = &scenario.question;
    let place = Place { stage: question.stage, phase: Phase::Turn(question.slot) };
    let turn: Vec<NodeId> = graph
        .nodes()
        .filter(|n| template.places[n.index()] == place && is_reached[n.index()])
        .collect();
    let forks: Vec<Fork> = turn
        .iter()
        .filter_map(|&node| {
            let focal = edge_of_move(template, node, question.focal)?;
            let reference = edge_of_move(template, node, question.reference)?;
            Some(Fork { node, focal, reference })
        })
        .collect();
    if forks.is_empty() {
        return Err(Unanswered::Question(format!(
            "in stage {} there is no state in which both `{}` and `{}` are open to {}",
            question.stage,
            scenario.moves[question.focal.index()].id,
            scenario.moves[question.reference.index()].id,
            scenario.seats[question.seat.index()].id,
        )));
    }
    let occupant = scenario.seats[question.seat.index()].occupant;
    let holder = template.value(turn[0], occupant);
    if question.until == Until::Tenure
        && turn.iter().any(|&n| template.value(n, occupant) != holder)
    {
        return Err(Unanswered::Question(format!(
            "until = \"tenure\": in stage {} it is not certain who holds the seat {}; \
             give a date or \"horizon\"",
            question.stage,
            scenario.seats[question.seat.index()].id,
        )));
    }
    let asked_at = clock.turn(question.stage, question.slot.index());
    let is_bound = |node: NodeId| {
        let place = template.places[node.index()];
        let Phase::Turn(slot) = place.phase else { return false };
        clock.place(place) > asked_at
            && scenario.slots[slot.index()].seat == question.seat
            && match question.until {
                Until::Horizon => true,
                Until::Tenure => template.value(node, occupant) == holder,
                Until::Date(date) => scenario.time.date(place.stage) < date,
            }
    };
    let mut is_given_up = vec![false; graph.n_edges()];
    let mut n_kept = 0;
    for infoset in graph.infosets() {
        let nodes = graph.infoset_nodes(infoset);
        if !nodes.iter().any(|&n| is_bound(n)) {
            continue;
        }
        let gives_up = |edge: EdgeId| is_focal_or_variant(scenario, template.causes[edge.index()]);
        if graph.edges(nodes[0]).all(gives_up) {
            n_kept += 1;
            continue;
        }
        for edge in nodes.iter().flat_map(|&n| graph.edges(n)) {
            is_given_up[edge.index()] = gives_up(edge);
        }
    }
    let is_preceded = graph.nodes().any(|n| {
        matches!(graph.kind(n), NodeKind::Decision(_))
            && clock.place(template.places[n.index()]) < asked_at
    });
    Ok(Asked { turn, forks, is_given_up, n_kept, is_preceded, known: Known::nothing() })
}

/// What to say when the analyst's draws never lead to a state where both moves are open.
pub(crate) fn never_both_open() -> String {
    "by the analyst's probabilities there is no state in which both moves are open".to_string()
}

/// The edge of `made` at `node`, if it is open there.
pub(crate) fn edge_of_move(template: &Template, node: NodeId, made: MoveId) -> Option<EdgeId> {
    template.graph.edges(node).find(|e| template.causes[e.index()] == Cause::Move(Some(made)))
}

/// Whether a move is the focal one or listed as a variant of it; the reference never is.
fn is_focal_or_variant(scenario: &Scenario, cause: Cause) -> bool {
    let root = |made: MoveId| scenario.moves[made.index()].variant_of.unwrap_or(made);
    let question = &scenario.question;
    matches!(cause, Cause::Move(Some(made))
        if made != question.reference && root(made) == root(question.focal))
}

/// The question in names.
pub(crate) fn in_names(scenario: &Scenario) -> QuestionAsked {
    let question = &scenario.question;
    let name = |made: MoveId| scenario.moves[made.index()].id.clone();
    QuestionAsked {
        seat: scenario.seats[question.seat.index()].id.clone(),
        stage: question.stage,
        date: scenario.time.date(question.stage).to_string(),
        focal: name(question.focal),
        reference: name(question.reference),
        until: match question.until {
            Until::Tenure => "tenure".to_string(),
            Until::Horizon => "horizon".to_string(),
            Until::Date(date) => date.to_string(),
        },
        focal_act: name(question.focal_act),
        reference_act: name(question.reference_act),
        measure: match question.measure {
            Measure::Rung(rung) => format!("rungs.{rung}"),
            Measure::Firebreak(at) => {
                format!("firebreaks.{}", scenario.ladders[0].firebreaks[at].id)
            }
        },
    }
}

/// The slot of a node that is a turn.
pub(crate) fn slot_of(place: Place) -> Option<SlotId> {
    match place.phase {
        Phase::Turn(slot) => Some(slot),
        _ => None,
    }
}
