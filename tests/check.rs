//! `check`: every finding is raised by what it is about, and by nothing else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeSet;
use std::fs;

use metallb2cilium::check::{FAULTS, codes};
use metallb2cilium::cilium::CiliumVersion;
use serde_json::Value;
use support::reader::{Output, files, run};

fn sample() -> String {
    let read = |name| fs::read_to_string(format!("testdata/cutover/{name}.yaml")).unwrap();
    format!("{}---\n{}---\n{CONFIG}", read("metallb"), read("cluster"))
}

/// Settings with which there is nothing to object.
const CONFIG: &str = "apiVersion: v1
kind: ConfigMap
metadata: {name: cilium-config, namespace: kube-system}
data:
  enable-l2-announcements: 'true'
  enable-bgp-control-plane: 'true'
  kube-proxy-replacement: 'true'
  enable-no-service-endpoints-routable: 'false'
  bgp-secrets-namespace: kube-system
  k8s-client-qps: '50'
  devices: eth0 eth1
";

fn with(from: &str, to: &str) -> String {
    let text = sample();
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

fn check(args: &[&str], input: &str) -> Output {
    run(["check", "-f", "-"].iter().chain(args), input)
}

/// Code and severity of every finding.
fn findings(args: &[&str], input: &str) -> Vec<(String, String)> {
    let output = check(&[args, &["-o", "json"]].concat(), input);
    assert!(output.status < 2, "{}", output.stderr);
    let json: Value = serde_json::from_str(&output.stdout).unwrap();
    let found: Vec<(String, String)> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap().to_owned();
            assert!(!text("message").is_empty());
            (text("code"), text("severity"))
        })
        .collect();
    let objects = found.iter().any(|(_, severity)| severity != "note");
    assert_eq!(output.status == 1, objects, "{found:?}");
    found
}

fn codes_of(args: &[&str], input: &str) -> BTreeSet<String> {
    findings(args, input).into_iter().map(|(code, _)| code).collect()
}

#[test]
fn a_cluster_that_is_ready_has_no_finding() {
    assert_eq!(findings(&[], &sample()), []);
    let output = check(&[], &sample());
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stdout.starts_with("Nothing to object.\n"), "{}", output.stdout);
    // What nobody looked at is not passed over in silence.
    for line in
        ["- from which prefixes Pods get", "- from which prefixes Services", "- gateways of"]
    {
        assert!(output.stdout.contains(line), "{line}: {}", output.stdout);
    }
    assert!(!output.stdout.contains("can-i patch"), "{}", output.stdout);
    let whole = check(&["-v"], &sample()).stdout;
    assert!(whole.contains("  kubectl auth can-i patch nodes --all-namespaces\n"), "{whole}");
}

#[test]
fn each_setting_that_the_conversion_rests_on_is_looked_at() {
    for (from, to, helm, severity) in [
        (
            "l2-announcements: 'true'",
            "l2-announcements: 'false'",
            "l2announcements.enabled",
            "error",
        ),
        ("control-plane: 'true'", "control-plane: 'false'", "bgpControlPlane.enabled", "error"),
        ("replacement: 'true'", "replacement: 'false'", "kubeProxyReplacement", "error"),
        ("routable: 'false'", "routable: 'true'", "enableNoServiceEndpointsRoutable", "lossy"),
        ("devices: eth0 eth1", "enable-lb-ipam: 'false'", "enableLBIPAM", "error"),
        ("devices: eth0 eth1", "default-lb-service-ipam: none", "defaultLBServiceIPAM", "error"),
        ("namespace: kube-system\n  k8s", "namespace: other\n  k8s", "secretsNamespace", "error"),
    ] {
        let input = with(from, to);
        let found = findings(&[], &input);
        assert_eq!(found, [("M2C631".to_owned(), severity.to_owned())], "{helm}");
        assert!(check(&[], &input).stdout.contains(helm), "{helm}");
    }
}

#[test]
fn helm_values_go_before_the_config_map() {
    let dir = files(&[("values.yaml", "l2announcements: {enabled: true}\n")]);
    let values = dir.path().join("values.yaml");
    let found = codes_of(&["--cilium-values", values.to_str().unwrap()], &sample());
    // The chart's own defaults: no BGP, no replacement of kube-proxy.
    assert!(found.contains("M2C631"), "{found:?}");
}

