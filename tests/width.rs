//! What is said to people stays within 80 columns: whatever can be folded is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/mod.rs"]
mod support;

use support::reader::{files, run};

const WIDTH: usize = 80;
/// What may stand before a word that has a line to itself: an indent, a frame.
const BEFORE: usize = 16;

/// Lines that are too long although they could be folded. Commands stay whole, and the
/// summary at the end is one line where it does not go to a terminal.
fn too_long(text: &str) -> Vec<&str> {
    let length = |text: &str| text.chars().count();
    let is_summary = |line: &str| line.contains(" in, ") && line.contains(" out; ");
    let whole = |line: &str| line.split(' ').any(|word| length(word) > WIDTH - BEFORE);
    let long = text.lines().filter(|line| length(line) > WIDTH && !whole(line));
    let is_command = |line: &str| line.trim_start().starts_with("kubectl ");
    long.filter(|line| !is_summary(line) && !is_command(line)).collect()
}

fn assert_narrow(args: &[&str], input: &str) {
    let output = run(args, input);
    let text = format!("{}{}", output.stdout, output.stderr);
    assert!(text.len() > 20, "{args:?} says nothing: {text}");
    assert_eq!(too_long(&text), [""; 0], "{args:?}");
}

/// Services, pools and peers with names of which two do not fit in a line.
fn long_names() -> String {
    let namespace = "team-payments-and-settlement-eu-1";
    let mut text = String::from(
        "
apiVersion: v1
kind: Node
metadata: {name: worker-in-the-first-rack-of-the-north-room-0001.example.com, annotations: \
         {metallb2cilium.io/interfaces: 'eth0,eth1'}}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: the-pool-of-public-addresses-of-the-north-room-of-hamburg, namespace: metallb-system}
spec: {addresses: [198.51.100.0/24]}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: the-advertisement-of-public-addresses-of-hamburg, namespace: metallb-system}
spec: {interfaces: [eth0], nodeSelectors: [{matchLabels: {rack: first}}]}
---
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {name: the-first-top-of-rack-router-of-the-north-room, namespace: metallb-system}
spec: {myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1, holdTime: 90s, bfdProfile: fast}
---
apiVersion: metallb.io/v1beta1
kind: BFDProfile
metadata: {name: fast, namespace: metallb-system}
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: {name: the-routes-of-public-addresses-of-hamburg, namespace: metallb-system}
",
    );
    for number in 0..5 {
        let name = format!("card-authorisation-frontend-{number}");
        text.push_str(&format!(
            "---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {namespace}, annotations: {{metallb.io/allow-shared-ip: a}}}}
spec: {{type: LoadBalancer, externalTrafficPolicy: Local, clusterIP: 10.96.0.{number}, ports: \
             [{{port: 8{number}}}]}}
status: {{loadBalancer: {{ingress: [{{ip: 198.51.100.{number}}}]}}}}
"
        ));
    }
    text
}

#[test]
fn what_people_read_of_the_test_data_fits_80_columns() {
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["verify", "-f", "testdata/sample/metallb.yaml", "--against", "testdata/sample"],
        vec!["simulate", "metallb", "-f", "testdata/datacentre", "--explain", "shop/web"],
        vec!["simulate", "cilium", "-f", "testdata/datacentre", "--explain", "shop/web"],
        vec!["rewrite", "-f", "testdata/rewrite"],
        vec!["check", "--after", "-f", "testdata/cutover"],
        vec!["check", "--after", "-f", "testdata/datacentre"],
        vec!["explain", "--list"],
        vec!["explain", "M2C216"],
        vec!["version"],
    ];
    for path in ["testdata/sample", "testdata/datacentre", "testdata/cutover"] {
        commands.push(vec!["convert", "--emit", "helm-values", "-f", path]);
        commands.push(vec!["check", "-f", path]);
        commands.push(vec!["verify", "-f", path]);
        commands.push(vec!["simulate", "metallb", "-f", path]);
        commands.push(vec!["simulate", "cilium", "-f", path]);
    }
    for command in commands {
        assert_narrow(&command, "");
        if command[0] != "version" {
            assert_narrow(&[&command[..], &["-v"]].concat(), "");
        }
    }
}

#[test]
fn what_people_read_of_long_names_fits_80_columns() {
    let input = long_names();
    let there = run(["convert", "-f", "-"], &input).stdout;
    let there = there.replace("198.51.100.0/24", "198.51.100.0/30").replace("64513", "64514");
    let there = files(&[("cilium.yaml", &there)]);
    let against = ["--against", there.path().to_str().unwrap()];
    for command in ["convert", "check", "verify", "diff", "simulate metallb", "simulate cilium"] {
        let mut args: Vec<&str> = command.split(' ').collect();
        args.extend(["-f", "-"]);
        if ["verify", "diff"].contains(&command) {
            args.extend(against);
        }
        // Manifests are no text, nor are lines of them that change.
        let is_text = |line: &&str| {
            command != "diff" || !line.starts_with(['+', '-', ' ']) || line.starts_with("  ")
        };
        for verbose in [&[][..], &["-v"]] {
            let output = run(args.iter().chain(verbose), &input);
            assert!(output.status < 2, "{args:?}: {}", output.stderr);
            let stdout = if command == "convert" { "" } else { &output.stdout };
            let lines = stdout.lines().chain(output.stderr.lines());
            let text: Vec<&str> = lines.filter(is_text).collect();
            assert_eq!(too_long(&text.join("\n")), [""; 0], "{args:?} {verbose:?}");
        }
    }
}
