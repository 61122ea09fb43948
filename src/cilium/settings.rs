//! Settings of Cilium's agent and operator, as far as they decide what is
//! allocated and announced.
//!
//! In: a ConfigMap `cilium-config`, or Helm values. Out: [`Settings`].

use std::sync::Arc;

use super::codes;
use crate::diagnostic::Diagnostic;
use crate::ip::Family;
use crate::manifest::{Node, Object, Origin, Value};

/// The name of the ConfigMap that holds the agent's and the operator's options.
const CONFIG_MAP: &str = "cilium-config";

/// What decides beside the custom resources.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// `enable-ipv4`.
    pub ipv4: bool,
    /// `enable-ipv6`.
    pub ipv6: bool,
    /// `enable-lb-ipam`.
    pub lb_ipam: bool,
    /// `enable-l2-announcements`.
    pub l2_announcements: bool,
    /// `enable-bgp-control-plane`.
    pub bgp_control_plane: bool,
    /// `default-lb-service-ipam`: who cares for Services without a class.
    pub default_lb_service_ipam: DefaultIpam,
    /// `enable-no-service-endpoints-routable`: whether a Service without endpoints is
    /// announced over BGP all the same.
    pub no_service_endpoints_routable: bool,
    /// `bgp-secrets-namespace`; none where empty.
    pub bgp_secrets_namespace: Option<String>,
    /// `devices`: which interfaces Cilium manages, a trailing `+` standing for any
    /// text; empty means that it finds them itself.
    pub devices: Vec<String>,
    /// `bpf-lb-proto-diff`: whether the protocol tells two frontends apart.
    pub protocol_differentiation: bool,
    /// `kube-proxy-replacement`, where it is said: L2 announcements need it.
    pub kube_proxy_replacement: Option<bool>,
    /// `k8s-client-qps`.
    pub client_qps: Option<f64>,
    /// `k8s-client-burst`.
    pub client_burst: Option<f64>,
    /// `enable-bgp-legacy-origin-attribute`: ORIGIN is INCOMPLETE.
    pub legacy_origin_attribute: bool,
}

/// `default-lb-service-ipam`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultIpam {
    /// `lbipam`: LB-IPAM.
    LbIpam,
    /// `nodeipam`: Node IPAM, which is not simulated.
    NodeIpam,
    /// `none`: nobody.
    None,
}

impl Default for Settings {
    /// Everything is on, unlike under Helm's defaults: what simulation assumes where
    /// nothing is said.
    fn default() -> Self {
        Self {
            ipv4: true,
            ipv6: true,
            lb_ipam: true,
            l2_announcements: true,
            bgp_control_plane: true,
            default_lb_service_ipam: DefaultIpam::LbIpam,
            no_service_endpoints_routable: true,
            bgp_secrets_namespace: Some("kube-system".to_owned()),
            devices: Vec::new(),
            protocol_differentiation: true,
            kube_proxy_replacement: None,
            client_qps: None,
            client_burst: None,
            legacy_origin_attribute: false,
        }
    }
}

/// How one setting is named, and what it sets.
struct Setting {
    /// The key in the ConfigMap.
    key: &'static str,
    /// The path in the Helm values.
    helm: &'static str,
    /// Puts a text into the settings; `false` where Cilium would not take it.
    set: fn(&mut Settings, &str) -> bool,
}

