//! The scripts: clean to shellcheck, and run against a kubectl that records calls.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::support::reader::run;
use super::support::skipped;

/// A directory with a plan, and what stands for the cluster.
pub(super) struct Night {
    plan: TempDir,
    fake: TempDir,
}

impl Night {
    pub(super) fn new() -> Self {
        let plan = tempfile::tempdir().unwrap();
        let path = plan.path().to_str().unwrap();
        let output = run(["plan", "-f", "testdata/cutover", "--output-dir", path, "--quiet"], "");
        assert_eq!(output.status, 0, "{}", output.stderr);
        let fake = tempfile::tempdir().unwrap();
        for name in ["kubectl", "helm", "metallb2cilium"] {
            let path = fake.path().join(name);
            fs::copy("tests/plan/kubectl.sh", &path).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let night = Self { plan, fake };
        night.remember("context", "test\n");
        night.remember("settings", "");
        night.remember("replicas-controller", "1\n");
        night.remember("replicas-cilium-operator", "2\n");
        let wanted = fs::read_to_string(night.script("02-settings.sh")).unwrap();
        let wanted = wanted.lines().find_map(|line| line.strip_prefix("SETTINGS=(")).unwrap();
        let wanted = wanted.trim_end_matches(')').replace(' ', "\n");
        night.remember("settings-wanted", &wanted);
        let held = fs::read_to_string(night.plan.path().join("addresses.tsv")).unwrap();
        night.remember("services", &held.replace('\n', ",\n"));
        night
    }

    pub(super) fn remember(&self, name: &str, text: &str) {
        fs::write(self.fake.path().join(name), text).unwrap();
    }

    fn script(&self, name: &str) -> PathBuf {
        self.plan.path().join(name)
    }

    fn run(&self, name: &str, args: &[&str]) -> Output {
        self.bash(|bash| bash.arg(self.script(name)).args(args))
    }

    /// Runs a line with the scripts' library at hand.
    pub(super) fn library(&self, line: &str) -> Output {
        let lib = self.script("lib.sh");
        let text =
            format!("CILIUM_NAMESPACE=kube-system; . {}; mkdir -p state; {line}", lib.display());
        self.bash(|bash| bash.arg("-c").arg(text))
    }

    fn bash(&self, with: impl FnOnce(&mut Command) -> &mut Command) -> Output {
        let path = std::env::var("PATH").unwrap();
        with(&mut Command::new("bash"))
            .env("PATH", format!("{}:{path}", self.fake.path().display()))
            .env("FAKE", self.fake.path())
            .envs([("TIMEOUT", "1"), ("PAUSE", "0"), ("PROBE", "no")])
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    }

    fn succeed(&self, name: &str) {
        let output = self.run(name, &["--yes"]);
        assert!(output.status.success(), "{name}: {}", said(&output));
    }

    /// What was told to the cluster since the last look, but for what only reads.
    pub(super) fn calls(&self) -> String {
        let path = self.fake.path().join("calls");
        let calls = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, "").unwrap();
        calls
    }

    fn scripts(&self, prefix: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.plan.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".sh") && name != "lib.sh")
            .filter(|name| name.starts_with("back-") == (prefix == "back-"))
            .collect();
        names.sort();
        names
    }
}

pub(super) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn all_scripts(directory: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|end| end == "sh")).collect()
}

#[test]
fn scripts_are_clean_to_shellcheck() {
    let night = Night::new();
    // The way back from the end, with all of its steps.
    let snapshot = night.fake.path().join("snapshot.yaml");
    let file = snapshot.to_str().unwrap();
    let taken = run(["snapshot", "-f", "testdata/cutover", "--output-file", file], "");
    assert_eq!(taken.status, 0, "{}", taken.stderr);
    let converted = run(["convert", "-f", "testdata/cutover", "--quiet"], "").stdout;
    let cluster = fs::read_to_string("testdata/cutover/cluster.yaml").unwrap();
    let now = format!("{}---\n{converted}", cluster.replace("app: metallb", "app: other"));
    let now =
        now.replace("name: speaker,", "name: gone,").replace("name: controller,", "name: gone,");
    let back = tempfile::tempdir().unwrap();
    let path = back.path().to_str().unwrap();
    let args = ["plan", "-f", "-", "--rollback", file, "--output-dir", path, "--quiet"];
    let output = run(args, &now);
    assert_eq!(output.status, 0, "{}", output.stderr);
    for name in
        ["02-install.sh", "03-close.sh", "04-bgp-worker-a.sh", "07-l2.sh", "10-controller.sh"]
    {
        assert!(back.path().join(name).exists(), "{name}");
    }
    for directory in [night.plan.path(), back.path()] {
        are_clean_to_shellcheck(directory);
    }
}

