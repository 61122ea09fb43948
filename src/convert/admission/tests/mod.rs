//! The policy's expressions, evaluated on Services.

mod families;
mod refused;
mod said;

use std::collections::BTreeMap;

use kube_cel::KubeCelExt as _;
use kube_cel::cel::{Context as Cel, Program, Value as CelValue, to_value};
use regex::Regex;
use serde_json::{Value, json};

use super::KubernetesVersion;
use crate::convert::tests::try_beside;
use crate::convert::{Conversion, Options, Part};
use crate::diagnostic::Diagnostic;

const POOLS: &str = "\
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: open}
spec: {addresses: [10.0.0.0/24]}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: asked}
spec: {addresses: [10.1.0.1-10.1.0.9, 'fd00::/120'], autoAssign: false}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: \"0a.very-long-name.that-does-not-fit.into-the-value-of-a-label.example.com\"}
spec: {addresses: [10.3.0.0/24], autoAssign: false}
";

/// A pool for Services of two kinds: no selector of Cilium's can say that.
const APPS: &str = "\
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: apps}
spec:
  addresses: [10.2.0.0/24]
  serviceAllocation:
    namespaces: [shop, blog]
    serviceSelectors:
    - matchLabels: {app: web}
    - matchExpressions: [{key: tier, operator: In, values: [a, b]}, {key: away, operator: DoesNotExist}]
";

fn converted(pools: &str, options: Options) -> Result<Conversion, Vec<Diagnostic>> {
    try_beside(None, pools, &options)
}

fn options(version: &str) -> Options {
    let kubernetes: KubernetesVersion = version.parse().unwrap();
    Options { kubernetes: Some(kubernetes), ..Options::default() }
}

/// The policy's spec.
fn policy(pools: &str, options: Options) -> Value {
    spec_of(&converted(pools, options).unwrap())
}

fn spec_of(conversion: &Conversion) -> Value {
    let documents = conversion.documents(&[Part::AdmissionPolicy]).unwrap();
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[1].object["spec"]["policyName"], documents[0].object["metadata"]["name"]);
    documents[0].object["spec"].clone()
}

fn evaluated(expression: &str, context: &Cel<'_>) -> CelValue {
    let program = Program::compile(expression).unwrap_or_else(|e| panic!("{expression}: {e}"));
    program.execute(context).unwrap_or_else(|e| panic!("{expression}: {e}"))
}

fn context(spec: &Value, object: &Value, old: &Value) -> Cel<'static> {
    let mut context = Cel::default().with_all();
    context.add_variable("object", to_value(object).unwrap()).unwrap();
    context.add_variable("oldObject", to_value(old).unwrap()).unwrap();
    let mut variables: BTreeMap<String, CelValue> = BTreeMap::new();
    for variable in spec["variables"].as_array().unwrap() {
        let text = |key: &str| variable[key].as_str().unwrap();
        let so_far: std::collections::HashMap<String, CelValue> =
            variables.clone().into_iter().collect();
        context.add_variable_from_value("variables", so_far);
        let value = evaluated(text("expression"), &context);
        variables.insert(text("name").to_owned(), value);
    }
    let all: std::collections::HashMap<String, CelValue> = variables.into_iter().collect();
    context.add_variable_from_value("variables", all);
    context
}

