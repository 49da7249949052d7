//! Laws of the path, of several boxes, of resamples and of trees.

use std::collections::BTreeSet;

use climbdown_study::discovery::{
    BadSample, CartOptions, Ended, Input, Limit, Limits, Node, NothingToDiscover, Path,
    PrimOptions, Resampling, Rule, Sample, Test, Values, choose, cover, find_path, grow, reproduce,
    simplify,
};
use quantal::families::uniform;

use crate::data::{Data, NAMES, data, on_grid, real};

const ANY: Rule = Rule { least_density: 0.75, most_inputs: usize::MAX, level: None };

fn path(sample: &Sample) -> Path {
    find_path(sample, &PrimOptions::USUAL).unwrap()
}

/// A box in two of four real inputs and two of three labels, without noise, somewhere.
fn hidden(seed: u64) -> (Data, [Limit; 5]) {
    let n = 1500;
    let draw = |stream: u64, index: u64| uniform(seed, stream, index);
    let low = 0.2 + 0.2 * draw(100, 0);
    let end = 0.5 + 0.2 * draw(100, 1);
    let all = || Limit::Range { low: f64::NEG_INFINITY, high: f64::INFINITY };
    let out = (draw(100, 2) * 3.0) as usize;
    let limits = [
        Limit::Range { low, high: low + 0.45 },
        all(),
        Limit::Range { low: end, high: f64::INFINITY },
        all(),
        Limit::Labels((0..3).map(|label| label != out).collect()),
    ];
    let x: Vec<Vec<f64>> = (0..4).map(|s| (0..n).map(|i| on_grid(seed, s, i)).collect()).collect();
    let label: Vec<usize> = (0..n).map(|i| (3.0 * draw(4, i)) as usize).collect();
    let is_inside = |i: usize| {
        x.iter().zip(&limits).all(|(x, limit)| match limit {
            Limit::Range { low, high } => (*low..=*high).contains(&x[i]),
            Limit::Labels(_) => true,
        }) && label[i] != out
    };
    let interest = (0..n as usize).map(|i| f64::from(u8::from(is_inside(i)))).collect();
    let mut inputs: Vec<Input> =
        x.iter().enumerate().map(|(j, x)| real(&format!("x{j}"), x.clone())).collect();
    let labels = ["r", "s", "t"].map(str::to_owned).to_vec();
    inputs
        .push(Input { name: "label".to_owned(), values: Values::Labels { labels, of_row: label } });
    (Data { inputs, interest }, limits)
}

#[test]
fn a_box_that_was_put_there_is_found() {
    for seed in 0..12 {
        let (data, planted) = hidden(seed);
        let sample = data.sample();
        let path = path(&sample);
        let rule = Rule { least_density: 0.9, level: Some(0.05), ..ANY };
        let at = choose(&path, &rule).unwrap();
        let (found, _) = simplify(&sample, &path, at, 0.05, rule.least_density);
        assert_eq!(found.restricted(), [0, 2, 4], "seed {seed}");
        assert!(found.coverage > 0.9, "seed {seed}: {}", found.coverage);
        for (input, planted) in planted.iter().enumerate() {
            match (planted, &found.limits.by_input[input]) {
                (Limit::Range { low, high }, &Limit::Range { low: l, high: h }) => {
                    // A box with density 0.9 may be 1/0.9 as wide as the one put there, at most 0.5:
                    // 0.056 too wide. With coverage 0.9 it may be 0.05 too narrow.
                    let is_near = |planted: f64, found: f64| {
                        planted.is_infinite() || (planted - found).abs() < 0.056
                    };
                    assert!(is_near(*low, l) && is_near(*high, h), "seed {seed}, input {input}");
                }
                (planted, found) => assert_eq!(planted, found, "seed {seed}"),
            }
        }
        // The second opinion: of its leaves the pure ones lie in the box that was put there.
        let tree = grow(&sample, &CartOptions { most_depth: None, least_leaf: 15 });
        let pure = tree.leaves().filter(|leaf| leaf.density == 1.0).map(|leaf| leaf.coverage);
        assert!(pure.sum::<f64>() > 0.6, "seed {seed}");
    }
}

