//! What a path ends in, and how stable that is.

use climbdown_study::discovery::{
    Input, Limit, Limits, PrimOptions, Resampling, Rule, Sample, Values, choose, find_path,
    reproduce,
};
use quantal::families::uniform;

use crate::data::{Data, on_grid, real};

/// Two inputs with four labels each and one with six whole numbers; the outcome is a matter of chance.
fn without_real_numbers(seed: u64) -> Data {
    let n = 120;
    let pick = |stream: u64, i: u64, n: f64| (n * uniform(seed, stream, i)).floor();
    let labels = |stream: u64| Values::Labels {
        labels: (0..4).map(|label| label.to_string()).collect(),
        of_row: (0..n).map(|i| pick(stream, i, 4.0) as usize).collect(),
    };
    let whole = Values::Whole((0..n).map(|i| pick(2, i, 6.0) as i64).collect());
    let inputs = [("l", labels(0)), ("m", labels(1)), ("w", whole)];
    let inputs = inputs.map(|(name, values)| Input { name: name.to_owned(), values });
    let interest: Vec<f64> =
        (0..n).map(|i| f64::from(u8::from(uniform(seed, 9, i) < 0.4))).collect();
    Data { inputs: inputs.to_vec(), interest }
}

#[test]
fn runs_that_differ_in_their_outcome_alone_may_change_places() {
    let data = without_real_numbers(1);
    let backwards: Vec<usize> = (0..120).rev().collect();
    let samples = [data.reordered(&backwards).sample(), data.sample()];
    let resampling = Resampling { seed: 1, stream: 0, n_draws: 10, share: 0.5 };
    let found = samples.map(|sample| {
        let path = find_path(&sample, &PrimOptions::USUAL).unwrap();
        reproduce(&sample, &path, path.n_peels, &resampling)
    });
    assert_eq!(found[0], found[1]);
}

#[test]
fn at_the_end_no_label_that_is_put_back_raises_density() {
    let mut n_pasted = 0;
    for seed in 0..150 {
        let data = without_real_numbers(seed);
        let interest = data.interest.clone();
        let sample = data.sample();
        let path = find_path(&sample, &PrimOptions::USUAL).unwrap();
        n_pasted += path.steps.len() - 1 - path.n_peels;
        let last = path.steps.last().unwrap();
        for input in 0..2 {
            let Limit::Labels(inside) = &last.limits.by_input[input] else { panic!("labels") };
            for label in (0..4).filter(|&label| !inside[label]) {
                let mut by_input = last.limits.by_input.clone();
                let Limit::Labels(wider) = &mut by_input[input] else { panic!("labels") };
                wider[label] = true;
                let rows = Limits { by_input }.rows(&sample);
                let k: f64 = rows.iter().map(|&row| interest[sample.given_row(row)]).sum();
                assert!(k / rows.len() as f64 <= last.density, "seed {seed}, {input}, {label}");
            }
        }
    }
    assert!(n_pasted > 0, "nothing was put back at all");
}

#[test]
fn a_box_that_means_something_is_found_in_every_half_of_the_runs() {
    let x: Vec<Vec<f64>> = (0..6).map(|s| (0..1000).map(|i| on_grid(4, s, i)).collect()).collect();
    let is_inside = |i: usize| x[1][i] < 0.4 && x[4][i] > 0.6;
    let interest: Vec<f64> = (0..1000).map(|i| f64::from(u8::from(is_inside(i)))).collect();
    let inputs = x.iter().enumerate().map(|(j, x)| real(&format!("x{j}"), x.clone())).collect();
    let sample = Sample::new(inputs, &interest, 0).unwrap();
    let path = find_path(&sample, &PrimOptions::USUAL).unwrap();
    let rule = Rule { least_density: 0.9, most_inputs: 6, level: None };
    let at = choose(&path, &rule).unwrap();
    let resampling = Resampling { seed: 1, stream: 0, n_draws: 20, share: 0.5 };
    let of = |resampling: &Resampling| reproduce(&sample, &path, at, resampling);
    let found = of(&resampling);
    for (input, found) in found.iter().enumerate() {
        let matters = [1, 4].contains(&input);
        assert_eq!(found.by_density == 1.0, matters, "input {input}: {found:?}");
        assert_eq!(found.by_coverage == 1.0, matters, "input {input}: {found:?}");
    }
    assert_eq!(found, of(&resampling), "the same parts again");
    assert_ne!(found, of(&Resampling { stream: 100, ..resampling }), "other parts");
    let none = of(&Resampling { n_draws: 0, ..resampling });
    assert!(none.iter().all(|r| (r.by_coverage, r.by_density) == (0.0, 0.0)));
}
