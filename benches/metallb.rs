//! How long the MetalLB engine takes: allocation alone, and with the L2 election
//! among 50 nodes, over four sizes each.

#![allow(clippy::unwrap_used, missing_docs)]

mod input;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use input::{cluster, config};
use metallb2cilium::simulate::metallb::{Allocations, Options};

fn allocation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("metallb/allocate");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    let kinds = [("plain", false, false), ("avoid-buggy", true, false), ("sharing", false, true)];
    for (kind, avoid, sharing) in kinds {
        let config = config(avoid);
        for count in [1_000, 10_000, 100_000, 1_000_000] {
            let cluster = cluster(count, sharing);
            group.throughput(Throughput::Elements(count as u64));
            group.bench_with_input(BenchmarkId::new(kind, count), &cluster, |b, cluster| {
                b.iter(|| black_box(Allocations::new(&config, cluster, &Options::default())));
            });
        }
    }
    group.finish();
}

fn election(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("metallb/allocate-and-elect");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    let config = config(false);
    for count in [1_000, 10_000, 100_000, 1_000_000] {
        let cluster = cluster(count, false);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_with_input(BenchmarkId::from_parameter(count), &cluster, |b, cluster| {
            b.iter(|| {
                let allocations = Allocations::new(&config, cluster, &Options::default());
                let mut elected = 0;
                allocations.leaders(|_, node| elected += node.len());
                black_box(elected)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, allocation, election);
criterion_main!(benches);
