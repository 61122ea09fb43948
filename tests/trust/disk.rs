//! Files on their way to a disk: full ones, and directories that hold something else.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::{reader, skipped};

/// Many pools, so that their manifests take more room than there is.
fn large() -> String {
    let pool = |n: usize| {
        format!(
            "---\napiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {{name: p{n}, \
             namespace: m}}\nspec: {{addresses: [10.{}.{}.0/24]}}\n",
            n / 256,
            n % 256
        )
    };
    let cluster = "---\napiVersion: v1\nkind: Node\nmetadata: {name: a}\n---\napiVersion: v1\n\
                   kind: Service\nmetadata: {name: web, namespace: shop}\n\
                   spec: {type: LoadBalancer, clusterIP: 10.96.0.1, ports: [{port: 80}]}\n";
    (0..600).map(pool).chain([cluster.to_owned()]).collect()
}

/// Runs a script of bash in a mount namespace of its own, where `$disk` is a file system
/// of 64 KiB; `None` where that cannot be.
fn on_a_small_disk(dir: &TempDir, script: &str) -> Option<Output> {
    let disk = dir.path().join("disk");
    fs::create_dir_all(&disk).unwrap();
    let script = format!("mount -t tmpfs -o size=64k none \"$disk\" || exit 77\n{script}");
    let output = Command::new("unshare")
        .args(["-m", "bash", "-c", &script])
        .env("disk", &disk)
        .env("m2c", env!("CARGO_BIN_EXE_metallb2cilium"))
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .output();
    match output {
        Ok(output) if output.status.code() != Some(77) => Some(output),
        _ => {
            assert!(std::env::var_os("REQUIRE_NET").is_none(), "no file system can be mounted");
            skipped("no file system can be mounted");
            None
        }
    }
}

#[test]
fn a_full_disk_is_an_error_and_leaves_no_part_of_a_file() {
    let dir = reader::files(&[("large.yaml", &large())]);
    // An application whose manifest grows.
    let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    \
                   metallb.io/loadBalancerIPs: 10.0.0.1\nspec:\n  type: LoadBalancer\n";
    fs::create_dir(dir.path().join("tree")).unwrap();
    fs::write(dir.path().join("tree/web.yaml"), format!("{service}# {}\n", "x".repeat(30_000)))
        .unwrap();
    let commands = [
        ("directory", "$m2c convert -f large.yaml -q --no-verify --output-dir $disk/out"),
        ("snapshot", "$m2c snapshot -f large.yaml -q --output-file $disk/snapshot.yaml"),
        ("redirected", "$m2c convert -f large.yaml -q --no-verify > $disk/cilium.yaml"),
        ("plan", "$m2c plan -f large.yaml -q --output-dir $disk/out"),
        ("generate", "$m2c generate $disk/out"),
        (
            "rewrite",
            "cp -r tree $disk/ && head -c 20000 /dev/zero > $disk/filler; \
                     $m2c rewrite --write -q $disk/tree -f large.yaml",
        ),
    ];
    for (name, command) in commands {
        let script = format!(
            "{command}; echo status $?\n\
             find $disk -name '.metallb2cilium*' | sed 's/^/temporary /'\n\
             for file in $disk/out/*.yaml $disk/*.yaml $disk/tree/*.yaml; do\n\
             [ -e \"$file\" ] || continue\n\
             [ \"${{file##*/}}\" = cilium.yaml ] || tail -c 1 \"$file\" | od -An -c | sed 's/^/end/'\n\
             [ -s \"$file\" ] || echo empty $file\n\
             done"
        );
        let Some(output) = on_a_small_disk(&dir, &script) else { return };
        let (found, said) = (text(&output.stdout), text(&output.stderr));
        assert!(found.contains("status 2"), "{name}: {found}{said}");
        assert!(said.contains("No space left on device"), "{name}: {found}{said}");
        assert!(!found.contains("temporary") && !found.contains("empty"), "{name}: {found}");
        // Every file ends where it should.
        let whole = |line: &str| !line.starts_with("end") || line.contains("\\n");
        assert!(found.lines().all(whole), "{name}: {found}");
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn plan(dir: &Path) -> reader::Output {
    let root = env!("CARGO_MANIFEST_DIR");
    let path = dir.to_str().unwrap();
    reader::run_in(root, ["plan", "-f", "testdata/cutover", "-q", "--output-dir", path], "")
}

#[test]
fn a_plan_is_not_mixed_with_another() {
    let dir = tempfile::tempdir().unwrap();
    let plan = || plan(dir.path());
    assert_eq!(plan().status, 0);
    // The same once more, as nothing was begun.
    assert_eq!(plan().status, 0);
    // A step that this plan does not have.
    for name in ["09-other.sh", "back-09-other.sh"] {
        let other = dir.path().join(name);
        fs::write(&other, "echo old\n").unwrap();
        fs::write(dir.path().join("runbook.md"), "old").unwrap();
        let refused = plan();
        assert_eq!(refused.status, 2, "{}", refused.stderr);
        assert!(refused.stderr.contains(name), "{}", refused.stderr);
        assert_eq!(fs::read_to_string(dir.path().join("runbook.md")).unwrap(), "old");
        fs::remove_file(other).unwrap();
    }
    fs::write(dir.path().join("mine.sh"), "echo mine\n").unwrap();
    assert_eq!(plan().status, 0);
    // Steps of it have been run.
    fs::create_dir(dir.path().join("state")).unwrap();
    fs::write(dir.path().join("state/01-snapshot.done"), "").unwrap();
    let refused = plan();
    assert_eq!(refused.status, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("begun"), "{}", refused.stderr);
}

#[test]
fn no_link_is_followed_out_of_a_directory() {
    let dir = reader::files(&[("outside", "untouched")]);
    let outside = dir.path().join("outside");
    let untouched = || fs::read_to_string(&outside).unwrap() == "untouched";
    for name in ["plan/runbook.md", "plan/lib.sh", "made/man/metallb2cilium.1"] {
        let link = dir.path().join(name);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(&outside, &link).unwrap();
    }
    assert_eq!(plan(&dir.path().join("plan")).status, 0);
    assert_eq!(reader::run_in(dir.path(), ["generate", "made"], "").status, 0);
    assert!(untouched());
    symlink(&outside, dir.path().join("snapshot.yaml")).unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    let path = dir.path().join("snapshot.yaml");
    let args = ["snapshot", "-f", "testdata/cutover", "--output-file", path.to_str().unwrap()];
    assert_eq!(reader::run_in(root, args, "").status, 2);
    assert!(untouched());
}
