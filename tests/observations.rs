//! `verify --observations`: what many nodes saw, held against the Decision; with hosts
//! in network namespaces that run just what `live manifest` tells Pods to.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper that cannot do its work fails the test"
)]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tempfile::TempDir;

use support::input::DUAL_STACK;
use support::reader::{Output, files, run_in};

const PASSWORD: &str = "not-a-real-password";
const V4: &str = "192.0.2.100";
const V6: &str = "2001:db8::100";

const NODES: &str = "
---
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {name: tor, namespace: metallb-system}
spec: {myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.10, password: not-a-real-password, holdTime: 90s}
---
apiVersion: v1
kind: Node
metadata: {name: node-a, labels: {speaks: 'yes'}}
---
apiVersion: v1
kind: Node
metadata: {name: node-b, labels: {speaks: 'yes'}}
---
apiVersion: v1
kind: Node
metadata: {name: node-c, labels: {speaks: 'no'}}
";

/// Two Nodes that may answer for a Service of both families, one that may not; each has
/// a session with one router.
fn input() -> String {
    format!("{DUAL_STACK}{NODES}")
}

fn mac(node: &str) -> String {
    let last = match node {
        "node-a" => 1,
        "node-b" => 2,
        "node-c" => 3,
        _ => 9,
    };
    format!("02:00:00:00:00:0{last}")
}

/// A line of `live probe` on a Node.
fn probe(node: &str, ip: &str, answers: &[&str]) -> String {
    let answers = answers.iter().map(|one| json!({"mac": mac(one), "node": null}));
    json!({
        "schema": "metallb2cilium.io/observation/v1",
        "observation": "probe",
        "observer": node,
        "observerMacs": [mac(node)],
        "engine": "metallb",
        "interface": "eth0",
        "time": "2026-11-23T00:00:00.000Z",
        "ip": ip,
        "answers": answers.collect::<Vec<Value>>(),
    })
    .to_string()
}

/// A line of `live peer` on a Node.
fn peer(node: &str) -> Value {
    json!({
        "schema": "metallb2cilium.io/observation/v1",
        "observation": "peer",
        "observer": node,
        "engine": "metallb",
        "time": "2026-11-23T00:00:00.000Z",
        "peer": "tor",
        "remote": "192.0.2.10",
        "port": 179,
        "parameters": {"peer AS": "64512", "hold time": "90s", "authentication": "password"},
        "outcome": "asConfigured",
        "good": true,
        "reason": null,
        "negotiated": [{"name": "hold time", "expected": "90 s", "found": "90 s", "good": true}],
    })
}

/// All is well: node-a answers, and every session is up.
fn good() -> Vec<String> {
    let nodes = ["node-a", "node-b", "node-c"];
    let mut lines = Vec::new();
    for ip in [V4, V6] {
        for node in nodes {
            // A host does not hear itself.
            let heard: &[&str] = if node == "node-a" { &[] } else { &["node-a"] };
            lines.push(probe(node, ip, heard));
        }
    }
    lines.extend(nodes.map(|node| peer(node).to_string()));
    lines
}

fn verify(observations: &str, args: &[&str]) -> Output {
    let dir = files(&[("all.yaml", &input()), ("seen.jsonl", observations)]);
    let fixed = ["verify", "-f", "all.yaml", "--observations", "seen.jsonl"];
    run_in(dir.path(), fixed.iter().chain(args), "")
}

/// The verdict as JSON.
fn judged(lines: &[String], args: &[&str]) -> (i32, Value) {
    let output = verify(&lines.join("\n"), &[&["-o", "json"], args].concat());
    assert!(output.status < 2, "{output:?}");
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(output.status == 0, value["verdict"] == "asDecided");
    (output.status, value)
}

/// Code and subjects of each finding.
fn found(value: &Value) -> Vec<(String, String)> {
    let findings = value["findings"].as_array().unwrap().iter();
    let subjects = |one: &Value| {
        let all = one["subjects"].as_array().unwrap().iter();
        all.map(|subject| subject.as_str().unwrap()).collect::<Vec<_>>().join(" ")
    };
    findings.map(|one| (one["code"].as_str().unwrap().to_owned(), subjects(one))).collect()
}

