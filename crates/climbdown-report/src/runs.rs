//! Runs as files: the description of a sweep (`design.json`) and its parts (`part-00000.parquet`).
//!
//! Both say in full what they are the results of, so that a part never meets another design
//! (docs/methods/sweeps.md).

use std::ops::Range;
use std::sync::Arc;

use climbdown_lang::scenario::{Memory, Scenario};
use climbdown_study::design::{Fingerprint, Part, RankCorrelation, Spread};
use climbdown_study::sweep::{
    Came, GROUPINGS, Grouping, LAYOUTS, Layout, Measured, SweepOptions, Swept, rank,
};
use climbdown_study::varied::{Beside, Varied, position};
use serde_json::{Map, Value, json};

use crate::columns::{Column, Table};
use crate::{RunInfo, wire, words};

/// Version of the description and the columns.
pub const SCHEMA: u32 = 1;
/// Name of the description in the folder of a sweep.
pub const DESCRIPTION: &str = "design.json";

/// A sweep: what is needed to make it again.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// What was varied.
    pub scenario: &'a Scenario,
    /// The design.
    pub varied: &'a Varied,
    /// As it was asked for.
    pub options: &'a SweepOptions,
    /// Λ, where it is not varied.
    pub lambda: f64,
    /// Largest log-residual accepted in draws.
    pub draw_tolerance: f64,
    /// How it was run.
    pub run: &'a RunInfo,
    /// Rows of a part; the last may be shorter.
    pub part_rows: usize,
}

