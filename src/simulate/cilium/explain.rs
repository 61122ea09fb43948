//! Why one Service gets what it gets, step by step.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::Serialize;

use super::allocate::Allocator;
use super::bgp::{Bgp, NoBgp};
use super::frontends::Exposed;
use super::l2::{L2, NotACandidate};
use super::oracle::{Oracle, Stop};
use super::outcome::{Given, Teller};
use super::reason::Refusal;
use super::request::Request;
use super::rules::Rules;
use super::state::{KnownPool, ServiceId, State, World};
use super::{engine, start};
use crate::cilium::CiliumConfig;
use crate::cluster::{Cluster, Service, ServiceKey, ServiceType};
use crate::ip::Family;
use crate::simulate::decision::{BgpRoute, L2Announcement};

/// The reasons for what one Service gets, in the order in which Cilium comes upon
/// them. Where chance decides, this is one possible course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The Service.
    pub service: ServiceKey,
    /// The reasons.
    pub steps: Vec<Step>,
}

/// Why a pool gives a Service no address of a family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PassedOver {
    /// `spec.disabled`.
    Disabled,
    /// It is switched off, since it overlaps an older pool or itself.
    Conflicting,
    /// A block that cannot be read keeps the whole pool out.
    BadBlock(String),
    /// Its selector does not take the Service.
    OtherServices,
    /// Its selector cannot be compiled.
    BadSelector(String),
    /// It has no addresses of the family.
    OtherFamily,
    /// All its addresses are taken.
    Full,
}

/// One step on the way to a Service's addresses and announcements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "kind",
    content = "detail"
)]
pub enum Step {
    /// The Service is not of type LoadBalancer.
    NotALoadBalancer,
    /// Its status names these addresses.
    Holds(Vec<IpAddr>),
    /// It asks for these addresses.
    AsksFor(Vec<IpAddr>),
    /// It asks for an address of each of these families.
    Wants(Vec<Family>),
    /// It may share addresses under this key.
    SharesUnder(String),
    /// An address of that family is shared with others.
    Joins(IpAddr),
    /// A pool has no address of the family for it.
    PoolPassedOver {
        /// The pool.
        pool: String,
        /// The family.
        family: Family,
        /// Why.
        why: PassedOver,
    },
    /// Any of these pools may give the address: their order is left to chance.
    EitherOf(Vec<String>),
    /// It has these addresses.
    Given {
        /// Their pools.
        pools: Vec<String>,
        /// The addresses.
        addresses: Vec<IpAddr>,
    },
    /// It lacks something.
    Refused(Refusal),
    /// The operator does not get so far.
    Crash(String),
    /// An L2 policy is out of use.
    PolicyOutOfUse {
        /// The policy.
        policy: String,
        /// Why.
        why: String,
    },
    /// An L2 policy has nothing to announce for the Service: its selector, or the kinds
    /// of addresses.
    PolicyPassedOver(String),
    /// Its class is not the L2 announcer's.
    OtherClassOnL2,
    /// A node takes no part in the election for the Service.
    NotACandidate {
        /// The node.
        node: String,
        /// Why.
        why: NotACandidate,
    },
    /// Who may answer for one of its addresses.
    Announced(L2Announcement),
    /// A node sends a route to a peer.
    Route(BgpRoute),
    /// A node sends none of its routes to a peer, or to any.
    NoRoute {
        /// The node.
        node: String,
        /// The peer.
        peer: Option<String>,
        /// Why.
        why: NoBgp,
    },
}

/// What is noted of one Service while LB-IPAM runs.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    pub(super) service: ServiceId,
    pub(super) steps: Vec<Step>,
}

impl Allocator<'_, '_> {
    fn watches(&self, service: ServiceId) -> bool {
        self.state.watch.as_ref().is_some_and(|watch| watch.service == service)
    }

    pub(super) fn note(&mut self, service: ServiceId, step: impl FnOnce(&Self) -> Option<Step>) {
        if !self.watches(service) {
            return;
        }
        let step = step(self);
        if let Some(watch) = &mut self.state.watch {
            watch.steps.extend(step.filter(|step| !watch.steps.contains(step)));
        }
    }

    /// Notes which pools have no address for a Service, and between which chance decides.
    pub(super) fn note_pools(&mut self, service: ServiceId, family: Family, possible: &[usize]) {
        if !self.watches(service) {
            return;
        }
        let passed: Vec<Step> = self
            .state
            .pools
            .iter()
            .filter_map(|pool| {
                let why = self.passed_over(pool, service, family)?;
                Some(Step::PoolPassedOver { pool: pool.pool.name.clone(), family, why })
            })
            .collect();
        let name = |&pool: &usize| self.state.pools.get(pool).map(|pool| pool.pool.name.clone());
        let names: Vec<String> = possible.iter().filter_map(name).collect();
        for step in passed {
            self.note(service, |_| Some(step));
        }
        if names.len() > 1 {
            self.note(service, |_| Some(Step::EitherOf(names)));
        }
    }

    fn passed_over(
        &self,
        pool: &KnownPool,
        service: ServiceId,
        family: Family,
    ) -> Option<PassedOver> {
        let object = self.world.services.get(service)?;
        let of_family = |&&range: &&usize| {
            self.state.ranges.get(range).is_some_and(|range| range.span.family() == family)
        };
        if !pool.known {
            return None;
        }
        if pool.pool.disabled {
            Some(PassedOver::Disabled)
        } else if pool.conflicting {
            Some(PassedOver::Conflicting)
        } else if let Some(fault) = pool.pool.selects.fault() {
            Some(PassedOver::BadSelector(fault.to_owned()))
        } else if !pool.pool.selects.service(object) {
            Some(PassedOver::OtherServices)
        } else if !pool.ranges.iter().any(|range| of_family(&range)) {
            Some(PassedOver::OtherFamily)
        } else {
            let full = !pool.ranges.iter().any(|&range| self.state.has_room(range, family));
            full.then_some(PassedOver::Full)
        }
    }
}

