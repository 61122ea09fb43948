//! Messages out of a stream of bytes (RFC 4271, section 4), and into it.
//!
//! ```text
//! marker 16 (all ones) | length 2 | type 1 | body
//! ```

use super::notification::{Notification, Reason};
use super::open::Open;

/// Marker, length, type.
pub(super) const HEADER: usize = 19;
/// The longest message, since extended ones (RFC 8654) are not agreed to.
pub(super) const LONGEST: usize = 4096;

/// A type of message: its number, and the lengths that it may have (RFC 4271, section
/// 6.1; RFC 2918).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open = 1,
    Update = 2,
    Notification = 3,
    KeepAlive = 4,
    Refresh = 5,
}

const KINDS: [(Kind, usize, usize); 5] = [
    (Kind::Open, 29, LONGEST),
    (Kind::Update, 23, LONGEST),
    (Kind::Notification, 21, LONGEST),
    (Kind::KeepAlive, HEADER, HEADER),
    (Kind::Refresh, 23, 23),
];

/// A message of the peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// It introduces itself.
    Open(Open),
    /// Routes: the body, which only makes sense with what was agreed on.
    Update(Vec<u8>),
    /// The end, with its reason.
    Notification(Notification),
    /// A sign of life.
    KeepAlive,
    /// It asks for all routes of a family again.
    Refresh(Refresh),
}

/// A ROUTE-REFRESH (RFC 2918, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refresh {
    /// The number of the address family.
    pub afi: u16,
    /// What kind of message it is (RFC 7313); 0 asks.
    pub subtype: u8,
    /// The number of the subsequent address family.
    pub safi: u8,
}

/// A message to the peer; UPDATEs are made in [`super::pack`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// This side introduces itself.
    Open(Open),
    /// A sign of life.
    KeepAlive,
    /// The end, with its reason.
    Notification(Notification),
}

impl Outgoing {
    /// The whole message.
    pub fn encode(&self) -> Vec<u8> {
        let (kind, body) = match self {
            Self::Open(open) => (Kind::Open, open.body()),
            Self::KeepAlive => (Kind::KeepAlive, Vec::new()),
            Self::Notification(notification) => (Kind::Notification, notification.body()),
        };
        let mut message = Vec::new();
        frame(kind as u8, &body, &mut message);
        message
    }
}

/// Appends an UPDATE with this body.
pub(super) fn update(body: &[u8], out: &mut Vec<u8>) {
    frame(Kind::Update as u8, body, out);
}

/// Appends a message; what is too long for one is cut, which no caller lets happen.
fn frame(kind: u8, body: &[u8], out: &mut Vec<u8>) {
    let body = body.get(..LONGEST - HEADER).unwrap_or(body);
    let length = u16::try_from(HEADER + body.len()).unwrap_or(u16::MAX);
    out.extend([0xff; 16]);
    out.extend(length.to_be_bytes());
    out.push(kind);
    out.extend(body);
}

/// What the peer has sent and is not yet a whole message.
#[derive(Debug, Default)]
pub struct Stream {
    bytes: Vec<u8>,
    /// So far it has been read.
    at: usize,
}

