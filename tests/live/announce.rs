//! `live announce`: it answers, and falls silent when it has to.

use std::time::Duration;

use super::hosts::{
    BINARY, Capture, TOOLS, V4, V6, arping, is_answered, json_lines, live, metallb, settle, start,
};
use super::support::net::{Lan, available, wait_until};
use super::support::reader::files;

const ANNOUNCE: [&str; 5] = ["announce", "--engine", "metallb", "--node", "node-a"];

fn really(more: &[&'static str]) -> Vec<&'static str> {
    [&ANNOUNCE[..], &["--really-answer", "--for", "40s"], more].concat()
}

#[test]
fn a_dry_announcement_says_what_it_would_send_and_sends_nothing() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    settle();
    let capture = Capture::start(lan.host(1));
    let finished = live(lan.host(1), &ANNOUNCE);
    assert_eq!(capture.finish(), "");
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let mac = &lan.host(1).mac;
    let expected = format!(
        "{V4} on eth0: would send gratuitous ARP and answer ARP requests with {mac} (shop/web)\n\
         {V6} on eth0: would send unsolicited neighbour advertisements and answer neighbour \
         solicitations with {mac} (shop/web)\n"
    );
    assert_eq!(finished.stdout, expected);
    assert!(finished.stderr.contains("nothing was sent"), "{}", finished.stderr);
}

#[test]
fn an_announcement_is_answered_for_until_a_signal_comes() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    // Entries that lead elsewhere are put right by what is announced.
    for ip in [V4, V6] {
        lan.host(2).ip(&format!("neigh replace {ip} lladdr 02:00:00:00:00:99 nud stale dev eth0"));
    }
    let (running, _dir) = start(lan.host(1), &really(&[]));
    running.until_said(&format!("announced {V6}"));
    assert!(is_answered(lan.host(0), V4), "{}", running.said());
    assert!(is_answered(lan.host(0), V6), "{}", running.said());
    // The kernel's own stack asks, too, before it sends anything there.
    for ip in [V4, V6] {
        lan.host(0).ip("neigh flush dev eth0");
        lan.host(0).run("bash", ["-c", &format!("echo > /dev/udp/{ip}/9")]);
        let resolved = format!("{ip} lladdr {}", lan.host(1).mac);
        let cache = || lan.host(0).ip_says("neigh show dev eth0").replace("dev eth0 ", "");
        let knows = || cache().contains(&resolved);
        assert!(wait_until(Duration::from_secs(10), knows), "{}", cache());
    }
    let cache = || lan.host(2).ip_says("neigh show dev eth0");
    let put_right = || cache().matches(lan.host(1).mac.as_str()).count() == 2;
    assert!(wait_until(Duration::from_secs(10), put_right), "{}", cache());
    running.signal("-TERM");
    let finished = running.finish(Duration::from_secs(10));
    assert_eq!(finished.status, Some(0), "{finished:?}");
    assert!(finished.stdout.contains("silent: stopped by a signal"), "{}", finished.stdout);
    assert!(finished.stdout.contains(&format!("answered {} for {V4}", lan.host(0).mac)));
    assert!(!is_answered(lan.host(0), V4) && !is_answered(lan.host(0), V6));
}

#[test]
fn nothing_is_announced_where_somebody_else_has_an_address() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    for ip in [format!("{V4}/32"), format!("{V6}/128")] {
        lan.host(2).ip(&format!("addr add {ip} dev eth0"));
        std::thread::sleep(Duration::from_millis(200));
        let capture = Capture::start(lan.host(1));
        let finished = live(lan.host(1), &really(&["-o", "json"]));
        assert_eq!(finished.status, Some(1), "{finished:?}");
        let told = json_lines(&finished.stdout);
        assert_eq!(told.len(), 1, "{}", finished.stdout);
        assert_eq!((&told[0]["event"], &told[0]["reason"]), (&"silent".into(), &"taken".into()));
        assert_eq!(told[0]["by"], lan.host(2).mac.as_str());
        let sent = capture.finish();
        assert!(!sent.contains("advertisement") && !sent.contains("is-at"), "{sent}");
        lan.host(2).ip(&format!("addr del {ip} dev eth0"));
    }
}

