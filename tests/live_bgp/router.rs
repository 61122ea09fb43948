//! The four routers: how each is configured, and how its table is read.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use super::support::net::{Host, Running, wait_until};
use super::support::reader::files;

pub(crate) mod bird;
pub(crate) mod exabgp;
pub(crate) mod frr;
pub(crate) mod gobgp;

/// A route as a router has it from the wire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Route {
    pub(crate) prefix: String,
    pub(crate) next_hop: IpAddr,
    pub(crate) origin: String,
    pub(crate) as_path: Vec<u32>,
    pub(crate) local_pref: Option<u64>,
    pub(crate) med: Option<u64>,
    pub(crate) communities: BTreeSet<String>,
    pub(crate) large: BTreeSet<String>,
}

/// Which router.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Frr,
    Bird,
    Gobgp,
    Exabgp,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Frr, Self::Bird, Self::Gobgp, Self::Exabgp];

    /// What has to be installed for it.
    pub(crate) fn tools(self) -> &'static [&'static str] {
        match self {
            Self::Frr => &["ip", "ss", "bgpd", "vtysh"],
            Self::Bird => &["ip", "ss", "bird", "birdc"],
            Self::Gobgp => &["ip", "ss", "gobgpd", "gobgp"],
            Self::Exabgp => &["ip", "ss", "exabgp", "python3"],
        }
    }
}

/// A neighbour that the router waits for.
#[derive(Debug, Clone)]
pub(crate) struct Neighbour {
    pub(crate) address: IpAddr,
    /// The router's own address for it.
    pub(crate) local: IpAddr,
    pub(crate) asn: u32,
    pub(crate) password: Option<&'static str>,
    pub(crate) hold: u32,
    /// The restart time, where it restarts gracefully.
    pub(crate) restart: Option<u16>,
    /// Whether it may be several hops away.
    pub(crate) multihop: bool,
    /// The most routes that it may send.
    pub(crate) limit: Option<u32>,
}

impl Neighbour {
    /// The first host of a link, for the router on the second.
    pub(crate) fn v4(asn: u32) -> Self {
        Self {
            address: IpAddr::from([192, 0, 2, 10]),
            local: IpAddr::from([192, 0, 2, 11]),
            asn,
            password: None,
            hold: 90,
            restart: None,
            multihop: false,
            limit: None,
        }
    }

    /// The same over IPv6.
    pub(crate) fn v6(asn: u32) -> Self {
        let ip = |text: &str| text.parse().unwrap();
        Self { address: ip("2001:db8::10"), local: ip("2001:db8::11"), ..Self::v4(asn) }
    }
}

/// A router that runs, with the directory of its files.
pub(crate) struct Router<'a> {
    pub(crate) kind: Kind,
    pub(crate) host: &'a Host,
    pub(crate) running: Running,
    pub(crate) dir: TempDir,
}

impl<'a> Router<'a> {
    /// Starts one of that AS with these neighbours, of which it takes both families.
    pub(crate) fn start(kind: Kind, host: &'a Host, asn: u32, neighbours: &[Neighbour]) -> Self {
        match kind {
            Kind::Frr => frr::start(host, &frr::config(asn, neighbours)),
            Kind::Bird => bird::start(host, asn, neighbours),
            Kind::Gobgp => gobgp::start(host, &gobgp::config(asn, neighbours, &gobgp::BOTH)),
            Kind::Exabgp => exabgp::start(host, asn, neighbours),
        }
    }

    fn run(
        kind: Kind,
        host: &'a Host,
        program: &str,
        config: &str,
        args: impl Fn(&Path) -> Vec<String>,
    ) -> Self {
        let dir = files(&[("config", config)]);
        let running = host.start(program, args(dir.path()));
        let listens = || !host.run("ss", ["-Hltn", "sport = :179"]).stdout.is_empty();
        let ready = wait_until(Duration::from_secs(30), || running.is_over() || listens());
        assert!(ready && !running.is_over(), "{kind:?}: {}", running.said());
        Self { kind, host, running, dir }
    }

    /// What its neighbours have sent it.
    pub(crate) fn table(&self) -> BTreeSet<Route> {
        match self.kind {
            Kind::Frr => frr::table(self),
            Kind::Bird => bird::table(self),
            Kind::Gobgp => gobgp::table(self),
            Kind::Exabgp => exabgp::table(self),
        }
    }

    /// How it shows a route that was sent like this.
    pub(crate) fn shows(&self, mut route: Route) -> Route {
        // BIRD fills in the default for routes of external peers.
        if self.kind == Kind::Bird {
            route.local_pref = route.local_pref.or(Some(100));
        }
        route
    }

    /// The last of what it has logged.
    pub(crate) fn said(&self) -> String {
        let said = self.running.said() + &exabgp::heard(self);
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Ends the session with 192.0.2.10 in an orderly way.
    pub(crate) fn end_sessions(&self) {
        match self.kind {
            Kind::Frr => drop(frr::vtysh(self, "clear bgp *")),
            Kind::Bird => drop(bird::birdc(self, &["disable", "all"])),
            Kind::Gobgp => {
                let shutdown = ["neighbor", "192.0.2.10", "shutdown", "--reason", "works"];
                assert_eq!(self.host.run("gobgp", shutdown).status, Some(0));
            }
            // Administrative reset (RFC 4486).
            Kind::Exabgp => exabgp::command(self, "neighbor 192.0.2.10 teardown 4"),
        }
    }
}

/// The text of an address in a file's name or an identifier.
fn name(address: IpAddr) -> String {
    address.to_string().replace(['.', ':'], "_")
}
