//! Hybrid acts: one act put together from the parts of two, for attribution (model.md §7).
//!
//! An act consists of its means, ends and involvement, the norms and treaties it breaks, and the rest:
//! other attributes, effects, payoffs, secrecy, its name. A hybrid takes each part from one of two
//! real acts. Its rungs, and the red lines it crosses, are derived from the code so put together; the
//! norms it breaks are those that the act lending this part breaks, never derived anew.

use crate::scenario::{ENDS, INVOLVEMENT, MEANS, MoveId, SlotId};

/// A part of what an act consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// The code of its means, and how others perceive it.
    Means,
    /// The code of its ends, and how others perceive it.
    Ends,
    /// The code of its involvement, and how others perceive it.
    Involvement,
    /// Which norms and treaties it breaks.
    Norms,
    /// All else: other attributes, effects, payoffs, who sees it, its name.
    Rest,
}

/// The parts in the order in which they are named.
pub const AXES: [Axis; 5] = [Axis::Means, Axis::Ends, Axis::Involvement, Axis::Norms, Axis::Rest];

/// The names of [`AXES`], in the same order.
pub const AXIS_NAMES: &[&str] = &["means", "ends", "involvement", "norms", "rest"];

impl Axis {
    /// Its name in files and in the JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        AXIS_NAMES[self as usize]
    }

    /// The part that an attribute of the ladder belongs to, by its position.
    pub(crate) fn of_attribute(at: usize) -> Self {
        match at {
            _ if at == MEANS.index() => Self::Means,
            _ if at == ENDS.index() => Self::Ends,
            _ if at == INVOLVEMENT.index() => Self::Involvement,
            _ => Self::Rest,
        }
    }
}

/// A set of parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AxisSet(u8);

impl AxisSet {
    /// No part.
    pub const EMPTY: Self = Self(0);
    /// Every part.
    pub const ALL: Self = Self((1 << AXES.len()) - 1);

    /// All 32 sets; part k is in set number n if bit k of n is set.
    pub fn each() -> impl Iterator<Item = Self> {
        (0..=Self::ALL.0).map(Self)
    }

    /// The number of the set in [`AxisSet::each`].
    #[must_use]
    pub fn number(self) -> usize {
        usize::from(self.0)
    }

    /// Whether `axis` is in it.
    #[must_use]
    pub fn contains(self, axis: Axis) -> bool {
        self.0 >> axis as u8 & 1 == 1
    }

    /// The set with `axis` as well.
    #[must_use]
    pub fn with(self, axis: Axis) -> Self {
        Self(self.0 | 1 << axis as u8)
    }

    /// What is in one of the two.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether everything in it is also in `other`.
    #[must_use]
    pub fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether nothing in it is in `other`.
    #[must_use]
    pub fn is_apart_from(self, other: Self) -> bool {
        self.0 & other.0 == 0
    }

    /// Its parts, in order.
    pub fn axes(self) -> impl Iterator<Item = Axis> {
        AXES.into_iter().filter(move |&axis| self.contains(axis))
    }
}

impl FromIterator<Axis> for AxisSet {
    fn from_iter<I: IntoIterator<Item = Axis>>(axes: I) -> Self {
        axes.into_iter().fold(Self::EMPTY, Self::with)
    }
}

/// An act that is replaced by a hybrid of itself and another, wherever it is open from a turn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hybrid {
    /// The act that is replaced. The hybrid keeps its name on menus, and is open where it is.
    pub of: MoveId,
    /// The act that lends what is not kept.
    pub by: MoveId,
    /// The parts that are kept.
    pub keep: AxisSet,
    /// The first turn at which it is replaced: stage and position in the list `turns`.
    pub from: (u32, SlotId),
}

impl Hybrid {
    /// Whether the act is replaced at a turn.
    pub(crate) fn is_in_force(&self, stage: u32, slot: SlotId) -> bool {
        (stage, slot) >= self.from
    }

    /// The act whose signals, effects and payoffs take the place of those of `of`, if it is another.
    pub(crate) fn lends_the_rest(&self) -> Option<MoveId> {
        (!self.keep.contains(Axis::Rest) && self.by != self.of).then_some(self.by)
    }
}

/// From which acts the parts of a move are taken; for a real act, all from itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    /// The move, as it stands on the menu.
    pub(crate) made: MoveId,
    lenders: [MoveId; AXES.len()],
}

impl Parts {
    /// The parts of a real act.
    pub(crate) fn of_move(made: MoveId) -> Self {
        Self { made, lenders: [made; AXES.len()] }
    }

    /// The parts of `made` while `hybrid` is in force.
    pub(crate) fn of(made: MoveId, hybrid: Option<&Hybrid>) -> Self {
        let mut parts = Self::of_move(made);
        if let Some(hybrid) = hybrid.filter(|h| h.of == made) {
            for axis in AXES.into_iter().filter(|&axis| !hybrid.keep.contains(axis)) {
                parts.lenders[axis as usize] = hybrid.by;
            }
        }
        parts
    }

    /// The act that a part is taken from.
    pub(crate) fn lender(&self, axis: Axis) -> MoveId {
        self.lenders[axis as usize]
    }

    /// The act that effects, payoffs, secrecy and name are taken from.
    pub(crate) fn rest(&self) -> MoveId {
        self.lender(Axis::Rest)
    }
}
