//! What the sessions are configured by, and the routes that follow from it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::router::Route;
use super::support::reader::run;

/// A Node with one BGPPeer.
pub(crate) fn metallb(peer: &str) -> String {
    format!(
        "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\n\
         metadata: {{name: tor, namespace: metallb-system}}\nspec: {{{peer}}}\n---\n\
         apiVersion: v1\nkind: Node\nmetadata: {{name: node-a}}\n"
    )
}

/// With two Services of both families: one with a local preference, communities and
/// large communities, the other with none of them.
pub(crate) fn with_routes(peer: &str) -> String {
    let mut yaml = metallb(peer);
    for (number, pool, more, v4, v6) in [
        (
            1,
            "gold",
            "localPref: 150, communities: ['64512:100', '64512:200', 'large:64512:1:2'], ",
            "203.0.113.5",
            "2001:db8:1::5",
        ),
        (2, "plain", "", "198.18.0.5", "2001:db8:2::5"),
    ] {
        let class = |ip: &str| ip.rsplit_once(['.', ':']).unwrap().0.to_owned();
        yaml += &format!(
            "---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {{name: {pool}, namespace: metallb-system}}
spec: {{addresses: ['{}.0/28', '{}:0/124']}}
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: {{name: {pool}, namespace: metallb-system}}
spec: {{{more}ipAddressPools: [{pool}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: {pool}, namespace: shop, labels: {{metallb2cilium.io/pool: {pool}}}}}
spec:
  type: LoadBalancer
  clusterIPs: [10.96.0.{number}, 'fd00::{number}']
  ipFamilies: [IPv4, IPv6]
  ipFamilyPolicy: RequireDualStack
  ports: [{{port: 80}}]
status: {{loadBalancer: {{ingress: [{{ip: {v4}}}, {{ip: '{v6}'}}]}}}}
",
            class(v4),
            class(v6),
        );
        for (family, endpoint) in [("IPv4", "10.0.0.1"), ("IPv6", "fd00:1::1")] {
            yaml += &format!(
                "---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: {pool}-{family}
  namespace: shop
  labels: {{kubernetes.io/service-name: {pool}}}
addressType: {family}
endpoints: [{{addresses: ['{endpoint}'], nodeName: node-a, conditions: {{ready: true}}}}]
ports: [{{port: 80}}]
"
            );
        }
    }
    yaml
}

/// With so many Services of one address each, 10.0.0.0 and up.
pub(crate) fn many(peer: &str, services: u32) -> String {
    let mut yaml = metallb(peer)
        + "---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: pool, namespace: metallb-system}
spec: {addresses: [10.0.0.0/8]}
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: {name: all, namespace: metallb-system}
";
    for number in 0..services {
        let ip = std::net::Ipv4Addr::from(0x0a00_0000 + number);
        yaml += &format!(
            "---
apiVersion: v1
kind: Service
metadata: {{name: s{number}, namespace: shop}}
spec: {{type: LoadBalancer, clusterIP: {}, ports: [{{port: 80}}]}}
status: {{loadBalancer: {{ingress: [{{ip: {ip}}}]}}}}
",
            std::net::Ipv4Addr::from(0xac10_0000 + number)
        );
    }
    yaml
}

/// What a peer must have in its table, by the engine's Decision.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) engine: &'a str,
    /// The AS number in front, to an external peer.
    pub(crate) asn: Option<u32>,
    pub(crate) v4: &'a str,
    pub(crate) v6: &'a str,
}

impl Expected<'_> {
    /// The routes of `node-a`.
    pub(crate) fn routes(&self, yaml: &str) -> BTreeSet<Route> {
        let converted = || {
            let output = run(["convert", "--no-verify"], yaml);
            assert_eq!(output.status, 0, "{output:?}");
            format!("{yaml}---\n{}", output.stdout)
        };
        let all = if self.engine == "cilium" { converted() } else { yaml.to_owned() };
        let output = run(["simulate", self.engine, "-o", "json"], &all);
        assert_eq!(output.status, 0, "{output:?}");
        let decision: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(decision["outcomes"].as_array().unwrap().len(), 1, "{decision}");
        let routes = decision["outcomes"][0]["bgp"].as_array().unwrap();
        routes.iter().map(|route| self.route(route)).collect()
    }

    fn route(&self, decided: &serde_json::Value) -> Route {
        assert_eq!(decided["node"], "node-a");
        let prefix = decided["prefix"].as_str().unwrap().to_owned();
        let all = decided["communities"].as_array().unwrap();
        let all: BTreeSet<&str> = all.iter().map(|text| text.as_str().unwrap()).collect();
        let (large, communities): (BTreeSet<&str>, _) =
            all.into_iter().partition(|text| text.starts_with("large:"));
        let preference = decided["localPref"].as_u64().unwrap_or(100);
        let hop = if prefix.contains(':') { self.v6 } else { self.v4 };
        Route {
            next_hop: hop.parse::<IpAddr>().unwrap(),
            origin: "igp".to_owned(),
            as_path: self.asn.into_iter().collect(),
            // RFC 4271, section 5.1.5: to internal peers only.
            local_pref: self.asn.is_none().then_some(preference),
            med: None,
            communities: communities.into_iter().map(str::to_owned).collect(),
            large: large.into_iter().map(|text| text.replace("large:", "")).collect(),
            prefix,
        }
    }
}
