//! Findings that say the same of several Services or peers, taken together: what two
//! thousand Services lose for one reason is one thing to read.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::diagnostic::{Label, Severity};
use crate::report::alike::without_object;
use crate::report::named;
use crate::verify::{Finding, Report};

/// Whom a headline names before the rest is counted.
const NAMED: usize = 3;
/// Places of one kind that are shown of several findings.
const PLACES: usize = 2;

/// Findings of which the same is said, but for whom it is about and for addresses.
#[derive(Debug)]
pub(in crate::report) struct Group<'r> {
    /// The finding that stands for all.
    pub(in crate::report) first: &'r Finding,
    /// Every one of them, by place in [`Report::findings`].
    pub(in crate::report) places: Vec<usize>,
    all: Vec<&'r Finding>,
}

/// What findings of one group have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'r> {
    code: &'static str,
    severity: Severity,
    message: String,
    help: Option<&'r str>,
    seen: bool,
    by_proof: bool,
    /// The kind of object that it is about; which one, where the message does not stand
    /// for it.
    object: Option<(&'r str, &'r str)>,
    before: String,
    after: String,
}

impl<'r> Key<'r> {
    fn new(finding: &'r Finding) -> Self {
        let diagnostic = &finding.diagnostic;
        let object = diagnostic.object.as_ref().map(|object| {
            let is_subject = finding.subjects.is_empty();
            (object.kind.as_str(), if is_subject { "" } else { object.name.as_str() })
        });
        Self {
            code: diagnostic.code.id,
            severity: diagnostic.severity,
            message: without_addresses(&without_pools(said(finding))),
            help: diagnostic.help.as_deref(),
            seen: finding.seen,
            by_proof: finding.example.is_some(),
            object,
            before: without_addresses(&without_pools(&finding.before)),
            after: without_addresses(&without_pools(&finding.after)),
        }
    }
}

/// What happens, without whom it happens to.
fn said(finding: &Finding) -> &str {
    let diagnostic = &finding.diagnostic;
    if super::is_shown(finding) { &diagnostic.message } else { without_object(diagnostic) }
}

/// What stands before the name of a pool.
const OF_POOL: &str = "of pool ";

/// The text before the name of the first pool of which it speaks, the name, and the rest.
fn at_pool(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(OF_POOL)?;
    let (name, after) = rest.split_at(rest.find([' ', ',', ';', ':']).unwrap_or(rest.len()));
    // Some findings name none.
    (!name.is_empty()).then_some((before, name, after))
}

/// A text in which every pool is the same.
fn without_pools(text: &str) -> String {
    match at_pool(text) {
        Some((before, _, after)) => format!("{before}{OF_POOL}…{}", without_pools(after)),
        None => text.to_owned(),
    }
}

/// A text in which each address and prefix is the same sign.
fn without_addresses(text: &str) -> String {
    let is_address =
        |word: &str| word.parse::<IpAddr>().is_ok() || word.parse::<ipnet::IpNet>().is_ok();
    let mut all = String::with_capacity(text.len());
    for word in text.split_inclusive([' ', ',', '(', ')', ';']) {
        let bare = word.trim_end_matches([' ', ',', '(', ')', ';']);
        let end = word.get(bare.len()..).unwrap_or_default();
        all.push_str(if is_address(bare) { "…" } else { bare });
        all.push_str(end);
    }
    all
}

/// The findings of a report, those that are alike together, in the order of the first of
/// each.
pub(in crate::report) fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: BTreeMap<Key<'_>, usize> = BTreeMap::new();
    for (place, finding) in report.findings.iter().enumerate() {
        let at = *known.entry(Key::new(finding)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => {
                group.places.push(place);
                group.all.push(finding);
            }
            None => groups.push(Group { first: finding, places: vec![place], all: vec![finding] }),
        }
    }
    groups
}

impl<'r> Group<'r> {
    /// How many findings it stands for.
    pub(in crate::report) fn len(&self) -> usize {
        self.all.len()
    }

    /// The Services that it touches, or the objects that it is about.
    fn subjects(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut known = BTreeSet::new();
        for finding in &self.all {
            let object = finding.diagnostic.object.as_ref().map(|object| object.name.as_str());
            let own = finding.subjects.iter().map(String::as_str);
            let own = own.chain(object.filter(|_| finding.subjects.is_empty()));
            names.extend(own.filter(|name| known.insert(*name)).map(str::to_owned));
        }
        names
    }

