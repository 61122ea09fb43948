//! What cannot be the same: lossy where a Service or a Node is touched, an
//! assumption elsewhere.

use super::*;
use crate::cluster::ServiceKey;
use crate::convert::Part;

fn codes_with(text: &str, version: &str) -> Vec<&'static str> {
    let options = Options { version: version.parse().unwrap(), ..Options::default() };
    losses(&try_convert(text, &options).unwrap())
}

/// Configuration, what is added to it, and the loss that it brings.
#[test]
fn each_loss_is_named_when_somebody_is_touched() {
    let l2_base = [pool("a", "10.0.0.0/24", ""), l2("l2", "")].concat();
    let bgp_base =
        [pool("a", "10.0.0.0/24", ""), peer("tor", "192.0.2.1", ""), bgp("all", "")].concat();
    let peer_with =
        |more: &str| [pool("a", "10.0.0.0/24", ""), peer("tor", "192.0.2.1", more)].concat();
    let shared = "annotations: {metallb.io/allow-shared-ip: key}";
    let bfd = resource("v1beta1", "BFDProfile", "fast", "receiveInterval: 300");
    let unavailable = "---\napiVersion: v1\nkind: Node\nmetadata: {name: node-1}\nstatus: {conditions: \
                       [{type: NetworkUnavailable, status: 'True'}]}\n";
    let cases: Vec<(String, &str, &[&str])> = vec![
        (l2_base.clone(), "1.19", &[]),
        (bgp_base.clone(), "1.19", &[]),
        (
            [&l2_base, &holding("x", "10.0.0.1", shared)[..], &holding("w", "10.0.0.1", shared)]
                .concat(),
            "1.19",
            &["M2C305"],
        ),
        (
            [
                &l2_base,
                &holding("x", "10.0.0.1", "")
                    .replace("LoadBalancer, ", "LoadBalancer, externalTrafficPolicy: Local, ")[..],
            ]
            .concat(),
            "1.19",
            &["M2C306"],
        ),
        (
            [
                &l2_base,
                &holding("x", "10.0.0.1", "")
                    .replace("LoadBalancer, ", "LoadBalancer, externalTrafficPolicy: Local, ")[..],
            ]
            .concat(),
            "1.20.2",
            &[],
        ),
        ([&l2_base[..], unavailable].concat(), "1.19", &["M2C601"]),
        (
            [&pool("a", "10.0.0.0/24, 'fd00::/120'", "")[..], &l2("l2", "")].concat(),
            "1.18",
            &["M2C304"],
        ),
        (
            [
                &pool("a", "10.0.0.0/24", "")[..],
                &l2(
                    "l2",
                    "preferredNodeSelectors: [{weight: 5, preference: {matchLabels: {a: b}}}]",
                ),
            ]
            .concat(),
            "1.19",
            &["M2C302"],
        ),
        (
            [
                &pool("a", "10.0.0.0/24", "")[..],
                &peer("tor", "192.0.2.1", ""),
                &bgp("all", "aggregationLength: 24"),
            ]
            .concat(),
            "1.17",
            &["M2C430"],
        ),
        (peer_with(", vrf: red"), "1.19", &["M2C420"]),
        (peer_with("").replace("peerAddress: 192.0.2.1", "interface: eth1"), "1.19", &["M2C420"]),
        ([peer_with(", bfdProfile: fast"), bfd].concat(), "1.19", &["M2C423"]),
        (peer_with("").replace("peerASN: 64513", "dynamicASN: external"), "1.19", &["M2C421"]),
        (peer_with(", holdTime: 0s, keepaliveTime: 0s"), "1.19", &["M2C422"]),
        (peer_with(", holdTime: 3s"), "1.19", &[]),
        (peer_with(", holdTime: 9s, keepaliveTime: 0s"), "1.19", &["M2C422"]),
        (peer_with(", holdTime: 10s500ms"), "1.19", &["M2C422"]),
        // A third of it is FRR's to round.
        (peer_with(", holdTime: 10s"), "1.19", &[]),
        (peer_with(", dualStackAddressFamily: true"), "1.19", &["M2C424"]),
        (peer_with(", localASN: 64513"), "1.19", &["M2C425"]),
        (peer_with(", localASN: 64999"), "1.19", &[]),
        (peer_with(", routerID: 192.0.2.9"), "1.19", &["M2C428"]),
        (peer_with(", passwordSecret: {name: gone}"), "1.19", &["M2C426"]),
        (peer_with(&format!(", password: {}", "x".repeat(80))), "1.19", &[]),
        (peer_with(&format!(", password: {}", "x".repeat(81))), "1.19", &["M2C427"]),
    ];
    for (text, version, expected) in cases {
        assert_eq!(codes_with(&text, version), expected, "{text}");
    }
}

