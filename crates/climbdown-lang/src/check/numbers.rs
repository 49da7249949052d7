//! Parameters, quantities and draws of nature.

use super::Context;
use super::declare::{Chances, Known, Pending};
use super::probability::{Spread, Views};
use super::read::rest_of;
use crate::expr::{Binary, Expr};
use crate::names;
use crate::resolve::Scope;
use crate::scenario::{
    ActorId, Distribution, Draw, Parameter, Quantity, QuantityId, VariableId, VariableKind,
};
use crate::source::Span;
use crate::syntax::{Entry, Node, Table, Text, Value};

impl Context<'_> {
    /// `[parameters]`.
    pub(super) fn parameters(&mut self) -> Vec<Parameter> {
        let mut found = Vec::new();
        for entry in self.root.entries("parameters") {
            let parameter = match &entry.node.value {
                Value::Table(table) => self.parameter(entry, table),
                Value::Text(text) => self.short_parameter(entry, text),
                _ => None,
            };
            let parameter = parameter.unwrap_or_else(|| unknown(entry));
            found.push(parameter);
        }
        found
    }

    fn parameter(&mut self, entry: &Entry, table: &Table) -> Option<Parameter> {
        let value = table.number("value")?;
        let range = self.interval(table, "range");
        let distribution = match table.string("distribution").as_deref() {
            Some("triangular") => Distribution::Triangular,
            Some("normal") => Distribution::Normal,
            Some("lognormal") => Distribution::Lognormal,
            Some("beta") => Distribution::Beta,
            _ => Distribution::Uniform,
        };
        let parameter = Parameter {
            name: entry.name.clone(),
            value,
            range,
            distribution,
            unit: table.string("unit").unwrap_or_default(),
            source: table.string("source").unwrap_or_default(),
            span: entry.span,
        };
        self.sound(&parameter, table.get("value").map_or(entry.span, |n| n.span));
        if table.get("range").is_none() {
            self.without_range(entry);
        }
        if table.text("source").is_some_and(|t| t.text.trim().is_empty()) {
            self.without_source(entry);
        }
        Some(parameter)
    }

    /// `"0.3 [0.1, 0.5] probability; judgement"`.
    fn short_parameter(&mut self, entry: &Entry, text: &Text) -> Option<Parameter> {
        let (numbers, source) = match text.text.split_once(';') {
            Some((numbers, source)) => (numbers, source.trim()),
            None => (text.text.as_str(), ""),
        };
        let numbers = numbers.trim();
        let (value, rest) = match numbers.find(|c: char| c.is_whitespace() || c == '[') {
            Some(at) => (&numbers[..at], numbers[at..].trim()),
            None => (numbers, ""),
        };
        let inside = rest.strip_prefix('[').and_then(|r| r.split_once(']'));
        let (range, unit) = match inside {
            Some((range, unit)) => (Some(range), unit.trim()),
            None => (None, rest),
        };
        let number = |s: &str| s.trim().parse::<f64>().ok().filter(|x| x.is_finite());
        let ends = range.map(|r| r.split(',').map(number).collect::<Option<Vec<f64>>>());
        let range = match ends.as_ref().map(|e| e.as_deref()) {
            None => Ok(None),
            Some(Some([low, high])) => Ok(Some((*low, *high))),
            Some(_) => Err(()),
        };
        let (Some(value), Ok(range), false) = (number(value), range, rest.starts_with(']')) else {
            let message = format!("`{}` is not a parameter", text.text);
            let help = "write \"0.3 [0.1, 0.5] probability; source or judgement\"";
            self.report.advise("E050", text.span, message, help.to_owned());
            return None;
        };
        if let Some((low, high)) = range
            && low > high
        {
            self.turned(low, high, text.span);
            return None;
        }
        if range.is_none() {
            self.without_range(entry);
        }
        if source.is_empty() {
            self.without_source(entry);
        }
        let parameter = Parameter {
            name: entry.name.clone(),
            value,
            range,
            distribution: Distribution::Uniform,
            unit: unit.to_owned(),
            source: source.to_owned(),
            span: entry.span,
        };
        self.sound(&parameter, text.span);
        Some(parameter)
    }

    fn sound(&mut self, parameter: &Parameter, span: Span) {
        let value = parameter.value;
        if let Some((low, high)) = parameter.range
            && (value < low || value > high)
        {
            let message = format!("{value} is outside the range [{low}, {high}]");
            let help = "the point value lies within the range".to_owned();
            self.report.advise("E051", span, message, help);
        }
        if parameter.distribution == Distribution::Lognormal
            && parameter.range.is_none_or(|(low, _)| low <= 0.0)
        {
            let help = "give a range above 0, or another distribution".to_owned();
            self.report.advise("E051", span, "a lognormal parameter is above 0", help);
        }
        if parameter.unit.is_empty() {
            let message = format!("`{}` has no unit", parameter.name);
            let help = "say what is counted: probability, stakes, per stage, 1".to_owned();
            self.report.advise("W020", parameter.span, message, help);
        }
    }

    fn without_range(&mut self, entry: &Entry) {
        let message = format!("`{}` has no range", entry.name);
        let help = "give `range = [lowest, highest]`; sweeps and flips leave it where it is";
        self.report.advise("W021", entry.span, message, help.to_owned());
    }

    fn without_source(&mut self, entry: &Entry) {
        let message = format!("`{}` has no source", entry.name);
        let help = "name a citation, or write judgement".to_owned();
        self.report.advise("E052", entry.span, message, help);
    }

    fn turned(&mut self, low: f64, high: f64, span: Span) {
        let message = format!("the range [{low}, {high}] ends before it begins");
        let help = format!("write [{high}, {low}]");
        self.report.advise("E051", span, message, help);
    }

    /// Two numbers in ascending order.
    pub(super) fn interval(&mut self, table: &Table, key: &str) -> Option<(f64, f64)> {
        let node = table.get(key)?;
        let ends: Vec<f64> = node.as_list().iter().filter_map(Node::as_number).collect();
        let [low, high] = ends[..] else {
            let help = "write `[lowest, highest]`".to_owned();
            self.report.advise("E051", node.span, format!("`{key}` is two numbers"), help);
            return None;
        };
        if low > high {
            self.turned(low, high, node.span);
            return None;
        }
        Some((low, high))
    }

    /// `[quantities]`.
    pub(super) fn quantities(&mut self) -> Vec<Quantity> {
        let mut found = Vec::new();
        for (i, entry) in self.root.entries("quantities").iter().enumerate() {
            let value = self.quantity(&entry.node, Scope::numbers("a quantity"));
            let value = value.unwrap_or(Expr::Number(0.0));
            let mut later = Vec::new();
            value.walk(&mut |part| match part {
                Expr::Quantity(QuantityId(q)) if usize::from(*q) >= i => later.push(*q),
                _ => {}
            });
            let readable = later.is_empty();
            for q in later {
                let other = &self.root.entries("quantities")[usize::from(q)].name;
                let message = if usize::from(q) == i {
                    format!("`{other}` is defined by itself")
                } else {
                    format!("`{}` reads `{other}`, which stands below it", entry.name)
                };
                let help = "a quantity reads parameters and the quantities above it".to_owned();
                self.report.advise("E029", entry.node.span, message, help);
            }
            let value = if readable { value } else { Expr::Number(0.0) };
            found.push(Quantity { name: entry.name.clone(), value, span: entry.span });
        }
        found
    }

    /// The draws of nature: types, then perceptions, then variables, each in file order.
    pub(super) fn draws(&mut self, known: &Known<'_>) -> Vec<Draw> {
        known.draws.iter().filter_map(|pending| self.draw(pending)).collect()
    }

    fn draw(&mut self, pending: &Pending<'_>) -> Option<Draw> {
        let values = self.names.values(pending.variable);
        let name = self.names.variables[pending.variable.index()].name.clone();
        let what = format!("the probability of `{name}`");
        // A drawn perception has only the codes listed as values; a slip is told by the axis.
        let axis = match self.names.variables[pending.variable.index()].kind {
            VariableKind::Perception(_) => name
                .rsplit_once('.')
                .and_then(|(_, axis)| self.names.attribute(axis))
                .map(|at| self.names.attributes[at].clone()),
            _ => None,
        };
        let of = axis.as_ref().map_or(name.as_str(), |a| a.id.as_str());
        let known = axis.as_ref().map_or(&values, |a| &a.values);
        let mut hypothesis_set = None;
        let (analyst, span) = match &pending.chances {
            Chances::Table(table) => {
                (self.distribution(table, &values, (of, known), &what), pending.span)
            }
            Chances::Set(set, span) => {
                hypothesis_set =
                    self.root.entries("hypotheses").iter().position(|e| e.name == *set);
                (self.priors(set, &name, &values), *span)
            }
        };
        let mut believed: Vec<(ActorId, Vec<Expr>, Span)> = Vec::new();
        for entry in pending.believed.map_or(&[][..], |t| &t.entries) {
            let actor = self.actor(&entry.name, entry.span);
            let Some(table) = entry.node.as_table() else { continue };
            let probabilities = self.distribution(table, &values, (of, known), &what);
            let (Some(actor), Some(list)) = (actor, probabilities) else { continue };
            believed.push((actor, list, entry.node.span));
        }
        let analyst = analyst?;
        self.views.push(Views {
            span,
            values: values.iter().map(|v| format!("`{name} == {v}`")).collect(),
            analyst: analyst.clone(),
            believed: believed.clone(),
        });
        Some(Draw {
            variable: pending.variable,
            analyst,
            believed: believed.into_iter().map(|(a, p, _)| (a, p)).collect(),
            hypothesis_set,
            span: pending.span,
        })
    }

    /// `{ value = probability }`, with the rest filled in.
    fn distribution(
        &mut self,
        table: &Table,
        values: &[String],
        (of, known): (&str, &[String]),
        what: &str,
    ) -> Option<Vec<Expr>> {
        let mut found: Vec<Option<Expr>> = vec![None; values.len()];
        let mut rest: Option<usize> = None;
        let mut sound = true;
        for entry in &table.entries {
            let Some(at) = values.iter().position(|v| *v == entry.name) else {
                let message = format!("`{}` is not a value of `{of}`", entry.name);
                let known = known.iter().map(String::as_str);
                let help = names::suggest(&entry.name, known, "values");
                self.report.advise("E023", entry.span, message, help);
                sound = false;
                continue;
            };
            if entry.node.as_text().is_some_and(|t| t.text.trim() == "rest") {
                if rest.is_some() {
                    let message = "two values get the rest";
                    let help = "one value gets the rest; give the other a probability".to_owned();
                    self.report.advise("E040", entry.span, message, help);
                    sound = false;
                }
                rest = Some(at);
                continue;
            }
            found[at] = self.quantity(&entry.node, Scope::numbers(what));
            sound &= found[at].is_some();
        }
        if !sound {
            return None;
        }
        let missing: Vec<usize> =
            (0..values.len()).filter(|i| found[*i].is_none() && rest != Some(*i)).collect();
        match (missing[..].first(), missing.len(), rest) {
            (None, ..) => {}
            (Some(only), 1, None) => rest = Some(*only),
            _ => {
                let left_out: Vec<&String> = missing.iter().map(|i| &values[*i]).collect();
                let message = format!("probabilities of `{of}` are missing");
                let help = format!(
                    "give {} a probability; one value may be left out and gets the rest",
                    names::list(&left_out)
                );
                self.report.advise("E040", table.span, message, help);
                return None;
            }
        }
        if let Some(at) = rest {
            let others: Vec<Expr> = found.iter().flatten().cloned().collect();
            found[at] = Some(rest_of(&others));
        }
        let exprs: Option<Vec<Expr>> = found.into_iter().collect();
        let exprs = exprs?;
        self.spreads.push(Spread {
            span: table.span,
            what: what.to_owned(),
            exprs: exprs.clone(),
            names: values.to_vec(),
            help: "let one value take the rest: `value = \"rest\"`",
        });
        Some(exprs)
    }

    /// The analyst's probability of each value: the priors of the hypotheses that fix it.
    fn priors(&mut self, set: &str, name: &str, values: &[String]) -> Option<Vec<Expr>> {
        let root = self.root;
        let hypotheses = root.table("hypotheses")?.table(set)?;
        let mut sums: Vec<Option<Expr>> = vec![None; values.len()];
        // Problems of the priors are reported where the set itself is read.
        let before = self.report.list.len();
        for entry in &hypotheses.entries {
            let Some(table) = entry.node.as_table() else { continue };
            let prior =
                table.get("prior").and_then(|n| self.quantity(n, Scope::numbers("a prior")));
            let paths = table.table("fixes").map(Table::paths).unwrap_or_default();
            let value = paths.iter().find(|(path, _, _)| path == name).map(|(_, _, n)| *n);
            let at = value
                .and_then(Node::as_text)
                .and_then(|t| values.iter().position(|v| *v == t.text));
            let (Some(prior), Some(at)) = (prior, at) else { continue };
            sums[at] = Some(match sums[at].take() {
                None => prior,
                Some(sum) => Expr::Binary(Binary::Add, Box::new(sum), Box::new(prior)),
            });
        }
        self.report.list.truncate(before);
        sums.into_iter().collect()
    }

    /// The draw of a variable, if nature draws it.
    pub(super) fn draw_of(draws: &[Draw], variable: VariableId) -> Option<&Draw> {
        draws.iter().find(|d| d.variable == variable)
    }
}

/// What stands for a parameter that could not be read.
fn unknown(entry: &Entry) -> Parameter {
    Parameter {
        name: entry.name.clone(),
        value: 0.0,
        range: None,
        distribution: Distribution::Uniform,
        unit: String::new(),
        source: String::new(),
        span: entry.span,
    }
}
