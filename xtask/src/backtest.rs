//! `cargo xtask backtest`: every history of the shelf replayed, and the page that shows the scores.

mod page;
mod plot;
mod pooled;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::step::{Broken, Log};
use crate::{Outcome, oracle, refuse_arguments, workspace};

/// Help of `cargo xtask backtest`.
pub const HELP: &str = "\
Usage: cargo xtask backtest

Replays every scenario that has a history, with the command built for release, and writes
docs/backtests.md and docs/backtests-calibration.svg. Takes about a minute of processor time.
What is said there about why the model was wrong comes from scenarios/*/lessons.md.";

const PAGE: &str = "docs/backtests.md";
const PICTURE: &str = "docs/backtests-calibration.svg";

/// One crisis, replayed.
pub(crate) struct Crisis {
    /// Name of its folder.
    pub(crate) folder: String,
    /// What `replay --json` printed.
    pub(crate) replay: Value,
    /// What somebody wrote about where the model was wrong, if anybody did.
    pub(crate) lessons: Option<String>,
}

/// Replays everything and writes the page.
pub fn backtest(arguments: &[String]) -> Outcome {
    if let Err(misused) = refuse_arguments(arguments) {
        return misused;
    }
    let written = Log::new("backtest").and_then(|log| made(&log)).and_then(|files| {
        files.into_iter().try_for_each(|(path, text)| {
            let path = workspace::root().join(path);
            fs::write(&path, text).map_err(|error| Broken::File(path, error))
        })
    });
    match written {
        Ok(()) => {
            oracle::show_changes(PAGE);
            Outcome::Done
        }
        Err(broken) => {
            eprintln!("{broken}");
            Outcome::Wanting
        }
    }
}

/// Whether the stored page is what the code computes.
///
/// # Errors
/// If it is not, or a scenario does not replay.
pub fn check(log: &Log) -> Result<(), Broken> {
    for (path, text) in made(log)? {
        let stored = fs::read_to_string(workspace::root().join(path)).unwrap_or_default();
        if stored != text {
            let first = stored.lines().zip(text.lines()).position(|(a, b)| a != b);
            let line =
                first.unwrap_or_else(|| stored.lines().count().min(text.lines().count())) + 1;
            return Err(Broken::Missing(format!(
                "{path} is not what the code computes, from line {line} on; run \
                 `cargo xtask backtest` and read what changed"
            )));
        }
    }
    Ok(())
}

/// The files, with their texts.
fn made(log: &Log) -> Result<[(&'static str, String); 2], Broken> {
    log.run(workspace::cargo(["build", "--quiet", "--release", "--package", "climbdown-cli"]))?;
    let program = format!("release/climbdown{}", std::env::consts::EXE_SUFFIX);
    let program = workspace::target().join(program);
    let crises: Vec<Crisis> =
        folders()?.iter().map(|folder| replayed(&program, folder)).collect::<Result<_, _>>()?;
    Ok([(PAGE, page::page(&crises)), (PICTURE, plot::svg(&pooled::bins(&crises, false)))])
}

/// Folders of scenarios with a history, in the order of their names.
fn folders() -> Result<Vec<PathBuf>, Broken> {
    let shelf = workspace::root().join("scenarios");
    let fault = |error| Broken::File(shelf.clone(), error);
    let mut found = Vec::new();
    for entry in fs::read_dir(&shelf).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.join("history.csv").is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn replayed(program: &Path, path: &Path) -> Result<Crisis, Broken> {
    let folder = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = format!("scenarios/{folder}");
    let mut command = Command::new(program);
    command.args(["replay", &name, "--json", "--quiet"]).current_dir(workspace::root());
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Broken::NotStarted(format!("climbdown replay {name}"), error))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Broken::Missing(format!("{name} does not replay:\n{words}")));
    }
    let replay = serde_json::from_slice(&output.stdout).map_err(|error| {
        Broken::Missing(format!("{name}: what replay printed is no JSON: {error}"))
    })?;
    let lessons = fs::read_to_string(path.join("lessons.md")).ok();
    Ok(Crisis { folder, replay, lessons })
}
