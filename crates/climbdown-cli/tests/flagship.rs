//! The flagship: its golden report, the numbers its pages quote, and the coverage of its source.
//!
//! `CLIMBDOWN_BLESS=1 cargo test -p climbdown-cli` writes the report and the quoted numbers anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const FLAGSHIP: &str = "scenarios/atacms-2024";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("the file is in the repository")
}

fn climbdown(arguments: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_climbdown"))
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("the command runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("text")
}

/// The file says what was computed; with blessing it is made to.
fn says(path: &str, computed: &str) {
    if std::env::var_os("CLIMBDOWN_BLESS").is_some() {
        fs::write(root().join(path), computed).expect("the file can be written");
    }
    let written = read(path);
    assert!(
        written == computed,
        "{path} is not what is computed; CLIMBDOWN_BLESS=1 rewrites it. First difference:\n{:?}",
        written.lines().zip(computed.lines()).find(|(a, b)| a != b)
    );
}

/// `text` with what stands behind each mark `<!-- computed:NAME -->` replaced by its value.
fn with_numbers(text: &str, number: &dyn Fn(&str) -> String) -> String {
    let (open, close) = ("<!-- computed:", "<!-- /computed -->");
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(open) {
        let (before, from) = rest.split_at(at);
        let end = from.find("-->").expect("a mark is closed") + 3;
        let name = from[open.len()..end - 3].trim();
        out.push_str(before);
        out.push_str(&format!("{}{}{close}", &from[..end], number(name)));
        rest = &from[end..];
        let next = rest.find(open).unwrap_or(rest.len());
        if let Some(closed) = rest[..next].find(close) {
            rest = &rest[closed + close.len()..];
        }
    }
    out + rest
}

fn probability(p: f64) -> String {
    if p > 0.0 && p < 0.001 { "less than 0.001".to_owned() } else { format!("{p:.3}") }
}

fn difference(d: f64) -> String {
    if d != 0.0 && d.abs() < 0.001 {
        format!("less than 0.001 {}", if d > 0.0 { "up" } else { "down" })
    } else {
        format!("{d:+.3}")
    }
}

#[test]
fn the_pages_quote_what_is_computed() {
    let report = climbdown(&["assess", FLAGSHIP, "--quiet"]);
    says(&format!("{FLAGSHIP}/report.txt"), &report);

    let quick = climbdown(&["assess", FLAGSHIP, "--quiet", "--json", "--quick"]);
    let json: Value = serde_json::from_str(&quick).expect("JSON");
    let policy = &json["effect"]["as_policy"];
    let rung = |n: i64| -> &Value {
        let rungs = policy["rungs"].as_array().expect("rungs");
        rungs.iter().find(|r| r["rung"] == n).expect("the rung is on the ladder")
    };
    let by_stage_3 = |n: i64| -> f64 {
        let stages = policy["by_stage"].as_array().expect("stages");
        let stage = stages.iter().find(|s| s["stage"] == 3).expect("stage 3");
        let rungs = stage["rungs"].as_array().expect("rungs");
        rungs.iter().find(|r| r["rung"] == n).expect("the rung")["focal"]
            .as_f64()
            .expect("a number")
    };
    let f = |v: &Value| v.as_f64().expect("a number");
    let number = |name: &str| -> String {
        match name {
            "p_rung_12_grant" => probability(f(&rung(12)["focal"])),
            "p_rung_12_keep" => probability(f(&rung(12)["reference"])),
            "change_rung_12" => difference(f(&rung(12)["change"])),
            "p_rung_12_by_stage_3" => probability(by_stage_3(12)),
            "p_rung_9_keep" => probability(f(&rung(9)["reference"])),
            "p_rung_9_grant" => probability(f(&rung(9)["focal"])),
            "p_rung_8_keep" => probability(f(&rung(8)["reference"])),
            "p_rung_8_grant" => probability(f(&rung(8)["focal"])),
            "nodes" => json["game"]["nodes"].to_string(),
            "verdict" => {
                let v = &json["verdict"];
                let word = |k: &str| v[k].as_str().expect("a word").to_owned();
                format!("{} in kind, {} in degree ({})", word("kind"), word("degree"), word("sign"))
            }
            other => panic!("no number is called {other}"),
        }
    };
    let page = format!("{FLAGSHIP}/README.md");
    says(&page, &with_numbers(&read(&page), &number));

    let (open, close) = ("<!-- output:begin -->", "<!-- output:end -->");
    let readme = read("README.md");
    let (head, rest) = readme.split_once(open).expect("the README has a place for the output");
    let (_, tail) = rest.split_once(close).expect("and its end");
    let head_of_report: Vec<&str> = report.lines().take(README_LINES).collect();
    let shown = format!("{open}\n```text\n{}\n```\n{close}", head_of_report.join("\n"));
    says("README.md", &format!("{head}{shown}{tail}"));
}

/// How much of the report the README shows: the answer and the ladder.
const README_LINES: usize = 56;

#[test]
fn the_answer_comes_first_and_fits_the_page() {
    let report = read(&format!("{FLAGSHIP}/report.txt"));
    for (n, line) in report.lines().enumerate() {
        assert!(line.chars().count() <= 92, "line {} is wider than 92 columns", n + 1);
    }
    let first: Vec<&str> = report.lines().take(25).collect();
    let first = first.join(" ");
    for part in ["ANSWER", "How sure", "What this is not", "What carries it", "in 100"] {
        assert!(first.contains(part), "the first 25 lines lack: {part}");
    }
    assert!(report.contains("log-residual"), "the certificate is printed");
}

#[test]
fn every_entry_of_the_coverage_resolves() {
    let file = format!("{FLAGSHIP}/scenario.toml");
    let scenario: toml::Table = read(&file).parse().expect("TOML");
    let mut rows =
        csv::Reader::from_path(root().join(format!("{FLAGSHIP}/coverage.csv"))).expect("a table");
    let mut items = Vec::new();
    for row in rows.records() {
        let row = row.expect("a row");
        let (item, place, note) = (&row[0], &row[2], &row[3]);
        items.push(item.to_owned());
        if place == "left-out" {
            assert!(!note.trim().is_empty(), "{item} is left out without a reason");
            continue;
        }
        for place in place.split(';').map(str::trim) {
            assert!(resolves(&scenario, place), "{item}: `{place}` is not in {file}");
        }
    }
    let numbered = (1..=74).map(|n| n.to_string());
    let omissions = (1..=12).map(|n| format!("O{n}"));
    let contested = (1..=9).map(|n| format!("C{n}"));
    for item in numbered.chain(omissions).chain(contested) {
        assert!(items.contains(&item), "the coverage lacks {item}");
    }
}

/// Whether a dotted path leads somewhere; arrays of tables are looked up by their `id`.
fn resolves(scenario: &toml::Table, path: &str) -> bool {
    let mut here: &toml::Value = &toml::Value::Table(scenario.clone());
    for part in path.split('.') {
        let next = match here {
            toml::Value::Table(table) => table.get(part),
            toml::Value::Array(list) => {
                list.iter().find(|t| t.get("id").and_then(toml::Value::as_str) == Some(part))
            }
            _ => None,
        };
        let Some(next) = next else { return false };
        here = next;
    }
    true
}

#[test]
fn every_event_is_accounted_for() {
    let table = |name: &str| {
        let path = root().join(format!("{FLAGSHIP}/{name}"));
        let mut rows = csv::Reader::from_path(path).expect("a table");
        rows.records().map(|r| r.expect("a row")).collect::<Vec<_>>()
    };
    let (history, coverage) = (table("history.csv"), table("history-coverage.csv"));
    let numbers: Vec<String> = coverage.iter().map(|r| r[0].to_owned()).collect();
    let expected: Vec<String> = (1..=83).map(|n| n.to_string()).collect();
    assert_eq!(numbers, expected, "every event of the list once, in order");
    for row in &coverage {
        assert!(!row[3].trim().is_empty(), "event {} has no reason or place", &row[0]);
        if &row[2] == "yes" {
            assert!(
                history.iter().any(|h| h[0] == row[1]),
                "event {} of {} is not in the history",
                &row[0],
                &row[1]
            );
        }
    }
}
