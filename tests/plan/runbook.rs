//! The runbook as it is read, and what is not planned.

use std::fs;

use serde_json::Value;

use super::support::reader::{Output, documents, run};

fn plan(args: &[&str]) -> Output {
    run(["plan", "-f", "testdata/cutover"].iter().chain(args), "")
}

/// The sample with one text in the place of another.
fn changed(from: &str, to: &str) -> String {
    let read = |name| fs::read_to_string(format!("testdata/cutover/{name}.yaml")).unwrap();
    let text = format!("{}---\n{}", read("metallb"), read("cluster"));
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

fn plan_of(input: &str, args: &[&str]) -> Output {
    run(["plan", "-f", "-"].iter().chain(args), input)
}

#[test]
fn the_runbook_in_markdown() {
    let output = plan(&[]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    insta::assert_snapshot!("runbook", output.stdout);
}

#[test]
fn the_runbook_in_json_has_the_steps_of_the_markdown() {
    let output = plan(&["-o", "json"]);
    let json: Value = serde_json::from_str(&output.stdout).unwrap();
    let markdown = plan(&[]).stdout;
    let steps = json["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 12);
    for step in steps {
        let title = step["title"].as_str().unwrap();
        assert!(markdown.contains(title), "{title}");
        for command in step["commands"].as_array().unwrap() {
            assert!(markdown.contains(command.as_str().unwrap()), "{command}");
        }
        assert!(!step["checks"].as_array().unwrap().is_empty(), "{title}");
    }
    let files = json["files"].as_array().unwrap();
    for file in ["pools.yaml", "services.yaml", "l2-wave-1.yaml", "addresses.tsv"] {
        assert!(files.iter().any(|one| one == file), "{file}");
    }
}

#[test]
fn the_runbook_in_html_is_one_page_of_its_own() {
    let html = plan(&["-o", "html"]).stdout;
    assert!(html.starts_with("<!DOCTYPE html>"));
    for outside in ["<link", "src=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
    for tag in ["h2", "pre", "ul", "li", "div", "dl", "code", "p"] {
        let opened =
            html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    let steps = ["<h2 id=\"0", "<h2 id=\"1"].map(|start| html.matches(start).count());
    assert_eq!(steps, [9, 3]);
    // What moves is seen, too.
    assert_eq!(html.matches("<svg ").count(), 2);
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for format in ["markdown", "json", "html"] {
        assert_eq!(plan(&["-o", format]).stdout, plan(&["-o", format]).stdout);
    }
}

#[test]
fn files_hold_what_the_steps_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_str().unwrap();
    let output = plan(&["--output-dir", path]);
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{}", output.stderr);
    let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(read("runbook.md"), plan(&[]).stdout);
    let gated = documents(&read("l2-gated.yaml"));
    let open = documents(&read("l2.yaml"));
    let label = "/spec/serviceSelector/matchLabels/metallb2cilium.io~1announcer";
    assert_eq!(gated[0].pointer(label).unwrap(), "cilium");
    assert_eq!(open[0].pointer(label), None);
    assert_eq!(read("l2-wave-2.tsv"), "office\tmail\noffice\tweb\n");
    assert!(read("secrets.yaml").contains("password"));
    #[cfg(unix)]
    for (name, mode) in [("secrets.yaml", 0o600), ("05-pools.sh", 0o755)] {
        use std::os::unix::fs::PermissionsExt as _;
        let bits = fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(bits & 0o700, mode & 0o700, "{name}");
        assert_eq!(name == "secrets.yaml", bits & 0o077 == 0, "{name}");
    }
    // No password but in the Secret.
    for entry in fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        let is_secret = path.file_name().is_some_and(|name| name == "secrets.yaml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(is_secret || !text.contains("bm90LWEtcmVhbC1wYXNzd29yZA"), "{}", path.display());
    }
}

#[test]
fn a_loss_is_planned_only_when_it_is_accepted() {
    // L2 does not look at endpoints under Local.
    let local =
        changed("ports: [{port: 80}]}", "ports: [{port: 80}], externalTrafficPolicy: Local}");
    let refused = plan_of(&local, &[]);
    assert_eq!((refused.status, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.contains("M2C610") && refused.stderr.contains("--accept M2C306"));
    let first = "refused: 1 difference touches traffic and is not accepted (M2C306).\n";
    assert!(refused.stderr.starts_with(first), "{}", refused.stderr);
    let accepted = plan_of(&local, &["--accept", "m2c306"]);
    assert_eq!(accepted.status, 0, "{}", accepted.stderr);
    assert!(accepted.stdout.contains("## Losses that were accepted\n\n- M2C306: "));
    let page = plan_of(&local, &["--accept", "m2c306", "-o", "html"]).stdout;
    let (_, section) = page.split_once("Losses that were accepted</h2>").unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
    for part in ["<code>M2C306</code>", "To mend it:", "class=\"places\"", "class=\"excerpt\""] {
        assert!(section.contains(part), "{part}: {section}");
    }
}

#[test]
fn a_changed_address_is_refused() {
    let moved = changed("ingress: [{ip: 203.0.113.5}]", "ingress: [{ip: 203.0.113.200}]");
    let output = plan_of(&moved, &[]);
    // MetalLB would take that one away itself.
    assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{}", output.stderr);
    assert!(output.stderr.contains("M2C622"), "{}", output.stderr);
    let twice = changed("ingress: [{ip: 203.0.113.9}]", "ingress: [{ip: 203.0.113.5}]");
    let output = plan_of(&twice, &[]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{}", output.stderr);
    assert!(output.stderr.contains("M2C610"), "{}", output.stderr);
}

#[test]
fn without_waves_on_l2_or_sessions_there_are_no_steps_for_them() {
    let only_bgp = changed("kind: L2Advertisement", "kind: BFDProfile")
        .replace("spec: {ipAddressPools: [office, lab], interfaces: [eth0]}", "spec: {}");
    let output = plan_of(&only_bgp, &["-o", "json"]);
    let json: Value = serde_json::from_str(&output.stdout).expect(&output.stderr);
    let ids: Vec<&str> =
        json["steps"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert!(ids.iter().all(|id| !id.contains("l2")), "{ids:?}");
    assert!(ids.contains(&"07-bgp-worker-a"), "{ids:?}");
}

#[test]
fn several_pools_may_move_at_once() {
    let output = plan(&["-o", "json", "--pools-per-wave", "2"]);
    let json: Value = serde_json::from_str(&output.stdout).unwrap();
    let titles: Vec<&str> =
        json["steps"].as_array().unwrap().iter().map(|s| s["title"].as_str().unwrap()).collect();
    assert!(titles.contains(&"L2: 3 Services of lab, office"), "{titles:?}");
}

#[test]
fn the_way_back_from_a_snapshot() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("snapshot.yaml");
    let file = path.to_str().unwrap();
    let taken =
        run(["snapshot", "-f", "testdata/cutover", "--output-file", file, "--with-secrets"], "");
    assert_eq!((taken.status, taken.stdout.as_str()), (0, ""), "{}", taken.stderr);
    // As after the pools: MetalLB's controller is stopped, Cilium's pools are there.
    let converted = run(["convert", "-f", "testdata/cutover", "--emit", "pools", "-q"], "").stdout;
    let now = changed("spec: {replicas: 1,", "spec: {replicas: 0,");
    let now = format!("{now}---\n{converted}");
    let output = plan_of(&now, &["--rollback", file]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    insta::assert_snapshot!("rollback", output.stdout);
}

#[test]
fn a_snapshot_is_for_its_owner_and_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("snapshot.yaml");
    let file = path.to_str().unwrap();
    let args = ["snapshot", "-f", "testdata/cutover", "--output-file", file];
    let first = run(args, "");
    assert_eq!(first.status, 0, "{}", first.stderr);
    assert!(first.stderr.contains("left out: Secret metallb-system/tor-b"), "{}", first.stderr);
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains("not-a-real-password"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let second = run(args, "");
    assert_eq!(second.status, 2);
    assert!(second.stderr.contains("cannot write"), "{}", second.stderr);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    // What it holds can be read as any input.
    let output = run(["verify", "-f", file, "--allow-missing-secrets"], "");
    assert!(output.stdout.contains("Addresses: 5 kept"), "{}{}", output.stdout, output.stderr);
}

#[test]
fn other_files_are_no_snapshot() {
    let output = plan(&["--rollback", "testdata/cutover/cluster.yaml"]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("M2C619"), "{}", output.stderr);
}

#[test]
fn a_long_runbook_is_whole_and_folds_what_is_long() {
    let mut input = changed("kind: Service", "kind: Service");
    for number in 0..150 {
        input.push_str(&format!(
            "---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {{name: extra-{number}, namespace: metallb-system}}
spec: {{addresses: [10.77.{number}.0/24], serviceAllocation: {{namespaces: [team-{number}]}}}}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {{name: extra-{number}, namespace: metallb-system}}
spec: {{ipAddressPools: [extra-{number}], interfaces: [eth0]}}
---
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: team-{number}}}
spec: {{type: LoadBalancer, clusterIP: 10.97.{number}.1, ports: [{{port: 80}}]}}
status: {{loadBalancer: {{ingress: [{{ip: 10.77.{number}.1}}]}}}}
"
        ));
    }
    let accept = ["--accept", "M2C216"];
    let output = plan_of(&input, &accept);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let text = output.stdout;
    assert!(text.contains("<details>"));
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    let json: Value =
        serde_json::from_str(&plan_of(&input, &[&accept[..], &["-o", "json"]].concat()).stdout)
            .unwrap();
    let steps = json["steps"].as_array().unwrap().len();
    let is_step = |line: &&str| {
        line.strip_prefix("## ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    assert_eq!(text.lines().filter(is_step).count(), steps);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("night");
    let output_dir = ["--output-dir", folder.to_str().unwrap()];
    assert_eq!(plan_of(&input, &[&accept[..], &output_dir].concat()).status, 0);
    assert_eq!(fs::read_to_string(folder.join("runbook.md")).unwrap(), text);
}

#[test]
fn an_operator_is_stopped_before_what_it_would_start_again() {
    let sample = changed("kind:", "kind:");
    let operated = format!(
        "{sample}\n---\napiVersion: metallb.io/v1beta1\nkind: MetalLB\nmetadata: {{name: metallb, \
         namespace: metallb-system}}\n"
    );
    let awaited = "No Pod of metallb-operator-controller-manager is left.";
    for (input, operator) in [(&sample, 0), (&operated, 1)] {
        let output = plan_of(input, &["-o", "json"]);
        assert_eq!(output.status, 0, "{}", output.stderr);
        let json: Value = serde_json::from_str(&output.stdout).unwrap();
        let before = json["before"].to_string();
        assert_eq!(before.matches("The MetalLB Operator").count(), operator, "{before}");
        let steps = json["steps"].as_array().unwrap();
        let freeze = steps.iter().find(|step| step["id"].as_str().unwrap().ends_with("-freeze"));
        let freeze = freeze.unwrap().to_string();
        assert_eq!(freeze.matches(awaited).count(), operator, "{freeze}");
    }
}
