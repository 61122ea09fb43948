//! What a way back needs, as manifests: both sides' resources, MetalLB's workloads
//! and definitions, and every Service with its addresses, labels and annotations.
//!
//! In: the objects at hand. Out: documents that every command reads again, and that
//! `kubectl apply` takes. Passwords are left out unless they are asked for.

mod passwords;

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::json;
use crate::convert::Document;
use crate::manifest::Object;
use crate::metallb;

/// `apiVersion` of the first document.
pub const SNAPSHOT_VERSION: &str = "metallb2cilium.io/v1alpha1";
/// `kind` of the first document.
pub const SNAPSHOT_KIND: &str = "Snapshot";

/// What an object is to a snapshot; the order is that in which it is written, and in
/// which a way back applies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// A CustomResourceDefinition of MetalLB's.
    Definition,
    /// A resource of MetalLB's or of frr-k8s, written by people.
    Metallb,
    /// What runs MetalLB: workloads, and what they need.
    Workload,
    /// A webhook of MetalLB's.
    Webhook,
    /// A resource of Cilium's.
    Cilium,
    /// Settings of either.
    Settings,
    /// A password.
    Secret,
    /// A Node.
    Node,
    /// A Service of type LoadBalancer.
    Service,
}

impl Role {
    /// What the object is, if it is anything to a snapshot.
    pub(super) fn of(object: &Object) -> Option<Self> {
        let (group, kind) = (object.group(), object.kind.as_str());
        let name = object.meta.name.as_str();
        let labelled = ["app", "app.kubernetes.io/name", "app.kubernetes.io/part-of"]
            .iter()
            .filter_map(|key| object.meta.labels.get(*key))
            .any(|value| value.contains("metallb") || value == "frr-k8s");
        Some(match (group, kind) {
            ("apiextensions.k8s.io", "CustomResourceDefinition")
                if name.ends_with(".metallb.io") =>
            {
                Self::Definition
            }
            // Written by the speakers, for themselves.
            (metallb::GROUP, status)
                if status.ends_with("Status") || status == "ConfigurationState" =>
            {
                return None;
            }
            (metallb::GROUP, _) => Self::Metallb,
            ("frrk8s.metallb.io", "FRRConfiguration") if !name.starts_with("metallb-") => {
                Self::Metallb
            }
            ("cilium.io", "CiliumBGPPeeringPolicy") => Self::Cilium,
            ("cilium.io", _) => {
                crate::cilium::Kind::parse(kind)?;
                Self::Cilium
            }
            ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration")
                if name.contains("metallb") || name.starts_with("frr-k8s") =>
            {
                Self::Webhook
            }
            ("apps", _) if matches!(name, "cilium" | "cilium-operator") => Self::Settings,
            ("apps", "Deployment" | "DaemonSet") if labelled || is_metallb_name(object) => {
                Self::Workload
            }
            ("rbac.authorization.k8s.io", _) if labelled || name.starts_with("metallb") => {
                Self::Workload
            }
            ("", "ConfigMap") if is_old_configuration(object) => Self::Metallb,
            // The manifests label neither ConfigMaps nor the webhooks' Service.
            ("", "ServiceAccount" | "ConfigMap") if labelled || is_metallb_name(object) => {
                Self::Workload
            }
            ("", "ConfigMap") if name == "cilium-config" => Self::Settings,
            ("", "Secret") => Self::Secret,
            ("", "Node") => Self::Node,
            ("", "Service") if is_load_balancer(object) => Self::Service,
            ("", "Service") if labelled || is_metallb_name(object) => Self::Workload,
            _ => return None,
        })
    }
}

/// The configuration of MetalLB up to 0.12.
fn is_old_configuration(object: &Object) -> bool {
    let text = object.node.get("data").and_then(|data| data.get("config")?.as_str());
    text.is_some_and(|text| text.contains("address-pools"))
}

