//! Which Services each pool lets in: the hardest question of the conversion.
//!
//! MetalLB chooses a pool by priority, by pinning and by what a Service asks
//! for; a Cilium pool knows one label selector and nothing else. For each pool
//! this module works out the Services that MetalLB would serve from it without
//! being asked (its natural Services), and writes one selector that lets in just
//! those, and the Services that carry the pool's label. Where one selector
//! cannot say it, only the label does.

mod fall_backs;
mod pinning;
mod work;

use std::collections::{BTreeMap, BTreeSet};

use super::names::pool_label;
use super::{Context, NAME_KEY, NAMESPACE_KEY, POOL_LABEL};
use crate::cluster::Service;
use crate::selector::{LabelSelector, LabelSet, Operator, Requirement};
use work::Work;

/// Pools up to which each one's selector names all the others: beyond, the
/// lists would grow with the square of their number.
const MAX_NAMED_POOLS: usize = 256;

/// Which Services each pool lets in, in the order of `config.pools`.
#[derive(Debug, Default)]
pub(super) struct Assignment {
    shares: Vec<Share>,
    names: Vec<String>,
    /// The Services that MetalLB serves from each pool where they ask for it.
    compatible: Vec<LabelSet>,
}

/// One pool's Services.
#[derive(Debug, Clone)]
struct Share {
    /// Those that MetalLB serves from it without being asked.
    natural: LabelSet,
    /// Whether only the label lets a Service in.
    by_label: bool,
    /// What is written; `None` lets every Service in.
    selector: Option<LabelSelector>,
}

/// Services as a selector may speak of them.
#[derive(Debug, Clone)]
pub(super) enum Services {
    /// Every Service that has an address at all.
    Every,
    /// Just these.
    Of(LabelSet),
}

impl Assignment {
    /// The pool's `serviceSelector`.
    pub(super) fn selector(&self, pool: usize) -> Option<&LabelSelector> {
        self.shares[pool].selector.as_ref()
    }

    /// Whether only the label lets a Service into the pool.
    pub(super) fn is_by_label(&self, pool: usize) -> bool {
        self.shares[pool].by_label
    }

    /// The Services that MetalLB would serve from the pool without being asked.
    pub(super) fn natural(&self, pool: usize) -> &LabelSet {
        &self.shares[pool].natural
    }

    /// Whether the pool lets in every Service that MetalLB serves from it where it asks
    /// for it, with its label or, where its label lets nobody in, without.
    pub(super) fn takes_whoever_asks(&self, pool: usize) -> bool {
        self.is_by_label(pool) || self.compatible[pool].is_subset(&self.shares[pool].natural)
    }

    /// Whether Services with the pool's label may get in: among very many pools only
    /// those without any pool's label do, unless the pool goes by label.
    pub(super) fn heeds_label(&self, pool: usize) -> bool {
        self.is_by_label(pool) || are_named(&self.names)
    }

    /// The Services that MetalLB serves from the pool where they ask for it.
    pub(super) fn compatible(&self, pool: usize) -> &LabelSet {
        &self.compatible[pool]
    }

    /// Whether the pool lets a Service with these labels in.
    pub(super) fn admits(&self, pool: usize, labels: &BTreeMap<String, String>) -> bool {
        self.selector(pool).is_none_or(|selector| selector.matches(labels))
    }

    /// Whether MetalLB would serve a Service with these labels from the pool
    /// without being asked.
    pub(super) fn is_natural(&self, pool: usize, labels: &BTreeMap<String, String>) -> bool {
        self.shares[pool].natural.contains(labels)
    }

    /// The Services that have an address of these pools.
    pub(super) fn services_of(&self, pools: &BTreeSet<usize>) -> Services {
        if pools.len() == self.shares.len() {
            return Services::Every;
        }
        let natural = pools.iter().filter(|pool| !self.is_by_label(**pool));
        let natural = natural.fold(LabelSet::nothing(), |set, pool| {
            if self.shares[*pool].natural.is_subset(&set) {
                set
            } else {
                set.union(&self.shares[*pool].natural)
            }
        });
        let unlabelled = if are_named(&self.names) {
            let others = (0..self.shares.len()).filter(|pool| !pools.contains(pool));
            requirement(Operator::NotIn, others.map(|pool| self.names[pool].clone()).collect())
        } else {
            requirement(Operator::DoesNotExist, vec![])
        };
        let labelled: Vec<String> = pools
            .iter()
            .filter(|pool| self.is_by_label(**pool))
            .map(|pool| self.names[*pool].clone())
            .collect();
        let mut services = natural.intersection(&unlabelled);
        if !labelled.is_empty() {
            services = services.union(&requirement(Operator::In, labelled));
        }
        Services::Of(services)
    }
}

/// The labels that Cilium's selectors see on a Service.
pub(super) fn visible_labels(service: &Service, pool: Option<&str>) -> BTreeMap<String, String> {
    let mut labels = service.labels.clone();
    labels.insert(NAMESPACE_KEY.to_owned(), service.key.namespace.clone());
    labels.insert(NAME_KEY.to_owned(), service.key.name.clone());
    if let Some(pool) = pool {
        labels.insert(POOL_LABEL.to_owned(), pool_label(pool));
    }
    labels
}

/// Whether each pool's selector names all the others.
fn are_named(pools: &[String]) -> bool {
    pools.len() <= MAX_NAMED_POOLS
}

fn requirement(operator: Operator, values: Vec<String>) -> LabelSet {
    if operator == Operator::NotIn && values.is_empty() {
        return LabelSet::everything();
    }
    let requirement = Requirement { key: POOL_LABEL.to_owned(), operator, values };
    LabelSet::any_of(&[LabelSelector {
        match_expressions: vec![requirement],
        ..LabelSelector::default()
    }])
}

/// Works out every pool's Services, and says what cannot be the same.
pub(super) fn assign(context: &mut Context<'_>) -> Assignment {
    let mut work = Work::new(context);
    work.pinned();
    work.open();
    work.finish()
}
