//! What `verify` and `diff` have in common: the conversion of the input, and
//! Cilium's resources that it is compared with.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::configuration::{self, MetalLb, Runs};
use super::{InputArgs, Loaded};
use crate::cilium::{CiliumConfig, CiliumVersion, Settings};
use crate::cluster::Cluster;
use crate::convert::{self, BlockForm, Conversion};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Node, Object};
use crate::selector::is_subdomain;
use crate::simulate::codes;
use crate::verify::sessions::Speakers;
use crate::verify::{Question, applied, applied_to, with_existing};

mod unseen;

const SELECTION: &str = "How the input is converted";

/// Said where nobody said how MetalLB runs.
pub(super) const ASSUMED_MODE: &str =
    "MetalLB runs FRR: timers that a BGPPeer does not set are 180 s and 60 s (--metallb-mode)";

/// How the input is converted.
#[derive(Debug, Clone, PartialEq, Args)]
pub struct TranslationArgs {
    /// The pool for Services without a pool label, where open pools are
    /// advertised differently
    #[arg(long, value_name = "NAME", help_heading = SELECTION)]
    pub default_pool: Option<String>,
    /// How ranges of addresses are written
    #[arg(long, value_enum, value_name = "FORM", default_value_t, help_heading = SELECTION)]
    pub blocks: Blocks,
    /// Do not pin the addresses that Services hold
    #[arg(long, help_heading = SELECTION)]
    pub no_pin: bool,
    /// Keep Services that MetalLB leaves without an address from getting one
    #[arg(long, help_heading = SELECTION)]
    pub keep_pending: bool,
    /// Go on when a Secret that a BGPPeer names is not in the input
    #[arg(long, help_heading = SELECTION)]
    pub allow_missing_secrets: bool,
    /// Where Cilium looks for BGP passwords
    #[arg(long, value_name = "NAMESPACE", default_value = "kube-system")]
    #[arg(help_heading = SELECTION, value_parser = namespace)]
    pub bgp_secrets_namespace: String,
}

/// A name that a namespace can have: a DNS label.
fn namespace(text: &str) -> Result<String, &'static str> {
    if is_subdomain(text) && !text.contains('.') && text.len() <= 63 {
        Ok(text.to_owned())
    } else {
        Err("a namespace has lower case letters, digits and `-`, at most 63 of them")
    }
}

/// How a range of addresses is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Blocks {
    /// A CIDR where the range is exactly one, else start and stop
    #[default]
    Auto,
    /// Always start and stop
    Range,
    /// The shortest exact list of CIDRs
    Cidr,
    /// As cidr, with the inside of one CIDR written as that CIDR
    Compact,
}

impl From<Blocks> for BlockForm {
    fn from(blocks: Blocks) -> Self {
        match blocks {
            Blocks::Auto => Self::Auto,
            Blocks::Range => Self::Range,
            Blocks::Cidr => Self::Cidr,
            Blocks::Compact => Self::Compact,
        }
    }
}

impl TranslationArgs {
    /// What the conversion is asked for.
    pub(super) fn options(&self, version: CiliumVersion, runs: Runs) -> convert::Options {
        convert::Options {
            version,
            blocks: self.blocks.into(),
            default_pool: self.default_pool.clone(),
            pin: !self.no_pin,
            keep_pending: self.keep_pending,
            secrets_namespace: self.bgp_secrets_namespace.clone(),
            mode: runs.mode,
            mode_assumed: runs.mode_assumed,
            lb_class: runs.lb_class,
            ignore_exclude_lb: runs.ignore_exclude_lb,
            speaker_nodes: runs.speaker_nodes,
            excluded_interfaces: runs.excluded_interfaces,
            ..convert::Options::default()
        }
    }
}

/// Cilium's resources to compare with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct AgainstArgs {
    /// Cilium's resources to compare with, a file or directory; may be
    /// repeated [default: the conversion of the input]
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    pub against: Vec<PathBuf>,
}

/// What `--against` holds.
pub(super) struct Given {
    /// Cilium's resources among them.
    config: CiliumConfig,
    /// Whether Cilium's settings are among them, or were given otherwise.
    has_settings: bool,
    /// Secrets and Services among them.
    cluster: Cluster,
}

