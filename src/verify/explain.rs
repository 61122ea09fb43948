//! Which loss of the conversion explains a difference.

mod apt;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::aspect::Aspect;
use super::at_hand::{Difference, Serving};
use super::proof::ClassDifference;
use crate::cluster::{Cluster, Service};
use crate::convert::codes as convert;
use crate::diagnostic::{Code, Diagnostic, Impact, ObjectRef, Severity};
use crate::ip::Family;
use crate::manifest::Span;
use crate::metallb::{Config, PoolSelection};

/// What the conversion has said, and what of it a difference was found for.
#[derive(Debug)]
pub(super) struct Losses<'a> {
    all: Vec<&'a Diagnostic>,
    claimed: BTreeSet<usize>,
}

impl<'a> Losses<'a> {
    /// The losses among what was said of the compared resources, which are the
    /// conversion's `own` or were given. What touches nobody's traffic in the
    /// conversion must not hide what given resources do wrong.
    pub(super) fn new(said: &'a [Diagnostic], own: bool) -> Self {
        let counts = |one: &&Diagnostic| match one.severity {
            Severity::Lossy(Impact::Traffic) => true,
            Severity::Lossy(Impact::None) => own,
            Severity::Error | Severity::Note => false,
        };
        let all = said.iter().filter(counts).collect();
        Self { all, claimed: BTreeSet::new() }
    }

    /// The loss that explains what happens to a Service. `before` is the way before that is
    /// most like the way after.
    pub(super) fn of_service(
        &mut self,
        service: &Service,
        (config, cluster): (&Config, &Cluster),
        aspect: Aspect,
        difference: &Difference,
        before: Option<&Serving>,
    ) -> Option<&'a Diagnostic> {
        let after = &difference.after;
        let place = service.origin.span("metadata.name");
        let peers = before.map(|before| differing_peers(before, after)).unwrap_or_default();
        let nodes = before.map(|before| differing_nodes(before, after)).unwrap_or_default();
        let pools = before.and_then(|before| before.pool.as_deref()).unwrap_or_default();
        let nodes: BTreeSet<Span> = cluster
            .nodes
            .iter()
            .filter(|node| nodes.contains(node.name.as_str()))
            .filter_map(|node| node.origin.span("metadata.name"))
            .collect();
        let lines = lines(config, pools, aspect);
        let of_itself = |diagnostic: &Diagnostic| {
            let object = diagnostic.object.as_ref().is_some_and(|object| {
                object.kind == "Service"
                    && object.name == service.key.name
                    && object.namespace == service.key.namespace
            });
            object || diagnostic.labels.iter().any(|label| Some(label.span) == place)
        };
        let named = |diagnostic: &Diagnostic| {
            let points = diagnostic.labels.iter().any(|label| {
                nodes.contains(&label.span) || lines.iter().any(|outer| within(label.span, *outer))
            });
            let object =
                diagnostic.object.as_ref().is_some_and(|object| match object.kind.as_str() {
                    "BGPPeer" => aspect == Aspect::Routes && peers.contains(object.name.as_str()),
                    "IPAddressPool" => pools.split(',').any(|pool| pool == object.name),
                    _ => false,
                });
            points || object
        };
        let suits = |diagnostic: &Diagnostic| {
            fits(diagnostic.code, aspect)
                && apt::is_apt(diagnostic, (config, cluster), service, difference, before)
        };
        // What is said of the Service itself tells more than what is said of its pool.
        self.claim(|diagnostic| of_itself(diagnostic) && suits(diagnostic))
            .or_else(|| self.claim(|diagnostic| named(diagnostic) && suits(diagnostic)))
    }

    /// The loss that explains what the proof found.
    pub(super) fn of_class(
        &mut self,
        config: &Config,
        difference: &ClassDifference,
    ) -> Option<&'a Diagnostic> {
        let pool = difference.pool.as_deref().unwrap_or_default();
        let lines = lines(config, pool, difference.aspect);
        let about = |diagnostic: &Diagnostic| {
            let labels = &diagnostic.labels;
            let points = labels.iter().any(|label| lines.iter().any(|o| within(label.span, *o)));
            let object = diagnostic.object.as_ref().is_some_and(|one| match one.kind.as_str() {
                "BGPPeer" => difference.peer.as_deref() == Some(&one.name),
                "IPAddressPool" => one.name == pool,
                _ => false,
            });
            points || object
        };
        self.claim(|diagnostic| {
            let suits = match difference.code {
                Some(code) => diagnostic.code == code,
                // What happens when a pool is full, or to Namespaces to come, explains nothing
                // else.
                None => {
                    fits(diagnostic.code, difference.aspect)
                        && diagnostic.code != convert::FALL_BACK
                        && (difference.to_come || diagnostic.code != convert::NAMESPACES_TO_COME)
                }
            };
            suits && about(diagnostic)
        })
    }

    /// The loss of one of these codes that is about a peer.
    pub(super) fn of_peer(
        &mut self,
        peer: &str,
        codes: &[&'static Code],
    ) -> Option<&'a Diagnostic> {
        self.claim(|diagnostic| {
            codes.contains(&diagnostic.code)
                && diagnostic
                    .object
                    .as_ref()
                    .is_some_and(|object| object.kind == "BGPPeer" && object.name == peer)
        })
    }

    /// Takes every loss of a code that is about one of these objects for explained.
    pub(super) fn claim_all(&mut self, code: &'static Code, objects: &[ObjectRef]) {
        let of_these = |one: &Diagnostic| one.object.as_ref().is_some_and(|o| objects.contains(o));
        for (index, diagnostic) in self.all.iter().enumerate() {
            if diagnostic.code == code && of_these(diagnostic) {
                self.claimed.insert(index);
            }
        }
    }

    /// The losses that no difference was found for.
    pub(super) fn unclaimed(&self) -> impl Iterator<Item = &'a Diagnostic> + '_ {
        let all = self.all.iter().enumerate();
        all.filter(|(index, _)| !self.claimed.contains(index)).map(|(_, diagnostic)| *diagnostic)
    }

    fn claim(&mut self, explains: impl Fn(&Diagnostic) -> bool) -> Option<&'a Diagnostic> {
        let (index, diagnostic) =
            self.all.iter().enumerate().find(|(_, diagnostic)| explains(diagnostic))?;
        self.claimed.insert(index);
        Some(diagnostic)
    }
}

