//! The normal form of Cilium's objects: two that mean the same are equal.

use serde_json::{Map, Value, json};

use crate::manifest::LAST_APPLIED;

/// A field that may as well be left out.
struct Default {
    kind: &'static str,
    /// Keys from the top; `[]` stands for every item of a list.
    path: &'static [&'static str],
    /// What it is when it is left out, as JSON.
    value: fn() -> Value,
}

/// Every default of the kinds that are written (their CRDs, and what the agent
/// makes of an absent field).
const DEFAULTS: &[Default] = &[
    row("CiliumLoadBalancerIPPool", &["spec", "allowFirstLastIPs"], || json!("Yes")),
    row("CiliumLoadBalancerIPPool", &["spec", "disabled"], || json!(false)),
    row("CiliumLoadBalancerIPPool", &["spec", "serviceSelector"], || json!({})),
    row("CiliumL2AnnouncementPolicy", &["spec", "externalIPs"], || json!(false)),
    row("CiliumL2AnnouncementPolicy", &["spec", "loadBalancerIPs"], || json!(false)),
    row("CiliumL2AnnouncementPolicy", &["spec", "nodeSelector"], || json!({})),
    row("CiliumL2AnnouncementPolicy", &["spec", "serviceSelector"], || json!({})),
    row("CiliumL2AnnouncementPolicy", &["spec", "interfaces"], || json!([])),
    row("CiliumBGPClusterConfig", &["spec", "nodeSelector"], || json!({})),
    row("CiliumBGPClusterConfig", &["spec", "bgpInstances", "[]", "peers"], || json!([])),
    row("CiliumBGPClusterConfig", PEER_ASN, || json!(0)),
    row("CiliumBGPClusterConfig", PEER_CONFIG_GROUP, || json!("cilium.io")),
    row("CiliumBGPClusterConfig", PEER_CONFIG_KIND, || json!("CiliumBGPPeerConfig")),
    row("CiliumBGPPeerConfig", &["spec", "transport", "peerPort"], || json!(179)),
    row("CiliumBGPPeerConfig", &["spec", "transport"], || json!({})),
    row("CiliumBGPPeerConfig", &["spec", "timers", "connectRetryTimeSeconds"], || json!(120)),
    row("CiliumBGPPeerConfig", &["spec", "timers", "holdTimeSeconds"], || json!(90)),
    row("CiliumBGPPeerConfig", &["spec", "timers", "keepAliveTimeSeconds"], || json!(30)),
    row("CiliumBGPPeerConfig", &["spec", "timers"], || json!({})),
    row("CiliumBGPPeerConfig", &["spec", "gracefulRestart", "restartTimeSeconds"], || json!(120)),
    row("CiliumBGPPeerConfig", &["spec", "gracefulRestart"], || json!({"enabled": false})),
    row("CiliumBGPPeerConfig", &["spec", "ebgpMultihop"], || json!(1)),
    row("CiliumBGPPeerConfig", &["spec", "authSecretRef"], || json!("")),
    row("CiliumBGPPeerConfig", &["spec", "families"], || json!([])),
    row("CiliumBGPAdvertisement", &["spec", "advertisements", "[]", "attributes"], || json!({})),
];

const PEER_ASN: &[&str] = &["spec", "bgpInstances", "[]", "peers", "[]", "peerASN"];
/// Of `v2alpha1` alone.
const PEER_CONFIG_GROUP: &[&str] =
    &["spec", "bgpInstances", "[]", "peers", "[]", "peerConfigRef", "group"];
const PEER_CONFIG_KIND: &[&str] =
    &["spec", "bgpInstances", "[]", "peers", "[]", "peerConfigRef", "kind"];

/// Lists whose order means nothing. That of blocks decides which address is free
/// first.
const UNORDERED: &[&str] = &[
    "addresses",
    "advertisements",
    "bgpInstances",
    "families",
    "interfaces",
    "large",
    "matchExpressions",
    "peers",
    "standard",
    "values",
    "wellKnown",
];

const fn row(kind: &'static str, path: &'static [&'static str], value: fn() -> Value) -> Default {
    Default { kind, path, value }
}

/// Brings an object into its normal form. Only what a client writes is expected:
/// neither status nor what the server sets.
pub(super) fn normalize(object: &mut Value) {
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    if let Some(annotations) =
        object.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut)
    {
        annotations.remove(LAST_APPLIED);
    }
    if let Some(metadata) = object.pointer_mut("/metadata").and_then(Value::as_object_mut) {
        metadata.retain(|_, value| *value != json!({}));
    }
    sort(object, "");
    for default in DEFAULTS.iter().filter(|default| default.kind == kind) {
        drop_default(object, default.path, &(default.value)());
    }
}

