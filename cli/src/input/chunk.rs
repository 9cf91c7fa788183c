//! The arrivals that are read at one time.

use super::location::Location;
use ecs_event_forwarder::event::Arrival;

/// The next arrivals.
#[derive(Default)]
pub(crate) struct Chunk {
    /// A location for each arrival.
    pub(crate) locations: Vec<Location>,
    pub(crate) arrivals: Vec<Arrival>,
    /// A sentence for each thing that could not be read.
    pub(crate) unreadable: Vec<String>,
    /// True if a log group could not be read.
    pub(crate) has_lost_group: bool,
    /// The events that the window leaves out.
    pub(crate) left_out: LeftOut,
    /// Number of bytes read so far.
    pub(super) bytes: usize,
}

/// Events that were read but are outside the window.
#[derive(Clone, Copy, Default)]
pub(crate) struct LeftOut {
    pub(crate) events: usize,
    /// The times of the first and the last of them.
    pub(crate) times_ms: Option<(i64, i64)>,
}

impl LeftOut {
    /// Adds the two together.
    pub(crate) fn and(self, other: Self) -> Self {
        let times = [self.times_ms, other.times_ms].into_iter().flatten();
        let times_ms = times.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        Self { events: self.events + other.events, times_ms }
    }

    pub(super) fn add(&mut self, time_ms: i64) {
        *self = self.and(Self { events: 1, times_ms: Some((time_ms, time_ms)) });
    }
}
