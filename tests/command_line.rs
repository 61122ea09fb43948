//! The command line itself: help, exit statuses, streams.

use std::fs::OpenOptions;
use std::io::Read as _;
use std::process::{Command, Stdio};

use serde_json::Value;

mod support;

use support::reader::{Output, files, run, run_in};

const COMMANDS: [&str; 11] = [
    "convert", "simulate", "verify", "diff", "rewrite", "check", "plan", "snapshot", "live",
    "explain", "version",
];
const LIVE: [&str; 4] = ["probe", "watch", "announce", "peer"];

fn refused(output: &Output) -> bool {
    output.status == 2 && output.stdout.is_empty()
}

#[test]
fn help_fits_80_columns_and_has_examples() {
    let mut lines = vec![vec!["--help"], vec!["-h"]];
    for command in COMMANDS {
        lines.extend([vec![command, "--help"], vec![command, "-h"]]);
    }
    for command in LIVE {
        lines.extend([vec!["live", command, "--help"], vec!["live", command, "-h"]]);
    }
    for args in lines {
        let output = run(&args, "");
        assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{args:?}");
        for line in output.stdout.lines() {
            assert!(line.chars().count() <= 80, "{args:?}: {line}");
        }
        assert!(output.stdout.contains("Examples:\n"), "{args:?}");
        assert!(output.stdout.contains("metallb2cilium"), "{args:?}");
    }
}

#[test]
fn help_of_a_command_names_what_matters_to_it() {
    let convert = run(["convert", "--help"], "").stdout;
    for option in ["--filename", "--cilium-version", "--error-format", "--emit", "--lb-class"] {
        assert!(convert.contains(option), "{option}");
    }
    let explain = run(["explain", "--help"], "").stdout;
    assert!(!explain.contains("--filename") && explain.contains("--list"));
}

#[test]
fn wrong_arguments_are_refused_with_a_hint() {
    for (args, hint) in [
        (&["frobnicate"][..], "unrecognized subcommand"),
        (&["convrt"], "convert"),
        (&["convert", "--out-dir", "x"], "--output-dir"),
        (&["convert", "--cilium-version", "1.2"], "1.16, 1.17, 1.18, 1.19, 1.20"),
        (&["convert", "--max-input", "big"], "256MiB"),
        (&["convert", "--speaker-node-selector", "a=b=c"], "a=b=c"),
        (&["convert", "--emit", "helm-values,pools"], "on its own"),
        (&["convert", "--emit", "helm-values,pools"], "Usage: metallb2cilium convert [OPTIONS]"),
        (&["convert", "-v", "-q"], "cannot be used with"),
        (&["simulate"], "<ENGINE>"),
        (&["simulate", "metallb", "--max-outcomes", "0"], "--max-outcomes"),
        (&["simulate", "metallb", "--explain", "web"], "NAMESPACE/NAME"),
    ] {
        let output = run(args, "");
        assert!(refused(&output), "{args:?}: {output:?}");
        assert!(output.stderr.contains(hint), "{args:?}: {}", output.stderr);
        assert!(!output.stderr.contains('\u{1b}'), "{args:?}");
    }
}

#[test]
fn without_arguments_help_is_shown_and_the_status_is_2() {
    let output = run([""; 0], "");
    assert!(refused(&output) && output.stderr.contains("Commands:"), "{output:?}");
}

#[test]
fn options_of_every_command_stand_before_or_behind_it() {
    let input = "a: [\n";
    let before = run(["--error-format", "json", "-f", "-", "convert"], input);
    let behind = run(["convert", "--error-format", "json", "-f", "-"], input);
    assert!(refused(&before), "{before:?}");
    assert_eq!(before.stderr, behind.stderr);
    let line: Value = serde_json::from_str(&before.stderr).unwrap();
    assert_eq!(line["code"], "M2C101");
}

