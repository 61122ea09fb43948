//! Services that MetalLB leaves without an address, and that are to stay so.

use super::patches::{MAX_NAMED, label_commands};
use crate::cluster::Service;
use crate::convert::words::list;
use crate::convert::{Context, NO_POOL, POOL_LABEL, ServicePatch, codes};
use crate::diagnostic::Diagnostic;

/// Says which they are; with `--keep-pending`, the label that keeps them out of
/// every pool.
pub(super) fn convert(context: &mut Context<'_>) -> Vec<ServicePatch> {
    let options = context.options;
    let services = context.cluster.services.iter();
    let pending: Vec<(&Service, &str)> = services
        .filter_map(|service| Some((service, options.pending.get(&service.key)?.as_str())))
        .collect();
    if pending.is_empty() {
        return vec![];
    }
    context.found.push(say(&pending, options.keep_pending));
    if !options.keep_pending {
        return vec![];
    }
    pending.into_iter().map(|(service, why)| patch(service, why)).collect()
}

fn patch(service: &Service, why: &str) -> ServicePatch {
    let mut patch = ServicePatch::new(&service.key);
    patch.labels.insert(POOL_LABEL.to_owned(), NO_POOL.to_owned());
    let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
    patch.comments.push(format!("MetalLB leaves it without an address{why}; so does Cilium."));
    patch
}

fn say(pending: &[(&Service, &str)], kept: bool) -> Diagnostic {
    let names: Vec<String> = pending.iter().map(|(service, _)| service.key.to_string()).collect();
    let names = list(names.iter().map(String::as_str));
    let mut diagnostic = if kept {
        Diagnostic::note(
            codes::PENDING,
            format!(
                "MetalLB gives no address to {names}; with the label {POOL_LABEL}={NO_POOL}, set \
                 before the pools are applied, Cilium gives none either"
            ),
        )
        .help(format!(
            "set it with --emit services, or:\n{}",
            label_commands(pending.iter().map(|(service, _)| *service), NO_POOL)
        ))
    } else {
        Diagnostic::note(codes::PENDING, format!("MetalLB gives no address to {names}"))
            .help("--keep-pending keeps them from getting one of Cilium's pools by accident")
    };
    for (service, why) in pending.iter().take(MAX_NAMED) {
        let text = if why.is_empty() { "has no address" } else { why };
        diagnostic = diagnostic.label(service.origin.span("metadata.name"), text);
    }
    diagnostic
}
