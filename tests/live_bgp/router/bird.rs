//! BIRD.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{Kind, Neighbour, Route, Router, name};
use crate::support::net::Host;

/// One that waits for these neighbours.
fn config(asn: u32, neighbours: &[Neighbour]) -> String {
    let mut text = "router id 192.0.2.11;\nlog stderr all;\nprotocol device {}\n".to_owned();
    for (number, one) in neighbours.iter().enumerate() {
        let limit = one
            .limit
            .map_or(String::new(), |limit| format!(" import limit {limit} action disable;"));
        let password = one.password.map_or(String::new(), |text| format!("password \"{text}\";"));
        let restart = one.restart.map_or(String::new(), |time| {
            format!("graceful restart on; graceful restart time {time};")
        });
        text += &format!(
            "protocol bgp n{number}_{} {{\n  local {} as {asn};\n  neighbor {} as {};\n  passive on;\n  \
             {}\n  hold time {};\n  error wait time 1, 1;\n  {password}\n  {restart}\n  \
             ipv4 {{ import all; export none;{limit} }};\n  \
             ipv6 {{ import all; export none;{limit} }};\n}}\n",
            name(one.address),
            one.local,
            one.address,
            one.asn,
            if one.multihop { "multihop;" } else { "" },
            one.hold
        );
    }
    text
}

pub(super) fn start<'a>(host: &'a Host, asn: u32, neighbours: &[Neighbour]) -> Router<'a> {
    Router::run(Kind::Bird, host, "bird", &config(asn, neighbours), |dir| {
        let path = |name: &str| dir.join(name).display().to_string();
        ["-f", "-c", &path("config"), "-s", &path("control"), "-P", &path("pid")]
            .map(str::to_owned)
            .to_vec()
    })
}

/// Asks it something.
pub(crate) fn birdc(router: &Router<'_>, command: &[&str]) -> String {
    let control = router.dir.path().join("control").display().to_string();
    let args = ["-s", &control];
    router.host.run("birdc", args.iter().chain(command)).stdout
}

/// A route is a line with its prefix, then a line for each attribute.
pub(super) fn table(router: &Router<'_>) -> BTreeSet<Route> {
    let mut table = Vec::new();
    for line in birdc(router, &["show", "route", "all"]).lines() {
        if let Some((name, value)) = line.trim().split_once(": ")
            && let Some(route) = table.last_mut()
        {
            attribute(route, name, value);
        } else if let Some(prefix) = line.split_whitespace().next()
            && prefix.contains('/')
        {
            table.push(Route {
                prefix: prefix.to_owned(),
                next_hop: IpAddr::from([0, 0, 0, 0]),
                origin: String::new(),
                as_path: Vec::new(),
                local_pref: None,
                med: None,
                communities: BTreeSet::new(),
                large: BTreeSet::new(),
            });
        }
    }
    table.into_iter().collect()
}

fn attribute(route: &mut Route, name: &str, value: &str) {
    // Such as `(64512,100) (64512,200)`.
    let tuples = || -> BTreeSet<String> {
        let all = value.split(')').map(|one| one.trim().trim_start_matches('('));
        let all = all.filter(|one| !one.is_empty());
        all.map(|one| one.replace(", ", ":").replace(',', ":")).collect()
    };
    match name {
        "BGP.origin" => route.origin = value.to_lowercase(),
        "BGP.as_path" => {
            route.as_path = value.split_whitespace().map(|asn| asn.parse().unwrap()).collect();
        }
        "BGP.next_hop" => {
            // A link-local address may stand behind it.
            route.next_hop = value.split_whitespace().next().unwrap().parse().unwrap();
        }
        "BGP.local_pref" => route.local_pref = Some(value.parse().unwrap()),
        "BGP.med" => route.med = Some(value.parse().unwrap()),
        "BGP.community" => route.communities = tuples(),
        "BGP.large_community" => route.large = tuples(),
        _ => {}
    }
}