impl Made<'_> {
    /// How many parts there are.
    #[must_use]
    pub fn n_parts(&self) -> usize {
        self.varied.design.n_rows().div_ceil(self.part_rows)
    }

    /// The rows of part `part`.
    #[must_use]
    pub fn rows(&self, part: usize) -> Range<usize> {
        let from = part * self.part_rows;
        from..self.varied.design.n_rows().min(from + self.part_rows)
    }

    /// The description, as `design.json` has it.
    #[must_use]
    pub fn description(&self) -> String {
        let design = &self.varied.design;
        let beside = &self.options.beside;
        let inputs: Vec<Value> =
            design.inputs().iter().map(|i| input(i.name(), i.spread())).collect();
        let measured = Measured::of(self.scenario);
        wire::pretty(&json!({
            "climbdown": {"version": self.run.version, "schema": SCHEMA},
            "scenario": {
                "id": self.scenario.id,
                "title": self.scenario.title,
                "sha256": self.run.sha256,
            },
            "design": {
                "layout": name_of(&LAYOUTS, self.options.layout),
                "draws_asked": self.options.draws,
                "draws": design.n_rows(),
                "second_order": self.options.second_order,
                "groups": name_of(&GROUPINGS, self.options.grouping),
                "seed": self.options.seed,
                "fingerprint": design.fingerprint().to_string(),
                "inputs": inputs,
                "correlations": design.correlations().iter().map(correlation).collect::<Vec<_>>(),
            },
            "run": {
                "lambda": self.lambda,
                "memory": wire::memory(self.run.memory),
                "tolerance": self.run.tolerance,
                "draw_tolerance": self.draw_tolerance,
                "overrides": wire::overrides(&self.run.overrides),
                "vary": {
                    "lambda": beside.lambdas,
                    "memory": beside.memories.iter().map(|m| wire::memory(*m)).collect::<Vec<_>>(),
                    "hypotheses": beside.hypotheses,
                    "only": beside.only,
                },
            },
            "parts": {"rows": self.part_rows, "count": self.n_parts()},
            "measures": {"numbers": measured.numbers, "words": measured.words},
        }))
    }

    /// What the metadata of part `part` say, apart from how its draws were checked.
    #[must_use]
    pub fn metadata(&self, part: usize) -> Vec<(String, String)> {
        let rows = self.rows(part);
        let mut overrides = self.run.overrides.clone();
        overrides.sort_by(|a, b| a.0.cmp(&b.0));
        let overrides = wire::overrides(&overrides).to_string();
        [
            ("climbdown.version", self.run.version.clone()),
            ("climbdown.schema", SCHEMA.to_string()),
            ("scenario.sha256", self.run.sha256.clone()),
            ("design.fingerprint", self.varied.design.fingerprint().to_string()),
            ("design.seed", self.options.seed.to_string()),
            ("run.lambda", self.lambda.to_string()),
            ("run.memory", wire::memory(self.run.memory).to_owned()),
            ("run.tolerance", format!("{:e}", self.run.tolerance)),
            ("run.draw_tolerance", format!("{:e}", self.draw_tolerance)),
            ("run.overrides", overrides),
            ("rows.first", rows.start.to_string()),
            ("rows.end", rows.end.to_string()),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .to_vec()
    }

    /// Names of the columns, in their order.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        let Measured { numbers, words } = Measured::of(self.scenario);
        let inputs = self.varied.design.inputs().iter().map(|i| input_column(i.name()));
        let worth = SIDES
            .iter()
            .flat_map(|side| WORTH.iter().map(move |what| format!("certificate.{side}.{what}")));
        ["draw".to_owned()]
            .into_iter()
            .chain(inputs)
            .chain(numbers)
            .chain(words)
            .chain(worth)
            .chain(["failure".to_owned()])
            .collect()
    }

    /// Part `part` as a table.
    #[must_use]
    pub fn table(&self, part: usize, swept: &Swept) -> Table {
        let measured = Measured::of(self.scenario);
        let came: Vec<Option<&Came>> = swept.came.iter().map(|c| c.as_ref().ok()).collect();
        let mut cells: Vec<Column> = vec![integers(swept.rows.clone().map(Some))];
        cells.extend(self.inputs(&swept.rows));
        cells.extend(
            (0..measured.numbers.len()).map(|k| {
                Column::Number(came.iter().map(|c| c.and_then(|c| c.numbers[k])).collect())
            }),
        );
        cells.extend((0..measured.words.len()).map(|k| {
            Column::Text(
                came.iter().map(|c| c.and_then(|c| c.words[k].as_deref().map(Arc::from))).collect(),
            )
        }));
        for side in 0..SIDES.len() {
            let worth = || came.iter().map(move |c| c.map(|c| c.worth[side]));
            cells.push(Column::Number(worth().map(|w| w.map(|w| w.residual)).collect()));
            cells.push(Column::Number(worth().map(|w| w.map(|w| w.max_regret)).collect()));
            cells.push(integers(worth().map(|w| w.map(|w| w.steps))));
            cells.push(Column::Text(
                worth().map(|w| w.map(|w| Arc::from(words::branch(w.branch)))).collect(),
            ));
        }
        let failure =
            |c: &Result<Came, String>| c.as_ref().err().map(|why| Arc::from(why.as_str()));
        cells.push(Column::Text(swept.came.iter().map(failure).collect()));
        let mut metadata = self.metadata(part);
        let audits = &swept.audits;
        for (key, n) in [
            ("checks.games_followed", audits.n_audited),
            ("checks.off_the_branch", audits.n_mismatched),
            ("checks.not_followed", audits.n_not_followed),
            ("checks.settled_from_zero_only", audits.n_retried),
        ] {
            metadata.push((key.to_owned(), n.to_string()));
        }
        Table { columns: self.columns().into_iter().zip(cells).collect(), metadata }
    }

    fn inputs(&self, rows: &Range<usize>) -> Vec<Column> {
        let design = &self.varied.design;
        let values: Vec<Vec<f64>> = rows.clone().map(|row| design.row(row)).collect();
        (0..design.inputs().len())
            .map(|at| match self.varied.labels(self.scenario, at) {
                Some(labels) => {
                    let labels: Vec<Arc<str>> =
                        labels.iter().map(|l| Arc::from(l.as_str())).collect();
                    Column::Text(
                        values.iter().map(|row| Some(labels[position(row[at])].clone())).collect(),
                    )
                }
                None => Column::Number(values.iter().map(|row| Some(row[at])).collect()),
            })
            .collect()
    }

    /// Whether `table` is part `part` of this sweep; if not, what is other than it should be.
    ///
    /// # Errors
    /// The first thing that differs.
    pub fn is_part(&self, part: usize, table: &Table) -> Result<(), String> {
        for (key, expected) in self.metadata(part) {
            match table.about(&key) {
                Some(found) if found == expected => {}
                Some(found) => return Err(format!("its {key} is {found}, here it is {expected}")),
                None => return Err(format!("it does not say its {key}")),
            }
        }
        let (found, expected) = (table.n_rows(), self.rows(part).len());
        if found != expected {
            return Err(format!("it has {found} rows instead of {expected}"));
        }
        let names = table.columns.iter().map(|(name, _)| name);
        if !names.eq(&self.columns()) {
            return Err("it has other columns".to_owned());
        }
        Ok(())
    }

    /// The results in `table`, which is part `part` of this sweep; words of the verdict as their ranks.
    #[must_use]
    pub fn results(&self, part: usize, table: &Table) -> (Part, Vec<Arc<str>>) {
        let measured = Measured::of(self.scenario);
        let failures: Vec<Option<Arc<str>>> = match table.column("failure") {
            Some(Column::Text(cells)) => cells.clone(),
            _ => Vec::new(),
        };
        let measures: Vec<String> = measured.numbers.into_iter().chain(measured.words).collect();
        let cell = |name: &String, row: usize| match table.column(name) {
            Some(Column::Number(cells)) => cells[row],
            Some(Column::Text(cells)) => cells[row].as_deref().and_then(rank),
            _ => None,
        };
        let rows = self.rows(part).enumerate().map(|(at, row)| {
            let is_solved = failures.get(at).is_some_and(Option::is_none);
            (row, is_solved.then(|| measures.iter().map(|name| cell(name, at)).collect()))
        });
        let rows = rows.collect();
        let design = self.varied.design.fingerprint();
        (Part { design, measures, rows }, failures.into_iter().flatten().collect())
    }
}

