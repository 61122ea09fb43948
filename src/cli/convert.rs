//! `convert`: the Cilium resources for a MetalLB configuration.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, ValueEnum};

use super::cilium;
use super::configuration::{self, MetalLb};
use super::{Console, Exit, InputArgs, Loaded, MetallbArgs, codes, load};
use crate::cilium::CiliumConfig;
use crate::cluster::Cluster;
use crate::convert::{self, BlockForm, Conversion, Document};
use crate::diagnostic::{Diagnostic, Impact, Severity};
use crate::metallb::Config;
use crate::report::{Summary, manifests};
use crate::simulate;
use crate::verify::{self, Comparison};

const SELECTION: &str = "What is converted";
const OUTPUT: &str = "Output";

/// The options of `convert`.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct ConvertArgs {
    /// Format of the manifests
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t, help_heading = OUTPUT)]
    pub output: ManifestFormat,
    /// Write a file for each object into DIR instead of standard output
    #[arg(long, value_name = "DIR", conflicts_with = "output", help_heading = OUTPUT)]
    #[arg(value_hint = clap::ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// Parts to write
    #[arg(long, value_enum, value_name = "PART", value_delimiter = ',', help_heading = OUTPUT)]
    #[arg(default_value = "pools,l2,bgp,secrets")]
    pub emit: Vec<Part>,
    /// Do not run both controllers on the cluster at hand to compare them
    #[arg(long, help_heading = OUTPUT)]
    pub no_verify: bool,
    /// End with status 1 when a loss touches traffic
    #[arg(long, help_heading = OUTPUT)]
    pub strict: bool,

    /// Convert this IPAddressPool only; may be repeated
    #[arg(long, value_name = "NAME", help_heading = SELECTION)]
    pub only_pool: Vec<String>,
    /// Leave this IPAddressPool out; may be repeated
    #[arg(long, value_name = "NAME", help_heading = SELECTION)]
    pub skip_pool: Vec<String>,
    /// The pool for Services without a pool label, where open pools are
    /// advertised differently
    #[arg(long, value_name = "NAME", help_heading = SELECTION)]
    pub default_pool: Option<String>,
    /// How ranges of addresses are written
    #[arg(long, value_enum, value_name = "FORM", default_value_t, help_heading = SELECTION)]
    pub blocks: Blocks,
    /// Do not pin the addresses that Services hold
    #[arg(long, help_heading = SELECTION)]
    pub no_pin: bool,
    /// Go on when a Secret that a BGPPeer names is not in the input
    #[arg(long, help_heading = SELECTION)]
    pub allow_missing_secrets: bool,
    /// Where Cilium looks for BGP passwords
    #[arg(long, value_name = "NAMESPACE", default_value = "kube-system")]
    #[arg(help_heading = SELECTION)]
    pub bgp_secrets_namespace: String,

    /// How MetalLB runs.
    #[command(flatten)]
    pub metallb: MetallbArgs,
}

const EXAMPLES: &str = "\
Examples:
  Convert a directory, and apply what comes out:
    metallb2cilium convert -f metallb/ | kubectl apply -f -
  Convert what runs in the cluster, with the Services and Nodes at hand:
    metallb2cilium convert --from-cluster --strict > cilium.yaml
  One pool at a time, a file for each object:
    metallb2cilium convert -f metallb/ --only-pool web --output-dir cilium/
  The Helm values that Cilium needs for it:
    metallb2cilium convert -f metallb/ --emit helm-values

Exit status: 0 done; 1 done, but lossy under --strict; 2 refused.";

/// How manifests are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ManifestFormat {
    /// A stream of YAML documents
    #[default]
    Yaml,
    /// One List in JSON
    Json,
}

/// The parts of a conversion that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Part {
    /// CiliumLoadBalancerIPPools
    Pools,
    /// CiliumL2AnnouncementPolicies
    L2,
    /// CiliumBGP resources
    Bgp,
    /// Secrets with BGP passwords
    Secrets,
    /// Labels and annotations of Services, for server-side apply
    Services,
    /// Helm values of Cilium; on its own only
    HelmValues,
}

/// How a range of addresses is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Blocks {
    /// A CIDR where the range is exactly one, else start and stop
    #[default]
    Auto,
    /// Always start and stop
    Range,
    /// The shortest exact list of CIDRs
    Cidr,
    /// As cidr, with the inside of one CIDR written as that CIDR
    Compact,
}

/// What to write, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The parts that are written.
    pub parts: BTreeSet<Part>,
    /// Where and how.
    pub target: Target,
    /// Whether a loss that touches traffic makes the status 1.
    pub strict: bool,
    /// Whether a missing Secret is no error.
    pub allow_missing_secrets: bool,
}

/// Where manifests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stdout(ManifestFormat),
    /// A file for each object.
    Directory(PathBuf),
}

