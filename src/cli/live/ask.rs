//! The options that say which addresses are asked for.

use std::net::IpAddr;

use clap::Args;

use super::LiveEngine;

/// The options that say which addresses are asked for, and what is expected of them.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct AskArgs {
    /// An address to ask for; may be repeated [default: those of Services]
    #[arg(long, value_name = "IP")]
    pub address: Vec<IpAddr>,
    /// Ask for every address of every pool
    #[arg(long, conflicts_with = "address")]
    pub all: bool,
    /// Whose Decision the answers are compared with
    #[arg(long, value_enum, value_name = "ENGINE", default_value_t)]
    pub engine: LiveEngine,
    /// The interface to ask on [default: the one with the addresses' subnet]
    #[arg(long, value_name = "NAME")]
    pub interface: Option<String>,
    /// How often an address is asked for that nobody answers for
    #[arg(long, value_name = "N", default_value = "3")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100))]
    pub attempts: u32,
}
