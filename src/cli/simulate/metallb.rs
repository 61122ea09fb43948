//! `simulate metallb`.

use super::super::Loaded;
use super::super::configuration::{self, MetalLb};
use super::{SimulateArgs, events, unknown_service};
use crate::cluster::{Cluster, Service, ServiceKey, ServiceType};
use crate::diagnostic::Diagnostic;
use crate::metallb::{self, Config};
use crate::report::decision::{self, Explained, ExplainedStep, Format};
use crate::simulate::codes;
use crate::simulate::decision::Engine;
use crate::simulate::events::{self as history};
use crate::simulate::metallb::{Options, explain, simulate, unfilled_addresses};

/// What is to be printed; `None` where the input is refused, for one of the
/// reasons in `found`.
pub(super) fn run(
    args: &SimulateArgs,
    loaded: &Loaded,
    steps: Option<&[history::Step]>,
    format: Format,
    found: &mut Vec<Diagnostic>,
) -> Option<String> {
    let MetalLb { config, cluster, runs, .. } =
        configuration::metallb(loaded, &args.metallb, false, found)?;
    found.extend(unfilled_addresses(&config));
    found.extend(never_applied(&cluster));
    if found.iter().any(Diagnostic::is_error) {
        return None;
    }
    loaded.progress.doing("simulating MetalLB");
    let rules = metallb::Options { mode: runs.mode, allow_missing_secrets: false };
    let options = runs.simulated(args.max_outcomes.get());
    if let Some(service) = &args.explain {
        return explained(&config, &cluster, &options, service, format, found);
    }
    if let Some(steps) = steps {
        let input = configuration::metallb_input(loaded);
        let controller = history::MetalLb::new(&config, &cluster, &options, input, rules);
        return events::replay(loaded, &cluster, controller, steps, format, found);
    }
    Some(decision::render(&simulate(&config, &cluster, &options), format))
}

/// Says which Services MetalLB is never shown as they stand.
fn never_applied(cluster: &Cluster) -> Option<Diagnostic> {
    let services = cluster.services.iter();
    let without: Vec<&Service> = services
        .filter(|one| one.service_type == ServiceType::LoadBalancer && one.cluster_ips.is_empty())
        .collect();
    let first = without.first()?;
    let message = match without.len() {
        1 => format!("Service {} has no spec.clusterIP: MetalLB passes it over", first.key),
        count => format!("{count} Services have no spec.clusterIP: MetalLB passes them over"),
    };
    Some(
        Diagnostic::note(codes::NEVER_APPLIED, message)
            .label(first.origin.span("metadata.name"), "was never applied")
            .help("take Services from the cluster: kubectl get -A -o yaml services"),
    )
}

fn explained(
    config: &Config,
    cluster: &Cluster,
    options: &Options,
    service: &ServiceKey,
    format: Format,
    found: &mut Vec<Diagnostic>,
) -> Option<String> {
    let Some(explanation) = explain(config, cluster, options, service) else {
        found.push(unknown_service(service, cluster));
        return None;
    };
    let steps = explanation.steps.into_iter();
    let explained = Explained {
        engine: Engine::Metallb,
        service: explanation.service.to_string(),
        steps: steps.map(|step| ExplainedStep { text: step.to_string(), step }).collect(),
    };
    Some(explained.render(format))
}
