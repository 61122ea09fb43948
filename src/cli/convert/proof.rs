//! Whether a conversion decides as MetalLB does: at hand, and by proof.

use std::time::{Duration, Instant};

use super::super::configuration;
use crate::cilium::{CiliumConfig, Settings};
use crate::cluster::Cluster;
use crate::convert::{self, Conversion};
use crate::diagnostic::Diagnostic;
use crate::metallb::Config;
use crate::simulate;
use crate::simulate::decision::{Decision, crash};
use crate::verify::sessions::Speakers;
use crate::verify::{self, Comparison, Outcome, Problem};

/// Simulates Cilium on the cluster at hand, with its own settings where they are given,
/// and compares it with what MetalLB decided.
///
/// # Errors
/// Cilium's operator does not survive what is written.
pub(super) fn compare(
    config: &Config,
    cluster: &Cluster,
    before: &Decision,
    conversion: &Conversion,
    settings: Option<&Settings>,
) -> Result<Comparison, Box<Diagnostic>> {
    let (mut written, applied) = verify::applied(conversion, cluster);
    if let Some(settings) = settings {
        written.settings = settings.clone();
    }
    let after = simulate::cilium::Options { max_outcomes: configuration::MAX_OUTCOMES };
    let after = simulate::cilium::simulate(&written, &applied, &after);
    match &after.config_error {
        Some(reason) => {
            let help = "--blocks auto writes the same addresses without that trap";
            Err(Box::new(crash(reason).help(help)))
        }
        None => Ok(verify::compare(config, cluster, before, &after)),
    }
}

/// Proves that the conversion decides alike for every Service and Node, adds what it
/// does not to what the conversion says, and says how it went. `lost` says that reading
/// the input lost something already.
pub(super) fn prove(
    config: &Config,
    cluster: &Cluster,
    options: &convert::Options,
    (existing, has_settings): (&CiliumConfig, bool),
    conversion: &mut Conversion,
    budget: Duration,
    lost: bool,
) -> String {
    let speakers = Speakers {
        mode: options.mode,
        ignore_exclude_lb: options.ignore_exclude_lb,
        nodes: options.speaker_nodes.clone(),
        excluded_interfaces: options.excluded_interfaces.clone().unwrap_or_default(),
    };
    let (written, applied) = verify::applied(conversion, cluster);
    let written = verify::with_existing(written, existing);
    let mut written = verify::without_sessions_there(written, existing, config);
    if has_settings {
        written.settings = existing.settings.clone();
    }
    let problem = Problem {
        config,
        cluster,
        speakers: &speakers,
        lb_class: options.lb_class.as_deref(),
        cilium: &written,
        applied: &applied,
        translation: conversion,
    };
    let begun = Instant::now();
    let proof = verify::prove(&problem, &|| begun.elapsed() >= budget);
    let unexplained = verify::unexplained(&proof, config, &conversion.diagnostics);
    // What is assumed is not what was found.
    conversion.diagnostics.retain(|note| {
        let found = unexplained.iter().any(|one| one.code == note.code);
        !(found && note.assumed)
    });
    conversion.diagnostics.extend(unexplained);
    let lossy = lost || conversion.diagnostics.iter().any(Diagnostic::is_lossy);
    match proof.outcome {
        Outcome::Proved if proof.assumed.is_empty() && lossy => {
            "but for that, proved equivalent for every Service and Node".to_owned()
        }
        Outcome::Proved if proof.assumed.is_empty() => {
            "proved equivalent for every Service and Node".to_owned()
        }
        Outcome::Proved => {
            let assumed = proof.assumed.join("; ");
            format!("proved equivalent for every Service and Node, but assumed: {assumed}")
        }
        Outcome::Refuted => "not equivalent for every Service and Node (see verify)".to_owned(),
        Outcome::NotProved => {
            let reason = proof.unproved.first().map_or("", String::as_str);
            format!("not proved for every Service and Node: {reason}")
        }
    }
}
