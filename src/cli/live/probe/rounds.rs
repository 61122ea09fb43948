//! Rounds of questions on the wire.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::super::super::{Console, progress};
use super::super::context::Context;
use super::question::{Asked, Question};
use crate::cluster::Node;
use crate::live::LiveError;
use crate::live::identity::Neighbour;
use crate::live::link::Link;
use crate::live::probe::{Next, Prober, Settings};
use crate::live::wires::{Wires, is_gone};

/// How often people are told how far it has come.
const PROGRESS: Duration = Duration::from_millis(250);

/// How a round ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    Finished,
    Stopped,
    /// The link of this interface is gone.
    LinkLost(String),
}

/// Asks the Nodes that may answer for their own addresses, where it is not known who
/// they are.
pub(super) fn meet_nodes(
    context: &Context,
    question: &mut Question,
    settings: Settings,
    wires: &mut Wires,
    console: &mut Console<'_>,
) -> anyhow::Result<Result<End, LiveError>> {
    let nodes = &context.metallb.cluster.nodes;
    // Whatever else is known of a Node, on this link it may have another address.
    let links = |node: &Node, ip: IpAddr| -> Vec<usize> {
        let all = wires.links().iter().map(Link::interface).enumerate();
        let unmet = all.filter(|(_, interface)| {
            interface.reaches(ip) && !question.known.has_met(&node.name, interface.index)
        });
        unmet.map(|(number, _)| number).collect()
    };
    let asked: Asked = nodes
        .iter()
        .filter(|node| question.here.as_ref() != Some(&node.name))
        .flat_map(|node| node.internal_ips.iter().map(|ip| (*ip, links(node, *ip))))
        .filter(|(_, links)| !links.is_empty())
        .collect();
    // A Node that is away is not waited for as an address may be.
    let attempts = settings.attempts.min(Settings::default().attempts);
    let settings = Settings { attempts, ..settings };
    let mut prober = Prober::new(asked.keys().copied(), settings, Instant::now());
    let end = ask(&mut prober, &asked, wires, console)?;
    let found = prober.answers().filter_map(|(ip, answers)| {
        // Of an answer to a question on several links it is not known which one it is on.
        let ([one], [link]) = (answers, asked.get(&ip)?.as_slice()) else { return None };
        let interface = *question.indices.get(*link)?;
        Some(Neighbour { interface, ip, mac: one.mac })
    });
    let found: Vec<Neighbour> = found.collect();
    question.known.add_found(&found, nodes);
    Ok(end)
}

/// One round.
pub(super) fn ask(
    prober: &mut Prober,
    asked: &Asked,
    wires: &mut Wires,
    console: &mut Console<'_>,
) -> anyhow::Result<Result<End, LiveError>> {
    let watched = console.is_watched();
    let (mut told, mut shown) = (Instant::now(), false);
    let end = loop {
        let now = Instant::now();
        let until = match prober.next(now) {
            Next::Done => break Ok(End::Finished),
            Next::Ask(ip) => match send(wires, asked, ip) {
                Ok(None) => now,
                Ok(Some(lost)) => break Ok(End::LinkLost(lost)),
                Err(error) => break Err(error),
            },
            Next::Wait(until) => until,
        };
        if watched && now.saturating_duration_since(told) > PROGRESS {
            let bar = progress::bar(prober.progress(), "questions", console.environment.unicode);
            write!(console.stderr, "\r{bar}\u{1b}[K")?;
            console.stderr.flush()?;
            (told, shown) = (now, true);
        }
        match wires.wait(Some(until)) {
            Err(error) => break Err(error),
            Ok(woken) => {
                for (link, heard) in &woken.heard {
                    // What is said on another link is about another one's address.
                    prober.heard_where(heard, |ip| {
                        asked.get(&ip).is_some_and(|on| on.contains(link))
                    });
                }
                if woken.stop {
                    break Ok(End::Stopped);
                }
                if let Some(link) = woken.lost.first() {
                    break Ok(End::LinkLost(wires.name(*link)));
                }
            }
        }
    };
    if shown {
        write!(console.stderr, "\r\u{1b}[K")?;
    }
    Ok(end)
}

/// Asks for an address; the interface whose link is gone, where one is.
fn send(wires: &Wires, asked: &Asked, ip: IpAddr) -> Result<Option<String>, LiveError> {
    let on = asked.get(&ip).map(Vec::as_slice).unwrap_or_default();
    for link in on.iter().filter_map(|number| wires.links().get(*number)) {
        if let Some(frame) = link.sender().question(ip) {
            match link.send(&frame) {
                Ok(()) => {}
                Err(error) if is_gone(&error) => return Ok(Some(link.interface().name.clone())),
                Err(error) => {
                    return Err(LiveError::System { what: "sending a question", error });
                }
            }
        }
    }
    Ok(None)
}

/// Waits for the next round.
pub(super) fn rest(wires: &mut Wires, until: Instant) -> Result<End, LiveError> {
    while Instant::now() < until {
        let woken = wires.wait(Some(until))?;
        if woken.stop {
            return Ok(End::Stopped);
        }
        if let Some(link) = woken.lost.first() {
            return Ok(End::LinkLost(wires.name(*link)));
        }
    }
    Ok(End::Finished)
}
