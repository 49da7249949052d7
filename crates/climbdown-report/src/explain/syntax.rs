//! The text of a scenario as a tree, before anything is understood.

use climbdown_lang::source::{SourceFile, SourceMap, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::place;
use crate::layout::wrap;

/// Every key with its place and the value written there, one per line; broken parts are left out.
#[must_use]
pub fn tree(file: &SourceFile) -> String {
    let map = SourceMap { files: vec![file.clone()] };
    let (root, problems) = DeTable::parse_recoverable(&file.text);
    let mut out = String::new();
    // Last in, first out: entries go in backwards so that they come out in the order of the file.
    let mut open: Vec<(String, &Spanned<DeValue<'_>>)> = Vec::new();
    push_table(&mut open, "", root.get_ref());
    while let Some((path, node)) = open.pop() {
        let range = node.span();
        let at = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
        let span = Span { file: 0, start: at(range.start), end: at(range.end) };
        let line = map.position(span);
        let head = format!("{:>6}:{:<4}", line.line, line.column);
        match node.get_ref() {
            DeValue::Table(table) => {
                out.push_str(&wrap(&format!("{head} "), "            ", &format!("{path} =")));
                push_table(&mut open, &path, table);
            }
            DeValue::Array(list) => {
                let n = crate::number::of(list.len(), "item");
                out.push_str(&wrap(&format!("{head} "), "            ", &format!("{path} = {n}")));
                for (i, item) in list.iter().enumerate().rev() {
                    open.push((format!("{path}[{i}]"), item));
                }
            }
            _ => {
                let text = map.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
                let line = format!("{path} = {text}");
                out.push_str(&wrap(&format!("{head} "), "            ", &line));
            }
        }
    }
    for problem in problems {
        let start = problem.span().map_or(0, |s| u32::try_from(s.start).unwrap_or(0));
        let span = Span { file: 0, start, end: start };
        let message = problem.message().replace('\n', " ");
        out.push_str(&wrap("", "  ", &format!("not TOML at {}: {message}", place(&map, span))));
    }
    out
}

fn push_table<'a, 'i>(
    open: &mut Vec<(String, &'a Spanned<DeValue<'i>>)>,
    path: &str,
    table: &'a DeTable<'i>,
) {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, node)| (key.span().start, node.span().start));
    for (key, node) in entries.into_iter().rev() {
        let name = key.get_ref();
        open.push((
            if path.is_empty() { name.to_string() } else { format!("{path}.{name}") },
            node,
        ));
    }
}
