//! What is built of the files of a tree: by Kustomize, and by Flux on top of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::kustomization::{is_kustomization, maps, strings};
use super::tree::{Tree, plain};
use crate::manifest::Node;

/// Flux's API group for what it builds with Kustomize.
const FLUX_GROUP: &str = "kustomize.toolkit.fluxcd.io/";

/// Ways to build one file that are looked at.
const MAX_CHAINS: usize = 64;

/// Who works on the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    /// A kustomization (`kustomize.config.k8s.io`), or a component of one.
    Kustomize,
    /// A Kustomization of Flux's: its `spec`.
    Flux,
}

/// One step of a build: a kustomization and what it works on.
#[derive(Debug, Clone)]
pub(super) struct Level<'t> {
    /// The place of its file in the tree.
    pub(super) file: usize,
    /// Where its paths start.
    pub(super) directory: PathBuf,
    pub(super) tool: Tool,
    /// The kustomization, or the `spec` of Flux's.
    pub(super) node: &'t Node,
    files: BTreeSet<PathBuf>,
    patches: BTreeSet<PathBuf>,
    bases: BTreeSet<PathBuf>,
    components: BTreeSet<PathBuf>,
}

/// All steps in a tree.
#[derive(Debug, Clone, Default)]
pub(super) struct Builds<'t> {
    pub(super) levels: Vec<Level<'t>>,
    /// The steps that take the result of a step, by its place.
    parents: BTreeMap<usize, Vec<usize>>,
}

impl<'t> Builds<'t> {
    /// Reads them.
    pub(super) fn read(tree: &'t Tree) -> Self {
        let mut levels = Vec::new();
        for (at, file) in tree.files.iter().enumerate() {
            for document in file.documents.iter().flatten() {
                let Ok(node) = &document.content else { continue };
                if is_kustomization(&file.path) {
                    levels.push(Level::of_kustomize(at, &file.path, node));
                } else if let Some(spec) = flux_spec(node) {
                    levels.push(Level::of_flux(at, &file.path, spec));
                }
            }
        }
        let mut builds = Self { levels, parents: BTreeMap::new() };
        builds.resolve_flux(tree);
        let directories: BTreeMap<PathBuf, usize> = builds.kustomizations();
        for (at, level) in builds.levels.iter().enumerate() {
            for base in level.bases.iter().filter_map(|base| directories.get(base)) {
                builds.parents.entry(*base).or_default().push(at);
            }
        }
        builds
    }

    fn kustomizations(&self) -> BTreeMap<PathBuf, usize> {
        let of_kustomize =
            self.levels.iter().enumerate().filter(|(_, level)| level.tool == Tool::Kustomize);
        of_kustomize.map(|(at, level)| (level.directory.clone(), at)).collect()
    }

    /// Flux names directories from the root of the repository, wherever that is: a
    /// directory of the tree is meant whose path ends so.
    fn resolve_flux(&mut self, tree: &Tree) {
        if self.levels.iter().all(|level| level.tool != Tool::Flux) {
            return;
        }
        let parents = tree.files.iter().filter_map(|file| file.path.parent());
        let directories: BTreeSet<&Path> = parents.flat_map(Path::ancestors).collect();
        let real: Vec<(&Path, PathBuf)> = directories
            .into_iter()
            .filter_map(|path| {
                let named = if path.as_os_str().is_empty() { Path::new(".") } else { path };
                Some((path, fs::canonicalize(named).ok()?))
            })
            .collect();
        let kustomizations = self.kustomizations();
        for level in self.levels.iter_mut().filter(|level| level.tool == Tool::Flux) {
            let Some(path) = level.node.get("path").and_then(Node::as_str) else { continue };
            let path = plain(Path::new(path.trim_start_matches('/')));
            if path.as_os_str().is_empty() {
                continue;
            }
            for (directory, _) in real.iter().filter(|(_, real)| real.ends_with(&path)) {
                if kustomizations.contains_key(*directory) {
                    level.bases.insert(directory.to_path_buf());
                } else {
                    // Flux makes a kustomization of all that lies there.
                    let files = tree.files.iter().map(|file| &file.path);
                    level.files.extend(files.filter(|file| file.starts_with(directory)).cloned());
                }
            }
        }
    }

    /// The ways in which a file is built, each with its steps from the inner to the
    /// outer one; none where no kustomization of the tree names it.
    pub(super) fn chains(&self, path: &Path) -> Vec<Vec<usize>> {
        let mut chains = Vec::new();
        for (at, level) in self.levels.iter().enumerate() {
            if level.files.contains(path) || level.patches.contains(path) {
                self.up(at, &mut Vec::new(), &mut chains);
            }
        }
        chains
    }

