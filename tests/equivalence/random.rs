//! Random configurations on a random cluster: where the engines decide
//! differently, the conversion has named a loss.

use std::fmt::Write as _;

use metallb2cilium::manifest::Manifests;
use metallb2cilium::verify::Outcome;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::compared;

const POOLS: [&str; 3] = ["a", "b", "c"];
const RACK_A: &str = "nodeSelectors: [{matchLabels: {rack: a}}]";

/// One field of a flow mapping, or nothing.
fn maybe(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(texts).prop_map(str::to_owned)
}

fn join(fields: &[String]) -> String {
    let fields: Vec<&str> =
        fields.iter().map(String::as_str).filter(|field| !field.is_empty()).collect();
    fields.join(", ")
}

fn object(kind: &str, version: &str, name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: metallb.io/{version}\nkind: {kind}\nmetadata: {{name: {name}, namespace: \
         m}}\nspec: {{{spec}}}\n"
    )
}

/// Pools with addresses of their own: enough for every Service.
fn any_pools() -> impl Strategy<Value = String> {
    let spec = (
        select(vec![1, 1, 2, 3]),
        maybe(&["", "", "", "autoAssign: false"]),
        maybe(&[
            "",
            "",
            "",
            "serviceAllocation: {namespaces: [default]}",
            "serviceAllocation: {priority: 5, namespaces: [other]}",
            "serviceAllocation: {serviceSelectors: [{matchLabels: {app: x}}]}",
            "serviceAllocation: {priority: 3, serviceSelectors: [{matchLabels: {app: x}}, \
             {matchLabels: {app: z}}]}",
            "serviceAllocation: {priority: 9}",
        ]),
        maybe(&["", "", "avoidBuggyIPs: true"]),
    );
    proptest::collection::vec(spec, 1..=3).prop_map(|specs| {
        let pools = specs.into_iter().zip(POOLS).enumerate();
        pools.fold(
            String::new(),
            |mut text, (index, ((families, auto, allocation, avoid), name))| {
                let addresses = match families {
                    1 => format!("addresses: [10.{index}.0.0/26]"),
                    2 => {
                        format!("addresses: [10.{index}.0.1-10.{index}.0.77, 'fd00:{index}::/120']")
                    }
                    _ => format!("addresses: ['fd00:{index}::/120']"),
                };
                let spec = join(&[addresses, auto, allocation, avoid]);
                text += &object("IPAddressPool", "v1beta1", name, &spec);
                text
            },
        )
    })
}

fn any_pool_names() -> impl Strategy<Value = String> {
    subsequence(POOLS.to_vec(), 0..=2).prop_map(|names| match names.is_empty() {
        true => String::new(),
        false => format!("ipAddressPools: [{}]", names.join(", ")),
    })
}

fn any_l2() -> impl Strategy<Value = String> {
    let spec = (
        any_pool_names(),
        maybe(&["", "", RACK_A]),
        maybe(&["", "", "interfaces: [eth0]"]),
        maybe(&["", "", "", "serviceSelectors: [{matchLabels: {app: x}}]"]),
    );
    proptest::collection::vec(spec, 0..=2).prop_map(|specs| {
        specs.into_iter().enumerate().fold(String::new(), |mut text, (index, (p, n, i, s))| {
            text +=
                &object("L2Advertisement", "v1beta1", &format!("l{index}"), &join(&[p, n, i, s]));
            text
        })
    })
}

fn any_bgp() -> impl Strategy<Value = String> {
    let peer = (
        select(vec![64512, 64513]),
        maybe(&["", "", RACK_A, "nodeSelectors: [{matchLabels: {rack: b}}]"]),
        maybe(&["", "", "holdTime: 30s", "ebgpMultiHop: false"]),
        select(vec!["192.0.2", "'2001:db8::"]),
    );
    let advertisement = (
        any_pool_names(),
        maybe(&["", "", RACK_A]),
        maybe(&["", "", "peers: [p0]", "peers: [p1]"]),
        maybe(&["", "", "communities: ['64512:1', 'large:1:2:3']"]),
        maybe(&["", "", "", "serviceSelectors: [{matchLabels: {app: x}}]"]),
        maybe(&["", "", "", "localPref: 200"]),
    );
    let peers = proptest::collection::vec(peer, 0..=2);
    let advertisements = proptest::collection::vec(advertisement, 0..=3);
    (peers, advertisements).prop_map(|(peers, advertisements)| {
        let mut text = String::new();
        for (index, (asn, nodes, timer, net)) in peers.into_iter().enumerate() {
            let address = match net {
                "192.0.2" => format!("peerAddress: 192.0.2.{}", index + 1),
                _ => format!("peerAddress: '2001:db8::{}'", index + 1),
            };
            let asns = format!("myASN: 64512, peerASN: {asn}");
            let spec = join(&[asns, address, nodes, timer]);
            text += &object("BGPPeer", "v1beta2", &format!("p{index}"), &spec);
        }
        for (index, (pools, nodes, peers, communities, services, preference)) in
            advertisements.into_iter().enumerate()
        {
            let spec = join(&[pools, nodes, peers, communities, services, preference]);
            text += &object("BGPAdvertisement", "v1beta1", &format!("b{index}"), &spec);
        }
        text
    })
}

