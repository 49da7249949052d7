//! Sweeps: many draws of a scenario, solved, measured and kept in a folder, part by part.

use std::fmt::Write;

use climbdown_lang::compile;
use climbdown_lang::scenario::Memory;
use climbdown_lang::template::{CompileOptions, Template};
use climbdown_report::columns::{Column, Table, parquet, read_parquet};
use climbdown_report::number::{count, of};
use climbdown_report::runs::{DESCRIPTION, Made, differences, part_name};
use climbdown_study::design::BadDesign;
use climbdown_study::prepared::{Asking, Case};
use climbdown_study::sweep::{Ready, Sweep, SweepOptions, design};
use climbdown_study::varied::Varied;
use climbdown_study::{AUDIT_SHARE, At, DRAW_TOLERANCE, Unanswered};
use quantal::Unsolved;

use crate::sources::Results;
use crate::stop::Stop;
use crate::{Compiled, Done, Exit, Options, TOLERANCE, Told, World, compiled, how_to_assess};
use crate::{numbers, run_info};

/// Rows of a part, unless others are asked for: some megabytes, and some minutes of a large game.
pub const PART_ROWS: usize = 1024;

/// Reasons of failure that are printed.
const REASONS: usize = 3;

/// A design that cannot be made is a wrong request.
pub(crate) fn no_design(bad: &BadDesign) -> Stop {
    let why = bad.to_string();
    Stop::Usage(match bad {
        BadDesign::NoInputs => {
            format!("{why}: no parameter has a range, or all that have one were set")
        }
        _ => why,
    })
}

/// Checks what is varied beside the parameters.
pub(crate) fn sound(how: &SweepOptions) -> Result<(), Stop> {
    if how.draws == 0 {
        return Err(Stop::Usage("--draws: take 1 or more".to_owned()));
    }
    for (at, &lambda) in how.beside.lambdas.iter().enumerate() {
        numbers::lambda(lambda)?;
        if how.beside.lambdas[..at].contains(&lambda) {
            return Err(Stop::Usage(format!("--vary lambda: {lambda} is there twice")));
        }
    }
    match how.beside.lambdas.len() {
        1 => {
            Err(Stop::Usage("--vary lambda takes two values or more; --lambda sets one".to_owned()))
        }
        _ => Ok(()),
    }
}

/// The template of each memory that is varied; the one at hand if none is.
pub(crate) fn templates(
    c: &mut Compiled,
    varied: &Varied,
    options: &Options,
) -> Result<Vec<Template>, Stop> {
    let memories: Vec<Memory> = match varied.memories() {
        [] => vec![c.template.memory],
        several => several.to_vec(),
    };
    let of = |memory: Memory| {
        let how = CompileOptions { memory, budget_nodes: options.budget_nodes };
        compile(&c.checked.scenario, &how)
            .map_err(|diagnostics| Stop::wrong(diagnostics, c.checked.map.clone()))
    };
    memories.into_iter().map(of).collect()
}

/// How draws are asked for.
pub(crate) fn asking(lambda: f64, seed: u64) -> Asking {
    Asking {
        lambda,
        tolerance: TOLERANCE,
        draw_tolerance: DRAW_TOLERANCE,
        audit_share: AUDIT_SHARE,
        seed,
    }
}

/// A sweep into `folder`.
pub(crate) fn run(
    world: &dyn World,
    file: &str,
    (folder, part_rows, shard): (&str, usize, (usize, usize)),
    how: &SweepOptions,
    options: &Options,
    notes: &mut String,
    told: Told<'_>,
) -> Result<Done, Stop> {
    sound(how)?;
    if part_rows == 0 {
        return Err(Stop::Usage("a part has 1 row or more".to_owned()));
    }
    if shard.1 == 0 || shard.0 >= shard.1 {
        return Err(Stop::Usage("a shard is I/N with I from 1 to N".to_owned()));
    }
    let results = world
        .results()
        .ok_or_else(|| Stop::Usage("there is no place for results here".to_owned()))?;
    let mut c = compiled(world, file, options, notes)?;
    let lambda = how_to_assess(&c, true, options)?.lambda;
    let varied = design(&c.checked.scenario, &c.assignment, how).map_err(|bad| no_design(&bad))?;
    let run = run_info(&c, options);
    let scenario = std::sync::Arc::clone(&c.checked.scenario);
    let made = Made {
        scenario: &scenario,
        varied: &varied,
        options: how,
        lambda,
        draw_tolerance: DRAW_TOLERANCE,
        run: &run,
        part_rows,
    };
    let present = open(results, folder, &made)?;
    let own: Vec<usize> = (0..made.n_parts()).filter(|part| part % shard.1 == shard.0).collect();
    let mut tally = Tally::default();
    let mut missing = Vec::new();
    for &part in &own {
        match kept(results, folder, &made, part, &present, notes)? {
            Some(table) => tally.add(&table, true),
            None => missing.push(part),
        }
    }
    if !missing.is_empty() {
        let templates = templates(&mut c, &varied, options)?;
        let base = Case::plain(c.assignment.clone());
        let asking = asking(lambda, options.seed);
        let mut solving = |what: &str, at| told(At::Solving(what, at));
        let ready = Ready::new(&templates, varied.lambdas(), &base, &asking, &mut solving)
            .map_err(|why| Stop::unanswered(why, &c.checked.map))?;
        let sweep = Sweep::new(&varied, &ready);
        let n: usize = missing.iter().map(|part| made.rows(*part).len()).sum();
        let mut n_done = 0;
        for part in missing {
            let rows = made.rows(part);
            let n_rows = rows.len();
            let swept = sweep.rows(rows, &mut |k| told(At::Done("draws", n_done + k, n)));
            let swept = swept.map_err(|why| match why {
                Unanswered::Unsolved(_, Unsolved::Cancelled) => {
                    Stop::Kept(tally.if_stopped(own.len(), folder))
                }
                why => Stop::unanswered(why, &c.checked.map),
            })?;
            let table = made.table(part, &swept);
            let bytes = parquet(&table).expect("columns of one length, finite, each name once");
            results.write(folder, &part_name(part), &bytes).map_err(Stop::Storage)?;
            tally.add(&table, false);
            n_done += n_rows;
        }
    }
    let exit = if tally.rows > 0 && tally.failures.iter().map(|f| f.1).sum::<usize>() == tally.rows
    {
        Exit::Unsolved
    } else {
        Exit::Done
    };
    Ok(Done { exit, ..Done::text(tally.said(&made, own.len(), folder)) })
}

