//! Pools whose addresses are not known.

use crate::diagnostic::Diagnostic;
use crate::manifest;
use crate::metallb::{Addresses, Config};

/// Why this configuration cannot be simulated: addresses behind placeholders. A
/// conversion carries them over, but nothing can be allocated from them.
pub fn unfilled_addresses(config: &Config) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for pool in &config.pools {
        for (index, entry) in pool.addresses.iter().enumerate() {
            if !matches!(entry.holds, Addresses::UnfilledCidr(_) | Addresses::UnfilledRange(..)) {
                continue;
            }
            let message = format!("the addresses `{}` are not known", entry.text);
            found.push(
                Diagnostic::error(manifest::codes::UNFILLED, message)
                    .object(pool.meta.reference("IPAddressPool"))
                    .label(pool.origin.span(&format!("spec.addresses[{index}]")), "not filled in")
                    .help("fill the placeholder in with --set NAME=VALUE or --env-file FILE"),
            );
        }
    }
    found
}
