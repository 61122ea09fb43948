//! The options that say which addresses are asked for.

use std::net::IpAddr;

use clap::{Args, ValueEnum};

use super::LiveEngine;
use crate::ip::Family;

/// A family of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub enum FamilyName {
    /// IPv4, by ARP
    Ipv4,
    /// IPv6, by NDP
    Ipv6,
}

impl FamilyName {
    /// As the option has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
        }
    }

    /// The family.
    pub(super) fn family(self) -> Family {
        match self {
            Self::Ipv4 => Family::V4,
            Self::Ipv6 => Family::V6,
        }
    }
}

/// The options that say which addresses are asked for, and what is expected of them.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct AskArgs {
    /// An address to ask for; may be repeated [default: those of Services]
    #[arg(long, value_name = "IP")]
    pub address: Vec<IpAddr>,
    /// Ask for every address of every pool
    #[arg(long, conflicts_with = "address")]
    pub all: bool,
    /// Ask for every address of this pool; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with_all = ["address", "all"])]
    pub pool: Vec<String>,
    /// Ask for addresses of this family only
    #[arg(long, value_enum, value_name = "FAMILY")]
    pub family: Option<FamilyName>,
    /// Whose Decision the answers are compared with
    #[arg(long, value_enum, value_name = "ENGINE", default_value_t)]
    pub engine: LiveEngine,
    /// An interface to ask on; may be repeated [default: those with the
    /// addresses' subnets]
    #[arg(long, value_name = "NAME")]
    pub interface: Vec<String>,
    /// How often an address is asked for that nobody answers for
    #[arg(long, value_name = "N", default_value = "3")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100))]
    pub attempts: u32,
}
