//! The time that events span.

/// The first and the last of some times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extent(Option<(i64, i64)>);

impl Extent {
    /// Adds a time, if the event has one.
    pub(crate) fn add(&mut self, time_ms: Option<i64>) {
        let times = self.0.into_iter().chain(time_ms.map(|time_ms| (time_ms, time_ms)));
        self.0 = times.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    }

    /// Returns the time from the first to the last.
    pub(crate) fn span_ms(self) -> i64 {
        self.0.map_or(0, |(first, last)| last - first)
    }
}
