//! Source texts to a checked scenario and diagnostics, all of them.

mod correlations;
mod declare;
mod domain;
mod events;
mod forecasts;
mod history;
mod lines;
mod moves;
mod numbers;
mod people;
mod probability;
mod question;
mod read;
mod rivals;
mod sight;
mod usage;

use crate::diagnostic::{self, Diagnostic};
use crate::expr::Expr;
use crate::keys::SCENARIO;
use crate::ladder::{self, BUILT_IN};
use crate::names::{self, Names};
use crate::report::Report;
use crate::scenario::{Ladder, LadderId, MoveId, Scenario, VariableId};
use crate::shape;
use crate::source::{SourceFile, SourceMap, Span};
use crate::syntax::{self, Table, Text, Value};

pub use crate::ladder::builtin_ladder;

/// The texts a scenario is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// The scenario itself.
    pub scenario: SourceFile,
    /// Ladder files, among them those it names; built-in ladders need not be given.
    pub ladders: Vec<SourceFile>,
    /// Its history, if it names one.
    pub history: Option<SourceFile>,
}

/// The other files a scenario asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Names of ladders, without folder and ending.
    pub ladders: Vec<String>,
    /// Name of the history file, beside the scenario.
    pub history: Option<String>,
}

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The scenario; `None` if and only if there are errors.
    pub scenario: Option<Scenario>,
    /// Everything found, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
    /// The files: the scenario, ladders, the history.
    pub map: SourceMap,
}

/// What else has to be read before the scenario can be checked. Reads leniently: no diagnostics.
#[must_use]
pub fn needs(scenario: &SourceFile) -> Needs {
    let Some((root, _)) = syntax::read(0, scenario, &mut Report::default()) else {
        return Needs::default();
    };
    let mut found = Needs {
        ladders: root.string("ladder").into_iter().collect(),
        history: root.table("history").and_then(|t| t.string("file")),
    };
    for actor in root.entries("actors") {
        if let Some(ladder) = actor.node.as_table().and_then(|t| t.string("ladder"))
            && !found.ladders.contains(&ladder)
        {
            found.ladders.push(ladder);
        }
    }
    found
}

/// Checks a scenario. Reports every problem it finds, and never panics.
#[must_use]
pub fn check(sources: &Sources) -> Checked {
    let mut map = SourceMap { files: vec![sources.scenario.clone()] };
    map.files.extend(sources.ladders.iter().cloned());
    map.files.extend(sources.history.iter().cloned());
    let mut report = Report::default();
    let scenario = read_all(sources, &mut map, &mut report);
    let mut diagnostics = report.list;
    diagnostic::sort(&mut diagnostics, &map);
    let scenario = scenario.filter(|_| !diagnostic::has_errors(&diagnostics));
    Checked { scenario, diagnostics, map }
}

fn read_all(sources: &Sources, map: &mut SourceMap, report: &mut Report) -> Option<Scenario> {
    if sources.scenario.text.trim().is_empty() {
        let help =
            "a scenario begins with `climbdown = 1`; `climbdown new` writes one to start from";
        report.advise("E007", Span::default(), "the file is empty", help.to_owned());
        return None;
    }
    let (root, whole) = syntax::read(0, &sources.scenario, report)?;
    let mut found = Report::default();
    shape::check(&root, &SCENARIO, &mut found);
    let mut shelf = Shelf { sources, map, ladders: Vec::new(), files: Vec::new() };
    let main = shelf.find(root.text("ladder"), report);
    let clean = whole && main.is_some();
    let mut context = Context {
        root: &root,
        names: Names::default(),
        ladders: Vec::new(),
        ladder_names: Vec::new(),
        stakes: Vec::new(),
        conditions: Vec::new(),
        spreads: Vec::new(),
        views: Vec::new(),
        report: found,
        clean,
    };
    context.actor_ladders(&mut shelf, report);
    context.ladders = shelf.ladders;
    context.ladder_names = shelf.files;
    let history = sources.history.as_ref().map(|source| {
        let index = u16::try_from(1 + sources.ladders.len()).unwrap_or(u16::MAX);
        (index, source)
    });
    let scenario = context.scenario(history);
    let mut found = context.report.list;
    if !clean {
        // With gaps in the tree, or without the codes of a ladder, other problems would follow.
        found.retain(|d| is_firm(d.code, whole));
    }
    report.list.append(&mut found);
    scenario
}

/// Whether a problem stands by itself, whatever else could not be read.
fn is_firm(code: &str, whole: bool) -> bool {
    match code {
        "E003" | "E006" | "E010" | "E012" | "E013" | "E014" | "E016" | "E020" => true,
        "E011" => whole,
        _ => false,
    }
}

