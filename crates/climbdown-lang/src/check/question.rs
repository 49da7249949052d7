//! The question.

use super::Context;
use crate::hybrid::{AXES, Axis, AxisSet};
use crate::ladder;
use crate::names;
use crate::reach;
use crate::scenario::{
    Impossible, Measure, MoveId, Question, Scenario, SeatId, SlotId, Thresholds, Until,
};
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
        impossible: Vec::new(),
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
        let impossible = self.impossible(table);
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
            impossible,
            thresholds: thresholds?,
            span: table.span,
        })
    }

    /// `impossible`: combinations of parts that attribution leaves out.
    fn impossible(&mut self, table: &Table) -> Vec<Impossible> {
        let Some(Value::Array(list)) = table.get("impossible").map(|n| &n.value) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for node in list {
            let Some(entry) = node.as_table() else { continue };
            let parts = |key: &str| -> AxisSet {
                let words = entry.texts(key);
                let is_named = |axis: &Axis| words.iter().any(|word| word.text == axis.name());
                AXES.into_iter().filter(is_named).collect()
            };
            let (with, without) = (parts("with"), parts("without"));
            if with == AxisSet::EMPTY || without == AxisSet::EMPTY {
                // A misspelt or missing word has been reported already.
                let is_given = |key: &str| entry.get(key).is_some() && entry.texts(key).is_empty();
                if is_given("with") || is_given("without") {
                    let help = "both acts as they are can be; name what of the focal act cannot be \
                                without what else of it: `{ with = \"means\", without = \"involvement\" }`";
                    let message = "this combination takes no part from one of the two acts";
                    self.report.advise("E019", node.span, message, help.to_owned());
                }
                continue;
            }
            if !with.is_apart_from(without) {
                let both: Vec<&str> = AXES
                    .into_iter()
                    .filter(|&a| with.contains(a) && without.contains(a))
                    .map(Axis::name)
                    .collect();
                let message = format!("{} cannot be taken from both acts", names::list(&both));
                let help = "`with` lists parts of the focal act, `without` parts of the reference";
                self.report.advise("E039", node.span, message, help.to_owned());
                continue;
            }
            found.push(Impossible { with, without });
        }
        if !leaves_an_order(|set| Impossible::none_of(&found, set)) {
            let span = table.get("impossible").map_or(table.span, |n| n.span);
            let message = "no order is left in which the parts could be exchanged one by one";
            let help =
                "leave out what is merely odd: only combinations that cannot be are excluded";
            self.report.advise("E039", span, message, help.to_owned());
        }
        found
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

/// Whether the reference act can become the focal act part by part without being impossible on the way.
fn leaves_an_order(is_possible: impl Fn(AxisSet) -> bool) -> bool {
    let mut is_reached = [false; 1 << AXES.len()];
    for set in AxisSet::each() {
        let one_less = set.axes().map(|last| set.axes().filter(|&a| a != last).collect());
        let mut before = one_less.map(|less: AxisSet| is_reached[less.number()]);
        is_reached[set.number()] =
            is_possible(set) && (set == AxisSet::EMPTY || before.any(|is_reached| is_reached));
    }
    is_reached[AxisSet::ALL.number()]
}
