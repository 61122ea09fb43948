//! What is set on Services.

use super::*;

fn patch_of(conversion: &Conversion, name: &str) -> (String, String) {
    let patch = conversion.services.iter().find(|patch| patch.key.name == name);
    let show = |map: &BTreeMap<String, String>| {
        let pairs: Vec<String> = map.iter().map(|(key, value)| format!("{key}={value}")).collect();
        pairs.join(" ")
    };
    patch.map(|patch| (show(&patch.labels), show(&patch.annotations))).unwrap_or_default()
}

#[test]
fn an_address_in_use_is_pinned() {
    let text =
        [pool("a", "10.0.0.0/24", ""), l2("l2", ""), holding("web", "10.0.0.7", "")].concat();
    let conversion = converted(&text);
    let pinned = ("".to_owned(), "lbipam.cilium.io/ips=10.0.0.7".to_owned());
    assert_eq!(patch_of(&conversion, "web"), pinned);
    let options = Options { pin: false, ..Options::default() };
    let conversion = try_convert(&text, &options).unwrap();
    assert_eq!(conversion.services, []);
}

#[test]
fn a_service_that_names_its_pool_gets_the_label() {
    let text = [
        pool("open", "10.0.0.0/28", ""),
        pool("asked", "10.1.0.0/28", ", autoAssign: false"),
        service("db", "annotations: {metallb.io/address-pool: asked}", ""),
        service("web", "annotations: {metallb.universe.tf/address-pool: open}", ""),
        service("any", "", ""),
    ]
    .concat();
    let conversion = converted(&text);
    assert_eq!(patch_of(&conversion, "db").0, "metallb2cilium.io/pool=asked");
    assert_eq!(patch_of(&conversion, "web").0, "metallb2cilium.io/pool=open");
    assert_eq!(patch_of(&conversion, "any").0, "");
}

#[test]
fn a_service_without_an_address_gets_the_label_of_a_pool_that_takes_it_by_label_only() {
    // No selector can say "not both".
    let both = ", serviceAllocation: {priority: 1, namespaces: [other], serviceSelectors: \
                [{matchLabels: {tier: gold}}]}";
    let of_label = |labels: &str| {
        let text = [
            pool("lan", "10.0.0.0/28", ""),
            pool("wide", "'fd00::/120'", ""),
            pool("gold", "10.1.0.0/28", both),
            l2("l2", ""),
            service("new", &format!("labels: {{{labels}}}"), "ipFamilies: [IPv4]"),
            service("six", "", "ipFamilies: [IPv6]"),
            service("asks", "annotations: {metallb.io/address-pool: nowhere}", ""),
        ];
        let conversion = converted(&text.concat());
        ["new", "six", "asks"].map(|name| patch_of(&conversion, name).0)
    };
    // The pool of the other family needs no label.
    for labels in ["a: b", "tier: gold"] {
        assert_eq!(of_label(labels), ["metallb2cilium.io/pool=lan", "", ""], "{labels}");
    }
}

#[test]
fn a_service_that_prefers_both_families_gets_the_label_of_a_pool_with_one() {
    let by_label = ", serviceAllocation: {priority: 1, namespaces: [other], serviceSelectors: \
                    [{matchLabels: {tier: gold}}]}";
    let dual = |name: &str, policy: &str| {
        let spec = format!("ipFamilies: [IPv4, IPv6], ipFamilyPolicy: {policy}");
        service(name, "", &spec)
    };
    let text = [
        pool("lan", "10.0.0.0/28", ""),
        pool("gold", "10.1.0.0/28", by_label),
        dual("prefers", "PreferDualStack"),
        dual("requires", "RequireDualStack"),
    ];
    let conversion = converted(&text.concat());
    assert_eq!(patch_of(&conversion, "prefers").0, "metallb2cilium.io/pool=lan");
    assert_eq!(patch_of(&conversion, "requires").0, "", "MetalLB gives it nothing");
}

