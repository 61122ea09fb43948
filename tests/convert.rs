//! `convert` as a user meets it: through the built binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::reader::{Output, documents, files, run, run_in};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn sample() -> String {
    fs::read_to_string(Path::new(ROOT).join("testdata/sample/metallb.yaml")).unwrap()
}

fn convert(args: &[&str], stdin: &str) -> Output {
    run(["convert"].iter().chain(args), stdin)
}

fn kinds(output: &Output) -> Vec<String> {
    documents(&output.stdout).iter().map(|d| d["kind"].as_str().unwrap().to_owned()).collect()
}

/// The codes of the diagnostics, by `--error-format json`.
fn codes(output: &Output) -> Vec<String> {
    let lines = output.stderr.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| line["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_examples_of_the_readme_convert_as_they_did_when_they_were_read_line_by_line() {
    for (name, args) in [
        ("sample", &["-f", "testdata/sample/metallb.yaml"][..]),
        ("datacentre", &["-f", "testdata/datacentre"]),
        ("datacentre services", &["-f", "testdata/datacentre", "--emit", "services"]),
        ("datacentre helm values", &["-f", "testdata/datacentre", "--emit", "helm-values"]),
        ("datacentre for 1.17", &["-f", "testdata/datacentre", "--cilium-version", "1.17"]),
    ] {
        let output = run_in(ROOT, ["convert"].iter().chain(args), "");
        assert_eq!(output.status, 0, "{}", output.stderr);
        insta::assert_snapshot!(name.replace([' ', '.'], "_"), output.stdout);
    }
}

#[test]
fn stdin_is_read_and_stdout_holds_manifests_only() {
    let output = convert(&[], &sample());
    assert_eq!(output.status, 0);
    assert_eq!(kinds(&output), ["CiliumLoadBalancerIPPool", "CiliumL2AnnouncementPolicy"]);
    assert!(output.stderr.contains("2 objects in, 2 out"), "{}", output.stderr);
    assert!(output.stderr.contains("must not run beside"), "{}", output.stderr);
}

#[test]
fn settings_of_cilium_count_for_the_proof() {
    for (values, status, proved) in [
        ("kubeProxyReplacement: true\nl2announcements: {enabled: true}\n", 0, true),
        // Beside kube-proxy nobody can say what is answered.
        ("l2announcements: {enabled: true}\nexternalIPs: {enabled: true}\n", 0, false),
        ("l2announcements: {enabled: false}\n", 1, false),
    ] {
        let folder = files(&[("values.yaml", values)]);
        let path = folder.path().join("values.yaml");
        let output = convert(&["--strict", "--cilium-values", path.to_str().unwrap()], &sample());
        assert_eq!(output.status, status, "{}", output.stderr);
        let said = output.stderr.contains("; proved equivalent for every Service and Node");
        assert_eq!(said, proved, "{}", output.stderr);
    }
    let nowhere = convert(&["--cilium-values", "/nowhere"], &sample());
    assert_eq!((nowhere.status, nowhere.stdout.as_str()), (2, ""), "{}", nowhere.stderr);
}

#[test]
fn json_is_one_list() {
    let output = convert(&["-o", "json", "-q"], &sample());
    let list: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(list["kind"], "List");
    assert_eq!(list["items"][0]["kind"], "CiliumLoadBalancerIPPool");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let once = run_in(ROOT, ["convert", "-f", "testdata/datacentre"], "").stdout;
    for _ in 0..3 {
        assert_eq!(run_in(ROOT, ["convert", "-f", "testdata/datacentre"], "").stdout, once);
    }
}

#[test]
fn objects_come_in_the_order_in_which_they_are_to_be_applied() {
    let output =
        run_in(ROOT, ["convert", "-f", "testdata/datacentre", "-f", "testdata/sample"], "");
    let mut order = kinds(&output);
    order.dedup();
    assert_eq!(
        order,
        [
            "Secret",
            "CiliumLoadBalancerIPPool",
            "CiliumBGPAdvertisement",
            "CiliumBGPPeerConfig",
            "CiliumL2AnnouncementPolicy",
            "CiliumBGPClusterConfig",
        ]
    );
}

#[test]
fn what_kubectl_get_prints_is_read() {
    let list = r#"{"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""},
        "items": [{"apiVersion": "metallb.io/v1beta1", "kind": "IPAddressPool",
        "metadata": {"name": "a", "namespace": "metallb-system", "uid": "1",
        "managedFields": [{"manager": "kubectl", "fieldsV1": {"f:spec": {}}}]},
        "spec": {"addresses": ["10.0.0.0/24"], "autoAssign": true, "avoidBuggyIPs": false},
        "status": {"assignedIPv4": 3}}]}"#;
    let output = convert(&["-f", "-"], list);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(kinds(&output), ["CiliumLoadBalancerIPPool"]);
}

