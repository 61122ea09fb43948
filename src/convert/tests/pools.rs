//! Pools: their blocks and their selectors.

use super::*;
use crate::cilium::AllowFirstLastIps;

const NOT_EXCLUDED: &str = "!node.kubernetes.io/exclude-from-external-load-balancers";

#[test]
fn one_pool_for_everybody_has_no_selector() {
    let conversion = converted(&[pool("a", "10.0.0.0/24", ""), l2("l2", "")].concat());
    let spec = &conversion.pools[0].resource.spec;
    assert_eq!(spec.service_selector, None);
    assert_eq!(spec.allow_first_last_ips, Some(AllowFirstLastIps::Yes));
    assert_eq!(spec.blocks[0].cidr.as_deref(), Some("10.0.0.0/24"));
    let policy = &conversion.l2_policies[0].resource.spec;
    assert_eq!(policy.service_selector, None);
    assert_eq!(shown(policy.node_selector.as_ref()), NOT_EXCLUDED);
    assert_eq!(policy.load_balancer_ips, Some(true));
    assert_eq!(losses(&conversion), [""; 0]);
}

#[test]
fn the_sample_of_a_docker_network_keeps_its_fourteen_addresses_and_its_one_interface() {
    let text = [
        pool("default", "172.18.255.193-172.18.255.206", ""),
        l2(
            "l2advertisement",
            "ipAddressPools: [default], interfaces: [eth0], nodeSelectors: [{matchLabels: \
             {kubernetes.io/hostname: NodeA}}]",
        ),
    ]
    .concat();
    let conversion = converted(&text);
    let block = &conversion.pools[0].resource.spec.blocks[0];
    assert_eq!(block.start.as_deref(), Some("172.18.255.193"));
    assert_eq!(block.stop.as_deref(), Some("172.18.255.206"));
    let policy = &conversion.l2_policies[0].resource.spec;
    assert_eq!(policy.interfaces, ["^eth0$"]);
    let expected = format!("kubernetes.io/hostname=NodeA,{NOT_EXCLUDED}");
    assert_eq!(shown(policy.node_selector.as_ref()), expected);
}

#[test]
fn a_service_that_names_one_of_two_open_pools_gets_no_address_of_the_other() {
    let text = [pool("a", "10.0.0.0/28", ""), pool("b", "10.1.0.0/28", ""), l2("l2", "")].concat();
    let conversion = converted(&text);
    assert_eq!(selector_of(&conversion, "a"), "metallb2cilium.io/pool notin (b)");
    assert_eq!(selector_of(&conversion, "b"), "metallb2cilium.io/pool notin (a)");
    assert_eq!(conversion.l2_policies[0].resource.spec.service_selector, None);
    assert_eq!(losses(&conversion), [""; 0]);
}

#[test]
fn a_pool_without_automatic_assignment_is_for_labelled_services_only() {
    let text = [
        pool("open", "10.0.0.0/28", ""),
        pool("asked", "10.1.0.0/28", ", autoAssign: false"),
        l2("l2", ""),
    ]
    .concat();
    let conversion = converted(&text);
    assert_eq!(selector_of(&conversion, "open"), "metallb2cilium.io/pool notin (asked)");
    assert_eq!(selector_of(&conversion, "asked"), "metallb2cilium.io/pool=asked");
    assert_eq!(losses(&conversion), [""; 0]);
    assert_eq!(
        messages(&conversion, "M2C222"),
        ["pool asked serves only Services with the label metallb2cilium.io/pool=asked"]
    );
}

#[test]
fn a_pool_for_a_namespace_is_kept_apart_from_the_open_one() {
    let text = [
        pool("shop", "10.0.0.0/28", ", serviceAllocation: {namespaces: [shop]}"),
        pool("open", "10.1.0.0/28", ""),
        l2("l2", ""),
    ]
    .concat();
    let conversion = converted(&text);
    assert_eq!(
        selector_of(&conversion, "shop"),
        "io.kubernetes.service.namespace=shop,metallb2cilium.io/pool notin (open)"
    );
    assert_eq!(
        selector_of(&conversion, "open"),
        "io.kubernetes.service.namespace notin (shop),metallb2cilium.io/pool notin (shop)"
    );
    assert_eq!(losses(&conversion), ["M2C216"], "the fall-back when shop is full");
}

