use super::*;
use crate::cilium::{CiliumConfig, LoadBalancerIpPoolSpec};
use crate::manifest::Manifests;

fn faults(version: &str, text: &str) -> Vec<(String, String)> {
    let manifests = Manifests::from_text("test.yaml", text);
    assert_eq!(manifests.diagnostics, [], "{text}");
    let object = &manifests.objects[0];
    let kind = Kind::parse(&object.kind).unwrap();
    validate(object, kind, version.parse().unwrap())
        .into_iter()
        .filter(Diagnostic::is_error)
        .map(|diagnostic| (diagnostic.code.id.to_owned(), diagnostic.message))
        .collect()
}

#[track_caller]
fn accepted(version: &str, text: &str) {
    assert_eq!(faults(version, text), [], "{version}:\n{text}");
}

#[track_caller]
fn refused(version: &str, code: &str, in_message: &str, text: &str) {
    let faults = faults(version, text);
    assert!(
        faults.iter().any(|(id, message)| id == code && message.contains(in_message)),
        "{version}: {code} with {in_message:?} is not among {faults:?}\n{text}"
    );
}

fn object(api_version: &str, kind: &str, spec: &str) -> String {
    format!(
        "apiVersion: cilium.io/{api_version}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n"
    )
}

#[test]
fn each_version_serves_its_api_versions() {
    let pool = |api: &str| object(api, "CiliumLoadBalancerIPPool", "{blocks: []}");
    accepted("1.17", &pool("v2alpha1"));
    refused("1.17", "M2C170", "no matches for kind", &pool("v2"));
    accepted("1.18", &pool("v2"));
    accepted("1.20", &pool("v2alpha1"));
    let policy = |api: &str| object(api, "CiliumL2AnnouncementPolicy", "{}");
    accepted("1.20", &policy("v2alpha1"));
    refused("1.20", "M2C170", "CiliumL2AnnouncementPolicy", &policy("v2"));
}

#[test]
fn a_pools_spec_is_optional_in_1_16_only() {
    let text =
        "apiVersion: cilium.io/v2alpha1\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: a}\n";
    accepted("1.16", text);
    refused("1.17", "M2C172", "`spec` is required", text);
    let policy = text.replace("LoadBalancerIPPool", "L2AnnouncementPolicy");
    accepted("1.19", &policy);
}

#[test]
fn pools_are_checked() {
    let pool = |spec: &str| object("v2", "CiliumLoadBalancerIPPool", spec);
    accepted("1.19", &pool("{blocks: [{cidr: 10.0.0.7/24}, {start: x, stop: z}], disabled: true}"));
    accepted("1.19", &pool("{allowFirstLastIPs: 'No', serviceSelector: }"));
    for (code, message, spec) in [
        ("M2C172", "spec.blocks[0].cidr", "{blocks: [{cidr: 10.0.0.0/33}]}"),
        ("M2C172", "must be a CIDR", "{blocks: [{cidr: 10.0.0.1}]}"),
        ("M2C172", "put it in quotes", "{allowFirstLastIPs: No}"),
        ("M2C172", "one of Yes, No", "{allowFirstLastIPs: 'no'}"),
        ("M2C171", "unknown field `spec.cidrs`", "{cidrs: []}"),
        ("M2C171", "unknown field `spec.autoAssign`", "{autoAssign: false}"),
        ("M2C172", "must be a list", "{blocks: {cidr: 10.0.0.0/24}}"),
        ("M2C172", "must be a label value", "{serviceSelector: {matchLabels: {a: -b}}}"),
        (
            "M2C172",
            "one of In, NotIn",
            "{serviceSelector: {matchExpressions: [{key: a, operator: Is}]}}",
        ),
        ("M2C172", "operator` is required", "{serviceSelector: {matchExpressions: [{key: a}]}}"),
        ("M2C172", "must be a string, not an integer", "{serviceSelector: {matchLabels: {a: 1}}}"),
    ] {
        refused("1.19", code, message, &pool(spec));
    }
}

