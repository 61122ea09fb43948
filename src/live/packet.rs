//! ARP and neighbour discovery as one: questions and answers about addresses.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Instant;

use thiserror::Error;

use super::Mac;
use super::arp::{ArpError, ArpPacket, Operation};
use super::ndp::{self, NdpError, NdpMessage, NdpPacket};

/// A packet of either protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packet {
    /// ARP, for IPv4.
    Arp(ArpPacket),
    /// Neighbour discovery, for IPv6.
    Ndp(NdpPacket),
}

/// Why bytes are no packet to act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Malformed {
    /// By ARP's rules.
    #[error(transparent)]
    Arp(#[from] ArpError),
    /// By neighbour discovery's.
    #[error(transparent)]
    Ndp(#[from] NdpError),
}

/// A packet on its way out, to that link-layer address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// To whom.
    pub to: Mac,
    /// What.
    pub packet: Packet,
}

/// What one packet says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Who has the address? Asked by whoever has `from`, where somebody has.
    Asks {
        /// The address in question.
        ip: IpAddr,
        /// The asker's own address; `None` in a probe.
        from: Option<IpAddr>,
    },
    /// The address is at that link-layer address.
    Tells {
        /// The address.
        ip: IpAddr,
        /// Where it is.
        mac: Mac,
        /// Whether nobody asked.
        unasked: bool,
    },
}

impl Says {
    /// The address that is spoken of.
    pub fn ip(&self) -> IpAddr {
        match *self {
            Self::Asks { ip, .. } | Self::Tells { ip, .. } => ip,
        }
    }
}

/// Who sent a packet, as this host sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody else on the link.
    Link,
    /// This host itself.
    Own,
}

/// A packet that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// When.
    pub at: Instant,
    /// The link-layer address that it came from.
    pub from: Mac,
    /// Whether somebody else sent it.
    pub origin: Origin,
    /// Whether it came to a group or to this host, not to another one.
    pub for_us: bool,
    /// What it is.
    pub packet: Packet,
}

impl Packet {
    /// What it says; `from` is the link-layer address that it came from.
    pub fn says(&self, from: Mac) -> Says {
        match self {
            Self::Arp(arp) => {
                let announcement = arp.is_announcement();
                if announcement || arp.operation == Operation::Reply {
                    let (ip, mac) = (IpAddr::V4(arp.sender_ip), arp.sender_mac);
                    return Says::Tells { ip, mac, unasked: announcement };
                }
                let asker = IpAddr::V4(arp.sender_ip);
                let from = Some(asker).filter(|ip| !ip.is_unspecified());
                Says::Asks { ip: IpAddr::V4(arp.target_ip), from }
            }
            Self::Ndp(ndp) => match ndp.message {
                NdpMessage::Solicitation(_) => {
                    let from = Some(ndp.source).filter(|ip| !ip.is_unspecified());
                    Says::Asks { ip: IpAddr::V6(ndp.target), from: from.map(IpAddr::V6) }
                }
                NdpMessage::Advertisement(told) => Says::Tells {
                    ip: IpAddr::V6(ndp.target),
                    mac: told.mac.unwrap_or(from),
                    unasked: !told.solicited,
                },
            },
        }
    }

    /// Every address that it is about, or that its sender uses.
    pub fn addresses(&self) -> [IpAddr; 2] {
        match self {
            Self::Arp(arp) => [IpAddr::V4(arp.sender_ip), IpAddr::V4(arp.target_ip)],
            Self::Ndp(ndp) => [IpAddr::V6(ndp.source), IpAddr::V6(ndp.target)],
        }
    }

