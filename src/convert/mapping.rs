//! What becomes of each field of MetalLB's API: a table, printed in the reference.
//!
//! `tests/mapping.rs` holds it against the API types, which have no field without a row,
//! and against the conversion: each row's example is converted, and what is said of it
//! is what the row says.

use super::codes::{
    ADVERTISED_DIFFERENTLY, AGGREGATE_OF_LOCAL, BFD, DUAL_STACK, DYNAMIC_ASN, FALL_BACK,
    FOREIGN_CLASS, LOCAL_ASN, LOCAL_ON_L2, MISSING_INTERFACE, NAMESPACES_TO_COME, NEEDS_NODES,
    NO_SESSION, OTHER_FAMILY_NEXT_HOP, POOL_NEEDS_LABEL, PREFERRED_NODES, SELECTORS_AND_SHARING,
    SERVICES_NEED_LABEL, SHARED_ON_L2,
};
use crate::diagnostic::Code;

/// Whether Cilium decides as MetalLB does once the field is converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// It does.
    Yes,
    /// It does once the Services carry what `--emit services` sets on them.
    WithLabels,
    /// It depends on what stands beside it; the codes say when not.
    NotAlways,
    /// It does not, or Cilium has nothing of the kind.
    No,
}

impl Same {
    /// In a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::WithLabels => "with `--emit services`",
            Self::NotAlways => "not always",
            Self::No => "no",
        }
    }
}

/// What becomes of one field.
#[derive(Debug, Clone, Copy)]
pub struct Mapping {
    /// The API kind.
    pub kind: &'static str,
    /// The field below `spec`; of a Service below the object.
    pub field: &'static str,
    /// An example in YAML, below `spec`; of a Service below the object.
    pub example: &'static str,
    /// What Cilium is told.
    pub cilium: &'static str,
    /// Whether that is the same.
    pub same: Same,
    /// What the conversion says of the example.
    pub codes: &'static [&'static Code],
}

const fn row(
    kind: &'static str,
    field: &'static str,
    example: &'static str,
    cilium: &'static str,
    same: Same,
    codes: &'static [&'static Code],
) -> Mapping {
    Mapping { kind, field, example, cilium, same, codes }
}

const POOL: &str = "IPAddressPool";
const L2: &str = "L2Advertisement";
const BGP: &str = "BGPAdvertisement";
const PEER: &str = "BGPPeer";
const BFD_PROFILE: &str = "BFDProfile";
const COMMUNITY: &str = "Community";
const SERVICE: &str = "Service";

/// What stands in several rows.
const SERVICES_OF_POOLS: &str =
    "the selector of these pools' Services; pools that any Service may use need the label";
const NOTHING: &str = "nothing";