#[test]
fn what_is_as_decided_has_status_0_in_every_format() {
    let lines = good().join("\n");
    for (format, start) in [
        ("text", "as decided: "),
        ("json", "{\n  \"verdict\": \"asDecided\""),
        ("markdown", "## as decided: "),
        ("html", "<!DOCTYPE html>"),
        ("sarif", "{\n  \"$schema\""),
        ("junit", "<?xml version"),
    ] {
        let output = verify(&lines, &["-o", format]);
        assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{output:?}");
        assert!(output.stdout.starts_with(start), "{}", output.stdout);
        let words = output.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let against =
            if format == "html" || format == "junit" { "MetalLB&#39;s" } else { "MetalLB" };
        assert!(words.contains(&format!("eld against {against}")), "{words}");
        assert!(words.contains("the observations were made for it"), "{words}");
        let long = output.stdout.lines().find(|line| line.chars().count() > 80);
        assert!(format != "text" || long.is_none(), "{long:?}");
    }
}

#[test]
fn each_way_to_be_wrong_has_its_code_and_its_subjects() {
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = good();
        change(&mut lines);
        let (status, value) = judged(&lines, &[]);
        assert_eq!(status, 1, "{value:#}");
        found(&value)
    };
    let without = |ip: &'static str| {
        move |lines: &mut Vec<String>| lines.retain(|line| !line.contains(&format!("\"{ip}\"")))
    };
    let instead = |node: &'static str, change: fn(&mut Value)| {
        move |lines: &mut Vec<String>| {
            lines.retain(|line| !(line.contains("\"peer\":") && line.contains(node)));
            let mut line = peer(node);
            change(&mut line);
            lines.push(line.to_string());
        }
    };
    let one = |code: &str, subjects: &str| vec![(code.to_owned(), subjects.to_owned())];
    // Two observers heard two Nodes.
    let found = with(&|lines| lines.push(probe("node-a", V4, &["node-b"])));
    assert_eq!(found, one("M2C723", V4));
    // One observer heard a candidate and a stranger.
    let found = with(&|lines| lines.push(probe("node-c", V6, &["node-a", "stranger"])));
    assert_eq!(found, one("M2C723", V6));
    // A Node that may not.
    let found = with(&|lines| {
        without(V4)(lines);
        lines.push(probe("node-b", V4, &["node-c"]));
    });
    assert_eq!(found, one("M2C724", V4));
    // No Node at all, while the candidates have said who they are.
    let found = with(&|lines| {
        without(V4)(lines);
        lines.push(probe("node-b", V4, &["stranger"]));
    });
    assert_eq!(found, one("M2C724", V4));
    // Nobody, asked for by two candidates, of which one would have heard the other.
    let found = with(&|lines| {
        without(V4)(lines);
        lines.extend(["node-a", "node-b"].map(|node| probe(node, V4, &[])));
    });
    assert_eq!(found, one("M2C726", V4));
    // Asked for by nobody; or only by the leader, who does not hear itself.
    assert_eq!(with(&without(V6)), one("M2C727", V6));
    let elsewhere = with(&|lines| {
        without(V4)(lines);
        for node in ["node-a", "node-b"] {
            let mut line: Value = serde_json::from_str(&probe(node, V4, &[])).unwrap();
            line["verdict"] = "notAsked".into();
            lines.push(line.to_string());
        }
    });
    assert_eq!(elsewhere, one("M2C727", V4));
    let alone = ["node-a", "node-b"].map(|node| {
        with(&|lines| {
            without(V4)(lines);
            lines.push(probe(node, V4, &[]));
        })
    });
    let codes: BTreeSet<&str> = alone.iter().map(|found| found[0].0.as_str()).collect();
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["M2C726", "M2C727"]);
    // An address that no Service has.
    let found = with(&|lines| lines.push(probe("node-a", "192.0.2.103", &["node-b"])));
    assert_eq!(found, one("M2C728", "192.0.2.103"));
    // Sessions.
    let found = with(&instead("node-b", |line| {
        line["outcome"] = "notUp".into();
        line["reason"] = "wrong AS: the peer is AS 1".into();
        line["negotiated"] = json!([]);
    }));
    assert_eq!(found, one("M2C729", "node-b"));
    let found = with(&instead("node-b", |line| line["outcome"] = "lost".into()));
    assert_eq!(found, one("M2C729", "node-b"));
    let found = with(&instead("node-b", |line| {
        line["outcome"] = "different".into();
        line["negotiated"][0]["found"] = "30 s".into();
        line["negotiated"][0]["good"] = false.into();
    }));
    assert_eq!(found, one("M2C730", "node-b"));
    let found = with(&|lines| {
        lines.retain(|line| !(line.contains("\"peer\":") && line.contains("node-b")))
    });
    assert_eq!(found, one("M2C731", "node-b"));
    let found = with(&instead("node-b", |line| line["outcome"] = "interrupted".into()));
    assert_eq!(found, one("M2C731", "node-b"));
    let found = with(&instead("node-b", |line| line["parameters"]["hold time"] = "180s".into()));
    assert_eq!(found, one("M2C732", "node-b"));
    let found = with(&|lines| lines.push(peer("node-z").to_string()));
    assert_eq!(found, one("M2C733", "node-z"));
    let refusal =
        json!({"code": "M2C708", "severity": "error", "message": "this host has a session to tor"});
    let found = with(&|lines| lines.push(refusal.to_string()));
    assert_eq!(found, one("M2C734", ""));
}

