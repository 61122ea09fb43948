//! BGP sessions, node by node, with their parameters.
//!
//! In: either side's configuration and the Nodes. Out: [`Sessions`], in the terms
//! of neither, with every default filled in; and what differs between two of them.
//! A session that cannot carry a route (on a Node with the exclude label) does not
//! count.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

use serde::{Serialize, Serializer};

use super::parameters::{PARAMETERS, ParameterRow};
use crate::cilium::CiliumConfig;
use crate::cluster::{Cluster, Node, SecretString};
use crate::ip::{self, Family};
use crate::manifest::Span;
use crate::metallb::{Config, Endpoint, Mode, Password, Peer, RemoteAs};
use crate::selector::LabelSelector;
use crate::simulate::cilium::OpenedSession;
use crate::simulate::metallb::Options;

/// BGP's port (RFC 4271, section 4.2).
const BGP_PORT: u16 = 179;
/// FRR's and Cilium's time between attempts to connect, in seconds.
const CONNECT_RETRY: u64 = 120;
/// The restart time of FRR and of Cilium (RFC 4724), in seconds.
const RESTART_TIME: u16 = 120;
/// Hold and keepalive time of FRR's traditional profile, in seconds.
const FRR_TIMERS: (u64, u64) = (180, 60);
/// Hold and keepalive time of MetalLB's native mode and of Cilium, in seconds.
const COMMON_TIMERS: (u64, u64) = (90, 30);
/// The TTL that `ebgp-multihop` without a number means to FRR.
const MULTIHOP_TTL: u8 = 255;

/// How MetalLB runs.
#[derive(Debug, Clone, Default)]
pub struct Speakers {
    /// Its BGP implementation.
    pub mode: Mode,
    /// `--ignore-exclude-lb`.
    pub ignore_exclude_lb: bool,
    /// Which Nodes run a speaker; `None` is all.
    pub nodes: Option<LabelSelector>,
    /// Patterns of interfaces on which it never answers.
    pub excluded_interfaces: Vec<String>,
}

impl Speakers {
    /// How the decisions of MetalLB that runs so are simulated.
    pub fn simulated(&self, lb_class: Option<&str>, max_outcomes: usize) -> Options {
        Options {
            lb_class: lb_class.map(str::to_owned),
            ignore_exclude_lb: self.ignore_exclude_lb,
            speaker_nodes: self.nodes.clone(),
            excluded_interfaces: self.excluded_interfaces.clone(),
            max_outcomes,
        }
    }
}

/// The sessions of every Node; more than one list where it is left to chance which
/// one it has.
pub type Sessions = BTreeMap<String, Vec<Vec<Session>>>;

/// One session.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The peer's name, for people: what is the same peer is told by `remote`.
    pub peer: String,
    /// Whom it is opened to.
    pub remote: Remote,
    /// What it is like.
    pub parameters: Parameters,
    /// Where its fields stand, by path; the last resort is the empty path.
    #[serde(skip)]
    pub places: Places,
}

/// Whom a session is opened to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remote {
    /// An address.
    Address(IpAddr),
    /// Whoever is at the other end of an interface (unnumbered).
    Interface(String),
    /// The router of the node's default route of that family, whichever it is there
    /// (Cilium's `autoDiscovery`).
    Gateway(Family),
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Interface(name) => write!(f, "interface {name}"),
            Self::Gateway(Family::V4) => f.write_str("the default gateway of IPv4"),
            Self::Gateway(Family::V6) => f.write_str("the default gateway of IPv6"),
        }
    }
}

impl Serialize for Remote {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What is expected of the other end's AS number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoteAsn {
    /// Just this one.
    Number(u32),
    /// The same as this end's.
    Own,
    /// Another than this end's.
    Other,
    /// Any.
    Any,
}

/// Whether a session is authenticated by TCP MD5 (RFC 2385).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authentication {
    /// It is not.
    None,
    /// It is, with this password where it is at hand.
    Password(Option<SecretString>),
}

/// The source of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Whatever the node's routes give.
    Routed,
    /// This address.
    Address(String),
    /// The address of this interface.
    Interface(String),
}

/// What a session is like, with every default filled in; times in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// The AS number that the peer sees.
    pub local_asn: u32,
    /// What is expected of the peer's.
    pub remote_asn: RemoteAsn,
    /// The port that is dialled.
    pub port: u16,
    /// The hold time.
    pub hold: u64,
    /// The keepalive time.
    pub keepalive: u64,
    /// The time between attempts to connect.
    pub connect_retry: u64,
    /// The families that it carries.
    pub families: BTreeSet<Family>,
    /// TCP MD5.
    pub authentication: Authentication,
    /// The TTL towards an external peer; `None` towards an internal one.
    pub ttl: Option<u8>,
    /// The restart time of graceful restart (RFC 4724), where it is on.
    pub graceful_restart: Option<u16>,
    /// Whether BFD (RFC 5880) watches over it.
    pub bfd: bool,
    /// The VRF that it is opened from.
    pub vrf: Option<String>,
    /// The router ID, where one is set.
    pub router_id: Option<String>,
    /// Its source.
    pub source: Source,
}

