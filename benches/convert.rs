//! The whole of a conversion against reading its YAML alone; `README.md` beside
//! this file says what is measured.

#![allow(clippy::unwrap_used, missing_docs)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use metallb2cilium::cilium::CiliumConfig;
use metallb2cilium::cluster::Cluster;
use metallb2cilium::convert::{self, Part};
use metallb2cilium::manifest::{Manifests, Substitutions};
use metallb2cilium::metallb::{self, Input, Resources};
use metallb2cilium::report::manifests;

/// That of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 10,000 pools with three ranges each, 1,000 L2Advertisements, 1,000 BGPPeers in
/// 100 racks, 10,000 Services.
fn large() -> String {
    let mut text = String::new();
    for pool in 0..10_000u32 {
        let (a, b) = (pool / 256, pool % 256);
        writeln!(
            text,
            "---\napiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata:\n  name: \
             pool-{pool}\n  namespace: metallb-system\nspec:\n  addresses:\n  - \
             10.{a}.{b}.0/28\n  - 10.{a}.{b}.32-10.{a}.{b}.45\n  - \
             10.{a}.{b}.64-10.{a}.{b}.127\n  autoAssign: false"
        )
        .unwrap();
    }
    for ad in 0..1_000u32 {
        writeln!(
            text,
            "---\napiVersion: metallb.io/v1beta1\nkind: L2Advertisement\nmetadata:\n  name: \
             l2-{ad}\n  namespace: metallb-system\nspec:\n  ipAddressPools:\n  - pool-{}\n  - \
             pool-{}\n  interfaces:\n  - eth{}\n  nodeSelectors:\n  - matchLabels:\n      rack: \
             r{}",
            ad * 10,
            ad * 10 + 1,
            ad % 4,
            ad % 100,
        )
        .unwrap();
    }
    for peer in 0..1_000u32 {
        writeln!(
            text,
            "---\napiVersion: metallb.io/v1beta2\nkind: BGPPeer\nmetadata:\n  name: \
             peer-{peer}\n  namespace: metallb-system\nspec:\n  myASN: 64512\n  peerASN: 64513\n  \
             peerAddress: 172.16.{}.{}\n  nodeSelectors:\n  - matchLabels:\n      rack: r{}",
            peer / 200,
            peer % 200 + 1,
            peer % 100,
        )
        .unwrap();
    }
    for service in 0..10_000u32 {
        let (a, b) = (service / 256, service % 256);
        writeln!(
            text,
            "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: service-{service}\n  \
             namespace: ns-{}\n  annotations:\n    metallb.io/address-pool: \
             pool-{service}\n  labels:\n    app: app-{}\nspec:\n  type: LoadBalancer\n  \
             clusterIP: 10.96.{a}.{b}\n  externalTrafficPolicy: Cluster\n  ipFamilies:\n  - \
             IPv4\n  ports:\n  - port: 80\n    protocol: TCP\n  selector:\n    app: \
             app-{}\nstatus:\n  loadBalancer:\n    ingress:\n    - ip: 10.{a}.{b}.1",
            service % 50,
            service % 500,
            service % 500,
        )
        .unwrap();
    }
    text
}

fn read(text: &str) -> Manifests {
    let manifests = Manifests::from_text("large.yaml", text);
    assert!(manifests.diagnostics.is_empty());
    manifests
}

fn convert(text: &str) -> usize {
    let manifests = read(text);
    let (resources, _) = Resources::read(&Input {
        objects: &manifests.objects,
        untyped: &manifests.untyped,
        sources: &manifests.sources,
        substitutions: &Substitutions::default(),
    });
    let (cluster, _) = Cluster::read(&manifests.objects);
    let config = metallb::validate(&resources, &cluster, &metallb::Options::default()).unwrap();
    let options = convert::Options::default();
    let conversion =
        convert::convert(&config, &cluster, &CiliumConfig::default(), &options).unwrap();
    let parts = [Part::Secrets, Part::Pools, Part::Bgp, Part::L2];
    let mut written = Vec::new();
    manifests::write_yaml(&conversion.documents(&parts).unwrap(), &mut written).unwrap();
    written.len()
}

fn conversion(criterion: &mut Criterion) {
    let text = large();
    let mut group = criterion.benchmark_group("large configuration");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.bench_function("read the YAML", |bencher| bencher.iter(|| black_box(read(&text))));
    group.bench_function("convert", |bencher| bencher.iter(|| black_box(convert(&text))));
    group.finish();
}

criterion_group!(benches, conversion);
criterion_main!(benches);
