//! A scenario after checking: every name resolved, every expression typed, every default filled in.
//!
//! The checker makes it from text; the compiler makes a game template from it. Nothing here can be
//! misspelt any more.

use crate::expr::Expr;
use crate::source::Span;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u16);

        impl $name {
            /// The position in the scenario's list.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
            /// The id of position `index`.
            ///
            /// # Panics
            /// Above 65,535; a scenario file of 4 MiB cannot hold that many.
            #[must_use]
            pub fn new(index: usize) -> Self {
                Self(u16::try_from(index).expect("a scenario has fewer than 65,536 of anything"))
            }
        }
    )*};
}

id!(
    /// Position in [`Scenario::actors`].
    ActorId
    /// Position in [`Scenario::seats`].
    SeatId
    /// Position in [`Scenario::menus`].
    MenuId
    /// Position in [`Scenario::moves`].
    MoveId
    /// Position in [`Scenario::variables`].
    VariableId
    /// Position in [`Scenario::parameters`].
    ParameterId
    /// Position in [`Scenario::quantities`].
    QuantityId
    /// Position in [`Ladder::attributes`]; 0, 1, 2 are means, ends, involvement.
    AttributeId
    /// Position in [`Scenario::ladders`].
    LadderId
    /// Position in [`Scenario::red_lines`].
    RedLineId
    /// Position in [`Scenario::norms`] (norms and treaties).
    NormId
    /// Position in [`Scenario::hazards`].
    HazardId
    /// Position in [`Scenario::calendar`].
    CalendarId
    /// Position in [`Scenario::draws`].
    DrawId
    /// Position in [`Scenario::slots`]: a position in the list `turns`.
    SlotId
    /// Position in [`Scenario::ends`].
    EndId
);

/// The means axis.
pub const MEANS: AttributeId = AttributeId(0);
/// The ends axis.
pub const ENDS: AttributeId = AttributeId(1);
/// The involvement axis.
pub const INVOLVEMENT: AttributeId = AttributeId(2);

/// What an actor remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// Where things stand: what is visible now.
    Situation,
    /// Everything seen and done: perfect recall.
    History,
}

/// A crisis, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Short name, that of its folder.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// A few sentences.
    pub summary: Option<String>,
    /// The ladders: the analyst's first, then those of actors who have their own.
    pub ladders: Vec<Ladder>,
    /// The prevailing rung at the start.
    pub start_rung: u8,
    /// Where the start rung comes from.
    pub start_rung_source: String,
    /// Memory asked for by the file.
    pub memory: Memory,
    /// Λ asked for by the file.
    pub lambda: f64,
    /// Stages and dates.
    pub time: Time,
    /// Turns of a stage, in order, groups flattened.
    pub slots: Vec<Slot>,
    /// Names of the menus.
    pub menus: Vec<String>,
    /// Who plays.
    pub actors: Vec<Actor>,
    /// Offices that decide.
    pub seats: Vec<Seat>,
    /// Everything the state consists of, built-in variables included.
    pub variables: Vec<Variable>,
    /// The variable `peak`.
    pub peak: VariableId,
    /// `peak_seen`, one per actor.
    pub peak_seen: Vec<VariableId>,
    /// What nature draws at the start, in order.
    pub draws: Vec<Draw>,
    /// Dated events, in listed order.
    pub calendar: Vec<CalendarEvent>,
    /// What can be done.
    pub moves: Vec<Move>,
    /// Red lines.
    pub red_lines: Vec<RedLine>,
    /// Norms, then treaties.
    pub norms: Vec<Norm>,
    /// Accidents, in listed order.
    pub hazards: Vec<Hazard>,
    /// Early ends, in listed order.
    pub ends: Vec<End>,
    /// What is paid if the time runs out.
    pub horizon_pays: Vec<PayTerm>,
    /// What is paid every stage.
    pub upkeep: Vec<PayTerm>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// Named expressions in parameters.
    pub quantities: Vec<Quantity>,
    /// Assumptions.
    pub assumptions: Vec<Assumption>,
    /// Sets of rival explanations.
    pub hypothesis_sets: Vec<HypothesisSet>,
    /// Off-ramps and limits that could be offered.
    pub levers: Vec<Lever>,
    /// Sentences to audit.
    pub claims: Vec<Claim>,
    /// What is asked.
    pub question: Question,
    /// What happened.
    pub history: Option<History>,
}

