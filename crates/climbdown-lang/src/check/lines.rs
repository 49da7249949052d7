//! Red lines, norms and treaties.

use super::Context;
use super::declare::Known;
use crate::expr::Expr;
use crate::keys::NORM_STATES;
use crate::resolve::Scope;
use crate::scenario::{ActorId, Norm, NormKind, Reaction, RedLine, VariableId, VariableKind};
use crate::syntax::{Entry, Table};
use crate::visibility;

impl Context<'_> {
    /// `[red_lines]`.
    pub(super) fn red_lines(&mut self, known: &Known<'_>) -> Vec<RedLine> {
        let mut found = Vec::new();
        for (i, entry) in self.root.entries("red_lines").iter().enumerate() {
            let table = entry.node.as_table().cloned().unwrap_or_default();
            let [status, stated_once, crossed_once] = known.lines[i];
            let owner = table.text("owner").and_then(|t| self.actor(&t.text, t.span));
            let stated = table.get("stated").and_then(|node| {
                let scope =
                    Scope { act: true, public: true, status, ..Scope::state("a stated line") };
                self.condition(node, scope).map(|r| r.expr)
            });
            let actual = table.get("actual").and_then(|node| {
                let scope = Scope {
                    act: true,
                    mover: true,
                    stated: table.get("stated").is_some(),
                    status,
                    types_of: owner,
                    ..Scope::state("an actual line")
                };
                self.condition(node, scope).map(|r| r.expr)
            });
            self.needs_line(entry, &table);
            let on_stated = self.reaction(&table, "on_stated", "a stated line", stated_once);
            let on_cross = self.reaction(&table, "on_cross", "an actual line", crossed_once);
            if let (Some(owner), Some(actual)) = (owner, &actual) {
                self.must_not_reveal(owner, actual, &on_cross);
            }
            found.push(RedLine {
                id: entry.name.clone(),
                text: table.string("text"),
                owner: owner.unwrap_or(ActorId(0)),
                stated,
                actual,
                status,
                on_stated,
                on_cross,
                source: table.string("source").or(table.string("note")),
                span: entry.span,
            });
        }
        found
    }

    fn needs_line(&mut self, entry: &Entry, table: &Table) {
        if table.get("stated").is_none() && table.get("actual").is_none() {
            let message = format!("the red line `{}` says nothing", entry.name);
            let help = "give `stated`, the line as stated, or `actual`, the line as meant";
            self.report.advise("E011", entry.span, message, help.to_owned());
            return;
        }
        for (line, reaction, help) in [
            ("stated", "on_stated", "give `stated`, or put it under `on_cross`"),
            (
                "actual",
                "on_cross",
                "give `actual`; if it is what was stated, `actual = \"stated\"`",
            ),
        ] {
            if let (None, Some(entry)) = (table.get(line), table.entry(reaction)) {
                let message = format!("`{reaction}` belongs to the {line} line, which is missing");
                self.report.advise("E011", entry.span, message, help.to_owned());
            }
        }
    }

    fn reaction(
        &mut self,
        table: &Table,
        key: &str,
        what: &str,
        once: Option<VariableId>,
    ) -> Reaction {
        let Some(table) = table.table(key) else { return Reaction::default() };
        let what = format!("crossing {what}");
        let pays = self.pays(table, &what, true);
        let set = self.effects(table, "set", &what, true);
        Reaction { once, pays, set }
    }

    /// Effects of a line that depends on a type would tell the type to whoever sees them.
    fn must_not_reveal(&mut self, owner: ActorId, actual: &Expr, reaction: &Reaction) {
        let mut on_type = None;
        actual.walk(&mut |part| {
            if let Expr::Variable(id) = part
                && matches!(self.names.variables[id.index()].kind, VariableKind::Type(_))
            {
                on_type = Some(*id);
            }
        });
        let Some(on_type) = on_type else { return };
        for effect in &reaction.set {
            let variable = &self.names.variables[effect.variable.index()];
            if visibility::only(&variable.visibility, owner) {
                continue;
            }
            let owner = &self.names.actors[owner.index()];
            let message = format!(
                "this effect shows `{}` to others than {owner}",
                self.names.variables[on_type.index()].name
            );
            let help = format!(
                "`{}` is seen by others: give it `seen_by = [\"{owner}\"]`, or use `on_stated`",
                variable.name
            );
            self.report.advise("E037", effect.span, message, help);
        }
    }

    /// `[norms]`, then `[treaties]`.
    pub(super) fn norms(&mut self, known: &Known<'_>) -> Vec<Norm> {
        let mut found = Vec::new();
        for (i, (kind, entry)) in self.norm_entries().into_iter().enumerate() {
            let table = entry.node.as_table().cloned().unwrap_or_default();
            let [state, once] = known.norms[i];
            let out_of_scope = table.string("out_of_scope");
            let broken_by = table.get("broken_by").and_then(|node| {
                let scope = Scope { act: true, ..Scope::state("what breaks a norm") };
                self.condition(node, scope).map(|r| r.expr)
            });
            if table.get("broken_by").is_none() && out_of_scope.is_none() {
                let message = format!("nothing breaks `{}`", entry.name);
                let help = "give `broken_by`, a condition on acts, or `out_of_scope = \"reason\"`";
                self.report.advise("E011", entry.span, message, help.to_owned());
            }
            let members = match table.get("members") {
                Some(_) => self.actors_of(&table, "members"),
                None => (0..self.names.actors.len()).map(ActorId::new).collect(),
            };
            let membership = table.get("membership").and_then(|node| {
                let expr = self.quantity(node, Scope::numbers("a membership"))?;
                self.spread(node.span, "a membership", &expr);
                Some(expr)
            });
            let cost = table.table("cost");
            let mut price = |key: &str| {
                let node = cost?.get(key)?;
                self.quantity(node, Scope::numbers("the cost of a norm"))
            };
            let (cost_first, cost_later) = (price("first"), price("later"));
            let on_break = match table.table("on_break") {
                Some(reaction) => Reaction {
                    once,
                    pays: self.pays(reaction, "breaking a norm", false),
                    set: self.effects(reaction, "set", "breaking a norm", false),
                },
                None => Reaction::default(),
            };
            let becomes = table.string("becomes");
            let at = NORM_STATES.iter().position(|s| Some(*s) == becomes.as_deref());
            found.push(Norm {
                id: entry.name.clone(),
                kind,
                text: table.string("text"),
                broken_by: if out_of_scope.is_some() { None } else { broken_by },
                members,
                membership: membership.unwrap_or(Expr::Number(1.0)),
                state,
                becomes: u8::try_from(at.unwrap_or(2)).unwrap_or(2),
                cost_first,
                cost_later,
                on_break,
                out_of_scope,
                status: table.string("status"),
                source: table.string("source").or(table.string("note")),
                span: entry.span,
            });
        }
        // Norms first: the ids of treaties follow them.
        debug_assert!(
            found.windows(2).all(|w| w[0].kind == NormKind::Norm || w[1].kind == NormKind::Treaty)
        );
        found
    }
}
