//! The way there: the steps of the cut-over in their order.
//!
//! MetalLB's controller is stopped before Cilium gives out any address, and its
//! pools stay until the end: deleting one would clear its Services' addresses.
//! Cilium's operator is stopped while the pools are applied, so that it sees all of
//! them at once: with the first one alone it would take away the addresses of all
//! others. Announcements move on L2 pool by pool and by BGP node by node, each with
//! a moment in which nobody speaks, never one in which both do.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::action::{ANNOUNCER_LABEL, Action, Announcer, Check, Target, Task};
use super::files::{self, Applied, applied, gated};
use super::installation::Installation;
use super::runbook::{FileContent, Step, WayBack};
use super::waves::{BgpWave, L2Wave};
use crate::cilium::settings::{Settings, config_map_key};
use crate::cluster::Cluster;
use crate::convert::{Conversion, Document, Part};
use crate::manifest::Object;
use crate::metallb::Mode;

/// What the steps are made of.
pub(super) struct Builder<'a> {
    pub(super) installation: &'a Installation,
    pub(super) conversion: &'a Conversion,
    pub(super) cluster: &'a Cluster,
    pub(super) objects: &'a [Object],
    pub(super) mode: Mode,
    pub(super) settings: Option<&'a Settings>,
    /// The nodes that run a speaker.
    pub(super) speakers: BTreeSet<String>,
    /// Every address that is to stay: Service and its addresses, sorted as text.
    pub(super) held: BTreeMap<String, Vec<String>>,
    pub(super) l2: Vec<L2Wave>,
    pub(super) bgp: Vec<BgpWave>,
    pub(super) steps: Vec<Step>,
    pub(super) files: BTreeMap<String, FileContent>,
}

fn run(action: Action) -> Task {
    Task::Do(action)
}

