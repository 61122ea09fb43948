//! The checker of objects against CRDs, keyword by keyword: also those that
//! Cilium's CRDs do not use now, and what no schema says of `metadata`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::{Value, json};
use support::crd::{Crds, Schema};

#[test]
fn metadata_is_checked() {
    let Some(crds) = Crds::load("1.19") else { return };
    let subdomain = [&"a".repeat(63), &"b".repeat(63), &"c".repeat(63), &"d".repeat(61)]
        .map(String::as_str)
        .join(".");
    let key = format!("{subdomain}/{}", "K".repeat(63));
    let cases = [
        (json!({"name": "a.b-c"}), ""),
        (json!({"name": subdomain}), ""),
        (json!({"name": format!("{subdomain}d")}), "metadata.name: not a DNS-1123 subdomain"),
        (json!({"name": "A"}), "metadata.name: not a DNS-1123 subdomain"),
        (json!({"name": "a_b"}), "metadata.name: not a DNS-1123 subdomain"),
        (json!({"name": "a..b"}), "metadata.name: not a DNS-1123 subdomain"),
        (json!({"name": "-a"}), "metadata.name: not a DNS-1123 subdomain"),
        (json!({"name": "a\n"}), "metadata.name: not a DNS-1123 subdomain"),
        (json!({"name": 5}), "metadata.name: must be of type string"),
        (json!({}), "metadata.name: required"),
        (json!({"name": "a", "namespace": "b"}), "metadata.namespace: not allowed"),
        (json!({"name": "a", "lables": {}}), "metadata.lables: unknown field"),
        (json!({"name": "a", "labels": {"a/b": "c", "d": "", key.as_str(): "v".repeat(63)}}), ""),
        (json!({"name": "a", "labels": {"a": "-b"}}), "metadata.labels[a]: invalid value"),
        (json!({"name": "a", "labels": {"a": "v".repeat(64)}}), "metadata.labels[a]: invalid"),
        (json!({"name": "a", "labels": {"a": true}}), "metadata.labels.a: must be of type string"),
        (json!({"name": "a", "labels": {"": "b"}}), "metadata.labels: invalid key"),
        (json!({"name": "a", "labels": {"a/b/c": "b"}}), "metadata.labels: invalid key"),
        (json!({"name": "a", "labels": {"A/b": "b"}}), "metadata.labels: invalid key"),
        (json!({"name": "a", "labels": {"k".repeat(64): "b"}}), "metadata.labels: invalid key"),
        (json!({"name": "a", "annotations": {"A/b": "any text at all"}}), ""),
        (json!({"name": "a", "annotations": {"a b": ""}}), "metadata.annotations: invalid key"),
        (
            json!({"name": "a", "annotations": {"a": "b".repeat(262_144)}}),
            "metadata.annotations: 262145 bytes are too long",
        ),
    ];
    for (metadata, expected) in cases {
        let pool = json!({
            "apiVersion": "cilium.io/v2",
            "kind": "CiliumLoadBalancerIPPool",
            "metadata": metadata,
            "spec": {},
        });
        let errors = crds.check(&pool);
        match expected {
            "" => assert!(errors.is_empty(), "{}: {errors:?}", pool["metadata"]),
            _ => assert!(
                errors.iter().any(|error| error.starts_with(expected)),
                "{expected}: {errors:?}"
            ),
        }
    }
}

#[test]
fn keywords_that_cilium_does_not_use_now_are_checked_too() {
    let any_of = json!([{"type": "integer"}, {"type": "string"}]);
    let cases = [
        (json!({"x-kubernetes-int-or-string": true, "anyOf": any_of}), json!("5%"), true),
        (json!({"x-kubernetes-int-or-string": true, "anyOf": any_of}), json!(5), true),
        (json!({"x-kubernetes-int-or-string": true}), json!(5.5), false),
        (
            json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true}),
            json!({"a": 1}),
            true,
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "string"}},
                "x-kubernetes-preserve-unknown-fields": true}),
            json!({"a": 1}),
            false,
        ),
        (json!({"type": "object", "additionalProperties": true}), json!({"a": 1}), true),
        (json!({"type": "object", "additionalProperties": false}), json!({"a": 1}), false),
        (json!({"type": "object"}), json!({"a": 1}), false),
        (json!({"type": "string", "nullable": true}), Value::Null, true),
        (json!({"type": "string"}), Value::Null, false),
        (json!({"type": "array", "x-kubernetes-list-type": "set"}), json!([1, 2]), true),
        (json!({"type": "array", "x-kubernetes-list-type": "set"}), json!([1, 2, 1]), false),
        (json!({"type": "array", "x-kubernetes-list-type": "atomic"}), json!([1, 1]), true),
        (
            json!({"type": "object", "additionalProperties": true, "maxProperties": 1}),
            json!({"a": 1, "b": 2}),
            false,
        ),
        (json!({"type": "object", "minProperties": 1}), json!({}), false),
        (json!({"type": "array", "maxItems": 1}), json!([1, 2]), false),
        (json!({"type": "number", "minimum": 1, "exclusiveMinimum": true}), json!(1), false),
        (json!({"type": "number", "maximum": 1, "exclusiveMaximum": true}), json!(1), false),
        (json!({"type": "number"}), json!(1.5), true),
        (json!({"type": "integer"}), json!(2.0), true),
        (json!({"type": "integer", "format": "int64"}), json!(u64::MAX), false),
        (json!({"type": "string", "format": "ipv6"}), json!("::1"), true),
        (json!({"type": "string", "format": "ipv6"}), json!("192.0.2.1"), false),
        (json!({"type": "string", "format": "ipv4"}), json!("192.0.2.1"), true),
        (json!({"type": "string", "format": "date-time"}), json!("2026-11-22T20:23:00Z"), true),
        (json!({"type": "string", "format": "date-time"}), json!("2026-11-22"), false),
        (json!({"type": "string", "minLength": 2}), json!("é"), false),
        (json!({"type": "string", "maxLength": 1}), json!("é"), true),
        (json!({"type": "string", "pattern": "b"}), json!("abc"), true),
        (json!({"type": "string", "pattern": r"^\s\w\d$"}), json!("\ta1"), true),
        (json!({"type": "string", "pattern": r"^\\d$"}), json!(r"\d"), true),
        (json!({"type": "string", "allOf": [{"enum": ["a"]}, {"enum": ["b"]}]}), json!("a"), false),
        (
            json!({"type": "object", "properties": {"a": {"type": "string"}},
                "anyOf": [{"required": ["a"]}]}),
            json!({"a": "b"}),
            true,
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "string"}},
                "anyOf": [{"required": ["a"]}]}),
            json!({}),
            false,
        ),
    ];
    for (schema, value, accepted) in cases {
        let parsed: Schema = serde_json::from_value(schema.clone()).unwrap();
        let errors = parsed.check(&value);
        assert_eq!(errors.is_empty(), accepted, "{schema} on {value}: {errors:?}");
    }
}

#[test]
fn a_keyword_or_format_that_would_go_unchecked_is_not_read() {
    for schema in [
        json!({"type": "integer", "multipleOf": 2}),
        json!({"type": "object", "properties": {"a": {"not": {"enum": [1]}}}}),
        json!({"type": "object", "additionalProperties": {"uniqueItems": true}}),
        json!({"type": "string", "format": "uuid"}),
    ] {
        assert!(serde_json::from_value::<Schema>(schema.clone()).is_err(), "{schema}");
    }
}