/// Every field of MetalLB's API, and what MetalLB reads of a Service.
pub const MAPPINGS: &[Mapping] = &[
    row(
        POOL,
        "addresses",
        "addresses: [10.0.0.0/24, 10.0.2.1-10.0.2.9]",
        "`blocks` of a CiliumLoadBalancerIPPool, with `allowFirstLastIPs: \"Yes\"`",
        Same::Yes,
        &[],
    ),
    row(
        POOL,
        "autoAssign",
        "autoAssign: false",
        "`serviceSelector` on the label `metallb2cilium.io/pool`",
        Same::WithLabels,
        &[POOL_NEEDS_LABEL],
    ),
    row(
        POOL,
        "avoidBuggyIPs",
        "avoidBuggyIPs: true",
        "`blocks` without addresses that end in .0 or .255",
        Same::Yes,
        &[],
    ),
    row(
        POOL,
        "serviceAllocation.priority",
        "serviceAllocation: {priority: 5, namespaces: [shop]}",
        "the first choice only; a Service of a full pool gets no address of the next one",
        Same::No,
        &[FALL_BACK],
    ),
    row(
        POOL,
        "serviceAllocation.namespaces",
        "serviceAllocation: {namespaces: [shop]}",
        "`serviceSelector` on `io.kubernetes.service.namespace`",
        Same::Yes,
        &[],
    ),
    row(
        POOL,
        "serviceAllocation.namespaceSelectors",
        "serviceAllocation: {namespaceSelectors: [{matchLabels: {team: shop}}]}",
        "`serviceSelector` on the names of the Namespaces at hand",
        Same::NotAlways,
        &[NAMESPACES_TO_COME],
    ),
    row(
        POOL,
        "serviceAllocation.serviceSelectors",
        "serviceAllocation: {serviceSelectors: [{matchLabels: {app: web}}]}",
        "`serviceSelector`; several that do not merge become the label",
        Same::Yes,
        &[],
    ),
    row(
        L2,
        "ipAddressPools",
        "ipAddressPools: [a]",
        SERVICES_OF_POOLS,
        Same::NotAlways,
        &[ADVERTISED_DIFFERENTLY],
    ),
    row(
        L2,
        "ipAddressPoolSelectors",
        "ipAddressPoolSelectors: [{matchLabels: {by: arp}}]",
        SERVICES_OF_POOLS,
        Same::NotAlways,
        &[ADVERTISED_DIFFERENTLY],
    ),
    row(
        L2,
        "serviceSelectors",
        "serviceSelectors: [{matchLabels: {app: web}}]",
        "`serviceSelector`, a policy for each",
        Same::NotAlways,
        &[SELECTORS_AND_SHARING],
    ),
    row(
        L2,
        "nodeSelectors",
        "nodeSelectors: [{matchLabels: {rack: a}}]",
        "`nodeSelector`, a policy for each, without Nodes that have the exclude label",
        Same::Yes,
        &[],
    ),
    row(
        L2,
        "preferredNodeSelectors[].weight",
        "preferredNodeSelectors: [{weight: 1, preference: {matchLabels: {rack: a}}}]",
        NOTHING,
        Same::No,
        &[PREFERRED_NODES],
    ),
    row(
        L2,
        "preferredNodeSelectors[].preference",
        "preferredNodeSelectors: [{weight: 1, preference: {matchLabels: {rack: a}}}]",
        NOTHING,
        Same::No,
        &[PREFERRED_NODES],
    ),
    row(
        L2,
        "interfaces",
        "interfaces: [eth0]",
        "`interfaces: [^eth0$]`: Cilium's are patterns",
        Same::Yes,
        &[MISSING_INTERFACE],
    ),
    row(
        BGP,
        "aggregationLength",
        "aggregationLength: 26",
        "`service.aggregationLengthIPv4`, from 1.18; not with traffic policy Local",
        Same::NotAlways,
        &[AGGREGATE_OF_LOCAL],
    ),
    row(
        BGP,
        "aggregationLengthV6",
        "aggregationLengthV6: 124",
        "`service.aggregationLengthIPv6`, from 1.18; not with traffic policy Local (see \
         aggregationLength)",
        Same::NotAlways,
        &[],
    ),
    row(
        BGP,
        "localPref",
        "localPref: 200",
        "`attributes.localPreference`; neither sends it to external peers",
        Same::Yes,
        &[],
    ),
    row(
        BGP,
        "communities",
        "communities: ['64512:100', 'large:64512:1:2']",
        "`attributes.communities`, standard, well-known and large",
        Same::Yes,
        &[],
    ),
    row(
        BGP,
        "ipAddressPools",
        "ipAddressPools: [a]",
        SERVICES_OF_POOLS,
        Same::NotAlways,
        &[ADVERTISED_DIFFERENTLY],
    ),
    row(
        BGP,
        "ipAddressPoolSelectors",
        "ipAddressPoolSelectors: [{matchLabels: {by: bgp}}]",
        SERVICES_OF_POOLS,
        Same::NotAlways,
        &[ADVERTISED_DIFFERENTLY],
    ),
    row(
        BGP,
        "serviceSelectors",
        "serviceSelectors: [{matchLabels: {app: web}}]",
        "`selector`, an advertisement for each",
        Same::Yes,
        &[],
    ),
    row(
        BGP,
        "nodeSelectors",
        "nodeSelectors: [{matchLabels: {rack: a}}]",
        "a CiliumBGPClusterConfig for each class of Nodes",
        Same::Yes,
        &[],
    ),
    row(
        BGP,
        "peers",
        "peers: [tor]",
        "a label by which the CiliumBGPPeerConfig picks the advertisement",
        Same::Yes,
        &[],
    ),
    row(PEER, "myASN", "myASN: 64512", "`bgpInstances[].localASN`", Same::Yes, &[]),
    row(PEER, "peerASN", "peerASN: 64513", "`peers[].peerASN`", Same::Yes, &[]),
    row(
        PEER,
        "localASN",
        "localASN: 64999",
        "an instance with this `localASN`",
        Same::NotAlways,
        &[LOCAL_ASN],
    ),
    row(
        PEER,
        "dynamicASN",
        "dynamicASN: external",
        "`peerASN: 0`, which takes any AS number",
        Same::No,
        &[DYNAMIC_ASN],
    ),
    row(PEER, "peerAddress", "peerAddress: 192.0.2.1", "`peers[].peerAddress`", Same::Yes, &[]),
    row(PEER, "interface", "interface: eth0", NOTHING, Same::No, &[NO_SESSION]),
    row(
        PEER,
        "sourceAddress",
        "sourceAddress: 192.0.2.10",
        "`localAddress` of a CiliumBGPNodeConfigOverride for each Node at hand",
        Same::NotAlways,
        &[NEEDS_NODES],
    ),
    row(PEER, "peerPort", "peerPort: 1179", "`transport.peerPort`", Same::Yes, &[]),
    row(
        PEER,
        "holdTime",
        "holdTime: 90s",
        "`timers.holdTimeSeconds`, always written; whole seconds, 3 or more",
        Same::Yes,
        &[],
    ),
    row(
        PEER,
        "keepaliveTime",
        "keepaliveTime: 30s",
        "`timers.keepAliveTimeSeconds`, always written",
        Same::Yes,
        &[],
    ),
    row(
        PEER,
        "connectTime",
        "connectTime: 10s",
        "`timers.connectRetryTimeSeconds`",
        Same::Yes,
        &[],
    ),
    row(
        PEER,
        "routerID",
        "routerID: 192.0.2.10",
        "`routerID` of a CiliumBGPNodeConfigOverride for each Node at hand",
        Same::NotAlways,
        &[NEEDS_NODES],
    ),
    row(
        PEER,
        "nodeSelectors",
        "nodeSelectors: [{matchLabels: {rack: a}}]",
        "a CiliumBGPClusterConfig for each class of Nodes",
        Same::Yes,
        &[],
    ),
    row(
        PEER,
        "password",
        "password: not-a-real-password",
        "`authSecretRef`: a Secret in Cilium's namespace for them",
        Same::Yes,
        &[],
    ),
    row(
        PEER,
        "passwordSecret.name",
        "passwordSecret: {name: tor}",
        "`authSecretRef`: a Secret in Cilium's namespace for them",
        Same::Yes,
        &[],
    ),
    row(
        PEER,
        "passwordSecret.namespace",
        "passwordSecret: {name: tor, namespace: metallb-system}",
        "`authSecretRef`: a Secret in Cilium's namespace for them",
        Same::Yes,
        &[],
    ),
    row(PEER, "bfdProfile", "bfdProfile: fast", NOTHING, Same::No, &[BFD]),
    row(
        PEER,
        "enableGracefulRestart",
        "enableGracefulRestart: true",
        "`gracefulRestart.enabled`",
        Same::Yes,
        &[],
    ),
    row(PEER, "ebgpMultiHop", "ebgpMultiHop: true", "`ebgpMultihop: 255`", Same::Yes, &[]),
    row(PEER, "vrf", "vrf: red", NOTHING, Same::No, &[NO_SESSION]),
    row(
        PEER,
        "disableMP",
        "disableMP: true",
        "`families`: the peer's own family only, as without it",
        Same::Yes,
        &[],
    ),
    row(
        PEER,
        "dualStackAddressFamily",
        "dualStackAddressFamily: true",
        "`families`: both; the next hop of the other family may differ",
        Same::No,
        &[OTHER_FAMILY_NEXT_HOP],
    ),
    row(BFD_PROFILE, "receiveInterval", "receiveInterval: 100", NOTHING, Same::No, &[BFD]),
    row(BFD_PROFILE, "transmitInterval", "transmitInterval: 100", NOTHING, Same::No, &[BFD]),
    row(BFD_PROFILE, "detectMultiplier", "detectMultiplier: 3", NOTHING, Same::No, &[BFD]),
    row(BFD_PROFILE, "echoInterval", "echoInterval: 50", NOTHING, Same::No, &[BFD]),
    row(BFD_PROFILE, "echoMode", "echoMode: true", NOTHING, Same::No, &[BFD]),
    row(BFD_PROFILE, "passiveMode", "passiveMode: true", NOTHING, Same::No, &[BFD]),
    row(BFD_PROFILE, "minimumTtl", "minimumTtl: 254", NOTHING, Same::No, &[BFD]),
    row(
        COMMUNITY,
        "communities[].name",
        "communities: [{name: gold, value: '64512:100'}]",
        "the value, where an advertisement names it",
        Same::Yes,
        &[],
    ),
    row(
        COMMUNITY,
        "communities[].value",
        "communities: [{name: gold, value: '64512:100'}]",
        "the value, where an advertisement names it",
        Same::Yes,
        &[],
    ),
    row(
        SERVICE,
        "status.loadBalancer.ingress",
        "status: {loadBalancer: {ingress: [{ip: 10.0.0.7}]}}",
        "annotation `lbipam.cilium.io/ips`: it keeps the address",
        Same::WithLabels,
        &[],
    ),
    row(
        SERVICE,
        "metadata.annotations: metallb.io/address-pool",
        "metadata: {annotations: {metallb.io/address-pool: b}}",
        "label `metallb2cilium.io/pool`",
        Same::WithLabels,
        &[SERVICES_NEED_LABEL],
    ),
    row(
        SERVICE,
        "metadata.annotations: metallb.io/loadBalancerIPs",
        "metadata: {annotations: {metallb.io/loadBalancerIPs: 10.0.0.7}}",
        "annotation `lbipam.cilium.io/ips`",
        Same::WithLabels,
        &[],
    ),
    row(
        SERVICE,
        "metadata.annotations: metallb.io/allow-shared-ip",
        "metadata: {annotations: {metallb.io/allow-shared-ip: dns}}",
        "annotation `lbipam.cilium.io/sharing-key`; by BGP the same, on L2 not",
        Same::NotAlways,
        &[SHARED_ON_L2],
    ),
    row(
        SERVICE,
        "spec.loadBalancerIP",
        "spec: {loadBalancerIP: 10.0.0.7}",
        "annotation `lbipam.cilium.io/ips`",
        Same::WithLabels,
        &[],
    ),
    row(
        SERVICE,
        "spec.loadBalancerClass",
        "spec: {loadBalancerClass: example.com/metallb}",
        "nothing: MetalLB's class is not Cilium's",
        Same::No,
        &[FOREIGN_CLASS],
    ),
    row(
        SERVICE,
        "spec.externalTrafficPolicy",
        "spec: {externalTrafficPolicy: Local}",
        "itself; by BGP the same, on L2 from 1.20.2",
        Same::NotAlways,
        &[LOCAL_ON_L2],
    ),
    row(
        SERVICE,
        "spec.ipFamilyPolicy",
        "spec: {ipFamilyPolicy: PreferDualStack}",
        "itself; with pools of one family each not the same",
        Same::NotAlways,
        &[DUAL_STACK],
    ),
];
