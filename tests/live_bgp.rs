//! `live peer`, with GoBGP and FRR in network namespaces.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper that cannot do its work fails the test"
)]

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

mod support;

use support::net::{Finished, Host, Lan, Running, available, wait_until};
use support::reader::{files, run};

const BINARY: &str = env!("CARGO_BIN_EXE_metallb2cilium");
const FRR: &str = "/usr/lib/frr/bgpd";
const PASSWORD: &str = "not-a-real-password";

/// A Node with one BGPPeer.
fn metallb(peer: &str) -> String {
    format!(
        "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\n\
         metadata: {{name: tor, namespace: metallb-system}}\nspec: {{{peer}}}\n---\n\
         apiVersion: v1\nkind: Node\nmetadata: {{name: node-a}}\n"
    )
}

/// Runs `live peer` in the host.
fn peer(host: &Host, yaml: &str, args: &[&str]) -> Finished {
    let (running, _dir) = start(host, yaml, &[&["--for", "2s"], args].concat());
    running.finish(Duration::from_secs(60))
}

fn start(host: &Host, yaml: &str, args: &[&str]) -> (Running, TempDir) {
    let dir = files(&[("all.yaml", yaml)]);
    let file = dir.path().join("all.yaml");
    let fixed = ["live", "peer", "--node", "node-a", "-o", "json", "-f", file.to_str().unwrap()];
    (host.start(BINARY, fixed.iter().chain(&["--connect-timeout", "3s"]).chain(args)), dir)
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

/// A router in a host, with the directory of its files.
struct Router {
    running: Running,
    dir: TempDir,
}

fn router(host: &Host, program: &str, config: &str, args: impl Fn(&Path) -> Vec<String>) -> Router {
    let dir = files(&[("config", config)]);
    let running = host.start(program, args(dir.path()));
    let listens = || !host.run("ss", ["-Hltn", "sport = :179"]).stdout.is_empty();
    assert!(wait_until(Duration::from_secs(30), listens), "{}", running.said());
    Router { running, dir }
}

/// GoBGP, that waits for 192.0.2.10 and 2001:db8::10 as AS 65001.
fn gobgp(host: &Host, neighbour: &str, families: &[&str]) -> Router {
    let mut config = "[global.config]\nas = 64512\nrouter-id = \"192.0.2.11\"\n".to_owned();
    for address in ["192.0.2.10", "2001:db8::10"] {
        config += &format!(
            "[[neighbors]]\n[neighbors.config]\nneighbor-address = \"{address}\"\n{neighbour}\n\
             [neighbors.transport.config]\npassive-mode = true\n"
        );
        for family in families {
            config += &format!(
                "[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = \"{family}\"\n"
            );
        }
    }
    router(host, "gobgpd", &config, |dir| {
        let file = dir.join("config").display().to_string();
        ["-f", &file, "-l", "debug", "-p"].map(str::to_owned).to_vec()
    })
}

/// FRR's bgpd without zebra.
fn frr(host: &Host, config: &str) -> Router {
    router(host, FRR, config, |dir| {
        let path = |name: &str| dir.join(name).display().to_string();
        let vty = dir.display().to_string();
        [
            "-Z",
            "-n",
            "-S",
            "-P",
            "0",
            "-f",
            &path("config"),
            "-i",
            &path("pid"),
            "--vty_socket",
            &vty,
            "--log",
            "stdout",
            "--log-level",
            "debugging",
        ]
        .map(str::to_owned)
        .to_vec()
    })
}

const BOTH: [&str; 2] = ["ipv4-unicast", "ipv6-unicast"];
const TOOLS: [&str; 3] = ["ip", "ss", "gobgpd"];

#[test]
fn sessions_with_gobgp_come_up_over_both_families_with_a_password() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    let asn = 4_200_000_001_u32;
    let neighbour = format!("peer-as = {asn}\nauth-password = \"{PASSWORD}\"");
    for address in ["192.0.2.11", "'2001:db8::11'"] {
        let yaml = metallb(&format!(
            "myASN: {asn}, peerASN: 64512, peerAddress: {address}, password: {PASSWORD}, \
             holdTime: 90s, dualStackAddressFamily: true"
        ));
        for engine in ["metallb", "cilium"] {
            // Each time a new one: it takes no connection for a while after a session.
            let router = gobgp(lan.host(1), &neighbour, &BOTH);
            let (status, seen) = observed(&peer(lan.host(0), &yaml, &["--engine", engine]));
            assert_eq!((status, &seen["outcome"]), (Some(0), &"asConfigured".into()), "{seen}");
            assert_eq!(found(&seen, "peer AS"), "64512");
            assert_eq!(found(&seen, "families"), "IPv4, IPv6");
            assert_eq!(found(&seen, "TCP MD5"), "on");
            assert_eq!(found(&seen, "4-octet AS"), "yes");
            // The peer heard the Cease and its words.
            let heard = || router.running.said().contains("sent no route");
            assert!(wait_until(Duration::from_secs(5), heard), "{}", router.running.said());
        }
    }
}

