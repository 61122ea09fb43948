//! `--from-cluster` against an API server that the test starts: pages, missing rights
//! and definitions, a busy server, a connection that is cut.

#![cfg(feature = "cluster")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use metallb2cilium::kubernetes::{RESOURCES, Scope};
use serde_json::{Value, json};
use support::reader::{Output, documents, run};
use tempfile::TempDir;

/// What happens to a request before it is answered as it should be.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Trouble {
    /// Refused, always.
    Forbidden,
    /// Nobody logged in.
    Unauthorized,
    /// Too busy, the first time.
    BusyOnce,
    /// Too busy, always.
    Busy,
    /// The connection is cut, the first time.
    CutOnce,
    /// The connection is cut in the middle of the answer, the first time.
    CutWithinOnce,
    /// The second page of the list is gone.
    PageGone,
    /// No JSON.
    Garbage,
}

#[derive(Default)]
struct State {
    /// Objects by the path of their list.
    objects: BTreeMap<String, Vec<Value>>,
    /// Objects in a page; all where there is none.
    page: Option<usize>,
    trouble: BTreeMap<String, Trouble>,
    /// Method and target of each request.
    requests: Vec<String>,
    seen: BTreeMap<String, usize>,
}

struct Server {
    state: Arc<Mutex<State>>,
    config: TempDir,
}

fn path_of(object: &Value) -> Option<String> {
    let api = object["apiVersion"].as_str()?;
    let kind = object["kind"].as_str()?.to_lowercase();
    let (group, _) = api.split_once('/').unwrap_or(("", api));
    let plural = match kind.as_str() {
        policy if policy.ends_with("policy") => policy.replace("policy", "policies"),
        "community" => "communities".to_owned(),
        other => format!("{other}s"),
    };
    let known = RESOURCES.iter().find(|one| one.group == group && one.plural == plural);
    match known {
        Some(resource) => Some(resource.path(api.rsplit('/').next()?)),
        None if kind == "secret" => Some("/api/v1/secrets".to_owned()),
        None => panic!("{kind} is never read"),
    }
}

impl Server {
    fn new(objects: Vec<Value>) -> Self {
        let mut state = State::default();
        for object in objects {
            let path = path_of(&object).unwrap();
            state.objects.entry(path).or_default().push(object);
        }
        let state = Arc::new(Mutex::new(state));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(stream.unwrap(), &shared));
            }
        });
        let config = tempfile::tempdir().unwrap();
        let server = format!("http://127.0.0.1:{port}");
        let text = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "clusters": [
                {"name": "here", "cluster": {"server": server}},
                // Nobody listens on the discard port.
                {"name": "dead", "cluster": {"server": "http://127.0.0.1:9"}},
            ],
            "contexts": [
                {"name": "here", "context": {"cluster": "here", "user": "me"}},
                {"name": "dead", "context": {"cluster": "dead", "user": "me"}},
            ],
            "users": [{"name": "me", "user": {"token": "not-a-real-token"}}],
        });
        fs::write(config.path().join("config"), text.to_string()).unwrap();
        Self { state, config }
    }

    fn sample() -> Self {
        let read = |name| fs::read_to_string(format!("testdata/cutover/{name}.yaml")).unwrap();
        let mut objects = documents(&read("metallb"));
        objects.extend(documents(&read("cluster")));
        for object in &mut objects {
            // Secrets as the API server shows them.
            if let Some(fields) = object.as_object_mut()
                && fields.remove("stringData").is_some()
            {
                fields
                    .insert("data".to_owned(), json!({"password": "bm90LWEtcmVhbC1wYXNzd29yZA=="}));
            }
            object["metadata"]["managedFields"] = json!([{"manager": "somebody"}]);
        }
        Self::new(objects)
    }

    fn troubled(path: &str, trouble: Trouble) -> Self {
        let server = Self::sample();
        server.state.lock().unwrap().trouble.insert(path.to_owned(), trouble);
        server
    }

    fn kubeconfig(&self) -> String {
        self.config.path().join("config").to_str().unwrap().to_owned()
    }

    fn run(&self, args: &[&str]) -> Output {
        let kubeconfig = self.kubeconfig();
        let cluster = ["--from-cluster", "--kubeconfig", &kubeconfig];
        run(args.iter().chain(&cluster), "")
    }

    fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let mut header = String::new();
        while reader.read_line(&mut header).unwrap_or(0) > 2 {
            header.clear();
        }
        let mut words = line.split_whitespace();
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let Some((code, body, cut)) = answer(&mut state.lock().unwrap(), method, target) else {
            return;
        };
        let head = format!(
            "HTTP/1.1 {code} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let body = if cut { &body[..body.len() / 2] } else { &body };
        if stream.write_all(format!("{head}{body}").as_bytes()).is_err() || cut {
            return;
        }
    }
}

