//! `live peer`: which BGP sessions come up, and how.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use clap::Args;
use ipnet::IpNet;
use serde_json::{Value, json};

use super::super::{Console, Exit, InputArgs};
use super::context::{self, Context, DecisionArgs, LiveEngine, Sides, refuse};
use super::time::{Clock, duration};
use super::{LiveFormat, line, words};
use crate::diagnostic::Diagnostic;
use crate::live::bgp::dial::{DialError, dial, next_hops, router_id};
use crate::live::bgp::judgement::{Compared, compare, ended, no_connection};
use crate::live::bgp::routes::{Route, routes};
use crate::live::bgp::session::{End, Negotiated, Wanted};
use crate::live::bgp::table;
use crate::live::observations::{Kind, head};
use crate::live::wires::Stop;
use crate::live::{LiveError, codes};
use crate::manifest::closest;
use crate::verify::sessions::{Parameters, Remote, Session as Configured};

mod talk;

use talk::talk;

/// What peers are told on leaving (RFC 9003).
const FAREWELL: &str = "metallb2cilium live peer: looked, and sent no route";
const FAREWELL_WITH_ROUTES: &str = "metallb2cilium live peer: took its routes back";
/// How long to stay where nobody says.
const STAY: Duration = Duration::from_secs(3);

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
    /// How long to wait for the connection
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub connect_timeout: Duration,
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
  Send the routes to one peer for five minutes, and take them back:
    metallb2cilium live peer -f all.yaml --node node-a --peer tor-a \\
      --really-advertise --for 5m

Opens the sessions of this Node one after the other, from this host's address,
with the configuration's AS numbers, timers, families, password, TTL and source;
stays for a while, sends no route, and leaves with a Cease (RFC 9003). Routes of
the peer are passed over. Refuses where this host has a session to the peer.
With --really-advertise it sends the routes that the Decision gives this Node,
with this host as next hop, and takes them back before it leaves, at SIGINT and
SIGTERM, too. It then offers no graceful restart: a peer keeps none of them.

Exit status: 0 every session came up as configured, 1 not, 2 refused.";

/// How a session went.
#[derive(Debug)]
enum Observed {
    /// It came up, and was left.
    Up { compared: Vec<Compared>, updates: u64, sent: Vec<String> },
    /// It did not come up, or did not stay.
    NotUp(String),
    /// It was not tried.
    Skipped(String),
    /// A signal came.
    Interrupted,
}

/// Opens the sessions.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(
    args: &PeerArgs,
    input: &InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let sides = Sides::One(args.engine);
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
    let mut decision = None;
    if args.really_advertise {
        decision = match context.decides(args.engine) {
            Ok(decision) => Some(decision),
            Err(diagnostic) => return refuse(console, diagnostic),
        };
    }
    for assumption in &context.assumptions {
        console.say(&format!("assumed: {assumption}"))?;
    }
    let (clock, mut good) = (Clock::new(), true);
    for session in &sessions {
        let began = Instant::now();
        let here = context.here.as_deref().unwrap_or_default();
        let routes = decision
            .as_ref()
            .map_or(Ok(Vec::new()), |decision| routes(decision, here, &session.peer));
        let observed = match routes {
            Ok(routes) => observe(args, session, routes, &stop),
            Err(why) => Observed::Skipped(why),
        };
        good &= match &observed {
            Observed::Up { compared, .. } => compared.iter().all(|row| row.good),
            _ => false,
        };
        let text = match args.output {
            LiveFormat::Text => text(args, session, &observed),
            LiveFormat::Json => {
                let rest = to_json(args.engine, session, &observed, &clock.utc(began));
                head(Kind::Peer, Some(here), rest).to_string()
            }
        };
        line(console, &text)?;
        if matches!(observed, Observed::Interrupted) {
            break;
        }
    }
    Ok(if good { Exit::Done } else { Exit::Findings })
}

/// The sessions that are to be opened, none of which is there.
fn prepare(args: &PeerArgs, context: &Context) -> Result<(Vec<Configured>, Stop), Box<Diagnostic>> {
    let here = context.here()?;
    let all = context.sessions(args.engine, here);
    let names: Vec<&str> = all.iter().map(|session| session.peer.as_str()).collect();
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
    if all.is_empty() {
        let message = format!("Node {here} is to open no session");
        return Err(Box::new(
            Diagnostic::error(codes::NO_SESSION, message)
                .help("look at the nodeSelectors of the BGPPeers, and at the Node's labels"),
        ));
    }
    let chosen = |session: &Configured| args.peer.is_empty() || args.peer.contains(&session.peer);
    let sessions: Vec<Configured> = all.into_iter().filter(chosen).collect();
    if !args.even_if_connected {
        unconnected(&sessions)?;
    }
    let stop = Stop::new().map_err(|error| Box::new(error.diagnostic()))?;
    Ok((sessions, stop))
}

