//! Any bytes as an `.nfg` file.
#![no_main]

#[path = "../checks.rs"]
#[allow(dead_code, reason = "each target uses its part")]
mod checks;

libfuzzer_sys::fuzz_target!(|text: &str| checks::nfg(text));
