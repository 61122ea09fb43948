//! The input of a run: files, directories, standard input, and the values of
//! placeholders.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{ByteSize, ClusterArgs, Console, codes, from_cluster};
use crate::cilium::CiliumVersion;
use crate::diagnostic::Diagnostic;
use crate::manifest::{
    self, Input, Manifests, Node, Object, Sources, Substitutions, Untyped, deduplicate,
};
use crate::metallb;
use crate::progress::Progress;
use crate::secret::SecretString;

const HEADING: &str = "Input";

/// The options about input.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct InputArgs {
    /// File or directory to read; `-` is standard input, which is also read
    /// when there is no -f
    #[arg(short, long, global = true, value_name = "PATH", help_heading = HEADING)]
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    pub filename: Vec<PathBuf>,
    /// Read subdirectories, too
    #[arg(short = 'R', long, global = true, help_heading = HEADING)]
    pub recursive: bool,
    /// Give the placeholder ${NAME} a value; other users of the host can see it: take
    /// --env-file for passwords
    #[arg(long, global = true, value_name = "NAME=VALUE", help_heading = HEADING)]
    #[arg(value_parser = setting)]
    pub set: Vec<SecretString>,
    /// Give placeholders values from a file of NAME=VALUE lines
    #[arg(long, global = true, value_name = "FILE", help_heading = HEADING)]
    #[arg(value_hint = clap::ValueHint::FilePath)]
    pub env_file: Vec<PathBuf>,
    /// Refuse input that is larger than this in all
    #[arg(long, global = true, value_name = "BYTES", help_heading = HEADING)]
    #[arg(default_value = "256MiB")]
    pub max_input: ByteSize,
    /// The version of Cilium, 1.Y or 1.Y.Z
    #[arg(long, global = true, value_name = "VERSION", help_heading = HEADING)]
    #[arg(default_value = "1.19")]
    pub cilium_version: CiliumVersion,
    /// Helm values of Cilium, where its settings matter
    #[arg(long, global = true, value_name = "FILE", help_heading = HEADING)]
    #[arg(value_hint = clap::ValueHint::FilePath)]
    pub cilium_values: Option<PathBuf>,
    /// Options about the cluster.
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// The value of a placeholder may be a password.
fn setting(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(SecretString::new(text))
}

/// The input as it was read; what could not be read is among its diagnostics.
#[derive(Default)]
pub struct Loaded {
    /// Objects in input order, each once; all but MetalLB's with their placeholders
    /// filled in.
    pub manifests: Manifests,
    /// The values of placeholders.
    pub substitutions: Substitutions,
    /// Who is told what is being done with it.
    pub progress: Progress,
}

/// A file that is no part of the configuration, such as one of Helm values.
pub(super) struct Aside {
    /// What it holds.
    pub(super) objects: Vec<Object>,
    /// Its documents without kind.
    pub(super) untyped: Vec<Untyped>,
    /// Whether something of it could not be read.
    pub(super) failed: bool,
}

impl Loaded {
    /// Reads a file that is no part of the configuration; its texts join the
    /// sources, so that diagnostics can point into them.
    pub(super) fn read_aside(
        &mut self,
        path: &Path,
        max_bytes: ByteSize,
        found: &mut Vec<Diagnostic>,
    ) -> Aside {
        let manifests = &mut self.manifests;
        let (objects, untyped) =
            (std::mem::take(&mut manifests.objects), std::mem::take(&mut manifests.untyped));
        let input =
            Input { paths: vec![path.to_owned()], max_bytes: max_bytes.0, ..Input::default() };
        input.read_into(manifests);
        let problems = std::mem::take(&mut manifests.diagnostics);
        let aside = Aside {
            objects: std::mem::replace(&mut manifests.objects, objects),
            untyped: std::mem::replace(&mut manifests.untyped, untyped),
            failed: problems.iter().any(Diagnostic::is_error),
        };
        found.extend(problems);
        aside
    }

    /// Fills in the placeholders of an object that was read aside.
    pub(super) fn fill(&self, object: &mut Object, found: &mut Vec<Diagnostic>) {
        fill_object(&self.substitutions, &self.manifests.sources, object, found);
    }

    /// Reads manifests that are no part of the configuration, as the input is read;
    /// their texts join the sources.
    pub(super) fn read_manifests_aside(
        &mut self,
        paths: &[PathBuf],
        args: &InputArgs,
        found: &mut Vec<Diagnostic>,
    ) -> Vec<Object> {
        let manifests = &mut self.manifests;
        let kept = (std::mem::take(&mut manifests.objects), std::mem::take(&mut manifests.untyped));
        let input = Input {
            paths: paths.to_vec(),
            recursive: args.recursive,
            max_bytes: args.max_input.0,
            stdin: None,
        };
        input.read_into(manifests);
        fill(&self.substitutions, manifests);
        found.append(&mut manifests.diagnostics);
        let objects = deduplicate(std::mem::take(&mut manifests.objects), judged_elsewhere, found);
        (manifests.objects, manifests.untyped) = kept;
        objects
    }
}

