//! Pre-flight: what is to be mended before the cut-over, and what is left after it.
//!
//! In: the objects at hand and what was read of them. Out: diagnostics; an error is
//! what must not be so, a loss what may cost traffic, a note what is worth knowing.

mod addresses;
mod after;
mod cidrs;
pub mod codes;
mod faults;
mod services;
mod settings;

use std::net::IpAddr;

use crate::cilium::{CiliumVersion, Settings};
use crate::cluster::Cluster;
use crate::convert::Conversion;
use crate::diagnostic::Diagnostic;
use crate::manifest::Object;
use crate::metallb::Config;

pub use after::after;
pub use faults::{FAULTS, Fault};

/// What is looked at before the cut-over.
#[derive(Clone, Copy)]
pub struct Before<'a> {
    /// MetalLB's configuration.
    pub config: &'a Config,
    /// The cluster.
    pub cluster: &'a Cluster,
    /// Everything in the input.
    pub objects: &'a [Object],
    /// The conversion.
    pub conversion: &'a Conversion,
    /// Cilium's settings, where they are at hand.
    pub settings: Option<&'a Settings>,
    /// The version of Cilium that is planned for.
    pub version: CiliumVersion,
    /// Addresses of routers that nobody may be given.
    pub gateways: &'a [IpAddr],
    /// MetalLB's `--lb-class`.
    pub lb_class: Option<&'a str>,
}

/// What is not in the input, and was therefore not looked at; a line each.
pub fn unknown(before: &Before<'_>) -> Vec<String> {
    addresses::unknown(before)
}

/// The pre-flight.
pub fn before(before: &Before<'_>) -> Vec<Diagnostic> {
    let mut found = settings::look(before);
    found.extend(faults::look(before));
    found.extend(addresses::look(before));
    found.extend(services::look(before));
    found
}