/// The objects that decide an aspect of a Service whose address these pools hold.
fn lines(config: &Config, pools: &str, aspect: Aspect) -> Vec<Span> {
    let pools = config.pools.iter().filter(|pool| pools.split(',').any(|one| one == pool.name()));
    let pools: Vec<_> = pools.collect();
    let of_pools =
        |selection: &PoolSelection| pools.iter().any(|pool| selection.selects(&pool.meta));
    match aspect {
        Aspect::Answerers | Aspect::AnsweredTwice => {
            let ads = config.l2_advertisements.iter().filter(|ad| of_pools(&ad.pools));
            ads.filter_map(|ad| ad.origin.span("")).collect()
        }
        Aspect::Routes => {
            let ads = config.bgp_advertisements.iter().filter(|ad| of_pools(&ad.pools));
            ads.filter_map(|ad| ad.origin.span("")).collect()
        }
        _ => pools.iter().filter_map(|pool| pool.origin.span("")).collect(),
    }
}

fn within(span: Span, outer: Span) -> bool {
    span.source == outer.source && outer.start <= span.start && span.end <= outer.end
}

/// Whether a loss of that code can be seen in that aspect of a Service.
pub(super) fn fits(code: &Code, aspect: Aspect) -> bool {
    let chapters: &[&str] = match aspect {
        Aspect::Lost | Aspect::Gained | Aspect::Address | Aspect::Pool | Aspect::Families => {
            &["M2C2", "M2C50", "M2C604"]
        }
        Aspect::Answerers => &["M2C3", "M2C50", "M2C217", "M2C220", "M2C601", "M2C607"],
        Aspect::AnsweredTwice => &["M2C305"],
        Aspect::Routes => &["M2C4", "M2C50", "M2C217", "M2C220", "M2C601", "M2C603", "M2C605"],
        Aspect::Combination => &["M2C2", "M2C3", "M2C4", "M2C50", "M2C601"],
    };
    // Who is a candidate at all is no matter of sharing: several of them are.
    let only_twice = code == convert::SHARED_ON_L2 && aspect != Aspect::AnsweredTwice;
    chapters.iter().any(|chapter| code.id.starts_with(chapter))
        && !SESSION_ONLY.contains(&code)
        && !only_twice
}

/// What a session lacks without sending another route for it.
const SESSION_ONLY: &[&Code] = &[convert::TIMERS, convert::BFD, convert::OTHER_FAMILY_NEXT_HOP];

fn differing_peers<'s>(before: &'s Serving, after: &'s Serving) -> BTreeSet<&'s str> {
    before.bgp.symmetric_difference(&after.bgp).map(|route| route.peer.as_str()).collect()
}

/// The nodes that do something else.
fn differing_nodes<'s>(before: &'s Serving, after: &'s Serving) -> BTreeSet<&'s str> {
    let mut nodes: BTreeSet<&str> =
        before.bgp.symmetric_difference(&after.bgp).map(|route| route.node.as_str()).collect();
    let on_link = |serving: &'s Serving| -> BTreeSet<(Family, &'s str, &'s [String])> {
        let entries = serving.l2.iter().flat_map(|(family, nodes)| {
            nodes.iter().map(|(node, on)| (*family, node.as_str(), on.as_slice()))
        });
        entries.collect()
    };
    let (was, is) = (on_link(before), on_link(after));
    nodes.extend(was.symmetric_difference(&is).map(|(_, node, _)| *node));
    nodes
}
