//! Findings to text and JSON; also diagnostics, profiles, games and payoffs, as a reader wants them.
//!
//! [`text()`] is the report for people, [`wire`] the one format for programs.
//! Nothing here computes a number: it formats, sorts and counts what it is given.

pub mod coding;
pub mod columns;
pub mod comparison;
pub mod crises;
pub mod diagnostics;
pub mod draw;
pub mod explain;
pub mod exploration;
mod layout;
pub mod number;
pub mod offramps;
pub mod profile;
pub mod replay;
pub mod runs;
pub mod scale;
mod sections;
pub mod solution;
mod text;
pub mod wire;
pub mod words;

use climbdown_lang::scenario::{Memory, Scenario};
use climbdown_study::findings::Findings;

pub use text::text;

/// What is needed to repeat a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunInfo {
    /// Version of Climbdown.
    pub version: String,
    /// SHA-256 of the scenario's text, in hexadecimal.
    pub sha256: String,
    /// Seed asked for.
    pub seed: u64,
    /// Memory used.
    pub memory: Memory,
    /// Largest log-residual accepted.
    pub tolerance: f64,
    /// Parameters that were given other values: name, value.
    pub overrides: Vec<(String, f64)>,
    /// The day as of which the answer stands, as it was asked for.
    pub as_of: Option<String>,
}

/// An answer and all that its report quotes.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// What was found.
    pub findings: &'a Findings,
    /// What was asked, of what.
    pub scenario: &'a Scenario,
    /// How it was run.
    pub run: &'a RunInfo,
}
