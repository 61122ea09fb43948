//! `live announce`: answers for the addresses that are this Node's.

mod telling;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use clap::Args;

use super::super::{Console, Exit, InputArgs};
use super::context::{self, Context, DecisionArgs, LiveEngine, Sides, refuse};
use super::output::{LiveFormat, line};
use super::time::{Clock, duration, words};
use crate::diagnostic::Diagnostic;
use crate::live::announce::{Action, Announcer, Event, Post, Reason};
use crate::live::expected::{Duty, duties};
use crate::live::link::{Interface, Link, Membership, Reception};
use crate::live::wires::Wires;
use crate::live::{LiveError, codes};
use telling::{dry, told, with_time};

/// The options of `live announce`.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct AnnounceArgs {
    /// Whose Decision is followed
    #[arg(long, value_enum, value_name = "ENGINE")]
    pub engine: LiveEngine,
    /// Only these of the Node's addresses; may be repeated
    #[arg(long, value_name = "IP")]
    pub address: Vec<IpAddr>,
    /// Also what this Node answers for only if it wins Cilium's lease
    #[arg(long)]
    pub as_leader: bool,
    /// Really announce and answer: traffic comes to this host
    #[arg(long, requires = "for_")]
    pub really_answer: bool,
    /// Answer although this host has none of the Node's own addresses
    #[arg(long, requires = "really_answer")]
    pub even_on_another_host: bool,
    /// Announce without asking first whether somebody else has an address
    #[arg(long, requires = "really_answer")]
    pub take_over: bool,
    /// Fall silent after so long, counted from the first announcement
    #[arg(long = "for", id = "for_", value_name = "DURATION", value_parser = duration)]
    pub for_: Option<Duration>,
    /// Format of what is told
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: LiveFormat,
    /// What is decided.
    #[command(flatten)]
    pub decision: DecisionArgs,
}

const EXAMPLES: &str = "\
Examples:
  What would this Node announce and answer for?
    kubectl get -A -o yaml services,nodes,endpointslices > cluster.yaml
    metallb2cilium live announce --engine metallb -f metallb/ \\
      -f cluster.yaml --node node-a
  Answer for one address for five minutes, if nobody else does:
    metallb2cilium live announce --engine cilium -f all.yaml --node node-a \\
      --address 192.0.2.10 --really-answer --for 5m

Without --really-answer nothing is sent, and no socket is opened. With it each
address is probed for three times; if anybody else has one, nothing is announced
at all. It falls silent when the time is over, at SIGINT and SIGTERM, when a link
is lost, and at the first claim by somebody else. A host that has none of the
Node's own addresses (InternalIP) is not the Node, and is refused. Whether the
Node leads is taken from the Leases of the input, where they are. This host does not forward the
traffic that comes to it by itself. Needs CAP_NET_RAW.

Exit status: 0 dry, or ended by time or signal; 1 somebody else has an address,
or a link was lost; 2 refused.";

/// Announces.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(
    args: &AnnounceArgs,
    input: &InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let sides = Sides::One(args.engine);
    let Some(context) = context::read(&args.decision, input, sides, console)? else {
        return Ok(Exit::Refused);
    };
    if let Some(why) = elsewhere(&context) {
        if args.really_answer && !args.even_on_another_host {
            let refused = Diagnostic::error(codes::OTHER_HOST, why)
                .help("run it on the Node, or answer from here with --even-on-another-host");
            return refuse(console, refused);
        }
        console.remind(&why)?;
    }
    let (duties, interfaces) = match plan(args, &context) {
        Ok(plan) => plan,
        Err(diagnostic) => return refuse(console, diagnostic),
    };
    for assumption in context.assumptions() {
        console.say(&format!("assumed: {assumption}"))?;
    }
    let Some(time) = args.for_.filter(|_| args.really_answer) else {
        dry(args, &duties, &interfaces, console)?;
        return Ok(Exit::Done);
    };
    match answer(args, &duties, interfaces, time, console)? {
        Ok(exit) => Ok(exit),
        Err(error) => refuse(console, error.diagnostic()),
    }
}

