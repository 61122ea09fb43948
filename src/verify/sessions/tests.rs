use super::*;
use crate::cilium::{BgpFamily, BgpPeerConfigSpec};
use crate::verify::testing::{
    AT_HAND, Both, cilium as resource, metallb as metallb_resource, session,
};

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

#[test]
fn a_parameter_stands_in_the_peer_config_or_in_the_cluster_config() {
    let instance = "{name: as, localASN: 64512, peers: [{name: tor, peerAddress: 192.0.2.1, \
                    peerASN: 64513, peerConfigRef: {name: all}}]}";
    let written = resource("CiliumBGPClusterConfig", "all", &format!("bgpInstances: [{instance}]"))
        + &resource("CiliumBGPPeerConfig", "all", "timers: {holdTimeSeconds: 99}");
    let both = Both::against(AT_HAND, &written);
    let found = of_cilium(&both.written, &both.applied, &Speakers::default());
    let session = &found["node-a"][0][0];
    let places = |name: &str| -> Vec<&str> {
        let row = PARAMETERS.iter().find(|row| row.name == name).unwrap();
        let spans = session.places.of(Some(row)).into_iter();
        spans.map(|span| &written[span.start as usize..span.end as usize]).collect()
    };
    assert_eq!(places("hold time"), ["{holdTimeSeconds: 99}"]);
    assert_eq!(places("local AS"), [format!("[{instance}]")]);
    let whole = session.places.of(None);
    let text = |span: &Span| written[span.start as usize..span.end as usize].to_owned();
    let whole: Vec<String> = whole.iter().map(text).collect();
    assert!(whole.len() == 1 && whole[0].contains("bgpInstances"));
}

#[test]
fn timers_that_are_not_set_are_those_of_metallbs_mode() {
    for (mode, set, timers) in [
        (Mode::Native, "", (90, 30)),
        (Mode::Frr, "", (180, 60)),
        (Mode::FrrK8s, "", (180, 60)),
        (Mode::Native, ", holdTime: 9s", (9, 3)),
        (Mode::Frr, ", keepaliveTime: 9s", (27, 9)),
    ] {
        let spec = format!("myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1{set}");
        let both = Both::of(&(AT_HAND.to_owned() + &metallb_resource("BGPPeer", "tor", &spec)));
        let speakers = Speakers { mode, ..Speakers::default() };
        let found = of_metallb(&both.config, &both.cluster, &speakers);
        let parameters = &found["node-a"][0][0].parameters;
        assert_eq!((parameters.hold, parameters.keepalive), timers, "{mode:?}{set}");
    }
}
