//! The order of things: from a file's name to an answer.
//!
//! [`run`] is the table of contents of Climbdown. A door (the command, and whatever else may come)
//! gives it a [`World`] to read from and a [`Request`]; it gets back a [`Response`]: what to print,
//! what to say beside it, what to write, and how it ended. Nothing here opens a file, reads a clock
//! or prints.
//!
//! One scenario's way through: text, checked scenario, template, game, equilibrium, findings,
//! report. Each arrow is one function of a lower floor, called below in that order.

mod compare;
mod game_file;
mod numbers;
mod offramps;
mod replay;
mod request;
mod simulate;
mod solution;
mod sources;
mod starter;
mod stop;
mod study;
mod sweep;

use std::sync::Arc;

use climbdown_lang::diagnostic::Diagnostic;
use climbdown_lang::scenario::Scenario;
use climbdown_lang::source::SourceMap;
use climbdown_lang::template::{Assignment, CompileOptions, Template};
use climbdown_report::profile::Names;
use climbdown_report::{Answer, RunInfo};
use climbdown_study::AssessOptions;
use climbdown_study::findings::Findings;
use climbdown_study::study::StudyOptions;
use quantal::{Equilibrium, Follow, Game, InfosetId, Lambda, NodeId, NodeKind, SolveOptions};

pub use climbdown_lang::scenario::Memory;
pub use climbdown_study::At;
pub use climbdown_study::exploration::{Asked, METHODS, Method};
pub use climbdown_study::sensitivity::Of;
pub use climbdown_study::simulate::Side;
pub use climbdown_study::sweep::{GROUPINGS, Grouping, LAYOUTS, Layout, SweepOptions};
pub use climbdown_study::varied::Beside;
pub use quantal::{Progress, Seats};
pub use request::{
    Besides, Check, Explain, Form, Format, GameJson, NewFile, Options, Output, OutputFile, Request,
    Response, Sampling, Schema, Stage, Study,
};
pub use sources::{MAX_BYTES, ReadProblem, Results, World};
pub use stop::Exit;
pub use study::STUDY_DRAWS;
pub use sweep::PART_ROWS;

use stop::Stop;

/// Largest log-residual of a profile that is shown.
pub const TOLERANCE: f64 = 1e-10;
/// The Λ at which the headline is computed again, to show how far it depends on Λ (model.md §6).
pub const BAND: [f64; 5] = [1.0, 2.0, 5.0, 10.0, 20.0];
/// Draws of the study that an answer comes with, unless others are asked for.
pub const DRAWS: usize = 512;
/// Draws in which an off-ramp is tried again, unless others are asked for.
pub const OFFRAMP_DRAWS: usize = 32;
/// A claim whose test reads what the findings do not have.
const UNTESTABLE: &str = "W096";
/// Rank correlations that contradict one another.
const CONTRADICTING: &str = "E095";
/// Most sweeps of one solution; the flagship needs some hundreds.
const MAX_STEPS: usize = 200_000;