#[test]
fn a_service_that_a_pool_lets_in_without_a_label_gets_none() {
    let text = [
        pool("lan", "10.0.0.0/28", ""),
        pool("gold", "10.1.0.0/28", ", serviceAllocation: {namespaces: [other]}"),
        service("new", "", ""),
    ];
    assert_eq!(converted(&text.concat()).services, []);
}

#[test]
fn requests_and_sharing_keys_are_translated() {
    let annotations = "annotations: {metallb.io/loadBalancerIPs: ' 10.0.0.9 , fd00::9', \
                       metallb.io/allow-shared-ip: key}";
    let text = [
        pool("a", "10.0.0.0/24, 'fd00::/120'", ""),
        service("web", annotations, ""),
        service("other", "annotations: {metallb.universe.tf/loadBalancerIPs: 10.0.0.8}", ""),
        service("field", "", "loadBalancerIP: 10.0.0.5"),
        // It has no IPv6.
        service(
            "four",
            "annotations: {metallb.io/loadBalancerIPs: 'fd00::8'}",
            "clusterIPs: [10.9.9.9]",
        ),
    ]
    .concat();
    let conversion = converted(&text);
    assert_eq!(
        patch_of(&conversion, "web").1,
        "lbipam.cilium.io/ips=10.0.0.9,fd00::9 lbipam.cilium.io/sharing-key=key"
    );
    assert_eq!(patch_of(&conversion, "other").1, "lbipam.cilium.io/ips=10.0.0.8");
    assert_eq!(patch_of(&conversion, "field").1, "lbipam.cilium.io/ips=10.0.0.5");
    assert_eq!(patch_of(&conversion, "four").1, "");
}

#[test]
fn services_that_are_not_metallb_s_stay_as_they_are() {
    let asks = "annotations: {metallb.io/loadBalancerIPs: 10.0.0.9}";
    let text = [
        pool("a", "10.0.0.0/24", ""),
        service("inner", asks, "").replace("LoadBalancer", "ClusterIP"),
        service("classed", asks, "loadBalancerClass: other"),
    ];
    assert_eq!(converted(&text.concat()).services, []);
}

#[test]
fn sharing_across_namespaces_is_allowed_on_both_sides() {
    let key = "annotations: {metallb.io/allow-shared-ip: key}";
    let text = [
        pool("a", "10.0.0.0/24", ""),
        holding("one", "10.0.0.1", key),
        holding("two", "10.0.0.1", key).replace("namespace: default", "namespace: other"),
    ]
    .concat();
    let conversion = converted(&text);
    let cross = |name| patch_of(&conversion, name).1.contains("sharing-cross-namespace=");
    assert!(cross("one") && cross("two"));
    assert!(patch_of(&conversion, "one").1.contains("cross-namespace=other "));
    assert!(patch_of(&conversion, "two").1.contains("cross-namespace=default "));
}

#[test]
fn a_key_is_not_set_where_it_could_bring_an_address_of_a_pool_for_others() {
    let key = "annotations: {metallb.io/allow-shared-ip: key}";
    for (namespace, expected) in [
        ("default", ("", "lbipam.cilium.io/sharing-key=key", &[][..])),
        ("other", ("", "", &["M2C507"])),
    ] {
        let text = [
            pool("a", "10.0.0.0/28", ", serviceAllocation: {namespaces: [default]}"),
            pool("b", "10.1.0.0/28", ", serviceAllocation: {namespaces: [other]}"),
            service("one", key, ""),
            service("two", key, "")
                .replace("namespace: default", &format!("namespace: {namespace}")),
        ];
        let conversion = converted(&text.concat());
        let (labels, annotations) = patch_of(&conversion, "one");
        assert_eq!((&*labels, &*annotations, &*losses(&conversion)), expected, "{namespace}");
    }
}

