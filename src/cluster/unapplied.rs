//! Services as they stand in a repository: the API server has given them no cluster
//! address yet, and neither controller is ever shown such a Service.

use super::{Cluster, IpFamilyPolicy, Service, ServiceType};
use crate::ip::{self, Family};

/// Annotations that ask for addresses.
const ADDRESSES: [&str; 4] = [
    "metallb.io/loadBalancerIPs",
    "metallb.universe.tf/loadBalancerIPs",
    "lbipam.cilium.io/ips",
    "io.cilium/lb-ipam-ips",
];

impl Cluster {
    /// Gives each Service of type LoadBalancer that was never applied what the API server
    /// will give it: families, and a cluster address of each. The families are those of
    /// `spec.ipFamilies`, else both where the policy asks for both, else those of the
    /// addresses that it asks for, else that of the other Services; IPv4 where nothing says.
    /// How many Services there were.
    pub fn apply_services(&mut self) -> usize {
        let usual = self.usual_family();
        let mut count = 0;
        for service in &mut self.services {
            let is_unapplied = service.service_type == ServiceType::LoadBalancer
                && service.cluster_ips.is_empty()
                && !service.has_cluster_ips_to_come;
            if is_unapplied {
                service.ip_families = families(service, usual);
                service.has_cluster_ips_to_come = true;
                count += 1;
            }
        }
        count
    }
}

impl Cluster {
    /// The family that the API server gives a Service which asks for none: that of the
    /// first cluster address at hand; IPv4 where there is none.
    pub fn usual_family(&self) -> Family {
        let first = self.services.iter().find_map(|service| service.cluster_ips.first());
        first.and_then(|text| ip::parse_addr(text).ok()).map_or(Family::V4, Family::of)
    }
}

fn families(service: &Service, usual: Family) -> Vec<Family> {
    let mut families = service.ip_families.clone();
    let other = |family| if family == Family::V4 { Family::V6 } else { Family::V4 };
    match service.ip_family_policy {
        Some(IpFamilyPolicy::SingleStack) | None => {
            if families.is_empty() {
                families = asked(service);
            }
            families.truncate(1);
            if families.is_empty() {
                families.push(usual);
            }
        }
        Some(IpFamilyPolicy::PreferDualStack) if !families.is_empty() => {}
        Some(IpFamilyPolicy::PreferDualStack | IpFamilyPolicy::RequireDualStack) => {
            let first = families.first().copied().unwrap_or(usual);
            families = vec![first, other(first)];
        }
    }
    families
}

/// The families of the addresses that it asks for.
fn asked(service: &Service) -> Vec<Family> {
    let listed = ADDRESSES.iter().filter_map(|name| service.annotations.get(*name));
    let texts = listed.flat_map(|list| list.split(',')).chain(service.load_balancer_ip.as_deref());
    texts.filter_map(|text| ip::parse_addr(text.trim()).ok()).map(Family::of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(kind: ServiceType) -> Service {
        Service { service_type: kind, ..Service::default() }
    }

    #[test]
    fn each_gets_the_families_that_the_api_server_will_give_it() {
        use Family::{V4, V6};
        use IpFamilyPolicy::{PreferDualStack, RequireDualStack, SingleStack};
        for (usual, listed, policy, asks, expected) in [
            ("10.96.0.1", vec![], None, "", vec![V4]),
            ("fd96::1", vec![], None, "", vec![V6]),
            ("fd96::1", vec![V4], Some(SingleStack), "", vec![V4]),
            ("10.96.0.1", vec![], None, "fd00::7", vec![V6]),
            ("10.96.0.1", vec![], Some(PreferDualStack), "fd00::7", vec![V4, V6]),
            ("10.96.0.1", vec![V6], Some(PreferDualStack), "", vec![V6]),
            ("fd96::1", vec![], Some(RequireDualStack), "", vec![V6, V4]),
            ("10.96.0.1", vec![V6], Some(RequireDualStack), "", vec![V6, V4]),
            ("None", vec![], None, "no address", vec![V4]),
        ] {
            let applied =
                Service { cluster_ips: vec![usual.to_owned()], ..service(ServiceType::ClusterIp) };
            let annotations = [(ADDRESSES[0].to_owned(), asks.to_owned())].into();
            let new = Service {
                ip_families: listed,
                ip_family_policy: policy,
                annotations,
                ..service(ServiceType::LoadBalancer)
            };
            let mut cluster = Cluster { services: vec![applied, new], ..Cluster::default() };
            assert_eq!(cluster.apply_services(), 1);
            assert_eq!(cluster.services[1].ip_families, expected, "{usual} {policy:?} {asks}");
            assert!(cluster.services[1].has_cluster_ips_to_come);
            assert_eq!(cluster.apply_services(), 0, "once");
        }
    }

    #[test]
    fn what_is_applied_or_of_another_type_stays() {
        let applied = Service {
            cluster_ips: vec!["10.96.0.1".to_owned()],
            ..service(ServiceType::LoadBalancer)
        };
        let services = vec![applied, service(ServiceType::ClusterIp)];
        let mut cluster = Cluster { services, ..Cluster::default() };
        assert_eq!(cluster.apply_services(), 0);
        assert!(cluster.services.iter().all(|one| one.ip_families.is_empty()));
    }
}
