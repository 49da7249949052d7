//! Domains of declared variables, and where they start.

use super::Context;
use crate::ladder::words;
use crate::scenario::{Combine, Domain, Variable};
use crate::syntax::{Node, Table, Value};

impl Context<'_> {
    /// The values of a variable; `None` after a report.
    pub(super) fn domain(&mut self, table: &Table) -> Option<Domain> {
        match (table.get("values"), table.get("range")) {
            (Some(values), None) => {
                let booleans = |n: &&Node| matches!(n.value, Value::Boolean(_));
                let items = values.as_list();
                if !items.is_empty() && items.iter().filter(booleans).count() == items.len() {
                    return Some(Domain::Boolean);
                }
                if let Some(item) = items.iter().find(|n| n.as_text().is_none()) {
                    let help = "for integers write `range = [lowest, highest]`; \
                                for true or false `values = [false, true]`";
                    let message = "the values of a variable are words";
                    self.report.advise("E012", item.span, message, help.to_owned());
                    return None;
                }
                let words = words(values, "a value", &mut self.report);
                if words.is_empty() { None } else { Some(Domain::Words(words)) }
            }
            (None, Some(range)) => {
                if !matches!(range.value, Value::Array(_)) {
                    return None;
                }
                let ends: Vec<i64> = range
                    .as_list()
                    .iter()
                    .filter_map(|n| if let Value::Integer(i) = n.value { Some(i) } else { None })
                    .collect();
                let help = "write `range = [lowest, highest]` with at most 256 integers";
                let [low, high] = ends[..] else {
                    let message = "a range is two integers";
                    self.report.advise("E017", range.span, message, help.to_owned());
                    return None;
                };
                let fits = low <= high && high.saturating_sub(low) < 256;
                match (i32::try_from(low), i32::try_from(high)) {
                    (Ok(low), Ok(high)) if fits => Some(Domain::Integers { low, high }),
                    _ => {
                        let message = format!("[{low}, {high}] cannot be the range of a variable");
                        self.report.advise("E018", range.span, message, help.to_owned());
                        None
                    }
                }
            }
            (both, _) => {
                let message = if both.is_some() {
                    "a variable has `values` or a `range`, not both"
                } else {
                    "a variable needs `values` or a `range`"
                };
                let help = "words: `values = [\"a\", \"b\"]`; integers: `range = [0, 3]`";
                self.report.advise("E011", table.span, message, help.to_owned());
                None
            }
        }
    }

    /// How simultaneous effects on a variable combine.
    pub(super) fn combine(
        &mut self,
        table: &Table,
        domain: &Domain,
        ordered: bool,
    ) -> Option<Combine> {
        let text = table.text("combine")?;
        let (combine, fits) = match text.text.as_str() {
            "max" => (Combine::Max, ordered || matches!(domain, Domain::Integers { .. })),
            "min" => (Combine::Min, ordered || matches!(domain, Domain::Integers { .. })),
            "add" => (Combine::Add, matches!(domain, Domain::Integers { .. })),
            "or" => (Combine::Or, matches!(domain, Domain::Boolean)),
            _ => return None,
        };
        if !fits {
            let message = format!("`{}` does not fit the values of this variable", text.text);
            let help = "max and min need an order, add needs integers, or needs true and false";
            self.report.advise("E034", text.span, message, help.to_owned());
        }
        Some(combine)
    }

    /// The position of a start value in the domain.
    pub(super) fn start(&mut self, node: &Node, variable: &Variable) -> u8 {
        let at = match (&node.value, &variable.domain) {
            (Value::Text(text), Domain::Words(words)) => {
                let at = words.iter().position(|w| *w == text.text);
                if at.is_none() {
                    let message = format!("`{}` is not a value of `{}`", text.text, variable.name);
                    let known = words.iter().map(String::as_str);
                    let help = crate::names::suggest(&text.text, known, "values");
                    self.report.advise("E023", node.span, message, help);
                }
                at.unwrap_or(0)
            }
            (Value::Boolean(b), Domain::Boolean) => usize::from(*b),
            (Value::Integer(i), Domain::Integers { low, high }) => {
                if *i < i64::from(*low) || *i > i64::from(*high) {
                    let message = format!("`{}` cannot be {i}", variable.name);
                    let help = format!("its range is {low} to {high}");
                    self.report.advise("E023", node.span, message, help);
                    return 0;
                }
                usize::try_from(i - i64::from(*low)).unwrap_or(0)
            }
            (Value::Invalid, _) => 0,
            _ => {
                let kind = crate::types::Type::of_variable(variable).describe();
                let message = format!("`start` must be {kind}, and is {}", node.describe());
                self.report.say("E022", node.span, message);
                0
            }
        };
        u8::try_from(at).unwrap_or(0)
    }
}
