//! What stands for a cluster on the pages: a `kubectl` and a `helm` that note what they
//! are told, an API server that shows what has become of the sample's objects, and a
//! link on which the sample's Nodes answer.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::shell::script;
use super::support::api_server::{Server, as_served};
use super::support::net::{Host, Lan, Running, wait_until};
use super::support::reader::{documents, files, run};

const METALLB: &str = "docs/sample/metallb.yaml";
const CLUSTER: &str = "docs/sample/cluster.yaml";

/// The sample's objects, as an API server shows them.
pub(crate) fn sample() -> Vec<Value> {
    let read = |path| documents(&fs::read_to_string(path).unwrap());
    let mut objects = [read(METALLB), read(CLUSTER)].concat();
    objects.iter_mut().for_each(as_served);
    objects
}

/// The stand-in for a cluster.
pub(crate) struct Stand {
    memory: TempDir,
    server: Server,
}

impl Stand {
    /// Puts `kubectl` and `helm` into a directory of the `PATH`.
    pub(crate) fn new(bin: &Path) -> Self {
        let memory = tempfile::tempdir().unwrap();
        let path = memory.path();
        let remember = |name: &str, text: &str| fs::write(path.join(name), text).unwrap();
        for dir in ["log", "under"] {
            fs::create_dir(path.join(dir)).unwrap();
        }
        let recorder = fs::read_to_string("tests/plan/kubectl.sh").unwrap();
        let wrapper = fs::read_to_string("tests/docs/kubectl.sh").unwrap();
        for name in ["kubectl", "helm"] {
            script(&path.join("under").join(name), &recorder);
            script(&bin.join(name), &wrapper);
        }
        let text = |path| fs::read_to_string(path).unwrap();
        remember("before.yaml", &format!("{}---\n{}", text(METALLB), text(CLUSTER)));
        remember("context", "here\n");
        remember("known", "");
        let objects = sample();
        let mut held = String::new();
        let mut settings = String::new();
        for object in &objects {
            let name = object["metadata"]["name"].as_str().unwrap();
            match object["kind"].as_str().unwrap() {
                "Service" => {
                    let namespace = object["metadata"]["namespace"].as_str().unwrap();
                    let ingress = object["status"]["loadBalancer"]["ingress"].as_array().unwrap();
                    let ips = ingress.iter().map(|one| one["ip"].as_str().unwrap());
                    let ips: String = ips.map(|ip| format!("{ip},")).collect();
                    held.push_str(&format!("{namespace}\t{name}\t{ips}\n"));
                }
                "Deployment" => {
                    let replicas = &object["spec"]["replicas"];
                    remember(&format!("replicas-{name}"), &format!("{replicas}\n"));
                }
                "ConfigMap" => {
                    for (key, value) in object["data"].as_object().unwrap() {
                        settings.push_str(&format!("{key}={}\n", value.as_str().unwrap()));
                    }
                }
                _ => {}
            }
        }
        remember("services", &held);
        remember("settings", &settings);
        let at = path.to_owned();
        let server = Server::following(move || objects_now(&at));
        Self { memory, server }
    }

    /// The cluster is as it was at the start.
    pub(crate) fn forget(&self) {
        let log = self.memory.path().join("log");
        fs::remove_dir_all(&log).unwrap();
        fs::create_dir(log).unwrap();
        fs::write(self.memory.path().join("known"), "").unwrap();
    }

    /// What the stand-ins and the program need to find it.
    pub(crate) fn environment(&self) -> [(String, String); 2] {
        [
            ("FAKE".to_owned(), self.memory.path().display().to_string()),
            ("KUBECONFIG".to_owned(), self.server.kubeconfig()),
        ]
    }
}

type Key = (String, String, String);

fn key(object: &Value) -> Key {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
    let metadata = &object["metadata"];
    (text(&object["kind"]), text(&metadata["namespace"]), text(&metadata["name"]))
}

/// What has become of the sample's objects, by the notes in `log`.
fn objects_now(memory: &Path) -> Vec<Value> {
    let mut objects = sample();
    let mut notes: Vec<PathBuf> =
        fs::read_dir(memory.join("log")).unwrap().map(|entry| entry.unwrap().path()).collect();
    notes.sort();
    for note in notes {
        let text = fs::read_to_string(&note).unwrap();
        match note.extension().unwrap().to_str().unwrap() {
            "apply" => documents(&text).into_iter().for_each(|one| apply(&mut objects, one)),
            "delete" => {
                let gone: Vec<Key> = documents(&text).iter().map(key).collect();
                objects.retain(|object| !gone.contains(&key(object)));
            }
            // KIND/NAME, or KIND alone for all of it.
            "remove" => objects.retain(|object| !is_called(object, text.trim())),
            "patch" => {
                let (called, patch) = text.trim().split_once('\n').unwrap();
                let patch: Value = serde_json::from_str(patch).unwrap();
                for object in objects.iter_mut().filter(|object| is_called(object, called)) {
                    merge(object, &patch);
                }
            }
            "scale" => {
                let (name, replicas) = text.trim().split_once(' ').unwrap();
                let is_it = |one: &&mut Value| {
                    one["metadata"]["name"] == name && one["kind"] == "Deployment"
                };
                let replicas: u32 = replicas.parse().unwrap();
                objects.iter_mut().find(is_it).unwrap()["spec"]["replicas"] = json!(replicas);
            }
            "label" => {
                let words: Vec<&str> = text.split_whitespace().collect();
                let (kind, rest) = words.split_first().unwrap();
                let (label, names) = rest.split_last().unwrap();
                for object in &mut objects {
                    let (its_kind, _, name) = key(object);
                    if its_kind == *kind && names.contains(&name.as_str()) {
                        set_label(object, label);
                    }
                }
            }
            "settings" => {
                let data: serde_json::Map<String, Value> = text
                    .lines()
                    .filter_map(|line| line.split_once('='))
                    .map(|(key, value)| (key.to_owned(), json!(value)))
                    .collect();
                let is_it = |one: &&mut Value| one["metadata"]["name"] == "cilium-config";
                objects.iter_mut().find(is_it).unwrap()["data"] = Value::Object(data);
            }
            other => panic!("{other}"),
        }
    }
    objects
}

