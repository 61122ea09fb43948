//! Diagnostic codes of the cut-over: `M2C61x`.

use crate::diagnostic::codes;

codes! {
    /// A loss that would touch traffic, and that nobody accepted.
    NOT_ACCEPTED = "M2C610", "loss that nobody has accepted",
"The plan is refused: on this cluster `verify` finds a difference that touches
traffic, and no `--accept` names its code. A Service may change its address, or be
announced otherwise, once Cilium takes over.

Mend it as the message says (`metallb2cilium explain CODE`), so that `verify` ends
with 0; or, where the loss is known and wanted, name its code: `--accept M2C301`.
The runbook then lists it among what was accepted.";
    /// MetalLB is configured by its old ConfigMap.
    NOT_CUSTOM_RESOURCES = "M2C611", "configuration that cannot be switched off in waves",
"The cut-over takes pools away from MetalLB by patching its L2Advertisements, which
MetalLB has from 0.13 on. A configuration in the old ConfigMap, or as AddressPools,
has nothing to patch, and the speakers of 0.12 refuse one that lacks the pool of an
address in use. So the sessions of BGP move node by node as ever, and then all pools on
L2 at once, when the last speakers stop.

For smaller waves upgrade MetalLB to 0.13 or later with IPAddressPools and
advertisements first: that is a change that MetalLB itself supports, and its addresses
stay.";
    /// Nodes of one ClusterConfig that was there already.
    MOVED_AT_ONCE = "M2C623", "Nodes whose BGP sessions move at once",
"A CiliumBGPClusterConfig that was there already has BGP sessions of its own on Nodes
from which MetalLB announces by BGP, too. A node takes one ClusterConfig only, so the
peers are added to that one, which happens on all its Nodes at the same moment: what
only they announce is interrupted until the new sessions are up (10 to 180 seconds).
Its own sessions are not touched.

Split it into one ClusterConfig for each Node beforehand, on a day of its own, since
that restarts its sessions; or accept it with `--accept M2C623`.";
    /// A policy of Cilium's first BGP control plane.
    PEERING_POLICY = "M2C624", "CiliumBGPPeeringPolicy that is there already",
"Before Cilium 1.19 a CiliumBGPPeeringPolicy configures BGP in the older way. It is not
simulated and not merged with: what becomes of ClusterConfigs on the Nodes that it
selects is not known here, so nothing is planned.

Bring it to CiliumBGPClusterConfigs first, on a day of its own. Where it selects other
Nodes than those that move, accept it: `--accept M2C624`.";
    /// The cluster is not in the input.
    CLUSTER_NOT_AT_HAND = "M2C612", "cluster that is not in the input",
"A runbook names the Nodes and Services of one cluster, and what it promises is
promised for them. Without them in the input there is nothing to plan.

Give them with `--from-cluster`, or from files:
`kubectl get -A -o yaml services,nodes,endpointslices,namespaces,secrets,deployments,\
daemonsets > cluster.yaml`.";
    /// `--accept` names no code.
    UNKNOWN_ACCEPTED = "M2C613", "accepted code that does not exist",
"`--accept` takes the code of a diagnostic, such as M2C301. The list of all of them
is printed by `metallb2cilium explain --list`.";
    /// An accepted loss that does not occur.
    NOT_NEEDED = "M2C614", "accepted loss that does not occur",
"`--accept` names a code that no difference on this cluster has. Take it out, so
that it accepts nothing by accident later.";
    /// Services without addresses.
    NOTHING_HELD = "M2C615", "no Service holds an address",
"No Service of type LoadBalancer in the input has an address in its status, so the
plan has no address to keep: it may come from manifests, as they stand in a
repository, and not from the cluster. Plan with what the cluster says
(`--from-cluster`, or `kubectl get services -A -o yaml`).";
    /// Something that is there already stands in the way.
    LB_IPAM_AWAKE = "M2C616", "LB-IPAM gives addresses out already",
"There is a CiliumLoadBalancerIPPool in the cluster, so Cilium's LB-IPAM is awake and
handles every Service without a class, beside MetalLB: each takes away what the
other one gave. The plan stops Cilium's operator while the pools are applied, but
until then both write to the same Services.

Delete the pool if it is left from an attempt, or keep the two apart by
loadBalancerClass before you plan.";
    /// An input without anything to keep.
    NOTHING_TO_KEEP = "M2C618", "nothing to keep",
"The input holds neither a resource of MetalLB's or Cilium's nor a Service of type
LoadBalancer, so a snapshot of it would be of no use on the day on which it is needed.

Give what runs in the cluster: `--from-cluster`, or
`kubectl get -A -o yaml services,nodes,… | metallb2cilium snapshot`.";
    /// A file that is no snapshot.
    NO_SNAPSHOT = "M2C619", "file that is no snapshot",
"`--rollback` takes a file that `metallb2cilium snapshot` wrote: its first document
says so (`kind: Snapshot`). Other manifests may lack what a way back needs, and
nobody would notice before it is too late.";
    /// The snapshot lacks passwords.
    PASSWORDS_LEFT_OUT = "M2C620", "snapshot without passwords",
"The snapshot was taken without `--with-secrets`, and what it leaves out is not in
the cluster any more either. A BGP session that needs the password stays down until
you put it back by hand: into the Secret or the field that the message names, before
MetalLB's speakers start.";
    /// The snapshot cannot install MetalLB.
    NOT_INSTALLABLE = "M2C621", "MetalLB has to be installed by other means",
"MetalLB is not in the cluster any more, and the snapshot does not hold its workloads
or its definitions (they were not in the input when it was taken). Install the same
version by its chart or manifests, as the runbook says: definitions first, then the
resources, then the workloads with the controller stopped. A controller that starts
without its pools clears every Service's address.";
    /// A held address that MetalLB would not leave to its Service.
    HELD_OTHERWISE = "M2C622", "address that MetalLB would take away",
"A Service holds an address that MetalLB's configuration in the input does not leave
to it: no pool holds it, or the Service asks for another one. MetalLB would change it
at its next start, and Cilium will not keep it either, so no plan can promise it.

Either the input is not what runs, or MetalLB has not looked at the change yet. Make
both agree (`metallb2cilium simulate metallb` shows what it would do), then plan.";
    /// MetalLB says something else than the simulation.
    ANNOUNCED_OTHERWISE = "M2C617", "announced by another node than simulated",
"A ServiceL2Status or ServiceBGPStatus of MetalLB's, which says who announces a
Service at this moment, disagrees with the simulation. What MetalLB says is the
truth: the input may be older than it, a speaker may be down, or a Node may lack
what the simulation takes for granted (interfaces, memberlist).

Look at that Service before you move it: `kubectl get servicel2statuses.metallb.io
-A`. If the input is complete and fresh, the simulation is wrong here; tell us.";
}
