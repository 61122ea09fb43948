//! `live peer`, with FRR, BIRD, GoBGP and ExaBGP in network namespaces.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a helper that cannot do its work fails the test"
)]

#[path = "../support/mod.rs"]
mod support;

mod client;
mod ends;
mod gateway;
mod input;
mod multihop;
mod refusals;
mod restarts;
mod router;
mod sessions;
mod silence;
mod soak;
mod speakers;
mod spike;
