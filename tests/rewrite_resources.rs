//! Where `rewrite` puts Cilium's resources: what Kustomize, Flux and Helm make of
//! MetalLB's is known, or the tree stays as it is. Through the built binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::reader::{Output, documents, files, run_in};
use tempfile::TempDir;

const POOL: &str = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: lan, \
                    namespace: m}\nspec: {addresses: [10.0.0.0/24]}\n";
const L2: &str = "apiVersion: metallb.io/v1beta1\nkind: L2Advertisement\nmetadata: {name: l2, \
                  namespace: m}\n";
const BASE: (&str, &str) = ("tree/base/kustomization.yaml", "resources: [pool.yaml]\n");

fn rewrite(dir: &TempDir, args: &[&str]) -> Output {
    run_in(dir.path(), ["rewrite", "tree"].iter().chain(args), "")
}

fn text(dir: &TempDir, path: &str) -> String {
    fs::read_to_string(dir.path().join("tree").join(path)).unwrap()
}

/// Each code with the places of its first label.
fn found(output: &Output) -> Vec<(String, String)> {
    let lines = output.stderr.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|one| {
            let label = &one["labels"][0];
            let place = format!("{}:{}", label["file"].as_str().unwrap_or(""), label["line"]);
            (one["code"].as_str().unwrap().to_owned(), place)
        })
        .collect()
}

fn places(output: &Output, code: &str) -> Vec<String> {
    let of_code = found(output).into_iter().filter(|(one, _)| one == code);
    of_code.map(|(_, place)| place).collect()
}

fn cidrs(text: &str) -> Vec<Value> {
    documents(text).into_iter().map(|one| one["spec"]["blocks"][0]["cidr"].clone()).collect()
}

#[test]
fn patches_are_done_and_taken_out() {
    let patch = POOL.replace("10.0.0.0", "10.9.0.0");
    let operations = "- {op: replace, path: /spec/addresses/0, value: 10.9.0.0/24}\n";
    let inline = |text: &str| text.replace('\n', "\n    ").trim_end().to_owned();
    let literal = format!("patches:\n- patch: |\n    {}\n", inline(&patch));
    let merged = format!("patchesStrategicMerge:\n  - |-\n    {}\n", inline(&patch));
    for (kustomization, after) in [
        (
            "patches:\n# p\n- path: patch.yaml # x\n- path: other.yaml\n",
            "patches:\n# p\n- path: other.yaml\n",
        ),
        (
            "patches:\n- target:\n    kind: IPAddressPool\n    name: la.*\n  path: ops.yaml\nnamespace: m\n",
            "patches: []\nnamespace: m\n",
        ),
        ("patches: [{path: other.yaml}, {path: patch.yaml}]\n", "patches: [{path: other.yaml}]\n"),
        (
            "patchesStrategicMerge:\n- other.yaml\n- patch.yaml\n",
            "patchesStrategicMerge:\n- other.yaml\n",
        ),
        (
            "patchesJson6902:\n- target: {group: metallb.io, version: v1beta1, kind: IPAddressPool, name: lan}\n  path: ops.yaml\n",
            "patchesJson6902: []\n",
        ),
        (&literal, "patches: []\n"),
        (&merged, "patchesStrategicMerge: []\n"),
    ] {
        let head = "resources: [../base]\n";
        let whole = format!("{head}{kustomization}");
        let other = "apiVersion: v1\nkind: Service\nmetadata: {name: other}\n";
        let mut all = vec![
            ("tree/base/pool.yaml", POOL),
            BASE,
            ("tree/over/kustomization.yaml", &whole),
            ("tree/over/other.yaml", other),
        ];
        for (name, body) in [("patch.yaml", patch.as_str()), ("ops.yaml", operations)] {
            if kustomization.contains(name) {
                all.push((
                    if name == "ops.yaml" { "tree/over/ops.yaml" } else { "tree/over/patch.yaml" },
                    body,
                ));
            }
        }
        let dir = files(&all);
        let output = rewrite(&dir, &["--write"]);
        assert_eq!(output.status, 0, "{kustomization}{}", output.stderr);
        assert_eq!(text(&dir, "over/kustomization.yaml"), format!("{head}{after}"));
        assert_eq!(cidrs(&text(&dir, "base/pool.yaml")), ["10.9.0.0/24"], "{kustomization}");
        let left = fs::read_dir(dir.path().join("tree/over")).unwrap().count();
        assert_eq!(left, 2, "{kustomization}");
        assert_eq!(rewrite(&dir, &[]).stdout, "", "{kustomization}");
    }
}

