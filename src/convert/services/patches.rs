//! Labels and annotations for Services.

use std::collections::{BTreeMap, BTreeSet};

use super::requests::{Request, is_ours, request, sharing_key};
use super::targets::{Target, targets};
use crate::cluster::{IpFamilyPolicy, Service, ServiceKey};
use crate::convert::assignment::{Assignment, visible_labels};
use crate::convert::names::pool_label;
use crate::convert::services::CILIUM_CLASSES;
use crate::convert::words::list;
use crate::convert::{Context, POOL_LABEL, ServicePatch, codes};
use crate::diagnostic::Diagnostic;

/// The annotation by which a Service asks LB-IPAM for addresses.
const IPS: &str = "lbipam.cilium.io/ips";
/// The annotation by which Services share an address.
const SHARING_KEY: &str = "lbipam.cilium.io/sharing-key";
/// The annotation that lets Services of other namespaces share.
const SHARING_NAMESPACES: &str = "lbipam.cilium.io/sharing-cross-namespace";

/// Services named in one diagnostic.
pub(super) const MAX_NAMED: usize = 20;
/// Commands in one diagnostic.
const MAX_COMMANDS: usize = 5;

/// What is to be set on each Service, and which Services need it.
pub(in crate::convert) fn convert(
    context: &mut Context<'_>,
    assignment: &Assignment,
) -> Vec<ServicePatch> {
    let targets: BTreeMap<&ServiceKey, Target> =
        targets(context).into_iter().map(|(service, target)| (&service.key, target)).collect();
    let class = context.options.lb_class.as_deref();
    // What MetalLB refuses gets nothing to ask Cilium for.
    let services: Vec<&Service> = context
        .cluster
        .services
        .iter()
        .filter(|service| is_ours(service, class))
        .filter(|service| targets.contains_key(&service.key) || request(service) == Request::Any)
        .filter(|service| !context.keeps_out(service))
        .collect();
    let namespaces = sharing_namespaces(&services);
    let pools_by_key = pools_by_key(context, assignment, &services, &targets);
    let label_only = LabelOnly::of(assignment, context.config.pools.len());
    let mut apart: Vec<&Service> = Vec::new();
    let mut need_label: BTreeMap<usize, Vec<&Service>> = BTreeMap::new();
    let mut patches = Vec::new();
    for service in &services {
        let target = targets.get(&service.key);
        let first = match target {
            Some(_) => None,
            None => label_only.first_for(context, assignment, service),
        };
        let pool = target.map(|target| target.pool).or(first);
        let pool = pool.map(|pool| context.config.pools[pool].name());
        if pool.is_some_and(|pool| !context.wants_pool(pool)) {
            continue;
        }
        let labelled = target.filter(|target| {
            needs_label(assignment, service, target, context.config.pools[target.pool].name())
        });
        let labelled = labelled.map(|target| target.pool).or(first);
        if let Some(pool) = labelled.filter(|pool| !has_label(context, service, *pool)) {
            need_label.entry(pool).or_default().push(service);
        }
        let label = pool.filter(|_| labelled.is_some());
        let shares = may_share(assignment, service, target, &pools_by_key);
        if !shares {
            apart.push(service);
        }
        let patch = patch(context, service, target, label, shares.then_some(&namespaces));
        if !patch.labels.is_empty() || !patch.annotations.is_empty() {
            patches.push(patch);
        }
    }
    patches.extend(super::pending::convert(context));
    if !apart.is_empty() {
        context.found.push(cannot_share(&apart));
    }
    let many = need_label.len() > MAX_NAMED;
    if many {
        context.found.push(many_services_need_label(&need_label));
    }
    for (pool, config) in context.config.pools.iter().enumerate() {
        if !context.wants_pool(config.name()) {
            continue;
        }
        match need_label.get(&pool) {
            Some(_) if many => {}
            Some(services) => context.found.push(services_need_label(config, services)),
            None if assignment.is_by_label(pool) => context.found.push(pool_needs_label(config)),
            None => {}
        }
    }
    patches
}

/// Whether the Service carries the pool's label already. It is written again all the
/// same: a server-side apply takes away what it no longer names.
fn has_label(context: &Context<'_>, service: &Service, pool: usize) -> bool {
    service.labels.get(POOL_LABEL) == Some(&pool_label(context.config.pools[pool].name()))
}

