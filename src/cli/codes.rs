//! Diagnostic codes of the command line itself.

use crate::diagnostic::Code;

/// No input was given.
pub static NO_INPUT: Code = Code {
    id: "M2C119",
    title: "No input",
    explain: "\
Neither `-f` names a file, nor is anything piped into standard input. A terminal
is not read from, since a program that waits for typed YAML looks like one that
hangs.

Name the manifests with `-f FILE` or `-f DIRECTORY`, or pipe them in:
`kubectl get -A -o yaml ipaddresspools,l2advertisements | metallb2cilium convert`.
`-f -` reads standard input even where it is a terminal.",
};

/// Every code of this concern.
pub static ALL: &[&Code] = &[&NO_INPUT];
