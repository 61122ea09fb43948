//! Everything that is waited for at once: links, changes of interfaces, signals.

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::socket::{MsgFlags, recv};

use super::error::LiveError;
use super::link::{Interface, Link};
use super::neighbours;
use super::packet::Heard;

mod vigil;

use vigil::{AWAKE, Vigil, Watch};

/// No wait is longer, so that clocks that jump do no harm.
const LONGEST: Duration = Duration::from_secs(10);

/// SIGINT, SIGTERM and SIGHUP as something to wait for, not an end in mid-air; they
/// work as usual again when this is dropped.
#[derive(Debug)]
pub struct Stop {
    signals: SigSet,
    fd: SignalFd,
}

impl Stop {
    /// Takes the signals in.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn new() -> Result<Self, LiveError> {
        let signals = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]);
        let taken = signals.thread_block().and_then(|()| {
            SignalFd::with_flags(&signals, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)
        });
        let fd = taken.map_err(|error| LiveError::System {
            what: "waiting for signals",
            error: error.into(),
        })?;
        Ok(Self { signals, fd })
    }

    /// Whether one has come.
    pub fn asked(&self) -> bool {
        matches!(self.fd.read_signal(), Ok(Some(_)))
    }
}

impl AsFd for Stop {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        // Where this fails the process is about to end anyway.
        let _ = self.signals.thread_unblock();
    }
}

/// What ended a wait.
#[derive(Debug, Default)]
pub struct Woken {
    /// What was heard, each with the number of its link.
    pub heard: Vec<(usize, Heard)>,
    /// Whether one of the signals of [`Stop`] came.
    pub stop: bool,
    /// The links, by number, that are gone or down.
    pub lost: Vec<usize>,
}

/// The links with all else that is waited for.
#[derive(Debug)]
pub struct Wires {
    links: Vec<Link>,
    events: OwnedFd,
    stop: Stop,
    vigil: Option<Vigil>,
    /// By link, which of its sockets had something the last time.
    lively: Vec<[bool; 2]>,
}

impl Wires {
    /// Waits on these links.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn new(links: Vec<Link>) -> Result<Self, LiveError> {
        let (events, stop) = (neighbours::link_events()?, Stop::new()?);
        Ok(Self { links, events, stop, vigil: None, lively: Vec::new() })
    }

    /// Stays awake for a moment after something was heard, as long as more comes then:
    /// for who answers.
    pub fn eager(self) -> Self {
        Self { vigil: Some(Vigil::default()), ..self }
    }

    /// The name of the interface of the link with that number.
    pub fn name(&self, link: usize) -> String {
        let link = self.links.get(link);
        link.map(|link| link.interface().name.clone()).unwrap_or_default()
    }

    /// The links.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Waits until something happens or that time has come, or for a shorter time.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn wait(&mut self, until: Option<Instant>) -> Result<Woken, LiveError> {
        self.poll(until).map_err(|error| LiveError::System { what: "waiting", error })
    }

    fn poll(&mut self, until: Option<Instant>) -> io::Result<Woken> {
        let left = until.map_or(LONGEST, |until| until.saturating_duration_since(Instant::now()));
        let watch = self.vigil.as_ref().map_or(Watch::Sleep, Vigil::next);
        if watch == Watch::Awake
            && let Some(woken) = self.stay_awake(left)?
        {
            return Ok(woken);
        }
        let left = if watch == Watch::Glance { Duration::ZERO } else { left.min(LONGEST) };
        let timeout = PollTimeout::try_from(round_up(left)).unwrap_or(PollTimeout::ZERO);
        let mut all = vec![self.stop.as_fd(), self.events.as_fd()];
        all.extend(self.links.iter().flat_map(Link::sockets));
        let mut all: Vec<PollFd<'_>> =
            all.into_iter().map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect();
        match poll(&mut all, timeout) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ready: Vec<bool> = all.iter().map(|fd| fd.any().unwrap_or(true)).collect();
        let [signalled, changed, sockets @ ..] = ready.as_slice() else {
            return Ok(Woken::default());
        };
        let stop = *signalled && self.stop.asked();
        let mut woken = Woken { stop, ..Woken::default() };
        if *changed {
            drain(&self.events);
            woken.lost = self.down()?;
        }
        let ready = sockets.as_chunks().0;
        receive(&mut self.links, ready, &mut woken)?;
        if let Some(vigil) = &mut self.vigil {
            match watch {
                Watch::Glance => vigil.glanced(),
                Watch::Awake | Watch::Sleep => {
                    vigil.woken(!woken.heard.is_empty());
                    self.lively = ready.to_vec();
                }
            }
        }
        Ok(woken)
    }

    /// Looks again and again at the sockets that had something; `None` where nothing
    /// came for a moment.
    fn stay_awake(&mut self, left: Duration) -> io::Result<Option<Woken>> {
        let (until, mut woken) = (Instant::now() + left.min(AWAKE), Woken::default());
        let found = loop {
            receive(&mut self.links, &self.lively, &mut woken)?;
            let found = !woken.heard.is_empty() || !woken.lost.is_empty();
            if found || Instant::now() >= until {
                break found;
            }
        };
        if let Some(vigil) = &mut self.vigil {
            vigil.stayed(found);
        }
        Ok(found.then_some(woken))
    }

    /// Which links are down now.
    fn down(&self) -> io::Result<Vec<usize>> {
        let all = Interface::all().map_err(io::Error::other)?;
        let running = |link: &Link| {
            let mut now = all.iter().filter(|now| now.index == link.interface().index);
            now.any(|now| now.running && now.mac == link.interface().mac)
        };
        let links = self.links.iter().enumerate();
        Ok(links.filter(|(_, link)| !running(link)).map(|(number, _)| number).collect())
    }
}

/// Takes in what the sockets have that are ready, by link.
fn receive(links: &mut [Link], ready: &[[bool; 2]], woken: &mut Woken) -> io::Result<()> {
    for ((number, link), ready) in links.iter_mut().enumerate().zip(ready) {
        match link.receive(*ready) {
            Ok(heard) => woken.heard.extend(heard.into_iter().map(|heard| (number, heard))),
            Err(error) if is_gone(&error) => woken.lost.push(number),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whole milliseconds, so that a wait does not end too early again and again.
fn round_up(duration: Duration) -> Duration {
    let millis = duration.as_nanos().div_ceil(1_000_000);
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// Whether the interface is down or has been taken away.
pub fn is_gone(error: &io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_raw);
    matches!(errno, Some(Errno::ENETDOWN | Errno::ENXIO | Errno::ENODEV))
}

fn drain(socket: &OwnedFd) {
    let mut buffer = [0; 8192];
    // An overrun (ENOBUFS) says the same as an event: look again.
    while recv(socket.as_raw_fd(), &mut buffer, MsgFlags::empty()).is_ok_and(|length| length > 0) {}
}
