//! A history as observations of a game: which turn each row is about, and which moves agree with it.
//!
//! A row observes an *event*: the moves of its turn that agree with every attribute it states.
//! Several rows for one turn are one observation. A turn without a row is a silence. A row that no
//! move agrees with is a diagnostic that says which cell, or which move or variable, is in the way.

mod agree;
mod rows;

use std::ops::Range;

use jiff::civil::Date;
use quantal::{EdgeId, Game, NodeId, NodeKind, Viewer};

use crate::diagnostic::{Diagnostic, Severity};
use crate::scenario::{ActorId, HistoryRow, MoveId, Scenario, SlotId};
use crate::source::Span;
use crate::template::{Cause, Phase, Template};

/// A history on the turns of a game.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// Every turn from the start to the last stage that has a row, in the order of play.
    pub turns: Vec<ObservedTurn>,
    /// Rows before the start or after the horizon, by position: the game does not reach them.
    pub outside: Vec<usize>,
}

/// A turn and what was observed there.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedTurn {
    /// Stage.
    pub stage: u32,
    /// Position in `turns`.
    pub slot: SlotId,
    /// Its nodes, which stand in a row.
    pub nodes: Range<u32>,
    /// What was observed.
    pub seen: Seen,
}

/// What was observed at a turn.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// An act, in one or more accounts of it.
    Act(Vec<Account>),
    /// No row, which means that nothing was done: the hold of each node, ascending.
    Hold(Vec<EdgeId>),
    /// No row, which means nothing.
    Nothing,
}

/// What one account says of a turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Its name, if the history gives one.
    pub name: Option<String>,
    /// How far it is trusted, from 0 to 1.
    pub weight: f64,
    /// The row that counts, by position in the history.
    pub row: usize,
    /// Rows of the same turn that it absorbs.
    pub absorbed: Vec<usize>,
    /// The event: the moves that agree with the row, ascending.
    pub edges: Vec<EdgeId>,
}

impl ObservedTurn {
    /// The nodes.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        self.nodes.clone().map(NodeId)
    }

    /// How likely what was observed is if the move `edge` was made: 1 or 0, except under disputed
    /// accounts, where each speaks with its weight and what is left of 1 says nothing.
    #[must_use]
    pub fn likelihood(&self, edge: EdgeId) -> f64 {
        match &self.seen {
            Seen::Act(accounts) => accounts
                .iter()
                .filter(|a| a.edges.binary_search(&edge).is_ok())
                .fold(self.untold(), |sum, a| sum + a.weight),
            Seen::Hold(edges) => f64::from(u8::from(edges.binary_search(&edge).is_ok())),
            Seen::Nothing => 1.0,
        }
    }

    /// The same if the crisis was over by then.
    #[must_use]
    pub fn likelihood_if_over(&self) -> f64 {
        match self.seen {
            Seen::Act(_) => self.untold(),
            Seen::Hold(_) | Seen::Nothing => 1.0,
        }
    }

    /// The weight that no account has.
    #[must_use]
    pub fn untold(&self) -> f64 {
        let Seen::Act(accounts) = &self.seen else { return 0.0 };
        let told = accounts.iter().fold(0.0, |sum, a| sum + a.weight);
        if told >= 1.0 - ROUNDING { 0.0 } else { 1.0 - told }
    }
}

/// Weights that sum to 1 but for rounding.
const ROUNDING: f64 = 1e-9;

/// Sets the history of a scenario on the turns of its game; what can happen is judged by the
/// analyst's probabilities in `game`. No history is one without rows.
///
/// # Errors
/// Every row that says something the game has no place for.
pub fn episode(template: &Template, game: &Game) -> Result<Episode, Vec<Diagnostic>> {
    up_to(template, game, None)
}

/// The same as it was known at the end of the day `date`: later rows do not exist yet, and a turn
/// without a row is a silence once its stage is over.
///
/// # Errors
/// Every row up to the date that says something the game has no place for.
pub fn episode_as_of(
    template: &Template,
    game: &Game,
    date: Date,
) -> Result<Episode, Vec<Diagnostic>> {
    up_to(template, game, Some(date))
}