impl Stream {
    /// Takes in what has come.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.bytes.extend(bytes);
    }

    /// The next whole message, where there is one.
    ///
    /// # Errors
    /// With what the peer is to be told: it does not speak BGP, and no message that
    /// follows can be found.
    pub fn next_message(&mut self) -> Result<Option<Message>, Notification> {
        let waiting = self.bytes.get(self.at..).unwrap_or_default();
        let Some((header, rest)) = waiting.split_first_chunk::<HEADER>() else { return Ok(None) };
        let [marker @ .., l0, l1, kind] = *header;
        if marker != [0xff; 16] {
            return Err(Notification::new(Reason::NOT_SYNCHRONIZED, &[]));
        }
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        let bad_length = || Notification::new(Reason::BAD_LENGTH, &[l0, l1]);
        if !(HEADER..=LONGEST).contains(&length) {
            return Err(bad_length());
        }
        let Some((kind, least, most)) = KINDS.iter().find(|(known, ..)| *known as u8 == kind)
        else {
            return Err(Notification::new(Reason::BAD_TYPE, &[kind]));
        };
        if !(*least..=*most).contains(&length) {
            return Err(bad_length());
        }
        let Some(body) = rest.get(..length - HEADER) else { return Ok(None) };
        let message = match (kind, body) {
            (Kind::Open, body) => Message::Open(Open::parse(body)?),
            (Kind::Update, body) => Message::Update(body.to_vec()),
            (Kind::Notification, body) => Message::Notification(Notification::parse(body)),
            (Kind::KeepAlive, _) => Message::KeepAlive,
            (Kind::Refresh, [a0, a1, subtype, safi, ..]) => Message::Refresh(Refresh {
                afi: u16::from_be_bytes([*a0, *a1]),
                subtype: *subtype,
                safi: *safi,
            }),
            (Kind::Refresh, _) => return Err(bad_length()),
        };
        self.at += length;
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framed(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        frame(kind, body, &mut bytes);
        bytes
    }

    #[test]
    fn messages_come_out_however_the_bytes_come_in() {
        let open = [4, 0xfd, 0xe8, 0, 90, 192, 0, 2, 1, 0];
        let told = Notification::new(Reason(6, 5), &[1, 2]);
        let bytes = [
            framed(1, &open),
            framed(4, &[]),
            framed(2, &[0; 4]),
            framed(5, &[0, 1, 0, 1]),
            Outgoing::Notification(told.clone()).encode(),
        ]
        .concat();
        for size in [1, 7, bytes.len()] {
            let (mut stream, mut found) = (Stream::default(), Vec::new());
            for part in bytes.chunks(size) {
                stream.extend(part);
                while let Some(message) = stream.next_message().unwrap() {
                    found.push(message);
                }
            }
            let [Message::Open(open), rest @ ..] = &found[..] else { panic!("{found:?}") };
            assert_eq!((open.asn, open.hold), (65000, 90));
            let refresh = Message::Refresh(Refresh { afi: 1, subtype: 0, safi: 1 });
            let update = Message::Update(vec![0; 4]);
            let told = Message::Notification(told.clone());
            assert_eq!(rest, [Message::KeepAlive, update, refresh, told]);
        }
    }

    #[test]
    fn what_is_not_bgp_is_told_so() {
        let mut marker = framed(4, &[]);
        marker[3] = 0;
        let length = |kind: u8, length: u16| {
            let mut bytes = framed(kind, &[0; 40]);
            bytes[16..18].copy_from_slice(&length.to_be_bytes());
            bytes
        };
        for (bytes, reason, data) in [
            (marker, Reason::NOT_SYNCHRONIZED, vec![]),
            (length(4, 18), Reason::BAD_LENGTH, vec![0, 18]),
            (length(4, 0), Reason::BAD_LENGTH, vec![0, 0]),
            (length(2, 4097), Reason::BAD_LENGTH, vec![16, 1]),
            (length(2, 65535), Reason::BAD_LENGTH, vec![255, 255]),
            (length(1, 28), Reason::BAD_LENGTH, vec![0, 28]),
            (length(2, 22), Reason::BAD_LENGTH, vec![0, 22]),
            (length(3, 20), Reason::BAD_LENGTH, vec![0, 20]),
            (length(4, 20), Reason::BAD_LENGTH, vec![0, 20]),
            (length(5, 22), Reason::BAD_LENGTH, vec![0, 22]),
            (length(5, 24), Reason::BAD_LENGTH, vec![0, 24]),
            (framed(0, &[]), Reason::BAD_TYPE, vec![0]),
            (framed(9, &[]), Reason::BAD_TYPE, vec![9]),
            (framed(1, &[3; 10]), Reason::UNSUPPORTED_VERSION, vec![0, 4]),
        ] {
            let mut stream = Stream::default();
            stream.extend(&bytes);
            assert_eq!(stream.next_message(), Err(Notification::new(reason, &data)), "{bytes:?}");
        }
    }

    #[test]
    fn a_length_that_cannot_be_is_told_before_the_rest_has_come() {
        let mut stream = Stream::default();
        let mut bytes = framed(4, &[]);
        bytes[16] = 0xff;
        stream.extend(&bytes[..HEADER]);
        assert!(stream.next_message().is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(kind in 0u8..8, body in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut stream = Stream::default();
            stream.extend(&body);
            let _ = stream.next_message();
            let mut stream = Stream::default();
            stream.extend(&framed(kind, &body));
            let _ = stream.next_message();
        }

        /// What is kept is never more than one message and what came last.
        #[test]
        fn memory_is_bounded(parts in prop::collection::vec(0usize..5000, 1..20)) {
            let mut stream = Stream::default();
            let endless = framed(2, &[0; LONGEST - HEADER]);
            let mut bytes = endless.iter().cycle();
            for part in parts {
                let part: Vec<u8> = bytes.by_ref().take(part).copied().collect();
                stream.extend(&part);
                while stream.next_message().unwrap().is_some() {}
                prop_assert!(stream.bytes.len() <= LONGEST + 5000);
            }
        }
    }
}
