//! Who answers on L2.

use serde_json::Value;

use crate::resources::{
    NODES, NOT_EXCLUDED, cilium, cilium_pool, l2, metallb, policy, pool, service,
};
use crate::support::reader::files;
use crate::{against, caught, caught_at_hand, differences, verify};

const OTHER_NODES: &str = "is answered for by other nodes";
const OTHER_INTERFACES: &str = "is answered for by the same nodes, but on other interfaces";

#[test]
fn interfaces_without_anchors_and_policies_that_announce_nothing_are_caught() {
    let input = NODES.to_owned() + &l2() + &service("web", "", "", &["10.0.0.7"]);
    let pool = cilium_pool("a", "{cidr: 10.0.0.0/24}", "");
    let right = pool.clone() + &policy("interfaces: [^eth0$], loadBalancerIPs: true");
    let nodes =
        cilium("CiliumL2AnnouncementPolicy", "l2", "interfaces: [^eth0$], loadBalancerIPs: true");
    for (wrong, message) in [
        (policy("interfaces: [eth0], loadBalancerIPs: true"), OTHER_INTERFACES),
        (policy("interfaces: [^eth0$]"), OTHER_NODES),
        (policy("loadBalancerIPs: true"), OTHER_INTERFACES),
        // A node selector that forgets the exclude label.
        (nodes, OTHER_NODES),
        (String::new(), OTHER_NODES),
    ] {
        let wrong = pool.clone() + &wrong;
        caught(&input, &right, &wrong, "M2C593", message);
    }
}

#[test]
fn two_pools_swapped_between_advertisements_are_caught() {
    let ads = metallb(
        "L2Advertisement",
        "l2",
        "ipAddressPools: [a], nodeSelectors: [{matchLabels: {rack: b}}]",
    ) + &metallb("L2Advertisement", "l2-b", "ipAddressPools: [b]");
    let named = |pool: &str| {
        format!("labels: {{pool: {pool}}}, annotations: {{metallb.io/address-pool: {pool}}}")
    };
    let input = NODES.to_owned()
        + &pool("a", "10.0.0.0/24")
        + &pool("b", "10.1.0.0/24")
        + &ads
        + &service("one", &named("a"), "", &["10.0.0.1"])
        + &service("two", &named("b"), "", &["10.1.0.1"]);
    let announced = |racked: &str, everywhere: &str| {
        let rack = format!(
            "nodeSelector: {{matchLabels: {{rack: b}}, matchExpressions: [{NOT_EXCLUDED}]}}"
        );
        let of = |pool: &str| {
            format!("serviceSelector: {{matchLabels: {{pool: {pool}}}}}, loadBalancerIPs: true")
        };
        cilium_pool("a", "{cidr: 10.0.0.0/24}", "")
            + &cilium_pool("b", "{cidr: 10.1.0.0/24}", "")
            + &cilium("CiliumL2AnnouncementPolicy", "x", &format!("{rack}, {}", of(racked)))
            + &policy(&of(everywhere))
    };
    let (right, wrong) = (announced("a", "b"), announced("b", "a"));
    caught_at_hand(&input, &right, &wrong, "M2C593", "is answered for by other nodes");
}

#[test]
fn a_shared_address_on_l2_is_caught_whatever_the_configuration() {
    let key = "annotations: {metallb.io/allow-shared-ip: k}";
    let input = NODES.to_owned()
        + &l2()
        + &service("one", key, "", &["10.0.0.1"])
        + &service("two", key, "", &["10.0.0.1"]).replace("port: 80", "port: 81");
    let output = verify(&["-o", "json"], &input);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(output.status, 1);
    let message = "may be answered for by two nodes at once".to_owned();
    assert_eq!(differences(&value), [("M2C305".to_owned(), message)]);
    assert_eq!(value["differences"][0]["services"], serde_json::json!(["shop/one", "shop/two"]));
}