impl Loaded {
    /// The documents of a tree as input, with what `-f` names and the cluster says beside
    /// them: other resources of MetalLB's, Services, Nodes.
    pub(super) fn of_tree(
        sources: &Sources,
        nodes: &[Node],
        args: &InputArgs,
        console: &mut Console<'_>,
    ) -> anyhow::Result<Self> {
        let mut manifests = Manifests::default();
        manifests.sources = sources.clone();
        for node in nodes {
            manifests.add_node(node.clone());
        }
        let own = std::mem::take(&mut manifests.objects);
        if !args.filename.is_empty() {
            let input = Input {
                paths: args.filename.clone(),
                recursive: args.recursive,
                max_bytes: args.max_input.0,
                stdin: None,
            };
            input.read_into(&mut manifests);
        }
        if args.cluster.from_cluster {
            from_cluster::read(&args.cluster, args.cilium_version, console, &mut manifests)?;
        }
        // What a cluster says of a resource is older than what the tree does.
        let in_tree = |object: &Object| {
            own.iter().any(|one| one.kind == object.kind && one.meta.name == object.meta.name)
        };
        manifests.objects.retain(|object| object.group() != metallb::GROUP || !in_tree(object));
        manifests.objects.splice(0..0, own);
        let substitutions = settings(args, &mut manifests);
        if !(args.set.is_empty() && args.env_file.is_empty()) {
            fill(&substitutions, &mut manifests);
        }
        manifests.objects = deduplicate(
            std::mem::take(&mut manifests.objects),
            judged_elsewhere,
            &mut manifests.diagnostics,
        );
        Ok(Self { manifests, substitutions, progress: Progress::default() })
    }
}

/// Reads the input. `None` when there is none to read; then that has been told.
///
/// # Errors
/// When standard error cannot be written to.
pub fn load(args: &InputArgs, console: &mut Console<'_>) -> anyhow::Result<Option<Loaded>> {
    let mut paths = args.filename.clone();
    if paths.is_empty() && !args.cluster.from_cluster {
        if console.environment.stdin_is_terminal {
            let error = Diagnostic::error(codes::NO_INPUT, "there is no input to read")
                .help("name files or directories with `-f PATH`, or pipe manifests in");
            console.report(&[error], &Sources::default())?;
            return Ok(None);
        }
        paths.push(PathBuf::from("-"));
    }
    let input = Input {
        paths,
        recursive: args.recursive,
        max_bytes: args.max_input.0,
        stdin: Some(Box::new(&mut *console.stdin)),
    };
    let mut manifests = Manifests::default();
    manifests.tell(&console.progress.of);
    input.read_into(&mut manifests);
    if args.cluster.from_cluster {
        from_cluster::read(&args.cluster, args.cilium_version, console, &mut manifests)?;
    }
    let substitutions = settings(args, &mut manifests);
    fill(&substitutions, &mut manifests);
    manifests.objects = deduplicate(
        std::mem::take(&mut manifests.objects),
        judged_elsewhere,
        &mut manifests.diagnostics,
    );
    Ok(Some(Loaded { manifests, substitutions, progress: console.progress.of.clone() }))
}

/// Kinds that do not matter may stand in a tree as often as they like; within
/// one file MetalLB's own rules say what may not stand there twice.
fn judged_elsewhere(first: &Object, second: &Object) -> bool {
    let one_file = first.node.span.source == second.node.span.source;
    !matters(second) || second.group() == metallb::GROUP && one_file
}

/// The values of placeholders; `--set` wins over env files, the last one over
/// those before it.
fn settings(args: &InputArgs, manifests: &mut Manifests) -> Substitutions {
    let mut substitutions = Substitutions::default();
    for path in &args.env_file {
        let name = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => manifests.diagnostics.extend(substitutions.env_file(
                &mut manifests.sources,
                &name,
                text,
            )),
            Err(error) => manifests.diagnostics.push(Diagnostic::error(
                manifest::codes::NOT_READABLE,
                format!("{name} cannot be read: {error}"),
            )),
        }
    }
    for setting in &args.set {
        if let Err(diagnostic) = substitutions.set(setting.expose()) {
            manifests.diagnostics.push(*diagnostic);
        }
    }
    // Those that are passwords must not be shown.
    manifests.sources.set_values(substitutions.values().clone());
    substitutions
}

