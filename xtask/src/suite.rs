//! `cargo xtask test`: every check there is, one after the other, and a sum at the end.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use crate::step::{Broken, Log, tail};
use crate::tally::{self, Tally};
use crate::workspace::{cargo, logs, works};
use crate::{Outcome, backtest, oracle};

/// Help of `cargo xtask test`.
pub const HELP: &str = "\
Usage: cargo xtask test [CHECK]...

Runs every check there is, or those named, and goes on after one that fails:

  format    rustfmt would change nothing
  clippy    no warning in any target of any crate
  features  the solver builds without threads
  docs      the documentation of the code builds without a warning
  tests     all tests: unit, snapshot, property, manual, architecture (nextest, if it is installed)
  doctests  the examples in the documentation of the code
  backtests docs/backtests.md is what replaying every history of scenarios/ computes
  oracle    a sample of the stored reference answers, computed again with other programs

The last check needs Python; it makes a virtual environment under target/.
Full output is under target/xtask-logs/. The last line is `N passed, N failed`: tests, and one for
each other check. Ends with 0 if nothing failed, 1 if something did, 2 if it was called wrongly.";

/// Lines of a failed check's output that are shown.
const TAIL: usize = 80;

/// One check.
struct Check {
    name: &'static str,
    run: fn(&Log) -> Result<(), Broken>,
    /// Reads the number of tests from the output; `None` for a check that counts as one.
    count: Option<fn(&str) -> Option<Tally>>,
}

/// Runs the checks named in `arguments`, or all.
pub fn test(arguments: &[String]) -> Outcome {
    let mut checks = checks();
    if let Some(unknown) = arguments.iter().find(|name| !checks.iter().any(|c| c.name == **name)) {
        return Outcome::Misused(format!("There is no check `{unknown}`."));
    }
    if !arguments.is_empty() {
        checks.retain(|check| arguments.iter().any(|name| name == check.name));
    }

    let mut sum = Tally::default();
    let mut failed = Vec::new();
    for check in &checks {
        print!("{:<10}", check.name);
        let _ = io::stdout().flush(); // the name should show while the check runs; no harm if it does not
        let report = run(check);
        println!("{:>7.1} s  {}", report.time.as_secs_f64(), report.line(check));
        if let Some(broken) = &report.broken {
            for line in tail(&report.output, TAIL) {
                println!("    | {line}");
            }
            println!("    {broken}");
            failed.push(check.name);
        }
        sum += report.tally;
    }

    println!();
    if !failed.is_empty() {
        println!("FAILED: {}. Full output: {}", failed.join(", "), logs().display());
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if sum.failed == 0 { Outcome::Done } else { Outcome::Wanting }
}

fn checks() -> Vec<Check> {
    let mut checks = vec![
        Check {
            name: "format",
            run: |log| log.run(cargo(["fmt", "--all", "--check"])),
            count: None,
        },
        Check {
            name: "clippy",
            run: |log| {
                log.run(cargo([
                    "clippy",
                    "--quiet",
                    "--workspace",
                    "--all-targets",
                    "--",
                    "--deny",
                    "warnings",
                ]))
            },
            count: None,
        },
        Check {
            name: "features",
            run: |log| {
                log.run(cargo([
                    "check",
                    "--quiet",
                    "--package",
                    "quantal",
                    "--no-default-features",
                ]))
            },
            count: None,
        },
        Check {
            name: "docs",
            run: |log| {
                let mut doc = cargo(["doc", "--quiet", "--workspace", "--no-deps"]);
                doc.env("RUSTDOCFLAGS", "--deny warnings");
                log.run(doc)
            },
            count: None,
        },
    ];
    if works(cargo(["nextest", "--version"])) {
        checks.push(Check {
            name: "tests",
            run: |log| {
                log.run(cargo([
                    "nextest",
                    "run",
                    "--workspace",
                    "--no-fail-fast",
                    "--failure-output=final",
                    "--status-level=fail",
                ]))
            },
            count: Some(tally::nextest),
        });
    } else {
        checks.push(Check {
            name: "tests",
            run: |log| log.run(cargo(["test", "--workspace", "--all-targets", "--no-fail-fast"])),
            count: Some(tally::libtest),
        });
    }
    checks.push(Check {
        name: "doctests",
        run: |log| log.run(cargo(["test", "--workspace", "--doc", "--no-fail-fast"])),
        count: Some(tally::libtest),
    });
    checks.push(Check { name: "backtests", run: backtest::check, count: None });
    checks.push(Check { name: "oracle", run: oracle::sample, count: None });
    checks
}

/// What a check came to.
struct Report {
    time: Duration,
    output: String,
    tally: Tally,
    broken: Option<Broken>,
}

impl Report {
    fn line(&self, check: &Check) -> String {
        let word = if self.broken.is_none() { "ok" } else { "FAILED" };
        let Tally { passed, failed, skipped } = self.tally;
        if check.count.is_none() {
            return word.to_owned();
        }
        let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
        format!("{word}  ({passed} passed, {failed} failed{skipped})")
    }
}

fn run(check: &Check) -> Report {
    let start = Instant::now();
    let mut output = String::new();
    let mut broken = Log::new(check.name)
        .and_then(|log| {
            let result = (check.run)(&log);
            output = log.text()?;
            result
        })
        .err();
    let counted = check.count.and_then(|count| count(&output));
    if check.count.is_some() && counted.is_none() && broken.is_none() {
        broken = Some(Broken::NoTests);
    }
    let tally = sum_up(check.count.is_some(), counted, broken.is_none());
    Report { time: start.elapsed(), output, tally, broken }
}

/// What a check adds to the sum: its tests, or one. A check that failed adds at least one failure,
/// whatever it counted (it may have stopped before its first test).
fn sum_up(counts_tests: bool, counted: Option<Tally>, is_well: bool) -> Tally {
    let mut tally = counted.unwrap_or_default();
    if is_well && !counts_tests {
        tally.passed += 1;
    }
    if !is_well && tally.failed == 0 {
        tally.failed = 1;
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_check_counts_even_if_none_of_its_tests_did() {
        let counted = Some(Tally { passed: 3, failed: 0, skipped: 0 });
        assert_eq!(sum_up(true, counted, false).failed, 1);
        assert_eq!(sum_up(true, None, false).failed, 1);
        assert_eq!(sum_up(false, None, false), Tally { passed: 0, failed: 1, skipped: 0 });
    }

    #[test]
    fn a_check_without_tests_counts_as_one() {
        assert_eq!(sum_up(false, None, true), Tally { passed: 1, failed: 0, skipped: 0 });
        assert_eq!(sum_up(true, Some(Tally::default()), true), Tally::default());
    }

    #[test]
    fn the_help_names_every_check() {
        for check in checks() {
            assert!(HELP.contains(&format!("\n  {:<10}", check.name)), "{}", check.name);
        }
    }
}
