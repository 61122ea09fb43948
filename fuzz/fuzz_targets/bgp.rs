//! BGP as it comes from the wire: messages however the stream is cut, OPENs and
//! NOTIFICATIONs that are written and read the same, UPDATEs that are borne or end the
//! session as RFC 7606 says.

#![no_main]

use std::collections::BTreeSet;

use ipnet::IpNet;
use libfuzzer_sys::fuzz_target;
use metallb2cilium::ip::Family;
use metallb2cilium::live::bgp::message::{Message, Outgoing, Stream};
use metallb2cilium::live::bgp::notification::Notification;
use metallb2cilium::live::bgp::open::Open;
use metallb2cilium::live::bgp::received::{Count, Received};
use metallb2cilium::live::bgp::update::{Agreed, Approach, Update, decode};
use metallb2cilium_fuzz::repeatable::{GetRandom, getrandom};

/// The longest message (RFC 4271, section 4).
const LONGEST: usize = 4096;

#[used]
static REPEATABLE: GetRandom = getrandom;

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, bytes)) = bytes.split_first() else { return };
    match choice >> 6 {
        0 => stream(bytes, usize::from(choice & 0x3f) + 1),
        1 => open(bytes),
        2 => updates(bytes, &agreed(choice)),
        _ => {
            // A header in front, so that few inputs fail for want of one.
            let [high, low] = ((19 + bytes.len()).min(LONGEST) as u16).to_be_bytes();
            let framed = [&[0xff; 16], [high, low, choice & 7].as_slice(), bytes].concat();
            stream(&framed, usize::from(choice >> 3 & 7) + 1);
        }
    }
});

/// The messages of a stream that comes in parts of that size, and how it ends.
fn messages(bytes: &[u8], size: usize) -> (Vec<Message>, Option<Notification>) {
    let (mut stream, mut found) = (Stream::default(), Vec::new());
    for part in bytes.chunks(size) {
        stream.extend(part);
        loop {
            match stream.next_message() {
                Ok(Some(message)) => found.push(message),
                Ok(None) => break,
                Err(told) => return (found, Some(told)),
            }
        }
    }
    (found, None)
}

fn stream(bytes: &[u8], size: usize) {
    let whole = messages(bytes, usize::MAX);
    assert_eq!(whole, messages(bytes, size));
    for message in &whole.0 {
        match message {
            Message::Open(open) => same_open(open),
            Message::Notification(told) => same_notification(told),
            Message::Update(body) => updates(body, &agreed(size as u8)),
            Message::KeepAlive | Message::Refresh(_) => {}
        }
    }
    if let Some(told) = whole.1 {
        same_notification(&told);
    }
}

fn open(body: &[u8]) {
    match Open::parse(body) {
        Ok(open) => same_open(&open),
        Err(told) => assert_eq!(told.reason.0, 2, "{told:?}"),
    }
}

fn same_open(open: &Open) {
    assert_ne!(open.asn, 0);
    let mut expected = open.clone();
    // Families of which none is known are not written; the time has twelve bits.
    expected.capabilities.families = expected.capabilities.families.filter(|all| !all.is_empty());
    assert_eq!(Open::parse(&open.body()), Ok(expected.clone()));
    let (found, told) = messages(&Outgoing::Open(open.clone()).encode(), 7);
    assert_eq!((found, told), (vec![Message::Open(expected)], None));
}

fn same_notification(told: &Notification) {
    let _ = (told.communication(), told.cause().communication(), told.reason.name());
    if told.data.len() + 21 <= LONGEST {
        let (found, error) = messages(&Outgoing::Notification(told.clone()).encode(), 11);
        assert_eq!((found, error), (vec![Message::Notification(told.clone())], None));
    }
}

fn agreed(choice: u8) -> Agreed {
    let families = [(Family::V4, 8), (Family::V6, 16)];
    Agreed {
        internal: choice & 1 != 0,
        four_octet_as: choice & 2 != 0,
        extended_next_hop: choice & 4 != 0,
        families: families
            .into_iter()
            .filter(|(_, bit)| choice & bit == 0)
            .map(|(family, _)| family)
            .collect(),
    }
}

/// UPDATEs one behind the other, each with its length in front.
fn updates(bytes: &[u8], agreed: &Agreed) {
    let mut received = Received::default();
    let mut model = Model::default();
    match decode(bytes, agreed) {
        Ok(update) => {
            hold(&update, bytes, agreed);
            model.take(&update);
            received.take(update.clone());
            // The same once more changes nothing.
            model.take(&update);
            received.take(update);
        }
        Err(fatal) => {
            assert_eq!(fatal.told.reason.0, 3, "{fatal:?}");
            assert!(fatal.told.data.len() <= bytes.len());
        }
    }
    for family in [Family::V4, Family::V6] {
        assert_eq!(received.prefixes(family), Count::Exactly(model.of(family)));
        assert_eq!(received.disabled().contains(&family), model.disabled.contains(&family));
    }
    assert!(received.faults().iter().all(|fault| !fault.is_empty()));
}

/// What an UPDATE can say.
fn hold(update: &Update, bytes: &[u8], agreed: &Agreed) {
    let prefixes = update.announced.iter().chain(&update.withdrawn);
    assert!(prefixes.clone().count() <= bytes.len());
    for prefix in prefixes {
        assert_eq!(*prefix, prefix.trunc());
        let v6 = prefix.addr().is_ipv6();
        assert!(!v6 || agreed.families.contains(&Family::V6), "{prefix} was not agreed on");
    }
    let worst = update.faults.iter().map(|fault| fault.approach).max();
    assert!(worst < Some(Approach::Reset), "{update:?}");
    let withdraws = |approach| matches!(approach, Approach::TreatAsWithdraw);
    if update.faults.iter().any(|fault| withdraws(fault.approach)) {
        assert!(update.announced.is_empty(), "{update:?}");
    }
    if update.end_of_rib.is_some() {
        assert_eq!((&update.announced, &update.withdrawn), (&vec![], &vec![]));
        assert!(update.faults.is_empty());
    }
}

/// What a peer has sent, the slow way.
#[derive(Default)]
struct Model {
    held: BTreeSet<IpNet>,
    disabled: BTreeSet<Family>,
}

impl Model {
    fn take(&mut self, update: &Update) {
        for fault in &update.faults {
            if let Approach::Disable(family) = fault.approach {
                self.disabled.insert(family);
            }
        }
        let of = |net: &IpNet| Family::of(net.addr());
        self.held.extend(&update.announced);
        self.held.retain(|net| !update.withdrawn.contains(net));
        self.held.retain(|net| !self.disabled.contains(&of(net)));
    }

    fn of(&self, family: Family) -> usize {
        self.held.iter().filter(|net| Family::of(net.addr()) == family).count()
    }
}
