//! `rewrite`: a GitOps tree that asks MetalLB for things, edited in its place.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::cilium::{self, TranslationArgs};
use super::configuration;
use super::{Console, Exit, InputArgs, Loaded, MetallbArgs, assumed, codes};
use crate::convert::codes::SERVICES_NEED_LABEL;
use crate::convert::{Conversion, Part};
use crate::diagnostic::Diagnostic;
use crate::manifest::Sources;
use crate::metallb::Config;
use crate::report::manifests;
use crate::report::rewrite::{Format, hides_secrets, render};
use crate::rewrite::{
    self, Configuration, Options, Pools, Replacement, Request, Rewritten, Tree, What,
};

/// The options of `rewrite`.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct RewriteArgs {
    /// Files and directories of the tree, read with all that is in them
    #[arg(value_name = "PATH", required = true, value_hint = clap::ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Change the files, rather than show what would change
    #[arg(long)]
    pub write: bool,
    /// How changes are shown
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: RewriteFormat,
    /// Take MetalLB's annotations out where Cilium's are set
    #[arg(long)]
    pub remove_metallb: bool,
    /// Set `labels` beside `annotations` in Helm values, too
    #[arg(long)]
    pub labels_in_values: bool,
    /// Leave MetalLB's resources as they are: annotations and labels only
    #[arg(long)]
    pub keep_resources: bool,
    /// How the resources are converted.
    #[command(flatten)]
    pub translation: TranslationArgs,
    /// How MetalLB runs.
    #[command(flatten)]
    pub metallb: MetallbArgs,
}

const EXAMPLES: &str = "\
Examples:
  Show what would change in a tree, and then do it:
    metallb2cilium rewrite clusters/home
    metallb2cilium rewrite clusters/home --write
  Annotations of applications only; the pools are in another repository:
    metallb2cilium rewrite apps/ -f ../infra/metallb
  After the switch: take what was MetalLB's out:
    metallb2cilium rewrite clusters/home --remove-metallb --write

A tree is one cluster: of two pools of one name only one can be meant. Nothing
but the lines that are meant changes; what is left alone is named with its line.
What the kustomizations of the tree do to MetalLB's resources is done before they
are converted; where that is not possible the tree is refused.
Placeholders stay as they are unless --set or --env-file fills them in. The diff
is what `git apply` takes, but that passwords are not shown.

Exit status: 0 done; 2 refused.";

/// How changes are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum RewriteFormat {
    /// A unified diff, as `patch -p1` and `git apply` take it
    #[default]
    Diff,
    /// One JSON object
    Json,
}

/// Rewrites.
///
/// # Errors
/// A file or a stream that cannot be written to.
pub(super) fn run(
    args: RewriteArgs,
    input: InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    console.progress.doing("reading the tree");
    let mut tree = Tree::read(&args.paths, input.max_input.0);
    console.progress.doing("rewriting");
    let mut found = std::mem::take(&mut tree.diagnostics);
    let mut sources = tree.sources.clone();
    let rewritten = rewritten(&args, &input, &tree, &mut sources, &mut found, console)?;
    let refused = found.iter().any(Diagnostic::is_error);
    let Some(rewritten) = rewritten.filter(|_| !refused) else {
        console.report(&found, &sources)?;
        return Ok(Exit::Refused);
    };
    if args.write {
        rewrite::write(&rewritten.changes)?;
    }
    let format = match args.output {
        RewriteFormat::Diff => Format::Diff {
            style: console.output_style(),
            terminal: console.environment.stdout_is_terminal,
        },
        RewriteFormat::Json => Format::Json { written: args.write },
    };
    if !args.write || args.output == RewriteFormat::Json {
        console.print(&render(&rewritten.changes, format))?;
    }
    console.report(&found, &sources)?;
    if !args.write && hides_secrets(&rewritten.changes) {
        console
            .say("passwords are not shown: this diff is for reading, --write makes the changes")?;
    }
    console.say(&summary(&rewritten, tree.files.len(), args.write))?;
    Ok(Exit::Done)
}

fn summary(rewritten: &Rewritten, files: usize, written: bool) -> String {
    let count = |test: fn(&What) -> bool| {
        rewritten.changes.iter().filter(|change| test(&change.what)).count()
    };
    let changed = count(|what| matches!(what, What::Changed { .. }));
    let created = count(|what| matches!(what, What::Created { .. }));
    let removed = count(|what| matches!(what, What::Removed { .. }));
    let noun = if files == 1 { "file" } else { "files" };
    let [done, gone, new] = match written {
        true => ["changed", "removed", "written anew"],
        false => ["would change", "would go", "would be new"],
    };
    let created = if created == 0 { String::new() } else { format!(", {created} {new}") };
    format!("{files} {noun} read, {changed} {done}, {removed} {gone}{created}")
}