/// What is being solved, how far it is; return `false` to stop.
type Watch<'a> = &'a mut dyn FnMut(&str, Progress) -> bool;
/// How far something is; return `false` to stop.
pub type Told<'a> = &'a mut dyn FnMut(At<'_>) -> bool;

/// Does what is asked. Never panics on anything a file or a request can contain.
pub fn run(world: &dyn World, request: &Request, told: Told<'_>) -> Response {
    let mut notes = String::new();
    if let Request::Assess { file, form, draws, options } = request {
        let result = assess(world, file, (*form, *draws), options, &mut notes, told);
        return respond(result, notes);
    }
    if let Request::Explain { file, what, draws, options } = request {
        let result = explain(world, file, (what, *draws), options, &mut notes, told);
        return respond(result, notes);
    }
    if let Request::OffRamps { file, form, risk, below, draws, options } = request {
        let wanted = (risk.as_deref(), *below, *draws);
        let result = offramps::run(world, file, *form, wanted, options, &mut notes, told);
        return respond(result, notes);
    }
    if let Request::Sweep { file, folder, how, part_rows, shard, options } = request {
        let where_to = (folder.as_str(), *part_rows, *shard);
        let result = sweep::run(world, file, where_to, how, options, &mut notes, told);
        return respond(result, notes);
    }
    if let Request::Study { file, form, study, options } = request {
        let result = study::run(world, (file, *form), study, options, &mut notes, told);
        return respond(result, notes);
    }
    let watch: Watch<'_> = &mut |what, at| told(At::Solving(what, at));
    let result = match request {
        Request::Assess { .. }
        | Request::Explain { .. }
        | Request::OffRamps { .. }
        | Request::Sweep { .. }
        | Request::Study { .. } => unreachable!("answered above"),
        Request::Check { file, show, options } => check(world, file, *show, options),
        Request::Solve { file, form, besides, options } if sources::is_game_file(file) => {
            game_file::solve(world, file, *form, besides, options, watch)
        }
        Request::Solve { file, form, besides, options } => {
            solve(world, file, *form, besides, options, &mut notes, watch)
        }
        Request::Replay { file, form, options } => {
            replay::run(world, file, *form, options, &mut notes, watch)
        }
        Request::Export { file, to, options } if sources::is_game_file(file) => {
            game_file::export(world, file, *to, options, &mut notes)
        }
        Request::Simulate { file, sampling, options } => {
            simulate::run(world, file, sampling, options, &mut notes, watch)
        }
        Request::Export { file, to, options } => export(world, file, *to, options, &mut notes),
        Request::Compare { a, b, form, options } => {
            compare::run(world, [a, b], *form, options, &mut notes, watch)
        }
        Request::New { name } => starter::files(name).map(|files| Done {
            output: Output::Text(starter::greeting(name)),
            files,
            exit: Exit::Done,
        }),
        Request::Schema(which) => Ok(Done::text(schema(*which))),
    };
    respond(result, notes)
}

fn respond(result: Result<Done, Stop>, notes: String) -> Response {
    match result {
        Ok(done) => Response { exit: done.exit, output: done.output, notes, files: done.files },
        Err(stop) => stop.into_response(notes),
    }
}

/// What a command made.
struct Done {
    output: Output,
    files: Vec<NewFile>,
    exit: Exit,
}

impl Done {
    fn text(text: String) -> Self {
        Self { output: Output::Text(text), files: Vec::new(), exit: Exit::Done }
    }
}

// ---- the steps, in the order in which a scenario passes them

/// A scenario that was read and checked without errors.
struct Checked {
    scenario: Arc<Scenario>,
    map: SourceMap,
    warnings: Vec<Diagnostic>,
}

/// Text to scenario.
fn read(world: &dyn World, file: &str) -> Result<Checked, Stop> {
    let sources = sources::gather(world, file)?;
    let checked = climbdown_lang::check(&sources);
    match checked.scenario {
        Some(scenario) => {
            contradiction(&scenario, &checked.map)?;
            Ok(Checked {
                scenario: Arc::new(scenario),
                map: checked.map,
                warnings: checked.diagnostics,
            })
        }
        None => Err(Stop::wrong(checked.diagnostics, checked.map)),
    }
}

/// Rank correlations that no parameters can have together.
fn contradiction(scenario: &Scenario, map: &SourceMap) -> Result<(), Stop> {
    let Some((span, why)) = climbdown_study::varied::contradiction(scenario) else { return Ok(()) };
    let severity = climbdown_lang::diagnostic::Severity::Error;
    let help = Some("bring the ranks nearer to 0, or leave one of them out".to_owned());
    let (code, message) = (CONTRADICTING, why);
    Err(Stop::wrong(vec![Diagnostic { code, severity, span, message, help }], map.clone()))
}

/// Scenario to template.
fn compile(checked: &Checked, options: &Options) -> Result<Template, Stop> {
    let memory = options.memory.unwrap_or(checked.scenario.memory);
    let how = CompileOptions { memory, budget_nodes: options.budget_nodes };
    climbdown_lang::compile(&checked.scenario, &how)
        .map_err(|diagnostics| Stop::wrong(diagnostics, checked.map.clone()))
}

/// Template to game.
fn instantiate(
    template: &Template,
    assignment: &Assignment,
    map: &SourceMap,
) -> Result<Game, Stop> {
    template.instantiate(assignment).map_err(|bad| Stop::numbers(bad, map.clone()))
}

/// Everything up to the game.
struct Compiled {
    checked: Checked,
    assignment: Assignment,
    template: Template,
    game: Game,
}

fn compiled(
    world: &dyn World,
    file: &str,
    options: &Options,
    notes: &mut String,
) -> Result<Compiled, Stop> {
    let checked = read(world, file)?;
    let assignment = numbers::assign(&checked.scenario, &options.set, notes)?;
    let template = compile(&checked, options)?;
    let game = instantiate(&template, &assignment, &checked.map)?;
    stop::mention_warnings(&checked.warnings, file, notes);
    Ok(Compiled { checked, assignment, template, game })
}

/// Λ and the units it is measured in: stakes, or 1 for everybody if λ itself is given.
fn precision(c: &Compiled, options: &Options) -> Result<(Lambda, Vec<f64>), Stop> {
    let n = c.template.graph.n_players();
    match options.lambda_raw {
        Some(raw) => Ok((numbers::lambda(raw)?, vec![1.0; n])),
        None => {
            let lambda = options.lambda.unwrap_or(c.checked.scenario.lambda);
            Ok((numbers::lambda(lambda)?, c.template.stakes(&c.assignment)))
        }
    }
}

/// Game to equilibrium.
fn equilibrium(c: &Compiled, options: &Options, watch: Watch<'_>) -> Result<Equilibrium, Stop> {
    let (lambda, units) = precision(c, options)?;
    let how = SolveOptions {
        tolerance: TOLERANCE,
        max_steps: MAX_STEPS,
        follow: Follow::Twice,
        start: None,
    };
    quantal::solve(&c.game, lambda, &units, &how, &mut |p| watch("solving", p))
        .map_err(|unsolved| Stop::unsolved("the game", &unsolved))
}

/// How findings are made; `quick` without what takes many more games.
fn how_to_assess(c: &Compiled, quick: bool, options: &Options) -> Result<AssessOptions, Stop> {
    if options.lambda_raw.is_some() {
        return Err(Stop::Usage(
            "--lambda-raw is for solve and export: an answer needs stakes to have a band"
                .to_owned(),
        ));
    }
    let lambda = numbers::lambda(options.lambda.unwrap_or(c.checked.scenario.lambda))?.get();
    Ok(AssessOptions { lambda, tolerance: TOLERANCE, band: BAND.to_vec(), attribution: !quick })
}

/// Template to findings at the file's values; as of a date, if one is given.
fn findings(c: &Compiled, options: &Options, watch: Watch<'_>) -> Result<Findings, Stop> {
    let how = how_to_assess(c, true, options)?;
    let found = match &options.as_of {
        None => climbdown_study::assess(&c.template, &c.assignment, &how, watch),
        Some(date) => {
            let episode = replay::known_by(c, date)?;
            let known = (&episode, date.as_str());
            climbdown_study::assess_as_of(&c.template, &c.assignment, &how, known, watch)
        }
    };
    found.map_err(|unanswered| Stop::unanswered(unanswered, &c.checked.map))
}

/// Template to findings, with what the act consists of and a study of `draws` draws, none if that is 0.
fn studied(
    c: &Compiled,
    options: &Options,
    draws: usize,
    told: Told<'_>,
) -> Result<Findings, Stop> {
    let how = how_to_assess(c, false, options)?;
    if draws == 0 {
        let watch: Watch<'_> = &mut |what, at| told(At::Solving(what, at));
        return climbdown_study::assess(&c.template, &c.assignment, &how, watch)
            .map_err(|unanswered| Stop::unanswered(unanswered, &c.checked.map));
    }
    let study = StudyOptions { draws, seed: options.seed };
    let history = match c.checked.scenario.history {
        None => None,
        // A history that the game has no place for is a matter of `check` and `replay`.
        Some(_) => match replay::of(c, options, &mut |what, at| told(At::Solving(what, at))) {
            Err(Stop::Cancelled) => return Err(Stop::Cancelled),
            found => found.ok(),
        },
    };
    let with = (&study, history.as_ref());
    climbdown_study::assess_with_study(&c.template, &c.assignment, &how, with, told)
        .map_err(|unanswered| Stop::unanswered(unanswered, &c.checked.map))
}

/// What is needed to repeat a run.
fn run_info(c: &Compiled, options: &Options) -> RunInfo {
    RunInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sha256: sources::fingerprint(&c.checked.map),
        seed: options.seed,
        memory: c.template.memory,
        tolerance: TOLERANCE,
        overrides: options.set.clone(),
        as_of: options.as_of.clone(),
    }
}

