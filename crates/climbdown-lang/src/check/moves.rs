//! Moves: acts, effects, payoffs, what is hidden about them.

use super::Context;
use super::declare::Known;
use crate::expr::{Binary, Expr};
use crate::names;
use crate::resolve::Scope;
use crate::scenario::{AttributeId, Hidden, MenuId, Move, MoveId, Perception, Signal, VariableId};
use crate::source::Span;
use crate::syntax::{Entry, Table};
use crate::types::Type;

impl Context<'_> {
    /// `[moves]`.
    pub(super) fn moves(&mut self, known: &Known<'_>) -> Vec<Move> {
        let entries = self.root.entries("moves");
        let menus: Vec<Vec<MenuId>> = entries.iter().map(|e| self.menus_of(e)).collect();
        let mut found = Vec::new();
        for (i, entry) in entries.iter().enumerate() {
            let table = entry.node.as_table().cloned().unwrap_or_default();
            let when = table.get("when").and_then(|node| {
                let scope = Scope { mover: true, ..Scope::state("the condition of a move") };
                let resolved = self.condition(node, scope)?;
                self.conditions.push((MoveId::new(i), resolved.reads));
                Some(resolved.expr)
            });
            let attributes = self.attributes(&table);
            let perceived = self.perceived(i, &table, known);
            let set = self.effects(&table, "set", "a move", true);
            let pays = self.pays(&table, "a move", true);
            let hidden = self.hidden(i, entry, &table, &menus);
            let signal = self.signal(i, &table, known);
            let variant_of = self.variant(i, &table, &menus);
            found.push(Move {
                id: entry.name.clone(),
                text: table.string("text"),
                menus: menus[i].clone(),
                when,
                attributes,
                perceived,
                set,
                pays,
                hidden,
                signal,
                variant_of,
                source: table.string("source").or(table.string("note")),
                span: entry.span,
            });
        }
        found
    }

    fn menus_of(&self, entry: &Entry) -> Vec<MenuId> {
        let texts = entry.node.as_table().map(|t| t.texts("menu")).unwrap_or_default();
        let mut found: Vec<MenuId> = texts
            .into_iter()
            .filter_map(|t| self.names.menus.iter().position(|m| *m == t.text))
            .map(MenuId::new)
            .collect();
        found.dedup();
        found
    }

    /// The code of the act on each attribute; the first code where nothing is said.
    fn attributes(&mut self, table: &Table) -> Vec<Expr> {
        let mut codes = vec![Expr::Number(0.0); self.names.attributes.len()];
        for entry in table.entries("attributes") {
            let Some(at) = self.attribute(&entry.name, entry.span) else { continue };
            let wanted = Type::of_attribute(&self.names.attributes[at.index()]);
            let scope = Scope { mover: true, ..Scope::state("an attribute of an act") };
            if let Some(code) = self.expression(&entry.node, &wanted, scope) {
                codes[at.index()] = code.expr;
            }
        }
        codes
    }

    /// The attribute of this name; `None` after a report.
    pub(super) fn attribute(&mut self, name: &str, span: Span) -> Option<AttributeId> {
        if let Some(at) = self.names.attribute(name) {
            return Some(AttributeId::new(at));
        }
        let known: Vec<String> = self.names.attributes.iter().map(|a| a.id.clone()).collect();
        self.no_such("attribute", name, span, &known);
        None
    }

    fn perceived(&mut self, i: usize, table: &Table, known: &Known<'_>) -> Vec<Perception> {
        let mut found = Vec::new();
        for of_actor in table.entries("perceived") {
            let Some(actor) = self.actor(&of_actor.name, of_actor.span) else { continue };
            let Some(codes) = of_actor.node.as_table() else { continue };
            for entry in &codes.entries {
                let Some(attribute) = self.attribute(&entry.name, entry.span) else { continue };
                let value = if entry.node.as_table().is_some() {
                    let Some(id) = known.perceptions.get(&(i, actor, attribute)) else { continue };
                    self.drawn_code(*id, attribute)
                } else {
                    let wanted = Type::of_attribute(&self.names.attributes[attribute.index()]);
                    let scope = Scope { types_of: Some(actor), ..Scope::state("a perception") };
                    let Some(code) = self.expression(&entry.node, &wanted, scope) else { continue };
                    code.expr
                };
                found.push(Perception { actor, attribute, value });
            }
        }
        found
    }

    /// The code on the axis that a drawn perception stands for.
    fn drawn_code(&self, variable: VariableId, attribute: AttributeId) -> Expr {
        let axis = &self.names.attributes[attribute.index()].values;
        let codes = self.names.values(variable);
        #[expect(clippy::cast_precision_loss, reason = "positions are small")]
        let code =
            |word: &String| Expr::Number(axis.iter().position(|v| v == word).unwrap_or(0) as f64);
        let mut value = codes.last().map_or(Expr::Number(0.0), &code);
        for (at, word) in codes.iter().enumerate().rev().skip(1) {
            #[expect(clippy::cast_precision_loss, reason = "positions are small")]
            let here = Expr::Binary(
                Binary::Equal,
                Box::new(Expr::Variable(variable)),
                Box::new(Expr::Number(at as f64)),
            );
            value = Expr::If(Box::new(here), Box::new(code(word)), Box::new(value));
        }
        value
    }

    fn hidden(
        &mut self,
        i: usize,
        entry: &Entry,
        table: &Table,
        menus: &[Vec<MenuId>],
    ) -> Option<Hidden> {
        if table.boolean("hidden") != Some(true) {
            for key in ["seen_by", "looks_like"] {
                if let Some(entry) = table.entry(key) {
                    let message = format!("`{key}` is for hidden moves");
                    let help = "add `hidden = true`, or leave it out; everybody sees other moves";
                    self.report.advise("E035", entry.span, message, help.to_owned());
                }
            }
            return None;
        }
        let seen_by = self.seers(&table.texts("seen_by"));
        let is_open = |m: usize| {
            let other = self.root.entries("moves")[m].node.as_table();
            m != i
                && menus[m].iter().any(|menu| menus[i].contains(menu))
                && other.is_some_and(|t| t.boolean("hidden") != Some(true))
        };
        let open: Vec<usize> = (0..menus.len()).filter(|m| is_open(*m)).collect();
        let looks_like = match table.text("looks_like") {
            Some(text) => {
                let id = self.a_move(&text.text, text.span)?;
                if !open.contains(&id.index()) {
                    let message = format!("`{}` cannot pass for `{}`", entry.name, text.text);
                    let known: Vec<&String> = open.iter().map(|m| &self.names.moves[*m]).collect();
                    let help = format!(
                        "name a move of the same menu that is not hidden: {}",
                        names::list(&known)
                    );
                    self.report.advise("E035", text.span, message, help);
                }
                id
            }
            None => {
                let Some(first) = open.first() else {
                    let message = format!("`{}` is hidden, and nothing hides it", entry.name);
                    let help = "its menu needs a move that is not hidden, which it can pass for";
                    self.report.advise("E035", entry.span, message, help.to_owned());
                    return None;
                };
                MoveId::new(*first)
            }
        };
        Some(Hidden { seen_by, looks_like })
    }

    fn signal(&mut self, i: usize, table: &Table, known: &Known<'_>) -> Option<Signal> {
        let observed = table.table("observed")?;
        let mut chance = |key: &str| {
            let node = observed.get(key)?;
            let expr = self.quantity(node, Scope::numbers("the probability of a signal"))?;
            self.spread(node.span, "the probability of a signal", &expr);
            Some(expr)
        };
        let (when_done, when_not) = (chance("when_done"), chance("when_not"));
        Some(Signal {
            variable: known.signals.get(i).copied().flatten()?,
            when_done: when_done?,
            when_not: when_not?,
            span: observed.span,
        })
    }

    fn variant(&mut self, i: usize, table: &Table, menus: &[Vec<MenuId>]) -> Option<MoveId> {
        let text = table.text("variant_of")?;
        let other = self.a_move(&text.text, text.span)?;
        let at = other.index();
        let chained = self.root.entries("moves")[at]
            .node
            .as_table()
            .is_some_and(|t| t.get("variant_of").is_some());
        let (message, help) = if at == i {
            ("a move is no variant of itself".to_owned(), "name another move of the menu")
        } else if !menus[i].iter().all(|m| menus[at].contains(m)) {
            let message = format!("`{}` is not on the same menu", text.text);
            (message, "variants share one weight on a menu, so both are on it")
        } else if chained {
            let message = format!("`{}` is itself a variant", text.text);
            (message, "name the move that both are variants of")
        } else {
            return Some(other);
        };
        self.report.advise("E036", text.span, message, help.to_owned());
        None
    }
}
