use super::*;
use crate::manifest::{Manifests, Origin};
use crate::selector::{LabelSelector, Operator, Requirement};
use crate::simulate::cilium::BGP_CLASS;
use crate::verify::aspect::Aspect;
use crate::verify::testing::{Both, pool};

#[test]
fn a_service_has_a_name_and_a_namespace_and_only_pool_labels_that_there_are() {
    let mut domain = Domain::default();
    for (attribute, slot) in [
        (Attribute::Name, ABSENT),
        (Attribute::Namespace, ABSENT),
        (Attribute::Pool, OTHER),
        (Attribute::Interface, OTHER),
    ] {
        let var = domain.var(&attribute);
        assert_eq!(cost(&domain, var, slot), IMPOSSIBLE, "{attribute:?}");
    }
}

#[test]
fn an_example_rather_says_nothing_and_then_what_is_mentioned_already() {
    let mut domain = Domain::default();
    let var = domain.var(&Attribute::Label("app".to_owned()));
    let mentioned = domain.slot(var, "web");
    let costs = [ABSENT, mentioned, OTHER].map(|slot| cost(&domain, var, slot));
    assert!(costs.is_sorted_by(|one, next| one < next), "{costs:?}");
    // A name has to be given anyway.
    let var = domain.var(&Attribute::Name);
    let mentioned = domain.slot(var, "web");
    assert!(cost(&domain, var, OTHER) < cost(&domain, var, mentioned));
    let var = domain.var(&Attribute::Namespace);
    let costs = [DEFAULT_NAMESPACE, "shop"].map(|name| {
        let slot = domain.slot(var, name);
        cost(&domain, var, slot)
    });
    assert!(costs.is_sorted_by(|one, next| one < next), "{costs:?}");
}

#[test]
fn what_is_free_has_the_value_that_it_has_in_the_example() {
    let mut domain = Domain::default();
    for (attribute, text) in [
        (Attribute::Name, Some(NAME)),
        (Attribute::Namespace, Some(DEFAULT_NAMESPACE)),
        (Attribute::Label("app".to_owned()), None),
    ] {
        let var = domain.var(&attribute);
        let slot = text.map_or(ABSENT, |text| domain.slot(var, text));
        let free = Chosen { domain: &domain, values: vec![] };
        assert_eq!(free.value(var), slot, "{attribute:?}");
        let other = domain.var(&Attribute::Label("other".to_owned()));
        let chosen = Chosen { domain: &domain, values: vec![(other, 7), (var, 8)] };
        assert_eq!([other, var].map(|var| chosen.value(var)), [7, 8], "{attribute:?}");
    }
}

/// An example as it reads, but for where it stands.
fn plain(mut cluster: Cluster) -> Cluster {
    cluster.services.iter_mut().for_each(|one| one.origin = Origin::default());
    cluster.nodes.iter_mut().for_each(|one| one.origin = Origin::default());
    cluster.namespaces.iter_mut().for_each(|one| one.origin = Origin::default());
    cluster
}

#[test]
fn what_is_written_of_an_example_is_what_was_tried() {
    let mut both = Both::of(&pool("a", "addresses: [10.0.0.0/28, 'fd00::/124']"));
    for (family, class, wish, endpoints) in [
        (Family::V4, None, Wish::Nothing, true),
        (Family::V6, None, Wish::Nothing, false),
        (Family::V4, Some(BGP_CLASS), Wish::Pool(0), true),
        (Family::V6, None, Wish::Address([0xfd00, 0, 0, 0, 0, 0, 0, 1].into()), true),
    ] {
        both.lb_class = class;
        let mut logic = Logic::new(&|| false);
        let labelled = |label: &str| LabelSelector {
            match_labels: [(label.to_owned(), "x".to_owned())].into(),
            ..LabelSelector::default()
        };
        let services = logic.services(&[labelled("team")]).unwrap();
        let nodes = logic.nodes(&[labelled("rack")]).unwrap();
        let namespaces = logic.in_new_namespaces(&[], &[labelled("kind")]).unwrap();
        let members = logic.store.and(services, nodes).unwrap();
        let members = logic.store.and(members, namespaces).unwrap();
        let raw = Raw::new(Aspect::Lost, Some(0), family, members, wish);
        let mut tried = of(&logic, &both.problem(), &Raw { endpoints, ..raw });
        let endpoints = tried.before.endpoints_of(&tried.service);
        let on: Vec<_> = endpoints.iter().map(|one| one.node_name.as_deref()).collect();
        assert_eq!(on, [Some(&*tried.before.nodes[0].name); 2]);
        // Others may be there that hold addresses.
        let key = ServiceKey { name: "holder".to_owned(), ..tried.service.clone() };
        let ingress = vec!["10.0.0.1".to_owned(), "fd00::1".to_owned()];
        let holder = Service { key, ingress, ..tried.after.services[0].clone() };
        tried.after.services.push(holder);
        let (read, _) = Cluster::read(&Manifests::from_text("example.yaml", yaml(&tried)).objects);
        let service = &read.services[0];
        assert_eq!((&*service.labels["team"], &*service.selector["app"]), ("x", "example"));
        assert_eq!((&*service.key.name, &*service.key.namespace), ("example", "default"));
        assert_eq!(format!("{:?}", plain(read)), format!("{:?}", plain(tried.after)));
    }
}

#[test]
fn a_service_of_any_other_name_has_one_that_nothing_mentions() {
    let both = Both::of(&pool("a", "addresses: [10.0.0.0/28]"));
    for (operator, value, name) in [
        (Operator::In, "web", "web"),
        (Operator::NotIn, "web", "example"),
        (Operator::NotIn, "example", "example-x"),
    ] {
        let mut logic = Logic::new(&|| false);
        let (key, values) = (crate::convert::NAME_KEY.to_owned(), vec![value.to_owned()]);
        let members = logic.cilium_services(&LabelSelector {
            match_expressions: vec![Requirement { key, operator, values }],
            ..LabelSelector::default()
        });
        let raw = Raw::new(Aspect::Lost, Some(0), Family::V4, members.unwrap(), Wish::Nothing);
        let example = of(&logic, &both.problem(), &raw);
        assert_eq!(example.service.name, name, "{operator:?} {value}");
    }
}

#[test]
fn the_service_of_an_example_is_told_by_family_namespace_and_labels() {
    let key = || ServiceKey { namespace: "shop".to_owned(), name: NAME.to_owned() };
    for (family, text) in [
        (Family::V4, "an IPv4 one in namespace shop with app=web, tier=front"),
        (Family::V6, "an IPv6 one in namespace shop with app=web, tier=front"),
    ] {
        let mut service = service(key(), family, None);
        let labels = [("tier", "front"), ("app", "web")];
        service.labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let cluster = Cluster { services: vec![service], ..Cluster::default() };
        let example = Example { before: cluster.clone(), after: cluster, service: key() };
        assert_eq!(who(&example), text);
    }
}
