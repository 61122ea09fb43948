//! The options of `live manifest probe`, `watch` and `peer`.

use std::time::Duration;

use clap::Args;

use super::super::super::MetallbArgs;
use super::super::super::cilium::TranslationArgs;
use super::super::LiveEngine;
use super::super::ask::AskArgs;
use super::super::identity::IdentityArgs;
use super::super::time::duration;
use super::{ManifestCommand, ManifestFormat};
use crate::selector::LabelSelector;

const HEADING: &str = "Where and how it runs";

/// How long one look may take, with the time to pull the image.
const DEADLINE: Duration = Duration::from_secs(30 * 60);
/// What pulling the image may add to a time that is given.
const SLACK: Duration = Duration::from_secs(10 * 60);
/// How long a watch listens where nobody says.
const LISTEN: Duration = Duration::from_secs(10 * 60);
/// Names of Jobs have room for a Node's name behind it.
const MAX_RUN: usize = 40;
/// A DNS label (RFC 1123), which the name of a Namespace is.
const MAX_LABEL: usize = 63;

/// Where and how it runs.
#[derive(Debug, Clone, PartialEq, Args)]
pub struct PlacementArgs {
    /// The image that has this program
    #[arg(long, value_name = "IMAGE", value_parser = image, help_heading = HEADING)]
    pub image: String,
    /// The program in the image
    #[arg(long, value_name = "PATH", default_value = "metallb2cilium", help_heading = HEADING)]
    pub program: String,
    /// A Secret for the image's registry
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    pub image_pull_secret: Option<String>,
    /// A Namespace that is there, and that admits host network [default: a
    /// Namespace metallb2cilium of its own]
    #[arg(long, value_name = "NAME", value_parser = namespace, help_heading = HEADING)]
    pub namespace: Option<String>,
    /// What the objects are called, or begin with [default:
    /// metallb2cilium-COMMAND]
    #[arg(long, value_name = "NAME", value_parser = name, help_heading = HEADING)]
    pub name: Option<String>,
    /// Only these Nodes; may be repeated [default: all; with peer: all that
    /// have a session]
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = HEADING)]
    pub nodes: Vec<String>,
    /// Only Nodes with these labels, as kubectl -l takes it
    #[arg(long, value_name = "SELECTOR", help_heading = HEADING)]
    pub node_selector: Option<LabelSelector>,
    /// The user's number; another than 0 needs an image whose program has the
    /// file capabilities cap_net_raw,cap_net_admin+ep (setcap)
    #[arg(long, value_name = "UID", default_value_t = 65532, help_heading = HEADING)]
    pub run_as_user: u32,
    /// How long an ended Job and its log are kept
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration)]
    #[arg(help_heading = HEADING)]
    pub ttl: Duration,
    /// When a Job is given up, which takes its log away, too [default: 30m;
    /// with --for: 10m more than that]
    #[arg(long, value_name = "DURATION", value_parser = duration, help_heading = HEADING)]
    pub deadline: Option<Duration>,
    /// Format of the manifests
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: ManifestFormat,
}

/// What the objects are called.
fn name(text: &str) -> Result<String, String> {
    label(text, MAX_RUN)
}

fn namespace(text: &str) -> Result<String, String> {
    label(text, MAX_LABEL)
}

/// A reference of an image, as far as it can be seen to be none.
fn image(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(char::is_whitespace) {
        return Err("expected an image, such as registry.example/metallb2cilium:0.1.0".to_owned());
    }
    Ok(text.to_owned())
}

/// A DNS label of at most that length.
fn label(text: &str, most: usize) -> Result<String, String> {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let ends = !text.starts_with('-') && !text.ends_with('-');
    if text.is_empty() || text.len() > most || !ends || !text.chars().all(inner) {
        return Err(format!(
            "expected at most {most} lower-case letters, digits and hyphens within"
        ));
    }
    Ok(text.to_owned())
}

