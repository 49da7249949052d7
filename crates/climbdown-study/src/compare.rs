//! Two answers side by side: every figure that both have, the largest differences first.

use std::collections::BTreeSet;

use climbdown_lang::scenario::Scenario;

use crate::claims::EQUAL;
use crate::findings::Findings;
use crate::measures::{Known, Value, paths};

/// One figure in two answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Its path in the JSON of `assess`.
    pub path: String,
    /// In the first.
    pub a: Value,
    /// In the second.
    pub b: Value,
}

impl Difference {
    /// b − a; `None` if they are words.
    #[must_use]
    pub fn change(&self) -> Option<f64> {
        match (&self.a, &self.b) {
            (Value::Number(a), Value::Number(b)) => Some(b - a),
            _ => None,
        }
    }
}

/// Two answers, compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Figures that differ: words first, then numbers, the largest change first.
    pub differences: Vec<Difference>,
    /// How many figures are equal.
    pub n_equal: usize,
    /// Paths that only the first has.
    pub only_a: Vec<String>,
    /// Paths that only the second has.
    pub only_b: Vec<String>,
}

/// Compares every figure of two answers; numbers closer than [`EQUAL`] are equal.
#[must_use]
pub fn compare(a: (&Scenario, &Findings), b: (&Scenario, &Findings)) -> Comparison {
    let all: BTreeSet<String> =
        [a.0, b.0].iter().flat_map(|s| paths(s)).map(|(path, _)| path).collect();
    let value = |(scenario, findings): (&Scenario, &Findings), path: &str| {
        Known { scenario, answer: None, findings: Some(findings.into()) }.value(path)
    };
    let mut found =
        Comparison { differences: Vec::new(), n_equal: 0, only_a: Vec::new(), only_b: Vec::new() };
    for path in all {
        match (value(a, &path), value(b, &path)) {
            (None, None) => {}
            (Some(_), None) => found.only_a.push(path),
            (None, Some(_)) => found.only_b.push(path),
            (Some(a), Some(b)) => {
                let difference = Difference { path, a, b };
                let is_equal = match difference.change() {
                    Some(change) => change.abs() <= EQUAL,
                    None => difference.a == difference.b,
                };
                if is_equal {
                    found.n_equal += 1;
                } else {
                    found.differences.push(difference);
                }
            }
        }
    }
    let size = |d: &Difference| d.change().map_or(f64::INFINITY, f64::abs);
    found.differences.sort_by(|x, y| size(y).total_cmp(&size(x)).then(x.path.cmp(&y.path)));
    found
}
