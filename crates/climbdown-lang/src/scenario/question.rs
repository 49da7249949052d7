//! What is asked, which claims are audited, what happened.

use crate::expr::{Binary, Unary};
use crate::hybrid::AxisSet;
use crate::scenario::{MoveId, SeatId, SlotId, Thresholds};
use crate::source::Span;

/// A sentence to audit.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Short name.
    pub id: String,
    /// The sentence, paraphrased.
    pub text: String,
    /// Source.
    pub source: String,
    /// The test: true where the claim holds.
    pub holds_if: Option<Test>,
    /// Why it cannot be tested.
    pub untestable: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// A test on the findings: an expression over paths of the report.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What it computes.
    pub kind: TestKind,
    /// Where it is written.
    pub span: Span,
}

/// What a test, or a part of it, computes.
#[derive(Clone, Debug, PartialEq)]
pub enum TestKind {
    /// A constant.
    Number(f64),
    /// `true` or `false`.
    Truth(bool),
    /// A path into the findings (`verdict.degree`), or a word to compare with (`major`).
    Path(String),
    /// Minus, not, or a function of one argument.
    Unary(Unary, Box<Test>),
    /// An operator between two parts.
    Binary(Binary, Box<Test>, Box<Test>),
    /// `x in [a, b]`.
    In(Box<Test>, Vec<Test>),
}

/// How long the reference would be kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Until {
    /// While the seat keeps its occupant.
    Tenure,
    /// To the end.
    Horizon,
    /// Until a date.
    Date(jiff::civil::Date),
}

/// A probability to report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// P(peak ≥ rung).
    Rung(u8),
    /// P(the firebreak is crossed), by position in the ladder's list.
    Firebreak(usize),
}

/// Combinations of the parts of the two acts that cannot be: those that take `with` from the focal
/// act and `without` from the reference act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Impossible {
    /// Parts of the focal act.
    pub with: AxisSet,
    /// Parts of the reference act.
    pub without: AxisSet,
}

impl Impossible {
    /// Whether an act with the parts `focal` of the focal act is none of those on the list.
    #[must_use]
    pub fn none_of(list: &[Self], focal: AxisSet) -> bool {
        !list.iter().any(|i| i.with.is_within(focal) && i.without.is_apart_from(focal))
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Who decides.
    pub seat: SeatId,
    /// In which stage.
    pub stage: u32,
    /// At which turn: the one whose menu holds both moves.
    pub slot: SlotId,
    /// The move in question.
    pub focal: MoveId,
    /// The alternative.
    pub reference: MoveId,
    /// How long the alternative would be kept.
    pub until: Until,
    /// The act the focal move leads to.
    pub focal_act: MoveId,
    /// The act the reference leads to.
    pub reference_act: MoveId,
    /// The headline measure; `None` if there is no default and none was given (an error of the checker).
    pub measure: Measure,
    /// Acts on this rung or above are escalatory; `None`: the first above the start rung.
    pub escalatory_rung: Option<u8>,
    /// Combinations of the parts of the two acts that attribution leaves out.
    pub impossible: Vec<Impossible>,
    /// The rule, of the question or else of the ladder.
    pub thresholds: Thresholds,
    /// Where it is written.
    pub span: Span,
}

impl Question {
    /// Whether an act can be that has the parts `focal` of the focal act and all else of the
    /// reference act.
    #[must_use]
    pub fn is_possible(&self, focal: AxisSet) -> bool {
        Impossible::none_of(&self.impossible, focal)
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Name of the file beside the scenario.
    pub file: String,
    /// Whether silence counts as a hold.
    pub silence_is_hold: bool,
    /// Rows, as read; kept as text until replay maps them.
    pub rows: Vec<HistoryRow>,
    /// Where it is written.
    pub span: Span,
}

/// One observed act, as written.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// When.
    pub date: jiff::civil::Date,
    /// Cells in the order of the header, seat to confidence; empty if unknown.
    pub cells: Vec<(String, String)>,
    /// Where it is written.
    pub span: Span,
}
