//! The lines of `.efg` text, and names as both its readers take them.

use std::collections::BTreeSet;
use std::fmt;
use std::fmt::Write as _;

use crate::efg::number::chances;
use crate::efg::write::EfgWarning;
use crate::ids::PlayerId;

/// The text, line by line.
pub(super) struct Lines {
    pub(super) text: String,
    pub(super) is_renamed: bool,
    pub(super) is_gambit_only: bool,
    has_quotes: bool,
    has_backslashes: bool,
    has_refused_names: bool,
    is_adjusted: bool,
}

impl Lines {
    pub(super) fn new(title: &str, players: &[String], comment: &str) -> Self {
        let mut lines = Self {
            text: "EFG 2 R".to_owned(),
            has_quotes: false,
            has_backslashes: false,
            has_refused_names: false,
            is_adjusted: false,
            is_renamed: false,
            is_gambit_only: false,
        };
        lines.free_text(title);
        lines.text.push_str(" {");
        for name in distinct(players.iter().map(String::as_str)) {
            lines.name(&name);
        }
        lines.text.push_str(" }\n");
        lines.free_text(comment);
        lines.text.push_str("\n\n");
        lines
    }

    fn free_text(&mut self, text: &str) {
        let written = quoted(text);
        self.has_quotes |= text.contains('"');
        self.has_backslashes |= written.contains("\\\\");
        let blank = if self.text.ends_with('\n') { "" } else { " " };
        let _ = write!(self.text, "{blank}{written}");
    }

    fn name(&mut self, name: &str) {
        self.has_refused_names |= !is_read_by_gambit(name);
        self.free_text(name);
    }

    pub(super) fn end(&mut self, node_name: &str) {
        self.text.push('t');
        self.name(node_name);
    }

    pub(super) fn draw(
        &mut self,
        node_name: &str,
        number: impl fmt::Display,
        name: &str,
        actions: &[String],
        ps: &[f64],
    ) {
        self.text.push('c');
        self.name(node_name);
        let _ = write!(self.text, " {number}");
        self.name(name);
        self.text.push_str(" {");
        let written = chances(ps);
        self.is_adjusted |= !written.is_exact;
        for (action, p) in actions.iter().zip(&written.texts) {
            self.name(action);
            let _ = write!(self.text, " {p}");
        }
        self.text.push_str(" }");
    }

    pub(super) fn decision(
        &mut self,
        node_name: &str,
        player: PlayerId,
        number: u32,
        name: &str,
        actions: &[String],
    ) {
        self.text.push('p');
        self.name(node_name);
        let _ = write!(self.text, " {} {number}", player.0 + 1);
        self.name(name);
        self.text.push_str(" {");
        for action in actions {
            self.name(action);
        }
        self.text.push_str(" }");
    }

    pub(super) fn outcome(&mut self, number: u32, name: &str, payoffs: &[f64]) {
        let _ = write!(self.text, " {number}");
        self.name(name);
        self.text.push_str(" {");
        for (p, payoff) in payoffs.iter().enumerate() {
            let _ = write!(self.text, "{} {}", if p == 0 { "" } else { "," }, shortest(*payoff));
        }
        self.text.push_str(" }\n");
    }

    pub(super) fn no_outcome(&mut self) {
        self.text.push_str(" 0\n");
    }

    pub(super) fn warnings(&self) -> Vec<EfgWarning> {
        [
            (self.is_adjusted, EfgWarning::AdjustedChances),
            (self.has_quotes, EfgWarning::Quotes),
            (self.has_backslashes, EfgWarning::Backslashes),
            (self.has_refused_names, EfgWarning::RefusedNames),
            (self.is_renamed, EfgWarning::Renamed),
            (self.is_gambit_only, EfgWarning::GambitOnly),
        ]
        .into_iter()
        .filter_map(|(is_so, warning)| is_so.then_some(warning))
        .collect()
    }
}

/// The shortest text that means `x`, with an exponent where digits would fill a line.
pub(crate) fn shortest(x: f64) -> String {
    // Adding zero turns −0, which Gambit does not write, into 0.
    let (plain, exponent) = (format!("{}", x + 0.0), format!("{:e}", x + 0.0));
    if plain.len() > 24 { exponent } else { plain }
}

/// Whether pygambit 16.7 takes `name` as it is: printable ASCII, blanks single and inside.
fn is_read_by_gambit(name: &str) -> bool {
    name.chars().all(|c| c == ' ' || c.is_ascii_graphic())
        && !name.contains("  ")
        && name.trim() == name
}

/// `name` in characters that pygambit and OpenSpiel both take: quotes become ', backslashes /, other
/// characters than printable ASCII ?, and blanks single.
pub(crate) fn portable(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let one = |c: char| match c {
        '"' => '\'',
        '\\' => '/',
        c if c == ' ' || c.is_ascii_graphic() => c,
        _ => '?',
    };
    words.join(" ").chars().map(one).collect()
}

/// The labels, made different where they are not; empty ones become their position.
pub(crate) fn distinct(labels: impl Iterator<Item = impl Into<String>>) -> Vec<String> {
    let labels: Vec<String> = labels.map(Into::into).collect();
    let given: BTreeSet<&str> = labels.iter().map(String::as_str).collect();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut out = Vec::with_capacity(labels.len());
    for (k, label) in labels.iter().enumerate() {
        let mut name = if label.is_empty() { (k + 1).to_string() } else { label.clone() };
        let mut n = 2;
        while used.contains(&name) || (name != *label && given.contains(name.as_str())) {
            name = format!("{label}#{n}");
            n += 1;
        }
        used.insert(name.clone());
        out.push(name);
    }
    out
}

/// `text` in quotes: a quote in it becomes `\"`; a backslash stays, but becomes `\\` at the end and
/// before a quote or another backslash. Gambit reads the others as they are meant.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' if matches!(chars.peek(), None | Some('"' | '\\')) => out.push_str("\\\\"),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