impl ConvertArgs {
    /// What the arguments ask for.
    ///
    /// # Errors
    /// Arguments that do not go together.
    pub fn request(&self) -> Result<Request, clap::Error> {
        let parts: BTreeSet<Part> = self.emit.iter().copied().collect();
        let conflict = |message: &str| clap::Error::raw(ErrorKind::ArgumentConflict, message);
        if parts.contains(&Part::HelmValues) && parts.len() > 1 {
            return Err(conflict("--emit helm-values is no manifest: ask for it on its own"));
        }
        if parts.contains(&Part::HelmValues) && self.output_dir.is_some() {
            return Err(conflict("--emit helm-values goes to standard output, not --output-dir"));
        }
        if let Some(both) = self.only_pool.iter().find(|name| self.skip_pool.contains(name)) {
            let message = format!("--only-pool and --skip-pool both name `{both}`");
            return Err(conflict(&message));
        }
        let target = match &self.output_dir {
            Some(directory) => Target::Directory(directory.clone()),
            None => Target::Stdout(self.output),
        };
        let (strict, allow_missing_secrets) = (self.strict, self.allow_missing_secrets);
        Ok(Request { parts, target, strict, allow_missing_secrets })
    }
}

/// Converts.
///
/// # Errors
/// Arguments that do not go together, or a stream that cannot be written to.
pub(super) fn run(
    args: ConvertArgs,
    input: InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let request = args.request()?;
    let Some(mut loaded) = load(&input, console)? else { return Ok(Exit::Refused) };
    let mut found = std::mem::take(&mut loaded.manifests.diagnostics);
    let converted = converted(&args, &input, &request, &mut loaded, &mut found);
    let refused = found.iter().any(Diagnostic::is_error);
    let Some((conversion, objects_in)) = converted.filter(|_| !refused) else {
        console.report(&found, &loaded.manifests.sources)?;
        return Ok(Exit::Refused);
    };
    let documents = conversion.documents(&request.manifests())?;
    if request.parts.contains(&Part::HelmValues) {
        console.stdout.write_all(conversion.helm_values.to_yaml().as_bytes())?;
    } else {
        write(&request.target, &documents, console)?;
    }
    console.report(&found, &loaded.manifests.sources)?;
    console.say(&Summary::new(objects_in, documents.len(), &found).to_string())?;
    console.remind(REMINDER)?;
    let touches_traffic =
        |diagnostic: &Diagnostic| diagnostic.severity == Severity::Lossy(Impact::Traffic);
    if request.strict && found.iter().any(touches_traffic) {
        return Ok(Exit::Findings);
    }
    Ok(Exit::Done)
}

/// Said at the end of every conversion.
const REMINDER: &str = "\
MetalLB must not run beside this configuration: both would answer for the same
addresses. Stop MetalLB's controller and speakers before you apply it, and keep
its pools: deleting them clears every Service's address. `metallb2cilium plan`
writes the whole order of the switch, with a script for each step.";

/// How many ways to decide are compared.
const MAX_OUTCOMES: usize = 256;

/// The conversion and how many objects it was made of; `None` where the input is
/// refused, for one of the reasons in `found`.
fn converted(
    args: &ConvertArgs,
    input: &InputArgs,
    request: &Request,
    loaded: &mut Loaded,
    found: &mut Vec<Diagnostic>,
) -> Option<(Conversion, usize)> {
    let MetalLb { config, mut cluster, runs, objects } =
        configuration::metallb(loaded, &args.metallb, request.allow_missing_secrets, found)?;
    if config.pools.is_empty() && config.peers.is_empty() {
        // A file that could not be read may hold what is missing.
        if !found.iter().any(Diagnostic::is_error) {
            found.push(nothing_to_convert(&config));
        }
        return None;
    }
    let options = convert::Options {
        version: input.cilium_version,
        blocks: args.blocks.into(),
        default_pool: args.default_pool.clone(),
        only_pools: args.only_pool.iter().cloned().collect(),
        skip_pools: args.skip_pool.iter().cloned().collect(),
        pin: !args.no_pin,
        secrets_namespace: args.bgp_secrets_namespace.clone(),
        mode: runs.mode,
        mode_assumed: runs.mode_assumed,
        lb_class: runs.lb_class,
        ignore_exclude_lb: runs.ignore_exclude_lb,
        speaker_nodes: runs.speaker_nodes,
        excluded_interfaces: runs.excluded_interfaces,
    };
    let (existing, refused) =
        CiliumConfig::read(&loaded.manifests.objects, None, input.cilium_version);
    found.extend(refused);
    // Everything that is needed of them has been taken.
    loaded.manifests.objects = Vec::new();
    match convert::convert(&config, &cluster, &existing, &options) {
        Ok(mut conversion) => {
            let whole = options.only_pools.is_empty() && options.skip_pools.is_empty();
            if whole && !args.no_verify && !cluster.services.is_empty() {
                cilium::complete(&mut cluster);
                let compared = compare(&config, &cluster, &options, &conversion);
                let unnamed = verify::unnamed(&compared, &cluster, &conversion.diagnostics);
                conversion.diagnostics.extend(unnamed);
            }
            found.append(&mut conversion.diagnostics);
            Some((conversion, objects))
        }
        Err(refused) => {
            found.extend(refused);
            None
        }
    }
}