/// Opens the folder of this sweep, or makes it; the names of the files in it.
fn open(results: &dyn Results, folder: &str, made: &Made<'_>) -> Result<Vec<String>, Stop> {
    let present = results.list(folder).map_err(Stop::Usage)?;
    let here = made.description();
    let names = present.clone().unwrap_or_default();
    if names.iter().any(|name| name == DESCRIPTION) {
        let there = results.read(folder, DESCRIPTION).map_err(Stop::Storage)?;
        let differing = differences(&String::from_utf8_lossy(&there), &here);
        return match differing {
            Some(none) if none.is_empty() => Ok(names),
            Some(some) => Err(Stop::Usage(format!(
                "`{folder}` holds another sweep, and nothing was written: {}; give another folder, or ask \
                 for the same",
                some.join("; ")
            ))),
            None => Err(Stop::Usage(format!(
                "`{folder}/{DESCRIPTION}` cannot be read as the description of a sweep; give another folder"
            ))),
        };
    }
    if let Some(name) = names.iter().find(|name| !name.starts_with('.')) {
        return Err(Stop::Usage(format!(
            "`{folder}` holds `{name}` and is no folder of a sweep; give a new or empty one"
        )));
    }
    if present.is_none() {
        results.make(folder).map_err(Stop::Usage)?;
    }
    results.write(folder, DESCRIPTION, here.as_bytes()).map_err(Stop::Usage)?;
    Ok(names)
}

/// Part `part`, if it is there and whole; one that cannot be read is made again.
fn kept(
    results: &dyn Results,
    folder: &str,
    made: &Made<'_>,
    part: usize,
    present: &[String],
    notes: &mut String,
) -> Result<Option<Table>, Stop> {
    let name = part_name(part);
    if !present.contains(&name) {
        return Ok(None);
    }
    let bytes = results.read(folder, &name).map_err(Stop::Storage)?;
    let Ok(table) = read_parquet(&bytes) else {
        let _ = writeln!(notes, "warning: `{folder}/{name}` is damaged and is made again");
        return Ok(None);
    };
    made.is_part(part, &table).map_err(|why| foreign(folder, &name, &why))?;
    Ok(Some(table))
}

/// A part of something else.
pub(crate) fn foreign(folder: &str, name: &str, why: &str) -> Stop {
    Stop::Usage(format!(
        "`{folder}/{name}` is no part of this sweep: {why}; nothing was overwritten"
    ))
}

/// What has been made so far.
#[derive(Default)]
struct Tally {
    rows: usize,
    parts: usize,
    parts_found: usize,
    /// Why draws failed, with how many, in the order met.
    failures: Vec<(String, usize)>,
}

impl Tally {
    fn add(&mut self, table: &Table, is_found: bool) {
        self.rows += table.n_rows();
        self.parts += 1;
        self.parts_found += usize::from(is_found);
        let Some(Column::Text(failures)) = table.column("failure") else { return };
        for why in failures.iter().flatten() {
            match self.failures.iter_mut().find(|(known, _)| known == &**why) {
                Some((_, n)) => *n += 1,
                None => self.failures.push((why.to_string(), 1)),
            }
        }
    }

    fn if_stopped(&self, n_parts: usize, folder: &str) -> String {
        format!(
            "{} of {} ({}) are kept in `{folder}`; the same command goes on from there",
            count(self.parts),
            of(n_parts, "part"),
            of(self.rows, "draw"),
        )
    }

    fn said(&self, made: &Made<'_>, n_parts: usize, folder: &str) -> String {
        let design = &made.varied.design;
        let mut out = format!(
            "{} of {} in `{folder}`: {} of {}, {} of them already there.\n",
            of(self.rows, "draw"),
            count(design.n_rows()),
            count(n_parts),
            of(made.n_parts(), "part"),
            count(self.parts_found),
        );
        let n_failed: usize = self.failures.iter().map(|f| f.1).sum();
        let _ = writeln!(out, "{} failed.", of(n_failed, "draw"));
        for (why, n) in self.failures.iter().take(REASONS) {
            let _ = writeln!(out, "  {}: {why}", count(*n));
        }
        let others: usize = self.failures.iter().skip(REASONS).map(|f| f.1).sum();
        if others > 0 {
            let _ = writeln!(out, "  {}: other reasons, in the column `failure`", count(others));
        }
        if design.n_rows() != made.options.draws {
            let _ = writeln!(
                out,
                "{} were asked for; the design comes in whole pieces.",
                of(made.options.draws, "draw")
            );
        }
        let _ = writeln!(out, "Design {}.", design.fingerprint());
        out
    }
}