#[test]
fn services_that_share_an_address_are_told_as_others_where_other_nodes_answer() {
    let key = "annotations: {metallb.io/allow-shared-ip: k}";
    let input = NODES.to_owned()
        + &pool("a", "10.0.0.0/24")
        + &metallb("L2Advertisement", "l2", "interfaces: [eth0]")
        + &service("one", key, "", &["10.0.0.1"])
        + &service("two", key, "", &["10.0.0.1"]).replace("port: 80", "port: 81");
    let pool = cilium_pool("a", "{cidr: 10.0.0.0/24}", "");
    let nobody = "nodeSelector: {matchLabels: {rack: none}}, loadBalancerIPs: true";
    for (wrong, message, twice) in [
        (policy("interfaces: [^eth7$], loadBalancerIPs: true"), OTHER_INTERFACES, true),
        (cilium("CiliumL2AnnouncementPolicy", "l2", nobody), OTHER_NODES, false),
    ] {
        let (_, value) = against(&input, &(pool.clone() + &wrong));
        let told = value["differences"].as_array().unwrap();
        let plain = told.iter().find(|one| one["message"] == message && one["seen"] == true);
        let plain = plain.unwrap_or_else(|| panic!("{value:#}"));
        assert_eq!(plain["code"], "M2C593");
        assert!(plain["remedy"].as_str().unwrap().contains("nodeSelector"), "{plain:#}");
        assert_eq!(told.iter().any(|one| one["code"] == "M2C305"), twice, "{value:#}");
    }
}

#[test]
fn preferred_nodes_are_an_order_that_is_lost() {
    let preferred = "preferredNodeSelectors: [{weight: 10, preference: {matchLabels: {rack: b}}}]";
    let input = NODES.to_owned()
        + &pool("a", "10.0.0.0/24")
        + &metallb("L2Advertisement", "l2", preferred)
        + &service("web", "", "", &["10.0.0.1"]);
    let output = verify(&[], &input);
    assert_eq!(output.status, 1);
    for part in ["M2C302", "node-b (10), node-a (0)", "whoever takes the lease first"] {
        assert!(output.stdout.contains(part), "{part}:\n{}", output.stdout);
    }
}

#[test]
fn endpoints_that_are_not_there_touch_nobody() {
    let ready = "conditions: {ready: true}";
    let input = NODES.to_owned()
        + &l2()
        + &service("web", "", "", &["10.0.0.7"]).replace(ready, "conditions: {ready: false}");
    let output = verify(&["-o", "json"], &input);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((output.status, &value["verdict"]), (0, &"equivalent".into()), "{value:#}");
    assert_eq!(value["differences"][0]["impact"], "none");
    assert_eq!(value["differences"][0]["code"], "M2C307");
}

#[test]
fn settings_of_cilium_count() {
    let input = NODES.to_owned() + &l2() + &service("web", "", "", &["10.0.0.7"]);
    let values = files(&[("values.yaml", "l2announcements: {enabled: false}\n")]);
    let path = values.path().join("values.yaml");
    let output = verify(&["--cilium-values", path.to_str().unwrap()], &input);
    assert_eq!(output.status, 1);
    assert!(output.stdout.contains("nobody answers on L2"), "{}", output.stdout);
}

#[test]
fn without_endpointslices_every_service_is_taken_to_have_endpoints() {
    let with_slices = NODES.to_owned() + &l2() + &service("web", "", "", &["10.0.0.7"]);
    let without = with_slices.split("---\napiVersion: discovery").next().unwrap();
    let pool = cilium_pool("a", "{cidr: 10.0.0.0/24}", "");
    let right = pool.clone() + &policy("interfaces: [^eth0$], loadBalancerIPs: true");
    let wrong = pool + &policy("interfaces: [eth0], loadBalancerIPs: true");
    caught(without, &right, &wrong, "M2C593", OTHER_INTERFACES);
    let (_, value) = against(without, &right);
    assert!(value["assumptions"][0].as_str().unwrap().contains("no EndpointSlice"));
}
