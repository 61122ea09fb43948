//! What a proof comes to: the value that every report is made of.

use serde::Serialize;

use super::Problem;
use super::allocation::DualStack;
use super::apart::{self, Apart};
use super::domain::{Attribute, Domain};
use super::raw::{Raw, Unproved};
use super::replay::Replayed;
use super::{Aspect, Deviating, example};
use crate::cilium::{FACTS, Feature, Grade};
use crate::cluster::Node;
use crate::convert::{POOL_LABEL, codes as convert};
use crate::diagnostic::Code;
use crate::manifest::Span;
use crate::selector::LabelSelector;
use crate::verify::deviations::DeviationKind;

/// What became of the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Both sides decide the same for every Service and Node.
    Proved,
    /// They do not: there are examples.
    Refuted,
    /// Neither was shown.
    NotProved,
}

/// Over how many classes a proof goes, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Classes {
    /// Of Services.
    pub services: String,
    /// Of Nodes.
    pub nodes: String,
}

/// A proof, or why there is none.
#[derive(Debug, Clone)]
pub struct Proof {
    /// What became of it.
    pub outcome: Outcome,
    /// What was not shown, and why.
    pub unproved: Vec<String>,
    /// Over how many classes it goes.
    pub classes: Classes,
    /// Who is left out.
    pub apart: Vec<Apart>,
    /// Statements that are only reported, on which it rests.
    pub assumed: Vec<String>,
    /// How many differences there are beyond those that are shown.
    pub more: usize,
    /// What differs for some Service.
    pub(in crate::verify) differences: Vec<ClassDifference>,
    /// What differs of the sessions of some Node, and that Node as YAML.
    pub(in crate::verify) deviating: Vec<(Deviating, String)>,
}

/// Services for which the two sides decide differently, with one of them.
#[derive(Debug, Clone)]
pub(in crate::verify) struct ClassDifference {
    pub(in crate::verify) aspect: Aspect,
    pub(in crate::verify) code: Option<&'static Code>,
    /// Whether it is of Services only whose Namespace is not at hand.
    pub(in crate::verify) to_come: bool,
    /// MetalLB's pool.
    pub(in crate::verify) pool: Option<String>,
    pub(in crate::verify) peer: Option<String>,
    pub(in crate::verify) message: String,
    pub(in crate::verify) before: String,
    pub(in crate::verify) after: String,
    pub(in crate::verify) places: Vec<(Span, &'static str)>,
    /// Of which Services it is, in words.
    pub(in crate::verify) who: String,
    /// Objects that `simulate` takes.
    pub(in crate::verify) example: String,
}

impl ClassDifference {
    pub(super) fn new(problem: &Problem<'_>, raw: Raw, replayed: Replayed) -> Self {
        let pool = raw.pool.and_then(|at| problem.config.pools.get(at));
        let name = pool.map(|pool| pool.name().to_owned());
        let of_pool = name.as_deref().map(|name| format!(" of pool {name}")).unwrap_or_default();
        let what = raw.aspect.what();
        let message = match (raw.addresses, &raw.peer) {
            _ if !raw.full.is_empty() => format!(
                "a Service {what} when its first choice{of_pool} is full (shown with a pool of one \
                 address)"
            ),
            (Some((first, 1)), _) => format!("a Service {what}{of_pool}: {first}"),
            (Some((first, count)), _) => {
                format!("a Service {what}{of_pool}: {count} addresses from {first} on")
            }
            (None, Some(peer)) => format!("a Service{of_pool} {what} to peer {peer}"),
            (None, None) => format!("a Service{of_pool} {what}"),
        };
        let mut places: Vec<(Span, &'static str)> = Vec::new();
        let own = pool.and_then(|pool| pool.origin.span("spec"));
        let own = own.filter(|_| !matches!(raw.aspect, Aspect::Answerers | Aspect::Routes));
        let own = own.map(|span| (span, "MetalLB's pool"));
        let others = raw.places.iter().filter_map(|(span, text)| Some(((*span)?, *text)));
        for place in own.into_iter().chain(others) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        Self {
            aspect: raw.aspect,
            code: raw.code,
            to_come: raw.to_come,
            pool: name,
            peer: raw.peer,
            message,
            before: replayed.before,
            after: replayed.after,
            places,
            who: replayed.who,
            example: replayed.yaml,
        }
    }
}

impl Proof {
    #[allow(clippy::too_many_arguments, reason = "everything that a proof is made of")]
    pub(super) fn new(
        problem: &Problem<'_>,
        domain: &Domain,
        dual_stack: DualStack,
        differences: Vec<ClassDifference>,
        more: usize,
        deviating: Vec<(Deviating, Option<Node>)>,
        unproved: Vec<Unproved>,
    ) -> Self {
        let outcome = if !differences.is_empty() || !deviating.is_empty() {
            Outcome::Refuted
        } else if !unproved.is_empty() {
            Outcome::NotProved
        } else {
            Outcome::Proved
        };
        let deviating = deviating.into_iter().map(|(one, node)| {
            (one, node.map(|node| example::node_yaml(&node)).unwrap_or_default())
        });
        let mut reasons: Vec<String> = unproved.into_iter().map(|reason| reason.0).collect();
        reasons.dedup();
        Self {
            outcome,
            unproved: reasons,
            classes: classes(problem, domain, dual_stack),
            apart: apart::of(problem, dual_stack),
            assumed: assumed(problem),
            more,
            differences,
            deviating: deviating.collect(),
        }
    }

