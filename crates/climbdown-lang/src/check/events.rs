//! What nobody decides: the calendar, hazards, ends, upkeep.

use super::Context;
use crate::ladder::check_id;
use crate::scenario::{CalendarEvent, End, Hazard, PayTerm, Time};
use crate::source::Span;
use crate::syntax::{Node, Table, Value};

impl Context<'_> {
    /// `[[calendar]]`.
    pub(super) fn calendar(&mut self, time: Option<&Time>) -> Vec<CalendarEvent> {
        let mut found: Vec<CalendarEvent> = Vec::new();
        for node in self.root.get("calendar").map_or(&[][..], Node::as_list) {
            let Some(table) = node.as_table() else { continue };
            let id = self.own_id(table, "an event", found.iter().map(|e| e.id.as_str()));
            let when = self.when(table, "the condition of an event");
            let (probability, believed) =
                self.chance(table, "probability", "the probability of an event");
            if let (None, Some(entry)) = (table.get("probability"), table.entry("otherwise")) {
                let help = "give it a `probability`, or leave `otherwise` out".to_owned();
                self.report.advise("E038", entry.span, "this event happens for certain", help);
            }
            let set = self.effects(table, "set", "an event", false);
            let otherwise = self.effects(table, "otherwise", "an event", false);
            let Some(date) = table.date("date") else { continue };
            let span = table.get("date").map_or(node.span, |n| n.span);
            let stage = time.and_then(|time| self.stage_of(date, span, time));
            found.push(CalendarEvent {
                id,
                date,
                stage,
                when,
                probability,
                believed,
                set,
                otherwise,
                span: node.span,
            });
        }
        found
    }

    /// The `id` of an entry of a list.
    pub(super) fn own_id<'i>(
        &mut self,
        table: &Table,
        what: &str,
        mut taken: impl Iterator<Item = &'i str>,
    ) -> String {
        let Some(id) = table.text("id") else { return String::new() };
        check_id(&id.text, id.span, what, &mut self.report);
        if taken.any(|t| t == id.text) {
            self.report.say("E015", id.span, format!("`{}` stands twice in this list", id.text));
        }
        id.text.clone()
    }

    /// The first stage that begins on or after a date.
    fn stage_of(&mut self, date: jiff::civil::Date, span: Span, time: &Time) -> Option<u32> {
        let days = date.since(time.start).map_or(0, |s| s.get_days());
        if days < 0 {
            let message = format!("{date} is before the start of the crisis, {}", time.start);
            let help = "what has happened before belongs to the start values of the variables";
            self.report.advise("E017", span, message, help.to_owned());
            return None;
        }
        let hours = u64::try_from(days).unwrap_or(0) * 24;
        let stage = hours.div_ceil(u64::from(time.stage_hours));
        if stage >= u64::from(time.horizon) {
            let last = time.date(time.horizon - 1);
            let message = format!("{date} is after the last stage begins ({last})");
            let help = "the event never happens: lengthen the horizon, or leave it out";
            self.report.advise("W012", span, message, help.to_owned());
            return None;
        }
        u32::try_from(stage).ok()
    }

    /// `[hazards]`.
    pub(super) fn hazards(&mut self) -> Vec<Hazard> {
        let mut found = Vec::new();
        for entry in self.root.entries("hazards") {
            let Some(table) = entry.node.as_table() else { continue };
            let what = "the probability of a hazard";
            let (probability, believed) = self.chance(table, "probability", what);
            let when = self.when(table, "the condition of a hazard");
            let set = self.effects_besides("peak", table, "set", "a hazard", false);
            let pays = self.pays(table, "a hazard", false);
            let peak = table.table("set").and_then(|t| t.get("peak"));
            let peak = peak.and_then(|node| self.peak(node));
            let Some(probability) = probability else { continue };
            found.push(Hazard {
                id: entry.name.clone(),
                text: table.string("text"),
                when,
                probability,
                believed,
                peak,
                set,
                pays,
                span: entry.span,
            });
        }
        found
    }

    /// The rung to which a hazard raises the peak.
    fn peak(&mut self, node: &Node) -> Option<u8> {
        let rung = match &node.value {
            Value::Integer(i) => u8::try_from(*i).ok(),
            Value::Text(text) => text.text.trim().parse().ok(),
            _ => None,
        };
        let rungs = self.ladder().map(|l| l.rungs.iter().map(|r| r.rung).collect::<Vec<_>>());
        let rungs = rungs.unwrap_or_default();
        if let Some(rung) = rung
            && rungs.contains(&rung)
        {
            return Some(rung);
        }
        let all: Vec<String> = rungs.iter().map(u8::to_string).collect();
        let help = format!("the peak is raised to a rung of the ladder: {}", all.join(", "));
        self.report.advise("E032", node.span, "this is not a rung", help);
        None
    }

    /// `[ends]`.
    pub(super) fn ends(&mut self) -> Vec<End> {
        let mut found = Vec::new();
        for entry in self.root.entries("ends") {
            let Some(table) = entry.node.as_table() else { continue };
            let when = self.when(table, "the condition of an end");
            let pays = self.pays(table, "an end", false);
            let Some(when) = when else { continue };
            let (id, text) = (entry.name.clone(), table.string("text"));
            found.push(End { id, text, when, pays, span: entry.span });
        }
        found
    }

    /// `[[upkeep]]`.
    pub(super) fn upkeep(&mut self) -> Vec<PayTerm> {
        let list = self.root.get("upkeep").map_or(&[][..], Node::as_list);
        list.iter()
            .filter_map(Node::as_table)
            .flat_map(|table| self.pays(table, "a stage", false))
            .collect()
    }
}
