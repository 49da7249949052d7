//! The value of an expression, and what is left of it when only the state is known.
//!
//! There is one set of operators for both: [`value`] wants everything, [`reduce`] puts the state in
//! and leaves an expression in parameters, a *residual*.

use quantal::math;

use crate::expr::{ActField, Binary, Expr, Unary};
use crate::scenario::{ActorId, Domain, MoveId, Scenario};

/// The act at hand, for lines, norms and ladders.
#[derive(Clone, Copy, Debug)]
pub struct ActView<'a> {
    /// Value of each attribute.
    pub attributes: &'a [u8],
    /// Role of the doer.
    pub role: u16,
    /// The doer.
    pub actor: ActorId,
    /// The move.
    pub made: MoveId,
}

/// Where an expression is read.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The scenario, for domains and named quantities.
    pub scenario: &'a Scenario,
    /// Position in the domain of each variable.
    pub state: &'a [u8],
    /// The stage, from 0.
    pub stage: u32,
    /// Whose `peak_seen`.
    pub actor: Option<ActorId>,
    /// The act at hand.
    pub act: Option<ActView<'a>>,
    /// Whether the stated line is crossed.
    pub stated: bool,
}

/// The value of an expression that reads no parameter.
///
/// # Panics
/// When it reads one: the checker lets no condition, effect or attribute do so.
#[must_use]
pub fn value(expr: &Expr, context: &Context<'_>) -> f64 {
    full(expr, context, &[])
}

/// Whether a condition holds.
#[must_use]
pub fn holds(expr: &Expr, context: &Context<'_>) -> bool {
    value(expr, context) != 0.0
}

/// The value of an expression in parameters only.
#[must_use]
pub fn number(expr: &Expr, scenario: &Scenario, parameters: &[f64]) -> f64 {
    let context = Context { scenario, state: &[], stage: 0, actor: None, act: None, stated: false };
    full(expr, &context, parameters)
}

fn full(expr: &Expr, cx: &Context<'_>, parameters: &[f64]) -> f64 {
    match expr {
        Expr::Number(x) => *x,
        Expr::Parameter(p) => *parameters
            .get(p.index())
            .expect("conditions, effects and attributes read no parameter"),
        Expr::Quantity(q) => full(&cx.scenario.quantities[q.index()].value, cx, parameters),
        Expr::Variable(_) | Expr::Stage | Expr::PeakSeen | Expr::Act(_) | Expr::Stated => {
            leaf(expr, cx)
        }
        Expr::Unary(op, a) => unary(*op, full(a, cx, parameters)),
        Expr::Binary(Binary::And, a, b) => {
            truth(full(a, cx, parameters) != 0.0 && full(b, cx, parameters) != 0.0)
        }
        Expr::Binary(Binary::Or, a, b) => {
            truth(full(a, cx, parameters) != 0.0 || full(b, cx, parameters) != 0.0)
        }
        Expr::Binary(op, a, b) => binary(*op, full(a, cx, parameters), full(b, cx, parameters)),
        Expr::If(c, a, b) => {
            let branch = if full(c, cx, parameters) == 0.0 { b } else { a };
            full(branch, cx, parameters)
        }
        Expr::In(x, list) => {
            let x = full(x, cx, parameters);
            truth(list.iter().any(|e| full(e, cx, parameters) == x))
        }
    }
}

/// The expression with the state put in and constants folded: in parameters only.
#[must_use]
pub fn reduce(expr: &Expr, cx: &Context<'_>) -> Expr {
    match expr {
        Expr::Number(_) | Expr::Parameter(_) | Expr::Quantity(_) => expr.clone(),
        Expr::Variable(_) | Expr::Stage | Expr::PeakSeen | Expr::Act(_) | Expr::Stated => {
            Expr::Number(leaf(expr, cx))
        }
        Expr::Unary(op, a) => match reduce(a, cx) {
            Expr::Number(x) => Expr::Number(unary(*op, x)),
            a => Expr::Unary(*op, Box::new(a)),
        },
        Expr::Binary(op, a, b) => simplify(*op, reduce(a, cx), reduce(b, cx)),
        Expr::If(c, a, b) => match reduce(c, cx) {
            Expr::Number(x) => reduce(if x == 0.0 { b } else { a }, cx),
            c => Expr::If(Box::new(c), Box::new(reduce(a, cx)), Box::new(reduce(b, cx))),
        },
        Expr::In(x, list) => {
            let x = reduce(x, cx);
            let list: Vec<Expr> = list.iter().map(|e| reduce(e, cx)).collect();
            let numbers: Option<Vec<f64>> = list.iter().map(as_number).collect();
            match (as_number(&x), numbers) {
                (Some(x), Some(numbers)) => Expr::Number(truth(numbers.contains(&x))),
                _ => Expr::In(Box::new(x), list),
            }
        }
    }
}

