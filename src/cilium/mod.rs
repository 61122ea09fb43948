//! Cilium's API, for each supported Cilium version.
