//! CIDRs from text, as Go reads them.

use std::fmt;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::{AddrError, Family, parse_addr_as_written};

/// A CIDR as written: an address and the network that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    addr: IpAddr,
    net: IpNet,
}

impl Cidr {
    /// The address before the slash.
    pub fn addr(&self) -> IpAddr {
        self.addr
    }

    /// The network, host bits cleared.
    pub fn net(&self) -> IpNet {
        self.net
    }

    /// Whether the address was not the network's first, so that clearing the
    /// host bits changed it.
    pub fn has_host_bits(&self) -> bool {
        self.addr != self.net.network()
    }
}

/// Why a text is not a CIDR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CidrError {
    /// There is no slash.
    NoSlash,
    /// What stands before the slash is not an address.
    Addr(AddrError),
    /// What stands after the slash is not a number.
    Length(String),
    /// The prefix length has a leading zero ([`parse_prefix`] only).
    LengthLeadingZero(String),
    /// The prefix is longer than an address of the family.
    LengthTooLarge {
        /// As written.
        length: String,
        /// 32 or 128.
        max: u8,
    },
}

impl fmt::Display for CidrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSlash => f.write_str("it has no `/` and prefix length"),
            Self::Addr(error) => error.fmt(f),
            Self::Length(text) => write!(f, "{text:?} is not a prefix length"),
            Self::LengthLeadingZero(text) => {
                write!(f, "the prefix length {text} has a leading zero")
            }
            Self::LengthTooLarge { length, max } => {
                write!(f, "the prefix length {length} is above {max}")
            }
        }
    }
}

impl std::error::Error for CidrError {}

impl From<AddrError> for CidrError {
    fn from(error: AddrError) -> Self {
        Self::Addr(error)
    }
}

/// Reads a CIDR as Go's `net.ParseCIDR`, which MetalLB uses: the prefix length
/// may have leading zeros (`/08` is 8), host bits are cleared, and an
/// IPv4-mapped network (`::ffff:10.0.0.0/104`) is the IPv4 network.
pub fn parse_cidr(text: &str) -> Result<Cidr, CidrError> {
    let (addr, length) = text.split_once('/').ok_or(CidrError::NoSlash)?;
    let addr = parse_addr_as_written(addr)?;
    cidr(addr, length).map(Cidr::unmapped)
}

/// Reads a CIDR as Go's `netip.ParsePrefix`, which Cilium uses: a leading zero
/// in the prefix length is refused, and an IPv4-mapped network stays IPv6.
pub fn parse_prefix(text: &str) -> Result<Cidr, CidrError> {
    let (addr, length) = text.rsplit_once('/').ok_or(CidrError::NoSlash)?;
    let addr = parse_addr_as_written(addr)?;
    let cidr = cidr(addr, length)?;
    if length.len() > 1 && length.starts_with('0') {
        return Err(CidrError::LengthLeadingZero(length.to_owned()));
    }
    Ok(cidr)
}

/// The network of an address and the digits of a prefix length.
fn cidr(addr: IpAddr, length: &str) -> Result<Cidr, CidrError> {
    if length.is_empty() || !length.bytes().all(|b| b.is_ascii_digit()) {
        return Err(CidrError::Length(length.to_owned()));
    }
    let net = length.parse().ok().and_then(|length| IpNet::new(addr, length).ok());
    let net = net.ok_or_else(|| CidrError::LengthTooLarge {
        length: length.to_owned(),
        max: Family::of(addr).bits(),
    })?;
    Ok(Cidr { addr, net: net.trunc() })
}

impl Cidr {
    /// The IPv4 network where it is an IPv4-mapped one.
    fn unmapped(self) -> Self {
        unmapped_net(self.net)
            .map_or(self, |net| Self { addr: self.addr.to_canonical(), net: IpNet::V4(net) })
    }
}

