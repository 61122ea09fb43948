//! Why something cannot be done on this host.

use std::io;

use thiserror::Error;

use super::codes;
use crate::diagnostic::Diagnostic;

/// Why something cannot be done on this host.
#[derive(Debug, Error)]
pub enum LiveError {
    /// A capability is missing.
    #[error("{what} needs the capability {capability}")]
    NotPermitted {
        /// What was tried.
        what: &'static str,
        /// The capability (capabilities(7)).
        capability: &'static str,
    },
    /// The kernel does not have it.
    #[error("this kernel does not offer {0}")]
    Unsupported(&'static str),
    /// There is no such interface.
    #[error("there is no interface {name} here")]
    NoInterface {
        /// What was asked for.
        name: String,
        /// Those that are there.
        known: Vec<String>,
    },
    /// The interface cannot carry what is to be sent.
    #[error("the interface {name} {reason}")]
    Unusable {
        /// The interface.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// Something else that the system refused.
    #[error("{what}: {error}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        error: io::Error,
    },
}

impl LiveError {
    /// What it means that the system refused to do something that needs a capability.
    pub fn from_io(what: &'static str, capability: &'static str, error: io::Error) -> Self {
        match error.raw_os_error().map(nix::errno::Errno::from_raw) {
            Some(nix::errno::Errno::EPERM | nix::errno::Errno::EACCES) => {
                Self::NotPermitted { what, capability }
            }
            Some(
                nix::errno::Errno::EAFNOSUPPORT
                | nix::errno::Errno::EPROTONOSUPPORT
                | nix::errno::Errno::ENOPROTOOPT,
            ) => Self::Unsupported(what),
            _ => Self::System { what, error },
        }
    }

    /// What it is and what helps, within another sentence.
    pub fn with_remedy(&self) -> String {
        let diagnostic = self.diagnostic();
        let help = diagnostic.help.unwrap_or_default();
        format!("{}: {help}", diagnostic.message)
    }

    /// One line for people, with the remedy.
    pub fn diagnostic(&self) -> Diagnostic {
        let (code, help) = match self {
            Self::NotPermitted { capability, .. } => {
                let name = capability.to_ascii_lowercase();
                let help = format!(
                    "run it as root, or give the program the capability: setcap {name}+ep PROGRAM \
                     (or an ambient one: capsh, systemd's AmbientCapabilities); in a container \
                     add it to securityContext.capabilities, and to the program's file where it \
                     runs as another user than root"
                );
                (codes::NOT_PERMITTED, help)
            }
            Self::Unsupported(what) => (
                codes::NOT_SUPPORTED,
                format!("run it on a host whose kernel has {what}, such as the node itself"),
            ),
            Self::NoInterface { known, .. } => {
                (codes::NO_INTERFACE, format!("the interfaces here are: {}", known.join(", ")))
            }
            Self::Unusable { name, .. } => (
                codes::NO_INTERFACE,
                format!("`ip link show {name}` says how it is; name another one with --interface"),
            ),
            Self::System { .. } => {
                (codes::SYSTEM, "`explain M2C704` says what to look at".to_owned())
            }
        };
        Diagnostic::error(code, self.to_string()).help(help)
    }
}

#[cfg(test)]
mod tests {
    use nix::errno::Errno;

    use super::*;

    #[test]
    fn each_refusal_of_the_system_has_its_code() {
        for (errno, code, says) in [
            (Errno::EPERM, "M2C701", "a socket needs the capability CAP_NET_RAW"),
            (Errno::EACCES, "M2C701", "a socket needs the capability CAP_NET_RAW"),
            (Errno::EAFNOSUPPORT, "M2C703", "this kernel does not offer a socket"),
            (Errno::ENOPROTOOPT, "M2C703", "this kernel does not offer a socket"),
            (Errno::EMFILE, "M2C704", "a socket: Too many open files"),
        ] {
            let error = LiveError::from_io("a socket", "CAP_NET_RAW", errno.into());
            let diagnostic = error.diagnostic();
            assert_eq!(diagnostic.code.id, code);
            assert!(diagnostic.message.starts_with(says), "{}", diagnostic.message);
            assert!(diagnostic.help.is_some());
        }
    }

    #[test]
    fn a_remedy_is_told_within_another_sentence() {
        let missing = LiveError::from_io("an ICMPv6 socket", "CAP_NET_RAW", Errno::EPERM.into());
        let text = missing.with_remedy();
        let says = "an ICMPv6 socket needs the capability CAP_NET_RAW: run it as root";
        assert!(text.starts_with(says) && text.contains("setcap cap_net_raw+ep"), "{text}");
        let known = vec!["eth0".to_owned(), "eth1".to_owned()];
        let text = LiveError::NoInterface { name: "eth9".to_owned(), known }.with_remedy();
        let says = "there is no interface eth9 here: the interfaces here are: eth0, eth1";
        assert_eq!(text, says);
    }
}