#[test]
fn it_falls_silent_at_a_conflict_a_lost_link_and_when_time_is_over() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    let (running, _dir) = start(lan.host(1), &really(&["--take-over"]));
    running.until_said(&format!("announced {V4}"));
    lan.host(2).ip(&format!("addr add {V4}/32 dev eth0"));
    arping(lan.host(2), &["-U", "-c", "1", "-w", "1", "-s", V4, V4]);
    let finished = running.finish(Duration::from_secs(10));
    assert_eq!(finished.status, Some(1), "{finished:?}");
    let claims = format!("silent: {} claims {V4}, too", lan.host(2).mac);
    assert!(finished.stdout.contains(&claims), "{}", finished.stdout);
    lan.host(2).ip(&format!("addr del {V4}/32 dev eth0"));

    let (running, _dir) = start(lan.host(1), &really(&["--take-over"]));
    running.until_said(&format!("announced {V4}"));
    lan.host(1).ip("link set eth0 down");
    let finished = running.finish(Duration::from_secs(10));
    assert_eq!(finished.status, Some(1), "{finished:?}");
    assert!(finished.stdout.contains("the link of eth0 is lost"), "{}", finished.stdout);
    lan.host(1).ip("link set eth0 up");
    std::thread::sleep(Duration::from_millis(500));

    let short = [&ANNOUNCE[..], &["--really-answer", "--take-over", "--for", "2s"]].concat();
    let finished = live(lan.host(1), &[&short[..], &["--address", V4]].concat());
    assert_eq!(finished.status, Some(0), "{finished:?}");
    assert!(finished.stdout.contains("silent: the time is over"), "{}", finished.stdout);
    assert!(!finished.stdout.contains(V6), "{}", finished.stdout);
}

#[test]
fn a_host_that_is_not_the_node_is_warned_and_refused() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    let host = lan.host(2);
    let dry = live(host, &ANNOUNCE);
    assert_eq!(dry.status, Some(0), "{dry:?}");
    let why = "this host has no address of Node node-a (192.0.2.11): it is another";
    assert!(dry.stderr.contains(why), "{}", dry.stderr);
    settle();
    let capture = Capture::start(host);
    let refused = live(host, &[&ANNOUNCE[..], &["--really-answer", "--for", "1s"]].concat());
    assert_eq!(capture.finish(), "");
    assert_eq!((refused.status, refused.stdout.as_str()), (Some(2), ""), "{refused:?}");
    assert!(refused.stderr.contains("M2C710"), "{}", refused.stderr);
    let (running, _dir) = start(host, &really(&["--even-on-another-host"]));
    running.until_said(&format!("announced {V4}"));
    running.signal("-TERM");
    assert_eq!(running.finish(Duration::from_secs(10)).status, Some(0));
}

#[test]
fn who_leads_is_taken_from_the_leases() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    let both = metallb().replace("speaks: 'no'", "speaks: 'yes'");
    let announce = |holder: &str| {
        let lease = format!(
            "---\napiVersion: coordination.k8s.io/v1\nkind: Lease\n\
             metadata: {{name: cilium-l2announce-shop-web, namespace: kube-system}}\n\
             spec: {{holderIdentity: {holder}}}\n"
        );
        let lease = if holder.is_empty() { String::new() } else { lease };
        let dir = files(&[("all.yaml", &(both.clone() + &lease))]);
        let file = dir.path().join("all.yaml").display().to_string();
        let args = ["live", "announce", "--engine", "cilium", "--node", "node-a", "-f", &file];
        let args = args.iter().chain(&["--error-format", "json"]);
        lan.host(1).run(BINARY, args)
    };
    let leads = announce("node-a");
    assert_eq!(leads.status, Some(0), "{leads:?}");
    assert!(leads.stdout.contains(V4), "{leads:?}");
    for (holder, says) in [
        ("node-b", "it does not lead: by the Leases of the input node-b does"),
        ("", "whether it leads is not in the input"),
    ] {
        let other = announce(holder);
        assert_eq!((other.status, other.stdout.as_str()), (Some(2), ""), "{other:?}");
        let said = other.stderr;
        assert!(said.contains("M2C706") && said.contains(says), "{said}");
    }
}
