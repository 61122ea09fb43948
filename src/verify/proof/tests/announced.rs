//! What Cilium announces to whom, where its configuration or a setting is in the way.

use super::*;
use crate::cilium::L2AnnouncementPolicySpec;
use crate::simulate::cilium::{BGP_CLASS, L2_CLASS};

const WHO: &str = "an IPv4 one in namespace default";

/// A selector that the API server refuses, and that would select everything.
fn no_selector() -> Option<LabelSelector> {
    let none = Requirement { key: "a".to_owned(), operator: Operator::NotIn, values: vec![] };
    Some(LabelSelector { match_expressions: vec![none], ..LabelSelector::default() })
}

#[test]
fn a_policy_that_cannot_be_read_announces_nothing() {
    let text = pool("a", "addresses: [10.0.0.0/28]") + &metallb("L2Advertisement", "l2", "");
    assert_eq!(found(&Both::of(&text)), BTreeSet::new());
    let spoil: [fn(&mut L2AnnouncementPolicySpec); 4] = [
        |spec| spec.service_selector = no_selector(),
        |spec| spec.node_selector = no_selector(),
        |spec| spec.interfaces = vec!["(".to_owned()],
        |spec| spec.load_balancer_ips = None,
    ];
    for (at, spoil) in spoil.into_iter().enumerate() {
        let mut both = Both::of(&text);
        spoil(&mut both.written.l2_policies[0].spec);
        assert_eq!(found(&both), [(Aspect::Answerers, WHO.to_owned())].into(), "{at}");
    }
}

#[test]
fn an_advertisement_of_no_kind_of_address_sends_no_route() {
    let mut both = routed(["", ""]);
    for one in both.written.advertisements.iter_mut().flat_map(|one| &mut one.spec.advertisements) {
        one.service.as_mut().unwrap().addresses.clear();
    }
    assert_eq!(found(&both), [(Aspect::Routes, WHO.to_owned())].into());
}

#[test]
fn no_route_goes_out_for_a_family_that_is_off_or_for_a_class_of_l2() {
    for (ipv4, class, same) in [
        (true, None, true),
        (true, Some(BGP_CLASS), true),
        (true, Some(L2_CLASS), false),
        (false, None, false),
        (false, Some(BGP_CLASS), false),
    ] {
        let mut both = routed(["", ""]);
        both.written.settings.ipv4 = ipv4;
        both.lb_class = class;
        let who = (Aspect::Routes, WHO.to_owned());
        let lost = if same { BTreeSet::new() } else { [who].into() };
        assert_eq!(found(&both), lost, "{ipv4} {class:?}");
    }
}

#[test]
fn another_password_is_found_on_nodes_to_come() {
    let spec = "myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1, password: secret";
    let text = pool("a", "addresses: [10.0.0.0/28]") + &metallb("BGPPeer", "tor", spec);
    let mut both = Both::of(&text);
    assert_eq!(both.proof().outcome, Outcome::Proved);
    for secret in both.applied.secrets.values_mut() {
        let other = crate::cluster::SecretString::new("other");
        secret.data = [("password".to_owned(), crate::cluster::SecretValue::Text(other))].into();
    }
    let deviating = both.proof().deviating;
    let said: Vec<_> =
        deviating.iter().map(|(one, _)| (one.before.as_str(), one.after.as_str())).collect();
    assert_eq!(said, [("password", "another password")]);
}

#[test]
fn metallb_is_taken_to_answer_where_the_conversion_left_nothing_out() {
    let l2 = metallb("L2Advertisement", "l2", "");
    let excluded_interfaces = Some(vec![".".to_owned()]);
    let options = Options { excluded_interfaces, ..Options::default() };
    let mut both = Both::with(&(pool("a", "addresses: [10.0.0.0/28]") + &l2), &options);
    both.written.l2_policies.clear();
    let proof = both.proof();
    let said: Vec<_> = proof.differences.iter().map(|one| (&*one.before, &*one.after)).collect();
    assert_eq!(said, [("example-node on eth0", "nobody answers on L2")]);
}

/// Two pools, each for a namespace, which are announced alike.
fn apart(announced: &str) -> Both {
    let of = |name, at: u8, namespace| {
        let spec = format!(
            "addresses: [10.{at}.0.0/28], serviceAllocation: {{namespaces: [{namespace}]}}"
        );
        pool(name, &spec)
    };
    Both::of(&(of("a", 0, "shop") + &of("b", 1, "other") + announced))
}

