//! The process: arguments in, exit status out.

use std::process::ExitCode;

fn main() -> ExitCode {
    metallb2cilium::cli::main()
}
