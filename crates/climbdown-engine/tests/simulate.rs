//! Sampled crises as they leave: the starter's, counted in the files and set against `assess`.

use std::collections::BTreeMap;

use climbdown_engine::{
    At, Exit, Form, Options, Output, ReadProblem, Request, Response, Sampling, Side, World, run,
};
use climbdown_report::columns::{Column, Table, read_parquet};
use serde_json::Value;

struct Shelf(BTreeMap<String, Vec<u8>>);

impl World for Shelf {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadProblem> {
        self.0.get(path).cloned().ok_or(ReadProblem::NotFound)
    }
}

/// The scenario that `new` writes, called `start`.
fn starter() -> Shelf {
    let nothing = Shelf(BTreeMap::new());
    let written = ask(&nothing, &Request::New { name: "start".to_owned() });
    Shelf(written.files.into_iter().map(|f| (f.path, f.text.into_bytes())).collect())
}

fn ask(world: &dyn World, request: &Request) -> Response {
    run(world, request, &mut |_| true)
}

fn request(n_paths: usize, policy: Option<Side>, out: Option<&str>) -> Request {
    Request::Simulate {
        file: "start".to_owned(),
        sampling: Sampling { n_paths, policy, out: out.map(str::to_owned) },
        options: Options::default(),
    }
}

fn bytes(n_paths: usize, policy: Option<Side>, out: &str) -> Vec<u8> {
    let response = ask(&starter(), &request(n_paths, policy, Some(out)));
    assert_eq!(response.exit, Exit::Done, "{}", response.notes);
    let Output::File(file) = response.output else { panic!("a file was asked for") };
    assert_eq!(file.path, out);
    file.bytes
}

fn parquet(n_paths: usize, policy: Option<Side>) -> Table {
    read_parquet(&bytes(n_paths, policy, "paths.parquet")).expect("it reads back")
}

fn integers<'a>(table: &'a Table, name: &str) -> &'a [Option<i64>] {
    match table.column(name) {
        Some(Column::Integer(cells)) => cells,
        other => panic!("{name} is {other:?}"),
    }
}

/// The peak at the end of each path.
fn last_peaks(table: &Table) -> Vec<i64> {
    let mut last = BTreeMap::new();
    for (path, peak) in integers(table, "path").iter().zip(integers(table, "peak")) {
        last.insert(path.expect("rows have a path"), peak.expect("and a peak"));
    }
    last.into_values().collect()
}

#[test]
fn peaks_in_the_file_are_as_frequent_as_assess_says() {
    let n = 4000;
    let assess = Request::Assess {
        file: "start".to_owned(),
        form: Form::Json,
        draws: None,
        options: Options::default(),
    };
    let Output::Text(text) = ask(&starter(), &assess).output else { panic!("JSON is text") };
    let json: Value = serde_json::from_str(&text).unwrap();
    let exact = |policy: Option<Side>, rung: usize| match policy {
        None => json["outcome"]["rungs"][rung]["p_peak_at_least"].as_f64().unwrap(),
        Some(Side::Focal) => json["effect"]["as_policy"]["rungs"][rung]["focal"].as_f64().unwrap(),
        Some(Side::Reference) => {
            json["effect"]["as_policy"]["rungs"][rung]["reference"].as_f64().unwrap()
        }
    };
    let n_rungs = json["outcome"]["rungs"].as_array().unwrap().len();
    let mut n_between = 0;
    for policy in [None, Some(Side::Focal), Some(Side::Reference)] {
        let peaks = last_peaks(&parquet(n, policy));
        assert_eq!(peaks.len(), n);
        for at in 0..n_rungs {
            let rung = json["outcome"]["rungs"][at]["rung"].as_i64().unwrap();
            let p = exact(policy, at);
            let share = peaks.iter().filter(|&&peak| peak >= rung).count() as f64 / n as f64;
            let error = (p * (1.0 - p) / n as f64).sqrt();
            assert!((share - p).abs() <= 4.0 * error + 1e-12, "rung {rung}: {share}, exactly {p}");
            n_between += usize::from(error > 0.0);
        }
    }
    assert!(n_between >= 6, "the starter leaves something to chance");
}

