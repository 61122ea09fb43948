//! `live probe`: who answers is found, and nobody is disturbed.

use std::time::Duration;

use super::hosts::{TOOLS, V4, V6, answer_in, json_lines, live, start};
use super::support::net::{Lan, available, wait_until};

#[test]
fn a_probe_finds_who_answers_and_changes_nobodys_cache() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    answer_in(lan.host(1));
    let finished = live(lan.host(0), &["probe", "-o", "json"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let found = json_lines(&finished.stdout);
    let told: Vec<(&str, &str, &str)> = found
        .iter()
        .map(|one| {
            let text = |value: &'static str| one[value].as_str().unwrap();
            (text("ip"), text("verdict"), one["answers"][0]["node"].as_str().unwrap())
        })
        .collect();
    assert_eq!(told, [(V4, "asExpected", "node-a"), (V6, "asExpected", "node-a")]);
    assert_eq!(found[0]["answers"][0]["mac"], lan.host(1).mac.as_str());
    assert!(found[0]["answers"][0]["milliseconds"].as_f64().unwrap() < 1000.0);
    assert_eq!(found[0]["leaders"], serde_json::json!(["node-a"]));
    let cache = lan.host(1).ip_says("-4 neigh show");
    assert!(!cache.contains("192.0.2.10 "), "the probe is in a cache: {cache}");
}

#[test]
fn a_probe_tells_conflicts_strangers_and_silence_apart() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(4);
    let verdicts = |args: &[&str]| {
        let args = [&["probe", "-o", "json", "--address", V4, "--attempts", "1"], args].concat();
        let finished = live(lan.host(0), &args);
        let found = json_lines(&finished.stdout);
        let verdict = found.first().map(|one| one["verdict"].as_str().unwrap().to_owned());
        (finished.status, verdict.unwrap_or(finished.stderr), found)
    };
    let (status, verdict, _) = verdicts(&[]);
    assert_eq!((status, verdict.as_str()), (Some(1), "nobodyAnswers"));
    let (status, verdict, _) = verdicts(&["--node", "node-a"]);
    assert_eq!((status, verdict.as_str()), (Some(0), "thisHost"));
    lan.host(2).ip(&format!("addr add {V4}/32 dev eth0"));
    let (status, verdict, _) = verdicts(&[]);
    assert_eq!((status, verdict.as_str()), (Some(1), "wrongNode"));
    lan.host(1).ip(&format!("addr add {V4}/32 dev eth0"));
    let (status, verdict, found) = verdicts(&[]);
    assert_eq!((status, verdict.as_str()), (Some(1), "conflict"));
    let mut nodes: Vec<&str> = found[0]["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["node"].as_str().unwrap())
        .collect();
    nodes.sort_unstable();
    assert_eq!(nodes, ["node-a", "node-b"]);
    for host in [1, 2] {
        lan.host(host).ip(&format!("addr del {V4}/32 dev eth0"));
    }
    lan.host(3).ip(&format!("addr add {V4}/32 dev eth0"));
    let (status, verdict, _) = verdicts(&[]);
    assert_eq!((status, verdict.as_str()), (Some(1), "stranger"));
    let mac = format!("node-a={}", lan.host(3).mac);
    let (status, verdict, _) = verdicts(&["--nodes-mac", &mac]);
    assert_eq!((status, verdict.as_str()), (Some(0), "asExpected"));
}

#[test]
fn a_probe_of_whole_pools_finds_what_is_given_to_no_service() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    answer_in(lan.host(1));
    lan.host(2).ip("addr add 192.0.2.103/32 dev eth0");
    let finished = live(lan.host(0), &["probe", "--all"]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    let lines: Vec<&str> = finished.stdout.lines().collect();
    assert_eq!(lines.len(), 8, "{}", finished.stdout);
    assert!(lines[0].starts_with("192.0.2.100  as expected"), "{}", lines[0]);
    assert!(lines[0].contains("node-a, the leader") && lines[0].ends_with("shop/web"));
    assert!(lines[1].starts_with("192.0.2.101  nobody answers, as expected"), "{}", lines[1]);
    assert!(lines[3].starts_with("192.0.2.103  answered, but"), "{}", lines[3]);
    assert!(lines[3].contains("(node-b)"), "{}", lines[3]);
    assert!(finished.stderr.contains("8 addresses: "), "{}", finished.stderr);
}

#[test]
fn a_watching_probe_tells_what_changes() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    answer_in(lan.host(1));
    let args = ["probe", "--watch", "--interval", "1s", "--address", V4, "-o", "json"];
    let (running, _dir) = start(lan.host(0), &args);
    running.until_said("asExpected");
    lan.host(1).ip(&format!("addr del {V4}/32 dev eth0"));
    running.until_said("nobodyAnswers");
    lan.host(1).ip(&format!("addr add {V4}/32 dev eth0"));
    let twice = || running.said().matches("asExpected").count() == 2;
    assert!(wait_until(Duration::from_secs(30), twice), "{}", running.said());
    running.signal("-INT");
    let finished = running.finish(Duration::from_secs(10));
    assert_eq!(finished.status, Some(0), "{finished:?}");
    assert_eq!(json_lines(&finished.stdout).len(), 3, "{}", finished.stdout);
}
