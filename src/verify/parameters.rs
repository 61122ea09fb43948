//! The parameters of BGP sessions that are compared, as data.

use std::collections::BTreeSet;

use super::sessions::{Authentication, Parameters, RemoteAsn, Source};
use crate::convert::codes as convert;
use crate::diagnostic::Code;
use crate::ip::Family;

/// One parameter.
#[derive(Debug)]
pub struct ParameterRow {
    /// What it is called.
    pub name: &'static str,
    /// How it is shown; what is shown alike is the same, but for passwords.
    pub show: fn(&Parameters) -> String,
    /// Where MetalLB has it: a path in a BGPPeer.
    pub metallb: &'static str,
    /// Where Cilium has it: a path in a CiliumBGPPeerConfig, or, under
    /// `spec.bgpInstances`, in a CiliumBGPClusterConfig.
    pub cilium: &'static str,
    /// The losses of a conversion that explain a difference.
    pub explained_by: &'static [&'static Code],
    /// What would mend it.
    pub remedy: &'static str,
}

impl ParameterRow {
    /// Whether it is the same on both sides.
    pub fn same(&self, before: &Parameters, after: &Parameters) -> bool {
        let secrets = match (&before.authentication, &after.authentication) {
            (Authentication::Password(Some(one)), Authentication::Password(Some(other))) => {
                self.metallb != PASSWORD || one == other
            }
            _ => true,
        };
        secrets && (self.show)(before) == (self.show)(after)
    }
}

const PASSWORD: &str = "spec.password";

/// Every parameter that is compared.
pub static PARAMETERS: &[ParameterRow] = &[
    ParameterRow {
        name: "local AS",
        show: |p| p.local_asn.to_string(),
        metallb: "spec.myASN",
        cilium: "spec.bgpInstances",
        explained_by: &[convert::LOCAL_ASN],
        remedy: "set localASN of the instance to what the router expects",
    },
    ParameterRow {
        name: "peer AS",
        show: |p| match p.remote_asn {
            RemoteAsn::Number(asn) => asn.to_string(),
            RemoteAsn::Own => "its own".to_owned(),
            RemoteAsn::Other => "another than its own".to_owned(),
            RemoteAsn::Any => "any".to_owned(),
        },
        metallb: "spec.peerASN",
        cilium: "spec.bgpInstances",
        explained_by: &[convert::DYNAMIC_ASN],
        remedy: "set peerASN of the peer",
    },
    ParameterRow {
        name: "port",
        show: |p| p.port.to_string(),
        metallb: "spec.peerPort",
        cilium: "spec.transport",
        explained_by: &[],
        remedy: "set transport.peerPort",
    },
    ParameterRow {
        name: "hold time",
        show: |p| format!("{}s", p.hold),
        metallb: "spec.holdTime",
        cilium: "spec.timers",
        explained_by: &[convert::TIMERS, convert::BFD],
        remedy: "set timers.holdTimeSeconds",
    },
    ParameterRow {
        name: "keepalive time",
        show: |p| format!("{}s", p.keepalive),
        metallb: "spec.keepaliveTime",
        cilium: "spec.timers",
        explained_by: &[convert::TIMERS, convert::BFD],
        remedy: "set timers.keepAliveTimeSeconds",
    },
    ParameterRow {
        name: "connect retry",
        show: |p| format!("{}s", p.connect_retry),
        metallb: "spec.connectTime",
        cilium: "spec.timers",
        explained_by: &[convert::TIMERS],
        remedy: "set timers.connectRetryTimeSeconds",
    },
    ParameterRow {
        name: "families",
        show: |p| families(&p.families),
        metallb: "spec.dualStackAddressFamily",
        cilium: "spec.families",
        explained_by: &[convert::OTHER_FAMILY_NEXT_HOP],
        remedy: "list just these families in the CiliumBGPPeerConfig",
    },
    ParameterRow {
        name: "authentication",
        show: |p| match p.authentication {
            Authentication::None => "none".to_owned(),
            Authentication::Password(_) => "password".to_owned(),
        },
        metallb: PASSWORD,
        cilium: "spec.authSecretRef",
        explained_by: &[convert::MISSING_SECRET, convert::PASSWORD_TOO_LONG],
        remedy: "set authSecretRef, and the Secret's key `password`",
    },
    ParameterRow {
        name: "TTL",
        show: |p| p.ttl.map_or("internal".to_owned(), |ttl| ttl.to_string()),
        metallb: "spec.ebgpMultiHop",
        cilium: "spec.ebgpMultihop",
        explained_by: &[convert::LOCAL_ASN, convert::DYNAMIC_ASN],
        remedy: "set ebgpMultihop (MetalLB's means 255)",
    },
    ParameterRow {
        name: "graceful restart",
        show: |p| p.graceful_restart.map_or("off".to_owned(), |time| format!("{time}s")),
        metallb: "spec.enableGracefulRestart",
        cilium: "spec.gracefulRestart",
        explained_by: &[],
        remedy: "set gracefulRestart (MetalLB's restart time is 120 s)",
    },
    ParameterRow {
        name: "BFD",
        show: |p| if p.bfd { "on" } else { "off" }.to_owned(),
        metallb: "spec.bfdProfile",
        cilium: "spec",
        explained_by: &[convert::BFD],
        remedy: "nothing: Cilium has no BFD; take it off the router, too",
    },
    ParameterRow {
        name: "VRF",
        show: |p| p.vrf.clone().unwrap_or_else(|| "default".to_owned()),
        metallb: "spec.vrf",
        cilium: "spec.bgpInstances",
        explained_by: &[convert::NO_SESSION],
        remedy: "nothing: Cilium knows no VRFs; reach the router from the default one",
    },
    ParameterRow {
        name: "router ID",
        show: |p| p.router_id.clone().unwrap_or_else(|| "chosen by itself".to_owned()),
        metallb: "spec.routerID",
        cilium: "spec.bgpInstances",
        explained_by: &[convert::NEEDS_NODES],
        remedy: "set routerID in a CiliumBGPNodeConfigOverride of each Node",
    },
    ParameterRow {
        name: "source address",
        show: |p| match &p.source {
            Source::Routed => "by route".to_owned(),
            Source::Address(address) => address.clone(),
            Source::Interface(name) => format!("that of {name}"),
        },
        metallb: "spec.sourceAddress",
        cilium: "spec.transport",
        explained_by: &[convert::NEEDS_NODES],
        remedy: "set localAddress in a CiliumBGPNodeConfigOverride of each Node",
    },
];

fn families(families: &BTreeSet<Family>) -> String {
    let names: Vec<&str> = families
        .iter()
        .map(|family| match family {
            Family::V4 => "IPv4",
            Family::V6 => "IPv6",
        })
        .collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::SecretString;
    use crate::verify::testing::session;

    #[test]
    fn another_password_is_another_authentication_and_nothing_else() {
        let with = |password: Option<&str>| {
            let mut parameters = session("tor", "192.0.2.1").parameters;
            let password = password.map(SecretString::new);
            parameters.authentication = Authentication::Password(password);
            parameters
        };
        let differing = |one, other| -> Vec<&str> {
            let rows = PARAMETERS.iter().filter(|row| !row.same(&with(one), &with(other)));
            rows.map(|row| row.name).collect()
        };
        assert_eq!(differing(Some("one"), Some("other")), ["authentication"]);
        assert_eq!(differing(Some("one"), Some("one")), [""; 0]);
        // What is not at hand is not known to differ.
        assert_eq!(differing(Some("one"), None), [""; 0]);
    }
}
