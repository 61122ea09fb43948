//! What the integration tests share; each includes it with `mod support;`.
#![allow(dead_code, reason = "no test needs all of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that cannot do its work fails the test"
)]

use std::io::Write as _;

#[cfg(feature = "cluster")]
pub(crate) mod api_server;
pub(crate) mod crd;
pub(crate) mod golden;
pub(crate) mod input;
pub(crate) mod net;
pub(crate) mod reader;
pub(crate) mod schema;

/// Says on standard error that a test did not run, and why.
pub(crate) fn skipped(reason: &str) {
    say(&format!("SKIPPED: {reason}"));
}

/// Says something on standard error. Not `eprintln!`, which the test harness
/// hides where the test passes.
pub(crate) fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}