    fn up(&self, at: usize, chain: &mut Vec<usize>, chains: &mut Vec<Vec<usize>>) {
        if chain.contains(&at) || chains.len() >= MAX_CHAINS {
            return;
        }
        let length = chain.len();
        let of_level = self.levels.get(at).map(|level| &level.components);
        let components = self.levels.iter().enumerate().filter(|(_, level)| {
            level.tool == Tool::Kustomize
                && of_level.is_some_and(|components| components.contains(&level.directory))
        });
        chain.extend(components.map(|(at, _)| at));
        chain.push(at);
        match self.parents.get(&at) {
            Some(parents) => parents.iter().for_each(|parent| self.up(*parent, chain, chains)),
            None => chains.push(chain.clone()),
        }
        chain.truncate(length);
    }

    /// The namespaces that the objects of a file get, one for each way in which it is
    /// built; `None` where they keep what they say.
    pub(super) fn namespaces(&self, path: &Path) -> Vec<Option<String>> {
        let chains = self.chains(path);
        if chains.is_empty() {
            return vec![None];
        }
        chains.iter().map(|chain| self.namespace(chain)).collect()
    }

    /// The namespace that a chain sets: the outermost one wins.
    pub(super) fn namespace(&self, chain: &[usize]) -> Option<String> {
        let levels = chain.iter().rev().filter_map(|at| self.levels.get(*at));
        levels.filter_map(Level::namespace).next().map(str::to_owned)
    }
}

impl<'t> Level<'t> {
    fn of_kustomize(file: usize, path: &Path, node: &'t Node) -> Self {
        let directory = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let paths = |key: &str| -> BTreeSet<PathBuf> {
            let texts = strings(node, key).filter_map(Node::as_str);
            let local = texts.filter(|text| !text.contains('\n') && !text.contains("://"));
            local.map(|text| plain(&directory.join(text))).collect()
        };
        // A path may be that of a file or of a directory: each is looked up as both.
        let mut resources = paths("resources");
        resources.extend(paths("bases"));
        let mut patches = paths("patchesStrategicMerge");
        for list in ["patches", "patchesJson6902"] {
            let named = maps(node, list).filter_map(|patch| patch.get("path")?.as_str());
            patches.extend(named.map(|text| plain(&directory.join(text))));
        }
        let components = paths("components");
        let bases = resources.clone();
        let tool = Tool::Kustomize;
        Self { file, directory, tool, node, files: resources, patches, bases, components }
    }

    fn of_flux(file: usize, path: &Path, node: &'t Node) -> Self {
        Self {
            file,
            directory: path.parent().unwrap_or(Path::new("")).to_path_buf(),
            tool: Tool::Flux,
            node,
            files: BTreeSet::new(),
            patches: BTreeSet::new(),
            bases: BTreeSet::new(),
            components: BTreeSet::new(),
        }
    }

    /// The namespace that it sets on all objects.
    pub(super) fn namespace(&self) -> Option<&'t str> {
        let key = match self.tool {
            Tool::Kustomize => "namespace",
            Tool::Flux => "targetNamespace",
        };
        self.node.get(key).and_then(Node::as_str).filter(|text| !text.is_empty())
    }

    /// Labels that it sets on all objects: mappings.
    pub(super) fn labels(&self) -> Vec<&'t Node> {
        let common = self.node.get("commonLabels");
        let of_flux = self.node.get("commonMetadata").and_then(|common| common.get("labels"));
        let pairs = maps(self.node, "labels").filter_map(|one| one.get("pairs"));
        common.into_iter().chain(of_flux).chain(pairs).collect()
    }

    /// What it changes the names of all objects by.
    pub(super) fn renames(&self) -> Option<&'t Node> {
        let keys = ["namePrefix", "nameSuffix"].into_iter();
        let set = keys.filter_map(|key| self.node.get(key));
        set.into_iter().find(|node| node.as_str().is_some_and(|text| !text.is_empty()))
    }

    /// The lists of patches it has: the key of each, and its items.
    pub(super) fn patch_lists(&self) -> Vec<(&'static str, &'t [Node])> {
        let keys = ["patchesStrategicMerge", "patchesJson6902", "patches"].into_iter();
        keys.filter_map(|key| match &self.node.get(key)?.value {
            crate::manifest::Value::Seq(items) => Some((key, &items[..])),
            _ => None,
        })
        .collect()
    }
}

fn flux_spec(node: &Node) -> Option<&Node> {
    let is_flux = node.get("apiVersion")?.as_str()?.starts_with(FLUX_GROUP)
        && node.get("kind")?.as_str()? == "Kustomization";
    node.get("spec").filter(|_| is_flux)
}
