//! Services and Nodes as an earlier attempt, or somebody else, left them.

use super::{Before, codes};
use crate::cluster::ServiceType;
use crate::convert::ANNOUNCER_LABEL;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::manifest::{Object, Origin};
use crate::plan::NO_POOL_LEFT;

pub(super) fn look(before: &Before<'_>) -> Vec<Diagnostic> {
    let mut found = attempts(before.objects);
    for service in &before.cluster.services {
        let Some(class) = &service.load_balancer_class else { continue };
        let ours = Some(class.as_str()) == before.lb_class || class.starts_with("io.cilium/");
        if service.service_type == ServiceType::LoadBalancer && !ours {
            found.push(
                Diagnostic::note(
                    codes::OTHER_CLASS,
                    format!("{} is of loadBalancerClass {class}: left alone", service.key),
                )
                .object(ObjectRef {
                    kind: "Service".to_owned(),
                    namespace: service.key.namespace.clone(),
                    name: service.key.name.clone(),
                })
                .label(service.origin.span("spec.loadBalancerClass"), "another one's"),
            );
        }
    }
    found
}

/// What the scripts of a plan set while they work.
pub(super) fn attempts(objects: &[Object]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for object in objects {
        let origin = Origin::new(object.node.clone());
        let label = format!("metadata.labels[\"{ANNOUNCER_LABEL}\"]");
        let labelled = matches!(object.kind.as_str(), "Node" | "Service")
            && object.meta.labels.contains_key(ANNOUNCER_LABEL);
        let emptied = object.kind == "L2Advertisement"
            && matches!(&object.node.nearest("spec.ipAddressPools").value,
                crate::manifest::Value::Seq(pools) if pools.iter().any(|pool| pool.as_str() == Some(NO_POOL_LEFT)));
        let (what, path) = match (labelled, emptied) {
            (true, _) => (format!("carries the label {ANNOUNCER_LABEL}"), label.as_str()),
            (_, true) => (format!("names {NO_POOL_LEFT}"), "spec.ipAddressPools"),
            _ => continue,
        };
        found.push(
            Diagnostic::lossy(codes::ATTEMPT_LEFT, format!("{} {what}", object.reference()))
                .object(object.reference())
                .label(origin.span(path), "of a cut-over")
                .help("go on with its scripts, or back, before you plan anew"),
        );
    }
    found
}