/// A Service after the policy. The mutations see what those before them did, or
/// (`at_once`) the Service as it came in.
fn admitted(spec: &Value, object: &Value, old: &Value, at_once: bool) -> Value {
    let set = Regex::new(
        r"^(variables\.\w+) \? Object\{metadata: Object\.metadata\{(annotations|labels): \{'([^']+)': (.+)\}\}\} : Object\{\}$",
    )
    .unwrap();
    let mut result = object.clone();
    let conditions = spec["matchConditions"].as_array().unwrap();
    let first = {
        let mut context = Cel::default().with_all();
        context.add_variable("object", to_value(object).unwrap()).unwrap();
        conditions.iter().all(|one| {
            evaluated(one["expression"].as_str().unwrap(), &context) == CelValue::Bool(true)
        })
    };
    if !first {
        return result;
    }
    for mutation in spec["mutations"].as_array().unwrap() {
        let seen = if at_once { object } else { &result };
        let context = context(spec, seen, old);
        if mutation["patchType"] == "JSONPatch" {
            let expression = mutation["jsonPatch"]["expression"].as_str().unwrap();
            let (condition, patch) = expression.split_once(" ? ").unwrap();
            assert_eq!(patch, "[JSONPatch{op: 'remove', path: '/spec/loadBalancerClass'}] : []");
            if evaluated(condition, &context) == CelValue::Bool(true) {
                result["spec"].as_object_mut().unwrap().remove("loadBalancerClass");
            }
            continue;
        }
        let expression = mutation["applyConfiguration"]["expression"].as_str().unwrap();
        let parts = set.captures(expression).unwrap_or_else(|| panic!("{expression}"));
        if evaluated(&parts[1], &context) == CelValue::Bool(true) {
            let CelValue::String(value) = evaluated(&parts[4], &context) else {
                panic!("{expression}: no text")
            };
            result["metadata"][&parts[2]][&parts[3]] = json!(value.as_str());
        }
    }
    result
}

fn service(metadata: Value, spec: Value) -> Value {
    let mut object = json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
    });
    for (of, more) in [("metadata", metadata), ("spec", spec)] {
        object[of].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    }
    object
}

/// What the policy sets, each `key=value`, in order of the keys.
fn sets(spec: &Value, object: &Value, old: &Value) -> Vec<String> {
    let result = admitted(spec, object, old, false);
    assert_eq!(result, admitted(spec, object, old, true), "mutations do not depend on each other");
    assert_eq!(admitted(spec, &result, old, false), result, "a second time changes nothing");
    let mut set = Vec::new();
    for map in ["annotations", "labels"] {
        for (key, value) in result["metadata"][map].as_object().into_iter().flatten() {
            if object["metadata"][map][key] != *value {
                set.push(format!(
                    "{}={}",
                    key.rsplit('/').next().unwrap(),
                    value.as_str().unwrap()
                ));
            }
        }
    }
    set.sort();
    set
}

const NONE: &str = "pool=metallb2cilium.io.none";