#[test]
fn several_selectors_on_one_key_merge_into_one() {
    let selectors = ", serviceAllocation: {serviceSelectors: [{matchLabels: {app: x}}, \
                     {matchLabels: {app: z}}]}";
    let conversion = converted(&pool("a", "10.0.0.0/28", selectors));
    assert_eq!(selector_of(&conversion, "a"), "app in (x,z)");
}

#[test]
fn selectors_that_do_not_merge_leave_only_the_label() {
    let selectors = ", serviceAllocation: {serviceSelectors: [{matchLabels: {app: x}}, \
                     {matchLabels: {tier: z}}]}";
    let conversion = converted(&pool("a", "10.0.0.0/28", selectors));
    assert_eq!(selector_of(&conversion, "a"), "metallb2cilium.io/pool=a");
    assert_eq!(losses(&conversion), ["M2C220"]);
}

#[test]
fn of_two_pools_for_a_namespace_the_first_by_priority_is_written() {
    let text = [
        pool("first", "10.0.0.0/28", ", serviceAllocation: {priority: 1, namespaces: [shop]}"),
        pool("second", "10.1.0.0/28", ", serviceAllocation: {priority: 2, namespaces: [shop, x]}"),
    ]
    .concat();
    let conversion = converted(&text);
    assert!(selector_of(&conversion, "first").starts_with("io.kubernetes.service.namespace=shop"));
    assert!(selector_of(&conversion, "second").starts_with("io.kubernetes.service.namespace=x"));
    assert_eq!(losses(&conversion), ["M2C216"]);
}

#[test]
fn a_pinned_pool_of_one_family_leaves_the_other_family_to_the_open_pool() {
    let text = [
        pool("v4", "10.0.0.0/28", ", serviceAllocation: {namespaces: [shop]}"),
        pool("v6", "'fd00::/120'", ""),
    ]
    .concat();
    let conversion = converted(&text);
    assert_eq!(selector_of(&conversion, "v6"), "metallb2cilium.io/pool notin (v4)");
}

#[test]
fn open_pools_that_are_advertised_differently_need_the_label() {
    let text = [
        pool("a", "10.0.0.0/28", ""),
        pool("b", "10.1.0.0/28", ""),
        l2("l2", "ipAddressPools: [a]"),
    ]
    .concat();
    let conversion = converted(&text);
    assert_eq!(selector_of(&conversion, "a"), "metallb2cilium.io/pool=a");
    assert_eq!(selector_of(&conversion, "b"), "metallb2cilium.io/pool=b");
    let policy = &conversion.l2_policies[0].resource.spec;
    assert_eq!(shown(policy.service_selector.as_ref()), "metallb2cilium.io/pool=a");
    assert_eq!(losses(&conversion), ["M2C217"]);
    let said = messages(&conversion, "M2C217").concat();
    assert!(said.starts_with("pools a and b are open to every Service and advertised"), "{said}");

    let options = Options { default_pool: Some("a".to_owned()), ..Options::default() };
    let conversion = try_convert(&text, &options).unwrap();
    assert_eq!(selector_of(&conversion, "a"), "metallb2cilium.io/pool notin (b)");
    assert_eq!(selector_of(&conversion, "b"), "metallb2cilium.io/pool=b");
    let policy = &conversion.l2_policies[0].resource.spec;
    assert_eq!(shown(policy.service_selector.as_ref()), "metallb2cilium.io/pool notin (b)");
    let said = messages(&conversion, "M2C217").concat();
    assert!(said.starts_with("pool b is advertised otherwise than pool a: "), "{said}");
}

#[test]
fn only_an_open_pool_can_be_that_of_services_without_a_label() {
    for (more, is_refused) in [
        ("", false),
        (", autoAssign: false", true),
        (", serviceAllocation: {namespaces: [shop]}", true),
        (", autoAssign: false, serviceAllocation: {namespaces: [shop]}", true),
    ] {
        let options = Options { default_pool: Some("a".to_owned()), ..Options::default() };
        let result = try_convert(&pool("a", "10.0.0.0/28", more), &options);
        let codes: Vec<&str> =
            result.err().into_iter().flatten().map(|error| error.code.id).collect();
        assert_eq!(codes, ["M2C210"][..usize::from(is_refused)], "{more}");
    }
}

