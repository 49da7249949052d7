//! Boxes in words.

use climbdown_study::discovery::{
    Asks, CartOptions, Clause, Input, InputWords, Limit, Limits, Phrases, PrimOptions, Sample,
    Values, clauses, find_path, grow, sentence,
};

use crate::data::{NAMES, data, real};

fn words(subject: &str) -> InputWords {
    InputWords {
        subject: subject.to_owned(),
        unit: String::new(),
        range: String::new(),
        phrases: None,
    }
}

#[test]
fn rounding_moves_no_run_in_or_out() {
    let (mut n_numbers, mut n_digits) = (0, 0);
    for name in NAMES {
        let sample = data(name).sample();
        let boxes = find_path(&sample, &PrimOptions::USUAL).unwrap().steps;
        let tree = grow(&sample, &CartOptions { most_depth: Some(4), least_leaf: 10 });
        let boxes = boxes.iter().map(|s| &s.limits).chain(tree.leaves().map(|leaf| &leaf.limits));
        for limits in boxes {
            let clauses = clauses(&sample, limits);
            let is_said = |row: &usize| clauses.iter().all(|clause| clause.holds(&sample, *row));
            let said: Vec<usize> = (0..sample.n_rows()).filter(is_said).collect();
            assert_eq!(said, limits.rows(&sample), "{name}: {clauses:?}");
            for clause in clauses {
                if let Asks::Under(x) | Asks::Over(x) = clause.asks {
                    n_numbers += 1;
                    let digits =
                        format!("{x:e}").split('e').next().unwrap().replace(['.', '-'], "");
                    n_digits += digits.len();
                }
            }
        }
    }
    // Raw limits are odd multiples of 2^-21 or so, with 12 digits and more.
    assert!(n_digits < 4 * n_numbers, "{n_digits} digits in {n_numbers} numbers");
}

#[test]
fn a_number_that_occurs_may_be_the_one_said() {
    let x: Vec<f64> = (0..10).map(|i| f64::from(i) / 10.0).collect();
    let sample = Sample::new(vec![real("x", x.clone())], &[0.0; 10], 0).unwrap();
    for low in 0..10 {
        for high in low..10 {
            let limits = Limits { by_input: vec![Limit::Range { low: x[low], high: x[high] }] };
            let clauses = clauses(&sample, &limits);
            let is_said = |row: &usize| clauses.iter().all(|clause| clause.holds(&sample, *row));
            assert!((0..10).filter(is_said).eq(low..=high), "{clauses:?}");
        }
    }
}

#[test]
fn a_box_as_a_sentence() {
    // The last run is kept out by the other input, so that it need not lie below the number said.
    let patience = vec![0.05, 0.2, 0.3968, 0.41, 0.7, 0.9, 0.4002];
    let overrates = vec![0.31, 0.25, 0.22, 0.5, 0.1, 0.18, 0.1];
    let sample = Sample::new(
        vec![real("patience", patience), real("overrates", overrates)],
        &[1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0],
        0,
    )
    .unwrap();
    let limits = Limits {
        by_input: vec![
            Limit::Range { low: 0.05, high: 0.4034 },
            Limit::Range { low: 0.2073, high: 0.5 },
        ],
    };
    let deterrence = Phrases {
        under: "Washington overrates deterrence by less than {}".to_owned(),
        over: "Washington overrates deterrence by more than {}".to_owned(),
        between: "Washington overrates deterrence by {} to {}".to_owned(),
    };
    let words = [
        InputWords { range: "0 to 1".to_owned(), ..words("Moscow's patience") },
        InputWords { phrases: Some(deterrence), ..words("") },
    ];
    assert_eq!(
        sentence("the move backfires", &clauses(&sample, &limits), &words),
        "the move backfires when Moscow's patience is under 0.4 (of 0 to 1) and Washington \
         overrates deterrence by more than 0.2"
    );
    assert_eq!(
        sentence("the move backfires", &clauses(&sample, &Limits::of_all(&sample)), &words),
        "the move backfires whatever the inputs"
    );
}

#[test]
fn each_kind_of_restriction_has_its_words() {
    let with_unit = |unit: &str| InputWords { unit: unit.to_owned(), ..words("the delay") };
    let phrase = |asks: Asks, words: InputWords| {
        sentence("it fails", &[Clause { input: 0, asks }], &[words])
    };
    let labels = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    for (asks, said) in [
        (Asks::Under(0.5), "it fails when the delay is under 0.5 weeks"),
        (Asks::Over(-1.0), "it fails when the delay is above -1 weeks"),
        (Asks::Between(0.5, 2.0), "it fails when the delay is between 0.5 weeks and 2 weeks"),
        (Asks::Whole(Some(2), Some(2)), "it fails when the delay is 2 weeks"),
        (Asks::Whole(Some(2), Some(3)), "it fails when the delay is from 2 to 3 weeks"),
        (Asks::Whole(Some(2), None), "it fails when the delay is 2 weeks or more"),
        (Asks::Whole(None, Some(3)), "it fails when the delay is 3 weeks or less"),
        (Asks::OneOf(labels(&["a", "b"])), "it fails when the delay is a or b"),
        (Asks::Not("c".to_owned()), "it fails when the delay is not c"),
    ] {
        assert_eq!(phrase(asks, with_unit("weeks")), said);
    }
}

#[test]
fn whole_numbers_and_labels() {
    let of_row: Vec<usize> = (0..24).map(|i| i % 4).collect();
    let channel = ["envoy", "hotline", "letter", "press"].map(str::to_owned).to_vec();
    let inputs = vec![
        Input { name: "stage".to_owned(), values: Values::Whole((0..24).map(|i| i / 4).collect()) },
        Input { name: "channel".to_owned(), values: Values::Labels { labels: channel, of_row } },
    ];
    let sample = Sample::new(inputs, &[0.0; 24], 0).unwrap();
    let words = [words("the stage"), words("the channel")];
    let said = |low: f64, high: f64, inside: [bool; 4]| {
        let by_input = vec![Limit::Range { low, high }, Limit::Labels(inside.to_vec())];
        sentence("it fails", &clauses(&sample, &Limits { by_input }), &words)
    };
    // A paste may leave a limit between two whole numbers; it is said as the number inside.
    assert_eq!(
        said(1.5, 5.0, [true, true, true, false]),
        "it fails when the stage is 2 or more and the channel is not press"
    );
    assert_eq!(
        said(0.0, 3.5, [false, true, true, false]),
        "it fails when the stage is 3 or less and the channel is hotline or letter"
    );
    assert_eq!(said(2.0, 3.0, [true; 4]), "it fails when the stage is from 2 to 3");
}
