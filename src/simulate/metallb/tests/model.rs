//! A slow, obvious MetalLB: it tries addresses one by one, pools in every order, and
//! keeps a map for everything, as `internal/allocator` does.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::cluster::{Cluster, IpFamilyPolicy, Service, TrafficPolicy};
use crate::ip::{Family, from_number, to_number};
use crate::metallb::{Config, Pool};

/// Every address of these pools, in the order of their lists.
pub(super) fn addresses(pools: &[Pool]) -> Vec<IpAddr> {
    let of_range = |range: crate::ip::IpRange| {
        let numbers = to_number(range.first())..=to_number(range.last());
        numbers.map(move |number| from_number(range.family(), number).unwrap())
    };
    pools.iter().flat_map(Pool::ranges).flat_map(of_range).collect()
}

type Port = (String, u16);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Alloc {
    pool: String,
    ips: Vec<IpAddr>,
    ports: Vec<Port>,
    key: (String, String),
}

/// One state of the controller, with what it has still to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct State {
    allocated: BTreeMap<usize, Alloc>,
    key_of: BTreeMap<IpAddr, (String, String)>,
    ports_in_use: BTreeMap<IpAddr, BTreeMap<Port, usize>>,
    users: BTreeMap<IpAddr, BTreeSet<usize>>,
    status: Vec<Vec<IpAddr>>,
    pass: Vec<usize>,
    changed: Vec<usize>,
    again: bool,
}

/// What each Service gets.
pub(super) type Result = BTreeMap<String, (Vec<IpAddr>, Option<String>)>;

pub(super) struct Model<'a> {
    config: &'a Config,
    services: &'a [Service],
    /// The order in which the map of pools was walked when it was read.
    order: Vec<&'a Pool>,
}

fn permutations<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for at in 0..items.len() {
        let mut rest = items.to_vec();
        let first = rest.remove(at);
        for mut tail in permutations(&rest) {
            tail.insert(0, first.clone());
            all.push(tail);
        }
    }
    all
}

/// Everything that can come out.
pub(super) fn results(config: &Config, cluster: &Cluster) -> BTreeSet<Result> {
    let pools: Vec<&Pool> = config.pools.iter().collect();
    let mut results = BTreeSet::new();
    for order in permutations(&pools) {
        let model = Model { config, services: &cluster.services, order };
        results.extend(model.results());
    }
    results
}

fn is_v4(address: &IpAddr) -> bool {
    Family::of(*address) == Family::V4
}

fn annotation<'s>(service: &'s Service, name: &str) -> Option<&'s String> {
    let old = format!("metallb.universe.tf/{name}");
    service.annotations.get(&format!("metallb.io/{name}")).or(service.annotations.get(&old))
}

fn key(service: &Service) -> (String, String) {
    let sharing = annotation(service, "allow-shared-ip").cloned().unwrap_or_default();
    let backend = match service.external_traffic_policy {
        TrafficPolicy::Cluster => String::new(),
        TrafficPolicy::Local => format!("{:?}", service.selector),
    };
    let backend = if backend == "{}" { String::new() } else { backend };
    (sharing, backend)
}

fn ports(service: &Service) -> Vec<Port> {
    service.ports.iter().map(|port| (port.protocol.clone(), port.port)).collect()
}

fn policy(service: &Service) -> IpFamilyPolicy {
    service.ip_family_policy.unwrap_or(IpFamilyPolicy::SingleStack)
}

/// `"4"`, `"6"`, `"46"`, or `None`.
fn families(ips: &[IpAddr]) -> Option<&'static str> {
    match ips {
        [one] => Some(if is_v4(one) { "4" } else { "6" }),
        [a, b] if is_v4(a) != is_v4(b) => Some("46"),
        _ => None,
    }
}

fn wanted(service: &Service) -> &'static str {
    let ips: Vec<IpAddr> = service.cluster_ips.iter().map(|ip| ip.parse().unwrap()).collect();
    families(&ips).unwrap()
}

/// `Err` where the wish makes no sense.
fn desired(service: &Service) -> std::result::Result<Vec<IpAddr>, ()> {
    let list = annotation(service, "loadBalancerIPs").filter(|list| !list.is_empty());
    let texts: Vec<&str> = match (list, &service.load_balancer_ip) {
        (None, None) => return Ok(Vec::new()),
        (Some(_), Some(_)) => return Err(()),
        (Some(list), None) => list.split(',').collect(),
        (None, Some(one)) => vec![one],
    };
    let ips: Vec<IpAddr> = texts.iter().map(|ip| ip.parse().unwrap()).collect();
    families(&ips).map(|_| ips).ok_or(())
}