/// Names of the policy games in columns.
const SIDES: [&str; 2] = ["focal", "reference"];
/// What is said of each.
const WORTH: [&str; 4] = ["residual", "max_regret", "steps", "branch"];

/// Name of the file of part `part`.
#[must_use]
pub fn part_name(part: usize) -> String {
    format!("part-{part:05}.parquet")
}

/// The name of an input's column: its own, unless another column has it.
fn input_column(name: &str) -> String {
    match name {
        "draw" | "failure" => format!("parameters.{name}"),
        _ => name.to_owned(),
    }
}

fn integers(cells: impl Iterator<Item = Option<usize>>) -> Column {
    let whole = |n: usize| i64::try_from(n).expect("counts are far below 2^63");
    Column::Integer(cells.map(|n| n.map(whole)).collect())
}

fn name_of<T: PartialEq + Copy>(names: &[(&'static str, T)], one: T) -> &'static str {
    let found = names.iter().find(|(_, other)| *other == one);
    found.expect("every one has a name").0
}

fn input(name: &str, spread: &Spread) -> Value {
    let (kind, rest) = match spread {
        Spread::Uniform { low, high } => ("uniform", json!({"range": [low, high]})),
        Spread::Triangular { low, peak, high } => {
            ("triangular", json!({"range": [low, high], "peak": peak}))
        }
        Spread::Normal { low, high } => ("normal", json!({"range": [low, high]})),
        Spread::Lognormal { low, high } => ("lognormal", json!({"range": [low, high]})),
        Spread::Beta { low, mode, high } => ("beta", json!({"range": [low, high], "peak": mode})),
        Spread::Choice(options) => ("choice", json!({"options": options})),
    };
    let mut all = json!({"name": name, "spread": kind});
    if let (Value::Object(all), Value::Object(rest)) = (&mut all, rest) {
        all.extend(rest);
    }
    all
}

fn correlation(c: &RankCorrelation) -> Value {
    json!({"between": [c.first, c.second], "rank": c.value})
}

/// What was asked of a sweep, by its description.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// The draws.
    pub options: SweepOptions,
    /// Λ, where it is not varied.
    pub lambda: f64,
    /// Memory, where it is not varied.
    pub memory: Memory,
    /// Parameters that were given other values.
    pub overrides: Vec<(String, f64)>,
    /// Rows of a part.
    pub part_rows: usize,
    /// Of the design.
    pub fingerprint: Fingerprint,
}

/// Reads a description; `None` if the text is none.
#[must_use]
pub fn described(text: &str) -> Option<Described> {
    let all: Value = serde_json::from_str(text).ok()?;
    let (design, run) = (&all["design"], &all["run"]);
    let whole = |value: &Value| usize::try_from(value.as_u64()?).ok();
    let by_name = |value: &Value| value.as_str().map(str::to_owned);
    let layout = by_name(&design["layout"])?;
    let grouping = by_name(&design["groups"])?;
    let vary = &run["vary"];
    let memory = |value: &Value| match value.as_str()? {
        "situation" => Some(Memory::Situation),
        "history" => Some(Memory::History),
        _ => None,
    };
    let beside = Beside {
        lambdas: vary["lambda"].as_array()?.iter().map(Value::as_f64).collect::<Option<_>>()?,
        memories: vary["memory"].as_array()?.iter().map(memory).collect::<Option<_>>()?,
        hypotheses: vary["hypotheses"].as_bool()?,
        only: vary["only"].as_array()?.iter().map(by_name).collect::<Option<_>>()?,
    };
    let overrides: &Map<String, Value> = run["overrides"].as_object()?;
    Some(Described {
        options: SweepOptions {
            draws: whole(&design["draws_asked"])?,
            layout: named(&LAYOUTS, &layout)?,
            second_order: design["second_order"].as_bool()?,
            grouping: named(&GROUPINGS, &grouping)?,
            beside,
            seed: design["seed"].as_u64()?,
        },
        lambda: run["lambda"].as_f64()?,
        memory: memory(&run["memory"])?,
        overrides: overrides
            .iter()
            .map(|(name, x)| Some((name.clone(), x.as_f64()?)))
            .collect::<Option<_>>()?,
        part_rows: whole(&all["parts"]["rows"]).filter(|rows| *rows > 0)?,
        fingerprint: Fingerprint::from_hex(design["fingerprint"].as_str()?)?,
    })
}

fn named<T: Copy>(names: &[(&str, T)], name: &str) -> Option<T> {
    names.iter().find(|(own, _)| *own == name).map(|(_, one)| *one)
}

/// The layout of this name.
#[must_use]
pub fn layout(name: &str) -> Option<Layout> {
    named(&LAYOUTS, name)
}

/// The grouping of this name.
#[must_use]
pub fn grouping(name: &str) -> Option<Grouping> {
    named(&GROUPINGS, name)
}

/// Where two descriptions differ: "design.seed is 1 there and 2 here". `None` if `there` is no JSON.
#[must_use]
pub fn differences(there: &str, here: &str) -> Option<Vec<String>> {
    let there: Value = serde_json::from_str(there).ok()?;
    let here: Value = serde_json::from_str(here).ok()?;
    let mut found = Vec::new();
    let mut open = vec![(String::new(), &there, &here)];
    while let Some((path, a, b)) = open.pop() {
        match (a, b) {
            _ if a == b => {}
            (Value::Object(one), Value::Object(other)) => {
                let keys = one.keys().chain(other.keys().filter(|key| !one.contains_key(*key)));
                let keys: Vec<&String> = keys.collect();
                for key in keys.into_iter().rev() {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    open.push((path, &a[key], &b[key]));
                }
            }
            (Value::Array(_), Value::Array(_)) if b.to_string().len() > LONG => {
                found.push(format!("{path} differs"));
            }
            _ => found.push(format!("{path} is {a} there and {b} here")),
        }
    }
    Some(found)
}

/// Longer lists are not printed.
const LONG: usize = 60;
