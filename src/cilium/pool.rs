//! CiliumLoadBalancerIPPool: from where LB-IPAM takes addresses.

use serde::{Deserialize, Serialize};

use crate::selector::LabelSelector;

/// `spec` of a CiliumLoadBalancerIPPool.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadBalancerIpPoolSpec {
    /// `blocks`: the addresses, used up block by block.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<PoolBlock>,
    /// `serviceSelector`: which Services may use it; absent and empty mean every one.
    /// The labels `io.kubernetes.service.name` and `io.kubernetes.service.namespace`
    /// stand for a Service's name and namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_selector: Option<LabelSelector>,
    /// `allowFirstLastIPs`: whether the first and the last address of a `cidr` block
    /// are given out; absent means yes.
    #[serde(rename = "allowFirstLastIPs", skip_serializing_if = "Option::is_none")]
    pub allow_first_last_ips: Option<AllowFirstLastIps>,
    /// `disabled`: whether nothing is given out of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
}

/// One entry of `blocks`: either `cidr`, or `start` with or without `stop`. With
/// both, `cidr` wins; `start` alone is one address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PoolBlock {
    /// `cidr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cidr: Option<String>,
    /// `start`: the first address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// `stop`: the last address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<String>,
}

/// `allowFirstLastIPs`: a string, since an unquoted `No` is a boolean in YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AllowFirstLastIps {
    /// They are given out.
    Yes,
    /// They are reserved in blocks by `cidr` of /30, /126 and larger.
    No,
}
