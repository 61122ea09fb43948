//! What the commands of `live` have in common: the Decisions, the Node that this host
//! is, the addresses, the interfaces, whose link-layer address is whose.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use clap::Args;

use super::super::cilium::{self, TranslationArgs};
use super::super::configuration::{self, MetalLb};
use super::super::{Console, InputArgs, Loaded, MetallbArgs, assumed, load};
use super::discovery::{Discovery, discover};
pub(super) use super::engine::LiveEngine;
pub(super) use super::identity::IdentityArgs;
use crate::cilium::CiliumConfig;
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::ip::{IpRange, IpSet, parse_addr, parse_cidr};
use crate::live::expected::{Expected, expected};
use crate::live::identity::Identities;
use crate::live::link::Interface;
use crate::live::{LiveError, Mac, codes, leases, neighbours};
use crate::manifest::{Sources, closest};
use crate::simulate::decision::{Decision, Engine, crash};
use crate::simulate::{cilium as cilium_engine, metallb as metallb_engine};
use crate::verify::sessions::{self, Session, Sessions};

/// How many outcomes are looked at.
const MAX_OUTCOMES: usize = 1024;

/// The options that say what is decided, and for whom.
#[derive(Debug, Clone, PartialEq, Args)]
pub struct DecisionArgs {
    /// The Node that this host is [default: the host's name]
    #[arg(long, value_name = "NAME")]
    pub node: Option<String>,
    /// How the input is converted, where it holds no resources of Cilium's.
    #[command(flatten)]
    pub translation: TranslationArgs,
    /// How MetalLB runs.
    #[command(flatten)]
    pub metallb: MetallbArgs,
}

/// The input as far as `live` needs it.
pub(super) struct Context {
    /// MetalLB's side, with the cluster.
    pub(super) metallb: MetalLb,
    /// Cilium's configuration: of the input, else of its conversion.
    cilium: Option<(CiliumConfig, Cluster)>,
    /// The Node that this host is, where it is one.
    pub(super) here: Option<String>,
    /// The interfaces of this host.
    pub(super) interfaces: Vec<Interface>,
    /// Who holds Cilium's lease of a Service, where the input says so.
    holders: BTreeMap<String, String>,
    /// Cilium's peers of this Node that its agent looks for there.
    pub(super) discovery: Discovery,
    /// What is taken for granted of Services and their endpoints.
    of_services: Vec<String>,
    /// What else is taken for granted.
    of_others: Vec<String>,
}

/// Which sides are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sides {
    One(LiveEngine),
    /// The sessions of one: nobody's leases matter.
    Sessions(LiveEngine),
    Both,
}

/// Reads the input; `None` where it is refused, and that has been told.
///
/// # Errors
/// When standard error cannot be written to.
pub(super) fn read(
    args: &DecisionArgs,
    input: &InputArgs,
    sides: Sides,
    console: &mut Console<'_>,
) -> anyhow::Result<Option<Context>> {
    console.show_progress();
    let mut input = input.clone();
    input.cluster.with_leases = matches!(sides, Sides::One(LiveEngine::Cilium) | Sides::Both);
    let input = &input;
    let Some(mut loaded) = load(input, console)? else { return Ok(None) };
    let mut found = std::mem::take(&mut loaded.manifests.diagnostics);
    let context = context(args, input, sides, &mut loaded, &mut found);
    // What follows has its own say, and takes signals itself.
    console.progress.hide();
    let refused = found.iter().any(Diagnostic::is_error);
    // What a conversion loses is what `convert` and `verify` tell.
    found.retain(|one| !one.is_lossy());
    console.report(&found, &loaded.manifests.sources)?;
    Ok(context.filter(|_| !refused))
}

