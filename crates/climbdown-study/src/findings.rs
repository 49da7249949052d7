//! Findings: everything the report says, as values. The report computes no number that is not here.
//!
//! The shapes follow the JSON of `assess` (docs/manual): one struct per object, one field per key.

use climbdown_lang::hybrid::{Axis, AxisSet};
use quantal::Certificate;

mod studied;

use crate::offramps::OffRamps;
use crate::replay::Belief;

pub use studied::{
    AssumptionFinding, ClaimFinding, Flip, FlipOf, HypothesisFinding, Influence, Signpost, Study,
    Tested,
};

/// A focal value, a reference value, and their difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Under the focal move.
    pub focal: f64,
    /// Under the reference.
    pub reference: f64,
}

impl Change {
    /// focal − reference.
    #[must_use]
    pub fn change(&self) -> f64 {
        self.focal - self.reference
    }
}

/// The answer to a scenario's question.
#[derive(Clone, Debug)]
pub struct Findings {
    /// Size of the game.
    pub game: GameSize,
    /// Of the base equilibrium.
    pub certificate: NamedCertificate,
    /// Certificates of the two policy games: focal, reference.
    pub policy_certificates: [Certificate; 2],
    /// The question, in names.
    pub question: QuestionAsked,
    /// What was observed before it, if the answer is one as of a date.
    pub as_of: Option<AsOf>,
    /// What could follow, with everybody free.
    pub outcome: Outcome,
    /// What the focal move changes.
    pub effect: Effect,
    /// What is crossed.
    pub kind: Kind,
    /// Of each thing crossed, whether it is the first time; `None` if the history does not reach back.
    pub firsts: Option<Vec<First>>,
    /// How others' behaviour changes.
    pub rules_change: RulesChange,
    /// What the act consists of, and what each part does; `None` if not asked for, or with a caveat.
    pub attribution: Option<Attribution>,
    /// Reprisals.
    pub spiral: Spiral,
    /// The headline at other Λ.
    pub band: Vec<BandPoint>,
    /// The answer in words and by rule.
    pub verdict: Verdict,
    /// What the answer rests on, if that was studied.
    pub study: Option<Study>,
    /// Ways back down, if they were searched for.
    pub off_ramps: Option<OffRamps>,
    /// What to be careful about.
    pub caveats: Vec<Caveat>,
}

/// The date as of which an answer stands, and what was taken in.
#[derive(Clone, Debug, PartialEq)]
pub struct AsOf {
    /// The date: rows up to it count.
    pub date: String,
    /// Turns before the question's with an observed act.
    pub acts: usize,
    /// Turns before it without a row, if that means a hold.
    pub silences: usize,
    /// Turns with a row up to the date that are not before the question's.
    pub left_out: usize,
    /// What is believed at the question's turn: by the analyst, and with each actor's opinions.
    pub beliefs: Vec<Belief>,
}

/// Size of the game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GameSize {
    /// Nodes.
    pub nodes: usize,
    /// Edges.
    pub edges: usize,
    /// Information sets.
    pub infosets: usize,
    /// Actors.
    pub actors: usize,
    /// Seats.
    pub seats: usize,
    /// Stages.
    pub stages: u32,
}

/// A certificate with the actors' names beside the numbers.
#[derive(Clone, Debug)]
pub struct NamedCertificate {
    /// Names, in the order of the certificate's players.
    pub actors: Vec<String>,
    /// The certificate.
    pub certificate: Certificate,
}

/// The question in names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionAsked {
    /// Seat.
    pub seat: String,
    /// Stage.
    pub stage: u32,
    /// Date of the stage.
    pub date: String,
    /// Move in question.
    pub focal: String,
    /// Alternative.
    pub reference: String,
    /// `tenure`, `horizon` or a date.
    pub until: String,
    /// Act the focal move leads to.
    pub focal_act: String,
    /// Act the reference leads to.
    pub reference_act: String,
    /// Path of the headline measure: `rungs.8`, `firebreaks.F6`.
    pub measure: String,
}

/// P(peak ≥ rung).
#[derive(Clone, Debug, PartialEq)]
pub struct RungProbability {
    /// Rung.
    pub rung: u8,
    /// Its name.
    pub name: String,
    /// Probability that the peak reaches it, by the analyst's probabilities.
    pub p_peak_at_least: f64,
}

