//! `--from-cluster` against an API server that the test starts: pages, missing rights
//! and definitions, a busy server, a connection that is cut, TLS and credentials.

#![cfg(feature = "cluster")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod credentials;
mod rights;

use std::fs;

use metallb2cilium::kubernetes::{RESOURCES, Scope};
use serde_json::json;
use support::api_server::{Server, Trouble};
use support::reader::{Output, documents, run};

/// What the command says of the same objects in files.
fn of_files(args: &[&str]) -> Output {
    run(args.iter().chain(&["-f", "testdata/cutover"]), "")
}

const CONVERT: &[&str] = &["convert", "--emit", "services,secrets,pools,bgp,l2"];

#[test]
fn a_cluster_says_what_its_objects_in_files_say() {
    let server = Server::sample();
    for args in [CONVERT, &["simulate", "metallb"], &["verify"], &["plan"], &["snapshot"]] {
        let (cluster, files) = (server.run(args), of_files(args));
        assert_eq!(cluster.status, 0, "{args:?}: {}", cluster.stderr);
        if args != ["snapshot"] {
            // Lists come in another order, which decides nothing.
            let sorted = |text: &str| {
                let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                lines.sort();
                lines
            };
            assert_eq!(sorted(&cluster.stdout), sorted(&files.stdout), "{args:?}");
        }
    }
}

#[test]
fn nothing_but_get_is_sent() {
    let server = Server::sample();
    server.run(&["plan"]);
    server.run(&["snapshot", "--with-secrets"]);
    let requests = server.requests();
    assert!(requests.iter().all(|request| request.starts_with("GET /")), "{requests:?}");
    // Of the Secrets only that which a BGPPeer names.
    let secrets: Vec<&String> =
        requests.iter().filter(|request| request.contains("secrets")).collect();
    assert_eq!(secrets.len(), 2, "{secrets:?}");
    assert!(secrets[0].ends_with("/namespaces/metallb-system/secrets/tor-b"), "{secrets:?}");
}

#[test]
fn large_lists_are_read_in_pages() {
    let server = Server::sample();
    let whole = server.run(CONVERT).stdout;
    for page in [1, 2, 4] {
        server.state.lock().unwrap().page = Some(page);
        let output = server.run(CONVERT);
        assert_eq!((output.status, &output.stdout), (0, &whole), "{}", output.stderr);
    }
    let requests = server.requests();
    assert!(requests.iter().any(|one| one.contains("services?limit=500&continue=after%2F2")));
}

#[test]
fn a_page_that_is_gone_is_asked_for_anew() {
    let server = Server::troubled("/api/v1/services", Trouble::PageGone);
    server.state.lock().unwrap().page = Some(2);
    let output = server.run(CONVERT);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(output.stdout, Server::sample().run(CONVERT).stdout);
}

#[test]
fn a_busy_server_and_a_cut_connection_are_waited_for() {
    let expected = Server::sample().run(CONVERT).stdout;
    for trouble in [Trouble::BusyOnce, Trouble::CutOnce, Trouble::CutWithinOnce] {
        let server = Server::troubled("/api/v1/nodes", trouble);
        let output = server.run(CONVERT);
        assert_eq!(
            (output.status, &output.stdout),
            (0, &expected),
            "{trouble:?}: {}",
            output.stderr
        );
        let asked = server.requests().iter().filter(|one| one.contains("/nodes?")).count();
        assert_eq!(asked, 2, "{trouble:?}");
    }
}

#[test]
fn a_server_that_stays_busy_is_given_up() {
    let server = Server::troubled("/api/v1/nodes", Trouble::Busy);
    let output = server.run(CONVERT);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("M2C133") && output.stderr.contains("too busy"));
    let asked = server.requests().iter().filter(|one| one.contains("/nodes?")).count();
    assert_eq!(asked, 4);
}

#[test]
fn a_missing_right_is_named() {
    let path = "/apis/discovery.k8s.io/v1/endpointslices";
    let server = Server::troubled(path, Trouble::Forbidden);
    server.state.lock().unwrap().trouble.insert("/api/v1/nodes".to_owned(), Trouble::Forbidden);
    let output = server.run(CONVERT);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    for right in ["you may not list endpointslices.discovery.k8s.io", "you may not list nodes"] {
        assert!(output.stderr.contains(right), "{}", output.stderr);
    }
    assert_eq!(output.stderr.matches("M2C134").count(), 2, "{}", output.stderr);
}

