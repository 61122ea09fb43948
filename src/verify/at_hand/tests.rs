use super::*;
use crate::simulate::decision::{Allocation, Engine};
use crate::verify::report::Verdict;
use crate::verify::testing::{AT_HAND, Both, metallb, pool};

#[test]
fn local_preferences_count_for_internal_peers_only() {
    let peer = |name, asn, host| {
        let spec = format!("myASN: 64512, peerASN: {asn}, peerAddress: 192.0.2.{host}");
        metallb("BGPPeer", name, &spec)
    };
    let text = AT_HAND.to_owned()
        + &pool("a", "addresses: [10.0.0.0/28]")
        + &peer("inner", 64512, 1)
        + &peer("outer", 64513, 2)
        + &metallb("BGPAdvertisement", "ad", "localPref: 200");
    let mut both = Both::of(&text);
    assert_eq!(both.report().verdict, Verdict::Equivalent);
    both.written.advertisements[0].spec.advertisements[0].attributes = None;
    let after = "node-a to inner: IPv4 /32";
    let found: Vec<_> =
        both.report().findings.into_iter().map(|one| (one.before, one.after)).collect();
    assert_eq!(found, [(format!("{after} local preference 200"), after.to_owned())]);
}

#[test]
fn just_the_address_that_is_held_must_stay() {
    for (holds, verdict) in [
        ("{ip: 10.0.0.7}", Verdict::Different),
        ("", Verdict::Equivalent),
        // MetalLB has no such address.
        ("{ip: 192.0.2.7}", Verdict::Equivalent),
    ] {
        let text = AT_HAND.replace("ingress: []", &format!("ingress: [{holds}]"));
        let mut both = Both::of(&(text + &pool("a", "addresses: [10.0.0.0/28]")));
        assert_eq!(both.report().verdict, Verdict::Equivalent);
        let asks = ("lbipam.cilium.io/ips".to_owned(), "10.0.0.9".to_owned());
        both.applied.services[0].annotations.extend([asks]);
        assert_eq!(both.report().verdict, verdict, "{holds}");
    }
}

#[test]
fn two_nodes_answer_for_a_shared_address_unless_there_is_but_one() {
    for (one, other, leaders, twice) in [
        (&["a"][..], &["a"][..], None, false),
        (&["a"], &["b"], None, true),
        (&["a", "b"], &["a", "b"], None, true),
        (&["a", "b"], &["a", "b"], Some(["a", "a"]), false),
        (&["a", "b"], &["a", "b"], Some(["a", "b"]), true),
        (&["a"], &[], None, false),
    ] {
        let entry = |service: &str, candidates: &[&str], at: usize| L2Announcement {
            service: service.to_owned(),
            ip: IpAddr::from([10, 0, 0, 1]),
            candidates: candidates.iter().map(|node| (*node).to_owned()).collect(),
            leader: leaders.map(|leaders| leaders[at].to_owned()),
            interfaces: BTreeMap::new(),
        };
        let l2 = vec![entry("shop/one", one, 0), entry("shop/two", other, 1)];
        let outcome = Outcome { l2, ..Outcome::default() };
        let expected: &[&str] = if twice { &["shop/one", "shop/two"] } else { &[] };
        let found: Vec<&str> = answered_twice(&outcome).into_iter().collect();
        assert_eq!(found, expected, "{one:?} {other:?} {leaders:?}");
    }
}