fn any_cluster() -> impl Strategy<Value = String> {
    let service = (
        select(vec!["default", "other"]),
        maybe(&["app: x", "app: w", ""]),
        maybe(&[
            "",
            "",
            "",
            "metallb.io/address-pool: a",
            "metallb.io/address-pool: b",
            "metallb.io/loadBalancerIPs: 10.0.0.9",
            "metallb.io/allow-shared-ip: k",
        ]),
        maybe(&["", "", "externalTrafficPolicy: Local"]),
        select(vec![4, 4, 6, 46]),
        select(vec!["", "", "10.0.0.5", "10.1.0.6"]),
    );
    let excluded = any::<bool>();
    (proptest::collection::vec(service, 1..=4), excluded).prop_map(|(services, excluded)| {
        let mut text = String::from(
            "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n---\napiVersion: \
             v1\nkind: Namespace\nmetadata: {name: other}\n",
        );
        let exclude = if excluded {
            "node.kubernetes.io/exclude-from-external-load-balancers: ''"
        } else {
            ""
        };
        for (name, labels) in [("n1", "rack: a"), ("n2", "rack: b"), ("n3", exclude)] {
            writeln!(
                text,
                "---\napiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{{labels}}}, \
                 annotations: {{metallb2cilium.io/interfaces: 'eth0,eth1'}}}}"
            )
            .unwrap();
        }
        for (index, service) in services.into_iter().enumerate() {
            text += &service_text(index, service);
        }
        text
    })
}

type AnyService = (&'static str, String, String, String, i32, &'static str);

fn service_text(
    index: usize,
    (namespace, labels, notes, policy, families, held): AnyService,
) -> String {
    let ips = match families {
        4 => format!("clusterIPs: [10.96.0.{index}], ipFamilies: [IPv4]"),
        6 => format!("clusterIPs: ['fd96::{index}'], ipFamilies: [IPv6]"),
        _ => format!(
            "clusterIPs: [10.96.0.{index}, 'fd96::{index}'], ipFamilies: [IPv4, IPv6], \
             ipFamilyPolicy: PreferDualStack"
        ),
    };
    let spec = join(&[
        "type: LoadBalancer".to_owned(),
        ips,
        policy,
        format!("ports: [{{port: {}}}]", 80 + index),
    ]);
    let status = match held {
        "" => String::new(),
        ip => format!("status: {{loadBalancer: {{ingress: [{{ip: {ip}}}]}}}}\n"),
    };
    format!(
        "---\napiVersion: v1\nkind: Service\nmetadata: {{name: s{index}, namespace: {namespace}, \
         labels: {{{labels}}}, annotations: {{{notes}}}}}\nspec: {{{spec}, selector: {{a: \
         s{index}}}}}\n{status}---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: \
         {{name: e{index}, namespace: {namespace}, labels: {{kubernetes.io/service-name: \
         s{index}}}}}\nendpoints: [{{addresses: [10.2.0.1], nodeName: n1}}, {{addresses: ['fd02::1'], \
         nodeName: n1}}]\n"
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn a_random_conversion_without_loss_decides_alike(
        pools in any_pools(), l2 in any_l2(), bgp in any_bgp(), cluster in any_cluster(),
    ) {
        let text = [pools, l2, bgp, cluster].concat();
        let manifests = Manifests::from_text("random.yaml", text.clone());
        prop_assert_eq!(&manifests.diagnostics, &vec![]);
        // What MetalLB refuses is not converted.
        let Some(found) = compared(&manifests) else { return Ok(()) };
        let lossy = found.conversion.diagnostics.iter().any(|diagnostic| diagnostic.is_lossy());
        prop_assert!(
            found.comparison.differences.is_empty() || lossy,
            "{:#?}\n{}", found.comparison.differences, text
        );
        let proof = &found.proof;
        let slip = proof.unproved.iter().find(|reason| reason.contains("internal error"));
        prop_assert!(slip.is_none(), "{:?}\n{}", slip, text);
        prop_assert!(proof.outcome == Outcome::Proved || lossy, "{:#?}\n{}", proof, text);
    }
}
