//! The controller over time: events in, the [`Decision`] at rest out.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::allocate::{Allocator, Record};
use super::explain::Trace;
use super::explore::{Agenda, explore};
use super::ids::ServiceId;
use super::nodes::Speakers;
use super::outcome::Teller;
use super::world::World;
use super::{Options, VERSION};
use crate::cluster::{Cluster, Service};
use crate::metallb::Config;
use crate::simulate::change::{Change, ChangeError};
use crate::simulate::decision::{Decision, Engine as Controller, Outcome};

/// MetalLB with its state: all states in which it may be.
#[derive(Debug, Clone)]
pub struct Engine<'a> {
    world: World<'a>,
    states: Vec<Allocator>,
    truncated: bool,
}

/// What happens to one state before the controller looks at Services again.
enum Stir {
    /// These Services changed.
    Services(Vec<ServiceId>),
    /// This Service is gone.
    Gone(ServiceId),
    /// The pools were read anew.
    Pools,
}

impl<'a> Engine<'a> {
    /// MetalLB after its start on this cluster.
    pub fn new(config: &'a Config, cluster: &'a Cluster, options: &Options) -> Self {
        let world = World::new(config, cluster, options);
        let mut engine = Self { world, states: Vec::new(), truncated: false };
        let mut collector = Collector::new(options.max_outcomes);
        collector.collect(&engine.world, Allocator::new(&engine.world), Agenda::all());
        collector.hand_over(&mut engine);
        engine
    }

    /// Lets something happen, and MetalLB come to rest.
    pub fn apply(&mut self, change: Change) -> Result<(), ChangeError> {
        match change {
            Change::ServiceApplied(service) => {
                let id = self.put_service(*service);
                self.stir(&Stir::Services(vec![id]));
            }
            Change::ServiceDeleted(key) => {
                let id = self.world.find(&key).ok_or(ChangeError::UnknownService(key.clone()))?;
                self.world.cluster.to_mut().endpoints.remove(&key);
                if let Some(request) = self.world.requests.get_mut(id.index()) {
                    *request = None;
                }
                self.stir(&Stir::Gone(id));
            }
            Change::EndpointsChanged { service, endpoints } => {
                self.world.cluster.to_mut().endpoints.insert(service, endpoints);
            }
            Change::NodeApplied(node) => {
                let nodes = &mut self.world.cluster.to_mut().nodes;
                match nodes.iter_mut().find(|old| old.name == node.name) {
                    Some(old) => *old = *node,
                    None => nodes.push(*node),
                }
            }
            Change::NodeDeleted(name) => {
                self.known_node(&name)?;
                self.world.failed_nodes.remove(&name);
                self.world.cluster.to_mut().nodes.retain(|node| node.name != name);
            }
            Change::NodeFailed(name) => {
                self.known_node(&name)?;
                self.world.failed_nodes.insert(name);
            }
            Change::NodeReturned(name) => {
                self.known_node(&name)?;
                self.world.failed_nodes.remove(&name);
            }
            Change::NamespaceApplied(namespace) => {
                let namespaces = &mut self.world.cluster.to_mut().namespaces;
                match namespaces.iter_mut().find(|old| old.name == namespace.name) {
                    Some(old) => *old = *namespace,
                    None => namespaces.push(*namespace),
                }
                self.reread();
            }
            Change::NamespaceDeleted(name) => {
                let namespaces = &mut self.world.cluster.to_mut().namespaces;
                let before = namespaces.len();
                namespaces.retain(|namespace| namespace.name != name);
                if namespaces.len() == before {
                    return Err(ChangeError::UnknownNamespace(name));
                }
                self.reread();
            }
        }
        Ok(())
    }

    /// Takes over other resources of MetalLB's.
    pub fn reconfigure(&mut self, config: Config) {
        self.world.config = Cow::Owned(config);
        self.reread();
    }

