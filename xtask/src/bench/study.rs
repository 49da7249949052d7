//! The table of studies: sweeps of the flagship and of a small model, beside EMA Workbench.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};

use serde_json::Value;

#[path = "../../../crates/quantal/benches/support/figures.rs"]
mod figures;

use crate::step::{Broken, run_openly};
use crate::{oracle, workspace};
use figures::{median, thousands};

const FLAGSHIP: &str = "scenarios/atacms-2024";
/// A game that pygambit solves in a moment.
const SMALL: &str = "models/kydd-2000-reassurance";
const SCRIPT: &str = "xtask/bench/ema.py";

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Sizes {
    /// Draws of the flagship: the rate is the difference between the two.
    pub flagship: [usize; 2],
    /// Draws of the starter and the small model.
    pub starter: [usize; 2],
    /// Experiments of EMA Workbench: empty, and with pygambit.
    pub experiments: [usize; 2],
}

/// What the page shows.
pub const FULL: Sizes =
    Sizes { flagship: [64, 1_024], starter: [2_000, 22_000], experiments: [2_000, 20] };
/// Enough to see that it runs.
pub const TINY: Sizes = Sizes { flagship: [2, 4], starter: [100, 300], experiments: [20, 2] };

/// How often one thread and two sweep in turn; rate and ratio are medians.
const PAIRS: usize = 3;

/// One run of the command.
struct Ran {
    wall: Duration,
    /// Largest memory, in KiB; 0 where the system does not say.
    peak: u64,
}

/// Measures and gives the section of the page.
pub fn section(python: &Path, sizes: Sizes) -> Result<String, Broken> {
    oracle::with_packages(python, SCRIPT)?;
    run_openly(workspace::cargo(["build", "--release", "--quiet", "--package", "climbdown-cli"]))?;
    let climbdown = workspace::target().join("release").join(program());
    let scratch = workspace::target().join("bench-sweeps");
    let _ = fs::remove_dir_all(&scratch);
    let out = |name: &str| scratch.join(name);
    let mut rows = String::new();
    let mut pairs: Vec<[f64; 2]> = Vec::new();
    let mut peaks = Vec::new();
    let [few, many] = sizes.flagship;
    // One after the other, so that both sides of the ratio see the same load.
    for pair in 0..PAIRS {
        let mut slopes = [0.0; 2];
        for threads in [1, 2] {
            let folder = |n: usize| out(&format!("f{pair}-{threads}-{n}"));
            let small = sweep(&climbdown, FLAGSHIP, few, threads, &folder(few))?;
            let large = sweep(&climbdown, FLAGSHIP, many, threads, &folder(many))?;
            slopes[threads - 1] = slope(&small, &large, [few, many]);
            peaks = vec![small.peak, large.peak];
        }
        pairs.push(slopes);
    }
    let rate_of_two = median(pairs.iter().map(|pair| pair[1]).collect());
    let two_to_one = median(pairs.iter().map(|pair| pair[1] / pair[0]).collect());
    let (nodes, played): (u64, u64) = printed_by_bench("--policies")?;
    let _ = writeln!(
        rows,
        "| sweep of the flagship ({} nodes; each draw solves two policy games, {} nodes together), solved, measured, \
         written: draws a second, two threads; × nodes solved; × nodes of the whole game | {:.1}; {}; {} |",
        thousands(nodes as f64),
        thousands(played as f64),
        rate_of_two,
        thousands(rate_of_two * played as f64),
        thousands(rate_of_two * nodes as f64)
    );
    let _ = writeln!(rows, "| the same, two threads against one, on the wall | {two_to_one:.2} |");
    let _ = writeln!(
        rows,
        "| largest memory at {few} and {many} draws, two threads | {} and {} MiB |",
        peaks[0] / 1024,
        peaks[1] / 1024
    );
    let rate = |scenario: &str, name: &str| -> Result<f64, Broken> {
        let [few, many] = sizes.starter;
        let small = sweep(&climbdown, scenario, few, 1, &out(&format!("{name}-{few}")))?;
        let large = sweep(&climbdown, scenario, many, 1, &out(&format!("{name}-{many}")))?;
        Ok(slope(&small, &large, [few, many]))
    };
    let written = starter(&climbdown, &scratch)?;
    let written = written.to_string_lossy();
    let starter = rate(&written, "starter")?;
    let small = rate(SMALL, "small")?;
    let (starter_nodes, again): (u64, f64) = printed_by_bench("--starter")?;
    let few = sizes.starter[0];
    let empty = ema(
        python,
        &climbdown,
        &written,
        &out(&format!("starter-{few}")),
        [sizes.experiments[0], 0],
    )?;
    let games =
        ema(python, &climbdown, SMALL, &out(&format!("small-{few}")), [0, sizes.experiments[1]])?;
    let (empty, game) = (number(&empty["empty"]), number(&games["game"]));
    let micro = |seconds: f64| seconds * 1e6;
    let _ = writeln!(
        rows,
        "| one certified solve of a draw of the starter ({starter_nodes} nodes, what `climbdown new` writes), in lanes, \
         its numbers given, one thread, µs; one call of an empty Python function by EMA Workbench 2.5.3, µs; ratio | {:.1}; {:.1}; {:.2} |",
        micro(again),
        micro(empty),
        empty / again
    );
    let _ = writeln!(
        rows,
        "| one draw of the starter by `sweep`: two policy games solved, measured, written, one thread, µs; ratio | \
         {:.1}; {:.2} |",
        micro(1.0 / starter),
        starter * empty
    );
    let _ = writeln!(
        rows,
        "| draws of {SMALL} a second, one thread; the same inputs by EMA Workbench driving pygambit; ratio | \
         {}; {:.1}; {} |",
        thousands(small),
        1.0 / game,
        thousands(small * game)
    );
    let _ = fs::remove_dir_all(&scratch);
    Ok(format!(
        "\n## Studies\n\nSweeps by the command, at the file's Λ; rates from two sizes, so that preparing the question \
         is not in them, on the wall; of the flagship medians of three, one thread and two in turn. EMA Workbench runs one experiment after the other; its times are of the \
         processor.\n\n| what | measured |\n|---|---|\n{rows}"
    ))
}

