//! Addresses in pools that somebody else has.

use std::net::IpAddr;

use super::{Before, codes};
use crate::diagnostic::{Code, Diagnostic};
use crate::ip::{self, IpRange, IpSet};
use crate::manifest::{Node, Object, Value};
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
        for (cidr, of_whom) in cluster_cidrs(before.objects) {
            let Ok(prefix) = ip::parse_prefix(&cidr) else { continue };
            let range = IpRange::from_cidr(prefix.net());
            if !self.addresses.is_disjoint(&IpSet::from_iter([range])) {
                let what = format!("addresses of {cidr}, from which {of_whom}");
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

/// From which prefixes Pods get their addresses: what Nodes and cilium-config say.
fn cluster_cidrs(objects: &[Object]) -> Vec<(String, String)> {
    let mut cidrs = Vec::new();
    for object in objects {
        let texts = |path: &str| -> Vec<String> {
            match &object.node.nearest(path).value {
                Value::Seq(items) => {
                    items.iter().filter_map(Node::as_str).map(str::to_owned).collect()
                }
                _ => vec![],
            }
        };
        if object.kind == "Node" && object.group().is_empty() {
            let name = &object.meta.name;
            let of_node = texts("spec.podCIDRs").into_iter();
            cidrs.extend(of_node.map(|cidr| (cidr, format!("Pods of Node {name} get theirs"))));
        } else if object.kind == "ConfigMap" && object.meta.name == "cilium-config" {
            for key in ["cluster-pool-ipv4-cidr", "cluster-pool-ipv6-cidr"] {
                let text = object.node.nearest(&format!("data.{key}")).as_str().unwrap_or_default();
                let list = text.split([' ', ',']).filter(|cidr| !cidr.is_empty());
                cidrs.extend(list.map(|cidr| (cidr.to_owned(), "Pods get theirs".to_owned())));
            }
        }
    }
    cidrs
}
