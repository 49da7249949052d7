//! Ladders: axes, rungs, firebreaks, the rule of the verdict.

use crate::expr::Expr;

/// A ladder: axes, rungs, firebreaks, thresholds of the verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Ladder {
    /// Short name.
    pub id: String,
    /// For people.
    pub title: String,
    /// Source.
    pub source: String,
    /// Roles an actor can have.
    pub roles: Vec<String>,
    /// Attributes of acts: the axes means, ends, involvement, then others.
    pub attributes: Vec<Attribute>,
    /// Rungs in ascending order.
    pub rungs: Vec<Rung>,
    /// Firebreaks in ascending order.
    pub firebreaks: Vec<Firebreak>,
    /// Rule for the words of the verdict.
    pub thresholds: Thresholds,
}

/// An attribute of acts; the first value is the default.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Name: `means`, `target`, …
    pub id: String,
    /// Codes in ascending order (axes) or values.
    pub values: Vec<String>,
    /// What the codes mean, one each; empty for plain attributes.
    pub meanings: Vec<String>,
    /// Whether values may be compared by order.
    pub ordered: bool,
}

/// A rung.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// Its number.
    pub rung: u8,
    /// Its name.
    pub name: String,
    /// Which acts stand on it or above.
    pub when: Expr,
    /// Mappings to other schemes: (scheme, codes).
    pub mappings: Vec<(String, String)>,
}

/// A stopping place between rungs.
#[derive(Clone, Debug, PartialEq)]
pub struct Firebreak {
    /// `F4`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The rung just below.
    pub below: u8,
    /// The rung just above: crossing means reaching it.
    pub above: u8,
}

/// Rule for the words of the verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Thresholds {
    /// A change at least this large is major.
    pub major: f64,
    /// A change at least this large is minor.
    pub minor: f64,
    /// A minor change is major if the probability changes by this factor.
    pub ratio: f64,
    /// Whether crossing a stated line alone makes the kind major (else minor).
    pub stated_line_is_major: bool,
    /// Source.
    pub source: String,
}
