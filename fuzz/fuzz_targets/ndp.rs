//! Neighbour discovery as it comes from the wire: what is read and written is read
//! the same, and answers can be read.

#![no_main]

use std::time::Instant;

use libfuzzer_sys::fuzz_target;
use metallb2cilium::live::Mac;
use metallb2cilium::live::ndp::{NdpError, NdpPacket};
use metallb2cilium::live::packet::{Heard, Origin, Packet, Says, Sender};

const OURS: Mac = Mac([2, 0, 0, 0, 0, 1]);
const HEADER: usize = 40;

fuzz_target!(|bytes: &[u8]| {
    hold(bytes);
    // Few come upon the right checksum by chance.
    if let Some(mended) = mended(bytes) {
        assert_ne!(NdpPacket::parse(&mended), Err(NdpError::Checksum));
        hold(&mended);
    }
});

fn hold(bytes: &[u8]) {
    let Ok(ndp) = NdpPacket::parse(bytes) else { return };
    assert_eq!(NdpPacket::parse(&ndp.encode()), Ok(ndp));
    let from = Mac([2, 0, 0, 0, 0, bytes[HEADER + 4]]);
    let packet = Packet::Ndp(ndp);
    let says = packet.says(from);
    assert!(packet.addresses().contains(&says.ip()));
    if let Says::Tells { ip, mac, .. } = says {
        assert_eq!(packet.claims(from, ip, OURS), Some(mac).filter(|mac| *mac != OURS));
    }
    let heard = Heard { at: Instant::now(), from, origin: Origin::Link, for_us: true, packet };
    let sender = Sender { mac: OURS, link_local: None };
    match sender.answer(&heard) {
        None => assert!(matches!(says, Says::Tells { .. })),
        Some(frame) => {
            let Packet::Ndp(answer) = frame.packet else { panic!("{frame:?}") };
            assert_eq!(NdpPacket::parse(&answer.encode()), Ok(answer));
            assert_eq!(answer.target, ndp.target);
        }
    }
}

/// The packet with the checksum that its message must have (RFC 8200, section 8.1).
fn mended(bytes: &[u8]) -> Option<Vec<u8>> {
    let length = usize::from(u16::from_be_bytes([*bytes.get(4)?, *bytes.get(5)?]));
    let mut bytes = bytes.to_vec();
    let message = bytes.get_mut(HEADER..HEADER + length)?;
    message.get_mut(2..4)?.fill(0);
    let pseudo = [&bytes[8..HEADER], &(length as u32).to_be_bytes(), &[0, 0, 0, 58]].concat();
    let words = [pseudo.as_slice(), &bytes[HEADER..HEADER + length]];
    let sum: u64 = words
        .iter()
        .flat_map(|part| part.chunks(2))
        .map(|pair| u64::from(pair[0]) << 8 | u64::from(pair.get(1).copied().unwrap_or(0)))
        .sum();
    let folded = (0..4).fold(sum, |sum, _| (sum & 0xffff) + (sum >> 16));
    bytes[HEADER + 2..HEADER + 4].copy_from_slice(&(!(folded as u16)).to_be_bytes());
    Some(bytes)
}
