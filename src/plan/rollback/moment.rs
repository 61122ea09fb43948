//! The cluster at one moment, and what of its objects has to be as it was.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::manifest::Object;
use crate::plan::json;
use crate::plan::snapshot::Role;
use crate::plan::waves::NO_POOL_LEFT;

/// Prefixes of what either side's users, and this program, write on Services.
const SERVICE_KEYS: [&str; 5] = [
    "metallb.io/",
    "metallb.universe.tf/",
    "lbipam.cilium.io/",
    "io.cilium/lb-ipam-",
    "metallb2cilium.io/",
];

pub(super) type Key = (String, String, String);

pub(super) fn key(object: &Json) -> Key {
    let text = |pointer: &str| object.pointer(pointer).and_then(Json::as_str).unwrap_or_default();
    let api = text("/apiVersion");
    let group = api.split_once('/').map_or("", |(group, _)| group);
    let kind = format!("{group}/{}", text("/kind"));
    (kind, text("/metadata/namespace").to_owned(), text("/metadata/name").to_owned())
}

/// The objects of one moment, by what they are.
pub(super) struct Moment {
    objects: BTreeMap<Role, BTreeMap<Key, Json>>,
}

impl Moment {
    pub(super) fn new(objects: &[Object]) -> Self {
        let mut all: BTreeMap<Role, BTreeMap<Key, Json>> = BTreeMap::new();
        for object in objects {
            if let Some(role) = Role::of(object) {
                let json = json::object(object);
                all.entry(role).or_default().insert(key(&json), json);
            }
        }
        Self { objects: all }
    }

    pub(super) fn of(&self, role: Role) -> impl Iterator<Item = (&Key, &Json)> {
        self.objects.get(&role).into_iter().flatten()
    }

    pub(super) fn get(&self, role: Role, key: &Key) -> Option<&Json> {
        self.objects.get(&role)?.get(key)
    }

    pub(super) fn has(&self, role: Role) -> bool {
        self.of(role).next().is_some()
    }
}

/// Without what controllers write.
pub(super) fn wanted(object: &Json) -> Json {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
    }
    object
}

/// What of an object has to be as it was.
pub(super) fn same(one: &Json, two: &Json) -> bool {
    let labels = |object: &Json| object["metadata"].get("labels").cloned().unwrap_or(json!({}));
    one["spec"] == two["spec"] && one["webhooks"] == two["webhooks"] && labels(one) == labels(two)
}

/// The two fields of an L2Advertisement that name pools, as a merge patch.
pub(super) fn pool_fields(object: &Json) -> Json {
    let field = |name: &str| object["spec"].get(name).cloned().unwrap_or(Json::Null);
    json!({"spec": {
        "ipAddressPools": field("ipAddressPools"),
        "ipAddressPoolSelectors": field("ipAddressPoolSelectors"),
    }})
}

/// An L2Advertisement that announces nothing yet; other resources as they are.
pub(super) fn without_pools(object: &Json) -> Json {
    let mut object = wanted(object);
    if object["kind"] == "L2Advertisement" {
        if !object["spec"].is_object() {
            object["spec"] = json!({});
        }
        object["spec"]["ipAddressPools"] = json!([NO_POOL_LEFT]);
        if let Some(spec) = object["spec"].as_object_mut() {
            spec.remove("ipAddressPoolSelectors");
        }
    }
    object
}

/// A merge patch of the keys that this is about.
pub(super) fn changed_fields(before: &Json, now: &Json) -> serde_json::Map<String, Json> {
    let empty = serde_json::Map::new();
    let (before, now) = (before.as_object().unwrap_or(&empty), now.as_object().unwrap_or(&empty));
    let ours = |name: &&String| SERVICE_KEYS.iter().any(|prefix| name.starts_with(prefix));
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).filter(ours).collect();
    let changed = names.into_iter().filter(|name| before.get(*name) != now.get(*name));
    changed.map(|name| (name.clone(), before.get(name).cloned().unwrap_or(Json::Null))).collect()
}
