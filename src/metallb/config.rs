//! A MetalLB configuration that MetalLB would accept.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use super::Community;
use crate::cluster::SecretString;
use crate::diagnostic::ObjectRef;
use crate::ip::IpRange;
use crate::manifest::{ObjectMeta, Origin};
use crate::selector::LabelSelector;

/// A whole MetalLB configuration, validated. Lists are in the order of names.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Pools; names are unique, addresses do not overlap.
    pub pools: Vec<Pool>,
    /// L2Advertisements.
    pub l2_advertisements: Vec<L2Advertisement>,
    /// BGPAdvertisements, with community aliases resolved.
    pub bgp_advertisements: Vec<BgpAdvertisement>,
    /// BGPPeers.
    pub peers: Vec<Peer>,
    /// BFDProfiles by name.
    pub bfd_profiles: BTreeMap<String, BfdProfile>,
}

/// An IPAddressPool.
#[derive(Debug, Clone)]
pub struct Pool {
    /// `metadata`; the name is the pool's.
    pub meta: ObjectMeta,
    /// `spec.addresses`, in order.
    pub addresses: Vec<AddressEntry>,
    /// Whether addresses are handed out without being asked for.
    pub auto_assign: bool,
    /// Whether IPv4 addresses ending in .0 and .255 are left out.
    pub avoid_buggy_ips: bool,
    /// To which Services the pool is pinned; `None` is an open pool.
    pub allocation: Option<ServiceAllocation>,
    /// Where it stands in the input.
    pub origin: Origin,
}

/// One entry of `spec.addresses`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressEntry {
    /// As written.
    pub text: String,
    /// What it holds.
    pub holds: Addresses,
}

/// What an entry of `spec.addresses` holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addresses {
    /// A CIDR, and whether it was written with host bits set.
    Cidr {
        /// The whole network.
        range: IpRange,
        /// Whether the address before the slash is not the network's own.
        host_bits: bool,
    },
    /// A range with a dash.
    Range(IpRange),
    /// A range from one family to the other: MetalLB accepts it, and it holds
    /// no address.
    Nothing,
    /// A CIDR with a placeholder that was not filled in.
    UnfilledCidr(String),
    /// A range with a placeholder that was not filled in: its two ends.
    UnfilledRange(String, String),
}

impl AddressEntry {
    /// The addresses, where there are any and they are known.
    pub fn range(&self) -> Option<IpRange> {
        match self.holds {
            Addresses::Cidr { range, .. } | Addresses::Range(range) => Some(range),
            _ => None,
        }
    }
}

/// To which Services a pool is pinned (`spec.serviceAllocation`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServiceAllocation {
    /// Lower goes first; 0 goes last.
    pub priority: i64,
    /// Namespaces named outright.
    pub namespaces: BTreeSet<String>,
    /// Namespaces by label, as written.
    pub namespace_selectors: Vec<LabelSelector>,
    /// Services by label (any of), as written.
    pub service_selectors: Vec<LabelSelector>,
}

impl ServiceAllocation {
    /// Whether it restricts nothing (`serviceAllocation: {}` or only a priority):
    /// the pool fits every Service and goes before the open pools.
    pub fn fits_every_service(&self) -> bool {
        self.namespaces.is_empty()
            && self.namespace_selectors.is_empty()
            && self.service_selectors.is_empty()
    }
}

/// Which pools an advertisement speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PoolSelection {
    /// `ipAddressPools`.
    pub names: Vec<String>,
    /// `ipAddressPoolSelectors`; OR-ed with the names.
    pub selectors: Vec<LabelSelector>,
}

impl PoolSelection {
    /// Whether it names no pool at all, which means every pool.
    pub fn is_every_pool(&self) -> bool {
        self.names.is_empty() && self.selectors.is_empty()
    }

    /// Whether the pool is one of them.
    pub fn selects(&self, pool: &ObjectMeta) -> bool {
        self.is_every_pool()
            || self.names.contains(&pool.name)
            || self.selectors.iter().any(|selector| selector.matches(&pool.labels))
    }
}

/// An L2Advertisement.
#[derive(Debug, Clone)]
pub struct L2Advertisement {
    /// `metadata`.
    pub meta: ObjectMeta,
    /// Of which pools.
    pub pools: PoolSelection,
    /// Of which Services (any of); empty means every one.
    pub service_selectors: Vec<LabelSelector>,
    /// From which Nodes (any of); empty means every one.
    pub node_selectors: Vec<LabelSelector>,
    /// Nodes that go first in the election.
    pub preferred_nodes: Vec<PreferredNodes>,
    /// On which interfaces; empty means all.
    pub interfaces: Vec<String>,
    /// Where it stands in the input.
    pub origin: Origin,
}

/// Nodes that score in the election of an L2 leader.
#[derive(Debug, Clone, PartialEq)]
pub struct PreferredNodes {
    /// What a matching Node scores.
    pub weight: i32,
    /// Which Nodes match.
    pub selector: LabelSelector,
}

