//! Sampled crises: as sentences for people, as a table of steps for programs.

use std::sync::Arc;

use climbdown_lang::scenario::{
    ActorId, Domain, MoveId, Scenario, SeatId, VariableId, VariableKind, Visibility,
};
use climbdown_lang::template::{Cause, Ending, Phase, Template, Touch};
use climbdown_study::simulate::{Path, Side, Simulated, Step};
use quantal::{EdgeId, NodeId};

use crate::RunInfo;
use crate::columns::{Column, Table};
use crate::layout::wrap;
use crate::number::{count, given, tiny};
use crate::words::{
    actor_name, branch, branch_sentence, day, lower_first, move_text, seat_name, value_text,
};

/// Sampled crises and what they are quoted with.
#[derive(Clone, Copy, Debug)]
pub struct Sampled<'a> {
    /// The paths.
    pub simulated: &'a Simulated,
    /// The game they go through.
    pub template: &'a Template,
    /// The policy it is played under; `None` for the base game.
    pub policy: Option<Side>,
    /// How it was run.
    pub run: &'a RunInfo,
}

/// Which game is sampled: `free`, `focal`, `reference`.
#[must_use]
pub fn policy_name(policy: Option<Side>) -> &'static str {
    match policy {
        None => "free",
        Some(Side::Focal) => "focal",
        Some(Side::Reference) => "reference",
    }
}

/// How many steps all paths have together: the rows of [`table`].
#[must_use]
pub fn n_steps(simulated: &Simulated) -> usize {
    simulated.paths.iter().map(|path| path.steps.len()).sum()
}

// ---- sentences

/// The crises, one after the other, in sentences.
#[must_use]
pub fn text(sampled: &Sampled<'_>) -> String {
    let mut out = heading(sampled);
    for (number, path) in sampled.simulated.paths.iter().enumerate() {
        let n = count(sampled.simulated.paths.len());
        out.push_str(&format!("\nCRISIS {} of {n}\n", count(number + 1)));
        out.push_str(&told(sampled.template, path));
    }
    out
}

fn heading(sampled: &Sampled<'_>) -> String {
    let Sampled { simulated, template, policy, run } = sampled;
    let scenario = &template.scenario;
    let question = &scenario.question;
    let game = match policy {
        None => "everybody plays freely".to_owned(),
        Some(side) => {
            let made = match side {
                Side::Focal => question.focal,
                Side::Reference => question.reference,
            };
            format!(
                "\"{}\" is {}'s policy from {}",
                scenario.moves[made.index()].id,
                scenario.seats[question.seat.index()].name,
                day(&scenario.time.date(question.stage).to_string())
            )
        }
    };
    let certificate = &simulated.certificate;
    let text = format!(
        "{}: {} sampled where {game}. Examples, not a forecast: drawn by the analyst's \
         probabilities, under this model, with seed {}. How likely what is, `assess` computes \
         exactly. Solved at lambda {}: log-residual {}, {}.",
        scenario.title,
        match simulated.paths.len() {
            1 => "one crisis".to_owned(),
            n => format!("{} crises", count(n)),
        },
        run.seed,
        given(certificate.lambda.get()),
        tiny(certificate.residual),
        branch_sentence(certificate.branch),
    );
    wrap("", "  ", &text)
}

/// One crisis: a heading for each date on which something happens, a sentence for each thing.
fn told(template: &Template, path: &Path) -> String {
    let scenario = &template.scenario;
    let mut out = String::new();
    let mut last_date = String::new();
    let mut say = |stage: u32, sentence: &str| {
        let date = day(&scenario.time.date(stage).to_string());
        if date != last_date {
            out.push_str(&format!("  {date}\n"));
            last_date = date;
        }
        out.push_str(&wrap("    ", "      ", sentence));
    };
    for step in &path.steps {
        if let Some(sentence) = sentence(template, step) {
            say(template.places[step.node.index()].stage, &sentence);
        }
    }
    let place = template.places[path.end.index()];
    let peak = template.peak(path.end);
    let height = match peak > scenario.start_rung {
        true => format!("The peak was {}.", rung(scenario, peak)),
        false => format!("No act went above {}.", rung(scenario, scenario.start_rung)),
    };
    let how = match place.phase {
        Phase::Over(Ending::End(end)) => {
            let end = &scenario.ends[end.index()];
            format!("It ends: {}.", end.text.as_deref().unwrap_or(&end.id))
        }
        _ => {
            let date = day(&scenario.time.date(scenario.time.horizon).to_string());
            format!("The horizon, {date}, is reached.")
        }
    };
    say(place.stage, &format!("{how} {height}"));
    out
}

