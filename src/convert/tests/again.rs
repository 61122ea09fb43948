//! A conversion beside what an earlier one wrote, as the cluster shows it.

use super::existing::{CONFIG, PEER_CONFIG, RACK_A, SPINE, beside, cilium, node, pods};
use super::*;

/// A peer to which nothing is announced has no label by which to tell its PeerConfig.
#[test]
fn a_renamed_peer_config_without_advertisements_keeps_its_name_the_next_time() {
    let secret = |namespace: &str, kind: &str, password: &str| {
        format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata: {{name: pw, namespace: {namespace}}}\n\
             type: {kind}\nstringData: {{password: {password}}}\n"
        )
    };
    let text = [
        pool("web", "10.0.0.0/24", ""),
        peer("tor", "192.0.2.1", ", passwordSecret: {name: pw}"),
        secret("metallb-system", "kubernetes.io/basic-auth", "one"),
        // Another password, so that the name of the Secret changes, too.
        secret("kube-system", "Opaque", "two"),
        cilium(
            PEER_CONFIG,
            "tor",
            "authSecretRef: pw, families: [{afi: ipv4, safi: unicast, advertisements: {}}]",
        ),
    ]
    .concat();
    let first = converted(&text);
    let names = |conversion: &Conversion| -> Vec<String> {
        conversion.peer_configs.iter().map(|one| one.name().to_owned()).collect()
    };
    assert_eq!(names(&first), ["tor-2"]);
    let mut written = String::new();
    for mut document in first.documents(&[super::super::Part::Bgp]).unwrap() {
        if document.kind() == PEER_CONFIG {
            document.object["spec"]["ebgpMultihop"] = 1.into();
        }
        written.push_str(&format!("---\n{}\n", document.object));
    }
    let second = converted(&[text, written].concat());
    assert_eq!(names(&second), ["tor-2"]);
}

/// The API server writes both defaults of v2alpha1 into what was merged.
#[test]
fn peers_that_were_merged_are_known_with_the_defaults_of_v2alpha1() {
    let there = pods(RACK_A, SPINE);
    let first = beside(&there, &node("n1", "rack: a"));
    let merged = &first.cluster_configs[0];
    let mut live = serde_json::to_value(&merged.resource.spec).unwrap();
    let reference = &mut live["bgpInstances"][0]["peers"][1]["peerConfigRef"];
    reference["group"] = "cilium.io".into();
    reference["kind"] = "CiliumBGPPeerConfig".into();
    let text = live.to_string();
    let live = cilium(CONFIG, merged.name(), &text[1..text.len() - 1]);
    let second =
        beside(&live.replace("cilium.io/v2\n", "cilium.io/v2alpha1\n"), &node("n1", "rack: a"));
    assert!(losses(&second).is_empty(), "{:?}", second.diagnostics);
    assert_eq!(second.cluster_configs[0].name(), merged.name());
}

/// The API server writes the defaults of the CRD into a PeerConfig.
#[test]
fn a_peer_config_with_the_defaults_of_its_crd_is_known() {
    // Nothing is announced to the second one.
    let text = [
        pool("web", "10.0.0.0/24", ""),
        peer("tor", "192.0.2.1", ", enableGracefulRestart: true, peerPort: 1790"),
        peer("spare", "192.0.2.2", ""),
        bgp("out", "peers: [tor]"),
    ]
    .concat();
    let first = converted(&text);
    let mut live = String::new();
    for document in first.documents(&[super::super::Part::Bgp]).unwrap() {
        let mut object = document.object;
        if object["kind"] == PEER_CONFIG {
            object["spec"]["ebgpMultihop"] = 1.into();
            object["spec"]["timers"]["connectRetryTimeSeconds"] = 120.into();
            if let Some(restart) = object["spec"].get_mut("gracefulRestart") {
                restart["restartTimeSeconds"] = 120.into();
            }
        }
        live.push_str(&format!("---\n{object}\n"));
    }
    let second = converted(&[text, live].concat());
    assert_eq!(super::existing::codes(&second), [""; 0], "{:?}", second.diagnostics);
    let objects = |conversion: &Conversion| -> Vec<serde_json::Value> {
        let documents = conversion.documents(&[super::super::Part::Bgp]).unwrap();
        documents.into_iter().map(|one| one.object).collect()
    };
    assert_eq!(objects(&second), objects(&first));
}

/// A server-side apply takes away the labels that it no longer names.
#[test]
fn labels_that_services_need_are_written_again() {
    let apart = [
        pool("a", "10.0.0.0/24", ""),
        pool("b", "10.1.0.0/24", ""),
        l2("a", "ipAddressPools: [a]"),
        bgp("b", "ipAddressPools: [b]"),
        peer("tor", "192.0.2.1", ""),
    ]
    .concat();
    for (label, service) in [
        ("b", holding("x", "10.1.0.1", "labels: {LABEL}")),
        ("b", service("x", "labels: {LABEL}, annotations: {metallb.io/address-pool: b}", "")),
        ("a", service("x", "labels: {LABEL}", "")),
        // Its owner chose the other one.
        ("b", service("x", "labels: {LABEL}", "")),
    ] {
        let set = format!("metallb2cilium.io/pool: {label}");
        let conversion = converted(&[&apart[..], &service.replace("LABEL", &set)].concat());
        let patch = &conversion.services[0];
        assert_eq!(patch.labels, labels(&[("metallb2cilium.io/pool", label)]), "{service}");
        let needed = conversion.diagnostics.iter().any(|one| one.code.id == "M2C221");
        assert!(!needed, "{service}");
    }
}
