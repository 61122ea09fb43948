//! The schemas of Cilium's kinds, with what differs between versions.
//!
//! Source: the CustomResourceDefinitions of Cilium 1.16 to 1.20.

use super::forms::{is_address, is_cidr, is_ipv4, is_large_community, is_standard_community};
use super::kind::{ApiVersion, Kind};
use super::schema::{Field, Items, Required, Rule, Schema, Served, Text, present};
use super::version::Feature;
use crate::manifest::{Node, Value};
use crate::selector::is_label_value;

/// The schema of a whole object of that kind.
pub(super) fn schema_of(kind: Kind) -> &'static Schema {
    match kind {
        Kind::LoadBalancerIpPool => &POOL,
        Kind::L2AnnouncementPolicy => &L2_POLICY,
        Kind::BgpClusterConfig => &CLUSTER_CONFIG,
        Kind::BgpPeerConfig => &PEER_CONFIG,
        Kind::BgpAdvertisement => &ADVERTISEMENT,
        Kind::BgpNodeConfigOverride => &NODE_OVERRIDE,
    }
}

const EVERYWHERE: Served = Served { since: None, until: None, only: None };
const V2_ALPHA1: Served = Served { only: Some(ApiVersion::V2Alpha1), ..EVERYWHERE };

const fn since(feature: Feature) -> Served {
    Served { since: Some(feature), ..EVERYWHERE }
}

const fn until(feature: Feature) -> Served {
    Served { until: Some(feature), ..EVERYWHERE }
}

const fn v2_since(feature: Feature) -> Served {
    Served { since: Some(feature), only: Some(ApiVersion::V2), ..EVERYWHERE }
}

const fn optional(name: &'static str, schema: &'static Schema) -> Field {
    Field { name, schema, required: Required::Never, served: EVERYWHERE }
}

const fn required(name: &'static str, schema: &'static Schema) -> Field {
    Field { name, schema, required: Required::Always, served: EVERYWHERE }
}

const fn required_since(name: &'static str, schema: &'static Schema, feature: Feature) -> Field {
    Field { name, schema, required: Required::Since(feature), served: EVERYWHERE }
}

const fn served(name: &'static str, schema: &'static Schema, served: Served) -> Field {
    Field { name, schema, required: Required::Never, served }
}

const ANY_COUNT: Items = Items { min: 0, max: None, key: None };
const BY_NAME: Items = Items { min: 0, max: None, key: Some("name") };

static ANYTHING: Schema = Schema::Anything;
static TEXT: Schema = Schema::Text(Text::Any);
static BOOLEAN: Schema = Schema::Boolean;
static ASN: Schema = Schema::Integer(1, u32::MAX as i64);
static ASN_OR_ANY: Schema = Schema::Integer(0, u32::MAX as i64);
static PORT: Schema = Schema::Integer(1, u16::MAX as i64);
static INT32: Schema = Schema::Integer(i32::MIN as i64, i32::MAX as i64);
static INT64: Schema = Schema::Integer(i64::MIN, i64::MAX);
static NAME_255: Schema = Schema::Text(Text::Length(1, 255));
static ADDRESS: Schema = Schema::Text(Text::Form("an IP address", is_address));

macro_rules! whole {
    ($name:ident, $spec:expr) => {
        static $name: Schema = Schema::Object(
            &[
                optional("apiVersion", &TEXT),
                optional("kind", &TEXT),
                required("metadata", &ANYTHING),
                $spec,
                optional("status", &ANYTHING),
            ],
            &[],
        );
    };
}

whole!(POOL, required_since("spec", &POOL_SPEC, Feature::PoolSpecRequired));
whole!(L2_POLICY, optional("spec", &L2_POLICY_SPEC));
whole!(CLUSTER_CONFIG, required("spec", &CLUSTER_CONFIG_SPEC));
whole!(PEER_CONFIG, required("spec", &PEER_CONFIG_SPEC));
whole!(ADVERTISEMENT, required("spec", &ADVERTISEMENT_SPEC));
whole!(NODE_OVERRIDE, required("spec", &NODE_OVERRIDE_SPEC));

