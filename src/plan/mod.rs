//! The cut-over: from MetalLB to Cilium without a Service changing its address, and
//! the way back.
//!
//! In: a [`Situation`]. Out: a [`Plan`], whose steps are values: they are written as
//! a runbook (`report::plan`), as scripts (`scripts`), and played through.

mod action;
mod announcers;
pub mod codes;
mod cutover;
mod files;
mod installation;
mod json;
mod removal;
mod rights;
mod rollback;
mod runbook;
mod scripts;
mod shell;
mod snapshot;
mod waves;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::net::IpAddr;

use crate::cilium::settings::Settings;
use crate::cluster::{Cluster, Service, ServiceType};
use crate::convert::Conversion;
use crate::diagnostic::{Code, Diagnostic, ObjectRef, Severity};
use crate::manifest::Object;
use crate::metallb::{self, Config, Mode};
use crate::selector::LabelSelector;
use crate::verify::Report;

pub use action::{Action, Announcer, Check, FIELD_MANAGER, Target, Task};
pub use announcers::announced_otherwise;
pub use installation::{Installation, Keeper, Workload, WorkloadKind};
pub use removal::Names;
pub use rights::{Right, rights};
pub use rollback::rollback;
pub use runbook::{FileContent, Plan, Step, WayBack};
pub use scripts::scripts;
pub use snapshot::{SNAPSHOT_KIND, SNAPSHOT_VERSION, snapshot};
pub use waves::NO_POOL_LEFT;

/// What a plan is made of.
#[derive(Clone, Copy)]
pub struct Situation<'a> {
    /// MetalLB's configuration.
    pub config: &'a Config,
    /// The cluster at hand.
    pub cluster: &'a Cluster,
    /// Everything in the input.
    pub objects: &'a [Object],
    /// The conversion.
    pub conversion: &'a Conversion,
    /// What `verify` says of it.
    pub report: &'a Report,
    /// MetalLB's BGP implementation.
    pub mode: Mode,
    /// Which Nodes run a speaker.
    pub speaker_nodes: Option<&'a LabelSelector>,
    /// Cilium's settings as they are, where they are at hand.
    pub settings: Option<&'a Settings>,
    /// Codes of losses that are accepted.
    pub accepted: &'a [&'static Code],
    /// How many pools move at once on L2.
    pub pools_per_wave: usize,
}

/// Makes the plan.
///
/// # Errors
/// What stands in its way.
pub fn plan(situation: &Situation<'_>) -> Result<Plan, Vec<Diagnostic>> {
    let found = refusals(situation);
    if !found.is_empty() {
        return Err(found);
    }
    draft(situation)
}

/// Makes the plan although something may stand in its way: to see what it would need.
///
/// # Errors
/// Where an object cannot be represented, which no input can cause.
pub fn draft(situation: &Situation<'_>) -> Result<Plan, Vec<Diagnostic>> {
    let Situation { config, cluster, conversion, report, .. } = *situation;
    let installation = Installation::read(situation.objects);
    let legacy = legacy(situation).is_some();
    let speakers = cluster
        .nodes
        .iter()
        .filter(|node| situation.speaker_nodes.is_none_or(|s| s.matches(&node.labels)))
        .map(|node| node.name.clone())
        .collect();
    let mut builder = cutover::Builder {
        installation: &installation,
        conversion,
        cluster,
        objects: situation.objects,
        mode: situation.mode,
        settings: situation.settings,
        speakers,
        held: held(situation),
        l2: if legacy {
            waves::whole_l2(config, report)
        } else {
            waves::l2(config, report, situation.pools_per_wave)
        },
        bgp: waves::bgp(report, &waves::merged_nodes(conversion, cluster)),
        legacy,
        moved: BTreeSet::new(),
        steps: vec![],
        files: BTreeMap::new(),
    };
    let summary = summary(&builder, report);
    if let Err(error) = builder.build() {
        return Err(vec![Diagnostic::error(codes::CLUSTER_NOT_AT_HAND, error.to_string())]);
    }
    let cutover::Builder { steps, files, .. } = builder;
    let accepted = losses(report).chain(moved_at_once(situation)).collect();
    let keeper = installation.kept_by.iter().map(Keeper::before);
    let mut plan = Plan {
        title: "The cut-over from MetalLB to Cilium",
        summary,
        before: PREREQUISITES.iter().map(|line| (*line).to_owned()).chain(keeper).collect(),
        accepted,
        assumptions: [report.assumptions.clone(), installation.assumptions.clone()].concat(),
        steps,
        files,
        cilium_namespace: installation.cilium_namespace,
    };
    with_rights(&mut plan);
    Ok(plan)
}

