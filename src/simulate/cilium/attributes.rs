//! What a route carries.

use std::collections::BTreeSet;

use crate::cilium::BgpAttributes;

/// The LOCAL_PREF that GoBGP sends to internal peers where none is set.
const DEFAULT_PREFERENCE: u32 = 100;

/// Communities and local preference, as an advertisement sets them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Attributes {
    communities: BTreeSet<String>,
    local_preference: Option<i64>,
}

impl Attributes {
    pub(crate) fn new(attributes: Option<&BgpAttributes>) -> Self {
        let Some(attributes) = attributes else { return Self::default() };
        let mut communities = BTreeSet::new();
        if let Some(written) = &attributes.communities {
            communities.extend(written.standard.iter().map(|text| standard(text)));
            communities.extend(written.well_known.iter().filter_map(|name| well_known(name)));
            communities.extend(written.large.iter().map(|text| format!("large:{text}")));
        }
        Self { communities, local_preference: attributes.local_preference }
    }

    /// Adds what another advertisement of the same prefix sets: communities add up,
    /// the higher preference wins.
    pub(super) fn merge(&mut self, other: &Self) {
        self.communities.extend(other.communities.iter().cloned());
        self.local_preference = self.local_preference.max(other.local_preference);
    }

    /// What is set for internal peers: 0 is as good as nothing.
    pub(crate) fn local_preference(&self) -> Option<u32> {
        self.local_preference.and_then(|value| u32::try_from(value).ok()).filter(|value| *value > 0)
    }

    /// What reaches a peer: an external one gets no preference, an internal one always,
    /// [`DEFAULT_PREFERENCE`] where none is set.
    pub(super) fn on_the_wire(&self, internal: bool) -> (&BTreeSet<String>, Option<u32>) {
        let preference = self.local_preference().unwrap_or(DEFAULT_PREFERENCE);
        (&self.communities, internal.then_some(preference))
    }

    pub(crate) fn communities(&self) -> Vec<String> {
        self.communities.iter().cloned().collect()
    }
}

/// A standard community as two numbers, however it is written.
fn standard(text: &str) -> String {
    match text.parse::<u32>() {
        Ok(number) => pair(number),
        Err(_) => text.to_owned(),
    }
}

fn pair(number: u32) -> String {
    format!("{}:{}", number >> 16, number & 0xFFFF)
}

/// The number of a well-known community (IANA, "BGP Well-known Communities").
fn well_known(name: &str) -> Option<String> {
    let number = match name {
        "internet" => 0,
        "planned-shut" => 0xFFFF_0000,
        "accept-own" => 0xFFFF_0001,
        "route-filter-translated-v4" => 0xFFFF_0002,
        "route-filter-v4" => 0xFFFF_0003,
        "route-filter-translated-v6" => 0xFFFF_0004,
        "route-filter-v6" => 0xFFFF_0005,
        "llgr-stale" => 0xFFFF_0006,
        "no-llgr" => 0xFFFF_0007,
        "blackhole" => 0xFFFF_029A,
        "no-export" => 0xFFFF_FF01,
        "no-advertise" => 0xFFFF_FF02,
        "no-export-subconfed" => 0xFFFF_FF03,
        "no-peer" => 0xFFFF_FF04,
        _ => return None,
    };
    Some(pair(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cilium::BgpCommunities;

    fn attributes(standard: &[&str], well_known: &[&str], preference: Option<i64>) -> Attributes {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        let communities = BgpCommunities {
            standard: texts(standard),
            well_known: texts(well_known),
            large: texts(&["1:2:3"]),
        };
        Attributes::new(Some(&BgpAttributes {
            communities: Some(communities),
            local_preference: preference,
        }))
    }

    #[test]
    fn communities_are_shown_by_number() {
        let shown = attributes(&["4259840100", "65000:100"], &["no-export"], None).communities();
        assert_eq!(shown, ["65000:100", "65535:65281", "large:1:2:3"]);
    }

    #[test]
    fn well_known_communities_have_the_numbers_of_the_registry() {
        for (name, number) in [
            ("internet", "0:0"),
            ("planned-shut", "65535:0"),
            ("accept-own", "65535:1"),
            ("route-filter-translated-v4", "65535:2"),
            ("route-filter-v4", "65535:3"),
            ("route-filter-translated-v6", "65535:4"),
            ("route-filter-v6", "65535:5"),
            ("llgr-stale", "65535:6"),
            ("no-llgr", "65535:7"),
            ("blackhole", "65535:666"),
            ("no-export", "65535:65281"),
            ("no-advertise", "65535:65282"),
            ("no-export-subconfed", "65535:65283"),
            ("no-peer", "65535:65284"),
        ] {
            assert_eq!(well_known(name).as_deref(), Some(number), "{name}");
        }
        assert_eq!(well_known("graceful"), None);
    }

    #[test]
    fn merging_adds_communities_and_takes_the_higher_preference() {
        let mut one = attributes(&["1:1"], &[], Some(100));
        one.merge(&attributes(&["1:2"], &[], Some(200)));
        one.merge(&attributes(&[], &[], None));
        assert_eq!(one.communities(), ["1:1", "1:2", "large:1:2:3"]);
        assert_eq!(one.local_preference(), Some(200));
        assert_eq!(attributes(&[], &[], Some(0)).local_preference(), None);
    }
}
