//! BFDProfiles, and the peers that name them.

use std::collections::BTreeMap;

use super::lists::Subject;
use crate::diagnostic::Diagnostic;
use crate::ip::Family;
use crate::metallb::resources::Resources;
use crate::metallb::{BfdProfile, Config, Peer, codes};

pub(super) fn profiles(
    resources: &Resources,
    found: &mut Vec<Diagnostic>,
) -> BTreeMap<String, BfdProfile> {
    let mut profiles = BTreeMap::new();
    for resource in &resources.bfd_profiles {
        let subject = Subject::of("BFDProfile", resource);
        let spec = &resource.spec;
        let bounds = [
            ("receiveInterval", spec.receive_interval, 10, 60000),
            ("transmitInterval", spec.transmit_interval, 10, 60000),
            ("echoInterval", spec.echo_interval, 10, 60000),
            ("detectMultiplier", spec.detect_multiplier, 2, 255),
            ("minimumTtl", spec.minimum_ttl, 1, 254),
        ];
        for (field, value, min, max) in bounds {
            if let Some(value) = value.filter(|value| !(min..=max).contains(value)) {
                found.push(subject.error(
                    codes::BAD_BFD_PROFILE,
                    &format!("spec.{field}"),
                    format_args!("{field} is {value}, it must be {min} to {max}"),
                    format!("must be {min} to {max}"),
                ));
            }
        }
        let profile = BfdProfile {
            meta: resource.meta.clone(),
            receive_interval: spec.receive_interval,
            transmit_interval: spec.transmit_interval,
            detect_multiplier: spec.detect_multiplier,
            echo_mode: spec.echo_mode.unwrap_or(false),
            origin: resource.origin.clone(),
        };
        if let Some(first) = profiles.insert(resource.meta.name.clone(), profile) {
            let first: BfdProfile = first;
            found.push(
                subject
                    .error(
                        codes::BAD_BFD_PROFILE,
                        "metadata.name",
                        "there is another BFDProfile of this name",
                        "defined again here",
                    )
                    .label(first.origin.span("metadata.name"), "first defined here"),
            );
        }
    }
    profiles
}

/// Refuses peers that name a profile that is not there, and echo mode on peers
/// that get IPv6 routes.
pub(super) fn references(config: &Config, found: &mut Vec<Diagnostic>) {
    for peer in &config.peers {
        let Some(name) = &peer.bfd_profile else { continue };
        match config.bfd_profiles.get(name) {
            None => found.push(unknown(config, peer, name)),
            Some(profile) if profile.echo_mode => echo_with_v6(config, peer, profile, found),
            Some(_) => {}
        }
    }
}

fn unknown(config: &Config, peer: &Peer, name: &str) -> Diagnostic {
    let known: Vec<&str> = config.bfd_profiles.keys().map(String::as_str).collect();
    let help = match crate::manifest::closest(name, &known) {
        Some(close) => format!("did you mean `{close}`?"),
        None => "add the BFDProfile to the input, or take the field out".to_owned(),
    };
    Diagnostic::error(
        codes::UNKNOWN_BFD_PROFILE,
        format!("BGPPeer {}: there is no BFDProfile `{name}`", peer.name()),
    )
    .object(peer.reference())
    .label(peer.origin.span("spec.bfdProfile"), "not defined")
    .help(help)
}

fn echo_with_v6(config: &Config, peer: &Peer, profile: &BfdProfile, found: &mut Vec<Diagnostic>) {
    let advertised = config.bgp_advertisements.iter().find_map(|advertisement| {
        let to_peer = advertisement.peers.is_empty()
            || advertisement.peers.iter().any(|name| name == peer.name());
        let pool = config.pools.iter().find(|pool| {
            to_peer
                && advertisement.pools.selects(&pool.meta)
                && pool.ranges().any(|range| range.family() == Family::V6)
        })?;
        Some((advertisement, pool))
    });
    if let Some((advertisement, pool)) = advertised {
        found.push(
            Diagnostic::error(
                codes::BAD_BFD_PROFILE,
                format!(
                    "BGPPeer {}: BFD echo mode is not possible, since it gets IPv6 routes of pool \
                     {} (BGPAdvertisement {})",
                    peer.name(),
                    pool.name(),
                    advertisement.meta.name
                ),
            )
            .object(peer.reference())
            .label(profile.origin.span("spec.echoMode"), "echo mode")
            .label(peer.origin.span("spec.bfdProfile"), "used here")
            .help("switch echoMode off in the BFDProfile"),
        );
    }
}
