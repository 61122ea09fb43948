//! `live peer`: which BGP sessions come up, and how.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use clap::Args;

use super::super::{Console, Exit, InputArgs};
use super::context::{self, Context, DecisionArgs, LiveEngine, Sides, refuse};
use super::output::{LiveFormat, line};
use super::time::{Clock, duration};
use crate::diagnostic::Diagnostic;
use crate::live::bgp::routes::{Route, routes};
use crate::live::bgp::table;
use crate::live::link::Interface;
use crate::live::observations::{Kind, head};
use crate::live::wires::Stop;
use crate::live::{LiveError, codes};
use crate::manifest::closest;
use crate::verify::sessions::{Remote, Session as Configured};

mod observe;
mod report;
mod talk;

use observe::{Observed, observe};
use report::{source, text, to_json};

/// The options of `live peer`.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct PeerArgs {
    /// Whose sessions are opened
    #[arg(long, value_enum, value_name = "ENGINE", default_value_t)]
    pub engine: LiveEngine,
    /// Only the session with this peer; may be repeated [default: all]
    #[arg(long, value_name = "NAME")]
    pub peer: Vec<String>,
    /// Wait until the peer connects instead of dialling
    #[arg(long)]
    pub passive: bool,
    /// Where to wait for the peer [default: port 179 of the session's source address]
    #[arg(long, value_name = "ADDRESS:PORT", requires = "passive")]
    pub listen: Option<SocketAddr>,
    /// How long to wait for the connection [default: 10s, with --passive 3m]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub connect_timeout: Option<Duration>,
    /// How long to stay once a session is up [default: 3s]
    #[arg(long = "for", id = "for_", value_name = "DURATION", value_parser = duration)]
    pub for_: Option<Duration>,
    /// Really send the Decision's routes: traffic comes to this host
    #[arg(long, requires = "for_")]
    pub really_advertise: bool,
    /// Dial even where this host has a session to that peer, which the peer may
    /// tear down for the second one
    #[arg(long)]
    pub even_if_connected: bool,
    /// Format of the observations
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: LiveFormat,
    /// What is decided.
    #[command(flatten)]
    pub decision: DecisionArgs,
}

const EXAMPLES: &str = "\
Examples:
  Before the switch, on a node that has no session yet: do those that Cilium is
  to open come up?
    kubectl get -A -o yaml nodes,secrets > cluster.yaml
    metallb2cilium live peer --engine cilium -f metallb/ -f cluster.yaml \\
      --node node-a
  One session, as JSON:
    metallb2cilium live peer -f all.yaml --node node-a --peer tor-a -o json
  Wait for a router that dials, and whose neighbours listen:
    metallb2cilium live peer -f all.yaml --node node-a --peer tor-a --passive
  Send the routes to one peer for five minutes, and take them back:
    metallb2cilium live peer -f all.yaml --node node-a --peer tor-a \\
      --really-advertise --for 5m

Opens the sessions of this Node one after the other, from this host's address
(which one is said: a router takes a session from the one that it knows only),
with the configuration's AS numbers, timers, families, password, TTL and source;
stays for a while, sends no route, and leaves with a Cease (RFC 9003). Routes of
the peer are checked (RFC 7606), counted and let go. Refuses where this host has
a session to the peer.
With --passive it waits for the peer to connect, takes a connection of that peer
only, and stops listening then: there is never a second one to choose from. The
password counts there, too.
A peer that is configured by interface (unnumbered) is looked for by a router
solicitation and an advertisement with a lifetime of 0, and spoken to by its
link-local address; IPv4 then goes with IPv6 next hops (RFC 8950).
A peer that Cilium finds by itself (autoDiscovery, DefaultGateway) is the router
of this host's default route of that family, of several the one with the lowest
metric.
With --really-advertise it sends the routes that the Decision gives this Node,
with this host as next hop (with --engine cilium the session's own address for
both families, as GoBGP in Cilium has it: `explain M2C424`), sends them again where the peer asks for that
(RFC 2918), and takes them back before it leaves, at SIGINT and SIGTERM, too. It
then offers graceful restart without a family: a peer keeps none of the routes.
A peer that keeps routes of a speaker that is just restarting (RFC 4724) drops
them when this session comes up.
A peer that says nothing to a connection with a password is tried once without:
what it answers then tells a wrong password from a peer that expects none, or
where nobody listens. Nothing is said on that connection.

