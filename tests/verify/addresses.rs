//! Addresses that Services keep, get and lose.

use crate::resources::{NODES, cilium_pool, l2, metallb, policy, pool, service};
use serde_json::Value;

use crate::{against, caught, caught_at_hand, verify};

#[test]
fn the_owners_sample_by_hand_has_two_addresses_too_many() {
    let input = NODES.to_owned()
        + &pool("default", "172.18.255.193-172.18.255.206")
        + &metallb("L2Advertisement", "l2", "interfaces: [eth0]")
        + &service("web", "", "", &[]);
    let policy = policy("interfaces: [^eth0$], loadBalancerIPs: true");
    let right = "{start: 172.18.255.193, stop: 172.18.255.206}";
    caught(
        &input,
        &(cilium_pool("default", right, "") + &policy),
        &(cilium_pool("default", "{cidr: 172.18.255.192/28}", "") + &policy),
        "M2C592",
        "changes its pool",
    );
    // The same network without its ends is just the right one.
    let interior = cilium_pool("x", "{cidr: 172.18.255.192/28}", ", allowFirstLastIPs: 'No'");
    assert_eq!(against(&input, &(interior + &policy)).0.status, 0);
}

#[test]
fn addresses_of_the_wrong_pool_are_caught() {
    let pinned = "addresses: [10.1.0.0/24], serviceAllocation: {namespaces: [other]}";
    let asked = metallb("IPAddressPool", "b", "addresses: [10.1.0.0/24], autoAssign: false");
    let full = cilium_pool("a", "{cidr: 10.0.0.0/32}", "");
    let closed = ", serviceSelector: {matchLabels: {metallb2cilium.io/pool: b}}";
    // The only address of the first pool is taken.
    for other in [metallb("IPAddressPool", "b", pinned), asked] {
        let input = NODES.to_owned()
            + &pool("a", "10.0.0.0/32")
            + &other
            + &service("one", "", "", &["10.0.0.0"])
            + &service("two", "", "", &[]);
        caught_at_hand(
            &input,
            &(full.clone() + &cilium_pool("b", "{cidr: 10.1.0.0/24}", closed)),
            &(full.clone() + &cilium_pool("b", "{cidr: 10.1.0.0/24}", "")),
            "M2C592",
            "gains an address",
        );
    }
}

#[test]
fn an_address_that_is_held_must_be_kept() {
    let input = NODES.to_owned() + &l2() + &service("web", "", "", &["10.0.0.200"]);
    let policy = policy("interfaces: [^eth0$], loadBalancerIPs: true");
    let right = cilium_pool("whatever", "{cidr: 10.0.0.0/24}", "") + &policy;
    let half = cilium_pool("whatever", "{cidr: 10.0.0.0/25}", "") + &policy;
    caught(&input, &right, &half, "M2C592", "loses its address");
    let (_, value) = against(&input, &half);
    assert_eq!(value["services"][0]["address"], "lost");
    assert_eq!(value["services"][0]["addressesBefore"][0][0], "10.0.0.200");
    let (_, value) = against(&input, &right);
    assert_eq!(value["services"][0]["address"], "kept");
}

#[test]
fn a_dual_stack_service_that_would_get_one_family_is_caught() {
    let dual =
        service("web", "", ", ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv4, IPv6]", &[])
            .replace("clusterIP: 10.96.0.119", "clusterIPs: [10.96.0.119, 'fd96::1']");
    let input = NODES.to_owned() + &pool("a", "10.0.0.0/24, 'fd00::/120'") + &dual;
    let right = cilium_pool("a", "{cidr: 10.0.0.0/24}, {cidr: 'fd00::/120'}", "");
    let wrong = cilium_pool("a", "{cidr: 10.0.0.0/24}", "");
    caught(&input, &right, &wrong, "M2C592", "has other address families");
}

#[test]
fn a_service_as_it_stands_in_a_repository_is_taken_to_be_applied() {
    let service = |name: &str, spec: &str| {
        format!(
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\n\
             spec: {{type: LoadBalancer, {spec}}}\n"
        )
    };
    let input = NODES.to_owned()
        + &pool("a", "10.0.0.0/28, fd00::/120")
        + &metallb("L2Advertisement", "ad", "interfaces: [eth0]")
        + &service("plain", "")
        + &service("both", "ipFamilyPolicy: RequireDualStack")
        + &service("six", "loadBalancerIP: 'fd00::7'");
    let output = verify(&["-o", "json"], &input);
    assert!(output.status < 2, "{}", output.stderr);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    let addresses = |name: &str| {
        let services = value["services"].as_array().unwrap().iter();
        let all: Vec<&Value> = services.filter(|one| one["service"] == name).collect();
        let [one] = all[..] else { panic!("{value:#}") };
        assert_eq!(one["addressesBefore"], one["addressesAfter"], "{one}");
        one["addressesBefore"].to_string()
    };
    assert_eq!(addresses("shop/plain").matches("10.0.0.").count(), 1, "{output:?}");
    assert!(addresses("shop/six").contains("fd00::7"));
    let both = addresses("shop/both");
    assert!(both.contains("10.0.0.") && both.contains("fd00::"), "{both}");
    let assumed = value["assumptions"].to_string();
    assert!(assumed.contains("3 Services without spec.clusterIP will get one"), "{assumed}");
}

#[test]
fn what_another_controller_gave_is_left_alone() {
    let class = ", loadBalancerClass: tailscale";
    for held in ["100.64.0.1", "10.0.0.7"] {
        let input = NODES.to_owned()
            + &l2()
            + &service("mine", "", "", &["10.0.0.1"])
            + &service("theirs", "", class, &[held]);
        let output = verify(&["-o", "json"], &input);
        let value: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(value["verdict"], "equivalent", "{value:#}");
        let fates: Vec<_> =
            value["services"].as_array().unwrap().iter().map(|row| &row["address"]).collect();
        assert_eq!(fates, ["kept", "none"]);
    }
}

#[test]
fn namespaces_that_pools_name_are_there_though_the_input_does_not_show_them() {
    let allocation = |name: &str| {
        format!(
            ", serviceAllocation: {{namespaceSelectors: [{{matchLabels: \
             {{kubernetes.io/metadata.name: {name}}}}}]}}"
        )
    };
    for (name, assumed) in [("shop", "Namespace shop exists"), ("blog", "Namespace blog exists")] {
        let spec = format!("addresses: [10.0.0.0/28]{}", allocation(name));
        let input = NODES.to_owned()
            + &metallb("IPAddressPool", "a", &spec)
            + &metallb("L2Advertisement", "ad", "interfaces: [eth0]")
            + &service("web", "", "", &[]);
        let output = verify(&["-o", "json"], &input);
        let value: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(value["verdict"], "equivalent", "{value:#}");
        assert!(value["assumptions"].to_string().contains(assumed), "{value:#}");
    }
    // Where Namespaces are shown, one that is not has no Services, and the pool is open.
    let spec = format!("addresses: [10.0.0.0/28]{}", allocation("blog"));
    let shown = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
    let input = NODES.to_owned()
        + shown
        + &metallb("IPAddressPool", "a", &spec)
        + &service("web", "", "", &["10.0.0.1"]);
    let output = verify(&["-o", "json"], &input);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(value["verdict"], "different", "{value:#}");
    assert!(!value["assumptions"].to_string().contains("exist"), "{value:#}");
}
