//! BGPPeers, each by itself.

use std::net::IpAddr;
use std::time::Duration;

use super::Options;
use super::lists::{self, Subject};
use crate::cluster::{Cluster, Secret, SecretString, SecretValue};
use crate::diagnostic::Diagnostic;
use crate::ip;
use crate::manifest::Resource;
use crate::metallb::api::BgpPeerSpec;
use crate::metallb::resources::Resources;
use crate::metallb::{Endpoint, Password, Peer, RemoteAs, codes, duration};

/// The Secret type that MetalLB takes passwords from.
const BASIC_AUTH: &str = "kubernetes.io/basic-auth";
const DEFAULT_PORT: u16 = 179;

pub(super) fn peers(
    resources: &Resources,
    cluster: &Cluster,
    options: &Options,
    found: &mut Vec<Diagnostic>,
) -> Vec<Peer> {
    let judge = |resource| {
        let mut judge = Judge { resource, subject: Subject::of("BGPPeer", resource), found };
        judge.peer(cluster, options)
    };
    let mut judge = judge;
    resources.peers.iter().filter_map(&mut judge).collect()
}

struct Judge<'a, 'f> {
    resource: &'a Resource<BgpPeerSpec>,
    subject: Subject<'a>,
    found: &'f mut Vec<Diagnostic>,
}

impl Judge<'_, '_> {
    fn refuse(&mut self, field: &str, message: &str, help: &str) {
        self.found.push(
            self.subject
                .error(codes::BAD_PEER, &format!("spec.{field}"), message, "refused by MetalLB")
                .help(help),
        );
    }

    fn peer(&mut self, cluster: &Cluster, options: &Options) -> Option<Peer> {
        let resource = self.resource;
        let spec = &resource.spec;
        lists::selectors(&self.subject, "spec.nodeSelectors", &spec.node_selectors, self.found);
        let remote = self.remote();
        let endpoint = self.endpoint();
        let source_address = self.address("sourceAddress", &spec.source_address);
        let router_id = self.address("routerID", &spec.router_id);
        let (hold_time, keepalive_time) = self.timers();
        let connect_time = self.connect_time();
        let password = self.password(cluster, options);
        Some(Peer {
            meta: resource.meta.clone(),
            my_asn: spec.my_asn,
            local_asn: Some(spec.local_asn).filter(|asn| *asn != 0),
            remote: remote?,
            endpoint: endpoint?,
            port: self.port(),
            source_address,
            router_id,
            hold_time,
            keepalive_time,
            connect_time,
            node_selectors: spec.node_selectors.clone(),
            password,
            bfd_profile: Some(spec.bfd_profile.clone()).filter(|name| !name.is_empty()),
            graceful_restart: spec.enable_graceful_restart,
            ebgp_multi_hop: spec.ebgp_multi_hop,
            vrf: Some(spec.vrf.clone()).filter(|vrf| !vrf.is_empty()),
            dual_stack_address_family: spec.dual_stack_address_family,
            disable_mp: spec.disable_mp,
            origin: resource.origin.clone(),
        })
    }

    fn remote(&mut self) -> Option<RemoteAs> {
        let spec = &self.resource.spec;
        if spec.my_asn == 0 {
            self.refuse("myASN", "myASN is missing", "set myASN to the AS number of the nodes");
        }
        let remote = match (spec.peer_asn, spec.dynamic_asn.as_str()) {
            (0, "") => {
                self.refuse(
                    "peerASN",
                    "neither peerASN nor dynamicASN is set",
                    "set peerASN to the AS number of the router",
                );
                return None;
            }
            (0, "internal") => RemoteAs::Internal,
            (0, "external") => RemoteAs::External,
            (0, _) => {
                self.refuse(
                    "dynamicASN",
                    "dynamicASN is neither `internal` nor `external`",
                    "write internal or external",
                );
                return None;
            }
            (asn, "") => RemoteAs::Asn(asn),
            _ => {
                self.refuse(
                    "dynamicASN",
                    "peerASN and dynamicASN are both set",
                    "take one of the two out",
                );
                return None;
            }
        };
        if spec.ebgp_multi_hop && remote == RemoteAs::Asn(spec.my_asn) {
            self.refuse(
                "ebgpMultiHop",
                "ebgpMultiHop is set on a peer of the same AS",
                "take ebgpMultiHop out: an iBGP session may always take several hops",
            );
        }
        Some(remote)
    }