#[test]
fn what_is_set_node_by_node_is_lost_where_no_node_with_the_session_is_at_hand() {
    let node = |labels: &str| {
        format!("---\napiVersion: v1\nkind: Node\nmetadata: {{name: n1, labels: {{{labels}}}}}\n")
    };
    let excluded = "node.kubernetes.io/exclude-from-external-load-balancers: ''";
    let of_rack = ", nodeSelectors: [{matchLabels: {rack: a}}]";
    for (selectors, labels, is_lost) in [
        ("", "", false),
        ("", excluded, true),
        (of_rack, "rack: b", true),
        (of_rack, "rack: a", false),
    ] {
        let more = format!(", routerID: 192.0.2.9{selectors}");
        let text = [pool("a", "10.0.0.0/24", ""), peer("tor", "192.0.2.1", &more), node(labels)];
        let conversion = converted(&text.concat());
        let of_nodes = conversion.diagnostics.iter().filter(|one| one.code.id == "M2C428");
        let lost: Vec<bool> = of_nodes.map(Diagnostic::is_lossy).collect();
        assert_eq!(lost, [is_lost], "{selectors} {labels}");
        assert_eq!(conversion.overrides.is_empty(), is_lost, "{selectors} {labels}");
    }
}

#[test]
fn timers_are_always_both_written() {
    let with = |more: &str, profile: &str| {
        let text = [pool("a", "10.0.0.0/24", ""), peer("tor", "192.0.2.1", more)].concat();
        let conversion = converted(&(text + profile));
        let timers = conversion.peer_configs[0].resource.spec.timers.clone().unwrap();
        (timers.hold_time_seconds.unwrap(), timers.keep_alive_time_seconds.unwrap())
    };
    let timers = |more: &str| with(more, "");
    assert_eq!(timers(""), (180, 60));
    assert_eq!(timers(", holdTime: 9s"), (9, 3));
    assert_eq!(timers(", holdTime: 3s"), (3, 1));
    assert_eq!(timers(", keepaliveTime: 5s"), (15, 5));
    assert_eq!(timers(", holdTime: 90s, keepaliveTime: 20s"), (90, 20));
    assert_eq!(timers(", holdTime: 0s, keepaliveTime: 0s"), (65535, 21845), "as good as none");
    // With BFD, the hold time that comes nearest to what it detects; a shorter one stays.
    for (milliseconds, hold, expected) in [
        (300, ", holdTime: 9s, keepaliveTime: 2s", (3, 1)),
        (300, ", holdTime: 3s, keepaliveTime: 2s", (3, 2)),
        (2000, ", holdTime: 9s, keepaliveTime: 4s", (6, 2)),
        (5000, ", holdTime: 9s, keepaliveTime: 4s", (9, 4)),
    ] {
        let profile =
            resource("v1beta1", "BFDProfile", "fast", &format!("receiveInterval: {milliseconds}"));
        assert_eq!(with(&format!("{hold}, bfdProfile: fast"), &profile), expected, "{hold}");
    }
}

