//! Who answers for each address, over all who asked and listened.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::super::Mac;
use super::super::expected::Expected;
use super::super::identity::Identities;
use super::super::verdict::{Verdict, judge as judge_one};
use super::codes;
use super::groups::Groups;
use super::read::{Line, Observations, first};
use super::record::{Probe, Record, Watch};
use super::report::{AddressResult, AddressRow, Finding, Report};
use crate::diagnostic::{Code, Diagnostic};
use crate::manifest::{SourceId, Span};

/// Who asked, and where: a host that is no Node is known by its file.
type Asker<'o> = (Option<&'o str>, Option<SourceId>, &'o str);

/// What is known of one address.
#[derive(Default)]
struct Seen<'o> {
    /// The newest round of each who asked.
    probes: BTreeMap<Asker<'o>, (&'o Probe, Span)>,
    /// The newest that was overheard.
    overheard: Option<(&'o Watch, Span)>,
}

/// Who has which link-layer address, as the input and the observers know.
pub(super) fn identities(mut known: Identities, observations: &Observations) -> Identities {
    for line in &observations.lines {
        let (observer, macs, answers) = match &line.record {
            Record::Probe(probe) => (&probe.observer, &probe.observer_macs, probe.answers.clone()),
            Record::Watch(watch) => (&watch.observer, &watch.observer_macs, watch.claims()),
            Record::Peer(_) => continue,
        };
        if let Some(observer) = observer {
            known.add_all(macs.iter().copied().filter(|mac| mac.is_unicast()), observer);
        }
        for answer in answers {
            if let Some(node) = &answer.node {
                known.add(answer.mac, node);
            }
        }
    }
    known
}

/// Judges every address that is decided, or was observed.
pub(super) fn judge(
    expected: &BTreeMap<IpAddr, Expected>,
    known: &Identities,
    observations: &Observations,
    report: &mut Report,
) {
    let mut seen = merged(&observations.lines);
    // Who is to be answered for by nobody on the link matters only where it was asked for.
    for (ip, _) in expected.iter().filter(|(_, expected)| expected.somebody()) {
        seen.entry(*ip).or_default();
    }
    let none = Expected::default();
    let mut groups = Groups::default();
    for (ip, seen) in &seen {
        let expected = expected.get(ip).unwrap_or(&none);
        let (result, finding) = of_address(*ip, expected, seen, known);
        if let Some(finding) = finding {
            groups.add(finding);
        }
        let answered = seen.answered();
        report.addresses.push(AddressRow {
            ip: *ip,
            services: expected.services.clone(),
            candidates: expected.candidates.clone(),
            answered: answered.into_iter().map(|mac| (mac, nodes_of(known, mac))).collect(),
            observers: seen.observers(),
            result,
        });
    }
    report.findings.extend(groups.finish());
}

/// The newest of each who asked, and the newest that was overheard. Times are of one
/// form (RFC 3339, UTC), so that their order is that of the texts.
fn merged(lines: &[Line]) -> BTreeMap<IpAddr, Seen<'_>> {
    let mut all: BTreeMap<IpAddr, Seen<'_>> = BTreeMap::new();
    for line in lines {
        match &line.record {
            Record::Probe(probe) if probe.was_asked() => {
                let observer = probe.observer.as_deref();
                let file = observer.is_none().then_some(line.span.source);
                let asker = (observer, file, probe.interface.as_str());
                let probes = &mut all.entry(probe.ip).or_default().probes;
                let newer = probes.get(&asker).is_none_or(|(known, _)| known.time <= probe.time);
                if newer {
                    probes.insert(asker, (probe, line.span));
                }
            }
            Record::Watch(watch) if !watch.claims().is_empty() => {
                let overheard = &mut all.entry(watch.ip).or_default().overheard;
                if overheard.is_none_or(|(known, _)| known.time <= watch.time) {
                    *overheard = Some((watch, line.span));
                }
            }
            Record::Probe(_) | Record::Watch(_) | Record::Peer(_) => {}
        }
    }
    for seen in all.values_mut() {
        // What was overheard before everybody asked may have changed since.
        let oldest = seen.probes.values().map(|(probe, _)| &probe.time).min();
        if let (Some(oldest), Some((watch, _))) = (oldest, seen.overheard)
            && watch.time < *oldest
        {
            seen.overheard = None;
        }
    }
    all
}