/// What happens on one edge; `None` where nothing does.
fn sentence(template: &Template, step: &Step) -> Option<String> {
    let scenario = &template.scenario;
    let phase = template.places[step.node.index()].phase;
    match (phase, template.causes[step.edge.index()]) {
        (Phase::Draw(draw), Cause::Draw(value)) => {
            let variable = &scenario.variables[scenario.draws[draw.index()].variable.index()];
            Some(format!(
                "Drawn at the start: {} is {}. {}",
                variable.name,
                value_text(scenario, variable, value),
                who_knows(scenario, &variable.visibility),
            ))
        }
        (Phase::Calendar(event), Cause::Calendar(happens)) => {
            let changes = changes(template, step);
            let event = &scenario.calendar[event.index()].id;
            match (happens, changes.is_empty()) {
                (true, true) => Some(format!("By the calendar: {event}.")),
                (true, false) => Some(format!("By the calendar: {event} ({changes}).")),
                (false, true) => None,
                (false, false) => Some(format!("By the calendar, not {event} ({changes}).")),
            }
        }
        (Phase::Turn(slot), Cause::Move(Some(made))) => {
            Some(moved(template, step, scenario.slots[slot.index()].seat, made))
        }
        (Phase::Signal(slot, at), Cause::Signal(true)) => {
            let made = template.signals[slot.index()][usize::from(at)];
            let signal = scenario.moves[made.index()].signal.as_ref()?;
            let variable = &scenario.variables[signal.variable.index()];
            Some(format!(
                "A sign of \"{}\" appears ({}). {}",
                move_text(scenario, made),
                variable.name,
                who_knows(scenario, &variable.visibility),
            ))
        }
        (Phase::Hazard(hazard), Cause::Hazard(true)) => {
            let hazard = &scenario.hazards[hazard.index()];
            let what = hazard.text.as_deref().unwrap_or(&hazard.id);
            Some(format!("Nobody's decision: {what}.{}", rises(template, step.edge, step.node)))
        }
        _ => None,
    }
}

fn moved(template: &Template, step: &Step, seat: SeatId, made: MoveId) -> String {
    let scenario = &template.scenario;
    let seat = &scenario.seats[seat.index()];
    let occupant = template.value(step.node, seat.occupant);
    let who = if occupant == scenario.variables[seat.occupant.index()].start {
        seat.name.clone()
    } else {
        format!("{} ({})", seat.name, scenario.actors[usize::from(occupant)].name)
    };
    let mut out = format!("{who}: {}", move_text(scenario, made));
    if let Some(act) = template.act(step.edge) {
        out.push_str(&format!(" ({})", rung(scenario, act.rung)));
    }
    out.push('.');
    if let Some(hidden) = &scenario.moves[made.index()].hidden {
        let seen = match who_sees(scenario, &hidden.seen_by) {
            Some(others) => format!(" Seen by {others} besides the mover;"),
            None => " Seen by nobody else;".to_owned(),
        };
        let looks = move_text(scenario, hidden.looks_like);
        out.push_str(&format!("{seen} to the others it looks like \"{looks}\"."));
    }
    for touch in template.touches(step.edge) {
        out.push_str(&touched(scenario, *touch));
    }
    out.push_str(&rises(template, step.edge, step.node));
    out
}

