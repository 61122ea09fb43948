//! The Pod: what it may do, what it runs, where it may run.

use serde_json::{Value, json};

use super::{Placement, Run};

/// Where the input is in the Pod.
pub const DIRECTORY: &str = "/input";
/// Memory without input, in MiB, and how much of it the program takes for a byte of
/// manifests, with room to spare.
const MEMORY_MIB: usize = 256;
const MEMORY_FACTOR: usize = 128;

/// Whom the program runs as.
///
/// Kubernetes has no ambient capabilities: when another user than root executes a
/// program, nothing is left of what `capabilities.add` lists but the bounding set
/// (capabilities(7)), unless the program's file has the capabilities itself. Those count
/// under `allowPrivilegeEscalation: false`, too, as long as the runtime executes the
/// program itself: `no_new_privs` keeps an execution from giving more than the process
/// had (prctl(2)), and the runtime's process has what is listed. A shell or an init in
/// between would lose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum User {
    /// Root with two capabilities: any image will do.
    Root,
    /// Another user: the program's file in the image has the capabilities.
    NotRoot(u32),
}

/// The template of the Pods.
pub(super) fn template(
    run: &Run,
    labels: Value,
    volumes: &[(String, bool)],
    node: Option<&str>,
) -> Value {
    let mut spec = json!({
        "restartPolicy": if node.is_some() { "Never" } else { "Always" },
        "hostNetwork": true,
        "dnsPolicy": "Default",
        "automountServiceAccountToken": false,
        "enableServiceLinks": false,
        "terminationGracePeriodSeconds": 10,
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "affinity": affinity(&run.placement, node),
        // Tainted and cordoned nodes have traffic, too.
        "tolerations": [{"operator": "Exists"}],
        "securityContext": of_pod(run.user),
        "containers": [container(run)],
        "volumes": [volume(volumes)],
    });
    if let Some(secret) = &run.pull_secret {
        spec["imagePullSecrets"] = json!([{"name": secret}]);
    }
    if spec["affinity"].is_null()
        && let Value::Object(fields) = &mut spec
    {
        fields.shift_remove("affinity");
    }
    json!({"metadata": {"labels": labels}, "spec": spec})
}

/// The Nodes, as the scheduler takes them: a Pod that is bound by `nodeName` would pass
/// it by, and with it the look at free resources.
fn affinity(placement: &Placement, node: Option<&str>) -> Value {
    // A field takes just one value; several terms are alternatives.
    let field = |name: &str| json!([{"key": "metadata.name", "operator": "In", "values": [name]}]);
    let terms: Vec<Value> = match (placement, node) {
        (_, Some(node)) => vec![json!({"matchFields": field(node)})],
        (Placement::Jobs { .. }, None) => vec![],
        (Placement::DaemonSet { nodes, selector }, None) => {
            let labels = selector.match_labels.iter();
            let mut expressions: Vec<Value> = labels
                .map(|(key, value)| json!({"key": key, "operator": "In", "values": [value]}))
                .collect();
            expressions.extend(selector.match_expressions.iter().map(|one| json!(one)));
            let term = |fields: Option<Value>| {
                let mut term = json!({});
                if let Some(fields) = fields {
                    term["matchFields"] = fields;
                }
                if !expressions.is_empty() {
                    term["matchExpressions"] = json!(expressions);
                }
                term
            };
            if nodes.is_empty() {
                Some(term(None)).filter(|term| *term != json!({})).into_iter().collect()
            } else {
                nodes.iter().map(|name| term(Some(field(name)))).collect()
            }
        }
    };
    if terms.is_empty() {
        return Value::Null;
    }
    json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": terms,
    }}})
}

fn of_pod(user: User) -> Value {
    let mut context = match user {
        User::Root => json!({"runAsUser": 0, "runAsGroup": 0}),
        // The group is that of the files.
        User::NotRoot(id) => json!({
            "runAsNonRoot": true, "runAsUser": id, "runAsGroup": id, "fsGroup": id,
        }),
    };
    context["seccompProfile"] = json!({"type": "RuntimeDefault"});
    context
}

fn container(run: &Run) -> Value {
    let bytes: usize = run.files.iter().map(|file| file.text.len()).sum();
    let memory = MEMORY_MIB + (bytes * MEMORY_FACTOR).div_ceil(64 << 20) * 64;
    json!({
        "name": "live",
        "image": run.image,
        "command": [run.program],
        "args": run.arguments,
        "env": [{"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
        "resources": {
            "requests": {"cpu": "50m", "memory": "64Mi"},
            "limits": {"cpu": "1", "memory": format!("{memory}Mi")},
        },
        "securityContext": {
            "privileged": false,
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "capabilities": {"drop": ["ALL"], "add": ["NET_RAW", "NET_ADMIN"]},
        },
        "volumeMounts": [{"name": "input", "mountPath": DIRECTORY, "readOnly": true}],
    })
}

/// All objects in one directory, for the owner and the group only.
fn volume(volumes: &[(String, bool)]) -> Value {
    let sources = volumes.iter().map(|(name, secret)| {
        let kind = if *secret { "secret" } else { "configMap" };
        json!({kind: {"name": name}})
    });
    json!({
        "name": "input",
        "projected": {"defaultMode": 0o440, "sources": sources.collect::<Vec<_>>()},
    })
}
