//! The collector of diagnostics.

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Span;

/// Diagnostics so far. Checks go on after a problem, so that all are reported.
#[derive(Default)]
pub(crate) struct Report {
    /// In order of discovery.
    pub(crate) list: Vec<Diagnostic>,
}

impl Report {
    /// A problem without advice beyond the message.
    pub(crate) fn say(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.advise(code, span, message, None::<String>);
    }

    /// A problem, and what to write instead.
    pub(crate) fn advise(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<Option<String>>,
    ) {
        let severity = if code.starts_with('W') { Severity::Warning } else { Severity::Error };
        self.list.push(Diagnostic {
            code,
            severity,
            span,
            message: message.into(),
            help: help.into(),
        });
    }
}
