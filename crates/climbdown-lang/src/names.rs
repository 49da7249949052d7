//! Names: which are allowed, which were probably meant, what they stand for.

use std::collections::{BTreeMap, BTreeSet};

use crate::scenario::{
    Attribute, Domain, ParameterId, QuantityId, Variable, VariableId, VariableKind,
};
use crate::types::Type;

/// Words with a meaning of their own in expressions.
const RESERVED: &[&str] = &[
    "and",
    "or",
    "not",
    "in",
    "if",
    "then",
    "else",
    "true",
    "false",
    "stage",
    "peak",
    "peak_seen",
    "act",
    "min",
    "max",
    "abs",
    "exp",
    "ln",
    "sqrt",
    "seat",
    "red_lines",
    "norms",
    "treaties",
    "rest",
];

/// Letters, digits, `_` and `-`, beginning with a letter.
pub(crate) fn is_name(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_alphabetic)
        && letters.all(|c| c.is_alphanumeric() || c == '_' || c == '-')
        && !word.ends_with('-')
}

/// Whether the language uses the word itself.
pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// The candidate nearest to a misspelt word, if one is near enough.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    let mut near: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter(|c| c.len().abs_diff(word.len()) <= 4 * limit && c.len() <= 80)
        .map(|c| (distance(&word.to_lowercase(), &c.to_lowercase()), c))
        .filter(|(d, _)| *d <= limit)
        .collect();
    near.sort_by_key(|(d, _)| *d);
    // Among codes such as M0 and M1 every one is near, and none in particular was meant.
    let vague = word.chars().count() <= 3 && near.len() > 1 && near[0].0 == near[1].0;
    if vague { None } else { near.first().map(|(_, c)| *c) }
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment,
/// Damerau 1964).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > 80 {
        return usize::MAX;
    }
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

/// "did you mean `x`?", or else what there is.
pub(crate) fn suggest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    kind: &str,
) -> Option<String> {
    let all: Vec<&str> = candidates.into_iter().collect();
    if let Some(near) = nearest(word, all.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    if all.is_empty() {
        return Some(format!("there are no {kind} yet"));
    }
    Some(format!("{kind}: {}", list(&all)))
}

/// `a`, `b` and 3 more.
pub(crate) fn list<S: AsRef<str>>(words: &[S]) -> String {
    let shown: Vec<String> = words.iter().take(14).map(|w| format!("`{}`", w.as_ref())).collect();
    let more = words.len() - shown.len();
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

/// What every name stands for.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) actors: Vec<String>,
    pub(crate) seats: Vec<String>,
    pub(crate) menus: Vec<String>,
    pub(crate) moves: Vec<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) red_lines: Vec<String>,
    /// `norms.ID` and `treaties.ID` of those that are out of scope, and so have no state.
    pub(crate) out_of_scope: Vec<String>,
    /// Variables and types whose declaration has problems of its own: nothing more is said of them.
    pub(crate) spoilt: BTreeSet<String>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) types: Vec<Type>,
    pub(crate) by_name: BTreeMap<String, VariableId>,
    /// Types by their name without the actor.
    pub(crate) by_short: BTreeMap<String, Vec<VariableId>>,
    pub(crate) parameters: BTreeMap<String, ParameterId>,
    pub(crate) quantities: BTreeMap<String, QuantityId>,
}

impl Names {
    pub(crate) fn actor(&self, name: &str) -> Option<usize> {
        self.actors.iter().position(|n| n == name)
    }

    pub(crate) fn seat(&self, name: &str) -> Option<usize> {
        self.seats.iter().position(|n| n == name)
    }

    pub(crate) fn a_move(&self, name: &str) -> Option<usize> {
        self.moves.iter().position(|n| n == name)
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<usize> {
        self.attributes.iter().position(|a| a.id == name)
    }

    /// The variable of this full name.
    pub(crate) fn variable(&self, name: &str) -> Option<VariableId> {
        self.by_name.get(name).copied()
    }

    /// Types that may be meant by an unqualified name.
    pub(crate) fn short(&self, name: &str) -> &[VariableId] {
        self.by_short.get(name).map_or(&[], Vec::as_slice)
    }

    /// Adds a variable; the caller has checked that its name is free.
    pub(crate) fn add(&mut self, variable: Variable) -> VariableId {
        let id = VariableId::new(self.variables.len());
        self.types.push(Type::of_variable(&variable));
        if let (VariableKind::Type(_), Some((_, short))) =
            (variable.kind, variable.name.split_once('.'))
        {
            self.by_short.entry(short.to_owned()).or_default().push(id);
        }
        self.by_name.insert(variable.name.clone(), id);
        self.variables.push(variable);
        id
    }

    /// Names of the values of a variable, as written.
    pub(crate) fn values(&self, variable: VariableId) -> Vec<String> {
        match &self.variables[variable.index()].domain {
            Domain::Boolean => vec!["false".to_owned(), "true".to_owned()],
            Domain::Words(words) => words.clone(),
            Domain::Integers { low, high } => (*low..=*high).map(|i| i.to_string()).collect(),
            Domain::Actors => self.actors.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_is_one_slip() {
        assert_eq!(nearest("kurks", ["none", "kursk", "wide"]), Some("kursk"));
        assert_eq!(nearest("zzz", ["none", "kursk"]), None);
        assert_eq!(nearest("M9", ["M0", "M1"]), None);
    }

    #[test]
    fn names_begin_with_letters_and_do_not_end_in_hyphens() {
        assert!(is_name("client-soil") && is_name("p_1"));
        assert!(!is_name("1a") && !is_name("a b") && !is_name("a-") && !is_name(""));
    }
}
