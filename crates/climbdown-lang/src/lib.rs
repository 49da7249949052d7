//! The scenario language of Climbdown: text to scenario to template to game.
//!
//! [`check()`] turns source texts into a [`scenario::Scenario`] and diagnostics, all of them;
//! [`compile()`] turns a scenario into a [`template::Template`]: the structure of a game, made once;
//! [`template::Template::instantiate`] puts the numbers of one assignment on it.
//! This crate opens no file and does not know how games are solved.

mod ast;
pub mod check;
mod constant;
pub mod diagnostic;
pub mod expr;
mod keys;
mod ladder;
mod lex;
mod limits;
mod names;
mod parse;
mod reach;
mod report;
mod resolve;
pub mod scenario;
mod shape;
pub mod source;
mod syntax;
mod types;
mod visibility;

pub use check::{Checked, Needs, Sources, builtin_ladder, check, needs};
pub use limits::text;
