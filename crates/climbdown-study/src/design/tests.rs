//! Laws of designs, and reference numbers of `oracle/designs.json` (scipy, mpmath, numpy).

use proptest::prelude::*;
use serde_json::Value;

use super::sequence::Sequence;
use super::*;

fn stored() -> Value {
    serde_json::from_str(include_str!("../../oracle/designs.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn uniform_inputs(n: usize) -> Vec<Input> {
    let input = |k| Input::new(format!("x{k}"), Spread::Uniform { low: 0.0, high: 1.0 }).unwrap();
    (0..n).map(input).collect()
}

fn design(kind: Kind, n_inputs: usize, seed: u64) -> Design {
    Design::new(kind, uniform_inputs(n_inputs), vec![], seed).unwrap()
}

fn saltelli(n: usize, n_inputs: usize, second_order: bool) -> Kind {
    Kind::Saltelli { n, second_order, groups: Groups::each(&uniform_inputs(n_inputs)) }
}

fn morris(n: usize, n_inputs: usize, n_levels: usize) -> Kind {
    Kind::Morris { n, n_levels, groups: Groups::each(&uniform_inputs(n_inputs)) }
}

fn every_kind(n_inputs: usize) -> Vec<Kind> {
    vec![
        Kind::LatinHypercube { n: 24 },
        Kind::Sobol { n: 24 },
        saltelli(3, n_inputs, true),
        saltelli(4, n_inputs, false),
        morris(5, n_inputs, 4),
        Kind::Grid { n_levels: 2 },
    ]
}

#[test]
fn quantiles_are_those_of_mpmath() {
    let stored = stored();
    let quantiles = &stored["quantiles"];
    let shares = numbers(&quantiles["shares"]);
    let mut seen = 0;
    for (name, expected) in quantiles.as_object().unwrap() {
        let of: Vec<f64> = name.split(' ').filter_map(|word| word.parse().ok()).collect();
        let spread = match (name.split(' ').next().unwrap(), of.as_slice()) {
            ("normal", &[low, high]) => Spread::Normal { low, high },
            ("lognormal", &[low, high]) => Spread::Lognormal { low, high },
            ("triangular", &[low, peak, high]) => Spread::Triangular { low, peak, high },
            ("beta", &[low, mode, high]) => Spread::Beta { low, mode, high },
            ("standard_normal_tail", _) => {
                for (share, expected) in [1e-16, 1e-20, 1e-300].into_iter().zip(numbers(expected)) {
                    let found = normal_quantile(share);
                    assert!((found / expected - 1.0).abs() <= 1e-14, "{share}: {found}");
                }
                continue;
            }
            ("standard_normal", _) => {
                for (&share, expected) in shares.iter().zip(numbers(expected)) {
                    let found = normal_quantile(share);
                    assert!((found - expected).abs() <= 1e-14 * expected.abs().max(1.0), "{share}");
                }
                continue;
            }
            _ => continue,
        };
        seen += 1;
        let input = Input::new(name, spread).unwrap();
        for (&share, expected) in shares.iter().zip(numbers(expected)) {
            let found = input.quantile(share);
            let off = (found - expected).abs() / expected.abs().max(1.0);
            assert!(off <= 1e-13, "{name} at {share}: {found} is not {expected}");
        }
    }
    assert_eq!(seen, 7);
}

#[test]
fn the_unscrambled_sequence_is_scipys() {
    let stored = stored();
    let sequence = Sequence::new(512).unwrap();
    let digits = |index, dimension| sequence.plain(index, dimension) * f64::from(1 << 30);
    for (index, point) in stored["sequence"]["first"].as_array().unwrap().iter().enumerate() {
        for (dimension, expected) in numbers(point).into_iter().enumerate() {
            assert_eq!(digits(index as u32, dimension), expected, "{index} {dimension}");
        }
    }
    for (index, point) in stored["sequence"]["later"].as_object().unwrap() {
        let point = numbers(point);
        assert_eq!(point.len(), 512);
        for (dimension, expected) in point.into_iter().enumerate() {
            assert_eq!(digits(index.parse().unwrap(), dimension), expected);
        }
    }
    assert!(matches!(Sequence::new(513), Err(BadDesign::TooManyDimensions { .. })));
}

/// The largest distance of a sample's rank correlations (no ties) from those asked for.
fn furthest_rank_correlation(design: &Design, target: &[Vec<f64>]) -> f64 {
    let n = design.n_rows();
    let k = target.len();
    let rows: Vec<Vec<f64>> = (0..n).map(|row| design.row(row)).collect();
    let ranks: Vec<Vec<f64>> = (0..k)
        .map(|input| {
            let rank = |row: usize| rows.iter().filter(|r| r[input] < rows[row][input]).count();
            (0..n).map(|row| rank(row) as f64).collect()
        })
        .collect();
    let size = n as f64;
    let mut furthest: f64 = 0.0;
    for i in 0..k {
        for j in 0..i {
            let squares: f64 = ranks[i].iter().zip(&ranks[j]).map(|(a, b)| (a - b) * (a - b)).sum();
            // Spearman's formula for ranks without ties.
            let found = 1.0 - 6.0 * squares / (size * (size * size - 1.0));
            furthest = furthest.max((found - target[i][j]).abs());
        }
    }
    furthest
}

fn correlations(target: &[Vec<f64>]) -> Vec<RankCorrelation> {
    let mut pairs = Vec::new();
    for (i, row) in target.iter().enumerate() {
        for (j, &value) in row.iter().enumerate().take(i).filter(|(_, value)| **value != 0.0) {
            pairs.push(RankCorrelation { first: format!("x{i}"), second: format!("x{j}"), value });
        }
    }
    pairs
}

/// The bound is the furthest that numpy's own version strays in 400 samples of this size.
#[test]
fn dependent_inputs_have_the_rank_correlations_asked_for() {
    let stored = stored();
    let stored = &stored["correlations"];
    let target: Vec<Vec<f64>> = stored["target"].as_array().unwrap().iter().map(numbers).collect();
    let n = stored["rows"].as_u64().unwrap() as usize;
    for seed in 0..10 {
        for (kind, bound) in [
            (Kind::LatinHypercube { n }, &stored["furthest"]["latin_hypercube"]),
            (Kind::Sobol { n }, &stored["furthest"]["copula"]),
        ] {
            // A fifth input without correlations must not mind.
            let made =
                Design::new(kind.clone(), uniform_inputs(5), correlations(&target), seed).unwrap();
            let off = furthest_rank_correlation(&made, &target);
            assert!(off <= bound.as_f64().unwrap(), "{kind:?}, seed {seed}: {off}");
            let free = design(kind, 5, seed);
            assert!(furthest_rank_correlation(&free, &target) > 0.4);
        }
    }
}

#[test]
fn a_hypercube_keeps_its_strata_when_it_is_reordered() {
    let target = [vec![1.0, 0.9], vec![0.9, 1.0]];
    let kind = Kind::LatinHypercube { n: 100 };
    let free = design(kind.clone(), 2, 7);
    let tied = Design::new(kind, uniform_inputs(2), correlations(&target), 7).unwrap();
    for input in 0..2 {
        let sorted = |design: &Design| {
            let mut values: Vec<f64> = (0..100).map(|row| design.row(row)[input]).collect();
            values.sort_by(f64::total_cmp);
            values
        };
        assert_eq!(sorted(&free), sorted(&tied));
    }
}

#[test]
fn correlations_that_contradict_one_another_name_the_pair_and_what_is_possible() {
    let pair = |first: &str, second: &str, value| RankCorrelation {
        first: first.into(),
        second: second.into(),
        value,
    };
    let make = |correlations| {
        Design::new(Kind::LatinHypercube { n: 50 }, uniform_inputs(4), correlations, 1).unwrap_err()
    };
    let contradiction =
        make(vec![pair("x0", "x1", 0.9), pair("x1", "x2", 0.9), pair("x0", "x2", -0.5)]);
    let BadDesign::NotPositiveDefinite { first, second, possible: Some(possible), .. } =
        &contradiction
    else {
        panic!("{contradiction}");
    };
    assert_eq!((first.as_str(), second.as_str()), ("x0", "x2"));
    // The scores' correlations a, b, c are possible if 1 + 2abc − a² − b² − c² > 0.
    let score = |rank: f64| 2.0 * libm::sin(std::f64::consts::PI * rank / 6.0);
    let square = score(0.9) * score(0.9);
    assert!((score(possible.0) - (2.0 * square - 1.0)).abs() < 1e-12, "{possible:?}");
    assert!((score(possible.1) - 1.0).abs() < 1e-12, "{possible:?}");
    // Here no value of any one pair of the last input helps.
    let hopeless = make(vec![pair("x0", "x3", 0.9), pair("x1", "x3", 0.8), pair("x2", "x3", -0.8)]);
    assert!(hopeless.to_string().contains("`x0` and `x3`"), "{hopeless}");
    assert!(hopeless.to_string().contains("without it, too"), "{hopeless}");
    for bad in [
        vec![pair("x0", "x9", 0.5)],
        vec![pair("x0", "x0", 0.5)],
        vec![pair("x0", "x1", 1.0)],
        vec![pair("x0", "x1", 0.5), pair("x1", "x0", 0.4)],
    ] {
        assert!(matches!(make(bad), BadDesign::Correlation(_)));
    }
}

#[test]
fn designs_that_vary_inputs_one_at_a_time_refuse_dependence() {
    let tied = vec![RankCorrelation { first: "x0".into(), second: "x1".into(), value: 0.5 }];
    for kind in [saltelli(4, 2, false), morris(4, 2, 4), Kind::Grid { n_levels: 3 }] {
        let refused = Design::new(kind, uniform_inputs(2), tied.clone(), 1).unwrap_err();
        assert!(matches!(refused, BadDesign::NeedsIndependence(_)));
    }
    let refused = Design::new(saltelli(4, 2, false), uniform_inputs(2), tied, 1).unwrap_err();
    assert!(refused.to_string().contains("no longer sum to it"));
}

#[test]
fn too_few_rows_for_their_correlations_is_said() {
    let target: Vec<Vec<f64>> =
        (0..4).map(|i| (0..4).map(|j| if i == j { 1.0 } else { 0.3 }).collect()).collect();
    let kind = Kind::LatinHypercube { n: 3 };
    let refused = Design::new(kind, uniform_inputs(4), correlations(&target), 1).unwrap_err();
    assert!(refused.to_string().contains("take 6 or more"), "{refused}");
}

/// A point of the first two dimensions of a scrambled sequence lies in each elementary interval of area
/// 2^−m once among 2^m points: a (0, m, 2)-net in base 2 (Owen 1995, section 4).
#[test]
fn scrambling_keeps_the_net() {
    let made = design(Kind::Sobol { n: 64 }, 2, 11);
    for split in 0..=6u32 {
        let (across, up) = (f64::from(1 << split), f64::from(1 << (6 - split)));
        let mut cells: Vec<(u32, u32)> = (0..64)
            .map(|row| made.row(row))
            .map(|point| ((point[0] * across) as u32, (point[1] * up) as u32))
            .collect();
        cells.sort_unstable();
        cells.dedup();
        assert_eq!(cells.len(), 64, "split {split}");
    }
}

/// Over seeds, one scrambled coordinate is uniform: the mean of 4,000 lies within four standard errors
/// of ½, and their variance of 1/12.
#[test]
fn scrambled_points_are_uniform_over_seeds() {
    let sequence = Sequence::new(20).unwrap();
    for (index, dimension) in [(0, 0), (5, 3), (1000, 19)] {
        let draws: Vec<f64> =
            (0..4000).map(|seed| sequence.scrambled(seed, index, dimension)).collect();
        let mean = draws.iter().sum::<f64>() / 4000.0;
        let square = draws.iter().map(|u| (u - 0.5) * (u - 0.5)).sum::<f64>() / 4000.0;
        assert!((mean - 0.5).abs() < 4.0 * libm::sqrt(1.0 / 12.0 / 4000.0));
        assert!((square - 1.0 / 12.0).abs() < 4.0 * libm::sqrt(1.0 / 180.0 / 4000.0));
    }
}

#[test]
fn a_block_of_saltellis_swaps_one_group_at_a_time() {
    let inputs = uniform_inputs(4);
    let groups = Groups::named(&inputs, &["p", "q", "p", "r"]).unwrap();
    assert_eq!(groups.names(), ["p", "q", "r"]);
    let kind = Kind::Saltelli { n: 5, second_order: true, groups };
    let made = Design::new(kind, inputs, vec![], 3).unwrap();
    assert_eq!(made.n_rows(), 5 * 8);
    for block in 0..5 {
        let row = |place: usize| made.row(8 * block + place);
        let (a, b) = (row(0), row(7));
        assert!(a.iter().zip(&b).all(|(a, b)| a != b));
        for (group, members) in [vec![0, 2], vec![1], vec![3]].iter().enumerate() {
            for input in 0..4 {
                let is_in = members.contains(&input);
                assert_eq!(row(1 + group)[input], if is_in { b[input] } else { a[input] });
                assert_eq!(row(4 + group)[input], if is_in { a[input] } else { b[input] });
            }
        }
    }
}

#[test]
fn a_trajectory_moves_each_group_once_by_one_step() {
    let inputs = uniform_inputs(5);
    let groups = Groups::named(&inputs, &["p", "q", "p", "r", "s"]).unwrap();
    let kind = Kind::Morris { n: 40, n_levels: 6, groups: groups.clone() };
    let made = Design::new(kind, inputs, vec![], 3).unwrap();
    let step = step_size(6);
    for trajectory in 0..40 {
        let mut moved = Vec::new();
        for at in 0..4 {
            let (before, after) =
                (made.coordinates(5 * trajectory + at), made.coordinates(5 * trajectory + at + 1));
            let mut of_step = Vec::new();
            for (input, (x, y)) in before.iter().zip(&after).enumerate() {
                if x != y {
                    assert!(((x - y).abs() - step).abs() < 1e-15);
                    of_step.push(input);
                }
            }
            let group = groups.of(of_step[0]);
            assert_eq!(of_step, groups.members(group).collect::<Vec<_>>());
            moved.push(group);
        }
        moved.sort_unstable();
        assert_eq!(moved, [0, 1, 2, 3]);
    }
}

/// Each of four levels, each direction and each place in the order has its share within four standard
/// errors (the law of SALib's `_generate_trajectory`; Morris 1991, section 3).
#[test]
fn trajectories_have_the_law_of_morris() {
    let n = 6000;
    let made = design(morris(n, 3, 4), 3, 5);
    let (mut levels, mut rising, mut first) = ([0.0; 4], 0.0, [0.0; 3]);
    for trajectory in 0..n {
        let (start, next) =
            (made.coordinates(4 * trajectory), made.coordinates(4 * trajectory + 1));
        levels[(start[0] * 3.0 + 0.5) as usize] += 1.0;
        let moved = (0..3).find(|&input| start[input] != next[input]).unwrap();
        first[moved] += 1.0;
        rising += f64::from(u8::from(start[moved] < next[moved]));
    }
    let within = |count: f64, share: f64| {
        let error = libm::sqrt(n as f64 * share * (1.0 - share));
        assert!((count - n as f64 * share).abs() < 4.0 * error, "{count} is not {share} of {n}");
    };
    levels.into_iter().for_each(|count| within(count, 0.25));
    first.into_iter().for_each(|count| within(count, 1.0 / 3.0));
    within(rising, 0.5);
}

#[test]
fn a_grid_has_every_combination_once() {
    let inputs = vec![
        Input::new("x", Spread::Uniform { low: 2.0, high: 6.0 }).unwrap(),
        Input::new("memory", Spread::Choice(vec![(0.0, 1.0), (1.0, 3.0), (7.0, 0.0)])).unwrap(),
    ];
    let made = Design::new(Kind::Grid { n_levels: 3 }, inputs, vec![], 0).unwrap();
    let rows: Vec<Vec<f64>> = (0..made.n_rows()).map(|row| made.row(row)).collect();
    let expected =
        [[2.0, 0.0], [2.0, 1.0], [4.0, 0.0], [4.0, 1.0], [6.0, 0.0], [6.0, 1.0]].map(Vec::from);
    assert_eq!(rows, expected);
}

#[test]
fn a_choice_is_drawn_by_its_weights() {
    let input = Input::new("x", Spread::Choice(vec![(5.0, 1.0), (2.0, 0.0), (9.0, 3.0)])).unwrap();
    let made = Design::new(Kind::LatinHypercube { n: 40 }, vec![input], vec![], 2).unwrap();
    let count = |value| (0..40).filter(|&row| made.row(row)[0] == value).count();
    assert_eq!((count(5.0), count(2.0), count(9.0)), (10, 0, 30));
    assert_eq!(made.inputs()[0].quantile(1.0), 9.0);
}

#[test]
fn designs_that_differ_have_other_fingerprints() {
    let mut prints: Vec<Fingerprint> = Vec::new();
    for kind in every_kind(3) {
        prints.push(design(kind.clone(), 3, 1).fingerprint());
        prints.push(design(kind, 3, 2).fingerprint());
    }
    let renamed = |name: &str, high| {
        let input = Input::new(name, Spread::Uniform { low: 0.0, high }).unwrap();
        Design::new(Kind::Sobol { n: 8 }, vec![input], vec![], 1).unwrap().fingerprint()
    };
    prints.extend([renamed("a", 1.0), renamed("b", 1.0), renamed("a", 2.0)]);
    let n = prints.len();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), n);
    assert_eq!(renamed("a", 1.0), renamed("a", 1.0));
    assert_eq!(Fingerprint::from_hex(&prints[0].to_string()), Some(prints[0]));
    assert_eq!(Fingerprint::from_hex("00"), None);
}

