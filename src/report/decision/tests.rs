use std::collections::BTreeMap;

use super::super::Style;
use super::{Format, History, render};
use crate::simulate::decision::{Allocation, BgpRoute, Decision, Engine, L2Announcement, Outcome};

fn style(width: usize) -> Style {
    Style { color: false, unicode: false, width, verbose: false }
}

/// Everything is long in it.
fn long() -> Decision {
    let nodes: Vec<String> = (0..6).map(|n| format!("worker-{n}.rack-1.example.net")).collect();
    let service = "a-team-with-a-long-name/frontend-of-the-shop".to_owned();
    let ip = "2001:db8:1234:5678:9abc:def0:1234:5678".parse().unwrap();
    let outcome = Outcome {
        services: BTreeMap::from([(
            service.clone(),
            Allocation { ips: vec![ip], pool: Some("pool-of-the-shop".to_owned()), reason: None },
        )]),
        l2: vec![L2Announcement {
            service,
            ip,
            candidates: nodes.clone(),
            leader: Some(nodes[0].clone()),
            interfaces: nodes.iter().map(|n| (n.clone(), vec!["enp5s0f1np1".to_owned()])).collect(),
        }],
        bgp: vec![BgpRoute {
            node: nodes[0].clone(),
            peer: "top-of-rack-1-uplink".to_owned(),
            prefix: format!("{ip}/128"),
            local_pref: Some(100),
            communities: vec!["65000:100".to_owned(), "large:65000:1:2".to_owned()],
        }],
    };
    Decision {
        engine: Engine::Metallb,
        version: "0".to_owned(),
        config_error: None,
        deterministic: true,
        truncated: false,
        outcomes: vec![outcome],
    }
}

#[test]
fn tables_fit_and_grow() {
    let lines = |width| render(&long(), Format::Table(style(width))).lines().count();
    for width in [60, 80, 100, 120] {
        let text = render(&long(), Format::Table(style(width)));
        assert!(text.lines().all(|line| line.len() <= width), "{width}:\n{text}");
        assert!(text.lines().all(|line| line.trim_end() == line), "{width}:\n{text}");
    }
    assert!(lines(120) < lines(80) && lines(80) < lines(60), "wider is shorter");
}

#[test]
fn what_is_broken_over_lines_is_all_there() {
    let text = render(&long(), Format::Table(style(80)));
    insta::assert_snapshot!(text);
}

#[test]
fn a_history_tells_what_changes_and_what_does_not() {
    let mut after = long();
    after.outcomes[0].bgp.clear();
    after.outcomes[0].l2[0].leader = Some("worker-1.rack-1.example.net".to_owned());
    let mut history = History::new(Format::Table(style(80)));
    history.add(0, None, &long());
    history.add(1, Some("the first node fails"), &after);
    history.add(2, None, &after);
    let text = history.finish();
    let (_, changes) = text.split_once("Step 1: the first node fails\n").unwrap();
    insta::assert_snapshot!(changes);
}
