//! The table of what becomes of MetalLB's fields: it has them all, and what it says of
//! each is what the conversion does.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;

use metallb2cilium::convert::mapping::{MAPPINGS, Mapping, Same};
use metallb2cilium::metallb::api::{
    BfdProfileSpec, BgpAdvertisementSpec, BgpPeerSpec, CommunityAlias, CommunitySpec,
    IpAddressPoolSpec, L2AdvertisementSpec, PreferredNodeSelector, SecretReference,
    ServiceAllocation,
};
use serde::de::value::Error;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde_json::{Value, json};

mod support;

use support::reader::{documents, run};

/// The names of a type's fields, as its own decoder asks for them.
fn fields_of<'de, T: Deserialize<'de>>() -> Vec<String> {
    struct Ask<'a>(&'a mut Vec<String>);
    impl<'de> Deserializer<'de> for Ask<'_> {
        type Error = Error;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
            Err(Error::custom("not a struct"))
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            _: V,
        ) -> Result<V::Value, Error> {
            self.0.extend(fields.iter().map(|field| (*field).to_owned()));
            Err(Error::custom("asked"))
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes
            byte_buf option unit unit_struct newtype_struct seq tuple tuple_struct map
            enum identifier ignored_any
        }
    }
    let mut fields = Vec::new();
    let asked = T::deserialize(Ask(&mut fields));
    assert!(asked.is_err() && !fields.is_empty());
    fields
}

/// Every field of MetalLB's API: its kind and its path below `spec`.
fn api_fields() -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    // A field that has fields of its own is told by them.
    let nested = ["serviceAllocation", "preferredNodeSelectors", "passwordSecret", "communities"];
    let mut add = |kind: &str, prefix: &str, fields: Vec<String>| {
        for field in fields {
            let is_nested = prefix.is_empty()
                && nested.contains(&field.as_str())
                && (kind, field.as_str()) != ("BGPAdvertisement", "communities");
            if !is_nested {
                all.insert((kind.to_owned(), format!("{prefix}{field}")));
            }
        }
    };
    add("IPAddressPool", "", fields_of::<IpAddressPoolSpec>());
    add("IPAddressPool", "serviceAllocation.", fields_of::<ServiceAllocation>());
    add("L2Advertisement", "", fields_of::<L2AdvertisementSpec>());
    add("L2Advertisement", "preferredNodeSelectors[].", fields_of::<PreferredNodeSelector>());
    add("BGPAdvertisement", "", fields_of::<BgpAdvertisementSpec>());
    add("BGPPeer", "", fields_of::<BgpPeerSpec>());
    add("BGPPeer", "passwordSecret.", fields_of::<SecretReference>());
    add("BFDProfile", "", fields_of::<BfdProfileSpec>());
    add("Community", "", fields_of::<CommunitySpec>());
    add("Community", "communities[].", fields_of::<CommunityAlias>());
    all
}

#[test]
fn every_field_of_the_api_has_its_row() {
    let rows: Vec<(String, String)> = MAPPINGS
        .iter()
        .filter(|row| row.kind != "Service")
        .map(|row| (row.kind.to_owned(), row.field.to_owned()))
        .collect();
    let set: BTreeSet<(String, String)> = rows.iter().cloned().collect();
    assert_eq!(set.len(), rows.len(), "a field stands there twice");
    assert_eq!(set, api_fields());
}

fn object(api: &str, kind: &str, name: &str, spec: Value) -> Value {
    let namespace = if kind == "Service" { "shop" } else { "metallb-system" };
    json!({
        "apiVersion": api, "kind": kind,
        "metadata": {"name": name, "namespace": namespace}, "spec": spec,
    })
}

