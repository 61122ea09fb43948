//! `verify --observations`: what the nodes saw, held against one Decision.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::super::cilium;
use super::super::configuration::{self, MetalLb};
use super::super::live::LiveEngine;
use super::super::{Console, Exit, InputArgs, Loaded, assumed, load};
use super::{ObservedPart, VerifyArgs};
use crate::diagnostic::Diagnostic;
use crate::live::codes::NOT_A_MAC;
use crate::live::expected::expected;
use crate::live::identity::Identities;
use crate::live::observations::{self, Chosen, Observations, Question, Report, Scope, codes};
use crate::manifest::{self, SourceId};
use crate::report::observations::render;
use crate::simulate::decision::{Decision, Engine, crash};
use crate::simulate::{cilium as cilium_engine, metallb as metallb_engine};
use crate::verify::sessions::{self, Sessions};

/// Judges.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(
    args: &VerifyArgs,
    input: &InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    if let Some(diagnostic) = stdin_twice(args, input) {
        console.report(&[diagnostic], &manifest::Sources::default())?;
        return Ok(Exit::Refused);
    }
    let Some(mut loaded) = load(input, console)? else { return Ok(Exit::Refused) };
    let mut found = std::mem::take(&mut loaded.manifests.diagnostics);
    let report = judged(args, input, &mut loaded, &mut found, console);
    // What a conversion loses is told without observations.
    found.retain(|one| !one.is_lossy());
    let refused = found.iter().any(Diagnostic::is_error);
    let sources = &loaded.manifests.sources;
    let Some(report) = report.filter(|_| !refused) else {
        console.report(&found, sources)?;
        return Ok(Exit::Refused);
    };
    let format = args.output.format(console);
    console.print(&render(&report, sources, format))?;
    console.report(&found, sources)?;
    Ok(if report.is_good() { Exit::Done } else { Exit::Findings })
}

/// Standard input cannot hold both.
fn stdin_twice(args: &VerifyArgs, input: &InputArgs) -> Option<Diagnostic> {
    let stdin = |path: &Path| path.as_os_str() == "-";
    let observed = args.observations.iter().filter(|path| stdin(path)).count();
    let implied = input.filename.is_empty() && !input.cluster.from_cluster;
    let manifests = input.filename.iter().any(|path| stdin(path)) || implied;
    (observed > 1 || observed == 1 && manifests).then(|| {
        let message = "standard input cannot be read twice: it holds the observations";
        Diagnostic::error(manifest::codes::NOT_READABLE, message)
            .help("name the manifests with -f FILE, or read them with --from-cluster")
    })
}

/// The verdict; `None` where the input is refused, for one of the reasons in `found`.
fn judged(
    args: &VerifyArgs,
    input: &InputArgs,
    loaded: &mut Loaded,
    found: &mut Vec<Diagnostic>,
    console: &mut Console<'_>,
) -> Option<Report> {
    let values = cilium::helm_values(input, loaded, found);
    let given = cilium::given(&args.against, input, values.as_deref(), loaded, found);
    let texts = texts(args, input, loaded, found, console)?;
    let observed = observed(loaded, texts, found)?;
    let (engine, chosen) = engine(args.engine, &observed, found)?;
    let mut metallb = configuration::metallb(loaded, &args.metallb, true, found)?;
    found.extend(metallb_engine::unfilled_addresses(&metallb.config));
    let mut assumptions = assumed::complete(&mut metallb);
    loaded.progress.doing("simulating");
    let speakers = cilium::speakers(&metallb.runs);
    let max_outcomes = args.max_outcomes.get();
    let (decision, sessions): (Decision, Sessions) = match engine {
        Engine::Metallb => {
            let options = metallb.runs.simulated(max_outcomes);
            let decision = metallb_engine::simulate(&metallb.config, &metallb.cluster, &options);
            (decision, sessions::of_metallb(&metallb.config, &metallb.cluster, &speakers))
        }
        Engine::Cilium => {
            let values = values.as_deref();
            let (translation, cluster) = (&args.translation, &metallb.cluster);
            let side = match given {
                Some(given) => {
                    let translated =
                        cilium::translate(translation, input, values, loaded, &metallb, found)?;
                    cilium::against(given, &translated, cluster)
                }
                None => cilium::at_hand(translation, input, values, loaded, &metallb, found)?,
            };
            let options = cilium_engine::Options { max_outcomes };
            let decision = cilium_engine::simulate(&side.config, &side.cluster, &options);
            if let Some(reason) = &decision.config_error {
                found.push(crash(reason));
                return None;
            }
            assumptions.extend(side.assumptions);
            (decision, sessions::of_cilium(&side.config, &side.cluster, &speakers))
        }
    };
    loaded.progress.doing("judging what was observed");
    let question = Question {
        engine,
        chosen,
        scope: match args.only {
            None => Scope::All,
            Some(ObservedPart::Addresses) => Scope::Addresses,
            Some(ObservedPart::Sessions) => Scope::Sessions,
        },
        expected: &expected(&decision, &metallb.cluster),
        sessions: &sessions,
        known: identities(&metallb, found)?,
    };
    let mut report = observations::judge(question, &observed);
    if decision.truncated {
        assumptions.push(
            "the controller may decide in more ways than were looked at (--max-outcomes): a \
             candidate may be missing"
                .to_owned(),
        );
    }
    report.assumptions = assumptions;
    if report.is_empty() {
        let message = "neither the Decision nor the observations have anything to judge";
        found.push(
            Diagnostic::error(codes::NOTHING_OBSERVED, message)
                .help("add the Services, Nodes and peers to the input"),
        );
        return None;
    }
    Some(report)
}

