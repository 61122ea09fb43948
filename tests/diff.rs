//! `diff` as a user meets it: through the built binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use serde_json::Value;
use support::reader::{Output, files, run};

const METALLB: &str = "
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: web, namespace: m}
spec: {addresses: [10.0.0.0/24]}
---
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {name: tor, namespace: m}
spec: {myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1, holdTime: 90s, keepaliveTime: 30s, password: hunter2-secret}
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: {name: ad, namespace: m}
spec: {communities: ['64512:1']}
---
apiVersion: v1
kind: Node
metadata: {name: node-a, labels: {kubernetes.io/hostname: node-a}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80}]}
status: {loadBalancer: {ingress: [{ip: 10.0.0.7}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.244.0.1], conditions: {ready: true}, nodeName: node-a}]
";

fn converted() -> String {
    let output = run(["convert", "-q"], METALLB);
    assert_eq!(output.status, 0, "{}", output.stderr);
    output.stdout
}

fn diff(there: &str, args: &[&str]) -> Output {
    let directory = files(&[("cilium.yaml", there)]);
    let path = directory.path().to_str().unwrap();
    run(["diff", "-f", "-", "--against", path].iter().chain(args), METALLB)
}

/// The text with one place changed.
fn with(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from} in {text}");
    text.replace(from, to)
}

#[test]
fn a_conversion_against_itself_is_the_same() {
    let output = diff(&converted(), &[]);
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{}", output.stdout);
    assert!(output.stdout.starts_with("No object changes.\n"), "{}", output.stdout);
}

#[test]
fn what_the_server_and_clients_add_does_not_count() {
    let there = with(
        &converted(),
        "kind: CiliumLoadBalancerIPPool\nmetadata:\n  name: web\nspec:\n",
        "kind: CiliumLoadBalancerIPPool\nmetadata:\n  name: web\n  uid: 1234\n  generation: 3\n  \
         resourceVersion: '17'\n  creationTimestamp: '2026-01-01T00:00:00Z'\n  managedFields: \
         [{manager: kubectl}]\n  annotations:\n    \
         kubectl.kubernetes.io/last-applied-configuration: '{}'\nstatus:\n  conditions: \
         []\nspec:\n  disabled: false\n",
    );
    let there = there.replace("  allowFirstLastIPs: \"Yes\"\n", "");
    // The timers are Cilium's own defaults.
    let there = with(
        &there,
        "  timers:\n    holdTimeSeconds: 90\n    keepAliveTimeSeconds: 30\n",
        "  transport: {peerPort: 179}\n  ebgpMultihop: 1\n",
    );
    let output = diff(&there, &[]);
    assert_eq!(output.status, 0, "{}\n{}", output.stdout, output.stderr);
}

#[test]
fn what_the_server_fills_in_does_not_count_in_any_version() {
    for version in ["1.16", "1.17", "1.18", "1.19", "1.20"] {
        let Some(crds) = support::crd::Crds::load(version) else { continue };
        let output = run(["convert", "-q", "--cilium-version", version, "-o", "json"], METALLB);
        assert_eq!(output.status, 0, "{}", output.stderr);
        let mut list: Value = serde_json::from_str(&output.stdout).unwrap();
        let mut filled_in = 0;
        for object in list["items"].as_array_mut().unwrap() {
            if object["apiVersion"].as_str().is_some_and(|api| api.starts_with("cilium.io/")) {
                let stored = crds.stored(object);
                filled_in += usize::from(stored != *object);
                *object = stored;
            }
        }
        assert!(filled_in > 0, "{version}: {list:#}");
        let output = diff(&list.to_string(), &["--cilium-version", version]);
        assert_eq!(output.status, 0, "{version}: {}\n{}", output.stdout, output.stderr);
    }
}

#[test]
fn added_removed_and_changed_objects_are_a_unified_diff() {
    let there = with(&converted(), "cidr: 10.0.0.0/24", "cidr: 10.0.0.0/25")
        + "---\napiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: \
           old}\nspec: {blocks: [{cidr: 10.9.0.0/24}]}\n";
    let there: String = there
        .split("---\n")
        .filter(|document| !document.contains("kind: CiliumBGPAdvertisement"))
        .collect::<Vec<_>>()
        .join("---\n");
    let output = diff(&there, &[]);
    assert_eq!(output.status, 1, "{}", output.stderr);
    for part in [
        "--- there/CiliumLoadBalancerIPPool/web\n+++ conversion/CiliumLoadBalancerIPPool/web\n@@",
        "-  - cidr: 10.0.0.0/25\n+  - cidr: 10.0.0.0/24\n",
        "--- there/CiliumLoadBalancerIPPool/old\n+++ /dev/null\n",
        "--- /dev/null\n+++ conversion/CiliumBGPAdvertisement/ad\n",
        "Objects: 1 added, 1 changed, 1 removed.",
        "M2C594",
        "communities 64512:1",
    ] {
        assert!(output.stdout.contains(part), "{part}:\n{}", output.stdout);
    }
}

