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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifests;

    fn pool(cidr: &str) -> Vec<Object> {
        let text = format!(
            "{{apiVersion: cilium.io/v2, kind: CiliumLoadBalancerIPPool, metadata: {{name: p}}, \
             spec: {{blocks: [{{cidr: {cidr}}}]}}}}"
        );
        Manifests::from_text("p.yaml", text).objects
    }

    #[test]
    fn resources_are_taken_over_where_they_changed_and_are_good() {
        let service = "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: ns}, \
                       spec: {type: LoadBalancer, ports: [{port: 80}]}}";
        let (cluster, _) = Cluster::read(&Manifests::from_text("s.yaml", service).objects);
        let version = CiliumVersion::default();
        let (config, _) = CiliumConfig::read(&pool("10.0.0.0/24"), None, version);
        let mut cilium = Cilium::new(&config, &cluster, &Options::default());
        for (cidr, is_changed, refused, ip) in [
            ("10.0.1.0/24", false, false, "10.0.0.0"),
            ("[]", true, true, "10.0.0.0"),
            ("10.0.1.0/24", true, false, "10.0.1.0"),
        ] {
            let found = cilium.configure(&pool(cidr), &cluster, is_changed);
            assert_eq!(found.iter().any(Diagnostic::is_error), refused, "{found:?}");
            assert_eq!(cilium.decision().outcomes[0].services["ns/s"].ips[0].to_string(), ip);
        }
    }
}
