//! Services at hand that are served otherwise afterwards, whatever is written.

use super::*;

fn for_version(text: &str, version: &str) -> Conversion {
    let options = Options { version: version.parse().unwrap(), ..Options::default() };
    try_convert(text, &options).unwrap()
}

#[test]
fn two_services_on_one_port_share_no_address_before_1_17() {
    let shares = |name: &str, port: u16, protocol: &str| {
        holding(name, "10.0.0.1", "annotations: {metallb.io/allow-shared-ip: key}").replace(
            "LoadBalancer, ",
            &format!("LoadBalancer, ports: [{{port: {port}, protocol: {protocol}}}], "),
        )
    };
    for (port, version, expected) in
        [(53, "1.16", &["M2C505"][..]), (853, "1.16", &[]), (53, "1.17", &[]), (53, "1.19", &[])]
    {
        let text = [
            pool("a", "10.0.0.0/24", ""),
            shares("tcp", 53, "TCP"),
            shares("udp", port, "UDP"),
            shares("web", 80, "TCP"),
        ];
        assert_eq!(losses(&for_version(&text.concat(), version)), expected, "{port} {version}");
    }
}

/// A class that Cilium does not serve, and Services that MetalLB with it left alone.
#[test]
fn services_without_a_class_gain_an_address_where_metallb_served_a_class() {
    let text = [
        pool("a", "10.0.0.0/24", ""),
        service("classed", "", "loadBalancerClass: metallb"),
        service("plain", "", ""),
        service("pending", "", ""),
    ]
    .concat();
    let key = |name: &str| crate::cluster::ServiceKey {
        namespace: "default".to_owned(),
        name: name.to_owned(),
    };
    for (keep_pending, gained) in
        [(false, "Services default/plain and default/pending: "), (true, "Service default/plain: ")]
    {
        let options = Options {
            lb_class: Some("metallb".to_owned()),
            pending: [(key("pending"), String::new())].into(),
            keep_pending,
            ..Options::default()
        };
        let conversion = try_convert(&text, &options).unwrap();
        let said = messages(&conversion, "M2C502");
        assert!(said.len() == 1 && said[0].starts_with(gained), "{said:?}");
        let said = messages(&conversion, "M2C501");
        assert!(said.len() == 1 && said[0].starts_with("Service default/classed: "), "{said:?}");
    }
}

#[test]
fn draining_endpoints_are_spoken_of_where_a_local_service_is_announced_by_bgp() {
    let base = [pool("a", "10.0.0.0/24", ""), peer("tor", "192.0.2.1", "")].concat();
    let said = |advertisement: &str, policy: &str| {
        let service = holding("x", "10.0.0.1", "");
        let service = service.replace("r, ", &format!("r, externalTrafficPolicy: {policy}, "));
        let conversion = converted(&[&base[..], advertisement, &service].concat());
        messages(&conversion, "M2C435").len()
    };
    assert_eq!(said(&bgp("all", ""), "Local"), 1);
    assert_eq!(said(&bgp("all", ""), "Cluster"), 0);
    assert_eq!(said(&l2("all", ""), "Local"), 0);
}

#[test]
fn pools_of_different_families_matter_to_services_to_come() {
    let both = "10.0.0.0/24, 'fd00::/120'";
    let other = "10.1.0.0/24, 'fd01::/120'";
    for (addresses, version, expected) in [
        (&["10.0.0.0/24", "10.1.0.0/24"][..], "1.20", 0),
        (&["10.0.0.0/24", "'fd00::/120'"], "1.19", 1),
        (&["10.0.0.0/24", other], "1.19", 1),
        (&[both], "1.20", 0),
        (&[both, other], "1.19", 0),
        // Here each family may come from another one.
        (&[both, other], "1.20", 1),
    ] {
        let pools = addresses.iter().enumerate();
        let text: String = pools.map(|(at, one)| pool(&format!("p{at}"), one, "")).collect();
        let conversion = for_version(&text, version);
        let said = messages(&conversion, "M2C503");
        assert_eq!((said.len(), losses(&conversion)), (expected, vec![]), "{addresses:?}");
    }
}