#[test]
fn advertisements_that_say_the_same_of_two_pools_are_one_policy() {
    let text = [
        pool("a", "10.0.0.0/28", ""),
        pool("b", "10.1.0.0/28", ", autoAssign: false"),
        l2("one", "ipAddressPools: [a], interfaces: [eth0]"),
        l2("two", "ipAddressPools: [b], interfaces: [eth0]"),
    ]
    .concat();
    let conversion = converted(&text);
    assert_eq!(conversion.l2_policies.len(), 1);
    assert_eq!(conversion.l2_policies[0].name(), "one");
    assert_eq!(conversion.l2_policies[0].resource.spec.service_selector, None);
    assert_eq!(losses(&conversion), [""; 0]);
}

#[test]
fn namespaces_by_label_are_those_of_today() {
    let text = [
        pool(
            "a",
            "10.0.0.0/28",
            ", serviceAllocation: {namespaceSelectors: [{matchLabels: {team: x}}]}",
        ),
        "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: one, labels: {team: x}}\n".into(),
        "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: two, labels: {team: w}}\n".into(),
    ]
    .concat();
    let conversion = converted(&text);
    assert_eq!(selector_of(&conversion, "a"), "io.kubernetes.service.namespace=one");
    assert_eq!(losses(&conversion), ["M2C218"]);
}

#[test]
fn namespaces_by_name_label_stay_what_they_are() {
    for selector in [
        "matchLabels: {kubernetes.io/metadata.name: x}",
        // What both allow.
        "matchLabels: {kubernetes.io/metadata.name: x}, matchExpressions: [{key: \
         kubernetes.io/metadata.name, operator: In, values: [w, x]}]",
    ] {
        let pinned = format!(", serviceAllocation: {{namespaceSelectors: [{{{selector}}}]}}");
        let conversion = converted(&pool("a", "10.0.0.0/28", &pinned));
        assert_eq!(selector_of(&conversion, "a"), "io.kubernetes.service.namespace=x");
        assert_eq!(losses(&conversion), [""; 0]);
    }
}

#[test]
fn parts_of_the_pools_keep_the_selectors_of_the_whole() {
    let text = [pool("a", "10.0.0.0/28", ""), pool("b", "10.1.0.0/28", ""), l2("l2", "")].concat();
    let only = Options { only_pools: ["a".to_owned()].into(), ..Options::default() };
    let conversion = try_convert(&text, &only).unwrap();
    assert_eq!(conversion.pools.len(), 1);
    assert_eq!(selector_of(&conversion, "a"), "metallb2cilium.io/pool notin (b)");
    let policy = &conversion.l2_policies[0].resource.spec;
    assert_eq!(
        shown(policy.service_selector.as_ref()),
        "metallb2cilium.io/pool notin (b)",
        "Services of b are still MetalLB's"
    );
    let unknown = Options { skip_pools: ["c".to_owned()].into(), ..Options::default() };
    assert_eq!(try_convert(&text, &unknown).unwrap_err()[0].code.id, "M2C210");
}

#[test]
fn a_pool_of_ten_thousand_blocks_is_split_for_kubectl() {
    let text = pool("big", "10.0.0.0/12", ", avoidBuggyIPs: true");
    let conversion = converted(&text);
    let names: Vec<&str> = conversion.pools.iter().map(|pool| pool.name()).collect();
    assert!(names.len() > 1 && names[..2] == ["big", "big-2"], "{names:?}");
    let blocks: usize = conversion.pools.iter().map(|p| p.resource.spec.blocks.len()).sum();
    assert_eq!(blocks, 4096, "one for each /24");
    let said = messages(&conversion, "M2C215");
    let count = format!("pool big is written as {} objects: ", names.len());
    assert!(said.len() == 1 && said[0].starts_with(&count), "{said:?}");
    let small = converted(&pool("small", "10.0.0.0/24", ", avoidBuggyIPs: true"));
    assert_eq!(messages(&small, "M2C215"), [""; 0]);
}

