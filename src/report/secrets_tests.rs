//! No format ever shows a secret of the input, whatever form it has there.

use proptest::prelude::*;

use super::testing::{BROKEN, NOTE};
use super::{Format, Redactor, Style, render};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Manifests, Sources, Span};

/// Where `@` stands for a secret.
const PLACES: &[&str] = &[
    // The keys of a BGPPeer and of what else carries passwords.
    "spec:\n  password: @\n  port: 1\n",
    "spec:\n  password: @ # set in 2021\n",
    "spec:\n  password: \"@\"\n",
    "spec:\n  password: '@'\n",
    "spec:\n  \"password\": @\n",
    "spec: {myASN: 1, password: @, port: 1}\n",
    "spec: {myASN: 1, password: \"@\", port: 1}\n",
    "{\"spec\": {\"password\": \"@\", \"port\": 1}}\n",
    "{\"spec\": {\n\"password\":\n\"@\",\n\"port\": 1}}\n",
    "{\"pass\\u0077ord\": \"@\"}\n",
    "spec:\n  password: >-\n    @\n    @\n  port: 1\n",
    "spec:\n  password: |2\n\n     @\n",
    "spec:\n  password: | @\n",
    "spec:\n  password:\n    @\n",
    "spec:\n  password:\n  @\n",
    "spec:\n  password: first\n    @\n",
    "spec:\n  password: \"first\n  @\n@\"\n",
    "spec:\n  password: !!str @\n",
    "spec:\n  password: &p @\n",
    "x: &p @\nspec:\n  password: *p\n",
    "x: &p |\n  @\nspec:\n  password: *p\n",
    "- password: @\n- password: @\n",
    "spec:\n  password : @\n",
    "spec:\r\n  password: @\r\n",
    "spec:\n\tpassword: @\n",
    "spec:\n  password:\n\t@\n",
    "spec:\n  md5: @\n  authToken: @\n  bgpPassword: @\n  apiKey: @\n",
    "spec:\n  passwordSecret: @\n",
    "spec:\n  passwordSecret:\n    @\n",
    "spec:\n  passwordSecret: |\n    @\n",
    "passwords:\n- @\n- @\n",
    "password: [@\n",
    "password: ${PW:-@}\n",
    // The older forms.
    "data:\n  config: |\n    peers:\n    - peer-address: 10.0.0.1\n      password: @\n",
    "{\"data\": {\"config\": \"peers:\\n- password: @\\n\"}}\n",
    "neighbor 10.0.0.1 password @\n",
    "rawConfig: |\n  neighbor 10.0.0.1 password @\n",
    "BGP_PASSWORD=@\n",
    "export BGP_PASSWORD=\"@\"\n",
    // Secrets.
    "kind: Secret\ndata:\n  a: @\n  b: \"@\"\n  c: |\n    @\n",
    "kind: Secret\ndata:\n# why\n  a: @\n",
    "kind: Secret\ndata:\n  \"a\": @\n",
    "kind: Secret\ndata:\n  ? a\n  : @\n",
    "kind: Secret\ndata:\n  a:\n    @\n  b: x\n   @\n",
    "kind: Secret\nstringData: {a: @, b: \"}@\"}\n",
    "kind: Secret\nstringData:\n  a: \"x\n  y: @\"\n",
    "apiVersion: v1\ndata:\n  a: @\nkind: Secret\n",
    "apiVersion: v1\ndata:\n  a: @\n",
    "data:\n  a: @\nkind: \"Secret\"\n",
    "stringData:\n  a: @\nkind: Sec",
    "items:\n- data:\n    a: @\n  kind: Secret\n- kind: Pod\n",
    "items:\n- kind: Pod\n- data:\n    a: @\n",
    "kind: SecretList\nitems:\n- data: {a: @}\n",
    "{\"kind\":\"Secret\",\"data\":{\"a\":\"@\",\"b\":{\"c\":\"@\"}},\"x\":1}\n",
    "{\"kind\":\"Secret\",\n\"data\":\n{\"a\":\"@\"},\n\"stringData\":{\"b\":\"@\"}}\n",
    "{\"data\":{\"a\":\"}\\\"@\"},\"token\":\"@\",\"kind\":\"Secret\"}\n",
    "{\"kind\":\"Secret\",\"data\":{\n\"a\":\"x\"}, \"token\":\"@\"}\n",
    "kind: Secret\nmetadata:\n  annotations:\n    last: |\n      {\"data\":{\"a\":\"@\"}}\n",
    "kind: Secret\nmetadata:\n  annotations: {last: \"{\\\"data\\\":{\\\"a\\\":\\\"@\\\"}}\"}\n",
    // Documents that cannot be read.
    "kind: Secret\ndata:\n  a: \"@\n  b: [\n",
    "kind: Secret\ndata:\n   a: @\n  b: @\n",
    "spec: {password: @\n",
    "spec: [\n  password: @\n",
];

/// The text before and after a place.
const AROUND: [(&str, &str); 3] =
    [("", ""), ("kind: Pod\n---\n", "---\nkind: Pod\n"), ("# comment\n\n", "\n\n# comment\n")];

