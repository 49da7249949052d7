//! From solved games to findings: outcomes, effects, kind and degree, rules, spiral, band.
//!
//! [`assess()`] is the way in. This crate does not know the file format and prints nothing.

mod assess;
mod base;
mod caveats;
mod clock;
mod crisis;
mod effect;
mod eigen;
pub mod findings;
mod gaps;
mod kind;
mod outcome;
mod peaks;
mod play;
mod policy;
mod question;
pub mod replay;
mod replies;
mod rounds;
mod rules;
pub mod simulate;
mod spiral;
#[cfg(test)]
mod tests;
mod together;
pub mod verdict;
mod walks;

pub use gaps::median_gaps;

use climbdown_lang::template::{Assignment, Template};

/// How to assess.
#[derive(Clone, Debug)]
pub struct AssessOptions {
    /// Λ of the headline.
    pub lambda: f64,
    /// Largest log-residual accepted.
    pub tolerance: f64,
    /// Other Λ at which the headline is computed.
    pub band: Vec<f64>,
}

/// Why there are no findings.
#[derive(Clone, Debug)]
pub enum Unanswered {
    /// Numbers that cannot be put on the template.
    Numbers(climbdown_lang::template::BadNumbers),
    /// A game that did not solve, and which.
    Unsolved(String, quantal::Unsolved),
    /// The question cannot be asked of this game: why.
    Question(String),
}

/// Answers the scenario's question.
///
/// # Errors
/// [`Unanswered`].
pub fn assess(
    template: &Template,
    assignment: &Assignment,
    options: &AssessOptions,
    watch: &mut dyn FnMut(&str, quantal::Progress) -> bool,
) -> Result<findings::Findings, Unanswered> {
    assess::assess(template, assignment, options, watch)
}
