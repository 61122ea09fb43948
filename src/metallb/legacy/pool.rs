//! AddressPool (`metallb.io/v1alpha1` and `v1beta1`): a pool with its protocol.

use serde::Deserialize;

use super::{own_root, without_spec};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Object, ObjectMeta, Origin, Resource};
use crate::metallb::api::{BgpAdvertisementSpec, IpAddressPoolSpec, L2AdvertisementSpec};
use crate::metallb::codes;
use crate::metallb::resources::Reader;

/// How a legacy pool is announced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Protocol {
    #[default]
    Layer2,
    Bgp,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AddressPoolSpec {
    protocol: Option<Protocol>,
    addresses: Vec<String>,
    auto_assign: Option<bool>,
    #[serde(rename = "avoidBuggyIPs")]
    avoid_buggy_ips: Option<bool>,
    bgp_advertisements: Vec<LegacyBgpAdvertisement>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct LegacyBgpAdvertisement {
    aggregation_length: Option<i32>,
    #[serde(rename = "aggregationLengthV6")]
    aggregation_length_v6: Option<i32>,
    local_pref: u32,
    communities: Vec<String>,
}

/// Translates an AddressPool to an IPAddressPool and its advertisements.
pub(in crate::metallb) fn read_pool(object: &Object, reader: &mut Reader) {
    let Some(resource) = reader.decode::<AddressPoolSpec>(object) else { return };
    let spec = resource.spec;
    let origin = resource.origin;
    reader.diagnostics.push(
        Diagnostic::note(
            codes::LEGACY_FORM,
            format!("AddressPool {} is translated to an IPAddressPool", object.meta.name),
        )
        .object(object.reference())
        .label(Some(object.node.span), "a form that MetalLB 0.14 no longer reads"),
    );
    let Some(protocol) = spec.protocol else {
        reader.diagnostics.push(
            Diagnostic::error(codes::OUT_OF_BOUNDS, "an AddressPool needs a protocol")
                .object(object.reference())
                .label(origin.span("spec"), "spec.protocol is missing")
                .help("set spec.protocol to layer2 or bgp"),
        );
        return;
    };
    reader.resources.pools.push(Resource {
        meta: object.meta.clone(),
        spec: IpAddressPoolSpec {
            addresses: spec.addresses,
            auto_assign: spec.auto_assign,
            avoid_buggy_ips: spec.avoid_buggy_ips,
            service_allocation: None,
        },
        origin: origin.clone(),
    });
    let advertisements = spec.bgp_advertisements.into_iter().enumerate().map(|(index, ad)| {
        let node = object.node.nearest(&format!("spec.bgpAdvertisements[{index}]"));
        let spec = BgpAdvertisementSpec {
            aggregation_length: ad.aggregation_length,
            aggregation_length_v6: ad.aggregation_length_v6,
            local_pref: ad.local_pref,
            communities: ad.communities,
            ..BgpAdvertisementSpec::default()
        };
        (spec, Origin::renamed(own_root(node), without_spec))
    });
    announce(reader, &object.meta, &origin, protocol, advertisements.collect());
}

/// Adds the advertisements of one legacy pool: one for layer2, and those given
/// (or one by default) for bgp.
pub(super) fn announce(
    reader: &mut Reader,
    pool: &ObjectMeta,
    origin: &Origin,
    protocol: Protocol,
    advertisements: Vec<(BgpAdvertisementSpec, Origin)>,
) {
    let meta = |index: usize| ObjectMeta {
        name: if index == 0 { pool.name.clone() } else { format!("{}-{}", pool.name, index + 1) },
        namespace: pool.namespace.clone(),
        ..ObjectMeta::default()
    };
    let names = vec![pool.name.clone()];
    match protocol {
        Protocol::Layer2 => reader.resources.l2_advertisements.push(Resource {
            meta: meta(0),
            spec: L2AdvertisementSpec { ip_address_pools: names, ..Default::default() },
            origin: origin.clone(),
        }),
        Protocol::Bgp => {
            let advertisements = if advertisements.is_empty() {
                vec![(BgpAdvertisementSpec::default(), origin.clone())]
            } else {
                advertisements
            };
            for (index, (spec, origin)) in advertisements.into_iter().enumerate() {
                reader.resources.bgp_advertisements.push(Resource {
                    meta: meta(index),
                    spec: BgpAdvertisementSpec { ip_address_pools: names.clone(), ..spec },
                    origin,
                });
            }
        }
    }
}
