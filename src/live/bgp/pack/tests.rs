//! UPDATEs byte by byte, and that what is packed is what is unpacked.

use netgauze_bgp_pkt::BgpMessage;
use netgauze_bgp_pkt::path_attribute::{MpReach, PathAttributeValue};
use netgauze_bgp_pkt::wire::deserializer::BgpParsingContext;
use netgauze_parse_utils::reader::SliceReader;
use netgauze_parse_utils::traits::ParseFromWithOneInput as _;
use proptest::prelude::*;

use super::super::message::{Message, Stream};
use super::super::prefix::tests::any_prefix;
use super::super::update::{Agreed, decode};
use super::*;

fn to(internal: bool, four_octet_as: bool) -> Attributes {
    let next_hops = NextHops {
        v4: Some([192, 0, 2, 1].into()),
        v6: Some("2001:db8::1".parse().unwrap()),
        ..NextHops::default()
    };
    Attributes { asn: 4_200_000_001, internal, four_octet_as, extended_next_hop: false, next_hops }
}

fn shared() -> Shared {
    Shared { local_pref: Some(200), communities: vec![0xfc00_0064], large: vec![[1, 2, 3]] }
}

/// The bodies of UPDATEs, in hexadecimal.
fn bodies(bytes: &[u8]) -> Vec<String> {
    let mut stream = Stream::default();
    stream.extend(bytes);
    let mut found = Vec::new();
    while let Some(message) = stream.next_message().unwrap() {
        let Message::Update(body) = message else { panic!("{message:?}") };
        found.push(body.iter().map(|byte| format!("{byte:02x}")).collect());
    }
    found
}

fn announced(prefix: &str, shared: &Shared, to: &Attributes) -> String {
    let prefix: IpNet = prefix.parse().unwrap();
    let template = Template::new(Family::of(prefix.addr()), shared, to).unwrap();
    let mut out = Vec::new();
    assert_eq!(template.announce(&[prefix], &mut out), 1);
    bodies(&out).remove(0)
}

fn taken(prefix: &str, to: &Attributes) -> String {
    let prefix: IpNet = prefix.parse().unwrap();
    let mut out = Vec::new();
    assert_eq!(withdraw(Family::of(prefix.addr()), to, &[prefix], &mut out), 1);
    bodies(&out).remove(0)
}

#[test]
fn an_update_is_the_bytes_of_the_standards() {
    let v4 = "203.0.113.1/32";
    let communities = "c00804fc000064c0200c000000010000000200000003";
    assert_eq!(
        announced(v4, &shared(), &to(false, true)),
        format!("0000002a400101004002060201fa56ea01400304c0000201{communities}20cb007101")
    );
    assert_eq!(
        announced(v4, &shared(), &to(true, true)),
        format!("0000002b40010100400200400304c0000201400504000000c8{communities}20cb007101")
    );
    // AS_TRANS, and the AS number itself in AS4_PATH.
    let old = announced(v4, &shared(), &to(false, false));
    assert!(old.contains("40020402015ba0") && old.contains("c011060201fa56ea01"), "{old}");
    let small = announced(v4, &Shared::default(), &Attributes { asn: 64512, ..to(false, false) });
    assert!(small.contains("4002040201fc00") && !small.contains("c011"), "{small}");
    assert_eq!(taken(v4, &to(false, true)), "000520cb0071010000");
}

#[test]
fn ipv6_goes_into_multiprotocol_attributes() {
    let hop = "20010db8000000000000000000000001";
    assert_eq!(
        announced("2001:db8:1::/64", &Shared::default(), &to(false, true)),
        format!("0000002f900e001e00020110{hop}004020010db800010000400101004002060201fa56ea01")
    );
    assert_eq!(
        taken("2001:db8:1::/64", &to(false, true)),
        "00000010900f000c0002014020010db800010000"
    );
    let nowhere = Attributes { next_hops: NextHops::default(), ..to(true, true) };
    for family in [Family::V4, Family::V6] {
        assert_eq!(Template::new(family, &shared(), &nowhere), None);
    }
}