    /// What the names of [`Self::others`] are.
    pub(in crate::report) fn noun(&self) -> &'r str {
        match &self.first.diagnostic.object {
            Some(object) if self.first.subjects.is_empty() => &object.kind,
            _ => "Service",
        }
    }

    /// Whom it is about, and what happens to each of them.
    pub(in crate::report) fn headline(&self) -> String {
        if self.len() == 1 {
            return self.first.headline();
        }
        let message = self.said_of_all();
        let names = self.subjects();
        match names.len() {
            0 => format!("{message} (found {} times)", self.len()),
            1 => format!("{} {message} (found {} times)", names.concat(), self.len()),
            count => {
                let each = if super::is_shown(self.first) { "each " } else { "" };
                format!("{count} {}s ({}): {each}{message}", self.noun(), named(&names, NAMED))
            }
        }
    }

    /// What happens, and to how many pools where it names one.
    fn said_of_all(&self) -> String {
        let message = said(self.first);
        let mut pools: Vec<String> = Vec::new();
        let mut known = BTreeSet::new();
        let all = self.all.iter().filter_map(|finding| at_pool(said(finding)));
        pools.extend(
            all.map(|(_, name, _)| name).filter(|one| known.insert(*one)).map(str::to_owned),
        );
        match at_pool(message) {
            Some((before, _, after)) if pools.len() > 1 => {
                let names = named(&pools, NAMED);
                // What else is said may be said of the addresses of the first alone.
                let is_same = |one: &&Finding| at_pool(said(one)).is_some_and(|it| it.2 == after);
                let after = if self.all.iter().all(is_same) { after } else { "" };
                format!("{before}of each of {} pools ({names}){after}", pools.len())
            }
            _ => message.to_owned(),
        }
    }

    /// Whom the headline names only by number.
    pub(in crate::report) fn others(&self) -> Vec<String> {
        if self.len() == 1 {
            return super::others(self.first).to_vec();
        }
        let names = self.subjects();
        names.get(NAMED..).unwrap_or_default().to_vec()
    }

    /// For whom both sides are told, where they are not the same for all of them.
    pub(in crate::report) fn told_for(&self) -> Option<String> {
        let differs =
            |one: &&Finding| (&one.before, &one.after) != (&self.first.before, &self.first.after);
        self.all.iter().copied().any(|one| differs(&one)).then_some(())?;
        let of_pools = self.all.iter().any(|one| {
            let pool = |one: &'r Finding| {
                [&one.before, &one.after].map(|text| at_pool(text).map(|(_, name, _)| name))
            };
            pool(one) != pool(self.first)
        });
        let own = if of_pools { "their own addresses and pools" } else { "their own addresses" };
        let object = self.first.diagnostic.object.as_ref().map(|object| &object.name);
        let name = self.first.subjects.first().or(object);
        Some(match name {
            Some(name) => format!("for {name}, and so for the others with {own}:"),
            None => format!("for one of them, and so for the others with {own}:"),
        })
    }

    /// Where it stands, and how many more places there are.
    pub(in crate::report) fn labels(&self) -> (Vec<Label>, usize) {
        if self.len() == 1 {
            return (self.first.diagnostic.labels.clone(), 0);
        }
        let mut known = BTreeSet::new();
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        let mut labels: Vec<Label> = Vec::new();
        let mut more = 0;
        for label in self.all.iter().flat_map(|finding| &finding.diagnostic.labels) {
            if !known.insert((label.span.source, label.span.start, label.span.end)) {
                continue;
            }
            let kind = kinds.entry(&label.text).or_default();
            *kind += 1;
            if *kind <= PLACES {
                labels.push(label.clone());
            } else {
                more += 1;
            }
        }
        labels.sort_by_key(|label| (label.span.source, label.span.start));
        (labels, more)
    }

    /// What shows it, where the proof found it: of several, the first.
    pub(in crate::report) fn example(&self) -> Option<&'r str> {
        self.first.example.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_do_not_make_a_difference() {
        let text = "10.20.0.1 of pool a (2001:db8::1), or 10.0.0.0/24; v1.2.3.4 no address";
        assert_eq!(without_addresses(text), "… of pool a (…), or …; v1.2.3.4 no address");
    }

    #[test]
    fn pools_do_not_make_a_difference() {
        let text = "10.0.0.9 of pool a,b of pool c";
        assert_eq!(without_pools(text), "10.0.0.9 of pool …,b of pool …");
        assert_eq!(at_pool("of pool x: 256 addresses"), Some(("", "x", ": 256 addresses")));
        assert_eq!(at_pool("a Service of pool x is"), Some(("a Service ", "x", " is")));
        assert_eq!(without_pools("pools are like pool x"), "pools are like pool x");
    }

    #[test]
    fn names_beyond_some_are_counted() {
        let names: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
        assert_eq!(named(&names, 3), "a, b, c");
        assert_eq!(named(&names, 2), "a, b and 1 more");
    }
}
