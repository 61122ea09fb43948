//! What objects are like: a few words for each kind, and objects made by them, most of
//! their fields right and some not.

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value as Json, json};

use crate::tree;

/// What a value is like.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// One of the texts of that name in [`WORDS`], or a scalar of that name.
    Leaf(&'static str),
    /// A list.
    List(Box<Shape>),
    /// A mapping with these fields, each there or not.
    Fields(Vec<(&'static str, Shape)>),
}

/// Texts by what they stand for.
const WORDS: &[(&str, &[&str])] = &[
    ("name", &["a", "b", "default", "metallb-system", "${NAME}", "", "A b"]),
    ("key", &["app", "rack", "kubernetes.io/hostname", "x/y/z", ""]),
    ("operator", &["In", "NotIn", "Exists", "DoesNotExist", "in"]),
    (
        "range",
        &[
            "10.0.0.0/24",
            "10.0.0.1-10.0.0.9",
            "fd00::/120",
            "fd00::1-fd00::9",
            "10.0.0.9-10.0.0.1",
            "10.0.0.5/24",
            "${RANGE}",
            "${A}-${B}",
            "::ffff:10.0.0.0/120",
            "10.0.0.1 - fd00::1",
            "0.0.0.0/0",
            "10.0.0.1",
        ],
    ),
    (
        "address",
        &["10.0.0.1", "fd00::1", "192.0.2.1", "0.0.0.0", "::", "fe80::1", "010.0.0.1", "${A}", "x"],
    ),
    ("addresses", &["10.0.0.1", "10.0.0.1,fd00::1", "10.0.0.1, 10.0.0.2", ",", "${A}"]),
    ("duration", &["90s", "3s", "1m30s", "0s", "1ns", "2562047h47m16s", "-1s", "1", "${A}"]),
    ("community", &["64512:1", "large:1:2:3", "65536:1", "no-export", "a", "1:2:3"]),
    ("interface", &["eth0", "^eth[0-9]+$", "bond.", "lo", "(", "$", "[[:alpha:]]"]),
    ("family", &["IPv4", "IPv6", "ipv4", "ipv6", "unicast"]),
    ("protocol", &["TCP", "UDP", "SCTP", "layer2", "bgp"]),
    (
        "type",
        &["LoadBalancer", "ClusterIP", "NodePort", "Service", "PodCIDR", "Ready", "InternalIP"],
    ),
    ("policy", &["Cluster", "Local", "SingleStack", "PreferDualStack", "RequireDualStack"]),
    ("truth", &["True", "False", "true", "false", "Yes", "No", "Unknown", "1", ""]),
    ("kind", &["Service", "Node", "CiliumBGPPeerConfig", "IPAddressPool", "Pod"]),
    ("base64", &["aHVudGVyMg==", "", "?", "/w=="]),
    (
        "annotation",
        &[
            "metallb.io/address-pool",
            "metallb.universe.tf/loadBalancerIPs",
            "metallb.io/allow-shared-ip",
            "lbipam.cilium.io/ips",
            "metallb2cilium.io/interfaces",
            "cilium.io/bgp-virtual-router.64512",
        ],
    ),
    (
        "text",
        &[
            "a",
            "",
            "a,b",
            "eth0,eth1",
            "10.0.0.1",
            "router-id=192.0.2.1,local-port=1790",
            "\u{7}",
            "é",
        ],
    ),
    (
        "legacy",
        &[
            "peers: []\naddress-pools:\n- {name: a, protocol: layer2, addresses: [10.0.0.0/24]}\n",
            "address-pools:\n- name: b\n  protocol: bgp\n  addresses: ['fd00::/120']\n  \
             bgp-advertisements: [{aggregation-length-v6: 128, communities: [a]}]\n\
             bgp-communities: {a: '64512:1'}\n",
            "address-pools: [${A}]\n",
            "peers: [{my-asn: x}]\n",
            "announcedInterfacesToExclude: [^lo]\n",
        ],
    ),
];

/// Reads a shape: `a:int b:[name] c:{d:bool}`.
pub fn read(text: &'static str) -> Shape {
    let mut rest = text;
    let fields = fields(&mut rest);
    assert!(rest.is_empty(), "{rest:?} is left of {text:?}");
    Shape::Fields(fields)
}

fn fields(rest: &mut &'static str) -> Vec<(&'static str, Shape)> {
    let mut found = Vec::new();
    loop {
        *rest = rest.trim_start();
        if rest.is_empty() || rest.starts_with('}') {
            return found;
        }
        let (name, after) = rest.split_once(':').expect("a name has a shape");
        *rest = after;
        found.push((name, shape(rest)));
    }
}

fn shape(rest: &mut &'static str) -> Shape {
    if let Some(inner) = rest.strip_prefix('[') {
        *rest = inner;
        let item = shape(rest);
        *rest = rest.strip_prefix(']').expect("a list ends");
        return Shape::List(Box::new(item));
    }
    if let Some(inner) = rest.strip_prefix('{') {
        *rest = inner;
        let inner = fields(rest);
        *rest = rest.strip_prefix('}').expect("a mapping ends");
        return Shape::Fields(inner);
    }
    let end = rest.find([' ', ']', '}', '\n']).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    *rest = after;
    let scalar = ["int", "small", "bool", "selector", "map", "annotations"].contains(&name);
    assert!(scalar || WORDS.iter().any(|(word, _)| *word == name), "no shape {name:?}");
    Shape::Leaf(name)
}

/// A value of that shape, or now and then of another.
pub fn any(input: &mut Unstructured<'_>, shape: &Shape) -> Result<Json> {
    if input.ratio(1, 24)? {
        return tree::any_value(
            input,
            &["a", "spec", "matchLabels"],
            &["a", "10.0.0.1", "yes", ""],
            2,
        );
    }
    Ok(match shape {
        Shape::Leaf(name) => leaf(input, name)?,
        Shape::List(item) => {
            let count = input.int_in_range(0..=3)?;
            Json::Array((0..count).map(|_| any(input, item)).collect::<Result<_>>()?)
        }
        Shape::Fields(fields) => {
            let mut made = Map::new();
            for (name, shape) in fields {
                if input.ratio(2, 3)? {
                    made.insert((*name).to_owned(), any(input, shape)?);
                }
            }
            if input.ratio(1, 24)? {
                made.insert("unknown".to_owned(), Json::Null);
            }
            Json::Object(made)
        }
    })
}

fn leaf(input: &mut Unstructured<'_>, name: &str) -> Result<Json> {
    Ok(match name {
        "int" => match input.int_in_range(0..=5)? {
            0 => 64512.into(),
            1 => input.arbitrary::<u32>()?.into(),
            2 => input.arbitrary::<i64>()?.into(),
            3 => Json::Number(
                serde_json::Number::from_f64(f64::from(input.arbitrary::<i8>()?) / 2.0)
                    .unwrap_or_else(|| 0.into()),
            ),
            _ => input.arbitrary::<u8>()?.into(),
        },
        "small" => input.int_in_range(0..=129_u8)?.into(),
        "bool" => input.arbitrary::<bool>()?.into(),
        "selector" => selector(input)?,
        "map" => {
            let count = input.int_in_range(0..=2)?;
            let labels = (0..count)
                .map(|_| Ok((text(input, "key")?.to_owned(), text(input, "name")?.into())));
            Json::Object(labels.collect::<Result<_>>()?)
        }
        "annotations" => {
            let count = input.int_in_range(0..=2)?;
            let notes = (0..count)
                .map(|_| Ok((text(input, "annotation")?.to_owned(), text(input, "text")?.into())));
            Json::Object(notes.collect::<Result<_>>()?)
        }
        name => text(input, name)?.into(),
    })
}

fn text(input: &mut Unstructured<'_>, name: &str) -> Result<&'static str> {
    let words = WORDS.iter().find(|(word, _)| *word == name).map_or(&[""][..], |(_, all)| *all);
    Ok(*input.choose(words)?)
}

fn selector(input: &mut Unstructured<'_>) -> Result<Json> {
    let mut made = Map::new();
    if input.ratio(1, 2)? {
        made.insert("matchLabels".to_owned(), leaf(input, "map")?);
    }
    if input.ratio(1, 2)? {
        let (key, operator) = (text(input, "key")?, text(input, "operator")?);
        let count = input.int_in_range(0..=2)?;
        let values: Vec<&str> = (0..count).map(|_| text(input, "name")).collect::<Result<_>>()?;
        made.insert(
            "matchExpressions".to_owned(),
            json!([{"key": key, "operator": operator, "values": values}]),
        );
    }
    Ok(Json::Object(made))
}