/// Whether the Service gets into its pool only with the label, or could end in
/// another pool without it.
fn needs_label(assignment: &Assignment, service: &Service, target: &Target, pool: &str) -> bool {
    // Among very many pools one may let in only Services without any pool's label.
    let admits = |label: Option<&str>| {
        let mut labels = visible_labels(service, label);
        if label.is_none() && labels.get(POOL_LABEL) == Some(&pool_label(pool)) {
            labels.remove(POOL_LABEL);
        }
        assignment.admits(target.pool, &labels)
    };
    // The address that it lacks has to come from the pool of the one that it holds.
    let is_half_there = target.addresses.is_empty();
    assignment.selector(target.pool).is_some()
        && (((target.names_pool || is_half_there) && admits(Some(pool))) || !admits(None))
}

/// Pools that let Services in by their label only.
struct LabelOnly(Vec<usize>);

impl LabelOnly {
    fn of(assignment: &Assignment, pools: usize) -> Self {
        Self((0..pools).filter(|pool| assignment.is_by_label(*pool)).collect())
    }

    /// The pool whose label a Service needs that holds nothing and asks for nothing: of
    /// those that MetalLB may serve it from, the first that has its families, or one of
    /// them where it only prefers both. `None` where one of them takes it without a label.
    /// A label that it has stays.
    fn first_for(
        &self,
        context: &Context<'_>,
        assignment: &Assignment,
        service: &Service,
    ) -> Option<usize> {
        let labels = visible_labels(service, None);
        let pools = &context.config.pools;
        let holds = |pool: usize, family| pools[pool].ranges().any(|one| one.family() == family);
        let all = |pool| service.ip_families.iter().all(|family| holds(pool, *family));
        let some = |pool| service.ip_families.iter().any(|family| holds(pool, *family));
        let prefers_both = service.ip_family_policy == Some(IpFamilyPolicy::PreferDualStack);
        let rounds: [(bool, &dyn Fn(usize) -> bool); 2] = [(true, &all), (prefers_both, &some)];
        for (_, has_families) in rounds.into_iter().filter(|(applies, _)| *applies) {
            let fits = |pool: &usize| assignment.is_natural(*pool, &labels) && has_families(*pool);
            let admits = |pool: &usize| assignment.admits(*pool, &labels) && fits(pool);
            // One that it chose by the label keeps it.
            if let Some(chosen) = self.0.iter().copied().find(admits) {
                return context.wants_pool(pools[chosen].name()).then_some(chosen);
            }
            if (0..pools.len()).any(|pool| admits(&pool)) {
                return None;
            }
            if let Some(first) = self.0.iter().copied().find(fits) {
                return context.wants_pool(pools[first].name()).then_some(first);
            }
        }
        None
    }
}

/// For each sharing key, the namespaces of the Services that have it.
fn sharing_namespaces<'a>(services: &[&'a Service]) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut namespaces: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for service in services {
        if let Some(key) = shared_key(service) {
            namespaces.entry(key).or_default().insert(&service.key.namespace);
        }
    }
    namespaces
}

fn shared_key(service: &Service) -> Option<&str> {
    sharing_key(service).filter(|key| !key.is_empty())
}

/// For each sharing key, the pools from which its Services may have addresses.
fn pools_by_key<'a>(
    context: &Context<'_>,
    assignment: &Assignment,
    services: &[&'a Service],
    targets: &BTreeMap<&ServiceKey, Target>,
) -> BTreeMap<&'a str, BTreeSet<usize>> {
    let mut pools: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for service in services {
        let Some(key) = shared_key(service) else { continue };
        let of_key = pools.entry(key).or_default();
        match targets.get(&service.key) {
            Some(target) => {
                of_key.insert(target.pool);
            }
            None => {
                let labels = visible_labels(service, None);
                let all = 0..context.config.pools.len();
                of_key.extend(all.filter(|pool| assignment.is_natural(*pool, &labels)));
            }
        }
    }
    pools
}

/// Whether the Service can share under its key without getting an address of a
/// pool that is not for it: Cilium's sharing does not look at a pool's selector.
fn may_share(
    assignment: &Assignment,
    service: &Service,
    target: Option<&Target>,
    pools_by_key: &BTreeMap<&str, BTreeSet<usize>>,
) -> bool {
    let Some(pools) = shared_key(service).and_then(|key| pools_by_key.get(key)) else {
        return true;
    };
    match target {
        Some(target) if !target.addresses.is_empty() => true,
        Some(target) => pools.iter().all(|pool| *pool == target.pool),
        None => {
            let labels = visible_labels(service, None);
            pools.iter().all(|pool| assignment.is_natural(*pool, &labels))
        }
    }
}

