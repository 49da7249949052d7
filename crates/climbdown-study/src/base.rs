//! The base game as played, up to the question's turn.

use climbdown_lang::scenario::SeatId;
use quantal::{BehaviorProfile, Game, NodeId, Viewer};

use crate::Unanswered;
use crate::crisis::Crisis;
use crate::outcome::Before;
use crate::play::{Play, Start, toss};
use crate::policy::{Arrival, SIDES, policy_at_zero};
use crate::question::{Asked, never_both_open};
use crate::rules::by_seat;

/// The base game as played at one Λ.
pub(crate) struct Base {
    /// How everybody plays.
    pub(crate) play: Play,
    /// Everybody's reach at the question's turn.
    pub(crate) arrival: Arrival,
    /// What has happened by then.
    pub(crate) before: Before,
    /// The analyst's probability of each edge where it begins, given what was observed up to then.
    pub(crate) steps: Vec<f64>,
}

impl Base {
    /// The base game under `profile`.
    pub(crate) fn of(
        crisis: &Crisis<'_>,
        game: &Game,
        asked: &Asked,
        profile: &BehaviorProfile,
    ) -> Self {
        let play = Play::of_profile(game.graph(), profile);
        let steps = asked.known.steps(game, &play);
        Self {
            before: Before::reaching(crisis.template, &crisis.peaks, &steps, &asked.turn),
            arrival: Arrival::of(game, profile, &play, asked),
            steps,
            play,
        }
    }

    /// The analyst's distribution over all states of the question's turn.
    ///
    /// # Errors
    /// If the analyst holds all of them impossible.
    pub(crate) fn standing(&self, game: &Game) -> Result<Start, Unanswered> {
        self.arrival
            .over_turn(game, Viewer::Analyst)
            .ok_or_else(|| Unanswered::Question(never_both_open()))
    }

    /// The analyst's distribution over the forks.
    ///
    /// # Errors
    /// If the analyst holds all of them impossible.
    pub(crate) fn start(&self, game: &Game, asked: &Asked) -> Result<Start, Unanswered> {
        self.arrival
            .over_forks(game, &asked.forks, Viewer::Analyst, |_| 0.0)
            .ok_or_else(|| Unanswered::Question(never_both_open()))
    }
}

/// Change of behaviour by seat in the two policy games at Λ = 0, where availability alone speaks.
///
/// # Errors
/// As [`Base::start`].
pub(crate) fn at_zero(
    crisis: &Crisis<'_>,
    game: &Game,
    asked: &Asked,
) -> Result<Vec<(SeatId, f64, f64)>, Unanswered> {
    let base = Base::of(crisis, game, asked, &toss(game));
    let start: Vec<(NodeId, f64)> = base.start(game, asked)?;
    let [focal, reference] = SIDES.map(|side| policy_at_zero(game, asked, side));
    Ok(by_seat(crisis, game, [&focal, &reference], &start))
}
