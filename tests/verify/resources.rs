//! Manifests to verify: MetalLB's side, and Cilium's as written by hand.

/// MetalLB's side: two nodes with two interfaces each, of which the third carries
/// the exclude label, and Services to try things with.
pub(crate) const NODES: &str = "
apiVersion: v1
kind: Node
metadata: {name: node-a, labels: {kubernetes.io/hostname: NodeA}, annotations: {metallb2cilium.io/interfaces: 'eth0,veth0'}}
---
apiVersion: v1
kind: Node
metadata: {name: node-b, labels: {kubernetes.io/hostname: NodeB, rack: b}, annotations: {metallb2cilium.io/interfaces: 'eth0,veth0'}}
---
apiVersion: v1
kind: Node
metadata: {name: control, labels: {kubernetes.io/hostname: control, node.kubernetes.io/exclude-from-external-load-balancers: ''}, annotations: {metallb2cilium.io/interfaces: 'eth0'}}
";

/// A Service with endpoints on both nodes.
pub(crate) fn service(name: &str, metadata: &str, spec: &str, held: &[&str]) -> String {
    // Two Services with one cluster address would be one frontend.
    let cluster_ip: u32 = name.bytes().map(u32::from).sum::<u32>() % 200 + 1;
    let ingress: Vec<String> = held.iter().map(|ip| format!("{{ip: '{ip}'}}")).collect();
    format!(
        "---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop, {metadata}}}
spec: {{type: LoadBalancer, clusterIP: 10.96.0.{cluster_ip}, selector: {{app: {name}}}, ports: [{{port: 80}}]{spec}}}
status: {{loadBalancer: {{ingress: [{}]}}}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: {name}-1, namespace: shop, labels: {{kubernetes.io/service-name: {name}}}}}
addressType: IPv4
endpoints:
- {{addresses: [10.244.0.1], conditions: {{ready: true}}, nodeName: node-a}}
- {{addresses: [10.244.1.1], conditions: {{ready: true}}, nodeName: node-b}}
",
        ingress.join(", ")
    )
}

pub(crate) fn metallb(kind: &str, name: &str, spec: &str) -> String {
    let version = if kind == "BGPPeer" { "v1beta2" } else { "v1beta1" };
    format!(
        "---\napiVersion: metallb.io/{version}\nkind: {kind}\nmetadata: {{name: {name}, namespace: \
         m}}\nspec: {{{spec}}}\n"
    )
}

pub(crate) fn pool(name: &str, addresses: &str) -> String {
    metallb("IPAddressPool", name, &format!("addresses: [{addresses}]"))
}

pub(crate) fn cilium(kind: &str, name: &str, spec: &str) -> String {
    let version = if kind == "CiliumL2AnnouncementPolicy" { "v2alpha1" } else { "v2" };
    format!(
        "---\napiVersion: cilium.io/{version}\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"
    )
}

/// The same with labels.
pub(crate) fn labelled(document: &str, labels: &str) -> String {
    document.replacen("metadata: {", &format!("metadata: {{labels: {{{labels}}}, "), 1)
}

pub(crate) const NOT_EXCLUDED: &str =
    "{key: node.kubernetes.io/exclude-from-external-load-balancers, operator: DoesNotExist}";

pub(crate) fn cilium_pool(name: &str, blocks: &str, more: &str) -> String {
    cilium("CiliumLoadBalancerIPPool", name, &format!("blocks: [{blocks}]{more}"))
}

/// A policy as the conversion writes it, with something else of it.
pub(crate) fn policy(more: &str) -> String {
    let nodes = format!("nodeSelector: {{matchExpressions: [{NOT_EXCLUDED}]}}");
    cilium("CiliumL2AnnouncementPolicy", "l2", &format!("{nodes}, {more}"))
}

pub(crate) fn cluster_config(name: &str, nodes: &str, peers: &str) -> String {
    cilium(
        "CiliumBGPClusterConfig",
        name,
        &format!(
            "nodeSelector: {{matchExpressions: [{NOT_EXCLUDED}{nodes}]}}, bgpInstances: [{{name: \
             as-64512, localASN: 64512, peers: [{peers}]}}]"
        ),
    )
}

pub(crate) const TOR: &str =
    "{name: tor, peerAddress: 192.0.2.1, peerASN: 64513, peerConfigRef: {name: tor}}";

pub(crate) const TIMERS: &str = "timers: {holdTimeSeconds: 180, keepAliveTimeSeconds: 60}";

pub(crate) const FAMILY: &str =
    "families: [{afi: ipv4, safi: unicast, advertisements: {matchLabels: {a: b}}}]";

pub(crate) fn peer_config(timers: &str, families: &str) -> String {
    cilium("CiliumBGPPeerConfig", "tor", &format!("{timers}, {families}"))
}

pub(crate) fn advertisement(entry: &str) -> String {
    let entry = format!("advertisementType: Service{entry}");
    let spec = format!("advertisements: [{{{entry}}}]");
    labelled(&cilium("CiliumBGPAdvertisement", "ad", &spec), "a: b")
}

pub(crate) const ALL: &str = ", service: {addresses: [LoadBalancerIP]}, selector: {}";

pub(crate) fn bgp(peer: &str, advertisement: &str) -> String {
    let peer = format!("myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1{peer}");
    pool("a", "10.0.0.0/24")
        + &metallb("BGPPeer", "tor", &peer)
        + &metallb("BGPAdvertisement", "ad", advertisement)
}

pub(crate) fn l2() -> String {
    pool("a", "10.0.0.0/24") + &metallb("L2Advertisement", "l2", "interfaces: [eth0]")
}
