//! One look of the controller at one Service (`convergeBalancer`), and whether it
//! makes the controller look at all of them again.

use std::net::IpAddr;

use super::allocate::{Allocator, Record};
use super::explain::{Step, Trace};
use super::ids::{Addresses, Families, ServiceId};
use super::reason::Reason;
use super::request::{ClusterIps, Request};
use super::world::World;
use crate::cluster::{IpFamilyPolicy, Service};
use crate::ip::parse_addr;

/// What a look at a Service came to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Looked {
    /// How many ways it could have gone.
    pub(super) choices: usize,
    /// Whether the status changed.
    pub(super) changed: bool,
    /// Whether all Services are to be looked at again (`SyncStateReprocessAll`).
    pub(super) reprocess: bool,
}

/// The addresses in a status: those that are addresses, and how many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Status {
    ips: Addresses,
    count: usize,
    families: Option<Families>,
}

impl Allocator {
    /// Looks at a Service; where the controller's map order decides, the choice
    /// numbered `pick` is taken.
    pub(super) fn look_at(
        &mut self,
        world: &World<'_>,
        id: ServiceId,
        pick: usize,
        trace: &mut Trace,
    ) -> Looked {
        let (Some(service), Some(request)) = (world.service(id), world.request(id)) else {
            return Looked::default();
        };
        let (before, status) = (self.record(id), self.status(id, service));
        let mut choices = 1;
        let result = self.converge(world, id, service, request, pick, &mut choices, trace);
        if let Err(reason) = result {
            trace.note(|| [Step::Refused(world.refusal(id, reason))]);
            let record = self.record(id);
            if record.claim.is_none() {
                self.set(world, id, Record { reason: Some(reason), ..record });
            }
        }
        let after = self.record(id);
        // Nothing that was asked for in vain is written to the API.
        let changed = status != self.status(id, service);
        let key = |record: Record| record.claim.map(|claim| claim.key);
        let freed = changed
            && after.claim.is_none()
            && world.pools.pool_for(before.ips.as_slice()).is_some();
        let reprocess = freed || !world.interner.reads_same(key(before), key(after));
        Looked { choices, changed, reprocess }
    }

    #[allow(clippy::too_many_arguments)]
    fn converge(
        &mut self,
        world: &World<'_>,
        id: ServiceId,
        service: &Service,
        request: &Request,
        pick: usize,
        choices: &mut usize,
        trace: &mut Trace,
    ) -> Result<(), Reason> {
        if !request.is_load_balancer {
            self.clear(world, id);
            return Ok(());
        }
        if let Err(reason) = can_be_served(world, request) {
            self.clear(world, id);
            return Err(reason);
        }
        let kept = self.keep_held(world, id, service, request, trace)?;
        if kept.is_empty() {
            return self.allocate(world, id, service, request, pick, choices, trace);
        }
        Ok(())
    }

    /// Keeps what the status holds, as far as it still may be held; returns what the
    /// Service has then.
    fn keep_held(
        &mut self,
        world: &World<'_>,
        id: ServiceId,
        service: &Service,
        request: &Request,
        trace: &mut Trace,
    ) -> Result<Addresses, Reason> {
        let status = self.status(id, service);
        if status.count == 0 {
            self.clear(world, id);
            return Ok(Addresses::None);
        }
        trace.note(|| [Step::Holds(status.ips.as_slice().to_vec())]);
        let wanted = request.families().ok_or(Reason::MalformedClusterIps)?;
        let prefers = request.policy == IpFamilyPolicy::PreferDualStack;
        let same = status.families == Some(wanted);
        if status.families.is_none() || !(same || wanted == Families::Dual && prefers) {
            self.lose(world, id, Reason::FamilyChanged, trace);
            return Ok(Addresses::None);
        }
        let mut kept = status.ips;
        let pool = match self.assign(world, id, kept) {
            Ok(pool) => Some(pool),
            Err(reason) => {
                self.lose(world, id, reason, trace);
                kept = Addresses::None;
                None
            }
        };
        if let (Some(pool), Some(asked)) = (pool, request.desired_pool())
            && world.pools.name(pool) != asked
        {
            self.lose(world, id, Reason::OtherPool(pool), trace);
            kept = Addresses::None;
        }
        let desired = request.desired().map_err(Reason::Wish)?;
        if !desired.is_empty() && !kept.is_empty() {
            kept = kept.in_text_order();
            if kept != desired.in_text_order() {
                self.lose(world, id, Reason::AddressesMoved, trace);
                return Ok(Addresses::None);
            }
            self.reorder(world, id, kept);
        }
        if let (Addresses::One([held]), true) = (kept, prefers)
            && let Some(both) = self.assign_additional(world, id, request, held)
        {
            trace.note(|| [Step::OtherFamilyAdded(both.as_slice().to_vec())]);
            kept = both;
        }
        if !kept.is_empty() {
            trace.note(|| [Step::Kept(kept.as_slice().to_vec())]);
        }
        Ok(kept)
    }