/// Every setting that matters here.
const SETTINGS: &[Setting] = &[
    Setting { key: "enable-ipv4", helm: "ipv4.enabled", set: |s, t| boolean(&mut s.ipv4, t) },
    Setting { key: "enable-ipv6", helm: "ipv6.enabled", set: |s, t| boolean(&mut s.ipv6, t) },
    Setting { key: "enable-lb-ipam", helm: "enableLBIPAM", set: |s, t| boolean(&mut s.lb_ipam, t) },
    Setting {
        key: "enable-l2-announcements",
        helm: "l2announcements.enabled",
        set: |s, t| boolean(&mut s.l2_announcements, t),
    },
    Setting {
        key: "enable-bgp-control-plane",
        helm: "bgpControlPlane.enabled",
        set: |s, t| boolean(&mut s.bgp_control_plane, t),
    },
    Setting {
        key: "default-lb-service-ipam",
        helm: "defaultLBServiceIPAM",
        set: |s, t| default_ipam(&mut s.default_lb_service_ipam, t),
    },
    Setting {
        key: "enable-no-service-endpoints-routable",
        helm: "enableNoServiceEndpointsRoutable",
        set: |s, t| boolean(&mut s.no_service_endpoints_routable, t),
    },
    Setting {
        key: "bgp-secrets-namespace",
        helm: "bgpControlPlane.secretsNamespace.name",
        set: |s, t| {
            s.bgp_secrets_namespace = (!t.is_empty()).then(|| t.to_owned());
            true
        },
    },
    Setting {
        key: "devices",
        helm: "devices",
        set: |s, t| {
            s.devices = t.split([' ', ',']).filter(|d| !d.is_empty()).map(str::to_owned).collect();
            true
        },
    },
    Setting {
        key: "bpf-lb-proto-diff",
        helm: "loadBalancer.protocolDifferentiation.enabled",
        set: |s, t| boolean(&mut s.protocol_differentiation, t),
    },
    Setting {
        key: "kube-proxy-replacement",
        helm: "kubeProxyReplacement",
        set: |s, t| {
            let mut replaced = t == "strict";
            let taken = matches!(t, "strict" | "partial" | "probe" | "disabled" | "")
                || boolean(&mut replaced, t);
            s.kube_proxy_replacement = taken.then_some(replaced);
            taken
        },
    },
    Setting {
        key: "k8s-client-qps",
        helm: "k8sClientRateLimit.qps",
        set: |s, t| number(&mut s.client_qps, t),
    },
    Setting {
        key: "k8s-client-burst",
        helm: "k8sClientRateLimit.burst",
        set: |s, t| number(&mut s.client_burst, t),
    },
    Setting {
        key: "enable-bgp-legacy-origin-attribute",
        helm: "bgpControlPlane.legacyOriginAttribute.enabled",
        set: |s, t| boolean(&mut s.legacy_origin_attribute, t),
    },
];

/// The key in the ConfigMap of a path in the Helm values.
pub fn config_map_key(helm: &str) -> Option<&'static str> {
    SETTINGS.iter().find(|setting| setting.helm == helm).map(|setting| setting.key)
}

/// What Go's `strconv.ParseBool` takes.
fn boolean(target: &mut bool, text: &str) -> bool {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => *target = true,
        "0" | "f" | "F" | "false" | "FALSE" | "False" => *target = false,
        _ => return false,
    }
    true
}

fn number(target: &mut Option<f64>, text: &str) -> bool {
    *target = text.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0);
    target.is_some() || text.is_empty()
}

fn default_ipam(target: &mut DefaultIpam, text: &str) -> bool {
    *target = match text {
        "lbipam" => DefaultIpam::LbIpam,
        "nodeipam" => DefaultIpam::NodeIpam,
        "none" => DefaultIpam::None,
        _ => return false,
    };
    true
}

impl Settings {
    /// What stands in a ConfigMap `cilium-config`; what it does not say stays as in
    /// [`Settings::default`].
    pub fn from_config_map(object: &Object) -> (Self, Vec<Diagnostic>) {
        let mut settings = Self::default();
        let origin = Origin::new(Arc::clone(&object.node));
        let data = object.node.get("data");
        let found = SETTINGS
            .iter()
            .filter_map(|setting| {
                let text = text(data?.get(setting.key)?)?;
                settings.take(setting, setting.key, &text)
            })
            .map(|(key, diagnostic)| {
                let span = origin.span(&format!("data.{key}"));
                diagnostic.label(span, "not taken").object(object.reference())
            })
            .collect();
        (settings, found)
    }

