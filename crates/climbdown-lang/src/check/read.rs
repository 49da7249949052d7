//! Reading what many tables have: references, conditions, payoffs, effects, beliefs.

use super::Context;
use super::probability::{Spread, Views};
use crate::expr::{Expr, Unary};
use crate::names;
use crate::parse;
use crate::resolve::{self, Resolved, Scope};
use crate::scenario::{
    ActorId, Domain, Effect, MoveId, PayTerm, Payee, SeatId, VariableId, VariableKind, Visibility,
};
use crate::source::Span;
use crate::syntax::{Node, Table, Text, Value};
use crate::types::Type;

impl Context<'_> {
    /// The actor of this name; `None` after a report.
    pub(super) fn actor(&mut self, name: &str, span: Span) -> Option<ActorId> {
        if let Some(at) = self.names.actor(name) {
            return Some(ActorId::new(at));
        }
        self.no_such("actor", name, span, &self.names.actors.clone());
        None
    }

    pub(super) fn seat(&mut self, name: &str, span: Span) -> Option<SeatId> {
        if let Some(at) = self.names.seat(name) {
            return Some(SeatId::new(at));
        }
        self.no_such("seat", name, span, &self.names.seats.clone());
        None
    }

    pub(super) fn a_move(&mut self, name: &str, span: Span) -> Option<MoveId> {
        if let Some(at) = self.names.a_move(name) {
            return Some(MoveId::new(at));
        }
        self.no_such("move", name, span, &self.names.moves.clone());
        None
    }

    /// Reports a name that stands for nothing.
    pub(super) fn no_such(&mut self, kind: &str, name: &str, span: Span, known: &[String]) {
        let known = known.iter().map(String::as_str);
        let help = names::suggest(name, known, &format!("{kind}s"));
        self.report.advise("E030", span, format!("there is no {kind} `{name}`"), help);
    }

    /// The actors of a list.
    pub(super) fn actors_of(&mut self, table: &Table, key: &str) -> Vec<ActorId> {
        let texts = table.texts(key);
        texts.into_iter().filter_map(|t| self.actor(&t.text, t.span)).collect()
    }

    /// Actors and `seat.NAME`.
    pub(super) fn seers(&mut self, texts: &[&Text]) -> Visibility {
        let (mut actors, mut seats) = (Vec::new(), Vec::new());
        for text in texts {
            if let Some(seat) = text.text.strip_prefix("seat.") {
                seats.extend(self.seat(seat, text.span));
            } else if self.names.actor(&text.text).is_none()
                && self.names.seat(&text.text).is_some()
            {
                let message = format!("`{}` is a seat, and an actor is needed here", text.text);
                let help = format!("write \"seat.{}\" for whoever holds it", text.text);
                self.report.advise("E030", text.span, message, help);
            } else {
                actors.extend(self.actor(&text.text, text.span));
            }
        }
        Visibility::Only { actors, seats }
    }

    /// An expression of the wanted type in a string, or a plain number or truth value.
    pub(super) fn expression(
        &mut self,
        node: &Node,
        wanted: &Type,
        scope: Scope<'_>,
    ) -> Option<Resolved> {
        let plain = |x: f64| Some(Resolved { expr: Expr::Number(x), reads: Vec::new() });
        match (&node.value, wanted) {
            (Value::Text(text), _) => {
                let ast = parse::expression(text, &mut self.report)?;
                resolve::resolve(&ast, wanted, scope, &self.names, &mut self.report)
            }
            (Value::Integer(_) | Value::Number(_), Type::Number) => plain(node.as_number()?),
            (Value::Boolean(b), Type::Boolean) => plain(f64::from(u8::from(*b))),
            (Value::Integer(_) | Value::Number(_) | Value::Boolean(_), _) => {
                let message =
                    format!("this must be {}, and is {}", wanted.describe(), node.describe());
                self.report.say("E022", node.span, message);
                None
            }
            _ => None,
        }
    }

    pub(super) fn condition(&mut self, node: &Node, scope: Scope<'_>) -> Option<Resolved> {
        self.expression(node, &Type::Boolean, scope)
    }

    pub(super) fn quantity(&mut self, node: &Node, scope: Scope<'_>) -> Option<Expr> {
        self.expression(node, &Type::Number, scope).map(|r| r.expr)
    }

    /// The condition `when` of a table over the state.
    pub(super) fn when(&mut self, table: &Table, what: &str) -> Option<Expr> {
        let node = table.get("when")?;
        self.condition(node, Scope::state(what)).map(|r| r.expr)
    }

    /// A probability in state and parameters, with what others believe.
    pub(super) fn chance(
        &mut self,
        table: &Table,
        key: &str,
        what: &str,
    ) -> (Option<Expr>, Vec<(ActorId, Expr)>) {
        let scope = Scope::mixed(what);
        let probability = table.get(key).and_then(|n| {
            let expr = self.quantity(n, scope)?;
            self.spread(n.span, what, &expr);
            Some((expr, n.span))
        });
        let mut believed = Vec::new();
        let mut views = Vec::new();
        for entry in table.entries("believed") {
            let actor = self.actor(&entry.name, entry.span);
            let expr = self.quantity(&entry.node, scope);
            let (Some(actor), Some(expr)) = (actor, expr) else { continue };
            self.spread(entry.node.span, what, &expr);
            views.push((actor, with_rest(&expr), entry.node.span));
            believed.push((actor, expr));
        }
        if probability.is_none() && table.get(key).is_none() && !believed.is_empty() {
            let span = table.get("believed").map_or(table.span, |n| n.span);
            let help = format!("give `{key}`, the analyst's probability");
            let message = "others believe a probability where there is none";
            self.report.advise("E043", span, message, help);
        }
        if let Some((expr, span)) = &probability {
            self.views.push(Views {
                span: *span,
                values: vec!["it happens".to_owned(), "it does not happen".to_owned()],
                analyst: with_rest(expr),
                believed: views,
            });
        }
        (probability.map(|p| p.0), believed)
    }

    /// Remembers that this is a probability.
    pub(super) fn spread(&mut self, span: Span, what: &str, expr: &Expr) {
        let what = what.to_owned();
        self.spreads.push(Spread {
            span,
            what,
            exprs: vec![expr.clone()],
            names: Vec::new(),
            help: "",
        });
    }

    /// Payoffs under `pays`.
    pub(super) fn pays(&mut self, table: &Table, what: &str, mover: bool) -> Vec<PayTerm> {
        let mut found = Vec::new();
        let Some(pays) = table.table("pays") else { return found };
        let value_of = format!("a payoff of {what}");
        let condition_of = format!("the condition of a payoff of {what}");
        for (path, span, node) in pays.paths() {
            let payee = match path.strip_prefix("seat.") {
                Some(seat) => self.seat(seat, span).map(Payee::Seat),
                None => self.payee(&path, span).map(Payee::Actor),
            };
            let Value::Text(text) = &node.value else {
                if let (Some(payee), Some(x)) = (payee, node.as_number()) {
                    let value = Expr::Number(x);
                    found.push(PayTerm { payee, value, condition: None, span: node.span });
                }
                continue;
            };
            let Some(terms) = parse::terms(text, &mut self.report) else { continue };
            for term in terms {
                let numbers = Scope { mover, ..Scope::mixed(&value_of) };
                let state = Scope { mover, ..Scope::state(&condition_of) };
                let (names, report) = (&self.names, &mut self.report);
                let value = resolve::resolve(&term.value, &Type::Number, numbers, names, report);
                let condition = term
                    .condition
                    .as_ref()
                    .map(|c| resolve::resolve(c, &Type::Boolean, state, names, report));
                let (Some(payee), Some(value)) = (payee, value) else { continue };
                let condition = match condition {
                    Some(None) => continue,
                    Some(Some(condition)) => Some(condition.expr),
                    None => None,
                };
                found.push(PayTerm { payee, value: value.expr, condition, span: term.span });
            }
        }
        found
    }

    fn payee(&mut self, name: &str, span: Span) -> Option<ActorId> {
        if self.names.actor(name).is_none() && self.names.seat(name).is_some() {
            let message = format!("`{name}` is a seat, and actors are paid");
            let help = format!("write \"seat.{name}\" to pay whoever holds it");
            self.report.advise("E030", span, message, help);
            return None;
        }
        self.actor(name, span)
    }

    /// Effects under `key`.
    pub(super) fn effects(
        &mut self,
        table: &Table,
        key: &str,
        what: &str,
        mover: bool,
    ) -> Vec<Effect> {
        self.effects_besides("", table, key, what, mover)
    }

    /// Effects under `key`, without one that is read elsewhere.
    pub(super) fn effects_besides(
        &mut self,
        besides: &str,
        table: &Table,
        key: &str,
        what: &str,
        mover: bool,
    ) -> Vec<Effect> {
        let mut found = Vec::new();
        let Some(set) = table.table(key) else { return found };
        let value_of = format!("an effect of {what}");
        for (path, span, node) in set.paths() {
            if path == besides {
                continue;
            }
            let Some(variable) = self.settable(&path, span) else { continue };
            let scope = Scope { mover, ..Scope::state(&value_of) };
            let wanted = self.names.types[variable.index()].clone();
            let Some(value) = self.expression(node, &wanted, scope) else { continue };
            self.in_domain(variable, &value.expr, node.span);
            found.push(Effect { variable, value: value.expr, span: node.span });
        }
        found
    }

    /// Whether a constant is in the range of an integer variable.
    fn in_domain(&mut self, variable: VariableId, value: &Expr, span: Span) {
        let variable = &self.names.variables[variable.index()];
        let Domain::Integers { low, high } = variable.domain else { return };
        let x = match value {
            Expr::Number(x) => *x,
            Expr::Unary(Unary::Minus, inner) => match **inner {
                Expr::Number(x) => -x,
                _ => return,
            },
            _ => return,
        };
        if x.fract() != 0.0 || x < f64::from(low) || x > f64::from(high) {
            let message = format!("`{}` cannot be {x}", variable.name);
            let help = format!("its range is the integers from {low} to {high}");
            self.report.advise("E023", span, message, help);
        }
    }

    /// A variable that an effect may set.
    fn settable(&mut self, name: &str, span: Span) -> Option<VariableId> {
        let Some(id) = self.names.variable(name) else {
            if self.names.spoilt.contains(name) {
                return None;
            }
            let settable = self.names.variables.iter().filter(|v| is_settable(v.kind));
            let names: Vec<&str> = settable.map(|v| v.name.as_str()).collect();
            let help = match names.iter().find(|n| n.strip_suffix(".status") == Some(name)) {
                Some(status) => Some(format!("its status is \"{status}\"")),
                None => names::suggest(name, names, "variables"),
            };
            self.report.advise("E030", span, format!("there is no variable `{name}`"), help);
            return None;
        };
        let help = match self.names.variables[id.index()].kind {
            kind if is_settable(kind) => return Some(id),
            VariableKind::Peak => "acts raise the peak by their rung; a hazard may set `peak = N`",
            VariableKind::PeakSeen(_) => "acts raise it by their rung as the actor codes them",
            VariableKind::Type(_) | VariableKind::Perception(_) => {
                "nature draws it once, at the start"
            }
            _ => "it follows from crossings and breaks",
        };
        self.report.advise("E033", span, format!("`{name}` cannot be set"), help.to_owned());
        None
    }
}

/// Which variables effects may set.
fn is_settable(kind: VariableKind) -> bool {
    matches!(
        kind,
        VariableKind::Declared
            | VariableKind::Signal
            | VariableKind::Occupant(_)
            | VariableKind::Status(_)
            | VariableKind::NormState(_)
    )
}

/// A probability and the rest to one.
pub(super) fn with_rest(p: &Expr) -> Vec<Expr> {
    vec![p.clone(), rest_of(std::slice::from_ref(p))]
}

/// One minus the sum.
pub(super) fn rest_of(others: &[Expr]) -> Expr {
    use crate::expr::Binary::{Add, Subtract};
    let sum = others.iter().cloned().reduce(|a, b| Expr::Binary(Add, Box::new(a), Box::new(b)));
    match sum {
        None => Expr::Number(1.0),
        Some(sum) => Expr::Binary(Subtract, Box::new(Expr::Number(1.0)), Box::new(sum)),
    }
}
