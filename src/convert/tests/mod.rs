//! The conversion on small configurations, one behaviour each.

mod again;
mod bgp;
mod classes;
mod existing;
mod held;
mod l2;
mod losses;
mod many;
mod named;
mod pinned;
mod pools;
mod services;
mod touched;

use std::collections::BTreeMap;

use super::{Conversion, Options, convert};
use crate::cilium::{CiliumConfig, CiliumVersion};
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Manifests, Substitutions};
use crate::metallb::{self, Input, Resources};
use crate::selector::LabelSelector;

/// Converts a stream of manifests.
fn try_convert(text: &str, options: &Options) -> Result<Conversion, Vec<Diagnostic>> {
    try_beside(None, text, options)
}

/// The same, in this cluster if it is not in the text.
pub(super) fn try_beside(
    cluster: Option<Cluster>,
    text: &str,
    options: &Options,
) -> Result<Conversion, Vec<Diagnostic>> {
    let manifests = Manifests::from_text("test.yaml", text);
    assert_eq!(manifests.diagnostics, []);
    let (resources, found) = Resources::read(&Input {
        objects: &manifests.objects,
        untyped: &manifests.untyped,
        sources: &manifests.sources,
        substitutions: &Substitutions::default(),
    });
    assert!(!found.iter().any(Diagnostic::is_error), "{found:#?}");
    let cluster = cluster.unwrap_or_else(|| {
        let (cluster, found) = Cluster::read(&manifests.objects);
        assert_eq!(found, []);
        cluster
    });
    let judge = metallb::Options { mode: options.mode, allow_missing_secrets: true };
    let config = metallb::validate(&resources, &cluster, &judge)?;
    let (existing, found) = CiliumConfig::read(&manifests.objects, None, CiliumVersion::default());
    assert_eq!(found, []);
    convert(&config, &cluster, &existing, options)
}

fn converted(text: &str) -> Conversion {
    try_convert(text, &Options::default()).unwrap()
}

/// The codes of the losses of a conversion, each once.
fn losses(conversion: &Conversion) -> Vec<&'static str> {
    let lossy = conversion.diagnostics.iter().filter(|diagnostic| diagnostic.is_lossy());
    let mut codes: Vec<&'static str> = lossy.map(|diagnostic| diagnostic.code.id).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The pool's selector as `kubectl -l` writes it.
fn selector_of(conversion: &Conversion, pool: &str) -> String {
    let pool = conversion.pools.iter().find(|emitted| emitted.name() == pool).unwrap();
    shown(pool.resource.spec.service_selector.as_ref())
}

fn shown(selector: Option<&LabelSelector>) -> String {
    selector.map_or_else(|| "every".to_owned(), ToString::to_string)
}

/// The messages of one code.
fn messages(conversion: &Conversion, code: &str) -> Vec<String> {
    let found = conversion.diagnostics.iter().filter(|one| one.code.id == code);
    found.map(|one| one.message.clone()).collect()
}

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// An IPAddressPool; `more` goes into its spec.
fn pool(name: &str, addresses: &str, more: &str) -> String {
    format!(
        "---\napiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {{name: {name}, \
         namespace: metallb-system}}\nspec: {{addresses: [{addresses}]{more}}}\n"
    )
}

fn l2(name: &str, spec: &str) -> String {
    resource("v1beta1", "L2Advertisement", name, spec)
}

fn bgp(name: &str, spec: &str) -> String {
    resource("v1beta1", "BGPAdvertisement", name, spec)
}

/// A BGPPeer; `more` goes into its spec.
fn peer(name: &str, address: &str, more: &str) -> String {
    let spec = format!("myASN: 64512, peerASN: 64513, peerAddress: {address}{more}");
    resource("v1beta2", "BGPPeer", name, &spec)
}

fn resource(version: &str, kind: &str, name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: metallb.io/{version}\nkind: {kind}\nmetadata: {{name: {name}, \
         namespace: metallb-system}}\nspec: {{{spec}}}\n"
    )
}

fn service(name: &str, metadata: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: default, \
         {metadata}}}\nspec: {{type: LoadBalancer, {spec}}}\n"
    )
}

fn holding(name: &str, ip: &str, metadata: &str) -> String {
    format!(
        "{}status: {{loadBalancer: {{ingress: [{{ip: {ip}}}]}}}}\n",
        service(name, metadata, "")
    )
}