/// What is raised by which change, and with which arguments.
fn cases() -> Vec<(&'static str, Vec<&'static str>, String)> {
    let agent = |image: &str| {
        with(
            "{name: cilium-agent}",
            &format!("{{name: cilium-agent, image: 'quay.io/cilium/cilium:{image}'}}"),
        )
    };
    let service = |annotations: &str, ingress: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: new, namespace: shop, annotations: \
             {{{annotations}}}}}\nspec: {{type: LoadBalancer, clusterIP: 10.96.0.99, ports: [{{port: \
             80}}]}}\nstatus: {{loadBalancer: {{ingress: [{ingress}]}}}}\n"
        )
    };
    let object = |api: &str, kind: &str, metadata: &str| {
        format!("apiVersion: {api}\nkind: {kind}\nmetadata: {{{metadata}}}\n")
    };
    vec![
        ("M2C630", vec![], sample().replace(CONFIG, "")),
        ("M2C631", vec![], with("control-plane: 'true'", "control-plane: 'false'")),
        ("M2C632", vec![], with("qps: '50'", "qps: '5'")),
        ("M2C633", vec![], with("devices: eth0 eth1", "devices: bond0")),
        ("M2C634", vec![], agent("v1.18.3")),
        ("M2C634", vec![], agent("v1.14.0@sha256:00")),
        ("M2C635", vec!["--cilium-version", "1.18.1"], sample()),
        (
            "M2C640",
            vec![],
            with(
                "annotations: {metallb2cilium.io/interfaces: eth0}\n",
                "annotations: {metallb2cilium.io/interfaces: eth0}\nstatus: {addresses: [{type: InternalIP, address: 203.0.113.3}]}\n",
            ),
        ),
        ("M2C641", vec![], with("devices:", "cluster-pool-ipv4-cidr: 203.0.112.0/23\n  devices:")),
        ("M2C641", vec![], with("clusterIP: 10.96.0.10,", "clusterIP: 203.0.113.7,")),
        ("M2C642", vec!["--gateway", "203.0.113.1"], sample()),
        ("M2C642", vec![], with("peerAddress: 192.0.2.1", "peerAddress: 198.51.100.1")),
        (
            "M2C643",
            vec![],
            with("selector: {app: web},", "selector: {app: web}, externalIPs: [203.0.113.8],"),
        ),
        (
            "M2C650",
            vec![],
            with(
                "selector: {app: web},",
                "selector: {app: web}, loadBalancerClass: example.com/lb,",
            ),
        ),
        (
            "M2C652",
            vec![],
            with("labels: {rack: b}", "labels: {rack: b, metallb2cilium.io/announcer: nobody}"),
        ),
        (
            "M2C652",
            vec![],
            with("ipAddressPools: [office, lab]", "ipAddressPools: [metallb2cilium-none]"),
        ),
        ("M2C660", vec!["--after"], sample()),
        (
            "M2C660",
            vec!["--after"],
            object(
                "apiextensions.k8s.io/v1",
                "CustomResourceDefinition",
                "name: bgppeers.metallb.io",
            ),
        ),
        ("M2C661", vec!["--after"], sample()),
        ("M2C662", vec!["--after"], sample()),
        (
            "M2C663",
            vec!["--after"],
            object(
                "metallb.io/v1beta1",
                "IPAddressPool",
                "name: a, namespace: m, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [x/y]",
            ),
        ),
        ("M2C664", vec!["--after"], service("metallb.io/address-pool: a", "{ip: 192.0.2.9}")),
        (
            "M2C665",
            vec!["--after"],
            service("lbipam.cilium.io/ips: '192.0.2.9'", "{ip: 192.0.2.8}"),
        ),
    ]
}

#[test]
fn each_code_is_raised() {
    let mut raised = BTreeSet::new();
    for (code, args, input) in cases() {
        let found = codes_of(&args, &input);
        assert!(found.contains(code), "{code} is not among {found:?}");
        raised.insert(code);
    }
    // Only an API server raises it: see tests/from_cluster/rights.rs.
    raised.insert(codes::RIGHT_NEEDED.id);
    let all: BTreeSet<&str> = codes::ALL.iter().map(|code| code.id).collect();
    assert_eq!(raised, all);
}

