//! Diagnostic codes of the command line itself, and all codes together.

use crate::diagnostic::{Code, codes};
use crate::{check, cilium, convert, manifest, metallb, plan, rewrite, simulate, verify};

codes! {
    /// No input was given.
    NO_INPUT = "M2C119", "No input",
"Neither `-f` names a file, nor is anything piped into standard input. A terminal
is not read from, since a program that waits for typed YAML looks like one that
hangs.

Name the manifests with `-f FILE` or `-f DIRECTORY`, or pipe them in:
`kubectl get -A -o yaml ipaddresspools,l2advertisements | metallb2cilium convert`.
`-f -` reads standard input even where it is a terminal.";
    /// The cluster did not answer.
    CLUSTER_NOT_READ = "M2C133", "cluster that cannot be read",
"`--from-cluster` reads from the API server that kubectl would ask: of the context
named by `--context`, in the file named by `--kubeconfig` or `$KUBECONFIG`, else in
`~/.kube/config`; within a Pod, with the Pod's service account. A request that the
server is too busy for, or that is cut off, is made again a few times.

See whether `kubectl get services -A` works in the same place. Behind a proxy, or with
a plugin for credentials that cannot run here, pipe what kubectl prints instead:
`kubectl get -A -o yaml … | metallb2cilium …`.";
    /// A right is missing.
    RIGHT_MISSING = "M2C134", "right that is missing",
"You may not read something in the cluster that is needed. Only the verbs `get` and
`list` are used, nothing is ever written. Without Services, Nodes, Namespaces,
EndpointSlices and both sides' resources a result would be wrong, so it is refused;
without workloads, webhooks or definitions it rests on more assumptions.

Ask for a ClusterRole with `get` and `list` on what the message names;
`kubectl auth can-i list RESOURCE -A` tells whether you have it.";
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
        rewrite::codes::ALL,
        cilium::codes::ALL,
        simulate::codes::ALL,
        verify::codes::ALL,
        plan::codes::ALL,
        check::codes::ALL,
        crate::live::codes::ALL,
        crate::live::jobs::codes::ALL,
        crate::live::observations::codes::ALL,
    ]
    .concat();
    all.sort_by_key(|code| code.id);
    all
}
