//! What is taken for granted of a cluster that the input shows in part.

use super::configuration::MetalLb;
use crate::cluster::{Cluster, Endpoint, Node};

/// Gives Services that were never applied the cluster addresses that they will have, and
/// says so: MetalLB would pass them over, and is never shown such a Service.
pub(super) fn cluster_addresses(cluster: &mut Cluster) -> Option<String> {
    match cluster.apply_services() {
        0 => None,
        1 => Some("a Service without spec.clusterIP will get one from the API server".to_owned()),
        count => Some(format!(
            "{count} Services without spec.clusterIP will get one from the API server"
        )),
    }
}

/// Fills in what the input does not say of the cluster, and says so.
pub(super) fn complete(metallb: &mut MetalLb) -> Vec<String> {
    let mut assumptions = Vec::from_iter(namespaces(metallb));
    assumptions.extend(cluster(&mut metallb.cluster));
    assumptions
}

/// Takes Namespaces that pools select by name for there, as far as they must be or nothing
/// is known, and says so: a pool whose selectors select none is open to everybody.
pub(super) fn namespaces(metallb: &mut MetalLb) -> Option<String> {
    let names = Vec::from_iter(metallb.config.settle_namespaces(&metallb.cluster));
    let (of, exist) = match names.len() {
        0 => return None,
        1 => ("Namespace", "exists, which is"),
        _ => ("Namespaces", "exist, which are"),
    };
    Some(format!("{of} {} {exist} not in the input", names.join(" ")))
}

/// Fills in addresses of Services and endpoints, and says so: without any EndpointSlice
/// nobody would announce anything, and all would be the same.
pub(super) fn cluster(cluster: &mut Cluster) -> Vec<String> {
    let mut assumptions = Vec::new();
    if cluster.services.is_empty() {
        return assumptions;
    }
    assumptions.extend(cluster_addresses(cluster));
    if cluster.nodes.is_empty() {
        assumptions.push(
            "no Node is in the input: neither who answers on L2 nor routes nor sessions were \
             compared"
                .to_owned(),
        );
    } else if cluster.endpoints.is_empty() {
        let endpoint = |node: &Node, address: &str| Endpoint {
            addresses: vec![address.to_owned()],
            node_name: Some(node.name.clone()),
            ..Endpoint::default()
        };
        let nodes = cluster.nodes.iter();
        // One of each family (RFC 5737, RFC 3849): which it is does not matter.
        let everywhere: Vec<Endpoint> = nodes
            .flat_map(|node| [endpoint(node, "192.0.2.1"), endpoint(node, "2001:db8::1")])
            .collect();
        let services = cluster.services.iter();
        cluster.endpoints =
            services.map(|service| (service.key.clone(), everywhere.clone())).collect();
        assumptions.push(
            "no EndpointSlice is in the input: every Service has a ready endpoint on every Node"
                .to_owned(),
        );
    }
    assumptions
}
