//! Samples of a few runs with many equal values, where every edge is near.

use climbdown_study::discovery::{
    CartOptions, Input, Objective, PrimOptions, Resampling, Rule, Sample, Values, clauses, cover,
    grow, reproduce,
};
use quantal::families::uniform;

fn small(seed: u64) -> Sample {
    let n = 1 + (14.0 * uniform(seed, 0, 0)) as u64;
    let pick = |stream: u64, i: u64| (5.0 * uniform(seed, stream, i)).floor();
    let label = |i: u64| pick(3, i) as usize;
    let values = [
        Values::Real((0..n).map(|i| pick(1, i) / 10.0 - 0.2).collect()),
        Values::Whole((0..n).map(|i| pick(2, i) as i64 - 2).collect()),
        Values::Labels {
            labels: (0..6).map(|l| l.to_string()).collect(),
            of_row: (0..n).map(label).collect(),
        },
    ];
    let inputs = values.map(|values| Input { name: "x".to_owned(), values });
    // Every third sample has weights, the others cases.
    let weight = |i| match pick(4, i) / 4.0 {
        w if seed.is_multiple_of(3) => w,
        w => w.round(),
    };
    let interest: Vec<f64> = (0..n).map(weight).collect();
    Sample::new(inputs.to_vec(), &interest, 0).unwrap()
}

#[test]
fn a_few_runs_are_enough_for_every_rule_to_hold() {
    let rule = Rule { least_density: 0.5, most_inputs: 3, level: Some(0.3) };
    let resampling = Resampling { seed: 1, stream: 0, n_draws: 2, share: 0.5 };
    let (mut n_boxes, mut n_nothing) = (0, 0);
    for seed in 0..1500 {
        let sample = small(seed);
        let objective = [Objective::Lenient1, Objective::Lenient2, Objective::Original];
        let objective = objective[seed as usize / 3 % 3];
        let options = PrimOptions::new(0.1, 0.1, 0.0, objective).unwrap();
        let Ok(found) = cover(&sample, &options, &rule, 4) else {
            n_nothing += 1;
            continue;
        };
        for found in &found.boxes {
            n_boxes += 1;
            assert!(found.step.n_rows > 0 && found.step.density >= 0.5, "seed {seed}");
            let again = reproduce(&sample, &found.path, found.chosen, &resampling);
            assert!(again.iter().all(|r| (0.0..=1.0).contains(&r.by_density)), "seed {seed}");
            for step in found.path.steps.iter().chain([&found.step]) {
                let clauses = clauses(&sample, &step.limits);
                let is_said = |r: &usize| clauses.iter().all(|c| c.holds(&sample, *r));
                let said: Vec<usize> = (0..sample.n_rows()).filter(is_said).collect();
                assert_eq!(said, step.limits.rows(&sample), "seed {seed}: {clauses:?}");
                let inside = |row: &&usize| step.limits.contains(&sample, **row);
                assert_eq!(found.path.rows.iter().filter(inside).count(), step.n_rows);
                let is_probable = |p: Option<f64>| p.is_none_or(|p| (0.0..=1.0).contains(&p));
                assert!(step.restrictions.iter().all(|r| is_probable(r.quasi_p)), "seed {seed}");
            }
        }
        let tree = grow(&sample, &CartOptions { most_depth: None, least_leaf: 1 });
        let n: usize = tree.leaves().map(|leaf| leaf.limits.rows(&sample).len()).sum();
        assert_eq!(n, sample.n_rows(), "seed {seed}");
    }
    assert!(n_boxes > 1000 && n_nothing > 50, "{n_boxes} boxes, {n_nothing} times nothing");
}