#[test]
fn only_a_change_of_meaning_counts_with_semantic() {
    // Another name of the pool, and the network in two halves: the same addresses.
    let halves =
        with(&converted(), "- cidr: 10.0.0.0/24", "- cidr: 10.0.0.0/25\n  - cidr: 10.0.0.128/25");
    let halves = with(
        &halves,
        "kind: CiliumLoadBalancerIPPool\nmetadata:\n  name: web",
        "kind: CiliumLoadBalancerIPPool\nmetadata:\n  name: other",
    );
    let output = diff(&halves, &[]);
    assert_eq!(output.status, 1);
    let (verdict, objects) = output.stdout.split_once("\n--- ").unwrap();
    assert!(verdict.contains("\nequivalent at hand: "), "{}", output.stdout);
    assert!(objects.contains("+++ conversion/CiliumLoadBalancerIPPool/web"), "{objects}");
    assert_eq!(diff(&halves, &["--semantic"]).status, 0);
    let shorter = with(&converted(), "holdTimeSeconds: 90", "holdTimeSeconds: 91");
    let output = diff(&shorter, &["--semantic"]);
    assert_eq!(output.status, 1);
    assert!(output.stdout.contains("has another hold time on node-a"), "{}", output.stdout);
    assert!(output.stdout.contains("there: 91s"), "{}", output.stdout);
}

#[test]
fn passwords_are_not_shown_but_compared() {
    // hunter2-other in base64.
    let convert = converted();
    let data = convert.lines().find(|line| line.starts_with("  password: ")).unwrap();
    let there = with(&convert, data, "  password: aHVudGVyMi1vdGhlcg==");
    for format in ["text", "json"] {
        let output = diff(&there, &["-o", format]);
        assert_eq!(output.status, 1);
        for secret in ["hunter2", "aHVudGVyMi1", "c2VjcmV0"] {
            assert!(!output.stdout.contains(secret), "{}", output.stdout);
            assert!(!output.stderr.contains(secret), "{}", output.stderr);
        }
        assert!(output.stdout.contains("*** (another password)"), "{}", output.stdout);
        assert!(output.stdout.contains("another authentication"), "{}", output.stdout);
    }
}

#[test]
fn json_has_the_objects_and_the_meaning() {
    let there = with(&converted(), "64512:1", "64512:2");
    let output = diff(&there, &["-o", "json"]);
    assert_eq!(output.status, 1);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(value["same"], false);
    assert_eq!(value["objects"][0]["kind"], "CiliumBGPAdvertisement");
    assert_eq!(value["objects"][0]["change"], "changed");
    assert!(
        value["objects"][0]["diff"].as_str().unwrap().contains("+        - \"64512:1\""),
        "{}",
        value["objects"][0]["diff"]
    );
    assert_eq!(value["meaning"]["verdict"], "different");
    assert_eq!(value["meaning"]["differences"][0]["code"], "M2C594");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    for (there, expected) in [
        (
            "apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: a}\nspec: {blokcs: []}\n",
            "blokcs",
        ),
        ("a: [", "M2C101"),
    ] {
        let output = diff(there, &[]);
        assert_eq!((output.status, output.stdout.as_str()), (2, ""));
        assert!(output.stderr.contains(expected), "{}", output.stderr);
    }
    let output = run(["diff", "-f", "-"], METALLB);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("--against"), "{}", output.stderr);
}

