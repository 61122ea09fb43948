//! What one million Services take under MetalLB's engine, input and all: time and
//! memory, against the bounds that the project sets itself. It fails beyond them.

#![allow(clippy::unwrap_used, missing_docs)]

mod input;

use std::fs;
use std::time::{Duration, Instant};

use metallb2cilium::simulate::metallb::{Allocations, Options};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SERVICES: usize = 1_000_000;
const ALLOCATED_WITHIN: Duration = Duration::from_secs(1);
const ELECTED_WITHIN: Duration = Duration::from_secs(8);
const PEAK_MIB: u64 = 1024;

/// The most memory that the process has had so far, in MiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024
}

fn main() {
    let (config, cluster) = (input::config(false), input::cluster(SERVICES, false));
    println!("input of {SERVICES} Services: {} MiB", peak());
    let start = Instant::now();
    let allocations = Allocations::new(&config, &cluster, &Options::default());
    let allocated = start.elapsed();
    println!("allocated in {allocated:.2?}; peak {} MiB", peak());
    let mut elected = 0;
    allocations.leaders(|_, _| elected += 1);
    let all = start.elapsed();
    println!("{elected} leaders elected by {all:.2?}; peak {} MiB", peak());
    assert_eq!(elected, SERVICES);
    assert!(allocated < ALLOCATED_WITHIN && all < ELECTED_WITHIN && peak() < PEAK_MIB);
}
