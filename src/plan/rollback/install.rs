//! MetalLB comes back, asleep, where it was removed.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::moment::{wanted, without_pools};
use super::{NOTHING, Way, again, run};
use crate::convert::ANNOUNCER_LABEL;
use crate::diagnostic::Diagnostic;
use crate::plan::action::{Action, Announcer, Check, Target, Task};
use crate::plan::codes;
use crate::plan::runbook::Step;
use crate::plan::snapshot::Role;

/// What the manifests and the chart bring beside what a snapshot holds.
const SECRETS: &str = "A snapshot holds no Secrets of MetalLB's programs, and no Node is moved \
                       before they are there. The controller writes its certificate into an empty \
                       one (`kubectl create secret generic NAME -n NAMESPACE`); the speakers share \
                       a random key in that of memberlist (with \
                       `--from-file=secretkey=<(openssl rand -base64 128)`). What else is missing \
                       comes with the manifests or the chart.";

/// What Pods of the workloads do not start without: accounts, ConfigMaps and Secrets.
fn needed(workloads: &[Json]) -> BTreeSet<Target> {
    let mut needed = BTreeSet::new();
    for workload in workloads {
        let namespace = workload["metadata"]["namespace"].as_str().unwrap_or_default();
        let mut add = |kind: &str, name: &Json| {
            if let Some(name) = name.as_str() {
                needed.insert(Target {
                    resource: kind.to_lowercase(),
                    kind: kind.to_owned(),
                    namespace: namespace.to_owned(),
                    name: name.to_owned(),
                });
            }
        };
        let pod = &workload["spec"]["template"]["spec"];
        let list = |json: &Json| json.as_array().cloned().unwrap_or_default();
        add("ServiceAccount", &pod["serviceAccountName"]);
        for volume in list(&pod["volumes"]) {
            for (kind, source, name) in
                [("ConfigMap", "configMap", "name"), ("Secret", "secret", "secretName")]
            {
                if volume[source]["optional"] != true {
                    add(kind, &volume[source][name]);
                }
            }
        }
        let containers = [list(&pod["initContainers"]), list(&pod["containers"])].concat();
        for variable in containers.iter().flat_map(|container| list(&container["env"])) {
            for (kind, source) in [("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")] {
                let from = &variable["valueFrom"][source];
                if from["optional"] != true {
                    add(kind, &from["name"]);
                }
            }
        }
    }
    needed
}

impl Way<'_> {
    pub(super) fn install(&mut self) {
        let definitions: Vec<Json> =
            self.was.of(Role::Definition).map(|(_, object)| wanted(object)).collect();
        let workloads: Vec<Json> =
            self.was.of(Role::Workload).map(|(_, object)| self.asleep(object)).collect();
        let needed = needed(&workloads);
        let complete = !definitions.is_empty()
            && workloads
                .iter()
                .any(|one| one["metadata"]["name"] == self.installation.speaker.name.as_str());
        let namespace = json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": self.installation.metallb_namespace},
        });
        let resources: Vec<Json> =
            self.was.of(Role::Metallb).map(|(_, object)| without_pools(object)).collect();
        let mut why = vec![
            "Definitions first, then the resources, then the workloads with the controller \
             stopped and the speakers on no Node: a controller that starts without its pools \
             clears every Service's address, and a speaker would announce what Cilium announces."
                .to_owned(),
        ];
        if !complete {
            self.found.push(
                Diagnostic::note(
                    codes::NOT_INSTALLABLE,
                    "the snapshot does not hold all of MetalLB's definitions and workloads",
                )
                .help("install the same version by its chart or manifests, in the runbook's order"),
            );
            why.push(
                "The snapshot does not hold all of MetalLB's definitions and workloads. Install \
                 the same version by its chart or manifests in this order; let its speakers select \
                 Nodes labelled metallb2cilium.io/announcer=metallb, and its controller have no \
                 replica."
                    .to_owned(),
            );
        }
        if !self.left_out.is_empty() {
            let message = format!("the snapshot was taken without: {}", self.left_out.join(", "));
            self.found.push(
                Diagnostic::lossy(codes::PASSWORDS_LEFT_OUT, message)
                    .help("put the passwords back before the speakers start"),
            );
            why.push(format!("Put back by hand: {}.", self.left_out.join(", ")));
        }
        if needed.iter().any(|target| target.kind == "Secret") {
            why.push(SECRETS.to_owned());
        }
        let secrets: Vec<Json> =
            self.was.of(Role::Secret).map(|(_, object)| wanted(object)).collect();
        let mut tasks = vec![run(Action::LabelNodes {
            nodes: self.node_names(|_| true),
            announcer: Some(Announcer::Cilium),
        })];
        let first = [vec![namespace], definitions].concat();
        for (name, objects) in [
            ("definitions", first),
            ("metallb-secrets", secrets),
            ("metallb", resources),
            ("workloads", workloads),
        ] {
            if !objects.is_empty() {
                let file = self.file(name, objects);
                tasks.push(run(Action::Apply { file }));
            }
            if name == "definitions" {
                // The API server needs a moment to serve what was defined.
                tasks.push(Task::Await(Check::Seen { nodes: vec![] }));
            }
        }
        let mut checks = vec![Check::Addresses];
        if !needed.is_empty() {
            checks.insert(0, Check::Exist { targets: needed.into_iter().collect() });
        }
        self.push(
            "install",
            Step {
                title: "Install MetalLB, asleep".to_owned(),
                why,
                tasks,
                checks,
                takes: "some minutes".to_owned(),
                interrupts: NOTHING.to_owned(),
                back: again(),
                ..Step::default()
            },
        );
    }

    /// A workload that does nothing yet.
    pub(super) fn asleep(&self, object: &Json) -> Json {
        let mut object = wanted(object);
        let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        if object["kind"] == "Deployment" && name == self.installation.controller.name {
            object["spec"]["replicas"] = json!(0);
        }
        if object["kind"] == "DaemonSet" && name == self.installation.speaker.name {
            object["spec"]["updateStrategy"] = json!({"type": "OnDelete"});
            object["spec"]["template"]["spec"]["nodeSelector"][ANNOUNCER_LABEL] =
                json!(Announcer::Metallb.as_str());
        }
        object
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pods_do_not_start_without_is_needed() {
        let speaker = json!({"kind": "DaemonSet", "metadata": {"namespace": "m"}, "spec": {"template": {
            "spec": {
                "serviceAccountName": "speaker",
                "containers": [{"env": [
                    {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "old", "key": "k"}}},
                    {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
                ]}],
                "volumes": [
                    {"name": "a", "secret": {"secretName": "memberlist"}},
                    {"name": "b", "configMap": {"name": "metallb-excludel2"}},
                    {"name": "c", "configMap": {"name": "metallb-memberlist-config", "optional": true}},
                    {"name": "d", "emptyDir": {}},
                ],
            },
        }}});
        let all: Vec<String> = needed(&[speaker, json!({"kind": "Role"})])
            .iter()
            .map(|one| format!("{} {}/{}", one.resource, one.namespace, one.name))
            .collect();
        assert_eq!(
            all,
            [
                "configmap m/metallb-excludel2",
                "secret m/memberlist",
                "secret m/old",
                "serviceaccount m/speaker"
            ]
        );
    }
}
