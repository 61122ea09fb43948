//! Every diagnostic code is unique, explained, and raised by some input.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeSet;

use metallb2cilium::cli::codes::all_codes;
use metallb2cilium::{check, cilium, manifest, plan};
use serde_json::Value;
use support::reader::run;

const POOL: &str = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: a, \
                    namespace: m}\nspec: {addresses: [10.0.0.0/24]}\n";
const POOL_B: &str = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: b, \
                      namespace: m}\nspec: {addresses: [10.1.0.0/24]}\n";
const L2: &str = "apiVersion: metallb.io/v1beta1\nkind: L2Advertisement\nmetadata: {name: l2, \
                  namespace: m}\nspec: {}\n";
const BGP: &str = "apiVersion: metallb.io/v1beta1\nkind: BGPAdvertisement\nmetadata: {name: bgp, \
                   namespace: m}\nspec: {}\n";
const PEER: &str = "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\nmetadata: {name: tor, \
                    namespace: m}\nspec: {myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1}\n";
const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: default, \
                       annotations: {}}\nspec: {type: LoadBalancer, clusterIP: 10.96.0.1, \
                       ports: [{port: 80}]}\nstatus: {loadBalancer: {ingress: [{ip: 10.0.0.1}]}}\n";

/// The document with one field's text replaced.
fn with(document: &str, from: &str, to: &str) -> String {
    assert!(document.contains(from), "{from} in {document}");
    document.replace(from, to)
}

fn more(document: &str, spec: &str) -> String {
    match document.strip_suffix("spec: {}\n") {
        Some(head) => format!("{head}spec: {{{spec}}}\n"),
        None => format!("{}, {spec}}}\n", document.strip_suffix("}\n").unwrap()),
    }
}

fn object(api_version: &str, kind: &str, name: &str, rest: &str) -> String {
    format!(
        "apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: {name}, namespace: m}}\n{rest}\n"
    )
}

fn cluster_wide(kind: &str, name: &str, spec: &str) -> String {
    format!(
        "apiVersion: cilium.io/v2\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"
    )
}

const EXCLUDE: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: metallb-excludel2, \
                       namespace: m}\ndata:\n  excludel2.yaml: |\n    \
                       announcedInterfacesToExclude: ['^veth.*']\n";
const TWO_INTERFACES: &str = "apiVersion: v1\nkind: Node\nmetadata: {name: node-1, annotations: \
                              {metallb2cilium.io/interfaces: 'eth0,veth1'}}\n";

