//! `check`: pre-flight before the cut-over, and what is left after it.

use std::net::IpAddr;
use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};

use super::cilium::{self, TranslationArgs};
use super::configuration;
use super::{Console, Exit, InputArgs, Loaded, MetallbArgs, assumed, codes, from_cluster, load};
use crate::check::{self, Before};
use crate::diagnostic::Diagnostic;
use crate::manifest::Object;
use crate::plan;
use crate::plan::Situation;
use crate::report::check::{Before as BeforeCutOver, Format, Looked, render};
use crate::verify::{self, Compared};

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
    /// Ask the API server whether you have each right that the cut-over needs, by
    /// SelfSubjectAccessReviews: they are posted and kept nowhere
    #[arg(long, requires = "from_cluster", conflicts_with = "after")]
    pub ask_rights: bool,
    /// Format of the findings
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: CheckFormat,
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
  And may you do what the scripts of `plan` will do?
    metallb2cilium check --from-cluster --ask-rights
  From files, with the Helm values that Cilium will have:
    metallb2cilium check -f cluster.yaml --cilium-values values.yaml
  Is everything of MetalLB gone?
    metallb2cilium check --from-cluster --after

Without --ask-rights nothing but get and list is sent; the commands that ask for each
right are printed instead. (--error-format and -o json list them, too.)

Exit status: 0 nothing to object; 1 findings; 2 refused.";

/// How findings are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
    /// Markdown, for a comment on a change
    Markdown,
    /// A SARIF 2.1.0 log, a result for each finding
    Sarif,
    /// JUnit XML, a test case for each finding
    Junit,
    /// Annotations of GitHub Actions at the lines of the findings, no more of
    /// each level than GitHub shows of a step
    Github,
}

impl CheckFormat {
    fn format(self, console: &Console<'_>) -> Format {
        match self {
            Self::Text => {
                Format::Text { style: console.output_style(), quiet: console.common.quiet }
            }
            Self::Json => Format::Json,
            Self::Markdown => Format::Markdown,
            Self::Sarif => Format::Sarif,
            Self::Junit => Format::Junit,
            Self::Github => Format::Github,
        }
    }
}

/// Checks.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(
    args: CheckArgs,
    mut input: InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    input.cluster.with_addresses = !args.after;
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
        Some(Looked { found: check::after(&loaded.manifests.objects), before: None })
    } else {
        before(&args, &input, &mut loaded, &mut said)
    };
    let found = match found {
        Some(looked) if args.ask_rights && !said.iter().any(Diagnostic::is_error) => {
            ask(looked, &input, &mut said)?
        }
        other => other,
    };
    let sources = &loaded.manifests.sources;
    let Some(found) = found.filter(|_| !said.iter().any(Diagnostic::is_error)) else {
        console.report(&said, sources)?;
        return Ok(Exit::Refused);
    };
    console.print(&render(&found, sources, args.output.format(console)))?;
    console.report(&said, sources)?;
    Ok(if found.objects() { Exit::Findings } else { Exit::Done })
}

/// Adds the rights that are missing to what was found; `None` where they could not be
/// asked for.
fn ask(
    mut looked: Looked,
    input: &InputArgs,
    said: &mut Vec<Diagnostic>,
) -> anyhow::Result<Option<Looked>> {
    let Some(before) = &mut looked.before else { return Ok(Some(looked)) };
    let Some(denied) = from_cluster::denied(&input.cluster, &before.rights, said)? else {
        return Ok(None);
    };
    before.asked = true;
    looked.found.extend(denied.iter().map(|right| {
        let place = match right.namespace.as_str() {
            "" => "all namespaces".to_owned(),
            namespace => format!("namespace {namespace}"),
        };
        let part = match right.subresource.as_str() {
            "" => right.name(),
            part => format!("{} ({part})", right.name()),
        };
        let message = format!("you may not {} {part} in {place}", right.verb);
        Diagnostic::error(check::codes::RIGHT_NEEDED, message).help(right.command())
    }));
    Ok(Some(looked))
}

/// The pre-flight; `None` where the input is refused, for one of the reasons in
/// `said`.
fn before(
    args: &CheckArgs,
    input: &InputArgs,
    loaded: &mut Loaded,
    said: &mut Vec<Diagnostic>,
) -> Option<Looked> {
    let values = cilium::helm_values(input, loaded, said);
    let values = values.as_deref();
    let missing = args.translation.allow_missing_secrets;
    let mut metallb = configuration::metallb(loaded, &args.metallb, missing, said)?;
    if !said.iter().any(Diagnostic::is_error)
        && let Some(nothing) = configuration::nothing(&metallb.config)
    {
        said.push(nothing);
        return None;
    }
    assumed::complete(&mut metallb);
    let translated = cilium::translate(&args.translation, input, values, loaded, &metallb, said)?;
    loaded.progress.doing("checking");
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
    found.extend(plan::announced_otherwise(objects, &configuration::decided(&metallb)));
    found.extend(plan::awake(objects));
    let unknown = check::unknown(&before);
    let rights = rights(&translated, &metallb, objects);
    Some(Looked { found, before: Some(BeforeCutOver { unknown, rights, asked: false }) })
}

/// The rights that the steps of a plan for this cluster would need.
fn rights(
    translated: &cilium::Translated,
    metallb: &configuration::MetalLb,
    objects: &[Object],
) -> Vec<plan::Right> {
    let speakers = cilium::speakers(&metallb.runs);
    let outcomes = NonZeroUsize::new(configuration::MAX_OUTCOMES).unwrap_or(NonZeroUsize::MIN);
    let question = cilium::question(metallb, &speakers, outcomes);
    let side = cilium::own(translated, &metallb.cluster);
    let compared = Compared {
        title: "Cilium",
        config: &side.config,
        cluster: &side.cluster,
        there: Some(translated.existing()),
    };
    // Where Cilium's operator would crash there is nothing to plan.
    let Ok(report) = verify::verify(&question, &compared, &[], false) else { return vec![] };
    let situation = Situation {
        config: &metallb.config,
        cluster: &metallb.cluster,
        objects,
        conversion: &translated.conversion,
        report: &report,
        mode: metallb.runs.mode,
        speaker_nodes: metallb.runs.speaker_nodes.as_ref(),
        settings: translated.settings(),
        accepted: &[],
        pools_per_wave: 1,
    };
    plan::draft(&situation).map_or(vec![], |plan| plan::rights(&plan).into_iter().collect())
}
