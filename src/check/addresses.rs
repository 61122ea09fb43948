//! Addresses in pools that somebody else has.

use std::net::IpAddr;

use super::cidrs::{self, Inside, Whose};
use super::{Before, codes};
use crate::diagnostic::{Code, Diagnostic};
use crate::ip::{self, IpRange, IpSet};
use crate::metallb::{Endpoint, Pool};

pub(super) fn look(before: &Before<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for pool in &before.config.pools {
        let look = Look { pool, addresses: addresses(pool) };
        look.nodes(before, &mut found);
        look.inside(before, &mut found);
        look.routers(before, &mut found);
        look.external_ips(before, &mut found);
    }
    found
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
        IpRange::new(ip, ip)
            .is_some_and(|one| !self.addresses.is_disjoint(&IpSet::from_iter([one])))
    }

    fn say(&self, code: &'static Code, what: &str) -> Diagnostic {
        Diagnostic::error(code, format!("pool {} holds {what}", self.pool.name()))
            .object(self.pool.meta.reference("IPAddressPool"))
            .label(self.pool.origin.span("spec.addresses"), "holds it")
            .help("take it out of the pool")
    }

    fn nodes(&self, before: &Before<'_>, found: &mut Vec<Diagnostic>) {
        for node in &before.cluster.nodes {
            for ip in node.internal_ips.iter().filter(|ip| self.holds(**ip)) {
                let what = format!("{ip}, which is the address of Node {}", node.name);
                let span = node.origin.span("status.addresses");
                found.push(self.say(codes::NODE_ADDRESS, &what).label(span, "the Node's"));
            }
        }
    }

    /// Pods' and Services' addresses.
    fn inside(&self, before: &Before<'_>, found: &mut Vec<Diagnostic>) {
        for Inside { cidr, whose, by } in cidrs::inside(before.objects) {
            let Ok(prefix) = ip::parse_prefix(&cidr) else { continue };
            let range = IpRange::from_cidr(prefix.net());
            if !self.addresses.is_disjoint(&IpSet::from_iter([range])) {
                let what =
                    format!("addresses of {cidr}, from which {} get theirs by {by}", whose.words());
                found.push(self.say(codes::CLUSTER_ADDRESS, &what));
            }
        }
        let services = before.cluster.services.iter();
        let taken = services
            .filter_map(|service| {
                let ips = service.cluster_ips.iter().filter_map(|ip| ip.parse().ok());
                let ip = ips.into_iter().find(|ip| self.holds(*ip))?;
                Some((service, ip))
            })
            .next();
        if let Some((service, ip)) = taken {
            let what = format!("{ip}, which is the clusterIP of Service {}", service.key);
            let span = service.origin.span("spec.clusterIP");
            found.push(self.say(codes::CLUSTER_ADDRESS, &what).label(span, "the Service's"));
        }
    }

    fn routers(&self, before: &Before<'_>, found: &mut Vec<Diagnostic>) {
        for peer in &before.config.peers {
            if let Endpoint::Address(ip) = peer.endpoint
                && self.holds(ip)
            {
                let what = format!("{ip}, which is the address of BGPPeer {}", peer.meta.name);
                let span = peer.origin.span("spec.peerAddress");
                found.push(self.say(codes::ROUTER_ADDRESS, &what).label(span, "the router's"));
            }
        }
        for ip in before.gateways.iter().filter(|ip| self.holds(**ip)) {
            let what = format!("{ip}, which is the address of a gateway");
            found.push(self.say(codes::ROUTER_ADDRESS, &what));
        }
    }

    fn external_ips(&self, before: &Before<'_>, found: &mut Vec<Diagnostic>) {
        for service in &before.cluster.services {
            let ips = service.external_ips.iter().filter_map(|ip| ip.parse().ok());
            for ip in ips.into_iter().filter(|ip| self.holds(*ip)) {
                let what = format!("{ip}, which Service {} names as an externalIP", service.key);
                let span = service.origin.span("spec.externalIPs");
                found.push(self.say(codes::EXTERNAL_IP, &what).label(span, "named here"));
            }
        }
    }
}