    /// What MetalLB decides now.
    pub fn decision(&self) -> Decision {
        let speakers = Speakers::new(&self.world);
        let mut teller = Teller::new(&self.world, &speakers);
        let outcomes = self.states.iter().map(|state| teller.outcome(state)).collect();
        decision(outcomes, self.truncated)
    }

    fn known_node(&self, name: &str) -> Result<(), ChangeError> {
        let known = self.world.cluster.nodes.iter().any(|node| node.name == name);
        if known { Ok(()) } else { Err(ChangeError::UnknownNode(name.to_owned())) }
    }

    fn put_service(&mut self, mut service: Service) -> ServiceId {
        let class = self.world.options.lb_class.clone();
        let request = self.world.interner.request(&service, class.as_deref());
        let known = self.world.find(&service.key);
        let services = &mut self.world.cluster.to_mut().services;
        if let Some(id) = known
            && let Some(old) = services.get_mut(id.index())
        {
            service.ingress = std::mem::take(&mut old.ingress);
            *old = service;
            if let Some(place) = self.world.requests.get_mut(id.index()) {
                *place = Some(request);
            }
            return id;
        }
        services.push(service);
        self.world.requests.push(Some(request));
        let length = self.world.requests.len();
        for state in &mut self.states {
            state.extend(length);
        }
        // The list of Services came from a list of as many.
        ServiceId(u32::try_from(length - 1).unwrap_or(u32::MAX))
    }

    fn reread(&mut self) {
        self.world.read_pools();
        self.stir(&Stir::Pools);
    }

    /// Lets every state come to rest after a change.
    fn stir(&mut self, stir: &Stir) {
        let mut collector = Collector::new(self.world.options.max_outcomes);
        collector.truncated = self.truncated;
        for mut state in std::mem::take(&mut self.states) {
            state.forget();
            let agenda = match stir {
                Stir::Services(ids) => Agenda::of(ids),
                Stir::Gone(id) => {
                    let held = state.record(*id).claim.is_some();
                    state.set(&self.world, *id, Record::default());
                    if held { Agenda::all() } else { Agenda::of(&[]) }
                }
                Stir::Pools => {
                    state.change_pools(&self.world);
                    Agenda::all()
                }
            };
            collector.collect(&self.world, state, agenda);
        }
        collector.hand_over(self);
    }
}

/// Gathers different states at rest.
struct Collector {
    states: Vec<Allocator>,
    limit: usize,
    truncated: bool,
}

impl Collector {
    fn new(limit: usize) -> Self {
        Self { states: Vec::new(), limit: limit.max(1), truncated: false }
    }

    fn collect(&mut self, world: &World<'_>, mut state: Allocator, agenda: Agenda) {
        let mut patience = patience(self.limit);
        let broken_off = explore(world, &mut state, agenda, &mut Trace::default(), |rest| {
            self.truncated |= !rest.order.is_complete();
            let known = |s: &Allocator| s.records == rest.records && s.order == rest.order;
            if !self.states.iter().any(known) {
                if self.states.len() >= self.limit {
                    self.truncated = true;
                    return ControlFlow::Break(());
                }
                let mut state = rest.clone();
                state.forget();
                self.states.push(state);
            }
            patience -= 1;
            if patience == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        self.truncated |= broken_off;
    }

    fn hand_over(self, engine: &mut Engine<'_>) {
        engine.states = self.states;
        engine.truncated = self.truncated;
    }
}

/// How many states are visited in search of so many different ones.
pub(super) fn patience(limit: usize) -> usize {
    limit.saturating_mul(16).saturating_add(64)
}

/// A decision of these outcomes.
pub(super) fn decision(outcomes: BTreeSet<Outcome>, truncated: bool) -> Decision {
    Decision {
        engine: Controller::Metallb,
        version: VERSION.to_owned(),
        config_error: None,
        deterministic: outcomes.len() == 1 && !truncated,
        truncated,
        outcomes: outcomes.into_iter().collect(),
    }
}
