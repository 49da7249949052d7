//! Variables that belong to moves, red lines and norms.

use super::{Known, plain};
use crate::check::Context;
use crate::keys::NORM_STATES;
use crate::ladder::{check_name, words};
use crate::scenario::{ActorId, Domain, NormId, NormKind, RedLineId, VariableKind, Visibility};
use crate::visibility;

impl<'a> Context<'a> {
    pub(super) fn declare_signals(&mut self, known: &mut Known<'a>) {
        for entry in self.root.entries("moves") {
            let observed = entry.node.as_table().and_then(|t| t.table("observed"));
            let signal = observed.and_then(|table| {
                let name = table.text("as")?;
                check_name(&name.text, name.span, "a signal", &mut self.report);
                let seen_by = self.seers(&table.texts("by"));
                let mut variable =
                    plain(name.text.clone(), Domain::Boolean, seen_by, VariableKind::Signal);
                variable.span = name.span;
                Some(self.add(variable))
            });
            known.signals.push(signal);
        }
    }

    pub(super) fn declare_lines(&mut self, known: &mut Known<'a>) {
        for (i, entry) in self.root.entries("red_lines").iter().enumerate() {
            let table = entry.node.as_table().cloned().unwrap_or_default();
            let line = RedLineId::new(i);
            let status = table.table("status").and_then(|status| {
                let words = words(status.get("values")?, "a status", &mut self.report);
                let mut variable = plain(
                    format!("red_lines.{}.status", entry.name),
                    Domain::Words(words),
                    Visibility::Everybody,
                    VariableKind::Status(line),
                );
                variable.ordered = true;
                variable.start = status.get("start").map_or(0, |n| self.start(n, &variable));
                variable.span = entry.span;
                Some(self.add(variable))
            });
            let owner = table.text("owner").and_then(|t| self.names.actor(&t.text));
            let own = visibility::private(ActorId::new(owner.unwrap_or(0)), Vec::new());
            let mut once = |key: &str, word: &str, seen: Visibility| {
                let times = table.table(key)?.string("times")?;
                (times == "once").then(|| {
                    let name = format!("red_lines.{}.{word}", entry.name);
                    let kind = VariableKind::Crossed(line);
                    let mut variable = plain(name, Domain::Boolean, seen, kind);
                    variable.span = entry.span;
                    self.add(variable)
                })
            };
            let stated = once("on_stated", "stated_once", Visibility::Everybody);
            let crossed = once("on_cross", "crossed_once", own);
            known.lines.push([status, stated, crossed]);
        }
    }

    pub(super) fn declare_norms(&mut self, known: &mut Known<'a>) {
        for (i, (kind, entry)) in self.norm_entries().into_iter().enumerate() {
            let table = entry.node.as_table().cloned().unwrap_or_default();
            let kind = if kind == NormKind::Norm { "norms" } else { "treaties" };
            let name = format!("{kind}.{}", entry.name);
            if table.get("out_of_scope").is_some() {
                self.names.out_of_scope.push(name);
                known.norms.push([None, None]);
                continue;
            }
            let norm = NormId::new(i);
            let states: Vec<String> = NORM_STATES.iter().map(|s| (*s).to_owned()).collect();
            let domain = Domain::Words(states);
            let start = table.string("start").unwrap_or_default();
            let mut state =
                plain(name.clone(), domain, Visibility::Everybody, VariableKind::NormState(norm));
            state.ordered = true;
            state.span = entry.span;
            let at = NORM_STATES.iter().position(|s| *s == start).unwrap_or(0);
            state.start = u8::try_from(at).unwrap_or(0);
            let state = self.add(state);
            let times = table.table("on_break").and_then(|t| t.string("times"));
            let once = (times.as_deref() == Some("once")).then(|| {
                let name = format!("{name}.broken_once");
                let kind = VariableKind::Broken(norm);
                let mut variable = plain(name, Domain::Boolean, Visibility::Everybody, kind);
                variable.span = entry.span;
                self.add(variable)
            });
            known.norms.push([Some(state), once]);
        }
    }
}