// ---- the commands

fn assess(
    world: &dyn World,
    file: &str,
    (form, draws): (Form, Option<usize>),
    options: &Options,
    notes: &mut String,
    told: Told<'_>,
) -> Result<Done, Stop> {
    let c = compiled(world, file, options, notes)?;
    let findings = match draws {
        Some(draws) => studied(&c, options, draws, told)?,
        None => findings(&c, options, &mut |what, at| told(At::Solving(what, at)))?,
    };
    let run = run_info(&c, options);
    let answer = Answer { findings: &findings, scenario: &c.checked.scenario, run: &run };
    Ok(Done::text(match form {
        Form::Text => climbdown_report::text(&answer),
        Form::Json => climbdown_report::wire::answer(&answer),
    }))
}

/// The template, once numbers can be put on it, with its size and stakes in words.
fn scale_of(template: Template, map: &SourceMap) -> Result<(Template, String), Stop> {
    let point = Assignment::point(&template.scenario);
    let gaps = climbdown_study::median_gaps(&template, &point)
        .map_err(|bad| Stop::numbers(bad, map.clone()))?;
    let text = climbdown_report::scale::text(&template, &template.stakes(&point), &gaps);
    Ok((template, text))
}

fn check(world: &dyn World, file: &str, show: Check, options: &Options) -> Result<Done, Stop> {
    let mut scale = String::new();
    let found = match read(world, file) {
        Ok(checked) if show == Check::Table => {
            let table = climbdown_lang::coding_table(&checked.scenario);
            return Ok(Done::text(climbdown_report::coding::text(&table, &checked.scenario)));
        }
        // Some mistakes show only on the states that can be reached.
        Ok(checked) => match compile(&checked, options).and_then(|t| scale_of(t, &checked.map)) {
            Ok((template, text)) => {
                scale = text;
                stop::Found { diagnostics: Vec::new(), map: checked.map }
                    .and(checked.warnings)
                    .and(climbdown_lang::reachable::unreachable_parts(&template))
                    .and(replay::misplaced_rows(&template))
                    .and(claims_astray(&template.scenario))
            }
            Err(stop) => stop.into_found()?.and(checked.warnings),
        },
        Err(stop) => stop.into_found()?,
    };
    let text = match show {
        Check::Json => climbdown_report::wire::diagnostics(&found.diagnostics, &found.map),
        _ if found.diagnostics.is_empty() => format!("no problems\n\n{scale}"),
        _ => {
            let problems = climbdown_report::diagnostics::text(&found.diagnostics, &found.map);
            let gap = if scale.is_empty() { "" } else { "\n" };
            format!("{problems}{gap}{scale}")
        }
    };
    Ok(Done { exit: found.exit(), ..Done::text(text) })
}