/// Who asks for an address gets that one; who asks for a pool might get one that somebody
/// of its key has of another.
#[test]
fn a_key_is_not_set_on_a_service_that_names_a_pool_where_others_may_have_another() {
    let key = "annotations: {metallb.io/allow-shared-ip: key}";
    for (other, expected) in [
        (
            key.replace('}', ", metallb.io/address-pool: a}"),
            ("lbipam.cilium.io/sharing-key=key", &[][..]),
        ),
        (
            key.replace('}', ", metallb.io/loadBalancerIPs: 10.0.0.9}"),
            ("lbipam.cilium.io/sharing-key=key", &[]),
        ),
        (key.replace('}', ", metallb.io/loadBalancerIPs: 10.1.0.9}"), ("", &["M2C507"])),
        (key.to_owned(), ("", &["M2C507"])),
    ] {
        let text = [
            pool("a", "10.0.0.0/28", ""),
            pool("b", "10.1.0.0/28", ""),
            service("one", &key.replace('}', ", metallb.io/address-pool: a}"), ""),
            service("two", &other, ""),
        ];
        let conversion = converted(&text.concat());
        let annotations = patch_of(&conversion, "one").1;
        assert_eq!((&*annotations, &*losses(&conversion)), expected, "{other}");
        let two = patch_of(&conversion, "two").1;
        assert!(two.ends_with("lbipam.cilium.io/sharing-key=key"), "{two}");
    }
}

/// So many pools by label, and for each so many Services that ask for it: what is said of
/// the label that these need.
fn said_of_labels(pools: usize, services: usize) -> Vec<Diagnostic> {
    let mut text = String::new();
    for at in 0..pools {
        text += &pool(&format!("p{at}"), &format!("10.0.{at}.0/24"), ", autoAssign: false");
        let asks = format!("annotations: {{metallb.io/address-pool: p{at}}}");
        for service_at in 0..services {
            text += &service(&format!("s{at}-{service_at}"), &asks, "");
        }
    }
    let diagnostics = converted(&text).diagnostics;
    diagnostics.into_iter().filter(|one| one.code.id == "M2C221").collect()
}

#[test]
fn five_commands_are_shown_and_the_others_counted() {
    for (services, expected) in [
        (5, "kubectl label service -n default s0-4 metallb2cilium.io/pool=p0"),
        (6, "… and 1 more"),
    ] {
        let help = said_of_labels(1, services)[0].help.clone().unwrap();
        assert_eq!((help.lines().count(), help.lines().last()), (services + 1, Some(expected)));
    }
}

#[test]
fn services_of_more_than_twenty_pools_are_said_at_once() {
    assert_eq!(said_of_labels(20, 1).len(), 20);
    let said = said_of_labels(21, 1);
    let messages: Vec<&str> = said.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(
        messages,
        ["21 Services need the label metallb2cilium.io/pool of one of 21 pools before the pools \
          are applied"]
    );
}

#[test]
fn a_service_that_stays_with_a_pool_against_the_selectors_turns_it_to_labels() {
    let text = [
        pool("open", "10.0.0.0/28", ""),
        pool("shop", "10.1.0.0/28", ", serviceAllocation: {namespaces: [default]}"),
        holding("old", "10.0.0.3", ""),
    ]
    .concat();
    let conversion = converted(&text);
    assert_eq!(selector_of(&conversion, "open"), "metallb2cilium.io/pool=open");
    assert_eq!(patch_of(&conversion, "old").0, "metallb2cilium.io/pool=open");
    assert!(losses(&conversion).contains(&"M2C220"));
}

#[test]
fn an_address_that_metallb_will_take_away_is_not_pinned() {
    let text = [
        pool("a", "10.0.0.0/28", ", avoidBuggyIPs: true"),
        holding("outside", "10.9.0.1", ""),
        holding("avoided", "10.0.0.0", ""),
        holding("kept", "10.0.0.1", ""),
    ]
    .concat();
    let pinned = |text: &str| -> Vec<String> {
        converted(text).services.into_iter().map(|patch| patch.key.name).collect()
    };
    assert_eq!(pinned(&text), ["kept"]);
    let text = text.replace(", avoidBuggyIPs: true", "");
    assert_eq!(pinned(&text), ["avoided", "kept"]);
}