Exit status: 0 every session came up as configured and stayed, or a signal ended
the last one after its routes were sent (--really-advertise); 1 one did not, was
lost, or a signal came before, or while it only looked; 2 refused.";

/// Opens the sessions.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(
    args: &PeerArgs,
    input: &InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let sides = Sides::Sessions(args.engine);
    let Some(context) = context::read(&args.decision, input, sides, console)? else {
        return Ok(Exit::Refused);
    };
    if context.possibilities(args.engine) > 1 {
        console.remind("several configurations may get this Node: the first one is taken")?;
    }
    let (sessions, stop) = match prepare(args, &context) {
        Ok(prepared) => prepared,
        Err(diagnostic) => return refuse(console, diagnostic),
    };
    let missing = missing(args, &context, &sessions);
    for note in &missing {
        console.remind(note)?;
    }
    let mut decision = None;
    if args.really_advertise {
        decision = match context.decides(args.engine) {
            Ok(decision) => Some(decision),
            Err(diagnostic) => return refuse(console, diagnostic),
        };
    }
    // Which routes there are is of no matter where none is sent.
    let assumed: Vec<&String> = match args.really_advertise {
        true => context.assumptions().collect(),
        false => context.assumptions_without_services().collect(),
    };
    for assumption in assumed {
        console.say(&format!("assumed: {assumption}"))?;
    }
    let (clock, mut good, mut stopped) = (Clock::new(), missing.is_empty(), false);
    for session in &sessions {
        let began = Instant::now();
        let here = context.here.as_deref().unwrap_or_default();
        let routes = decision
            .as_ref()
            .map_or(Ok(Vec::new()), |decision| routes(decision, here, &session.peer));
        // Others were spoken to since it was looked at.
        let ready = match (stopped, routes) {
            (true, _) => Err("a signal came before its turn".to_owned()),
            (false, routes) => routes.and_then(|routes| still_unconnected(args, session, routes)),
        };
        let missing = context.discovery.missing.get(&session.peer);
        let mut local = None;
        let observed = match (ready, missing) {
            (Ok(_), Some(why)) if is_gateway(session) => Observed::NotUp(why.clone()),
            (Ok(routes), _) => observe(args, session, routes, &stop, &mut local),
            (Err(why), _) => Observed::Skipped(why),
        };
        let discovered = is_gateway(session) || context.discovery.found.contains_key(&session.peer);
        good &= observed.is_good();
        let text = match args.output {
            LiveFormat::Text => {
                let from = local.map(|local| source(session, local, args.passive));
                text(session, &observed, discovered, from.as_deref())
            }
            LiveFormat::Json => {
                let time = clock.utc(began);
                let rest = to_json(args.engine, session, &observed, discovered, local, &time);
                head(Kind::Peer, Some(here), rest).to_string()
            }
        };
        line(console, args.output, &text)?;
        stopped |= observed.is_interrupted();
    }
    Ok(if good { Exit::Done } else { Exit::Findings })
}

/// Whether it is with the default gateway, which was looked for in vain.
fn is_gateway(session: &Configured) -> bool {
    matches!(session.remote, Remote::Gateway(_))
}

