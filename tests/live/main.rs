//! `live` on the link: in network namespaces, with the kernel's own stack, arping,
//! ndisc6 and tcpdump.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a helper that cannot do its work fails the test"
)]

#[path = "../support/mod.rs"]
mod support;

mod announce;
mod hosts;
mod probe;
mod refusals;
mod watch;
