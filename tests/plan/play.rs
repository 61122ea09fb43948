//! The plan played through: no Service changes its address, nobody is announced
//! twice, and every way back leads to the start.

use std::fs;

use metallb2cilium::cilium::CiliumConfig;
use metallb2cilium::cluster::Cluster;
use metallb2cilium::convert;
use metallb2cilium::manifest::{Manifests, Substitutions};
use metallb2cilium::metallb::{self, Input, Resources};
use metallb2cilium::plan::{self, Plan, Situation};
use metallb2cilium::verify::sessions::Speakers;
use metallb2cilium::verify::{Compared, Question, applied, verify, with_existing};

use super::cluster::World;
use super::support::reader::documents;
use metallb2cilium::manifest::Object;

/// The plan of the objects, as the command makes it.
fn plan_of(text: &str) -> Plan {
    let manifests = Manifests::from_text("cluster.yaml", text);
    assert!(manifests.diagnostics.is_empty(), "{:?}", manifests.diagnostics);
    let substitutions = Substitutions::default();
    let (resources, _) = Resources::read(&Input {
        objects: &manifests.objects,
        untyped: &[],
        sources: &manifests.sources,
        substitutions: &substitutions,
    });
    let (cluster, _) = Cluster::read(&manifests.objects);
    let config = metallb::validate(&resources, &cluster, &metallb::Options::default()).unwrap();
    let options = convert::Options::default();
    let (existing, _) = CiliumConfig::read(&manifests.objects, None, options.version);
    let conversion = convert::convert(&config, &cluster, &existing, &options).unwrap();
    let (written, after) = applied(&conversion, &cluster);
    let written = with_existing(written, &existing);
    let speakers = Speakers::default();
    let question = Question {
        config: &config,
        cluster: &cluster,
        speakers: &speakers,
        lb_class: None,
        max_outcomes: 64,
        proof: None,
    };
    let compared =
        Compared { title: "Cilium", config: &written, cluster: &after, there: Some(&existing) };
    let report = verify(&question, &compared, &conversion.diagnostics, true).unwrap();
    let situation = Situation {
        config: &config,
        cluster: &cluster,
        objects: &manifests.objects,
        conversion: &conversion,
        report: &report,
        mode: speakers.mode,
        speaker_nodes: None,
        settings: None,
        accepted: &[],
        pools_per_wave: 1,
    };
    plan::plan(&situation).unwrap_or_else(|refused| panic!("{refused:?}"))
}

fn sample() -> String {
    let read = |name| fs::read_to_string(format!("testdata/cutover/{name}.yaml")).unwrap();
    format!("{}---\n{}", read("metallb"), read("cluster"))
}

/// A ClusterConfig with a session of its own on the Node of a rack, beside the sample.
fn beside_pods() -> String {
    let text = "---\napiVersion: cilium.io/v2\nkind: CiliumBGPClusterConfig\nmetadata: {name: \
                pods}\nspec: {nodeSelector: {matchLabels: {rack: a}, matchExpressions: [{key: \
                node.kubernetes.io/exclude-from-external-load-balancers, operator: \
                DoesNotExist}]}, bgpInstances: [{name: main, localASN: 64512, peers: [{name: \
                spine, peerASN: 64700, peerAddress: 192.0.2.77, peerConfigRef: {name: spine}}]}]}\n\
                ---\napiVersion: cilium.io/v2\nkind: CiliumBGPPeerConfig\nmetadata: {name: \
                spine}\nspec: {families: [{afi: ipv4, safi: unicast}]}\n";
    format!("{}{text}", sample())
}

/// The sample's cluster with MetalLB's ConfigMap of 0.12.
fn of_old_config_map() -> String {
    let cluster = fs::read_to_string("testdata/cutover/cluster.yaml").unwrap();
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, namespace: \
                  metallb-system}\ndata:\n  config: |\n    peers:\n    - {peer-address: 192.0.2.1, \
                  my-asn: 64512, peer-asn: 64601, node-selectors: [{match-labels: {rack: a}}]}\n    - \
                  {peer-address: 192.0.2.2, my-asn: 64512, peer-asn: 64602, node-selectors: \
                  [{match-labels: {rack: b}}]}\n    address-pools:\n    - {name: office, protocol: \
                  layer2, addresses: [203.0.113.0/28]}\n    - {name: lab, protocol: layer2, \
                  auto-assign: false, addresses: [203.0.113.16-203.0.113.29]}\n    - {name: public, \
                  protocol: bgp, auto-assign: false, addresses: [198.51.100.0/24], \
                  bgp-advertisements: [{communities: ['64512:100']}]}\n";
    format!("{config}---\n{cluster}")
}