#[test]
fn older_forms_are_translated() {
    let config = "address-pools:\n- name: default\n  protocol: layer2\n  addresses:\n  - \
                  10.0.0.1-10.0.0.9\n";
    let indented = config.replace('\n', "\n    ");
    let cases = [
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: config, namespace: \
             metallb-system}}\ndata:\n  config: |\n    {indented}"
        ),
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: bgp-config, namespace: \
             kube-system}}\ndata:\n  config.yaml: |\n    {indented}"
        ),
        format!("configInline:\n    {indented}"),
        format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: m}}\n\
             spec:\n values:\n  configInline:\n    {indented}"
        ),
        config.to_owned(),
        "apiVersion: metallb.io/v1alpha1\nkind: AddressPool\nmetadata: {name: default}\nspec: \
         {protocol: layer2, addresses: [10.0.0.1-10.0.0.9]}\n"
            .to_owned(),
    ];
    for text in cases {
        let output = convert(&["--error-format", "json"], &text);
        assert_eq!(output.status, 0, "{text}\n{}", output.stderr);
        assert_eq!(kinds(&output), ["CiliumLoadBalancerIPPool", "CiliumL2AnnouncementPolicy"]);
        assert!(codes(&output).contains(&"M2C154".to_owned()), "it is said: {text}");
    }
}

#[test]
fn diagnostics_in_a_config_map_point_into_its_text() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata:\n  config: |\n    \
                address-pools:\n    - name: a\n      protocol: layer2\n      addresses:\n      - \
                10.0.0.9-10.0.0.1\n";
    let output = convert(&["--error-format", "json"], text);
    assert_eq!(output.status, 2);
    let lines = output.stderr.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let line = lines.into_iter().find(|line| line["code"] == "M2C202").unwrap();
    let label = &line["labels"][0];
    assert_eq!((label["line"].as_u64(), label["column"].as_u64()), (Some(10), Some(9)));
}