/// How a firebreak is crossed.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// Firebreak.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Passed at the start.
    pub already_crossed: bool,
    /// Probability of crossing within the horizon.
    pub p_cross: f64,
    /// By a move its mover knew to cross.
    pub deliberate: f64,
    /// By a move that does not cross in its mover's eyes.
    pub inadvertent: f64,
    /// By accident or other draw.
    pub accidental: f64,
    /// Crossed in an actor's eyes, by actor name.
    pub seen_by: Vec<(String, f64)>,
}

/// The distribution of outcomes.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Prevailing rung at the start.
    pub start_rung: u8,
    /// Mean of the peak at the end.
    pub expected_peak: f64,
    /// At the end, ascending rungs.
    pub rungs: Vec<RungProbability>,
    /// By the end of each stage: (stage, date of its first day, rungs).
    pub by_stage: Vec<(u32, String, Vec<RungProbability>)>,
    /// Firebreaks, ascending.
    pub firebreaks: Vec<Crossing>,
}

/// One reading of the effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The headline measure.
    pub measure: Change,
    /// Mean peak.
    pub expected_peak: Change,
    /// P(peak ≥ rung) by rung.
    pub rungs: Vec<(u8, Change)>,
    /// By firebreak: id, p_cross, deliberate, inadvertent, accidental.
    pub firebreaks: Vec<FirebreakChange>,
    /// By stage: (stage, P(peak ≥ rung) by rung).
    pub by_stage: Vec<(u32, Vec<(u8, Change)>)>,
    /// By actor: name, by the analyst's probabilities, by the actor's own.
    pub payoffs: Vec<(String, Change, Change)>,
}

/// Change of a firebreak's crossing.
#[derive(Clone, Debug, PartialEq)]
pub struct FirebreakChange {
    /// Firebreak.
    pub id: String,
    /// Probability of crossing.
    pub p_cross: Change,
    /// Part that is deliberate.
    pub deliberate: Change,
    /// Part that is inadvertent.
    pub inadvertent: Change,
    /// Part that is accidental.
    pub accidental: Change,
}

/// The effect of the focal move in its three readings (model.md §7).
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Probability that both moves are available at the question's turn.
    pub p_available: f64,
    /// Conditioning on the move: the analyst also learns about the mover.
    pub if_they_do_it: Option<Reading>,
    /// Doing it: the type distribution stays.
    pub if_you_do_it: Reading,
    /// Two games, both re-solved: the headline.
    pub as_policy: Reading,
}

/// A red line touched by the focal act and not by the reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineTouched {
    /// Red line.
    pub id: String,
    /// Whose.
    pub owner: String,
    /// The stated line is crossed.
    pub stated: bool,
    /// The actual line is crossed under some type.
    pub actual: bool,
}

/// What the focal act crosses or breaks that the reference does not.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Kind {
    /// Firebreak ids.
    pub firebreaks: Vec<String>,
    /// Red lines.
    pub red_lines: Vec<LineTouched>,
    /// Norms: (id, state before: intact, eroded, broken).
    pub norms: Vec<(String, String)>,
    /// Treaties, likewise.
    pub treaties: Vec<(String, String)>,
}

/// Whether the focal act is the first to do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsFirst {
    /// No earlier act is known to have done it.
    Yes,
    /// An earlier act did.
    No,
    /// An earlier act did by some accounts, or may have.
    Disputed,
}

/// Something that the focal act crosses or breaks, and who did so before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    /// Firebreak, red line, norm or treaty.
    pub key: String,
    /// Whether the act is the first.
    pub answer: IsFirst,
    /// Earlier acts that did it or may have, the first first.
    pub precedents: Vec<Precedent>,
}

/// An earlier act, as the history has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precedent {
    /// Day.
    pub date: String,
    /// Seat, empty if unknown.
    pub seat: String,
    /// Actor, empty if unknown.
    pub actor: String,
    /// Move, empty if it is none of the scenario's.
    pub made: String,
    /// Whose account it is, empty if nobody disputes it.
    pub account: String,
    /// Whether it is agreed that it did the same.
    pub is_agreed: bool,
    /// Source.
    pub source: String,
}

