//! Namespaces that a pool's `namespaceSelectors` name outright, and which of them are known
//! to exist.

use std::collections::BTreeSet;

use super::Config;
use crate::cluster::{Cluster, NAMESPACE_NAME};
use crate::selector::{LabelSelector, Operator};

/// The names, where a selector of Namespaces selects by name and nothing else.
pub fn selected_by_name(selector: &LabelSelector) -> Option<BTreeSet<String>> {
    let labels = selector.match_labels.iter().map(|(key, value)| (key, vec![value.clone()]));
    let expressions = selector.match_expressions.iter().map(|requirement| {
        let values = match requirement.operator {
            Operator::In => requirement.values.clone(),
            _ => vec![],
        };
        (&requirement.key, values)
    });
    let mut names: Option<BTreeSet<String>> = None;
    for (key, values) in labels.chain(expressions) {
        if key != NAMESPACE_NAME || values.is_empty() {
            return None;
        }
        let values: BTreeSet<String> = values.into_iter().collect();
        names = Some(match names {
            Some(names) => &names & &values,
            None => values,
        });
    }
    names
}

impl Config {
    /// Adds the Namespaces that selectors name, and that exist though the cluster does not
    /// show them, to those that pools name outright, which means the same: those in which a
    /// Service stands, and all where no Namespace is shown. Returns which that were.
    pub fn settle_namespaces(&mut self, cluster: &Cluster) -> BTreeSet<String> {
        let shown: BTreeSet<&str> =
            cluster.namespaces.iter().map(|namespace| namespace.name.as_str()).collect();
        let inhabited: BTreeSet<&str> =
            cluster.services.iter().map(|service| service.key.namespace.as_str()).collect();
        let exists = |name: &str| shown.is_empty() || inhabited.contains(name);
        let mut added = BTreeSet::new();
        for allocation in self.pools.iter_mut().filter_map(|pool| pool.allocation.as_mut()) {
            let named = allocation.namespace_selectors.iter().filter_map(selected_by_name);
            let unseen = named.flatten().filter(|name| !shown.contains(&**name) && exists(name));
            let unseen: BTreeSet<String> = unseen.collect();
            added.extend(unseen.difference(&allocation.namespaces).cloned());
            allocation.namespaces.extend(unseen);
        }
        added
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::validated;
    use super::*;
    use crate::manifest::Manifests;

    #[test]
    fn what_a_selector_names_exists_where_a_service_stands_there_or_nothing_is_shown() {
        let by_name = "{matchLabels: {kubernetes.io/metadata.name: shop}}";
        let both = "{matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: \
                    [shop, blog]}]}";
        let more = "{matchLabels: {kubernetes.io/metadata.name: shop, team: a}}";
        let service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: \
                       shop}\nspec: {type: LoadBalancer}\n";
        let namespace = |name: &str| {
            format!("---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n")
        };
        for (selector, shown, expected) in [
            (by_name, String::new(), &["shop"][..]),
            (both, String::new(), &["blog", "shop"]),
            (more, String::new(), &[]),
            (both, service.to_owned(), &["blog", "shop"]),
            (both, namespace("other"), &[]),
            (both, namespace("other") + service, &["shop"]),
            (both, namespace("shop") + service, &[]),
        ] {
            let text = format!(
                "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {{name: a, \
                 namespace: m}}\nspec: {{addresses: [10.0.0.0/24], serviceAllocation: \
                 {{namespaceSelectors: [{selector}]}}}}\n"
            );
            let mut config = validated(&text);
            let (cluster, _) = Cluster::read(&Manifests::from_text("cluster.yaml", shown).objects);
            let added = config.settle_namespaces(&cluster);
            assert!(added.iter().eq(expected), "{selector}: {added:?}");
            let allocation = config.pools[0].allocation.as_ref().unwrap();
            assert_eq!(allocation.namespaces, added);
        }
    }
}
