//! `live peer --passive` and unnumbered peers, with GoBGP and FRR in network
//! namespaces.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper that cannot do its work fails the test"
)]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

mod support;

use support::net::{Finished, Host, Lan, Running, available, wait_until};
use support::reader::files;

const BINARY: &str = env!("CARGO_BIN_EXE_metallb2cilium");
const FRR: &str = "/usr/lib/frr";
const PASSWORD: &str = "not-a-real-password";

/// A Node with one BGPPeer and a Service of both families.
fn metallb(peer: &str) -> String {
    format!(
        "apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {{name: tor, namespace: metallb-system}}
spec: {{{peer}}}
---
apiVersion: v1
kind: Node
metadata: {{name: node-a}}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {{name: pool, namespace: metallb-system}}
spec: {{addresses: [203.0.113.0/28, '2001:db8:1::/124']}}
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: {{name: all, namespace: metallb-system}}
---
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: shop}}
spec:
  type: LoadBalancer
  clusterIPs: [10.96.0.1, 'fd00::1']
  ipFamilies: [IPv4, IPv6]
  ipFamilyPolicy: RequireDualStack
  ports: [{{port: 80}}]
status: {{loadBalancer: {{ingress: [{{ip: 203.0.113.5}}, {{ip: '2001:db8:1::5'}}]}}}}
"
    )
}

fn start(host: &Host, yaml: &str, args: &[&str]) -> (Running, TempDir) {
    let dir = files(&[("all.yaml", yaml)]);
    let file = dir.path().join("all.yaml");
    let fixed = ["live", "peer", "--node", "node-a", "-o", "json", "-f", file.to_str().unwrap()];
    (host.start(BINARY, fixed.iter().chain(args)), dir)
}

fn peer(host: &Host, yaml: &str, args: &[&str]) -> Finished {
    let (running, _dir) = start(host, yaml, args);
    running.finish(Duration::from_secs(90))
}

/// The one observation, and the exit status.
fn observed(finished: &Finished) -> (Option<i32>, Value) {
    assert_eq!(finished.stdout.lines().count(), 1, "{finished:?}");
    assert!(!format!("{finished:?}").contains(PASSWORD), "{finished:?}");
    (finished.status, serde_json::from_str(&finished.stdout).unwrap())
}

fn found<'a>(observed: &'a Value, name: &str) -> &'a str {
    let rows = observed["negotiated"].as_array().unwrap();
    let row = rows.iter().find(|row| row["name"] == name);
    row.unwrap_or_else(|| panic!("{name}: {observed}"))["found"].as_str().unwrap()
}

/// A router's programs in a host, with the directory of their files.
struct Router {
    running: Vec<Running>,
    dir: TempDir,
}

impl Router {
    fn said(&self) -> String {
        self.running.iter().map(Running::said).collect()
    }
}

/// GoBGP as AS 64512, that dials 192.0.2.10 and 2001:db8::10 every five seconds.
fn gobgp(host: &Host) -> Router {
    let mut config = "[global.config]\nas = 64512\nrouter-id = \"192.0.2.11\"\n".to_owned();
    for address in ["192.0.2.10", "2001:db8::10"] {
        config += &format!(
            "[[neighbors]]\n[neighbors.config]\nneighbor-address = \"{address}\"\n\
             peer-as = 65001\nauth-password = \"{PASSWORD}\"\n\
             [neighbors.timers.config]\nconnect-retry = 5\n\
             [[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = \"ipv4-unicast\"\n\
             [[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = \"ipv6-unicast\"\n"
        );
    }
    let dir = files(&[("config", &config)]);
    let file = dir.path().join("config").display().to_string();
    let running = host.start("gobgpd", ["-f", &file, "-l", "debug", "-p"]);
    Router { running: vec![running], dir }
}

/// FRR's zebra and bgpd as AS 64512, whose neighbour is whoever is on eth0.
fn frr(host: &Host) -> Router {
    let config = "router bgp 64512\n bgp router-id 192.0.2.11\n no bgp ebgp-requires-policy\n \
                  neighbor eth0 interface remote-as external\n neighbor eth0 timers 30 90\n \
                  neighbor eth0 timers connect 5\n \
                  address-family ipv4 unicast\n  neighbor eth0 activate\n exit-address-family\n \
                  address-family ipv6 unicast\n  neighbor eth0 activate\n exit-address-family\n";
    let dir = files(&[("bgpd.conf", config), ("zebra.conf", "")]);
    // They give up being root, and make sockets here.
    std::fs::set_permissions(dir.path(), Permissions::from_mode(0o777)).unwrap();
    let start = |program: &str| {
        let path = |name: &str| dir.path().join(name).display().to_string();
        let args = [
            "-P".to_owned(),
            "0".to_owned(),
            "-f".to_owned(),
            path(&format!("{program}.conf")),
            "-i".to_owned(),
            path(&format!("{program}.pid")),
            "-z".to_owned(),
            path("zserv.api"),
            "--vty_socket".to_owned(),
            dir.path().display().to_string(),
            "--log".to_owned(),
            "stdout".to_owned(),
            "--log-level".to_owned(),
            "debugging".to_owned(),
        ];
        host.start(&format!("{FRR}/{program}"), args)
    };
    let zebra = start("zebra");
    let up = || dir.path().join("zserv.api").exists();
    assert!(wait_until(Duration::from_secs(30), up), "{}", zebra.said());
    let bgpd = start("bgpd");
    let router = Router { running: vec![zebra, bgpd], dir };
    let listens = || !host.run("ss", ["-Hltn", "sport = :179"]).stdout.is_empty();
    assert!(wait_until(Duration::from_secs(30), listens), "{}", router.said());
    router
}