/// Others have a `controller`, too (Knative).
fn is_metallb_name(object: &Object) -> bool {
    let name = object.meta.name.as_str();
    let plain = ["controller", "speaker", "pod-lister", "frr-startup", "webhook-service"];
    let is_plain = plain.contains(&name);
    name.contains("metallb") || is_plain && object.meta.namespace.contains("metallb")
}

fn is_load_balancer(object: &Object) -> bool {
    object.node.nearest("spec.type").as_str() == Some("LoadBalancer")
}

/// A snapshot.
pub fn snapshot(objects: &[Object], with_secrets: bool) -> Vec<Document> {
    let needed = needed_secrets(objects);
    let mut left_out = Vec::new();
    let mut kept: Vec<(Role, Json)> = Vec::new();
    for object in objects {
        let Some(role) = Role::of(object) else { continue };
        let is_secret = role == Role::Secret;
        if is_secret && !needed.contains(object.meta.name.as_str()) {
            continue;
        }
        if is_secret && !with_secrets {
            left_out.push(object.reference().to_string());
            continue;
        }
        let mut json = json::object(object);
        if role == Role::Node {
            json = node(&json);
        }
        // Definitions speak of passwords, and hold none.
        if !with_secrets && role != Role::Definition {
            let taken = passwords::take_out(&mut json, role == Role::Workload);
            if taken.fields {
                left_out.push(format!("the password of {}", object.reference()));
            }
            let texts = taken.texts.iter();
            left_out.extend(
                texts.map(|path| {
                    format!("{path} of {}, which holds a password", object.reference())
                }),
            );
        }
        kept.push((role, json));
    }
    // Names of a kind stay in the order of the input.
    kept.sort_by_key(|(role, _)| *role);
    left_out.sort();
    let services = kept.iter().filter(|(role, _)| *role == Role::Service).count();
    let announced = super::announcers::announced_now(objects);
    let mut head = json!({
        "apiVersion": SNAPSHOT_VERSION,
        "kind": SNAPSHOT_KIND,
        "metadata": {"name": "snapshot"},
        "spec": {
            "version": env!("CARGO_PKG_VERSION"),
            "services": services,
            "leftOut": left_out,
        },
    });
    if announced.as_object().is_some_and(|by| !by.is_empty()) {
        head["spec"]["announced"] = announced;
    }
    let comment = "The state to go back to: `metallb2cilium plan --rollback FILE`.";
    let first = Document { comments: vec![comment.to_owned()], object: head, source: None };
    let rest =
        kept.into_iter().map(|(_, object)| Document { comments: vec![], object, source: None });
    std::iter::once(first).chain(rest).collect()
}

/// Names of Secrets that BGP sessions of either side need.
fn needed_secrets(objects: &[Object]) -> BTreeSet<&str> {
    let paths = ["spec.passwordSecret.name", "spec.authSecretRef"];
    objects
        .iter()
        .filter(|object| matches!(object.kind.as_str(), "BGPPeer" | "CiliumBGPPeerConfig"))
        .flat_map(|object| paths.iter().filter_map(|path| object.node.nearest(path).as_str()))
        .collect()
}

