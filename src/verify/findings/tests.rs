use super::*;
use crate::diagnostic::ObjectRef;
use crate::verify::at_hand::Route;
use crate::verify::report::Verdict;
use crate::verify::testing::{AT_HAND, Both, cilium, cilium_pool, metallb, pool};

#[test]
fn the_nearest_way_is_that_with_the_most_in_common() {
    let nodes = [("node-a".to_owned(), vec![])].into();
    let route = Route {
        node: "node-a".to_owned(),
        peer: "tor".to_owned(),
        family: Family::V4,
        length: 32,
        local_pref: None,
        communities: vec![],
    };
    let after = Serving::default();
    for further in [
        Serving { count: 1, ..Serving::default() },
        Serving { addresses: vec![IpAddr::from([10, 0, 0, 1])], ..Serving::default() },
        Serving { pool: Some("a".to_owned()), ..Serving::default() },
        Serving { families: [Family::V4].into(), ..Serving::default() },
        Serving { l2: [(Family::V4, nodes)].into(), ..Serving::default() },
        Serving { bgp: [route].into(), ..Serving::default() },
    ] {
        let near = Serving { answered_twice: true, ..Serving::default() };
        let before = [further, near.clone()].into();
        assert_eq!(nearest(&before, &after), Some(&near), "{before:?}");
    }
}

/// The Service at hand, with these ways of serving it and these addresses on either side.
fn found(ways: [&[Serving]; 2], ips: [&[[u8; 4]]; 2], said: &[Diagnostic]) -> Vec<Finding> {
    let both = Both::of(&(AT_HAND.to_owned() + &pool("a", "addresses: [10.0.0.0/28]")));
    let name = "shop/web";
    let [servings_before, servings_after] =
        ways.map(|ways| BTreeMap::from([(name.to_owned(), ways.iter().cloned().collect())]));
    let [addresses_before, addresses_after] = ips.map(|ips| {
        let each = ips.iter().map(|ip| vec![IpAddr::from(*ip)]);
        BTreeMap::from([(name, each.collect())])
    });
    let seen = Seen {
        config: &both.config,
        cluster: &both.cluster,
        cilium: &both.written,
        applied: &both.applied,
        servings_before,
        servings_after,
        addresses_before,
        addresses_after,
        pools: PoolMap::new(&both.config),
        metallb: None,
    };
    services(&seen, &mut Losses::new(said, true))
}

/// A way of serving with an address of a pool.
fn of_pool(name: &str) -> Serving {
    Serving { pool: Some(name.to_owned()), count: 1, ..Serving::default() }
}

#[test]
fn the_address_that_is_told_is_that_of_the_outcome_that_differs() {
    let holds = |last: u8| Serving { addresses: vec![[10, 0, 0, last].into()], ..of_pool("a") };
    let (seven, nine) = ([10, 0, 0, 7], [10, 0, 0, 9]);
    let after: &[Serving] = &[holds(7), holds(9)];
    let findings = found([&[holds(7)], after], [&[seven], &[seven, nine]], &[]);
    let said: Vec<_> = findings.iter().map(|one| (&*one.before, &*one.after)).collect();
    assert_eq!(said, [("10.0.0.7 of pool a", "10.0.0.9 of pool a in one of the outcomes")]);
}

#[test]
fn that_there_is_another_way_is_said_where_there_is_one() {
    for (before, said) in
        [(&["a"][..], "10.0.0.1 of pool a"), (&["0", "a"], "10.0.0.1 of pool a, or another way")]
    {
        let before: Vec<Serving> = before.iter().map(|name| of_pool(name)).collect();
        let findings = found([&before, &[Serving::default()]], [&[[10, 0, 0, 1]], &[]], &[]);
        let all: Vec<_> = findings.iter().map(|one| (&*one.before, &*one.after)).collect();
        assert_eq!(all, [(said, "no address")]);
    }
}

#[test]
fn a_finding_is_of_the_service_whatever_object_its_loss_is_about() {
    let object = ObjectRef {
        kind: "IPAddressPool".to_owned(),
        namespace: "m".to_owned(),
        name: "a".to_owned(),
    };
    let loss = Diagnostic::lossy(convert::POOL_NEEDS_LABEL, "pool a").object(object);
    let place = Both::of(AT_HAND).cluster.services[0].origin.span("");
    let loss = loss.label(place, "of the loss");
    let findings =
        found([&[of_pool("a")], &[Serving::default()]], [&[[10, 0, 0, 1]], &[]], &[loss]);
    let said: Vec<_> =
        findings.iter().map(|one| (one.diagnostic.code.id, one.headline())).collect();
    assert_eq!(said, [("M2C222", "shop/web loses its address".to_owned())]);
    let labels = findings[0].diagnostic.labels.iter();
    assert!(labels.clone().count() > 0 && labels.clone().all(|one| one.text != "of the loss"));
}

/// Cilium answers on L2 for the Services at hand, and MetalLB does not.
fn answered(text: &str) -> Both {
    let policy = cilium("CiliumL2AnnouncementPolicy", "all", "loadBalancerIPs: true");
    let pools = cilium_pool("a", "blocks: [{cidr: 10.0.0.0/28}], allowFirstLastIPs: 'Yes'");
    Both::against(&(text.to_owned() + &pool("a", "addresses: [10.0.0.0/28]")), &(pools + &policy))
}

