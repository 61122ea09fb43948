use super::*;
use crate::ip::Family;
use crate::simulate::change::{Change, ChangeError};

pub(super) fn pool(first: u8, last: u8) -> SmallPool {
    SmallPool {
        blocks: vec![SmallBlock { first, last, is_cidr: false }],
        selects: None,
        disabled: false,
        no_ends: false,
    }
}

pub(super) fn plain() -> SmallService {
    SmallService { label: 0, key: None, port: 80, local: false, asks: vec![], holds: vec![] }
}

fn sharing(port: u16) -> SmallService {
    SmallService { key: Some(1), port, ..plain() }
}

pub(super) fn given(engine: &Engine) -> BTreeSet<Vec<(String, Vec<u8>)>> {
    let decision = engine.decision();
    let pairs = |outcome: &Outcome| {
        let services = outcome.services.iter();
        services
            .map(|(name, given)| (name.clone(), given.ips.iter().map(octet).collect()))
            .collect()
    };
    decision.outcomes.iter().map(pairs).collect()
}

#[track_caller]
pub(super) fn has(engine: &Engine, expected: &[(usize, &[u8])]) {
    let expected: Vec<(String, Vec<u8>)> = expected
        .iter()
        .map(|(index, octets)| (format!("default/s{index}"), octets.to_vec()))
        .collect();
    assert_eq!(given(engine), BTreeSet::from([expected]));
}

pub(super) fn apply(engine: &mut Engine, index: usize, service: &SmallService) {
    let service = Box::new(service_object(index, service));
    engine.apply(Change::ServiceApplied(service)).unwrap();
}

pub(super) fn delete(engine: &mut Engine, index: usize) {
    let key = ServiceKey { namespace: "default".into(), name: format!("s{index}") };
    engine.apply(Change::ServiceDeleted(key)).unwrap();
}

fn asking(octet: u8) -> SmallService {
    SmallService { asks: vec![octet], ..plain() }
}

/// The first Service, when it asks for another controller.
fn of_another_class(service: &SmallService) -> Change {
    let mut other = service_object(0, service);
    other.load_balancer_class = Some("example.com/other".into());
    Change::ServiceApplied(Box::new(other))
}

pub(super) fn engine(pools: &[SmallPool], services: &[SmallService]) -> Engine {
    engine_of("1.19", pools, services)
}

pub(super) fn engine_of(version: &str, pools: &[SmallPool], services: &[SmallService]) -> Engine {
    let (config, cluster) = world(version, pools, services);
    Engine::new(&config, &cluster, &Options::default())
}

pub(super) fn change_pools(engine: &mut Engine, pools: &[SmallPool]) {
    let (config, _) = world("1.19", pools, &[]);
    engine.reconfigure(config);
}

#[test]
fn an_address_that_is_given_back_goes_to_who_waits() {
    let mut engine = engine(&[pool(1, 2)], &[plain(), plain(), plain()]);
    has(&engine, &[(0, &[1]), (1, &[2]), (2, &[])]);
    let key = ServiceKey { namespace: "default".into(), name: "s0".into() };
    engine.apply(Change::ServiceDeleted(key.clone())).unwrap();
    has(&engine, &[(1, &[2]), (2, &[1])]);
    assert_eq!(
        engine.apply(Change::ServiceDeleted(key.clone())),
        Err(ChangeError::UnknownService(key))
    );
}

#[test]
fn the_smaller_free_block_is_used_first_after_a_service_went() {
    let mut engine = engine(&[pool(0, 9)], &vec![plain(); 5]);
    delete(&mut engine, 1);
    apply(&mut engine, 7, &plain());
    has(&engine, &[(0, &[0]), (2, &[2]), (3, &[3]), (4, &[4]), (7, &[1])]);
}

#[test]
fn a_service_whose_labels_change_moves_to_the_pool_that_selects_it() {
    let mut engine = engine(
        &[
            SmallPool { selects: Some(0), ..pool(0, 3) },
            SmallPool { selects: Some(1), ..pool(8, 9) },
        ],
        &[plain()],
    );
    apply(&mut engine, 0, &SmallService { label: 1, ..plain() });
    has(&engine, &[(0, &[8])]);
}