/// Splits a residual into a number in front and the rest, so that `-2 * c` and `c` share `c`.
#[must_use]
pub fn split_coefficient(expr: Expr) -> (f64, Expr) {
    match expr {
        Expr::Number(x) => (x, Expr::Number(1.0)),
        Expr::Unary(Unary::Minus, a) => {
            let (c, rest) = split_coefficient(*a);
            (-c, rest)
        }
        Expr::Binary(Binary::Multiply, a, b) => match (*a, *b) {
            (Expr::Number(x), rest) | (rest, Expr::Number(x)) => {
                let (c, rest) = split_coefficient(rest);
                (x * c, rest)
            }
            (a, b) => (1.0, Expr::Binary(Binary::Multiply, Box::new(a), Box::new(b))),
        },
        other => (1.0, other),
    }
}

fn as_number(expr: &Expr) -> Option<f64> {
    if let Expr::Number(x) = expr { Some(*x) } else { None }
}

fn simplify(op: Binary, a: Expr, b: Expr) -> Expr {
    match (op, as_number(&a), as_number(&b)) {
        (_, Some(x), Some(y)) => Expr::Number(binary(op, x, y)),
        (Binary::Multiply, Some(0.0), _) | (Binary::Multiply, _, Some(0.0)) => Expr::Number(0.0),
        (Binary::Multiply | Binary::Power, _, Some(1.0)) | (Binary::Add, _, Some(0.0)) => a,
        (Binary::Divide, _, Some(1.0)) | (Binary::Subtract, _, Some(0.0)) => a,
        (Binary::Multiply, Some(1.0), _) | (Binary::Add, Some(0.0), _) => b,
        _ => Expr::Binary(op, Box::new(a), Box::new(b)),
    }
}

fn leaf(expr: &Expr, cx: &Context<'_>) -> f64 {
    match expr {
        Expr::Variable(v) => {
            let position = cx.state[v.index()];
            match cx.scenario.variables[v.index()].domain {
                Domain::Integers { low, .. } => f64::from(low) + f64::from(position),
                _ => f64::from(position),
            }
        }
        Expr::Stage => f64::from(cx.stage),
        Expr::PeakSeen => {
            let actor = cx.actor.expect("peak_seen is read where an actor is at hand");
            f64::from(cx.state[cx.scenario.peak_seen[actor.index()].index()])
        }
        Expr::Act(field) => {
            let act = cx.act.expect("act is read where an act is at hand");
            match field {
                ActField::Attribute(a) => f64::from(act.attributes[a.index()]),
                ActField::Role => f64::from(act.role),
                ActField::Actor => f64::from(act.actor.0),
                ActField::Move => f64::from(act.made.0),
            }
        }
        Expr::Stated => truth(cx.stated),
        _ => unreachable!("only leaves are passed"),
    }
}

fn truth(b: bool) -> f64 {
    f64::from(u8::from(b))
}

/// An operator of one number; truth is 1 and 0.
#[must_use]
pub fn unary(op: Unary, x: f64) -> f64 {
    match op {
        Unary::Minus => -x,
        Unary::Not => truth(x == 0.0),
        Unary::Abs => x.abs(),
        Unary::Exp => math::exp(x),
        Unary::Ln => math::ln(x),
        Unary::Sqrt => x.sqrt(),
    }
}

/// An operator between two numbers; truth is 1 and 0.
#[must_use]
pub fn binary(op: Binary, x: f64, y: f64) -> f64 {
    match op {
        Binary::Add => x + y,
        Binary::Subtract => x - y,
        Binary::Multiply => x * y,
        Binary::Divide => x / y,
        Binary::Power => math::pow(x, y),
        Binary::Min => x.min(y),
        Binary::Max => x.max(y),
        Binary::And => truth(x != 0.0 && y != 0.0),
        Binary::Or => truth(x != 0.0 || y != 0.0),
        Binary::Equal => truth(x == y),
        Binary::NotEqual => truth(x != y),
        Binary::Less => truth(x < y),
        Binary::LessOrEqual => truth(x <= y),
        Binary::Greater => truth(x > y),
        Binary::GreaterOrEqual => truth(x >= y),
    }
}
