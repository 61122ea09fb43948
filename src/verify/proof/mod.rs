//! The proof that Cilium decides as MetalLB does for every possible Service and Node:
//! see `docs/src/explanation/equivalence.md`.
//!
//! ```text
//! selectors of both sides ─► domain (variables) ─► diagrams
//!   addresses, tiers, lb_ipam ─► allocation ─┬► l2 ──► differences ─► example ─► replay ─► Proof
//!                                            └► bgp ◄─ nodes
//! ```

mod addresses;
mod adverts;
mod allocation;
mod apart;
mod bgp;
#[cfg(test)]
mod brute_force;
mod diagram;
mod domain;
mod example;
mod interfaces;
mod l2;
mod lb_ipam;
mod nodes;
mod outcome;
mod raw;
mod replay;
mod statements;
#[cfg(test)]
mod tests;
mod tiers;

pub use apart::Apart;
pub(super) use outcome::ClassDifference;
pub use outcome::{Classes, Outcome, Proof};

use std::collections::{BTreeMap, BTreeSet};

use allocation::DualStack;
use domain::Logic;
use nodes::NodeClass;
use raw::{Raw, Unproved};

use super::aspect::Aspect;
use super::deviations::{self, Deviating};
use super::sessions::{self, Speakers};
use crate::cilium::CiliumConfig;
use crate::cluster::Cluster;
use crate::convert::Conversion;
use crate::metallb::Config;

/// Differences that are shown by an example; of more only the number is said.
const MAX_EXAMPLES: usize = 40;

/// What is to be proved.
#[derive(Debug, Clone, Copy)]
pub struct Problem<'a> {
    /// MetalLB's configuration.
    pub config: &'a Config,
    /// The cluster as MetalLB finds it: its Namespaces count.
    pub cluster: &'a Cluster,
    /// How its speakers run.
    pub speakers: &'a Speakers,
    /// MetalLB's `--lb-class`.
    pub lb_class: Option<&'a str>,
    /// Cilium's configuration.
    pub cilium: &'a CiliumConfig,
    /// The cluster as Cilium finds it: its Secrets count.
    pub applied: &'a Cluster,
    /// The conversion, whose labels and annotations the Services carry.
    pub translation: &'a Conversion,
}

/// Proves that both sides decide the same for every Service and Node, or shows where
/// they do not. `expired` says when to give up.
pub fn prove(problem: &Problem<'_>, expired: &dyn Fn() -> bool) -> Proof {
    if expired() {
        return Proof::not_begun(&Unproved::from(diagram::Spent).0);
    }
    let mut logic = Logic::new(expired);
    let mut found = Vec::new();
    let mut unproved: Vec<Unproved> = outcome::out_of_reach(problem);
    let mut dual_stack = DualStack::Apart;
    let mut regions = Vec::new();
    let mut deviating = Vec::new();
    match allocation::compare(&mut logic, problem, &mut found) {
        Err(reason) => unproved.push(reason),
        Ok(pools) => {
            match pools.dual_stack(&mut logic, problem.cilium) {
                Ok(alike) => dual_stack = alike,
                Err(spent) => unproved.push(spent.into()),
            }
            let l2 = l2::compare(&mut logic, problem, &pools, &mut found, &mut unproved);
            unproved.extend(l2.err());
            match nodes::divide(&mut logic, problem) {
                Err(reason) => unproved.push(reason),
                Ok(classes) => {
                    let routes = bgp::compare(&mut logic, problem, &pools, &classes, &mut found);
                    unproved.extend(routes.err());
                    deviating = sessions_of(problem, &classes);
                }
            }
            regions = pools.regions;
        }
    }
    if let Err(spent) = to_come(&mut logic, problem, &mut found) {
        unproved.push(spent.into());
    }
    let groups = grouped(found);
    let more = groups.len().saturating_sub(MAX_EXAMPLES);
    let mut differences = Vec::new();
    for raw in groups.into_iter().take(MAX_EXAMPLES) {
        if logic.store.is_expired() {
            unproved.push(diagram::Spent.into());
            break;
        }
        let example = example::of(&logic, problem, &raw);
        let replayed = replay::run(problem, &regions, &raw, example);
        if replayed.confirmed {
            differences.push(ClassDifference::new(problem, raw, replayed));
        } else {
            unproved.push(outcome::not_confirmed(problem, &raw, &replayed));
        }
    }
    Proof::new(problem, &logic.domain, dual_stack, differences, more, deviating, unproved)
}

/// Marks what differs only in Namespaces that are not at hand.
fn to_come(
    logic: &mut Logic<'_>,
    problem: &Problem<'_>,
    found: &mut [Raw],
) -> Result<(), diagram::Spent> {
    let at_hand = logic.in_known_namespaces(&problem.cluster.namespaces)?;
    for raw in found {
        raw.to_come = logic.store.and(raw.members, at_hand)? == diagram::NEVER;
    }
    Ok(())
}

/// One of those that are alike: the same aspect of the same pool, for the same reason.
fn grouped(found: Vec<Raw>) -> Vec<Raw> {
    let mut groups: BTreeMap<_, Raw> = BTreeMap::new();
    for raw in found {
        let key = (
            raw.aspect,
            raw.code.map(|code| code.id),
            raw.to_come,
            raw.pool,
            raw.peer.clone(),
            raw.places.iter().filter_map(|(span, _)| *span).collect::<BTreeSet<_>>(),
        );
        groups.entry(key).or_insert(raw);
    }
    groups.into_values().collect()
}

/// The sessions that differ on some class of Nodes, each with a Node of it.
fn sessions_of(
    problem: &Problem<'_>,
    classes: &[NodeClass],
) -> Vec<(Deviating, Option<crate::cluster::Node>)> {
    let cluster = nodes::cluster(problem, classes);
    let before = sessions::of_metallb(problem.config, &cluster, problem.speakers);
    let after = sessions::of_cilium(problem.cilium, &cluster, problem.speakers);
    let all = deviations::compare(&before, &after).into_iter();
    let deviating = all.filter(|one| !outcome::of_nodes_to_come(problem, one)).map(|one| {
        let name = one.deviation.nodes.first();
        let class = classes.iter().find(|class| Some(&class.node.name) == name);
        (one, class.map(|class| class.node.clone()))
    });
    deviating.collect()
}