#[test]
fn it_is_unknown_who_answers_only_while_a_candidate_is_not_known() {
    // node-b has said nothing of itself: it may be the one.
    let lines = vec![probe("node-c", V4, &["node-b"]), probe("node-c", V6, &["node-b"])];
    let (_, value) = judged(&lines, &["--only", "addresses"]);
    assert_eq!(found(&value), [("M2C725".to_owned(), format!("{V4} {V6}"))]);
    let lines = [lines, vec![probe("node-b", V4, &[])]].concat();
    let (status, value) = judged(&lines, &["--only", "addresses"]);
    assert_eq!((status, found(&value)), (0, vec![]));
    assert_eq!(value["judged"], json!(["addresses"]));
}

#[test]
fn only_the_newest_of_each_observer_counts() {
    let mut lines = vec![
        probe("node-b", V4, &["node-c"]).replace("T00:00:00", "T00:00:05"),
        probe("node-b", V4, &["node-a"]).replace("T00:00:00", "T00:01:00"),
        probe("node-b", V4, &["stranger"]).replace("T00:00:00", "T00:00:59"),
    ];
    lines.extend(good());
    assert_eq!(judged(&lines, &[]).0, 0);
    // What was overheard before everybody asked is over; what came later counts.
    let overheard = |time: &str| {
        json!({
            "schema": "metallb2cilium.io/observation/v1", "observation": "watch",
            "observer": "node-c", "interface": "eth0", "time": time, "seen": "announcement",
            "ip": V4, "mac": mac("node-b"), "node": "node-b",
        })
        .to_string()
    };
    let mut lines = good();
    lines.push(overheard("2026-11-22T23:59:59.000Z"));
    assert_eq!(judged(&lines, &[]).0, 0);
    lines.push(overheard("2026-11-23T00:00:01.000Z"));
    assert_eq!(found(&judged(&lines, &[]).1), [("M2C723".to_owned(), V4.to_owned())]);
}

