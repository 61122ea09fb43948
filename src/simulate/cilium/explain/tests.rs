use super::*;
use crate::manifest::Manifests;

fn explained(text: &str, service: &str) -> String {
    let manifests = Manifests::from_text("test.yaml", text);
    assert_eq!(manifests.diagnostics, []);
    let (config, found) = CiliumConfig::read(&manifests.objects, None, "1.19".parse().unwrap());
    assert_eq!(found, []);
    let (cluster, found) = Cluster::read(&manifests.objects);
    assert_eq!(found, []);
    let key = ServiceKey { namespace: "default".into(), name: service.into() };
    explain(&config, &cluster, &key).unwrap().to_string()
}

const POOLS: &str = "
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: small}
spec: {blocks: [{start: 10.0.0.1}]}
---
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: idle}
spec: {disabled: true, blocks: [{cidr: 10.0.1.0/24}]}
---
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: pinned}
spec: {blocks: [{cidr: 10.0.2.0/24}], serviceSelector: {matchLabels: {a: b}}}
---
apiVersion: v1
kind: Service
metadata: {name: first, namespace: default}
spec: {type: LoadBalancer, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: second, namespace: default}
spec: {type: LoadBalancer, ports: [{port: 80}]}
---
apiVersion: v1
kind: Node
metadata: {name: node-a, annotations: {metallb2cilium.io/interfaces: 'eth0,eth1'}}
---
apiVersion: v1
kind: Node
metadata: {name: node-b, labels: {role: db}}
---
apiVersion: cilium.io/v2alpha1
kind: CiliumL2AnnouncementPolicy
metadata: {name: l2}
spec: {loadBalancerIPs: true, interfaces: ['^eth1$'], nodeSelector: {matchExpressions: [{key: role, operator: DoesNotExist}]}}
---
apiVersion: cilium.io/v2alpha1
kind: CiliumL2AnnouncementPolicy
metadata: {name: broken}
spec: {loadBalancerIPs: true, interfaces: ['(']}
---
apiVersion: cilium.io/v2
kind: CiliumBGPClusterConfig
metadata: {name: c}
spec:
  nodeSelector: {matchLabels: {role: db}}
  bgpInstances: [{name: i, localASN: 64512, peers: [{name: tor, peerAddress: 192.0.2.1, peerASN: 64513}]}]
";

#[test]
fn a_service_that_is_served_is_explained() {
    let text = explained(POOLS, "first");
    for line in [
        "it asks for any address of IPv4",
        "pool idle is passed over: it is disabled",
        "pool pinned is passed over: its serviceSelector does not take the Service",
        "it has 10.0.0.1 from pool small",
        "L2 policy broken is out of use: interface \"(\": missing closing )",
        "node node-b takes no part in the election: no policy that takes the Service takes the node",
        "10.0.0.1 may be answered for by node-a on eth1",
        "node node-a sends no routes: no CiliumBGPClusterConfig selects the node",
        "node node-b sends nothing to peer tor: the peer has no peerConfigRef",
    ] {
        assert!(text.contains(line), "{line:?} is not in\n{text}");
    }
}

#[test]
fn a_service_that_is_not_served_is_explained() {
    let text = explained(POOLS, "second");
    for line in [
        "pool small gives it no IPv4 address: it is full",
        "it lacks an address: every pool with IPv4 addresses that selects the Service is full",
        "L2 policy l2 announces none of its addresses",
    ] {
        assert!(text.contains(line), "{line:?} is not in\n{text}");
    }
}

