//! Indices of functions with known ones, and of the samples of `oracle/salib.json` by SALib.

use std::f64::consts::PI;

use serde_json::Value;

use super::*;
use crate::design::{BadRuns, Design, Groups, Input, Part, RankCorrelation, Spread};

fn stored() -> Value {
    serde_json::from_str(include_str!("../../oracle/salib.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap_or(f64::NAN)).collect()
}

fn count(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

fn inputs(n: usize, low: f64, high: f64) -> Vec<Input> {
    let input = |k| Input::new(format!("x{}", k + 1), Spread::Uniform { low, high }).unwrap();
    (0..n).map(input).collect()
}

/// SALib's sums run in another order; nothing else differs.
#[track_caller]
fn assert_equal(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-10, "{found} is not {expected}");
}

const RESAMPLING: Resampling = Resampling { seed: 1, resamples: 1000, confidence: 0.95 };
const SHUFFLING: Shuffling = Shuffling { seed: 1, shuffles: 199, level: 0.95 };
const ALL: Question<'static> = Question { measure: "y", of: Of::Value, among: Among::All };
const NOBODY: Counted = Counted { rows: 0, failed: 0, absent: 0, used: 0 };
/// Both half-widths rest on some thousand resamples, so each is known to 1/√2000 or 2.2 %; four times
/// the error of the difference.
const HALF_WIDTHS_AGREE: f64 = 0.13;

#[track_caller]
fn assert_same_half_width(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < HALF_WIDTHS_AGREE, "{found} is not near {expected}");
}

#[test]
fn sobol_indices_are_salibs() {
    let stored = stored();
    let all = inputs(3, 0.0, 1.0);
    let each = Groups::each(&all);
    let two = Groups::named(&all, &["odd", "even", "odd"]).unwrap();
    for (case, groups, second_order) in [("sobol", each, true), ("sobol_groups", two, false)] {
        let case = &stored[case];
        let columns = blocks::Columns::new(&numbers(&case["outputs"]), groups.len(), second_order);
        let found = blocks::indices(&columns, &groups, RESAMPLING, NOBODY, 0);
        assert_eq!(found.blocks, count(&case["blocks"]));
        for (found, of, width) in [(&found.first, "S1", "S1_conf"), (&found.total, "ST", "ST_conf")]
        {
            let (values, widths) = (numbers(&case[of]), numbers(&case[width]));
            assert_eq!(found.len(), values.len());
            for (found, (value, width)) in found.iter().zip(values.iter().zip(&widths)) {
                assert_equal(found.value, *value);
                assert_same_half_width(found.half_width, *width);
            }
        }
        assert_eq!(found.second.len(), if second_order { 3 } else { 0 });
        for pair in &found.second {
            let at = 3 * pair.first + pair.second;
            assert_equal(pair.share.value, numbers(&case["S2"])[at]);
            assert_same_half_width(pair.share.half_width, numbers(&case["S2_conf"])[at]);
        }
    }
}

#[test]
fn elementary_effects_are_salibs() {
    let stored = stored();
    let each = Groups::each(&inputs(3, 0.0, 1.0));
    let of_five = ["first", "second", "second", "rest", "rest"];
    let three = Groups::named(&inputs(5, 0.0, 1.0), &of_five).unwrap();
    for (case, groups) in [("morris", each), ("morris_groups", three)] {
        let case = &stored[case];
        let points: Vec<Vec<f64>> =
            case["coordinates"].as_array().unwrap().iter().map(numbers).collect();
        let outputs = numbers(&case["outputs"]);
        let effects = morris::effects(&points, &outputs, &groups, count(&case["levels"]));
        let found = morris::measures(&effects, &groups, RESAMPLING);
        assert_eq!(effects[0].len(), count(&case["trajectories"]));
        for (group, found) in found.iter().enumerate() {
            let stored = |key: &str| numbers(&case[key])[group];
            assert_equal(found.mu_star.value, stored("mu_star"));
            assert_same_half_width(found.mu_star.half_width, stored("mu_star_conf"));
            let is_one = groups.members(group).count() == 1;
            assert_eq!(found.mu.is_some(), is_one);
            assert_eq!(found.sigma.is_some(), is_one);
            if let (Some(mu), Some(sigma)) = (found.mu, found.sigma) {
                assert_equal(mu.value, stored("mu"));
                assert_equal(sigma.value, stored("sigma"));
            }
        }
    }
}

#[test]
fn pawn_indices_are_salibs() {
    let stored = stored();
    let case = &stored["pawn"];
    let outputs = numbers(&case["outputs"]);
    let rows: Vec<Vec<f64>> = case["inputs"].as_array().unwrap().iter().map(numbers).collect();
    let sorted = pawn::Sorted::new(&outputs);
    for (at, input) in inputs(3, -PI, PI).iter().enumerate() {
        let values: Vec<f64> = rows.iter().map(|row| row[at]).collect();
        let slices = pawn::Slices::new(input, &values, count(&case["slices"]));
        let found = pawn::statistics(sorted.distances(&slices, |draw| draw));
        let stored = |key: &str| numbers(&case[key])[at];
        assert_equal(found.minimum, stored("minimum"));
        assert_equal(found.mean, stored("mean"));
        assert_equal(found.median, stored("median"));
        assert_equal(found.maximum, stored("maximum"));
        assert_equal(found.deviation, stored("stdev"));
        assert_equal(found.deviation / found.mean, stored("CV"));
    }
}

/// Results of a function of the inputs.
fn part(design: &Design, function: impl Fn(&[f64]) -> f64) -> Part {
    let result = |row: usize| (row, Some(vec![Some(function(&design.row(row)))]));
    Part {
        design: design.fingerprint(),
        measures: vec!["y".into()],
        rows: (0..design.n_rows()).map(result).collect(),
    }
}

fn make(kind: Kind, inputs: Vec<Input>) -> Design {
    Design::new(kind, inputs, vec![], 17).unwrap()
}

fn saltelli(n: usize, inputs: &[Input], second_order: bool) -> Kind {
    Kind::Saltelli { n, second_order, groups: Groups::each(inputs) }
}

/// sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁ on [−π, π]³ (Ishigami and Homma 1990).
fn ishigami(x: &[f64]) -> f64 {
    let (first, second) = (libm::sin(x[0]), libm::sin(x[1]));
    first + 7.0 * second * second + 0.1 * x[2] * x[2] * x[2] * x[2] * first
}

/// First order, total, and the one pair, from the closed forms (Ishigami and Homma 1990).
fn ishigami_indices() -> ([f64; 3], [f64; 3], f64) {
    let (a, b) = (7.0, 0.1);
    let (pi4, pi8) = (PI * PI * PI * PI, PI * PI * PI * PI * PI * PI * PI * PI);
    let first = 0.5 * (1.0 + b * pi4 / 5.0) * (1.0 + b * pi4 / 5.0);
    let (second, pair) = (a * a / 8.0, b * b * pi8 * (1.0 / 18.0 - 1.0 / 50.0));
    let all = first + second + pair;
    ([first / all, second / all, 0.0], [(first + pair) / all, second / all, pair / all], pair / all)
}

#[track_caller]
fn assert_within(estimate: Estimate, expected: f64) {
    assert!((estimate.value - expected).abs() <= estimate.half_width, "{estimate:?}: {expected}");
}

#[test]
fn ishigamis_indices_lie_within_the_intervals() {
    let all = inputs(3, -PI, PI);
    let design = make(saltelli(1024, &all, true), all);
    let runs = Runs::assemble(&design, [part(&design, ishigami)]).unwrap();
    let found = sobol(&runs, "y", RESAMPLING).unwrap();
    let (first, total, pair) = ishigami_indices();
    for input in 0..3 {
        assert_within(found.first[input], first[input]);
        assert_within(found.total[input], total[input]);
        assert!(found.total[input].half_width < 0.1);
    }
    for of_two in &found.second {
        let expected = if (of_two.first, of_two.second) == (0, 2) { pair } else { 0.0 };
        assert_within(of_two.share, expected);
    }
    assert_eq!((found.blocks, found.blocks_dropped, found.counted.used), (1024, 0, 8 * 1024));
}

const G: [f64; 6] = [0.0, 0.5, 3.0, 9.0, 99.0, 99.0];

/// Π (|4xᵢ − 2| + aᵢ)/(1 + aᵢ) on the unit cube (Saltelli and Sobol' 1995).
fn g_function(x: &[f64]) -> f64 {
    x.iter().zip(G).map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a)).product()
}