impl Builder<'_> {
    /// All steps.
    pub(super) fn build(&mut self) -> Result<(), serde_json::Error> {
        self.snapshot();
        self.settings();
        self.services()?;
        self.freeze();
        self.pools()?;
        let gates = self.prepare()?;
        for (index, wave) in std::mem::take(&mut self.l2).into_iter().enumerate() {
            self.l2_wave(index + 1, wave);
        }
        for wave in std::mem::take(&mut self.bgp) {
            self.bgp_wave(wave);
        }
        self.finish(&gates)?;
        self.remove();
        Ok(())
    }

    fn push(&mut self, word: &str, step: Step) {
        let id = format!("{:02}-{word}", self.steps.len() + 1);
        self.steps.push(Step { id, ..step });
    }

    fn add(&mut self, applied: &Applied) {
        self.files.extend(applied.files.iter().cloned());
    }

    fn served(&self) -> Vec<Check> {
        vec![Check::Addresses, Check::Probes]
    }

    fn snapshot(&mut self) {
        let addresses = FileContent::Text(addresses(&self.held));
        self.files.insert("addresses.tsv".to_owned(), addresses);
        let probes = FileContent::Text(probes(self.cluster, &self.held));
        self.files.insert("probes.tsv".to_owned(), probes);
        self.push(
            "snapshot",
            Step {
                title: "Keep what a way back needs".to_owned(),
                why: vec![
                    "The snapshot holds both sides' resources and every Service's addresses, \
                     labels and annotations. Which addresses answer from here is noted, to \
                     compare with after each step."
                        .to_owned(),
                ],
                tasks: vec![
                    run(Action::Snapshot { file: "snapshot.yaml".to_owned() }),
                    run(Action::Baseline { speaker: self.installation.speaker.clone() }),
                ],
                checks: vec![Check::PlanIsFresh],
                takes: "a minute".to_owned(),
                interrupts: NOTHING.to_owned(),
                back: WayBack { note: "Nothing was changed.".to_owned(), ..WayBack::default() },
                ..Step::default()
            },
        );
    }

    fn settings(&mut self) {
        let namespace = self.installation.cilium_namespace.clone();
        let values = &self.conversion.helm_values;
        let wanted = |path: &[&str]| config_map_key(&path.join("."));
        let expected: Vec<(String, String)> = values
            .values
            .iter()
            .filter(|value| !self.has_more(value.path, &value.value))
            .filter_map(|value| Some((wanted(value.path)?.to_owned(), value.value.clone())))
            .collect();
        if expected.is_empty() {
            return;
        }
        let file = "helm-values.yaml".to_owned();
        self.files.insert(file.clone(), FileContent::Text(values.to_yaml()));
        let mut why = vec![
            "Cilium's agents and operator read their settings when they start. Nothing is \
             announced yet: there is neither a pool nor a policy."
                .to_owned(),
        ];
        if expected.iter().any(|(key, _)| key == "kube-proxy-replacement") {
            why.push(
                "L2 announcements need kubeProxyReplacement. Where Cilium does not replace \
                 kube-proxy yet, that is a change of its own: make it on another day, before this \
                 plan."
                    .to_owned(),
            );
        }
        self.push(
            "settings",
            Step {
                title: "Give Cilium its settings".to_owned(),
                why,
                confirm: Some("Restart Cilium's agents, unless they have the settings?".to_owned()),
                tasks: vec![run(Action::HelmUpgrade { namespace: namespace.clone(), file })],
                checks: vec![
                    Check::Settings { namespace, expected },
                    Check::Addresses,
                    Check::Probes,
                ],
                takes: "as long as the agents take to restart, node by node".to_owned(),
                interrupts: "connections go on in the data path while an agent restarts; new \
                             endpoints and policies wait for it"
                    .to_owned(),
                back: WayBack {
                    note: "The settings harm nobody and may stay. To undo them: \
                           `helm rollback cilium`."
                        .to_owned(),
                    ..WayBack::default()
                },
                ..Step::default()
            },
        );
    }

    /// Whether a rate limit is higher already.
    fn has_more(&self, path: &[&str], value: &str) -> bool {
        let there = match path {
            ["k8sClientRateLimit", "qps"] => self.settings.and_then(|s| s.client_qps),
            ["k8sClientRateLimit", "burst"] => self.settings.and_then(|s| s.client_burst),
            _ => None,
        };
        there.zip(value.parse().ok()).is_some_and(|(there, wanted): (f64, f64)| there >= wanted)
    }

    fn services(&mut self) -> Result<(), serde_json::Error> {
        let documents = self.conversion.documents(&[Part::Services])?;
        if documents.is_empty() {
            return Ok(());
        }
        let count = documents.len();
        let keys: Vec<_> = self.conversion.services.iter().map(|patch| patch.key.clone()).collect();
        let (file, back) = ("services.yaml".to_owned(), "services-back.yaml".to_owned());
        self.files.insert(file.clone(), FileContent::Manifests(documents));
        self.files.insert(back.clone(), files::services(keys));
        self.push(
            "services",
            Step {
                title: format!("Pin the addresses of {}", counted(count, "Service")),
                why: vec![
                    "Each Service asks Cilium for the address that it holds, and says from which \
                     pool it comes where that decides. MetalLB does not look at these annotations \
                     and labels. A conflict means that somebody else manages one of them: it stops \
                     here, and nothing has happened."
                        .to_owned(),
                ],
                tasks: vec![run(Action::ApplyOwned { file })],
                checks: self.served(),
                takes: "some seconds for each hundred Services".to_owned(),
                interrupts: NOTHING.to_owned(),
                back: WayBack {
                    note: "What was set is taken off again; what others set stays.".to_owned(),
                    tasks: vec![run(Action::ApplyOwned { file: back })],
                    checks: vec![Check::Addresses],
                },
                ..Step::default()
            },
        );
        Ok(())
    }

    fn freeze(&mut self) {
        let installation = self.installation;
        let controller = installation.controller.clone();
        let webhooks: Vec<Target> =
            installation.webhooks.iter().map(|name| webhook(name)).collect();
        let scale = |replicas| run(Action::Scale { workload: controller.clone(), replicas });
        let mut tasks = vec![scale(0)];
        tasks.push(Task::Await(Check::Stopped { workload: controller.clone(), nodes: None }));
        let mut back = vec![scale(installation.controller_replicas)];
        back.push(Task::Await(Check::Ready { workload: controller.clone() }));
        for target in webhooks {
            tasks.push(run(Action::SaveAndDelete { target: target.clone() }));
            back.push(run(Action::Restore { target }));
        }
        self.push(
            "freeze",
            Step {
                title: "Stop MetalLB's controller".to_owned(),
                why: vec![
                    "From here on MetalLB changes no address; its speakers go on announcing what \
                     the Services hold. Its pools stay: deleting one while the controller runs \
                     would clear the addresses of all its Services."
                        .to_owned(),
                    "The webhooks are answered by the controller: without it they would refuse \
                     every change of MetalLB's resources, which the next steps need."
                        .to_owned(),
                ],
                confirm: Some(
                    "Is nothing left that would start MetalLB's controller again (Argo CD, Flux, \
                     an operator)?"
                        .to_owned(),
                ),
                tasks,
                checks: self.served(),
                takes: "half a minute".to_owned(),
                interrupts: "nothing is interrupted; Services that are created now wait for an \
                             address until Cilium has its pools"
                    .to_owned(),
                back: WayBack {
                    note: "The controller keeps the addresses that the Services hold.".to_owned(),
                    tasks: back,
                    checks: self.served(),
                },
                ..Step::default()
            },
        );
    }

    fn pools(&mut self) -> Result<(), serde_json::Error> {
        let installation = self.installation;
        let documents = self.conversion.documents(&[Part::Pools])?;
        let Some(pools) = applied("pools", &documents, self.objects) else { return Ok(()) };
        self.add(&pools);
        let stop = self.operator(0);
        let start = self.operator(installation.operator_replicas);
        let around = |middle: &[Task]| -> Vec<Task> { [&stop, middle, &start].concat() };
        let count = documents.len();
        self.push(
            "pools",
            Step {
                title: format!("Give Cilium {}", counted(count, "pool")),
                why: vec![
                    "Cilium's operator is stopped while the pools are applied, so that it starts \
                     with all of them: LB-IPAM wakes with the first pool that it sees, and takes \
                     away every address that no pool holds."
                        .to_owned(),
                    "Then it takes the addresses over as they stand in the Services. MetalLB's \
                     speakers still announce them."
                        .to_owned(),
                ],
                confirm: Some("Let Cilium take the addresses over?".to_owned()),
                tasks: around(std::slice::from_ref(&pools.forth)),
                checks: [vec![Check::PoolsWithoutConflict], self.served()].concat(),
                takes: "a minute".to_owned(),
                interrupts: "no traffic; without the operator new nodes get no addresses for Pods"
                    .to_owned(),
                back: WayBack {
                    note: "The operator must not see a pool disappear: it would clear the \
                           addresses of its Services. Without any pool LB-IPAM sleeps."
                        .to_owned(),
                    tasks: around(&pools.back),
                    checks: self.served(),
                },
                ..Step::default()
            },
        );
        Ok(())
    }

    /// Scales Cilium's operator, and waits.
    fn operator(&self, replicas: u32) -> Vec<Task> {
        let workload = self.installation.operator.clone();
        let scale = run(Action::Scale { workload: workload.clone(), replicas });
        let done = match replicas {
            0 => Check::Stopped { workload, nodes: None },
            _ => Check::Ready { workload },
        };
        vec![scale, Task::Await(done)]
    }

    fn nodes(&self) -> Vec<String> {
        let mut nodes: Vec<String> =
            self.cluster.nodes.iter().map(|node| node.name.clone()).collect();
        nodes.sort();
        nodes
    }

    /// Binds the speakers to a label, and applies what announces behind it. Returns
    /// what opens and closes the gates.
    fn prepare(&mut self) -> Result<Gates, serde_json::Error> {
        let secrets =
            applied("secrets", &self.conversion.documents(&[Part::Secrets])?, self.objects);
        let (configs, bgp): (Vec<Document>, Vec<Document>) = self
            .conversion
            .documents(&[Part::Bgp])?
            .into_iter()
            .partition(|document| document.kind() == "CiliumBGPClusterConfig");
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

    fn l2_wave(&mut self, number: usize, wave: L2Wave) {
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
        let mut back = Vec::new();
        let mut checks = self.served();
        if !wave.services.is_empty() {
            tasks.push(Task::Await(Check::SilentOnL2 { file: table.clone() }));
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
        let pools = wave.pools.join(", ");
        let services = counted(wave.services.len(), "Service");
        self.push(
            &format!("l2-wave-{number}"),
            Step {
                title: format!("L2: {} of {pools}", services),
                why: vec![
                    "MetalLB's advertisements lose these pools, and its speakers fall silent. Only \
                     then are the Services labelled and a node takes the lease of each of them. It \
                     sends a gratuitous ARP (or an unsolicited neighbour advertisement)."
                        .to_owned(),
                    "Where a router does not listen to that, clear its ARP entry, or send one from \
                     the node that holds the lease: `arping -U -I INTERFACE -c 3 ADDRESS`."
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
    fn silence(&self, nodes: &[String]) -> Vec<Task> {
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
    fn frr_configuration(&self, node: &str) -> Target {
        Target {
            resource: "frrconfigurations.frrk8s.metallb.io".to_owned(),
            kind: "FRRConfiguration".to_owned(),
            namespace: self.installation.frr_namespace.clone(),
            name: format!("metallb-{node}"),
        }
    }

    /// Lets the speaker on nodes that had one, and waits for it.
    fn speak(&self, nodes: &[String]) -> Vec<Task> {
        let label =
            Action::LabelNodes { nodes: nodes.to_vec(), announcer: Some(Announcer::Metallb) };
        let mut tasks = vec![run(label)];
        tasks.extend(self.speakers_on(nodes).map(Task::Await));
        tasks
    }

    /// That the speakers of these nodes run.
    fn speakers_on(&self, nodes: &[String]) -> Option<Check> {
        let nodes: Vec<String> =
            nodes.iter().filter(|node| self.speakers.contains(*node)).cloned().collect();
        let workload = self.installation.speaker.clone();
        (!nodes.is_empty()).then_some(Check::ReadyOn { workload, nodes })
    }

    fn label(&self, nodes: &[String], announcer: Announcer) -> Task {
        run(Action::LabelNodes { nodes: nodes.to_vec(), announcer: Some(announcer) })
    }

    fn bgp_wave(&mut self, wave: BgpWave) {
        let BgpWave { node, sessions, alone } = wave;
        let nodes = [node.clone()];
        let mut tasks = self.silence(&nodes);
        tasks.push(self.label(&nodes, Announcer::Cilium));
        let mut back = vec![
            self.label(&nodes, Announcer::Nobody),
            Task::Await(Check::NoSessions { node: node.clone() }),
        ];
        back.extend(self.speak(&nodes));
        let mut checks = self.served();
        if sessions > 0 {
            checks.insert(0, Check::Sessions { node: node.clone(), count: sessions });
        }
        let interrupts = match alone.as_slice() {
            [] => "the node's routes are gone until the new sessions are up; the other nodes \
                   carry the traffic, and connections through this one are hashed anew"
                .to_owned(),
            services => format!(
                "only this node announces {}: interrupted until the new sessions are up",
                services.join(", ")
            ),
        };
        self.push(
            &format!("bgp-{node}"),
            Step {
                title: format!("BGP: {node}"),
                why: vec![
                    "A router holds one session for each neighbour, so MetalLB's sessions of this \
                     node are closed before Cilium's are opened. One node after the other: the \
                     others go on announcing."
                        .to_owned(),
                ],
                confirm: Some(format!("Move the BGP sessions of {node} to Cilium?")),
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
    }

    fn finish(&mut self, gates: &Gates) -> Result<(), serde_json::Error> {
        let moved: BTreeSet<String> = self
            .steps
            .iter()
            .filter_map(|step| step.id.split_once("-bgp-").map(|(_, node)| node.to_owned()))
            .collect();
        let rest: Vec<String> =
            self.nodes().into_iter().filter(|node| !moved.contains(node)).collect();
        let waves: Vec<String> = self
            .files
            .keys()
            .filter(|name| name.starts_with("l2-wave-") && name.ends_with(".yaml"))
            .cloned()
            .collect();
        let label = |announcer| {
            let one =
                move |file: &String| run(Action::LabelServices { file: file.clone(), announcer });
            waves.iter().map(one).collect::<Vec<Task>>()
        };
        let mut tasks = Vec::new();
        if !rest.is_empty() {
            tasks.extend(self.silence(&rest));
            tasks.push(self.label(&rest, Announcer::Cilium));
        }
        let open = [&gates.bgp_open, &gates.l2_open];
        tasks.extend(open.into_iter().flatten().map(|one| one.forth.clone()));
        let seen = Task::Await(Check::Seen { nodes: vec![] });
        let mut back = label(Some(Announcer::Cilium));
        if !waves.is_empty() {
            tasks.push(seen.clone());
            back.push(seen);
        }
        tasks.extend(label(None));
        let closed = [&gates.l2_closed, &gates.bgp_closed];
        back.extend(closed.into_iter().flatten().map(|one| one.forth.clone()));
        if !rest.is_empty() {
            back.push(self.label(&rest, Announcer::Nobody));
            back.extend(self.speak(&rest));
        }
        for one in open.into_iter().flatten() {
            self.files.insert(
                one.file.clone(),
                one.files
                    .first()
                    .map(|(_, content)| content.clone())
                    .unwrap_or_else(|| FileContent::Manifests(vec![])),
            );
        }
        self.push(
            "finish",
            Step {
                title: "Open Cilium's selectors".to_owned(),
                why: vec![
                    "Every Node and Service has moved. The speakers that are left stop, and \
                     Cilium's resources become what the conversion says: Nodes and Services that \
                     come later are announced, too."
                        .to_owned(),
                ],
                confirm: Some("Stop the last speakers?".to_owned()),
                tasks,
                checks: [
                    vec![Check::Stopped {
                        workload: self.installation.speaker.clone(),
                        nodes: None,
                    }],
                    self.served(),
                ]
                .concat(),
                takes: "a minute".to_owned(),
                interrupts: NOTHING.to_owned(),
                back: WayBack {
                    note: "Back behind the label, with MetalLB's speakers running.".to_owned(),
                    tasks: back,
                    checks: self.served(),
                },
                ..Step::default()
            },
        );
        Ok(())
    }

    fn remove(&mut self) {
        let installation = self.installation;
        let speaker = installation.speaker.clone();
        self.push(
            "remove",
            Step {
                title: "Remove MetalLB".to_owned(),
                why: vec![
                    "Not on the same day: until here every step can be taken back in minutes."
                        .to_owned(),
                    "The conversion webhook of BGPPeers is switched off and the webhooks go before \
                     the resources, since the program that answers them is stopped; the CRDs go \
                     last. Nothing is left that waits for a finalizer."
                        .to_owned(),
                ],
                confirm: Some(
                    "Remove MetalLB for good? There is no quick way back after this.".to_owned(),
                ),
                tasks: vec![
                    run(Action::RemoveMetallb {
                        namespace: installation.metallb_namespace.clone(),
                        controller: installation.controller.clone(),
                        speaker: speaker.clone(),
                    }),
                    run(Action::LabelNodes { nodes: self.nodes(), announcer: None }),
                ],
                checks: [vec![Check::MetallbGone { speaker }], self.served()].concat(),
                takes: "some minutes".to_owned(),
                interrupts: NOTHING.to_owned(),
                back: WayBack {
                    note: "MetalLB has to be installed again: `metallb2cilium plan --rollback \
                           snapshot.yaml` says in which order."
                        .to_owned(),
                    ..WayBack::default()
                },
                ..Step::default()
            },
        );
    }
}

/// What announces, behind the label and without it.
pub(super) struct Gates {
    l2_closed: Option<Applied>,
    bgp_closed: Option<Applied>,
    l2_open: Option<Applied>,
    bgp_open: Option<Applied>,
}

/// Binds the speakers to the label, or frees them.
pub(super) fn bind(installation: &Installation, bound: bool) -> Action {
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

/// A line for each Service: namespace, name, addresses.
pub(super) fn addresses(held: &BTreeMap<String, Vec<String>>) -> String {
    let line = |(service, ips): (&String, &Vec<String>)| {
        format!("{}\t{}\n", service.replacen('/', "\t", 1), ips.join(","))
    };
    held.iter().map(line).collect()
}

/// A line for each address and the first TCP port of its Service.
pub(super) fn probes(cluster: &Cluster, held: &BTreeMap<String, Vec<String>>) -> String {
    let mut lines = BTreeSet::new();
    for service in &cluster.services {
        let port = service.ports.iter().find(|port| port.protocol == "TCP");
        let ips = held.get(&service.key.to_string());
        if let (Some(ips), Some(port)) = (ips, port) {
            lines.extend(ips.iter().map(|ip| format!("{ip}\t{}\n", port.port)));
        }
    }
    lines.into_iter().collect()
}

const NOTHING: &str = "nothing";

fn webhook(name: &str) -> Target {
    Target {
        resource: "validatingwebhookconfiguration".to_owned(),
        kind: "ValidatingWebhookConfiguration".to_owned(),
        namespace: String::new(),
        name: name.to_owned(),
    }
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