#[test]
fn a_service_that_asks_for_another_address_gets_it_instead() {
    let mut engine = engine(&[pool(0, 9)], &[plain(), plain()]);
    apply(&mut engine, 0, &SmallService { asks: vec![5], ..plain() });
    has(&engine, &[(0, &[5]), (1, &[1])]);
    apply(&mut engine, 0, &SmallService { asks: vec![1], ..plain() });
    has(&engine, &[(0, &[]), (1, &[1])]);
    apply(&mut engine, 0, &plain());
    assert_eq!(given(&engine).len(), 1);
}

#[test]
fn a_service_that_changes_its_port_may_lose_its_shared_address() {
    let mut engine = engine(&[pool(0, 9)], &[sharing(80), sharing(81)]);
    has(&engine, &[(0, &[0]), (1, &[0])]);
    apply(&mut engine, 1, &sharing(80));
    has(&engine, &[(0, &[0]), (1, &[1])]);
}

#[test]
fn who_holds_an_address_keeps_it_though_another_would_be_given_first() {
    let mut engine = engine(&[pool(0, 9)], &vec![plain(); 5]);
    delete(&mut engine, 1);
    apply(&mut engine, 3, &SmallService { label: 1, ..plain() });
    has(&engine, &[(0, &[0]), (2, &[2]), (3, &[3]), (4, &[4])]);
}

#[test]
fn who_shares_an_address_keeps_it_though_an_earlier_one_could_be_joined_again() {
    let services = [sharing(80), sharing(80), sharing(81), sharing(81)];
    let mut engine = engine(&[pool(0, 9)], &services);
    has(&engine, &[(0, &[0]), (1, &[1]), (2, &[0]), (3, &[1])]);
    apply(&mut engine, 2, &sharing(82));
    apply(&mut engine, 3, &SmallService { label: 1, ..sharing(81) });
    has(&engine, &[(0, &[0]), (1, &[1]), (2, &[0]), (3, &[1])]);
}

#[test]
fn a_port_that_is_given_up_lets_another_service_join() {
    let mut engine = engine(&[pool(0, 9)], &[sharing(80), sharing(80)]);
    apply(&mut engine, 0, &sharing(81));
    apply(&mut engine, 2, &sharing(80));
    has(&engine, &[(0, &[0]), (1, &[1]), (2, &[0])]);
}

#[test]
fn a_service_of_another_class_is_stripped() {
    let mut engine = engine(&[pool(0, 0)], &[plain(), plain()]);
    engine.apply(of_another_class(&plain())).unwrap();
    has(&engine, &[(0, &[]), (1, &[0])]);
}

#[test]
fn a_status_that_is_not_lb_ipam_s_stays_when_a_service_changes() {
    let holding = SmallService { holds: vec![9], ..plain() };
    let mut asleep = engine(&[], std::slice::from_ref(&holding));
    apply(&mut asleep, 0, &SmallService { label: 1, ..plain() });
    has(&asleep, &[(0, &[9])]);
    let mut leaving = asleep.clone();
    leaving.apply(of_another_class(&plain())).unwrap();
    has(&leaving, &[(0, &[9])]);
    change_pools(&mut asleep, &[pool(0, 9)]);
    has(&asleep, &[(0, &[9])]);

    let (config, mut cluster) = world("1.19", &[pool(0, 3)], &[holding]);
    cluster.services[0].load_balancer_class = Some("example.com/other".into());
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    engine.apply(of_another_class(&plain())).unwrap();
    has(&engine, &[(0, &[9])]);
}

/// An address stands under a key until it is given up under that key, whatever became
/// of it since. It is joined where somebody of the key has it, and by nobody else.
#[test]
fn an_address_that_was_given_up_under_another_key_can_be_joined_again() {
    let of_zero = SmallPool { selects: Some(0), ..pool(0, 0) };
    let mut engine = engine(&[of_zero], &[sharing(80)]);
    apply(&mut engine, 0, &SmallService { key: Some(2), ..sharing(80) });
    apply(&mut engine, 1, &SmallService { label: 1, ..sharing(81) });
    has(&engine, &[(0, &[0]), (1, &[])]);
    delete(&mut engine, 0);
    has(&engine, &[(1, &[])]);
    apply(&mut engine, 2, &sharing(80));
    has(&engine, &[(1, &[0]), (2, &[0])]);
}

#[test]
fn version_and_settings_stay_when_the_resources_change() {
    let (mut config, cluster) = world("1.18", &[pool(0, 9)], &[plain()]);
    config.settings.lb_ipam = false;
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    engine.reconfigure(world("1.19", &[pool(0, 5)], &[]).0);
    let decision = engine.decision();
    assert!(decision.version.starts_with("1.18"), "{}", decision.version);
    let reason = decision.outcomes[0].services["default/s0"].reason.clone();
    assert_eq!(reason, Some(Refusal::Off.to_string()));
}