/// Vᵢ = 1/(3 (1 + aᵢ)²); the variance is Π (1 + Vᵢ) − 1 (Saltelli and Sobol' 1995).
fn g_indices() -> (Vec<f64>, Vec<f64>) {
    let parts: Vec<f64> = G.iter().map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a))).collect();
    let all: f64 = parts.iter().map(|v| 1.0 + v).product::<f64>() - 1.0;
    let total = |v: f64| v * (all + 1.0) / (1.0 + v) / all;
    (parts.iter().map(|v| v / all).collect(), parts.iter().map(|v| total(*v)).collect())
}

#[test]
fn the_g_functions_indices_lie_within_the_intervals() {
    let all = inputs(6, 0.0, 1.0);
    let design = make(saltelli(2048, &all, false), all);
    let runs = Runs::assemble(&design, [part(&design, g_function)]).unwrap();
    let found = sobol(&runs, "y", RESAMPLING).unwrap();
    let (first, total) = g_indices();
    for input in 0..6 {
        assert_within(found.first[input], first[input]);
        assert_within(found.total[input], total[input]);
    }
    assert!(found.second.is_empty());
}

/// A group's total is 1 less the first order of the rest (Saltelli and others 2008, section 4.5).
#[test]
fn groups_complement_one_another() {
    let all = inputs(3, -PI, PI);
    let groups = Groups::named(&all, &["odd", "even", "odd"]).unwrap();
    let design = make(Kind::Saltelli { n: 1024, second_order: false, groups }, all);
    let runs = Runs::assemble(&design, [part(&design, ishigami)]).unwrap();
    let found = sobol(&runs, "y", RESAMPLING).unwrap();
    let (_, total, _) = ishigami_indices();
    assert_eq!(found.groups, ["odd", "even"]);
    assert_within(found.total[1], total[1]);
    assert_within(found.first[0], 1.0 - total[1]);
    assert_within(found.first[1], total[1]);
}

