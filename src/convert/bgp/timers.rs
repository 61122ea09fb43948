//! Timers of sessions: MetalLB's durations in Cilium's whole seconds.

use std::time::Duration;

use super::super::{Context, codes};
use crate::cilium::BgpTimers;
use crate::diagnostic::Diagnostic;
use crate::metallb::{BfdProfile, Mode, Peer};

/// FRR's timers where MetalLB sets none (its traditional profile).
const FRR_DEFAULTS: (u16, u16) = (180, 60);
/// The native mode's timers where none are set.
const NATIVE_DEFAULTS: (u16, u16) = (90, 30);
/// The shortest hold time that BGP knows (RFC 4271, section 4.2).
const SHORTEST_HOLD: u16 = 3;
/// BFD's intervals where a profile sets none, in milliseconds (FRR).
const BFD_INTERVAL: u32 = 300;
/// BFD's multiplier where a profile sets none (FRR).
const BFD_MULTIPLIER: u32 = 3;

/// The timers of a peer. Both are always written: a hold time alone would meet
/// Cilium's default for the other.
pub(super) fn timers(context: &mut Context<'_>, peer: &Peer) -> BgpTimers {
    let defaults =
        if context.options.mode == Mode::Native { NATIVE_DEFAULTS } else { FRR_DEFAULTS };
    let (mut hold, mut keepalive) = match (peer.hold_time, peer.keepalive_time) {
        (Some(hold), Some(keepalive)) => (
            seconds(context, peer, "holdTime", hold),
            seconds(context, peer, "keepaliveTime", keepalive),
        ),
        _ => defaults,
    };
    if hold < SHORTEST_HOLD {
        // A hold time of 0 switches the timers off, which Cilium cannot.
        (hold, keepalive) = (u16::MAX, u16::MAX / 3);
        context.found.push(
            lossy(peer, "holdTime", "a hold time of 0 has no counterpart: the longest is written")
                .help("set a hold time of 3s or more"),
        );
    }
    if keepalive == 0 {
        let what = "a keepalive time below 1 s has no counterpart: 1 s is written";
        context
            .found
            .push(lossy(peer, "keepaliveTime", what).help("set a keepalive time of 1s or more"));
    }
    if let Some(profile) = bfd_profile(context, peer) {
        let detected = bfd_hold(profile);
        context.found.push(bfd(peer, profile, detected.min(hold)));
        if detected < hold {
            (hold, keepalive) = (detected, (detected / 3).max(1));
        }
    }
    let keepalive = keepalive.clamp(1, hold);
    BgpTimers {
        connect_retry_time_seconds: peer
            .connect_time
            .map(|connect| u32::from(seconds(context, peer, "connectTime", connect))),
        hold_time_seconds: Some(hold),
        keep_alive_time_seconds: Some(keepalive),
    }
}

/// Whole seconds. One of the two timers may be derived from the other by three:
/// its fraction is dropped by FRR too and no loss.
fn seconds(context: &mut Context<'_>, peer: &Peer, field: &str, duration: Duration) -> u16 {
    let written = peer.origin.span(&format!("spec.{field}")) != peer.origin.span("spec");
    if duration.subsec_nanos() != 0 && written {
        context.found.push(
            lossy(peer, field, "Cilium takes whole seconds: the fraction is dropped")
                .help("write whole seconds"),
        );
    }
    u16::try_from(duration.as_secs()).unwrap_or_else(|_| {
        context.found.push(
            lossy(peer, field, "Cilium takes at most 65535 seconds")
                .help("set it to 65535s or less"),
        );
        u16::MAX
    })
}

fn lossy(peer: &Peer, field: &str, what: &str) -> Diagnostic {
    Diagnostic::lossy(codes::TIMERS, format!("BGPPeer {}: {what}", peer.name()))
        .object(peer.reference())
        .label(peer.origin.span(&format!("spec.{field}")), "not the same")
}

fn bfd_profile<'a>(context: &Context<'a>, peer: &Peer) -> Option<&'a BfdProfile> {
    context.config.bfd_profiles.get(peer.bfd_profile.as_ref()?)
}

/// The hold time that is nearest to what BFD detects: BGP knows none below 3 s.
fn bfd_hold(profile: &BfdProfile) -> u16 {
    let interval = profile
        .receive_interval
        .unwrap_or(BFD_INTERVAL)
        .max(profile.transmit_interval.unwrap_or(BFD_INTERVAL));
    let detection = interval.saturating_mul(profile.detect_multiplier.unwrap_or(BFD_MULTIPLIER));
    u16::try_from(detection.div_ceil(1000)).unwrap_or(u16::MAX).max(SHORTEST_HOLD)
}

fn bfd(peer: &Peer, profile: &BfdProfile, hold: u16) -> Diagnostic {
    Diagnostic::lossy(
        codes::BFD,
        format!(
            "BGPPeer {}: Cilium has no BFD; the hold time becomes {hold}s, so that a dead router \
             is noticed as early as BGP can",
            peer.name()
        ),
    )
    .object(peer.reference())
    .label(peer.origin.span("spec.bfdProfile"), "is lost")
    .label(profile.origin.span("spec"), "its timers")
    .help("take BFD off this neighbour on the router too, or it keeps the session down")
}