#[test]
fn the_trap_of_reserved_addresses_is_said_where_some_are_reserved() {
    let compact = Options { blocks: super::super::BlockForm::Compact, ..Options::default() };
    for (addresses, options, first_last, said) in [
        ("10.0.0.1-10.0.0.14", &compact, AllowFirstLastIps::No, 1),
        ("10.0.0.0/28", &compact, AllowFirstLastIps::Yes, 0),
        ("10.0.0.1-10.0.0.14", &Options::default(), AllowFirstLastIps::Yes, 0),
    ] {
        let conversion = try_convert(&pool("a", addresses, ""), options).unwrap();
        let spec = &conversion.pools[0].resource.spec;
        assert_eq!(spec.allow_first_last_ips, Some(first_last), "{addresses}");
        assert_eq!(messages(&conversion, "M2C214").len(), said, "{addresses}");
    }
    // Its last address is another pool's.
    let next = pool("a", "10.0.0.1-10.0.0.14", "") + &pool("b", "10.0.0.15/32", "");
    let conversion = try_convert(&next, &compact).unwrap();
    let spec = &conversion.pools[0].resource.spec;
    assert_eq!(spec.allow_first_last_ips, Some(AllowFirstLastIps::Yes));
}

#[test]
fn a_pool_of_millions_of_blocks_is_refused() {
    let text = pool("all", "0.0.0.0/0", ", avoidBuggyIPs: true");
    let refused = try_convert(&text, &Options::default()).unwrap_err();
    assert_eq!(refused[0].code.id, "M2C224");
    let two = [pool("a", "10.0.0.0/8", ", avoidBuggyIPs: true"), pool("b", "11.0.0.0/8", "")];
    assert!(try_convert(&two.concat(), &Options::default()).is_ok());
}

#[test]
fn a_range_of_which_avoid_buggy_ips_leaves_nothing_is_named() {
    let text = pool("none", "10.0.4.255-10.0.5.0", ", avoidBuggyIPs: true");
    let conversion = converted(&text);
    assert_eq!(conversion.pools.len(), 0);
    let codes: Vec<&str> = conversion.diagnostics.iter().map(|found| found.code.id).collect();
    assert!(codes.contains(&"M2C212"), "{codes:?}");
}

#[test]
fn the_label_of_a_pool_with_a_long_name_is_a_label_value() {
    let long = ["a".repeat(63), "b".repeat(63), "c".repeat(63)].join(".");
    let text = [
        pool(&long, "10.0.0.0/28", ", autoAssign: false"),
        l2("l2", ""),
        holding("web", "10.0.0.1", &format!("annotations: {{metallb.io/address-pool: {long}}}")),
    ]
    .concat();
    let conversion = converted(&text);
    assert_eq!(conversion.pools[0].name(), long, "the pool keeps its name");
    let value = &conversion.services[0].labels["metallb2cilium.io/pool"];
    assert!(value.len() <= 63, "{value}");
    assert_eq!(selector_of(&conversion, &long), format!("metallb2cilium.io/pool={value}"));
    let command = format!("metallb2cilium.io/pool={value}");
    let need = conversion.diagnostics.iter().find(|found| found.code.id == "M2C221").unwrap();
    assert!(need.help.as_ref().unwrap().contains(&command), "{need:?}");
    assert_eq!(losses(&conversion), [""; 0]);
}

#[test]
fn pools_of_the_old_configuration_get_valid_names_and_labels() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, namespace: \
                metallb-system}\ndata:\n  config: |\n    address-pools:\n    - {name: My Pool, \
                protocol: layer2, auto-assign: false, addresses: [10.0.0.0/24]}\n    - {name: \
                my-pool, protocol: layer2, addresses: [10.0.1.0/24]}\n";
    let conversion = converted(text);
    let names: Vec<&str> = conversion.pools.iter().map(|pool| pool.name()).collect();
    assert_eq!(names, ["my-pool-2", "my-pool"]);
    let selector = selector_of(&conversion, "my-pool-2");
    assert!(selector.starts_with("metallb2cilium.io/pool=My-Pool-"), "{selector}");
}