/// The rows of a small design, so that a change of the drawing is noticed; then the version in
/// `fingerprint` goes up.
#[test]
fn the_drawing_has_not_changed() {
    let rows: Vec<String> = every_kind(2)
        .into_iter()
        .map(|kind| {
            let made = design(kind, 2, 1);
            format!("{} {:?} {:?}", made.fingerprint(), made.row(1), made.row(3))
        })
        .collect();
    insta::assert_snapshot!(rows.join("\n"));
}

#[test]
fn inputs_that_cannot_be_are_refused() {
    for spread in [
        Spread::Uniform { low: 1.0, high: 1.0 },
        Spread::Normal { low: f64::NEG_INFINITY, high: 1.0 },
        Spread::Lognormal { low: 0.0, high: 1.0 },
        Spread::Triangular { low: 0.0, peak: 2.0, high: 1.0 },
        Spread::Beta { low: 0.0, mode: -1.0, high: 1.0 },
        Spread::Choice(vec![(1.0, 0.0)]),
        Spread::Choice(vec![(1.0, -1.0), (2.0, 2.0)]),
    ] {
        assert!(matches!(Input::new("x", spread), Err(BadDesign::Spread { .. })));
    }
    let make = |kind, inputs| Design::new(kind, inputs, vec![], 1).unwrap_err();
    assert_eq!(make(Kind::Sobol { n: 1 }, vec![]), BadDesign::NoInputs);
    let twins = vec![uniform_inputs(1).remove(0), uniform_inputs(1).remove(0)];
    assert_eq!(make(Kind::Sobol { n: 1 }, twins), BadDesign::SameName("x0".into()));
    assert!(matches!(make(Kind::Sobol { n: 0 }, uniform_inputs(1)), BadDesign::Size(_)));
    assert!(matches!(make(morris(2, 1, 3), uniform_inputs(1)), BadDesign::Size(_)));
    let many = Kind::Grid { n_levels: 100 };
    assert!(matches!(make(many, uniform_inputs(100)), BadDesign::Size(_)));
    let large = Kind::LatinHypercube { n: 1 << 28 };
    let said = make(large, uniform_inputs(2)).to_string();
    assert!(said.contains("use a Sobol sequence"), "{said}");
    assert!(matches!(make(morris(2, 3, 4), uniform_inputs(2)), BadDesign::Groups(_)));
    assert!(Groups::named(&uniform_inputs(2), &["one"]).is_err());
}

