//! Whose link-layer address is whose.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Mac;
use crate::cluster::Node;

/// The annotation in which a Node names the link-layer addresses of its interfaces,
/// separated by commas: the Node object has no field for them. It names all of them.
pub const MACS_ANNOTATION: &str = "metallb2cilium.io/macs";

/// A neighbour that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbour {
    /// On which of this host's interfaces, by its number.
    pub interface: u32,
    /// Its address.
    pub ip: IpAddr,
    /// Its link-layer address there.
    pub mac: Mac,
}

/// Which Node has which link-layer addresses, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identities {
    nodes: BTreeMap<Mac, BTreeSet<String>>,
    /// The Nodes of which all addresses are known.
    whole: BTreeSet<String>,
    /// The links, each with a Node of which it is known who it is there.
    met: BTreeSet<(u32, String)>,
}

impl Identities {
    /// A Node has that address, and may have others.
    pub fn add(&mut self, mac: Mac, node: &str) {
        self.nodes.entry(mac).or_default().insert(node.to_owned());
    }

    /// A Node has these addresses, and no others.
    pub fn add_all(&mut self, macs: impl IntoIterator<Item = Mac>, node: &str) {
        let mut some = false;
        for mac in macs {
            self.add(mac, node);
            some = true;
        }
        if some {
            self.whole.insert(node.to_owned());
        }
    }

    /// Takes the addresses that a Node names in its annotation.
    ///
    /// # Errors
    /// The text that is no address.
    pub fn add_annotated(&mut self, node: &Node) -> Result<(), String> {
        let named = node.annotations.get(MACS_ANNOTATION).map(String::as_str).unwrap_or_default();
        let texts = named.split(',').map(str::trim).filter(|text| !text.is_empty());
        let macs: Vec<Mac> = texts.map(str::parse).collect::<Result<_, _>>()?;
        self.add_all(macs, &node.name);
        Ok(())
    }

    /// Takes what is known of the Nodes' own addresses, such as the neighbour table.
    pub fn add_found(&mut self, found: &[Neighbour], nodes: &[Node]) {
        let mut by_ip: BTreeMap<IpAddr, Vec<&Neighbour>> = BTreeMap::new();
        for one in found {
            by_ip.entry(one.ip).or_default().push(one);
        }
        for node in nodes {
            let all = node.internal_ips.iter().filter_map(|ip| by_ip.get(ip)).flatten();
            for one in all {
                self.add(one.mac, &node.name);
                self.met.insert((one.interface, node.name.clone()));
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

    /// Whether it is known who the Node is on all of these links, by the numbers of this
    /// host's interfaces: an address of another link says nothing of its address there.
    pub fn knows(&self, node: &str, links: &[u32]) -> bool {
        let on = |link: &u32| self.met.contains(&(*link, node.to_owned()));
        self.whole.contains(node) || (!links.is_empty() && links.iter().all(on))
    }

    /// Whether an address of the Node was found on this link.
    pub fn has_met(&self, node: &str, link: u32) -> bool {
        self.met.contains(&(link, node.to_owned()))
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
        assert!(known.knows("one", &[]) && !known.knows("two", &[]));
        let found = [(7, ip(2), B), (7, ip(3), A)];
        let found = found.map(|(interface, ip, mac)| Neighbour { interface, ip, mac });
        known.add_found(&found, &[one.clone(), two]);
        assert_eq!(known.nodes_of(B).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!((known.node_of(A), known.node_of(B)), (Some("one"), None));
        let annotations = BTreeMap::from([(MACS_ANNOTATION.to_owned(), "eth0".to_owned())]);
        // Who it is on one link says nothing of another.
        assert!(known.knows("two", &[7]) && known.has_met("two", 7));
        assert!(!known.knows("two", &[7, 8]) && !known.knows("two", &[]));
        assert!(known.knows("one", &[8]) && !known.has_met("one", 7));
        // One address that somebody names need not be all.
        known.add(Mac([2, 0, 0, 0, 0, 0xc]), "three");
        assert!(!known.knows("three", &[7]));
        let bad = Node { annotations, ..one };
        assert!(known.add_annotated(&bad).unwrap_err().contains("eth0"));
    }
}