#[test]
fn a_peer_of_the_config_map_has_the_timers_that_metallb_gave_it() {
    let conversion = |more: &str| {
        let peer = format!("{{my-asn: 1, peer-asn: 2, peer-address: 192.0.2.1{more}}}");
        converted(&format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: config, namespace: m}}\ndata:\n  \
             config: |\n    peers: [{peer}]\n"
        ))
    };
    for (more, expected) in [
        ("", (90, 30)),
        (", hold-time: ''", (90, 30)),
        (", keepalive-time: 10s", (90, 10)),
        (", hold-time: 30s", (30, 10)),
    ] {
        let conversion = conversion(more);
        let timers = conversion.peer_configs[0].resource.spec.timers.clone().unwrap();
        let written = (timers.hold_time_seconds, timers.keep_alive_time_seconds);
        assert_eq!(written, (Some(expected.0), Some(expected.1)), "{more}");
        let codes = conversion.diagnostics.iter().map(|one| one.code.id);
        assert!(!codes.into_iter().any(|code| code == "M2C602"), "{more}");
    }
}

#[test]
fn what_is_assumed_of_announcements_is_said_where_some_are_written() {
    let text = [
        pool("a", "10.0.0.0/24", ""),
        pool("b", "10.1.0.0/24", ""),
        peer("tor", "192.0.2.1", ""),
        bgp("all", "ipAddressPools: [a]"),
        l2("all", "ipAddressPools: [a]"),
    ]
    .concat();
    let of_l2 = ["M2C305", "M2C306", "M2C307", "M2C309"];
    for (only, expected) in
        [("a", [&of_l2[..], &["M2C434", "M2C602"]].concat()), ("b", vec!["M2C602"])]
    {
        let options = Options { only_pools: [only.to_owned()].into(), ..Options::default() };
        let conversion = try_convert(&text, &options).unwrap();
        let assumed = conversion.diagnostics.iter().filter(|one| one.assumed);
        let of_parts = assumed.map(|one| one.code).filter(|code| Part::about(code).is_some());
        let mut codes: Vec<&str> = of_parts.map(|code| code.id).collect();
        codes.sort_unstable();
        assert_eq!(codes, expected, "{only}");
    }
}

#[test]
fn what_is_said_of_announcements_points_at_one_that_announces() {
    let text = [
        pool("a", "10.0.0.0/24", ""),
        peer("tor", "192.0.2.1", ""),
        bgp("gone", "ipAddressPools: [gone], localPref: 5"),
        bgp("here", ""),
        l2("gone", "ipAddressPools: [gone]"),
        l2("here", "nodeSelectors: [{matchLabels: {rack: a}}]"),
    ]
    .concat();
    let objects = |text: &str| {
        let diagnostics = converted(text).diagnostics;
        let general =
            diagnostics.iter().filter(|one| ["M2C301", "M2C309", "M2C434"].contains(&one.code.id));
        let objects = general.map(|one| (one.code.id, one.object.as_ref().unwrap().name.clone()));
        objects.collect::<Vec<_>>()
    };
    let here = |code| (code, "here".to_owned());
    assert_eq!(objects(&text), ["M2C301", "M2C309", "M2C434"].map(here));
    let named = text.replace("nodeSelectors", "interfaces: [eth0], nodeSelectors");
    assert_eq!(objects(&named), ["M2C301", "M2C434"].map(here), "none is for all interfaces");
}

#[test]
fn a_prefix_goes_only_to_peers_of_its_family() {
    let families = |address: &str, more: &str| {
        let text = [pool("a", "10.0.0.0/24", ""), peer("tor", address, more), bgp("all", "")];
        let conversion = converted(&text.concat());
        let families = &conversion.peer_configs[0].resource.spec.families;
        families.iter().map(|family| family.afi.clone()).collect::<Vec<_>>()
    };
    assert_eq!(families("192.0.2.1", ""), ["ipv4"]);
    assert_eq!(families("'2001:db8::1'", ""), ["ipv6"]);
    assert_eq!(families("192.0.2.1", ", dualStackAddressFamily: true"), ["ipv4", "ipv6"]);
}

