//! Every kind of malformed UPDATE in RFC 7606, and every well-formed one.

use proptest::prelude::*;

use super::super::prefix::tests::any_prefix;
use super::*;

const FOUR: Agreed = Agreed {
    internal: false,
    four_octet_as: true,
    extended_next_hop: false,
    families: BTreeSet::new(),
};

fn external() -> Agreed {
    Agreed { families: [Family::V4, Family::V6].into(), ..FOUR }
}

fn internal() -> Agreed {
    Agreed { internal: true, ..external() }
}

fn two_octets() -> Agreed {
    Agreed { four_octet_as: false, ..external() }
}

fn extended() -> Agreed {
    Agreed { extended_next_hop: true, ..external() }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hex.chars().filter_map(|c| c.to_digit(16)).map(|d| u8::try_from(d).unwrap()).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn body(withdrawn: &str, attributes: &str, nlri: &str) -> Vec<u8> {
    let mut all = Vec::new();
    for part in [withdrawn, attributes] {
        let part = bytes(part);
        all.extend(u16::try_from(part.len()).unwrap().to_be_bytes());
        all.extend(part);
    }
    all.extend(bytes(nlri));
    all
}

/// ORIGIN IGP, AS_PATH 64512, NEXT_HOP 192.0.2.2.
const GOOD: &str = "400101 00 400206 02010000fc00 400304 c0000202";
/// The same without the next hop.
const MP_GOOD: &str = "400101 00 400206 02010000fc00";
/// 203.0.113.0/24.
const NLRI: &str = "18cb0071";
/// 2001:db8:1::/48 by 2001:db8::2.
const REACH: &str = "800e 1c 0002 01 10 20010db8000000000000000000000002 00 30 20010db80001";
const UNREACH: &str = "800f 0a 0002 01 30 20010db80001";

fn nets(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn well_formed_messages_are_read() {
    let v4 = nets(&["203.0.113.0/24"]);
    let v6 = nets(&["2001:db8:1::/48"]);
    for (body, announced, withdrawn, end) in [
        (body("", GOOD, NLRI), v4.clone(), vec![], None),
        (body(NLRI, "", ""), vec![], v4.clone(), None),
        (body("", &format!("{REACH}{MP_GOOD}"), ""), v6.clone(), vec![], None),
        (body("", UNREACH, ""), vec![], v6.clone(), None),
        // Everything at once, and an optional attribute that is not known.
        (
            body("08 0a", &format!("{GOOD}{REACH}c0ff01 2a"), NLRI),
            [v4, v6.clone()].concat(),
            nets(&["10.0.0.0/8"]),
            None,
        ),
        (body("", "", ""), vec![], vec![], Some(Family::V4)),
        (body("", "800f03 0002 01", ""), vec![], vec![], Some(Family::V6)),
        (body("", "800f03 0001 01", ""), vec![], vec![], Some(Family::V4)),
        // Lengths of two octets.
        (
            body("", &format!("{}5001 0001 00 400200", REACH.replace("800e 1c", "900e 001c")), ""),
            v6,
            vec![],
            None,
        ),
    ] {
        let read = decode(&body, &external()).unwrap();
        let expected = Update { announced, withdrawn, end_of_rib: end, faults: vec![] };
        assert_eq!(read, expected, "{body:02x?}");
    }
}

/// What is done about an attribute beside a prefix, with the mandatory ones.
fn outcome(attribute: &str, agreed: &Agreed) -> Option<Approach> {
    let attribute_bytes = bytes(attribute);
    let mut good: Vec<u8> = Vec::new();
    for one in ["40010100", "40020602010000fc00", "400304c0000202"] {
        let mut one = bytes(one);
        if one[1] == 2 && !agreed.four_octet_as {
            one = bytes("400204 0201fc00");
        }
        if Some(&one[1]) != attribute_bytes.get(1) {
            good.extend(one);
        }
    }
    let attributes: String =
        good.iter().chain(&attribute_bytes).map(|byte| format!("{byte:02x}")).collect();
    match decode(&body("", &attributes, NLRI), agreed) {
        Err(_) => Some(Approach::Reset),
        Ok(update) => {
            let approach = update.faults.iter().map(|fault| fault.approach).max();
            let gone = approach >= Some(Approach::TreatAsWithdraw);
            assert_eq!(update.withdrawn.len(), usize::from(gone), "{attribute}");
            assert_eq!(update.announced.len(), usize::from(!gone), "{attribute}");
            assert!(update.faults.len() < 2, "{attribute}: {:?}", update.faults);
            approach
        }
    }
}

#[test]
fn each_malformed_attribute_has_its_consequence() {
    const DISCARD: Option<Approach> = Some(Approach::Discard);
    const WITHDRAW: Option<Approach> = Some(Approach::TreatAsWithdraw);
    const RESET: Option<Approach> = Some(Approach::Reset);
    for (attribute, agreed, expected) in [
        // ORIGIN (section 7.1).
        ("400101 02", external(), None),
        ("400101 03", external(), WITHDRAW),
        ("400100", external(), WITHDRAW),
        ("400102 0000", external(), WITHDRAW),
        // AS_PATH (7.2): empty, type, overrun, underrun, no number, AS 0, confederation.
        ("400200", internal(), None),
        ("400206 05010000fc00", external(), WITHDRAW),
        ("400206 00010000fc00", external(), WITHDRAW),
        ("400206 02020000fc00", external(), WITHDRAW),
        ("400207 02010000fc00 02", external(), WITHDRAW),
        ("400202 0200", external(), WITHDRAW),
        ("400206 020100000000", external(), WITHDRAW),
        ("400206 03010000fc00", external(), WITHDRAW),
        ("400206 03010000fc00", internal(), None),
        ("400206 02010000fc00", two_octets(), WITHDRAW),
        ("400204 0201fc00", two_octets(), None),
        // NEXT_HOP (7.3): its length, and addresses that no host has.
        ("400303 c00002", external(), WITHDRAW),
        ("400310 20010db8000000000000000000000002", external(), WITHDRAW),
        ("400304 00000000", external(), WITHDRAW),
        ("400304 7f000001", external(), WITHDRAW),
        ("400304 e0000001", external(), WITHDRAW),
        // MULTI_EXIT_DISC (7.4).
        ("800404 00000001", external(), None),
        ("800403 000000", external(), WITHDRAW),
        ("800400", external(), WITHDRAW),
        // LOCAL_PREF (7.5).
        ("400504 00000064", internal(), None),
        ("400503 000064", internal(), WITHDRAW),
        ("400504 00000064", external(), DISCARD),
        ("400503 000064", external(), DISCARD),
        // ATOMIC_AGGREGATE (7.6), AGGREGATOR (7.7).
        ("400600", external(), None),
        ("400601 00", external(), DISCARD),
        ("c00708 0000fc00c0000202", external(), None),
        ("c00706 fc00c0000202", external(), DISCARD),
        ("c00706 fc00c0000202", two_octets(), None),
        ("c00708 0000fc00c0000202", two_octets(), DISCARD),
        ("c00700", external(), DISCARD),
        // COMMUNITIES (7.8).
        ("c00804 fc000064", external(), None),
        ("c00803 fc0000", external(), WITHDRAW),
        ("c00800", external(), WITHDRAW),
        // ORIGINATOR_ID (7.9), CLUSTER_LIST (7.10).
        ("800904 c0000202", internal(), None),
        ("800905 c000020200", internal(), WITHDRAW),
        ("800904 c0000202", external(), DISCARD),
        ("800a08 c0000202c0000203", internal(), None),
        ("800a00", internal(), WITHDRAW),
        ("800a05 c000020200", internal(), WITHDRAW),
        ("800a05 c000020200", external(), DISCARD),
        // Extended communities (7.14, 7.15).
        ("c01008 0002fc0000000001", external(), None),
        ("c01007 0002fc00000000", external(), WITHDRAW),
        ("c01000", external(), WITHDRAW),
        ("c01914 000220010db80000000000000000000000010001", external(), None),
        ("c01913 000220010db800000000000000000000000100", external(), WITHDRAW),
        // AS4_PATH, AS4_AGGREGATOR (RFC 6793).
        ("c01106 02010000fc00", two_octets(), None),
        ("c01106 05010000fc00", two_octets(), DISCARD),
        ("c01100", two_octets(), DISCARD),
        ("c01106 02010000fc00", external(), DISCARD),
        ("c01208 0000fc00c0000202", two_octets(), None),
        ("c01207 0000fc00c00002", two_octets(), DISCARD),
        ("c01208 0000fc00c0000202", external(), DISCARD),
        // Large communities (RFC 8092), ONLY_TO_CUSTOMER (RFC 9234).
        ("c0200c 0000fc000000000100000002", external(), None),
        ("c0200b 0000fc0000000001000000", external(), WITHDRAW),
        ("c02000", external(), WITHDRAW),
        ("c02304 0000fc00", external(), None),
        ("c02303 00fc00", external(), WITHDRAW),
        // Flags: Optional and Transitive count, the others do not (section 3 c).
        ("c00101 00", external(), WITHDRAW),
        ("000101 00", external(), WITHDRAW),
        ("c00404 00000001", external(), WITHDRAW),
        ("800804 fc000064", external(), WITHDRAW),
        ("400600", external(), None),
        ("c00600", external(), WITHDRAW),
        ("600101 00", external(), None),
        ("7f01 0001 00", external(), None),
        // Not known: optional or well-known.
        ("80fe00", external(), None),
        ("40fe01 00", external(), RESET),
        // Its length leads beyond the end (section 4).
        ("c00805 fc000064", external(), WITHDRAW),
        ("d00800", external(), WITHDRAW),
        ("c008", external(), WITHDRAW),
        ("c0", external(), WITHDRAW),
    ] {
        let found = outcome(attribute, &agreed);
        assert_eq!(found, expected, "{attribute} of {agreed:?}");
    }
}

#[test]
fn what_is_missing_or_twice_has_its_consequence() {
    let withdraw = Approach::TreatAsWithdraw;
    for (attributes, nlri, expected) in [
        ("400206 02010000fc00 400304 c0000202", NLRI, Some((withdraw, Some(1)))),
        ("400101 00 400304 c0000202", NLRI, Some((withdraw, Some(2)))),
        (MP_GOOD, NLRI, Some((withdraw, Some(3)))),
        (&format!("{REACH} 400101 00"), "", Some((withdraw, Some(2)))),
        // A next hop is not needed beside MP_REACH_NLRI.
        (&format!("{REACH} {MP_GOOD}"), "", None),
        // Twice: the first counts (section 3 g).
        (&format!("{GOOD} 400101 03"), NLRI, Some((Approach::Discard, Some(1)))),
        (&format!("{GOOD} 80fe00 80fe00"), NLRI, Some((Approach::Discard, Some(254)))),
        // The strongest counts (section 3 h).
        (&format!("{GOOD} c00700 800400"), NLRI, Some((withdraw, Some(4)))),
    ] {
        let update = decode(&body("", attributes, nlri), &external()).unwrap();
        let worst = update.faults.iter().max_by_key(|fault| fault.approach);
        assert_eq!(worst.map(|fault| (fault.approach, fault.attribute)), expected, "{attributes}");
        let gone = worst.is_some_and(|fault| fault.approach == withdraw);
        assert_eq!(
            (update.announced.is_empty(), update.withdrawn.len()),
            (gone, usize::from(gone))
        );
    }
}

#[test]
fn what_cannot_be_borne_ends_the_session() {
    let mut long_withdrawn = body("", GOOD, NLRI);
    long_withdrawn[..2].copy_from_slice(&[1, 0]);
    let mut long_attributes = body("", GOOD, NLRI);
    long_attributes[2..4].copy_from_slice(&[0, 40]);
    let with = |attributes: &str| body("", attributes, "");
    for (body, reason) in [
        (vec![], Reason::MALFORMED_ATTRIBUTES),
        (vec![0, 0, 0], Reason::MALFORMED_ATTRIBUTES),
        (long_withdrawn, Reason::MALFORMED_ATTRIBUTES),
        (long_attributes, Reason::MALFORMED_ATTRIBUTES),
        // Prefixes (section 3 j, 5.3): too long, cut off; withdrawn ones alike (3 i).
        (body("", GOOD, "21cb00710000"), Reason::INVALID_NETWORK),
        (body("", GOOD, "18cb00"), Reason::INVALID_NETWORK),
        (body("21cb00710000", "", ""), Reason::INVALID_NETWORK),
        (body("18cb00", "", ""), Reason::INVALID_NETWORK),
        // Multiprotocol attributes: twice (3 g), without a family.
        (with(&format!("{REACH}{REACH}{MP_GOOD}")), Reason::MALFORMED_ATTRIBUTES),
        (with(&format!("{UNREACH}{UNREACH}")), Reason::MALFORMED_ATTRIBUTES),
        (with("800e02 0002"), Reason::OPTIONAL_ATTRIBUTE),
        (with("800f00"), Reason::OPTIONAL_ATTRIBUTE),
        // A fault, and no prefix that it is about (5.2).
        (with("400101 03"), Reason::MALFORMED_ATTRIBUTES),
        (with("c00805"), Reason::MALFORMED_ATTRIBUTES),
        (with(&format!("{UNREACH} 400101 03")), Reason::MALFORMED_ATTRIBUTES),
    ] {
        let fatal = decode(&body, &external()).unwrap_err();
        assert_eq!(fatal.told.reason, reason, "{body:02x?}: {}", fatal.what);
    }
    // The attribute is shown to the peer (RFC 4271, section 6.3).
    let fatal = decode(&with("40fe01 2a"), &external()).unwrap_err();
    assert_eq!(
        fatal.told,
        Notification::new(Reason::UNRECOGNIZED_WELL_KNOWN, &[0x40, 0xfe, 1, 0x2a])
    );
}

#[test]
fn a_family_that_cannot_be_read_is_taken_away_alone() {
    let v6 = Some(Approach::Disable(Family::V6));
    let v4 = Some(Approach::Disable(Family::V4));
    let hop = "20010db8000000000000000000000002";
    for (attribute, agreed, expected) in [
        // A next hop of another length (section 7.11).
        ("800e 10 0002 01 04 c0000202 00 30 20010db80001".to_owned(), external(), v6),
        (format!("800e 1c 0002 01 11 {hop} 00 30 20010db80001"), external(), v6),
        ("800e 03 0002 01".to_owned(), external(), v6),
        ("800e 04 0002 01 10".to_owned(), external(), v6),
        (format!("800e 14 0002 01 10 {hop}"), external(), v6),
        // Both a global and a link-local one.
        (format!("800e 25 0002 01 20 {hop}{hop} 00"), external(), None),
        // Prefixes: too long, cut off.
        (format!("800e 1c 0002 01 10 {hop} 00 81 20010db80001"), external(), v6),
        (format!("800e 1b 0002 01 10 {hop} 00 30 20010db800"), external(), v6),
        ("800f 0a 0002 01 81 20010db80001".to_owned(), external(), v6),
        ("800f 09 0002 01 30 20010db800".to_owned(), external(), v6),
        // IPv4 by IPv6 only where it was agreed on (RFC 8950).
        (format!("800e 19 0001 01 10 {hop} 00 18 cb0071"), external(), v4),
        (format!("800e 19 0001 01 10 {hop} 00 18 cb0071"), extended(), None),
        ("800e 0d 0001 01 04 c0000202 00 18 cb0071".to_owned(), external(), None),
        // Another family, or one that was not agreed on.
        ("800f 03 0019 46".to_owned(), external(), Some(Approach::Discard)),
        (
            UNREACH.to_owned(),
            Agreed { families: [Family::V4].into(), ..external() },
            Some(Approach::Discard),
        ),
    ] {
        // The prefixes of the message's other field stay.
        let update = decode(&body("", &format!("{attribute} {GOOD}"), "080a"), &agreed).unwrap();
        let approach = update.faults.iter().map(|fault| fault.approach).max();
        assert_eq!(approach, expected, "{attribute}");
        assert_eq!(update.announced.first(), nets(&["10.0.0.0/8"]).first(), "{attribute}");
        // Alone, without an attribute that is malformed otherwise, it does not end the
        // session either.
        let alone = decode(&body("", &format!("{attribute} {MP_GOOD}"), ""), &agreed);
        assert!(alone.is_ok(), "{attribute}: {alone:?}");
    }
}

fn any_agreed() -> impl Strategy<Value = Agreed> {
    any::<[bool; 5]>().prop_map(|[internal, four_octet_as, extended_next_hop, v4, v6]| Agreed {
        internal,
        four_octet_as,
        extended_next_hop,
        families: [(Family::V4, v4), (Family::V6, v6)]
            .into_iter()
            .filter_map(|(family, has)| has.then_some(family))
            .collect(),
    })
}

/// The body of a message of well-formed parts.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let prefixes = |family| prop::collection::vec(any_prefix(family), 0..5);
    let parts = (prefixes(Family::V4), prefixes(Family::V6), prefixes(Family::V4));
    (parts, any::<[bool; 3]>()).prop_map(|((withdrawn, v6, v4), [reach, unreach, good])| {
        let written = |all: &[IpNet]| {
            let mut bytes = Vec::new();
            all.iter().for_each(|one| prefix::write(one, &mut bytes));
            bytes
        };
        let mut attributes = Vec::new();
        let mut multiprotocol = |kind: u8, head: &[u8]| {
            let value = [head, &written(&v6)].concat();
            let length = u16::try_from(value.len()).unwrap().to_be_bytes();
            attributes.extend([0x90, kind, length[0], length[1]]);
            attributes.extend(value);
        };
        if reach {
            multiprotocol(14, &bytes("0002 01 10 20010db8000000000000000000000002 00"));
        }
        if unreach {
            multiprotocol(15, &[0, 2, 1]);
        }
        if good {
            attributes.extend(bytes(GOOD));
        }
        let counted =
            |bytes: &[u8]| [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
        [counted(&written(&withdrawn)), counted(&attributes), written(&v4)].concat()
    })
}

proptest! {
    #[test]
    fn no_bytes_panic(
        mut body in any_body(),
        agreed in any_agreed(),
        changes in prop::collection::vec((any::<usize>(), any::<u8>()), 0..6),
        noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let _ = decode(&noise, &agreed);
        for (at, byte) in changes {
            let at = at % body.len();
            body[at] = byte;
        }
        if let Ok(update) = decode(&body, &agreed) {
            // No more prefixes than octets: a message cannot ask for much memory.
            prop_assert!(update.announced.len() + update.withdrawn.len() <= body.len());
            prop_assert!(update.faults.len() <= body.len());
        }
    }
}
