//! The process: arguments in, exit status out.

use std::process::ExitCode;

/// A large input is millions of small values; the system's allocator takes a third
/// of a run for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    metallb2cilium::cli::main()
}