/// The sessions that are to be opened, none of which is there.
fn prepare(args: &PeerArgs, context: &Context) -> Result<(Vec<Configured>, Stop), Box<Diagnostic>> {
    let here = context.here()?;
    let all = context.sessions(args.engine, here);
    let unfound = context.discovery.missing.keys();
    let names: BTreeSet<&str> =
        all.iter().map(|session| &session.peer).chain(unfound).map(String::as_str).collect();
    let names: Vec<&str> = names.into_iter().collect();
    for name in &args.peer {
        if !names.contains(&name.as_str()) {
            let message = format!("Node {here} has no session with a peer {name}");
            let help = match closest(name, &names) {
                Some(close) => format!("did you mean {close}?"),
                None => format!("its peers are: {}", names.join(", ")),
            };
            return Err(Box::new(Diagnostic::error(codes::NO_SESSION, message).help(help)));
        }
    }
    if names.is_empty() {
        let message = format!("Node {here} is to open no session");
        let help = match args.engine {
            LiveEngine::Metallb => {
                "look at the nodeSelectors of the BGPPeers, and at the Node's labels"
            }
            LiveEngine::Cilium => {
                "look at the nodeSelectors, and at the Node's labels; `metallb2cilium convert` says \
                 which BGPPeers Cilium cannot have, and why"
            }
        };
        return Err(Box::new(Diagnostic::error(codes::NO_SESSION, message).help(help)));
    }
    let chosen = |session: &Configured| args.peer.is_empty() || args.peer.contains(&session.peer);
    let sessions: Vec<Configured> = all.into_iter().filter(chosen).collect();
    if !args.even_if_connected {
        unconnected(&sessions)?;
    }
    let stop = Stop::new().map_err(|error| Box::new(error.diagnostic()))?;
    Ok((sessions, stop))
}

/// Hands the routes on, unless this host has come to have the session meanwhile.
fn still_unconnected(
    args: &PeerArgs,
    session: &Configured,
    routes: Vec<Route>,
) -> Result<Vec<Route>, String> {
    if !args.even_if_connected {
        unconnected(std::slice::from_ref(session)).map_err(|diagnostic| diagnostic.message)?;
    }
    Ok(routes)
}

/// Looks whether this host has one of the sessions already.
fn unconnected(sessions: &[Configured]) -> Result<(), Box<Diagnostic>> {
    let connections = table::connections().map_err(|error| {
        let what = "reading the table of sockets";
        Box::new(LiveError::System { what, error }.diagnostic())
    })?;
    let interfaces = Interface::all().map_err(|error| Box::new(error.diagnostic()))?;
    let connected = |session: &&Configured| {
        let port = session.parameters.port;
        match &session.remote {
            Remote::Address(peer) => table::has_session(&connections, *peer, port),
            Remote::Gateway(_) => false,
            Remote::Interface(name) => {
                let one = interfaces.iter().find(|one| one.name == *name);
                let addresses = one.map(|one| one.addresses.as_slice()).unwrap_or_default();
                let own: Vec<IpAddr> = addresses.iter().map(ipnet::IpNet::addr).collect();
                table::has_session_on_link(&connections, &own, port)
            }
        }
    };
    let names: Vec<String> = sessions
        .iter()
        .filter(connected)
        .map(|session| format!("{} ({})", session.peer, session.remote))
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let message = format!("this host has a session to {}", names.join(", "));
    Err(Box::new(Diagnostic::error(codes::SESSION_EXISTS, message).help(
        "a second session may tear down the first: name others with --peer, run it on a node \
         without sessions, or take the risk with --even-if-connected",
    )))
}

/// The peers that have no session, since it is not known how to find them.
fn missing(args: &PeerArgs, context: &Context, sessions: &[Configured]) -> Vec<String> {
    let all = context.discovery.missing.iter();
    let meant = all.filter(|(name, _)| args.peer.is_empty() || args.peer.contains(name));
    let unopened = meant.filter(|(name, _)| sessions.iter().all(|one| one.peer != **name));
    unopened.map(|(name, why)| format!("not opened: {name}: {why}")).collect()
}
