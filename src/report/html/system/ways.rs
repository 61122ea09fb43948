//! How a Service may be served.

use std::collections::BTreeSet;

use crate::ip::Family;

/// Every way in which a Service may be served, but for its very addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct Ways<'r> {
    /// How many ways there are.
    pub(in crate::report) count: usize,
    /// From which pools.
    pub(in crate::report) pools: BTreeSet<&'r str>,
    /// Who answers on the link.
    pub(in crate::report) answers: BTreeSet<Answer<'r>>,
    /// Which routes are sent.
    pub(in crate::report) routes: BTreeSet<Sent<'r>>,
    /// Whether two nodes may answer for one address.
    pub(in crate::report) twice: bool,
}

/// A node that may answer on the link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct Answer<'r> {
    /// The node.
    pub(in crate::report) node: &'r str,
    /// For addresses of which family.
    pub(in crate::report) family: Family,
    /// On which interfaces; empty where none is known.
    pub(in crate::report) interfaces: String,
}

/// A route that is sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct Sent<'r> {
    /// By which node.
    pub(in crate::report) node: &'r str,
    /// To which peer.
    pub(in crate::report) peer: &'r str,
    /// What it is like.
    pub(in crate::report) what: String,
}

impl Ways<'_> {
    /// All of it as lines, each under its heading.
    pub(super) fn lines(&self) -> [(&'static str, Vec<String>); 3] {
        let mut answers: Vec<String> = self.answers.iter().map(Answer::line).collect();
        if self.twice {
            answers.push("two nodes may answer at once".to_owned());
        }
        let routes = self.routes.iter();
        let routes = routes.map(|Sent { node, peer, what }| format!("{node} to {peer}: {what}"));
        [
            ("Pool", self.pools.iter().map(|pool| (*pool).to_owned()).collect()),
            ("Answers on L2", answers),
            ("Routes", routes.collect()),
        ]
    }

    /// Takes in another way.
    pub(in crate::report) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.pools.extend(other.pools);
        self.answers.extend(other.answers);
        self.routes.extend(other.routes);
        self.twice |= other.twice;
    }
}

impl Answer<'_> {
    fn line(&self) -> String {
        format!("{}: {} on {}", self.node, family(self.family), self.on())
    }

    /// The interfaces in words.
    pub(super) fn on(&self) -> &str {
        if self.interfaces.is_empty() { "no interface known" } else { &self.interfaces }
    }
}

/// A family as people write it.
pub(in crate::report) fn family(family: Family) -> &'static str {
    match family {
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    }
}

/// What a route is like, but for its prefix.
pub(in crate::report) fn route(
    of: Family,
    length: u8,
    local_pref: Option<u32>,
    communities: &[String],
) -> String {
    let mut text = format!("{} /{length}", family(of));
    if let Some(preference) = local_pref {
        text.push_str(&format!(", local preference {preference}"));
    }
    if !communities.is_empty() {
        text.push_str(&format!(", communities {}", communities.join(" ")));
    }
    text
}