#[test]
fn foreign_lines_are_refused_with_their_place() {
    let line = probe("node-a", V4, &[]);
    for (bad, says) in [
        (format!("[pod/m2c-x/live] {line}"), "something stands before its JSON object"),
        (format!("2026-11-23T00:00:00Z {line}"), "something stands before its JSON object"),
        ("assumed: Node node-a is this host".to_owned(), "it is no JSON object"),
        (line[..line.len() - 9].to_owned(), "it is cut off"),
        ("{\"a\": 1}".to_owned(), "it has no schema"),
        (line.replace("/v1", "/v2"), "its schema is"),
        (line.replace("02:00:00:00:00:01", "02:00"), "is not a MAC address"),
        (line.replace("\"probe\"", "\"prober\""), "unknown variant"),
        ("{\"a\": }".to_owned(), "it is broken JSON at column"),
    ] {
        let output = verify(&format!("{line}\n\n{bad}\n{line}\n"), &["--error-format", "json"]);
        assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{bad}");
        let told: Value = serde_json::from_str(output.stderr.lines().next().unwrap()).unwrap();
        assert_eq!(told["code"], "M2C720");
        let message = told["message"].as_str().unwrap();
        assert!(message.starts_with("seen.jsonl:3 ") && message.contains(says), "{message}");
        assert_eq!(told["labels"][0]["line"], 3);
    }
    let many = "foreign\n".repeat(50);
    let output = verify(&many, &["--error-format", "json"]);
    assert_eq!(output.stderr.lines().count(), 11, "{}", output.stderr);
    for nothing in ["", "\n\n"] {
        let output = verify(nothing, &[]);
        assert_eq!(output.status, 2);
        assert!(output.stderr.contains("M2C721"), "{}", output.stderr);
    }
}

#[test]
fn the_engine_is_that_of_the_observations_unless_one_is_named() {
    let cilium: Vec<String> =
        good().iter().map(|line| line.replace("\"metallb\"", "\"cilium\"")).collect();
    let (_, value) = judged(&cilium, &["--only", "addresses"]);
    assert_eq!(
        (&value["engine"], &value["engineChosenBy"]),
        (&"cilium".into(), &"observations".into())
    );
    let (_, value) = judged(&cilium, &["--only", "addresses", "--engine", "metallb"]);
    assert_eq!((&value["engine"], &value["engineChosenBy"]), (&"metallb".into(), &"option".into()));
    let both = [good(), cilium].concat().join("\n");
    let output = verify(&both, &[]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("M2C722"), "{}", output.stderr);
    // What was only overheard is for both.
    let heard = json!({
        "schema": "metallb2cilium.io/observation/v1", "observation": "watch", "observer": "node-c",
        "interface": "eth0", "time": "2026-11-23T00:00:00.000Z", "seen": "question", "ip": V4,
        "answers": [{"mac": mac("node-a"), "node": "node-a"}],
    });
    let (_, value) = judged(&[heard.to_string()], &["--only", "addresses"]);
    assert_eq!(value["engineChosenBy"], "default");
    assert_eq!(found(&value), [("M2C727".to_owned(), V6.to_owned())]);
}

#[test]
fn observations_come_from_several_files_and_from_standard_input() {
    let lines = good();
    let (one, other) = lines.split_at(4);
    let dir = files(&[("all.yaml", &input()), ("one.jsonl", &one.join("\r\n"))]);
    let args = ["verify", "--observations", "one.jsonl", "--observations", "-"];
    let given = [&args[..], &["-f", "all.yaml"]].concat();
    let output = run_in(dir.path(), &given, &other.join("\n"));
    assert_eq!(output.status, 0, "{output:?}");
    for twice in [&args[..], &[&args[..], &["-f", "-"]].concat()] {
        let output = run_in(dir.path(), twice, "");
        assert_eq!(output.status, 2);
        assert!(output.stderr.contains("cannot be read twice"), "{}", output.stderr);
    }
    let output = run_in(dir.path(), ["verify", "-f", "all.yaml", "--observations", "none"], "");
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("none cannot be read"), "{}", output.stderr);
    let output = run_in(dir.path(), ["verify", "-f", "all.yaml", "--engine", "cilium"], "");
    assert_eq!(output.status, 2, "--engine without --observations");
}

