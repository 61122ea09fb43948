//! Addresses from text, as Go reads them.
//!
//! Both controllers are written in Go: what its `net.ParseIP` refuses never
//! reaches them, and what it takes must be taken here. The standard library's
//! parser agrees with it on what an address is (no leading zeros, no zone, no
//! spaces); what is added is the reason for a refusal.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why a text is not an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddrError {
    /// Nothing is there.
    Empty,
    /// Neither a dot nor a colon is in it.
    NotAnAddress,
    /// A character that no address has.
    UnexpectedCharacter(char),
    /// An IPv4 octet with a leading zero, which other readers take for octal.
    LeadingZero(String),
    /// An IPv4 octet above 255.
    OctetTooLarge(String),
    /// An IPv4 address with fewer or more than four octets, or an empty one.
    OctetCount,
    /// An IPv6 address with a zone (`%eth0`).
    Zone,
    /// An IPv6 group of more than four digits.
    GroupTooLong(String),
    /// `::` more than once.
    SecondEllipsis,
    /// An IPv6 address with too few groups, too many, or an empty one.
    GroupCount,
}

impl fmt::Display for AddrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::NotAnAddress => f.write_str("it is not an IP address"),
            Self::UnexpectedCharacter(c) => write!(f, "unexpected character {c:?}"),
            Self::LeadingZero(octet) => write!(f, "the octet {octet} has a leading zero"),
            Self::OctetTooLarge(octet) => write!(f, "the octet {octet} is above 255"),
            Self::OctetCount => f.write_str("an IPv4 address has four octets"),
            Self::Zone => f.write_str("a zone is not allowed"),
            Self::GroupTooLong(group) => {
                write!(f, "the group {group} has more than four digits")
            }
            Self::SecondEllipsis => f.write_str("`::` can stand only once"),
            Self::GroupCount => f.write_str("an IPv6 address has eight groups"),
        }
    }
}

impl std::error::Error for AddrError {}

/// Reads an address as Go's `net.ParseIP`: an IPv4-mapped IPv6 address
/// (`::ffff:10.0.0.1`) is the IPv4 address.
pub fn parse_addr(text: &str) -> Result<IpAddr, AddrError> {
    parse_addr_as_written(text).map(|addr| addr.to_canonical())
}

/// Reads an address as Go's `netip.ParseAddr`, save for zones, which are
/// refused: an IPv4-mapped address stays an IPv6 one.
pub fn parse_addr_as_written(text: &str) -> Result<IpAddr, AddrError> {
    match text.chars().find(|c| matches!(c, '.' | ':' | '%')) {
        Some('.') => text.parse().map(IpAddr::V4).map_err(|_| ipv4_fault(text)),
        Some(':') => parse_ipv6(text).map(IpAddr::V6),
        Some(_) => Err(AddrError::Zone),
        None if text.is_empty() => Err(AddrError::Empty),
        None => Err(AddrError::NotAnAddress),
    }
}

/// Zones are looked for first: the parser's other complaints would hide them.
fn parse_ipv6(text: &str) -> Result<Ipv6Addr, AddrError> {
    if text.contains('%') {
        return Err(AddrError::Zone);
    }
    text.parse().map_err(|_| ipv6_fault(text))
}

/// What is wrong with a refused IPv4 address.
fn ipv4_fault(text: &str) -> AddrError {
    for octet in text.split('.') {
        if let Some(c) = octet.chars().find(|c| !c.is_ascii_digit()) {
            return AddrError::UnexpectedCharacter(c);
        }
        if octet.len() > 1 && octet.starts_with('0') {
            return AddrError::LeadingZero(octet.to_owned());
        }
        if !octet.is_empty() && octet.parse::<u8>().is_err() {
            return AddrError::OctetTooLarge(octet.to_owned());
        }
    }
    AddrError::OctetCount
}

