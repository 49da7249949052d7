//! Scenario discovery: against EMA Workbench and scikit-learn, and by its laws.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod chosen;
mod data;
mod ends;
mod laws;
mod oracle;
mod said;
mod small;