    /// Who claims the address and is not at `mac`: by an answer, or by using it as the
    /// sender's own (RFC 5227, section 2.4; RFC 4862, section 5.4.4).
    pub fn claims(&self, from: Mac, ip: IpAddr, mac: Mac) -> Option<Mac> {
        let claimant = match (self, ip) {
            (Self::Arp(arp), IpAddr::V4(ip)) => (arp.sender_ip == ip).then_some(arp.sender_mac),
            (Self::Ndp(ndp), IpAddr::V6(ip)) => match ndp.message {
                NdpMessage::Advertisement(told) if ndp.target == ip => {
                    Some(told.mac.unwrap_or(from))
                }
                NdpMessage::Solicitation(asker) if ndp.source == ip => Some(asker.unwrap_or(from)),
                _ => None,
            },
            _ => None,
        };
        claimant.filter(|claimant| *claimant != mac)
    }

    /// Who is not at `mac` and asks whether the address is free, as before using it (RFC
    /// 5227, section 2.1.1; RFC 4862, section 5.4.3). Whoever has it answers.
    pub fn probes(&self, from: Mac, ip: IpAddr, mac: Mac) -> Option<Mac> {
        let prober = match (self, ip) {
            (Self::Arp(arp), IpAddr::V4(ip)) => {
                (arp.is_probe() && arp.target_ip == ip).then_some(arp.sender_mac)
            }
            (Self::Ndp(ndp), IpAddr::V6(ip)) => {
                let asks = matches!(ndp.message, NdpMessage::Solicitation(_));
                (asks && ndp.target == ip && ndp.source.is_unspecified()).then_some(from)
            }
            _ => None,
        };
        prober.filter(|prober| *prober != mac)
    }
}

/// The addresses of the interface that a frame leaves from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender {
    /// Its link-layer address.
    pub mac: Mac,
    /// Its link-local address of IPv6, where it has one.
    pub link_local: Option<Ipv6Addr>,
}

impl Sender {
    /// Asks who has an address, without putting anything untrue into anybody's cache:
    /// by an ARP probe; in IPv6 from the interface's own address, since MetalLB heeds
    /// no solicitation without a link-layer address. `None` without such an address.
    pub fn question(&self, ip: IpAddr) -> Option<Frame> {
        match ip {
            IpAddr::V4(ip) => {
                let packet = Packet::Arp(ArpPacket::probe(self.mac, ip));
                Some(Frame { to: Mac::BROADCAST, packet })
            }
            IpAddr::V6(ip) => {
                let packet = NdpPacket::solicitation(self.mac, self.link_local?, ip);
                Some(Frame { to: ndp::group_mac(packet.destination), packet: Packet::Ndp(packet) })
            }
        }
    }

    /// Tells everybody that the address is here.
    pub fn announcements(&self, ip: IpAddr) -> Vec<Frame> {
        match ip {
            IpAddr::V4(ip) => [Operation::Request, Operation::Reply]
                .map(|operation| Frame {
                    to: Mac::BROADCAST,
                    packet: Packet::Arp(ArpPacket::announcement(operation, self.mac, ip)),
                })
                .to_vec(),
            IpAddr::V6(ip) => {
                let packet = NdpPacket::announcement(self.mac, ip);
                vec![Frame { to: ndp::group_mac(packet.destination), packet: Packet::Ndp(packet) }]
            }
        }
    }

