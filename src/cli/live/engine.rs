//! Whose Decision counts.

use clap::ValueEnum;

use crate::simulate::decision::Engine;

/// Whose Decision counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LiveEngine {
    /// MetalLB's controller and speakers
    #[default]
    Metallb,
    /// Cilium's operator and agents
    Cilium,
}

impl LiveEngine {
    /// Its name on the command line and in observations.
    pub(in crate::cli) fn name(self) -> &'static str {
        match self {
            Self::Metallb => "metallb",
            Self::Cilium => "cilium",
        }
    }
}

impl From<LiveEngine> for Engine {
    fn from(engine: LiveEngine) -> Self {
        match engine {
            LiveEngine::Metallb => Self::Metallb,
            LiveEngine::Cilium => Self::Cilium,
        }
    }
}
