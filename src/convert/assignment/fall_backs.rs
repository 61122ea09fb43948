//! What MetalLB would try next when a pool is full.

use super::Share;
use super::pinning::Fit;
use super::work::Work;
use crate::convert::codes;
use crate::diagnostic::Diagnostic;

impl Work<'_, '_> {
    /// What MetalLB would try next when a pool is full, and Cilium does not.
    pub(super) fn fall_backs(&mut self, shares: &[Share]) {
        let open = (0..self.fits.len())
            .find(|pool| self.fits[*pool].is_none() && self.pools()[*pool].auto_assign);
        for (index, fit) in self.fits.iter().enumerate() {
            let Some(fit) = fit.as_ref().filter(|fit| fit.automatic) else { continue };
            if shares[index].natural.is_empty() {
                continue;
            }
            let next = self.next_pinned(index, fit, shares).or(open);
            let Some(next) = next else { continue };
            let (pool, next) = (&self.pools()[index], &self.pools()[next]);
            let diagnostic = Diagnostic::lossy(
                codes::FALL_BACK,
                format!(
                    "when pool {} is full or lacks a family, MetalLB goes on to pool {}; with \
                     Cilium the Service stays without an address",
                    pool.name(),
                    next.name()
                ),
            )
            .object(pool.meta.reference("IPAddressPool"))
            .label(
                pool.origin.span("spec.serviceAllocation"),
                format!("{} is tried first", pool.name()),
            )
            .label(next.origin.span("metadata.name"), format!("{} is tried next", next.name()))
            .help("give the pool enough addresses for all its Services");
            self.context.found.push(diagnostic);
        }
    }

    /// A pinned pool that fits some natural Service of this one, and is not
    /// taken with equal right.
    fn next_pinned(&self, index: usize, fit: &Fit, shares: &[Share]) -> Option<usize> {
        let natural = &shares[index].natural;
        (0..self.fits.len()).find(|other| {
            let Some(next) = self.fits[*other].as_ref().filter(|next| next.automatic) else {
                return false;
            };
            let may_meet = !fit.by_namespace
                || !next.by_namespace
                || !fit.namespaces.is_disjoint(&next.namespaces);
            may_meet
                && !next.services.is_disjoint(natural)
                && shares[*other].natural.is_disjoint(natural)
        })
    }
}
