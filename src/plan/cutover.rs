//! The way there: the steps of the cut-over in their order.
//!
//! MetalLB's controller is stopped before Cilium gives out any address, and its
//! pools stay until the end: deleting one would clear its Services' addresses.
//! Cilium's operator is stopped while the pools are applied, so that it sees all of
//! them at once: with the first one alone it would take away the addresses of all
//! others. Announcements move on L2 pool by pool and by BGP node by node, each with
//! a moment in which nobody speaks, never one in which both do.

mod announcements;
mod ending;

use std::collections::{BTreeMap, BTreeSet};

use super::action::{Action, Check, Target, Task};
use super::files::{self, Applied, applied};
use super::installation::{Installation, Keeper};
use super::runbook::{FileContent, Step, WayBack};
use super::waves::{BgpWave, L2Wave};
use crate::cilium::settings::{Settings, config_map_key};
use crate::cluster::Cluster;
use crate::convert::{Conversion, Part};
use crate::manifest::Object;
use crate::metallb::Mode;

pub(super) use announcements::bind;

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
    /// Whether MetalLB is configured by its old ConfigMap, or by AddressPools.
    pub(super) legacy: bool,
    /// Nodes whose speakers have stopped for good.
    pub(super) moved: BTreeSet<String>,
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
        let (l2, mut bgp) = (std::mem::take(&mut self.l2), std::mem::take(&mut self.bgp));
        let (first, mut last) = if self.legacy { (vec![], l2) } else { (l2, vec![]) };
        // Where L2 takes the last speakers with it, it goes with the last sessions: before
        // that some speaker has to answer, and after it there is none.
        if let Some(wave) = last.last_mut()
            && let Some(node) = bgp.pop_if(|wave| wave.merged.is_none())
        {
            wave.sessions = node.nodes;
        }
        for (index, wave) in first.into_iter().enumerate() {
            self.l2_wave(index + 1, wave);
        }
        for wave in bgp {
            self.bgp_wave(wave)?;
        }
        for (index, wave) in last.into_iter().enumerate() {
            self.l2_wave(index + 1, wave);
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
                    "Before anything else it is asked whether you have every right that the steps \
                     need."
                        .to_owned(),
                ],
                tasks: vec![
                    Task::Await(Check::Rights),
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
        let stopped = |workload| Task::Await(Check::Stopped { workload, nodes: None });
        let mut tasks: Vec<Task> =
            installation.kept_by.iter().filter_map(Keeper::workload).map(stopped).collect();
        tasks.extend([scale(0), stopped(controller.clone())]);
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
}

/// A line for each Service: namespace, name, addresses. In the order of `sort`, by which
/// the scripts compare it.
pub(super) fn addresses(held: &BTreeMap<String, Vec<String>>) -> String {
    let line = |(service, ips): (&String, &Vec<String>)| {
        format!("{}\t{}\n", service.replacen('/', "\t", 1), ips.join(","))
    };
    let mut lines: Vec<String> = held.iter().map(line).collect();
    lines.sort();
    lines.concat()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stand_in_the_order_of_their_lines() {
        let held = ["a-b/x", "a/x", "a/x-y"].map(|key| (key.to_owned(), vec!["1".to_owned()]));
        assert_eq!(addresses(&held.into()), "a\tx\t1\na\tx-y\t1\na-b\tx\t1\n");
    }
}
