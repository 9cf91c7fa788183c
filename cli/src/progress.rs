//! A progress bar, which appears if the work takes longer than a second and standard error is a
//! terminal.

use crate::table::number;
use crate::terminal;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, stderr};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// Shorter work shows no bar.
const LONG: Duration = Duration::from_secs(1);
/// The interval at which the bar moves, even if nothing is read: a log group can be slow.
const TICK: Duration = Duration::from_millis(200);

/// A progress bar on standard error, so that standard output stays clean.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// When it is dropped, the thread that shows the bar ends.
    _at_work: Sender<()>,
}

impl Progress {
    /// Makes a bar for this many bytes of input, if their number is known.
    pub(crate) fn new(bytes: Option<u64>, is_wanted: bool) -> Self {
        let template = match bytes {
            Some(_) => "{bar:30} {bytes} of {total_bytes}, {msg}, {eta} to go",
            None => "{spinner} {bytes}, {msg}, {elapsed}",
        };
        let bar = bytes.map_or_else(ProgressBar::no_length, ProgressBar::new);
        bar.set_draw_target(ProgressDrawTarget::hidden());
        bar.set_style(ProgressStyle::with_template(template).expect("the template is right"));
        let (at_work, end) = channel();
        if is_wanted && stderr().is_terminal() {
            let bar = bar.clone();
            thread::spawn(move || {
                let is_long = end.recv_timeout(LONG) == Err(RecvTimeoutError::Timeout);
                if is_long && !bar.is_finished() {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(TICK);
                }
            });
        }
        Self { bar, _at_work: at_work }
    }

    /// Sets the number of processed bytes and events.
    pub(crate) fn set(&self, bytes: usize, events: usize) {
        self.bar.set_position(bytes as u64);
        self.bar.set_message(format!("{} events", number(events)));
    }

    /// Runs a function that prints to standard error, with the bar hidden meanwhile. The work comes
    /// first, so that the bar is in sight while it lasts.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Runs a function that prints to standard output, with the bar hidden meanwhile if that is a
    /// terminal, too.
    pub(crate) fn output<T>(&self, write: impl FnOnce() -> T) -> T {
        if terminal::is_terminal() { self.bar.suspend(write) } else { write() }
    }

    /// Removes the bar.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Lines below all other output, redrawn when they change, if standard error is a terminal.
pub(crate) struct Board {
    bar: ProgressBar,
}

impl Board {
    /// Makes one without text.
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::no_length();
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::with_template("{msg}").expect("the template is right"));
        Self { bar }
    }

    /// Changes the text.
    pub(crate) fn show(&self, text: String) {
        self.bar.set_message(text);
    }

    /// Runs a function that prints, with the text hidden meanwhile.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Removes the text.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
