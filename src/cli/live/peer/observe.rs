//! One session from the connection to the end, and what it was like.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;
use socket2::Socket;

use super::talk::talk;
use super::{LiveEngine, PeerArgs};
use crate::ip::Family;
use crate::live::bgp::dial::{
    DialError, Neighbour, dial, local_address, look_unsigned, next_hops, own_next_hop, router_id,
};
use crate::live::bgp::evidence::{Counters, Evidence, Place};
use crate::live::bgp::judgement::{Compared, compare, ended, family_name, no_connection};
use crate::live::bgp::listen::{accept, listen};
use crate::live::bgp::received::Received;
use crate::live::bgp::routes::Route;
use crate::live::bgp::session::{End, Negotiated, Session, Wanted};
use crate::live::link::Interface;
use crate::live::neighbours::Answers;
use crate::live::routers::{self, NoRouter};
use crate::live::wires::Stop;
use crate::verify::sessions::{Parameters, Remote, Session as Configured, Source};

/// What peers are told on leaving (RFC 9003).
const FAREWELL: &str = "metallb2cilium live peer: looked, and sent no route";
const FAREWELL_WITH_ROUTES: &str = "metallb2cilium live peer: took its routes back";
/// How long to stay where nobody says.
pub(super) const STAY: Duration = Duration::from_secs(3);
/// How long to dial, and to wait for a peer: its time between attempts is two minutes
/// where nobody says (RFC 4271, section 10).
const CONNECT: Duration = Duration::from_secs(10);
const WAIT: Duration = Duration::from_secs(180);

/// How a session went.
#[derive(Debug)]
pub(super) enum Observed {
    /// It came up.
    Up(Box<Up>),
    /// It did not come up.
    NotUp(String),
    /// It was not tried.
    Skipped(String),
    /// A signal came before it was up.
    Interrupted,
}

/// How a session ended that was up.
#[derive(Debug)]
pub(super) enum Ending {
    /// It was left when the time was over.
    Left,
    /// It was left at a signal.
    Interrupted,
    /// It was lost before.
    Lost(String),
}

/// A session that came up.
#[derive(Debug)]
pub(super) struct Up {
    pub(super) ending: Ending,
    /// How long it was up.
    pub(super) lasted: Duration,
    /// Whether routes were to be sent.
    pub(super) advertised: bool,
    pub(super) compared: Vec<Compared>,
    pub(super) received: Received,
    pub(super) families: BTreeSet<Family>,
    pub(super) sent: Vec<IpNet>,
    pub(super) withdrawn: Vec<IpNet>,
    /// How often the peer asked for routes again, and how often they went.
    pub(super) refreshes: (u64, u64),
}

