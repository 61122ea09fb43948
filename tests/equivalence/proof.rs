//! The proof against what the conversion says.

use std::collections::BTreeMap;

use metallb2cilium::cluster::Cluster;
use metallb2cilium::convert::Conversion;
use metallb2cilium::metallb::Config;
use metallb2cilium::verify::sessions::Speakers;
use metallb2cilium::verify::{self, Outcome, Problem, Proof};

use super::support::{self, golden};
use super::{Found, compared};

/// The proof of a conversion.
pub(super) fn of(config: &Config, cluster: &Cluster, conversion: &Conversion) -> Proof {
    let (cilium, applied) = verify::applied(conversion, cluster);
    let problem = Problem {
        config,
        cluster,
        speakers: &Speakers::default(),
        lb_class: None,
        cilium: &cilium,
        applied: &applied,
        translation: conversion,
    };
    verify::prove(&problem, &|| false)
}

#[test]
fn a_golden_conversion_without_loss_is_proved() {
    let (mut proved, mut refuted, mut wrong) = (0, 0, Vec::new());
    let mut unproved: BTreeMap<String, usize> = BTreeMap::new();
    for folder in golden::scenarios("metallb") {
        let manifests = golden::manifests(&folder, &["metallb.yaml", "cluster.yaml"]);
        let Some(Found { conversion, proof, .. }) = compared(&manifests) else { continue };
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let lossy = conversion.diagnostics.iter().any(|one| one.is_lossy());
        for reason in &proof.unproved {
            if reason.contains("internal error") {
                wrong.push(format!("{name}: {reason}"));
            }
            *unproved.entry(reason.clone()).or_default() += 1;
        }
        match proof.outcome {
            Outcome::Proved => proved += 1,
            Outcome::Refuted if lossy => refuted += 1,
            Outcome::NotProved if lossy => {}
            _ => wrong.push(format!("{name}: {proof:#?}")),
        }
    }
    support::say(&format!("{proved} proved, {refuted} refuted, not proved: {unproved:#?}"));
    assert!(wrong.is_empty(), "{} are not proved:\n{}", wrong.len(), wrong.join("\n"));
}