/// A whole block goes where one of its draws failed, and nothing else changes: the same as a design of
/// the other blocks.
#[test]
fn a_failed_draw_takes_its_block_with_it() {
    let all = inputs(3, -PI, PI);
    let design = make(saltelli(64, &all, false), all.clone());
    let mut holed = part(&design, ishigami);
    let last_block = 63 * 5;
    holed.rows[last_block + 2].1 = None;
    holed.rows[last_block + 3].1 = Some(vec![None]);
    let found = sobol(&Runs::assemble(&design, [holed]).unwrap(), "y", RESAMPLING).unwrap();
    assert_eq!(found.counted, Counted { rows: 320, failed: 1, absent: 1, used: 315 });
    assert_eq!((found.blocks, found.blocks_dropped), (63, 1));
    let shorter = make(saltelli(63, &all, false), all);
    let runs = Runs::assemble(&shorter, [part(&shorter, ishigami)]).unwrap();
    let expected = sobol(&runs, "y", RESAMPLING).unwrap();
    assert_eq!((found.first, found.total), (expected.first, expected.total));
}

/// SALib takes outputs in any order and gives indices for them (its issue 665); here they are refused.
#[test]
fn results_of_another_design_are_refused() {
    let all = inputs(3, -PI, PI);
    let design = make(saltelli(16, &all, false), all.clone());
    let other = make(saltelli(16, &all, true), all);
    let refused = Runs::assemble(&design, [part(&other, ishigami)]).unwrap_err();
    assert!(matches!(refused, BadRuns::OtherDesign { .. }));
}