#[test]
fn what_is_there_and_merged_with_loses_no_field() {
    let there = "apiVersion: cilium.io/v2\nkind: CiliumBGPClusterConfig\nmetadata: {name: pods, \
                 labels: {team: net}}\nspec: {bgpInstances: [{name: main, localASN: 64512, \
                 localPort: 1790, peers: [{name: spine, peerASN: 64700, peerAddress: 192.0.2.77, \
                 peerConfigRef: {name: spine}}]}]}\n---\napiVersion: cilium.io/v2\nkind: \
                 CiliumBGPPeerConfig\nmetadata: {name: spine}\nspec: {ebgpMultihop: 4}\n---\n\
                 apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: lb}\n\
                 spec: {blocks: [{cidr: 10.0.0.0/25}, {cidr: 10.0.0.128/25}]}\n";
    let directory = files(&[("cilium.yaml", there)]);
    let path = directory.path().to_str().unwrap();
    let output = run(["diff", "-f", "-", "-f", path, "--against", path], METALLB);
    assert_eq!(output.status, 1, "{}", output.stderr);
    let changes = output.stdout.split("--- ");
    let config = changes.clone().find(|one| one.contains("CiliumBGPClusterConfig/pods")).unwrap();
    assert!(config.contains("name: tor"), "{config}");
    let removed: Vec<&str> = config.lines().skip(1).filter(|one| one.starts_with('-')).collect();
    assert!(removed.is_empty(), "{removed:?}");
    // The pool stays as it is.
    assert!(!output.stdout.contains("CiliumLoadBalancerIPPool"), "{}", output.stdout);
    let output = run(["convert", "-f", "-", "-f", path], METALLB);
    let merged = output.stdout.split("---\n").find(|one| one.contains("name: pods")).unwrap();
    for field in ["team: net", "localPort: 1790", "name: spine", "name: tor", "peerASN: 64700"] {
        assert!(merged.contains(field), "{field}: {merged}");
    }
    assert!(!merged.contains("nodeSelector"), "{merged}");
    // Sessions that are there already are no difference; Nodes that MetalLB leaves out,
    // and that the ClusterConfig selects, are.
    assert!(!output.stderr.contains("192.0.2.77"), "{}", output.stderr);
    assert!(output.stdout.contains("name: lb\n") && !output.stdout.contains("name: web\n"));
}

/// The resources that are there, of which one is another and one is missing.
fn changed() -> String {
    let text = with(&converted(), "64512:1", "64512:2");
    let documents: Vec<&str> = text.split("---\n").collect();
    let kept = documents.into_iter().filter(|one| !one.contains("CiliumLoadBalancerIPPool"));
    kept.collect::<Vec<_>>().join("---\n")
}

#[test]
fn pipelines_see_each_object_that_changes_at_its_line() {
    let there = changed();
    let line = 1 + there.lines().position(|line| line.ends_with("name: ad")).unwrap();
    let output = diff(&there, &["-o", "sarif"]);
    assert_eq!(output.status, 1, "{}", output.stderr);
    let log: Value = serde_json::from_str(&output.stdout).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["properties"]["objects"], "Objects: 1 added, 1 changed, 0 removed.");
    let objects: Vec<&Value> = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|result| result["ruleId"] == "M2C598")
        .collect();
    assert_eq!(objects.len(), 2);
    let [advertisement, pool] = objects[..] else { panic!("{objects:?}") };
    let text = advertisement["message"]["text"].as_str().unwrap();
    assert!(
        text.contains("would be changed\n") && text.contains("-        - \"64512:2\"\n"),
        "{text}"
    );
    let place = &advertisement["locations"][0]["physicalLocation"];
    assert!(place["artifactLocation"]["uri"].as_str().unwrap().ends_with("/cilium.yaml"));
    assert_eq!(place["region"]["startLine"], line);
    // What comes new stands nowhere yet: what it comes from does.
    assert!(pool["message"]["text"].as_str().unwrap().contains("would be added"));
    let place = &pool["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(place, "stdin");

    let github = diff(&there, &["-o", "github"]).stdout;
    let lines: Vec<&str> = github.lines().collect();
    assert!(
        lines[0].starts_with("::error title=metallb2cilium diff::Objects: 1 added"),
        "{github}"
    );
    assert!(github.contains(&format!("/cilium.yaml,line={line},")), "{github}");
    assert_eq!(github.matches("title=M2C598::").count(), 2);

    let junit = diff(&there, &["-o", "junit"]).stdout;
    assert!(junit.contains("<testsuite name=\"Objects\" tests=\"2\" failures=\"2\""), "{junit}");
    assert!(junit.contains("<testsuite name=\"Services\""), "{junit}");
}

#[test]
fn with_semantic_an_object_that_changes_fails_no_pipeline() {
    // Another name for the same.
    let there = converted().replace("name: ad\n", "name: other\n");
    let all = diff(&there, &["-o", "github"]);
    assert!(all.status == 1 && all.stdout.contains("::error file="), "{}", all.stdout);
    let output = diff(&there, &["-o", "github", "--semantic"]);
    assert_eq!(output.status, 0, "{}", output.stdout);
    assert!(output.stdout.starts_with("::notice title=metallb2cilium diff::"), "{}", output.stdout);
    assert!(!output.stdout.contains("::error"), "{}", output.stdout);
    let junit = diff(&there, &["-o", "junit", "--semantic"]).stdout;
    assert!(junit.contains("would be added") && !junit.contains("<failure"), "{junit}");
    let same = diff(&converted(), &["-o", "junit"]).stdout;
    assert!(same.contains("name=\"No object changes.\"/>") && !same.contains("<failure"), "{same}");
}
