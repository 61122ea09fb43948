//! The short and obvious checker: every Service and every Node over a handful of
//! values, one after the other, through both engines. The proof must say the same.

use std::collections::BTreeSet;
use std::net::IpAddr;

use proptest::prelude::*;
use proptest::sample::select;

use super::Outcome;
use crate::cilium::CiliumConfig;
use crate::cluster::{Cluster, Endpoint, Node, Service, ServiceKey, ServiceType};
use crate::convert::{self, codes};
use crate::ip::Family;
use crate::metallb::{Config, Pool};
use crate::simulate::{cilium as cilium_engine, metallb as metallb_engine};
use crate::verify::at_hand::{Serving, Side, served};
use crate::verify::sessions::{self, Speakers};
use crate::verify::testing::Both;
use crate::verify::{applied, deviations};

const NAMESPACES: [&str; 2] = ["default", "other"];
const APPS: [Option<&str>; 3] = [None, Some("x"), Some("another")];
const RACKS: [Option<&str>; 3] = [None, Some("a"), Some("another")];

/// What a Service asks for.
#[derive(Debug, Clone, Copy)]
enum Wish<'a> {
    Nothing,
    Pool(&'a str),
    Address(IpAddr),
    /// Of Cilium only.
    OfCilium(IpAddr),
}

struct Sides<'a> {
    config: &'a Config,
    cluster: &'a Cluster,
    written: &'a CiliumConfig,
}

fn nodes() -> Vec<Node> {
    let mut nodes = Vec::new();
    for rack in RACKS {
        for excluded in [false, true] {
            let mut node = Node { name: format!("n{}", nodes.len()), ..Node::default() };
            node.labels.extend(rack.map(|rack| ("rack".to_owned(), rack.to_owned())));
            if excluded {
                node.labels.insert(crate::cluster::EXCLUDE_LABEL.to_owned(), String::new());
            }
            node.interfaces = ["eth0", "veth0", "lan"].map(str::to_owned).to_vec();
            nodes.push(node);
        }
    }
    nodes
}

fn service(namespace: &str, app: Option<&str>, family: Family, wish: Wish<'_>) -> Service {
    let mut service = Service {
        key: ServiceKey { namespace: namespace.to_owned(), name: "s".to_owned() },
        service_type: ServiceType::LoadBalancer,
        cluster_ips: vec![if family == Family::V4 { "10.96.0.1" } else { "fd96::1" }.to_owned()],
        ip_families: vec![family],
        ports: vec![crate::cluster::ServicePort { protocol: "TCP".to_owned(), port: 80 }],
        ..Service::default()
    };
    service.labels.extend(app.map(|app| ("app".to_owned(), app.to_owned())));
    let annotation = match wish {
        Wish::Nothing | Wish::OfCilium(_) => None,
        Wish::Pool(name) => Some(("metallb.io/address-pool", name.to_owned())),
        Wish::Address(address) => Some(("metallb.io/loadBalancerIPs", address.to_string())),
    };
    service.annotations.extend(annotation.map(|(key, value)| (key.to_owned(), value)));
    service
}

