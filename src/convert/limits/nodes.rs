//! Nodes that MetalLB leaves out and Cilium does not.

use super::View;
use crate::convert::words::list;
use crate::convert::{Context, codes};
use crate::diagnostic::Diagnostic;

pub(super) fn say(context: &mut Context<'_>, view: &View<'_>) {
    let announces = !view.l2_groups.is_empty() || !view.bgp_groups.is_empty();
    if !announces {
        return;
    }
    let nodes = &context.cluster.nodes;
    let unavailable: Vec<_> = nodes.iter().filter(|node| node.network_unavailable).collect();
    let what = "Cilium does not look at the Node condition NetworkUnavailable, and announces from \
                such a Node all the same";
    let diagnostic = if unavailable.is_empty() {
        Diagnostic::assumption(
            codes::NETWORK_UNAVAILABLE,
            format_args!("no Node is touched: {what}"),
        )
    } else {
        let names = list(unavailable.iter().map(|node| node.name.as_str()));
        let noun = if unavailable.len() == 1 { "Node" } else { "Nodes" };
        let mut diagnostic =
            Diagnostic::lossy(codes::NETWORK_UNAVAILABLE, format!("{noun} {names}: {what}"));
        for node in &unavailable {
            diagnostic = diagnostic.label(node.origin.span("metadata.name"), "left out by MetalLB");
        }
        diagnostic
    };
    context.found.push(diagnostic.help("mend the Node's network, or cordon it off by a label"));
}
