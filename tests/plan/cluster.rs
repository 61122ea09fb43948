//! A cluster in which kubectl's commands do what they do, and in which both
//! controllers run: the engines decide what they would write and announce.

use std::collections::{BTreeMap, BTreeSet};

use metallb2cilium::cilium::{CiliumConfig, CiliumVersion};
use metallb2cilium::cluster::Cluster;
use metallb2cilium::convert::ANNOUNCER_LABEL;
use metallb2cilium::manifest::{Manifests, Object, Substitutions};
use metallb2cilium::metallb::{self, Config, Input, Mode, Resources};
use metallb2cilium::plan::{Action, Check, FileContent, Plan, Target, Task, WorkloadKind};
use metallb2cilium::selector::LabelSelector;
use metallb2cilium::simulate::decision::Outcome;
use metallb2cilium::simulate::{cilium, metallb as metallb_engine};
use metallb2cilium::verify::sessions::{Remote, Speakers, of_cilium, of_metallb};
use serde_json::{Value, json};

/// Kind, namespace, name.
type Key = (String, String, String);

/// Node, prefix, communities.
type Route = (String, String, Vec<String>);

/// The cluster.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct World {
    pub(crate) objects: BTreeMap<Key, Value>,
    /// What the field manager of the plan owns of Services.
    owned: BTreeMap<Key, BTreeSet<(String, String)>>,
    /// What scripts kept.
    saved: BTreeMap<String, Value>,
}

/// Who announces at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Announced {
    /// For each address, who answers: `metallb` or `cilium`.
    pub(crate) l2: BTreeMap<String, BTreeSet<&'static str>>,
    /// Node and peer of each session, and whose it is.
    pub(crate) sessions: BTreeMap<(String, Remote), BTreeSet<&'static str>>,
    /// Node and prefix of each route, with its communities.
    pub(crate) routes: BTreeSet<Route>,
}

fn key(object: &Value) -> Key {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    (
        text("/kind").to_owned(),
        text("/metadata/namespace").to_owned(),
        text("/metadata/name").to_owned(),
    )
}

