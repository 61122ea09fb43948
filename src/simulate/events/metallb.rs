//! MetalLB, as [`replay`](super::replay) sees it.

use super::{Change, Controller};
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::manifest::Object;
use crate::metallb::{Config, Input, Options as Rules, Resources, validate};
use crate::simulate::codes;
use crate::simulate::decision::Decision;
use crate::simulate::metallb::{Engine, Event, Options, unfilled_addresses};

/// MetalLB with its state.
pub struct MetalLb<'a> {
    engine: Engine<'a>,
    input: Input<'a>,
    rules: Rules,
}

impl<'a> MetalLb<'a> {
    /// MetalLB after its start. What of `input` is no object stays as it is.
    pub fn new(
        config: &'a Config,
        cluster: &'a Cluster,
        options: &Options,
        input: Input<'a>,
        rules: Rules,
    ) -> Self {
        Self { engine: Engine::new(config, cluster, options), input, rules }
    }

    fn tell(&mut self, event: Event) -> Result<(), String> {
        self.engine.apply(event).map_err(|error| error.to_string())
    }
}

impl Controller for MetalLb<'_> {
    fn change(&mut self, change: Change) -> Result<(), String> {
        self.tell(match change {
            Change::ServiceApplied(service) => Event::ServiceApplied(service),
            Change::ServiceDeleted(key) => Event::ServiceDeleted(key),
            Change::EndpointsChanged { service, endpoints } => {
                Event::EndpointsChanged { service, endpoints }
            }
            Change::NodeApplied(node) => Event::NodeApplied(node),
            Change::NodeDeleted(name) => Event::NodeDeleted(name),
            Change::NodeFailed(name) => Event::NodeFailed(name),
            Change::NodeReturned(name) => Event::NodeReturned(name),
            Change::NamespaceApplied(namespace) => Event::NamespaceApplied(namespace),
            Change::NamespaceDeleted(name) => Event::NamespaceDeleted(name),
        })
    }

    fn configure(
        &mut self,
        objects: &[Object],
        cluster: &Cluster,
        is_changed: bool,
    ) -> Vec<Diagnostic> {
        let (resources, mut found) = Resources::read(&Input { objects, ..self.input });
        if found.iter().any(Diagnostic::is_error) {
            return found;
        }
        match validate(&resources, cluster, &self.rules) {
            Err(refused) => found.extend(refused),
            Ok(config) => {
                found.extend(unfilled_addresses(&config));
                if is_changed
                    && !found.iter().any(Diagnostic::is_error)
                    && let Err(message) = self.tell(Event::ConfigChanged(Box::new(config)))
                {
                    found.push(Diagnostic::error(codes::NOT_THERE, message));
                }
            }
        }
        found
    }

    fn decision(&self) -> Decision {
        self.engine.decision()
    }
}