fn measured(design: &Design, rows: std::ops::Range<usize>) -> Part {
    let result = |row: usize| (row, Some(vec![Some(design.row(row)[0])]));
    Part {
        design: design.fingerprint(),
        measures: vec!["y".into()],
        rows: rows.map(result).collect(),
    }
}

#[test]
fn runs_take_shards_in_any_order_and_no_others() {
    let made = design(Kind::LatinHypercube { n: 10 }, 2, 1);
    let other = design(Kind::LatinHypercube { n: 10 }, 2, 2);
    let mut shuffled = measured(&made, 0..4);
    shuffled.rows.reverse();
    let runs = Runs::assemble(&made, [measured(&made, 4..10), shuffled]).unwrap();
    let expected: Vec<Option<f64>> = (0..10).map(|row| Some(made.row(row)[0])).collect();
    assert_eq!(runs.column("y"), Some(expected));
    assert_eq!(runs.column("z"), None);

    let fails = |parts: Vec<Part>| Runs::assemble(&made, parts).unwrap_err();
    assert!(matches!(fails(vec![measured(&other, 0..10)]), BadRuns::OtherDesign { .. }));
    let gap = fails(vec![measured(&made, 0..3), measured(&made, 5..10)]);
    assert_eq!(gap, BadRuns::Missing { first: 3, count: 2 });
    let twice = fails(vec![measured(&made, 0..6), measured(&made, 5..10)]);
    assert_eq!(twice, BadRuns::Twice(5));
    let mut beyond = measured(&made, 0..10);
    beyond.rows[9].0 = 10;
    assert_eq!(fails(vec![beyond]), BadRuns::NoSuchRow { row: 10, rows: 10 });
    let mut renamed = measured(&made, 5..10);
    renamed.measures = vec!["z".into()];
    assert!(matches!(fails(vec![measured(&made, 0..5), renamed]), BadRuns::OtherMeasures { .. }));
    let mut odd = measured(&made, 0..10);
    odd.rows[2].1 = Some(vec![Some(f64::NAN)]);
    assert_eq!(fails(vec![odd]), BadRuns::NotFinite { row: 2, measure: "y".into() });
    let mut long = measured(&made, 0..10);
    long.rows[2].1 = Some(vec![]);
    assert_eq!(fails(vec![long]), BadRuns::Length { row: 2, found: 0, expected: 1 });
}

