//! The policy mapper: a MetalLB configuration and a cluster become Cilium's
//! resources, with a diagnostic for everything that is not the same afterwards.
//!
//! In: [`metallb::Config`](crate::metallb::Config), [`Cluster`], [`Options`].
//! Out: [`Conversion`].

pub mod admission;
mod announcements;
mod assignment;
mod bgp;
mod blocks;
pub mod codes;
mod documents;
mod existing;
mod first_choice;
mod helm;
mod l2;
mod limits;
pub mod mapping;
mod names;
mod objects;
mod pools;
mod reserved_labels;
mod services;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::cilium::{CiliumConfig, CiliumVersion};
use crate::cluster::{Cluster, Service, ServiceKey};
use crate::diagnostic::{Diagnostic, Severity};
use crate::metallb::{Config, Mode};
use crate::selector::LabelSelector;

pub use documents::{Document, Part};
pub(crate) use names::pool_label;
pub use objects::{Conversion, Emitted, SecretObject, ServicePatch};
pub(crate) use services::{Request, is_compatible, request};

/// The label by which a Service says from which pool its address comes.
pub const POOL_LABEL: &str = "metallb2cilium.io/pool";

/// The label by which Nodes and Services say who announces: set on a Node, it is
/// what MetalLB's speakers and Cilium's ClusterConfigs select during the cut-over;
/// set on a Service, what Cilium's L2 policies select.
pub const ANNOUNCER_LABEL: &str = "metallb2cilium.io/announcer";

/// The value of [`POOL_LABEL`] that fits no pool: for Services that MetalLB
/// leaves without an address.
pub const NO_POOL: &str = "metallb2cilium.io.none";

/// The prefix of the label keys by which a peer picks its advertisements.
pub const PEER_LABEL_PREFIX: &str = "peer.metallb2cilium.io/";

/// The label that Cilium's selectors see as a Service's namespace.
pub const NAMESPACE_KEY: &str = "io.kubernetes.service.namespace";

/// The label that Cilium's selectors see as a Service's name.
pub const NAME_KEY: &str = "io.kubernetes.service.name";

/// How a range of addresses is written as blocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BlockForm {
    /// A CIDR where the range is exactly one, else `start` and `stop`.
    #[default]
    Auto,
    /// Always `start` and `stop`.
    Range,
    /// The minimal exact list of CIDRs.
    Cidr,
    /// As `Cidr`, but the interior of one CIDR becomes that CIDR with
    /// `allowFirstLastIPs: "No"`.
    Compact,
}

/// What a conversion is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The target version.
    pub version: CiliumVersion,
    /// How ranges are written.
    pub blocks: BlockForm,
    /// Of open pools that are advertised differently: the one that takes the
    /// Services without the pool label.
    pub default_pool: Option<String>,
    /// Pools to convert; empty means all.
    pub only_pools: BTreeSet<String>,
    /// Pools to leave out.
    pub skip_pools: BTreeSet<String>,
    /// Whether addresses in use are pinned by annotation.
    pub pin: bool,
    /// Services that MetalLB leaves without an address, and why; empty where that
    /// was not looked at.
    pub pending: BTreeMap<ServiceKey, String>,
    /// Whether those Services are kept out of every pool.
    pub keep_pending: bool,
    /// The version of Kubernetes for which an admission policy is written; `None`
    /// for no policy.
    pub kubernetes: Option<admission::KubernetesVersion>,
    /// Where Cilium looks for BGP passwords (`bgpControlPlane.secretsNamespace`).
    pub secrets_namespace: String,
    /// MetalLB's BGP implementation.
    pub mode: Mode,
    /// Whether nobody said so, neither a flag nor the input.
    pub mode_assumed: bool,
    /// MetalLB's `--lb-class`.
    pub lb_class: Option<String>,
    /// MetalLB's `--ignore-exclude-lb`.
    pub ignore_exclude_lb: bool,
    /// Which Nodes run a speaker; `None` means all.
    pub speaker_nodes: Option<LabelSelector>,
    /// Patterns of interfaces on which MetalLB never answers (its ConfigMap
    /// `metallb-excludel2`); `None` where it is not at hand.
    pub excluded_interfaces: Option<Vec<String>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            version: CiliumVersion::default(),
            blocks: BlockForm::default(),
            default_pool: None,
            only_pools: BTreeSet::new(),
            skip_pools: BTreeSet::new(),
            pin: true,
            pending: BTreeMap::new(),
            keep_pending: false,
            kubernetes: None,
            secrets_namespace: "kube-system".to_owned(),
            mode: Mode::default(),
            mode_assumed: true,
            lb_class: None,
            ignore_exclude_lb: false,
            speaker_nodes: None,
            excluded_interfaces: None,
        }
    }
}

