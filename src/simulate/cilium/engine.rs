//! LB-IPAM and the agents over time: events in, the [`Decision`] at rest out.

use super::allocate::Allocator;
use super::oracle::{Bounds, Found, Oracle, Stop, explore};
use super::outcome::{Given, Teller, decision};
use super::pools::Pool;
use super::request::Request;
use super::rules::Rules;
use super::state::{Phase, ServiceId, State, View, World};
use super::{Options, pool_changes, start};
use crate::cilium::CiliumConfig;
use crate::cluster::{Cluster, Node, Service, ServiceKey};
use crate::simulate::change::{Change, ChangeError};
use crate::simulate::decision::{Decision, Outcome};

/// How many steps are taken for each Service and outcome before giving up.
const PATIENCE: u64 = 16;
/// How many steps may be taken in any case.
const LEAST_WORK: u64 = 200_000;

/// Cilium with its state: all states in which it may be.
#[derive(Debug, Clone)]
pub struct Engine {
    config: CiliumConfig,
    cluster: Cluster,
    /// Nodes that are away.
    failed: Vec<Node>,
    rules: Rules,
    requests: Vec<Request>,
    states: Vec<State>,
    truncated: bool,
    crash: Option<String>,
    options: Options,
}

/// What happens to one state.
enum Stir<'c> {
    Upsert(ServiceId),
    /// A Service is gone, or no longer cared for; its sharing key until then.
    Forget(ServiceId, Option<String>),
    Pools(&'c [Pool]),
}

impl Engine {
    /// Cilium after its start on this cluster.
    pub fn new(config: &CiliumConfig, cluster: &Cluster, options: &Options) -> Self {
        let rules = Rules::new(config);
        let requests = requests(cluster, &rules);
        let mut engine = Self {
            config: config.clone(),
            cluster: cluster.clone(),
            failed: Vec::new(),
            rules,
            requests,
            states: Vec::new(),
            truncated: false,
            crash: None,
            options: options.clone(),
        };
        engine.start();
        engine
    }

    fn start(&mut self) {
        let world = self.world();
        let found = started(&world, &pools(&self.config), &self.options, state_key);
        self.states = found.results.into_iter().map(|(state, _)| state).collect();
        self.truncated |= found.truncated;
        self.crash = found.crash;
    }

