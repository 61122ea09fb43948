//! The whole of `convert` and of `verify` behind it: what is written can be read, and
//! where the conversion says of no loss, Cilium decides what MetalLB decided.

#![no_main]

use std::cell::Cell;
use std::collections::BTreeMap;

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use metallb2cilium::cilium::{CiliumConfig, CiliumVersion, version::SUPPORTED};
use metallb2cilium::cluster::{Cluster, ServiceKey};
use metallb2cilium::convert::{self, BlockForm, Conversion, Part};
use metallb2cilium::diagnostic::{Code, Diagnostic};
use metallb2cilium::manifest::{Manifests, Resource, Substitutions};
use metallb2cilium::metallb::{self, Config, Input, Mode, Resources};
use metallb2cilium::report::manifests;
use metallb2cilium::selector::LabelSelector;
use metallb2cilium::simulate::{cilium as cilium_engine, metallb as metallb_engine};
use metallb2cilium::verify::sessions::Speakers;
use metallb2cilium::verify::{
    self, Compared, Comparison, Outcome, Problem, Proof, Question, Verdict,
};
use metallb2cilium_fuzz::{configuration, text};

const MAX_OUTCOMES: usize = 64;
/// Losses of Nodes: their network, and their interfaces.
const OF_NODES: [&str; 2] = ["M2C601", "M2C607"];
/// How often a proof may ask whether to give up.
const PATIENCE: u32 = 20_000;

fuzz_target!(|bytes: &[u8]| {
    // What is left of the input when it is used up does not matter.
    let _ = run(&mut Unstructured::new(bytes));
});

struct Case {
    config: Config,
    cluster: Cluster,
    runs: Runs,
    conversion: Conversion,
    has_room: bool,
    yaml: String,
}

fn run(input: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let choice: u8 = input.arbitrary()?;
    let version = SUPPORTED[input.choose_index(SUPPORTED.len())?].version;
    let made = configuration::any(input)?;
    let manifests = Manifests::from_text("convert.yaml", made.yaml.as_str());
    assert_eq!(manifests.diagnostics, [], "{}", made.yaml);
    let runs = runs(input)?;
    let mode = runs.speakers.mode;
    let Some((config, cluster)) = accepted(&manifests, mode, choice) else { return Ok(()) };
    let options = convert::Options {
        version,
        pin: input.ratio(3, 4)?,
        mode: runs.speakers.mode,
        ignore_exclude_lb: runs.engine.ignore_exclude_lb,
        speaker_nodes: runs.engine.speaker_nodes.clone(),
        keep_pending: !input.ratio(3, 4)?,
        pending: pending(&config, &cluster, &runs.engine),
        blocks: [BlockForm::Auto, BlockForm::Range, BlockForm::Cidr, BlockForm::Compact]
            [usize::from(choice & 3)],
        ..convert::Options::default()
    };
    let existing = CiliumConfig { version, ..CiliumConfig::default() };
    match convert::convert(&config, &cluster, &existing, &options) {
        Ok(conversion) => {
            text::write(&conversion.diagnostics, &manifests.sources, choice);
            let configuration::Configuration { yaml, has_room } = made;
            let case = Case { config, cluster, runs, conversion, has_room, yaml };
            read_again(&case, version);
            decide(&case, choice & 4 == 0);
        }
        Err(refused) => {
            assert!(refused.iter().any(Diagnostic::is_error), "{refused:?}");
            text::write(&refused, &manifests.sources, choice);
        }
    }
    Ok(())
}

/// How MetalLB runs.
struct Runs {
    engine: metallb_engine::Options,
    speakers: Speakers,
}

