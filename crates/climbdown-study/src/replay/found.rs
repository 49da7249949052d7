//! What a replay found, as values: the report says nothing else.

use quantal::Certificate;

use super::calibration::{Calibration, EventForecast};
use super::scores::Score;
use crate::findings::{Caveat, GameSize, NamedCertificate};

/// A posterior nearer to the prior than this (half the sum of absolute differences) has told nothing
/// apart; by feel: less than one chance in ten has moved from one explanation to another.
pub const TOLD_APART: f64 = 0.1;

/// A history, forecast step by step.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Size of the game.
    pub size: GameSize,
    /// Of the game at the file's values.
    pub certificate: NamedCertificate,
    /// The games under rival explanations that fix parameters; empty if there are none.
    pub rivals: Vec<RivalGame>,
    /// Every turn at which something was observed, in the order of play.
    pub steps: Vec<Step>,
    /// Names of the forecasters beside the model, in the order of [`Step::baselines`].
    pub baselines: Vec<&'static str>,
    /// Over observed acts.
    pub acts: Tally,
    /// Over silences.
    pub silences: Tally,
    /// Whether probabilities came true, over observed acts.
    pub calibration: Calibration,
    /// The same over silences.
    pub calibration_of_silences: Calibration,
    /// Before anything was observed.
    pub first_beliefs: Vec<Belief>,
    /// Rival explanations at the end.
    pub hypotheses: Vec<SetBelief>,
    /// Turns at which nothing was observed.
    pub n_unobserved: usize,
    /// Rows outside the time of the game, by position in the history.
    pub outside: Vec<usize>,
    /// What to be careful about.
    pub caveats: Vec<Caveat>,
}

/// The game under one combination of hypotheses.
#[derive(Clone, Debug)]
pub struct RivalGame {
    /// (set, hypothesis).
    pub holds: Vec<(String, String)>,
    /// Its prior.
    pub prior: f64,
    /// Its probability at the end.
    pub posterior: f64,
    /// Natural logarithm of the probability it gives to what was observed.
    pub log_likelihood: f64,
    /// How well it is solved.
    pub certificate: Certificate,
}

/// One turn at which something was observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Stage.
    pub stage: u32,
    /// Position in `turns`.
    pub slot: usize,
    /// Of the row, or for a silence of the first day of the stage.
    pub date: String,
    /// Seat.
    pub seat: String,
    /// Menu.
    pub menu: String,
    /// Who decides there.
    pub actor: String,
    /// The row that counts, by position in the history; `None` for a silence.
    pub row: Option<usize>,
    /// Rows it absorbs.
    pub absorbed: Vec<usize>,
    /// The event: what the account that is trusted most says.
    pub observed: String,
    /// All accounts.
    pub accounts: Vec<Account>,
    /// The forecast over all events; sums to 1.
    pub forecast: Vec<(String, f64)>,
    /// Its events one by one; empty if only one was possible.
    pub events: Vec<EventForecast>,
    /// The model's score.
    pub score: Score,
    /// Those of the baselines.
    pub baselines: Vec<Score>,
    /// Those of people who gave a forecast of this turn.
    pub people: Vec<(String, Score)>,
    /// What is believed afterwards.
    pub beliefs: Vec<Belief>,
    /// Rival explanations afterwards.
    pub hypotheses: Vec<SetBelief>,
}

/// An account of a turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Its name.
    pub name: Option<String>,
    /// How far it is trusted.
    pub weight: f64,
    /// What it says.
    pub event: String,
    /// The probability it was given.
    pub probability: f64,
}

/// Sums of scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// How many steps.
    pub n: usize,
    /// The model's.
    pub model: Score,
    /// Those of the baselines.
    pub baselines: Vec<Score>,
    /// Those of people, over the steps they gave a forecast of.
    pub people: Vec<PersonTally>,
}

/// Sums of scores over the steps of which somebody gave a forecast.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonTally {
    /// Who.
    pub who: String,
    /// How many steps.
    pub n: usize,
    /// That person's.
    pub own: Score,
    /// The model's, over the same steps.
    pub model: Score,
    /// Those of the baselines, over the same steps.
    pub baselines: Vec<Score>,
}

impl Tally {
    /// Adds a step.
    pub(crate) fn add(&mut self, step: &Step) {
        self.n += 1;
        self.model.add(step.score);
        self.baselines.iter_mut().zip(&step.baselines).for_each(|(sum, s)| sum.add(*s));
        for (who, score) in &step.people {
            let at = self.people.iter().position(|p| p.who == *who).unwrap_or_else(|| {
                self.people.push(PersonTally {
                    who: who.clone(),
                    n: 0,
                    own: Score::default(),
                    model: Score::default(),
                    baselines: vec![Score::default(); step.baselines.len()],
                });
                self.people.len() - 1
            });
            let person = &mut self.people[at];
            person.n += 1;
            person.own.add(*score);
            person.model.add(step.score);
            person.baselines.iter_mut().zip(&step.baselines).for_each(|(sum, s)| sum.add(*s));
        }
    }
}

/// What somebody believes about something drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Belief {
    /// `analyst`, or an actor.
    pub by: String,
    /// The type or other drawn variable.
    pub about: String,
    /// Its values with their probabilities.
    pub values: Vec<(String, f64)>,
}

/// A set of rival explanations.
#[derive(Clone, Debug, PartialEq)]
pub struct SetBelief {
    /// Its name.
    pub id: String,
    /// Whether its hypotheses fix parameters, so that each is another game.
    pub fixes_parameter: bool,
    /// Its hypotheses.
    pub hypotheses: Vec<HypothesisBelief>,
    /// Half the sum of absolute differences between posterior and prior; `None` if not computed.
    pub distance: Option<f64>,
    /// Whether that is [`TOLD_APART`] or more.
    pub told_apart: Option<bool>,
}

/// A rival explanation.
#[derive(Clone, Debug, PartialEq)]
pub struct HypothesisBelief {
    /// Its name.
    pub id: String,
    /// In words.
    pub claim: String,
    /// Before.
    pub prior: f64,
    /// After; `None` if not computed.
    pub posterior: Option<f64>,
    /// Natural logarithm of the probability it gives to what was observed; `None` if not computed, or
    /// if that is 0.
    pub log_likelihood: Option<f64>,
    /// Others of the set that fix the same: nothing that is observed can tell them apart.
    pub same_as: Vec<String>,
}