impl Given {
    /// Cilium's resources.
    pub(super) fn config(&self) -> &CiliumConfig {
        &self.config
    }

    /// The Secrets and Services beside them.
    pub(super) fn beside(&self) -> &Cluster {
        &self.cluster
    }
}

/// The conversion of the input with what it was made of.
pub(super) struct Translated {
    /// The conversion.
    pub(super) conversion: Conversion,
    /// Cilium's resources in the input, with its settings.
    existing: CiliumConfig,
    /// Whether Cilium's settings were given.
    has_settings: bool,
}

impl Translated {
    /// Cilium's resources in the input.
    pub(super) fn existing(&self) -> &CiliumConfig {
        &self.existing
    }

    /// Cilium's settings, where they were given.
    pub(super) fn settings(&self) -> Option<&Settings> {
        self.has_settings.then_some(&self.existing.settings)
    }
}

/// One side of a comparison.
pub(super) struct CiliumSide {
    /// Cilium's configuration.
    pub(super) config: CiliumConfig,
    /// The cluster as Cilium finds it.
    pub(super) cluster: Cluster,
    /// What is taken for granted.
    pub(super) assumptions: Vec<String>,
}

/// How MetalLB's speakers run.
pub(super) fn speakers(runs: &Runs) -> Speakers {
    Speakers {
        mode: runs.mode,
        ignore_exclude_lb: runs.ignore_exclude_lb,
        nodes: runs.speaker_nodes.clone(),
        excluded_interfaces: runs.excluded_interfaces.clone().unwrap_or_default(),
    }
}

/// MetalLB's side of a comparison.
pub(super) fn question<'a>(
    metallb: &'a MetalLb,
    speakers: &'a Speakers,
    max_outcomes: NonZeroUsize,
) -> Question<'a> {
    Question {
        config: &metallb.config,
        cluster: &metallb.cluster,
        speakers,
        lb_class: metallb.runs.lb_class.as_deref(),
        max_outcomes: max_outcomes.get(),
        proof: None,
    }
}

/// Reads `--against`; `None` without it.
pub(super) fn given(
    args: &AgainstArgs,
    input: &InputArgs,
    values: Option<&Node>,
    loaded: &mut Loaded,
    found: &mut Vec<Diagnostic>,
) -> Option<Given> {
    if args.against.is_empty() {
        return None;
    }
    let objects = loaded.read_manifests_aside(&args.against, input, found);
    let (config, of_config) = CiliumConfig::read(&objects, values, input.cilium_version);
    let (cluster, of_cluster) = Cluster::read(&objects);
    found.extend(of_config);
    found.extend(of_cluster);
    let has_settings = values.is_some() || has_settings(&objects);
    Some(Given { config, has_settings, cluster })
}

pub(super) fn has_settings(objects: &[Object]) -> bool {
    objects.iter().any(|one| one.kind == "ConfigMap" && one.meta.name == "cilium-config")
}

/// Converts the input; `None` where it is refused.
pub(super) fn translate(
    args: &TranslationArgs,
    input: &InputArgs,
    values: Option<&Node>,
    loaded: &Loaded,
    metallb: &MetalLb,
    found: &mut Vec<Diagnostic>,
) -> Option<Translated> {
    loaded.progress.doing("converting");
    let pending = if args.keep_pending {
        configuration::pending(&configuration::decided(metallb), metallb)
    } else {
        BTreeMap::new()
    };
    let options =
        convert::Options { pending, ..args.options(input.cilium_version, metallb.runs.clone()) };
    let objects = &loaded.manifests.objects;
    let (existing, refused) = CiliumConfig::read(objects, values, input.cilium_version);
    found.extend(refused);
    let has_settings = values.is_some() || has_settings(objects);
    match convert::convert(&metallb.config, &metallb.cluster, &existing, &options) {
        Ok(conversion) => Some(Translated { conversion, existing, has_settings }),
        Err(refused) => {
            found.extend(refused);
            None
        }
    }
}

/// What the conversion says, and what of MetalLB's was lost before it: by what was read.
pub(super) fn losses(translated: &Translated, found: &[Diagnostic]) -> Vec<Diagnostic> {
    let read = found.iter().filter(|one| one.is_lossy());
    translated.conversion.diagnostics.iter().chain(read).cloned().collect()
}

