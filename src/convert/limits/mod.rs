//! Differences that no configuration can mend: said of the Services and Nodes
//! at hand that they touch, and as assumptions where they touch none.

mod bgp;
mod draining;
mod l2;
mod nodes;
mod services;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::announcements::{BgpGroup, L2Group, bgp_groups, l2_groups};
use super::assignment::{Assignment, visible_labels};
use super::services::{Request, Target, is_ours, request, sharing_key, targets};
use super::words::list;
use super::{Context, ServicePatch};
use crate::cluster::{Service, ServiceKey};
use crate::diagnostic::{Code, Diagnostic};
use crate::selector::LabelSelector;

/// What the checks look at.
struct View<'a> {
    assignment: &'a Assignment,
    patches: BTreeMap<&'a ServiceKey, &'a ServicePatch>,
    /// The pools that are asked for: MetalLB goes on to serve the others.
    wanted: BTreeSet<usize>,
    /// Of the pools that are asked for, as the BGP groups.
    l2_groups: Vec<L2Group<'a>>,
    bgp_groups: Vec<BgpGroup<'a>>,
    /// The groups of BGPAdvertisements that are for each pool.
    bgp_of_pool: BTreeMap<usize, Vec<usize>>,
    served: Vec<Served<'a>>,
}

/// A Service that MetalLB serves, or will.
struct Served<'a> {
    service: &'a Service,
    /// The pool of its address, or those from which it may get one.
    pools: BTreeSet<usize>,
    /// The addresses that it holds or asks for.
    addresses: Vec<IpAddr>,
}

/// Says them all; how many Services at hand are announced on L2.
pub(super) fn say(
    context: &mut Context<'_>,
    assignment: &Assignment,
    patches: &[ServicePatch],
) -> usize {
    let view = View::new(context, assignment, patches);
    l2::say(context, &view);
    bgp::say(context, &view);
    draining::say(context, &view);
    services::say(context, &view);
    nodes::say(context, &view);
    view.on_l2().count()
}

fn served<'a>(context: &Context<'a>, assignment: &Assignment) -> Vec<Served<'a>> {
    let targets: BTreeMap<_, Target> =
        targets(context).into_iter().map(|(service, target)| (&service.key, target)).collect();
    let class = context.options.lb_class.as_deref();
    let ours = context.cluster.services.iter().filter(|service| is_ours(service, class));
    ours.filter_map(|service| match targets.get(&service.key) {
        Some(target) => Some(Served {
            service,
            pools: [target.pool].into(),
            addresses: target.addresses.clone(),
        }),
        None if request(service) == Request::Any => {
            let labels = visible_labels(service, None);
            let pools = 0..context.config.pools.len();
            let pools = pools.filter(|pool| assignment.is_natural(*pool, &labels)).collect();
            Some(Served { service, pools, addresses: vec![] })
        }
        None => None,
    })
    .collect()
}

