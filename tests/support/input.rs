//! Input that several tests begin with.

/// MetalLB with one pool of both families, announced from the Nodes that speak, and a
/// Service that has an address of each.
pub(crate) const DUAL_STACK: &str = "
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: pool, namespace: metallb-system}
spec: {addresses: [192.0.2.100-192.0.2.103, '2001:db8::100-2001:db8::103']}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: l2, namespace: metallb-system}
spec: {nodeSelectors: [{matchLabels: {speaks: 'yes'}}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: LoadBalancer
  clusterIPs: [10.96.0.1, 'fd00::1']
  ipFamilies: [IPv4, IPv6]
  ipFamilyPolicy: RequireDualStack
  ports: [{port: 80}]
status: {loadBalancer: {ingress: [{ip: 192.0.2.100}, {ip: '2001:db8::100'}]}}
";
