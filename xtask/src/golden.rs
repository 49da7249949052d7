//! `cargo xtask golden`: the present output becomes the expected one.

use crate::oracle::show_changes;
use crate::step::run_openly;
use crate::{Outcome, refuse_arguments, workspace};

/// Help of `cargo xtask golden`.
pub const HELP: &str = "\
Usage: cargo xtask golden

Runs all tests and stores the present output as the expected one wherever a snapshot differs, then
shows what changed. Read the difference before you commit it: a number that moved needs a reason.";

/// Accepts every snapshot.
pub fn golden(arguments: &[String]) -> Outcome {
    if let Err(misused) = refuse_arguments(arguments) {
        return misused;
    }
    let mut tests = workspace::cargo(["test", "--workspace", "--no-fail-fast"]);
    tests.env("INSTA_UPDATE", "always");
    let result = run_openly(tests);
    show_changes(".");
    match result {
        Ok(()) => Outcome::Done,
        Err(broken) => {
            eprintln!("{broken}: some tests fail for another reason than a snapshot");
            Outcome::Wanting
        }
    }
}
