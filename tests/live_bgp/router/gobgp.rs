//! GoBGP.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use super::{Kind, Neighbour, Route, Router};
use crate::support::net::{Host, wait_until};
use crate::support::reader::files;

pub(crate) const BOTH: [&str; 2] = ["ipv4-unicast", "ipv6-unicast"];

/// The configuration of one that waits for these neighbours.
pub(crate) fn config(asn: u32, neighbours: &[Neighbour], families: &[&str]) -> String {
    let mut text = format!("[global.config]\nas = {asn}\nrouter-id = \"192.0.2.11\"\n");
    for one in neighbours {
        text += &format!(
            "[[neighbors]]\n[neighbors.config]\nneighbor-address = \"{}\"\npeer-as = {}\n",
            one.address, one.asn
        );
        if let Some(password) = one.password {
            text += &format!("auth-password = \"{password}\"\n");
        }
        text += &format!(
            "[neighbors.transport.config]\npassive-mode = true\n\
             [neighbors.timers.config]\nhold-time = {}\nkeepalive-interval = {}\n\
             idle-hold-time-after-reset = 1\n",
            one.hold,
            one.hold / 3
        );
        if one.multihop {
            text += "[neighbors.ebgp-multihop.config]\nenabled = true\nmultihop-ttl = 64\n";
        }
        if let Some(time) = one.restart {
            text += &format!(
                "[neighbors.graceful-restart.config]\nenabled = true\nrestart-time = {time}\n"
            );
        }
        for family in families {
            text += &format!(
                "[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = \"{family}\"\n"
            );
            if one.restart.is_some() {
                text += "[neighbors.afi-safis.mp-graceful-restart.config]\nenabled = true\n";
            }
            if let Some(limit) = one.limit {
                text +=
                    &format!("[neighbors.afi-safis.prefix-limit.config]\nmax-prefixes = {limit}\n");
            }
        }
    }
    text
}

pub(crate) fn start<'a>(host: &'a Host, config: &str) -> Router<'a> {
    Router::run(Kind::Gobgp, host, "gobgpd", config, |dir| {
        let file = dir.join("config").display().to_string();
        ["-f", &file, "-l", "debug", "-p"].map(str::to_owned).to_vec()
    })
}

/// Starts one that opens its sessions itself.
pub(crate) fn speaker<'a>(host: &'a Host, config: &str) -> Router<'a> {
    let dir = files(&[("config", config)]);
    let file = dir.path().join("config").display().to_string();
    let running = host.start("gobgpd", ["-f", &file, "-l", "debug", "-p"]);
    let answers = || host.run("gobgp", ["global"]).status == Some(0);
    assert!(wait_until(Duration::from_secs(30), answers), "{}", running.said());
    Router { kind: Kind::Gobgp, host, running, dir }
}

pub(super) fn table(router: &Router<'_>) -> BTreeSet<Route> {
    let mut table = BTreeSet::new();
    for family in ["ipv4", "ipv6"] {
        let shown = router.host.run("gobgp", ["global", "rib", "-a", family, "-j"]).stdout;
        let shown: Value = serde_json::from_str(&shown).unwrap_or_default();
        for (prefix, paths) in shown.as_object().into_iter().flatten() {
            table.extend(paths.as_array().unwrap().iter().map(|path| route(prefix, path)));
        }
    }
    table
}

fn route(prefix: &str, path: &Value) -> Route {
    let attribute = |kind: u64| {
        let all = path["attrs"].as_array().unwrap();
        all.iter().find(|one| one["type"] == kind).cloned().unwrap_or_default()
    };
    let numbers = |value: &Value| -> Vec<u64> {
        value.as_array().into_iter().flatten().map(|one| one.as_u64().unwrap()).collect()
    };
    let hop = [attribute(3), attribute(14)];
    let hop = hop.iter().find_map(|one| one["nexthop"].as_str()).unwrap();
    let segments = attribute(2)["as_paths"].as_array().cloned().unwrap_or_default();
    let asns = segments.iter().flat_map(|segment| numbers(&segment["asns"]));
    let large = attribute(32)["value"].as_array().cloned().unwrap_or_default();
    Route {
        prefix: prefix.to_owned(),
        next_hop: hop.parse().unwrap(),
        origin: ["igp", "egp", "incomplete"]
            [usize::try_from(attribute(1)["value"].as_u64().unwrap()).unwrap()]
        .to_owned(),
        as_path: asns.map(|asn| u32::try_from(asn).unwrap()).collect(),
        local_pref: attribute(5)["value"].as_u64(),
        med: attribute(4)["metric"].as_u64(),
        communities: numbers(&attribute(8)["communities"])
            .iter()
            .map(|community| format!("{}:{}", community >> 16, community & 0xffff))
            .collect(),
        large: large
            .iter()
            .map(|one| format!("{}:{}:{}", one["ASN"], one["LocalData1"], one["LocalData2"]))
            .collect(),
    }
}
