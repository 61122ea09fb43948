//! Diagnostic codes of the conversion: `M2C2xx` pools, `3xx` L2, `4xx` BGP,
//! `5xx` Services, `6xx` nodes and cluster settings.

use crate::diagnostic::codes;

codes! {
    /// An option names a pool that is not there, or cannot be it.
    UNKNOWN_POOL = "M2C210", "an option names an unknown pool",
    "--only-pool, --skip-pool and --default-pool take names of IPAddressPools of the input; \
--default-pool one that is open to every Service (no serviceAllocation, autoAssign not false).";
    /// A CIDR with host bits set.
    HOST_BITS = "M2C211", "CIDR with host bits",
    "An address such as 10.10.141.50/27 means its whole network, 10.10.141.32/27, to MetalLB and to \
Cilium. It is written as the network. If only the one address was meant, correct the input: MetalLB \
gives out the whole network today.";
    /// A range from one family to the other.
    HOLDS_NOTHING = "M2C212", "range that holds nothing",
    "A range from an IPv4 to an IPv6 address is accepted by MetalLB and holds no address. It is left \
out; a pool of nothing else is not written. The same goes for a range of which avoidBuggyIPs leaves \
nothing, such as 10.0.0.255-10.0.1.0.";
    /// Addresses behind a placeholder, carried over.
    UNFILLED = "M2C213", "placeholder carried over",
    "The entry holds a placeholder such as ${NET}/24 that was not filled in. It stands in the output \
as in the input, so that the same tool can fill it in later; whether it is valid, and whether it \
overlaps with another pool, could not be checked.";
    /// First and last addresses are reserved.
    RESERVED_ENDS = "M2C214", "reserved first and last addresses",
    "--blocks compact writes the interior of a CIDR as the whole CIDR with allowFirstLastIPs: \"No\". \
The addresses are the same, but a Service that asks for a reserved one with a sharing key gets it \
from Cilium 1.19, and makes the operator of 1.20 crash at every start. --blocks auto has no such trap.";
    /// A pool in several objects.
    SPLIT_POOL = "M2C215", "pool split into several objects",
    "kubectl apply keeps a copy of each object in an annotation of at most 256 KiB. A pool with more \
blocks than fit is written as NAME, NAME-2, … with one selector: LB-IPAM treats them as one.";
    /// A full pool has no successor.
    FALL_BACK = "M2C216", "no fall-back to another pool",
    "MetalLB goes on to the next pool by priority, and then to the open pools, when the first choice \
is full or has no address of the family. Cilium's pools have no order: the first choice only is \
written, so that nobody gets an address of a wrong pool. A Service for which it has no room stays \
without an address. Give the pool enough addresses, or set the label metallb2cilium.io/pool on \
Services that should come from the other pool.";
    /// Pools that any Service may use are announced differently.
    ADVERTISED_DIFFERENTLY = "M2C217", "pools of one kind advertised differently",
    "Several pools fit the same Services with equal right, and MetalLB takes any of them. But they are \
advertised differently, and Cilium's announcements select Services, not addresses: a Service must say \
from which pool it comes, or it would be announced wrongly. So these pools take only Services with the \
label metallb2cilium.io/pool. --default-pool NAME lets one of the open pools take the Services without \
it; --emit services sets it on the Services at hand; the admission policy sets it on new ones.";
    /// Namespaces by label become a list of names.
    NAMESPACES_TO_COME = "M2C218", "namespaces by label become names",
    "Cilium selects a Service's Namespace by name only. namespaceSelectors are resolved with the \
Namespaces of the input; a Namespace that is created or labelled later is not followed. Convert again \
when that happens, or name the Namespaces in serviceAllocation.namespaces.";
    /// Namespaces by label that name them outright.
    NAMESPACES_FIXED = "M2C219", "namespaces selected by name",
    "The namespaceSelectors select by the label kubernetes.io/metadata.name, which is every \
Namespace's name: they mean just these, now and later.";
    /// Services that one selector cannot tell apart.
    NOT_TOLD_APART = "M2C220", "Services that a selector cannot tell apart",
    "Which Services MetalLB serves from this pool cannot be said in one label selector, which is all \
that a CiliumLoadBalancerIPPool has (a pool cannot be written twice, since pools must not overlap). So \
the pool takes only Services with the label metallb2cilium.io/pool: --emit services sets it on those at \
hand. New Services of this kind need it too. It is also said of selectors by the labels \
io.kubernetes.service.name and io.kubernetes.service.namespace: they are plain labels to MetalLB, and to \
Cilium every Service's own name and namespace. Select by a label of another key.";
    /// Services at hand need the label.
    SERVICES_NEED_LABEL = "M2C221", "Services that need a label",
    "A Service that asks MetalLB for a pool by annotation, or whose pool is chosen by label only, needs \
the label metallb2cilium.io/pool with the pool's name, so that Cilium takes its address from the same \
pool. Set it before the pools are applied; --emit services prints server-side-apply objects for it.";
    /// A pool that only the label opens.
    POOL_NEEDS_LABEL = "M2C222", "pool by label only",
    "The pool gives no address without being asked (autoAssign: false), or cannot be told apart from \
others: only Services with the label metallb2cilium.io/pool get one. No Service at hand asks for it.";
    /// An advertisement names a pool that is not there.
    UNKNOWN_POOL_NAMED = "M2C223", "advertisement of an unknown pool",
    "The advertisement names a pool that is not in the input. MetalLB takes that without a word, and it \
may be a slip: often the pool stands in another file. Convert all files together.";
    /// More blocks than can sensibly be written.
    TOO_MANY_BLOCKS = "M2C224", "pool with too many blocks",
    "With avoidBuggyIPs a pool is written as one block for each 256 addresses, since Cilium knows no \
such option. A pool of 0.0.0.0/0 would be sixteen million blocks, which no API server holds. Give the \
pool the addresses that it needs, or take avoidBuggyIPs out.";

    /// The leader is chosen otherwise.
    OTHER_LEADER = "M2C301", "another election of the L2 leader",
    "MetalLB elects the node that answers for an address by a hash over the nodes; with Cilium it is \
whoever holds the Kubernetes Lease of the Service (cilium-l2announce-NAMESPACE-NAME). The candidates are \
the same, the choice among them and the time of a fail-over are not.";
    /// Preferred nodes have no counterpart.
    PREFERRED_NODES = "M2C302", "preferred nodes are lost",
    "preferredNodeSelectors give nodes points in MetalLB's election. Cilium's Lease goes to whoever \
takes it first. Restrict nodeSelectors to the preferred nodes if there are enough of them.";
    /// A candidate without the interface stays silent.
    MISSING_INTERFACE = "M2C303", "candidate without the named interface",
    "With both controllers a node that does not have the named interface can be chosen to answer and \
then does so nowhere, without a fail-over. Restrict nodeSelectors to nodes that have it.";
    /// No IPv6 on L2.
    NO_NDP = "M2C304", "no IPv6 on L2",
    "Cilium answers neighbour solicitations (NDP) for Services from version 1.19 on. Before, IPv6 \
addresses are not announced on L2.";
    /// Shared addresses on L2.
    SHARED_ON_L2 = "M2C305", "shared address on L2",
    "MetalLB elects one node for an address. Cilium takes a Lease for each Service, so that two Services \
that share an address may be announced from two nodes: both answer for it, and clients reach one or the \
other. No configuration mends that. Give each Service an address of its own, merge them into one Service, \
or announce the address by BGP.";
    /// Traffic policy Local on L2.
    LOCAL_ON_L2 = "M2C306", "externalTrafficPolicy Local on L2",
    "MetalLB lets only nodes with a usable endpoint answer for a Service with externalTrafficPolicy \
Local. Cilium before 1.20.2 does not look at endpoints: the Lease may go to a node without one, and \
traffic is dropped there. From 1.20.2 on it is as with MetalLB (cilium#46399), but for Services whose \
endpoints are not real ones (Gateway API), which then fall silent (cilium#48799).";
    /// Cilium answers for Services without endpoints.
    ANSWERS_WITHOUT_ENDPOINTS = "M2C307", "answers without endpoints",
    "MetalLB stays silent for a Service without a ready endpoint; Cilium answers all the same. Nobody \
can be served either way.";
    /// serviceSelectors and sharing exclude each other in MetalLB.
    SELECTORS_AND_SHARING = "M2C308", "serviceSelectors and a shared address",
    "MetalLB does not announce a Service with the annotation allow-shared-ip on L2 at all where an \
L2Advertisement with serviceSelectors is for its pool, even if another one without would fit. Cilium's \
selectors see no annotations, so it announces such a Service.";
    /// All interfaces.
    ALL_INTERFACES = "M2C309", "all interfaces",
    "Without interfaces MetalLB answers on all of a node's, but for those that its ConfigMap \
metallb-excludel2 matches (docker, cbr, dummy, virbr, lxcbr, veth, lo, cali, tunl, flannel, kube-ipvs, \
cni, nodelocaldns, lxc by default) and links that are down, enslaved or NOARP. Cilium answers on all of \
its `devices`. Compare the two lists, or name the interfaces in the L2Advertisement.";
    /// An advertisement that announces nothing.
    ANNOUNCES_NOTHING = "M2C310", "advertisement that announces nothing",
    "No pool, no node or no peer fits the advertisement, so that it announces nothing, in MetalLB too. \
It is left out. Often the rest of the configuration is in another file: convert all files together.";

    /// A session that Cilium cannot have.
    NO_SESSION = "M2C420", "BGP session that Cilium cannot have",
    "Cilium's open-source BGP control plane has no unnumbered peers and no VRFs, and opens one session \
to an address. The peer is left out, with all routes that go to it.";
    /// The peer's AS number is not checked.
    DYNAMIC_ASN = "M2C421", "dynamic AS number",
    "MetalLB's dynamicASN accepts a peer of the same AS (internal) or of another (external). Cilium's \
peerASN 0 accepts any. Write the peer's AS number.";
    /// Timers that Cilium cannot have.
    TIMERS = "M2C422", "timers that are not the same",
    "Cilium takes whole seconds from 3 (hold) and 1 (keepalive) to 65535. What lies outside is written \
as the nearest value.";
    /// No BFD.
    BFD = "M2C423", "no BFD",
    "Cilium's open-source BGP control plane has no BFD. The hold time is lowered to what comes nearest \
to the profile's detection time, but not below the 3 s that BGP allows. Take BFD off the neighbour on the \
router too: a router that waits for BFD keeps the session down.";
    /// The next hop of the other family.
    OTHER_FAMILY_NEXT_HOP = "M2C424", "next hop of the other family",
    "With dualStackAddressFamily, routes of both families go over one session. FRR gives the other \
family's routes the address of their own family on the session's interface. GoBGP gives them the \
session's local address: ::ffff:192.0.2.1, say, to IPv6 routes over IPv4, where hardly a router has a \
way to it; and an IPv6 address to IPv4 routes over IPv6, at which a router that has not agreed to that \
(RFC 8950) may end the session. Open one session for each family instead.";
    /// localASN as an instance.
    LOCAL_ASN = "M2C425", "local AS number",
    "localASN becomes an instance with that AS number: the router sees the same number. Whether the \
session is internal or external is judged by it, and the instance's router ID is shared.";
    /// A Secret that is not in the input.
    MISSING_SECRET = "M2C426", "BGP password is missing",
    "The Secret with the peer's password is not in the input, so none is written. Cilium opens the \
session without a password until the Secret is there: the router refuses it, or worse, accepts it. Create \
the Secret with the key `password` in the BGP secrets namespace before you apply the rest.";
    /// A password that the kernel does not take.
    PASSWORD_TOO_LONG = "M2C427", "BGP password is too long",
    "TCP MD5 (RFC 2385) takes keys of at most 80 bytes in Linux. A longer one fails in the kernel.";
    /// Router IDs and source addresses are set node by node.
    NEEDS_NODES = "M2C428", "set node by node",
    "routerID and sourceAddress are written into a CiliumBGPNodeConfigOverride for each Node, so the \
Nodes must be in the input, and a Node that comes later gets none until you convert again.";
    /// Aggregates of Services with traffic policy Local.
    AGGREGATE_OF_LOCAL = "M2C429", "aggregate of a Service with externalTrafficPolicy Local",
    "MetalLB sends the aggregate for such Services too. Cilium sends the full length, so that only nodes \
with an endpoint attract the traffic.";
    /// Aggregation that the version does not have.
    NO_AGGREGATION = "M2C430", "no aggregation in this version",
    "aggregationLengthIPv4 and aggregationLengthIPv6 come with Cilium 1.18. Before, every address is \
sent by itself.";
    /// Two local preferences for one Service.
    LOCAL_PREFS_BY_SERVICE = "M2C431", "two local preferences for one Service",
    "Two BGPAdvertisements with serviceSelectors may select one Service and set different local \
preferences. MetalLB then announces that Service by BGP nowhere; Cilium sends the higher preference. Give \
both the same, or selectors that share no Service.";
    /// Overlapping advertisements before 1.19.
    NOT_MERGED = "M2C432", "advertisements that are not merged",
    "Several advertisements send one route. From 1.19 on Cilium unites their communities as MetalLB \
does; before, that is not proven.";
    /// Shared addresses with different attributes.
    SHARED_ATTRIBUTES = "M2C433", "one route with the attributes of several Services",
    "Services that share an address are selected by different advertisements. MetalLB unites what they \
say of the one route; Cilium takes the attributes of one of them, by chance.";
    /// Withdrawal depends on a setting.
    WITHDRAWN_WITHOUT_ENDPOINTS = "M2C434", "withdrawal without endpoints",
    "MetalLB withdraws a Service without ready endpoints. Cilium does so only with the Helm value \
enableNoServiceEndpointsRoutable: false, which --emit helm-values prints.";
    /// Draining endpoints.
    DRAINING = "M2C435", "draining endpoints",
    "With externalTrafficPolicy Local, MetalLB counts an endpoint that terminates but still serves; \
Cilium does not. A node whose last endpoint drains is withdrawn a little earlier. From 1.20 on it is \
so with every policy where all endpoints of a Service drain.";
    /// Too many classes of nodes.
    TOO_MANY_CLASSES = "M2C436", "too many classes of nodes",
    "A node can be in one CiliumBGPClusterConfig only, so the nodes are divided by which peers and \
advertisements they have. The node selectors at hand cut each other into more than 256 classes. With the \
Nodes in the input only the classes that really occur are written.";
    /// Only the classes of the Nodes at hand.
    CLASSES_OF_NODES_AT_HAND = "M2C437", "only the nodes at hand",
    "The node selectors would divide all possible nodes into more than 256 classes, so only those of \
the Nodes at hand are written. A Node that comes later with another combination of labels has no peers \
until you convert again.";
    /// An advertisement names a peer that is not there.
    UNKNOWN_PEER_NAMED = "M2C438", "advertisement to an unknown peer",
    "The advertisement names a BGPPeer that is not in the input. MetalLB takes that without a word. \
Often the peer stands in another file: convert all files together.";

    /// No endpoints in one family.
    FAMILY_WITHOUT_ENDPOINTS = "M2C439", "family without endpoints",
    "MetalLB announces both addresses of a dual-stack Service as soon as it has a ready endpoint in either \
family. Cilium, with enableNoServiceEndpointsRoutable: false, withdraws the address of a family without \
endpoints. Nobody could be served there anyway.";

    /// A Service of a class that Cilium does not serve.
    FOREIGN_CLASS = "M2C501", "loadBalancerClass that Cilium does not serve",
    "Cilium serves Services without a class and those of io.cilium/bgp-control-plane and \
io.cilium/l2-announcer. The field cannot be changed: the Service must be created anew, with its address \
pinned by lbipam.cilium.io/ips so that it keeps it.";
    /// A Service that gets an address only from Cilium.
    GAINED = "M2C502", "Service that gains an address",
    "MetalLB does not serve this Service, and Cilium may: it would get an address that nobody expects. \
Correct what it asks for, or keep it out of Cilium's care.";
    /// Families from several pools.
    DUAL_STACK = "M2C503", "dual-stack Service and pools of different families",
    "MetalLB takes both families from one pool (RequireDualStack: or nothing; PreferDualStack: else one \
address). Cilium takes each family from any pool that lets the Service in, and gives one where both are \
required and only one can be had. It is the same where all pools that fit have both families and, for \
PreferDualStack, where all have the same one.";
    /// Local Services without selector that share.
    LOCAL_WITHOUT_SELECTOR = "M2C504", "sharing Service without selector",
    "MetalLB compares selectors as text, so that Services with externalTrafficPolicy Local and no \
selector share an address with each other and with Cluster ones. Cilium refuses both.";
    /// One port on two protocols before 1.17.
    SHARED_PORT = "M2C505", "one port on two protocols",
    "Cilium 1.16 does not let two Services share an address when they use one port number, even on TCP \
and UDP (DNS). From 1.17 on it does.";

    /// Two Services hold one address without sharing it.
    CONTESTED_ADDRESS = "M2C506", "address that two Services want",
    "Two Services hold or ask for the same address and do not share it by a common key. MetalLB \
leaves it to the one that it looks at first and gives the other another one; which of the two Cilium \
leaves it to is chance. Give one of the two another address before the switch.";

    /// A sharing key whose Services fit different pools.
    SHARES_ACROSS_POOLS = "M2C507", "sharing key over different pools",
    "Services under one sharing key fit different pools. MetalLB shares an address only with Services \
that fit its pool; Cilium's sharing does not look at the pool's selector. So that no Service gets an \
address of a wrong pool, the key is not set on those that do not fit all of the pools, and they share no \
address. Let Services that share fit the same pools.";

    /// A Service that MetalLB leaves without an address.
    PENDING = "M2C508", "Service that MetalLB leaves pending",
    "MetalLB gives these Services no address: it refuses what they ask for, no pool fits, the pools are \
full, or it is not theirs to serve. Cilium has other rules and might serve some of them; where it does at \
hand, a loss says so. With --keep-pending they get the label metallb2cilium.io/pool with a value that \
means no pool, and every pool's selector leaves that value out. Set the labels (--emit services) before \
the pools are applied, and take them off from a Service that is to have an address. Whether a Service has \
one is decided as when MetalLB starts on the input: manifests without status stand as if just created.";

    /// Kubernetes without MutatingAdmissionPolicy.
    NO_ADMISSION_POLICY = "M2C509", "Kubernetes without MutatingAdmissionPolicy",
    "MutatingAdmissionPolicy came with Kubernetes 1.32 (v1alpha1), is v1beta1 in 1.34 and 1.35, and v1 \
from 1.36. An older API server refuses the policy. Set annotations and labels where the Services come \
from (`metallb2cilium rewrite`), or let a mutating webhook set them.";
    /// MutatingAdmissionPolicy that has to be switched on.
    ADMISSION_POLICY_OFF = "M2C510", "MutatingAdmissionPolicy is off by default",
    "Before Kubernetes 1.36 MutatingAdmissionPolicy is served only where kube-apiserver runs with the \
feature gate MutatingAdmissionPolicy and with the API version in --runtime-config. Without them the \
policy is refused: no matches for kind.";
    /// An admission policy beyond what an API server parses.
    ADMISSION_POLICY_TOO_LARGE = "M2C511", "admission policy too large",
    "An API server parses expressions of up to 100 000 characters. The policy lists the pools, and for \
those that go by label their CIDRs and the Services that they are for; here that is more.";
    /// A pool that a later Service asks for in vain.
    UNREACHED_BY_ASKING = "M2C512", "pool that a later Service asks for in vain",
    "MetalLB serves a Service from a pool that it asks for, even if another pool is pinned to such \
Services. Cilium's pool has one selector, and it leaves those Services to the pinned pool. Where such a \
Service is at hand the pool goes by label; for Services to come it would have to be converted again.";

    /// Nodes whose network is unavailable.
    NETWORK_UNAVAILABLE = "M2C601", "Node with unavailable network",
    "MetalLB does not announce from a Node whose condition NetworkUnavailable is True. Cilium does not \
look at it.";
    /// MetalLB's BGP mode is assumed.
    ASSUMED_MODE = "M2C602", "BGP mode assumed",
    "Timers that a BGPPeer does not set are those of MetalLB's BGP implementation: FRR's 180 s and 60 s, \
or 90 s and 30 s in the native mode. Which one runs is read from the speaker's DaemonSet where it is at \
hand (METALLB_BGP_TYPE), or said by --metallb-mode.";
    /// A peer of others' gets MetalLB's routes.
    EXISTING_PEER_TAKES = "M2C603", "PeerConfig of Cilium's that takes everything",
    "The input holds a CiliumBGPPeerConfig, for peers that are not MetalLB's, whose families select the \
converted advertisements, too (an empty selector selects all). Its peers would get the routes of MetalLB's \
Services. Let it select its own advertisements by a label.";
    /// A pool of Cilium's is there already.
    EXISTING_POOL = "M2C604", "pool of Cilium's with the same addresses",
    "The input holds a CiliumLoadBalancerIPPool that overlaps with a converted pool. Cilium switches the \
younger of two overlapping pools off as a whole, even if their selectors share no Service. A pool with just \
the same addresses and the same selector is used as it is; any other is in the way. Take the addresses out \
of one of the two, or make both the same.";
    /// A ClusterConfig of Cilium's is there already.
    EXISTING_CLUSTER_CONFIG = "M2C605", "ClusterConfig of Cilium's for the same nodes",
    "The input holds a CiliumBGPClusterConfig that may select the nodes of a converted one. A node takes \
only the one that came first; the other is skipped there, with all its peers. Where the one that is there \
selects just Nodes that have the same peers of MetalLB's, they are added to it (M2C608). Else, or where it \
has a session with the same router, or an override sets the same field otherwise, nothing is exact: let its \
node selector take just those nodes, or none of them. MetalLB keeps out nodes with the label \
node.kubernetes.io/exclude-from-external-load-balancers.";
    /// An object of Cilium's is replaced.
    EXISTING_REPLACED = "M2C606", "object of Cilium's that is replaced",
    "The input holds an object of Cilium's with the name of a converted one and another spec. Applying \
the conversion replaces it. That is right if it stems from an earlier conversion; else rename one of them. \
Of an object in a cluster that was not made by `kubectl apply`, applying leaves fields that the conversion \
has not, such as a selector: take them out first.";
    /// A resource of Cilium's is merged with.
    EXISTING_MERGED = "M2C608", "resource of Cilium's that is merged with",
    "The input holds a resource of Cilium's that the conversion makes use of: a pool or policy that is the \
same, or a CiliumBGPClusterConfig that gets the peers of MetalLB's beside its own. What it has already stays \
as it is.";
    /// A name that is taken.
    EXISTING_RENAMED = "M2C609", "name that a resource of Cilium's has",
    "The input holds a resource of the same kind and name that is not from a conversion, as far as can be \
told. It stays, and the converted one gets another name. If it is from an earlier conversion, delete it, so \
that there are not two.";
    /// Interfaces that MetalLB leaves out.
    EXCLUDED_INTERFACES = "M2C607", "interfaces that MetalLB leaves out",
    "MetalLB's ConfigMap metallb-excludel2 names interfaces on which it never answers. Cilium's patterns \
can only say on which interfaces it answers, so the other interfaces of the Nodes at hand are written \
out. An interface that comes later is not announced on until you convert again. One of them that an \
L2Advertisement names is left out, too; where it names no other one, MetalLB serves nobody by it and \
Cilium would.";
}