/// The conversion as it decides once it is applied.
pub(super) fn own(translated: &Translated, cluster: &Cluster) -> CiliumSide {
    let Translated { conversion, existing, has_settings } = translated;
    let (written, cluster) = applied(conversion, cluster);
    let mut config = with_existing(written, existing);
    let mut assumptions =
        vec!["Services carry the labels and annotations of `convert --emit services`".to_owned()];
    if *has_settings {
        config.settings = existing.settings.clone();
    } else {
        assumptions.push(
            "Cilium runs with the values of `convert --emit helm-values` (--cilium-values says \
             otherwise)"
                .to_owned(),
        );
    }
    assumptions.extend(version(&config));
    CiliumSide { config, cluster, assumptions }
}

/// Cilium's resources of the input where it holds any that announce, else its
/// conversion; `None` where it is refused.
pub(super) fn at_hand(
    args: &TranslationArgs,
    input: &InputArgs,
    values: Option<&Node>,
    loaded: &Loaded,
    metallb: &MetalLb,
    found: &mut Vec<Diagnostic>,
) -> Option<CiliumSide> {
    let objects = &loaded.manifests.objects;
    let (config, refused) = CiliumConfig::read(objects, values, input.cilium_version);
    if config.l2_policies.is_empty() && config.cluster_configs.is_empty() {
        let translated = translate(args, input, values, loaded, metallb, found)?;
        return Some(own(&translated, &metallb.cluster));
    }
    found.extend(refused);
    Some(CiliumSide { config, cluster: metallb.cluster.clone(), assumptions: vec![] })
}

/// Given resources as they decide: with the conversion's labels and annotations on
/// Services, and with its settings where none are given.
pub(super) fn against(given: Given, translated: &Translated, cluster: &Cluster) -> CiliumSide {
    let Given { mut config, has_settings, cluster: beside } = given;
    let known = |secret: &(String, String)| {
        cluster.secrets.contains_key(secret) || beside.secrets.contains_key(secret)
    };
    let merged = applied_to(&translated.conversion, cluster, &beside);
    let mut assumptions = vec![
        "Services carry the labels and annotations of `convert --emit services`, unless they ask \
         LB-IPAM for addresses themselves"
            .to_owned(),
    ];
    if !has_settings {
        if translated.has_settings {
            config.settings = translated.existing.settings.clone();
        } else {
            config.settings = applied(&translated.conversion, cluster).0.settings;
            if config.settings.bgp_secrets_namespace.is_none() {
                config.settings.bgp_secrets_namespace = Some("kube-system".to_owned());
            }
            assumptions.push(
                "Cilium runs with the values of `convert --emit helm-values` (--cilium-values or \
                 the ConfigMap cilium-config says otherwise)"
                    .to_owned(),
            );
        }
    }
    assumptions.extend(unseen::secrets(&config, known));
    assumptions.extend(version(&config));
    CiliumSide { config, cluster: merged, assumptions }
}

/// Decisions were measured on one version; others go by a table.
fn version(config: &CiliumConfig) -> Option<String> {
    let measured = crate::cilium::CiliumVersion::default();
    (config.version != measured).then(|| {
        format!(
            "Cilium {} decides as the table of versions says (`metallb2cilium version`); only {measured} \
             was measured in full",
            config.version
        )
    })
}

/// The Helm values of `--cilium-values`.
pub(super) fn helm_values(
    input: &InputArgs,
    loaded: &mut Loaded,
    found: &mut Vec<Diagnostic>,
) -> Option<Arc<Node>> {
    let path = input.cilium_values.as_deref()?;
    let read = loaded.read_aside(path, input.max_input, found);
    match read.untyped.as_slice() {
        [values] => Some(Arc::clone(&values.node)),
        _ if read.failed => None,
        _ => {
            let message = format!("{} does not hold Helm values", path.display());
            found.push(
                Diagnostic::error(codes::NOT_HELM_VALUES, message)
                    .help("give one YAML mapping: helm get values cilium -n kube-system"),
            );
            None
        }
    }
}