#[test]
fn an_address_and_another_pool_asked_for_at_once_are_refused_by_metallb_alone() {
    for (named, expected) in [("a", &[][..]), ("b", &["M2C502"]), ("gone", &["M2C502"])] {
        for held in ["10.0.0.5", "10.0.0.7"] {
            let annotations = format!("annotations: {{metallb.io/address-pool: {named}}}");
            let asks = holding("x", held, &annotations)
                .replace("LoadBalancer, ", "LoadBalancer, loadBalancerIP: 10.0.0.7, ");
            let text = [pool("a", "10.0.0.0/24", ""), pool("b", "10.1.0.0/24", ""), asks].concat();
            assert_eq!(codes_with(&text, "1.19"), expected, "{text}");
        }
    }
}

#[test]
fn an_address_that_metallb_refuses_one_and_cilium_may_give_it_is_contested() {
    let annotations = "annotations: {metallb.io/loadBalancerIPs: 10.0.0.9}";
    let [refused, asks] = [("one", annotations), ("two", "")].map(|(name, metadata)| {
        service(name, metadata, "clusterIPs: [10.96.0.1], loadBalancerIP: 10.0.0.7")
    });
    let base = [pool("a", "10.0.0.0/24", ""), refused].concat();
    assert_eq!(codes_with(&base, "1.19"), ["M2C502"]);
    let both = try_convert(&(base + &asks), &Options::default()).unwrap();
    assert_eq!(losses(&both), ["M2C502", "M2C506"]);
    let contested = both.diagnostics.iter().find(|one| one.code.id == "M2C506").unwrap();
    assert_eq!(contested.labels.len(), 2, "both: {contested:?}");
}

/// MetalLB's native mode has one for each session.
#[test]
fn router_ids_that_cilium_has_once_for_all_sessions_of_an_as_are_lost() {
    let node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {rack: a}}\n";
    let of = |one: &str, other: &str| {
        let text = [
            pool("a", "10.0.0.0/24", ""),
            peer("one", "192.0.2.1", one),
            peer("two", "192.0.2.2", other),
            node.to_owned(),
        ];
        let options = Options { mode: metallb::Mode::Native, ..Options::default() };
        let conversion = try_convert(&text.concat(), &options).unwrap();
        let lossy = conversion.diagnostics.iter().filter(|one| one.is_lossy());
        lossy
            .map(|one| (one.code.id, one.object.as_ref().unwrap().name.clone()))
            .collect::<Vec<_>>()
    };
    let (id, other) = (", routerID: 192.0.2.9", ", routerID: 192.0.2.8");
    let lost = |name: &str| vec![("M2C428", name.to_owned())];
    assert_eq!(of("", id), lost("one"));
    assert_eq!(of(id, ""), lost("two"));
    // The last one is written.
    assert_eq!(of(other, id), lost("one"));
    assert_eq!(of(id, id), []);
    assert_eq!(of(id, ", nodeSelectors: [{matchLabels: {rack: b}}]"), []);
}

#[test]
fn an_address_that_would_be_shared_with_a_service_that_metallb_refuses_is_contested() {
    let sharing = |name: &str, pool: &str, port: u16| {
        let annotations = format!(
            "annotations: {{metallb.io/address-pool: {pool}, metallb.io/allow-shared-ip: k}}"
        );
        let spec =
            format!("clusterIP: 10.96.0.1, loadBalancerIP: 10.0.0.7, ports: [{{port: {port}}}]");
        service(name, &annotations, &spec)
    };
    let of = |unknown: &str, keep_pending: bool| {
        let text = [pool("a", "10.0.0.0/24", ""), sharing("x", unknown, 80), sharing("w", "a", 81)];
        let conversion = |pending| {
            let options = Options { keep_pending, pending, ..Options::default() };
            try_convert(&text.concat(), &options).unwrap()
        };
        let key = ServiceKey { namespace: "default".into(), name: "x".into() };
        losses(&conversion([(key, String::new())].into()))
    };
    assert_eq!(of("c", false), ["M2C502", "M2C506"]);
    assert_eq!(of("c", true), [""; 0]);
    assert_eq!(of("a", false), [""; 0]);
}

