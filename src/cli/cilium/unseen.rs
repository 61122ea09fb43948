//! What given resources name and nothing that was read holds.

use std::collections::BTreeSet;

use crate::cilium::CiliumConfig;

/// What is taken for granted of the Secrets that given peers name, where nothing read
/// holds them: Cilium opens the session without a password if there is none.
pub(super) fn secrets(
    config: &CiliumConfig,
    known: impl Fn(&(String, String)) -> bool,
) -> Option<String> {
    let namespace = config.settings.bgp_secrets_namespace.as_ref()?;
    let named = config.peer_configs.iter().filter_map(|one| one.spec.auth_secret_ref.as_ref());
    let unseen: BTreeSet<(String, String)> = named
        .map(|name| (namespace.clone(), name.clone()))
        .filter(|secret| !known(secret))
        .collect();
    let (secrets, are, have) = match unseen.len() {
        0 => return None,
        1 => ("Secret", "is", "has"),
        _ => ("Secrets", "are", "have"),
    };
    let names: Vec<String> =
        unseen.iter().map(|(namespace, name)| format!("{namespace}/{name}")).collect();
    Some(format!(
        "{secrets} {} {are} there and {have} MetalLB's password, though not in what was read: \
         without a Secret Cilium opens the session without a password",
        names.join(", "),
    ))
}
