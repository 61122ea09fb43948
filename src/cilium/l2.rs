//! CiliumL2AnnouncementPolicy: which nodes answer ARP and NDP for which Services.

use serde::{Deserialize, Serialize};

use crate::selector::LabelSelector;

/// `spec` of a CiliumL2AnnouncementPolicy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct L2AnnouncementPolicySpec {
    /// `serviceSelector`: of which Services; absent and empty mean every one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_selector: Option<LabelSelector>,
    /// `nodeSelector`: from which Nodes; absent and empty mean every one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_selector: Option<LabelSelector>,
    /// `interfaces`: regular expressions in Go's dialect, not anchored; none means
    /// every interface that Cilium manages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub interfaces: Vec<String>,
    /// `externalIPs`: whether `spec.externalIPs` of the Services are announced;
    /// absent means no.
    #[serde(rename = "externalIPs", skip_serializing_if = "Option::is_none")]
    pub external_ips: Option<bool>,
    /// `loadBalancerIPs`: whether the Services' load-balancer addresses are announced;
    /// absent means no.
    #[serde(rename = "loadBalancerIPs", skip_serializing_if = "Option::is_none")]
    pub load_balancer_ips: Option<bool>,
}
