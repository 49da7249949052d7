//! `cargo xtask doctor`: what this machine lacks, and how to get it.

use std::process::Command;

use crate::workspace::{cargo, first_line};
use crate::{Outcome, refuse_arguments};

/// Help of `cargo xtask doctor`.
pub const HELP: &str = "\
Usage: cargo xtask doctor

Says which tools the checks need are here, which are missing, and how to get those.
Ends with 1 if something is missing that is needed.";

/// A tool, and how to see that it is here.
struct Tool {
    name: &'static str,
    command: fn() -> Command,
    /// What goes without it; `None` if `cargo xtask test` cannot do without.
    optional: Option<&'static str>,
    remedy: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "rustc",
        command: || program("rustc", &["--version"]),
        optional: None,
        remedy: "install Rust with rustup",
    },
    Tool {
        name: "rustfmt",
        command: || cargo(["fmt", "--version"]),
        optional: None,
        remedy: "rustup component add rustfmt",
    },
    Tool {
        name: "clippy",
        command: || cargo(["clippy", "--version"]),
        optional: None,
        remedy: "rustup component add clippy",
    },
    Tool {
        name: "python3",
        command: || program("python3", &["--version"]),
        optional: None,
        remedy: "install Python 3.10 or later, with your system's packages (Debian: python3)",
    },
    Tool {
        name: "venv",
        command: || program("python3", &["-c", "import venv, ensurepip; print('here')"]),
        optional: None,
        remedy: "install Python's venv module (Debian: python3-venv)",
    },
    Tool {
        name: "pip",
        command: || program("python3", &["-m", "ensurepip", "--version"]),
        optional: None,
        remedy: "install pip (Debian: python3-pip and python3-venv)",
    },
    Tool {
        name: "git",
        command: || program("git", &["--version"]),
        optional: Some("chores cannot show what they changed"),
        remedy: "install git with your system's packages",
    },
    Tool {
        name: "nextest",
        command: || cargo(["nextest", "--version"]),
        optional: Some("`cargo test` runs the tests, more slowly"),
        remedy: "cargo install cargo-nextest",
    },
];

/// Looks for every tool.
pub fn doctor(arguments: &[String]) -> Outcome {
    if let Err(misused) = refuse_arguments(arguments) {
        return misused;
    }
    let mut is_wanting = false;
    for tool in TOOLS {
        match (first_line((tool.command)()), tool.optional) {
            (Some(version), _) => println!("{:<9} {version}", tool.name),
            (None, Some(without)) => {
                println!(
                    "{:<9} not here; without it {without}. To get it: {}",
                    tool.name, tool.remedy
                );
            }
            (None, None) => {
                is_wanting = true;
                println!("{:<9} MISSING. To get it: {}", tool.name, tool.remedy);
            }
        }
    }
    if is_wanting {
        return Outcome::Wanting;
    }
    println!("\nAll that `cargo xtask test` needs is here.");
    Outcome::Done
}

fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments);
    command
}