/// Change of behaviour of one seat.
#[derive(Clone, Debug, PartialEq)]
pub struct SeatChange {
    /// Seat.
    pub seat: String,
    /// Mean over its later turns of the distance between the two policies' move distributions.
    pub value: f64,
    /// The same on attribute codes.
    pub on_codes: f64,
    /// The part that remains at Λ = 0.
    pub by_availability: f64,
}

/// Change of the rules of engagement.
#[derive(Clone, Debug, PartialEq)]
pub struct RulesChange {
    /// Mean over the seats other than the mover's; `None` if there is no other seat.
    pub total: Option<f64>,
    /// By seat.
    pub by_seat: Vec<SeatChange>,
}

/// The change of the headline measure that the focal act makes, shared among its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// The measure in the focal policy, less that in the same game with the reference act in the
    /// place of the focal act.
    pub total: f64,
    /// One for each part; they sum to the total.
    pub shares: Vec<Share>,
    /// What they are made from: the measure with these parts of the focal act and all else of the
    /// reference act, for each different game.
    pub values: Vec<(AxisSet, f64)>,
    /// The change as a policy less the total: what the move does besides the act.
    pub remainder: f64,
    /// How many different games were compared, the focal policy among them.
    pub games: usize,
}

/// What one part of an act does to the headline measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The part.
    pub axis: Axis,
    /// Its Shapley value.
    pub value: f64,
    /// What it adds to the reference act alone; `None` if that act is impossible.
    pub first_in: Option<f64>,
    /// What the focal act loses without it; `None` if that act is impossible.
    pub last_out: Option<f64>,
    /// Whether both acts have the part in common, in every state.
    pub is_same: bool,
}

/// Replies from one position to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Position in `turns` of the act, and its seat.
    pub from: (usize, String),
    /// Position in `turns` of the reply, and its seat.
    pub to: (usize, String),
    /// t: total change in the probability of an escalatory act at the next turn there.
    pub total: f64,
    /// K: direct change.
    pub direct: f64,
}

/// The spiral (model.md §7).
#[derive(Clone, Debug, PartialEq)]
pub struct Spiral {
    /// Acts on this rung or above are escalatory.
    pub escalatory_rung: u8,
    /// All pairs of positions with a reply.
    pub replies: Vec<Reply>,
    /// R; `None` with fewer than two stages.
    pub ratio: Option<f64>,
    /// R at Λ = 0.
    pub ratio_at_lambda_0: Option<f64>,
    /// R with acts weighted by their severity: rungs, from 1 for the lowest escalatory one.
    pub severity_ratio: Option<f64>,
    /// P(an exchange that the question's move starts runs on for at least n rounds) in the two policy
    /// games, from n = 1 as far as it is above 0 in one of them; `None` if no act is escalatory.
    pub p_rounds: Option<Vec<Change>>,
    /// Pairs with negative direct reply.
    pub inhibition: Vec<Reply>,
    /// R in the focal policy game.
    pub focal: Option<f64>,
    /// R in the reference policy game.
    pub reference: Option<f64>,
    /// Expected number of escalatory acts over the horizon.
    pub expected_acts: f64,
    /// Probability that the peak reaches the highest rung.
    pub p_ceiling: f64,
}

/// The headline at another Λ.
#[derive(Clone, Debug, PartialEq)]
pub struct BandPoint {
    /// Λ.
    pub lambda: f64,
    /// The measure as a policy, if both games were solved.
    pub measure: Option<Change>,
    /// Degree there.
    pub degree: Option<Degree>,
    /// Whether the games were followed from Λ = 0.
    pub traced: bool,
}

/// Major, minor, none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Degree {
    /// Below both thresholds.
    None,
    /// Minor.
    Minor,
    /// Major.
    Major,
}

/// Direction of the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// More likely.
    Raises,
    /// Less likely.
    Lowers,
    /// No change counted.
    None,
}

/// The answer by rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// By codes.
    pub kind: Degree,
    /// By the change of the measure.
    pub degree: Degree,
    /// Its direction.
    pub sign: Sign,
    /// Distance to the threshold of "major" (model.md §7).
    pub margin: f64,
    /// The rule in words, with its thresholds and their source.
    pub rule: String,
}

/// What to be careful about; a key when it explains a `null`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caveat {
    /// Path of the JSON key it is about, if any.
    pub about: Option<String>,
    /// One sentence.
    pub text: String,
}
