//! The policy's expressions.
//!
//! Each variable says one thing of a Service; a mutation sets what a variable says
//! where another one says that it is to be set.

use serde_json::{Value, json};

use super::cel;
use super::{Facts, Labelled, Need, Variable, no_pool};
use crate::convert::POOL_LABEL;
use crate::ip::Family;

/// What of a Service is looked at.
pub(super) fn conditions(facts: &Facts) -> Vec<Variable> {
    let class = match &facts.lb_class {
        None => "!has(object.spec.loadBalancerClass)".to_owned(),
        Some(class) => format!(
            "has(object.spec.loadBalancerClass) && object.spec.loadBalancerClass == {}",
            cel::text(class)
        ),
    };
    vec![
        Variable {
            name: "is-load-balancer",
            expression: "has(object.spec.type) && object.spec.type == 'LoadBalancer'".to_owned(),
        },
        Variable { name: "is-metallbs", expression: class },
    ]
}

/// MetalLB's annotation of that name: the newer prefix wins, even if empty.
fn asked(annotations: &str, name: &str) -> String {
    let (new, old) = (format!("'metallb.io/{name}'"), format!("'metallb.universe.tf/{name}'"));
    let of = |key: &str| format!("{annotations}[{key}]");
    format!("{new} in {annotations} ? {} : ({old} in {annotations} ? {} : '')", of(&new), of(&old))
}

/// Whether an annotation or label is to be set: its wish is new, or its owner took it
/// away; and nobody has set it to something else.
fn sets(map: &str, key: &str, alias: Option<&str>, value: &str, asks: &str) -> String {
    let (now, before) = (format!("variables.{map}"), format!("variables.{map}Before"));
    let alias = alias.map_or_else(String::new, |alias| format!(" && !('{alias}' in {now})"));
    format!(
        "{value} != ''{alias} && (variables.isNew || {asks} || (!('{key}' in {now}) && '{key}' in \
         {before})) && (!('{key}' in {now}) || ('{key}' in {before} && {before}['{key}'] == \
         {now}['{key}']))"
    )
}

