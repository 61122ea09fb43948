//! The checker of objects against Cilium's CRDs: it accepts and refuses what
//! the API server does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::crd::Crds;
use support::reader::documents;

const VERSIONS: [&str; 5] = ["1.16", "1.17", "1.18", "1.19", "1.20"];

fn object(api_version: &str, kind: &str, spec: Value) -> Value {
    json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, "spec": spec})
}

/// A spec that every version of a kind accepts.
fn valid_spec(kind: &str) -> Value {
    let selector = json!({
        "matchLabels": {"a.example/b": "c", "empty": ""},
        "matchExpressions": [{"key": "d", "operator": "In", "values": ["e"]}],
    });
    match kind {
        "CiliumBGPAdvertisement" => json!({"advertisements": [{
            "advertisementType": "Service",
            "service": {"addresses": ["LoadBalancerIP"]},
            "selector": selector,
            "attributes": {
                "localPreference": 100,
                "communities": {
                    "standard": ["65000:100", "4294967295"],
                    "wellKnown": ["no-export"],
                    "large": ["4294967295:1:0"],
                },
            },
        }]}),
        "CiliumBGPClusterConfig" => json!({
            "nodeSelector": selector,
            "bgpInstances": [{
                "name": "main",
                "localASN": 4_294_967_295_u32,
                "peers": [
                    {"name": "a", "peerAddress": "192.0.2.1", "peerASN": 64513,
                     "peerConfigRef": {"name": "p"}},
                    {"name": "b", "peerAddress": "2001:db8::1"},
                ],
            }],
        }),
        "CiliumBGPNodeConfig" => json!({"bgpInstances": [{
            "name": "main", "localASN": 64512,
            "peers": [{"name": "a", "peerAddress": "192.0.2.1"}],
        }]}),
        "CiliumBGPNodeConfigOverride" => json!({"bgpInstances": [{
            "name": "main", "routerID": "192.0.2.7",
            "peers": [{"name": "a", "localAddress": "2001:db8::7"}],
        }]}),
        "CiliumBGPPeerConfig" => json!({
            "timers": {"holdTimeSeconds": 90, "keepAliveTimeSeconds": 30},
            "transport": {"peerPort": 179},
            "ebgpMultihop": 255,
            "gracefulRestart": {"enabled": true},
            "authSecretRef": "secret",
            "families": [
                {"afi": "ipv4", "safi": "unicast", "advertisements": selector},
                {"afi": "ipv6", "safi": "unicast"},
            ],
        }),
        "CiliumBGPPeeringPolicy" => json!({"virtualRouters": [{
            "localASN": 64512,
            "neighbors": [{"peerAddress": "192.0.2.1/32", "peerASN": 64513}],
        }]}),
        "CiliumL2AnnouncementPolicy" => json!({
            "serviceSelector": selector, "nodeSelector": selector,
            "interfaces": ["^eth0$"], "loadBalancerIPs": true, "externalIPs": false,
        }),
        "CiliumLoadBalancerIPPool" => json!({
            "allowFirstLastIPs": "Yes",
            "disabled": false,
            "serviceSelector": selector,
            "blocks": [
                {"cidr": "10.0.0.0/24"}, {"cidr": "2001:db8::/64"},
                {"start": "10.0.1.1", "stop": "10.0.1.9"},
            ],
        }),
        other => panic!("no valid spec of a {other}"),
    }
}

#[test]
fn a_valid_object_of_every_kind_is_accepted_and_an_unknown_field_in_it_is_not() {
    for version in VERSIONS {
        let Some(crds) = Crds::load(version) else { return };
        for (api_version, kind) in crds.served() {
            let mut object = object(&api_version, &kind, valid_spec(&kind));
            let errors = crds.check(&object);
            assert!(errors.is_empty(), "{version} {api_version} {kind}: {errors:?}");

            object["spec"]["noSuchField"] = json!(1);
            assert_eq!(crds.check(&object), ["spec.noSuchField: unknown field"], "{kind}");
        }
    }
}

