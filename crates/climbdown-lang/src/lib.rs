//! The scenario language of Climbdown: text to scenario to template to game.
//!
//! [`check()`] turns source texts into a [`scenario::Scenario`] and diagnostics, all of them;
//! [`compile()`] turns a scenario into a [`template::Template`]: the structure of a game, made once;
//! [`template::Template::instantiate`] puts the numbers of one assignment on it.
//! This crate opens no file and does not know how games are solved.

mod assemble;
mod chance;
pub mod compile;
pub mod diagnostic;
pub mod eval;
pub mod expr;
mod layers;
mod ledger;
pub mod scenario;
pub mod source;
pub mod template;
pub mod timeline;
mod transition;

pub use compile::compile;