#[test]
fn peels_raise_density_for_coverage_and_pastes_raise_both() {
    for name in NAMES {
        let path = path(&data(name).sample());
        assert!(path.n_peels > 5 && path.steps.len() > path.n_peels, "{name}");
        for (i, pair) in path.steps.windows(2).enumerate() {
            assert!(pair[1].density > pair[0].density, "{name}, step {i}");
            let (inner, outer) = if i < path.n_peels { (1, 0) } else { (0, 1) };
            assert!(pair[inner].n_rows < pair[outer].n_rows, "{name}, step {i}");
            assert!(pair[inner].coverage <= pair[outer].coverage, "{name}, step {i}");
        }
        assert_eq!(path.steps[0].coverage, 1.0, "{name}");
        assert!(path.steps.iter().all(|step| step.mass >= 0.05), "{name}");
    }
}

#[test]
fn a_step_holds_what_its_limits_say() {
    for name in NAMES {
        let sample = data(name).sample();
        let all = data(name).interest.iter().sum::<f64>();
        for step in path(&sample).steps {
            let rows = step.limits.rows(&sample);
            let given = data(name).interest;
            let k: f64 = rows.iter().map(|&row| given[sample.given_row(row)]).sum();
            assert_eq!((step.n_rows, step.of_interest), (rows.len(), k), "{name}");
            assert_eq!(step.coverage, k / all, "{name}");
            assert_eq!(step.density, k / rows.len() as f64, "{name}");
        }
    }
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let resampling = Resampling { seed: 3, stream: 5, n_draws: 4, share: 0.5 };
    let tree = CartOptions { most_depth: Some(4), least_leaf: 20 };
    for name in NAMES {
        let sample = data(name).sample();
        let n = sample.n_rows();
        let mut shuffled: Vec<usize> = (0..n).collect();
        shuffled.sort_by(|&a, &b| uniform(9, 0, a as u64).total_cmp(&uniform(9, 0, b as u64)));
        for order in [(0..n).rev().collect::<Vec<_>>(), shuffled] {
            let other = data(name).reordered(&order).sample();
            let covers = [&sample, &other].map(|s| cover(s, &PrimOptions::USUAL, &ANY, 3).unwrap());
            assert_eq!(covers[0], covers[1], "{name}");
            let found = &covers[0].boxes[0];
            let reproduced = [&sample, &other]
                .map(|sample| reproduce(sample, &found.path, found.chosen, &resampling));
            assert_eq!(reproduced[0], reproduced[1], "{name}");
            assert_eq!(grow(&sample, &tree), grow(&other, &tree), "{name}");
            for row in 0..n {
                let given = order[other.given_row(row)];
                assert_eq!(given, sample.given_row(row), "{name}: rows here are all different");
            }
        }
    }
}

#[test]
fn another_unit_gives_the_same_boxes_in_that_unit() {
    let sample = data("curved").sample();
    let mut scaled = data("curved");
    let Values::Real(b) = &mut scaled.inputs[1].values else { panic!("b is real") };
    b.iter_mut().for_each(|b| *b *= 0.25);
    let paths = [path(&sample), path(&scaled.sample())];
    assert_eq!(paths[0].steps.len(), paths[1].steps.len());
    for (step, scaled) in paths[0].steps.iter().zip(&paths[1].steps) {
        assert_eq!((step.n_rows, step.of_interest), (scaled.n_rows, scaled.of_interest));
        let Limit::Range { low, high } = step.limits.by_input[1] else { panic!("b is real") };
        let expected = Limit::Range { low: low / 4.0, high: high / 4.0 };
        assert_eq!(scaled.limits.by_input[1], expected);
    }
}

#[test]
fn half_the_weight_is_half_the_density_and_the_same_boxes() {
    for name in NAMES {
        let Data { inputs, interest } = data(name);
        let halved = interest.iter().map(|w| w / 2.0).collect();
        let halved = path(&Data { inputs, interest: halved }.sample());
        let whole = path(&data(name).sample());
        assert_eq!(halved.steps.len(), whole.steps.len(), "{name}");
        for (half, whole) in halved.steps.iter().zip(&whole.steps) {
            assert_eq!(half.limits, whole.limits, "{name}");
            assert_eq!(half.density, whole.density / 2.0, "{name}");
            assert_eq!(half.coverage, whole.coverage, "{name}");
            assert!(half.restrictions.iter().all(|r| r.quasi_p.is_none()), "{name}");
        }
    }
}

