//! The scenario language of Climbdown: text to scenario to template to game.
//!
//! [`check()`] turns source texts into a [`scenario::Scenario`] and diagnostics, all of them;
//! [`compile()`] turns a scenario into a [`template::Template`]: the structure of a game, made once;
//! [`template::Template::instantiate`] puts the numbers of one assignment on it.
//! This crate opens no file and does not know how games are solved.

mod act;
mod assemble;
mod ast;
mod chance;
pub mod check;
pub mod codes;
pub mod compile;
mod constant;
pub mod diagnostic;
pub mod episode;
pub mod eval;
pub mod expr;
pub mod hybrid;
mod keys;
mod ladder;
mod layers;
mod ledger;
pub mod lever;
mod lex;
mod limits;
mod names;
mod parse;
pub mod part;
pub mod precedent;
mod reach;
pub mod reachable;
mod report;
mod resolve;
mod sameness;
pub mod scenario;
pub mod schema;
mod shape;
pub mod source;
mod syntax;
pub mod table;
pub mod template;
pub mod timeline;
mod transition;
mod types;
mod visibility;

pub use check::{Checked, Needs, Sources, builtin_ladder, check, needs};
pub use compile::{compile, compile_hybrid, compile_levers};
pub use limits::text;
pub use sameness::same_axes;
pub use table::coding_table;
