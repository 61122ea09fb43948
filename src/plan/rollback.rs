//! The way back from wherever the cluster stands: what differs from the snapshot is
//! undone in an order in which never both announce, and in which no controller sees
//! a pool go.

mod announcements;
mod install;
mod moment;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::action::{Action, Announcer, Check, Target, Task};
use super::cutover::{addresses, bind, counted, probes};
use super::installation::Installation;
use super::runbook::{FileContent, Plan, Step, WayBack};
use super::snapshot::{Role, SNAPSHOT_KIND, SNAPSHOT_VERSION};
use super::{codes, json};
use crate::cluster::Cluster;
use crate::convert::ANNOUNCER_LABEL;
use crate::convert::Document;
use crate::diagnostic::Diagnostic;
use crate::manifest::Object;
use moment::{Key, Moment, changed_fields, key, same, wanted};

fn document(object: Json) -> Document {
    Document { comments: vec![], object, source: None }
}

fn run(action: Action) -> Task {
    Task::Do(action)
}

/// The way back.
///
/// # Errors
/// A file that is no snapshot.
pub fn rollback(
    snapshot: &[Object],
    now: &[Object],
) -> Result<(Plan, Vec<Diagnostic>), Vec<Diagnostic>> {
    let head = snapshot
        .iter()
        .find(|one| one.api_version == SNAPSHOT_VERSION && one.kind == SNAPSHOT_KIND);
    let Some(head) = head else {
        return Err(vec![
            Diagnostic::error(codes::NO_SNAPSHOT, "--rollback: the file is no snapshot")
                .help("give the file that `metallb2cilium snapshot --output-file` wrote"),
        ]);
    };
    let was = Moment::new(snapshot);
    let is = Moment::new(now);
    if !is.has(Role::Service) || !is.has(Role::Node) {
        return Err(vec![
            Diagnostic::error(
                codes::CLUSTER_NOT_AT_HAND,
                "the Services and Nodes as they are now are not in the input",
            )
            .help("use --from-cluster, or add `kubectl get -A -o yaml services,nodes,…`"),
        ]);
    }
    let installation = Installation::read(&[snapshot, now].concat());
    let left_out: Vec<String> = {
        let json = json::node(&head.node);
        let list = json["spec"]["leftOut"].as_array().cloned().unwrap_or_default();
        list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let (cluster, _) = Cluster::read(snapshot);
    let mut way = Way {
        was: &was,
        is: &is,
        installation: &installation,
        left_out: &left_out,
        found: vec![],
        steps: vec![],
        files: BTreeMap::new(),
    };
    way.files.insert("addresses.tsv".to_owned(), FileContent::Text(addresses(&held(&cluster))));
    way.files.insert("probes.tsv".to_owned(), FileContent::Text(probes(&cluster, &held(&cluster))));
    way.build();
    let Way { found, steps, files, .. } = way;
    let mut plan = Plan {
        title: "The way back to MetalLB",
        summary: vec![format!(
            "Back to the snapshot, from what the input says of the cluster now: {}.",
            counted(steps.len(), "step")
        )],
        before: BEFORE.iter().map(|line| (*line).to_owned()).collect(),
        accepted: vec![],
        assumptions: installation.assumptions.clone(),
        steps,
        files,
        cilium_namespace: installation.cilium_namespace.clone(),
    };
    super::with_rights(&mut plan);
    Ok((plan, found))
}

const BEFORE: &[&str] = &[
    "Whatever keeps Cilium's resources as they are, such as Argo CD or Flux, is suspended.",
    "The input shows the cluster as it is at this moment: what was done since is not undone.",
];

fn held(cluster: &Cluster) -> BTreeMap<String, Vec<String>> {
    let services = cluster.services.iter().filter(|service| !service.ingress.is_empty());
    services
        .map(|service| {
            let mut ips = service.ingress.clone();
            ips.sort();
            (service.key.to_string(), ips)
        })
        .collect()
}

/// The steps as they come together.
struct Way<'a> {
    was: &'a Moment,
    is: &'a Moment,
    installation: &'a Installation,
    left_out: &'a [String],
    found: Vec<Diagnostic>,
    steps: Vec<Step>,
    files: BTreeMap<String, FileContent>,
}

/// Whether a kind is of MetalLB's configuration up to 0.12, or announces by itself.
fn is_legacy(kind: &str) -> bool {
    kind == "/ConfigMap" || kind == "metallb.io/AddressPool"
}

/// Cilium's resources that have to go, and those that have to be as they were.
struct Change {
    added: Vec<Json>,
    changed: Vec<Json>,
}

