//! What surrounds MetalLB's configuration in the input: how MetalLB is deployed, the
//! Secrets of its peers, placeholders.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use serde_json::Value;
use support::reader::{Output, run};

const CONFIGURATION: &str = "\
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: a, namespace: m}
spec: {addresses: [10.0.0.0/24]}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: l2, namespace: m}
spec: {}
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: {name: bgp, namespace: m}
spec: {}
---
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {name: tor, namespace: m}
spec: {myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1}
---
";

/// A Service with a class and one without; Nodes of two racks.
const CLUSTER: &str = "\
apiVersion: v1
kind: Node
metadata: {name: node-a, labels: {rack: a}, annotations: {metallb2cilium.io/interfaces: eth0}}
---
apiVersion: v1
kind: Node
metadata: {name: node-b, labels: {rack: b}, annotations: {metallb2cilium.io/interfaces: eth0}}
---
apiVersion: v1
kind: Service
metadata: {name: plain, namespace: shop}
spec: {type: LoadBalancer, clusterIP: 10.96.0.1, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: classy, namespace: shop}
spec: {type: LoadBalancer, clusterIP: 10.96.0.2, ports: [{port: 80}], loadBalancerClass: mine}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: plain-1, namespace: shop, labels: {kubernetes.io/service-name: plain}}
endpoints: [{addresses: [10.2.0.1], nodeName: node-a}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: classy-1, namespace: shop, labels: {kubernetes.io/service-name: classy}}
endpoints: [{addresses: [10.2.0.2], nodeName: node-a}]
---
";

const SPEAKER: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: speaker, namespace: m, labels: {app: metallb}}
spec:
  template:
    spec:
      nodeSelector: {kubernetes.io/os: linux, rack: b}
      containers:
      - name: speaker
        args: [--port=7472, --lb-class=mine]
        env: [{name: METALLB_BGP_TYPE, value: native}]
---
";

fn operator(spec: &str) -> String {
    format!(
        "apiVersion: metallb.io/v1beta1\nkind: MetalLB\nmetadata: {{name: metallb, namespace: \
         m}}\nspec: {{{spec}}}\n"
    )
}

/// Which Services are served, which Nodes answer, and which codes are said of it.
fn decided(deployment: &str, args: &[&str]) -> (Vec<String>, Vec<String>, Vec<String>) {
    let input = format!("{CONFIGURATION}{CLUSTER}{deployment}");
    let args = ["simulate", "metallb", "-o", "json", "--error-format", "json"].iter().chain(args);
    let output = run(args, &input);
    let codes = codes(&output);
    if output.status == 2 {
        return (vec![], vec![], codes);
    }
    let decision: Value = serde_json::from_str(&output.stdout).unwrap();
    let services = decision["outcomes"][0]["services"].as_object().unwrap();
    let served = services.iter().filter(|(_, s)| !s["ips"].as_array().unwrap().is_empty());
    let answers = decision["outcomes"][0]["l2"].as_array().unwrap().iter();
    let mut nodes: Vec<String> = answers
        .flat_map(|answer| answer["candidates"].as_array().unwrap())
        .map(|node| node.as_str().unwrap().to_owned())
        .collect();
    nodes.dedup();
    (served.map(|(key, _)| key.clone()).collect(), nodes, codes)
}

fn codes(output: &Output) -> Vec<String> {
    let lines = output.stderr.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| line["code"].as_str().unwrap().to_owned()).collect()
}

fn text(items: &[&str]) -> Vec<String> {
    items.iter().map(|&item| item.to_owned()).collect()
}

#[test]
fn how_metallb_is_deployed_is_taken_from_its_workloads_or_from_its_operator() {
    let plain = text(&["shop/plain"]);
    let classy = text(&["shop/classy"]);
    let (both, a, b) = (text(&["node-a", "node-b"]), text(&["node-a"]), text(&["node-b"]));
    for (deployment, args, served, nodes) in [
        (String::new(), &[][..], &plain, &both),
        (SPEAKER.to_owned(), &[], &classy, &b),
        (operator("loadBalancerClass: mine, nodeSelector: {rack: b}"), &[], &classy, &b),
        (operator("nodeSelector: {kubernetes.io/os: linux}"), &[], &plain, &both),
        (operator("loadBalancerClass: '${CLASS}'"), &["--set", "CLASS=mine"], &classy, &both),
        // Of what runs, the workloads know best; and a flag, better still.
        (SPEAKER.to_owned() + &operator("nodeSelector: {rack: a}"), &[], &classy, &b),
        (SPEAKER.to_owned(), &["--speaker-node-selector", "rack=a"], &classy, &a),
        // A class that is empty is none.
        (SPEAKER.replace("=mine", "="), &[], &plain, &b),
    ] {
        let (found, answer, codes) = decided(&deployment, args);
        assert_eq!((&found, &answer), (served, nodes), "{deployment} {args:?} {codes:?}");
        assert_eq!(codes, [""; 0], "{deployment} {args:?}");
    }
}

