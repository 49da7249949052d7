//! Names first: everything expressions may mention, before any expression is read.

mod lines;

use std::collections::BTreeMap;

use super::Context;
use crate::ladder::{check_id, check_name};
use crate::scenario::{
    ActorId, AttributeId, Domain, NormKind, ParameterId, QuantityId, SeatId, Variable, VariableId,
    VariableKind, Visibility,
};
use crate::source::Span;
use crate::syntax::{Entry, Node, Table, Value};
use crate::visibility;

/// Variables by what they belong to.
pub(super) struct Known<'a> {
    pub(super) peak: VariableId,
    pub(super) peak_seen: Vec<VariableId>,
    pub(super) draws: Vec<Pending<'a>>,
    /// By move, actor and attribute.
    pub(super) perceptions: BTreeMap<(usize, ActorId, AttributeId), VariableId>,
    /// By move.
    pub(super) signals: Vec<Option<VariableId>>,
    /// By red line: status, whether stated or actual have been crossed.
    pub(super) lines: Vec<[Option<VariableId>; 3]>,
    /// By norm: state, whether it has been broken.
    pub(super) norms: Vec<[Option<VariableId>; 2]>,
}

/// A draw of nature whose probabilities are read later.
pub(super) struct Pending<'a> {
    pub(super) variable: VariableId,
    pub(super) chances: Chances<'a>,
    pub(super) believed: Option<&'a Table>,
    pub(super) span: Span,
}

/// Where the analyst's probabilities stand.
pub(super) enum Chances<'a> {
    Table(&'a Table),
    /// The priors of this hypothesis set.
    Set(String, Span),
}

impl<'a> Context<'a> {
    /// Names of everything that is not a variable.
    pub(super) fn declare_names(&mut self) {
        self.names.actors = self.names_of("actors", "an actor");
        self.names.seats = self.names_of("seats", "a seat");
        self.names.moves = self.names_of("moves", "a move");
        self.names.red_lines = self.names_of("red_lines", "a red line");
        for (table, what) in [
            ("norms", "a norm"),
            ("treaties", "a treaty"),
            ("hazards", "a hazard"),
            ("ends", "an end"),
            ("levers", "a lever"),
            ("assumptions", "an assumption"),
        ] {
            for entry in self.root.entries(table) {
                check_id(&entry.name, entry.span, what, &mut self.report);
            }
        }
        for entry in self.root.entries("moves") {
            let Some(table) = entry.node.as_table() else { continue };
            for menu in table.texts("menu") {
                if !self.names.menus.contains(&menu.text) {
                    check_id(&menu.text, menu.span, "a menu", &mut self.report);
                    self.names.menus.push(menu.text.clone());
                }
            }
        }
        if self.names.actors.len() > 256
            && let Some(entry) = self.root.entries("actors").get(256)
        {
            self.report.say("E018", entry.span, "there are at most 256 actors");
        }
    }

    fn names_of(&mut self, table: &str, what: &str) -> Vec<String> {
        let entries = self.root.entries(table);
        for entry in entries {
            check_name(&entry.name, entry.span, what, &mut self.report);
        }
        if let (true, Some(node)) = (entries.is_empty(), self.root.get(table))
            && ["actors", "seats", "moves"].contains(&table)
        {
            self.report.say("E019", node.span, format!("[{table}] is empty"));
        }
        entries.iter().map(|e| e.name.clone()).collect()
    }

    /// Norms, then treaties.
    pub(super) fn norm_entries(&self) -> Vec<(NormKind, &'a Entry)> {
        let norms = self.root.entries("norms").iter().map(|e| (NormKind::Norm, e));
        let treaties = self.root.entries("treaties").iter().map(|e| (NormKind::Treaty, e));
        norms.chain(treaties).collect()
    }