#[test]
fn each_way_to_fail_with_gobgp_is_told_apart() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    let neighbour = format!("peer-as = 65001\nauth-password = \"{PASSWORD}\"");
    let good = format!(
        "myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, password: {PASSWORD}, \
         holdTime: 90s, ebgpMultiHop: true"
    );
    for (from, to, outcome, says) in [
        ("", "", "asConfigured", ""),
        (PASSWORD, "another", "notUp", "wrong password"),
        ("peerASN: 64512", "peerASN: 64513", "notUp", "the peer is AS 64512"),
        ("myASN: 65001", "myASN: 65002", "notUp", "expects another AS number of this side"),
        ("192.0.2.11", "192.0.2.99", "notUp", "unreachable"),
        ("holdTime: 90s", "holdTime: 180s", "different", ""),
        ("ebgpMultiHop: true", "dualStackAddressFamily: true", "different", ""),
    ] {
        let yaml = metallb(&good.replace(from, to));
        let yaml = if from.is_empty() { metallb(&good) } else { yaml };
        let _router = gobgp(lan.host(1), &neighbour, &["ipv4-unicast"]);
        let (status, seen) = observed(&peer(lan.host(0), &yaml, &[]));
        assert_eq!(seen["outcome"], outcome, "{from} {to}: {seen}");
        assert_eq!(status, Some(i32::from(outcome != "asConfigured")));
        let reason = seen["reason"].as_str().unwrap_or_default();
        assert!(reason.contains(says), "{from} {to}: {seen}");
    }
}

#[test]
fn sessions_with_frr_come_up_as_ibgp_and_ebgp() {
    if !available(&["ip", "ss", "bgpd"]) {
        return;
    }
    let lan = Lan::new(2);
    let neighbour = |address: &str, asn: u32| {
        format!(
            " neighbor {address} remote-as {asn}\n neighbor {address} password {PASSWORD}\n \
             neighbor {address} passive\n neighbor {address} timers 30 90\n"
        )
    };
    let config = format!(
        "router bgp 64512\n bgp router-id 192.0.2.11\n no bgp default ipv4-unicast\n \
         bgp graceful-restart\n\
         {}{} address-family ipv4 unicast\n  neighbor 192.0.2.10 activate\n exit-address-family\n \
         address-family ipv6 unicast\n  neighbor 2001:db8::10 activate\n exit-address-family\n",
        neighbour("192.0.2.10", 64512),
        neighbour("2001:db8::10", 65001),
    );
    let _router = frr(lan.host(1), &config);
    for (address, asn, family) in [("192.0.2.11", 64512, "IPv4"), ("'2001:db8::11'", 65001, "IPv6")]
    {
        let yaml = metallb(&format!(
            "myASN: {asn}, peerASN: 64512, peerAddress: {address}, password: {PASSWORD}, \
             holdTime: 90s, enableGracefulRestart: true"
        ));
        let (status, seen) = observed(&peer(lan.host(0), &yaml, &[]));
        assert_eq!((status, &seen["outcome"]), (Some(0), &"asConfigured".into()), "{seen}");
        assert_eq!(found(&seen, "families"), family);
        assert_eq!(found(&seen, "graceful restart"), "120 s");
        // End-of-RIB.
        assert!(seen["updates"].as_u64().unwrap() >= 1, "{seen}");
    }
    let nobody = metallb("myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, peerPort: 1790");
    let (status, seen) = observed(&peer(lan.host(0), &nobody, &[]));
    assert_eq!((status, &seen["outcome"]), (Some(1), &"notUp".into()));
    assert!(seen["reason"].as_str().unwrap().contains("nobody listens on port 1790"), "{seen}");
}

