//! The way back from wherever the cluster stands: what differs from the snapshot is
//! undone in an order in which never both announce, and in which no controller sees
//! a pool go.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::action::{ANNOUNCER_LABEL, Action, Announcer, Check, Target, Task};
use super::cutover::{addresses, bind, counted, probes};
use super::installation::Installation;
use super::runbook::{FileContent, Plan, Step, WayBack};
use super::snapshot::{Role, SNAPSHOT_KIND, SNAPSHOT_VERSION};
use super::waves::NO_POOL_LEFT;
use super::{codes, files, json};
use crate::cluster::{Cluster, ServiceKey};
use crate::convert::Document;
use crate::diagnostic::Diagnostic;
use crate::manifest::Object;
use crate::selector::LabelSelector;

/// Prefixes of what either side's users, and this program, write on Services.
const SERVICE_KEYS: [&str; 5] = [
    "metallb.io/",
    "metallb.universe.tf/",
    "lbipam.cilium.io/",
    "io.cilium/lb-ipam-",
    "metallb2cilium.io/",
];

type Key = (String, String, String);

fn key(object: &Json) -> Key {
    let text = |pointer: &str| object.pointer(pointer).and_then(Json::as_str).unwrap_or_default();
    let api = text("/apiVersion");
    let group = api.split_once('/').map_or("", |(group, _)| group);
    let kind = format!("{group}/{}", text("/kind"));
    (kind, text("/metadata/namespace").to_owned(), text("/metadata/name").to_owned())
}

/// The objects of one moment, by what they are.
struct Moment {
    objects: BTreeMap<Role, BTreeMap<Key, Json>>,
}

impl Moment {
    fn new(objects: &[Object]) -> Self {
        let mut all: BTreeMap<Role, BTreeMap<Key, Json>> = BTreeMap::new();
        for object in objects {
            if let Some(role) = Role::of(object) {
                let json = json::object(object);
                all.entry(role).or_default().insert(key(&json), json);
            }
        }
        Self { objects: all }
    }

    fn of(&self, role: Role) -> impl Iterator<Item = (&Key, &Json)> {
        self.objects.get(&role).into_iter().flatten()
    }

    fn get(&self, role: Role, key: &Key) -> Option<&Json> {
        self.objects.get(&role)?.get(key)
    }

    fn has(&self, role: Role) -> bool {
        self.of(role).next().is_some()
    }
}

/// Without what controllers write.
fn wanted(object: &Json) -> Json {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
    }
    object
}

/// What of an object has to be as it was.
fn same(one: &Json, two: &Json) -> bool {
    let labels = |object: &Json| object["metadata"].get("labels").cloned().unwrap_or(json!({}));
    one["spec"] == two["spec"] && one["webhooks"] == two["webhooks"] && labels(one) == labels(two)
}

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
    let plan = Plan {
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
        // The speakers run everywhere before they get their pools back.
        if bound {
            self.nodes();
        }
        self.l2(removed);
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

    fn install(&mut self) {
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
    fn asleep(&self, object: &Json) -> Json {
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

    /// Puts what announces behind the label, where it is not.
    fn close(&mut self, bound: bool) {
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
    fn label_services(&mut self, announcer: Option<Announcer>) -> Task {
        let file = "services-l2.yaml".to_owned();
        self.files.insert(file.clone(), files::services(self.service_keys()));
        run(Action::LabelServices { file, announcer })
    }

    fn service_keys(&self) -> BTreeSet<ServiceKey> {
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
    fn l2(&mut self, removed: bool) {
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
    fn node_names(&self, fits: impl Fn(&Json) -> bool) -> Vec<String> {
        let nodes = self.is.of(Role::Node);
        let nodes = nodes.filter(|(_, node)| fits(&node["metadata"]["labels"]));
        nodes.map(|(key, _)| key.2.clone()).collect()
    }

    /// Nodes on which Cilium's sessions, as they were added, run or ran.
    fn nodes_with_sessions(&self) -> BTreeSet<String> {
        let Change { added, changed } = self.change(&["CiliumBGPClusterConfig"]);
        let selectors: Vec<LabelSelector> = [added, changed]
            .concat()
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
    fn nodes(&mut self) {
        let workload = self.installation.speaker.clone();
        let here = |labels: &Json| {
            labels.get(ANNOUNCER_LABEL).and_then(Json::as_str) != Some(Announcer::Metallb.as_str())
        };
        let nodes = self.node_names(here);
        let with_sessions = self.nodes_with_sessions();
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

/// The two fields of an L2Advertisement that name pools, as a merge patch.
fn pool_fields(object: &Json) -> Json {
    let field = |name: &str| object["spec"].get(name).cloned().unwrap_or(Json::Null);
    json!({"spec": {
        "ipAddressPools": field("ipAddressPools"),
        "ipAddressPoolSelectors": field("ipAddressPoolSelectors"),
    }})
}

/// An L2Advertisement that announces nothing yet; other resources as they are.
fn without_pools(object: &Json) -> Json {
    let mut object = wanted(object);
    if object["kind"] == "L2Advertisement" {
        if !object["spec"].is_object() {
            object["spec"] = json!({});
        }
        object["spec"]["ipAddressPools"] = json!([NO_POOL_LEFT]);
        if let Some(spec) = object["spec"].as_object_mut() {
            spec.remove("ipAddressPoolSelectors");
        }
    }
    object
}

/// A merge patch of the keys that this is about.
fn changed_fields(before: &Json, now: &Json) -> serde_json::Map<String, Json> {
    let empty = serde_json::Map::new();
    let (before, now) = (before.as_object().unwrap_or(&empty), now.as_object().unwrap_or(&empty));
    let ours = |name: &&String| SERVICE_KEYS.iter().any(|prefix| name.starts_with(prefix));
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).filter(ours).collect();
    let changed = names.into_iter().filter(|name| before.get(*name) != now.get(*name));
    changed.map(|name| (name.clone(), before.get(name).cloned().unwrap_or(Json::Null))).collect()
}
