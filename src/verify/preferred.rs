//! Preferred nodes as an order: MetalLB's scores, which Cilium does not have.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::{Cluster, Node, Service};
use crate::metallb::{Config, L2Advertisement};
use crate::selector::LabelSelector;
use crate::simulate::decision::Decision;

/// An L2Advertisement that puts candidates into an order.
#[derive(Debug)]
pub(super) struct Order<'a> {
    /// The advertisement.
    pub(super) advertisement: &'a L2Advertisement,
    /// The Services whose candidates it tells apart.
    pub(super) services: BTreeSet<String>,
    /// Those candidates, the most preferred ones first.
    pub(super) nodes: Vec<(String, i64)>,
}

/// Every advertisement whose preferred nodes decide anything at hand.
pub(super) fn orders<'a>(
    config: &'a Config,
    cluster: &Cluster,
    metallb: &Decision,
) -> Vec<Order<'a>> {
    let scoring: Vec<&L2Advertisement> =
        config.l2_advertisements.iter().filter(|ad| !ad.preferred_nodes.is_empty()).collect();
    if scoring.is_empty() {
        return vec![];
    }
    let nodes: BTreeMap<&str, &Node> =
        cluster.nodes.iter().map(|node| (node.name.as_str(), node)).collect();
    let services: BTreeMap<String, &Service> =
        cluster.services.iter().map(|service| (service.key.to_string(), service)).collect();
    let mut orders: Vec<Order<'a>> = scoring
        .into_iter()
        .map(|advertisement| Order { advertisement, services: BTreeSet::new(), nodes: vec![] })
        .collect();
    for outcome in &metallb.outcomes {
        for entry in &outcome.l2 {
            let Some(service) = services.get(&entry.service) else { continue };
            let pool = outcome.services.get(&entry.service).and_then(|a| a.pool.as_deref());
            let pool = config.pools.iter().find(|one| Some(one.name()) == pool);
            for order in &mut orders {
                let ad = order.advertisement;
                let fits = pool.is_some_and(|pool| ad.pools.selects(&pool.meta))
                    && any(&ad.service_selectors, &service.labels);
                let candidates =
                    entry.candidates.iter().filter_map(|name| nodes.get(name.as_str()));
                let mut scores: Vec<(String, i64)> =
                    candidates.map(|node| (node.name.clone(), score(ad, node))).collect();
                let differ = scores.iter().any(|(_, s)| Some(s) != scores.first().map(|(_, s)| s));
                if fits && differ {
                    order.services.insert(entry.service.clone());
                    scores.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
                    order.nodes = scores;
                }
            }
        }
    }
    orders.retain(|order| !order.services.is_empty());
    orders
}

/// What a node scores in one advertisement.
fn score(ad: &L2Advertisement, node: &Node) -> i64 {
    if !any(&ad.node_selectors, &node.labels) {
        return 0;
    }
    let fitting = ad.preferred_nodes.iter().filter(|p| p.selector.matches(&node.labels));
    fitting.map(|preferred| i64::from(preferred.weight)).sum::<i64>().max(0)
}

fn any(selectors: &[LabelSelector], labels: &BTreeMap<String, String>) -> bool {
    selectors.is_empty() || selectors.iter().any(|selector| selector.matches(labels))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::metallb;
    use crate::verify::testing::{AT_HAND, Both, metallb as resource, pool};

    #[test]
    fn an_order_of_nodes_is_one_for_the_services_that_are_selected() {
        let other =
            "---\napiVersion: v1\nkind: Node\nmetadata: {name: node-b, labels: {rack: b}}\n";
        let order = Some(["node-b", "node-a"]);
        for (rack, selectors, expected) in [
            ("b", "", order),
            ("b", ", serviceSelectors: [{matchLabels: {app: web}}]", order),
            ("b", ", serviceSelectors: [{matchLabels: {app: other}}]", None),
            ("b", ", ipAddressPools: [b]", None),
            // Nobody is preferred to anybody.
            ("c", "", None),
        ] {
            let preferred = format!(
                "preferredNodeSelectors: [{{weight: 5, preference: {{matchLabels: {{rack: {rack}}}}}}}]"
            );
            let text = AT_HAND.to_owned()
                + other
                + &pool("a", "addresses: [10.0.0.0/28]")
                + &pool("b", "addresses: [10.1.0.0/28], autoAssign: false")
                + &resource("L2Advertisement", "all", "")
                + &resource("L2Advertisement", "ordered", &format!("{preferred}{selectors}"));
            let Both { config, cluster, .. } = Both::of(&text);
            let decision = metallb::simulate(&config, &cluster, &metallb::Options::default());
            let orders = orders(&config, &cluster, &decision);
            let found = orders
                .first()
                .map(|order| order.nodes.iter().map(|(node, _)| node.as_str()).collect::<Vec<_>>());
            assert_eq!(found, expected.map(Vec::from), "{selectors}");
        }
    }
}