/// As it mostly does, where nothing is left of the input.
fn runs(input: &mut Unstructured<'_>) -> arbitrary::Result<Runs> {
    let mode = if !input.ratio(3, 4)? { Mode::Native } else { Mode::Frr };
    let ignore_exclude_lb = !input.ratio(7, 8)?;
    let speaker_nodes = (!input.ratio(7, 8)?).then(|| LabelSelector {
        match_labels: [("rack".to_owned(), "a".to_owned())].into(),
        ..LabelSelector::default()
    });
    let speakers =
        Speakers { mode, ignore_exclude_lb, nodes: speaker_nodes.clone(), ..Speakers::default() };
    let engine = metallb_engine::Options {
        lb_class: None,
        ignore_exclude_lb,
        speaker_nodes,
        max_outcomes: MAX_OUTCOMES,
        ..metallb_engine::Options::default()
    };
    Ok(Runs { engine, speakers })
}

/// The Services that MetalLB leaves without an address, as `--keep-pending` takes them.
fn pending(
    config: &Config,
    cluster: &Cluster,
    options: &metallb_engine::Options,
) -> BTreeMap<ServiceKey, String> {
    let decision = metallb_engine::simulate(config, cluster, options);
    let unserved = decision.unserved();
    let services = cluster.services.iter().filter(|service| {
        service.load_balancer_class.is_none()
            && unserved.contains_key(service.key.to_string().as_str())
    });
    services.map(|service| (service.key.clone(), String::new())).collect()
}

/// MetalLB's configuration and the cluster; `None` where MetalLB refuses it.
fn accepted(manifests: &Manifests, mode: Mode, choice: u8) -> Option<(Config, Cluster)> {
    let (resources, found) = Resources::read(&Input {
        objects: &manifests.objects,
        untyped: &manifests.untyped,
        sources: &manifests.sources,
        substitutions: &Substitutions::default(),
    });
    assert!(!found.iter().any(Diagnostic::is_error), "{found:?}");
    let (cluster, found) = Cluster::read(&manifests.objects);
    assert_eq!(found, []);
    let options = metallb::Options { mode, ..metallb::Options::default() };
    match metallb::validate(&resources, &cluster, &options) {
        Ok(config) => Some((config, cluster)),
        Err(refused) => {
            text::write(&refused, &manifests.sources, choice);
            None
        }
    }
}

/// What is written is read as it was meant, and the API server would take it.
fn read_again(case: &Case, version: CiliumVersion) {
    let parts = [Part::Secrets, Part::Pools, Part::Bgp, Part::L2, Part::Services];
    let documents = case.conversion.documents(&parts).expect("a conversion can be written");
    let mut out = Vec::new();
    manifests::write_yaml(&documents, &mut out).expect("memory can be written to");
    let text = String::from_utf8(out).expect("YAML is text");
    let read = Manifests::from_text("out.yaml", text.as_str());
    assert_eq!(read.diagnostics, [], "{text}");
    assert_eq!(read.objects.len(), documents.len(), "{text}");
    let (config, found) = CiliumConfig::read(&read.objects, None, version);
    assert_eq!(found, [], "{text}");
    let (written, _) = verify::applied(&case.conversion, &case.cluster);
    same(&config.pools, &written.pools, &text);
    same(&config.l2_policies, &written.l2_policies, &text);
    same(&config.cluster_configs, &written.cluster_configs, &text);
    same(&config.peer_configs, &written.peer_configs, &text);
    same(&config.advertisements, &written.advertisements, &text);
    same(&config.node_overrides, &written.node_overrides, &text);
}

fn same<T: PartialEq + std::fmt::Debug>(read: &[Resource<T>], meant: &[Resource<T>], text: &str) {
    let specs = |all: &[Resource<T>]| -> Vec<String> {
        let mut specs: Vec<String> = all
            .iter()
            .map(|one| format!("{} {:?} {:?}", one.meta.name, one.meta.labels, one.spec))
            .collect();
        specs.sort();
        specs
    };
    assert_eq!(specs(read), specs(meant), "{text}");
}

