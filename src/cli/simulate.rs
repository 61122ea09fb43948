//! `simulate`: what a controller decides.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Console, Exit, InputArgs, Loaded, MetallbArgs, load};
use crate::cluster::{Cluster, ServiceKey};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Node, Object, closest};
use crate::report::decision::Format;
use crate::simulate::codes;

mod cilium;
mod events;
mod metallb;
mod unfilled;

/// The options of `simulate`.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct SimulateArgs {
    /// Whose decisions
    #[arg(value_enum)]
    pub engine: Engine,
    /// Format of the decision
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: DecisionFormat,
    /// Stop after so many possible outcomes
    #[arg(long, value_name = "N", default_value = "64")]
    pub max_outcomes: std::num::NonZeroUsize,
    /// Replay what happens after the start, as schemas/events.json describes it
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub events: Option<PathBuf>,
    /// Say step by step why this Service is decided so
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = service_key)]
    #[arg(conflicts_with = "events")]
    pub explain: Option<ServiceKey>,
    /// How MetalLB runs.
    #[command(flatten)]
    pub metallb: MetallbArgs,
}

const EXAMPLES: &str = "\
Examples:
  Which address does each Service get, and from which nodes?
    kubectl get -A -o yaml services,nodes,endpointslices > cluster.yaml
    metallb2cilium simulate metallb -f metallb/ -f cluster.yaml
  The same once Cilium decides:
    metallb2cilium simulate cilium -f cilium.yaml -f cluster.yaml -o json
  The same as a page to look at:
    metallb2cilium simulate cilium -f cilium.yaml -f cluster.yaml -o html > cilium.html
  Why does one Service get no address?
    metallb2cilium simulate metallb -f all.yaml --explain shop/web
  What happens when a node fails, and then comes back?
    metallb2cilium simulate metallb -f all.yaml --events failure.yaml

Exit status: 0 done, 2 refused.";

/// The controllers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// MetalLB's controller and speakers
    Metallb,
    /// Cilium's operator and agents
    Cilium,
}

/// How a decision is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DecisionFormat {
    /// For people
    #[default]
    Table,
    /// The form of the golden scenarios
    Json,
    /// The same in YAML
    Yaml,
    /// Markdown, for a comment on a change
    Markdown,
    /// A page for a browser, which needs no network
    Html,
}

impl SimulateArgs {
    /// How results are written.
    fn format(&self, console: &Console<'_>) -> Format {
        match self.output {
            DecisionFormat::Table => Format::Table(console.output_style()),
            DecisionFormat::Json => Format::Json,
            DecisionFormat::Yaml => Format::Yaml,
            DecisionFormat::Markdown => Format::Markdown,
            DecisionFormat::Html => Format::Html,
        }
    }
}

/// `NAMESPACE/NAME`.
fn service_key(text: &str) -> Result<ServiceKey, String> {
    match text.split_once('/') {
        Some((namespace, name))
            if !namespace.is_empty() && !name.is_empty() && !name.contains('/') =>
        {
            Ok(ServiceKey { namespace: namespace.to_owned(), name: name.to_owned() })
        }
        _ => Err("expected NAMESPACE/NAME".to_owned()),
    }
}

/// Simulates.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(
    args: SimulateArgs,
    input: InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let Some(mut loaded) = load(&input, console)? else { return Ok(Exit::Refused) };
    let mut found = std::mem::take(&mut loaded.manifests.diagnostics);
    // Everything is computed before the first byte is printed: what is refused
    // prints nothing.
    let text = text(&args, &input, &mut loaded, args.format(console), &mut found);
    let refused = found.iter().any(Diagnostic::is_error);
    let text = text.filter(|_| !refused);
    if let Some(text) = &text {
        console.stdout.write_all(text.as_bytes())?;
    }
    console.report(&found, &loaded.manifests.sources)?;
    Ok(if text.is_some() { Exit::Done } else { Exit::Refused })
}

/// What is to be printed; `None` where something is refused, for one of the reasons
/// in `found`.
fn text(
    args: &SimulateArgs,
    input: &InputArgs,
    loaded: &mut Loaded,
    format: Format,
    found: &mut Vec<Diagnostic>,
) -> Option<String> {
    let steps = match &args.events {
        Some(path) => Some(events::read(path, input, loaded, found)?),
        None => None,
    };
    let of_steps = steps.iter().flatten().flat_map(|step| step.apply.iter().map(|(_, o)| o));
    let objects = loaded.manifests.objects.iter().chain(of_steps);
    found.extend(unfilled::all_unfilled(objects, &loaded.manifests.sources));
    let of_steps = steps.iter().flatten().flat_map(|step| step.apply.iter().map(|(_, o)| o));
    found.extend(nothing_at_hand(loaded.manifests.objects.iter().chain(of_steps)));
    match args.engine {
        Engine::Metallb => metallb::run(args, loaded, steps.as_deref(), format, found),
        Engine::Cilium => cilium::run(args, input, loaded, steps.as_deref(), format, found),
    }
}

/// Says which objects are missing without which nothing is announced.
fn nothing_at_hand<'o>(objects: impl Iterator<Item = &'o Object>) -> Option<Diagnostic> {
    let (mut services, mut nodes, mut endpoints) = (false, false, false);
    for object in objects {
        match object.kind.as_str() {
            "Service" => {
                let spec = object.node.get("spec").and_then(|spec| spec.get("type"));
                services |= spec.and_then(Node::as_str) == Some("LoadBalancer");
            }
            "Node" => nodes = true,
            "EndpointSlice" => endpoints = true,
            _ => {}
        }
    }
    let missing = match (nodes, endpoints) {
        (true, true) => return None,
        (true, false) => "no EndpointSlice is in the input: no Service has an endpoint",
        (false, true) => "no Node is in the input: nobody announces anything",
        (false, false) => "neither Nodes nor EndpointSlices are in the input: nobody announces",
    };
    services.then(|| {
        Diagnostic::note(codes::NOTHING_AT_HAND, missing)
            .help("add them: kubectl get -A -o yaml services,endpointslices,nodes,namespaces")
    })
}

/// `--explain` names a Service that is not there.
fn unknown_service(service: &ServiceKey, cluster: &Cluster) -> Diagnostic {
    let names: Vec<String> = cluster.services.iter().map(|known| known.key.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let message = format!("there is no Service {service} in the input");
    let diagnostic = Diagnostic::error(codes::UNKNOWN_SERVICE, message);
    match closest(&service.to_string(), &names) {
        Some(close) => diagnostic.help(format!("did you mean {close}?")),
        None if names.is_empty() => {
            diagnostic.help("add the Services: kubectl get -A -o yaml services")
        }
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_named_with_its_namespace() {
        assert_eq!(service_key("shop/web").unwrap().to_string(), "shop/web");
        for text in ["web", "/web", "shop/", "a/b/c", ""] {
            assert!(service_key(text).is_err(), "{text}");
        }
    }
}