impl Way<'_> {
    fn build(&mut self) {
        let removed = self.is_removed();
        self.keep();
        if removed {
            self.install();
        }
        let bound = removed || self.is_bound();
        self.close(bound);
        // The speakers run everywhere before they get their pools back; where their
        // configuration is no custom resource they have them at once, so Cilium lets go
        // of all first.
        let legacy = self.was.of(Role::Metallb).any(|(key, _)| is_legacy(&key.0));
        let before = self.steps.len();
        if legacy {
            self.l2(removed);
        }
        let released = self.steps.len() > before;
        if bound {
            self.nodes();
        }
        if !legacy {
            self.l2(removed);
        } else if released {
            self.join(before);
        }
        self.clean(bound);
        self.pools();
        self.services();
        self.controller(removed);
    }

    fn push(&mut self, word: &str, step: Step) {
        let id = format!("{:02}-{word}", self.steps.len() + 1);
        self.steps.push(Step { id, ..step });
    }

    fn file(&mut self, name: &str, objects: Vec<Json>) -> String {
        let file = format!("{name}.yaml");
        let documents = objects.into_iter().map(document).collect();
        self.files.insert(file.clone(), FileContent::Manifests(documents));
        file
    }

    /// Whether MetalLB is not in the cluster any more.
    fn is_removed(&self) -> bool {
        let gone = |role| self.was.has(role) && !self.is.has(role);
        let speaker = |moment: &Moment| {
            moment.of(Role::Workload).any(|((kind, _, name), _)| {
                kind == "apps/DaemonSet" && *name == self.installation.speaker.name
            })
        };
        gone(Role::Metallb) || speaker(self.was) && !speaker(self.is)
    }

    fn is_bound(&self) -> bool {
        let pointer = "/spec/template/spec/nodeSelector";
        self.is.of(Role::Workload).any(|(_, object)| {
            object.pointer(pointer).is_some_and(|labels| labels.get(ANNOUNCER_LABEL).is_some())
        })
    }

    fn keep(&mut self) {
        let speaker = self.installation.speaker.clone();
        self.push(
            "snapshot",
            Step {
                title: "Keep the present state".to_owned(),
                why: vec!["In case the way back has to be left.".to_owned()],
                tasks: vec![
                    Task::Await(Check::Rights),
                    run(Action::Snapshot { file: "before-rollback.yaml".to_owned() }),
                    run(Action::Baseline { speaker }),
                ],
                takes: "a minute".to_owned(),
                interrupts: NOTHING.to_owned(),
                back: again(),
                ..Step::default()
            },
        );
    }

    /// How Cilium's resources of a kind differ from the snapshot.
    fn change(&self, kinds: &[&str]) -> Change {
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
    fn clean(&mut self, bound: bool) {
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
    fn as_before(&mut self, name: &str, changed: &[Json]) -> Option<Task> {
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

    fn pools(&mut self) {
        let Change { added, changed } = self.change(&["CiliumLoadBalancerIPPool"]);
        if added.is_empty() && changed.is_empty() {
            return;
        }
        let workload = self.installation.operator.clone();
        let scale = |replicas| run(Action::Scale { workload: workload.clone(), replicas });
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

    /// Labels and annotations of Services as they were.
    fn services(&mut self) {
        let mut tasks = Vec::new();
        for (key, now) in self.is.of(Role::Service) {
            let Some(before) = self.was.get(Role::Service, key) else { continue };
            let mut metadata = serde_json::Map::new();
            for section in ["labels", "annotations"] {
                let fields =
                    changed_fields(&before["metadata"][section], &now["metadata"][section]);
                if !fields.is_empty() {
                    metadata.insert(section.to_owned(), Json::Object(fields));
                }
            }
            if metadata.is_empty() {
                continue;
            }
            let target = Target {
                resource: "service".to_owned(),
                kind: "Service".to_owned(),
                namespace: key.1.clone(),
                name: key.2.clone(),
            };
            tasks.push(run(Action::Patch { target, patch: json!({"metadata": metadata}) }));
        }
        if tasks.is_empty() {
            return;
        }
        self.push(
            "services",
            Step {
                title: format!(
                    "Labels and annotations of {} as they were",
                    counted(tasks.len(), "Service")
                ),
                why: vec![
                    "Those of MetalLB's, Cilium's and this program's keys; others are left alone."
                        .to_owned(),
                ],
                tasks,
                checks: served(),
                takes: "some seconds for each hundred Services".to_owned(),
                interrupts: NOTHING.to_owned(),
                back: again(),
                ..Step::default()
            },
        );
    }

    fn controller(&mut self, removed: bool) {
        let workload = self.installation.controller.clone();
        let stopped = self.is.of(Role::Workload).any(|((kind, _, name), object)| {
            kind == "apps/Deployment" && *name == workload.name && object["spec"]["replicas"] == 0
        });
        let webhooks: Vec<Json> = self
            .was
            .of(Role::Webhook)
            .filter(|(key, _)| self.is.get(Role::Webhook, key).is_none())
            .map(|(_, object)| wanted(object))
            .collect();
        let mut tasks = Vec::new();
        if stopped || removed {
            let replicas = self.installation.controller_replicas;
            tasks.push(run(Action::Scale { workload: workload.clone(), replicas }));
            tasks.push(Task::Await(Check::Ready { workload }));
        }
        if !webhooks.is_empty() {
            let file = self.file("webhooks", webhooks);
            tasks.push(run(Action::Apply { file }));
        }
        if tasks.is_empty() {
            return;
        }
        self.push(
            "controller",
            Step {
                title: "Start MetalLB's controller".to_owned(),
                why: vec![
                    "It finds its pools, and keeps the addresses that the Services hold. The \
                     webhooks come after it, since it answers them."
                        .to_owned(),
                ],
                confirm: Some("Let MetalLB give out addresses again?".to_owned()),
                tasks,
                checks: served(),
                takes: "a minute".to_owned(),
                interrupts: NOTHING.to_owned(),
                back: again(),
                ..Step::default()
            },
        );
    }
}

const NOTHING: &str = "nothing";
const L2_WHY: &str = "Cilium lets go of its leases first; then the advertisements get their pools \
                      back, and a speaker answers and sends a gratuitous ARP.";

/// A way back is left by planning again.
fn again() -> WayBack {
    WayBack {
        note: "Plan again, from where the cluster stands then.".to_owned(),
        ..WayBack::default()
    }
}

fn served() -> Vec<Check> {
    vec![Check::Addresses, Check::Probes]
}

fn label(nodes: &[String], announcer: Announcer) -> Task {
    run(Action::LabelNodes { nodes: nodes.to_vec(), announcer: Some(announcer) })
}