/// A route in FRR's table.
fn shown(host: &Host, sockets: &Path, family: &str, prefix: &str) -> Value {
    let command = format!("show bgp {family} unicast {prefix} json");
    let sockets = sockets.display().to_string();
    let args = ["--vty_socket", &sockets, "-d", "bgpd", "-c", &command];
    let text = host.run("vtysh", args).stdout;
    serde_json::from_str::<Value>(&text).unwrap_or_default()["paths"][0].clone()
}

#[test]
fn a_peer_that_dials_is_waited_for() {
    if !available(&["ip", "ss", "gobgpd"]) {
        return;
    }
    let lan = Lan::new(3);
    let peer_of = |address: &str| {
        metallb(&format!(
            "myASN: 65001, peerASN: 64512, peerAddress: {address}, password: {PASSWORD}, \
             holdTime: 90s, dualStackAddressFamily: true"
        ))
    };
    let _router = gobgp(lan.host(1));
    for address in ["192.0.2.11", "'2001:db8::11'"] {
        let args = ["--passive", "--connect-timeout", "60s", "--for", "2s"];
        let (running, _dir) = start(lan.host(0), &peer_of(address), &args);
        let listens = || !lan.host(0).run("ss", ["-Hltn", "sport = :179"]).stdout.is_empty();
        let up = || lan.host(0).run("ss", ["-Htn", "sport = :179"]).stdout.contains("ESTAB");
        assert!(wait_until(Duration::from_secs(30), || listens() || up()), "{}", running.said());
        let (status, seen) = observed(&running.finish(Duration::from_secs(90)));
        assert_eq!((status, &seen["outcome"]), (Some(0), &"asConfigured".into()), "{seen}");
        assert_eq!((found(&seen, "families"), found(&seen, "TCP MD5")), ("IPv4, IPv6", "on"));
        assert_eq!(seen["received"][0]["prefixes"], 0, "{seen}");
    }
}

#[test]
fn who_does_not_dial_as_configured_is_not_taken() {
    if !available(&["ip", "ss", "gobgpd"]) {
        return;
    }
    let lan = Lan::new(2);
    let with = |password: &str| {
        metallb(&format!(
            "myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, holdTime: 90s, \
             password: {password}"
        ))
    };
    let _router = gobgp(lan.host(1));
    // The kernel drops what is signed with another password.
    let args = ["--passive", "--connect-timeout", "12s"];
    let (status, seen) = observed(&peer(lan.host(0), &with("another"), &args));
    assert_eq!((status, &seen["outcome"]), (Some(1), &"notUp".into()), "{seen}");
    let reason = seen["reason"].as_str().unwrap();
    assert!(reason.contains("192.0.2.10:179 within 12 s"), "{reason}");
    assert!(reason.contains("with a wrong password"), "{reason}");
    let (status, seen) = observed(&peer(lan.host(0), &with("''"), &args));
    let reason = seen["reason"].as_str().unwrap();
    assert!(reason.contains("dialled with a password, and none"), "{status:?} {reason}");
    // Nobody can listen twice.
    let elsewhere = ["--passive", "--listen", "192.0.2.10:1790", "--connect-timeout", "30s"];
    let (first, _dir) = start(lan.host(0), &with(PASSWORD), &elsewhere);
    let listens = || !lan.host(0).run("ss", ["-Hltn", "sport = :1790"]).stdout.is_empty();
    assert!(wait_until(Duration::from_secs(30), listens), "{}", first.said());
    let (status, seen) = observed(&peer(lan.host(0), &with(PASSWORD), &elsewhere));
    assert_eq!(status, Some(1));
    assert!(seen["reason"].as_str().unwrap().contains("listens on 192.0.2.10:1790"), "{seen}");
    // A signal ends the wait.
    first.signal("-TERM");
    let (status, seen) = observed(&first.finish(Duration::from_secs(10)));
    assert_eq!((status, &seen["outcome"]), (Some(1), &"interrupted".into()), "{seen}");
}

