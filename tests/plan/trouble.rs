//! What the scripts' library does where the cluster is not as it is on paper.

use super::scripts::{Night, said};

/// Whether a line succeeds, what it says, and what it told the cluster.
fn of(night: &Night, line: &str) -> (bool, String, String) {
    let output = night.library(line);
    (output.status.success(), said(&output), night.calls())
}

#[test]
fn what_is_left_of_evicted_pods_is_no_pod() {
    let night = Night::new();
    night.remember("replicas-controller", "0\n");
    night.remember("evicted", "ReplicaSet/controller-7f worker-b False\n");
    let (ok, said, _) = of(&night, "check_stopped deployment metallb-system controller");
    assert!(ok, "{said}");
}

#[test]
fn no_answer_is_no_no() {
    for (fails, line) in [
        ("get crd ", "delete_known frrconfigurations.frrk8s.metallb.io metallb-system metallb-a"),
        ("get crd ", "check_silent_on_l2 l2-wave-1.tsv"),
        (
            "get validating",
            "save_and_delete validatingwebhookconfiguration '' metallb-webhook-configuration",
        ),
        ("get secrets", "remove_named secrets metallb-system memberlist"),
        ("get pods,", "remove_namespace metallb-system"),
        ("get crds", "check_metallb_gone metallb-system speaker"),
    ] {
        let night = Night::new();
        if line.starts_with("check_metallb_gone") {
            ["removed", "no-webhook", "no-clusterrole"]
                .into_iter()
                .for_each(|name| night.remember(name, ""));
        }
        night.remember("fail", fails);
        let (ok, said, calls) = of(&night, line);
        assert!(
            !ok && said.contains("it is not known") && calls.is_empty(),
            "{line}: {said}{calls}"
        );
    }
}

#[test]
fn a_cilium_that_helm_does_not_know_is_said() {
    let night = Night::new();
    night.remember("fail", "helm get");
    let (ok, said, _) = of(&night, "settings_hold a=b || helm_upgrade helm-values.yaml");
    assert!(!ok && said.contains("Helm knows no release cilium in kube-system"), "{said}");
}

#[test]
fn speakers_are_not_awaited_on_nodes_that_are_down() {
    let night = Night::new();
    night.remember("nodes", "control True\nworker-a True\nworker-b Unknown\n");
    let line = "check_ready daemonset metallb-system speaker";
    assert!(of(&night, line).0);
    night.remember("unready-worker-b", "False");
    assert!(of(&night, line).0);
    night.remember("unready-worker-a", "False");
    assert!(!of(&night, line).0);
}

#[test]
fn one_ready_replica_is_enough() {
    let night = Night::new();
    // Two are wanted on a cluster of one Node: the rollout never ends.
    night.remember("fail", "rollout status");
    let (ok, said, _) = of(&night, "check_ready deployment kube-system cilium-operator");
    assert!(ok, "{said}");
}

#[test]
fn pools_are_sound_once_cilium_has_counted_them() {
    for (pools, sound) in [
        ("a cilium.io/IPsTotal False\nb cilium.io/IPsTotal \n", true),
        ("a cilium.io/IPsTotal False\nb  \n", false),
        ("a cilium.io/IPsTotal True\n", false),
        ("", false),
    ] {
        let night = Night::new();
        night.remember("pools", pools);
        assert_eq!(of(&night, "check_pools_without_conflict").0, sound, "{pools}");
    }
}

#[test]
fn a_release_that_holds_more_than_metallb_stays() {
    let night = Night::new();
    let line = "remove_release metallb-system mine speaker";
    assert_eq!(of(&night, line).2, "");
    night.remember("release", "{\"name\":\"mine\",\"chart\":\"metallb\",\"version\":\"0.15.2\"}");
    assert_eq!(of(&night, line).2, "helm uninstall mine -n metallb-system --wait\n");
    night.remember("release", "{\"name\":\"mine\",\"chart\":\"platform\"}");
    night.remember("daemonset", "");
    let (ok, said, calls) = of(&night, line);
    assert!(!ok && said.contains("is of the chart platform"), "{said}");
    assert_eq!(calls, "");
}

#[test]
fn what_metallb_s_workloads_need_is_looked_for() {
    let night = Night::new();
    let line = "check_exist secret metallb-system memberlist configmap metallb-system gone";
    let (ok, said, _) = of(&night, line);
    assert!(!ok && said.contains("secret memberlist in the namespace metallb-system"), "{said}");
    assert!(of(&night, "check_exist daemonset metallb-system speaker").0);
}

#[test]
fn in_a_namespace_of_several_only_what_is_called_metallb_is_taken() {
    for (namespace, taken) in [("metallb-system", true), ("networking", false)] {
        let night = Night::new();
        night.remember("replicas-controller", "0\n");
        let line = format!("remove_metallb {namespace} controller speaker '' frr-k8s-system");
        let (ok, said, calls) = of(&night, &line);
        assert!(ok && said.contains("frr-k8s stays"), "{said}");
        let account = format!("delete serviceaccount/speaker -n {namespace}");
        assert_eq!(calls.contains(&account), taken, "{calls}");
        assert!(calls.contains(&format!("delete configmap/metallb-excludel2 -n {namespace}")));
    }
}
