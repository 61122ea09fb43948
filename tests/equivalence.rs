//! What the conversion says is so: on every golden scenario, both engines are run
//! on both sides, and wherever they decide differently the conversion has said so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use metallb2cilium::cilium::{CiliumConfig, CiliumVersion};
use metallb2cilium::cluster::Cluster;
use metallb2cilium::convert::{self, Conversion, Part};
use metallb2cilium::manifest::{Manifests, Substitutions};
use metallb2cilium::metallb::{self, Config, Input, RemoteAs, Resources};
use metallb2cilium::simulate::decision::{Decision, Outcome};
use metallb2cilium::simulate::{cilium, metallb as metallb_engine};

fn scenarios() -> Vec<PathBuf> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/golden/metallb");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(golden).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// Both decisions of a scenario, before and after its conversion.
struct Sides {
    config: Config,
    conversion: Conversion,
    metallb: Decision,
    cilium: Decision,
}

fn sides(folder: &Path) -> Option<Sides> {
    let mut manifests = Manifests::default();
    for file in ["metallb.yaml", "cluster.yaml"] {
        manifests.add_text(file, fs::read_to_string(folder.join(file)).unwrap());
    }
    let (resources, _) = Resources::read(&Input {
        objects: &manifests.objects,
        untyped: &manifests.untyped,
        sources: &manifests.sources,
        substitutions: &Substitutions::default(),
    });
    let (cluster, _) = Cluster::read(&manifests.objects);
    let config = metallb::validate(&resources, &cluster, &metallb::Options::default()).ok()?;
    let existing = CiliumConfig::default();
    let options = convert::Options::default();
    let conversion = convert::convert(&config, &cluster, &existing, &options).unwrap();
    let metallb = metallb_engine::simulate(&config, &cluster, &metallb_engine::Options::default());
    let after = patched(&cluster, &conversion);
    let written = written(&conversion);
    let cilium = cilium::simulate(&written, &after, &cilium::Options::default());
    Some(Sides { config, conversion, metallb, cilium })
}

/// The conversion as it is read back from its own text.
fn written(conversion: &Conversion) -> CiliumConfig {
    let parts = [Part::Pools, Part::Bgp, Part::L2];
    let documents = conversion.documents(&parts).unwrap();
    let mut manifests = Manifests::default();
    for document in documents {
        manifests.add_text("out.json", document.object.to_string());
    }
    // As the Helm values of the conversion set it.
    manifests.add_text(
        "settings",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cilium-config, namespace: \
         kube-system}\ndata: {enable-no-service-endpoints-routable: 'false'}\n",
    );
    let (config, found) =
        CiliumConfig::read(&manifests.objects, None, CiliumVersion::default());
    assert_eq!(found, []);
    config
}

/// The cluster with the labels and annotations that the conversion sets.
fn patched(cluster: &Cluster, conversion: &Conversion) -> Cluster {
    let mut cluster = cluster.clone();
    for patch in &conversion.services {
        let service = cluster.services.iter_mut().find(|s| s.key == patch.key).unwrap();
        service.labels.extend(patch.labels.clone());
        service.annotations.extend(patch.annotations.clone());
    }
    cluster
}

/// What a Service has, but for the very address where it holds none yet: pool,
/// families, nodes with interfaces, routes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct View {
    pool: Option<String>,
    families: Vec<bool>,
    l2: BTreeSet<(bool, BTreeMap<String, Vec<String>>)>,
    bgp: BTreeSet<(String, String, bool, Option<u32>, Vec<String>)>,
}

/// The routes of one Service are those whose prefix holds one of its addresses.
fn view(config: &Config, outcome: &Outcome, service: &str) -> View {
    let allocation = &outcome.services[service];
    let internal: BTreeSet<&str> = config
        .peers
        .iter()
        .filter(|peer| match peer.remote {
            RemoteAs::Asn(asn) => asn == peer.my_asn,
            RemoteAs::Internal => true,
            RemoteAs::External => false,
        })
        .map(|peer| peer.name())
        .collect();
    let l2 = outcome.l2.iter().filter(|entry| entry.service == service);
    let holds = |prefix: &str| {
        let prefix: ipnet::IpNet = prefix.parse().unwrap();
        allocation.ips.iter().any(|ip| prefix.contains(ip))
    };
    let routes = outcome.bgp.iter().filter(|route| holds(&route.prefix));
    View {
        pool: allocation.pool.clone(),
        families: allocation.ips.iter().map(|ip| ip.is_ipv4()).collect(),
        l2: l2.map(|entry| (entry.ip.is_ipv4(), entry.interfaces.clone())).collect(),
        bgp: routes
            .map(|route| {
                let preference =
                    route.local_pref.filter(|_| internal.contains(route.peer.as_str()));
                (
                    route.node.clone(),
                    route.peer.clone(),
                    route.prefix.contains('.'),
                    preference,
                    route.communities.clone(),
                )
            })
            .collect(),
    }
}

fn views(config: &Config, decision: &Decision, service: &str) -> BTreeSet<View> {
    decision.outcomes.iter().map(|outcome| view(config, outcome, service)).collect()
}

/// The Services for which some outcome of Cilium is none of MetalLB's.
fn differences(sides: &Sides) -> Vec<String> {
    let mut differ = Vec::new();
    let Some(first) = sides.metallb.outcomes.first() else { return differ };
    for service in first.services.keys() {
        let before = views(&sides.config, &sides.metallb, service);
        let after = views(&sides.config, &sides.cilium, service);
        // What MetalLB leaves without an address and Cilium serves is a gain.
        if let Some(other) = after.difference(&before).next() {
            differ.push(format!("{service}:\n  MetalLB {before:?}\n  Cilium {other:?}"));
        }
    }
    differ
}

#[test]
fn where_the_engines_decide_differently_the_conversion_has_said_so() {
    let (mut same, mut said, mut wrong) = (0, 0, Vec::new());
    let mut unnecessary: BTreeMap<&str, usize> = BTreeMap::new();
    for folder in scenarios() {
        let Some(sides) = sides(&folder) else { continue };
        assert_eq!(sides.cilium.config_error, None, "{}", folder.display());
        let losses: BTreeSet<&str> = sides
            .conversion
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_lossy())
            .map(|diagnostic| diagnostic.code.id)
            .collect();
        let differ = differences(&sides);
        match (differ.is_empty(), losses.is_empty()) {
            (true, true) => same += 1,
            (true, false) => {
                same += 1;
                for code in losses {
                    *unnecessary.entry(code).or_default() += 1;
                }
            }
            (false, false) => said += 1,
            (false, true) => {
                let name = folder.file_name().unwrap().to_string_lossy().into_owned();
                wrong.push(format!("{name}: {}", differ.join("\n")));
            }
        }
    }
    println!("{same} decide alike, {said} differ and said so; losses said where alike: {unnecessary:?}");
    assert!(wrong.is_empty(), "{} differ in silence:\n{}", wrong.len(), wrong.join("\n"));
}

