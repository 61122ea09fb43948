//! Where it is written what decides an aspect.

use std::collections::BTreeSet;

use super::Seen;
use crate::cluster::Service;
use crate::manifest::Span;
use crate::verify::aspect::Aspect;
use crate::verify::at_hand::{Route, Serving};

/// The only field in which routes differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Communities,
    LocalPreference,
    Length,
}

impl Field {
    /// Of two lists of routes that are the same but for one field, that one.
    fn of(before: &BTreeSet<Route>, after: &BTreeSet<Route>) -> Option<Self> {
        let without = |field: Self, routes: &BTreeSet<Route>| -> BTreeSet<Route> {
            let cleared = routes.iter().cloned().map(|mut route| {
                match field {
                    Self::Communities => route.communities.clear(),
                    Self::LocalPreference => route.local_pref = None,
                    Self::Length => route.length = 0,
                }
                route
            });
            cleared.collect()
        };
        let all = [Self::Communities, Self::LocalPreference, Self::Length];
        let is_only = |field: &Self| without(*field, before) == without(*field, after);
        all.into_iter().find(|field| before != after && is_only(field))
    }

    /// Where it stands in a BGPAdvertisement.
    const fn metallb(self) -> &'static str {
        match self {
            Self::Communities => "spec.communities",
            Self::LocalPreference => "spec.localPref",
            Self::Length => "spec.aggregationLength",
        }
    }

    /// Where it stands in an entry of a CiliumBGPAdvertisement.
    fn cilium(self, at: usize) -> String {
        let path = match self {
            Self::Communities => "attributes.communities",
            Self::LocalPreference => "attributes.localPreference",
            Self::Length => "service",
        };
        format!("spec.advertisements[{at}].{path}")
    }
}

/// The lines that decide an aspect, on both sides.
pub(super) fn places(
    seen: &Seen<'_>,
    service: &Service,
    before: Option<&Serving>,
    after: &Serving,
    aspect: Aspect,
) -> Vec<(Option<Span>, &'static str)> {
    let mut places = vec![(service.origin.span("metadata.name"), "this Service")];
    let pool_name = before.and_then(|before| before.pool.as_deref()).or(after.pool.as_deref());
    let names: Vec<&str> = pool_name.unwrap_or_default().split(',').collect();
    let pools = seen.config.pools.iter().filter(|pool| names.contains(&pool.name()));
    let applied = seen.applied.services.iter().find(|one| one.key == service.key);
    let labels = crate::simulate::cilium::selector_sees(applied.unwrap_or(service));
    let takes = |selector: Option<&crate::selector::LabelSelector>| {
        selector.is_none_or(|selector| selector.matches(&labels))
    };
    match aspect {
        Aspect::Answerers | Aspect::AnsweredTwice => {
            for pool in pools {
                let ads = seen.config.l2_advertisements.iter();
                let ads = ads.filter(|ad| ad.pools.selects(&pool.meta));
                places.extend(ads.map(|ad| (ad.origin.span("spec"), "announced by MetalLB")));
            }
            let policies = seen.cilium.l2_policies.iter();
            let policies = policies.filter(|policy| takes(policy.spec.service_selector.as_ref()));
            places.extend(policies.map(|one| (one.origin.span("spec"), "announced by Cilium")));
        }
        Aspect::Routes => {
            let field = before.and_then(|before| Field::of(&before.bgp, &after.bgp));
            for pool in pools {
                let ads = seen.config.bgp_advertisements.iter();
                let ads = ads.filter(|ad| ad.pools.selects(&pool.meta));
                let path = field.map_or("spec", Field::metallb);
                places.extend(ads.map(|ad| (ad.origin.span(path), "announced by MetalLB")));
            }
            for one in &seen.cilium.advertisements {
                let entries = 0..one.spec.advertisements.len();
                let paths = match field {
                    None => vec!["spec".to_owned()],
                    Some(field) => entries.map(|at| field.cilium(at)).collect(),
                };
                let spans = paths.into_iter().map(|path| one.origin.span(&path));
                places.extend(spans.map(|span| (span, "announced by Cilium")));
            }
        }
        _ => {
            places.extend(pools.map(|pool| (pool.origin.span("spec"), "MetalLB's pool")));
            let pools = seen.cilium.pools.iter();
            let pools = pools.filter(|pool| takes(pool.spec.service_selector.as_ref()));
            places.extend(pools.map(|pool| (pool.origin.span("spec"), "takes it")));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ip::Family;
    use crate::verify::testing::{AT_HAND, Both, cilium, cilium_pool, metallb, pool};

    fn route(length: u8, local_pref: Option<u32>, community: &str) -> BTreeSet<Route> {
        let node = "node-a".to_owned();
        let communities = vec![community.to_owned()];
        let peer = "tor".to_owned();
        [Route { node, peer, family: Family::V4, length, local_pref, communities }].into()
    }

    #[test]
    fn the_field_in_which_routes_differ_is_found_where_it_is_the_only_one() {
        let own = route(32, Some(1), "1:1");
        for (other, field) in [
            (route(32, Some(1), "1:2"), Some(Field::Communities)),
            (route(32, None, "1:1"), Some(Field::LocalPreference)),
            (route(24, Some(1), "1:1"), Some(Field::Length)),
            (route(24, None, "1:1"), None),
            (BTreeSet::new(), None),
            (own.clone(), None),
        ] {
            assert_eq!(Field::of(&own, &other), field, "{other:?}");
        }
    }

    #[test]
    fn routes_that_differ_in_one_field_point_at_that_field_on_both_sides() {
        let peer =
            "{name: tor, peerASN: 64513, peerAddress: 192.0.2.1, peerConfigRef: {name: tor}}";
        let instance = format!("bgpInstances: [{{name: as, localASN: 64512, peers: [{peer}]}}]");
        let timers = "timers: {holdTimeSeconds: 180, keepAliveTimeSeconds: 60}, families: [{afi: \
                      ipv4, safi: unicast, advertisements: {}}]";
        let entry =
            "advertisementType: Service, service: {addresses: [LoadBalancerIP]}, selector: {}";
        for (metallb_has, cilium_has, places) in [
            ("communities: ['64512:1']", "communities: {standard: ['64512:2']}", true),
            ("communities: ['64512:1']", "communities: {standard: ['64512:1']}", false),
        ] {
            let text = AT_HAND.to_owned()
                + &pool("a", "addresses: [10.0.0.0/28]")
                + &metallb(
                    "BGPPeer",
                    "tor",
                    "myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1",
                )
                + &metallb("BGPAdvertisement", "ad", metallb_has);
            let entries = format!("advertisements: [{{{entry}, attributes: {{{cilium_has}}}}}]");
            let written =
                cilium_pool("a", "blocks: [{cidr: 10.0.0.0/28}], allowFirstLastIPs: 'Yes'")
                    + &cilium("CiliumBGPClusterConfig", "all", &instance)
                    + &cilium("CiliumBGPPeerConfig", "tor", timers)
                    + &cilium("CiliumBGPAdvertisement", "ad", &entries);
            let findings = Both::against(&text, &written).report().findings;
            let labels = findings.iter().flat_map(|one| &one.diagnostic.labels);
            let found: Vec<&str> = labels
                .map(|label| {
                    let by_cilium = label.text == "announced by Cilium";
                    let source = if by_cilium { &written } else { &text };
                    &source[label.span.start as usize..label.span.end as usize]
                })
                .collect();
            let expected = ["web", "['64512:1']", "{standard: ['64512:2']}"];
            assert_eq!(found, if places { &expected[..] } else { &[] });
        }
    }
}