fn drop_default(value: &mut Value, path: &[&str], default: &Value) {
    match path {
        ["[]", rest @ ..] => {
            for item in value.as_array_mut().into_iter().flatten() {
                drop_default(item, rest, default);
            }
        }
        [key] => {
            if let Some(map) = value.as_object_mut()
                && map.get(*key) == Some(default)
            {
                map.shift_remove(*key);
            }
        }
        [key, rest @ ..] => {
            if let Some(inner) = value.get_mut(*key) {
                drop_default(inner, rest, default);
            }
        }
        [] => {}
    }
}

/// Sorts what has no order: the keys of maps of labels, and lists by name.
fn sort(value: &mut Value, name: &str) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map.iter_mut() {
                sort(inner, key);
            }
            // An empty selector within a selector says nothing.
            for key in ["matchLabels", "matchExpressions"] {
                let empty = map.get(key).is_some_and(is_empty);
                if empty {
                    map.shift_remove(key);
                }
            }
            if ["matchLabels", "labels", "annotations"].contains(&name) {
                let sorted: std::collections::BTreeMap<String, Value> =
                    std::mem::take(map).into_iter().collect();
                *map = sorted.into_iter().collect::<Map<String, Value>>();
            }
        }
        Value::Array(items) => {
            for item in items.iter_mut() {
                sort(item, "");
            }
            if UNORDERED.contains(&name) {
                // An item's name stands first in its text where it has one.
                items.sort_by_cached_key(|item| {
                    (item["name"].as_str().map(str::to_owned), item.to_string())
                });
            }
        }
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    *value == json!({}) || *value == json!([])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(kind: &str, one: Value, other: Value) -> bool {
        let object = |spec: Value| {
            let mut object = json!({"kind": kind, "metadata": {"name": "a"}, "spec": spec});
            normalize(&mut object);
            object
        };
        object(one) == object(other)
    }

    #[test]
    fn defaults_and_order_do_not_count() {
        for (kind, one, other) in [
            (
                "CiliumLoadBalancerIPPool",
                json!({"blocks": [{"cidr": "10.0.0.0/24"}], "allowFirstLastIPs": "Yes"}),
                json!({"disabled": false, "blocks": [{"cidr": "10.0.0.0/24"}], "serviceSelector": {"matchLabels": {}}}),
            ),
            (
                "CiliumL2AnnouncementPolicy",
                json!({"interfaces": ["^a$", "^b$"], "externalIPs": false, "loadBalancerIPs": true}),
                json!({"loadBalancerIPs": true, "interfaces": ["^b$", "^a$"], "nodeSelector": {}}),
            ),
            (
                "CiliumBGPPeerConfig",
                json!({"transport": {"peerPort": 179}, "timers": {"holdTimeSeconds": 90}}),
                json!({"gracefulRestart": {"enabled": false}, "ebgpMultihop": 1}),
            ),
            (
                "CiliumBGPClusterConfig",
                json!({"bgpInstances": [{"name": "a", "peers": [{"name": "x", "peerASN": 0}, {"name": "y"}]}]}),
                json!({"bgpInstances": [{"name": "a", "peers": [{"name": "y"}, {"name": "x"}]}]}),
            ),
        ] {
            assert!(same(kind, one.clone(), other.clone()), "{one} {other}");
        }
    }

    #[test]
    fn what_means_something_counts() {
        for (kind, one, other) in [
            (
                "CiliumBGPAdvertisement",
                json!({"advertisements": [{"advertisementType": "Service"}]}),
                json!({"advertisements": [{"advertisementType": "Service", "selector": {}}]}),
            ),
            (
                "CiliumLoadBalancerIPPool",
                json!({"blocks": [{"cidr": "10.0.0.0/24"}, {"cidr": "10.1.0.0/24"}]}),
                json!({"blocks": [{"cidr": "10.1.0.0/24"}, {"cidr": "10.0.0.0/24"}]}),
            ),
            (
                "CiliumBGPPeerConfig",
                json!({"timers": {"holdTimeSeconds": 180}}),
                json!({"timers": {"holdTimeSeconds": 90}}),
            ),
        ] {
            assert!(!same(kind, one.clone(), other.clone()), "{one} {other}");
        }
    }
}
