//! What a study finds: the answer over the ranges, assumptions, rival explanations, claims.

use std::collections::BTreeMap;

use super::{Change, Degree, Sign};
use crate::prepared::Audits;

/// What turns at a flip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlipOf {
    /// The verdict: kind, degree or sign.
    Verdict,
    /// The mover's preference between the two policies, by its own beliefs: on average (0) or of one of its
    /// types (position from 1).
    Preference(usize),
}

/// Where something turns as one parameter moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Flip {
    /// What turns.
    pub of: FlipOf,
    /// Of which type of the mover: variable and value.
    pub mover_type: Option<(String, String)>,
    /// Which parameter moves.
    pub parameter: String,
    /// Its value there.
    pub at: f64,
    /// Whether the answer jumps there instead of passing the threshold.
    pub jump: bool,
    /// Kind, degree and sign below.
    pub from: (Degree, Degree, Sign),
    /// And above.
    pub to: (Degree, Degree, Sign),
}

/// A move that would tell that an assumption fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Signpost {
    /// Seat.
    pub seat: String,
    /// Move.
    pub made: String,
    /// Parameter of the assumption.
    pub parameter: String,
    /// The value it is held against: the end of the range further from the one claimed.
    pub alternative: f64,
    /// Probability of the move at that seat's next turn after the focal move, if the assumption holds.
    pub if_it_holds: f64,
    /// And with the other value.
    pub if_it_fails: f64,
    /// What the move makes of even odds that the assumption holds.
    pub belief_from_half: f64,
}

/// What an assumption carries.
#[derive(Clone, Debug, PartialEq)]
pub struct AssumptionFinding {
    /// Short name.
    pub id: String,
    /// In words.
    pub claim: String,
    /// Who holds it; `None` for the analyst.
    pub held_by: Option<String>,
    /// Parameters it binds: name, value claimed, range others hold plausible.
    pub binds: Vec<(String, f64, (f64, f64))>,
    /// Whether the verdict changes within the range.
    pub load_bearing: bool,
    /// Nearest first.
    pub flips: Vec<Flip>,
    /// Share of the points of the scan with the verdict of the headline; `None` if none solved.
    pub share_same: Option<f64>,
    /// For each parameter: change of the measure at the lower and the upper end; `None` if unsolved.
    pub at_ends: Vec<[Option<f64>; 2]>,
    /// The moves that tell most.
    pub signposts: Vec<Signpost>,
    /// Points of the scan that did not solve.
    pub n_failed: usize,
}

/// A rival explanation.
#[derive(Clone, Debug, PartialEq)]
pub struct HypothesisFinding {
    /// Its set.
    pub set: String,
    /// Short name.
    pub id: String,
    /// In words.
    pub claim: String,
    /// Weight within the set before anything was observed.
    pub prior: f64,
    /// And after the scenario's history; `None` if there is none.
    pub posterior: Option<f64>,
    /// Natural logarithm of the probability it gives to what was observed.
    pub log_likelihood: Option<f64>,
    /// Whether what was observed tells the hypotheses of the set apart.
    pub told_apart: Option<bool>,
    /// Whether it fixes a parameter, so that the game is another one and known to all; else only the
    /// analyst's view of a type.
    pub fixes_parameter: bool,
    /// Kind, degree, sign, margin and measure if it holds; `None` if that did not solve.
    pub answer: Option<(Degree, Degree, Sign, f64, Change)>,
    /// Why there is none.
    pub why_not: Option<String>,
}

/// How a claim fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tested {
    /// It holds.
    Holds,
    /// It fails.
    Fails,
    /// It cannot be tested, and why.
    Untestable(String),
}

/// A claim of the text that is audited.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimFinding {
    /// Short name.
    pub id: String,
    /// The sentence.
    pub text: String,
    /// Where it stands.
    pub source: String,
    /// At the file's values.
    pub result: Tested,
    /// Share of the draws in which it holds; `None` if it was tested in none.
    pub share_of_draws: Option<f64>,
    /// Draws it was tested in.
    pub n_draws: usize,
    /// Those in which it holds.
    pub n_holds: usize,
    /// Draws it was to be tested in, but what it reads could not be made.
    pub n_failed: usize,
    /// The first so many draws of the design are all it was to be tested in, if not all were.
    pub among_first: Option<usize>,
    /// Assumptions that, moved alone over their range, change the result; `None` if that was not tested.
    pub leans_on: Option<Vec<String>>,
}

/// How much of the variance of the headline's change an input accounts for by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Influence {
    /// Input.
    pub parameter: String,
    /// First-order index, estimated from the draws.
    pub first: f64,
    /// What an input without influence would show at most, in 95 of 100 samples.
    pub noise: f64,
    /// What the largest of all inputs would show at most if none had any.
    pub noise_of_largest: f64,
}

/// What the answer rests on: draws over all ranges, each assumption moved, rival explanations, claims.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Seed of the design.
    pub seed: u64,
    /// Draws made.
    pub n_draws: usize,
    /// Those without an answer.
    pub n_failed: usize,
    /// Why, and how many; the most frequent first.
    pub failures: Vec<(String, usize)>,
    /// Inputs varied.
    pub n_inputs: usize,
    /// Share of the solved draws with the same kind, degree and sign; `None` without any.
    pub share_of_verdict: Option<f64>,
    /// With the same kind.
    pub share_of_kind: Option<f64>,
    /// With the same degree.
    pub share_of_degree: Option<f64>,
    /// With a change in the same direction.
    pub share_of_sign: Option<f64>,
    /// By path of the JSON: between what 90 in 100 of the solved draws lie.
    pub bands: BTreeMap<String, [f64; 2]>,
    /// Largest first; `None` if the sample does not tell.
    pub influences: Option<Vec<Influence>>,
    /// Claims of the text that is audited.
    pub claims: Vec<ClaimFinding>,
    /// Assumptions.
    pub assumptions: Vec<AssumptionFinding>,
    /// Rival explanations.
    pub hypotheses: Vec<HypothesisFinding>,
    /// How far draws were checked against the branch from Λ = 0.
    pub audits: Audits,
}
