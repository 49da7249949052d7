//! What can happen: moves, dated events, lines, norms, accidents, ends.

use crate::expr::Expr;
use crate::scenario::{
    ActorId, AttributeId, Effect, MenuId, MoveId, PayTerm, VariableId, Visibility,
};
use crate::source::Span;

/// An event on a date.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarEvent {
    /// Short name.
    pub id: String,
    /// Its date.
    pub date: jiff::civil::Date,
    /// The first stage that begins on or after the date; `None` if beyond the horizon.
    pub stage: Option<u32>,
    /// Condition on the state.
    pub when: Option<Expr>,
    /// Probability, in state and parameters; certain if `None`.
    pub probability: Option<Expr>,
    /// Other probabilities, by actor.
    pub believed: Vec<(ActorId, Expr)>,
    /// What it does.
    pub set: Vec<Effect>,
    /// What happens otherwise.
    pub otherwise: Vec<Effect>,
    /// Where it is written.
    pub span: Span,
}

/// How an observer codes an act.
#[derive(Clone, Debug, PartialEq)]
pub struct Perception {
    /// The observer.
    pub actor: ActorId,
    /// Which attribute.
    pub attribute: AttributeId,
    /// Its value in the observer's eyes, over the state and the observer's types; a drawn
    /// perception is a variable of its own.
    pub value: Expr,
}

/// What is hidden about a move.
#[derive(Clone, Debug, PartialEq)]
pub struct Hidden {
    /// Who sees it besides the mover.
    pub seen_by: Visibility,
    /// What it looks like to the others.
    pub looks_like: MoveId,
}

/// A noisy observation of a hidden move, drawn after its turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// The true-or-false variable that is drawn.
    pub variable: VariableId,
    /// Probability of true if this move was made.
    pub when_done: Expr,
    /// Probability of true if another move of the menu was made.
    pub when_not: Expr,
    /// Where it is written.
    pub span: Span,
}

/// Something an actor can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// Short name.
    pub id: String,
    /// For people.
    pub text: Option<String>,
    /// On which menus.
    pub menus: Vec<MenuId>,
    /// When it is available.
    pub when: Option<Expr>,
    /// Attributes of the act, one per attribute of the ladder, over the state before.
    pub attributes: Vec<Expr>,
    /// How others code it, where they differ.
    pub perceived: Vec<Perception>,
    /// Effects.
    pub set: Vec<Effect>,
    /// Payoffs, over the state before.
    pub pays: Vec<PayTerm>,
    /// If others do not see it.
    pub hidden: Option<Hidden>,
    /// A signal of it.
    pub signal: Option<Signal>,
    /// The move it is a variant of.
    pub variant_of: Option<MoveId>,
    /// Source.
    pub source: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// What happens when a line is crossed or a norm broken.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Reaction {
    /// The variable that remembers that it has happened, if it happens once only.
    pub once: Option<VariableId>,
    /// Payoffs.
    pub pays: Vec<PayTerm>,
    /// Effects.
    pub set: Vec<Effect>,
}

/// What an actor says, or means, must not be done.
#[derive(Clone, Debug, PartialEq)]
pub struct RedLine {
    /// Short name.
    pub id: String,
    /// For people.
    pub text: Option<String>,
    /// Whose.
    pub owner: ActorId,
    /// As stated: over the act as coded and public state.
    pub stated: Option<Expr>,
    /// As meant: over the act as the owner perceives it, the state, the owner's types.
    pub actual: Option<Expr>,
    /// Public status variable.
    pub status: Option<VariableId>,
    /// When the stated line is crossed.
    pub on_stated: Reaction,
    /// When the actual line is crossed.
    pub on_cross: Reaction,
    /// Source.
    pub source: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// Norm or treaty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormKind {
    /// Unwritten.
    Norm,
    /// Written.
    Treaty,
}

/// A norm or a treaty.
#[derive(Clone, Debug, PartialEq)]
pub struct Norm {
    /// Short name.
    pub id: String,
    /// Norm or treaty.
    pub kind: NormKind,
    /// For people.
    pub text: Option<String>,
    /// Which acts break it; `None` if out of scope.
    pub broken_by: Option<Expr>,
    /// Whom it binds.
    pub members: Vec<ActorId>,
    /// How far it binds, 0 to 1; the cost is multiplied by it.
    pub membership: Expr,
    /// The public variable with values intact, eroded, broken; `None` if out of scope.
    pub state: Option<VariableId>,
    /// State after a break: 0 intact, 1 eroded, 2 broken.
    pub becomes: u8,
    /// Cost to the breaker while intact, positive is a cost.
    pub cost_first: Option<Expr>,
    /// Cost to the breaker afterwards.
    pub cost_later: Option<Expr>,
    /// What else happens.
    pub on_break: Reaction,
    /// Why it does not cover the acts of the scenario.
    pub out_of_scope: Option<String>,
    /// Legal status in words.
    pub status: Option<String>,
    /// Source.
    pub source: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// An accident that nobody decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Hazard {
    /// Short name.
    pub id: String,
    /// For people.
    pub text: Option<String>,
    /// Condition on the state.
    pub when: Option<Expr>,
    /// Probability per stage, in state and parameters.
    pub probability: Expr,
    /// Other probabilities, by actor.
    pub believed: Vec<(ActorId, Expr)>,
    /// Raises the peak to this rung.
    pub peak: Option<u8>,
    /// Effects.
    pub set: Vec<Effect>,
    /// Payoffs.
    pub pays: Vec<PayTerm>,
    /// Where it is written.
    pub span: Span,
}

/// A condition that closes the crisis.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// Short name.
    pub id: String,
    /// For people.
    pub text: Option<String>,
    /// Condition on the state.
    pub when: Expr,
    /// Payoffs.
    pub pays: Vec<PayTerm>,
    /// Where it is written.
    pub span: Span,
}
