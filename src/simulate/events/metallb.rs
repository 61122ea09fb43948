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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Manifests, Sources, Substitutions};

    const POOL: &str = "{apiVersion: metallb.io/v1beta1, kind: IPAddressPool, metadata: \
                        {name: p, namespace: metallb-system}, spec: {addresses: [RANGE]}}";
    const SERVICE: &str = "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: ns}, \
                           spec: {type: LoadBalancer, clusterIP: 10.96.0.1, clusterIPs: \
                           [10.96.0.1], ports: [{port: 80}]}}";

    fn pool(range: &str) -> Vec<Object> {
        Manifests::from_text("p.yaml", POOL.replace("RANGE", range)).objects
    }

    /// MetalLB reads its resources anew where they changed, and only if they are good.
    #[test]
    fn resources_are_taken_over_where_they_changed_and_are_good() {
        let (sources, substitutions) = (Sources::default(), Substitutions::default());
        let before = pool("10.0.0.1-10.0.0.9");
        let input = Input {
            objects: &before,
            untyped: &[],
            sources: &sources,
            substitutions: &substitutions,
        };
        let (cluster, _) = Cluster::read(&Manifests::from_text("s.yaml", SERVICE).objects);
        let (resources, _) = Resources::read(&input);
        let config = validate(&resources, &cluster, &Rules::default()).unwrap();
        let options = Options::default();
        let mut metallb = MetalLb::new(&config, &cluster, &options, input, Rules::default());
        for (range, is_changed, refused, ip) in [
            ("10.0.1.1-10.0.1.9", false, false, "10.0.0.1"),
            ("10.0.1.9-10.0.1.1", true, true, "10.0.0.1"),
            ("10.0.1.1-10.0.1.9", true, false, "10.0.1.1"),
        ] {
            let found = metallb.configure(&pool(range), &cluster, is_changed);
            assert_eq!(found.iter().any(Diagnostic::is_error), refused, "{found:?}");
            assert_eq!(metallb.decision().outcomes[0].services["ns/s"].ips[0].to_string(), ip);
        }
    }
}
