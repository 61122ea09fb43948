//! `simulate --events`: histories through the built binary, and their file format.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::path::Path;

use metallb2cilium::manifest::Manifests;
use metallb2cilium::simulate::events;
use serde_json::{Value, json};
use support::reader::{Output, documents, files, run};
use support::schema::faults;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Two nodes and a Service with an endpoint on each, which prefers neither.
const CLUSTER: &str = "\
apiVersion: v1
kind: Node
metadata: {name: node-a, annotations: {metallb2cilium.io/interfaces: eth0}}
---
apiVersion: v1
kind: Node
metadata: {name: node-b, annotations: {metallb2cilium.io/interfaces: eth0}}
---
apiVersion: v1
kind: Service
metadata: {name: one, namespace: shop}
spec: {type: LoadBalancer, clusterIP: 10.96.0.1, externalTrafficPolicy: Local, ports: [{port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: one-1, namespace: shop, labels: {kubernetes.io/service-name: one}}
endpoints: [{addresses: [10.2.0.1], nodeName: node-a}, {addresses: [10.2.0.2], nodeName: node-b}]
";

const METALLB: &str = "\
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: a, namespace: metallb-system}
spec: {addresses: [10.0.0.1-10.0.0.2]}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: l2, namespace: metallb-system}
spec: {}
";

const CILIUM: &str = "\
---
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: a}
spec: {blocks: [{start: 10.0.0.1, stop: 10.0.0.2}]}
---
apiVersion: cilium.io/v2alpha1
kind: CiliumL2AnnouncementPolicy
metadata: {name: l2}
spec: {loadBalancerIPs: true, interfaces: ['^eth0$']}
";

/// A Service with an endpoint on node-a, as two items of `apply`.
fn service(name: &str) -> String {
    format!(
        "  - {{apiVersion: v1, kind: Service, metadata: {{name: {name}, namespace: shop}}, spec: \
         {{type: LoadBalancer, clusterIP: 10.96.0.9, ports: [{{port: 80}}]}}}}\n{}",
        slice(name, "node-a")
    )
}

fn slice(service: &str, node: &str) -> String {
    format!(
        "  - {{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {{name: \
         {service}-1, namespace: shop, labels: {{kubernetes.io/service-name: {service}}}}}, \
         endpoints: [{{addresses: [10.2.0.9], nodeName: {node}}}]}}\n"
    )
}

fn replay(args: &[&str], configuration: &str, events: &str) -> Output {
    let dir = files(&[("events.yaml", events)]);
    let path = dir.path().join("events.yaml");
    let line = [&["simulate"][..], args, &["--events", path.to_str().unwrap()]].concat();
    run(line, &format!("{CLUSTER}{configuration}"))
}

/// The steps of a history.
fn steps(engine: &str, configuration: &str, events: &str) -> Vec<Value> {
    let output = replay(&[engine, "-o", "json"], configuration, events);
    assert_eq!(output.status, 0, "{}", output.stderr);
    output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The addresses of the Services at a step, by name.
fn addresses(step: &Value) -> Vec<(String, String)> {
    let services = step["outcomes"][0]["services"].as_object().unwrap();
    let ip = |given: &Value| given["ips"][0].as_str().unwrap_or("-").to_owned();
    services
        .iter()
        .map(|(name, given)| (name.strip_prefix("shop/").unwrap().to_owned(), ip(given)))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, ip)| ((*name).to_owned(), (*ip).to_owned())).collect()
}

/// Candidates and leader of the first address on L2 at a step.
fn l2(step: &Value) -> (Value, Value) {
    let entry = &step["outcomes"][0]["l2"][0];
    (entry["candidates"].clone(), entry["leader"].clone())
}

const BOTH: [(&str, &str); 2] = [("metallb", METALLB), ("cilium", CILIUM)];

