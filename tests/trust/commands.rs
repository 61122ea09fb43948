//! Every command in every format that it has.

/// What may hold passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allowed {
    /// Nothing of what is written to standard output.
    Nothing,
    /// The Secrets on standard output.
    Secrets,
    /// Standard output: it was asked for.
    All,
}

/// A command line.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) args: &'static [&'static str],
    pub(crate) allowed: Allowed,
}

const fn none(args: &'static [&'static str]) -> Run {
    Run { args, allowed: Allowed::Nothing }
}

const fn secrets(args: &'static [&'static str]) -> Run {
    Run { args, allowed: Allowed::Secrets }
}

/// No interface and no Node of this host: nothing is sent anywhere.
const NOWHERE: &str = "m2cnone0";

pub(crate) const COMMANDS: &[Run] = &[
    none(&["convert", "--emit", "pools,l2,bgp,services", "--strict"]),
    secrets(&["convert"]),
    secrets(&["convert", "-o", "json"]),
    secrets(&["convert", "--emit", "secrets", "--color", "always"]),
    none(&["convert", "--emit", "services", "-o", "json"]),
    none(&["convert", "--emit", "helm-values"]),
    none(&["convert", "--emit", "admission-policy", "--kubernetes-version", "1.36"]),
    none(&["convert", "--output-dir", "out"]),
    none(&["simulate", "metallb", "-o", "table"]),
    none(&["simulate", "metallb", "-o", "json"]),
    none(&["simulate", "metallb", "-o", "yaml"]),
    none(&["simulate", "metallb", "-o", "markdown"]),
    none(&["simulate", "metallb", "--explain", "shop/web"]),
    none(&["simulate", "metallb", "--events", "events.yaml"]),
    none(&["simulate", "cilium", "-f", "cilium", "-o", "table"]),
    none(&["simulate", "cilium", "-f", "cilium", "-o", "json"]),
    none(&["simulate", "cilium", "-f", "cilium", "-o", "yaml"]),
    none(&["simulate", "cilium", "-f", "cilium", "--explain", "shop/web"]),
    none(&["verify", "-o", "text", "--color", "always"]),
    none(&["verify", "--against", "cilium", "-o", "text"]),
    none(&["verify", "--against", "cilium", "-o", "json"]),
    none(&["verify", "--against", "cilium", "-o", "markdown"]),
    none(&["verify", "--against", "cilium", "-o", "html"]),
    none(&["verify", "--against", "cilium", "-o", "sarif"]),
    none(&["verify", "--against", "cilium", "-o", "junit"]),
    none(&["verify", "--observations", "observed.jsonl", "-o", "text"]),
    none(&["verify", "--observations", "observed.jsonl", "-o", "json"]),
    none(&["verify", "--observations", "observed.jsonl", "-o", "html"]),
    none(&["verify", "--observations", "observed.jsonl", "-o", "junit"]),
    none(&["verify", "--cilium-values", "values.yaml"]),
    none(&["diff", "--against", "cilium", "-o", "text", "--color", "always"]),
    none(&["diff", "--against", "cilium", "-o", "json"]),
    none(&["diff", "--against", "cilium", "-o", "sarif"]),
    none(&["diff", "--against", "empty", "-o", "junit"]),
    none(&["diff", "--against", "cilium", "-o", "github"]),
    none(&["diff", "--against", "cilium", "-o", "markdown"]),
    none(&["diff", "--against", "empty", "-o", "text"]),
    none(&["rewrite", "tree", "-o", "diff"]),
    none(&["rewrite", "tree", "-o", "json", "--remove-metallb"]),
    none(&["check", "-o", "text", "-f", "cilium"]),
    none(&["check", "-o", "json", "--cilium-values", "values.yaml"]),
    none(&["check", "-o", "markdown", "-f", "cilium"]),
    none(&["check", "-o", "sarif", "-f", "cilium"]),
    none(&["check", "-o", "junit", "-f", "cilium"]),
    none(&["check", "-o", "github", "--after", "-f", "cilium"]),
    none(&["check", "-o", "text", "--after", "-f", "cilium"]),
    none(&["check", "-o", "json", "--after"]),
    none(&["plan", "-o", "markdown", "--accept", "M2C306"]),
    none(&["plan", "-o", "json"]),
    none(&["plan", "-o", "html"]),
    none(&["plan", "--output-dir", "out"]),
    none(&["plan", "--rollback", "snapshot.yaml"]),
    none(&["plan", "--rollback", "snapshot.yaml", "-o", "json"]),
    none(&["plan", "--rollback", "snapshot.yaml", "--output-dir", "out"]),
    none(&["snapshot"]),
    none(&["snapshot", "-f", "cilium"]),
    none(&["snapshot", "--output-file", "out.yaml"]),
    Run { args: &["snapshot", "--with-secrets"], allowed: Allowed::All },
    secrets(&["live", "manifest", "probe", "--image", "registry.example/m2c:1"]),
    secrets(&["live", "manifest", "peer", "--image", "registry.example/m2c:1", "-o", "json"]),
    none(&["live", "probe", "--interface", NOWHERE, "--node", "node-a"]),
    none(&["live", "watch", "--interface", NOWHERE, "--node", "node-a", "--for", "1s"]),
    none(&["live", "announce", "--engine", "metallb", "--node", "node-a", "-o", "json"]),
    none(&["live", "announce", "--engine", "cilium", "--node", "node-a"]),
    none(&["live", "peer", "--node", NOWHERE, "-o", "json"]),
    none(&["live", "peer", "--node", "node-a", "--connect-timeout", "1s", "--for", "1s"]),
    none(&["explain", "M2C409"]),
    none(&["version"]),
];
