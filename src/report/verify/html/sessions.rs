//! BGP sessions before and after, the same on several Nodes taken together.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::html::table::{self, table};
use crate::verify::sessions::Session;
use crate::verify::{PARAMETERS, Report, SessionRow};

/// Nodes that are named one by one.
const SHOWN: usize = 12;

/// A row of the table: those that differ come first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    same: bool,
    peer: String,
    before: String,
    after: String,
    word: &'static str,
}

/// The body of the section; empty where nobody has a session.
pub(super) fn section(report: &Report) -> String {
    let mut rows: BTreeMap<Row, BTreeSet<&str>> = BTreeMap::new();
    for row in &report.sessions {
        for compared in of_node(row) {
            rows.entry(compared).or_default().insert(&row.node);
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let heads = ["Peer", "Nodes", report.before, report.after, "Result"];
    let rows = rows.into_iter().map(|(row, nodes)| table::Row {
        class: if row.same { "same" } else { "differs" },
        cells: vec![row.peer, listed(&nodes), row.before, row.after, row.word.to_owned()],
    });
    table("Sessions, the same on several Nodes taken together", &heads, &rows.collect::<Vec<_>>())
}

fn of_node(row: &SessionRow) -> Vec<Row> {
    let by_remote = |sessions: &[Vec<Session>]| -> BTreeMap<String, Session> {
        let all = sessions.iter().flatten();
        all.map(|session| (session.remote.to_string(), session.clone())).collect()
    };
    let (before, after) = (by_remote(&row.before), by_remote(&row.after));
    let remotes: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    remotes
        .into_iter()
        .filter_map(|remote| compared(remote, before.get(remote), after.get(remote)))
        .collect()
}

fn compared(remote: &str, before: Option<&Session>, after: Option<&Session>) -> Option<Row> {
    let peer = format!("{} ({remote})", before.or(after)?.peer);
    let all = || "as before, in every parameter that is compared".to_owned();
    let none = || "no session".to_owned();
    let (same, was, is, word) = match (before, after) {
        (Some(_), None) => (false, "a session".to_owned(), none(), "gone"),
        (None, _) => (false, none(), "a session".to_owned(), "new"),
        (Some(before), Some(after)) => {
            let (one, other) = (&before.parameters, &after.parameters);
            let differ: Vec<_> = PARAMETERS.iter().filter(|row| !row.same(one, other)).collect();
            let told = |parameters| {
                let texts =
                    differ.iter().map(|row| format!("{} {}", row.name, (row.show)(parameters)));
                texts.collect::<Vec<_>>().join(", ")
            };
            match differ.is_empty() {
                true => (true, summary(before), all(), "same"),
                false => (false, told(one), told(other), "differs"),
            }
        }
    };
    Some(Row { same, peer, before: was, after: is, word })
}

/// What people know a session by.
fn summary(session: &Session) -> String {
    let known = ["local AS", "peer AS", "hold time", "families"];
    let rows = PARAMETERS.iter().filter(|row| known.contains(&row.name));
    let texts = rows.map(|row| format!("{} {}", row.name, (row.show)(&session.parameters)));
    texts.collect::<Vec<_>>().join(", ")
}

fn listed(nodes: &BTreeSet<&str>) -> String {
    let mut text = nodes.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if nodes.len() > SHOWN {
        text.push_str(&format!(" and {} more", nodes.len() - SHOWN));
    }
    text
}
