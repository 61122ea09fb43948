//! Cilium's version and settings.

use super::{Before, codes};
use crate::cilium::settings::config_map_key;
use crate::cilium::{CiliumVersion, DefaultIpam, Settings};
use crate::diagnostic::{Diagnostic, Impact, Severity};
use crate::manifest::{Object, Value};

pub(super) fn look(before: &Before<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = version(before).into_iter().collect();
    let Some(settings) = before.settings else {
        found.push(
            Diagnostic::note(
                codes::SETTINGS_NOT_AT_HAND,
                "Cilium's settings are not in the input and were not looked at",
            )
            .help("give the ConfigMap cilium-config, or --cilium-values FILE"),
        );
        return found;
    };
    found.extend(needed(before, settings));
    found.extend(rate_limit(before, settings));
    found.extend(devices(before, settings));
    found
}

/// What must be so for a conversion of this kind, and what it costs where it is not.
struct Need {
    helm: &'static str,
    wanted: &'static str,
    impact: Severity,
    holds: fn(&Settings) -> bool,
    applies: fn(&Before<'_>) -> bool,
    else_: &'static str,
}

const NEEDS: &[Need] = &[
    Need {
        helm: "enableLBIPAM",
        wanted: "true",
        impact: Severity::Error,
        holds: |settings| settings.lb_ipam,
        applies: |before| !before.conversion.pools.is_empty(),
        else_: "pools give out no address",
    },
    Need {
        helm: "defaultLBServiceIPAM",
        wanted: "lbipam",
        impact: Severity::Error,
        holds: |settings| settings.default_lb_service_ipam == DefaultIpam::LbIpam,
        applies: |before| !before.conversion.pools.is_empty(),
        else_: "Services without a class are left alone",
    },
    Need {
        helm: "l2announcements.enabled",
        wanted: "true",
        impact: Severity::Error,
        holds: |settings| settings.l2_announcements,
        applies: |before| !before.conversion.l2_policies.is_empty(),
        else_: "L2 policies do nothing",
    },
    Need {
        helm: "kubeProxyReplacement",
        wanted: "true",
        impact: Severity::Error,
        holds: |settings| settings.kube_proxy_replacement != Some(false),
        applies: |before| !before.conversion.l2_policies.is_empty(),
        else_: "L2 announcements do not work beside kube-proxy; replace it on another day",
    },
    Need {
        helm: "bgpControlPlane.enabled",
        wanted: "true",
        impact: Severity::Error,
        holds: |settings| settings.bgp_control_plane,
        applies: |before| !before.conversion.cluster_configs.is_empty(),
        else_: "no BGP session is opened",
    },
    Need {
        helm: "enableNoServiceEndpointsRoutable",
        wanted: "false",
        impact: Severity::Lossy(Impact::Traffic),
        holds: |settings| !settings.no_service_endpoints_routable,
        applies: |before| !before.conversion.cluster_configs.is_empty(),
        else_: "Services without endpoints stay announced by BGP",
    },
];

fn needed(before: &Before<'_>, settings: &Settings) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = NEEDS
        .iter()
        .filter(|need| (need.applies)(before) && !(need.holds)(settings))
        .map(|need| setting(need.helm, need.wanted, need.impact, need.else_))
        .collect();
    let namespace = before.conversion.secrets.first().map(|secret| secret.namespace.as_str());
    if let Some(namespace) = namespace
        && settings.bgp_secrets_namespace.as_deref() != Some(namespace)
    {
        found.push(setting(
            "bgpControlPlane.secretsNamespace.name",
            namespace,
            Severity::Error,
            "sessions are opened without their passwords",
        ));
    }
    found
}

fn setting(helm: &str, wanted: &str, severity: Severity, otherwise: &str) -> Diagnostic {
    let key = config_map_key(helm).unwrap_or(helm);
    let mut diagnostic = Diagnostic::error(
        codes::SETTING,
        format!("{helm} ({key} in cilium-config) has to be {wanted}: {otherwise}"),
    )
    .help(format!("set the Helm value {helm}: {wanted}; the runbook of `plan` has a step for it"));
    diagnostic.severity = severity;
    diagnostic
}

/// Cilium's own limit where nothing is said (`k8sClientRateLimit.qps`).
const DEFAULT_QPS: f64 = 10.0;

fn rate_limit(before: &Before<'_>, settings: &Settings) -> Option<Diagnostic> {
    let values = &before.conversion.helm_values.values;
    let wanted = values.iter().find(|value| value.path == ["k8sClientRateLimit", "qps"])?;
    let qps = settings.client_qps.unwrap_or(DEFAULT_QPS);
    (qps < wanted.value.parse().ok()?).then(|| {
        Diagnostic::lossy(
            codes::RATE_LIMIT,
            format!("k8sClientRateLimit.qps is {qps} and should be {}", wanted.value),
        )
        .help(wanted.reason.clone())
    })
}

fn devices(before: &Before<'_>, settings: &Settings) -> Vec<Diagnostic> {
    let advertisements = before.config.l2_advertisements.iter();
    let named = advertisements.flat_map(|ad| ad.interfaces.iter().map(move |name| (ad, name)));
    named
        .filter(|(_, name)| !settings.manages_device(name))
        .map(|(ad, name)| {
            Diagnostic::error(
                codes::DEVICE,
                format!("{name} is not among Cilium's devices ({})", settings.devices.join(", ")),
            )
            .object(ad.meta.reference("L2Advertisement"))
            .label(ad.origin.span("spec.interfaces"), "answered on by MetalLB")
            .help(format!("add {name} to the Helm value devices"))
        })
        .collect()
}

/// The version of the agent's image.
fn running(objects: &[Object]) -> Option<(&Object, String)> {
    let agent =
        objects.iter().find(|object| object.kind == "DaemonSet" && object.meta.name == "cilium")?;
    let containers = match &agent.node.nearest("spec.template.spec.containers").value {
        Value::Seq(containers) => containers,
        _ => return None,
    };
    let image = containers
        .iter()
        .find(|one| one.get("name").is_some_and(|name| name.as_str() == Some("cilium-agent")))?
        .get("image")?
        .as_str()?;
    let name = image.split_once('@').map_or(image, |(name, _)| name);
    let (_, tag) = name.rsplit_once(':')?;
    Some((agent, tag.trim_start_matches('v').to_owned()))
}

fn version(before: &Before<'_>) -> Option<Diagnostic> {
    let (agent, tag) = running(before.objects)?;
    let number = tag.split('-').next().unwrap_or_default();
    let message = match number.parse::<CiliumVersion>() {
        Ok(version) if version.minor() == before.version.minor() => return None,
        Ok(version) => format!("Cilium {version} runs, and {} is planned for", before.version),
        Err(_) => format!("Cilium {tag} runs, which is no supported version"),
    };
    Some(
        Diagnostic::lossy(codes::OTHER_VERSION, message)
            .object(agent.reference())
            .label(Some(agent.node.nearest("spec.template.spec.containers").span), "runs now")
            .help("--cilium-version names the version that will run on the day"),
    )
}

/// The version whose faults count: the one that runs where that is of the planned
/// minor version, with its patch.
pub(super) fn effective_version(before: &Before<'_>) -> CiliumVersion {
    running(before.objects)
        .and_then(|(_, tag)| tag.split('-').next()?.parse::<CiliumVersion>().ok())
        .filter(|version| version.minor() == before.version.minor())
        .unwrap_or(before.version)
}
