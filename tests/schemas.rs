//! What is printed as JSON follows the schemas in `schemas/`, and each of them is tried.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use support::reader::{files, run};
use support::schema::faults;

const CUTOVER: [&str; 2] = ["-f", "testdata/cutover"];

/// What is read, not printed; `tests/events.rs` tries it.
const READ: [&str; 1] = ["events"];
/// What is printed on a network: below, on Linux.
const LIVE: [&str; 4] = ["live-announce", "live-peer", "live-probe", "live-watch"];

fn schema(name: &str) -> Value {
    let text = fs::read_to_string(format!("schemas/{name}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Holds values against a schema.
fn hold(name: &str, values: &[Value]) {
    assert!(!values.is_empty(), "{name}: nothing was printed");
    let schema = schema(name);
    for value in values {
        let found = faults(&schema, value);
        assert_eq!(found, Vec::<String>::new(), "{name}: {value:#}");
    }
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn printed(args: &[&str], input: &str) -> Value {
    let output = run(args, input);
    serde_json::from_str(&output.stdout)
        .unwrap_or_else(|error| panic!("{args:?}: {error}: {}{}", output.stdout, output.stderr))
}

fn with<'a>(command: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [command, &CUTOVER, more].concat()
}

/// What each command prints, by the schema that it follows.
fn printed_by_schema() -> BTreeMap<&'static str, Vec<Value>> {
    let mut all: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut add = |name, values: Vec<Value>| {
        all.entry(name).or_default().extend(values);
    };
    // A loss, a note and a refusal.
    let lossy = run(["convert", "-f", "testdata/datacentre", "--error-format", "json"], "").stderr;
    add("diagnostic", lines(&lossy));
    add("diagnostic", lines(&run(with(&["convert"], &["--error-format", "json"]), "").stderr));
    add("diagnostic", lines(&run(["convert", "--error-format", "json"], "kind: [").stderr));
    for engine in ["metallb", "cilium"] {
        add("simulate", vec![printed(&with(&["simulate", engine], &["-o", "json"]), "")]);
    }
    let steps = "steps: [{name: a node fails, fail: [worker-a]}, {fail: [worker-b]}]";
    let events = files(&[("events.yaml", steps)]);
    let path = events.path().join("events.yaml");
    let args = ["-o", "json", "--events", path.to_str().unwrap()];
    let history = lines(&run(with(&["simulate", "metallb"], &args), "").stdout);
    assert_eq!(history.len(), 3);
    add("simulate", history);
    let verdict = printed(&with(&["verify"], &["-o", "json"]), "");
    assert_eq!(verdict["verdict"], "equivalent");
    add("verify", vec![verdict]);
    // A written-by-hand configuration that differs.
    let converted = run(with(&["convert"], &["--quiet"]), "").stdout;
    let other = files(&[("cilium.yaml", &converted.replace("64512:100", "64512:99"))]);
    let against = other.path().to_str().unwrap();
    let verdict = printed(&with(&["verify"], &["-o", "json", "--against", against]), "");
    assert_eq!(verdict["verdict"], "different");
    add("verify", vec![verdict]);
    let diff = printed(&with(&["diff"], &["-o", "json", "--against", against]), "");
    assert_eq!(diff["objects"].as_array().unwrap().len(), 1);
    add("verify", vec![diff["meaning"].clone()]);
    add("diff", vec![diff]);
    add("plan", vec![printed(&with(&["plan"], &["-o", "json", "--quiet"]), "")]);
    let snapshot = run(with(&["snapshot"], &[]), "").stdout;
    let kept = files(&[("snapshot.yaml", &snapshot)]);
    let path = kept.path().join("snapshot.yaml");
    let rollback = ["plan", "--rollback", path.to_str().unwrap(), "-o", "json", "-q", "-f", "-"];
    let cluster = fs::read_to_string("testdata/cutover/cluster.yaml").unwrap();
    add("plan", vec![printed(&rollback, &format!("{cluster}---\n{converted}"))]);
    let check = ["-o", "json", "--gateway", "203.0.113.1"];
    let found = printed(&with(&["check"], &check), "");
    assert!(found["findings"].as_array().unwrap().len() > 1);
    add("diagnostic", found["findings"].as_array().unwrap().clone());
    add("check", vec![found]);
    add("check", vec![printed(&with(&["check", "--after"], &["-o", "json"]), "")]);
    add("rewrite", vec![printed(&["rewrite", "testdata/rewrite", "-o", "json"], "")]);
    add("version", vec![printed(&["version", "-o", "json"], "")]);
    let probed = serde_json::json!({
        "schema": "metallb2cilium.io/observation/v1", "observation": "probe",
        "observer": "worker-a", "observerMacs": [], "engine": "metallb", "interface": "eth0",
        "time": "2026-11-01T00:00:00Z", "round": 1, "ip": "203.0.113.5",
        "answers": [{"mac": "02:00:00:00:00:01", "node": "worker-b", "milliseconds": 1.0}],
    });
    let seen = files(&[("seen.jsonl", &format!("{probed}\n"))]);
    let path = seen.path().join("seen.jsonl");
    let observed = ["-o", "json", "--observations", path.to_str().unwrap()];
    let verdict = printed(&with(&["verify"], &observed), "");
    assert!(!verdict["findings"].as_array().unwrap().is_empty());
    assert!(!verdict["sessions"].as_array().unwrap().is_empty());
    add("verify-observations", vec![verdict]);
    add("explain", vec![printed(&["explain", "M2C216", "-o", "json"], "")]);
    add("explain", vec![printed(&["explain", "--list", "-o", "json"], "")]);
    all
}

#[test]
fn what_is_printed_follows_its_schema() {
    for (name, values) in printed_by_schema() {
        hold(name, &values);
    }
}

#[test]
fn every_schema_is_tried() {
    let tried: BTreeSet<String> = printed_by_schema().into_keys().map(str::to_owned).collect();
    let known: BTreeSet<String> =
        tried.into_iter().chain(LIVE.map(str::to_owned)).chain(READ.map(str::to_owned)).collect();
    let names = |entry: fs::DirEntry| {
        let path = entry.path();
        let is_schema = path.extension().is_some_and(|end| end == "json");
        is_schema.then(|| path.file_stem().unwrap().to_str().unwrap().to_owned())
    };
    let there: BTreeSet<String> =
        fs::read_dir("schemas").unwrap().filter_map(|entry| names(entry.unwrap())).collect();
    assert_eq!(there, known);
    assert!(Path::new("schemas/README.md").exists());
}

#[test]
fn a_schema_refuses_what_it_does_not_know() {
    for (name, mut values) in printed_by_schema() {
        let Some(value) = values.iter_mut().find(|value| value.is_object()) else {
            panic!("{name} prints no object")
        };
        value["unheardOf"] = Value::from(1);
        assert!(!faults(&schema(name), value).is_empty(), "{name}");
    }
}

#[cfg(target_os = "linux")]
mod live {
    use std::time::Duration;

    use super::support::net::{Host, Lan, available};
    use super::{files, hold, lines};

    const BINARY: &str = env!("CARGO_BIN_EXE_metallb2cilium");
    const METALLB: &str = "
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: pool, namespace: metallb-system}
spec: {addresses: [192.0.2.100-192.0.2.103]}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: l2, namespace: metallb-system}
---
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {name: tor, namespace: metallb-system}
spec: {myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.11}
---
apiVersion: v1
kind: Node
metadata: {name: node-a}
status: {addresses: [{type: InternalIP, address: 192.0.2.10}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, clusterIP: 10.96.0.1, ports: [{port: 80}]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.100}]}}
";

    fn printed(host: &Host, args: &[&str]) -> Vec<serde_json::Value> {
        let dir = files(&[("all.yaml", METALLB)]);
        let file = dir.path().join("all.yaml");
        let fixed = ["-o", "json", "-f", file.to_str().unwrap()];
        let running = host.start(BINARY, ["live"].iter().chain(args).chain(&fixed));
        let finished = running.finish(Duration::from_secs(60));
        let found = lines(&finished.stdout);
        assert!(!found.is_empty(), "{args:?}: {finished:?}");
        found
    }

    #[test]
    fn what_is_seen_on_the_link_follows_its_schema() {
        if !available(&["ip", "arping"]) {
            return;
        }
        let lan = Lan::new(2);
        hold("live-probe", &printed(lan.host(1), &["probe", "--attempts", "1"]));
        let node = ["--node", "node-a"];
        hold(
            "live-announce",
            &printed(lan.host(0), &[&["announce", "--engine", "metallb"][..], &node].concat()),
        );
        let refused = ["peer", "--connect-timeout", "2s"];
        hold("live-peer", &printed(lan.host(0), &[&refused[..], &node].concat()));
        let announce =
            [&["announce", "--engine", "metallb", "--really-answer", "--for", "6s"][..], &node]
                .concat();
        let watch = [&["watch", "--for", "6s"][..], &node].concat();
        std::thread::scope(|scope| {
            let said = scope.spawn(|| printed(lan.host(0), &announce));
            let seen = scope.spawn(|| printed(lan.host(0), &watch));
            std::thread::sleep(Duration::from_secs(4));
            lan.host(1).run("arping", ["-I", "eth0", "-c", "2", "-w", "2", "192.0.2.100"]);
            hold("live-announce", &said.join().unwrap());
            hold("live-watch", &seen.join().unwrap());
        });
    }
}
