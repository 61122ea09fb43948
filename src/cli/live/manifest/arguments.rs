//! The command line that the Pods run: what was given here, with the input where the
//! Pods have it.

use std::time::Duration;

use clap::ValueEnum;

use super::super::super::cilium::{Blocks, TranslationArgs};
use super::super::super::{InputArgs, MetallbArgs};
use super::super::LiveEngine;
use super::super::ask::AskArgs;
use super::ManifestCommand;
use super::files::{ENVIRONMENT, VALUES};
use super::options::{PeerRun, ProbeRun, WatchRun};
use crate::live::jobs::{DIRECTORY, File};

/// Arguments, as Kubernetes takes them: `$(…)` would be a variable.
#[derive(Default)]
struct Line(Vec<String>);

impl Line {
    fn word(&mut self, word: &str) {
        self.0.push(word.replace("$(", "$$("));
    }

    fn option(&mut self, name: &str, value: &str) {
        // In one word: the value may begin with a hyphen.
        self.word(&format!("--{name}={value}"));
    }

    fn time(&mut self, name: &str, value: Duration) {
        self.option(name, &format!("{}ms", value.as_millis()));
    }

    fn flag(&mut self, name: &str, given: bool) {
        if given {
            self.word(&format!("--{name}"));
        }
    }
}

/// The arguments of the program.
pub(super) fn of(
    command: &ManifestCommand,
    input: &InputArgs,
    files: &[File],
    nodes: usize,
) -> Vec<String> {
    let mut line = Line::default();
    line.word("live");
    line.word(command.kind().name());
    line.0.push("--node=$(NODE_NAME)".to_owned());
    match command {
        ManifestCommand::Probe(run) => probe(&mut line, run, nodes),
        ManifestCommand::Watch(run) => watch(&mut line, run),
        ManifestCommand::Peer(run) => peer(&mut line, run),
    }
    translation(&mut line, &command.decision().translation);
    metallb(&mut line, &command.decision().metallb);
    line.option("cilium-version", &input.cilium_version.to_string());
    line.option("max-input", &input.max_input.0.to_string());
    line.option("filename", DIRECTORY);
    for (number, file) in files.iter().enumerate() {
        // These are small, and not cut.
        let path = || format!("{DIRECTORY}/{}", file.key(number));
        match file.extension {
            ENVIRONMENT => line.option("env-file", &path()),
            VALUES => line.option("cilium-values", &path()),
            _ => {}
        }
    }
    // `kubectl logs` shows both streams: every line is to be JSON.
    line.option("output", "json");
    line.option("error-format", "json");
    line.word("--quiet");
    line.0
}

fn engine(line: &mut Line, engine: LiveEngine) {
    line.option("engine", engine.name());
}

fn probe(line: &mut Line, run: &ProbeRun, nodes: usize) {
    let AskArgs { address, all, pool, family, engine: of, interface, attempts } = &run.ask;
    engine(line, *of);
    address.iter().for_each(|ip| line.option("address", &ip.to_string()));
    line.flag("all", *all);
    pool.iter().for_each(|name| line.option("pool", name));
    family.iter().for_each(|family| line.option("family", family.name()));
    interface.iter().for_each(|name| line.option("interface", name));
    // Questions go to everybody on the link: all nodes together keep to the rate, which
    // has been seen to be enough for one question each.
    let share = run.rate / u32::try_from(nodes).unwrap_or(u32::MAX).max(1);
    line.option("rate", &share.max(1).to_string());
    line.option("attempts", &attempts.to_string());
    if run.daemon_set {
        line.flag("watch", true);
        line.time("interval", run.interval);
    }
    for (node, mac) in &run.identity.nodes_mac {
        line.option("nodes-mac", &format!("{node}={mac}"));
    }
}

fn watch(line: &mut Line, run: &WatchRun) {
    run.interface.iter().for_each(|name| line.option("interface", name));
    if !run.daemon_set {
        line.time("for", run.listens());
    }
    for (node, mac) in &run.identity.nodes_mac {
        line.option("nodes-mac", &format!("{node}={mac}"));
    }
}

fn peer(line: &mut Line, run: &PeerRun) {
    engine(line, run.engine);
    run.peer.iter().for_each(|name| line.option("peer", name));
    line.time("connect-timeout", run.connect_timeout);
    line.time("for", run.for_);
}

fn translation(line: &mut Line, args: &TranslationArgs) {
    let TranslationArgs {
        default_pool,
        blocks,
        no_pin,
        keep_pending,
        allow_missing_secrets,
        bgp_secrets_namespace,
    } = args;
    default_pool.iter().for_each(|name| line.option("default-pool", name));
    if *blocks != Blocks::default() {
        value(line, "blocks", blocks);
    }
    line.flag("no-pin", *no_pin);
    line.flag("keep-pending", *keep_pending);
    line.flag("allow-missing-secrets", *allow_missing_secrets);
    line.option("bgp-secrets-namespace", bgp_secrets_namespace);
}

fn metallb(line: &mut Line, args: &MetallbArgs) {
    let MetallbArgs { metallb_mode, lb_class, ignore_exclude_lb, speaker_node_selector } = args;
    metallb_mode.iter().for_each(|mode| value(line, "metallb-mode", mode));
    lb_class.iter().for_each(|class| line.option("lb-class", class));
    line.flag("ignore-exclude-lb", *ignore_exclude_lb);
    speaker_node_selector
        .iter()
        .for_each(|selector| line.option("speaker-node-selector", &selector.to_string()));
}

fn value(line: &mut Line, name: &str, value: &impl ValueEnum) {
    if let Some(possible) = value.to_possible_value() {
        line.option(name, possible.get_name());
    }
}
