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
mod refusals;
mod removal;
mod rights;
mod rollback;
mod runbook;
mod scripts;
mod shell;
mod snapshot;
mod waves;

use std::collections::{BTreeMap, BTreeSet};

use crate::cilium::settings::Settings;
use crate::cluster::{Cluster, ServiceType};
use crate::convert::Conversion;
use crate::diagnostic::{Code, Diagnostic};
use crate::manifest::Object;
use crate::metallb::{Config, Mode};
use crate::selector::LabelSelector;
use crate::verify::Report;
use refusals::{legacy, losses, moved_at_once, refusals};

pub use action::{Action, Announcer, Check, FIELD_MANAGER, Target, Task};
pub use announcers::announced_otherwise;
pub use installation::{Installation, Keeper, Workload, WorkloadKind};
pub use refusals::{awake, not_needed, notes, verdict};
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
