use super::*;
use crate::cilium::CiliumConfig;
use crate::cluster::{ServiceKey, ServicePort};

fn rules(version: &str) -> Rules {
    Rules::new(&CiliumConfig { version: version.parse().unwrap(), ..CiliumConfig::default() })
}

fn load_balancer() -> Service {
    Service {
        key: ServiceKey { namespace: "default".into(), name: "web".into() },
        service_type: ServiceType::LoadBalancer,
        ports: vec![ServicePort { protocol: "TCP".into(), port: 80 }],
        ..Service::default()
    }
}

fn annotated(annotations: &[(&str, &str)]) -> Service {
    let annotations = annotations.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Service { annotations, ..load_balancer() }
}

#[test]
fn families_follow_policy_and_list() {
    use Family::{V4, V6};
    use IpFamilyPolicy::{PreferDualStack, RequireDualStack, SingleStack};
    for (policy, listed, expected) in [
        (None, vec![], (true, false)),
        (None, vec![V6, V4], (false, true)),
        (Some(SingleStack), vec![V4, V6], (true, false)),
        (Some(PreferDualStack), vec![], (true, true)),
        (Some(PreferDualStack), vec![V4], (true, false)),
        (Some(PreferDualStack), vec![V6], (false, true)),
        (Some(RequireDualStack), vec![V4], (true, true)),
    ] {
        let service = Service { ip_family_policy: policy, ip_families: listed, ..load_balancer() };
        assert_eq!(families(&service, &rules("1.19")), expected, "{policy:?}");
    }
}

#[test]
fn a_family_that_is_off_is_not_asked_for_unless_it_is_the_only_one() {
    let mut rules = rules("1.19");
    rules.settings.ipv6 = false;
    let dual =
        Service { ip_family_policy: Some(IpFamilyPolicy::RequireDualStack), ..load_balancer() };
    assert_eq!(families(&dual, &rules), (true, false));
    let v6 = Service { ip_families: vec![Family::V6], ..load_balancer() };
    assert_eq!(families(&v6, &rules), (false, true));
}

#[test]
fn addresses_come_from_field_and_annotation() {
    let mut service = annotated(&[("lbipam.cilium.io/ips", " 10.0.0.2,10.0.0.2,x,2001:DB8::1 ")]);
    service.load_balancer_ip = Some("10.0.0.1".into());
    let addresses: Vec<String> = addresses(&service).iter().map(ToString::to_string).collect();
    assert_eq!(addresses, ["10.0.0.1", "10.0.0.2", "2001:db8::1"]);
}

#[test]
fn all_that_is_asked_for_must_be_there_or_else_each_family() {
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    let (one, two, six) = (address("10.0.0.1"), address("10.0.0.2"), address("fd00::1"));
    let families = Request { v4: true, v6: true, ..Request::default() };
    let asking = |addresses: &[IpAddr]| Request { addresses: addresses.into(), ..families.clone() };
    for (request, held, satisfied) in [
        (asking(&[one]), vec![one], true),
        (asking(&[one]), vec![two, six], false),
        (asking(&[one, two]), vec![two, one], true),
        (asking(&[one, two]), vec![two], false),
        (families.clone(), vec![one, six], true),
        (families.clone(), vec![one, two], false),
        (Request { v6: false, ..families.clone() }, vec![two], true),
    ] {
        assert_eq!(
            request.is_satisfied_by(held.iter().copied()),
            satisfied,
            "{request:?} {held:?}"
        );
    }
}

#[test]
fn the_newer_name_of_an_annotation_goes_first() {
    let both = annotated(&[("io.cilium/lb-ipam-ips", "10.0.0.1"), ("lbipam.cilium.io/ips", "")]);
    assert!(addresses(&both).is_empty());
    let old = annotated(&[("io.cilium/lb-ipam-sharing-key", "k")]);
    assert_eq!(Request::new(&old, &rules("1.19")).sharing_key.as_deref(), Some("k"));
}

#[test]
fn classes_are_taken_where_their_announcer_is_on() {
    let mut rules = rules("1.19");
    let class =
        |class: &str| Service { load_balancer_class: Some(class.to_owned()), ..load_balancer() };
    assert!(is_managed(&class(BGP_CLASS), &rules) && is_managed(&class(L2_CLASS), &rules));
    assert!(!is_managed(&class("example.com/other"), &rules));
    rules.settings.l2_announcements = false;
    assert!(!is_managed(&class(L2_CLASS), &rules));
    rules.settings.default_lb_service_ipam = DefaultIpam::None;
    assert!(!is_managed(&load_balancer(), &rules) && is_managed(&class(BGP_CLASS), &rules));
}

fn check(one: &Service, other: &Service, version: &str) -> Result<(), Incompatible> {
    let rules = rules(version);
    let (one_request, other_request) = (Request::new(one, &rules), Request::new(other, &rules));
    compatible((one, &one_request), (other, &other_request), &rules)
}

#[test]
fn sharing_needs_key_ports_policy_and_selector_to_fit() {
    let base = || {
        let mut service = annotated(&[("lbipam.cilium.io/sharing-key", "k")]);
        service.selector = [("app".to_owned(), "web".to_owned())].into();
        service
    };
    let mut other = base();
    assert_eq!(check(&base(), &other, "1.19"), Err(Incompatible::Port));
    other.ports[0].protocol = "UDP".into();
    assert_eq!(check(&base(), &other, "1.19"), Ok(()));
    assert_eq!(check(&base(), &other, "1.17"), Ok(()));
    assert_eq!(check(&base(), &other, "1.16"), Err(Incompatible::Port));
    other.external_traffic_policy = TrafficPolicy::Local;
    assert_eq!(check(&base(), &other, "1.19"), Err(Incompatible::TrafficPolicy));
    let mut one = base();
    one.external_traffic_policy = TrafficPolicy::Local;
    assert_eq!(check(&one, &other, "1.19"), Ok(()));
    other.selector.clear();
    assert_eq!(check(&one, &other, "1.19"), Err(Incompatible::NoSelector));
    other.selector = [("app".to_owned(), "dns".to_owned())].into();
    assert_eq!(check(&one, &other, "1.19"), Err(Incompatible::Selector));
    other.annotations.clear();
    assert_eq!(check(&one, &other, "1.19"), Err(Incompatible::Key));
}

#[test]
fn both_namespaces_must_allow_sharing() {
    let service = |namespace: &str, across: &str| {
        let mut service = annotated(&[
            ("lbipam.cilium.io/sharing-key", "k"),
            ("lbipam.cilium.io/sharing-cross-namespace", across),
        ]);
        service.key.namespace = namespace.into();
        service.ports.clear();
        service
    };
    for (one, other, expected) in [
        ("b", "a", Ok(())),
        ("*", "x,*", Ok(())),
        ("b", "", Err(Incompatible::Namespace)),
        ("x, b", "a", Err(Incompatible::Namespace)),
    ] {
        assert_eq!(check(&service("a", one), &service("b", other), "1.19"), expected);
    }
}
