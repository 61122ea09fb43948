//! Why one Service gets what it gets, step by step.

use std::fmt;
use std::net::IpAddr;
use std::ops::ControlFlow;

use serde::Serialize;

use super::Options;
use super::allocate::Allocator;
use super::bgp::{BgpView, NoBgp};
use super::explore::{Agenda, explore};
use super::ids::ServiceId;
use super::l2::{L2View, NoL2, NotACandidate};
use super::nodes::Speakers;
use super::reason::Refusal;
use super::world::World;
use crate::cluster::{Cluster, ServiceKey};
use crate::metallb::Config;

/// The reasons for what one Service gets, in the order in which MetalLB comes upon
/// them. Where MetalLB's map order decides, this is one possible course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The Service.
    pub service: ServiceKey,
    /// The reasons.
    pub steps: Vec<Step>,
}

/// Why a pool is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PassedOver {
    /// `autoAssign: false`.
    NotAutomatic,
    /// It is pinned to other namespaces or Services.
    OtherServices,
    /// Its namespace selectors fit no Namespace, so that it is never looked up.
    FitsNoNamespace,
    /// It has nothing left of the families needed.
    NothingLeft {
        /// What it would have.
        addresses: Vec<IpAddr>,
    },
}

/// One step on the way to a Service's addresses and announcements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "kind",
    content = "detail"
)]
pub enum Step {
    /// The controller comes back to the Service.
    LooksAgain,
    /// The Service is not of type LoadBalancer.
    NotALoadBalancer,
    /// Its status names these addresses.
    Holds(Vec<IpAddr>),
    /// It keeps them.
    Kept(Vec<IpAddr>),
    /// It loses what it held.
    Lost(Refusal),
    /// PreferDualStack: the family that was missing is added.
    OtherFamilyAdded(Vec<IpAddr>),
    /// It asks for these addresses.
    AsksForAddresses(Vec<IpAddr>),
    /// It asks for this pool.
    AsksForPool(String),
    /// A pool is not taken.
    PoolPassedOver {
        /// The pool.
        pool: String,
        /// Why.
        why: PassedOver,
    },
    /// A pool could give these addresses.
    PoolOffers {
        /// The pool.
        pool: String,
        /// The addresses.
        addresses: Vec<IpAddr>,
    },
    /// Any of these pools may be taken: MetalLB walks them in an arbitrary order.
    EitherOf(Vec<String>),
    /// It is given these addresses.
    Given {
        /// Their pool.
        pool: String,
        /// The addresses.
        addresses: Vec<IpAddr>,
    },
    /// It is refused an address.
    Refused(Refusal),
    /// Its status cannot be announced: no one pool holds it.
    NotAnnounced,
    /// Nobody answers for it on the link.
    NoL2(NoL2),
    /// A node is in the election.
    Candidate {
        /// The node.
        node: String,
        /// Its score by `preferredNodeSelectors`.
        score: i64,
        /// The interfaces that it would answer on; with none known it may stay silent.
        interfaces: Vec<String>,
    },
    /// A node is not in the election.
    NodePassedOver {
        /// The node.
        node: String,
        /// Why.
        why: NotACandidate,
    },
    /// The highest score wins, then the lowest hash of node and first address.
    Leader {
        /// The node.
        node: String,
        /// The address that is hashed.
        address: IpAddr,
    },
    /// A node sends routes to these peers.
    Advertises {
        /// The node.
        node: String,
        /// The BGPAdvertisements.
        advertisements: Vec<String>,
        /// The peers; none where no session takes the prefix.
        peers: Vec<String>,
    },
    /// A node sends no route.
    NoBgp {
        /// The node.
        node: String,
        /// Why.
        why: NoBgp,
    },
}

/// Collects the steps of one Service, and costs nothing for the others.
#[derive(Debug, Default)]
pub(super) struct Trace {
    wanted: Option<ServiceId>,
    active: bool,
    looks: usize,
    steps: Vec<Step>,
}

impl Trace {
    fn of(service: ServiceId) -> Self {
        Self { wanted: Some(service), ..Self::default() }
    }

    /// The controller turns to a Service.
    pub(super) fn focus(&mut self, service: ServiceId) {
        self.active = self.wanted == Some(service);
        if self.active {
            self.looks += 1;
            if self.looks > 1 {
                self.steps.push(Step::LooksAgain);
            }
        }
    }

    /// Notes steps, if the Service at hand is the one.
    pub(super) fn note<S: IntoIterator<Item = Step>>(&mut self, steps: impl FnOnce() -> S) {
        if self.active {
            self.steps.extend(steps());
        }
    }
}

/// Explains what one Service gets; `None` where there is no such Service.
pub fn explain(
    config: &Config,
    cluster: &Cluster,
    options: &Options,
    service: &ServiceKey,
) -> Option<Explanation> {
    let world = World::new(config, cluster, options);
    let id = world.find(service)?;
    let mut trace = Trace::of(id);
    let mut state = Allocator::new(&world);
    explore(&world, &mut state, Agenda::all(), &mut trace, |_| ControlFlow::Break(()));
    // The exploration breaks off at the first state at rest, and leaves it in place.
    let mut steps = trace.steps;
    speak(&world, &state, id, &mut steps);
    Some(Explanation { service: service.clone(), steps })
}

