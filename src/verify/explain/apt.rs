//! Whether a loss can be what happens to a Service at hand: what is known and accepted
//! must not hide something else that happens to Services of the same pool.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::{Cluster, Endpoint, Service};
use crate::convert::{Request, codes as convert, is_compatible, request};
use crate::diagnostic::Diagnostic;
use crate::ip::{self, Family};
use crate::metallb::Config;
use crate::verify::at_hand::{Difference, Route, Serving};

/// Whether a loss can be that difference of a Service. `nearest` is the way before that is
/// most like the way after.
pub(super) fn is_apt(
    loss: &Diagnostic,
    (config, cluster): (&Config, &Cluster),
    service: &Service,
    difference: &Difference,
    nearest: Option<&Serving>,
) -> bool {
    if loss.code == convert::FALL_BACK {
        is_fall_back(loss, (config, cluster), service, difference)
    } else if loss.code == convert::FAMILY_WITHOUT_ENDPOINTS {
        let endpoints = cluster.endpoints_of(&service.key);
        nearest.is_some_and(|before| differs_only_unserved(endpoints, before, &difference.after))
    } else if [convert::AGGREGATE_OF_LOCAL, convert::NO_AGGREGATION].contains(&loss.code) {
        nearest.is_some_and(|before| told(&before.bgp) == told(&difference.after.bgp))
    } else {
        // A Service at hand is in no Namespace to come.
        loss.code != convert::NAMESPACES_TO_COME
    }
}

/// MetalLB goes on to another pool than the one that it tries first, and Cilium does not.
fn is_fall_back(
    loss: &Diagnostic,
    (config, cluster): (&Config, &Cluster),
    service: &Service,
    difference: &Difference,
) -> bool {
    let tried_first = loss.object.as_ref().map(|object| object.name.as_str());
    let pool = config.pools.iter().find(|pool| Some(pool.name()) == tried_first);
    let other = |way: &Serving| way.pool.is_some() && way.pool.as_deref() != tried_first;
    pool.is_some_and(|pool| is_compatible(pool, service, cluster))
        && request(service) == Request::Any
        && difference.before.iter().any(other)
        && !other(&difference.after)
}

/// Whether routes differ only for families of which no endpoint could serve.
fn differs_only_unserved(endpoints: &[Endpoint], before: &Serving, after: &Serving) -> bool {
    let usable = endpoints.iter().filter(|endpoint| endpoint.can_serve());
    let addresses = usable.flat_map(|endpoint| &endpoint.addresses);
    let served: BTreeSet<Family> =
        addresses.filter_map(|text| ip::parse_addr(text).ok()).map(Family::of).collect();
    let mut routes = before.bgp.symmetric_difference(&after.bgp);
    routes.all(|route| !served.contains(&route.family))
}

/// What each peer is told of a Service by each node, whatever the prefixes: all communities,
/// and the highest local preference.
fn told(routes: &BTreeSet<Route>) -> BTreeMap<Told<'_>, (BTreeSet<&str>, Option<u32>)> {
    let mut all: BTreeMap<_, (BTreeSet<&str>, Option<u32>)> = BTreeMap::new();
    for route in routes {
        let key = (route.node.as_str(), route.peer.as_str(), route.family);
        let (communities, local_pref) = all.entry(key).or_default();
        communities.extend(route.communities.iter().map(String::as_str));
        *local_pref = (*local_pref).max(route.local_pref);
    }
    all
}

