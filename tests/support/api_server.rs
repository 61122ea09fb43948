//! An API server that serves objects to be read, over HTTP or TLS, and makes trouble when
//! told to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use base64::Engine as _;
use metallb2cilium::kubernetes::{ADDRESSES, LEASES, RESOURCES};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::reader::{Output, documents, run};

/// What happens to a request before it is answered as it should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Trouble {
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

/// Says what there is at this moment.
type Source = Box<dyn Fn() -> Vec<Value> + Send>;

/// What the server knows.
#[derive(Default)]
pub(crate) struct State {
    /// Objects by the path of their list.
    objects: BTreeMap<String, Vec<Value>>,
    /// Asked before each request, where the objects change.
    source: Option<Source>,
    /// The token that is asked for.
    pub(crate) token: Option<String>,
    /// Rights that are denied, as `verb resource`.
    pub(crate) denied: BTreeSet<String>,
    /// Objects in a page; all where there is none.
    pub(crate) page: Option<usize>,
    /// By path.
    pub(crate) trouble: BTreeMap<String, Trouble>,
    /// Method and target of each request.
    requests: Vec<String>,
    seen: BTreeMap<String, usize>,
}

impl State {
    fn take(&mut self, objects: Vec<Value>) {
        self.objects.clear();
        for object in objects {
            let path = path_of(&object).unwrap();
            self.objects.entry(path).or_default().push(object);
        }
    }
}

/// A server that runs; it answers as long as the test does.
pub(crate) struct Server {
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) config: TempDir,
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
    let mut all = RESOURCES.iter().chain(ADDRESSES).chain([&LEASES]);
    let known = all.find(|one| one.group == group && one.plural == plural);
    match known {
        Some(resource) => Some(resource.path(api.rsplit('/').next()?)),
        None if kind == "secret" => Some("/api/v1/secrets".to_owned()),
        None => panic!("{kind} is never read"),
    }
}

impl Server {
    /// With these objects.
    pub(crate) fn new(objects: Vec<Value>) -> Self {
        Self::with_tls(objects, None, &json!({}), &json!({"token": "not-a-real-token"}))
    }

    /// A server that speaks TLS where it is told how; `cluster` and `user` are what the
    /// kubeconfig says of it beside its address.
    pub(crate) fn with_tls(
        objects: Vec<Value>,
        tls: Option<Arc<rustls::ServerConfig>>,
        cluster: &Value,
        user: &Value,
    ) -> Self {
        let mut state = State::default();
        state.take(objects);
        Self::start(state, tls, cluster, user)
    }

    /// With the objects that there are when a request comes.
    pub(crate) fn following(source: impl Fn() -> Vec<Value> + Send + 'static) -> Self {
        let state = State { source: Some(Box::new(source)), ..State::default() };
        Self::start(state, None, &json!({}), &json!({"token": "not-a-real-token"}))
    }

    fn start(
        state: State,
        tls: Option<Arc<rustls::ServerConfig>>,
        cluster: &Value,
        user: &Value,
    ) -> Self {
        let state = Arc::new(Mutex::new(state));
        let scheme = if tls.is_some() { "https" } else { "http" };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (shared, tls) = (Arc::clone(&shared), tls.clone());
                thread::spawn(move || {
                    let stream = stream.unwrap();
                    match tls {
                        None => serve(stream, &shared),
                        Some(config) => {
                            let connection = rustls::ServerConnection::new(config).unwrap();
                            serve(rustls::StreamOwned::new(connection, stream), &shared);
                        }
                    }
                });
            }
        });
        let config = tempfile::tempdir().unwrap();
        let mut here = json!({"server": format!("{scheme}://127.0.0.1:{port}")});
        here.as_object_mut().unwrap().extend(cluster.as_object().unwrap().clone());
        let text = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "clusters": [
                {"name": "here", "cluster": here},
                // Nobody listens on the discard port.
                {"name": "dead", "cluster": {"server": "http://127.0.0.1:9"}},
            ],
            "contexts": [
                {"name": "here", "context": {"cluster": "here", "user": "me"}},
                {"name": "dead", "context": {"cluster": "dead", "user": "me"}},
            ],
            "users": [{"name": "me", "user": user}],
        });
        fs::write(config.path().join("config"), text.to_string()).unwrap();
        Self { state, config }
    }

    /// With the cluster of `testdata/cutover`.
    pub(crate) fn sample() -> Self {
        Self::new(Self::sample_objects())
    }

    /// The objects of the sample, as an API server shows them.
    pub(crate) fn sample_objects() -> Vec<Value> {
        let read = |name| fs::read_to_string(format!("testdata/cutover/{name}.yaml")).unwrap();
        let mut objects = documents(&read("metallb"));
        objects.extend(documents(&read("cluster")));
        for object in &mut objects {
            as_served(object);
            object["metadata"]["managedFields"] = json!([{"manager": "somebody"}]);
        }
        objects
    }

    /// The sample, and trouble at that path.
    pub(crate) fn troubled(path: &str, trouble: Trouble) -> Self {
        let server = Self::sample();
        server.state.lock().unwrap().trouble.insert(path.to_owned(), trouble);
        server
    }

    /// The path of a kubeconfig that leads here.
    pub(crate) fn kubeconfig(&self) -> String {
        self.config.path().join("config").to_str().unwrap().to_owned()
    }

    /// Runs the binary on this cluster.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        let kubeconfig = self.kubeconfig();
        let cluster = ["--from-cluster", "--kubeconfig", &kubeconfig];
        run(args.iter().chain(&cluster), "")
    }

    /// Every request so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }
}