/// What this Node answers for, and the interfaces on which it does.
fn plan(
    args: &AnnounceArgs,
    context: &Context,
) -> Result<(Vec<Duty>, Vec<Interface>), Box<Diagnostic>> {
    let here = context.here()?;
    let decision = context.decides(args.engine)?;
    let all = duties(&decision, here);
    let duties = chosen(args, context, here, all)?;
    let names: BTreeSet<&String> = duties.iter().flat_map(|duty| &duty.interfaces).collect();
    let mut interfaces = Vec::new();
    for name in names {
        let interface = Interface::find(name).map_err(|error| Box::new(error.diagnostic()))?;
        // One without a link is not the end where the address is on others, too.
        if interface.sender().is_ok() {
            interfaces.push(interface);
        }
    }
    for duty in &duties {
        let usable = |one: &&Interface| {
            let sender = one.sender().ok().filter(|_| duty.interfaces.contains(&one.name));
            sender.is_some_and(|sender| duty.ip.is_ipv4() || sender.link_local.is_some())
        };
        if interfaces.iter().find(usable).is_none() {
            let names: Vec<&str> = duty.interfaces.iter().map(String::as_str).collect();
            let error = LiveError::Unusable {
                name: names.join(", "),
                reason: if duty.ip.is_ipv4() {
                    "is down, has no link or is not Ethernet"
                } else {
                    "is down, or has no link-local address to announce IPv6 addresses from"
                },
            };
            return Err(Box::new(error.diagnostic()));
        }
    }
    Ok((duties, interfaces))
}

/// Those that are meant, and that this Node is sure to have: also where the Leases of the
/// input say that it holds Cilium's.
fn chosen(
    args: &AnnounceArgs,
    context: &Context,
    here: &str,
    mut duties: Vec<Duty>,
) -> Result<Vec<Duty>, Box<Diagnostic>> {
    let all = duties.len();
    duties.retain(|duty| args.address.is_empty() || args.address.contains(&duty.ip));
    let (mut unsure, mut others) = (0_usize, BTreeSet::new());
    for duty in duties.iter_mut().filter(|duty| !duty.sure) {
        let holders = context.holders(&duty.services);
        let known: Vec<&str> = holders.iter().copied().flatten().collect();
        match (known.contains(&here), holders.contains(&None)) {
            (true, _) => duty.sure = true,
            (false, false) => others.extend(known.into_iter().map(str::to_owned)),
            (false, true) => unsure += 1,
        }
    }
    duties.retain(|duty| duty.sure || args.as_leader);
    if !duties.is_empty() {
        return Ok(duties);
    }
    let message = format!("Node {here} is not to answer for any address");
    let others: Vec<String> = others.into_iter().collect();
    let help = match (unsure, others.is_empty(), all) {
        (0, true, 0) => "look at the nodeSelectors and interfaces of the advertisements, and at \
                         the pools and endpoints of the Services; with the EndpointSlices in the \
                         input `simulate` shows who answers for which address"
            .to_owned(),
        (0, true, _) => format!("it has {all} other addresses: --address names none of them"),
        (0, false, _) => format!(
            "it does not lead: by the Leases of the input {} does; --as-leader answers all the \
             same",
            others.join(", ")
        ),
        _ => format!(
            "whether it leads is not in the input: it may win the lease of {unsure}; add the \
             Leases (kubectl get -A -o yaml leases), or take it for granted with --as-leader"
        ),
    };
    Err(Box::new(Diagnostic::error(codes::NO_ADDRESSES, message).help(help)))
}

/// Why this host seems not to be the Node: it has none of the addresses that the Node has.
fn elsewhere(context: &Context) -> Option<String> {
    let here = context.here.as_deref()?;
    let node = context.metallb.cluster.nodes.iter().find(|node| node.name == here)?;
    let own: BTreeSet<IpAddr> = context
        .interfaces
        .iter()
        .flat_map(|one| one.addresses.iter().map(ipnet::IpNet::addr))
        .collect();
    let ips: Vec<String> = node.internal_ips.iter().map(ToString::to_string).collect();
    let none = !ips.is_empty() && node.internal_ips.iter().all(|ip| !own.contains(ip));
    none.then(|| {
        format!("this host has no address of Node {here} ({}): it is another", ips.join(", "))
    })
}