const ROUTES: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: cilium-config}
data: {enable-no-service-endpoints-routable: 'false'}
---
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: p}
spec: {blocks: [{cidr: 10.0.0.0/24}]}
---
apiVersion: v1
kind: Service
metadata: {name: served, namespace: default}
spec: {type: LoadBalancer, ports: [{port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s-1, namespace: default, labels: {kubernetes.io/service-name: served}}
addressType: IPv4
endpoints: [{addresses: [10.244.0.1], nodeName: node-a}]
---
apiVersion: v1
kind: Service
metadata: {name: idle, namespace: default}
spec: {type: LoadBalancer, ports: [{port: 80}]}
---
apiVersion: v1
kind: Node
metadata: {name: node-a}
---
apiVersion: cilium.io/v2
kind: CiliumBGPClusterConfig
metadata: {name: c}
spec:
  bgpInstances:
  - {name: i, localASN: 64512, peers: [{name: tor, peerAddress: 192.0.2.1, peerASN: 64513, peerConfigRef: {name: pc}}]}
---
apiVersion: cilium.io/v2
kind: CiliumBGPPeerConfig
metadata: {name: pc}
spec: {families: [{afi: ipv4, safi: unicast, advertisements: {}}]}
---
apiVersion: cilium.io/v2
kind: CiliumBGPAdvertisement
metadata: {name: ad}
spec: {advertisements: [{advertisementType: Service, service: {addresses: [LoadBalancerIP]}, selector: {}}]}
";

#[test]
fn each_peer_gets_a_route_or_has_a_reason() {
    for (service, line) in [
        ("served", "node node-a sends 10.0.0.0/32 to peer tor"),
        (
            "idle",
            "node node-a sends nothing to peer tor: it has no endpoint there that would count",
        ),
    ] {
        let text = explained(ROUTES, service);
        let routes: Vec<&str> = text.lines().filter(|line| line.contains(" sends ")).collect();
        assert!(matches!(routes[..], [only] if only.ends_with(line)), "{text}");
    }
}

#[test]
fn what_other_services_come_upon_is_not_told() {
    let full = "pool small gives it no IPv4 address: it is full";
    let second = explained(POOLS, "second");
    assert!(second.contains(full), "{second}");
    let first = explained(POOLS, "first");
    assert!(!first.contains(full), "{first}");
}

#[test]
fn what_keeps_a_route_from_a_peer_is_told() {
    let twin = "{name: twin, peerAddress: 192.0.2.1, peerASN: 64513, peerConfigRef: {name: pc}}";
    let twins = ROUTES.replace("peers: [{", &format!("peers: [{twin}, {{"));
    let text = explained(&twins, "served");
    for line in [
        "node node-a sends 10.0.0.0/32 to peer twin",
        "node node-a sends nothing to peer tor: peer twin has the same address: one of the two \
         is made",
    ] {
        assert!(text.contains(line), "{line:?} is not in\n{text}");
    }
    // Its address is of the other family.
    let six = ROUTES.replace("10.0.0.0/24", "2001:db8::/120");
    let six = six.replace(
        "name: served, namespace: default}\nspec: {",
        "name: served, namespace: default}\nspec: {ipFamilies: [IPv6], ",
    );
    let text = explained(&six, "served");
    let line = "to peer tor: the Service has no address of the kinds advertised";
    assert!(text.contains(line), "{text}");
}

#[test]
fn between_which_pools_chance_decides_is_told() {
    let other = ROUTES.replace("metadata: {name: p}\nspec: {blocks: [{cidr: 10.0.0.0/24}]}", "metadata: {name: p}\nspec: {blocks: [{cidr: 10.0.0.0/24}]}\n---\napiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: q}\nspec: {blocks: [{cidr: 10.0.1.0/24}]}");
    let line = "any of the pools p, q may give the address";
    let (one, two) = (explained(ROUTES, "served"), explained(&other, "served"));
    assert!(!one.contains("any of the pools") && two.contains(line), "{one}\n{two}");
}

#[test]
fn a_status_that_lb_ipam_leaves_alone_is_told() {
    let foreign = ROUTES.replace(
        "name: idle, namespace: default}\nspec: {",
        "name: idle, namespace: default}\nstatus: {loadBalancer: {ingress: [{ip: 192.0.2.7}]}}\n\
         spec: {loadBalancerClass: example.com/other, ",
    );
    let text = explained(&foreign, "idle");
    assert!(text.contains("it keeps 192.0.2.7, of which LB-IPAM knows nothing"), "{text}");
}
