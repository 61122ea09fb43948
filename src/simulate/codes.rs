//! Diagnostic codes of simulation.

use crate::diagnostic::codes;

codes! {
    /// A file that is said to hold events does not.
    NOT_EVENTS = "M2C140", "Not a file of events",
"The file given with --events must hold one mapping with the key `steps`: a list of
what happens, one step after the other. schemas/events.json describes it in full, and
schemas/README.md has an example.";
    /// A step speaks of something that is not there.
    NOT_THERE = "M2C141", "An event about something that is not there",
"A step deletes an object, or lets a node fail or return, that is not there at that
time: neither the input nor an earlier step has it, or it was deleted before. Objects
are named by kind, namespace and name; without a namespace, Services and EndpointSlices
are looked for in `default`, others in every namespace.";
    /// `--explain` names a Service that is not there.
    UNKNOWN_SERVICE = "M2C142", "The Service to explain is not in the input",
"--explain takes NAMESPACE/NAME of a Service that is in the input. Services without
metadata.namespace are in the namespace `default`.";
    /// The configuration is accepted, and the controller does not survive it.
    OPERATOR_CRASHES = "M2C143", "The controller crashes on this configuration",
"The API server accepts every object, but the controller ends with a panic as soon as
it reads them, again and again: nothing is allocated any more. The message says where.
Change what it names, or choose another version of the controller.";
    /// A file that is said to hold Helm values does not.
    NOT_HELM_VALUES = "M2C144", "Not a file of Helm values",
"The file given with --cilium-values must hold the values of the Cilium chart: one YAML
mapping, as `helm get values cilium -n kube-system` prints it.";
    /// Objects are missing without which nothing is announced.
    NOTHING_AT_HAND = "M2C145", "Nodes or endpoints are not in the input",
"There are Services of type LoadBalancer in the input, but no Node, or no EndpointSlice.
Without Nodes nobody announces anything; MetalLB announces no Service without a usable
endpoint. Where that is not what is meant, add them:
`kubectl get -A -o yaml services,endpointslices,nodes,namespaces`.";
    /// Services without a cluster address.
    NEVER_APPLIED = "M2C146", "Services that were never applied",
"Every Service of type LoadBalancer in a cluster has spec.clusterIP, and MetalLB passes one
over that has none. A manifest as it stands in a repository has none yet. Take the Services
from the cluster: `kubectl get -A -o yaml services`. `verify`, `diff`, `check` and `plan` take
it that the API server gives each the address that it lacks.";
}