#[test]
fn cluster_configs_are_checked() {
    let config = |api: &str, spec: &str| object(api, "CiliumBGPClusterConfig", spec);
    accepted(
        "1.19",
        &config(
            "v2",
            "{bgpInstances: [{name: a, localASN: 64512, localPort: 179, peers: [{name: p, peerASN: 0, \
             peerAddress: ' 2001:db8::1%eth0 ', peerConfigRef: {name: c}, autoDiscovery: {mode: \
             DefaultGateway, defaultGateway: {addressFamily: ipv4}}}]}]}",
        ),
    );
    for (version, api, code, message, spec) in [
        ("1.19", "v2", "M2C172", "at least 1 items", "{bgpInstances: []}"),
        ("1.19", "v2", "M2C172", "`spec.bgpInstances` is required", "{}"),
        (
            "1.19",
            "v2",
            "M2C172",
            "another entry has the name",
            "{bgpInstances: [{name: a}, {name: a}]}",
        ),
        ("1.19", "v2", "M2C172", "1 to 4294967295", "{bgpInstances: [{name: a, localASN: 0}]}"),
        (
            "1.19",
            "v2",
            "M2C171",
            "group",
            "{bgpInstances: [{name: a, peers: [{name: p, peerConfigRef: {name: c, group: g}}]}]}",
        ),
        (
            "1.16",
            "v2alpha1",
            "M2C172",
            "peerASN` must be 1",
            "{bgpInstances: [{name: a, peers: [{name: p, peerASN: 0}]}]}",
        ),
        (
            "1.17",
            "v2alpha1",
            "M2C171",
            "from Cilium 1.18.0 on",
            "{bgpInstances: [{name: a, localPort: 179}]}",
        ),
        (
            "1.19",
            "v2",
            "M2C172",
            "must be an IP address",
            "{bgpInstances: [{name: a, peers: [{name: p, peerAddress: 192.0.2.256}]}]}",
        ),
    ] {
        refused(version, code, message, &config(api, spec));
    }
    let seventeen: Vec<String> = (0..17).map(|n| format!("{{name: i{n}}}")).collect();
    let spec = format!("{{bgpInstances: [{}]}}", seventeen.join(", "));
    refused("1.19", "M2C172", "at most 16", &config("v2", &spec));
    let long = format!("{{bgpInstances: [{{name: {}}}]}}", "x".repeat(256));
    refused("1.19", "M2C172", "1 to 255 characters", &config("v2", &long));
}

#[test]
fn peer_configs_are_checked_with_defaults_filled_in() {
    let config = |api: &str, spec: &str| object(api, "CiliumBGPPeerConfig", spec);
    accepted("1.19", &config("v2", "{timers: {holdTimeSeconds: 9, keepAliveTimeSeconds: 3}}"));
    refused(
        "1.19",
        "M2C173",
        "keepAliveTimeSeconds",
        &config("v2", "{timers: {holdTimeSeconds: 9}}"),
    );
    refused("1.18", "M2C173", "keepAlive", &config("v2", "{timers: {keepAliveTimeSeconds: 91}}"));
    accepted("1.17", &config("v2alpha1", "{timers: {holdTimeSeconds: 9}}"));
    refused("1.19", "M2C172", "must be 1 to 255, not 0", &config("v2", "{ebgpMultihop: 0}"));
    refused("1.19", "M2C172", "enabled` is required", &config("v2", "{gracefulRestart: {}}"));
    refused("1.19", "M2C172", "safi` is required", &config("v2", "{families: [{afi: ipv4}]}"));
    accepted("1.19", &config("v2", "{transport: {sourceInterface: lo}}"));
    refused(
        "1.18",
        "M2C171",
        "from Cilium 1.19.0 on",
        &config("v2", "{transport: {sourceInterface: lo}}"),
    );
    accepted("1.19", &config("v2alpha1", "{transport: {localPort: 1179}}"));
    refused("1.19", "M2C171", "v2alpha1 only", &config("v2", "{transport: {localPort: 1179}}"));
}