#[test]
fn what_nodes_say_drives_no_terminal_and_shows_no_password() {
    let mut line = peer("node-b");
    line["outcome"] = "notUp".into();
    line["reason"] = format!("said {PASSWORD} \u{1b}[31m\u{202e}|<b>").into();
    let mut lines = good();
    lines.push(line.to_string().replace("T00:00:00", "T00:00:01"));
    for format in ["text", "markdown", "json", "html", "sarif", "junit", "github"] {
        let output = verify(&lines.join("\n"), &["-o", format]);
        assert_eq!(output.status, 1, "{}", output.stderr);
        assert!(output.stdout.contains("M2C729"), "{}", output.stdout);
        let unsafe_one = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!output.stdout.contains(unsafe_one), "{format}: {:?}", output.stdout);
        assert!(!output.stdout.contains(PASSWORD), "{format}: {}", output.stdout);
        let markup = ["markdown", "html", "junit"].contains(&format);
        assert!(!markup || !output.stdout.contains("<b>"), "{}", output.stdout);
        // The place of the line is in each of them.
        assert!(output.stdout.contains("seen.jsonl"), "{format}: {}", output.stdout);
    }
    let junit = verify(&lines.join("\n"), &["-o", "junit"]).stdout;
    assert!(junit.contains("tests=\"5\" failures=\"1\""), "{junit}");
}

