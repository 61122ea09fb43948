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

/// From which pool MetalLB goes on to which.
fn fall_backs(conversion: &Conversion) -> Vec<(String, String)> {
    let messages = messages(conversion, "M2C216").into_iter().map(|message| {
        let rest = message.strip_prefix("when pool ").unwrap();
        let (pool, rest) = rest.split_once(" is full or lacks a family, MetalLB goes on").unwrap();
        let next = rest.split([' ', ';']).nth(3).unwrap();
        (pool.to_owned(), next.to_owned())
    });
    messages.collect()
}

#[test]
fn a_full_pool_is_followed_by_one_that_fits_some_of_its_services() {
    let by_ns = |name: &str| format!("namespaces: [{name}]");
    let by_label =
        |key: &str, value: &str| format!("serviceSelectors: [{{matchLabels: {{{key}: {value}}}}}]");
    let asked = |allocation: String| format!("{allocation}}}, autoAssign: false, x: {{");
    for (first, second, expected) in [
        (by_ns("shop"), by_label("app", "web"), "second"),
        (by_label("app", "web"), by_ns("shop"), "second"),
        (by_label("app", "web"), by_label("tier", "gold"), "second"),
        (by_ns("shop"), by_ns("shop"), "second"),
        // No Service is for both.
        (by_label("app", "web"), by_label("app", "db"), "open"),
        (by_ns("shop"), by_ns("blog"), "open"),
        (by_ns("shop"), asked(by_ns("shop")), "open"),
    ] {
        let pinned = |priority, allocation: &str| {
            format!(", serviceAllocation: {{priority: {priority}, {allocation}}}")
        };
        let pools = [
            pool("first", "10.0.0.0/28", &pinned(1, &first)),
            pool("second", "10.1.0.0/28", &pinned(2, &second)).replace(", x: {}", ""),
        ]
        .concat();
        let of_first = |text: &str| {
            let found = fall_backs(&converted(text)).into_iter();
            found.filter(|(pool, _)| pool == "first").map(|(_, next)| next).collect::<Vec<_>>()
        };
        let with_open = pools.clone() + &pool("open", "10.2.0.0/28", "");
        assert_eq!(of_first(&with_open), [expected], "{first} {second}");
        let without = if expected == "open" { vec![] } else { vec![expected.to_owned()] };
        assert_eq!(of_first(&pools), without, "{first} {second}");
    }
}

#[test]
fn a_pool_for_namespaces_by_label_may_be_asked_for_from_these() {
    let pinned = ", autoAssign: false, serviceAllocation: {namespaceSelectors: [{matchLabels: \
                  {team: x}}]}";
    let namespace = |name: &str, team: &str| {
        format!(
            "---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{team: \
             {team}}}}}\n"
        )
    };
    for (own, other, expected) in [("x", "w", Some("a")), ("w", "x", None)] {
        let text = [
            pool("a", "10.0.0.0/28", pinned),
            namespace("default", own),
            namespace("other", other),
            service("asks", "annotations: {metallb.io/address-pool: a}", ""),
        ];
        let conversion = converted(&text.concat());
        let label =
            conversion.services.first().map(|patch| &patch.labels["metallb2cilium.io/pool"]);
        assert_eq!(label.map(String::as_str), expected);
        assert_eq!(losses(&conversion).contains(&"M2C502"), expected.is_none());
    }
}
