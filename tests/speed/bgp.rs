//! Routes sent to FRR by `live peer` and by gobgpd: the time from the session to the
//! last route in FRR's table.

use std::io::{Read as _, Write as _};
use std::net::Ipv4Addr;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::support::net::{Host, Lan, Running, wait_until};
use super::support::reader::files;

pub(crate) const TOOLS: [&str; 5] = ["ip", "ss", "bgpd", "gobgpd", "gobgp"];

const BINARY: &str = env!("CARGO_BIN_EXE_metallb2cilium");
/// So many routes are in the table twice.
const FILLING: usize = 5_000;
const LIMIT: Duration = Duration::from_secs(300);

/// How long each took, in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    pub(crate) gobgpd: f64,
    pub(crate) ours: f64,
}

impl Round {
    /// How many times as fast as gobgpd.
    pub(crate) fn rate(&self) -> f64 {
        self.gobgpd / self.ours
    }
}

/// Measures both so many times, with so many routes.
pub(crate) fn rounds(rounds: usize, routes: u32) -> Vec<Round> {
    let dir = files(&[("all.yaml", &input(routes)), ("gobgpd", GOBGPD)]);
    std::fs::write(dir.path().join("table.mrt"), table(routes)).unwrap();
    let one = |_| Round { gobgpd: gobgpd(dir.path(), routes), ours: ours(dir.path(), routes) };
    (0..rounds).map(one).collect()
}

const GOBGPD: &str = "[global.config]\nas = 65001\nrouter-id = \"192.0.2.10\"\nport = -1\n";
const FRR: &str = "router bgp 64512\n bgp router-id 192.0.2.11\n no bgp ebgp-requires-policy\n \
                   neighbor 192.0.2.10 remote-as 65001\n neighbor 192.0.2.10 passive\n";

fn address(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(0x0a00_0000 + number)
}

/// So many Services.
fn input(routes: u32) -> String {
    let mut yaml = "
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {name: tor, namespace: metallb-system}
spec: {myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11}
---
apiVersion: v1
kind: Node
metadata: {name: node-a}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: pool, namespace: metallb-system}
spec: {addresses: [10.0.0.0/8]}
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: {name: all, namespace: metallb-system}
"
    .to_owned();
    for number in 0..routes {
        yaml += &format!(
            "---
apiVersion: v1
kind: Service
metadata: {{name: s{number}, namespace: shop}}
spec: {{type: LoadBalancer, clusterIP: {}, ports: [{{port: 80}}]}}
status: {{loadBalancer: {{ingress: [{{ip: {}}}]}}}}
",
            Ipv4Addr::from(0xac10_0000 + number),
            address(number)
        );
    }
    yaml
}

/// The same routes as a table that gobgpd reads (RFC 6396, section 4.3).
fn table(routes: u32) -> Vec<u8> {
    let record = |subtype: u16, body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&[0; 4][..], &13_u16.to_be_bytes(), &subtype.to_be_bytes(), &length, body].concat()
    };
    // One peer, of IPv4 and with four octets of AS number.
    let peer = [[192, 0, 2, 10], [192, 0, 2, 10], 65001_u32.to_be_bytes()].concat();
    let mut all = record(1, &[&[192, 0, 2, 10, 0, 0, 0, 1, 2][..], &peer].concat());
    // ORIGIN, an empty AS_PATH, NEXT_HOP.
    let attributes = [&[0x40, 1, 1, 0][..], &[0x40, 2, 0], &[0x40, 3, 4, 192, 0, 2, 10]].concat();
    let length = u16::try_from(attributes.len()).unwrap().to_be_bytes();
    // The client ends before the last of them have left it: those are the first again.
    for number in (0..routes).chain((0..routes).take(FILLING)) {
        let prefix = [&number.to_be_bytes()[..], &[32], &address(number).octets()].concat();
        let entry = [&[0, 1, 0, 0, 0, 0, 0, 0][..], &length, &attributes].concat();
        all.extend(record(2, &[prefix, entry].concat()));
    }
    all
}

