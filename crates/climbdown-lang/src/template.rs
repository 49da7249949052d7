//! A template: the structure of a scenario's game, compiled once; numbers come per assignment.
//!
//! Nodes are places in the crisis (stage, phase, state); edges are moves, draws and accidents.
//! Payoffs are a sparse matrix over *residuals*: what is left of a payoff or probability
//! expression when the state is put in, an expression in parameters only. Solving with other
//! parameters evaluates the residuals again and touches nothing else.

use std::sync::Arc;

use quantal::{BrokenLaw, EdgeId, Game, Graph, NodeId, Numbers, Viewer};

use crate::eval;
use crate::expr::Expr;
use crate::part::Values;
use crate::scenario::{
    ActorId, CalendarId, DrawId, EndId, HazardId, Memory, MoveId, NormId, RedLineId, Scenario,
    SlotId, VariableId,
};
use crate::source::Span;

/// A value for every parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// One value per parameter, in the order of [`Scenario::parameters`].
    pub values: Vec<f64>,
}

/// What is going on at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Nature draws a type or another start value.
    Draw(DrawId),
    /// A dated event may happen.
    Calendar(CalendarId),
    /// A seat decides.
    Turn(SlotId),
    /// A signal of a hidden move may appear, after this turn (position in [`Template::signals`]).
    Signal(SlotId, u16),
    /// An accident may happen.
    Hazard(HazardId),
    /// The crisis is over.
    Over(Ending),
}

/// Why the crisis is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// An end of the scenario.
    End(EndId),
    /// The time ran out.
    Horizon,
}

/// A node's place in time. At a terminal node `stage` is the last stage played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Stage, from 0.
    pub stage: u32,
    /// Phase of the stage.
    pub phase: Phase,
}

/// What an edge stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nature drew this value (position in the domain).
    Draw(u8),
    /// The dated event happened, or did not.
    Calendar(bool),
    /// A move; `None` is the forced hold of an empty menu.
    Move(Option<MoveId>),
    /// The signal is true, or false.
    Signal(bool),
    /// The accident happened, or did not.
    Hazard(bool),
}

/// An act as done: a move made in a state, coded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Act {
    /// The move.
    pub made: MoveId,
    /// Who made it.
    pub actor: ActorId,
    /// Value of each attribute of the ladder, as physically coded.
    pub attributes: Vec<u8>,
    /// Rung on the analyst's ladder.
    pub rung: u8,
    /// Rung as each actor codes what it saw (what it looked like, if hidden from it).
    pub rung_seen: Vec<u8>,
}

/// A line crossed or a norm broken by an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touch {
    /// The stated line.
    Stated(RedLineId),
    /// The actual line.
    Actual(RedLineId),
    /// The norm or treaty, in this state before (0 intact, 1 eroded, 2 broken).
    Norm(NormId, u8),
}

/// One entry of the payoff matrix: coefficient × residual is paid to the actor, for a reason.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Payment {
    /// Who is paid.
    pub actor: ActorId,
    /// The number in front.
    pub coefficient: f64,
    /// Position in [`Template::residuals`].
    pub residual: u32,
    /// Position in [`Template::reasons`].
    pub reason: u32,
}

/// Why something is paid, or where a probability comes from: the line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// In words: `moves.grant pays biden`.
    pub label: String,
    /// The expression.
    pub span: Span,
}

/// The structure of a scenario's game.
#[derive(Clone, Debug)]
pub struct Template {
    /// The scenario it was compiled from.
    pub scenario: Arc<Scenario>,
    /// The memory it was compiled with.
    pub memory: Memory,
    /// The most nodes it was allowed; a template made from it is allowed no more.
    pub budget_nodes: usize,
    /// Nodes, edges, information sets. Players are the actors, in order.
    pub graph: Arc<Graph>,
    /// One place per node.
    pub places: Vec<Place>,
    /// One cause per edge.
    pub causes: Vec<Cause>,
    /// All different acts.
    pub acts: Vec<Act>,
    /// Expressions in parameters only.
    pub residuals: Vec<Expr>,
    /// Lines of the file behind payments and probabilities.
    pub reasons: Vec<Reason>,
    /// For each slot, the moves of its menu whose signal may appear after it.
    pub signals: Vec<Vec<MoveId>>,
    pub(crate) n_variables: usize,
    pub(crate) states: Vec<u8>,
    pub(crate) edge_act: Vec<u32>,
    pub(crate) touch_start: Vec<u32>,
    pub(crate) touches: Vec<Touch>,
    pub(crate) payment_start: Vec<u32>,
    pub(crate) payments: Vec<Payment>,
    pub(crate) chance: Vec<u32>,
    pub(crate) chance_reason: Vec<u32>,
    pub(crate) weights: Vec<f64>,
}