/// A Service of both families, advertised with communities and a local preference.
fn with_routes(peer: &str) -> String {
    let more = "
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: pool, namespace: metallb-system}
spec: {addresses: [203.0.113.0/28, '2001:db8:1::/124']}
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: {name: all, namespace: metallb-system}
spec: {localPref: 150, communities: ['64512:100', 'large:64512:1:2']}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: LoadBalancer
  clusterIPs: [10.96.0.1, 'fd00::1']
  ipFamilies: [IPv4, IPv6]
  ipFamilyPolicy: RequireDualStack
  ports: [{port: 80}]
status: {loadBalancer: {ingress: [{ip: 203.0.113.5}, {ip: '2001:db8:1::5'}]}}
";
    format!("{}---{more}", metallb(peer))
}

#[test]
fn routes_reach_gobgp_with_their_attributes_and_are_taken_back() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    let yaml = with_routes(
        "myASN: 4200000001, peerASN: 64512, peerAddress: 192.0.2.11, holdTime: 90s, \
         dualStackAddressFamily: true",
    );
    for engine in ["metallb", "cilium"] {
        let _router = gobgp(lan.host(1), "peer-as = 4200000001", &BOTH);
        let rib = |family: &str| lan.host(1).run("gobgp", ["global", "rib", "-a", family]).stdout;
        let args = ["--engine", engine, "--really-advertise", "--for", "60s"];
        let (running, _dir) = start(lan.host(0), &yaml, &args);
        let there = || rib("ipv6").contains("2001:db8:1::5/128");
        assert!(wait_until(Duration::from_secs(20), there), "{}", running.said());
        let (v4, v6) = (rib("ipv4"), rib("ipv6"));
        for (table, route, hop) in
            [(&v4, "203.0.113.5/32", "192.0.2.10"), (&v6, "2001:db8:1::5/128", "2001:db8::10")]
        {
            for part in [route, hop, "4200000001", "64512:100", "64512:1:2", "{Origin: i}"] {
                assert!(table.contains(part), "{engine}: {part} is not in {table}");
            }
            // To an external peer no local preference goes.
            assert!(!table.contains("LocalPref"), "{table}");
        }
        running.signal("-TERM");
        let finished = running.finish(Duration::from_secs(20));
        assert_eq!(observed(&finished).1["outcome"], "interrupted", "{finished:?}");
        let gone =
            || !rib("ipv4").contains("203.0.113.5") && !rib("ipv6").contains("2001:db8:1::5");
        assert!(wait_until(Duration::from_secs(10), gone), "{} {}", rib("ipv4"), rib("ipv6"));
    }
}

