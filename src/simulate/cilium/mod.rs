//! What Cilium decides: addresses (LB-IPAM), who may answer on the link (the L2
//! announcer) and which routes go where (the BGP control plane).
//!
//! In: a [`CiliumConfig`], a [`Cluster`], [`Options`]. Out: a [`Decision`] with every
//! outcome that is possible, since much is left to chance: the order in which pools
//! arrive, Go's maps, who sees what first. [`Engine`] carries the state on over events.
//!
//! ```text
//! CiliumConfig ─► rules, pools ─┐
//! Cluster ──────► request ──────┼► start ► allocate ► state (free: one range)
//!                               │     ▲
//!                               │     └─ oracle: what is left to chance, tried out
//!                               └► frontends ► l2, bgp ► outcome ► Decision
//! ```

mod allocate;
mod attributes;
mod bgp;
mod bulk;
mod digest;
mod engine;
mod explain;
mod free;
mod frontends;
mod give;
mod goregex;
mod import;
mod l2;
mod labels;
mod oracle;
mod order;
mod outcome;
mod pool_changes;
mod pools;
mod range;
mod reason;
mod request;
mod rules;
mod selector_text;
mod sessions;
mod settle;
mod start;
mod state;
mod time;

pub(crate) use attributes::Attributes;
pub use bgp::NoBgp;
pub use bulk::Allocations;
pub use engine::Engine;
pub use explain::{Explanation, PassedOver, Step, explain};
pub(crate) use goregex::rewrite as rewritten_pattern;
pub use goregex::{GoRegex, RegexError};
pub use l2::NotACandidate;
pub use labels::selector_sees;
pub(crate) use pools::PoolAddresses;
pub use reason::Refusal;
pub use request::Incompatible;
pub(crate) use request::{BGP_CLASS, L2_CLASS};
pub use sessions::{NodeSessions, OpenedSession, sessions};

use outcome::{Given, Teller, decision};
use rules::Rules;
use state::World;

use crate::cilium::CiliumConfig;
use crate::cluster::Cluster;
use crate::simulate::decision::{Decision, Outcome};

/// How many outcomes are listed unless more are asked for.
pub const DEFAULT_MAX_OUTCOMES: usize = 64;

/// Bounds of the simulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many outcomes are listed; beyond, the decision is truncated.
    pub max_outcomes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_outcomes: DEFAULT_MAX_OUTCOMES }
    }
}

/// What Cilium decides when it starts on this cluster.
///
/// Where the operator itself crashes on the configuration, the decision is refused
/// with that as its reason.
pub fn simulate(config: &CiliumConfig, cluster: &Cluster, options: &Options) -> Decision {
    let rules = Rules::new(config);
    let requests = engine::requests(cluster, &rules);
    let world = World { rules: &rules, services: &cluster.services, requests: &requests };
    let pools = engine::pools(config);
    let bounds = engine::bounds(options, cluster.services.len());
    let mut starts = engine::Starts::new(&world, &pools);
    let found = oracle::explore(bounds, Given::key, |oracle| {
        let mut state = starts.next(oracle)?;
        Ok(Given::of(&world, &mut state))
    });
    let teller = Teller::new(config, cluster);
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut truncated = found.truncated;
    for given in &found.results {
        let told = teller.outcomes(given, bounds);
        truncated |= told.truncated;
        let room = options.max_outcomes.max(1).saturating_sub(outcomes.len());
        truncated |= told.results.len() > room;
        outcomes.extend(told.results.into_iter().take(room));
    }
    decision(config, outcomes, truncated, found.crash)
}

#[cfg(test)]
mod tests;
