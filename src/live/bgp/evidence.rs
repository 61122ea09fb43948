//! What this host can see of a peer that says nothing: its own counters of TCP MD5, the
//! way to the peer, and who answers ARP or NDP.

use std::net::IpAddr;

use super::super::neighbours::{Answers, answers};
use super::super::routing::{Way, way};
use super::dial::Neighbour;

/// How many segments of others this host has dropped for their signature (TCP MD5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// They were to be signed, and were not (TCPMD5NotFound).
    pub unsigned: u64,
    /// They were signed, and were not to be (TCPMD5Unexpected).
    pub signed: u64,
    /// They were signed with another password (TCPMD5Failure).
    pub wrong: u64,
}

impl Counters {
    /// What they are now; `None` where this kernel does not count.
    pub fn now() -> Option<Self> {
        read(&std::fs::read_to_string("/proc/self/net/netstat").ok()?)
    }

    /// What has come since.
    pub fn since(self, before: Self) -> Self {
        Self {
            unsigned: self.unsigned.saturating_sub(before.unsigned),
            signed: self.signed.saturating_sub(before.signed),
            wrong: self.wrong.saturating_sub(before.wrong),
        }
    }
}

/// Lines come in pairs: names, then values.
fn read(text: &str) -> Option<Counters> {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("TcpExt:"));
    let (names, values) = (lines.next()?, lines.next()?);
    let all = names.split_whitespace().zip(values.split_whitespace());
    let value = |name: &str| -> Option<u64> {
        all.clone().find(|(known, _)| *known == name).and_then(|(_, value)| value.parse().ok())
    };
    Some(Counters {
        unsigned: value("TCPMD5NotFound")?,
        signed: value("TCPMD5Unexpected")?,
        wrong: value("TCPMD5Failure")?,
    })
}

/// Where a peer is, as far as this host knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// It is not known.
    #[default]
    Unknown,
    /// No route leads there.
    NoRoute,
    /// The address is this host's own.
    Own,
    /// On a link of this host.
    Link(Answers),
    /// Behind a router.
    Behind(IpAddr, Answers),
}

impl Place {
    /// Where it is now.
    pub fn of(peer: &Neighbour) -> Self {
        let found = match &peer.interface {
            Some(interface) => Ok(Some(Way::Link(interface.index))),
            None => way(peer.address),
        };
        // What cannot be found out is not known.
        let answer = |index, ip| answers(index, ip).unwrap_or(Answers::Unknown);
        match found {
            Ok(None) => Self::NoRoute,
            Ok(Some(Way::Own)) => Self::Own,
            Ok(Some(Way::Link(index))) => Self::Link(answer(index, peer.address)),
            Ok(Some(Way::Behind(router, index))) => Self::Behind(router, answer(index, router)),
            Err(_) => Self::Unknown,
        }
    }
}

/// What came of connecting without the password, after silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsigned {
    /// The peer took the connection.
    Taken,
    /// It refused.
    Refused,
    /// It was as silent.
    Silent,
}

/// All that was seen of a peer with which there is no connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// What was dropped meanwhile; `None` where this kernel does not count.
    pub dropped: Option<Counters>,
    /// Where the peer is.
    pub place: Place,
    /// Whether it is there without the password, where that was tried.
    pub unsigned: Option<Unsigned>,
    /// The address of this host that was dialled from, where that is known.
    pub local: Option<IpAddr>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_found_by_their_names() {
        let text = "TcpExt: SyncookiesSent TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure More\n\
                    TcpExt: 9 3 2 1 7\nIpExt: InOctets\nIpExt: 5\n";
        let all = read(text).unwrap();
        assert_eq!(all, Counters { unsigned: 3, signed: 2, wrong: 1 });
        let since = all.since(Counters { unsigned: 1, signed: 2, wrong: 0 });
        assert_eq!(since, Counters { unsigned: 2, signed: 0, wrong: 1 });
        for other in ["", "TcpExt: TCPMD5NotFound\n", "TcpExt: A B\nTcpExt: 1 2\n"] {
            assert_eq!(read(other), None);
        }
    }
}
