//! `simulate metallb`.

use super::super::configuration::{self, MetalLb, Runs};
use super::super::{Console, Loaded};
use super::SimulateArgs;
use crate::diagnostic::Diagnostic;
use crate::report::decision;
use crate::simulate::metallb::{Options, simulate, unfilled_addresses};

/// What is to be printed; `None` where the input is refused, for one of the
/// reasons in `found`.
pub(super) fn run(
    args: &SimulateArgs,
    loaded: &Loaded,
    console: &Console<'_>,
    found: &mut Vec<Diagnostic>,
) -> Option<String> {
    let MetalLb { config, cluster, runs, .. } =
        configuration::metallb(loaded, &args.metallb, false, found)?;
    found.extend(unfilled_addresses(&config));
    if found.iter().any(Diagnostic::is_error) {
        return None;
    }
    let options = options(args, runs);
    let format = args.format(console);
    Some(decision::render(&simulate(&config, &cluster, &options), format))
}

fn options(args: &SimulateArgs, runs: Runs) -> Options {
    Options {
        lb_class: runs.lb_class,
        ignore_exclude_lb: runs.ignore_exclude_lb,
        speaker_nodes: runs.speaker_nodes,
        max_outcomes: args.max_outcomes.get(),
    }
}
