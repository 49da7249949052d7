//! Comparisons: whose domain the two sides share, and whether both answers are possible.

use super::{Resolver, value_position};
use crate::ast::{Ast, Kind};
use crate::expr::{Binary, Expr, Unary};
use crate::names::Names;
use crate::scenario::Domain;
use crate::source::Span;
use crate::types::Type;

impl Resolver<'_> {
    /// A comparison: the side whose type is known by itself gives the other its domain.
    pub(super) fn comparison(
        &mut self,
        op: Binary,
        a: &Ast,
        b: &Ast,
        span: Span,
    ) -> Option<(Expr, Type)> {
        // The side whose type is known by itself gives the domain to the other side.
        let kind = match (self.quiet_type(a), self.quiet_type(b)) {
            (Some(left), Some(right)) => {
                if !has_value(&left, b, self.names) && has_value(&right, a, self.names) {
                    right
                } else {
                    left
                }
            }
            (Some(left), None) => left,
            (None, Some(right)) => right,
            (None, None) => {
                self.neither_known(a, b);
                return None;
            }
        };
        // What is wrong with the side that gives the domain is said first, and alone if the other
        // side is a mere value of it.
        let (left, right) = if self.quiet_type(a).is_some() {
            let left = self.want(a, &kind);
            if left.is_none() && matches!(b.kind, Kind::Name(_)) {
                return None;
            }
            (left, self.want(b, &kind))
        } else {
            let right = self.want(b, &kind)?;
            (self.want(a, &kind), Some(right))
        };
        let (left, right) = (Box::new(left?), Box::new(right?));
        let ordered = !matches!(op, Binary::Equal | Binary::NotEqual);
        if ordered {
            self.require_order(&kind, span)?;
        }
        self.reachable(&left, &right, op, b.span);
        self.reachable(&right, &left, mirrored(op), a.span);
        Some((Expr::Binary(op, left, right), Type::Boolean))
    }

    /// Reports the side of a comparison that should have been known.
    fn neither_known(&mut self, a: &Ast, b: &Ast) {
        let value_of_something = |ast: &Ast| match &ast.kind {
            Kind::Name(name) => {
                self.names.types.iter().any(|t| value_position(t, name, self.names).is_some())
            }
            _ => false,
        };
        let spoilt =
            |ast: &Ast| matches!(&ast.kind, Kind::Name(n) if self.names.spoilt.contains(n));
        if spoilt(a) || spoilt(b) {
            return;
        }
        let first = if value_of_something(a) && !value_of_something(b) { b } else { a };
        self.part(first, None);
    }

    pub(super) fn require_order(&mut self, kind: &Type, span: Span) -> Option<()> {
        if kind.is_ordered() {
            return Some(());
        }
        let help = match kind {
            Type::Words { of, .. } if self.names.variable(of).is_some() => {
                Some(format!("declare `{of}` with `ordered = true`, or compare with `==`"))
            }
            _ => Some("compare with `==`".to_owned()),
        };
        let message = format!("{} has no order", kind.describe());
        self.report.advise("E022", span, message, help);
        None
    }

    /// Whether comparing an integer variable with a constant can be both true and false.
    pub(super) fn reachable(&mut self, variable: &Expr, constant: &Expr, op: Binary, span: Span) {
        let (Expr::Variable(id), Some(x)) = (variable, number(constant)) else { return };
        let variable = &self.names.variables[id.index()];
        let Domain::Integers { low, high } = variable.domain else { return };
        let (low, high) = (f64::from(low), f64::from(high));
        let always = match op {
            Binary::Equal | Binary::NotEqual => {
                if x < low || x > high || x.fract() != 0.0 {
                    let message = format!("`{}` is never {x}", variable.name);
                    let help = format!("its range is {low} to {high}");
                    self.report.advise("E023", span, message, help);
                }
                return;
            }
            Binary::Less => (low >= x, high < x),
            Binary::LessOrEqual => (low > x, high <= x),
            Binary::Greater => (high <= x, low > x),
            Binary::GreaterOrEqual => (high < x, low >= x),
            _ => return,
        };
        let word = match always {
            (true, _) => "false",
            (_, true) => "true",
            _ => return,
        };
        let message = format!("this comparison is always {word}");
        let help = format!("`{}` ranges from {low} to {high}", variable.name);
        self.report.advise("W001", span, message, help);
    }
}

fn mirrored(op: Binary) -> Binary {
    match op {
        Binary::Less => Binary::Greater,
        Binary::LessOrEqual => Binary::GreaterOrEqual,
        Binary::Greater => Binary::Less,
        Binary::GreaterOrEqual => Binary::LessOrEqual,
        same => same,
    }
}

fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Number(x) => Some(*x),
        Expr::Unary(Unary::Minus, inner) => match **inner {
            Expr::Number(x) => Some(-x),
            _ => None,
        },
        _ => None,
    }
}

fn has_value(kind: &Type, ast: &Ast, names: &Names) -> bool {
    match &ast.kind {
        Kind::Name(name) => value_position(kind, name, names).is_some(),
        _ => true,
    }
}
