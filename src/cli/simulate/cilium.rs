//! `simulate cilium`.

use super::super::cilium::helm_values;
use super::super::{Console, InputArgs, Loaded};
use super::SimulateArgs;
use crate::cilium::CiliumConfig;
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::report::decision;
use crate::simulate::cilium::{Options, simulate};
use crate::simulate::codes;

/// What is to be printed; `None` where the input is refused, for one of the
/// reasons in `found`.
pub(super) fn run(
    args: &SimulateArgs,
    input: &InputArgs,
    loaded: &mut Loaded,
    console: &Console<'_>,
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
    let options = Options { max_outcomes: args.max_outcomes.get() };
    let decided = simulate(&config, &cluster, &options);
    if let Some(reason) = &decided.config_error {
        found.push(crash(reason));
        return None;
    }
    Some(decision::render(&decided, args.format(console)))
}

/// The operator does not survive the configuration.
fn crash(reason: &str) -> Diagnostic {
    Diagnostic::error(codes::OPERATOR_CRASHES, format!("Cilium decides nothing: {reason}"))
}