/// RFC 7386.
fn merge(target: &mut Value, patch: &Value) {
    let Some(patch) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let fields = target.as_object_mut().unwrap();
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(name);
        } else {
            merge(fields.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Maps that are empty are as good as none.
fn prune(value: &mut Value) {
    if let Some(fields) = value.as_object_mut() {
        fields.values_mut().for_each(prune);
        fields.retain(|_, value| value.as_object().is_none_or(|fields| !fields.is_empty()));
    }
}

impl World {
    pub(crate) fn new(objects: Vec<Value>) -> Self {
        let objects = objects.into_iter().map(|object| (key(&object), object)).collect();
        let mut world = Self { objects, owned: BTreeMap::new(), saved: BTreeMap::new() };
        world.settle();
        world
    }

    /// What can be compared with another moment.
    pub(crate) fn state(&self) -> BTreeMap<Key, Value> {
        let mut objects = self.objects.clone();
        // Settings harm nobody and stay.
        objects.retain(|key, _| key.0 != "ConfigMap");
        objects.values_mut().for_each(prune);
        objects
    }

    pub(crate) fn addresses(&self) -> BTreeMap<String, Value> {
        let services = self.objects.iter().filter(|(key, _)| key.0 == "Service");
        services
            .map(|((_, namespace, name), object)| {
                (format!("{namespace}/{name}"), object["status"]["loadBalancer"]["ingress"].clone())
            })
            .collect()
    }

    /// As commands read it.
    pub(crate) fn read(&self) -> Vec<Object> {
        self.manifests().objects
    }

    fn manifests(&self) -> Manifests {
        let items: Vec<&Value> = self.objects.values().collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
        let manifests = Manifests::from_text("world.json", list.to_string());
        assert!(manifests.diagnostics.is_empty(), "{:?}", manifests.diagnostics);
        manifests
    }

    fn metallb(&self, manifests: &Manifests, cluster: &Cluster) -> Option<Config> {
        let substitutions = Substitutions::default();
        let input = Input {
            objects: &manifests.objects,
            untyped: &[],
            sources: &manifests.sources,
            substitutions: &substitutions,
        };
        let (resources, found) = Resources::read(&input);
        assert!(!found.iter().any(|one| one.is_error()), "{found:?}");
        let options = metallb::Options { mode: Mode::FrrK8s, allow_missing_secrets: false };
        Some(metallb::validate(&resources, cluster, &options).unwrap())
    }

    fn replicas(&self, name: &str) -> u64 {
        let mut found =
            self.objects.iter().filter(|(key, _)| key.0 == "Deployment" && key.2 == name);
        found.next().map_or(0, |(_, object)| object["spec"]["replicas"].as_u64().unwrap_or(1))
    }

    /// Where a speaker runs; `None` where there is no DaemonSet any more.
    fn speakers(&self) -> Option<LabelSelector> {
        let mut sets =
            self.objects.iter().filter(|(key, _)| key.0 == "DaemonSet" && key.2 == "speaker");
        let set = sets.next()?.1;
        let mut match_labels = BTreeMap::new();
        for (name, value) in set["spec"]["template"]["spec"]["nodeSelector"].as_object().unwrap() {
            if name != "kubernetes.io/os" {
                match_labels.insert(name.clone(), value.as_str().unwrap().to_owned());
            }
        }
        Some(LabelSelector { match_labels, match_expressions: vec![] })
    }

    fn nodes(&self) -> Vec<(String, BTreeMap<String, String>)> {
        let nodes = self.objects.iter().filter(|(key, _)| key.0 == "Node");
        nodes
            .map(|(key, object)| {
                let labels = object["metadata"]["labels"].clone();
                (key.2.clone(), serde_json::from_value(labels).unwrap_or_default())
            })
            .collect()
    }

    /// Lets the controllers that run do their work.
    fn settle(&mut self) {
        if let Some(speakers) = self.speakers() {
            for (node, labels) in self.nodes() {
                if speakers.matches(&labels) {
                    let name = format!("metallb-{node}");
                    let object = json!({
                        "apiVersion": "frrk8s.metallb.io/v1beta1", "kind": "FRRConfiguration",
                        "metadata": {"name": name, "namespace": "metallb-system"},
                    });
                    self.objects.insert(key(&object), object);
                }
            }
        }
        let manifests = self.without_frr();
        let (cluster, _) = Cluster::read(&manifests.objects);
        let (config, found) =
            CiliumConfig::read(&manifests.objects, None, CiliumVersion::default());
        assert!(found.is_empty(), "{found:?}");
        let metallb_runs = self.replicas("controller") > 0;
        let cilium_runs = self.replicas("cilium-operator") > 0 && !config.pools.is_empty();
        assert!(!(metallb_runs && cilium_runs), "two controllers give addresses out");
        if metallb_runs {
            let metallb = self.metallb(&manifests, &cluster).unwrap();
            let options = metallb_engine::Options { max_outcomes: 64, ..Default::default() };
            self.write(metallb_engine::simulate(&metallb, &cluster, &options).outcomes);
        }
        if cilium_runs {
            let options = cilium::Options { max_outcomes: 64 };
            self.write(cilium::simulate(&config, &cluster, &options).outcomes);
        }
    }

    fn without_frr(&self) -> Manifests {
        let mut world = self.clone();
        world.objects.retain(|key, _| key.0 != "FRRConfiguration");
        world.manifests()
    }

    fn write(&mut self, outcomes: Vec<Outcome>) {
        assert_eq!(outcomes.len(), 1, "what happens is left to chance");
        for (service, allocation) in &outcomes[0].services {
            let (namespace, name) = service.split_once('/').unwrap();
            let key = ("Service".to_owned(), namespace.to_owned(), name.to_owned());
            let ingress: Vec<Value> = allocation.ips.iter().map(|ip| json!({"ip": ip})).collect();
            self.objects.get_mut(&key).unwrap()["status"]["loadBalancer"]["ingress"] =
                json!(ingress);
        }
    }

    /// Who announces, by the engines.
    pub(crate) fn announced(&self) -> Announced {
        let mut announced = Announced::default();
        let manifests = self.without_frr();
        let (cluster, _) = Cluster::read(&manifests.objects);
        if let Some(speakers) = self.speakers() {
            self.metallb_announces(&manifests, &cluster, speakers, &mut announced);
        }
        let (config, _) = CiliumConfig::read(&manifests.objects, None, CiliumVersion::default());
        let decision = cilium::simulate(&config, &cluster, &cilium::Options { max_outcomes: 64 });
        let outcome = &decision.outcomes[0];
        for answer in outcome.l2.iter().filter(|answer| !answer.candidates.is_empty()) {
            announced.l2.entry(answer.ip.to_string()).or_default().insert("cilium");
        }
        for (node, sessions) in of_cilium(&config, &cluster, &Speakers::default()) {
            for session in sessions.into_iter().flatten() {
                let key = (node.clone(), session.remote);
                announced.sessions.entry(key).or_default().insert("cilium");
            }
        }
        announced.add_routes(outcome, |_| true);
        announced
    }

    fn metallb_announces(
        &self,
        manifests: &Manifests,
        cluster: &Cluster,
        speakers: LabelSelector,
        announced: &mut Announced,
    ) {
        let config = self.metallb(manifests, cluster).unwrap();
        let options = metallb_engine::Options {
            speaker_nodes: Some(speakers),
            max_outcomes: 64,
            ..Default::default()
        };
        let decision = metallb_engine::simulate(&config, cluster, &options);
        for answer in decision.outcomes[0].l2.iter().filter(|answer| answer.leader.is_some()) {
            announced.l2.entry(answer.ip.to_string()).or_default().insert("metallb");
        }
        // frr-k8s announces what a speaker left it, whether the speaker runs or not.
        let left = |node: &str| {
            let name = format!("metallb-{node}");
            self.objects.keys().any(|key| key.0 == "FRRConfiguration" && key.2 == name)
        };
        for (node, sessions) in of_metallb(&config, cluster, &Speakers::default()) {
            for session in sessions.into_iter().flatten().filter(|_| left(&node)) {
                let key = (node.clone(), session.remote);
                announced.sessions.entry(key).or_default().insert("metallb");
            }
        }
        let everywhere = metallb_engine::Options { max_outcomes: 64, ..Default::default() };
        let decision = metallb_engine::simulate(&config, cluster, &everywhere);
        announced.add_routes(&decision.outcomes[0], left);
    }

    /// Does one thing, or looks whether it is so; then the controllers go on.
    pub(crate) fn perform(&mut self, task: &Task, plan: &Plan) {
        match task {
            Task::Do(action) => self.act(action, plan),
            Task::Await(check) => self.check(check, plan),
        }
        self.settle();
        let announced = self.announced();
        for (ip, who) in &announced.l2 {
            assert!(who.len() < 2, "{ip} is answered for twice after {task:?}");
        }
        for (session, who) in &announced.sessions {
            assert!(who.len() < 2, "{session:?} is there twice after {task:?}");
        }
    }

    fn act(&mut self, action: &Action, plan: &Plan) {
        match action {
            Action::Snapshot { .. } | Action::Baseline { .. } => {}
            Action::HelmUpgrade { .. } => self.set_settings(),
            Action::Apply { file } => {
                for object in documents(plan, file) {
                    self.apply(object);
                }
            }
            Action::ApplyOwned { file } => {
                for object in documents(plan, file) {
                    self.apply_owned(&object);
                }
            }
            Action::Delete { file } => {
                for object in documents(plan, file) {
                    self.delete(&key(&object));
                }
            }
            Action::LabelServices { file, announcer } => {
                for object in documents(plan, file) {
                    self.label(&key(&object), announcer.map(|one| one.as_str()));
                }
            }
            Action::LabelNodes { nodes, announcer } => {
                for node in nodes {
                    let key = ("Node".to_owned(), String::new(), node.clone());
                    self.label(&key, announcer.map(|one| one.as_str()));
                }
            }
            Action::Scale { workload, replicas } => {
                let is_it = |key: &Key| key.0 == "Deployment" && key.2 == workload.name;
                let mut found = self.objects.iter_mut().filter(|(key, _)| is_it(key));
                found.next().unwrap().1["spec"]["replicas"] = json!(replicas);
            }
            Action::Patch { target, patch } => {
                let object = self.objects.get_mut(&target_key(target)).unwrap();
                let before = object["spec"]["template"].clone();
                merge(object, patch);
                let restarts = object["spec"]["template"] != before
                    && object["spec"]["updateStrategy"]["type"] != "OnDelete"
                    && patch
                        .pointer("/spec/template/spec/nodeSelector")
                        .is_some_and(|selector| !selector[ANNOUNCER_LABEL].is_null());
                assert!(!restarts, "all speakers restart");
            }
            Action::SaveAndDelete { target } => {
                if let Some(object) = self.objects.remove(&target_key(target)) {
                    self.saved.insert(target.name.clone(), object);
                }
            }
            Action::Restore { target } => {
                if let Some(object) = self.saved.get(&target.name).cloned() {
                    self.apply(object);
                }
            }
            Action::DeleteObjects { targets } => {
                for target in targets {
                    self.delete(&target_key(target));
                }
            }
            Action::RemoveMetallb { .. } => self.objects.retain(|key, object| {
                let group = object["apiVersion"].as_str().unwrap();
                !group.contains("metallb.io") && key.2 != "controller" && key.2 != "speaker"
            }),
        }
    }

    fn set_settings(&mut self) {
        self.apply(json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "cilium-config", "namespace": "kube-system"},
            "data": {"enable-no-service-endpoints-routable": "false"},
        }));
    }

    fn apply(&mut self, mut object: Value) {
        // One by one, the first pool would take the addresses of all others away.
        let is_pool = object["kind"] == "CiliumLoadBalancerIPPool";
        assert!(!is_pool || self.replicas("cilium-operator") == 0, "pools come one by one");
        // What is not sent stays.
        if let Some(there) = self.objects.get(&key(&object)) {
            object["status"] = there["status"].clone();
        }
        if object["status"].is_null() {
            object.as_object_mut().unwrap().remove("status");
        }
        self.objects.insert(key(&object), object);
    }

    /// What the API server does with a server-side apply: fields that the manager
    /// does not name any more go, unless another one has them.
    fn apply_owned(&mut self, object: &Value) {
        let key = key(object);
        let there = self.objects.get_mut(&key).unwrap();
        let owned = self.owned.entry(key).or_default();
        let mut named = BTreeSet::new();
        for section in ["labels", "annotations"] {
            for (name, value) in object["metadata"][section].as_object().into_iter().flatten() {
                let field = (section.to_owned(), name.clone());
                let before = &there["metadata"][section][name];
                let conflict = !before.is_null() && before != value && !owned.contains(&field);
                assert!(!conflict, "somebody else has {name}");
                there["metadata"][section][name] = value.clone();
                named.insert(field);
            }
        }
        for (section, name) in owned.difference(&named) {
            there["metadata"][section].as_object_mut().unwrap().remove(name);
        }
        *owned = named;
    }

    /// A pool that disappears while Cilium's operator looks on takes the addresses of
    /// its Services with it; so does MetalLB's with its controller.
    fn delete(&mut self, key: &Key) {
        let is_pool = key.0 == "CiliumLoadBalancerIPPool";
        assert!(!is_pool || self.replicas("cilium-operator") == 0, "{key:?} is seen to go");
        self.objects.remove(key);
    }

    fn label(&mut self, key: &Key, value: Option<&str>) {
        let object = self.objects.get_mut(key).unwrap();
        let value = value.map_or(Value::Null, Value::from);
        merge(object, &json!({"metadata": {"labels": {ANNOUNCER_LABEL: value}}}));
    }

    fn check(&self, check: &Check, plan: &Plan) {
        let speakers = self.speakers();
        let runs = |node: &String| {
            let labels = self.nodes().into_iter().find(|(name, _)| name == node).unwrap().1;
            speakers.as_ref().is_some_and(|selector| selector.matches(&labels))
        };
        let announced = self.announced();
        let of_file = |file: &str| {
            let lines = match &plan.files[file] {
                FileContent::Text(lines) => lines.clone(),
                FileContent::Manifests(_) => panic!("{file} is no table"),
            };
            let addresses = self.addresses();
            let services: Vec<String> =
                lines.lines().map(|line| line.replacen('\t', "/", 1)).collect();
            let ips = services.iter().flat_map(|service| addresses[service].as_array().unwrap());
            ips.map(|ip| ip["ip"].as_str().unwrap().to_owned()).collect::<Vec<String>>()
        };
        let answers = |ip: &String, who: &str| {
            announced.l2.get(ip).is_some_and(|answering| answering.contains(who))
        };
        let sessions = |node: &String| {
            let of_node = announced.sessions.iter().filter(|((one, _), _)| one == node);
            of_node.filter(|(_, who)| who.contains("cilium")).count()
        };
        let holds = match check {
            Check::Stopped { workload, nodes: None } => match workload.name.as_str() {
                "speaker" => self.nodes().iter().all(|(node, _)| !runs(node)),
                name => self.replicas(name) == 0,
            },
            Check::Stopped { nodes: Some(nodes), .. } => nodes.iter().all(|node| !runs(node)),
            Check::Ready { workload } if workload.kind == WorkloadKind::DaemonSet => {
                self.nodes().iter().any(|(node, _)| runs(node))
            }
            Check::Ready { workload } => self.replicas(&workload.name) > 0,
            Check::ReadyOn { nodes, .. } => nodes.iter().all(runs),
            Check::SilentOnL2 { file } => of_file(file).iter().all(|ip| !answers(ip, "metallb")),
            Check::Leases { file, .. } => of_file(file).iter().all(|ip| answers(ip, "cilium")),
            Check::NoLeases { file, .. } => of_file(file).iter().all(|ip| !answers(ip, "cilium")),
            Check::Sessions { node, count } => sessions(node) >= *count,
            Check::NoSessions { node } => sessions(node) == 0,
            Check::MetallbGone { .. } => !self
                .objects
                .values()
                .any(|object| object["apiVersion"].as_str().unwrap().starts_with("metallb.io/")),
            Check::Exist { targets } => {
                targets.iter().all(|target| self.objects.contains_key(&target_key(target)))
            }
            // Looked at after each step, or not of this world.
            Check::Rights
            | Check::PlanIsFresh
            | Check::Addresses
            | Check::Probes
            | Check::Seen { .. }
            | Check::PoolsWithoutConflict
            | Check::Settings { .. } => true,
        };
        assert!(holds, "{check:?}");
    }

    /// Everything that must hold after a step.
    pub(crate) fn check_all(&self, checks: &[Check], plan: &Plan) {
        checks.iter().for_each(|check| self.check(check, plan));
    }
}

impl Announced {
    fn add_routes(&mut self, outcome: &Outcome, of_node: impl Fn(&str) -> bool) {
        for route in outcome.bgp.iter().filter(|route| of_node(&route.node)) {
            let one = (route.node.clone(), route.prefix.clone(), route.communities.clone());
            self.routes.insert(one);
        }
    }

    /// Which addresses are answered for, and by what routes they are reached.
    pub(crate) fn reach(&self) -> (BTreeSet<&String>, &BTreeSet<Route>) {
        (self.l2.keys().collect(), &self.routes)
    }
}

fn target_key(target: &Target) -> Key {
    (target.kind.clone(), target.namespace.clone(), target.name.clone())
}

fn documents(plan: &Plan, file: &str) -> Vec<Value> {
    match &plan.files[file] {
        FileContent::Manifests(documents) => {
            documents.iter().map(|document| document.object.clone()).collect()
        }
        FileContent::Text(_) => panic!("{file} holds no manifests"),
    }
}
