use super::*;
use crate::cilium::{BgpFamily, BgpPeerConfigSpec};
use crate::verify::testing::{AT_HAND, Both, cilium as resource, session};

#[test]
fn sessions_that_are_there_are_left_out_unless_metallb_has_them() {
    let on = |sessions| Sessions::from([("node-a".to_owned(), vec![sessions])]);
    let mut own = session("own", "192.0.2.3");
    own.parameters.local_asn = 1;
    let mut after = on(vec![session("a", "192.0.2.1"), session("b", "192.0.2.2"), own.clone()]);
    own.parameters.local_asn = 2;
    let there = on(vec![session("a", "192.0.2.1"), session("b", "192.0.2.2"), own]);
    leave_out(&mut after, &there, &on(vec![session("tor", "192.0.2.2")]));
    let left: Vec<&str> = after["node-a"].iter().flatten().map(|one| &*one.peer).collect();
    assert_eq!(left, ["b", "own"]);
}

#[test]
fn a_session_carries_the_unicast_families_that_are_listed_and_both_without_a_list() {
    for (listed, families) in [
        (&[][..], &[Family::V4, Family::V6][..]),
        (&[("ipv4", "unicast")], &[Family::V4]),
        (&[("ipv6", "unicast")], &[Family::V6]),
        (&[("ipv6", "multicast"), ("l2vpn", "unicast")], &[]),
    ] {
        let family = |(afi, safi): &(&str, &str)| BgpFamily {
            afi: (*afi).to_owned(),
            safi: (*safi).to_owned(),
            ..BgpFamily::default()
        };
        let all = listed.iter().map(family).collect();
        let spec = BgpPeerConfigSpec { families: all, ..BgpPeerConfigSpec::default() };
        let found: Vec<Family> = super::families(&spec).into_iter().collect();
        assert_eq!(found, families, "{listed:?}");
    }
}

#[test]
fn a_source_address_is_that_of_the_peer_whose_override_it_stands_in() {
    let peer = |name, host| {
        format!(
            "{{name: {name}, peerAddress: 192.0.2.{host}, peerASN: 64513, peerConfigRef: \
             {{name: all}}}}"
        )
    };
    let instance = format!(
        "bgpInstances: [{{name: as, localASN: 64512, peers: [{}, {}]}}]",
        peer("one", 1),
        peer("two", 2)
    );
    let overrides = "bgpInstances: [{name: as, peers: [{name: two, localAddress: 192.0.2.9}]}]";
    let both = Both::against(
        AT_HAND,
        &(resource("CiliumBGPClusterConfig", "all", &instance)
            + &resource("CiliumBGPPeerConfig", "all", "")
            + &resource("CiliumBGPNodeConfigOverride", "node-a", overrides)),
    );
    let found = of_cilium(&both.written, &both.applied, &Speakers::default());
    let sources: Vec<_> = found["node-a"][0].iter().map(|one| &one.parameters.source).collect();
    assert_eq!(sources, [&Source::Routed, &Source::Address("192.0.2.9".to_owned())]);
}
