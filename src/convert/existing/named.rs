//! Objects that matter by their name only: policies, advertisements, PeerConfigs and
//! Secrets.

use super::{adopted, codes, names, renamed};
use crate::cilium::{
    BgpAdvertisementSpec, BgpPeerConfigSpec, CiliumConfig, L2AnnouncementPolicySpec,
};
use crate::convert::ANNOUNCER_LABEL;
use crate::convert::names::Names;
use crate::convert::objects::Conversion;
use crate::convert::{Context, PEER_LABEL_PREFIX};
use crate::diagnostic::Diagnostic;
use crate::manifest::Resource;

/// A policy of the same spec is used; one of the same name and another spec stays.
pub(super) fn l2_policies(
    context: &mut Context<'_>,
    existing: &CiliumConfig,
    conversion: &mut Conversion,
) {
    for index in 0..conversion.l2_policies.len() {
        let Some(new) = conversion.l2_policies.get(index) else { continue };
        let spec = &new.resource.spec;
        let wanted = new.name().to_owned();
        let same_name = existing.l2_policies.iter().find(|there| there.meta.name == wanted);
        if same_name.is_some_and(|there| ungated(&there.spec) == *spec) {
            continue;
        }
        let taken = |name: &str| conversion.l2_policies.iter().any(|other| other.name() == name);
        let same = existing
            .l2_policies
            .iter()
            .find(|there| there.spec == *spec && !taken(&there.meta.name));
        let name = match (same, same_name) {
            (Some(there), _) => {
                adopted(context, there, &format!("L2 policy {wanted}"));
                there.meta.name.clone()
            }
            (None, Some(there)) => {
                let name = names(&existing.l2_policies, &conversion.l2_policies).claim(&wanted);
                renamed(context, there, &name);
                name
            }
            (None, None) => continue,
        };
        if let Some(new) = conversion.l2_policies.get_mut(index) {
            if let Some(there) = same {
                new.resource.meta = there.meta.clone();
                new.resource.meta.annotations.remove(super::LAST_APPLIED);
            }
            new.resource.meta.name = name;
        }
    }
}

/// A policy without what a cut-over adds to it while it lasts.
fn ungated(spec: &L2AnnouncementPolicySpec) -> L2AnnouncementPolicySpec {
    let mut spec = spec.clone();
    if let Some(selector) = &mut spec.service_selector {
        selector.match_labels.remove(ANNOUNCER_LABEL);
        if *selector == crate::selector::LabelSelector::default() {
            spec.service_selector = None;
        }
    }
    spec
}

/// Whether a PeerConfig stems from a conversion: only those pick by such labels.
pub(super) fn is_converted(spec: &BgpPeerConfigSpec) -> bool {
    spec.families
        .iter()
        .filter_map(|family| family.advertisements.as_ref())
        .any(|selector| selector.match_labels.keys().any(|key| key.starts_with(PEER_LABEL_PREFIX)))
}

/// A PeerConfig that others wrote keeps its name, and the peers are told of the new one.
pub(super) fn peer_configs(
    context: &mut Context<'_>,
    existing: &CiliumConfig,
    conversion: &mut Conversion,
) {
    for index in 0..conversion.peer_configs.len() {
        let Some(new) = conversion.peer_configs.get(index) else { continue };
        let wanted = new.name().to_owned();
        let foreign = existing.peer_configs.iter().find(|there| {
            there.meta.name == wanted
                && there.spec != new.resource.spec
                && !is_converted(&there.spec)
        });
        let Some(there) = foreign else { continue };
        // One of the same spec is from an earlier conversion, even without such labels.
        let spec = &new.resource.spec;
        let is_others = |there: &&Resource<_>| !is_converted(&there.spec) && there.spec != *spec;
        let others = existing.peer_configs.iter().filter(is_others);
        let name = names(others, &conversion.peer_configs).claim(&wanted);
        renamed(context, there, &name);
        let instances = conversion
            .cluster_configs
            .iter_mut()
            .flat_map(|one| &mut one.resource.spec.bgp_instances);
        for reference in instances
            .flat_map(|instance| &mut instance.peers)
            .filter_map(|peer| peer.peer_config_ref.as_mut())
            .filter(|reference| reference.name == wanted)
        {
            reference.name.clone_from(&name);
        }
        if let Some(new) = conversion.peer_configs.get_mut(index) {
            new.resource.meta.name = name;
        }
    }
}

