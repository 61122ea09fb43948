//! Nodes, in as few classes as the selectors of BGP tell apart, with one Node of each.

use super::Problem;
use super::diagram::{ALWAYS, Diagram, NEVER, Spent};
use super::domain::Logic;
use super::example;
use super::l2;
use super::raw::Unproved;
use crate::cluster::{Cluster, Node};
use crate::selector::validate;

/// Classes beyond which the proof is given up.
const MAX_CLASSES: usize = 2048;

/// Nodes that no selector tells apart.
pub(super) struct NodeClass {
    /// Whether MetalLB announces from them.
    pub(super) eligible: bool,
    /// MetalLB's peers that they have, by their place.
    pub(super) peers: Vec<usize>,
    /// The BGPAdvertisements that take them.
    pub(super) advertisements: Vec<usize>,
    /// One of them.
    pub(super) node: Node,
}

/// Divides all possible Nodes.
pub(super) fn divide(
    logic: &mut Logic<'_>,
    problem: &Problem<'_>,
) -> Result<Vec<NodeClass>, Unproved> {
    if let Some(name) = of_another_asn(problem) {
        return Err(Unproved::because(format!(
            "CiliumBGPNodeConfigOverride {name} sets another localASN: the sessions of that Node \
             are compared at hand only"
        )));
    }
    let config = problem.config;
    let eligible = l2::eligible(logic, problem)?;
    let peers: Result<Vec<Diagram>, Spent> =
        config.peers.iter().map(|peer| logic.nodes(&peer.node_selectors)).collect();
    let ads: Result<Vec<Diagram>, Spent> =
        config.bgp_advertisements.iter().map(|ad| logic.nodes(&ad.node_selectors)).collect();
    let (peers, ads) = (peers?, ads?);
    let mut cuts = vec![eligible];
    cuts.extend(peers.iter().chain(&ads));
    for resource in &problem.cilium.cluster_configs {
        let selector = resource.spec.node_selector.as_ref();
        if selector.is_some_and(|selector| !validate(selector).is_empty()) {
            return Err(Unproved::because(format!(
                "the nodeSelector of CiliumBGPClusterConfig {} is no selector",
                resource.meta.name
            )));
        }
        cuts.push(logic.cilium_nodes(selector)?);
    }
    cuts.sort_unstable();
    cuts.dedup();
    let mut classes = vec![ALWAYS];
    for cut in cuts {
        let mut finer = Vec::with_capacity(classes.len());
        for class in classes {
            let parts = [logic.store.and(class, cut)?, logic.store.without(class, cut)?];
            finer.extend(parts.into_iter().filter(|part| *part != NEVER));
        }
        if finer.len() > MAX_CLASSES {
            return Err(Unproved::because(format!(
                "the selectors of BGP divide the Nodes into more than {MAX_CLASSES} classes"
            )));
        }
        classes = finer;
    }
    let mut described = Vec::new();
    for (number, class) in classes.into_iter().enumerate() {
        let mut inside = |sets: &[Diagram]| -> Result<Vec<usize>, Spent> {
            let mut places = Vec::new();
            for (at, set) in sets.iter().enumerate() {
                if logic.store.and(class, *set)? != NEVER {
                    places.push(at);
                }
            }
            Ok(places)
        };
        let (peers, advertisements) = (inside(&peers)?, inside(&ads)?);
        let eligible = !inside(&[eligible])?.is_empty();
        let name = node_name(problem.cilium, number);
        let node = example::node(logic, class, &name);
        described.push(NodeClass { eligible, peers, advertisements, node });
    }
    Ok(described)
}

/// A Node whose AS number is not that of its instance.
fn of_another_asn<'a>(problem: &Problem<'a>) -> Option<&'a str> {
    let configs = problem.cilium.cluster_configs.iter();
    let instances: Vec<_> = configs.flat_map(|one| &one.spec.bgp_instances).collect();
    let mut overrides = problem.cilium.node_overrides.iter();
    let other = overrides.find(|one| {
        one.spec.bgp_instances.iter().any(|set| {
            let mut same = instances.iter().filter(|one| one.name == set.name);
            set.local_asn.is_some() && same.any(|one| one.local_asn != set.local_asn)
        })
    });
    other.map(|one| &*one.meta.name)
}

/// A name for which nothing is overridden.
fn node_name(config: &crate::cilium::CiliumConfig, number: usize) -> String {
    let mut name = format!("example-{}", number + 1);
    while config.node_overrides.iter().any(|one| one.meta.name == name) {
        name.push_str("-x");
    }
    name
}

/// A cluster of these Nodes, with the Secrets that Cilium finds.
pub(super) fn cluster(problem: &Problem<'_>, classes: &[NodeClass]) -> Cluster {
    Cluster {
        nodes: classes.iter().map(|class| class.node.clone()).collect(),
        secrets: problem.applied.secrets.clone(),
        ..Cluster::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::testing::{Both, metallb, pool};

    #[test]
    fn nodes_are_divided_into_as_many_classes_as_the_selectors_make_up_to_a_number() {
        for (labels, count) in [(0, Some(1)), (1, Some(2)), (11, Some(MAX_CLASSES)), (12, None)] {
            let ad = |at: usize| {
                let nodes = format!("nodeSelectors: [{{matchLabels: {{label-{at}: x}}}}]");
                metallb("BGPAdvertisement", &format!("ad-{at}"), &nodes)
            };
            let ads: String = (0..labels).map(ad).collect();
            let mut both = Both::of(&(pool("a", "addresses: [10.0.0.0/28]") + &ads));
            both.speakers.ignore_exclude_lb = true;
            let mut logic = Logic::new(&|| false);
            let found = divide(&mut logic, &both.problem());
            assert_eq!(found.ok().map(|classes| classes.len()), count, "{labels}");
        }
    }
}
