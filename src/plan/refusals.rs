//! What stands in the way of a plan, and what is worth saying beside one.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::net::IpAddr;

use super::{Situation, codes, held, waves};
use crate::cilium::{Kind, PEERING_POLICY};
use crate::cluster::Service;
use crate::diagnostic::{Code, Diagnostic, ObjectRef, Severity};
use crate::manifest::Object;
use crate::metallb;
use crate::verify::Report;

/// The differences that touch traffic, each with whom it is about.
pub(super) fn losses(report: &Report) -> impl Iterator<Item = Diagnostic> {
    let touching = report.findings.iter().filter(|finding| finding.touches_traffic());
    touching.map(|finding| {
        let own = match finding.subjects.as_slice() {
            [one] => one.split_once('/').map(|(namespace, name)| ObjectRef {
                kind: "Service".to_owned(),
                namespace: namespace.to_owned(),
                name: name.to_owned(),
            }),
            _ => None,
        };
        let object = finding.diagnostic.object.clone().or(own);
        Diagnostic { message: finding.headline(), object, ..finding.diagnostic.clone() }
    })
}

/// What stands in the way, each an error.
pub(super) fn refusals(situation: &Situation<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let Situation { cluster, report, accepted, .. } = *situation;
    for (there, kind) in
        [(!cluster.nodes.is_empty(), "Node"), (!cluster.services.is_empty(), "Service")]
    {
        if !there {
            found.push(
                Diagnostic::error(
                    codes::CLUSTER_NOT_AT_HAND,
                    format!("no {kind} is in the input: a plan is made for one cluster"),
                )
                .help("use --from-cluster, or add `kubectl get -A -o yaml services,nodes,…`"),
            );
        }
    }
    found.extend(held_otherwise(situation));
    found.extend(peering_policies(situation));
    found.extend(
        moved_at_once(situation)
            .filter(|one| !accepted.contains(&one.code))
            .map(|loss| Diagnostic { severity: Severity::Error, ..loss }),
    );
    for loss in losses(report).filter(|loss| !accepted.contains(&loss.code)) {
        let refusal =
            Diagnostic::error(codes::NOT_ACCEPTED, format!("{} ({})", loss.message, loss.code));
        let help = loss.help.as_deref().unwrap_or("mend it");
        let refusal = refusal.help(format!("{help}; or accept it with --accept {}", loss.code));
        found.push(Diagnostic { object: loss.object, labels: loss.labels, ..refusal });
    }
    found
}

/// Why a plan is refused, in a sentence each: how much stands in its way, and what to do.
pub fn verdict(situation: &Situation<'_>, refused: &[Diagnostic]) -> Vec<String> {
    let open: Vec<Diagnostic> =
        losses(situation.report).filter(|loss| !situation.accepted.contains(&loss.code)).collect();
    let others = refused.iter().filter(|one| one.code != codes::NOT_ACCEPTED).count();
    let to_mend = format!("{others} error{}", if others == 1 { "" } else { "s" });
    if open.is_empty() {
        return vec![format!("refused: {to_mend} to mend.")];
    }
    let unique: BTreeSet<&str> = open.iter().map(|loss| loss.code.id).collect();
    let unique: Vec<&str> = unique.into_iter().collect();
    let losses = match open.len() {
        1 => "1 difference touches traffic and is not accepted".to_owned(),
        count => format!("{count} differences touch traffic and are not accepted"),
    };
    let (first, accepting) = match others {
        0 => (String::new(), "or plan all the same with"),
        _ => (format!("{to_mend} to mend, and "), "or accept what is only a difference with"),
    };
    vec![
        format!("refused: {first}{losses} ({}).", unique.join(", ")),
        format!(
            "Mend each as its help says (`metallb2cilium verify` shows both sides), {accepting} \
             --accept {}.",
            unique.join(" --accept ")
        ),
    ]
}

/// What of MetalLB's configuration is no custom resource that could be patched, if
/// anything is: it comes from the old ConfigMap or from an AddressPool.
pub(super) fn legacy(situation: &Situation<'_>) -> Option<Diagnostic> {
    let of_metallb = situation.objects.iter().filter(|one| one.group() == metallb::GROUP);
    let resources: HashSet<(&str, &str)> =
        of_metallb.map(|one| (one.kind.as_str(), one.meta.name.as_str())).collect();
    let is_resource = |kind: &str, name: &str| resources.contains(&(kind, name));
    let config = situation.config;
    let pool = config.pools.iter().find(|pool| !is_resource("IPAddressPool", pool.name()));
    let ads = &config.l2_advertisements;
    let l2 = ads.iter().find(|ad| !is_resource("L2Advertisement", &ad.meta.name));
    let (meta, origin, kind) = pool
        .map(|pool| (&pool.meta, &pool.origin, "IPAddressPool"))
        .or(l2.map(|ad| (&ad.meta, &ad.origin, "L2Advertisement")))?;
    Some(
        Diagnostic::note(
            codes::NOT_CUSTOM_RESOURCES,
            format!("{} is not configured by an {kind} of its own: L2 moves at once", meta.name),
        )
        .label(origin.span(""), "older form")
        .help("for waves pool by pool bring MetalLB to 0.13 or later with custom resources first"),
    )
}

