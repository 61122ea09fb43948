//! What Kubernetes runs on the nodes for a look at the whole cluster: a Job for each
//! Node, or a DaemonSet, with the input beside it.
//!
//! ```text
//! texts of the input ─► files ─► ConfigMaps, Secrets ─┐
//! command, Nodes, image ─────────► pod ─► Jobs ───────┴► documents
//! ```
//! The commands are dry runs: there is no way to ask for one that draws traffic.

pub mod codes;
mod files;
mod pod;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub use files::File;
pub use pod::{DIRECTORY, User};

use super::observations::Kind;
use crate::convert::Document;
use crate::diagnostic::Diagnostic;
use crate::selector::LabelSelector;

/// The Namespace that is made where none is named.
pub const NAMESPACE: &str = "metallb2cilium";
/// The longest name of a Job: its Pods carry it as a label.
const MAX_NAME: usize = 63;

/// Where it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// A Job for each of these Nodes.
    Jobs {
        /// The Nodes.
        nodes: Vec<String>,
        /// How long an ended Job and its log are kept.
        ttl: Duration,
        /// How long a Job may take, with the time to pull the image.
        deadline: Duration,
    },
    /// A DaemonSet, on the Nodes that both say.
    DaemonSet {
        /// Nodes by name; empty is every one.
        nodes: Vec<String>,
        /// Nodes by their labels.
        selector: LabelSelector,
    },
}

/// What is to be run, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What is looked at.
    pub kind: Kind,
    /// What its objects are called, or begin with.
    pub name: String,
    /// The Namespace, where there is one already.
    pub namespace: Option<String>,
    /// The image.
    pub image: String,
    /// The program within the image.
    pub program: String,
    /// Its arguments but for the input; `$(NODE_NAME)` is the Node.
    pub arguments: Vec<String>,
    /// The input.
    pub files: Vec<File>,
    /// Whom it runs as.
    pub user: User,
    /// The Secret for the registry.
    pub pull_secret: Option<String>,
    /// Where it runs.
    pub placement: Placement,
}

/// The objects, in the order in which they are to be applied.
///
/// # Errors
/// Input that does not fit.
pub fn documents(run: &Run) -> Result<Vec<Document>, Box<Diagnostic>> {
    let volumes = files::volumes(&run.files)?;
    let names: Vec<(String, bool)> = volumes
        .iter()
        .enumerate()
        .map(|(n, volume)| (format!("{}-input-{n}", run.name), volume.secret))
        .collect();
    let mut objects = Vec::new();
    if run.namespace.is_none() {
        objects.push(namespace());
    }
    for (volume, (name, _)) in volumes.iter().zip(&names) {
        objects.push(volume.object(metadata(run, name)));
    }
    let template = |node: Option<&str>| pod::template(run, labels(run), &names, node);
    match &run.placement {
        Placement::Jobs { nodes, ttl, deadline } => {
            for node in nodes {
                objects.push(json!({
                    "apiVersion": "batch/v1",
                    "kind": "Job",
                    "metadata": metadata(run, &job_name(&run.name, node)),
                    "spec": {
                        "backoffLimit": 0,
                        "activeDeadlineSeconds": deadline.as_secs(),
                        "ttlSecondsAfterFinished": ttl.as_secs(),
                        "template": template(Some(node)),
                    },
                }));
            }
        }
        Placement::DaemonSet { .. } => objects.push(json!({
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": metadata(run, &run.name),
            "spec": {
                "selector": {"matchLabels": labels(run)},
                // All at once: a look at one moment.
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "100%"}},
                "template": template(None),
            },
        })),
    }
    let mut comments = how_to(run);
    let document =
        |object: Value| Document { comments: std::mem::take(&mut comments), object, source: None };
    Ok(objects.into_iter().map(document).collect())
}

/// Host network and NET_RAW are beyond the levels `restricted` and `baseline` of the
/// Pod Security Standards.
fn namespace() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": NAMESPACE,
            "labels": {
                "app.kubernetes.io/name": "metallb2cilium",
                "pod-security.kubernetes.io/enforce": "privileged",
                "pod-security.kubernetes.io/audit": "privileged",
                "pod-security.kubernetes.io/warn": "privileged",
            },
        },
    })
}

fn metadata(run: &Run, name: &str) -> Value {
    json!({"name": name, "namespace": in_namespace(run), "labels": labels(run)})
}

fn in_namespace(run: &Run) -> &str {
    run.namespace.as_deref().unwrap_or(NAMESPACE)
}

/// What all objects of a run have in common, and no others.
fn labels(run: &Run) -> Value {
    json!({
        "app.kubernetes.io/name": "metallb2cilium",
        "app.kubernetes.io/component": format!("live-{}", run.kind.name()),
        "app.kubernetes.io/instance": run.name,
    })
}

/// A name for the Node's Job, of letters that a host name may have too.
fn job_name(run: &str, node: &str) -> String {
    let plain = node.replace('.', "-");
    let name = format!("{run}-{plain}");
    if plain == node && name.len() <= MAX_NAME {
        return name;
    }
    let digest = Sha256::digest(node.as_bytes());
    let hash: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let room = MAX_NAME - hash.len() - 1;
    let short: String = name.chars().take(room).collect();
    format!("{}-{hash}", short.trim_end_matches('-'))
}

/// How the manifests are used, as a comment on the first one.
fn how_to(run: &Run) -> Vec<String> {
    let (namespace, instance) = (in_namespace(run), &run.name);
    let select = format!("-n {namespace} -l app.kubernetes.io/instance={instance}");
    let mut lines = vec![
        format!(
            "metallb2cilium live {} on the nodes: a dry run, which draws no traffic.",
            run.kind.name()
        ),
        "Apply it from a file: kubectl apply --server-side -f FILE (without --server-side an"
            .to_owned(),
        "annotation takes a copy of the input, and it may have 256 KiB only).".to_owned(),
        format!("Collect:  kubectl logs {select} --tail=-1 > observations.jsonl"),
        "Judge:    metallb2cilium verify --observations observations.jsonl -f …".to_owned(),
    ];
    match &run.placement {
        Placement::Jobs { ttl, .. } => {
            lines.insert(3, format!("Wait:     kubectl get jobs {select} --watch"));
            lines.push(format!(
                "A Job fails where something is not as expected. It goes {} s after its end, and",
                ttl.as_secs()
            ));
            lines.push("its log with it: collect before.".to_owned());
            lines.push(format!(
                "Take away, before another run, too: kubectl delete jobs,configmaps,secrets {select}"
            ));
        }
        Placement::DaemonSet { .. } => {
            lines.push(
                "A DaemonSet runs until it is taken away, and starts again what has ended."
                    .to_owned(),
            );
            lines.push(format!("Take away: kubectl delete daemonsets,configmaps,secrets {select}"));
        }
    }
    if run.namespace.is_some() {
        lines.push(format!(
            "The Namespace {namespace} must admit host network and NET_RAW: the label"
        ));
        lines.push(
            "pod-security.kubernetes.io/enforce: privileged, where Pod Security is on.".to_owned(),
        );
    }
    if let User::NotRoot(id) = run.user {
        lines.push(format!(
            "User {id} has the capabilities of the program's file only. In the image:"
        ));
        lines.push(format!(
            "setcap cap_net_raw,cap_net_admin+ep {}. Without it: --run-as-user 0.",
            if run.program.starts_with('/') { run.program.as_str() } else { "PROGRAM" }
        ));
    }
    lines
}