#[test]
fn a_spec_of_another_type_or_none_is_refused() {
    for version in VERSIONS {
        let Some(crds) = Crds::load(version) else { return };
        for (api_version, kind) in crds.served() {
            let listed = object(&api_version, &kind, json!([]));
            assert_eq!(crds.check(&listed), ["spec: must be of type object: []"], "{kind}");

            let mut without = object(&api_version, &kind, Value::Null);
            let optional = match kind.as_str() {
                "CiliumBGPPeeringPolicy" | "CiliumL2AnnouncementPolicy" => true,
                "CiliumLoadBalancerIPPool" => version == "1.16",
                _ => false,
            };
            let expected: &[&str] = if optional { &[] } else { &["spec: required"] };
            assert_eq!(crds.check(&without), expected, "{version} {api_version} {kind}");

            without["sepc"] = json!({});
            assert!(crds.check(&without).contains(&"sepc: unknown field".to_owned()), "{kind}");
        }
    }
}

#[test]
fn only_served_versions_are_known() {
    let cases = [
        ("1.17", "cilium.io/v2", "CiliumLoadBalancerIPPool", false),
        ("1.17", "cilium.io/v2alpha1", "CiliumLoadBalancerIPPool", true),
        ("1.18", "cilium.io/v2", "CiliumLoadBalancerIPPool", true),
        ("1.17", "cilium.io/v2", "CiliumBGPAdvertisement", false),
        ("1.18", "cilium.io/v2", "CiliumBGPAdvertisement", true),
        ("1.18", "cilium.io/v2alpha1", "CiliumBGPPeeringPolicy", true),
        ("1.19", "cilium.io/v2alpha1", "CiliumBGPPeeringPolicy", false),
        ("1.19", "cilium.io/v2", "CiliumL2AnnouncementPolicy", false),
        ("1.20", "cilium.io/v2", "CiliumL2AnnouncementPolicy", false),
        ("1.20", "cilium.io/v2alpha1", "CiliumL2AnnouncementPolicy", true),
        ("1.19", "cilium.io/v2alpha2", "CiliumLoadBalancerIPPool", false),
        ("1.19", "metallb.io/v2", "CiliumLoadBalancerIPPool", false),
        ("1.19", "v2", "CiliumLoadBalancerIPPool", false),
        ("1.19", "cilium.io/v2", "IPAddressPool", false),
    ];
    for (version, api_version, kind, served) in cases {
        let Some(crds) = Crds::load(version) else { return };
        assert_eq!(crds.serves(api_version, kind), served, "{version} {api_version} {kind}");
        if !served {
            let expected = format!("no matches for kind {kind:?} in version {api_version:?}");
            assert_eq!(crds.check(&object(api_version, kind, json!({}))), [expected]);
        }
    }
}

/// Objects that each break one rule: the rule's message, the kind and its spec.
fn rule_breakers() -> Vec<(&'static str, &'static str, Value)> {
    let advertisement = |advertisement: Value| json!({"advertisements": [advertisement]});
    vec![
        (
            "keepAliveTimeSeconds can not be larger than holdTimeSeconds",
            "CiliumBGPPeerConfig",
            // The rule sees the default of 30 for the keepalive time.
            json!({"timers": {"holdTimeSeconds": 9}}),
        ),
        (
            "service field is required for the 'Service' advertisementType",
            "CiliumBGPAdvertisement",
            advertisement(json!({"advertisementType": "Service", "selector": {}})),
        ),
        (
            "service field is not allowed for non-'Service' advertisementType",
            "CiliumBGPAdvertisement",
            advertisement(json!({
                "advertisementType": "CiliumPodIPPool",
                "service": {"addresses": ["LoadBalancerIP"]},
            })),
        ),
        (
            "interface field is required for the 'Interface' advertisementType",
            "CiliumBGPAdvertisement",
            advertisement(json!({"advertisementType": "Interface"})),
        ),
        (
            "interface field is not allowed for non-'Interface' advertisementType",
            "CiliumBGPAdvertisement",
            advertisement(json!({
                "advertisementType": "PodCIDR", "interface": {"name": "lo"},
            })),
        ),
        (
            "selector field is not allowed for the 'PodCIDR' advertisementType",
            "CiliumBGPAdvertisement",
            advertisement(json!({"advertisementType": "PodCIDR", "selector": {}})),
        ),
    ]
}