#[cfg(target_os = "linux")]
mod on_the_wire {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, chown};
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    use super::support::net::{Host, Lan, Running, available, run, wait_until};
    use super::support::reader::documents;
    use super::*;

    const BINARY: &str = env!("CARGO_BIN_EXE_metallb2cilium");
    fn decoded(object: &Value) -> Vec<(String, Vec<u8>)> {
        use base64::Engine as _;
        let encoded = object["kind"] == "Secret";
        let bytes = |value: &Value| {
            let text = value.as_str().unwrap();
            if encoded {
                base64::engine::general_purpose::STANDARD.decode(text).unwrap()
            } else {
                text.as_bytes().to_vec()
            }
        };
        let data = object["data"].as_object();
        data.into_iter().flatten().map(|(key, value)| (key.clone(), bytes(value))).collect()
    }

    /// The rights of a container, as setpriv gives them: like a runtime's, the process
    /// that executes the program still has what is in the bounding set.
    fn rights(pod: &Value) -> Vec<String> {
        let container = &pod["containers"][0]["securityContext"];
        assert_eq!(container["capabilities"]["drop"], json!(["ALL"]));
        let added = container["capabilities"]["add"].as_array().unwrap().iter();
        let added: Vec<String> =
            added.map(|one| format!(",+{}", one.as_str().unwrap().to_lowercase())).collect();
        let mut rights =
            vec![format!("--bounding-set=-all{}", added.concat()), "--inh-caps=-all".to_owned()];
        let user = pod["securityContext"]["runAsUser"].as_u64().unwrap();
        if user != 0 {
            rights.extend([format!("--reuid={user}"), format!("--regid={user}")]);
            rights.push("--clear-groups".to_owned());
        }
        assert_eq!(container["allowPrivilegeEscalation"], false);
        rights.push("--no-new-privs".to_owned());
        rights
    }

    /// The files of a projected volume, with the rights that it says.
    fn mount(objects: &[Value], pod: &Value) -> TempDir {
        let mount = tempfile::tempdir().unwrap();
        let group = pod["securityContext"]["fsGroup"].as_u64().map(|id| id as u32);
        let mode = pod["volumes"][0]["projected"]["defaultMode"].as_u64().unwrap() as u32;
        let set = |path: &Path, mode: u32| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            chown(path, None, group).unwrap();
        };
        for (key, bytes) in objects.iter().flat_map(decoded) {
            let path = mount.path().join(key);
            fs::write(&path, bytes).unwrap();
            set(&path, mode);
        }
        set(mount.path(), 0o750);
        mount
    }

    /// Runs each Job's command in its Node's host, as its container would; what
    /// `kubectl logs` would show of all of them.
    fn run_jobs(program: &Path, hosts: &[(&str, &Host)], args: &[&str]) -> String {
        let dir = files(&[("all.yaml", &input())]);
        let fixed = ["live", "manifest"];
        let input = ["--image", "m2c", "-f", "all.yaml", "--program", program.to_str().unwrap()];
        let output = run_in(dir.path(), fixed.iter().chain(args).chain(&input), "");
        assert_eq!(output.status, 0, "{output:?}");
        let objects = documents(&output.stdout);
        let mut logs = String::new();
        let jobs: Vec<&Value> = objects.iter().filter(|object| object["kind"] == "Job").collect();
        assert_eq!(jobs.len(), hosts.len());
        for job in jobs {
            let pod = &job["spec"]["template"]["spec"];
            let affinity = pod["affinity"].to_string();
            let found = hosts.iter().find(|(name, _)| affinity.contains(&format!("\"{name}\"")));
            let (node, host) = found.unwrap();
            let mount = mount(&objects, pod);
            let text = |value: &Value| {
                let text = value.as_str().unwrap().replace("$(NODE_NAME)", node);
                text.replace("/input", mount.path().to_str().unwrap())
            };
            let container = &pod["containers"][0];
            let words = [&container["command"], &container["args"]];
            let words = words.into_iter().flat_map(|words| words.as_array().unwrap());
            let line: Vec<String> = rights(pod).into_iter().chain(words.map(text)).collect();
            let finished = host.run("setpriv", &line);
            assert!(finished.status == Some(0) || finished.status == Some(1), "{finished:?}");
            logs.push_str(&finished.stdout);
            logs.push_str(&finished.stderr);
        }
        logs
    }

    /// A copy of the program whose file has the capabilities.
    fn capable() -> (PathBuf, TempDir) {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let program = dir.path().join("metallb2cilium");
        fs::copy(BINARY, &program).unwrap();
        let set = run("setcap", [OsStr::new("cap_net_raw,cap_net_admin+ep"), program.as_os_str()]);
        assert!(set.status.success(), "{set:?}");
        (program, dir)
    }

    /// GoBGP, which waits for the three Nodes.
    fn router(host: &Host) -> (Running, TempDir) {
        let mut config = "[global.config]\nas = 64512\nrouter-id = \"192.0.2.10\"\n".to_owned();
        for last in 11..14 {
            config += &format!(
                "[[neighbors]]\n[neighbors.config]\nneighbor-address = \"192.0.2.{last}\"\n\
                 peer-as = 65001\nauth-password = \"{PASSWORD}\"\n\
                 [neighbors.transport.config]\npassive-mode = true\n"
            );
        }
        let dir = files(&[("config", &config)]);
        let file = dir.path().join("config").display().to_string();
        let running = host.start("gobgpd", ["-f", &file, "-p"]);
        let listens = || !host.run("ss", ["-Hltn", "sport = :179"]).stdout.is_empty();
        assert!(wait_until(Duration::from_secs(30), listens), "{}", running.said());
        (running, dir)
    }

    #[test]
    fn what_the_nodes_of_a_cluster_see_is_judged_as_one() {
        if !available(&["ip", "ss", "gobgpd", "setcap", "setpriv"]) {
            return;
        }
        let lan = Lan::new(4);
        let hosts = [("node-a", lan.host(1)), ("node-b", lan.host(2)), ("node-c", lan.host(3))];
        for ip in [format!("{V4}/32"), format!("{V6}/128")] {
            lan.host(1).ip(&format!("addr add {ip} dev eth0"));
        }
        let (_router, _dir) = router(lan.host(0));
        let (capable, _copy) = capable();
        let sessions = run_jobs(&capable, &hosts, &["peer", "--for", "1s"]);
        let addresses = run_jobs(&capable, &hosts, &["probe"]);
        assert_eq!(sessions.lines().count(), 3, "{sessions}");
        assert_eq!(addresses.lines().count(), 6, "{addresses}");
        assert!(!sessions.contains(PASSWORD) && !addresses.contains(PASSWORD));
        let all: Vec<String> = (sessions.clone() + &addresses).lines().map(str::to_owned).collect();
        let (status, value) = judged(&all, &[]);
        assert_eq!((status, found(&value)), (0, vec![]), "{value:#}");
        assert_eq!(value["observers"].as_array().unwrap().len(), 3);
        // node-c does not look: its session is missing, and named.
        let fewer: Vec<String> =
            all.iter().filter(|line| !line.contains("\"node-c\"")).cloned().collect();
        assert_eq!(found(&judged(&fewer, &[]).1), [("M2C731".to_owned(), "node-c".to_owned())]);
        // Another Node has the address, too.
        lan.host(2).ip(&format!("addr add {V4}/32 dev eth0"));
        // As root with the same two capabilities any program will do.
        let again = run_jobs(Path::new(BINARY), &hosts, &["probe", "--run-as-user", "0"]);
        let all: Vec<String> = (sessions + &again).lines().map(str::to_owned).collect();
        let (status, value) = judged(&all, &[]);
        assert_eq!((status, found(&value)), (1, vec![("M2C723".to_owned(), V4.to_owned())]));
        let observed = value["findings"][0]["observed"].as_str().unwrap();
        for part in [&lan.host(1).mac, &lan.host(2).mac] {
            assert!(observed.contains(part.as_str()), "{observed}");
        }
        assert!(observed.contains("(node-a)") && observed.contains("(node-b)"), "{observed}");
    }
}