fn touched(scenario: &Scenario, touch: Touch) -> String {
    let line = |at: usize| {
        let line = &scenario.red_lines[at];
        (actor_name(scenario, &scenario.actors[line.owner.index()].id), line.id.as_str())
    };
    match touch {
        Touch::Stated(id) => {
            let (owner, id) = line(id.index());
            format!(" It crosses a line that {owner} has stated ({id}).")
        }
        Touch::Actual(id) => {
            let (owner, id) = line(id.index());
            format!(
                " It crosses a line that {owner} means ({id}). [Known to the analyst and {owner} \
                 only.]"
            )
        }
        Touch::Norm(id, before) => {
            let id = &scenario.norms[id.index()].id;
            match before {
                0 => format!(" It breaks {id}, intact so far."),
                1 => format!(" It breaks {id}, eroded already."),
                _ => format!(" It breaks {id} once more."),
            }
        }
    }
}

/// Firebreaks that the peak passes on `edge`, in a sentence; empty if there is none.
fn rises(template: &Template, edge: EdgeId, node: NodeId) -> String {
    let scenario = &template.scenario;
    let (before, after) = (template.peak(node), template.peak(template.graph.to(edge)));
    let passed: Vec<String> = scenario.ladders[0]
        .firebreaks
        .iter()
        .filter(|firebreak| before < firebreak.above && firebreak.above <= after)
        .map(|firebreak| format!("{} ({})", firebreak.id, lower_first(&firebreak.name)))
        .collect();
    match passed.as_slice() {
        [] => String::new(),
        [one] => format!(" The crisis crosses firebreak {one}."),
        several => format!(" The crisis crosses firebreaks {}.", several.join(", ")),
    }
}

/// "Strategic coercion, rung 8".
fn rung(scenario: &Scenario, rung: u8) -> String {
    match scenario.ladders[0].rungs.iter().find(|r| r.rung == rung) {
        Some(named) => format!("{}, rung {rung}", lower_first(&named.name)),
        None => format!("rung {rung}"),
    }
}

/// Variables that an edge changes, with their new values; the peaks apart.
fn changes(template: &Template, step: &Step) -> String {
    let scenario = &template.scenario;
    let (before, after) = (step.node, template.graph.to(step.edge));
    let changed = scenario.variables.iter().enumerate().filter_map(|(at, variable)| {
        let id = VariableId::new(at);
        let is_peak = matches!(variable.kind, VariableKind::Peak | VariableKind::PeakSeen(_));
        let value = template.value(after, id);
        (!is_peak && value != template.value(before, id))
            .then(|| format!("{} is now {}", variable.name, value_text(scenario, variable, value)))
    });
    changed.collect::<Vec<_>>().join(", ")
}

/// Who sees it, in a sentence of its own; what not all see is marked.
fn who_knows(scenario: &Scenario, visibility: &Visibility) -> String {
    match (visibility, who_sees(scenario, visibility)) {
        (Visibility::Everybody, _) => "All see it.".to_owned(),
        (_, Some(names)) => format!("[Known to the analyst and {names} only.]"),
        (_, None) => "[Known to the analyst only.]".to_owned(),
    }
}

