//! What the proof found.

use super::sessions::without_repeats;
use super::{Losses, MAX_PLACES, OTHER_INTERFACES, is_same_nodes, own_code, remedy};
use crate::convert::codes as convert;
use crate::diagnostic::{Diagnostic, Label};
use crate::metallb::Config;
use crate::verify::codes;
use crate::verify::proof::{ClassDifference, Proof};
use crate::verify::report::Finding;

/// What the proof found and nothing in `said` explains, as losses of the conversion.
pub fn unexplained(proof: &Proof, config: &Config, said: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut losses = Losses::new(said, true);
    let found = proved(proof, config, &[], &mut losses);
    let fresh = found.into_iter().filter(|finding| {
        let diagnostic = &finding.diagnostic;
        !said.iter().any(|one| one.is_lossy() && one.code == diagnostic.code)
            || codes::ALL.contains(&diagnostic.code)
    });
    fresh
        .map(|finding| {
            let Finding { mut diagnostic, before, after, example, .. } = finding;
            let of_example =
                proof.differences.iter().find(|one| Some(&one.example) == example.as_ref());
            let who = of_example.map(|one| format!(" ({})", one.who)).unwrap_or_default();
            let message = diagnostic.message;
            diagnostic.message =
                format!("{message}{who}: MetalLB decides {before}; Cilium may decide {after}");
            let help = diagnostic.help.unwrap_or_default();
            diagnostic.help = Some(format!("{help}; `metallb2cilium verify` gives an example"));
            diagnostic
        })
        .collect()
}

/// What would mend that Cilium announces Services without endpoints.
const SETTING: &str = "this is a setting of Cilium and stands in no resource: set \
                       enableNoServiceEndpointsRoutable: false in its Helm values (in the \
                       ConfigMap cilium-config enable-no-service-endpoints-routable, which is \
                       true where it is missing), and restart the agents";

/// Where it stands: each place once, and for what no resource says the pool and the peer
/// that it is about.
fn labels(config: &Config, one: &ClassDifference) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    for (span, text) in &one.places {
        let label = Label { span: *span, text: (*text).to_owned() };
        // What is said later of a place says more.
        match labels.iter_mut().find(|known| known.span == label.span) {
            Some(known) => *known = label,
            None => labels.push(label),
        }
    }
    if one.code == Some(convert::WITHDRAWN_WITHOUT_ENDPOINTS) {
        let pool = config.pools.iter().find(|pool| Some(pool.name()) == one.pool.as_deref());
        let peer = config.peers.iter().find(|peer| Some(peer.name()) == one.peer.as_deref());
        let pool =
            pool.and_then(|pool| pool.origin.span("spec")).map(|span| (span, "MetalLB's pool"));
        let peer = peer.and_then(|peer| peer.origin.span("spec")).map(|span| (span, "the peer"));
        let both = pool.into_iter().chain(peer);
        labels.extend(both.map(|(span, text)| Label { span, text: text.to_owned() }));
    }
    labels.truncate(MAX_PLACES);
    labels
}

