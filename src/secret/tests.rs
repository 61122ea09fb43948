//! No type that may hold a password shows it by `Debug`.

use std::fmt::Debug;

use clap::Parser as _;
use serde_json::json;

use super::*;
use crate::cli::Cli;
use crate::cluster::{Cluster, Secret, SecretValue};
use crate::convert::Document;
use crate::live::jobs::File;
use crate::manifest::{Manifests, Substitutions};
use crate::metallb::api::BgpPeerSpec;

const MARKER: &str = "Zq7marker9Xw";

fn hides(what: &str, value: &impl Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.contains(MARKER), "{what}: {text}");
    }
}

#[test]
fn no_debug_output_shows_a_secret() {
    let text = format!(
        "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\nmetadata: {{name: a, annotations: \
         {{b: '{MARKER}'}}}}\nspec: {{password: {MARKER}, {MARKER}: [{MARKER}]}}\n---\n\
         apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData: {{password: {MARKER}}}\n"
    );
    let manifests = Manifests::from_text("a.yaml", text.as_str());
    assert_eq!(manifests.objects.len(), 2);
    hides("sources", &manifests.sources);
    hides("node", &manifests.objects[0].node.get("spec").unwrap().get("password"));
    hides("secret text", &SecretString::new(MARKER));
    hides("secret value", &SecretValue::from_clear(MARKER.to_owned()));
    let (cluster, _) = Cluster::read(&manifests.objects);
    assert_eq!(cluster.secrets.len(), 1);
    hides("cluster", &cluster);
    hides("secrets", &cluster.secrets.values().collect::<Vec<&Secret>>());
    let mut substitutions = Substitutions::default();
    substitutions.set(&format!("A={MARKER}")).unwrap();
    hides("substitutions", &substitutions);
    let cli = ["metallb2cilium", "convert", "--set", &format!("A={MARKER}")];
    hides("arguments", &Cli::try_parse_from(cli).unwrap());
    let spec = BgpPeerSpec { password: SecretString::new(MARKER), ..BgpPeerSpec::default() };
    hides("peer", &spec);
    let object = json!({"kind": "Secret", "stringData": {"password": MARKER}});
    hides("document", &Document { comments: vec![], object, source: None });
    let (name, text) = ("a".to_owned(), MARKER.to_owned());
    hides("file", &File { name, extension: "yaml", text, secret: true });
}
