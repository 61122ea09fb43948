//! ARP as it comes from the wire: what is read is written the same, and answers can be
//! read.

#![no_main]

use std::time::Instant;

use libfuzzer_sys::fuzz_target;
use metallb2cilium::live::Mac;
use metallb2cilium::live::arp::{ArpPacket, Operation};
use metallb2cilium::live::packet::{Heard, Origin, Packet, Says, Sender};

const OURS: Mac = Mac([2, 0, 0, 0, 0, 1]);

/// A packet without padding (RFC 826).
const LENGTH: usize = 28;

fuzz_target!(|bytes: &[u8]| {
    let Ok(arp) = ArpPacket::parse(bytes) else { return };
    let written = arp.encode();
    assert_eq!(written, bytes[..LENGTH]);
    assert_eq!(ArpPacket::parse(&written), Ok(arp));
    assert!(!(arp.is_probe() && arp.is_announcement()));
    let from = Mac([bytes[6], bytes[7], bytes[8], bytes[9], bytes[10], bytes[11]]);
    let packet = Packet::Arp(arp);
    let says = packet.says(from);
    assert!(packet.addresses().contains(&says.ip()));
    // Whoever says that it has an address claims it, but not from itself.
    if let Says::Tells { ip, mac, .. } = says {
        assert_eq!(packet.claims(from, ip, OURS), Some(mac).filter(|mac| *mac != OURS));
        assert_eq!(packet.claims(from, ip, mac), None);
    }
    let heard = Heard { at: Instant::now(), from, origin: Origin::Link, for_us: true, packet };
    let sender = Sender { mac: OURS, link_local: None };
    match sender.answer(&heard) {
        None => assert!(matches!(says, Says::Tells { .. })),
        Some(frame) => {
            let Packet::Arp(answer) = frame.packet else { panic!("{frame:?}") };
            assert_eq!(ArpPacket::parse(&answer.encode()), Ok(answer));
            assert_eq!(
                (answer.operation, answer.sender_ip, frame.to),
                (Operation::Reply, arp.target_ip, arp.sender_mac)
            );
        }
    }
});
