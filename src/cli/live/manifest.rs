//! `live manifest`: what Kubernetes runs on the nodes for a look at the whole cluster.

use std::collections::BTreeSet;

use clap::{Args, Subcommand, ValueEnum};

use super::super::cilium;
use super::super::configuration::{self, MetalLb};
use super::super::{Console, Exit, InputArgs, Loaded, assumed, load};
use super::LiveEngine;
use crate::cilium::CiliumConfig;
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::live::jobs::{self, File, Placement, Run, User, codes};
use crate::live::observations::Kind;
use crate::manifest::closest;
use crate::report::manifests;
use crate::selector::LabelSelector;
use crate::verify::sessions::{self, Authentication, Session, Sessions};

mod arguments;
mod files;
mod options;

use options::{PeerRun, PlacementArgs, ProbeRun, WatchRun};

/// The options of `live manifest`.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub struct ManifestArgs {
    /// What the nodes do
    #[command(subcommand)]
    pub command: ManifestCommand,
}

const EXAMPLES: &str = "\
Examples:
  Who answers for the Services' addresses, as every node sees it?
    metallb2cilium live manifest probe --image IMAGE -f all.yaml > probe.yaml
    kubectl apply --server-side -f probe.yaml
    kubectl logs -n metallb2cilium --tail=-1 \\
      -l app.kubernetes.io/instance=metallb2cilium-probe > observations.jsonl
    metallb2cilium verify -f all.yaml --observations observations.jsonl
  Do Cilium's sessions come up, on the nodes of one rack?
    metallb2cilium live manifest peer --engine cilium --image IMAGE \\
      --node-selector rack=a -f all.yaml

Prints a Namespace (unless --namespace names one), the input as ConfigMaps, and
a Job for each Node or a DaemonSet. Files of the input in which a password
stands become Secrets. The Pods use the host's network, with the capabilities
NET_RAW and NET_ADMIN only. The image is yours: one that has this program on its
PATH, or where --program says, with these as file capabilities; without them it
takes --run-as-user 0.

Everything is a dry run: probes ask, watches listen, sessions are opened without
a route and left again.

Exit status: 0 done, 2 refused.";

/// What the nodes do.
#[derive(Debug, Clone, PartialEq, Subcommand)]
pub enum ManifestCommand {
    /// Ask by ARP and NDP who answers for addresses
    Probe(ProbeRun),
    /// Listen to who asks and who answers; send nothing
    Watch(WatchRun),
    /// Open each Node's BGP sessions, look, and leave; no route is sent
    Peer(PeerRun),
}

/// How manifests are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ManifestFormat {
    /// A stream of documents
    #[default]
    Yaml,
    /// One List
    Json,
}

impl ManifestCommand {
    fn kind(&self) -> Kind {
        match self {
            Self::Probe(_) => Kind::Probe,
            Self::Watch(_) => Kind::Watch,
            Self::Peer(_) => Kind::Peer,
        }
    }

    fn placement(&self) -> &PlacementArgs {
        match self {
            Self::Probe(run) => &run.placement,
            Self::Watch(run) => &run.placement,
            Self::Peer(run) => &run.placement,
        }
    }

    fn decision(&self) -> &options::DecidedArgs {
        match self {
            Self::Probe(run) => &run.decided,
            Self::Watch(run) => &run.decided,
            Self::Peer(run) => &run.decided,
        }
    }
}