#[test]
fn each_method_names_the_design_it_needs() {
    let all = inputs(2, 0.0, 1.0);
    let sample = make(Kind::Sobol { n: 64 }, all.clone());
    let runs = Runs::assemble(&sample, [part(&sample, |x| x[0])]).unwrap();
    let is_other = |error: NotAnalysed| matches!(error, NotAnalysed::OtherDesign(_));
    assert!(is_other(sobol(&runs, "y", RESAMPLING).unwrap_err()));
    assert!(is_other(morris(&runs, "y", RESAMPLING).unwrap_err()));
    let blocks = make(saltelli(16, &all, false), all);
    let runs = Runs::assemble(&blocks, [part(&blocks, |x| x[0])]).unwrap();
    assert!(is_other(given_data(&runs, ALL, SHUFFLING).unwrap_err()));
    assert!(is_other(pawn(&runs, ALL, 4, SHUFFLING).unwrap_err()));
    let none = NotAnalysed::NoMeasure("z".into());
    assert_eq!(sobol(&runs, "z", RESAMPLING).unwrap_err(), none);
}

#[test]
fn what_cannot_be_analysed_is_said() {
    let all = inputs(2, 0.0, 1.0);
    let blocks = make(saltelli(4, &all, false), all.clone());
    let flat = Runs::assemble(&blocks, [part(&blocks, |_| 0.25)]).unwrap();
    assert!(matches!(sobol(&flat, "y", RESAMPLING).unwrap_err(), NotAnalysed::Constant(_)));
    let mut failed = part(&blocks, |x| x[0]);
    for block in 0..3 {
        failed.rows[4 * block].1 = None;
    }
    let failed = Runs::assemble(&blocks, [failed]).unwrap();
    let said = sobol(&failed, "y", RESAMPLING).unwrap_err().to_string();
    assert!(said.starts_with("3 of 16 draws failed"), "{said}");
    for (resamples, confidence) in [(1, 0.95), (100, 1.0), (100, f64::NAN)] {
        let resampling = Resampling { seed: 1, resamples, confidence };
        assert!(matches!(sobol(&flat, "y", resampling), Err(NotAnalysed::Options(_))));
    }
    let few = make(Kind::LatinHypercube { n: 12 }, all);
    let runs = Runs::assemble(&few, [part(&few, |x| x[0])]).unwrap();
    assert!(matches!(given_data(&runs, ALL, SHUFFLING), Err(NotAnalysed::TooFew { .. })));
    let hasty = Shuffling { shuffles: 10, ..SHUFFLING };
    assert!(matches!(given_data(&runs, ALL, hasty), Err(NotAnalysed::Options(_))));
}

/// A linear function has the same effect everywhere: μ is the slope, σ is 0.
#[test]
fn effects_of_a_linear_function_are_its_slopes() {
    let all = inputs(3, 0.0, 1.0);
    let kind = Kind::Morris { n: 10, n_levels: 4, groups: Groups::each(&all) };
    let design = make(kind, all);
    let mut part = part(&design, |x| 3.0 * x[0] - 2.0 * x[1]);
    part.rows[5].1 = None;
    let runs = Runs::assemble(&design, [part]).unwrap();
    let found = morris(&runs, "y", RESAMPLING).unwrap();
    assert_eq!((found.trajectories, found.trajectories_dropped), (9, 1));
    for (group, slope) in found.groups.iter().zip([3.0, -2.0, 0.0]) {
        assert!((group.mu.unwrap().value - slope).abs() < 1e-12);
        assert!((group.mu_star.value - f64::abs(slope)).abs() < 1e-12);
        assert!(group.sigma.unwrap().value < 1e-12);
    }
}

/// The bias of classes is the part of the variance within a class, at most some 1/M² of a smooth index;
/// the rest is the error of a sample of 4,096, below 0.02 here.
#[test]
fn given_data_indices_are_near_ishigamis() {
    let design = make(Kind::LatinHypercube { n: 4096 }, inputs(3, -PI, PI));
    let runs = Runs::assemble(&design, [part(&design, ishigami)]).unwrap();
    let found = given_data(&runs, ALL, SHUFFLING).unwrap();
    assert_eq!(found.classes, 28);
    let (first, _, _) = ishigami_indices();
    for (share, expected) in found.inputs.iter().zip(first) {
        assert!((share.first - expected).abs() < 0.02, "{share:?}: {expected}");
        assert!(share.noise < 0.01 && share.noise <= found.noise_of_largest);
        assert_eq!(share.is_above_noise(), expected > 0.0, "{share:?}");
    }
}

