//! The question.

use super::Context;
use crate::ladder;
use crate::reach;
use crate::scenario::{Measure, MoveId, Question, Scenario, SeatId, SlotId, Thresholds, Until};
use crate::source::Span;
use crate::syntax::{Node, Table, Text, Value};

/// What stands in a scenario until its question is read.
pub(super) fn placeholder() -> Question {
    Question {
        seat: SeatId(0),
        stage: 0,
        slot: SlotId(0),
        focal: MoveId(0),
        reference: MoveId(0),
        until: Until::Tenure,
        focal_act: MoveId(0),
        reference_act: MoveId(0),
        measure: Measure::Rung(0),
        escalatory_rung: None,
        thresholds: Thresholds {
            major: 0.0,
            minor: 0.0,
            ratio: 0.0,
            stated_line_is_major: false,
            source: String::new(),
        },
        span: Span::default(),
    }
}

impl Context<'_> {
    /// `[question]`; `None` after a report.
    pub(super) fn question(&mut self, scenario: &Scenario) -> Option<Question> {
        let table = self.root.table("question")?;
        let stage = match table.get("stage").map(|n| (n.span, &n.value)) {
            Some((span, Value::Integer(i))) => {
                let stage = u32::try_from(*i).ok().filter(|s| *s < scenario.time.horizon);
                if stage.is_none() {
                    let message = format!("there is no stage {i}");
                    let help = format!("stages are 0 to {}", scenario.time.horizon - 1);
                    self.report.advise("E017", span, message, help);
                }
                stage
            }
            _ => None,
        };
        let seat = table.text("seat").and_then(|t| self.seat(&t.text, t.span));
        let mut named = |key: &str| {
            let text = table.text(key)?;
            Some((self.a_move(&text.text, text.span)?, text.span))
        };
        let (focal, reference) = (named("focal"), named("reference"));
        let (focal_act, reference_act) = (named("focal_act"), named("reference_act"));
        let until = self.until(table, scenario);
        let thresholds = match (table.table("thresholds"), scenario.ladders.first()) {
            (Some(own), Some(main)) => {
                Some(ladder::thresholds(own, Some(&main.thresholds), &mut self.report))
            }
            (None, Some(main)) => Some(main.thresholds.clone()),
            _ => None,
        };
        let escalatory_rung = table.get("escalatory_rung").and_then(|n| self.rung(n, scenario));
        let measure = table.text("measure").map(|t| self.measure(t, scenario));
        let ((focal, focal_span), (reference, reference_span)) = (focal?, reference?);
        if focal == reference {
            let help = "the reference is what would be done instead".to_owned();
            let message = "the focal move and the reference are the same";
            self.report.advise("E039", reference_span, message, help);
        }
        let slot = Self::slot_with(scenario, seat?, &[focal, reference]);
        if slot.is_none() && !scenario.slots.is_empty() {
            let seat = &self.names.seats[seat?.index()];
            let (a, b) = (&scenario.moves[focal.index()].id, &scenario.moves[reference.index()].id);
            let message = format!("`{seat}` has no turn with both `{a}` and `{b}` on the menu");
            let help = "focal and reference are two moves of one menu of that seat".to_owned();
            self.report.advise("E039", focal_span, message, help);
        }
        let focal_act = focal_act.map_or(focal, |a| a.0);
        let reference_act = reference_act.map_or(reference, |a| a.0);
        let measure = match measure {
            Some(measure) => measure,
            None => self.default_measure(table, scenario, focal_act, reference_act),
        };
        Some(Question {
            seat: seat?,
            stage: stage?,
            slot: slot?,
            focal,
            reference,
            until: until?,
            focal_act,
            reference_act,
            measure: measure?,
            escalatory_rung,
            thresholds: thresholds?,
            span: table.span,
        })
    }

    fn until(&mut self, table: &Table, scenario: &Scenario) -> Option<Until> {
        let Some(node) = table.get("until") else { return Some(Until::Tenure) };
        match &node.value {
            Value::Date(date) => {
                if *date <= scenario.time.start {
                    let message = format!("{date} is not after the start of the crisis");
                    let help = "give a later date, \"tenure\" or \"horizon\"".to_owned();
                    self.report.advise("E017", node.span, message, help);
                    return None;
                }
                Some(Until::Date(*date))
            }
            Value::Text(text) if text.text == "horizon" => Some(Until::Horizon),
            _ => Some(Until::Tenure),
        }
    }

    /// A rung of the analyst's ladder; `None` after a report.
    fn rung(&mut self, node: &Node, scenario: &Scenario) -> Option<u8> {
        let Value::Integer(number) = node.value else { return None };
        let rungs = &scenario.ladders.first()?.rungs;
        let found = rungs.iter().find(|r| i64::from(r.rung) == number);
        if found.is_none() {
            let all: Vec<String> = rungs.iter().map(|r| r.rung.to_string()).collect();
            let help = format!("rungs: {}", all.join(", "));
            self.report.advise("E032", node.span, format!("there is no rung {number}"), help);
        }
        found.map(|r| r.rung)
    }

    fn measure(&mut self, text: &Text, scenario: &Scenario) -> Option<Measure> {
        let main = scenario.ladders.first()?;
        let (message, help) = if let Some(rung) = text.text.strip_prefix("rungs.") {
            let number = rung.parse::<u8>().ok();
            if let Some(rung) = main.rungs.iter().find(|r| Some(r.rung) == number) {
                return Some(Measure::Rung(rung.rung));
            }
            let all: Vec<String> = main.rungs.iter().map(|r| r.rung.to_string()).collect();
            (format!("there is no rung `{rung}`"), format!("rungs: {}", all.join(", ")))
        } else if let Some(id) = text.text.strip_prefix("firebreaks.") {
            if let Some(at) = main.firebreaks.iter().position(|f| f.id == id) {
                return Some(Measure::Firebreak(at));
            }
            let known = main.firebreaks.iter().map(|f| f.id.as_str());
            let help = crate::names::suggest(id, known, "firebreaks").unwrap_or_default();
            (format!("there is no firebreak `{id}`"), help)
        } else {
            let help = "write \"rungs.8\" or \"firebreaks.F6\"".to_owned();
            (format!("`{}` is not a measure", text.text), help)
        };
        self.report.advise("E032", text.span, message, help);
        None
    }

    /// The first firebreak above the start rung and above both acts.
    fn default_measure(
        &mut self,
        table: &Table,
        scenario: &Scenario,
        focal: MoveId,
        reference: MoveId,
    ) -> Option<Measure> {
        let main = scenario.ladders.first()?;
        let occupants = reach::occupants(scenario);
        let highest = [focal, reference]
            .iter()
            .flat_map(|m| reach::rungs(scenario, &occupants, *m))
            .chain([scenario.start_rung])
            .max()?;
        let at = main.firebreaks.iter().position(|f| f.below >= highest);
        if at.is_none() {
            let message = format!("no firebreak lies above rung {highest}, which the acts reach");
            let top = main.rungs.last().map_or(0, |r| r.rung);
            let help = format!("name what is to be measured: `measure = \"rungs.{top}\"`");
            self.report.advise("E039", table.span, message, help);
        }
        at.map(Measure::Firebreak)
    }
}