/// Tests of claims that read what the findings do not have.
fn claims_astray(scenario: &Scenario) -> Vec<Diagnostic> {
    let flaws = climbdown_study::claims::flaws(scenario).into_iter();
    let severity = climbdown_lang::diagnostic::Severity::Warning;
    flaws
        .map(|flaw| Diagnostic {
            code: UNTESTABLE,
            severity,
            span: flaw.span,
            message: flaw.message,
            help: flaw.help,
        })
        .collect()
}

fn solve(
    world: &dyn World,
    file: &str,
    form: Form,
    besides: &Besides,
    options: &Options,
    notes: &mut String,
    watch: Watch<'_>,
) -> Result<Done, Stop> {
    let c = compiled(world, file, options, notes)?;
    let precision = precision(&c, options)?;
    let names = Names::Scenario(&c.template);
    solution::done(&c.game, &names, precision, form, besides, options, watch)
}

fn explain(
    world: &dyn World,
    file: &str,
    (what, draws): (&Explain, usize),
    options: &Options,
    notes: &mut String,
    told: Told<'_>,
) -> Result<Done, Stop> {
    use climbdown_report::explain as show;
    let text = match what {
        Explain::At(Stage::Syntax) => show::syntax::tree(&sources::scenario(world, file)?),
        Explain::At(Stage::Scenario) => {
            let checked = read(world, file)?;
            show::stages::scenario(&checked.scenario, &checked.map)
        }
        Explain::At(Stage::Game) => {
            show::stages::game(&compiled(world, file, options, notes)?.template)
        }
        Explain::At(Stage::Solution) => {
            let alone = Besides::default();
            let watch: Watch<'_> = &mut |what, at| told(At::Solving(what, at));
            return solve(world, file, Form::Text, &alone, options, notes, watch);
        }
        Explain::At(Stage::Findings) => {
            let c = compiled(world, file, options, notes)?;
            format!("{:#?}\n", studied(&c, options, 0, told)?)
        }
        Explain::Why(name) => why(world, file, (name, draws), options, notes, told)?,
    };
    Ok(Done::text(text))
}