/// Adds the list of rights that the first step asks for.
fn with_rights(plan: &mut Plan) {
    let rights = rights(plan);
    plan.files.insert("rights.txt".to_owned(), rights::table(&rights));
}

/// What has to be so before the first step.
const PREREQUISITES: &[&str] = &[
    "Whatever keeps MetalLB as it is, such as Argo CD, Flux or an operator, is suspended for \
     MetalLB, for Cilium's values and for the Services; it would undo single steps.",
    "`metallb2cilium check` finds nothing that it calls an error.",
    "You can reach the Services from where you run the scripts: what answers before is compared \
     with what answers after each step.",
    "The routers' BGP neighbours, their AS numbers and passwords stay as they are: Cilium opens \
     the same sessions from the same addresses.",
];

fn summary(builder: &cutover::Builder<'_>, report: &Report) -> Vec<String> {
    let mut lines = vec![format!(
        "{} and {}; {} an address that is kept.",
        cutover::counted(report.counts.services, "Service"),
        cutover::counted(report.counts.nodes, "Node"),
        match builder.held.len() {
            1 => "1 Service holds".to_owned(),
            count => format!("{count} Services hold"),
        },
    )];
    lines.push(format!(
        "{} on L2, {} by BGP.",
        cutover::counted(builder.l2.len(), "wave"),
        cutover::counted(builder.bgp.len(), "node")
    ));
    lines
}

/// The addresses that Services hold and that MetalLB leaves to them.
fn held(situation: &Situation<'_>) -> BTreeMap<String, Vec<String>> {
    let served: BTreeSet<&str> = situation
        .report
        .services
        .iter()
        .filter(|row| row.addresses_before.iter().any(|ips| !ips.is_empty()))
        .map(|row| row.service.as_str())
        .collect();
    let mut held = BTreeMap::new();
    for service in &situation.cluster.services {
        let key = service.key.to_string();
        let is_load_balancer = service.service_type == ServiceType::LoadBalancer;
        if !is_load_balancer || service.ingress.is_empty() || !served.contains(key.as_str()) {
            continue;
        }
        let mut ips = service.ingress.clone();
        ips.sort();
        held.insert(key, ips);
    }
    held
}

/// The differences that touch traffic, each with whom it is about.
fn losses(report: &Report) -> impl Iterator<Item = Diagnostic> {
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

fn refusals(situation: &Situation<'_>) -> Vec<Diagnostic> {
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
    let others = if others == 0 { String::new() } else { format!("{to_mend} to mend, and ") };
    vec![
        format!("refused: {others}{losses} ({}).", unique.join(", ")),
        format!(
            "Mend each as its help says (`metallb2cilium verify` shows both sides), or plan all \
             the same with --accept {}.",
            unique.join(" --accept ")
        ),
    ]
}

/// What of MetalLB's configuration is no custom resource that could be patched, if
/// anything is: it comes from the old ConfigMap or from an AddressPool.
fn legacy(situation: &Situation<'_>) -> Option<Diagnostic> {
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
        moves
            && !accepted
            && object.group() == "cilium.io"
            && object.kind == crate::cilium::PEERING_POLICY
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
fn moved_at_once<'a>(situation: &Situation<'a>) -> impl Iterator<Item = Diagnostic> + use<'a> {
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
    let kind = crate::cilium::Kind::LoadBalancerIpPool.as_str();
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
