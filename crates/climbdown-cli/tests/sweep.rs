//! Sweeps as they are run: parts, shards, a kill in the middle, and folders that hold something else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

const STARTER: &str = "scenarios/tiny-ladder";

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_climbdown"));
    command.args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    command
}

fn climbdown(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the command runs")
}

fn sweep(scenario: &str, folder: &Path, more: &[&str]) -> Output {
    let folder = folder.to_str().expect("text");
    climbdown(&[&["sweep", scenario, "--out", folder][..], more].concat())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Every file of a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path());
    let name = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    entries.map(|path| (name(&path), fs::read(&path).expect("a file"))).collect()
}

#[test]
fn shards_in_any_order_on_any_threads_are_the_bytes_of_one_run() {
    let scratch = tempfile::tempdir().expect("a folder");
    let (whole, sharded) = (scratch.path().join("whole"), scratch.path().join("sharded"));
    let how = ["--draws", "100", "--part-rows", "16", "--vary", "lambda=2,5", "--vary", "memory"];
    let done = sweep(STARTER, &whole, &how);
    assert!(done.status.success(), "{}", said(&done));
    for (shard, threads) in [("3/3", "2"), ("1/3", "1"), ("2/3", "2")] {
        let more = [&how[..], &["--shard", shard, "--threads", threads]].concat();
        assert!(sweep(STARTER, &sharded, &more).status.success());
    }
    let found = files(&whole);
    // 100 draws in parts of 16 are seven parts, beside the description.
    assert_eq!(found.len(), 8);
    assert_eq!(found, files(&sharded));
}

#[test]
fn a_killed_sweep_goes_on_and_loses_and_repeats_nothing() {
    let scratch = tempfile::tempdir().expect("a folder");
    let (whole, killed) = (scratch.path().join("whole"), scratch.path().join("killed"));
    let how = ["--draws", "4000", "--part-rows", "50", "--threads", "1"];
    assert!(sweep(STARTER, &whole, &how).status.success());
    let folder = killed.to_str().expect("text");
    let arguments = [&["sweep", STARTER, "--out", folder][..], &how].concat();
    let mut running =
        command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
    let n_parts = || {
        let entries = fs::read_dir(&killed).into_iter().flatten().flatten();
        entries.filter(|e| e.file_name().to_string_lossy().starts_with("part-")).count()
    };
    while n_parts() < 3 && running.try_wait().expect("a state").is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    // SIGKILL: no handler of the command runs.
    running.kill().expect("it can be killed");
    running.wait().expect("it ends");
    let kept = files(&killed);
    let n_kept = n_parts();
    assert!((3..80).contains(&n_kept), "{n_kept} of 80 parts");
    // A part that was being written when the machine stopped.
    fs::write(killed.join(".part-00079.parquet.1.tmp"), b"PAR1 torn").expect("written");
    let done = sweep(STARTER, &killed, &how);
    assert!(done.status.success(), "{}", said(&done));
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(text.contains(&format!("80 of 80 parts, {n_kept} of them already there")), "{text}");
    let found = files(&killed);
    assert_eq!(found, files(&whole));
    for (name, bytes) in kept.iter().filter(|(name, _)| !name.starts_with('.')) {
        assert_eq!(found.get(name), Some(bytes), "{name} was made twice");
    }
}

