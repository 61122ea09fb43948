//! `--from-cluster`: what the commands need, read from the API server.

use std::path::PathBuf;

use clap::Args;

use super::{Console, codes};
use crate::cilium::CiliumVersion;
#[cfg(feature = "cluster")]
use crate::cilium::Feature;
use crate::diagnostic::Diagnostic;
use crate::manifest::Manifests;

const HEADING: &str = "Cluster";

/// The options about the cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ClusterArgs {
    /// Read what is needed from the cluster, with get and list only; -f adds to
    /// it
    #[arg(long, global = true, help_heading = HEADING)]
    pub from_cluster: bool,
    /// The context of the kubeconfig to use
    #[arg(long, global = true, value_name = "NAME", help_heading = HEADING)]
    #[arg(requires = "from_cluster")]
    pub context: Option<String>,
    /// The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod's own]
    #[arg(long, global = true, value_name = "FILE", help_heading = HEADING)]
    #[arg(value_hint = clap::ValueHint::FilePath, requires = "from_cluster")]
    pub kubeconfig: Option<PathBuf>,
    /// Whether to read who says which addresses are inside the cluster, too.
    #[arg(skip)]
    pub with_addresses: bool,
    /// Whether to read who holds Cilium's leases, too.
    #[arg(skip)]
    pub with_leases: bool,
}

/// Adds what the cluster says to the manifests; what it does not say becomes
/// diagnostics among them.
#[cfg(feature = "cluster")]
pub(super) fn read(
    args: &ClusterArgs,
    version: CiliumVersion,
    console: &mut Console<'_>,
    manifests: &mut Manifests,
) -> anyhow::Result<()> {
    use anyhow::Context as _;

    use crate::progress::Amount;

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start reading from the cluster")?;
    let progress = &console.progress.of;
    let result = runtime.block_on(async {
        progress.doing("connecting to the cluster");
        let client = connect(args).await?;
        let mut told = |name: &str, objects: usize| {
            if objects == 0 {
                progress.begin(format!("reading {name}"), Amount::Objects);
            }
            progress.reached(objects as u64);
        };
        let mut more = Vec::new();
        if args.with_addresses {
            more.extend_from_slice(crate::kubernetes::ADDRESSES);
        }
        if args.with_leases {
            more.push(crate::kubernetes::LEASES);
        }
        // Where it is not served any more, objects that are left do nothing.
        if !version.has(Feature::NoPeeringPolicy) {
            more.push(crate::kubernetes::PEERING_POLICIES);
        }
        let read = crate::kubernetes::fetch(&client, &more, &mut told).await;
        Ok::<_, String>(read)
    });
    let (fetched, problems) = match result {
        Ok(read) => read,
        Err(reason) => {
            manifests.diagnostics.push(unreachable(&reason));
            return Ok(());
        }
    };
    for one in fetched {
        manifests.add_text(one.name, one.text);
    }
    manifests.diagnostics.extend(problems.into_iter().map(diagnostic));
    Ok(())
}

#[cfg(not(feature = "cluster"))]
pub(super) fn read(
    _: &ClusterArgs,
    _: CiliumVersion,
    _: &mut Console<'_>,
    manifests: &mut Manifests,
) -> anyhow::Result<()> {
    manifests.diagnostics.push(unreachable("this build has no feature `cluster`"));
    Ok(())
}

/// Those of the rights that the user does not have; `None` where that could not be
/// asked, for the reason in `found`.
#[cfg(feature = "cluster")]
pub(super) fn denied(
    args: &ClusterArgs,
    rights: &[crate::plan::Right],
    found: &mut Vec<Diagnostic>,
) -> anyhow::Result<Option<Vec<crate::plan::Right>>> {
    use anyhow::Context as _;

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start asking the cluster")?;
    let answer = runtime.block_on(async {
        let client = connect(args).await.map_err(|reason| unreachable(&reason))?;
        crate::kubernetes::denied(&client, rights).await.map_err(diagnostic)
    });
    Ok(match answer {
        Ok(denied) => Some(denied),
        Err(reason) => {
            found.push(reason);
            None
        }
    })
}

#[cfg(not(feature = "cluster"))]
pub(super) fn denied(
    _: &ClusterArgs,
    _: &[crate::plan::Right],
    found: &mut Vec<Diagnostic>,
) -> anyhow::Result<Option<Vec<crate::plan::Right>>> {
    found.push(unreachable("this build has no feature `cluster`"));
    Ok(None)
}

/// A client for the context that is asked for, else as kubectl would choose; within a
/// Pod, that of its service account.
#[cfg(feature = "cluster")]
async fn connect(args: &ClusterArgs) -> Result<kube::Client, String> {
    use kube::config::{Config, KubeConfigOptions, Kubeconfig};

    use crate::kubernetes::words;

    let options = KubeConfigOptions { context: args.context.clone(), ..Default::default() };
    let config = match &args.kubeconfig {
        Some(path) => {
            let file = Kubeconfig::read_from(path).map_err(|error| words(&error))?;
            Config::from_custom_kubeconfig(file, &options).await.map_err(|error| words(&error))
        }
        None if args.context.is_some() => {
            Config::from_kubeconfig(&options).await.map_err(|error| words(&error))
        }
        None => Config::infer().await.map_err(|error| words(&error)),
    };
    let mut config = config?;
    // We try again ourselves, for as long as the server says, and not for minutes.
    config.default_retry = false;
    kube::Client::try_from(config).map_err(|error| words(&error))
}

fn unreachable(reason: &str) -> Diagnostic {
    Diagnostic::error(codes::CLUSTER_NOT_READ, format!("the cluster cannot be read: {reason}"))
        .help("try the same with `kubectl get services -A`; --context and --kubeconfig choose")
}

#[cfg(feature = "cluster")]
fn diagnostic(problem: crate::kubernetes::Problem) -> Diagnostic {
    use crate::kubernetes::Problem;

    match problem {
        Problem::Failed { resource, reason } => unreachable(&format!("{resource}: {reason}")),
        Problem::Forbidden { verb, resource, namespace, required } => {
            let place = namespace
                .map_or("all namespaces".to_owned(), |namespace| format!("namespace {namespace}"));
            let message = format!("you may not {verb} {resource} in {place}");
            let diagnostic = if required {
                Diagnostic::error(codes::RIGHT_MISSING, message)
            } else {
                Diagnostic::note(codes::RIGHT_MISSING, format!("{message}; going on without"))
            };
            diagnostic.help(format!("ask for a ClusterRole with the verb {verb} on {resource}"))
        }
    }
}
