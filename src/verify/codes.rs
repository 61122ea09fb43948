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
}
