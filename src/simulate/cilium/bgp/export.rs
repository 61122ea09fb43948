//! What GoBGP's export policies let through, and with which attributes.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

use super::super::attributes::Attributes;
use super::super::oracle::Oracle;
use super::super::order::OpenOrder;

/// Something that GoBGP's export policy says of a peer's routes: these prefixes are
/// sent with these attributes. The first that names a prefix decides.
pub(super) struct ExportPolicy {
    pub(super) statements: BTreeMap<IpNet, Attributes>,
}

/// What a route is shown with.
pub(super) struct Shown {
    pub(super) communities: Vec<String>,
    /// Where none is set, nothing is shown, although an internal peer gets the default.
    pub(super) local_preference: Option<u32>,
}

/// The attributes of each prefix: those of the policy that comes first, in an order
/// that is left to chance.
pub(super) fn decide(
    policies: &[ExportPolicy],
    internal: bool,
    oracle: &mut Oracle,
) -> BTreeMap<IpNet, Shown> {
    let mut naming: BTreeMap<IpNet, Vec<(usize, &Attributes)>> = BTreeMap::new();
    for (index, policy) in policies.iter().enumerate() {
        for (prefix, attributes) in &policy.statements {
            naming.entry(*prefix).or_default().push((index, attributes));
        }
    }
    let mut order = OpenOrder::default();
    let mut decided = BTreeMap::new();
    for (prefix, statements) in naming {
        let wires: BTreeSet<_> = statements.iter().map(|(_, a)| a.on_the_wire(internal)).collect();
        let indices: Vec<usize> = statements.iter().map(|(index, _)| *index).collect();
        let first = if wires.len() < 2 {
            indices.first().copied()
        } else {
            let first = oracle.pick_from(&order.possible_first(&indices)).copied();
            if let Some(first) = first {
                order.put_first(first, &indices);
            }
            first
        };
        let Some((_, attributes)) = statements.iter().find(|(index, _)| Some(*index) == first)
        else {
            continue;
        };
        let (_, wire) = attributes.on_the_wire(internal);
        let set_somewhere = statements.iter().any(|(_, a)| a.local_preference() == wire);
        let shown = Shown {
            communities: attributes.communities(),
            local_preference: wire.filter(|_| set_somewhere),
        };
        decided.insert(prefix, shown);
    }
    decided
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cilium::{BgpAttributes, BgpCommunities};
    use crate::simulate::cilium::oracle::{Bounds, explore};

    fn policy(prefixes: &[&str], community: &str) -> ExportPolicy {
        let standard = vec![community.to_owned()];
        let communities = Some(BgpCommunities { standard, ..BgpCommunities::default() });
        let attributes =
            Attributes::new(Some(&BgpAttributes { communities, ..BgpAttributes::default() }));
        let statement = |prefix: &&str| (prefix.parse().unwrap(), attributes.clone());
        ExportPolicy { statements: prefixes.iter().map(statement).collect() }
    }

    /// The communities of every prefix, in each way in which it can go.
    fn ways(policies: &[ExportPolicy]) -> Vec<Vec<String>> {
        let bounds = Bounds { results: 99, work: 9999 };
        let found = explore(bounds, Clone::clone, |oracle| {
            let decided = decide(policies, false, oracle).into_values();
            Ok(decided.map(|shown| shown.communities.join(",")).collect::<Vec<_>>())
        });
        found.results
    }

    #[test]
    fn one_order_of_the_policies_decides_for_all_prefixes() {
        let both = ["10.0.0.1/32", "10.0.0.2/32"];
        assert_eq!(
            ways(&[policy(&both, "1:1"), policy(&both, "1:2"), policy(&both, "1:3")]),
            [["1:1", "1:1"], ["1:2", "1:2"], ["1:3", "1:3"]]
        );
        assert_eq!(
            ways(&[policy(&both[..1], "1:1"), policy(&both, "1:2")]),
            [["1:1", "1:2"], ["1:2", "1:2"]]
        );
    }
}
