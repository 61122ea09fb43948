//! L2Advertisements, and the pools that advertisements are for.

use super::*;

#[test]
fn an_advertisement_of_a_pool_that_is_not_there_is_named() {
    let text = [
        pool("web", "10.0.0.0/24", ""),
        peer("tor", "192.0.2.1", ""),
        l2("lan", "ipAddressPools: [web, webb]"),
        bgp("out", "ipAddressPools: [elsewhere, web]"),
    ];
    let conversion = converted(&text.concat());
    let found = conversion.diagnostics.iter().filter(|one| one.code.id == "M2C223");
    let found: Vec<_> =
        found.map(|one| (one.message.as_str(), one.help.as_deref().unwrap())).collect();
    assert_eq!(
        found,
        [
            (
                "L2Advertisement metallb-system/lan names pool `webb`, which is not in the input",
                "did you mean `web`?"
            ),
            (
                "BGPAdvertisement metallb-system/out names pool `elsewhere`, which is not in the \
                 input",
                "if the pool is in another file, convert both together"
            ),
        ]
    );
}

#[test]
fn an_interface_on_which_metallb_never_answers_is_written_only_where_no_other_is_named() {
    let patterns = |interfaces: &str| {
        let text = [pool("a", "10.0.0.0/24", ""), l2("l2", &format!("interfaces: [{interfaces}]"))];
        let excluded_interfaces = Some(vec!["^veth".to_owned()]);
        let options = Options { excluded_interfaces, ..Options::default() };
        let conversion = try_convert(&text.concat(), &options).unwrap();
        let of_code = conversion.diagnostics.iter().filter(|one| one.code.id == "M2C607");
        let lossy: Vec<bool> = of_code.map(Diagnostic::is_lossy).collect();
        (conversion.l2_policies[0].resource.spec.interfaces.join(" "), lossy)
    };
    assert_eq!(patterns("eth0"), ("^eth0$".to_owned(), vec![]));
    assert_eq!(patterns("eth0, veth1"), ("^eth0$".to_owned(), vec![false]));
    assert_eq!(patterns("veth0, veth1"), ("^veth0$ ^veth1$".to_owned(), vec![true]));
}

#[test]
fn the_interfaces_that_are_named_are_said_to_be_missing_on_some_nodes() {
    let said = |first: &str, second: &str| {
        let text = [pool("a", "10.0.0.0/24", ""), l2("one", first), l2("two", second)];
        let conversion = converted(&text.concat());
        let found = conversion.diagnostics.iter().filter(|one| one.code.id == "M2C303");
        found.map(|one| one.labels.len()).collect::<Vec<_>>()
    };
    assert_eq!(said("", ""), [0; 0]);
    assert_eq!(said("interfaces: [eth0]", ""), [1]);
    assert_eq!(said("interfaces: [eth0]", "interfaces: [eth1]"), [2]);
}

#[test]
fn a_comment_says_for_which_pools_an_advertisement_is_where_it_is_not_for_all() {
    for (names, expected) in [("a", Some("For the Services of pool a.")), ("a, b", None)] {
        let only = format!("ipAddressPools: [{names}]");
        let text = [
            pool("a", "10.0.0.0/24", ""),
            pool("b", "10.1.0.0/24", ", autoAssign: false"),
            peer("tor", "192.0.2.1", ""),
            l2("lan", &only),
            bgp("out", &only),
        ];
        let conversion = converted(&text.concat());
        let expected = |kind: &str| {
            let from = format!("From {kind}.");
            [from].into_iter().chain(expected.map(str::to_owned)).collect::<Vec<_>>()
        };
        let (l2, bgp) = (&conversion.l2_policies[0], &conversion.advertisements[0]);
        assert_eq!(l2.comments, expected("L2Advertisement metallb-system/lan"));
        assert_eq!(bgp.comments, expected("BGPAdvertisement metallb-system/out"));
    }
}

#[test]
fn ipv6_is_not_announced_on_l2_before_1_19() {
    for (addresses, version, expected) in [
        ("10.0.0.0/24", "1.18", &[][..]),
        ("'fd00::/120'", "1.18", &["M2C304"]),
        ("'fd00::/120'", "1.19", &[]),
    ] {
        let text = [
            pool("a", addresses, ""),
            pool("b", "'fd01::/120'", ", autoAssign: false"),
            l2("lan", "ipAddressPools: [a]"),
        ];
        let options = Options { version: version.parse().unwrap(), ..Options::default() };
        let conversion = try_convert(&text.concat(), &options).unwrap();
        assert_eq!(losses(&conversion), expected, "{addresses} {version}");
    }
}
