//! Equal to EMA Workbench's PRIM and scikit-learn's CART, whose answers are in `oracle/ema.json`.

use climbdown_study::discovery::{
    CartOptions, Ended, Limit, Node, Objective, Path, PrimOptions, Resampling, Rule, Sample, Side,
    Step, Test, Tree, choose, cover, find_path, grow, reproduce,
};
use serde_json::Value;

use crate::data::{NAMES, data};

/// The two programs add and divide the same numbers; what is left is rounding.
const TOLERANCE: f64 = 1e-12;
/// SciPy's binomial tail is an incomplete beta function, ours a sum.
const OF_QUASI_P: f64 = 1e-9;

fn answers() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/oracle/ema.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[track_caller]
fn assert_close(found: f64, expected: &Value, tolerance: f64, place: &str) {
    let expected = expected.as_f64().unwrap();
    let is_close = (found - expected).abs() <= tolerance * expected.abs();
    assert!(is_close, "{place}: {found} is not {expected}");
}

fn rule(name: &str) -> Rule {
    let least_density = if name == "planted" { 0.8 } else { 0.75 };
    Rule { least_density, most_inputs: usize::MAX, level: None }
}

fn input_of(sample: &Sample, name: &str) -> usize {
    (0..sample.n_inputs()).find(|&input| sample.name(input) == name).unwrap()
}

#[test]
fn the_data_are_the_oracle_s() {
    let answers = answers();
    for name in NAMES {
        let sample = data(name).sample();
        assert_eq!(answers[name]["rows"], sample.n_rows(), "{name}");
        assert_eq!(answers[name]["of_interest"], sample.of_interest() as u64, "{name}");
    }
}

#[test]
fn every_box_of_every_path_is_ema_workbench_s() {
    let answers = answers();
    let (mut n_paths, mut n_steps, mut n_quasi_p) = (0, 0, 0);
    for name in NAMES {
        let sample = data(name).sample();
        let expected = answers[name]["prim"].as_array().unwrap();
        let found = cover(&sample, &PrimOptions::USUAL, &rule(name), expected.len()).unwrap();
        assert_eq!(found.ended, Ended::Enough, "{name}");
        assert_eq!(found.boxes.len(), expected.len(), "{name}");
        for (found, expected) in found.boxes.iter().zip(expected) {
            assert_eq!(expected["rows"], found.path.rows.len(), "{name}");
            assert_eq!(expected["chosen"], found.chosen, "{name}");
            assert_path(&sample, &found.path, &expected["path"], name);
            n_paths += 1;
            n_steps += found.path.steps.len();
            n_quasi_p += found.path.steps.iter().map(|step| step.restrictions.len()).sum::<usize>();
        }
    }
    // As many as docs/methods/discovery.md says.
    assert_eq!((n_paths, n_steps, n_quasi_p), (5, 207, 618));
}

fn assert_path(sample: &Sample, path: &Path, expected: &Value, name: &str) {
    let expected = expected.as_array().unwrap();
    assert_eq!(path.steps.len(), expected.len(), "{name}");
    for (i, (found, expected)) in path.steps.iter().zip(expected).enumerate() {
        assert_step(sample, found, expected, &format!("{name}, step {i}"));
    }
}

fn assert_step(sample: &Sample, found: &Step, expected: &Value, place: &str) {
    assert_eq!(expected["n"], found.n_rows, "{place}");
    assert_eq!(expected["k"], found.of_interest as u64, "{place}");
    assert_close(found.coverage, &expected["coverage"], TOLERANCE, place);
    assert_close(found.density, &expected["density"], TOLERANCE, place);
    assert_close(found.mass, &expected["mass"], TOLERANCE, place);
    let restricted = expected["restricted"].as_object().unwrap();
    assert_eq!(found.restricted().len(), restricted.len(), "{place}");
    for (name, expected) in restricted {
        let input = input_of(sample, name);
        let quasi_p = |side| {
            let mut of_input = found.restrictions.iter().filter(|r| r.input == input);
            of_input.find(|r| r.side == side).map(|r| r.quasi_p.unwrap())
        };
        let place = format!("{place}, {name}");
        match &found.limits.by_input[input] {
            Limit::Range { low, high } => {
                assert_close(*low, &expected["limits"][0], TOLERANCE, &place);
                assert_close(*high, &expected["limits"][1], TOLERANCE, &place);
                for (i, side) in [Side::Lower, Side::Upper].into_iter().enumerate() {
                    let expected = &expected["quasi_p"][i];
                    assert_eq!(expected.is_null(), quasi_p(side).is_none(), "{place}");
                    if let Some(found) = quasi_p(side) {
                        assert_close(found, expected, OF_QUASI_P, &place);
                    }
                }
            }
            Limit::Labels(inside) => {
                let all: &[&str] = match name.as_str() {
                    "channel" => &["envoy", "hotline", "letter", "press"],
                    _ => &["closed", "open"],
                };
                let inside: Vec<&str> =
                    all.iter().zip(inside).filter(|(_, is)| **is).map(|(l, _)| *l).collect();
                assert_eq!(expected["labels"], serde_json::json!(inside), "{place}");
                assert_close(
                    quasi_p(Side::Labels).unwrap(),
                    &expected["quasi_p"],
                    OF_QUASI_P,
                    &place,
                );
            }
        }
    }
}

