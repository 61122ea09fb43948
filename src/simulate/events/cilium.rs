//! Cilium, as [`replay`](super::replay) sees it.

use super::{Change, Controller};
use crate::cilium::{CiliumConfig, CiliumVersion};
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::manifest::Object;
use crate::simulate::cilium::{Engine, Event, Options};
use crate::simulate::codes;
use crate::simulate::decision::Decision;

/// Cilium with its state.
pub struct Cilium {
    engine: Engine,
    version: CiliumVersion,
}

impl Cilium {
    /// Cilium after its start.
    pub fn new(config: &CiliumConfig, cluster: &Cluster, options: &Options) -> Self {
        Self { engine: Engine::new(config, cluster, options), version: config.version }
    }

    fn tell(&mut self, event: Event) -> Result<(), String> {
        self.engine.apply(event).map_err(|error| error.to_string())
    }
}

impl Controller for Cilium {
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
            // Pools select Services by their own labels and their namespace's name.
            Change::NamespaceApplied(_) | Change::NamespaceDeleted(_) => return Ok(()),
        })
    }

    fn configure(
        &mut self,
        objects: &[Object],
        _cluster: &Cluster,
        is_changed: bool,
    ) -> Vec<Diagnostic> {
        // Settings are read at the start, and the engine keeps them.
        let resources: Vec<Object> =
            objects.iter().filter(|object| object.group() == "cilium.io").cloned().collect();
        let (config, mut found) = CiliumConfig::read(&resources, None, self.version);
        if is_changed
            && !found.iter().any(Diagnostic::is_error)
            && let Err(message) = self.tell(Event::ConfigChanged(Box::new(config)))
        {
            found.push(Diagnostic::error(codes::NOT_THERE, message));
        }
        found
    }

    fn decision(&self) -> Decision {
        self.engine.decision()
    }
}
