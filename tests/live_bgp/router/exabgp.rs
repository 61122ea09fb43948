//! ExaBGP: it keeps no table, but tells a program each UPDATE as it came.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Kind, Neighbour, Route, Router};
use crate::support::net::Host;

/// Writes what it is told into a file, and hands on the command that another file has.
/// ExaBGP gives it a pipe that does not block.
const SINK: &str = "\
import os, select, sys
heard, command = sys.argv[1:]
with open(heard, 'wb', buffering=0) as out:
    while True:
        if select.select([0], [], [], 0.1)[0]:
            chunk = os.read(0, 65536)
            if not chunk:
                break
            out.write(chunk)
        if os.path.exists(command):
            print(open(command).read(), flush=True)
            os.remove(command)
";

/// One that waits for these neighbours.
fn config(asn: u32, neighbours: &[Neighbour], dir: &str) -> String {
    let mut text = format!(
        "process sink {{\n  run /usr/bin/env python3 {dir}/sink.py {dir}/heard {dir}/command;\n  \
         encoder json;\n}}\n"
    );
    for one in neighbours {
        let password =
            one.password.map_or(String::new(), |text| format!("md5-password \"{text}\";"));
        let restart = one.restart.map_or(String::new(), |time| format!("graceful-restart {time};"));
        text += &format!(
            "neighbor {} {{\n  router-id 192.0.2.11;\n  local-address {};\n  local-as {asn};\n  \
             peer-as {};\n  hold-time {};\n  passive;\n  listen 179;\n  {password}\n  \
             family {{ ipv4 unicast; ipv6 unicast; }}\n  capability {{ {restart} }}\n  \
             api {{ processes [ sink ]; neighbor-changes; receive {{ parsed; update; notification; }} }}\n}}\n",
            one.address, one.local, one.asn, one.hold
        );
    }
    text
}

pub(super) fn start<'a>(host: &'a Host, asn: u32, neighbours: &[Neighbour]) -> Router<'a> {
    let settings = ["exabgp.daemon.user=root", "exabgp.api.cli=false", "exabgp"];
    Router::run(Kind::Exabgp, host, "env", "", |dir| {
        let text = config(asn, neighbours, &dir.display().to_string());
        std::fs::write(dir.join("config"), text).unwrap();
        std::fs::write(dir.join("sink.py"), SINK).unwrap();
        let file = dir.join("config").display().to_string();
        settings.iter().map(|&text| text.to_owned()).chain([file]).collect()
    })
}

/// Gives it a command.
pub(super) fn command(router: &Router<'_>, command: &str) {
    // Whole at once.
    let (new, file) = (router.dir.path().join("new"), router.dir.path().join("command"));
    std::fs::write(&new, command).unwrap();
    std::fs::rename(new, file).unwrap();
}

/// What its program was told.
pub(super) fn heard(router: &Router<'_>) -> String {
    std::fs::read_to_string(router.dir.path().join("heard")).unwrap_or_default()
}

pub(super) fn table(router: &Router<'_>) -> BTreeSet<Route> {
    routes(router, None)
}

/// What one neighbour has sent it.
pub(crate) fn table_of(router: &Router<'_>, neighbour: &str) -> BTreeSet<Route> {
    routes(router, Some(neighbour))
}

fn routes(router: &Router<'_>, only: Option<&str>) -> BTreeSet<Route> {
    let mut table: Vec<Route> = Vec::new();
    for line in heard(router).lines() {
        // The last one may be half written.
        let Ok(told) = serde_json::from_str::<Value>(line) else { continue };
        let neighbour = &told["neighbor"];
        if only.is_some_and(|only| neighbour["address"]["peer"] != only) {
            continue;
        }
        if neighbour["state"] == "down" {
            table.clear();
        }
        let update = &neighbour["message"]["update"];
        for (_family, prefixes) in update["withdraw"].as_object().into_iter().flatten() {
            for prefix in prefixes.as_array().unwrap() {
                table.retain(|route| prefix["nlri"] != route.prefix.as_str());
            }
        }
        for (_family, hops) in update["announce"].as_object().into_iter().flatten() {
            // A link-local address may stand beside the global one.
            let hops = hops.as_object().unwrap().iter();
            for (hop, prefixes) in hops.filter(|(hop, _)| !hop.starts_with("fe80:")) {
                for prefix in prefixes.as_array().unwrap() {
                    table.push(route(hop, prefix["nlri"].as_str().unwrap(), &update["attribute"]));
                }
            }
        }
    }
    table.into_iter().collect()
}

fn route(hop: &str, prefix: &str, attributes: &Value) -> Route {
    let tuples = |value: &Value| -> BTreeSet<String> {
        let all = value.as_array().into_iter().flatten();
        let one = |one: &Value| {
            let numbers = one.as_array().unwrap().iter().map(Value::to_string);
            numbers.collect::<Vec<String>>().join(":")
        };
        all.map(one).collect()
    };
    let asns = attributes["as-path"].as_array().into_iter().flatten();
    Route {
        prefix: prefix.to_owned(),
        next_hop: hop.parse().unwrap(),
        origin: attributes["origin"].as_str().unwrap_or_default().to_owned(),
        as_path: asns.map(|asn| u32::try_from(asn.as_u64().unwrap()).unwrap()).collect(),
        local_pref: attributes["local-preference"].as_u64(),
        med: attributes["med"].as_u64(),
        communities: tuples(&attributes["community"]),
        large: tuples(&attributes["large-community"]),
    }
}
