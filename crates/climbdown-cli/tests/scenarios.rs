//! Laws that hold for the answer to every scenario of the repository.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

fn scenarios() -> Vec<PathBuf> {
    let shelf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut all: Vec<PathBuf> = std::fs::read_dir(shelf)
        .expect("the repository has scenarios")
        .map(|entry| entry.expect("a scenario").path())
        .filter(|path| path.join("scenario.toml").exists())
        .collect();
    all.sort();
    all
}

fn assess(scenario: &Path, more: &[&str]) -> Value {
    let out = Command::new(env!("CARGO_BIN_EXE_climbdown"))
        .arg("assess")
        .arg(scenario)
        .arg("--json")
        .args(more)
        .stdin(Stdio::null())
        .output()
        .expect("the command can be run");
    let error = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{}: {error}", scenario.display());
    serde_json::from_slice(&out.stdout).expect("the answer is JSON")
}

/// The answer without what the quick one leaves out.
fn without_attribution(answer: &Value) -> Value {
    let mut answer = answer.clone();
    answer["attribution"] = Value::Null;
    let caveats = answer["caveats"].as_array_mut().expect("caveats are a list");
    caveats.retain(|c| {
        c["about"].as_str().is_none_or(|a| a != "attribution" && !a.starts_with("shares"))
    });
    answer
}

#[test]
fn answers_keep_their_laws_and_do_not_depend_on_the_number_of_threads() {
    for scenario in scenarios() {
        let answer = assess(&scenario, &["--threads", "2", "--draws", "0"]);
        let quick = assess(&scenario, &["--threads", "1", "--quick"]);
        assert!(quick["attribution"].is_null(), "{}", scenario.display());
        assert!(
            without_attribution(&answer) == without_attribution(&quick),
            "{}: threads matter, or the quick answer is another",
            scenario.display()
        );
        if let Some(shares) = answer["attribution"]["shares"].as_array() {
            let sum: f64 = shares.iter().map(|share| number(&share["value"])).sum();
            let (total, remainder) =
                (&answer["attribution"]["total"], &answer["attribution"]["remainder"]);
            assert!((sum - number(total)).abs() < 1e-9, "shares add up to the total");
            let change = number(&answer["effect"]["as_policy"]["measure"]["change"]);
            assert!((number(total) + number(remainder) - change).abs() < 1e-9);
        }
        for firebreak in answer["outcome"]["firebreaks"].as_array().expect("a list") {
            let part = |key: &str| number(&firebreak[key]);
            let sum = part("deliberate") + part("inadvertent") + part("accidental");
            assert!((sum - part("p_cross")).abs() < 1e-9, "{firebreak}");
        }
        let residual = number(&answer["certificate"]["residual"]);
        assert!(residual <= 1e-9 && answer["certificate"]["converged"] == true);
        let abouts = abouts(&answer);
        let mut open = vec![(Vec::new(), &answer)];
        while let Some((path, at)) = open.pop() {
            look_at(&path, at, &abouts);
            match at {
                Value::Object(map) => {
                    for (key, value) in map {
                        open.push(([path.as_slice(), &[key.as_str()]].concat(), value));
                    }
                }
                Value::Array(list) => open.extend(list.iter().map(|v| (path.clone(), v))),
                _ => {}
            }
        }
    }
}

/// What must hold at every place of the answer.
fn look_at(path: &[&str], at: &Value, abouts: &[Vec<&str>]) {
    let place = path.join(".");
    if at.is_null() && path != ["caveats", "about"] {
        let is_explained =
            abouts.iter().any(|about| path.windows(about.len()).any(|keys| keys == about));
        assert!(is_explained, "{place} is null and no caveat says why");
    }
    if let (Some(focal), Some(reference), Some(change)) = (
        at.get("focal").and_then(Value::as_f64),
        at.get("reference").and_then(Value::as_f64),
        at.get("change").and_then(Value::as_f64),
    ) {
        assert!((focal - reference - change).abs() < 1e-9, "{place}");
        if at.get("deliberate").is_some() {
            for side in ["focal", "reference", "change"] {
                let part = |key: &str| number(&at[key][side]);
                let sum = part("deliberate") + part("inadvertent") + part("accidental");
                assert!((sum - number(&at[side])).abs() < 1e-9, "{place}.{side}: {at}");
            }
        }
    }
    if path.last().is_some_and(|key| key.starts_with("p_"))
        && let Some(p) = at.as_f64()
    {
        assert!((-1e-12..=1.0 + 1e-12).contains(&p), "{place} is {p}");
    }
}

fn abouts(answer: &Value) -> Vec<Vec<&str>> {
    let caveats = answer["caveats"].as_array().expect("caveats are a list");
    caveats.iter().filter_map(|c| c["about"].as_str()).map(|a| a.split('.').collect()).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}
