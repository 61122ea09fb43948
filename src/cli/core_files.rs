//! No core file: the process holds passwords.

/// Keeps the system from writing the process's memory into a core file, and other
/// processes of the same user from looking into it. Where that is not possible, the
/// process runs all the same.
pub(super) fn forbid() {
    #[cfg(target_os = "linux")]
    {
        use nix::sys::resource::{Resource, setrlimit};
        // A handler of core files is told of a crash whatever the limit: it gets
        // nothing of a process that may not be dumped.
        let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
        let _ = nix::sys::prctl::set_dumpable(false);
    }
}
