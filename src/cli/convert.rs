//! `convert`: the Cilium resources for a MetalLB configuration.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, ValueEnum};

use super::{Console, Exit, InputArgs, MetallbArgs, load};

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
    kubectl get -A -o yaml services,nodes,namespaces,secrets,ipaddresspools,\\
    bgppeers,bgpadvertisements,l2advertisements,bfdprofiles,communities |
      metallb2cilium convert --strict > cilium.yaml
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
    let _request = args.request()?;
    let Some(_manifests) = load(&input, console)? else { return Ok(Exit::Refused) };
    anyhow::bail!("this build cannot convert: the mapping is not part of it")
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
