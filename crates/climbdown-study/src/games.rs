//! The games of one assessment, played: what each measure reads of them.

use quantal::{Game, NodeId};

use crate::Unanswered;
use crate::base::{Base, at_zero};
use crate::crisis::Crisis;
use crate::effect::effect;
use crate::findings::{Effect, Outcome, RulesChange, Spiral};
use crate::outcome::{Measured, outcome};
use crate::play::Start;
use crate::policy::Policy;
use crate::question::Asked;
use crate::rules::{by_seat, rules_change};
use crate::spiral::spiral;

/// The base game and both policy games, played.
#[derive(Clone, Copy)]
pub(crate) struct Games<'a> {
    pub(crate) crisis: &'a Crisis<'a>,
    pub(crate) game: &'a Game,
    pub(crate) asked: &'a Asked,
    /// The base game up to the question's turn and after.
    pub(crate) base: &'a Base,
    /// The analyst's distribution over the forks.
    pub(crate) start: &'a Start,
    /// The focal one first.
    pub(crate) policies: &'a [Policy; 2],
}

impl Games<'_> {
    /// The effect in its three readings.
    pub(crate) fn effect(&self) -> Effect {
        effect(self.crisis, self.game, (self.asked, self.base), self.policies, self.start)
    }

    /// Change of behaviour, seat by seat.
    ///
    /// # Errors
    /// As [`Base::start`].
    pub(crate) fn rules_change(&self) -> Result<RulesChange, Unanswered> {
        let Self { crisis, game, asked, .. } = self;
        let plays = [&self.policies[0].play, &self.policies[1].play];
        let changed = by_seat(crisis, game, plays, self.start);
        Ok(rules_change(crisis, &changed, &at_zero(crisis, game, asked)?))
    }

    /// What could follow with everybody free.
    pub(crate) fn outcome(&self) -> (Outcome, Measured) {
        outcome(self.crisis.template, &self.crisis.peaks, &self.base.steps)
    }

    /// Reprisals; `measured` is the outcome.
    ///
    /// # Errors
    /// As [`Base::standing`].
    pub(crate) fn spiral(&self, measured: &Measured) -> Result<Spiral, Unanswered> {
        let from = if self.asked.known.is_nothing() {
            (vec![(NodeId(0), 1.0)], 0)
        } else {
            (self.base.standing(self.game)?, self.crisis.template.scenario.question.stage)
        };
        let starts = ((&from.0, from.1), self.start);
        Ok(spiral(self.crisis, self.game, (&self.base.play, self.policies), starts, measured))
    }
}