/// Writes the manifests.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(
    args: ManifestArgs,
    input: InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let Some(mut loaded) = load(&input, console)? else { return Ok(Exit::Refused) };
    let mut found = std::mem::take(&mut loaded.manifests.diagnostics);
    let mut warnings = Vec::new();
    let run = prepare(&args.command, &input, &mut loaded, &mut found, &mut warnings);
    // What a conversion loses is what `convert` and `verify` tell.
    found.retain(|one| !one.is_lossy());
    let refused = found.iter().any(Diagnostic::is_error);
    let documents = match run.filter(|_| !refused).map(|run| (jobs::documents(&run), run)) {
        Some((Ok(documents), run)) => Some((documents, run)),
        Some((Err(diagnostic), _)) => {
            found.push(*diagnostic);
            None
        }
        None => None,
    };
    console.report(&found, &loaded.manifests.sources)?;
    let Some((documents, run)) = documents else { return Ok(Exit::Refused) };
    for warning in warnings {
        console.remind(&warning)?;
    }
    match args.command.placement().output {
        ManifestFormat::Yaml => manifests::write_yaml(&documents, console.stdout)?,
        ManifestFormat::Json => manifests::write_json(&documents, console.stdout)?,
    }
    let secret: Vec<&str> =
        run.files.iter().filter(|file| file.secret).map(|file| file.name.as_str()).collect();
    if !secret.is_empty() {
        let names = secret.join(", ");
        console
            .say(&format!("a Secret, not a ConfigMap, holds what may have passwords: {names}"))?;
    }
    Ok(Exit::Done)
}

/// What is to be run; `None` where it is refused, for one of the reasons in `found`.
fn prepare(
    command: &ManifestCommand,
    input: &InputArgs,
    loaded: &mut Loaded,
    found: &mut Vec<Diagnostic>,
    warnings: &mut Vec<String>,
) -> Option<Run> {
    let mut files = files::of_input(input, loaded);
    let before = loaded.manifests.sources.iter().count();
    let values = cilium::helm_values(input, loaded, found);
    files.extend(files::of_values(loaded, before));
    let decided = command.decision();
    let mut metallb = configuration::metallb(loaded, &decided.metallb, true, found)?;
    assumed::complete(&mut metallb);
    // The nodes would all refuse what is refused here.
    let side = match command.engine() {
        Some(LiveEngine::Metallb) => None,
        Some(LiveEngine::Cilium) | None => Some(cilium::at_hand(
            &decided.translation,
            input,
            values.as_deref(),
            loaded,
            &metallb,
            found,
        )?),
    };
    if found.iter().any(Diagnostic::is_error) {
        return None;
    }
    let sessions = match command {
        ManifestCommand::Peer(_) => {
            Some(all_sessions(&metallb, side.as_ref().map(|side| (&side.config, &side.cluster))))
        }
        _ => None,
    };
    let able = sessions.as_ref().map(with_sessions);
    let nodes = match nodes(command.placement(), &metallb.cluster, able.as_ref()) {
        Ok(nodes) => nodes,
        Err(diagnostic) => {
            found.push(*diagnostic);
            return None;
        }
    };
    if let Some(diagnostic) = too_slow(command, nodes.len()) {
        found.push(diagnostic);
        return None;
    }
    if let (ManifestCommand::Peer(run), Some(sessions)) = (command, &sessions) {
        warnings.extend(without_password(sessions, &nodes, &run.peer));
    }
    Some(run_of(command, input, files, nodes))
}

/// A rate of which no Node's share is a question a second.
fn too_slow(command: &ManifestCommand, nodes: usize) -> Option<Diagnostic> {
    let ManifestCommand::Probe(run) = command else { return None };
    let least = u32::try_from(nodes).unwrap_or(u32::MAX);
    (run.rate < least).then(|| {
        let message = format!(
            "{nodes} Nodes cannot keep to --rate {} together: each asks once a second at least",
            run.rate
        );
        let help = format!("give --rate {least} or more, or choose fewer Nodes with --nodes");
        Diagnostic::error(codes::RATE_TOO_LOW, message).help(help)
    })
}