/// Stages and dates.
#[derive(Clone, Debug, PartialEq)]
pub struct Time {
    /// First day of stage 0.
    pub start: jiff::civil::Date,
    /// Length of a stage in hours.
    pub stage_hours: u32,
    /// How many stages.
    pub horizon: u32,
}

impl Time {
    /// The day on which `stage` begins (for stages shorter than a day, the day it falls on).
    #[must_use]
    pub fn date(&self, stage: u32) -> jiff::civil::Date {
        let days = i64::from(stage) * i64::from(self.stage_hours) / 24;
        self.start.saturating_add(jiff::Span::new().days(days.min(3_000_000)))
    }
}

/// One position in the list `turns`.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Which seat decides.
    pub seat: SeatId,
    /// From which menu.
    pub menu: MenuId,
    /// Slots with the same number move at the same time; they are adjacent.
    pub group: u16,
    /// Where it is written.
    pub span: Span,
}

/// Someone who decides and has payoffs.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    /// Short name.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Position in the ladder's roles.
    pub role: u16,
    /// Discount per stage, in parameters.
    pub discount: Expr,
    /// The stake unit U: the payoff difference that counts as large in an ordinary decision; in parameters.
    pub stake: Expr,
    /// Source of the stake.
    pub stake_source: String,
    /// The ladder this actor codes acts by.
    pub ladder: LadderId,
    /// Where it is written.
    pub span: Span,
}

/// An office.
#[derive(Clone, Debug, PartialEq)]
pub struct Seat {
    /// Short name.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The public variable that says who holds it; its domain is the list of actors.
    pub occupant: VariableId,
    /// Where it is written.
    pub span: Span,
}

/// The values a variable can take. The state stores a position in the domain.
#[derive(Clone, Debug, PartialEq)]
pub enum Domain {
    /// `false`, `true`.
    Boolean,
    /// Words, in order.
    Words(Vec<String>),
    /// Integers from `low` to `high`.
    Integers {
        /// Smallest.
        low: i32,
        /// Largest.
        high: i32,
    },
    /// The actors.
    Actors,
}

/// Where a variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// Declared under `[variables]`.
    Declared,
    /// The highest rung so far.
    Peak,
    /// The highest rung an actor has seen.
    PeakSeen(ActorId),
    /// Who holds a seat.
    Occupant(SeatId),
    /// A private type.
    Type(ActorId),
    /// How an actor reads an act, drawn at the start.
    Perception(ActorId),
    /// A signal of a hidden move.
    Signal,
    /// Status of a red line.
    Status(RedLineId),
    /// Whether a red line's `once` has happened (`stated` or actual).
    Crossed(RedLineId),
    /// State of a norm or treaty: intact, eroded, broken.
    NormState(NormId),
    /// Whether a norm's `on_break` once has happened.
    Broken(NormId),
}

/// Who sees a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Everybody,
    /// These actors, and whoever holds these seats at the time. Empty lists: nobody.
    Only {
        /// Actors.
        actors: Vec<ActorId>,
        /// Seats.
        seats: Vec<SeatId>,
    },
}

/// How effects of simultaneous moves on one variable combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// The sum of the changes, cut off at the ends of the domain.
    Add,
    /// True if one of them is.
    Or,
}

/// A part of the state.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Full name, as in the JSON of a state: `permit`, `russia.resolve`, `washington.occupant`.
    pub name: String,
    /// Values.
    pub domain: Domain,
    /// Whether a word domain may be compared by order.
    pub ordered: bool,
    /// Position in the domain at the start; for a drawn variable the first position.
    pub start: u8,
    /// Who sees it.
    pub visibility: Visibility,
    /// For simultaneous effects.
    pub combine: Option<Combine>,
    /// Where it comes from.
    pub kind: VariableKind,
    /// Source or note.
    pub source: Option<String>,
    /// Where it is written.
    pub span: Span,
}

impl Variable {
    /// How many values.
    #[must_use]
    pub fn n_values(&self, n_actors: usize) -> usize {
        match &self.domain {
            Domain::Boolean => 2,
            Domain::Words(words) => words.len(),
            Domain::Integers { low, high } => usize::try_from(high - low).unwrap_or(0) + 1,
            Domain::Actors => n_actors,
        }
    }
}