#[test]
fn without_an_address_of_its_own_family_ipv4_goes_by_ipv6() {
    let local = "fe80::1";
    let next_hops = NextHops { link_local: Some(local.parse().unwrap()), ..NextHops::default() };
    let unnumbered = Attributes { extended_next_hop: true, next_hops, ..to(false, true) };
    let hop = "fe800000000000000000000000000001";
    let told = announced("203.0.113.0/24", &Shared::default(), &unnumbered);
    assert!(told.contains(&format!("00010120{hop}{hop}0018cb0071")), "{told}");
    // No NEXT_HOP beside it.
    assert!(!told.contains("400304"), "{told}");
    assert_eq!(taken("203.0.113.0/24", &unnumbered), "0000000b900f000700010118cb0071");
    let global = Some("2001:db8::1".parse().unwrap());
    let both = NextHops { v6: global, ..unnumbered.next_hops };
    let both = Attributes { next_hops: both, ..unnumbered };
    let told = announced("2001:db8:1::/64", &Shared::default(), &both);
    assert!(told.contains(&format!("0002012020010db8000000000000000000000001{hop}00")), "{told}");
}

#[test]
fn the_end_of_the_routes_is_said_for_each_family() {
    let mut out = Vec::new();
    end_of_rib(Family::V4, &mut out);
    end_of_rib(Family::V6, &mut out);
    assert_eq!(bodies(&out), ["00000000", "00000007900f0003000201"]);
}

#[test]
fn attributes_that_leave_no_room_for_a_prefix_are_not_sent() {
    let many = |count: u32| Shared { communities: (0..count).collect(), ..Shared::default() };
    let fits = Template::new(Family::V4, &many(1000), &to(false, true)).unwrap();
    let mut out = Vec::new();
    assert_eq!(fits.announce(&["203.0.113.1/32".parse().unwrap()], &mut out), 1);
    assert!(out.len() <= LONGEST && bodies(&out).len() == 1);
    assert_eq!(Template::new(Family::V4, &many(1010), &to(false, true)), None);
}

#[test]
fn a_hundred_thousand_routes_are_a_few_hundred_messages() {
    let prefixes: Vec<IpNet> = (0..100_000_u32)
        .map(|n| IpNet::from(std::net::IpAddr::from(std::net::Ipv4Addr::from(0x0a00_0000 + n))))
        .collect();
    let template = Template::new(Family::V4, &shared(), &to(false, true)).unwrap();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < prefixes.len() {
        at += template.announce(&prefixes[at..], &mut out);
    }
    assert!(bodies(&out).len() < 130, "{}", bodies(&out).len());
    assert!(out.len() < 520_000, "{}", out.len());
}

fn any_shared() -> impl Strategy<Value = Shared> {
    let communities = prop::collection::vec(any::<u32>(), 0..80);
    let large = prop::collection::vec(any::<[u32; 3]>(), 0..30);
    (prop::option::of(any::<u32>()), communities, large)
        .prop_map(|(local_pref, communities, large)| Shared { local_pref, communities, large })
}

