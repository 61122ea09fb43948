//! Pools with `serviceAllocation`: for which Services they are, and which of them
//! may be for the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::cluster::Cluster;
use crate::convert::NAMESPACE_KEY;
use crate::diagnostic::Diagnostic;
use crate::metallb::Pool;
use crate::selector::{LabelSelector, LabelSet, Operator, Requirement};

/// For which Services a pinned pool is, and whether they get it unasked.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    pub(super) services: LabelSet,
    pub(super) by_namespace: bool,
    pub(super) by_selector: bool,
    pub(super) automatic: bool,
    pub(super) namespaces: BTreeSet<String>,
}

/// `None` for an open pool.
pub(super) fn fit(cluster: &Cluster, pool: &Pool, found: &mut Vec<Diagnostic>) -> Option<Fit> {
    let allocation = pool.allocation.as_ref()?;
    let mut namespaces = allocation.namespaces.clone();
    super::super::pools::resolve_namespaces(cluster, pool, &mut namespaces, found);
    let by_namespace = !namespaces.is_empty();
    let by_selector = allocation.fits_every_service() || !allocation.service_selectors.is_empty();
    let mut services = LabelSet::any_of_or_everything(&allocation.service_selectors);
    if by_namespace {
        services = services.intersection(&in_namespaces(&namespaces));
    }
    let automatic = pool.auto_assign && (by_namespace || by_selector);
    Some(Fit { services, by_namespace, by_selector, automatic, namespaces })
}

pub(super) fn in_namespaces(namespaces: &BTreeSet<String>) -> LabelSet {
    LabelSet::any_of(&[LabelSelector {
        match_expressions: vec![Requirement {
            key: NAMESPACE_KEY.to_owned(),
            operator: Operator::In,
            values: namespaces.iter().cloned().collect(),
        }],
        ..LabelSelector::default()
    }])
}

/// Pinned pools whose Services may overlap, together. Pools that are for
/// different namespaces never meet.
pub(super) fn components(fits: &[Option<Fit>]) -> Vec<Vec<usize>> {
    let automatic: Vec<usize> = (0..fits.len())
        .filter(|pool| fits[*pool].as_ref().is_some_and(|fit| fit.automatic))
        .collect();
    let mut groups = Groups::new(fits.len());
    let mut by_namespace: HashMap<&str, usize> = HashMap::new();
    let mut anywhere: Option<usize> = None;
    for pool in &automatic {
        let Some(fit) = &fits[*pool] else { continue };
        if fit.by_namespace {
            for namespace in &fit.namespaces {
                let first = *by_namespace.entry(namespace).or_insert(*pool);
                groups.join(first, *pool);
            }
        } else {
            let first = *anywhere.get_or_insert(*pool);
            groups.join(first, *pool);
        }
    }
    if let Some(anywhere) = anywhere {
        // A pool for every namespace meets those pools whose labels it shares.
        for pool in &automatic {
            let meets = |other: &usize| match (&fits[*pool], &fits[*other]) {
                (Some(a), Some(b)) => !b.by_namespace && !a.services.is_disjoint(&b.services),
                _ => false,
            };
            if automatic.iter().any(meets) {
                groups.join(anywhere, *pool);
            }
        }
    }
    groups.of(&automatic)
}

/// Disjoint groups of pools.
struct Groups(Vec<usize>);

impl Groups {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }

    fn of(mut self, members: &[usize]) -> Vec<Vec<usize>> {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for member in members {
            groups.entry(self.root(*member)).or_default().push(*member);
        }
        groups.into_values().collect()
    }
}