fn status(code: u16, message: &str, details: Value) -> String {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": message, "code": code, "details": details,
    })
    .to_string()
}

/// Code and body, and whether the connection is cut within it; `None` cuts it at once.
fn answer(state: &mut State, method: &str, target: &str) -> Option<(u16, String, bool)> {
    state.requests.push(format!("{method} {target}"));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let times = state.seen.entry(path.to_owned()).or_default();
    *times += 1;
    let first = *times == 1;
    let trouble = state.trouble.get(path).copied();
    let parameter = |name: &str| {
        let prefix = format!("{name}=");
        query.split('&').find_map(|one| one.strip_prefix(&prefix))
    };
    let mut cut = false;
    match trouble {
        Some(Trouble::Forbidden) => return Some((403, status(403, "Forbidden", json!({})), false)),
        Some(Trouble::Unauthorized) => {
            return Some((401, status(401, "Unauthorized", json!({})), false));
        }
        Some(Trouble::Busy) => return Some((429, status(429, "too busy", json!({})), false)),
        Some(Trouble::BusyOnce) if first => {
            let details = json!({"retryAfterSeconds": 1});
            return Some((429, status(429, "too busy", details), false));
        }
        Some(Trouble::CutOnce) if first => return None,
        Some(Trouble::CutWithinOnce) => cut = first,
        Some(Trouble::PageGone) if parameter("continue").is_some() => {
            return Some((410, status(410, "Expired", json!({})), false));
        }
        Some(Trouble::Garbage) => return Some((200, "<html>proxy</html>".to_owned(), false)),
        _ => {}
    }
    let missing = || Some((404, status(404, "NotFound", json!({})), false));
    let Some(objects) = state.objects.get(path) else {
        // One object by its name, or a definition that is not there.
        let (parent, name) = path.rsplit_once('/').unwrap();
        let list = match parent.strip_prefix("/api/v1/namespaces/") {
            Some(_) => "/api/v1/secrets".to_owned(),
            None => parent.to_owned(),
        };
        let one = state.objects.get(&list).into_iter().flatten();
        return match one.clone().find(|object| object["metadata"]["name"] == name) {
            Some(object) => Some((200, object.to_string(), false)),
            None => missing(),
        };
    };
    let selected: Vec<Value> = match parameter("fieldSelector") {
        Some(selector) => {
            let name = selector.strip_prefix("metadata.name%3D").unwrap();
            objects.iter().filter(|one| one["metadata"]["name"] == name).cloned().collect()
        }
        None => objects.clone(),
    };
    let limit = parameter("limit").and(state.page).unwrap_or(usize::MAX);
    let from: usize = parameter("continue").map_or(0, |token| {
        token.strip_prefix("after%2F").unwrap_or_else(|| panic!("{token}")).parse().unwrap()
    });
    let to = from.saturating_add(limit).min(selected.len());
    let more = if to < selected.len() { json!(format!("after/{to}")) } else { Value::Null };
    let api = selected.first().map_or(json!("v1"), |one| one["apiVersion"].clone());
    let kind = selected.first().map_or("X", |one| one["kind"].as_str().unwrap());
    let is_custom = api.as_str().unwrap().contains(".io/") && api.as_str().unwrap().contains("lb");
    let items: Vec<Value> = selected[from..to]
        .iter()
        .map(|object| {
            let mut object = object.clone();
            if !is_custom {
                // Items of the built-in kinds do not say what they are.
                object.as_object_mut().unwrap().remove("kind");
                object.as_object_mut().unwrap().remove("apiVersion");
            }
            object
        })
        .collect();
    let list = json!({
        "apiVersion": api, "kind": format!("{kind}List"),
        "metadata": {"resourceVersion": "1", "continue": more}, "items": items,
    });
    Some((200, list.to_string(), cut))
}

