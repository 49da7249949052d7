//! A box in words, with numbers as short as the sample allows.

use super::limits::{Limit, Limits};
use super::numerals::{shortest, text};
use super::sample::{Cells, Sample};

/// What a box asks of one input, ready to be said. For the rows of the sample it is the same as the
/// limits it was made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// The input.
    pub input: usize,
    /// What is asked.
    pub asks: Asks,
}

/// What is asked of an input.
#[derive(Clone, Debug, PartialEq)]
pub enum Asks {
    /// A real number below this.
    Under(f64),
    /// A real number above this.
    Over(f64),
    /// A real number above the first and below the second.
    Between(f64, f64),
    /// A whole number from the first to the second, both included; an end that is `None` is open.
    Whole(Option<i64>, Option<i64>),
    /// One of these labels.
    OneOf(Vec<String>),
    /// Another label than this one, of three or more.
    Not(String),
}

/// How an input is spoken of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputWords {
    /// The input as the subject of a sentence: "Moscow's patience".
    pub subject: String,
    /// The unit, said behind numbers; may be empty.
    pub unit: String,
    /// The range it was varied over, as it shall be said behind the clause in brackets: "0 to 1"; may be
    /// empty.
    pub range: String,
    /// Other phrases than "SUBJECT is under {}", "is above {}", "is between {} and {}".
    pub phrases: Option<Phrases>,
}

/// Whole clauses with `{}` where a number goes (with its unit), such as "Washington overrates deterrence
/// by more than {}".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrases {
    /// Below a number.
    pub under: String,
    /// Above a number.
    pub over: String,
    /// Above the first and below the second.
    pub between: String,
}

impl Clause {
    /// Whether row `row` of `sample` has what is asked.
    #[must_use]
    pub fn holds(&self, sample: &Sample, row: usize) -> bool {
        match (&self.asks, sample.cells(self.input)) {
            (Asks::Under(high), Cells::Numbers { values, .. }) => values[row] < *high,
            (Asks::Over(low), Cells::Numbers { values, .. }) => values[row] > *low,
            (Asks::Between(low, high), Cells::Numbers { values, .. }) => {
                *low < values[row] && values[row] < *high
            }
            (Asks::Whole(low, high), Cells::Numbers { values, .. }) => {
                low.is_none_or(|low| low as f64 <= values[row])
                    && high.is_none_or(|high| values[row] <= high as f64)
            }
            (Asks::OneOf(inside), Cells::Labels { labels, of_row }) => {
                inside.contains(&labels[of_row[row]])
            }
            (Asks::Not(outside), Cells::Labels { labels, of_row }) => {
                labels[of_row[row]] != *outside
            }
            _ => false,
        }
    }
}

/// The restrictions of a box, one clause for each restricted input. Numbers are rounded one after
/// another, each as far as no row of the sample comes in or goes out; so the rows for which all clauses
/// hold are those of `limits`.
#[must_use]
pub fn clauses(sample: &Sample, limits: &Limits) -> Vec<Clause> {
    let all = Limits::of_all(sample);
    let restricted = limits.restricted(&all);
    let mut said: Vec<Clause> = Vec::new();
    for &input in &restricted {
        // What the other clauses let in: those said already as they are said, the rest by their limits.
        let others = |row: usize| {
            let rest = restricted.iter().filter(|&&other| other > input);
            said.iter().all(|clause| clause.holds(sample, row))
                && rest.clone().all(|&other| limits.by_input[other].holds(sample, other, row))
        };
        let asks = match (sample.cells(input), &limits.by_input[input], &all.by_input[input]) {
            (
                Cells::Numbers { values, are_whole },
                &Limit::Range { low, high },
                &Limit::Range { low: lowest, high: highest },
            ) => {
                let (is_low, is_high) = (low != lowest, high != highest);
                if *are_whole {
                    let end = |is_there: bool, end: f64| is_there.then_some(end as i64);
                    Asks::Whole(end(is_low, low.ceil()), end(is_high, high.floor()))
                } else {
                    let relevant: Vec<f64> =
                        (0..values.len()).filter(|&r| others(r)).map(|r| values[r]).collect();
                    match (is_low, is_high) {
                        (true, true) => Asks::Between(
                            over(low, &relevant, values),
                            under(high, &relevant, values),
                        ),
                        (true, false) => Asks::Over(over(low, &relevant, values)),
                        _ => Asks::Under(under(high, &relevant, values)),
                    }
                }
            }
            (Cells::Labels { labels, .. }, Limit::Labels(inside), Limit::Labels(occurs)) => {
                let outside: Vec<usize> = (0..labels.len()).filter(|&l| !inside[l]).collect();
                match outside[..] {
                    [only] if labels.len() > 2 && occurs.iter().all(|&occurs| occurs) => {
                        Asks::Not(labels[only].clone())
                    }
                    _ => {
                        let inside = (0..labels.len()).filter(|&l| inside[l]);
                        Asks::OneOf(inside.map(|l| labels[l].clone()).collect())
                    }
                }
            }
            _ => unreachable!("limits are made of the sample they are asked about"),
        };
        said.push(Clause { input, asks });
    }
    said
}

