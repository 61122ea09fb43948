//! What somebody with bad intentions, or bad luck, might do: passwords in every place,
//! links and full disks on the way out, pipes that close.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper that cannot do its work fails the test"
)]

#[path = "../support/mod.rs"]
mod support;

mod commands;
mod disk;
mod process;
mod secrets;
mod streams;