    /// What was proved, in a sentence.
    pub fn sentence(&self) -> String {
        let Classes { services, nodes } = &self.classes;
        let over = format!("over {services} classes of Services and {nodes} of Nodes");
        match self.outcome {
            Outcome::Proved if self.assumed.is_empty() => {
                format!("proved equivalent for every Service and Node, {over}")
            }
            Outcome::Proved => format!(
                "proved equivalent for every Service and Node, {over}, but assumed: {}",
                self.assumed.join("; ")
            ),
            Outcome::Refuted if self.more > 0 => {
                let more = self.more;
                format!(
                    "not equivalent for every Service and Node, with {more} differences beyond those that are shown, {over}"
                )
            }
            Outcome::Refuted => format!("not equivalent for every Service and Node, {over}"),
            Outcome::NotProved => {
                format!("not proved for every Service and Node: {}", self.unproved.join("; "))
            }
        }
    }

    /// A proof that was not begun.
    pub fn not_begun(reason: &str) -> Self {
        Self {
            outcome: Outcome::NotProved,
            unproved: vec![reason.to_owned()],
            classes: Classes { services: "none".to_owned(), nodes: "none".to_owned() },
            apart: vec![],
            assumed: vec![],
            more: 0,
            differences: vec![],
            deviating: vec![],
        }
    }
}

/// An internal error: what was found is none, or the example is no example of it.
pub(super) fn not_confirmed(problem: &Problem<'_>, raw: &Raw, replayed: &Replayed) -> Unproved {
    let pool = raw.pool.and_then(|at| problem.config.pools.get(at));
    let pool = pool.map(|pool| format!(" of pool {}", pool.name())).unwrap_or_default();
    Unproved::because(format!(
        "internal error: it seems that a Service{pool} {}, but the engines do not confirm it; not \
         confirmed example:\n{}",
        raw.aspect.what(),
        replayed.yaml
    ))
}

/// What is beyond the proof from the start.
pub(super) fn out_of_reach(problem: &Problem<'_>) -> Vec<Unproved> {
    let mut reasons = Vec::new();
    let speaks = |selector: &LabelSelector| {
        selector.match_labels.contains_key(POOL_LABEL)
            || selector.match_expressions.iter().any(|one| one.key == POOL_LABEL)
    };
    let config = problem.config;
    let of_pools = config.pools.iter().filter_map(|pool| pool.allocation.as_ref());
    let selectors = of_pools
        .flat_map(|allocation| &allocation.service_selectors)
        .chain(config.l2_advertisements.iter().flat_map(|ad| &ad.service_selectors))
        .chain(config.bgp_advertisements.iter().flat_map(|ad| &ad.service_selectors));
    if selectors.into_iter().any(speaks) {
        reasons.push(Unproved::because(format!(
            "a selector of MetalLB's speaks of the label {POOL_LABEL}, which the conversion sets"
        )));
    }
    reasons
}

/// Whether it is about what is set Node by Node: that is compared on the Nodes at hand.
pub(super) fn of_nodes_to_come(problem: &Problem<'_>, one: &Deviating) -> bool {
    let by_node = match one.deviation.kind {
        DeviationKind::Parameter(row) => row.explained_by.contains(&convert::NEEDS_NODES),
        _ => false,
    };
    by_node && !problem.cilium.node_overrides.is_empty()
}

/// What is only reported of the version that the verdict rests on.
fn assumed(problem: &Problem<'_>) -> Vec<String> {
    let version = problem.cilium.version;
    let matters = |feature: Feature| match feature {
        Feature::L2NeedsLocalBackend => !problem.config.l2_advertisements.is_empty(),
        Feature::HeldBeforeNew => true,
        _ => false,
    };
    FACTS
        .iter()
        .filter(|fact| {
            fact.grade == Grade::Reported
                && fact.since.minor() == version.minor()
                && version.has(fact.feature)
                && matters(fact.feature)
        })
        .map(|fact| format!("what Cilium does from {} on is reported, not tested", fact.since))
        .collect()
}

/// How many classes there are: a class is what the selectors of both sides can tell
/// apart, of Services times the ways of asking for an address.
fn classes(problem: &Problem<'_>, domain: &Domain, dual_stack: DualStack) -> Classes {
    let (mut services, mut nodes) = (0.0_f64, 0.0_f64);
    for (attribute, size) in domain.sizes() {
        #[allow(clippy::cast_precision_loss, reason = "an order of magnitude")]
        let digits = (size as f64).log10();
        match attribute {
            Attribute::NodeLabel(_) => nodes += digits,
            _ => services += digits,
        }
    }
    // Nothing, a pool by name, an address of a pool; each for IPv4, IPv6 and both.
    #[allow(clippy::cast_precision_loss, reason = "an order of magnitude")]
    let wishes = (1 + 2 * problem.config.pools.len()) as f64;
    let families = if dual_stack == DualStack::Apart { 2.0_f64 } else { 3.0 };
    services += wishes.log10() + families.log10();
    Classes { services: number(services), nodes: number(nodes) }
}

fn number(digits: f64) -> String {
    const EXACT: f64 = 9.0;
    if digits < EXACT {
        format!("{:.0}", 10_f64.powf(digits))
    } else {
        format!("about 10^{digits:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_a_milliard_the_number_of_classes_is_said_exactly() {
        assert_eq!([6_f64.log10(), 9.0, 12.4].map(number), ["6", "about 10^9", "about 10^12"]);
    }
}
