//! Checks Kubernetes objects against Cilium's CRDs as the API server does on
//! creation with strict field validation: nulls pruned, defaults applied, the
//! structural schema walked, then the CEL rules (only where the schema holds).

mod format;
mod metadata;
mod schema;
mod walk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use kube_cel::{CompiledSchema, Validator, compile_schema};
use serde::Deserialize;
use serde_json::Value;

pub(crate) use schema::Schema;

/// The CRDs of one Cilium version, by kind.
pub(crate) struct Crds {
    kinds: BTreeMap<String, Crd>,
    cel: Validator,
}

/// One CustomResourceDefinition.
struct Crd {
    group: String,
    cluster_scoped: bool,
    versions: BTreeMap<String, CrdVersion>,
}

/// One entry of `spec.versions`.
struct CrdVersion {
    served: bool,
    schema: Schema,
    rules: CompiledSchema,
    raw: Value,
}

impl Crds {
    /// The CRDs of a Cilium version (`1.19`), from `$CRDS_DIR/cilium-1.19`.
    ///
    /// `None`, said on standard error, where that directory is absent; with
    /// `REQUIRE_CRDS=1` its absence fails the test instead.
    pub(crate) fn load(version: &str) -> Option<Self> {
        let dir = crds_dir().join(format!("cilium-{version}"));
        if !dir.is_dir() {
            let missing = format!("no CRDs of Cilium {version} at {}", dir.display());
            assert!(env::var("REQUIRE_CRDS").as_deref() != Ok("1"), "{missing}");
            super::skipped(&missing);
            return None;
        }
        let kinds: BTreeMap<_, _> = yaml_files(&dir).iter().map(|file| read_crd(file)).collect();
        assert!(!kinds.is_empty(), "no CRD in {}", dir.display());
        Some(Self { kinds, cel: Validator::new() })
    }

    /// Whether a kind exists under that `apiVersion`.
    pub(crate) fn serves(&self, api_version: &str, kind: &str) -> bool {
        self.version(api_version, kind).is_ok()
    }

    /// Every kind with each `apiVersion` under which it is served.
    pub(crate) fn served(&self) -> Vec<(String, String)> {
        let served = |crd: &Crd, version: &str| format!("{}/{version}", crd.group);
        self.kinds
            .iter()
            .flat_map(|(kind, crd)| {
                let versions = crd.versions.iter().filter(|(_, v)| v.served);
                versions.map(|(name, _)| (served(crd, name), kind.clone()))
            })
            .collect()
    }

    /// The raw schema of a kind, as the CRD has it.
    pub(crate) fn raw_schema(&self, api_version: &str, kind: &str) -> &Value {
        &self.version(api_version, kind).unwrap().1.raw
    }

    /// Why the API server would refuse to create the object: one line for each
    /// error, beginning with the path of the field; empty when it is accepted.
    pub(crate) fn check(&self, object: &Value) -> Vec<String> {
        let text = |key| object.get(key).and_then(Value::as_str).unwrap_or_default();
        let (crd, version) = match self.version(text("apiVersion"), text("kind")) {
            Ok(found) => found,
            Err(error) => return vec![error],
        };
        let mut object = object.clone();
        version.schema.prepare(&mut object);
        let mut errors = version.schema.check(&object);
        errors.extend(metadata::check(&object["metadata"], crd.cluster_scoped));
        if errors.is_empty()
            && let Err(broken) = self.cel.validate_compiled(&version.rules, &object, None)
        {
            errors.extend(broken.iter().map(ToString::to_string));
        }
        errors
    }

    /// The object as the API server stores it: with what it fills in.
    pub(crate) fn stored(&self, object: &Value) -> Value {
        let text = |key| object.get(key).and_then(Value::as_str).unwrap_or_default();
        let mut object = object.clone();
        self.version(text("apiVersion"), text("kind")).unwrap().1.schema.prepare(&mut object);
        object
    }

    fn version(&self, api_version: &str, kind: &str) -> Result<(&Crd, &CrdVersion), String> {
        let found = self.kinds.get(kind).and_then(|crd| {
            let name = api_version.strip_prefix(&crd.group)?.strip_prefix('/')?;
            let version = crd.versions.get(name).filter(|version| version.served)?;
            Some((crd, version))
        });
        found.ok_or_else(|| format!("no matches for kind {kind:?} in version {api_version:?}"))
    }
}

/// Where the CRDs of all Cilium versions lie.
fn crds_dir() -> PathBuf {
    env::var_os("CRDS_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/crds"), PathBuf::from)
}

fn yaml_files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    files
}

/// A CRD file by its kind. A keyword that the walker does not know, or a rule
/// that does not compile, fails here rather than being passed over.
fn read_crd(file: &Path) -> (String, Crd) {
    #[derive(Deserialize)]
    struct Definition {
        spec: Spec,
    }
    #[derive(Deserialize)]
    struct Spec {
        group: String,
        names: Names,
        scope: String,
        versions: Vec<Version>,
    }
    #[derive(Deserialize)]
    struct Names {
        kind: String,
    }
    #[derive(Deserialize)]
    struct Version {
        name: String,
        served: bool,
        schema: Value,
    }

    let text = fs::read_to_string(file).unwrap();
    let Definition { spec } =
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let version = |version: Version| {
        let raw = version.schema["openAPIV3Schema"].clone();
        let schema = Schema::of_resource(&raw)
            .unwrap_or_else(|error| panic!("{}: {}: {error}", file.display(), version.name));
        let rules = compile_schema(&raw);
        assert!(
            compiles(&rules),
            "{}: {}: a CEL rule does not compile",
            file.display(),
            version.name
        );
        (version.name, CrdVersion { served: version.served, schema, rules, raw })
    };
    let crd = Crd {
        group: spec.group,
        cluster_scoped: spec.scope == "Cluster",
        versions: spec.versions.into_iter().map(version).collect(),
    };
    (spec.names.kind, crd)
}

/// Whether every CEL rule at and below a node compiled.
fn compiles(node: &CompiledSchema) -> bool {
    let below = node.properties.values();
    let below = below.chain(node.items.as_deref()).chain(node.additional_properties.as_deref());
    !node.has_errors() && below.into_iter().all(compiles)
}
