//! `simulate` as a user meets it: through the built binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::reader::{Output, documents, files, run, run_in, run_with};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A small cluster: two nodes, one Service with an endpoint on each.
const CLUSTER: &str = "\
apiVersion: v1
kind: Node
metadata: {name: node-a, annotations: {metallb2cilium.io/interfaces: eth0}}
---
apiVersion: v1
kind: Node
metadata: {name: node-b, annotations: {metallb2cilium.io/interfaces: 'eth0,eth1'}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, clusterIP: 10.96.0.1, externalTrafficPolicy: Local, ports: [{port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
endpoints: [{addresses: [10.2.0.1], nodeName: node-a}, {addresses: [10.2.0.2], nodeName: node-b}]
";

const METALLB: &str = "\
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

fn input(configuration: &str) -> String {
    format!("{CLUSTER}---\n{configuration}")
}

fn simulate(args: &[&str], stdin: &str) -> Output {
    run(["simulate"].iter().chain(args), stdin)
}

/// The only outcome of the decision.
fn outcome(args: &[&str], stdin: &str) -> Value {
    let output = simulate(&[args, &["-o", "json"]].concat(), stdin);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let decision: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(decision["deterministic"], true);
    decision["outcomes"][0].clone()
}

/// The codes of the diagnostics, by `--error-format json`.
fn codes(output: &Output) -> Vec<String> {
    let lines = output.stderr.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| line["code"].as_str().unwrap().to_owned()).collect()
}

/// Refused with that code, and nothing on standard output.
fn refused(args: &[&str], stdin: &str, code: &str) -> Vec<Value> {
    let output = simulate(&[args, &["--error-format", "json"]].concat(), stdin);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{args:?}: {}", output.stderr);
    assert!(codes(&output).contains(&code.to_owned()), "{code}: {}", output.stderr);
    output.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn without_reasons(mut decision: Value) -> Value {
    for outcome in decision["outcomes"].as_array_mut().unwrap() {
        for service in outcome["services"].as_object_mut().unwrap().values_mut() {
            service["reason"] = Value::Null;
        }
    }
    decision
}

#[test]
fn golden_decisions_are_printed_in_their_form() {
    for (engine, prefixes) in [
        (
            "metallb",
            &["001", "043", "101", "201", "300", "316", "400", "412", "431", "479", "501"][..],
        ),
        ("cilium", &["001", "043", "101", "201", "300", "316", "400"]),
    ] {
        let (mut decided, mut turned_down) = (0, 0);
        let golden = Path::new(ROOT).join("testdata/golden").join(engine);
        for prefix in prefixes {
            let fits =
                |path: &Path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix);
            let folders = fs::read_dir(&golden).unwrap().map(|entry| entry.unwrap().path());
            let Some(folder) = folders.into_iter().find(|path| fits(path)) else { continue };
            let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
            let text = fs::read_to_string(file(&format!("{engine}.json"))).unwrap();
            let expected: Value = serde_json::from_str(&text).unwrap();
            let (configuration, cluster) = (file(&format!("{engine}.yaml")), file("cluster.yaml"));
            let args = [engine, "-f", &configuration, "-f", &cluster, "-o", "json"];
            let output = simulate(&args, "");
            if expected["configError"].is_string() {
                assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{prefix}");
                turned_down += 1;
                continue;
            }
            assert_eq!(output.status, 0, "{prefix}: {}", output.stderr);
            let decision: Value = serde_json::from_str(&output.stdout).unwrap();
            let keys = |value: &Value| -> Vec<String> {
                value.as_object().unwrap().keys().cloned().collect()
            };
            assert_eq!(keys(&decision), keys(&expected), "{prefix}");
            let (decision, expected) = (without_reasons(decision), without_reasons(expected));
            for (key, value) in expected.as_object().unwrap() {
                if !["version", "outcomes"].contains(&key.as_str()) {
                    assert_eq!(decision[key], *value, "{prefix}: {key}");
                }
            }
            for seen in expected["outcomes"].as_array().unwrap() {
                assert!(
                    decision["outcomes"].as_array().unwrap().contains(seen),
                    "{prefix}: {seen}"
                );
            }
            decided += 1;
        }
        println!("{engine}: {decided} decided, {turned_down} refused");
        assert!(decided >= 4, "{engine}: {decided}");
        assert!(engine == "cilium" || turned_down >= 2, "{engine}: {turned_down}");
    }
}

#[test]
fn fields_come_in_the_order_of_the_golden_form() {
    let output = simulate(&["metallb", "-o", "json"], &input(METALLB));
    let places: Vec<Option<usize>> = [
        "\"engine\"",
        "\"version\"",
        "\"configError\"",
        "\"deterministic\"",
        "\"outcomes\"",
        "\"services\"",
        "\"shop/web\"",
        "\"ips\"",
        "\"pool\"",
        "\"reason\"",
        "\"l2\"",
        "\"service\"",
        "\"ip\":",
        "\"candidates\"",
        "\"leader\"",
        "\"interfaces\"",
        "\"bgp\"",
    ]
    .iter()
    .map(|key| output.stdout.find(key))
    .collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{}", output.stdout);
}

#[test]
fn yaml_says_the_same_as_json() {
    for (engine, configuration) in [("metallb", METALLB), ("cilium", CILIUM)] {
        let text = input(configuration);
        let yaml = simulate(&[engine, "-o", "yaml"], &text);
        let json = simulate(&[engine, "-o", "json"], &text);
        assert_eq!(documents(&yaml.stdout), [serde_json::from_str::<Value>(&json.stdout).unwrap()]);
    }
}

#[test]
fn both_engines_look_at_the_same_input() {
    let both = format!("{}---\n{CILIUM}", input(METALLB));
    let services = json!({"shop/web": {"ips": ["10.0.0.1"], "pool": "a", "reason": null}});
    let (metallb, cilium) = (outcome(&["metallb"], &both), outcome(&["cilium"], &both));
    assert_eq!((&metallb["services"], &cilium["services"]), (&services, &services));
    assert_eq!(metallb["l2"][0]["interfaces"]["node-b"], json!(["eth0", "eth1"]));
    assert_eq!(cilium["l2"][0]["interfaces"]["node-b"], json!(["eth0"]));
    assert_eq!(cilium["l2"][0]["leader"], Value::Null);
}

#[test]
fn the_order_of_documents_does_not_matter() {
    let text = format!("{}---\n{CILIUM}", input(METALLB));
    let mut parts: Vec<&str> = text.split("---\n").collect();
    for engine in ["metallb", "cilium"] {
        let expected = outcome(&[engine], &text);
        for _ in 0..parts.len() {
            parts.rotate_left(3);
            assert_eq!(outcome(&[engine], &parts.join("---\n")), expected);
        }
        parts.reverse();
        assert_eq!(outcome(&[engine], &parts.join("---\n")), expected);
    }
}

#[test]
fn a_decision_is_made_without_any_configuration() {
    for engine in ["metallb", "cilium"] {
        let decided = outcome(&[engine], CLUSTER);
        assert_eq!(decided["services"]["shop/web"]["ips"], json!([]));
        assert!(decided["services"]["shop/web"]["reason"].is_string(), "{decided}");
    }
}

#[test]
fn flags_of_metallb_count() {
    let text = input(METALLB);
    let node = |labels: &str| text.replace("name: node-a,", &format!("name: node-a, {labels},"));
    let nodes = |args: &[&str], text: &str| outcome(args, text)["l2"][0]["candidates"].clone();
    let excluded = node("labels: {node.kubernetes.io/exclude-from-external-load-balancers: ''}");
    assert_eq!(nodes(&["metallb"], &excluded), json!(["node-b"]));
    assert_eq!(nodes(&["metallb", "--ignore-exclude-lb"], &excluded), json!(["node-a", "node-b"]));
    let labelled = node("labels: {speaker: 'on'}");
    let args = ["metallb", "--speaker-node-selector", "speaker=on"];
    assert_eq!(nodes(&args, &labelled), json!(["node-a"]));
    let foreign = outcome(&["metallb", "--lb-class", "metallb"], &text);
    assert_eq!(foreign["services"]["shop/web"]["ips"], json!([]));
}

#[test]
fn settings_of_cilium_come_from_its_config_map_or_from_helm_values() {
    let text = input(CILIUM);
    let l2 = |args: &[&str], text: &str| outcome(args, text)["l2"].as_array().unwrap().len();
    assert_eq!(l2(&["cilium"], &text), 1);
    let map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cilium-config, namespace: \
               kube-system}\ndata: {enable-l2-announcements: 'false'}\n";
    assert_eq!(l2(&["cilium"], &format!("{text}{map}")), 0);
    let dir = files(&[
        ("on.yaml", "l2announcements: {enabled: true}\nkubeProxyReplacement: true\n"),
        ("off.yaml", "ipam: {mode: kubernetes}\n"),
        ("object.yaml", CILIUM),
    ]);
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (on, off) = (path("on.yaml"), path("off.yaml"));
    assert_eq!(l2(&["cilium", "--cilium-values", &on], &format!("{text}{map}")), 1);
    assert_eq!(l2(&["cilium", "--cilium-values", &off], &text), 0);
    let values = path("object.yaml");
    refused(&["cilium", "--cilium-values", &values], &text, "M2C144");
    refused(&["cilium", "--cilium-values", "/nowhere"], &text, "M2C112");
}

#[test]
fn what_a_controller_refuses_is_refused() {
    let overlap = METALLB.replace("10.0.0.1-10.0.0.2", "10.0.0.1-10.0.0.2, 10.0.0.2/32");
    refused(&["metallb"], &overlap, "M2C203");
    let secret = "---\napiVersion: metallb.io/v1beta2\nkind: BGPPeer\nmetadata: {name: p, \
                  namespace: m}\nspec: {myASN: 1, peerASN: 2, peerAddress: 10.9.9.9, \
                  passwordSecret: {name: gone}}\n";
    refused(&["metallb"], &format!("{METALLB}{secret}"), "M2C409");
    refused(&["cilium"], &CILIUM.replace("start: 10.0.0.1", "cidr: 10.0.0.0/33"), "M2C172");
    refused(&["cilium", "--cilium-version", "1.16"], CILIUM, "M2C170");
}

#[test]
fn what_is_not_known_cannot_be_simulated() {
    let pool = METALLB.replace("10.0.0.1-10.0.0.2", "'${NET}/24'");
    let found = refused(&["metallb"], &input(&pool), "M2C126");
    assert_eq!(found[0]["object"]["name"], "a");
    assert!(found[0]["labels"][0]["line"].as_u64().unwrap() > 20, "{found:?}");
    let filled = outcome(&["metallb", "--set", "NET=10.0.0.0"], &input(&pool));
    assert_eq!(filled["services"]["shop/web"]["ips"], json!(["10.0.0.0"]));
    let service = input(METALLB).replace("ports: [", "loadBalancerIP: '${VIP}', ports: [");
    refused(&["metallb"], &service, "M2C126");
    let with = |annotation: &str| {
        let metadata = format!("{{name: web, annotations: {{{annotation}: '${{X}}'}}, ");
        input(METALLB).replace("{name: web, ", &metadata)
    };
    refused(&["metallb"], &with("metallb.io/address-pool"), "M2C126");
    let other = outcome(&["metallb"], &with("example.com/snippet"));
    assert_eq!(other["services"]["shop/web"]["ips"], json!(["10.0.0.1"]));
}

/// Two pools of one address each, which MetalLB walks in any order.
fn undecided() -> String {
    let second = "---\napiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: b}\n\
                  spec: {addresses: [10.1.0.1/32]}\n";
    input(&format!("{METALLB}{second}"))
}

#[test]
fn outcomes_beyond_the_bound_are_not_hidden() {
    let decide = |args: &[&str]| -> Value {
        let output = simulate(&[&["metallb", "-o", "json"], args].concat(), &undecided());
        serde_json::from_str(&output.stdout).unwrap()
    };
    let all = decide(&[]);
    assert_eq!((all["outcomes"].as_array().unwrap().len(), &all["truncated"]), (2, &Value::Null));
    let one = decide(&["--max-outcomes", "1"]);
    assert_eq!((one["outcomes"].as_array().unwrap().len(), &one["truncated"]), (1, &json!(true)));
    assert_eq!((&all["deterministic"], &one["deterministic"]), (&json!(false), &json!(false)));
    let table = simulate(&["metallb", "--max-outcomes", "1"], &undecided());
    assert!(table.stdout.contains("1 of at least 1 possible outcomes"), "{}", table.stdout);
}

#[test]
fn tables_read_as_they_did_when_they_were_read_line_by_line() {
    let datacentre = ["-f", "testdata/datacentre"];
    for (name, args, stdin) in [
        ("datacentre", &datacentre[..], String::new()),
        ("undecided", &[], undecided()),
        ("bgp", &["-f", "testdata/golden/metallb/322-bgp-community-per-peer"], String::new()),
        ("cilium", &["--cilium-version", "1.20"], input(CILIUM)),
        ("nothing", &[], CLUSTER.replace("LoadBalancer", "ClusterIP")),
        ("no_pool", &[], CLUSTER.to_owned()),
    ] {
        let engine = if name == "cilium" { "cilium" } else { "metallb" };
        let line = [&["simulate", engine][..], args].concat();
        let output = run_in(ROOT, line, &stdin);
        assert_eq!(output.status, 0, "{}", output.stderr);
        assert!(output.stdout.lines().all(|line| line.chars().count() <= 80), "{}", output.stdout);
        assert!(output.stdout.is_ascii(), "there is nothing that needs UTF-8: {}", output.stdout);
        insta::assert_snapshot!(format!("table_{name}"), output.stdout);
    }
}

#[test]
fn tables_are_the_same_in_every_locale() {
    let [plain, utf8] = ["C", "C.UTF-8"]
        .map(|locale| run_with(&[("LC_ALL", locale)], ["simulate", "metallb"], &undecided()));
    assert_eq!(plain.stdout, utf8.stdout);
}

#[test]
fn control_characters_of_the_input_reach_no_terminal() {
    let pool = METALLB.replace("name: a,", "name: \"a\\e[31m\\u202e\",");
    for args in [&["-o", "table"][..], &["-o", "json"], &["-o", "yaml"], &["--explain", "shop/web"]]
    {
        let output = simulate(&[&["metallb"], args].concat(), &input(&pool));
        assert_eq!(output.status, 0, "{}", output.stderr);
        let hostile = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!output.stdout.contains(hostile), "{args:?}: {}", output.stdout.escape_debug());
        assert!(output.stdout.contains("[31m"), "{args:?}: {}", output.stdout);
    }
    let yaml = simulate(&["metallb", "-o", "yaml"], &input(&pool));
    let decision = &documents(&yaml.stdout)[0];
    assert_eq!(decision["outcomes"][0]["services"]["shop/web"]["pool"], "a\u{1b}[31m\u{202e}");
}

