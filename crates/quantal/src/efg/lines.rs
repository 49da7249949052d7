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
    is_adjusted: bool,
}

impl Lines {
    pub(super) fn new(title: &str, players: &[String], comment: &str) -> Self {
        let mut lines = Self {
            text: "EFG 2 R".to_owned(),
            has_quotes: false,
            has_backslashes: false,
            is_adjusted: false,
            is_renamed: false,
            is_gambit_only: false,
        };
        lines.name(title);
        lines.text.push_str(" {");
        for name in distinct(players.iter().map(String::as_str)) {
            lines.name(&name);
        }
        let _ = write!(lines.text, " }}\n{}\n\n", quoted(comment));
        lines
    }

    fn name(&mut self, name: &str) {
        let written = quoted(name);
        self.has_quotes |= name.contains('"');
        self.has_backslashes |= written.contains("\\\\");
        let _ = write!(self.text, " {written}");
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
            // Adding zero turns −0, which Gambit does not write, into 0.
            let _ = write!(self.text, "{} {}", if p == 0 { "" } else { "," }, payoff + 0.0);
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
            (self.is_renamed, EfgWarning::RenamedInfosets),
            (self.is_gambit_only, EfgWarning::GambitOnly),
        ]
        .into_iter()
        .filter_map(|(is_so, warning)| is_so.then_some(warning))
        .collect()
    }
}

/// The labels, made different where they are not; empty ones become their position.
pub(crate) fn distinct<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<String> {
    let labels: Vec<&str> = labels.collect();
    let given: BTreeSet<&str> = labels.iter().copied().collect();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut out = Vec::with_capacity(labels.len());
    for (k, &label) in labels.iter().enumerate() {
        let mut name = if label.is_empty() { (k + 1).to_string() } else { label.to_owned() };
        let mut n = 2;
        while used.contains(&name) || (name != label && given.contains(name.as_str())) {
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