/// The message of every CEL rule below a schema node.
fn rule_messages(schema: &Value, messages: &mut Vec<String>) {
    match schema {
        Value::Object(fields) => {
            for rule in fields.get("x-kubernetes-validations").and_then(Value::as_array).into_iter()
            {
                messages
                    .extend(rule.iter().map(|rule| rule["message"].as_str().unwrap().to_owned()));
            }
            fields.values().for_each(|field| rule_messages(field, messages));
        }
        Value::Array(items) => items.iter().for_each(|item| rule_messages(item, messages)),
        _ => {}
    }
}

#[test]
fn every_cel_rule_of_every_version_refuses_an_object_that_breaks_it() {
    let breakers = rule_breakers();
    for version in VERSIONS {
        let Some(crds) = Crds::load(version) else { return };
        let mut seen = 0;
        for (api_version, kind) in crds.served() {
            let mut messages = Vec::new();
            rule_messages(crds.raw_schema(&api_version, &kind), &mut messages);
            for (message, of_kind, spec) in &breakers {
                let errors = crds.check(&object(&api_version, &kind, spec.clone()));
                if messages.iter().any(|one| one == message) {
                    assert_eq!(&kind, of_kind);
                    let [error] = &errors[..] else { panic!("{version} {message}: {errors:?}") };
                    assert!(error.starts_with("spec.") && error.ends_with(message), "{error}");
                    seen += 1;
                } else {
                    assert!(!errors.iter().any(|error| error.contains(message)), "{errors:?}");
                }
            }
            let untested = |message: &&String| !breakers.iter().any(|(one, ..)| one == *message);
            assert_eq!(messages.iter().find(untested), None, "{version} {kind}");
        }
        let expected = if version < "1.18" {
            0
        } else if version < "1.19" {
            6
        } else {
            9
        };
        assert_eq!(seen, expected, "rules of {version}");
    }
}

#[test]
fn what_breaks_a_rule_from_1_18_on_was_accepted_before() {
    let Some(crds) = Crds::load("1.17") else { return };
    let (_, kind, spec) = rule_breakers().remove(0);
    assert_eq!(crds.check(&object("cilium.io/v2alpha1", kind, spec)), [""; 0]);
}

