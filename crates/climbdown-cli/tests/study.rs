//! Explorations as they are run: from own draws and from a sweep, with failures, correlations and refusals.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const STARTER: &str = "scenarios/tiny-ladder";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn climbdown(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_climbdown"));
    command.args(arguments).current_dir(root()).output().expect("the command runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(arguments: &[&str]) -> Value {
    let done = climbdown(&[arguments, &["--json"]].concat());
    assert!(done.status.success(), "{}", said(&done));
    serde_json::from_slice(&done.stdout).expect("JSON")
}

/// A copy of the starter with some of its text replaced, and more at its end.
fn starter(scratch: &Path, replaced: &[(&str, &str)], more: &str) -> String {
    let folder = scratch.join("tiny-ladder");
    fs::create_dir_all(&folder).expect("a folder");
    let text = fs::read_to_string(root().join(STARTER).join("scenario.toml")).expect("text");
    let text = replaced.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    fs::write(folder.join("scenario.toml"), format!("{text}\n{more}")).expect("written");
    folder.to_str().expect("text").to_owned()
}

fn correlation(first: &str, second: &str, rank: f64) -> String {
    format!(
        "[[correlations]]\nbetween = [\"{first}\", \"{second}\"]\nrank = {rank}\nsource = \"judgement\"\n"
    )
}

#[test]
fn a_study_is_the_same_at_any_number_of_threads_and_from_a_sweep() {
    let own = ["study", STARTER, "--draws", "128"];
    let one = json(&[&own[..], &["--threads", "1"]].concat());
    assert_eq!(one, json(&[&own[..], &["--threads", "2"]].concat()));
    for key in ["morris", "sobol", "given_data", "pawn"] {
        assert!(!one["sensitivity"][key].is_null(), "{key}");
    }
    let scratch = tempfile::tempdir().expect("a folder");
    let runs = scratch.path().join("runs");
    let runs = runs.to_str().expect("text");
    let how = ["sweep", STARTER, "--draws", "128", "--part-rows", "50", "--out", runs];
    assert!(climbdown(&how).status.success());
    let read = json(&["study", STARTER, "--runs", runs]);
    // The same design and the same seed: what a sample tells does not depend on where it was kept.
    for key in ["given_data", "pawn"] {
        assert_eq!(one["sensitivity"][key], read["sensitivity"][key], "{key}");
    }
    assert_eq!(one["boxes"], read["boxes"]);
    assert_eq!(one["samples"][0], read["samples"][0]);
    assert!(read["sensitivity"]["sobol"].is_null() && read["sensitivity"]["morris"].is_null());
}

#[test]
fn indices_of_an_assumption_are_those_of_what_it_binds() {
    let found =
        json(&["study", STARTER, "--draws", "32", "--method", "sobol", "--groups", "assumptions"]);
    let inputs = found["sensitivity"]["sobol"]["inputs"].as_array().expect("a list");
    let bluff = inputs.iter().find(|i| i["name"] == "assumption bluff").expect("a group");
    let assumption = &found["assumptions"][0];
    assert_eq!(assumption["id"], "bluff");
    assert_eq!(assumption["sobol_first"], bluff["first"]["value"]);
    assert_eq!(assumption["sobol_total"], bluff["total"]["value"]);
    // Nothing was screened out: 19 other inputs and the group.
    assert_eq!(inputs.len(), 20);
}

#[test]
fn failed_draws_are_counted_before_anything_else_and_never_filled_in() {
    let scratch = tempfile::tempdir().expect("a folder");
    let replaced = [
        ("p_talks = \"0.5 [0.2, 0.8]", "p_talks = \"0.25 [0.2, 0.8]"),
        ("probability = \"p_talks\"", "probability = \"p_talks * (1 - p_talks) / 0.21\""),
    ];
    let scenario = starter(scratch.path(), &replaced, "");
    let arguments = ["study", &scenario, "--draws", "60", "--method", "given-data,prim"];
    let done = climbdown(&arguments);
    assert!(done.status.success(), "{}", said(&done));
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    // p (1 - p) / 0.21 is above 1 between 0.3 and 0.7, which is 40 of the 60 strata of [0.2, 0.8].
    assert!(text.contains("DRAWS   40 failed of 60 draws"), "{text}");
    let found = json(&arguments);
    assert_eq!(found["run"]["failed_draws"], 40);
    assert_eq!(found["sensitivity"]["given_data"]["counted"]["used"], 20);
    for discovery in found["discoveries"].as_array().expect("a list") {
        assert_eq!((&discovery["draws"], &discovery["left_out"]), (&20.into(), &40.into()));
    }
}

