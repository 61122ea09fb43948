//! What the commands that look at MetalLB have in common: its configuration,
//! the cluster, and how it is deployed, out of the input.

use std::collections::BTreeMap;

use super::input::Loaded;
use super::{MetallbArgs, codes};
use crate::cluster::{Cluster, Service, ServiceKey, ServiceType};
use crate::diagnostic::Diagnostic;
use crate::metallb::{self, Config, Deployment, Mode, Resources};
use crate::selector::LabelSelector;
use crate::simulate::decision::Decision;
use crate::simulate::metallb as engine;

/// MetalLB's side of the input.
pub(super) struct MetalLb {
    /// The configuration, as MetalLB would accept it.
    pub(super) config: Config,
    /// The cluster at hand.
    pub(super) cluster: Cluster,
    /// How MetalLB runs.
    pub(super) runs: Runs,
    /// How many objects were taken.
    pub(super) objects: usize,
}

/// How MetalLB runs: by flags, else as deployed in the input, else by default.
#[derive(Clone)]
pub(super) struct Runs {
    /// Its BGP implementation.
    pub(super) mode: Mode,
    /// Whether nobody said which.
    pub(super) mode_assumed: bool,
    /// `--lb-class`.
    pub(super) lb_class: Option<String>,
    /// `--ignore-exclude-lb`.
    pub(super) ignore_exclude_lb: bool,
    /// Which Nodes run a speaker.
    pub(super) speaker_nodes: Option<LabelSelector>,
    /// Patterns of interfaces on which it never answers.
    pub(super) excluded_interfaces: Option<Vec<String>>,
}

impl Runs {
    fn new(args: &MetallbArgs, deployed: Deployment) -> Self {
        let mode = args.metallb_mode.map(Mode::from).or(deployed.mode);
        Self {
            mode: mode.unwrap_or_default(),
            mode_assumed: mode.is_none(),
            // Go's flags know no difference between none and an empty one.
            lb_class: (args.lb_class.clone().or(deployed.lb_class))
                .filter(|class| !class.is_empty()),
            ignore_exclude_lb: args.ignore_exclude_lb || deployed.ignore_exclude_lb,
            speaker_nodes: args.speaker_node_selector.clone().or(deployed.speaker_nodes),
            excluded_interfaces: deployed.excluded_interfaces,
        }
    }

    /// How its decisions are simulated.
    pub(super) fn simulated(&self, max_outcomes: usize) -> engine::Options {
        super::cilium::speakers(self).simulated(self.lb_class.as_deref(), max_outcomes)
    }
}

/// Where MetalLB's resources come from.
pub(super) fn metallb_input(loaded: &Loaded) -> metallb::Input<'_> {
    let Loaded { manifests, substitutions, .. } = loaded;
    metallb::Input {
        objects: &manifests.objects,
        untyped: &manifests.untyped,
        sources: &manifests.sources,
        substitutions,
    }
}

/// MetalLB's configuration and the cluster; `None` where the input is refused,
/// for one of the reasons that were added to `found`.
pub(super) fn metallb(
    loaded: &Loaded,
    args: &MetallbArgs,
    allow_missing_secrets: bool,
    found: &mut Vec<Diagnostic>,
) -> Option<MetalLb> {
    loaded.progress.doing("looking at MetalLB's configuration");
    let input = metallb_input(loaded);
    let mut of_deployment = Vec::new();
    let runs = Runs::new(args, Deployment::read(&input, &mut of_deployment));
    // A flag says what could not be read.
    let settled = |one: &Diagnostic| {
        one.code == metallb::codes::SPEAKER_AFFINITY && args.speaker_node_selector.is_some()
            || one.code == metallb::codes::UNKNOWN_MODE && args.metallb_mode.is_some()
    };
    found.extend(of_deployment.into_iter().filter(|one| !settled(one)));
    let (resources, of_resources) = Resources::read(&input);
    let (cluster, of_cluster) = Cluster::read(input.objects);
    // What could not be read may hold the Secret that is missing.
    let is_secret = |one: &Diagnostic| one.object.as_ref().is_none_or(|o| o.kind == "Secret");
    let unread = found.iter().chain(&of_cluster).any(|one| one.is_error() && is_secret(one));
    found.extend(of_resources);
    found.extend(of_cluster);
    let allow_missing_secrets = allow_missing_secrets || unread;
    let options = metallb::Options { mode: runs.mode, allow_missing_secrets };
    match metallb::validate(&resources, &cluster, &options) {
        Ok(config) => Some(MetalLb { config, cluster, runs, objects: resources.len() }),
        Err(refused) => {
            found.extend(refused);
            None
        }
    }
}

/// Why there is nothing to convert or to compare, if there is nothing: an empty
/// file, or a path that is not the one meant, must not pass for a good one.
pub(super) fn nothing(config: &Config) -> Option<Diagnostic> {
    if !config.pools.is_empty() || !config.peers.is_empty() {
        return None;
    }
    let mut diagnostic = Diagnostic::error(
        codes::NOTHING_TO_CONVERT,
        "there is nothing to convert: no address pool and no BGP peer in the input",
    )
    .help("give all of MetalLB's resources together: -f may be repeated and takes directories");
    let l2 = config.l2_advertisements.iter().map(|ad| (&ad.meta, &ad.origin, "L2Advertisement"));
    let bgp = config.bgp_advertisements.iter().map(|ad| (&ad.meta, &ad.origin, "BGPAdvertisement"));
    if let Some((meta, origin, kind)) = l2.chain(bgp).next() {
        diagnostic = diagnostic
            .object(meta.reference(kind))
            .label(origin.span("metadata.name"), "speaks of pools that are not in the input");
    }
    Some(diagnostic)
}

/// How many ways to decide are looked at.
pub(super) const MAX_OUTCOMES: usize = 256;

/// What MetalLB decides on the cluster at hand.
pub(super) fn decided(metallb: &MetalLb) -> Decision {
    let options = metallb.runs.simulated(MAX_OUTCOMES);
    engine::simulate(&metallb.config, &metallb.cluster, &options)
}

/// The Services that MetalLB leaves without an address though Cilium would look at
/// them, and why.
pub(super) fn pending(decided: &Decision, metallb: &MetalLb) -> BTreeMap<ServiceKey, String> {
    let unserved = decided.unserved();
    let class = metallb.runs.lb_class.as_deref();
    let may_be_served = |service: &&Service| {
        let of_metallb = service.load_balancer_class.as_deref() == class;
        // One that is not MetalLB's and holds an address has it from somebody else.
        let of_nobody = service.load_balancer_class.is_none() && service.ingress.is_empty();
        service.service_type == ServiceType::LoadBalancer && (of_metallb || of_nobody)
    };
    let services = metallb.cluster.services.iter().filter(may_be_served);
    services
        .filter_map(|service| {
            let reason = unserved.get(service.key.to_string().as_str())?;
            Some((service.key.clone(), reason.unwrap_or_default().to_owned()))
        })
        .collect()
}