#[test]
fn allocations_are_carried_on() {
    let events = format!(
        "steps:\n- name: two more\n  apply:\n{}{}- name: the first goes\n  delete: [{{kind: \
         Service, namespace: shop, name: one}}]\n- name: and comes back\n  apply:\n{}",
        service("two"),
        service("three"),
        service("one")
    );
    for (engine, configuration) in BOTH {
        let steps = steps(engine, configuration, &events);
        assert_eq!(steps.len(), 4, "{engine}");
        assert_eq!((&steps[0]["step"], &steps[0]["name"]), (&json!(0), &Value::Null));
        assert_eq!((&steps[2]["step"], &steps[2]["name"]), (&json!(2), &json!("the first goes")));
        assert_eq!(addresses(&steps[0]), pairs(&[("one", "10.0.0.1")]));
        let full = [("one", "10.0.0.1"), ("three", "-"), ("two", "10.0.0.2")];
        assert_eq!(addresses(&steps[1]), pairs(&full), "{engine}: the pool is full");
        // A fresh start would give the first address to `two`.
        let moved = [("three", "10.0.0.1"), ("two", "10.0.0.2")];
        assert_eq!(addresses(&steps[2]), pairs(&moved), "{engine}: who waits is next");
        let back = [("one", "-"), ("three", "10.0.0.1"), ("two", "10.0.0.2")];
        assert_eq!(addresses(&steps[3]), pairs(&back), "{engine}: nobody is driven out");
    }
}

#[test]
fn a_node_fails_and_returns() {
    let events = "steps:\n- fail: [node-a, node-a]\n- fail: [node-a]\n- return: [node-a]\n- fail: \
                  [node-a, node-b]\n";
    for (engine, configuration) in BOTH {
        let steps = steps(engine, configuration, events);
        let both = json!(["node-a", "node-b"]);
        let candidates: Vec<Value> = steps.iter().map(|step| l2(step).0).collect();
        let one = json!(["node-b"]);
        assert_eq!(candidates, [both.clone(), one.clone(), one, both, Value::Null], "{engine}");
        assert_eq!(l2(&steps[0]), l2(&steps[3]), "{engine}: it is as it was before");
    }
    let leaders = steps("metallb", METALLB, events);
    assert_eq!(l2(&leaders[1]).1, "node-b");
}

#[test]
fn a_node_that_changes_while_it_is_away_stays_away() {
    let node = "{apiVersion: v1, kind: Node, metadata: {name: node-a, annotations: \
                {metallb2cilium.io/interfaces: 'eth0,eth1'}}}";
    let events = format!(
        "steps:\n- fail: [node-a]\n- apply: [{node}]\n- return: [node-a]\n- delete: \
                 [{{kind: Node, name: node-a}}]\n"
    );
    for (engine, configuration) in BOTH {
        let steps = steps(engine, configuration, &events);
        let counts: Vec<usize> =
            steps.iter().map(|step| l2(step).0.as_array().unwrap().len()).collect();
        assert_eq!(counts, [2, 1, 1, 2, 1], "{engine}");
    }
}

#[test]
fn endpoints_move() {
    let away = slice("one", "node-b");
    let more = slice("one", "node-a").replace("one-1", "one-2");
    let events = format!(
        "steps:\n- apply:\n{away}- apply:\n{more}- delete: [{{kind: EndpointSlice, namespace: \
         shop, name: one-1}}]\n- delete: [{{kind: EndpointSlice, namespace: shop, name: one-2}}]\n"
    );
    let steps = steps("metallb", METALLB, &events);
    let candidates: Vec<Value> = steps.iter().map(|step| l2(step).0).collect();
    let both = json!(["node-a", "node-b"]);
    assert_eq!(candidates, [both.clone(), json!(["node-b"]), both, json!(["node-a"]), Value::Null]);
    assert_eq!(addresses(&steps[4]), pairs(&[("one", "10.0.0.1")]), "its address stays");
}

#[test]
fn pools_change_all_at_once() {
    let pool = |name: &str, range: &str| {
        format!(
            "  - {{apiVersion: metallb.io/v1beta1, kind: IPAddressPool, metadata: {{name: {name}, \
             namespace: metallb-system}}, spec: {{addresses: [{range}]}}}}\n"
        )
    };
    let events = format!(
        "steps:\n- name: another pool\n  apply:\n{}- name: they swap\n  apply:\n{}{}- name: one \
         is left\n  delete: [{{kind: IPAddressPool, name: a}}]\n",
        pool("b", "10.1.0.1-10.1.0.2"),
        pool("a", "10.1.0.1-10.1.0.2"),
        pool("b", "10.0.0.1-10.0.0.2"),
    );
    let steps = steps("metallb", METALLB, &events);
    let pools: Vec<&Value> =
        steps.iter().map(|step| &step["outcomes"][0]["services"]["shop/one"]["pool"]).collect();
    assert_eq!(pools, ["a", "a", "b", "b"]);
    for step in &steps {
        assert_eq!(addresses(step), pairs(&[("one", "10.0.0.1")]), "the address is kept");
    }
}