#[test]
fn an_explanation_gives_the_reasons_of_one_service() {
    for (engine, configuration) in [("metallb", METALLB), ("cilium", CILIUM)] {
        let text = input(configuration);
        let output = simulate(&[engine, "--explain", "shop/web"], &text);
        assert_eq!(output.status, 0, "{}", output.stderr);
        insta::assert_snapshot!(format!("explain_{engine}"), output.stdout);
        let json = simulate(&[engine, "--explain", "shop/web", "-o", "json"], &text);
        let json: Value = serde_json::from_str(&json.stdout).unwrap();
        assert_eq!((&json["engine"], &json["service"]), (&json!(engine), &json!("shop/web")));
        let steps = json["steps"].as_array().unwrap();
        assert_eq!(steps.len() + 1, output.stdout.lines().count());
        for step in steps {
            assert!(step["kind"].is_string() && step["text"].is_string(), "{step}");
        }
        let yaml = simulate(&[engine, "--explain", "shop/web", "-o", "yaml"], &text);
        assert_eq!(documents(&yaml.stdout), [json]);
    }
}

#[test]
fn an_operator_that_crashes_decides_nothing() {
    let folder = Path::new(ROOT).join("testdata/golden/cilium");
    let crashing = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let crashing = crashing.into_iter().find(|path| path.display().to_string().contains("/058"));
    let crashing = crashing.unwrap().display().to_string();
    let args = ["cilium", "-f", &crashing, "--cilium-version"];
    refused(&[&args[..], &["1.20"]].concat(), "", "M2C143");
    assert_eq!(simulate(&[&args[..], &["1.19"]].concat(), "").status, 0);
}

