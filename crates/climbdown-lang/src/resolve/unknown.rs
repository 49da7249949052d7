//! What to say of a name that stands for nothing.

use super::{Resolver, values_of};
use crate::names;
use crate::scenario::Domain;
use crate::source::Span;
use crate::types::Type;

impl Resolver<'_> {
    /// Reports the name, with what was probably meant.
    pub(super) fn unknown(&mut self, name: &str, span: Span, wanted: Option<&Type>) {
        if self.names.spoilt.contains(name) {
            return;
        }
        if let Some(words) = wanted.and_then(|kind| values_of(kind, self.names)) {
            let kind = wanted.map_or("value", |k| match k {
                Type::Role => "role of the ladder",
                Type::Actor => "actor",
                Type::Move => "move",
                _ => "value",
            });
            let message = match wanted {
                Some(Type::Words { of, .. }) => format!("`{name}` is not a value of `{of}`"),
                _ => format!("there is no {kind} `{name}`"),
            };
            let help = names::suggest(name, words.iter().map(String::as_str), "values");
            self.report.advise("E023", span, message, help);
            return;
        }
        let help = self.help_for_unknown(name);
        self.report.advise("E021", span, format!("there is no `{name}` here"), help);
    }

    fn help_for_unknown(&self, name: &str) -> Option<String> {
        if name.contains('-') {
            let parts: Vec<&str> = name.split('-').collect();
            if parts.iter().all(|p| self.meaning(p).is_some() || p.parse::<f64>().is_ok()) {
                return Some(format!(
                    "subtraction is written with spaces: `{}`",
                    parts.join(" - ")
                ));
            }
        }
        if let Some(field) = name.strip_prefix("act.") {
            let own = self.names.attributes.iter().map(|a| a.id.as_str());
            let all: Vec<&str> = own.chain(["by", "actor", "move"]).collect();
            return Some(match names::nearest(field, all.iter().copied()) {
                Some(near) => format!("did you mean `act.{near}`?"),
                None => format!("attributes of an act: {}", names::list(&all)),
            });
        }
        if name == "stated" || name == "status" {
            return Some(format!("`{name}` is a word of red lines only"));
        }
        let scoped = name.split_once('.');
        if let Some((kind @ ("norms" | "treaties"), id)) = scoped
            && self.names.out_of_scope.iter().any(|n| n == name)
        {
            return Some(format!("`{id}` of [{kind}] is out of scope, so it has no state"));
        }
        let variables = self.names.variables.iter().filter(|_| self.scope.state);
        let mut all: Vec<&str> = variables.map(|v| v.name.as_str()).collect();
        let shorts: Vec<&str> =
            all.iter().filter_map(|n| n.rsplit_once('.')).map(|p| p.1).collect();
        all.extend(shorts.into_iter().filter(|s| !self.names.short(s).is_empty()));
        if self.scope.parameters {
            all.extend(self.names.parameters.keys().map(String::as_str));
            all.extend(self.names.quantities.keys().map(String::as_str));
        }
        all.extend(["stage", "peak_seen"]);
        if let Some(near) = names::nearest(name, all) {
            return Some(format!("did you mean `{near}`?"));
        }
        let holder = self.names.variables.iter().find(|v| match &v.domain {
            Domain::Words(words) => words.iter().any(|w| w == name),
            _ => false,
        });
        if let Some(variable) = holder {
            let of = &variable.name;
            return Some(format!("`{name}` is a value of `{of}`: write `{of} == {name}`"));
        }
        let attribute = self.names.attributes.iter().find(|a| a.values.iter().any(|v| v == name));
        if let (true, Some(attribute)) = (self.scope.act, attribute) {
            return Some(format!("write `act.{} == {name}`", attribute.id));
        }
        let what = match (self.scope.state, self.scope.parameters) {
            (true, true) => "a variable, a type, a parameter or a quantity",
            (true, false) => "a variable or a type",
            (false, true) => "a parameter or a quantity",
            (false, false) => "a property of the act, such as `act.means`",
        };
        Some(format!("{} reads {what}", self.scope.what))
    }
}
