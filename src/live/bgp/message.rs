//! Messages out of a stream of bytes (RFC 4271, section 4), and into it.

use netgauze_bgp_pkt::BgpMessage;
use netgauze_bgp_pkt::notification::{BgpNotificationMessage, MessageHeaderError};
use netgauze_bgp_pkt::open::BgpOpenMessage;
use netgauze_bgp_pkt::wire::deserializer::BgpParsingContext;
use netgauze_bgp_pkt::wire::serializer::BgpMessageWritingError;
use netgauze_parse_utils::WritablePdu as _;
use netgauze_parse_utils::reader::SliceReader;
use netgauze_parse_utils::traits::ParseFromWithOneInput as _;

/// Marker, length, type.
const HEADER: usize = 19;
/// The longest message, since extended ones (RFC 8654) are not agreed to.
const LONGEST: usize = 4096;
const UPDATE: u8 = 2;
const REFRESH: u8 = 5;

/// A message as far as the session looks at it.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// The peer introduces itself.
    Open(BgpOpenMessage),
    /// Routes; of no interest here.
    Update,
    /// The end, with its reason.
    Notification(BgpNotificationMessage),
    /// A sign of life.
    KeepAlive,
    /// The peer asks for all routes again (RFC 2918).
    Refresh,
}

/// What the peer has sent and is not yet a whole message.
#[derive(Debug, Default)]
pub struct Stream {
    bytes: Vec<u8>,
}

impl Stream {
    /// Takes in what has come.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// The next whole message, where there is one.
    ///
    /// # Errors
    /// With what the peer is to be told: it does not speak BGP, and no message that
    /// follows can be found.
    pub fn next_message(&mut self) -> Result<Option<Message>, BgpNotificationMessage> {
        let Some(header) = self.bytes.first_chunk::<HEADER>() else { return Ok(None) };
        let [marker @ .., l0, l1, kind] = *header;
        if marker != [0xff; 16] {
            return Err(header_error(
                |value| MessageHeaderError::ConnectionNotSynchronized { value },
                &[],
            ));
        }
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        if !(HEADER..=LONGEST).contains(&length) {
            let bad = |value| MessageHeaderError::BadMessageLength { value };
            return Err(header_error(bad, &[l0, l1]));
        }
        if self.bytes.len() < length {
            return Ok(None);
        }
        let frame: Vec<u8> = self.bytes.drain(..length).collect();
        match kind {
            // What is not kept need not be understood (RFC 7606 asks for no less).
            UPDATE => Ok(Some(Message::Update)),
            REFRESH => Ok(Some(Message::Refresh)),
            _ => parse(&frame).map(Some),
        }
    }
}

fn header_error(
    error: impl Fn(Box<[u8]>) -> MessageHeaderError,
    value: &[u8],
) -> BgpNotificationMessage {
    BgpNotificationMessage::MessageHeaderError(error(value.into()))
}

fn parse(frame: &[u8]) -> Result<Message, BgpNotificationMessage> {
    let none = std::collections::HashMap::new;
    // A capability that cannot be read is no reason to end (RFC 5492, section 3).
    let mut context = BgpParsingContext::new(
        true,
        none(),
        std::collections::HashMap::new(),
        false,
        false,
        false,
        false,
    );
    match BgpMessage::parse(&mut SliceReader::new(frame), &mut context)? {
        BgpMessage::Open(open) => Ok(Message::Open(open)),
        BgpMessage::Update(_) => Ok(Message::Update),
        BgpMessage::Notification(notification) => Ok(Message::Notification(notification)),
        BgpMessage::KeepAlive => Ok(Message::KeepAlive),
        BgpMessage::RouteRefresh(_) => Ok(Message::Refresh),
    }
}

/// The bytes of a message.
///
/// # Errors
/// A message that has no form on the wire, such as one that is too long.
pub fn encode(message: &BgpMessage) -> Result<Vec<u8>, BgpMessageWritingError> {
    let mut bytes = Vec::with_capacity(message.len());
    message.write(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(HEADER + body.len()).unwrap();
        [&[0xff; 16][..], &length.to_be_bytes(), &[kind], body].concat()
    }

    #[test]
    fn messages_come_out_however_the_bytes_come_in() {
        let open = [4, 0xfd, 0xe8, 0, 90, 192, 0, 2, 1, 0];
        let bytes = [frame(1, &open), frame(4, &[]), frame(2, &[0; 4]), frame(5, &[0, 1, 0, 1])];
        let bytes = bytes.concat();
        for size in [1, 7, bytes.len()] {
            let (mut stream, mut found) = (Stream::default(), Vec::new());
            for part in bytes.chunks(size) {
                stream.extend(part);
                while let Some(message) = stream.next_message().unwrap() {
                    found.push(message);
                }
            }
            let [Message::Open(open), rest @ ..] = &found[..] else { panic!("{found:?}") };
            assert_eq!((open.my_asn4(), open.hold_time()), (65000, 90));
            assert_eq!(rest, [Message::KeepAlive, Message::Update, Message::Refresh]);
        }
    }

    #[test]
    fn what_is_not_bgp_is_told_so() {
        let mut marker = frame(4, &[]);
        marker[3] = 0;
        let length = |length: u16| {
            let mut bytes = frame(4, &[]);
            bytes[16..18].copy_from_slice(&length.to_be_bytes());
            bytes
        };
        for (bytes, code, subcode) in [
            (marker, 1, 1),
            (length(18), 1, 2),
            (length(4097), 1, 2),
            (frame(9, &[]), 1, 3),
            (frame(4, &[0]), 1, 2),
            // Version 3.
            (frame(1, &[3, 0xfd, 0xe8, 0, 90, 192, 0, 2, 1, 0]), 2, 1),
        ] {
            let mut stream = Stream::default();
            stream.extend(&bytes);
            let told = stream.next_message().unwrap_err();
            let encoded = encode(&BgpMessage::Notification(told)).unwrap();
            assert_eq!((encoded[19], encoded[20]), (code, subcode), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(kind in 0u8..8, body in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut stream = Stream::default();
            stream.extend(&body);
            let _ = stream.next_message();
            let mut stream = Stream::default();
            stream.extend(&frame(kind, &body));
            let _ = stream.next_message();
        }

        #[test]
        fn no_open_panics(parameters in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut body = vec![4, 0xfd, 0xe8, 0, 90, 192, 0, 2, 1];
            body.push(u8::try_from(parameters.len() + 2).unwrap());
            body.extend([2, u8::try_from(parameters.len()).unwrap()]);
            body.extend(&parameters);
            let mut stream = Stream::default();
            stream.extend(&frame(1, &body));
            let _ = stream.next_message();
        }
    }
}