#[test]
fn an_unknown_service_is_not_explained() {
    for (engine, configuration) in [("metallb", METALLB), ("cilium", CILIUM)] {
        let found = refused(&[engine, "--explain", "shop/wbe"], &input(configuration), "M2C142");
        assert!(found[0]["help"].as_str().unwrap().contains("shop/web"), "{found:?}");
    }
    let both = simulate(&["metallb", "--explain", "a/b", "--events", "x"], CLUSTER);
    assert_eq!(both.status, 2);
    assert!(both.stderr.contains("cannot be used with"), "{}", both.stderr);
}

#[test]
fn nodes_and_endpoints_that_are_not_at_hand_are_named() {
    let parts: Vec<&str> = CLUSTER.split("---\n").collect();
    let [one, other, service, endpoints] = parts[..] else { panic!("{CLUSTER}") };
    let configuration = format!("{METALLB}---\n{service}");
    for (more, missing) in [
        (vec![one, other], Some("no EndpointSlice is in the input")),
        (vec![endpoints], Some("no Node is in the input")),
        (vec![], Some("neither Nodes nor EndpointSlices")),
        (vec![one, other, endpoints], None),
    ] {
        let input = [&[configuration.as_str()][..], &more].concat().join("---\n");
        let output = run(["simulate", "metallb"], &input);
        assert_eq!(output.status, 0);
        assert_eq!(output.stderr.contains("M2C145"), missing.is_some(), "{}", output.stderr);
        assert!(output.stderr.contains(missing.unwrap_or("")), "{}", output.stderr);
    }
}

#[test]
fn services_that_were_never_applied_are_named() {
    let manifest = |name: &str, cluster_ip: &str| {
        format!(
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\n\
             spec: {{type: LoadBalancer{cluster_ip}}}\n"
        )
    };
    let new = format!("{METALLB}{}", manifest("one", ""));
    for (input, says) in [
        (new.clone(), Some("Service shop/one has no spec.clusterIP: MetalLB passes it over")),
        (new + &manifest("two", ""), Some("2 Services have no spec.clusterIP")),
        (format!("{METALLB}{}", manifest("one", ", clusterIP: 10.96.0.1")), None),
    ] {
        let output = run(["simulate", "metallb"], &input);
        assert_eq!(output.status, 0, "{}", output.stderr);
        assert_eq!(output.stderr.contains("M2C146"), says.is_some(), "{}", output.stderr);
        let text = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(says.unwrap_or("")), "{text}");
    }
}