#[test]
fn labels_in_another_order_are_the_same_labels() {
    let mut turned = data("mixed");
    let Values::Labels { labels, of_row } = &mut turned.inputs[2].values else { panic!("labels") };
    labels.reverse();
    of_row.iter_mut().for_each(|label| *label = 3 - *label);
    let paths = [path(&data("mixed").sample()), path(&turned.sample())];
    assert_eq!(paths[0].steps.len(), paths[1].steps.len());
    for (step, turned) in paths[0].steps.iter().zip(&paths[1].steps) {
        let Limit::Labels(inside) = &step.limits.by_input[2] else { panic!("labels") };
        let expected = inside.iter().rev().copied().collect();
        assert_eq!(turned.limits.by_input[2], Limit::Labels(expected));
        assert_eq!(turned.restrictions, step.restrictions);
    }
}

#[test]
fn equal_values_stay_together() {
    // 60 rows at each of 0 to 4; those at 2 and above are of interest, whatever the kind of number.
    let x: Vec<i64> = (0..300).map(|i| i / 60).collect();
    let interest: Vec<f64> = x.iter().map(|&x| f64::from(u8::from(x >= 2))).collect();
    let kinds = [Values::Whole(x.clone()), Values::Real(x.iter().map(|&x| x as f64).collect())];
    for values in kinds {
        let is_whole = matches!(values, Values::Whole(_));
        let inputs = vec![Input { name: "x".to_owned(), values }, real("same", vec![0.5; 300])];
        let path = path(&Sample::new(inputs, &interest, 0).unwrap());
        let counts: Vec<usize> = path.steps.iter().map(|step| step.n_rows).collect();
        assert_eq!(counts, [300, 240, 180]);
        let last = path.steps.last().unwrap();
        assert_eq!((last.density, last.coverage), (1.0, 1.0));
        let low = if is_whole { 2.0 } else { 1.5 };
        assert_eq!(last.limits.by_input[0], Limit::Range { low, high: 4.0 });
        assert_eq!(last.restricted(), [0], "a constant is never restricted");
    }
}

#[test]
fn boxes_share_no_row_and_each_is_looked_for_in_what_is_left() {
    for name in NAMES {
        let sample = data(name).sample();
        let found = cover(&sample, &PrimOptions::USUAL, &ANY, 5).unwrap();
        let mut left: BTreeSet<usize> = (0..sample.n_rows()).collect();
        let mut coverage = 0.0;
        for one in &found.boxes {
            assert!(one.path.rows.iter().eq(left.iter()), "{name}");
            let inside: Vec<usize> = one.step.limits.rows(&sample);
            let n = inside.iter().filter(|row| left.remove(row)).count();
            assert_eq!(n, one.step.n_rows, "{name}");
            assert!(one.step.density >= ANY.least_density, "{name}");
            coverage += one.step.coverage;
        }
        assert!((found.coverage - coverage).abs() < 1e-12, "{name}");
        let Ended::NoneDenseEnough(path) = found.ended else { panic!("{name}: {:?}", found.ended) };
        assert!(path.steps.iter().all(|step| step.density < ANY.least_density), "{name}");
    }
}

#[test]
fn all_alike_is_nothing_to_discover() {
    let of = |weight: f64| {
        let inputs = vec![real("x", (0..40).map(f64::from).collect())];
        let sample = Sample::new(inputs, &[weight; 40], 2).unwrap();
        assert_eq!(sample.n_left_out(), 2);
        let nothing = find_path(&sample, &PrimOptions::USUAL).unwrap_err();
        assert_eq!(cover(&sample, &PrimOptions::USUAL, &ANY, 2).unwrap_err(), nothing);
        nothing
    };
    assert_eq!(of(0.0), NothingToDiscover::NoCases { n_rows: 40 });
    assert_eq!(of(1.0), NothingToDiscover::AllCases { n_rows: 40 });
    assert_eq!(of(0.5), NothingToDiscover::EqualWeights { n_rows: 40, weight: 0.5 });
    assert_eq!(of(0.0).to_string(), "nothing to discover: none of 40 runs is a case of interest");
}

#[test]
fn what_is_left_over_may_be_nothing() {
    // All cases of interest lie in one box, which the first path ends in.
    let x: Vec<f64> = (0..200).map(f64::from).collect();
    let interest: Vec<f64> = x.iter().map(|&x| f64::from(u8::from(x >= 120.0))).collect();
    let sample = Sample::new(vec![real("x", x)], &interest, 0).unwrap();
    let found =
        cover(&sample, &PrimOptions::USUAL, &Rule { least_density: 0.5, ..ANY }, 5).unwrap();
    assert_eq!(found.coverage, 1.0);
    let n_rows = 200 - found.boxes[0].step.n_rows;
    assert_eq!(found.ended, Ended::Nothing(NothingToDiscover::NoCases { n_rows }));
}