/// Runs both engines, compares what they decide, and proves it.
fn decide(case: &Case, proves: bool) {
    let Case { config, cluster, runs, conversion, yaml, .. } = case;
    let lossy = conversion.diagnostics.iter().any(Diagnostic::is_lossy);
    let (cilium, applied) = verify::applied(conversion, cluster);
    let before = metallb_engine::simulate(config, cluster, &runs.engine);
    let options = cilium_engine::Options { max_outcomes: MAX_OUTCOMES };
    let after = cilium_engine::simulate(&cilium, &applied, &options);
    if let Some(reason) = &after.config_error {
        // A trap that is asked for by --blocks compact, and named.
        let is_named = conversion.diagnostics.iter().any(|one| one.code.id == "M2C214");
        assert!(is_named, "{reason}\n{yaml}");
        return;
    }
    let compared = verify::compare(config, cluster, &before, &after);
    let mut said = conversion.diagnostics.clone();
    said.extend(verify::unnamed(&compared, cluster, &said));
    // Without any EndpointSlice nothing is said of Services that have none.
    let is_whole = case.has_room && !compared.truncated && !cluster.endpoints.is_empty();
    if !lossy && is_whole {
        assert!(compared.differences.is_empty(), "{:#?}\n{yaml}", compared.differences);
    }
    let proof = proves.then(|| {
        let problem = Problem {
            config,
            cluster,
            speakers: &runs.speakers,
            lb_class: None,
            cilium: &cilium,
            applied: &applied,
            translation: conversion,
        };
        prove(&problem)
    });
    if let Some(proof) = &proof {
        if proof.outcome == Outcome::Proved && is_whole {
            assert_apart(&compared, case, proof);
        }
        let slip = proof.unproved.iter().find(|reason| reason.contains("internal error"));
        assert_eq!(slip, None, "{yaml}");
        assert!(lossy || proof.outcome != Outcome::Refuted, "{proof:#?}\n{yaml}");
        said.extend(verify::unexplained(proof, config, &said));
    }
    let question = Question {
        config,
        cluster,
        speakers: &runs.speakers,
        lb_class: None,
        max_outcomes: MAX_OUTCOMES,
        proof: proof.as_ref(),
    };
    let side = Compared {
        title: "Cilium",
        config: &cilium,
        cluster: &applied,
        there: Some(&existing(&cilium)),
    };
    let report = verify::verify(&question, &side, &conversion.diagnostics, true)
        .unwrap_or_else(|reason| panic!("{reason}\n{yaml}"));
    if report.verdict == Verdict::Different {
        // What `convert` has to say is said by three: the conversion, a look at the
        // cluster at hand, and the proof.
        let told = said.iter().any(Diagnostic::is_lossy);
        assert!(told, "{:#?}\n{yaml}", report.findings);
    } else if proof.as_ref().is_some_and(|proof| proof.outcome == Outcome::Refuted) {
        panic!("refuted, but not different: {proof:#?}\n{yaml}");
    }
}

/// What differs at hand, though it is proved that nothing does, is what the proof leaves
/// out: a loss of such a code points at the Service, or is of Nodes.
fn assert_apart(compared: &Comparison, case: &Case, proof: &Proof) {
    let is_apart = |code: &Code| proof.apart.iter().any(|one| one.code == code);
    for difference in &compared.differences {
        let mut services = case.cluster.services.iter();
        let service = services.find(|service| service.key.to_string() == difference.service);
        let place = service.and_then(|service| service.origin.span("metadata.name"));
        let mut said = case.conversion.diagnostics.iter();
        let is_said = said.any(|one| {
            one.is_lossy()
                && is_apart(one.code)
                && (OF_NODES.contains(&one.code.id)
                    || one.labels.iter().any(|label| Some(label.span) == place))
        });
        assert!(is_said, "{difference:#?}\n{:#?}\n{}", case.conversion.diagnostics, case.yaml);
    }
}

fn existing(cilium: &CiliumConfig) -> CiliumConfig {
    CiliumConfig { version: cilium.version, ..CiliumConfig::default() }
}

fn prove(problem: &Problem<'_>) -> Proof {
    let asked = Cell::new(0);
    verify::prove(problem, &|| {
        asked.set(asked.get() + 1);
        asked.get() > PATIENCE
    })
}
