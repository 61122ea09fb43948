//! The routes of a Decision, with the attributes that they have of themselves.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::ip::{Family, parse_cidr};
use crate::simulate::decision::{BgpRoute, Decision};

/// A route to a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The prefix.
    pub prefix: IpNet,
    /// What it has in common with others.
    pub shared: Shared,
}

/// What routes have in common that go into one UPDATE.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shared {
    /// LOCAL_PREF, where one is set.
    pub local_pref: Option<u32>,
    /// COMMUNITIES (RFC 1997).
    pub communities: Vec<u32>,
    /// LARGE_COMMUNITY (RFC 8092).
    pub large: Vec<[u32; 3]>,
}

/// The addresses of this host that routes lead to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NextHops {
    /// For IPv4.
    pub v4: Option<Ipv4Addr>,
    /// For IPv6: a global address, or an IPv4 address in the form of one.
    pub v6: Option<Ipv6Addr>,
    /// Whether IPv4 goes with the one for IPv6, even where the peer has not agreed to that
    /// (RFC 8950).
    pub v4_by_v6: bool,
    /// The link-local address, where the peer is on that link by its own (RFC 2545).
    pub link_local: Option<Ipv6Addr>,
}

impl Route {
    fn new(route: &BgpRoute) -> Result<Self, String> {
        let unread = |text: &str| format!("{text:?} of {} cannot be sent", route.prefix);
        let prefix = parse_cidr(&route.prefix).map_err(|_| unread(&route.prefix))?.net();
        let mut shared = Shared { local_pref: route.local_pref, ..Shared::default() };
        for text in &route.communities {
            let numbers: Option<Vec<u32>> = text
                .strip_prefix("large:")
                .unwrap_or(text)
                .split(':')
                .map(|part| part.parse().ok())
                .collect();
            match (text.starts_with("large:"), numbers.as_deref()) {
                (true, Some([a, b, c])) => shared.large.push([*a, *b, *c]),
                (false, Some([high @ ..=0xffff, low @ ..=0xffff])) => {
                    shared.communities.push(high << 16 | low);
                }
                _ => return Err(unread(text)),
            }
        }
        Ok(Self { prefix, shared })
    }

    /// The family of its prefix.
    pub fn family(&self) -> Family {
        Family::of(self.prefix.addr())
    }
}

/// The routes that a node sends to a peer in every outcome.
///
/// # Errors
/// A route that cannot be put into an UPDATE.
pub fn routes(decision: &Decision, node: &str, peer: &str) -> Result<Vec<Route>, String> {
    let ours = |route: &&BgpRoute| route.node == node && route.peer == peer;
    let mut outcomes = decision.outcomes.iter();
    let Some(first) = outcomes.next() else { return Ok(Vec::new()) };
    let mut common: BTreeSet<&BgpRoute> = first.bgp.iter().filter(ours).collect();
    for outcome in outcomes {
        let other: BTreeSet<&BgpRoute> = outcome.bgp.iter().filter(ours).collect();
        common.retain(|route| other.contains(route));
    }
    common.into_iter().map(Route::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::decision::{Engine, Outcome};

    fn route(prefix: &str, communities: &[&str]) -> BgpRoute {
        BgpRoute {
            node: "a".to_owned(),
            peer: "tor".to_owned(),
            prefix: prefix.to_owned(),
            local_pref: Some(200),
            communities: communities.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn attributes_are_read_as_decisions_write_them() {
        let read = Route::new(&route("203.0.113.1/32", &["64512:100", "large:1:2:3"])).unwrap();
        assert_eq!(
            (read.prefix.to_string().as_str(), read.family()),
            ("203.0.113.1/32", Family::V4)
        );
        let expected = Shared {
            local_pref: Some(200),
            communities: vec![0xfc00_0064],
            large: vec![[1, 2, 3]],
        };
        assert_eq!(read.shared, expected);
    }

    #[test]
    fn only_routes_of_every_outcome_are_sent() {
        let outcome = |prefixes: &[&str]| Outcome {
            bgp: prefixes.iter().map(|prefix| route(prefix, &[])).collect(),
            ..Outcome::default()
        };
        let decision = Decision {
            engine: Engine::Cilium,
            version: String::new(),
            config_error: None,
            deterministic: false,
            truncated: false,
            outcomes: vec![
                outcome(&["203.0.113.1/32", "203.0.113.2/32"]),
                outcome(&["203.0.113.1/32", "203.0.113.3/32"]),
            ],
        };
        let found = routes(&decision, "a", "tor").unwrap();
        let prefixes: Vec<String> = found.iter().map(|route| route.prefix.to_string()).collect();
        assert_eq!(prefixes, ["203.0.113.1/32"]);
        assert_eq!(routes(&decision, "b", "tor").unwrap(), []);
        assert_eq!(routes(&decision, "a", "other").unwrap(), []);
    }

    #[test]
    fn what_is_no_community_is_refused() {
        for text in ["1", "65536:1", "1:2:3", "large:1:2", "a:b", "large:1:2:4294967296"] {
            assert!(Route::new(&route("203.0.113.1/32", &[text])).is_err(), "{text}");
        }
    }
}
