//! Objects of the input as JSON, without what belongs to the life of one instance.

use serde_json::{Map, Value as Json};

use crate::manifest::{LAST_APPLIED, Node, Object, Value};

/// What the API server sets, and would refuse or ignore when it is sent back.
const SET_BY_SERVER: [&str; 7] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
];

/// An object as it can be applied again; its status stays.
pub(super) fn object(object: &Object) -> Json {
    let mut json = node(&object.node);
    if let Some(fields) = json.as_object_mut() {
        // Items of a typed list do not say what they are.
        let entry = |map: &mut Map<String, Json>, key: &str, value: &str| {
            map.entry(key).or_insert_with(|| Json::from(value));
        };
        entry(fields, "apiVersion", &object.api_version);
        entry(fields, "kind", &object.kind);
    }
    if let Some(metadata) = json.get_mut("metadata").and_then(Json::as_object_mut) {
        metadata.retain(|key, _| !SET_BY_SERVER.contains(&key.as_str()));
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Json::as_object_mut) {
            annotations.remove(LAST_APPLIED);
            if annotations.is_empty() {
                metadata.remove("annotations");
            }
        }
    }
    json
}

/// A tree as JSON.
pub(super) fn node(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => match (i64::try_from(value.get()), u64::try_from(value.get())) {
            (Ok(small), _) => Json::from(small),
            (_, Ok(large)) => Json::from(large),
            _ => Json::from(value.get().to_string()),
        },
        Value::Float(value) => Json::from(*value),
        Value::String(value) => Json::from(value.as_str()),
        Value::Seq(items) => Json::Array(items.iter().map(self::node).collect()),
        Value::Map(entries) => Json::Object(
            entries.iter().map(|(key, _, value)| (key.clone(), self::node(value))).collect(),
        ),
    }
}