    /// What Helm values say, over the chart's own defaults: L2 announcements, the BGP
    /// control plane and IPv6 are off unless they are switched on.
    pub fn from_helm_values(values: &Node) -> (Self, Vec<Diagnostic>) {
        let mut settings = Self {
            ipv6: false,
            l2_announcements: false,
            bgp_control_plane: false,
            kube_proxy_replacement: Some(false),
            ..Self::default()
        };
        let found = SETTINGS
            .iter()
            .filter_map(|setting| {
                let value = setting.helm.split('.').try_fold(values, Node::get)?;
                let (_, diagnostic) = settings.take(setting, setting.helm, &text(value)?)?;
                Some(diagnostic.label(Some(value.span), "not taken"))
            })
            .collect();
        (settings, found)
    }

    fn take<'a>(
        &mut self,
        setting: &Setting,
        name: &'a str,
        text: &str,
    ) -> Option<(&'a str, Diagnostic)> {
        let before = self.clone();
        if (setting.set)(self, text) {
            return None;
        }
        *self = before;
        let message = format!("Cilium does not take {text:?} for `{name}`");
        Some((name, Diagnostic::error(codes::UNREADABLE_SETTING, message)))
    }

    /// Whether Cilium knows addresses of a family.
    pub fn has_family(&self, family: Family) -> bool {
        match family {
            Family::V4 => self.ipv4,
            Family::V6 => self.ipv6,
        }
    }

    /// Whether Cilium manages an interface of that name.
    pub fn manages_device(&self, name: &str) -> bool {
        self.devices.is_empty()
            || self.devices.iter().any(|device| match device.strip_suffix('+') {
                Some(prefix) => name.starts_with(prefix),
                None => name == device,
            })
    }
}

/// Whether the object is Cilium's ConfigMap.
pub(super) fn is_config_map(object: &Object) -> bool {
    object.api_version == "v1" && object.kind == "ConfigMap" && object.meta.name == CONFIG_MAP
}

/// A scalar, or a list of scalars, as a text; `None` for null and anything else.
fn text(node: &Node) -> Option<String> {
    match &node.value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(value) => Some(value.get().to_string()),
        Value::Float(value) => Some(value.to_string()),
        Value::String(value) => Some(value.clone()),
        Value::Seq(items) => Some(items.iter().filter_map(text).collect::<Vec<_>>().join(",")),
        Value::Null | Value::Map(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifests;

    #[test]
    fn a_config_map_changes_what_it_names() {
        let manifests = Manifests::from_text(
            "test.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cilium-config}\ndata:\n  \
             enable-ipv6: 'false'\n  default-lb-service-ipam: nodeipam\n  devices: eth0 bond+\n",
        );
        let (settings, found) = Settings::from_config_map(&manifests.objects[0]);
        assert_eq!(found, []);
        assert!(settings.ipv4 && !settings.ipv6);
        assert_eq!(settings.default_lb_service_ipam, DefaultIpam::NodeIpam);
        assert!(settings.manages_device("bond7") && !settings.manages_device("eth01"));
    }

    #[test]
    fn helm_values_start_from_the_charts_defaults() {
        let text = "l2announcements: {enabled: true}\ndevices: [eth0, eth1]\n\
                    bgpControlPlane: {secretsNamespace: {name: bgp}}\n";
        let manifests = Manifests::from_text("values.yaml", text);
        let (settings, found) = Settings::from_helm_values(&manifests.untyped[0].node);
        assert_eq!(found, []);
        assert!(settings.l2_announcements && !settings.bgp_control_plane && !settings.ipv6);
        assert_eq!(settings.bgp_secrets_namespace.as_deref(), Some("bgp"));
        assert_eq!(settings.devices, ["eth0", "eth1"]);
    }

    #[test]
    fn a_value_that_cilium_would_not_take_is_refused() {
        let manifests = Manifests::from_text(
            "test.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cilium-config}\ndata:\n  \
             enable-ipv4: 'yes'\n",
        );
        let (settings, found) = Settings::from_config_map(&manifests.objects[0]);
        assert!(settings.ipv4);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].code, codes::UNREADABLE_SETTING);
    }
}