/// A draw of nature at the start: the value of one variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// The variable drawn.
    pub variable: VariableId,
    /// The analyst's probability of each value, in parameters.
    pub analyst: Vec<Expr>,
    /// Other probabilities, by actor. Who is not listed believes the analyst's.
    pub believed: Vec<(ActorId, Vec<Expr>)>,
    /// The hypothesis set whose priors are the analyst's probabilities, by position.
    pub hypothesis_set: Option<usize>,
    /// Where it is written.
    pub span: Span,
}

/// `variable = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// What changes.
    pub variable: VariableId,
    /// The new value (as in [`crate::expr`]), over the state before.
    pub value: Expr,
    /// Where it is written.
    pub span: Span,
}

/// Who is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payee {
    /// This actor, in office or not.
    Actor(ActorId),
    /// Whoever holds the seat at the time.
    Seat(SeatId),
}

/// One reason in a payoff.
#[derive(Clone, Debug, PartialEq)]
pub struct PayTerm {
    /// Who is paid.
    pub payee: Payee,
    /// How much: an expression in state and parameters.
    pub value: Expr,
    /// When: a condition on the state.
    pub condition: Option<Expr>,
    /// Where it is written.
    pub span: Span,
}

/// An event on a date.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarEvent {
    /// Short name.
    pub id: String,
    /// Its date.
    pub date: jiff::civil::Date,
    /// The first stage that begins on or after the date; `None` if beyond the horizon.
    pub stage: Option<u32>,
    /// Condition on the state.
    pub when: Option<Expr>,
    /// Probability, in state and parameters; certain if `None`.
    pub probability: Option<Expr>,
    /// Other probabilities, by actor.
    pub believed: Vec<(ActorId, Expr)>,
    /// What it does.
    pub set: Vec<Effect>,
    /// What happens otherwise.
    pub otherwise: Vec<Effect>,
    /// Where it is written.
    pub span: Span,
}

/// How an observer codes an act.
#[derive(Clone, Debug, PartialEq)]
pub struct Perception {
    /// The observer.
    pub actor: ActorId,
    /// Which attribute.
    pub attribute: AttributeId,
    /// Its value in the observer's eyes, over the state and the observer's types; a drawn
    /// perception is a variable of its own.
    pub value: Expr,
}

/// What is hidden about a move.
#[derive(Clone, Debug, PartialEq)]
pub struct Hidden {
    /// Who sees it besides the mover.
    pub seen_by: Visibility,
    /// What it looks like to the others.
    pub looks_like: MoveId,
}

/// A noisy observation of a hidden move, drawn after its turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// The true-or-false variable that is drawn.
    pub variable: VariableId,
    /// Probability of true if this move was made.
    pub when_done: Expr,
    /// Probability of true if another move of the menu was made.
    pub when_not: Expr,
    /// Where it is written.
    pub span: Span,
}

/// Something an actor can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// Short name.
    pub id: String,
    /// For people.
    pub text: Option<String>,
    /// On which menus.
    pub menus: Vec<MenuId>,
    /// When it is available.
    pub when: Option<Expr>,
    /// Attributes of the act, one per attribute of the ladder, over the state before.
    pub attributes: Vec<Expr>,
    /// How others code it, where they differ.
    pub perceived: Vec<Perception>,
    /// Effects.
    pub set: Vec<Effect>,
    /// Payoffs, over the state before.
    pub pays: Vec<PayTerm>,
    /// If others do not see it.
    pub hidden: Option<Hidden>,
    /// A signal of it.
    pub signal: Option<Signal>,
    /// The move it is a variant of.
    pub variant_of: Option<MoveId>,
    /// Source.
    pub source: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// What happens when a line is crossed or a norm broken.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Reaction {
    /// The variable that remembers that it has happened, if it happens once only.
    pub once: Option<VariableId>,
    /// Payoffs.
    pub pays: Vec<PayTerm>,
    /// Effects.
    pub set: Vec<Effect>,
}

