//! A converted configuration with one thing changed, over all golden scenarios: a
//! field dropped, a selector widened, an address moved. Whatever changes what Cilium
//! decides is caught, and what is called a difference is one.
//!
//! The judge is Cilium's engine alone, run on both configurations: it shares nothing
//! with the comparison.

use std::collections::{BTreeMap, BTreeSet};

use metallb2cilium::cilium::{CiliumConfig, CiliumVersion};
use metallb2cilium::cluster::Cluster;
use metallb2cilium::convert::{self, Part};
use metallb2cilium::diagnostic::Diagnostic;
use metallb2cilium::manifest::Manifests;
use metallb2cilium::metallb::Config;
use metallb2cilium::selector::validate;
use metallb2cilium::simulate::decision::{BgpRoute, Decision, L2Announcement};
use metallb2cilium::simulate::{cilium, metallb};
use metallb2cilium::verify::sessions::Speakers;
use metallb2cilium::verify::{self, Compared, Question, Report, Verdict};
use serde_json::Value;

use crate::support::golden::{accepted, manifests, scenarios};
use crate::support::say;

const MAX_OUTCOMES: usize = 64;

/// A scenario whose conversion is equivalent, with its one outcome settled: every
/// Service holds its addresses.
struct Settled {
    config: Config,
    cluster: Cluster,
    written: CiliumConfig,
    applied: Cluster,
    documents: Vec<Value>,
}

fn settled(config: Config, mut cluster: Cluster) -> Option<Settled> {
    let decision = metallb::simulate(&config, &cluster, &metallb::Options::default());
    let [outcome] = decision.outcomes.as_slice() else { return None };
    for service in &mut cluster.services {
        if let Some(given) = outcome.services.get(&service.key.to_string()) {
            service.ingress = given.ips.iter().map(ToString::to_string).collect();
        }
    }
    let options = convert::Options::default();
    let conversion =
        convert::convert(&config, &cluster, &CiliumConfig::default(), &options).ok()?;
    let (written, applied) = verify::applied(&conversion, &cluster);
    let documents = conversion.documents(&[Part::Pools, Part::L2, Part::Bgp]).unwrap();
    let documents = documents.into_iter().map(|document| document.object).collect();
    let settled = Settled { config, cluster, written, applied, documents };
    let report = settled.report(&settled.written)?;
    (report.findings.is_empty() && settled.decided(&settled.written).is_some()).then_some(settled)
}

/// What counts of a decision: not who leads, nor what pools and peers are called, nor
/// a local preference, which external peers are never sent.
type Counting = BTreeSet<(BTreeMap<String, Vec<std::net::IpAddr>>, Vec<Link>, Vec<Sent>)>;
type Link = (String, String, BTreeMap<String, Vec<String>>);
type Sent = (String, String, Vec<String>);

fn counting(decision: Decision) -> Counting {
    let link = |one: L2Announcement| (one.service, one.ip.to_string(), one.interfaces);
    let sent = |one: BgpRoute| (one.node, one.prefix, one.communities);
    let outcomes = decision.outcomes.into_iter().map(|outcome| {
        let services = outcome.services.into_iter().map(|(key, given)| (key, given.ips)).collect();
        let mut sent: Vec<Sent> = outcome.bgp.into_iter().map(sent).collect();
        sent.sort();
        (services, outcome.l2.into_iter().map(link).collect(), sent)
    });
    outcomes.collect()
}

impl Settled {
    /// `None` where there are too many outcomes to judge, or Cilium does not start.
    fn decided(&self, config: &CiliumConfig) -> Option<Counting> {
        let options = cilium::Options { max_outcomes: MAX_OUTCOMES };
        let decision = cilium::simulate(config, &self.applied, &options);
        (!decision.truncated && decision.config_error.is_none()).then(|| counting(decision))
    }

    fn report(&self, config: &CiliumConfig) -> Option<Report> {
        let speakers = Speakers::default();
        let question = Question {
            config: &self.config,
            cluster: &self.cluster,
            speakers: &speakers,
            lb_class: None,
            max_outcomes: MAX_OUTCOMES,
            proof: None,
        };
        let compared = Compared { title: "Cilium", config, cluster: &self.applied, there: None };
        let report = verify::verify(&question, &compared, &[], false).ok()?;
        (report.verdict != Verdict::Undecided).then_some(report)
    }

    /// The configuration with other documents; `None` where the API server refuses it.
    fn with(&self, documents: &[Value]) -> Option<CiliumConfig> {
        let texts: Vec<String> = documents.iter().map(ToString::to_string).collect();
        let manifests = Manifests::from_text("mutated.yaml", texts.join("\n---\n").as_str());
        let version = CiliumVersion::default();
        let (mut config, found) = CiliumConfig::read(&manifests.objects, None, version);
        config.settings = self.written.settings.clone();
        (!found.iter().any(Diagnostic::is_error)).then_some(config)
    }
}

/// Every place of a tree, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut below = |key: String, value: &Value| {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        found.push(at.clone());
        places(value, &at, found);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| below(key.clone(), value)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| below(index.to_string(), item));
        }
        _ => {}
    }
}