impl Serialize for Parameters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(PARAMETERS.iter().map(|row| (row.name, (row.show)(self))))
    }
}

/// Where the fields of a session stand in the input.
#[derive(Debug, Clone, Default)]
pub struct Places {
    metallb: Option<crate::manifest::Origin>,
    cluster_config: Option<crate::manifest::Origin>,
    peer_config: Option<crate::manifest::Origin>,
}

impl Places {
    /// The places of a parameter, with what is to be said of each.
    pub fn of(&self, row: Option<&ParameterRow>) -> Vec<Span> {
        let mut spans = Vec::new();
        if let Some(origin) = &self.metallb {
            spans.extend(origin.span(row.map_or("metadata.name", |row| row.metallb)));
        }
        let (cluster_config, peer_config) = match row.map(|row| row.cilium) {
            None => (Some("spec"), None),
            Some(path) if path.starts_with("spec.bgpInstances") => (Some(path), None),
            Some(path) => (None, Some(path)),
        };
        if let (Some(origin), Some(path)) = (&self.cluster_config, cluster_config) {
            spans.extend(origin.span(path));
        }
        if let (Some(origin), Some(path)) = (&self.peer_config, peer_config) {
            spans.extend(origin.span(path));
        }
        spans
    }
}

/// The Nodes whose sessions count.
fn counted<'a>(cluster: &'a Cluster, speakers: &Speakers) -> impl Iterator<Item = &'a Node> {
    let ignore = speakers.ignore_exclude_lb;
    cluster.nodes.iter().filter(move |node| ignore || !node.is_excluded())
}

/// MetalLB's sessions.
pub fn of_metallb(config: &Config, cluster: &Cluster, speakers: &Speakers) -> Sessions {
    counted(cluster, speakers)
        .map(|node| {
            let speaks = speakers.nodes.as_ref().is_none_or(|nodes| nodes.matches(&node.labels));
            let has = |peer: &&Peer| {
                speaks
                    && (peer.node_selectors.is_empty()
                        || peer.node_selectors.iter().any(|one| one.matches(&node.labels)))
            };
            let sessions = config.peers.iter().filter(has).map(|peer| metallb(peer, speakers.mode));
            (node.name.clone(), vec![sessions.collect()])
        })
        .collect()
}

fn metallb(peer: &Peer, mode: Mode) -> Session {
    let seconds = |duration: std::time::Duration| duration.as_secs();
    let (hold, keepalive) = match (peer.hold_time, peer.keepalive_time) {
        (Some(hold), Some(keepalive)) => (seconds(hold), seconds(keepalive)),
        _ if mode == Mode::Native => COMMON_TIMERS,
        _ => FRR_TIMERS,
    };
    let (remote, own_family) = match &peer.endpoint {
        Endpoint::Address(address) => (Remote::Address(*address), Some(Family::of(*address))),
        Endpoint::Interface(name) => (Remote::Interface(name.clone()), None),
    };
    let carries =
        |family: &Family| peer.dual_stack_address_family || own_family.is_none_or(|f| f == *family);
    let parameters = Parameters {
        local_asn: peer.shown_asn(),
        remote_asn: match peer.remote {
            RemoteAs::Asn(asn) => RemoteAsn::Number(asn),
            RemoteAs::Internal => RemoteAsn::Own,
            RemoteAs::External => RemoteAsn::Other,
        },
        port: peer.port,
        hold,
        keepalive,
        connect_retry: peer.connect_time.map_or(CONNECT_RETRY, seconds),
        families: [Family::V4, Family::V6].into_iter().filter(carries).collect(),
        authentication: match &peer.password {
            None => Authentication::None,
            Some(Password::Inline(password)) => Authentication::Password(Some(password.clone())),
            Some(Password::Secret { value, .. }) => Authentication::Password(value.clone()),
        },
        ttl: (!peer.is_internal()).then_some(if peer.ebgp_multi_hop { MULTIHOP_TTL } else { 1 }),
        graceful_restart: peer.graceful_restart.then_some(RESTART_TIME),
        bfd: peer.bfd_profile.is_some(),
        vrf: peer.vrf.clone(),
        router_id: peer.router_id.map(|id| id.to_string()),
        source: peer.source_address.map_or(Source::Routed, |a| Source::Address(a.to_string())),
    };
    let places = Places { metallb: Some(peer.origin.clone()), ..Places::default() };
    Session { peer: peer.name().to_owned(), remote, parameters, places }
}