#[test]
fn runs_of_something_else_are_refused() {
    let scratch = tempfile::tempdir().expect("a folder");
    let path = |name: &str| scratch.path().join(name).to_str().expect("text").to_owned();
    let (runs, other) = (path("runs"), path("other"));
    for (folder, seed) in [(&runs, "1"), (&other, "2")] {
        let how = ["sweep", STARTER, "--draws", "40", "--part-rows", "20", "--out"];
        assert!(climbdown(&[&how[..], &[folder, "--seed", seed]].concat()).status.success());
    }
    let refused = |scenario: &str, folder: &str, more: &[&str], names: &str| {
        let done = climbdown(&[&["study", scenario, "--runs", folder][..], more].concat());
        assert_eq!(done.status.code(), Some(2), "{names}: {}", said(&done));
        assert!(said(&done).contains(names), "{names}: {}", said(&done));
    };
    refused("scenarios/berlin-1961", &runs, &[], "scenario.sha256 is");
    refused(STARTER, &path("nowhere"), &[], "holds no sweep");
    refused(STARTER, &runs, &["--method", "sobol"], "--method");
    refused(STARTER, &runs, &["--measure", "effect.as_policy.mesure.change"], "did you mean");
    refused(STARTER, &runs, &["--where", "verdict.degre>1"], "--where");
    let part = |folder: &str| Path::new(folder).join("part-00001.parquet");
    fs::copy(part(&other), part(&runs)).expect("copied");
    refused(STARTER, &runs, &[], "its design.fingerprint is");
    fs::remove_file(part(&runs)).expect("removed");
    refused(STARTER, &runs, &[], "is not complete");
    let description = Path::new(&other).join("design.json");
    let text = fs::read_to_string(&description).expect("text");
    fs::write(&description, text.replace("\"seed\": 2", "\"seed\": 3")).expect("written");
    refused(STARTER, &other, &[], "design.fingerprint is");
}

#[test]
fn correlated_inputs_are_drawn_so_and_refused_where_they_must_be() {
    let scratch = tempfile::tempdir().expect("a folder");
    let runs = scratch.path().join("runs");
    let runs = runs.to_str().expect("text");
    let more = correlation("face", "shame", 0.9);
    let scenario = starter(scratch.path(), &[], &more);
    let done =
        climbdown(&["sweep", &scenario, "--draws", "8", "--design", "saltelli", "--out", runs]);
    assert_eq!(done.status.code(), Some(2));
    assert!(said(&done).contains("independent"), "{}", said(&done));
    let found = json(&["study", &scenario, "--draws", "64", "--method", "sobol,given-data"]);
    assert!(
        found["sensitivity"]["sobol"].is_null() && !found["sensitivity"]["given_data"].is_null()
    );
    let plain = json(&["study", STARTER, "--draws", "64", "--method", "given-data"]);
    assert_ne!(found["samples"][0]["design"], plain["samples"][0]["design"]);
    assert!(climbdown(&["sweep", &scenario, "--draws", "8", "--out", runs]).status.success());
    let text = fs::read_to_string(Path::new(runs).join("design.json")).expect("a description");
    let design: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(design["design"]["correlations"][0]["rank"], 0.9);
    // 1 + 2abc − a² − b² − c² is below 0 for scores of 0.9, 0.9 and −0.9.
    let all = [correlation("shame", "hurt", 0.9), correlation("face", "hurt", -0.9), more].concat();
    let scenario = starter(scratch.path(), &[], &all);
    let done = climbdown(&["check", &scenario]);
    assert_eq!(done.status.code(), Some(1));
    let out = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(out.contains("E095") && out.contains("contradict one another"), "{out}");
}

#[test]
fn more_inputs_than_the_sequence_has_are_refused_for_blocks() {
    let scratch = tempfile::tempdir().expect("a folder");
    let many: String =
        (0..250).map(|k| format!("x{k} = \"1 [0, 2] stakes; judgement\"\n")).collect();
    let replaced = [("[parameters]\n", &*format!("[parameters]\n{many}"))];
    let scenario = starter(scratch.path(), &replaced, "");
    let runs = scratch.path().join("runs");
    let how = ["sweep", &scenario, "--draws", "4", "--out", runs.to_str().expect("text")];
    let done = climbdown(&[&how[..], &["--design", "saltelli"]].concat());
    assert_eq!(done.status.code(), Some(2));
    // 270 inputs take 540 dimensions; Joe and Kuo's numbers are tabulated for 512 here.
    assert!(said(&done).contains("540 dimensions"), "{}", said(&done));
    assert!(climbdown(&how).status.success());
}

#[test]
fn a_study_asks_of_a_part_of_the_draws() {
    let measure = "effect.as_policy.measure.change";
    let all = json(&["study", STARTER, "--draws", "200", "--method", "given-data"]);
    let condition = format!("{measure}<=0.3");
    let part = json(&[
        "study",
        STARTER,
        "--draws",
        "200",
        "--method",
        "given-data",
        "--where",
        &condition,
    ]);
    let used = |found: &Value| found["sensitivity"]["given_data"]["counted"]["used"].as_u64();
    assert_eq!(used(&all), Some(200));
    assert!(used(&part).is_some_and(|n| 0 < n && n < 200), "{part}");
    let target = ["study", STARTER, "--draws", "200", "--method", "prim", "--above", "0.3"];
    let found = json(&target);
    let outcomes: Vec<&str> = found["discoveries"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|d| d["outcome"].as_str())
        .collect();
    assert_eq!(outcomes[2], "effect.as_policy.measure.change is above 0.3");
    let of_interest = found["discoveries"][2]["of_interest"].as_u64();
    assert_eq!(of_interest.zip(used(&part)).map(|(above, rest)| above + rest), Some(200));
}