#[test]
fn each_error_format_names_code_and_place() {
    let dir = files(&[("pools/a.yaml", "kind: [\n"), ("b.yaml", "{{ x }}\n")]);
    for (format, places) in [
        ("human", ["pools/a.yaml:1:7", "b.yaml:1:1"]),
        ("json", [r#""file":"pools/a.yaml","line":1"#, r#""file":"b.yaml","line":1"#]),
        ("github", ["::error file=pools/a.yaml,line=1", "::error file=b.yaml,line=1"]),
        ("sarif", [r#""uri": "pools/a.yaml""#, r#""uri": "b.yaml""#]),
    ] {
        let args = ["convert", "-f", "pools", "-f", "b.yaml", "--error-format", format];
        let output = run_in(dir.path(), args, "");
        assert!(refused(&output), "{format}: {output:?}");
        let at = places.map(|place| {
            output.stderr.find(place).unwrap_or_else(|| panic!("{place}: {}", output.stderr))
        });
        assert!(at[0] < at[1] || format == "sarif", "in the order of the input");
        assert!(output.stderr.contains("M2C101") && output.stderr.contains("M2C102"));
        if format == "sarif" {
            let log: Value = serde_json::from_str(&output.stderr).unwrap();
            assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 2);
        }
    }
}

#[test]
fn explain_knows_every_code() {
    let list = run(["explain", "--list"], "");
    assert_eq!((list.status, list.stderr.as_str()), (0, ""));
    assert!(list.stdout.lines().count() > 30);
    for line in list.stdout.lines() {
        let (code, title) = line.split_once("  ").unwrap();
        let output = run(["explain", &code.to_lowercase()], "");
        assert_eq!(output.status, 0, "{code}");
        let title = format!("{code}: {title}");
        assert!(output.stdout.replace('\n', " ").starts_with(&title), "{}", output.stdout);
        for line in output.stdout.lines() {
            assert!(line.chars().count() <= 80, "{code}: {line}");
        }
    }
    let all: Value =
        serde_json::from_str(&run(["explain", "--list", "-o", "json"], "").stdout).unwrap();
    assert_eq!(all.as_array().unwrap().len(), list.stdout.lines().count());
    let one: Value =
        serde_json::from_str(&run(["explain", "M2C101", "-o", "json"], "").stdout).unwrap();
    assert_eq!(one["code"], "M2C101");
}

#[test]
fn explain_of_an_unknown_code_has_a_hint() {
    let close = run(["explain", "M2C1O1"], "");
    assert!(refused(&close) && close.stderr.contains("did you mean M2C1"), "{close:?}");
    let far = run(["explain", "\x1b[31mwhat"], "");
    assert!(refused(&far) && far.stderr.contains("explain --list"), "{far:?}");
    assert!(!far.stderr.contains('\u{1b}'), "{far:?}");
}

#[test]
fn version_says_how_each_version_of_cilium_is_tested() {
    let text = run(["version"], "").stdout;
    assert!(text.starts_with(concat!("metallb2cilium ", env!("CARGO_PKG_VERSION"))), "{text}");
    for minor in 16..=20 {
        assert!(text.contains(&format!("  1.{minor}  ")), "{text}");
    }
    let json: Value = serde_json::from_str(&run(["version", "-o", "json"], "").stdout).unwrap();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    let cilium = json["cilium"].as_array().unwrap();
    assert_eq!(cilium.len(), 5);
    let default: Vec<&Value> = cilium.iter().filter(|v| v["default"] == true).collect();
    assert_eq!(default[0]["version"], "1.19");
    assert_eq!(default[0]["grade"], "golden");
    assert_eq!(
        run(["--version"], "").stdout,
        format!("metallb2cilium {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn version_names_what_was_built() {
    let json: Value = serde_json::from_str(&run(["version", "-o", "json"], "").stdout).unwrap();
    let target = json["target"].as_str().unwrap();
    assert!(target.starts_with(std::env::consts::ARCH), "{target}");
    assert!(target.contains(std::env::consts::OS), "{target}");
    assert_eq!(json["fromCluster"], cfg!(feature = "cluster"));
    let text = run(["version"], "").stdout;
    assert!(text.contains(&format!("\nbuilt for {target}, with")), "{text}");

    let git =
        Command::new("git").args(["-C", env!("CARGO_MANIFEST_DIR"), "rev-parse", "HEAD"]).output();
    if let Some(git) = git.ok().filter(|git| git.status.success())
        && std::env::var_os("METALLB2CILIUM_COMMIT").is_none()
        && std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".git").exists()
    {
        let head = String::from_utf8(git.stdout).unwrap();
        let commit = json["commit"].as_str().unwrap();
        assert_eq!(commit.trim_end_matches("-dirty"), head.trim_end());
        assert!(text.contains(&format!(" ({commit})\n")), "{text}");
    }
}

#[test]
fn under_kubectl_the_usage_names_the_plugin() {
    let dir = tempfile::tempdir().unwrap();
    let plugin = dir.path().join("kubectl-metallb2cilium");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_metallb2cilium"), &plugin).unwrap();
    for (args, usage) in [
        (&["--help"][..], "Usage: kubectl metallb2cilium [OPTIONS] <COMMAND>"),
        (&["convert", "--help"], "Usage: kubectl metallb2cilium convert [OPTIONS]"),
    ] {
        let output = Command::new(&plugin).args(args).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(usage), "{text}");
    }
}

#[test]
fn a_closed_pipe_is_a_quiet_success() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_metallb2cilium"))
        .args(["explain", "--list"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    assert_eq!(stderr, "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    for args in [&["version"][..], &["--help"], &["explain", "--list"]] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_metallb2cilium"))
            .args(args)
            .stdout(full)
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        assert!(stderr.contains("error: ") && stderr.contains("standard output"), "{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

#[test]
fn a_directory_gets_a_file_for_each_object() {
    let pool = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: web}\n\
                spec: {addresses: [10.0.0.0/24]}\n";
    let dir = files(&[("in/pool.yaml", pool)]);
    let args = ["convert", "-f", "in", "--output-dir", "out/cilium"];
    let output = run_in(dir.path(), args, "");
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{}", output.stderr);
    let path = dir.path().join("out/cilium/30-ciliumloadbalancerippool-web.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(text, run_in(dir.path(), ["convert", "-f", "in"], "").stdout);
    // What stands in the way is told.
    let blocked = run_in(dir.path(), ["convert", "-f", "in", "--output-dir", "in/pool.yaml"], "");
    assert_eq!(blocked.status, 2);
    assert!(blocked.stderr.contains("in/pool.yaml"), "{}", blocked.stderr);
}

#[test]
fn quiet_leaves_out_notes_in_every_format() {
    for (format, note) in
        [("human", "note["), ("json", "\"note\""), ("github", "::notice"), ("sarif", "\"note\"")]
    {
        let said = |more: &[&str]| {
            let args = ["convert", "-f", "testdata/datacentre", "--error-format", format];
            run(args.iter().chain(more), "").stderr
        };
        assert!(said(&[]).contains(note), "{format}");
        let quiet = said(&["-q"]);
        assert!(!quiet.contains(note) && quiet.contains("M2C"), "{format}: {quiet}");
    }
}

#[test]
fn an_empty_class_of_metallb_is_none() {
    let said = |more: &[&str]| {
        let output = run(["convert", "-f", "testdata/sample"].iter().chain(more), "");
        (output.status, output.stdout, output.stderr)
    };
    assert_eq!(said(&["--lb-class", ""]), said(&[]));
    assert_ne!(said(&["--lb-class", "a/b"]), said(&[]));
}

#[test]
fn a_secret_goes_only_where_a_namespace_can_be() {
    for bad in ["", "A b", "a.b", "-a", &"a".repeat(64)] {
        let option = format!("--bgp-secrets-namespace={bad}");
        let output = run(["convert", "-f", "testdata/sample", &option], "");
        assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{bad}");
        assert!(output.stderr.contains("--bgp-secrets-namespace"), "{}", output.stderr);
    }
    let longest = format!("--bgp-secrets-namespace={}", "a".repeat(63));
    assert_eq!(run(["convert", "-f", "testdata/sample", &longest], "").status, 0);
}

#[test]
fn who_names_standard_input_elsewhere_than_with_f_is_told() {
    for option in ["--cilium-values=-", "--against=-"] {
        let output = run(["verify", "-f", "testdata/sample", option], "");
        assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{option}");
        assert!(output.stderr.contains("by `-f` only"), "{option}: {}", output.stderr);
    }
}