#[test]
fn the_other_objectives_end_where_ema_workbench_s_do() {
    let answers = answers();
    for name in NAMES {
        let sample = data(name).sample();
        for (word, objective) in
            [("lenient2", Objective::Lenient2), ("original", Objective::Original)]
        {
            let options = PrimOptions::new(0.05, 0.05, 0.05, objective).unwrap();
            let path = find_path(&sample, &options).unwrap();
            let expected = &answers[name]["objectives"][word];
            assert_eq!(expected["steps"], path.steps.len(), "{name}, {word}");
            assert_step(&sample, path.steps.last().unwrap(), expected, &format!("{name}, {word}"));
        }
    }
}

#[test]
fn as_many_parts_of_the_runs_restrict_an_input_as_in_ema_workbench() {
    let answers = answers();
    let resampling = Resampling { seed: 7, stream: 0, n_draws: 10, share: 0.5 };
    let mut n_inputs = 0;
    for name in ["planted", "mixed"] {
        let sample = data(name).sample();
        let path = find_path(&sample, &PrimOptions::USUAL).unwrap();
        let at = choose(&path, &rule(name)).unwrap();
        let found = reproduce(&sample, &path, at, &resampling);
        let expected = answers[name]["prim"][0]["resampled"].as_object().unwrap();
        for (input, expected) in expected {
            let found = found[input_of(&sample, input)];
            assert_close(found.by_coverage, &expected[0], TOLERANCE, &format!("{name}, {input}"));
            assert_close(found.by_density, &expected[1], TOLERANCE, &format!("{name}, {input}"));
            n_inputs += 1;
        }
    }
    assert_eq!(n_inputs, 11);
}

#[test]
fn trees_are_scikit_learn_s() {
    let answers = answers();
    let mut n_trees = 0;
    for name in NAMES {
        let sample = data(name).sample();
        for (word, most_depth, share) in
            [("depth 3", Some(3), 0.08), ("depth 4", Some(4), 0.08), ("any depth", None, 0.15)]
        {
            let least_leaf = (share * sample.n_rows() as f64) as usize;
            let tree = grow(&sample, &CartOptions { most_depth, least_leaf });
            let expected = answers[name]["cart"][word].as_array().unwrap();
            assert_tree(&sample, &tree, expected, &format!("{name}, {word}"));
            n_trees += 1;
        }
        let Some(expected) = answers[name]["cart"]["leaves"].as_array() else { continue };
        let least_leaf = (0.15 * sample.n_rows() as f64) as usize;
        let tree = grow(&sample, &CartOptions { most_depth: None, least_leaf });
        assert_eq!(tree.leaves().count(), expected.len(), "{name}");
        for (leaf, expected) in tree.leaves().zip(expected) {
            assert_close(leaf.coverage, &expected["coverage"], TOLERANCE, name);
            assert_close(leaf.density, &expected["density"], TOLERANCE, name);
            assert_close(leaf.mass, &expected["mass"], TOLERANCE, name);
        }
    }
    assert_eq!(n_trees, 9);
}

fn assert_tree(sample: &Sample, tree: &Tree, expected: &[Value], place: &str) {
    assert_eq!(tree.nodes.len(), expected.len(), "{place}");
    for (node, expected) in tree.nodes.iter().zip(expected) {
        match node {
            Node::Leaf(leaf) => {
                assert_eq!(expected[0], leaf.n_rows, "{place}");
                assert_eq!(expected[1], leaf.of_interest as u64, "{place}");
                let inside = leaf.limits.rows(sample).len();
                assert_eq!(inside, leaf.n_rows, "{place}: the leaf's box has other rows");
            }
            Node::Split { test: Test::AtMost { input, threshold }, .. } => {
                assert_eq!(expected[0], sample.name(*input), "{place}");
                assert_close(*threshold, &expected[1], TOLERANCE, place);
            }
            Node::Split { test: Test::IsNot { input, label }, .. } => {
                assert_eq!(expected[0], sample.name(*input), "{place}");
                let labels: [&str; 4] = ["envoy", "hotline", "letter", "press"];
                assert_eq!(expected[1], labels[*label], "{place}");
            }
        }
    }
}
