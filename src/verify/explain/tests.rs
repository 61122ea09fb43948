use super::*;
use crate::cluster::ServiceKey;
use crate::manifest::SourceId;
use crate::verify::at_hand::Route;
use crate::verify::testing::{AT_HAND, Both, metallb, pool};

/// A loss that is about an object.
fn loss(code: &'static Code, kind: &str, namespace: &str, name: &str) -> Diagnostic {
    let [kind, namespace, name] = [kind, namespace, name].map(str::to_owned);
    Diagnostic::lossy(code, "").object(ObjectRef { kind, namespace, name })
}

/// What was one way becomes another one.
fn from(before: Option<&Serving>, after: &Serving) -> Difference {
    let before = before.into_iter().cloned().collect();
    Difference { service: String::new(), before, after: after.clone() }
}

#[test]
fn a_place_lies_within_another_if_both_its_ends_do() {
    let span = |source, start, end| Span { source: SourceId(source), start, end };
    let outer = span(0, 10, 20);
    for (inner, lies) in [
        (span(0, 10, 20), true),
        (span(0, 12, 18), true),
        (span(0, 9, 18), false),
        (span(0, 12, 21), false),
        (span(1, 12, 18), false),
    ] {
        assert_eq!(within(inner, outer), lies, "{inner:?}");
    }
}

#[test]
fn a_loss_of_a_peer_explains_what_happens_to_that_peer() {
    let codes = &[convert::TIMERS];
    for (loss, explains) in [
        (loss(convert::TIMERS, "BGPPeer", "m", "tor"), true),
        (loss(convert::BFD, "BGPPeer", "m", "tor"), false),
        (loss(convert::TIMERS, "BGPPeer", "m", "other"), false),
        (loss(convert::TIMERS, "BFDProfile", "m", "tor"), false),
    ] {
        let said = [loss];
        let found = Losses::new(&said, true).of_peer("tor", codes);
        assert_eq!(found.is_some(), explains, "{said:?}");
    }
}

#[test]
fn a_loss_of_a_service_explains_what_happens_to_that_service() {
    let key = ServiceKey { namespace: "shop".to_owned(), name: "web".to_owned() };
    let service = Service { key, ..Service::default() };
    let (config, cluster) = (Config::default(), Cluster::default());
    for (namespace, name, explains) in
        [("shop", "web", true), ("other", "web", false), ("shop", "other", false)]
    {
        let said = [loss(convert::CONTESTED_ADDRESS, "Service", namespace, name)];
        let found = Losses::new(&said, true).of_service(
            &service,
            (&config, &cluster),
            Aspect::Lost,
            &from(None, &Serving::default()),
            None,
        );
        assert_eq!(found.is_some(), explains, "{namespace}/{name}");
    }
}

#[test]
fn a_loss_of_a_pool_or_peer_explains_what_was_proved_of_it() {
    let found = |loss: Diagnostic, aspect: Aspect, code: Option<&'static Code>| {
        let difference = ClassDifference {
            aspect,
            code,
            to_come: false,
            pool: Some("a".to_owned()),
            peer: Some("tor".to_owned()),
            message: String::new(),
            before: String::new(),
            after: String::new(),
            places: vec![],
            who: String::new(),
            example: String::new(),
        };
        Losses::new(&[loss], true).of_class(&Config::default(), &difference).is_some()
    };
    let of_peer = |name: &str| loss(convert::NO_SESSION, "BGPPeer", "m", name);
    assert!(found(of_peer("tor"), Aspect::Routes, None));
    assert!(!found(of_peer("other"), Aspect::Routes, None));
    assert!(!found(of_peer("tor"), Aspect::Lost, None));
    // What happens when a pool is full explains nothing else.
    let full = || loss(convert::FALL_BACK, "IPAddressPool", "m", "a");
    assert!(found(full(), Aspect::Lost, Some(convert::FALL_BACK)));
    assert!(!found(full(), Aspect::Lost, None));
}