/// The observations' texts join the sources, so that findings can point into them.
fn texts(
    args: &VerifyArgs,
    input: &InputArgs,
    loaded: &mut Loaded,
    found: &mut Vec<Diagnostic>,
    console: &mut Console<'_>,
) -> Option<Vec<SourceId>> {
    // Spans have 32 bits.
    let mut left = input.max_input.0.min(u64::from(u32::MAX) - 1);
    let mut ids = Vec::new();
    for path in &args.observations {
        let is_stdin = path.as_os_str() == "-";
        let name = if is_stdin { "<stdin>".to_owned() } else { path.display().to_string() };
        let read = if is_stdin {
            bounded(&mut *console.stdin, left)
        } else {
            File::open(path).and_then(|mut file| bounded(&mut file, left))
        };
        match read {
            Ok(text) => {
                left = left.saturating_sub(text.len() as u64);
                ids.push(loaded.manifests.sources.add(name, text));
            }
            Err(error) => {
                let message = format!("{name} cannot be read: {error}");
                found.push(Diagnostic::error(manifest::codes::NOT_READABLE, message));
            }
        }
    }
    (ids.len() == args.observations.len()).then_some(ids)
}

fn bounded(from: &mut dyn Read, most: u64) -> io::Result<String> {
    let mut text = String::new();
    from.take(most.saturating_add(1)).read_to_string(&mut text)?;
    if text.len() as u64 > most {
        return Err(io::Error::other("it is larger than --max-input allows"));
    }
    Ok(text)
}

fn observed(
    loaded: &Loaded,
    texts: Vec<SourceId>,
    found: &mut Vec<Diagnostic>,
) -> Option<Observations> {
    match observations::read(&loaded.manifests.sources, texts) {
        Ok(observed) if observed.is_empty() => {
            found.push(
                Diagnostic::error(codes::NOTHING_OBSERVED, "there is no observation in the files")
                    .help("look at the Pods: kubectl get pods -o wide"),
            );
            None
        }
        Ok(observed) => Some(observed),
        Err(problems) => {
            found.extend(problems);
            None
        }
    }
}

/// Whose Decision counts.
fn engine(
    given: Option<LiveEngine>,
    observed: &Observations,
    found: &mut Vec<Diagnostic>,
) -> Option<(Engine, Chosen)> {
    if let Some(engine) = given {
        return Some((engine.into(), Chosen::Option));
    }
    match observed.engine() {
        Ok(Some(engine)) => Some((engine, Chosen::Observations)),
        Ok(None) => Some((Engine::Metallb, Chosen::Default)),
        Err(diagnostic) => {
            found.push(*diagnostic);
            None
        }
    }
}

/// The link-layer addresses that the Nodes name themselves.
fn identities(metallb: &MetalLb, found: &mut Vec<Diagnostic>) -> Option<Identities> {
    let mut known = Identities::default();
    for node in &metallb.cluster.nodes {
        if let Err(error) = known.add_annotated(node) {
            let message = format!("Node {}: {error}", node.name);
            found.push(
                Diagnostic::error(NOT_A_MAC, message)
                    .help("name link-layer addresses, separated by commas"),
            );
            return None;
        }
    }
    Some(known)
}
