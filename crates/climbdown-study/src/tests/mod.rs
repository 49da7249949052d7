//! Laws of the findings, on scenarios written by hand.

mod answers;
mod crossings;
mod equilibrium;
mod kinds;
mod offramps;
mod paths;
mod prepared;
mod questions;
mod rounds;
mod shares;
mod sketch;
mod studies;
