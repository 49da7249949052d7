//! A scenario after checking: every name resolved, every expression typed, every default filled in.
//!
//! The checker makes it from text; the compiler makes a game template from it. Nothing here can be
//! misspelt any more.

mod events;
mod ladder;
mod numbers;
mod question;
mod state;

pub use events::{
    CalendarEvent, End, Hazard, Hidden, Move, Norm, NormKind, Perception, Reaction, RedLine, Signal,
};
pub use ladder::{Attribute, Firebreak, Ladder, Rung, Thresholds};
pub use numbers::{
    Assumption, Correlation, Distribution, Fixes, Hypothesis, HypothesisSet, Lever, LeverChange,
    Parameter, Quantity,
};
pub use question::{
    Claim, History, HistoryRow, Impossible, Measure, Question, Test, TestKind, Until,
};
pub use state::{
    Combine, Domain, Draw, Effect, PayTerm, Payee, Variable, VariableKind, Visibility,
};

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
    /// Rank correlations between parameters.
    pub correlations: Vec<Correlation>,
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
    /// What people expected of turns.
    pub forecasts: Vec<GivenForecast>,
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

    /// A day written as year-month-day, and no other way: two spellings would make one run look like
    /// two.
    #[must_use]
    pub fn day(text: &str) -> Option<jiff::civil::Date> {
        text.parse().ok().filter(|day: &jiff::civil::Date| day.to_string() == text)
    }

    /// Hours from the start to the first hour of `date`; `None` before the start.
    fn hours_to(&self, date: jiff::civil::Date) -> Option<u64> {
        let days = self.start.until(date).ok()?.get_days();
        Some(u64::try_from(days).ok()? * 24)
    }

    /// The stage a date falls in: where stages are shorter than a day, the first that begins on it.
    /// `None` before the start and after the horizon.
    #[must_use]
    pub fn stage_of(&self, date: jiff::civil::Date) -> Option<u32> {
        let hours = self.hours_to(date)?;
        let length = u64::from(self.stage_hours.max(1));
        let stage = if length < 24 { hours.div_ceil(length) } else { hours / length };
        u32::try_from(stage).ok().filter(|&stage| stage < self.horizon)
    }

    /// The first stage that begins on or after a date, as dated events and levers count; 0 for a date before
    /// the start, `None` if every stage has begun by then.
    #[must_use]
    pub fn first_stage_from(&self, date: jiff::civil::Date) -> Option<u32> {
        let hours = self.hours_to(date).unwrap_or(0);
        let stage = hours.div_ceil(u64::from(self.stage_hours.max(1)));
        u32::try_from(stage).ok().filter(|&stage| stage < self.horizon)
    }

    /// Whether `stage` is over at the end of the day `date`.
    #[must_use]
    pub fn ends_by(&self, stage: u32, date: jiff::civil::Date) -> bool {
        let end = (u64::from(stage) + 1) * u64::from(self.stage_hours);
        self.hours_to(date).is_some_and(|hours| end <= hours + 24)
    }

    /// The last day before the horizon.
    #[must_use]
    pub fn last_day(&self) -> jiff::civil::Date {
        let hours = i64::from(self.horizon) * i64::from(self.stage_hours);
        let days = (hours - 1).max(0) / 24;
        self.start.saturating_add(jiff::Span::new().days(days.min(3_000_000)))
    }

    /// Whether the day `date` is one of those from the start to the horizon.
    #[must_use]
    pub fn holds(&self, date: jiff::civil::Date) -> bool {
        let length = u64::from(self.horizon) * u64::from(self.stage_hours);
        self.hours_to(date).is_some_and(|hours| hours < length)
    }
}

/// What somebody expected of a turn.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenForecast {
    /// Whose forecast it is.
    pub who: String,
    /// The stage of the turn.
    pub stage: u32,
    /// Its position in `turns`.
    pub slot: SlotId,
    /// Probabilities of moves; they sum to 1.
    pub moves: Vec<(MoveId, f64)>,
    /// Where it was made.
    pub source: String,
    /// Where it stands in the file.
    pub span: Span,
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