/// Fills in the placeholders of the kinds that matter.
fn fill(substitutions: &Substitutions, manifests: &mut Manifests) {
    let Manifests { sources, objects, diagnostics, .. } = manifests;
    for object in objects.iter_mut().filter(|object| matters(object)) {
        fill_object(substitutions, sources, object, diagnostics);
    }
}

/// Fills in the placeholders of an object. MetalLB's are filled in where they are
/// read, as the older forms of its configuration are: filling in twice would tell
/// everything twice, and take what was escaped for a placeholder.
fn fill_object(
    substitutions: &Substitutions,
    sources: &Sources,
    object: &mut Object,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if object.group() == metallb::GROUP {
        return;
    }
    let (filled, _, problems) = substitutions.fill_object(object, sources);
    let problems = problems.into_iter();
    diagnostics.extend(problems.map(|problem| problem.into_diagnostic(Some(filled.reference()))));
    if let Cow::Owned(filled) = filled {
        *object = filled;
    }
}

/// Whether it is of a kind that is looked at; a `$` in others is no business of
/// ours.
fn matters(object: &Object) -> bool {
    matches!(object.group(), metallb::GROUP | "cilium.io")
        || ["Service", "Node", "Namespace", "EndpointSlice", "Secret"]
            .contains(&object.kind.as_str())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::{Cli, CommonArgs, Environment, ProgressLine};
    use super::*;

    const POOL: &str = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\n\
        metadata: {name: a}\nspec: {addresses: [\"${RANGE}\"]}\n";
    const SERVICE: &str = "apiVersion: v1\nkind: Service\n\
        metadata: {name: a}\nspec: {loadBalancerIP: \"${ADDRESS}\"}\n";

    /// What is loaded, and what is said on standard error.
    fn load_with(args: &[&str], stdin: &str, terminal: bool) -> (Option<Manifests>, String) {
        let line = ["metallb2cilium", "convert"].iter().chain(args);
        let cli = Cli::try_parse_from(line).unwrap();
        let (mut stdin, mut stdout, mut stderr) = (stdin.as_bytes(), Vec::new(), Vec::new());
        let mut console = Console {
            stdin: &mut stdin,
            stdout: &mut stdout,
            stderr: &mut stderr,
            environment: Environment { stdin_is_terminal: terminal, ..Environment::default() },
            common: CommonArgs::default(),
            progress: ProgressLine::default(),
        };
        let manifests = load(&cli.input, &mut console).unwrap().map(|loaded| loaded.manifests);
        assert!(stdout.is_empty());
        (manifests, String::from_utf8(stderr).unwrap())
    }

    fn address(manifests: &Manifests) -> Option<&str> {
        manifests.objects.first()?.node.get("spec")?.get("loadBalancerIP")?.as_str()
    }

    #[test]
    fn standard_input_is_read_unless_it_is_a_terminal() {
        let (manifests, said) = load_with(&[], POOL, false);
        assert_eq!((manifests.unwrap().objects.len(), said.as_str()), (1, ""));
        let (manifests, said) = load_with(&[], POOL, true);
        assert!(manifests.is_none() && said.contains("M2C119") && said.contains("-f PATH"));
        let (manifests, _) = load_with(&["-f", "-"], POOL, true);
        assert!(manifests.is_some());
    }

    #[test]
    fn settings_win_over_env_files() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "ADDRESS=10.0.0.1\n").unwrap();
        let env_file = file.path().to_str().unwrap();
        let (manifests, _) = load_with(&["--env-file", env_file], SERVICE, false);
        assert_eq!(address(&manifests.unwrap()), Some("10.0.0.1"));
        let args = ["--set", "ADDRESS=10.0.0.2", "--env-file", env_file];
        assert_eq!(address(&load_with(&args, SERVICE, false).0.unwrap()), Some("10.0.0.2"));
    }

    #[test]
    fn what_cannot_be_read_refuses_the_input() {
        for (args, stdin, code) in [
            (&["-f", "/nowhere/at/all"][..], "", "M2C112"),
            (&["--env-file", "/nowhere/at/all"], POOL, "M2C112"),
            (&["--set", "1=2"], POOL, "M2C132"),
            (&["--max-input", "10"], POOL, "M2C116"),
            (&[], "a: [", "M2C101"),
        ] {
            let found = load_with(args, stdin, false).0.unwrap().diagnostics;
            let codes: Vec<&str> = found.iter().map(|diagnostic| diagnostic.code.id).collect();
            assert_eq!(codes, [code], "{args:?}");
        }
    }
}