#[test]
fn failed_draws_are_counted_and_stay_empty() {
    let made = design(Kind::LatinHypercube { n: 4 }, 1, 1);
    let mut part = measured(&made, 0..4);
    part.rows[1].1 = None;
    part.rows[3].1 = Some(vec![None]);
    let runs = Runs::assemble(&made, [part]).unwrap();
    assert_eq!(runs.n_failed(), 1);
    let column = runs.column("y").unwrap();
    assert_eq!(column.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, true, false]);
}

#[test]
fn parameters_become_inputs() {
    use climbdown_lang::scenario::{Distribution, Parameter};
    let mut parameter = Parameter {
        name: "cost".into(),
        value: 2.0,
        range: Some((1.0, 5.0)),
        distribution: Distribution::Beta,
        unit: "stakes".into(),
        source: "judgement".into(),
        span: climbdown_lang::source::Span::default(),
    };
    let input = from_parameter(&parameter).unwrap().unwrap();
    assert_eq!(input.name(), "cost");
    assert_eq!(*input.spread(), Spread::Beta { low: 1.0, mode: 2.0, high: 5.0 });
    parameter.range = Some((2.0, 2.0));
    assert_eq!(from_parameter(&parameter), Ok(None));
    parameter.range = None;
    assert_eq!(from_parameter(&parameter), Ok(None));
}

