//! Numbers given beside the file: Λ, and other values for parameters.

use std::fmt::Write;

use climbdown_lang::scenario::Scenario;
use climbdown_lang::template::Assignment;
use quantal::Lambda;

use crate::stop::Stop;

/// Beyond this a difference of a millionth of a stake decides every choice; by feel.
pub const LARGEST_LAMBDA: f64 = 1e7;

/// A precision that somebody typed.
pub fn lambda(value: f64) -> Result<Lambda, Stop> {
    let is_usable = |lambda: &Lambda| lambda.get() <= LARGEST_LAMBDA;
    Lambda::new(value).filter(is_usable).ok_or_else(|| {
        Stop::Usage(format!("lambda is a number from 0 to {LARGEST_LAMBDA}, and {value} is not"))
    })
}

/// The file's point values, with the overrides of `set`; a value outside its range is noted.
pub fn assign(
    scenario: &Scenario,
    set: &[(String, f64)],
    notes: &mut String,
) -> Result<Assignment, Stop> {
    let mut assignment = Assignment::point(scenario);
    for (name, value) in set {
        let Some(at) = scenario.parameters.iter().position(|p| p.name == *name) else {
            let known: Vec<String> = scenario.parameters.iter().map(|p| p.name.clone()).collect();
            return Err(Stop::Usage(format!(
                "--set: there is no parameter `{name}`{}",
                suggestion(name, &known)
            )));
        };
        if !value.is_finite() {
            return Err(Stop::Usage(format!("--set: {name} = {value} is not a finite number")));
        }
        if let Some((low, high)) = scenario.parameters[at].range
            && !(low..=high).contains(value)
        {
            let _ = writeln!(
                notes,
                "warning: --set {name}={value} is outside its range, {low} to {high}"
            );
        }
        assignment.values[at] = *value;
    }
    Ok(assignment)
}

/// "; did you mean `x`?" if a known name is close, else nothing.
pub fn suggestion(name: &str, known: &[String]) -> String {
    let most = 1 + name.chars().count() / 3;
    known
        .iter()
        .map(|k| (distance(name, k), k))
        .filter(|(d, _)| *d <= most)
        .min()
        .map_or(String::new(), |(_, k)| format!("; did you mean `{k}`?"))
}

/// "; near are `x`, `y`": the known names that are close, else some that begin alike; else nothing.
pub fn near(name: &str, known: &[String]) -> String {
    const MOST: usize = 5;
    let most = 1 + name.chars().count() / 3;
    let mut close: Vec<(usize, &String)> =
        known.iter().map(|k| (distance(name, k), k)).filter(|(d, _)| *d <= most).collect();
    close.sort();
    close.dedup();
    let section = |of: &str| of.rsplit_once('.').map(|(section, _)| format!("{section}."));
    let alike = |k: &&String| section(name).is_some_and(|section| k.starts_with(&section));
    let mut names: Vec<&String> = close.into_iter().map(|(_, k)| k).collect();
    if names.is_empty() {
        names = known.iter().filter(alike).collect();
    }
    let names: Vec<String> = names.iter().take(MOST).map(|k| format!("`{k}`")).collect();
    if names.is_empty() { String::new() } else { format!("; near are {}", names.join(", ")) }
}

/// How many letters have to change (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let keep = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = keep.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let known = ["p_resolute".to_owned(), "h0".to_owned()];
        assert_eq!(suggestion("p_resolut", &known), "; did you mean `p_resolute`?");
        assert_eq!(suggestion("elephant", &known), "");
        let known = ["claims.A1", "claims.A2", "spiral.ratio"].map(str::to_owned);
        assert_eq!(near("claims.A3", &known), "; near are `claims.A1`, `claims.A2`");
        assert_eq!(near("spiral.nothing-like-it", &known), "; near are `spiral.ratio`");
        assert_eq!(near("elephant", &known), "");
    }
}
