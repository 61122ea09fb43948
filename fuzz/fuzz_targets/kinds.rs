//! Every kind's decoder: objects of all kinds, most of their fields right and some not,
//! are taken or refused, and the same whether they come as JSON or as YAML.

#![no_main]

use std::sync::LazyLock;

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use metallb2cilium::cilium::{self, CiliumConfig, CiliumVersion, Kind, version::SUPPORTED};
use metallb2cilium::cluster::Cluster;
use metallb2cilium::diagnostic::Diagnostic;
use metallb2cilium::live::observations;
use metallb2cilium::manifest::{Manifests, Substitutions};
use metallb2cilium::metallb::{self, Deployment, Input, Resources};
use metallb2cilium::plan::snapshot;
use metallb2cilium::simulate::events;
use metallb2cilium_fuzz::{places, shape, shape::Shape, text};
use serde_json::{Map, Value};

/// `apiVersion`, `kind`, and what stands beside `metadata`. Without `kind` it is the
/// whole document.
const KINDS: &[(&str, &str, &str)] = &[
    (
        "metallb.io/v1beta1",
        "IPAddressPool",
        "spec:{addresses:[range] autoAssign:bool avoidBuggyIPs:bool serviceAllocation:{priority:int \
         namespaces:[name] namespaceSelectors:[selector] serviceSelectors:[selector]}}",
    ),
    (
        "metallb.io/v1beta1",
        "AddressPool",
        "spec:{protocol:protocol addresses:[range] autoAssign:bool avoidBuggyIPs:bool \
         bgpAdvertisements:[{aggregationLength:small aggregationLengthV6:small localPref:int \
         communities:[community]}]}",
    ),
    (
        "metallb.io/v1beta1",
        "L2Advertisement",
        "spec:{ipAddressPools:[name] ipAddressPoolSelectors:[selector] nodeSelectors:[selector] \
         interfaces:[interface] serviceSelectors:[selector] preferredNodeSelectors:[{weight:small \
         preference:selector}]}",
    ),
    (
        "metallb.io/v1beta1",
        "BGPAdvertisement",
        "spec:{aggregationLength:small aggregationLengthV6:small localPref:int \
         communities:[community] ipAddressPools:[name] ipAddressPoolSelectors:[selector] \
         nodeSelectors:[selector] peers:[name] serviceSelectors:[selector]}",
    ),
    (
        "metallb.io/v1beta2",
        "BGPPeer",
        "spec:{myASN:int peerASN:int dynamicASN:type peerAddress:address interface:interface \
         sourceAddress:address peerPort:int holdTime:duration keepaliveTime:duration \
         connectTime:duration routerID:address nodeSelectors:[selector] password:text \
         passwordSecret:{name:name namespace:name} bfdProfile:name enableGracefulRestart:bool \
         ebgpMultiHop:bool vrf:name disableMP:bool dualStackAddressFamily:bool localASN:int}",
    ),
    (
        "metallb.io/v1beta1",
        "BGPPeer",
        "spec:{myASN:int peerASN:int peerAddress:address sourceAddress:address peerPort:int \
         holdTime:duration keepaliveTime:duration routerID:address nodeSelectors:[selector] \
         password:text bfdProfile:name ebgpMultiHop:bool}",
    ),
    (
        "metallb.io/v1beta1",
        "BFDProfile",
        "spec:{receiveInterval:int transmitInterval:int detectMultiplier:int echoInterval:int \
         echoMode:bool passiveMode:bool minimumTtl:int}",
    ),
    ("metallb.io/v1beta1", "Community", "spec:{communities:[{name:name value:community}]}"),
    ("v1", "ConfigMap", "data:{config:legacy excludel2.yaml:legacy enable-ipv6:truth}"),
    (
        "v1",
        "Service",
        "spec:{type:type clusterIP:address clusterIPs:[address] ipFamilies:[family] \
         ipFamilyPolicy:policy externalTrafficPolicy:policy internalTrafficPolicy:policy \
         loadBalancerIP:address loadBalancerClass:name externalIPs:[address] selector:map \
         ports:[{protocol:protocol port:int}]} status:{loadBalancer:{ingress:[{ip:address}]}}",
    ),
    (
        "v1",
        "Node",
        "status:{conditions:[{type:type status:truth}] addresses:[{type:type address:address}]}",
    ),
    ("v1", "Namespace", ""),
    (
        "discovery.k8s.io/v1",
        "EndpointSlice",
        "addressType:family endpoints:[{addresses:[address] conditions:{ready:bool serving:bool \
         terminating:bool} nodeName:name}]",
    ),
    ("v1", "Secret", "type:text data:{password:base64} stringData:{password:text}"),
    (
        "cilium.io/v2",
        "CiliumLoadBalancerIPPool",
        "spec:{blocks:[{cidr:range start:address stop:address}] serviceSelector:selector \
         disabled:bool allowFirstLastIPs:truth}",
    ),
    (
        "cilium.io/v2alpha1",
        "CiliumL2AnnouncementPolicy",
        "spec:{serviceSelector:selector nodeSelector:selector interfaces:[interface] \
         externalIPs:bool loadBalancerIPs:bool}",
    ),
    (
        "cilium.io/v2",
        "CiliumBGPClusterConfig",
        "spec:{nodeSelector:selector bgpInstances:[{name:name localASN:int localPort:int \
         peers:[{name:name peerAddress:address peerASN:int interface:interface \
         autoDiscovery:{mode:text defaultGateway:{addressFamily:family}} peerConfigRef:{group:text \
         kind:kind name:name}}]}]}",
    ),
    (
        "cilium.io/v2",
        "CiliumBGPPeerConfig",
        "spec:{transport:{peerPort:int localPort:int} timers:{connectRetryTimeSeconds:int \
         holdTimeSeconds:int keepAliveTimeSeconds:int} authSecretRef:name \
         gracefulRestart:{enabled:bool restartTimeSeconds:int} ebgpMultihop:int \
         families:[{afi:family safi:family advertisements:selector}]}",
    ),
    (
        "cilium.io/v2",
        "CiliumBGPAdvertisement",
        "spec:{advertisements:[{advertisementType:type service:{addresses:[type] \
         aggregationLengthIPv4:small aggregationLengthIPv6:small} interface:{name:name} \
         selector:selector attributes:{communities:{standard:[community] wellKnown:[community] \
         large:[community]} localPreference:int}}]}",
    ),
    (
        "cilium.io/v2",
        "CiliumBGPNodeConfigOverride",
        "spec:{bgpInstances:[{name:name routerID:address localPort:int localASN:int \
         peers:[{name:name localAddress:address localPort:int}]}]}",
    ),
    (
        "apps/v1",
        "DaemonSet",
        "spec:{template:{spec:{containers:[{name:name args:[text] env:[{name:name value:text}]}] \
         nodeSelector:map affinity:{nodeAffinity:{requiredDuringSchedulingIgnoredDuringExecution:map}}}}}",
    ),
    (
        "metallb.io/v1beta1",
        "MetalLB",
        "spec:{nodeSelector:map loadBalancerClass:name bgpBackend:text}",
    ),
    (
        "",
        "",
        "configInline:{peers:[{my-asn:int peer-asn:int peer-address:address hold-time:duration}] \
         address-pools:[{name:name protocol:protocol addresses:[range] \
         bgp-advertisements:[{aggregation-length:small communities:[community]}]}] \
         bgp-communities:map}",
    ),
    (
        "",
        "",
        "ipv6:{enabled:bool} l2announcements:{enabled:bool leaseDuration:duration} \
         bgpControlPlane:{enabled:bool secretsNamespace:{name:name}} kubeProxyReplacement:truth \
         devices:[interface] defaultLBServiceIPAM:text k8sClientRateLimit:{qps:int burst:int}",
    ),
    (
        "",
        "",
        "steps:[{name:name apply:[{apiVersion:text kind:kind metadata:{name:name namespace:name}}] \
         delete:[{kind:kind namespace:name name:name}] fail:[name] return:[name]}]",
    ),
    (
        "",
        "",
        "type:text observer:text at:text node:name address:address interface:interface mac:text \
         answers:[{mac:text count:int}] verdict:text code:text severity:text message:text",
    ),
];

