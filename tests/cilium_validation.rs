//! What is refused of Cilium's objects is what the API server refuses: the rules
//! against the CRDs themselves, on every field of every kind with many values.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use metallb2cilium::cilium::{CiliumConfig, CiliumVersion, Kind, validate};
use metallb2cilium::diagnostic::Diagnostic;
use metallb2cilium::manifest::Manifests;
use serde_json::{Value, json};
use support::crd::Crds;

const VERSIONS: [&str; 5] = ["1.16", "1.17", "1.18", "1.19", "1.20"];
const API_VERSIONS: [&str; 2] = ["cilium.io/v2alpha1", "cilium.io/v2"];

/// A spec in which every field of a kind stands.
fn full_spec(kind: Kind) -> Value {
    let selector = json!({
        "matchLabels": {"a.example/b": "c"},
        "matchExpressions": [{"key": "d", "operator": "In", "values": ["e"]}],
    });
    match kind {
        Kind::LoadBalancerIpPool => json!({
            "allowFirstLastIPs": "Yes", "disabled": false, "serviceSelector": selector,
            "blocks": [{"cidr": "10.0.0.0/24"}, {"start": "10.0.1.1", "stop": "10.0.1.9"}],
        }),
        Kind::L2AnnouncementPolicy => json!({
            "serviceSelector": selector, "nodeSelector": selector, "interfaces": ["^eth0$"],
            "loadBalancerIPs": true, "externalIPs": false,
        }),
        Kind::BgpClusterConfig => json!({
            "nodeSelector": selector,
            "bgpInstances": [
                {"name": "one", "localASN": 64512, "localPort": 179, "peers": [
                    {"name": "a", "peerAddress": "192.0.2.1", "peerASN": 64513,
                     "peerConfigRef": {"name": "p", "group": "cilium.io", "kind": "k"}},
                    {"name": "b", "autoDiscovery":
                        {"mode": "DefaultGateway", "defaultGateway": {"addressFamily": "ipv4"}}},
                ]},
                {"name": "two"},
            ],
        }),
        Kind::BgpPeerConfig => json!({
            "timers": {"connectRetryTimeSeconds": 5, "holdTimeSeconds": 90, "keepAliveTimeSeconds": 30},
            "transport": {"peerPort": 179, "localPort": 1179, "sourceInterface": "lo"},
            "ebgpMultihop": 255, "gracefulRestart": {"enabled": true, "restartTimeSeconds": 9},
            "authSecretRef": "secret",
            "families": [{"afi": "ipv4", "safi": "unicast", "advertisements": selector}],
        }),
        Kind::BgpAdvertisement => json!({"advertisements": [
            {"advertisementType": "Service", "selector": selector,
             "service": {"addresses": ["LoadBalancerIP", "ClusterIP"],
                         "aggregationLengthIPv4": 24, "aggregationLengthIPv6": 64},
             "attributes": {"localPreference": 100, "communities": {
                 "standard": ["65000:100"], "wellKnown": ["no-export"], "large": ["1:2:3"]}}},
            {"advertisementType": "Interface", "interface": {"name": "lo"}},
            {"advertisementType": "PodCIDR"},
        ]}),
        Kind::BgpNodeConfigOverride => json!({"bgpInstances": [{
            "name": "main", "routerID": "192.0.2.7", "localPort": 179, "localASN": 64512,
            "peers": [{"name": "a", "localAddress": "2001:db8::7", "localPort": 1}],
        }]}),
    }
}

/// The same without what only some versions have.
fn plain_spec(kind: Kind, api_version: &str, version: &str) -> Value {
    let mut spec = full_spec(kind);
    let old = ["1.16", "1.17"].contains(&version);
    let v2 = api_version == "cilium.io/v2";
    match kind {
        Kind::BgpClusterConfig => {
            let instance = spec["bgpInstances"][0].as_object_mut().unwrap();
            if old {
                instance.remove("localPort");
            }
            let peers = instance["peers"].as_array_mut().unwrap();
            if v2 {
                let reference = peers[0]["peerConfigRef"].as_object_mut().unwrap();
                reference.remove("group");
                reference.remove("kind");
            } else {
                peers[1].as_object_mut().unwrap().remove("autoDiscovery");
            }
        }
        Kind::BgpPeerConfig => {
            let transport = spec["transport"].as_object_mut().unwrap();
            let absent = if v2 { "localPort" } else { "sourceInterface" };
            transport.remove(absent);
            if version == "1.18" {
                transport.remove("sourceInterface");
            }
        }
        Kind::BgpAdvertisement => {
            if old || !v2 || version == "1.18" {
                spec["advertisements"].as_array_mut().unwrap().remove(1);
            }
            if old {
                let service = spec["advertisements"][0]["service"].as_object_mut().unwrap();
                service.remove("aggregationLengthIPv4");
                service.remove("aggregationLengthIPv6");
            }
        }
        Kind::BgpNodeConfigOverride if old => {
            spec["bgpInstances"][0].as_object_mut().unwrap().remove("localASN");
        }
        _ => {}
    }
    spec
}

