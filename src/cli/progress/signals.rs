//! Signals that end the process, held back until the line is gone: a shell's prompt
//! would stand behind it.

use nix::errno::Errno;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::getpid;

/// The signals, held back in this thread and in those that it starts.
pub(super) struct Held {
    before: SigSet,
    fd: SignalFd,
}

impl Held {
    /// Holds them back; `None` where the system does not let us.
    pub(super) fn new() -> Option<Self> {
        let held = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]);
        let fd =
            SignalFd::with_flags(&held, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC).ok()?;
        let before = held.thread_swap_mask(SigmaskHow::SIG_BLOCK).ok()?;
        Some(Self { before, fd })
    }

    /// The signal that came meanwhile.
    pub(super) fn came(&self) -> Option<Signal> {
        let info = self.fd.read_signal().ok().flatten()?;
        Signal::try_from(i32::try_from(info.ssi_signo).ok()?).ok()
    }

    /// Lets a signal do what it would have done: as a rule it ends the process here.
    pub(super) fn let_through(&self, signal: Signal) -> Result<(), Errno> {
        let one = SigSet::from_iter([signal]);
        one.thread_unblock()?;
        kill(getpid(), signal)?;
        one.thread_block()
    }

    /// Lets all of them through to this thread, as before.
    pub(super) fn release(&self) {
        // What the system refuses here it would have refused at the start.
        let _ = self.before.thread_set_mask();
    }
}