/// Why one Service gets what it gets; `None` if there is no such Service.
pub fn explain(config: &CiliumConfig, cluster: &Cluster, key: &ServiceKey) -> Option<Explanation> {
    let id = cluster.services.iter().position(|service| service.key == *key)?;
    let service = cluster.services.get(id)?;
    let rules = Rules::new(config);
    let requests = engine::requests(cluster, &rules);
    let world = World { rules: &rules, services: &cluster.services, requests: &requests };
    let mut steps = requested(service, requests.get(id)?);
    let given = match allocated(&world, config, id, &mut steps) {
        Ok(given) => given,
        Err(crash) => {
            steps.push(Step::Crash(crash));
            return Some(Explanation { service: key.clone(), steps });
        }
    };
    announced(config, cluster, id, &given, &mut steps);
    Some(Explanation { service: key.clone(), steps })
}

fn requested(service: &Service, request: &Request) -> Vec<Step> {
    if service.service_type != ServiceType::LoadBalancer {
        return vec![Step::NotALoadBalancer];
    }
    let mut steps = Vec::new();
    let holds = start::status_of(service);
    if !holds.is_empty() {
        steps.push(Step::Holds(holds));
    }
    if !request.managed {
        return steps;
    }
    if request.addresses.is_empty() {
        let wanted = [Family::V4, Family::V6].into_iter().filter(|family| request.wants(*family));
        steps.push(Step::Wants(wanted.collect()));
    } else {
        steps.push(Step::AsksFor(request.addresses.clone()));
    }
    steps.extend(request.sharing_key.as_deref().map(|key| Step::SharesUnder(key.to_owned())));
    steps
}

fn allocated(
    world: &World<'_>,
    config: &CiliumConfig,
    id: ServiceId,
    steps: &mut Vec<Step>,
) -> Result<Given, String> {
    let pools = engine::pools(config);
    if world.rules.bad_block_spoils_pool {
        steps.extend(pools.iter().filter_map(|pool| {
            let why = PassedOver::BadBlock(pool.bad_block.clone()?);
            let family = Family::V4;
            Some(Step::PoolPassedOver { pool: pool.name.clone(), family, why })
        }));
    }
    let mut oracle = Oracle::default();
    let mut state = State::new(world.services.len());
    state.watch = Some(Watch { service: id, steps: Vec::new() });
    match engine::start_from(world, state, &pools, &mut oracle) {
        Err(Stop::Crash(how)) => Err(how),
        // The first course comes to no state twice.
        Err(Stop::Known) => Ok(Given { services: Vec::new() }),
        Ok(mut state) => {
            steps.extend(state.watch.take().map(|watch| watch.steps).unwrap_or_default());
            let given = Given::of(world, &mut state);
            if let Some(one) = given.services.get(id) {
                if !one.addresses.is_empty() {
                    let (pools, addresses) = (one.pools.clone(), one.addresses.clone());
                    steps.push(Step::Given { pools, addresses });
                }
                steps.extend(one.refusals.iter().cloned().map(Step::Refused));
            }
            Ok(given)
        }
    }
}

fn announced(
    config: &CiliumConfig,
    cluster: &Cluster,
    id: ServiceId,
    given: &Given,
    steps: &mut Vec<Step>,
) {
    let teller = Teller::new(config, cluster);
    let agents = teller.agents();
    let (Some(service), Some(one)) = (cluster.services.get(id), given.services.get(id)) else {
        return;
    };
    let exposed = agents.exposed(service, &one.addresses);
    if config.settings.l2_announcements {
        let l2 = L2::new(&agents, teller.policies());
        on_l2(&l2, cluster, id, service, &exposed, steps);
    }
    if config.settings.bgp_control_plane {
        let bgp = Bgp::new(&agents, config);
        let routes = bgp.routes_of(id, service, &exposed);
        for node in &cluster.nodes {
            for (peer, why) in bgp.silence(node, service, &exposed) {
                steps.push(Step::NoRoute { node: node.name.clone(), peer, why });
            }
        }
        steps.extend(routes.into_iter().map(Step::Route));
    }
}

fn on_l2(
    l2: &L2<'_>,
    cluster: &Cluster,
    id: ServiceId,
    service: &Service,
    exposed: &Exposed,
    steps: &mut Vec<Step>,
) {
    if !L2::takes_class(service) {
        steps.push(Step::OtherClassOnL2);
        return;
    }
    let matching = l2.policies_for(service, exposed);
    for (index, policy) in l2.policies.iter().enumerate() {
        match &policy.fault {
            Some(why) => {
                steps.push(Step::PolicyOutOfUse { policy: policy.name.clone(), why: why.clone() })
            }
            None if !matching.contains(&index) => {
                steps.push(Step::PolicyPassedOver(policy.name.clone()));
            }
            None => {}
        }
    }
    if matching.is_empty() {
        return;
    }
    for (at, node) in cluster.nodes.iter().enumerate() {
        if let Err(why) = l2.candidate(at, service, &matching, false) {
            steps.push(Step::NotACandidate { node: node.name.clone(), why });
        }
    }
    let nobody = vec![BTreeSet::new(); cluster.nodes.len()];
    steps.extend(l2.announce(id, service, exposed, &nobody).into_iter().map(Step::Announced));
}

mod text;

#[cfg(test)]
mod tests;