fn are_clean_to_shellcheck(directory: &Path) {
    let scripts = all_scripts(directory);
    assert!(scripts.len() > 10, "{scripts:?}");
    for path in &scripts {
        let status = Command::new("bash").arg("-n").arg(path).status().unwrap();
        assert!(status.success(), "{}", path.display());
    }
    let checked = Command::new("shellcheck")
        .arg("--severity=style")
        .args(scripts)
        .current_dir(directory)
        .output();
    match checked {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        }
        Err(error) if std::env::var_os("CI").is_some() => panic!("shellcheck: {error}"),
        Err(error) => skipped(&format!("shellcheck cannot be run: {error}")),
    }
}

#[test]
fn the_whole_night_and_the_way_back() {
    let night = Night::new();
    let mut recorded = String::new();
    for name in night.scripts("") {
        night.succeed(&name);
        recorded.push_str(&format!("== {name}\n{}", night.calls()));
        // A second run looks, and does nothing.
        night.succeed(&name);
        assert_eq!(night.calls(), "", "the second run of {name}");
        if name.starts_with("11-") {
            break;
        }
    }
    for name in night.scripts("back-").iter().rev() {
        night.succeed(name);
        recorded.push_str(&format!("== {name}\n{}", night.calls()));
        night.succeed(name);
        assert_eq!(night.calls(), "", "the second run of {name}");
    }
    insta::assert_snapshot!("calls", recorded);
}

#[test]
fn removal_takes_webhooks_first_and_definitions_last() {
    let night = Night::new();
    for name in night.scripts("") {
        night.calls();
        night.succeed(&name);
    }
    insta::assert_snapshot!("removal", night.calls());
    // There is no way back before what was removed.
    let output = night.run("back-11-finish.sh", &["--yes"]);
    assert!(!output.status.success() && said(&output).contains("12-remove has been begun"));
}

#[test]
fn a_script_stops_where_a_check_does_not_hold() {
    // The call that fails, or what the cluster says, and the last script that succeeds.
    let cases: BTreeMap<&str, (&str, &str, &str)> = [
        ("03-services.sh", ("fail", "apply --server-side", "refused")),
        ("04-freeze.sh", ("fail", "scale deployment/controller", "refused")),
        ("05-pools.sh", ("services", "office\tweb\t203.0.113.6,\n", "had the addresses")),
        ("07-l2-wave-1.sh", ("fail", "get leases", "holds the lease")),
        ("09-bgp-worker-a.sh", ("fail", "get pods", "no Pod of daemonset speaker")),
    ]
    .into();
    for (failing, (file, text, reason)) in cases {
        let night = Night::new();
        for name in night.scripts("") {
            if name != failing {
                night.succeed(&name);
                continue;
            }
            night.calls();
            night.remember(file, text);
            let output = night.run(&name, &["--yes"]);
            assert!(!output.status.success(), "{name}");
            assert!(said(&output).contains(reason), "{name}: {}", said(&output));
            let stem = name.trim_end_matches(".sh");
            let state = night.plan.path().join("state");
            assert!(!state.join(format!("{stem}.done")).exists(), "{name}");
            break;
        }
        let next = night.scripts("").into_iter().find(|name| name.as_str() > failing).unwrap();
        let output = night.run(&next, &["--yes"]);
        assert!(said(&output).contains("run the step before it first"), "{}", said(&output));
    }
}

#[test]
fn a_bgp_speaker_that_does_not_go_keeps_cilium_away() {
    let night = Night::new();
    for name in night.scripts("") {
        night.calls();
        if name.starts_with("09-") {
            night.remember("fail", "get pods");
            assert!(!night.run(&name, &["--yes"]).status.success());
            break;
        }
        night.succeed(&name);
    }
    let label = "kubectl label --overwrite node worker-a metallb2cilium.io/announcer=";
    assert_eq!(night.calls(), format!("{label}nobody\n"));
}