fn program() -> &'static str {
    if cfg!(windows) { "climbdown.exe" } else { "climbdown" }
}

fn sweep(
    climbdown: &Path,
    scenario: &str,
    draws: usize,
    threads: usize,
    out: &PathBuf,
) -> Result<Ran, Broken> {
    let mut command = Command::new(climbdown);
    command.current_dir(workspace::root()).args(["sweep", scenario, "--quiet"]);
    command.args(["--draws", &draws.to_string(), "--threads", &threads.to_string(), "--out"]);
    command.arg(out).stdout(Stdio::null());
    let begin = Instant::now();
    let fault = |error| Broken::File(climbdown.to_path_buf(), error);
    let mut child = command.spawn().map_err(fault)?;
    let mut peak = 0;
    let status = loop {
        peak = peak.max(memory(child.id()));
        if let Some(status) = child.try_wait().map_err(fault)? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    if !status.success() {
        return Err(Broken::Missing(format!("`climbdown sweep {scenario}` ended with {status}")));
    }
    Ok(Ran { wall: begin.elapsed(), peak })
}

/// The largest memory of a running program so far, in KiB; 0 where the system does not say.
fn memory(id: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Draws a second, from two runs.
fn slope(small: &Ran, large: &Ran, [few, many]: [usize; 2]) -> f64 {
    (many - few) as f64
        / (large.wall.as_secs_f64() - small.wall.as_secs_f64()).max(f64::MIN_POSITIVE)
}

fn printed(mut command: Command) -> Result<Value, Broken> {
    let program = PathBuf::from(command.get_program());
    let out = command.stderr(Stdio::inherit()).output();
    let out = out.map_err(|error| Broken::File(program.clone(), error))?;
    let last = String::from_utf8_lossy(&out.stdout).into_owned();
    serde_json::from_str(&last)
        .map_err(|_| Broken::Missing(format!("{} printed no JSON", program.display())))
}

/// The scenario that `climbdown new` writes.
fn starter(climbdown: &Path, scratch: &Path) -> Result<PathBuf, Broken> {
    fs::create_dir_all(scratch).map_err(|error| Broken::File(scratch.to_path_buf(), error))?;
    let mut command = Command::new(climbdown);
    command.current_dir(scratch).args(["new", "starter"]);
    run_openly(command)?;
    Ok(scratch.join("starter"))
}

/// Two figures that the bench of scenarios prints when it is asked for `what`.
fn printed_by_bench<A: FromStr, B: FromStr>(what: &str) -> Result<(A, B), Broken> {
    let of = ["bench", "--quiet", "--package", "climbdown-study", "--bench", "scenarios", "--"];
    let mut command = workspace::cargo(of);
    command.arg(what);
    let program = PathBuf::from(command.get_program());
    let out = command.stderr(Stdio::inherit()).output();
    let out = out.map_err(|error| Broken::File(program, error))?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let pair = text.trim().split_once('\t');
    let pair = pair.and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    pair.ok_or_else(|| {
        Broken::Missing(format!("the bench of scenarios printed no figures for {what}"))
    })
}

fn ema(
    python: &Path,
    climbdown: &Path,
    scenario: &str,
    runs: &Path,
    [empty, games]: [usize; 2],
) -> Result<Value, Broken> {
    let mut command = Command::new(python);
    command.current_dir(workspace::root()).arg(workspace::root().join(SCRIPT));
    command.arg(runs.join("design.json")).arg(climbdown).arg(scenario);
    command.args([empty.to_string(), games.to_string()]);
    printed(command)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}
