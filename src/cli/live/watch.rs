//! `live watch`: who asks, who answers, and what each controller would do here.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};

use super::super::{Console, Exit, InputArgs};
use super::context::{self, Context, DecisionArgs, IdentityArgs, Sides, refuse};
use super::output::{LiveFormat, line};
use super::time::{Clock, duration, millis};
use crate::diagnostic::Diagnostic;
use crate::live::expected::{Expected, duties};
use crate::live::identity::Identities;
use crate::live::link::{Interface, Link, Reception};
use crate::live::observations::{Kind, head};
use crate::live::verdict::{Verdict, judge};
use crate::live::watch::{Duties, Question, Seen, Watcher, Would};
use crate::live::wires::Wires;
use crate::live::{LiveError, Mac, codes};

/// The options of `live watch`.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct WatchArgs {
    /// An interface to listen on; may be repeated [default: those on which
    /// this Node may answer, and those with a subnet of the pools]
    #[arg(long, value_name = "NAME")]
    pub interface: Vec<String>,
    /// End after so long [default: at SIGINT or SIGTERM]
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
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
  On the Node node-a, while MetalLB hands over to Cilium:
    kubectl get -A -o yaml services,nodes,endpointslices > cluster.yaml
    metallb2cilium live watch -f metallb/ -f cluster.yaml --node node-a
  For ten minutes, as JSON:
    metallb2cilium live watch -f all.yaml --node node-a --for 10m -o json

Listens to ARP and NDP for the addresses of the pools, and sends nothing. For
each question it prints what MetalLB and what Cilium would do on this Node, and
who was heard to answer. Switches pass answers on to the asker only: what other
Nodes answer is often not heard here, what this Node answers always is. Without
resources of Cilium's in the input it is the conversion's Decision that counts.
Needs CAP_NET_RAW.

Exit status: 0 nobody was heard to answer who may not, 1 somebody was, or the
link was lost, 2 refused.";

/// What is watched, and what is known of it.
struct Sight {
    metallb: Duties,
    cilium: Duties,
    expected: std::collections::BTreeMap<IpAddr, Expected>,
    /// The holders of Cilium's leases, as the Leases of the input say.
    holders: std::collections::BTreeMap<IpAddr, BTreeSet<String>>,
    known: Identities,
    clock: Clock,
    /// For those who merge what many hosts saw.
    here: String,
    own_macs: Vec<Mac>,
}

/// Watches.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(
    args: &WatchArgs,
    input: &InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let Some(context) = context::read(&args.decision, input, Sides::Both, console)? else {
        return Ok(Exit::Refused);
    };
    let (sight, mut wires) = match prepare(args, &context) {
        Ok(prepared) => prepared,
        Err(diagnostic) => return refuse(console, diagnostic),
    };
    for assumption in context.assumptions() {
        console.say(&format!("assumed: {assumption}"))?;
    }
    let names: Vec<&str> =
        wires.links().iter().map(|link| link.interface().name.as_str()).collect();
    console.say(&format!("listening on {}", names.join(", ")))?;
    console.stderr.flush()?;
    let mut watcher = Watcher::new(context.pools());
    let until = args.for_.map(|time| Instant::now() + time);
    match listen(args, &sight, &mut watcher, &mut wires, until, console)? {
        Ok(lost) => Ok(if lost || !strangers(&sight, &watcher, &wires).is_empty() {
            Exit::Findings
        } else {
            Exit::Done
        }),
        Err(error) => refuse(console, error.diagnostic()),
    }
}

fn prepare(args: &WatchArgs, context: &Context) -> Result<(Sight, Wires), Box<Diagnostic>> {
    let here = context.here()?;
    let (metallb, cilium) = (context.metallb_decides(), context.cilium_decides()?);
    let mut expected = context.expected(&metallb);
    for (ip, other) in context.expected(&cilium) {
        let entry = expected.entry(ip).or_default();
        entry.services.extend(other.services);
        entry.candidates.extend(other.candidates);
    }
    if context.pools().is_empty() {
        return Err(Box::new(
            Diagnostic::error(codes::NO_ADDRESSES, "no pool in the input has an address")
                .help("add MetalLB's or Cilium's pools to the input"),
        ));
    }
    let holders = context.expected(&cilium);
    let holders = holders.into_iter().map(|(ip, one)| (ip, one.leaders)).collect();
    let (of_metallb, of_cilium) = (duties(&metallb, here), duties(&cilium, here));
    let named = of_metallb.iter().chain(&of_cilium).flat_map(|duty| &duty.interfaces);
    let interfaces = interfaces(args, context, named.collect())?;
    let links: Result<Vec<Link>, LiveError> =
        interfaces.into_iter().map(|one| Link::open(one, Reception::Everything)).collect();
    let wires = links.and_then(Wires::new).map_err(|error| Box::new(error.diagnostic()))?;
    let sight = Sight {
        metallb: Duties::new(of_metallb),
        cilium: Duties::new(of_cilium).held(here, |services| context.holders(services)),
        expected,
        holders,
        known: context.identities(&args.identity)?,
        clock: Clock::new(),
        here: here.to_owned(),
        own_macs: context.own_macs(wires.links().iter().map(Link::interface)),
    };
    Ok((sight, wires))
}

