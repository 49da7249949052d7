//! Expressions after names are resolved: trees over variables, parameters and the act at hand.
//!
//! Every value is an `f64`: a truth value is 0 or 1, a value of an enumeration its position in the
//! domain, an integer itself, an axis code its position on the axis, a role, actor or move its id.

use crate::scenario::{AttributeId, ParameterId, QuantityId, VariableId};

/// A resolved, type-checked expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A constant.
    Number(f64),
    /// The value of a parameter.
    Parameter(ParameterId),
    /// A named quantity of the file.
    Quantity(QuantityId),
    /// The value of a variable in the state.
    Variable(VariableId),
    /// The stage, from 0.
    Stage,
    /// The highest rung the actor at hand (the mover) has seen.
    PeakSeen,
    /// A property of the act at hand.
    Act(ActField),
    /// In an `actual` line: whether the `stated` line is crossed by the act as coded.
    Stated,
    /// Minus, not, or a function of one argument.
    Unary(Unary, Box<Expr>),
    /// An operator between two expressions.
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `if c then a else b`.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `x in [a, b]`.
    In(Box<Expr>, Vec<Expr>),
}

/// A property of the act at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActField {
    /// `act.means`, `act.target`, …
    Attribute(AttributeId),
    /// `act.by`: position of the doer's role in the ladder's roles.
    Role,
    /// `act.actor`.
    Actor,
    /// `act.move`.
    Move,
}

/// Operators and functions of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `-x`
    Minus,
    /// `not x`
    Not,
    /// `abs(x)`
    Abs,
    /// `exp(x)`
    Exp,
    /// `ln(x)`
    Ln,
    /// `sqrt(x)`
    Sqrt,
}

/// Operators between two arguments; `min` and `max` of many are nested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `a + b`
    Add,
    /// `a - b`
    Subtract,
    /// `a * b`
    Multiply,
    /// `a / b`
    Divide,
    /// `a ^ b`
    Power,
    /// The smaller.
    Min,
    /// The larger.
    Max,
    /// Both hold.
    And,
    /// One holds at least.
    Or,
    /// `a == b`
    Equal,
    /// `a != b`
    NotEqual,
    /// `a < b`
    Less,
    /// `a <= b`
    LessOrEqual,
    /// `a > b`
    Greater,
    /// `a >= b`
    GreaterOrEqual,
}

impl Expr {
    /// Calls `visit` on this expression and every part of it.
    pub fn walk(&self, visit: &mut dyn FnMut(&Expr)) {
        visit(self);
        match self {
            Expr::Unary(_, a) => a.walk(visit),
            Expr::Binary(_, a, b) => {
                a.walk(visit);
                b.walk(visit);
            }
            Expr::If(c, a, b) => {
                c.walk(visit);
                a.walk(visit);
                b.walk(visit);
            }
            Expr::In(x, list) => {
                x.walk(visit);
                list.iter().for_each(|e| e.walk(visit));
            }
            _ => {}
        }
    }
}