fn context(
    args: &DecisionArgs,
    input: &InputArgs,
    sides: Sides,
    loaded: &mut Loaded,
    found: &mut Vec<Diagnostic>,
) -> Option<Context> {
    let values = cilium::helm_values(input, loaded, found);
    let mut metallb = configuration::metallb(loaded, &args.metallb, true, found)?;
    found.extend(metallb_engine::unfilled_addresses(&metallb.config));
    let interfaces = match Interface::all() {
        Ok(interfaces) => interfaces,
        Err(error) => {
            found.push(error.diagnostic());
            return None;
        }
    };
    let here = here(args.node.as_deref(), &metallb.cluster, found)?;
    let of_services = assumed::complete(&mut metallb);
    let mut of_others = Vec::new();
    if let Some(here) = &here {
        of_others.extend(own_interfaces(&mut metallb.cluster, here, &interfaces));
    }
    let mut discovery = Discovery::default();
    let cilium = match sides {
        Sides::One(LiveEngine::Metallb) | Sides::Sessions(LiveEngine::Metallb) => None,
        Sides::One(LiveEngine::Cilium) | Sides::Sessions(LiveEngine::Cilium) | Sides::Both => {
            let values = values.as_deref();
            let side = cilium::at_hand(&args.translation, input, values, loaded, &metallb, found)?;
            of_others.extend(side.assumptions);
            let mut config = side.config;
            let node = metallb.cluster.nodes.iter().find(|node| Some(&node.name) == here.as_ref());
            if let (Sides::Sessions(_), Some(node)) = (sides, node) {
                discovery = discover(&mut config, node);
            }
            Some((config, side.cluster))
        }
    };
    let services = &metallb.cluster.services;
    let holders = leases::holders(&loaded.manifests.objects, services, found);
    Some(Context { metallb, cilium, here, interfaces, holders, discovery, of_services, of_others })
}

/// Which Node this host is.
fn here(
    named: Option<&str>,
    cluster: &Cluster,
    found: &mut Vec<Diagnostic>,
) -> Option<Option<String>> {
    let known = |name: &str| cluster.nodes.iter().any(|node| node.name == name);
    match named {
        Some(name) if known(name) => Some(Some(name.to_owned())),
        Some(name) => {
            found.push(no_node(&format!("there is no Node {name} in the input"), name, cluster));
            None
        }
        None => {
            let host = nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok());
            let short = |name: &String| name.split('.').next().unwrap_or_default().to_owned();
            let names = host.iter().flat_map(|name| [name.clone(), short(name)]);
            Some(names.into_iter().find(|name| known(name)))
        }
    }
}

fn no_node(message: &str, name: &str, cluster: &Cluster) -> Diagnostic {
    let names: Vec<&str> = cluster.nodes.iter().map(|node| node.name.as_str()).collect();
    let help = match closest(name, &names) {
        Some(close) => format!("did you mean {close}?"),
        None if names.is_empty() => "add the Nodes: kubectl get nodes -o yaml".to_owned(),
        None => format!("name one with --node: {}", names.join(", ")),
    };
    Diagnostic::error(codes::NO_NODE, message).help(help)
}

/// The Node that this host is has this host's interfaces, unless it says otherwise.
fn own_interfaces(cluster: &mut Cluster, here: &str, own: &[Interface]) -> Option<String> {
    let node = cluster.nodes.iter_mut().find(|node| node.name == here)?;
    if !node.interfaces.is_empty() {
        return None;
    }
    let ethernet = own.iter().filter(|interface| interface.mac.is_some() && !interface.loopback);
    node.interfaces = ethernet.map(|interface| interface.name.clone()).collect();
    (!node.interfaces.is_empty()).then(|| {
        format!("Node {here} is this host, with the interfaces {}", node.interfaces.join(", "))
    })
}

impl Context {
    /// What is taken for granted.
    pub(super) fn assumptions(&self) -> impl Iterator<Item = &String> {
        self.of_services.iter().chain(&self.of_others)
    }

    /// What is taken for granted where no Service matters.
    pub(super) fn assumptions_without_services(&self) -> impl Iterator<Item = &String> {
        self.of_others.iter()
    }