static SELECTOR: Schema = Schema::Object(
    &[
        optional("matchLabels", &LABELS),
        optional("matchExpressions", &Schema::List(&REQUIREMENT, ANY_COUNT)),
    ],
    &[],
);
static LABELS: Schema = Schema::Map(&Schema::Text(Text::Form("a label value", is_label_value)));
static REQUIREMENT: Schema = Schema::Object(
    &[
        required("key", &TEXT),
        required("operator", &OPERATOR),
        optional("values", &Schema::List(&TEXT, ANY_COUNT)),
    ],
    &[],
);
static OPERATOR: Schema = Schema::Text(Text::OneOf(&[
    ("In", EVERYWHERE),
    ("NotIn", EVERYWHERE),
    ("Exists", EVERYWHERE),
    ("DoesNotExist", EVERYWHERE),
]));

static POOL_SPEC: Schema = Schema::Object(
    &[
        optional("allowFirstLastIPs", &YES_NO),
        optional("blocks", &Schema::List(&POOL_BLOCK, ANY_COUNT)),
        optional("disabled", &BOOLEAN),
        optional("serviceSelector", &SELECTOR),
    ],
    &[],
);
static YES_NO: Schema = Schema::Text(Text::OneOf(&[("Yes", EVERYWHERE), ("No", EVERYWHERE)]));
static POOL_BLOCK: Schema = Schema::Object(
    &[
        optional("cidr", &Schema::Text(Text::Form("a CIDR", is_cidr))),
        optional("start", &TEXT),
        optional("stop", &TEXT),
    ],
    &[],
);

static L2_POLICY_SPEC: Schema = Schema::Object(
    &[
        optional("externalIPs", &BOOLEAN),
        optional("interfaces", &Schema::List(&TEXT, ANY_COUNT)),
        optional("loadBalancerIPs", &BOOLEAN),
        optional("nodeSelector", &SELECTOR),
        optional("serviceSelector", &SELECTOR),
    ],
    &[],
);

static CLUSTER_CONFIG_SPEC: Schema = Schema::Object(
    &[
        required(
            "bgpInstances",
            &Schema::List(&INSTANCE, Items { min: 1, max: Some(16), key: Some("name") }),
        ),
        optional("nodeSelector", &SELECTOR),
    ],
    &[],
);
static INSTANCE: Schema = Schema::Object(
    &[
        required("name", &NAME_255),
        optional("localASN", &ASN),
        served("localPort", &PORT, since(Feature::InstanceLocalPort)),
        optional("peers", &Schema::List(&PEER, BY_NAME)),
    ],
    &[],
);
static PEER: Schema = Schema::Object(
    &[
        required("name", &NAME_255),
        optional("peerAddress", &ADDRESS),
        served("peerASN", &ASN, until(Feature::PeerAsnAny)),
        served("peerASN", &ASN_OR_ANY, since(Feature::PeerAsnAny)),
        optional("peerConfigRef", &PEER_CONFIG_REF),
        served("autoDiscovery", &AUTO_DISCOVERY, v2_since(Feature::AutoDiscovery)),
    ],
    &[],
);
static PEER_CONFIG_REF: Schema = Schema::Object(
    &[served("group", &TEXT, V2_ALPHA1), served("kind", &TEXT, V2_ALPHA1), required("name", &TEXT)],
    &[],
);
static AUTO_DISCOVERY: Schema = Schema::Object(
    &[
        required("mode", &Schema::Text(Text::OneOf(&[("DefaultGateway", EVERYWHERE)]))),
        optional("defaultGateway", &DEFAULT_GATEWAY),
    ],
    &[],
);
static DEFAULT_GATEWAY: Schema = Schema::Object(
    &[required(
        "addressFamily",
        &Schema::Text(Text::OneOf(&[("ipv4", EVERYWHERE), ("ipv6", EVERYWHERE)])),
    )],
    &[],
);

