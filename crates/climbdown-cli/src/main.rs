//! The climbdown command.
fn main() {}
