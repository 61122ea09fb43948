//! BGP communities as MetalLB writes them.

use std::fmt;
use std::str::FromStr;

/// A BGP community: standard (RFC 1997) or large (RFC 8092).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Community {
    /// `a:b`, two 16-bit numbers.
    Standard(u16, u16),
    /// `large:a:b:c`, three 32-bit numbers.
    Large(u32, u32, u32),
}

/// Why a text is not a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommunityError {
    /// It has the form of a community, but a part is no number or out of range.
    Value,
    /// It does not have the form of a community; it may be the name of an alias.
    Format,
}

impl FromStr for Community {
    type Err = CommunityError;

    fn from_str(text: &str) -> Result<Self, CommunityError> {
        let parts: Vec<&str> = text.split(':').collect();
        match parts[..] {
            [high, low] => Ok(Self::Standard(number(high)?, number(low)?)),
            ["large", global, local1, local2] => {
                Ok(Self::Large(number(global)?, number(local1)?, number(local2)?))
            }
            [_, _, _, _] => Err(CommunityError::Value),
            _ => Err(CommunityError::Format),
        }
    }
}

/// A decimal number without sign, as Go's `strconv.ParseUint` reads it.
fn number<T: FromStr>(text: &str) -> Result<T, CommunityError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(CommunityError::Value);
    }
    text.parse().map_err(|_| CommunityError::Value)
}

impl fmt::Display for Community {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard(high, low) => write!(f, "{high}:{low}"),
            Self::Large(global, local1, local2) => write!(f, "large:{global}:{local1}:{local2}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_metallb_reads() {
        let cases = [
            ("64512:100", Ok(Community::Standard(64512, 100))),
            ("0:0", Ok(Community::Standard(0, 0))),
            ("large:1:2:4294967295", Ok(Community::Large(1, 2, u32::MAX))),
            ("65000:99999", Err(CommunityError::Value)),
            ("65000:+1", Err(CommunityError::Value)),
            ("65000:", Err(CommunityError::Value)),
            ("big:1:2:3", Err(CommunityError::Value)),
            ("large:1:2:4294967296", Err(CommunityError::Value)),
            ("no-export", Err(CommunityError::Format)),
            ("1:2:3", Err(CommunityError::Format)),
            ("", Err(CommunityError::Format)),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Community>(), expected, "{text}");
        }
    }

    #[test]
    fn prints_what_it_reads() {
        for text in ["64512:100", "large:64512:1:2"] {
            assert_eq!(text.parse::<Community>().unwrap().to_string(), text);
        }
    }
}
