//! What the comparison finds, before it is shown by an example.

use std::net::IpAddr;

use super::Aspect;
use super::diagram::{Diagram, NEVER, Spent};
use crate::cluster::Node;
use crate::diagnostic::Code;
use crate::ip::Family;
use crate::manifest::Span;

/// Why nothing was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unproved(pub(super) String);

impl Unproved {
    pub(super) fn because(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl From<Spent> for Unproved {
    fn from(Spent: Spent) -> Self {
        Self("the time or the memory for it was used up".to_owned())
    }
}

/// How a Service comes to its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// It asks for nothing.
    Nothing,
    /// It asks for this address, or holds it.
    Address(IpAddr),
    /// It asks for this pool of MetalLB's by name.
    Pool(usize),
    /// It asks LB-IPAM for this address, and MetalLB for nothing.
    OfCilium(IpAddr),
    /// It asks both for this address, each in its own way.
    OfBoth(IpAddr),
    /// It has an address of this pool: by name where it carries a pool label, else by
    /// this address.
    Held(usize, IpAddr),
}

/// A set of Services, and of Nodes, for which the two sides decide differently.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    pub(super) aspect: Aspect,
    /// The code, where it is known.
    pub(super) code: Option<&'static Code>,
    /// MetalLB's pool.
    pub(super) pool: Option<usize>,
    pub(super) family: Family,
    /// The Services; for L2 with the Nodes and interfaces.
    pub(super) members: Diagram,
    /// Whether they are all in Namespaces that are not at hand.
    pub(super) to_come: bool,
    pub(super) wish: Wish,
    /// The pool label that the translation sets on all but these Services.
    pub(super) label: Option<(String, Diagram)>,
    /// The pools that must be full: all first choices.
    pub(super) full: Vec<usize>,
    /// Whether the Service has ready endpoints.
    pub(super) endpoints: bool,
    /// The first of the addresses in question, and how many there are.
    pub(super) addresses: Option<(IpAddr, u128)>,
    /// The Node, where it does not follow from the members.
    pub(super) node: Option<Node>,
    /// The peer's name.
    pub(super) peer: Option<String>,
    /// Where it stands.
    pub(super) places: Vec<(Option<Span>, &'static str)>,
}

impl Raw {
    pub(super) fn new(
        aspect: Aspect,
        pool: Option<usize>,
        family: Family,
        members: Diagram,
        wish: Wish,
    ) -> Self {
        debug_assert!(members != NEVER, "a difference has members");
        Self {
            aspect,
            code: None,
            pool,
            family,
            members,
            to_come: false,
            wish,
            label: None,
            full: vec![],
            endpoints: true,
            addresses: None,
            node: None,
            peer: None,
            places: vec![],
        }
    }
}