/// A code, the arguments and the documents that raise it.
fn cases() -> Vec<(&'static str, Vec<&'static str>, Vec<String>)> {
    let p = |text: &str| text.to_owned();
    let selector = "nodeSelectors: [{matchExpressions: [{key: x, operator: In}]}]";
    let v6_pool = with(POOL, "10.0.0.0/24", "'fd00::/120'");
    let echo = object("metallb.io/v1beta1", "BFDProfile", "f", "spec: {echoMode: true}");
    let bfd = object("metallb.io/v1beta1", "BFDProfile", "f", "spec: {receiveInterval: 5}");
    let alias = |name: &str, value: &str| {
        let spec = format!("spec: {{communities: [{{name: x, value: '{value}'}}]}}");
        object("metallb.io/v1beta1", "Community", name, &spec)
    };
    let node = |name: &str, rest: &str| {
        format!(
            "apiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{k0: 'on'}}}}\n{rest}\n"
        )
    };
    let many: Vec<String> = (0..9)
        .map(|n| {
            let peer = with(
                &with(PEER, "name: tor", &format!("name: p{n}")),
                ".2.1}",
                &format!(".2.{n}}}"),
            );
            more(&peer, &format!("nodeSelectors: [{{matchLabels: {{k{n}: 'on'}}}}]"))
        })
        .collect();
    let many_with_node = [&many[..], &[node("node-1", "")]].concat();
    let shared = |name: &str| {
        let service =
            with(SERVICE, "annotations: {}", "annotations: {metallb.io/allow-shared-ip: k}");
        with(&service, "name: web", &format!("name: {name}"))
    };
    let local = |text: &str| with(text, "clusterIP:", "externalTrafficPolicy: Local, clusterIP:");
    let slice = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: s, \
                 namespace: default, labels: {kubernetes.io/service-name: other}}\nendpoints: \
                 [{addresses: [10.2.0.1]}]\n";
    let labelled = |text: &str, labels: &str| {
        with(text, "annotations: {", &format!("labels: {{{labels}}}, annotations: {{"))
    };
    let selecting = |name: &str, app: &str, spec: &str| {
        let ad = with(BGP, "name: bgp", &format!("name: {name}"));
        more(&ad, &format!("serviceSelectors: [{{matchLabels: {{app: {app}}}}}], {spec}"))
    };
    let service = |name: &str| {
        let service = with(SERVICE, "name: web", &format!("name: {name}"));
        service.split("status:").next().unwrap().to_owned()
    };
    vec![
        ("M2C120", vec![], vec![p(L2)]),
        ("M2C150", vec![], vec![p(POOL), more(L2, selector)]),
        ("M2C151", vec![], vec![p(POOL), more(L2, "ipAddressPools: [a, a]")]),
        ("M2C152", vec![], vec![p(POOL), more(PEER, "peerPort: 20000")]),
        (
            "M2C153",
            vec![],
            vec![p("address-pools: [{protocol: layer2, addresses: [10.0.0.0/24]}]\n")],
        ),
        (
            "M2C154",
            vec![],
            vec![object(
                "metallb.io/v1beta1",
                "AddressPool",
                "a",
                "spec: {protocol: bgp, addresses: [10.0.0.0/24]}",
            )],
        ),
        (
            "M2C155",
            vec![],
            vec![p(POOL), object("frrk8s.metallb.io/v1beta1", "FRRConfiguration", "x", "spec: {}")],
        ),
        (
            "M2C156",
            vec![],
            vec![
                p(POOL),
                object("v1", "ConfigMap", "x", "data: {a: \"apiVersion: metallb.io/v1beta1\"}"),
            ],
        ),
        ("M2C157", vec![], vec![object("metallb.io/v1beta1", "IpAddressPool", "a", "spec: {}")]),
        (
            "M2C158",
            vec![],
            vec![p(POOL), object("metallb.io/v1beta1", "MetalLB", "m", "spec: {bgpBackend: x}")],
        ),
        (
            "M2C159",
            vec![],
            vec![
                p(POOL),
                object(
                    "metallb.io/v1beta1",
                    "MetalLB",
                    "m",
                    "spec: {speakerConfig: {affinity: {nodeAffinity: \
                     {requiredDuringSchedulingIgnoredDuringExecution: {}}}}}",
                ),
            ],
        ),
        ("M2C201", vec![], vec![with(POOL, "10.0.0.0/24", "10.0.0.0/33")]),
        ("M2C202", vec![], vec![with(POOL, "10.0.0.0/24", "10.0.0.2-10.0.0.1")]),
        ("M2C203", vec![], vec![p(POOL), with(POOL_B, "10.1.0.0/24", "10.0.0.9/32")]),
        ("M2C204", vec![], vec![p(POOL), with(POOL_B, "name: b", "name: a")]),
        ("M2C205", vec![], vec![with(POOL, "10.0.0.0/24", "")]),
        ("M2C206", vec![], vec![with(POOL, "10.0.0.0/24", "'${RANGE}'")]),
        ("M2C210", vec!["--only-pool", "zzz"], vec![p(POOL)]),
        ("M2C211", vec![], vec![with(POOL, "10.0.0.0/24", "10.0.0.5/24")]),
        ("M2C212", vec![], vec![with(POOL, "10.0.0.0/24", "'10.0.0.1-fd00::1'")]),
        ("M2C213", vec![], vec![with(POOL, "10.0.0.0/24", "'${NET}/24'")]),
        (
            "M2C214",
            vec!["--blocks", "compact"],
            vec![with(POOL, "10.0.0.0/24", "10.0.0.1-10.0.0.14")],
        ),
        ("M2C215", vec![], vec![more(&with(POOL, "/24", "/12"), "avoidBuggyIPs: true")]),
        ("M2C216", vec![], vec![p(POOL), more(POOL_B, "serviceAllocation: {namespaces: [x]}")]),
        ("M2C217", vec![], vec![p(POOL), p(POOL_B), more(L2, "ipAddressPools: [a]")]),
        (
            "M2C218",
            vec![],
            vec![more(POOL, "serviceAllocation: {namespaceSelectors: [{matchLabels: {k: v}}]}")],
        ),
        (
            "M2C219",
            vec![],
            vec![more(
                POOL,
                "serviceAllocation: {namespaceSelectors: [{matchLabels: {kubernetes.io/metadata.name: v}}]}",
            )],
        ),
        (
            "M2C220",
            vec![],
            vec![more(
                POOL,
                "serviceAllocation: {serviceSelectors: [{matchLabels: {k: v}}, {matchLabels: {l: w}}]}",
            )],
        ),
        (
            "M2C221",
            vec![],
            vec![
                p(POOL_B),
                more(POOL, "autoAssign: false"),
                with(SERVICE, "annotations: {}", "annotations: {metallb.io/address-pool: a}"),
            ],
        ),
        ("M2C222", vec![], vec![more(POOL, "autoAssign: false")]),
        ("M2C223", vec![], vec![p(POOL), more(L2, "ipAddressPools: [a, c]")]),
        (
            "M2C224",
            vec![],
            vec![more(&with(POOL, "10.0.0.0/24", "0.0.0.0/0"), "avoidBuggyIPs: true")],
        ),
        ("M2C301", vec![], vec![p(POOL), p(L2)]),
        (
            "M2C302",
            vec![],
            vec![
                p(POOL),
                more(
                    L2,
                    "preferredNodeSelectors: [{weight: 1, preference: {matchLabels: {k: v}}}]",
                ),
            ],
        ),
        ("M2C303", vec![], vec![p(POOL), more(L2, "interfaces: [eth0]")]),
        ("M2C304", vec!["--cilium-version", "1.18"], vec![v6_pool.clone(), p(L2)]),
        ("M2C305", vec![], vec![p(POOL), p(L2), shared("x"), shared("z")]),
        ("M2C306", vec![], vec![p(POOL), p(L2), local(SERVICE)]),
        ("M2C307", vec![], vec![p(POOL), p(L2), p(SERVICE), p(slice)]),
        (
            "M2C308",
            vec![],
            vec![p(POOL), more(L2, "serviceSelectors: [{matchLabels: {k: v}}]"), shared("x")],
        ),
        ("M2C309", vec![], vec![p(POOL), p(L2)]),
        ("M2C310", vec![], vec![p(POOL), more(L2, "ipAddressPools: [c]")]),
        ("M2C401", vec![], vec![with(PEER, "192.0.2.1", "tor")]),
        ("M2C402", vec![], vec![p(PEER), with(PEER, "name: tor", "name: two")]),
        ("M2C403", vec![], vec![more(PEER, "bfdProfile: gone")]),
        ("M2C404", vec![], vec![p(POOL), bfd]),
        (
            "M2C404",
            vec![],
            vec![v6_pool.clone(), p(BGP), more(PEER, "bfdProfile: f"), echo.clone()],
        ),
        ("M2C405", vec![], vec![p(POOL), more(BGP, "communities: ['65000:99999']")]),
        ("M2C406", vec![], vec![p(POOL), more(BGP, "communities: [no-export]")]),
        ("M2C407", vec![], vec![p(POOL), more(BGP, "aggregationLength: 16")]),
        (
            "M2C408",
            vec![],
            vec![p(POOL), p(BGP), more(&with(BGP, "name: bgp", "name: two"), "localPref: 5")],
        ),
        ("M2C409", vec![], vec![more(PEER, "passwordSecret: {name: gone}")]),
        ("M2C410", vec![], vec![p(POOL), p(BGP), p(BGP)]),
        ("M2C411", vec![], vec![p(POOL), alias("x", "1:1"), alias("z", "1:2")]),
        ("M2C412", vec!["--metallb-mode", "native"], vec![more(PEER, "vrf: red")]),
        ("M2C420", vec![], vec![more(PEER, "vrf: red")]),
        ("M2C421", vec![], vec![with(PEER, "peerASN: 64513", "dynamicASN: external")]),
        ("M2C422", vec![], vec![more(PEER, "holdTime: 0s, keepaliveTime: 0s")]),
        ("M2C423", vec![], vec![more(PEER, "bfdProfile: f"), echo]),
        ("M2C424", vec![], vec![more(PEER, "dualStackAddressFamily: true")]),
        ("M2C425", vec![], vec![more(PEER, "localASN: 64999")]),
        (
            "M2C426",
            vec!["--allow-missing-secrets"],
            vec![more(PEER, "passwordSecret: {name: gone}")],
        ),
        ("M2C427", vec![], vec![more(PEER, &format!("password: {}", "x".repeat(81)))]),
        ("M2C428", vec![], vec![more(PEER, "routerID: 192.0.2.9")]),
        (
            "M2C429",
            vec![],
            vec![p(POOL), p(PEER), more(BGP, "aggregationLength: 24"), local(SERVICE)],
        ),
        (
            "M2C430",
            vec!["--cilium-version", "1.17"],
            vec![p(POOL), p(PEER), more(BGP, "aggregationLength: 24")],
        ),
        ("M2C431", vec![], vec![p(POOL), p(PEER), selecting("x", "x", "localPref: 5"), p(BGP)]),
        (
            "M2C432",
            vec!["--cilium-version", "1.18"],
            vec![p(POOL), p(PEER), p(BGP), selecting("x", "x", "communities: ['1:1']")],
        ),
        (
            "M2C433",
            vec![],
            vec![
                p(POOL),
                p(PEER),
                selecting("x", "x", "communities: ['1:1']"),
                labelled(&shared("x"), "app: x"),
                shared("z"),
            ],
        ),
        ("M2C434", vec![], vec![p(POOL), p(PEER), p(BGP)]),
        ("M2C435", vec![], vec![p(POOL), p(PEER), p(BGP), local(SERVICE)]),
        ("M2C436", vec![], many),
        ("M2C437", vec![], many_with_node),
        ("M2C438", vec![], vec![p(POOL), p(PEER), more(BGP, "peers: [gone]")]),
        (
            "M2C439",
            vec![],
            vec![
                with(POOL, "10.0.0.0/24", "10.0.0.0/24, 'fd00::/120'"),
                p(PEER),
                p(BGP),
                with(
                    SERVICE,
                    "clusterIP: 10.96.0.1",
                    "clusterIPs: [10.96.0.1, 'fd96::1'], ipFamilyPolicy: RequireDualStack",
                ),
                with(slice, "service-name: other", "service-name: web"),
            ],
        ),
        (
            // What one Service gains from Cilium alone, another one lacks.
            "M2C590",
            vec![],
            vec![
                with(POOL, "10.0.0.0/24", "10.0.0.1/32"),
                with(
                    &service("gains"),
                    "annotations: {}",
                    "annotations: {metallb.io/address-pool: gone}",
                )
                .replace("clusterIP:", "loadBalancerIP: 10.0.0.1, clusterIP:"),
                service("lacks"),
            ],
        ),
        (
            "M2C501",
            vec!["--lb-class", "metallb"],
            vec![p(POOL), with(SERVICE, "clusterIP:", "loadBalancerClass: metallb, clusterIP:")],
        ),
        (
            "M2C502",
            vec![],
            vec![
                p(POOL),
                with(SERVICE, "annotations: {}", "annotations: {metallb.io/address-pool: gone}"),
            ],
        ),
        (
            "M2C503",
            vec![],
            vec![
                p(POOL),
                with(POOL_B, "10.1.0.0/24", "'fd00::/120'"),
                with(SERVICE, "clusterIP:", "ipFamilyPolicy: PreferDualStack, clusterIP:"),
            ],
        ),
        ("M2C504", vec![], vec![p(POOL), local(&shared("x")), local(&shared("z"))]),
        (
            "M2C505",
            vec!["--cilium-version", "1.16"],
            vec![p(POOL), shared("x"), with(&shared("z"), "port: 80", "port: 80, protocol: UDP")],
        ),
        (
            "M2C507",
            vec![],
            vec![
                more(POOL, "serviceAllocation: {serviceSelectors: [{matchLabels: {app: x}}]}"),
                labelled(&shared("x"), "app: x"),
                with(
                    &service("z"),
                    "annotations: {}",
                    "annotations: {metallb.io/allow-shared-ip: k}",
                ),
            ],
        ),
        ("M2C506", vec![], vec![p(POOL), p(SERVICE), with(SERVICE, "name: web", "name: two")]),
        (
            "M2C508",
            vec!["--keep-pending"],
            vec![
                p(POOL),
                with(SERVICE, "annotations: {}", "annotations: {metallb.io/address-pool: gone}"),
            ],
        ),
        (
            "M2C509",
            vec!["--emit", "admission-policy", "--kubernetes-version", "1.31"],
            vec![p(POOL)],
        ),
        (
            "M2C510",
            vec!["--emit", "admission-policy", "--kubernetes-version", "1.35"],
            vec![p(POOL)],
        ),
        (
            "M2C512",
            vec!["--emit", "admission-policy", "--kubernetes-version", "1.36"],
            vec![p(POOL), more(POOL_B, "serviceAllocation: {namespaces: [shop]}")],
        ),
        (
            "M2C601",
            vec![],
            vec![
                p(POOL),
                p(L2),
                node(
                    "node-1",
                    "status: {conditions: [{type: NetworkUnavailable, status: 'True'}]}",
                ),
            ],
        ),
        ("M2C602", vec![], vec![p(POOL), p(PEER), p(BGP)]),
        (
            "M2C604",
            vec![],
            vec![
                p(POOL),
                cluster_wide(
                    "CiliumLoadBalancerIPPool",
                    "other",
                    "blocks: [{cidr: 10.0.0.128/25}]",
                ),
            ],
        ),
        (
            "M2C605",
            vec![],
            vec![
                p(PEER),
                cluster_wide(
                    "CiliumBGPClusterConfig",
                    "other",
                    "bgpInstances: [{name: x, localASN: 1}]",
                ),
            ],
        ),
        (
            "M2C606",
            vec![],
            vec![
                p(POOL),
                cluster_wide("CiliumLoadBalancerIPPool", "a", "blocks: [{cidr: 10.0.0.0/25}]"),
            ],
        ),
        ("M2C607", vec![], vec![p(POOL), p(L2), p(EXCLUDE), p(TWO_INTERFACES)]),
    ]
}