impl Seen<'_> {
    /// What each heard in one moment, and where that stands.
    fn heard(&self) -> Vec<(BTreeSet<Mac>, Span)> {
        let macs = |answers: &[super::record::Answer]| answers.iter().map(|one| one.mac).collect();
        let probes = self.probes.values().map(|(probe, span)| (probe.holders(), *span));
        let overheard = self.overheard.iter().map(|(watch, span)| (macs(&watch.claims()), *span));
        probes.chain(overheard).collect()
    }

    fn answered(&self) -> BTreeSet<Mac> {
        self.heard().into_iter().flat_map(|(macs, _)| macs).collect()
    }

    fn observers(&self) -> BTreeSet<String> {
        let askers = self.probes.keys().map(|(observer, ..)| *observer);
        let listeners = self.overheard.iter().map(|(watch, _)| watch.observer.as_deref());
        askers.chain(listeners).map(|one| one.unwrap_or("no Node").to_owned()).collect()
    }

    fn spans(&self, heard: bool) -> Vec<Span> {
        let all = self.heard().into_iter().filter(|(macs, _)| heard != macs.is_empty());
        all.map(|(_, span)| first(span)).collect()
    }

    /// Whether all that is known is what the one host says that may answer itself.
    fn only_itself(&self, expected: &Expected) -> bool {
        let may =
            if expected.leaders.is_empty() { &expected.candidates } else { &expected.leaders };
        let observers: BTreeSet<_> =
            self.probes.keys().map(|(observer, file, _)| (observer, file)).collect();
        match observers.iter().collect::<Vec<_>>().as_slice() {
            [(Some(node), _)] => may.contains(*node),
            _ => false,
        }
    }
}

/// What a result that is not as decided means.
struct Wrong {
    result: AddressResult,
    code: &'static Code,
    message: &'static str,
    help: &'static str,
    /// Whether the lines are shown that have an answer, or those that have none.
    heard: bool,
}

const WRONG: &[Wrong] = &[
    Wrong {
        result: AddressResult::Occupied,
        code: codes::OCCUPIED,
        message: "is answered for, and nobody is to",
        help: "look for a speaker that was left over, or for a host with the address",
        heard: true,
    },
    Wrong {
        result: AddressResult::Conflict,
        code: codes::ANSWERED_BY_TWO,
        message: "is answered for by more than one",
        help: "only one controller may announce it; look the link-layer addresses up in the switch",
        heard: true,
    },
    Wrong {
        result: AddressResult::NotProbed,
        code: codes::NOT_PROBED,
        message: "was not asked for by anybody who could hear the answer",
        help: "run live probe on another Node, or on a host of the link",
        heard: false,
    },
    Wrong {
        result: AddressResult::NotAnswered,
        code: codes::NOT_ANSWERED,
        message: "is answered for by nobody",
        help: "look whether the speaker or agent runs on the candidates, and whether the \
               Service has ready endpoints",
        heard: false,
    },
    Wrong {
        result: AddressResult::Unknown,
        code: codes::ANSWERED_BY_UNKNOWN,
        message: "is answered for by somebody who is not known",
        help: "probe from the candidates, too, or set the annotation metallb2cilium.io/macs",
        heard: true,
    },
    Wrong {
        result: AddressResult::NoCandidate,
        code: codes::ANSWERED_BY_ANOTHER,
        message: "is answered for by none of those who may",
        help: "compare the nodeSelectors; look the link-layer address up in the switch",
        heard: true,
    },
];

