//! MetalLB, as [`replay`](super::replay) sees it.

use super::Controller;
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::manifest::Object;
use crate::metallb::{Config, Input, Options as Rules, Resources, validate};
use crate::simulate::change::{Change, ChangeError};
use crate::simulate::decision::Decision;
use crate::simulate::metallb::{Engine, Options, unfilled_addresses};

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
}

impl Controller for MetalLb<'_> {
    fn change(&mut self, change: Change) -> Result<(), ChangeError> {
        self.engine.apply(change)
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
                if is_changed && !found.iter().any(Diagnostic::is_error) {
                    self.engine.reconfigure(config);
                }
            }
        }
        found
    }

    fn decision(&self) -> Decision {
        self.engine.decision()
    }
}
