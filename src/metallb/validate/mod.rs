//! MetalLB's own validation: what it would refuse is refused here, with the
//! place in the input. In: [`Resources`]. Out: a [`Config`], or every reason why not.

mod advertisements;
mod bfd;
mod lists;
mod local_pref;
mod peers;
mod pools;
mod sessions;

use super::resources::Resources;
use super::{Config, Mode};
use crate::cluster::{Cluster, Node};
use crate::diagnostic::Diagnostic;
use crate::manifest::ObjectMeta;
use crate::selector::{LabelSelector, LabelSet};

/// How MetalLB is run, as far as its validation depends on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// The BGP implementation.
    pub mode: Mode,
    /// Whether a peer may name a Secret that is not in the input.
    pub allow_missing_secrets: bool,
}

/// Judges the resources as MetalLB does.
///
/// # Errors
/// Every reason for which MetalLB would refuse the configuration.
pub fn validate(
    resources: &Resources,
    cluster: &Cluster,
    options: &Options,
) -> Result<Config, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let config = Config {
        bfd_profiles: bfd::profiles(resources, &mut found),
        pools: pools::pools(&resources.pools, &mut found),
        l2_advertisements: advertisements::l2(&resources.l2_advertisements, &mut found),
        bgp_advertisements: advertisements::bgp(resources, &mut found),
        peers: peers::peers(resources, cluster, options, &mut found),
    };
    pools::overlaps(&config.pools, &mut found);
    advertisements::aggregations(&config, &mut found);
    local_pref::conflicts(&config, &cluster.nodes, &mut found);
    sessions::conflicts(&resources.peers, &cluster.nodes, options.mode, &mut found);
    bfd::references(&config, &mut found);
    if options.mode == Mode::Native {
        sessions::native_mode(&config, resources, &mut found);
    }
    if found.iter().any(Diagnostic::is_error) { Err(found) } else { Ok(in_order(config)) }
}

/// The configuration in an order of its own: to MetalLB the order of objects means
/// nothing, and what is made of it must not change when a file is renamed.
fn in_order(mut config: Config) -> Config {
    let key = |meta: &ObjectMeta| (meta.name.clone(), meta.namespace.clone());
    config.pools.sort_by_cached_key(|pool| key(&pool.meta));
    config.peers.sort_by_cached_key(|peer| key(&peer.meta));
    config.l2_advertisements.sort_by_cached_key(|ad| key(&ad.meta));
    config.bgp_advertisements.sort_by_cached_key(|ad| key(&ad.meta));
    config
}

/// Whether some Node is selected by both lists (any of each; an empty list
/// selects every Node). Without Nodes at hand: whether some Node could be.
fn share_a_node(a: &[LabelSelector], b: &[LabelSelector], nodes: &[Node]) -> bool {
    if nodes.is_empty() {
        return !LabelSet::any_of_or_everything(a).is_disjoint(&LabelSet::any_of_or_everything(b));
    }
    let selects = |selectors: &[LabelSelector], node: &Node| {
        selectors.is_empty() || selectors.iter().any(|selector| selector.matches(&node.labels))
    };
    nodes.iter().any(|node| selects(a, node) && selects(b, node))
}