/// Those named, else those of duties and pools that are here and have a link.
fn interfaces(
    args: &WatchArgs,
    context: &Context,
    of_duties: BTreeSet<&String>,
) -> Result<Vec<Interface>, Box<Diagnostic>> {
    if !args.interface.is_empty() {
        let found: Result<Vec<Interface>, LiveError> =
            args.interface.iter().map(|name| Interface::find(name)).collect();
        return found.map_err(|error| Box::new(error.diagnostic()));
    }
    let pools = context.pools();
    let on_link = |one: &Interface| {
        one.addresses
            .iter()
            .any(|net| !pools.is_disjoint(&crate::ip::IpRange::from_cidr(net.trunc()).into()))
    };
    let here = context.interfaces.iter().filter(|one| one.sender().is_ok() && !one.loopback);
    let chosen: Vec<Interface> =
        here.filter(|one| of_duties.contains(&one.name) || on_link(one)).cloned().collect();
    if chosen.is_empty() {
        // One that is there, and down, is what is missing.
        let mut down = context.interfaces.iter().filter(|one| !one.loopback);
        if let Some(error) = down
            .find(|one| of_duties.contains(&one.name) || on_link(one))
            .and_then(|one| one.sender().err())
        {
            return Err(Box::new(error.diagnostic()));
        }
        let message = "on no interface of this host is there anything to hear of the pools";
        return Err(Box::new(
            Diagnostic::error(codes::NO_INTERFACE, message)
                .help("name an interface with --interface"),
        ));
    }
    Ok(chosen)
}

/// Listens to the end; whether it is a lost link that ended it.
fn listen(
    args: &WatchArgs,
    sight: &Sight,
    watcher: &mut Watcher,
    wires: &mut Wires,
    until: Option<Instant>,
    console: &mut Console<'_>,
) -> anyhow::Result<Result<bool, LiveError>> {
    loop {
        let next = watcher.next_due().into_iter().chain(until).min();
        let woken = match wires.wait(next) {
            Ok(woken) => woken,
            Err(error) => return Ok(Err(error)),
        };
        for (link, heard) in &woken.heard {
            let seen = watcher.heard(*link, heard);
            tell(args, sight, wires, &seen, console)?;
        }
        let now = Instant::now();
        tell(args, sight, wires, &watcher.due(now), console)?;
        let lost = !woken.lost.is_empty();
        if woken.stop || lost || until.is_some_and(|until| until <= now) {
            tell(args, sight, wires, &watcher.finish(), console)?;
            for (ip, macs) in strangers(sight, watcher, wires) {
                let macs: Vec<String> = macs.iter().map(|mac| sight.name(*mac)).collect();
                console.remind(&format!("{ip} was claimed by {}, who may not", macs.join(", ")))?;
            }
            if watcher.had_more() {
                console.remind("more addresses were claimed, or by more, than are remembered")?;
            }
            if let Some(link) = woken.lost.first() {
                console.remind(&format!("the link of {} is lost", wires.name(*link)))?;
            }
            return Ok(Ok(lost));
        }
    }
}

/// Who claimed an address, as was heard, and may not by either Decision.
fn strangers(sight: &Sight, watcher: &Watcher, wires: &Wires) -> Vec<(IpAddr, BTreeSet<Mac>)> {
    let wrong = |ip: &IpAddr, mac: Mac, link: usize| {
        let on = wires.links().get(link).map(|link| link.interface().index);
        let verdict = judge(sight.expected.get(ip), &[mac], &sight.known, None, on.as_slice());
        !matches!(verdict, Verdict::AsExpected | Verdict::Unidentified)
    };
    let claimants = watcher.claimants().iter().map(|(ip, macs)| {
        let wrong = macs.iter().filter(|(mac, link)| wrong(ip, *mac, *link));
        (*ip, wrong.map(|(mac, _)| *mac).collect::<BTreeSet<_>>())
    });
    claimants.filter(|(_, macs)| !macs.is_empty()).collect()
}

