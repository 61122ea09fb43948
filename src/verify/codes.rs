//! Diagnostic codes of the comparison: `M2C59x`.

use crate::diagnostic::codes;

codes! {
    /// A Service at hand is served otherwise.
    DECIDED_OTHERWISE = "M2C590", "Service that is served otherwise",
    "Both controllers were simulated on the cluster at hand, MetalLB before and Cilium after the \
conversion, with what it sets on Services. For this Service Cilium may come to a decision that MetalLB \
could not: another address or pool, other nodes that answer, other routes. Where another diagnostic \
names the Service too, it says why; else it is the order in which Services get the last addresses of a \
pool, or a Service that MetalLB leaves without an address.";
    /// Not all outcomes were looked at.
    NOT_ALL_OUTCOMES = "M2C591", "not every outcome was compared",
    "The controllers choose at random in more ways than were listed, so a difference may have been \
missed. Pinning the addresses in use (--emit services) leaves fewer ways.";
    /// A Service has another address.
    OTHER_ADDRESS = "M2C592", "Service with another address",
    "Both controllers were simulated on the cluster at hand. Cilium may leave the Service without its \
address, give it one that nobody expects, one of other families, or one that MetalLB would not have given \
it. An address that a Service holds and that MetalLB keeps must be kept in every outcome; a pool counts by \
its addresses, not by its name.";
    /// Other nodes answer.
    OTHER_ANSWERERS = "M2C593", "other nodes or interfaces answer on L2",
    "The nodes that may answer for the Service's address on the link, or the interfaces on which they \
do, are others than with MetalLB. Frequent causes: a CiliumL2AnnouncementPolicy without loadBalancerIPs, \
an interface pattern without anchors (eth0 also matches veth0), a nodeSelector that forgets the exclude \
label, a policy without serviceSelector.";
    /// Other routes.
    OTHER_ROUTES = "M2C594", "other routes",
    "The routes for the Service's address are not the same: other nodes send them, to other peers, with \
another prefix length, local preference or other communities. Frequent causes: a CiliumBGPAdvertisement \
without selector (which selects no Service at all), an aggregate of a Service with externalTrafficPolicy \
Local, a family that is missing in the CiliumBGPPeerConfig, two ClusterConfigs for one Node.";
    /// Sessions that are there on one side only.
    OTHER_SESSIONS = "M2C595", "BGP session on one side only",
    "A Node has a session that can carry routes with one controller and not with the other. A Node takes \
one CiliumBGPClusterConfig only, a peer needs a CiliumBGPPeerConfig that is there, and a Secret without the \
key password breaks all peers of its instance. Nodes with the exclude label do not count.";
    /// A session with other parameters.
    OTHER_PARAMETERS = "M2C596", "BGP session with another parameter",
    "The session is there on both sides, but one of its parameters is not the same once all defaults are \
filled in: FRR's timers are 180 s and 60 s, Cilium's and those of MetalLB's native mode 90 s and 30 s.";
    /// Addresses of Services beside those of the load balancer are announced.
    ANNOUNCED_BEYOND = "M2C597", "announced beside the load balancer's addresses",
    "MetalLB announces the addresses that it gave to Services, and nothing else. Cilium's L2 policies with \
externalIPs: true answer for the external IPs of Services, too, and its BGP advertisements send routes for \
ClusterIP and ExternalIP where service.addresses lists them.";
    /// An object that is not as the conversion gives it.
    OBJECT_CHANGES = "M2C598", "object that is not as the conversion gives it",
    "`diff` found that applying the conversion would add, change or remove this object. The order of \
fields, defaults, status and what the server sets do not count. What that means for the Services and \
Nodes at hand is said by itself; with --semantic only that makes the exit status 1. kubectl apply alone \
removes nothing.";
}