/// Everything that the parts of the conversion look at, and where they put what
/// they have to say.
pub(crate) struct Context<'a> {
    pub(crate) config: &'a Config,
    pub(crate) cluster: &'a Cluster,
    pub(crate) options: &'a Options,
    pub(crate) pool_names: BTreeSet<&'a str>,
    pub(crate) found: Vec<Diagnostic>,
}

impl Context<'_> {
    /// Whether a Service is kept from getting an address, since MetalLB gives it
    /// none.
    pub(crate) fn keeps_out(&self, service: &Service) -> bool {
        self.options.keep_pending && self.options.pending.contains_key(&service.key)
    }

    /// Whether a pool takes part in this conversion.
    pub(crate) fn wants_pool(&self, name: &str) -> bool {
        let options = self.options;
        (options.only_pools.is_empty() || options.only_pools.contains(name))
            && !options.skip_pools.contains(name)
    }
}

/// Converts a configuration. `existing` holds Cilium's resources that are there
/// already.
///
/// # Errors
/// What makes a conversion impossible: pools that are asked for but not there,
/// or a division of the nodes that grows beyond all bounds.
pub fn convert(
    config: &Config,
    cluster: &Cluster,
    existing: &CiliumConfig,
    options: &Options,
) -> Result<Conversion, Vec<Diagnostic>> {
    let pool_names = config.pools.iter().map(|pool| pool.name()).collect();
    let mut context = Context { config, cluster, options, pool_names, found: Vec::new() };
    pools::check_names(&mut context);
    if !context.found.is_empty() {
        return Err(context.found);
    }
    let assignment = assignment::assign(&mut context);
    let pools = pools::convert(&mut context, &assignment);
    let mut conversion = Conversion {
        version: options.version,
        pools,
        l2_policies: l2::convert(&mut context, &assignment),
        ..Conversion::default()
    };
    bgp::convert(&mut context, &assignment, &mut conversion);
    conversion.services = services::convert(&mut context, &assignment);
    conversion.admission_policy = options
        .kubernetes
        .and_then(|version| admission::policy(&mut context, &assignment, version));
    let before = context.found.len();
    let on_l2 = limits::say(&mut context, &assignment, &conversion.services);
    conversion.helm_values = helm::values(&context, on_l2, &conversion);
    // What is assumed of announcements matters where some are written, and of timers where
    // there are sessions.
    let written = |one: &Diagnostic| match Part::about(one.code) {
        _ if one.code == codes::ASSUMED_MODE => !conversion.peer_configs.is_empty(),
        Some(Part::L2) => !conversion.l2_policies.is_empty(),
        Some(Part::Bgp) => !conversion.advertisements.is_empty(),
        _ => true,
    };
    let assumed = context.found.split_off(before).into_iter();
    context.found.extend(assumed.filter(|one| one.severity != Severity::Note || written(one)));
    existing::merge(&mut context, existing, &mut conversion);
    if context.found.iter().any(Diagnostic::is_error) {
        return Err(context.found);
    }
    conversion.diagnostics = context.found;
    Ok(conversion)
}
