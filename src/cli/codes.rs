//! Diagnostic codes of the command line itself, and all codes together.

use crate::diagnostic::{Code, codes};
use crate::{convert, manifest, metallb};

codes! {
    /// No input was given.
    NO_INPUT = "M2C119", "No input",
"Neither `-f` names a file, nor is anything piped into standard input. A terminal
is not read from, since a program that waits for typed YAML looks like one that
hangs.

Name the manifests with `-f FILE` or `-f DIRECTORY`, or pipe them in:
`kubectl get -A -o yaml ipaddresspools,l2advertisements | metallb2cilium convert`.
`-f -` reads standard input even where it is a terminal.";
}

/// Every code of the program, in order of its identifier.
pub fn all_codes() -> Vec<&'static Code> {
    let mut all: Vec<&'static Code> =
        [ALL, manifest::codes::ALL, metallb::codes::ALL, convert::codes::ALL].concat();
    all.sort_by_key(|code| code.id);
    all
}
