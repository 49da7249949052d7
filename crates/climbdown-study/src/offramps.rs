//! Off-ramps: which levers bring a risk down, at whose cost, and who would offer them (model.md §7).
//!
//! Each option is one lever, at one of its steps, or two. Its risk is measured under the focal policy; before
//! a lever's day nothing is different, and from it on everybody knows the game with the lever. Costs are
//! those declared, by actor, and never summed over actors; so is who gains.

mod course;
mod search;

use climbdown_lang::scenario::{Measure, Scenario};
use quantal::Certificate;

pub use search::{front, off_ramps};

/// What is searched for.
#[derive(Clone, Debug)]
pub struct Search {
    /// The risk; the question's measure if `None`.
    pub risk: Option<Measure>,
    /// The level it is to come under; see [`Level`] for what stands if `None`.
    pub below: Option<f64>,
    /// Whether pairs of levers and single steps are tried as well, not whole levers alone, and every game is
    /// followed from Λ = 0 instead of solved from the play without the lever.
    pub is_wide: bool,
    /// Draws over the ranges in which what helps is tried again.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Search {
    /// What an answer comes with: whole levers, one at a time, at the values of the file.
    #[must_use]
    pub fn narrow(seed: u64) -> Self {
        Self { risk: None, below: None, is_wide: false, draws: 0, seed }
    }
}

/// Where the level comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It was asked for.
    Given,
    /// The risk under the reference policy.
    Reference,
    /// Half the risk under the focal policy, which is no higher than the reference's.
    HalfOfFocal,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct OffRamps {
    /// The risk.
    pub risk: Measure,
    /// The level it is to come under.
    pub below: f64,
    /// Where that comes from.
    pub level: Level,
    /// The risk under the focal policy without any lever.
    pub without: f64,
    /// All options, single levers first, in the order of the file.
    pub options: Vec<OffRamp>,
    /// Options that have no answer, with the reason.
    pub untried: Vec<(Vec<LeverTaken>, String)>,
    /// Whether pairs and single steps were tried.
    pub is_wide: bool,
    /// Draws made.
    pub draws: usize,
    /// Those in which something did not solve.
    pub failed_draws: usize,
    /// Share of the solved draws in which the risk is under the level without any lever.
    pub share_without: Option<f64>,
}

/// A lever as far as it is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct LeverTaken {
    /// The lever.
    pub id: String,
    /// Steps taken.
    pub steps: u32,
    /// Steps it has.
    pub of: u32,
    /// The stage from which it works; `None` if the question's turn.
    pub from: Option<u32>,
    /// The seat that would offer it.
    pub offered_by: Option<String>,
    /// Who holds that seat then, if that is certain.
    pub offerer: Option<String>,
}

/// One option.
#[derive(Clone, Debug)]
pub struct OffRamp {
    /// Its levers.
    pub levers: Vec<LeverTaken>,
    /// The risk.
    pub risk: f64,
    /// Declared cost by actor, of the steps taken; actors without a declared cost are left out.
    pub costs: Vec<(String, f64)>,
    /// Change of each actor's payoff against no lever, declared costs not counted, from the first lever's
    /// day on and by the actor's own beliefs; `None` if it holds being there impossible.
    pub payoffs: Vec<(String, Option<f64>)>,
    /// Whether everybody who would have to offer a lever gains by it, declared cost included; `None` if a
    /// lever names nobody, or it is not certain who holds the seat.
    pub would_offer: Option<bool>,
    /// Whether no other option, and not doing nothing, has a risk and costs that are no higher.
    pub is_on_front: bool,
    /// Of the game behind the last lever's day.
    pub certificate: Certificate,
    /// In which share of the solved draws it brings the risk under the level; `None` if not tried.
    pub share_of_draws: Option<f64>,
}

impl OffRamps {
    /// The cheapest options that bring the risk under the level: those on the front. Lowest risk first.
    #[must_use]
    pub fn least_changes(&self) -> Vec<&OffRamp> {
        let helps = |o: &&OffRamp| o.is_on_front && o.risk < self.below;
        let mut found: Vec<&OffRamp> = self.options.iter().filter(helps).collect();
        found.sort_by(|a, b| a.levers.len().cmp(&b.levers.len()).then(a.risk.total_cmp(&b.risk)));
        found
    }

    /// The option with the lowest risk, if any lowers it.
    #[must_use]
    pub fn lowest(&self) -> Option<&OffRamp> {
        let lower = self.options.iter().filter(|o| o.risk < self.without - EQUAL);
        lower.min_by(|a, b| a.risk.total_cmp(&b.risk))
    }
}

/// Risks, costs and gains within this of each other are equal: far above what solving leaves open, far
/// below what any figure shows.
pub const EQUAL: f64 = 1e-7;

/// The path of a measure: `rungs.8`, `firebreaks.F6`.
#[must_use]
pub fn path_of(scenario: &Scenario, measure: Measure) -> String {
    match measure {
        Measure::Rung(rung) => format!("rungs.{rung}"),
        Measure::Firebreak(at) => format!("firebreaks.{}", scenario.ladders[0].firebreaks[at].id),
    }
}

/// The measure with this path, if there is one.
#[must_use]
pub fn measure_of(scenario: &Scenario, path: &str) -> Option<Measure> {
    measures(scenario).into_iter().find(|&m| path_of(scenario, m) == path)
}

/// Every risk there is.
#[must_use]
pub fn measures(scenario: &Scenario) -> Vec<Measure> {
    let ladder = &scenario.ladders[0];
    let rungs = ladder.rungs.iter().map(|r| Measure::Rung(r.rung));
    rungs.chain((0..ladder.firebreaks.len()).map(Measure::Firebreak)).collect()
}
