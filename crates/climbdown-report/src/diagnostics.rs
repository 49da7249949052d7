//! Diagnostics for people: the line of the file, what is wrong under it, what to write instead.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use climbdown_lang::diagnostic::{Diagnostic, Severity};
use climbdown_lang::source::SourceMap;

use crate::number;

/// All of `list`, then one line that counts them; empty if there are none.
#[must_use]
pub fn text(list: &[Diagnostic], map: &SourceMap) -> String {
    let mut out = String::new();
    for diagnostic in list {
        out.push_str(&one(diagnostic, map));
        out.push_str("\n\n");
    }
    if !list.is_empty() {
        out.push_str(&summary(list));
        out.push('\n');
    }
    out
}

/// "2 errors, 1 warning".
#[must_use]
pub fn summary(list: &[Diagnostic]) -> String {
    let errors = list.iter().filter(|d| d.severity == Severity::Error).count();
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(number::of(errors, "error"));
    }
    if list.len() > errors {
        parts.push(number::of(list.len() - errors, "warning"));
    }
    if parts.is_empty() { "no problems".to_owned() } else { parts.join(", ") }
}

fn one(diagnostic: &Diagnostic, map: &SourceMap) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(printable(&diagnostic.message)).id(diagnostic.code);
    let mut group = match map.files.get(diagnostic.span.file as usize) {
        Some(file) => {
            let (start, end) = range(&file.text, diagnostic.span.start, diagnostic.span.end);
            title.element(
                Snippet::source(file.text.as_str())
                    .path(file.name.as_str())
                    .annotation(AnnotationKind::Primary.span(start..end)),
            )
        }
        None => Group::with_title(title),
    };
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    Renderer::plain().render(&[group])
}

/// A byte range that lies within `text`, on the first line it touches, at character boundaries.
fn range(text: &str, start: u32, end: u32) -> (usize, usize) {
    let mut start = (start as usize).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let line_end = text[start..].find('\n').map_or(text.len(), |i| start + i);
    let mut end = (end as usize).clamp(start, line_end.max(start));
    while !text.is_char_boundary(end) {
        end += 1;
    }
    (start, end)
}

/// Without control characters, which a file can smuggle into a message.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use climbdown_lang::source::{SourceFile, Span};

    fn map() -> SourceMap {
        let text = "climbdown = 1\n[moves.grant]\nset = { permit = \"kurks\" }\n";
        SourceMap {
            files: vec![SourceFile { name: "t/scenario.toml".to_owned(), text: text.to_owned() }],
        }
    }

    fn diagnostic() -> Diagnostic {
        Diagnostic {
            code: "E012",
            severity: Severity::Error,
            span: Span { file: 0, start: 45, end: 52 },
            message: "`kurks` is not a value of `permit`".to_owned(),
            help: Some("did you mean `kursk`?".to_owned()),
        }
    }

    #[test]
    fn the_line_stands_above_the_mark_and_the_help_below() {
        insta::assert_snapshot!(text(&[diagnostic()], &map()));
    }

    #[test]
    fn the_json_form_has_the_seven_keys() {
        insta::assert_snapshot!(crate::wire::diagnostics(&[diagnostic()], &map()));
    }

    #[test]
    fn places_outside_the_file_do_not_panic() {
        let mut d = diagnostic();
        for span in [
            Span { file: 0, start: 9_999, end: 10_000 },
            Span { file: 0, start: 50, end: 3 },
            Span { file: 7, start: 0, end: 1 },
            Span { file: 0, start: 0, end: 60 },
        ] {
            d.span = span;
            assert!(text(&[d.clone()], &map()).contains("E012"));
        }
    }
}
