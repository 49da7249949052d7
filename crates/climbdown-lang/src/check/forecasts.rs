//! `[[forecasts]]`: what people expected of turns.

use super::Context;
use crate::names;
use crate::scenario::{GivenForecast, MoveId, Scenario, SlotId};
use crate::source::Span;
use crate::syntax::{Node, Table};

/// Rounding in a sum of probabilities.
const TOLERANCE: f64 = 1e-9;

impl Context<'_> {
    /// `[[forecasts]]`.
    pub(super) fn forecasts(&mut self, scenario: &Scenario) -> Vec<GivenForecast> {
        let mut found: Vec<GivenForecast> = Vec::new();
        for node in self.root.get("forecasts").map_or(&[][..], Node::as_list) {
            let Some(table) = node.as_table() else { continue };
            let Some(given) = self.forecast(scenario, table) else { continue };
            let same = |f: &&GivenForecast| {
                f.who == given.who && f.stage == given.stage && f.slot == given.slot
            };
            if found.iter().any(|f| same(&f)) {
                let message = format!("`{}` has a forecast of this turn already", given.who);
                let help =
                    "one forecast of a turn for each `who`: the last one before it".to_owned();
                self.report.advise("E078", given.span, message, help);
            }
            found.push(given);
        }
        found
    }

    fn forecast(&mut self, scenario: &Scenario, table: &Table) -> Option<GivenForecast> {
        let (moves, is_sound) = self.expected(table);
        let time = &scenario.time;
        let date = table.date("date")?;
        let stage = time.stage_of(date);
        if stage.is_none() {
            let span = table.get("date").map_or(table.span, |n| n.span);
            let message = format!("{date} is outside the time of the game");
            let help = format!("the game is from {} to {}", time.start, time.last_day());
            self.report.advise("E078", span, message, help);
        }
        let seat = table.text("seat")?;
        let id = self.seat(&seat.text, seat.span)?;
        let menu_of = |slot: &SlotId| &scenario.menus[scenario.slots[slot.index()].menu.index()];
        let own: Vec<SlotId> = (0..scenario.slots.len())
            .map(SlotId::new)
            .filter(|slot| scenario.slots[slot.index()].seat == id)
            .collect();
        let has = |slot: &SlotId, made: MoveId| {
            scenario.moves[made.index()].menus.contains(&scenario.slots[slot.index()].menu)
        };
        let wanted = table.text("menu");
        let fit: Vec<SlotId> = own
            .iter()
            .copied()
            .filter(|slot| wanted.is_none_or(|menu| menu.text == *menu_of(slot)))
            .filter(|slot| moves.iter().all(|(made, ..)| has(slot, *made)))
            .collect();
        let mut menus: Vec<&String> = Vec::new();
        for slot in if fit.is_empty() { &own } else { &fit } {
            if !menus.contains(&menu_of(slot)) {
                menus.push(menu_of(slot));
            }
        }
        let all = names::list(&menus);
        let span = wanted.map_or(seat.span, |menu| menu.span);
        if fit.is_empty() && is_sound {
            let message = format!("no turn of `{}` has all these moves on its menu", seat.text);
            let help = format!("its menus: {all}; a forecast is about one turn");
            self.report.advise("E078", span, message, help);
        } else if fit.len() > 1 && menus.len() > 1 {
            let message = "this forecast could be about more than one turn";
            let help = format!("name the `menu`: {all}");
            self.report.advise("E078", span, message, help);
        }
        Some(GivenForecast {
            who: table.string("who")?,
            stage: stage?,
            slot: *fit.first()?,
            moves: moves.into_iter().map(|(made, p, _)| (made, p)).collect(),
            source: table.string("source").unwrap_or_default(),
            span: table.span,
        })
    }

    /// The moves with their probabilities, and whether all are known.
    fn expected(&mut self, table: &Table) -> (Vec<(MoveId, f64, Span)>, bool) {
        let (mut found, mut is_sound) = (Vec::new(), true);
        for entry in table.entries("moves") {
            let made = self.a_move(&entry.name, entry.span);
            let (Some(made), Some(p)) = (made, entry.node.as_number()) else {
                is_sound = false;
                continue;
            };
            if !(0.0..=1.0).contains(&p) {
                let message = format!("the forecast of `{}` is {p}", entry.name);
                let help = "probabilities lie between 0 and 1".to_owned();
                self.report.advise("E041", entry.node.span, message, help);
                is_sound = false;
            }
            found.push((made, p, entry.span));
        }
        let sum: f64 = found.iter().map(|(_, p, _)| p).sum();
        if is_sound && (sum - 1.0).abs() > TOLERANCE {
            let span = table.get("moves").map_or(table.span, |n| n.span);
            let sum = (sum * 1e6).round() / 1e6;
            let message = format!("the probabilities of this forecast sum to {sum}");
            let help = "give every move that was thought possible; together they make 1".to_owned();
            self.report.advise("E040", span, message, help);
        }
        (found, is_sound)
    }
}
