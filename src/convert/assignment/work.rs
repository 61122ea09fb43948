//! The steps of the assignment: the Services that are naturally each pool's, then the
//! selectors that let in just those.

use std::collections::{BTreeMap, BTreeSet};

use super::pinning::{self, Fit, fit, in_namespaces};
use super::{Assignment, Share, are_named, requirement, visible_labels};
use crate::cluster::Service;
use crate::convert::first_choice::{self, Candidate};
use crate::convert::names::pool_label;
use crate::convert::words::pools_named;
use crate::convert::{Context, NO_POOL, POOL_LABEL, announcements, codes, services};
use crate::diagnostic::Diagnostic;
use crate::ip::Family;
use crate::metallb::Pool;
use crate::selector::{LabelSelector, LabelSet, Operator, partition};

/// What a pool needs that lets Services in by its label only.
const BY_LABEL_ONLY: &str = "--emit services sets the label on the Services at hand; those to come \
                             need it, too: --emit admission-policy sees to it";
/// Regions into which pools that fit the same Services may be divided.
const MAX_REGIONS: usize = 256;

/// What is worked out, pool by pool.
pub(super) struct Work<'w, 'a> {
    pub(super) context: &'w mut Context<'a>,
    pub(super) fits: Vec<Option<Fit>>,
    natural: Vec<LabelSet>,
    by_label: Vec<bool>,
    signatures: Vec<announcements::Signature>,
}

impl<'w, 'a> Work<'w, 'a> {
    pub(super) fn new(context: &'w mut Context<'a>) -> Self {
        let pools = &context.config.pools;
        Self {
            natural: vec![LabelSet::nothing(); pools.len()],
            by_label: vec![false; pools.len()],
            fits: pools.iter().map(|pool| fit(context.cluster, pool, &mut context.found)).collect(),
            signatures: announcements::signatures(context.config),
            context,
        }
    }

