//! The rights that the steps of a plan need of the person who runs them.
//!
//! In: the plan. Out: each [`Right`] once, as `kubectl auth can-i` asks for it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::action::{Action, Check, Target, Task};
use super::installation::{Workload, WorkloadKind};
use super::runbook::{FileContent, Plan};
use super::shell::quote;

/// A verb on a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Right {
    /// API group; empty for the core.
    pub group: String,
    /// The resource in the plural.
    pub resource: String,
    /// The subresource; empty for none.
    pub subresource: String,
    /// The namespace; empty for all of them, and for cluster-wide resources.
    pub namespace: String,
    /// The verb.
    pub verb: &'static str,
}

impl Right {
    fn new(verb: &'static str, group: &str, resource: &str, namespace: &str) -> Self {
        Self {
            group: group.to_owned(),
            resource: resource.to_owned(),
            subresource: String::new(),
            namespace: namespace.to_owned(),
            verb,
        }
    }

    /// `deployments.apps`.
    pub fn name(&self) -> String {
        if self.group.is_empty() {
            self.resource.clone()
        } else {
            format!("{}.{}", self.resource, self.group)
        }
    }

    /// The arguments of `kubectl auth can-i`.
    pub fn arguments(&self) -> Vec<String> {
        let mut words = vec![self.verb.to_owned(), self.name()];
        if !self.subresource.is_empty() {
            words.push(format!("--subresource={}", self.subresource));
        }
        if self.namespace.is_empty() {
            words.push("--all-namespaces".to_owned());
        } else {
            words.extend(["-n".to_owned(), self.namespace.clone()]);
        }
        words
    }

    /// The command that asks for it.
    pub fn command(&self) -> String {
        let words: Vec<String> = self.arguments().iter().map(|word| quote(word)).collect();
        format!("kubectl auth can-i {}", words.join(" "))
    }
}

/// A line for each right: the arguments of `kubectl auth can-i`.
pub(super) fn table(rights: &BTreeSet<Right>) -> FileContent {
    FileContent::Text(
        rights.iter().map(|right| format!("{}\n", right.arguments().join(" "))).collect(),
    )
}

/// Every right that the steps and their ways back need.
pub fn rights(plan: &Plan) -> BTreeSet<Right> {
    let mut needed = Needed { plan, rights: BTreeSet::new() };
    for step in &plan.steps {
        for task in step.tasks.iter().chain(&step.back.tasks) {
            match task {
                Task::Do(action) => needed.action(action),
                Task::Await(check) => needed.check(check),
            }
        }
        step.checks.iter().chain(&step.back.checks).for_each(|check| needed.check(check));
    }
    needed.rights
}

struct Needed<'a> {
    plan: &'a Plan,
    rights: BTreeSet<Right>,
}

const APPS: &str = "apps";
const CRDS: (&str, &str) = ("apiextensions.k8s.io", "customresourcedefinitions");
const WEBHOOKS: (&str, &str) = ("admissionregistration.k8s.io", "validatingwebhookconfigurations");
const RBAC: &str = "rbac.authorization.k8s.io";
const METALLB: &str = "metallb.io";

