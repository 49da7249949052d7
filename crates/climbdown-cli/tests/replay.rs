//! The flagship's replay as it is run: text and JSON agree with the contract, at any number of threads.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const FLAGSHIP: &str = "scenarios/atacms-2024";

fn climbdown(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_climbdown"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .output()
        .expect("the command runs")
}

fn printed(arguments: &[&str]) -> String {
    let done = climbdown(arguments);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("text")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is a number"))
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is a list"))
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a comparison with a tolerance")]
fn the_json_of_a_replay_keeps_its_promises() {
    let text = printed(&["replay", FLAGSHIP, "--json", "--threads", "1"]);
    assert_eq!(text, printed(&["replay", FLAGSHIP, "--json", "--threads", "2"]));
    let json: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["certificate"]["branch"], "traced");
    let scores = &json["scores"];
    for (steps, scores) in [(&json["steps"], scores), (&json["silences"], &scores["silences"])] {
        let (mut log, mut brier) = (0.0, 0.0);
        for step in list(steps) {
            let forecast = list(&step["forecast"]);
            let sum: f64 = forecast.iter().map(|f| number(&f["probability"])).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{step}");
            let said = forecast.iter().find(|f| f["event"] == step["observed"]).expect("forecast");
            let p = number(&said["probability"]);
            assert!((number(&step["log_score"]).exp() - p).abs() < 1e-9, "{step}");
            assert!(list(&step["beliefs"]).iter().any(|b| b["by"] == "analyst"));
            log += number(&step["log_score"]);
            brier += number(&step["brier"]);
        }
        assert!((number(&scores["log"]) - log).abs() < 1e-9);
        assert!((number(&scores["brier"]) - brier).abs() < 1e-9);
        for name in ["uniform", "persistence", "base_rates"] {
            assert!(number(&scores["baselines"][name]["log"]) <= 0.0, "{name}");
        }
    }
    // Every act's Brier score is the sum over its events, and the events of all acts are in the bins.
    let calibration = &json["calibration"];
    for (found, scores) in [(calibration, scores), (&calibration["silences"], &scores["silences"])]
    {
        let all = number(&found["n"]);
        let held: f64 = list(&found["bins"]).iter().map(|b| number(&b["n"])).sum();
        assert!((held - all).abs() < 1e-9, "{held} of {all}");
        assert!((all * number(&found["brier"]) - number(&scores["brier"])).abs() < 1e-9);
    }
    let sum = |set: &str| -> f64 {
        let of_set = list(&json["hypotheses"]).iter().filter(|h| h["set"] == set);
        of_set.map(|h| number(&h["posterior"])).sum()
    };
    assert!((sum("motive") - 1.0).abs() < 1e-9 && (sum("restraint") - 1.0).abs() < 1e-9);
    let absorbed: usize = list(&json["steps"]).iter().map(|s| list(&s["absorbed"]).len()).sum();
    assert!(absorbed > 0, "the signature of the doctrine is absorbed by the threat");
}

#[test]
fn the_text_of_a_replay_fits_the_page() {
    let text = printed(&["replay", FLAGSHIP, "--quiet"]);
    for line in text.lines() {
        assert!(line.chars().count() <= 92, "wider than 92 columns: {line}");
    }
    for part in [
        "SCORES",
        "CALIBRATION",
        "STEP BY STEP",
        "WHAT SURPRISED MOST",
        "WHAT CAN BE TOLD APART",
        "CHECKED",
    ] {
        assert!(text.contains(part), "no section {part}");
    }
    assert!(text.contains("log-residual"), "the certificate is printed");
}

#[test]
fn without_a_history_there_is_nothing_to_replay() {
    let done = climbdown(&["replay", "scenarios/tiny-ladder"]);
    assert_eq!(done.status.code(), Some(1));
    assert!(done.stdout.is_empty());
    assert!(String::from_utf8_lossy(&done.stderr).contains("E094"));
}