    fn world(&self) -> World<'_> {
        World { rules: &self.rules, services: &self.cluster.services, requests: &self.requests }
    }

    /// Lets something happen, and Cilium come to rest.
    pub fn apply(&mut self, change: Change) -> Result<(), ChangeError> {
        match change {
            Change::ServiceApplied(service) => self.apply_service(*service),
            Change::ServiceDeleted(key) => {
                let id = self.find(&key).ok_or(ChangeError::UnknownService(key.clone()))?;
                self.cluster.endpoints.remove(&key);
                let request = self.requests.get_mut(id).map(std::mem::take);
                let sharing_key = request.and_then(|request| request.sharing_key);
                if let Some(service) = self.cluster.services.get_mut(id) {
                    // Its place stays, since others are known by theirs.
                    *service = Service::default();
                }
                self.stir(&Stir::Forget(id, sharing_key.map(Into::into)));
            }
            Change::EndpointsChanged { service, endpoints } => {
                self.cluster.endpoints.insert(service, endpoints);
            }
            Change::NodeApplied(node) => {
                let nodes = &mut self.cluster.nodes;
                match nodes.iter_mut().find(|old| old.name == node.name) {
                    Some(old) => *old = *node,
                    None => nodes.push(*node),
                }
            }
            Change::NodeDeleted(name) => {
                let known = take_node(&mut self.cluster.nodes, &name)
                    .or_else(|| take_node(&mut self.failed, &name));
                known.ok_or(ChangeError::UnknownNode(name))?;
            }
            Change::NodeFailed(name) => {
                let node = take_node(&mut self.cluster.nodes, &name);
                self.failed.push(node.ok_or(ChangeError::UnknownNode(name))?);
            }
            Change::NodeReturned(name) => {
                let node = take_node(&mut self.failed, &name);
                self.cluster.nodes.push(node.ok_or(ChangeError::UnknownNode(name))?);
            }
            // Pools select Services by their own labels and their namespace's name.
            Change::NamespaceApplied(_) | Change::NamespaceDeleted(_) => {}
        }
        Ok(())
    }

    /// Takes over other resources of Cilium's. The version and the settings stay.
    pub fn reconfigure(&mut self, config: CiliumConfig) {
        let (settings, version) = (self.config.settings.clone(), self.config.version);
        self.config = CiliumConfig { settings, version, ..config };
        let pools = pools(&self.config);
        self.stir(&Stir::Pools(&pools));
    }

    /// What Cilium decides now.
    pub fn decision(&self) -> Decision {
        let teller = Teller::new(&self.config, &self.cluster);
        let world = self.world();
        let mut outcomes: Vec<Outcome> = Vec::new();
        let mut truncated = self.truncated;
        for state in &self.states {
            let given = Given::of(&world, &mut state.clone());
            let found = teller.outcomes(&given, bounds(&self.options, self.cluster.services.len()));
            truncated |= found.truncated;
            for outcome in found.results {
                if outcomes.contains(&outcome) {
                    continue;
                }
                if outcomes.len() >= self.options.max_outcomes.max(1) {
                    truncated = true;
                    break;
                }
                outcomes.push(outcome);
            }
        }
        decision(&self.config, outcomes, truncated, self.crash.clone())
    }

    fn find(&self, key: &ServiceKey) -> Option<ServiceId> {
        let exists = |service: &Service| service.key == *key && !key.name.is_empty();
        self.cluster.services.iter().position(exists)
    }

    fn apply_service(&mut self, mut service: Service) {
        let request = Request::new(&service, &self.rules);
        let Some(id) = self.find(&service.key) else {
            let id = self.cluster.services.len();
            self.cluster.services.push(service);
            self.requests.push(request);
            for state in &mut self.states {
                state.views.push(super::state::View::default());
            }
            return self.stir(&Stir::Upsert(id));
        };
        let was = self.requests.get_mut(id).map(|old| std::mem::replace(old, request));
        if let Some(old) = self.cluster.services.get_mut(id) {
            service.ingress = std::mem::take(&mut old.ingress);
            *old = service;
        }
        let managed = self.requests.get(id).is_some_and(|request| request.managed);
        let was_managed = was.as_ref().is_some_and(|request| request.managed);
        if managed {
            self.stir(&Stir::Upsert(id));
        } else if was_managed && self.is_awake() {
            // A Service that leaves LB-IPAM's care is stripped of its addresses.
            if let Some(service) = self.cluster.services.get_mut(id) {
                service.ingress.clear();
            }
            let key = was.and_then(|request| request.sharing_key).map(Into::into);
            self.stir(&Stir::Forget(id, key));
        }
    }

    fn is_awake(&self) -> bool {
        self.states.iter().any(|state| start::is_awake(&self.world(), state))
    }

    fn stir(&mut self, stir: &Stir<'_>) {
        let mut states: Vec<State> = Vec::new();
        let mut keys = std::collections::HashSet::new();
        let bounds = bounds(&self.options, self.cluster.services.len());
        let world = self.world();
        let mut truncated = false;
        let mut crash = None;
        for before in &self.states {
            let found = explore(bounds, state_key, |oracle| {
                let mut state = before.clone();
                state.fork();
                let digest = act(&world, &mut state, stir, oracle)?;
                Ok((state, digest))
            });
            truncated |= found.truncated;
            crash = crash.or(found.crash);
            for (state, digest) in found.results {
                if !keys.insert(digest) {
                    continue;
                }
                if states.len() >= self.options.max_outcomes.max(1) {
                    truncated = true;
                    break;
                }
                states.push(state);
            }
        }
        self.truncated |= truncated;
        self.crash = self.crash.take().or(crash);
        self.states = states;
    }
}

fn take_node(nodes: &mut Vec<Node>, name: &str) -> Option<Node> {
    let at = nodes.iter().position(|node| node.name == name)?;
    Some(nodes.remove(at))
}