/// What the proof found, but for what was seen at hand for the same reason.
pub(in crate::verify) fn proved(
    proof: &Proof,
    config: &Config,
    seen: &[Finding],
    losses: &mut Losses<'_>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for one in &proof.differences {
        let loss = losses.of_class(config, one);
        let mut diagnostic = match loss {
            Some(loss) => Diagnostic { message: one.message.clone(), object: None, ..loss.clone() },
            None => {
                let code = one.code.unwrap_or(own_code(one.aspect));
                Diagnostic::lossy(code, one.message.clone()).help(remedy(one.aspect))
            }
        };
        diagnostic.labels = match loss {
            // It says of each pool when it is tried.
            Some(loss) if one.code == Some(convert::FALL_BACK) => loss.labels.clone(),
            _ => labels(config, one),
        };
        if one.code == Some(convert::WITHDRAWN_WITHOUT_ENDPOINTS) {
            let of_pool = one.pool.as_ref().map(|pool| format!(" of pool {pool}"));
            let to_peer = one.peer.as_ref().map(|peer| format!(" to peer {peer}"));
            diagnostic.message = format!(
                "a Service{} without a ready endpoint is announced{} all the same",
                of_pool.unwrap_or_default(),
                to_peer.unwrap_or_default()
            );
            diagnostic.help = Some(SETTING.to_owned());
        } else if is_same_nodes(one.aspect, &one.before, &one.after) {
            diagnostic.message = diagnostic.message.replace(one.aspect.what(), OTHER_INTERFACES);
        }
        found.push(Finding {
            diagnostic,
            subjects: vec![],
            before: one.before.clone(),
            after: one.after.clone(),
            seen: false,
            example: Some(one.example.clone()),
        });
    }
    let deviating = proof.deviating.iter().map(|(one, node)| (one.clone(), Some(node.clone())));
    for (finding, node) in without_repeats(deviating, losses) {
        // The same was seen on Nodes at hand.
        let known = seen.iter().any(|other| {
            other.diagnostic.code == finding.diagnostic.code
                && other.diagnostic.object == finding.diagnostic.object
                && (&other.before, &other.after) == (&finding.before, &finding.after)
        });
        if !known {
            found.push(Finding { seen: false, example: node, ..finding });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceId, Span};
    use crate::verify::aspect::Aspect;
    use crate::verify::testing::{Both, cilium, cilium_pool, metallb, pool};

    /// A Service in namespace shop loses its address when pool a is full, and one of pool b.
    fn two_differences() -> Both {
        let first = "addresses: [10.0.0.0/28], serviceAllocation: {namespaces: [shop]}";
        Both::of(&(pool("a", first) + &pool("b", "addresses: [10.1.0.0/28]")))
    }

    #[test]
    fn what_the_conversion_has_said_is_not_said_again_and_everything_else_is() {
        let both = two_differences();
        let proof = both.proof();
        for (said, fresh) in [
            (&[][..], &["M2C592", "M2C216"][..]),
            (&[Diagnostic::lossy(convert::FALL_BACK, "")], &["M2C592"]),
            (&[Diagnostic::note(convert::FALL_BACK, "")], &["M2C592", "M2C216"]),
            (&[Diagnostic::lossy(convert::NO_SESSION, "")], &["M2C592", "M2C216"]),
            (&[Diagnostic::lossy(codes::OTHER_ADDRESS, "")], &["M2C592", "M2C216"]),
        ] {
            let found = unexplained(&proof, &both.config, said);
            let codes: Vec<&str> = found.iter().map(|one| one.code.id).collect();
            assert_eq!(codes, fresh, "{said:?}");
        }
    }

    #[test]
    fn what_was_proved_is_said_of_a_service_whatever_object_the_loss_is_about() {
        let both = two_differences();
        let mut losses = Losses::new(&both.conversion.diagnostics, true);
        let found = proved(&both.proof(), &both.config, &[], &mut losses);
        let full = found.iter().find(|one| one.diagnostic.code == convert::FALL_BACK).unwrap();
        assert_eq!(
            full.headline(),
            "a Service loses its address when its first choice of pool a is full (shown with a \
             pool of one address)"
        );
        let loss = both.conversion.diagnostics.iter().find(|one| one.code == convert::FALL_BACK);
        assert_eq!(full.diagnostic.labels, loss.unwrap().labels);
        assert!(loss.unwrap().object.is_some());
    }

    #[test]
    fn each_difference_that_nothing_explains_says_of_whom_it_is() {
        let both = two_differences();
        let mut proof = both.proof();
        for (at, one) in proof.differences.iter_mut().enumerate() {
            one.who = format!("number {at}");
            one.message = format!("message {at}");
        }
        let found = unexplained(&proof, &both.config, &[]);
        let said: Vec<&str> =
            found.iter().filter_map(|one| one.message.split(':').next()).collect();
        assert_eq!(said, ["message 0 (number 0)", "message 1 (number 1)"]);
    }

    #[test]
    fn what_was_proved_points_at_what_decides_it_and_not_where_its_loss_does() {
        let both = Both::against(
            &pool("a", "addresses: [10.0.0.0/28]"),
            &cilium_pool("a", "blocks: [{cidr: 10.9.0.0/28}], allowFirstLastIPs: 'Yes'"),
        );
        let place = Span { source: SourceId(0), start: 0, end: 1 };
        let object = both.config.pools[0].meta.reference("IPAddressPool");
        let loss = Diagnostic::lossy(convert::POOL_NEEDS_LABEL, "")
            .object(object)
            .label(Some(place), "of the loss");
        let found = proved(&both.proof(), &both.config, &[], &mut Losses::new(&[loss], true));
        let lost = found.iter().find(|one| one.diagnostic.message.contains("loses")).unwrap();
        assert_eq!(lost.diagnostic.code, convert::POOL_NEEDS_LABEL);
        let texts: Vec<&str> = lost.diagnostic.labels.iter().map(|one| &*one.text).collect();
        assert_eq!(texts, ["MetalLB's pool"]);
    }

    #[test]
    fn without_a_loss_that_says_so_a_pool_is_told_as_tried_first() {
        let both = two_differences();
        let found = proved(&both.proof(), &both.config, &[], &mut Losses::new(&[], true));
        let full = found.iter().find(|one| one.diagnostic.code == convert::FALL_BACK).unwrap();
        let place = both.config.pools[0].origin.span("spec").unwrap();
        let label = Label { span: place, text: "tried first".to_owned() };
        assert_eq!(full.diagnostic.labels, [label]);
    }

    #[test]
    fn a_place_is_pointed_at_once_with_what_was_said_last_of_it() {
        let span = |start| Span { source: SourceId(0), start, end: start + 1 };
        let difference = ClassDifference {
            aspect: Aspect::Routes,
            code: None,
            to_come: false,
            pool: None,
            peer: None,
            message: String::new(),
            before: String::new(),
            after: String::new(),
            places: vec![(span(1), "a"), (span(2), "b"), (span(1), "c")],
            who: String::new(),
            example: String::new(),
        };
        let labels = labels(&Config::default(), &difference);
        let found: Vec<_> = labels.iter().map(|one| (one.span, &*one.text)).collect();
        assert_eq!(found, [(span(1), "c"), (span(2), "b")]);
    }

    #[test]
    fn what_is_announced_without_endpoints_points_at_its_pool_and_its_peer() {
        let peer = |name: &str, host: u8| {
            let remote = format!("peerASN: 64513, peerAddress: 192.0.2.{host}");
            let of_cilium = format!("{{name: {name}, {remote}, peerConfigRef: {{name: all}}}}");
            (metallb("BGPPeer", name, &format!("myASN: 64512, {remote}")), of_cilium)
        };
        let ((one, of_one), (two, of_two)) = (peer("one", 1), peer("two", 2));
        let text = pool("other", "addresses: [10.1.0.0/28]")
            + &pool("a", "addresses: [10.0.0.0/28]")
            + &one
            + &two
            + &metallb("BGPAdvertisement", "ad", "");
        let instances = format!("[{{name: as, localASN: 64512, peers: [{of_two}, {of_one}]}}]");
        let families = "families: [{afi: ipv4, safi: unicast, advertisements: {}}]";
        let entry =
            "advertisementType: Service, service: {addresses: [LoadBalancerIP]}, selector: {}";
        let written = cilium_pool("a", "blocks: [{cidr: 10.0.0.0/28}], allowFirstLastIPs: 'Yes'")
            + &cilium("CiliumBGPClusterConfig", "all", &format!("bgpInstances: {instances}"))
            + &cilium("CiliumBGPPeerConfig", "all", families)
            + &cilium("CiliumBGPAdvertisement", "ad", &format!("advertisements: [{{{entry}}}]"));
        let mut both = Both::against(&text, &written);
        both.written.settings.no_service_endpoints_routable = true;
        let proof = both.proof();
        let found = proved(&proof, &both.config, &[], &mut Losses::new(&[], true));
        let code = convert::WITHDRAWN_WITHOUT_ENDPOINTS;
        let all: Vec<_> = found.iter().filter(|one| one.diagnostic.code == code).collect();
        assert_eq!(all.len(), 1);
        let labels = all[0].diagnostic.labels.iter();
        let told: Vec<_> = labels
            .map(|label| {
                let by_cilium = label.text == "announced by Cilium";
                let source = if by_cilium { &written } else { &text };
                let place = &source[label.span.start as usize..label.span.end as usize];
                (&*label.text, place.trim().trim_matches(['{', '}']))
            })
            .collect();
        let of_peer = "myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1";
        assert_eq!(
            told,
            [
                ("announced by Cilium", entry.trim_matches(['{', '}'])),
                ("MetalLB's pool", "addresses: [10.0.0.0/28]"),
                ("the peer", of_peer),
            ]
        );
        assert_eq!(
            all[0].headline(),
            "a Service of pool a without a ready endpoint is announced to peer one all the same"
        );
    }

    #[test]
    fn a_session_that_differs_is_said_once_of_the_nodes_at_hand_and_of_all() {
        let spec = "myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1";
        let text = pool("a", "addresses: [10.0.0.0/28]") + &metallb("BGPPeer", "tor", spec);
        let mut both = Both::of(&text);
        for one in &mut both.written.peer_configs {
            one.spec.timers.get_or_insert_default().hold_time_seconds = Some(9);
        }
        let proof = both.proof();
        let found =
            |seen: &[Finding]| proved(&proof, &both.config, seen, &mut Losses::new(&[], true));
        let own = found(&[]);
        assert_eq!(own.len(), 1);
        assert_eq!((&*own[0].before, &*own[0].after), ("180s", "9s"));
        let same = own[0].clone();
        let mut others = vec![same.clone(); 4];
        others[0].diagnostic.code = codes::OTHER_SESSIONS;
        others[1].diagnostic.object = None;
        others[2].before = "90s".to_owned();
        others[3].after = "90s".to_owned();
        assert_eq!(found(&others), own);
        assert_eq!(found(&[same]), []);
    }
}
