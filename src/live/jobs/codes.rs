//! Diagnostic codes of `live manifest`: `M2C74x`.

use crate::diagnostic::codes;

codes! {
    /// The input does not fit into ConfigMaps.
    INPUT_TOO_LARGE = "M2C740", "Input that does not fit into a ConfigMap",
"A ConfigMap or Secret holds 1 MiB at most (Kubernetes API, ConfigMap v1). Several files
are spread over several of them, and one file is cut between its documents; one document
that is larger, such as the List that `kubectl get -o yaml` prints, cannot be cut.

Print its items one by one: `kubectl get -A -o json services,nodes,endpointslices |
jq -c '.items[]' > cluster.json`. Leave out what the command does not need.";
    /// There is no Node to run on.
    NO_NODES = "M2C741", "No Node to run on",
"--nodes and --node-selector choose among the Nodes of the input, since a Job runs on one
named Node; without either, every Node is taken, and by `live manifest peer` every Node
that has a session. None is left, or one that is named is not in the input or has no
session. Add the Nodes: kubectl get nodes -o yaml.";
    /// The Nodes cannot share the rate.
    RATE_TOO_LOW = "M2C742", "Fewer questions a second than Nodes",
"--rate of `live manifest probe` is for all Nodes together, since ARP and NDP go to everybody
on the link: each gets its share of it in whole questions a second. Where there are more
Nodes than questions there is no such share. Give a higher rate, or fewer Nodes
(--nodes, --node-selector).";
}