    pub(super) fn pools(&self) -> &'_ [Pool] {
        &self.context.config.pools
    }

    /// The families of which a pool holds addresses.
    fn families(&self, pool: usize) -> BTreeSet<Family> {
        self.pools()[pool].ranges().map(|range| range.family()).collect()
    }

    /// The natural Services of pools with `serviceAllocation`.
    pub(super) fn pinned(&mut self) {
        for component in pinning::components(&self.fits) {
            if let [only] = component[..] {
                if let Some(fit) = &self.fits[only] {
                    self.natural[only] = fit.services.clone();
                }
                continue;
            }
            let sets: Vec<LabelSet> = component
                .iter()
                .filter_map(|pool| self.fits[*pool].as_ref().map(|fit| fit.services.clone()))
                .collect();
            match partition(&LabelSet::everything(), &sets, MAX_REGIONS) {
                Ok(regions) => {
                    for region in regions.iter().filter(|region| !region.members.is_empty()) {
                        let members: Vec<usize> =
                            region.members.iter().map(|member| component[*member]).collect();
                        self.region(&members, &region.cubes);
                    }
                }
                Err(_) => self.only_by_label(
                    &component,
                    codes::NOT_TOLD_APART,
                    "are pinned in more ways than can be told apart by selectors",
                ),
            }
        }
    }

    /// One set of Services that the same pinned pools fit.
    fn region(&mut self, members: &[usize], services: &LabelSet) {
        let mut firsts: BTreeMap<Family, BTreeSet<usize>> = BTreeMap::new();
        for family in [Family::V4, Family::V6] {
            let candidates: Vec<Candidate<'_>> = members
                .iter()
                .filter(|pool| self.families(**pool).contains(&family))
                .filter_map(|pool| {
                    let fit = self.fits[*pool].as_ref()?;
                    Some(Candidate {
                        index: *pool,
                        pool: &self.pools()[*pool],
                        by_namespace: fit.by_namespace,
                        by_selector: fit.by_selector,
                    })
                })
                .collect();
            match first_choice::first(&candidates) {
                Some(first) => firsts.insert(family, first),
                None => {
                    self.only_by_label(
                        members,
                        codes::NOT_TOLD_APART,
                        "fit the same Services, and are too many to say which one goes first",
                    );
                    return;
                }
            };
        }
        let mut chosen = Vec::new();
        for pool in members {
            let families = self.families(*pool);
            let is_first =
                |family: &Family| firsts.get(family).is_some_and(|first| first.contains(pool));
            if !families.is_empty() && families.iter().all(is_first) {
                chosen.push(*pool);
                self.natural[*pool] = self.natural[*pool].union(services);
            }
        }
        // Alternatives that are advertised differently can only be told apart by label.
        if chosen.iter().any(|pool| self.signatures[*pool] != self.signatures[chosen[0]]) {
            self.only_by_label(
                &chosen,
                codes::ADVERTISED_DIFFERENTLY,
                "fit the same Services with equal right, and are advertised differently",
            );
        }
    }

    /// The natural Services of pools without `serviceAllocation`: all that no
    /// pinned pool takes.
    pub(super) fn open(&mut self) {
        let open: Vec<usize> = (0..self.fits.len())
            .filter(|pool| self.fits[*pool].is_none() && self.pools()[*pool].auto_assign)
            .collect();
        let mut by_families: BTreeMap<BTreeSet<Family>, LabelSet> = BTreeMap::new();
        for pool in &open {
            let families = self.families(*pool);
            let natural = match by_families.get(&families) {
                Some(natural) => natural.clone(),
                None => {
                    let natural = self.not_pinned(&families);
                    by_families.insert(families, natural.clone());
                    natural
                }
            };
            self.natural[*pool] = natural;
        }
        let differ = open.iter().any(|pool| self.signatures[*pool] != self.signatures[open[0]]);
        if differ {
            self.open_advertised_differently(&open);
        }
    }

    /// The Services that no pinned pool of one of these families takes.
    fn not_pinned(&self, families: &BTreeSet<Family>) -> LabelSet {
        let mut namespaces = BTreeSet::new();
        let mut pinned = LabelSet::nothing();
        for (pool, fit) in self.fits.iter().enumerate() {
            let Some(fit) = fit.as_ref().filter(|fit| fit.automatic) else { continue };
            if self.families(pool).is_disjoint(families) {
                continue;
            }
            if fit.by_namespace && !fit.by_selector {
                namespaces.extend(fit.namespaces.iter().cloned());
            } else {
                pinned = pinned.union(&fit.services);
            }
        }
        if !namespaces.is_empty() {
            pinned = pinned.union(&in_namespaces(&namespaces));
        }
        pinned.complement()
    }

    fn open_advertised_differently(&mut self, open: &[usize]) {
        let default = self.context.options.default_pool.clone();
        let apart: Vec<usize> = open
            .iter()
            .copied()
            .filter(|pool| Some(self.pools()[*pool].name()) != default.as_deref())
            .collect();
        for pool in &apart {
            self.by_label[*pool] = true;
        }
        let are = if apart.len() == 1 { "is" } else { "are" };
        let names = pools_named(apart.iter().map(|pool| self.pools()[*pool].name()));
        let (message, help) = match &default {
            Some(default) => (
                format!(
                    "{names} {are} advertised otherwise than pool {default}: without the \
                     label {POOL_LABEL} a Service gets an address of {default} only"
                ),
                "MetalLB takes any of them, at random: set the label on Services that need another"
                    .to_owned(),
            ),
            None => (
                format!(
                    "{names} are open to every Service and advertised differently: a \
                     Service without the label {POOL_LABEL} gets no address"
                ),
                format!(
                    "set the label on every Service (--emit services), or name the pool for \
                     Services without it: --default-pool {}",
                    self.pools()[open[0]].name()
                ),
            ),
        };
        let mut diagnostic = Diagnostic::lossy(codes::ADVERTISED_DIFFERENTLY, message).help(help);
        for pool in open {
            let pool = &self.pools()[*pool];
            diagnostic =
                diagnostic.label(pool.origin.span("metadata.name"), "open to every Service");
        }
        self.context.found.push(diagnostic);
    }

    fn only_by_label(
        &mut self,
        pools: &[usize],
        code: &'static crate::diagnostic::Code,
        why: &str,
    ) {
        let fresh: Vec<usize> =
            pools.iter().copied().filter(|pool| !self.by_label[*pool]).collect();
        if fresh.is_empty() {
            return;
        }
        let names = pools_named(fresh.iter().map(|pool| self.pools()[*pool].name()));
        let mut diagnostic = Diagnostic::lossy(
            code,
            format!("{names} {why}: a Service needs the label {POOL_LABEL} to get an address"),
        )
        .help(BY_LABEL_ONLY);
        for pool in &fresh {
            self.by_label[*pool] = true;
            diagnostic =
                diagnostic.label(self.pools()[*pool].origin.span("metadata.name"), "by label only");
        }
        self.context.found.push(diagnostic);
    }

    /// Writes the selectors, then looks whether every Service at hand gets into
    /// the pool that serves it; a pool where one does not goes by label.
    pub(super) fn finish(mut self) -> Assignment {
        let names: Vec<String> = self.pools().iter().map(|pool| pool_label(pool.name())).collect();
        let mut shares: Vec<Share> =
            (0..names.len()).map(|pool| self.share(pool, &names)).collect();
        let targets = services::targets(self.context);
        for (service, target) in targets {
            let pool = target.pool;
            let selector = shares[pool].selector.clone();
            let admits = |label: Option<&str>| {
                let labels = visible_labels(service, label);
                selector.as_ref().is_none_or(|selector| selector.matches(&labels))
            };
            let (unlabelled, labelled) = (admits(None), admits(Some(&names[pool])));
            // Without a label it could get an address of another pool that lets it in.
            let elsewhere = || {
                let labels = visible_labels(service, None);
                let others = shares.iter().enumerate().filter(|(other, _)| *other != pool);
                let mut selectors = others.map(|(_, share)| share.selector.as_ref());
                target.names_pool
                    && target.addresses.is_empty()
                    && selectors.any(|one| one.is_none_or(|selector| selector.matches(&labels)))
            };
            let name = self.pools()[pool].name();
            let why = match (unlabelled, labelled) {
                (false, false) => format!(
                    "has its address from pool {name}, though another pool is for such Services"
                ),
                (true, false) if elsewhere() => {
                    format!("asks for pool {name}, and another pool lets it in, too")
                }
                _ => continue,
            };
            self.only_by_label_for(pool, service, &why);
            shares[pool] = self.share(pool, &names);
        }
        self.fall_backs(&shares);
        let compatible = self.fits.into_iter();
        let compatible =
            compatible.map(|fit| fit.map_or_else(LabelSet::everything, |fit| fit.services));
        Assignment { shares, names, compatible: compatible.collect() }
    }

    fn only_by_label_for(&mut self, pool: usize, service: &Service, why: &str) {
        self.by_label[pool] = true;
        let pool = &self.context.config.pools[pool];
        self.context.found.push(
            Diagnostic::lossy(
                codes::NOT_TOLD_APART,
                format!(
                    "Service {} {why}: pool {} lets in only Services with the label {POOL_LABEL}",
                    service.key,
                    pool.name()
                ),
            )
            .label(service.origin.span("metadata.name"), "served from this pool")
            .label(pool.origin.span("metadata.name"), "by label only")
            .help(BY_LABEL_ONLY),
        );
    }

    fn share(&mut self, pool: usize, names: &[String]) -> Share {
        let natural = self.natural[pool].clone();
        if !self.by_label[pool] && !natural.is_empty() {
            let unlabelled = if are_named(names) {
                let others = names.iter().filter(|name| **name != names[pool]).cloned();
                let none = self.context.options.keep_pending.then(|| NO_POOL.to_owned());
                requirement(Operator::NotIn, others.chain(none).collect())
            } else {
                requirement(Operator::DoesNotExist, vec![])
            };
            let mut selectors = natural.intersection(&unlabelled).to_selectors();
            if selectors.len() == 1 {
                let selector = selectors.pop().filter(|s| *s != LabelSelector::default());
                return Share { natural, by_label: false, selector };
            }
            self.only_by_label(
                &[pool],
                codes::NOT_TOLD_APART,
                "takes Services that one selector cannot tell from the others",
            );
        }
        self.by_label[pool] = true;
        let selector = LabelSelector {
            match_labels: [(POOL_LABEL.to_owned(), names[pool].clone())].into(),
            ..LabelSelector::default()
        };
        Share { natural, by_label: true, selector: Some(selector) }
    }
}