impl Sides<'_> {
    /// Whether both engines decide the same for every Service and Node.
    fn are_alike(&self) -> bool {
        let families = [Family::V4, Family::V6];
        let mut wishes = vec![Wish::Nothing];
        wishes.extend(self.config.pools.iter().map(|pool| Wish::Pool(pool.name())));
        for range in self.config.pools.iter().flat_map(Pool::ranges) {
            wishes.extend([range.first(), range.last()].map(Wish::Address));
        }
        for pool in &self.written.pools {
            let addresses = crate::simulate::cilium::PoolAddresses::of(pool).blocks;
            let ends = addresses.iter().flat_map(|range| [range.first(), range.last()]);
            wishes.extend(ends.map(Wish::OfCilium));
        }
        let services = NAMESPACES.into_iter().flat_map(|namespace| {
            APPS.into_iter().flat_map(move |app| families.map(|family| (namespace, app, family)))
        });
        let sessions = {
            let cluster = Cluster { nodes: nodes(), ..Cluster::default() };
            let was = sessions::of_metallb(self.config, &cluster, &Speakers::default());
            let is = sessions::of_cilium(self.written, &cluster, &Speakers::default());
            deviations::compare(&was, &is).is_empty()
        };
        sessions
            && services.into_iter().all(|(namespace, app, family)| {
                wishes
                    .iter()
                    .all(|wish| self.is_alike(&service(namespace, app, family, *wish), *wish))
            })
    }

    fn is_alike(&self, service: &Service, wish: Wish<'_>) -> bool {
        let endpoint = |node: &Node, address: &str| Endpoint {
            addresses: vec![address.to_owned()],
            node_name: Some(node.name.clone()),
            ..Endpoint::default()
        };
        let nodes = nodes();
        let endpoints: Vec<Endpoint> =
            nodes.iter().flat_map(|n| [endpoint(n, "192.0.2.1"), endpoint(n, "fd02::1")]).collect();
        let before = Cluster {
            services: vec![service.clone()],
            endpoints: [(service.key.clone(), endpoints)].into(),
            nodes,
            ..self.cluster.clone()
        };
        // What the conversion sets on this Service.
        let existing = CiliumConfig::default();
        let options = convert::Options::default();
        let own = convert::convert(self.config, &before, &existing, &options).unwrap();
        let (_, mut after) = applied(&own, &before);
        if let Wish::OfCilium(address) = wish {
            let asked = ("lbipam.cilium.io/ips".to_owned(), address.to_string());
            after.services[0].annotations.extend([asked]);
        }
        let was = metallb_engine::simulate(self.config, &before, &Default::default());
        let is = cilium_engine::simulate(self.written, &after, &Default::default());
        let ways = |side: Side<'_>| -> BTreeSet<Serving> {
            let key = service.key.to_string();
            served(self.config, &before, &was, side).remove(&key).unwrap_or_default()
        };
        let (was, is) = (ways(Side::Metallb(&was)), ways(Side::Cilium(&is)));
        let has = |ways: &BTreeSet<Serving>| ways.iter().any(|way| way.count > 0);
        match wish {
            // A wish that MetalLB refuses and Cilium does not is a gain.
            Wish::Pool(_) | Wish::Address(_) if !has(&was) => true,
            // Who asks LB-IPAM for an address of another family gets it.
            Wish::OfCilium(address)
                if Some(&Family::of(address)) != service.ip_families.first() =>
            {
                true
            }
            // Cilium may refuse an address; it may not give one of another pool.
            Wish::OfCilium(_) => {
                let pools = |ways: &BTreeSet<Serving>| -> BTreeSet<Option<String>> {
                    ways.iter().filter(|w| w.count > 0).map(|way| way.pool.clone()).collect()
                };
                pools(&is).is_subset(&pools(&was))
            }
            _ => {
                let addresses = |ways: &BTreeSet<Serving>| -> BTreeSet<_> {
                    ways.iter().map(|w| (w.pool.clone(), w.count, w.families.clone())).collect()
                };
                addresses(&was) == addresses(&is) && is.is_subset(&was)
            }
        }
    }
}

fn maybe(texts: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    select(texts)
}