/// The index of y = x over n equal draws in M equal classes is 1 − 1/M² less what sampling takes
/// (the variance within a class is 1/M² of all), before the correction for chance adds its part.
#[test]
fn the_bias_of_classes_is_the_variance_within_them() {
    let input = &inputs(1, 0.0, 1.0)[0];
    let n = 1000;
    let values: Vec<f64> = (0..n).map(|k| (k as f64 + 0.5) / n as f64).collect();
    for n_classes in [5, 10, 20] {
        let index = given_data::Partition::new(input, &values, n_classes).index(&values);
        let (n, classes) = (n as f64, n_classes as f64);
        // Within a class of n/M equally spaced draws, against all n of them: (n²/M² − 1)/(n² − 1).
        let within = (n * n / classes / classes - 1.0) / (n * n - 1.0);
        assert!((index - (1.0 - within * (n - 1.0) / (n - classes))).abs() < 1e-12);
    }
}

/// Without any effect the index is 0 on average, and above its floor in one of twenty samples: within
/// four standard errors over 400 inputs.
#[test]
fn without_effects_indices_are_noise_and_the_floor_says_so() {
    let design = make(Kind::LatinHypercube { n: 128 }, inputs(400, 0.0, 1.0));
    let noise = |x: &[f64]| quantal::families::uniform(3, 0, x[0].to_bits());
    let runs = Runs::assemble(&design, [part(&design, noise)]).unwrap();
    let found = given_data(&runs, ALL, SHUFFLING).unwrap();
    let (n, size, classes) = (400.0, 128.0, found.classes as f64);
    let mean = found.inputs.iter().map(|share| share.first).sum::<f64>() / n;
    // η² of no effect is near a beta distribution with M − 1 and n − M degrees of freedom.
    let spread = libm::sqrt(2.0 * (classes - 1.0) / (size - 1.0) / (size - classes));
    assert!(mean.abs() < 4.0 * spread / libm::sqrt(n), "{mean}");
    let above = found.inputs.iter().filter(|share| share.is_above_noise()).count() as f64;
    assert!((above - 0.05 * n).abs() < 4.0 * libm::sqrt(n * 0.05 * 0.95), "{above}");
    assert!(found.inputs.iter().all(|share| share.noise < found.noise_of_largest));
}

/// x₂ matters only where x₁ is above ½: there its share is 1, elsewhere nothing varies, and among all
/// draws Var(x₂/2)/Var(y) with y = x₂ [x₁ > ½].
#[test]
fn conditional_indices_are_those_of_the_draws_kept() {
    let design = make(Kind::LatinHypercube { n: 2000 }, inputs(2, 0.0, 1.0));
    let mut part = part(&design, |x| if x[0] > 0.5 { x[1] } else { 0.0 });
    part.measures.push("crossed".into());
    for (row, results) in &mut part.rows {
        let crossed = f64::from(u8::from(design.row(*row)[0] > 0.5));
        results.as_mut().unwrap().push(Some(crossed));
    }
    part.rows[0].1 = None;
    let runs = Runs::assemble(&design, [part]).unwrap();
    let of = |among| given_data(&runs, Question { among, ..ALL }, SHUFFLING);
    let all = of(Among::All).unwrap();
    // E y = 1/4, E y² = 1/6, Var y = 5/48; E(y | x₂) = x₂/2 with variance 1/48.
    assert!((all.inputs[1].first - 0.2).abs() < 0.03);
    let crossed = of(Among::Above("crossed", 0.5)).unwrap();
    assert!(crossed.inputs[1].first > 0.99 && !crossed.inputs[0].is_above_noise());
    assert_eq!(crossed.counted.failed, 1);
    assert!((999..=1000).contains(&crossed.counted.used));
    assert!(matches!(of(Among::AtMost("crossed", 0.5)), Err(NotAnalysed::Constant(_))));
    assert!(matches!(of(Among::Above("none", 0.5)), Err(NotAnalysed::NoMeasure(_))));
    // Whether y exceeds 0 is whether x₁ does ½, but for the width of a class.
    let target = Question { of: Of::Exceeds(0.0), ..ALL };
    let target = given_data(&runs, target, SHUFFLING).unwrap();
    assert!(target.inputs[0].first > 0.95 && !target.inputs[1].is_above_noise());
}

