//! `live probe`: who answers for each address.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use clap::Args;

use super::super::{Console, Exit, InputArgs};
use super::ask::AskArgs;
use super::context::{self, Context, DecisionArgs, IdentityArgs, LiveEngine, Sides, refuse};
use super::output::{LiveFormat, line};
use super::time::{Clock, duration};
use crate::diagnostic::Diagnostic;
use crate::ip::{IpRange, IpSet, from_number, to_number};
use crate::live::expected::Expected;
use crate::live::identity::Identities;
use crate::live::link::{Link, Reception};
use crate::live::probe::{Answer, Next, Prober, Settings};
use crate::live::verdict::{Verdict, judge};
use crate::live::wires::Wires;
use crate::live::{LiveError, Mac, codes};

mod report;

use report::{summary, text, to_json};

/// More addresses than these take longer than anybody waits.
const MAX_ADDRESSES: u128 = 1 << 20;
/// How often people are told how far it has come.
const PROGRESS: Duration = Duration::from_millis(250);

/// The options of `live probe`.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct ProbeArgs {
    /// What is asked for.
    #[command(flatten)]
    pub ask: AskArgs,
    /// Questions a second, at most
    #[arg(long, value_name = "N", default_value = "200")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rate: u32,
    /// Ask again and again, and print what changes
    #[arg(long)]
    pub watch: bool,
    /// The time from one round to the next
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    #[arg(requires = "watch")]
    pub interval: Duration,
    /// End after so long
    #[arg(long = "for", value_name = "DURATION", value_parser = duration, requires = "watch")]
    pub for_: Option<Duration>,
    /// Format of the observations
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: LiveFormat,
    /// Whose link-layer address is whose.
    #[command(flatten)]
    pub identity: IdentityArgs,
    /// What is decided.
    #[command(flatten)]
    pub decision: DecisionArgs,
}

const EXAMPLES: &str = "\
Examples:
  Does a Node that may answer do so for each Service, and nobody else?
    kubectl get -A -o yaml services,nodes,endpointslices > cluster.yaml
    metallb2cilium live probe -f metallb/ -f cluster.yaml
  Is anything else on the addresses of the pools?
    metallb2cilium live probe -f metallb/ -f cluster.yaml --all
  While Cilium takes over, as JSON:
    metallb2cilium live probe -f all.yaml --engine cilium --watch -o json

ARP probes have no sender address (RFC 5227): nobody's cache changes. IPv6 is
asked from this host's own link-local address. Nodes whose link-layer address
is not known are asked for it in the same way. A host does not hear itself: ask
from another host than the one that is to answer. With --engine cilium the Leases
of the input (kubectl get -A -o yaml leases) say who holds each Service's. Needs
CAP_NET_RAW.

Exit status: 0 as expected (with --watch: in the last round), 1 not, 2 refused.";

/// What is asked, and what is expected.
struct Question {
    ips: Vec<IpAddr>,
    expected: BTreeMap<IpAddr, Expected>,
    known: Identities,
    here: Option<String>,
    /// For those who merge what many hosts saw.
    engine: LiveEngine,
    interface: String,
    own_macs: Vec<Mac>,
}

/// One address in one round.
#[derive(Debug, Clone)]
struct Observation {
    ip: IpAddr,
    verdict: Verdict,
    answers: Vec<Answer>,
}

impl Observation {
    /// What must change for it to be told again.
    fn key(&self) -> (Verdict, BTreeSet<[u8; 6]>) {
        (self.verdict, self.answers.iter().map(|answer| answer.mac.0).collect())
    }
}

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Finished,
    Stopped,
    LinkLost,
}

/// Probes.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(
    args: &ProbeArgs,
    input: &InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let sides = Sides::One(args.ask.engine);
    let Some(context) = context::read(&args.decision, input, sides, console)? else {
        return Ok(Exit::Refused);
    };
    let (mut question, mut wires) = match prepare(args, &context) {
        Ok(prepared) => prepared,
        Err(diagnostic) => return refuse(console, diagnostic),
    };
    for assumption in &context.assumptions {
        console.say(&format!("assumed: {assumption}"))?;
    }
    match probe(args, &context, &mut question, &mut wires, console)? {
        Ok(exit) => Ok(exit),
        Err(error) => refuse(console, error.diagnostic()),
    }
}

