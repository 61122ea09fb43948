//! The Helm values that Cilium needs for exactly this configuration.

use super::Context;
use super::objects::Conversion;

/// Cilium's renewal interval of L2 leases (`l2announcements.leaseRenewDeadline`).
const LEASE_RENEW_SECONDS: u32 = 5;
/// Cilium's own defaults (`k8sClientRateLimit`).
const DEFAULT_QPS: u32 = 10;
const DEFAULT_BURST: u32 = 20;
/// How wide a line of reasons may be.
const WIDTH: usize = 80;

/// Helm values, each with the reason why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HelmValues {
    /// In the order in which they are written.
    pub values: Vec<HelmValue>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelmValue {
    /// The path, such as `l2announcements.enabled`.
    pub path: &'static [&'static str],
    /// The value as YAML.
    pub value: String,
    /// Why it is needed.
    pub reason: String,
}

/// The values for a conversion, with so many Services at hand on L2.
pub(super) fn values(context: &Context<'_>, on_l2: usize, conversion: &Conversion) -> HelmValues {
    let mut values = Vec::new();
    let mut set = |path: &'static [&'static str], value: &str, reason: String| {
        values.push(HelmValue { path, value: value.to_owned(), reason });
    };
    let l2 = !conversion.l2_policies.is_empty();
    let bgp = !conversion.cluster_configs.is_empty();
    if l2 {
        set(
            &["l2announcements", "enabled"],
            "true",
            "CiliumL2AnnouncementPolicies do nothing without it.".to_owned(),
        );
        set(
            &["kubeProxyReplacement"],
            "true",
            "L2 announcements need Cilium in the place of kube-proxy.".to_owned(),
        );
        let (qps, burst, reason) = rate_limit(on_l2);
        if qps > DEFAULT_QPS {
            set(&["k8sClientRateLimit", "qps"], &qps.to_string(), reason.clone());
            set(&["k8sClientRateLimit", "burst"], &burst.to_string(), reason);
        }
    }
    if bgp {
        set(
            &["bgpControlPlane", "enabled"],
            "true",
            "CiliumBGPClusterConfigs do nothing without it.".to_owned(),
        );
        if !conversion.secrets.is_empty() {
            set(
                &["bgpControlPlane", "secretsNamespace", "name"],
                &context.options.secrets_namespace,
                "The Secrets with the BGP passwords are written to this namespace.".to_owned(),
            );
        }
        set(
            &["enableNoServiceEndpointsRoutable"],
            "false",
            "MetalLB withdraws a Service without ready endpoints; Cilium does so only with this."
                .to_owned(),
        );
    }
    if !conversion.pools.is_empty() {
        set(
            &["defaultLBServiceIPAM"],
            "lbipam",
            "Services without a class get their addresses from LB-IPAM.".to_owned(),
        );
    }
    HelmValues { values }
}

/// Each Service on L2 has a lease that every candidate renews or tries for:
/// Services divided by the renewal interval, as Cilium's documentation sizes it.
fn rate_limit(on_l2: usize) -> (u32, u32, String) {
    let services = u32::try_from(on_l2).unwrap_or(u32::MAX);
    let leases = services.div_ceil(LEASE_RENEW_SECONDS);
    let qps = DEFAULT_QPS.saturating_add(leases);
    let burst = qps.saturating_mul(DEFAULT_BURST / DEFAULT_QPS);
    let of_l2 = if services == 1 {
        "1 Service at hand is announced on L2 and has a lease,".to_owned()
    } else {
        format!("{services} Services at hand are announced on L2 and have a lease each,")
    };
    let reason = format!("{of_l2} renewed every {LEASE_RENEW_SECONDS} s.");
    (qps, burst, reason)
}

impl HelmValues {
    /// The values as a YAML document with the reasons as comments.
    pub fn to_yaml(&self) -> String {
        let mut text = String::new();
        let mut open: &[&str] = &[];
        for value in &self.values {
            let Some((leaf, parents)) = value.path.split_last() else { continue };
            let common = parents.iter().zip(open).take_while(|(a, b)| a == b).count();
            for (depth, parent) in parents.iter().enumerate().skip(common) {
                text.push_str(&format!("{}{parent}:\n", "  ".repeat(depth)));
            }
            let indent = "  ".repeat(parents.len());
            let begin = format!("{indent}# ");
            let reason = textwrap::Options::new(WIDTH)
                .initial_indent(&begin)
                .subsequent_indent(&begin)
                .break_words(false)
                .word_splitter(textwrap::WordSplitter::NoHyphenation);
            text.push_str(&textwrap::fill(&value.reason, reason));
            text.push_str(&format!("\n{indent}{leaf}: {}\n", value.value));
            open = parents;
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_nested_and_keep_their_reasons() {
        let value = |path, value: &str| HelmValue {
            path,
            value: value.to_owned(),
            reason: "Why.".to_owned(),
        };
        let values = HelmValues {
            values: vec![
                value(&["a", "b"], "true"),
                value(&["a", "c", "d"], "x"),
                value(&["e"], "1"),
            ],
        };
        assert_eq!(
            values.to_yaml(),
            "a:\n  # Why.\n  b: true\n  c:\n    # Why.\n    d: x\n# Why.\ne: 1\n"
        );
    }

    #[test]
    fn the_rate_limit_has_room_for_a_lease_of_each_service_on_l2() {
        for (on_l2, qps, burst, of_l2) in [
            (1, 11, 22, "1 Service at hand is announced on L2 and has a lease,"),
            (5, 11, 22, "5 Services at hand are announced on L2 and have a lease each,"),
            (6, 12, 24, "6 Services at hand are announced on L2 and have a lease each,"),
        ] {
            assert_eq!(rate_limit(on_l2), (qps, burst, format!("{of_l2} renewed every 5 s.")));
        }
        assert_eq!(rate_limit(0).0, DEFAULT_QPS, "nothing is to be set");
    }
}