/// Opens a session, or waits for it, and goes through it.
///
/// `local` becomes the address of this host that it goes from, as soon as that is known.
pub(super) fn observe(
    args: &PeerArgs,
    session: &Configured,
    routes: Vec<Route>,
    stop: &Stop,
    local: &mut Option<IpAddr>,
) -> Observed {
    let parameters = &session.parameters;
    let connected = neighbour(args, session, stop).and_then(|peer| {
        *local = local_address(&peer, parameters).filter(|_| !args.passive);
        let socket = connect(args, &peer, parameters, *local, stop)?;
        *local = local_of(&socket).or(*local);
        Ok((socket, peer))
    });
    let (socket, peer) = match connected {
        Ok(connected) => connected,
        Err(NoPeer::Interrupted | NoPeer::Dial(DialError::Interrupted, _)) => {
            return Observed::Interrupted;
        }
        Err(NoPeer::Dial(error, evidence)) => {
            return Observed::NotUp(no_connection(&error, parameters, &evidence));
        }
        Err(NoPeer::Unknown(why)) => return Observed::NotUp(why),
    };
    let wanted = match wanted(args, session, routes, &socket, &peer) {
        Ok(wanted) => wanted,
        Err(why) => return Observed::NotUp(why),
    };
    let unnumbered = wanted.unnumbered;
    let (asked, foreign) = (wanted.routes.len(), of_the_other_family(&wanted));
    let talk = match talk(socket, wanted, stop) {
        Ok(talk) => talk,
        Err(error) => return Observed::NotUp(format!("the connection broke: {error}")),
    };
    let ending = match (&talk.end, ended(&talk.end, parameters)) {
        (End::Interrupted, _) => Ending::Interrupted,
        (_, Some(why)) => Ending::Lost(why),
        (_, None) => Ending::Left,
    };
    match (talk.lasted, talk.session.negotiated(), ending) {
        (Some(lasted), Some(negotiated), ending) => {
            let compared =
                compared(parameters, unnumbered, negotiated, (asked, foreign), &talk.session);
            Observed::Up(Box::new(Up {
                ending,
                lasted,
                advertised: args.really_advertise,
                compared,
                received: talk.session.what_came().clone(),
                families: negotiated.families.clone(),
                sent: talk.session.told().copied().collect(),
                withdrawn: talk.session.taken_back().copied().collect(),
                refreshes: talk.session.refreshes(),
            }))
        }
        (_, _, Ending::Lost(why)) => Observed::NotUp(why),
        (_, _, Ending::Interrupted) => Observed::Interrupted,
        (_, _, Ending::Left) => Observed::NotUp("nothing was agreed on".to_owned()),
    }
}

/// Why there is nobody to speak with.
enum NoPeer {
    Interrupted,
    Dial(DialError, Box<Evidence>),
    Unknown(String),
}

/// The patience that was asked for, else what is usual.
fn patience(args: &PeerArgs) -> Duration {
    args.connect_timeout.unwrap_or(if args.passive { WAIT } else { CONNECT })
}

/// Who the peer is.
fn neighbour(args: &PeerArgs, session: &Configured, stop: &Stop) -> Result<Neighbour, NoPeer> {
    let unknown = |why: String| NoPeer::Unknown(why);
    let find = |name: &str| Interface::find(name).map_err(|error| unknown(error.with_remedy()));
    match &session.remote {
        Remote::Address(address) if is_link_local(address) => {
            let Source::Interface(name) = &session.parameters.source else {
                return Err(unknown(format!("{address} is link-local: on which link is not said")));
            };
            Ok(Neighbour { address: *address, interface: Some(find(name)?) })
        }
        Remote::Address(address) => Ok(Neighbour { address: *address, interface: None }),
        Remote::Gateway(_) => Err(unknown(format!("{} was not found", session.remote))),
        Remote::Interface(name) => {
            let interface = find(name)?;
            let found = routers::find(&interface, patience(args), stop);
            let address = found.map_err(|error| match error {
                NoRouter::Interrupted => NoPeer::Interrupted,
                NoRouter::None => unknown(format!(
                    "nobody on {name} has said to be a router (no router advertisement came)"
                )),
                NoRouter::Several(all) => {
                    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
                    unknown(format!(
                        "{name} has several routers, and which one is meant is not said: {}",
                        all.join(", ")
                    ))
                }
                NoRouter::Impossible(error) => unknown(error.with_remedy()),
            })?;
            Ok(Neighbour { address: address.into(), interface: Some(interface) })
        }
    }
}

/// The address that a connection has here.
fn local_of(socket: &Socket) -> Option<IpAddr> {
    let local = socket.local_addr().ok()?.as_socket()?;
    Some(local.ip().to_canonical())
}

fn is_link_local(address: &IpAddr) -> bool {
    matches!(address, IpAddr::V6(ip) if ip.is_unicast_link_local())
}

fn connect(
    args: &PeerArgs,
    peer: &Neighbour,
    parameters: &Parameters,
    local: Option<IpAddr>,
    stop: &Stop,
) -> Result<Socket, NoPeer> {
    let (patience, before) = (patience(args), Counters::now());
    let connected = if args.passive {
        listen(args.listen, peer, parameters)
            .and_then(|(listener, at)| accept(listener, at, peer, patience, stop))
    } else {
        dial(peer, parameters, patience, stop)
    };
    connected.map_err(|error| {
        let evidence = evidence(&error, peer, parameters, before, patience, stop);
        let evidence = Box::new(Evidence { local, ..evidence });
        NoPeer::Dial(error, evidence)
    })
}

