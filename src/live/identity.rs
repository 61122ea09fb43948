//! Whose link-layer address is whose.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Mac;
use crate::cluster::Node;

/// The annotation in which a Node names the link-layer addresses of its interfaces,
/// separated by commas: the Node object has no field for them.
pub const MACS_ANNOTATION: &str = "metallb2cilium.io/macs";

/// Which Node has which link-layer addresses, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identities {
    nodes: BTreeMap<Mac, BTreeSet<String>>,
}

impl Identities {
    /// A Node has that address.
    pub fn add(&mut self, mac: Mac, node: &str) {
        self.nodes.entry(mac).or_default().insert(node.to_owned());
    }

    /// Takes the addresses that a Node names in its annotation.
    ///
    /// # Errors
    /// The text that is no address.
    pub fn add_annotated(&mut self, node: &Node) -> Result<(), String> {
        let named = node.annotations.get(MACS_ANNOTATION).map(String::as_str).unwrap_or_default();
        for text in named.split(',').map(str::trim).filter(|text| !text.is_empty()) {
            self.add(text.parse()?, &node.name);
        }
        Ok(())
    }

    /// Takes what is known of the Nodes' own addresses, such as the neighbour table.
    pub fn add_found(&mut self, found: &BTreeMap<IpAddr, Mac>, nodes: &[Node]) {
        for node in nodes {
            for mac in node.internal_ips.iter().filter_map(|ip| found.get(ip)) {
                self.add(*mac, &node.name);
            }
        }
    }

    /// The Nodes that have this address: none or one, unless the input says otherwise.
    pub fn nodes_of(&self, mac: Mac) -> impl Iterator<Item = &str> {
        self.nodes.get(&mac).into_iter().flatten().map(String::as_str)
    }

    /// The Node, where it is just one.
    pub fn node_of(&self, mac: Mac) -> Option<&str> {
        let mut nodes = self.nodes_of(mac);
        nodes.next().filter(|_| nodes.next().is_none())
    }

    /// Whether an address of the Node is known.
    pub fn knows(&self, node: &str) -> bool {
        self.nodes.values().any(|nodes| nodes.contains(node))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Mac = Mac([2, 0, 0, 0, 0, 0xa]);
    const B: Mac = Mac([2, 0, 0, 0, 0, 0xb]);

    #[test]
    fn each_source_adds_to_what_is_known() {
        let ip = |last: u8| IpAddr::from([192, 0, 2, last]);
        let text = format!("{A}, 02-00-00-00-00-0B,");
        let annotations = BTreeMap::from([(MACS_ANNOTATION.to_owned(), text)]);
        let one = Node { name: "one".to_owned(), annotations, ..Node::default() };
        let two = Node { name: "two".to_owned(), internal_ips: vec![ip(2)], ..Node::default() };
        let mut known = Identities::default();
        known.add_annotated(&one).unwrap();
        assert_eq!((known.node_of(A), known.node_of(B)), (Some("one"), Some("one")));
        assert!(known.knows("one") && !known.knows("two"));
        let found = BTreeMap::from([(ip(2), B), (ip(3), A)]);
        known.add_found(&found, &[one.clone(), two]);
        assert_eq!(known.nodes_of(B).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!((known.node_of(A), known.node_of(B)), (Some("one"), None));
        let annotations = BTreeMap::from([(MACS_ANNOTATION.to_owned(), "eth0".to_owned())]);
        let bad = Node { annotations, ..one };
        assert!(known.add_annotated(&bad).unwrap_err().contains("eth0"));
    }
}
