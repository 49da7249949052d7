//! `simulate`: sampled crises, as sentences or as a file.

use climbdown_report::columns::{self, NoTable, Table};
use climbdown_report::crises::{Sampled, n_steps, table, text};
use climbdown_report::number::{count, of};
use climbdown_study::simulate::{SimulateOptions, simulate};

use crate::request::{Output, OutputFile, Sampling};
use crate::stop::{Exit, Stop};
use crate::{Done, Options, TOLERANCE, Watch, World, compiled, numbers};

/// Most paths at once. Paths are examples; what they would average to is computed exactly.
const MOST_PATHS: usize = 100_000;
/// Most cells of a table, about 1 GB.
const MOST_CELLS: usize = 50_000_000;

/// A file format, by the end of the file's name.
#[derive(Clone, Copy)]
enum Format {
    Csv,
    Parquet,
}

pub(crate) fn run(
    world: &dyn World,
    file: &str,
    sampling: &Sampling,
    options: &Options,
    notes: &mut String,
    watch: Watch<'_>,
) -> Result<Done, Stop> {
    let out = sampling.out.as_deref().map(|path| format_of(path).map(|format| (path, format)));
    let out = out.transpose()?;
    if !(1..=MOST_PATHS).contains(&sampling.n_paths) {
        return Err(Stop::Usage(format!(
            "--paths {}: give a number from 1 to {}",
            sampling.n_paths,
            count(MOST_PATHS)
        )));
    }
    if options.lambda_raw.is_some() {
        return Err(Stop::Usage(
            "--lambda-raw is for solve and export: crises are sampled at a Λ in stakes".to_owned(),
        ));
    }
    let c = compiled(world, file, options, notes)?;
    let how = SimulateOptions {
        lambda: numbers::lambda(options.lambda.unwrap_or(c.checked.scenario.lambda))?.get(),
        tolerance: TOLERANCE,
        policy: sampling.policy,
        seed: options.seed,
        n_paths: sampling.n_paths,
    };
    let simulated = simulate(&c.template, &c.assignment, &how, watch)
        .map_err(|why| Stop::unanswered(why, &c.checked.map))?;
    let run = crate::run_info(&c, options);
    let sampled = Sampled {
        simulated: &simulated,
        template: &c.template,
        policy: sampling.policy,
        run: &run,
    };
    let Some((path, format)) = out else { return Ok(Done::text(text(&sampled))) };
    let n_rows = n_steps(&simulated);
    if n_rows.saturating_mul(c.checked.scenario.variables.len()) > MOST_CELLS {
        return Err(Stop::Usage(format!(
            "--paths {}: {} steps are too many for one file; give fewer paths",
            sampling.n_paths,
            count(n_rows)
        )));
    }
    let bytes = written(&table(&sampled), format)
        .map_err(|why| Stop::Usage(format!("--out {path}: the table cannot be written: {why}")))?;
    let said = format!(
        "{path}: {}, one row for each of {}\n",
        of(sampling.n_paths, "path"),
        of(n_rows, "step")
    );
    let output = Output::File(OutputFile { path: path.to_owned(), bytes, said });
    Ok(Done { output, files: Vec::new(), exit: Exit::Done })
}

fn format_of(path: &str) -> Result<Format, Stop> {
    let end = path.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    match end.as_deref() {
        Some("csv") => Ok(Format::Csv),
        Some("parquet") => Ok(Format::Parquet),
        _ => Err(Stop::Usage(format!("--out {path}: give a name that ends in .csv or .parquet"))),
    }
}

fn written(table: &Table, format: Format) -> Result<Vec<u8>, NoTable> {
    match format {
        Format::Csv => columns::csv(table),
        Format::Parquet => columns::parquet(table),
    }
}