#[test]
fn cilium_pools_change_too() {
    let pool = "  - {apiVersion: cilium.io/v2, kind: CiliumLoadBalancerIPPool, metadata: {name: \
                b}, spec: {blocks: [{cidr: 10.1.0.0/24}]}}\n";
    let events = format!(
        "steps:\n- apply:\n{pool}- delete: [{{kind: CiliumLoadBalancerIPPool, name: a}}]\n"
    );
    let steps = steps("cilium", CILIUM, &events);
    assert_eq!(addresses(&steps[1]), pairs(&[("one", "10.0.0.1")]));
    assert_eq!(addresses(&steps[2]), pairs(&[("one", "10.1.0.0")]));
}

#[test]
fn the_first_step_decides_what_a_plain_run_decides() {
    for (engine, configuration) in BOTH {
        let plain = run(["simulate", engine, "-o", "json"], &format!("{CLUSTER}{configuration}"));
        let mut expected: Value = serde_json::from_str(&plain.stdout).unwrap();
        let mut start = steps(engine, configuration, "steps: []\n").remove(0);
        let start = start.as_object_mut().unwrap();
        assert_eq!(start.shift_remove("step"), Some(json!(0)));
        assert_eq!(start.shift_remove("name"), Some(Value::Null));
        assert_eq!(json!(start), std::mem::take(&mut expected));
    }
}

#[test]
fn a_history_has_every_format() {
    let events = "steps:\n- {name: node-b fails, fail: [node-b]}\n- {}\n";
    let yaml = replay(&["metallb", "-o", "yaml"], METALLB, events);
    assert_eq!(documents(&yaml.stdout), steps("metallb", METALLB, events));
    let table = replay(&["metallb"], METALLB, events);
    insta::assert_snapshot!("history", table.stdout);
}

#[test]
fn placeholders_of_events_are_filled_in() {
    let events = "steps:\n- apply: [{apiVersion: metallb.io/v1beta1, kind: IPAddressPool, \
                  metadata: {name: a, namespace: metallb-system}, spec: {addresses: \
                  ['${NET}/24']}}]\n";
    let output = replay(&["metallb", "-o", "json", "--set", "NET=10.7.0.0"], METALLB, events);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let last: Value = serde_json::from_str(output.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(addresses(&last), pairs(&[("one", "10.7.0.0")]));
    assert_refused("metallb", METALLB, events, "M2C126", 2);
}

/// Refused with that code at that line of the file, and nothing on standard output.
fn assert_refused(engine: &str, configuration: &str, events: &str, code: &str, line: u64) {
    let output = replay(&[engine, "--error-format", "json"], configuration, events);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{events}: {}", output.stderr);
    let found: Vec<Value> =
        output.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let hit = found.iter().find(|found| found["code"] == code);
    let hit = hit.unwrap_or_else(|| panic!("{code} is not in {found:#?}"));
    let labels = hit["labels"].as_array().unwrap();
    let in_events = |label: &&Value| label["file"].as_str().unwrap().ends_with("events.yaml");
    let lines: Vec<u64> =
        labels.iter().filter(in_events).map(|label| label["line"].as_u64().unwrap()).collect();
    assert!(lines.contains(&line), "{code} at {lines:?}, not at {line}:\n{events}");
}

#[test]
fn what_cannot_happen_is_refused_with_its_place() {
    let overlap = "steps:\n- {}\n- apply:\n  - apiVersion: metallb.io/v1beta1\n    kind: \
                   IPAddressPool\n    metadata: {name: b}\n    spec:\n      addresses:\n      - \
                   10.0.0.2/32\n";
    assert_refused("metallb", METALLB, overlap, "M2C203", 9);
    assert_refused("metallb", METALLB, overlap, "M2C203", 3);
    let bad_pool = "steps:\n- apply:\n  - apiVersion: cilium.io/v2\n    kind: \
                    CiliumLoadBalancerIPPool\n    metadata: {name: b}\n    spec:\n      blocks:\n      - \
                    cidr: 10.0.0.0/33\n";
    assert_refused("cilium", CILIUM, bad_pool, "M2C172", 8);
    for (engine, configuration) in BOTH {
        for (events, line) in [
            ("steps:\n- {}\n- fail: [node-c]\n", 3),
            ("steps:\n- return: [node-c]\n", 2),
            ("steps:\n- delete:\n  - {kind: Node, name: node-a}\n- fail: [node-a]\n", 4),
            ("steps:\n- delete:\n  - {kind: Service, name: one}\n", 3),
            ("steps:\n- delete: [{kind: EndpointSlice, namespace: shop, name: x}]\n", 2),
            ("steps:\n- delete: [{kind: Namespace, name: x}]\n", 2),
            ("steps:\n- delete: [{kind: BGPPeer, name: x}]\n", 2),
        ] {
            assert_refused(engine, configuration, events, "M2C141", line);
        }
    }
    let gone = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: metallb-system}\n\
                type: kubernetes.io/basic-auth\ndata: {password: YQ==}\n---\napiVersion: \
                metallb.io/v1beta2\nkind: BGPPeer\nmetadata: {name: p, namespace: \
                metallb-system}\nspec: {myASN: 1, peerASN: 2, peerAddress: 10.9.9.9, \
                passwordSecret: {name: s}}\n";
    let events = "steps:\n- {}\n- delete: [{kind: Secret, name: s}]\n";
    assert_refused("metallb", &format!("{METALLB}{gone}"), events, "M2C409", 3);
}