#[test]
fn one_change_raises_one_finding() {
    for (code, args, input) in cases() {
        // Without the one thing that it is about there is nothing.
        if args.contains(&"--after") {
            continue;
        }
        let found = codes_of(&args, &input);
        let others: Vec<&String> = found.iter().filter(|one| *one != code).collect();
        // An advertisement that is emptied has no policy; another class is not served.
        assert!(others.len() <= 1, "{code}: {others:?}");
    }
}

#[test]
fn faults_are_of_their_versions_only() {
    let shared = with(
        "annotations: {metallb.io/address-pool: lab}",
        "annotations: {metallb.io/address-pool: lab, metallb.io/allow-shared-ip: k}",
    );
    let compact = shared.replace("203.0.113.16-203.0.113.29", "203.0.113.17-203.0.113.30");
    let other = format!(
        "{}---\napiVersion: v1\nkind: Service\nmetadata: {{name: c, namespace: a-b}}\nspec: {{type: \
         LoadBalancer, loadBalancerClass: example.com/lb, clusterIP: 10.96.0.98, ports: [{{port: \
         80}}]}}\nstatus: {{loadBalancer: {{ingress: [{{ip: 192.0.2.77}}]}}}}\n",
        sample()
    );
    let twin =
        other.replace(" loadBalancerClass: example.com/lb,", "").replace("{ip: 192.0.2.77}", "");
    let twins = format!(
        "{twin}---\n{}",
        twin.rsplit("---\n")
            .next()
            .unwrap()
            .replace("name: c, namespace: a-b", "name: b-c, namespace: a")
            .replace("0.98", "0.97")
    );
    let two = sample()
        .replace("{myASN: 64512, peerASN: 64602", "{myASN: 64512, localASN: 64513, peerASN: 64602")
        .replace(
            "nodeSelectors: [{matchLabels: {rack: b}}]",
            "nodeSelectors: [{matchLabels: {rack: a}}]",
        );
    let local = with("ports: [{port: 443}]", "externalTrafficPolicy: Local, ports: [{port: 443}]");
    let v6 = shared.replace("[203.0.113.0/28]", "[203.0.113.0/28, 'fd00::/120']");
    for (input, version, fault) in [
        (&shared, "1.18.1", Some("a new Service may get an address")),
        (&shared, "1.18.2", None),
        (&compact, "1.20.0", Some("the operator crashes")),
        (&compact, "1.19.0", None),
        (&v6, "1.18.2", Some("IPv6 addresses are not answered for")),
        (&v6, "1.19.0", None),
        (&shared, "1.18.1", Some("a change of a pool's blocks or selector may give")),
        (&shared, "1.20.1", Some("the next holder of a lease may not answer")),
        (&other, "1.19.0", Some("a Service of another loadBalancerClass is answered for")),
        (&twins, "1.19.0", Some("have one lease on L2 together")),
        (&two, "1.16.8", Some("only the first follows changes of Services")),
        (&local, "1.16.4", Some("may stay withdrawn from BGP")),
    ] {
        let args = ["--cilium-version", version, "--blocks", "compact"];
        let output = check(&args, input);
        assert!(output.status < 2, "{}", output.stderr);
        match fault {
            // Lines are wrapped.
            Some(fault) => {
                let words: Vec<&str> =
                    output.stdout.split_whitespace().filter(|w| *w != "│").collect();
                assert!(words.join(" ").contains(fault), "{version}: {}", output.stdout);
            }
            None => assert!(!output.stdout.contains("M2C635"), "{version}: {}", output.stdout),
        }
    }
}

#[test]
fn the_patch_that_runs_decides_which_faults_count() {
    let image = |tag: &str| {
        with("{name: cilium-agent}", &format!("{{name: cilium-agent, image: 'cilium:v{tag}'}}"))
    };
    let args = ["--cilium-version", "1.18"];
    assert!(codes_of(&args, &image("1.18.1")).contains("M2C635"));
    assert!(!codes_of(&args, &image("1.18.6")).contains("M2C635"));
}

#[test]
fn the_table_of_faults_is_of_versions_that_there_are() {
    for fault in FAULTS {
        for (minor, patch) in [Some(fault.since), fault.until].into_iter().flatten() {
            let known = format!("1.{minor}.{patch}").parse::<CiliumVersion>();
            assert!(known.is_ok() || (minor, patch) == (0, 0), "1.{minor}.{patch}");
        }
        assert!(fault.until.is_none_or(|until| fault.since < until), "{}", fault.what);
        assert!(!fault.help.is_empty() && !fault.source.is_empty());
    }
}

