//! How long a whole decision takes: addresses, who answers on the link, and routes,
//! by both engines, over four sizes; and one step of a history.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot run ends")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use metallb2cilium::cilium::{CiliumConfig, CiliumVersion};
use metallb2cilium::cluster::{Cluster, ServiceKey};
use metallb2cilium::manifest::{Manifests, Substitutions};
use metallb2cilium::metallb::{Config, Input, Options, Resources, validate};
use metallb2cilium::report::decision::{Format, render};
use metallb2cilium::simulate::change::Change;
use metallb2cilium::simulate::{cilium, metallb};

const SIZES: [usize; 4] = [1_000, 3_000, 10_000, 30_000];

const CONFIGURATION: &str = "\
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: a, namespace: metallb-system}
spec: {addresses: [10.0.0.0/8]}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: a, namespace: metallb-system}
---
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: a}
spec: {blocks: [{cidr: 10.0.0.0/8}]}
---
apiVersion: cilium.io/v2alpha1
kind: CiliumL2AnnouncementPolicy
metadata: {name: a}
spec: {loadBalancerIPs: true}
";

/// Ten nodes, and so many Services with an endpoint each.
fn read(services: usize) -> Manifests {
    let mut text = CONFIGURATION.to_owned();
    for n in 0..10 {
        let _ = write!(
            text,
            "---\napiVersion: v1\nkind: Node\nmetadata: {{name: node-{n}, annotations: \
             {{metallb2cilium.io/interfaces: eth0}}}}\n"
        );
    }
    for n in 0..services {
        let _ = write!(
            text,
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: s{n}}}\nspec: {{type: \
             LoadBalancer, clusterIP: 10.96.{}.{}, ports: [{{port: 80}}]}}\n---\napiVersion: \
             discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: s{n}, labels: \
             {{kubernetes.io/service-name: s{n}}}}}\nendpoints: [{{addresses: [10.2.0.1], \
             nodeName: node-{}}}]\n",
            n / 250,
            n % 250 + 1,
            n % 10
        );
    }
    let manifests = Manifests::from_text("benchmark.yaml", text);
    assert!(manifests.diagnostics.is_empty(), "{:?}", manifests.diagnostics);
    manifests
}

struct Subject {
    metallb: Config,
    cilium: CiliumConfig,
    cluster: Cluster,
}

fn input(services: usize) -> Subject {
    let manifests = read(services);
    let (resources, found) = Resources::read(&Input {
        objects: &manifests.objects,
        untyped: &manifests.untyped,
        sources: &manifests.sources,
        substitutions: &Substitutions::default(),
    });
    assert!(found.is_empty(), "{found:?}");
    let (cluster, found) = Cluster::read(&manifests.objects);
    assert!(found.is_empty(), "{found:?}");
    let metallb = validate(&resources, &cluster, &Options::default()).unwrap();
    let version = CiliumVersion::default();
    let (cilium, found) = CiliumConfig::read(&manifests.objects, None, version);
    assert!(found.is_empty(), "{found:?}");
    Subject { metallb, cilium, cluster }
}

fn decisions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulate/decision");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    for size in SIZES {
        let input = input(size);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_with_input(BenchmarkId::new("metallb", size), &input, |b, input| {
            let options = metallb::Options::default();
            b.iter(|| black_box(metallb::simulate(&input.metallb, &input.cluster, &options)));
        });
        group.bench_with_input(BenchmarkId::new("cilium", size), &input, |b, input| {
            let options = cilium::Options::default();
            b.iter(|| black_box(cilium::simulate(&input.cilium, &input.cluster, &options)));
        });
    }
    group.finish();
}

/// One Service less, and what waits or moves because of it.
fn steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulate/step");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    let key = ServiceKey { namespace: "default".to_owned(), name: "s500".to_owned() };
    for size in SIZES {
        let input = input(size);
        let metallb =
            metallb::Engine::new(&input.metallb, &input.cluster, &metallb::Options::default());
        let deleted = Change::ServiceDeleted(key.clone());
        group.bench_function(BenchmarkId::new("metallb", size), |b| {
            let both = || (metallb.clone(), deleted.clone());
            b.iter_batched(both, |(mut e, event)| e.apply(event), BatchSize::LargeInput);
        });
        let cilium =
            cilium::Engine::new(&input.cilium, &input.cluster, &cilium::Options::default());
        let deleted = Change::ServiceDeleted(key.clone());
        group.bench_function(BenchmarkId::new("cilium", size), |b| {
            let both = || (cilium.clone(), deleted.clone());
            b.iter_batched(both, |(mut e, event)| e.apply(event), BatchSize::LargeInput);
        });
    }
    group.finish();
}

fn output(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulate/output");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    let input = input(10_000);
    let decision = metallb::simulate(&input.metallb, &input.cluster, &metallb::Options::default());
    group.bench_function("json", |b| b.iter(|| black_box(render(&decision, Format::Json))));
    group.finish();
}

criterion_group!(benches, decisions, steps, output);
criterion_main!(benches);
