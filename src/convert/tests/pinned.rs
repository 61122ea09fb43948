//! Pools with `serviceAllocation`, and who gets in where they meet.

use super::*;

/// The selector without what it says of other pools' labels.
fn natural_of(conversion: &Conversion, pool: &str) -> String {
    let selector = selector_of(conversion, pool);
    let ours = selector.split(",metallb2cilium.io/pool notin").next();
    ours.unwrap_or_default().to_owned()
}

#[test]
fn a_pinned_pool_without_automatic_assignment_is_for_labelled_services_only() {
    for allocation in ["namespaces: [shop]", "serviceSelectors: [{matchLabels: {app: web}}]", ""] {
        let pinned = format!(", autoAssign: false, serviceAllocation: {{{allocation}}}");
        let text = [pool("shop", "10.0.0.0/28", &pinned), pool("open", "10.1.0.0/28", "")];
        let conversion = converted(&text.concat());
        assert_eq!(selector_of(&conversion, "shop"), "metallb2cilium.io/pool=shop");
        // MetalLB takes such Services to the open pool.
        assert_eq!(selector_of(&conversion, "open"), "metallb2cilium.io/pool notin (shop)");
        assert_eq!(losses(&conversion), [""; 0]);
    }
}

#[test]
fn a_pool_whose_namespace_selectors_select_nothing_is_for_whoever_names_it() {
    let pinned = ", serviceAllocation: {namespaceSelectors: [{matchLabels: {team: x}}]}";
    let text = [
        pool("a", "10.0.0.0/28", pinned),
        pool("open", "10.1.0.0/28", ""),
        "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n".to_owned(),
        service("asks", "annotations: {metallb.io/address-pool: a}", ""),
    ];
    let conversion = converted(&text.concat());
    assert_eq!(selector_of(&conversion, "a"), "metallb2cilium.io/pool=a");
    assert_eq!(selector_of(&conversion, "open"), "metallb2cilium.io/pool notin (a)");
    assert_eq!(conversion.services[0].labels, labels(&[("metallb2cilium.io/pool", "a")]));
}

#[test]
fn a_pool_for_a_namespace_and_one_for_a_label_go_by_priority_where_they_meet() {
    let (namespace, others) =
        ("io.kubernetes.service.namespace=shop", "io.kubernetes.service.namespace notin (shop)");
    for (shop, web, expected) in [
        (1, 2, [namespace.to_owned(), format!("app=web,{others}")]),
        (2, 1, [format!("app notin (web),{namespace}"), "app=web".to_owned()]),
    ] {
        let pinned = |priority, to| format!(", serviceAllocation: {{priority: {priority}, {to}}}");
        let to_label = "serviceSelectors: [{matchLabels: {app: web}}]";
        let text = [
            pool("shop", "10.0.0.0/28", &pinned(shop, "namespaces: [shop]")),
            pool("web", "10.1.0.0/28", &pinned(web, to_label)),
        ];
        let conversion = converted(&text.concat());
        assert_eq!(["shop", "web"].map(|name| natural_of(&conversion, name)), expected);
    }
}
