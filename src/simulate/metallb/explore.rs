//! From one state of the controller to all states in which it can come to rest.
//!
//! Services are looked at as the controller's queue has it: all of them, those with
//! the most addresses first (`reprocessAll`), and one by one when they change. Where
//! the map's order decides, one choice is followed to the end, then undone for the
//! next: no state is copied, and a million Services with one possible course cost
//! one pass.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::allocate::Allocator;
use super::converge::Looked;
use super::explain::Trace;
use super::ids::ServiceId;
use super::order::Order;
use super::world::World;

/// A Service can be made to change for ever (PreferDualStack with one cluster
/// address); after so many rounds it is left alone.
const MAX_ROUNDS: u32 = 8;
/// From this round on it is left alone once it has one address.
const TIRED: u32 = 4;

/// What the controller has still to look at.
#[derive(Debug, Clone)]
pub(super) struct Agenda {
    /// The pass over all Services, and how far it is.
    pass: Arc<[ServiceId]>,
    at: usize,
    passes: u32,
    all_pending: bool,
    /// Services that changed, and how far they are looked at.
    changed: Vec<ServiceId>,
    seen: usize,
    round: u32,
    round_end: usize,
}

/// An agenda without its list, which only grows.
#[derive(Debug, Clone)]
struct Bookmark {
    pass: Arc<[ServiceId]>,
    at: usize,
    passes: u32,
    all_pending: bool,
    changed: usize,
    seen: usize,
    round: u32,
    round_end: usize,
}

/// A Service with more than one possible outcome.
struct Fork {
    service: ServiceId,
    bookmark: Bookmark,
    mark: usize,
    order: Order,
    next: usize,
    choices: usize,
}

impl Agenda {
    /// Every Service, as after a start or a change of pools.
    pub(super) fn all() -> Self {
        Self { all_pending: true, ..Self::of(&[]) }
    }

    /// Just these Services.
    pub(super) fn of(services: &[ServiceId]) -> Self {
        Self {
            pass: Arc::new([]),
            at: 0,
            passes: 0,
            all_pending: false,
            changed: services.to_vec(),
            seen: 0,
            round: 0,
            round_end: services.len(),
        }
    }

    fn next(&mut self, world: &World<'_>, state: &Allocator) -> Option<ServiceId> {
        loop {
            if let Some(id) = self.pass.get(self.at) {
                self.at += 1;
                return Some(*id);
            }
            if let Some(id) = self.changed.get(self.seen) {
                if self.seen == self.round_end {
                    self.round += 1;
                    self.round_end = self.changed.len();
                }
                self.seen += 1;
                let known = self.round < MAX_ROUNDS;
                if known && world.request(*id).is_some_and(|request| !request.is_foreign) {
                    return Some(*id);
                }
                continue;
            }
            if !self.all_pending || self.passes >= MAX_ROUNDS {
                return None;
            }
            self.all_pending = false;
            self.passes += 1;
            self.at = 0;
            self.pass = everything(world, state, self.passes > 1);
        }
    }

    fn report(&mut self, world: &World<'_>, state: &Allocator, id: ServiceId, looked: Looked) {
        self.all_pending |= looked.reprocess;
        let restless = world.request(id).is_some_and(super::request::Request::is_restless);
        let tired = self.round >= TIRED && state.record(id).ips.as_slice().len() == 1;
        if looked.changed && restless && !tired {
            self.changed.push(id);
        }
    }

    fn bookmark(&self) -> Bookmark {
        Bookmark {
            pass: Arc::clone(&self.pass),
            at: self.at,
            passes: self.passes,
            all_pending: self.all_pending,
            changed: self.changed.len(),
            seen: self.seen,
            round: self.round,
            round_end: self.round_end,
        }
    }

    fn go_back(&mut self, to: &Bookmark) {
        self.pass = Arc::clone(&to.pass);
        self.at = to.at;
        self.passes = to.passes;
        self.all_pending = to.all_pending;
        self.changed.truncate(to.changed);
        self.seen = to.seen;
        self.round = to.round;
        self.round_end = to.round_end;
    }
}

/// All Services that the controller serves, those with the most addresses first.
///
/// In a further pass those are left out at which a look changes nothing, since the
/// pass before looked at them in the same circumstances.
fn everything(world: &World<'_>, state: &Allocator, further: bool) -> Arc<[ServiceId]> {
    let served = world.services().filter(|(id, _, request)| {
        let settled = || state.record(*id).claim.is_some() && !request.is_restless();
        !(request.is_foreign || further && settled())
    });
    let mut services: Vec<(usize, ServiceId)> =
        served.map(|(id, service, _)| (state.held_count(id, service), id)).collect();
    services.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    services.into_iter().map(|(_, id)| id).collect()
}

/// Visits every state in which the controller can come to rest, until the visitor
/// breaks off. Returns whether it did so with states left to visit.
pub(super) fn explore(
    world: &World<'_>,
    state: &mut Allocator,
    mut agenda: Agenda,
    trace: &mut Trace,
    mut visit: impl FnMut(&Allocator) -> ControlFlow<()>,
) -> bool {
    let mut forks: Vec<Fork> = Vec::new();
    loop {
        while let Some(service) = agenda.next(world, state) {
            let (mark, order) = (state.mark(), state.order.clone());
            trace.focus(service);
            let looked = state.look_at(world, service, 0, trace);
            if looked.choices > 1 {
                let bookmark = agenda.bookmark();
                let choices = looked.choices;
                forks.push(Fork { service, bookmark, mark, order, next: 1, choices });
            } else if forks.is_empty() {
                state.forget();
            }
            agenda.report(world, state, service, looked);
        }
        let go_on = visit(state).is_continue();
        while forks.last().is_some_and(|fork| fork.next >= fork.choices) {
            forks.pop();
        }
        let Some(fork) = forks.last_mut() else { return false };
        if !go_on {
            return true;
        }
        state.undo_to(world, fork.mark);
        state.order = fork.order.clone();
        agenda.go_back(&fork.bookmark);
        let looked = state.look_at(world, fork.service, fork.next, trace);
        fork.next += 1;
        let service = fork.service;
        agenda.report(world, state, service, looked);
    }
}
