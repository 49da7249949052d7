//! Games as text in Gambit's strategic-form format, version 1 (`.nfg`).
//!
//! A strategic game becomes a tree of simultaneous moves with one information set per player, so that
//! a profile of it is behaviour and mixed strategies in one. Both forms of the format are read: a table
//! of payoffs, and a list of outcomes with a table of their numbers. Any game can be written as a
//! strategic game, either of its players (whole plans) or of its agents (one for each information set);
//! [`strategic_form`] says how these differ from the game itself.

mod read;
mod strategic;
mod write;

pub use read::{NfgGame, NfgOutcomes, read_nfg};
pub use strategic::{Seats, StrategicTooLarge, strategic_form};