/// What changes; `None` where the tree is refused, for one of the reasons in `found`.
fn rewritten(
    args: &RewriteArgs,
    input: &InputArgs,
    tree: &Tree,
    sources: &mut Sources,
    found: &mut Vec<Diagnostic>,
    console: &mut Console<'_>,
) -> anyhow::Result<Option<Rewritten>> {
    let configuration = Configuration::read(tree);
    let (mut pools, mut replacements) = (Pools::default(), None);
    let beside = !input.filename.is_empty() || input.cluster.from_cluster;
    if !configuration.is_empty() || beside {
        let mut said = Vec::new();
        let converted = converted(args, input, tree, &configuration, sources, &mut said, console)?;
        let refused = converted.is_none() || said.iter().any(Diagnostic::is_error);
        if refused && args.keep_resources && !beside {
            // Pools of several clusters, say: nothing of them is needed here but to
            // know those that go by label.
            found.push(unknown_pools(&said));
        } else {
            found.append(&mut said);
            let Some((config, mut conversion)) = converted.filter(|_| !refused) else {
                return Ok(None);
            };
            pools = Pools::new(&config, &conversion);
            if !configuration.is_empty() && !args.keep_resources {
                // The labels are set where the Services stand.
                conversion.diagnostics.retain(|one| one.code != SERVICES_NEED_LABEL);
                found.append(&mut conversion.diagnostics);
                replacements = Some(replaced_by(&conversion)?);
            }
        }
    }
    if !args.keep_resources {
        found.extend(configuration.diagnostics.iter().cloned());
    }
    let mut rewritten = rewrite::rewrite(
        tree,
        &Request {
            options: Options {
                remove_metallb: args.remove_metallb,
                labels_in_values: args.labels_in_values,
            },
            pools: &pools,
            configuration: &configuration,
            replacements: replacements.as_deref(),
        },
    );
    found.append(&mut rewritten.diagnostics);
    Ok(Some(rewritten))
}

/// The configuration in the tree, or in `-f`, and what becomes of it.
fn converted(
    args: &RewriteArgs,
    input: &InputArgs,
    tree: &Tree,
    configuration: &Configuration,
    sources: &mut Sources,
    found: &mut Vec<Diagnostic>,
    console: &mut Console<'_>,
) -> anyhow::Result<Option<(Config, Conversion)>> {
    let mut loaded = Loaded::of_tree(&tree.sources, &configuration.nodes, input, console)?;
    found.append(&mut loaded.manifests.diagnostics);
    let missing = args.translation.allow_missing_secrets;
    let metallb = configuration::metallb(&loaded, &args.metallb, missing, found);
    let values = cilium::helm_values(input, &mut loaded, found);
    *sources = loaded.manifests.sources.clone();
    let Some(mut metallb) = metallb else { return Ok(None) };
    assumed::namespaces(&mut metallb);
    assumed::cluster_addresses(&mut metallb.cluster);
    let values = values.as_deref();
    let replaces = !configuration.is_empty() && !args.keep_resources;
    if replaces && metallb.config.pools.is_empty() {
        found.push(
            Diagnostic::error(
                codes::NOTHING_TO_CONVERT,
                "the tree has resources of MetalLB's and no address pool: what becomes of them \
                 is not known",
            )
            .help("give the pools with -f, or leave the resources as they are: --keep-resources"),
        );
        return Ok(None);
    }
    let translated = cilium::translate(&args.translation, input, values, &loaded, &metallb, found);
    Ok(translated.map(|translated| (metallb.config, translated.conversion)))
}

/// Cilium's resources, each with the place of the one that it replaces.
fn replaced_by(conversion: &Conversion) -> anyhow::Result<Vec<Replacement>> {
    let documents = conversion.documents(&[Part::Secrets, Part::Pools, Part::Bgp, Part::L2])?;
    let written = documents.into_iter().map(|document| {
        let yaml = manifests::yaml(&document)?;
        Ok(Replacement { source: document.source, yaml, object: document.object })
    });
    written.collect()
}

fn unknown_pools(said: &[Diagnostic]) -> Diagnostic {
    let why = said.iter().find(|one| one.is_error()).map(|one| one.message.as_str());
    Diagnostic::note(
        rewrite::codes::UNKNOWN_POOLS,
        format!(
            "the pools in the tree are not taken into account: {}",
            why.unwrap_or("they could not be read")
        ),
    )
    .help("name a tree of one cluster, or its pools with -f")
}
