//! Why a Service has no address, or not all it asks for.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use serde::Serialize;

use super::allocate::Allocator;
use super::request::Incompatible;
use super::state::{KnownPool, ServiceId};
use crate::ip::{self, Family};

/// Why LB-IPAM gives a Service nothing, or not all it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Refusal {
    /// LB-IPAM is off.
    Off,
    /// LB-IPAM waits for a first pool.
    Asleep,
    /// LB-IPAM does not care for the Service: another class, or another default.
    NotManaged,
    /// No pool holds the address asked for.
    NoPoolHolds(IpAddr),
    /// The pool that holds the address asked for does not select the Service.
    NotSelected(IpAddr),
    /// Another Service has the address asked for, or the pool reserves it.
    Taken(IpAddr),
    /// The address asked for is shared by a Service that does not fit.
    Incompatible(IpAddr, Incompatible),
    /// No pool in use selects the Service and has addresses of the family.
    NoPool(Family),
    /// All pools that select the Service are full.
    Full(Family),
    /// The selector of a pool cannot be compiled, and LB-IPAM comes upon it.
    BadSelector(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("LB-IPAM is off"),
            Self::Asleep => f.write_str("LB-IPAM waits for a first pool that it can read"),
            Self::NotManaged => {
                f.write_str("LB-IPAM does not care for Services of this loadBalancerClass")
            }
            Self::NoPoolHolds(address) => write!(f, "no pool in use holds {address}"),
            Self::NotSelected(address) => {
                write!(f, "the pool that holds {address} does not select the Service")
            }
            Self::Taken(address) => write!(f, "{address} is taken or reserved"),
            Self::Incompatible(address, why) => write!(f, "{address} cannot be shared: {why}"),
            Self::NoPool(family) => {
                write!(f, "no pool in use with {} addresses selects the Service", name(*family))
            }
            Self::Full(family) => write!(
                f,
                "every pool with {} addresses that selects the Service is full",
                name(*family)
            ),
            Self::BadSelector(pool) => {
                write!(f, "the selector of pool {pool} cannot be compiled")
            }
        }
    }
}

fn name(family: Family) -> &'static str {
    match family {
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    }
}

impl Allocator<'_, '_> {
    /// What a Service that is taken in lacks, and why; nothing if it has all.
    pub(super) fn refusals(&self, service: ServiceId) -> Vec<Refusal> {
        let Some(request) = self.world.requests.get(service) else { return Vec::new() };
        let status = self.state.status(service);
        if !request.addresses.is_empty() {
            let missing = request.addresses.iter().filter(|address| !status.contains(address));
            return missing.map(|&address| self.why_not(service, address)).collect();
        }
        [Family::V4, Family::V6]
            .into_iter()
            .filter(|&family| {
                request.wants(family) && !status.iter().any(|a| Family::of(*a) == family)
            })
            .map(|family| self.why_none(service, family))
            .collect()
    }

    fn why_not(&self, service: ServiceId, address: IpAddr) -> Refusal {
        let range = match self.find_range(service, address) {
            Err(_) => return Refusal::BadSelector(self.pool_name(address)),
            Ok(Err(true)) => return Refusal::NotSelected(address),
            Ok(Err(false)) => return Refusal::NoPoolHolds(address),
            Ok(Ok(range)) => range,
        };
        let holders = self.state.ranges.get(range).and_then(|r| r.holders(ip::to_number(address)));
        let has_key =
            self.world.requests.get(service).is_some_and(|request| request.sharing_key.is_some());
        let misfit = holders
            .into_iter()
            .flatten()
            .find_map(|&other| self.world.compatible(other, service).err());
        match misfit {
            Some(why) if has_key => Refusal::Incompatible(address, why),
            _ => Refusal::Taken(address),
        }
    }

    fn pool_name(&self, address: IpAddr) -> String {
        let range = self.state.enabled_range(address);
        let pool = range.and_then(|range| self.state.pool_of(range));
        pool.map(|pool| pool.pool.name.clone()).unwrap_or_default()
    }

    fn why_none(&self, service: ServiceId, family: Family) -> Refusal {
        let Some(object) = self.world.services.get(service) else { return Refusal::NoPool(family) };
        let of_family = |pool: &&KnownPool| {
            pool.is_enabled()
                && pool.ranges.iter().any(|&range| {
                    self.state.ranges.get(range).is_some_and(|r| r.span.family() == family)
                })
        };
        let pools: Vec<&KnownPool> =
            self.state.pools.iter().map(Arc::as_ref).filter(of_family).collect();
        if let Some(bad) = pools.iter().find(|pool| pool.pool.selects.fault().is_some()) {
            return Refusal::BadSelector(bad.pool.name.clone());
        }
        if pools.iter().any(|pool| pool.pool.selects.service(object)) {
            Refusal::Full(family)
        } else {
            Refusal::NoPool(family)
        }
    }
}