static SHAPES: LazyLock<Vec<Shape>> =
    LazyLock::new(|| KINDS.iter().map(|(.., text)| shape::read(text)).collect());

static METADATA: LazyLock<Shape> = LazyLock::new(|| {
    shape::read(
        "name:name namespace:name labels:map annotations:annotations creationTimestamp:text",
    )
});

fuzz_target!(|bytes: &[u8]| {
    // What is left of the input when it is used up does not matter.
    let _ = decode(&mut Unstructured::new(bytes));
});

fn any_object(input: &mut Unstructured<'_>) -> arbitrary::Result<Value> {
    let index = input.choose_index(KINDS.len())?;
    let (api_version, kind, _) = KINDS[index];
    let mut object = Map::new();
    if !kind.is_empty() {
        object.insert("apiVersion".to_owned(), api_version.into());
        object.insert("kind".to_owned(), kind.into());
        object.insert("metadata".to_owned(), shape::any(input, &METADATA)?);
    }
    if let Value::Object(fields) = shape::any(input, &SHAPES[index])? {
        object.extend(fields);
    }
    Ok(Value::Object(object))
}

fn decode(input: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let choice: u8 = input.arbitrary()?;
    let count = input.int_in_range(1..=4)?;
    let objects: Vec<Value> =
        (0..count).map(|_| any_object(input)).collect::<arbitrary::Result<_>>()?;
    let mut yaml = String::new();
    for object in &objects {
        yaml += "---\n";
        yaml += &serde_saphyr::to_string(object).expect("any value can be written");
    }
    let json: String = objects.iter().map(|object| format!("{object}\n")).collect();
    let from_yaml = read_all(&Manifests::from_text("kinds.yaml", yaml.as_str()), choice);
    let from_json = read_all(&Manifests::from_text("kinds.yaml", json.as_str()), choice);
    assert_eq!(from_yaml, from_json, "{yaml}\n{json}");
    Ok(())
}

