//! `live manifest`: what Kubernetes is to run, and that the program is content with it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper that cannot do its work fails the test"
)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use metallb2cilium::manifest::Manifests;
use serde_json::{Value, json};

use support::reader::{Output, documents, files, run, run_in};

const PASSWORD: &str = "not-a-real-password";
const POOL: &str = "# One pool.\napiVersion: metallb.io/v1beta1\nkind: IPAddressPool\n\
                    metadata: {name: pool, namespace: metallb-system}\n\
                    spec: {addresses: [192.0.2.100-192.0.2.103]}\n---\n\
                    apiVersion: metallb.io/v1beta1\nkind: L2Advertisement\n\
                    metadata: {name: l2, namespace: metallb-system}\n";
const CLUSTER: &str = "
apiVersion: v1
kind: Node
metadata: {name: node-a, labels: {rack: a}}
---
apiVersion: v1
kind: Node
metadata: {name: node-b.example.org, labels: {rack: b}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, clusterIP: 10.96.0.1, ports: [{port: 80}]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.100}]}}
";

fn peer(more: &str) -> String {
    format!(
        "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\n\
         metadata: {{name: tor, namespace: metallb-system}}\n\
         spec: {{myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.10{more}}}\n"
    )
}

fn manifest(dir: &Path, args: &[&str]) -> Output {
    let fixed = ["live", "manifest"];
    let input = ["--image", "registry.example/m2c:1", "-f", "."];
    run_in(dir, fixed.iter().chain(args).chain(&input), "")
}

/// The objects, which are the same as YAML and as JSON, and for this program's own reader.
fn objects(dir: &Path, args: &[&str]) -> Vec<Value> {
    let yaml = manifest(dir, args);
    assert_eq!(yaml.status, 0, "{}", yaml.stderr);
    let objects = documents(&yaml.stdout);
    let json = manifest(dir, &[args, &["-o", "json"]].concat());
    let list: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(list["items"], json!(objects));
    let read = Manifests::from_text("out", yaml.stdout.as_str());
    assert_eq!(read.diagnostics, []);
    assert_eq!(read.objects.len(), objects.len());
    objects
}

fn of_kind<'o>(objects: &'o [Value], kind: &str) -> Vec<&'o Value> {
    objects.iter().filter(|object| object["kind"] == kind).collect()
}

/// What a Pod finds in its directory.
fn mounted(objects: &[Value]) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let decode = |value: &Value| BASE64.decode(value.as_str().unwrap()).unwrap();
    for object in objects {
        for (field, plain) in [("data", object["kind"] == "ConfigMap"), ("binaryData", false)] {
            let Some(data) = object[field].as_object() else { continue };
            for (key, value) in data {
                let bytes =
                    if plain { value.as_str().unwrap().as_bytes().to_vec() } else { decode(value) };
                assert!(found.insert(key.clone(), bytes).is_none(), "{key} twice");
            }
        }
    }
    found
}

fn pod(object: &Value) -> &Value {
    &object["spec"]["template"]["spec"]
}

fn arguments(object: &Value) -> Vec<&str> {
    let args = pod(object)["containers"][0]["args"].as_array().unwrap();
    args.iter().map(|arg| arg.as_str().unwrap()).collect()
}

