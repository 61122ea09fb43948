//! Services to come of either family, or of both.

use super::*;
use crate::cluster::Cluster;

/// Open to everybody, and advertised differently.
const POOLS: &str = "\
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: a6}
spec: {addresses: ['fd00::/120']}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: b4}
spec: {addresses: [10.1.0.0/24]}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: b}
spec: {ipAddressPools: [b4]}
";

const BOTH: &str = "\
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: c}
spec: {addresses: [10.2.0.0/24, 'fd02::/120']}
";

#[test]
fn a_service_to_come_gets_the_label_of_a_pool_of_its_families() {
    let only = policy(POOLS, options("1.36"));
    let both = policy(&format!("{POOLS}{BOTH}"), options("1.36"));
    for (more, of_two, of_three) in [
        (json!({}), Some("pool=b4"), "pool=b4"),
        (json!({"ipFamilies": ["IPv4"]}), Some("pool=b4"), "pool=b4"),
        (json!({"ipFamilies": ["IPv6"]}), Some("pool=a6"), "pool=a6"),
        (json!({"ipFamilyPolicy": "PreferDualStack"}), Some("pool=b4"), "pool=c"),
        // MetalLB gives it both of one pool, or nothing.
        (json!({"ipFamilyPolicy": "RequireDualStack"}), None, "pool=c"),
    ] {
        let object = super::service(json!({}), more);
        assert_eq!(sets(&only, &object, &Value::Null), Vec::from_iter(of_two), "{object:#}");
        assert_eq!(sets(&both, &object, &Value::Null), [of_three], "{object:#}");
    }
}

#[test]
fn a_service_that_names_no_family_gets_that_of_the_services_at_hand() {
    for (cluster_ip, expected) in [("fd96::1", "pool=a6"), ("10.96.0.1", "pool=b4")] {
        let there = crate::cluster::Service {
            cluster_ips: vec![cluster_ip.to_owned()],
            ..crate::cluster::Service::default()
        };
        let cluster = Cluster { services: vec![there], ..Cluster::default() };
        let spec = spec_of(&try_beside(Some(cluster), POOLS, &options("1.36")).unwrap());
        let plain = super::service(json!({}), json!({}));
        assert_eq!(sets(&spec, &plain, &Value::Null), [expected]);
    }
}

/// Pools of another family let it in, and give it nothing.
#[test]
fn a_service_to_come_gets_the_label_where_those_without_lack_its_families() {
    let with = |pools: &str, default: &str| {
        policy(pools, Options { default_pool: Some(default.to_owned()), ..options("1.36") })
    };
    let three = format!("{POOLS}{BOTH}");
    let set = |spec: &Value, more: Value| {
        sets(spec, &super::service(json!({}), more), &Value::Null).concat()
    };
    let (v4, v6) = (json!({"ipFamilies": ["IPv4"]}), json!({"ipFamilies": ["IPv6"]}));
    let both = |policy: &str| json!({"ipFamilyPolicy": policy});
    let spec = with(POOLS, "a6");
    assert_eq!([set(&spec, v4.clone()), set(&spec, v6.clone())], ["pool=b4", ""]);
    let spec = with(&three, "b4");
    assert_eq!([set(&spec, v4.clone()), set(&spec, v6.clone())], ["", "pool=a6"]);
    assert_eq!(set(&spec, both("PreferDualStack")), "pool=c");
    assert_eq!(set(&spec, both("RequireDualStack")), "pool=c");
    let spec = with(&three, "c");
    for more in [v4, v6, both("PreferDualStack"), both("RequireDualStack")] {
        assert_eq!(set(&spec, more), "");
    }
}
