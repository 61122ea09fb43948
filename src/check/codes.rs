//! Diagnostic codes of the pre-flight: `M2C63x` to `M2C66x`.

use crate::diagnostic::codes;

codes! {
    /// Cilium's settings are not at hand.
    SETTINGS_NOT_AT_HAND = "M2C630", "settings that are not at hand",
"Neither the ConfigMap cilium-config nor Helm values of Cilium are in the input, so
nothing is said about Cilium's settings. Give the ConfigMap
(`kubectl get configmap cilium-config -n kube-system -o yaml`), `--cilium-values`, or
use `--from-cluster`.";
    /// A setting is not as it has to be.
    SETTING = "M2C631", "setting that Cilium needs otherwise",
"With this setting Cilium would not do what the conversion rests on: it would ignore
its pools, its L2 policies or its BGP resources, or leave Services alone. The message
names the Helm value; `metallb2cilium convert --emit helm-values` prints all of them,
and the runbook of `plan` has a step that sets them before anything moves.";
    /// The client's rate limit is too low.
    RATE_LIMIT = "M2C632", "rate limit below the traffic of leases",
"Each Service on L2 has a lease that is renewed every few seconds. An agent whose
client is limited below that loses leases, and its Services move from node to node.
Raise k8sClientRateLimit.qps and burst to what `convert --emit helm-values` prints.";
    /// An interface that Cilium does not manage.
    DEVICE = "M2C633", "interface that Cilium does not manage",
"An L2Advertisement names an interface that is not among Cilium's `devices`. Cilium
answers on none that it does not manage: the Services would not be answered for
there. Add it to `devices`; a trailing `+` stands for any text.";
    /// Another version runs.
    OTHER_VERSION = "M2C634", "another version of Cilium runs",
"The image of Cilium's agent in the input has another version than the one that is
planned for (`--cilium-version`). Both decide differently in places
(`metallb2cilium version`). Plan for the one that will run on the day.";
    /// A fault of the version.
    KNOWN_FAULT = "M2C635", "known fault of this version of Cilium",
"This version of Cilium has a fault that the cut-over, or what comes after it, can
meet on this cluster. The message says which, how sure that is, and from which
version on it is mended. Upgrade first, or do what the help line says.";
    /// An address of a node in a pool.
    NODE_ADDRESS = "M2C640", "address of a Node in a pool",
"A pool holds an address that a Node has. A Service that gets it takes the Node off
the network. Neither controller looks at this. Take the address out of the pool.";
    /// Addresses of Pods or Services in a pool.
    CLUSTER_ADDRESS = "M2C641", "addresses of Pods or Services in a pool",
"A pool overlaps with the addresses that Pods or Services have inside the cluster, by
Nodes, CiliumNodes, ServiceCIDRs, the ConfigMaps cilium-config and kubeadm-config, the
flags of the control plane's static Pods and of K3s, or the clusterIPs of Services.
Traffic to such an address does not leave the cluster, or comes to somebody else.
Take the addresses out of the pool.";
    /// A router's address in a pool.
    ROUTER_ADDRESS = "M2C642", "address of a router in a pool",
"A pool holds the address of a BGP peer or of a gateway (`--gateway`). A Service that
gets it answers in the router's place, and cuts the segment off. Take the address out
of the pool.";
    /// An external address in a pool.
    EXTERNAL_IP = "M2C643", "externalIP in a pool",
"A Service names an address of a pool in spec.externalIPs. LB-IPAM does not know of
it and may give the same address to another Service; for one address and port each
agent then serves the one that it saw first. Take it out of the pool, or let the
Service ask for it as its load-balancer address.";
    /// A Service of another class.
    OTHER_CLASS = "M2C650", "Service of another load balancer",
"The Service has a loadBalancerClass that neither MetalLB nor Cilium serves here.
Both leave it alone, before and after: nothing is to be done, as long as its
controller gives it no address of these pools.";
    /// A right that a step of the plan needs.
    RIGHT_NEEDED = "M2C653", "right that the cut-over needs",
"A step of the plan, or its way back, needs a right that you do not have, as the API
server says (SelfSubjectAccessReview, which writes nothing). A script would stop in the
middle of the night. Ask for a role with it, or let somebody else run the scripts. The
first script asks for all of them again before it does anything.";
    /// A label of an attempt.
    ATTEMPT_LEFT = "M2C652", "left from a cut-over",
"A Node, a Service or an L2Advertisement carries what the scripts of `plan` set while
they work: a cut-over was begun and not finished, or not taken back. Go on with its
scripts, or back (`metallb2cilium plan --rollback SNAPSHOT`), before you plan anew.";
    /// Resources of MetalLB's.
    RESOURCE_LEFT = "M2C660", "resource of MetalLB's that is left",
"A resource or a definition of MetalLB's is still there. Nobody acts on it, but a
MetalLB that is installed again would. Delete the resources, then the definitions
(`kubectl get crds -o name | grep metallb.io`); the conversion webhook of
bgppeers.metallb.io has to be switched off first where its controller is gone.";
    /// A webhook of MetalLB's.
    WEBHOOK_LEFT = "M2C661", "webhook of MetalLB's that is left",
"A ValidatingWebhookConfiguration of MetalLB's is still there, and nobody answers it
once the controller is gone: every change of its resources is refused, and their
deletion may hang. Delete it before the resources.";
    /// A workload of MetalLB's.
    WORKLOAD_LEFT = "M2C662", "workload of MetalLB's that is left",
"MetalLB's controller or speakers are still there. A controller that runs beside
LB-IPAM takes away what the other one gives; a speaker answers for what Cilium
answers for. Something may start them again, too: Argo CD, Flux, an operator.";
    /// A deletion that hangs.
    DELETION_HANGS = "M2C663", "deletion that waits for a finalizer",
"The object is to be deleted and waits for a finalizer, whose program may be gone
already. Look who sets it; if that is gone for good, take the finalizer out:
`kubectl patch … --type=merge -p '{\"metadata\":{\"finalizers\":null}}'`.";
    /// An annotation of MetalLB's.
    ANNOTATION_LEFT = "M2C664", "annotation of MetalLB's that is left",
"The Service still carries annotations of MetalLB's. Nobody reads them any more; they
mislead people. Take them out where they are written: in the repository, not only in
the cluster.";
    /// A Service without its address.
    ADDRESS_MISSING = "M2C665", "Service without the address that it asks for",
"The Service asks LB-IPAM for an address that it does not hold. See its condition
cilium.io/IPAMRequestSatisfied (`kubectl describe service`): no pool that lets it in
has the address, or another Service has it.";
}
