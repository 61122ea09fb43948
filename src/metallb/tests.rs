//! What is read, and what is refused, beyond the golden scenarios.

use super::{Config, Input, Mode, Options, Resources, validate};
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Manifests, Substitutions};

fn object(api_version: &str, kind: &str, name: &str, rest: &str) -> String {
    format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: {name}}}\n{rest}\n---\n")
}

fn read(text: &str) -> (Resources, Vec<&'static str>) {
    let manifests = Manifests::from_text("test.yaml", text);
    assert_eq!(manifests.diagnostics, [], "{text}");
    let substitutions = Substitutions::default();
    let (resources, found) = Resources::read(&Input {
        objects: &manifests.objects,
        untyped: &manifests.untyped,
        sources: &manifests.sources,
        substitutions: &substitutions,
    });
    (resources, codes(&found))
}

fn codes(found: &[Diagnostic]) -> Vec<&'static str> {
    found.iter().map(|diagnostic| diagnostic.code.id).collect()
}

/// The configuration that MetalLB makes of resources that can all be read.
fn judged(text: &str, mode: Mode) -> Result<Config, Vec<Diagnostic>> {
    let (resources, found) = read(text);
    assert_eq!(found, [""; 0], "{text}");
    let options = Options { mode, ..Options::default() };
    validate(&resources, &Cluster::default(), &options)
}

/// The same, where MetalLB does not refuse it.
pub(super) fn validated(text: &str) -> Config {
    judged(text, Mode::default()).unwrap_or_else(|found| panic!("{found:?}"))
}

/// Why MetalLB refuses the resources.
fn refused(text: &str, mode: Mode) -> Vec<&'static str> {
    judged(text, mode).map_or_else(|found| codes(&found), |_| vec![])
}

