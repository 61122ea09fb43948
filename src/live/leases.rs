//! Who holds Cilium's lease of each Service, as the Leases of the input say: the Node
//! that answers for the Service's addresses.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::cluster::Service;
use crate::diagnostic::Diagnostic;
use crate::manifest::{self, Mode, Object};

/// How the names of these Leases begin (`pkg/l2announcer`, `newLeaseLock`).
const PREFIX: &str = "cilium-l2announce";

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawLease {
    spec: RawSpec,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawSpec {
    /// The Node's name; empty where the lease was given back.
    holder_identity: Option<String>,
}

/// The holders by Service (`namespace/name`), of Services that have a Lease in the input.
pub fn holders(
    objects: &[Object],
    services: &[Service],
    found: &mut Vec<Diagnostic>,
) -> BTreeMap<String, String> {
    let leases = objects.iter().filter(|object| {
        (object.group(), object.kind.as_str()) == ("coordination.k8s.io", "Lease")
            && object.meta.name.starts_with(PREFIX)
    });
    let mut by_name = BTreeMap::new();
    for lease in leases {
        let mut problems = Vec::new();
        let raw: Option<RawLease> = manifest::decode(&lease.node, "", Mode::Lenient, &mut problems);
        let told = problems.into_iter();
        found.extend(told.map(|problem| problem.into_diagnostic(Some(lease.reference()))));
        let holder = raw.and_then(|raw| raw.spec.holder_identity);
        by_name.extend(holder.filter(|node| !node.is_empty()).map(|node| (&lease.meta.name, node)));
    }
    let held = services.iter().filter_map(|service| {
        let key = &service.key;
        let node = by_name.get(&format!("{PREFIX}-{}-{}", key.namespace, key.name))?;
        Some((key.to_string(), node.clone()))
    });
    held.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Cluster;
    use crate::manifest::Manifests;

    #[test]
    fn holders_are_found_by_the_names_of_the_leases() {
        let lease = |group: &str, name: &str, spec: &str| {
            format!("apiVersion: {group}\nkind: Lease\nmetadata: {{name: {name}}}\nspec: {spec}\n")
        };
        let group = "coordination.k8s.io/v1";
        let texts = [
            "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n".to_owned(),
            "apiVersion: v1\nkind: Service\nmetadata: {name: mail, namespace: shop}\n".to_owned(),
            lease(group, "cilium-l2announce-shop-web", "{holderIdentity: node-b}"),
            lease(group, "cilium-l2announce-shop-mail", "{holderIdentity: ''}"),
            lease(group, "cilium-l2announce-shop-gone", "{holderIdentity: node-b}"),
            lease("example.com/v1", "cilium-l2announce-shop-mail", "{holderIdentity: node-b}"),
        ];
        let manifests = Manifests::from_text("all.yaml", texts.join("---\n"));
        let (cluster, _) = Cluster::read(&manifests.objects);
        let mut found = Vec::new();
        let held = holders(&manifests.objects, &cluster.services, &mut found);
        let expected = [("shop/web".to_owned(), "node-b".to_owned())];
        assert_eq!((held, found.len()), (expected.into(), 0));

        let wrong = lease(group, "cilium-l2announce-shop-web", "{holderIdentity: [1]}");
        let manifests = Manifests::from_text("all.yaml", wrong);
        assert_eq!(holders(&manifests.objects, &cluster.services, &mut found), [].into());
        assert_eq!(found.len(), 1);
    }
}