/// A node by its number, a name of the file, or a figure of the answer by its path.
fn why(
    world: &dyn World,
    file: &str,
    (name, draws): (&str, usize),
    options: &Options,
    notes: &mut String,
    told: Told<'_>,
) -> Result<String, Stop> {
    use climbdown_report::explain as show;
    if let Ok(number) = name.parse::<u32>() {
        let c = compiled(world, file, options, notes)?;
        let node = NodeId(number);
        if node.index() >= c.template.graph.n_nodes() {
            let n = c.template.graph.n_nodes();
            return Err(Stop::Usage(format!(
                "there is no node {number}: the game has {n}, from 0"
            )));
        }
        let watch: Watch<'_> = &mut |what, at| told(At::Solving(what, at));
        let choice = match c.template.graph.kind(node) {
            NodeKind::Decision(infoset) => Some(choice(&c, infoset, options, watch)?),
            _ => None,
        };
        let map = &c.checked.map;
        return Ok(show::node(&c.template, &c.assignment, map, node, choice.as_ref()));
    }
    let checked = read(world, file)?;
    if let Some(found) = show::names::explain(&checked.scenario, &checked.map, name) {
        return Ok(found);
    }
    let nobody = |known: &[String]| {
        let near = numbers::near(name, known);
        Stop::Usage(format!("nothing here is called `{name}`{near}"))
    };
    let path = show::figures::written_out(name);
    let mut parts = path.split('.');
    let (section, second) = (parts.next().unwrap_or_default(), parts.next());
    if !show::figures::SECTIONS.contains(&section) {
        let mut known = show::names::all(&checked.scenario);
        known.extend(show::figures::SECTIONS.map(str::to_owned));
        return Err(nobody(&known));
    }
    // A study takes its time; a name that is none is said before it.
    if let (Some(known), Some(second)) =
        (show::figures::second_names(&checked.scenario, &path), second)
        && !known.iter().any(|one| one == second)
    {
        let known: Vec<String> = known.iter().map(|one| format!("{section}.{one}")).collect();
        return Err(nobody(&known));
    }
    let c = compiled(world, file, options, notes)?;
    let findings = match show::figures::extent(&path) {
        show::figures::Extent::Quick => {
            findings(&c, options, &mut |what, at| told(At::Solving(what, at)))?
        }
        show::figures::Extent::Attributed => studied(&c, options, 0, told)?,
        show::figures::Extent::Studied => studied(&c, options, draws, told)?,
    };
    let run = run_info(&c, options);
    let answer = Answer { findings: &findings, scenario: &c.checked.scenario, run: &run };
    show::figures::explain(&answer, &c.checked.map, &path).ok_or_else(|| {
        let root = climbdown_report::wire::answer_value(&answer);
        nobody(&show::figures::numbers(&root, &path))
    })
}

/// Why the mover at `infoset` does what it does.
fn choice(
    c: &Compiled,
    infoset: InfosetId,
    options: &Options,
    watch: Watch<'_>,
) -> Result<climbdown_report::explain::Choice, Stop> {
    let equilibrium = equilibrium(c, options, watch)?;
    let graph = &c.template.graph;
    let player = graph.infoset(infoset).player;
    let values = quantal::action_values(&c.game, &equilibrium.profile);
    Ok(climbdown_report::explain::Choice {
        lambda_raw: equilibrium.certificate.players[player.index()].lambda_raw,
        probabilities: graph.actions(infoset).map(|a| equilibrium.profile.probability(a)).collect(),
        weights: graph.actions(infoset).map(|a| c.game.weight(a)).collect(),
        values: graph.actions(infoset).map(|a| values[a.index()]).collect(),
        beliefs: quantal::belief(&c.game, &equilibrium.profile, infoset).unwrap_or_default(),
    })
}

fn export(
    world: &dyn World,
    file: &str,
    to: Format,
    options: &Options,
    notes: &mut String,
) -> Result<Done, Stop> {
    use climbdown_report::draw;
    let c = compiled(world, file, options, notes)?;
    match to {
        Format::Json => {
            let (lambda, units) = precision(&c, options)?;
            let lambda_raw = units.iter().map(|u| lambda.get() / u).collect();
            let game = GameJson { template: c.template, game: c.game, lambda_raw };
            Ok(Done { output: Output::Game(Box::new(game)), ..Done::text(String::new()) })
        }
        Format::Efg => {
            let title = &c.checked.scenario.title;
            game_file::efg(&c.game, title, options.budget_nodes, notes).map(Done::text)
        }
        Format::Nfg(seats) => {
            let title = &c.checked.scenario.title;
            game_file::nfg(&c.game, seats, title, options.budget_nodes, notes).map(Done::text)
        }
        Format::Dot => Ok(Done::text(draw::dot(&draw::picture(&c.template)))),
        Format::Svg => Ok(Done::text(draw::svg(&draw::picture(&c.template)))),
    }
}

fn schema(which: Schema) -> String {
    use climbdown_lang::schema::{ladder_schema, scenario_schema};
    match which {
        Schema::Both => climbdown_report::wire::schema(&scenario_schema(), &ladder_schema()),
        Schema::Scenario => scenario_schema(),
        Schema::Ladder => ladder_schema(),
    }
}