/// Policies of Cilium's first BGP control plane, which is not simulated: what it does to
/// the Nodes that move is not known.
fn peering_policies<'a>(situation: &Situation<'a>) -> impl Iterator<Item = Diagnostic> + use<'a> {
    let moves = !situation.conversion.cluster_configs.is_empty();
    let accepted = situation.accepted.contains(&codes::PEERING_POLICY);
    let policies = situation.objects.iter().filter(move |object| {
        moves && !accepted && object.group() == "cilium.io" && object.kind == PEERING_POLICY
    });
    policies.map(|object| {
        Diagnostic::error(
            codes::PEERING_POLICY,
            format!("{} is there already, and is not merged with", object.reference()),
        )
        .object(object.reference())
        .label(Some(object.node.nearest("spec.nodeSelector").span), "its Nodes")
        .help(format!(
            "bring it to CiliumBGPClusterConfigs first; or, where it selects other Nodes, accept \
             it with --accept {}",
            codes::PEERING_POLICY
        ))
    })
}

/// ClusterConfigs that were there already, and whose Nodes move together.
pub(super) fn moved_at_once<'a>(
    situation: &Situation<'a>,
) -> impl Iterator<Item = Diagnostic> + use<'a> {
    let merged = waves::merged_nodes(situation.conversion, situation.cluster);
    let waves = waves::bgp(situation.report, &merged).into_iter();
    waves.filter(|wave| wave.nodes.len() > 1).filter_map(|wave| {
        let name = wave.merged?;
        let nodes: Vec<&str> = wave.nodes.iter().map(|(node, _)| node.as_str()).collect();
        Some(
            Diagnostic::lossy(
                codes::MOVED_AT_ONCE,
                format!(
                    "CiliumBGPClusterConfig {name} has sessions of its own, and the peers are added \
                     to it on {} at once",
                    nodes.join(", ")
                ),
            )
            .help(format!(
                "give each of these nodes a ClusterConfig of its own; or accept it with --accept {}",
                codes::MOVED_AT_ONCE
            )),
        )
    })
}

/// Services whose address MetalLB itself would not keep.
fn held_otherwise(situation: &Situation<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let services: BTreeMap<String, &Service> =
        situation.cluster.services.iter().map(|one| (one.key.to_string(), one)).collect();
    for row in &situation.report.services {
        let Some(service) = services.get(&row.service) else { continue };
        let mut holds: Vec<IpAddr> =
            service.ingress.iter().filter_map(|ip| ip.parse().ok()).collect();
        holds.sort();
        let same = |ips: &Vec<IpAddr>| {
            let mut ips = ips.clone();
            ips.sort();
            ips == holds
        };
        let served = row.addresses_before.iter().any(|ips| !ips.is_empty());
        if holds.is_empty() || !served || row.addresses_before.iter().all(same) {
            continue;
        }
        found.push(
            Diagnostic::error(
                codes::HELD_OTHERWISE,
                format!(
                    "{} holds {}, which MetalLB's configuration does not leave to it",
                    row.service,
                    service.ingress.join(", ")
                ),
            )
            .label(service.origin.span("status.loadBalancer.ingress"), "held now")
            .help("make the configuration and what runs agree first"),
        );
    }
    found
}

/// Pools of Cilium's that are there already, so that LB-IPAM works beside MetalLB.
pub fn awake(objects: &[Object]) -> Vec<Diagnostic> {
    let kind = Kind::LoadBalancerIpPool.as_str();
    let pools =
        objects.iter().filter(|object| object.group() == "cilium.io" && object.kind == kind);
    pools
        .map(|pool| {
            Diagnostic::lossy(
                codes::LB_IPAM_AWAKE,
                format!("{} is there already: LB-IPAM works beside MetalLB", pool.meta.name),
            )
            .object(pool.reference())
            .label(Some(pool.node.nearest("metadata.name").span), "there now")
            .help("delete it if it is left from an attempt")
        })
        .collect()
}

/// That an accepted code accepts nothing.
pub fn not_needed(code: &Code) -> Diagnostic {
    Diagnostic::note(codes::NOT_NEEDED, format!("--accept {code} accepts nothing"))
        .help("take it out")
}

/// What is worth saying beside a plan.
pub fn notes(situation: &Situation<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for code in situation.accepted {
        let at_once = moved_at_once(situation).any(|loss| loss.code == *code)
            || *code == codes::PEERING_POLICY;
        if !at_once && !losses(situation.report).any(|loss| loss.code == *code) {
            found.push(not_needed(code));
        }
    }
    found.extend(legacy(situation));
    found.extend(awake(situation.objects));
    if held(situation).is_empty() {
        found.push(
            Diagnostic::note(
                codes::NOTHING_HELD,
                "no Service in the input holds an address that could be kept",
            )
            .help("plan with what the cluster says: --from-cluster"),
        );
    }
    found
}
