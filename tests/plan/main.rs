//! The cut-over: its runbook, its scripts against a kubectl that records what it is
//! told, and the whole of it played through the engines, there and back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod cluster;
mod codes;
mod play;
mod runbook;
mod scripts;
mod trouble;
