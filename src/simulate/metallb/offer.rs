//! What a pool has to offer a Service, and how well it suits.

use std::net::IpAddr;

use super::explain::{PassedOver, Step};
use super::ids::{Addresses, Families, PoolId};
use super::pools::PoolTable;
use super::request::Request;
use crate::cluster::{IpFamilyPolicy, Service};
use crate::ip::Family;

/// What a pool could give at the moment.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Offer {
    pub(super) v4: Option<IpAddr>,
    pub(super) v6: Option<IpAddr>,
}

/// How well an offer suits a Service (`findBestPoolForService`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Suits {
    No,
    SecondaryFamily,
    PrimaryFamily,
    Fully,
}

impl Offer {
    pub(super) fn addresses(self) -> Addresses {
        match (self.v4, self.v6) {
            (Some(v4), Some(v6)) => Addresses::two(v4, v6),
            (Some(one), None) | (None, Some(one)) => Addresses::one(one),
            (None, None) => Addresses::None,
        }
    }

    /// Judges by the Service's families and policy.
    pub(super) fn suits(self, request: &Request, families: Families) -> Suits {
        let (primary, secondary) = match request.primary {
            Family::V4 => (self.v4, self.v6),
            Family::V6 => (self.v6, self.v4),
        };
        let prefers = request.policy == IpFamilyPolicy::PreferDualStack;
        match families {
            Families::V4 if self.v4.is_some() => Suits::Fully,
            Families::V6 if self.v6.is_some() => Suits::Fully,
            Families::V4 | Families::V6 => Suits::No,
            // Two cluster addresses under SingleStack get nothing.
            Families::Dual if request.policy == IpFamilyPolicy::SingleStack => Suits::No,
            Families::Dual => match (primary, secondary) {
                (Some(_), Some(_)) => Suits::Fully,
                (Some(_), None) if prefers => Suits::PrimaryFamily,
                (None, Some(_)) if prefers => Suits::SecondaryFamily,
                _ => Suits::No,
            },
        }
    }
}

/// The step that says what a pool offers.
pub(super) fn offer_step(pools: &PoolTable, pool: PoolId, offer: Offer, suits: Suits) -> Step {
    let addresses = offer.addresses().as_slice().to_vec();
    let pool = pools.name(pool).to_owned();
    match suits {
        Suits::No => Step::PoolPassedOver { pool, why: PassedOver::NothingLeft { addresses } },
        _ => Step::PoolOffers { pool, addresses },
    }
}

/// Pools that are not even asked, and why.
pub(super) fn passed_over_at_once(pools: &PoolTable, service: &Service) -> Vec<Step> {
    let (by_namespace, by_selector) = pools.pinned_for(service);
    let why = |id: PoolId| {
        let pool = pools.get(id)?;
        if !pool.auto_assign {
            return Some(PassedOver::NotAutomatic);
        }
        if !pool.is_compatible(service) {
            return Some(PassedOver::OtherServices);
        }
        let listed = by_namespace.contains(&id) || by_selector.contains(&id);
        (pool.pinning.is_some() && !listed).then_some(PassedOver::FitsNoNamespace)
    };
    let step = |id| Some(Step::PoolPassedOver { pool: pools.name(id).to_owned(), why: why(id)? });
    pools.ids().filter_map(step).collect()
}