/// What an actor says, or means, must not be done.
#[derive(Clone, Debug, PartialEq)]
pub struct RedLine {
    /// Short name.
    pub id: String,
    /// For people.
    pub text: Option<String>,
    /// Whose.
    pub owner: ActorId,
    /// As stated: over the act as coded and public state.
    pub stated: Option<Expr>,
    /// As meant: over the act as the owner perceives it, the state, the owner's types.
    pub actual: Option<Expr>,
    /// Public status variable.
    pub status: Option<VariableId>,
    /// When the stated line is crossed.
    pub on_stated: Reaction,
    /// When the actual line is crossed.
    pub on_cross: Reaction,
    /// Source.
    pub source: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// Norm or treaty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormKind {
    /// Unwritten.
    Norm,
    /// Written.
    Treaty,
}

/// A norm or a treaty.
#[derive(Clone, Debug, PartialEq)]
pub struct Norm {
    /// Short name.
    pub id: String,
    /// Norm or treaty.
    pub kind: NormKind,
    /// For people.
    pub text: Option<String>,
    /// Which acts break it; `None` if out of scope.
    pub broken_by: Option<Expr>,
    /// Whom it binds.
    pub members: Vec<ActorId>,
    /// How far it binds, 0 to 1; the cost is multiplied by it.
    pub membership: Expr,
    /// The public variable with values intact, eroded, broken; `None` if out of scope.
    pub state: Option<VariableId>,
    /// State after a break: 0 intact, 1 eroded, 2 broken.
    pub becomes: u8,
    /// Cost to the breaker while intact, positive is a cost.
    pub cost_first: Option<Expr>,
    /// Cost to the breaker afterwards.
    pub cost_later: Option<Expr>,
    /// What else happens.
    pub on_break: Reaction,
    /// Why it does not cover the acts of the scenario.
    pub out_of_scope: Option<String>,
    /// Legal status in words.
    pub status: Option<String>,
    /// Source.
    pub source: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// An accident that nobody decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Hazard {
    /// Short name.
    pub id: String,
    /// For people.
    pub text: Option<String>,
    /// Condition on the state.
    pub when: Option<Expr>,
    /// Probability per stage, in state and parameters.
    pub probability: Expr,
    /// Other probabilities, by actor.
    pub believed: Vec<(ActorId, Expr)>,
    /// Raises the peak to this rung.
    pub peak: Option<u8>,
    /// Effects.
    pub set: Vec<Effect>,
    /// Payoffs.
    pub pays: Vec<PayTerm>,
    /// Where it is written.
    pub span: Span,
}

/// A condition that closes the crisis.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// Short name.
    pub id: String,
    /// For people.
    pub text: Option<String>,
    /// Condition on the state.
    pub when: Expr,
    /// Payoffs.
    pub pays: Vec<PayTerm>,
    /// Where it is written.
    pub span: Span,
}

/// How a parameter is spread over its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distribution {
    /// Even.
    Uniform,
    /// Peaked at the value.
    Triangular,
    /// Normal, the range read as 90 %.
    Normal,
    /// Lognormal, the range read as 90 %.
    Lognormal,
    /// Beta on the range.
    Beta,
}

/// A number with a range and a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Name.
    pub name: String,
    /// Point value.
    pub value: f64,
    /// Range.
    pub range: Option<(f64, f64)>,
    /// Spread over the range.
    pub distribution: Distribution,
    /// Unit in words.
    pub unit: String,
    /// Citation or "judgement".
    pub source: String,
    /// Where it is written.
    pub span: Span,
}

impl Parameter {
    /// Whether the number rests on judgement first: its source begins with that word. A source that
    /// begins with a citation and ends in judgement is a citation.
    #[must_use]
    pub fn is_judgement(&self) -> bool {
        self.source.trim_start().to_lowercase().starts_with("judgement")
    }
}

/// A named expression in parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// Name.
    pub name: String,
    /// In parameters and earlier quantities.
    pub value: Expr,
    /// Where it is written.
    pub span: Span,
}

/// A claim that some parameters carry.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumption {
    /// Short name.
    pub id: String,
    /// In words.
    pub claim: String,
    /// Who holds it; `None` for the analyst.
    pub held_by: Option<ActorId>,
    /// Source.
    pub source: String,
    /// Parameter, the value it claims, the range others hold plausible.
    pub binds: Vec<(ParameterId, f64, (f64, f64))>,
    /// Where it is written.
    pub span: Span,
}

