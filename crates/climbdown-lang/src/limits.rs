//! What is refused before it is read: too large, not text, nested too deeply.

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{SourceFile, Span};

/// Largest file, in bytes.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Deepest nesting of brackets, tables and parentheses.
pub const MAX_DEPTH: usize = 64;
/// Most entries of one table or list.
pub const MAX_ENTRIES: usize = 4096;

/// Takes the bytes of a file as text, or says why they are not a scenario, ladder or history.
///
/// # Errors
/// More than 4 MiB, binary, or not UTF-8.
pub fn text(name: &str, bytes: &[u8]) -> Result<SourceFile, Diagnostic> {
    if bytes.len() > MAX_BYTES {
        return Err(too_large(0, name, bytes.len()));
    }
    let refuse = |message: String, help: &str| {
        Err(Diagnostic {
            code: "E001",
            severity: Severity::Error,
            span: Span::default(),
            message,
            help: Some(help.to_owned()),
        })
    };
    let line = |at: usize| bytes[..at].iter().filter(|&&b| b == b'\n').count() + 1;
    if let Some(at) = bytes.iter().position(|&b| b == 0) {
        return refuse(
            format!("`{name}` is not a text file: line {} holds a zero byte", line(at)),
            "a scenario is a TOML text in UTF-8",
        );
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile { name: name.to_owned(), text: text.to_owned() }),
        Err(error) => refuse(
            format!("`{name}` is not UTF-8 text: line {}", line(error.valid_up_to())),
            "save the file as UTF-8",
        ),
    }
}

/// Whether a file may be parsed at all: its size and its nesting.
pub(crate) fn refusal(file: u16, source: &SourceFile) -> Option<Diagnostic> {
    if source.text.len() > MAX_BYTES {
        return Some(too_large(file, &source.name, source.text.len()));
    }
    let at = first_too_deep(source.text.as_bytes())?;
    let start = u32::try_from(at).expect("files of more than 4 MiB were refused above");
    Some(Diagnostic {
        code: "E003",
        severity: Severity::Error,
        span: Span { file, start, end: start + 1 },
        message: format!("brackets are nested deeper than {MAX_DEPTH}"),
        help: Some("give the inner tables names of their own".to_owned()),
    })
}

fn too_large(file: u16, name: &str, n_bytes: usize) -> Diagnostic {
    Diagnostic {
        code: "E002",
        severity: Severity::Error,
        span: Span { file, ..Span::default() },
        message: format!("`{name}` has {n_bytes} bytes; the largest file read is 4 MiB"),
        help: Some("a scenario is a few hundred lines; is this the right file?".to_owned()),
    }
}

/// The byte at which brackets outside strings and comments become too deep.
fn first_too_deep(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0usize;
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            b'[' | b'{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(i);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'#' => {
                while i < bytes.len() && bytes[i] != b'\n' {
                    i += 1;
                }
            }
            quote @ (b'"' | b'\'') => i = end_of_string(bytes, i, quote),
            _ => {}
        }
        i += 1;
    }
    None
}

/// The last byte of the string that begins at `start`; a line's end closes a one-line string.
fn end_of_string(bytes: &[u8], start: usize, quote: u8) -> usize {
    let long = bytes[start..].starts_with(&[quote; 3]);
    let mut i = start + if long { 3 } else { 1 };
    while i < bytes.len() {
        if bytes[i] == b'\\' && quote == b'"' {
            i += 2;
            continue;
        }
        if long && bytes[i..].starts_with(&[quote; 3]) {
            return i + 2;
        }
        if !long && (bytes[i] == quote || bytes[i] == b'\n') {
            return i;
        }
        i += 1;
    }
    i
}