    /// The Nodes that hold Cilium's leases of these Services, as the Leases say; each
    /// Service once, `None` where they say nothing.
    pub(super) fn holders<'s>(
        &self,
        services: impl IntoIterator<Item = &'s String>,
    ) -> BTreeSet<Option<&str>> {
        let holder = |service: &'s String| self.holders.get(service).map(String::as_str);
        services.into_iter().map(holder).collect()
    }

    /// What MetalLB decides.
    pub(super) fn metallb_decides(&self) -> Decision {
        let options = self.metallb.runs.simulated(MAX_OUTCOMES);
        metallb_engine::simulate(&self.metallb.config, &self.metallb.cluster, &options)
    }

    /// What Cilium decides; the reason where its operator does not survive.
    pub(super) fn cilium_decides(&self) -> Result<Decision, Box<Diagnostic>> {
        let none = (CiliumConfig::default(), Cluster::default());
        let (config, cluster) = self.cilium.as_ref().unwrap_or(&none);
        let options = cilium_engine::Options { max_outcomes: MAX_OUTCOMES };
        let decision = cilium_engine::simulate(config, cluster, &options);
        match &decision.config_error {
            Some(reason) => Err(Box::new(crash(reason))),
            None => Ok(decision),
        }
    }

    /// What that controller decides.
    pub(super) fn decides(&self, engine: LiveEngine) -> Result<Decision, Box<Diagnostic>> {
        match engine {
            LiveEngine::Metallb => Ok(self.metallb_decides()),
            LiveEngine::Cilium => self.cilium_decides(),
        }
    }

    /// The sessions that this Node is to open; the first of several possibilities.
    pub(super) fn sessions(&self, engine: LiveEngine, node: &str) -> Vec<Session> {
        let possible = self.possible_sessions(engine).remove(node).unwrap_or_default();
        possible.into_iter().next().unwrap_or_default()
    }

    /// How many sets of sessions this Node may have, by chance.
    pub(super) fn possibilities(&self, engine: LiveEngine) -> usize {
        let here = self.here.as_deref().unwrap_or_default();
        self.possible_sessions(engine).get(here).map_or(0, Vec::len)
    }

    fn possible_sessions(&self, engine: LiveEngine) -> Sessions {
        let speakers = cilium::speakers(&self.metallb.runs);
        match (engine, &self.cilium) {
            (LiveEngine::Cilium, Some((config, cluster))) => {
                sessions::of_cilium(config, cluster, &speakers)
            }
            _ => sessions::of_metallb(&self.metallb.config, &self.metallb.cluster, &speakers),
        }
    }

    /// Who may answer for each address in use, by that Decision; who does, also by the
    /// Leases of the input.
    pub(super) fn expected(&self, decision: &Decision) -> BTreeMap<IpAddr, Expected> {
        let mut all = expected(decision, &self.metallb.cluster);
        if decision.engine == Engine::Cilium {
            for one in all.values_mut() {
                let held = one.services.iter().filter_map(|service| self.holders.get(service));
                one.leaders.extend(held.cloned());
            }
        }
        all
    }

    /// The addresses of every pool of either controller.
    pub(super) fn pools(&self) -> IpSet {
        self.named_pools().values().flat_map(IpSet::ranges).collect()
    }

    /// The addresses of every pool of either controller, by its name: two of one name are
    /// one, as the conversion of a pool is.
    pub(super) fn named_pools(&self) -> BTreeMap<String, IpSet> {
        let of_metallb = self.metallb.config.pools.iter();
        let of_metallb = of_metallb
            .flat_map(|pool| pool.ranges().map(move |range| (pool.meta.name.clone(), range)));
        let pools = self.cilium.iter().flat_map(|(config, _)| &config.pools);
        let blocks = pools
            .flat_map(|pool| pool.spec.blocks.iter().map(move |block| (&pool.meta.name, block)));
        let of_cilium = blocks.filter_map(|(name, block)| {
            let parsed = |text: &Option<String>| text.as_deref().and_then(|t| parse_addr(t).ok());
            let cidr = block.cidr.as_deref().and_then(|text| parse_cidr(text).ok());
            let range = cidr.map(|cidr| IpRange::from_cidr(cidr.net())).or_else(|| {
                let start = parsed(&block.start)?;
                IpRange::new(start, parsed(&block.stop).unwrap_or(start))
            });
            range.map(|range| (name.clone(), range))
        });
        let mut all: BTreeMap<String, IpSet> = BTreeMap::new();
        for (name, range) in of_metallb.chain(of_cilium) {
            all.entry(name).or_default().insert(range);
        }
        all
    }

    /// The Node that this host is, where that must be known.
    pub(super) fn here(&self) -> Result<&str, Box<Diagnostic>> {
        let missing = || {
            let message = "which Node this host is does not follow from its name";
            Box::new(no_node(message, "", &self.metallb.cluster))
        };
        self.here.as_deref().ok_or_else(missing)
    }

    /// The interfaces of these names, else those that have these addresses on their link.
    pub(super) fn interfaces(
        &self,
        named: &[String],
        ips: &[IpAddr],
    ) -> Result<Vec<Interface>, Box<Diagnostic>> {
        if !named.is_empty() {
            let mut found: Vec<Interface> = Vec::new();
            for name in named {
                let one = Interface::find(name).map_err(|error| Box::new(error.diagnostic()))?;
                if !found.contains(&one) {
                    found.push(one);
                }
            }
            return Ok(found);
        }
        let reaching = |one: &&Interface| {
            !one.loopback && one.mac.is_some() && ips.iter().any(|ip| one.reaches(*ip))
        };
        let reaching: Vec<&Interface> = self.interfaces.iter().filter(reaching).collect();
        // One without a link is not the end where there are others.
        let usable = reaching.iter().filter(|one| one.sender().is_ok());
        let usable: Vec<Interface> = usable.map(|one| (*one).clone()).collect();
        match (usable.is_empty(), reaching.first()) {
            (false, _) => Ok(usable),
            (true, Some(one)) => Ok(vec![(*one).clone()]),
            (true, None) => Err(Box::new(
                Diagnostic::error(
                    codes::NO_INTERFACE,
                    "the addresses are in no subnet of this host's interfaces",
                )
                .help(format!("name the interface with --interface: {}", self.interface_names())),
            )),
        }
    }

    /// This Node's own link-layer addresses, for those who merge observations: of the
    /// interfaces that are looked at, and of all with an address of more than the link.
    pub(super) fn own_macs<'a>(&self, looked_at: impl Iterator<Item = &'a Interface>) -> Vec<Mac> {
        let routed = |one: &&Interface| {
            let link_local = |net: &ipnet::IpNet| match net.addr() {
                IpAddr::V4(ip) => ip.is_link_local(),
                IpAddr::V6(ip) => ip.is_unicast_link_local(),
            };
            !one.loopback && !one.addresses.iter().all(link_local)
        };
        let others = self.interfaces.iter().filter(routed).filter_map(|one| one.mac);
        let macs = looked_at.filter_map(|one| one.mac).chain(others);
        let macs: BTreeSet<Mac> = macs.filter(|mac| mac.is_unicast()).collect();
        if self.here.is_some() { macs.into_iter().collect() } else { Vec::new() }
    }

    fn interface_names(&self) -> String {
        let ethernet = self.interfaces.iter().filter(|one| one.mac.is_some() && !one.loopback);
        ethernet.map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Whose link-layer address is whose, as far as that is known without asking.
    pub(super) fn identities(&self, args: &IdentityArgs) -> Result<Identities, Box<Diagnostic>> {
        let nodes = &self.metallb.cluster.nodes;
        let mut known = Identities::default();
        for (node, mac) in &args.nodes_mac {
            if !nodes.iter().any(|one| one.name == *node) {
                let message = format!("--nodes-mac: there is no Node {node} in the input");
                return Err(Box::new(no_node(&message, node, &self.metallb.cluster)));
            }
            known.add(*mac, node);
        }
        for node in nodes {
            known.add_annotated(node).map_err(|error| {
                Diagnostic::error(codes::NOT_A_MAC, format!("Node {}: {error}", node.name))
                    .help("name link-layer addresses, separated by commas")
            })?;
        }
        if let Some(here) = &self.here {
            let own = self.interfaces.iter().filter_map(|interface| interface.mac);
            known.add_all(own.filter(|mac| mac.is_unicast()), here);
        }
        let table =
            neighbours::neighbours().map_err(|error: LiveError| Box::new(error.diagnostic()))?;
        known.add_found(&table, nodes);
        Ok(known)
    }
}

/// Says why it is refused.
///
/// # Errors
/// When standard error cannot be written to.
pub(super) fn refuse(
    console: &mut Console<'_>,
    diagnostic: impl Into<Box<Diagnostic>>,
) -> anyhow::Result<super::super::Exit> {
    console.report(&[*diagnostic.into()], &Sources::default())?;
    Ok(super::super::Exit::Refused)
}
