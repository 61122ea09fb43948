//! From the allocator's state to what a [`Decision`](crate::simulate::decision) says.

use std::net::IpAddr;

use super::allocate::Allocator;
use super::bgp::{BgpView, Routes};
use super::ids::{PoolId, ServiceId};
use super::l2::L2View;
use super::nodes::Speakers;
use super::reason::Refusal;
use super::request::Request;
use super::world::World;
use crate::cluster::Service;
use crate::simulate::decision::{Allocation, Outcome};

/// Everything that turns states of one world into outcomes.
#[derive(Debug)]
pub(super) struct Teller<'w> {
    world: &'w World<'w>,
    l2: L2View<'w>,
    bgp: BgpView<'w>,
}

/// What the speakers see of a Service.
struct Served {
    pool: PoolId,
    addresses: Vec<IpAddr>,
}

impl<'w> Teller<'w> {
    pub(super) fn new(world: &'w World<'w>, speakers: &'w Speakers<'w>) -> Self {
        Self { world, l2: L2View::new(world, speakers), bgp: BgpView::new(world, speakers) }
    }

    /// The outcome of a state.
    pub(super) fn outcome(&mut self, state: &Allocator) -> Outcome {
        let mut outcome = Outcome::default();
        let mut routes = Routes::default();
        let balanced = self.world.services().filter(|(_, _, request)| request.is_load_balancer);
        for (id, service, request) in balanced {
            let allocation = allocation(self.world, state, id, service, request);
            outcome.services.insert(service.key.to_string(), allocation);
            let Some(served) = served(self.world, state, id, service, request) else { continue };
            let Some(first) = served.addresses.first() else { continue };
            if let Ok(election) = self.l2.elect(service, served.pool, *first) {
                let all = self.l2.announcements(service, &election, &served.addresses);
                outcome.l2.extend(all);
            }
            if !self.bgp.is_idle() {
                self.bgp.announce(&mut routes, service, served.pool, &served.addresses);
            }
        }
        outcome.l2.sort();
        outcome.bgp = self.bgp.finish(routes);
        outcome
    }
}

fn served(
    world: &World<'_>,
    state: &Allocator,
    id: ServiceId,
    service: &Service,
    request: &Request,
) -> Option<Served> {
    if request.is_foreign {
        return None;
    }
    let addresses = state.announced(id, service)?;
    let pool = world.pools.holder_of(&addresses)?;
    Some(Served { pool, addresses })
}

fn allocation(
    world: &World<'_>,
    state: &Allocator,
    id: ServiceId,
    service: &Service,
    request: &Request,
) -> Allocation {
    if request.is_foreign {
        let class = service.load_balancer_class.clone();
        let reason = Some(Refusal::ForeignClass { class }.to_string());
        return Allocation { reason, ..Allocation::default() };
    }
    let record = state.record(id);
    let mut ips = state.announced(id, service).unwrap_or_default();
    let pool = world.pools.holder_of(&ips).map(|pool| world.pools.name(pool).to_owned());
    ips.sort_unstable();
    let reason = record.reason.filter(|_| ips.is_empty());
    let reason = reason.map(|reason| world.refusal(id, reason).to_string());
    Allocation { ips, pool, reason }
}