/// Every UPDATE that announces or takes back these prefixes, none above the limit.
fn packed(
    family: Family,
    shared: &Shared,
    to: &Attributes,
    prefixes: &[IpNet],
) -> (Vec<u8>, Vec<u8>) {
    let template = Template::new(family, shared, to).unwrap();
    let (mut announced, mut withdrawn) = (Vec::new(), Vec::new());
    for (out, pack) in [
        (
            &mut announced,
            &(|rest: &[IpNet], out: &mut Vec<u8>| template.announce(rest, out))
                as &dyn Fn(&[IpNet], &mut Vec<u8>) -> usize,
        ),
        (&mut withdrawn, &|rest: &[IpNet], out: &mut Vec<u8>| withdraw(family, to, rest, out)),
    ] {
        let mut at = 0;
        while at < prefixes.len() {
            let before = out.len();
            let taken = pack(&prefixes[at..], out);
            assert!(taken > 0 && out.len() - before <= LONGEST);
            at += taken;
        }
    }
    (announced, withdrawn)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_packed_is_what_is_unpacked(
        v4 in prop::collection::vec(any_prefix(Family::V4), 1..2000),
        v6 in prop::collection::vec(any_prefix(Family::V6), 1..800),
        shared in any_shared(),
        flags in any::<[bool; 3]>(),
    ) {
        let [internal, four_octet_as, extended_next_hop] = flags;
        let to = Attributes { extended_next_hop, ..to(internal, four_octet_as) };
        let families = [Family::V4, Family::V6].into();
        let agreed = Agreed { internal, four_octet_as, extended_next_hop, families };
        for (family, prefixes) in [(Family::V4, &v4), (Family::V6, &v6)] {
            let (announced, withdrawn) = packed(family, &shared, &to, prefixes);
            for (bytes, announces) in [(announced, true), (withdrawn, false)] {
                let mut stream = Stream::default();
                stream.extend(&bytes);
                let mut found: Vec<IpNet> = Vec::new();
                while let Some(message) = stream.next_message().unwrap() {
                    let Message::Update(body) = message else { panic!("{message:?}") };
                    let update = decode(&body, &agreed).unwrap();
                    prop_assert_eq!((update.faults.len(), update.end_of_rib), (0, None));
                    let (some, none) = if announces {
                        (update.announced, update.withdrawn)
                    } else {
                        (update.withdrawn, update.announced)
                    };
                    prop_assert!(none.is_empty());
                    found.extend(some);
                }
                prop_assert_eq!(&found, prefixes);
            }
        }
    }

    /// Another implementation reads the same attributes and prefixes.
    #[test]
    fn another_implementation_reads_the_same(
        v4 in prop::collection::vec(any_prefix(Family::V4), 1..50),
        v6 in prop::collection::vec(any_prefix(Family::V6), 1..50),
        shared in any_shared(),
        internal: bool,
    ) {
        let to = to(internal, true);
        // It takes groups for no unicast prefixes.
        let unicast = |all: Vec<IpNet>| -> Vec<IpNet> {
            all.into_iter().filter(|net| !net.addr().is_multicast()).collect()
        };
        let (v4, v6) = (unicast(v4), unicast(v6));
        for (family, prefixes) in [(Family::V4, &v4), (Family::V6, &v6)] {
            if prefixes.is_empty() {
                continue;
            }
            let (bytes, _) = packed(family, &shared, &to, prefixes);
            let mut context = BgpParsingContext::new(
                true, Default::default(), Default::default(), true, true, true, true,
            );
            let length = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
            let read = BgpMessage::parse(&mut SliceReader::new(&bytes[..length]), &mut context);
            let Ok(BgpMessage::Update(update)) = read else { panic!("{read:?}") };
            let mut found = (None, None, None);
            for attribute in update.path_attributes() {
                match attribute.value() {
                    PathAttributeValue::Communities(all) => {
                        found.0 = Some(all.communities().iter().map(|one| one.value()).collect());
                    }
                    PathAttributeValue::MpReach(MpReach::Ipv6Unicast { nlri, .. }) => {
                        found.1 = Some(nlri.iter().map(|one| one.network().address().into()).collect());
                    }
                    PathAttributeValue::LocalPreference(metric) => found.2 = Some(metric.metric()),
                    _ => {}
                }
            }
            let v4: Vec<IpNet> =
                update.nlri().iter().map(|one| one.network().address().into()).collect();
            let (communities, v6, local_pref) = found;
            let communities: Vec<u32> = communities.unwrap_or_default();
            prop_assert_eq!(&communities, &shared.communities);
            let expected = shared.local_pref.unwrap_or(DEFAULT_LOCAL_PREF);
            prop_assert_eq!(local_pref, internal.then_some(expected));
            let unpacked: Vec<IpNet> = v6.unwrap_or(v4);
            prop_assert_eq!(&unpacked, prefixes);
        }
    }
}