#[test]
fn kustomize_builds_what_convert_makes_of_what_it_built() {
    if Command::new("kubectl").args(["kustomize", "--help"]).output().is_err() {
        support::skipped("kubectl is not at hand");
        return;
    }
    let two =
        format!("{POOL}---\n{}---\n{}", POOL.replace("lan", "wan"), POOL.replace("lan", "dead"));
    let two = two.replacen(
        "wan, namespace: m}\nspec: {addresses: [10.0.0",
        "wan, namespace: m}\nspec: {addresses: [10.0.1",
        1,
    );
    let dir = files(&[
        (
            "tree/base/pool.yaml",
            &two.replacen(
                "dead, namespace: m}\nspec: {addresses: [10.0.0",
                "dead, namespace: m}\nspec: {addresses: [10.0.2",
                1,
            ),
        ),
        BASE,
        (
            "tree/component/kustomization.yaml",
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- target: {kind: IPAddressPool, name: wan}\n  patch: |-\n    - {op: add, path: /spec/autoAssign, value: false}\n    - {op: add, path: /spec/addresses/-, value: 10.5.0.0/24}\n",
        ),
        ("tree/over/l2.yaml", L2),
        (
            "tree/over/kustomization.yaml",
            "resources: [../base, l2.yaml]\ncomponents: [../component]\nnamespace: x\npatches:\n- patch: |\n    $patch: delete\n    apiVersion: metallb.io/v1beta1\n    kind: IPAddressPool\n    metadata: {name: dead, namespace: m}\n- target: {kind: IPAddressPool}\n  patch: |\n    apiVersion: metallb.io/v1beta1\n    kind: IPAddressPool\n    metadata: {name: any}\n    spec: {avoidBuggyIPs: true}\n",
        ),
    ]);
    let built = || {
        let output = Command::new("kubectl")
            .args(["kustomize", "tree/over"])
            .current_dir(dir.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let fix = |text: &str| {
        let mut all = documents(text);
        // Kustomize does not know that Cilium's kinds have no namespace.
        all.iter_mut().for_each(|one| {
            one["metadata"].as_object_mut().unwrap().remove("namespace");
        });
        all.sort_by_key(|one| format!("{}{}", one["kind"], one["metadata"]["name"]));
        all
    };
    fs::write(dir.path().join("built.yaml"), built()).unwrap();
    let converted = run_in(dir.path(), ["convert", "-q", "-f", "built.yaml"], "");
    assert_eq!(converted.status, 0, "{}", converted.stderr);
    let output = rewrite(&dir, &["--write"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(fix(&built()), fix(&converted.stdout));
}

#[test]
fn what_kustomize_makes_of_a_resource_is_known_or_refused() {
    let set = "patch: \"[{op: add, path: /spec/autoAssign, value: false}]\"";
    let cases = [
        ("namePrefix: x-\n".to_owned(), 2),
        (format!("patches:\n- target: {{kind: IPAddressPool, labelSelector: a=b}}\n  {set}\n"), 3),
        (format!("patches:\n- target: {{name: lan}}\n  {set}\n"), 3),
        (format!("patches:\n- {set}\n  target: {{kind: IPAddressPool|Service}}\n"), 3),
        ("patches:\n- target: {kind: IPAddressPool}\n  path: gone.yaml\n".to_owned(), 3),
        (
            "patches:\n- target: {kind: IPAddressPool}\n  patch: '[{op: test, path: /a}]'\n"
                .to_owned(),
            3,
        ),
        ("replacements:\n- targets: [{select: {kind: IPAddressPool}}]\n".to_owned(), 3),
    ];
    for (kustomization, line) in &cases {
        let kustomization = format!("resources: [../base]\n{kustomization}");
        let dir = files(&[
            ("tree/base/pool.yaml", POOL),
            BASE,
            ("tree/over/kustomization.yaml", &kustomization),
        ]);
        let output = rewrite(&dir, &["--write", "--error-format", "json"]);
        assert_eq!(output.status, 2, "{kustomization}{}", output.stderr);
        let place = format!("tree/over/kustomization.yaml:{line}");
        assert_eq!(places(&output, "M2C528"), [place], "{kustomization}");
        assert_eq!(text(&dir, "base/pool.yaml"), POOL);
        assert_eq!(rewrite(&dir, &["--keep-resources"]).status, 0);
    }
    // One base, patched in one of two overlays: two pools, and one file for both.
    let over =
        format!("resources: [../base]\npatches:\n- target: {{kind: IPAddressPool}}\n  {set}\n");
    let dir = files(&[
        ("tree/base/pool.yaml", POOL),
        BASE,
        ("tree/a/kustomization.yaml", &over),
        ("tree/b/kustomization.yaml", "resources: [../base]\n"),
    ]);
    let output = rewrite(&dir, &["--error-format", "json"]);
    assert_eq!((output.status, places(&output, "M2C528").len()), (2, 1), "{}", output.stderr);
    // Annotations say nothing to MetalLB.
    let annotates = "resources: [../base]\npatches:\n- target: {name: .*}\n  patch: '[{op: add, path: /metadata/annotations, value: {}}]'\n";
    let dir =
        files(&[("tree/base/pool.yaml", POOL), BASE, ("tree/a/kustomization.yaml", annotates)]);
    assert_eq!(rewrite(&dir, &["--write"]).status, 0);
    assert_eq!(text(&dir, "a/kustomization.yaml"), annotates);
}

#[test]
fn patches_of_resources_elsewhere_are_named() {
    let dir = files(&[
        ("tree/pool.yaml", POOL),
        (
            "tree/over/patch.yaml",
            "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: a}\nspec: {autoAssign: false}\n",
        ),
        (
            "tree/over/kustomization.yaml",
            "resources: [https://example.com/base]\npatches:\n- path: patch.yaml\n- target: {kind: IPAddressPool}\n  patch: '[]'\n",
        ),
    ]);
    let output = rewrite(&dir, &["--error-format", "json"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let mut places = places(&output, "M2C525");
    places.sort();
    assert_eq!(places, ["tree/over/kustomization.yaml:4", "tree/over/patch.yaml:1"]);
    assert!(!output.stdout.contains("over/patch.yaml"));
}

#[test]
fn flux_builds_on_top() {
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: m}\nspec:\n  path: ./tree/m\n  prune: true\n  patches:\n    - target: {kind: IPAddressPool}\n      patch: |\n        - {op: replace, path: /spec/addresses, value: [10.9.0.0/24]}\n";
    let dir = files(&[("tree/m/pool.yaml", POOL), ("tree/flux.yaml", flux)]);
    let output = rewrite(&dir, &["--write"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(cidrs(&text(&dir, "m/pool.yaml")), ["10.9.0.0/24"]);
    let head = flux.split_once("  patches:").unwrap().0;
    assert_eq!(text(&dir, "flux.yaml"), format!("{head}  patches: []\n"));
}

#[test]
fn namespaces_are_those_that_kustomize_and_flux_set() {
    let service = |name: &str, namespace: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\n{namespace}  annotations:\n    metallb.io/allow-shared-ip: key\n"
        )
    };
    let (one, two) = (service("one", ""), service("two", "  namespace: other\n"));
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: f}\nspec: {path: ./tree/app, targetNamespace: net}\n";
    let sets = "namespace: net\nresources: [one.yaml, two.yaml]\n";
    let app: [(&str, &str); 2] = [("tree/app/one.yaml", &one), ("tree/app/two.yaml", &two)];
    for (more, is_shared_across) in [
        (vec![], true),
        (vec![("tree/app/kustomization.yaml", sets)], false),
        (vec![("tree/flux.yaml", flux)], false),
        (
            vec![
                ("tree/app/kustomization.yaml", "resources: [one.yaml, two.yaml]\n"),
                ("tree/a/kustomization.yaml", "namespace: a\nresources: [../app]\n"),
                ("tree/b/kustomization.yaml", "namespace: b\nresources: [../app]\n"),
            ],
            true,
        ),
    ] {
        let dir = files(&[&app[..], &more].concat());
        let output = rewrite(&dir, &[]);
        assert_eq!(output.status, 0, "{}", output.stderr);
        let across = output.stdout.contains("sharing-cross-namespace");
        assert_eq!(across, is_shared_across, "{more:?}\n{}", output.stdout);
    }
}

const VALUES: &str = "# head\nspeaker: {}\nconfigInline:\n  address-pools:\n  # rack\n  - {name: v, protocol: layer2, addresses: [10.3.0.0/24]}\ncontroller: {}\n";
const REST: &str = "# head\nspeaker: {}\ncontroller: {}\n";

#[test]
fn what_comes_for_values_is_applied_with_them() {
    // Nobody is known who applies it.
    let dir = files(&[("tree/values.yaml", VALUES)]);
    let output = rewrite(&dir, &["--write", "--error-format", "json"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(places(&output, "M2C530"), ["tree/values.yaml:3"]);
    assert_eq!(text(&dir, "values.yaml"), REST);
    let new = text(&dir, "values-cilium.yaml");
    assert!(new.starts_with("---\n# rack\n# From IPAddressPool v.\n"), "{new}");
    assert_eq!(documents(&new).len(), 2);
    assert_eq!(rewrite(&dir, &[]).stdout, "");
    // A kustomization that lists it.
    for (before, after) in [
        ("resources:\n  - a.yaml\n", "resources:\n  - a.yaml\n  - values-cilium.yaml\n"),
        ("resources: [a.yaml]\n", "resources: [a.yaml, values-cilium.yaml]\n"),
        ("resources: [\n  a.yaml,\n]\n", "resources: [\n  a.yaml,\n values-cilium.yaml]\n"),
        ("resources: []", "resources: [values-cilium.yaml]"),
        ("namespace: x", "namespace: x\nresources: [values-cilium.yaml]"),
        ("resources:\r\n- a.yaml", "resources:\r\n- a.yaml\r\n- values-cilium.yaml"),
    ] {
        let dir = files(&[("tree/values.yaml", VALUES), ("tree/kustomization.yaml", before)]);
        let output = rewrite(&dir, &["--write", "--error-format", "json"]);
        assert_eq!(output.status, 0, "{}", output.stderr);
        assert!(places(&output, "M2C530").is_empty());
        assert_eq!(text(&dir, "kustomization.yaml"), after);
        assert_eq!(rewrite(&dir, &[]).stdout, "");
    }
    // A chart of its own; a file of the new one's name stays.
    let dir = files(&[
        ("tree/Chart.yaml", "name: metallb\n"),
        ("tree/values.yaml", VALUES),
        ("tree/templates/values-cilium.yaml", "# mine\n"),
    ]);
    assert_eq!(rewrite(&dir, &["--write"]).status, 0);
    assert_eq!(text(&dir, "templates/values-cilium.yaml"), "# mine\n");
    assert_eq!(documents(&text(&dir, "templates/values-cilium-2.yaml")).len(), 2);
}

#[test]
fn what_comes_for_the_values_of_an_object_stands_behind_it() {
    let inline = "configInline:\n      address-pools: [{name: v, protocol: layer2, addresses: [10.3.0.0/24]}]\n";
    let release = format!(
        "kind: HelmRelease\napiVersion: helm.toolkit.fluxcd.io/v2\nmetadata: {{name: m}}\nspec:\n  values:\n    {inline}"
    );
    let secret = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n";
    for (before, head) in [
        (
            format!("{release}{secret}"),
            "kind: HelmRelease\napiVersion: helm.toolkit.fluxcd.io/v2\nmetadata: {name: m}\nspec:\n  values: {}\n---\n# From",
        ),
        (
            release.trim_end().to_owned(),
            "kind: HelmRelease\napiVersion: helm.toolkit.fluxcd.io/v2\nmetadata: {name: m}\nspec:\n  values: {}\n---\n# From",
        ),
        (
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: v}}\ndata:\n  values.yaml: |\n    a: 1\n    {inline}"
            ),
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: v}\ndata:\n  values.yaml: |\n    a: 1\n---\n# From",
        ),
    ] {
        for before in [before.clone(), before.replace('\n', "\r\n")] {
            let dir = files(&[("tree/release.yaml", &before)]);
            let output = rewrite(&dir, &["--write"]);
            assert_eq!(output.status, 0, "{before}{}", output.stderr);
            let after = text(&dir, "release.yaml");
            assert!(after.replace("\r\n", "\n").starts_with(head), "{after}");
            assert_eq!(after.contains('\r'), before.contains('\r'));
            assert!(
                !after.contains('\r')
                    || after.matches('\n').count() == after.matches("\r\n").count(),
                "{after:?}"
            );
            assert!(!before.ends_with("{name: n}\n") || after.ends_with(secret), "{after}");
            assert!(after.contains("kind: CiliumL2AnnouncementPolicy"));
            assert_eq!(rewrite(&dir, &[]).stdout, "");
        }
    }
    // A text that is not edited, and a JSON file that takes no second document.
    let quoted = "kind: Application\napiVersion: argoproj.io/v1alpha1\nspec:\n  values: \"configInline: {address-pools: [{name: v, protocol: layer2, addresses: [10.3.0.0/24]}]}\"\n";
    let dir = files(&[("tree/app.yaml", quoted)]);
    let output = rewrite(&dir, &["--error-format", "json"]);
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{}", output.stderr);
    assert_eq!(places(&output, "M2C525"), ["tree/app.yaml:4"]);
    let as_json = json!({"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "m"},
        "spec": {"values": {"configInline": {"address-pools": [{"name": "v", "protocol": "layer2", "addresses": ["10.3.0.0/24"]}]}}}});
    let dir = files(&[("tree/release.json", &format!("{as_json:#}\n"))]);
    assert_eq!(rewrite(&dir, &["--write"]).status, 0);
    assert_eq!(documents(&text(&dir, "release.json"))[0]["spec"]["values"], json!({}));
    assert_eq!(documents(&text(&dir, "release-cilium.yaml")).len(), 2);
}

#[test]
fn a_config_map_that_the_chart_reads_is_named() {
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: pools, namespace: m}\ndata:\n  config: |\n    address-pools: [{name: v, protocol: layer2, addresses: [10.3.0.0/24]}]\n";
    let dir = files(&[
        ("tree/map.yaml", map),
        ("tree/values.yaml", "speaker: {}\nexistingConfigMap: pools\n"),
    ]);
    let output = rewrite(&dir, &["--error-format", "json", "-v"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(places(&output, "M2C525"), ["tree/values.yaml:2"]);
    // A configuration of which another tool makes the ConfigMap.
    let bare = "address-pools:\n- {name: v, protocol: layer2, addresses: [10.3.0.0/24]}\n";
    let dir = files(&[("tree/config.yaml", bare)]);
    let output = rewrite(&dir, &["--error-format", "json"]);
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{}", output.stderr);
    assert_eq!(places(&output, "M2C525"), ["tree/config.yaml:1"]);
}

#[test]
fn items_of_a_list_are_replaced_and_the_others_stay() {
    let service =
        "{\"apiVersion\": \"v1\",  \"kind\": \"Namespace\", \"metadata\": {\"name\": \"n\"}}";
    let pool = "{\"apiVersion\": \"metallb.io/v1beta1\", \"kind\": \"IPAddressPool\", \"metadata\": {\"name\": \"a\"}, \"spec\": {\"addresses\": [\"10.0.0.0/24\"]}}";
    let bfd = "{\"apiVersion\": \"metallb.io/v1beta1\", \"kind\": \"BFDProfile\", \"metadata\": {\"name\": \"a\"}}";
    for items in
        [[service, pool, bfd], [bfd, service, pool], [pool, bfd, service], [bfd, pool, service]]
    {
        for (name, text_of) in [
            (
                "list.json",
                format!(
                    "{{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{}]}}\n",
                    items.join(" , ")
                ),
            ),
            (
                "list.yaml",
                format!("kind: List\napiVersion: v1\nitems:\n- {}\n", items.join(" # x\n- ")),
            ),
        ] {
            let dir = files(&[(&format!("tree/{name}"), &text_of)]);
            let output = rewrite(&dir, &["--write"]);
            assert_eq!(output.status, 0, "{text_of}{}", output.stderr);
            let after = text(&dir, name);
            assert!(after.contains(service), "{after}");
            let list = documents(&after)[0]["items"].clone();
            let mut kinds: Vec<&str> =
                list.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
            kinds.sort_unstable();
            assert_eq!(kinds, ["CiliumLoadBalancerIPPool", "Namespace"], "{after}");
            assert_eq!(rewrite(&dir, &[]).stdout, "");
        }
    }
}

#[test]
fn half_a_replacement_is_none() {
    let key = "? configInline\n: {address-pools: [{name: v, protocol: layer2, addresses: [10.3.0.0/24]}]}\n";
    let dir = files(&[("tree/values.yaml", key), ("tree/pool.yaml", POOL)]);
    let output = rewrite(&dir, &["--write", "--error-format", "json"]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{}", output.stderr);
    assert_eq!(places(&output, "M2C529"), ["tree/values.yaml:2"]);
    assert_eq!(
        (text(&dir, "values.yaml"), text(&dir, "pool.yaml")),
        (key.to_owned(), POOL.to_owned())
    );
    assert_eq!(rewrite(&dir, &["--keep-resources"]).status, 0);
}

#[test]
fn a_password_that_kustomize_moves_is_named() {
    let peer = "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\nmetadata: {name: tor, namespace: m}\nspec: {myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1, password: hunter2}\n";
    let bgp = L2.replace("L2Adv", "BGPAdv");
    for (namespace, expected) in [("metallb-system", 1), ("kube-system", 0)] {
        let list = format!("namespace: {namespace}\nresources: [peer.yaml, pool.yaml, bgp.yaml]\n");
        let dir = files(&[
            ("tree/peer.yaml", peer),
            ("tree/pool.yaml", POOL),
            ("tree/bgp.yaml", &bgp),
            ("tree/kustomization.yaml", &list),
        ]);
        let output = rewrite(&dir, &["--error-format", "json"]);
        assert_eq!(output.status, 0, "{}", output.stderr);
        assert_eq!(places(&output, "M2C531").len(), expected, "{}", output.stderr);
        assert!(!output.stdout.contains("hunter2") && !output.stderr.contains("hunter2"));
    }
}

#[test]
fn all_is_written_or_nothing() {
    let dir = files(&[
        ("tree/a/pool.yaml", POOL),
        ("tree/b/l2.yaml", L2),
        ("tree/b/values.yaml", VALUES),
    ]);
    let read_only = dir.path().join("tree/a/pool.yaml");
    fs::set_permissions(&read_only, fs::Permissions::from_mode(0o444)).unwrap();
    // A directory in the way of a file that is written beside.
    let is_root =
        fs::metadata(dir.path()).map(|one| std::os::unix::fs::MetadataExt::uid(&one)).unwrap() == 0;
    let mode =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    if !is_root {
        mode(&dir.path().join("tree/b"), 0o555);
        assert_ne!(rewrite(&dir, &["--write"]).status, 0);
        mode(&dir.path().join("tree/b"), 0o755);
        assert_eq!(text(&dir, "a/pool.yaml"), POOL);
        assert_eq!(fs::read_dir(dir.path().join("tree/a")).unwrap().count(), 1);
    }
    assert_eq!(rewrite(&dir, &["--write"]).status, 0);
    assert_eq!(fs::metadata(&read_only).unwrap().permissions().mode() & 0o777, 0o444);
    assert!(text(&dir, "a/pool.yaml").contains("CiliumLoadBalancerIPPool"));
    let names: Vec<_> = fs::read_dir(dir.path().join("tree/b"))
        .unwrap()
        .map(|one| one.unwrap().file_name())
        .collect();
    assert!(names.iter().all(|name| !name.to_str().unwrap().starts_with('.')), "{names:?}");
}

/// A resource whose anchor another item refers to cannot go.
#[test]
fn a_file_that_could_not_be_read_afterwards_stays() {
    let list = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: metallb.io/v1beta1\n  kind: \
                IPAddressPool\n  metadata: {name: p, namespace: metallb-system}\n  spec: \
                {addresses: [&a 10.0.0.0/24]}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: \
                {name: c}\n  data: {range: *a}\n";
    let dir = files(&[("tree/list.yaml", list)]);
    let output = rewrite(&dir, &["--write"]);
    assert_eq!((output.status, text(&dir, "list.yaml").as_str()), (0, list));
    assert!(output.stderr.contains("M2C524"), "{}", output.stderr);
    assert!(output.stderr.contains("could not be read afterwards"), "{}", output.stderr);
}