/// The document with the place dropped, and with other values there.
fn mutations(document: &Value, place: &str) -> Vec<Value> {
    let (parent, key) = place.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    let mut dropped = document.clone();
    match dropped.pointer_mut(parent) {
        Some(Value::Object(fields)) => {
            fields.remove(&key);
        }
        Some(Value::Array(items)) => {
            items.remove(key.parse().unwrap());
        }
        _ => panic!("{place}"),
    }
    let others: Vec<Value> = match document.pointer(place).unwrap() {
        Value::Bool(value) => vec![(!value).into()],
        Value::Number(number) => vec![(number.as_i64().unwrap() + 1).into()],
        Value::String(text) => other_texts(text),
        _ => vec![],
    };
    let changed = others.into_iter().map(|other| {
        let mut changed = document.clone();
        *changed.pointer_mut(place).unwrap() = other;
        changed
    });
    std::iter::once(dropped).chain(changed).collect()
}

fn other_texts(text: &str) -> Vec<Value> {
    if let Ok(address) = text.parse::<std::net::Ipv4Addr>() {
        let number = u32::from(address);
        let other = |number: u32| std::net::Ipv4Addr::from(number).to_string().into();
        return vec![other(number.wrapping_sub(1)), other(number + 1)];
    }
    if let Some((network, length)) = text.split_once('/')
        && let Ok(length) = length.parse::<u8>()
    {
        return [length.saturating_sub(1), length + 1]
            .iter()
            .map(|length| format!("{network}/{length}").into())
            .collect();
    }
    match text {
        "In" => vec!["NotIn".into()],
        "NotIn" => vec!["In".into()],
        "Exists" => vec!["DoesNotExist".into()],
        "DoesNotExist" => vec!["Exists".into()],
        "Yes" => vec!["No".into()],
        _ => vec![format!("{text}x").into()],
    }
}

#[derive(Debug, Default)]
struct Counts {
    caught: usize,
    harmless: usize,
    refused: usize,
    not_judged: usize,
}

/// Whether LB-IPAM stops at a selector that it cannot compile.
fn stops_lb_ipam(config: &CiliumConfig) -> bool {
    let selectors = config.pools.iter().filter_map(|pool| pool.spec.service_selector.as_ref());
    selectors.into_iter().any(|selector| !validate(selector).is_empty())
}

/// What is wrong with the verdict on a mutation, if anything is.
fn judge(settled: &Settled, documents: &[Value], of: &str, counts: &mut Counts) -> Option<String> {
    let Some(config) = settled.with(documents) else {
        counts.refused += 1;
        return None;
    };
    let (Some(is), Some(was)) = (settled.decided(&config), settled.decided(&settled.written))
    else {
        counts.not_judged += 1;
        return None;
    };
    let Some(report) = settled.report(&config) else {
        counts.not_judged += 1;
        return None;
    };
    // Parameters of sessions and who gets a route are in no decision, nor is what
    // only the internal peers are told.
    let is_seen = !["CiliumBGPClusterConfig", "CiliumBGPPeerConfig", "CiliumBGPNodeConfigOverride"]
        .iter()
        .any(|kind| of.starts_with(kind))
        && !of.contains("/attributes")
        && !of.starts_with("CiliumBGPAdvertisement/metadata")
        // Who has an address keeps it while LB-IPAM gets no further.
        && !stops_lb_ipam(&config);
    match (is != was, report.verdict) {
        (true, Verdict::Different) => {
            counts.caught += 1;
            None
        }
        (false, Verdict::Equivalent) => {
            counts.harmless += 1;
            None
        }
        (false, _) if !is_seen => {
            counts.caught += 1;
            None
        }
        // It is said, though nobody's traffic is touched.
        (true, Verdict::Equivalent) if !report.findings.is_empty() => {
            counts.caught += 1;
            None
        }
        (true, _) => Some(format!("not caught: {of}")),
        (false, _) => Some(format!("nothing changes: {of}")),
    }
}

#[test]
fn every_change_of_a_converted_configuration_is_caught_or_changes_nothing() {
    // A prime: over the scenarios, every kind of place comes to its turn.
    const STRIDE: usize = 23;
    let (mut counts, mut wrong, mut number, mut judged) = (Counts::default(), vec![], 0, 0);
    for folder in scenarios("metallb") {
        let manifests = manifests(&folder, &["metallb.yaml", "cluster.yaml"]);
        let Some((config, cluster)) = accepted(&manifests) else { continue };
        let Some(settled) = settled(config, cluster) else { continue };
        judged += 1;
        for (index, document) in settled.documents.iter().enumerate() {
            let mut places_of = Vec::new();
            places(&document["spec"], "/spec", &mut places_of);
            if document["metadata"]["labels"].is_object() {
                places(&document["metadata"]["labels"], "/metadata/labels", &mut places_of);
            }
            for place in places_of {
                for mutated in mutations(document, &place) {
                    number += 1;
                    if number % STRIDE != 0 {
                        continue;
                    }
                    let mut documents = settled.documents.clone();
                    documents[index] = mutated;
                    let kind = document["kind"].as_str().unwrap();
                    let of = format!("{kind}{place}");
                    if let Some(fault) = judge(&settled, &documents, &of, &mut counts) {
                        wrong.push(format!(
                            "{}: {fault}\n  {}",
                            folder.display(),
                            documents[index]
                        ));
                    }
                }
            }
        }
    }
    say(&format!("mutations of {judged} conversions: {counts:?}"));
    assert!(wrong.is_empty(), "{} of {number}\n{}", wrong.len(), wrong.join("\n"));
    assert!(judged > 50 && counts.caught > 100 && counts.harmless > 100, "{counts:?}");
}
