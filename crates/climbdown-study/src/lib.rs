//! From solved games to findings: outcomes, effects, kind and degree, rules, spiral, band.
//!
//! [`assess()`] is the way in; [`solution()`](solution::solution) solves a single game and asks less of it. This crate does not know the file format and prints nothing.

mod assess;
mod attribution;
mod base;
mod caveats;
pub mod claims;
mod clock;
pub mod compare;
mod crisis;
pub mod design;
pub mod discovery;
pub mod drawn;
mod effect;
mod eigen;
pub mod exploration;
pub mod findings;
mod firsts;
pub mod flips;
mod games;
mod gaps;
mod gauge;
mod kind;
mod known;
pub mod measures;
pub mod offramps;
mod outcome;
mod peaks;
mod play;
mod policy;
pub mod prepared;
mod question;
pub mod replay;
mod replies;
pub mod rivals;
mod rounds;
mod rules;
pub mod sensitivity;
mod shapley;
pub mod simulate;
pub mod solution;
mod spiral;
pub mod study;
pub mod sweep;
#[cfg(test)]
mod tests;
mod together;
pub mod varied;
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
    /// Whether to share out the effect among the parts of the act, which takes up to 32 games more.
    pub attribution: bool,
}

/// How far something is.
#[derive(Clone, Copy, Debug)]
pub enum At<'a> {
    /// A game is being solved: which, and how far.
    Solving(&'a str, quantal::Progress),
    /// So many of so many things are done: what, how many, of how many.
    Done(&'a str, usize, usize),
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
    assess::assess(template, assignment, options, None, watch).map(|assessed| assessed.findings)
}

/// Answers the question as it would have stood on `date`: what `episode`, a history up to that date,
/// says of the turns before the question's is known (docs/methods/as-of.md).
///
/// # Errors
/// [`Unanswered`], also if by what was observed the question's turn is not reached.
pub fn assess_as_of(
    template: &Template,
    assignment: &Assignment,
    options: &AssessOptions,
    (episode, date): (&climbdown_lang::episode::Episode, &str),
    watch: &mut dyn FnMut(&str, quantal::Progress) -> bool,
) -> Result<findings::Findings, Unanswered> {
    let known = Some((episode, date));
    let found = assess::assess(template, assignment, options, known, watch);
    found.map(|assessed| assessed.findings).map_err(|why| match why {
        Unanswered::Question(text) => {
            Unanswered::Question(format!("given the history up to {date}: {text}"))
        }
        other => other,
    })
}

/// [`assess()`] with what the answer rests on: draws over all ranges, assumptions moved, rival explanations and
/// claims. `history` says what was observed, if anything was.
///
/// # Errors
/// [`Unanswered`].
pub fn assess_with_study(
    template: &Template,
    assignment: &Assignment,
    options: &AssessOptions,
    (study, history): (&study::StudyOptions, Option<&replay::Replay>),
    told: &mut dyn FnMut(At<'_>) -> bool,
) -> Result<findings::Findings, Unanswered> {
    let mut solving = |what: &str, at| told(At::Solving(what, at));
    let assess::Assessed { findings: mut found, profile, hybrids } =
        assess::assess(template, assignment, options, None, &mut solving)?;
    let begun = drawn::Begun { profile: &profile, hybrids: &hybrids };
    let base = prepared::Case::plain(assignment.clone());
    let mut solving = |what: &str, at| told(At::Solving(what, at));
    let ready = prepared(template, &base, options, study.seed, &mut solving)?;
    let mut counting = |what: &str, n, of| told(At::Done(what, n, of));
    found.study =
        Some(study::study(&ready, (&base, &begun), &found, history, study, &mut counting)?);
    match offramps::off_ramps(&ready, &base, &offramps::Search::narrow(study.seed), told) {
        Ok(ramps) => found.off_ramps = Some(ramps),
        Err(Unanswered::Unsolved(what, quantal::Unsolved::Cancelled)) => {
            return Err(Unanswered::Unsolved(what, quantal::Unsolved::Cancelled));
        }
        Err(why) => found.caveats.push(findings::Caveat {
            about: Some("off_ramps".to_owned()),
            text: format!("Off-ramps could not be searched for: {}.", rivals::in_words(&why)),
        }),
    }
    Ok(found)
}

/// The off-ramps of the scenario's question, by a search of their own.
///
/// # Errors
/// [`Unanswered`].
pub fn off_ramps(
    template: &Template,
    assignment: &Assignment,
    options: &AssessOptions,
    search: &offramps::Search,
    told: &mut dyn FnMut(At<'_>) -> bool,
) -> Result<offramps::OffRamps, Unanswered> {
    let base = prepared::Case::plain(assignment.clone());
    let mut solving = |what: &str, at| told(At::Solving(what, at));
    let ready = prepared(template, &base, options, search.seed, &mut solving)?;
    offramps::off_ramps(&ready, &base, search, told)
}

fn prepared<'t>(
    template: &'t Template,
    base: &prepared::Case,
    options: &AssessOptions,
    seed: u64,
    watch: &mut dyn FnMut(&str, quantal::Progress) -> bool,
) -> Result<prepared::Prepared<'t>, Unanswered> {
    let asking = prepared::Asking {
        lambda: options.lambda,
        tolerance: options.tolerance,
        draw_tolerance: DRAW_TOLERANCE,
        audit_share: AUDIT_SHARE,
        seed,
    };
    prepared::Prepared::new(template, base, asking, watch)
}

/// Largest log-residual of a draw: far below what any figure of a study shows.
pub const DRAW_TOLERANCE: f64 = 1e-8;
/// Share of the draws that are followed from Λ = 0 as well.
pub const AUDIT_SHARE: f64 = 1.0 / 256.0;