#[test]
fn csv_and_parquet_hold_the_same_cells() {
    let table = parquet(50, Some(Side::Focal));
    let text = bytes(50, Some(Side::Focal), "paths.csv");
    let mut reader = csv::Reader::from_reader(&text[..]);
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let expected: Vec<&String> = table.columns.iter().map(|(name, _)| name).collect();
    assert_eq!(names.iter().collect::<Vec<_>>(), expected);
    for name in ["path", "step", "stage", "date", "seat", "actor", "cause", "move", "rung", "peak"]
    {
        assert!(table.column(name).is_some(), "{name}");
    }
    let lines: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(lines.len(), table.n_rows());
    for (at, (name, column)) in table.columns.iter().enumerate() {
        for (row, line) in lines.iter().enumerate() {
            let cell = (!line[at].is_empty()).then_some(&line[at]);
            let is_same = match column {
                Column::Number(cells) => cells[row] == cell.map(|x| x.parse().unwrap()),
                Column::Integer(cells) => cells[row] == cell.map(|x| x.parse().unwrap()),
                Column::Truth(cells) => cells[row] == cell.map(|x| x.parse().unwrap()),
                Column::Text(cells) => cells[row].as_deref() == cell,
            };
            assert!(is_same, "row {row} of {name}: {:?}", cell);
        }
    }
    assert_eq!(table.about("policy"), Some("focal"));
    assert_eq!(table.about("seed"), Some("1"));
    assert_eq!(table.about("scenario"), Some("start"));
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    assert_eq!(bytes(20, None, "a.parquet"), bytes(20, None, "a.parquet"));
    assert_eq!(bytes(20, None, "a.csv"), bytes(20, None, "a.CSV"));
}

#[test]
fn every_step_of_every_path_is_a_row_and_the_last_says_how_it_ended() {
    let table = parquet(100, None);
    let (paths, steps) = (integers(&table, "path"), integers(&table, "step"));
    let Some(Column::Text(ends)) = table.column("ends") else { panic!("ends are text") };
    for row in 0..table.n_rows() {
        let is_last = row + 1 == table.n_rows() || steps[row + 1] == Some(0);
        assert_eq!(ends[row].is_some(), is_last, "row {row}");
        if !is_last {
            assert_eq!(paths[row + 1], paths[row]);
            assert_eq!(steps[row + 1], steps[row].map(|step| step + 1));
        }
    }
    assert_eq!(paths.last(), Some(&Some(99)));
}

#[test]
fn sentences_name_dates_seats_moves_rungs_and_the_end() {
    let Output::Text(text) = ask(&starter(), &request(2, None, None)).output else {
        panic!("sentences are text")
    };
    assert!(text.lines().all(|line| line.chars().count() <= 92), "{text}");
    for part in ["CRISIS 1 of 2", "CRISIS 2 of 2", "Drawn at the start", "[Known to the analyst"] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    assert_eq!(text.matches("The peak was").count() + text.matches("No act went").count(), 2);
    assert!(text.contains(", rung "));
}

#[test]
fn what_cannot_be_done_is_said_and_nothing_is_written() {
    let cases = [
        (request(0, None, None), "--paths 0: give a number from 1 to 100,000"),
        (request(100_001, None, None), "--paths 100001"),
        (request(5, None, Some("paths.xlsx")), "ends in .csv or .parquet"),
        (request(5, None, Some("paths")), "ends in .csv or .parquet"),
    ];
    for (request, expected) in cases {
        let response = ask(&starter(), &request);
        assert_eq!(response.exit, Exit::Usage);
        assert!(response.notes.contains(expected), "{}", response.notes);
        assert!(matches!(response.output, Output::Text(text) if text.is_empty()));
    }
}

#[test]
fn whoever_stops_it_gets_no_file() {
    let request = request(5000, None, Some("paths.parquet"));
    let stopped = run(
        &starter(),
        &request,
        &mut |at| !matches!(at, At::Solving("sampling", at) if at.steps > 1000),
    );
    assert_eq!(stopped.exit, Exit::Cancelled);
    assert!(matches!(stopped.output, Output::Text(text) if text.is_empty()));
}
