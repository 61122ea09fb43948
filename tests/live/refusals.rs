//! What cannot be done is refused, with the remedy.

use super::hosts::{BINARY, V4, metallb};
use super::support::net::{Lan, available};
use super::support::reader::{files, run};

#[test]
fn what_cannot_be_done_is_refused_with_the_remedy() {
    let dir = files(&[("all.yaml", &metallb())]);
    let file = dir.path().join("all.yaml");
    let input = ["-f", file.to_str().unwrap(), "--error-format", "json"];
    let refused = |args: &[&str]| {
        let output = run(["live"].iter().chain(args).chain(&input), "");
        assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{args:?}: {output:?}");
        output.stderr
    };
    for (args, code, help) in [
        (&["probe", "--node", "node-c"][..], "M2C705", "did you mean node-b?"),
        (&["watch"], "M2C705", "name one with --node: node-a, node-b"),
        (&["probe", "--interface", "nowhere"], "M2C702", "the interfaces here are: "),
        (&["probe", "--address", "203.0.113.1"], "M2C702", "--interface"),
        (&["probe", "--nodes-mac", "node-c=02:00:00:00:00:01"], "M2C705", "node-b"),
        (&["announce", "--engine", "metallb", "--node", "node-b"], "M2C706", "simulate"),
    ] {
        let said = refused(args);
        assert!(said.contains(code) && said.contains(help), "{args:?}: {said}");
    }
    // Arguments that do not go together.
    for args in [
        &["announce", "--engine", "metallb", "--really-answer"][..],
        &["announce", "--engine", "metallb", "--take-over", "--for", "1s"],
        &["probe", "--all", "--address", V4],
        &["probe", "--rate", "0"],
    ] {
        let said = refused(args);
        assert!(said.contains("'--help'"), "{args:?}: {said}");
    }
}

#[test]
fn input_that_says_nothing_of_the_link_is_refused() {
    let input = metallb();
    let pool = input.split("---").next().unwrap();
    let args = ["live", "probe", "--error-format", "json"];
    let output = run(args, pool);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("M2C706"), "{}", output.stderr);
    let annotated = input
        .replace("{name: node-a,", "{name: node-a, annotations: {metallb2cilium.io/macs: eth0},")
        + "\n";
    let output = run(args.iter().chain(&["--interface", "lo"]), &annotated);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("M2C707"), "{}", output.stderr);
}

#[test]
fn without_the_capability_one_line_says_so() {
    if !available(&["ip", "setpriv"]) {
        return;
    }
    let lan = Lan::new(1);
    let dir = files(&[("all.yaml", &metallb())]);
    let file = dir.path().join("all.yaml");
    let args = [
        "--bounding-set",
        "-net_raw",
        "--inh-caps",
        "-net_raw",
        BINARY,
        "live",
        "probe",
        "--error-format",
        "json",
    ];
    let finished = lan.host(0).run("setpriv", args.iter().chain(&["-f", file.to_str().unwrap()]));
    assert_eq!((finished.status, finished.stdout.as_str()), (Some(2), ""), "{finished:?}");
    assert!(finished.stderr.contains("M2C701"), "{}", finished.stderr);
    assert!(finished.stderr.contains("setcap cap_net_raw+ep"), "{}", finished.stderr);
}
