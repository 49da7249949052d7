//! The shelf of crises: each has its pages, and every listed event and every row of a history its place.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Scenarios of real crises: those that account for a list of events.
fn crises() -> Vec<PathBuf> {
    let shelf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let folders = fs::read_dir(shelf).expect("there is a shelf");
    let folders = folders.map(|entry| entry.expect("a folder can be read").path());
    let mut crises: Vec<PathBuf> =
        folders.filter(|f| f.join("history-coverage.csv").exists()).collect();
    crises.sort();
    assert_eq!(crises.len(), 8, "the flagship and seven others");
    crises
}

fn page(folder: &Path, name: &str) -> String {
    let path = folder.join(name);
    fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

fn rows(folder: &Path, name: &str) -> Vec<csv::StringRecord> {
    let mut table = csv::Reader::from_path(folder.join(name)).expect("a table");
    table.records().map(|row| row.expect("a row")).collect()
}

fn id(folder: &Path) -> String {
    folder.file_name().expect("a folder has a name").to_string_lossy().into_owned()
}

#[test]
fn every_listed_event_and_every_row_has_its_place() {
    for folder in crises() {
        let name = id(&folder);
        let (history, coverage) =
            (rows(&folder, "history.csv"), rows(&folder, "history-coverage.csv"));
        for (n, event) in coverage.iter().enumerate() {
            assert_eq!(event[0], (n + 1).to_string(), "{name}: events once, and in order");
            assert!(!event[3].trim().is_empty(), "{name}: event {} has no reason", &event[0]);
            let told = match &event[2] {
                // The flagship's list names the seat and what was done, not always the move.
                "yes" => history.iter().any(|row| event[3].contains(&row[1])),
                "no" => true,
                other => panic!("{name}: event {} is mapped `{other}`", &event[0]),
            };
            assert!(told, "{name}: event {} is said to be in the history", &event[0]);
        }
        let places: String = coverage.iter().map(|event| event[3].to_owned() + "\n").collect();
        for row in &history {
            let at = format!("{name}: {} {} {}", &row[0], &row[1], &row[3]);
            // date, seat, actor; source and confidence
            for cell in [0, 1, 2, 11, 12] {
                assert!(!row[cell].is_empty(), "{at}: cell {cell} is empty");
            }
            // What was done before the start need not be a move of the scenario, if it is coded.
            let is_coded = (4..7).all(|cell| !row[cell].is_empty());
            assert!(!row[3].is_empty() || is_coded, "{at}: neither a move nor codes");
            let is_listed = name == "atacms-2024" || places.contains(&row[3]);
            assert!(is_listed, "{at}: no listed event is this move");
        }
    }
}

#[test]
fn every_crisis_says_how_to_run_it_and_where_it_was_wrong() {
    for folder in crises().into_iter().filter(|f| id(f) != "atacms-2024") {
        let name = id(&folder);
        let readme = page(&folder, "README.md");
        for command in ["assess", "replay", "check"] {
            let line = format!("cargo run --release -- {command} scenarios/{name}");
            assert!(readme.contains(&line), "{name}: README does not say `{line}`");
        }
        for part in ["tuned to the outcome", "What is left out", "## How each contested point"] {
            assert!(readme.contains(part), "{name}: README lacks “{part}”");
        }
        // The page is put under a heading of the third level.
        let lessons = page(&folder, "lessons.md");
        let n_lines = lessons.lines().count();
        assert!((10..=25).contains(&n_lines), "{name}: lessons have {n_lines} lines");
        let headings = lessons.lines().filter(|line| line.starts_with('#'));
        for heading in headings {
            assert!(heading.starts_with("####"), "{name}: {heading}");
        }
        for part in ["baselines", "told apart", "to be added"] {
            assert!(lessons.contains(part), "{name}: lessons say nothing on “{part}”");
        }
    }
}

#[test]
fn every_model_is_studied_too() {
    let shelf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let folders = fs::read_dir(shelf).expect("there is a shelf of models");
    let folders = folders.map(|entry| entry.expect("a folder can be read").path());
    let mut n_models = 0;
    for folder in folders.filter(|f| f.join("scenario.toml").exists()) {
        let answer = Command::new(env!("CARGO_BIN_EXE_climbdown"))
            .args(["assess", "--draws", "16", "--quiet"])
            .arg(&folder)
            .output()
            .expect("the command starts");
        let told = String::from_utf8_lossy(&answer.stderr);
        assert!(answer.status.success(), "{}: {told}", folder.display());
        n_models += 1;
    }
    assert!(n_models > 5, "there are models");
}