/// A short number h such that x < h says the same of `relevant` as x ≤ `high`. Where all of them are
/// below, `every` value of the input counts, as the number should still say where the limit lies.
fn under(high: f64, relevant: &[f64], every: &[f64]) -> f64 {
    let first_outside =
        |among: &[f64]| among.iter().copied().filter(|&x| x > high).min_by(f64::total_cmp);
    let outside = first_outside(relevant).or_else(|| first_outside(every));
    let outside = outside.expect("a limit below the largest value leaves one outside");
    let inside = relevant.iter().copied().filter(|&x| x <= high).fold(f64::NEG_INFINITY, f64::max);
    shortest(high, |x| inside < x && x <= outside, outside)
}

/// A short number l such that x > l says the same of `relevant` as x ≥ `low`.
fn over(low: f64, relevant: &[f64], every: &[f64]) -> f64 {
    let mirrored = |values: &[f64]| values.iter().map(|x| -x).collect::<Vec<_>>();
    // Subtracting from 0 takes the sign off a zero.
    0.0 - under(-low, &mirrored(relevant), &mirrored(every))
}

/// One sentence: `outcome` ("the move backfires") when every clause holds; without clauses, always.
/// `words` has one entry for each input of the sample.
#[must_use]
pub fn sentence(outcome: &str, clauses: &[Clause], words: &[InputWords]) -> String {
    let said: Vec<String> =
        clauses.iter().map(|clause| said(clause, &words[clause.input])).collect();
    match said.split_last() {
        None => format!("{outcome} whatever the inputs"),
        Some((only, [])) => format!("{outcome} when {only}"),
        Some((last, rest)) => format!("{outcome} when {} and {last}", rest.join(", ")),
    }
}

fn said(clause: &Clause, words: &InputWords) -> String {
    let InputWords { subject, unit, range, phrases } = words;
    let with_unit = |number: String| match unit.as_str() {
        "" => number,
        unit => format!("{number} {unit}"),
    };
    let number = |x: f64| with_unit(text(x));
    let whole = |x: i64| with_unit(text(x as f64));
    let fill = |phrase: Option<&String>, usual: &str, numbers: &[f64]| {
        let phrase = phrase.cloned().unwrap_or_else(|| format!("{subject} is {usual}"));
        numbers.iter().fold(phrase, |text, &x| text.replacen("{}", &number(x), 1))
    };
    let phrases = phrases.as_ref();
    let clause = match &clause.asks {
        Asks::Under(high) => fill(phrases.map(|p| &p.under), "under {}", &[*high]),
        Asks::Over(low) => fill(phrases.map(|p| &p.over), "above {}", &[*low]),
        Asks::Between(low, high) => {
            fill(phrases.map(|p| &p.between), "between {} and {}", &[*low, *high])
        }
        Asks::Whole(Some(low), Some(high)) if low == high => {
            format!("{subject} is {}", whole(*low))
        }
        Asks::Whole(Some(low), Some(high)) => {
            format!("{subject} is from {} to {}", text(*low as f64), whole(*high))
        }
        Asks::Whole(Some(low), None) => format!("{subject} is {} or more", whole(*low)),
        Asks::Whole(None, Some(high)) => format!("{subject} is {} or less", whole(*high)),
        Asks::Whole(None, None) => format!("{subject} is anything"),
        Asks::OneOf(labels) => format!("{subject} is {}", labels.join(" or ")),
        Asks::Not(label) => format!("{subject} is not {label}"),
    };
    if range.is_empty() { clause } else { format!("{clause} (of {range})") }
}
