//! A progress line, on a terminal only.

use std::io::{self, IsTerminal};
use std::time::Duration;

use climbdown_engine::At;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line on standard error; hidden in a pipe and when quiet.
pub fn bar(quiet: bool) -> ProgressBar {
    if quiet || !io::stderr().is_terminal() || !io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// Shows how far it is: of what can be counted, a bar with rate and time left.
pub fn show(bar: &ProgressBar, at: At<'_>) {
    if bar.is_hidden() {
        return;
    }
    match at {
        At::Solving(what, at) => {
            bar.set_message(format!("{what}: lambda {:.3}, {} sweeps", at.lambda, at.steps));
        }
        At::Done(what, n, of) => {
            if bar.length() != Some(of as u64) || n < bar.position() as usize {
                bar.reset();
                bar.set_length(of as u64);
                if let Ok(style) = ProgressStyle::with_template(COUNTED) {
                    bar.set_style(style);
                }
            }
            bar.set_message(what.to_owned());
            bar.set_position(n as u64);
        }
    }
}

const COUNTED: &str = "{spinner} {elapsed} {msg} {bar:24} {pos} of {len}, {per_sec}, {eta} left";
