//! The allocation alone, without a text for anything: for clusters of millions.

use std::net::IpAddr;
use std::ops::ControlFlow;

use super::Options;
use super::allocate::Allocator;
use super::explain::Trace;
use super::explore::{Agenda, explore};
use super::l2::L2View;
use super::nodes::Speakers;
use super::world::World;
use crate::cluster::{Cluster, ServiceKey};
use crate::metallb::Config;

/// Which Service gets which addresses, in one possible course.
#[derive(Debug)]
pub struct Allocations<'a> {
    world: World<'a>,
    state: Allocator,
}

impl<'a> Allocations<'a> {
    /// Allocates as MetalLB does when it starts on this cluster.
    pub fn new(config: &'a Config, cluster: &'a Cluster, options: &Options) -> Self {
        let world = World::new(config, cluster, options);
        let mut state = Allocator::new(&world);
        let mut trace = Trace::default();
        explore(&world, &mut state, Agenda::all(), &mut trace, |_| ControlFlow::Break(()));
        state.forget();
        Self { world, state }
    }

    /// Each Service that holds an allocation, its pool, and its addresses in the
    /// order of its status.
    pub fn iter(&self) -> impl Iterator<Item = (&ServiceKey, &str, &[IpAddr])> {
        self.world.services().filter_map(|(id, service, _)| {
            let record = self.state.records.get(id.index())?;
            let claim = record.claim?;
            Some((&service.key, self.world.pools.name(claim.pool), record.ips.as_slice()))
        })
    }

    /// Calls `each` with every Service that somebody answers for on the link, and
    /// the node that does.
    pub fn leaders(&self, mut each: impl FnMut(&ServiceKey, &str)) {
        let speakers = Speakers::new(&self.world);
        let mut l2 = L2View::new(&self.world, &speakers);
        for (id, service, _) in self.world.services() {
            let Some(record) = self.state.records.get(id.index()) else { continue };
            let (Some(claim), Some(first)) = (record.claim, record.ips.as_slice().first()) else {
                continue;
            };
            let Ok(election) = l2.elect(service, claim.pool, *first) else { continue };
            if let Some(speaker) = speakers.all.get(election.leader) {
                each(&service.key, &speaker.node.name);
            }
        }
    }
}
