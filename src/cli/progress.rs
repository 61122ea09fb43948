//! The line that says what is being done, where that takes longer than a second.
//!
//! It stands below everything else on a terminal, and is gone before anything is
//! written there: the process writes to its streams through [`Above`].

use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::progress::Progress;

mod drawing;
#[cfg(target_os = "linux")]
mod signals;

/// What is done sooner needs no words.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the line is drawn anew.
const TICK: Duration = Duration::from_millis(100);

/// The line, and what it tells of. A clone is the same line.
#[derive(Clone, Default)]
pub struct ProgressLine {
    /// What is being done.
    pub of: Progress,
    shown: Arc<Mutex<Option<Shown>>>,
}

/// The thread that draws.
struct Shown {
    /// Dropping it ends the thread.
    stop: Sender<()>,
    thread: JoinHandle<()>,
    #[cfg(target_os = "linux")]
    signals: Option<Arc<signals::Held>>,
}

impl ProgressLine {
    /// Shows the line from a second on, until something is written to a stream.
    pub(super) fn show(&self, unicode: bool) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.is_some() {
            return;
        }
        let (stop, stopped) = mpsc::channel();
        // The thread begins with what this one holds back.
        #[cfg(target_os = "linux")]
        let signals = signals::Held::new().map(Arc::new);
        let line = Line {
            progress: self.of.clone(),
            unicode,
            #[cfg(target_os = "linux")]
            signals: signals.clone(),
        };
        let thread = thread::Builder::new().name("progress".to_owned());
        match thread.spawn(move || line.run(&stopped)) {
            Ok(thread) => {
                *shown = Some(Shown {
                    stop,
                    thread,
                    #[cfg(target_os = "linux")]
                    signals,
                });
            }
            // The work is done all the same.
            Err(_) => {
                #[cfg(target_os = "linux")]
                signals.iter().for_each(|signals| signals.release());
            }
        }
    }

    /// Something of which nobody can say how much there is is begun now.
    pub(super) fn doing(&self, what: &str) {
        self.of.doing(what);
    }

    /// Takes the line away: to be called where `show` was, by the same thread.
    pub(super) fn hide(&self) {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(shown) = shown else { return };
        drop(shown.stop);
        // It only draws: what it failed with is of no interest.
        let _ = shown.thread.join();
        #[cfg(target_os = "linux")]
        shown.signals.iter().for_each(|signals| signals.release());
    }
}

/// What the thread needs.
struct Line {
    progress: Progress,
    unicode: bool,
    #[cfg(target_os = "linux")]
    signals: Option<Arc<signals::Held>>,
}

impl Line {
    /// Draws until there is nobody to send to `stopped` any more.
    fn run(&self, stopped: &Receiver<()>) {
        let begun = Instant::now();
        let mut drawn = false;
        for tick in 0.. {
            if stopped.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout) {
                break;
            }
            self.let_signals_through(&mut drawn);
            if begun.elapsed() >= PATIENCE
                && let Some(moment) = self.progress.now()
            {
                put(&drawing::draw(&moment, tick, self.unicode, width()));
                drawn = true;
            }
        }
        if drawn {
            put("");
        }
    }

    #[cfg(target_os = "linux")]
    fn let_signals_through(&self, drawn: &mut bool) {
        let Some(signals) = &self.signals else { return };
        while let Some(signal) = signals.came() {
            if std::mem::take(drawn) {
                put("");
            }
            // One that is not let through comes again when the line goes.
            let _ = signals.let_through(signal);
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn let_signals_through(&self, _: &mut bool) {}
}

/// Puts a text in the line's place.
fn put(text: &str) {
    // Progress that cannot be shown is none that is missed.
    let _ = io::stderr().lock().write_all(format!("\r{text}\x1b[K").as_bytes());
}

/// How far something has come, as wide as the terminal.
#[cfg(target_os = "linux")]
pub(super) fn bar((done, all): (usize, usize), what: &str, unicode: bool) -> String {
    drawing::line(done, all, what, unicode, width())
}

fn width() -> usize {
    let size = terminal_size::terminal_size_of(io::stderr());
    size.map_or(super::environment::DEFAULT_WIDTH, |(width, _)| usize::from(width.0))
}

/// A stream above the line, which goes before anything is written.
pub(super) struct Above<W> {
    /// The line.
    pub(super) line: ProgressLine,
    /// The stream.
    pub(super) stream: W,
}

impl<W: Write> Write for Above<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.hide();
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