#[test]
fn an_address_that_a_service_of_another_class_has_on_the_same_port_is_contested() {
    let on = |name: &str, more: &str, port: u16| {
        let spec = format!("{{type: LoadBalancer, {more}ports: [{{port: {port}}}], ");
        holding(name, "10.0.0.1", "").replace("{type: LoadBalancer, ", &spec)
    };
    let with = |other: &str, port: u16, version: &str| {
        let text = [pool("a", "10.0.0.0/24", ""), on("x", "", 80), on("w", other, port)];
        codes_with(&text.concat(), version)
    };
    let class = "loadBalancerClass: other, ";
    assert_eq!(with(class, 80, "1.19"), ["M2C506"]);
    assert_eq!(with(class, 81, "1.19"), [""; 0]);
    // Before, each Service is announced by itself.
    assert_eq!(with(class, 80, "1.18"), [""; 0]);
    let external = on("x", "externalIPs: [10.0.0.1], ", 80)
        .replace("LoadBalancer", "ClusterIP")
        .replace("name: x", "name: w");
    let text = [pool("a", "10.0.0.0/24", ""), on("x", "", 80), external];
    assert_eq!(codes_with(&text.concat(), "1.19"), ["M2C506"]);
}

#[test]
fn both_families_required_of_pools_with_one_are_given_by_cilium_alone() {
    for (addresses, policy, expected) in [
        ("10.0.0.0/24", "RequireDualStack", &["M2C503"][..]),
        ("10.0.0.0/24", "PreferDualStack", &[]),
        ("10.0.0.0/24, 'fd00::/120'", "RequireDualStack", &[]),
    ] {
        let spec = format!("clusterIPs: [10.96.0.1, 'fd96::1'], ipFamilyPolicy: {policy}");
        let named = "annotations: {metallb.io/address-pool: a}";
        for (open, metadata) in [("", ""), (", autoAssign: false", named)] {
            let text = [pool("a", addresses, open), service("x", metadata, &spec)].concat();
            assert_eq!(codes_with(&text, "1.19"), expected, "{text}");
        }
    }
}

/// Cilium lets it join one address only, and takes the other from any pool.
#[test]
fn a_service_of_both_families_that_could_share_is_named_where_several_pools_have_both() {
    let key = "annotations: {metallb.io/allow-shared-ip: key}";
    let both = "clusterIPs: [10.96.0.1, 'fd96::1'], ipFamilyPolicy: RequireDualStack";
    let a = pool("a", "10.0.0.0/24, 'fd00::/120'", "");
    let b = pool("b", "10.1.0.0/24, 'fd01::/120'", "");
    let other = |key: &str| service("z", key, "clusterIPs: [10.96.0.2]");
    let two = a.clone() + &b;
    for (pools, others, expected) in [
        (&two, other(key), &["M2C503"][..]),
        (&two, other(&key.replace("key", "another")), &[]),
        (&two, String::new(), &[]),
        (&a, other(key), &[]),
    ] {
        let text = pools.clone() + &service("x", key, both) + &others;
        assert_eq!(codes_with(&text, "1.19"), expected, "{text}");
    }
}

#[test]
fn a_service_of_one_family_loses_nothing_to_pools_of_different_families() {
    for (policy, expected) in [("SingleStack", &[][..]), ("PreferDualStack", &["M2C503"])] {
        let spec = format!("clusterIPs: [10.96.0.1], ipFamilyPolicy: {policy}");
        let text = [
            pool("v4", "10.0.0.0/24", ""),
            pool("v6", "'fd00::/120'", ""),
            service("x", "", &spec),
        ];
        assert_eq!(codes_with(&text.concat(), "1.19"), expected, "{policy}");
    }
}

