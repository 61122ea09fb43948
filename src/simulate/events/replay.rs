//! Tells a controller, step by step, what happens.

use std::collections::BTreeSet;

use super::Controller;
use super::file::{Reference, Step};
use super::kind::Kind;
use super::store::{Key, NotOne, Store, service_of};
use crate::cluster::{Cluster, ServiceKey};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Object, Span};
use crate::simulate::change::Change;
use crate::simulate::codes;
use crate::simulate::decision::{Decision, crash};

/// Replays the steps, and calls `each` with the number, the name and the decision
/// after the start and after each step.
///
/// # Errors
/// Why the first step that cannot happen cannot.
pub fn replay<'s>(
    objects: &[Object],
    cluster: &Cluster,
    controller: &mut impl Controller,
    steps: &'s [Step],
    mut each: impl FnMut(usize, Option<&'s str>, Decision),
) -> Result<(), Vec<Diagnostic>> {
    each(0, None, controller.decision());
    let mut replay = Replay {
        store: Store::new(objects),
        cluster: Cluster {
            nodes: cluster.nodes.clone(),
            secrets: cluster.secrets.clone(),
            ..Cluster::default()
        },
        failed: BTreeSet::new(),
        controller,
    };
    for (number, step) in (1..).zip(steps) {
        let refused = match replay.step(step) {
            Ok(()) => {
                let decision = replay.controller.decision();
                match &decision.config_error {
                    None => {
                        each(number, step.name.as_deref(), decision);
                        continue;
                    }
                    Some(reason) => vec![crash(reason)],
                }
            }
            Err(refused) => refused,
        };
        let at =
            |diagnostic: Diagnostic| diagnostic.label(Some(step.span), format!("in step {number}"));
        return Err(refused.into_iter().map(at).collect());
    }
    Ok(())
}

struct Replay<'c, C> {
    store: Store,
    /// What a configuration is judged by: Nodes and Secrets.
    cluster: Cluster,
    failed: BTreeSet<String>,
    controller: &'c mut C,
}

type Refused<T> = Result<T, Vec<Diagnostic>>;

