//! Counting tests in what `cargo nextest run` and `cargo test` print.

use std::ops::AddAssign;

/// How many tests passed, failed, and were not run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passed, slow or leaky or at a second try included.
    pub passed: u64,
    /// Failed, timed out or could not be started.
    pub failed: u64,
    /// Skipped or ignored.
    pub skipped: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Reads the last `Summary` line of nextest; `None` if there is none that can be read.
///
/// `Summary [   0.5s] 5 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 2 skipped`
pub fn nextest(output: &str) -> Option<Tally> {
    let output = without_colour(output);
    output.lines().rev().find_map(|line| {
        let (_, counts) = line.trim_start().strip_prefix("Summary [")?.split_once("run:")?;
        count(&without_parentheses(counts), ',')
    })
}

/// Adds up the `test result:` lines of `cargo test`; `None` if there is none that can be read.
///
/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s`
pub fn libtest(output: &str) -> Option<Tally> {
    let output = without_colour(output);
    let mut sum = None;
    for line in output.lines() {
        let Some((_, counts)) =
            line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            continue;
        };
        if let Some(tally) = count(counts, ';') {
            *sum.get_or_insert_with(Tally::default) += tally;
        }
    }
    sum
}

/// Reads "3 passed, 1 failed, …"; parts that are not a number and a known word are passed over.
/// `None` unless one part says how many passed.
fn count(parts: &str, separator: char) -> Option<Tally> {
    let mut tally = Tally::default();
    let mut says_passed = false;
    for part in parts.split(separator) {
        let Some((number, what)) = part.trim().split_once(' ') else { continue };
        let Ok(number) = number.parse::<u64>() else { continue };
        match what.trim() {
            "passed" => {
                says_passed = true;
                tally.passed += number;
            }
            "failed" | "exec failed" | "timed out" => tally.failed += number,
            "skipped" | "ignored" => tally.skipped += number,
            _ => {}
        }
    }
    // With every test failing nextest leaves "0 passed" out in some versions.
    (says_passed || tally.failed > 0).then_some(tally)
}

fn without_parentheses(text: &str) -> String {
    let mut depth = 0usize;
    let mut kept = String::new();
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// Drops terminal colours: from the escape character to the letter that ends the sequence.
fn without_colour(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            kept.push(c);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64, skipped: u64) -> Option<Tally> {
        Some(Tally { passed, failed, skipped })
    }

    #[test]
    fn nextest_summaries_are_read() {
        let cases = [
            ("     Summary [   0.015s] 5 tests run: 5 passed, 0 skipped\n", tally(5, 0, 0)),
            ("     Summary [   0.015s] 1 test run: 1 passed, 3 skipped\n", tally(1, 0, 3)),
            (
                "     Summary [  12.5s] 9 tests run: 6 passed (2 slow, 1 leaky), 2 failed, 1 timed out, 4 skipped",
                tally(6, 3, 4),
            ),
            (
                "     Summary [   1.0s] 3/8 tests run: 2 passed (1 flaky), 1 exec failed, 0 skipped",
                tally(2, 1, 0),
            ),
            ("     Summary [   1.0s] 2 tests run: 2 failed, 0 skipped", tally(0, 2, 0)),
            ("     Summary [   0.000s] 0 tests run: 0 passed, 0 skipped", tally(0, 0, 0)),
            (
                "\u{1b}[32;1m     Summary\u{1b}[0m [   0.015s] \u{1b}[1m5\u{1b}[0m tests run: \u{1b}[1m5\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped",
                tally(5, 0, 0),
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(nextest(line), expected, "{line}");
        }
    }

    #[test]
    fn the_last_nextest_summary_counts_even_when_failures_are_listed_after_it() {
        let output = "   Summary [ 1s] 1 test run: 1 passed, 0 skipped\n\
             ------------\n\
                Summary [ 2s] 4 tests run: 3 passed, 1 failed, 0 skipped\n        FAIL [ 0.1s] quantal laws\n\
             error: test run failed\n";
        assert_eq!(nextest(output), tally(3, 1, 0));
    }

    #[test]
    fn cargo_test_results_are_added_up() {
        let output = "running 3 tests\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.00s\n\
            Doc-tests quantal\n\
            test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s\n";
        assert_eq!(libtest(output), tally(7, 2, 1));
    }

    #[test]
    fn output_without_a_summary_counts_nothing() {
        for output in
            ["", "error: could not compile `quantal`", "Summary of changes", "test result: "]
        {
            assert_eq!(nextest(output), None, "{output}");
            assert_eq!(libtest(output), None, "{output}");
        }
    }
}
