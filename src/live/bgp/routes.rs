//! The routes of a Decision as UPDATEs (RFC 4271, section 4.3; RFC 4760).

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use netgauze_bgp_pkt::BgpMessage;
use netgauze_bgp_pkt::community::{Community, LargeCommunity};
use netgauze_bgp_pkt::nlri::{Ipv4Unicast, Ipv4UnicastAddress, Ipv6Unicast, Ipv6UnicastAddress};
use netgauze_bgp_pkt::path_attribute::{
    As2PathSegment, As4Path, As4PathSegment, AsPath, AsPathSegmentType, Communities,
    LargeCommunities, LocalPreference, MpReach, MpUnreach, NextHop, Origin, PathAttribute,
    PathAttributeValue,
};
use netgauze_bgp_pkt::update::BgpUpdateMessage;

use super::session::AS_TRANS;
use crate::ip::{Family, parse_cidr};
use crate::simulate::decision::{BgpRoute, Decision};

/// LOCAL_PREF where none is set: every route to an internal peer has one
/// (RFC 4271, section 5.1.5).
const DEFAULT_LOCAL_PREF: u32 = 100;

/// A route to a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The prefix.
    pub prefix: IpNet,
    /// LOCAL_PREF, where one is set.
    local_pref: Option<u32>,
    communities: Vec<u32>,
    large: Vec<(u32, u32, u32)>,
}

/// What goes into every UPDATE of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    /// This side's AS number.
    pub asn: u32,
    /// Whether the peer has the same.
    pub internal: bool,
    /// Whether the peer can do AS numbers of four octets.
    pub four_octet_as: bool,
    /// The next hops, of each family that there is one of.
    pub next_hops: NextHops,
}

/// The addresses of this host that routes lead to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NextHops {
    /// For IPv4.
    pub v4: Option<Ipv4Addr>,
    /// For IPv6: a global address.
    pub v6: Option<Ipv6Addr>,
}

impl Route {
    fn new(route: &BgpRoute) -> Result<Self, String> {
        let unread = |text: &str| format!("{text:?} of {} cannot be sent", route.prefix);
        let prefix = parse_cidr(&route.prefix).map_err(|_| unread(&route.prefix))?.net();
        let (mut communities, mut large) = (Vec::new(), Vec::new());
        for text in &route.communities {
            let numbers: Option<Vec<u32>> = text
                .strip_prefix("large:")
                .unwrap_or(text)
                .split(':')
                .map(|part| part.parse().ok())
                .collect();
            match (text.starts_with("large:"), numbers.as_deref()) {
                (true, Some([a, b, c])) => large.push((*a, *b, *c)),
                (false, Some([high @ ..=0xffff, low @ ..=0xffff])) => {
                    communities.push(high << 16 | low);
                }
                _ => return Err(unread(text)),
            }
        }
        Ok(Self { prefix, local_pref: route.local_pref, communities, large })
    }

    /// The family of its prefix.
    pub fn family(&self) -> Family {
        Family::of(self.prefix.addr())
    }

    /// The UPDATE that announces it; `None` where there is no next hop of its family.
    pub fn announce(&self, to: &Attributes) -> Option<BgpMessage> {
        let mut attributes = vec![PathAttributeValue::Origin(Origin::IGP)];
        attributes.extend(as_path(to));
        let mut nlri = Vec::new();
        match self.prefix {
            IpNet::V4(net) => {
                attributes.push(PathAttributeValue::NextHop(NextHop::new(to.next_hops.v4?)));
                nlri.push(Ipv4UnicastAddress::new_no_path_id(Ipv4Unicast::from_net(net).ok()?));
            }
            IpNet::V6(net) => {
                let address = Ipv6UnicastAddress::new(None, Ipv6Unicast::from_net(net).ok()?);
                attributes.push(PathAttributeValue::MpReach(MpReach::Ipv6Unicast {
                    next_hop_global: to.next_hops.v6?,
                    next_hop_local: None,
                    nlri: [address].into(),
                }));
            }
        }
        if to.internal {
            let metric = self.local_pref.unwrap_or(DEFAULT_LOCAL_PREF);
            attributes.push(PathAttributeValue::LocalPreference(LocalPreference::new(metric)));
        }
        if !self.communities.is_empty() {
            let all: Vec<Community> =
                self.communities.iter().copied().map(Community::new).collect();
            attributes.push(PathAttributeValue::Communities(Communities::new(all)));
        }
        if !self.large.is_empty() {
            let all: Vec<LargeCommunity> =
                self.large.iter().map(|(a, b, c)| LargeCommunity::new(*a, *b, *c)).collect();
            attributes.push(PathAttributeValue::LargeCommunities(LargeCommunities::new(all)));
        }
        Some(update([], attributes.into_iter().filter_map(attribute), nlri))
    }

    /// The UPDATE that takes it back.
    pub fn withdraw(&self) -> Option<BgpMessage> {
        match self.prefix {
            IpNet::V4(net) => {
                let address = Ipv4UnicastAddress::new_no_path_id(Ipv4Unicast::from_net(net).ok()?);
                Some(update([address], [], []))
            }
            IpNet::V6(net) => {
                let address = Ipv6UnicastAddress::new(None, Ipv6Unicast::from_net(net).ok()?);
                let value = MpUnreach::Ipv6Unicast { nlri: [address].into() };
                Some(update([], attribute(PathAttributeValue::MpUnreach(value)), []))
            }
        }
    }
}

