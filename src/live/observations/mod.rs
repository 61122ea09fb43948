//! What the nodes of a cluster saw, merged and held against a Decision.
//!
//! ```text
//! lines of live probe, watch, peer ─► record ─► read ─► addresses ─┐
//! (JSON, of many nodes)             (the form)         sessions ───┴► Report
//!                        Decision, sessions ───────────────▲
//! ```
//! Every address is to be answered for by one candidate and nobody else, every session
//! to come up as configured on every Node that has it. What was not looked at is named:
//! silence is no proof.

mod addresses;
pub mod codes;
mod groups;
mod read;
mod record;
mod report;
mod sessions;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::IpAddr;

pub use read::{Observations, read};
pub use record::{Kind, SCHEMA, head};
pub use report::{
    AddressResult, AddressRow, Chosen, Finding, NOT_JUDGED, ObserverRow, Report, SessionResult,
    SessionRow,
};

use super::expected::Expected;
use super::identity::Identities;
use crate::simulate::decision::Engine;
use crate::verify::sessions::Sessions;

/// What is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// Addresses and sessions.
    #[default]
    All,
    /// Who answers for addresses.
    Addresses,
    /// BGP sessions.
    Sessions,
}

/// What the observations are held against.
#[derive(Debug)]
pub struct Question<'a> {
    /// Whose Decision it is.
    pub engine: Engine,
    /// Who said so.
    pub chosen: Chosen,
    /// What is judged.
    pub scope: Scope,
    /// Who may answer for each address in use.
    pub expected: &'a BTreeMap<IpAddr, Expected>,
    /// The sessions of every Node.
    pub sessions: &'a Sessions,
    /// Whose link-layer address is whose, as the input has it.
    pub known: Identities,
}

/// Merges the observations, and judges them.
pub fn judge(question: Question<'_>, observations: &Observations) -> Report {
    let Question { engine, chosen, scope, expected, sessions, known } = question;
    let mut report = Report::new(engine, chosen, scope, observations);
    if scope != Scope::Sessions {
        let known = addresses::identities(known, observations);
        addresses::judge(expected, &known, observations, &mut report);
    }
    if scope != Scope::Addresses {
        sessions::judge(sessions, observations, &mut report);
    }
    report.refusals(observations);
    report
}
