//! Every number of the flagship's answer leads back to how it is made and to a line of the file.

use std::path::Path;
use std::sync::Arc;

use climbdown_lang::source::SourceFile;
use climbdown_lang::template::{Assignment, CompileOptions};
use climbdown_lang::{Sources, check, compile, needs};
use climbdown_report::explain::figures::{SECTIONS, numbers, said};
use climbdown_report::{Answer, RunInfo, wire};
use climbdown_study::study::StudyOptions;
use climbdown_study::{AssessOptions, assess_with_study};
use serde_json::Value;

fn file(path: &Path) -> SourceFile {
    let text = std::fs::read_to_string(path).expect("the repository's files can be read");
    SourceFile { name: path.display().to_string(), text }
}

/// All numbers below a value, in any order, as they are written.
fn numbers_of(value: &Value) -> Vec<String> {
    match value {
        Value::Number(x) => vec![x.to_string()],
        Value::Array(list) => list.iter().flat_map(numbers_of).collect(),
        Value::Object(map) => map.values().flat_map(numbers_of).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_number_of_the_answer_has_its_reasons() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/atacms-2024");
    let scenario = file(&folder.join("scenario.toml"));
    let asks = needs(&scenario);
    let ladder = |name: &String| file(&folder.join(format!("../../ladders/{name}.toml")));
    let ladders = asks.ladders.iter().map(ladder).collect();
    let history = asks.history.map(|name| file(&folder.join(name)));
    let checked = check(&Sources { scenario, ladders, history });
    let scenario = Arc::new(checked.scenario.expect("the flagship is sound"));
    let compiling = CompileOptions { memory: scenario.memory, budget_nodes: 500_000 };
    let template = compile(&scenario, &compiling).expect("it is within the budget");
    let how =
        AssessOptions { lambda: 5.0, tolerance: 1e-10, band: vec![1.0, 5.0], attribution: true };
    // Fewer tell nothing of influences.
    let study = StudyOptions { draws: 16, seed: 1 };
    let point = Assignment::point(&scenario);
    let found =
        assess_with_study(&template, &point, &how, (&study, None), &mut |_| true).expect("solved");
    let run = RunInfo {
        version: "0".to_owned(),
        sha256: String::new(),
        seed: 1,
        memory: scenario.memory,
        tolerance: 1e-10,
        overrides: Vec::new(),
        as_of: None,
    };
    let answer = Answer { findings: &found, scenario: &scenario, run: &run };
    let root = wire::answer_value(&answer);

    let paths = numbers(&root, "");
    let mut named: Vec<&String> = paths.iter().collect();
    named.sort_unstable();
    named.dedup();
    assert_eq!(named.len(), paths.len(), "each number has a path of its own");
    let mut shown: Vec<String> = Vec::new();
    for path in &paths {
        let text = said(&answer, &root, &checked.map, path).unwrap_or_else(|| panic!("{path}"));
        let (head, rest) = text.split_once('\n').expect("there are reasons");
        let (name, value) = head.split_once(" = ").expect("a name and a number");
        assert_eq!(name, path);
        shown.push(value.to_owned());
        assert!(rest.contains("  how: "), "{text}");
        assert!(rest.contains("  method: docs/"), "{text}");
        assert!(rest.contains("scenario.toml:"), "{text}");
    }
    // The paths lead to all numbers there are: the same ones, each as often.
    let mut there: Vec<String> =
        SECTIONS.iter().flat_map(|section| numbers_of(&root[*section])).collect();
    there.sort_unstable();
    shown.sort_unstable();
    assert!(shown == there, "{} are shown of {}", shown.len(), there.len());
    for part in ["assumptions", "claims", "off_ramps", "influences", "hypotheses", "attribution"] {
        assert!(paths.iter().any(|p| p.starts_with(part)), "{part} has numbers");
    }
    // What goes in is what the formula says: the remainder is the change less the total.
    let text = said(&answer, &root, &checked.map, "attribution.remainder").expect("explained");
    let number = |line: &str| -> f64 {
        line.rsplit(" = ").next().expect("a number").parse().expect("a number")
    };
    let from: Vec<f64> = text.lines().filter(|l| l.starts_with("  from ")).map(number).collect();
    let remainder = number(text.lines().next().expect("a line"));
    assert!(from.len() == 2 && (from[0] - from[1] - remainder).abs() < 1e-12, "{text}");
    let text = said(&answer, &root, &checked.map, "attribution.means").expect("explained");
    assert_eq!(text.matches("  from attribution.combinations.").count(), 16, "{text}");
    // The pages that the reasons name are there.
    let text = said(&answer, &root, &checked.map, "attribution").expect("a section is explained");
    let page = text.split("method: ").nth(1).and_then(|t| t.split_whitespace().next());
    let page = folder.join("../..").join(page.expect("a page"));
    assert!(page.exists(), "{}", page.display());
}
