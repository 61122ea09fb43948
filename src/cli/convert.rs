//! `convert`: the Cilium resources for a MetalLB configuration.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, ValueEnum};

use super::cilium::{self, TranslationArgs};
use super::configuration::{self, MetalLb};
use super::{Console, Exit, InputArgs, Loaded, MetallbArgs, assumed, load};
use crate::cilium::CiliumConfig;
use crate::convert::admission::KubernetesVersion;
use crate::convert::{self, Conversion, Document};
use crate::diagnostic::{Diagnostic, Impact, Severity};
use crate::report::{Summary, manifests};
use crate::verify;

mod proof;

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
    /// The version of Kubernetes, such as 1.34, for the admission policy
    #[arg(long, value_name = "VERSION", help_heading = OUTPUT)]
    pub kubernetes_version: Option<KubernetesVersion>,
    /// Neither run both controllers on the cluster at hand to compare them and to
    /// see which Services have no address, nor prove that they decide alike
    #[arg(long, help_heading = OUTPUT)]
    pub no_verify: bool,
    /// How long to try to prove that Cilium decides as MetalLB does for every
    /// Service and Node
    #[arg(long, value_name = "SECONDS", default_value = "2s", help_heading = OUTPUT)]
    #[arg(value_parser = seconds, conflicts_with = "no_verify")]
    pub verify_budget: Duration,
    /// End with status 1 when a loss touches traffic
    #[arg(long, help_heading = OUTPUT)]
    pub strict: bool,

    /// Convert this IPAddressPool only; may be repeated
    #[arg(long, value_name = "NAME", help_heading = SELECTION)]
    pub only_pool: Vec<String>,
    /// Leave this IPAddressPool out; may be repeated
    #[arg(long, value_name = "NAME", help_heading = SELECTION)]
    pub skip_pool: Vec<String>,
    /// How the input is converted.
    #[command(flatten)]
    pub translation: TranslationArgs,

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
  What Services to come ask of MetalLB, translated when they are created:
    metallb2cilium convert -f metallb/ --emit admission-policy \\
      --kubernetes-version 1.36
  The Helm values that Cilium needs for it:
    metallb2cilium convert -f metallb/ --emit helm-values

Exit status: 0 done; 1 done, but lossy under --strict; 2 refused.";

/// `2`, `2s`, `0.5s` or `500ms`.
fn seconds(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    let number: f64 = number.parse().map_err(|_| "give seconds, such as 2s or 0.5s".to_owned())?;
    Duration::try_from_secs_f64(number * unit).map_err(|error| error.to_string())
}

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
    /// A MutatingAdmissionPolicy that translates what Services to come ask of
    /// MetalLB; needs --kubernetes-version
    AdmissionPolicy,
    /// Helm values of Cilium; on its own only
    HelmValues,
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
        if parts.contains(&Part::AdmissionPolicy) && self.kubernetes_version.is_none() {
            return Err(clap::Error::raw(
                ErrorKind::MissingRequiredArgument,
                "--emit admission-policy needs --kubernetes-version: its apiVersion depends on it\n",
            ));
        }
        if let Some(both) = self.only_pool.iter().find(|name| self.skip_pool.contains(name)) {
            let message = format!("--only-pool and --skip-pool both name `{both}`");
            return Err(conflict(&message));
        }
        let target = match &self.output_dir {
            Some(directory) => Target::Directory(directory.clone()),
            None => Target::Stdout(self.output),
        };
        Ok(Request { parts, target, strict: self.strict })
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
    let Some((conversion, objects_in, proven)) = converted.filter(|_| !refused) else {
        console.report(&found, &loaded.manifests.sources)?;
        return Ok(Exit::Refused);
    };
    console.progress.doing("writing");
    let documents = conversion.documents(&request.manifests())?;
    if request.parts.contains(&Part::HelmValues) {
        console.stdout.write_all(conversion.helm_values.to_yaml().as_bytes())?;
    } else {
        write(&request.target, &documents, console)?;
    }
    console.report(&found, &loaded.manifests.sources)?;
    let summary = Summary::new(objects_in, documents.len(), &found);
    console.say(&format!("{summary}; {proven}"))?;
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