#[test]
fn advertisements_are_checked() {
    let advert = |api: &str, entry: &str| {
        object(api, "CiliumBGPAdvertisement", &format!("{{advertisements: [{entry}]}}"))
    };
    accepted(
        "1.19",
        &advert("v2", "{advertisementType: Service, service: {addresses: [ClusterIP]}}"),
    );
    accepted("1.19", &advert("v2", "{advertisementType: Interface, interface: {name: lo}}"));
    for (version, api, code, message, entry) in [
        ("1.19", "v2", "M2C173", "service field is required", "{advertisementType: Service}"),
        (
            "1.19",
            "v2",
            "M2C173",
            "not allowed for non-'Service'",
            "{advertisementType: PodCIDR, service: {addresses: [ClusterIP]}}",
        ),
        ("1.19", "v2", "M2C173", "interface field is required", "{advertisementType: Interface}"),
        (
            "1.19",
            "v2",
            "M2C173",
            "selector field is not allowed",
            "{advertisementType: PodCIDR, selector: {}}",
        ),
        (
            "1.18",
            "v2",
            "M2C172",
            "one of PodCIDR, CiliumPodIPPool, Service",
            "{advertisementType: Interface}",
        ),
        (
            "1.19",
            "v2",
            "M2C172",
            "at least 1 items",
            "{advertisementType: Service, service: {addresses: []}}",
        ),
        (
            "1.17",
            "v2alpha1",
            "M2C172",
            "addresses` is required",
            "{advertisementType: Service, service: {}}",
        ),
        (
            "1.19",
            "v2",
            "M2C172",
            "0 to 31, not 32",
            "{advertisementType: Service, service: {addresses: [ClusterIP], aggregationLengthIPv4: 32}}",
        ),
        (
            "1.17",
            "v2alpha1",
            "M2C171",
            "aggregationLengthIPv4",
            "{advertisementType: Service, service: {addresses: [ClusterIP], aggregationLengthIPv4: 24}}",
        ),
        (
            "1.19",
            "v2",
            "M2C172",
            "16-bit",
            "{advertisementType: PodCIDR, attributes: {communities: {standard: ['65000:65536']}}}",
        ),
        (
            "1.19",
            "v2",
            "M2C172",
            "16-bit",
            "{advertisementType: PodCIDR, attributes: {communities: {standard: ['065000:1']}}}",
        ),
        (
            "1.19",
            "v2",
            "M2C172",
            "32-bit",
            "{advertisementType: PodCIDR, attributes: {communities: {large: ['1:2']}}}",
        ),
        (
            "1.19",
            "v2",
            "M2C172",
            "one of internet",
            "{advertisementType: PodCIDR, attributes: {communities: {wellKnown: [nothing]}}}",
        ),
    ] {
        refused(version, code, message, &advert(api, entry));
    }
    accepted("1.16", &advert("v2alpha1", "{advertisementType: Service, service: {}}"));
    accepted("1.17", &advert("v2alpha1", "{advertisementType: Service}"));
}

#[test]
fn node_overrides_are_checked() {
    let node = |api: &str, spec: &str| object(api, "CiliumBGPNodeConfigOverride", spec);
    accepted("1.19", &node("v2", "{bgpInstances: [{name: a, localASN: 1, routerID: 192.0.2.1}]}"));
    refused(
        "1.17",
        "M2C171",
        "localASN",
        &node("v2alpha1", "{bgpInstances: [{name: a, localASN: 1}]}"),
    );
    refused(
        "1.19",
        "M2C172",
        "an IPv4 address",
        &node("v2", "{bgpInstances: [{name: a, routerID: '::1'}]}"),
    );
}

#[test]
fn names_and_labels_are_checked() {
    let text = "apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: A_b, labels: {x: '?'}}\nspec: {}\n";
    refused("1.19", "M2C174", "DNS subdomain", text);
    refused("1.19", "M2C174", "metadata.labels[x]", text);
    let unquoted = text.replace("A_b", "off").replace("'?'", "1");
    refused("1.19", "M2C174", "`metadata.name` must be", &unquoted);
    refused("1.19", "M2C174", "put it in quotes", &unquoted);
}

#[test]
fn what_is_refused_is_left_out_and_the_rest_is_typed() {
    let manifests = Manifests::from_text(
        "test.yaml",
        "apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: a}\nspec: {blocks: [{cidr: 10.0.0.0/24}], serviceSelector: null}\n---\n\
         apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: b}\nspec: {blocks: [{cidr: x}]}\n---\n\
         apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c}\n",
    );
    let (config, found) = CiliumConfig::read(&manifests.objects, None, CiliumVersion::default());
    assert_eq!(config.pools.len(), 1);
    let spec: &LoadBalancerIpPoolSpec = &config.pools[0].spec;
    assert_eq!(spec.blocks[0].cidr.as_deref(), Some("10.0.0.0/24"));
    assert_eq!(spec.service_selector, None);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].object.as_ref().unwrap().name, "b");
    let label = &found[0].labels[0];
    let source = manifests.sources.get(label.span.source);
    assert_eq!(&source.text[label.span.start as usize..label.span.end as usize], "x");
}