#[test]
fn a_dependent_input_shows_what_it_carries_of_another() {
    let tied = vec![RankCorrelation { first: "x1".into(), second: "x2".into(), value: 0.9 }];
    let kind = Kind::LatinHypercube { n: 1000 };
    let design = Design::new(kind, inputs(3, 0.0, 1.0), tied, 3).unwrap();
    let runs = Runs::assemble(&design, [part(&design, |x| x[0])]).unwrap();
    let found = given_data(&runs, ALL, SHUFFLING).unwrap();
    // For the Gaussian copula the curve E(x₁ | x₂) is nearly straight, so the share is near 0.9².
    assert!((found.inputs[1].first - 0.81).abs() < 0.03, "{:?}", found.inputs[1]);
    assert!(found.inputs[2].first < 0.03);
}

#[test]
fn pawn_sees_what_moves_the_distribution() {
    let choice = Spread::Choice(vec![(0.0, 1.0), (1.0, 1.0)]);
    let mut all = inputs(2, 0.0, 1.0);
    all.push(Input::new("memory", choice).unwrap());
    let design = make(Kind::LatinHypercube { n: 400 }, all);
    // A skewed measure: rarely large, and larger where x₁ is; memory doubles it.
    let skewed = |x: &[f64]| quantal::math::exp(6.0 * x[0]) * (1.0 + x[2]);
    let runs = Runs::assemble(&design, [part(&design, skewed)]).unwrap();
    let found = pawn(&runs, ALL, 10, SHUFFLING).unwrap();
    let [strong, none, memory] = &found.inputs[..] else { panic!("three inputs") };
    assert!(strong.maximum > 0.7 && strong.median > strong.noise_of_median);
    assert!(none.median < strong.median / 2.0 && none.maximum < strong.maximum / 2.0);
    // ln y is uniform on 6 wide, shifted by ln 2: each half lies ln 2 / 12 from the whole.
    assert!((memory.maximum - libm::log(2.0) / 12.0).abs() < 0.04, "{memory:?}");
    assert!((memory.minimum - memory.maximum).abs() < 1e-12, "two halves lie alike");
}

/// One of twenty inputs without effect is above its floor: within four standard errors over 200 inputs.
#[test]
fn without_effects_pawn_is_noise_and_the_floor_says_so() {
    let design = make(Kind::LatinHypercube { n: 101 }, inputs(200, 0.0, 1.0));
    let noise = |x: &[f64]| quantal::families::uniform(3, 0, x[0].to_bits());
    let runs = Runs::assemble(&design, [part(&design, noise)]).unwrap();
    let found = pawn(&runs, ALL, 5, SHUFFLING).unwrap();
    let within = |is_above: &dyn Fn(&PawnIndex) -> bool| {
        let above = found.inputs.iter().filter(|index| is_above(index)).count() as f64;
        assert!((above - 0.05 * 200.0).abs() < 4.0 * libm::sqrt(200.0 * 0.05 * 0.95), "{above}");
    };
    within(&|index| index.median > index.noise_of_median);
    within(&|index| index.maximum > index.noise_of_maximum);
}

#[test]
fn the_same_runs_have_the_same_bits() {
    let all = inputs(3, -PI, PI);
    let design = make(saltelli(32, &all, true), all);
    let runs = Runs::assemble(&design, [part(&design, ishigami)]).unwrap();
    let again = Runs::assemble(&design, [part(&design, ishigami)]).unwrap();
    assert_eq!(sobol(&runs, "y", RESAMPLING), sobol(&again, "y", RESAMPLING));
    let other = Resampling { seed: 2, ..RESAMPLING };
    assert_ne!(sobol(&runs, "y", RESAMPLING), sobol(&runs, "y", other));
}