#[test]
fn sharing_an_address_explains_two_answers_and_nothing_else() {
    let others = [Aspect::Lost, Aspect::Answerers, Aspect::Routes, Aspect::Combination];
    assert!(fits(convert::SHARED_ON_L2, Aspect::AnsweredTwice));
    assert!(others.into_iter().all(|aspect| !fits(convert::SHARED_ON_L2, aspect)));
    assert!(fits(convert::PREFERRED_NODES, Aspect::Answerers));
}

/// What happens to a Service of pool a, or of a and b, is explained by a loss that points
/// into one of these objects.
fn explained(pools: &str, aspect: Aspect, code: &'static Code) -> Vec<&'static str> {
    let of_b = "ipAddressPools: [b]";
    let both = Both::of(
        &(AT_HAND.to_owned()
            + &pool("a", "addresses: [10.0.0.0/28]")
            + &pool("b", "addresses: [10.1.0.0/28]")
            + &metallb("L2Advertisement", "l2", "interfaces: [eth0]")
            + &metallb("L2Advertisement", "l2-b", of_b)
            + &metallb("BGPAdvertisement", "bgp", "communities: ['1:1']")
            + &metallb("BGPAdvertisement", "bgp-b", of_b)),
    );
    let Config { pools: known, l2_advertisements: l2, bgp_advertisements: bgp, .. } = &both.config;
    let places = [
        ("a", known[0].origin.span("spec.addresses")),
        ("b", known[1].origin.span("spec.addresses")),
        ("l2", l2[0].origin.span("spec.interfaces")),
        ("l2-b", l2[1].origin.span("spec.ipAddressPools")),
        ("bgp", bgp[0].origin.span("spec.communities")),
        ("bgp-b", bgp[1].origin.span("spec.ipAddressPools")),
        ("service", both.cluster.services[0].origin.span("metadata.name")),
        ("node", both.cluster.nodes[0].origin.span("metadata.name")),
    ];
    let explains = |place: Option<Span>| {
        assert!(place.is_some());
        let said = [Diagnostic::lossy(code, "").label(place, "here")];
        let before = Serving { pool: Some(pools.to_owned()), count: 1, ..Serving::default() };
        let found = Losses::new(&said, true).of_service(
            &both.cluster.services[0],
            (&both.config, &both.cluster),
            aspect,
            &from(Some(&before), &Serving::default()),
            Some(&before),
        );
        found.is_some()
    };
    places.into_iter().filter(|(_, place)| explains(*place)).map(|(name, _)| name).collect()
}

#[test]
fn a_loss_explains_what_it_points_at_decides() {
    let (address, link, route) =
        (convert::POOL_NEEDS_LABEL, convert::MISSING_INTERFACE, convert::SHARED_ATTRIBUTES);
    for (pools, aspect, code, expected) in [
        ("a", Aspect::Lost, address, &["a", "service"][..]),
        ("a,b", Aspect::Lost, address, &["a", "b", "service"]),
        ("a", Aspect::Answerers, link, &["l2", "service"]),
        ("b", Aspect::Answerers, link, &["l2", "l2-b", "service"]),
        ("a", Aspect::AnsweredTwice, convert::SHARED_ON_L2, &["l2", "service"]),
        ("a", Aspect::Routes, route, &["bgp", "service"]),
        ("a,b", Aspect::Routes, route, &["bgp", "bgp-b", "service"]),
        // What cannot be seen in that aspect explains nothing there.
        ("a", Aspect::Lost, route, &[]),
        ("a", Aspect::Routes, convert::TIMERS, &[]),
    ] {
        assert_eq!(explained(pools, aspect, code), expected, "{pools} {aspect:?}");
    }
}

#[test]
fn a_loss_of_a_node_explains_what_that_node_does_otherwise() {
    let text = AT_HAND.to_owned() + "---\napiVersion: v1\nkind: Node\nmetadata: {name: node-b}\n";
    let Both { config, cluster, .. } = Both::of(&text);
    let link = |name: &str, on: &str| Serving {
        count: 1,
        l2: [(Family::V4, [(name.to_owned(), vec![on.to_owned()])].into())].into(),
        ..Serving::default()
    };
    let route = |name: &str| Route {
        node: name.to_owned(),
        peer: "tor".to_owned(),
        family: Family::V4,
        length: 32,
        local_pref: None,
        communities: vec![],
    };
    let sent = |name: &str| Serving { count: 1, bgp: [route(name)].into(), ..Serving::default() };
    let none = Serving { count: 1, ..Serving::default() };
    for (aspect, before, after, nodes) in [
        (Aspect::Answerers, link("node-a", "eth0"), none.clone(), &["node-a"][..]),
        (Aspect::Answerers, none.clone(), link("node-b", "eth0"), &["node-b"]),
        (Aspect::Answerers, link("node-a", "eth0"), link("node-a", "eth1"), &["node-a"]),
        (Aspect::Answerers, link("node-a", "eth0"), link("node-b", "eth0"), &["node-a", "node-b"]),
        (Aspect::Routes, sent("node-a"), none.clone(), &["node-a"]),
        (Aspect::Routes, none, sent("node-b"), &["node-b"]),
    ] {
        let explained = cluster.nodes.iter().filter(|node| {
            let place = node.origin.span("metadata.name");
            let said = [Diagnostic::lossy(convert::NETWORK_UNAVAILABLE, "").label(place, "here")];
            let sides = (&config, &cluster);
            let service = &cluster.services[0];
            let mut losses = Losses::new(&said, true);
            let difference = from(Some(&before), &after);
            losses.of_service(service, sides, aspect, &difference, Some(&before)).is_some()
        });
        let explained: Vec<&str> = explained.map(|node| &*node.name).collect();
        assert_eq!(explained, nodes, "{aspect:?} {before} {after}");
    }
}

#[test]
fn a_loss_of_a_pool_or_of_a_peer_explains_what_happens_to_its_services() {
    let route = |peer: &str| Route {
        node: "node-a".to_owned(),
        peer: peer.to_owned(),
        family: Family::V4,
        length: 32,
        local_pref: None,
        communities: vec![],
    };
    let with = |peers: &[&str]| Serving {
        pool: Some("a,b".to_owned()),
        count: 1,
        bgp: peers.iter().map(|peer| route(peer)).collect(),
        ..Serving::default()
    };
    let (before, after) = (with(&["tor", "spine"]), with(&["spine"]));
    let of_peer = |name| loss(convert::NO_SESSION, "BGPPeer", "m", name);
    let of_pool = |name| loss(convert::ADVERTISED_DIFFERENTLY, "IPAddressPool", "m", name);
    for (loss, aspect, explains) in [
        (of_peer("tor"), Aspect::Routes, true),
        (of_peer("spine"), Aspect::Routes, false),
        (of_peer("tor"), Aspect::Combination, false),
        (of_pool("a"), Aspect::Routes, true),
        (of_pool("b"), Aspect::Lost, true),
        (of_pool("c"), Aspect::Lost, false),
    ] {
        let (config, cluster, service) =
            (Config::default(), Cluster::default(), Service::default());
        let said = [loss];
        let mut losses = Losses::new(&said, true);
        let difference = from(Some(&before), &after);
        let sides = (&config, &cluster);
        let found = losses.of_service(&service, sides, aspect, &difference, Some(&before));
        assert_eq!(found.is_some(), explains, "{said:?} {aspect:?}");
    }
}

#[test]
fn all_losses_of_a_code_and_of_some_objects_are_claimed_and_no_others() {
    let of = |code, name| loss(code, "L2Advertisement", "m", name);
    let said = [
        of(convert::PREFERRED_NODES, "one"),
        of(convert::BFD, "one"),
        of(convert::PREFERRED_NODES, "two"),
        of(convert::PREFERRED_NODES, "three"),
        Diagnostic::lossy(convert::PREFERRED_NODES, ""),
    ];
    let objects = ["one", "two"].map(|name| of(convert::BFD, name).object.unwrap());
    let mut losses = Losses::new(&said, true);
    losses.claim_all(convert::PREFERRED_NODES, &objects);
    let left: Vec<&Diagnostic> = losses.unclaimed().collect();
    assert_eq!(left, [&said[1], &said[3], &said[4]]);
}