#[test]
fn of_pools_that_are_announced_alike_that_is_told_whose_services_differ() {
    let peer = metallb("BGPPeer", "tor", "myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1");
    let bgp = peer + &metallb("BGPAdvertisement", "ad", "");
    let key = "io.kubernetes.service.namespace".to_owned();
    for (announced, aspect) in
        [(metallb("L2Advertisement", "l2", ""), Aspect::Answerers), (bgp, Aspect::Routes)]
    {
        for (left_out, pool) in [("shop", "a"), ("other", "b")] {
            let mut both = apart(&announced);
            assert_eq!(found(&both), found(&apart("")));
            let (key, values) = (key.clone(), vec![left_out.to_owned()]);
            let others = Requirement { key, operator: Operator::NotIn, values };
            let written = &mut both.written;
            let policies = written.l2_policies.iter_mut().map(|one| &mut one.spec.service_selector);
            let adverts = written.advertisements.iter_mut();
            let adverts = adverts.flat_map(|one| &mut one.spec.advertisements);
            for selector in policies.chain(adverts.map(|one| &mut one.selector)) {
                selector.get_or_insert_default().match_expressions.push(others.clone());
            }
            let differences = both.proof().differences.into_iter();
            let of_aspect = differences.filter(|one| one.aspect == aspect);
            let told: Vec<_> = of_aspect.map(|one| (one.message, one.who)).collect();
            let what = match aspect {
                Aspect::Routes => "has other routes to peer tor",
                _ => "is answered for by other nodes",
            };
            let message = format!("a Service of pool {pool} {what}");
            let who = format!("an IPv4 one in namespace {left_out}");
            assert_eq!(told, [(message, who)], "{aspect:?}");
        }
    }
}

#[test]
fn a_session_that_differs_is_shown_on_a_node_that_has_it() {
    let peer = |name, rack, host| {
        let spec = format!(
            "myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.{host}, nodeSelectors: \
             [{{matchLabels: {{rack: {rack}}}}}]"
        );
        metallb("BGPPeer", name, &spec)
    };
    for (name, rack) in [("one", "a"), ("two", "b")] {
        let text = pool("a", "addresses: [10.0.0.0/28]");
        let mut both = Both::of(&(text + &peer("one", "a", 1) + &peer("two", "b", 2)));
        let configs = both.written.peer_configs.iter_mut();
        for one in configs.filter(|one| one.meta.name.starts_with(name)) {
            one.spec.timers.get_or_insert_default().hold_time_seconds = Some(9);
        }
        let deviating = both.proof().deviating;
        assert_eq!(deviating.len(), 1);
        let (one, node) = &deviating[0];
        assert_eq!(one.deviation.peer, name);
        assert!(node.contains(&format!("labels: {{\"rack\": \"{rack}\"}}")), "{node}");
    }
}

#[test]
fn a_class_that_cilium_does_not_serve_is_the_reason_where_there_is_one() {
    for (class, lb_ipam, code) in [
        (Some("example.com/lb"), true, Some("M2C501")),
        (Some(L2_CLASS), false, Some("M2C501")),
        (Some(L2_CLASS), true, None),
        (None, false, None),
    ] {
        let mut both = Both::of(&pool("a", "addresses: [10.0.0.0/28]"));
        both.lb_class = class;
        both.written.settings.lb_ipam = lb_ipam;
        if lb_ipam {
            both.written.pools.clear();
        }
        let proof = both.proof();
        assert!(!proof.differences.is_empty());
        for one in proof.differences {
            assert_eq!(one.code.map(|code| code.id), code, "{class:?} {lb_ipam}");
        }
    }
}

#[test]
fn who_names_a_pool_for_those_without_a_label_may_get_another_such_one() {
    let unlabelled = Requirement {
        key: POOL_LABEL.to_owned(),
        operator: Operator::DoesNotExist,
        values: vec![],
    };
    let selector =
        LabelSelector { match_expressions: vec![unlabelled], ..LabelSelector::default() };
    let mut both =
        Both::of(&(pool("a", "addresses: [10.0.0.0/28]") + &pool("b", "addresses: [10.1.0.0/28]")));
    both.conversion.pools[0].resource.spec.service_selector = Some(selector.clone());
    both.written.pools[0].spec.service_selector = Some(selector.clone());
    let differing = |both: &Both| {
        let differences = both.proof().differences.into_iter();
        let of_pool = differences.filter(|one| one.aspect == Aspect::Pool);
        of_pool.filter_map(|one| one.pool).collect::<Vec<_>>()
    };
    assert!(differing(&both).contains(&"a".to_owned()));
    both.written.pools[1].spec.service_selector = Some(selector);
    assert!(differing(&both).contains(&"a".to_owned()));
}

#[test]
fn a_policy_that_announces_more_than_metallb_does_is_not_proved() {
    for (external_ips, on, proved) in [
        (Some(true), true, false),
        (Some(true), false, true),
        (Some(false), true, true),
        (None, true, true),
    ] {
        let l2 = metallb("L2Advertisement", "l2", "");
        let mut both = Both::of(&(pool("a", "addresses: [10.0.0.0/28]") + &l2));
        both.written.l2_policies[0].spec.external_ips = external_ips;
        both.written.settings.l2_announcements = on;
        let reasons = both.proof().unproved;
        let is_said = reasons.iter().any(|reason| reason.contains("announces externalIPs too"));
        assert_eq!(is_said, !proved, "{external_ips:?} {on}");
    }
}