#[test]
fn after_the_removal_nothing_is_left() {
    let text = sample();
    let kept = text.split("---\n").filter(|document| {
        !document.contains("apiVersion: metallb.io")
            && !document.contains("app: metallb")
            && !document.contains("Webhook")
    });
    let gone = kept.collect::<Vec<_>>().join("---\n");
    let found = findings(&["--after"], &gone);
    // Annotations are worth a word, and no more.
    assert!(found.iter().all(|(code, severity)| code == "M2C664" && severity == "note"));
    assert_eq!(found.len(), 4);
}

#[test]
fn what_cannot_be_read_is_refused() {
    let output = check(&[], "kind: [\n");
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
}

#[test]
fn an_empty_input_does_not_pass_for_a_clean_cluster() {
    for (args, code) in [(&[][..], "M2C120"), (&["--after"], "M2C119")] {
        let output = check(args, "");
        assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{args:?}");
        assert!(output.stderr.contains(code), "{}", output.stderr);
    }
}

#[test]
fn a_gateway_counts_once_however_often_it_is_named() {
    let once = ["--gateway", "203.0.113.1"];
    let often = [once, once].concat();
    assert_eq!(check(&often, &sample()).stdout, check(&once, &sample()).stdout);
}

#[test]
fn pipelines_see_each_finding_and_what_was_not_looked_at() {
    let args = ["--gateway", "203.0.113.1"];
    let found = findings(&args, &sample());
    let errors = found.iter().filter(|(_, severity)| severity != "note").count();
    assert!(errors > 0);
    let output = |format| check(&[&args[..], &["-o", format]].concat(), &sample());

    let sarif = output("sarif");
    let log: Value = serde_json::from_str(&sarif.stdout).unwrap();
    let run = &log["runs"][0];
    let codes: Vec<&str> = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["ruleId"].as_str().unwrap())
        .collect();
    assert_eq!(codes, found.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>());
    assert!(!run["properties"]["unknown"].as_array().unwrap().is_empty());

    let github = output("github");
    assert!(github.stdout.starts_with("::error title=metallb2cilium check::To be mended: "));
    assert_eq!(github.stdout.lines().count(), 1 + found.len());

    let junit = output("junit");
    let whole = format!("tests=\"{}\" failures=\"{errors}\"", 1 + found.len());
    assert!(junit.stdout.contains(&whole), "{}", junit.stdout);
    assert!(junit.stdout.contains("Not known, and not looked at: "), "{}", junit.stdout);
    assert_eq!([sarif.status, github.status, junit.status], [1, 1, 1]);

    let clean = check(&["-o", "junit"], &sample());
    assert!(clean.status == 0 && !clean.stdout.contains("<failure"), "{}", clean.stdout);
    let clean = check(&["-o", "github"], &sample());
    assert_eq!(clean.stdout, "::notice title=metallb2cilium check::Nothing to object.\n");
}

#[test]
fn what_a_placeholder_hides_is_said() {
    let pool = |addresses: &str| {
        format!(
            "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {{name: a, namespace: \
             m}}\nspec: {{addresses: ['{addresses}']}}\n"
        )
    };
    let output = check(&["-o", "json"], &pool("${NET}/24"));
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    let unknown: Vec<&str> =
        value["unknown"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert!(unknown.iter().any(|one| one.starts_with("`${NET}/24` of pool a")), "{unknown:?}");
    // What is refused is refused for its own reason alone.
    let peer = "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\nmetadata: {name: a, namespace: m}\n\
                spec: {myASN: 1, peerASN: 2, peerAddress: '${ROUTER}'}\n";
    for (input, code, help) in
        [(peer, "M2C126", "--set ROUTER=VALUE"), (&pool("${NET}"), "M2C206", "--set NET=VALUE")]
    {
        let output = check(&[], input);
        assert_eq!(output.status, 2, "{}", output.stdout);
        let said = &output.stderr;
        assert!(said.contains(code) && said.contains(help), "{said}");
        assert!(said.contains("must be known") && !said.contains("M2C120"), "{said}");
    }
}
