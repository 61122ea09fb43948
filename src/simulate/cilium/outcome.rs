//! From the state of LB-IPAM to a [`Decision`].

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::bgp::{Bgp, Scenery};
use super::frontends::{Agents, Exposed};
use super::l2::{L2, Policy};
use super::oracle::{Bounds, Found, Oracle, explore};
use super::reason::Refusal;
use super::state::{Held, ServiceId, State, World};
use super::{allocate::Allocator, start};
use crate::cilium::CiliumConfig;
use crate::cluster::{Cluster, ServiceType};
use crate::ip::Family;
use crate::simulate::decision::{Allocation, Decision, Engine, Outcome};

/// What every Service has in one course of events: its addresses, the pools that hold
/// them, and what it lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) services: Vec<GivenOne>,
}

/// What one Service has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct GivenOne {
    /// IPv4 first.
    pub(super) addresses: Vec<IpAddr>,
    pub(super) pools: Vec<String>,
    pub(super) refusals: Vec<Refusal>,
}

impl Given {
    /// What a state comes to.
    pub(super) fn of(world: &World<'_>, state: &mut State) -> Self {
        let awake = start::is_awake(world, state);
        let mut oracle = Oracle::default();
        let allocator = Allocator { world, state, oracle: &mut oracle };
        let services = (0..world.services.len()).map(|id| one(&allocator, id, awake)).collect();
        Self { services }
    }

    /// What tells it from another course: everything but the reasons.
    pub(super) fn key(&self) -> Vec<(Vec<IpAddr>, Vec<String>)> {
        self.services.iter().map(|one| (one.addresses.clone(), one.pools.clone())).collect()
    }
}

fn one(allocator: &Allocator<'_, '_>, id: ServiceId, awake: bool) -> GivenOne {
    let world = allocator.world;
    let (Some(service), Some(request)) = (world.services.get(id), world.requests.get(id)) else {
        return GivenOne::default();
    };
    if service.service_type != ServiceType::LoadBalancer {
        return GivenOne::default();
    }
    if !request.managed || !awake {
        // LB-IPAM leaves the status alone.
        let why = if !world.rules.settings.lb_ipam {
            Refusal::Off
        } else if request.managed {
            Refusal::Asleep
        } else {
            Refusal::NotManaged
        };
        let addresses = in_order(start::found_status(world, allocator.state, id));
        return GivenOne { addresses, pools: Vec::new(), refusals: vec![why] };
    }
    let held = allocator.state.view(id).map(|view| view.held.as_slice()).unwrap_or(&[]);
    let pool = |held: &Held| Some(allocator.state.pool_of(held.range)?.pool.name.clone());
    let pools: BTreeSet<String> = held.iter().filter_map(pool).collect();
    // A status that LB-IPAM could not get through stays as it was.
    let mut addresses = allocator.state.status(id);
    addresses.extend(held.iter().filter_map(|&held| allocator.state.address(held)));
    GivenOne {
        addresses: in_order(addresses),
        pools: pools.into_iter().collect(),
        refusals: allocator.refusals(id),
    }
}

/// Sorted, IPv4 first.
fn in_order(mut addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    addresses.sort_unstable_by_key(|address| (Family::of(*address), *address));
    addresses.dedup();
    addresses
}

/// Adds announcements to allocations.
pub(super) struct Teller<'a> {
    config: &'a CiliumConfig,
    cluster: &'a Cluster,
    policies: Vec<Policy>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(config: &'a CiliumConfig, cluster: &'a Cluster) -> Self {
        let policies = config.l2_policies.iter().map(Policy::new).collect();
        Self { config, cluster, policies }
    }

    /// The view of the agents on this cluster.
    pub(super) fn agents(&self) -> Agents<'a> {
        Agents {
            version: self.config.version,
            settings: &self.config.settings,
            cluster: self.cluster,
        }
    }

    pub(super) fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// Every outcome that one allocation can have.
    pub(super) fn outcomes(&self, given: &Given, bounds: Bounds) -> Found<Outcome> {
        let agents = self.agents();
        let l2 = L2::new(&agents, &self.policies);
        let bgp = Bgp::new(&agents, self.config);
        let exposed: Vec<Exposed> = self
            .cluster
            .services
            .iter()
            .zip(&given.services)
            .map(|(service, one)| agents.exposed(service, &one.addresses))
            .collect();
        let services = self.allocations(given);
        explore(bounds, Clone::clone, |oracle| {
            let losers = agents.losers(&exposed, oracle);
            let scenery = Scenery { exposed: &exposed, losers: &losers };
            Ok(Outcome {
                services: services.clone(),
                l2: self.l2(&l2, &exposed, &losers),
                bgp: bgp.routes(&scenery, oracle),
            })
        })
    }

    fn allocations(&self, given: &Given) -> std::collections::BTreeMap<String, Allocation> {
        let load_balancers = self
            .cluster
            .services
            .iter()
            .zip(&given.services)
            .filter(|(service, _)| service.service_type == ServiceType::LoadBalancer);
        load_balancers
            .map(|(service, one)| {
                let reasons: Vec<String> = one.refusals.iter().map(ToString::to_string).collect();
                let allocation = Allocation {
                    ips: one.addresses.clone(),
                    pool: (!one.pools.is_empty()).then(|| one.pools.join(",")),
                    reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
                };
                (service.key.to_string(), allocation)
            })
            .collect()
    }

    fn l2(
        &self,
        l2: &L2<'_>,
        exposed: &[Exposed],
        losers: &[BTreeSet<ServiceId>],
    ) -> Vec<crate::simulate::decision::L2Announcement> {
        if !self.config.settings.l2_announcements {
            return Vec::new();
        }
        let services = self.cluster.services.iter().zip(exposed).enumerate();
        let mut announcements: Vec<_> = services
            .flat_map(|(id, (service, exposed))| l2.announce(id, service, exposed, losers))
            .collect();
        announcements.sort();
        announcements
    }
}

/// The decision that these outcomes make up.
pub(super) fn decision(
    config: &CiliumConfig,
    mut outcomes: Vec<Outcome>,
    truncated: bool,
    config_error: Option<String>,
) -> Decision {
    if config_error.is_some() {
        outcomes.clear();
    }
    outcomes.sort();
    Decision {
        engine: Engine::Cilium,
        version: config.version.to_string(),
        config_error,
        deterministic: outcomes.len() == 1 && !truncated,
        truncated,
        outcomes,
    }
}
