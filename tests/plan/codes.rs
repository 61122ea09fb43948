//! Every code of the cut-over is raised by what it is about.

use std::collections::BTreeSet;
use std::fs;

use metallb2cilium::plan::codes;
use serde_json::Value;

use super::support::reader::run;

fn sample() -> String {
    let read = |name| fs::read_to_string(format!("testdata/cutover/{name}.yaml")).unwrap();
    format!("{}---\n{}", read("metallb"), read("cluster"))
}

fn with(from: &str, to: &str) -> String {
    let text = sample();
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

fn and(document: &str) -> String {
    format!("{}---\n{document}", sample())
}

/// Without the documents of a kind.
fn without(kind: &str) -> String {
    let text = sample();
    let kept =
        text.split("---\n").filter(|document| !document.contains(&format!("kind: {kind}\n")));
    kept.collect::<Vec<_>>().join("---\n")
}

const LEGACY: &str = "apiVersion: metallb.io/v1beta1\nkind: AddressPool\nmetadata: {name: old, \
                      namespace: metallb-system}\nspec: {protocol: layer2, autoAssign: false, \
                      addresses: [192.0.2.64/28]}\n";
const POOL: &str = "apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: \
                    other}\nspec: {blocks: [{cidr: 192.0.2.128/28}]}\n";
/// A ClusterConfig with a session of its own on the Nodes of rack a that announce.
const SHARED_CONFIG: &str = "apiVersion: cilium.io/v2\nkind: CiliumBGPClusterConfig\nmetadata: \
    {name: pods}\nspec: {nodeSelector: {matchLabels: {rack: a}, matchExpressions: [{key: \
    node.kubernetes.io/exclude-from-external-load-balancers, operator: DoesNotExist}]}, \
    bgpInstances: [{name: main, localASN: 64512, peers: [{name: spine, peerASN: 64700, \
    peerAddress: 192.0.2.77}]}]}\n";
const PEERING_POLICY: &str = "apiVersion: cilium.io/v2alpha1\nkind: CiliumBGPPeeringPolicy\n\
    metadata: {name: old}\nspec: {nodeSelector: {matchLabels: {rack: a}}, virtualRouters: []}\n";
const L2_STATUS: &str = "apiVersion: metallb.io/v1beta1\nkind: ServiceL2Status\nmetadata: {name: \
                         l2-x, namespace: metallb-system}\nstatus: {node: control, serviceName: \
                         web, serviceNamespace: office}\n";
const BGP_STATUS: &str = "apiVersion: metallb.io/v1beta1\nkind: ServiceBGPStatus\nmetadata: {name: \
                          bgp-x, namespace: metallb-system}\nstatus: {node: worker-a, \
                          serviceName: shop, serviceNamespace: shop}\n";

#[test]
fn each_code_is_raised() {
    let dir = tempfile::tempdir().unwrap();
    let without_passwords = dir.path().join("snapshot.yaml");
    let snapshot = without_passwords.to_str().unwrap();
    let taken = run(["snapshot", "-f", "testdata/cutover", "--output-file", snapshot], "");
    assert_eq!(taken.status, 0, "{}", taken.stderr);
    let removed = {
        let text = without("DaemonSet");
        let kept =
            text.split("---\n").filter(|document| !document.contains("apiVersion: metallb.io"));
        kept.collect::<Vec<_>>().join("---\n")
    };
    let local = with("ports: [{port: 80}]}", "ports: [{port: 80}], externalTrafficPolicy: Local}");
    let cases: Vec<(&str, Vec<&str>, String)> = vec![
        ("M2C610", vec!["plan"], local),
        ("M2C611", vec!["plan"], and(LEGACY)),
        ("M2C612", vec!["plan"], without("Node")),
        ("M2C613", vec!["plan", "--accept", "M2C999"], sample()),
        ("M2C614", vec!["plan", "--accept", "M2C401"], sample()),
        ("M2C615", vec!["plan"], {
            let text = sample();
            let lines = text.lines().filter(|line| !line.starts_with("status: {loadBalancer"));
            lines.map(|line| format!("{line}\n")).collect()
        }),
        ("M2C616", vec!["plan"], and(POOL)),
        ("M2C617", vec!["plan"], and(L2_STATUS)),
        ("M2C617", vec!["plan"], and(BGP_STATUS)),
        ("M2C618", vec!["snapshot"], "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n".to_owned()),
        ("M2C619", vec!["plan", "--rollback", "testdata/cutover/metallb.yaml"], sample()),
        ("M2C620", vec!["plan", "--rollback", snapshot], removed.clone()),
        ("M2C621", vec!["plan", "--rollback", snapshot], removed),
        ("M2C624", vec!["plan", "--cilium-version", "1.18"], and(PEERING_POLICY)),
        ("M2C623", vec!["plan"], format!("{}---\n{SHARED_CONFIG}", with("{rack: b}", "{rack: a}"))),
        ("M2C622", vec!["plan"], with("[{ip: 203.0.113.5}]", "[{ip: 203.0.113.200}]")),
    ];
    let mut raised = BTreeSet::new();
    for (code, args, input) in cases {
        let output = run(args.iter().chain(&["--error-format", "json", "-f", "-"]), &input);
        let found: Vec<Value> =
            output.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let codes: Vec<&str> = found.iter().map(|line| line["code"].as_str().unwrap()).collect();
        assert!(codes.contains(&code), "{code} is not among {codes:?}: {}", output.stderr);
        assert_eq!(output.status == 2, found.iter().any(|line| line["severity"] == "error"));
        assert!(output.status != 2 || output.stdout.is_empty(), "{code}");
        raised.insert(code);
    }
    let all: BTreeSet<&str> = codes::ALL.iter().map(|code| code.id).collect();
    assert_eq!(raised, all);
}

#[test]
fn what_the_speakers_say_and_what_is_simulated_agree() {
    // As the speakers of this cluster would say it.
    let output = run(["simulate", "metallb", "-f", "testdata/cutover", "-o", "json"], "");
    let decision: Value = serde_json::from_str(&output.stdout).unwrap();
    let mut documents = String::new();
    for (index, answer) in decision["outcomes"][0]["l2"].as_array().unwrap().iter().enumerate() {
        let (namespace, name) = answer["service"].as_str().unwrap().split_once('/').unwrap();
        let node = answer["leader"].as_str().unwrap();
        documents.push_str(&format!(
            "---\napiVersion: metallb.io/v1beta1\nkind: ServiceL2Status\nmetadata: {{name: l2-{index}, \
             namespace: m}}\nstatus: {{node: {node}, serviceName: {name}, serviceNamespace: \
             {namespace}}}\n"
        ));
    }
    let output = run(["plan", "-f", "-"], &format!("{}{documents}", sample()));
    assert_eq!(output.status, 0);
    assert!(!output.stderr.contains("M2C617"), "{}", output.stderr);
}