fn up_to(template: &Template, game: &Game, date: Option<Date>) -> Result<Episode, Vec<Diagnostic>> {
    let Some(history) = &template.scenario.history else {
        return Ok(Episode { turns: Vec::new(), outside: Vec::new() });
    };
    let mut problems = Vec::new();
    let is_known = |row: &HistoryRow| date.is_none_or(|date| row.date <= date);
    let placed = rows::place(template, &history.rows, &is_known, &mut problems);
    let time = &template.scenario.time;
    let is_over = |stage: u32| date.is_none_or(|date| time.ends_by(stage, date));
    let mut support = Support::new(template);
    let mut turns = Vec::new();
    // The list goes on to its last row, known or not yet: up to there no row says something.
    let last = history.rows.iter().filter_map(|row| time.stage_of(row.date)).max();
    for stage in 0..last.map_or(0, |stage| stage + 1) {
        for slot in (0..template.scenario.slots.len()).map(SlotId::new) {
            let Some(nodes) = nodes_of(template, stage, slot) else { continue };
            support.advance(template, game, nodes.start, |_| true);
            let seen = match placed.by_turn.get(&(stage, slot)) {
                Some(rows) => {
                    let possible = support.within(&nodes);
                    rows::accounts(template, (stage, slot), &possible, rows, &mut problems)
                        .map_or(Seen::Nothing, Seen::Act)
                }
                None if history.silence_is_hold && is_over(stage) => {
                    Seen::Hold(nodes.clone().map(|n| hold(template, NodeId(n))).collect())
                }
                None => Seen::Nothing,
            };
            let turn = ObservedTurn { stage, slot, nodes: nodes.clone(), seen };
            support.advance(template, game, nodes.end, |edge| turn.likelihood(edge) > 0.0);
            turns.push(turn);
        }
    }
    if problems.is_empty() {
        Ok(Episode { turns, outside: placed.outside })
    } else {
        problems.sort_by(|a, b| (a.span, a.code).cmp(&(b.span, b.code)));
        Err(problems)
    }
}

/// The hold of a node: the first move of the menu, in the order of the file, whose act stands on the
/// lowest rung among those that are open; the forced hold if there is nothing else.
#[must_use]
pub fn hold(template: &Template, node: NodeId) -> EdgeId {
    let rung = |edge: &EdgeId| template.act(*edge).map_or(0, |act| act.rung);
    // `min_by_key` takes the first of equals, and edges are in the order of the file.
    template.graph.edges(node).min_by_key(rung).expect("a menu is never empty")
}

/// What the move `edge`, made at `node`, looks like to `observer`: the move itself, or what a hidden
/// one is taken for; `None` for a forced hold.
#[must_use]
pub fn looks(template: &Template, node: NodeId, edge: EdgeId, observer: ActorId) -> Option<MoveId> {
    let Cause::Move(Some(made)) = template.causes[edge.index()] else { return None };
    let (scenario, state) = (&template.scenario, template.state(node));
    let this = &scenario.moves[made.index()];
    let mover = template.act(edge).map(|act| act.actor)?;
    match &this.hidden {
        Some(hidden) if !crate::act::sees_move(scenario, this, mover, observer, state) => {
            Some(hidden.looks_like)
        }
        _ => Some(made),
    }
}

/// Who decides at a node.
#[must_use]
pub fn mover(template: &Template, node: NodeId) -> Option<ActorId> {
    match template.graph.kind(node) {
        NodeKind::Decision(infoset) => {
            Some(ActorId::new(template.graph.infoset(infoset).player.index()))
        }
        _ => None,
    }
}

/// The nodes of a turn, if the game has any.
fn nodes_of(template: &Template, stage: u32, slot: SlotId) -> Option<Range<u32>> {
    let is_there =
        |place: &crate::template::Place| place.stage == stage && place.phase == Phase::Turn(slot);
    let first = template.places.iter().position(is_there)?;
    let n = template.places[first..].iter().take_while(|p| is_there(p)).count();
    let id = |n: usize| u32::try_from(n).expect("a budget keeps nodes under 2^32");
    Some(id(first)..id(first + n))
}

/// Which nodes the observations so far leave possible.
struct Support {
    is_possible: Vec<bool>,
    next: u32,
}

impl Support {
    fn new(template: &Template) -> Self {
        let mut is_possible = vec![false; template.graph.n_nodes()];
        is_possible[0] = true;
        Self { is_possible, next: 0 }
    }

    /// Goes on to the node `to`, over edges that can be passed.
    fn advance(
        &mut self,
        template: &Template,
        game: &Game,
        to: u32,
        agrees: impl Fn(EdgeId) -> bool,
    ) {
        let graph = &template.graph;
        for node in (self.next..to).map(NodeId) {
            if self.is_possible[node.index()] {
                for edge in graph.edges(node) {
                    if game.probability(edge, Viewer::Analyst) > 0.0 && agrees(edge) {
                        self.is_possible[graph.to(edge).index()] = true;
                    }
                }
            }
        }
        self.next = to;
    }

    fn within(&self, nodes: &Range<u32>) -> Vec<NodeId> {
        nodes.clone().map(NodeId).filter(|n| self.is_possible[n.index()]).collect()
    }
}

/// A row the game has no place for.
fn problem(code: &'static str, span: Span, message: String, help: String) -> Diagnostic {
    Diagnostic { code, severity: Severity::Error, span, message, help: Some(help) }
}

/// `a turn of moscow (reply) in stage 2`.
fn in_words(scenario: &Scenario, (stage, slot): (u32, SlotId)) -> String {
    let slot = &scenario.slots[slot.index()];
    let (seat, menu) = (&scenario.seats[slot.seat.index()].id, &scenario.menus[slot.menu.index()]);
    format!("the turn of `{seat}` (menu `{menu}`) in stage {stage}")
}
