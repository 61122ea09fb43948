//! `plan`: the runbook of the cut-over, or of the way back.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::cilium::{self, TranslationArgs};
use super::{Console, Exit, InputArgs, Loaded, MetallbArgs, load};
use super::{accept, assumed, configuration};
use crate::diagnostic::Diagnostic;
use crate::plan::{self, FileContent, Plan, Situation};
use crate::report::manifests;
use crate::report::plan::{Format, render};
use crate::report::wrap;
use crate::simulate::{self, decision::crash};
use crate::verify::{self, Compared, Report};

/// The options of `plan`.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct PlanArgs {
    /// Format of the runbook
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: RunbookFormat,
    /// Write the runbook, the manifests and a script for each step into DIR
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// Plan the way back to this snapshot from where the cluster stands
    #[arg(long, value_name = "SNAPSHOT", value_hint = clap::ValueHint::FilePath)]
    #[arg(conflicts_with = "accept")]
    pub rollback: Option<PathBuf>,
    /// Plan although a loss of this code touches traffic; may be repeated
    #[arg(long, value_name = "CODE")]
    pub accept: Vec<String>,
    /// How many pools move at once on L2
    #[arg(long, value_name = "N", default_value = "1")]
    pub pools_per_wave: NonZeroUsize,
    /// How many possible outcomes of each controller are compared
    #[arg(long, value_name = "N", default_value = "1024")]
    pub max_outcomes: NonZeroUsize,
    /// How the input is converted.
    #[command(flatten)]
    pub translation: TranslationArgs,
    /// How MetalLB runs.
    #[command(flatten)]
    pub metallb: MetallbArgs,
}

const EXAMPLES: &str = "\
Examples:
  The runbook for what runs in the cluster:
    metallb2cilium plan --from-cluster > runbook.md
  The same as a page to look at and to print:
    metallb2cilium plan --from-cluster -o html > runbook.html
  With the manifests and a script for each step:
    metallb2cilium plan --from-cluster --output-dir cut-over/
    cut-over/01-snapshot.sh
  The way back from wherever the cluster stands:
    metallb2cilium plan --from-cluster --rollback snapshot.yaml
  With a loss that is known and wanted:
    metallb2cilium plan --from-cluster --accept M2C306

On L2 announcements move pool by pool, not node by node: MetalLB elects one node for
each address, and when a speaker goes another node's answers, not Cilium. By BGP they
move node by node, since a router holds one session for each neighbour.

What is planned is the move of this cluster: its Services and Nodes, as the input
has them. Nothing is done to any cluster.

Exit status: 0 done; 2 refused.";

/// How a runbook is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum RunbookFormat {
    /// Markdown, to be read and ticked off
    #[default]
    Markdown,
    /// One JSON object
    Json,
    /// A page for a browser, which needs no network
    Html,
}

impl RunbookFormat {
    const fn format(self) -> Format {
        match self {
            Self::Markdown => Format::Markdown,
            Self::Json => Format::Json,
            Self::Html => Format::Html,
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Self::Markdown => "runbook.md",
            Self::Json => "runbook.json",
            Self::Html => "runbook.html",
        }
    }
}

/// Plans.
///
/// # Errors
/// A stream or a file that cannot be written to.
pub(super) fn run(
    args: PlanArgs,
    input: InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let Some(mut loaded) = load(&input, console)? else { return Ok(Exit::Refused) };
    let mut found = std::mem::take(&mut loaded.manifests.diagnostics);
    let mut verdict = Vec::new();
    let plan = match &args.rollback {
        Some(snapshot) => {
            way_back(snapshot, &input, &mut loaded, &mut found).map(|plan| (plan, None))
        }
        None => planned(&args, &input, &mut loaded, &mut found, &mut verdict)
            .map(|(plan, report)| (plan, Some(report))),
    };
    let refused = found.iter().any(Diagnostic::is_error);
    let sources = &loaded.manifests.sources;
    let Some((plan, compared)) = plan.filter(|_| !refused) else {
        for line in &verdict {
            console.say(line)?;
        }
        if !verdict.is_empty() {
            console.say("")?;
        }
        console.report(&found, sources)?;
        return Ok(Exit::Refused);
    };
    console.progress.doing("writing the runbook");
    let runbook = render(&plan, compared.as_ref(), sources, args.output.format());
    match &args.output_dir {
        Some(directory) => {
            let files = write(&plan, args.output.file(), &runbook, directory)?;
            console.say(&format!("{files} files are in {}", directory.display()))?;
        }
        // A file or a pipe gets one line for each paragraph, as Markdown is kept.
        None if args.output == RunbookFormat::Markdown
            && console.environment.stdout_is_terminal =>
        {
            let width = console.output_style().width;
            console.print(&wrap::markdown(&runbook, width))?;
        }
        None => console.print(&runbook)?,
    }
    console.report(&found, sources)?;
    Ok(Exit::Done)
}

