//! NOTIFICATION messages: why a session ends (RFC 4271, section 4.5).

use std::fmt;

/// Why a session ends, as one side tells the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The code, and the subcode; 0 is none.
    pub reason: Reason,
    /// What belongs to it, such as the part of a message that is wrong.
    pub data: Vec<u8>,
}

/// The code and the subcode of a NOTIFICATION.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason(pub u8, pub u8);

impl Reason {
    /// The marker is not all ones.
    pub const NOT_SYNCHRONIZED: Self = Self(1, 1);
    /// A length that a message of its type cannot have.
    pub const BAD_LENGTH: Self = Self(1, 2);
    /// A type of message that is not known.
    pub const BAD_TYPE: Self = Self(1, 3);
    /// An OPEN that cannot be read.
    pub const OPEN_UNSPECIFIC: Self = Self(2, 0);
    /// Not version 4.
    pub const UNSUPPORTED_VERSION: Self = Self(2, 1);
    /// Another AS number than the neighbour is to have.
    pub const BAD_PEER_AS: Self = Self(2, 2);
    /// A router ID that no neighbour can have.
    pub const BAD_IDENTIFIER: Self = Self(2, 3);
    /// An optional parameter that is not known.
    pub const UNSUPPORTED_PARAMETER: Self = Self(2, 4);
    /// A hold time that cannot be kept.
    pub const UNACCEPTABLE_HOLD_TIME: Self = Self(2, 6);
    /// A capability is missing (RFC 5492).
    pub const UNSUPPORTED_CAPABILITY: Self = Self(2, 7);
    /// The lengths in an UPDATE do not fit together.
    pub const MALFORMED_ATTRIBUTES: Self = Self(3, 1);
    /// A well-known attribute that is not known.
    pub const UNRECOGNIZED_WELL_KNOWN: Self = Self(3, 2);
    /// An optional attribute that cannot be read.
    pub const OPTIONAL_ATTRIBUTE: Self = Self(3, 9);
    /// A prefix that cannot be read.
    pub const INVALID_NETWORK: Self = Self(3, 10);
    /// Nothing was heard for the hold time.
    pub const HOLD_TIMER_EXPIRED: Self = Self(4, 0);
    /// A message that does not belong into OpenSent (RFC 6608).
    pub const UNEXPECTED_IN_OPEN_SENT: Self = Self(5, 1);
    /// A message that does not belong into OpenConfirm.
    pub const UNEXPECTED_IN_OPEN_CONFIRM: Self = Self(5, 2);
    /// A message that does not belong into Established.
    pub const UNEXPECTED_IN_ESTABLISHED: Self = Self(5, 3);
    /// Administrative shutdown (RFC 4486).
    pub const SHUTDOWN: Self = Self(6, 2);
    /// Administrative reset.
    pub const RESET: Self = Self(6, 4);
    /// Connection collision resolution.
    pub const COLLISION: Self = Self(6, 7);
    /// Hard reset, which carries the true reason (RFC 8538).
    pub const HARD_RESET: Self = Self(6, 9);

    /// Its names in the registry of IANA.
    pub fn name(self) -> String {
        let known = NAMES.iter().find(|(reason, _)| *reason == self);
        let code = NAMES.iter().find(|(reason, _)| *reason == Self(self.0, 0));
        match (known, code) {
            (Some((_, name)), _) => (*name).to_owned(),
            (None, Some((_, name))) => format!("{name} (subcode {})", self.1),
            (None, None) => format!("code {}, subcode {}", self.0, self.1),
        }
    }
}

/// The registry "BGP Error (Notification) Codes" and those of the subcodes.
const NAMES: &[(Reason, &str)] = &[
    (Reason(1, 0), "Message Header Error"),
    (Reason(1, 1), "Connection Not Synchronized"),
    (Reason(1, 2), "Bad Message Length"),
    (Reason(1, 3), "Bad Message Type"),
    (Reason(2, 0), "OPEN Message Error"),
    (Reason(2, 1), "Unsupported Version Number"),
    (Reason(2, 2), "Bad Peer AS"),
    (Reason(2, 3), "Bad BGP Identifier"),
    (Reason(2, 4), "Unsupported Optional Parameter"),
    (Reason(2, 6), "Unacceptable Hold Time"),
    (Reason(2, 7), "Unsupported Capability"),
    (Reason(2, 11), "Role Mismatch"),
    (Reason(3, 0), "UPDATE Message Error"),
    (Reason(3, 1), "Malformed Attribute List"),
    (Reason(3, 2), "Unrecognized Well-known Attribute"),
    (Reason(3, 3), "Missing Well-known Attribute"),
    (Reason(3, 4), "Attribute Flags Error"),
    (Reason(3, 5), "Attribute Length Error"),
    (Reason(3, 6), "Invalid ORIGIN Attribute"),
    (Reason(3, 8), "Invalid NEXT_HOP Attribute"),
    (Reason(3, 9), "Optional Attribute Error"),
    (Reason(3, 10), "Invalid Network Field"),
    (Reason(3, 11), "Malformed AS_PATH"),
    (Reason(4, 0), "Hold Timer Expired"),
    (Reason(5, 0), "Finite State Machine Error"),
    (Reason(5, 1), "Receive Unexpected Message in OpenSent State"),
    (Reason(5, 2), "Receive Unexpected Message in OpenConfirm State"),
    (Reason(5, 3), "Receive Unexpected Message in Established State"),
    (Reason(6, 0), "Cease"),
    (Reason(6, 1), "Maximum Number of Prefixes Reached"),
    (Reason(6, 2), "Administrative Shutdown"),
    (Reason(6, 3), "Peer De-configured"),
    (Reason(6, 4), "Administrative Reset"),
    (Reason(6, 5), "Connection Rejected"),
    (Reason(6, 6), "Other Configuration Change"),
    (Reason(6, 7), "Connection Collision Resolution"),
    (Reason(6, 8), "Out of Resources"),
    (Reason(6, 9), "Hard Reset"),
    (Reason(6, 10), "BFD Down"),
    (Reason(7, 0), "ROUTE-REFRESH Message Error"),
    (Reason(7, 1), "Invalid Message Length"),
    (Reason(8, 0), "Send Hold Timer Expired"),
];

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// The longest text that a Cease may carry (RFC 9003, section 2).
const MAX_COMMUNICATION: usize = 255;

