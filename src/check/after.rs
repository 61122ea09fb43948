//! What must be gone when MetalLB is gone.

use super::{codes, services};
use crate::diagnostic::{Code, Diagnostic};
use crate::manifest::{Node, Object, Origin, Value};

/// Annotations of MetalLB's begin with one of these.
const ANNOTATIONS: [&str; 2] = ["metallb.io/", "metallb.universe.tf/"];

/// How an address is asked for of LB-IPAM; the new name goes first.
const ASKS: [&str; 2] = ["lbipam.cilium.io/ips", "io.cilium/lb-ipam-ips"];

/// Looks for what is left.
pub fn after(objects: &[Object]) -> Vec<Diagnostic> {
    let mut found = services::attempts(objects);
    found.extend(objects.iter().flat_map(look));
    found
}

fn look(object: &Object) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let origin = Origin::new(object.node.clone());
    let say = |code: &'static Code, what: &str, path: &str| {
        Diagnostic::error(code, format!("{} {what}", object.reference()))
            .object(object.reference())
            .label(origin.span(path), "left")
    };
    let name = object.meta.name.as_str();
    let kind = object.kind.as_str();
    match (object.group(), kind) {
        ("metallb.io", _) => found.push(
            say(codes::RESOURCE_LEFT, "is still there", "metadata.name")
                .help("delete it, once no controller of MetalLB's runs"),
        ),
        ("apiextensions.k8s.io", _) if name.ends_with(".metallb.io") => found.push(
            say(codes::RESOURCE_LEFT, "is still there", "metadata.name")
                .help(format!("kubectl delete crd {name}")),
        ),
        ("admissionregistration.k8s.io", _) if name.contains("metallb") => found.push(
            say(codes::WEBHOOK_LEFT, "is still there", "metadata.name")
                .help(format!("kubectl delete {} {name}", kind.to_lowercase())),
        ),
        ("apps", "Deployment" | "DaemonSet") if is_metallb(object) => {
            found.push(say(codes::WORKLOAD_LEFT, "is still there", "metadata.name").help(format!(
                "kubectl delete {} -n {} {name}",
                kind.to_lowercase(),
                object.meta.namespace
            )))
        }
        ("", "Service") => found.extend(service(object, &origin)),
        _ => {}
    }
    let about = object.api_version.contains("metallb.io")
        || is_metallb(object)
        || kind == "Service"
        || name.ends_with(".metallb.io");
    let has = |path: &str| object.node.get("metadata").is_some_and(|meta| meta.get(path).is_some());
    if about && has("deletionTimestamp") && has("finalizers") {
        found.push(
            say(codes::DELETION_HANGS, "waits for a finalizer", "metadata.finalizers")
                .help("see who sets it, and whether that still runs"),
        );
    }
    found
}

fn is_metallb(object: &Object) -> bool {
    let labels = ["app", "app.kubernetes.io/name"].iter();
    let mut values = labels.filter_map(|key| object.meta.labels.get(*key));
    values.any(|value| value == "metallb") || object.meta.name.contains("metallb")
}

fn service(object: &Object, origin: &Origin) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let annotations = &object.meta.annotations;
    let left: Vec<&str> = annotations
        .keys()
        .map(String::as_str)
        .filter(|key| ANNOTATIONS.iter().any(|prefix| key.starts_with(prefix)))
        .collect();
    if !left.is_empty() {
        found.push(
            Diagnostic::note(
                codes::ANNOTATION_LEFT,
                format!("{} still has {}", object.reference(), left.join(", ")),
            )
            .object(object.reference())
            .label(origin.span("metadata.annotations"), "nobody reads them")
            .help("take them out where they are written"),
        );
    }
    let asks = ASKS.iter().find_map(|key| annotations.get(*key));
    let is_load_balancer = object.node.nearest("spec.type").as_str() == Some("LoadBalancer");
    let Some(asks) = asks.filter(|_| is_load_balancer) else { return found };
    let held: Vec<&str> = match &object.node.nearest("status.loadBalancer.ingress").value {
        Value::Seq(items) => {
            items.iter().filter_map(|item| item.get("ip").and_then(Node::as_str)).collect()
        }
        _ => vec![],
    };
    let missing: Vec<&str> =
        asks.split(',').map(str::trim).filter(|ip| !ip.is_empty() && !held.contains(ip)).collect();
    if !missing.is_empty() {
        found.push(
            Diagnostic::error(
                codes::ADDRESS_MISSING,
                format!("{} does not hold {}", object.reference(), missing.join(", ")),
            )
            .object(object.reference())
            .label(origin.span("status"), "holds something else")
            .help(format!(
                "kubectl describe service -n {} {}",
                object.meta.namespace, object.meta.name
            )),
        );
    }
    found
}
