//! The names by which MetalLB and Cilium are asked for addresses.

/// The prefixes of MetalLB's annotations; the first one wins, even if empty.
pub(super) const PREFIXES: [&str; 2] = ["metallb.io/", "metallb.universe.tf/"];

/// The pool that a Service asks for.
pub(super) const POOL: &str = "address-pool";
/// The addresses that a Service asks for.
pub(super) const ADDRESSES: &str = "loadBalancerIPs";
/// The key under which a Service shares its address.
pub(super) const SHARING: &str = "allow-shared-ip";
/// The pool of its address, as MetalLB notes it on a Service.
const ALLOCATED: &str = "ip-allocated-from-pool";

/// What MetalLB's annotations are called, behind their prefix.
pub(super) const ANNOTATIONS: [&str; 4] = [POOL, ADDRESSES, SHARING, ALLOCATED];

/// LB-IPAM's annotations; each with the older name that means the same.
pub(super) const IPS: [&str; 2] = ["lbipam.cilium.io/ips", "io.cilium/lb-ipam-ips"];
/// See [`IPS`].
pub(super) const SHARING_KEY: [&str; 2] =
    ["lbipam.cilium.io/sharing-key", "io.cilium/lb-ipam-sharing-key"];
/// See [`IPS`].
pub(super) const SHARING_NAMESPACES: [&str; 2] =
    ["lbipam.cilium.io/sharing-cross-namespace", "io.cilium/lb-ipam-sharing-cross-namespace"];

/// The annotation of MetalLB's that a key is, without its prefix.
pub(super) fn annotation(key: &str) -> Option<&'static str> {
    let name = PREFIXES.iter().find_map(|prefix| key.strip_prefix(prefix))?;
    ANNOTATIONS.into_iter().find(|known| *known == name)
}

/// A key as a part of a JSON pointer.
pub(super) fn pointer(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The key that a part of a JSON pointer stands for.
pub(super) fn from_pointer(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}