/// Values to try in the place of another.
fn palette() -> Vec<Value> {
    let numbers = [
        -2_147_483_649_i64,
        -2_147_483_648,
        -1,
        0,
        1,
        2,
        3,
        29,
        31,
        32,
        91,
        127,
        128,
        255,
        256,
        4_095,
        4_096,
        65_535,
        65_536,
        2_147_483_647,
        2_147_483_648,
        4_294_967_295,
        4_294_967_296,
    ];
    let texts = [
        "",
        "x",
        "Yes",
        "No",
        "no",
        "10.0.0.0/24",
        "10.0.0.7/24",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "010.0.0.0/8",
        "10.0.0.0",
        "::ffff:10.0.0.0/104",
        "2001:db8::/129",
        "2001:DB8::1",
        "fe80::1%eth0",
        "fe80::1%",
        "192.0.2.1%eth0",
        " 192.0.2.1\t",
        "192.0.2.256",
        "192.0.2.01",
        "192.0.2",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "1:2:3:4:5:6:7:8:9",
        "::1.2.3.4",
        "::ffff:1.2.3.4",
        "::",
        ":::",
        "12345::",
        "65000:65535",
        "65000:65536",
        "0:0",
        "00:1",
        "1:",
        ":1",
        "4294967295",
        "4294967296",
        "01",
        "1:2:3",
        "1:2:4294967296",
        "1:2:3:4",
        "-a",
        "a-",
        "a_b.c",
        "ä",
        "a b",
        "no-export",
        "Service",
        "PodCIDR",
        "Interface",
        "CiliumPodIPPool",
        "ipv4",
        "ls",
        "unicast",
        "NotIn",
        "Exists",
        "Gt",
        "ClusterIP",
        "ExternalIP",
        "DefaultGateway",
    ];
    let long = [63, 64, 255, 256].map(|length| Value::from("a".repeat(length)));
    let others = [
        json!(null),
        json!(true),
        json!(1.5),
        json!(3.0),
        json!([]),
        json!({}),
        json!([null]),
        json!({"unknown": 1}),
        json!(["x", "x"]),
    ];
    let numbers = numbers.into_iter().map(Value::from);
    numbers.chain(texts.into_iter().map(Value::from)).chain(long).chain(others).collect()
}

/// Where every value in a value stands.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers(value, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// The object with one thing changed, in every way.
fn mutations(object: &Value, mut each: impl FnMut(&str, &Value)) {
    let palette = palette();
    let mut places = Vec::new();
    pointers(&object["spec"], "/spec", &mut places);
    for place in &places {
        for value in &palette {
            let mut changed = object.clone();
            *changed.pointer_mut(place).unwrap() = value.clone();
            each(place, &changed);
        }
        let mut changed = object.clone();
        match changed.pointer_mut(place).unwrap() {
            Value::Object(fields) => {
                fields.insert("unknown".to_owned(), json!(1));
                each(place, &changed);
            }
            Value::Array(items) => {
                items.extend(items.first().cloned());
                each(place, &changed);
                let many = changed.pointer_mut(place).unwrap();
                *many = (0..17).map(|number| json!({"name": format!("n{number}")})).collect();
                each(place, &changed);
            }
            _ => {}
        }
        let (parent, key) = place.rsplit_once('/').unwrap();
        let mut changed = object.clone();
        match changed.pointer_mut(parent).unwrap() {
            Value::Object(fields) => {
                fields.remove(&key.replace("~1", "/"));
            }
            Value::Array(items) => {
                items.remove(key.parse().unwrap());
            }
            _ => continue,
        }
        each(place, &changed);
    }
}

fn refused(object: &Value, kind: Kind, version: CiliumVersion) -> Vec<String> {
    let manifests = Manifests::from_text("object.json", object.to_string());
    assert!(manifests.diagnostics.is_empty(), "{object}: {:?}", manifests.diagnostics);
    let found = validate(&manifests.objects[0], kind, version);
    if !found.iter().any(Diagnostic::is_error) {
        // What is accepted can be read into its type.
        let (_, found) = CiliumConfig::read(&manifests.objects, None, version);
        assert!(!found.iter().any(Diagnostic::is_error), "{object}: {found:?}");
    }
    found.into_iter().filter(Diagnostic::is_error).map(|found| found.message).collect()
}

fn compare(
    crds: &Crds,
    version: &str,
    kind: Kind,
    api_version: &str,
    spec: Value,
    wrong: &mut Vec<String>,
) -> usize {
    let target: CiliumVersion = version.parse().unwrap();
    let object = json!({
        "apiVersion": api_version, "kind": kind.as_str(), "metadata": {"name": "x"}, "spec": spec,
    });
    let mut count = 0;
    mutations(&object, |place, changed| {
        count += 1;
        let expected = crds.check(changed);
        let found = refused(changed, kind, target);
        if expected.is_empty() != found.is_empty() {
            wrong.push(format!(
                "{version} {api_version} {kind} at {place}: the CRD says {expected:?}, we say \
                 {found:?}\n  {changed}"
            ));
        }
    });
    count
}

#[test]
fn what_the_crds_refuse_is_refused_and_nothing_else() {
    for version in VERSIONS {
        let Some(crds) = Crds::load(version) else { return };
        let (mut count, mut wrong) = (0, Vec::new());
        for kind in Kind::ALL {
            for api_version in API_VERSIONS {
                if !crds.serves(api_version, kind.as_str()) {
                    let object = json!({
                        "apiVersion": api_version, "kind": kind.as_str(),
                        "metadata": {"name": "x"}, "spec": {},
                    });
                    assert!(!refused(&object, kind, version.parse().unwrap()).is_empty());
                    continue;
                }
                let plain = plain_spec(kind, api_version, version);
                let target = version.parse().unwrap();
                let object = json!({
                    "apiVersion": api_version, "kind": kind.as_str(),
                    "metadata": {"name": "x"}, "spec": plain,
                });
                assert_eq!(refused(&object, kind, target), [""; 0], "{version} {object}");
                count += compare(&crds, version, kind, api_version, plain, &mut wrong);
            }
        }
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
        println!("Cilium {version}: {count} objects judged alike");
    }
}
