//! What the peer has sent: which prefixes of which family, and what was wrong. They
//! are counted, not kept: so many bits of memory and no more.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use ipnet::IpNet;

use super::update::{Approach, Fault, Update};
use crate::ip::Family;

/// So many prefixes of a family are told apart.
const MAX_PREFIXES: usize = 1 << 18;
/// So many kinds of faults are told apart.
const MAX_FAULTS: usize = 32;

/// The prefixes of a family.
#[derive(Debug, Clone, Default)]
struct Prefixes {
    held: HashSet<IpNet>,
    /// Whether there may be more than those.
    overflow: bool,
}

/// How many prefixes a peer has sent and not taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Just so many.
    Exactly(usize),
    /// So many and more.
    AtLeast(usize),
}

/// What the peer has sent.
#[derive(Debug, Clone, Default)]
pub struct Received {
    updates: u64,
    prefixes: BTreeMap<Family, Prefixes>,
    ended: BTreeSet<Family>,
    disabled: BTreeSet<Family>,
    faults: BTreeMap<(Approach, Option<u8>, &'static str), u64>,
    /// Faults of kinds for which there was no room.
    others: u64,
}

impl Received {
    /// Takes in an UPDATE.
    pub fn take(&mut self, update: Update) {
        self.updates += 1;
        for fault in &update.faults {
            self.fault(fault);
        }
        for prefix in update.announced {
            let family = Family::of(prefix.addr());
            if !self.disabled.contains(&family) {
                self.prefixes.entry(family).or_default().add(prefix);
            }
        }
        for prefix in update.withdrawn {
            if let Some(prefixes) = self.prefixes.get_mut(&Family::of(prefix.addr())) {
                prefixes.held.remove(&prefix);
            }
        }
        self.ended.extend(update.end_of_rib);
    }

    fn fault(&mut self, fault: &Fault) {
        if let Approach::Disable(family) = fault.approach {
            self.disabled.insert(family);
            self.prefixes.remove(&family);
        }
        let key = (fault.approach, fault.attribute, fault.what);
        let room = self.faults.len() < MAX_FAULTS;
        match self.faults.get_mut(&key) {
            Some(count) => *count += 1,
            None if room => {
                self.faults.insert(key, 1);
            }
            None => self.others += 1,
        }
    }

    /// How many UPDATEs there were.
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// How many prefixes of a family there are now.
    pub fn prefixes(&self, family: Family) -> Count {
        match self.prefixes.get(&family) {
            None => Count::Exactly(0),
            Some(prefixes) if prefixes.overflow => Count::AtLeast(prefixes.held.len()),
            Some(prefixes) => Count::Exactly(prefixes.held.len()),
        }
    }

    /// Whether the peer has said that its first routes of a family have all been sent.
    pub fn ended(&self, family: Family) -> bool {
        self.ended.contains(&family)
    }

    /// The families of which nothing more is taken in, since the peer has sent what
    /// cannot be read.
    pub fn disabled(&self) -> &BTreeSet<Family> {
        &self.disabled
    }

    /// What was wrong with UPDATEs, for people, with what was done about it.
    pub fn faults(&self) -> Vec<String> {
        let all = self.faults.iter().map(|((approach, attribute, what), count)| {
            let done = match approach {
                Approach::Discard => "passed over",
                Approach::TreatAsWithdraw => "treated as withdrawn",
                Approach::Disable(_) => "family passed over from then on",
                Approach::Reset => "session ended",
            };
            let kind = attribute.map_or(String::new(), |kind| format!(" (attribute {kind})"));
            let times = if *count == 1 { String::new() } else { format!(", {count} times") };
            format!("{what}{kind}: {done}{times}")
        });
        let others = (self.others > 0).then(|| format!("{} others", self.others));
        all.chain(others).collect()
    }
}

impl Prefixes {
    fn add(&mut self, prefix: IpNet) {
        if self.held.len() < MAX_PREFIXES {
            self.held.insert(prefix);
        } else if !self.held.contains(&prefix) {
            self.overflow = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn nets(texts: &[&str]) -> Vec<IpNet> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn prefixes_are_counted_once_and_while_they_are_there() {
        let mut received = Received::default();
        let both = nets(&["10.0.0.0/8", "10.0.0.0/9", "2001:db8::/32"]);
        for _ in 0..2 {
            received.take(Update { announced: both.clone(), ..Update::default() });
        }
        assert_eq!(received.prefixes(Family::V4), Count::Exactly(2));
        assert_eq!(received.prefixes(Family::V6), Count::Exactly(1));
        let withdrawn = nets(&["10.0.0.0/8", "11.0.0.0/8"]);
        let end_of_rib = Some(Family::V4);
        received.take(Update { withdrawn, end_of_rib, ..Update::default() });
        assert_eq!(received.prefixes(Family::V4), Count::Exactly(1));
        assert_eq!((received.updates(), received.faults().len()), (3, 0));
        assert!(received.ended(Family::V4) && !received.ended(Family::V6));
    }

    #[test]
    fn a_family_that_cannot_be_read_is_no_more() {
        let mut received = Received::default();
        let announced = nets(&["10.0.0.0/8", "2001:db8::/32"]);
        received.take(Update { announced: announced.clone(), ..Update::default() });
        let approach = Approach::Disable(Family::V6);
        let fault = Fault { approach, attribute: Some(14), what: "prefixes" };
        received.take(Update { faults: vec![fault], ..Update::default() });
        received.take(Update { announced, ..Update::default() });
        assert_eq!(received.prefixes(Family::V6), Count::Exactly(0));
        assert_eq!(received.prefixes(Family::V4), Count::Exactly(1));
        assert_eq!(received.disabled(), &[Family::V6].into());
        assert_eq!(received.faults(), ["prefixes (attribute 14): family passed over from then on"]);
    }

    #[test]
    fn memory_is_bounded() {
        let mut received = Received::default();
        for block in 0..(MAX_PREFIXES as u32 / 1000 + 2) {
            let host =
                |n: u32| IpNet::from(std::net::IpAddr::from(Ipv4Addr::from(block * 1000 + n)));
            let announced = (0..1000).map(host).collect();
            let faults = (0..=255).map(|kind| Fault {
                approach: Approach::Discard,
                attribute: Some(kind),
                what: "something",
            });
            received.take(Update { announced, faults: faults.collect(), ..Update::default() });
        }
        assert_eq!(received.prefixes(Family::V4), Count::AtLeast(MAX_PREFIXES));
        assert_eq!(received.faults().len(), MAX_FAULTS + 1);
    }
}
