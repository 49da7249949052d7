//! The page: one table of scores, calibration over all crises, then crisis by crisis.

use std::fmt::Write as _;

use serde_json::Value;

use super::pooled::{Bin, Parts, bins, brier};
use super::{Crisis, plot};

/// Forecasters beside the model: the key in the JSON, and what they are called.
const BASELINES: [(&str, &str); 4] = [
    ("uniform", "every open move alike"),
    ("persistence", "the last move there again"),
    ("base_rates", "rungs as often as before"),
    ("file_values", "the model at the file's values alone"),
];

/// How many surprises are listed for each crisis.
const MOST_SURPRISES: usize = 3;

/// The whole page.
pub(crate) fn page(crises: &[Crisis]) -> String {
    let mut out = String::from(
        "# Backtests\n\n\
         Written by `cargo xtask backtest`; do not edit. What is said of where a model was wrong, and why, \
         is in `scenarios/*/lessons.md`.\n\n\
         Each history of the shelf is replayed through its scenario at the numbers of the file; nothing is \
         fitted to the history ([the method](methods/replay.md)). *log* is the natural logarithm of the \
         probability given to what happened, 0 is best; *Brier* runs from 0, best, to 2 for each act. \
         *each* is the same divided by the number of acts. The baselines are told which moves are open and, \
         while it may go on, that the crisis is not over.\n\n\
         Read the scores with two things in mind. Whoever wrote these scenarios knew what happened; their \
         READMEs say what was changed after a look at solutions. And a dozen acts separate only forecasters \
         that differ much.\n\n",
    );
    out.push_str(&scores(crises));
    out.push_str(&silences(crises));
    out.push_str(&calibration(crises));
    for crisis in crises {
        out.push_str(&of_crisis(crisis));
    }
    out
}

/// A number of a score with three decimals; the logarithm of 0 is `null` in the JSON.
fn number(value: &Value) -> String {
    match value.as_f64() {
        None => "-inf".to_owned(),
        Some(x) if x.abs() < 0.0005 => "0.000".to_owned(),
        Some(x) => format!("{x:.3}"),
    }
}

fn probability(value: &Value) -> String {
    match value.as_f64() {
        Some(p) if p > 0.0 && p < 0.001 => "<0.001".to_owned(),
        Some(p) => format!("{p:.3}"),
        None => "-".to_owned(),
    }
}

fn words(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[][..], Vec::as_slice)
}

/// Sums of log and Brier score; a logarithm of 0 stays one.
#[derive(Clone, Copy, Default)]
struct Sum {
    log: f64,
    brier: f64,
}

impl Sum {
    fn of(score: &Value) -> Self {
        Sum {
            log: score["log"].as_f64().unwrap_or(f64::NEG_INFINITY),
            brier: score["brier"].as_f64().unwrap_or(0.0),
        }
    }

    fn add(&mut self, other: Self) {
        self.log += other.log;
        self.brier += other.brier;
    }

    /// Cells of a table: totals, and for each of `n` steps.
    fn cells(self, n: f64) -> String {
        let finite = |x: f64| number(&if x.is_finite() { Value::from(x) } else { Value::Null });
        format!(
            "{} | {} | {} | {}",
            finite(self.log),
            finite(self.log / n),
            finite(self.brier),
            finite(self.brier / n)
        )
    }
}

/// Whether the first has the better score, in words, by each of the two.
fn against(ours: Sum, theirs: Sum) -> &'static str {
    // Differences below a rounding are none.
    let differs = |a: f64, b: f64| (a - b).abs() > 1e-9 && a.is_finite() | b.is_finite();
    match (
        differs(ours.log, theirs.log).then_some(ours.log > theirs.log),
        differs(ours.brier, theirs.brier).then_some(ours.brier < theirs.brier),
    ) {
        (Some(true), Some(true)) => "beaten by the model",
        (Some(false), Some(false)) => "**beats the model**",
        (None, None) => "level",
        (Some(true), _) => "beaten by log, not by Brier",
        (Some(false), _) => "**beats the model** by log, not by Brier",
        (None, Some(true)) => "beaten by Brier, level by log",
        (None, Some(false)) => "**beats the model** by Brier, level by log",
    }
}

