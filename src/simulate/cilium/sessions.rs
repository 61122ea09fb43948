//! Which BGP sessions each node may have, without the routes.

use super::bgp::Bgp;
use super::frontends::Agents;
use crate::cilium::{
    BgpClusterConfigSpec, BgpInstance, BgpInstanceOverride, BgpPeer, BgpPeerConfigSpec,
    CiliumConfig,
};
use crate::cluster::{Cluster, Node};
use crate::manifest::Resource;

/// The sessions of one node.
#[derive(Debug, Clone)]
pub struct NodeSessions<'a> {
    /// The node.
    pub node: &'a Node,
    /// For each ClusterConfig that may get the node, the sessions that it opens; one
    /// empty list where none selects it.
    pub alternatives: Vec<Vec<OpenedSession<'a>>>,
}

/// A session that can carry routes.
#[derive(Debug, Clone)]
pub struct OpenedSession<'a> {
    /// Which ClusterConfig says so.
    pub cluster_config: &'a Resource<BgpClusterConfigSpec>,
    /// The instance that opens it.
    pub instance: &'a BgpInstance,
    /// The peer.
    pub peer: &'a BgpPeer,
    /// What it is like.
    pub peer_config: &'a Resource<BgpPeerConfigSpec>,
    /// What the node sets otherwise for the instance.
    pub overridden: Option<&'a BgpInstanceOverride>,
    /// Whether the peer has this end's AS number.
    pub internal: bool,
}

/// The sessions of every node, in the order of the cluster.
pub fn sessions<'a>(config: &'a CiliumConfig, cluster: &'a Cluster) -> Vec<NodeSessions<'a>> {
    let agents = Agents { version: config.version, settings: &config.settings, cluster };
    let all = Bgp::new(&agents, config);
    let nodes = cluster.nodes.iter();
    nodes.map(|node| NodeSessions { node, alternatives: of_node(&all, config, node) }).collect()
}

fn of_node<'a>(
    bgp: &Bgp<'_>,
    config: &'a CiliumConfig,
    node: &Node,
) -> Vec<Vec<OpenedSession<'a>>> {
    let owners = if config.settings.bgp_control_plane { bgp.owners(node) } else { vec![] };
    if owners.is_empty() {
        return vec![vec![]];
    }
    let configs = owners.into_iter().filter_map(|owner| config.cluster_configs.get(owner));
    configs
        .map(|cluster_config| {
            let instances = cluster_config.spec.bgp_instances.iter();
            instances.flat_map(|one| opened(bgp, config, node, cluster_config, one)).collect()
        })
        .collect()
}

/// What an instance opens on a node; nothing where something breaks the instance.
fn opened<'a>(
    bgp: &Bgp<'_>,
    config: &'a CiliumConfig,
    node: &Node,
    cluster_config: &'a Resource<BgpClusterConfigSpec>,
    instance: &'a BgpInstance,
) -> Vec<OpenedSession<'a>> {
    let overrides = config.node_overrides.iter().find(|resource| resource.meta.name == node.name);
    let overridden = overrides.and_then(|resource| {
        resource.spec.bgp_instances.iter().find(|other| other.name == instance.name)
    });
    let Ok(sessions) = bgp.sessions(node, instance, None) else { return vec![] };
    let local_asn = overridden.and_then(|o| o.local_asn).or(instance.local_asn);
    let discovered = instance.peers.iter().filter(|peer| peer.gateway().is_some());
    let discovered = discovered.filter_map(|peer| {
        let name = &peer.peer_config_ref.as_ref()?.name;
        let peer_config = config.peer_configs.iter().find(|one| one.meta.name == *name)?;
        let internal = peer.peer_asn == local_asn;
        Some(OpenedSession { cluster_config, instance, peer, peer_config, overridden, internal })
    });
    let opened = sessions.iter().filter_map(|session| {
        // The same objects, in the lifetime of the configuration.
        let peer = instance.peers.iter().find(|peer| std::ptr::eq(*peer, session.peer))?;
        let mut configs = config.peer_configs.iter();
        let peer_config = configs.find(|resource| std::ptr::eq(&resource.spec, session.config))?;
        let internal = session.internal;
        Some(OpenedSession { cluster_config, instance, peer, peer_config, overridden, internal })
    });
    opened.chain(discovered).collect()
}