#[test]
fn what_only_cilium_may_decide_is_a_difference_and_what_was_not_looked_at_is_said() {
    let Both { config, cluster, .. } =
        Both::of(&(AT_HAND.to_owned() + &pool("a", "addresses: [10.0.0.0/28]")));
    let decision = |addresses: &[&str], truncated| {
        let outcomes = addresses.iter().map(|ip| {
            let ips: Vec<IpAddr> = ip.parse().into_iter().collect();
            let pool = ips.first().map(|_| "a".to_owned());
            let given = Allocation { ips, pool, reason: None };
            Outcome { services: [("shop/web".to_owned(), given)].into(), ..Outcome::default() }
        });
        Decision {
            engine: Engine::Metallb,
            version: String::new(),
            config_error: None,
            deterministic: false,
            truncated,
            outcomes: outcomes.collect(),
        }
    };
    for (before, after, differences) in [
        (&["10.0.0.1"][..], &["10.0.0.1"][..], 0),
        (&["10.0.0.1"], &["10.0.0.1", ""], 1),
        (&["10.0.0.1", ""], &["10.0.0.1"], 0),
    ] {
        for (one, other) in [(false, false), (true, false), (false, true)] {
            let (before, after) = (decision(before, one), decision(after, other));
            let found = compare(&config, &cluster, &before, &after);
            assert_eq!((found.services, found.differences.len()), (1, differences));
            assert_eq!(found.truncated, one || other);
        }
    }
}

#[test]
fn an_address_of_the_other_family_is_another_one() {
    let mut both =
        Both::of(&(AT_HAND.to_owned() + &pool("a", "addresses: [10.0.0.0/28, 'fd00::/124']")));
    for (address, said) in
        [("10.0.0.7", None), ("fd00::7", Some("shop/web has other address families"))]
    {
        let asks = ("lbipam.cilium.io/ips".to_owned(), address.to_owned());
        both.applied.services[0].annotations.extend([asks]);
        let findings = both.report().findings;
        let headline = findings.first().map(|one| one.headline());
        assert_eq!(headline.as_deref(), said, "{address}");
    }
}

#[test]
fn a_route_to_an_address_that_another_class_has_too_is_not_its_own() {
    let peer = "myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1";
    let text = AT_HAND.replace("ingress: []", "ingress: [{ip: 10.0.0.7}]")
        + &pool("a", "addresses: [10.0.0.0/28]")
        + &metallb("BGPPeer", "peer", peer)
        + &metallb("BGPAdvertisement", "ad", "")
        + "---\napiVersion: v1\nkind: Service\nmetadata: {name: theirs, namespace: shop}\n\
           spec: {type: LoadBalancer, loadBalancerClass: example.com/theirs, clusterIP: \
           10.96.0.2, ports: [{port: 81}]}\nstatus: {loadBalancer: {ingress: [{ip: 10.0.0.7}]}}\n";
    let mut both = Both::of(&text);
    assert_eq!(both.report().verdict, Verdict::Equivalent);
    // What the Service loses that has it by its pool is seen.
    both.written.advertisements.clear();
    let found: Vec<String> = both.report().findings.iter().map(|one| one.headline()).collect();
    assert_eq!(found, ["shop/web has other routes"]);
}

#[test]
fn a_route_for_a_service_that_shares_the_address_is_not_that_of_one_without_endpoints() {
    let peer = "myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1";
    let sharing = |name: &str, port: u16, wants: &str| {
        format!(
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop, \
             annotations: {{metallb.io/allow-shared-ip: k}}}}\nspec: {{type: LoadBalancer, \
             clusterIP: 10.96.1.1, ports: [{{port: {port}}}]{wants}}}\n"
        )
    };
    let endpoint = "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: \
                    idle-1, namespace: shop, labels: {kubernetes.io/service-name: idle}}\n\
                    endpoints: [{addresses: [10.244.0.2], nodeName: node-a}]\n";
    let text = AT_HAND
        .replace("name: web,", "name: web, annotations: {metallb.io/allow-shared-ip: k},")
        .replace("{type: LoadBalancer,", "{type: LoadBalancer, loadBalancerIP: 10.0.0.7,")
        + &sharing("idle", 81, "")
        + &pool("a", "addresses: [10.0.0.0/28]")
        + &metallb("BGPPeer", "peer", peer)
        + &metallb("BGPAdvertisement", "ad", "");
    // MetalLB gives the second one an address of its own, Cilium that of the first one.
    let of = |text: &str| {
        let findings = Both::of(text).report().findings;
        findings.iter().map(|one| one.headline()).collect::<Vec<_>>()
    };
    assert_eq!(of(&text), [""; 0]);
    assert_eq!(of(&(text + endpoint)), [""; 0]);
}
