//! `metadata`: its fields, and what names, labels and annotations may be
//! (`k8s.io/apimachinery` `ObjectMeta` and its validation).

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use super::Schema;

/// The limit on all annotations of an object together, keys and values.
const ANNOTATIONS_MAX_BYTES: usize = 256 * 1024;

const DNS_LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

static DNS_SUBDOMAIN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"^{DNS_LABEL}(\.{DNS_LABEL})*$")).unwrap());
static LABEL_NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$").unwrap());

/// The schema of `ObjectMeta`.
pub(super) fn schema() -> Result<Schema, serde_json::Error> {
    let text = json!({"type": "string"});
    let texts = json!({"type": "object", "additionalProperties": {"type": "string"}});
    let time = json!({"type": "string", "format": "date-time", "nullable": true});
    let integer = json!({"type": "integer", "format": "int64"});
    let free = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    Schema::deserialize(json!({
        "type": "object",
        "properties": {
            "name": text, "generateName": text, "namespace": text, "uid": text,
            "selfLink": text, "resourceVersion": text, "generation": integer,
            "creationTimestamp": time, "deletionTimestamp": time,
            "deletionGracePeriodSeconds": integer,
            "labels": texts, "annotations": texts,
            "finalizers": {"type": "array", "items": text, "x-kubernetes-list-type": "set"},
            "ownerReferences": {
                "type": "array",
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["uid"],
                "items": {
                    "type": "object",
                    "required": ["apiVersion", "kind", "name", "uid"],
                    "properties": {
                        "apiVersion": text, "kind": text, "name": text, "uid": text,
                        "controller": {"type": "boolean"},
                        "blockOwnerDeletion": {"type": "boolean"},
                    },
                },
            },
            "managedFields": {"type": "array", "items": free},
        },
    }))
}

/// The errors in `metadata` that a schema cannot express.
pub(super) fn check(metadata: &Value, cluster_scoped: bool) -> Vec<String> {
    let mut errors = Vec::new();
    match metadata["name"].as_str() {
        None | Some("") => errors.push("metadata.name: required".to_owned()),
        Some(name) if !is_dns_subdomain(name) => {
            errors.push(format!("metadata.name: not a DNS-1123 subdomain: {name:?}"));
        }
        Some(_) => {}
    }
    // The API server drops a namespace here; it would mean that the writer
    // takes the kind for a namespaced one.
    if cluster_scoped && metadata["namespace"].as_str().is_some_and(|name| !name.is_empty()) {
        errors.push("metadata.namespace: not allowed on a cluster-scoped kind".to_owned());
    }
    for (key, value) in texts(metadata, "labels") {
        if !is_qualified_name(key) {
            errors.push(format!("metadata.labels: invalid key {key:?}"));
        }
        if !is_label_value(value) {
            errors.push(format!("metadata.labels[{key}]: invalid value {value:?}"));
        }
    }
    let mut bytes = 0;
    for (key, value) in texts(metadata, "annotations") {
        bytes += key.len() + value.len();
        if !is_qualified_name(&key.to_lowercase()) {
            errors.push(format!("metadata.annotations: invalid key {key:?}"));
        }
    }
    if bytes > ANNOTATIONS_MAX_BYTES {
        errors.push(format!("metadata.annotations: {bytes} bytes are too long"));
    }
    errors
}

/// The entries of a map of strings; those of another type fail by the schema.
fn texts<'a>(metadata: &'a Value, field: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let entries = metadata[field].as_object().into_iter().flat_map(Map::iter);
    entries.filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
}

fn is_dns_subdomain(name: &str) -> bool {
    name.len() <= 253 && DNS_SUBDOMAIN.is_match(name)
}

/// A label or annotation key: a name of at most 63 characters, behind an
/// optional DNS subdomain and a slash.
fn is_qualified_name(key: &str) -> bool {
    let name = match key.split_once('/') {
        Some((prefix, _)) if !is_dns_subdomain(prefix) => return false,
        Some((_, name)) => name,
        None => key,
    };
    name.len() <= 63 && LABEL_NAME.is_match(name)
}

fn is_label_value(value: &str) -> bool {
    value.is_empty() || (value.len() <= 63 && LABEL_NAME.is_match(value))
}
