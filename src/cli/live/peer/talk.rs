//! The sockets and timers around a session.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::Socket;

use crate::live::bgp::message::Stream;
use crate::live::bgp::session::{Action, Closing, End, Session, Wanted};
use crate::live::wires::Stop;

/// How long the peer may take to read everything and close after the last message.
const GOODBYE: Duration = Duration::from_secs(5);
/// The longest wait before it is looked at signals and timers again.
const LONGEST: Duration = Duration::from_secs(5);

/// No more is put into line than this before the connection has taken some of it:
/// signs of life wait no longer than that takes.
const IN_LINE: usize = 1 << 18;
/// So much is read at once.
const READ: usize = 1 << 16;

/// What the connection has not taken yet.
#[derive(Default)]
struct Outgoing {
    bytes: Vec<u8>,
    sent: usize,
    /// When the session came up.
    since: Option<Instant>,
}

/// What was spoken.
pub(super) struct Talk {
    pub(super) session: Session,
    pub(super) end: End,
    /// How long it was up, where it was.
    pub(super) lasted: Option<Duration>,
}

/// Speaks with the peer to the end.
pub(super) fn talk(mut socket: Socket, wanted: Wanted, stop: &Stop) -> io::Result<Talk> {
    // What is written is whole messages: to wait for more would only delay them.
    socket.set_tcp_nodelay(true)?;
    let (mut session, open) = Session::new(wanted, Instant::now());
    let mut stream = Stream::default();
    let mut actions = vec![open];
    let mut outgoing = Outgoing::default();
    let mut buffer = vec![0; READ];
    loop {
        // First what is due, then routes.
        if let Some(end) = outgoing.put(&mut actions) {
            let lasted = outgoing.since.map(|since| since.elapsed());
            leave(&mut socket, outgoing.waiting());
            return Ok(Talk { session, end, lasted });
        }
        actions.extend(session.fill(&mut outgoing.bytes, IN_LINE));
        if !actions.is_empty() {
            continue;
        }
        if let Err(error) = outgoing.flush(&mut socket) {
            // What it said before it closed tells more.
            actions.extend(receive(&mut socket, &mut stream, &mut buffer, &mut session));
            actions.extend(session.closed(closing(&error)));
            continue;
        }
        let more = !outgoing.waiting().is_empty();
        // Where the connection takes everything the next routes follow at once.
        let until =
            if more || !session.has_more() { session.next_due() } else { Some(Instant::now()) };
        wait(&socket, stop, until, more)?;
        if stop.asked() {
            actions.extend(session.interrupted(Instant::now()));
        }
        actions.extend(receive(&mut socket, &mut stream, &mut buffer, &mut session));
        actions.extend(session.tick(Instant::now()));
    }
}

impl Outgoing {
    /// Puts messages into line; how the session ended, where it did.
    fn put(&mut self, actions: &mut Vec<Action>) -> Option<End> {
        for action in actions.drain(..) {
            match action {
                Action::Send(message) => self.bytes.extend(message.encode()),
                Action::Established => self.since = Some(Instant::now()),
                Action::Over(end) => return Some(end),
            }
        }
        None
    }

    fn waiting(&self) -> &[u8] {
        self.bytes.get(self.sent..).unwrap_or_default()
    }

    /// Sends what the connection takes now.
    fn flush(&mut self, socket: &mut Socket) -> io::Result<()> {
        while self.sent < self.bytes.len() {
            match socket.write(self.waiting()) {
                Ok(sent) => self.sent += sent,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.bytes.drain(..self.sent);
        self.sent = 0;
        Ok(())
    }
}

fn wait(socket: &Socket, stop: &Stop, until: Option<Instant>, write: bool) -> io::Result<()> {
    let left = until.map_or(LONGEST, |until| until.saturating_duration_since(Instant::now()));
    // A millisecond more, so that what is due is due by then.
    let more = Duration::from_millis(u64::from(!left.is_zero()));
    let left = left.min(LONGEST) + more;
    let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
    let wanted = if write { PollFlags::POLLIN | PollFlags::POLLOUT } else { PollFlags::POLLIN };
    let mut both =
        [PollFd::new(socket.as_fd(), wanted), PollFd::new(stop.as_fd(), PollFlags::POLLIN)];
    match poll(&mut both, timeout) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// How a connection has ended that gives an error.
fn closing(error: &io::Error) -> Closing {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Closing::Reset,
        _ => Closing::Broken,
    }
}

/// Takes in what has come.
fn receive(
    socket: &mut Socket,
    stream: &mut Stream,
    buffer: &mut [u8],
    session: &mut Session,
) -> Vec<Action> {
    let mut actions = Vec::new();
    match socket.read(buffer) {
        Ok(0) => return session.closed(Closing::Orderly),
        Ok(length) => stream.extend(buffer.get(..length).unwrap_or_default()),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) =>
        {
            return actions;
        }
        Err(error) => return session.closed(closing(&error)),
    }
    loop {
        match stream.next_message() {
            Ok(Some(message)) => actions.extend(session.received(message, Instant::now())),
            Ok(None) => return actions,
            Err(told) => {
                actions.extend(session.garbled(told));
                return actions;
            }
        }
    }
}

/// Closes so that the peer reads the last message: to close while something is unread
/// here would reset the connection, and throw away what is still on its way.
fn leave(socket: &mut Socket, last: &[u8]) {
    // Whatever fails here, the connection is over, and the routes go with it.
    let _ = socket.set_nonblocking(false);
    let _ = socket.set_write_timeout(Some(LONGEST));
    let _ = socket.write_all(last);
    let _ = socket.shutdown(std::net::Shutdown::Write);
    let _ = socket.set_read_timeout(Some(GOODBYE));
    let (deadline, mut buffer) = (Instant::now() + GOODBYE, [0; READ]);
    while Instant::now() < deadline && matches!(socket.read(&mut buffer), Ok(1..)) {}
}
