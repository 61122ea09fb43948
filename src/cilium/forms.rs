//! The forms of strings that the schemas ask for: formats and patterns.

use crate::ip;

/// `format: cidr`: what Go's `net.ParseCIDR` takes.
pub(super) fn is_cidr(text: &str) -> bool {
    ip::parse_cidr(text).is_ok()
}

/// `format: ipv4`.
pub(super) fn is_ipv4(text: &str) -> bool {
    text.contains('.') && ip::parse_addr(text).is_ok()
}

/// The pattern of peer addresses: an address, an IPv6 one with a zone too, with
/// blanks around it.
pub(super) fn is_address(text: &str) -> bool {
    let text = text.trim_matches(['\t', '\n', '\x0c', '\r', ' ']);
    match text.split_once('%') {
        Some((address, zone)) => {
            address.contains(':')
                && !zone.is_empty()
                && !zone.contains('\n')
                && ip::parse_addr_as_written(address).is_ok()
        }
        None => ip::parse_addr_as_written(text).is_ok(),
    }
}

/// A decimal number without a sign or a leading zero, up to `max`.
fn is_number(text: &str, max: u32) -> bool {
    let plain = text == "0" || !text.starts_with('0');
    plain
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<u32>().is_ok_and(|number| number <= max)
}

pub(super) fn is_standard_community(text: &str) -> bool {
    match text.split_once(':') {
        Some((high, low)) => is_number(high, u16::MAX.into()) && is_number(low, u16::MAX.into()),
        None => is_number(text, u32::MAX),
    }
}

pub(super) fn is_large_community(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    parts.len() == 3 && parts.iter().all(|part| is_number(part, u32::MAX))
}
