//! Pages of lists, one resource after the other, with patience.

use std::time::Duration;

use http::Request;
use kube::{Client, Error};
use serde_json::Value;

use super::failure::words;
use super::resources::{RESOURCES, Resource, Scope};

/// Objects in a page.
const PAGE: u32 = 500;
/// How often a request is made before it is given up.
const ATTEMPTS: u32 = 4;
/// The first pause after a failure, unless the server says how long.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest pause that a server is obeyed for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A text as `kubectl get -o json` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// What it holds, for people.
    pub name: String,
    /// A list or an object in JSON.
    pub text: String,
    /// How many objects.
    pub objects: usize,
}

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A right is missing.
    Forbidden {
        /// `get` or `list`.
        verb: &'static str,
        /// The resource, as a ClusterRole names it.
        resource: String,
        /// The one namespace that it is about, if it is about one.
        namespace: Option<String>,
        /// Whether nothing goes without it.
        required: bool,
    },
    /// The API server did not answer, or not as one.
    Failed {
        /// What was asked for.
        resource: String,
        /// Why.
        reason: String,
    },
}

/// Reads everything, and `more`. `progress` is told what is read, and how many objects so far.
///
/// After a failure that is not about one right alone nothing more is asked for.
pub async fn fetch(
    client: &Client,
    more: &[Resource],
    progress: &mut dyn FnMut(&str, usize),
) -> (Vec<Fetched>, Vec<Problem>) {
    let mut fetched = Vec::new();
    let mut problems = Vec::new();
    let mut secrets = Vec::new();
    for resource in RESOURCES.iter().chain(more) {
        match read(client, resource, progress).await {
            Ok(pages) => {
                for page in pages {
                    if resource.plural == "bgppeers" {
                        secrets.extend(password_secrets(&page));
                    }
                    fetched.push(finished(&resource.name(), page));
                }
            }
            Err(problem @ Problem::Forbidden { .. }) => problems.push(problem),
            Err(problem) => {
                problems.push(problem);
                return (fetched, problems);
            }
        }
    }
    secrets.sort();
    secrets.dedup();
    for (namespace, name) in secrets {
        let path = format!("/api/v1/namespaces/{namespace}/secrets/{name}");
        match get(client, &path).await {
            Ok(Some(secret)) => fetched.push(finished("secrets", secret)),
            // Whoever needs it says that it is missing.
            Ok(None) => {}
            Err(failure) => {
                let namespace = Some(namespace);
                problems.push(failure.about("get", "secrets", namespace, false));
            }
        }
    }
    (fetched, problems)
}

/// The pages of a resource; none where the cluster does not know it.
async fn read(
    client: &Client,
    resource: &Resource,
    progress: &mut dyn FnMut(&str, usize),
) -> Result<Vec<Value>, Problem> {
    let name = resource.name();
    let required = resource.required;
    for version in resource.versions {
        let path = resource.path(version);
        let listed = |failure: Failure| failure.about("list", &name, None, required);
        match resource.scope {
            Scope::All => {
                if let Some(pages) =
                    list(client, &path, "", &name, progress).await.map_err(listed)?
                {
                    return Ok(pages);
                }
            }
            Scope::Named(names) => {
                let mut all = Vec::new();
                for one in names {
                    let selector = format!("&fieldSelector=metadata.name%3D{one}");
                    let pages = list(client, &path, &selector, &name, progress).await;
                    all.extend(pages.map_err(listed)?.unwrap_or_default());
                }
                return Ok(all);
            }
            Scope::Labelled(selector) => {
                let selector = format!("&labelSelector={}", escaped(selector));
                let pages = list(client, &path, &selector, &name, progress).await;
                return Ok(pages.map_err(listed)?.unwrap_or_default());
            }
            Scope::Prefixed { prefix, not_in } => {
                let selector = format!("&fieldSelector=metadata.namespace%21%3D{not_in}");
                let pages = list(client, &path, &selector, &name, progress).await;
                let mut pages = pages.map_err(listed)?.unwrap_or_default();
                pages.iter_mut().for_each(|page| keep_prefixed(page, prefix));
                return Ok(pages);
            }
            Scope::Each(names) => {
                let mut all = Vec::new();
                for one in names {
                    let object = get(client, &format!("{path}/{one}")).await;
                    let got = |failure: Failure| failure.about("get", &name, None, required);
                    all.extend(object.map_err(got)?);
                }
                return Ok(all);
            }
        }
    }
    Ok(vec![])
}

/// Leaves only the items of a page whose names begin so.
fn keep_prefixed(page: &mut Value, prefix: &str) {
    if let Some(items) = page.get_mut("items").and_then(Value::as_array_mut) {
        items.retain(|item| {
            item["metadata"]["name"].as_str().is_some_and(|name| name.starts_with(prefix))
        });
    }
}

