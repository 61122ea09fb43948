//! What the real controllers decided in every golden scenario is what the engines
//! decide.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod cilium;
mod metallb;
