//! Cilium's resources as they were.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::moment::{Key, Moment, key, same, wanted};
use super::{NOTHING, Way, again, run, served};
use crate::convert::ANNOUNCER_LABEL;
use crate::plan::action::{Action, Check, Task};
use crate::plan::cutover::bind;
use crate::plan::runbook::Step;
use crate::plan::snapshot::Role;

/// Cilium's resources that have to go, and those that have to be as they were.
pub(super) struct Change {
    pub(super) added: Vec<Json>,
    pub(super) changed: Vec<Json>,
}

impl Way<'_> {
    /// How Cilium's resources of a kind differ from the snapshot.
    pub(super) fn change(&self, kinds: &[&str]) -> Change {
        let is_one = |key: &Key| kinds.iter().any(|kind| key.0 == format!("cilium.io/{kind}"));
        let mut change = Change { added: vec![], changed: vec![] };
        for (key, object) in self.is.of(Role::Cilium).filter(|(key, _)| is_one(key)) {
            match self.was.get(Role::Cilium, key) {
                None => change.added.push(wanted(object)),
                Some(before) if !same(before, object) => change.changed.push(wanted(object)),
                Some(_) => {}
            }
        }
        change
    }

    /// Takes away what announced, and frees the speakers.
    pub(super) fn clean(&mut self, bound: bool) {
        let kinds = [
            "CiliumBGPClusterConfig",
            "CiliumL2AnnouncementPolicy",
            "CiliumBGPAdvertisement",
            "CiliumBGPPeerConfig",
            "CiliumBGPNodeConfigOverride",
        ];
        let Change { added, changed } = self.change(&kinds);
        let secrets = self.secrets(&added);
        let mut tasks = Vec::new();
        if !added.is_empty() {
            let file = self.file("cilium-added", [added, secrets].concat());
            tasks.push(run(Action::Delete { file }));
        }
        if let Some(task) = self.as_before("cilium-before", &changed) {
            tasks.push(task);
        }
        let labelled = self.node_names(|labels| labels.get(ANNOUNCER_LABEL).is_some());
        if bound {
            tasks.push(run(bind(self.installation, false)));
            // Whoever sees the labels go before the selector would stop the speakers.
            let workload = self.installation.speaker.clone();
            tasks.push(Task::Await(Check::Ready { workload }));
        }
        let nodes = if bound { self.node_names(|_| true) } else { labelled };
        if !nodes.is_empty() {
            tasks.push(run(Action::LabelNodes { nodes, announcer: None }));
        }
        if tasks.is_empty() {
            return;
        }
        self.push(
            "clean",
            Step {
                title: "Take Cilium's announcements away".to_owned(),
                why: vec![
                    "They select nothing any more. The speakers are freed of the label; those that \
                     were started meanwhile restart once more, one by one."
                        .to_owned(),
                ],
                tasks,
                checks: served(),
                takes: "a minute".to_owned(),
                interrupts: "as a rollout of MetalLB's speakers does".to_owned(),
                back: again(),
                ..Step::default()
            },
        );
    }

    /// Changed resources as the snapshot has them.
    pub(super) fn as_before(&mut self, name: &str, changed: &[Json]) -> Option<Task> {
        let before: Vec<Json> = changed
            .iter()
            .filter_map(|object| self.was.get(Role::Cilium, &key(object)))
            .map(wanted)
            .collect();
        (!before.is_empty()).then(|| {
            let file = self.file(name, before);
            run(Action::Apply { file })
        })
    }

    /// Secrets that only the added peers need, and that were not there before.
    fn secrets(&self, added: &[Json]) -> Vec<Json> {
        let needed: BTreeSet<&str> =
            added.iter().filter_map(|object| object["spec"]["authSecretRef"].as_str()).collect();
        let known = |key: &Key| {
            let name = format!("Secret {}/{}", key.1, key.2);
            self.was.get(Role::Secret, key).is_some() || self.left_out.contains(&name)
        };
        self.is
            .of(Role::Secret)
            .filter(|(key, _)| needed.contains(key.2.as_str()) && !known(key))
            .map(|(key, _)| {
                json!({
                    "apiVersion": "v1",
                    "kind": "Secret",
                    "metadata": {"name": key.2, "namespace": key.1},
                })
            })
            .collect()
    }

    /// Whether a Deployment of Cilium's ran at the time of the snapshot, and does not now.
    fn is_stopped(&self, name: &str) -> bool {
        let stopped = |moment: &Moment| {
            moment.of(Role::Settings).any(|((kind, _, of), object)| {
                kind == "apps/Deployment" && of == name && object["spec"]["replicas"] == 0
            })
        };
        stopped(self.is) && !stopped(self.was)
    }

    pub(super) fn pools(&mut self) {
        let Change { added, changed } = self.change(&["CiliumLoadBalancerIPPool"]);
        let workload = self.installation.operator.clone();
        let scale = |replicas| run(Action::Scale { workload: workload.clone(), replicas });
        if added.is_empty() && changed.is_empty() {
            // A step that was broken off may have left it so.
            if self.is_stopped(&workload.name) {
                let tasks = vec![
                    scale(self.installation.operator_replicas),
                    Task::Await(Check::Ready { workload }),
                ];
                self.push(
                    "operator",
                    Step {
                        title: "Start Cilium's operator".to_owned(),
                        why: vec!["It was stopped for the pools.".to_owned()],
                        tasks,
                        checks: served(),
                        takes: "half a minute".to_owned(),
                        interrupts: NOTHING.to_owned(),
                        back: again(),
                        ..Step::default()
                    },
                );
            }
            return;
        }
        let mut tasks =
            vec![scale(0), Task::Await(Check::Stopped { workload: workload.clone(), nodes: None })];
        if !added.is_empty() {
            let file = self.file("pools-added", added);
            tasks.push(run(Action::Delete { file }));
        }
        tasks.extend(self.as_before("pools-before", &changed));
        tasks.push(scale(self.installation.operator_replicas));
        tasks.push(Task::Await(Check::Ready { workload: workload.clone() }));
        self.push(
            "pools",
            Step {
                title: "Take Cilium's pools away".to_owned(),
                why: vec![
                    "Cilium's operator is stopped meanwhile: it would clear the addresses of a \
                     pool that it sees go. Without any pool LB-IPAM sleeps."
                        .to_owned(),
                ],
                tasks,
                checks: served(),
                takes: "a minute".to_owned(),
                interrupts: "no traffic; without the operator new nodes get no addresses for Pods"
                    .to_owned(),
                back: again(),
                ..Step::default()
            },
        );
    }
}