impl<C: Controller> Replay<'_, C> {
    fn step(&mut self, step: &Step) -> Refused<()> {
        let is_config = |kind: Kind| !kind.is_cluster();
        let (mut configured, mut surroundings) = (false, false);
        for (kind, object) in &step.apply {
            match kind {
                Kind::Service => {}
                kind if is_config(*kind) => {
                    configured = true;
                    self.store.put(*kind, object.clone());
                }
                kind => {
                    surroundings |= matches!(kind, Kind::Node | Kind::Secret);
                    self.surroundings_applied(*kind, object)?;
                }
            }
        }
        for reference in step.delete.iter().filter(|reference| is_config(reference.kind)) {
            configured = true;
            let key = self.find(reference)?;
            self.store.take(&key);
        }
        if configured || surroundings {
            self.configure(configured)?;
        }
        let services = step.apply.iter().filter(|(kind, _)| *kind == Kind::Service);
        for (kind, object) in services {
            let service = one(Cluster::read(std::slice::from_ref(object)), |c| c.services)?;
            self.store.put(*kind, object.clone());
            self.tell(Change::ServiceApplied(Box::new(service)), object.node.span)?;
        }
        self.deletions(step)?;
        self.failures(step)
    }

    /// A Node, a Namespace, an EndpointSlice or a Secret is created or changed.
    fn surroundings_applied(&mut self, kind: Kind, object: &Object) -> Refused<()> {
        let span = object.node.span;
        let read = Cluster::read(std::slice::from_ref(object));
        match kind {
            Kind::Node => {
                let node = one(read, |cluster| cluster.nodes)?;
                self.cluster.nodes.retain(|old| old.name != node.name);
                self.cluster.nodes.push(node.clone());
                self.store.put(kind, object.clone());
                let (name, is_away) = (node.name.clone(), self.failed.contains(&node.name));
                if is_away {
                    self.tell(Change::NodeReturned(name.clone()), span)?;
                }
                self.tell(Change::NodeApplied(Box::new(node)), span)?;
                if is_away {
                    self.tell(Change::NodeFailed(name), span)?;
                }
            }
            Kind::Namespace => {
                let namespace = one(read, |cluster| cluster.namespaces)?;
                self.store.put(kind, object.clone());
                self.tell(Change::NamespaceApplied(Box::new(namespace)), span)?;
            }
            Kind::Secret => {
                let (cluster, _) = checked(read)?;
                self.cluster.secrets.extend(cluster.secrets);
                self.store.put(kind, object.clone());
            }
            _ => {
                checked(read)?;
                let before = self.store.put(kind, object.clone());
                let services: BTreeSet<ServiceKey> =
                    before.iter().chain([object]).filter_map(service_of).collect();
                for service in services {
                    self.endpoints_changed(service, span)?;
                }
            }
        }
        Ok(())
    }

    fn endpoints_changed(&mut self, service: ServiceKey, span: Span) -> Refused<()> {
        let (mut read, _) = checked(Cluster::read(&self.store.slices_of(&service)))?;
        let endpoints = read.endpoints.remove(&service).unwrap_or_default();
        self.tell(Change::EndpointsChanged { service, endpoints }, span)
    }

    /// Lets the controller read its configuration.
    fn configure(&mut self, is_changed: bool) -> Refused<()> {
        let objects = self.store.configuration();
        let found = self.controller.configure(&objects, &self.cluster, is_changed);
        let refused: Vec<Diagnostic> = found.into_iter().filter(Diagnostic::is_error).collect();
        if refused.is_empty() { Ok(()) } else { Err(refused) }
    }

    fn deletions(&mut self, step: &Step) -> Refused<()> {
        let mut surroundings = false;
        for reference in step.delete.iter().filter(|reference| reference.kind.is_cluster()) {
            let key = self.find(reference)?;
            let object = self.store.take(&key);
            let Key { kind, namespace, name } = key;
            surroundings |= matches!(kind, Kind::Node | Kind::Secret);
            match kind {
                Kind::Service => {
                    let service = ServiceKey { namespace, name };
                    self.store.take_slices_of(&service);
                    self.tell(Change::ServiceDeleted(service), reference.span)?;
                }
                Kind::Node => {
                    self.failed.remove(&name);
                    self.cluster.nodes.retain(|node| node.name != name);
                    self.tell(Change::NodeDeleted(name), reference.span)?;
                }
                Kind::Namespace => {
                    self.tell(Change::NamespaceDeleted(name), reference.span)?;
                }
                Kind::Secret => {
                    self.cluster.secrets.remove(&(namespace, name));
                }
                _ => {
                    if let Some(service) = object.as_ref().and_then(service_of) {
                        self.endpoints_changed(service, reference.span)?;
                    }
                }
            }
        }
        if surroundings { self.configure(false) } else { Ok(()) }
    }

    /// A node fails once, however often it is said, and returns once.
    fn failures(&mut self, step: &Step) -> Refused<()> {
        for (name, span) in &step.fail {
            self.known_node(name, *span)?;
            if self.failed.insert(name.clone()) {
                self.tell(Change::NodeFailed(name.clone()), *span)?;
            }
        }
        for (name, span) in &step.returning {
            self.known_node(name, *span)?;
            if self.failed.remove(name) {
                self.tell(Change::NodeReturned(name.clone()), *span)?;
            }
        }
        Ok(())
    }

    fn known_node(&self, name: &str, span: Span) -> Refused<()> {
        if self.store.contains(Kind::Node, name) {
            return Ok(());
        }
        let message = format!("there is no Node {name} at this time");
        Err(vec![Diagnostic::error(codes::NOT_THERE, message).label(Some(span), "not there")])
    }

    fn find(&self, reference: &Reference) -> Refused<Key> {
        self.store.find(reference).map_err(|not_one| {
            let Reference { kind, namespace, name, span } = reference;
            let place = namespace.as_ref().map_or_else(String::new, |ns| format!("{ns}/"));
            let what = format!("{} {place}{name}", kind.name());
            let (message, help) = match not_one {
                NotOne::None => (format!("there is no {what} at this time"), None),
                NotOne::Several => {
                    (format!("there are several {what}"), Some("name its namespace"))
                }
            };
            let mut diagnostic =
                Diagnostic::error(codes::NOT_THERE, message).label(Some(*span), "named here");
            diagnostic.help = help.map(str::to_owned);
            vec![diagnostic]
        })
    }

    fn tell(&mut self, change: Change, span: Span) -> Refused<()> {
        self.controller.change(change).map_err(|error| {
            vec![
                Diagnostic::error(codes::NOT_THERE, error.to_string())
                    .label(Some(span), "cannot happen"),
            ]
        })
    }
}

/// What was read, unless something of it is refused.
fn checked((cluster, found): (Cluster, Vec<Diagnostic>)) -> Refused<(Cluster, Vec<Diagnostic>)> {
    if found.iter().any(Diagnostic::is_error) { Err(found) } else { Ok((cluster, found)) }
}

/// The one object that was read.
fn one<T>(read: (Cluster, Vec<Diagnostic>), of: impl Fn(Cluster) -> Vec<T>) -> Refused<T> {
    let (cluster, found) = checked(read)?;
    of(cluster).pop().ok_or(found)
}

#[cfg(test)]
mod tests;
