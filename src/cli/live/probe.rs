//! `live probe`: who answers for each address.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use clap::Args;

use super::super::{Console, Exit, InputArgs};
use super::ask::AskArgs;
use super::context::{self, Context, DecisionArgs, IdentityArgs, Sides, refuse};
use super::output::{LiveFormat, line};
use super::time::{Clock, duration};
use crate::live::LiveError;
use crate::live::probe::{Answer, Prober, Settings};
use crate::live::verdict::{Verdict, judge};
use crate::live::wires::Wires;

mod question;
mod report;
mod rounds;

use question::{Question, prepare};
use report::{summary, text, to_json};
use rounds::{End, ask, meet_nodes, rest};

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
  Is anything else on the addresses of the pools, or of one of them?
    metallb2cilium live probe -f metallb/ -f cluster.yaml --all
    metallb2cilium live probe -f metallb/ -f cluster.yaml --pool office --family ipv4
  While Cilium takes over, as JSON:
    metallb2cilium live probe -f all.yaml --engine cilium --watch -o json

Each address is asked for on the interfaces that have it in a subnet, one that
is in none is not asked for and not counted as unanswered; one that is named with
--address is asked for in any case.
ARP probes have no sender address (RFC 5227): nobody's cache changes. IPv6 is
asked from this host's own link-local address. Nodes whose link-layer address
is not known are asked for it in the same way. A host does not hear itself: ask
from another host than the one that is to answer. Where another answers for an
address that this host has and answers for itself, that is a conflict. With --engine cilium the Leases
of the input (kubectl get -A -o yaml leases) say who holds each Service's. Needs
CAP_NET_RAW.

SIGINT, SIGTERM and SIGHUP end it, as a lost link does: what is known by then is
told all the same, and in which round of how many addresses.

Exit status: 0 as expected (with --watch: in the last round), 1 not, or not asked
to the end, 2 refused.";

/// One address in one round.
#[derive(Debug, Clone)]
struct Observation {
    ip: IpAddr,
    verdict: Verdict,
    answers: Vec<Answer>,
    /// Whether more answered than are kept.
    more: bool,
}

impl Observation {
    /// What must change for it to be told again.
    fn key(&self) -> (Verdict, BTreeSet<[u8; 6]>) {
        (self.verdict, self.answers.iter().map(|answer| answer.mac.0).collect())
    }
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
    for assumption in context.assumptions() {
        console.say(&format!("assumed: {assumption}"))?;
    }
    match probe(args, &context, &mut question, &mut wires, console)? {
        Ok(exit) => Ok(exit),
        Err(error) => refuse(console, error.diagnostic()),
    }
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
        Ok(End::LinkLost(name)) => {
            console.remind(&format!("{} before the first round", lost(&name)))?;
            return Ok(Ok(Exit::Findings));
        }
        Ok(End::Stopped) => {
            console.remind("interrupted before the first round")?;
            return Ok(Ok(Exit::Findings));
        }
        Err(error) => return Ok(Err(error)),
    }
    let mut before = BTreeMap::new();
    let mut number = 1;
    loop {
        let began = Instant::now();
        let mut prober = Prober::new(question.asked.keys().copied(), settings, began);
        let end = match ask(&mut prober, &question.asked, wires, console)? {
            Ok(end) => end,
            Err(error) => return Ok(Err(error)),
        };
        let mut now: BTreeMap<IpAddr, Observation> = observe(question, &prober);
        let settled = prober.settled();
        if end != End::Finished {
            now.retain(|ip, _| settled.contains(ip) || !question.asked.contains_key(ip));
        }
        let news = now.values().filter(|one| {
            before.get(&one.ip).is_none_or(|old: &Observation| old.key() != one.key())
        });
        tell(args, question, news, number, &clock.utc(began), console)?;
        before.extend(now);
        if end != End::Finished {
            let why = match &end {
                End::LinkLost(name) => lost(name),
                End::Stopped | End::Finished => "interrupted".to_owned(),
            };
            let (done, of) = (settled.len(), question.asked.len());
            console.remind(&format!("{why} in round {number} after {done} of {of} addresses"))?;
            let watched = args.watch && end == End::Stopped && number > 1;
            return Ok(Ok(exit_of(watched && all_good(&before))));
        }
        let next = began + args.interval;
        if !args.watch || until.is_some_and(|until| until <= next) {
            console.say(&summary(&before))?;
            return Ok(Ok(exit_of(all_good(&before))));
        }
        match rest(wires, next) {
            Ok(End::Finished) => number += 1,
            Ok(End::Stopped) => return Ok(Ok(exit_of(all_good(&before)))),
            Ok(End::LinkLost(name)) => {
                console.remind(&lost(&name))?;
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
        line(console, args.output, &told)?;
    }
    Ok(())
}

fn lost(interface: &str) -> String {
    format!("the link of {interface} is lost")
}

fn exit_of(good: bool) -> Exit {
    if good { Exit::Done } else { Exit::Findings }
}

fn all_good(observations: &BTreeMap<IpAddr, Observation>) -> bool {
    observations.values().all(|observation| observation.verdict.is_good())
}

fn observe(question: &Question, prober: &Prober) -> BTreeMap<IpAddr, Observation> {
    let observation = |(ip, answers): (IpAddr, &[Answer])| {
        let macs: Vec<_> = answers.iter().map(|answer| answer.mac).collect();
        let expected = question.expected.get(&ip);
        let (here, links) = (question.here.as_deref(), question.indices_of(ip));
        let own = question.answered_here.get(&ip);
        let others = macs.iter().any(|mac| !question.host_macs.contains(mac));
        let verdict = match judge(expected, &macs, &question.known, here, &links) {
            _ if own.is_some() && others => Verdict::Conflict,
            // Nobody answers himself.
            Verdict::Free | Verdict::NobodyAnswers if question.own.contains(&ip) => {
                Verdict::ThisHost
            }
            verdict => verdict,
        };
        let more = prober.had_more(ip);
        (ip, Observation { ip, verdict, answers: answers.to_vec(), more })
    };
    let not_asked = question.elsewhere.iter().map(|ip| {
        let verdict = Verdict::NotAsked;
        (*ip, Observation { ip: *ip, verdict, answers: Vec::new(), more: false })
    });
    prober.answers().map(observation).chain(not_asked).collect()
}