fn scores(crises: &[Crisis]) -> String {
    let mut out = String::from(
        "## Scores\n\n\
         | crisis | acts | forecaster | log | each | Brier | each | |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    let mut sums = [Sum::default(); 4];
    let (mut n_all, mut wins) = (0.0, [0usize; 3]);
    for crisis in crises {
        let scores = &crisis.replay["scores"];
        let n = scores["n"].as_f64().unwrap_or(0.0);
        if n == 0.0 {
            let _ = writeln!(out, "| {} | 0 | | | | | | nothing to score |", crisis.folder);
            continue;
        }
        let model = Sum::of(scores);
        n_all += n;
        sums[0].add(model);
        let _ = writeln!(
            out,
            "| [{}](#{}) | {n} | **the model** | {} | |",
            crisis.folder,
            crisis.folder,
            model.cells(n)
        );
        for (at, (key, name)) in BASELINES.iter().enumerate() {
            let Some(found) = scores["baselines"].get(key) else { continue };
            let theirs = Sum::of(found);
            if at < 3 {
                sums[at + 1].add(theirs);
                wins[at] += usize::from(model.log > theirs.log);
            }
            let cells = theirs.cells(n);
            let _ = writeln!(out, "| | {n} | {name} | {cells} | {} |", against(model, theirs));
        }
        for analyst in list(&scores["analysts"]) {
            let given = analyst["n"].as_f64().unwrap_or(0.0);
            let (theirs, ours) = (Sum::of(analyst), Sum::of(&analyst["model"]));
            let _ = writeln!(
                out,
                "| | {given} | the model, where {} gave a forecast | {} | |\n\
                 | | {given} | {} | {} | {} |",
                words(&analyst["who"]),
                ours.cells(given),
                words(&analyst["who"]),
                theirs.cells(given),
                against(ours, theirs)
            );
        }
    }
    if n_all > 0.0 {
        let cells = sums[0].cells(n_all);
        let _ = writeln!(out, "| all {} | {n_all} | **the model** | {cells} | |", crises.len());
        for (sum, (_, name)) in sums[1..].iter().zip(BASELINES) {
            let (cells, word) = (sum.cells(n_all), against(sums[0], *sum));
            let _ = writeln!(out, "| | {n_all} | {name} | {cells} | {word} |");
        }
    }
    let names = ["every open move alike", "the last move there again", "rungs as often as before"];
    let counts: Vec<String> = names.iter().zip(wins).map(|(n, k)| format!("{n} in {k}")).collect();
    let _ = writeln!(
        out,
        "\nBy log score the model is ahead of {} of {} crises.\n",
        counts.join(", of "),
        crises.len()
    );
    out
}

fn silences(crises: &[Crisis]) -> String {
    let mut out = String::from(
        "## Silences\n\n\
         Turns without a row, where the history says that this means a hold. Scored apart: most are easy, \
         and what counts as a turn is the model's choice.\n\n\
         | crisis | silences | forecaster | log | each | Brier | each |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for crisis in crises {
        let scores = &crisis.replay["scores"]["silences"];
        let n = scores["n"].as_f64().unwrap_or(0.0);
        if n == 0.0 {
            let _ = writeln!(out, "| {} | 0 | | | | | |", crisis.folder);
            continue;
        }
        let cells = Sum::of(scores).cells(n);
        let _ = writeln!(out, "| {} | {n} | **the model** | {cells} |", crisis.folder);
        for (key, name) in &BASELINES[..3] {
            let cells = Sum::of(&scores["baselines"][key]).cells(n);
            let _ = writeln!(out, "| | {n} | {name} | {cells} |");
        }
    }
    out.push('\n');
    out
}

fn calibration(crises: &[Crisis]) -> String {
    let mut out = String::from(
        "## Calibration over all crises\n\n\
         Every event of a forecast is one yes-or-no forecast, sorted by its probability into bins. Events of one \
         forecast exclude each other, so they are fewer independent trials than their number says.\n\n",
    );
    for (name, is_silent) in [("Observed acts", false), ("Silences", true)] {
        let bins = bins(crises, is_silent);
        let n: f64 = bins.iter().map(|b| b.n).sum();
        let (Some(parts), Some(brier)) = (Parts::of(&bins), brier(crises, is_silent)) else {
            let _ = writeln!(out, "### {name}\n\nNone.\n");
            continue;
        };
        let Parts { reliability, resolution, uncertainty } = parts;
        let within = brier - reliability + resolution - uncertainty;
        let _ = writeln!(
            out,
            "### {name}\n\n\
             | forecast | how many | mean forecast | observed share |\n|---|---|---|---|"
        );
        for bin in &bins {
            let Bin { from, to, n, .. } = *bin;
            let means = if n > 0.0 {
                format!("{:.3} | {:.3}", bin.mean(), bin.share())
            } else {
                " | ".to_owned()
            };
            let _ = writeln!(out, "| {from:.1} to {to:.1} | {n:.1} | {means} |");
        }
        let _ = writeln!(
            out,
            "\n{n:.0} event forecasts. Mean Brier score of an event {brier:.4} = reliability {reliability:.4} − \
             resolution {resolution:.4} + uncertainty {uncertainty:.4} + within bins {within:.4}.\n"
        );
        if n < plot::ENOUGH {
            let _ = writeln!(out, "Too few to draw.\n");
            continue;
        }
        let _ = writeln!(
            out,
            "`f` mean forecast, `o` observed share, `*` both:\n\n```text\n{}```\n",
            plot::text(&bins)
        );
        if !is_silent {
            out.push_str("![The same as a diagram](backtests-calibration.svg)\n\n");
        }
    }
    out
}

fn of_crisis(crisis: &Crisis) -> String {
    let replay = &crisis.replay;
    let mut out = format!("## {}\n\n{}\n\n", crisis.folder, words(&replay["scenario"]["title"]));
    let mut steps: Vec<&Value> = list(&replay["steps"]).iter().collect();
    let log = |step: &Value| step["log_score"].as_f64().unwrap_or(f64::NEG_INFINITY);
    steps.sort_by(|a, b| log(a).total_cmp(&log(b)));
    out.push_str(
        "### What surprised the model most\n\n\
         | day | seat | what happened | its probability | log | likeliest |\n|---|---|---|---|---|---|\n",
    );
    for step in steps.iter().take(MOST_SURPRISES) {
        let accounts = list(&step["accounts"]);
        let p: Vec<String> = accounts.iter().map(|a| probability(&a["probability"])).collect();
        let events: Vec<&str> = accounts.iter().map(|a| words(&a["event"])).collect();
        let of = |e: &Value| e["probability"].as_f64().unwrap_or(0.0);
        let likeliest = list(&step["forecast"])
            .iter()
            .max_by(|a, b| of(a).total_cmp(&of(b)))
            .map_or(String::new(), |e| {
                format!("{}, {}", words(&e["event"]), probability(&e["probability"]))
            });
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {likeliest} |",
            words(&step["date"]),
            words(&step["seat"]),
            events.join(" / "),
            p.join(" / "),
            number(&step["log_score"]),
        );
    }
    out.push('\n');
    out.push_str(&explanations(replay));
    out.push_str("### Where the model was wrong, and why\n\n");
    match &crisis.lessons {
        Some(text) if !text.trim().is_empty() => out.push_str(&embedded(text)),
        _ => out.push_str("Nothing was written yet.\n\n"),
    }
    out
}