#[test]
fn each_code_is_raised_by_what_it_is_about() {
    for (code, args, documents) in cases() {
        let input = documents.join("---\n");
        let output = run(["convert", "--error-format", "json"].iter().chain(&args), &input);
        let found: Vec<Value> =
            output.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let codes: Vec<&str> = found.iter().map(|line| line["code"].as_str().unwrap()).collect();
        assert!(codes.contains(&code), "{code} is not among {codes:?}:\n{input}");
        assert_eq!(output.status == 2, found.iter().any(|line| line["severity"] == "error"));
        assert!(output.status != 2 || output.stdout.is_empty(), "{code}: {}", output.stdout);
    }
}

/// Codes that no input of `convert` raises, and the tests that hold them.
const ELSEWHERE: &[(&str, &str)] = &[
    ("M2C119", "cli::input: standard input is a terminal"),
    ("M2C511", "convert::admission: a policy that no server would parse is refused"),
    (
        "M2C603",
        "convert::tests::existing: a peer config that selects every advertisement is a loss",
    ),
    ("M2C608", "convert::tests::existing: a pool that is the same is used"),
    ("M2C609", "convert::tests::existing: names of others are left to them"),
    ("M2C520", "tests/rewrite.rs: what is left alone is named with its line"),
    ("M2C521", "tests/rewrite.rs: what is left alone is named with its line"),
    ("M2C522", "tests/rewrite.rs: what is left alone is named with its line"),
    ("M2C523", "tests/rewrite.rs: what is left alone is named with its line"),
    ("M2C524", "rewrite::tests: places that cannot be edited exactly are left and named"),
    ("M2C525", "tests/rewrite.rs: what is left alone is named with its line"),
    ("M2C526", "tests/rewrite.rs: links are not followed out of the tree"),
    ("M2C527", "tests/rewrite.rs: a tree that is refused stays as it is"),
    (
        "M2C528",
        "tests/rewrite_resources.rs: what Kustomize makes of a resource is known or refused",
    ),
    ("M2C529", "tests/rewrite_resources.rs: half a replacement is none"),
    ("M2C530", "tests/rewrite_resources.rs: what comes for values is applied with them"),
    ("M2C531", "tests/rewrite_resources.rs: a password that Kustomize moves is named"),
    ("M2C133", "tests/from_cluster: whoever cannot be reached is said to be"),
    ("M2C134", "tests/from_cluster: a missing right is named"),
    ("M2C591", "verify::named: a comparison that was cut short is said to be"),
    ("M2C140", "tests/events.rs"),
    ("M2C141", "tests/events.rs"),
    ("M2C142", "tests/simulate.rs"),
    ("M2C143", "tests/simulate.rs"),
    ("M2C144", "tests/simulate.rs"),
    ("M2C145", "tests/simulate.rs"),
    ("M2C146", "tests/simulate.rs"),
    ("M2C701", "tests/live.rs: without the capability one line says so"),
    ("M2C702", "tests/live.rs: what cannot be done is refused"),
    ("M2C703", "live::error: each refusal of the system has its code"),
    ("M2C704", "live::error: each refusal of the system has its code"),
    ("M2C705", "tests/live.rs: what cannot be done is refused"),
    ("M2C706", "tests/live.rs: what cannot be done is refused"),
    ("M2C707", "tests/live.rs: input that says nothing of the link is refused"),
    ("M2C708", "tests/live_bgp.rs: a peer that this host has a session to is left alone"),
    ("M2C709", "tests/live_bgp.rs: peers that are not there are refused"),
    ("M2C710", "tests/live: a host that is not the node is warned and refused"),
    ("M2C720", "tests/observations.rs: foreign lines are refused with their place"),
    ("M2C721", "tests/observations.rs: foreign lines are refused with their place"),
    ("M2C722", "tests/observations.rs: the engine is that of the observations unless one is named"),
    ("M2C723", "tests/observations.rs: each way to be wrong has its code and its subjects"),
    ("M2C724", "tests/observations.rs: each way to be wrong has its code and its subjects"),
    (
        "M2C725",
        "tests/observations.rs: it is unknown who answers only while a candidate is not known",
    ),
    ("M2C726", "tests/observations.rs: each way to be wrong has its code and its subjects"),
    ("M2C727", "tests/observations.rs: each way to be wrong has its code and its subjects"),
    ("M2C728", "tests/observations.rs: each way to be wrong has its code and its subjects"),
    ("M2C729", "tests/observations.rs: each way to be wrong has its code and its subjects"),
    ("M2C730", "tests/observations.rs: each way to be wrong has its code and its subjects"),
    ("M2C731", "tests/observations.rs: each way to be wrong has its code and its subjects"),
    ("M2C732", "tests/observations.rs: each way to be wrong has its code and its subjects"),
    ("M2C733", "tests/observations.rs: each way to be wrong has its code and its subjects"),
    ("M2C734", "tests/observations.rs: each way to be wrong has its code and its subjects"),
    (
        "M2C740",
        "tests/live_manifest.rs: input that is too large is spread, cut between documents or refused",
    ),
    (
        "M2C741",
        "tests/live_manifest.rs: nodes share the rate and only those with sessions open them",
    ),
    ("M2C742", "tests/live_manifest.rs: a rate that the nodes cannot share is refused"),
    ("M2C592", "tests/verify.rs: an address that is held must be kept"),
    ("M2C593", "tests/verify.rs: interfaces without anchors are caught"),
    ("M2C594", "tests/verify.rs: routes that differ are caught"),
    ("M2C595", "tests/verify.rs: a peer of some nodes only is caught"),
    ("M2C596", "tests/verify.rs: sessions that differ are caught"),
    ("M2C597", "tests/verify: routes for cluster addresses are caught"),
    ("M2C598", "tests/diff.rs: pipelines see each object that changes at its line"),
];