fn of_address(
    ip: IpAddr,
    expected: &Expected,
    seen: &Seen<'_>,
    known: &Identities,
) -> (AddressResult, Option<Finding>) {
    let answered: Vec<Mac> = seen.answered().into_iter().collect();
    let result = result(expected, seen, &answered, known);
    let finding = WRONG.iter().find(|wrong| wrong.result == result).map(|wrong| {
        let mut diagnostic = Diagnostic::error(wrong.code, wrong.message).help(wrong.help);
        for span in seen.spans(wrong.heard) {
            diagnostic = diagnostic.label(Some(span), "");
        }
        let observed = observed(&answered, seen, known);
        let subjects = vec![ip.to_string()];
        Finding { diagnostic, subjects, expected: decided(expected), observed }
    });
    (result, finding)
}

fn result(
    expected: &Expected,
    seen: &Seen<'_>,
    answered: &[Mac],
    known: &Identities,
) -> AddressResult {
    if !expected.somebody() {
        return if answered.is_empty() { AddressResult::Free } else { AddressResult::Occupied };
    }
    if is_conflict(seen, answered, known) {
        return AddressResult::Conflict;
    }
    // Several addresses of one Node, on several links, are judged as one.
    let Some(mac) = answered.first() else {
        let unasked = seen.probes.is_empty() || seen.only_itself(expected);
        return if unasked { AddressResult::NotProbed } else { AddressResult::NotAnswered };
    };
    // Links of several observers are nothing that they have in common.
    match judge_one(Some(expected), &[*mac], known, None, &[]) {
        Verdict::AsExpected => AddressResult::AsDecided,
        Verdict::Unidentified => AddressResult::Unknown,
        _ => AddressResult::NoCandidate,
    }
}

/// Whether one observer heard two, or all together heard different hosts.
fn is_conflict(seen: &Seen<'_>, answered: &[Mac], known: &Identities) -> bool {
    if seen.heard().iter().any(|(macs, _)| macs.len() > 1) {
        return true;
    }
    let hosts: BTreeSet<String> = answered
        .iter()
        .map(|mac| known.node_of(*mac).map_or_else(|| mac.to_string(), str::to_owned))
        .collect();
    hosts.len() > 1
}

fn nodes_of(known: &Identities, mac: Mac) -> BTreeSet<String> {
    known.nodes_of(mac).map(str::to_owned).collect()
}

fn decided(expected: &Expected) -> String {
    if !expected.somebody() {
        return "nobody answers".to_owned();
    }
    let names: Vec<&str> = expected.candidates.iter().map(String::as_str).collect();
    match names.as_slice() {
        [one] => format!("{one} answers"),
        several => format!("one of {} answers", several.join(", ")),
    }
}

fn observed(answered: &[Mac], seen: &Seen<'_>, known: &Identities) -> String {
    if answered.is_empty() {
        let observers: Vec<String> = seen.observers().into_iter().collect();
        return if observers.is_empty() {
            "nobody asked".to_owned()
        } else {
            format!("no answer to {}", observers.join(", "))
        };
    }
    let hosts = answered.iter().map(|mac| {
        let nodes: Vec<String> = nodes_of(known, *mac).into_iter().collect();
        let who = if nodes.is_empty() { "no known Node".to_owned() } else { nodes.join(" or ") };
        let by = seen.probes.values().filter(|(probe, _)| probe.holders().contains(mac));
        let mut by: BTreeSet<&str> =
            by.map(|(probe, _)| probe.observer.as_deref().unwrap_or("no Node")).collect();
        by.extend(
            seen.overheard
                .iter()
                .filter(|(watch, _)| watch.claims().iter().any(|claim| claim.mac == *mac))
                .map(|(watch, _)| watch.observer.as_deref().unwrap_or("no Node")),
        );
        let by: Vec<&str> = by.into_iter().collect();
        format!("{mac} ({who}), heard by {}", by.join(", "))
    });
    hosts.collect::<Vec<_>>().join("; ")
}