/// The ladder files at hand, and those already read.
struct Shelf<'a> {
    sources: &'a Sources,
    map: &'a mut SourceMap,
    ladders: Vec<Ladder>,
    /// The name under which each was asked for.
    files: Vec<String>,
}

impl Shelf<'_> {
    /// The ladder of this name, read once. `None` after a report.
    fn find(&mut self, name: Option<&Text>, report: &mut Report) -> Option<LadderId> {
        let name = name?;
        if let Some(at) = self.files.iter().position(|n| *n == name.text) {
            return Some(LadderId::new(at));
        }
        let given = &self.sources.ladders;
        let at = given.iter().position(|f| stem(&f.name) == name.text);
        let (file, source) = match (at, builtin_ladder(&name.text)) {
            (Some(at), _) => (at + 1, given[at].clone()),
            (None, Some(source)) => {
                self.map.files.push(source.clone());
                (self.map.files.len() - 1, source)
            }
            (None, None) => {
                let known: Vec<&str> =
                    given.iter().map(|f| stem(&f.name)).chain(BUILT_IN.iter().copied()).collect();
                let near = names::nearest(&name.text, known.iter().copied());
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("ladders found: {}", names::list(&known)),
                };
                let message = format!("there is no ladder `{}`", name.text);
                report.advise("E031", name.span, message, help);
                return None;
            }
        };
        let ladder = ladder::read(u16::try_from(file).ok()?, &source, report)?;
        self.files.push(name.text.clone());
        self.ladders.push(ladder);
        Some(LadderId::new(self.ladders.len() - 1))
    }
}

/// The name of a file without folder and ending.
fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.strip_suffix(".toml").unwrap_or(file)
}

/// Everything the checks of single tables share.
pub(crate) struct Context<'a> {
    root: &'a Table,
    names: Names,
    ladders: Vec<Ladder>,
    /// The names under which they were asked for.
    ladder_names: Vec<String>,
    /// The stakes of the actors, and where they stand.
    stakes: Vec<(Expr, Span)>,
    /// What the conditions of moves and levers read, and where.
    conditions: Vec<(MoveId, Vec<(VariableId, Span)>)>,
    /// Probabilities to check once all numbers are known.
    spreads: Vec<probability::Spread>,
    /// Who believes what about each draw of nature.
    views: Vec<probability::Views>,
    report: Report,
    /// Whether the whole file and its ladder could be read.
    clean: bool,
}

impl Context<'_> {
    /// The analyst's ladder.
    fn ladder(&self) -> Option<&Ladder> {
        self.ladders.first()
    }

    fn actor_ladders(&mut self, shelf: &mut Shelf<'_>, report: &mut Report) {
        for actor in self.root.entries("actors") {
            let Some(table) = actor.node.as_table() else { continue };
            let Some(id) = shelf.find(table.text("ladder"), report) else { continue };
            let (own, main) = (&shelf.ladders[id.index()], &shelf.ladders[0]);
            let codes = |l: &Ladder| -> Vec<_> {
                l.attributes.iter().map(|a| (a.id.clone(), a.values.clone())).collect()
            };
            if codes(own) != codes(main) || own.roles != main.roles {
                let span = table.get("ladder").map_or(table.span, |n| n.span);
                let message =
                    format!("the ladder `{}` codes acts in other words than `{}`", own.id, main.id);
                let help = "an actor's own ladder has the same roles, axes and attributes";
                self.report.advise("E031", span, message, help.to_owned());
            }
        }
    }

    fn scenario(&mut self, history: Option<(u16, &SourceFile)>) -> Option<Scenario> {
        let root = self.root;
        if let Some(ladder) = self.ladder() {
            let (roles, attributes) = (ladder.roles.clone(), ladder.attributes.clone());
            self.names.roles = roles;
            self.names.attributes = attributes;
        }
        let head = self.head();
        let time = self.time();
        self.declare_names();
        let known = self.declare_variables();
        let parameters = self.parameters();
        let correlations = self.correlations(&parameters);
        let quantities = self.quantities();
        let actors = self.actors();
        let seats = self.seats();
        let slots = self.slots();
        let draws = self.draws(&known);
        let moves = self.moves(&known);
        let (red_lines, norms) = (self.red_lines(&known), self.norms(&known));
        let calendar = self.calendar(time.as_ref());
        let hazards = self.hazards();
        let ends = self.ends();
        let horizon_pays = match root.table("horizon") {
            Some(table) => self.pays(table, "the end of the time", false),
            None => Vec::new(),
        };
        let upkeep = self.upkeep();
        let assumptions = self.assumptions(&parameters);
        let hypothesis_sets = self.hypotheses(&draws);
        let levers = self.levers(time.as_ref());
        let claims = self.claims();
        let mut scenario = Scenario {
            id: head.id,
            title: head.title,
            summary: root.string("summary"),
            ladders: self.ladders.clone(),
            start_rung: head.start_rung,
            start_rung_source: head.start_rung_source,
            memory: head.memory,
            lambda: head.lambda,
            time: time?,
            slots,
            menus: self.names.menus.clone(),
            actors,
            seats,
            variables: self.names.variables.clone(),
            peak: known.peak,
            peak_seen: known.peak_seen,
            draws,
            calendar,
            moves,
            red_lines,
            norms,
            hazards,
            ends,
            horizon_pays,
            upkeep,
            parameters,
            correlations,
            quantities,
            assumptions,
            hypothesis_sets,
            levers,
            claims,
            question: question::placeholder(),
            history: None,
            forecasts: Vec::new(),
        };
        // The prevailing rung is where every actor begins.
        for v in scenario.peak_seen.iter().chain([&scenario.peak]) {
            scenario.variables[v.index()].start = scenario.start_rung;
        }
        self.sight(&scenario);
        self.simultaneous(&scenario);
        let question = self.question(&scenario);
        scenario.history = self.history(&scenario, history);
        scenario.forecasts = self.forecasts(&scenario);
        self.probabilities(&scenario);
        self.odd_about_the_model(&scenario);
        scenario.question = question?;
        Some(scenario)
    }
}