static PEER_CONFIG_SPEC: Schema = Schema::Object(
    &[
        optional("authSecretRef", &TEXT),
        optional("ebgpMultihop", &Schema::Integer(1, 255)),
        optional("families", &Schema::List(&FAMILY, ANY_COUNT)),
        optional("gracefulRestart", &GRACEFUL_RESTART),
        optional("timers", &TIMERS),
        optional("transport", &TRANSPORT),
    ],
    &[],
);
static FAMILY: Schema = Schema::Object(
    &[required("afi", &AFI), required("safi", &SAFI), optional("advertisements", &SELECTOR)],
    &[],
);
static AFI: Schema = Schema::Text(Text::OneOf(&[
    ("ipv4", EVERYWHERE),
    ("ipv6", EVERYWHERE),
    ("l2vpn", EVERYWHERE),
    ("ls", EVERYWHERE),
    ("opaque", EVERYWHERE),
]));
static SAFI: Schema = Schema::Text(Text::OneOf(&[
    ("unicast", EVERYWHERE),
    ("multicast", EVERYWHERE),
    ("mpls_label", EVERYWHERE),
    ("encapsulation", EVERYWHERE),
    ("vpls", EVERYWHERE),
    ("evpn", EVERYWHERE),
    ("ls", EVERYWHERE),
    ("sr_policy", EVERYWHERE),
    ("mup", EVERYWHERE),
    ("mpls_vpn", EVERYWHERE),
    ("mpls_vpn_multicast", EVERYWHERE),
    ("route_target_constraints", EVERYWHERE),
    ("flowspec_unicast", EVERYWHERE),
    ("flowspec_vpn", EVERYWHERE),
    ("key_value", EVERYWHERE),
]));
static GRACEFUL_RESTART: Schema = Schema::Object(
    &[required("enabled", &BOOLEAN), optional("restartTimeSeconds", &Schema::Integer(1, 4095))],
    &[],
);
static TIMERS: Schema = Schema::Object(
    &[
        optional("connectRetryTimeSeconds", &Schema::Integer(1, i32::MAX as i64)),
        optional("holdTimeSeconds", &Schema::Integer(3, u16::MAX as i64)),
        optional("keepAliveTimeSeconds", &Schema::Integer(1, u16::MAX as i64)),
    ],
    &[Rule {
        message: "keepAliveTimeSeconds (30 where absent) can not be larger than holdTimeSeconds \
                  (90 where absent)",
        served: since(Feature::BgpRules),
        holds: keepalive_fits_hold,
    }],
);
static TRANSPORT: Schema = Schema::Object(
    &[
        served("localPort", &PORT, V2_ALPHA1),
        optional("peerPort", &PORT),
        served("sourceInterface", &TEXT, v2_since(Feature::SourceInterface)),
    ],
    &[],
);

static ADVERTISEMENT_SPEC: Schema = Schema::Object(
    &[required("advertisements", &Schema::List(&ADVERTISEMENT_ENTRY, ANY_COUNT))],
    &[],
);
static ADVERTISEMENT_ENTRY: Schema = Schema::Object(
    &[
        required("advertisementType", &ADVERTISEMENT_TYPE),
        optional("attributes", &ATTRIBUTES),
        served("interface", &INTERFACE, v2_since(Feature::InterfaceAdvertisement)),
        optional("selector", &SELECTOR),
        optional("service", &SERVICE),
    ],
    &[
        Rule {
            message: "service field is required for the 'Service' advertisementType",
            served: since(Feature::BgpRules),
            holds: |entry| !is_type(entry, "Service") || has(entry, "service"),
        },
        Rule {
            message: "service field is not allowed for non-'Service' advertisementType",
            served: v2_since(Feature::InterfaceAdvertisement),
            holds: |entry| is_type(entry, "Service") || !has(entry, "service"),
        },
        Rule {
            message: "interface field is required for the 'Interface' advertisementType",
            served: v2_since(Feature::InterfaceAdvertisement),
            holds: |entry| !is_type(entry, "Interface") || has(entry, "interface"),
        },
        Rule {
            message: "interface field is not allowed for non-'Interface' advertisementType",
            served: v2_since(Feature::InterfaceAdvertisement),
            holds: |entry| is_type(entry, "Interface") || !has(entry, "interface"),
        },
        Rule {
            message: "selector field is not allowed for the 'PodCIDR' advertisementType",
            served: since(Feature::BgpRules),
            holds: |entry| !is_type(entry, "PodCIDR") || !has(entry, "selector"),
        },
    ],
);
static ADVERTISEMENT_TYPE: Schema = Schema::Text(Text::OneOf(&[
    ("PodCIDR", EVERYWHERE),
    ("CiliumPodIPPool", EVERYWHERE),
    ("Service", EVERYWHERE),
    ("Interface", v2_since(Feature::InterfaceAdvertisement)),
]));
static ATTRIBUTES: Schema = Schema::Object(
    &[optional("communities", &COMMUNITIES), optional("localPreference", &INT64)],
    &[],
);
static COMMUNITIES: Schema = Schema::Object(
    &[
        optional("large", &Schema::List(&LARGE_COMMUNITY, ANY_COUNT)),
        optional("standard", &Schema::List(&STANDARD_COMMUNITY, ANY_COUNT)),
        optional("wellKnown", &Schema::List(&WELL_KNOWN_COMMUNITY, ANY_COUNT)),
    ],
    &[],
);
static LARGE_COMMUNITY: Schema =
    Schema::Text(Text::Form("a large community `a:b:c` of 32-bit numbers", is_large_community));
