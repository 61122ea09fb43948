//! Which loss of the conversion explains a difference.

use std::collections::BTreeSet;

use super::at_hand::{Aspect, Serving};
use crate::cluster::Service;
use crate::diagnostic::{Code, Diagnostic};

/// What the conversion has said, and what of it a difference was found for.
#[derive(Debug)]
pub(super) struct Losses<'a> {
    all: Vec<&'a Diagnostic>,
    claimed: BTreeSet<usize>,
}

impl<'a> Losses<'a> {
    /// The losses among what was said.
    pub(super) fn new(said: &'a [Diagnostic]) -> Self {
        let all = said.iter().filter(|diagnostic| diagnostic.is_lossy()).collect();
        Self { all, claimed: BTreeSet::new() }
    }

    /// The loss that explains what happens to a Service.
    pub(super) fn of_service(
        &mut self,
        service: &Service,
        aspect: Aspect,
        before: Option<&Serving>,
        after: &Serving,
    ) -> Option<&'a Diagnostic> {
        let place = service.origin.span("metadata.name");
        let peers = before.map(|before| differing_peers(before, after)).unwrap_or_default();
        let nodes = before.map(|before| differing_nodes(before, after)).unwrap_or_default();
        let pools = before.and_then(|before| before.pool.as_deref()).unwrap_or_default();
        let named = |diagnostic: &Diagnostic| {
            let points =
                place.is_some() && diagnostic.labels.iter().any(|label| Some(label.span) == place);
            let object = diagnostic.object.as_ref().is_some_and(|object| {
                match object.kind.as_str() {
                    "Service" => {
                        object.name == service.key.name && object.namespace == service.key.namespace
                    }
                    "BGPPeer" => aspect == Aspect::Routes && peers.contains(object.name.as_str()),
                    "Node" => nodes.contains(object.name.as_str()),
                    "IPAddressPool" => pools.split(',').any(|pool| pool == object.name),
                    _ => false,
                }
            });
            points || object
        };
        let suits = |diagnostic: &Diagnostic| fits(diagnostic.code, aspect);
        self.claim(|diagnostic| named(diagnostic) && suits(diagnostic))
    }

    /// The loss of one of these codes that is about a peer.
    pub(super) fn of_peer(&mut self, peer: &str, codes: &[&'static Code]) -> Option<&'a Diagnostic> {
        self.claim(|diagnostic| {
            codes.contains(&diagnostic.code)
                && diagnostic
                    .object
                    .as_ref()
                    .is_some_and(|object| object.kind == "BGPPeer" && object.name == peer)
        })
    }

    /// Takes every loss of a code for explained.
    pub(super) fn claim_all(&mut self, code: &'static Code) {
        for (index, diagnostic) in self.all.iter().enumerate() {
            if diagnostic.code == code {
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

/// Whether a loss of that code can be seen in that aspect of a Service.
fn fits(code: &Code, aspect: Aspect) -> bool {
    let chapters: &[&str] = match aspect {
        Aspect::Lost
        | Aspect::Gained
        | Aspect::Address
        | Aspect::Pool
        | Aspect::Families => &["M2C2", "M2C50", "M2C604"],
        Aspect::Answerers => &["M2C3", "M2C50", "M2C217", "M2C220", "M2C601", "M2C607"],
        Aspect::AnsweredTwice => &["M2C305"],
        Aspect::Routes => &["M2C4", "M2C50", "M2C217", "M2C220", "M2C601", "M2C605"],
        Aspect::Combination => &["M2C2", "M2C3", "M2C4", "M2C50", "M2C601"],
    };
    chapters.iter().any(|chapter| code.id.starts_with(chapter))
}

fn differing_peers<'s>(before: &'s Serving, after: &'s Serving) -> BTreeSet<&'s str> {
    before.bgp.symmetric_difference(&after.bgp).map(|route| route.peer.as_str()).collect()
}

fn differing_nodes<'s>(before: &'s Serving, after: &'s Serving) -> BTreeSet<&'s str> {
    let l2 = before.l2.symmetric_difference(&after.l2);
    let on_link = l2.flat_map(|(_, nodes)| nodes.keys().map(String::as_str));
    let routes = before.bgp.symmetric_difference(&after.bgp);
    on_link.chain(routes.map(|route| route.node.as_str())).collect()
}
