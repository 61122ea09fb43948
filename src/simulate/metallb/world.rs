//! All that decisions are made from and that does not change while they are made.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::Options;
use super::ids::ServiceId;
use super::pools::PoolTable;
use super::reason::{Reason, Refusal};
use super::request::{Interner, Request};
use crate::cluster::{Cluster, Service, ServiceKey};
use crate::metallb::Config;

/// Configuration, cluster and options, with what is read out of them once.
#[derive(Debug, Clone)]
pub(super) struct World<'a> {
    pub(super) config: Cow<'a, Config>,
    pub(super) cluster: Cow<'a, Cluster>,
    pub(super) options: Options,
    pub(super) pools: Arc<PoolTable>,
    pub(super) interner: Interner,
    /// One for each Service, in the cluster's order; `None` for one deleted.
    pub(super) requests: Vec<Option<Request>>,
    /// Nodes whose speaker is gone.
    pub(super) failed_nodes: BTreeSet<String>,
}

impl<'a> World<'a> {
    pub(super) fn new(config: &'a Config, cluster: &'a Cluster, options: &Options) -> Self {
        let mut interner = Interner::default();
        let class = options.lb_class.as_deref();
        let read = |service| Some(interner.request(service, class));
        let requests = cluster.services.iter().map(read).collect();
        Self {
            pools: Arc::new(PoolTable::new(config, &cluster.namespaces)),
            config: Cow::Borrowed(config),
            cluster: Cow::Borrowed(cluster),
            options: options.clone(),
            interner,
            requests,
            failed_nodes: BTreeSet::new(),
        }
    }

    pub(super) fn service(&self, id: ServiceId) -> Option<&Service> {
        self.cluster.services.get(id.index())
    }

    pub(super) fn request(&self, id: ServiceId) -> Option<&Request> {
        self.requests.get(id.index())?.as_ref()
    }

    /// Services that are there, in the cluster's order.
    pub(super) fn services(&self) -> impl Iterator<Item = (ServiceId, &Service, &Request)> {
        let both = self.cluster.services.iter().zip(&self.requests);
        (0..)
            .map(ServiceId)
            .zip(both)
            .filter_map(|(id, (service, request))| Some((id, service, request.as_ref()?)))
    }

    pub(super) fn find(&self, key: &ServiceKey) -> Option<ServiceId> {
        self.services().find(|(_, service, _)| service.key == *key).map(|(id, ..)| id)
    }

    /// Reads the configuration anew, as after a change to it or to a Namespace.
    pub(super) fn read_pools(&mut self) {
        self.pools = Arc::new(PoolTable::new(&self.config, &self.cluster.namespaces));
    }

    /// A refusal in words that need no handles.
    pub(super) fn refusal(&self, id: ServiceId, reason: Reason) -> Refusal {
        let key = |id| self.service(id).map(|service| service.key.clone());
        let name = |pool| self.pools.name(pool).to_owned();
        let asked = || {
            let pool = self.request(id).and_then(Request::desired_pool);
            pool.unwrap_or_default().to_owned()
        };
        match reason {
            Reason::NoPools => Refusal::NoPools,
            Reason::NoClusterIps => Refusal::NoClusterIps,
            Reason::MalformedClusterIps => Refusal::MalformedClusterIps,
            Reason::OneClusterIp => Refusal::OneClusterIp,
            Reason::FamilyChanged => Refusal::FamilyChanged,
            Reason::Wish(error) => Refusal::Wish(error),
            Reason::WishFamily => Refusal::WishFamily,
            Reason::Outside(address) => Refusal::Outside { address },
            Reason::Unfit(pool) => Refusal::Unfit { pool: name(pool) },
            Reason::Taken { address, by } => Refusal::Taken { address, by: by.and_then(key) },
            Reason::PortTaken { address, port, by } => Refusal::PortTaken {
                address,
                port: self.interner.port_text(port),
                by: key(by).unwrap_or_default(),
            },
            Reason::OtherPool(pool) => Refusal::OtherPool { pool: name(pool), asked: asked() },
            Reason::AddressesMoved => Refusal::AddressesMoved,
            Reason::UnknownPool => Refusal::UnknownPool { pool: asked() },
            Reason::PoolExhausted(pool) => Refusal::PoolExhausted { pool: name(pool) },
            Reason::Exhausted => Refusal::Exhausted,
        }
    }
}
