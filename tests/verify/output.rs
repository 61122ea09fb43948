//! The verdict as it is written, and what refuses one.

use std::collections::BTreeSet;

use crate::resources::{NODES, bgp, cilium_pool, l2, metallb, pool, service};
use crate::support::reader::files;
use crate::verify;

#[test]
fn every_format_begins_with_the_verdict_and_says_what_it_speaks_of() {
    let input = NODES.to_owned()
        + &l2().replace("name: a,", "name: a-pool-with-a-long-name-that-takes-a-line,")
        + &service("web", "", "", &["10.0.0.7"]);
    for (format, start) in [
        ("text", "equivalent: "),
        ("markdown", "## equivalent: "),
        ("html", "<!DOCTYPE html>"),
        ("sarif", "{\n  \"$schema\""),
        ("junit", "<?xml version"),
        ("json", "{\n  \"verdict\""),
    ] {
        let output = verify(&["-v", "-o", format], &input);
        assert_eq!(output.status, 0, "{}", output.stderr);
        assert!(output.stdout.starts_with(start), "{}", output.stdout);
        let words = output.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let proved = "roved equivalent for every Service and Node, over 9 classes of Services";
        assert!(words.contains(proved), "{words}");
        assert!(words.contains("ORIGIN"), "{words}");
        let long = output.stdout.lines().find(|line| line.chars().count() > 80);
        assert!(format != "text" || long.is_none(), "{long:?}");
    }
    // Without -v the codes of what it rests on, and how much is not compared.
    let short = verify(&[], &input).stdout;
    assert!(short.contains("M2C301") && short.contains("-v says what"), "{short}");
    assert!(short.contains("Not compared: 8 things that -v lists"), "{short}");
    assert!(!short.contains("ORIGIN") && short.lines().count() < 20, "{short}");
}

#[test]
fn what_cannot_be_read_is_refused() {
    let there = files(&[("cilium.yaml", &cilium_pool("a", "{cidr: nonsense}", ""))]);
    let path = there.path().to_str().unwrap();
    for (args, input) in [
        (&["--against", path][..], l2()),
        (&["--against", "/nowhere/at/all"], l2()),
        (&[], pool("a", "10.0.0.9-10.0.0.1")),
        // A wrong path must not pass for a good configuration.
        (&[], String::new()),
        (&[], NODES.to_owned() + &service("web", "", "", &[])),
    ] {
        let output = verify(args, &input);
        assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{args:?}");
        assert!(output.stderr.contains("error"), "{}", output.stderr);
    }
}

#[test]
fn a_verdict_over_some_outcomes_only_is_not_called_equivalent() {
    let input = NODES.to_owned()
        + &pool("a", "10.0.0.0/24")
        + &pool("b", "10.1.0.0/24")
        + &service("web", "", "", &[]);
    let all = verify(&[], &input);
    assert_eq!(all.status, 0, "{}", all.stdout);
    let output = verify(&["--max-outcomes", "1"], &input);
    assert_eq!(output.status, 1);
    let claims = output.stdout.starts_with("undecided:") || output.stdout.contains("Not every");
    assert!(claims, "{}", output.stdout);
}

#[test]
fn an_empty_cluster_is_compared_by_proof_alone() {
    let output = verify(&[], &l2());
    assert_eq!(output.status, 0);
    let words = output.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let verdict = "equivalent: Cilium decides what MetalLB does, for every Service and Node, and for \
                   0 Services and 0 BGP sessions at hand.";
    assert!(words.starts_with(verdict), "{words}");
}

#[test]
fn names_of_the_input_drive_no_terminal_and_show_no_password() {
    let hostile = "\"web\\e[31m\\u202e|<b>\"";
    let input = NODES.to_owned()
        + &bgp(", password: hunter2-secret", "")
        + &metallb("L2Advertisement", "l2", "")
        + &service("web", "", "", &["10.0.0.200"])
            .replace("name: web,", &format!("name: {hostile},"));
    let wrong = cilium_pool("a", "{cidr: 10.0.0.0/25}", "");
    let there = files(&[("cilium.yaml", &wrong)]);
    for format in ["text", "markdown", "json", "html", "sarif", "junit"] {
        let path = there.path().to_str().unwrap();
        let output = verify(&["--against", path, "-o", format], &input);
        assert_eq!(output.status, 1, "{}", output.stderr);
        assert!(output.stdout.contains("web"), "{}", output.stdout);
        let unsafe_one = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!output.stdout.contains(unsafe_one), "{format}: {:?}", output.stdout);
        assert!(!output.stdout.contains("hunter2"), "{format}");
        assert!(format != "markdown" || !output.stdout.contains("<b>"), "{}", output.stdout);
    }
}

#[test]
fn differences_that_are_accepted_are_shown_and_end_well() {
    let input = NODES.to_owned()
        + &pool("a", "10.0.0.0/28")
        + &metallb("L2Advertisement", "ad", "interfaces: [eth0]")
        + &pool("b", "10.1.0.0/28")
        + &service("web", "", "", &[]);
    let cilium =
        cilium_pool("a", "{cidr: 10.0.0.0/28}", "") + &cilium_pool("b", "{cidr: 10.1.0.0/28}", "");
    let there = files(&[("cilium.yaml", &*cilium)]);
    let with = |accept: &[&str]| {
        let path = there.path().to_str().unwrap();
        verify(&[&["--against", path], accept].concat(), &input)
    };
    // Nobody answers for it.
    let plain = with(&[]);
    assert!(plain.stdout.contains("M2C593"), "{}", plain.stdout);
    let all: BTreeSet<&str> =
        plain.stdout.lines().filter(|line| line.starts_with("M2C")).map(|l| &l[..6]).collect();
    let accept: Vec<&str> = all.iter().flat_map(|code| ["--accept", *code]).collect();
    let accepted = with(&accept);
    assert_eq!((plain.status, accepted.status), (1, 0), "{accepted:?}");
    assert_eq!(plain.stdout, accepted.stdout, "they are shown all the same");
    assert!(accepted.stderr.contains("every difference that touches traffic is accepted"));
    let some = with(&[&accept[..], &["--max-outcomes", "1"]].concat());
    assert_eq!(some.status, 1, "not every outcome was looked at: {some:?}");
    let other = with(&["--accept", "M2C423"]);
    assert_eq!(other.status, 1);
    assert!(other.stderr.contains("--accept M2C423 accepts nothing"), "{}", other.stderr);
    let unknown = with(&["--accept", "M2C59"]);
    assert_eq!((unknown.status, unknown.stdout.as_str()), (2, ""));
    assert!(unknown.stderr.contains("M2C613"), "{}", unknown.stderr);
}