/// What the command says of the same objects in files.
fn of_files(args: &[&str]) -> Output {
    run(args.iter().chain(&["-f", "testdata/cutover"]), "")
}

const CONVERT: &[&str] = &["convert", "--emit", "services,secrets,pools,bgp,l2"];

#[test]
fn a_cluster_says_what_its_objects_in_files_say() {
    let server = Server::sample();
    for args in [CONVERT, &["simulate", "metallb"], &["verify"], &["plan"], &["snapshot"]] {
        let (cluster, files) = (server.run(args), of_files(args));
        assert_eq!(cluster.status, 0, "{args:?}: {}", cluster.stderr);
        if args != ["snapshot"] {
            // Lists come in another order, which decides nothing.
            let sorted = |text: &str| {
                let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                lines.sort();
                lines
            };
            assert_eq!(sorted(&cluster.stdout), sorted(&files.stdout), "{args:?}");
        }
    }
}

#[test]
fn nothing_but_get_is_sent() {
    let server = Server::sample();
    server.run(&["plan"]);
    server.run(&["snapshot", "--with-secrets"]);
    let requests = server.requests();
    assert!(requests.iter().all(|request| request.starts_with("GET /")), "{requests:?}");
    // Of the Secrets only that which a BGPPeer names.
    let secrets: Vec<&String> =
        requests.iter().filter(|request| request.contains("secrets")).collect();
    assert_eq!(secrets.len(), 2, "{secrets:?}");
    assert!(secrets[0].ends_with("/namespaces/metallb-system/secrets/tor-b"), "{secrets:?}");
}

#[test]
fn large_lists_are_read_in_pages() {
    let server = Server::sample();
    let whole = server.run(CONVERT).stdout;
    for page in [1, 2, 4] {
        server.state.lock().unwrap().page = Some(page);
        let output = server.run(CONVERT);
        assert_eq!((output.status, &output.stdout), (0, &whole), "{}", output.stderr);
    }
    let requests = server.requests();
    assert!(requests.iter().any(|one| one.contains("services?limit=500&continue=after%2F2")));
}

#[test]
fn a_page_that_is_gone_is_asked_for_anew() {
    let server = Server::troubled("/api/v1/services", Trouble::PageGone);
    server.state.lock().unwrap().page = Some(2);
    let output = server.run(CONVERT);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(output.stdout, Server::sample().run(CONVERT).stdout);
}

#[test]
fn a_busy_server_and_a_cut_connection_are_waited_for() {
    let expected = Server::sample().run(CONVERT).stdout;
    for trouble in [Trouble::BusyOnce, Trouble::CutOnce, Trouble::CutWithinOnce] {
        let server = Server::troubled("/api/v1/nodes", trouble);
        let output = server.run(CONVERT);
        assert_eq!(
            (output.status, &output.stdout),
            (0, &expected),
            "{trouble:?}: {}",
            output.stderr
        );
        let asked = server.requests().iter().filter(|one| one.contains("/nodes?")).count();
        assert_eq!(asked, 2, "{trouble:?}");
    }
}

#[test]
fn a_server_that_stays_busy_is_given_up() {
    let server = Server::troubled("/api/v1/nodes", Trouble::Busy);
    let output = server.run(CONVERT);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("M2C133") && output.stderr.contains("too busy"));
    let asked = server.requests().iter().filter(|one| one.contains("/nodes?")).count();
    assert_eq!(asked, 4);
}

