//! The allocation alone, without a text for anything: for clusters of millions.

use std::net::IpAddr;

use super::oracle::Oracle;
use super::request::Request;
use super::rules::Rules;
use super::state::{State, World};
use super::{engine, start};
use crate::cilium::CiliumConfig;
use crate::cluster::{Cluster, ServiceKey};

/// Which Service gets which addresses, in one possible course.
#[derive(Debug)]
pub struct Allocations<'a> {
    cluster: &'a Cluster,
    state: State,
}

impl<'a> Allocations<'a> {
    /// Allocates as LB-IPAM does when it starts on this cluster. Nothing is allocated
    /// where the operator crashes, or waits for a pool.
    pub fn new(config: &CiliumConfig, cluster: &'a Cluster) -> Self {
        let rules = Rules::new(config);
        let requests: Vec<Request> = engine::requests(cluster, &rules);
        let world = World { rules: &rules, services: &cluster.services, requests: &requests };
        let pools = engine::pools(config);
        let nobody = State::new(cluster.services.len());
        let state = engine::start_from(&world, nobody, &pools, &mut Oracle::default())
            .ok()
            .filter(|state| start::is_awake(&world, state))
            .unwrap_or_else(|| State::new(cluster.services.len()));
        Self { cluster, state }
    }

    /// Each Service that LB-IPAM gave an address, with its addresses and their pools in
    /// the order in which it got them.
    pub fn iter(
        &self,
    ) -> impl Iterator<Item = (&ServiceKey, impl Iterator<Item = (IpAddr, &str)>)> {
        let views = self.cluster.services.iter().zip(&self.state.views);
        views.filter(|(_, view)| !view.held.is_empty()).map(|(service, view)| {
            let held = view.held.iter().filter_map(|&held| {
                let pool = self.state.pool_of(held.range)?;
                Some((self.state.address(held)?, pool.pool.name.as_str()))
            });
            (&service.key, held)
        })
    }
}