/// As much of a Node as a way back looks at; the rest changes by itself.
fn node(node: &Json) -> Json {
    let of = |list: &str, fields: [&str; 2]| -> Vec<Json> {
        let items = node["status"][list].as_array().into_iter().flatten();
        items
            .map(|item| fields.iter().map(|f| ((*f).to_owned(), item[*f].clone())).collect())
            .collect()
    };
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": node["metadata"],
        "status": {
            "addresses": of("addresses", ["type", "address"]),
            "conditions": of("conditions", ["type", "status"]),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifests;

    const PEER: &str = "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\nmetadata: {name: tor, \
        namespace: m, uid: u, annotations: {kubectl.kubernetes.io/last-applied-configuration: \
        '{\"password\":\"hidden\"}'}}\nspec: {password: hidden, peerAddress: 192.0.2.1, \
        passwordSecret: {name: key}}\n";
    const SECRET: &str = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: key, namespace: m}\n\
        stringData: {password: hidden}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: other, \
        namespace: m}\nstringData: {token: hidden}\n";

    fn texts(text: &str, with_secrets: bool) -> Vec<String> {
        let objects = Manifests::from_text("t", text).objects;
        snapshot(&objects, with_secrets).iter().map(|one| one.object.to_string()).collect()
    }

    #[test]
    fn passwords_are_left_out_and_named() {
        let texts = texts(&format!("{PEER}{SECRET}"), false);
        assert_eq!(texts.len(), 2);
        assert!(!texts.concat().contains("hidden"), "{texts:?}");
        assert!(
            texts[0].contains("Secret m/key") && texts[0].contains("password of BGPPeer m/tor")
        );
        assert!(!texts[0].contains("other"));
    }

    #[test]
    fn with_secrets_those_that_sessions_need_are_kept() {
        let texts = texts(&format!("{PEER}{SECRET}"), true);
        assert_eq!(texts.len(), 3);
        assert!(texts[1].contains("\"password\":\"hidden\"") && !texts[1].contains("uid"));
        assert!(texts[2].contains("\"key\"") && !texts.concat().contains("other"));
    }

    #[test]
    fn who_announces_now_is_noted() {
        let text = "apiVersion: metallb.io/v1beta1\nkind: ServiceL2Status\nmetadata: {name: d, \
            namespace: m}\nstatus: {node: a, serviceName: web, serviceNamespace: shop}\n";
        let head = texts(text, false).remove(0);
        assert!(
            head.contains("\"announced\":{\"ServiceL2Status\":{\"shop/web\":[\"a\"]}}"),
            "{head}"
        );
    }

    #[test]
    fn a_controller_of_somebody_else_is_not_kept() {
        let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: controller, \
            namespace: knative-serving}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: \
            {name: controller, namespace: lb, labels: {app: metallb}}\n---\napiVersion: apps/v1\n\
            kind: DaemonSet\nmetadata: {name: speaker, namespace: metallb-system}\n";
        let texts = texts(text, false);
        assert_eq!(texts.len(), 3);
        assert!(!texts.concat().contains("knative"), "{texts:?}");
    }

    #[test]
    fn what_the_manifests_leave_without_a_label_is_kept() {
        let object = |kind: &str, name: &str| {
            format!(
                "---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: \
                 metallb-system}}\n"
            )
        };
        let text = [
            object("ConfigMap", "metallb-excludel2"),
            object("ConfigMap", "frr-startup"),
            object("Service", "metallb-webhook-service"),
            object("ConfigMap", "kube-root-ca.crt"),
        ];
        let objects = Manifests::from_text("t", text.concat().as_str()).objects;
        let roles: Vec<Option<Role>> = objects.iter().map(Role::of).collect();
        let kept = Some(Role::Workload);
        assert_eq!(roles, [kept, kept, kept, None]);
    }

    #[test]
    fn only_services_of_load_balancers_and_what_is_of_either_side_are_kept() {
        let text = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: ClusterIP}\n\
            ---\napiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {type: LoadBalancer}\n\
            ---\napiVersion: v1\nkind: Pod\nmetadata: {name: c}\n---\napiVersion: metallb.io/v1beta1\n\
            kind: ServiceL2Status\nmetadata: {name: d, namespace: m}\n---\napiVersion: cilium.io/v2\n\
            kind: CiliumEndpoint\nmetadata: {name: e}\n---\napiVersion: cilium.io/v2\nkind: \
            CiliumLoadBalancerIPPool\nmetadata: {name: f}\n";
        let texts = texts(text, false);
        assert!(!texts[0].contains("announced"));
        let kept: Vec<bool> =
            ["\"b\"", "\"f\""].iter().map(|n| texts.concat().contains(n)).collect();
        assert_eq!((texts.len(), kept), (3, vec![true, true]));
    }
}