/// Values of MetalLB's chart.
const VALUES: &str = "{loadBalancerClass: mine, speaker: {nodeSelector: {rack: b}}}";

#[test]
fn how_metallb_is_deployed_is_taken_from_the_values_of_its_chart() {
    let release = |version: &str, kind: &str, spec: &str| {
        format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: metallb}}\nspec: {spec}\n")
    };
    let flux = "helm.toolkit.fluxcd.io/v2";
    let kustomization = |chart: &str| {
        format!(
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nhelmCharts:\n- \
             {{name: {chart}, valuesInline: {VALUES}}}\n"
        )
    };
    let spec = format!("{{chart: {{spec: {{chart: metallb}}}}, values: {VALUES}}}");
    let reference =
        format!("{{chartRef: {{kind: OCIRepository, name: metallb}}, values: {VALUES}}}");
    let content = format!("{{chart: 'oci://example.org/metallb', valuesContent: '{VALUES}'}}");
    let source = format!("{{source: {{chart: metallb, helm: {{valuesObject: {VALUES}}}}}}}");
    let (plain, classy) = (vec!["shop/plain"], vec!["shop/classy"]);
    let (both, b) = (vec!["node-a", "node-b"], vec!["node-b"]);
    for (deployment, served, nodes) in [
        (release(flux, "HelmRelease", &spec), &classy, &b),
        (release(flux, "HelmRelease", &reference), &classy, &b),
        (release("helm.cattle.io/v1", "HelmChart", &content), &classy, &b),
        (release("argoproj.io/v1alpha1", "Application", &source), &classy, &b),
        (kustomization("metallb"), &classy, &b),
        (VALUES.to_owned(), &classy, &b),
        (format!("metallb: {VALUES}"), &classy, &b),
        // Other charts, and what runs.
        (release(flux, "HelmRelease", &spec.replace(": metallb", ": other")), &plain, &both),
        (kustomization("other"), &plain, &both),
        ("loadBalancerClass: mine".to_owned(), &plain, &both),
        (SPEAKER.replace("rack: b", "rack: a") + VALUES, &classy, &vec!["node-a"]),
    ] {
        let (found, answer, codes) = decided(&deployment, &[]);
        assert_eq!((found, answer), (text(served), text(nodes)), "{deployment} {codes:?}");
        assert_eq!(codes, [""; 0], "{deployment}");
    }
    let wrong = release(flux, "HelmRelease", &spec.replace("mine", "[mine]"));
    assert_eq!(decided(&wrong, &[]).2, ["M2C122"]);
}

#[test]
fn the_bgp_implementation_is_taken_from_the_deployment() {
    let assumed = |deployment: &str| {
        let input = format!("{CONFIGURATION}{deployment}");
        codes(&run(["convert", "--error-format", "json"], &input)).contains(&"M2C602".to_owned())
    };
    assert!(assumed(""));
    assert!(!assumed(SPEAKER));
    assert!(!assumed(&operator("bgpBackend: frr-k8s-external")));
    assert!(assumed(&operator("logLevel: info")));
    assert!(!assumed("{frrk8s: {enabled: true}}\n"));
    assert!(!assumed("{frrk8s: {enabled: false}, speaker: {frr: {enabled: false}}}\n"));
    assert!(assumed("{speaker: {frr: {enabled: false}}}\n"), "the chart's version decides");
}

#[test]
fn what_of_a_deployment_cannot_be_known_is_said_until_a_flag_says_it() {
    let bound = "{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: \
                 {nodeSelectorTerms: []}}}";
    let of_speaker =
        SPEAKER.replace("      containers", &format!("      affinity: {bound}\n      containers"));
    let selector = ["--speaker-node-selector", "rack=a"];
    for deployment in [of_speaker, operator(&format!("speakerConfig: {{affinity: {bound}}}"))] {
        assert_eq!(decided(&deployment, &[]).2, ["M2C159"], "{deployment}");
        assert_eq!(decided(&deployment, &selector).2, [""; 0], "{deployment}");
    }
    let other = [SPEAKER.replace("value: native", "value: quagga"), operator("bgpBackend: quagga")];
    for deployment in other {
        assert_eq!(decided(&deployment, &[]).2, ["M2C158"], "{deployment}");
        assert_eq!(decided(&deployment, &["--metallb-mode", "frr"]).2, [""; 0], "{deployment}");
    }
    let broken = SPEAKER.replace("containers:", "containers: {}\n      other:");
    assert_eq!(decided(&broken, &[]).2, ["M2C122"]);
}