/// What is to be run on these Nodes.
fn run_of(
    command: &ManifestCommand,
    input: &InputArgs,
    files: Vec<File>,
    nodes: Vec<String>,
) -> Run {
    let placement = command.placement();
    let kind = command.kind();
    Run {
        kind,
        name: placement.name.clone().unwrap_or_else(|| format!("metallb2cilium-{}", kind.name())),
        namespace: placement.namespace.clone(),
        image: placement.image.clone(),
        program: placement.program.clone(),
        arguments: arguments::of(command, input, &files, nodes.len()),
        files,
        user: match placement.run_as_user {
            0 => User::Root,
            id => User::NotRoot(id),
        },
        pull_secret: placement.image_pull_secret.clone(),
        placement: if command.is_daemon_set() {
            Placement::DaemonSet {
                nodes: placement.nodes.clone(),
                selector: placement.node_selector.clone().unwrap_or_default(),
            }
        } else {
            Placement::Jobs { nodes, ttl: placement.ttl, deadline: command.deadline() }
        },
    }
}

/// The sessions of every Node.
fn all_sessions(metallb: &MetalLb, cilium: Option<(&CiliumConfig, &Cluster)>) -> Sessions {
    let speakers = cilium::speakers(&metallb.runs);
    match cilium {
        Some((config, cluster)) => sessions::of_cilium(config, cluster, &speakers),
        None => sessions::of_metallb(&metallb.config, &metallb.cluster, &speakers),
    }
}

/// The Nodes that have a session.
fn with_sessions(all: &Sessions) -> BTreeSet<String> {
    let some = all.iter().filter(|(_, all)| all.iter().any(|sessions| !sessions.is_empty()));
    some.map(|(node, _)| node.clone()).collect()
}

/// The peers, of those that are meant, whose sessions cannot be opened for want of the
/// Secret with the password.
fn without_password(all: &Sessions, nodes: &[String], meant: &[String]) -> Option<String> {
    let lacks = |session: &&Session| {
        (meant.is_empty() || meant.contains(&session.peer))
            && session.parameters.authentication == Authentication::Password(None)
    };
    let chosen = nodes.iter().filter_map(|node| all.get(node)).flatten().flatten();
    let peers: BTreeSet<&str> = chosen.filter(lacks).map(|one| one.peer.as_str()).collect();
    let peers: Vec<&str> = peers.into_iter().collect();
    (!peers.is_empty()).then(|| {
        format!(
            "the Secret with the password is not in the input: the Jobs will fail, since they \
             cannot open the sessions with {}",
            peers.join(", ")
        )
    })
}

/// The Nodes that are chosen, in the order of the input; `able` are those that have
/// something to do.
fn nodes(
    args: &PlacementArgs,
    cluster: &Cluster,
    able: Option<&BTreeSet<String>>,
) -> Result<Vec<String>, Box<Diagnostic>> {
    let known: Vec<&str> = cluster.nodes.iter().map(|node| node.name.as_str()).collect();
    for name in &args.nodes {
        let (message, help) = if !known.contains(&name.as_str()) {
            let help = closest(name, &known).map_or_else(
                || "add the Nodes: kubectl get nodes -o yaml".to_owned(),
                |close| format!("did you mean {close}?"),
            );
            (format!("there is no Node {name} in the input"), help)
        } else if able.is_some_and(|able| !able.contains(name)) {
            let help = "look at the nodeSelectors of the peers, and at the Node's labels";
            (format!("Node {name} is to open no session"), help.to_owned())
        } else {
            continue;
        };
        return Err(Box::new(Diagnostic::error(codes::NO_NODES, message).help(help)));
    }
    let everywhere = LabelSelector::default();
    let selector = args.node_selector.as_ref().unwrap_or(&everywhere);
    let chosen: Vec<String> = cluster
        .nodes
        .iter()
        .filter(|node| args.nodes.is_empty() || args.nodes.contains(&node.name))
        .filter(|node| selector.matches(&node.labels))
        .filter(|node| able.is_none_or(|able| able.contains(&node.name)))
        .map(|node| node.name.clone())
        .collect();
    if chosen.is_empty() {
        let what = if able.is_some() { "Node with a session" } else { "Node" };
        let message = format!("there is no {what} to run on");
        return Err(Box::new(Diagnostic::error(codes::NO_NODES, message).help(
            "add the Nodes (kubectl get nodes -o yaml), or choose others with --nodes and \
             --node-selector",
        )));
    }
    Ok(chosen)
}
