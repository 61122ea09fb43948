//! What Services hold, and what they ask for besides.

use super::*;

const POOL_LABEL: &str = "metallb2cilium.io/pool";

fn set_on<'c>(conversion: &'c Conversion, name: &str, key: &str) -> Option<&'c str> {
    let patch = conversion.services.iter().find(|patch| patch.key.name == name)?;
    patch.labels.get(key).or_else(|| patch.annotations.get(key)).map(String::as_str)
}

#[test]
fn a_wish_is_translated_whether_or_not_what_is_held_is_pinned() {
    let asks = "annotations: {metallb.io/loadBalancerIPs: 10.0.0.9}";
    let text = [
        pool("a", "10.0.0.0/24", ""),
        holding("has", "10.0.0.9", asks),
        holding("waits", "10.0.0.7", &asks.replace("0.9", "0.8")),
        holding("any", "10.0.0.6", ""),
    ]
    .concat();
    for pin in [true, false] {
        let options = Options { pin, ..Options::default() };
        let conversion = try_convert(&text, &options).unwrap();
        let asked =
            ["has", "waits", "any"].map(|name| set_on(&conversion, name, "lbipam.cilium.io/ips"));
        assert_eq!(asked, [Some("10.0.0.9"), Some("10.0.0.8"), pin.then_some("10.0.0.6")]);
        let comments = conversion.services.iter().map(|patch| patch.comments.concat());
        let comments: Vec<String> = comments.take(2).collect();
        assert_eq!(comments, ["It holds 10.0.0.9.", "It asks for 10.0.0.8."]);
    }
}

#[test]
fn a_service_with_the_label_of_another_pool_gets_that_of_its_own() {
    let text = [
        pool("a", "10.0.0.0/24", ""),
        pool("b", "10.1.0.0/24", ""),
        holding("web", "10.0.0.7", &format!("labels: {{{POOL_LABEL}: b}}")),
        holding("own", "10.0.0.8", &format!("labels: {{{POOL_LABEL}: a}}")),
    ];
    let conversion = converted(&text.concat());
    assert_eq!(set_on(&conversion, "web", POOL_LABEL), Some("a"));
    assert_eq!(set_on(&conversion, "own", POOL_LABEL), None, "its owner set it");
}

/// What MetalLB clears says nothing of where it takes the next address from.
#[test]
fn a_pool_whose_address_is_taken_away_is_none_of_the_service() {
    let of_pool = |ip: &str, cluster_ips: &str, policy: &str| {
        let text = [
            pool("asked", "10.0.0.0/24, 'fd00::/120'", ", autoAssign: false"),
            pool("open", "10.1.0.0/24, 'fd01::/120'", ""),
            holding("web", ip, "").replace(
                "LoadBalancer, ",
                &format!("LoadBalancer, clusterIPs: [{cluster_ips}], ipFamilyPolicy: {policy}, "),
            ),
        ];
        let conversion = converted(&text.concat());
        set_on(&conversion, "web", POOL_LABEL).map(str::to_owned)
    };
    let asked = Some("asked".to_owned());
    assert_eq!(of_pool("10.0.0.1", "10.96.0.1", "SingleStack"), asked);
    assert_eq!(of_pool("'fd00::1'", "10.96.0.1", "SingleStack"), None, "the other family");
    let both = "10.96.0.1, 'fd96::1'";
    assert_eq!(of_pool("10.0.0.1", both, "PreferDualStack"), asked, "half of it is kept");
    assert_eq!(of_pool("10.0.0.1", both, "RequireDualStack"), None, "it starts afresh");
}

#[test]
fn half_of_what_a_service_prefers_is_completed_from_the_same_pool() {
    let of = |cluster_ips: &str, policy: &str| {
        let text = [
            pool("a", "10.0.0.0/24, 'fd00::/120'", ""),
            pool("b", "10.1.0.0/24, 'fd01::/120'", ""),
            // It gives Cilium's pools a selector.
            pool("asked", "10.2.0.0/24, 'fd02::/120'", ", autoAssign: false"),
            holding("web", "10.0.0.1", "").replace(
                "LoadBalancer, ",
                &format!("LoadBalancer, clusterIPs: [{cluster_ips}], ipFamilyPolicy: {policy}, "),
            ),
        ];
        let conversion = converted(&text.concat());
        let label = set_on(&conversion, "web", POOL_LABEL).map(str::to_owned);
        (label, losses(&conversion))
    };
    assert_eq!(of("10.96.0.1, 'fd96::1'", "PreferDualStack"), (Some("a".to_owned()), vec![]));
    assert_eq!(of("10.96.0.1", "SingleStack"), (None, vec![]), "it is all there");
}

/// MetalLB looks at the Service with the most addresses first, then at the first listed.
#[test]
fn of_services_that_hold_one_address_the_first_keeps_it() {
    let both = "10.96.0.2, 'fd96::2'";
    let dual =
        service("dual", "", &format!("clusterIPs: [{both}], ipFamilyPolicy: RequireDualStack"))
            + "status: {loadBalancer: {ingress: [{ip: 10.0.0.7}, {ip: 'fd00::7'}]}}\n";
    let ([one, two], key) = (["one", "two"], "annotations: {metallb.io/allow-shared-ip: key}");
    for (services, expected) in [
        ([holding(one, "10.0.0.7", ""), holding(two, "10.0.0.7", "")], &["one"][..]),
        ([holding(two, "10.0.0.7", ""), holding(one, "10.0.0.7", "")], &["two"]),
        ([holding(one, "10.0.0.7", ""), dual.clone()], &["dual"]),
        ([holding(one, "10.0.0.7", ""), holding(two, "10.0.0.8", "")], &["one", "two"]),
        ([holding(one, "10.0.0.7", key), holding(two, "10.0.0.7", key)], &["one", "two"]),
    ] {
        let text = pool("a", "10.0.0.0/24, 'fd00::/120'", "") + &services.concat();
        let conversion = converted(&text);
        let pinned = ["one", "two", "dual"]
            .into_iter()
            .filter(|name| set_on(&conversion, name, "lbipam.cilium.io/ips").is_some());
        assert_eq!(pinned.collect::<Vec<_>>(), expected);
    }
}
