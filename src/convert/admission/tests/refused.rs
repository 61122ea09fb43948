//! Services that MetalLB refuses what they ask for.

use super::*;

/// Its label alone opens the pool, and MetalLB refuses such Services there.
#[test]
fn a_pool_for_others_is_not_opened_to_services_that_ask_for_it() {
    let spec = policy(&format!("{POOLS}---\n{APPS}"), options("1.36"));
    for (namespace, labels, expected) in [
        ("shop", json!({"app": "web"}), "pool=apps"),
        ("shop", json!({"app": "db"}), NONE),
        ("other", json!({"app": "web"}), NONE),
    ] {
        let pool = json!({"metallb.io/address-pool": "apps"});
        let metadata = json!({"namespace": namespace, "labels": labels, "annotations": pool});
        let named = service(metadata.clone(), json!({}));
        assert_eq!(sets(&spec, &named, &Value::Null), [expected], "{named:#}");
        let mut metadata = metadata;
        metadata["annotations"] = json!({});
        let asks = service(metadata, json!({"loadBalancerIP": "10.2.0.9"}));
        assert_eq!(sets(&spec, &asks, &Value::Null), [expected], "{asks:#}");
    }
}

#[test]
fn an_address_and_another_pool_asked_for_at_once_are_refused() {
    let spec = policy(POOLS, options("1.36"));
    for (address, pool, expected) in [
        ("10.1.0.3", "asked", "pool=asked"),
        ("10.1.0.3", "open", NONE),
        ("10.0.0.3", "asked", NONE),
        ("10.0.0.3", "gone", NONE),
    ] {
        let metadata = json!({"annotations": {"metallb.io/address-pool": pool}});
        let object = service(metadata, json!({"loadBalancerIP": address}));
        assert_eq!(sets(&spec, &object, &Value::Null), [expected], "{object:#}");
    }
    let metadata = json!({"annotations": {"metallb.io/address-pool": "open"}});
    let object = service(metadata, json!({"loadBalancerIP": "10.0.0.3"}));
    assert_eq!(sets(&spec, &object, &Value::Null), [""; 0]);
}

/// Cilium's sharing heeds no selector.
#[test]
fn a_service_that_is_refused_gets_no_key_until_it_asks_for_something_else() {
    let spec = policy(POOLS, options("1.36"));
    let asks = |pool: &str, labels: Value| {
        let annotations =
            json!({"metallb.io/address-pool": pool, "metallb.io/allow-shared-ip": "key"});
        service(json!({"annotations": annotations, "labels": labels}), json!({}))
    };
    let refused = asks("gone", json!({}));
    assert_eq!(sets(&spec, &refused, &Value::Null), [NONE]);
    let kept_out = json!({"metallb2cilium.io/pool": "metallb2cilium.io.none"});
    let (before, after) = (asks("gone", kept_out.clone()), asks("asked", kept_out));
    let mended = sets(&spec, &after, &before);
    assert_eq!(mended, ["pool=asked", "sharing-cross-namespace=*", "sharing-key=key"]);
}
