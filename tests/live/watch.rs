//! `live watch`: it hears all and sends nothing.

use std::time::Duration;

use super::hosts::{
    BINARY, Capture, TOOLS, V4, V6, answer_in, arping, is_answered, json_lines, live, metallb,
    settle, start,
};
use super::support::net::{Lan, available, wait_until};
use super::support::reader::files;

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

#[test]
fn an_interface_that_is_down_is_named() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    let watch = ["watch", "--node", "node-a", "--for", "60s"];
    let (running, _dir) = start(lan.host(1), &watch);
    running.until_said("listening on eth0");
    lan.host(1).ip("link set eth0 down");
    let lost = running.finish(Duration::from_secs(20));
    assert_eq!(lost.status, Some(1), "{lost:?}");
    assert!(lost.stderr.contains("the link of eth0 is lost"), "{}", lost.stderr);
    for more in [&[][..], &["--interface", "eth0"]] {
        let refused = live(lan.host(1), &[&watch[..], more].concat());
        assert_eq!((refused.status, refused.stdout.as_str()), (Some(2), ""), "{refused:?}");
        let down = "the interface eth0 is down or has no link";
        assert!(refused.stderr.contains(down), "{}", refused.stderr);
    }
}

#[test]
fn a_watch_says_who_holds_the_lease() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    let input = metallb().replace("speaks: 'no'", "speaks: 'yes'")
        + "---\napiVersion: coordination.k8s.io/v1\nkind: Lease\n\
           metadata: {name: cilium-l2announce-shop-web, namespace: kube-system}\n\
           spec: {holderIdentity: node-b}\n";
    let dir = files(&[("all.yaml", &input)]);
    let file = dir.path().join("all.yaml").display().to_string();
    let watch = |format: &str| {
        let args = ["live", "watch", "--node", "node-a", "--for", "3s", "-o", format, "-f", &file];
        let running = lan.host(1).start(BINARY, args);
        running.until_said("listening on eth0");
        arping(lan.host(0), &["-c", "1", "-w", "1", V4]);
        running.finish(Duration::from_secs(20)).stdout
    };
    let text = watch("text");
    assert!(text.contains("Cilium would be silent (node-b has the lease)"), "{text}");
    let json = json_lines(&watch("json"));
    assert_eq!(json[0]["cilium"], "beSilent", "{json:?}");
    assert_eq!(json[0]["leaseHolders"], serde_json::json!(["node-b"]), "{json:?}");
}