#[test]
fn who_answers_is_no_matter_only_where_no_endpoint_could_serve() {
    for (conditions, code, verdict) in [
        ("ready: true", "M2C593", Verdict::Different),
        ("ready: false", "M2C307", Verdict::Equivalent),
        ("ready: false, serving: true", "M2C593", Verdict::Different),
        ("", "M2C593", Verdict::Different),
    ] {
        let report = answered(&AT_HAND.replace("ready: true", conditions)).report();
        let codes: Vec<&str> = report.findings.iter().map(|one| one.diagnostic.code.id).collect();
        assert_eq!((codes, report.verdict), (vec![code], verdict), "{conditions}");
    }
}

/// The Service at hand, and another one.
fn two(other: &str) -> String {
    let own = AT_HAND.split_once("---").map_or("", |(_, own)| own);
    format!("{AT_HAND}---{}", own.replace("web", other))
}

#[test]
fn what_touches_traffic_is_said_first() {
    let both = two("idle");
    let (web, idle) = both.split_at(AT_HAND.len());
    let report =
        answered(&(web.to_owned() + &idle.replace("ready: true", "ready: false"))).report();
    let said: Vec<_> =
        report.findings.iter().map(|one| (&*one.subjects[0], one.touches_traffic())).collect();
    assert_eq!(said, [("shop/web", true), ("shop/idle", false)]);
}

#[test]
fn services_that_fare_alike_are_one_finding_with_each_place_once() {
    let findings = answered(&two("other")).report().findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].subjects, ["shop/other", "shop/web"]);
    let labels = &findings[0].diagnostic.labels;
    let texts: Vec<&str> = labels.iter().map(|label| &*label.text).collect();
    assert_eq!(texts, ["this Service", "announced by Cilium", "this Service"]);
    assert_ne!(labels[0].span, labels[2].span);
}

#[test]
fn one_finding_of_many_services_points_at_so_many_of_them_only() {
    let others: String = (0..MAX_PLACES)
        .map(|at| two(&format!("web-{at}")).split_off(AT_HAND.len()).replace("web-1-", "x-"))
        .collect();
    let findings = answered(&(AT_HAND.to_owned() + &others)).report().findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].subjects.len(), MAX_PLACES + 1);
    assert_eq!(findings[0].diagnostic.labels.len(), MAX_PLACES);
}

#[test]
fn what_announces_a_service_is_told_by_its_own_labels() {
    let policy = "loadBalancerIPs: true, serviceSelector: {matchLabels: {app: web}}";
    let mut both = answered(&two("idle"));
    let read = Both::against("", &cilium("CiliumL2AnnouncementPolicy", "web", policy));
    both.written.l2_policies = read.written.l2_policies;
    let findings = both.report().findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].subjects, ["shop/web"]);
    let texts: Vec<&str> = findings[0].diagnostic.labels.iter().map(|label| &*label.text).collect();
    assert_eq!(texts, ["this Service", "announced by Cilium"]);
}

#[test]
fn preferred_nodes_that_decide_are_one_finding_and_other_losses_remain() {
    let node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: node-b, labels: {rack: b}}\n";
    let preferred = "preferredNodeSelectors: [{weight: 5, preference: {matchLabels: {rack: b}}}]";
    let unused = format!("ipAddressPools: [b], {preferred}");
    for (text, decide) in [(AT_HAND.to_owned() + node, 1), (AT_HAND.to_owned(), 0)] {
        let text = text
            + &pool("a", "addresses: [10.0.0.0/28]")
            + &pool("b", "addresses: [10.1.0.0/28], autoAssign: false")
            + &metallb("L2Advertisement", "l2", preferred)
            + &metallb("L2Advertisement", "unused", &unused);
        let both = Both::of(&text);
        let said = both.conversion.diagnostics.iter();
        let said = said.filter(|one| one.code == convert::PREFERRED_NODES).cloned();
        let findings = both.report_of(&said.collect::<Vec<_>>(), true).findings;
        let told: Vec<_> = findings
            .iter()
            .map(|one| (one.seen, &*one.diagnostic.object.as_ref().unwrap().name))
            .collect();
        assert_eq!(told, [(decide == 1, "l2"), (false, "unused")]);
    }
}

#[test]
fn a_note_is_left_out_only_if_it_assumes_what_was_found_not_to_be_so() {
    let both = answered(&AT_HAND.replace("ready: true", "ready: false"));
    let (found, other) = (convert::ANSWERS_WITHOUT_ENDPOINTS, convert::DRAINING);
    let said = [
        Diagnostic::assumption(found, "every Service has an endpoint"),
        Diagnostic::note(found, "noted"),
        Diagnostic::assumption(other, "nothing drains"),
    ];
    let noted = |own| {
        let notes = both.report_of(&said, own).notes;
        notes.into_iter().map(|note| note.message).collect::<Vec<_>>()
    };
    assert_eq!(noted(true), ["noted", "assumed that nothing drains"]);
    assert_eq!(noted(false), [""; 0]);
}

#[test]
fn that_not_every_outcome_was_compared_is_said_of_either_side() {
    let pools: String = (0..65)
        .map(|at| pool(&format!("p{at:02}"), &format!("addresses: [10.0.{at}.0/28]")))
        .collect();
    let asks = |name: &str| {
        let text = AT_HAND.replacen(
            "namespace: shop",
            &format!("annotations: {{{name}: 10.0.0.1}}, namespace: shop"),
            1,
        );
        Both::of(&(text + &pools)).report().counts
    };
    let (metallb, cilium) = (asks("lbipam.cilium.io/ips"), asks("metallb.io/loadBalancerIPs"));
    assert_eq!((metallb.truncated, metallb.outcomes_before, metallb.outcomes_after), (true, 64, 1));
    assert_eq!((cilium.truncated, cilium.outcomes_before, cilium.outcomes_after), (false, 1, 1));
}
