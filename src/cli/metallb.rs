//! Options about how MetalLB runs, where its deployment is not in the input.

use clap::{Args, ValueEnum};

use crate::metallb::Mode;
use crate::selector::LabelSelector;

const HEADING: &str = "MetalLB as it runs";

/// How MetalLB runs; what is not given is taken from its Deployment and
/// DaemonSet in the input, else from its defaults.
#[derive(Debug, Clone, Default, PartialEq, Args)]
pub struct MetallbArgs {
    /// MetalLB's BGP implementation [default: as deployed, else frr-k8s]
    #[arg(long, value_enum, value_name = "MODE", help_heading = HEADING)]
    pub metallb_mode: Option<MetallbMode>,
    /// MetalLB's --lb-class: only Services of this class are served
    #[arg(long, value_name = "CLASS", help_heading = HEADING)]
    pub lb_class: Option<String>,
    /// MetalLB's --ignore-exclude-lb: the exclude label of Nodes is ignored
    #[arg(long, help_heading = HEADING)]
    pub ignore_exclude_lb: bool,
    /// Which Nodes run a speaker, as kubectl -l takes it [default: every Node]
    #[arg(long, value_name = "SELECTOR", help_heading = HEADING)]
    pub speaker_node_selector: Option<LabelSelector>,
}

/// MetalLB's BGP implementations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MetallbMode {
    /// FRR in a DaemonSet of its own
    #[value(name = "frr-k8s")]
    FrrK8s,
    /// FRR beside each speaker
    Frr,
    /// MetalLB's own implementation
    Native,
}

impl From<MetallbMode> for Mode {
    fn from(mode: MetallbMode) -> Self {
        match mode {
            MetallbMode::FrrK8s => Self::FrrK8s,
            MetallbMode::Frr => Self::Frr,
            MetallbMode::Native => Self::Native,
        }
    }
}