/// What is decided.
#[derive(Debug, Clone, PartialEq, Args)]
pub struct DecidedArgs {
    /// How the input is converted, where it holds no resources of Cilium's.
    #[command(flatten)]
    pub translation: TranslationArgs,
    /// How MetalLB runs.
    #[command(flatten)]
    pub metallb: MetallbArgs,
}

/// The options of `live manifest probe`.
#[derive(Debug, Clone, PartialEq, Args)]
pub struct ProbeRun {
    /// What is asked for.
    #[command(flatten)]
    pub ask: AskArgs,
    /// Questions a second of all nodes together, at most; one for each at least
    #[arg(long, value_name = "N", default_value = "200")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rate: u32,
    /// A DaemonSet that asks again and again, and prints what changes
    #[arg(long, conflicts_with_all = ["ttl", "deadline"])]
    pub daemon_set: bool,
    /// The time from one round of a DaemonSet to the next
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    #[arg(requires = "daemon_set")]
    pub interval: Duration,
    /// Whose link-layer address is whose.
    #[command(flatten)]
    pub identity: IdentityArgs,
    /// Where and how it runs.
    #[command(flatten)]
    pub placement: PlacementArgs,
    /// What is decided.
    #[command(flatten)]
    pub decided: DecidedArgs,
}

/// The options of `live manifest watch`.
#[derive(Debug, Clone, PartialEq, Args)]
pub struct WatchRun {
    /// An interface to listen on; may be repeated [default: those on which
    /// the Node may answer, and those with a subnet of the pools]
    #[arg(long, value_name = "NAME")]
    pub interface: Vec<String>,
    /// How long each Job listens [default: 10m]
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    #[arg(conflicts_with = "daemon_set")]
    pub for_: Option<Duration>,
    /// A DaemonSet that listens until it is taken away
    #[arg(long, conflicts_with_all = ["ttl", "deadline"])]
    pub daemon_set: bool,
    /// Whose link-layer address is whose.
    #[command(flatten)]
    pub identity: IdentityArgs,
    /// Where and how it runs.
    #[command(flatten)]
    pub placement: PlacementArgs,
    /// What is decided.
    #[command(flatten)]
    pub decided: DecidedArgs,
}

/// The options of `live manifest peer`. There is no DaemonSet: it would open the
/// sessions over and over.
#[derive(Debug, Clone, PartialEq, Args)]
pub struct PeerRun {
    /// Whose sessions are opened
    #[arg(long, value_enum, value_name = "ENGINE", default_value_t)]
    pub engine: LiveEngine,
    /// Only the session with this peer; may be repeated [default: all]
    #[arg(long, value_name = "NAME")]
    pub peer: Vec<String>,
    /// How long to wait for the connection
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub connect_timeout: Duration,
    /// How long to stay once a session is up
    #[arg(long = "for", id = "for_", value_name = "DURATION", default_value = "3s")]
    #[arg(value_parser = duration)]
    pub for_: Duration,
    /// Where and how it runs.
    #[command(flatten)]
    pub placement: PlacementArgs,
    /// What is decided.
    #[command(flatten)]
    pub decided: DecidedArgs,
}

impl WatchRun {
    /// How long a Job listens.
    pub(super) fn listens(&self) -> Duration {
        self.for_.unwrap_or(LISTEN)
    }
}

impl ManifestCommand {
    /// Whose Decision counts; `None` is both.
    pub(super) fn engine(&self) -> Option<LiveEngine> {
        match self {
            Self::Probe(run) => Some(run.ask.engine),
            Self::Peer(run) => Some(run.engine),
            Self::Watch(_) => None,
        }
    }

    /// Whether it runs until it is taken away.
    pub(super) fn is_daemon_set(&self) -> bool {
        match self {
            Self::Probe(run) => run.daemon_set,
            Self::Watch(run) => run.daemon_set,
            Self::Peer(_) => false,
        }
    }

    /// When a Job is given up.
    pub(super) fn deadline(&self) -> Duration {
        let given = self.placement().deadline;
        given.unwrap_or_else(|| match self {
            Self::Watch(run) => run.listens() + SLACK,
            Self::Probe(_) | Self::Peer(_) => DEADLINE,
        })
    }
}
