//! Cilium, as [`replay`](super::replay) sees it.

use super::Controller;
use crate::cilium::{CiliumConfig, CiliumVersion};
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::manifest::Object;
use crate::simulate::change::{Change, ChangeError};
use crate::simulate::cilium::{Engine, Options};
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
}

impl Controller for Cilium {
    fn change(&mut self, change: Change) -> Result<(), ChangeError> {
        self.engine.apply(change)
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
        let (config, found) = CiliumConfig::read(&resources, None, self.version);
        if is_changed && !found.iter().any(Diagnostic::is_error) {
            self.engine.reconfigure(config);
        }
        found
    }

    fn decision(&self) -> Decision {
        self.engine.decision()
    }
}