static STANDARD_COMMUNITY: Schema = Schema::Text(Text::Form(
    "a community `a:b` of 16-bit numbers or one 32-bit number",
    is_standard_community,
));
static WELL_KNOWN_COMMUNITY: Schema = Schema::Text(Text::OneOf(&[
    ("internet", EVERYWHERE),
    ("planned-shut", EVERYWHERE),
    ("accept-own", EVERYWHERE),
    ("route-filter-translated-v4", EVERYWHERE),
    ("route-filter-v4", EVERYWHERE),
    ("route-filter-translated-v6", EVERYWHERE),
    ("route-filter-v6", EVERYWHERE),
    ("llgr-stale", EVERYWHERE),
    ("no-llgr", EVERYWHERE),
    ("blackhole", EVERYWHERE),
    ("no-export", EVERYWHERE),
    ("no-advertise", EVERYWHERE),
    ("no-export-subconfed", EVERYWHERE),
    ("no-peer", EVERYWHERE),
]));
static INTERFACE: Schema = Schema::Object(&[required("name", &TEXT)], &[]);
static SERVICE: Schema = Schema::Object(
    &[
        required_since(
            "addresses",
            &Schema::List(&SERVICE_ADDRESS, Items { min: 1, max: None, key: None }),
            Feature::ServiceAddressesRequired,
        ),
        served("aggregationLengthIPv4", &Schema::Integer(0, 31), since(Feature::AggregationLength)),
        served(
            "aggregationLengthIPv6",
            &Schema::Integer(0, 127),
            since(Feature::AggregationLength),
        ),
    ],
    &[],
);
static SERVICE_ADDRESS: Schema = Schema::Text(Text::OneOf(&[
    ("LoadBalancerIP", EVERYWHERE),
    ("ClusterIP", EVERYWHERE),
    ("ExternalIP", EVERYWHERE),
]));

static NODE_OVERRIDE_SPEC: Schema = Schema::Object(
    &[required(
        "bgpInstances",
        &Schema::List(&INSTANCE_OVERRIDE, Items { min: 1, max: None, key: Some("name") }),
    )],
    &[],
);
static INSTANCE_OVERRIDE: Schema = Schema::Object(
    &[
        required("name", &NAME_255),
        served("localASN", &ASN, since(Feature::OverrideLocalAsn)),
        optional("localPort", &INT32),
        optional("peers", &Schema::List(&PEER_OVERRIDE, BY_NAME)),
        optional("routerID", &Schema::Text(Text::Form("an IPv4 address", is_ipv4))),
    ],
    &[],
);
static PEER_OVERRIDE: Schema = Schema::Object(
    &[
        required("name", &NAME_255),
        optional("localAddress", &ADDRESS),
        optional("localPort", &INT32),
    ],
    &[],
);

fn has(node: &Node, field: &str) -> bool {
    present(node, field).is_some()
}

fn is_type(entry: &Node, name: &str) -> bool {
    present(entry, "advertisementType").and_then(Node::as_str) == Some(name)
}

fn keepalive_fits_hold(timers: &Node) -> bool {
    let seconds = |field: &str, default: i128| match present(timers, field).map(|node| &node.value)
    {
        Some(Value::Int(seconds)) => seconds.get(),
        Some(Value::Float(seconds)) => *seconds as i128,
        _ => default,
    };
    seconds("keepAliveTimeSeconds", 30) <= seconds("holdTimeSeconds", 90)
}
