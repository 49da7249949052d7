//! A progress line, on a terminal only.

use std::io::{self, IsTerminal};
use std::time::Duration;

use climbdown_engine::Progress;
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

/// Shows how far it is.
pub fn show(bar: &ProgressBar, what: &str, at: Progress) {
    if !bar.is_hidden() {
        bar.set_message(format!("{what}: lambda {:.3}, {} sweeps", at.lambda, at.steps));
    }
}