impl<'a> View<'a> {
    fn new(context: &Context<'a>, assignment: &'a Assignment, patches: &'a [ServicePatch]) -> Self {
        let config = context.config;
        let pools = config.pools.iter().enumerate();
        let wanted = pools.filter(|(_, pool)| context.wants_pool(pool.name()));
        let wanted: BTreeSet<usize> = wanted.map(|(at, _)| at).collect();
        let mut l2_groups = l2_groups(config);
        l2_groups.iter_mut().for_each(|group| group.pools.retain(|pool| wanted.contains(pool)));
        let mut bgp_groups = if config.peers.is_empty() { vec![] } else { bgp_groups(config) };
        bgp_groups.iter_mut().for_each(|group| group.pools.retain(|pool| wanted.contains(pool)));
        let mut bgp_of_pool: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, group) in bgp_groups.iter().enumerate() {
            for pool in &group.pools {
                bgp_of_pool.entry(*pool).or_default().push(index);
            }
        }
        let served = served(context, assignment);
        let patches = patches.iter().map(|patch| (&patch.key, patch)).collect();
        Self { assignment, patches, wanted, l2_groups, bgp_groups, bgp_of_pool, served }
    }

    /// The labels that Cilium's selectors will see on a Service.
    fn labels_of(&self, service: &Service) -> BTreeMap<String, String> {
        let mut labels = visible_labels(service, None);
        if let Some(patch) = self.patches.get(&service.key) {
            labels.extend(patch.labels.clone());
        }
        labels
    }

    /// The Services that are announced on L2.
    fn on_l2(&self) -> impl Iterator<Item = &'a Service> {
        let on_l2 = |served: &&Served<'_>| {
            self.l2_groups.iter().any(|group| {
                !group.pools.is_disjoint(&served.pools)
                    && selects(&group.members[0].service_selectors, served.service)
            })
        };
        self.served.iter().filter(on_l2).map(|served| served.service)
    }

    /// The Services that MetalLB serves, or will.
    fn served_keys(&self) -> BTreeSet<&'a ServiceKey> {
        self.served.iter().map(|served| &served.service.key).collect()
    }

    /// The groups of BGPAdvertisements that announce a Service.
    fn bgp_groups_of(&self, served: &Served<'_>) -> BTreeSet<usize> {
        let of_pools = served.pools.iter().filter_map(|pool| self.bgp_of_pool.get(pool)).flatten();
        let selectors = |index: usize| &self.bgp_groups[index].members[0].service_selectors;
        of_pools.copied().filter(|index| selects(selectors(*index), served.service)).collect()
    }

    /// Services that share an address, or will: by address, and those that have
    /// none yet by their key.
    fn sharing(&self) -> Vec<Vec<&Served<'a>>> {
        let mut by_address: BTreeMap<IpAddr, Vec<&Served<'a>>> = BTreeMap::new();
        let mut by_key: BTreeMap<&str, Vec<&Served<'a>>> = BTreeMap::new();
        for served in self.served.iter().filter(|one| !one.pools.is_disjoint(&self.wanted)) {
            for address in &served.addresses {
                by_address.entry(*address).or_default().push(served);
            }
            if let Some(key) = sharing_key(served.service).filter(|key| !key.is_empty()) {
                by_key.entry(key).or_default().push(served);
            }
        }
        // Under one key, those that hold different addresses do not share.
        let by_key = by_key
            .into_values()
            .filter(|group| group.iter().any(|served| served.addresses.is_empty()));
        let groups = by_address.into_values().chain(by_key);
        groups.filter(|group| group.len() > 1).collect()
    }
}

/// Whether an advertisement with these `serviceSelectors` is for the Service.
fn selects(selectors: &[LabelSelector], service: &Service) -> bool {
    selectors.is_empty() || selectors.iter().any(|one| one.matches(&service.labels))
}

/// The pools of any of the groups.
fn union<'p>(pools: impl Iterator<Item = &'p BTreeSet<usize>>) -> BTreeSet<usize> {
    pools.flatten().copied().collect()
}

/// One code said of some Services: `lossy` where there are any, else `note`.
struct Finding<'s> {
    code: &'static Code,
    /// What Cilium does otherwise; completed by the Services at hand.
    what: String,
    help: &'static str,
    services: Vec<&'s Service>,
    /// Whether nobody can be served either way.
    without_impact: bool,
}

impl Finding<'_> {
    fn say(self, context: &mut Context<'_>) {
        let names: Vec<String> =
            self.services.iter().map(|service| service.key.to_string()).collect();
        let diagnostic = if names.is_empty() {
            Diagnostic::assumption(self.code, format_args!("no Service is touched: {}", self.what))
        } else {
            let which = list(names.iter().map(String::as_str));
            let noun = if names.len() == 1 { "Service" } else { "Services" };
            let message = format!("{noun} {which}: {}", self.what);
            if self.without_impact {
                Diagnostic::lossy_without_impact(self.code, message)
            } else {
                Diagnostic::lossy(self.code, message)
            }
        };
        let mut diagnostic = diagnostic.help(self.help);
        for service in &self.services {
            diagnostic = diagnostic.label(service.origin.span("metadata.name"), "touched");
        }
        if let [service] = self.services[..] {
            diagnostic = diagnostic.object(crate::diagnostic::ObjectRef {
                kind: "Service".to_owned(),
                namespace: service.key.namespace.clone(),
                name: service.key.name.clone(),
            });
        }
        context.found.push(diagnostic);
    }
}
