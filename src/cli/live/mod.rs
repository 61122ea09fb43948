//! `live`: what is really on the wire.

use clap::{Args, Subcommand};

use super::{Console, Exit, InputArgs};

#[cfg(target_os = "linux")]
mod announce;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "some of it is for Linux"))]
mod ask;
#[cfg(target_os = "linux")]
mod context;
#[cfg(target_os = "linux")]
mod discovery;
mod engine;
mod identity;
mod manifest;
#[cfg(target_os = "linux")]
mod output;
#[cfg(target_os = "linux")]
mod peer;
#[cfg(target_os = "linux")]
mod probe;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "half of it is for Linux"))]
mod time;
#[cfg(target_os = "linux")]
mod watch;

pub(super) use engine::LiveEngine;

/// The options of `live`.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub struct LiveArgs {
    /// What to do on the wire
    #[command(subcommand)]
    pub command: LiveCommand,
}

const EXAMPLES: &str = "\
Examples:
  Who answers for the Services' addresses, and is it who should?
    kubectl get -A -o yaml services,nodes,endpointslices > cluster.yaml
    metallb2cilium live probe -f metallb/ -f cluster.yaml
  Listen while MetalLB hands over to Cilium:
    metallb2cilium live watch -f metallb/ -f cluster.yaml --for 10m
  Ask from every node of the cluster:
    metallb2cilium live manifest probe --image IMAGE -f all.yaml > probe.yaml

Everything here looks before it touches. probe sends questions only, watch sends
nothing, announce sends nothing without --really-answer, peer sends no route
without --really-advertise and refuses where it would disturb a session.

Exit status: 0 as expected, 1 not, 2 refused.";

/// What is done on the wire.
#[derive(Debug, Clone, PartialEq, Subcommand)]
pub enum LiveCommand {
    /// Ask by ARP and NDP who answers for addresses
    #[cfg(target_os = "linux")]
    Probe(probe::ProbeArgs),
    /// Listen to who asks and who answers; send nothing
    #[cfg(target_os = "linux")]
    Watch(watch::WatchArgs),
    /// Answer for the addresses that are this Node's; dry unless told
    #[cfg(target_os = "linux")]
    Announce(announce::AnnounceArgs),
    /// Open this Node's BGP sessions, look, and leave; dry unless told
    #[cfg(target_os = "linux")]
    Peer(peer::PeerArgs),
    /// Print manifests that run probe, watch or peer on the nodes; dry runs only
    Manifest(Box<manifest::ManifestArgs>),
}

/// Does it.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(
    args: LiveArgs,
    input: InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    match args.command {
        #[cfg(target_os = "linux")]
        LiveCommand::Probe(args) => probe::run(&args, &input, console),
        #[cfg(target_os = "linux")]
        LiveCommand::Watch(args) => watch::run(&args, &input, console),
        #[cfg(target_os = "linux")]
        LiveCommand::Announce(args) => announce::run(&args, &input, console),
        #[cfg(target_os = "linux")]
        LiveCommand::Peer(args) => peer::run(&args, &input, console),
        LiveCommand::Manifest(args) => manifest::run(*args, input, console),
    }
}
