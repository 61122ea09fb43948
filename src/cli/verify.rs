//! `verify`: whether Cilium decides what MetalLB decides, on the cluster at hand and
//! for every other Service and Node.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use super::cilium::{self, AgainstArgs, CiliumSide, Translated, TranslationArgs};
use super::configuration::{self, MetalLb};
use super::live::LiveEngine;
use super::{Console, Exit, InputArgs, Loaded, MetallbArgs, accept, assumed, load};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::not_needed;
use crate::report::verify::{Format, render};
use crate::simulate::decision::crash;
use crate::verify::sessions::Speakers;
use crate::verify::{self, Compared, Problem, Proof, Question, Report, Verdict};

mod observations;

/// The options of `verify`.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct VerifyArgs {
    /// Format of the verdict
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: VerdictFormat,
    /// What is compared with.
    #[command(flatten)]
    pub against: AgainstArgs,
    /// End with status 0 although a difference of this code touches traffic, where
    /// all that do are accepted; may be repeated
    #[arg(long, value_name = "CODE", conflicts_with = "observations")]
    pub accept: Vec<String>,
    /// How many possible outcomes of each controller are compared
    #[arg(long, value_name = "N", default_value = "1024")]
    pub max_outcomes: std::num::NonZeroUsize,
    /// Judge what was observed on the wire: lines of `live probe`, `watch` and
    /// `peer` with -o json, of many nodes; `-` is standard input; may be repeated
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub observations: Vec<PathBuf>,
    /// Whose Decision the observations are held against [default: the one
    /// that they were made for, else metallb]
    #[arg(long, value_enum, value_name = "ENGINE", requires = "observations")]
    pub engine: Option<LiveEngine>,
    /// Judge only a part of the observations
    #[arg(long, value_enum, value_name = "PART", requires = "observations")]
    pub only: Option<ObservedPart>,
    /// How the input is converted.
    #[command(flatten)]
    pub translation: TranslationArgs,
    /// How MetalLB runs.
    #[command(flatten)]
    pub metallb: MetallbArgs,
}

const EXAMPLES: &str = "\
Examples:
  Does the conversion decide the same for the cluster at hand?
    kubectl get -A -o yaml services,nodes,endpointslices > cluster.yaml
    metallb2cilium verify -f metallb/ -f cluster.yaml
  Do these resources, written by hand?
    metallb2cilium verify -f metallb/ -f cluster.yaml --against cilium/
  Does the network do what Cilium decides, as every node sees it?
    metallb2cilium verify -f all.yaml --engine cilium \
      --observations observations.jsonl
  As a comment on a change, or as a page to look at:
    metallb2cilium verify -f metallb/ -f cluster.yaml -o markdown
    metallb2cilium verify -f metallb/ -f cluster.yaml -o html > verdict.html

What is compared is the cluster at hand, its Services and Nodes as the input
has them; and every other Service and Node that there may be, by proof. Where
the proof finds a difference, it gives a Service and a Node that show it, for
`simulate`.

With --observations nothing is compared or proved: what the nodes saw is held
against the one Decision. Every address is to be answered for by one candidate
and nobody else, every session to come up as configured on every Node that has
it; what was not looked at is named. `live manifest` makes the observations.

Exit status: 0 equivalent, or as decided, or different in no more than --accept names; 1
different, or not all of it could be compared or proved; 2 refused.";

/// How a verdict is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum VerdictFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
    /// Markdown, for a comment on a change
    Markdown,
    /// A page for a browser, which needs no network
    Html,
    /// A SARIF 2.1.0 log, a result for each difference
    Sarif,
    /// JUnit XML, a test case for each Service and session
    Junit,
    /// Annotations of GitHub Actions at the lines of the differences, no more of
    /// each level than GitHub shows of a step
    Github,
}

impl VerdictFormat {
    fn format(self, console: &Console<'_>) -> Format {
        match self {
            Self::Text => Format::Text(console.output_style()),
            Self::Json => Format::Json,
            Self::Markdown => Format::Markdown,
            Self::Html => Format::Html,
            Self::Sarif => Format::Sarif,
            Self::Junit => Format::Junit,
            Self::Github => Format::Github,
        }
    }
}

/// A part of what is observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ObservedPart {
    /// Who answers for addresses
    Addresses,
    /// BGP sessions
    Sessions,
}

/// How long a proof may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is said meanwhile.
const PROVING: &str = "proving for every Service and Node, for at most 60 s";

