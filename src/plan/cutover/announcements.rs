//! Announcements change hands: behind the gates, wave by wave.

use serde_json::json;

use super::{Builder, NOTHING, counted, run};
use crate::convert::ANNOUNCER_LABEL;
use crate::convert::{Document, Part};
use crate::metallb::Mode;
use crate::plan::action::{Action, Announcer, Check, Target, Task};
use crate::plan::files::{self, Applied, applied, gated};
use crate::plan::installation::Installation;
use crate::plan::runbook::{Step, WayBack};
use crate::plan::waves::{BgpWave, L2Wave};

/// What announces, behind the label and without it.
pub(in crate::plan) struct Gates {
    pub(super) l2_closed: Option<Applied>,
    pub(super) bgp_closed: Option<Applied>,
    pub(super) l2_open: Option<Applied>,
    pub(super) bgp_open: Option<Applied>,
}

impl Builder<'_> {
    /// Binds the speakers to a label, and applies what announces behind it. Returns
    /// what opens and closes the gates.
    pub(super) fn prepare(&mut self) -> Result<Gates, serde_json::Error> {
        let secrets =
            applied("secrets", &self.conversion.documents(&[Part::Secrets])?, self.objects);
        let (configs, bgp): (Vec<Document>, Vec<Document>) = self
            .conversion
            .documents(&[Part::Bgp])?
            .into_iter()
            .partition(|document| document.kind() == "CiliumBGPClusterConfig");
        // Behind a label those that are there would lose the sessions they have.
        let configs: Vec<Document> = configs
            .into_iter()
            .filter(|config| !self.conversion.merged_cluster_configs.contains(config.name()))
            .collect();
        let policies = self.conversion.documents(&[Part::L2])?;
        let bgp = applied("bgp", &bgp, self.objects);
        let behind_l2 = gated(&policies, "serviceSelector");
        let behind_bgp = gated(&configs, "nodeSelector");
        let gates = Gates {
            l2_closed: applied("l2-gated", &behind_l2, self.objects),
            bgp_closed: applied("bgp-sessions-gated", &behind_bgp, self.objects),
            l2_open: applied("l2", &policies, self.objects),
            bgp_open: applied("bgp-sessions", &configs, self.objects),
        };
        let label = |announcer| run(Action::LabelNodes { nodes: self.nodes(), announcer });
        let speaker = self.installation.speaker.clone();
        let mut tasks = vec![
            label(Some(Announcer::Metallb)),
            // Whoever sees the selector before the labels would stop every speaker.
            Task::Await(Check::Seen { nodes: vec![] }),
            run(bind(self.installation, true)),
        ];
        let mut back = Vec::new();
        let applied = [&secrets, &bgp, &gates.l2_closed, &gates.bgp_closed];
        for one in applied.into_iter().flatten() {
            tasks.push(one.forth.clone());
            back.splice(0..0, one.back.iter().cloned());
        }
        // And whoever sees the labels go before the selector.
        back.push(run(bind(self.installation, false)));
        back.push(Task::Await(Check::Ready { workload: speaker }));
        back.push(label(None));
        for one in [&secrets, &bgp, &gates.l2_closed, &gates.bgp_closed].into_iter().flatten() {
            self.add(one);
        }
        self.push(
            "prepare",
            Step {
                title: "Bind who announces to a label".to_owned(),
                why: vec![
                    format!(
                        "MetalLB's speakers stay on Nodes labelled {ANNOUNCER_LABEL}=metallb. Its \
                         DaemonSet is set to OnDelete first, so that no speaker restarts: the \
                         change of its selector alone would restart them all."
                    ),
                    format!(
                        "Cilium's policies and sessions are applied, but select only what is \
                         labelled {ANNOUNCER_LABEL}=cilium, which nothing is yet."
                    ),
                ],
                tasks,
                checks: self.speakers_on(&self.nodes()).into_iter().chain(self.served()).collect(),
                takes: "half a minute".to_owned(),
                interrupts: NOTHING.to_owned(),
                back: WayBack {
                    note: "Speakers that were restarted meanwhile restart once more, one by one."
                        .to_owned(),
                    tasks: back,
                    checks: self.served(),
                },
                ..Step::default()
            },
        );
        Ok(gates)
    }

    pub(super) fn l2_wave(&mut self, number: usize, wave: L2Wave) {
        let file = format!("l2-wave-{number}.yaml");
        let table = format!("l2-wave-{number}.tsv");
        let namespace = self.installation.cilium_namespace.clone();
        let label = |announcer| run(Action::LabelServices { file: file.clone(), announcer });
        let patch = |patches: Vec<(Target, serde_json::Value)>| -> Vec<Task> {
            patches
                .into_iter()
                .map(|(target, patch)| run(Action::Patch { target, patch }))
                .collect()
        };
        let mut tasks = patch(wave.patches);
        let rest = self.left(wave.takes_speakers);
        if !rest.is_empty() {
            tasks.extend(self.silence(&rest));
            tasks.push(self.label(&rest, Announcer::Cilium));
        }
        let mut back = Vec::new();
        let mut checks = self.served();
        if !wave.services.is_empty() {
            if !wave.takes_speakers {
                tasks.push(Task::Await(Check::SilentOnL2 { file: table.clone() }));
            }
            tasks.push(label(Some(Announcer::Cilium)));
            back.push(label(None));
            back.push(Task::Await(Check::NoLeases {
                namespace: namespace.clone(),
                file: table.clone(),
            }));
            checks.insert(
                0,
                Check::Leases { namespace, file: table.clone(), services: wave.announced.len() },
            );
            self.files.insert(file.clone(), files::services(wave.services.clone()));
            self.files.insert(table, files::table(&wave.announced));
        }
        back.extend(patch(wave.back));
        if !rest.is_empty() {
            back.push(self.label(&rest, Announcer::Nobody));
            let closed =
                |(node, _): &(String, usize)| Task::Await(Check::NoSessions { node: node.clone() });
            back.extend(wave.sessions.iter().map(closed));
            back.extend(self.speak(&rest));
            self.moved.extend(rest);
        }
        let sessions = wave.sessions.into_iter().filter(|(_, count)| *count > 0);
        let opened: Vec<Check> =
            sessions.map(|(node, count)| Check::Sessions { node, count }).collect();
        checks.splice(0..0, opened);
        let pools = wave.pools.join(", ");
        let services = counted(wave.services.len(), "Service");
        self.push(
            &format!("l2-wave-{number}"),
            Step {
                title: format!("L2: {} of {pools}", services),
                why: vec![
                    format!(
                        "{} Only then are the Services labelled and a node takes the lease of each \
                         of them. It sends a gratuitous ARP (or an unsolicited neighbour \
                         advertisement).",
                        if wave.takes_speakers { L2_WHOLE } else { L2_POOLS }
                    ),
                    "Where a router does not listen to that, clear its ARP entry, or send one from \
                     the node that holds the lease: `arping -U -I INTERFACE -c 3 ADDRESS`."
                        .to_owned(),
                    "On a host of the link, as root, `metallb2cilium live probe --from-cluster \
                     --engine cilium` asks who answers, and says where nobody or two do."
                        .to_owned(),
                ],
                confirm: Some(format!("Move the answers of {services} of {pools} to Cilium?")),
                tasks,
                checks,
                takes: "a minute".to_owned(),
                interrupts:
                    "for some seconds nobody answers a new ARP or NDP request; whoever has \
                             the address in a cache goes on sending to the old node, which still \
                             forwards"
                        .to_owned(),
                back: WayBack {
                    note:
                        "Cilium lets go first; MetalLB's speakers take the pools back and send a \
                           gratuitous ARP."
                            .to_owned(),
                    tasks: back,
                    checks: self.served(),
                },
                ..Step::default()
            },
        );
    }

    /// Takes MetalLB's speaker off nodes and waits until its sessions are closed.
    pub(super) fn silence(&self, nodes: &[String]) -> Vec<Task> {
        let workload = &self.installation.speaker;
        let mut tasks = vec![run(Action::LabelNodes {
            nodes: nodes.to_vec(),
            announcer: Some(Announcer::Nobody),
        })];
        tasks.push(Task::Await(Check::Stopped {
            workload: workload.clone(),
            nodes: Some(nodes.to_vec()),
        }));
        if self.mode == Mode::FrrK8s {
            let targets = nodes.iter().map(|node| self.frr_configuration(node)).collect();
            tasks.push(run(Action::DeleteObjects { targets }));
        }
        tasks
    }

    /// What a speaker leaves to frr-k8s, which would go on announcing it.
    pub(super) fn frr_configuration(&self, node: &str) -> Target {
        Target {
            resource: "frrconfigurations.frrk8s.metallb.io".to_owned(),
            kind: "FRRConfiguration".to_owned(),
            namespace: self.installation.frr_namespace.clone(),
            name: format!("metallb-{node}"),
        }
    }

    /// Lets the speaker on nodes that had one, and waits for it.
    pub(super) fn speak(&self, nodes: &[String]) -> Vec<Task> {
        let label =
            Action::LabelNodes { nodes: nodes.to_vec(), announcer: Some(Announcer::Metallb) };
        let mut tasks = vec![run(label)];
        tasks.extend(self.speakers_on(nodes).map(Task::Await));
        tasks
    }

    /// That the speakers of these nodes run.
    pub(super) fn speakers_on(&self, nodes: &[String]) -> Option<Check> {
        let nodes: Vec<String> =
            nodes.iter().filter(|node| self.speakers.contains(*node)).cloned().collect();
        let workload = self.installation.speaker.clone();
        (!nodes.is_empty()).then_some(Check::ReadyOn { workload, nodes })
    }

    pub(super) fn label(&self, nodes: &[String], announcer: Announcer) -> Task {
        run(Action::LabelNodes { nodes: nodes.to_vec(), announcer: Some(announcer) })
    }

    /// Nodes that have not moved, where they are to move.
    fn left(&self, wanted: bool) -> Vec<String> {
        let nodes = self.nodes().into_iter();
        nodes.filter(|node| wanted && !self.moved.contains(node)).collect()
    }

    pub(super) fn bgp_wave(&mut self, wave: BgpWave) -> Result<(), serde_json::Error> {
        let merged = match &wave.merged {
            Some(name) => self.merged(name)?,
            None => None,
        };
        let BgpWave { nodes: counts, alone, merged: config } = wave;
        let nodes: Vec<String> = counts.iter().map(|(node, _)| node.clone()).collect();
        let mut tasks = self.silence(&nodes);
        tasks.push(self.label(&nodes, Announcer::Cilium));
        let mut back = Vec::new();
        match &merged {
            Some(merged) => {
                tasks.push(merged.forth.clone());
                back.extend(merged.back.iter().cloned());
                back.push(Task::Await(Check::Seen { nodes: vec![] }));
                self.add(merged);
            }
            None => {
                back.push(self.label(&nodes, Announcer::Nobody));
                let closed = |node: &String| Task::Await(Check::NoSessions { node: node.clone() });
                back.extend(nodes.iter().map(closed));
            }
        }
        back.extend(self.speak(&nodes));
        let sessions = counts.into_iter().filter(|(_, count)| *count > 0);
        let mut checks: Vec<Check> =
            sessions.map(|(node, count)| Check::Sessions { node, count }).collect();
        checks.extend(self.served());
        let names = nodes.join(", ");
        let interrupts = match (alone.as_slice(), nodes.len()) {
            ([], 1) => "the node's routes are gone until the new sessions are up; the other nodes \
                        carry the traffic, and connections through this one are hashed anew"
                .to_owned(),
            ([], _) => {
                "the routes of these nodes are gone until the new sessions are up".to_owned()
            }
            (services, 1) => format!(
                "only this node announces {}: interrupted until the new sessions are up",
                services.join(", ")
            ),
            (services, _) => format!(
                "only these nodes announce {}: interrupted until the new sessions are up",
                services.join(", ")
            ),
        };
        let mut why = vec![
            "A router holds one session for each neighbour, so MetalLB's sessions of this node are \
             closed before Cilium's are opened. One node after the other: the others go on \
             announcing."
                .to_owned(),
        ];
        if let Some(config) = &config {
            why = vec![format!(
                "CiliumBGPClusterConfig {config} has sessions of its own on these nodes and keeps \
                 them; a node takes one ClusterConfig only, so the peers are added to it, for all \
                 its nodes at once. MetalLB's sessions of these nodes are closed first: a router \
                 holds one for each neighbour."
            )];
        }
        let word = config.as_ref().unwrap_or(&names);
        self.push(
            &format!("bgp-{word}"),
            Step {
                title: format!("BGP: {names}"),
                why,
                confirm: Some(format!("Move the BGP sessions of {names} to Cilium?")),
                tasks,
                checks,
                takes: "10 to 180 seconds: a router may refuse the first attempt, and the next \
                        comes after the connect retry time"
                    .to_owned(),
                interrupts,
                back: WayBack {
                    note: "Cilium's sessions are closed before the speaker starts.".to_owned(),
                    tasks: back,
                    checks: self.served(),
                },
                ..Step::default()
            },
        );
        self.moved.extend(nodes);
        Ok(())
    }

    /// The ClusterConfig that is there, with the peers that are added to it.
    fn merged(&self, name: &str) -> Result<Option<Applied>, serde_json::Error> {
        let documents = self.conversion.documents(&[Part::Bgp])?;
        let is_it = |document: &Document| {
            document.kind() == "CiliumBGPClusterConfig" && document.name() == name
        };
        let documents: Vec<Document> = documents.into_iter().filter(is_it).collect();
        Ok(applied(&format!("bgp-merged-{name}"), &documents, self.objects))
    }
}

const L2_POOLS: &str = "MetalLB's advertisements lose these pools, and its speakers fall silent.";
const L2_WHOLE: &str = "MetalLB is configured by its old ConfigMap or by AddressPools: it has no \
                        advertisement that could lose one pool, and its speakers refuse a \
                        configuration that lacks the pool of an address in use. So the speakers \
                        that are left stop, and all pools move at once.";

/// Binds the speakers to the label, or frees them.
pub(in crate::plan) fn bind(installation: &Installation, bound: bool) -> Action {
    let speaker = &installation.speaker;
    let (strategy, value) = if bound {
        (json!({"type": "OnDelete", "rollingUpdate": null}), json!(Announcer::Metallb.as_str()))
    } else {
        (installation.speaker_update.clone(), serde_json::Value::Null)
    };
    Action::Patch {
        target: Target {
            resource: "daemonset".to_owned(),
            kind: "DaemonSet".to_owned(),
            namespace: speaker.namespace.clone(),
            name: speaker.name.clone(),
        },
        patch: json!({"spec": {
            "updateStrategy": strategy,
            "template": {"spec": {"nodeSelector": {ANNOUNCER_LABEL: value}}},
        }}),
    }
}
