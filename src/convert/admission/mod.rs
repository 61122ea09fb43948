//! A MutatingAdmissionPolicy that does for Services to come what `--emit services`
//! does for those at hand: it sets Cilium's annotations and the pool's label by what a
//! Service asks of MetalLB.

mod cel;
mod rules;
#[cfg(test)]
mod tests;
mod version;

use serde_json::{Value, json};

use super::assignment::Assignment;
use super::names::pool_label;
use super::words::list;
use super::{Context, Document, NO_POOL, codes};
use crate::diagnostic::Diagnostic;
use crate::ip::Family;
use crate::metallb::Pool;
use crate::selector::{LabelSelector, LabelSet};

pub use version::{KubernetesVersion, NoVersion, Served};

/// The name of the policy and of its binding.
const NAME: &str = "metallb2cilium";

/// The API server parses expressions of up to 100 000 characters.
const MAX_EXPRESSION: usize = 90_000;

/// A policy and its binding, ready to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct AdmissionPolicy {
    api_version: &'static str,
    variables: Vec<Variable>,
    conditions: Vec<Variable>,
    mutations: Vec<Value>,
}

/// A name and the expression behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    name: &'static str,
    expression: String,
}

/// What the policy's expressions are made of.
#[derive(Debug)]
struct Facts {
    /// Every pool by its name, with the value of its label; an empty one where the label
    /// would let nobody in.
    names: Vec<(String, String)>,
    /// Pools that let in nobody without their label.
    by_label: Vec<Labelled>,
    lb_class: Option<String>,
    /// The family of a Service that names none.
    usual: Family,
}

/// A pool that lets in nobody without its label.
#[derive(Debug)]
struct Labelled {
    label: String,
    cidrs: Vec<String>,
    /// The Services that MetalLB serves from it where they ask for it; `None` for all.
    compatible: Option<Vec<LabelSelector>>,
    /// The Services that MetalLB would serve from it without being asked, by what they
    /// need of a pool, where it has that.
    natural: Vec<(Need, Vec<LabelSelector>)>,
}

/// The families that a Service needs a pool to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Both,
    Of(Family),
}

impl Need {
    const ALL: [Self; 3] = [Self::Both, Self::Of(Family::V4), Self::Of(Family::V6)];

    fn is_met_by(self, pool: &Pool) -> bool {
        let has = |family| pool.ranges().any(|range| range.family() == family);
        match self {
            Self::Both => has(Family::V4) && has(Family::V6),
            Self::Of(family) => has(family),
        }
    }
}

/// Works the policy out; nothing where the API server has none, which is said.
pub(super) fn policy(
    context: &mut Context<'_>,
    assignment: &Assignment,
    version: KubernetesVersion,
) -> Option<AdmissionPolicy> {
    let Some(served) = version.served() else {
        context.found.push(not_served(version));
        return None;
    };
    if !served.by_default {
        context.found.push(not_by_default(version, served));
    }
    say_unreached(context, assignment);
    say_not_alone(context, assignment);
    let facts = facts(context, assignment);
    let policy = AdmissionPolicy {
        api_version: served.api_version,
        variables: rules::variables(&facts),
        conditions: rules::conditions(&facts),
        mutations: rules::mutations(&facts),
    };
    let longest = policy.variables.iter().map(|one| one.expression.chars().count()).max();
    if longest > Some(MAX_EXPRESSION) {
        context.found.push(too_large());
        return None;
    }
    Some(policy)
}

fn facts(context: &Context<'_>, assignment: &Assignment) -> Facts {
    let pools = &context.config.pools;
    // Others get an address without any label.
    let taken = Need::ALL.map(|need| {
        let unlabelled = pools.iter().enumerate();
        let unlabelled =
            unlabelled.filter(|(at, pool)| !assignment.is_by_label(*at) && need.is_met_by(pool));
        let naturals = unlabelled.map(|(at, _)| assignment.natural(at));
        (need, naturals.fold(LabelSet::nothing(), |set, natural| set.union(natural)))
    });
    let by_label = pools.iter().enumerate().filter(|(at, _)| assignment.is_by_label(*at));
    Facts {
        names: pools
            .iter()
            .enumerate()
            .map(|(at, pool)| {
                let label = assignment.heeds_label(at).then(|| pool_label(pool.name()));
                (pool.name().to_owned(), label.unwrap_or_default())
            })
            .collect(),
        by_label: by_label
            .map(|(at, pool)| Labelled {
                label: pool_label(pool.name()),
                cidrs: pool
                    .ranges()
                    .flat_map(|range| range.cidrs())
                    .map(|cidr| cidr.to_string())
                    .collect(),
                compatible: Some(assignment.compatible(at))
                    .filter(|services| !services.is_everything())
                    .map(LabelSet::to_selectors),
                natural: taken
                    .iter()
                    .filter(|(need, _)| need.is_met_by(pool))
                    .map(|(need, taken)| {
                        (*need, assignment.natural(at).difference(taken).to_selectors())
                    })
                    .collect(),
            })
            .collect(),
        lb_class: context.options.lb_class.clone(),
        usual: context.cluster.usual_family(),
    }
}