#[test]
fn a_missing_right_is_named() {
    let path = "/apis/discovery.k8s.io/v1/endpointslices";
    let server = Server::troubled(path, Trouble::Forbidden);
    server.state.lock().unwrap().trouble.insert("/api/v1/nodes".to_owned(), Trouble::Forbidden);
    let output = server.run(CONVERT);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    for right in ["you may not list endpointslices.discovery.k8s.io", "you may not list nodes"] {
        assert!(output.stderr.contains(right), "{}", output.stderr);
    }
    assert_eq!(output.stderr.matches("M2C134").count(), 2, "{}", output.stderr);
}

#[test]
fn a_right_that_only_helps_is_gone_without() {
    let path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
    let server = Server::troubled(path, Trouble::Forbidden);
    let output = server.run(&["plan", "-v"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stderr.contains("going on without"), "{}", output.stderr);
}

#[test]
fn the_password_of_a_peer_needs_a_right_of_its_own() {
    let path = "/api/v1/namespaces/metallb-system/secrets/tor-b";
    let server = Server::troubled(path, Trouble::Forbidden);
    let output = server.run(CONVERT);
    assert_eq!(output.status, 2);
    let said = &output.stderr;
    assert!(said.contains("you may not get secrets in namespace metallb-system"), "{said}");
}

#[test]
fn a_cluster_without_cilium_and_without_some_of_metallb_is_read() {
    // The server knows no definition that it has no object of.
    let text = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: a, namespace: \
                m}\nspec: {addresses: [10.0.0.0/24]}\n";
    let server = Server::new(documents(text));
    let output = server.run(&["convert"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stdout.contains("cidr: 10.0.0.0/24"), "{}", output.stdout);
}

#[test]
fn older_versions_are_asked_for_where_newer_ones_are_not_served() {
    let mut peer = documents(&fs::read_to_string("testdata/cutover/metallb.yaml").unwrap());
    peer.retain(|one| one["metadata"]["name"] == "tor-a");
    peer[0]["apiVersion"] = json!("metallb.io/v1beta1");
    let spec = peer[0]["spec"].as_object_mut().unwrap();
    spec.insert("nodeSelectors".to_owned(), json!([]));
    let server = Server::new(peer);
    let output = server.run(&["convert"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stdout.contains("peerAddress: \"192.0.2.1\""), "{}", output.stdout);
}

#[test]
fn whoever_cannot_be_reached_is_said_to_be() {
    let server = Server::sample();
    let output = server.run(&["convert", "--context", "dead"]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("M2C133"), "{}", output.stderr);
    let output = server.run(&["convert", "--context", "nowhere"]);
    assert!(output.status == 2 && output.stderr.contains("M2C133"), "{}", output.stderr);
    let output = run(["convert", "--from-cluster", "--kubeconfig", "/no/such/file"], "");
    assert!(output.status == 2 && output.stderr.contains("M2C133"), "{}", output.stderr);
    for (trouble, said) in [(Trouble::Garbage, "no JSON"), (Trouble::Unauthorized, "know you")] {
        let server = Server::troubled("/api/v1/services", trouble);
        let output = server.run(CONVERT);
        assert!(output.status == 2 && output.stderr.contains(said), "{}", output.stderr);
        assert!(!output.stderr.contains("not-a-real-token"));
    }
}

#[test]
fn the_kubeconfig_of_the_environment_is_used() {
    let server = Server::sample();
    let kubeconfig = server.kubeconfig();
    // `run` keeps the variable of whoever runs the tests out.
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_metallb2cilium"))
        .args(["convert", "--from-cluster"])
        .env("KUBECONFIG", kubeconfig)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn files_add_to_the_cluster() {
    let server = Server::sample();
    let values = "apiVersion: v1\nkind: Namespace\nmetadata: {name: more}\n";
    let dir = support::reader::files(&[("more.yaml", values)]);
    let file = dir.path().join("more.yaml");
    let output = server.run(&["convert", "-f", file.to_str().unwrap()]);
    assert_eq!(output.status, 0, "{}", output.stderr);
}

#[test]
fn every_resource_is_read_in_some_version_and_only_known_scopes_are_used() {
    for resource in RESOURCES {
        assert!(!resource.versions.is_empty(), "{}", resource.name());
        if let Scope::Each(names) | Scope::Named(names) = resource.scope {
            assert!(!names.is_empty(), "{}", resource.name());
        }
    }
}