#[test]
fn services_that_are_created_ask_cilium_for_what_they_ask_of_metallb() {
    let spec = policy(POOLS, options("1.36"));
    let (io, tf) = ("metallb.io", "metallb.universe.tf");
    let name = |annotation: &str, prefix: &str| format!("{prefix}/{annotation}");
    let ips = |prefix: &str, value: &str| json!({"annotations": {name("loadBalancerIPs", prefix): value}});
    let pool = |value: &str| json!({"annotations": {name("address-pool", io): value}});
    let long = "0a.very-long-name.that-does-not-fit.into-the-value-of-a-label.example.com";
    let long_label = format!("pool={}", crate::convert::pool_label(long));
    for (metadata, more, expected) in [
        (json!({}), json!({}), &[][..]),
        (ips(tf, "10.0.0.5"), json!({}), &["ips=10.0.0.5"]),
        (ips(io, " 10.1.0.3 , fd00::3"), json!({}), &["ips=10.1.0.3,fd00::3", "pool=asked"]),
        // Of two pools MetalLB gives nothing, and Cilium cannot either.
        (ips(io, "10.1.0.3,10.0.0.3"), json!({}), &["ips=10.1.0.3,10.0.0.3"]),
        (json!({}), json!({"loadBalancerIP": "10.1.0.4"}), &["pool=asked"]),
        (json!({}), json!({"loadBalancerIP": "10.0.0.4"}), &[]),
        // The end of a range is no CIDR.
        (ips(io, "10.1.0.10"), json!({}), &["ips=10.1.0.10"]),
        // What MetalLB refuses gets no address.
        (ips(io, "10.0.0.5"), json!({"loadBalancerIP": "10.0.0.5"}), &[NONE]),
        (ips(io, "nobody"), json!({}), &[NONE]),
        (json!({}), json!({"loadBalancerIP": "010.0.0.1"}), &[NONE]),
        (pool("gone"), json!({}), &[NONE]),
        (pool("open"), json!({}), &["pool=open"]),
        (pool("asked"), json!({}), &["pool=asked"]),
        (pool(long), json!({}), &[long_label.as_str()]),
        (pool(""), json!({}), &[]),
        // The newer prefix wins, even if empty.
        (
            json!({"annotations": {name("loadBalancerIPs", io): "", name("loadBalancerIPs", tf): "10.0.0.1"}}),
            json!({}),
            &[],
        ),
        (
            json!({"annotations": {name("allow-shared-ip", tf): "a key"}}),
            json!({}),
            &["sharing-cross-namespace=*", "sharing-key=a key"],
        ),
        // Cilium's own annotations stay as they are.
        (
            json!({"annotations": {name("loadBalancerIPs", io): "10.0.0.1", "lbipam.cilium.io/ips": "10.0.0.2"}}),
            json!({}),
            &[],
        ),
        (
            json!({"annotations": {name("loadBalancerIPs", io): "10.0.0.1", "io.cilium/lb-ipam-ips": "10.0.0.2"}}),
            json!({}),
            &[],
        ),
        (
            json!({"annotations": {name("address-pool", io): "asked"}, "labels": {"metallb2cilium.io/pool": "x"}}),
            json!({}),
            &[],
        ),
        // Not MetalLB's.
        (ips(io, "10.0.0.5"), json!({"type": "ClusterIP"}), &[]),
        (ips(io, "10.0.0.5"), json!({"loadBalancerClass": "other"}), &[]),
    ] {
        let object = service(metadata, more);
        assert_eq!(sets(&spec, &object, &Value::Null), expected, "{object:#}");
    }
}

#[test]
fn services_that_ask_for_nothing_get_the_label_that_their_pool_needs() {
    let spec = policy(APPS, options("1.36"));
    let in_pool = |metadata: Value, families: Value| {
        let object = service(metadata, json!({"ipFamilies": families}));
        let set = sets(&spec, &object, &Value::Null);
        // One that is there already keeps what it has.
        assert_eq!(sets(&spec, &object, &object), [""; 0]);
        assert!(set.is_empty() || set == ["pool=apps"], "{set:?}");
        !set.is_empty()
    };
    for (namespace, labels, expected) in [
        ("shop", json!({"app": "web"}), true),
        ("blog", json!({"tier": "b"}), true),
        ("blog", json!({"tier": "b", "away": "x"}), false),
        ("blog", json!({"tier": "c"}), false),
        ("shop", json!({}), false),
        ("other", json!({"app": "web"}), false),
    ] {
        let metadata = json!({"namespace": namespace, "labels": labels});
        assert_eq!(in_pool(metadata.clone(), json!([])), expected, "{metadata}");
        assert_eq!(in_pool(metadata.clone(), json!(["IPv4", "IPv6"])), expected, "{metadata}");
        assert!(!in_pool(metadata, json!(["IPv6"])), "the pool has no IPv6");
    }
}