fn state_key<T>((_, digest): &(T, super::digest::Digest)) -> super::digest::Digest {
    *digest
}

pub(super) fn pools(config: &CiliumConfig) -> Vec<Pool> {
    config.pools.iter().map(Pool::new).collect()
}

pub(super) fn requests(cluster: &Cluster, rules: &Rules) -> Vec<Request> {
    cluster.services.iter().map(|service| Request::new(service, rules)).collect()
}

pub(super) fn bounds(options: &Options, services: usize) -> Bounds {
    let results = options.max_outcomes.max(1);
    let each = PATIENCE * (services as u64 + 1);
    Bounds { results, work: LEAST_WORK.max(each.saturating_mul(results as u64)) }
}

/// Every state in which LB-IPAM can be after its start, with what `key` needs.
pub(super) fn started<K: Ord>(
    world: &World<'_>,
    pools: &[Pool],
    options: &Options,
    key: impl Fn(&(State, super::digest::Digest)) -> K,
) -> Found<(State, super::digest::Digest)> {
    let mut starts = Starts::new(world, pools);
    explore(bounds(options, world.services.len()), key, |oracle| {
        let mut state = starts.next(oracle)?;
        let digest = state.digest();
        Ok((state, digest))
    })
}

/// One start of LB-IPAM after the other.
pub(super) struct Starts<'a> {
    world: &'a World<'a>,
    pools: &'a [Pool],
    /// With the pools taken in, where chance plays no part in that.
    with_pools: Option<State>,
}

impl<'a> Starts<'a> {
    pub(super) fn new(world: &'a World<'a>, pools: &'a [Pool]) -> Self {
        Self { world, pools, with_pools: None }
    }

    pub(super) fn next(&mut self, oracle: &mut Oracle) -> Result<State, Stop> {
        let mut state = match &self.with_pools {
            Some(state) => state.clone(),
            None => {
                let mut state = State::new(0);
                start::take_in_pools(self.world, &mut state, self.pools, oracle)?;
                if !oracle.was_asked() {
                    self.with_pools = Some(state.clone());
                }
                state
            }
        };
        state.views = vec![View::default(); self.world.services.len()];
        if start::is_awake(self.world, &state) {
            start::take_in_services(self.world, &mut state, oracle, start::There::Holding)?;
        }
        Ok(state)
    }
}

/// One start of LB-IPAM from an empty state.
pub(super) fn start_from(
    world: &World<'_>,
    mut state: State,
    pools: &[Pool],
    oracle: &mut Oracle,
) -> Result<State, Stop> {
    start::take_in_pools(world, &mut state, pools, oracle)?;
    if start::is_awake(world, &state) {
        start::take_in_services(world, &mut state, oracle, start::There::Holding)?;
    }
    Ok(state)
}

fn act(
    world: &World<'_>,
    state: &mut State,
    stir: &Stir<'_>,
    oracle: &mut Oracle,
) -> Result<super::digest::Digest, Stop> {
    state.forget_fruitless();
    match stir {
        Stir::Upsert(id) => {
            if start::is_awake(world, state) {
                take_in_status(world, state, *id);
                let mut allocator = Allocator { world, state, oracle };
                let _: Result<(), super::allocate::BadSelector> = allocator.upsert(*id)?;
                allocator.retry()?;
            }
        }
        Stir::Forget(id, key) => {
            let mut allocator = Allocator { world, state, oracle };
            allocator.forget(*id, key.as_deref());
            allocator.retry()?;
        }
        Stir::Pools(pools) => pool_changes::change_pools(world, state, pools, oracle)?,
    }
    Ok(state.digest())
}

/// A Service that is new to LB-IPAM comes with the status it has.
fn take_in_status(world: &World<'_>, state: &mut State, id: ServiceId) {
    let new = state.view(id).is_some_and(|view| view.phase == Phase::Unknown);
    if new {
        let status = start::found_status(world, state, id);
        state.change(id, |view| view.status = (!status.is_empty()).then_some(status));
    }
}