/// To MetalLB they are plain labels, to Cilium a Service's own name and namespace.
#[test]
fn selectors_by_a_services_own_name_or_namespace_are_losses_at_their_line() {
    for key in ["io.kubernetes.service.name", "io.kubernetes.service.namespace"] {
        for selector in [
            format!("{{matchLabels: {{{key}: web}}}}"),
            format!("{{matchExpressions: [{{key: {key}, operator: DoesNotExist}}]}}"),
        ] {
            let selectors = format!("serviceSelectors: [{{matchLabels: {{a: b}}}}, {selector}]");
            let allocation = format!(", serviceAllocation: {{{selectors}}}");
            let plain = pool("a", "10.0.0.0/24", "");
            let asked = format!("{allocation}, autoAssign: false");
            let by_bgp = [peer("tor", "192.0.2.1", ""), bgp("all", &selectors)].concat();
            for (text, is_lost) in [
                (format!("{plain}{}", l2("l2", &selectors)), true),
                (format!("{plain}{by_bgp}"), true),
                (pool("a", "10.0.0.0/24", &allocation), true),
                // Only the pool's own label lets a Service in.
                (pool("a", "10.0.0.0/24", &asked), false),
            ] {
                let conversion = converted(&text);
                let at = text.find(&selector).unwrap();
                let found = conversion.diagnostics.iter().filter(|one| one.is_lossy());
                let places: Vec<(&str, usize)> = found
                    .filter(|one| one.message.contains(key))
                    .map(|one| (one.code.id, one.labels[0].span.start as usize))
                    .collect();
                let expected = [("M2C220", at)];
                assert_eq!(places, expected[usize::from(!is_lost)..], "{text}");
            }
        }
    }
}

#[test]
fn a_service_that_drains_is_named_where_metallb_alone_announces_for_it() {
    let of_bgp =
        [pool("a", "10.0.0.0/24", ""), peer("tor", "192.0.2.1", ""), bgp("all", "")].concat();
    let on_l2 = [pool("a", "10.0.0.0/24", ""), l2("l2", "")].concat();
    let endpoint = |node: &str, conditions: &str| {
        format!("{{addresses: [10.2.0.1], nodeName: {node}, conditions: {{{conditions}}}}}")
    };
    let drains = endpoint("n1", "ready: false, serving: true, terminating: true");
    let ready = |node: &str| endpoint(node, "ready: true");
    let unready = endpoint("n1", "ready: false, serving: false");
    let both = |other: String| format!("{drains}, {other}");
    let cases: [(&str, &str, &str, String, &[&str]); 11] = [
        (&of_bgp, "1.18", "Local", drains.clone(), &["M2C435"]),
        (&of_bgp, "1.18", "Local", both(ready("n2")), &["M2C435"]),
        (&of_bgp, "1.18", "Local", both(ready("n1")), &[]),
        (&of_bgp, "1.18", "Local", unready, &[]),
        (&of_bgp, "1.18", "Cluster", drains.clone(), &[]),
        (&of_bgp, "1.20", "Cluster", drains.clone(), &["M2C435"]),
        (&of_bgp, "1.20", "Cluster", both(ready("n2")), &[]),
        (&on_l2, "1.18", "Local", drains.clone(), &["M2C306"]),
        (&on_l2, "1.20.2", "Local", drains.clone(), &["M2C435"]),
        (&on_l2, "1.20.2", "Local", both(ready("n1")), &[]),
        (&on_l2, "1.20.2", "Cluster", drains.clone(), &[]),
    ];
    for (base, version, policy, endpoints, expected) in cases {
        let service = holding("x", "10.0.0.1", "")
            .replace("LoadBalancer, ", &format!("LoadBalancer, externalTrafficPolicy: {policy}, "));
        let slice = format!(
            "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: x-1, \
             namespace: default, labels: {{kubernetes.io/service-name: x}}}}\nendpoints: \
             [{endpoints}]\n"
        );
        let text = [base, &service[..], &slice].concat();
        assert_eq!(codes_with(&text, version), expected, "{version} {policy} {endpoints}");
    }
}
