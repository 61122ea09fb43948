//! Diagnostic codes of the command line itself, and all codes together.

use crate::diagnostic::{Code, codes};
use crate::{cilium, convert, manifest, metallb, simulate, verify};

codes! {
    /// No input was given.
    NO_INPUT = "M2C119", "No input",
"Neither `-f` names a file, nor is anything piped into standard input. A terminal
is not read from, since a program that waits for typed YAML looks like one that
hangs.

Name the manifests with `-f FILE` or `-f DIRECTORY`, or pipe them in:
`kubectl get -A -o yaml ipaddresspools,l2advertisements | metallb2cilium convert`.
`-f -` reads standard input even where it is a terminal.";
    /// There is nothing that could be converted.
    NOTHING_TO_CONVERT = "M2C120", "Nothing to convert",
"The input was read, and holds neither an address pool nor a BGP peer of MetalLB's,
so there is nothing that Cilium could be told. Advertisements alone say nothing:
they are about pools that stand elsewhere.

Give all of MetalLB's resources together: `-f` may be repeated and takes
directories, `-R` reads the directories within them. Of a cluster:
`kubectl get -A -o yaml ipaddresspools,l2advertisements,bgpadvertisements,bgppeers`.";
}

/// Every code of the program, in order of its identifier.
pub fn all_codes() -> Vec<&'static Code> {
    let mut all: Vec<&'static Code> = [
        ALL,
        manifest::codes::ALL,
        metallb::codes::ALL,
        convert::codes::ALL,
        cilium::codes::ALL,
        simulate::codes::ALL,
        verify::codes::ALL,
        #[cfg(target_os = "linux")]
        crate::live::codes::ALL,
    ]
    .concat();
    all.sort_by_key(|code| code.id);
    all
}
