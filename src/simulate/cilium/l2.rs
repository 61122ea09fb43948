//! Who may answer for which address on the link (`pkg/l2announcer`).
//!
//! Every node that a policy gives something to announce for a Service takes part in
//! the election for that Service's lease, whether or not it would then answer for
//! each address on some interface.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Serialize;

use super::frontends::{Agents, Exposed};
use super::goregex::{GoRegex, RegexError};
use super::labels::Selects;
use super::request::L2_CLASS;
use super::state::ServiceId;
use crate::cilium::{Feature, L2AnnouncementPolicySpec};
use crate::cluster::{Node, Service, TrafficPolicy};
use crate::ip::Family;
use crate::manifest::Resource;
use crate::simulate::decision::L2Announcement;

/// A CiliumL2AnnouncementPolicy.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) name: String,
    pub(super) nodes: Selects,
    pub(super) services: Selects,
    pub(super) load_balancer: bool,
    pub(super) external: bool,
    interfaces: Vec<GoRegex>,
    /// Why it is out of use.
    pub(super) fault: Option<String>,
}

impl Policy {
    pub(super) fn new(resource: &Resource<L2AnnouncementPolicySpec>) -> Self {
        let spec = &resource.spec;
        let nodes = Selects::or_every(spec.node_selector.as_ref());
        let services = Selects::or_every(spec.service_selector.as_ref());
        let compiled: Result<Vec<GoRegex>, (&String, RegexError)> = spec
            .interfaces
            .iter()
            .map(|text| GoRegex::new(text).map_err(|error| (text, error)))
            .collect();
        let (interfaces, bad) = match compiled {
            Ok(interfaces) => (interfaces, None),
            Err((text, error)) => (Vec::new(), Some(format!("interface {text:?}: {error}"))),
        };
        let selector = nodes.fault().or(services.fault()).map(str::to_owned);
        Self {
            name: resource.meta.name.clone(),
            load_balancer: spec.load_balancer_ips.unwrap_or(false),
            external: spec.external_ips.unwrap_or(false),
            fault: selector.or(bad),
            nodes,
            services,
            interfaces,
        }
    }

    /// The node's interfaces on which it announces; no expression means all.
    fn devices<'n>(&self, node: &'n Node, agents: &Agents<'_>) -> BTreeSet<&'n str> {
        let managed = node.interfaces.iter().map(String::as_str);
        managed
            .filter(|name| agents.settings.manages_device(name))
            .filter(|name| {
                self.interfaces.is_empty() || self.interfaces.iter().any(|re| re.is_match(name))
            })
            .collect()
    }
}

/// Why a node takes no part in the election for a Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NotACandidate {
    /// The Service is not exposed there, or lost its frontends to another.
    NoFrontends,
    /// No policy that takes the Service takes the node.
    NoPolicy,
    /// It has no endpoint of a Service with traffic policy Local.
    NoLocalEndpoint,
}

/// The policies on the nodes of a cluster.
pub(super) struct L2<'a> {
    pub(super) agents: &'a Agents<'a>,
    pub(super) policies: &'a [Policy],
    /// For each node, the policies in use there with their interfaces.
    on_node: Vec<Vec<(usize, BTreeSet<&'a str>)>>,
}

impl<'a> L2<'a> {
    pub(super) fn new(agents: &'a Agents<'a>, policies: &'a [Policy]) -> Self {
        let on_node = agents
            .cluster
            .nodes
            .iter()
            .map(|node| {
                let taken = policies.iter().enumerate().filter(|(_, policy)| {
                    policy.fault.is_none() && policy.nodes.labels(&node.labels)
                });
                taken.map(|(index, policy)| (index, policy.devices(node, agents))).collect()
            })
            .collect();
        Self { agents, policies, on_node }
    }

    /// Whether the announcer cares for a Service of this class.
    pub(super) fn takes_class(service: &Service) -> bool {
        service.load_balancer_class.as_deref().is_none_or(|class| class == L2_CLASS)
    }