/// Rival explanations that exclude each other.
#[derive(Clone, Debug, PartialEq)]
pub struct HypothesisSet {
    /// Name of the set.
    pub id: String,
    /// Its members.
    pub hypotheses: Vec<Hypothesis>,
}

/// What a hypothesis fixes.
#[derive(Clone, Debug, PartialEq)]
pub enum Fixes {
    /// A private type: (variable, position in its domain).
    Type(VariableId, u8),
    /// A parameter.
    Parameter(ParameterId, f64),
}

/// A rival explanation.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    /// Short name.
    pub id: String,
    /// In words.
    pub claim: String,
    /// Prior weight within the set, in parameters.
    pub prior: Expr,
    /// What it fixes.
    pub fixes: Vec<Fixes>,
    /// Actors to whom it is known.
    pub known_to: Vec<ActorId>,
    /// Source.
    pub source: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// What a lever changes.
#[derive(Clone, Debug, PartialEq)]
pub enum LeverChange {
    /// A parameter gets this value.
    Parameter(ParameterId, f64),
    /// An attribute of a move gets this value.
    Attribute(MoveId, AttributeId, Expr),
    /// A move gets this condition.
    When(MoveId, Expr),
}

/// A change that could be offered.
#[derive(Clone, Debug, PartialEq)]
pub struct Lever {
    /// Short name.
    pub id: String,
    /// In words.
    pub text: String,
    /// What it changes.
    pub changes: Vec<LeverChange>,
    /// From when.
    pub from: Option<jiff::civil::Date>,
    /// Who would offer it.
    pub offered_by: Option<SeatId>,
    /// Declared cost by actor.
    pub cost: Vec<(ActorId, Expr)>,
    /// How many steps it can be taken in.
    pub steps: u32,
    /// Source.
    pub source: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// A sentence to audit.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Short name.
    pub id: String,
    /// The sentence, paraphrased.
    pub text: String,
    /// Source.
    pub source: String,
    /// The test, as text over paths of the report.
    pub holds_if: Option<String>,
    /// Why it cannot be tested.
    pub untestable: Option<String>,
    /// Where it is written.
    pub span: Span,
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

/// Rule for the words of the verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Thresholds {
    /// A change at least this large is major.
    pub major: f64,
    /// A change at least this large is minor.
    pub minor: f64,
    /// A minor change is major if the probability changes by this factor.
    pub ratio: f64,
    /// Whether crossing a stated line alone makes the kind major (else minor).
    pub stated_line_is_major: bool,
    /// Source.
    pub source: String,
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
    /// The rule, of the question or else of the ladder.
    pub thresholds: Thresholds,
    /// Where it is written.
    pub span: Span,
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

/// A ladder: axes, rungs, firebreaks, thresholds of the verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Ladder {
    /// Short name.
    pub id: String,
    /// For people.
    pub title: String,
    /// Source.
    pub source: String,
    /// Roles an actor can have.
    pub roles: Vec<String>,
    /// Attributes of acts: the axes means, ends, involvement, then others.
    pub attributes: Vec<Attribute>,
    /// Rungs in ascending order.
    pub rungs: Vec<Rung>,
    /// Firebreaks in ascending order.
    pub firebreaks: Vec<Firebreak>,
    /// Rule for the words of the verdict.
    pub thresholds: Thresholds,
}

/// An attribute of acts; the first value is the default.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Name: `means`, `target`, …
    pub id: String,
    /// Codes in ascending order (axes) or values.
    pub values: Vec<String>,
    /// What the codes mean, one each; empty for plain attributes.
    pub meanings: Vec<String>,
    /// Whether values may be compared by order.
    pub ordered: bool,
}

/// A rung.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// Its number.
    pub rung: u8,
    /// Its name.
    pub name: String,
    /// Which acts stand on it or above.
    pub when: Expr,
    /// Mappings to other schemes: (scheme, codes).
    pub mappings: Vec<(String, String)>,
}

/// A stopping place between rungs.
#[derive(Clone, Debug, PartialEq)]
pub struct Firebreak {
    /// `F4`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The rung just below.
    pub below: u8,
    /// The rung just above: crossing means reaching it.
    pub above: u8,
}