#[test]
fn routes_reach_frr_with_a_local_preference() {
    if !available(&["ip", "ss", "bgpd", "vtysh"]) {
        return;
    }
    let lan = Lan::new(2);
    let config = "router bgp 64512\n bgp router-id 192.0.2.11\n bgp graceful-restart\n \
                  neighbor 2001:db8::10 remote-as 64512\n neighbor 2001:db8::10 passive\n \
                  address-family ipv6 unicast\n  neighbor 2001:db8::10 activate\n \
                  exit-address-family\n";
    let router = frr(lan.host(1), config);
    let yaml = with_routes(
        "myASN: 64512, peerASN: 64512, peerAddress: '2001:db8::11', holdTime: 90s, \
         dualStackAddressFamily: true, enableGracefulRestart: true",
    );
    let sockets = router.dir.path().display().to_string();
    let shown = |family: &str, prefix: &str| {
        let command = format!("show bgp {family} unicast {prefix} json");
        let args = ["--vty_socket", &sockets, "-d", "bgpd", "-c", &command];
        let text = lan.host(1).run("vtysh", args).stdout;
        serde_json::from_str::<Value>(&text).unwrap_or_default()["paths"][0].clone()
    };
    let args = ["--really-advertise", "--for", "8s"];
    let (running, _dir) = start(lan.host(0), &yaml, &args);
    let there = || !shown("ipv6", "2001:db8:1::5/128").is_null();
    assert!(wait_until(Duration::from_secs(20), there), "{}", running.said());
    for (family, prefix, hop) in
        [("ipv4", "203.0.113.5/32", "192.0.2.10"), ("ipv6", "2001:db8:1::5/128", "2001:db8::10")]
    {
        let path = shown(family, prefix);
        assert_eq!(path["locPrf"], 150, "{path}");
        assert_eq!(path["community"]["string"], "64512:100", "{path}");
        assert_eq!(path["largeCommunity"]["string"], "64512:1:2", "{path}");
        assert_eq!(path["nexthops"][0]["ip"], hop, "{path}");
        assert_eq!((&path["origin"], &path["aspath"]["length"]), (&"IGP".into(), &0.into()));
    }
    let finished = running.finish(Duration::from_secs(20));
    let (status, seen) = observed(&finished);
    assert_eq!((status, &seen["outcome"]), (Some(0), &"asConfigured".into()), "{seen}");
    assert_eq!(seen["sent"], serde_json::json!(["203.0.113.5/32", "2001:db8:1::5/128"]));
    // Though both sides were configured to restart gracefully, nothing is kept: that
    // would be for two minutes, and bgpd takes a moment for a withdrawal.
    let gone = || shown("ipv4", "203.0.113.5/32").is_null();
    assert!(wait_until(Duration::from_secs(10), gone), "still there");
}

#[test]
fn a_peer_that_this_host_has_a_session_to_is_left_alone() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    let _router = gobgp(lan.host(1), "peer-as = 65001", &["ipv4-unicast"]);
    let yaml = metallb("myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, holdTime: 90s");
    let (first, _dir) = start(lan.host(0), &yaml, &["--for", "60s"]);
    let up = || {
        let sockets = lan.host(0).run("ss", ["-Htn", "state", "established"]).stdout;
        sockets.contains("192.0.2.11:179")
    };
    assert!(wait_until(Duration::from_secs(20), up), "{}", first.said());
    let second = peer(lan.host(0), &yaml, &[]);
    assert_eq!((second.status, second.stdout.as_str()), (Some(2), ""), "{second:?}");
    assert!(second.stderr.contains("M2C708"), "{}", second.stderr);
    assert!(up(), "the first session stands");
    first.signal("-INT");
    let first = first.finish(Duration::from_secs(10));
    assert_eq!(first.status, Some(1), "{first:?}");
    assert_eq!(observed(&first).1["outcome"], "interrupted");
}

#[test]
fn peers_that_are_not_there_are_refused() {
    let yaml = metallb("myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11");
    let args = ["live", "peer", "--node", "node-a", "--error-format", "json"];
    let output = run(args.iter().chain(&["--peer", "tro"]), &yaml);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{output:?}");
    assert!(output.stderr.contains("M2C709") && output.stderr.contains("its peers are: tor"));
    let nowhere = metallb(
        "myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, \
         nodeSelectors: [{matchLabels: {rack: a}}]",
    );
    let output = run(args, &nowhere);
    assert_eq!(output.status, 2, "{output:?}");
    assert!(output.stderr.contains("M2C709"), "{}", output.stderr);
}