/// A BGPAdvertisement.
#[derive(Debug, Clone)]
pub struct BgpAdvertisement {
    /// `metadata`.
    pub meta: ObjectMeta,
    /// Of which pools.
    pub pools: PoolSelection,
    /// Of which Services (any of); empty means every one.
    pub service_selectors: Vec<LabelSelector>,
    /// From which Nodes (any of); empty means every one.
    pub node_selectors: Vec<LabelSelector>,
    /// To which peers by name; empty means every one.
    pub peers: Vec<String>,
    /// Prefix length for IPv4 (32 is the address itself).
    pub aggregation_length: u8,
    /// Prefix length for IPv6 (128 is the address itself).
    pub aggregation_length_v6: u8,
    /// LOCAL_PREF, where one is set.
    pub local_pref: Option<u32>,
    /// Communities, with aliases resolved.
    pub communities: BTreeSet<Community>,
    /// Where it stands in the input.
    pub origin: Origin,
}

/// A BGPPeer.
#[derive(Debug, Clone)]
pub struct Peer {
    /// `metadata`; the name is the peer's.
    pub meta: ObjectMeta,
    /// The AS number of this end.
    pub my_asn: u32,
    /// The AS number shown to this peer instead of `my_asn`.
    pub local_asn: Option<u32>,
    /// What is expected of the other end's AS number.
    pub remote: RemoteAs,
    /// Whom to dial.
    pub endpoint: Endpoint,
    /// The port to dial.
    pub port: u16,
    /// The source address of the session.
    pub source_address: Option<IpAddr>,
    /// The router ID to show.
    pub router_id: Option<IpAddr>,
    /// Hold time; given with `keepalive_time` or not at all (one is derived
    /// from the other, by three).
    pub hold_time: Option<Duration>,
    /// Keepalive time.
    pub keepalive_time: Option<Duration>,
    /// Time between attempts to connect.
    pub connect_time: Option<Duration>,
    /// Nodes that open the session (any of); empty means every one.
    pub node_selectors: Vec<LabelSelector>,
    /// The TCP MD5 password.
    pub password: Option<Password>,
    /// The BFDProfile by name.
    pub bfd_profile: Option<String>,
    /// Graceful restart (RFC 4724).
    pub graceful_restart: bool,
    /// Whether the peer is more than one hop away.
    pub ebgp_multi_hop: bool,
    /// The VRF to open the session from.
    pub vrf: Option<String>,
    /// Whether both families go over the session.
    pub dual_stack_address_family: bool,
    /// The deprecated `disableMP`.
    pub disable_mp: bool,
    /// Where it stands in the input.
    pub origin: Origin,
}

/// What a peer's AS number must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoteAs {
    /// Just this one.
    Asn(u32),
    /// The same as ours (`dynamicASN: internal`).
    Internal,
    /// Another than ours (`dynamicASN: external`).
    External,
}

/// Whom a session is opened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// An address.
    Address(IpAddr),
    /// Whoever is at the other end of an interface (unnumbered).
    Interface(String),
}

/// Where a session's TCP MD5 password (RFC 2385) comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Password {
    /// It stands in the peer itself.
    Inline(SecretString),
    /// It stands in a Secret under the key `password`.
    Secret {
        /// The Secret's namespace: MetalLB's own.
        namespace: String,
        /// The Secret's name.
        name: String,
        /// The value, where the Secret is at hand.
        value: Option<SecretString>,
    },
}

/// A BFDProfile; intervals in milliseconds.
#[derive(Debug, Clone)]
pub struct BfdProfile {
    /// `metadata`.
    pub meta: ObjectMeta,
    /// `receiveInterval`.
    pub receive_interval: Option<u32>,
    /// `transmitInterval`.
    pub transmit_interval: Option<u32>,
    /// `detectMultiplier`.
    pub detect_multiplier: Option<u32>,
    /// `echoMode`.
    pub echo_mode: bool,
    /// Where it stands in the input.
    pub origin: Origin,
}

impl Pool {
    /// The pool's name.
    pub fn name(&self) -> &str {
        &self.meta.name
    }

    /// The ranges that hold addresses, in the order of `spec.addresses`.
    /// `avoidBuggyIPs` is not applied.
    pub fn ranges(&self) -> impl Iterator<Item = IpRange> + '_ {
        self.addresses.iter().filter_map(AddressEntry::range)
    }
}

impl Peer {
    /// The peer's name.
    pub fn name(&self) -> &str {
        &self.meta.name
    }

    /// How diagnostics name it.
    pub fn reference(&self) -> ObjectRef {
        self.meta.reference("BGPPeer")
    }

    /// The AS number that the peer sees.
    pub fn shown_asn(&self) -> u32 {
        self.local_asn.unwrap_or(self.my_asn)
    }

    /// Whether it is in the same AS, so that it is told local preferences.
    pub fn is_internal(&self) -> bool {
        match self.remote {
            RemoteAs::Asn(asn) => asn == self.shown_asn(),
            RemoteAs::Internal => true,
            RemoteAs::External => false,
        }
    }
}