#[test]
fn a_job_for_each_node_may_do_what_it_must_and_no_more() {
    let dir = files(&[("pool.yaml", POOL), ("cluster.yaml", CLUSTER)]);
    let objects = objects(dir.path(), &["probe"]);
    let kinds: Vec<&str> = objects.iter().map(|object| object["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Namespace", "ConfigMap", "Job", "Job"]);
    let levels = &objects[0]["metadata"]["labels"];
    assert_eq!(levels["pod-security.kubernetes.io/enforce"], "privileged");
    for (job, node) in of_kind(&objects, "Job").into_iter().zip(["node-a", "node-b.example.org"]) {
        let (spec, pod) = (&job["spec"], pod(job));
        assert_eq!(job["metadata"]["namespace"], "metallb2cilium");
        assert_eq!(spec["backoffLimit"], 0);
        assert_eq!(spec["ttlSecondsAfterFinished"], 3600);
        assert_eq!(spec["activeDeadlineSeconds"], 1800);
        assert_eq!(pod["restartPolicy"], "Never");
        assert_eq!(pod["hostNetwork"], true);
        assert_eq!(pod["automountServiceAccountToken"], false);
        assert_eq!(pod["tolerations"], json!([{"operator": "Exists"}]));
        assert_eq!(pod["securityContext"]["seccompProfile"], json!({"type": "RuntimeDefault"}));
        let terms =
            &pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
        assert_eq!(
            terms["nodeSelectorTerms"],
            json!([{"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}])
        );
        let container = &pod["containers"][0];
        assert_eq!(container["image"], "registry.example/m2c:1");
        assert_eq!(container["command"], json!(["metallb2cilium"]));
        assert_eq!(container["volumeMounts"][0]["readOnly"], true);
        let limits = &container["resources"]["limits"];
        assert!(limits["cpu"].is_string() && limits["memory"].is_string(), "{limits}");
        assert_eq!(
            container["securityContext"],
            json!({
                "privileged": false,
                "allowPrivilegeEscalation": false,
                "readOnlyRootFilesystem": true,
                "capabilities": {"drop": ["ALL"], "add": ["NET_RAW", "NET_ADMIN"]},
            })
        );
        // A name that a host name and a label may be.
        let name = job["metadata"]["name"].as_str().unwrap();
        assert!(name.len() <= 63 && !name.contains('.'), "{name}");
    }
}

#[test]
fn the_input_is_there_byte_for_byte_and_passwords_are_in_secrets_only() {
    let with_password = peer(&format!(", password: {PASSWORD}"));
    let awkward = "# tab\there, \u{85} and \u{2028}, CR\r\n\n  \n---\n---\n# end, no newline";
    let input = [
        ("a pool.yaml", POOL),
        ("b.yaml", CLUSTER),
        ("c.yml", &with_password),
        ("d.yaml", awkward),
        ("e.json", "\n  {\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": []}"),
    ];
    let dir = files(&input);
    let objects = objects(dir.path(), &["probe"]);
    let found: Vec<Vec<u8>> = mounted(&objects).into_values().collect();
    let expected: Vec<Vec<u8>> = input.iter().map(|(_, text)| text.as_bytes().to_vec()).collect();
    assert_eq!(found, expected);
    assert_eq!(mounted(&objects).keys().next().unwrap(), "0000-a-pool.yaml");
    let maps = of_kind(&objects, "ConfigMap");
    assert_eq!((maps.len(), of_kind(&objects, "Secret").len()), (1, 1));
    let encoded = BASE64.encode(PASSWORD);
    let stem = encoded.trim_end_matches('=');
    for map in maps {
        let text = map.to_string();
        assert!(!text.contains(PASSWORD) && !text.contains(stem), "{text}");
    }
    let volume = &pod(of_kind(&objects, "Job")[0])["volumes"][0]["projected"];
    assert_eq!(
        volume["sources"],
        json!([
            {"configMap": {"name": "metallb2cilium-probe-input-0"}},
            {"secret": {"name": "metallb2cilium-probe-input-1"}},
        ])
    );
}

#[test]
fn placeholders_and_settings_reach_the_pods_without_being_shown() {
    let (head, _) = peer("").rsplit_once("spec:").map(|(a, b)| (a.to_owned(), b.len())).unwrap();
    let template = head
        + "spec:\n  myASN: ${ASN}\n  peerASN: 64512\n  peerAddress: 192.0.2.10\n  password: ${PW}\n";
    let dir = files(&[("peer.yaml", &template), ("cluster.yaml", CLUSTER)]);
    let other =
        files(&[("own.env", "ASN=65001\n"), ("values.yaml", "l2announcements: {enabled: true}\n")]);
    let (env, values) = (other.path().join("own.env"), other.path().join("values.yaml"));
    let set = format!("PW={PASSWORD}");
    let args = [
        "peer",
        "--set",
        &set,
        "--env-file",
        env.to_str().unwrap(),
        "--cilium-values",
        values.to_str().unwrap(),
        "--metallb-mode",
        "native",
        "--lb-class",
        "a$(b)",
    ];
    let objects = objects(dir.path(), &args);
    let found = mounted(&objects);
    let text = |key: &str| String::from_utf8(found[key].clone()).unwrap();
    assert_eq!(text("0002-own.env"), "ASN=65001\n");
    assert_eq!(text("0003-settings.env"), format!("PW=\"{PASSWORD}\"\n"));
    assert_eq!(text("0004-values.helm-values"), "l2announcements: {enabled: true}\n");
    for object in objects.iter().filter(|object| object["kind"] != "Secret") {
        assert!(!object.to_string().contains(PASSWORD), "{object}");
    }
    let jobs = of_kind(&objects, "Job");
    let args = arguments(jobs[0]);
    for arg in [
        "--env-file=/input/0002-own.env",
        "--env-file=/input/0003-settings.env",
        "--cilium-values=/input/0004-values.helm-values",
        "--metallb-mode=native",
        "--lb-class=a$$(b)",
    ] {
        assert!(args.contains(&arg), "{arg}: {args:?}");
    }
}

#[test]
fn every_line_of_a_pod_is_json_and_no_command_draws_traffic() {
    let dir = files(&[("pool.yaml", POOL), ("cluster.yaml", CLUSTER), ("peer.yaml", &peer(""))]);
    for command in [
        &["probe", "--all", "--nodes-mac", "node-a=02:00:00:00:00:01"][..],
        &["probe", "--daemon-set", "--interval", "1m"],
        &["watch", "--for", "90s"],
        &["watch", "--daemon-set"],
        &["peer", "--engine", "cilium", "--peer", "tor"],
    ] {
        let objects = objects(dir.path(), command);
        let args = arguments(objects.last().unwrap());
        for arg in ["--node=$(NODE_NAME)", "--output=json", "--error-format=json", "--quiet"] {
            assert!(args.contains(&arg), "{command:?}: {args:?}");
        }
        let drawing = ["really", "announce", "take-over", "even-if-connected"];
        let draws = args.iter().any(|arg| drawing.iter().any(|word| arg.contains(word)));
        assert!(!draws, "{args:?}");
        // The program takes the line: it fails for want of a network or the Node only.
        let input = dir.path().to_str().unwrap();
        let line = args.iter().map(|arg| arg.replace("/input", input));
        let line: Vec<String> = line.map(|arg| arg.replace("$(NODE_NAME)", "node-z")).collect();
        let output = run(&line, "");
        assert_eq!(output.status, 2, "{output:?}");
        let refusal: Value = serde_json::from_str(&output.stderr).unwrap();
        assert_eq!(refusal["code"], "M2C705", "{output:?}");
        for really in ["--really-advertise", "--really-answer", "--even-if-connected"] {
            let output = manifest(dir.path(), &[command, &[really]].concat());
            assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{really}");
        }
    }
    let output = manifest(dir.path(), &["announce"]);
    assert_eq!(output.status, 2);
    assert_eq!(manifest(dir.path(), &["peer", "--daemon-set"]).status, 2);
}

#[test]
fn a_daemon_set_runs_until_it_is_taken_away() {
    let dir = files(&[("pool.yaml", POOL), ("cluster.yaml", CLUSTER)]);
    let args = [
        "probe",
        "--daemon-set",
        "--node-selector",
        "rack in (a,b),!gpu",
        "--nodes",
        "node-a,node-b.example.org",
    ];
    let objects = objects(dir.path(), &args);
    let set = objects.last().unwrap();
    assert_eq!(set["kind"], "DaemonSet");
    assert_eq!(
        set["spec"]["selector"]["matchLabels"],
        set["spec"]["template"]["metadata"]["labels"]
    );
    let pod = pod(set);
    assert_eq!(pod["restartPolicy"], "Always");
    assert!(pod.get("activeDeadlineSeconds").is_none(), "DaemonSets have none");
    let terms = &pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        ["nodeSelectorTerms"];
    // A term takes one name, and all of the labels.
    let expressions = json!([
        {"key": "rack", "operator": "In", "values": ["a", "b"]},
        {"key": "gpu", "operator": "DoesNotExist"},
    ]);
    let term = |name: &str| {
        json!({
            "matchFields": [{"key": "metadata.name", "operator": "In", "values": [name]}],
            "matchExpressions": expressions,
        })
    };
    assert_eq!(*terms, json!([term("node-a"), term("node-b.example.org")]));
    assert!(arguments(set).contains(&"--watch"));
    let plain = manifest(dir.path(), &["watch", "--daemon-set", "-o", "json"]);
    assert!(!plain.stdout.contains("affinity"), "{}", plain.stdout);
}

#[test]
fn it_runs_as_nobody_unless_it_is_told_to_be_root() {
    let dir = files(&[("pool.yaml", POOL), ("cluster.yaml", CLUSTER)]);
    let args = ["probe", "--namespace", "tools", "--name", "look"];
    let own = objects(dir.path(), &args);
    assert!(of_kind(&own, "Namespace").is_empty());
    let job = of_kind(&own, "Job")[0];
    assert_eq!(job["metadata"]["name"], "look-node-a");
    assert_eq!(job["metadata"]["namespace"], "tools");
    assert_eq!(
        pod(job)["securityContext"],
        json!({
            "runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        })
    );
    let said = manifest(dir.path(), &args).stdout;
    assert!(said.contains("# setcap cap_net_raw,cap_net_admin+ep PROGRAM."), "{said}");
    let root = [&args[..], &["--run-as-user", "0"]].concat();
    let root = objects(dir.path(), &root);
    assert_eq!(
        pod(of_kind(&root, "Job")[0])["securityContext"],
        json!({"runAsUser": 0, "runAsGroup": 0, "seccompProfile": {"type": "RuntimeDefault"}})
    );
}

#[test]
fn nodes_share_the_rate_and_only_those_with_sessions_open_them() {
    let racks = peer(", nodeSelectors: [{matchLabels: {rack: b}}]");
    let dir = files(&[("pool.yaml", POOL), ("cluster.yaml", CLUSTER), ("peer.yaml", &racks)]);
    let both = objects(dir.path(), &["probe"]);
    assert!(arguments(both.last().unwrap()).contains(&"--rate=100"));
    let one = objects(dir.path(), &["probe", "--nodes", "node-a"]);
    assert!(arguments(one.last().unwrap()).contains(&"--rate=200"));
    for engine in ["metallb", "cilium"] {
        let peers = objects(dir.path(), &["peer", "--engine", engine]);
        let jobs = of_kind(&peers, "Job");
        assert_eq!(jobs.len(), 1);
        assert!(jobs[0].to_string().contains("\"node-b.example.org\""), "{}", jobs[0]);
    }
    for (args, says) in [
        (&["probe", "--nodes", "node-c"][..], "did you mean node-a?"),
        (&["peer", "--nodes", "node-a"], "is to open no session"),
        (&["probe", "--node-selector", "rack=c"], "no Node to run on"),
    ] {
        let output = manifest(dir.path(), args);
        assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{args:?}");
        assert!(
            output.stderr.contains("M2C741") && output.stderr.contains(says),
            "{}",
            output.stderr
        );
    }
}

#[test]
fn names_are_as_long_as_kubernetes_has_them_and_an_image_is_one() {
    let dir = files(&[("pool.yaml", POOL), ("cluster.yaml", CLUSTER)]);
    let probe = ["probe", "--nodes", "node-a"];
    let (longest, name) = ("n".repeat(63), "x".repeat(40));
    let named = [&probe[..], &["--namespace", &longest, "--name", &name]].concat();
    let objects = objects(dir.path(), &named);
    assert!(objects.iter().all(|one| one["metadata"]["namespace"] == longest.as_str()));
    let names = objects.iter().map(|one| one["metadata"]["name"].as_str().unwrap());
    assert!(names.clone().all(|name| name.len() <= 63), "{:?}", names.collect::<Vec<_>>());
    for more in [&["--namespace", &"n".repeat(64)][..], &["--name", &"x".repeat(41)]] {
        let refused = manifest(dir.path(), &[&probe[..], more].concat());
        assert_eq!((refused.status, refused.stdout.as_str()), (2, ""), "{refused:?}");
    }
    for image in ["", " ", "a b"] {
        let args = ["live", "manifest", "probe", "-f", ".", "--image", image];
        let refused = run_in(dir.path(), args, "");
        assert_eq!((refused.status, refused.stdout.as_str()), (2, ""), "{refused:?}");
        assert!(refused.stderr.contains("expected an image"), "{}", refused.stderr);
    }
}

#[test]
fn a_job_that_lacks_a_password_is_warned_of() {
    let signed = peer(", passwordSecret: {name: tor-password}");
    let secret = "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/basic-auth\n\
                  metadata: {name: tor-password, namespace: metallb-system}\n\
                  stringData: {password: not-a-real-password}\n";
    let with = |more: &[(&str, &str)], args: &[&str]| {
        let input = [&[("cluster.yaml", CLUSTER), ("peer.yaml", &signed)], more].concat();
        let output = manifest(files(&input).path(), &[&["peer"], args].concat());
        assert_eq!(output.status, 0, "{output:?}");
        output.stderr
    };
    let says = "the Secret with the password is not in the input: the Jobs will fail, since they \
                cannot open the sessions with tor";
    let (missing, quiet) = (with(&[], &[]), with(&[], &["-q"]));
    assert!(missing.contains(says) && quiet.contains(says), "{missing}\n{quiet}");
    let there = with(&[("secret.yaml", secret)], &[]);
    assert!(!there.contains("Jobs will fail"), "{there}");
}

#[test]
fn a_rate_that_the_nodes_cannot_share_is_refused() {
    let dir = files(&[("pool.yaml", POOL), ("cluster.yaml", CLUSTER)]);
    for daemon_set in [&[][..], &["--daemon-set"]] {
        let probe = |more: &[&str]| manifest(dir.path(), &[&["probe"], daemon_set, more].concat());
        let refused = probe(&["--rate", "1"]);
        assert_eq!((refused.status, refused.stdout.as_str()), (2, ""), "{refused:?}");
        for part in ["M2C742", "2 Nodes cannot keep to --rate 1", "--rate 2 or more"] {
            assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
        }
        for enough in [&["--rate", "2"][..], &["--rate", "1", "--nodes", "node-a"]] {
            let output = probe(enough);
            assert_eq!(output.status, 0, "{output:?}");
            assert!(output.stdout.contains("--rate=1"), "{}", output.stdout);
        }
    }
}

#[test]
fn input_that_is_too_large_is_spread_cut_between_documents_or_refused() {
    let service = |n: usize| {
        let padding = "x".repeat(900);
        format!(
            "{{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {{\"name\": \"s{n}\", \
             \"namespace\": \"d\", \"annotations\": {{\"a\": \"{padding}\"}}}}}}"
        )
    };
    let services: Vec<String> = (0..1500).map(service).collect();
    let yaml = services.join("\n---\n");
    let jsonl = services.join("\n");
    let list = format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{}]}}",
        services.join(",")
    );
    for stream in [&yaml, &jsonl] {
        let dir = files(&[("pool.yaml", POOL), ("nodes.yaml", CLUSTER), ("stream.yaml", stream)]);
        let objects = objects(dir.path(), &["probe", "--nodes", "node-a"]);
        let maps = of_kind(&objects, "ConfigMap");
        assert_eq!(maps.len(), 2);
        for map in maps {
            let size: usize = map["data"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(k, v)| k.len() + v.as_str().unwrap().len())
                .sum();
            assert!(size <= 1 << 20, "{size}");
        }
        let parts: Vec<u8> = mounted(&objects)
            .into_iter()
            .filter(|(key, _)| key.starts_with("0002-stream."))
            .flat_map(|(_, bytes)| bytes)
            .collect();
        assert_eq!(String::from_utf8(parts).unwrap(), **stream);
    }
    let dir = files(&[("pool.yaml", POOL), ("nodes.yaml", CLUSTER), ("list.yaml", &list)]);
    let output = manifest(dir.path(), &["probe"]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("M2C740") && output.stderr.contains(".items[]"));
}

#[test]
fn what_the_nodes_would_refuse_is_refused_here() {
    let wrong = POOL.replace("192.0.2.100-192.0.2.103", "192.0.2.103-192.0.2.100");
    let dir = files(&[("pool.yaml", &wrong), ("cluster.yaml", CLUSTER)]);
    let output = manifest(dir.path(), &["probe"]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{output:?}");
}