/// A session with whatever router each Node's default route has.
const DISCOVERED: &str = "
---
apiVersion: cilium.io/v2
kind: CiliumBGPClusterConfig
metadata: {name: all}
spec:
  bgpInstances:
  - name: '65001'
    localASN: 65001
    peers:
    - name: gateway
      peerASN: 64512
      autoDiscovery: {mode: DefaultGateway, defaultGateway: {addressFamily: ipv4}}
      peerConfigRef: {name: usual}
---
apiVersion: cilium.io/v2
kind: CiliumBGPPeerConfig
metadata: {name: usual}
spec:
  families: [{afi: ipv4, safi: unicast}]
---
apiVersion: v1
kind: Node
metadata: {name: node-a}
---
apiVersion: v1
kind: Node
metadata: {name: node-b}
";

#[test]
fn a_session_with_the_default_gateway_is_expected_on_every_node() {
    let directory = files(&[("input.yaml", DISCOVERED)]);
    let line = |node: &str, remote: &str, outcome: &str| {
        let mut line = peer(node);
        line["engine"] = "cilium".into();
        line["peer"] = "gateway".into();
        line["remote"] = remote.into();
        line["discovered"] = true.into();
        line["parameters"] = json!({"peer AS": "64512"});
        line["outcome"] = outcome.into();
        line.to_string()
    };
    let judged = |lines: &[String]| {
        std::fs::write(directory.path().join("seen.jsonl"), lines.join("\n")).unwrap();
        let command = "verify -o json --engine cilium -f input.yaml --observations seen.jsonl";
        let args: Vec<&str> = command.split(' ').collect();
        let output = run_in(directory.path(), &args, "");
        let value: Value = serde_json::from_str(&output.stdout).unwrap();
        (output.status, found(&value))
    };
    let a = line("node-a", "192.0.2.1", "asConfigured");
    let b = |outcome: &str| line("node-b", "198.51.100.1", outcome);
    assert_eq!(judged(&[a.clone(), b("asConfigured")]), (0, vec![]));
    let one = |code: &str| (1, vec![(code.to_owned(), "node-b".to_owned())]);
    assert_eq!(judged(std::slice::from_ref(&a)), one("M2C731"), "nothing was seen of node-b");
    let unfound = line("node-b", "the default gateway of IPv4", "notUp");
    assert_eq!(judged(&[a.clone(), unfound]), one("M2C729"));
    assert_eq!(judged(&[a.clone(), b("notUp")]), one("M2C729"));
    assert_eq!(judged(&[a.clone(), b("interrupted")]), one("M2C731"));
    let other = b("asConfigured").replace("64512", "64513");
    assert_eq!(judged(&[a, other]), one("M2C732"));
}
