//! Explanations in words.

use std::fmt;

use super::{Explanation, PassedOver, Step};
use crate::ip::Family;
use crate::simulate::cilium::{NoBgp, NotACandidate};

fn list<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn family_name(family: Family) -> &'static str {
    match family {
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Service {}", self.service)?;
        self.steps.iter().try_for_each(|step| writeln!(f, "- {step}"))
    }
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disabled => f.write_str("it is disabled"),
            Self::Conflicting => f.write_str("it is switched off, since it overlaps another"),
            Self::BadBlock(why) => {
                write!(f, "a block cannot be read, so that it is left out: {why}")
            }
            Self::OtherServices => f.write_str("its serviceSelector does not take the Service"),
            Self::BadSelector(why) => write!(f, "its serviceSelector cannot be compiled: {why}"),
            Self::OtherFamily => f.write_str("it has no addresses of the family"),
            Self::Full => f.write_str("it is full"),
        }
    }
}

impl fmt::Display for NotACandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoFrontends => "the Service is not exposed there",
            Self::NoPolicy => "no policy that takes the Service takes the node",
            Self::NoLocalEndpoint => "it has no endpoint, and externalTrafficPolicy is Local",
        })
    }
}

impl fmt::Display for NoBgp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoClusterConfig => f.write_str("no CiliumBGPClusterConfig selects the node"),
            Self::NoLocalAsn => f.write_str("the instance has no localASN"),
            Self::NoPeerAsn(peer) => {
                write!(f, "peer {peer} has no peerASN, which breaks all peers of the instance")
            }
            Self::NoPeerAddress => f.write_str("the peer has no address"),
            Self::NoPeerConfig(Some(name)) => {
                write!(f, "the CiliumBGPPeerConfig {name} is not there")
            }
            Self::NoPeerConfig(None) => f.write_str("the peer has no peerConfigRef"),
            Self::NoPassword(secret) => write!(
                f,
                "the Secret {secret} has no key `password`, or Secrets are not read: no peer of \
                 the instance is made"
            ),
            Self::SameAddress(peer) => {
                write!(f, "peer {peer} has the same address: one of the two is made")
            }
            Self::NoAdvertisement => {
                f.write_str("no family of the peer has an advertisement that takes the Service")
            }
            Self::NoBackends => f.write_str("it has no endpoint there that would count"),
            Self::NotExposed => f.write_str("the Service is not exposed there"),
            Self::NoAddress => f.write_str("the Service has no address of the kinds advertised"),
            Self::BadSelector(why) => {
                write!(f, "a selector cannot be compiled, which breaks the instance: {why}")
            }
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotALoadBalancer => f.write_str("it is not of type LoadBalancer"),
            Self::Holds(addresses) => write!(f, "its status names {}", list(addresses)),
            Self::AsksFor(addresses) => write!(f, "it asks for {}", list(addresses)),
            Self::Wants(families) => {
                let names: Vec<&str> = families.iter().map(|f| family_name(*f)).collect();
                write!(f, "it asks for any address of {}", names.join(" and "))
            }
            Self::SharesUnder(key) => write!(f, "it may share under the key {key:?}"),
            Self::Joins(address) => write!(f, "it joins those who share {address}"),
            Self::PoolPassedOver {
                pool,
                family,
                why: why @ PassedOver::Full | why @ PassedOver::OtherFamily,
            } => {
                write!(f, "pool {pool} gives it no {} address: {why}", family_name(*family))
            }
            Self::PoolPassedOver { pool, why, .. } => {
                write!(f, "pool {pool} is passed over: {why}")
            }
            Self::EitherOf(pools) => {
                write!(f, "any of the pools {} may give the address", list(pools))
            }
            Self::Given { pools, addresses } if pools.is_empty() => {
                write!(f, "it keeps {}, of which LB-IPAM knows nothing", list(addresses))
            }
            Self::Given { pools, addresses } => {
                write!(f, "it has {} from pool {}", list(addresses), list(pools))
            }
            Self::Refused(refusal) => write!(f, "it lacks an address: {refusal}"),
            Self::Crash(how) => f.write_str(how),
            Self::PolicyOutOfUse { policy, why } => {
                write!(f, "L2 policy {policy} is out of use: {why}")
            }
            Self::PolicyPassedOver(policy) => {
                write!(f, "L2 policy {policy} announces none of its addresses")
            }
            Self::OtherClassOnL2 => f.write_str("its loadBalancerClass is not the L2 announcer's"),
            Self::NotACandidate { node, why } => {
                write!(f, "node {node} takes no part in the election: {why}")
            }
            Self::Announced(announcement) => {
                let answers = announcement.candidates.iter().map(|node| {
                    let interfaces = announcement.interfaces.get(node);
                    match interfaces.filter(|names| !names.is_empty()) {
                        Some(names) => format!("{node} on {}", list(names)),
                        None => format!("{node} on no known interface"),
                    }
                });
                let answers: Vec<String> = answers.collect();
                write!(f, "{} may be answered for by {}", announcement.ip, answers.join("; "))
            }
            Self::Route(route) => {
                write!(f, "node {} sends {} to peer {}", route.node, route.prefix, route.peer)
            }
            Self::NoRoute { node, peer: Some(peer), why } => {
                write!(f, "node {node} sends nothing to peer {peer}: {why}")
            }
            Self::NoRoute { node, peer: None, why } => {
                write!(f, "node {node} sends no routes: {why}")
            }
        }
    }
}
