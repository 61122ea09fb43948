//! Announcements go back to MetalLB: behind the label, pool by pool and node by node.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::cilium::Change;
use super::moment::pool_fields;
use super::{L2_WHY, NOTHING, Way, again, document, label, run, served};
use crate::cluster::ServiceKey;
use crate::convert::ANNOUNCER_LABEL;
use crate::convert::Document;
use crate::plan::action::{Action, Announcer, Check, Target, Task};
use crate::plan::cutover::counted;
use crate::plan::files;
use crate::plan::runbook::Step;
use crate::plan::snapshot::Role;
use crate::selector::LabelSelector;

impl Way<'_> {
    /// Puts what announces behind the label, where it is not.
    pub(super) fn close(&mut self, bound: bool) {
        let mut tasks = Vec::new();
        let mut gates = Vec::new();
        let mut labelled = Vec::new();
        for (kind, field, file) in [
            ("CiliumL2AnnouncementPolicy", "serviceSelector", "l2-gated"),
            ("CiliumBGPClusterConfig", "nodeSelector", "bgp-sessions-gated"),
        ] {
            let Change { added, changed } = self.change(&[kind]);
            let is_open =
                |object: &Json| object["spec"][field]["matchLabels"].get(ANNOUNCER_LABEL).is_none();
            // One that had sessions before keeps them; its added peers go with its nodes.
            let changed = if field == "nodeSelector" { vec![] } else { changed };
            let open: Vec<Document> =
                [added, changed].concat().into_iter().filter(is_open).map(document).collect();
            if open.is_empty() {
                continue;
            }
            if field == "serviceSelector" {
                tasks.push(self.label_services(Some(Announcer::Cilium)));
            } else if bound {
                let is_free = |labels: &Json| labels.get(ANNOUNCER_LABEL).is_none();
                labelled = self.node_names(is_free);
                if !labelled.is_empty() {
                    tasks.push(label(&labelled, Announcer::Cilium));
                }
            }
            let gated = files::gated(&open, field).into_iter().map(|one| one.object).collect();
            let file = self.file(file, gated);
            gates.push(run(Action::Apply { file }));
        }
        if !gates.is_empty() {
            // A gate that closes before its label is seen would silence what it holds.
            tasks.push(Task::Await(Check::Seen { nodes: labelled }));
            tasks.extend(gates);
        }
        if tasks.is_empty() {
            return;
        }
        self.push(
            "close",
            Step {
                title: "Bind Cilium's announcements to a label".to_owned(),
                why: vec![format!(
                    "What Cilium announces now carries {ANNOUNCER_LABEL}=cilium before its \
                     resources ask for it: nothing changes, but single Services and Nodes can be \
                     taken back from here on."
                )],
                tasks,
                checks: served(),
                takes: "half a minute".to_owned(),
                interrupts: NOTHING.to_owned(),
                back: again(),
                ..Step::default()
            },
        );
    }

    /// Labels all Services that may be on L2.
    pub(super) fn label_services(&mut self, announcer: Option<Announcer>) -> Task {
        let file = "services-l2.yaml".to_owned();
        self.files.insert(file.clone(), files::services(self.service_keys()));
        run(Action::LabelServices { file, announcer })
    }

    pub(super) fn service_keys(&self) -> BTreeSet<ServiceKey> {
        let ours = self.is.of(Role::Service).filter(|(_, object)| {
            let class = object["spec"]["loadBalancerClass"].as_str();
            class.is_none_or(|class| !class.starts_with("io.cilium/"))
        });
        ours.map(|((_, namespace, name), _)| ServiceKey {
            namespace: namespace.clone(),
            name: name.clone(),
        })
        .collect()
    }

    /// Gives all pools back to MetalLB's L2Advertisements.
    pub(super) fn l2(&mut self, removed: bool) {
        let labelled = self
            .is
            .of(Role::Service)
            .any(|(_, object)| object["metadata"]["labels"].get(ANNOUNCER_LABEL).is_some());
        let announces = labelled
            || self.steps.iter().any(|step| {
                step.tasks.iter().any(|task| matches!(task, Task::Do(Action::LabelServices { .. })))
            });
        let mut patches = Vec::new();
        for (key, before) in self.was.of(Role::Metallb) {
            if key.0 != "metallb.io/L2Advertisement" {
                continue;
            }
            let changed = self
                .is
                .get(Role::Metallb, key)
                .is_some_and(|now| pool_fields(now) != pool_fields(before));
            if changed || removed {
                let target = Target {
                    resource: "l2advertisements.metallb.io".to_owned(),
                    kind: "L2Advertisement".to_owned(),
                    namespace: key.1.clone(),
                    name: key.2.clone(),
                };
                patches.push(run(Action::Patch { target, patch: pool_fields(before) }));
            }
        }
        if patches.is_empty() && !announces {
            return;
        }
        let mut tasks = Vec::new();
        if announces {
            let table = "services-l2.tsv".to_owned();
            self.files.insert(table.clone(), files::table(&self.service_keys()));
            tasks.push(self.label_services(None));
            tasks.push(Task::Await(Check::NoLeases {
                namespace: self.installation.cilium_namespace.clone(),
                file: table,
            }));
        }
        tasks.extend(patches);
        self.push(
            "l2",
            Step {
                title: "Give the answers on L2 back to MetalLB".to_owned(),
                why: vec![L2_WHY.to_owned()],
                confirm: Some("Move the answers of all Services on L2 to MetalLB?".to_owned()),
                tasks,
                checks: served(),
                takes: "a minute".to_owned(),
                interrupts: "for some seconds nobody answers a new ARP or NDP request".to_owned(),
                back: again(),
                ..Step::default()
            },
        );
    }

    /// Nodes whose labels fit.
    pub(super) fn node_names(&self, fits: impl Fn(&Json) -> bool) -> Vec<String> {
        let nodes = self.is.of(Role::Node);
        let nodes = nodes.filter(|(_, node)| fits(&node["metadata"]["labels"]));
        nodes.map(|(key, _)| key.2.clone()).collect()
    }

    /// Nodes on which Cilium's sessions, as they were added, run or ran.
    pub(super) fn nodes_with_sessions(&self) -> BTreeSet<String> {
        let Change { added, .. } = self.change(&["CiliumBGPClusterConfig"]);
        let selectors: Vec<LabelSelector> = added
            .iter()
            .map(|config| {
                let mut selector = config["spec"]["nodeSelector"].clone();
                if let Some(labels) = selector["matchLabels"].as_object_mut() {
                    labels.remove(ANNOUNCER_LABEL);
                }
                // What the API server took is a selector.
                serde_json::from_value(selector).unwrap_or_default()
            })
            .collect();
        self.node_names(|labels| {
            let labels: BTreeMap<String, String> =
                serde_json::from_value(labels.clone()).unwrap_or_default();
            selectors.iter().any(|selector| selector.matches(&labels))
        })
        .into_iter()
        .collect()
    }

    /// Gives the nodes back, those with sessions one by one.
    pub(super) fn nodes(&mut self) {
        let workload = self.installation.speaker.clone();
        let here = |labels: &Json| {
            labels.get(ANNOUNCER_LABEL).and_then(Json::as_str) != Some(Announcer::Metallb.as_str())
        };
        let mut nodes = self.node_names(here);
        let with_sessions = self.nodes_with_sessions();
        for config in self.change(&["CiliumBGPClusterConfig"]).changed {
            let back = self.as_it_was(&config);
            nodes.retain(|node| !back.contains(node));
        }
        let (bgp, rest): (Vec<String>, Vec<String>) =
            nodes.into_iter().partition(|node| with_sessions.contains(node));
        for node in bgp {
            let one = [node.clone()];
            self.push(
                &format!("bgp-{node}"),
                Step {
                    title: format!("BGP: {node}"),
                    why: vec![
                        "Cilium's sessions are closed before the speaker opens MetalLB's: a \
                         router holds one for each neighbour."
                            .to_owned(),
                    ],
                    confirm: Some(format!("Move the BGP sessions of {node} to MetalLB?")),
                    tasks: vec![
                        label(&one, Announcer::Nobody),
                        Task::Await(Check::NoSessions { node: node.clone() }),
                        label(&one, Announcer::Metallb),
                        Task::Await(Check::Ready { workload: workload.clone() }),
                    ],
                    checks: served(),
                    takes: "10 to 180 seconds".to_owned(),
                    interrupts: "the node's routes are gone until the new sessions are up"
                        .to_owned(),
                    back: again(),
                    ..Step::default()
                },
            );
        }
        if !rest.is_empty() {
            self.push(
                "speakers",
                Step {
                    title: format!("Start the speakers of {}", counted(rest.len(), "Node")),
                    why: vec!["None of these Nodes has a session of Cilium's.".to_owned()],
                    tasks: vec![
                        label(&rest, Announcer::Metallb),
                        Task::Await(Check::Ready { workload }),
                    ],
                    checks: served(),
                    takes: "a minute".to_owned(),
                    interrupts: NOTHING.to_owned(),
                    back: again(),
                    ..Step::default()
                },
            );
        }
    }

    /// Makes one step of a step and the next one: between the two nobody would answer.
    pub(super) fn join(&mut self, first: usize) {
        if self.steps.len() < first + 2 {
            return;
        }
        let next = self.steps.remove(first + 1);
        if let Some(step) = self.steps.get_mut(first) {
            step.title = format!("{}; {}", step.title, next.title);
            step.tasks.extend(next.tasks);
            step.why.extend(next.why);
            step.interrupts = format!("{}; {}", step.interrupts, next.interrupts);
        }
        for (index, step) in self.steps.iter_mut().enumerate().skip(first + 1) {
            if let Some((_, word)) = step.id.split_once('-') {
                step.id = format!("{:02}-{word}", index + 1);
            }
        }
    }

    /// Takes the added peers out of a ClusterConfig that had others before, and lets the
    /// speakers of its nodes run. Returns the nodes.
    fn as_it_was(&mut self, config: &Json) -> Vec<String> {
        let name = config["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let selector: LabelSelector =
            serde_json::from_value(config["spec"]["nodeSelector"].clone()).unwrap_or_default();
        let nodes = self.node_names(|labels| {
            let labels: BTreeMap<String, String> =
                serde_json::from_value(labels.clone()).unwrap_or_default();
            labels.get(ANNOUNCER_LABEL).is_none_or(|who| who != Announcer::Metallb.as_str())
                && selector.matches(&labels)
        });
        let before = self.as_before(&format!("bgp-before-{name}"), std::slice::from_ref(config));
        let Some(before) = before.filter(|_| !nodes.is_empty()) else { return nodes };
        let mut tasks = vec![before, Task::Await(Check::Seen { nodes: vec![] })];
        tasks.push(label(&nodes, Announcer::Metallb));
        let workload = self.installation.speaker.clone();
        tasks.push(Task::Await(Check::Ready { workload }));
        self.push(
            &format!("bgp-{name}"),
            Step {
                title: format!("BGP: the nodes of {name}"),
                why: vec![
                    "The ClusterConfig was there before, and keeps its own sessions; those to \
                     MetalLB's peers are closed before the speakers open theirs."
                        .to_owned(),
                ],
                confirm: Some(format!("Move the BGP sessions of {} to MetalLB?", nodes.join(", "))),
                tasks,
                checks: served(),
                takes: "10 to 180 seconds".to_owned(),
                interrupts: "the routes of these nodes are gone until the new sessions are up"
                    .to_owned(),
                back: again(),
                ..Step::default()
            },
        );
        nodes
    }
}