#[test]
fn every_code_is_in_the_table_or_tested_where_it_is_raised() {
    let mut tested: BTreeSet<&str> = cases().iter().map(|(code, ..)| *code).collect();
    tested.extend(manifest::codes::ALL.iter().map(|code| code.id));
    tested.extend(cilium::codes::ALL.iter().map(|code| code.id));
    // tests/plan/codes.rs
    // tests/check.rs
    tested.extend(check::codes::ALL.iter().map(|code| code.id));
    tested.extend(plan::codes::ALL.iter().map(|code| code.id));
    tested.extend(ELSEWHERE.iter().map(|(code, _)| *code));
    let all: BTreeSet<&str> = all_codes().iter().map(|code| code.id).collect();
    assert_eq!(all.difference(&tested).collect::<Vec<_>>(), [&""; 0], "codes without a test");
    assert_eq!(tested.difference(&all).collect::<Vec<_>>(), [&""; 0], "tests without a code");
}

#[test]
fn codes_are_unique_and_explained() {
    let codes = all_codes();
    let ids: BTreeSet<&str> = codes.iter().map(|code| code.id).collect();
    assert_eq!(ids.len(), codes.len());
    for code in codes {
        assert!(code.explain.len() > 60 && code.explain.trim_end().ends_with('.'), "{}", code.id);
        assert!(!code.title.is_empty() && code.title.len() < 70, "{}", code.id);
        let output = run(["explain", code.id], "");
        assert_eq!(output.status, 0);
        assert!(output.stdout.contains(code.title), "{}", output.stdout);
    }
}
