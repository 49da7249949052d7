//! What is wrong with a text, or odd about a model, said to its writer.

pub use crate::codes::CODES;
use crate::source::{SourceMap, Span};

/// Errors stop the work; warnings are about the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scenario cannot be used.
    Error,
    /// The scenario can be used, and something in it looks unintended.
    Warning,
}

/// One problem: stable code, place, what is wrong, what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// `E…` or `W…`, with a page in the manual.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Where; a file's first byte when the file as a whole is meant.
    pub span: Span,
    /// What is wrong, in the words of the language.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// Orders by place, then code, and drops exact repeats: the order in which people read.
pub fn sort(diagnostics: &mut Vec<Diagnostic>, _map: &SourceMap) {
    diagnostics.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
    diagnostics.dedup();
}

/// Whether any of them is an error.
#[must_use]
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}