/// The variables, each made of those before it.
pub(super) fn variables(facts: &Facts) -> Vec<Variable> {
    let variable = |name, expression: String| Variable { name, expression };
    let map =
        |of: &str, name: &str| format!("has({of}.metadata.{name}) ? {of}.metadata.{name} : {{}}");
    let before = |name: &str| {
        format!(
            "oldObject != null && has(oldObject.metadata.{name}) ? oldObject.metadata.{name} : {{}}"
        )
    };
    let changed = |now: &str, old: &str| format!("variables.{now} != variables.{old}");
    let (annotations, annotations_before) =
        ("variables.annotations", "variables.annotationsBefore");
    let pool_changed = [
        changed("pool", "poolBefore"),
        changed("addresses", "addressesBefore"),
        changed("field", "fieldBefore"),
    ];
    let shares_anew = format!(
        "{} || ('{POOL_LABEL}' in variables.labelsBefore && \
         variables.labelsBefore['{POOL_LABEL}'] == '{}')",
        changed("sharing", "sharingBefore"),
        no_pool()
    );
    vec![
        variable("annotations", map("object", "annotations")),
        variable("annotationsBefore", before("annotations")),
        variable("labels", map("object", "labels")),
        variable("labelsBefore", before("labels")),
        variable(
            "inNamespace",
            "has(object.metadata.namespace) ? object.metadata.namespace : ''".into(),
        ),
        variable("serviceName", "has(object.metadata.name) ? object.metadata.name : ''".into()),
        variable(
            "isNew",
            "oldObject == null || !has(oldObject.spec.type) || oldObject.spec.type != \
             'LoadBalancer'"
                .into(),
        ),
        variable(
            "holds",
            "oldObject != null && has(oldObject.status) && has(oldObject.status.loadBalancer) && \
             has(oldObject.status.loadBalancer.ingress) && \
             oldObject.status.loadBalancer.ingress.size() > 0"
                .into(),
        ),
        variable("pool", asked(annotations, "address-pool")),
        variable("poolBefore", asked(annotations_before, "address-pool")),
        variable("addresses", asked(annotations, "loadBalancerIPs")),
        variable("addressesBefore", asked(annotations_before, "loadBalancerIPs")),
        variable("sharing", asked(annotations, "allow-shared-ip")),
        variable("sharingBefore", asked(annotations_before, "allow-shared-ip")),
        variable(
            "field",
            "has(object.spec.loadBalancerIP) ? object.spec.loadBalancerIP : ''".into(),
        ),
        variable(
            "fieldBefore",
            "oldObject != null && has(oldObject.spec.loadBalancerIP) ? \
             oldObject.spec.loadBalancerIP : ''"
                .into(),
        ),
        // What it asks for by address, in either way.
        variable(
            "wanted",
            "variables.addresses != '' ? variables.addresses.split(',').map(one, one.trim()) : \
             (variables.field != '' ? [variables.field] : [])"
                .into(),
        ),
        // MetalLB gives nothing where both ways are used, or for what is no address.
        variable(
            "refused",
            "(variables.addresses != '' && variables.field != '') || variables.wanted.exists(one, \
             !isIP(one))"
                .into(),
        ),
        variable(
            "ips",
            "variables.addresses != '' && !variables.refused ? variables.wanted.join(',') : ''"
                .into(),
        ),
        variable("knownPools", known(facts)),
        // What it names; a name that MetalLB does not know is refused.
        variable(
            "named",
            format!(
                "variables.pool == '' ? '' : (variables.pool in variables.knownPools ? \
                 variables.knownPools[variables.pool] : '{}')",
                no_pool()
            ),
        ),
        variable("pools", ranges(facts)),
        // Pools by label that are not for such Services, even where they ask.
        variable("foreign", foreign(facts)),
        // The pools of what it asks for, among those that go by label.
        variable(
            "homes",
            "variables.refused || variables.wanted.size() == 0 ? [] : \
             variables.pools.filter(pool, variables.wanted.all(one, \
             variables.pools[pool].exists(range, cidr(range).containsIP(ip(one)))))"
                .into(),
        ),
        // The API server fills the families in only after this policy.
        variable(
            "family",
            format!(
                "has(object.spec.ipFamilies) && object.spec.ipFamilies.size() > 0 ? \
                 object.spec.ipFamilies[0] : '{}'",
                shown(facts.usual)
            ),
        ),
        variable(
            "familyPolicy",
            "has(object.spec.ipFamilyPolicy) ? object.spec.ipFamilyPolicy : ''".into(),
        ),
        // Pools by label that MetalLB would take without being asked.
        variable("natural", natural(facts)),
        variable(
            "label",
            format!(
                "variables.refused ? (variables.holds ? '' : '{none}') : (variables.wanted.size() \
                 > 0 ? (variables.homes.size() > 0 ? (variables.homes[0] in variables.foreign || \
                 (variables.pool != '' && variables.named != variables.homes[0]) ? '{none}' : \
                 variables.homes[0]) : (variables.named == '{none}' || variables.named in \
                 variables.pools ? '{none}' : '')) : (variables.pool != '' ? (variables.named in \
                 variables.foreign ? '{none}' : variables.named) : (oldObject == null && \
                 variables.natural.size() > 0 ? variables.natural[0] : '')))",
                none = no_pool()
            ),
        ),
        // A key would bring the address of another Service, whatever the selectors say.
        variable("shares", format!("variables.label == '{}' ? '' : variables.sharing", no_pool())),
        variable(
            "setsIps",
            sets(
                "annotations",
                "lbipam.cilium.io/ips",
                Some("io.cilium/lb-ipam-ips"),
                "variables.ips",
                &changed("addresses", "addressesBefore"),
            ),
        ),
        variable(
            "setsSharing",
            sets(
                "annotations",
                "lbipam.cilium.io/sharing-key",
                Some("io.cilium/lb-ipam-sharing-key"),
                "variables.shares",
                &shares_anew,
            ),
        ),
        // MetalLB's sharing knows no namespaces.
        variable(
            "setsNamespaces",
            sets(
                "annotations",
                "lbipam.cilium.io/sharing-cross-namespace",
                Some("io.cilium/lb-ipam-sharing-cross-namespace"),
                "variables.shares",
                &shares_anew,
            ),
        ),
        variable(
            "setsLabel",
            sets("labels", POOL_LABEL, None, "variables.label", &pool_changed.join(" || ")),
        ),
    ]
}

