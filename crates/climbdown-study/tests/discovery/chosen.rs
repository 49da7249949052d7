//! Which box is taken, and what may be left out of it.

use climbdown_study::discovery::{
    Objective, Path, PrimOptions, Rule, Step, choose, find_path, simplify,
};

use crate::data::{NAMES, data};

#[test]
fn no_box_that_meets_the_rule_has_more_coverage() {
    for name in NAMES {
        let path = find_path(&data(name).sample(), &PrimOptions::USUAL).unwrap();
        for least_density in [0.0, 0.4, 0.6, 0.8, 0.9] {
            for most_inputs in 0..5 {
                let rule = Rule { least_density, most_inputs, level: None };
                let meets: Vec<usize> = (0..path.steps.len())
                    .filter(|&i| path.steps[i].density >= least_density)
                    .filter(|&i| path.steps[i].restricted().len() <= most_inputs)
                    .collect();
                let found = choose(&path, &rule);
                assert_eq!(found.is_none(), meets.is_empty(), "{name}, {rule:?}");
                let Some(found) = found else { continue };
                assert!(meets.contains(&found), "{name}, {rule:?}");
                let coverage = path.steps[found].coverage;
                assert!(meets.iter().all(|&i| path.steps[i].coverage <= coverage), "{name}");
            }
        }
        let start = Rule { least_density: 0.0, most_inputs: usize::MAX, level: None };
        assert_eq!(choose(&path, &start), Some(0), "{name}: everything has most coverage");
    }
}

#[test]
fn of_boxes_with_equal_coverage_the_simplest_is_taken_then_the_densest_then_the_first() {
    let full = find_path(&data("planted").sample(), &PrimOptions::USUAL).unwrap();
    let with = |n_inputs: usize, density: f64| {
        let is_so = |step: &&Step| step.restricted().len() == n_inputs;
        let step = full.steps.iter().find(is_so).unwrap().clone();
        Step { coverage: 0.7, density, ..step }
    };
    let chosen = |steps: Vec<Step>| {
        let path = Path { steps, ..full.clone() };
        choose(&path, &Rule { least_density: 0.5, most_inputs: 5, level: None })
    };
    assert_eq!(chosen(vec![with(2, 0.9), with(1, 0.6), with(1, 0.7), with(1, 0.7)]), Some(2));
    assert_eq!(chosen(vec![with(2, 0.9), with(1, 0.4)]), Some(0));
}

#[test]
fn what_may_be_chance_is_left_out_while_the_box_stays_dense() {
    let mut n_dropped = 0;
    for name in NAMES {
        let sample = data(name).sample();
        let path = find_path(&sample, &PrimOptions::USUAL).unwrap();
        for (at, step) in path.steps.iter().enumerate() {
            let least_density = step.density * 0.95;
            let (found, dropped) = simplify(&sample, &path, at, 0.05, least_density);
            assert_eq!(found.restrictions.len() + dropped.len(), step.restrictions.len(), "{name}");
            assert!(dropped.iter().all(|r| r.quasi_p.unwrap() > 0.05), "{name}");
            assert!(found.density >= least_density && found.coverage >= step.coverage, "{name}");
            n_dropped += dropped.len();
        }
        let last = path.steps.len() - 1;
        let (found, dropped) = simplify(&sample, &path, last, 0.05, 0.0);
        assert!(found.restrictions.iter().all(|r| r.quasi_p.unwrap() <= 0.05), "{name}");
        assert!(
            !dropped.is_empty(),
            "{name}: the last box restricts an input that does not matter"
        );
        assert_eq!(simplify(&sample, &path, last, 1.0, 0.0).1, [], "{name}");
    }
    assert!(n_dropped > 0);
}

#[test]
fn options_out_of_range_are_named() {
    let of = |peel, paste, mass| PrimOptions::new(peel, paste, mass, Objective::Lenient1);
    assert_eq!(of(0.05, 0.05, 0.05), Ok(PrimOptions::USUAL));
    for (options, text) in [
        (of(0.5, 0.05, 0.05), "peel alpha is 0.5; write a number above 0 and below 0.5"),
        (of(0.05, 0.0, 0.05), "paste alpha is 0; write a number above 0 and below 0.5"),
        (of(0.05, 0.05, f64::NAN), "least mass is NaN; write a number from 0 to 1"),
    ] {
        assert_eq!(options.unwrap_err().to_string(), text);
    }
}