fn answer(
    args: &AnnounceArgs,
    duties: &[Duty],
    interfaces: Vec<Interface>,
    time: Duration,
    console: &mut Console<'_>,
) -> anyhow::Result<Result<Exit, LiveError>> {
    let (mut wires, _membership) = match open(duties, interfaces) {
        Ok(opened) => opened,
        Err(error) => return Ok(Err(error)),
    };
    let posts = posts(duties, &wires);
    console.say(&format!(
        "{} for {}",
        if args.take_over {
            "taking over"
        } else {
            "asking who else has the addresses, then answering"
        },
        words(time)
    ))?;
    console.stderr.flush()?;
    let (clock, now) = (Clock::new(), Instant::now());
    let mut announcer = Announcer::new(posts, args.take_over, now, time);
    loop {
        let actions = announcer.tick(Instant::now());
        if let Some(exit) = act(args, &actions, &wires, &clock, console)? {
            return Ok(exit);
        }
        let woken = match wires.wait(Some(announcer.next_due())) {
            Ok(woken) => woken,
            Err(error) => return Ok(Err(error)),
        };
        let mut actions = Vec::new();
        if woken.stop {
            actions.extend(announcer.asked_to_stop());
        }
        if let Some(link) = woken.lost.first() {
            actions.extend(announcer.link_lost(*link));
        }
        for (link, heard) in &woken.heard {
            actions.extend(announcer.heard(*link, heard));
        }
        if let Some(exit) = act(args, &actions, &wires, &clock, console)? {
            return Ok(exit);
        }
    }
}

fn open(
    duties: &[Duty],
    interfaces: Vec<Interface>,
) -> Result<(Wires, Option<Membership>), LiveError> {
    let links: Result<Vec<Link>, LiveError> =
        interfaces.into_iter().map(|one| Link::open(one, Reception::Ours)).collect();
    let wires = Wires::new(links?)?.eager();
    let mut membership = None;
    for duty in duties {
        let IpAddr::V6(ip) = duty.ip else { continue };
        for link in wires.links() {
            let interface = link.interface();
            if duty.interfaces.contains(&interface.name) {
                let groups = match &mut membership {
                    Some(groups) => groups,
                    None => membership.insert(Membership::new()?),
                };
                groups.join(interface.index, ip)?;
            }
        }
    }
    Ok((wires, membership))
}

fn posts(duties: &[Duty], wires: &Wires) -> Vec<Post> {
    let mut posts = Vec::new();
    for duty in duties {
        for (number, link) in wires.links().iter().enumerate() {
            if duty.interfaces.contains(&link.interface().name) {
                posts.push(Post { link: number, ip: duty.ip, sender: link.sender() });
            }
        }
    }
    posts
}

/// Does what is to be done, what is sent before what is told; how it ends, where it
/// does.
fn act(
    args: &AnnounceArgs,
    actions: &[Action],
    wires: &Wires,
    clock: &Clock,
    console: &mut Console<'_>,
) -> anyhow::Result<Option<Result<Exit, LiveError>>> {
    let name = |link: &usize| {
        let link = wires.links().get(*link);
        link.map(|link| link.interface().name.as_str()).unwrap_or_default()
    };
    for (number, link) in wires.links().iter().enumerate() {
        let frames = actions.iter().filter_map(|action| match action {
            Action::Send(on, frame) if *on == number => Some(frame),
            Action::Send(..) | Action::Tell(_) => None,
        });
        if let Err(error) = link.send_all(frames) {
            return Ok(Some(Err(LiveError::System { what: "sending", error })));
        }
    }
    let mut end = None;
    for action in actions {
        let Action::Tell(event) = action else { continue };
        let (text, value) = told(event, name);
        let time = clock.utc(Instant::now());
        let text = match args.output {
            LiveFormat::Text => format!("{time} {text}"),
            LiveFormat::Json => with_time(value, &time).to_string(),
        };
        line(console, args.output, &text)?;
        if let Event::Silent(reason) = event {
            end = Some(match reason {
                Reason::Over | Reason::Asked => Exit::Done,
                Reason::LinkLost(_) | Reason::Taken(..) | Reason::Conflict(..) => Exit::Findings,
            });
        }
    }
    Ok(end.map(Ok))
}
