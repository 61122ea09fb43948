//! What is told of differences: in whose words, of which lines, how often.

use serde_json::Value;

use crate::resources::{
    ALL, FAMILY, NODES, TOR, advertisement, bgp, cilium, cilium_pool, cluster_config, l2,
    peer_config, policy, pool, service,
};
use crate::support::reader::{files, run};
use crate::{against, differences, verify};

fn json(path: &str) -> Value {
    serde_json::from_str(&run(["verify", "-f", path, "-o", "json"], "").stdout).unwrap()
}

fn places(difference: &Value) -> Vec<String> {
    let places = difference["places"].as_array().unwrap().iter();
    places.map(|place| place["text"].as_str().unwrap().to_owned()).collect()
}

fn of<'v>(value: &'v Value, code: &str) -> Vec<&'v Value> {
    let all = value["differences"].as_array().unwrap().iter();
    all.filter(|one| one["code"] == code).collect()
}

#[test]
fn what_is_lost_with_one_bfd_profile_is_one_difference() {
    let value = json("docs/sample");
    let [one] = of(&value, "M2C423")[..] else { panic!("{:#}", value["differences"]) };
    assert_eq!(one["before"], "BFD on, hold time 180s, keepalive time 60s");
    assert_eq!(one["after"], "BFD off, hold time 3s, keepalive time 1s");
    assert_eq!(places(one), ["is lost", "its timers", "the session"]);
}

#[test]
fn a_setting_of_cilium_is_said_to_be_one_and_is_not_assumed_as_well() {
    let value = json("docs/sample");
    let [one] = of(&value, "M2C434")[..] else { panic!("{:#}", value["differences"]) };
    assert!(one["remedy"].as_str().unwrap().contains("stands in no resource"), "{one}");
    assert!(one["message"].as_str().unwrap().contains("without a ready endpoint"), "{one}");
    assert_eq!(places(one), ["MetalLB's pool", "the peer"]);
    let noted = |value: &Value| {
        let notes = value["notes"].as_array().unwrap().clone();
        notes.iter().any(|note| note["code"] == "M2C434")
    };
    assert!(!noted(&value));
    // The conversion does not say both either.
    let said = run(["convert", "-f", "docs/sample"], "").stderr;
    assert!(said.contains("lossy[M2C434]") && !said.contains("note[M2C434]"), "{said}");
    // Where nothing is known of the settings it is assumed.
    let value = json("testdata/datacentre");
    assert!(noted(&value) && of(&value, "M2C434").is_empty());
}

#[test]
fn what_is_lost_by_reading_is_a_difference() {
    let raw = "---
apiVersion: frrk8s.metallb.io/v1beta1
kind: FRRConfiguration
metadata: {name: more, namespace: m}
spec: {raw: {rawConfig: x}}
";
    let patch = "---
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
patches: [{target: {kind: IPAddressPool}, patch: x}]
";
    for (text, code) in [(raw, "M2C155"), (patch, "M2C156")] {
        let input = pool("a", "10.0.0.0/24") + text;
        let output = verify(&["-o", "json"], &input);
        let value: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!((output.status, &value["verdict"]), (1, &Value::from("different")), "{code}");
        assert_eq!(of(&value, code).len(), 1, "{:#}", value["differences"]);
        assert_eq!(verify(&["--accept", code], &input).status, 0, "{code}");
        // What is written by hand was not made of it either.
        let (there, _) = against(&input, &cilium_pool("a", "{cidr: 10.0.0.0/24}", ""));
        assert!(there.stderr.contains(code), "{}", there.stderr);
        let said = run(["convert", "-f", "-"], &input).stderr;
        assert!(said.contains("1 lossy; but for that, proved"), "{said}");
        let said = run(["plan", "-f", "-"], &input).stderr;
        assert!(said.contains(&format!("--accept {code}")), "{said}");
    }
}

