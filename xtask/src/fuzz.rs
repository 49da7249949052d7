//! `cargo xtask fuzz`: random texts for the readers of game files, steered by what they reach.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Broken, run_openly};
use crate::{Outcome, workspace};

/// Help of `cargo xtask fuzz`.
pub const HELP: &str = "\
Usage: cargo xtask fuzz [--minutes N]

Runs each fuzz target of fuzz/ for N minutes (5 if not given), starting from the games of the catalog;
what it finds on the way is kept under target/fuzz and used the next time. Ends with 1 if a reader
panics, takes longer than 10 seconds or more than 2 GiB; the text is then in target/fuzz/found.
Needs a C++ compiler, for libFuzzer.";

const TARGETS: &[(&str, &str)] = &[("read_efg", "efg"), ("read_nfg", "nfg")];
/// Where seeds come from.
const SEEDS: &[&str] =
    &["crates/quantal/catalog", "crates/quantal/oracle/loads", "crates/quantal/oracle/random"];
/// Seeds beyond this would make most steps slow.
const LARGEST_SEED: u64 = 8192;
/// Counters on edges and comparisons, which libFuzzer steers by; as cargo-fuzz sets them.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Ccodegen-units=1";

/// Runs every target.
pub fn fuzz(arguments: &[String]) -> Outcome {
    let minutes: u64 = match arguments {
        [] => 5,
        [name, n] if name == "--minutes" => match n.parse() {
            Ok(n) if n > 0 => n,
            _ => return Outcome::Misused(format!("`{n}` is not a number of minutes.")),
        },
        _ => return Outcome::Misused("expected nothing, or --minutes N.".to_owned()),
    };
    match run(minutes) {
        Ok(()) => Outcome::Done,
        Err(broken) => {
            eprintln!("{broken}");
            Outcome::Wanting
        }
    }
}

fn run(minutes: u64) -> Result<(), Broken> {
    let home = workspace::target().join("fuzz");
    let Some(host) = host() else {
        return Err(Broken::Missing("rustc does not say which machine it builds for".to_owned()));
    };
    // Naming the machine keeps the flags away from what only runs while building.
    let mut build = workspace::cargo(["build", "--release", "--target", &host]);
    build.arg("--manifest-path").arg(workspace::root().join("fuzz/Cargo.toml"));
    build.env("RUSTFLAGS", FLAGS).env("CARGO_TARGET_DIR", &home);
    run_openly(build)?;
    let found = home.join("found");
    make(&found)?;
    for (target, ending) in TARGETS {
        let corpus = home.join("corpus").join(target);
        let seeds = home.join("seeds").join(target);
        make(&corpus)?;
        make(&seeds)?;
        for folder in SEEDS {
            copy_seeds(&workspace::root().join(folder), ending, &seeds)?;
        }
        println!("{target}: {minutes} min");
        let mut fuzz = Command::new(home.join(&host).join("release").join(target));
        fuzz.arg(format!("-max_total_time={}", minutes * 60));
        fuzz.args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=0"]);
        fuzz.arg(format!("-max_len={LARGEST_SEED}"));
        fuzz.arg(format!("-artifact_prefix={}/", found.display())).arg(corpus).arg(seeds);
        run_openly(fuzz)?;
    }
    Ok(())
}

/// The machine rustc builds for when nothing else is said.
fn host() -> Option<String> {
    let mut rustc = Command::new("rustc");
    rustc.arg("-vV");
    let output = String::from_utf8(rustc.output().ok()?.stdout).ok()?;
    output.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
}

fn make(folder: &PathBuf) -> Result<(), Broken> {
    fs::create_dir_all(folder).map_err(|error| Broken::File(folder.clone(), error))
}

fn copy_seeds(from: &Path, ending: &str, to: &Path) -> Result<(), Broken> {
    let broken = |error| Broken::File(from.to_owned(), error);
    for entry in fs::read_dir(from).map_err(broken)? {
        let entry = entry.map_err(broken)?;
        let is_small = entry.metadata().is_ok_and(|about| about.len() <= LARGEST_SEED);
        if is_small && entry.path().extension().is_some_and(|e| e == ending) {
            fs::copy(entry.path(), to.join(entry.file_name())).map_err(broken)?;
        }
    }
    Ok(())
}