#[test]
fn without_the_capability_for_the_port_one_line_says_what_helps() {
    if !available(&["ip", "setpriv"]) {
        return;
    }
    let lan = Lan::new(1);
    let yaml = metallb("myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11");
    let dir = files(&[("all.yaml", &yaml)]);
    let file = dir.path().join("all.yaml").display().to_string();
    let dropped =
        ["--bounding-set", "-net_bind_service", "--inh-caps", "-net_bind_service", BINARY];
    let fixed = ["live", "peer", "--node", "node-a", "-f", &file, "--passive"];
    let seen = lan.host(0).run("setpriv", dropped.iter().chain(&fixed));
    assert_eq!((seen.status, seen.stdout.lines().count()), (Some(1), 1), "{seen:?}");
    for part in ["port 179", "setcap cap_net_raw,cap_net_bind_service+ep", "--listen"] {
        assert!(seen.stdout.contains(part), "{part}: {}", seen.stdout);
    }
    // What it names helps.
    let elsewhere = ["--listen", "192.0.2.10:1790", "--connect-timeout", "1s"];
    let seen = lan.host(0).run("setpriv", dropped.iter().chain(&fixed).chain(&elsewhere));
    assert!(seen.stdout.contains("it did not connect to 192.0.2.10:1790"), "{seen:?}");
}

const UNNUMBERED: &str = "myASN: 65001, peerASN: 64512, interface: eth0, holdTime: 90s";

#[test]
fn an_unnumbered_peer_is_found_and_takes_routes_of_both_families() {
    if !available(&["ip", "ss", "zebra", "bgpd", "vtysh"]) {
        return;
    }
    let lan = Lan::new(2);
    let router = frr(lan.host(1));
    let yaml = metallb(UNNUMBERED);
    let timeout = ["--connect-timeout", "30s"];
    let args = [&["--really-advertise", "--for", "60s"], &timeout[..]].concat();
    let (running, _dir) = start(lan.host(0), &yaml, &args);
    let show = |family: &str, prefix: &str| shown(lan.host(1), router.dir.path(), family, prefix);
    let there = || {
        !show("ipv4", "203.0.113.5/32").is_null() && !show("ipv6", "2001:db8:1::5/128").is_null()
    };
    assert!(wait_until(Duration::from_secs(60), there), "{}{}", running.said(), router.said());
    for (family, prefix) in [("ipv4", "203.0.113.5/32"), ("ipv6", "2001:db8:1::5/128")] {
        let path = show(family, prefix);
        let hops = path["nexthops"].to_string();
        assert!(hops.contains("fe80::"), "{path}");
        assert_eq!(path["aspath"]["string"], "65001", "{path}");
    }
    // A second one would disturb the first.
    let second = peer(lan.host(0), &yaml, &timeout);
    assert_eq!((second.status, second.stdout.as_str()), (Some(2), ""), "{second:?}");
    assert!(second.stderr.contains("M2C708"), "{}", second.stderr);
    running.signal("-TERM");
    let (status, seen) = observed(&running.finish(Duration::from_secs(20)));
    assert_eq!((status, &seen["outcome"]), (Some(0), &"interrupted".into()), "{seen}");
    assert_eq!(seen["withdrawn"].as_array().map(Vec::len), Some(2), "{seen}");
    let gone = || show("ipv4", "203.0.113.5/32").is_null();
    assert!(wait_until(Duration::from_secs(20), gone), "still there");
    for more in [&["--for", "2s"][..], &["--for", "2s", "--passive"]] {
        let (status, seen) = observed(&peer(lan.host(0), &yaml, &[more, &timeout].concat()));
        assert_eq!(
            (status, &seen["outcome"]),
            (Some(0), &"asConfigured".into()),
            "{more:?} {seen}"
        );
        assert_eq!(found(&seen, "extended next hop"), "yes");
        assert_eq!(
            (&seen["remote"], found(&seen, "families")),
            (&"interface eth0".into(), "IPv4, IPv6")
        );
    }
}

#[test]
fn an_unnumbered_peer_that_is_not_there_is_named() {
    if !available(&["ip"]) {
        return;
    }
    let lan = Lan::new(1);
    let args = ["--connect-timeout", "2s"];
    for (from, to, says) in [
        ("", "", "nobody on eth0 has said to be a router"),
        ("eth0", "eth9", "there is no interface eth9"),
    ] {
        let yaml = metallb(&UNNUMBERED.replace(if from.is_empty() { "-" } else { from }, to));
        let (status, seen) = observed(&peer(lan.host(0), &yaml, &args));
        assert_eq!((status, &seen["outcome"]), (Some(1), &"notUp".into()), "{seen}");
        assert_eq!(seen["peer"], "tor");
        assert!(seen["reason"].as_str().unwrap().contains(says), "{seen}");
    }
}