/// A slice of x's endpoints with one of these conditions.
fn endpoint(conditions: &str) -> String {
    format!(
        "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: x-1, namespace: \
         default, labels: {{kubernetes.io/service-name: x}}}}\naddressType: IPv4\nendpoints: \
         [{{addresses: [10.244.0.1], conditions: {{{conditions}}}}}]\n"
    )
}

#[test]
fn a_service_on_l2_without_a_usable_endpoint_is_answered_for_by_cilium_alone() {
    for (conditions, is_silent) in [
        ("ready: true", false),
        ("", false),
        ("ready: false, serving: true", false),
        ("ready: false, serving: false", true),
        ("ready: false", true),
    ] {
        let slice = endpoint(conditions);
        let text =
            [&pool("a", "10.0.0.0/24", "")[..], &holding("x", "10.0.0.1", ""), &slice].concat();
        let expected = if is_silent { &["M2C307"][..] } else { &[] };
        assert_eq!(losses(&converted(&(text.clone() + &l2("l2", "")))), expected, "{conditions}");
        assert_eq!(losses(&converted(&text)), [""; 0], "nobody announces it");
    }
}

#[test]
fn a_local_service_without_a_selector_shares_no_address_with_cilium() {
    let shares = |name: &str, spec: &str| {
        holding(name, "10.0.0.1", "annotations: {metallb.io/allow-shared-ip: key}")
            .replace("LoadBalancer, ", &format!("LoadBalancer, {spec}"))
    };
    for (spec, selector, expected) in [
        ("externalTrafficPolicy: Local, ", "", &["M2C504"][..]),
        ("externalTrafficPolicy: Local, ", "selector: {app: x}, ", &[]),
        ("", "", &[]),
    ] {
        let text = [
            pool("a", "10.0.0.0/24", ""),
            shares("one", &format!("{spec}{selector}ports: [{{port: 80, protocol: TCP}}], ")),
            shares("two", &format!("{spec}{selector}ports: [{{port: 81, protocol: TCP}}], ")),
        ];
        let conversion = converted(&text.concat());
        assert_eq!(losses(&conversion), expected, "{spec}{selector}");
    }
}

/// To MetalLB an empty key is one, too.
#[test]
fn a_service_with_a_key_is_announced_by_cilium_alone_where_selectors_are_for_its_pool() {
    for (pool_name, metadata, expected) in [
        ("a", "annotations: {metallb.io/allow-shared-ip: key}, ", &["M2C308"][..]),
        ("a", "annotations: {metallb.io/allow-shared-ip: ''}, ", &["M2C308"]),
        ("a", "", &[]),
        ("b", "annotations: {metallb.io/allow-shared-ip: key}, ", &[]),
    ] {
        let text = [
            pool("a", "10.0.0.0/24", ""),
            pool("b", "10.1.0.0/24", ", autoAssign: false"),
            l2("some", "ipAddressPools: [a], serviceSelectors: [{matchLabels: {app: x}}]"),
            l2("all", ""),
            holding(
                "x",
                if pool_name == "a" { "10.0.0.1" } else { "10.1.0.1" },
                &format!("{metadata}labels: {{app: x}}"),
            ),
        ];
        assert_eq!(losses(&converted(&text.concat())), expected, "{pool_name} {metadata}");
    }
}

#[test]
fn nodes_without_a_network_are_named() {
    let node = |name: &str, status: &str| {
        format!(
            "---\napiVersion: v1\nkind: Node\nmetadata: {{name: {name}}}\nstatus: {{conditions: \
             [{{type: NetworkUnavailable, status: '{status}'}}]}}\n"
        )
    };
    for (status, expected) in [
        (["True", "False"], "Node n1: Cilium does not look"),
        (["True", "True"], "Nodes n1 and n2: Cilium does not look"),
        (["False", "False"], "no Node is touched: "),
    ] {
        let nodes = [node("n1", status[0]), node("n2", status[1])].concat();
        let text = [&pool("a", "10.0.0.0/24", "")[..], &l2("l2", ""), &nodes].concat();
        let conversion = converted(&text);
        let said = messages(&conversion, "M2C601").concat();
        assert!(said.contains(expected), "{said}");
        let is_lossy = losses(&conversion).contains(&"M2C601");
        assert_eq!(is_lossy, status.contains(&"True"));
    }
}