/// Bad input: its text, and the code that names it.
#[test]
fn bad_input_is_refused_with_its_place_and_nothing_on_stdout() {
    let pool = |addresses: &str| {
        format!(
            "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {{name: a}}\nspec: \
             {{addresses: [{addresses}]}}\n"
        )
    };
    let with = |kind: &str, version: &str, spec: &str| {
        format!(
            "{}---\napiVersion: metallb.io/{version}\nkind: {kind}\nmetadata: {{name: x}}\nspec: \
             {{{spec}}}\n",
            pool("10.0.0.0/24")
        )
    };
    let deep = format!("a: {}", "[".repeat(10_000));
    let bomb: String = std::iter::once("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned())
        .chain((1..12).map(|n| {
            let items = format!("*a{}, ", n - 1).repeat(9);
            format!("a{n}: &a{n} [{items}*a{}]\n", n - 1)
        }))
        .collect();
    let cases: Vec<(&str, String, &str)> = vec![
        ("reversed range", pool("10.0.0.9-10.0.0.1"), "M2C202"),
        ("address out of range", pool("10.0.0.256/32"), "M2C201"),
        ("prefix too long", pool("10.0.0.0/33"), "M2C201"),
        ("leading zeros", pool("010.0.0.0/24"), "M2C201"),
        ("a bare address", pool("10.0.0.1"), "M2C201"),
        ("empty pool", pool(""), "M2C205"),
        (
            "duplicate names",
            format!("{}---\n{}", pool("10.0.0.0/24"), pool("10.1.0.0/24")),
            "M2C204",
        ),
        (
            "overlapping pools",
            format!("{}---\n{}", pool("10.0.0.0/24"), pool("10.0.0.9/32").replace("a}", "b}")),
            "M2C203",
        ),
        (
            "unknown BFD profile",
            with(
                "BGPPeer",
                "v1beta2",
                "myASN: 1, peerASN: 2, peerAddress: 10.9.9.9, bfdProfile: b",
            ),
            "M2C403",
        ),
        ("unknown community", with("BGPAdvertisement", "v1beta1", "communities: [c]"), "M2C406"),
        ("unknown field", with("L2Advertisement", "v1beta1", "interface: [eth0]"), "M2C121"),
        ("wrong case", with("L2Advertisement", "v1beta1", "ipaddresspools: [a]"), "M2C121"),
        ("unknown kind", with("L2Advertisment", "v1beta1", ""), "M2C157"),
        ("template", "a: {{ .Values.x }}\n".to_owned(), "M2C102"),
        ("script", "#!/bin/sh\nkubectl apply -f x\n".to_owned(), "M2C103"),
        ("truncated", "apiVersion: metallb.io/v1beta1\nkind: \"IPAddr".to_owned(), "M2C101"),
        ("binary", "\0\u{1}\u{2}".to_owned(), "M2C114"),
        ("nothing", String::new(), "M2C120"),
        ("deep nesting", deep, "M2C109"),
        ("alias bomb", bomb, "M2C110"),
    ];
    for (name, text, code) in cases {
        let output = convert(&["--error-format", "json"], &text);
        assert_eq!(output.status, 2, "{name}: {}", output.stderr);
        assert_eq!(output.stdout, "", "{name}");
        let found = codes(&output);
        assert!(found.contains(&code.to_owned()), "{name}: {found:?}");
        assert!(!output.stderr.contains("panicked"), "{name}");
    }
}

#[test]
fn overlapping_pools_are_both_shown() {
    let text = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: a}\nspec:\n  \
                addresses:\n  - 10.0.0.0/24\n---\napiVersion: metallb.io/v1beta1\nkind: \
                IPAddressPool\nmetadata: {name: b}\nspec:\n  addresses:\n  - 10.0.0.9/32\n";
    let output = convert(&["--error-format", "json"], text);
    let line: Value = serde_json::from_str(output.stderr.trim()).unwrap();
    let lines: Vec<u64> =
        line["labels"].as_array().unwrap().iter().map(|l| l["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [13, 6]);
}

#[test]
fn a_broken_document_does_not_hide_the_others() {
    let text = "a: [\n---\napiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: \
                a}\nspec: {addresses: [10.0.0.0/33]}\n";
    let output = convert(&["--error-format", "json"], text);
    assert_eq!(output.status, 2);
    assert_eq!(codes(&output), ["M2C101", "M2C201"]);
}

#[test]
fn input_beyond_the_bound_is_refused_in_bounded_memory() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_metallb2cilium"))
        .args(["convert", "--max-input", "1MiB", "-f", "/dev/zero"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("M2C11"));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let dir = files(&[("empty/readme.txt", "nothing"), ("latin1.yaml", "")]);
    fs::write(dir.path().join("latin1.yaml"), b"a: \xe9\n").unwrap();
    for (path, code) in [("missing.yaml", "M2C112"), ("empty", "M2C113"), ("latin1.yaml", "M2C115")]
    {
        let output = run_in(dir.path(), ["convert", "--error-format", "json", "-f", path], "");
        assert_eq!(output.status, 2);
        assert!(codes(&output).contains(&code.to_owned()), "{path}: {}", output.stderr);
    }
}

#[test]
fn strict_ends_with_one_for_a_loss_that_touches_traffic_and_prints_all_the_same() {
    let lossy = sample().replace(
        "  interfaces:\n    - eth0\n",
        "  preferredNodeSelectors:\n    - \
                 weight: 1\n      preference: {matchLabels: {a: b}}\n",
    );
    assert_eq!(convert(&[], &lossy).status, 0);
    let strict = convert(&["--strict"], &lossy);
    assert_eq!(strict.status, 1);
    assert_eq!(kinds(&strict).len(), 2);
    assert_eq!(convert(&["--strict"], &sample()).status, 0);
}

#[test]
fn placeholders_are_filled_in_or_carried_over() {
    let text = sample().replace("172.18.255.193-172.18.255.206", "${FIRST}-${LAST:-10.0.0.9}");
    let filled = convert(&["--set", "FIRST=10.0.0.1"], &text);
    assert!(filled.stdout.contains("start: \"10.0.0.1\""), "{}", filled.stdout);
    assert!(filled.stdout.contains("stop: \"10.0.0.9\""), "{}", filled.stdout);
    let carried = convert(&["--error-format", "json"], &text);
    assert_eq!(carried.status, 0, "{}", carried.stderr);
    assert!(carried.stdout.contains("${FIRST}"), "{}", carried.stdout);
    assert!(codes(&carried).contains(&"M2C213".to_owned()));
    let bare = sample().replace("172.18.255.193-172.18.255.206", "${RANGE}");
    let refused = convert(&["--error-format", "json"], &bare);
    assert_eq!((refused.status, codes(&refused)), (2, vec!["M2C206".to_owned()]));
}

#[test]
fn parts_can_be_asked_for() {
    let emit = |part: &str| {
        let output = run_in(ROOT, ["convert", "-f", "testdata/datacentre", "--emit", part], "");
        assert_eq!(output.status, 0);
        let mut kinds = kinds(&output);
        kinds.dedup();
        kinds
    };
    assert_eq!(emit("pools"), ["CiliumLoadBalancerIPPool"]);
    assert_eq!(emit("secrets"), ["Secret"]);
    assert_eq!(emit("l2"), [""; 0], "there is nothing on L2: empty, and no error");
    assert_eq!(emit("services"), ["Service"]);
}

#[test]
fn every_block_form_keeps_the_fourteen_addresses_of_the_sample() {
    for (form, expected) in [
        ("auto", "start: \"172.18.255.193\""),
        ("range", "start: \"172.18.255.193\""),
        ("cidr", "cidr: 172.18.255.196/30"),
        ("compact", "cidr: 172.18.255.192/28"),
    ] {
        let output = convert(&["--blocks", form], &sample());
        assert!(output.stdout.contains(expected), "{form}: {}", output.stdout);
        let reserves = output.stdout.contains("allowFirstLastIPs: \"No\"");
        assert_eq!(reserves, form == "compact", "{form}");
    }
}

#[test]
fn what_would_crash_the_operator_is_not_written() {
    let input = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\n\
                 metadata: {name: a, namespace: m}\n\
                 spec: {addresses: [10.0.0.5-10.0.0.6]}\n---\napiVersion: v1\nkind: Service\n\
                 metadata: {name: s, namespace: default, annotations: \
                 {metallb.io/allow-shared-ip: k, metallb.io/loadBalancerIPs: 10.0.0.5}}\n\
                 spec: {type: LoadBalancer, clusterIP: 10.96.0.1, loadBalancerIP: 10.0.0.7}\n\
                 status: {loadBalancer: {ingress: [{ip: 10.0.0.5}]}}\n";
    for (form, version, crashes) in
        [("compact", "1.20", true), ("compact", "1.19", false), ("auto", "1.20", false)]
    {
        let output = convert(&["--blocks", form, "--cilium-version", version], input);
        assert_eq!(output.status, if crashes { 2 } else { 0 }, "{form} {version}");
        assert_eq!(output.stdout.is_empty(), crashes, "{form} {version}");
        assert_eq!(output.stderr.contains("M2C143"), crashes, "{}", output.stderr);
    }
}

#[test]
fn the_same_file_twice_is_the_same_as_once() {
    let once = run_in(ROOT, ["convert", "-f", "testdata/sample"], "");
    let twice = run_in(
        ROOT,
        ["convert", "-f", "testdata/sample", "-f", "testdata/sample/metallb.yaml"],
        "",
    );
    assert_eq!(twice.stdout, once.stdout);
}

#[test]
fn no_password_is_shown_anywhere_but_in_its_secret() {
    const MARKER: &str = "hunter2-marker";
    let text = format!(
        "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\nmetadata: {{name: p}}\nspec:\n  myASN: \
         1\n  peerASN: 2\n  peerAddress: 10.0.0.300\n  password: {MARKER}\n  passwordSecret: {{name: \
         s}}\n"
    );
    for format in ["human", "json", "github", "sarif"] {
        let output = convert(&["-vv", "--error-format", format], &text);
        assert_eq!(output.status, 2);
        assert!(!output.stderr.contains(MARKER), "{format}: {}", output.stderr);
    }
}

/// Services of all kinds of which MetalLB leaves some without an address: the pool is
/// full, no pool is open, what they ask for is not there, the class is another one.
const PENDING: &str = "\
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: small, namespace: metallb-system}
spec: {addresses: [10.0.0.1/32]}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: asked, namespace: metallb-system}
spec: {addresses: [10.1.0.0/24, 'fd00::/120'], autoAssign: false}
---
apiVersion: v1
kind: Service
metadata: {name: first, namespace: default}
spec: {type: LoadBalancer, clusterIP: 10.96.0.1, ports: [{port: 80}]}
status: {loadBalancer: {ingress: [{ip: 10.0.0.1}]}}
---
apiVersion: v1
kind: Service
metadata: {name: late, namespace: default}
spec: {type: LoadBalancer, clusterIP: 10.96.0.2, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: dual, namespace: default}
spec: {type: LoadBalancer, clusterIPs: [10.96.0.3, 'fd96::3'], ipFamilies: [IPv4, IPv6],
  ipFamilyPolicy: RequireDualStack, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: lost, namespace: default, annotations: {metallb.io/address-pool: gone}}
spec: {type: LoadBalancer, clusterIP: 10.96.0.4, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: inner, namespace: default}
spec: {type: ClusterIP, clusterIP: 10.96.0.5, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: other, namespace: default}
spec: {type: LoadBalancer, loadBalancerClass: example.com/lb, clusterIP: 10.96.0.6, ports: [{port: 80}]}
";

#[test]
fn what_metallb_leaves_pending_stays_so_under_keep_pending() {
    let said = convert(&["--error-format", "json"], PENDING);
    assert_eq!(said.status, 0, "{}", said.stderr);
    assert!(codes(&said).contains(&"M2C508".to_owned()), "it is said: {}", said.stderr);
    assert!(!said.stdout.contains("metallb2cilium.io.none"));

    let args = ["--keep-pending", "--emit", "services", "--error-format", "json"];
    let output = convert(&args, PENDING);
    let labelled: Vec<String> = documents(&output.stdout)
        .iter()
        .filter(|one| {
            one["metadata"]["labels"]["metallb2cilium.io/pool"] == "metallb2cilium.io.none"
        })
        .map(|one| one["metadata"]["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(labelled, ["late", "dual", "lost"]);
    let found = codes(&output);
    assert!(found.contains(&"M2C508".to_owned()));
    assert!(!found.iter().any(|code| ["M2C502", "M2C590"].contains(&code.as_str())), "{found:?}");

    // What is written really leaves them without an address.
    for (args, verdict) in [(&["--keep-pending"][..], "equivalent"), (&[], "different")] {
        let output = run(["verify", "-o", "json"].iter().chain(args), PENDING);
        let report: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(report["verdict"], verdict, "{report:#}");
    }
}

#[test]
fn services_that_share_an_address_over_namespaces_let_each_other_in() {
    let service = |namespace: &str, name: &str, port: u16| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: {namespace}, \
             annotations: {{metallb.universe.tf/allow-shared-ip: dns}}}}\nspec: {{type: \
             LoadBalancer, clusterIPs: [10.96.0.{port}, 'fd96::{port}'], ipFamilies: [IPv4, IPv6], \
             ipFamilyPolicy: PreferDualStack, loadBalancerClass: metallb, ports: [{{port: \
             {port}}}]}}\nstatus: {{loadBalancer: {{ingress: [{{ip: 10.0.0.5}}, {{ip: \
             'fd00::5'}}]}}}}\n---\n"
        )
    };
    let pool = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: a}\nspec: \
                {addresses: [10.0.0.0/24, 'fd00::/120']}\n";
    let input =
        [service("a", "one", 53), service("b", "two", 54), service("c", "three", 55), pool.into()];
    let args = ["--emit", "services", "--lb-class", "metallb", "-q"];
    let output = convert(&args, &input.concat());
    assert_eq!(output.status, 0, "{}", output.stderr);
    let others = ["b,c", "a,c", "a,b"];
    let written = documents(&output.stdout);
    assert_eq!(written.len(), 3);
    for (document, others) in written.iter().zip(others) {
        let annotations = &document["metadata"]["annotations"];
        assert_eq!(annotations["lbipam.cilium.io/ips"], "10.0.0.5,fd00::5");
        assert_eq!(annotations["lbipam.cilium.io/sharing-key"], "dns");
        assert_eq!(annotations["lbipam.cilium.io/sharing-cross-namespace"], others);
    }
    // Their class is not served by Cilium: that is said where they are changed.
    assert!(output.stdout.contains("loadBalancerClass metallb"), "{}", output.stdout);
}