    fn lose(&mut self, world: &World<'_>, id: ServiceId, reason: Reason, trace: &mut Trace) {
        trace.note(|| [Step::Lost(world.refusal(id, reason))]);
        self.clear(world, id);
    }

    fn reorder(&mut self, world: &World<'_>, id: ServiceId, ips: Addresses) {
        let record = self.record(id);
        self.set(world, id, Record { ips, ..record });
    }

    /// Gives a Service that has nothing an address (`allocateIPs`).
    #[allow(clippy::too_many_arguments)]
    fn allocate(
        &mut self,
        world: &World<'_>,
        id: ServiceId,
        service: &Service,
        request: &Request,
        pick: usize,
        choices: &mut usize,
        trace: &mut Trace,
    ) -> Result<(), Reason> {
        let families = request.families().ok_or(Reason::MalformedClusterIps)?;
        let desired = request.desired().map_err(Reason::Wish)?;
        if !desired.is_empty() {
            trace.note(|| [Step::AsksForAddresses(desired.as_slice().to_vec())]);
            if desired.families() != Some(families) {
                return Err(Reason::WishFamily);
            }
            let pool = self.assign(world, id, desired)?;
            if request.desired_pool().is_some_and(|asked| asked != world.pools.name(pool)) {
                self.clear(world, id);
                return Err(Reason::OtherPool(pool));
            }
        } else if let Some(pool) = request.desired_pool() {
            trace.note(|| [Step::AsksForPool(pool.to_owned())]);
            self.assign_from(world, id, request, pool)?;
        } else {
            let mut possible = self.choices(world, service, request, trace);
            *choices = possible.len().max(1);
            if possible.len() > 1 {
                let name = |c: &super::allocate::Choice| world.pools.name(c.pool).to_owned();
                trace.note(|| [Step::EitherOf(possible.iter().map(name).collect())]);
            }
            if pick >= possible.len() {
                return Err(Reason::Exhausted);
            }
            let choice = possible.swap_remove(pick);
            self.assign(world, id, choice.ips)?;
            if let Some(order) = choice.order {
                self.order = order;
            }
        }
        let record = self.record(id);
        trace.note(|| {
            let pool = record.claim.map(|claim| world.pools.name(claim.pool).to_owned());
            pool.map(|pool| Step::Given { pool, addresses: record.ips.as_slice().to_vec() })
        });
        Ok(())
    }

    /// What stands in a Service's status.
    fn status(&self, id: ServiceId, service: &Service) -> Status {
        let record = self.record(id);
        if !record.untouched {
            let count = record.ips.as_slice().len();
            return Status { ips: record.ips, count, families: record.ips.families() };
        }
        let texts = service.ingress.iter().filter(|text| !text.is_empty());
        let parsed: Vec<Option<IpAddr>> = texts.map(|text| parse_addr(text).ok()).collect();
        let valid: Option<Vec<IpAddr>> = parsed.iter().copied().collect();
        let ips = valid.as_deref().and_then(Addresses::from_slice).unwrap_or_default();
        Status { ips, count: parsed.len(), families: ips.families() }
    }

    /// The status of a Service as a speaker reads it; `None` where a text in it is
    /// no address.
    pub(super) fn announced(&self, id: ServiceId, service: &Service) -> Option<Vec<IpAddr>> {
        let record = self.record(id);
        if record.untouched {
            return service.ingress.iter().map(|text| parse_addr(text).ok()).collect();
        }
        Some(record.ips.as_slice().to_vec())
    }

    /// How many entries a Service's status has, by which they are sorted.
    pub(super) fn held_count(&self, id: ServiceId, service: &Service) -> usize {
        let record = self.record(id);
        if record.untouched { service.ingress.len() } else { record.ips.as_slice().len() }
    }
}

fn can_be_served(world: &World<'_>, request: &Request) -> Result<(), Reason> {
    if world.pools.is_empty() {
        return Err(Reason::NoPools);
    }
    let several = match request.cluster_ips {
        ClusterIps::Missing => return Err(Reason::NoClusterIps),
        ClusterIps::Malformed { several } => several,
        ClusterIps::Of(families) => families == Families::Dual,
    };
    if request.policy == IpFamilyPolicy::RequireDualStack && !several {
        return Err(Reason::OneClusterIp);
    }
    Ok(())
}