/// Simulates both controllers on the cluster at hand, before and after.
fn compare(
    config: &Config,
    cluster: &Cluster,
    options: &convert::Options,
    conversion: &Conversion,
) -> Comparison {
    let before = simulate::metallb::Options {
        lb_class: options.lb_class.clone(),
        ignore_exclude_lb: options.ignore_exclude_lb,
        speaker_nodes: options.speaker_nodes.clone(),
        max_outcomes: MAX_OUTCOMES,
    };
    let before = simulate::metallb::simulate(config, cluster, &before);
    let (written, applied) = verify::applied(conversion, cluster);
    let after = simulate::cilium::Options { max_outcomes: MAX_OUTCOMES };
    let after = simulate::cilium::simulate(&written, &applied, &after);
    verify::compare(config, cluster, &before, &after)
}

fn nothing_to_convert(config: &Config) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(
        codes::NOTHING_TO_CONVERT,
        "there is nothing to convert: no address pool and no BGP peer in the input",
    )
    .help("give all of MetalLB's resources together: -f may be repeated and takes directories");
    let l2 = config.l2_advertisements.iter().map(|ad| (&ad.meta, &ad.origin, "L2Advertisement"));
    let bgp = config.bgp_advertisements.iter().map(|ad| (&ad.meta, &ad.origin, "BGPAdvertisement"));
    if let Some((meta, origin, kind)) = l2.chain(bgp).next() {
        diagnostic = diagnostic
            .object(meta.reference(kind))
            .label(origin.span("metadata.name"), "speaks of pools that are not in the input");
    }
    diagnostic
}

fn write(target: &Target, documents: &[Document], console: &mut Console<'_>) -> anyhow::Result<()> {
    match target {
        Target::Stdout(ManifestFormat::Yaml) => manifests::write_yaml(documents, console.stdout),
        Target::Stdout(ManifestFormat::Json) => manifests::write_json(documents, console.stdout),
        Target::Directory(directory) => {
            let written = manifests::write_directory(documents, directory)?;
            for path in manifests::left_over(directory, &written) {
                console.say(&format!("{} is left as it was", path.display()))?;
            }
            Ok(())
        }
    }
}

impl Request {
    /// The parts that are manifests.
    fn manifests(&self) -> Vec<convert::Part> {
        let parts = self.parts.iter().filter_map(|part| match part {
            Part::Pools => Some(convert::Part::Pools),
            Part::L2 => Some(convert::Part::L2),
            Part::Bgp => Some(convert::Part::Bgp),
            Part::Secrets => Some(convert::Part::Secrets),
            Part::Services => Some(convert::Part::Services),
            Part::HelmValues => None,
        });
        parts.collect()
    }
}

impl From<Blocks> for BlockForm {
    fn from(blocks: Blocks) -> Self {
        match blocks {
            Blocks::Auto => Self::Auto,
            Blocks::Range => Self::Range,
            Blocks::Cidr => Self::Cidr,
            Blocks::Compact => Self::Compact,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::{Cli, Command};
    use super::*;

    fn request(args: &[&str]) -> Result<Request, String> {
        let line = ["metallb2cilium", "convert"].iter().chain(args);
        let cli = Cli::try_parse_from(line).map_err(|error| error.to_string())?;
        let Command::Convert(args) = cli.command else { panic!("another command") };
        args.request().map_err(|error| error.to_string())
    }

    #[test]
    fn all_cilium_resources_and_secrets_are_the_default() {
        let request = request(&[]).unwrap();
        assert_eq!(
            Vec::from_iter(request.parts),
            [Part::Pools, Part::L2, Part::Bgp, Part::Secrets]
        );
        assert_eq!(request.target, Target::Stdout(ManifestFormat::Yaml));
    }

    #[test]
    fn parts_are_listed_with_commas() {
        let request = request(&["--emit", "services,pools", "-o", "json"]).unwrap();
        assert_eq!(Vec::from_iter(request.parts), [Part::Pools, Part::Services]);
        assert_eq!(request.target, Target::Stdout(ManifestFormat::Json));
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        for args in [
            &["--emit", "helm-values,pools"][..],
            &["--emit", "helm-values", "--output-dir", "x"],
            &["--only-pool", "a", "--skip-pool", "a"],
            &["-o", "json", "--output-dir", "x"],
            &["--emit", "pods"],
            &["--cilium-version", "1.15"],
            &["--max-input", "lots"],
            &["--speaker-node-selector", "a>1"],
        ] {
            assert!(request(args).is_err(), "{args:?}");
        }
    }
}