/// The plan and the comparison that it rests on; `None` where it is refused, for one of
/// the reasons in `found`; `verdict` is what is said first of what stands in its way.
fn planned(
    args: &PlanArgs,
    input: &InputArgs,
    loaded: &mut Loaded,
    found: &mut Vec<Diagnostic>,
    verdict: &mut Vec<String>,
) -> Option<(Plan, Report)> {
    let accepted = accept::codes(&args.accept, found)?;
    let values = cilium::helm_values(input, loaded, found);
    let values = values.as_deref();
    let missing = args.translation.allow_missing_secrets;
    let mut metallb = configuration::metallb(loaded, &args.metallb, missing, found)?;
    let completed = assumed::complete(&mut metallb);
    found.extend(simulate::metallb::unfilled_addresses(&metallb.config));
    let translated = cilium::translate(&args.translation, input, values, loaded, &metallb, found)?;
    if found.iter().any(Diagnostic::is_error) {
        return None;
    }
    let speakers = cilium::speakers(&metallb.runs);
    let question = cilium::question(&metallb, &speakers, args.max_outcomes);
    let side = cilium::own(&translated, &metallb.cluster);
    let compared = Compared {
        title: "Cilium",
        config: &side.config,
        cluster: &side.cluster,
        there: Some(translated.existing()),
    };
    loaded.progress.doing("comparing what both decide");
    let said = cilium::losses(&translated, found);
    let mut report = match verify::verify(&question, &compared, &said, true) {
        Ok(report) => report,
        Err(reason) => {
            found.push(crash(&reason));
            return None;
        }
    };
    loaded.progress.doing("planning");
    report.assumptions = completed;
    report.assumptions.extend(side.assumptions);
    let situation = Situation {
        config: &metallb.config,
        cluster: &metallb.cluster,
        objects: &loaded.manifests.objects,
        conversion: &translated.conversion,
        report: &report,
        mode: metallb.runs.mode,
        speaker_nodes: metallb.runs.speaker_nodes.as_ref(),
        settings: translated.settings(),
        accepted: &accepted,
        pools_per_wave: args.pools_per_wave.get(),
    };
    // What is lossy is accepted, and stands in the runbook.
    found.retain(|one| !one.is_lossy());
    match plan::plan(&situation) {
        Ok(plan) => {
            found.extend(plan::notes(&situation));
            let options = metallb.runs.simulated(args.max_outcomes.get());
            let decision = simulate::metallb::simulate(&metallb.config, &metallb.cluster, &options);
            found.extend(plan::announced_otherwise(&loaded.manifests.objects, &decision));
            Some((plan, report))
        }
        Err(refused) => {
            verdict.extend(plan::verdict(&situation, &refused));
            found.extend(refused);
            None
        }
    }
}

/// The way back; `None` where it is refused, for one of the reasons in `found`.
fn way_back(
    snapshot: &Path,
    input: &InputArgs,
    loaded: &mut Loaded,
    found: &mut Vec<Diagnostic>,
) -> Option<Plan> {
    let was = loaded.read_manifests_aside(&[snapshot.to_owned()], input, found);
    if found.iter().any(Diagnostic::is_error) {
        return None;
    }
    match plan::rollback(&was, &loaded.manifests.objects) {
        Ok((plan, said)) => {
            found.extend(said);
            Some(plan)
        }
        Err(refused) => {
            found.extend(refused);
            None
        }
    }
}

/// Writes everything that the steps need; returns how many files there are.
fn write(plan: &Plan, name: &str, runbook: &str, directory: &Path) -> anyhow::Result<usize> {
    let mut files = vec![(name.to_owned(), runbook.to_owned(), 0o666)];
    for (name, content) in &plan.files {
        let (text, secret) = match content {
            FileContent::Manifests(documents) => {
                let mut bytes = Vec::new();
                manifests::write_yaml(documents, &mut bytes)?;
                let text = String::from_utf8(bytes).context("manifests are text")?;
                (text, documents.iter().any(crate::convert::Document::is_secret))
            }
            FileContent::Text(text) => (text.clone(), false),
        };
        files.push((name.clone(), text, if secret { 0o600 } else { 0o666 }));
    }
    for (name, text) in plan::scripts(plan) {
        let mode = if name == "lib.sh" { 0o666 } else { 0o777 };
        files.push((name, text, mode));
    }
    refuse_another(directory, &files)?;
    manifests::write_files(directory, &files)?;
    Ok(files.len())
}

/// Refuses a directory that holds steps of another plan, or has seen steps run: what
/// was done by one plan says nothing about the steps of the next.
fn refuse_another(directory: &Path, files: &[(String, String, u32)]) -> anyhow::Result<()> {
    let names = |directory: &Path| -> Vec<String> {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    let shown = directory.display();
    if names(&directory.join("state"))
        .iter()
        .any(|name| name.ends_with(".begun") || name.ends_with(".done"))
    {
        anyhow::bail!("steps of the plan in {shown} have been begun: take another directory");
    }
    let is_step = |name: &String| {
        let step = name.strip_prefix("back-").unwrap_or(name);
        name.ends_with(".sh") && step.starts_with(|c: char| c.is_ascii_digit())
    };
    let others = names(directory).into_iter().filter(is_step);
    let other = others.filter(|name| !files.iter().any(|(own, ..)| own == name)).min();
    match other {
        Some(name) => anyhow::bail!(
            "{name} in {shown} is a step of another plan: take another directory, or remove it"
        ),
        None => Ok(()),
    }
}
