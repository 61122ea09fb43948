//! What was answered held against what was expected.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Mac;
use super::expected::Expected;
use super::identity::Identities;

/// Whether what was answered for an address is as expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// A Node that may answer did, and nobody else.
    AsExpected,
    /// Nobody answered, and nobody was to.
    Free,
    /// Nobody answered; on this host itself somebody is to, whom it cannot ask, or it has
    /// the address.
    ThisHost,
    /// It is on none of the links that were asked on.
    NotAsked,
    /// Nobody answered, and somebody was to.
    NobodyAnswers,
    /// Somebody answered, and nobody was to.
    Occupied,
    /// More than one answered, or one did and this host has the address, too.
    Conflict,
    /// A Node answered that may not.
    WrongNode,
    /// Somebody answered who is none of the Nodes that may.
    Stranger,
    /// Somebody answered, and not of every Node that may it is known who it is on that
    /// link.
    Unidentified,
}

impl Verdict {
    /// Whether it is as it should be, as far as can be seen from here.
    pub fn is_good(self) -> bool {
        matches!(self, Self::AsExpected | Self::Free | Self::ThisHost | Self::NotAsked)
    }

    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::AsExpected => "as expected",
            Self::Free => "nobody answers, as expected",
            Self::ThisHost => "this host's own: ask from another",
            Self::NotAsked => "not asked: not on this link",
            Self::NobodyAnswers => "nobody answers",
            Self::Occupied => "answered, but given to no Service",
            Self::Conflict => "conflict",
            Self::WrongNode => "wrong node",
            Self::Stranger => "none of the Nodes",
            Self::Unidentified => "unidentified",
        }
    }
}

/// Holds the answers for one address against what is expected.
///
/// `here` is the Node that is asked from, if it is one; `links` are the numbers of the
/// interfaces that the answers may have come in on.
pub fn judge(
    expected: Option<&Expected>,
    answered: &[Mac],
    known: &Identities,
    here: Option<&str>,
    links: &[u32],
) -> Verdict {
    let candidates = expected.map(|expected| &expected.candidates);
    let none = BTreeSet::new();
    let candidates = candidates.unwrap_or(&none);
    let [mac] = answered else {
        return match answered {
            [] if candidates.is_empty() => Verdict::Free,
            [] if here.is_some_and(|here| expected.is_some_and(|one| one.may_be(here))) => {
                Verdict::ThisHost
            }
            [] => Verdict::NobodyAnswers,
            _ => Verdict::Conflict,
        };
    };
    if candidates.is_empty() {
        return Verdict::Occupied;
    }
    let mut nodes = known.nodes_of(*mac).peekable();
    if nodes.peek().is_some() {
        let fits = nodes.any(|node| candidates.contains(node));
        return if fits { Verdict::AsExpected } else { Verdict::WrongNode };
    }
    if candidates.iter().all(|node| known.knows(node, links)) {
        Verdict::Stranger
    } else {
        Verdict::Unidentified
    }
}

#[cfg(test)]
mod tests {
    use super::super::identity::Neighbour;
    use super::*;
    use crate::cluster::Node;

    const A: Mac = Mac([2, 0, 0, 0, 0, 0xa]);
    const B: Mac = Mac([2, 0, 0, 0, 0, 0xb]);
    const X: Mac = Mac([2, 0, 0, 0, 0, 0xf]);

    #[test]
    fn every_case_has_its_verdict() {
        let mut known = Identities::default();
        known.add_all([A], "a");
        let met = Neighbour { interface: 7, ip: [192, 0, 2, 2].into(), mac: B };
        let b = Node { name: "b".to_owned(), internal_ips: vec![met.ip], ..Node::default() };
        known.add_found(&[met], &[b]);
        let may = |nodes: &[&str]| Expected {
            candidates: nodes.iter().map(ToString::to_string).collect(),
            ..Expected::default()
        };
        for (candidates, answered, here, verdict) in [
            (&["a"][..], &[A][..], None, Verdict::AsExpected),
            (&["a", "b"], &[B], None, Verdict::AsExpected),
            (&[], &[], None, Verdict::Free),
            (&["a"], &[], Some("a"), Verdict::ThisHost),
            (&["a"], &[], Some("b"), Verdict::NobodyAnswers),
            (&["a"], &[], None, Verdict::NobodyAnswers),
            (&[], &[A], None, Verdict::Occupied),
            (&["a", "b"], &[A, B], None, Verdict::Conflict),
            (&["a"], &[B], None, Verdict::WrongNode),
            (&["a", "b"], &[X], None, Verdict::Stranger),
            (&["a", "c"], &[X], None, Verdict::Unidentified),
        ] {
            let expected = may(candidates);
            let judged = judge(Some(&expected), answered, &known, here, &[7]);
            assert_eq!(judged, verdict, "{answered:?}");
        }
        // On another link the Nodes may have other addresses.
        let on = |candidates, links| judge(Some(&may(candidates)), &[X], &known, None, links);
        assert_eq!(on(&["a", "b"], &[7, 8]), Verdict::Unidentified);
        assert_eq!(on(&["a"], &[8]), Verdict::Stranger);
        // Another one of those that may is known to do it.
        let led = Expected { leaders: ["b".to_owned()].into(), ..may(&["a", "b"]) };
        assert_eq!(judge(Some(&led), &[], &known, Some("a"), &[7]), Verdict::NobodyAnswers);
        assert_eq!(judge(Some(&led), &[], &known, Some("b"), &[7]), Verdict::ThisHost);
        assert_eq!(judge(None, &[], &known, None, &[7]), Verdict::Free);
        assert_eq!(judge(None, &[A], &known, None, &[7]), Verdict::Occupied);
        let good = [Verdict::AsExpected, Verdict::Free, Verdict::ThisHost];
        assert!(good.iter().all(|verdict| verdict.is_good()));
        assert!(!Verdict::Conflict.is_good());
    }
}
