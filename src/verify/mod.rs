//! Whether Cilium decides what MetalLB decided, on the cluster at hand.
//!
//! ```text
//! Config, Cluster ─► MetalLB's Decision and sessions ─┐
//!                                                     ├► findings ─► Report
//! CiliumConfig, Cluster ─► Cilium's Decision, sessions┘
//! ```
//! `at_hand` compares Services, `sessions` BGP sessions, `preferred` the order of
//! preferred nodes; `explain` finds the loss of the conversion that says why.

mod aspect;
mod at_hand;
mod beyond;
pub mod codes;
mod deviations;
mod explain;
mod findings;
mod named;
mod parameters;
mod preferred;
mod proof;
mod question;
mod report;
pub mod sessions;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod translation;
mod words;

pub use aspect::Aspect;
pub use at_hand::{Comparison, Difference, NO_POOL_OF_METALLB, Route, Serving, Side, compare};
pub use findings::unexplained;
pub use named::unnamed;
pub use parameters::{PARAMETERS, ParameterRow};
pub use proof::{Apart, Classes, Outcome, Problem, Proof, prove};
pub use question::{Compared, Question, change_of_meaning, verify};
pub use report::{
    Counts, Fate, Finding, NOT_COMPARED, Report, SCOPE, ServiceRow, SessionRow, Verdict,
};
pub use translation::{applied, applied_to, with_existing, without_sessions_there};