fn metallb(kind: &str, name: &str, spec: Value) -> Value {
    let version = if kind == "BGPPeer" { "v1beta2" } else { "v1beta1" };
    object(&format!("metallb.io/{version}"), kind, name, spec)
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

/// A small configuration around the row's example: one pool, announced on L2 or, where
/// the row is about BGP, to one peer.
fn around(row: &Mapping) -> Vec<Value> {
    let addresses = match row.field {
        "aggregationLengthV6" | "dualStackAddressFamily" => json!(["10.0.0.0/24", "fd00::/120"]),
        _ => json!(["10.0.0.0/24"]),
    };
    let mut objects = vec![
        metallb("IPAddressPool", "a", json!({"addresses": addresses})),
        json!({"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": "node-a", "labels": {"rack": "a"}}}),
        json!({"apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": "shop", "labels": {"team": "shop"}}}),
        json!({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/basic-auth",
            "metadata": {"name": "tor", "namespace": "metallb-system"},
            "data": {"password": "bm90LWEtcmVhbC1wYXNzd29yZA=="}}),
    ];
    let by_l2 = ["IPAddressPool", "L2Advertisement", "Service"].contains(&row.kind);
    if by_l2 {
        objects.push(metallb("L2Advertisement", "l2", json!({})));
    } else {
        let uses_alias = row.kind == "Community";
        let communities = if uses_alias { json!(["gold"]) } else { json!([]) };
        objects.push(metallb("BGPAdvertisement", "bgp", json!({"communities": communities})));
        let mut peer = json!({"myASN": 64512});
        if row.field != "dynamicASN" {
            peer["peerASN"] = json!(64513);
        }
        if row.field != "interface" {
            peer["peerAddress"] = json!("192.0.2.1");
        }
        if row.kind == "BFDProfile" {
            peer["bfdProfile"] = json!("fast");
        }
        objects.push(metallb("BGPPeer", "tor", peer));
    }
    // What some rows are told by.
    match row.field {
        "bfdProfile" => {
            objects.push(metallb("BFDProfile", "fast", json!({"receiveInterval": 100})));
        }
        "serviceAllocation.priority" | "ipAddressPools" | "ipAddressPoolSelectors" => {
            objects.push(metallb("IPAddressPool", "b", json!({"addresses": ["10.1.0.0/24"]})));
        }
        field if field.ends_with("address-pool") => {
            let spec = json!({"addresses": ["10.1.0.0/24"], "autoAssign": false});
            objects.push(metallb("IPAddressPool", "b", spec));
        }
        "spec.ipFamilyPolicy" => {
            objects.push(metallb("IPAddressPool", "b", json!({"addresses": ["fd00::/120"]})));
        }
        _ => {}
    }
    match row.kind {
        "BFDProfile" => objects.push(metallb("BFDProfile", "fast", json!({}))),
        "Community" => objects.push(metallb("Community", "names", json!({}))),
        "Service" => objects.extend(services(row)),
        _ => {}
    }
    objects
}

fn services(row: &Mapping) -> Vec<Value> {
    let shares = row.field.ends_with("allow-shared-ip");
    let names: &[(&str, u16)] = if shares { &[("web", 80), ("api", 81)] } else { &[("web", 80)] };
    let make = |(name, port): &(&str, u16)| {
        let ports = json!([{"port": port}]);
        let spec = json!({"type": "LoadBalancer", "clusterIP": "10.96.0.1", "ports": ports});
        let mut service = object("v1", "Service", name, spec);
        if shares {
            service["status"] = json!({"loadBalancer": {"ingress": [{"ip": "10.0.0.7"}]}});
        }
        service
    };
    names.iter().map(make).collect()
}

/// The configuration with the example set in the objects that the row is about.
fn example(row: &Mapping) -> String {
    let example = documents(row.example).remove(0);
    let mut objects = around(row);
    // The pool `b` stands beside.
    let about = |object: &Value| object["kind"] == row.kind && object["metadata"]["name"] != "b";
    let mut set = 0;
    for object in objects.iter_mut().filter(|object| about(object)) {
        let into = if row.kind == "Service" { object } else { &mut object["spec"] };
        merge(into, &example);
        set += 1;
    }
    assert!(set > 0, "{} {}", row.kind, row.field);
    if row.field == "ipAddressPoolSelectors" {
        objects[0]["metadata"]["labels"] =
            example["ipAddressPoolSelectors"][0]["matchLabels"].clone();
    }
    objects.iter().map(|object| format!("---\n{object}\n")).collect()
}

#[test]
fn what_the_table_says_of_a_field_is_what_the_conversion_says() {
    for row in MAPPINGS {
        let about = format!("{} {}", row.kind, row.field);
        let input = example(row);
        let mut args = vec!["convert", "--error-format", "json"];
        if row.field == "spec.loadBalancerClass" {
            args.extend(["--lb-class", "example.com/metallb"]);
        }
        let output = run(args, &input);
        assert_eq!(output.status, 0, "{about}: {}\n{input}", output.stderr);
        let said: Vec<Value> =
            output.stderr.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let codes = |lossy: bool| -> BTreeSet<&str> {
            let of = said.iter().filter(|line| (line["severity"] == "lossy") == lossy);
            of.map(|line| line["code"].as_str().unwrap()).collect()
        };
        let (lossy, noted) = (codes(true), codes(false));
        for code in row.codes {
            assert!(lossy.contains(code.id) || noted.contains(code.id), "{about}: {}", code.id);
        }
        let listed = row.codes.iter().any(|code| lossy.contains(code.id));
        match row.same {
            Same::Yes | Same::WithLabels => assert!(lossy.is_empty(), "{about}: {lossy:?}"),
            Same::NotAlways => assert!(lossy.is_empty() || listed, "{about}: {lossy:?}"),
            Same::No => assert!(listed, "{about}: {lossy:?}"),
        }
    }
}

#[test]
fn examples_say_what_is_converted() {
    for row in MAPPINGS {
        let first = row.field.split(['.', '[', ':']).next().unwrap();
        let example = documents(row.example).remove(0);
        assert!(example.get(first).is_some(), "{} {}", row.kind, row.field);
    }
}
