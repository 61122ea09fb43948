//! `rewrite` on a tree as people keep them: through the built binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use similar::{ChangeTag, TextDiff};
use support::reader::{Output, documents, files, run_in};
use tempfile::TempDir;

const TREE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/rewrite");

/// A copy of the tree, under the name `tree`.
fn copied() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, bytes) in bytes_of(Path::new(TREE)) {
        let target = dir.path().join("tree").join(path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, bytes).unwrap();
    }
    dir
}

/// Every file below a directory with its bytes.
fn bytes_of(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_owned();
                all.insert(name, fs::read(path).unwrap());
            }
        }
    }
    all
}

fn rewrite(dir: &TempDir, args: &[&str]) -> Output {
    run_in(dir.path(), ["rewrite", "tree"].iter().chain(args), "")
}

fn written(args: &[&str]) -> (TempDir, Output) {
    let dir = copied();
    let output = rewrite(&dir, &[args, &["--write"]].concat());
    assert_eq!(output.status, 0, "{}", output.stderr);
    (dir, output)
}

fn text(dir: &TempDir, path: &str) -> String {
    fs::read_to_string(dir.path().join("tree").join(path)).unwrap()
}

/// The diagnostics, one JSON object a line.
fn found(output: &Output) -> Vec<Value> {
    output.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const VARIANTS: [&[&str]; 4] =
    [&[], &["--remove-metallb"], &["--labels-in-values"], &["--keep-resources"]];

#[test]
fn the_tree_changes_as_it_did_when_the_changes_were_read_line_by_line() {
    assert!(bytes_of(Path::new(TREE)).len() >= 50);
    for (name, args) in [("plain", &[][..]), ("remove", &["--remove-metallb"])] {
        let output = rewrite(&copied(), args);
        assert_eq!(output.status, 0, "{}", output.stderr);
        insta::assert_snapshot!(name, output.stdout);
    }
}

/// Files in which a line has to change, since more than one thing stands on it.
const ON_ONE_LINE: [&str; 7] = [
    "apps/odd/applicationset.yaml",
    "apps/web/flow.yaml",
    "apps/web/bom.yaml",
    "apps/web/service.json",
    "apps/web/no-newline.yaml",
    "apps/ingress/values-configmap.yaml",
    "apps/ingress/labelled-values.yaml",
];

/// Files that have nothing to be changed, though most speak of MetalLB.
const UNTOUCHED: [&str; 17] = [
    "README.md",
    "apps/odd/latin1.yaml",
    "apps/odd/question.yaml",
    "apps/odd/sealed.yaml",
    "infra/chart/Chart.yaml",
    "infra/metallb/pool.sops.yaml",
    "infra/values/namespace.yaml",
    "apps/policy/kyverno.yaml",
    "apps/secret.sops.yaml",
    "apps/web/done.yaml",
    "apps/web/other.yaml",
    "apps/web/unrelated.yaml",
    "charts/web/templates/service.yaml",
    "docs/NOTES.md",
    "scripts/install.sh",
    "terraform/main.tf",
    "apps/argo/.hidden.yaml",
];

#[test]
fn lines_that_are_not_meant_stay_byte_for_byte() {
    let before = bytes_of(Path::new(TREE));
    let (dir, _) = written(&[]);
    let after = bytes_of(&dir.path().join("tree"));
    let mut changed = 0;
    for (path, old) in &before {
        let name = path.to_str().unwrap();
        if name == "apps/odd/latin1.yaml" {
            assert_eq!(after.get(path), Some(old));
            continue;
        }
        let Some(new) = after.get(path) else {
            assert!(["infra/metallb/bfd.yaml", "infra/metallb/communities.yaml"].contains(&name));
            continue;
        };
        assert!(!UNTOUCHED.contains(&name) || old == new, "{name}");
        changed += usize::from(old != new);
        let of_metallb = name.starts_with("infra/");
        if of_metallb || ON_ONE_LINE.contains(&name) {
            continue;
        }
        // Nothing but whole lines came in.
        let (old, new) =
            (String::from_utf8(old.clone()).unwrap(), String::from_utf8(new.clone()).unwrap());
        let diff = TextDiff::from_lines(&old, &new);
        let kept: String = diff
            .iter_all_changes()
            .filter(|change| change.tag() != ChangeTag::Insert)
            .map(|change| change.value().to_owned())
            .collect();
        assert_eq!(kept, old, "{name}");
        for change in diff.iter_all_changes() {
            assert_ne!(change.tag(), ChangeTag::Delete, "{name}: {change}");
            let of_cilium =
                ["cilium.io", "labels:", "metallb2cilium.io/pool", "op: add", "value: "];
            assert!(
                change.tag() == ChangeTag::Equal
                    || of_cilium.iter().any(|part| change.value().contains(part)),
                "{name}: {change}"
            );
        }
    }
    assert!(changed > 25, "{changed} files changed");
    // No new file but those for values, and none left over from writing.
    let new: Vec<&PathBuf> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    assert_eq!(
        new,
        [
            Path::new("infra/chart/templates/values-cilium.yaml"),
            Path::new("infra/values/values-cilium.yaml")
        ]
    );
}

#[test]
fn line_breaks_and_byte_order_marks_stay() {
    for args in VARIANTS {
        let (dir, _) = written(args);
        let crlf = text(&dir, "apps/web/crlf.yaml");
        assert_eq!(crlf.matches('\n').count(), crlf.matches("\r\n").count(), "{crlf:?}");
        assert!(crlf.contains("lbipam.cilium.io/ips: 192.168.1.21\r\n"));
        assert!(text(&dir, "apps/web/bom.yaml").starts_with('\u{feff}'));
        assert!(!text(&dir, "apps/web/no-newline.yaml").ends_with('\n'));
    }
}

#[test]
fn a_second_run_changes_nothing() {
    for args in VARIANTS {
        let (dir, _) = written(args);
        let once = bytes_of(&dir.path().join("tree"));
        let again = rewrite(&dir, args);
        assert_eq!((again.status, again.stdout.as_str()), (0, ""), "{args:?}: {}", again.stderr);
        assert_eq!(rewrite(&dir, &[args, &["--write"]].concat()).status, 0);
        assert!(bytes_of(&dir.path().join("tree")) == once, "{args:?}");
    }
    // What was set before can be cleaned up later, and then rests as well.
    let (dir, _) = written(&[]);
    assert_ne!(rewrite(&dir, &["--remove-metallb", "--write"]).status, 2);
    assert_eq!(rewrite(&dir, &["--remove-metallb"]).stdout, "");
    assert_eq!(rewrite(&dir, &[]).stdout, "");
}

#[test]
fn the_diff_is_one_that_git_applies() {
    let dir = copied();
    let output = rewrite(&dir, &["-q"]);
    fs::write(dir.path().join("changes.diff"), &output.stdout).unwrap();
    let applied = Command::new("git")
        .args(["apply", "--whitespace=nowarn", "changes.diff"])
        .current_dir(dir.path())
        .output();
    let Ok(applied) = applied else {
        support::skipped("git is not at hand");
        return;
    };
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    let (other, _) = written(&[]);
    assert!(bytes_of(&dir.path().join("tree")) == bytes_of(&other.path().join("tree")));
}

#[test]
fn resources_become_those_that_convert_writes() {
    let (dir, _) = written(&[]);
    let converted = run_in(
        TREE,
        [
            "convert",
            "-q",
            "-f",
            "infra/metallb/pools.yaml",
            "-f",
            "infra/metallb/advertisements.yaml",
            "-f",
            "infra/metallb/bfd.yaml",
            "-f",
            "infra/metallb/communities.yaml",
            "-f",
            "infra/metallb/legacy.yaml",
            "-f",
            "infra/metallb/list.yaml",
            "-f",
            "infra/metallb/pool.json",
            "-f",
            "infra/metallb/release.yaml",
            "-f",
            "infra/mixed/list.yaml",
            "-f",
            "infra/mixed/list.json",
            "-f",
            "infra/argo/metallb.yaml",
            "-f",
            "infra/chart/values.yaml",
            "-f",
            "infra/values/values.yaml",
        ],
        "",
    );
    assert_eq!(converted.status, 0, "{}", converted.stderr);
    let mut expected = documents(&converted.stdout);
    let mut found = Vec::new();
    for (path, bytes) in bytes_of(&dir.path().join("tree/infra")) {
        if path.ends_with("pool.sops.yaml") {
            continue;
        }
        let text = String::from_utf8(bytes).unwrap();
        for document in documents(&text) {
            match document["items"].as_array() {
                Some(items) => found.extend(items.iter().cloned()),
                None => found.push(document),
            }
        }
        assert!(!text.contains("metallb.io/v1beta"), "{}", path.display());
    }
    found.retain(|one| one["apiVersion"].is_string());
    found.retain(|one| one["apiVersion"].as_str().unwrap().starts_with("cilium.io/"));
    let sort = |list: &mut Vec<Value>| {
        list.sort_by_key(|one| format!("{}{}", one["kind"], one["metadata"]["name"]))
    };
    sort(&mut expected);
    sort(&mut found);
    assert_eq!(found, expected);
    // The kustomization lists what is there.
    let list = &documents(&text(&dir, "infra/metallb/kustomization.yaml"))[0]["resources"];
    for file in list.as_array().unwrap() {
        assert!(dir.path().join("tree/infra/metallb").join(file.as_str().unwrap()).is_file());
    }
    // What was said in comments is still said.
    let pools = text(&dir, "infra/metallb/pools.yaml");
    assert!(
        pools.contains("# .10 to .19 are for the DHCP server") && pools.contains("# two resolvers")
    );
}

#[test]
fn what_is_left_alone_is_named_with_its_line() {
    let output = rewrite(&copied(), &["--error-format", "json"]);
    let found = found(&output);
    let named = |code: &str, file: &str| -> Vec<u64> {
        let of_code = found.iter().filter(|one| one["code"] == code);
        let labels = of_code.flat_map(|one| one["labels"].as_array().unwrap());
        let of_file = labels.filter(|label| label["file"] == format!("tree/{file}"));
        of_file.map(|label| label["line"].as_u64().unwrap()).collect()
    };
    for (code, file, lines) in [
        ("M2C523", "scripts/install.sh", &[2, 4][..]),
        ("M2C523", "terraform/main.tf", &[4]),
        ("M2C523", "docs/NOTES.md", &[2]),
        ("M2C523", "charts/web/templates/service.yaml", &[6]),
        ("M2C523", "apps/policy/kyverno.yaml", &[7]),
        ("M2C523", "apps/secret.sops.yaml", &[6]),
        ("M2C523", "apps/argo/application.yaml", &[10]),
        ("M2C523", "apps/ingress/values-configmap.yaml", &[10]),
        ("M2C520", "apps/ingress/values.yaml", &[5]),
        ("M2C520", "apps/overlay/operations.yaml", &[5]),
        ("M2C521", "apps/web/wrong.yaml", &[7, 14, 21]),
        ("M2C522", "apps/web/other.yaml", &[8]),
        ("M2C523", "apps/odd/scalars.yaml", &[6]),
        ("M2C524", "apps/odd/question.yaml", &[2]),
        ("M2C525", "infra/metallb/pool.sops.yaml", &[1]),
    ] {
        assert_eq!(named(code, file), lines, "{code} {file}");
    }
}

#[test]
fn labels_are_set_in_values_where_charts_are_trusted_to_take_them() {
    let (dir, _) = written(&["--labels-in-values", "--remove-metallb"]);
    let values = &documents(&text(&dir, "apps/ingress/values.yaml"))[0]["controller"]["service"];
    assert_eq!(values["labels"]["metallb2cilium.io/pool"], "lan");
    assert_eq!(values["annotations"], serde_json::json!({"lbipam.cilium.io/ips": "192.168.1.40"}));
    // Where nobody knows, the annotation stays for those who find it.
    let (dir, _) = written(&["--remove-metallb"]);
    assert!(
        text(&dir, "apps/ingress/values.yaml").contains("metallb.universe.tf/address-pool: lan")
    );
}

#[test]
fn json_names_each_file_with_its_diff() {
    let dir = copied();
    let output = rewrite(&dir, &["-o", "json"]);
    let shown: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(shown["written"], false);
    let files = shown["files"].as_array().unwrap();
    let of = |path: &str| files.iter().find(|file| file["path"] == path).unwrap();
    assert_eq!(of("tree/infra/metallb/bfd.yaml")["change"], "removed");
    let web = of("tree/apps/web/service.yaml");
    assert_eq!(web["change"], "changed");
    assert!(web["diff"].as_str().unwrap().contains("+    lbipam.cilium.io/ips: 192.168.1.20\n"));
    assert!(bytes_of(&dir.path().join("tree")) == bytes_of(Path::new(TREE)), "nothing was written");
}

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: web\n  \
                       annotations:\n    metallb.io/allow-shared-ip: key\n";

#[test]
fn links_are_not_followed_out_of_the_tree() {
    let dir = files(&[("outside/a.yaml", SERVICE), ("tree/real.yaml", SERVICE)]);
    let tree = dir.path().join("tree");
    symlink(dir.path().join("outside"), tree.join("linked")).unwrap();
    symlink(dir.path().join("outside/a.yaml"), tree.join("link.yaml")).unwrap();
    symlink("real.yaml", tree.join("inside.yaml")).unwrap();
    let output = rewrite(&dir, &["--write", "--error-format", "json"]);
    let links: Vec<Value> =
        found(&output).into_iter().filter(|one| one["code"] == "M2C526").collect();
    assert_eq!(links.len(), 2, "{}", output.stderr);
    assert_eq!(fs::read_to_string(dir.path().join("outside/a.yaml")).unwrap(), SERVICE);
    assert!(fs::read_to_string(tree.join("real.yaml")).unwrap().contains("sharing-key"));
    for link in ["linked", "link.yaml", "inside.yaml"] {
        assert!(fs::symlink_metadata(tree.join(link)).unwrap().is_symlink());
    }
}

#[test]
fn files_keep_their_rights() {
    let dir = files(&[("tree/a.yaml", SERVICE)]);
    let path = dir.path().join("tree/a.yaml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(rewrite(&dir, &["--write"]).status, 0);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(dir.path().join("tree")).unwrap().count(), 1);
}

#[test]
fn a_tree_that_is_refused_stays_as_it_is() {
    let pool = |range: &str| {
        format!(
            "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {{name: a}}\nspec: \
             {{addresses: [{range}]}}\n"
        )
    };
    let (one, two) = (pool("10.0.0.0/24"), pool("10.1.0.0/24"));
    let dir =
        files(&[("tree/dev/a.yaml", &one), ("tree/prod/a.yaml", &two), ("tree/s.yaml", SERVICE)]);
    let before = bytes_of(dir.path());
    let output = rewrite(&dir, &["--write"]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("M2C117"), "{}", output.stderr);
    assert!(bytes_of(dir.path()) == before);
    // Annotations alone can be set all the same, one cluster at a time as well.
    let output = run_in(dir.path(), ["rewrite", "tree/dev", "tree/s.yaml"], "");
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(
        output.stdout.contains("CiliumLoadBalancerIPPool") && output.stdout.contains("sharing-key")
    );
    let output = rewrite(&dir, &["--keep-resources"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stdout.contains("sharing-key") && !output.stdout.contains("CiliumLoad"));
    assert!(output.stderr.contains("M2C527"), "{}", output.stderr);
    assert_eq!(run_in(dir.path(), ["rewrite", "nowhere"], "").status, 2);
}

#[test]
fn every_public_configuration_is_taken() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(entries) = fs::read_dir(&corpus) else {
        support::skipped("the public configurations are not at hand");
        return;
    };
    let mut changed = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let dir = files(&[(&format!("tree/{name}"), text.as_str())]);
        let args = ["--write", "--allow-missing-secrets", "--error-format", "json"];
        let output = rewrite(&dir, &args);
        let after = bytes_of(&dir.path().join("tree"));
        let same = after.get(Path::new(name)).is_some_and(|bytes| bytes == text.as_bytes());
        match output.status {
            0 => {
                changed += usize::from(!same);
                assert_eq!(rewrite(&dir, &["--allow-missing-secrets"]).stdout, "", "{name}");
                // What still speaks of MetalLB is named.
                let speaks = text.contains("metallb.io/v1") && name.ends_with("yaml");
                assert!(!speaks || !same || !found(&output).is_empty(), "{name} is half read");
            }
            2 => {
                assert!(same, "{name}: refused, and changed");
                assert!(found(&output).iter().any(|one| one["severity"] == "error"), "{name}");
            }
            status => panic!("{name}: status {status}\n{}", output.stderr),
        }
    }
    assert!(changed > 20, "{changed}");
}

#[test]
fn lists_of_kustomizations_name_what_is_there() {
    const POOL: &str = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: a}\n\
                        spec: {addresses: [10.0.0.0/24]}\n";
    const BFD: &str = "apiVersion: metallb.io/v1beta1\nkind: BFDProfile\nmetadata: {name: f}\n";
    for (before, after) in [
        ("resources:\n- pool.yaml\n- ./bfd.yaml # b\n", Some("resources:\n- pool.yaml\n")),
        ("resources: [bfd.yaml, pool.yaml]\n", Some("resources: [pool.yaml]\n")),
        (
            "resources:\n# one\n- bfd.yaml\nnamespace: x\n",
            Some("resources: []\n# one\nnamespace: x\n"),
        ),
        ("resources: [\"bfd.yaml\"] # all\n", Some("resources: [] # all\n")),
        ("resources:\r\n- bfd.yaml\r\n- pool.yaml\r\n", Some("resources:\r\n- pool.yaml\r\n")),
        ("resources:\n- pool.yaml\n- ../other/bfd.yaml\n- sub\n", None),
    ] {
        let dir = files(&[
            ("tree/m/pool.yaml", POOL),
            ("tree/m/bfd.yaml", BFD),
            ("tree/m/kustomization.yaml", before),
        ]);
        assert_eq!(rewrite(&dir, &["--write"]).status, 0);
        assert_eq!(text(&dir, "m/kustomization.yaml"), after.unwrap_or(before), "{before}");
        assert!(!dir.path().join("tree/m/bfd.yaml").exists());
    }
    // A file of which something is left stays.
    let both =
        format!("# head\n{BFD}---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: m}}\n");
    let dir = files(&[("tree/m/pool.yaml", POOL), ("tree/m/both.yaml", &both)]);
    assert_eq!(rewrite(&dir, &["--write"]).status, 0);
    let left = text(&dir, "m/both.yaml");
    assert_eq!(left, "# head\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: m}\n");
}

