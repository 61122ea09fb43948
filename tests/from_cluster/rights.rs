//! Which rights the cut-over needs, as the API server says.

use std::collections::BTreeSet;

use metallb2cilium::check::codes::RIGHT_NEEDED;
use serde_json::Value;

use super::support::api_server::{Server, Trouble};

fn posts(server: &Server) -> Vec<String> {
    server.requests().into_iter().filter(|one| !one.starts_with("GET ")).collect()
}

#[test]
fn without_the_flag_nothing_is_posted_and_the_commands_are_printed() {
    let server = Server::sample();
    let output = server.run(&["check", "-v"]);
    assert_eq!(posts(&server), Vec::<String>::new());
    for command in [
        "kubectl auth can-i patch services --all-namespaces",
        "kubectl auth can-i patch deployments.apps --subresource=scale -n metallb-system",
        "kubectl auth can-i patch deployments.apps --subresource=scale -n kube-system",
        "kubectl auth can-i patch l2advertisements.metallb.io -n metallb-system",
        "kubectl auth can-i list leases.coordination.k8s.io -n kube-system",
        "kubectl auth can-i delete customresourcedefinitions.apiextensions.k8s.io --all-namespaces",
    ] {
        assert!(output.stdout.contains(&format!("  {command}\n")), "{command}: {}", output.stdout);
    }
    assert!(output.stdout.contains("--ask-rights"), "{}", output.stdout);
}

#[test]
fn each_right_that_is_missing_is_named() {
    let server = Server::sample();
    let before: Value =
        serde_json::from_str(&server.run(&["check", "--ask-rights", "-o", "json"]).stdout).unwrap();
    assert_eq!(before["rights"]["asked"], true);
    let commands = before["rights"]["commands"].as_array().unwrap().len();
    assert_eq!(posts(&server).len(), commands);
    let denied = ["delete customresourcedefinitions", "patch nodes"].map(str::to_owned);
    server.state.lock().unwrap().denied = BTreeSet::from(denied);
    let output = server.run(&["check", "--ask-rights"]);
    assert_eq!(output.status, 1, "{}", output.stderr);
    let said: Vec<&str> = output.stdout.split_whitespace().filter(|word| *word != "│").collect();
    let said = said.join(" ");
    for right in [
        "you may not delete customresourcedefinitions.apiextensions.k8s.io in all namespaces",
        "you may not patch nodes in all namespaces",
    ] {
        assert!(said.contains(right), "{said}");
    }
    assert_eq!(output.stdout.matches(RIGHT_NEEDED.id).count(), 2, "{}", output.stdout);
}

#[test]
fn whoever_may_not_ask_is_told_so() {
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    let server = Server::troubled(path, Trouble::Forbidden);
    let output = server.run(&["check", "--ask-rights"]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("you may not create selfsubjectaccessreviews"));
}

#[test]
fn the_addresses_inside_the_cluster_are_read_for_check_only() {
    let mut objects = Server::sample_objects();
    objects.push(serde_json::json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "ServiceCIDR",
        "metadata": {"name": "kubernetes"}, "spec": {"cidrs": ["203.0.113.0/27"]},
    }));
    objects.push(serde_json::json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "kube-apiserver-a", "namespace": "kube-system"},
        "spec": {"containers": [{"command": ["kube-apiserver",
            "--service-cluster-ip-range=198.51.100.0/25"]}]},
    }));
    let server = Server::new(objects);
    server.run(&["plan"]);
    assert!(!server.requests().iter().any(|one| one.contains("servicecidrs")));
    let output = server.run(&["check", "-o", "json"]);
    let found: Value = serde_json::from_str(&output.stdout).unwrap();
    let found = found["findings"].as_array().unwrap().iter();
    let pools: Vec<&str> = found
        .filter(|one| one["code"] == "M2C641")
        .map(|one| one["message"].as_str().unwrap())
        .collect();
    assert_eq!(pools.len(), 3, "{pools:?}");
    let selected = "/pods?limit=500&labelSelector=component%20in%20%28kube-apiserver%2C";
    assert!(server.requests().iter().any(|one| one.contains(selected)), "{:?}", server.requests());
}