/// The conversion, how many objects it was made of, and what was proved of it; `None`
/// where the input is refused, for one of the reasons in `found`.
fn converted(
    args: &ConvertArgs,
    input: &InputArgs,
    request: &Request,
    loaded: &mut Loaded,
    found: &mut Vec<Diagnostic>,
) -> Option<(Conversion, usize, String)> {
    let values = cilium::helm_values(input, loaded, found);
    let missing = args.translation.allow_missing_secrets;
    let mut metallb = configuration::metallb(loaded, &args.metallb, missing, found)?;
    // What could not be read may hold what is missing: nothing more can be said.
    if found.iter().any(Diagnostic::is_error) {
        return None;
    }
    if let Some(nothing) = configuration::nothing(&metallb.config) {
        found.push(nothing);
        return None;
    }
    let (existing, refused) =
        CiliumConfig::read(&loaded.manifests.objects, values.as_deref(), input.cilium_version);
    found.extend(refused);
    let has_settings = values.is_some() || cilium::has_settings(&loaded.manifests.objects);
    // Everything that is needed of them has been taken.
    loaded.manifests.objects = Vec::new();
    assumed::namespaces(&mut metallb);
    assumed::cluster_addresses(&mut metallb.cluster);
    let has_services = !metallb.cluster.services.is_empty();
    let before = (has_services && (args.translation.keep_pending || !args.no_verify)).then(|| {
        let invented = metallb.cluster.endpoints.is_empty();
        assumed::cluster(&mut metallb.cluster);
        loaded.progress.doing("simulating MetalLB");
        let before = configuration::decided(&metallb);
        if invented {
            metallb.cluster.endpoints.clear();
        }
        before
    });
    let pending = before.as_ref().map(|before| configuration::pending(before, &metallb));
    let MetalLb { config, mut cluster, runs, objects } = metallb;
    let options = convert::Options {
        only_pools: args.only_pool.iter().cloned().collect(),
        skip_pools: args.skip_pool.iter().cloned().collect(),
        pending: pending.unwrap_or_default(),
        kubernetes: args
            .kubernetes_version
            .filter(|_| request.parts.contains(&Part::AdmissionPolicy)),
        ..args.translation.options(input.cilium_version, runs)
    };
    loaded.progress.doing("converting");
    match convert::convert(&config, &cluster, &existing, &options) {
        Ok(mut conversion) => {
            let whole = options.only_pools.is_empty() && options.skip_pools.is_empty();
            if let Some(before) = before.filter(|_| whole && !args.no_verify) {
                loaded.progress.doing("comparing what both decide");
                assumed::cluster(&mut cluster);
                let settings = has_settings.then_some(&existing.settings);
                let compared =
                    match proof::compare(&config, &cluster, &before, &conversion, settings) {
                        Ok(compared) => compared,
                        Err(crash) => {
                            found.push(*crash);
                            return None;
                        }
                    };
                let unnamed = verify::unnamed(&compared, &cluster, &conversion.diagnostics);
                conversion.diagnostics.extend(unnamed);
            }
            let proven = if args.no_verify {
                "not proved (--no-verify)".to_owned()
            } else if whole {
                let existing = (&existing, has_settings);
                let budget = args.verify_budget;
                loaded.progress.doing("proving for every Service and Node");
                let lost = found.iter().any(Diagnostic::is_lossy);
                proof::prove(&config, &cluster, &options, existing, &mut conversion, budget, lost)
            } else {
                "not proved, since only some of the pools are converted".to_owned()
            };
            conversion.diagnostics.retain(|one| request.concerns(one));
            found.append(&mut conversion.diagnostics);
            Some((conversion, objects, proven))
        }
        Err(refused) => {
            found.extend(refused);
            None
        }
    }
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
    /// Whether something is to be said here: a note about a part that is not written
    /// is not. Helm values are about every part.
    fn concerns(&self, diagnostic: &Diagnostic) -> bool {
        let part = convert::Part::about(diagnostic.code);
        diagnostic.severity != Severity::Note
            || self.parts.contains(&Part::HelmValues)
            || part.is_none_or(|part| self.manifests().contains(&part))
    }

    /// The parts that are manifests.
    fn manifests(&self) -> Vec<convert::Part> {
        let parts = self.parts.iter().filter_map(|part| match part {
            Part::Pools => Some(convert::Part::Pools),
            Part::L2 => Some(convert::Part::L2),
            Part::Bgp => Some(convert::Part::Bgp),
            Part::Secrets => Some(convert::Part::Secrets),
            Part::Services => Some(convert::Part::Services),
            Part::AdmissionPolicy => Some(convert::Part::AdmissionPolicy),
            Part::HelmValues => None,
        });
        parts.collect()
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