#[test]
fn two_objects_of_one_name_must_be_told_apart() {
    let second = "---\napiVersion: metallb.io/v1beta1\nkind: L2Advertisement\nmetadata: {name: \
                  l2, namespace: other}\nspec: {ipAddressPools: [a]}\n";
    let configuration = format!("{METALLB}{second}");
    let delete = "steps:\n- delete: [{kind: L2Advertisement, name: l2}]\n";
    assert_refused("metallb", &configuration, delete, "M2C141", 2);
    let named = "steps:\n- delete: [{kind: L2Advertisement, name: l2, namespace: other}]\n";
    assert_eq!(steps("metallb", &configuration, named).len(), 2);
}

#[test]
fn a_file_of_something_else_is_refused() {
    for (events, code) in [
        ("apiVersion: v1\nkind: Node\nmetadata: {name: a}\n", "M2C140"),
        ("steps: []\n---\nsteps: []\n", "M2C140"),
        ("# nothing\n", "M2C140"),
        ("- steps\n", "M2C111"),
        ("steps: [\n", "M2C101"),
    ] {
        let output = replay(&["metallb", "--error-format", "json"], METALLB, events);
        assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{events}");
        assert!(output.stderr.contains(code), "{events}: {}", output.stderr);
    }
    let output = run(["simulate", "metallb", "--events", "/nowhere"], CLUSTER);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("M2C112"), "{}", output.stderr);
}

#[test]
fn a_mistyped_field_is_named_with_the_right_one() {
    for (events, help) in [
        ("steps:\n- {aply: []}\n", "apply"),
        ("step: []\n", "steps"),
        ("steps:\n- delete: [{kind: Sevice, name: x}]\n", "Service"),
        ("steps:\n- delete: [{kind: Node, nmae: x}]\n", "name"),
        ("steps:\n- apply: [{apiVersion: v1, kind: node, metadata: {name: x}}]\n", "Node"),
    ] {
        let output = replay(&["metallb", "--error-format", "json"], METALLB, events);
        assert_eq!(output.status, 2, "{events}");
        let lines = output.stderr.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let helps: Vec<String> =
            lines.filter_map(|line| line["help"].as_str().map(str::to_owned)).collect();
        let expected = format!("did you mean \"{help}\"?");
        assert!(helps.contains(&expected), "{events}: {helps:?}");
    }
}

/// Whether the reader takes a file.
fn is_read(file: &Value) -> bool {
    let manifests = Manifests::from_text("events.json", file.to_string());
    let [document] = manifests.untyped.as_slice() else { return false };
    let mut found = Vec::new();
    let read = events::read(&document.node, &mut found).is_some();
    assert_eq!(read, found.is_empty(), "{file}: {found:?}");
    read
}