/// The cluster after each step, the start first.
fn play(plan: &Plan, text: &str) -> Vec<World> {
    let mut worlds = vec![World::new(documents(text))];
    let start = worlds[0].clone();
    let reached = start.announced();
    for step in &plan.steps {
        let mut world = worlds.last().unwrap().clone();
        for task in &step.tasks {
            world.perform(task, plan);
            assert_eq!(world.addresses(), start.addresses(), "{} {task:?}", step.id);
        }
        world.check_all(&step.checks, plan);
        assert_eq!(world.announced().reach(), reached.reach(), "after {}", step.id);
        worlds.push(world);
    }
    worlds
}

#[test]
fn no_service_changes_its_address_and_none_is_announced_twice() {
    for text in [sample(), beside_pods(), of_old_config_map()] {
        comes_to_its_end(&text);
    }
}

fn comes_to_its_end(text: &str) {
    let plan = plan_of(text);
    let worlds = play(&plan, text);
    let old = text.contains("address-pools:");
    assert_eq!(worlds.len(), if old { 11 } else { 13 });
    let beside = usize::from(text.contains("name: spine"));
    let end = worlds.last().unwrap().announced();
    assert!(end.l2.values().all(|who| who.iter().eq(["cilium"].iter())), "{end:?}");
    assert!(end.sessions.values().all(|who| who.iter().eq(["cilium"].iter())), "{end:?}");
    assert_eq!((end.l2.len(), end.sessions.len(), end.routes.len()), (3, 2 + beside, 3));
}

#[test]
fn the_way_back_from_each_step_leads_to_the_start() {
    for text in [sample(), beside_pods(), of_old_config_map()] {
        leads_back_step_by_step(&text);
    }
}

fn leads_back_step_by_step(text: &str) {
    let plan = plan_of(text);
    let worlds = play(&plan, text);
    let start = &worlds[0];
    // Removal has no way back of this kind.
    for done in 0..plan.steps.len() - 1 {
        let mut world = worlds[done + 1].clone();
        for step in plan.steps[..=done].iter().rev() {
            for task in &step.back.tasks {
                world.perform(task, &plan);
                assert_eq!(world.addresses(), start.addresses(), "{} {task:?}", step.id);
            }
            world.check_all(&step.back.checks, &plan);
        }
        assert_eq!(world.state(), start.state(), "back from {}", plan.steps[done].id);
        assert_eq!(world.announced(), start.announced(), "back from {}", plan.steps[done].id);
    }
}

#[test]
fn a_step_that_was_broken_off_can_be_taken_back_and_done_again() {
    let text = sample();
    let plan = plan_of(&text);
    let worlds = play(&plan, &text);
    for (index, step) in plan.steps.iter().enumerate().take(plan.steps.len() - 1) {
        for tasks in 0..step.tasks.len() {
            let mut broken = worlds[index].clone();
            for task in &step.tasks[..tasks] {
                broken.perform(task, &plan);
            }
            let mut again = broken.clone();
            for task in &step.tasks {
                again.perform(task, &plan);
            }
            assert_eq!(again.state(), worlds[index + 1].state(), "{} after {tasks}", step.id);
            if step.back.tasks.is_empty() {
                continue;
            }
            for task in &step.back.tasks {
                broken.perform(task, &plan);
            }
            assert_eq!(broken.state(), worlds[index].state(), "{} after {tasks}", step.id);
        }
    }
}

/// The way back that the command finds from that moment.
fn way_back(start: &World, now: &World, with_secrets: bool) -> Plan {
    let documents = plan::snapshot(&start.read(), with_secrets);
    let items: Vec<_> = documents.iter().map(|document| &document.object).collect();
    let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items});
    let snapshot: Vec<Object> = Manifests::from_text("snapshot.yaml", list.to_string()).objects;
    plan::rollback(&snapshot, &now.read()).unwrap().0
}

#[test]
fn a_snapshot_leads_back_from_wherever_the_cluster_stands() {
    for text in [sample(), beside_pods(), of_old_config_map()] {
        leads_back_by_a_snapshot(&text);
    }
}

