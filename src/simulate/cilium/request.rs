//! What a Service asks of LB-IPAM.

use std::net::IpAddr;

use serde::Serialize;

use super::rules::Rules;
use crate::cilium::DefaultIpam;
use crate::cluster::{IpFamilyPolicy, Service, ServiceType, TrafficPolicy};
use crate::ip::{self, Family};

/// The loadBalancerClass of Services for the BGP control plane.
pub(crate) const BGP_CLASS: &str = "io.cilium/bgp-control-plane";
/// The loadBalancerClass of Services for L2 announcements.
pub(crate) const L2_CLASS: &str = "io.cilium/l2-announcer";

/// An annotation with the name it had before.
type Annotation = [&'static str; 2];

const ADDRESSES: Annotation = ["lbipam.cilium.io/ips", "io.cilium/lb-ipam-ips"];
const SHARING_KEY: Annotation = ["lbipam.cilium.io/sharing-key", "io.cilium/lb-ipam-sharing-key"];
const ACROSS_NAMESPACES: Annotation =
    ["lbipam.cilium.io/sharing-cross-namespace", "io.cilium/lb-ipam-sharing-cross-namespace"];

/// What a Service asks of LB-IPAM.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Request {
    /// Whether LB-IPAM cares for the Service at all.
    pub(super) managed: bool,
    pub(super) v4: bool,
    pub(super) v6: bool,
    /// Addresses asked for; families then do not count.
    pub(super) addresses: Vec<IpAddr>,
    /// The sharing key, if it has one.
    pub(super) sharing_key: Option<Box<str>>,
}

impl Request {
    pub(super) fn new(service: &Service, rules: &Rules) -> Self {
        if !is_managed(service, rules) {
            return Self::default();
        }
        let (v4, v6) = families(service, rules);
        let key = annotation(service, SHARING_KEY).filter(|key| !key.is_empty());
        Self {
            managed: true,
            v4,
            v6,
            addresses: addresses(service),
            sharing_key: key.map(Into::into),
        }
    }

    pub(super) fn wants(&self, family: Family) -> bool {
        match family {
            Family::V4 => self.v4,
            Family::V6 => self.v6,
        }
    }

    /// Whether these addresses are all that is asked for.
    pub(super) fn is_satisfied_by(&self, held: impl Iterator<Item = IpAddr> + Clone) -> bool {
        if !self.addresses.is_empty() {
            return self
                .addresses
                .iter()
                .all(|asked| held.clone().any(|address| address == *asked));
        }
        let has = |family| held.clone().any(|address| Family::of(address) == family);
        (!self.v4 || has(Family::V4)) && (!self.v6 || has(Family::V6))
    }
}

/// LB-IPAM takes Services without a class where it is the default, and those of the
/// classes whose announcer is on.
fn is_managed(service: &Service, rules: &Rules) -> bool {
    service.service_type == ServiceType::LoadBalancer
        && match service.load_balancer_class.as_deref() {
            None => rules.settings.default_lb_service_ipam == DefaultIpam::LbIpam,
            Some(BGP_CLASS) => rules.settings.bgp_control_plane,
            Some(L2_CLASS) => rules.settings.l2_announcements,
            Some(_) => false,
        }
}

fn families(service: &Service, rules: &Rules) -> (bool, bool) {
    let settings = &rules.settings;
    let listed = &service.ip_families;
    match (service.ip_family_policy, listed.first()) {
        (Some(IpFamilyPolicy::RequireDualStack), _)
        | (Some(IpFamilyPolicy::PreferDualStack), None) => (settings.ipv4, settings.ipv6),
        (Some(IpFamilyPolicy::PreferDualStack), Some(_)) => (
            settings.ipv4 && listed.contains(&Family::V4),
            settings.ipv6 && listed.contains(&Family::V6),
        ),
        (Some(IpFamilyPolicy::SingleStack) | None, Some(first)) => {
            (*first == Family::V4, *first == Family::V6)
        }
        (Some(IpFamilyPolicy::SingleStack) | None, None) => {
            (settings.ipv4, !settings.ipv4 && settings.ipv6)
        }
    }
}

/// `spec.loadBalancerIP` and the annotation together; what is no address is passed over.
fn addresses(service: &Service) -> Vec<IpAddr> {
    let field = service.load_balancer_ip.as_deref().filter(|text| !text.is_empty());
    let listed = annotation(service, ADDRESSES).into_iter().flat_map(|list| list.split(','));
    let mut addresses: Vec<IpAddr> = field
        .into_iter()
        .chain(listed.map(str::trim))
        .filter_map(|text| ip::parse_addr_as_written(text).ok())
        .collect();
    addresses.dedup();
    addresses
}

/// The newer name goes first, even where its value is empty.
fn annotation(service: &Service, names: Annotation) -> Option<&str> {
    names.iter().find_map(|name| service.annotations.get(*name)).map(String::as_str)
}

/// The namespaces with which a Service shares, as they are written.
pub(super) fn across_namespaces(service: &Service) -> Option<&str> {
    annotation(service, ACROSS_NAMESPACES)
}

/// Why two Services cannot share an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Incompatible {
    /// Their sharing keys differ.
    Key,
    /// They are in different namespaces and do not both allow it.
    Namespace,
    /// They have a port in common.
    Port,
    /// Their external traffic policies differ.
    TrafficPolicy,
    /// Both have the traffic policy Local, and one has no selector.
    NoSelector,
    /// Both have the traffic policy Local, and their selectors differ.
    Selector,
}

impl std::fmt::Display for Incompatible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Key => "the sharing keys differ",
            Self::Namespace => "they are in different namespaces that do not both allow sharing",
            Self::Port => "they have a port in common",
            Self::TrafficPolicy => "the external traffic policies differ",
            Self::NoSelector => "both are Local and one of them has no selector",
            Self::Selector => "both are Local and their selectors differ",
        })
    }
}

/// Whether two Services with these requests may share an address.
pub(super) fn compatible(
    (one, one_request): (&Service, &Request),
    (other, other_request): (&Service, &Request),
    rules: &Rules,
) -> Result<(), Incompatible> {
    if one_request.sharing_key != other_request.sharing_key {
        return Err(Incompatible::Key);
    }
    if one.key.namespace != other.key.namespace
        && !(allows(one, &other.key.namespace) && allows(other, &one.key.namespace))
    {
        return Err(Incompatible::Namespace);
    }
    let clash = one.ports.iter().any(|port| {
        other.ports.iter().any(|second| {
            port.port == second.port
                && (!rules.protocol_tells_apart || port.protocol == second.protocol)
        })
    });
    if clash {
        return Err(Incompatible::Port);
    }
    if one.external_traffic_policy != other.external_traffic_policy {
        return Err(Incompatible::TrafficPolicy);
    }
    if one.external_traffic_policy == TrafficPolicy::Local {
        if one.selector.is_empty() || other.selector.is_empty() {
            return Err(Incompatible::NoSelector);
        }
        if one.selector != other.selector {
            return Err(Incompatible::Selector);
        }
    }
    Ok(())
}

/// Whether a Service lets Services of a namespace share with it; names are not trimmed.
fn allows(service: &Service, namespace: &str) -> bool {
    across_namespaces(service)
        .is_some_and(|list| list.split(',').any(|name| name == "*" || name == namespace))
}

#[cfg(test)]
mod tests;
