//! Verdicts with many differences.

use super::*;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::report::testing::LOSS;
use crate::verify::Counts;

/// A report with those findings and nothing else.
pub(super) fn report(findings: Vec<Finding>) -> Report {
    Report {
        before: "MetalLB",
        after: "Cilium",
        verdict: Verdict::Different,
        counts: Counts::default(),
        proof: None,
        findings,
        services: vec![],
        sessions: vec![],
        assumptions: vec![],
        notes: vec![],
    }
}

pub(super) fn finding(message: String, subject: String, before: &str) -> Finding {
    Finding {
        diagnostic: Diagnostic::lossy(&LOSS, message).help("mend it"),
        subjects: vec![subject],
        before: before.to_owned(),
        after: "no address".to_owned(),
        seen: true,
        example: None,
    }
}

/// How many differences a comment shows or counts, by its headings and sentences.
fn counted_in(markdown: &str) -> usize {
    let number = |text: &str| -> usize {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    let of_heading = |line: &str| match line.split_once(" Services (") {
        Some((before, _)) => number(before.rsplit(' ').next().unwrap()),
        None => 1,
    };
    let shown: usize =
        markdown.lines().filter(|line| line.starts_with("### ")).map(of_heading).sum();
    let left_out = markdown.lines().find(|line| line.contains("left out here**"));
    shown + left_out.map_or(0, |line| number(line.trim_start_matches('*')))
}

fn assert_comment(markdown: &str) {
    assert!(markdown.len() < 65_536, "{}", markdown.len());
    let mut fence: Option<&str> = None;
    let mut open = 0_usize;
    for line in markdown.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(fence_open) if line == fence_open => fence = None,
            Some(_) => {}
            None if ticks >= 3 => fence = line.get(..ticks),
            None if line == "<details>" => open += 1,
            None if line == "</details>" => open -= 1,
            None => assert!(!line.contains("<details>") && !line.contains("</details>"), "{line}"),
        }
    }
    assert_eq!((fence, open), (None, 0));
}

#[test]
fn a_comment_has_room_whatever_is_said() {
    for text in ["x", "@", "&", "<", "ü", "`", "| ", "a\n", "</details>"] {
        let text = text.repeat(9_000);
        for count in [40, 6, 5, 1] {
            let findings = (0..count).map(|number| {
                let mut one = finding(format!("{number} {text}"), text.clone(), &text);
                let example: String = text.chars().take(100 * number).collect();
                one.example = (number % 2 == 0).then_some(example);
                one
            });
            let mut report = report(findings.collect());
            report.assumptions = vec![text.clone(); 50];
            let markdown = render(&report, &Sources::default(), Format::Markdown);
            assert_comment(&markdown);
            assert_eq!(counted_in(&markdown), count);
        }
    }
}

#[test]
fn a_comment_counts_the_differences_that_it_leaves_out() {
    let findings = |count: usize| -> Vec<Finding> {
        let one =
            |number| finding(format!("loses {number}"), format!("shop/web-{number}"), "an address");
        (0..count).map(one).collect()
    };
    for (count, left_out) in [(2000, true), (20, false), (5, false), (0, false)] {
        let markdown = render(&report(findings(count)), &Sources::default(), Format::Markdown);
        assert_comment(&markdown);
        assert_eq!(counted_in(&markdown), count);
        assert_eq!(markdown.contains("`metallb2cilium verify` with the same options"), left_out);
        // The first few are seen, the others folded away.
        assert_eq!(markdown.contains("<summary>15 more differences</summary>"), count == 20);
        let seen = markdown.split("<details>").next().unwrap();
        assert_eq!(seen.matches("- To mend it: mend it").count(), count.min(5));
    }
}

#[test]
fn what_is_alike_is_said_once_and_counted_for_all() {
    let alike = |number: usize| {
        finding("loses".to_owned(), format!("shop/web-{number}"), &format!("10.0.0.{number}"))
    };
    let mut findings: Vec<Finding> = (0..200).map(alike).collect();
    let other = findings[0].clone();
    findings.push(Finding { before: "10.0.0.1 of pool b".to_owned(), ..other.clone() });
    findings.push(Finding { seen: false, example: Some("a: b".to_owned()), ..other });
    let report = report(findings);
    let groups = group::groups(&report);
    assert_eq!(groups.iter().map(group::Group::len).collect::<Vec<_>>(), [200, 1, 1]);
    let headline = "200 Services (shop/web-0, shop/web-1, shop/web-2 and 197 more): each loses";
    assert_eq!(groups[0].headline(), headline);
    assert_eq!(groups[0].places, (0..200).collect::<Vec<_>>());
    assert_eq!(groups[1].headline(), "shop/web-0 loses");
    let none = Sources::default();
    let style = Style { color: false, unicode: true, width: 80, verbose: false };
    let text = render(&report, &none, Format::Text(style));
    assert_eq!(text.matches("LOSS").count() + text.matches(LOSS.id).count(), 3, "{text}");
    assert!(text.contains("for shop/web-0, and so for the others"), "{text}");
    assert!(render(&report, &none, Format::Markdown).contains(&markdown_of(headline)));
    let html = render(&report, &none, Format::Html);
    assert_eq!(html.matches("<article ").count(), 3, "{html}");
    // Whoever reads it by a program has each.
    let json: serde_json::Value =
        serde_json::from_str(&render(&report, &none, Format::Json)).unwrap();
    assert_eq!(json["differences"].as_array().unwrap().len(), 202);
    let sarif: serde_json::Value =
        serde_json::from_str(&render(&report, &none, Format::Sarif)).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 202);
}

fn markdown_of(text: &str) -> String {
    crate::report::markdown::literal(text)
}

#[test]
fn sessions_that_differ_alike_are_one() {
    let session = |name: &str| {
        let object = ObjectRef {
            kind: "BGPPeer".to_owned(),
            namespace: String::new(),
            name: name.to_owned(),
        };
        let mut one = finding("has another hold time on n1".to_owned(), String::new(), "90 s");
        one.subjects.clear();
        one.diagnostic.object = Some(object);
        one
    };
    let report = report(vec![session("a (10.0.0.1)"), session("b (10.0.0.2)")]);
    let groups = group::groups(&report);
    assert_eq!(groups.len(), 1);
    let said = "2 BGPPeers (a (10.0.0.1), b (10.0.0.2)): each has another hold time on n1";
    assert_eq!(groups[0].headline(), said);
    assert_eq!(groups[0].others(), [""; 0]);
    assert_eq!(groups[0].told_for(), None);
}
