//! A progress bar, shown if the work takes longer than a second and standard error is a terminal.

use crate::table::number;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// Shorter work shows no bar.
const LONG: Duration = Duration::from_secs(1);

/// A progress bar on standard error, so that standard output stays clean.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    is_wanted: bool,
}

impl Progress {
    /// Makes a bar for this many bytes of input, if their number is known.
    #[expect(clippy::disallowed_methods, reason = "the bar shows elapsed time")]
    pub(crate) fn new(bytes: Option<u64>, is_wanted: bool) -> Self {
        let template = match bytes {
            Some(_) => "{bar:30} {bytes} of {total_bytes}, {msg}, {eta} to go",
            None => "{spinner} {bytes}, {msg}, {elapsed}",
        };
        let bar = bytes.map_or_else(ProgressBar::no_length, ProgressBar::new);
        bar.set_draw_target(ProgressDrawTarget::hidden());
        bar.set_style(ProgressStyle::with_template(template).expect("the template is right"));
        Self { bar, started: Instant::now(), is_wanted }
    }

    /// Sets how many bytes and events are done.
    pub(crate) fn set(&mut self, bytes: usize, events: usize) {
        self.bar.set_position(bytes as u64);
        self.bar.set_message(format!("{} events", number(events)));
        if self.is_wanted && self.started.elapsed() > LONG {
            self.is_wanted = false;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Runs a function that prints, with the bar hidden meanwhile.
    pub(crate) fn aside(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
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
