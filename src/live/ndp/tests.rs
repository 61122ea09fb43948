//! Tests of `ndp`.

use proptest::prelude::*;

use super::*;

const OURS: Mac = Mac([2, 0, 0, 0, 0, 1]);
const LINK_LOCAL: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
const ASKER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 2);
const TARGET: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 1, 0x203, 0x405);

#[test]
fn a_solicitation_is_the_bytes_of_the_standard() {
    let packet = NdpPacket::solicitation(OURS, LINK_LOCAL, TARGET);
    assert_eq!(packet.destination.to_string(), "ff02::1:ff03:405");
    assert_eq!(group_mac(packet.destination).to_string(), "33:33:ff:03:04:05");
    let bytes = packet.encode();
    assert_eq!(bytes[..8], [0x60, 0, 0, 0, 0, 32, 58, 255]);
    assert_eq!(bytes[40..42], [135, 0]);
    assert_eq!(bytes[48..64], TARGET.octets());
    assert_eq!(bytes[64..], [1, 1, 2, 0, 0, 0, 0, 1]);
    assert_eq!(NdpPacket::parse(&bytes), Ok(packet));
}

#[test]
fn an_answer_goes_to_who_asked_or_to_all_where_nobody_did() {
    let asked = NdpPacket::solicitation(OURS, ASKER, TARGET);
    let answer = asked.answer(OURS);
    assert_eq!((answer.source, answer.destination), (TARGET, ASKER));
    let NdpMessage::Advertisement(told) = answer.message else { panic!("{answer:?}") };
    assert!(told.solicited && told.overrides && !told.router);
    let detection = NdpPacket {
        source: Ipv6Addr::UNSPECIFIED,
        message: NdpMessage::Solicitation(None),
        ..asked
    };
    let answer = detection.answer(OURS);
    let NdpMessage::Advertisement(told) = answer.message else { panic!("{answer:?}") };
    assert!(answer.destination == ALL_NODES && !told.solicited && told.overrides);
}

/// The packet with one byte changed, its checksum made right again.
fn with(packet: &NdpPacket, changes: &[(usize, u8)]) -> Vec<u8> {
    let mut bytes = packet.encode();
    for (at, octet) in changes {
        bytes[*at] = *octet;
    }
    bytes[42..44].fill(0);
    let (source, destination) = (address(&bytes[8..24]), address(&bytes[24..40]));
    let sum = checksum(source.unwrap(), destination.unwrap(), &bytes[40..]);
    bytes[42..44].copy_from_slice(&sum.to_be_bytes());
    bytes
}

#[test]
fn what_is_malformed_is_named() {
    let asks = NdpPacket::solicitation(OURS, ASKER, TARGET);
    let tells = asks.answer(OURS);
    let nobody = NdpPacket { source: Ipv6Addr::UNSPECIFIED, ..asks };
    let to_group = NdpPacket { destination: ALL_NODES, ..tells };
    let from_group = NdpPacket { source: ALL_NODES, ..asks };
    let to_nothing = NdpPacket { target: Ipv6Addr::UNSPECIFIED, ..asks };
    let mut damaged = asks.encode();
    damaged[60] ^= 1;
    let group = Mac([3, 0, 0, 0, 0, 1]);
    for (bytes, expected) in [
        (vec![], NdpError::Truncated(0)),
        (asks.encode()[..39].to_vec(), NdpError::Truncated(39)),
        (asks.encode()[..71].to_vec(), NdpError::Truncated(71)),
        (with(&asks, &[(5, 20)])[..60].to_vec(), NdpError::Truncated(60)),
        (with(&asks, &[(5, 0)]), NdpError::Truncated(40)),
        (with(&asks, &[(0, 0x40)]), NdpError::Version(4)),
        (with(&asks, &[(6, 0)]), NdpError::Protocol(0)),
        (with(&asks, &[(40, 133)]), NdpError::Type(133)),
        (with(&asks, &[(7, 254)]), NdpError::HopLimit(254)),
        (with(&asks, &[(41, 1)]), NdpError::Code(1)),
        (with(&asks, &[(48, 0xff)]), NdpError::Target(group_of(TARGET))),
        (with(&asks, &[(65, 0)]), NdpError::OptionLength),
        (with(&asks, &[(65, 2)]), NdpError::OptionLength),
        (with(&asks, &[(66, 3)]), NdpError::LinkLayer(group)),
        (to_nothing.encode(), NdpError::Target(Ipv6Addr::UNSPECIFIED)),
        (from_group.encode(), NdpError::Source(ALL_NODES)),
        (nobody.encode(), NdpError::Unspecified),
        (to_group.encode(), NdpError::SolicitedToGroup),
        (damaged, NdpError::Checksum),
    ] {
        assert_eq!(NdpPacket::parse(&bytes), Err(expected));
    }
}

fn group_of(target: Ipv6Addr) -> Ipv6Addr {
    let mut octets = target.octets();
    octets[0] = 0xff;
    Ipv6Addr::from(octets)
}

#[test]
fn other_options_are_passed_over() {
    let mut bytes = NdpPacket::solicitation(OURS, ASKER, TARGET).encode();
    // A nonce (RFC 3971) goes before the link-layer address.
    let nonce = [14, 1, 1, 2, 3, 4, 5, 6];
    bytes.splice(64..64, nonce);
    bytes[5] = 40;
    bytes[42..44].fill(0);
    let sum = checksum(ASKER, solicited_node(TARGET), &bytes[40..]);
    bytes[42..44].copy_from_slice(&sum.to_be_bytes());
    let packet = NdpPacket::parse(&bytes).unwrap();
    assert_eq!(packet.message, NdpMessage::Solicitation(Some(OURS)));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..128)) {
        let _ = NdpPacket::parse(&bytes);
    }

    #[test]
    fn no_payload_behind_a_sound_header_panics(
        payload in prop::collection::vec(any::<u8>(), 1..96), kind in 135u8..137,
    ) {
        let mut bytes = vec![0x60, 0, 0, 0, 0, u8::try_from(payload.len()).unwrap(), 58, 255];
        bytes.extend(ASKER.octets());
        bytes.extend(LINK_LOCAL.octets());
        bytes.extend(&payload);
        bytes[40] = kind;
        if payload.len() > 3 {
            bytes[42..44].fill(0);
            let sum = checksum(ASKER, LINK_LOCAL, &bytes[40..]);
            bytes[42..44].copy_from_slice(&sum.to_be_bytes());
        }
        if let Ok(packet) = NdpPacket::parse(&bytes) {
            prop_assert_eq!(NdpPacket::parse(&packet.encode()), Ok(packet));
        }
    }
}
