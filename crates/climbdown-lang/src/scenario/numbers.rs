//! Numbers and what hangs on them: parameters, assumptions, hypotheses, levers.

use crate::expr::Expr;
use crate::scenario::{ActorId, AttributeId, MoveId, ParameterId, SeatId, VariableId};
use crate::source::Span;

/// How a parameter is spread over its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distribution {
    /// Even.
    Uniform,
    /// Peaked at the value.
    Triangular,
    /// Normal, the range read as 90 %.
    Normal,
    /// Lognormal, the range read as 90 %.
    Lognormal,
    /// Beta on the range.
    Beta,
}

/// A number with a range and a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Name.
    pub name: String,
    /// Point value.
    pub value: f64,
    /// Range.
    pub range: Option<(f64, f64)>,
    /// Spread over the range.
    pub distribution: Distribution,
    /// Unit in words.
    pub unit: String,
    /// Citation or "judgement".
    pub source: String,
    /// Where it is written.
    pub span: Span,
}

impl Parameter {
    /// Whether the number rests on judgement first: its source begins with that word. A source that
    /// begins with a citation and ends in judgement is a citation.
    #[must_use]
    pub fn is_judgement(&self) -> bool {
        self.source.trim_start().to_lowercase().starts_with("judgement")
    }
}

/// A rank correlation between two parameters over their ranges.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlation {
    /// The two, each with a range.
    pub between: (ParameterId, ParameterId),
    /// Spearman's coefficient, between −1 and 1, both excluded.
    pub rank: f64,
    /// Citation or "judgement".
    pub source: String,
    /// Where it is written.
    pub span: Span,
}

/// A named expression in parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// Name.
    pub name: String,
    /// In parameters and earlier quantities.
    pub value: Expr,
    /// Where it is written.
    pub span: Span,
}

/// A claim that some parameters carry.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumption {
    /// Short name.
    pub id: String,
    /// In words.
    pub claim: String,
    /// Who holds it; `None` for the analyst.
    pub held_by: Option<ActorId>,
    /// Source.
    pub source: String,
    /// Parameter, the value it claims, the range others hold plausible.
    pub binds: Vec<(ParameterId, f64, (f64, f64))>,
    /// Where it is written.
    pub span: Span,
}

/// Rival explanations that exclude each other.
#[derive(Clone, Debug, PartialEq)]
pub struct HypothesisSet {
    /// Name of the set.
    pub id: String,
    /// Its members.
    pub hypotheses: Vec<Hypothesis>,
}

/// What a hypothesis fixes.
#[derive(Clone, Debug, PartialEq)]
pub enum Fixes {
    /// A private type: (variable, position in its domain).
    Type(VariableId, u8),
    /// A parameter.
    Parameter(ParameterId, f64),
}

/// A rival explanation.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    /// Short name.
    pub id: String,
    /// In words.
    pub claim: String,
    /// Prior weight within the set, in parameters.
    pub prior: Expr,
    /// What it fixes.
    pub fixes: Vec<Fixes>,
    /// Actors to whom it is known.
    pub known_to: Vec<ActorId>,
    /// Source.
    pub source: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// What a lever changes.
#[derive(Clone, Debug, PartialEq)]
pub enum LeverChange {
    /// A parameter gets this value.
    Parameter(ParameterId, f64),
    /// An attribute of a move gets this value.
    Attribute(MoveId, AttributeId, Expr),
    /// A move gets this condition.
    When(MoveId, Expr),
}

/// A change that could be offered.
#[derive(Clone, Debug, PartialEq)]
pub struct Lever {
    /// Short name.
    pub id: String,
    /// In words.
    pub text: String,
    /// What it changes.
    pub changes: Vec<LeverChange>,
    /// From when.
    pub from: Option<jiff::civil::Date>,
    /// Who would offer it.
    pub offered_by: Option<SeatId>,
    /// Declared cost by actor.
    pub cost: Vec<(ActorId, Expr)>,
    /// How many steps it can be taken in.
    pub steps: u32,
    /// Source.
    pub source: Option<String>,
    /// Where it is written.
    pub span: Span,
}