/// The end of the routes of a family (RFC 4724, section 2).
pub fn end_of_rib(family: Family) -> BgpMessage {
    let unreach = MpUnreach::Ipv6Unicast { nlri: Box::default() };
    let value = Some(PathAttributeValue::MpUnreach(unreach)).filter(|_| family == Family::V6);
    update([], value.and_then(attribute), [])
}

/// The routes that a node sends to a peer in every outcome.
///
/// # Errors
/// A route that cannot be put into an UPDATE.
pub fn routes(decision: &Decision, node: &str, peer: &str) -> Result<Vec<Route>, String> {
    let ours = |route: &&BgpRoute| route.node == node && route.peer == peer;
    let of = |routes: &[BgpRoute]| -> BTreeSet<BgpRoute> {
        routes.iter().filter(ours).cloned().collect()
    };
    let common = decision.outcomes.iter().map(|outcome| of(&outcome.bgp));
    let common = common.reduce(|kept, other| kept.intersection(&other).cloned().collect());
    common.unwrap_or_default().iter().map(Route::new).collect()
}

fn update(
    withdrawn: impl IntoIterator<Item = Ipv4UnicastAddress>,
    attributes: impl IntoIterator<Item = PathAttribute>,
    nlri: impl IntoIterator<Item = Ipv4UnicastAddress>,
) -> BgpMessage {
    let withdrawn: Vec<Ipv4UnicastAddress> = withdrawn.into_iter().collect();
    let attributes: Vec<PathAttribute> = attributes.into_iter().collect();
    let nlri: Vec<Ipv4UnicastAddress> = nlri.into_iter().collect();
    BgpMessage::Update(BgpUpdateMessage::new(withdrawn, attributes, nlri))
}

/// An attribute with the flags that its kind has.
fn attribute(value: PathAttributeValue) -> Option<PathAttribute> {
    let optional = value.can_be_optional().unwrap_or(false);
    let transitive = value.can_be_transitive().unwrap_or(true);
    PathAttribute::from(optional, transitive, false, false, value).ok()
}

/// Empty towards an internal peer, this side's AS number towards another (RFC 4271,
/// section 5.1.2); a large one twice where the peer cannot read it (RFC 6793).
fn as_path(to: &Attributes) -> Vec<PathAttributeValue> {
    let kind = AsPathSegmentType::AsSequence;
    let large = || As4PathSegment::new(kind, [to.asn]);
    match (to.internal, to.four_octet_as) {
        (true, true) => vec![PathAttributeValue::AsPath(AsPath::As4PathSegments(Box::default()))],
        (true, false) => vec![PathAttributeValue::AsPath(AsPath::As2PathSegments(Box::default()))],
        (false, true) => {
            vec![PathAttributeValue::AsPath(AsPath::As4PathSegments([large()].into()))]
        }
        (false, false) => {
            let small = As2PathSegment::new(kind, [u16::try_from(to.asn).unwrap_or(AS_TRANS)]);
            let path = PathAttributeValue::AsPath(AsPath::As2PathSegments([small].into()));
            let twice = (to.asn > u32::from(u16::MAX))
                .then(|| PathAttributeValue::As4Path(As4Path::new([large()])));
            [path].into_iter().chain(twice).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::encode;
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

    fn to(internal: bool, four_octet_as: bool) -> Attributes {
        let next_hops =
            NextHops { v4: Some([192, 0, 2, 1].into()), v6: Some("2001:db8::1".parse().unwrap()) };
        Attributes { asn: 4_200_000_001, internal, four_octet_as, next_hops }
    }

    /// The body of an UPDATE, in hexadecimal.
    fn body(message: &BgpMessage) -> String {
        let bytes = encode(message).unwrap();
        assert_eq!(bytes[18], 2);
        bytes[19..].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn an_update_is_the_bytes_of_the_standards() {
        let v4 = Route::new(&route("203.0.113.1/32", &["64512:100", "large:1:2:3"])).unwrap();
        let external = body(&v4.announce(&to(false, true)).unwrap());
        let communities = "c00804fc000064c0200c000000010000000200000003";
        assert_eq!(
            external,
            format!("0000002a400101004002060201fa56ea01400304c0000201{communities}20cb007101")
        );
        let internal = body(&v4.announce(&to(true, true)).unwrap());
        assert_eq!(
            internal,
            format!("0000002b400101004002004003 04c0000201400504000000c8{communities}20cb007101")
                .replace(' ', "")
        );
        // AS_TRANS, and the AS number itself in AS4_PATH.
        let old = body(&v4.announce(&to(false, false)).unwrap());
        assert!(old.contains("40020402015ba0") && old.contains("c011060201fa56ea01"), "{old}");
        assert_eq!(body(&v4.withdraw().unwrap()), "000520cb0071010000");
    }

    #[test]
    fn ipv6_goes_into_multiprotocol_attributes() {
        let v6 = Route::new(&route("2001:db8:1::/64", &[])).unwrap();
        let told = body(&v6.announce(&to(false, true)).unwrap());
        let hop = "20010db8000000000000000000000001";
        assert!(
            told.contains(&format!("00020110{hop}00 4020010db800010000").replace(' ', "")),
            "{told}"
        );
        let taken = body(&v6.withdraw().unwrap());
        assert!(taken.contains("0002014020010db800010000"), "{taken}");
        assert_eq!(
            v6.announce(&Attributes { next_hops: NextHops::default(), ..to(true, true) }),
            None
        );
    }

    #[test]
    fn the_end_of_the_routes_is_said_for_each_family() {
        assert_eq!(body(&end_of_rib(Family::V4)), "00000000");
        assert!(body(&end_of_rib(Family::V6)).ends_with("03000201"));
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