/// Verifies.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(
    args: VerifyArgs,
    input: InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    if !args.observations.is_empty() {
        return observations::run(&args, &input, console);
    }
    let Some(mut loaded) = load(&input, console)? else { return Ok(Exit::Refused) };
    let mut found = std::mem::take(&mut loaded.manifests.diagnostics);
    let accepted = accept::codes(&args.accept, &mut found).unwrap_or_default();
    let report = verified(&args, &input, &mut loaded, &mut found);
    let refused = found.iter().any(Diagnostic::is_error);
    let sources = &loaded.manifests.sources;
    let Some(report) = report.filter(|_| !refused) else {
        console.report(&found, sources)?;
        return Ok(Exit::Refused);
    };
    let format = args.output.format(console);
    console.progress.doing("writing the verdict");
    console.print(&render(&report, sources, format))?;
    let occurs = |code: &&Code| report.findings.iter().any(|one| one.diagnostic.code == *code);
    found.extend(accepted.iter().filter(|code| !occurs(code)).map(|code| not_needed(code)));
    console.report(&found, sources)?;
    let is_accepted = report.is_accepted(&accepted);
    if is_accepted {
        console.say("every difference that touches traffic is accepted: exit status 0")?;
    }
    Ok(match report.verdict {
        Verdict::Equivalent => Exit::Done,
        Verdict::Different if is_accepted => Exit::Done,
        Verdict::Different | Verdict::Undecided => Exit::Findings,
    })
}

/// The verdict; `None` where the input is refused, for one of the reasons in
/// `found`.
fn verified(
    args: &VerifyArgs,
    input: &InputArgs,
    loaded: &mut Loaded,
    found: &mut Vec<Diagnostic>,
) -> Option<Report> {
    let values = cilium::helm_values(input, loaded, found);
    let values = values.as_deref();
    let given = cilium::given(&args.against, input, values, loaded, found);
    let missing = args.translation.allow_missing_secrets;
    let mut metallb = configuration::metallb(loaded, &args.metallb, missing, found)?;
    if !found.iter().any(Diagnostic::is_error)
        && let Some(nothing) = configuration::nothing(&metallb.config)
    {
        found.push(nothing);
        return None;
    }
    let completed = assumed::complete(&mut metallb);
    found.extend(crate::simulate::metallb::unfilled_addresses(&metallb.config));
    let translated = cilium::translate(&args.translation, input, values, loaded, &metallb, found)?;
    if found.iter().any(Diagnostic::is_error) {
        return None;
    }
    let speakers = cilium::speakers(&metallb.runs);
    let question = cilium::question(&metallb, &speakers, args.max_outcomes);
    let own = given.is_none();
    let side = match given {
        Some(given) => cilium::against(given, &translated, &metallb.cluster),
        None => cilium::own(&translated, &metallb.cluster),
    };
    loaded.progress.doing(PROVING);
    let proof = proof(&metallb, &translated, &side, &speakers, own);
    loaded.progress.doing("comparing what both decide");
    let question = Question { proof: Some(&proof), ..question };
    let compared = Compared {
        title: "Cilium",
        config: &side.config,
        cluster: &side.cluster,
        there: own.then(|| translated.existing()),
    };
    let said = match own {
        true => cilium::losses(&translated, found),
        false => translated.conversion.diagnostics.clone(),
    };
    match verify::verify(&question, &compared, &said, own) {
        Ok(mut report) => {
            report.assumptions = completed;
            report.assumptions.extend(side.assumptions);
            if metallb.runs.mode_assumed && !metallb.config.peers.is_empty() && !own {
                report.assumptions.push(cilium::ASSUMED_MODE.to_owned());
            }
            if own {
                // What is a difference is in the report.
                found.retain(|one| !one.is_lossy());
            }
            Some(report)
        }
        Err(reason) => {
            found.push(crash(&reason));
            None
        }
    }
}

/// The proof for every Service and Node; `own` says that the other side is the
/// conversion.
fn proof(
    metallb: &MetalLb,
    translated: &Translated,
    side: &CiliumSide,
    speakers: &Speakers,
    own: bool,
) -> Proof {
    let config = side.config.clone();
    let cilium = if own {
        verify::without_sessions_there(config, translated.existing(), &metallb.config)
    } else {
        config
    };
    let problem = Problem {
        config: &metallb.config,
        cluster: &metallb.cluster,
        speakers,
        lb_class: metallb.runs.lb_class.as_deref(),
        cilium: &cilium,
        applied: &side.cluster,
        translation: &translated.conversion,
    };
    let begun = Instant::now();
    verify::prove(&problem, &|| begun.elapsed() > PATIENCE)
}