impl Notification {
    /// With what belongs to it.
    pub fn new(reason: Reason, data: &[u8]) -> Self {
        Self { reason, data: data.to_vec() }
    }

    /// Administrative shutdown with a text (RFC 9003): its length, then UTF-8, cut
    /// between two characters where it is too long.
    pub fn shutdown(text: &str) -> Self {
        let mut end = text.len().min(MAX_COMMUNICATION);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text.get(..end).unwrap_or_default();
        let mut data = vec![u8::try_from(text.len()).unwrap_or(u8::MAX)];
        data.extend(text.bytes());
        Self { reason: Reason::SHUTDOWN, data }
    }

    /// The body of a message: a code, a subcode, data. What cannot be read is a code
    /// of 0, since nobody may be told of an error in a NOTIFICATION (RFC 4271, 6.4).
    pub fn parse(body: &[u8]) -> Self {
        match body {
            [code, subcode, data @ ..] => Self::new(Reason(*code, *subcode), data),
            _ => Self::new(Reason(0, 0), body),
        }
    }

    /// The body of the message.
    pub fn body(&self) -> Vec<u8> {
        [&[self.reason.0, self.reason.1], self.data.as_slice()].concat()
    }

    /// The reason behind a hard reset, else its own (RFC 8538, section 3.1).
    pub fn cause(&self) -> Self {
        match (self.reason, self.data.as_slice()) {
            (Reason::HARD_RESET, data @ [_, _, ..]) => Self::parse(data),
            _ => self.clone(),
        }
    }

    /// The text of a shutdown or reset (RFC 9003), as it came: not to be shown
    /// without escapes. Nothing where the length does not fit or it is empty.
    pub fn communication(&self) -> Option<String> {
        if !matches!(self.reason, Reason::SHUTDOWN | Reason::RESET) {
            return None;
        }
        let (length, rest) = self.data.split_first()?;
        let text = rest.get(..usize::from(*length)).filter(|text| !text.is_empty())?;
        Some(String::from_utf8_lossy(text).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_reason_has_one_name() {
        let mut reasons: Vec<Reason> = NAMES.iter().map(|(reason, _)| *reason).collect();
        let sorted = reasons.clone();
        reasons.sort();
        reasons.dedup();
        assert_eq!(reasons, sorted);
        assert_eq!(Reason(2, 2).name(), "Bad Peer AS");
        assert_eq!(Reason(2, 99).name(), "OPEN Message Error (subcode 99)");
        assert_eq!(Reason(77, 1).name(), "code 77, subcode 1");
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        let long = Notification::shutdown(&"ä".repeat(200));
        assert_eq!((long.data[0], long.data.len()), (254, 255));
        assert_eq!(long.communication(), Some("ä".repeat(127)));
        assert_eq!(Notification::shutdown("").communication(), None);
    }

    #[test]
    fn the_reason_behind_a_hard_reset_is_found() {
        let inner = Notification::shutdown("maintenance");
        let hard = Notification::new(Reason::HARD_RESET, &inner.body());
        assert_eq!(hard.cause(), inner);
        let empty = Notification::new(Reason::HARD_RESET, &[]);
        assert_eq!(empty.cause(), empty);
    }

    #[test]
    fn texts_that_do_not_fit_their_length_are_none() {
        for data in [&[][..], &[0], &[4, b'a', b'b'], &[0, b'a']] {
            assert_eq!(Notification::new(Reason::SHUTDOWN, data).communication(), None);
        }
        let other = Notification::new(Reason(6, 5), &[1, b'a']);
        assert_eq!(other.communication(), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(body in prop::collection::vec(any::<u8>(), 0..300)) {
            let read = Notification::parse(&body);
            let _ = (read.communication(), read.cause().communication(), read.reason.name());
            if body.len() >= 2 {
                prop_assert_eq!(read.body(), body);
            }
        }
    }
}
