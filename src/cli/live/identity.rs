//! The options that say whose link-layer address is whose.

use clap::Args;

use crate::live::Mac;

/// The options that say whose link-layer address is whose.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct IdentityArgs {
    /// A link-layer address of a Node; may be repeated [also: the annotation
    /// metallb2cilium.io/macs, the neighbour table]
    #[arg(long, value_name = "NODE=MAC", value_parser = node_mac)]
    pub nodes_mac: Vec<(String, Mac)>,
}

fn node_mac(text: &str) -> Result<(String, Mac), String> {
    let (node, mac) = text.split_once('=').ok_or("expected NODE=MAC")?;
    if node.is_empty() {
        return Err("expected NODE=MAC".to_owned());
    }
    Ok((node.to_owned(), mac.parse()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_layer_address_of_a_node_has_two_parts() {
        let (node, mac) = node_mac("node-a=02:00:00:00:00:01").unwrap();
        assert_eq!((node.as_str(), mac.to_string().as_str()), ("node-a", "02:00:00:00:00:01"));
        for text in ["node-a", "=02:00:00:00:00:01", "node-a=eth0"] {
            assert!(node_mac(text).is_err(), "{text}");
        }
    }
}