fn formats() -> [Format; 6] {
    let style = Style { color: false, unicode: true, width: 100, verbose: true };
    [
        Format::Human(style),
        Format::Human(Style { color: true, unicode: false, width: 40, ..style }),
        Format::Human(Style { verbose: false, ..style }),
        Format::Json,
        Format::Github,
        Format::Sarif,
    ]
}

/// Labels on every line and on the secret itself, with texts that name it.
fn diagnostics(text: &str, secret: &str, source: crate::manifest::SourceId) -> Vec<Diagnostic> {
    let span = |start: usize, end: usize| Span { source, start: start as u32, end: end as u32 };
    let mut found = vec![
        Diagnostic::error(&BROKEN, "everything").label(Some(span(0, text.len())), "all of it"),
    ];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        found.push(Diagnostic::note(&NOTE, "a line").label(Some(span(at, at + line.len())), "x"));
        at += line.len();
    }
    for (at, _) in text.match_indices(secret) {
        found.push(
            Diagnostic::lossy(&BROKEN, format!("`{secret}` is not what was wanted"))
                .label(Some(span(at, at + secret.len())), format!("{secret} here"))
                .help(format!("do not use {secret}")),
        );
    }
    found
}

fn check(text: &str, secret: &str) {
    let mut sources = Sources::default();
    let source = sources.add("a.yaml", text);
    let diagnostics = diagnostics(text, secret, source);
    let redactor = Redactor::new(&sources);
    let shown = redactor.text(source, &sources);
    assert_eq!(shown.len(), text.len());
    assert!(!shown.contains(secret), "{text}\n{shown}");
    for format in formats() {
        let shown = render(&diagnostics, &sources, &format);
        assert!(!shown.contains(secret), "{format:?}\n{text}\n{shown}");
    }
    // What reading the text itself has to say.
    let manifests = Manifests::from_text("a.yaml", text);
    for format in formats() {
        let shown = render(&manifests.diagnostics, &manifests.sources, &format);
        assert!(!shown.contains(secret), "{format:?}\n{text}\n{shown}");
    }
}

#[test]
fn no_place_of_a_secret_is_ever_shown() {
    for place in PLACES {
        for (before, after) in AROUND {
            for secret in ["hunter2", "SGVsbG8sIHdvcmxkIQ==", ".~$Q7"] {
                check(&format!("{before}{}{after}", place.replace('@', secret)), secret);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_secret_of_any_spelling_is_ever_shown(
        place in prop::sample::select(PLACES),
        secret in "[A-Za-z0-9!$%+/=_.~^-]{3,12}Q7[A-Za-z0-9]{0,4}",
    ) {
        prop_assume!(!place.contains("${") && !secret.starts_with(['$', '!', '-', '%', '=']));
        check(&place.replace('@', &secret), &secret);
    }

    #[test]
    fn redaction_keeps_every_offset(text in "([ a-z:\"'{}|>&*#\\-\n\t]|password: |data:|kind: Secret\n|ü){0,60}") {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", text.as_str());
        let shown = Redactor::new(&sources).text(source, &sources);
        prop_assert_eq!(shown.len(), text.len());
        let lines = |text: &str| text.match_indices('\n').map(|(at, _)| at).collect::<Vec<_>>();
        prop_assert_eq!(lines(&shown), lines(&text));
    }
}

#[test]
fn what_is_no_secret_stays() {
    for text in [
        "kind: BGPPeer\nspec:\n  passwordSecret:\n    name: bgp\n    namespace: x\n  myASN: 1\n",
        "kind: BGPPeer\nspec:\n  passwordSecret: {name: bgp}\n  myASN: 1\n",
        "kind: BGPPeer\nspec:\n  password: ${PW}\n  myASN: 1\n",
        "kind: BGPPeer\nspec:\n  password: \"\"\n  myASN: 1\n",
        "kind: ConfigMap\ndata:\n  config: |\n    peers: []\n",
        "apiVersion: v1\ndata:\n  config: |\n    peers: []\nkind: ConfigMap\n",
        "kind: Pod\nspec:\n  volumes:\n  - secret:\n      secretName: x\n",
        "kind: Pod\nspec:\n  automountServiceAccountToken: false\n",
    ] {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", text);
        assert_eq!(Redactor::new(&sources).text(source, &sources), text);
    }
}

#[test]
fn keys_of_secrets_and_what_follows_them_stay() {
    let mut sources = Sources::default();
    let text = "kind: Secret\ndata:\n  tls.crt: abcd\n  b: |\n    x\ntype: Opaque\n---\n\
                kind: BGPPeer\nspec:\n  password: abcd\n  port: 1\n";
    let source = sources.add("a.yaml", text);
    assert_eq!(
        Redactor::new(&sources).text(source, &sources),
        "kind: Secret\ndata:\n  tls.crt: ****\n  b: |\n    *\ntype: Opaque\n---\n\
         kind: BGPPeer\nspec:\n  password: ****\n  port: 1\n"
    );
}