/// The IPv4 network of which this is the IPv4-mapped form (`::ffff:0:0/96` or
/// longer).
fn unmapped_net(net: IpNet) -> Option<Ipv4Net> {
    let IpNet::V6(net) = net else { return None };
    let length = Ipv6Net::prefix_len(&net).checked_sub(96)?;
    Ipv4Net::new(net.network().to_ipv4_mapped()?, length).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `net.ParseCIDR` takes: the network, and whether host bits were set.
    #[test]
    fn parse_cidr_takes_what_go_takes() {
        for (text, net, host_bits) in [
            ("10.0.0.0/8", "10.0.0.0/8", false),
            ("10.1.2.3/8", "10.0.0.0/8", true),
            ("10.0.0.0/08", "10.0.0.0/8", false),
            ("10.0.0.0/0000000000000000000000000000000000024", "10.0.0.0/24", false),
            ("0.0.0.0/0", "0.0.0.0/0", false),
            ("255.255.255.255/32", "255.255.255.255/32", false),
            ("255.255.255.255/0", "0.0.0.0/0", true),
            ("::/0", "::/0", false),
            ("2001:db8::1/64", "2001:db8::/64", true),
            ("2001:db8::1/128", "2001:db8::1/128", false),
            ("::ffff:10.0.0.0/120", "10.0.0.0/24", false),
            ("::ffff:10.0.0.7/120", "10.0.0.0/24", true),
            ("::ffff:10.0.0.7/96", "0.0.0.0/0", true),
            ("::ffff:10.0.0.7/128", "10.0.0.7/32", false),
            ("::ffff:0:0/95", "::fffe:0:0/95", true),
            ("::ffff:10.0.0.7/0", "::/0", true),
        ] {
            let cidr = parse_cidr(text).unwrap();
            assert_eq!(cidr.net(), net.parse().unwrap(), "{text}");
            assert_eq!(cidr.has_host_bits(), host_bits, "{text}");
        }
    }

    #[test]
    fn parse_cidr_refuses_what_go_refuses_and_says_why() {
        let too_large =
            |length: &str, max| CidrError::LengthTooLarge { length: length.into(), max };
        for (text, error) in [
            ("10.0.0.0", CidrError::NoSlash),
            ("", CidrError::NoSlash),
            ("/24", AddrError::Empty.into()),
            ("10.0.0/24", AddrError::OctetCount.into()),
            ("010.0.0.0/24", AddrError::LeadingZero("010".into()).into()),
            ("fe80::%eth0/64", AddrError::Zone.into()),
            (" 10.0.0.0/24", AddrError::UnexpectedCharacter(' ').into()),
            ("10.0.0.0/", CidrError::Length("".into())),
            ("10.0.0.0/ 24", CidrError::Length(" 24".into())),
            ("10.0.0.0/24 ", CidrError::Length("24 ".into())),
            ("10.0.0.0/+24", CidrError::Length("+24".into())),
            ("10.0.0.0/-1", CidrError::Length("-1".into())),
            ("10.0.0.0/0x18", CidrError::Length("0x18".into())),
            ("10.0.0.0/255.0.0.0", CidrError::Length("255.0.0.0".into())),
            ("10.0.0.0/24/24", CidrError::Length("24/24".into())),
            ("10.0.0.0/33", too_large("33", 32)),
            ("10.0.0.0/256", too_large("256", 32)),
            ("10.0.0.0/99999999999999999999", too_large("99999999999999999999", 32)),
            ("::/129", too_large("129", 128)),
        ] {
            assert_eq!(parse_cidr(text), Err(error), "{text:?}");
        }
    }

    /// Where `netip.ParsePrefix` differs from `net.ParseCIDR`.
    #[test]
    fn parse_prefix_is_strict_about_the_length_and_keeps_mapped_networks() {
        let net = |text: &str| parse_prefix(text).map(|cidr| cidr.net().to_string());
        assert_eq!(net("0.0.0.0/0"), Ok("0.0.0.0/0".into()));
        assert_eq!(net("10.1.2.3/8"), Ok("10.0.0.0/8".into()));
        assert_eq!(net("::ffff:10.0.0.0/120"), Ok("::ffff:10.0.0.0/120".into()));
        assert_eq!(net("10.0.0.0/08"), Err(CidrError::LengthLeadingZero("08".into())));
        assert_eq!(net("10.0.0.0/00"), Err(CidrError::LengthLeadingZero("00".into())));
        assert_eq!(net("10.0.0.0/+8"), Err(CidrError::Length("+8".into())));
        assert_eq!(net("10.0.0.0/"), Err(CidrError::Length("".into())));
        assert_eq!(
            net("10.0.0.0/24/24"),
            Err(CidrError::Addr(AddrError::UnexpectedCharacter('/')))
        );
        assert_eq!(
            net("10.0.0.0/40"),
            Err(CidrError::LengthTooLarge { length: "40".into(), max: 32 })
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, error) in [
            ("10.0.0.0", "it has no `/` and prefix length"),
            ("/8", "it is empty"),
            ("10.0.0.0/a", "\"a\" is not a prefix length"),
            ("10.0.0.0/33", "the prefix length 33 is above 32"),
        ] {
            assert_eq!(parse_cidr(text).unwrap_err().to_string(), error);
        }
        let strict = parse_prefix("10.0.0.0/08").unwrap_err();
        assert_eq!(strict.to_string(), "the prefix length 08 has a leading zero");
    }
}
