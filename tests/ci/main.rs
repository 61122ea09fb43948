//! What stands around the program. The examples under `ci/`: their scripts are taken
//! out of the YAML and run with the built binary, once where nothing differs and once
//! where something does. And what packages and dependencies are held to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "../support/mod.rs"]
mod support;

mod commit;
mod fuzzing;
mod github;
mod gitlab;
mod gitops;
mod packages;
mod pre_commit;
mod supply_chain;
mod workspace;
