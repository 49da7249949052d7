//! The base game at one Λ up to the question's turn, and the headline from there.

use climbdown_lang::scenario::SeatId;
use quantal::{BehaviorProfile, Branch, Game, NodeId, Unsolved, Viewer};

use crate::Unanswered;
use crate::crisis::Crisis;
use crate::findings::Change;
use crate::outcome::{Before, measure};
use crate::play::{Play, Start, toss};
use crate::policy::{Arrival, Policy, SIDES, Side, Solving, policy, policy_at_zero, solved};
use crate::question::{Asked, never_both_open};
use crate::rules::by_seat;
use crate::together::Watch;

/// The base game as played at one Λ.
pub(crate) struct Base {
    /// How everybody plays.
    pub(crate) play: Play,
    /// Everybody's reach at the question's turn.
    pub(crate) arrival: Arrival,
    /// What has happened by then.
    pub(crate) before: Before,
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
        let steps = play.steps(game, Viewer::Analyst);
        Self {
            before: Before::reaching(crisis.template, &crisis.peaks, &steps, &asked.turn),
            arrival: Arrival::of(game, profile, asked),
            play,
        }
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

/// One Λ of the band: the measure under both policies, and whether all games were traced.
pub(crate) type Point = Result<(Change, bool), Unsolved>;

/// The headline at the Λ of `solving`. The base game is solved only if somebody decides something
/// before the question's turn; else it does not matter.
pub(crate) fn point(
    crisis: &Crisis<'_>,
    game: &Game,
    asked: &Asked,
    solving: Solving<'_>,
    watch: Watch<'_>,
) -> Point {
    let mut is_traced = true;
    let profile = if asked.is_preceded {
        let equilibrium = solved(game, solving, &mut |p| watch("base game", p))?;
        is_traced = equilibrium.certificate.branch == Branch::Traced;
        equilibrium.profile
    } else {
        toss(game)
    };
    let base = Base::of(crisis, game, asked, &profile);
    let start = base.start(game, asked).expect("a fork is possible, or nothing would be asked");
    let mut headline = |side: Side| -> Result<f64, Unsolved> {
        let name = side.name();
        let from = (asked, &base.arrival);
        let Policy { play, certificate } =
            policy(game, from, side, solving, &mut |p| watch(name, p))?;
        is_traced &= certificate.branch == Branch::Traced;
        let steps = play.steps(game, Viewer::Analyst);
        let measured = measure(crisis.template, &crisis.peaks, &steps, (&start, &base.before));
        Ok(measured.headline(&crisis.template.scenario))
    };
    let measure = Change { focal: headline(Side::Focal)?, reference: headline(Side::Reference)? };
    Ok((measure, is_traced))
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