impl Needed<'_> {
    fn add(&mut self, verbs: &[&'static str], (group, resource): (&str, &str), namespace: &str) {
        self.rights.extend(verbs.iter().map(|verb| Right::new(verb, group, resource, namespace)));
    }

    fn target(&mut self, verbs: &[&'static str], target: &Target) {
        let plural = plural(&target.kind);
        let group = match target.resource.split_once('.') {
            Some((_, group)) => group,
            None if target.kind == "DaemonSet" => APPS,
            None if target.kind.ends_with("WebhookConfiguration") => WEBHOOKS.0,
            None => "",
        };
        self.add(verbs, (group, &plural), &target.namespace);
    }

    /// The objects of a file.
    fn file(&mut self, verbs: &[&'static str], file: &str) {
        let Some(FileContent::Manifests(documents)) = self.plan.files.get(file) else { return };
        for document in documents {
            let api = document.object["apiVersion"].as_str().unwrap_or_default();
            let group = api.split_once('/').map_or("", |(group, _)| group);
            let namespace = document.object["metadata"]["namespace"].as_str().unwrap_or_default();
            // Services are in any namespace.
            let namespace = if document.kind() == "Service" { "" } else { namespace };
            self.add(verbs, (group, &plural(document.kind())), namespace);
        }
    }

    fn pods(&mut self, workload: &Workload) {
        self.add(&["list"], ("", "pods"), &workload.namespace);
    }

    fn workload(&mut self, verbs: &[&'static str], workload: &Workload) {
        let plural = format!("{}s", workload.kind.resource());
        self.add(verbs, (APPS, &plural), &workload.namespace);
    }

    fn action(&mut self, action: &Action) {
        match action {
            Action::Snapshot { .. } => {
                for resource in ["services", "nodes", "namespaces"] {
                    self.add(&["list"], ("", resource), "");
                }
            }
            Action::Baseline { speaker } => self.pods(speaker),
            Action::HelmUpgrade { namespace, .. } => {
                self.add(&["get", "list", "create", "update"], ("", "secrets"), namespace);
                self.add(&["get", "patch"], ("", "configmaps"), namespace);
                self.add(&["get", "patch"], (APPS, "daemonsets"), namespace);
                self.add(&["get", "patch"], (APPS, "deployments"), namespace);
            }
            Action::Apply { file } => self.file(&["get", "create", "patch"], file),
            Action::ApplyOwned { file } => self.file(&["get", "patch"], file),
            Action::Delete { file } => self.file(&["get", "delete"], file),
            Action::LabelServices { .. } => self.add(&["get", "patch"], ("", "services"), ""),
            Action::LabelNodes { .. } => self.add(&["get", "patch"], ("", "nodes"), ""),
            Action::Scale { workload, .. } => {
                self.workload(&["get"], workload);
                self.rights.insert(Right {
                    subresource: "scale".to_owned(),
                    ..Right::new("patch", APPS, "deployments", &workload.namespace)
                });
            }
            Action::Patch { target, .. } => self.target(&["get", "patch"], target),
            Action::SaveAndDelete { target } => self.target(&["get", "delete"], target),
            Action::Restore { target } => self.target(&["get", "create", "patch"], target),
            Action::DeleteObjects { targets } => {
                self.add(&["get"], CRDS, "");
                targets.iter().for_each(|target| self.target(&["get", "delete"], target));
            }
            Action::RemoveMetallb { names } => self.removal(&names.namespace),
        }
    }

    fn removal(&mut self, namespace: &str) {
        self.add(&["get", "list", "patch", "delete"], CRDS, "");
        self.add(&["get", "list", "delete"], WEBHOOKS, "");
        for resource in super::removal::RESOURCES {
            self.add(&["list", "delete"], (METALLB, resource), namespace);
        }
        for (group, resource) in super::removal::NAMESPACED {
            self.add(&["list", "delete"], (group, resource), namespace);
        }
        for resource in ["clusterroles", "clusterrolebindings"] {
            self.add(&["list", "delete"], (RBAC, resource), "");
        }
        // What holds the namespace.
        for (group, resource) in
            [("", "pods"), (APPS, "statefulsets"), ("", "persistentvolumeclaims")]
        {
            self.add(&["list"], (group, resource), namespace);
        }
        self.add(&["get", "delete"], ("", "namespaces"), "");
    }

    fn check(&mut self, check: &Check) {
        match check {
            Check::Rights | Check::Probes => {}
            Check::PlanIsFresh | Check::Addresses => self.add(&["list"], ("", "services"), ""),
            Check::Settings { namespace, .. } => {
                self.add(&["get"], ("", "configmaps"), namespace);
            }
            Check::Stopped { workload, .. } | Check::ReadyOn { workload, .. } => {
                self.pods(workload);
            }
            Check::Ready { workload } => {
                self.workload(&["get"], workload);
                if workload.kind == WorkloadKind::DaemonSet {
                    self.pods(workload);
                    self.add(&["list"], ("", "nodes"), "");
                }
            }
            Check::Seen { nodes } => {
                if !nodes.is_empty() {
                    self.add(&["list"], ("cilium.io", "ciliumnodes"), "");
                }
            }
            Check::PoolsWithoutConflict => {
                self.add(&["list"], ("cilium.io", "ciliumloadbalancerippools"), "");
            }
            Check::SilentOnL2 { .. } => {
                self.add(&["get"], CRDS, "");
                self.add(&["list"], (METALLB, "servicel2statuses"), "");
            }
            Check::Leases { namespace, .. } | Check::NoLeases { namespace, .. } => {
                self.add(&["list"], ("coordination.k8s.io", "leases"), namespace);
            }
            Check::Sessions { .. } | Check::NoSessions { .. } => {
                self.add(&["get"], ("cilium.io", "ciliumbgpnodeconfigs"), "");
            }
            Check::Exist { targets } => {
                targets.iter().for_each(|target| self.target(&["get"], target));
            }
            Check::MetallbGone { speaker, .. } => {
                self.add(&["list"], CRDS, "");
                self.add(&["list"], WEBHOOKS, "");
                self.pods(speaker);
            }
        }
    }
}

/// The resource of a kind, by the API's convention.
fn plural(kind: &str) -> String {
    let kind = kind.to_lowercase();
    match kind.strip_suffix('y') {
        Some(stem) if !kind.ends_with("ey") => format!("{stem}ies"),
        _ if kind.ends_with('s') => format!("{kind}es"),
        _ => format!("{kind}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_named_by_convention() {
        for (kind, resource) in [
            ("Service", "services"),
            ("CiliumL2AnnouncementPolicy", "ciliuml2announcementpolicies"),
            ("CiliumLoadBalancerIPPool", "ciliumloadbalancerippools"),
            ("L2Advertisement", "l2advertisements"),
            ("Community", "communities"),
        ] {
            assert_eq!(plural(kind), resource);
        }
    }

    #[test]
    fn a_right_is_asked_for_as_kubectl_does() {
        let right = Right {
            subresource: "scale".to_owned(),
            ..Right::new("patch", "apps", "deployments", "m")
        };
        let expected = "kubectl auth can-i patch deployments.apps --subresource=scale -n m";
        assert_eq!(right.command(), expected);
        let right = Right::new("list", "", "services", "");
        assert_eq!(right.command(), "kubectl auth can-i list services --all-namespaces");
    }
}