/// Names of those who see it; `None` if nobody does, or everybody.
fn who_sees(scenario: &Scenario, visibility: &Visibility) -> Option<String> {
    let Visibility::Only { actors, seats } = visibility else { return None };
    let actor = |id: &ActorId| scenario.actors[id.index()].name.clone();
    let seat = |id: &SeatId| seat_name(scenario, &scenario.seats[id.index()].id).to_owned();
    let names: Vec<String> = actors.iter().map(actor).chain(seats.iter().map(seat)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

// ---- the table

/// One row per step, path by path: where and what, then the state after it, one column for each
/// variable (`state.` and its name). What kind of step it is stands in `cause`: `draw`, `calendar`,
/// `move`, `hold` (nothing was open), `signal` or `hazard`.
#[must_use]
pub fn table(sampled: &Sampled<'_>) -> Table {
    let Sampled { simulated, template, policy, run } = sampled;
    let steps = || {
        let paths = simulated.paths.iter().enumerate();
        paths.flat_map(|(number, path)| {
            path.steps.iter().enumerate().map(move |(at, step)| Row { number, at, path, step })
        })
    };
    let integers = |of: &dyn Fn(&Row<'_>) -> Option<i64>| {
        Column::Integer(steps().map(|row| of(&row)).collect())
    };
    let words = Words::of(template);
    let texts = |of: &dyn Fn(&Row<'_>) -> Option<Arc<str>>| {
        Column::Text(steps().map(|row| of(&row)).collect())
    };
    let place = |row: &Row<'_>| template.places[row.step.node.index()];
    let cause = |row: &Row<'_>| template.causes[row.step.edge.index()];
    let slot = |row: &Row<'_>| match place(row).phase {
        Phase::Turn(slot) => Some(&template.scenario.slots[slot.index()]),
        _ => None,
    };
    let after = |row: &Row<'_>| template.graph.to(row.step.edge);
    let occupant = |row: &Row<'_>| {
        let seat = &template.scenario.seats[slot(row)?.seat.index()];
        Some(usize::from(template.value(row.step.node, seat.occupant)))
    };
    let mut columns = vec![
        ("path".to_owned(), integers(&|row| whole(row.number))),
        ("step".to_owned(), integers(&|row| whole(row.at))),
        ("stage".to_owned(), integers(&|row| Some(i64::from(place(row).stage)))),
        ("date".to_owned(), texts(&|row| words.dates.get(place(row).stage as usize).cloned())),
        ("seat".to_owned(), texts(&|row| slot(row).map(|s| words.seats[s.seat.index()].clone()))),
        ("actor".to_owned(), texts(&|row| occupant(row).map(|at| words.actors[at].clone()))),
        ("cause".to_owned(), texts(&|row| Some(words.cause(cause(row))))),
        (
            "move".to_owned(),
            texts(&|row| match cause(row) {
                Cause::Move(Some(made)) => Some(words.moves[made.index()].clone()),
                _ => None,
            }),
        ),
        ("event".to_owned(), texts(&|row| words.event(template, place(row).phase))),
        ("happens".to_owned(), Column::Truth(steps().map(|row| happens(cause(&row))).collect())),
        (
            "rung".to_owned(),
            integers(&|row| template.act(row.step.edge).map(|act| i64::from(act.rung))),
        ),
        ("peak".to_owned(), integers(&|row| Some(i64::from(template.peak(after(row)))))),
        (
            "probability".to_owned(),
            Column::Number(steps().map(|row| Some(row.step.probability)).collect()),
        ),
        (
            "ends".to_owned(),
            texts(&|row| {
                let is_last = row.at + 1 == row.path.steps.len();
                is_last.then(|| words.ending(template, row.path.end))
            }),
        ),
    ];
    for (at, variable) in template.scenario.variables.iter().enumerate() {
        if variable.kind == VariableKind::Peak {
            continue;
        }
        let id = VariableId::new(at);
        let value = |row: &Row<'_>| template.value(after(row), id);
        let column = match &variable.domain {
            Domain::Boolean => Column::Truth(steps().map(|row| Some(value(&row) != 0)).collect()),
            Domain::Integers { low, .. } => {
                integers(&|row| Some(i64::from(*low) + i64::from(value(row))))
            }
            Domain::Actors => texts(&|row| words.actors.get(usize::from(value(row))).cloned()),
            Domain::Words(domain) => {
                let domain: Vec<Arc<str>> = domain.iter().map(|w| w.as_str().into()).collect();
                texts(&|row| domain.get(usize::from(value(row))).cloned())
            }
        };
        columns.push((format!("state.{}", variable.name), column));
    }
    Table { columns, metadata: about(sampled, policy_name(*policy), run) }
}

/// One step of one path, and where it stands in it.
struct Row<'a> {
    number: usize,
    at: usize,
    path: &'a Path,
    step: &'a Step,
}

fn whole(n: usize) -> Option<i64> {
    i64::try_from(n).ok()
}