/// What the speakers make of the Service's addresses.
fn speak(world: &World<'_>, state: &Allocator, id: ServiceId, steps: &mut Vec<Step>) {
    let (Some(service), Some(request)) = (world.service(id), world.request(id)) else { return };
    if !request.is_load_balancer {
        return steps.push(Step::NotALoadBalancer);
    }
    if request.is_foreign {
        let class = service.load_balancer_class.clone();
        return steps.push(Step::Refused(Refusal::ForeignClass { class }));
    }
    let addresses = state.announced(id, service).unwrap_or_default();
    let Some(first) = addresses.first().copied() else { return };
    let Some(pool) = world.pools.holder_of(&addresses) else {
        return steps.push(Step::NotAnnounced);
    };
    let speakers = Speakers::new(world);
    let mut l2 = L2View::new(world, &speakers);
    match l2.elect(service, pool, first) {
        Err(why) => steps.push(Step::NoL2(why)),
        Ok(election) => {
            for (node, verdict) in l2.review(&election) {
                let node = node.to_owned();
                steps.push(match verdict {
                    Ok((score, interfaces)) => Step::Candidate { node, score, interfaces },
                    Err(why) => Step::NodePassedOver { node, why },
                });
            }
            if let Some(speaker) = speakers.all.get(election.leader) {
                steps.push(Step::Leader { node: speaker.node.name.clone(), address: first });
            }
        }
    }
    let bgp = BgpView::new(world, &speakers);
    if bgp.is_idle() {
        return;
    }
    let verdicts = bgp.verdicts(service, pool).into_iter().enumerate();
    for ((at, verdict), speaker) in verdicts.zip(&speakers.all) {
        let node = speaker.node.name.clone();
        steps.push(match verdict {
            Err(why) => Step::NoBgp { node, why },
            Ok(ads) => {
                let peers = bgp.peers(at, &ads, &addresses);
                Step::Advertises {
                    node,
                    advertisements: ads.iter().map(|ad| ad.meta.name.clone()).collect(),
                    peers: peers.into_iter().map(str::to_owned).collect(),
                }
            }
        });
    }
}

/// Items separated by commas, or "nothing".
struct List<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing");
        }
        for (i, item) in self.0.iter().enumerate() {
            write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.service)?;
        for (i, step) in (1..).zip(&self.steps) {
            writeln!(f, "{i:>3}. {step}")?;
        }
        Ok(())
    }
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAutomatic => f.write_str("autoAssign is false"),
            Self::OtherServices => f.write_str("it is pinned to other namespaces or Services"),
            Self::FitsNoNamespace => f.write_str("its namespace selectors fit no Namespace"),
            Self::NothingLeft { addresses } if addresses.is_empty() => {
                f.write_str("it has no address left")
            }
            Self::NothingLeft { addresses } => {
                write!(f, "it has only {} left, which is not enough", List(addresses))
            }
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LooksAgain => f.write_str("the controller looks at the Service again"),
            Self::NotALoadBalancer => f.write_str("the Service is not of type LoadBalancer"),
            Self::Holds(addresses) => write!(f, "its status holds {}", List(addresses)),
            Self::Kept(addresses) => write!(f, "it keeps {}", List(addresses)),
            Self::Lost(why) => write!(f, "it loses what it held: {why}"),
            Self::OtherFamilyAdded(addresses) => {
                write!(f, "the missing family is added: {}", List(addresses))
            }
            Self::AsksForAddresses(addresses) => write!(f, "it asks for {}", List(addresses)),
            Self::AsksForPool(pool) => write!(f, "it asks for pool {pool}"),
            Self::PoolPassedOver { pool, why } => write!(f, "pool {pool} is passed over: {why}"),
            Self::PoolOffers { pool, addresses } => {
                write!(f, "pool {pool} could give {}", List(addresses))
            }
            Self::EitherOf(pools) => {
                write!(f, "MetalLB walks these pools in any order: {}", List(pools))
            }
            Self::Given { pool, addresses } => {
                write!(f, "it is given {} of pool {pool}", List(addresses))
            }
            Self::Refused(why) => write!(f, "it is given nothing: {why}"),
            Self::NotAnnounced => f.write_str("no one pool holds its addresses: not announced"),
            Self::NoL2(why) => write!(f, "nobody answers on the link: {why}"),
            Self::Candidate { node, score, interfaces } if interfaces.is_empty() => {
                write!(f, "node {node} may answer, on no known interface (score {score})")
            }
            Self::Candidate { node, score, interfaces } => {
                write!(f, "node {node} may answer on {} (score {score})", List(interfaces))
            }
            Self::NodePassedOver { node, why } => write!(f, "node {node} may not answer: {why}"),
            Self::Leader { node, address } => {
                write!(f, "node {node} answers: lowest hash with {address} of the best score")
            }
            Self::Advertises { node, advertisements, peers } => {
                let (ads, peers) = (List(advertisements), List(peers));
                write!(f, "node {node} advertises by {ads} to peers: {peers}")
            }
            Self::NoBgp { node, why } => write!(f, "node {node} advertises nothing: {why}"),
        }
    }
}

impl fmt::Display for NoL2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoEndpoint => "no endpoint is ready or serving",
            Self::NoAdvertisement => "no L2Advertisement takes in its pool and the Service",
            Self::SharingWithServiceSelectors => {
                "allow-shared-ip does not go with an L2Advertisement with serviceSelectors"
            }
            Self::NoNode => "no node may answer",
        })
    }
}

impl fmt::Display for NotACandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::NotSelected => f.write_str("no L2Advertisement of the Service selects it"),
            Self::NoLocalEndpoint => {
                f.write_str("externalTrafficPolicy is Local, and it has no usable endpoint")
            }
        }
    }
}

impl fmt::Display for NoBgp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::NoAdvertisement => {
                f.write_str("no BGPAdvertisement takes in its pool, the node and the Service")
            }
            Self::Conflict { one, other } => {
                write!(f, "BGPAdvertisements {one} and {other} differ in localPref")
            }
            Self::NoEndpoint => f.write_str("no endpoint is ready or serving"),
            Self::NoLocalEndpoint => {
                f.write_str("externalTrafficPolicy is Local, and it has no usable endpoint")
            }
        }
    }
}