/// What is wrong with a refused IPv6 address.
fn ipv6_fault(text: &str) -> AddrError {
    let (groups, embedded) = match text.rsplit_once(':') {
        Some((groups, last)) if last.contains('.') => (groups, Some(last)),
        _ => (text, None),
    };
    if let Some(c) = groups.chars().find(|c| !c.is_ascii_hexdigit() && *c != ':') {
        return AddrError::UnexpectedCharacter(c);
    }
    if let Some(group) = groups.split(':').find(|group| group.len() > 4) {
        return AddrError::GroupTooLong(group.to_owned());
    }
    if text.matches("::").count() > 1 || text.contains(":::") {
        return AddrError::SecondEllipsis;
    }
    match embedded {
        Some(last) if last.parse::<Ipv4Addr>().is_err() => ipv4_fault(last),
        _ => AddrError::GroupCount,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `net.ParseIP` takes, and as what.
    #[test]
    fn takes_what_go_takes() {
        for (text, addr) in [
            ("0.0.0.0", "0.0.0.0"),
            ("10.0.0.1", "10.0.0.1"),
            ("255.255.255.255", "255.255.255.255"),
            ("::", "::"),
            ("::1", "::1"),
            ("FE80::A", "fe80::a"),
            ("2001:db8:0000:0::1", "2001:db8::1"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("::ffff:a00:1", "10.0.0.1"),
            ("0:0:0:0:0:ffff:10.0.0.1", "10.0.0.1"),
            ("::10.0.0.1", "::a00:1"),
            ("64:ff9b::10.0.0.1", "64:ff9b::a00:1"),
            ("1:2:3:4:5::1.2.3.4", "1:2:3:4:5:0:102:304"),
        ] {
            assert_eq!(parse_addr(text), Ok(addr.parse().unwrap()), "{text}");
        }
    }

    /// What `net.ParseIP` refuses.
    #[test]
    fn refuses_what_go_refuses_and_says_why() {
        use AddrError::*;
        for (text, error) in [
            ("", Empty),
            (" ", NotAnAddress),
            ("localhost", NotAnAddress),
            ("167772161", NotAnAddress),
            (" 10.0.0.1", UnexpectedCharacter(' ')),
            ("10.0.0.1 ", UnexpectedCharacter(' ')),
            ("10.0.0.1\n", UnexpectedCharacter('\n')),
            ("10.0.0.x", UnexpectedCharacter('x')),
            ("10.0.0.1/24", UnexpectedCharacter('/')),
            ("+1.0.0.1", UnexpectedCharacter('+')),
            ("-1.0.0.1", UnexpectedCharacter('-')),
            ("0x0a.0.0.1", UnexpectedCharacter('x')),
            ("010.0.0.1", LeadingZero("010".into())),
            ("10.0.0.00", LeadingZero("00".into())),
            ("256.0.0.1", OctetTooLarge("256".into())),
            ("10.0.0.99999999999999999999", OctetTooLarge("99999999999999999999".into())),
            ("10.0.0", OctetCount),
            ("10.0.0.", OctetCount),
            (".10.0.0", OctetCount),
            ("10..0.1", OctetCount),
            ("10.0.0.1.2", OctetCount),
            ("fe80::1%eth0", Zone),
            ("fe80::1%", Zone),
            ("%eth0", Zone),
            ("12345::", GroupTooLong("12345".into())),
            ("0::00001", GroupTooLong("00001".into())),
            ("1::2::3", SecondEllipsis),
            (":::", SecondEllipsis),
            (":", GroupCount),
            ("1:2:3", GroupCount),
            ("1:2:3:4:5:6:7:", GroupCount),
            (":1:2:3:4:5:6:7", GroupCount),
            ("1:2:3:4:5:6:7:8:9", GroupCount),
            ("1:2:3:4::5:6:7:8", GroupCount),
            ("1:2:3:4:5:6::1.2.3.4", GroupCount),
            ("1:2:3:4:5:6:7:1.2.3.4", GroupCount),
            ("1.2.3.4::", UnexpectedCharacter(':')),
            ("::g", UnexpectedCharacter('g')),
            ("[::1]", UnexpectedCharacter('[')),
            ("::1 ", UnexpectedCharacter(' ')),
            ("::ffff:10.0.0.01", LeadingZero("01".into())),
            ("::ffff:10.0.0.256", OctetTooLarge("256".into())),
            ("::ffff:10.0.0", OctetCount),
            ("::1.2.3.4:5", UnexpectedCharacter('.')),
        ] {
            assert_eq!(parse_addr(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_mapped_address_can_be_kept_as_written() {
        assert_eq!(
            parse_addr_as_written("::ffff:10.0.0.1"),
            Ok("::ffff:10.0.0.1".parse().unwrap())
        );
        assert_eq!(parse_addr_as_written("10.0.0.1"), Ok("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (error, text) in [
            (AddrError::Empty, "it is empty"),
            (AddrError::NotAnAddress, "it is not an IP address"),
            (AddrError::UnexpectedCharacter('x'), "unexpected character 'x'"),
            (AddrError::LeadingZero("010".into()), "the octet 010 has a leading zero"),
            (AddrError::OctetTooLarge("256".into()), "the octet 256 is above 255"),
            (AddrError::OctetCount, "an IPv4 address has four octets"),
            (AddrError::Zone, "a zone is not allowed"),
            (AddrError::GroupTooLong("12345".into()), "the group 12345 has more than four digits"),
            (AddrError::SecondEllipsis, "`::` can stand only once"),
            (AddrError::GroupCount, "an IPv6 address has eight groups"),
        ] {
            assert_eq!(error.to_string(), text);
        }
    }
}