#[test]
fn resources_whose_pools_stand_elsewhere_need_them() {
    let l2 = "apiVersion: metallb.io/v1beta1\nkind: L2Advertisement\nmetadata: {name: l2}\n";
    let pool = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: a}\n\
                spec: {addresses: [10.0.0.0/24], autoAssign: false}\n";
    let asks = SERVICE.replace("allow-shared-ip: key", "loadBalancerIPs: 10.0.0.7");
    let dir = files(&[("tree/l2.yaml", l2), ("tree/s.yaml", &asks), ("pools/pool.yaml", pool)]);
    let alone = rewrite(&dir, &[]);
    assert_eq!((alone.status, alone.stdout.as_str()), (2, ""), "nothing is thrown away");
    assert!(alone.stderr.contains("M2C120"), "{}", alone.stderr);
    let with = rewrite(&dir, &["-f", "pools", "--write"]);
    assert_eq!(with.status, 0, "{}", with.stderr);
    let l2 = text(&dir, "l2.yaml");
    assert!(l2.contains("CiliumL2AnnouncementPolicy") && !l2.contains("CiliumLoadBalancerIPPool"));
    assert_eq!(fs::read_to_string(dir.path().join("pools/pool.yaml")).unwrap(), pool);
    // The address tells which label the Service needs.
    assert!(text(&dir, "s.yaml").contains("  labels:\n    metallb2cilium.io/pool: a\n"));
}

#[test]
fn a_script_is_left_whole_whatever_its_name() {
    let pool = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: a}\nspec: \
                {addresses: [10.0.0.0/24]}\n";
    let l2 = "apiVersion: metallb.io/v1beta1\nkind: L2Advertisement\nmetadata: {name: a}\n";
    for head in ["#!/bin/sh\n", "set -e\necho a: b: c\n"] {
        let script =
            format!("{head}cat >a.yaml <<EOF\n---\n{pool}---\n{l2}EOF\nkubectl apply -f a.yaml\n");
        let dir = files(&[("tree/a.yaml", &script)]);
        let output = rewrite(&dir, &["--write"]);
        assert_eq!((output.status, text(&dir, "a.yaml")), (0, script), "{}", output.stderr);
        assert!(output.stderr.contains("M2C523"), "{}", output.stderr);
    }
    // A key of two words is YAML as well.
    let dir = files(&[("tree/a.yaml", &format!("two words: x\n---\n{pool}"))]);
    assert_eq!(rewrite(&dir, &["--write"]).status, 0);
    assert!(text(&dir, "a.yaml").contains("CiliumLoadBalancerIPPool"));
}
