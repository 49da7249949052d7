//! Exploring one measure: from the draws in a folder, or from draws of its own.

use climbdown_report::columns::read_parquet;
use climbdown_report::exploration::Explored;
use climbdown_report::runs::{DESCRIPTION, Made, described, differences, part_name};
use climbdown_study::design::{Kind, Runs};
use climbdown_study::exploration::{
    Exploration, ExploreOptions, Method, NotExplored, counted, explore, is_measured, read,
};
use climbdown_study::prepared::Case;
use climbdown_study::sweep::{Measured, Ready, SweepOptions, design};
use climbdown_study::{At, DRAW_TOLERANCE};

use crate::request::{Form, Study};
use crate::stop::Stop;
use crate::sweep::{asking, foreign, no_design, sound, templates};
use crate::{Compiled, Done, Options, Told, World, compiled, how_to_assess, numbers, run_info};

/// Draws of the sample, unless others are asked for.
pub const STUDY_DRAWS: usize = 512;

/// Explores what `study` asks.
pub(crate) fn run(
    world: &dyn World,
    (file, form): (&str, Form),
    study: &Study,
    options: &Options,
    notes: &mut String,
    told: Told<'_>,
) -> Result<Done, Stop> {
    let (c, exploration, lambda, options) = match &study.runs {
        Some(folder) => of_runs(world, file, folder, study, options, notes)?,
        None => {
            let mut c = compiled(world, file, options, notes)?;
            let lambda = how_to_assess(&c, true, options)?.lambda;
            let found = of_own(&mut c, study, lambda, options, told)?;
            (c, found, lambda, options.clone())
        }
    };
    let run = run_info(&c, &options);
    let explored =
        Explored { exploration: &exploration, scenario: &c.checked.scenario, run: &run, lambda };
    Ok(Done::text(match form {
        Form::Text => climbdown_report::exploration::text(&explored),
        Form::Json => climbdown_report::wire::exploration::json(&explored),
    }))
}

/// What is asked, checked against what is measured.
fn how(c: &Compiled, study: &Study, seed: u64) -> Result<ExploreOptions, Stop> {
    let scenario = &c.checked.scenario;
    let known = || {
        let Measured { numbers, words } = Measured::of(scenario);
        numbers.into_iter().chain(words).collect::<Vec<String>>()
    };
    let measured = |option: &str, path: &str| match is_measured(scenario, path) {
        true => Ok(()),
        false => Err(Stop::Usage(format!(
            "{option}: `{path}` is nothing that is measured on every draw{}; the columns of `climbdown sweep` \
             list what is",
            numbers::suggestion(path, &known())
        ))),
    };
    measured("--measure", &study.asked.measure)?;
    if let Some((path, _, _)) = &study.asked.among {
        measured("--where", path)?;
    }
    Ok(ExploreOptions {
        asked: study.asked.clone(),
        methods: study.methods.clone(),
        draws: study.how.draws,
        beside: study.how.beside.clone(),
        grouping: study.how.grouping,
        second_order: study.how.second_order,
        seed,
    })
}

fn of_own(
    c: &mut Compiled,
    study: &Study,
    lambda: f64,
    options: &Options,
    told: Told<'_>,
) -> Result<Exploration, Stop> {
    sound(&study.how)?;
    let how = how(c, study, options.seed)?;
    // Whatever is made later varies no more than this.
    let whole = design(&c.checked.scenario, &c.assignment, &study.how);
    let whole = whole.map_err(|bad| no_design(&bad))?;
    let templates = templates(c, &whole, options)?;
    let base = Case::plain(c.assignment.clone());
    let mut lambdas = whole.lambdas().to_vec();
    if !lambdas.is_empty() && !lambdas.contains(&lambda) {
        lambdas.push(lambda);
    }
    let mut solving = |what: &str, at| told(At::Solving(what, at));
    let ready =
        Ready::new(&templates, &lambdas, &base, &asking(lambda, options.seed), &mut solving)
            .map_err(|why| Stop::unanswered(why, &c.checked.map))?;
    let mut counting = |what: &str, n: usize, of: usize| told(At::Done(what, n, of));
    explore(&c.assignment, &ready, &how, &mut counting).map_err(|why| match why {
        NotExplored::Design(bad) => no_design(&bad),
        NotExplored::Unanswered(why) => Stop::unanswered(why, &c.checked.map),
    })
}

