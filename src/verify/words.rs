//! Ways of serving a Service, in words.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::aspect::Aspect;
use super::at_hand::{Route, Serving};
use crate::ip::Family;

/// More than so many things are counted, not listed.
const MAX_LISTED: usize = 6;

/// Things after one another, shortened.
pub(super) fn listed(items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<String> = items.into_iter().collect();
    let more = items.len().saturating_sub(MAX_LISTED);
    let mut text = items.into_iter().take(MAX_LISTED).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text.push_str(&format!(", and {more} more"));
    }
    text
}

/// What a way of serving says of one aspect, with these addresses.
pub(super) fn told(serving: &Serving, addresses: Option<&Vec<IpAddr>>, aspect: Aspect) -> String {
    match aspect {
        Aspect::Answerers | Aspect::AnsweredTwice => answerers(serving, aspect),
        Aspect::Routes => listed(serving.bgp.iter().map(route)),
        _ if serving.count == 0 => "no address".to_owned(),
        _ => {
            let addresses = addresses.map(|all| listed(all.iter().map(IpAddr::to_string)));
            let pool = serving.pool.as_deref().unwrap_or("none");
            match addresses {
                Some(addresses) => format!("{addresses} of pool {pool}"),
                None => serving.to_string(),
            }
        }
    }
}

fn answerers(serving: &Serving, aspect: Aspect) -> String {
    if aspect == Aspect::AnsweredTwice {
        let text = if serving.answered_twice {
            "a lease for each Service that shares the address"
        } else {
            "one node for the address"
        };
        return text.to_owned();
    }
    if serving.l2.iter().all(|(_, nodes)| nodes.is_empty()) {
        return "nobody answers on L2".to_owned();
    }
    let both = serving.l2.iter().map(|(_, nodes)| nodes).collect::<BTreeSet<_>>().len() > 1;
    listed(serving.l2.iter().flat_map(|(family, nodes)| {
        nodes.iter().map(move |(node, interfaces)| {
            let on = match interfaces.as_slice() {
                [] => "no known interface".to_owned(),
                some => some.join(" "),
            };
            if both {
                format!("{node} on {on} ({})", name(*family))
            } else {
                format!("{node} on {on}")
            }
        })
    }))
}

/// The routes of one list that are not in the other.
pub(super) fn only(these: &BTreeSet<Route>, others: &BTreeSet<Route>) -> String {
    let text = listed(these.difference(others).map(route));
    if text.is_empty() { "no other route".to_owned() } else { text }
}

fn route(route: &Route) -> String {
    let mut text =
        format!("{} to {}: {} /{}", route.node, route.peer, name(route.family), route.length);
    if let Some(local_pref) = route.local_pref {
        text.push_str(&format!(" local preference {local_pref}"));
    }
    if !route.communities.is_empty() {
        text.push_str(&format!(" communities {}", route.communities.join(" ")));
    }
    text
}

fn name(family: Family) -> &'static str {
    match family {
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_than_six_is_counted() {
        let numbers = |count: u32| listed((1..=count).map(|number| number.to_string()));
        assert_eq!(numbers(0), "");
        assert_eq!(numbers(6), "1, 2, 3, 4, 5, 6");
        assert_eq!(numbers(8), "1, 2, 3, 4, 5, 6, and 2 more");
    }

    #[test]
    fn who_answers_is_told_by_family_where_they_differ() {
        let nodes = |name: &str| [(name.to_owned(), vec!["eth0".to_owned()])].into();
        let told = |l2| told(&Serving { l2, ..Serving::default() }, None, Aspect::Answerers);
        let (v4, v6) = ((Family::V4, nodes("a")), (Family::V6, nodes("b")));
        assert_eq!(told([v4.clone(), v6].into()), "a on eth0 (IPv4), b on eth0 (IPv6)");
        assert_eq!(told([v4].into()), "a on eth0");
    }

    #[test]
    fn routes_are_told_with_all_that_counts_of_them() {
        let route = |node: &str, communities: &[&str]| Route {
            node: node.to_owned(),
            peer: "tor".to_owned(),
            family: Family::V6,
            length: 128,
            local_pref: (!communities.is_empty()).then_some(100),
            communities: communities.iter().map(|text| (*text).to_owned()).collect(),
        };
        let bgp = [route("a", &[]), route("b", &["1:1", "1:2"])].into();
        let serving = Serving { bgp, ..Serving::default() };
        let text =
            "a to tor: IPv6 /128, b to tor: IPv6 /128 local preference 100 communities 1:1 1:2";
        assert_eq!(told(&serving, None, Aspect::Routes), text);
    }

    #[test]
    fn who_has_no_address_has_none_of_no_pool() {
        let none = Serving::default();
        assert_eq!(told(&none, Some(&vec![]), Aspect::Lost), "no address");
        let one = Serving { pool: Some("a".to_owned()), count: 1, ..Serving::default() };
        let address = IpAddr::from([10, 0, 0, 1]);
        assert_eq!(told(&one, Some(&vec![address]), Aspect::Lost), "10.0.0.1 of pool a");
    }
}
