//! Games as text in Gambit's extensive-form format, version 2 (`.efg`).
//!
//! Read: every form the format has, information sets, draws and outcomes defined where they first
//! occur or referred to by number, outcomes at any node, numbers as integers, decimals or fractions.
//! Written in two ways: [`EfgGame::write`] gives a file back as it was, with all its names and numbers;
//! [`write_efg`] writes any game as an unrolled tree with all payoffs at its ends, which OpenSpiel reads
//! too. The format has no comments other than the one string after the players, no discounts, no
//! weights, and one set of chance probabilities.

mod again;
mod file;
mod lines;
mod number;
mod read;
mod text;
mod write;

pub use file::{GameFile, read_game};
pub(crate) use lines::{distinct, portable, quoted, shortest};
pub use read::{EfgDraw, EfgGame, EfgOutcome, read_efg};
pub(crate) use text::{Place, Tokens, check_size};
pub use text::{TextError, TextProblem};
pub use write::{EfgText, EfgTooLarge, EfgWarning, write_efg};
