//! The addresses that this host itself answers for.
//!
//! The kernel answers ARP for every address of the host, on whichever interface it is
//! (kube-proxy's `kube-ipvs0` has those of all Services), unless `arp_ignore` of the
//! interface that was asked on says otherwise (ip-sysctl; `strictARP` of kube-proxy sets
//! it). NDP is answered for addresses of the interface that was asked on alone.

use std::fs;
use std::net::IpAddr;

use serde::Serialize;

use super::Mac;
use super::link::Interface;

/// An address of this host that it answers for on a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Own {
    /// The interface that has it.
    pub interface: String,
    /// The link-layer address that it is answered with.
    pub mac: Mac,
}

/// Whether this host answers for an address on that link: who has it, and what is
/// answered.
pub fn answered(ip: IpAddr, link: &Interface, all: &[Interface]) -> Option<Own> {
    answered_when(ip, link, all, arp_ignore(&link.name))
}

fn answered_when(ip: IpAddr, link: &Interface, all: &[Interface], arp_ignore: u32) -> Option<Own> {
    let has = |one: &&Interface| one.addresses.iter().any(|net| net.addr() == ip);
    let mut holders = all.iter().filter(has);
    let here = holders.clone().find(|one| one.index == link.index);
    let holder = match (ip, arp_ignore) {
        (IpAddr::V4(_), 8..) => None,
        (IpAddr::V4(_), 0) => here.or_else(|| holders.next()),
        _ => here,
    };
    Some(Own { interface: holder?.name.clone(), mac: link.mac? })
}

/// What the kernel goes by: the larger of the two values.
fn arp_ignore(interface: &str) -> u32 {
    let of = |name: &str| {
        let path = format!("/proc/sys/net/ipv4/conf/{name}/arp_ignore");
        // Where it cannot be read, it is as the kernel's default.
        fs::read_to_string(path).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
    };
    of("all").max(of(interface))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface(index: u32, name: &str, addresses: &[&str]) -> Interface {
        Interface {
            name: name.to_owned(),
            index,
            mac: Some(Mac([2, 0, 0, 0, 0, u8::try_from(index).unwrap()])),
            addresses: addresses.iter().map(|text| text.parse().unwrap()).collect(),
            running: true,
            loopback: false,
        }
    }

    #[test]
    fn this_host_answers_as_its_kernel_is_told_to() {
        let all = [
            interface(2, "eth0", &["192.0.2.10/24", "192.0.2.100/32", "2001:db8::100/128"]),
            interface(3, "kube-ipvs0", &["192.0.2.101/32", "2001:db8::101/128"]),
        ];
        for (ip, arp_ignore, on) in [
            ("192.0.2.100", 0, Some("eth0")),
            ("192.0.2.100", 1, Some("eth0")),
            ("192.0.2.100", 8, None),
            ("192.0.2.101", 0, Some("kube-ipvs0")),
            ("192.0.2.101", 1, None),
            ("192.0.2.102", 0, None),
            ("2001:db8::100", 8, Some("eth0")),
            ("2001:db8::101", 0, None),
        ] {
            let found = answered_when(ip.parse().unwrap(), &all[0], &all, arp_ignore);
            let told = found.as_ref().map(|own| own.interface.as_str());
            assert_eq!(told, on, "{ip} with {arp_ignore}");
            assert!(found.is_none_or(|own| own.mac == Mac([2, 0, 0, 0, 0, 2])));
        }
    }
}