fn explanations(replay: &Value) -> String {
    let hypotheses = list(&replay["hypotheses"]);
    let mut out = String::from("### Can rival explanations be told apart?\n\n");
    if hypotheses.is_empty() {
        out.push_str("The scenario names none.\n\n");
        return out;
    }
    out.push_str("| question | explanation | before | after | |\n|---|---|---|---|---|\n");
    let mut last = "";
    for h in hypotheses {
        let set = words(&h["set"]);
        let verdict = if set == last {
            ""
        } else {
            match h["told_apart"].as_bool() {
                Some(true) => "told apart in part",
                Some(false) => "cannot be told apart by what was observed",
                None => "not computed",
            }
        };
        let name = if set == last { "" } else { set };
        let _ = writeln!(
            out,
            "| {name} | {} | {} | {} | {verdict} |",
            words(&h["id"]),
            probability(&h["prior"]),
            probability(&h["posterior"]),
        );
        last = set;
    }
    out.push('\n');
    out
}

/// A text of its own as part of the page: without its title, its headings two levels down.
fn embedded(text: &str) -> String {
    let mut out = String::new();
    let mut is_code = false;
    let mut lines = text.trim().lines().peekable();
    if lines.peek().is_some_and(|line| line.starts_with("# ")) {
        lines.next();
    }
    for line in lines.skip_while(|line| line.trim().is_empty()) {
        is_code ^= line.starts_with("```");
        if line.starts_with('#') && !is_code {
            out.push_str("##");
        }
        out.push_str(line);
        out.push('\n');
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lessons_become_a_part_of_the_page() {
        let text = "# Lessons\n\nIt was wrong.\n\n## Day two\n```\n# code\n```\n";
        assert_eq!(embedded(text), "It was wrong.\n\n#### Day two\n```\n# code\n```\n\n");
    }

    #[test]
    fn who_beats_whom_is_said_by_both_scores() {
        let sum = |log, brier| Sum { log, brier };
        let ours = sum(-1.0, 0.5);
        assert_eq!(against(ours, sum(-2.0, 0.6)), "beaten by the model");
        assert_eq!(against(ours, sum(-0.5, 0.4)), "**beats the model**");
        assert_eq!(against(ours, sum(-2.0, 0.4)), "beaten by log, not by Brier");
        assert_eq!(against(ours, sum(f64::NEG_INFINITY, 0.6)), "beaten by the model");
        assert_eq!(against(ours, ours), "level");
    }

    #[test]
    fn a_forecast_of_nothing_is_minus_infinity_and_not_zero() {
        assert_eq!(number(&Value::Null), "-inf");
        assert_eq!(
            Sum::of(&json!({"log": null, "brier": 1.0})).cells(2.0),
            "-inf | -inf | 1.000 | 0.500"
        );
    }
}
