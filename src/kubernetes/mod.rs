//! What the commands need, read from a cluster's API server.
//!
//! In: a client. Out: lists as text, as `kubectl get -o json` would print them, and
//! what may not be read. Only `get` and `list` are used. (Feature `cluster`.)

mod failure;
mod fetch;
mod resources;
mod rights;

pub use failure::words;
pub use fetch::{Fetched, Problem, fetch};
pub use resources::{ADDRESSES, LEASES, PEERING_POLICIES, RESOURCES, Resource, Scope};
pub use rights::denied;