/// A node, a peer and a family.
type Told<'r> = (&'r str, &'r str, Family);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::testing::{AT_HAND, Both, cilium_pool, pool};

    #[test]
    fn a_fall_back_explains_only_who_would_have_fallen_back() {
        let first = "addresses: [10.0.0.0/32], serviceAllocation: {namespaces: [shop]}";
        let pools = pool("a", first) + &pool("b", "addresses: [10.1.0.0/28]");
        let other = AT_HAND.split_once("---").map_or("", |(_, other)| other);
        let holder = other.replace("web", "holder").replace("[]", "[{ip: 10.0.0.0}]");
        let full = format!("{AT_HAND}---{holder}");
        let default = AT_HAND.replace("namespace: shop", "namespace: default");
        let asks = "annotations: {metallb.io/address-pool: b}, namespace: shop";
        let asking = full.replacen("namespace: shop", asks, 1);
        let (known, other) = (convert::FALL_BACK.id, "M2C592");
        for (text, left, code) in [
            (&*full, &["a", "b"][..], Some(known)),
            // What Cilium has no addresses of is another matter.
            (AT_HAND, &["b"], Some(other)),
            (&*default, &["a"], Some(other)),
            (&*asking, &["a"], Some("M2C220")),
            (&*default, &["a", "b"], None),
        ] {
            let mut both = Both::of(&(text.to_owned() + &pools));
            both.written.pools.retain(|pool| left.contains(&&*pool.meta.name));
            let said = both.conversion.diagnostics.clone();
            assert!(said.iter().any(|one| one.code == convert::FALL_BACK));
            let findings = both.report_of(&said, false).findings;
            let of_web =
                findings.iter().filter(|one| one.subjects.iter().any(|s| s.ends_with("web")));
            let codes: Vec<&str> = of_web.map(|one| one.diagnostic.code.id).collect();
            assert_eq!(codes, Vec::from_iter(code), "{text} {left:?}");
        }
    }

    #[test]
    fn a_family_without_endpoints_explains_routes_of_that_family_only() {
        let route = |family: Family, community: &str| Route {
            node: "node-a".to_owned(),
            peer: "tor".to_owned(),
            family,
            length: 32,
            local_pref: None,
            communities: vec![community.to_owned()],
        };
        let sent = |routes: &[Route]| Serving {
            count: 2,
            bgp: routes.iter().cloned().collect(),
            ..Serving::default()
        };
        let endpoint = |address: &str, ready: bool| Endpoint {
            addresses: vec![address.to_owned()],
            ready: Some(ready),
            ..Endpoint::default()
        };
        let endpoints = [endpoint("10.244.0.1", true), endpoint("fd00::1", false)];
        let before = sent(&[route(Family::V4, "1:1"), route(Family::V6, "1:1")]);
        for (after, explained) in [
            (&[route(Family::V4, "1:1")][..], true),
            (&[route(Family::V4, "1:1"), route(Family::V6, "1:2")], true),
            (&[route(Family::V6, "1:1")], false),
            (&[route(Family::V4, "1:2")], false),
            (&[], false),
        ] {
            let found = differs_only_unserved(&endpoints, &before, &sent(after));
            assert_eq!(found, explained, "{after:?}");
        }
    }

    #[test]
    fn an_aggregate_that_is_not_sent_explains_other_lengths_and_nothing_else() {
        let sent = |routes: &[(&str, u8, &[&str])]| -> Serving {
            let routes = routes.iter().map(|(node, length, communities)| Route {
                node: (*node).to_owned(),
                peer: "tor".to_owned(),
                family: Family::V4,
                length: *length,
                local_pref: communities.contains(&"1:1").then_some(200),
                communities: communities.iter().map(|text| (*text).to_owned()).collect(),
            });
            Serving { count: 1, bgp: routes.collect(), ..Serving::default() }
        };
        let one: &[(&str, u8, &[&str])] = &[("a", 24, &["1:1"])];
        let two: &[(&str, u8, &[&str])] = &[("a", 24, &["1:1"]), ("a", 32, &["1:2"])];
        let (config, cluster, service) =
            (Config::default(), Cluster::default(), Service::default());
        for (before, after, explained) in [
            (one, &[("a", 32, &["1:1"][..])][..], true),
            (two, &[("a", 32, &["1:1", "1:2"])], true),
            (one, &[("a", 32, &["1:2"])], false),
            (two, &[("a", 32, &["1:2"])], false),
            (one, &[("b", 32, &["1:1"])], false),
            (one, &[("a", 32, &["1:1"]), ("b", 32, &["1:1"])], false),
            (one, &[], false),
        ] {
            let before = sent(before);
            let difference = Difference {
                service: String::new(),
                before: [before.clone()].into(),
                after: sent(after),
            };
            for code in [convert::AGGREGATE_OF_LOCAL, convert::NO_AGGREGATION] {
                let loss = Diagnostic::lossy(code, "");
                let sides = (&config, &cluster);
                let found = is_apt(&loss, sides, &service, &difference, Some(&before));
                assert_eq!(found, explained, "{difference:?}");
            }
        }
    }

    #[test]
    fn namespaces_to_come_explain_nothing_of_those_at_hand() {
        let first = "serviceAllocation: {namespaceSelectors: [{matchLabels: {team: a}}]}";
        let namespace = |name, team| {
            format!(
                "---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{team: \
                 {team}}}}}\n"
            )
        };
        let text = AT_HAND.to_owned()
            + &namespace("shop", "a")
            + &namespace("other", "b")
            + &pool("a", &format!("addresses: [10.0.0.0/28], {first}"));
        let mut both = Both::of(&text);
        let known = [convert::NAMESPACES_TO_COME];
        for (left, accepted) in [(1, true), (0, false)] {
            both.written.pools.truncate(left);
            let said = &both.conversion.diagnostics;
            let proof = both.proof();
            let report = both.report_with(said, false, Some(&proof));
            assert!(report.findings.iter().any(|one| one.touches_traffic()), "{left}");
            assert_eq!(report.is_accepted(&known), accepted, "{left}");
            let report = both.report_with(said, false, None);
            assert_eq!(report.findings.is_empty(), accepted);
            assert!(!report.is_accepted(&known));
            let fresh = crate::verify::unexplained(&proof, &both.config, said);
            assert_eq!(fresh.is_empty(), accepted);
        }
    }

    #[test]
    fn a_pool_that_lost_its_addresses_is_not_taken_for_one_that_is_full() {
        let first = "addresses: [10.0.0.0/28], serviceAllocation: {namespaces: [shop]}";
        let text = AT_HAND.to_owned() + &pool("a", first) + &pool("b", "addresses: [10.1.0.0/28]");
        let written = cilium_pool("a", "blocks: [{cidr: 10.9.0.0/28}]");
        let both = Both::against(&text, &written);
        let report = both.report_of(&both.conversion.diagnostics, false);
        assert!(!report.is_accepted(&[convert::FALL_BACK]));
    }
}