#[test]
fn what_is_not_read_is_named_wherever_it_stands() {
    const POOL: &str =
        "{apiVersion: metallb.io/v1beta1, kind: IPAddressPool, spec: {addresses: [10.0.0.0/24]}}";
    const EMBEDDED: &[&str] = &["M2C156"];
    let object = |kind: &str, spec: &str| object("example.org/v1", kind, "x", spec);
    let patch = |target: &str| {
        let patch = "patch: '[{op: replace, path: /spec/addresses, value: []}]'";
        object("Kustomization", &format!("patches: [{{target: {{{target}}}, {patch}}}]"))
    };
    for (text, expected) in [
        // In a chart that takes any resources, with an object around it or without.
        (object("HelmRelease", &format!("spec: {{values: {{resources: [{POOL}]}}}}")), EMBEDDED),
        (format!("extraObjects: [{POOL}]\n"), EMBEDDED),
        (object("ConfigMap", "data: {a: 'apiVersion: \"metallb.io/v1beta1\"'}"), EMBEDDED),
        (object("ConfigMap", r#"data: {a: '{"apiVersion":"metallb.io/v1beta1"}'}"#), EMBEDDED),
        (object("ConfigMap", "data: {a: 'apiVersion: frrk8s.metallb.io/v1beta1'}"), &[]),
        (patch("kind: IPAddressPool"), EMBEDDED),
        (patch("group: metallb.io"), EMBEDDED),
        (patch("kind: Deployment"), &[]),
        // A mention is no configuration.
        (object("Application", "spec: {ignore: [{group: metallb.io, kind: BGPPeer}]}"), &[]),
        (object("Check", "spec: {apiVersion: metallb.io/v1beta1, kind: IPAddressPool}"), &[]),
    ] {
        let (resources, found) = read(&text);
        assert_eq!((resources.len(), found), (0, expected.to_vec()), "{text}");
    }
}

#[test]
fn what_speakers_write_themselves_is_no_raw_configuration() {
    let of_node = |name: &str, host: &str| {
        let selector = format!("{{matchLabels: {{kubernetes.io/hostname: {host}}}}}");
        let spec = format!("spec: {{nodeSelector: {selector}, bgp: {{}}}}");
        read(&object("frrk8s.metallb.io/v1beta1", "FRRConfiguration", name, &spec)).1
    };
    assert_eq!(of_node("metallb-node-a", "node-a"), [""; 0]);
    assert_eq!(of_node("metallb-node-a", "node-b"), ["M2C155"]);
    assert_eq!(of_node("node-a", "node-a"), ["M2C155"]);
}

#[test]
fn a_deprecated_peer_is_read_and_said() {
    let spec = "spec: {myASN: 1, peerASN: 2, peerAddress: 10.0.0.1}";
    let (resources, found) = read(&object("metallb.io/v1beta1", "BGPPeer", "a", spec));
    assert_eq!((resources.peers.len(), found), (1, vec!["M2C154"]));
}

#[test]
fn a_deprecated_peer_has_no_later_fields() {
    let peer = |version: &str, field: &str| {
        let spec = format!(
            "spec: {{myASN: 1, peerASN: 2, peerAddress: 10.0.0.1, bfdProfile: b, {field}}}"
        );
        object(&format!("metallb.io/{version}"), "BGPPeer", "p", &spec)
    };
    for field in [
        "connectTime: 5s",
        "disableMP: true",
        "dualStackAddressFamily: true",
        "dynamicASN: external",
        "enableGracefulRestart: true",
        "interface: eth0",
        "localASN: 3",
        "passwordSecret: {name: s}",
        "vrf: red",
    ] {
        let (resources, codes) = read(&peer("v1beta1", field));
        assert_eq!((resources.peers.len(), codes), (0, vec!["M2C121"]), "{field}");
        let (resources, codes) = read(&peer("v1beta2", field));
        assert_eq!((resources.peers.len(), codes), (1, vec![]), "{field}");
    }
}

#[test]
fn peers_of_one_node_are_compared_as_they_are_written() {
    let peers = |a: &str, b: &str| {
        let peer = |name: &str, rest: &str| {
            let spec = format!("spec: {{myASN: 1, peerASN: 2, {rest}}}");
            object("metallb.io/v1beta2", "BGPPeer", name, &spec)
        };
        refused(&(peer("a", a) + &peer("b", b)), Mode::FrrK8s)
    };
    const CONFLICT: &[&str] = &["M2C402"];
    for (a, b, expected) in [
        ("peerAddress: '2001:db8::1'", "peerAddress: '2001:db8::1'", CONFLICT),
        ("peerAddress: '2001:db8::1'", "peerAddress: '2001:DB8::1'", &[]),
        ("peerAddress: 10.0.0.1", "peerAddress: 10.0.0.1, vrf: red", &[]),
        ("interface: eth0", "interface: eth0", CONFLICT),
        ("interface: eth0", "peerAddress: 10.0.0.1", &[]),
        ("peerAddress: 10.0.0.1", "peerAddress: 10.0.0.2, routerID: 10.0.0.9", CONFLICT),
    ] {
        assert_eq!(peers(a, b), expected, "{a} and {b}");
    }
}

#[test]
fn an_ipv6_aggregate_may_be_the_whole_where_the_pool_is() {
    let refused = |addresses: &str, lengths: &str| {
        let pool = format!("spec: {{addresses: ['{addresses}']}}");
        let pool = object("metallb.io/v1beta1", "IPAddressPool", "a", &pool);
        let spec = format!("spec: {{{lengths}}}");
        let advertisement = object("metallb.io/v1beta1", "BGPAdvertisement", "a", &spec);
        refused(&(pool + &advertisement), Mode::FrrK8s)
    };
    assert_eq!(refused("10.0.0.0/24", "aggregationLengthV6: 0"), [""; 0]);
    assert_eq!(refused("::/0", "aggregationLengthV6: 0"), [""; 0]);
    assert_eq!(refused("2001:db8::/64", "aggregationLengthV6: 0"), ["M2C407"]);
    assert_eq!(refused("10.0.0.0/24", "aggregationLength: 0"), ["M2C407"]);
    assert_eq!(refused("10.0.0.0/24", "aggregationLengthV6: 129"), ["M2C407"]);
}

#[test]
fn the_native_mode_refuses_what_is_set_and_nothing_else() {
    let peer = |rest: &str| {
        let spec = format!("spec: {{myASN: 1, peerASN: 2, peerAddress: 10.0.0.1, {rest}}}");
        object("metallb.io/v1beta2", "BGPPeer", "a", &spec)
    };
    let community = |value: &str| {
        let spec = format!("spec: {{communities: [{{name: c, value: '{value}'}}]}}");
        object("metallb.io/v1beta1", "Community", "a", &spec)
    };
    for (text, expected) in [
        (peer("holdTime: 90s"), &[][..]),
        (peer("holdTime: 0s, keepaliveTime: 0s"), &[]),
        (peer("keepaliveTime: 3s"), &["M2C412"]),
        (community("1:2"), &[]),
        (community("large:1:2:3"), &["M2C412"]),
    ] {
        assert_eq!(refused(&text, Mode::Native), expected, "{text}");
    }
}

#[test]
fn a_router_id_that_is_missing_is_said_to_be_missing() {
    let peer = |name: &str, rest: &str| {
        let spec = format!("spec: {{myASN: 1, peerASN: 2, peerAddress: 10.0.0.{rest}}}");
        object("metallb.io/v1beta2", "BGPPeer", name, &spec)
    };
    let manifests =
        Manifests::from_text("a.yaml", peer("a", "1, routerID: 10.0.0.9") + &peer("b", "2"));
    let input = Input {
        objects: &manifests.objects,
        untyped: &manifests.untyped,
        sources: &manifests.sources,
        substitutions: &Substitutions::default(),
    };
    let (resources, _) = Resources::read(&input);
    let found = validate(&resources, &Cluster::default(), &Options::default()).unwrap_err();
    let labels = found[0].labels.iter().map(|label| {
        let text = &manifests.sources.get(label.span.source).text;
        (&text[label.span.start as usize..label.span.end as usize], label.text.as_str())
    });
    let expected = [("b", "sets no routerID"), ("10.0.0.9", "with this")];
    assert_eq!(labels.collect::<Vec<_>>(), expected);
}

#[test]
fn of_a_text_that_is_not_read_metallb_s_own_kind_is_named() {
    let values =
        "data: {a: \"kind: HelmChart\\n---\\napiVersion: metallb.io/v1beta1\\nkind: BGPPeer\"}";
    let manifests = Manifests::from_text("a.yaml", object("v1", "ConfigMap", "x", values));
    let input = Input {
        objects: &manifests.objects,
        untyped: &manifests.untyped,
        sources: &manifests.sources,
        substitutions: &Substitutions::default(),
    };
    let (_, found) = Resources::read(&input);
    assert!(found[0].message.ends_with("(kind: BGPPeer)"), "{}", found[0].message);
}

#[test]
fn of_a_community_that_is_not_known_the_form_that_is_meant_is_told() {
    for (text, expected) in [
        ("no-export", "`65535:65281`"),
        ("65000:1:2", "`large:65000:1:2`"),
        ("tor", "bgp-communities"),
    ] {
        let spec = format!("spec: {{communities: ['{text}']}}");
        let (resources, _) = read(&object("metallb.io/v1beta1", "BGPAdvertisement", "a", &spec));
        let found = validate(&resources, &Cluster::default(), &Options::default()).unwrap_err();
        assert!(found[0].help.as_ref().unwrap().contains(expected), "{:?}", found[0].help);
    }
}

#[test]
fn a_secret_is_found_where_a_namespace_is_set_elsewhere() {
    let judged = |peer: &str, secrets: &[&str]| {
        let spec = "spec: {myASN: 1, peerASN: 2, peerAddress: 10.0.0.1, passwordSecret: {name: s}}";
        let mut text = object("metallb.io/v1beta2", "BGPPeer", &format!("a{peer}"), spec);
        for namespace in secrets {
            let rest = "type: kubernetes.io/basic-auth\nstringData: {password: p}";
            text += &object("v1", "Secret", &format!("s{namespace}"), rest);
        }
        let manifests = Manifests::from_text("test.yaml", text.as_str());
        let (cluster, _) = Cluster::read(&manifests.objects);
        let (resources, _) = read(&text);
        let judged = validate(&resources, &cluster, &Options::default());
        judged.map_or_else(|found| found[0].message.clone(), |_| String::new())
    };
    const M: &str = ", namespace: m";
    const N: &str = ", namespace: o";
    for (peer, secrets) in [("", &[""][..]), ("", &[M]), (M, &[""]), (M, &[M, N]), (M, &["", M])] {
        assert_eq!(judged(peer, secrets), "", "{peer} {secrets:?}");
    }
    for (peer, secrets, place) in [
        (M, &[][..], "the input"),
        (M, &[N], "the BGPPeer's namespace, but in `o`"),
        ("", &[M, N], "the BGPPeer's namespace, but in `m` and `o`"),
    ] {
        let message = judged(peer, secrets);
        let expected = format!("the Secret `s` with the password is not in {place}");
        assert!(message.ends_with(&expected), "{peer} {secrets:?}: {message}");
    }
}