#[test]
fn bad_columns_are_named() {
    let of = |values: Values, interest: &[f64]| {
        let input = Input { name: "x".to_owned(), values };
        Sample::new(vec![input], interest, 0).unwrap_err()
    };
    let (two, x) = ([0.0, 1.0], || "x".to_owned());
    assert_eq!(Sample::new(Vec::new(), &two, 0), Err(BadSample::Empty));
    assert_eq!(of(Values::Real(Vec::new()), &[]), BadSample::Empty);
    let failed = of(Values::Real(vec![0.0, f64::NAN]), &two);
    assert_eq!(failed, BadSample::NotFinite { input: x(), row: 1 });
    assert_eq!(
        failed.to_string(),
        "input x is not a finite number in run 1; leave such runs out and say how many"
    );
    assert_eq!(
        of(Values::Real(vec![0.0]), &two),
        BadSample::Length { input: x(), n_values: 1, n_rows: 2 }
    );
    let large = of(Values::Whole(vec![i64::MIN, 0]), &two);
    assert_eq!(large, BadSample::TooLarge { input: x(), row: 0 });
    let labels = Values::Labels { labels: vec!["only".to_owned()], of_row: vec![0, 1] };
    assert_eq!(of(labels, &two), BadSample::NoSuchLabel { input: x(), row: 1 });
    let weight = of(Values::Real(vec![0.0, 1.0]), &[1.5, 0.0]);
    assert_eq!(weight, BadSample::Interest { row: 0, value: 1.5 });
    let weight = of(Values::Real(vec![0.0, 1.0]), &[0.0, f64::NAN]);
    assert!(matches!(weight, BadSample::Interest { row: 1, .. }));
}

#[test]
fn leaves_are_a_partition() {
    for name in NAMES {
        let sample = data(name).sample();
        for (most_depth, least_leaf) in [(None, 1), (None, 30), (Some(4), 10), (Some(0), 1)] {
            let tree = grow(&sample, &CartOptions { most_depth, least_leaf });
            let all = Limits::of_all(&sample);
            let mut times = vec![0; sample.n_rows()];
            for leaf in tree.leaves() {
                let rows = leaf.limits.rows(&sample);
                assert_eq!(rows.len(), leaf.n_rows, "{name}");
                assert!(leaf.n_rows >= least_leaf, "{name}");
                rows.into_iter().for_each(|row| times[row] += 1);
                let n_splits = leaf.limits.restricted(&all).len();
                assert!(most_depth.is_none_or(|most| n_splits <= most), "{name}");
            }
            assert!(times.iter().all(|&n| n == 1), "{name}");
            let coverage: f64 = tree.leaves().map(|leaf| leaf.coverage).sum();
            assert!((coverage - 1.0).abs() < 1e-12, "{name}");
        }
    }
}

#[test]
fn numbers_next_to_each_other_can_be_split() {
    let x = 1.0f64;
    let inputs = vec![real("x", vec![x, x.next_up(), x, x.next_up()])];
    let sample = Sample::new(inputs, &[0.0, 1.0, 0.0, 1.0], 0).unwrap();
    let tree = grow(&sample, &CartOptions { most_depth: None, least_leaf: 1 });
    let found: Vec<_> = tree.leaves().map(|leaf| (leaf.n_rows, leaf.density)).collect();
    assert_eq!(found, [(2, 0.0), (2, 1.0)]);
    for leaf in tree.leaves() {
        assert_eq!(leaf.limits.rows(&sample).len(), 2);
    }
    let Node::Split { test: Test::AtMost { threshold, .. }, yes: 1, no: 2 } = tree.nodes[0] else {
        panic!("{:?}", tree.nodes[0])
    };
    assert_eq!(threshold, x);
}

#[test]
fn of_equal_splits_the_first_input_is_taken() {
    let x: Vec<f64> = (0..20).map(f64::from).collect();
    let interest: Vec<f64> = x.iter().map(|&x| f64::from(u8::from(x > 9.0))).collect();
    let sample = Sample::new(vec![real("x", x.clone()), real("y", x)], &interest, 0).unwrap();
    let tree = grow(&sample, &CartOptions { most_depth: None, least_leaf: 1 });
    let first = Test::AtMost { input: 0, threshold: 9.5 };
    assert_eq!(tree.nodes[0], Node::Split { test: first, yes: 1, no: 2 });
    let last = path(&sample).steps.pop().unwrap();
    assert_eq!(last.restricted(), [0], "of equal peels the one on the first input");
}