/// Looks whether this host has one of the sessions already.
fn unconnected(sessions: &[Configured]) -> Result<(), Box<Diagnostic>> {
    let connections = table::connections().map_err(|error| {
        let what = "reading the table of sockets";
        Box::new(LiveError::System { what, error }.diagnostic())
    })?;
    let connected = |session: &&Configured| {
        let port = session.parameters.port;
        address(session).is_some_and(|peer| table::has_session(&connections, peer, port))
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

fn address(session: &Configured) -> Option<IpAddr> {
    match session.remote {
        Remote::Address(address) => Some(address),
        Remote::Interface(_) => None,
    }
}

fn observe(args: &PeerArgs, session: &Configured, routes: Vec<Route>, stop: &Stop) -> Observed {
    let Some(peer) = address(session) else {
        return Observed::Skipped("unnumbered peers are not dialled".to_owned());
    };
    let parameters = &session.parameters;
    let socket = match dial(peer, parameters, args.connect_timeout, stop) {
        Ok(socket) => socket,
        Err(DialError::Interrupted) => return Observed::Interrupted,
        Err(error) => return Observed::NotUp(no_connection(&error, parameters)),
    };
    let configured = match &parameters.router_id {
        Some(text) => text.parse().ok(),
        None => router_id(&socket).ok().flatten(),
    };
    let Some(router_id) = configured else {
        return Observed::NotUp("this host has no IPv4 address to be its router ID".to_owned());
    };
    let next_hops = match next_hops(&socket) {
        Ok(next_hops) => next_hops,
        Err(error) => return Observed::NotUp(format!("the connection broke: {error}")),
    };
    let farewell = if routes.is_empty() { FAREWELL } else { FAREWELL_WITH_ROUTES };
    let asked: Vec<IpNet> = routes.iter().map(|route| route.prefix).collect();
    let wanted = Wanted {
        parameters: parameters.clone(),
        router_id,
        stay: args.for_.unwrap_or(STAY),
        farewell: farewell.to_owned(),
        routes,
        next_hops,
    };
    match talk(socket, wanted, stop) {
        Ok((session, end)) => match (ended(&end, parameters), session.negotiated()) {
            (_, _) if end == End::Interrupted => Observed::Interrupted,
            (Some(why), _) => Observed::NotUp(why),
            (None, Some(negotiated)) => Observed::Up {
                compared: compared(parameters, negotiated, &asked, session.sent()),
                updates: session.updates(),
                sent: session.sent().iter().map(|route| route.prefix.to_string()).collect(),
            },
            (None, None) => Observed::NotUp("nothing was agreed on".to_owned()),
        },
        Err(error) => Observed::NotUp(format!("the connection broke: {error}")),
    }
}

/// What was agreed on, and whether every route could be sent.
fn compared(
    parameters: &Parameters,
    negotiated: &Negotiated,
    asked: &[IpNet],
    sent: &[Route],
) -> Vec<Compared> {
    let mut rows = compare(parameters, negotiated);
    if !asked.is_empty() {
        rows.push(Compared {
            name: "routes sent",
            expected: asked.len().to_string(),
            found: sent.len().to_string(),
            good: asked.len() == sent.len(),
        });
    }
    rows
}

fn text(args: &PeerArgs, session: &Configured, observed: &Observed) -> String {
    let name = format!("{} ({} port {})", session.peer, session.remote, session.parameters.port);
    match observed {
        Observed::Up { compared, updates, .. } => {
            let good = compared.iter().all(|row| row.good);
            let verdict = if good { "up, as configured" } else { "up, not as configured" };
            let rows = compared.iter().map(|row| {
                if row.good {
                    format!("{} {}", row.name, row.found)
                } else {
                    format!("{} {} instead of {}", row.name, row.found, row.expected)
                }
            });
            let rows: Vec<String> = rows.collect();
            format!(
                "{name}: {verdict}: {}; left after {}, {updates} UPDATEs passed over",
                rows.join("; "),
                words(args.for_.unwrap_or(STAY))
            )
        }
        Observed::NotUp(why) => format!("{name}: not up: {why}"),
        Observed::Skipped(why) => format!("{name}: skipped: {why}"),
        Observed::Interrupted => format!("{name}: interrupted by a signal"),
    }
}

fn to_json(engine: LiveEngine, session: &Configured, observed: &Observed, time: &str) -> Value {
    let (outcome, reason) = match observed {
        Observed::Up { compared, .. } if compared.iter().all(|row| row.good) => {
            ("asConfigured", None)
        }
        Observed::Up { .. } => ("different", None),
        Observed::NotUp(why) => ("notUp", Some(why)),
        Observed::Skipped(why) => ("skipped", Some(why)),
        Observed::Interrupted => ("interrupted", None),
    };
    let (compared, updates, sent) = match observed {
        Observed::Up { compared, updates, sent } => {
            (compared.as_slice(), Some(*updates), sent.as_slice())
        }
        _ => (&[][..], None, &[][..]),
    };
    let rows = compared.iter().map(|row| {
        json!({"name": row.name, "expected": row.expected, "found": row.found, "good": row.good})
    });
    json!({
        "engine": engine.name(),
        "time": time,
        "peer": session.peer,
        "remote": session.remote,
        "port": session.parameters.port,
        "parameters": session.parameters,
        "outcome": outcome,
        "good": outcome == "asConfigured",
        "reason": reason,
        "negotiated": rows.collect::<Vec<Value>>(),
        "updates": updates,
        "sent": sent,
    })
}
