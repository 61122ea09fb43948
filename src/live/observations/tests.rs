//! Merging and judging, as laws: the cases are in the tests of the program.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::manifest::Sources;

const SECOND: u32 = 60;

/// Who may answer for 192.0.2.1 and 192.0.2.2; nobody may for others.
fn expected_of() -> BTreeMap<IpAddr, Expected> {
    let of = |nodes: &[&str]| Expected {
        candidates: nodes.iter().map(ToString::to_string).collect(),
        ..Expected::default()
    };
    [([192, 0, 2, 1], of(&["n1", "n2"])), ([192, 0, 2, 2], of(&["n1"]))]
        .map(|(ip, expected)| (IpAddr::from(ip), expected))
        .into()
}

fn line(observer: u8, ip: u8, second: u32, answers: &BTreeSet<u8>) -> String {
    let answers: Vec<Value> = answers
        .iter()
        .map(|n| serde_json::json!({"mac": format!("02:00:00:00:00:{n:02x}"), "node": null}))
        .collect();
    let rest = serde_json::json!({
        "observerMacs": [format!("02:00:00:00:00:{observer:02x}")],
        "engine": "metallb",
        "interface": "eth0",
        "time": format!("2026-11-23T00:00:{second:02}.000Z"),
        "ip": format!("192.0.2.{ip}"),
        "answers": answers,
    });
    head(Kind::Probe, Some(&format!("n{observer}")), rest).to_string()
}

fn judged(lines: &[String]) -> Report {
    let mut sources = Sources::default();
    let id = sources.add("lines", lines.join("\n"));
    let observations = read(&sources, [id]).unwrap();
    let (expected, sessions) = (expected_of(), Sessions::new());
    let question = Question {
        engine: Engine::Metallb,
        chosen: Chosen::Default,
        scope: Scope::All,
        expected: &expected,
        sessions: &sessions,
        known: Identities::default(),
    };
    judge(question, &observations)
}

/// Observer, address, second, those who answer.
fn lines() -> impl Strategy<Value = Vec<(u8, u8, u32, BTreeSet<u8>)>> {
    let answers = prop::collection::btree_set(1_u8..5, 0..3);
    prop::collection::vec((1_u8..4, 1_u8..4, 0..SECOND, answers), 0..12).prop_map(|mut all| {
        // No observer asks twice at one time.
        let mut known = BTreeSet::new();
        all.retain(|(observer, ip, second, _)| known.insert((*observer, *ip, *second)));
        all
    })
}

proptest! {
    #[test]
    fn the_order_of_the_lines_does_not_matter(
        (all, shuffled) in lines().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        let text = |all: &[(u8, u8, u32, BTreeSet<u8>)]| -> Vec<String> {
            all.iter().map(|(o, ip, s, a)| line(*o, *ip, *s, a)).collect()
        };
        let (one, other) = (judged(&text(&all)), judged(&text(&shuffled)));
        prop_assert_eq!(&one.addresses, &other.addresses);
        let told = |report: &Report| -> Vec<(&'static str, Vec<String>, String)> {
            let findings = report.findings.iter();
            findings
                .map(|one| (one.diagnostic.code.id, one.subjects.clone(), one.observed.clone()))
                .collect()
        };
        prop_assert_eq!(told(&one), told(&other));
    }

    #[test]
    fn what_is_as_decided_was_heard_of_one_candidate_alone(all in lines()) {
        let text: Vec<String> = all.iter().map(|(o, ip, s, a)| line(*o, *ip, *s, a)).collect();
        for row in judged(&text).addresses {
            // The newest of each observer, counted plainly.
            let mut heard = BTreeSet::new();
            for observer in 1..4 {
                let of = all.iter().filter(|(o, ip, ..)| {
                    *o == observer && row.ip == IpAddr::from([192, 0, 2, *ip])
                });
                heard.extend(of.max_by_key(|(_, _, s, _)| *s).iter().flat_map(|one| one.3.clone()));
            }
            let heard: Vec<String> = heard.into_iter().map(|n: u8| format!("n{n}")).collect();
            // Who has not observed is not known by address.
            let known = |node: &str| all.iter().any(|(o, ..)| format!("n{o}") == node);
            let good = matches!(row.result, AddressResult::AsDecided);
            match heard.as_slice() {
                [one] => prop_assert_eq!(
                    good, row.candidates.contains(one) && known(one), "{:?}", row
                ),
                _ => prop_assert!(!good, "{:?}", row),
            }
            if row.candidates.is_empty() {
                prop_assert_eq!(row.result == AddressResult::Free, heard.is_empty());
            }
        }
    }

    #[test]
    fn no_line_makes_the_reader_fail_otherwise_than_with_a_diagnostic(
        text in "(?s)(.|\\{\"schema\":\"metallb2cilium.io/observation/v1\"|,\"ip\":|\"|\\}|\\n){0,40}",
    ) {
        let mut sources = Sources::default();
        let id = sources.add("lines", text);
        if let Err(problems) = read(&sources, [id]) {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                prop_assert_eq!(problem.code, codes::NOT_AN_OBSERVATION);
                // Its place is of whole characters.
                for label in &problem.labels {
                    let (start, end) = (label.span.start as usize, label.span.end as usize);
                    prop_assert!(sources.get(id).text.get(start..end).is_some(), "{start}..{end}");
                }
            }
        }
    }
}

#[test]
fn an_address_of_one_node_on_two_links_is_no_conflict() {
    // n1 answers on two interfaces, each of which another observer hears.
    let other = |mac: &str, text: String| text.replace("\"mac\":\"02:00:00:00:00:01\"", mac);
    let own = line(1, 1, 0, &BTreeSet::new())
        .replace("[\"02:00:00:00:00:01\"]", "[\"02:00:00:00:00:01\",\"02:00:00:00:00:11\"]");
    let one = line(2, 1, 0, &BTreeSet::from([1]));
    let second = other("\"mac\":\"02:00:00:00:00:11\"", line(3, 1, 0, &BTreeSet::from([1])));
    let report = judged(&[own.clone(), one.clone(), second]);
    let row = &report.addresses[0];
    assert_eq!((row.result, row.answered.len()), (AddressResult::AsDecided, 2));
    // One observer that hears both has them on its own link.
    let both = line(3, 1, 0, &BTreeSet::from([1, 0x11]));
    assert_eq!(judged(&[own, one, both]).addresses[0].result, AddressResult::Conflict);
}

#[test]
fn an_observer_that_has_the_address_itself_is_one_of_two() {
    let own = |text: String, mac: &str| {
        text.replacen('{', &format!("{{\"own\":{{\"interface\":\"eth0\",\"mac\":\"{mac}\"}},"), 1)
    };
    let of = |answers: &[u8]| {
        let text = own(line(3, 1, 0, &answers.iter().copied().collect()), "02:00:00:00:00:03");
        let candidate = line(1, 1, 0, &BTreeSet::new());
        let report = judged(&[text, candidate]);
        (report.addresses[0].result, report.findings.first().map(|one| one.observed.clone()))
    };
    let (result, observed) = of(&[1]);
    assert_eq!(result, AddressResult::Conflict);
    assert_eq!(
        observed.unwrap(),
        "02:00:00:00:00:01 (n1), heard by n3; 02:00:00:00:00:03 (n3), heard by n3"
    );
    // Alone it cannot tell.
    assert_eq!(of(&[]).0, AddressResult::NotAnswered);
}
