//! The sockets and timers around a session.

use std::collections::VecDeque;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::Socket;

use crate::live::bgp::message::{Stream, encode};
use crate::live::bgp::session::{Action, End, Session, Wanted};
use crate::live::wires::Stop;

/// How long the peer may take to close after the Cease.
const GOODBYE: Duration = Duration::from_millis(500);
/// The longest wait before it is looked at signals and timers again.
const LONGEST: Duration = Duration::from_secs(5);

/// Speaks with the peer to the end.
pub(super) fn talk(mut socket: Socket, wanted: Wanted, stop: &Stop) -> io::Result<(Session, End)> {
    let (mut session, open) = Session::new(wanted, Instant::now());
    let mut stream = Stream::default();
    let mut actions = vec![open];
    // What the connection has not taken yet.
    let mut outgoing: VecDeque<u8> = VecDeque::new();
    loop {
        for action in actions.drain(..) {
            match action {
                Action::Send(message) => {
                    outgoing.extend(encode(&message).map_err(io::Error::other)?);
                }
                Action::Established => {}
                Action::Over(end) => {
                    leave(&mut socket, outgoing.make_contiguous());
                    return Ok((session, end));
                }
            }
        }
        if flush(&mut socket, &mut outgoing).is_err() {
            actions.extend(session.closed());
            continue;
        }
        wait(&socket, stop, session.next_due(), !outgoing.is_empty())?;
        if stop.asked() {
            actions.extend(session.interrupted());
            continue;
        }
        actions.extend(receive(&mut socket, &mut stream, &mut session));
        actions.extend(session.tick(Instant::now()));
    }
}

/// Sends what the connection takes now.
fn flush(socket: &mut Socket, outgoing: &mut VecDeque<u8>) -> io::Result<()> {
    while !outgoing.is_empty() {
        match socket.write(outgoing.as_slices().0) {
            Ok(sent) => {
                outgoing.drain(..sent);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn wait(socket: &Socket, stop: &Stop, until: Option<Instant>, write: bool) -> io::Result<()> {
    let left = until.map_or(LONGEST, |until| until.saturating_duration_since(Instant::now()));
    // A millisecond more, so that what is due is due by then.
    let left = left.min(LONGEST) + Duration::from_millis(1);
    let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
    let wanted = if write { PollFlags::POLLIN | PollFlags::POLLOUT } else { PollFlags::POLLIN };
    let mut both =
        [PollFd::new(socket.as_fd(), wanted), PollFd::new(stop.as_fd(), PollFlags::POLLIN)];
    match poll(&mut both, timeout) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Takes in what has come.
fn receive(socket: &mut Socket, stream: &mut Stream, session: &mut Session) -> Vec<Action> {
    let mut buffer = [0; 1 << 16];
    let mut actions = Vec::new();
    match socket.read(&mut buffer) {
        Ok(0) => return session.closed(),
        Ok(length) => stream.extend(buffer.get(..length).unwrap_or_default()),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => return actions,
        Err(_) => return session.closed(),
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

/// Closes so that the peer reads the last message: what is unread here would reset
/// the connection.
fn leave(socket: &mut Socket, last: &[u8]) {
    // Whatever fails here, the connection is over, and the routes go with it.
    let _ = socket.set_nonblocking(false);
    let _ = socket.set_write_timeout(Some(LONGEST));
    let _ = socket.write_all(last);
    let _ = socket.shutdown(std::net::Shutdown::Write);
    let _ = socket.set_read_timeout(Some(GOODBYE));
    let (deadline, mut buffer) = (Instant::now() + GOODBYE, [0; 4096]);
    while Instant::now() < deadline && matches!(socket.read(&mut buffer), Ok(1..)) {}
}
