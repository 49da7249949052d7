//! Reference answers: computed by other programs (the oracles), stored with what they are about, compared
//! in tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Broken, Log, run_openly};
use crate::{Outcome, refuse_arguments, workspace};

/// Help of `cargo xtask oracle`.
pub const HELP: &str = "\
Usage: cargo xtask oracle

Computes all stored reference answers again: of games with pygambit, of studies with the packages that
the scripts in crates/climbdown-study/oracle name; in a virtual environment under target/. Shows which
files changed. Commit them together with the reason. `cargo xtask test` does a small sample of the same.";

/// The oracle and its version; the stored answers name it too.
const PYGAMBIT: &str = "16.7.0";
/// Another reader of what our writers write; the checks go on without it.
const OPEN_SPIEL: &str = "2.0.2";
const RECOMPUTE: &str = "crates/quantal/oracle/recompute.py";
const LOADS: &str = "crates/quantal/oracle/loads.py";
const SAMPLE_SIZE: &str = "12";
/// Scripts that each compute one file of answers. Each takes `--write` or `--check`, and names the
/// packages it needs, with versions, in its inline metadata (PEP 723).
const STUDY: &str = "crates/climbdown-study/oracle";

/// Computes everything again and shows what changed.
pub fn oracle(arguments: &[String]) -> Outcome {
    if let Err(misused) = refuse_arguments(arguments) {
        return misused;
    }
    let recompute = || {
        let python = environment(run_openly)?;
        run_openly(script(&python, RECOMPUTE, &[])?)?;
        run_openly(script(&python, LOADS, &[])?)?;
        study(&python, "--write", run_openly)
    };
    if let Err(broken) = recompute() {
        eprintln!("{broken}");
        return Outcome::Wanting;
    }
    show_changes("crates");
    Outcome::Done
}

/// Computes a few small answers again, and has other programs load what our writers wrote; fails where
/// an answer differs from the stored one or a text is refused.
pub fn sample(log: &Log) -> Result<(), Broken> {
    let python = environment(|command| log.run(command))?;
    log.run(script(&python, RECOMPUTE, &["--check-sample", SAMPLE_SIZE])?)?;
    log.run(script(&python, LOADS, &[])?)?;
    study(&python, "--check", |command| log.run(command))
}

/// Runs every script of the study's oracles with `argument`, after its packages are there.
fn study(
    python: &Path,
    argument: &str,
    run: impl Fn(Command) -> Result<(), Broken>,
) -> Result<(), Broken> {
    let folder = workspace::root().join(STUDY);
    let fault = |path: &Path| {
        let path = path.to_path_buf();
        |error| Broken::File(path, error)
    };
    let mut scripts: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(&folder).map_err(fault(&folder))? {
        let path = entry.map_err(fault(&folder))?.path();
        if path.extension().is_some_and(|extension| extension == "py") {
            scripts.push(path);
        }
    }
    scripts.sort();
    for path in scripts {
        provide(python, &path, &run)?;
        let mut command = Command::new(python);
        command.current_dir(workspace::root()).arg(&path).arg(argument);
        run(command)?;
    }
    Ok(())
}

/// Makes sure that the packages which a script names are there.
fn provide(
    python: &Path,
    path: &Path,
    run: impl Fn(Command) -> Result<(), Broken>,
) -> Result<(), Broken> {
    let text = fs::read_to_string(path).map_err(|error| Broken::File(path.to_path_buf(), error))?;
    let packages = packages(&text).ok_or_else(|| {
        let words = "has no line `# dependencies = [\"NAME==VERSION\", ...]`";
        Broken::Missing(format!("{} {words}", path.display()))
    })?;
    if !packages.iter().all(|(name, version)| has(python, name, version)) {
        let wanted = packages.iter().map(|(name, version)| format!("{name}=={version}"));
        run(install(python, wanted))?;
    }
    Ok(())
}

/// The same for the script at `path` from the root.
pub fn with_packages(python: &Path, path: &str) -> Result<(), Broken> {
    provide(python, &workspace::root().join(path), run_openly)
}

/// The packages that a script's metadata names, each with its version.
fn packages(script: &str) -> Option<Vec<(&str, &str)>> {
    let list = script.lines().find_map(|line| line.strip_prefix("# dependencies = ["))?;
    let quoted = list.strip_suffix(']')?.split('"').skip(1).step_by(2);
    quoted.map(|package| package.split_once("==")).collect()
}

/// Whether a package is installed in this version.
fn has(python: &Path, name: &str, wanted: &str) -> bool {
    let version = format!("import importlib.metadata as m; print(m.version('{name}'))");
    workspace::first_line(asks(python, &version)).as_deref() == Some(wanted)
}

fn asks(python: &Path, code: &str) -> Command {
    let mut command = Command::new(python);
    command.args(["-c", code]);
    command
}

fn install(python: &Path, packages: impl IntoIterator<Item = String>) -> Command {
    let mut install = Command::new(python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    install.args(packages);
    install
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
    if !has(&python, "pygambit", PYGAMBIT) {
        if !workspace::works(asks(&python, "import pip")) {
            // `--clear` because half an environment may be left from a run that was stopped.
            let mut make = Command::new("python3");
            make.args(["-m", "venv", "--clear"]).arg(&folder);
            run(make)?;
        }
        run(install(&python, [format!("pygambit=={PYGAMBIT}")]))?;
    }
    if !has(&python, "open_spiel", OPEN_SPIEL)
        && let Err(broken) = run(install(&python, [format!("open_spiel=={OPEN_SPIEL}")]))
    {
        println!("OpenSpiel cannot be installed here, so what it reads is not checked ({broken})");
    }
    Ok(python)
}

#[cfg(test)]
mod tests {
    use super::packages;

    #[test]
    fn a_script_names_its_packages() {
        let script = "#!/usr/bin/env python3\n# /// script\n# dependencies = [\"a==1.2\", \"b-c==3\"]\n# ///\n";
        assert_eq!(packages(script), Some(vec![("a", "1.2"), ("b-c", "3")]));
        assert_eq!(packages("# dependencies = [\"a\"]\n"), None);
        assert_eq!(packages("import a\n"), None);
    }
}