#[test]
fn a_right_that_only_helps_is_gone_without() {
    let path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
    let server = Server::troubled(path, Trouble::Forbidden);
    let output = server.run(&["plan", "-v"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stderr.contains("going on without"), "{}", output.stderr);
}

#[test]
fn the_password_of_a_peer_needs_a_right_of_its_own() {
    let path = "/api/v1/namespaces/metallb-system/secrets/tor-b";
    let server = Server::troubled(path, Trouble::Forbidden);
    let output = server.run(CONVERT);
    assert_eq!(output.status, 2);
    let said = &output.stderr;
    assert!(said.contains("you may not get secrets in namespace metallb-system"), "{said}");
}

#[test]
fn a_cluster_without_cilium_and_without_some_of_metallb_is_read() {
    // The server knows no definition that it has no object of.
    let text = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: a, namespace: \
                m}\nspec: {addresses: [10.0.0.0/24]}\n";
    let server = Server::new(documents(text));
    let output = server.run(&["convert"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stdout.contains("cidr: 10.0.0.0/24"), "{}", output.stdout);
}

#[test]
fn older_versions_are_asked_for_where_newer_ones_are_not_served() {
    let mut peer = documents(&fs::read_to_string("testdata/cutover/metallb.yaml").unwrap());
    peer.retain(|one| one["metadata"]["name"] == "tor-a");
    peer[0]["apiVersion"] = json!("metallb.io/v1beta1");
    let spec = peer[0]["spec"].as_object_mut().unwrap();
    spec.insert("nodeSelectors".to_owned(), json!([]));
    let server = Server::new(peer);
    let output = server.run(&["convert"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stdout.contains("peerAddress: \"192.0.2.1\""), "{}", output.stdout);
}

#[test]
fn whoever_cannot_be_reached_is_said_to_be() {
    let server = Server::sample();
    let output = server.run(&["convert", "--context", "dead"]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("M2C133"), "{}", output.stderr);
    let output = server.run(&["convert", "--context", "nowhere"]);
    assert!(output.status == 2 && output.stderr.contains("M2C133"), "{}", output.stderr);
    let output = run(["convert", "--from-cluster", "--kubeconfig", "/no/such/file"], "");
    assert!(output.status == 2 && output.stderr.contains("M2C133"), "{}", output.stderr);
    for (trouble, said) in [(Trouble::Garbage, "no JSON"), (Trouble::Unauthorized, "know you")] {
        let server = Server::troubled("/api/v1/services", trouble);
        let output = server.run(CONVERT);
        assert!(output.status == 2 && output.stderr.contains(said), "{}", output.stderr);
        assert!(!output.stderr.contains("not-a-real-token"));
    }
}

#[test]
fn the_kubeconfig_of_the_environment_is_used() {
    let server = Server::sample();
    let kubeconfig = server.kubeconfig();
    // `run` keeps the variable of whoever runs the tests out.
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_metallb2cilium"))
        .args(["convert", "--from-cluster"])
        .env("KUBECONFIG", kubeconfig)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn files_add_to_the_cluster() {
    let server = Server::sample();
    let values = "apiVersion: v1\nkind: Namespace\nmetadata: {name: more}\n";
    let dir = support::reader::files(&[("more.yaml", values)]);
    let file = dir.path().join("more.yaml");
    let output = server.run(&["convert", "-f", file.to_str().unwrap()]);
    assert_eq!(output.status, 0, "{}", output.stderr);
}

#[test]
fn every_resource_is_read_in_some_version_and_only_known_scopes_are_used() {
    for resource in RESOURCES {
        assert!(!resource.versions.is_empty(), "{}", resource.name());
        if let Scope::Each(names) | Scope::Named(names) = resource.scope {
            assert!(!names.is_empty(), "{}", resource.name());
        }
    }
}

/// Every Node's sign of life is a Lease, too: neither is it read nor needed.
#[test]
#[cfg(target_os = "linux")]
fn the_leases_of_cilium_are_read_where_they_matter() {
    let path = "/apis/coordination.k8s.io/v1/leases";
    let lease = |namespace: &str, name: &str| {
        serde_json::json!({
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"holderIdentity": "worker-b"},
        })
    };
    let mut objects = Server::sample_objects();
    objects.push(lease("kube-node-lease", "cilium-l2announce-office-mail"));
    objects.push(lease("kube-system", "cilium-operator-resource-lock"));
    for service in ["office-web", "office-mail", "lab-builds"] {
        objects.push(lease("kube-system", &format!("cilium-l2announce-{service}")));
    }
    let announce = ["live", "announce", "--engine", "cilium", "--node", "worker-a"];
    let asked = |server: &Server| {
        server.requests().iter().filter(|one| one.contains("/leases")).cloned().collect::<Vec<_>>()
    };
    let server = Server::new(objects);
    let output = server.run(&announce);
    let said = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("it does not lead: by the Leases of the input worker-b does"), "{said}");
    assert_eq!(
        asked(&server),
        [format!("GET {path}?limit=500&fieldSelector=metadata.namespace%21%3Dkube-node-lease")]
    );
    // Without the right it goes on, and says so.
    let server = Server::troubled(path, Trouble::Forbidden);
    let said = server.run(&announce).stderr;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("you may not list leases.coordination.k8s.io"), "{said}");
    assert!(said.contains("going on without"), "{said}");
    // Where they say nothing they are not asked for.
    let server = Server::sample();
    server.run(&["live", "announce", "--engine", "metallb", "--node", "worker-a"]);
    server.run(&["live", "peer", "--engine", "cilium", "--node", "worker-a", "--peer", "none"]);
    server.run(&["snapshot"]);
    assert_eq!(asked(&server), [""; 0]);
}

/// Where the pools of a tree are in the cluster only, the labels are set all the same.
#[test]
fn a_tree_is_rewritten_by_what_the_cluster_says() {
    let dir = tempfile::tempdir().unwrap();
    let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: of-the-tree\n  namespace: \
                   lab\nspec:\n  type: LoadBalancer\n  loadBalancerIP: 203.0.113.20\n";
    fs::write(dir.path().join("service.yaml"), service).unwrap();
    let tree = dir.path().to_str().unwrap();
    let alone = run(["rewrite", tree], "");
    assert_eq!((alone.status, alone.stdout.as_str()), (0, ""), "{}", alone.stderr);
    let files = of_files(&["rewrite", tree]);
    let cluster = Server::sample().run(&["rewrite", tree]);
    assert_eq!(cluster.status, 0, "{}", cluster.stderr);
    assert!(files.stdout.contains("metallb2cilium.io/pool: lab"), "{}", files.stdout);
    assert_eq!(cluster.stdout, files.stdout);
}
