//! Diagnostic codes of `live`.

use crate::diagnostic::codes;

codes! {
    /// A capability is missing.
    NOT_PERMITTED = "M2C701", "Not permitted to look at the wire",
"Packet sockets need the capability CAP_NET_RAW (packet(7)), and TCP connections to
and from ports below 1024 or with a given source may need CAP_NET_BIND_SERVICE.

Run the program as root, or give it the capability alone: `setcap cap_net_raw+ep
metallb2cilium`. In a container, add it to securityContext.capabilities and use the
host's network; where it runs as another user than root, the program's file in the image
needs the capability as well.";
    /// The interface is not there or cannot be used.
    NO_INTERFACE = "M2C702", "The interface cannot be used",
"The interface that is to be looked at is not there, is down, or is not Ethernet; or
none was named and it does not follow from the addresses, since they are not in one
subnet of this host. `ip -br link` lists the interfaces; --interface names one. In a
container the host's interfaces are only there with hostNetwork.";
    /// The kernel lacks something.
    NOT_SUPPORTED = "M2C703", "The kernel lacks something",
"The kernel that this runs on has no packet sockets, no TCP MD5 signatures or the like:
it was built without them, or a sandbox keeps them away. Run it on the node itself.";
    /// The system refused something.
    SYSTEM = "M2C704", "The system refused",
"A call of the system failed in a way that has no better explanation here; the message
has the system's own words. Typical reasons: no free file descriptors, no memory for
sockets, an interface that was taken away in the same moment.";
    /// Whoever this is to be is not in the input.
    NO_NODE = "M2C705", "The Node is not in the input",
"What a controller does on a node depends on the Node object: its labels, its
interfaces. --node names the Node that this host is; without it, the host's own name
is taken. Add the Nodes to the input: kubectl get nodes -o yaml.";
    /// There are no addresses to look at.
    NO_ADDRESSES = "M2C706", "No addresses to look at",
"Nothing in the input has an address in use on the link: no Service of type
LoadBalancer has one, or its pool is not announced there; or there are far too many.
--address names addresses, --all takes whole pools, and --pool and --family a part of them
where one has too many addresses to ask for (a pool of IPv6 may have 2^64).";
    /// The host is not the Node.
    OTHER_HOST = "M2C710", "This host is not the Node",
"`live announce --really-answer` would draw traffic for a Node's addresses to this host, and
this host has none of the addresses (InternalIP) that the Node has by the input. The name is
wrong, or the command runs on another host. Where that is meant, as in a trial,
--even-on-another-host does it.";
    /// A link-layer address that is none.
    NOT_A_MAC = "M2C707", "Not a link-layer address",
"The annotation metallb2cilium.io/macs of a Node names the link-layer addresses of its
interfaces, separated by commas, such as `02:00:5e:10:00:01,02:00:5e:10:00:02`. What
stands there is not one.";
    /// This host has the session that is to be opened.
    SESSION_EXISTS = "M2C708", "The session is there already",
"The table of TCP sockets says that this host has a BGP session to the peer, opened by
either side: MetalLB's or Cilium's own. A router takes one session with each neighbour,
so a second one may tear down the first, and with it every route of this node.

Look at the router or at the running speaker instead; probe from a node that has no
session yet; or give --even-if-connected where the loss does no harm.";
    /// There is no session to open.
    NO_SESSION = "M2C709", "No session to open",
"By the configuration this Node has no BGP session, or none with the peer that --peer
names. A BGPPeer's nodeSelectors, a CiliumBGPClusterConfig's nodeSelector and the label
node.kubernetes.io/exclude-from-external-load-balancers decide which Nodes have one.";
}