proptest! {
    /// Each stratum of each input is taken once, whatever the size (McKay, Beckman and Conover 1979).
    #[test]
    fn a_latin_hypercube_takes_each_stratum_once(n in 1usize..200, k in 1usize..6, seed: u64) {
        let made = design(Kind::LatinHypercube { n }, k, seed);
        for input in 0..k {
            let stratum = |row: usize| ((made.row(row)[input] * n as f64) as usize).min(n - 1);
            let mut strata: Vec<usize> = (0..n).map(stratum).collect();
            strata.sort_unstable();
            prop_assert_eq!(strata, (0..n).collect::<Vec<_>>());
        }
    }

    /// A shard is a range of rows of a design made anew.
    #[test]
    fn shards_have_the_rows_of_the_whole(kind in 0usize..6, seed: u64, first in 0usize..12) {
        let make = || design(every_kind(4)[kind].clone(), 4, seed);
        let whole: Vec<Vec<u64>> = (0..make().n_rows())
            .map(|row| make().row(row).iter().map(|x| x.to_bits()).collect())
            .collect();
        let shard = make();
        for row in (first..shard.n_rows()).rev() {
            let bits: Vec<u64> = shard.row(row).iter().map(|x| x.to_bits()).collect();
            prop_assert_eq!(&bits, &whole[row]);
        }
    }

    /// No value leaves its range, and quantiles do not fall.
    #[test]
    fn quantiles_rise_within_the_range(
        low in 0.01..10.0f64, width in 0.01..10.0f64, at in 0.0..=1.0f64, u in 0.0..=1.0f64, v in 0.0..=1.0f64
    ) {
        let (high, peak) = (low + width, (low + width * at).clamp(low, low + width));
        for spread in [
            Spread::Uniform { low, high },
            Spread::Triangular { low, peak, high },
            Spread::Normal { low, high },
            Spread::Lognormal { low, high },
            Spread::Beta { low, mode: peak, high },
        ] {
            let input = Input::new("x", spread).unwrap();
            let (below, above) = (input.quantile(u.min(v)), input.quantile(u.max(v)));
            // Two shares that are one rounding apart may come out a rounding apart the wrong way.
            prop_assert!(low <= below && below <= above + 1e-13 * high && above <= high);
            prop_assert_eq!((input.quantile(0.0) - low).abs() < 1e-14 * high, true);
            prop_assert_eq!((input.quantile(1.0) - high).abs() < 1e-14 * high, true);
        }
    }

    /// Undoing the quantile of a beta gives the share back.
    #[test]
    fn beta_quantiles_are_inverses(mode in 0.0..=1.0f64, u in 1e-9..1.0f64) {
        use special::Beta as _;
        let (a, b) = (1.0 + 4.0 * mode, 5.0 - 4.0 * mode);
        let x = super::quantile::beta(a, b, u);
        prop_assert!((x.inc_beta(a, b, a.ln_beta(b)) - u).abs() < 1e-13);
    }
}
