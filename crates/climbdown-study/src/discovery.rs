//! Scenario discovery: where among the sampled inputs the cases of interest lie, as boxes
//! (Bryant and Lempert 2010; docs/methods/discovery.md).
//!
//! [`find_path`] peels and pastes (PRIM), [`choose`] takes one box of the path by a stated rule,
//! [`cover`] goes on with what the box leaves, [`reproduce`] asks how stable its restrictions are,
//! [`grow`] is a second opinion (CART), and [`clauses`] with [`sentence`] say a box in words.
//! Pure numerics: it knows neither games nor scenarios, and no result depends on the order of rows.

mod cart;
mod choose;
mod cover;
mod limits;
mod numerals;
mod paste;
mod peel;
mod prim;
mod quasi_p;
mod resample;
mod sample;
mod words;

pub use cart::{CartOptions, Leaf, Node, Test, Tree, grow};
pub use choose::{Rule, choose, simplify};
pub use cover::{Cover, Ended, Found, cover};
pub use limits::{Limit, Limits};
pub use prim::{
    BadOptions, NothingToDiscover, Objective, Path, PrimOptions, Restriction, Side, Step, find_path,
};
pub use resample::{Reproduced, Resampling, reproduce};
pub use sample::{BadSample, Input, Sample, Values};
pub use words::{Asks, Clause, InputWords, Phrases, clauses, sentence};
