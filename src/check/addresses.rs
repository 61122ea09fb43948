//! Addresses in pools that somebody else has.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::cidrs::{self, Inside, Whose};
use super::{Before, codes};
use crate::cluster::{Node, Service};
use crate::diagnostic::{Code, Diagnostic};
use crate::ip::{self, IpRange, IpSet};
use crate::metallb::{AddressEntry, Addresses, Endpoint, Peer, Pool};

pub(super) fn look(before: &Before<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let others = Others::new(before);
    for pool in &before.config.pools {
        let look = Look { pool, addresses: addresses(pool) };
        look.nodes(&others, &mut found);
        look.inside(&others, &mut found);
        look.routers(&others, &mut found);
        look.external_ips(&others, &mut found);
    }
    found
}

/// Whose the addresses are that some pool holds, too. Mostly there are none, however
/// many pools, Nodes and Services there are.
struct Others<'a> {
    nodes: Vec<(&'a Node, IpAddr)>,
    inside: Vec<(Inside, IpRange)>,
    cluster_ips: Vec<(&'a Service, IpAddr)>,
    peers: Vec<(&'a Peer, IpAddr)>,
    gateways: BTreeSet<IpAddr>,
    external_ips: Vec<(&'a Service, IpAddr)>,
}

impl<'a> Others<'a> {
    fn new(before: &Before<'a>) -> Self {
        let pools = before.config.pools.iter();
        let all: IpSet =
            pools.flat_map(|pool| pool.addresses.iter()).filter_map(AddressEntry::range).collect();
        let cluster = before.cluster;
        let parsed = |texts: &'a [String]| texts.iter().filter_map(|text| text.parse().ok());
        let nodes = cluster.nodes.iter();
        let nodes = nodes.flat_map(|node| node.internal_ips.iter().map(move |ip| (node, *ip)));
        let inside = cidrs::inside(before.objects).into_iter().filter_map(|inside| {
            let prefix = ip::parse_prefix(&inside.cidr).ok()?;
            Some((inside, IpRange::from_cidr(prefix.net())))
        });
        let services = cluster.services.iter();
        let cluster_ips =
            services.clone().flat_map(|one| parsed(&one.cluster_ips).map(move |ip| (one, ip)));
        let external_ips =
            services.flat_map(|one| parsed(&one.external_ips).map(move |ip| (one, ip)));
        let peers = before.config.peers.iter().filter_map(|peer| match peer.endpoint {
            Endpoint::Address(ip) => Some((peer, ip)),
            _ => None,
        });
        Self {
            nodes: nodes.filter(|(_, ip)| all.contains(*ip)).collect(),
            inside: inside.filter(|(_, range)| !all.is_disjoint(&(*range).into())).collect(),
            cluster_ips: cluster_ips.filter(|(_, ip)| all.contains(*ip)).collect(),
            peers: peers.filter(|(_, ip)| all.contains(*ip)).collect(),
            gateways: before.gateways.iter().copied().filter(|ip| all.contains(*ip)).collect(),
            external_ips: external_ips.filter(|(_, ip)| all.contains(*ip)).collect(),
        }
    }
}

/// What is not known of the cluster, so that nothing is said about it.
pub(super) fn unknown(before: &Before<'_>) -> Vec<String> {
    let inside = cidrs::inside(before.objects);
    let mut unknown = Vec::new();
    for (whose, sources) in [
        (Whose::Pods, "Nodes, cilium-config, kubeadm-config, CiliumNodes, CiliumPodIPPools"),
        (Whose::Services, "ServiceCIDRs, kubeadm-config, Pods of kube-apiserver"),
    ] {
        if !inside.iter().any(|one| one.whose == whose) {
            unknown.push(format!(
                "from which prefixes {} get their addresses (none of these says it: {sources})",
                whose.words()
            ));
        }
    }
    if before.gateways.is_empty() {
        unknown.push(
            "gateways of the Nodes, which no resource names: only BGP peers were looked at \
             (--gateway ADDRESS)"
                .to_owned(),
        );
    }
    for pool in &before.config.pools {
        let unfilled = pool.addresses.iter().filter(|entry| {
            matches!(entry.holds, Addresses::UnfilledCidr(_) | Addresses::UnfilledRange(..))
        });
        unknown.extend(unfilled.map(|entry| {
            let (text, name) = (&entry.text, pool.name());
            format!(
                "`{text}` of pool {name}, a placeholder that is not filled in (--set NAME=VALUE)"
            )
        }));
    }
    unknown
}

fn addresses(pool: &Pool) -> IpSet {
    pool.addresses.iter().filter_map(|entry| entry.range()).collect()
}

struct Look<'a> {
    pool: &'a Pool,
    addresses: IpSet,
}

impl Look<'_> {
    fn holds(&self, ip: IpAddr) -> bool {
        self.addresses.contains(ip)
    }

    fn say(&self, code: &'static Code, what: &str) -> Diagnostic {
        Diagnostic::error(code, format!("pool {} holds {what}", self.pool.name()))
            .object(self.pool.meta.reference("IPAddressPool"))
            .label(self.pool.origin.span("spec.addresses"), "holds it")
            .help("take it out of the pool")
    }

    fn nodes(&self, others: &Others<'_>, found: &mut Vec<Diagnostic>) {
        for (node, ip) in others.nodes.iter().filter(|(_, ip)| self.holds(*ip)) {
            let what = format!("{ip}, which is the address of Node {}", node.name);
            let span = node.origin.span("status.addresses");
            found.push(self.say(codes::NODE_ADDRESS, &what).label(span, "the Node's"));
        }
    }

    /// Pods' and Services' addresses.
    fn inside(&self, others: &Others<'_>, found: &mut Vec<Diagnostic>) {
        for (Inside { cidr, whose, by }, range) in &others.inside {
            if !self.addresses.is_disjoint(&(*range).into()) {
                let what =
                    format!("addresses of {cidr}, from which {} get theirs by {by}", whose.words());
                found.push(self.say(codes::CLUSTER_ADDRESS, &what));
            }
        }
        let taken = others.cluster_ips.iter().find(|(_, ip)| self.holds(*ip));
        if let Some((service, ip)) = taken {
            let what = format!("{ip}, which is the clusterIP of Service {}", service.key);
            let span = service.origin.span("spec.clusterIP");
            found.push(self.say(codes::CLUSTER_ADDRESS, &what).label(span, "the Service's"));
        }
    }

    fn routers(&self, others: &Others<'_>, found: &mut Vec<Diagnostic>) {
        for (peer, ip) in others.peers.iter().filter(|(_, ip)| self.holds(*ip)) {
            let what = format!("{ip}, which is the address of BGPPeer {}", peer.meta.name);
            let span = peer.origin.span("spec.peerAddress");
            found.push(self.say(codes::ROUTER_ADDRESS, &what).label(span, "the router's"));
        }
        for ip in others.gateways.iter().filter(|ip| self.holds(**ip)) {
            let what = format!("{ip}, which is the address of a gateway");
            found.push(self.say(codes::ROUTER_ADDRESS, &what));
        }
    }

    fn external_ips(&self, others: &Others<'_>, found: &mut Vec<Diagnostic>) {
        for (service, ip) in others.external_ips.iter().filter(|(_, ip)| self.holds(*ip)) {
            let what = format!("{ip}, which Service {} names as an externalIP", service.key);
            let span = service.origin.span("spec.externalIPs");
            found.push(self.say(codes::EXTERNAL_IP, &what).label(span, "named here"));
        }
    }
}