fn tell(
    args: &WatchArgs,
    sight: &Sight,
    wires: &Wires,
    seen: &[Seen],
    console: &mut Console<'_>,
) -> anyhow::Result<()> {
    for one in seen {
        let (Seen::Question(Question { link, .. }) | Seen::Told { link, .. }) = one;
        let name = wires.links().get(*link).map(|link| link.interface().name.as_str());
        let name = name.unwrap_or_default();
        let text = match args.output {
            LiveFormat::Text => sight.text(one, name),
            LiveFormat::Json => sight.json(one, name).to_string(),
        };
        line(console, args.output, &text)?;
    }
    Ok(())
}

impl Sight {
    fn name(&self, mac: Mac) -> String {
        match self.known.node_of(mac) {
            Some(node) => format!("{mac} ({node})"),
            None => mac.to_string(),
        }
    }

    /// Who holds the lease, where that is known: why this Node would be silent.
    fn held(&self, ip: IpAddr, would: Would) -> String {
        let holders = self.holders.get(&ip).into_iter().flatten();
        let holders: Vec<&str> = holders.map(String::as_str).collect();
        match (holders.as_slice(), would) {
            ([], _) => String::new(),
            (others, Would::BeSilent) if !others.contains(&self.here.as_str()) => {
                let verb = if others.len() == 1 { "has" } else { "have" };
                format!(" ({} {verb} the lease)", others.join(", "))
            }
            (some, _) => format!(" (lease: {})", some.join(", ")),
        }
    }

    fn text(&self, seen: &Seen, interface: &str) -> String {
        match seen {
            Seen::Question(question) => {
                let time = self.clock.utc(question.at);
                let asker = match question.from {
                    Some(ip) => format!("{ip} at {}", question.asker),
                    None => format!("a probe of {}", question.asker),
                };
                let would = |duties: &Duties| words(duties.when_asked(question.ip, interface));
                let answers: Vec<String> = question
                    .answers
                    .iter()
                    .map(|one| format!("{} in {} ms", self.name(one.mac), millis(one.after)))
                    .collect();
                let heard =
                    if answers.is_empty() { "nobody".to_owned() } else { answers.join(", ") };
                format!(
                    "{time} {interface} who has {}? asked by {asker}; MetalLB {}; Cilium {}{}; \
                     heard: {heard}",
                    question.ip,
                    would(&self.metallb),
                    would(&self.cilium),
                    self.held(question.ip, self.cilium.when_asked(question.ip, interface)),
                )
            }
            Seen::Told { at, ip, mac, unasked, .. } => {
                let time = self.clock.utc(*at);
                let how = if *unasked { "announced" } else { "answered to somebody" };
                format!("{time} {interface} {ip} is at {}, {how}", self.name(*mac))
            }
        }
    }

    fn json(&self, seen: &Seen, interface: &str) -> Value {
        let rest = match seen {
            Seen::Question(question) => {
                let would = |duties: &Duties| duties.when_asked(question.ip, interface);
                let answers: Vec<Value> = question
                    .answers
                    .iter()
                    .map(|one| {
                        json!({
                            "mac": one.mac,
                            "node": self.known.node_of(one.mac),
                            "milliseconds": millis(one.after),
                        })
                    })
                    .collect();
                json!({
                    "observerMacs": self.own_macs,
                    "time": self.clock.utc(question.at),
                    "interface": interface,
                    "seen": "question",
                    "ip": question.ip,
                    "asker": {"mac": question.asker, "ip": question.from},
                    "metallb": would(&self.metallb),
                    "cilium": would(&self.cilium),
                    "leaseHolders": self.holders.get(&question.ip).cloned().unwrap_or_default(),
                    "answers": answers,
                })
            }
            Seen::Told { at, ip, mac, unasked, .. } => json!({
                "observerMacs": self.own_macs,
                "time": self.clock.utc(*at),
                "interface": interface,
                "seen": if *unasked { "announcement" } else { "answer" },
                "ip": ip,
                "mac": mac,
                "node": self.known.node_of(*mac),
            }),
        };
        head(Kind::Watch, Some(&self.here), rest)
    }
}

fn words(would: Would) -> &'static str {
    match would {
        Would::Answer => "would answer",
        Would::IfLeader => "would answer if it has the lease",
        Would::BeSilent => "would be silent",
    }
}
