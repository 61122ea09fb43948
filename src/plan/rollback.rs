//! The way back from wherever the cluster stands: what differs from the snapshot is
//! undone in an order in which never both announce, and in which no controller sees
//! a pool go.

mod announcements;
mod cilium;
mod install;
mod moment;

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::action::{Action, Announcer, Check, Target, Task};
use super::cutover::{addresses, counted, probes};
use super::installation::Installation;
use super::runbook::{FileContent, Plan, Step, WayBack};
use super::snapshot::{Role, SNAPSHOT_KIND, SNAPSHOT_VERSION};
use super::{codes, json};
use crate::cluster::Cluster;
use crate::convert::ANNOUNCER_LABEL;
use crate::convert::Document;
use crate::diagnostic::Diagnostic;
use crate::manifest::Object;
use moment::{Moment, changed_fields, wanted};

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
