//! The `format`s of strings and integers that Cilium's CRDs use.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

/// A `format` of a schema; reading another one fails.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) enum Format {
    #[serde(rename = "cidr")]
    Cidr,
    #[serde(rename = "date-time")]
    DateTime,
    #[serde(rename = "int32")]
    Int32,
    #[serde(rename = "int64")]
    Int64,
    #[serde(rename = "ipv4")]
    Ipv4,
    #[serde(rename = "ipv6")]
    Ipv6,
}

impl Format {
    /// Whether a value has the format; a value of another type always has.
    ///
    /// The API server passes over the integer formats, and then Cilium's own
    /// decoder refuses what does not fit: that is no use to anybody, so it is
    /// refused here.
    pub(super) fn accepts(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Int32, Value::Number(_)) => {
                as_integer(value).is_some_and(|n| i32::try_from(n).is_ok())
            }
            (Self::Int64, Value::Number(_)) => {
                as_integer(value).is_some_and(|n| i64::try_from(n).is_ok())
            }
            (_, Value::String(text)) => self.accepts_text(text),
            _ => true,
        }
    }

    fn accepts_text(self, text: &str) -> bool {
        static DATE_TIME: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(
                r"(?x)^ [0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])
                  [Tt] ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?
                  ([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9]) $",
            )
            .unwrap()
        });
        match self {
            Self::Cidr => is_cidr(text),
            Self::DateTime => DATE_TIME.is_match(text),
            // As `govalidator.IsIPv4`, which takes `::ffff:192.0.2.1` too.
            Self::Ipv4 => text.contains('.') && text.parse::<IpAddr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Self::Int32 | Self::Int64 => true,
        }
    }
}

/// An integer, written as such or as a float without a fraction (`1.0`).
pub(super) fn as_integer(value: &Value) -> Option<i128> {
    let whole = |n: f64| (n.fract() == 0.0 && n.abs() < 2f64.powi(64)).then_some(n as i128);
    value
        .as_i64()
        .map(i128::from)
        .or_else(|| value.as_u64().map(i128::from))
        .or_else(|| value.as_f64().and_then(whole))
}

/// An address and a prefix length; host bits may be set.
fn is_cidr(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let bits = if address.is_ipv4() { 32 } else { 128 };
    !length.is_empty()
        && length.bytes().all(|byte| byte.is_ascii_digit())
        && length.parse::<u32>().is_ok_and(|length| length <= bits)
}