/// Cilium's sessions. `speakers` says which Nodes count, as with MetalLB.
pub fn of_cilium(config: &CiliumConfig, cluster: &Cluster, speakers: &Speakers) -> Sessions {
    let counted: BTreeSet<&str> =
        counted(cluster, speakers).map(|node| node.name.as_str()).collect();
    crate::simulate::cilium::sessions(config, cluster)
        .into_iter()
        .filter(|sessions| counted.contains(sessions.node.name.as_str()))
        .map(|sessions| {
            let of = |opened: &Vec<OpenedSession<'_>>| {
                opened.iter().filter_map(|session| cilium(session, config, cluster)).collect()
            };
            (sessions.node.name.clone(), sessions.alternatives.iter().map(of).collect())
        })
        .collect()
}

fn cilium(opened: &OpenedSession<'_>, config: &CiliumConfig, cluster: &Cluster) -> Option<Session> {
    let OpenedSession { cluster_config, instance, peer, peer_config, overridden, internal } =
        opened;
    let spec = &peer_config.spec;
    let remote = match &peer.peer_address {
        Some(address) => Remote::Address(ip::parse_addr_as_written(address).ok()?),
        None => Remote::Gateway(peer.gateway()?),
    };
    let timers = spec.timers.as_ref();
    let of_peer = overridden.and_then(|o| o.peers.iter().find(|other| other.name == peer.name));
    let transport = spec.transport.as_ref();
    let source = match of_peer.and_then(|peer| peer.local_address.clone()) {
        Some(address) => Source::Address(address),
        None => match transport.and_then(|transport| transport.source_interface.clone()) {
            Some(name) => Source::Interface(name),
            None => Source::Routed,
        },
    };
    let parameters = Parameters {
        local_asn: overridden.and_then(|o| o.local_asn).or(instance.local_asn)?,
        remote_asn: match peer.peer_asn {
            None | Some(0) => RemoteAsn::Any,
            Some(asn) => RemoteAsn::Number(asn),
        },
        port: transport.and_then(|transport| transport.peer_port).unwrap_or(BGP_PORT),
        hold: timers.and_then(|t| t.hold_time_seconds).map_or(COMMON_TIMERS.0, u64::from),
        keepalive: timers
            .and_then(|t| t.keep_alive_time_seconds)
            .map_or(COMMON_TIMERS.1, u64::from),
        connect_retry: timers
            .and_then(|timers| timers.connect_retry_time_seconds)
            .map_or(CONNECT_RETRY, u64::from),
        families: families(spec),
        authentication: authentication(spec.auth_secret_ref.as_deref(), config, cluster),
        ttl: (!internal).then(|| spec.ebgp_multihop.unwrap_or(1)),
        graceful_restart: spec
            .graceful_restart
            .as_ref()
            .filter(|restart| restart.enabled)
            .map(|restart| restart.restart_time_seconds.unwrap_or(RESTART_TIME)),
        bfd: false,
        vrf: None,
        router_id: overridden.and_then(|o| o.router_id.clone()),
        source,
    };
    let places = Places {
        metallb: None,
        cluster_config: Some(cluster_config.origin.clone()),
        peer_config: Some(peer_config.origin.clone()),
    };
    Some(Session { peer: peer.name.clone(), remote, parameters, places })
}

/// Takes out sessions that Cilium has already and that MetalLB does not have.
pub(super) fn leave_out(after: &mut Sessions, there: &Sessions, before: &Sessions) {
    let same = |one: &Session, other: &Session| {
        one.remote == other.remote && one.parameters.local_asn == other.parameters.local_asn
    };
    for (node, alternatives) in after {
        let of = |all: &Sessions| all.get(node).cloned().unwrap_or_default();
        let (there, before) = (of(there), of(before));
        for sessions in alternatives {
            sessions.retain(|session| {
                let is_there = there.iter().flatten().any(|other| same(session, other));
                !is_there || before.iter().flatten().any(|other| other.remote == session.remote)
            });
        }
    }
}

/// Without families both are negotiated, and nothing is sent.
fn families(spec: &crate::cilium::BgpPeerConfigSpec) -> BTreeSet<Family> {
    if spec.families.is_empty() {
        return [Family::V4, Family::V6].into();
    }
    let unicast = spec.families.iter().filter(|family| family.safi == "unicast");
    unicast
        .filter_map(|family| match family.afi.as_str() {
            "ipv4" => Some(Family::V4),
            "ipv6" => Some(Family::V6),
            _ => None,
        })
        .collect()
}

fn authentication(
    secret: Option<&str>,
    config: &CiliumConfig,
    cluster: &Cluster,
) -> Authentication {
    let Some(secret) = secret else { return Authentication::None };
    let namespace = config.settings.bgp_secrets_namespace.clone().unwrap_or_default();
    let found = cluster.secrets.get(&(namespace, secret.to_owned()));
    Authentication::Password(found.and_then(|found| found.text("password").cloned()))
}