/// FRR in the second host.
fn frr(lan: &Lan) -> (Running, tempfile::TempDir) {
    let dir = files(&[("config", FRR)]);
    let path = |name: &str| dir.path().join(name).display().to_string();
    let (config, pid, vty) = (path("config"), path("pid"), path(""));
    let args = ["-Z", "-n", "-S", "-P", "0", "-f", &config, "-i", &pid, "--vty_socket", &vty];
    let running = lan.host(1).start("/usr/lib/frr/bgpd", args);
    let listens = || !lan.host(1).run("ss", ["-Hltn", "sport = :179"]).stdout.is_empty();
    assert!(wait_until(Duration::from_secs(30), listens), "{}", running.said());
    (running, dir)
}

/// A line to FRR, as vtysh has it.
struct Vty(UnixStream);

impl Vty {
    fn open(dir: &Path) -> Self {
        let mut vty = Self(UnixStream::connect(dir.join("bgpd.vty")).unwrap());
        vty.ask("enable");
        vty
    }

    /// A command ends with a NUL, an answer with three and the status.
    fn ask(&mut self, command: &str) -> String {
        self.0.write_all(format!("{command}\0").as_bytes()).unwrap();
        let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            let length = self.0.read(&mut buffer).unwrap();
            assert!(length > 0, "FRR has ended");
            answer.extend(&buffer[..length]);
            if let [text @ .., 0, 0, 0, _status] = &answer[..] {
                return String::from_utf8_lossy(text).into_owned();
            }
        }
    }

    /// How many routes have come.
    fn routes(&mut self) -> u32 {
        let shown = self.ask("show bgp ipv4 unicast summary json");
        let shown: Value = serde_json::from_str(&shown).unwrap_or_default();
        let routes = shown["peers"]["192.0.2.10"]["pfxRcd"].as_u64();
        u32::try_from(routes.unwrap_or_default()).unwrap()
    }
}

/// The time from the connection to the last route. When the session is up, FRR says
/// only once it has taken in what came right behind.
fn time(host: &Host, frr: &Path, routes: u32) -> f64 {
    let mut vty = Vty::open(frr);
    let begin = Instant::now();
    let until = |so: &mut dyn FnMut() -> bool| {
        while !so() {
            assert!(begin.elapsed() < LIMIT);
            std::thread::sleep(Duration::from_millis(1));
        }
        Instant::now()
    };
    let connected = host.within(|| until(&mut is_connected));
    let all = until(&mut || vty.routes() == routes);
    (all - connected).as_secs_f64()
}

/// Whether this thread's namespace has a connection to its port 179.
fn is_connected() -> bool {
    let table = std::fs::read_to_string("/proc/thread-self/net/tcp").unwrap();
    let mut lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<&str>>());
    lines.any(|fields| fields[1].ends_with(":00B3") && fields[3] == "01")
}

fn gobgpd(dir: &Path, routes: u32) -> f64 {
    let lan = Lan::new(2);
    let (_frr, vty) = frr(&lan);
    let host = lan.host(0);
    let path = |name: &str| dir.join(name).display().to_string();
    let running = host.start("gobgpd", ["-f", &path("gobgpd"), "-l", "error", "-p"]);
    let answers = || host.run("gobgp", ["global"]).status == Some(0);
    assert!(wait_until(Duration::from_secs(30), answers), "{}", running.said());
    let has = || {
        let summary = host.run("gobgp", ["global", "rib", "summary"]).stdout;
        summary.contains(&format!("Destination: {routes},"))
    };
    let mut tries = 0..5;
    while !has() {
        assert!(tries.next().is_some(), "{}", running.said());
        gobgp(host, &["mrt", "inject", "global", &path("table.mrt")]);
        wait_until(Duration::from_secs(5), has);
    }
    gobgp(host, &["neighbor", "add", "192.0.2.11", "as", "64512"]);
    time(lan.host(1), vty.path(), routes)
}

fn gobgp(host: &Host, args: &[&str]) {
    let finished = host.start("gobgp", args).finish(Duration::from_secs(120));
    assert_eq!(finished.status, Some(0), "{finished:?}");
}

fn ours(dir: &Path, routes: u32) -> f64 {
    let lan = Lan::new(2);
    let (_frr, vty) = frr(&lan);
    let file = dir.join("all.yaml").display().to_string();
    let args =
        ["live", "peer", "--node", "node-a", "-f", &file, "--really-advertise", "--for", "10m"];
    let running = lan.host(0).start(BINARY, args);
    let time = time(lan.host(1), vty.path(), routes);
    running.signal("-KILL");
    time
}
