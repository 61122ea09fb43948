//! Announcements beside the load balancer's addresses.

use crate::caught;
use crate::resources::{
    ALL, FAMILY, NODES, TIMERS, TOR, advertisement, bgp, cilium_pool, cluster_config, l2,
    peer_config, policy, service,
};

const CODE: &str = "M2C597";

#[test]
fn routes_for_cluster_addresses_are_caught() {
    let input = NODES.to_owned() + &bgp("", "") + &service("web", "", "", &["10.0.0.7"]);
    let sessions = cilium_pool("a", "{cidr: 10.0.0.0/24}", "")
        + &cluster_config("all", "", TOR)
        + &peer_config(TIMERS, FAMILY);
    let wrong = ALL.replace("LoadBalancerIP", "LoadBalancerIP, ClusterIP");
    caught(
        &input,
        &(sessions.clone() + &advertisement(ALL)),
        &(sessions + &advertisement(&wrong)),
        CODE,
        "routes go out for other addresses",
    );
}

#[test]
fn answers_for_external_ips_are_caught() {
    let service = service("web", "", ", externalIPs: [198.51.100.7]", &["10.0.0.7"]);
    let input = NODES.to_owned() + &l2() + &service;
    let pool = cilium_pool("a", "{cidr: 10.0.0.0/24}", "");
    let right = pool.clone() + &policy("interfaces: [^eth0$], loadBalancerIPs: true");
    let both = "interfaces: [^eth0$], loadBalancerIPs: true, externalIPs: true";
    let wrong = pool + &policy(both);
    caught(&input, &right, &wrong, CODE, "external IPs are answered for");
}
