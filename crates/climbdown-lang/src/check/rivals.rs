//! Assumptions, hypotheses, levers and claims.

use super::Context;
use super::probability::Spread;
use crate::ast::{Ast, Kind};
use crate::parse;
use crate::resolve::Scope;
use crate::scenario::{
    Assumption, Claim, Draw, Fixes, Hypothesis, HypothesisSet, Lever, LeverChange, MoveId,
    Parameter, Test, TestKind, Time, VariableKind,
};
use crate::source::Span;
use crate::syntax::{Entry, Node, Table};
use crate::types::Type;

impl Context<'_> {
    /// `[assumptions]`.
    pub(super) fn assumptions(&mut self, parameters: &[Parameter]) -> Vec<Assumption> {
        let mut found = Vec::new();
        for entry in self.root.entries("assumptions") {
            let Some(table) = entry.node.as_table() else { continue };
            let held_by = table.text("held_by").filter(|t| t.text != "analyst");
            let held_by = held_by.and_then(|t| self.actor(&t.text, t.span));
            let mut binds = Vec::new();
            for bound in table.entries("binds") {
                let known: Vec<String> = self.names.parameters.keys().cloned().collect();
                let Some(id) = self.names.parameters.get(&bound.name).copied() else {
                    self.no_such("parameter", &bound.name, bound.span, &known);
                    continue;
                };
                let Some(inner) = bound.node.as_table() else { continue };
                let plausible = self.interval(inner, "plausible");
                let (Some(value), Some(plausible)) = (inner.number("value"), plausible) else {
                    continue;
                };
                self.within(inner, &parameters[id.index()], value, plausible);
                binds.push((id, value, plausible));
            }
            if let Some(node) = table.get("binds").filter(|_| table.entries("binds").is_empty()) {
                let help = "name a parameter: `binds = { p = { value = …, plausible = […] } }`";
                let message = "this assumption binds nothing";
                self.report.advise("E019", node.span, message, help.to_owned());
            }
            found.push(Assumption {
                id: entry.name.clone(),
                claim: table.string("claim").unwrap_or_default(),
                held_by,
                source: table.string("source").unwrap_or_default(),
                binds,
                span: entry.span,
            });
        }
        found
    }

    fn within(&mut self, table: &Table, parameter: &Parameter, value: f64, plausible: (f64, f64)) {
        let span = |key: &str| table.get(key).map_or(table.span, |n| n.span);
        let (low, high) = plausible;
        if let Some((least, most)) = parameter.range
            && (low < least || high > most)
        {
            let name = &parameter.name;
            let message = format!("[{low}, {high}] leaves the range of `{name}`");
            let help = format!("the range of `{name}` is [{least}, {most}]");
            self.report.advise("E053", span("plausible"), message, help);
        }
        if value < low || value > high {
            let message = format!("the claimed value {value} is outside [{low}, {high}]");
            let help = "the value lies within `plausible`".to_owned();
            self.report.advise("E053", span("value"), message, help);
        }
    }

    /// `[hypotheses]`.
    pub(super) fn hypotheses(&mut self, draws: &[Draw]) -> Vec<HypothesisSet> {
        let mut found = Vec::new();
        for (index, set) in self.root.entries("hypotheses").iter().enumerate() {
            self.name_of(set, "a hypothesis set");
            let mut hypotheses = Vec::new();
            let mut sound = true;
            for entry in set.node.as_table().map_or(&[][..], |t| &t.entries) {
                self.name_of(entry, "a hypothesis");
                let Some(table) = entry.node.as_table() else { continue };
                let prior =
                    table.get("prior").and_then(|n| self.quantity(n, Scope::numbers("a prior")));
                let fixes = self.fixes(table, index, draws);
                let known_to = self.actors_of(table, "known_to");
                sound &= prior.is_some();
                hypotheses.push(Hypothesis {
                    id: entry.name.clone(),
                    claim: table.string("claim").unwrap_or_default(),
                    prior: prior.unwrap_or(crate::expr::Expr::Number(0.0)),
                    fixes,
                    known_to,
                    source: table.string("source").or(table.string("note")),
                    span: entry.span,
                });
            }
            if sound && !hypotheses.is_empty() {
                self.spreads.push(Spread {
                    span: set.span,
                    what: format!("the prior of `{}`", set.name),
                    exprs: hypotheses.iter().map(|h| h.prior.clone()).collect(),
                    names: hypotheses.iter().map(|h| h.id.clone()).collect(),
                    help: "the hypotheses of a set exclude each other, and one of them holds",
                });
            }
            found.push(HypothesisSet { id: set.name.clone(), hypotheses });
        }
        found
    }

    fn name_of(&mut self, entry: &Entry, what: &str) {
        crate::ladder::check_id(&entry.name, entry.span, what, &mut self.report);
    }

    fn fixes(&mut self, table: &Table, set: usize, draws: &[Draw]) -> Vec<Fixes> {
        let mut found = Vec::new();
        let paths = table.table("fixes").map(Table::paths).unwrap_or_default();
        if let (true, Some(node)) = (paths.is_empty(), table.get("fixes")) {
            let help = "name a type or a parameter: `fixes = { \"actor.type\" = \"value\" }`";
            self.report.advise("E019", node.span, "this hypothesis fixes nothing", help.to_owned());
        }
        for (path, span, node) in paths {
            if let Some(id) = self.names.parameters.get(&path).copied() {
                match node.as_number() {
                    Some(x) => found.push(Fixes::Parameter(id, x)),
                    None => self.must_be_number(&path, node),
                }
                continue;
            }
            let variable = self.names.variable(&path);
            let is_type =
                |id| matches!(self.names.variables[usize::from(id)].kind, VariableKind::Type(_));
            let Some(variable) = variable.filter(|v| is_type(v.0)) else {
                let types = self.names.variables.iter();
                let types = types.filter(|v| matches!(v.kind, VariableKind::Type(_)));
                let mut known: Vec<String> = types.map(|v| v.name.clone()).collect();
                known.extend(self.names.parameters.keys().cloned());
                self.no_such("type or parameter", &path, span, &known);
                continue;
            };
            let wanted = self.names.types[variable.index()].clone();
            let scope = Scope { parameters: false, ..Scope::numbers("what a hypothesis fixes") };
            let Some(value) = self.expression(node, &wanted, scope) else { continue };
            let crate::expr::Expr::Number(at) = value.expr else { continue };
            let draw = Self::draw_of(draws, variable);
            if draw.is_some_and(|d| d.hypothesis_set != Some(set)) {
                let name = self.root.entries("hypotheses")[set].name.clone();
                let message = format!("`{path}` takes its probabilities from elsewhere");
                let help = format!(
                    "write `values = \"hypotheses.{name}\"` at the type: priors are its probabilities"
                );
                self.report.advise("E044", span, message, help);
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a position"
            )]
            found.push(Fixes::Type(variable, at as u8));
        }
        found
    }

    fn must_be_number(&mut self, name: &str, node: &Node) {
        let message = format!("`{name}` is a parameter, and this is {}", node.describe());
        self.report.advise("E022", node.span, message, "write a number".to_owned());
    }

    /// `[levers]`.
    pub(super) fn levers(&mut self, time: Option<&Time>) -> Vec<Lever> {
        let mut found = Vec::new();
        for entry in self.root.entries("levers") {
            let Some(table) = entry.node.as_table() else { continue };
            let paths = table.table("sets").map(Table::paths).unwrap_or_default();
            if let (true, Some(node)) = (paths.is_empty(), table.get("sets")) {
                self.report.say("E019", node.span, "this lever changes nothing");
            }
            let mut changes = Vec::new();
            for (path, span, node) in paths {
                changes.extend(self.change(&path, span, node));
            }
            let offered_by = table.text("offered_by").and_then(|t| self.seat(&t.text, t.span));
            if let (Some(from), Some(time)) = (table.date("from"), time) {
                let span = table.get("from").map_or(table.span, |n| n.span);
                let last = time.date(time.horizon - 1);
                if from > last {
                    let message = format!("{from} is after the last stage begins ({last})");
                    let help = "the lever never works: offer it earlier".to_owned();
                    self.report.advise("W012", span, message, help);
                }
            }
            let mut cost = Vec::new();
            for entry in table.entries("cost") {
                let actor = self.actor(&entry.name, entry.span);
                let expr = self.quantity(&entry.node, Scope::numbers("the cost of a lever"));
                cost.extend(actor.zip(expr));
            }
            let steps = crate::ladder::whole(table, "steps", 1..=1000, &mut self.report);
            found.push(Lever {
                id: entry.name.clone(),
                text: table.string("text").unwrap_or_default(),
                changes,
                from: table.date("from"),
                offered_by,
                cost,
                steps: steps.and_then(|s| u32::try_from(s).ok()).unwrap_or(1),
                source: table.string("source").or(table.string("note")),
                span: entry.span,
            });
        }
        found
    }

    fn change(&mut self, path: &str, span: Span, node: &Node) -> Option<LeverChange> {
        if let Some(id) = self.names.parameters.get(path).copied() {
            let Some(x) = node.as_number() else {
                self.must_be_number(path, node);
                return None;
            };
            return Some(LeverChange::Parameter(id, x));
        }
        let Some((name, part)) = path.split_once('.') else {
            let known: Vec<String> = self.names.parameters.keys().cloned().collect();
            self.no_such("parameter", path, span, &known);
            return None;
        };
        let id = self.a_move(name, span)?;
        if part == "when" {
            let scope = Scope { mover: true, ..Scope::state("the condition of a move") };
            let resolved = self.condition(node, scope)?;
            self.conditions.push((id, resolved.reads));
            return Some(LeverChange::When(id, resolved.expr));
        }
        let attribute = self.attribute(part, span)?;
        let wanted = Type::of_attribute(&self.names.attributes[attribute.index()]);
        let scope = Scope { mover: true, ..Scope::state("an attribute of an act") };
        let code = self.expression(node, &wanted, scope)?;
        Some(LeverChange::Attribute(MoveId::new(id.index()), attribute, code.expr))
    }

    /// `[[claims]]`.
    pub(super) fn claims(&mut self) -> Vec<Claim> {
        let mut found: Vec<Claim> = Vec::new();
        for node in self.root.get("claims").map_or(&[][..], Node::as_list) {
            let Some(table) = node.as_table() else { continue };
            let id = self.own_id(table, "a claim", found.iter().map(|c| c.id.as_str()));
            let (holds_if, untestable) = (table.text("holds_if"), table.string("untestable"));
            if holds_if.is_some() == untestable.is_some() {
                let message = if holds_if.is_some() {
                    "a claim is tested or untestable, not both"
                } else {
                    "this claim has no test"
                };
                let help = "give `holds_if = \"a comparison\"` or `untestable = \"reason\"`";
                self.report.advise("E054", table.span, message, help.to_owned());
            }
            let test = holds_if.and_then(|text| parse::expression(text, &mut self.report));
            found.push(Claim {
                id,
                text: table.string("text").unwrap_or_default(),
                source: table.string("source").unwrap_or_default(),
                holds_if: test.and_then(|ast| self.test(ast)),
                untestable,
                span: node.span,
            });
        }
        found
    }

    fn test(&mut self, ast: Ast) -> Option<Test> {
        let span = ast.span;
        let kind = match ast.kind {
            Kind::Number(x) => TestKind::Number(x),
            Kind::Boolean(is) => TestKind::Truth(is),
            Kind::Name(name) => TestKind::Path(name),
            Kind::Unary(by, of) => TestKind::Unary(by, Box::new(self.test(*of)?)),
            Kind::Binary(by, a, b) => {
                let (a, b) = (self.test(*a), self.test(*b));
                TestKind::Binary(by, Box::new(a?), Box::new(b?))
            }
            Kind::In(of, list) => {
                let of = Box::new(self.test(*of)?);
                TestKind::In(of, list.into_iter().map(|a| self.test(a)).collect::<Option<_>>()?)
            }
            Kind::If(..) => {
                let help = "compare directly, or join comparisons by `and` and `or`".to_owned();
                self.report.advise("E020", span, "a test has no `if`", help);
                return None;
            }
        };
        Some(Test { kind, span })
    }
}
