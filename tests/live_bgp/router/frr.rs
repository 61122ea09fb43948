//! FRR's bgpd, alone or with zebra.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::{Kind, Neighbour, Route, Router};
use crate::support::net::{Host, Running, wait_until};
use crate::support::reader::files;

const BGPD: &str = "/usr/lib/frr/bgpd";

/// The configuration of one that waits for these neighbours.
pub(crate) fn config(asn: u32, neighbours: &[Neighbour]) -> String {
    let mut text = format!(
        "router bgp {asn}\n bgp router-id 192.0.2.11\n no bgp default ipv4-unicast\n \
         no bgp ebgp-requires-policy\n"
    );
    if let Some(time) = neighbours.iter().find_map(|one| one.restart) {
        text += &format!(" bgp graceful-restart\n bgp graceful-restart restart-time {time}\n");
    }
    for one in neighbours {
        let address = one.address;
        text += &format!(
            " neighbor {address} remote-as {}\n neighbor {address} passive\n \
             neighbor {address} timers {} {}\n",
            one.asn,
            one.hold / 3,
            one.hold
        );
        if let Some(password) = one.password {
            text += &format!(" neighbor {address} password {password}\n");
        }
        if one.multihop {
            text += &format!(" neighbor {address} ebgp-multihop\n");
        }
    }
    for family in ["ipv4", "ipv6"] {
        text += &format!(" address-family {family} unicast\n");
        for one in neighbours {
            text += &format!("  neighbor {} activate\n", one.address);
            if let Some(limit) = one.limit {
                text += &format!("  neighbor {} maximum-prefix {limit}\n", one.address);
            }
        }
        text += " exit-address-family\n";
    }
    text
}

/// What bgpd is started with, in any case.
fn args(dir: &Path) -> Vec<String> {
    let path = |name: &str| dir.join(name).display().to_string();
    let (config, pid, vty) = (path("config"), path("pid"), dir.display().to_string());
    ["-S", "-P", "0", "-f", &config, "-i", &pid, "--vty_socket", &vty, "--log", "stdout"]
        .map(str::to_owned)
        .to_vec()
}

/// Starts bgpd without zebra.
pub(crate) fn start<'a>(host: &'a Host, config: &str) -> Router<'a> {
    Router::run(Kind::Frr, host, BGPD, config, |dir| {
        [args(dir), ["-Z", "-n", "--log-level", "debugging"].map(str::to_owned).to_vec()].concat()
    })
}

/// Asks it something.
pub(crate) fn vtysh(router: &Router<'_>, command: &str) -> String {
    let vty = router.dir.path().display().to_string();
    let args = ["--vty_socket", &vty, "-d", "bgpd", "-c", command];
    router.host.run("vtysh", args).stdout
}

const LOG: [&str; 4] = ["--log", "stdout", "--log-level", "debugging"];

/// Starts zebra and a bgpd that opens its sessions itself, as MetalLB's FRR does: it has
/// its configuration once zebra has told it of the interfaces.
pub(crate) fn speaker<'a>(host: &'a Host, config: &str) -> (Router<'a>, Running) {
    let dir = files(&[("config", ""), ("speaker", config)]);
    // zebra runs as its own user.
    let all = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(dir.path(), all).unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let (socket, pid, vty) = (path("zserv.api"), path("zebra.pid"), path(""));
    let zebra = ["-P", "0", "-f", "/dev/null", "--vty_socket", &vty, "-z", &socket, "-i", &pid];
    let zebra = host.start("/usr/lib/frr/zebra", zebra.iter().chain(&LOG));
    let listens = || dir.path().join("zserv.api").exists();
    assert!(wait_until(Duration::from_secs(30), listens), "{}", zebra.said());
    let args = [args(dir.path()), vec!["-z".to_owned(), socket]].concat();
    let running = host.start(BGPD, args);
    let router = Router { kind: Kind::Frr, host, running, dir };
    // What it is told then, it knows before it dials: it waits for a moment after its
    // configuration.
    zebra.until_said("bids fair to announce only bgp routes");
    let speaker = router.dir.path().join("speaker").display().to_string();
    let vty = router.dir.path().display().to_string();
    host.run("vtysh", ["--vty_socket", &vty, "-d", "bgpd", "-f", &speaker]);
    (router, zebra)
}

pub(super) fn table(router: &Router<'_>) -> BTreeSet<Route> {
    let mut table = BTreeSet::new();
    for family in ["ipv4", "ipv6"] {
        let shown = vtysh(router, &format!("show bgp {family} unicast json"));
        let shown: Value = serde_json::from_str(&shown).unwrap_or_default();
        for prefix in shown["routes"].as_object().into_iter().flat_map(|routes| routes.keys()) {
            let shown = vtysh(router, &format!("show bgp {family} unicast {prefix} json"));
            let shown: Value = serde_json::from_str(&shown).unwrap_or_default();
            let paths = shown["paths"].as_array().cloned().unwrap_or_default();
            table.extend(paths.iter().map(|path| route(prefix, path)));
        }
    }
    table
}

fn route(prefix: &str, path: &Value) -> Route {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let words = |value: &Value| text(value).split_whitespace().map(str::to_owned).collect();
    let hops = path["nexthops"].as_array().unwrap();
    let hop = hops.iter().find(|hop| hop["scope"] != "link-local").unwrap();
    let segments = path["aspath"]["segments"].as_array().cloned().unwrap_or_default();
    let asns = segments.iter().flat_map(|segment| segment["list"].as_array().unwrap().clone());
    Route {
        prefix: prefix.to_owned(),
        next_hop: text(&hop["ip"]).parse().unwrap(),
        origin: text(&path["origin"]).to_lowercase(),
        as_path: asns.map(|asn| u32::try_from(asn.as_u64().unwrap()).unwrap()).collect(),
        local_pref: path["locPrf"].as_u64(),
        med: path["metric"].as_u64(),
        communities: words(&path["community"]["string"]),
        large: words(&path["largeCommunity"]["string"]),
    }
}
