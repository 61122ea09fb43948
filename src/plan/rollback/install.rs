//! MetalLB comes back, asleep, where it was removed.

use serde_json::{Value as Json, json};

use super::moment::{wanted, without_pools};
use super::{NOTHING, Way, again, run};
use crate::convert::ANNOUNCER_LABEL;
use crate::diagnostic::Diagnostic;
use crate::plan::action::{Action, Announcer, Check};
use crate::plan::codes;
use crate::plan::runbook::Step;
use crate::plan::snapshot::Role;

impl Way<'_> {
    pub(super) fn install(&mut self) {
        let definitions: Vec<Json> =
            self.was.of(Role::Definition).map(|(_, object)| wanted(object)).collect();
        let workloads: Vec<Json> =
            self.was.of(Role::Workload).map(|(_, object)| self.asleep(object)).collect();
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
        }
        self.push(
            "install",
            Step {
                title: "Install MetalLB, asleep".to_owned(),
                why,
                tasks,
                checks: vec![Check::Addresses],
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
