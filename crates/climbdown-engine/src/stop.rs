//! What ends a run early, and how it is said.

use std::fmt::Write;

use climbdown_lang::compile::OVER_BUDGET;
use climbdown_lang::diagnostic::{Diagnostic, Severity, has_errors};
use climbdown_lang::source::{SourceFile, SourceMap, Span};
use climbdown_lang::template::BadNumbers;
use climbdown_study::Unanswered;
use quantal::Unsolved;

use crate::sources::ReadProblem;
use crate::{Output, Response};

/// A file that is not there or cannot be read.
const UNREADABLE: &str = "E090";
/// Values of parameters that make a probability or payoff impossible.
const BAD_NUMBERS: &str = "E091";
/// A question that the compiled game has no answer to.
const UNANSWERABLE: &str = "E092";
/// Text that is no game of Gambit.
pub(crate) const NOT_A_GAME: &str = "E093";

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// With a result; warnings are possible.
    Done,
    /// The file is wrong.
    WrongFile,
    /// The request is wrong.
    Usage,
    /// Not converged, or over the budget.
    Unsolved,
    /// Somebody stopped it.
    Cancelled,
}

impl Exit {
    /// The exit code of a command.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::WrongFile => 1,
            Exit::Usage => 2,
            Exit::Unsolved => 3,
            Exit::Cancelled => 130,
        }
    }
}

/// Diagnostics and the texts they are about.
pub(crate) struct Found {
    pub diagnostics: Vec<Diagnostic>,
    pub map: SourceMap,
}

impl Found {
    /// Over budget is no mistake of the file; any other error is.
    pub fn exit(&self) -> Exit {
        match self.diagnostics.as_slice() {
            list if !has_errors(list) => Exit::Done,
            list if list.iter().any(|d| d.code == OVER_BUDGET) => Exit::Unsolved,
            _ => Exit::WrongFile,
        }
    }

    /// With more diagnostics of the same texts.
    pub fn and(mut self, more: Vec<Diagnostic>) -> Self {
        self.diagnostics.extend(more);
        climbdown_lang::diagnostic::sort(&mut self.diagnostics, &self.map);
        self
    }
}

/// What ends a run early.
pub(crate) enum Stop {
    /// The texts are wrong, or too large a game.
    Wrong(Found),
    /// The request is wrong.
    Usage(String),
    /// The numbers did not work out.
    Unsolved(String),
    /// Somebody stopped it.
    Cancelled,
    /// Somebody stopped it, and something was kept: what, and how to go on.
    Kept(String),
    /// The place for results does not take or give them.
    Storage(String),
}

impl Stop {
    pub fn wrong(diagnostics: Vec<Diagnostic>, map: SourceMap) -> Self {
        Stop::Wrong(Found { diagnostics, map })
    }

    /// A file that cannot be read at all.
    pub fn unreadable(name: &str, problem: &ReadProblem) -> Self {
        let (code, message, help) = match problem {
            ReadProblem::NotFound => (
                UNREADABLE,
                format!("there is no file `{name}`"),
                "give a scenario's folder or its scenario.toml; `climbdown new NAME` writes one",
            ),
            ReadProblem::TooLarge(bytes) => (
                "E002",
                format!("`{name}` has {bytes} bytes; at most {} are read", crate::MAX_BYTES),
                "a scenario of that size is a mistake, or a file of another kind",
            ),
            ReadProblem::Other(reason) => {
                let message = format!("`{name}` cannot be read: {reason}");
                (UNREADABLE, message, "is it a file, and yours to read?")
            }
        };
        Self::file(name, code, message, Some(help.to_owned()))
    }

    /// A problem of a file as a whole.
    pub fn file(name: &str, code: &'static str, message: String, help: Option<String>) -> Self {
        let map =
            SourceMap { files: vec![SourceFile { name: name.to_owned(), text: String::new() }] };
        let span = Span::default();
        Self::wrong(vec![Diagnostic { code, severity: Severity::Error, span, message, help }], map)
    }

    /// A problem at a line and column of a text that is no scenario.
    pub fn at(
        file: SourceFile,
        code: &'static str,
        line: usize,
        column: usize,
        message: &str,
    ) -> Self {
        let before: usize = file.text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let rest = file.text.get(before..).unwrap_or("");
        let within: usize = rest.chars().take(column - 1).map(char::len_utf8).sum();
        let start = u32::try_from(before + within).unwrap_or(u32::MAX);
        let span = Span { file: 0, start, end: start.saturating_add(1) };
        let (severity, message) = (Severity::Error, message.to_owned());
        let map = SourceMap { files: vec![file] };
        Self::wrong(vec![Diagnostic { code, severity, span, message, help: None }], map)
    }

    pub fn numbers(bad: BadNumbers, map: SourceMap) -> Self {
        let diagnostic = Diagnostic {
            code: BAD_NUMBERS,
            severity: Severity::Error,
            span: bad.span,
            message: bad.message,
            help: None,
        };
        Self::wrong(vec![diagnostic], map)
    }

    pub fn unsolved(what: &str, unsolved: &Unsolved) -> Self {
        match unsolved {
            Unsolved::Cancelled => Stop::Cancelled,
            Unsolved::NotConverged { reached, residual, steps } => Stop::Unsolved(format!(
                "{what} did not solve: after {steps} sweeps lambda {reached} was reached and the \
                 best log-residual was {residual:e}; try a smaller --lambda"
            )),
        }
    }

    pub fn unanswered(unanswered: Unanswered, map: &SourceMap) -> Self {
        match unanswered {
            Unanswered::Numbers(bad) => Self::numbers(bad, map.clone()),
            Unanswered::Unsolved(what, unsolved) => Self::unsolved(&what, &unsolved),
            Unanswered::Question(why) => {
                let name = map.files.first().map_or("", |f| f.name.as_str());
                Self::file(
                    name,
                    UNANSWERABLE,
                    format!("the question cannot be answered: {why}"),
                    None,
                )
            }
        }
    }

    /// The diagnostics, if that is what it is.
    pub fn into_found(self) -> Result<Found, Stop> {
        match self {
            Stop::Wrong(found) => Ok(found),
            other => Err(other),
        }
    }

    pub fn into_response(self, mut notes: String) -> Response {
        let exit = match &self {
            Stop::Wrong(found) => {
                notes
                    .push_str(&climbdown_report::diagnostics::text(&found.diagnostics, &found.map));
                found.exit()
            }
            Stop::Usage(message) => {
                let _ = writeln!(notes, "error: {message}");
                Exit::Usage
            }
            Stop::Unsolved(message) => {
                let _ = writeln!(notes, "error: {message}");
                Exit::Unsolved
            }
            Stop::Cancelled => {
                notes.push_str("stopped; nothing was kept\n");
                Exit::Cancelled
            }
            Stop::Kept(message) => {
                let _ = writeln!(notes, "stopped; {message}");
                Exit::Cancelled
            }
            Stop::Storage(message) => {
                let _ = writeln!(notes, "error: {message}");
                Exit::WrongFile
            }
        };
        Response { exit, output: Output::Text(String::new()), notes, files: Vec::new() }
    }
}

/// One line on the warnings of a file that is being used.
pub(crate) fn mention_warnings(warnings: &[Diagnostic], file: &str, notes: &mut String) {
    if !warnings.is_empty() {
        let n = climbdown_report::number::of(warnings.len(), "warning");
        let _ = writeln!(notes, "{n} about the model: climbdown check {file}");
    }
}