/// Edits of a valid object of 1.19 that are refused: the kind, a pointer into
/// its spec, the new value and the path and text of the only error.
#[rustfmt::skip]
fn refused_edits() -> Vec<(&'static str, &'static str, Value, &'static str)> {
    let long_name = "n".repeat(256);
    vec![
        ("CiliumLoadBalancerIPPool", "/allowFirstLastIPs", json!(false),
         "spec.allowFirstLastIPs: must be of type string: false"),
        ("CiliumLoadBalancerIPPool", "/allowFirstLastIPs", json!("no"),
         "spec.allowFirstLastIPs: unsupported value \"no\""),
        ("CiliumLoadBalancerIPPool", "/disabled", json!("false"),
         "spec.disabled: must be of type boolean"),
        ("CiliumLoadBalancerIPPool", "/blocks/0/cidr", json!("10.0.0.0/33"),
         "spec.blocks[0].cidr: must be of format Cidr"),
        ("CiliumLoadBalancerIPPool", "/blocks/0/cidr", json!("10.0.0.0"),
         "spec.blocks[0].cidr: must be of format Cidr"),
        ("CiliumLoadBalancerIPPool", "/blocks/1/cidr", json!("2001:db8::/129"),
         "spec.blocks[1].cidr: must be of format Cidr"),
        ("CiliumLoadBalancerIPPool", "/blocks/1", Value::Null,
         "spec.blocks[1]: must be of type object: null"),
        ("CiliumLoadBalancerIPPool", "/blocks", json!({}), "spec.blocks: must be of type array"),
        ("CiliumLoadBalancerIPPool", "/serviceSelector/matchLabels/empty", json!(1),
         "spec.serviceSelector.matchLabels.empty: must be of type string"),
        ("CiliumLoadBalancerIPPool", "/serviceSelector/matchLabels/empty", json!("a b"),
         "spec.serviceSelector.matchLabels.empty: \"a b\" should match"),
        ("CiliumLoadBalancerIPPool", "/serviceSelector/matchLabels/empty", json!("v".repeat(64)),
         "spec.serviceSelector.matchLabels.empty: 64 characters, may have at most 63"),
        ("CiliumLoadBalancerIPPool", "/serviceSelector/matchExpressions/0/operator", json!("Eq"),
         "spec.serviceSelector.matchExpressions[0].operator: unsupported value"),
        ("CiliumLoadBalancerIPPool", "/serviceSelector/matchExpressions/0",
         json!({"key": "k"}), "spec.serviceSelector.matchExpressions[0].operator: required"),
        ("CiliumL2AnnouncementPolicy", "/interfaces", json!("eth0"),
         "spec.interfaces: must be of type array"),
        ("CiliumL2AnnouncementPolicy", "/loadBalancerIPs", json!("yes"),
         "spec.loadBalancerIPs: must be of type boolean"),
        ("CiliumBGPPeerConfig", "/ebgpMultihop", json!(0),
         "spec.ebgpMultihop: 0 is below the minimum of 1"),
        ("CiliumBGPPeerConfig", "/ebgpMultihop", json!(256),
         "spec.ebgpMultihop: 256 is above the maximum of 255"),
        ("CiliumBGPPeerConfig", "/ebgpMultihop", json!(1.5),
         "spec.ebgpMultihop: must be of type integer"),
        ("CiliumBGPPeerConfig", "/timers/holdTimeSeconds", json!(2),
         "spec.timers.holdTimeSeconds: 2 is below the minimum of 3"),
        ("CiliumBGPPeerConfig", "/timers/holdTimeSeconds", json!("90"),
         "spec.timers.holdTimeSeconds: must be of type integer"),
        ("CiliumBGPPeerConfig", "/transport/peerPort", json!(65536),
         "spec.transport.peerPort: 65536 is above the maximum of 65535"),
        ("CiliumBGPPeerConfig", "/transport", json!({"localPort": 179}),
         "spec.transport.localPort: unknown field"),
        ("CiliumBGPPeerConfig", "/gracefulRestart", json!({"restartTimeSeconds": 5}),
         "spec.gracefulRestart.enabled: required"),
        ("CiliumBGPPeerConfig", "/families/0/afi", json!("ipv5"),
         "spec.families[0].afi: unsupported value"),
        ("CiliumBGPClusterConfig", "/bgpInstances", json!([]),
         "spec.bgpInstances: 0 items, must have at least 1"),
        ("CiliumBGPClusterConfig", "/bgpInstances/0/localASN", json!(4_294_967_296_u64),
         "spec.bgpInstances[0].localASN: 4294967296 is above the maximum of 4294967295"),
        ("CiliumBGPClusterConfig", "/bgpInstances/0/peers/0/peerAddress", json!("10.0.0.256"),
         "spec.bgpInstances[0].peers[0].peerAddress: \"10.0.0.256\" should match"),
        // Arabic digits: a digit class is ASCII in Go.
        ("CiliumBGPClusterConfig", "/bgpInstances/0/peers/0/peerAddress", json!("::1.2.3.٤"),
         "spec.bgpInstances[0].peers[0].peerAddress: \"::1.2.3.٤\" should match"),
        ("CiliumBGPClusterConfig", "/bgpInstances/0/peers/1/name", json!("a"),
         "spec.bgpInstances[0].peers[1]: duplicate entry"),
        ("CiliumBGPClusterConfig", "/bgpInstances/0/peers/0/name", json!(""),
         "spec.bgpInstances[0].peers[0].name: 0 characters, must have at least 1"),
        ("CiliumBGPClusterConfig", "/bgpInstances/0/peers/0/name", json!(long_name),
         "spec.bgpInstances[0].peers[0].name: 256 characters, may have at most 255"),
        ("CiliumBGPClusterConfig", "/bgpInstances/0/peers/0/peerConfigRef",
         json!({"name": "p", "group": "cilium.io"}),
         "spec.bgpInstances[0].peers[0].peerConfigRef.group: unknown field"),
        ("CiliumBGPNodeConfigOverride", "/bgpInstances/0/routerID", json!("2001:db8::1"),
         "spec.bgpInstances[0].routerID: must be of format Ipv4"),
        ("CiliumBGPNodeConfigOverride", "/bgpInstances/0/localPort", json!(3_000_000_000_u32),
         "spec.bgpInstances[0].localPort: must be of format Int32"),
        ("CiliumBGPNodeConfig", "/bgpInstances/0/name", Value::Null,
         "spec.bgpInstances[0].name: required"),
        ("CiliumBGPAdvertisement", "/advertisements/0/service", json!({"addresses": []}),
         "spec.advertisements[0].service.addresses: 0 items, must have at least 1"),
        ("CiliumBGPAdvertisement", "/advertisements/0/service",
         json!({"addresses": ["LoadBalancerIP"], "aggregationLengthIPv4": 32}),
         "spec.advertisements[0].service.aggregationLengthIPv4: 32 is above the maximum of 31"),
        ("CiliumBGPAdvertisement", "/advertisements/0/attributes/communities/standard/0",
         json!("65000:65536"),
         "spec.advertisements[0].attributes.communities.standard[0]: \"65000:65536\" should match"),
        ("CiliumBGPAdvertisement", "/advertisements/0/attributes/communities/wellKnown/0",
         json!("no-way"),
         "spec.advertisements[0].attributes.communities.wellKnown[0]: unsupported value"),
        ("CiliumBGPAdvertisement", "/advertisements/0/attributes/communities/large/0",
         json!("1:2"),
         "spec.advertisements[0].attributes.communities.large[0]: \"1:2\" should match"),
    ]
}

