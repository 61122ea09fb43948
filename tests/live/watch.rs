//! `live watch`: it hears all and sends nothing.

use std::time::Duration;

use super::hosts::{
    Capture, TOOLS, V4, V6, answer_in, arping, is_answered, json_lines, settle, start,
};
use super::support::net::{Lan, available, wait_until};

#[test]
fn a_watch_hears_questions_and_answers_and_sends_nothing() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    // The interface and the answering stack are those of node-a itself.
    lan.host(2).ip("link set eth0 allmulticast on");
    settle();
    let capture = Capture::start(lan.host(1));
    let (running, _dir) =
        start(lan.host(1), &["watch", "--node", "node-a", "--for", "8s", "-o", "json"]);
    running.until_said("listening on eth0");
    assert!(!is_answered(lan.host(0), V4) && !is_answered(lan.host(0), V6));
    // Somebody else says that it is there.
    lan.host(2).ip(&format!("addr add {V4}/32 dev eth0"));
    arping(lan.host(2), &["-U", "-c", "1", "-w", "1", "-s", V4, V4]);
    let finished = running.finish(Duration::from_secs(30));
    let sent = capture.finish();
    assert_eq!(sent, "", "a watch sends nothing");
    let seen = json_lines(&finished.stdout);
    let question = |ip: &str| seen.iter().find(|s| s["seen"] == "question" && s["ip"] == ip);
    for ip in [V4, V6] {
        let question = question(ip).unwrap_or_else(|| panic!("{ip}: {finished:?}"));
        assert_eq!(question["metallb"], "answer", "{question}");
        assert_eq!(question["cilium"], "answer", "{question}");
        assert_eq!(question["answers"], serde_json::json!([]));
        assert_eq!(question["asker"]["mac"], lan.host(0).mac.as_str());
    }
    let announced = seen.iter().find(|s| s["seen"] == "announcement").unwrap();
    assert_eq!(announced["mac"], lan.host(2).mac.as_str());
    assert_eq!(finished.status, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("was claimed by"), "{}", finished.stderr);
}

#[test]
fn a_watch_hears_what_this_host_itself_answers() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    answer_in(lan.host(1));
    let (running, _dir) = start(lan.host(1), &["watch", "--node", "node-a"]);
    running.until_said("listening on eth0");
    assert!(is_answered(lan.host(0), V4) && is_answered(lan.host(0), V6));
    let both = || running.said().matches("heard: 02:00:00:00:00:01 (node-a)").count() >= 2;
    assert!(wait_until(Duration::from_secs(20), both), "{}", running.said());
    running.signal("-TERM");
    let finished = running.finish(Duration::from_secs(10));
    assert_eq!(finished.status, Some(0), "{finished:?}");
    assert!(finished.stdout.contains("MetalLB would answer; Cilium would answer"));
}
