//! The rate limit: a number of events a second.

use std::num::NonZeroU32;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The rate, and the time from which the next events may be sent.
pub(super) struct Pace {
    rate: Option<NonZeroU32>,
    next: Option<Instant>,
}

impl Pace {
    pub(super) fn new(rate: Option<NonZeroU32>) -> Self {
        Self { rate, next: None }
    }

    /// Returns the largest number of events to send at once: those of one second, at most `most`.
    pub(super) fn at_once(&self, most: usize) -> usize {
        let rate = self.rate.and_then(|rate| usize::try_from(rate.get()).ok());
        rate.map_or(most, |rate| rate.min(most))
    }

    /// Waits until this many events may be sent.
    #[expect(clippy::disallowed_methods, reason = "a rate needs a clock")]
    pub(super) async fn wait_for(&mut self, events: usize) {
        let Some(rate) = self.rate else {
            return;
        };
        let now = Instant::now();
        let start = self.next.map_or(now, |next| next.max(now));
        let events = u32::try_from(events).unwrap_or(u32::MAX);
        self.next = Some(start + Duration::from_secs(1) * events / rate.get());
        sleep_until(start).await;
    }
}
