//! The configuration text of MetalLB up to 0.12: peers, pools, communities.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::pool::{Protocol, announce};
use super::{kebab_path, own_root};
use crate::diagnostic::Diagnostic;
use crate::manifest::{self, Mode, Node, ObjectMeta, Origin, Resource};
use crate::metallb::api::{
    BfdProfileSpec, BgpAdvertisementSpec, BgpPeerSpec, CommunityAlias, CommunitySpec,
    IpAddressPoolSpec,
};
use crate::metallb::codes;
use crate::metallb::resources::Reader;
use crate::secret::SecretString;
use crate::selector::{LabelSelector, Operator, Requirement};

/// What a peer without `hold-time` had in every mode (`parseHoldTime` of MetalLB up to
/// 0.12, and of its converter).
const HOLD_TIME: &str = "90s";

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct LegacyConfig {
    peers: Vec<LegacyPeer>,
    address_pools: Vec<LegacyPool>,
    bgp_communities: BTreeMap<String, String>,
    bfd_profiles: Vec<LegacyBfdProfile>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct LegacyPeer {
    my_asn: u32,
    peer_asn: u32,
    peer_address: String,
    source_address: String,
    peer_port: Option<u16>,
    hold_time: Option<String>,
    keepalive_time: Option<String>,
    router_id: String,
    node_selectors: Vec<LegacySelector>,
    password: SecretString,
    bfd_profile: String,
    ebgp_multihop: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct LegacySelector {
    match_labels: BTreeMap<String, String>,
    match_expressions: Vec<LegacyRequirement>,
}

#[derive(Deserialize)]
struct LegacyRequirement {
    key: String,
    operator: Operator,
    #[serde(default)]
    values: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct LegacyPool {
    name: String,
    protocol: Option<Protocol>,
    addresses: Vec<String>,
    avoid_buggy_ips: Option<bool>,
    auto_assign: Option<bool>,
    bgp_advertisements: Vec<LegacyAdvertisement>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct LegacyAdvertisement {
    aggregation_length: Option<i32>,
    aggregation_length_v6: Option<i32>,
    localpref: u32,
    communities: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct LegacyBfdProfile {
    name: String,
    receive_interval: Option<u32>,
    transmit_interval: Option<u32>,
    detect_multiplier: Option<u32>,
    echo_interval: Option<u32>,
    echo_mode: Option<bool>,
    passive_mode: Option<bool>,
    minimum_ttl: Option<u32>,
}

/// Translates one configuration text. Nameless things get the names that
/// MetalLB's own converter gave them.
pub(super) fn read(root: &Arc<Node>, namespace: &str, reader: &mut Reader) {
    let mut problems = Vec::new();
    let config = manifest::decode::<LegacyConfig>(root, "", Mode::Strict, &mut problems);
    let refused = !problems.is_empty();
    reader.diagnostics.extend(problems.into_iter().map(|problem| problem.into_diagnostic(None)));
    let Some(config) = config.filter(|_| !refused) else { return };
    reader.diagnostics.push(
        Diagnostic::note(
            codes::LEGACY_FORM,
            "configuration in the form of MetalLB up to 0.12 is translated to its resources",
        )
        .label(Some(root.span), "MetalLB 0.13 and later do not read this"),
    );
    let mut translation = Translation { root, namespace, reader };
    for (index, peer) in config.peers.into_iter().enumerate() {
        translation.peer(index, peer);
    }
    for (index, profile) in config.bfd_profiles.into_iter().enumerate() {
        translation.bfd_profile(index, profile);
    }
    translation.communities(config.bgp_communities);
    for (index, pool) in config.address_pools.into_iter().enumerate() {
        translation.pool(index, pool);
    }
}

struct Translation<'a> {
    root: &'a Arc<Node>,
    namespace: &'a str,
    reader: &'a mut Reader,
}

impl Translation<'_> {
    fn meta(&self, name: String) -> ObjectMeta {
        ObjectMeta { name, namespace: self.namespace.to_owned(), ..ObjectMeta::default() }
    }

    fn origin(&self, path: &str) -> Origin {
        Origin::renamed(own_root(self.root.nearest(path)), kebab_path)
    }

    fn peer(&mut self, index: usize, peer: LegacyPeer) {
        let written = |time: Option<String>| time.filter(|time| !time.is_empty());
        let spec = BgpPeerSpec {
            my_asn: peer.my_asn,
            peer_asn: peer.peer_asn,
            peer_address: peer.peer_address,
            source_address: peer.source_address,
            peer_port: peer.peer_port,
            hold_time: written(peer.hold_time).or_else(|| Some(HOLD_TIME.to_owned())),
            keepalive_time: written(peer.keepalive_time),
            router_id: peer.router_id,
            node_selectors: peer.node_selectors.into_iter().map(LabelSelector::from).collect(),
            password: peer.password,
            bfd_profile: peer.bfd_profile,
            ebgp_multi_hop: peer.ebgp_multihop,
            ..BgpPeerSpec::default()
        };
        self.reader.resources.peers.push(Resource {
            meta: self.meta(format!("peer{}", index + 1)),
            spec,
            origin: self.origin(&format!("peers[{index}]")),
        });
    }

    fn bfd_profile(&mut self, index: usize, profile: LegacyBfdProfile) {
        let origin = self.origin(&format!("bfd-profiles[{index}]"));
        if profile.name.is_empty() {
            self.no_name("a BFD profile", &origin);
            return;
        }
        self.reader.resources.bfd_profiles.push(Resource {
            meta: self.meta(profile.name),
            spec: BfdProfileSpec {
                receive_interval: profile.receive_interval,
                transmit_interval: profile.transmit_interval,
                detect_multiplier: profile.detect_multiplier,
                echo_interval: profile.echo_interval,
                echo_mode: profile.echo_mode,
                passive_mode: profile.passive_mode,
                minimum_ttl: profile.minimum_ttl,
            },
            origin,
        });
    }

    fn communities(&mut self, aliases: BTreeMap<String, String>) {
        if aliases.is_empty() {
            return;
        }
        let communities =
            aliases.into_iter().map(|(name, value)| CommunityAlias { name, value }).collect();
        self.reader.resources.communities.push(Resource {
            meta: self.meta("communities".to_owned()),
            spec: CommunitySpec { communities },
            origin: self.origin("bgp-communities"),
        });
    }

    fn pool(&mut self, index: usize, pool: LegacyPool) {
        let path = format!("address-pools[{index}]");
        let origin = self.origin(&path);
        if pool.name.is_empty() {
            self.no_name("an address pool", &origin);
            return;
        }
        let Some(protocol) = pool.protocol else {
            self.reader.diagnostics.push(
                Diagnostic::error(
                    codes::OUT_OF_BOUNDS,
                    format!("the address pool {} needs a protocol", pool.name),
                )
                .label(origin.span("spec"), "protocol is missing")
                .help("set protocol to layer2 or bgp"),
            );
            return;
        };
        let meta = self.meta(pool.name);
        self.reader.resources.pools.push(Resource {
            meta: meta.clone(),
            spec: IpAddressPoolSpec {
                addresses: pool.addresses,
                auto_assign: pool.auto_assign,
                avoid_buggy_ips: pool.avoid_buggy_ips,
                service_allocation: None,
            },
            origin: origin.clone(),
        });
        let advertisements = pool.bgp_advertisements.into_iter().enumerate().map(|(i, ad)| {
            let spec = BgpAdvertisementSpec {
                aggregation_length: ad.aggregation_length,
                aggregation_length_v6: ad.aggregation_length_v6,
                local_pref: ad.localpref,
                communities: ad.communities,
                ..BgpAdvertisementSpec::default()
            };
            (spec, self.origin(&format!("{path}.bgp-advertisements[{i}]")))
        });
        let advertisements = advertisements.collect();
        announce(self.reader, &meta, &origin, protocol, advertisements);
    }

    fn no_name(&mut self, what: &str, origin: &Origin) {
        self.reader.diagnostics.push(
            Diagnostic::error(codes::NO_NAME, format!("{what} has no name"))
                .label(origin.span("name"), "name is missing")
                .help("give it a name"),
        );
    }
}

impl From<LegacySelector> for LabelSelector {
    fn from(legacy: LegacySelector) -> Self {
        let requirements = legacy.match_expressions.into_iter().map(|requirement| Requirement {
            key: requirement.key,
            operator: requirement.operator,
            values: requirement.values,
        });
        Self { match_labels: legacy.match_labels, match_expressions: requirements.collect() }
    }
}