/// Whether the event of a step happens; `None` where it is no event that may or may not.
fn happens(cause: Cause) -> Option<bool> {
    match cause {
        Cause::Calendar(happens) | Cause::Signal(happens) | Cause::Hazard(happens) => Some(happens),
        Cause::Draw(_) | Cause::Move(_) => None,
    }
}

fn about(sampled: &Sampled<'_>, policy: &str, run: &RunInfo) -> Vec<(String, String)> {
    let certificate = &sampled.simulated.certificate;
    let mut about: Vec<(String, String)> = [
        ("climbdown", run.version.clone()),
        ("table", "paths".to_owned()),
        ("scenario", sampled.template.scenario.id.clone()),
        ("sha256", run.sha256.clone()),
        ("policy", policy.to_owned()),
        ("seed", run.seed.to_string()),
        ("lambda", given(certificate.lambda.get())),
        ("memory", crate::wire::memory(run.memory).to_owned()),
        ("residual", format!("{:e}", certificate.residual)),
        ("branch", branch(certificate.branch)),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into();
    about.extend(run.overrides.iter().map(|(name, x)| (format!("set.{name}"), given(*x))));
    about
}

/// Names of a scenario that many cells share.
struct Words {
    dates: Vec<Arc<str>>,
    seats: Vec<Arc<str>>,
    actors: Vec<Arc<str>>,
    moves: Vec<Arc<str>>,
    variables: Vec<Arc<str>>,
    calendar: Vec<Arc<str>>,
    hazards: Vec<Arc<str>>,
    ends: Vec<Arc<str>>,
    causes: [Arc<str>; 6],
    horizon: Arc<str>,
}

impl Words {
    fn of(template: &Template) -> Self {
        let s = &template.scenario;
        let shared = |text: &str| -> Arc<str> { text.into() };
        Self {
            dates: (0..s.time.horizon).map(|at| shared(&s.time.date(at).to_string())).collect(),
            seats: s.seats.iter().map(|x| shared(&x.id)).collect(),
            actors: s.actors.iter().map(|x| shared(&x.id)).collect(),
            moves: s.moves.iter().map(|x| shared(&x.id)).collect(),
            variables: s.variables.iter().map(|x| shared(&x.name)).collect(),
            calendar: s.calendar.iter().map(|x| shared(&x.id)).collect(),
            hazards: s.hazards.iter().map(|x| shared(&x.id)).collect(),
            ends: s.ends.iter().map(|x| shared(&x.id)).collect(),
            causes: ["draw", "calendar", "move", "hold", "signal", "hazard"].map(shared),
            horizon: shared("horizon"),
        }
    }

    fn cause(&self, cause: Cause) -> Arc<str> {
        let at = match cause {
            Cause::Draw(_) => 0,
            Cause::Calendar(_) => 1,
            Cause::Move(Some(_)) => 2,
            Cause::Move(None) => 3,
            Cause::Signal(_) => 4,
            Cause::Hazard(_) => 5,
        };
        self.causes[at].clone()
    }

    /// The name of what is drawn, dated, signalled or risked at a place.
    fn event(&self, template: &Template, phase: Phase) -> Option<Arc<str>> {
        let scenario = &template.scenario;
        Some(match phase {
            Phase::Draw(draw) => {
                self.variables[scenario.draws[draw.index()].variable.index()].clone()
            }
            Phase::Calendar(event) => self.calendar[event.index()].clone(),
            Phase::Signal(slot, at) => {
                let made = template.signals[slot.index()][usize::from(at)];
                let signal = scenario.moves[made.index()].signal.as_ref()?;
                self.variables[signal.variable.index()].clone()
            }
            Phase::Hazard(hazard) => self.hazards[hazard.index()].clone(),
            Phase::Turn(_) | Phase::Over(_) => return None,
        })
    }

    fn ending(&self, template: &Template, end: NodeId) -> Arc<str> {
        match template.places[end.index()].phase {
            Phase::Over(Ending::End(end)) => self.ends[end.index()].clone(),
            _ => self.horizon.clone(),
        }
    }
}
