//! `diff`: what applying the conversion would change.

use clap::{Args, ValueEnum};

use super::cilium::{self, AgainstArgs, TranslationArgs};
use super::configuration;
use super::{Console, Exit, InputArgs, Loaded, MetallbArgs, assumed, load};
use crate::diagnostic::Diagnostic;
use crate::diff::{self, ObjectChange};
use crate::report::diff::{Differences, Format, render};
use crate::simulate::decision::crash;
use crate::verify::{self, Compared, Report};

/// The options of `diff`.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
#[command(mut_arg("against", |arg| arg.required(true).help(AGAINST)))]
pub struct DiffArgs {
    /// Format of the differences
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: DiffFormat,
    /// What is compared with.
    #[command(flatten)]
    pub against: AgainstArgs,
    /// Only a change of meaning makes the status 1
    #[arg(long)]
    pub semantic: bool,
    /// How many possible outcomes of each side are compared
    #[arg(long, value_name = "N", default_value = "1024")]
    pub max_outcomes: std::num::NonZeroUsize,
    /// How the input is converted.
    #[command(flatten)]
    pub translation: TranslationArgs,
    /// How MetalLB runs.
    #[command(flatten)]
    pub metallb: MetallbArgs,
}

const AGAINST: &str = "Cilium's resources that are there, a file or directory; may be repeated";

const EXAMPLES: &str = "\
Examples:
  What would applying the conversion change?
    metallb2cilium diff -f metallb/ --against cilium/
  The same against what runs in the cluster, and for its Services:
    kubectl get -o yaml ciliumloadbalancerippools,ciliuml2announcementpolicies,\\
    ciliumbgpclusterconfigs,ciliumbgppeerconfigs,ciliumbgpadvertisements \\
      > there.yaml
    metallb2cilium diff -f metallb/ -f cluster.yaml --against there.yaml
  In CI: fail only when it would mean something else:
    metallb2cilium diff -f metallb/ -f cluster.yaml --against cilium/ --semantic

Passwords are never shown, only whether they differ. Meaning is compared for the
Services and Nodes at hand only.

Exit status: 0 same; 1 different; 2 refused.";

/// How differences are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// A unified diff, and its meaning in words
    #[default]
    Text,
    /// One JSON object
    Json,
    /// Markdown, for a comment on a change
    Markdown,
    /// A SARIF 2.1.0 log, a result for each object and each difference in meaning
    Sarif,
    /// JUnit XML, a test case for each object that changes, each Service and session
    Junit,
    /// Annotations of GitHub Actions at the lines of objects and differences, no
    /// more of each level than GitHub shows of a step
    Github,
}

/// Compares.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(
    args: DiffArgs,
    input: InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let Some(mut loaded) = load(&input, console)? else { return Ok(Exit::Refused) };
    let mut found = std::mem::take(&mut loaded.manifests.diagnostics);
    let compared = compared(&args, &input, &mut loaded, &mut found)?;
    let refused = found.iter().any(Diagnostic::is_error);
    let sources = &loaded.manifests.sources;
    let Some((changes, meaning)) = compared.filter(|_| !refused) else {
        console.report(&found, sources)?;
        return Ok(Exit::Refused);
    };
    let format = match args.output {
        DiffFormat::Text => Format::Text(console.output_style()),
        DiffFormat::Json => Format::Json,
        DiffFormat::Markdown => Format::Markdown,
        DiffFormat::Sarif => Format::Sarif,
        DiffFormat::Junit => Format::Junit,
        DiffFormat::Github => Format::Github,
    };
    let differences = Differences { changes: &changes, meaning: &meaning, semantic: args.semantic };
    console.print(&render(differences, sources, format))?;
    console.report(&found, sources)?;
    Ok(if differences.count() { Exit::Findings } else { Exit::Done })
}

/// The objects that change and what that means; `None` where the input is refused,
/// for one of the reasons in `found`.
fn compared(
    args: &DiffArgs,
    input: &InputArgs,
    loaded: &mut Loaded,
    found: &mut Vec<Diagnostic>,
) -> anyhow::Result<Option<(Vec<ObjectChange>, Report)>> {
    let values = cilium::helm_values(input, loaded, found);
    let values = values.as_deref();
    let given = cilium::given(&args.against, input, values, loaded, found);
    let missing = args.translation.allow_missing_secrets;
    let metallb = configuration::metallb(loaded, &args.metallb, missing, found);
    let (Some(given), Some(mut metallb)) = (given, metallb) else { return Ok(None) };
    if !found.iter().any(Diagnostic::is_error)
        && let Some(nothing) = configuration::nothing(&metallb.config)
    {
        found.push(nothing);
        return Ok(None);
    }
    let completed = assumed::complete(&mut metallb);
    found.extend(crate::simulate::metallb::unfilled_addresses(&metallb.config));
    let translated = cilium::translate(&args.translation, input, values, loaded, &metallb, found);
    let Some(translated) = translated else { return Ok(None) };
    if found.iter().any(Diagnostic::is_error) {
        return Ok(None);
    }
    loaded.progress.doing("comparing what both decide");
    let changes = diff::objects(given.config(), given.beside(), &translated.conversion)?;
    let mut applied = cilium::own(&translated, &metallb.cluster);
    let there = cilium::against(given, &translated, &metallb.cluster);
    let assumptions = there.assumptions.clone();
    // Applying resources changes no settings.
    applied.config.settings = there.config.settings.clone();
    let speakers = cilium::speakers(&metallb.runs);
    let question = cilium::question(&metallb, &speakers, args.max_outcomes);
    let there =
        Compared { title: "there", config: &there.config, cluster: &there.cluster, there: None };
    let applied = Compared {
        title: "conversion",
        config: &applied.config,
        cluster: &applied.cluster,
        there: None,
    };
    match verify::change_of_meaning(&question, &there, &applied) {
        Ok(mut meaning) => {
            meaning.assumptions = completed;
            meaning.assumptions.extend(assumptions);
            Ok(Some((changes, meaning)))
        }
        Err(reason) => {
            found.push(crash(&reason));
            Ok(None)
        }
    }
}
