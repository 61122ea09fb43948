//! What a packet socket lets through (BPF), so that all other traffic stays in the
//! kernel.

use nix::libc;
use socket2::SockFilter;

use super::{ETH_P_ARP, ETH_P_IPV6};

/// One step of a filter (BPF): what it does, where it goes on, with which value.
fn step(code: u32, yes: u8, no: u8, value: u32) -> SockFilter {
    // The codes are constants below 256.
    SockFilter::new(u16::try_from(code).unwrap_or_default(), yes, no, value)
}

const LOAD_BYTE: u32 = libc::BPF_LD | libc::BPF_B | libc::BPF_ABS;
const LOAD_WORD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
const EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
const END: u32 = libc::BPF_RET | libc::BPF_K;
const TAKE: u32 = 0xffff;
const DROP: u32 = 0;
/// Where a filter finds the packet's protocol (SKF_AD_OFF + SKF_AD_PROTOCOL).
const PROTOCOL: u32 = 0xffff_f000;

/// Lets through ARP.
pub(super) fn arp_only() -> [SockFilter; 4] {
    [
        step(LOAD_WORD, 0, 0, PROTOCOL),
        step(EQUAL, 0, 1, ETH_P_ARP.into()),
        step(END, 0, 0, TAKE),
        step(END, 0, 0, DROP),
    ]
}

/// Lets through ICMPv6 of type 135 and 136 right behind the IPv6 header.
pub(super) fn ndp_only() -> [SockFilter; 9] {
    [
        step(LOAD_WORD, 0, 0, PROTOCOL),
        step(EQUAL, 0, 6, ETH_P_IPV6.into()),
        step(LOAD_BYTE, 0, 0, 6),
        step(EQUAL, 0, 4, 58),
        step(LOAD_BYTE, 0, 0, 40),
        step(EQUAL, 1, 0, 135),
        step(EQUAL, 0, 1, 136),
        step(END, 0, 0, TAKE),
        step(END, 0, 0, DROP),
    ]
}