/// Why numbers cannot be put on a template.
#[derive(Clone, Debug, PartialEq)]
pub struct BadNumbers {
    /// The line of the file that gives the number.
    pub span: Span,
    /// What is wrong with it, in words.
    pub message: String,
}

impl Template {
    /// Position of `variable` in its domain, at `node`.
    #[must_use]
    pub fn value(&self, node: NodeId, variable: VariableId) -> u8 {
        self.states[node.index() * self.n_variables + variable.index()]
    }
    /// The whole state at `node`: position in the domain of each variable.
    #[must_use]
    pub fn state(&self, node: NodeId) -> &[u8] {
        &self.states[node.index() * self.n_variables..(node.index() + 1) * self.n_variables]
    }
    /// The highest rung so far at `node`, on the analyst's ladder.
    #[must_use]
    pub fn peak(&self, node: NodeId) -> u8 {
        self.value(node, self.scenario.peak)
    }
    /// The act an edge stands for, if it is a move.
    #[must_use]
    pub fn act(&self, edge: EdgeId) -> Option<&Act> {
        self.acts.get(self.edge_act[edge.index()] as usize)
    }
    /// The lines crossed and norms broken on `edge`.
    #[must_use]
    pub fn touches(&self, edge: EdgeId) -> &[Touch] {
        let (a, b) = (self.touch_start[edge.index()], self.touch_start[edge.index() + 1]);
        &self.touches[a as usize..b as usize]
    }
    /// What is paid on `edge`.
    #[must_use]
    pub fn edge_payments(&self, edge: EdgeId) -> &[Payment] {
        self.payment_row(edge.index())
    }
    /// What is paid at `node`, if it is terminal.
    #[must_use]
    pub fn terminal_payments(&self, node: NodeId) -> &[Payment] {
        self.graph.terminal_index(node).map_or(&[], |t| self.payment_row(self.graph.n_edges() + t))
    }
    fn payment_row(&self, row: usize) -> &[Payment] {
        &self.payments[self.payment_start[row] as usize..self.payment_start[row + 1] as usize]
    }
    /// The probability of a chance edge in the eyes of `viewer`, as an expression in parameters,
    /// and the line it comes from. `None` if the edge is not one of chance.
    #[must_use]
    pub fn chance(&self, edge: EdgeId, viewer: Viewer) -> Option<(&Expr, &Reason)> {
        let c = self.graph.chance_index(edge)?;
        let row = self.graph.viewer_index(viewer) * self.graph.n_chance_edges() + c;
        Some((
            &self.residuals[self.chance[row] as usize],
            &self.reasons[self.chance_reason[c] as usize],
        ))
    }
    /// The game with the numbers of `assignment`.
    ///
    /// # Errors
    /// [`BadNumbers`] if a probability leaves \[0, 1\], a number is not finite, a discount is not in
    /// \[0, 1\], or an actor excludes what another viewer holds possible.
    pub fn instantiate(&self, assignment: &Assignment) -> Result<Game, BadNumbers> {
        for (actor, stake) in self.scenario.actors.iter().zip(self.stakes(assignment)) {
            if !(stake.is_finite() && stake > 0.0) {
                let message = format!("the stake of `{}` is {stake}; it must be above 0", actor.id);
                return Err(BadNumbers { span: actor.span, message });
            }
        }
        self.game(&self.evaluate(assignment, &[]))
    }

