//! What the state consists of, and what changes or pays by it.

use crate::expr::Expr;
use crate::scenario::{ActorId, NormId, RedLineId, SeatId, VariableId};
use crate::source::Span;

/// The values a variable can take. The state stores a position in the domain.
#[derive(Clone, Debug, PartialEq)]
pub enum Domain {
    /// `false`, `true`.
    Boolean,
    /// Words, in order.
    Words(Vec<String>),
    /// Integers from `low` to `high`.
    Integers {
        /// Smallest.
        low: i32,
        /// Largest.
        high: i32,
    },
    /// The actors.
    Actors,
}

/// Where a variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// Declared under `[variables]`.
    Declared,
    /// The highest rung so far.
    Peak,
    /// The highest rung an actor has seen.
    PeakSeen(ActorId),
    /// Who holds a seat.
    Occupant(SeatId),
    /// A private type.
    Type(ActorId),
    /// How an actor reads an act, drawn at the start.
    Perception(ActorId),
    /// A signal of a hidden move.
    Signal,
    /// Status of a red line.
    Status(RedLineId),
    /// Whether a red line's `once` has happened (`stated` or actual).
    Crossed(RedLineId),
    /// State of a norm or treaty: intact, eroded, broken.
    NormState(NormId),
    /// Whether a norm's `on_break` once has happened.
    Broken(NormId),
}

/// Who sees a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Everybody,
    /// These actors, and whoever holds these seats at the time. Empty lists: nobody.
    Only {
        /// Actors.
        actors: Vec<ActorId>,
        /// Seats.
        seats: Vec<SeatId>,
    },
}

/// How effects of simultaneous moves on one variable combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// The sum of the changes, cut off at the ends of the domain.
    Add,
    /// True if one of them is.
    Or,
}

/// A part of the state.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Full name, as in the JSON of a state: `permit`, `russia.resolve`, `washington.occupant`.
    pub name: String,
    /// Values.
    pub domain: Domain,
    /// Whether a word domain may be compared by order.
    pub ordered: bool,
    /// Position in the domain at the start; for a drawn variable the first position.
    pub start: u8,
    /// Who sees it.
    pub visibility: Visibility,
    /// For simultaneous effects.
    pub combine: Option<Combine>,
    /// Where it comes from.
    pub kind: VariableKind,
    /// Source or note.
    pub source: Option<String>,
    /// Where it is written.
    pub span: Span,
}

impl Variable {
    /// How many values.
    #[must_use]
    pub fn n_values(&self, n_actors: usize) -> usize {
        match &self.domain {
            Domain::Boolean => 2,
            Domain::Words(words) => words.len(),
            Domain::Integers { low, high } => usize::try_from(high - low).unwrap_or(0) + 1,
            Domain::Actors => n_actors,
        }
    }
}

/// A draw of nature at the start: the value of one variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// The variable drawn.
    pub variable: VariableId,
    /// The analyst's probability of each value, in parameters.
    pub analyst: Vec<Expr>,
    /// Other probabilities, by actor. Who is not listed believes the analyst's.
    pub believed: Vec<(ActorId, Vec<Expr>)>,
    /// The hypothesis set whose priors are the analyst's probabilities, by position.
    pub hypothesis_set: Option<usize>,
    /// Where it is written.
    pub span: Span,
}

/// `variable = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// What changes.
    pub variable: VariableId,
    /// The new value (as in [`crate::expr`]), over the state before.
    pub value: Expr,
    /// Where it is written.
    pub span: Span,
}

/// Who is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payee {
    /// This actor, in office or not.
    Actor(ActorId),
    /// Whoever holds the seat at the time.
    Seat(SeatId),
}

/// One reason in a payoff.
#[derive(Clone, Debug, PartialEq)]
pub struct PayTerm {
    /// Who is paid.
    pub payee: Payee,
    /// How much: an expression in state and parameters.
    pub value: Expr,
    /// When: a condition on the state.
    pub condition: Option<Expr>,
    /// Where it is written.
    pub span: Span,
}
