//! What a comparison has to say, beside what the conversion has said already.

use std::collections::HashSet;

use super::aspect::Aspect;
use super::at_hand::{Comparison, Difference};
use super::codes;
use super::explain::fits;
use crate::cluster::{Cluster, Service};
use crate::convert::codes as convert;
use crate::diagnostic::{Diagnostic, Impact, ObjectRef, Severity};
use crate::manifest::Span;

/// Services named one by one; of more only the number is said.
const MAX_NAMED: usize = 50;

/// Names every Service that is served otherwise and that no loss in `said`
/// points at.
pub fn unnamed(comparison: &Comparison, cluster: &Cluster, said: &[Diagnostic]) -> Vec<Diagnostic> {
    let traffic = Severity::Lossy(Impact::Traffic);
    let pointed_at = |shared: bool| -> HashSet<Span> {
        let losses = said.iter().filter(|one| one.severity == traffic);
        let losses = losses.filter(|one| (one.code == convert::SHARED_ON_L2) == shared);
        losses.flat_map(|one| one.labels.iter().map(|label| label.span)).collect()
    };
    let (pointed_at, sharing) = (pointed_at(false), pointed_at(true));
    let place = |service: &Service| service.origin.span("metadata.name");
    let mut named = Vec::new();
    let mut more = 0;
    for difference in &comparison.differences {
        let service =
            cluster.services.iter().find(|service| service.key.to_string() == difference.service);
        let Some(service) = service else { continue };
        // That an address is shared explains two answers for it, and nothing else.
        let aspects = difference.aspects();
        let is_twice = aspects == [Aspect::AnsweredTwice];
        // What touches nobody explains only what can be seen of it.
        let is_harmless = |span: Span| {
            let losses = said.iter().filter(|one| one.severity == Severity::Lossy(Impact::None));
            let mut here = losses.filter(|one| one.labels.iter().any(|label| label.span == span));
            here.any(|one| aspects.iter().all(|aspect| fits(one.code, *aspect)))
        };
        let is_named = |span| {
            pointed_at.contains(&span) || (is_twice && sharing.contains(&span)) || is_harmless(span)
        };
        if place(service).is_some_and(is_named) {
            continue;
        }
        if named.len() < MAX_NAMED {
            named.push(name(difference, service, place(service)));
        } else {
            more += 1;
        }
    }
    if more > 0 {
        named.push(Diagnostic::lossy(
            codes::DECIDED_OTHERWISE,
            format!("and {more} more Services are served otherwise"),
        ));
    }
    if comparison.truncated {
        named.push(Diagnostic::note(
            codes::NOT_ALL_OUTCOMES,
            "the controllers choose in more ways than were compared: a Service may be served \
             otherwise all the same",
        ));
    }
    named
}