    /// All variables, in the order of the state; parameters and quantities by name.
    pub(super) fn declare_variables(&mut self) -> Known<'a> {
        let mut known = Known {
            peak: VariableId(0),
            peak_seen: Vec::new(),
            draws: Vec::new(),
            perceptions: BTreeMap::new(),
            signals: Vec::new(),
            lines: Vec::new(),
            norms: Vec::new(),
        };
        let high = self.ladder().and_then(|l| l.rungs.last()).map_or(0, |r| i32::from(r.rung));
        let rungs = || Domain::Integers { low: 0, high };
        known.peak = self.built_in("peak", rungs(), visibility::nobody(), VariableKind::Peak);
        for (i, actor) in self.names.actors.clone().iter().enumerate() {
            let actor_id = ActorId::new(i);
            let high = self.highest_rung_of(i).unwrap_or(high);
            let id = self.built_in(
                &format!("peak_seen.{actor}"),
                Domain::Integers { low: 0, high },
                visibility::private(actor_id, Vec::new()),
                VariableKind::PeakSeen(actor_id),
            );
            known.peak_seen.push(id);
        }
        for (i, entry) in self.root.entries("seats").iter().enumerate() {
            let table = entry.node.as_table().cloned().unwrap_or_default();
            let start = self.first_occupant(&table);
            let seat = VariableKind::Occupant(SeatId::new(i));
            let name = format!("{}.occupant", entry.name);
            let mut variable = plain(name, Domain::Actors, Visibility::Everybody, seat);
            variable.start = start;
            variable.span = entry.span;
            self.add(variable);
        }
        self.declare_types(&mut known);
        self.declare_perceptions(&mut known);
        for entry in self.root.entries("variables") {
            self.declare_variable(entry, &mut known);
        }
        self.declare_signals(&mut known);
        self.declare_lines(&mut known);
        self.declare_norms(&mut known);
        self.declare_numbers();
        known
    }

    fn highest_rung_of(&self, actor: usize) -> Option<i32> {
        let own = self.root.entries("actors")[actor].node.as_table()?.string("ladder")?;
        let at = self.ladder_names.iter().position(|n| *n == own)?;
        self.ladders[at].rungs.last().map(|r| i32::from(r.rung))
    }

    fn built_in(
        &mut self,
        name: &str,
        domain: Domain,
        visibility: Visibility,
        kind: VariableKind,
    ) -> VariableId {
        self.add(plain(name.to_owned(), domain, visibility, kind))
    }

    /// Adds a variable under a name that is free, or reports that it is not.
    fn add(&mut self, variable: Variable) -> VariableId {
        if let Some(taken) = self.names.variable(&variable.name) {
            let message = format!("there is already a variable `{}`", variable.name);
            self.report.say("E015", variable.span, message);
            return taken;
        }
        if self.names.variables.len() >= 60_000 {
            self.report.say("E006", variable.span, "the state has too many variables");
            return VariableId(0);
        }
        self.is_no_value_of_its_own(&variable);
        self.names.add(variable)
    }

    /// Reports a name that is also one of the values it can have.
    fn is_no_value_of_its_own(&mut self, variable: &Variable) {
        let (Domain::Words(words), VariableKind::Type(_) | VariableKind::Declared) =
            (&variable.domain, variable.kind)
        else {
            return;
        };
        let name = variable.name.rsplit('.').next().unwrap_or_default();
        if words.iter().any(|word| word == name) {
            let message = format!("`{name}` is also one of the values of `{}`", variable.name);
            let help = format!("in `x == {name}` it could be either: call one of them differently");
            self.report.advise("E047", variable.span, message, help);
        }
    }

    fn declare_types(&mut self, known: &mut Known<'a>) {
        for of_actor in self.root.entries("types") {
            let Some(actor) = self.actor(&of_actor.name, of_actor.span) else { continue };
            let Some(types) = of_actor.node.as_table() else { continue };
            for entry in &types.entries {
                check_name(&entry.name, entry.span, "a type", &mut self.report);
                if ["occupant", "sees"].contains(&entry.name.as_str()) {
                    let message = format!("`{}` is taken and cannot name a type", entry.name);
                    self.report.say("E015", entry.span, message);
                }
                let Some(table) = entry.node.as_table() else { continue };
                let full = format!("{}.{}", of_actor.name, entry.name);
                let (values, chances) = match table.get("values").map(|n| &n.value) {
                    Some(Value::Table(chances)) => {
                        for value in &chances.entries {
                            check_name(&value.name, value.span, "a value", &mut self.report);
                        }
                        let values: Vec<String> =
                            chances.entries.iter().map(|e| e.name.clone()).collect();
                        (values, Chances::Table(chances))
                    }
                    Some(Value::Text(text)) => {
                        let Some(set) = text.text.strip_prefix("hypotheses.") else {
                            let message = format!("`{}` gives no values", text.text);
                            let help = "write { value = probability } or \"hypotheses.SET\"";
                            self.report.advise("E012", text.span, message, help.to_owned());
                            self.names.spoilt.extend([full, entry.name.clone()]);
                            continue;
                        };
                        let Some(values) = self.values_fixed(set, &full, text.span) else {
                            self.names.spoilt.extend([full, entry.name.clone()]);
                            continue;
                        };
                        (values, Chances::Set(set.to_owned(), text.span))
                    }
                    _ => {
                        self.names.spoilt.extend([full, entry.name.clone()]);
                        continue;
                    }
                };
                if values.is_empty() || values.len() > 256 {
                    let message = format!("`{full}` has {} values", values.len());
                    self.report.say("E018", entry.span, message);
                    self.names.spoilt.extend([full, entry.name.clone()]);
                    continue;
                }
                let known_to = self.actors_of(table, "known_to");
                let mut variable = plain(
                    full,
                    Domain::Words(values),
                    visibility::private(actor, known_to),
                    VariableKind::Type(actor),
                );
                variable.source = table.string("source").or(table.string("note"));
                variable.span = entry.span;
                let id = self.add(variable);
                let believed = table.table("believed");
                known.draws.push(Pending { variable: id, chances, believed, span: entry.span });
            }
        }
    }

    /// The values a hypothesis set gives to a type, in order of first appearance.
    fn values_fixed(&mut self, set: &str, full: &str, span: Span) -> Option<Vec<String>> {
        let Some(hypotheses) = self.root.table("hypotheses").and_then(|t| t.table(set)) else {
            let sets: Vec<String> =
                self.root.entries("hypotheses").iter().map(|e| e.name.clone()).collect();
            self.no_such("hypothesis set", set, span, &sets);
            return None;
        };
        let mut values: Vec<String> = Vec::new();
        for entry in &hypotheses.entries {
            let fixes = entry.node.as_table().and_then(|t| t.table("fixes"));
            let paths = fixes.map(Table::paths).unwrap_or_default();
            let value = paths.iter().find(|(path, _, _)| path == full).map(|(_, _, n)| *n);
            match value.and_then(Node::as_text) {
                Some(text) if !values.contains(&text.text) => {
                    check_name(&text.text, text.span, "a value", &mut self.report);
                    values.push(text.text.clone());
                }
                Some(_) => {}
                None => {
                    let message = format!("`{}` does not say what `{full}` is", entry.name);
                    let help = format!(
                        "`{full}` takes its probabilities from this set: add \"{full}\" to `fixes`"
                    );
                    self.report.advise("E044", entry.span, message, help);
                }
            }
        }
        Some(values)
    }

    fn declare_perceptions(&mut self, known: &mut Known<'a>) {
        for (i, entry) in self.root.entries("moves").iter().enumerate() {
            let Some(table) = entry.node.as_table() else { continue };
            for of_actor in table.entries("perceived") {
                // A name that stands for nobody is reported when the move is read.
                let Some(actor) = self.names.actor(&of_actor.name) else { continue };
                let actor = ActorId::new(actor);
                let Some(attributes) = of_actor.node.as_table() else { continue };
                for code in &attributes.entries {
                    let Some(at) = self.names.attribute(&code.name) else { continue };
                    let Some(chances) = code.node.as_table() else { continue };
                    let values = &self.names.attributes[at].values;
                    let mut listed: Vec<&String> =
                        values.iter().filter(|v| chances.get(v).is_some()).collect();
                    listed.dedup();
                    let words: Vec<String> = listed.into_iter().cloned().collect();
                    if words.is_empty() {
                        let message =
                            format!("how {} codes `{}` is empty", of_actor.name, code.name);
                        self.report.say("E019", code.node.span, message);
                        continue;
                    }
                    let mut variable = plain(
                        format!("{}.sees.{}.{}", of_actor.name, entry.name, code.name),
                        Domain::Words(words),
                        visibility::private(actor, Vec::new()),
                        VariableKind::Perception(actor),
                    );
                    variable.span = code.span;
                    let span = code.span;
                    let id = self.add(variable);
                    known.perceptions.insert((i, actor, AttributeId::new(at)), id);
                    let chances = Chances::Table(chances);
                    known.draws.push(Pending { variable: id, chances, believed: None, span });
                }
            }
        }
    }

    fn declare_variable(&mut self, entry: &'a Entry, known: &mut Known<'a>) {
        check_name(&entry.name, entry.span, "a variable", &mut self.report);
        if crate::shape::belongs_to_head(entry) {
            return;
        }
        let table = entry.node.as_table();
        let Some((table, domain)) = table.and_then(|t| Some((t, self.domain(t)?))) else {
            self.names.spoilt.insert(entry.name.clone());
            return;
        };
        let visibility = match table.get("seen_by") {
            Some(_) => self.seers(&table.texts("seen_by")),
            None => Visibility::Everybody,
        };
        let ordered = table.boolean("ordered").unwrap_or(false);
        let combine = self.combine(table, &domain, ordered);
        let mut variable = plain(entry.name.clone(), domain, visibility, VariableKind::Declared);
        variable.ordered = ordered;
        variable.combine = combine;
        variable.source = table.string("source").or(table.string("note"));
        variable.span = entry.span;
        let start = table.get("start");
        if let Some(node) = start
            && node.as_table().is_none()
        {
            variable.start = self.start(node, &variable);
        }
        let id = self.add(variable);
        let believed = table.table("believed");
        match start.and_then(Node::as_table) {
            Some(chances) => {
                let chances = Chances::Table(chances);
                known.draws.push(Pending { variable: id, chances, believed, span: entry.span });
            }
            None if believed.is_some() => {
                let span = table.entry("believed").map_or(entry.span, |e| e.span);
                let message = "others believe a probability where there is none";
                let help = "give `start = { value = probability }`, the analyst's probabilities";
                self.report.advise("E043", span, message, help.to_owned());
            }
            None => {}
        }
    }

    fn declare_numbers(&mut self) {
        for (i, entry) in self.root.entries("parameters").iter().enumerate() {
            if self.number_name(entry, "a parameter") {
                self.names.parameters.insert(entry.name.clone(), ParameterId::new(i));
            }
        }
        for (i, entry) in self.root.entries("quantities").iter().enumerate() {
            if self.number_name(entry, "a quantity") {
                self.names.quantities.insert(entry.name.clone(), QuantityId::new(i));
            }
        }
    }

    /// Whether the name is free for a number.
    fn number_name(&mut self, entry: &Entry, what: &str) -> bool {
        check_name(&entry.name, entry.span, what, &mut self.report);
        let taken = if self.names.variable(&entry.name).is_some() {
            "a variable"
        } else if !self.names.short(&entry.name).is_empty() {
            "a type"
        } else if self.names.parameters.contains_key(&entry.name) {
            "a parameter"
        } else {
            return true;
        };
        let message = format!("`{}` is already the name of {taken}", entry.name);
        let help = "variables, types, parameters and quantities have names of their own";
        self.report.advise("E015", entry.span, message, help.to_owned());
        false
    }
}

/// A variable with nothing special about it.
fn plain(name: String, domain: Domain, visibility: Visibility, kind: VariableKind) -> Variable {
    Variable {
        name,
        domain,
        ordered: false,
        start: 0,
        visibility,
        combine: None,
        kind,
        source: None,
        span: Span::default(),
    }
}
