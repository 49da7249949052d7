//! Expressions as written, before names are resolved.

use crate::expr::{Binary, Unary};
use crate::source::Span;

/// A part of an expression and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Ast {
    pub(crate) span: Span,
    pub(crate) kind: Kind,
}

/// What the part is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Number(f64),
    Boolean(bool),
    /// A name, with its dots.
    Name(String),
    Unary(Unary, Box<Ast>),
    /// `min` and `max` of two arguments stand here too.
    Binary(Binary, Box<Ast>, Box<Ast>),
    If(Box<Ast>, Box<Ast>, Box<Ast>),
    In(Box<Ast>, Vec<Ast>),
}

/// A term of a payoff: value and condition.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) span: Span,
    pub(crate) value: Ast,
    pub(crate) condition: Option<Ast>,
}
