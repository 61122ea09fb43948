//! What the proof catches with no Service and no Node at hand, each with a Service and
//! a Node that `simulate` decides differently.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use serde_json::Value;
use support::reader::{files, run};

const SAMPLE: &str = "
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: default, namespace: m}
spec: {addresses: [172.18.255.193-172.18.255.206]}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: l2, namespace: m}
spec: {interfaces: [eth0]}
";

const ROUTED: &str = "
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: a, namespace: m}
spec: {addresses: [10.0.0.0/24, 'fd00::/120']}
---
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {name: tor, namespace: m}
spec: {myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1, dualStackAddressFamily: false}
---
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {name: rack, namespace: m}
spec: {myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.9, nodeSelectors: [{matchLabels: {rack: a}}]}
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: {name: routes, namespace: m}
spec: {communities: ['64512:1']}
";

const PINNED: &str = "
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: a, namespace: m}
spec: {addresses: [10.0.0.0/24], serviceAllocation: {namespaces: [shop]}}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: b, namespace: m}
spec: {addresses: [10.1.0.0/24], autoAssign: false}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: racked, namespace: m}
spec: {ipAddressPools: [a], nodeSelectors: [{matchLabels: {rack: a}}]}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: everywhere, namespace: m}
spec: {ipAddressPools: [b]}
";

/// The conversion, which is proved to be right.
fn converted(input: &str) -> String {
    let output = run(["convert", "-f", "-", "--strict"], input);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let words = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("proved equivalent for every Service and Node"), "{words}");
    output.stdout
}

fn verified(input: &str, cilium: &str) -> Value {
    let there = files(&[("cilium.yaml", cilium)]);
    let path = there.path().to_str().unwrap();
    let output = run(["verify", "-f", "-", "--against", path, "-o", "json"], input);
    assert!(output.status < 2, "{}\n{cilium}", output.stderr);
    serde_json::from_str(&output.stdout).unwrap()
}

/// What an engine decides on an example: addresses, L2 and routes.
fn decided(engine: &str, config: &str, example: &str) -> Value {
    let input = format!("{config}\n---\n{example}");
    let output = run(["simulate", engine, "-f", "-", "-o", "json"], &input);
    assert_eq!(output.status, 0, "{}\n{input}", output.stderr);
    let mut decision: Value = serde_json::from_str(&output.stdout).unwrap();
    decision["outcomes"].take()
}

/// Asserts that the conversion with a slip is caught under that code, with an example
/// that both engines decide otherwise.
fn caught(input: &str, from: &str, to: &str, code: &str, message: &str) {
    let right = converted(input);
    assert_eq!(verified(input, &right)["verdict"], "equivalent", "{right}");
    let wrong = right.replacen(from, to, 1);
    assert_ne!(right, wrong, "there is no {from:?} in\n{right}");
    let value = verified(input, &wrong);
    assert_eq!(value["verdict"], "different", "{from:?}: {value:#}");
    assert_eq!(value["proof"]["outcome"], "refuted");
    assert_eq!(value["proof"]["notProved"].as_array().unwrap().len(), 0, "{value:#}");
    let found = value["differences"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["code"] == code && one["message"].as_str().unwrap().contains(message));
    let one = found.unwrap_or_else(|| panic!("no {code} {message} in {value:#}"));
    assert_eq!((&one["seen"], &one["impact"]), (&false.into(), &"traffic".into()));
    assert_ne!(one["before"], one["after"], "{one:#}");
    assert!(one["remedy"].as_str().unwrap().len() > 10, "{one:#}");
    assert!(!one["places"].as_array().unwrap().is_empty(), "{one:#}");
    let example = one["example"].as_str().unwrap();
    if example.contains("kind: Service\n") {
        let (was, is) = (decided("metallb", input, example), decided("cilium", &wrong, example));
        assert_ne!(was, is, "{example}");
    }
}

#[test]
fn the_owners_sample_is_caught() {
    caught(
        SAMPLE,
        "- start: \"172.18.255.193\"\n    stop: \"172.18.255.206\"",
        "- cidr: 172.18.255.192/28",
        "M2C592",
        "gains an address: 2 addresses from 172.18.255.192 on",
    );
    let message = "is answered for by the same nodes, but on other interfaces";
    caught(SAMPLE, "^eth0$", "eth0", "M2C593", message);
}

#[test]
fn slips_in_policies_are_caught() {
    for (from, to, message) in [
        ("loadBalancerIPs: true", "loadBalancerIPs: false", "other nodes"),
        ("operator: DoesNotExist", "operator: Exists", "other nodes"),
        ("  interfaces:\n  - ^eth0$\n", "", "the same nodes, but on other interfaces"),
    ] {
        caught(SAMPLE, from, to, "M2C593", &format!("is answered for by {message}"));
    }
}

