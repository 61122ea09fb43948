//! The proof over every Service and Node, for configurations of four sizes: what a
//! typical cluster has, and up to 1,000 pools, 200 advertisements, 100 peers and 60
//! label keys.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use metallb2cilium::cilium::CiliumConfig;
use metallb2cilium::cluster::Cluster;
use metallb2cilium::convert;
use metallb2cilium::manifest::{Manifests, Substitutions};
use metallb2cilium::metallb::{self, Input, Resources};
use metallb2cilium::verify::sessions::Speakers;
use metallb2cilium::verify::{self, Outcome, Problem};

/// Pools; a fifth as many advertisements, a tenth as many peers.
const SIZES: [usize; 4] = [4, 40, 250, 1_000];
/// Zones of Nodes.
const ZONES: usize = 10;

/// A team's pools, pinned to its namespace and some label; every tenth by name only.
fn configuration(pools: usize) -> String {
    let mut text = String::new();
    let mut object = |kind: &str, name: String, spec: String| {
        let version = if kind == "BGPPeer" { "v1beta2" } else { "v1beta1" };
        writeln!(
            text,
            "---\napiVersion: metallb.io/{version}\nkind: {kind}\nmetadata: {{name: {name}, \
             namespace: metallb-system}}\nspec: {{{spec}}}"
        )
        .unwrap();
    };
    for n in 0..pools {
        let addresses = format!("addresses: [10.{}.{}.1-10.{0}.{1}.200]", n / 256, n % 256);
        let whose = if n % 10 == 3 {
            "autoAssign: false".to_owned()
        } else {
            format!(
                "serviceAllocation: {{namespaces: [team-{n}], serviceSelectors: [{{matchLabels: \
                 {{label-{}: a}}}}]}}",
                n % 40
            )
        };
        object("IPAddressPool", format!("pool-{n:04}"), format!("{addresses}, {whose}"));
    }
    let peers = (pools / 10).max(1);
    for n in 0..peers {
        let spec = format!(
            "myASN: 64512, peerASN: {}, peerAddress: 192.0.{}.{}, nodeSelectors: [{{matchLabels: \
             {{zone: z{}}}}}]",
            64513 + n,
            n / 200,
            n % 200 + 1,
            n % ZONES
        );
        object("BGPPeer", format!("peer-{n:03}"), spec);
    }
    let advertisements = (pools / 10).max(1);
    for n in 0..advertisements {
        let members: Vec<String> =
            (0..10).map(|m| n + m * advertisements).map(|m| format!("pool-{m:04}")).collect();
        let of = format!("ipAddressPools: [{}]", members.join(", "));
        let nodes = format!("nodeSelectors: [{{matchLabels: {{node-label-{}: a}}}}]", n % 20);
        object("L2Advertisement", format!("l2-{n:03}"), format!("{of}, {nodes}"));
        let spec = format!("{of}, peers: [peer-{:03}], communities: ['64512:{n}']", n % peers);
        object("BGPAdvertisement", format!("bgp-{n:03}"), spec);
    }
    text
}

fn proofs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("proof");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    for size in SIZES {
        let manifests = Manifests::from_text("bench.yaml", configuration(size));
        let (resources, _) = Resources::read(&Input {
            objects: &manifests.objects,
            untyped: &manifests.untyped,
            sources: &manifests.sources,
            substitutions: &Substitutions::default(),
        });
        let cluster = Cluster::default();
        let config = metallb::validate(&resources, &cluster, &metallb::Options::default()).unwrap();
        let options = convert::Options::default();
        let conversion =
            convert::convert(&config, &cluster, &CiliumConfig::default(), &options).unwrap();
        let (cilium, applied) = verify::applied(&conversion, &cluster);
        let problem = Problem {
            config: &config,
            cluster: &cluster,
            speakers: &Speakers::default(),
            lb_class: None,
            cilium: &cilium,
            applied: &applied,
            translation: &conversion,
        };
        let proof = verify::prove(&problem, &|| false);
        assert_eq!(proof.outcome, Outcome::Proved, "{:?}", proof.unproved);
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter(|| black_box(verify::prove(&problem, &|| false)).outcome);
        });
    }
    group.finish();
}

criterion_group!(benches, proofs);
criterion_main!(benches);