/// Every pool by its name, with the value of its label.
fn known(facts: &Facts) -> String {
    let pairs: Vec<String> = facts
        .names
        .iter()
        .map(|(name, label)| format!("{}: {}", cel::text(name), cel::text(label)))
        .collect();
    format!("{{{}}}", pairs.join(", "))
}

/// The CIDRs of pools by label.
fn ranges(facts: &Facts) -> String {
    let pairs: Vec<String> = facts
        .by_label
        .iter()
        .map(|pool| {
            let cidrs = cel::list(pool.cidrs.iter().map(String::as_str));
            format!("{}: {cidrs}", cel::text(&pool.label))
        })
        .collect();
    format!("{{{}}}", pairs.join(", "))
}

/// A list of the pools by label that the Service may not even ask for.
fn foreign(facts: &Facts) -> String {
    let restricted =
        facts.by_label.iter().filter_map(|pool| Some((&pool.label, pool.compatible.as_ref()?)));
    let entries: Vec<String> = restricted
        .map(|(label, services)| format!("({}) ? '' : {}", cel::any_of(services), cel::text(label)))
        .collect();
    filtered(&entries)
}

/// A list of pools' labels, some of them empty, without those.
fn filtered(entries: &[String]) -> String {
    if entries.is_empty() {
        return "[]".to_owned();
    }
    format!("[{}].filter(pool, pool != '')", entries.join(", "))
}

/// A list of the pools by label whose natural Services it is one of; those of both
/// families first, from which MetalLB serves whoever prefers both.
fn natural(facts: &Facts) -> String {
    let needs = Need::ALL.into_iter().flat_map(|need| {
        let of_need = move |pool: &'_ Labelled| -> Option<String> {
            let found = pool.natural.iter().find(|(other, _)| *other == need);
            let (_, services) = found.filter(|(_, services)| !services.is_empty())?;
            let needs = match need {
                Need::Both => {
                    "variables.familyPolicy in ['RequireDualStack', 'PreferDualStack']".to_owned()
                }
                Need::Of(family) => format!(
                    "variables.familyPolicy != 'RequireDualStack' && variables.family == '{}'",
                    shown(family)
                ),
            };
            let (services, label) = (cel::any_of(services), cel::text(&pool.label));
            Some(format!("{needs} && ({services}) ? {label} : ''"))
        };
        facts.by_label.iter().filter_map(of_need)
    });
    filtered(&needs.collect::<Vec<_>>())
}

fn shown(family: Family) -> &'static str {
    match family {
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    }
}

/// What is set where.
pub(super) fn mutations(facts: &Facts) -> Vec<Value> {
    let set = |condition: &str, map: &str, key: &str, value: &str| {
        json!({
            "patchType": "ApplyConfiguration",
            "applyConfiguration": {
                "expression": format!(
                    "variables.{condition} ? Object{{metadata: Object.metadata{{{map}: \
                     {{'{key}': {value}}}}}}} : Object{{}}"
                ),
            },
        })
    };
    let mut mutations = vec![
        set("setsIps", "annotations", "lbipam.cilium.io/ips", "variables.ips"),
        set("setsSharing", "annotations", "lbipam.cilium.io/sharing-key", "variables.sharing"),
        set("setsNamespaces", "annotations", "lbipam.cilium.io/sharing-cross-namespace", "'*'"),
        set("setsLabel", "labels", POOL_LABEL, "variables.label"),
    ];
    if facts.lb_class.is_some() {
        // Cilium does not serve the class, and it can be taken away at creation only;
        // whoever applies the same manifest again must not be refused for it.
        mutations.push(json!({
            "patchType": "JSONPatch",
            "jsonPatch": {
                "expression": "variables.isNew || !has(oldObject.spec.loadBalancerClass) ? \
                               [JSONPatch{op: 'remove', path: '/spec/loadBalancerClass'}] : []",
            },
        }));
    }
    mutations
}