    fn endpoint(&mut self) -> Option<Endpoint> {
        let spec = &self.resource.spec;
        match (spec.peer_address.as_str(), spec.interface.as_str()) {
            ("", "") => {
                self.refuse(
                    "peerAddress",
                    "neither peerAddress nor interface is set",
                    "set peerAddress to the address of the router",
                );
                None
            }
            ("", interface) => Some(Endpoint::Interface(interface.to_owned())),
            (_, "") => self.address("peerAddress", &spec.peer_address).map(Endpoint::Address),
            _ => {
                self.refuse(
                    "interface",
                    "peerAddress and interface are both set",
                    "take one of the two out",
                );
                None
            }
        }
    }

    fn address(&mut self, field: &str, text: &str) -> Option<IpAddr> {
        if text.is_empty() {
            return None;
        }
        match ip::parse_addr(text) {
            Ok(addr) => Some(addr),
            Err(error) => {
                let message = format!("{field}: `{text}` is no address: {error}");
                self.refuse(field, &message, "write an IPv4 or IPv6 address");
                None
            }
        }
    }

    fn port(&mut self) -> u16 {
        let port = self.resource.spec.peer_port.unwrap_or(DEFAULT_PORT);
        // The CRD allows no more; MetalLB v1beta1 takes 0 as unset.
        if port > 16384 {
            self.found.push(self.subject.error(
                codes::OUT_OF_BOUNDS,
                "spec.peerPort",
                format_args!("peerPort is {port}, it must be 1 to 16384"),
                "must be 1 to 16384",
            ));
        }
        if port == 0 { DEFAULT_PORT } else { port }
    }

    /// Hold time and keepalive time: one is derived from the other, by three.
    fn timers(&mut self) -> (Option<Duration>, Option<Duration>) {
        let spec = &self.resource.spec;
        let hold = self.duration("holdTime", spec.hold_time.as_deref());
        let keepalive = self.duration("keepaliveTime", spec.keepalive_time.as_deref());
        let (hold, keepalive) = match (hold, keepalive) {
            (None, None) => return (None, None),
            (Some(hold), None) => (hold, hold / 3),
            (None, Some(keepalive)) => (keepalive * 3, keepalive),
            (Some(hold), Some(keepalive)) => (hold, keepalive),
        };
        if (1..3).contains(&hold.as_secs()) {
            self.refuse(
                "holdTime",
                &format!("the hold time is {hold:?}, it must be 0 or at least 3s"),
                "RFC 4271 allows no hold time of one or two seconds",
            );
        }
        if keepalive > hold {
            self.refuse(
                "keepaliveTime",
                &format!("keepaliveTime {keepalive:?} is longer than holdTime {hold:?}"),
                "set keepaliveTime to a third of holdTime",
            );
        }
        (Some(hold), Some(keepalive))
    }

    fn connect_time(&mut self) -> Option<Duration> {
        let connect = self.duration("connectTime", self.resource.spec.connect_time.as_deref())?;
        if connect.subsec_nanos() != 0 || !(1..=65535).contains(&connect.as_secs()) {
            self.found.push(self.subject.error(
                codes::OUT_OF_BOUNDS,
                "spec.connectTime",
                format_args!("connectTime is {connect:?}, it must be 1 to 65535 whole seconds"),
                "must be 1s to 65535s",
            ));
        }
        Some(connect)
    }

    fn duration(&mut self, field: &str, text: Option<&str>) -> Option<Duration> {
        let text = text?;
        let parsed = duration::parse(text);
        if parsed.is_none() {
            let message = format!("{field}: `{text}` is no duration");
            self.refuse(field, &message, "write a number with its unit, such as 90s");
        }
        parsed
    }