#[test]
fn services_that_are_there_follow_only_what_changes() {
    let spec = policy(POOLS, options("1.36"));
    let with = |annotations: Value, labels: Value| {
        service(json!({"annotations": annotations, "labels": labels}), json!({}))
    };
    let ips = "metallb.io/loadBalancerIPs";
    let cilium = "lbipam.cilium.io/ips";
    let label = "metallb2cilium.io/pool";
    let pool = "metallb.io/address-pool";
    for (old, new, expected) in [
        // Nothing changes: what was set by others or not at all stays so.
        (
            with(json!({ips: "10.0.0.1"}), json!({})),
            with(json!({ips: "10.0.0.1"}), json!({})),
            &[][..],
        ),
        // Another wish is followed, unless its owner has set Cilium's as well.
        (
            with(json!({ips: "10.0.0.1", cilium: "10.0.0.1"}), json!({})),
            with(json!({ips: "10.0.0.2", cilium: "10.0.0.1"}), json!({})),
            &["ips=10.0.0.2"],
        ),
        (
            with(json!({ips: "10.0.0.1", cilium: "10.0.0.1"}), json!({})),
            with(json!({ips: "10.0.0.2", cilium: "10.0.0.3"}), json!({})),
            &[],
        ),
        // Whoever replaces the Service without them gets them back.
        (
            with(json!({ips: "10.0.0.1", cilium: "10.0.0.1"}), json!({})),
            with(json!({ips: "10.0.0.1"}), json!({})),
            &["ips=10.0.0.1"],
        ),
        (
            with(json!({pool: "asked"}), json!({label: "asked"})),
            with(json!({pool: "open"}), json!({label: "asked"})),
            &["pool=open"],
        ),
        // A wish that MetalLB refuses is mended.
        (
            with(json!({pool: "gone"}), json!({label: "metallb2cilium.io.none"})),
            with(json!({pool: "asked"}), json!({label: "metallb2cilium.io.none"})),
            &["pool=asked"],
        ),
        // It becomes a load balancer.
        (
            service(json!({"annotations": {pool: "asked"}}), json!({"type": "ClusterIP"})),
            with(json!({pool: "asked"}), json!({})),
            &["pool=asked"],
        ),
    ] {
        assert_eq!(sets(&spec, &new, &old), expected, "{old:#}\n{new:#}");
    }
    // With a wish that is refused MetalLB leaves it the address that it holds.
    let mut old = with(json!({}), json!({}));
    old["status"] = json!({"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}});
    assert_eq!(sets(&spec, &with(json!({ips: "nobody"}), json!({})), &old), [""; 0]);
    old["status"] = json!({"loadBalancer": {}});
    assert_eq!(sets(&spec, &with(json!({ips: "nobody"}), json!({})), &old), [NONE]);
}

#[test]
fn metallb_s_class_is_taken_away_where_that_is_allowed() {
    let options = Options { lb_class: Some("metallb".to_owned()), ..options("1.36") };
    let spec = policy(POOLS, options);
    let classed = service(json!({}), json!({"loadBalancerClass": "metallb"}));
    let without = service(json!({}), json!({}));
    let class = |new: &Value, old: &Value| {
        admitted(&spec, new, old, false)["spec"].get("loadBalancerClass").is_some()
    };
    assert!(!class(&classed, &Value::Null), "at creation");
    assert!(!class(&classed, &without), "applied again");
    assert!(class(&classed, &classed), "the field cannot be changed");
    assert_eq!(admitted(&spec, &without, &Value::Null, false), without, "not MetalLB's");
}

#[test]
fn the_pool_for_services_without_label_needs_none() {
    let two = "\
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: a}
spec: {addresses: [10.0.0.0/24]}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: b}
spec: {addresses: [10.1.0.0/24]}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: b}
spec: {ipAddressPools: [b]}
";
    let plain = service(json!({}), json!({}));
    // MetalLB takes either of them: so does the policy.
    assert_eq!(sets(&policy(two, options("1.36")), &plain, &Value::Null), ["pool=a"]);
    let options = Options { default_pool: Some("b".to_owned()), ..options("1.36") };
    assert_eq!(sets(&policy(two, options), &plain, &Value::Null), [""; 0]);
}

#[test]
fn variables_have_names_that_the_api_server_takes() {
    let spec = policy(POOLS, options("1.36"));
    const RESERVED: [&str; 21] = [
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ];
    let names: Vec<&str> = spec["variables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    let pattern = Regex::new("^[_a-zA-Z][_a-zA-Z0-9]*$").unwrap();
    for name in &names {
        assert!(pattern.is_match(name) && !RESERVED.contains(name), "{name}");
    }
    let unique: std::collections::BTreeSet<&&str> = names.iter().collect();
    assert_eq!(unique.len(), names.len());
}
