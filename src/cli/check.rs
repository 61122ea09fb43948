//! `check`: pre-flight before the cut-over, and what is left after it.

use std::net::IpAddr;

use clap::Args;

use super::cilium::{self, TranslationArgs};
use super::configuration;
use super::explain::TextFormat;
use super::{Console, Exit, InputArgs, Loaded, MetallbArgs, codes, load};
use crate::check::{self, Before};
use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::Sources;
use crate::report::{self, Format};
use crate::{plan, simulate};

/// The options of `check`.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct CheckArgs {
    /// Look for what is left of MetalLB instead
    #[arg(long)]
    pub after: bool,
    /// An address of a router, which no pool may hold; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub gateway: Vec<IpAddr>,
    /// Format of the findings
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: TextFormat,
    /// How the input is converted.
    #[command(flatten)]
    pub translation: TranslationArgs,
    /// How MetalLB runs.
    #[command(flatten)]
    pub metallb: MetallbArgs,
}

const EXAMPLES: &str = "\
Examples:
  Is the cluster ready for the cut-over?
    metallb2cilium check --from-cluster --gateway 192.0.2.1
  From files, with the Helm values that Cilium will have:
    metallb2cilium check -f cluster.yaml --cilium-values values.yaml
  Is everything of MetalLB gone?
    metallb2cilium check --from-cluster --after

Exit status: 0 nothing to object; 1 findings; 2 refused.";

/// Checks.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(
    args: CheckArgs,
    input: InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let Some(mut loaded) = load(&input, console)? else { return Ok(Exit::Refused) };
    let mut said = std::mem::take(&mut loaded.manifests.diagnostics);
    let found = if said.iter().any(Diagnostic::is_error) {
        None
    } else if args.after && loaded.manifests.objects.is_empty() {
        // An empty input must not pass for a clean cluster.
        said.push(
            Diagnostic::error(codes::NO_INPUT, "there is nothing in the input to look at")
                .help("use --from-cluster, or give all that is left: kubectl get -A -o yaml …"),
        );
        None
    } else if args.after {
        Some(check::after(&loaded.manifests.objects))
    } else {
        before(&args, &input, &mut loaded, &mut said)
    };
    let sources = &loaded.manifests.sources;
    let Some(found) = found.filter(|_| !said.iter().any(Diagnostic::is_error)) else {
        console.report(&said, sources)?;
        return Ok(Exit::Refused);
    };
    console.print(&render(&found, sources, args.output, console)?)?;
    console.report(&said, sources)?;
    let objects = found.iter().any(|one| one.severity != Severity::Note);
    Ok(if objects { Exit::Findings } else { Exit::Done })
}

/// The pre-flight; `None` where the input is refused, for one of the reasons in
/// `said`.
fn before(
    args: &CheckArgs,
    input: &InputArgs,
    loaded: &mut Loaded,
    said: &mut Vec<Diagnostic>,
) -> Option<Vec<Diagnostic>> {
    let values = cilium::helm_values(input, loaded, said);
    let values = values.as_deref();
    let missing = args.translation.allow_missing_secrets;
    let mut metallb = configuration::metallb(loaded, &args.metallb, missing, said)?;
    if let Some(nothing) = configuration::nothing(&metallb.config) {
        said.push(nothing);
        return None;
    }
    cilium::complete(&mut metallb.cluster);
    let translated = cilium::translate(&args.translation, input, values, loaded, &metallb, said)?;
    let objects = &loaded.manifests.objects;
    let before = Before {
        config: &metallb.config,
        cluster: &metallb.cluster,
        objects,
        conversion: &translated.conversion,
        settings: translated.settings(),
        version: input.cilium_version,
        gateways: &args.gateway,
        lb_class: metallb.runs.lb_class.as_deref(),
    };
    let mut found = check::before(&before);
    let options = simulate::metallb::Options {
        lb_class: metallb.runs.lb_class.clone(),
        ignore_exclude_lb: metallb.runs.ignore_exclude_lb,
        speaker_nodes: metallb.runs.speaker_nodes.clone(),
        max_outcomes: MAX_OUTCOMES,
    };
    let decision = simulate::metallb::simulate(&metallb.config, &metallb.cluster, &options);
    found.extend(plan::announced_otherwise(objects, &decision));
    found.extend(plan::awake(objects));
    Some(found)
}

/// How many ways to decide are looked at.
const MAX_OUTCOMES: usize = 256;

fn render(
    found: &[Diagnostic],
    sources: &Sources,
    format: TextFormat,
    console: &Console<'_>,
) -> anyhow::Result<String> {
    Ok(match format {
        TextFormat::Json => {
            let lines = report::render(found, sources, &Format::Json);
            let findings: Vec<serde_json::Value> =
                lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
            report::json_text(&serde_json::json!({"findings": findings}))
        }
        TextFormat::Text => {
            let count = |severity: fn(&Severity) -> bool| {
                found.iter().filter(|one| severity(&one.severity)).count()
            };
            let errors = count(|severity| *severity == Severity::Error);
            let losses = count(|severity| matches!(severity, Severity::Lossy(_)));
            let mut text = report::render(found, sources, &Format::Human(console.output_style()));
            text.push_str(&match (errors, losses) {
                (0, 0) => "Nothing to object.\n".to_owned(),
                _ => format!("To be mended: {errors}; may cost traffic: {losses}.\n"),
            });
            text
        }
    })
}