fn name(difference: &Difference, service: &Service, place: Option<Span>) -> Diagnostic {
    let before: Vec<String> = difference.before.iter().map(ToString::to_string).collect();
    Diagnostic::lossy(
        codes::DECIDED_OTHERWISE,
        format!(
            "Service {} {}: MetalLB decides {}; Cilium may decide {}",
            difference.service,
            difference.what(),
            before.join(", or "),
            difference.after
        ),
    )
    .object(ObjectRef {
        kind: "Service".to_owned(),
        namespace: service.key.namespace.clone(),
        name: service.key.name.clone(),
    })
    .label(place, "served otherwise")
    .help("pin its address or set its pool's label (--emit services), or change what it asks for")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::ServiceKey;
    use crate::ip::Family;
    use crate::verify::at_hand::Serving;
    use crate::verify::testing::{AT_HAND, Both};

    /// As many Services, each of which is served otherwise.
    fn otherwise(count: usize) -> (Comparison, Cluster) {
        let key =
            |at: usize| ServiceKey { namespace: "shop".to_owned(), name: format!("web-{at}") };
        let services = (0..count).map(|at| Service { key: key(at), ..Service::default() });
        let differences = (0..count).map(|at| Difference {
            service: key(at).to_string(),
            before: [Serving { count: 1, ..Serving::default() }].into(),
            after: Serving::default(),
        });
        let comparison = Comparison { differences: differences.collect(), ..Comparison::default() };
        (comparison, Cluster { services: services.collect(), ..Cluster::default() })
    }

    #[test]
    fn each_service_that_is_served_otherwise_is_named_up_to_a_number() {
        for (count, last) in [
            (
                2,
                "Service shop/web-1 loses its address: MetalLB decides no pool; Cilium may decide no address",
            ),
            (
                50,
                "Service shop/web-49 loses its address: MetalLB decides no pool; Cilium may decide no address",
            ),
            (53, "and 3 more Services are served otherwise"),
        ] {
            let (comparison, cluster) = otherwise(count);
            let said = unnamed(&comparison, &cluster, &[]);
            assert_eq!(said.len(), count.min(MAX_NAMED + 1));
            assert_eq!(said[said.len() - 1].message, last);
            let first = said[0].object.as_ref().unwrap();
            assert_eq!(first.name, "web-0");
        }
    }

    #[test]
    fn a_comparison_that_was_cut_short_is_said_to_be() {
        let comparison = Comparison { truncated: true, ..Comparison::default() };
        let said = unnamed(&comparison, &Cluster::default(), &[]);
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].code.id, "M2C591");
        assert!(!said[0].is_lossy());
    }

    #[test]
    fn a_service_is_not_named_where_a_loss_that_explains_it_points_at_it() {
        let Both { cluster, .. } = Both::of(AT_HAND);
        let place = cluster.services[0].origin.span("metadata.name");
        assert!(place.is_some());
        let one = Serving { count: 1, ..Serving::default() };
        let twice = Serving { answered_twice: true, ..one.clone() };
        for (code, after, named) in [
            (convert::FALL_BACK, Serving::default(), false),
            (convert::FALL_BACK, twice.clone(), false),
            (convert::SHARED_ON_L2, Serving::default(), true),
            (convert::SHARED_ON_L2, twice.clone(), false),
        ] {
            let service = cluster.services[0].key.to_string();
            let difference = Difference { service, before: [one.clone()].into(), after };
            let comparison = Comparison { differences: vec![difference], ..Comparison::default() };
            let loss = Diagnostic::lossy(code, "");
            for (said, named) in [
                (loss.clone().label(place, "here"), named),
                (loss, true),
                (Diagnostic::note(code, "").label(place, "here"), true),
            ] {
                let found = unnamed(&comparison, &cluster, std::slice::from_ref(&said));
                assert_eq!(!found.is_empty(), named, "{said:?}");
            }
        }
    }

    #[test]
    fn a_loss_that_touches_nobody_does_not_hide_another_one_of_the_service() {
        let Both { cluster, .. } = Both::of(AT_HAND);
        let place = cluster.services[0].origin.span("metadata.name");
        let one = Serving { count: 1, ..Serving::default() };
        let answered = Serving {
            l2: [(Family::V4, [("node-a".to_owned(), vec![])].into())].into(),
            ..one.clone()
        };
        let moved = Serving { pool: Some("b".to_owned()), ..answered.clone() };
        for (after, named) in [(answered, false), (moved, true), (Serving::default(), true)] {
            let service = cluster.services[0].key.to_string();
            let difference = Difference { service, before: [one.clone()].into(), after };
            let comparison = Comparison { differences: vec![difference], ..Comparison::default() };
            let loss = Diagnostic::lossy_without_impact(convert::ANSWERS_WITHOUT_ENDPOINTS, "");
            let found = unnamed(&comparison, &cluster, &[loss.label(place, "touched")]);
            assert_eq!(!found.is_empty(), named, "{comparison:?}");
        }
    }
}
