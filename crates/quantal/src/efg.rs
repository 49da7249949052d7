//! Games as text in Gambit's extensive-form format, version 2 (`.efg`).
//!
//! Read: players, chance and personal nodes, information sets by number, outcomes by reference or in
//! place, at any node; numbers as integers, decimals or fractions. Written: the unrolled tree, all
//! payoffs at its ends. The format has no comments other than the one string after the players, no
//! discounts, no weights, and one set of chance probabilities.

mod read;
mod write;

pub use read::{EfgError, EfgGame, EfgProblem, read_efg};
pub use write::{EfgText, EfgTooLarge, EfgWarning, write_efg};