#[test]
fn slips_in_pools_are_caught() {
    let selector = "  serviceSelector:\n    matchLabels:\n      metallb2cilium.io/pool: b\n";
    for (from, to, message) in [
        // A pool open to Services that MetalLB kept out; autoAssign: false lost.
        (selector, "", "gains an address of pool b"),
        ("namespace: shop", "namespace: other", "loses its address"),
        (
            "    matchLabels:\n      io.kubernetes.service.namespace: shop\n",
            "",
            "gains an address of pool a",
        ),
        ("10.1.0.0/24", "10.1.0.0/25", "loses its address of pool b: 128 addresses"),
    ] {
        caught(PINNED, from, to, "M2C592", message);
    }
}

#[test]
fn a_family_that_a_pool_lost_is_caught() {
    let input = SAMPLE.replace("172.18.255.193-172.18.255.206", "10.0.0.0/24, 'fd00::/120'");
    let block = "  - cidr: fd00::/120\n";
    caught(&input, block, "", "M2C592", "loses its address of pool default: 256 addresses");
}

#[test]
fn pools_swapped_between_advertisements_are_caught() {
    // The one policy loses the rack that the other one gains.
    let right = converted(PINNED);
    let rack = "    matchLabels:\n      rack: a\n";
    let nodes = "  nodeSelector:\n";
    let swapped = right.replace(rack, "").replacen(nodes, &format!("{nodes}{rack}"), 1);
    assert_ne!(right, swapped);
    let value = verified(PINNED, &swapped);
    let messages = value["differences"].to_string();
    for pool in ["a", "b"] {
        let message = format!("a Service of pool {pool} is answered for by other nodes");
        assert!(messages.contains(&message), "{value:#}");
    }
}

#[test]
fn slips_in_bgp_are_caught() {
    for (from, to, code, message) in [
        // An advertisement without selector selects nothing.
        ("    selector: {}\n", "", "M2C594", "has other routes"),
        ("64512:1", "64512:2", "M2C594", "has other routes"),
        ("afi: ipv4", "afi: ipv6", "M2C596", "has another families"),
        // A community lost.
        (
            "    attributes:\n      communities:\n        standard:\n        - \"64512:1\"\n",
            "",
            "M2C594",
            "has other routes",
        ),
        ("holdTimeSeconds: 180", "holdTimeSeconds: 90", "M2C596", "has another hold time"),
        ("192.0.2.9", "192.0.2.8", "M2C595", "loses its session"),
        // A peer that only some nodes have.
        ("key: rack\n      operator: NotIn", "key: rack\n      operator: In", "M2C595", "session"),
        (
            "    - name: rack\n      peerAddress: \"192.0.2.9\"\n      peerASN: 64513\n      \
          peerConfigRef:\n        name: rack\n",
            "",
            "M2C595",
            "loses its session",
        ),
    ] {
        caught(ROUTED, from, to, code, message);
    }
}

#[test]
fn overlapping_cluster_configs_are_caught() {
    // Two ClusterConfigs for one Node: it takes either.
    let right = converted(ROUTED);
    let only_others = "    - key: rack\n      operator: NotIn\n      values:\n      - a\n";
    let wrong = right.replace(only_others, "");
    assert_ne!(right, wrong, "{right}");
    let value = verified(ROUTED, &wrong);
    assert_eq!(value["proof"]["outcome"], "refuted", "{value:#}");
    assert!(value["differences"].to_string().contains("loses its session"), "{value:#}");
}

#[test]
fn what_no_configuration_mends_is_named_and_left_out() {
    let input = ROUTED.replace("communities: ['64512:1']", "aggregationLength: 24");
    let value = verified(&input, &converted(&input));
    assert_eq!(value["verdict"], "equivalent");
    let left_out: Vec<&str> = value["proof"]["leftOut"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    let expected =
        ["M2C503", "M2C502", "M2C506", "M2C507", "M2C433", "M2C429", "M2C439", "M2C435", "M2C601"];
    assert_eq!(left_out, expected);
    let value = verified(SAMPLE, &converted(SAMPLE));
    let left_out = value["proof"]["leftOut"].to_string();
    assert!(left_out.contains("M2C305") && left_out.contains("M2C306"), "{left_out}");
}

#[test]
fn without_time_nothing_is_proved() {
    let output = run(["convert", "-f", "-", "--verify-budget", "0s"], PINNED);
    assert_eq!(output.status, 0);
    let words = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!words.contains("proved equivalent"), "{words}");
    assert!(words.contains("not proved for every Service and Node: the time"), "{words}");
    let output = run(["convert", "-f", "-", "--no-verify"], PINNED);
    assert!(output.stderr.contains("not proved (--no-verify)"), "{}", output.stderr);
    let output = run(["convert", "-f", "-", "--only-pool", "a"], PINNED);
    assert!(output.stderr.contains("not proved"), "{}", output.stderr);
}