#[test]
fn an_invalid_value_is_refused_at_its_path() {
    let Some(crds) = Crds::load("1.19") else { return };
    for (kind, pointer, value, expected) in refused_edits() {
        let api_version = match kind {
            "CiliumL2AnnouncementPolicy" => "cilium.io/v2alpha1",
            _ => "cilium.io/v2",
        };
        let mut spec = valid_spec(kind);
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match spec.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
            fields => fields[key] = value,
        }
        let errors = crds.check(&object(api_version, kind, spec));
        let [error] = &errors[..] else { panic!("{kind}{pointer}: {errors:?}") };
        assert!(error.starts_with(expected), "{kind}{pointer}: {error}");
    }
}

#[test]
fn a_null_counts_as_an_absent_field_and_takes_the_default() {
    let Some(crds) = Crds::load("1.19") else { return };
    let mut pool = object("cilium.io/v2", "CiliumLoadBalancerIPPool", json!({"disabled": null}));
    pool["metadata"]["creationTimestamp"] = Value::Null;
    assert_eq!(crds.check(&pool), [""; 0]);

    let timers = json!({"timers": {"keepAliveTimeSeconds": null, "holdTimeSeconds": 29}});
    let errors = crds.check(&object("cilium.io/v2", "CiliumBGPPeerConfig", timers));
    assert_eq!(errors.len(), 1, "{errors:?}");
}

#[test]
fn golden_cilium_configurations_are_refused_exactly_where_the_api_server_refuses_them() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/golden/cilium");
    if !golden.is_dir() {
        return support::skipped(&format!("no golden scenarios at {}", golden.display()));
    }
    let Some(crds) = Crds::load("1.19") else { return };
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for folder in fs::read_dir(golden).unwrap() {
        let folder = folder.unwrap().path();
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let decision: Value = serde_json::from_str(&read("cilium.json")).unwrap();
        let errors: Vec<_> = documents(&read("cilium.yaml"))
            .iter()
            .filter(|object| object["apiVersion"] != "v1")
            .flat_map(|object| crds.check(object))
            .collect();
        if errors.is_empty() != decision["configError"].is_null() {
            wrong.push(format!("{}: {errors:?}", folder.display()));
        }
        refused += usize::from(!errors.is_empty());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused > 0, "no scenario is refused");
}