/// A pool whose selector has no place for Services that ask for it: they are served
/// from it by MetalLB, and by Cilium only where they were at hand.
fn say_unreached(context: &mut Context<'_>, assignment: &Assignment) {
    let pools = &context.config.pools;
    let unreached: Vec<&str> = (0..pools.len())
        .filter(|pool| !assignment.takes_whoever_asks(*pool))
        .map(|pool| pools[pool].name())
        .collect();
    if unreached.is_empty() {
        return;
    }
    let names = list(unreached.into_iter());
    context.found.push(
        Diagnostic::lossy(
            codes::UNREACHED_BY_ASKING,
            format!(
                "a Service to come that asks for an address of {names} and that another pool is \
                 pinned to gets none: the selector leaves it to that other pool"
            ),
        )
        .help("convert again once there is such a Service: then the pool goes by label"),
    );
}

/// Open pools whose label would let nobody in: a Service that asks for one of them gets
/// an address of any.
fn say_not_alone(context: &mut Context<'_>, assignment: &Assignment) {
    let pools = context.config.pools.iter().enumerate();
    let open = pools.filter(|(at, pool)| {
        pool.auto_assign && pool.allocation.is_none() && !assignment.heeds_label(*at)
    });
    let open: Vec<&str> = open.map(|(_, pool)| pool.name()).collect();
    if open.len() < 2 {
        return;
    }
    context.found.push(
        Diagnostic::lossy(
            codes::NOT_TOLD_APART,
            format!(
                "a Service to come that asks for one of the pools {} by name may get an address \
                 of another of them: their selectors have no room for the labels of so many pools",
                list(open.into_iter())
            ),
        )
        .help("let such Services ask for an address instead"),
    );
}

fn not_served(version: KubernetesVersion) -> Diagnostic {
    Diagnostic::error(
        codes::NO_ADMISSION_POLICY,
        format!("Kubernetes {version} has no MutatingAdmissionPolicy: the first that has is 1.32"),
    )
    .help(
        "leave admission-policy out of --emit, and set annotations and labels where the Services \
         come from: metallb2cilium rewrite",
    )
}

fn not_by_default(version: KubernetesVersion, served: Served) -> Diagnostic {
    Diagnostic::note(
        codes::ADMISSION_POLICY_OFF,
        format!(
            "Kubernetes {version} serves MutatingAdmissionPolicy as {} and only where it is \
             switched on",
            served.api_version
        ),
    )
    .help(format!(
        "start kube-apiserver with --feature-gates=MutatingAdmissionPolicy=true and \
         --runtime-config={}=true, or wait for 1.36",
        served.api_version
    ))
}

fn too_large() -> Diagnostic {
    Diagnostic::error(
        codes::ADMISSION_POLICY_TOO_LARGE,
        "the admission policy has an expression that no API server would parse: too many pools or \
         selectors go by label",
    )
    .help("leave admission-policy out of --emit, or name a --default-pool")
}

impl AdmissionPolicy {
    /// The policy and its binding.
    pub(super) fn documents(&self) -> Vec<Document> {
        let named = |list: &[Variable]| -> Vec<Value> {
            let items = list.iter();
            items.map(|one| json!({"name": one.name, "expression": one.expression})).collect()
        };
        let policy = json!({
            "apiVersion": self.api_version,
            "kind": "MutatingAdmissionPolicy",
            "metadata": {"name": NAME},
            "spec": {
                "matchConstraints": {
                    "resourceRules": [{
                        "apiGroups": [""],
                        "apiVersions": ["v1"],
                        "operations": ["CREATE", "UPDATE"],
                        "resources": ["services"],
                    }],
                },
                "matchConditions": named(&self.conditions),
                "variables": named(&self.variables),
                "failurePolicy": "Ignore",
                "reinvocationPolicy": "IfNeeded",
                "mutations": self.mutations,
            },
        });
        let binding = json!({
            "apiVersion": self.api_version,
            "kind": "MutatingAdmissionPolicyBinding",
            "metadata": {"name": NAME},
            "spec": {"policyName": NAME},
        });
        let why = [
            "Translates what Services ask of MetalLB into what they ask of Cilium, when",
            "they are created and when they ask for something else. What Cilium's",
            "annotations say already is left alone. A Service that cannot be judged is",
            "let through as it is.",
        ];
        let document = |comments: &[&str], object| Document {
            comments: comments.iter().map(|line| (*line).to_owned()).collect(),
            object,
            source: None,
        };
        vec![document(&why, policy), document(&["The policy holds for every namespace."], binding)]
    }
}

/// The value of the label for Services that are to have no address.
const fn no_pool() -> &'static str {
    NO_POOL
}