    /// Answers a question; `None` for what is none.
    pub fn answer(&self, heard: &Heard) -> Option<Frame> {
        let Says::Asks { .. } = heard.packet.says(heard.from) else { return None };
        match &heard.packet {
            Packet::Arp(asked) => {
                let packet = Packet::Arp(asked.answer(self.mac));
                Some(Frame { to: asked.sender_mac, packet })
            }
            Packet::Ndp(asked) => {
                let packet = asked.answer(self.mac);
                let asker = match asked.message {
                    NdpMessage::Solicitation(asker) => asker,
                    NdpMessage::Advertisement(_) => None,
                };
                let to = if packet.destination.is_multicast() {
                    ndp::group_mac(packet.destination)
                } else {
                    asker.unwrap_or(heard.from)
                };
                Some(Frame { to, packet: Packet::Ndp(packet) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Mac = Mac([2, 0, 0, 0, 0, 1]);
    const THEIRS: Mac = Mac([2, 0, 0, 0, 0, 2]);

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn sender(mac: Mac) -> Sender {
        let link_local = Some(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, u16::from(mac.0[5])));
        Sender { mac, link_local }
    }

    fn heard(frame: Frame, from: Mac) -> Heard {
        let (at, origin) = (Instant::now(), Origin::Link);
        Heard { at, from, origin, for_us: true, packet: frame.packet }
    }

    #[test]
    fn both_protocols_say_the_same_things() {
        for address in ["192.0.2.1", "2001:db8::1"].map(ip) {
            let question = sender(THEIRS).question(address).unwrap();
            let Says::Asks { ip, from } = question.packet.says(THEIRS) else { panic!() };
            assert_eq!((ip, from.is_none()), (address, address.is_ipv4()));
            let answer = sender(OURS).answer(&heard(question, THEIRS)).unwrap();
            assert_eq!(answer.to, THEIRS);
            let tells = Says::Tells { ip: address, mac: OURS, unasked: false };
            assert_eq!(answer.packet.says(OURS), tells);
            assert_eq!(sender(OURS).answer(&heard(answer, OURS)), None);
            for frame in sender(OURS).announcements(address) {
                let tells = Says::Tells { ip: address, mac: OURS, unasked: true };
                assert_eq!(frame.packet.says(OURS), tells);
                assert!(!frame.to.is_unicast());
            }
        }
    }

    #[test]
    fn an_address_is_claimed_by_answers_and_use_and_a_probe_asks_for_it() {
        for address in ["192.0.2.1", "2001:db8::1"].map(ip) {
            let question = sender(THEIRS).question(address).unwrap();
            let answer = sender(THEIRS).answer(&heard(question, OURS)).unwrap();
            let mut claims = vec![answer];
            claims.extend(sender(THEIRS).announcements(address));
            for frame in &claims {
                assert_eq!(frame.packet.claims(THEIRS, address, OURS), Some(THEIRS));
                assert_eq!(frame.packet.claims(THEIRS, address, THEIRS), None);
                assert_eq!(frame.packet.claims(THEIRS, ip("192.0.2.9"), OURS), None);
                assert_eq!(frame.packet.claims(THEIRS, ip("2001:db8::9"), OURS), None);
            }
        }
        let probe = sender(THEIRS).question(ip("192.0.2.1")).unwrap();
        assert_eq!(probe.packet.claims(THEIRS, ip("192.0.2.1"), OURS), None);
        assert_eq!(probe.packet.probes(THEIRS, ip("192.0.2.1"), OURS), Some(THEIRS));
        assert_eq!(probe.packet.probes(THEIRS, ip("192.0.2.1"), THEIRS), None);
        assert_eq!(probe.packet.probes(THEIRS, ip("192.0.2.2"), OURS), None);
        // Asking from a link-local address is not claiming.
        let question = sender(THEIRS).question(ip("2001:db8::1")).unwrap();
        assert_eq!(question.packet.claims(THEIRS, ip("2001:db8::1"), OURS), None);
        assert_eq!(question.packet.probes(THEIRS, ip("2001:db8::1"), OURS), None);
        let detection = Packet::Ndp(NdpPacket {
            source: Ipv6Addr::UNSPECIFIED,
            destination: ndp::solicited_node(Ipv6Addr::LOCALHOST),
            target: "2001:db8::1".parse().unwrap(),
            message: NdpMessage::Solicitation(None),
        });
        assert_eq!(detection.claims(THEIRS, ip("2001:db8::1"), OURS), None);
        assert_eq!(detection.probes(THEIRS, ip("2001:db8::1"), OURS), Some(THEIRS));
    }

    #[test]
    fn without_a_link_local_address_nothing_is_asked_in_ipv6() {
        let bare = Sender { mac: OURS, link_local: None };
        assert_eq!(bare.question(ip("2001:db8::1")), None);
        assert!(bare.question(ip("192.0.2.1")).is_some());
    }
}