/// Everything that reads objects; what it has to say.
fn read_all(manifests: &Manifests, choice: u8) -> Vec<String> {
    places::hold(manifests);
    let mut found = manifests.diagnostics.clone();
    let mut substitutions = Substitutions::default();
    if choice & 1 == 0 {
        for setting in ["A=10.0.0.1", "B=10.0.0.9", "RANGE=10.0.1.0/24", "NAME=b"] {
            assert!(substitutions.set(setting).is_ok());
        }
    }
    let Manifests { objects, untyped, sources, .. } = manifests;
    let input = Input { objects, untyped, sources, substitutions: &substitutions };
    Deployment::read(&input, &mut found);
    let (resources, of_resources) = Resources::read(&input);
    let (cluster, of_cluster) = Cluster::read(objects);
    found.extend(of_resources);
    found.extend(of_cluster);
    let options =
        metallb::Options { allow_missing_secrets: choice & 2 == 0, ..metallb::Options::default() };
    match metallb::validate(&resources, &cluster, &options) {
        Ok(config) => assert!(config.pools.len() <= resources.pools.len()),
        Err(refused) => {
            assert!(refused.iter().any(Diagnostic::is_error), "{refused:?}");
            found.extend(refused);
        }
    }
    let version: CiliumVersion = SUPPORTED[usize::from(choice >> 2) % SUPPORTED.len()].version;
    let (_, of_cilium) = CiliumConfig::read(objects, None, version);
    found.extend(of_cilium);
    for object in objects {
        if let Some(kind) = Kind::parse(&object.kind) {
            found.extend(cilium::validate(object, kind, version));
        }
    }
    for document in untyped {
        let (_, of_settings) = CiliumConfig::read(&[], Some(&document.node), version);
        found.extend(of_settings);
        let _ = events::read(&document.node, &mut found);
    }
    let kept = snapshot(objects, choice & 4 == 0);
    assert!(kept.len() <= objects.len() + 1, "{}", kept.len());
    if let Err(refused) = observations::read(sources, sources.ids()) {
        places::hold_labels(sources, &refused);
    }
    places::hold_labels(sources, &found);
    text::write(&found, sources, choice);
    // Those of one object come in the order of their places.
    let mut said: Vec<String> = found
        .iter()
        .map(|one| format!("{} {:?} {}", one.code, one.severity, one.message))
        .collect();
    said.sort();
    said
}