#[test]
fn a_verdict_on_a_version_that_is_only_reported_says_assumed() {
    let input = SAMPLE;
    let output = run(["verify", "-f", "-", "--cilium-version", "1.20.2"], input);
    assert_eq!(output.status, 0, "{}", output.stdout);
    assert!(output.stdout.starts_with("equivalent (assumed): "), "{}", output.stdout);
    let output = run(["convert", "-f", "-", "--cilium-version", "1.20.2"], input);
    assert!(output.stderr.contains("but assumed"), "{}", output.stderr);
    let output = run(["verify", "-f", "-"], input);
    assert!(output.stdout.starts_with("equivalent: "), "{}", output.stdout);
}

#[test]
fn a_pool_that_may_be_full_is_shown_full() {
    let input = PINNED.replace(", autoAssign: false", "").replace(
        "spec: {ipAddressPools: [a], nodeSelectors: [{matchLabels: {rack: a}}]}",
        "spec: {ipAddressPools: [a]}",
    );
    let output = run(["verify", "-f", "-", "-o", "json"], &input);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    let found = value["differences"].as_array().unwrap().iter().find(|one| {
        one["code"] == "M2C216" && one["example"].as_str().is_some_and(|e| e.contains("holder-0"))
    });
    assert!(found.is_some(), "{value:#}");
    assert_eq!(found.unwrap()["after"], "no address");
}

#[test]
fn namespaces_are_selected_by_name_and_by_label() {
    let by = |selector: &str| {
        format!(
            "
apiVersion: v1
kind: Namespace
metadata: {{name: shop, labels: {{team: a}}}}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {{name: a, namespace: m}}
spec: {{addresses: [10.0.0.0/24], serviceAllocation: {{namespaceSelectors: [{{matchLabels: \
             {{{selector}}}}}]}}}}
"
        )
    };
    // By name it is for ever, by label a Namespace may come.
    converted(&by("kubernetes.io/metadata.name: shop"));
    let output = run(["verify", "-f", "-", "-o", "json"], &by("team: a"));
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(value["proof"]["outcome"], "refuted");
    let found = value["differences"].as_array().unwrap().iter().find(|one| {
        one["code"] == "M2C218" && one["message"] == "a Service of pool a loses its address"
    });
    let example = found.unwrap_or_else(|| panic!("{value:#}"))["example"].as_str().unwrap();
    assert!(
        example.contains("kind: Namespace") && example.contains("\"team\": \"a\""),
        "{example}"
    );
}

#[test]
fn ipv6_that_cilium_does_not_announce_on_l2_is_a_difference_on_whatever_interfaces() {
    for interfaces in ["", "interfaces: [eth0]"] {
        let input = format!(
            "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\n\
             metadata: {{name: a, namespace: m}}\n\
             spec: {{addresses: [10.0.0.0/28, 'fd00::/124']}}\n---\n\
             apiVersion: metallb.io/v1beta1\nkind: L2Advertisement\n\
             metadata: {{name: l2, namespace: m}}\nspec: {{{interfaces}}}\n"
        );
        for (version, outcome) in [("1.18", "refuted"), ("1.19", "proved")] {
            let output = run(["verify", "-o", "json", "--cilium-version", version], &input);
            let value: Value = serde_json::from_str(&output.stdout).unwrap();
            assert_eq!(value["proof"]["outcome"], outcome, "{interfaces} {version} {value:#}");
            let codes = value["differences"].to_string();
            assert_eq!(codes.contains("M2C304"), outcome == "refuted", "{value:#}");
        }
    }
}

#[test]
fn a_class_that_cilium_does_not_serve_is_a_difference() {
    let class = "example.com/metallb";
    let output = run(["verify", "-f", "-", "--lb-class", class, "-o", "json"], SAMPLE);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(value["proof"]["outcome"], "refuted", "{value:#}");
    let codes = value["differences"].to_string();
    assert!(codes.contains("M2C501") && codes.contains(class), "{value:#}");
    let served = ["verify", "-f", "-", "--lb-class", "io.cilium/l2-announcer"];
    assert_eq!(run(served, SAMPLE).status, 0);
}

#[test]
fn of_many_ways_some_are_listed() {
    let pool = |at: usize| {
        format!(
            "---\napiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {{name: p{at:02}, \
             namespace: m}}\nspec: {{addresses: [10.0.{at}.0/24]}}\n"
        )
    };
    let open = |at: usize| {
        format!(
            "---\napiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {{name: \
             p{at:02}}}\nspec: {{blocks: [{{cidr: 10.0.{at}.0/24}}], allowFirstLastIPs: 'Yes'}}\n"
        )
    };
    for (pools, after) in [
        (3, "an address of pool p00, or an address of pool p01, or an address of pool p02"),
        (
            12,
            "an address of pool p00, or an address of pool p01, or an address of pool p02, or an \
             address of pool p03, or 8 others",
        ),
        (
            40,
            "an address of pool p00, or an address of pool p01, or an address of pool p02, or an \
             address of pool p03, or others",
        ),
    ] {
        let input: String = (0..pools).map(pool).collect();
        let value = verified(&input, &(0..pools).map(open).collect::<String>());
        let first = &value["differences"][0];
        assert_eq!(first["before"], "an address of pool p00", "{value:#}");
        assert_eq!(first["after"], after, "{value:#}");
    }
}
