//! What MetalLB decides: addresses (its controller), who answers on the link and
//! which routes go where (its speakers), as of metallb/metallb 7938d3f89 in frr-k8s
//! mode.
//!
//! In: a validated [`Config`], a [`Cluster`], [`Options`]. Out: a [`Decision`] with
//! every outcome that is possible, since MetalLB walks some of its pools in the
//! arbitrary order of a Go map. [`Engine`] carries the state on over events;
//! [`explain`] gives the reasons for one Service; [`Allocations`] is the allocation
//! alone, for clusters too large to write out.
//!
//! ```text
//! Config ─► pools ──┐
//! Cluster ► request ┼► explore ► converge ► allocate ► occupancy
//!                   │     │  (one Service)   (addresses of a pool)
//!                   │     └─► order (what is known of the map's order)
//!                   └► nodes ► l2, bgp ► outcome ► Decision
//! ```

mod allocate;
mod bgp;
mod bulk;
mod converge;
mod election;
mod engine;
mod explain;
mod explore;
mod gosort;
mod ids;
mod l2;
mod nodes;
mod occupancy;
mod offer;
mod order;
mod outcome;
mod pools;
mod reason;
mod request;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod unfilled;
mod world;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

pub use bgp::NoBgp;
pub use bulk::Allocations;
pub use engine::Engine;
pub use explain::{Explanation, PassedOver, Step, explain};
pub use l2::{NoL2, NotACandidate};
pub use nodes::NodeFault;
pub use reason::Refusal;
pub use request::WishError;
pub use unfilled::unfilled_addresses;

use allocate::Allocator;
use explore::{Agenda, explore};
use world::World;

use crate::cluster::Cluster;
use crate::metallb::Config;
use crate::selector::LabelSelector;
use crate::simulate::decision::{Decision, Outcome};

/// The version that is simulated.
pub const VERSION: &str = "0.16.1+7938d3f89";

/// How many outcomes are listed unless more are asked for.
pub const DEFAULT_MAX_OUTCOMES: usize = 64;

/// MetalLB's settings outside its resources, and bounds of the simulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// `--lb-class` of controller and speaker; without it only Services without
    /// `spec.loadBalancerClass` are served.
    pub lb_class: Option<String>,
    /// `--ignore-exclude-lb` of the speaker: the label
    /// `node.kubernetes.io/exclude-from-external-load-balancers` does not count.
    pub ignore_exclude_lb: bool,
    /// Which Nodes run a speaker; `None` is all.
    pub speaker_nodes: Option<LabelSelector>,
    /// Patterns of interfaces on which it never answers (the ConfigMap
    /// `metallb-excludel2`).
    pub excluded_interfaces: Vec<String>,
    /// How many outcomes are listed; beyond, the decision is truncated.
    pub max_outcomes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lb_class: None,
            ignore_exclude_lb: false,
            speaker_nodes: None,
            excluded_interfaces: vec![],
            max_outcomes: DEFAULT_MAX_OUTCOMES,
        }
    }
}

/// What MetalLB decides when it starts on this cluster.
pub fn simulate(config: &Config, cluster: &Cluster, options: &Options) -> Decision {
    let world = World::new(config, cluster, options);
    let speakers = nodes::Speakers::new(&world);
    let mut teller = outcome::Teller::new(&world, &speakers);
    let mut outcomes: BTreeSet<Outcome> = BTreeSet::new();
    let mut truncated = false;
    let mut patience = engine::patience(options.max_outcomes);
    let mut state = Allocator::new(&world);
    let mut trace = explain::Trace::default();
    let broken_off = explore(&world, &mut state, Agenda::all(), &mut trace, |rest| {
        truncated |= !rest.order.is_complete();
        let outcome = teller.outcome(rest);
        if outcomes.len() < options.max_outcomes.max(1) {
            outcomes.insert(outcome);
        } else if !outcomes.contains(&outcome) {
            truncated = true;
            return ControlFlow::Break(());
        }
        patience -= 1;
        if patience == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    engine::decision(outcomes, truncated || broken_off)
}
