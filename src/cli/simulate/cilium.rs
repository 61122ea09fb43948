//! `simulate cilium`.

use super::super::cilium::helm_values;
use super::super::{InputArgs, Loaded};
use super::{SimulateArgs, events, unknown_service};
use crate::cilium::CiliumConfig;
use crate::cluster::{Cluster, ServiceKey};
use crate::diagnostic::Diagnostic;
use crate::report::decision::{self, Explained, ExplainedStep, Format};
use crate::simulate::cilium::{Options, explain, simulate};
use crate::simulate::decision::{Engine, crash};
use crate::simulate::events as history;

/// What is to be printed; `None` where the input is refused, for one of the
/// reasons in `found`.
pub(super) fn run(
    args: &SimulateArgs,
    input: &InputArgs,
    loaded: &mut Loaded,
    steps: Option<&[history::Step]>,
    format: Format,
    found: &mut Vec<Diagnostic>,
) -> Option<String> {
    let values = helm_values(input, loaded, found);
    let objects = &loaded.manifests.objects;
    let (config, of_config) = CiliumConfig::read(objects, values.as_deref(), input.cilium_version);
    let (cluster, of_cluster) = Cluster::read(objects);
    found.extend(of_config);
    found.extend(of_cluster);
    if found.iter().any(Diagnostic::is_error) {
        return None;
    }
    loaded.progress.doing("simulating Cilium");
    let options = Options { max_outcomes: args.max_outcomes.get() };
    if let Some(service) = &args.explain {
        return explained(&config, &cluster, service, format, found);
    }
    let decided = simulate(&config, &cluster, &options);
    if let Some(reason) = &decided.config_error {
        found.push(crash(reason));
        return None;
    }
    if let Some(steps) = steps {
        let controller = history::Cilium::new(&config, &cluster, &options);
        return events::replay(loaded, &cluster, controller, steps, format, found);
    }
    Some(decision::render(&decided, format))
}

fn explained(
    config: &CiliumConfig,
    cluster: &Cluster,
    service: &ServiceKey,
    format: Format,
    found: &mut Vec<Diagnostic>,
) -> Option<String> {
    let Some(explanation) = explain(config, cluster, service) else {
        found.push(unknown_service(service, cluster));
        return None;
    };
    let steps = explanation.steps.into_iter();
    let explained = Explained {
        engine: Engine::Cilium,
        service: explanation.service.to_string(),
        steps: steps.map(|step| ExplainedStep { text: step.to_string(), step }).collect(),
    };
    Some(explained.render(format))
}
