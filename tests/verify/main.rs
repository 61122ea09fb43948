//! `verify` as a user meets it, and on every golden scenario.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod beyond;
mod links;
mod many;
mod mutations;
mod output;
mod pages;
mod resources;
mod routes;
mod scenarios;
mod told;

use serde_json::Value;
use support::reader::{Output, files, run};

fn verify(args: &[&str], input: &str) -> Output {
    run(["verify", "-f", "-"].iter().chain(args), input)
}

/// The verdict on Cilium's resources for what runs with MetalLB.
fn against(input: &str, cilium: &str) -> (Output, Value) {
    let there = files(&[("cilium.yaml", cilium)]);
    let path = there.path().to_str().unwrap();
    let output = verify(&["--against", path, "-o", "json"], input);
    assert!(output.status < 2, "{}", output.stderr);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(output.status == 0, value["verdict"] == "equivalent");
    (output, value)
}

fn differences(value: &Value) -> Vec<(String, String)> {
    let differences = value["differences"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    differences.map(|one| (text(&one["code"]), text(&one["message"]))).collect()
}

/// Asserts that resources written by hand are the same, and that those with a slip
/// are caught by that code, with places on both sides and what would mend it.
fn caught(input: &str, right: &str, wrong: &str, code: &str, message: &str) {
    let (_, value) = against(input, right);
    assert_eq!(differences(&value), [], "{message}: the right one");
    caught_at_hand(input, right, wrong, code, message);
}

/// The same where the right ones are so for the Services at hand only.
fn caught_at_hand(input: &str, right: &str, wrong: &str, code: &str, message: &str) {
    let (_, value) = against(input, right);
    let seen = value["differences"].as_array().unwrap().iter().filter(|one| one["seen"] == true);
    assert_eq!(seen.count(), 0, "{message}: the right one");
    let (_, value) = against(input, wrong);
    let found = value["differences"].as_array().unwrap().iter();
    let one = found
        .into_iter()
        .find(|one| one["code"] == code && one["message"].as_str().unwrap().contains(message));
    let one = one.unwrap_or_else(|| panic!("no {code} {message} in {:#}", value["differences"]));
    assert_eq!(one["impact"], "traffic");
    assert!(one["remedy"].as_str().unwrap().len() > 10, "{one}");
    assert!(!one["before"].as_str().unwrap().is_empty(), "{one}");
    assert_ne!(one["before"], one["after"], "{one}");
    assert!(!one["places"].as_array().unwrap().is_empty(), "{one}");
}