#[test]
fn another_sweep_is_never_written_over() {
    let scratch = tempfile::tempdir().expect("a folder");
    let folder = scratch.path().join("runs");
    assert!(sweep(STARTER, &folder, &["--draws", "20"]).status.success());
    let before = files(&folder);
    let refused = |scenario: &str, how: &[&str], names: &str| {
        let done = sweep(scenario, &folder, how);
        assert_eq!(done.status.code(), Some(2), "{how:?}");
        assert!(said(&done).contains(names), "{how:?}: {}", said(&done));
        assert_eq!(files(&folder), before, "{how:?}");
    };
    refused(STARTER, &["--draws", "21"], "design.draws_asked is 20 there and 21 here");
    refused(STARTER, &["--draws", "20", "--seed", "2"], "design.seed is 1 there and 2 here");
    refused(STARTER, &["--draws", "20", "--lambda", "4"], "run.lambda is 5.0 there and 4.0 here");
    refused(STARTER, &["--draws", "20", "--set", "face=0.3"], "run.overrides.face");
    refused(STARTER, &["--draws", "20", "--memory", "history"], "run.memory");
    refused(STARTER, &["--draws", "20", "--design", "sobol"], "design.layout");
    refused(STARTER, &["--draws", "20", "--vary", "memory"], "run.vary.memory");
    refused(STARTER, &["--draws", "20", "--part-rows", "7"], "parts.rows is 1024 there and 7 here");
    refused("scenarios/berlin-1961", &["--draws", "20"], "scenario.sha256");
    let other = scratch.path().join("other");
    fs::create_dir(&other).expect("a folder");
    fs::write(other.join("notes.txt"), "mine").expect("a file");
    let done = sweep(STARTER, &other, &["--draws", "20"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(said(&done).contains("`notes.txt`"), "{}", said(&done));
}

#[test]
fn a_part_of_something_else_is_named_and_a_damaged_one_made_again() {
    let scratch = tempfile::tempdir().expect("a folder");
    let (one, two) = (scratch.path().join("one"), scratch.path().join("two"));
    let how = ["--draws", "20", "--part-rows", "10"];
    assert!(sweep(STARTER, &one, &how).status.success());
    assert!(sweep(STARTER, &two, &[&how[..], &["--seed", "2"]].concat()).status.success());
    let before = files(&one);
    fs::copy(two.join("part-00001.parquet"), one.join("part-00001.parquet")).expect("copied");
    let done = sweep(STARTER, &one, &how);
    assert_eq!(done.status.code(), Some(2));
    assert!(
        said(&done).contains("part-00001.parquet` is no part of this sweep"),
        "{}",
        said(&done)
    );
    fs::write(one.join("part-00001.parquet"), b"PAR1").expect("written");
    let done = sweep(STARTER, &one, &how);
    assert!(done.status.success());
    assert!(said(&done).contains("is damaged and is made again"), "{}", said(&done));
    assert_eq!(files(&one), before);
}

#[test]
fn what_cannot_be_swept_is_wrong_usage() {
    let scratch = tempfile::tempdir().expect("a folder");
    let file = scratch.path().join("file");
    fs::write(&file, "").expect("a file");
    let new = scratch.path().join("new");
    for (folder, how) in [
        (&file, &["--draws", "4"][..]),
        (&new, &["--draws", "0"]),
        (&new, &["--draws", "4", "--shard", "0/3"]),
        (&new, &["--draws", "4", "--shard", "4/3"]),
        (&new, &["--draws", "4", "--design", "grid"]),
        (&new, &["--draws", "4", "--vary", "lambda=5"]),
        (&new, &["--draws", "4", "--vary", "lambda=1,1"]),
        (&new, &["--draws", "4", "--vary", "lambda=1,-1"]),
        (&new, &["--draws", "4", "--vary", "mood"]),
        // The starter has no rival explanations.
        (&new, &["--draws", "4", "--vary", "hypotheses"]),
        (&new, &["--draws", "4", "--only", "patiense"]),
        (&new, &["--draws", "4", "--lambda-raw", "1"]),
    ] {
        let done = sweep(STARTER, folder, how);
        assert_eq!(done.status.code(), Some(2), "{how:?}");
        assert!(!said(&done).is_empty() && !new.exists(), "{how:?}: {}", said(&done));
    }
}

/// The starter with a probability, p (1 − p) / 0.21, that is one at the ends of the range of p and rises
/// above 1 between 0.3 and 0.7. `check` looks at the ends.
fn with_impossible_draws(scratch: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(STARTER);
    let folder = scratch.join("scenarios/tiny-ladder");
    fs::create_dir_all(&folder).expect("a folder");
    for entry in fs::read_dir(&root).expect("a folder").flatten().filter(|e| e.path().is_file()) {
        fs::copy(entry.path(), folder.join(entry.file_name())).expect("copied");
    }
    let text = fs::read_to_string(folder.join("scenario.toml")).expect("text");
    let text = text
        .replace("p_talks = \"0.5 [0.2, 0.8]", "p_talks = \"0.25 [0.2, 0.8]")
        .replace("probability = \"p_talks\"", "probability = \"p_talks * (1 - p_talks) / 0.21\"");
    fs::write(folder.join("scenario.toml"), text).expect("written");
    folder.to_str().expect("text").to_owned()
}

#[test]
fn draws_whose_numbers_are_impossible_fail_and_are_counted() {
    let scratch = tempfile::tempdir().expect("a folder");
    let scenario = with_impossible_draws(scratch.path());
    let folder = scratch.path().join("runs");
    let done = sweep(&scenario, &folder, &["--draws", "60"]);
    assert!(done.status.success(), "{}", said(&done));
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    // A Latin hypercube of 60 puts one draw into each hundredth of [0.2, 0.8]; 40 lie between 0.3 and 0.7.
    assert!(text.contains("40 draws failed."), "{text}");
}

#[test]
fn the_description_says_what_is_needed_to_make_it_again() {
    let scratch = tempfile::tempdir().expect("a folder");
    let folder = scratch.path().join("runs");
    assert!(sweep(STARTER, &folder, &["--draws", "5", "--set", "face=0.3"]).status.success());
    let text = fs::read_to_string(folder.join("design.json")).expect("a description");
    let json: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["design"]["draws"], 5);
    assert_eq!(json["run"]["overrides"]["face"], 0.3);
    let inputs = json["design"]["inputs"].as_array().expect("a list");
    // The starter has 20 numbers with a range, and one of them was set.
    assert_eq!(inputs.len(), 19);
    assert!(inputs.iter().all(|input| input["name"] != "face"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_says_what_was_kept_and_the_same_command_goes_on() {
    let scratch = tempfile::tempdir().expect("a folder");
    let folder = scratch.path().join("runs");
    let text = folder.to_str().expect("text");
    let how = ["--draws", "4000", "--part-rows", "50", "--threads", "1"];
    let arguments = [&["sweep", STARTER, "--out", text][..], &how].concat();
    let mut command = command(&arguments);
    let running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    while !folder.join("part-00002.parquet").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let signal = Command::new("kill").args(["-INT", &running.id().to_string()]).status();
    assert!(signal.expect("kill is there").success());
    let done = running.wait_with_output().expect("it ends");
    assert_eq!(done.status.code(), Some(130), "{}", said(&done));
    let names = files(&folder);
    let n_parts = names.keys().filter(|name| name.starts_with("part-")).count();
    assert!(names.keys().all(|name| !name.starts_with('.')), "{:?}", names.keys());
    assert!(said(&done).contains(&format!("{n_parts} of 80 parts")), "{}", said(&done));
    let done = sweep(STARTER, &folder, &how);
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(text.contains(&format!("{n_parts} of them already there")), "{text}");
}