/// Converts with those Services left pending by MetalLB.
fn keeping(text: &str, pending: &[&str]) -> Conversion {
    with_pending(text, pending, true)
}

fn with_pending(text: &str, pending: &[&str], keep_pending: bool) -> Conversion {
    let pending = pending.iter().map(|name| {
        let key = crate::cluster::ServiceKey {
            namespace: "default".to_owned(),
            name: (*name).to_owned(),
        };
        (key, "for a reason".to_owned())
    });
    let options = Options { keep_pending, pending: pending.collect(), ..Options::default() };
    try_convert(text, &options).unwrap()
}

#[test]
fn a_pending_service_is_kept_out_of_every_pool() {
    let text = [
        pool("open", "10.0.0.0/28", ""),
        pool("asked", "10.1.0.0/28", ", autoAssign: false"),
        service("gone", "annotations: {metallb.io/address-pool: gone}", ""),
        service(
            "two",
            "annotations: {metallb.io/loadBalancerIPs: 10.0.0.3}",
            "loadBalancerIP: 10.0.0.3",
        ),
        service(
            "shares",
            "annotations: {metallb.io/allow-shared-ip: key, metallb.io/address-pool: x}",
            "",
        ),
        holding("web", "10.0.0.7", ""),
    ]
    .concat();
    let pending = ["gone", "two", "shares"];
    let conversion = keeping(&text, &pending);
    let labels = labels(&[("metallb2cilium.io/pool", super::super::NO_POOL)]);
    for name in pending {
        let (label, annotations) = patch_of(&conversion, name);
        assert_eq!(label, "metallb2cilium.io/pool=metallb2cilium.io.none");
        assert_eq!(annotations, "", "{name} asks Cilium for nothing");
    }
    for pool in &conversion.pools {
        let selector = pool.resource.spec.service_selector.as_ref().unwrap();
        assert!(!selector.matches(&labels), "{}", pool.name());
    }
    let web = (String::new(), "lbipam.cilium.io/ips=10.0.0.7".to_owned());
    assert_eq!(patch_of(&conversion, "web"), web);
    assert!(!losses(&conversion).contains(&"M2C502"), "nothing is gained");
    assert!(losses(&converted(&text)).contains(&"M2C502"));
}

#[test]
fn a_pending_service_that_is_not_kept_out_asks_cilium_as_it_asked_metallb() {
    let asks = service("asks", "", "loadBalancerIP: 10.0.0.7");
    let text = [pool("a", "10.0.0.0/24", ""), asks].concat();
    for (keep, expected) in [
        (false, ("", "lbipam.cilium.io/ips=10.0.0.7")),
        (true, ("metallb2cilium.io/pool=metallb2cilium.io.none", "")),
    ] {
        let (labels, annotations) = patch_of(&with_pending(&text, &["asks"], keep), "asks");
        assert_eq!((&*labels, &*annotations), expected, "{keep}");
    }
}

#[test]
fn the_only_pool_gets_a_selector_to_keep_pending_services_out() {
    let text = pool("a", "10.0.0.0/24", "");
    assert_eq!(selector_of(&converted(&text), "a"), "every");
    let kept = keeping(&text, &[]);
    assert_eq!(selector_of(&kept, "a"), "metallb2cilium.io/pool notin (metallb2cilium.io.none)");
    assert_eq!(kept.services, []);
}

#[test]
fn no_pool_s_label_means_no_pool() {
    let named = pool(super::super::NO_POOL, "10.0.0.0/24", ", autoAssign: false");
    let selector = selector_of(&converted(&named), super::super::NO_POOL);
    assert!(selector.starts_with("metallb2cilium.io/pool=metallb2cilium.io.none-"), "{selector}");
}