fn prepare(args: &ProbeArgs, context: &Context) -> Result<(Question, Wires), Box<Diagnostic>> {
    let decision = context.decides(args.ask.engine)?;
    let expected = context.expected(&decision);
    let ips = if args.ask.all {
        whole(&context.pools())?
    } else if args.ask.address.is_empty() {
        expected.keys().copied().collect()
    } else {
        args.ask.address.clone()
    };
    if ips.is_empty() {
        let message = "no Service in the input has an address";
        return Err(Box::new(Diagnostic::error(codes::NO_ADDRESSES, message).help(
            "add the Services (kubectl get -A -o yaml services), or name --address or --all",
        )));
    }
    let interface = context.interface(args.ask.interface.as_deref(), &ips)?;
    let known = context.identities(&args.identity)?;
    let link =
        Link::open(interface, Reception::Ours).map_err(|error| Box::new(error.diagnostic()))?;
    if link.sender().link_local.is_none() && ips.iter().any(IpAddr::is_ipv6) {
        let error = LiveError::Unusable {
            name: link.interface().name.clone(),
            reason: "has no link-local address to ask for IPv6 addresses from",
        };
        return Err(Box::new(error.diagnostic()));
    }
    let question = Question {
        ips,
        expected,
        known,
        here: context.here.clone(),
        engine: args.ask.engine,
        interface: link.interface().name.clone(),
        own_macs: context.own_macs(std::iter::once(link.interface())),
    };
    let wires = Wires::new(vec![link]).map_err(|error| Box::new(error.diagnostic()))?;
    Ok((question, wires))
}

/// Every address of a set, where that is not too many.
fn whole(set: &IpSet) -> Result<Vec<IpAddr>, Box<Diagnostic>> {
    if set.len() > MAX_ADDRESSES {
        let message = format!("the pools have {} addresses", set.len());
        return Err(Box::new(
            Diagnostic::error(codes::NO_ADDRESSES, message)
                .help(format!("at most {MAX_ADDRESSES} are asked for: name some with --address")),
        ));
    }
    let of_range = |range: IpRange| {
        let (first, last) = (to_number(range.first()), to_number(range.last()));
        (first..=last).filter_map(move |number| from_number(range.family(), number))
    };
    Ok(set.ranges().flat_map(of_range).collect())
}

/// Asks, round by round.
fn probe(
    args: &ProbeArgs,
    context: &Context,
    question: &mut Question,
    wires: &mut Wires,
    console: &mut Console<'_>,
) -> anyhow::Result<Result<Exit, LiveError>> {
    let (clock, start) = (Clock::new(), Instant::now());
    let settings = Settings { rate: args.rate, attempts: args.ask.attempts, ..Settings::default() };
    let until = args.for_.map(|time| start + time);
    match meet_nodes(context, question, settings, wires, console)? {
        Ok(End::Finished) => {}
        Ok(_) => return Ok(Ok(Exit::Findings)),
        Err(error) => return Ok(Err(error)),
    }
    let mut before = BTreeMap::new();
    let mut number = 1;
    loop {
        let began = Instant::now();
        let mut prober = Prober::new(question.ips.iter().copied(), settings, began);
        let end = match ask(&mut prober, wires, console)? {
            Ok(end) => end,
            Err(error) => return Ok(Err(error)),
        };
        if end != End::Finished {
            let why = if end == End::Stopped { "interrupted" } else { "the link is lost" };
            console.remind(&format!("{why} in round {number}"))?;
            let watched = args.watch && end == End::Stopped && number > 1;
            return Ok(Ok(exit_of(watched && all_good(&before))));
        }
        let now: BTreeMap<IpAddr, Observation> = observe(question, &prober);
        let news = now.values().filter(|one| {
            before.get(&one.ip).is_none_or(|old: &Observation| old.key() != one.key())
        });
        tell(args, question, news, number, &clock.utc(began), console)?;
        before = now;
        let next = began + args.interval;
        if !args.watch || until.is_some_and(|until| until <= next) {
            console.say(&summary(&before))?;
            return Ok(Ok(exit_of(all_good(&before))));
        }
        match rest(wires, next) {
            Ok(End::Finished) => number += 1,
            Ok(End::Stopped) => return Ok(Ok(exit_of(all_good(&before)))),
            Ok(End::LinkLost) => {
                console.remind("the link is lost")?;
                return Ok(Ok(Exit::Findings));
            }
            Err(error) => return Ok(Err(error)),
        }
    }
}