/// What can be seen of a peer with which there is no connection.
fn evidence(
    error: &DialError,
    peer: &Neighbour,
    parameters: &Parameters,
    before: Option<Counters>,
    patience: Duration,
    stop: &Stop,
) -> Evidence {
    let dropped = before.and_then(|before| Some(Counters::now()?.since(before)));
    let place = match error {
        DialError::Timeout(_) | DialError::Unreachable => Place::of(peer),
        _ => return Evidence { dropped, ..Evidence::default() },
    };
    let may_be_there =
        !matches!(place, Place::NoRoute | Place::Link(Answers::No) | Place::Behind(_, Answers::No));
    let unsigned = matches!(error, DialError::Timeout(_))
        .then(|| may_be_there.then(|| look_unsigned(peer, parameters, patience, stop)))
        .flatten()
        .flatten();
    Evidence { dropped, place, unsigned, local: None }
}

/// What the session is to be like.
fn wanted(
    args: &PeerArgs,
    session: &Configured,
    routes: Vec<Route>,
    socket: &Socket,
    peer: &Neighbour,
) -> Result<Wanted, String> {
    let parameters = session.parameters.clone();
    let router_id = match &parameters.router_id {
        Some(text) => text.parse().ok(),
        None => router_id(socket).ok().flatten(),
    };
    let router_id = router_id.ok_or("this host has no IPv4 address to be its router ID")?;
    let broken = |error| format!("the connection broke: {error}");
    let farewell = if routes.is_empty() { FAREWELL } else { FAREWELL_WITH_ROUTES };
    Ok(Wanted {
        parameters,
        unnumbered: matches!(session.remote, Remote::Interface(_)),
        router_id,
        stay: args.for_.unwrap_or(STAY),
        farewell: farewell.to_owned(),
        routes,
        next_hops: match args.engine {
            LiveEngine::Metallb => next_hops(socket, peer).map_err(broken)?,
            LiveEngine::Cilium => own_next_hop(socket, peer).map_err(broken)?,
        },
    })
}

/// How routes go whose family is not the session's own, where they do as Cilium's.
fn of_the_other_family(wanted: &Wanted) -> Option<String> {
    let hops = &wanted.next_hops;
    let v4_mapped = hops.v6.filter(|hop| hop.to_ipv4_mapped().is_some());
    let (family, hop) = match (v4_mapped, hops.v6) {
        (Some(mapped), _) => (Family::V6, mapped),
        (None, Some(own)) if hops.v4_by_v6 => (Family::V4, own),
        _ => return None,
    };
    let some = wanted.parameters.families.contains(&family)
        && wanted.routes.iter().any(|route| route.family() == family);
    some.then(|| {
        format!("{} with the next hop {hop}, as Cilium sends it: M2C424", family_name(family))
    })
}

/// What was agreed on, whether every route could be sent, and whether every family
/// could be read.
fn compared(
    parameters: &Parameters,
    unnumbered: bool,
    negotiated: &Negotiated,
    (asked, foreign): (usize, Option<String>),
    session: &Session,
) -> Vec<Compared> {
    let mut rows = compare(parameters, unnumbered, negotiated);
    if asked > 0 {
        let sent = session.told().count();
        rows.push(Compared {
            name: "routes sent",
            expected: asked.to_string(),
            found: sent.to_string(),
            good: asked == sent,
            note: foreign,
        });
    }
    for family in session.what_came().disabled() {
        rows.push(Compared {
            name: "UPDATEs",
            expected: "readable".to_owned(),
            found: format!("unreadable in {}", family_name(*family)),
            good: false,
            note: None,
        });
    }
    rows
}