/// A small configuration that speaks of these values only.
fn configuration() -> impl Strategy<Value = String> {
    let pool = (
        maybe(&["addresses: [10.N.0.1-10.N.0.6]", "addresses: [10.N.0.0/30, 'fd00:N::/126']"]),
        maybe(&["", "", ", autoAssign: false"]),
        maybe(&[
            "",
            "",
            ", serviceAllocation: {namespaces: [other]}",
            ", serviceAllocation: {serviceSelectors: [{matchLabels: {app: x}}]}",
            ", serviceAllocation: {priority: 3, namespaces: [other]}",
        ]),
    );
    let l2 = (
        maybe(&["", "ipAddressPools: [p0], "]),
        maybe(&["", "nodeSelectors: [{matchLabels: {rack: a}}], "]),
        maybe(&["", "interfaces: [eth0], "]),
        maybe(&["", "serviceSelectors: [{matchLabels: {app: x}}]"]),
    );
    let bgp = (
        maybe(&["", "ipAddressPools: [p0], "]),
        maybe(&["", "nodeSelectors: [{matchLabels: {rack: a}}], "]),
        maybe(&["", "communities: ['64512:1'], "]),
        maybe(&["", "serviceSelectors: [{matchLabels: {app: x}}], "]),
        maybe(&["", "localPref: 200"]),
    );
    let peer = maybe(&["", "nodeSelectors: [{matchLabels: {rack: a}}], "]);
    let all = (
        proptest::collection::vec(pool, 1..=2),
        proptest::collection::vec(l2, 0..=2),
        proptest::collection::vec(bgp, 0..=2),
        proptest::option::of(peer),
    );
    all.prop_map(|(pools, l2, bgp, peer)| {
        let mut text = String::from(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n---\napiVersion: v1\n\
             kind: Namespace\nmetadata: {name: other}\n",
        );
        let mut object = |kind: &str, name: String, spec: String| {
            let version = if kind == "BGPPeer" { "v1beta2" } else { "v1beta1" };
            text += &format!(
                "---\napiVersion: metallb.io/{version}\nkind: {kind}\nmetadata: {{name: {name}, \
                 namespace: m}}\nspec: {{{spec}}}\n"
            );
        };
        for (n, (addresses, auto, pinned)) in pools.into_iter().enumerate() {
            let addresses = addresses.replace('N', &n.to_string());
            object("IPAddressPool", format!("p{n}"), format!("{addresses}{auto}{pinned}"));
        }
        for (n, (a, b, c, d)) in l2.into_iter().enumerate() {
            object("L2Advertisement", format!("l{n}"), format!("{a}{b}{c}{d}"));
        }
        for (n, (a, b, c, d, e)) in bgp.into_iter().enumerate() {
            object("BGPAdvertisement", format!("b{n}"), format!("{a}{b}{c}{d}{e}"));
        }
        if let Some(nodes) = peer {
            let spec = format!("{nodes}myASN: 64512, peerASN: 64512, peerAddress: 192.0.2.1");
            object("BGPPeer", "tor".to_owned(), spec);
        }
        text
    })
}

/// A slip in what the conversion wrote; most numbers stand for none.
fn slip(config: &mut CiliumConfig, number: usize) {
    match number {
        0 => config.pools.iter_mut().for_each(|pool| pool.spec.service_selector = None),
        1 => drop(config.pools.pop()),
        2 => drop(config.l2_policies.pop()),
        3 => config.l2_policies.iter_mut().for_each(|one| one.spec.node_selector = None),
        4 => config.l2_policies.iter_mut().for_each(|one| one.spec.service_selector = None),
        5 => config.l2_policies.iter_mut().for_each(|one| {
            one.spec.interfaces.iter_mut().for_each(|text| *text = text.replace('^', ""));
        }),
        6 => drop(config.advertisements.pop()),
        7 => config.advertisements.iter_mut().for_each(|one| {
            one.spec.advertisements.iter_mut().for_each(|entry| entry.attributes = None);
        }),
        8 => config.advertisements.iter_mut().for_each(|one| {
            let entries = one.spec.advertisements.iter_mut();
            entries.for_each(|entry| entry.selector = Some(Default::default()));
        }),
        9 => config.cluster_configs.iter_mut().for_each(|one| one.spec.node_selector = None),
        10 => config.peer_configs.iter_mut().for_each(|one| one.spec.families.clear()),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_proof_says_what_trying_everything_says(text in configuration(), number in 0..16_usize) {
        let Ok(mut both) = Both::read(&text, &convert::Options::default()) else { return Ok(()) };
        slip(&mut both.written, number);
        let sides = Sides {
            config: &both.config,
            cluster: &both.cluster,
            written: &both.written,
        };
        let proof = both.proof();
        prop_assert!(proof.outcome != Outcome::NotProved, "{:?}", proof.unproved);
        prop_assert!(proof.unproved.is_empty(), "{:?}", proof.unproved);
        // One Service alone fills no pool.
        let differs = !proof.deviating.is_empty()
            || proof.differences.iter().any(|one| one.code != Some(codes::FALL_BACK));
        let shown = (&proof.differences, &proof.deviating);
        prop_assert_eq!(!differs, sides.are_alike(), "{:#?}\n{}\nslip {}", shown, text, number);
    }
}
