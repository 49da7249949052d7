//! The audit of a text: each of its claims as a test on the findings.
//!
//! Two numbers closer than [`EQUAL`] count as equal, so `>` between them does not hold and `>=` does.

use std::collections::{BTreeMap, BTreeSet};

use climbdown_lang::eval::{binary, unary};
use climbdown_lang::expr::{Binary, Unary};
use climbdown_lang::scenario::{Claim, Scenario, Test, TestKind};
use climbdown_lang::source::Span;

use crate::measures::{Needs, Value, WORDS, paths};

/// Numbers closer than this are equal: far above rounding, far below what a report shows.
pub const EQUAL: f64 = 1e-9;

/// What is wrong with a test.
#[derive(Clone, Debug, PartialEq)]
pub struct Flaw {
    /// Where.
    pub span: Span,
    /// What.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// The value of a test where its paths are known; `Err` names the first path that is not.
///
/// # Errors
/// The path whose value is unknown, or the reason why the parts do not fit.
pub fn value(test: &Test, known: &dyn Fn(&str) -> Option<Value>) -> Result<Value, String> {
    let number = |test: &Test| match value(test, known)? {
        Value::Number(x) => Ok(x),
        other => Err(format!("{} is not a number", shown(&other))),
    };
    let truth = |test: &Test| match value(test, known)? {
        Value::Truth(is) => Ok(is),
        other => Err(format!("{} is neither true nor false", shown(&other))),
    };
    Ok(match &test.kind {
        TestKind::Number(x) => Value::Number(*x),
        TestKind::Truth(is) => Value::Truth(*is),
        TestKind::Path(path) => match known(path) {
            Some(value) => value,
            None if WORDS.contains(&path.as_str()) => Value::Word(path.clone()),
            None => return Err(format!("{path} is not known")),
        },
        TestKind::Unary(Unary::Not, of) => Value::Truth(!truth(of)?),
        TestKind::Unary(by, of) => Value::Number(unary(*by, number(of)?)),
        TestKind::Binary(by, a, b) => match by {
            Binary::And => Value::Truth(truth(a)? & truth(b)?),
            Binary::Or => Value::Truth(truth(a)? | truth(b)?),
            Binary::Equal => Value::Truth(are_equal(&value(a, known)?, &value(b, known)?)?),
            Binary::NotEqual => Value::Truth(!are_equal(&value(a, known)?, &value(b, known)?)?),
            Binary::Less => Value::Truth(number(a)? < number(b)? - EQUAL),
            Binary::LessOrEqual => Value::Truth(number(a)? <= number(b)? + EQUAL),
            Binary::Greater => Value::Truth(number(a)? > number(b)? + EQUAL),
            Binary::GreaterOrEqual => Value::Truth(number(a)? >= number(b)? - EQUAL),
            arithmetic => Value::Number(binary(*arithmetic, number(a)?, number(b)?)),
        },
        TestKind::In(of, list) => {
            let of = value(of, known)?;
            let mut is_in = false;
            for one in list {
                is_in |= are_equal(&of, &value(one, known)?)?;
            }
            Value::Truth(is_in)
        }
    })
}

fn are_equal(a: &Value, b: &Value) -> Result<bool, String> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Ok((a - b).abs() <= EQUAL),
        (Value::Word(a), Value::Word(b)) => Ok(a == b),
        (Value::Truth(a), Value::Truth(b)) => Ok(a == b),
        (a, b) => Err(format!("{} cannot be compared with {}", shown(a), shown(b))),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Number(x) => x.to_string(),
        Value::Word(word) => format!("`{word}`"),
        Value::Truth(is) => is.to_string(),
    }
}

/// Whether the claim holds; `Err` says why that cannot be told.
///
/// # Errors
/// As [`value`], and for a claim that declares itself untestable.
pub fn holds(claim: &Claim, known: &dyn Fn(&str) -> Option<Value>) -> Result<bool, String> {
    let Some(test) = &claim.holds_if else {
        return Err(claim.untestable.clone().unwrap_or_else(|| "it has no test".to_owned()));
    };
    match value(test, known)? {
        Value::Truth(holds) => Ok(holds),
        other => Err(format!("its test gives {}", shown(&other))),
    }
}

/// The paths a test reads, in order.
#[must_use]
pub fn reads(test: &Test) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let mut ahead = vec![test];
    while let Some(test) = ahead.pop() {
        match &test.kind {
            TestKind::Path(path) if !WORDS.contains(&path.as_str()) => {
                found.push((path.as_str(), test.span));
            }
            TestKind::Unary(_, of) => ahead.push(of),
            TestKind::Binary(_, a, b) => ahead.extend([b, a].map(|x| &**x)),
            TestKind::In(of, list) => ahead.extend(list.iter().rev().chain([&**of])),
            _ => {}
        }
    }
    found
}

/// What it takes to test a claim; nothing if it has no test.
#[must_use]
pub fn needs(claim: &Claim, vocabulary: &BTreeMap<String, Needs>) -> BTreeSet<Needs> {
    let paths = claim.holds_if.iter().flat_map(reads);
    paths.map(|(path, _)| vocabulary.get(path).copied().unwrap_or(Needs::Study)).collect()
}

/// The vocabulary of a scenario.
#[must_use]
pub fn vocabulary(scenario: &Scenario) -> BTreeMap<String, Needs> {
    paths(scenario).into_iter().collect()
}

/// Everything wrong with the tests of a scenario's claims: paths that do not exist, and parts that do not fit.
#[must_use]
pub fn flaws(scenario: &Scenario) -> Vec<Flaw> {
    let vocabulary = vocabulary(scenario);
    let mut found = Vec::new();
    for claim in &scenario.claims {
        let Some(test) = &claim.holds_if else { continue };
        let before = found.len();
        for (path, span) in reads(test) {
            if !vocabulary.contains_key(path) {
                found.push(Flaw {
                    span,
                    message: format!("the findings have no `{path}`"),
                    help: nearest(path, &vocabulary).map(|near| format!("did you mean `{near}`?")),
                });
            }
        }
        if found.len() == before
            && let Err(message) = holds(claim, &|path| example(path, &vocabulary))
        {
            let help = Some("compare a path with a number or a word".to_owned());
            found.push(Flaw { span: test.span, message, help });
        }
    }
    found
}

/// A value of the kind that a path has.
fn example(path: &str, vocabulary: &BTreeMap<String, Needs>) -> Option<Value> {
    vocabulary.get(path)?;
    Some(match path.rsplit('.').next()? {
        "kind" | "degree" => Value::Word("none".to_owned()),
        "sign" => Value::Word("raises".to_owned()),
        "load_bearing" | "already_crossed" => Value::Truth(true),
        _ => Value::Number(0.5),
    })
}

/// The path that shares the longest beginning, then the longest end.
fn nearest<'v>(path: &str, vocabulary: &'v BTreeMap<String, Needs>) -> Option<&'v str> {
    let alike = |a: &str| {
        let begin = a.chars().zip(path.chars()).take_while(|(x, y)| x == y).count();
        let end = a.chars().rev().zip(path.chars().rev()).take_while(|(x, y)| x == y).count();
        (begin, end)
    };
    let best = vocabulary.keys().max_by_key(|key| alike(key))?;
    (alike(best).0 >= 4).then_some(best)
}