fn by_text(ips: &[IpAddr]) -> Vec<IpAddr> {
    let mut ips = ips.to_vec();
    ips.sort_by_key(IpAddr::to_string);
    ips
}

fn is_avoided(pool: &Pool, ip: &IpAddr) -> bool {
    let IpAddr::V4(v4) = ip else { return false };
    pool.avoid_buggy_ips && (v4.octets()[3] == 0 || v4.octets()[3] == 255)
}

fn priority(pool: &Pool) -> i64 {
    pool.allocation.as_ref().unwrap().priority
}

fn sort_pools(pools: &mut [&Pool]) {
    let less = |a: &Pool, b: &Pool| {
        if priority(a) > 0 && priority(b) > 0 {
            return priority(a) < priority(b);
        }
        !(priority(a) == 0 && priority(b) > 0)
    };
    assert!(pools.len() <= 12);
    for i in 1..pools.len() {
        let mut j = i;
        while j > 0 && less(pools[j], pools[j - 1]) {
            pools.swap(j, j - 1);
            j -= 1;
        }
    }
}

impl<'a> Model<'a> {
    fn results(&self) -> BTreeSet<Result> {
        let mut start = State { again: true, ..State::default() };
        let held = |s: &Service| s.ingress.iter().map(|ip| ip.parse().unwrap()).collect();
        start.status = self.services.iter().map(held).collect();
        let mut seen = BTreeSet::from([start.clone()]);
        let mut pending = vec![start];
        let mut results = BTreeSet::new();
        while let Some(mut state) = pending.pop() {
            let Some(next) = self.next(&mut state) else {
                results.insert(self.result(&state));
                continue;
            };
            for after in self.look_at(state, next) {
                if seen.insert(after.clone()) {
                    pending.push(after);
                }
            }
        }
        results
    }

    fn next(&self, state: &mut State) -> Option<usize> {
        if state.pass.is_empty() && state.changed.is_empty() && state.again {
            state.again = false;
            let mut order: Vec<usize> = (0..self.services.len()).collect();
            order.sort_by_key(|i| std::cmp::Reverse(state.status[*i].len()));
            state.pass = order;
        }
        let list = if state.pass.is_empty() { &mut state.changed } else { &mut state.pass };
        (!list.is_empty()).then(|| list.remove(0))
    }

    fn result(&self, state: &State) -> Result {
        let entry = |(i, service): (usize, &Service)| {
            let mut ips = state.status[i].clone();
            ips.sort();
            let pool = state.allocated.get(&i).map(|alloc| alloc.pool.clone());
            (service.key.to_string(), (ips, pool))
        };
        self.services.iter().enumerate().map(entry).collect()
    }

    /// `SetBalancer`.
    fn look_at(&self, state: State, id: usize) -> Vec<State> {
        let key = |state: &State| state.allocated.get(&id).map(|alloc| alloc.key.clone());
        let (before, status) = (key(&state), state.status[id].clone());
        let mut after = self.converge(state, id);
        for state in &mut after {
            if state.status[id] != status {
                state.changed.push(id);
                if before.is_some() && key(state).is_none() {
                    state.again = true;
                }
            }
            let text = |key: Option<(String, String)>| {
                key.map(|(sharing, backend)| backend + &sharing).unwrap_or_default()
            };
            if text(before.clone()) != text(key(state)) {
                state.again = true;
            }
        }
        after
    }