#[test]
fn a_service_that_comes_with_an_address_keeps_it() {
    let mut engine = engine(&[pool(0, 9)], &[plain()]);
    apply(&mut engine, 1, &SmallService { holds: vec![5], ..plain() });
    has(&engine, &[(0, &[0]), (1, &[5])]);
}

#[test]
fn who_asked_for_an_address_gets_it_when_it_is_given_up() {
    let mut engine = engine(&[pool(0, 9)], &[asking(3), asking(3)]);
    has(&engine, &[(0, &[3]), (1, &[])]);
    delete(&mut engine, 0);
    has(&engine, &[(1, &[3])]);
    let both = SmallService { asks: vec![2, 3], ..plain() };
    apply(&mut engine, 2, &both);
    has(&engine, &[(1, &[3]), (2, &[2])]);
    delete(&mut engine, 1);
    has(&engine, &[(2, &[2, 3])]);
}

/// It goes to the end of its key's addresses when it is given out again.
#[test]
fn an_address_that_nobody_has_any_more_is_forgotten_under_its_key() {
    let mut engine = engine(&[pool(0, 9)], &[sharing(80), sharing(80)]);
    delete(&mut engine, 0);
    apply(&mut engine, 2, &sharing(80));
    apply(&mut engine, 3, &sharing(81));
    has(&engine, &[(1, &[1]), (2, &[0]), (3, &[1])]);
}

/// From 1.20 on, which lets both take it in at the start.
#[test]
fn an_address_that_two_hold_is_free_when_both_are_gone() {
    let holding = |port| SmallService { holds: vec![0], ..sharing(port) };
    let mut engine = engine_of("1.20", &[pool(0, 9)], &[holding(80), holding(81)]);
    has(&engine, &[(0, &[0]), (1, &[0])]);
    delete(&mut engine, 0);
    apply(&mut engine, 2, &plain());
    has(&engine, &[(1, &[0]), (2, &[1])]);
    delete(&mut engine, 1);
    apply(&mut engine, 3, &plain());
    has(&engine, &[(2, &[1]), (3, &[0])]);
}

#[test]
fn nodes_go_and_come_back() {
    let mut engine = engine(&[pool(0, 9)], &[plain()]);
    let node = crate::cluster::Node { name: "a".into(), ..crate::cluster::Node::default() };
    engine.apply(Change::NodeApplied(Box::new(node))).unwrap();
    engine.apply(Change::NodeFailed("a".into())).unwrap();
    assert_eq!(
        engine.apply(Change::NodeFailed("a".into())),
        Err(ChangeError::UnknownNode("a".into()))
    );
    engine.apply(Change::NodeReturned("a".into())).unwrap();
    engine.apply(Change::NodeDeleted("a".into())).unwrap();
}

#[test]
fn who_has_one_family_gets_the_other_when_an_address_is_given_up() {
    let text = "
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: p}
spec: {blocks: [{cidr: 10.0.0.1/32}, {cidr: 'fd00::1/128'}]}
---
apiVersion: v1
kind: Service
metadata: {name: both, namespace: ns}
spec: {type: LoadBalancer, clusterIPs: [10.96.0.1, 'fd96::1'], ipFamilies: [IPv4, IPv6], ipFamilyPolicy: RequireDualStack, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: six, namespace: ns}
spec: {type: LoadBalancer, clusterIPs: ['fd96::2'], ipFamilies: [IPv6], ports: [{port: 80}]}
status: {loadBalancer: {ingress: [{ip: 'fd00::1'}]}}
";
    let (config, cluster) = super::announcements::read("1.19", text);
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    let families = |engine: &Engine| -> BTreeSet<Vec<Family>> {
        let outcomes = engine.decision().outcomes;
        let of = |outcome: &Outcome| {
            outcome.services["ns/both"].ips.iter().copied().map(Family::of).collect()
        };
        outcomes.iter().map(of).collect()
    };
    assert_eq!(families(&engine), [vec![Family::V4]].into());
    let six = ServiceKey { namespace: "ns".into(), name: "six".into() };
    engine.apply(Change::ServiceDeleted(six)).unwrap();
    assert_eq!(families(&engine), [vec![Family::V4, Family::V6]].into());
}