/// All pages of a list; `None` where there is no such resource.
async fn list(
    client: &Client,
    path: &str,
    selector: &str,
    name: &str,
    progress: &mut dyn FnMut(&str, usize),
) -> Result<Option<Vec<Value>>, Failure> {
    let mut pages = Vec::new();
    let mut objects = 0;
    let mut more = String::new();
    progress(name, 0);
    loop {
        let query = format!("{path}?limit={PAGE}{selector}{more}");
        let page = match get(client, &query).await {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(None),
            // The list changed so much that its next page is gone: from the start.
            Err(Failure { code: Some(410), .. }) if !more.is_empty() => {
                let whole = get(client, &format!("{path}?resourceVersion=0{selector}")).await?;
                return Ok(whole.map(|whole| vec![whole]));
            }
            Err(failure) => return Err(failure),
        };
        objects += page["items"].as_array().map_or(0, Vec::len);
        progress(name, objects);
        let next = page["metadata"]["continue"].as_str().unwrap_or_default().to_owned();
        pages.push(page);
        if next.is_empty() {
            return Ok(Some(pages));
        }
        more = format!("&continue={}", escaped(&next));
    }
}

/// A query parameter's value.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// Why a request was given up.
pub(super) struct Failure {
    /// The HTTP status, where there was an answer.
    code: Option<u16>,
    /// In words.
    reason: String,
}

impl Failure {
    pub(super) fn about(
        self,
        verb: &'static str,
        resource: &str,
        namespace: Option<String>,
        required: bool,
    ) -> Problem {
        let resource = resource.to_owned();
        match self.code {
            Some(401) => Problem::Failed {
                resource,
                reason: format!("the API server does not know you: {}", self.reason),
            },
            Some(403) => Problem::Forbidden { verb, resource, namespace, required },
            _ => Problem::Failed { resource, reason: self.reason },
        }
    }
}

/// Asks for one text; `None` where there is nothing there.
async fn get(client: &Client, path: &str) -> Result<Option<Value>, Failure> {
    ask(client, &|| Request::get(path).body(Vec::new())).await
}

/// Sends a request until there is an answer; `None` where there is nothing there.
pub(super) async fn ask(
    client: &Client,
    request: &dyn Fn() -> http::Result<Request<Vec<u8>>>,
) -> Result<Option<Value>, Failure> {
    let mut pause = PAUSE;
    let mut attempt = 1;
    loop {
        let failure = match once(client, request()).await {
            Ok(value) => return Ok(Some(value)),
            Err(failure) => failure,
        };
        let (failure, wait) = failure;
        match failure.code {
            Some(404) => return Ok(None),
            Some(code) if code != 429 && code < 500 => return Err(failure),
            _ if attempt == ATTEMPTS => return Err(failure),
            _ => {}
        }
        tokio::time::sleep(wait.unwrap_or(pause).min(LONGEST_PAUSE)).await;
        pause *= 2;
        attempt += 1;
    }
}

/// One request. A failure comes with how long the server wants to be left alone.
async fn once(
    client: &Client,
    request: http::Result<Request<Vec<u8>>>,
) -> Result<Value, (Failure, Option<Duration>)> {
    let failed = |reason: String| (Failure { code: None, reason }, None);
    let request = request.map_err(|error| failed(error.to_string()))?;
    match client.request_text(request).await {
        Ok(text) => serde_json::from_str(&text)
            .map_err(|error| failed(format!("the answer is no JSON: {error}"))),
        Err(Error::Api(status)) => {
            let seconds = status.details.as_ref().map(|details| details.retry_after_seconds);
            let wait = seconds.filter(|seconds| *seconds > 0).map(u64::from);
            let failure = Failure { code: Some(status.code), reason: status.message.clone() };
            Err((failure, wait.map(Duration::from_secs)))
        }
        Err(error) => Err(failed(words(&error))),
    }
}

/// The Secrets that BGPPeers name.
fn password_secrets(page: &Value) -> Vec<(String, String)> {
    let peers = page["items"].as_array().into_iter().flatten();
    peers
        .filter_map(|peer| {
            let secret = &peer["spec"]["passwordSecret"];
            let own = peer["metadata"]["namespace"].as_str()?;
            let namespace = secret["namespace"].as_str().filter(|text| !text.is_empty());
            let name = secret["name"].as_str().filter(|text| !text.is_empty())?;
            Some((namespace.unwrap_or(own).to_owned(), name.to_owned()))
        })
        .collect()
}

/// A text to be read: what only the server cares for is left out, and every field has
/// a line of its own.
fn finished(name: &str, mut page: Value) -> Fetched {
    let objects = match page.get_mut("items").and_then(Value::as_array_mut) {
        Some(items) => {
            items.iter_mut().for_each(forget);
            items.len()
        }
        None => {
            forget(&mut page);
            1
        }
    };
    Fetched { name: format!("<cluster>/{name}"), text: format!("{page:#}\n"), objects }
}

fn forget(object: &mut Value) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
}