#[test]
fn the_client_gets_room_for_the_leases_of_services_at_hand() {
    let rates = |services: &str| {
        let text = [&pool("a", "10.0.0.0/24", "")[..], &l2("l2", ""), services].concat();
        let values = converted(&text).helm_values.values.into_iter();
        let rates = values.filter(|value| value.path[0] == "k8sClientRateLimit");
        rates.map(|value| value.value).collect::<Vec<_>>()
    };
    assert_eq!(rates(""), [""; 0]);
    assert_eq!(rates(&holding("x", "10.0.0.1", "")), ["11", "22"]);
}

fn local(name: &str, ip: &str, labels: &str) -> String {
    holding(name, ip, &format!("labels: {{{labels}}}"))
        .replace("LoadBalancer, ", "LoadBalancer, externalTrafficPolicy: Local, ")
}

#[test]
fn a_service_that_no_advertisement_selects_is_not_on_l2() {
    for (labels, expected) in [("app: web", &["M2C306"][..]), ("app: db", &[])] {
        let text = [
            pool("a", "10.0.0.0/24", ""),
            l2("some", "serviceSelectors: [{matchLabels: {app: web}}, {matchLabels: {app: x}}]"),
            local("x", "10.0.0.1", labels),
        ];
        let conversion = converted(&text.concat());
        assert_eq!(losses(&conversion), expected, "{labels}");
        let values = conversion.helm_values.values.iter();
        let rates = values.filter(|value| value.path[0] == "k8sClientRateLimit").count();
        assert_eq!(rates > 0, !expected.is_empty(), "a lease for each Service on L2");
    }
}

#[test]
fn services_of_pools_that_stay_with_metallb_are_not_touched() {
    let key = "annotations: {metallb.io/allow-shared-ip: key}";
    let shares = |name: &str, port: u16| {
        let spec = format!("externalTrafficPolicy: Local, ports: [{{port: {port}}}], ");
        holding(name, "10.1.0.2", key).replace("LoadBalancer, ", &format!("LoadBalancer, {spec}"))
    };
    let both = service(
        "dual",
        "annotations: {metallb.io/address-pool: b}",
        "clusterIPs: \
                       [10.96.0.1, 'fd96::1'], ipFamilyPolicy: RequireDualStack",
    );
    let text = [
        pool("a", "10.0.0.0/24", ""),
        pool("b", "10.1.0.0/24", ", autoAssign: false"),
        l2("lan", ""),
        peer("tor", "192.0.2.1", ""),
        bgp("out", "aggregationLength: 24"),
        local("x", "10.1.0.1", ""),
        shares("one", 80),
        shares("two", 81),
        both,
    ]
    .concat();
    let lost = |pool: &str| {
        let options = Options { only_pools: [pool.to_owned()].into(), ..Options::default() };
        losses(&try_convert(&text, &options).unwrap())
    };
    assert_eq!(lost("a"), [""; 0]);
    assert_eq!(lost("b"), ["M2C305", "M2C306", "M2C429", "M2C503", "M2C504"]);
}

/// Its owner set the label, and MetalLB looks at annotations only.
#[test]
fn a_service_that_only_cilium_gives_half_of_what_it_requires_is_named() {
    let both = "clusterIPs: [10.96.0.1, 'fd96::1'], ipFamilyPolicy: RequireDualStack";
    let text = [
        pool("a", "10.0.0.0/24", ", autoAssign: false"),
        service("x", "labels: {metallb2cilium.io/pool: a}", both),
    ];
    assert_eq!(losses(&converted(&text.concat())), ["M2C503"]);
}