    /// The policies that take a Service and have an address to announce for it.
    pub(super) fn policies_for(&self, service: &Service, exposed: &Exposed) -> Vec<usize> {
        let takes = |policy: &Policy| {
            let kinds = (policy.load_balancer && !exposed.load_balancer.is_empty())
                || (policy.external && !exposed.external.is_empty());
            policy.fault.is_none() && kinds && policy.services.service(service)
        };
        self.policies.iter().enumerate().filter(|(_, p)| takes(p)).map(|(i, _)| i).collect()
    }

    /// Whether a node takes part in the election for a Service; with which policies.
    pub(super) fn candidate(
        &self,
        at: usize,
        service: &Service,
        matching: &[usize],
        lost: bool,
    ) -> Result<Vec<&(usize, BTreeSet<&'a str>)>, NotACandidate> {
        let Some(node) = self.agents.cluster.nodes.get(at) else {
            return Err(NotACandidate::NoPolicy);
        };
        if lost || !self.agents.is_exposed_on(service, node) {
            return Err(NotACandidate::NoFrontends);
        }
        let policies: Vec<&(usize, BTreeSet<&str>)> = self
            .on_node
            .get(at)
            .into_iter()
            .flatten()
            .filter(|(index, _)| matching.contains(index))
            .collect();
        if policies.is_empty() {
            return Err(NotACandidate::NoPolicy);
        }
        let needs_endpoint = self.agents.version.has(Feature::L2NeedsLocalBackend)
            && service.external_traffic_policy == TrafficPolicy::Local;
        let has_endpoint = || {
            [Family::V4, Family::V6]
                .into_iter()
                .any(|family| self.agents.backends(service, family, node).1)
        };
        if needs_endpoint && !has_endpoint() {
            return Err(NotACandidate::NoLocalEndpoint);
        }
        Ok(policies)
    }

    /// All announcements of one Service.
    pub(super) fn announce(
        &self,
        id: ServiceId,
        service: &Service,
        exposed: &Exposed,
        losers: &[BTreeSet<ServiceId>],
    ) -> Vec<L2Announcement> {
        if !Self::takes_class(service) {
            return Vec::new();
        }
        let matching = self.policies_for(service, exposed);
        if matching.is_empty() {
            return Vec::new();
        }
        let mut candidates: Vec<&str> = Vec::new();
        let mut answers: BTreeMap<IpAddr, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
        for (at, node) in self.agents.cluster.nodes.iter().enumerate() {
            let lost = losers.get(at).is_some_and(|losers| losers.contains(&id));
            let Ok(policies) = self.candidate(at, service, &matching, lost) else { continue };
            candidates.push(&node.name);
            for (index, devices) in policies {
                for address in self.addresses_of(*index, exposed) {
                    let there = answers.entry(address).or_default().entry(&node.name).or_default();
                    if self.answers_family(address) {
                        there.extend(devices);
                    }
                }
            }
        }
        candidates.sort_unstable();
        let name = service.key.to_string();
        answers
            .into_iter()
            .map(|(ip, there)| L2Announcement {
                service: name.clone(),
                ip,
                candidates: candidates.iter().map(ToString::to_string).collect(),
                leader: None,
                interfaces: candidates
                    .iter()
                    .map(|node| {
                        let devices = there.get(node).into_iter().flatten();
                        ((*node).to_owned(), devices.map(ToString::to_string).collect())
                    })
                    .collect(),
            })
            .collect()
    }

    fn addresses_of(&self, policy: usize, exposed: &Exposed) -> Vec<IpAddr> {
        let Some(policy) = self.policies.get(policy) else { return Vec::new() };
        let load_balancer = exposed.load_balancer.iter().filter(|_| policy.load_balancer);
        let external = exposed.external.iter().filter(|_| policy.external);
        load_balancer.chain(external).copied().collect()
    }

    /// Before IPv6 was announced, the lease of such an address was taken in silence.
    fn answers_family(&self, address: IpAddr) -> bool {
        Family::of(address) == Family::V4 || self.agents.version.has(Feature::L2Ipv6)
    }
}
