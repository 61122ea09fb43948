//! So many pools that no selector names all the others.

use super::*;
use crate::convert::admission::KubernetesVersion;

/// The pools, and as many more that only their label opens as make 257.
fn among_many(pools: &[String]) -> String {
    let others = (pools.len()..257).map(|at| {
        pool(
            &format!("p{at}"),
            &format!("10.{}.{}.0/28", at / 250, at % 250),
            ", autoAssign: false",
        )
    });
    pools.iter().cloned().chain(others).collect()
}

#[test]
fn a_pool_among_many_lets_in_services_without_any_label() {
    let open = pool("open", "192.0.2.0/28", "");
    let text = among_many(std::slice::from_ref(&open)) + &l2("l2", "ipAddressPools: [open]");
    let conversion = converted(&text);
    assert_eq!(selector_of(&conversion, "open"), "!metallb2cilium.io/pool");
    assert_eq!(selector_of(&conversion, "p256"), "metallb2cilium.io/pool=p256");
    let policy = &conversion.l2_policies[0].resource.spec;
    assert_eq!(shown(policy.service_selector.as_ref()), "!metallb2cilium.io/pool");
    // With one less the others are named.
    let fewer = converted(&text.replace(&pool("p256", "10.1.6.0/28", ", autoAssign: false"), ""));
    assert!(selector_of(&fewer, "open").starts_with("metallb2cilium.io/pool notin (p1,p10,"));
}

/// The label of a pool that lets in nobody with a label would keep the Service out.
#[test]
fn a_service_that_names_a_pool_among_many_gets_into_it() {
    let by_name = service("asks", "annotations: {metallb.io/address-pool: a}", "");
    let (a, b) = (pool("a", "192.0.2.0/28", ""), pool("b", "192.0.2.16/28", ""));
    // What it holds is pinned.
    let holds = by_name.clone() + "status: {loadBalancer: {ingress: [{ip: 192.0.2.7}]}}\n";
    for (pools, asks, selector, label) in [
        (&[a.clone()][..], &by_name, "!metallb2cilium.io/pool", None),
        (&[a.clone(), b.clone()], &by_name, "metallb2cilium.io/pool=a", Some("a")),
        (&[a, b], &holds, "!metallb2cilium.io/pool", None),
    ] {
        let conversion = converted(&(among_many(pools) + asks));
        assert_eq!(selector_of(&conversion, "a"), selector);
        let patch = conversion.services.iter().find(|patch| patch.key.name == "asks");
        let set = patch.and_then(|patch| patch.labels.get("metallb2cilium.io/pool"));
        assert_eq!(set.map(String::as_str), label);
        assert_eq!(losses(&conversion).contains(&"M2C220"), label.is_some());
    }
}

#[test]
fn the_admission_policy_sets_no_label_that_would_keep_a_service_out() {
    let kubernetes: KubernetesVersion = "1.36".parse().unwrap();
    let options = Options { kubernetes: Some(kubernetes), ..Options::default() };
    let (a, b) = (pool("a", "192.0.2.0/28", ""), pool("b", "192.0.2.16/28", ""));
    let shop = pool("shop", "192.0.2.32/28", ", serviceAllocation: {namespaces: [shop]}");
    for (pools, said) in [(&[a.clone(), shop.clone()][..], false), (&[a, b, shop], true)] {
        let conversion = try_convert(&among_many(pools), &options).unwrap();
        let documents = conversion.documents(&[crate::convert::Part::AdmissionPolicy]).unwrap();
        let policy = documents[0].object.to_string();
        let sets = |pair: &str| policy.contains(pair);
        assert_eq!(["'a': ''", "'shop': ''", "'p9': 'p9'"].map(sets), [true; 3]);
        assert_eq!(losses(&conversion).contains(&"M2C220"), said);
    }
}

/// Taken together they would be too many to be told apart.
#[test]
fn many_pools_that_meet_no_other_keep_their_selectors() {
    let tenants = (0..257).map(|at| {
        let allocation = format!(
            ", serviceAllocation: {{namespaces: [t{at}], serviceSelectors: [{{matchLabels: {{app: \
             t{at}}}}}]}}"
        );
        pool(&format!("t{at}"), &format!("10.{}.{}.0/28", at / 250, at % 250), &allocation)
    });
    let web = ", serviceAllocation: {serviceSelectors: [{matchLabels: {app: web}}]}";
    let text: String = tenants.chain([pool("web", "192.0.2.0/28", web)]).collect();
    let conversion = converted(&text);
    assert_eq!(
        selector_of(&conversion, "t7"),
        "app=t7,io.kubernetes.service.namespace=t7,!metallb2cilium.io/pool"
    );
    assert_eq!(selector_of(&conversion, "web"), "app=web,!metallb2cilium.io/pool");
    assert_eq!(losses(&conversion), [""; 0]);
}
