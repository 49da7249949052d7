//! Chores of the workspace: `cargo xtask test` runs every check there is.
//!
//! Plain Rust, `std::process` and a reader of JSON, so that it builds in seconds on a machine that has nothing yet.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "chores talk to the person at the terminal"
)]

mod backtest;
mod bench;
mod doctor;
mod fuzz;
mod golden;
mod oracle;
mod step;
mod suite;
mod tally;
mod workspace;

use std::process::ExitCode;

/// One chore: `cargo xtask NAME`.
struct Chore {
    name: &'static str,
    summary: &'static str,
    help: &'static str,
    run: fn(&[String]) -> Outcome,
}

/// How a chore ended.
pub enum Outcome {
    /// All is well.
    Done,
    /// It ran, and something is not as it should be; it has said what.
    Wanting,
    /// It was called wrongly; the words say how.
    Misused(String),
}

const CHORES: &[Chore] = &[
    Chore {
        name: "test",
        summary: "run every check there is",
        help: suite::HELP,
        run: suite::test,
    },
    Chore {
        name: "doctor",
        summary: "say what this machine lacks, and how to get it",
        help: doctor::HELP,
        run: doctor::doctor,
    },
    Chore {
        name: "oracle",
        summary: "recompute all reference answers with another solver",
        help: oracle::HELP,
        run: oracle::oracle,
    },
    Chore {
        name: "fuzz",
        summary: "give the readers of game files random texts",
        help: fuzz::HELP,
        run: fuzz::fuzz,
    },
    Chore {
        name: "bench",
        summary: "measure the speed table, against pygambit",
        help: bench::HELP,
        run: bench::bench,
    },
    Chore {
        name: "backtest",
        summary: "replay the histories of all scenarios, and show the scores",
        help: backtest::HELP,
        run: backtest::backtest,
    },
    Chore {
        name: "golden",
        summary: "accept the present output as the expected one",
        help: golden::HELP,
        run: golden::golden,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        eprintln!("{}", usage());
        return ExitCode::from(2);
    };
    if is_help(name) || name == "help" {
        println!("{}", usage());
        return ExitCode::SUCCESS;
    }
    let Some(chore) = CHORES.iter().find(|chore| chore.name == name) else {
        eprintln!("There is no chore `{name}`.\n\n{}", usage());
        return ExitCode::from(2);
    };
    if rest.iter().any(|argument| is_help(argument)) {
        println!("{}", chore.help);
        return ExitCode::SUCCESS;
    }
    match (chore.run)(rest) {
        Outcome::Done => ExitCode::SUCCESS,
        Outcome::Wanting => ExitCode::FAILURE,
        Outcome::Misused(words) => {
            eprintln!("{words}\n\n{}", chore.help);
            ExitCode::from(2)
        }
    }
}

fn is_help(argument: &str) -> bool {
    argument == "--help" || argument == "-h"
}

fn usage() -> String {
    let mut text = String::from("Usage: cargo xtask CHORE [--help]\n\nChores:");
    for chore in CHORES {
        text.push_str(&format!("\n  {:<10}{}", chore.name, chore.summary));
    }
    text
}

/// For chores that take nothing: complains about the first argument, if there is one.
pub fn refuse_arguments(arguments: &[String]) -> Result<(), Outcome> {
    match arguments.first() {
        None => Ok(()),
        Some(argument) => Err(Outcome::Misused(format!("`{argument}` is not expected here."))),
    }
}