    fn password(&mut self, cluster: &Cluster, options: &Options) -> Option<Password> {
        let spec = &self.resource.spec;
        let name = spec.password_secret.name.as_str();
        match (spec.password.expose(), name) {
            ("", "") => None,
            (_, "") => Some(Password::Inline(spec.password.clone())),
            ("", _) => Some(self.password_secret(cluster, options)),
            _ => {
                let error = self.bad_password(
                    "passwordSecret",
                    "password and passwordSecret are both set",
                    "take one of the two out",
                );
                self.found.push(error);
                None
            }
        }
    }

    fn password_secret(&mut self, cluster: &Cluster, options: &Options) -> Password {
        let reference = &self.resource.spec.password_secret;
        let name = reference.name.clone();
        // MetalLB looks in its own namespace, whatever the reference says.
        let own = &self.resource.meta.namespace;
        let namespaces = [own.as_str(), reference.namespace.as_str()];
        let of_name: Vec<_> = cluster.secrets.iter().filter(|((_, one), _)| *one == name).collect();
        let found = namespaces
            .iter()
            .find_map(|namespace| of_name.iter().find(|((there, _), _)| there == namespace));
        // Where one of the two has its namespace from elsewhere (Kustomize, say), the
        // name has to do.
        let mut open = of_name.iter().filter(|((there, _), _)| own.is_empty() || there.is_empty());
        let found = found.or(match (open.next(), open.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        });
        let namespace = match found {
            Some(((there, _), _)) if own.is_empty() => there.clone(),
            None if own.is_empty() => reference.namespace.clone(),
            _ => own.clone(),
        };
        let value = match found.map(|(_, secret)| *secret) {
            None if options.allow_missing_secrets => None,
            None => {
                let elsewhere = of_name.iter().map(|((there, _), _)| format!("`{there}`"));
                let elsewhere: Vec<String> = elsewhere.collect();
                let (place, help) = match elsewhere.as_slice() {
                    [] => (
                        "the input".to_owned(),
                        "add the Secret (kubectl get secret -o yaml), or say \
                         --allow-missing-secrets",
                    ),
                    all => (
                        format!("the BGPPeer's namespace, but in {}", all.join(" and ")),
                        "MetalLB looks in its own namespace only: add the Secret of that \
                         namespace, or say --allow-missing-secrets",
                    ),
                };
                let message = format!("the Secret `{name}` with the password is not in {place}");
                self.found.push(self.bad_password("passwordSecret", &message, help));
                None
            }
            Some(secret) if secret.secret_type != BASIC_AUTH => {
                let message = format!(
                    "the Secret `{name}` is of type `{}`, it must be `{BASIC_AUTH}`",
                    secret.secret_type
                );
                let help = "create the Secret with that type";
                self.found.push(self.bad_password("passwordSecret", &message, help));
                None
            }
            Some(secret) => self.password_value(&name, secret),
        };
        Password::Secret { namespace, name, value }
    }

    /// The password in a Secret of the right type. Values of other keys are nobody's
    /// concern here, whatever they hold.
    fn password_value(&mut self, name: &str, secret: &Secret) -> Option<SecretString> {
        let (what, help) = match secret.data.get("password") {
            Some(SecretValue::Text(password)) => return Some(password.clone()),
            None => ("has no key `password`", "put the password under the key `password`"),
            Some(SecretValue::NotBase64) => (
                "holds no base64 under data.password",
                "write it under stringData, or encode it: printf %s PASSWORD | base64",
            ),
            Some(SecretValue::Binary) => (
                "holds bytes under the key `password` that are no UTF-8 text",
                "take a password of letters and digits, on the router as well",
            ),
            Some(SecretValue::Encrypted) => (
                "is encrypted",
                "decrypt it (sops decrypt FILE) and pass the result, or read it from the cluster",
            ),
        };
        let message = format!("the Secret `{name}` {what}");
        let error = self.bad_password("passwordSecret", &message, help);
        self.found.push(error.label(secret.span("password"), "cannot be used"));
        None
    }

    fn bad_password(&self, field: &str, message: &str, help: &str) -> Diagnostic {
        let path = format!("spec.{field}");
        self.subject.error(codes::BAD_PASSWORD, &path, message, "refused by MetalLB").help(help)
    }
}
