use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::Manifests;
use super::*;
use crate::metallb::api::{BgpPeerSpec, IpAddressPoolSpec};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Everything {
    flag: bool,
    small: u8,
    signed: i32,
    ratio: f64,
    text: String,
    maybe: Option<String>,
    list: Vec<String>,
    labels: BTreeMap<String, String>,
    variant: Option<Variant>,
    newtype: Newtype,
    inner: Vec<Inner>,
    #[serde(rename = "peerASN")]
    peer_asn: u32,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
struct Newtype(String);

#[derive(Debug, PartialEq, Deserialize)]
struct Inner {
    key: String,
    #[serde(default)]
    port: Option<u16>,
}

#[derive(Debug, PartialEq, Deserialize)]
enum Variant {
    Cluster,
    Local,
    Weighted { weight: u8 },
    Named(String),
}

fn problems_of<T: serde::de::DeserializeOwned>(
    text: &str,
    mode: Mode,
) -> (Option<T>, Vec<Problem>) {
    let manifests = Manifests::from_text("test.yaml", text);
    assert_eq!(manifests.diagnostics, []);
    let mut problems = Vec::new();
    let value = decode(&manifests.untyped[0].node, "spec", mode, &mut problems);
    for problem in &problems {
        let source = manifests.sources.get(problem.span.source);
        assert!(source.text.get(problem.span.start as usize..problem.span.end as usize).is_some());
    }
    (value, problems)
}

fn read(text: &str) -> Everything {
    let (value, problems) = problems_of(text, Mode::Strict);
    assert_eq!(problems, []);
    value.unwrap()
}

/// The first problem: its kind, its message and its help.
fn problem(text: &str) -> (ProblemKind, String, String) {
    let (value, problems) = problems_of::<Everything>(text, Mode::Strict);
    assert!(value.is_none() || problems[0].kind == ProblemKind::UnknownField);
    let problem = problems[0].clone();
    (problem.kind, problem.message, problem.help.unwrap_or_default())
}

#[test]
fn every_shape_is_read() {
    let value = read(
        "flag: yes\nsmall: 255\nsigned: -5\nratio: 1\ntext: hi\nmaybe: there\nlist: [a, b]\n\
         labels: {a: b}\nvariant: Local\nnewtype: inside\ninner: [{key: k, port: 1}]\npeerASN: 4294967295",
    );
    let expected = Everything {
        flag: true,
        small: 255,
        signed: -5,
        ratio: 1.0,
        text: "hi".into(),
        maybe: Some("there".into()),
        list: vec!["a".into(), "b".into()],
        labels: BTreeMap::from([("a".into(), "b".into())]),
        variant: Some(Variant::Local),
        newtype: Newtype("inside".into()),
        inner: vec![Inner { key: "k".into(), port: Some(1) }],
        peer_asn: u32::MAX,
    };
    assert_eq!(value, expected);
    assert_eq!(
        read("variant: {Weighted: {weight: 3}}").variant,
        Some(Variant::Weighted { weight: 3 })
    );
    assert_eq!(read("variant: {Named: x}").variant, Some(Variant::Named("x".into())));
}

#[test]
fn null_is_unset() {
    assert_eq!(
        read(
            "flag: null\nsmall:\ntext: ~\nmaybe: null\nlist: null\nlabels: null\ninner:\nvariant:"
        ),
        Everything::default()
    );
}

#[test]
fn wrong_types_are_told_with_their_remedy() {
    use ProblemKind::*;
    for (text, kind, message, help) in [
        (
            "flag: 'true'",
            WrongType,
            "spec.flag must be a boolean, it is a string",
            "remove the quotes",
        ),
        (
            "text: yes",
            WrongType,
            "spec.text must be a string, it is a boolean",
            "put quotes around it",
        ),
        (
            "text: 5",
            WrongType,
            "spec.text must be a string, it is an integer",
            "put quotes around it",
        ),
        ("list: [a, 1.5]", WrongType, "spec.list[1] must be a string, it is a number", "quotes"),
        ("list: a", WrongType, "spec.list must be a list, it is a string", "put it into a list"),
        ("labels: {a.b/c: true}", WrongType, "spec.labels[\"a.b/c\"] must be a string", "quotes"),
        ("labels: {a: null}", WrongType, "spec.labels.a must be a string, it is null", ""),
        ("labels: []", WrongType, "spec.labels must be a mapping, it is a list", ""),
        ("small: 1.5", WrongType, "spec.small must be an integer, it is a number", ""),
        ("small: 256", OutOfRange, "spec.small must be between 0 and 255, it is 256", ""),
        ("peerASN: -1", OutOfRange, "spec.peerASN must be between 0 and 4294967295, it is -1", ""),
        ("inner: [{port: 1}]", MissingField, "spec.inner[0].key is required", ""),
        ("inner: [{key: null}]", MissingField, "spec.inner[0].key is required", ""),
        (
            "variant: local",
            UnknownVariant,
            "spec.variant must be one of Cluster, Local",
            "did you mean \"Local\"?",
        ),
        ("variant: 5", WrongType, "spec.variant must be a string, it is an integer", ""),
        (
            "peerASN: ${ASN}",
            Unfilled,
            "spec.peerASN must be an integer, it is the unfilled placeholder `${ASN}`",
            "--set ASN=",
        ),
        (
            "flag: $FLAG",
            Unfilled,
            "spec.flag must be a boolean, it is the unfilled placeholder",
            "--set FLAG=",
        ),
        (
            "small: '{{ .x }}'",
            Unfilled,
            "spec.small must be an integer, it is the template expression",
            "render",
        ),
        ("variant: ${POLICY}", Unfilled, "spec.variant must be one of", "--set POLICY="),
    ] {
        let (found, said, remedy) = problem(text);
        assert_eq!(found, kind, "{text}");
        assert!(said.starts_with(message), "{text}: {said}");
        assert!(remedy.contains(help), "{text}: {remedy}");
    }
}

#[test]
fn every_unknown_field_is_told() {
    let text = "adresses: []\naddresses: [10.0.0.0/24]\nautoassign: true\n\
                serviceAllocation: {namespace: a, priority: 1}\nfoo: {bar: 1}\n";
    let (value, problems) = problems_of::<IpAddressPoolSpec>(text, Mode::Strict);
    assert_eq!(value.unwrap().addresses, ["10.0.0.0/24"]);
    let told: Vec<_> =
        problems.iter().map(|p| (p.path.as_str(), p.help.as_deref().unwrap_or(""))).collect();
    assert_eq!(
        told,
        [
            ("spec.adresses", "did you mean \"addresses\"?"),
            ("spec.autoassign", "did you mean \"autoAssign\"?"),
            ("spec.serviceAllocation.namespace", "did you mean \"namespaces\"?"),
            (
                "spec.foo",
                "the fields here are addresses, autoAssign, avoidBuggyIPs, serviceAllocation"
            ),
        ]
    );
    let (value, problems) = problems_of::<IpAddressPoolSpec>(text, Mode::Lenient);
    assert!(value.is_some());
    assert_eq!(problems, []);
}

#[test]
fn all_problems_of_an_object_are_told_at_once() {
    let text = "peerASN: many\nmyASN: -1\npeerAddres: 10.0.0.1\nebgpMultiHop: 'yes'\n";
    let (value, problems) = problems_of::<BgpPeerSpec>(text, Mode::Strict);
    assert!(value.is_none());
    let paths: Vec<_> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["spec.peerASN", "spec.myASN", "spec.peerAddres", "spec.ebgpMultiHop"]);
}

#[test]
fn an_integral_number_is_an_integer_as_kubectl_hands_it_on() {
    assert_eq!(read("small: 1.0\nsigned: -1e2").signed, -100);
    assert_eq!(problem("small: 1e30").0, ProblemKind::WrongType);
}

#[test]
fn problems_become_diagnostics() {
    let (_, problems) = problems_of::<Everything>("flg: true", Mode::Strict);
    let diagnostic = problems[0].clone().into_diagnostic(None);
    assert_eq!(diagnostic.code.id, "M2C121");
    assert_eq!(diagnostic.message, "unknown field \"spec.flg\"");
    assert_eq!(diagnostic.labels[0].span, problems[0].span);
}