/// An object as the API server shows it: a Secret's text is encoded.
pub(crate) fn as_served(object: &mut Value) {
    let Some(fields) = object.as_object_mut() else { return };
    let Some(Value::Object(texts)) = fields.remove("stringData") else { return };
    let encoded = texts.iter().map(|(key, text)| {
        (
            key.clone(),
            json!(base64::engine::general_purpose::STANDARD.encode(text.as_str().unwrap())),
        )
    });
    fields.insert("data".to_owned(), Value::Object(encoded.collect()));
}

fn serve<S: Read + Write>(stream: S, state: &Mutex<State>) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let (mut header, mut length, mut token) = (String::new(), 0, None);
        while stream.read_line(&mut header).unwrap_or(0) > 2 {
            let (name, value) = header.split_once(':').unwrap();
            match name.to_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap(),
                "authorization" => token = Some(value.trim().to_owned()),
                _ => {}
            }
            header.clear();
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        let mut words = line.split_whitespace();
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let answered = {
            let mut state = state.lock().unwrap();
            let known = state.token.as_ref().map(|token| format!("Bearer {token}"));
            if known.is_some() && known != token {
                Some((401, status(401, "Unauthorized", json!({})), false))
            } else if method == "POST" {
                Some(review(&mut state, target, &body))
            } else {
                answer(&mut state, method, target)
            }
        };
        let Some((code, body, cut)) = answered else { return };
        let head = format!(
            "HTTP/1.1 {code} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let body = if cut { &body[..body.len() / 2] } else { &body };
        let stream = stream.get_mut();
        let text = format!("{head}{body}");
        if stream.write_all(text.as_bytes()).and_then(|()| stream.flush()).is_err() || cut {
            return;
        }
    }
}

/// A SelfSubjectAccessReview.
fn review(state: &mut State, target: &str, body: &[u8]) -> (u16, String, bool) {
    assert_eq!(target, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
    let mut review: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(review["kind"], "SelfSubjectAccessReview");
    let asked = &review["spec"]["resourceAttributes"];
    let words = [&asked["verb"], &asked["resource"]].map(|word| word.as_str().unwrap().to_owned());
    let right = words.join(" ");
    state.requests.push(format!("POST {right}"));
    if state.trouble.get(target) == Some(&Trouble::Forbidden) {
        return (403, status(403, "Forbidden", json!({})), false);
    }
    review["status"] = json!({"allowed": !state.denied.contains(&right)});
    (201, review.to_string(), false)
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
    if let Some(source) = &state.source {
        let objects = source();
        state.take(objects);
    }
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
            let (field, value, same) = match selector.strip_prefix("metadata.namespace%21%3D") {
                Some(namespace) => ("namespace", namespace, false),
                None => ("name", selector.strip_prefix("metadata.name%3D").unwrap(), true),
            };
            let fits = |one: &&Value| (one["metadata"][field] == value) == same;
            objects.iter().filter(fits).cloned().collect()
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