    /// `convergeBalancer`.
    fn converge(&self, mut state: State, id: usize) -> Vec<State> {
        let service = &self.services[id];
        let mut ips = state.status[id].clone();
        if policy(service) == IpFamilyPolicy::RequireDualStack && wanted(service) != "46" {
            self.clear(&mut state, id);
            return vec![state];
        }
        let prefers = policy(service) == IpFamilyPolicy::PreferDualStack;
        if ips.is_empty() {
            self.clear(&mut state, id);
        } else {
            let held = families(&ips);
            let fine = held.is_some()
                && (held == Some(wanted(service)) || prefers && wanted(service) == "46");
            if !fine {
                self.clear(&mut state, id);
                ips.clear();
            }
        }
        if !ips.is_empty() {
            if !self.assign(&mut state, id, &ips) {
                self.clear(&mut state, id);
                ips.clear();
            }
            let pool = annotation(service, "address-pool");
            if !ips.is_empty() && pool.is_some_and(|pool| *pool != state.allocated[&id].pool) {
                self.clear(&mut state, id);
                ips.clear();
            }
            let Ok(desired) = desired(service) else { return vec![state] };
            if !desired.is_empty() {
                ips = by_text(&ips);
                if ips != by_text(&desired) {
                    self.clear(&mut state, id);
                    ips.clear();
                }
            }
        }
        if ips.len() == 1 && prefers {
            let pool = state.allocated[&id].pool.clone();
            let pool = self.config.pools.iter().find(|p| p.name() == pool).unwrap();
            let (v4, v6) = self.free(&state, id, pool);
            if let Some(more) = if is_v4(&ips[0]) { v6 } else { v4 } {
                let both = vec![ips[0], more];
                if self.assign(&mut state, id, &both) {
                    ips = both;
                }
            }
        }
        if !ips.is_empty() {
            state.status[id] = ips;
            return vec![state];
        }
        self.allocate(&state, id)
    }

    /// `allocateIPs`, in every way that it can go.
    fn allocate(&self, state: &State, id: usize) -> Vec<State> {
        let service = &self.services[id];
        let failed = || vec![state.clone()];
        let done = |ips: &[IpAddr]| {
            let mut state = state.clone();
            if !self.assign(&mut state, id, ips) {
                return failed();
            }
            state.status[id] = ips.to_vec();
            vec![state]
        };
        let Ok(desired) = desired(service) else { return failed() };
        let asked_pool = annotation(service, "address-pool");
        if !desired.is_empty() {
            let same_pool =
                |state: &State| asked_pool.is_none_or(|p| *p == state.allocated[&id].pool);
            if families(&desired) != Some(wanted(service)) {
                return failed();
            }
            let after = done(&desired);
            let fine = after[0].allocated.contains_key(&id) && same_pool(&after[0]);
            return if fine { after } else { failed() };
        }
        if let Some(name) = asked_pool {
            let pool = self.config.pools.iter().find(|pool| pool.name() == name);
            let ips = pool.and_then(|pool| self.select(service, self.free(state, id, pool)));
            return ips.map_or_else(failed, |ips| done(&ips));
        }
        let pinned = self.pinned(service);
        if let Some(ips) = self.take_from(state, id, &pinned) {
            return done(&ips);
        }
        let open = self.config.pools.iter().filter(|p| p.auto_assign && p.allocation.is_none());
        let open: Vec<&Pool> = open.collect();
        let mut ways: BTreeSet<Option<Vec<IpAddr>>> = BTreeSet::new();
        for order in permutations(&open) {
            ways.insert(self.take_from(state, id, &order));
        }
        let way = |ips: Option<Vec<IpAddr>>| ips.map_or_else(failed, |ips| done(&ips));
        ways.into_iter().flat_map(way).collect()
    }

