//! What CiliumBGPAdvertisements say of Services, as sets of them.

use super::Problem;
use super::diagram::{Diagram, NEVER};
use super::domain::Logic;
use super::raw::Unproved;
use crate::cilium::{AdvertisementType, ServiceAddressType};
use crate::ip::Family;
use crate::manifest::Span;
use crate::selector::validate;
use crate::simulate::cilium::Attributes;

/// An entry of a CiliumBGPAdvertisement.
pub(super) struct Advert {
    pub(super) object: usize,
    pub(super) services: Diagram,
    pub(super) lengths: [u8; 2],
    pub(super) attributes: Attributes,
    pub(super) place: Option<Span>,
}

/// All entries that announce Services.
pub(super) fn adverts(
    logic: &mut Logic<'_>,
    problem: &Problem<'_>,
) -> Result<Vec<Advert>, Unproved> {
    let mut adverts = Vec::new();
    for (object, resource) in problem.cilium.advertisements.iter().enumerate() {
        let name = &resource.meta.name;
        for (index, entry) in resource.spec.advertisements.iter().enumerate() {
            let (AdvertisementType::Service, Some(service)) =
                (entry.advertisement_type, &entry.service)
            else {
                continue;
            };
            let bad = |selector| !validate(selector).is_empty();
            if entry.selector.as_ref().is_some_and(bad) {
                return Err(Unproved::because(format!(
                    "a selector of CiliumBGPAdvertisement {name} is no selector"
                )));
            }
            let kinds = &service.addresses;
            if kinds.iter().any(|kind| *kind != ServiceAddressType::LoadBalancerIp) {
                return Err(Unproved::because(format!(
                    "CiliumBGPAdvertisement {name} announces more than load-balancer addresses"
                )));
            }
            let services = match &entry.selector {
                Some(selector) if !kinds.is_empty() => logic.cilium_services(selector)?,
                _ => NEVER,
            };
            adverts.push(Advert {
                object,
                services,
                lengths: [
                    service.aggregation_length_ipv4.unwrap_or(Family::V4.bits()),
                    service.aggregation_length_ipv6.unwrap_or(Family::V6.bits()),
                ],
                attributes: Attributes::new(entry.attributes.as_ref()),
                place: resource
                    .origin
                    .span(&format!("spec.advertisements[{index}]"))
                    .or_else(|| resource.origin.span("spec")),
            });
        }
    }
    Ok(adverts)
}