#[test]
fn nothing_is_moved_without_a_word() {
    let night = Night::new();
    night.succeed("01-snapshot.sh");
    night.calls();
    let output = night.run("02-settings.sh", &[]);
    assert!(!output.status.success() && said(&output).contains("nobody answered"));
    assert_eq!(night.calls(), "");
    let output = night.run("02-settings.sh", &["--force"]);
    assert!(said(&output).contains("unknown argument --force"));
}

#[test]
fn another_cluster_is_not_touched() {
    let night = Night::new();
    night.succeed("01-snapshot.sh");
    night.calls();
    night.remember("context", "other\n");
    let output = night.run("02-settings.sh", &["--yes"]);
    assert!(!output.status.success() && said(&output).contains("context test"));
    assert_eq!(night.calls(), "");
}

#[test]
fn a_pause_that_bash_cannot_count_with_is_refused() {
    let night = Night::new();
    for setting in ["PAUSE=0.5", "TIMEOUT=3m"] {
        let line = format!("{setting}; . {}", night.script("lib.sh").display());
        let output = night.bash(|bash| bash.arg("-c").arg(line));
        assert!(!output.status.success());
        assert!(said(&output).contains("is a whole number of seconds"), "{}", said(&output));
    }
}

#[test]
fn a_plan_that_is_too_old_is_not_begun() {
    let night = Night::new();
    night.remember("services", "office\tweb\t203.0.113.6,\n");
    let output = night.run("01-snapshot.sh", &["--yes"]);
    assert!(!output.status.success());
    assert!(said(&output).contains("make a new one"), "{}", said(&output));
    assert!(said(&output).contains("office\tweb\t203.0.113.5"), "{}", said(&output));
}

#[test]
fn a_missing_right_stops_before_anything_is_done() {
    let night = Night::new();
    night.remember("fail", "auth can-i --quiet (delete|patch) nodes|delete customresource");
    let output = night.run("01-snapshot.sh", &["--yes"]);
    assert!(!output.status.success());
    let said = said(&output);
    for right in [
        "kubectl auth can-i patch nodes --all-namespaces",
        "kubectl auth can-i delete customresourcedefinitions.apiextensions.k8s.io --all-namespaces",
    ] {
        assert!(said.contains(right), "{said}");
    }
    assert!(!said.contains("can-i list nodes"), "{said}");
    assert_eq!(night.calls(), "");
}

#[test]
fn whoever_says_no_is_obeyed() {
    use std::io::Write as _;

    let night = Night::new();
    night.succeed("01-snapshot.sh");
    night.calls();
    let path = std::env::var("PATH").unwrap();
    for (answer, goes_on) in [("n\n", false), ("\n", false), ("nay\n", false), ("y\n", true)] {
        let mut child = Command::new("bash")
            .arg(night.script("02-settings.sh"))
            .env("PATH", format!("{}:{path}", night.fake.path().display()))
            .env("FAKE", night.fake.path())
            .envs([("TIMEOUT", "1"), ("PAUSE", "0"), ("PROBE", "no")])
            .stdin(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
        assert_eq!(child.wait().unwrap().success(), goes_on, "{answer:?}");
        assert_eq!(night.calls().is_empty(), !goes_on, "{answer:?}");
    }
}

#[test]
fn a_namespace_that_holds_something_else_stays() {
    for held in [false, true] {
        let night = Night::new();
        let last = night.scripts("").last().unwrap().clone();
        for name in night.scripts("") {
            if name == last && held {
                night.remember("held", "secret/metallb-passwords\nconfigmap/kube-root-ca.crt\n");
            }
            night.calls();
            night.succeed(&name);
        }
        let calls = night.calls();
        let removed = calls.contains("kubectl delete namespace metallb-system --ignore-not-found");
        assert_eq!(removed, !held, "{calls}");
        assert!(!calls.contains("metallb-passwords") && !calls.contains("configmap/ours"));
        for name in ["configmap/metallb-excludel2", "secret/memberlist", "serviceaccount/speaker"] {
            assert!(calls.contains(&format!("kubectl delete {name} -n metallb-system")), "{calls}");
        }
        // A second run deletes nothing that is not there, and succeeds.
        night.succeed(&last);
    }
}