#[test]
fn the_schema_and_the_reader_agree() {
    let text = fs::read_to_string(Path::new(ROOT).join("schemas/events.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a"}});
    let with = |key: &str, value: Value| {
        let mut object = node.clone();
        object[key] = value;
        json!({"steps": [{"apply": [object]}]})
    };
    let of_kind = |api_version: &str, kind: &str| {
        json!({"steps": [{"apply": [
            {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}}
        ]}]})
    };
    let reference = |value: Value| json!({"steps": [{"delete": [value]}]});
    let mut valid = vec![
        json!({"steps": []}),
        json!({"$schema": "events.json", "steps": [{}]}),
        json!({"steps": [{"name": "x", "apply": [], "delete": [], "fail": [], "return": []}]}),
        json!({"steps": [{"name": null, "apply": null, "delete": null, "fail": null, "return": null}]}),
        json!({"steps": [{"fail": ["a", "b"]}, {"return": ["a"]}]}),
        with("spec", json!({"unknown": [1]})),
        with("metadata", json!({"name": "a", "labels": {"x": "y"}})),
        reference(json!({"kind": "Service", "name": "a"})),
        reference(json!({"kind": "BFDProfile", "namespace": "m", "name": "a"})),
        reference(json!({"kind": "BFDProfile", "namespace": null, "name": "a"})),
    ];
    valid.extend(schema["examples"].as_array().unwrap().iter().cloned());
    for kind in events::Kind::names() {
        valid.push(reference(json!({"kind": kind, "name": "a"})));
        let group = |group: &str| of_kind(group, kind);
        let groups = ["v1", "discovery.k8s.io/v1", "metallb.io/v1beta1", "cilium.io/v2"];
        let fitting: Vec<Value> = groups.map(group).into_iter().filter(is_read).collect();
        assert_eq!(fitting.len(), 1, "{kind}");
        valid.extend(fitting);
    }
    let mut invalid = vec![
        json!({}),
        json!({"steps": null}),
        json!({"steps": {}}),
        json!({"steps": "x"}),
        json!({"steps": [null]}),
        json!({"steps": ["x"]}),
        json!({"steps": [[]]}),
        json!({"steps": [], "more": 1}),
        json!({"steps": [{"aply": []}]}),
        json!({"steps": [{"name": 5}]}),
        json!({"steps": [{"fail": "a"}]}),
        json!({"steps": [{"fail": [""]}]}),
        json!({"steps": [{"fail": [5]}]}),
        json!({"steps": [{"fail": [null]}]}),
        json!({"steps": [{"return": [{}]}]}),
        json!({"steps": [{"apply": {}}]}),
        json!({"steps": [{"apply": [null]}]}),
        json!({"steps": [{"apply": ["x"]}]}),
        json!({"steps": [{"apply": [{}]}]}),
        json!({"steps": [{"apply": [[]]}]}),
        with("metadata", Value::Null),
        with("metadata", json!({})),
        with("metadata", json!({"name": ""})),
        with("metadata", json!({"name": 5})),
        with("metadata", json!("a")),
        with("kind", Value::Null),
        with("apiVersion", json!(1)),
        of_kind("", "Node"),
        of_kind("v2", "Node"),
        of_kind("v1", "Nodes"),
        of_kind("v1", "List"),
        of_kind("v1", "ConfigMap"),
        of_kind("v1", "IPAddressPool"),
        of_kind("metallb.io/", "IPAddressPool"),
        of_kind("metallb.io", "IPAddressPool"),
        of_kind("cilium.io/v2", "IPAddressPool"),
        of_kind("discovery.k8s.io/v2", "EndpointSlice"),
        reference(json!("a")),
        reference(Value::Null),
        reference(json!({"kind": "Node"})),
        reference(json!({"name": "a"})),
        reference(json!({"kind": "Node", "name": ""})),
        reference(json!({"kind": "Node", "name": null})),
        reference(json!({"kind": "Deployment", "name": "a"})),
        reference(json!({"kind": "Node", "name": "a", "uid": "x"})),
        reference(json!({"kind": "Node", "name": "a", "namespace": 5})),
    ];
    for file in valid {
        assert_eq!(faults(&schema, &file), [""; 0], "{file}");
        assert!(is_read(&file), "{file}");
    }
    invalid.dedup();
    for file in invalid {
        assert_ne!(faults(&schema, &file), [""; 0], "{file}");
        assert!(!is_read(&file), "{file}");
    }
}

#[test]
fn the_example_of_the_readme_is_one() {
    let text = fs::read_to_string(Path::new(ROOT).join("schemas/README.md")).unwrap();
    let (_, rest) = text.split_once("```yaml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let text = fs::read_to_string(Path::new(ROOT).join("schemas/events.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let [file] = documents(example).try_into().unwrap();
    assert_eq!(faults(&schema, &file), [""; 0]);
    assert_eq!(file, schema["examples"][0], "both show the same");
}
