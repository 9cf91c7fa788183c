//! A progress bar, if it takes long and somebody looks on.

use crate::table::number;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(1);

/// Shown on standard error, where it leaves what is printed alone.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    is_wanted: bool,
}

impl Progress {
    /// Of work on so many bytes, if that is known.
    #[expect(clippy::disallowed_methods, reason = "it tells how long something takes")]
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

    /// So many bytes and events are done.
    pub(crate) fn set(&mut self, bytes: usize, events: usize) {
        self.bar.set_position(bytes as u64);
        self.bar.set_message(format!("{} events", number(events)));
        if self.is_wanted && self.started.elapsed() > LONG {
            self.is_wanted = false;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Writes something without disturbing the bar.
    pub(crate) fn aside(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }

    /// It is done.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