/// Methods that can read the runs of a layout.
fn readable(kind: &Kind) -> &'static [Method] {
    match kind {
        Kind::LatinHypercube { .. } | Kind::Sobol { .. } => {
            &[Method::GivenData, Method::Pawn, Method::Prim]
        }
        Kind::Saltelli { .. } => &[Method::Sobol],
        Kind::Morris { .. } => &[Method::Morris],
        Kind::Grid { .. } => &[Method::Prim],
    }
}

fn of_runs(
    world: &dyn World,
    file: &str,
    folder: &str,
    study: &Study,
    options: &Options,
    notes: &mut String,
) -> Result<(Compiled, Exploration, f64, Options), Stop> {
    let results = world
        .results()
        .ok_or_else(|| Stop::Usage("there is no place for results here".to_owned()))?;
    let no_sweep = || {
        Stop::Usage(format!(
            "`{folder}` holds no sweep; `climbdown sweep {file} --draws N --out {folder}` makes one"
        ))
    };
    let names = results.list(folder).map_err(Stop::Usage)?.ok_or_else(no_sweep)?;
    if !names.iter().any(|name| name == DESCRIPTION) {
        return Err(no_sweep());
    }
    let there = results.read(folder, DESCRIPTION).map_err(Stop::Storage)?;
    let there = String::from_utf8_lossy(&there).into_owned();
    let known = described(&there).ok_or_else(|| {
        Stop::Usage(format!(
            "`{folder}/{DESCRIPTION}` cannot be read as the description of a sweep"
        ))
    })?;
    let options = Options {
        seed: known.options.seed,
        lambda: Some(known.lambda),
        memory: Some(known.memory),
        set: known.overrides.clone(),
        ..options.clone()
    };
    let c = compiled(world, file, &options, notes)?;
    let how_swept: &SweepOptions = &known.options;
    let differ = |what: &str| {
        Stop::Usage(format!("the runs in `{folder}` are not of this scenario: {what}"))
    };
    let scenario = &c.checked.scenario;
    let varied = design(scenario, &c.assignment, how_swept);
    let varied = varied.map_err(|bad| differ(&bad.to_string()))?;
    let run = run_info(&c, &options);
    let made = Made {
        scenario,
        varied: &varied,
        options: how_swept,
        lambda: known.lambda,
        draw_tolerance: DRAW_TOLERANCE,
        run: &run,
        part_rows: known.part_rows,
    };
    let differing = differences(&there, &made.description()).unwrap_or_default();
    if !differing.is_empty() {
        return Err(differ(&differing.join("; ")));
    }
    let mut how = how(&c, study, options.seed)?;
    let readable = readable(varied.design.kind());
    if study.is_default {
        how.methods = readable.to_vec();
    } else if !how.methods.iter().any(|method| readable.contains(method)) {
        let layout = climbdown_study::sweep::LAYOUTS.iter().find(|l| l.1 == how_swept.layout);
        return Err(Stop::Usage(format!(
            "--method: no method asked for reads the runs of a {} design; make a sweep with another --design, \
             or leave --runs out",
            layout.map_or("", |l| l.0)
        )));
    }
    let mut parts = Vec::new();
    let mut reasons = Vec::new();
    for part in 0..made.n_parts() {
        let name = part_name(part);
        if !names.contains(&name) {
            return Err(Stop::Usage(format!(
                "`{folder}` has no `{name}`: the sweep is not complete; `climbdown sweep` with the same options \
                 goes on"
            )));
        }
        let bytes = results.read(folder, &name).map_err(Stop::Storage)?;
        let table = read_parquet(&bytes).map_err(|why| foreign(folder, &name, &why.to_string()))?;
        made.is_part(part, &table).map_err(|why| foreign(folder, &name, &why))?;
        let (rows, failures) = made.results(part, &table);
        parts.push(rows);
        reasons.extend(failures.iter().map(|why| why.to_string()));
    }
    let runs = Runs::assemble(&varied.design, parts).map_err(|bad| differ(&bad.to_string()))?;
    let exploration = read(scenario, &varied, &runs, counted(reasons), &how);
    drop(runs);
    let lambda = known.lambda;
    Ok((c, exploration, lambda, options))
}