fn leads_back_by_a_snapshot(text: &str) {
    let plan = plan_of(text);
    let worlds = play(&plan, text);
    let start = &worlds[0];
    for (step, now) in worlds.iter().enumerate() {
        let back = way_back(start, now, true);
        let mut world = now.clone();
        for one in &back.steps {
            for task in &one.tasks {
                world.perform(task, &back);
                assert_eq!(world.addresses(), start.addresses(), "{step}: {} {task:?}", one.id);
            }
            world.check_all(&one.checks, &back);
            assert_eq!(
                world.announced().reach(),
                start.announced().reach(),
                "{step}: after {}",
                one.id
            );
        }
        let mut state = world.state();
        // What was not there before, and harms nobody.
        state.retain(|key, _| key.0 != "Namespace");
        assert_eq!(state, start.state(), "from step {step}");
        assert_eq!(world.announced(), start.announced(), "from step {step}");
    }
}

#[test]
fn a_snapshot_leads_back_from_a_step_that_was_broken_off() {
    let text = sample();
    let plan = plan_of(&text);
    let worlds = play(&plan, &text);
    let start = &worlds[0];
    for (step, before) in plan.steps.iter().zip(&worlds) {
        let mut broken = before.clone();
        for task in &step.tasks {
            broken.perform(task, &plan);
            let mut world = broken.clone();
            let back = way_back(start, &broken, true);
            for task in back.steps.iter().flat_map(|step| &step.tasks) {
                world.perform(task, &back);
                assert_eq!(world.addresses(), start.addresses(), "{}: {task:?}", step.id);
            }
            let mut state = world.state();
            // Nothing names a password yet that was copied just before: nobody knows whose it is.
            let alone = !broken.objects.keys().any(|key| key.0 == "CiliumBGPPeerConfig");
            state.retain(|key, _| key.0 != "Namespace" && !(alone && key.0 == "Secret"));
            let mut wanted = start.state();
            wanted.retain(|key, _| !(alone && key.0 == "Secret"));
            assert_eq!(state, wanted, "from {} after {task:?}", step.id);
        }
    }
}

#[test]
fn at_the_start_there_is_nothing_to_go_back() {
    let text = sample();
    let start = World::new(documents(&text));
    let back = way_back(&start, &start, false);
    let ids: Vec<&str> = back.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["01-snapshot"]);
}

#[test]
fn the_play_notices_what_would_go_wrong() {
    use metallb2cilium::plan::{Action, Announcer, Check, Task};

    let text = sample();
    let plan = plan_of(&text);
    fn is_scale(action: &Action, name: &str) -> bool {
        matches!(action, Action::Scale { workload, .. } if workload.name == name)
    }
    type Fits = fn(&Action) -> bool;
    let left_out: [(&str, Fits); 6] = [
        ("is there twice", |action| matches!(action, Action::DeleteObjects { .. })),
        ("\"controller\"", |action| is_scale(action, "controller")),
        ("pools come one by one", |action| is_scale(action, "cilium-operator")),
        ("Leases", |action| matches!(action, Action::LabelServices { .. })),
        (
            "SilentOnL2",
            |action| matches!(action, Action::Patch { target, .. } if target.kind == "L2Advertisement"),
        ),
        ("Stopped", |action| {
            matches!(action, Action::LabelNodes { announcer: Some(Announcer::Nobody), .. })
        }),
    ];
    for (noticed, is_left_out) in left_out {
        let mut without = plan.clone();
        for step in &mut without.steps {
            step.tasks.retain(|task| match task {
                Task::Do(action) => !is_left_out(action),
                // Else the check alone would notice.
                Task::Await(Check::Stopped { workload, nodes: None }) => {
                    workload.name != "cilium-operator"
                }
                Task::Await(_) => true,
            });
        }
        let played = std::panic::catch_unwind(|| play(&without, &text));
        let panicked = played.expect_err(noticed);
        let literal = panicked.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let message = literal.or(panicked.downcast_ref::<String>().cloned()).unwrap();
        assert!(message.contains(noticed), "{noticed}: {message}");
    }
}

#[test]
fn sessions_that_are_there_stay_while_peers_are_added_to_their_cluster_config() {
    let text = beside_pods();
    let plan = plan_of(&text);
    let spine = |world: &World| {
        let announced = world.announced();
        announced.sessions.keys().any(|(_, remote)| remote.to_string() == "192.0.2.77")
    };
    let mut world = World::new(documents(&text));
    for step in &plan.steps {
        for task in &step.tasks {
            world.perform(task, &plan);
            assert!(spine(&world), "{} {task:?}", step.id);
        }
    }
    let step = plan.steps.iter().find(|step| step.id.ends_with("-bgp-pods")).unwrap();
    assert_eq!(step.title, "BGP: worker-a");
}