#[test]
fn interfaces_are_left_out_by_patterns_that_can_be_read() {
    let exclude = |patterns: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: metallb-excludel2, namespace: \
             m}}\ndata:\n  excludel2.yaml: |\n    announcedInterfacesToExclude: [{patterns}]\n"
        )
    };
    for (patterns, codes) in
        [("'^veth.*', docker", &[][..]), ("veth, '*a'", &["M2C127"]), ("7", &["M2C122"])]
    {
        assert_eq!(decided(&exclude(patterns), &[]).2, codes, "{patterns}");
    }
}

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: key, namespace: m}
type: kubernetes.io/basic-auth
";

fn with_secret(secret: &str) -> Output {
    let peer = ".2.1, passwordSecret: {name: key}}";
    let input = format!("{}{secret}", CONFIGURATION.replace(".2.1}", peer));
    run(["convert", "--error-format", "json"], &input)
}

#[test]
fn a_secret_that_cannot_be_used_is_refused_once_and_its_value_is_not_shown() {
    for (secret, code, reason) in [
        (format!("{SECRET}data: {{password: 'n0 b@se64'}}\n"), "M2C409", "no base64"),
        (format!("{SECRET}data: {{password: /w==}}\n"), "M2C409", "no UTF-8"),
        (format!("{SECRET}stringData: {{password: 'ENC[n0 b@se64]'}}\n"), "M2C409", "encrypted"),
        (format!("{SECRET}data: {{other: c2VjcmV0}}\n"), "M2C409", "no key"),
        (format!("{SECRET}data: {{password: [n0 b@se64]}}\n"), "M2C122", "must be a string"),
        (format!("{SECRET}data: {{password: 'n0 b@se64\n"), "M2C101", "cannot be read"),
        (SECRET.replace("name: key", "labels: []"), "M2C122", "metadata"),
    ] {
        let output = with_secret(&secret);
        assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{secret}");
        let codes = codes(&output);
        assert!(codes.iter().all(|found| found == code) && !codes.is_empty(), "{secret} {codes:?}");
        assert!(output.stderr.contains(reason), "{secret}: {}", output.stderr);
        assert!(!output.stderr.contains("b@se64"), "{secret}: {}", output.stderr);
    }
}

#[test]
fn of_other_secrets_it_does_not_matter_what_they_hold() {
    let good = format!("{SECRET}data: {{password: 'c2Vj\n  cmV0', other: '!'}}\n");
    let foreign = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\ndata: {password: '!'}\n";
    for secret in [good.clone(), format!("{good}{foreign}")] {
        assert_eq!(with_secret(&secret).status, 0, "{secret}");
    }
    assert!(with_secret(&good).stdout.contains("password: c2VjcmV0"));
}

#[test]
fn placeholders_are_filled_in_once() {
    let pool = CONFIGURATION.replace("10.0.0.0/24", "\"${RANGE}\"");
    let args = ["convert", "--error-format", "json", "--set", "RANGE=a\nb"];
    assert_eq!(codes(&run(args, &pool)), ["M2C131"]);
    // What is escaped stays, even if its name has a value.
    let peer = ".2.1, password: \"$${RANGE}\"}";
    let escaped = CONFIGURATION.replace(".2.1}", peer);
    let output = run(["convert", "--emit", "secrets", "--set", "RANGE=b"], &escaped);
    assert!(output.stdout.contains("password: JHtSQU5HRX0="), "{output:?}");
}

#[test]
fn notes_are_said_of_what_is_written_only() {
    let two = CONFIGURATION.replace("spec: {}", "spec: {ipAddressPools: [a]}").replacen(
        "ipAddressPools: [a]",
        "ipAddressPools: [b]",
        1,
    ) + "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: b, namespace: \
         m}\nspec: {addresses: [10.1.0.0/24], autoAssign: false}\n";
    let areas = |args: &[&str]| {
        let output = run(["convert", "--error-format", "json"].iter().chain(args), &two);
        let mut areas: Vec<String> = codes(&output).iter().map(|c| c[..4].to_owned()).collect();
        areas.retain(|area| ["M2C3", "M2C4"].contains(&area.as_str()));
        areas.sort();
        areas.dedup();
        areas
    };
    assert_eq!(areas(&[]), ["M2C3", "M2C4"]);
    assert_eq!(areas(&["--emit", "pools"]), [""; 0]);
    assert_eq!(areas(&["--emit", "pools,l2"]), ["M2C3"]);
    assert_eq!(areas(&["--emit", "helm-values"]), ["M2C3", "M2C4"]);
    assert_eq!(areas(&["--only-pool", "a"]), ["M2C4"]);
    assert_eq!(areas(&["--skip-pool", "a"]), ["M2C3"]);
}