/// The head of the file.
struct Head {
    id: String,
    title: String,
    start_rung: u8,
    start_rung_source: String,
    memory: crate::scenario::Memory,
    lambda: f64,
}

impl Context<'_> {
    fn head(&mut self) -> Head {
        let root = self.root;
        if let Some(entry) = root.entry("climbdown") {
            if let Value::Integer(version) = entry.node.value
                && version != 1
            {
                let message = format!("this is version {version} of the scenario language");
                let help = "this program reads version 1".to_owned();
                self.report.advise("E013", entry.node.span, message, help);
            }
            if root.entries.first().is_some_and(|first| first.name != "climbdown") {
                let help = "move it to the first line".to_owned();
                self.report.advise("E013", entry.span, "`climbdown = 1` comes first", help);
            }
        }
        if let Some(id) = root.text("id") {
            ladder::check_id(&id.text, id.span, "a scenario", &mut self.report);
        }
        let start = root.table("start_rung");
        let rung = start.and_then(|t| ladder::whole(t, "value", 0..=255, &mut self.report));
        let rung = rung.and_then(|i| u8::try_from(i).ok()).unwrap_or(0);
        if let (Some(ladder), Some(node)) = (self.ladder(), start.and_then(|t| t.get("value")))
            && !ladder.rungs.iter().any(|r| r.rung == rung)
        {
            let all: Vec<String> = ladder.rungs.iter().map(|r| r.rung.to_string()).collect();
            let message = format!("the ladder `{}` has no rung {rung}", ladder.id);
            let help = format!("its rungs: {}", all.join(", "));
            self.report.advise("E032", node.span, message, help);
        }
        for actor in root.entries("actors") {
            let Some(name) = actor.node.as_table().and_then(|t| t.text("ladder")) else { continue };
            let at = self.ladder_names.iter().position(|n| *n == name.text);
            if let Some(own) = at.map(|at| &self.ladders[at])
                && !own.rungs.iter().any(|r| r.rung == rung)
            {
                let message = format!("the ladder `{}` has no rung {rung}", own.id);
                let help =
                    "every actor's ladder has the rung that prevails at the start".to_owned();
                self.report.advise("E032", name.span, message, help);
            }
        }
        let lambda = root.number("lambda").unwrap_or(5.0);
        if lambda < 0.0 {
            let span = root.get("lambda").map_or(root.span, |n| n.span);
            let help = "0 is a coin toss; the default is 5".to_owned();
            self.report.advise("E017", span, "`lambda` is negative", help);
        }
        let history = root.string("memory").as_deref() == Some("history");
        Head {
            id: root.string("id").unwrap_or_default(),
            title: root.string("title").unwrap_or_default(),
            start_rung: rung,
            start_rung_source: start.and_then(|t| t.string("source")).unwrap_or_default(),
            memory: if history {
                crate::scenario::Memory::History
            } else {
                crate::scenario::Memory::Situation
            },
            lambda,
        }
    }
}