#[test]
fn the_admission_policy_has_the_api_version_of_the_cluster() {
    let args =
        |version: &'static str| ["--emit", "admission-policy", "--kubernetes-version", version];
    for (version, api) in [
        ("1.33", "admissionregistration.k8s.io/v1alpha1"),
        ("v1.34.1+k3s1", "admissionregistration.k8s.io/v1beta1"),
        ("1.36", "admissionregistration.k8s.io/v1"),
    ] {
        let output = convert(&args(version), PENDING);
        assert_eq!(output.status, 0, "{}", output.stderr);
        let written = documents(&output.stdout);
        assert_eq!(kinds(&output), ["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"]);
        assert!(written.iter().all(|one| one["apiVersion"] == api), "{version}");
        assert_eq!(written[1]["spec"]["policyName"], written[0]["metadata"]["name"]);
    }
    let refused = convert(&args("1.31"), PENDING);
    assert_eq!((refused.status, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.contains("has no MutatingAdmissionPolicy"), "{}", refused.stderr);
    let missing = convert(&["--emit", "admission-policy"], PENDING);
    assert_eq!((missing.status, missing.stdout.as_str()), (2, ""));
    assert!(missing.stderr.contains("--kubernetes-version"), "{}", missing.stderr);
    // Beside other parts it comes last.
    let all =
        convert(&["--emit", "pools,admission-policy", "--kubernetes-version", "1.36"], PENDING);
    assert_eq!(kinds(&all).last().unwrap(), "MutatingAdmissionPolicyBinding");
    insta::assert_snapshot!("admission_policy", convert(&args("1.36"), PENDING).stdout);
}

#[test]
fn only_services_that_are_announced_on_l2_are_said_to_have_a_lease() {
    let output = run(["convert", "--emit", "helm-values", "-f", "testdata/cutover"], "");
    let text = output.stdout.replace("\n  # ", " ");
    let said = "3 Services at hand are announced on L2 and have a lease each, renewed every 5 s.";
    assert!(text.contains(said), "{text}");
}