/// An advertisement that others wrote keeps its name; one that goes to others' peers,
/// too, is named.
pub(super) fn advertisements(
    context: &mut Context<'_>,
    existing: &CiliumConfig,
    conversion: &mut Conversion,
) {
    let is_converted = |there: &Resource<BgpAdvertisementSpec>| {
        there.meta.labels.keys().any(|key| key.starts_with(PEER_LABEL_PREFIX))
    };
    for index in 0..conversion.advertisements.len() {
        let Some(new) = conversion.advertisements.get(index) else { continue };
        let wanted = new.name().to_owned();
        for config in &existing.peer_configs {
            let written = conversion.peer_configs.iter().any(|one| one.name() == config.meta.name);
            let families = config.spec.families.iter().enumerate();
            let taken = families
                .filter_map(|(at, family)| Some((at, family.advertisements.as_ref()?)))
                .find(|(_, selector)| selector.matches(&new.resource.meta.labels));
            if let Some((at, _)) = taken.filter(|_| !written) {
                context.found.push(taken_by_others(config, at, &wanted));
            }
        }
        let foreign = existing.advertisements.iter().find(|there| {
            there.meta.name == wanted && there.spec != new.resource.spec && !is_converted(there)
        });
        let Some(there) = foreign else { continue };
        let others = existing.advertisements.iter().filter(|there| !is_converted(there));
        let name = names(others, &conversion.advertisements).claim(&wanted);
        renamed(context, there, &name);
        if let Some(new) = conversion.advertisements.get_mut(index) {
            new.resource.meta.name = name;
        }
    }
}

fn taken_by_others(config: &Resource<BgpPeerConfigSpec>, family: usize, name: &str) -> Diagnostic {
    let reference = config.meta.reference("CiliumBGPPeerConfig");
    Diagnostic::lossy(
        codes::EXISTING_PEER_TAKES,
        format!(
            "{reference} is there already and selects advertisement {name}, too: its peers would \
             get MetalLB's routes"
        ),
    )
    .object(reference)
    .label(
        config.origin.span(&format!("spec.families[{family}].advertisements")),
        "selects the converted one",
    )
    .help("let it select its own advertisements by a label")
}

/// A Secret that other peers use, with another password, keeps its name.
pub(super) fn secrets(
    context: &mut Context<'_>,
    existing: &CiliumConfig,
    conversion: &mut Conversion,
) {
    for index in 0..conversion.secrets.len() {
        let Some(new) = conversion.secrets.get(index) else { continue };
        let (namespace, wanted) = (new.namespace.clone(), new.name.clone());
        let key = (namespace.clone(), wanted.clone());
        let there = context.cluster.secrets.get(&key).and_then(|secret| secret.text("password"));
        let differs = there.is_some_and(|password| *password != new.password);
        let user = existing.peer_configs.iter().find(|config| {
            !is_converted(&config.spec)
                && config.spec.auth_secret_ref.as_deref() == Some(wanted.as_str())
        });
        let Some(user) = user.filter(|_| differs) else { continue };
        // One of the same password may be from an earlier conversion.
        let taken = context.cluster.secrets.iter().filter(|((home, _), secret)| {
            *home == namespace && secret.text("password") != Some(&new.password)
        });
        let taken = taken.map(|((_, name), _)| name.as_str());
        let own = conversion.secrets.iter().map(|secret| secret.name.as_str());
        let name = Names::taken(taken.chain(own)).claim(&wanted);
        let reference = user.meta.reference("CiliumBGPPeerConfig");
        context.found.push(
            Diagnostic::note(
                codes::EXISTING_RENAMED,
                format!(
                    "{reference} uses Secret {namespace}/{wanted} with another password: the \
                     converted one is called {name}"
                ),
            )
            .object(reference)
            .label(user.origin.span("spec.authSecretRef"), "the name is taken"),
        );
        for config in &mut conversion.peer_configs {
            let secret = &mut config.resource.spec.auth_secret_ref;
            if secret.as_deref() == Some(wanted.as_str()) {
                *secret = Some(name.clone());
            }
        }
        if let Some(new) = conversion.secrets.get_mut(index) {
            new.name = name;
        }
    }
}