#[test]
fn of_nodes_whose_interfaces_are_not_known_it_is_not_said_that_they_have_none() {
    let nodes = NODES.replace("metallb2cilium.io/interfaces", "x");
    let input = [nodes, l2(), service("web", "", "", &["10.0.0.1"])].concat();
    let policy = "nodeSelector: {matchLabels: {rack: b}}, loadBalancerIPs: true";
    let there = cilium_pool("a", "{cidr: 10.0.0.0/24}", "")
        + &cilium("CiliumL2AnnouncementPolicy", "l2", policy);
    let (_, value) = against(&input, &there);
    let one = of(&value, "M2C593").into_iter().find(|one| one["seen"] == true).unwrap();
    assert_eq!(one["before"], "node-a on no known interface, node-b on no known interface");
    assert_eq!(one["after"], "node-b on no known interface");
}

#[test]
fn of_a_pool_that_is_full_it_is_said_which_is_tried_when() {
    let value = json("testdata/datacentre");
    let [one] = of(&value, "M2C216")[..] else { panic!("{:#}", value["differences"]) };
    assert_eq!(places(one), ["shop is tried first", "public is tried next"]);
}

#[test]
fn other_interfaces_of_the_same_nodes_are_not_called_other_nodes() {
    let input = NODES.to_owned() + &l2() + &service("web", "", "", &["10.0.0.7"]);
    let told = |policy: &str| {
        let there = cilium_pool("a", "{cidr: 10.0.0.0/24}", "") + policy;
        let (_, value) = against(&input, &there);
        let all = differences(&value).into_iter();
        all.filter(|(code, _)| code == "M2C593").map(|(_, said)| said).collect::<Vec<_>>()
    };
    let interfaces = told(&policy("interfaces: [^veth0$], loadBalancerIPs: true"));
    assert!(!interfaces.is_empty());
    let same = "is answered for by the same nodes, but on other interfaces";
    assert!(interfaces.iter().any(|said| said == same), "{interfaces:?}");
    let nodes = policy("interfaces: [^eth0$], loadBalancerIPs: true")
        .replace("matchExpressions:", "matchLabels: {rack: b}, matchExpressions:");
    let nodes = told(&nodes);
    assert!(!nodes.is_empty());
    assert!(nodes.iter().all(|said| !said.contains("interfaces")), "{nodes:?}");
}

#[test]
fn a_session_that_differs_is_coloured_in_the_picture_and_in_its_legend() {
    let input = NODES.to_owned() + &bgp("", "") + &service("web", "", "", &["10.0.0.7"]);
    let cilium = |hold: u16, keep: u16| {
        let timers = format!("timers: {{holdTimeSeconds: {hold}, keepAliveTimeSeconds: {keep}}}");
        cilium_pool("a", "{cidr: 10.0.0.0/24}", "")
            + &cluster_config("racks", "", TOR)
            + &peer_config(&timers, FAMILY)
            + &advertisement(ALL)
    };
    let page = |cilium: &str| {
        let there = files(&[("cilium.yaml", cilium)]);
        let path = there.path().to_str().unwrap();
        run(["verify", "-f", "-", "--against", path, "-o", "html"], &input).stdout
    };
    let different = page(&cilium(90, 30));
    assert_eq!(different.matches("<g class=\"box session\"").count(), 2, "on both sides");
    assert_eq!(different.matches("<span class=\"key session\">session</span>").count(), 1);
    let same = page(&cilium(180, 60));
    assert!(!same.contains("box session") && !same.contains("key session"));
}

#[test]
fn what_only_the_proof_found_is_not_counted_among_what_touches_traffic_at_hand() {
    let page = run(["verify", "-f", "testdata/datacentre", "-o", "html"], "").stdout;
    let counts = page.split("<dl class=\"counts\">").nth(1).unwrap().split("</dl>").next().unwrap();
    for (what, count) in [
        ("differences that touch traffic at hand", 0),
        ("differences found by the proof only", 2),
        ("differences that touch nobody", 0),
    ] {
        let row = format!("<dt>{what}</dt><dd>{count}</dd>");
        assert!(counts.contains(&row), "{row} in {counts}");
    }
    let page = run(["verify", "-f", "docs/sample", "-o", "html"], "").stdout;
    assert!(page.contains("<dt>difference that touches traffic at hand</dt><dd>1</dd>"));
}