/// Tells what is new in a round.
fn tell<'o>(
    args: &ProbeArgs,
    question: &Question,
    news: impl Iterator<Item = &'o Observation>,
    number: u32,
    time: &str,
    console: &mut Console<'_>,
) -> anyhow::Result<()> {
    for observation in news {
        let told = match args.output {
            LiveFormat::Text if args.watch => format!("{time} {}", text(question, observation)),
            LiveFormat::Text => text(question, observation),
            LiveFormat::Json => to_json(question, observation, number, time),
        };
        line(console, &told)?;
    }
    Ok(())
}

fn exit_of(good: bool) -> Exit {
    if good { Exit::Done } else { Exit::Findings }
}

fn all_good(observations: &BTreeMap<IpAddr, Observation>) -> bool {
    observations.values().all(|observation| observation.verdict.is_good())
}

/// Asks the Nodes that may answer for their own addresses, where it is not known who
/// they are.
fn meet_nodes(
    context: &Context,
    question: &mut Question,
    settings: Settings,
    wires: &mut Wires,
    console: &mut Console<'_>,
) -> anyhow::Result<Result<End, LiveError>> {
    let nodes = &context.metallb.cluster.nodes;
    let reached = |ip: &IpAddr| wires.links().iter().any(|link| link.interface().reaches(*ip));
    let ips: Vec<IpAddr> = nodes
        .iter()
        .filter(|node| !question.known.knows(&node.name))
        .flat_map(|node| node.internal_ips.iter().copied())
        .filter(|ip| reached(ip))
        .collect();
    let mut prober = Prober::new(ips, settings, Instant::now());
    let end = ask(&mut prober, wires, console)?;
    let found = prober.answers().filter_map(|(ip, answers)| match answers {
        [one] => Some((ip, one.mac)),
        _ => None,
    });
    question.known.add_found(&found.collect(), nodes);
    Ok(end)
}

/// One round.
fn ask(
    prober: &mut Prober,
    wires: &mut Wires,
    console: &mut Console<'_>,
) -> anyhow::Result<Result<End, LiveError>> {
    let watched = console.is_watched();
    let (mut told, mut shown) = (Instant::now(), false);
    let end = loop {
        let now = Instant::now();
        let until = match prober.next(now) {
            Next::Done => break Ok(End::Finished),
            Next::Ask(ip) => {
                if let Err(error) = send(wires, ip) {
                    break Err(error);
                }
                now
            }
            Next::Wait(until) => until,
        };
        if watched && now.saturating_duration_since(told) > PROGRESS {
            let (done, all) = prober.progress();
            write!(console.stderr, "\r{done} of {all} addresses")?;
            console.stderr.flush()?;
            (told, shown) = (now, true);
        }
        match wires.wait(Some(until)) {
            Err(error) => break Err(error),
            Ok(woken) => {
                woken.heard.iter().for_each(|(_, heard)| prober.heard(heard));
                if woken.stop {
                    break Ok(End::Stopped);
                }
                if !woken.lost.is_empty() {
                    break Ok(End::LinkLost);
                }
            }
        }
    };
    if shown {
        write!(console.stderr, "\r\u{1b}[K")?;
    }
    Ok(end)
}

fn send(wires: &Wires, ip: IpAddr) -> Result<(), LiveError> {
    for link in wires.links() {
        if let Some(frame) = link.sender().question(ip) {
            let sent = link.send(&frame);
            sent.map_err(|error| LiveError::System { what: "sending a question", error })?;
        }
    }
    Ok(())
}

/// Waits for the next round.
fn rest(wires: &mut Wires, until: Instant) -> Result<End, LiveError> {
    while Instant::now() < until {
        let woken = wires.wait(Some(until))?;
        if woken.stop {
            return Ok(End::Stopped);
        }
        if !woken.lost.is_empty() {
            return Ok(End::LinkLost);
        }
    }
    Ok(End::Finished)
}

fn observe(question: &Question, prober: &Prober) -> BTreeMap<IpAddr, Observation> {
    let observation = |(ip, answers): (IpAddr, &[Answer])| {
        let macs: Vec<_> = answers.iter().map(|answer| answer.mac).collect();
        let expected = question.expected.get(&ip);
        let verdict = judge(expected, &macs, &question.known, question.here.as_deref());
        (ip, Observation { ip, verdict, answers: answers.to_vec() })
    };
    prober.answers().map(observation).collect()
}