fn cannot_share(services: &[&Service]) -> Diagnostic {
    let names: Vec<String> = services.iter().map(|service| service.key.to_string()).collect();
    let mut diagnostic = Diagnostic::lossy(
        codes::SHARES_ACROSS_POOLS,
        format!(
            "no sharing key is set on {}: under it Cilium could give an address of a pool that is \
             not for such Services",
            list(names.iter().map(String::as_str))
        ),
    )
    .help("let Services that share an address fit the same pools");
    for service in services {
        diagnostic = diagnostic.label(service.origin.span("metadata.name"), "shares no address");
    }
    diagnostic
}

fn patch(
    context: &Context<'_>,
    service: &Service,
    target: Option<&Target>,
    label: Option<&str>,
    namespaces: Option<&BTreeMap<&str, BTreeSet<&str>>>,
) -> ServicePatch {
    let mut patch = ServicePatch::new(&service.key);
    if let Some(class) = service.load_balancer_class.as_deref()
        && !CILIUM_CLASSES.contains(&class)
    {
        patch.comments.push(format!(
            "Cilium does not serve its loadBalancerClass {class}: it must be created anew without \
             it, and with what stands here."
        ));
    }
    if let Some(pool) = label {
        patch.labels.insert(POOL_LABEL.to_owned(), pool_label(pool));
        patch.comments.push(format!("Its address comes from pool {pool}."));
    }
    // What it asks for by itself is no pin.
    let is_wish =
        |target: &Target| !target.held || matches!(request(service), Request::Addresses(_));
    let asks = target
        .filter(|target| !target.addresses.is_empty() && (context.options.pin || is_wish(target)));
    if let Some(target) = asks {
        let mut addresses = target.addresses.clone();
        addresses.sort();
        let list: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        patch.annotations.insert(IPS.to_owned(), list.join(","));
        let why = if target.held { "It holds" } else { "It asks for" };
        patch.comments.push(format!("{why} {}.", list.join(" and ")));
    }
    if let (Some(key), Some(namespaces)) = (shared_key(service), namespaces) {
        patch.annotations.insert(SHARING_KEY.to_owned(), key.to_owned());
        let own = service.key.namespace.as_str();
        let others: Vec<&str> = namespaces
            .get(key)
            .into_iter()
            .flatten()
            .copied()
            .filter(|namespace| *namespace != own)
            .collect();
        if !others.is_empty() {
            patch.annotations.insert(SHARING_NAMESPACES.to_owned(), others.join(","));
        }
        patch.comments.push(format!("It shares its address under the key {key}."));
    }
    patch
}

/// The commands that set the pool's label on Services, one a line.
pub(super) fn label_commands<'a>(
    services: impl ExactSizeIterator<Item = &'a Service>,
    value: &str,
) -> String {
    let more = services.len().saturating_sub(MAX_COMMANDS);
    let mut lines: Vec<String> = services
        .take(MAX_COMMANDS)
        .map(|service| {
            let key = &service.key;
            format!("kubectl label service -n {} {} {POOL_LABEL}={value}", key.namespace, key.name)
        })
        .collect();
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    lines.join("\n")
}

fn services_need_label(pool: &crate::metallb::Pool, services: &[&Service]) -> Diagnostic {
    let value = pool_label(pool.name());
    let commands = label_commands(services.iter().copied(), &value);
    let help = format!("set it with --emit services, or:\n{commands}");
    let count = match services.len() {
        1 => "1 Service needs".to_owned(),
        count => format!("{count} Services need"),
    };
    Diagnostic::note(
        codes::SERVICES_NEED_LABEL,
        format!("{count} the label {POOL_LABEL}={value} before the pool is applied"),
    )
    .object(pool.meta.reference("IPAddressPool"))
    .label(pool.origin.span("metadata.name"), "their pool")
    .help(help)
}

/// For so many pools that one diagnostic each would bury all others.
fn many_services_need_label(need_label: &BTreeMap<usize, Vec<&Service>>) -> Diagnostic {
    let services: usize = need_label.values().map(Vec::len).sum();
    Diagnostic::note(
        codes::SERVICES_NEED_LABEL,
        format!(
            "{services} Services need the label {POOL_LABEL} of one of {} pools before the pools \
             are applied",
            need_label.len()
        ),
    )
    .help("set the labels with --emit services")
}

fn pool_needs_label(pool: &crate::metallb::Pool) -> Diagnostic {
    Diagnostic::note(
        codes::POOL_NEEDS_LABEL,
        format!(
            "pool {} serves only Services with the label {POOL_LABEL}={}",
            pool.name(),
            pool_label(pool.name())
        ),
    )
    .object(pool.meta.reference("IPAddressPool"))
    .label(pool.origin.span("metadata.name"), "by label only")
    .help("no Service at hand needs it; set the label on those that will ask for the pool")
}
