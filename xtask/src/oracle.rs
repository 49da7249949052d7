//! Reference answers: computed by another solver (the oracle), stored with the games, compared in tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Broken, Log, run_openly};
use crate::{Outcome, refuse_arguments, workspace};

/// Help of `cargo xtask oracle`.
pub const HELP: &str = "\
Usage: cargo xtask oracle

Computes all stored reference answers again with pygambit, in a virtual environment under target/,
and shows which files changed. Commit them together with the reason. `cargo xtask test` does a
small sample of the same.";

/// The oracle and its version; the stored answers name it too.
const PYGAMBIT: &str = "16.7.0";
/// Another reader of what our writers write; the checks go on without it.
const OPEN_SPIEL: &str = "2.0.2";
const RECOMPUTE: &str = "crates/quantal/oracle/recompute.py";
const LOADS: &str = "crates/quantal/oracle/loads.py";
const SAMPLE_SIZE: &str = "12";

/// Computes everything again and shows what changed.
pub fn oracle(arguments: &[String]) -> Outcome {
    if let Err(misused) = refuse_arguments(arguments) {
        return misused;
    }
    let recompute = || {
        let python = environment(run_openly)?;
        run_openly(script(&python, RECOMPUTE, &[])?)?;
        run_openly(script(&python, LOADS, &[])?)
    };
    if let Err(broken) = recompute() {
        eprintln!("{broken}");
        return Outcome::Wanting;
    }
    show_changes("crates/quantal");
    Outcome::Done
}

/// Computes a few small answers again, and has other programs load what our writers wrote; fails where
/// an answer differs from the stored one or a text is refused.
pub fn sample(log: &Log) -> Result<(), Broken> {
    let python = environment(|command| log.run(command))?;
    log.run(script(&python, RECOMPUTE, &["--check-sample", SAMPLE_SIZE])?)?;
    log.run(script(&python, LOADS, &[])?)
}

/// Shows which tracked or new files under `path` differ from the last commit.
pub fn show_changes(path: &str) {
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(workspace::root()).args(arguments).args(["--", path]);
        git
    };
    if !workspace::works(git(&["status"])) {
        println!("What changed under {path} cannot be shown: no git here.");
        return;
    }
    if workspace::first_line(git(&["status", "--short"])).is_none() {
        println!("Nothing changed under {path}.");
        return;
    }
    println!("Changed under {path}:");
    for command in [git(&["status", "--short"]), git(&["--no-pager", "diff", "--stat"])] {
        if let Err(broken) = run_openly(command) {
            eprintln!("{broken}");
        }
    }
}

fn script(python: &Path, path: &str, arguments: &[&str]) -> Result<Command, Broken> {
    let script = workspace::root().join(path);
    if !script.is_file() {
        return Err(Broken::Missing(format!("{path} is missing")));
    }
    let mut command = Command::new(python);
    command.current_dir(workspace::root()).arg(script).args(arguments);
    Ok(command)
}

/// Makes sure that there is a virtual environment with the oracle in it; gives its Python.
pub fn environment(run: impl Fn(Command) -> Result<(), Broken>) -> Result<PathBuf, Broken> {
    let folder = workspace::target().join("venv");
    let python = if cfg!(windows) {
        folder.join("Scripts").join("python.exe")
    } else {
        folder.join("bin").join("python")
    };
    let asks = |code: &str| {
        let mut command = Command::new(&python);
        command.args(["-c", code]);
        command
    };

    let has = |name: &str, wanted: &str| {
        let version = format!("import importlib.metadata as m; print(m.version('{name}'))");
        workspace::first_line(asks(&version)).as_deref() == Some(wanted)
    };
    let install = |name: &str, version: &str| {
        let mut install = Command::new(&python);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        install.arg(format!("{name}=={version}"));
        run(install)
    };
    if !has("pygambit", PYGAMBIT) {
        if !workspace::works(asks("import pip")) {
            // `--clear` because half an environment may be left from a run that was stopped.
            let mut make = Command::new("python3");
            make.args(["-m", "venv", "--clear"]).arg(&folder);
            run(make)?;
        }
        install("pygambit", PYGAMBIT)?;
    }
    if !has("open_spiel", OPEN_SPIEL)
        && let Err(broken) = install("open_spiel", OPEN_SPIEL)
    {
        println!("OpenSpiel cannot be installed here, so what it reads is not checked ({broken})");
    }
    Ok(python)
}