/// Whether that is what kubectl calls it: RESOURCE/NAME, or RESOURCE alone.
fn is_called(object: &Value, called: &str) -> bool {
    let (kind, name) = called.split_once('/').unwrap_or((called, ""));
    let kind = kind.split('.').next().unwrap().trim_end_matches('s');
    let (its_kind, _, its_name) = key(object);
    its_kind.trim_end_matches('s') == kind && (name.is_empty() || its_name == name)
}

/// A JSON merge patch (RFC 7386).
fn merge(into: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *into = patch.clone();
        return;
    };
    if !into.is_object() {
        *into = json!({});
    }
    for (key, value) in fields {
        if value.is_null() {
            into.as_object_mut().unwrap().remove(key);
        } else {
            merge(&mut into[key], value);
        }
    }
}

/// `KEY=VALUE` sets a label, `KEY-` takes it off.
fn set_label(object: &mut Value, label: &str) {
    match label.split_once('=') {
        Some((name, value)) => object["metadata"]["labels"][name] = json!(value),
        None => {
            if let Some(labels) = object["metadata"]["labels"].as_object_mut() {
                labels.remove(label.trim_end_matches('-'));
            }
        }
    }
}

/// What is applied to an object that is there is added to its metadata, and replaces
/// all else; its status stays.
fn apply(objects: &mut Vec<Value>, object: Value) {
    let key_of = key(&object);
    let Some(there) = objects.iter_mut().find(|one| key(one) == key_of) else {
        objects.push(object);
        return;
    };
    for section in ["labels", "annotations"] {
        for (name, value) in object["metadata"][section].as_object().into_iter().flatten() {
            there["metadata"][section][name] = value.clone();
        }
    }
    for field in ["spec", "data"] {
        if let Some(value) = object.get(field) {
            there[field] = value.clone();
        }
    }
}

/// A link with the sample's Nodes: each answers for what MetalLB gives it to answer for,
/// and `tor-a` is a router.
pub(crate) struct World {
    // Ends before the link goes.
    _router: Running,
    _config: TempDir,
    lan: Lan,
}

const NODES: [&str; 2] = ["worker-a", "worker-b"];

impl World {
    pub(crate) fn new() -> Self {
        let lan = Lan::new(4);
        let output = run(["simulate", "metallb", "-o", "json", "-f", METALLB, "-f", CLUSTER], "");
        let decision: Value = serde_json::from_str(&output.stdout).unwrap();
        for answer in decision["outcomes"][0]["l2"].as_array().unwrap() {
            let leader = NODES.iter().position(|node| answer["leader"] == *node).unwrap();
            let ip = answer["ip"].as_str().unwrap();
            lan.host(leader + 1).ip(&format!("addr add {ip}/32 dev eth0"));
        }
        let router = lan.host(3);
        router.ip("addr add 192.0.2.1/24 dev eth0");
        let config = files(&[("gobgpd.toml", ROUTER)]);
        let path = config.path().join("gobgpd.toml").display().to_string();
        let running = router.start("gobgpd", ["-f", &path, "-p"]);
        let listens = || !router.run("ss", ["-Hltn", "sport = :179"]).stdout.is_empty();
        assert!(wait_until(Duration::from_secs(30), listens), "{}", running.said());
        Self { _router: running, _config: config, lan }
    }

    /// The host at which the reader sits; towards the router it stands for `worker-a`.
    pub(crate) fn here(&self) -> &Host {
        self.lan.host(0)
    }
}

/// The switch of rack a, that waits for a session.
const ROUTER: &str = r#"
[global.config]
as = 64601
router-id = "192.0.2.1"
[[neighbors]]
[neighbors.config]
neighbor-address = "192.0.2.10"
peer-as = 64512
[neighbors.timers.config]
hold-time = 180
keepalive-interval = 60
[neighbors.transport.config]
passive-mode = true
local-address = "192.0.2.1"
"#;