    /// `pinnedPoolsForService`.
    fn pinned(&self, service: &Service) -> Vec<&'a Pool> {
        let allocation = |pool: &&&Pool| pool.allocation.clone();
        let fits = |pool: &&&'a Pool| pool.auto_assign && self.is_compatible(pool, service);
        let in_namespace = self.order.iter().filter(|pool| {
            allocation(pool).is_some_and(|a| a.namespaces.contains(&service.key.namespace))
        });
        let mut pools: Vec<&Pool> = in_namespace.filter(fits).copied().collect();
        let mut selecting: Vec<&&Pool> = self.order.iter().collect();
        selecting.sort_by_key(|pool| pool.name());
        let listed = selecting.into_iter().filter(|pool| {
            allocation(pool)
                .is_some_and(|a| !a.service_selectors.is_empty() || a.fits_every_service())
        });
        pools.extend(listed.filter(fits).copied());
        sort_pools(&mut pools);
        pools
    }

    fn is_compatible(&self, pool: &Pool, service: &Service) -> bool {
        let Some(allocation) = &pool.allocation else { return true };
        if !allocation.namespaces.is_empty()
            && !allocation.namespaces.contains(&service.key.namespace)
        {
            return false;
        }
        allocation.service_selectors.is_empty()
            || allocation.service_selectors.iter().any(|s| s.matches(&service.labels))
    }

    /// `allocateFromPools`.
    fn take_from(&self, state: &State, id: usize, pools: &[&Pool]) -> Option<Vec<IpAddr>> {
        let service = &self.services[id];
        let v6_first = service.ip_families.first() == Some(&Family::V6);
        let (mut primary, mut secondary) = (None, None);
        for pool in pools {
            let (v4, v6) = self.free(state, id, pool);
            let of_family = match wanted(service) {
                "4" => v4,
                "6" => v6,
                _ => None,
            };
            if of_family.is_some() || v4.is_some() && v6.is_some() {
                return self.select(service, (v4, v6));
            }
            let prefers = policy(service) == IpFamilyPolicy::PreferDualStack;
            if !(prefers && wanted(service) == "46") {
                continue;
            }
            let (first, second) = if v6_first { (v6, v4) } else { (v4, v6) };
            if first.is_some() {
                primary = primary.or(Some((v4, v6)));
            }
            if second.is_some() {
                secondary = secondary.or(Some((v4, v6)));
            }
        }
        self.select(service, primary.or(secondary)?)
    }

    /// `selectIPsForFamilyAndPolicy`.
    fn select(
        &self,
        service: &Service,
        (v4, v6): (Option<IpAddr>, Option<IpAddr>),
    ) -> Option<Vec<IpAddr>> {
        match (wanted(service), policy(service)) {
            ("4", _) => v4.map(|v4| vec![v4]),
            ("6", _) => v6.map(|v6| vec![v6]),
            (_, IpFamilyPolicy::SingleStack) => None,
            (_, IpFamilyPolicy::RequireDualStack) => Some(vec![v4?, v6?]),
            (_, IpFamilyPolicy::PreferDualStack) => {
                let some: Vec<IpAddr> = v4.into_iter().chain(v6).collect();
                (!some.is_empty()).then_some(some)
            }
        }
    }

    /// `getFreeIPsFromPool`.
    fn free(&self, state: &State, id: usize, pool: &Pool) -> (Option<IpAddr>, Option<IpAddr>) {
        let usable = |ip: &IpAddr| !is_avoided(pool, ip) && self.may_share(state, id, ip);
        let all = addresses(std::slice::from_ref(pool));
        let first = |v4: bool| all.iter().find(|ip| is_v4(ip) == v4 && usable(ip)).copied();
        (first(true), first(false))
    }

    /// `checkSharing`.
    fn may_share(&self, state: &State, id: usize, ip: &IpAddr) -> bool {
        let service = &self.services[id];
        let Some(existing) = state.key_of.get(ip) else { return true };
        let new = key(service);
        let fits = !existing.0.is_empty() && !new.0.is_empty() && *existing == new;
        if !fits && state.users[ip].iter().any(|user| *user != id) {
            return false;
        }
        let in_use = &state.ports_in_use[ip];
        ports(service).iter().all(|port| in_use.get(port).is_none_or(|user| *user == id))
    }

    fn assign(&self, state: &mut State, id: usize, ips: &[IpAddr]) -> bool {
        let service = &self.services[id];
        let holds = |pool: &Pool, ip: &IpAddr| {
            !is_avoided(pool, ip) && addresses(std::slice::from_ref(pool)).contains(ip)
        };
        let pool = self.config.pools.iter().find(|p| ips.iter().all(|ip| holds(p, ip)));
        let Some(pool) = pool else { return false };
        if !self.is_compatible(pool, service) || !ips.iter().all(|ip| self.may_share(state, id, ip))
        {
            return false;
        }
        self.unassign(state, id);
        for ip in ips {
            state.key_of.insert(*ip, key(service));
            let in_use = state.ports_in_use.entry(*ip).or_default();
            in_use.extend(ports(service).into_iter().map(|port| (port, id)));
            state.users.entry(*ip).or_default().insert(id);
        }
        let (pool, ips) = (pool.name().to_owned(), ips.to_vec());
        let alloc = Alloc { pool, ips, ports: ports(service), key: key(service) };
        state.allocated.insert(id, alloc);
        true
    }

    fn unassign(&self, state: &mut State, id: usize) {
        let Some(alloc) = state.allocated.remove(&id) else { return };
        for ip in &alloc.ips {
            let in_use = state.ports_in_use.get_mut(ip).unwrap();
            for port in &alloc.ports {
                assert_eq!(in_use.remove(port), Some(id));
            }
            let users = state.users.get_mut(ip).unwrap();
            users.remove(&id);
            if in_use.is_empty() {
                state.ports_in_use.remove(ip);
                state.key_of.remove(ip);
                state.users.remove(ip);
            }
        }
    }

    fn clear(&self, state: &mut State, id: usize) {
        self.unassign(state, id);
        state.status[id].clear();
    }
}