    /// The game with evaluated numbers.
    ///
    /// # Errors
    /// As [`Template::instantiate`], which looks at the stakes as well.
    pub fn game(&self, values: &Values) -> Result<Game, BadNumbers> {
        let numbers = &values.residuals;
        let n_players = self.graph.n_players();
        let pay = |rows: std::ops::Range<usize>| -> Result<Vec<f64>, BadNumbers> {
            let mut out = vec![0.0; rows.len() * n_players];
            for (at, row) in rows.enumerate() {
                for p in self.payment_row(row) {
                    let amount = p.coefficient * numbers[p.residual as usize];
                    if !amount.is_finite() {
                        let reason = &self.reasons[p.reason as usize];
                        let message = format!(
                            "{} pays {amount}, which is not a number to count with",
                            reason.label
                        );
                        return Err(BadNumbers { span: reason.span, message });
                    }
                    out[at * n_players + p.actor.index()] += amount;
                }
            }
            Ok(out)
        };
        let n_edges = self.graph.n_edges();
        let edge_payoffs = pay(0..n_edges)?;
        let terminal_payoffs = pay(n_edges..n_edges + self.graph.n_terminals())?;
        let chance = self.all_chance(values);
        let n_chance = self.graph.n_chance_edges();
        if let Some(at) = chance.iter().position(|p| !(0.0..=1.0).contains(p)) {
            let reason = &self.reasons[self.chance_reason[at % n_chance] as usize];
            let message =
                format!("{}: the probability is {}, outside 0 to 1", reason.label, chance[at]);
            return Err(BadNumbers { span: reason.span, message });
        }
        let numbers = Numbers {
            edge_payoffs,
            terminal_payoffs,
            chance,
            weights: self.weights.clone(),
            discounts: values.discounts.clone(),
        };
        Game::new(Arc::clone(&self.graph), numbers).map_err(|law| self.explain(&law))
    }

    fn explain(&self, law: &BrokenLaw) -> BadNumbers {
        let scenario = &self.scenario;
        let of_edge = |edge: EdgeId| {
            let c = self.graph.chance_index(edge).expect("only chance edges have probabilities");
            &self.reasons[self.chance_reason[c] as usize]
        };
        match *law {
            BrokenLaw::DogmaticZero(edge, player) => {
                let (reason, actor) = (of_edge(edge), &scenario.actors[player.index()].id);
                let message = format!(
                    "{}: `{actor}` gives probability 0 to what another holds possible",
                    reason.label
                );
                BadNumbers { span: reason.span, message }
            }
            BrokenLaw::NotADistribution(node, viewer) => {
                let reason =
                    of_edge(self.graph.edges(node).next().expect("chance nodes have edges"));
                let who = match viewer {
                    Viewer::Player(p) => scenario.actors[p.index()].id.as_str(),
                    Viewer::Analyst => "the analyst",
                };
                BadNumbers {
                    span: reason.span,
                    message: format!(
                        "{}: the probabilities of {who} do not sum to 1",
                        reason.label
                    ),
                }
            }
            BrokenLaw::BadDiscount(player) => {
                let actor = &scenario.actors[player.index()];
                BadNumbers {
                    span: actor.span,
                    message: format!("the discount of `{}` is not between 0 and 1", actor.id),
                }
            }
            ref other => unreachable!("the compiler builds games that obey the laws: {other:?}"),
        }
    }

    /// The stake unit of each actor, in payoff.
    #[must_use]
    pub fn stakes(&self, assignment: &Assignment) -> Vec<f64> {
        let actors = self.scenario.actors.iter();
        actors.map(|a| eval::number(&a.stake, &self.scenario, &assignment.values)).collect()
    }
}

/// `1 - 0.9 - 0.1` is not 0 in floating point; a probability this close to 0 or 1 is meant to be it.
const ROUNDING: f64 = 1e-15;

pub(crate) fn without_rounding(p: f64) -> f64 {
    if p.abs() <= ROUNDING {
        0.0
    } else if (p - 1.0).abs() <= ROUNDING {
        1.0
    } else {
        p
    }
}

impl Assignment {
    /// The point values of the file.
    #[must_use]
    pub fn point(scenario: &Scenario) -> Self {
        Self { values: scenario.parameters.iter().map(|p| p.value).collect() }
    }
}

/// How to compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompileOptions {
    /// What actors remember.
    pub memory: Memory,
    /// Most nodes.
    pub budget_nodes: usize,
}
