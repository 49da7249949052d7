//! Time, actors, seats and turns.

use super::Context;
use crate::ladder;
use crate::resolve::Scope;
use crate::scenario::{Actor, ActorId, LadderId, MenuId, Seat, SeatId, Slot, Time, VariableId};
use crate::source::Span;
use crate::syntax::{Node, Table, Text};

impl Context<'_> {
    /// `[time]` without its turns.
    pub(super) fn time(&mut self) -> Option<Time> {
        let table = self.root.table("time")?;
        let horizon = match table.get("horizon") {
            Some(node) if matches!(node.value, crate::syntax::Value::Integer(i) if i < 1) => {
                let help = "a crisis lasts at least one stage".to_owned();
                self.report.advise("E017", node.span, "the horizon is empty", help);
                None
            }
            _ => ladder::whole(table, "horizon", 1..=10_000, &mut self.report),
        };
        let stage = table.text("stage").and_then(|text| self.stage_hours(text));
        Some(Time {
            start: table.date("start")?,
            stage_hours: stage?,
            horizon: u32::try_from(horizon?).ok()?,
        })
    }

    fn stage_hours(&mut self, text: &Text) -> Option<u32> {
        let mut words = text.text.split_whitespace();
        let n: Option<u32> = words.next().and_then(|n| n.parse().ok());
        let unit = match words.next() {
            Some("hour" | "hours") => Some(1),
            Some("day" | "days") => Some(24),
            Some("week" | "weeks") => Some(7 * 24),
            _ => None,
        };
        let hours = n.zip(unit).and_then(|(n, unit)| n.checked_mul(unit));
        match hours {
            Some(hours @ 1..=100_000) if words.next().is_none() => Some(hours),
            _ => {
                let message = format!("`{}` is not the length of a stage", text.text);
                let help = "write hours, days or weeks: \"12 hours\", \"1 day\", \"2 weeks\"";
                self.report.advise("E017", text.span, message, help.to_owned());
                None
            }
        }
    }

    /// `[actors]`.
    pub(super) fn actors(&mut self) -> Vec<Actor> {
        let mut found = Vec::new();
        for entry in self.root.entries("actors") {
            let table = entry.node.as_table().cloned().unwrap_or_default();
            let role = table.text("role").and_then(|role| {
                let at = self.names.roles.iter().position(|r| *r == role.text);
                if at.is_none() {
                    self.no_such("role", &role.text, role.span, &self.names.roles.clone());
                }
                at
            });
            let numbers = Scope::numbers("a stake");
            let (stake, stake_source) = match table.get("stake") {
                Some(Node { value: crate::syntax::Value::Table(stake), .. }) => {
                    let value = stake.get("value").and_then(|n| {
                        let expr = self.quantity(n, numbers)?;
                        Some((expr, n.span))
                    });
                    (value, stake.string("source"))
                }
                Some(node) => (self.quantity(node, numbers).map(|e| (e, node.span)), None),
                None => (None, None),
            };
            let discount = table.get("discount").and_then(|node| {
                let expr = self.quantity(node, Scope::numbers("a discount"))?;
                self.spread(node.span, "a discount", &expr);
                Some(expr)
            });
            let ladder = table.string("ladder");
            let ladder = ladder.and_then(|l| self.ladder_names.iter().position(|n| *n == l));
            let one = crate::expr::Expr::Number(1.0);
            if let Some((expr, span)) = &stake {
                self.stakes.push((expr.clone(), *span));
            }
            found.push(Actor {
                id: entry.name.clone(),
                name: table.string("name").unwrap_or_else(|| entry.name.clone()),
                role: u16::try_from(role.unwrap_or(0)).unwrap_or(0),
                discount: discount.unwrap_or_else(|| one.clone()),
                stake: stake.map_or(one, |s| s.0),
                stake_source: stake_source.unwrap_or_else(|| "judgement".to_owned()),
                ladder: LadderId::new(ladder.unwrap_or(0)),
                span: entry.span,
            });
        }
        found
    }

    /// `[seats]`.
    pub(super) fn seats(&mut self) -> Vec<Seat> {
        let mut found = Vec::new();
        for (i, entry) in self.root.entries("seats").iter().enumerate() {
            let name = entry.node.as_table().and_then(|t| t.string("name"));
            found.push(Seat {
                id: entry.name.clone(),
                name: name.unwrap_or_else(|| entry.name.clone()),
                occupant: self.occupant(i),
                span: entry.span,
            });
        }
        found
    }

    fn occupant(&self, seat: usize) -> VariableId {
        let name = format!("{}.occupant", self.names.seats[seat]);
        self.names.variable(&name).unwrap_or(VariableId(0))
    }

    /// The actor who holds a seat at the start, by position.
    pub(super) fn first_occupant(&mut self, seat: &Table) -> u8 {
        let actor = seat.text("occupant").and_then(|t| self.actor(&t.text, t.span));
        u8::try_from(actor.unwrap_or(ActorId(0)).0).unwrap_or(0)
    }

    /// The list `turns`.
    pub(super) fn slots(&mut self) -> Vec<Slot> {
        let mut found: Vec<Slot> = Vec::new();
        let turns = self.root.table("time").and_then(|t| t.get("turns"));
        let mut group = 0u16;
        let mut all_read = true;
        for turn in turns.map_or(&[][..], Node::as_list) {
            let Some(table) = turn.as_table() else { continue };
            let before = found.len();
            match table.get("together") {
                Some(together) => {
                    for part in together.as_list() {
                        if let Some(table) = part.as_table() {
                            let slot = self.slot(table, group, part.span);
                            all_read &= slot.is_some();
                            found.extend(slot);
                        }
                    }
                }
                None => {
                    let slot = self.slot(table, group, turn.span);
                    all_read &= slot.is_some();
                    found.extend(slot);
                }
            }
            for (i, slot) in found.iter().enumerate().skip(before) {
                if found[before..i].iter().any(|s| s.seat == slot.seat) {
                    let seat = &self.names.seats[slot.seat.index()];
                    let message = format!("`{seat}` stands twice in a group of turns");
                    let help = "one seat makes one move at a time: list the turns one by one";
                    self.report.advise("E034", slot.span, message, help.to_owned());
                }
            }
            group = group.saturating_add(1);
        }
        if let Some(turns) = turns
            && turns.as_list().is_empty()
        {
            let help = "write `turns = [ { seat = \"…\", menu = \"…\" } ]`".to_owned();
            self.report.advise("E019", turns.span, "nobody has a turn", help);
        }
        if all_read && !found.is_empty() {
            self.idle(&found);
        }
        found
    }

    /// Warns of seats and menus without a turn.
    fn idle(&mut self, found: &[Slot]) {
        for (i, entry) in self.root.entries("seats").iter().enumerate() {
            if !found.iter().any(|s| s.seat == SeatId::new(i)) {
                let message = format!("the seat `{}` has no turn", entry.name);
                let help = "list it under `turns`, or leave it out".to_owned();
                self.report.advise("W010", entry.span, message, help);
            }
        }
        for (i, menu) in self.names.menus.clone().iter().enumerate() {
            if !found.iter().any(|s| s.menu == MenuId::new(i)) {
                let moves = self.root.entries("moves").iter();
                let on_menu = moves.filter_map(|e| {
                    let table = e.node.as_table()?;
                    table.texts("menu").into_iter().find(|t| t.text == *menu)
                });
                let spans: Vec<Span> = on_menu.map(|t| t.span).collect();
                let message =
                    format!("no turn uses the menu `{menu}`, so nobody can make this move");
                for span in spans {
                    self.report.say("W011", span, message.clone());
                }
            }
        }
    }

    fn slot(&mut self, table: &Table, group: u16, span: Span) -> Option<Slot> {
        let seat = table.text("seat").and_then(|t| self.seat(&t.text, t.span));
        let menu = table.text("menu")?;
        let at = self.names.menus.iter().position(|m| *m == menu.text);
        if at.is_none() {
            let known = self.names.menus.clone();
            let message = format!("the menu `{}` has no moves", menu.text);
            let help = crate::names::suggest(&menu.text, known.iter().map(String::as_str), "menus");
            self.report.advise("E030", menu.span, message, help);
        }
        Some(Slot { seat: seat?, menu: MenuId::new(at?), group, span })
    }
}
